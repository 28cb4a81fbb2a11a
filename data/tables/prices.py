"""Prices, exchange rate, minimum wage and wages in the South.

``raw/economic_series.csv`` holds rates and levels as printed. The price index is chained here from
the yearly rates and proven against the two published indices.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from data.checks import Problem, each_row

RAW = ("economic_series",)
FILE = "data/raw/economic_series.csv"
BASE_YEAR = 2020
FIRST_YEAR = 1960
# Monthly hours in use over time: 240 and 235 at first, 226 for 44 hours a week, 209 for 40 hours.
HOURS = (240, 235, 226, 209)
# From here on the month of a 40-hour week is the one today's rate is quoted in.
FIRST_YEAR_OF_209_HOURS = 2007


def chain_index(rates: pd.Series, base_year: int = BASE_YEAR) -> pd.Series:
    """Return an index chained from yearly rates of change."""
    level = (1 + rates / 100).cumprod()
    return 100 * level / level.loc[base_year]


def _select(frame: pd.DataFrame, series: str, basis: str | None = None) -> pd.DataFrame:
    chosen = frame["series"] == series
    if basis is not None:
        chosen &= frame["basis"] == basis
    return frame.loc[chosen]


def _by_year(frame: pd.DataFrame) -> pd.Series:
    return pd.Series(frame["value"].to_numpy(), index=frame["period_start"].dt.year.to_numpy())


def _drop_second_readings(frame: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Keep the first of several readings of one fact; that they agree is checked before."""
    return frame.drop_duplicates(key)


