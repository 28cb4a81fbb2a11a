"""Prices, exchange rate, minimum wage and wages in South Korea.

``raw/economic_series.csv`` has rates and levels as published. The price index is chained here from
the yearly rates and compared with the two published indices.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from data.checks import Problem, check_agreement, check_close, report

RAW_TABLES = ("economic_series",)
FILE = "data/raw/economic_series.csv"
BASE_YEAR = 2020
# Monthly hours used over time: 240 and 235 at first, 226 for a week of 44 hours, 209 for one of 40.
HOURS = (240, 235, 226, 209)
FIRST_YEAR_OF_209_HOURS = 2007  # from then on the multiples of the law use the month of 209 hours
# Series that have every year, with their basis and first year.
YEARLY = (
    ("cpi_inflation", "six_decimals", 1960),
    ("krw_per_usd", "noon_rate", 1981),
    ("cpi_index", "2010=100", 1966),
)


def chain_index(rates: pd.Series, base_year: int = BASE_YEAR) -> pd.Series:
    """Return an index chained from yearly rates of change."""
    level = (1 + rates / 100).cumprod()
    return 100 * level / level.loc[base_year]


def _select(frame: pd.DataFrame, series: str, basis: str | None = None) -> pd.DataFrame:
    """Return the rows of a series with their ``year``."""
    chosen = frame["series"] == series
    if basis is not None:
        chosen &= frame["basis"] == basis
    return frame[chosen].assign(year=frame["period_start"].dt.year)


def _by_year(rows: pd.DataFrame, column: str = "value") -> pd.Series:
    return rows.drop_duplicates("year").set_index("year")[column]


def check(raw: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Report gaps, and values that contradict the series beside them."""
    frame = raw["economic_series"]
    gaps = list(_check_years(frame))
    yield from gaps or _check_index(frame)
    rates = _select(frame, "krw_per_usd")
    before = rates["value"].shift()
    # The largest change of a yearly mean is that of 1998, by half.
    jumps = rates.assign(before=before)[(rates["value"] > 1.5 * before) | (rates["value"] < before / 1.5)]
    yield from report(jumps, FILE, "value", lambda row: f"a rate within half of {row['before']:,.0f}")
    yield from _check_minimum_wage(frame)
    yield from _check_wages(frame)


def _check_years(frame: pd.DataFrame) -> Iterator[Problem]:
    """Check that the long series have every year, and the index goes on from the last rate."""
    last = _select(frame, "cpi_inflation", "six_decimals")["year"].max()
    for series, basis, first in (*YEARLY, ("cpi_index", "2020=100", last + 1)):
        rows = _select(frame, series, basis)
        rows = rows[rows["year"] > last] if basis == "2020=100" else rows
        rows = rows.assign(next_year=rows["year"].shift(fill_value=first - 1) + 1)
        gaps = rows[rows["year"] != rows["next_year"]]
        yield from report(
            gaps, FILE, "period_start", lambda row: f"{row['next_year']}, the year after the last"
        )


def _check_index(frame: pd.DataFrame) -> Iterator[Problem]:
    """Check that the yearly rates chain to both published indices and agree with rounded ones."""
    rates = _by_year(_select(frame, "cpi_inflation", "six_decimals"))
    chained = chain_index(rates)
    published, older = (_select(frame, "cpi_index", basis) for basis in ("2020=100", "2010=100"))
    # Published to two decimals (0.005), over a base year that was itself 100 to two decimals.
    tolerance = 0.005 + published["value"] * 0.00005
    yield from check_close(
        published, FILE, "value", published["year"].map(chained), "chained from the rates", tolerance
    )
    # Both go back to indices kept to two decimals (0.01 at the level of that year); the edition of
    # 2016 also differs from later ones by up to 0.1 per cent.
    wanted = 100 * older["year"].map(chained) / chained[2010]
    yield from check_close(
        older, FILE, "value", wanted, "chained from the rates", 0.01 + 0.001 * older["value"]
    )
    rounded = _select(frame, "cpi_inflation", "one_decimal")
    exact = rounded["year"].map(rates)
    yield from check_close(rounded, FILE, "value", exact, "the same rate to six decimals", 0.05 + 1e-9)
    levels = _by_year(published)
    change = 100 * (rounded["year"].map(levels) / (rounded["year"] - 1).map(levels) - 1)
    # Half a tenth, and two index levels of two decimals each.
    yield from check_close(
        rounded, FILE, "value", change.mask(exact.notna()), "the change of the published index", 0.06
    )


