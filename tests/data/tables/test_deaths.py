from __future__ import annotations

import pandas as pd

from data.tables.deaths import tidy, validate

ROW = {
    "period_start": "2016-01-01",
    "period_end": "2016-12-31",
    "is_period_approximate": False,
    "population": "north_korean_origin",
    "series": "unclaimed_deaths",
    "register": "unclaimed_deaths",
    "sex": "all",
    "age_group": "all",
    "cause": "all",
    "measure": "deaths",
    "value": 9.0,
    "value_low": None,
    "value_high": None,
    "unit": "persons",
    "denominator": None,
    "denominator_unit": None,
    "vintage_year": 2024,
    "source_id": "s",
    "certainty": "secondary",
    "note": None,
}
SHARE = {"measure": "share_of_deaths", "unit": "percent"}
OF_33 = {
    "series": "all_deaths",
    "cause": "suicide",
    "value": 5.0,
    "denominator": 33,
    "denominator_unit": "deaths",
}
NEXT = {"period_start": "2017-01-01", "period_end": "2017-12-31"}
BOTH = {"period_start": "2016-01-01", "period_end": "2017-12-31"}


def make_raw(*rows: dict) -> dict[str, pd.DataFrame]:
    frame = pd.DataFrame([ROW | r for r in rows])
    frame.index = pd.RangeIndex(2, len(frame) + 2, name="line")
    kinds = {c: "float64" for c in ("value", "value_low", "value_high")} | {"denominator": "Int64"}
    frame = frame.astype(kinds | {c: "datetime64[us]" for c in ("period_start", "period_end")})
    return {"deaths": frame}


def list_faults(*rows: dict) -> list[tuple[int, str]]:
    return [(f.line, f.column) for f in validate(make_raw(*rows))]


def test_a_yearly_total_under_five_stands():
    assert list_faults({"value": 3.0}) == []


def test_a_cell_under_five_by_age_is_a_fault():
    assert list_faults({"value": 4.0, "age_group": "under_30"}) == [(2, "value")]


def test_a_cell_under_five_by_cause_is_a_fault():
    assert list_faults({"value": 4.0, "cause": "accident"}) == [(2, "value")]


def test_sexes_that_miss_the_total_are_a_fault():
    sexes = {"sex": "male", "value": 6.0}, {"sex": "female", "value": 5.0}
    assert list_faults({"value": 11.0}, *sexes) == []
    assert list_faults({"value": 12.0}, *sexes) == [(4, "value")]


def test_ages_that_miss_the_total_are_a_fault():
    ages = {"age_group": "under_30", "value": 6.0}, {"age_group": "30_39", "value": 7.0}
    assert list_faults({"value": 13.0}, *ages) == []
    assert list_faults({"value": 14.0}, *ages) == [(4, "value")]


def test_one_sex_cannot_exceed_both():
    assert list_faults({"value": 9.0}, {"sex": "female", "value": 13.0}) == [(3, "value")]


def test_causes_that_miss_the_deaths_of_the_year_are_a_fault():
    of = {"series": "all_deaths", "denominator": 79, "denominator_unit": "deaths"}
    causes = (("suicide", 8.0), ("illness", 42.0), ("old_age", 14.0), ("unknown", 10.0))
    rows = [of | {"cause": c, "value": v} for c, v in causes]
    assert list_faults(*rows, of | {"cause": "accident", "value": 5.0}) == []
    assert list_faults(*rows, of | {"cause": "accident", "value": 6.0}) == [(6, "value")]


def test_a_share_that_its_count_does_not_give_is_a_fault():
    assert list_faults(OF_33, OF_33 | SHARE | {"value": 15.2}) == []
    assert list_faults(OF_33, OF_33 | SHARE | {"value": 14.0}) == [(3, "value")]


def test_years_that_fill_a_period_add_up_to_it():
    assert list_faults({}, NEXT, BOTH | {"value": 18.0}) == []
    assert list_faults({}, NEXT, BOTH | {"value": 20.0}) == [(4, "value")]


def test_years_inside_a_period_cannot_exceed_it():
    assert list_faults({}, BOTH | {"value": 30.0}) == []
    assert list_faults({}, BOTH | {"value": 8.0}) == [(3, "value")]


def test_a_part_of_a_year_is_not_added_to_the_year():
    part = {"period_end": "2016-08-31", "value": 6.0}
    assert list_faults(part, {}, NEXT, BOTH | {"value": 18.0}) == []


def test_a_running_total_cannot_fall():
    rows = (
        {"period_start": None, "value": 26.0},
        {"period_start": None, "value": 22.0} | {"period_end": "2017-12-31"},
    )
    assert list_faults(*rows) == [(3, "value")]


def test_a_unit_that_is_not_the_measures_is_a_fault():
    assert list_faults({"unit": "percent"}) == [(2, "unit")]


def test_a_range_stands_in_place_of_a_value():
    ranged = SHARE | {"value": None, "value_low": 6.0, "value_high": 7.0}
    assert list_faults(ranged) == []
    assert list_faults(ranged | {"value": 6.5}) == [(2, "value")]


def test_the_later_vintage_of_a_cell_is_kept():
    made = tidy(make_raw({"value": 13.0}, {"value": 14.0, "vintage_year": 2025}))["deaths"]
    assert made["value"].tolist() == [14.0]
