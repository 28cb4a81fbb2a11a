"""Other countries: admissions make every running total, parts make sums, limits are in order."""

import pandas as pd
import pytest

from data.tables import destinations

_COLUMNS = {
    "us_admissions": ["year_basis", "year", "period_start", "period_end", "measure", "role", "persons"],
    "unhcr": [
        "year",
        "country",
        "country_iso3",
        "measure",
        "sex",
        "age_group",
        "authority",
        "decision_level",
        "unit",
        "value",
    ],
    "destinations": [
        "destination",
        "measure",
        "period_start",
        "period_end",
        "value",
        "unit",
        "rounded_to",
        "role",
        "source_id",
    ],
    "population_estimates": ["year_start", "year_end", "low", "point", "high", "role"],
    "forced_repatriation": [
        "period_start",
        "period_end",
        "kind",
        "region",
        "people",
        "value_low",
        "value",
        "value_high",
        "unit",
        "role",
    ],
}
_DATES = ("period_start", "period_end")
_NUMBERS = ("value_low", "value_high", "low", "point", "high", "rounded_to")


def _frame(name, rows):
    frame = pd.DataFrame(rows, columns=_COLUMNS[name])
    frame.index = pd.RangeIndex(2, 2 + len(rows), name="line")
    for column in _DATES:
        if column in frame:
            frame[column] = pd.to_datetime(frame[column]).astype("datetime64[us]")
    for column in _NUMBERS:
        if column in frame:
            frame[column] = frame[column].astype("float64")
    for column, value in (("source_id", "s"), ("certainty", "secondary"), ("note", None)):
        if column not in frame:
            frame[column] = value
    return frame


def _fiscal(year, persons, role="current", end=None):
    return (
        "fiscal_year",
        year,
        f"{year - 1}-10-01",
        end or f"{year}-09-30",
        "refugee_admissions",
        role,
        persons,
    )


def _total(day, persons):
    return ("running_total", None, "2004-10-01", day, "refugee_admissions_cumulative", "current", persons)


def _calendar(year, persons, measure="refugee_admissions", role="current"):
    return ("calendar_year", year, f"{year}-01-01", f"{year}-12-31", measure, role, persons)


def _people(year, code, value, measure="refugees", **more):
    row = {"country": f"Land {code}", "sex": "all", "age_group": "all", "authority": None, "level": None}
    row |= {"unit": "persons"} | more
    keys = ("sex", "age_group", "authority", "level", "unit")
    return (year, row["country"], code, measure, *(row[k] for k in keys), value)


def _year(destination, year, value, measure="citizenship_acquired", role="current", **more):
    unit, rounded, source = more.get("unit", "persons"), more.get("rounded_to"), more.get("source_id", "s")
    return (destination, measure, f"{year}-01-01", f"{year}-12-31", value, unit, rounded, role, source)


def _span(destination, start, end, value, role="current", **more):
    measure, source = more.get("measure", "citizenship_acquired"), more.get("source_id", "s")
    unit = more.get("unit", "persons")
    return (destination, measure, f"{start}-01-01", f"{end}-12-31", value, unit, None, role, source)


@pytest.fixture
def raw():
    us = [
        _fiscal(2020, 2),
        _fiscal(2021, 0),
        _fiscal(2021, 0, "second_outlet"),
        _fiscal(2022, 4, "part_year", "2022-06-30"),
        _calendar(2022, 0),
        _calendar(2023, 0),
        _calendar(2021, 5, "resettlement_arrivals_unhcr", "other_agency"),
        _total("2020-03-01", 1),
        _total("2021-09-30", 2),
    ]
    unhcr = [
        _people(2020, "GBR", 40),
        _people(2021, "GBR", 30),
        _people(2021, "DEU", 5),
        _people(2021, "USA", 5, "resettlement"),
        _people(2021, "GBR", 12, "applications", authority="government", level="first_instance"),
        _people(2021, "RUS", 8, "applications", authority="government", level="temporary_asylum"),
        _people(2021, "GBR", 9, sex="female", age_group="18_to_59"),
    ]
    others = [
        _year("europe", 2015, 128),
        _year("europe", 2016, 66),
        _span("europe", 2015, 2016, 194),
        _year("germany", 2016, 40),
        _year("italy", 2016, 26),
        _year("europe", 2016, 66, role="second_outlet", source_id="t"),
    ]
    estimates = [(1998, 1998, 35000, 75000, 125000, "current"), (None, None, None, 10000, None, "article")]
    year = ("2002-01-01", "2002-12-31", "annual_count", "jilin")
    alone = (None, "persons", "current")
    forced = [
        (*year, "all", None, 4809, *alone),
        (*year, "caught_inside", None, 3732, *alone),
        (*year, "caught_elsewhere", None, 1077, *alone),
        ("2020-01-01", "2025-10-15", "running_total", None, "all", 1076, None, *alone),
        ("2024-01-01", "2025-10-15", "running_total", None, "all", 406, None, *alone),
    ]
    rows = (us, unhcr, others, estimates, forced)
    made = {name: _frame(name, part) for name, part in zip(_COLUMNS, rows, strict=True)}
    made["us_admissions"]["year"] = made["us_admissions"]["year"].astype("Int64")
    made["unhcr"]["may_be_1_to_5"] = made["unhcr"]["value"].eq(5)
    return made


