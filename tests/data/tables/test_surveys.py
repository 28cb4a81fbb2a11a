"""Survey figures fit each other and their base, and levels follow from changes and gaps."""

import pandas as pd
import pytest

from data.tables import surveys
from data.tables.surveys import EMPLOYMENT, PARTICIPATION, UNEMPLOYMENT
from tests.factory import make_table

ROUND = {"year": 2019, "survey": "khf", "round": "2019", "design": "sample", "n_answered": 2741}
RESULT = {
    "year": 2019,
    "survey": "khf",
    "kind": "survey",
    "round": "2019",
    "indicator": "stress",
    "population": "north_korean_origin",
    "sex": "all",
    "value": 57.5,
    "unit": "pct",
    "used": True,
    "certainty": "secondary",
}
MALE, FEMALE = {"sex": "male"}, {"sex": "female"}
GENERAL = {"population": "general_population"}
OTHER = {"source_id": "b"}
Y2018 = {"year": 2018, "round": "2018"}
NHRCK = {"survey": "nhrck", "year": 2016, "round": "2016"}
POINTS = {"unit": "percentage_points"}
WAGE = {"indicator": "mean_monthly_wage", "unit": "krw_a_month"}
CHANGE = POINTS | {"indicator": "stress_change", "value": -4.7, "base_year": 2018}
GAP = POINTS | {"indicator": "employment_rate_gap", "value": -1.5}


def named(indicator, value, **cells):
    return {"indicator": indicator, "value": value} | cells


LEVELS = [named(EMPLOYMENT, 60.4), named(EMPLOYMENT, 60.9) | GENERAL]
LABOUR = [named(EMPLOYMENT, 58.2), named(PARTICIPATION, 62.1), named(UNEMPLOYMENT, 6.3)]
BROKEN = [named(EMPLOYMENT, 54.6), named(PARTICIPATION, 59.4), named(UNEMPLOYMENT, 4.8)]
MARK = {"exception": "rates_disagree"}
NO_GAP = {"exception": "gap_disagrees"}
DISCRIMINATION = [named("discrimination", 20.0), named("discrimination", 70.0, item="no")]
WAGES = [WAGE | MALE | {"value": 3613000}, WAGE | FEMALE | {"value": 2242000}]
WAGE_GAP = WAGE | {"indicator": "mean_monthly_wage_sex_gap", "value": 1317000}
SATISFIED = named("life_satisfaction", 74.2, item="satisfied")
RETURNING = {"any": 22.9, "fairly_often": 4.8, "sometimes": 14.7, "very_often": 3.4}
THOUGHT = [named("thought_of_returning", value, item=item) for item, value in RETURNING.items()]
BY_SEX = [{"value": 55.4, "n": 361}, MALE | {"value": 69.2, "n": 107}, FEMALE | {"value": 41.3, "n": 254}]


def make_raw(results, rounds=({},)):
    return {
        "survey_rounds": make_table("survey_rounds", *rounds, **ROUND),
        "survey_results": make_table("survey_results", *results, **RESULT),
    }


def find(*args):
    return [(p.line, p.column) for p in surveys.check(make_raw(*args))]


@pytest.mark.parametrize(
    ("cells", "problems"),
    [
        ({}, []),
        ({"n_male": 741, "n_female": 2000}, []),
        ({"n_male": 741, "n_female": 1999}, [(2, "n_male")]),
        ({"n_panel": 741, "n_new": 1999}, [(2, "n_panel")]),
        ({"n_drawn": 2700}, [(2, "n_answered")]),
        ({"n_drawn": 3000, "response_rate_pct": 94.1}, [(2, "response_rate_pct")]),
        ({"n_answered": 2725, "n_drawn": 3000, "response_rate_pct": 90.85}, []),  # within one person
        ({"weighted_to_persons": 30000, "population_persons": 30001}, [(2, "weighted_to_persons")]),
        ({"round": "2018"}, [(2, "round")]),
        ({"year": 2009, "round": "2009"}, [(2, "year")]),  # in no era
    ],
)
def test_the_counts_of_a_round_fit_each_other(cells, problems):
    assert find([{}], [cells]) == problems


