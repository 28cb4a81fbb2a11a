"""The survey tables: what is refused, what is chosen, what is derived."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import pytest

from data.tables.surveys import ERAS, find_half_unit, has_count, name_era, resolve_n, tidy, validate

ROUND_COLUMNS = {
    "year": "int64",
    "survey": "str",
    "round": "str",
    "design": "str",
    "n_answered": "int64",
    "n_drawn": "Int64",
    "n_male": "Int64",
    "n_female": "Int64",
    "n_panel": "Int64",
    "n_new": "Int64",
    "population_persons": "Int64",
    "field_start": "datetime64[us]",
    "field_end": "datetime64[us]",
    "response_rate_pct": "float64",
    "weighted_to_persons": "Int64",
    "source_id": "str",
    "note": "str",
}
RESULT_COLUMNS = {
    "year": "int64",
    "survey": "str",
    "kind": "str",
    "round": "str",
    "indicator": "str",
    "item": "str",
    "recall": "str",
    "population": "str",
    "sex": "str",
    "subgroup": "str",
    "value": "float64",
    "unit": "str",
    "n": "Int64",
    "cases": "Int64",
    "base_year": "Int64",
    "exception": "str",
    "used": "bool",
    "source_id": "str",
    "certainty": "str",
    "note": "str",
}
PARTICIPATION, EMPLOYMENT, UNEMPLOYMENT = (
    "labour_force_participation_rate",
    "employment_rate",
    "unemployment_rate",
)


def make_frame(rows: list[dict], columns: dict[str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(columns)).astype(columns)
    frame.index = pd.RangeIndex(2, len(frame) + 2, name="line")
    return frame


def make_round(**cells: object) -> dict:
    return {"year": 2019, "survey": "khf", "round": "2019", "design": "sample", "n_answered": 2741} | cells


def make_result(value: float | None, indicator: str = "stress", **cells: object) -> dict:
    row = {
        "year": 2019,
        "survey": "khf",
        "kind": "survey",
        "round": "2019",
        "indicator": indicator,
        "recall": "current",
        "population": "north_korean_origin",
        "sex": "all",
        "value": value,
        "unit": "pct",
        "used": True,
        "source_id": "a",
        "certainty": "secondary",
    }
    return row | cells


def make_raw(results: list[dict], rounds: list[dict] | None = None) -> dict[str, pd.DataFrame]:
    return {
        "survey_rounds": make_frame(rounds or [make_round()], ROUND_COLUMNS),
        "survey_results": make_frame(results, RESULT_COLUMNS),
    }


def list_faults(results: list[dict], rounds: list[dict] | None = None) -> list[tuple[int, str]]:
    return [(f.line, f.column) for f in validate(make_raw(results, rounds))]


def test_a_sound_round_with_one_figure_has_no_fault():
    assert list_faults([make_result(57.5)]) == []


def test_men_and_women_who_do_not_add_to_the_answers_are_refused():
    assert list_faults([make_result(57.5)], [make_round(n_male=741, n_female=1999)]) == [(2, "n_male")]


def test_more_answers_than_people_drawn_are_refused():
    assert (2, "n_answered") in list_faults([make_result(57.5)], [make_round(n_drawn=2700)])


def test_a_response_rate_off_its_counts_is_refused():
    assert list_faults([make_result(57.5)], [make_round(n_drawn=3000, response_rate_pct=94.1)]) == [
        (2, "response_rate_pct")
    ]


def test_a_response_rate_within_one_person_is_accepted():
    assert (
        list_faults([make_result(57.5)], [make_round(n_answered=2725, n_drawn=3000, response_rate_pct=90.85)])
        == []
    )


def test_a_share_above_one_hundred_is_refused():
    assert (2, "value") in list_faults([make_result(575)])


def test_a_row_without_value_or_counts_is_refused():
    assert list_faults([make_result(None)]) == [(2, "value")]


def test_two_units_of_one_indicator_are_refused():
    rows = [make_result(57.5), make_result(3.0, item="yes", unit="months")]
    assert list_faults(rows) == [(3, "unit")]


def test_a_change_without_the_year_it_is_counted_from_is_refused():
    assert list_faults([make_result(-4.7, "stress_change", unit="percentage_points")]) == [(2, "base_year")]


def test_more_people_asked_than_the_round_has_is_refused():
    assert list_faults([make_result(57.5, n=27410)]) == [(2, "n")]


def test_two_used_readings_of_one_figure_are_refused():
    rows = [make_result(62.2), make_result(62.5, source_id="b")]
    assert list_faults(rows) == [(3, "used")]


def test_a_figure_with_no_used_reading_is_refused():
    assert list_faults([make_result(62.2, used=False)]) == [(2, "used")]


def test_labour_rates_that_break_the_identity_are_each_refused():
    rows = [make_result(54.6, EMPLOYMENT), make_result(59.4, PARTICIPATION), make_result(4.8, UNEMPLOYMENT)]
    assert list_faults(rows) == [(2, "indicator"), (3, "indicator"), (4, "indicator")]


def test_labour_rates_known_to_disagree_pass_with_their_exception():
    rows = [
        make_result(v, i, exception="rates_disagree")
        for v, i in ((54.6, EMPLOYMENT), (59.4, PARTICIPATION), (4.8, UNEMPLOYMENT))
    ]
    assert list_faults(rows) == []


def test_labour_rates_within_rounding_pass():
    rows = [make_result(58.2, EMPLOYMENT), make_result(62.1, PARTICIPATION), make_result(6.3, UNEMPLOYMENT)]
    assert list_faults(rows) == []


def test_an_exception_that_no_longer_holds_is_refused():
    rows = [
        make_result(58.2, EMPLOYMENT, exception="rates_disagree"),
        make_result(62.1, PARTICIPATION),
        make_result(6.3, UNEMPLOYMENT),
    ]
    assert list_faults(rows) == [(2, "exception")]


def test_a_total_outside_both_sexes_is_refused():
    rows = [make_result(8.0), make_result(5.1, sex="male"), make_result(7.7, sex="female")]
    assert list_faults(rows) == [(2, "value")]


def test_a_total_that_is_not_the_mean_of_the_sexes_is_refused():
    rows = [
        make_result(55.4, n=361),
        make_result(69.2, sex="male", n=107),
        make_result(41.3, sex="female", n=254),
    ]
    assert list_faults(rows, [make_round(n_answered=361)]) == [(2, "value")]


def test_answers_that_exclude_each_other_may_not_exceed_one_hundred():
    rows = [make_result(v, "life_satisfaction", item=i) for i, v in (("satisfied", 74.2), ("neutral", 33.5))]
    assert list_faults(rows) == [(3, "value")]


def test_a_whole_that_is_not_the_sum_of_its_parts_is_refused():
    answers = {"any": 23.9, "fairly_often": 4.8, "sometimes": 14.7, "very_often": 3.4}
    rows = [make_result(v, "thought_of_returning", item=i) for i, v in answers.items()]
    assert list_faults(rows) == [(5, "value")]


def test_a_gap_that_its_levels_contradict_is_refused():
    rows = [
        make_result(60.4, EMPLOYMENT),
        make_result(60.9, EMPLOYMENT, population="general_population"),
        make_result(-1.5, "employment_rate_gap", unit="percentage_points"),
    ]
    assert list_faults(rows) == [(4, "value")]


def test_a_contradicted_gap_may_stand_if_it_is_not_used():
    rows = [
        make_result(60.4, EMPLOYMENT),
        make_result(60.9, EMPLOYMENT, population="general_population"),
        make_result(
            -1.5, "employment_rate_gap", unit="percentage_points", exception="gap_disagrees", used=False
        ),
    ]
    assert list_faults(rows) == []


def test_a_wage_gap_between_the_sexes_is_checked():
    wage = {"unit": "krw_a_month"}
    rows = [
        make_result(3613000, "mean_monthly_wage", sex="male", **wage),
        make_result(2242000, "mean_monthly_wage", sex="female", **wage),
        make_result(1317000, "mean_monthly_wage_sex_gap", **wage),
    ]
    assert list_faults(rows) == [(4, "value")]


def test_a_change_that_the_two_years_contradict_is_refused():
    before = {"year": 2018, "round": "2018"}
    rows = [
        make_result(62.2, **before),
        make_result(57.5),
        make_result(-7.4, "stress_change", unit="percentage_points", base_year=2018),
    ]
    assert list_faults(rows) == [(4, "value")]


def test_a_share_that_its_printed_counts_contradict_is_refused():
    assert list_faults([make_result(67.0, cases=8251, n=11914)], [make_round(n_answered=11914)]) == [
        (2, "value")
    ]


def test_a_share_that_no_count_of_the_round_gives_is_refused():
    row = make_result(45.5, "discrimination", survey="nhrck", year=2016, round="2016", n=480)
    assert list_faults([row], [make_round(survey="nhrck", year=2016, round="2016", n_answered=480)]) == [
        (2, "value")
    ]


def test_a_year_outside_every_era_of_its_survey_is_refused():
    assert (2, "year") in list_faults([make_result(57.5, year=2009, round="2009")])


@pytest.mark.parametrize(
    ("survey", "year", "era"),
    [("khf", 2012, "khf_2011"), ("khf", 2013, "khf_2013"), ("khf", 2026, "khf_2022"), ("ipus", 2020, "ipus")],
)
def test_an_era_is_named_by_the_year_it_begins(survey, year, era):
    assert name_era(survey, year) == era


def test_eras_of_a_survey_follow_each_other_without_overlap():
    for survey in {e.survey for e in ERAS}:
        eras = [e for e in ERAS if e.survey == survey]
        assert all(a.last < b.first for a, b in pairwise(eras))


@pytest.mark.parametrize(
    ("value", "unit", "half"),
    [(57.5, "pct", 0.05), (23.33, "pct", 0.005), (33, "pct", 0.5), (2e6, "krw", 500)],
)
def test_the_half_unit_follows_the_last_printed_digit(value, unit, half):
    assert find_half_unit(value, unit) == pytest.approx(half)


def test_a_whole_number_of_people_is_found_only_if_there_is_one():
    assert has_count(45.4, 480, 0.05)
    assert not has_count(45.5, 480, 0.05)


def resolve(*results: dict, rounds: list[dict] | None = None) -> list[tuple]:
    raw = make_raw(list(results), rounds)
    found = resolve_n(raw["survey_results"], raw["survey_rounds"])
    return [
        (None if pd.isna(n) else int(n), None if pd.isna(k) else k) for n, k in found.itertuples(index=False)
    ]


def test_the_number_drawn_gives_way_to_the_number_who_answered():
    assert resolve(make_result(57.5, n=3000), rounds=[make_round(n_drawn=3000)]) == [(2741, "round")]


def test_a_base_printed_for_the_item_is_kept():
    assert resolve(make_result(57.5, n=1785)) == [(1785, "item")]


def test_the_base_of_unemployment_is_the_labour_force():
    found = resolve(make_result(62.1, PARTICIPATION), make_result(6.3, UNEMPLOYMENT))
    assert found[1] == (1702, "computed")


def test_a_figure_about_part_of_the_sample_has_no_base_of_the_round():
    assert resolve(make_result(2047000, "mean_monthly_wage", unit="krw_a_month", n=2741)) == [(None, None)]


def test_a_year_with_two_samples_gives_no_base():
    rounds = [make_round(), make_round(round="2019-social", n_answered=1785)]
    assert resolve(make_result(12.7), rounds=rounds) == [(None, None)]


def test_the_general_population_never_gets_the_base_of_the_round():
    assert resolve(make_result(54.4, population="general_population")) == [(None, None)]


def test_only_the_used_reading_is_kept():
    clean = tidy(make_raw([make_result(62.2), make_result(62.5, source_id="b", used=False)]))[
        "survey_results"
    ]
    assert list(clean["value"]) == [62.2]


def test_a_share_printed_as_a_count_is_computed():
    clean = tidy(make_raw([make_result(None, cases=464, n=1200)]))["survey_results"]
    assert clean.loc[0, ["value", "basis"]].tolist() == [38.6667, "counts"]


def test_one_in_seven_becomes_a_share():
    clean = tidy(make_raw([make_result(7, unit="one_in")]))["survey_results"]
    assert clean.loc[0, ["value", "unit"]].tolist() == [14.2857, "pct"]


def test_the_level_of_the_year_before_follows_from_a_printed_change():
    rows = [
        make_result(57.5),
        make_result(-4.7, "stress_change", unit="percentage_points", base_year=2018, source_id="b"),
    ]
    clean = tidy(make_raw(rows))["survey_results"].set_index(["indicator", "year"])
    assert clean.loc[("stress", 2018), ["value", "basis", "source_id", "certainty"]].tolist() == [
        62.2,
        "printed_change",
        "b",
        "estimate",
    ]


def test_a_printed_level_is_not_replaced_by_one_from_a_change():
    rows = [
        make_result(62.5, year=2018, round="2018"),
        make_result(57.5),
        make_result(-4.7, "stress_change", unit="percentage_points", base_year=2018),
    ]
    clean = tidy(make_raw(rows))["survey_results"]
    assert clean.loc[clean["indicator"].eq("stress"), "basis"].tolist() == ["printed", "printed"]


def test_the_general_level_follows_from_a_printed_gap():
    rows = [make_result(61.3, EMPLOYMENT), make_result(-2.5, "employment_rate_gap", unit="percentage_points")]
    clean = tidy(make_raw(rows))["survey_results"].set_index("population")
    assert clean.loc["general_population", "value"] == 63.8


def test_a_gap_in_whole_points_gives_no_general_level():
    rows = [make_result(54.4, EMPLOYMENT), make_result(-6, "employment_rate_gap", unit="percentage_points")]
    assert "general_population" not in set(tidy(make_raw(rows))["survey_results"]["population"])


def test_tidying_leaves_the_raw_tables_as_they_were():
    raw = make_raw([make_result(57.5, n=3000)], [make_round(n_drawn=3000)])
    before = {name: frame.copy() for name, frame in raw.items()}
    tidy(raw)
    for name, frame in raw.items():
        pd.testing.assert_frame_equal(frame, before[name])