def _faults(raw):
    return [(f.file.rpartition("/")[2], f.line, f.column) for f in destinations.validate(raw)]


def _change(raw, table, line, column, value):
    frame = raw[table].copy()
    frame.loc[line, column] = value
    return {**raw, table: frame}


def test_tables_that_add_up_have_no_fault(raw):
    assert _faults(raw) == []


def test_fiscal_years_make_the_running_total_at_their_end(raw):
    assert _faults(_change(raw, "us_admissions", 10, "persons", 3)) == [("us_admissions.csv", 10, "persons")]


def test_within_a_year_the_running_total_lies_between_two_ends(raw):
    assert _faults(_change(raw, "us_admissions", 9, "persons", 3)) == [("us_admissions.csv", 9, "persons")]


def test_the_label_of_the_article_is_held_against_the_running_total(raw):
    row = ("article_table", 2022, None, "2022-12-31", "article_table_granted_asylum", "article", 6)
    label = _frame("us_admissions", [row])
    label.index = pd.Index([30], name="line")
    frame = pd.concat([raw["us_admissions"], label])
    assert _faults({**raw, "us_admissions": frame}) == []
    frame.loc[30, "persons"] = 7
    assert _faults({**raw, "us_admissions": frame}) == [("us_admissions.csv", 30, "persons")]


def test_a_fiscal_year_left_out_is_told(raw):
    frame = raw["us_admissions"].drop(index=[3, 4, 10])
    assert ("us_admissions.csv", 5, "year") in _faults({**raw, "us_admissions": frame})


def test_a_fiscal_year_starts_in_october(raw):
    raw = _change(raw, "us_admissions", 2, "period_start", pd.Timestamp("2020-01-01"))
    assert ("us_admissions.csv", 2, "period_start") in _faults(raw)


def test_a_second_outlet_repeats_the_figure(raw):
    assert ("us_admissions.csv", 4, "persons") in _faults(_change(raw, "us_admissions", 4, "persons", 1))


def test_arrivals_counted_by_unhcr_equal_its_own_table(raw):
    assert ("us_admissions.csv", 8, "persons") in _faults(_change(raw, "us_admissions", 8, "persons", 6))


def test_unhcr_prints_no_number_under_five(raw):
    assert ("unhcr.csv", 3, "value") in _faults(_change(raw, "unhcr", 3, "value", 4))


def test_a_printed_five_is_flagged(raw):
    assert ("unhcr.csv", 4, "may_be_1_to_5") in _faults(_change(raw, "unhcr", 4, "may_be_1_to_5", False))


def test_groups_do_not_exceed_everybody(raw):
    assert ("unhcr.csv", 8, "value") in _faults(_change(raw, "unhcr", 8, "value", 31))


def test_one_country_has_one_code(raw):
    assert ("unhcr.csv", 3, "country") in _faults(_change(raw, "unhcr", 3, "country", "Britain"))


def test_a_year_without_refugees_is_told(raw):
    assert ("unhcr.csv", 2, "year") not in _faults(raw)
    raw = _change(raw, "unhcr", 2, "year", 2018)
    assert any(column == "year" for *_, column in _faults(raw))


def test_years_make_the_longer_period_of_the_same_document(raw):
    assert ("destinations.csv", 4, "value") in _faults(_change(raw, "destinations", 2, "value", 127))


def test_rounded_years_may_miss_the_longer_period_by_half_a_step_each(raw):
    asked = {"measure": "asylum_granted", "unit": "principal_applicants"}
    years = [_year("united_kingdom", y, 15, rounded_to=5, **asked) for y in (2005, 2006)]
    close, far = (
        _frame("destinations", [*years, _span("united_kingdom", 2005, 2006, total, **asked)])
        for total in (34, 36)
    )
    assert _faults({**raw, "destinations": close}) == []
    assert _faults({**raw, "destinations": far}) == [("destinations.csv", 4, "value")]


def test_years_of_other_documents_do_not_exceed_the_longer_period(raw):
    asked = {"measure": "asylum_granted"}
    rows = [_year("canada", 2008, 7, source_id="t", **asked), _span("canada", 2007, 2009, 6, **asked)]
    assert _faults({**raw, "destinations": _frame("destinations", rows)}) == [
        ("destinations.csv", 3, "value")
    ]


