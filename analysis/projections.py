"""Expected and missing arrivals, naive forecasts, and backtests that pay for wide intervals.

The intervals here are *prediction* intervals: where a new year's figure (or the sum of several)
lies, not where the mean line lies. Limits are made on the log (or logit) scale, so that a count
stays above zero and a share between 0 and 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd
from scipy import special, stats

from analysis.inputs import (
    Floats,
    require_choice,
    require_level,
    require_points,
    take_numbers,
    take_years,
)
from analysis.rates import Interval
from analysis.trends import Trend

MINIMUM_TRAINING = 8


def expect_sum(trend: Trend, years: Sequence[int], *, level: float = 0.95) -> Interval:
    """Return the sum of new years' counts if the line had gone on."""
    if trend.link != "log":
        raise ValueError(f"trend: found a {trend.family} fit, expected a trend of counts")
    require_points(len(years), 1, "years")
    X = trend.mean.matrix(np.asarray(years, dtype=float))
    mu = np.exp(X @ trend.params)
    total, gradient = float(mu.sum()), X.T @ mu
    alpha = trend.extra.get("alpha", 0.0)
    noise = float(np.sum(mu + alpha * mu**2)) if alpha else trend.dispersion * total
    error = float(np.sqrt(gradient @ trend.covariance @ gradient + noise))
    half = trend.quantile(level) * error / total
    return Interval(
        total,
        float(total * np.exp(-half)),
        float(total * np.exp(half)),
        error,
        level,
        "prediction",
        "log scale",
    )


def expect_otherwise(
    years: Sequence[float] | pd.Series,
    counts: Sequence[float] | pd.Series,
    ahead: Sequence[int],
    yardstick: str,
    *,
    level: float = 0.95,
) -> Interval:
    """Return the sum of new years' counts by a rival of the log line."""
    require_choice(yardstick, ("last value", "straight line"), "yardstick")
    require_points(len(years), 3, "years")
    y = np.asarray(counts, dtype=float)
    if yardstick == "last value":
        return Interval(float(y[-1] * len(ahead)), np.nan, np.nan, np.nan, np.nan, "", yardstick)
    origin = float(np.mean(years))
    X = np.column_stack([np.ones(y.size), np.asarray(years, dtype=float) - origin])
    beta, df = np.linalg.lstsq(X, y, rcond=None)[0], y.size - 2
    variance = float(np.sum((y - X @ beta) ** 2) / df)
    g = np.array([len(ahead), float(np.sum(ahead)) - origin * len(ahead)])
    error = float(np.sqrt(variance * (g @ np.linalg.inv(X.T @ X) @ g + len(ahead))))
    half, total = float(stats.t.ppf(0.5 + level / 2, df)) * error, float(g @ beta)
    return Interval(total, total - half, total + half, error, level, "prediction", yardstick)


def count_missing(expected: Interval, years: Sequence[int], observed: Sequence[float]) -> Interval:
    """Return how many fewer came than expected, over some years."""
    if len(years) != len(observed):
        raise ValueError(f"observed: found {len(observed)} values, expected {len(years)}, one a year")
    seen = float(np.sum(observed))
    return replace(expected, value=expected.value - seen, low=expected.low - seen, high=expected.high - seen)


def _change_scale(values: Floats, trials: Floats) -> tuple[Floats, Callable[[Floats], Floats]]:
    """Return values on the log scale (counts) or logit scale (shares) and the way back."""
    if np.all(np.isnan(trials)):
        if np.any(values <= 0):
            raise ValueError("values: found zero, expected counts above zero for a forecast on the log scale")
        return np.log(values), np.exp
    if np.any((values <= 0) | (values >= 1)):
        raise ValueError("values: found a share of 0 or 1, expected shares in between")
    return special.logit(values), special.expit


def _spread_out(
    centre: Floats,
    error: Floats,
    df: float | Floats,
    levels: Sequence[float],
    back: Callable[[Floats], Floats],
) -> pd.DataFrame:
    columns = {"horizon": np.arange(1, centre.size + 1), "forecast": back(centre)}
    for level in levels:
        require_level(level)
        half = stats.t.ppf(0.5 + level / 2, df) * error
        columns |= {
            f"low_{100 * level:.0f}": back(centre - half),
            f"high_{100 * level:.0f}": back(centre + half),
        }
    return pd.DataFrame(columns)


