from functools import partial

import pandas as pd
import pytest

from analysis.chapters import gender
from analysis.charts.style import PALETTE
from analysis.models import fit
from analysis.text import ProseError
from data import load
from tests.factory import make_table

make_table = partial(make_table, layer="clean")
SOURCE = "Ministry, 2025"


def make_years(*years):
    rows = [
        {"year": year, "sex": sex, "entrants_persons": persons}
        for year, women, men in years
        for sex, persons in (("female", women), ("male", men))
    ]
    return gender.share_by_year(make_table("entrants", *rows))


def make_surveys(*rows):
    """Return surveys as the model gives them: rows of trafficking with a computed share and limits."""
    base = {"study_id": "one", "sex": "female", "year_end": 2020, "n": 300, "sampling": "not_stated"}
    shares = {"share_computed_pct": 11.3, "ci_low": 8.2, "ci_high": 15.4}
    return gender.arrange_surveys(make_table("trafficking", *rows, **base).assign(**shares))


def test_share_by_year_has_the_wilson_interval():
    (year,) = make_years((2021, 23, 40)).to_dict("records")
    assert year["share_pct"] == pytest.approx(100 * 23 / 63)
    assert (year["ci_low"], year["ci_high"]) == pytest.approx((25.7154, 48.8513), abs=1e-3)
    assert year["women_per_man"] == pytest.approx(0.575)


def test_share_in_bins_takes_the_current_release_and_keeps_an_open_start():
    periods = [
        (None, "1998-12-31", "current", 116, 831),
        ("1999-01-01", "2001-12-31", "current", 478, 565),
        ("1999-01-01", "2001-12-31", "earlier", 480, 563),
    ]
    rows = [
        {"period_start": start, "period_end": end, "role": role, "sex": sex, "entrants_persons": persons}
        for start, end, role, women, men in periods
        for sex, persons in (("female", women), ("male", men), ("all", women + men))
    ]
    spans = gender.share_in_bins(make_table("entrants_bins", *rows))
    assert spans["female"].tolist() == [116, 478]
    assert spans["last_year"].tolist() == [1998, 2001]
    assert spans["first_year"].isna().tolist() == [True, False]


def test_share_by_group_goes_from_the_lowest_share_to_the_highest():
    rows = [
        {"category": category, "sex": sex, "persons": persons}
        for category, counts in {"secondary": (30, 10, 40), "primary": (5, 15, 20)}.items()
        for sex, persons in zip(("female", "male", "all"), counts, strict=True)
    ]
    profiles = make_table("profiles", *rows, dimension="education", population_basis="entrants_to_date")
    groups = gender.share_by_group(profiles, "education")
    assert groups["group"].tolist() == ["primary", "secondary"]
    assert groups["share_pct"].tolist() == [25.0, 75.0]


def test_name_groups_follows_the_order_of_labels_and_counts_men():
    shares = pd.DataFrame({"group": ["a", "b"], "events": [1.0, 2.0], "n": [3.0, 5.0]})
    named = gender.name_groups(shares, {"c": "not there", "b": "second", "a": "first"}, "work")
    assert named["words"].tolist() == ["second", "first"]
    assert named["men"].tolist() == [3.0, 2.0]


def test_name_groups_without_words_raises():
    shares = pd.DataFrame({"group": ["army"], "events": [1.0], "n": [3.0]})
    with pytest.raises(KeyError, match="army"):
        gender.name_groups(shares, {"school": "school"}, "work")


def test_list_explanations_counts_a_voice_once_and_keeps_its_years():
    said = make_table(
        "explanations",
        {"offered_year": 2025, "offered_by": "Ministry"},
        {"offered_year": 2017, "offered_by": "Ministry"},
        {"offered_by": "Aid group"},
        {"offered_year": 2018, "offered_by": "Scholars", "explanation": "military_service"},
        explanation="market_work",
    )
    listed = gender.list_explanations(said)
    assert listed["voices"].tolist() == [2, 1]
    assert listed["offered_by"][0] == "Aid group (undated); Ministry (2017, 2025)"


def test_explanations_all_have_words():
    assert set(load("explanations")["explanation"]) == set(gender.EXPLANATIONS)