@pytest.mark.parametrize(
    ("rows", "problems"),
    [
        pytest.param([{"value": 575}], [(2, "value")], id="share above 100"),
        pytest.param([{"value": None}], [(2, "value")], id="no value and no counts"),
        pytest.param([{}, {"value": 3.0, "item": "yes", "unit": "months"}], [(3, "unit")], id="two units"),
        pytest.param([CHANGE | {"base_year": None}], [(2, "base_year")], id="change from no year"),
        pytest.param([CHANGE | {"base_year": 2019}], [(2, "base_year")], id="change from the same year"),
        pytest.param([{"base_year": 2018}], [(2, "base_year")], id="level with a year before"),
        pytest.param([{"n": 27410}], [(2, "n")], id="more people than the round"),
        pytest.param([{"round": "2018"}], [(2, "round")], id="round of another year"),
        pytest.param([{"year": 2009, "round": "2009"}], [(2, "year")], id="year in no era"),
        pytest.param([{"value": 62.2}, OTHER | {"value": 62.5}], [(3, "used")], id="two figures used"),
        pytest.param([{"used": False}], [(2, "used")], id="no figure used"),
        pytest.param(LABOUR, [], id="labour rates within rounding"),
        pytest.param(BROKEN, [(n, "indicator") for n in (2, 3, 4)], id="labour rates disagree"),
        pytest.param([row | MARK for row in BROKEN], [], id="labour rates known to disagree"),
        pytest.param([LABOUR[0] | MARK, *LABOUR[1:]], [(2, "exception")], id="needless exception"),
        pytest.param(
            [{"value": 8.0}, MALE | {"value": 5.1}, FEMALE | {"value": 7.7}],
            [(2, "value")],
            id="outside sexes",
        ),
        pytest.param(
            [SATISFIED, SATISFIED | {"item": "neutral", "value": 33.5}], [(3, "value")], id="answers"
        ),
        pytest.param(DISCRIMINATION, [(3, "value")], id="yes and no miss 100"),
        pytest.param([{"value": 8.0}, MALE | {"value": 5.1}], [], id="one sex alone"),
        pytest.param(THOUGHT, [], id="parts make an answer"),
        pytest.param([THOUGHT[0] | {"value": 23.9}, *THOUGHT[1:]], [(2, "value")], id="parts miss an answer"),
        pytest.param([*LEVELS, GAP], [(4, "value")], id="gap of other levels"),
        pytest.param([*LEVELS, GAP | {"value": -0.5}], [], id="gap of its levels"),
        pytest.param(
            [*LEVELS, GAP | {"exception": "gap_disagrees", "used": False}], [], id="gap known to disagree"
        ),
        pytest.param(
            [*LEVELS, GAP | {"exception": "gap_disagrees"}],
            [(4, "used")],
            id="gap known to disagree and used",
        ),
        pytest.param(
            [*LEVELS, named("employment_rate_ratio", 98.2)], [(4, "value")], id="ratio of other levels"
        ),
        pytest.param([*LEVELS, named("employment_rate_ratio", 99.2)], [], id="ratio of its levels"),
        pytest.param([*WAGES, WAGE_GAP], [(4, "value")], id="wage gap of other levels"),
        pytest.param([Y2018 | {"value": 62.2}, {}, CHANGE], [], id="change of its years"),
        pytest.param([Y2018 | {"value": 62.2}, {}, CHANGE | {"value": -7.4}], [(4, "value")], id="change"),
    ],
)
def test_figures_fit_each_other(rows, problems):
    assert find(rows) == problems


@pytest.mark.parametrize(
    ("rows", "cells", "problems"),
    [
        pytest.param(BY_SEX, {"n_answered": 361}, [(2, "value")], id="not the mean of the sexes"),
        pytest.param(
            [{"value": 67.0, "cases": 8251, "n": 11914}],
            {"n_answered": 11914},
            [(2, "value")],
            id="share of other counts",
        ),
        pytest.param(
            [NHRCK | {"value": 45.5}], NHRCK | {"n_answered": 480}, [(2, "value")], id="share of no count"
        ),
        pytest.param([{"n": 3000}], {"n_drawn": 3000}, [(2, "n")], id="base of all who were drawn"),
        pytest.param([NHRCK | {"value": 45.4}], NHRCK | {"n_answered": 480}, [], id="share of 218 of 480"),
    ],
)
def test_shares_fit_the_people_asked(rows, cells, problems):
    assert find(rows, [cells]) == problems


