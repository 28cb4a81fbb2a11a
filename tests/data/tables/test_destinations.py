"""Admissions make every running total, parts make sums, and bounds are in order."""

import pandas as pd
import pytest

from data.tables import destinations
from tests.factory import make_table

ADMITTED = {"measure": "refugee_admissions", "role": "current"}
PEOPLE = {"year": 2021, "measure": "refugees", "sex": "all", "age_group": "all", "unit": "persons"}
FIRST = {"measure": "applications", "authority": "government", "decision_level": "first_instance"}
TEMPORARY = FIRST | {"decision_level": "temporary_asylum"}
JILIN = {"period_start": "2002-01-01", "period_end": "2002-12-31", "kind": "annual_count", "region": "jilin"}
RUNNING = {"period_end": "2025-10-15", "kind": "running_total", "people": "all"}
KINGDOM = {"measure": "asylum_granted", "unit": "principal_applicants"}


def fiscal(year, persons, **cells):
    span = {"year": year, "period_start": f"{year - 1}-10-01", "period_end": f"{year}-09-30"}
    return ADMITTED | span | {"year_basis": "fiscal_year", "persons": persons} | cells


def calendar(year, persons, **cells):
    span = {"year": year, "period_start": f"{year}-01-01", "period_end": f"{year}-12-31"}
    return ADMITTED | span | {"year_basis": "calendar_year", "persons": persons} | cells


def total(day, persons):
    measure = {"year_basis": "running_total", "measure": "refugee_admissions_cumulative", "role": "current"}
    return measure | {"period_start": "2004-10-01", "period_end": day, "persons": persons}


def people(code, value, **cells):
    names = {"country": f"Land {code}", "country_iso3": code, "value": value, "may_be_1_to_5": value == 5}
    return PEOPLE | names | cells


def span(destination, start, end, value, **cells):
    row = {
        "destination": destination,
        "measure": "citizenship_acquired",
        "unit": "persons",
        "role": "current",
    }
    return row | {"period_start": f"{start}-01-01", "period_end": f"{end}-12-31", "value": value} | cells


@pytest.fixture
def raw():
    empty = {name: make_table(name) for name in destinations.RAW_TABLES}
    return empty | {
        "us_admissions": make_table(
            "us_admissions",
            fiscal(2020, 2),
            fiscal(2021, 0),
            fiscal(2021, 0, role="second_outlet"),
            fiscal(2022, 4, role="part_year", period_end="2022-06-30"),
            calendar(2022, 0),
            calendar(2023, 0),
            calendar(2021, 5, measure="resettlement_arrivals_unhcr", role="other_agency"),
            total("2020-03-01", 1),
            total("2021-09-30", 2),
        ),
        "unhcr": make_table(
            "unhcr",
            people("GBR", 40, year=2020),
            people("GBR", 30),
            people("DEU", 5),
            people("USA", 5, measure="resettlement"),
            people("GBR", 12, **FIRST),
            people("RUS", 8, **TEMPORARY),
            people("GBR", 9, sex="female", age_group="18_to_59"),
        ),
        "destinations": make_table(
            "destinations",
            span("europe", 2015, 2015, 128),
            span("europe", 2016, 2016, 66),
            span("europe", 2015, 2016, 194),
            span("germany", 2016, 2016, 40),
            span("italy", 2016, 2016, 26),
            span("europe", 2016, 2016, 66, role="second_outlet", source_id="t"),
        ),
        "population_estimates": make_table(
            "population_estimates",
            {"year_start": 1998, "year_end": 1998, "low": 35000, "point": 75000, "high": 125000},
            {"point": 10000},
        ),
        "forced_repatriation": make_table(
            "forced_repatriation",
            JILIN | {"people": "all", "value": 4809},
            JILIN | {"people": "caught_inside", "value": 3732},
            JILIN | {"people": "caught_elsewhere", "value": 1077},
            RUNNING | {"period_start": "2020-01-01", "value_low": 1076},
            RUNNING | {"period_start": "2024-01-01", "value_low": 406},
            {"people": "all", "unit": "percent", "value": 20.0},
            role="current",
        ),
        "home_office": make_table(
            "home_office",
            {"period_start": "2015-01-01", "period_end": "2015-12-31", "sex": "all", "value": 9},
            {"period_start": "2015-01-01", "period_end": "2015-12-31", "sex": "male", "value": 5},
            {"period_start": "2015-01-01", "period_end": "2015-12-31", "sex": "female", "value": 4},
            measure="applications",
            unit="persons",
        ),
        "direct_crossings": make_table("direct_crossings", {}),
    }


