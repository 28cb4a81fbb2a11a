"""Engine of the outlook: projections by the chapter's model and by naive ones, scored by backtest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
import pandas as pd
from scipy import special

from analysis import projections, trends
from analysis.diagnostics import diagnose
from analysis.engines.common import NO_NUMBER, Fit, Reader, spare_year, total_by_year
from analysis.results import Estimate
from analysis.specifications import Specification

LEVELS = (0.8, 0.95)
LINE = "line with known breaks"
ERAS = ((0, 2019, "before the closure"), (2020, 2022, "border closed"), (2023, 9999, "since"))
Method = Callable[[pd.DataFrame, int, Sequence[float]], pd.DataFrame]


def outlook(specification: Specification, read: Reader) -> Fit:
    """Project a yearly series three years ahead and score every method by rolling origin.

    ``options``: ``events`` for a share (then of women among entrants), ``horizons``, ``vintages``
    (table of releases); for sensitivity ``release`` (``first``: each figure as first released) and
    ``later`` (years on record after a break before the line may use it).

    Results for each method M: ``ahead_M_hH`` and ``ahead_M_hH_80`` (projection H years ahead with its
    95 and 80 % prediction interval), ``last_year_M`` (what M said a year ago, from the figures released
    by then, with its interval), ``error_M_hH`` (mean absolute error at horizon H), ``ratio_M_hH``
    (over the last value's), ``score_M_hH`` (interval score at 95 %) and ``hits_80_M_hH``,
    ``hits_95_M_hH`` (intervals that held, out of ``n``); ``last_year_observed``.

    Tables: ``backtest`` (one row a forecast), ``scores`` (by method and horizon), ``eras`` (by
    method and time), ``projections``, ``last_year`` (by method, scored). The diagnostics are those of
    the last value one year ahead: its leverages are each year's part in the spread.
    """
    options = specification.options
    is_share = "events" in options
    scale, unit = (100.0, "%") if is_share else (1.0, "persons")
    horizons = options.get("horizons", 3)
    methods = make_methods(specification, is_share)
    if "release" in options:
        read = _restate(read, specification, keep=options["release"])
    whole = _take_series(specification, read)
    table = spare_year(whole, specification)
    if specification.without:
        return _project_without(specification, whole, table, methods, scale, unit)
    tested = projections.backtest(table, "value", methods, horizons=horizons, levels=LEVELS)
    scores = projections.score_backtest(tested)
    era = [next(name for a, b, name in ERAS if a <= year <= b) for year in tested["year"]]
    eras = projections.score_backtest(tested.assign(era=era), ("method", "era"))
    ahead = pd.concat([m(table, horizons, LEVELS).assign(method=name) for name, m in methods.items()])
    ahead["year"] = int(table["year"].max()) + ahead["horizon"]
    rows = _describe_projections(ahead, "ahead", scale, unit)
    last = _test_last_year(specification, read, table, methods)
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
            "last_year": _rescale(last, scale),
        },
        diagnostics=_diagnose_changes(table, is_share, scale),
    )


def _take_series(specification: Specification, read: Reader) -> pd.DataFrame:
    """Return ``year``, ``value`` and, for a share, ``events`` and ``trials``."""
    table = total_by_year(specification, read)
    if "events" in specification.options:
        table["value"] = table["events"] / table[specification.outcome]
        table["trials"] = table[specification.outcome]
    else:
        table["value"] = table[specification.outcome].astype(float)
    return table


def _restate(
    read: Reader, specification: Specification, *, before: str = "", keep: Literal["first", "last"] = "last"
) -> Reader:
    """Return a reader that gives the series as another release had it."""
    vintages = read(specification.options["vintages"])
    table = read(specification.data_table)
    stated = projections.restate(table, vintages, specification.outcome, before=before, keep=keep)
    return lambda name: stated if name == specification.data_table else read(name)


def _test_last_year(
    specification: Specification, read: Reader, table: pd.DataFrame, methods: dict[str, Method]
) -> pd.DataFrame:
    """Return what each method said of the newest year, from what was released before it, scored."""
    newest = int(table["year"].max())
    first = projections.find_first_release(read(specification.options["vintages"]), newest)
    before = _take_series(specification, _restate(read, specification, before=first))
    known = before.loc[before["year"] < newest].reset_index(drop=True)
    parts = [method(known, 1, LEVELS).assign(method=name) for name, method in methods.items()]
    said = pd.concat(parts, ignore_index=True).assign(origin=newest - 1, year=newest)
    return projections.score_forecasts(said, {newest: float(table["value"].iloc[-1])}, LEVELS)


def _project_without(
    specification: Specification,
    whole: pd.DataFrame,
    table: pd.DataFrame,
    methods: dict[str, Method],
    scale: float,
    unit: str,
) -> Fit:
    """Return the last value's projection without the changes into and out of one year."""
    if int(specification.without) == whole["year"].max():
        raise ValueError("without: found the newest year, expected one that is not itself carried forward")
    last = {"last value": methods["last value"]}
    ahead = pd.concat([m(table, 1, LEVELS).assign(method=name) for name, m in last.items()])
    return Fit(n=len(table), rows=_describe_projections(ahead, "ahead", scale, unit), table=table)


def _diagnose_changes(table: pd.DataFrame, is_share: bool, scale: float) -> pd.DataFrame:
    """Return the diagnostics of the last value, one year ahead: of the changes it takes its spread from."""
    values = table["value"].to_numpy(dtype=float)
    changes = np.diff(special.logit(values) if is_share else np.log(values))
    squares = changes**2
    years = table["year"].to_numpy(dtype=float)[1:]
    spread = np.sqrt(squares.mean())
    return diagnose(years, changes / spread, squares / squares.sum(), scale * values[:-1], scale * values[1:])


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
        later = specification.options.get("later", 2)
        breaks = projections.know_breaks(specification.breaks, origin, later)
        dates = projections.know_breaks([first for first, _ in specification.steps], origin, later)
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
