"""Engine of rare events: exact rates by year and by period, zeroes included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis import rates, trends
from analysis.chapters import returns
from analysis.engines.common import Convert, Fit, Reader, name_period, spare_year, take_rows
from analysis.inputs import take_numbers, take_years
from analysis.results import Estimate, describe_interval
from analysis.specifications import Specification


def _take_until(newest: int, specification: Specification, read: Reader) -> pd.DataFrame:
    """Return the rows of a table, none of a later year than the newest one counted."""
    rows = take_rows(specification, read)
    return rows[rows["year"] <= newest] if "year" in rows else rows


def rare_events(specification: Specification, read: Reader) -> Fit:
    """Return exact Poisson rates by year and by period fixed beforehand, and their ratio.

    ``options``: ``periods`` (two or more spans of years), ``covers`` (column with the last day a
    part-year covers, empty for a full year), ``base`` (tables, filters and columns whose sum is the
    people the events are set against; those of later years than the newest event's are not),
    ``newcomers`` (years that make an entrant recent), ``residents`` (whether to set each period
    against the people living there), ``family`` (for sensitivity, ``quasi-poisson`` instead of exact
    limits of the ratio).

    Results: ``rate_Y`` (events a year, Garwood), ``rate_A_B``, ``rate_since_A`` and
    ``rate_all`` (a period), ``ratio_since_A_to_C_D`` (a later period over the first, exact),
    ``per_1000`` (of the base, Clopper-Pearson), ``ratio_newcomers_W`` (the same ratio for equal
    numbers of people who entered in the last W years) and ``per_residents_A_B`` (a rate for 1,000
    residents). The dispersion is Pearson's around one constant rate in each period.
    """
    full = count_by_year(specification, read)
    table = spare_year(full, specification)
    unit, noun = specification.options.get("unit", "events a year"), specification.options.get("noun", "year")
    rows = [
        describe_interval(f"rate_{year}", rates.estimate_rate(events, exposure), unit=unit, term=noun, n=1)
        for year, events, exposure in zip(table["year"], table["events"], table["exposure"], strict=True)
    ]
    newest = int(table["year"].max())
    periods = {name_period(a, b): (a, b or newest) for a, b in specification.options["periods"]}
    sums = {}
    for name, (begin, end) in {**periods, "all": (int(table["year"].min()), newest)}.items():
        inside = table.loc[table["year"].between(begin, end)]
        sums[name] = float(inside["events"].sum()), float(inside["exposure"].sum())
        rate = rates.estimate_rate(*sums[name])
        rows.append(describe_interval(f"rate_{name}", rate, unit=unit, term="period", n=len(inside)))
    first, *others = periods
    for other in others:
        ratio = rates.estimate_rate_ratio(*sums[other], *sums[first])
        rows.append(
            describe_interval(
                f"ratio_{other}_to_{first}",
                ratio,
                unit="times the earlier rate",
                term="period",
                n=len(table),
                keep_error=False,
            )
        )
    if "base" in specification.options:
        people = 0.0
        for name, rule, column in specification.options["base"]:
            rows_of_base = _take_until(newest, replace(specification, data_table=name, filter=rule), read)
            people += float(take_numbers(rows_of_base, column).sum())
        share = rates.estimate_share(float(table["events"].sum()), people, method="clopper-pearson")
        label = specification.options["base_unit"]
        rows.append(
            describe_interval("per_1000", share, unit=label, scale=1000, term="one proportion", n=int(people))
        )
    rows += _set_against_people(specification, read, rows)
    expected = np.zeros(len(table))
    for name, (begin, end) in periods.items():
        within = table["year"].between(begin, end).to_numpy()
        count, exposure = sums[name]
        expected[within] = count / exposure * table["exposure"].to_numpy()[within]
    used = expected > 0
    squares = (table["events"].to_numpy()[used] - expected[used]) ** 2 / expected[used]
    df = float(used.sum() - sum(sums[name][0] > 0 for name in periods))
    trend = _constant_rates(table, list(periods.values()))
    linked = {}
    if trend:
        for other, step in zip(others, trend.mean.steps, strict=True):
            value, error = trend.combine({f"step_{trends.name_span(step)}": 1.0})
            linked[f"ratio_{other}_to_{first}"] = (value, error, _exponential)
    if specification.options.get("family") == "quasi-poisson" and trend:
        rows = [_widen_ratio(row, linked, trend.quantile()) for row in rows]
    return Fit(
        n=len(table),
        rows=rows,
        table=table,
        dispersion=float(squares.sum() / df),
        df_resid=df,
        trend=trend,
        observed=(table["events"] / table["exposure"]).to_numpy(),
        units=tuple(str(y) for y in full["year"]),
        linked=linked,
    )


def _exponential(value: float) -> float:
    return float(np.exp(value))


def _widen_ratio(row: Estimate, linked: Mapping[str, tuple[float, float, Convert]], t: float) -> Estimate:
    """Return a ratio of rates with quasi-Poisson limits; any other result as it is."""
    if row.quantity not in linked:
        return row
    value, error, convert = linked[row.quantity]
    low, high = convert(value - t * error), convert(value + t * error)
    return replace(row, ci_low=low, ci_high=high, interval_kind="confidence", method="quasi-poisson")


def _set_against_people(
    specification: Specification, read: Reader, rows: Sequence[Estimate]
) -> list[Estimate]:
    """Return the ratio for equal numbers of newcomers and the rates for equal numbers of residents."""
    options, found = specification.options, []
    if "newcomers" in options:
        table = returns.compare_by_newcomers(
            read(specification.data_table), read("entrants"), options["newcomers"]
        )
        for row in table.to_dict("records"):
            found.append(
                Estimate(
                    f"ratio_newcomers_{row['window_years']}",
                    row["ratio"],
                    row["ci_low"],
                    row["ci_high"],
                    "times the earlier rate for each recent entrant",
                    "exact",
                    0.95,
                    term="period",
                    method="conditional binomial",
                )
            )
    if options.get("residents"):
        frame = pd.DataFrame([vars(row) for row in rows]).rename(columns={"value": "estimate"})
        _, periods = returns.list_rates(frame)
        names = [name_period(*span) for span in options["periods"]]
        related = returns.relate_to_residents(periods, read("residents"))
        for name, row in zip(names, related.to_dict("records"), strict=True):
            found.append(
                Estimate(
                    f"per_residents_{name}",
                    row["per_base"],
                    row["per_base_low"],
                    row["per_base_high"],
                    "returns a year for 1,000 residents",
                    "exact",
                    0.95,
                    term="period",
                    method="garwood",
                )
            )
    return found


def _constant_rates(table: pd.DataFrame, periods: list[tuple[int, int]]) -> trends.Trend | None:
    """Return the constant rate of each period as a fit with residuals, if each has an event."""
    try:
        return trends.fit_count_trend(
            table,
            "events",
            exposure="exposure",
            steps=tuple(periods[1:]),
            slope=False,
            family="quasi-poisson",
            centre=periods[0][0],
            gaps=True,
        )
    except ValueError:
        return None


def count_by_year(specification: Specification, read: Reader) -> pd.DataFrame:
    """Return ``year``, ``events`` and ``exposure`` (years covered), zeroes included."""
    rows = take_rows(specification, read)
    year, covers = specification.options.get("year", "year"), specification.options.get("covers", "")
    frame = pd.DataFrame(
        {
            "year": take_numbers(rows, year).astype(int),
            "events": take_numbers(rows, specification.outcome, minimum=0),
            "exposure": rows[covers].dt.month.fillna(12).astype(float) / 12 if covers else 1.0,
        }
    ).sort_values("year", ignore_index=True)
    first, last = specification.window
    frame = frame.loc[frame["year"].between(first, last or 9999)].reset_index(drop=True)
    take_years(frame)
    return frame
