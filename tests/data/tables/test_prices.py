"""The chained index, the minimum wage and wages are proven and shaped."""

import pandas as pd
import pytest

from data.tables.prices import chain_index, find_minimum_wage, take_reference_wages, tidy, validate

YEARS = range(1960, 2025)
# Two per cent a year, so the index can be worked out by hand.
LEVEL = {year: 100 * 1.02 ** (year - 2020) for year in YEARS}


def make_row(series, start, value, statistic="annual_mean", basis="as_published", end=None, source="a"):
    start = str(start)
    return {
        "series": series,
        "period_start": start if "-" in start else f"{start}-01-01",
        "period_end": end or f"{start[:4]}-12-31",
        "statistic": statistic,
        "basis": basis,
        "value": float(value),
        "unit": "u",
        "source_id": source,
        "certainty": "official",
        "note": None,
    }


def make_rows():
    rate = "annual_mean_on_annual_mean"
    rows = [make_row("cpi_inflation", y, 2.0, rate, "six_decimals") for y in YEARS]
    rows += [make_row("krw_per_usd", y, 1000.0, basis="noon_rate") for y in range(1981, 2025)]
    rows += [
        make_row("cpi_index", y, 100 * LEVEL[y] / LEVEL[2010], basis="2010=100") for y in range(1966, 2015)
    ]
    rows.append(make_row("cpi_index", 2022, round(LEVEL[2022], 2), basis="2020=100"))
    rows.append(make_row("cpi_index", 2024, round(LEVEL[2024], 2), basis="2020=100"))
    rows.append(make_row("cpi_inflation", 2024, 2.0, rate, "one_decimal"))
    wages = (("1993", 1005, 227130, "not_printed"), ("1994", 1085, 245210, "226_hours"))
    for year, hourly, monthly, basis in wages:
        rows.append(make_row("minimum_wage_hourly", year, hourly, "all_industries", "per_hour"))
        rows.append(make_row("minimum_wage_monthly", year, monthly, "all_industries", basis))
    return rows


def make_raw(rows):
    frame = pd.DataFrame(rows)
    frame[["period_start", "period_end"]] = frame[["period_start", "period_end"]].apply(pd.to_datetime)
    frame.index = pd.Index(range(2, len(frame) + 2), name="line")
    return {"economic_series": frame}


def change(rows, series, start, value, basis=None):
    for row in rows:
        found = row["series"] == series and row["period_start"].startswith(str(start))
        if found and basis in (None, row["basis"]):
            row["value"] = value
            return rows
    raise AssertionError("no such row")


def find_faults(rows):
    return [(fault.column, fault.expected) for fault in validate(make_raw(rows))]


def test_sound_series_have_no_faults():
    assert find_faults(make_rows()) == []


def test_an_index_chains_both_ways_from_its_base():
    index = chain_index(pd.Series([5.0, 10.0, 20.0], index=[2019, 2020, 2021]))
    assert index.round(4).tolist() == [90.9091, 100.0, 120.0]


def test_a_rate_that_does_not_lead_to_the_published_index_is_told():
    faults = find_faults(change(make_rows(), "cpi_inflation", 2021, 2.1, "six_decimals"))
    assert any("as the yearly rates chain to" in expected for _, expected in faults)


def test_an_old_rate_is_bound_by_the_index_of_2010():
    faults = find_faults(change(make_rows(), "cpi_inflation", 1975, 12.0, "six_decimals"))
    assert any("as the yearly rates chain to" in expected for _, expected in faults)


def test_a_published_index_off_by_more_than_rounding_is_told():
    assert find_faults(change(make_rows(), "cpi_index", 2022, LEVEL[2022] + 0.02, "2020=100"))


def test_a_rounded_rate_that_differs_from_the_long_one_is_told():
    assert find_faults(change(make_rows(), "cpi_inflation", 2024, 2.1, "one_decimal"))


@pytest.mark.parametrize("series", ["cpi_inflation", "krw_per_usd"])
def test_a_missing_year_is_told(series):
    rows = [r for r in make_rows() if not (r["series"] == series and r["period_start"].startswith("1990"))]
    assert ("period_start", f"1990: {series} has every year from {1960 if 'cpi' in series else 1981}") in (
        find_faults(rows)
    )


def test_a_monthly_wage_that_is_not_hours_times_the_rate_is_told():
    faults = find_faults(change(make_rows(), "minimum_wage_monthly", 1994, 245211))
    assert faults == [("value", "245,210 (226 hours) at 1085 an hour")]