@pytest.mark.parametrize(
    ("survey", "year", "era"),
    [
        ("khf", 2012, "khf_2011"),
        ("khf", 2013, "khf_2013"),
        ("khf", 2026, "khf_2017"),
        ("khf", 2009, None),
        ("ipus", 2020, "ipus"),
    ],
)
def test_an_era_is_named_by_the_year_it_begins(survey, year, era):
    assert surveys.find_era(survey, year) == era


@pytest.mark.parametrize("survey", sorted({era.survey for era in surveys.ERAS}))
def test_eras_of_a_survey_do_not_overlap(survey):
    years = [year for era in surveys.ERAS if era.survey == survey for year in (era.first, era.last + 1)]
    assert years == sorted(years)


@pytest.mark.parametrize(
    ("value", "unit", "half"),
    [(57.5, "pct", 0.05), (23.33, "pct", 0.005), (33, "pct", 0.5), (2e6, "krw", 500)],
)
def test_the_half_unit_follows_the_last_digit(value, unit, half):
    assert surveys.find_half_unit(value, unit) == pytest.approx(half)


@pytest.mark.parametrize(
    ("rows", "rounds", "bases"),
    [
        pytest.param([{"n": 3000}], [{"n_drawn": 3000}], [(2741, "round")], id="number drawn"),
        pytest.param([{"n": 1785}], [{}], [(1785, "item")], id="number of the item"),
        pytest.param([MALE], [{"n_male": 741}], [(741, "round")], id="number of a sex"),
        pytest.param(LABOUR[1:], [{}], [(2741, "round"), (1702, "computed")], id="labour force"),
        pytest.param([WAGE | {"n": 2741}], [{}], [None], id="part of the sample"),
        pytest.param([{}], [{}, {"round": "2019-social", "n_answered": 1785}], [None], id="two samples"),
        pytest.param([GENERAL], [{}], [None], id="general population"),
        pytest.param([{"subgroup": "women_in_their_twenties"}], [{}], [None], id="subgroup"),
    ],
)
def test_the_base_of_a_figure_is_found(rows, rounds, bases):
    raw = make_raw(rows, rounds)
    found = surveys.resolve_n(raw["survey_results"], raw["survey_rounds"])
    assert [None if pd.isna(n) else (n, kind) for n, kind in found.itertuples(index=False)] == bases


@pytest.mark.parametrize(
    ("rows", "cells"),
    [
        pytest.param([{"value": 62.2}, OTHER | {"used": False}], {"value": 62.2}, id="the figure used"),
        pytest.param(
            [{"value": None, "cases": 464, "n": 1200}], {"value": 38.6667, "basis": "counts"}, id="counts"
        ),
        pytest.param([{"value": 7, "unit": "one_in"}], {"value": 14.2857, "unit": "pct"}, id="one in seven"),
    ],
)
def test_a_figure_is_a_share_with_its_basis(rows, cells):
    results = surveys.clean(make_raw(rows))["survey_results"]
    assert results[list(cells)].to_dict("records") == [cells]


def list_levels(*rows):
    results = surveys.clean(make_raw(rows))["survey_results"]
    levels = results[results["indicator"].isin(["stress", EMPLOYMENT])]
    return list(zip(levels["round"], levels["population"], levels["value"], levels["basis"], strict=True))


NORTH, SOUTH = RESULT["population"], GENERAL["population"]


@pytest.mark.parametrize(
    ("rows", "added"),
    [
        pytest.param([{}, CHANGE], [("2018", NORTH, 62.2, "printed_change")], id="from a change"),
        pytest.param(
            [{}, CHANGE, Y2018 | {"value": 62.5}], [("2018", NORTH, 62.5, "printed")], id="published"
        ),
        pytest.param(
            [LEVELS[0], GAP | {"value": -2.5}], [("2019", SOUTH, 62.9, "printed_gap")], id="from a gap"
        ),
        pytest.param([LEVELS[0], GAP | {"value": -6}], [], id="not from a gap in whole points"),
    ],
)
def test_a_level_follows_from_a_difference(rows, added):
    assert list_levels(*rows)[1:] == added


def test_a_level_from_a_difference_has_the_source_of_the_difference():
    results = surveys.clean(make_raw([{}, CHANGE | OTHER]))["survey_results"]
    made = results[results["basis"] == "printed_change"]
    assert made[["year", "source_id", "certainty"]].to_numpy().tolist() == [[2018, "b", "estimate"]]