def validate(raw: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Yield what is wrong with the series' content."""
    frame = raw["economic_series"]
    gaps = list(_check_years(frame))
    yield from gaps
    if not gaps:
        yield from _check_index(frame)
    yield from _check_exchange_rate(frame)
    yield from _check_minimum_wage(frame)
    yield from _check_wages(frame)


def _check_years(frame: pd.DataFrame) -> Iterator[Problem]:
    for series, basis, first in (
        ("cpi_inflation", "six_decimals", FIRST_YEAR),
        ("krw_per_usd", "noon_rate", 1981),
        ("cpi_index", "2010=100", 1966),
    ):
        rows = _select(frame, series, basis)
        years = rows["period_start"].dt.year.tolist()
        for line, year, before in zip(rows.index, years, [first - 1, *years], strict=False):
            if year != before + 1:
                yield Problem(
                    FILE,
                    int(line),
                    "period_start",
                    str(year),
                    f"{before + 1}: {series} has every year from {first}",
                )
    last = _select(frame, "cpi_inflation", "six_decimals")["period_start"].dt.year.max()
    published = _by_year(_select(frame, "cpi_index", "2020=100"))
    later = [y for y in published.index if y > last]
    if later and later != list(range(last + 1, max(later) + 1)):
        yield Problem(
            FILE,
            1,
            "period_start",
            f"a published index of {', '.join(map(str, later))}",
            f"every year after {last}",
        )


def _check_index(frame: pd.DataFrame) -> Iterator[Problem]:
    rates = _by_year(_select(frame, "cpi_inflation", "six_decimals"))
    chained = chain_index(rates)
    published = _select(frame, "cpi_index", "2020=100")
    levels = _by_year(published)
    for line, year in zip(published.index, levels.index, strict=True):
        if year in chained.index:
            # Printed to two decimals (0.005), over a base year that was itself 100 to two decimals.
            tolerance = 0.005 + levels[year] * 0.00005
            if abs(chained[year] - levels[year]) > tolerance:
                yield Problem(
                    FILE,
                    int(line),
                    "value",
                    f"{levels[year]:g}",
                    f"{chained[year]:.2f}, as the yearly rates chain to",
                )
    rounded = _select(frame, "cpi_inflation", "one_decimal")
    for line, year, value in zip(
        rounded.index, rounded["period_start"].dt.year, rounded["value"], strict=True
    ):
        if year in rates.index:
            # One decimal against six: half a tenth.
            if abs(rates[year] - value) > 0.05 + 1e-9:
                yield Problem(
                    FILE,
                    int(line),
                    "value",
                    f"{value:g}",
                    f"{rates[year]:.1f}, the same rate to six decimals",
                )
        elif year in levels.index and year - 1 in levels.index:
            change = 100 * (levels[year] / levels[year - 1] - 1)
            # Half a tenth, and two index levels of two decimals each.
            if abs(change - value) > 0.05 + 0.01:
                yield Problem(
                    FILE, int(line), "value", f"{value:g}", f"{change:.1f}, as the published index changes"
                )
    older = _select(frame, "cpi_index", "2010=100")
    for line, year, value in zip(older.index, older["period_start"].dt.year, older["value"], strict=True):
        expected = 100 * chained[year] / chained[2010]
        # Both series go back to indices kept to two decimals (0.01 in all at the level of that
        # year); the edition of 2016 differs from later ones by up to 0.1 per cent besides.
        if abs(expected - value) > 0.01 + 0.001 * value:
            yield Problem(
                FILE, int(line), "value", f"{value:g}", f"about {expected:.3f}, as the yearly rates chain to"
            )


def _check_exchange_rate(frame: pd.DataFrame) -> Iterator[Problem]:
    rows = _select(frame, "krw_per_usd")
    for line, value, before in zip(rows.index[1:], rows["value"].iloc[1:], rows["value"], strict=False):
        # The largest change of a yearly mean is that of 1998, by half.
        if not before / 1.5 <= value <= before * 1.5:
            expected = f"{before / 1.5:,.0f} to {before * 1.5:,.0f}, within half of the year before"
            yield Problem(FILE, int(line), "value", f"{value:g}", expected)


def _check_minimum_wage(frame: pd.DataFrame) -> Iterator[Problem]:
    hourly = _select(frame, "minimum_wage_hourly")
    for _, group in hourly.groupby(["statistic", "period_start"]):
        for line, row in each_row(group):
            value = row["value"]
            if value != group["value"].iloc[0]:
                yield Problem(
                    FILE,
                    line,
                    "value",
                    f"{value:g}",
                    f"{group['value'].iloc[0]:g}, as the other reading of that period",
                )
    rows = hourly.drop_duplicates(["period_start", "period_end"])
    for line, start, before in zip(
        rows.index[1:], rows["period_start"].iloc[1:], rows["period_end"], strict=False
    ):
        expected = before + pd.Timedelta(days=1)
        if start != expected:
            yield Problem(
                FILE,
                int(line),
                "period_start",
                f"{start:%Y-%m-%d}",
                f"{expected:%Y-%m-%d}, the day after the rate before",
            )
    for line, value, before in zip(rows.index[1:], rows["value"].iloc[1:], rows["value"], strict=False):
        if value < before:
            yield Problem(
                FILE, int(line), "value", f"{value:g}", f"{before:g} or more: no minimum wage was cut"
            )
    rates = hourly.drop_duplicates(["statistic", "period_start"]).set_index(["statistic", "period_start"])[
        "value"
    ]
    for line, row in each_row(_select(frame, "minimum_wage_monthly")):
        here, key = line, (row["statistic"], row["period_start"])
        if key not in rates.index:
            yield Problem(
                FILE,
                here,
                "period_start",
                f"{row['period_start']:%Y-%m-%d}",
                "a period that has an hourly rate",
            )
            continue
        # A month printed in whole thousands of won may be rounded to them; others are exact.
        tolerance = 500 if row["value"] % 1000 == 0 else 0
        bases = HOURS if row["basis"] == "not_printed" else [int(row["basis"].split("_")[0])]
        if not any(abs(hours * rates[key] - row["value"]) <= tolerance for hours in bases):
            expected = " or ".join(f"{hours * rates[key]:,.0f} ({hours} hours)" for hours in bases)
            yield Problem(
                FILE, here, "value", f"{row['value']:,.0f}", f"{expected} at {rates[key]:g} an hour"
            )


def _check_wages(frame: pd.DataFrame) -> Iterator[Problem]:
    jobs = _select(frame, "wage_job_income")
    means = _by_year(jobs.loc[jobs["statistic"] == "mean"])
    for line, row in each_row(jobs.loc[jobs["statistic"] == "median"]):
        year = row["period_start"].year
        if year in means.index and row["value"] >= means[year]:
            yield Problem(
                FILE,
                line,
                "value",
                f"{row['value']:,.0f}",
                f"less than the mean of that year, {means[year]:,.0f}",
            )
    for line, row in each_row(_select(frame, "wage_job_income_rise")):
        levels = _by_year(jobs.loc[jobs["statistic"] == row["statistic"]])
        year = row["period_start"].year
        # Levels and rises are printed in units of 10,000 won: two half-units.
        if {year, year - 1} <= set(levels.index) and abs(
            levels[year] - levels[year - 1] - row["value"]
        ) > 10_000:
            yield Problem(
                FILE,
                line,
                "value",
                f"{row['value']:,.0f}",
                f"{levels[year] - levels[year - 1]:,.0f}, the difference of the levels",
            )
        elif year not in levels.index:
            yield Problem(FILE, line, "period_start", str(year), "a year whose level is printed")


def tidy_minimum_wage(economic: pd.DataFrame) -> pd.DataFrame:
    """Return the minimum wage, one row a period, kind of industry and hours of a month."""
    hourly = _drop_second_readings(_select(economic, "minimum_wage_hourly"), ["statistic", "period_start"])
    monthly = _select(economic, "minimum_wage_monthly")
    both = hourly.merge(
        monthly[["statistic", "period_start", "basis", "value"]],
        on=["statistic", "period_start"],
        how="left",
        suffixes=("", "_month"),
    )
    # Without a printed month the current 209 hours apply (2011 to 2015).
    ratio = (both["value_month"] / both["value"]).fillna(209)
    hours = ratio.map(lambda r: min(HOURS, key=lambda h: abs(h - r)))
    wage = pd.DataFrame(
        {
            "effective_from": both["period_start"],
            "effective_to": both["period_end"],
            "industries": both["statistic"],
            "hours_basis": hours.astype("int64"),
            "hourly_krw": both["value"],
            "monthly_krw": both["value_month"].fillna(both["value"] * 209),
            "is_computed": both["value_month"].isna(),
            "source_id": both["source_id"],
            "certainty": both["certainty"],
        }
    )
    late = wage["effective_from"].dt.year >= FIRST_YEAR_OF_209_HOURS
    # In 1988 the lower of two rates; later one rate for all.
    lowest = wage["industries"].isin(["all_industries", "industry_group_1"])
    wage["is_reference"] = lowest & (~late | (wage["hours_basis"] == 209))
    return wage


def take_reference_wages(economic: pd.DataFrame) -> pd.DataFrame:
    """Return the minimum wage in the month that multiples are counted in, one row a period, in order."""
    wages = tidy_minimum_wage(economic)
    return wages.loc[wages["is_reference"]].sort_values("effective_from")


def find_minimum_wage(wages: pd.DataFrame, day: pd.Timestamp) -> float | None:
    """Return the monthly minimum wage in won on a day, or nothing if there was none."""
    here = (wages["effective_from"] <= day) & (wages["effective_to"] >= day)
    return float(wages.loc[here, "monthly_krw"].iloc[0]) if here.any() else None


def tidy(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the clean tables ``prices``, ``minimum_wage`` and ``wages``."""
    frame = raw["economic_series"]
    rates = _select(frame, "cpi_inflation", "six_decimals")
    rounded = _select(frame, "cpi_inflation", "one_decimal")
    published = _select(frame, "cpi_index", "2020=100")
    chained = chain_index(_by_year(rates))
    later = published.loc[published["period_start"].dt.year > chained.index.max()]
    levels = pd.concat([chained, _by_year(later)])
    change = pd.concat([_by_year(rounded), _by_year(rates)])
    dollar = _select(frame, "krw_per_usd")
    prices = pd.DataFrame({"year": levels.index, "cpi_2020": levels.round(6).to_numpy()})
    prices["is_chained"] = prices["year"] <= chained.index.max()
    prices["inflation_pct"] = prices["year"].map(change.groupby(level=0).last())
    prices["krw_per_usd"] = prices["year"].map(_by_year(dollar))
    index_rows = pd.concat([rates, later]).assign(year=lambda f: f["period_start"].dt.year).set_index("year")
    wages = take_reference_wages(frame)
    prices["minimum_wage_krw_per_month"] = [
        find_minimum_wage(wages, pd.Timestamp(year, 7, 1)) for year in levels.index
    ]
    prices["source_id"] = prices["year"].map(index_rows["source_id"])
    prices["source_id_krw_per_usd"] = prices["year"].map(
        dollar.set_index(dollar["period_start"].dt.year)["source_id"]
    )
    prices["certainty"] = prices["year"].map(index_rows["certainty"])
    return {"prices": prices, "minimum_wage": tidy_minimum_wage(frame), "wages": _tidy_wages(frame)}


def _tidy_wages(frame: pd.DataFrame) -> pd.DataFrame:
    kinds = ["wage_job_income", "wage_survey_comparator", "wage_comparator_undefined", "establishment_wage"]
    rows = frame.loc[frame["series"].isin(kinds)].assign(
        year=lambda f: f["period_start"].dt.year, is_computed=False
    )
    printed = set(zip(rows["series"], rows["statistic"], rows["year"], strict=True))
    computed = []
    for _, rise in each_row(_select(frame, "wage_job_income_rise")):
        year = rise["period_start"].year
        known = (
            rows["series"].eq("wage_job_income")
            & rows["statistic"].eq(rise["statistic"])
            & rows["year"].eq(year)
        )
        if ("wage_job_income", rise["statistic"], year - 1) not in printed:
            before = rows.loc[known].assign(year=year - 1, is_computed=True, certainty="estimate")
            computed.append(
                before.assign(
                    value=before["value"] - rise["value"], note="Level of the next year less its printed rise"
                )
            )
    wages = pd.concat([rows, *computed]).rename(columns={"value": "wage_krw_per_month"})
    return wages[
        ["year", "series", "statistic", "wage_krw_per_month", "is_computed", "source_id", "certainty", "note"]
    ]