def test_a_monthly_wage_without_printed_hours_fits_one_known_basis():
    assert find_faults(change(make_rows(), "minimum_wage_monthly", 1993, 227131))


def test_a_month_in_whole_thousands_may_be_rounded():
    rows = change(make_rows(), "minimum_wage_monthly", 1994, 245000)
    assert find_faults(rows) == []


def test_two_readings_of_one_rate_must_agree():
    rows = make_rows()
    rows.append(make_row("minimum_wage_hourly", "1994", 1095, "all_industries", "per_hour", source="b"))
    assert ("value", "1085, as the other reading of that period") in find_faults(rows)


def test_a_minimum_wage_below_the_one_before_is_told():
    rows = make_rows()
    rows.append(make_row("minimum_wage_hourly", "1995", 108, "all_industries", "per_hour"))
    assert find_faults(rows) == [("value", "1085 or more: no minimum wage was cut")]


def test_an_exchange_rate_with_a_shifted_point_is_told():
    faults = find_faults(change(make_rows(), "krw_per_usd", 2024, 10000.0))
    assert faults == [("value", "667 to 1,500, within half of the year before")]


def test_a_gap_between_two_rates_is_told():
    rows = make_rows()
    rows.append(make_row("minimum_wage_hourly", "1996", 1400, "all_industries", "per_hour"))
    assert find_faults(rows) == [("period_start", "1995-01-01, the day after the rate before")]


def test_a_median_wage_above_the_mean_is_told():
    rows = make_rows()
    rows.append(make_row("wage_job_income", 2018, 2_970_000, "mean"))
    rows.append(make_row("wage_job_income", 2018, 3_200_000, "median"))
    assert [column for column, _ in find_faults(rows)] == ["value"]


def test_a_level_known_through_the_rise_after_it_is_computed():
    rows = make_rows()
    rows.append(make_row("wage_job_income", 2018, 2_970_000, "mean"))
    rows.append(make_row("wage_job_income_rise", 2018, 100_000, "mean"))
    wages = tidy(make_raw(rows))["wages"].set_index("year")
    assert wages.loc[2017, "wage_krw_per_month"] == 2_870_000
    assert wages.loc[2017, "is_computed"]
    assert wages.loc[2017, "certainty"] == "estimate"
    assert not wages.loc[2018, "is_computed"]


def test_a_month_that_no_source_prints_is_209_hours():
    rows = make_rows()
    rows.append(make_row("minimum_wage_hourly", 1995, 1170, "all_industries", "per_hour"))
    wage = tidy(make_raw(rows))["minimum_wage"].set_index("hourly_krw").loc[1170]
    assert wage["monthly_krw"] == 1170 * 209
    assert wage["is_computed"]


def test_from_2007_the_month_of_209_hours_is_the_reference():
    rows = [
        make_row("minimum_wage_hourly", 2008, 3770, "all_industries", "per_hour"),
        make_row("minimum_wage_monthly", 2008, 787930, "all_industries", "209_hours"),
        make_row("minimum_wage_monthly", 2008, 852020, "all_industries", "226_hours"),
    ]
    wages = take_reference_wages(make_raw(rows)["economic_series"])
    assert wages["monthly_krw"].tolist() == [787930]
    assert find_minimum_wage(wages, pd.Timestamp(2008, 7, 1)) == 787930
    assert find_minimum_wage(wages, pd.Timestamp(2009, 7, 1)) is None


def test_a_year_beyond_the_rates_takes_the_published_index():
    rows = [*make_rows(), make_row("cpi_index", 2025, 111.11, basis="2020=100")]
    prices = tidy(make_raw(rows))["prices"].set_index("year")
    assert prices.loc[2025, "cpi_2020"] == 111.11
    assert not prices.loc[2025, "is_chained"]
    assert prices.loc[2021, "cpi_2020"] == 102.0


def test_a_year_before_the_exchange_rate_is_missing_not_zero():
    prices = tidy(make_raw(make_rows()))["prices"].set_index("year")
    assert pd.isna(prices.loc[1980, "krw_per_usd"])
    assert prices.loc[1981, "krw_per_usd"] == 1000


def test_prices_carry_the_minimum_wage_of_july():
    prices = tidy(make_raw(make_rows()))["prices"].set_index("year")
    assert prices.loc[1994, "minimum_wage_krw_per_month"] == 245210
    assert pd.isna(prices.loc[1987, "minimum_wage_krw_per_month"])


def test_the_input_is_not_changed():
    raw = make_raw(make_rows())
    before = raw["economic_series"].copy()
    list(validate(raw))
    tidy(raw)
    pd.testing.assert_frame_equal(raw["economic_series"], before)
