"""Engine of rare events: exact rates by year and by period, zeroes included."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis import rates, trends
from analysis.engines.common import Fit, Reader, spare_year, take_rows
from analysis.inputs import take_numbers, take_years
from analysis.results import describe_interval
from analysis.specifications import Specification


def rare_events(specification: Specification, read: Reader) -> Fit:
    """Return exact Poisson rates by year and by period fixed beforehand, and their ratio.

    ``options["periods"]`` holds two (or more) spans of years; ``options["months"]`` gives the months
    covered in a part-year.

    Results: ``rate_Y`` (events a year, Garwood), ``rate_A_B`` (a period), ``rate_all``, and
    ``ratio_A_B_to_C_D`` (the first period over each later one, exact). The dispersion is Pearson's
    around one constant rate in each period.
    """
    full = count_by_year(specification, read)
    table = spare_year(full, specification)
    unit, noun = specification.options.get("unit", "events a year"), specification.options.get("noun", "year")
    rows = [
        describe_interval(
            f"rate_{row.year}", rates.estimate_rate(row.events, row.exposure), unit=unit, term=noun, n=1
        )
        for row in table.itertuples()
    ]
    periods = [(a, b or int(table["year"].max())) for a, b in specification.options["periods"]]
    sums = {}
    for first, last in [*periods, (int(table["year"].min()), int(table["year"].max()))]:
        inside = table.loc[table["year"].between(first, last)]
        sums[first, last] = float(inside["events"].sum()), float(inside["exposure"].sum()), len(inside)
        count, exposure, years = sums[first, last]
        rate = rates.estimate_rate(count, exposure)
        rows.append(describe_interval(f"rate_{first}_{last}", rate, unit=unit, term="period", n=years))
    first = periods[0]
    for other in periods[1:]:
        ratio = rates.estimate_rate_ratio(*sums[other][:2], *sums[first][:2])
        name = f"ratio_{other[0]}_{other[1]}_to_{first[0]}_{first[1]}"
        rows.append(
            describe_interval(
                name, ratio, unit="times the earlier rate", term="period", n=len(table), keep_error=False
            )
        )
    expected = np.zeros(len(table))
    for begin, end in periods:
        inside = table["year"].between(begin, end).to_numpy()
        count, exposure, _ = sums[begin, end]
        expected[inside] = count / exposure * table["exposure"].to_numpy()[inside]
    used = expected > 0
    squares = (table["events"].to_numpy()[used] - expected[used]) ** 2 / expected[used]
    df = float(used.sum() - sum(sums[p][0] > 0 for p in periods))
    return Fit(
        n=len(table),
        rows=rows,
        table=table,
        dispersion=float(squares.sum() / df),
        df_resid=df,
        trend=_constant_rates(table, periods),
        observed=(table["events"] / table["exposure"]).to_numpy(),
        units=tuple(str(y) for y in full["year"]),
    )


def _constant_rates(table: pd.DataFrame, periods: list[tuple[int, int]]) -> trends.Trend | None:
    """Return the constant rate of each period as a fit with residuals, if each has an event."""
    try:
        return trends.fit_count_trend(
            table,
            "events",
            exposure="exposure",
            steps=tuple(periods[1:]),
            slope=False,
            family="poisson",
            centre=periods[0][0],
            gaps=True,
        )
    except ValueError:
        return None


def count_by_year(specification: Specification, read: Reader) -> pd.DataFrame:
    """Return ``year``, ``events`` and ``exposure`` (years covered), zeroes included.

    Raises
    ------
    ValueError
        If a year is missing, stands twice or holds no count.
    """
    rows = take_rows(specification, read)
    year = specification.options.get("year", "year")
    frame = pd.DataFrame(
        {
            "year": take_numbers(rows, year).astype(int),
            "events": take_numbers(rows, specification.outcome, minimum=0),
        }
    ).sort_values("year", ignore_index=True)
    first, last = specification.window
    frame = frame.loc[frame["year"].between(first, last or 9999)].reset_index(drop=True)
    take_years(frame)
    months = specification.options.get("months", {})
    if "exposure" in specification.options:
        frame["exposure"] = take_numbers(rows, specification.options["exposure"], minimum=0)
    else:
        frame["exposure"] = [months.get(y, 12) / 12 for y in frame["year"]]
    return frame
