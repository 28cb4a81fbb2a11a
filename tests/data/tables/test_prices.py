"""The chained index, the minimum wage and wages are checked and cleaned."""

import pandas as pd
import pytest

from data.tables.prices import chain_index, check, clean, find_minimum_wage, list_reference_wages
from tests.factory import edit, list_places, make_table

YEARS = range(1960, 2025)
LEVEL = {year: 100 * 1.02 ** (year - 2020) for year in YEARS}  # 2 per cent per year, as by hand


def make_row(series, year, value, **cells):
    dates = {"period_start": f"{year}-01-01", "period_end": f"{year}-12-31"}
    return dates | {"series": series, "value": float(value)} | cells


def make_hourly(year, value, **cells):
    return make_row("minimum_wage_hourly", year, value, statistic="all_industries", basis="per_hour", **cells)


def make_monthly(year, value, basis):
    return make_row("minimum_wage_monthly", year, value, statistic="all_industries", basis=basis)


def make_raw(*more):
    """Return series that fit together, and more rows after them."""
    rows = [make_row("cpi_inflation", y, 2.0, basis="six_decimals") for y in YEARS]
    rows += [make_row("krw_per_usd", y, 1000.0, basis="noon_rate") for y in range(1981, 2025)]
    older = [(y, 100 * LEVEL[y] / LEVEL[2010]) for y in range(1966, 2015)]
    rows += [make_row("cpi_index", y, level, basis="2010=100") for y, level in older]
    rows += [make_row("cpi_index", y, round(LEVEL[y], 2), basis="2020=100") for y in (2022, 2024)]
    rows += [
        make_row("cpi_inflation", 2024, 2.0, basis="one_decimal"),
        make_hourly(1993, 1005),
        make_monthly(1993, 227130, "not_printed"),
        make_hourly(1994, 1085),
        make_monthly(1994, 245210, "226_hours"),
    ]
    return {"economic_series": make_table("economic_series", *rows, *more)}


def select(series, year, **cells):
    return {"series": series, "period_start": pd.Timestamp(year, 1, 1), **cells}


def find_places(raw):
    return [place[1:] for place in list_places(check(raw))]


# The row that gets another value or is dropped, and the lines reported: its own, or that of the next year.
CASES = [
    (select("cpi_index", 2022, basis="2020=100"), LEVEL[2022] + 0.02, [160]),
    (select("cpi_inflation", 2024, basis="one_decimal"), 2.1, [162]),
    (select("cpi_inflation", 1975, basis="six_decimals"), 3.0, range(111, 120)),
    (select("cpi_inflation", 2012, basis="six_decimals"), 3.0, range(157, 160)),
    (select("cpi_inflation", 2021, basis="six_decimals"), 3.0, [160, 161]),
    (select("krw_per_usd", 2024), 10000.0, [110]),  # a shifted point
    (select("minimum_wage_monthly", 1994), 245211.0, [166]),
    (select("minimum_wage_monthly", 1993), 227131.0, [164]),
    (select("minimum_wage_monthly", 1994), 245000.0, []),  # rounded to thousands
    (select("cpi_inflation", 1990), None, [33]),
    (select("cpi_inflation", 1960), None, [3]),
    (select("krw_per_usd", 1990), None, [77]),
    (select("cpi_index", 1990), None, [136]),
]


@pytest.mark.parametrize(("where", "value", "lines"), CASES)
def test_a_contradiction_is_reported_at_its_line(where, value, lines):
    column, cells = ("value", {"value": value}) if value else ("period_start", None)
    raw = edit(make_raw(), "economic_series", where, cells)
    assert find_places(raw) == [(line, column) for line in lines]


MEAN = make_row("wage_job_income", 2018, 2_970_000, statistic="mean")
RISE = make_row("wage_job_income_rise", 2018, 100_000, statistic="mean")
BEFORE = make_row("wage_job_income", 2017, 2_870_000, statistic="mean")


@pytest.mark.parametrize(
    ("more", "places"),
    [
        ([], []),
        ([make_hourly(1994, 1095, source_id="b")], [(167, "value")]),  # another figure for one period
        ([make_hourly(1995, 108)], [(167, "value")]),  # below the rate before
        ([make_hourly(1996, 1400)], [(167, "period_start")]),  # 1995 is missing
        ([make_monthly(1995, 264420, "226_hours")], [(167, "period_start")]),  # no hourly rate
        ([make_row("cpi_index", 2026, 110, basis="2020=100")], [(167, "period_start")]),  # 2025 is missing
        ([MEAN, MEAN | {"statistic": "median", "value": 3.2e6}], [(168, "value")]),
        ([BEFORE, MEAN, RISE], []),
        ([BEFORE, MEAN, RISE | {"value": 120_000.0}], [(169, "value")]),
        ([BEFORE, RISE], [(168, "period_start")]),
    ],
)
def test_a_further_row_must_fit(more, places):
    assert find_places(make_raw(*more)) == places


def test_an_index_chains_both_ways_from_its_base():
    index = chain_index(pd.Series([5.0, 10.0, 20.0], index=[2019, 2020, 2021]))
    assert index.round(4).tolist() == [90.9091, 100.0, 120.0]


def test_a_level_known_through_the_rise_after_it_is_computed():
    wages = clean(make_raw(MEAN, RISE))["wages"].set_index("year")
    columns = ["wage_krw_per_month", "is_computed", "certainty"]
    assert wages.loc[2017, columns].tolist() == [2_870_000, True, "estimate"]
    assert not wages.loc[2018, "is_computed"]


def test_an_unpublished_month_is_209_hours():
    wage = clean(make_raw(make_hourly(1995, 1170)))["minimum_wage"].set_index("hourly_krw").loc[1170]
    assert wage[["monthly_krw", "is_computed"]].tolist() == [1170 * 209, True]


def test_from_2007_the_month_of_209_hours_is_the_reference():
    rows = [
        make_hourly(2008, 3770),
        make_monthly(2008, 787930, "209_hours"),
        make_monthly(2008, 852020, "226_hours"),
    ]
    wages = list_reference_wages(make_table("economic_series", *rows))
    assert wages["monthly_krw"].tolist() == [787930]
    assert find_minimum_wage(wages, pd.Timestamp(2008, 7, 1)) == 787930
    assert find_minimum_wage(wages, pd.Timestamp(2009, 7, 1)) is None


def test_a_year_beyond_the_rates_takes_the_published_index():
    prices = clean(make_raw(make_row("cpi_index", 2025, 111.11, basis="2020=100")))["prices"]
    prices = prices.set_index("year")[["cpi_2020", "is_chained"]]
    assert prices.loc[2025].tolist() == [111.11, False]
    assert prices.loc[2021].tolist() == [102.0, True]


@pytest.mark.parametrize(
    ("column", "year", "value"),
    [
        ("krw_per_usd", 1980, None),
        ("krw_per_usd", 1981, 1000),
        ("minimum_wage_krw_per_month", 1987, None),
        ("minimum_wage_krw_per_month", 1994, 245210),
    ],
)
def test_a_year_before_a_series_is_missing_not_zero(column, year, value):
    found = clean(make_raw())["prices"].set_index("year").loc[year, column]
    assert pd.isna(found) if value is None else found == value
