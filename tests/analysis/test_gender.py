"""Summaries and figures of women and men among entrants."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis import gender
from analysis.charts.style import PALETTE
from analysis.figures import gender as figures


def make_entrants(*years: tuple[int, int, int]) -> pd.DataFrame:
    rows = [
        {"year": year, "sex": sex, "entrants_persons": persons, "source_id": "a"}
        for year, women, men in years
        for sex, persons in (("female", women), ("male", men))
    ]
    return pd.DataFrame(rows)


def make_profiles(date: str = "2024-09-30") -> pd.DataFrame:
    counts = {"secondary": (30, 10), "primary": (5, 15)}
    rows = [
        {
            "as_of_date": pd.Timestamp(date),
            "population_basis": "entrants_to_date",
            "dimension": "education",
            "category": category,
            "sex": sex,
            "persons": persons,
            "source_id": "a",
        }
        for category, pair in counts.items()
        for sex, persons in zip(("female", "male", "all"), (*pair, sum(pair)), strict=True)
    ]
    return pd.DataFrame(rows)


def make_shares(**changes) -> pd.DataFrame:
    base = {
        "study_id": "one",
        "sex": "female",
        "country": "South Korea",
        "year_end": 2020,
        "n": 300.0,
        "n_status": "base",
        "sampling": "not_stated",
        "share_computed_pct": 11.3,
        "ci_low": 8.2,
        "ci_high": 15.4,
    }
    return pd.DataFrame([base | changes]).astype({"year_end": "Int64"})


def test_a_share_has_the_wilson_interval_of_its_year():
    (year,) = gender.share_by_year(make_entrants((2021, 23, 40))).to_dict("records")
    assert year["share_pct"] == pytest.approx(100 * 23 / 63)
    assert (year["ci_low"], year["ci_high"]) == pytest.approx((25.7154, 48.8513), abs=1e-3)
    assert year["women_per_man"] == pytest.approx(0.575)


def test_spans_are_those_of_the_current_release_and_the_first_has_no_beginning():
    rows = [
        (None, "1998-12-31", "current", 116, 831),
        ("1999-01-01", "2001-12-31", "current", 478, 565),
        ("1999-01-01", "2001-12-31", "earlier", 480, 563),
    ]
    bins = pd.DataFrame(
        [
            {
                "period_start": pd.Timestamp(start),
                "period_end": pd.Timestamp(end),
                "role": role,
                "sex": sex,
                "entrants_persons": persons,
                "source_id": "a",
            }
            for start, end, role, women, men in rows
            for sex, persons in (("female", women), ("male", men), ("all", women + men))
        ]
    )
    spans = gender.share_in_bins(bins)
    assert spans["female"].tolist() == [116, 478]
    assert spans["last_year"].tolist() == [1998, 2001]
    assert spans["first_year"].isna().tolist() == [True, False]


def test_the_first_year_at_a_ratio_counts_equality():
    years = gender.share_by_year(make_entrants((2002, 3, 2), (2003, 4, 2), (2004, 9, 2)))
    assert gender.find_first_year(years, women_per_man=2) == 2003


def test_a_ratio_never_reached_is_refused():
    years = gender.share_by_year(make_entrants((2002, 3, 2)))
    with pytest.raises(ValueError, match="found no year with 2, expected one"):
        gender.find_first_year(years, women_per_man=2)


def test_groups_of_a_profile_come_from_the_lowest_share_to_the_highest():
    groups = gender.share_by_group(make_profiles(), "education")
    assert groups["group"].tolist() == ["primary", "secondary"]
    assert groups["share_pct"].tolist() == [25.0, 75.0]


def test_a_group_without_words_is_refused():
    shares = pd.DataFrame({"group": ["army"], "events": [1.0], "n": [3.0]})
    with pytest.raises(KeyError, match="army"):
        gender.name_groups(shares, {"school": "school"}, "work")


def test_groups_take_the_order_of_their_words_and_count_men():
    shares = pd.DataFrame({"group": ["a", "b"], "events": [1.0, 2.0], "n": [3.0, 5.0]})
    named = gender.name_groups(shares, {"b": "second", "a": "first"}, "work")
    assert named["words"].tolist() == ["second", "first"]
    assert named["men"].tolist() == [3.0, 2.0]


def test_a_cell_printed_for_one_sex_alone_does_not_tilt_the_share():
    columns = ["year", "country", "measure", "sex", "age_group", "value", "is_world_total"]
    unhcr = pd.DataFrame(
        [
            (2025, "Canada", "refugees", "female", "18_to_59", 36, False),
            (2025, "Canada", "refugees", "male", "18_to_59", 27, False),
            (2025, "Sweden", "refugees", "male", "18_to_59", 6, False),
            (2025, "United Kingdom", "asylum_seekers", "male", "not_known", 8, False),
            (2024, "Canada", "refugees", "female", "18_to_59", 99, False),
            (2025, "World", "refugees", "all", "all", 263, True),
        ],
        columns=columns,
    )
    found = gender.sum_refugees_by_sex(unhcr)
    assert (found["female"], found["male"], found["countries"], found["all"]) == (36, 27, 1, 263)


def test_a_voice_that_repeats_itself_counts_once_and_keeps_its_years():
    said = pd.DataFrame(
        [
            (2025, "Ministry", "market_work"),
            (2017, "Ministry", "market_work"),
            (None, "Aid group", "market_work"),
            (2018, "Scholars", "military_service"),
        ],
        columns=["offered_year", "offered_by", "explanation"],
    ).astype({"offered_year": "Int64"})
    listed = gender.list_explanations(said)
    assert listed["voices"].tolist() == [2, 1]
    assert listed["offered_by"][0] == "Aid group (undated); Ministry (2017, 2025)"


def test_every_explanation_of_the_table_has_words():
    from data import load

    assert set(load("explanations")["explanation"]) == set(gender.EXPLANATIONS)


def test_women_asked_apart_are_not_counted_again_with_everybody():
    both = pd.concat([make_shares(), make_shares(sex="all", n=400.0)], ignore_index=True)
    assert gender.arrange_surveys(both)["sex"].tolist() == ["female"]


def test_a_survey_is_named_by_who_was_asked_where_and_when():
    shares = make_shares(study_id="two", sex="all", country="China", year_end=None, n_status="unclear")
    (row,) = gender.arrange_surveys(shares).to_dict("records")
    assert row["label"] == "300 people, China, undated"
    assert (row["chosen"], row["interval"]) == ("not stated", "8.2 to 15.4")
    assert not row["is_exact"]


def test_statements_print_a_share_a_range_or_a_bound_and_leave_out_surveys():
    columns = [
        "method",
        "base",
        "n",
        "year_end",
        "share_pct",
        "low_pct",
        "high_pct",
        "definition",
        "source_id",
    ]
    rows = [
        ("ngo_estimate", "not_stated", None, 2010, None, 90, None, "x", "a"),
        ("ngo_estimate", "not_stated", None, 2006, None, 70, 95, "x", "a"),
        ("ngo_estimate", "not_stated", None, 2023, 60, None, None, "x", "a"),
        ("survey", "people_asked", 300, 2020, 11.3, None, None, "x", "a"),
        ("ngo_estimate", "trafficked_people", None, 2018, 50, None, None, "x", "a"),
    ]
    listed = gender.list_statements(pd.DataFrame(rows, columns=columns))
    assert listed["printed"].tolist() == ["70% to 95%", "more than 90%", "60%"]


def test_a_group_whose_interval_holds_equal_numbers_is_drawn_as_neither():
    shares = pd.DataFrame(
        {"group": ["a", "b", "c"], "share_pct": [80, 52, 20], "ci_low": [75, 45, 15], "ci_high": [85, 58, 25]}
    )
    svg = figures.draw_provinces(shares, {"a": "A", "b": "B", "c": "C"}, "Ministry, 2025").svg
    assert all(colour in svg for colour in (figures.WOMEN, "#a15c00", PALETTE["grey"]))
    sure = figures.draw_provinces(shares.iloc[[0, 2]], {"a": "A", "c": "C"}, "Ministry, 2025").svg
    assert sure.count(PALETTE["grey"]) < svg.count(PALETTE["grey"])


def test_the_open_span_is_dotted_and_named():
    years = gender.share_by_year(make_entrants((2002, 6, 5), (2021, 8, 4)))
    spans = pd.DataFrame(
        {
            "first_year": pd.array([None, 1999], dtype="Int64"),
            "last_year": [1998, 2001],
            "share_pct": [12.0, 46.0],
            "ci_low": [10.0, 43.0],
            "ci_high": [14.0, 49.0],
        }
    )
    svg = figures.draw_share(years, spans, "Ministry, 2025").svg
    assert "everybody up to 1998" in svg
    closed = figures.draw_share(years, spans.assign(first_year=[1990, 1999]), "Ministry, 2025").svg
    assert closed != svg


def test_an_approximate_survey_is_drawn_apart():
    shares = gender.arrange_surveys(
        pd.concat([make_shares(), make_shares(study_id="two", n_status="unclear")], ignore_index=True)
    )
    assert PALETTE["grey"] in figures.draw_surveys(shares, "surveys, 2025").svg.split("Source")[0]
    exact = figures.draw_surveys(shares.assign(is_exact=True), "surveys, 2025").svg
    assert exact != figures.draw_surveys(shares, "surveys, 2025").svg


@pytest.mark.parametrize(
    ("women", "men", "words"),
    [
        (198, 25, "7.9 women for each man"),
        (25, 198, "7.9 men for each woman"),
        (30, 30, "1.0 women for each man"),
        (4, 0, "women alone"),
        (0, 4, "men alone"),
    ],
)
def test_a_ratio_is_told_from_its_larger_side(women, men, words):
    assert gender.word_ratio(women, men) == words
