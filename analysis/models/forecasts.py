"""Forecasts of a yearly series, scored by the ones they would have made before.

The intervals are *prediction* intervals: where a new figure lies, not where the mean line lies. Limits are made on the log scale.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.models import trends
from analysis.models.inputs import Floats, Source, require_points, take_numbers, take_years
from analysis.models.rates import Interval
from analysis.models.results import Estimate, Fit, describe, state

LEVELS = (0.8, 0.95)
MINIMUM_TRAINING = 8
ERAS = {"before the closure": (0, 2019), "border closed": (2020, 2022), "since": (2023, 9999)}
Method = Callable[[pd.DataFrame, int], pd.DataFrame]
"""From the years known, with ``value``, to forecasts of so many years."""


def _take_logs(known: pd.DataFrame) -> Floats:
    """Return the logarithms of the values."""
    values = known["value"].to_numpy(dtype=float)
    if np.any(values <= 0):
        raise ValueError("value: found zero, expected counts above zero for a forecast on the log scale")
    return np.log(values)


def _tabulate(centre: Floats, error: Floats, df: Floats | float) -> pd.DataFrame:
    """Return ``horizon``, ``forecast`` and the limits ``low_80`` to ``high_95``."""
    columns = {"horizon": np.arange(1, centre.size + 1), "forecast": np.exp(centre)}
    for level in LEVELS:
        half = stats.t.ppf(0.5 + level / 2, df) * error
        columns |= {
            f"low_{100 * level:.0f}": np.exp(centre - half),
            f"high_{100 * level:.0f}": np.exp(centre + half),
        }
    return pd.DataFrame(columns)


def forecast_last_value(known: pd.DataFrame, horizons: int) -> pd.DataFrame:
    """Carry the last value forward; spread from the year-on-year changes seen so far."""
    z = _take_logs(known)
    changes = np.diff(z)[np.diff(known["year"]) == 1]
    h = np.arange(1, horizons + 1)
    return _tabulate(np.full(h.size, z[-1]), np.sqrt(np.mean(changes**2)) * np.sqrt(h), changes.size)


def forecast_mean_of_three(known: pd.DataFrame, horizons: int) -> pd.DataFrame:
    """Carry the mean of the last three years forward; spread from this rule's own past errors."""
    z = _take_logs(known)
    means = np.array([z[i - 2 : i + 1].mean() for i in range(2, z.size)])
    past = [z[2 + h :] - means[:-h] for h in range(1, horizons + 1)]
    error = np.array([np.sqrt(np.mean(errors**2)) for errors in past])
    df = np.array([errors.size for errors in past], dtype=float)
    return _tabulate(np.full(horizons, means[-1]), error, df)


def forecast_drift(known: pd.DataFrame, horizons: int) -> pd.DataFrame:
    """Move the last value on by the mean change so far: a random walk with drift."""
    z = _take_logs(known)
    changes = np.diff(z)
    h = np.arange(1, horizons + 1)
    error = changes.std(ddof=1) * np.sqrt(h * (1 + h / changes.size))
    return _tabulate(z[-1] + h * changes.mean(), error, changes.size - 1)


def forecast_line(known: pd.DataFrame, horizons: int) -> pd.DataFrame:
    """Continue the log line through the last eight years; no break date, so none known by hindsight."""
    recent = known.tail(MINIMUM_TRAINING)
    trend, ahead = trends.fit_counts(recent, "value"), np.arange(1, horizons + 1)
    lines = {f"{100 * level:.0f}": trend.predict(recent["year"].max() + ahead, level) for level in LEVELS}
    columns = {"horizon": ahead, "forecast": lines["95"]["mean"]}
    for name, line in lines.items():
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
    years = take_years(frame)
    observed = dict(zip(years, take_numbers(frame, "value"), strict=True))
    require_points(years.size, MINIMUM_TRAINING + 1, "value")
    parts = {
        (int(origin), name): method(frame[years <= origin], horizons)
        for origin in years[MINIMUM_TRAINING - 1 : -1]
        for name, method in methods.items()
    }
    table = pd.concat(parts, names=["origin", "method"]).reset_index(["origin", "method"])
    table["year"] = table["origin"] + table["horizon"]
    return score_forecasts(table[table["year"].isin(list(observed))], observed)


def score_forecasts(forecasts: pd.DataFrame, observed: Mapping[Any, float]) -> pd.DataFrame:
    """Return forecasts with the figure that came, the error, the hit and the score of each interval."""
    result = forecasts.reset_index(drop=True)
    seen = result["observed"] = result["year"].map(observed)
    result["error"] = result["forecast"] - seen
    for level in LEVELS:
        name = f"{100 * level:.0f}"
        low, high = result[f"low_{name}"], result[f"high_{name}"]
        result[f"hit_{name}"] = (seen >= low) & (seen <= high)
        miss = (low - seen).clip(lower=0) + (seen - high).clip(lower=0)
        result[f"score_{name}"] = (high - low) + 2 / (1 - level) * miss
    first = ["method", "origin", "horizon", "year", "observed", "forecast", "error"]
    return result[[*first, *result.columns.drop(first)]]