def forecast_last_value(
    years: Floats, values: Floats, horizons: int, levels: Sequence[float], trials: Floats | None = None
) -> pd.DataFrame:
    """Return the last value carried forward; spread from the year-on-year changes seen so far."""
    z, back = _change_scale(values, _or_nan(trials, values))
    changes = np.diff(z)[np.diff(years) == 1]
    h = np.arange(1, horizons + 1)
    s = np.sqrt(np.mean(changes**2))
    return _spread_out(np.full(h.size, z[-1]), s * np.sqrt(h), changes.size, levels, back)


def forecast_mean_of_three(
    years: Floats, values: Floats, horizons: int, levels: Sequence[float], trials: Floats | None = None
) -> pd.DataFrame:
    """Return the mean of the last three years carried forward.

    Arguments and result as ``forecast_last_value``; the spread at each horizon is that of the same
    rule's past errors over that horizon, with as many degrees of freedom as there were such errors.
    """
    z, back = _change_scale(values, _or_nan(trials, values))
    means = np.array([z[i - 2 : i + 1].mean() for i in range(2, z.size)])
    past = [z[2 + h :] - means[:-h] for h in range(1, horizons + 1)]
    error = np.array([np.sqrt(np.mean(errors**2)) for errors in past])
    seen = np.array([errors.size for errors in past], dtype=float)
    return _spread_out(np.full(horizons, means[-1]), error, seen, levels, back)


def forecast_drift(
    years: Floats, values: Floats, horizons: int, levels: Sequence[float], trials: Floats | None = None
) -> pd.DataFrame:
    """Return the last value moved on by the mean change so far (random walk with drift).

    Arguments and result as ``forecast_last_value``; the spread is s sqrt(h (1 + h / n)), t(n - 1)
    for n changes.
    """
    z, back = _change_scale(values, _or_nan(trials, values))
    changes = np.diff(z)
    h = np.arange(1, horizons + 1)
    s = changes.std(ddof=1)
    error = s * np.sqrt(h * (1 + h / changes.size))
    return _spread_out(z[-1] + h * changes.mean(), error, changes.size - 1, levels, back)


def _or_nan(trials: Floats | None, values: Floats) -> Floats:
    return np.full_like(values, np.nan) if trials is None else trials


NAIVE: Mapping[str, Callable[..., pd.DataFrame]] = {
    "last value": forecast_last_value,
    "mean of last three": forecast_mean_of_three,
    "drift": forecast_drift,
}


def read_trend(
    trend: Trend, horizons: int, levels: Sequence[float], trials: float | None = None
) -> pd.DataFrame:
    """Return a fitted line's forecasts in the form the naive ones have."""
    ahead = trend.years[-1] + np.arange(1, horizons + 1)
    people = None if trials is None else np.full(horizons, trials)
    columns = {"horizon": pd.Series(np.arange(1, horizons + 1))}
    for level in levels:
        line = trend.predict(ahead, level, people)
        columns["forecast"] = line["mean"]
        columns[f"low_{100 * level:.0f}"] = line["prediction_low"]
        columns[f"high_{100 * level:.0f}"] = line["prediction_high"]
    return pd.DataFrame(columns)


def know_breaks(dates: Sequence[int], origin: int, later: int = 2) -> tuple[int, ...]:
    """Return the breaks that may be used at an origin: those with so many later years on record."""
    return tuple(date for date in dates if date + later <= origin)


def restate(
    table: pd.DataFrame,
    vintages: pd.DataFrame,
    column: str,
    *,
    before: str = "",
    keep: Literal["first", "last"] = "last",
) -> pd.DataFrame:
    """Return a yearly table by sex with the figures of another release."""
    dated = vintages.loc[vintages["role"].isin(["current", "earlier", "press"])]
    dated = dated.loc[(dated["vintage"] != "undated") & ((dated["vintage"] < before) if before else True)]
    dated = dated.sort_values("vintage", kind="stable").drop_duplicates(["year", "sex"], keep=keep)
    released = dated.set_index(["year", "sex"])[column]
    index = pd.MultiIndex.from_frame(table[["year", "sex"]])
    figures = released.reindex(index).to_numpy(dtype=float, na_value=np.nan)
    return table.assign(**{column: np.where(np.isnan(figures), table[column], figures)})