def find(raw):
    return [(p.file.removeprefix("data/raw/"), p.line, p.column) for p in destinations.check(raw)]


def test_tables_that_add_up_have_no_problem(raw):
    assert find(raw) == []


@pytest.mark.parametrize(
    ("table", "line", "column", "value", "problem"),
    [
        ("us_admissions", 10, "persons", 3, (10, "persons")),  # the years ended make the running total
        ("us_admissions", 9, "persons", 3, (9, "persons")),  # more than the current year can add
        ("us_admissions", 2, "period_start", pd.Timestamp("2020-01-01"), (2, "period_start")),
        ("us_admissions", 2, "period_end", pd.Timestamp("2020-12-31"), (2, "period_end")),
        ("us_admissions", 4, "persons", 1, (4, "persons")),  # a second outlet
        ("us_admissions", 4, "role", "other_figure", (4, "persons")),
        ("us_admissions", 8, "persons", 6, (8, "persons")),  # the table of UNHCR
        ("unhcr", 3, "value", 4, (3, "value")),
        ("unhcr", 4, "may_be_1_to_5", False, (4, "may_be_1_to_5")),
        ("unhcr", 6, "authority", None, (6, "authority")),
        ("unhcr", 8, "value", 31, (8, "value")),  # a group larger than everyone
        ("unhcr", 3, "country", "Britain", (3, "country")),
        ("unhcr", 2, "year", 2018, (3, "year")),  # 2019 and 2020 are missing
        ("destinations", 2, "value", 127, (4, "value")),
        ("destinations", 6, "value", 25, (3, "value")),
        ("destinations", 7, "value", 67, (7, "value")),
        ("population_estimates", 2, "low", 80000, (2, "point")),
        ("population_estimates", 2, "high", 70000, (2, "high")),
        ("population_estimates", 2, "year_end", None, (2, "year_end")),
        ("population_estimates", 3, "point", None, (3, "point")),
        ("forced_repatriation", 2, "value", 4890, (2, "value")),
        ("forced_repatriation", 5, "value_low", 400, (5, "value_low")),
        ("forced_repatriation", 7, "value", 120, (7, "value")),
        ("home_office", 3, "value", 6, (4, "value")),  # more men and women than applications
    ],
)
def test_a_changed_cell_is_reported(raw, table, line, column, value, problem):
    raw[table].loc[line, column] = value
    assert (f"{table}.csv", *problem) in find(raw)


def test_a_missing_fiscal_year_is_reported(raw):
    raw["us_admissions"] = raw["us_admissions"].drop(index=[3, 4, 10])
    assert find(raw) == [("us_admissions.csv", 5, "year")]


def test_a_missing_total_of_europe_is_reported(raw):
    raw["destinations"] = raw["destinations"].drop(index=[3, 4, 7])
    assert find(raw) == [("destinations.csv", 5, "period_end")]


@pytest.mark.parametrize(("persons", "problems"), [(6, []), (7, [("us_admissions.csv", 30, "persons")])])
def test_the_label_of_the_article_is_compared_with_the_running_total(raw, persons, problems):
    label = {"measure": "article_table_granted_asylum", "period_end": "2022-12-31", "persons": persons}
    row = make_table("us_admissions", label, year_basis="article_table", role="article")
    raw["us_admissions"] = pd.concat([raw["us_admissions"], row.rename(index={2: 30})])
    assert find(raw) == problems


ROUNDED = [span("united_kingdom", year, year, 15, rounded_to=5, **KINGDOM) for year in (2005, 2006)]
ROUNDED_SPAN = span("united_kingdom", 2005, 2006, 34, **KINGDOM)
OTHER_DOCUMENT = [
    span("canada", 2008, 2008, 7, source_id="t", measure="asylum_granted"),
    span("canada", 2007, 2009, 6, measure="asylum_granted"),
]
GROWING = [
    span("germany", 2007, 2016, 396),
    span("germany", 2007, 2017, 408),
    *(span(place, 2017, 2017, 11) for place in ("germany", "europe")),
]
OUTCOMES = {"asylum_applications": 90, "asylum_granted": 40, "asylum_refused": 41, "asylum_withdrawn": 10}
APPLICATIONS = [span("united_kingdom", 2003, 2016, n, measure=measure) for measure, n in OUTCOMES.items()]
DECIDED = [
    span("canada", 2010, 2010, 42, measure="asylum_granted"),
    span("canada", 2010, 2010, 58, measure="asylum_cases_decided"),
]
RATE = span("canada", 2010, 2010, 72, measure="acceptance_rate", unit="percent")