def _nearest_hours(ratio: pd.Series) -> pd.Series:
    """Return the monthly hours that a monthly wage over an hourly one is nearest to."""
    return ratio.map(lambda hours: min(HOURS, key=lambda known: abs(known - hours)))


def _check_minimum_wage(frame: pd.DataFrame) -> Iterator[Problem]:
    """Check that periods follow one another, no rate is cut, and a month is its hours times the rate."""
    key = ["statistic", "period_start"]
    hourly = _select(frame, "minimum_wage_hourly")
    yield from check_agreement(hourly, FILE, key, "value")
    rows = hourly.drop_duplicates(["period_start", "period_end"])
    rows = rows.assign(before=rows["value"].shift(), start=rows["period_end"].shift() + pd.Timedelta(days=1))
    gaps = rows[rows["start"].notna() & (rows["period_start"] != rows["start"])]
    wanted = lambda row: f"{row['start']:%Y-%m-%d}, the day after the rate before"  # noqa: E731
    yield from report(gaps, FILE, "period_start", wanted)
    cuts = rows[rows["value"] < rows["before"]]
    yield from report(cuts, FILE, "value", lambda row: f"{row['before']:,.0f}, the rate before, or more")

    rates = hourly.drop_duplicates(key).set_index(key)["value"].rename("rate")
    monthly = _select(frame, "minimum_wage_monthly").join(rates, on=key)
    no_rate = monthly["rate"].isna()
    yield from report(monthly[no_rate], FILE, "period_start", "a period that has an hourly rate")
    monthly = monthly[~no_rate]
    printed = pd.to_numeric(monthly["basis"].str.extract(r"^(\d+)_hours$", expand=False))
    hours = printed.fillna(_nearest_hours(monthly["value"] / monthly["rate"]))
    # A month in whole thousands of won may be rounded to them; others are exact.
    tolerance = (monthly["value"] % 1000 == 0) * 500
    yield from check_close(
        monthly, FILE, "value", hours * monthly["rate"], "the hours times the hourly rate", tolerance
    )


def _check_wages(frame: pd.DataFrame) -> Iterator[Problem]:
    """Check that a median is below its mean, and a rise is the difference of two levels."""
    levels = _select(frame, "wage_job_income")
    means, medians = (_by_year(levels[levels["statistic"] == s]) for s in ("mean", "median"))
    rows = levels[levels["statistic"] == "median"]
    rows = rows.assign(mean=rows["year"].map(means))
    above = rows[rows["value"] >= rows["mean"]]
    yield from report(
        above, FILE, "value", lambda row: f"less than {row['mean']:,.0f}, the mean of that year"
    )
    rises = _select(frame, "wage_job_income_rise")
    for statistic, known in (("mean", means), ("median", medians)):
        rows = rises[rises["statistic"] == statistic]
        level = rows["year"].map(known)
        yield from report(rows[level.isna()], FILE, "period_start", "a year whose level is published")
        # Levels and rises are published in units of 10,000 won: two half-units.
        difference = level - (rows["year"] - 1).map(known)
        yield from check_close(rows, FILE, "value", difference, "the difference of the levels", 10_000)


