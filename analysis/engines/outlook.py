"""Engine of the outlook: projections by the chapter's model and by naive ones, scored by backtest."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from analysis import projections, trends
from analysis.engines.common import NO_NUMBER, Fit, Reader, total_by_year
from analysis.results import Estimate
from analysis.specifications import Specification

LEVELS = (0.8, 0.95)
LINE = "line with known breaks"
ERAS = ((0, 2019, "before the closure"), (2020, 2022, "border closed"), (2023, 9999, "since"))
Method = Callable[[pd.DataFrame, int, Sequence[float]], pd.DataFrame]


def outlook(specification: Specification, read: Reader) -> Fit:
    """Project a yearly series three years ahead and score every method by rolling origin.

    ``options``: ``events`` for a share (then of women among entrants), ``horizons``.

    Results for each method M: ``ahead_M_hH`` and ``ahead_M_hH_80`` (projection H years ahead with its
    95 and 80 % prediction interval), ``last_year_M`` (what M would have said a year ago, with its interval),
    ``error_M_hH`` (mean absolute error at horizon H), ``ratio_M_hH`` (over the last value's),
    ``score_M_hH`` (interval score at 95 %) and ``hits_80_M_hH``, ``hits_95_M_hH`` (intervals that
    held, out of ``n``); ``last_year_observed``.

    Tables: ``backtest`` (one row a forecast), ``scores`` (by method and horizon), ``eras`` (by
    method and time), ``projections``.
    """
    table = total_by_year(specification, read)
    is_share = "events" in specification.options
    if is_share:
        table["value"] = table["events"] / table[specification.outcome]
        table["trials"] = table[specification.outcome]
    else:
        table["value"] = table[specification.outcome].astype(float)
    scale, unit = (100.0, "%") if is_share else (1.0, "persons")
    horizons = specification.options.get("horizons", 3)
    methods = make_methods(specification, is_share)
    tested = projections.backtest(table, "value", methods, horizons=horizons, levels=LEVELS)
    scores = projections.score_backtest(tested)
    era = [next(name for a, b, name in ERAS if a <= year <= b) for year in tested["year"]]
    eras = projections.score_backtest(tested.assign(era=era), ("method", "era"))
    ahead = pd.concat([m(table, horizons, LEVELS).assign(method=name) for name, m in methods.items()])
    ahead["year"] = int(table["year"].max()) + ahead["horizon"]
    rows = _describe_projections(ahead, "ahead", scale, unit)
    last = tested.loc[(tested["origin"] == table["year"].max() - 1) & (tested["horizon"] == 1)]
    rows += _describe_projections(last, "last_year", scale, unit)
    rows.append(
        Estimate(
            "last_year_observed", scale * float(last["observed"].iloc[0]), unit=unit, n=1, term="counted"
        )
    )
    rows += _describe_scores(scores, scale, "percentage points" if is_share else unit)
    return Fit(
        n=len(table),
        rows=rows,
        table=table,
        dispersion=NO_NUMBER,
        tables={
            "backtest": _rescale(tested, scale),
            "scores": _rescale(scores, scale),
            "eras": _rescale(eras, scale),
            "projections": _rescale(ahead.reset_index(drop=True), scale),
        },
    )


def make_methods(specification: Specification, is_share: bool) -> dict[str, Method]:
    """Return the naive methods and the chapter's line, each a function of what was known."""

    def make_naive(forecast: Callable[..., pd.DataFrame]) -> Method:
        def method(known: pd.DataFrame, horizons: int, levels: Sequence[float]) -> pd.DataFrame:
            trials = known["trials"].to_numpy(dtype=float) if is_share else None
            years, values = known["year"].to_numpy(dtype=float), known["value"].to_numpy(dtype=float)
            return forecast(years, values, horizons, levels, trials)

        return method

    def line(known: pd.DataFrame, horizons: int, levels: Sequence[float]) -> pd.DataFrame:
        origin = int(known["year"].max())
        breaks = projections.know_breaks(specification.breaks, origin)
        dates = projections.know_breaks([first for first, _ in specification.steps], origin)
        ends = [*(date - 1 for date in dates[1:]), None]
        steps = tuple(zip(dates, ends, strict=False))
        if is_share:
            trend = trends.fit_share_trend(known, "events", "trials", breaks=breaks, steps=steps)
            return projections.read_trend(trend, horizons, levels, float(known["trials"].iloc[-1]))
        trend = trends.fit_count_trend(known, "value", breaks=breaks, steps=steps)
        return projections.read_trend(trend, horizons, levels)

    return {name: make_naive(forecast) for name, forecast in projections.NAIVE.items()} | {LINE: line}


def _slug(method: str) -> str:
    return "line" if method == LINE else method.replace(" ", "_")


def _describe_projections(frame: pd.DataFrame, prefix: str, scale: float, unit: str) -> list[Estimate]:
    rows = []
    for _, row in frame.iterrows():
        name = f"{prefix}_{_slug(row['method'])}" + ("" if prefix == "last_year" else f"_h{row['horizon']}")
        for level in LEVELS:
            key = f"{100 * level:.0f}"
            rows.append(
                Estimate(
                    name if level == LEVELS[-1] else f"{name}_{key}",
                    scale * float(row["forecast"]),
                    scale * float(row[f"low_{key}"]),
                    scale * float(row[f"high_{key}"]),
                    unit,
                    "prediction",
                    level,
                    term=row["method"],
                )
            )
    return rows


def _describe_scores(scores: pd.DataFrame, scale: float, unit: str) -> list[Estimate]:
    rows = []
    for _, row in scores.iterrows():
        name, n = f"{_slug(row['method'])}_h{row['horizon']}", int(row["forecasts"])
        for quantity, column, factor, what in (
            ("error", "mean_absolute_error", scale, unit),
            ("ratio", "ratio_to_last_value", 1.0, "times the last value's error"),
            ("score", "score_95", scale, unit),
            ("hits_80", "hits_80", 1.0, "intervals"),
            ("hits_95", "hits_95", 1.0, "intervals"),
        ):
            value = factor * float(row[column])
            rows.append(Estimate(f"{quantity}_{name}", value, unit=what, n=n, term=row["method"]))
    return rows


def _rescale(frame: pd.DataFrame, scale: float) -> pd.DataFrame:
    result = frame.copy()
    for column in result.columns:
        if column in {"forecast", "observed", "error", "mean_absolute_error", "median_absolute_error"} or (
            column.startswith(("low_", "high_", "score_"))
        ):
            result[column] = np.asarray(result[column], dtype=float) * scale
    return result
