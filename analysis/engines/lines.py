"""Engines of models with a line in time: counts, shares, gaps, and counts that are missing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import special

from analysis import projections, trends
from analysis.engines.common import (
    LEVEL,
    Convert,
    Fit,
    Reader,
    Results,
    coefficients,
    describe_family,
    name_period,
    spare_year,
    take_rows,
    to_percent,
    total_by_year,
)
from analysis.inputs import take_numbers
from analysis.results import Estimate, describe_interval
from analysis.specifications import Specification
from analysis.trends import Trend


def fit_counts(specification: Specification, table: pd.DataFrame) -> Trend:
    """Return the count trend a specification asks for."""
    return trends.fit_count_trend(
        table,
        specification.outcome,
        exposure="exposure" if "exposure" in specification.options else None,
        breaks=specification.breaks,
        steps=specification.steps,
        slope=specification.slope,
        centre=specification.centre,
        family=specification.family,
        gaps=bool(specification.without or specification.options.get("skip")),
    )


def count_trend(specification: Specification, read: Reader) -> Fit:
    """Fit a log-linear trend of yearly counts.

    Results: ``change_A_B`` (% a year on the stretch from A to B), ``jump_Y`` (% against the earlier
    line in the year of the break), ``plain_change_Y`` (% on the year before, as counted),
    ``step_A_B`` (% against the line), ``line_Y`` or ``level`` (persons a year, see
    ``Results.add_level``), the ``alpha`` of a negative binomial, and the coefficients.
    """
    full = total_by_year(specification, read)
    table = spare_year(full, specification)
    trend = fit_counts(specification, table)
    results = Results(trend)
    if specification.slope:
        for first, last, weights in trend.mean.split(int(trend.years[0]), int(trend.years[-1])):
            results.add(f"change_{first}_{last}", weights, "% a year", to_percent)
    for year in trend.mean.breaks:
        results.add(f"jump_{year}", {f"level_{year}": 1.0}, "% against the earlier line", to_percent)
    for step in trend.mean.steps:
        name = trends.name_span(step)
        results.add(f"step_{name}", {f"step_{name}": 1.0}, "% against the line", to_percent)
    results.add_level("persons a year", lambda v: float(np.exp(v)))
    counts = dict(zip(full["year"], full[specification.outcome], strict=True))
    plain = [
        Estimate(
            f"plain_change_{year}",
            float(100 * (counts[year] / counts[year - 1] - 1)),
            unit="% on the year before",
            n=2,
            method="arithmetic",
        )
        for year in [*trend.mean.breaks, *(first for first, _ in trend.mean.steps)]
        if counts.get(year - 1)
    ]
    return Fit(
        n=trend.n,
        rows=results.rows + plain + describe_family(trend) + coefficients(trend),
        table=table,
        dispersion=trend.dispersion,
        df_resid=trend.df_resid,
        trend=trend,
        observed=trend.observed / trend.exposure,
        units=tuple(str(y) for y in full["year"]),
        linked=results.linked,
    )


def share_trend(specification: Specification, read: Reader) -> Fit:
    """Fit a logistic trend of a yearly share.

    Results: ``odds_A_B`` (times the odds a year), ``change_A_B`` (percentage points between the
    fitted shares of the two years), ``jump_Y`` and ``step_A_B`` (percentage points against the line
    in the first year), ``line_Y`` (%, see ``Results.add_level``), the ``precision`` of a
    beta-binomial, and the coefficients.
    """
    full = total_by_year(specification, read)
    table = spare_year(full, specification)
    trend = trends.fit_share_trend(
        table,
        "events",
        specification.outcome,
        breaks=specification.breaks,
        steps=specification.steps,
        slope=specification.slope,
        centre=specification.centre,
        family=specification.family,
        gaps=bool(specification.without),
    )
    results = Results(trend)
    for first, last, weights in trend.mean.split(int(trend.years[0]), int(trend.years[-1])):
        results.add(f"odds_{first}_{last}", weights, "times the odds a year", lambda v: float(np.exp(v)))
        value, error = compare_shares(trend, first, last)
        results.add_value(
            f"change_{first}_{last}", value, error, "percentage points", lambda v: 100 * v, "delta method"
        )
    for term in trend.mean.terms:
        if term.startswith(("level_", "step_")):
            year = int(term.split("_")[1])
            value, error = compare_shares(trend, year, year, drop=term)
            name = term.replace("level", "jump")
            unit = "percentage points against the line"
            results.add_value(name, value, error, unit, lambda v: 100 * v, "delta method")
    results.add_level("%", lambda v: float(100 * special.expit(v)))
    return Fit(
        n=trend.n,
        rows=results.rows + describe_family(trend) + coefficients(trend),
        table=table,
        dispersion=trend.dispersion,
        df_resid=trend.df_resid,
        trend=trend,
        observed=100 * trend.observed,
        scale=100.0,
        units=tuple(str(y) for y in full["year"]),
        linked=results.linked,
    )


def compare_shares(trend: Trend, first: int, last: int, *, drop: str = "") -> tuple[float, float]:
    """Return the fitted share in ``last`` minus that in ``first``, and its standard error."""
    x, y = trend.mean.matrix(np.array([first, last], dtype=float))
    if drop:
        x = x.copy()
        x[trend.mean.terms.index(drop)] = 0.0
    p, q = special.expit(x @ trend.params), special.expit(y @ trend.params)
    gradient = q * (1 - q) * y - p * (1 - p) * x
    return float(q - p), float(np.sqrt(gradient @ trend.covariance @ gradient))


def missing(specification: Specification, read: Reader) -> Fit:
    """Continue a count trend beyond its window and compare it with what was counted.

    Results: for each year after the window ``expected_Y`` and ``missing_Y``; for each sum
    ``expected_A_B`` or ``expected_since_A``, and ``missing_…`` (persons, prediction
    intervals); ``change_A_B``; ``line_Y``; the coefficients. With ``options["yardstick"]``, for
    sensitivity, another yardstick than the fitted line: ``last value`` (carried forward, no interval)
    or ``straight line`` (ordinary least squares on the counts).
    """
    source, rule = specification.options.get("counted", (specification.data_table, specification.filter))
    whole = replace(specification, data_table=source, filter=rule, window=(0, None))
    everything = total_by_year(whole, read)
    full = total_by_year(specification, read)
    table = spare_year(full, specification)
    trend = fit_counts(specification, table)
    results = Results(trend)
    if specification.slope:
        for first, last, weights in trend.mean.split(int(full["year"].min()), int(full["year"].max())):
            results.add(f"change_{first}_{last}", weights, "% a year", to_percent)
    results.add_level("persons a year", lambda v: float(np.exp(v)))
    yardstick = specification.options.get("yardstick", "")
    counted = everything.set_index("year")[specification.outcome]
    begin = specification.options["sums"][0][0]
    spans = [*((year, year) for year in counted.index if year >= begin), *specification.options["sums"]]
    rows = []
    for first, last in spans:
        years = [y for y in counted.index if first <= y <= (last or np.inf)]
        name = name_period(first, last)
        seen = [float(counted[y]) for y in years]
        if yardstick:
            expected = projections.expect_otherwise(
                table["year"], table[specification.outcome], years, yardstick, level=LEVEL
            )
        else:
            expected = projections.expect_sum(trend, years, level=LEVEL)
            log_error = expected.std_error / expected.value
            results.linked[f"missing_{name}"] = (np.log(expected.value), log_error, _subtract(sum(seen)))
        lost = projections.count_missing(expected, years, seen)
        rows.append(describe_interval(f"expected_{name}", expected, unit="persons", term="projection"))
        rows.append(describe_interval(f"missing_{name}", lost, unit="persons", term="projection"))
    return Fit(
        n=trend.n,
        rows=rows + results.rows + coefficients(trend),
        table=table,
        dispersion=trend.dispersion,
        df_resid=trend.df_resid,
        trend=trend,
        observed=trend.observed,
        units=tuple(str(y) for y in full["year"]),
        linked=results.linked,
    )


def _subtract(counted: float) -> Convert:
    """Return the way from the logarithm of an expected sum to how many are missing."""
    return lambda value: float(np.exp(value) - counted)


def gap_trend(specification: Specification, read: Reader) -> Fit:
    """Fit a straight line, with a step for each redesign, to a yearly survey figure.

    ``options["kind"]`` says of what: ``difference`` (the population's figure minus South Korea's, in
    percentage points; a printed gap stands in where one of the two was not printed),
    ``log_ratio`` (the population's figure over South Korea's) or ``level``.

    Results: ``change`` (a year), ``step_A_B`` (against the line), ``line_Y`` (the line in the year
    counted as zero), ``latest`` (as published in the newest year, no interval), and the coefficients.
    """
    full = pair_by_year(specification, read)
    table = spare_year(full, specification)
    trend = trends.fit_gap_trend(
        table,
        "value",
        breaks=specification.breaks,
        steps=specification.steps,
        slope=specification.slope,
        centre=specification.centre,
    )
    ratio = specification.options["kind"] == "log_ratio"
    units = {"difference": "percentage points", "level": "%"}
    convert = to_percent if ratio else float
    results = Results(trend)
    if specification.slope:
        unit = "% a year" if ratio else "percentage points a year"
        results.add("change", {"year": 1.0}, unit, convert)
    for step in trend.mean.steps:
        name = f"step_{trends.name_span(step)}"
        unit = "% against the line" if ratio else "percentage points against the line"
        results.add(name, {name: 1.0}, unit, convert)
    level = "% of the South Korean figure" if ratio else units[specification.options["kind"]]
    results.add_level(level, (lambda v: float(100 * np.exp(v))) if ratio else float)
    last = full.iloc[-1]
    latest = Estimate(
        "latest",
        float(100 * np.exp(last["value"])) if ratio else float(last["value"]),
        unit=level,
        n=1,
        method="as published",
    )
    return Fit(
        n=trend.n,
        rows=[*results.rows, latest, *coefficients(trend)],
        table=table,
        dispersion=trend.dispersion,
        df_resid=trend.df_resid,
        trend=trend,
        observed=100 * np.exp(trend.observed) if ratio else trend.observed,
        unlog=ratio,
        units=tuple(str(y) for y in full["year"]),
        linked=results.linked,
    )


def pair_by_year(specification: Specification, read: Reader) -> pd.DataFrame:
    """Return the yearly figure of a survey set beside South Korea's."""
    options = specification.options
    rows = take_rows(specification, read)
    take_numbers(rows, specification.outcome)
    repeated = rows.duplicated(["year", "population"])
    if repeated.any():
        raise ValueError(
            f"{specification.outcome}: found two figures for {rows.loc[repeated, 'year'].iloc[0]}"
        )
    wide = rows.pivot_table(index="year", columns="population", values=specification.outcome).astype(float)
    wide = wide.reindex(columns=["north_korean_origin", "general_population"])
    ours, theirs = wide["north_korean_origin"], wide["general_population"]
    values = {"difference": ours - theirs, "log_ratio": np.log(ours) - np.log(theirs), "level": ours}
    result = wide.assign(value=values[options["kind"]], basis="both printed")
    if "printed_gap" in options:
        printed = take_rows(replace(specification, filter=options["printed_gap"]), read)
        gap = printed.set_index("year")[specification.outcome].astype(float)
        result = result.reindex(result.index.union(gap.index))
        absent = result["value"].isna() & result.index.isin(gap.index)
        result.loc[absent, "value"] = gap.reindex(result.index[absent])
        result.loc[absent, "basis"] = "printed gap"
    result = result.loc[result["value"].notna()].rename_axis("year").reset_index()
    first, last = specification.window
    result = result.loc[(result["year"] >= first) & (result["year"] <= (last or np.inf))]
    return result.loc[~result["year"].isin(options.get("skip", ()))].reset_index(drop=True)