@pytest.mark.parametrize(
    ("rows", "problems"),
    [
        pytest.param([*ROUNDED, ROUNDED_SPAN], [], id="within rounding"),
        pytest.param(
            [*ROUNDED, span("united_kingdom", 2005, 2006, 36, **KINGDOM)],
            [(4, "value")],
            id="beyond rounding",
        ),
        pytest.param(OTHER_DOCUMENT, [(3, "value")], id="a year exceeds a period of another document"),
        pytest.param(GROWING, [(3, "value")], id="a longer period grows by the year added"),
        pytest.param(APPLICATIONS, [(2, "value")], id="outcomes exceed applications"),
        pytest.param([*DECIDED, RATE], [], id="rate of its counts"),
        pytest.param([*DECIDED, RATE | {"value": 73}], [(4, "value")], id="rate of other counts"),
        pytest.param([span("canada", 2010, 2010, 173, unit="percent")], [(2, "value")], id="above 100"),
    ],
)
def test_periods_and_decisions_fit_each_other(raw, rows, problems):
    raw["destinations"] = make_table("destinations", *rows)
    assert [problem[1:] for problem in find(raw) if problem[2] == "value"] == problems


def test_asylum_figures_say_whether_families_are_counted(raw):
    raw["destinations"] = make_table("destinations", RATE | {"measure": "asylum_granted", "unit": "percent"})
    assert find(raw) == [("destinations.csv", 2, "unit")]


@pytest.mark.parametrize(("value", "problems"), [(9, []), (8, [("destinations.csv", 2, "value")])])
def test_published_sums_of_applicants_are_those_of_the_home_office(raw, value, problems):
    cells = {"unit": "principal_applicants", "measure": "asylum_applications", "source_id": "newsflash_2018"}
    raw["destinations"] = make_table("destinations", span("united_kingdom", 2014, 2016, value, **cells))
    raw["home_office"].loc[2, "unit"] = "principal_applicants"
    raw["home_office"] = raw["home_office"].loc[[2]]
    assert find(raw) == problems


def test_calendar_years_without_admissions_complete_fiscal_years(raw):
    made = destinations.clean(raw)["us_admissions"]
    years = made[made["year_basis"] == "fiscal_year"].sort_values("year")
    assert list(years["year"]) == [2020, 2021, 2022, 2023]
    assert list(years["persons"]) == [2, 0, 4, 0]
    assert list(years["is_implied"]) == [False, False, True, True]


def test_the_world_is_the_sum_of_every_country(raw):
    made = destinations.clean(raw)["unhcr"]
    world = made[made["is_world_total"] & made["measure"].eq("refugees")].set_index("year")
    assert world["value"].to_dict() == {2020: 40, 2021: 35}
    assert world.loc[2021, ["value_low", "cells_1_to_5"]].tolist() == [31, 1]


def test_only_the_largest_countries_are_kept(raw):
    raw["unhcr"] = make_table("unhcr", *(people(f"{chr(65 + i)}AA", 100 - i) for i in range(12)))
    made = destinations.clean(raw)["unhcr"]
    assert sorted(made.loc[~made["is_world_total"], "value"]) == list(range(91, 101))
    assert made.loc[made["is_world_total"], "value"].tolist() == [sum(range(89, 101))]


def test_temporary_asylum_is_a_stage_of_its_own(raw):
    made = destinations.clean(raw)["unhcr"]
    applications = made[made["is_world_total"] & made["measure"].eq("applications")]
    assert applications.set_index("stage")["value"].to_dict() == {"first_instance": 12, "temporary_asylum": 8}


def test_cases_are_not_added_to_persons(raw):
    raw["unhcr"].loc[6, "unit"] = "cases"
    made = destinations.clean(raw)["unhcr"]
    assert not (made["is_world_total"] & made["stage"].eq("first_instance")).any()


def test_second_outlets_are_left_out(raw):
    assert "second_outlet" not in set(destinations.clean(raw)["destinations"]["role"])