def score_backtest(tested: pd.DataFrame, by: str = "horizon") -> pd.DataFrame:
    """Return how each method fared, on the same targets, by horizon or by another column."""
    factor = (np.log(tested["forecast"]) - np.log(tested["observed"])).abs()
    grouped = tested.assign(size=tested["error"].abs(), factor=factor).groupby(["method", by], sort=False)
    columns = {
        "forecasts": grouped.size(),
        "mean_absolute_error": grouped["size"].mean(),
        "median_absolute_error": grouped["size"].median(),
        "ratio_to_last_value": np.nan,
        "typical_factor": np.exp(grouped["factor"].mean()),
    }
    names = [f"{100 * level:.0f}" for level in LEVELS]
    columns |= {f"hits_{name}": grouped[f"hit_{name}"].sum() for name in names}
    columns |= {f"score_{name}": grouped[f"score_{name}"].mean() for name in names}
    table = pd.DataFrame(columns).reset_index()
    naive = table[table["method"] == LAST_VALUE].set_index(by)
    if (table["forecasts"] != table[by].map(naive["forecasts"])).any():
        raise ValueError("method: found methods scored on different targets, expected the same for all")
    error = table["mean_absolute_error"]
    return table.assign(ratio_to_last_value=error / table[by].map(naive["mean_absolute_error"]))


def outlook(source: Source, *, without: int = 0) -> Fit:
    """Project a yearly series three years ahead and score every method by rolling origin.

    ``without`` leaves the changes into and out of a year out of the last value's spread. Results for
    each method M: ``ahead_M_hH``, ``last_year_M`` (what it would have said of the newest year), each
    also with ``_80``; ``error_M_hH``, ``ratio_M_hH``, ``score_M_hH``, ``hits_80_M_hH`` and
    ``hits_95_M_hH`` (intervals that held, of n); ``last_year_observed``. Tables: ``backtest``,
    ``scores``, ``eras``, ``projections``, ``last_year``.
    """
    used = source.totals().assign(value=lambda d: d[source.outcome].astype(float))
    method = "rolling origin, at least eight years to train, horizons 1-3, refitted at each origin"
    if without:
        ahead = forecast_last_value(used[used["year"] != without], 1).assign(method=LAST_VALUE)
        return Fit(len(used) - 1, _describe_forecasts(ahead, "ahead"), used, "none", "log", method)
    newest, tested = int(used["year"].max()), backtest(used, METHODS)
    era = pd.cut(tested["year"], [0, *(last for _, last in ERAS.values())], labels=list(ERAS)).astype(str)
    ahead = pd.concat([method(used, 3).assign(method=name) for name, method in METHODS.items()])
    said = tested[(tested["year"] == newest) & (tested["horizon"] == 1)].reset_index(drop=True)
    tables = {
        "backtest": tested,
        "scores": score_backtest(tested),
        "eras": score_backtest(tested.assign(era=era), "era"),
        "projections": ahead.assign(year=newest + ahead["horizon"]).reset_index(drop=True),
        "last_year": said,
    }
    rows = _describe_forecasts(tables["projections"], "ahead")
    rows += _describe_forecasts(said, "last_year")
    rows.append(
        state("last_year_observed", used["value"].iloc[-1], "persons", n=1, term="counted", method="counted")
    )
    rows += _describe_scores(tables["scores"])
    return Fit(len(used), rows, used, "none", "log", method, tables=tables)


def _describe_forecasts(frame: pd.DataFrame, prefix: str) -> list[Estimate]:
    rows = []
    for row in frame.to_dict("records"):
        method, h = row["method"], row["horizon"]
        name = f"{prefix}_{method.replace(' ', '_')}" + (f"_h{h}" if prefix == "ahead" else "")
        words = f"last value, horizon {h}" if prefix == "ahead" and method == LAST_VALUE else ""
        for key, level, ending, label in (("80", 0.8, "_80", ""), ("95", 0.95, "", words)):
            found = Interval(row["forecast"], row[f"low_{key}"], row[f"high_{key}"], level, "prediction", "")
            rows.append(describe(name + ending, found, "persons", term=method, words=label))
    return rows


def _describe_scores(scores: pd.DataFrame) -> list[Estimate]:
    columns = {
        "error": ("mean_absolute_error", "persons"),
        "ratio": ("ratio_to_last_value", "times the last value's error"),
        "score": ("score_95", "persons"),
        "hits_80": ("hits_80", "intervals"),
        "hits_95": ("hits_95", "intervals"),
    }
    rows = []
    for row in scores.to_dict("records"):
        name = f"{row['method'].replace(' ', '_')}_h{row['horizon']}"
        more: dict[str, Any] = {"n": row["forecasts"], "term": row["method"], "method": ""}
        rows += [
            state(f"{kind}_{name}", row[column], unit, **more) for kind, (column, unit) in columns.items()
        ]
    return rows