def clean(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return prices per year, the minimum wage per period, and wages per year and series."""
    frame = raw["economic_series"]
    return {
        "prices": _clean_prices(frame),
        "minimum_wage": _clean_minimum_wage(frame),
        "wages": _clean_wages(frame),
    }


def _clean_prices(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the index, inflation, exchange rate and minimum wage, one row per year."""
    rates = _select(frame, "cpi_inflation", "six_decimals")
    published = _select(frame, "cpi_index", "2020=100")
    chained = chain_index(_by_year(rates))
    later = published[published["year"] > chained.index.max()]
    levels = pd.concat([chained, _by_year(later)])
    inflation = _by_year(pd.concat([rates, _select(frame, "cpi_inflation", "one_decimal")]))
    dollar = _select(frame, "krw_per_usd")
    wages = list_reference_wages(frame)
    of_index = pd.concat([rates, later])
    year = levels.index.to_series()
    prices = pd.DataFrame(
        {
            "year": year,
            "cpi_2020": levels.round(6),
            "is_chained": year <= chained.index.max(),
            "inflation_pct": inflation.reindex(levels.index),
            "krw_per_usd": _by_year(dollar).reindex(levels.index),
            "minimum_wage_krw_per_month": [find_minimum_wage(wages, pd.Timestamp(y, 7, 1)) for y in year],
            "source_id": _by_year(of_index, "source_id"),
            "source_id_krw_per_usd": _by_year(dollar, "source_id").reindex(levels.index),
            "certainty": _by_year(of_index, "certainty"),
        }
    )
    return prices.reset_index(drop=True)


def _clean_minimum_wage(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the minimum wage, one row per period, kind of industry and hours of a month."""
    key = ["statistic", "period_start"]
    hourly = _select(frame, "minimum_wage_hourly").drop_duplicates(key)
    monthly = _select(frame, "minimum_wage_monthly")[[*key, "value"]]
    rows = hourly.merge(monthly, on=key, how="left", suffixes=("", "_month"))
    hours = _nearest_hours((rows["value_month"] / rows["value"]).fillna(209))  # 2011 to 2015 have no month
    is_late = rows["period_start"].dt.year >= FIRST_YEAR_OF_209_HOURS
    # In 1988 the lower of two rates; later one rate for all.
    is_lowest = rows["statistic"].isin(["all_industries", "industry_group_1"])
    return pd.DataFrame(
        {
            "effective_from": rows["period_start"],
            "effective_to": rows["period_end"],
            "industries": rows["statistic"],
            "hours_basis": hours,
            "hourly_krw": rows["value"],
            "monthly_krw": rows["value_month"].fillna(rows["value"] * 209),
            "is_computed": rows["value_month"].isna(),
            "source_id": rows["source_id"],
            "certainty": rows["certainty"],
            "is_reference": is_lowest & (~is_late | (hours == 209)),
        }
    )


def list_reference_wages(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the minimum wage that the law's multiples use, one row per period, in order."""
    wages = _clean_minimum_wage(frame)
    return wages[wages["is_reference"]].sort_values("effective_from")


def find_minimum_wage(wages: pd.DataFrame, day: pd.Timestamp) -> float | None:
    """Return the monthly minimum wage in won on a day, or None if there was none."""
    in_force = wages[(wages["effective_from"] <= day) & (wages["effective_to"] >= day)]
    return float(in_force["monthly_krw"].iloc[0]) if len(in_force) else None


def _clean_wages(frame: pd.DataFrame) -> pd.DataFrame:
    """Return wages per month, with levels that only the published rise of the next year gives."""
    kinds = ["wage_job_income", "wage_survey_comparator", "wage_comparator_undefined", "establishment_wage"]
    rows = frame[frame["series"].isin(kinds)].assign(year=frame["period_start"].dt.year, is_computed=False)
    rises = _select(frame, "wage_job_income_rise")[["statistic", "year", "value"]]
    levels = rows[rows["series"] == "wage_job_income"]
    before = levels.merge(rises, on=["statistic", "year"], suffixes=("", "_rise"))
    before = before.assign(
        value=before["value"] - before["value_rise"],
        year=before["year"] - 1,
        is_computed=True,
        certainty="estimate",
        note="Level of the next year less its printed rise",
    )
    # A published level comes first.
    wages = pd.concat([rows, before])
    wages = wages[~(wages["is_computed"] & wages.duplicated(["series", "statistic", "year"]))]
    columns = ["year", "series", "statistic", "wage_krw_per_month", "is_computed", "source_id", "certainty"]
    return wages.rename(columns={"value": "wage_krw_per_month"})[[*columns, "note"]]
