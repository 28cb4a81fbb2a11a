"""Forecasts on the log scale, with *prediction* intervals, scored by those they would have made before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.models import base
from analysis.models.base import Estimate, Fit, Floats, Source, state
from analysis.models.trends import fit_counts

LEVELS = {"80": 0.8, "95": 0.95}
MINIMUM_TRAINING = 8
ERAS = {"before the closure": 2019, "border closed": 2022, "since": 9999}
Method = Callable[[pd.DataFrame, int], pd.DataFrame]
"""From the years known, with ``value``, to ``horizon``, ``forecast`` and ``low_80`` to ``high_95``."""


def _take_logs(known: pd.DataFrame) -> Floats:
    values = known["value"].to_numpy(dtype=float)
    if np.any(values <= 0):
        raise ValueError("value: found zero, expected counts above zero for a forecast on the log scale")
    return np.log(values)


def _tabulate(centre: Floats, error: Floats, df: Floats | float) -> pd.DataFrame:
    columns = {"horizon": np.arange(1, centre.size + 1), "forecast": np.exp(centre)}
    for name, level in LEVELS.items():
        half = stats.t.ppf(0.5 + level / 2, df) * error
        columns |= {f"low_{name}": np.exp(centre - half), f"high_{name}": np.exp(centre + half)}
    return pd.DataFrame(columns)


def forecast_last_value(known: pd.DataFrame, horizons: int) -> pd.DataFrame:
    """Carry the last value forward; spread from the year-on-year changes seen so far."""
    z = _take_logs(known)
    changes = np.diff(z)[np.diff(known["year"]) == 1]
    spread = np.sqrt(np.mean(changes**2) * np.arange(1, horizons + 1))
    return _tabulate(np.full(horizons, z[-1]), spread, changes.size)


def forecast_mean_of_three(known: pd.DataFrame, horizons: int) -> pd.DataFrame:
    """Carry the mean of the last three years forward; spread from this rule's own past errors."""
    z = _take_logs(known)
    means = np.convolve(z, np.full(3, 1 / 3), mode="valid")
    past = [z[2 + h :] - means[:-h] for h in range(1, horizons + 1)]
    error, df = np.array([(np.sqrt(np.mean(e**2)), e.size) for e in past]).T
    return _tabulate(np.full(horizons, means[-1]), error, df)


def forecast_drift(known: pd.DataFrame, horizons: int) -> pd.DataFrame:
    """Move the last value on by the mean change so far: a random walk with drift."""
    z, h = _take_logs(known), np.arange(1, horizons + 1)
    changes = np.diff(z)
    error = changes.std(ddof=1) * np.sqrt(h * (1 + h / changes.size))
    return _tabulate(z[-1] + h * changes.mean(), error, changes.size - 1)


def forecast_line(known: pd.DataFrame, horizons: int) -> pd.DataFrame:
    """Continue the log line through the last eight years; no break date, so none known by hindsight."""
    recent = known.tail(MINIMUM_TRAINING)
    trend, ahead = fit_counts(recent, "value"), np.arange(1, horizons + 1)
    columns = {"horizon": ahead, "forecast": trend.predict(recent["year"].max() + ahead)["mean"]}
    for name, level in LEVELS.items():
        line = trend.predict(recent["year"].max() + ahead, level)
        columns |= {f"low_{name}": line["prediction_low"], f"high_{name}": line["prediction_high"]}
    return pd.DataFrame(columns)


LAST_VALUE = "last value"
METHODS: Mapping[str, Method] = {
    LAST_VALUE: forecast_last_value,
    "mean of last three": forecast_mean_of_three,
    "drift": forecast_drift,
    "line": forecast_line,
}


def backtest(frame: pd.DataFrame, methods: Mapping[str, Method], *, horizons: int = 3) -> pd.DataFrame:
    """Return every forecast each method would have made from eight years on, and how it fared."""
    years = base.take_years(frame)
    observed = pd.Series(base.take_numbers(frame, "value"), index=years.astype(int))
    base.require_points(years.size, MINIMUM_TRAINING + 1, "value")
    parts = [
        method(frame[years <= origin], horizons).assign(method=name, origin=int(origin))
        for origin in years[MINIMUM_TRAINING - 1 : -1]
        for name, method in methods.items()
    ]
    table = pd.concat(parts, ignore_index=True)
    table = table.assign(year=table["origin"] + table["horizon"], observed=lambda d: d["year"].map(observed))
    table = table.dropna(subset="observed").reset_index(drop=True)
    seen = table["observed"]
    table["error"] = table["forecast"] - seen
    for name, level in LEVELS.items():
        low, high = table[f"low_{name}"], table[f"high_{name}"]
        miss = (low - seen).clip(lower=0) + (seen - high).clip(lower=0)
        table[f"hit_{name}"], table[f"score_{name}"] = miss == 0, high - low + 2 / (1 - level) * miss
    return table