def test_a_longer_sum_grows_by_the_year_added(raw):
    rows = [_span("germany", 2007, 2016, 396), _span("germany", 2007, 2017, 408), _year("germany", 2017, 11)]
    whole = _year("europe", 2017, 11)
    faults = _faults({**raw, "destinations": _frame("destinations", [*rows, whole])})
    assert faults == [("destinations.csv", 3, "value")]


def test_the_countries_of_a_year_make_its_total(raw):
    assert ("destinations.csv", 6, "value") in _faults(_change(raw, "destinations", 6, "value", 25))


def test_a_second_outlet_has_a_first(raw):
    assert ("destinations.csv", 7, "value") in _faults(_change(raw, "destinations", 7, "value", 67))


def test_outcomes_do_not_exceed_applications(raw):
    counts = {"asylum_applications": 90, "asylum_granted": 40, "asylum_refused": 41, "asylum_withdrawn": 10}
    rows = [_span("united_kingdom", 2003, 2016, n, measure=m) for m, n in counts.items()]
    faults = _faults({**raw, "destinations": _frame("destinations", rows)})
    assert faults == [("destinations.csv", 2, "value")]


def test_an_acceptance_rate_is_granted_of_decided(raw):
    rows = [
        _year("canada", 2010, 42, "asylum_granted"),
        _year("canada", 2010, 58, "asylum_cases_decided"),
        _year("canada", 2010, 72, "acceptance_rate", unit="percent"),
    ]
    frame = _frame("destinations", rows)
    assert _faults({**raw, "destinations": frame}) == []
    frame.loc[4, "value"] = 73
    assert _faults({**raw, "destinations": frame}) == [("destinations.csv", 4, "value")]


@pytest.mark.parametrize(("column", "value"), [("low", 80000), ("high", 70000)])
def test_low_point_and_high_stand_in_order(raw, column, value):
    faults = _faults(_change(raw, "population_estimates", 2, column, value))
    assert [f[:2] for f in faults] == [("population_estimates.csv", 2)]


def test_an_estimate_has_a_value(raw):
    faults = _faults(_change(raw, "population_estimates", 3, "point", None))
    assert faults == [("population_estimates.csv", 3, "point")]


def test_parts_of_a_yearly_count_make_the_whole(raw):
    faults = _faults(_change(raw, "forced_repatriation", 2, "value", 4890))
    assert faults == [("forced_repatriation.csv", 2, "value")]


def test_a_longer_running_total_is_not_smaller(raw):
    faults = _faults(_change(raw, "forced_repatriation", 5, "value_low", 400))
    assert faults == [("forced_repatriation.csv", 5, "value_low")]


def test_a_calendar_year_without_admissions_closes_fiscal_years(raw):
    made = destinations.tidy(raw)["us_admissions"]
    fiscal = made[made["year_basis"].eq("fiscal_year")].sort_values("year")
    assert list(fiscal["year"]) == [2020, 2021, 2022, 2023]
    assert list(fiscal["persons"]) == [2, 0, 4, 0]
    assert list(fiscal["is_implied"]) == [False, False, True, True]


def test_the_world_is_added_up_from_every_country(raw):
    made = destinations.tidy(raw)["unhcr"]
    world = made[made["is_world_total"] & made["measure"].eq("refugees")].set_index("year")
    assert world["value"].to_dict() == {2020: 40, 2021: 35}
    assert world.loc[2021, ["value_low", "cells_1_to_5"]].tolist() == [31, 1]


def test_only_the_largest_countries_are_kept_beside_the_world(raw):
    countries = [_people(2021, f"{chr(65 + i)}AA", 100 - i) for i in range(12)]
    frame = _frame("unhcr", countries).assign(may_be_1_to_5=False)
    made = destinations.tidy({**raw, "unhcr": frame})["unhcr"]
    kept = made[~made["is_world_total"]]
    assert sorted(kept["value"]) == list(range(91, 101))
    assert made.loc[made["is_world_total"], "value"].tolist() == [sum(range(89, 101))]


def test_temporary_asylum_is_a_stage_of_its_own(raw):
    made = destinations.tidy(raw)["unhcr"]
    stages = made[made["is_world_total"] & made["measure"].eq("applications")].set_index("stage")["value"]
    assert stages.to_dict() == {"first_instance": 12, "temporary_asylum": 8}


def test_cases_are_not_added_to_persons(raw):
    raw = _change(raw, "unhcr", 6, "unit", "cases")
    made = destinations.tidy(raw)["unhcr"]
    first = made["measure"].eq("applications") & made["stage"].eq("first_instance")
    assert not made.loc[first, "is_world_total"].any()


def test_second_outlets_are_left_out(raw):
    assert "second_outlet" not in set(destinations.tidy(raw)["destinations"]["role"])


def test_the_raw_tables_are_left_as_they_were(raw):
    before = {name: frame.copy() for name, frame in raw.items()}
    list(destinations.validate(raw))
    destinations.tidy(raw)
    for name, frame in before.items():
        pd.testing.assert_frame_equal(raw[name], frame)
