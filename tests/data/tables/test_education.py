"""School levels and birthplaces add up, and rates follow from their counts."""

import pytest

from data.tables import education
from tests.factory import make_table

CELLS = {
    "year": 2014,
    "year_basis": "april_count",
    "indicator": "students",
    "level": "primary_to_upper_secondary",
    "population": "north_korean_origin",
    "birthplace": "all",
    "value": 2183.0,
    "unit": "persons",
}
LEVELS = [
    {"level": "primary", "value": 1128.0},
    {"level": "lower_secondary", "value": 684.0},
    {"level": "upper_secondary", "value": 371.0},
    {"level": "other_schools", "value": 10.0},
]
BORN = [{"birthplace": "north_korea", "value": 1204.0}, {"birthplace": "third_country", "value": 979.0}]
WIDE = {"population": "north_korean_background"}
SURVEY = {"year_basis": "survey_year"}
RATE = SURVEY | {"indicator": "dropout_rate", "unit": "pct"}
LEFT = [
    SURVEY | {"indicator": "dropouts", "value": 27.0},
    SURVEY | {"indicator": "dropout_base", "value": 2261.0},
]
BEFORE = [SURVEY | {"indicator": "dropouts", "value": 51.0}, {"year": 2013, "value": 2022.0}]
RATES = [
    RATE | {"level": level, "value": value}
    for level, value in (("primary", 0.6), ("lower_secondary", 3.1), ("upper_secondary", 7.5))
]


def make_raw(*rows: dict) -> dict:
    return {"education": make_table("education", *rows, **CELLS)}


@pytest.mark.parametrize(
    ("rows", "problems"),
    [
        pytest.param([{}, *LEVELS], [], id="levels make their total"),
        pytest.param([{"value": 2184.0}, *LEVELS], [(2, "value")], id="levels miss their total"),
        pytest.param([{"level": "all_schools", "value": 2193.0}, *LEVELS], [], id="other schools count"),
        pytest.param([{"level": "all_schools"}, *LEVELS], [(2, "value")], id="other schools left out"),
        pytest.param([{}, *BORN], [], id="birthplaces make their total"),
        pytest.param([{"value": 2200.0}, *BORN], [(2, "value")], id="birthplaces miss their total"),
        pytest.param([{}, BORN[1]], [], id="one birthplace can be less"),
        pytest.param([{"value": 978.0}, BORN[1]], [(2, "value")], id="one birthplace exceeds the total"),
        pytest.param(
            [WIDE | {"value": 2200.0}, *(WIDE | b for b in BORN)], [], id="two birthplaces of three"
        ),
        pytest.param(
            [WIDE, *(WIDE | b for b in BORN), WIDE | {"birthplace": "south_korea", "value": 1.0}],
            [(2, "value")],
            id="three birthplaces exceed the total",
        ),
        pytest.param([RATE | {"value": 1.2}, *LEFT], [], id="rate of its counts"),
        pytest.param([RATE | {"value": 1.3}, *LEFT], [(2, "value")], id="rate of other counts"),
        pytest.param([RATE | {"value": 2.5}, *BEFORE], [], id="rate of the students before"),
        pytest.param([RATE | {"value": 2.8}, *BEFORE], [(2, "value")], id="rate of other students"),
        pytest.param([RATE | {"value": 2.5}, *RATES], [], id="rate between those of the levels"),
        pytest.param([RATE | {"value": 9.5}, *RATES], [(2, "value")], id="rate outside the levels"),
        pytest.param([RATE | {"value": 101.0}], [(2, "value")], id="rate above 100"),
        pytest.param([{"unit": "pct", "value": 9.0}], [(2, "unit")], id="unit of another indicator"),
        pytest.param([{"value": 2183.5}], [(2, "value")], id="a part of a person"),
    ],
)
def test_figures_fit_each_other(rows, problems):
    assert [(p.line, p.column) for p in education.check(make_raw(*rows))] == problems


def test_a_second_figure_is_left_out_of_the_clean_table():
    figures = {"donga_2011e": 474.0, "oana_2011e": 475.0}
    rows = [{"year": 2006, "value": value, "source_id": source} for source, value in figures.items()]
    assert education.clean(make_raw(*rows))["education"]["value"].tolist() == [475.0]