def test_arrange_surveys_keeps_women_where_they_are_separate():
    assert make_surveys({}, {"sex": "all", "n": 400})["sex"].tolist() == ["female"]


def test_arrange_surveys_names_who_was_asked_where_and_when():
    (row,) = make_surveys(
        {"sex": "all", "country": "China", "year_end": None, "n_status": "unclear"}
    ).to_dict("records")
    assert row["label"] == "was trafficked\nChina, undated, n = 300"
    assert (row["chosen"], row["interval"]) == ("not stated", "8.2 to 15.4")
    assert not row["is_exact"]


def test_list_statements_shows_a_share_a_range_or_a_bound_and_leaves_out_surveys():
    said = make_table(
        "trafficking",
        {"year_end": 2010, "low_pct": 90.0},
        {"year_end": 2006, "low_pct": 70.0, "high_pct": 95.0},
        {"year_end": 2023, "share_pct": 60.0},
        {"year_end": 2020, "share_pct": 11.3, "n": 300, "method": "survey", "base": "people_asked"},
        {"year_end": 2018, "share_pct": 50.0, "base": "trafficked_people"},
        method="ngo_estimate",
        base="not_stated",
    )
    assert gender.list_statements(said)["printed"].tolist() == ["70% to 95%", "more than 90%", "60%"]


def test_draw_provinces_shows_groups_near_half_as_neither():
    shares = pd.DataFrame(
        {
            "group": ["nampo", "jagang", "kangwon"],
            "share_pct": [80, 52, 20],
            "ci_low": [75, 45, 15],
            "ci_high": [85, 58, 25],
        }
    )
    svg = gender.draw_provinces(shares, SOURCE).svg
    assert all(PALETTE[colour] in svg for colour in ("teal", "ochre", "grey"))
    sure = gender.draw_provinces(shares.iloc[[0, 2]], SOURCE).svg
    assert sure.count(PALETTE["grey"]) < svg.count(PALETTE["grey"])


def test_draw_share_dots_the_open_period_and_names_it():
    years = make_years((2002, 6, 5), (2021, 8, 4))
    spans = pd.DataFrame(
        {
            "last_year": [1998, 2001],
            "share_pct": [12.0, 46.0],
            "ci_low": [10.0, 43.0],
            "ci_high": [14.0, 49.0],
        }
    )
    drawn = {
        start: gender.draw_share(years, spans.assign(first_year=[start, 1999]), SOURCE).svg
        for start in (None, 1990)
    }
    assert "everyone up to 1998" in drawn[None]
    assert drawn[None] != drawn[1990]


def test_draw_surveys_shows_an_approximate_one_differently():
    surveys = make_surveys({}, {"study_id": "two", "n_status": "unclear"})
    exact = gender.draw_surveys(surveys.assign(is_exact=True), "surveys, 2025").svg
    mixed = gender.draw_surveys(surveys, "surveys, 2025").svg
    assert mixed.count(PALETTE["grey"]) > exact.count(PALETTE["grey"])


def test_arrivals_of_men_fell_three_times_as_fast():
    by_sex, share = fit("arrivals_by_sex"), fit("share_women")
    men, women = by_sex.get("change_men_2012_2019"), by_sex.get("change_women_2012_2019")
    assert (men.value, men.ci_low, men.ci_high) == pytest.approx((-11.3, -15.7, -6.7), abs=0.1)
    assert (women.value, women.ci_low, women.ci_high) == pytest.approx((-3.4, -5.6, -1.2), abs=0.1)
    fall = share.get("difference_2021_2022")
    assert (fall.value, fall.ci_low, fall.ci_high) == pytest.approx((-38.4, -46.9, -29.4), abs=0.1)


def test_an_explanation_that_the_shares_contradict_is_refused():
    offered = pd.DataFrame(
        {"explanation": ["tied_to_workplace"], "offered_by": ["A"], "offered_year": [2000]}
    )
    shares = {"worker": 69.0, "military": 19.0, "north_hamgyong": 76.0, "pyongyang": 41.0}
    assert gender.compare_explanations(offered, shares)["counts_say"].str.startswith("Fits badly").all()
    with pytest.raises(ProseError):
        gender.compare_explanations(offered, shares | {"worker": 40.0})