def score_backtest(tested: pd.DataFrame, by: str = "horizon") -> pd.DataFrame:
    """Return how each method fared, on the same targets, by horizon or by another column."""
    factor = (np.log(tested["forecast"]) - np.log(tested["observed"])).abs()
    grouped = tested.assign(size=tested["error"].abs(), factor=factor).groupby(["method", by], sort=False)
    names = {f"hits_{name}": (f"hit_{name}", "sum") for name in LEVELS}
    names |= {f"score_{name}": (f"score_{name}", "mean") for name in LEVELS}
    table = grouped.agg(
        forecasts=("size", "size"),
        mean_absolute_error=("size", "mean"),
        median_absolute_error=("size", "median"),
        typical_factor=("factor", "mean"),
        **names,
    ).reset_index()
    naive = table[table["method"] == LAST_VALUE].set_index(by)["mean_absolute_error"]
    ratio = table["mean_absolute_error"] / table[by].map(naive)
    return table.assign(ratio_to_last_value=ratio, typical_factor=np.exp(table["typical_factor"]))


def outlook(source: Source, *, without: int = 0) -> Fit:
    """Project a yearly series three years ahead and score every method by rolling origin.

    ``without`` leaves the changes into and out of a year out of the last value's spread. Results for
    each method M: ``ahead_M_hH`` and ``last_year_M`` (of the newest year), each also with ``_80``;
    ``error_M_hH``, ``ratio_M_hH``, ``hits_80_M_hH``, ``hits_95_M_hH`` (of n); ``last_year_observed``.
    Tables: ``backtest``, ``scores``, ``eras``, ``projections``, ``last_year``.
    """
    used = source.totals().assign(value=lambda d: d[source.outcome].astype(float))
    words = "rolling origin, at least eight years to train, horizons 1-3, refitted at each origin"
    if without:
        ahead = forecast_last_value(used[used["year"] != without], 1).assign(method=LAST_VALUE)
        return Fit(len(used) - 1, _list_forecasts(ahead, "ahead"), used, "none", "log", words)
    newest, tested = int(used["year"].max()), backtest(used, METHODS)
    era = pd.cut(tested["year"], [0, *ERAS.values()], labels=list(ERAS)).astype(str)
    ahead = pd.concat([method(used, 3).assign(method=name) for name, method in METHODS.items()])
    ahead = ahead.assign(year=newest + ahead["horizon"]).reset_index(drop=True)
    said = tested[(tested["year"] == newest) & (tested["horizon"] == 1)].reset_index(drop=True)
    scores, eras = score_backtest(tested), score_backtest(tested.assign(era=era), "era")
    tables = {"backtest": tested, "scores": scores, "eras": eras, "projections": ahead, "last_year": said}
    came = state("last_year_observed", used["value"].iloc[-1], "persons", n=1, method="counted")
    rows = [
        *_list_forecasts(ahead, "ahead"),
        *_list_forecasts(said, "last_year"),
        came,
        *_list_scores(scores),
    ]
    return Fit(len(used), rows, used, "none", "log", words, tables=tables)


def _list_forecasts(frame: pd.DataFrame, prefix: str) -> list[Estimate]:
    rows = []
    for row in frame.to_dict("records"):
        method, ending = row["method"], f"_h{row['horizon']}" * (prefix == "ahead")
        name = f"{prefix}_{method.replace(' ', '_')}{ending}"
        words = f"last value, horizon {row['horizon']}" if ending and method == LAST_VALUE else ""
        for key, ending, shown in (("80", "_80", ""), ("95", "", words)):
            numbers = (row["forecast"], row[f"low_{key}"], row[f"high_{key}"])
            more: dict[str, Any] = {"level": LEVELS[key], "term": method, "words": shown}
            rows.append(Estimate(name + ending, *numbers, "persons", "prediction", **more))
    return rows


def _list_scores(scores: pd.DataFrame) -> list[Estimate]:
    columns = {
        "error": ("mean_absolute_error", "persons"),
        "ratio": ("ratio_to_last_value", "times the last value's error"),
        "hits_80": ("hits_80", "intervals"),
        "hits_95": ("hits_95", "intervals"),
    }
    rows = []
    for row in scores.to_dict("records"):
        name = f"{row['method'].replace(' ', '_')}_h{row['horizon']}"
        rows += [state(f"{k}_{name}", row[c], unit, n=row["forecasts"]) for k, (c, unit) in columns.items()]
    return rows