def find_first_release(vintages: pd.DataFrame, year: int) -> str:
    """Return the day on which a year's figure was first released, or nothing if none is on record."""
    dated = vintages.loc[(vintages["year"] == year) & vintages["role"].isin(["current", "earlier", "press"])]
    return str(dated.loc[dated["vintage"] != "undated", "vintage"].min()) if len(dated) else ""


def backtest(
    frame: pd.DataFrame,
    values: str,
    methods: Mapping[str, Callable[[pd.DataFrame, int, Sequence[float]], pd.DataFrame]],
    *,
    horizons: int = 3,
    levels: Sequence[float] = (0.8, 0.95),
    minimum_training: int = MINIMUM_TRAINING,
) -> pd.DataFrame:
    """Return every forecast each method would have made, and how it fared."""
    years = take_years(frame)
    observed = dict(zip(years, take_numbers(frame, values), strict=True))
    require_points(years.size, minimum_training + 1, values)
    parts = {}
    for origin in years[minimum_training - 1 : -1]:
        known = frame.loc[years <= origin]
        for name, method in methods.items():
            parts[int(origin), name] = method(known, horizons, levels)
    table = pd.concat(parts, names=["origin", "method"]).reset_index(["origin", "method"])
    table["year"] = table["origin"] + table["horizon"]
    return score_forecasts(table.loc[table["year"].isin(list(observed))], observed, levels)


def score_forecasts(
    forecasts: pd.DataFrame, observed: Mapping[float, float], levels: Sequence[float]
) -> pd.DataFrame:
    """Return forecasts with the figure that came, the error, and how each interval fared."""
    result = forecasts.reset_index(drop=True)
    result["observed"] = result["year"].map(observed)
    result["error"] = result["forecast"] - result["observed"]
    for level in levels:
        low, high = result[f"low_{100 * level:.0f}"], result[f"high_{100 * level:.0f}"]
        seen, alpha = result["observed"], 1 - level
        result[f"hit_{100 * level:.0f}"] = (seen >= low) & (seen <= high)
        miss = (low - seen).clip(lower=0) + (seen - high).clip(lower=0)
        result[f"score_{100 * level:.0f}"] = (high - low) + 2 / alpha * miss
    first = ["method", "origin", "horizon", "year", "observed", "forecast", "error"]
    return result[first + [c for c in result.columns if c not in first]]


def score_backtest(results: pd.DataFrame, by: Sequence[str] = ("method", "horizon")) -> pd.DataFrame:
    """Return how each method fared, on the same targets."""
    table = results.assign(
        size=results["error"].abs(),
        factor=(np.log(results["forecast"]) - np.log(results["observed"])).abs(),
    )
    levels = [c.removeprefix("hit_") for c in results.columns if c.startswith("hit_")]
    keys = list(by)
    grouped = table.groupby(keys, sort=False)
    summary = pd.DataFrame(
        {
            "forecasts": grouped.size(),
            "mean_absolute_error": grouped["size"].mean(),
            "median_absolute_error": grouped["size"].median(),
            "typical_factor": np.exp(grouped["factor"].mean()),
        }
        | {f"hits_{level}": grouped[f"hit_{level}"].sum() for level in levels}
        | {f"score_{level}": grouped[f"score_{level}"].mean() for level in levels}
    ).reset_index()
    rest = [k for k in keys if k != "method"]
    naive = summary.loc[summary["method"] == "last value", [*rest, "mean_absolute_error", "forecasts"]]
    if rest:
        merged = summary.merge(naive, on=rest, how="left", suffixes=("", "_naive"))
    else:
        merged = summary.assign(
            mean_absolute_error_naive=naive["mean_absolute_error"].item(),
            forecasts_naive=naive["forecasts"].item(),
        )
    if (merged["forecasts"] != merged["forecasts_naive"]).any():
        raise ValueError("method: found methods scored on different targets, expected the same for all")
    ratio = merged["mean_absolute_error"] / merged["mean_absolute_error_naive"]
    summary.insert(list(summary.columns).index("typical_factor"), "ratio_to_last_value", ratio.to_numpy())
    return summary
