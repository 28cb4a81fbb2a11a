"""Deaths by sex, age, cause and year make their totals; small cells are not published."""

import pytest

from data.tables import deaths
from tests.factory import make_table

CELLS = {
    "period_start": "2016-01-01",
    "period_end": "2016-12-31",
    "population": "north_korean_origin",
    "series": "unclaimed_deaths",
    "register": "unclaimed_deaths",
    "sex": "all",
    "age_group": "all",
    "cause": "all",
    "measure": "deaths",
    "value": 9.0,
    "unit": "persons",
    "vintage_year": 2024,
}
SEXES = [{"sex": "male", "value": 6.0}, {"sex": "female", "value": 5.0}]
AGES = [{"age_group": "under_30", "value": 6.0}, {"age_group": "30_39", "value": 7.0}]
SHARE = {"measure": "share_of_deaths", "unit": "percent"}
RANGE = SHARE | {"value": None, "value_low": 6.0, "value_high": 7.0}
ALL_DEATHS = {"series": "all_deaths", "denominator_unit": "deaths"}
OF_33 = ALL_DEATHS | {"cause": "suicide", "value": 5.0, "denominator": 33}
CAUSES = [
    ALL_DEATHS | {"denominator": 79, "cause": cause, "value": value}
    for cause, value in (("suicide", 8.0), ("illness", 42.0), ("old_age", 14.0), ("unknown", 10.0))
]
ACCIDENT = CAUSES[0] | {"cause": "accident"}
UNCLAIMED = [SHARE | {"cause": "illness", "value": 78.3}, SHARE | {"cause": "suicide_or_accident"}]
NEXT = {"period_start": "2017-01-01", "period_end": "2017-12-31"}
BOTH = {"period_end": "2017-12-31"}
PART = {"period_end": "2016-08-31", "value": 6.0}
RUNNING = [{"period_start": None, "value": 26.0}, {"period_start": None, "period_end": "2017-12-31"}]


def make_raw(*rows: dict) -> dict:
    return {"deaths": make_table("deaths", *rows, **CELLS)}


@pytest.mark.parametrize(
    ("rows", "problems"),
    [
        pytest.param([{"value": 3.0}], [], id="a yearly total under five"),
        pytest.param([{"value": 4.0, "age_group": "under_30"}], [(2, "value")], id="an age under five"),
        pytest.param([{"value": 4.0, "cause": "accident"}], [(2, "value")], id="a cause under five"),
        pytest.param([{"value": 11.0}, *SEXES], [], id="sexes make the total"),
        pytest.param([{"value": 12.0}, *SEXES], [(2, "value")], id="sexes miss the total"),
        pytest.param([{"value": 13.0}, *AGES], [], id="ages make the total"),
        pytest.param([{"value": 14.0}, *AGES], [(2, "value")], id="ages miss the total"),
        pytest.param([{}, {"sex": "female", "value": 13.0}], [(3, "value")], id="one sex exceeds both"),
        pytest.param([*CAUSES, ACCIDENT | {"value": 5.0}], [], id="causes make all deaths"),
        pytest.param([*CAUSES, ACCIDENT | {"value": 6.0}], [(6, "value")], id="causes miss all deaths"),
        pytest.param([UNCLAIMED[0], UNCLAIMED[1] | {"value": 21.7}], [], id="shares make 100"),
        pytest.param([UNCLAIMED[0], UNCLAIMED[1] | {"value": 22.7}], [(3, "value")], id="shares miss 100"),
        pytest.param([OF_33, OF_33 | SHARE | {"value": 15.2}], [], id="share of its count"),
        pytest.param([OF_33, OF_33 | SHARE | {"value": 14.0}], [(3, "value")], id="share of another count"),
        pytest.param([{}, NEXT, BOTH | {"value": 18.0}], [], id="years make a period"),
        pytest.param([{}, NEXT, BOTH | {"value": 20.0}], [(4, "value")], id="years miss a period"),
        pytest.param([{}, BOTH | {"value": 30.0}], [], id="one year of a period"),
        pytest.param([{}, BOTH | {"value": 8.0}], [(3, "value")], id="one year exceeds a period"),
        pytest.param([PART, {}, NEXT, BOTH | {"value": 18.0}], [], id="a part of a year is in the year"),
        pytest.param([RUNNING[0], RUNNING[1] | {"value": 22.0}], [(3, "value")], id="a running total falls"),
        pytest.param([{"unit": "percent"}], [(2, "unit")], id="unit of another measure"),
        pytest.param([{"value": 8.5}], [(2, "value")], id="a part of a person"),
        pytest.param([{"denominator": 33}], [(2, "denominator_unit")], id="a denominator of nothing"),
        pytest.param([RANGE], [], id="a range in place of a value"),
        pytest.param([RANGE | {"value": 6.5}], [(2, "value")], id="a range and a value"),
    ],
)
def test_figures_fit_each_other(rows, problems):
    assert [(p.line, p.column) for p in deaths.check(make_raw(*rows))] == problems


def test_the_later_vintage_of_a_cell_is_kept():
    rows = {"value": 13.0}, {"value": 14.0, "vintage_year": 2025}
    assert deaths.clean(make_raw(*rows))["deaths"]["value"].tolist() == [14.0]
