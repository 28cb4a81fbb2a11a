"""Expected and missing arrivals, and forecasts scored by the ones they would have made before.

The intervals are *prediction* intervals: where a new figure, or the sum of several, lies, not where
the mean line lies. Limits are made on the log or logit scale.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Literal

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import special, stats

from analysis.models import trends
from analysis.models.inputs import (
    Floats,
    Source,
    Years,
    require_choice,
    require_points,
    take_numbers,
    take_years,
)
from analysis.models.rates import Interval
from analysis.models.results import LEVEL, Estimate, Fit, describe, diagnose, name_period
from analysis.models.trends import Trend

LEVELS = (0.8, 0.95)
MINIMUM_TRAINING = 8
ERAS = {"before the closure": (0, 2019), "border closed": (2020, 2022), "since": (2023, 9999)}
Method = Callable[[pd.DataFrame, int], pd.DataFrame]
"""From the years known, with ``value`` and for a share ``trials``, to forecasts of so many years."""


def expect_sum(trend: Trend, years: Sequence[int], *, level: float = LEVEL) -> Interval:
    """Return the sum of new years' counts if the line had gone on, with its prediction interval.

    No library has it: the errors of the line are shared by all years, those of single counts are not.
    """
    if trend.family not in trends.COUNTS:
        raise ValueError(f"trend: found a {trend.family} fit, expected a trend of counts")
    X = trend.line.design(years).to_numpy()
    mu = np.exp(X @ np.asarray(trend.result.params))
    total, gradient = float(mu.sum()), X.T @ mu
    noise = trend.variance(mu).sum()
    error = float(np.sqrt(gradient @ np.asarray(trend.result.cov_params()) @ gradient + noise))
    half = trend.quantile(level) * error / total
    low, high = float(total * np.exp(-half)), float(total * np.exp(half))
    return Interval(total, low, high, level, "prediction", "log scale", error)


def expect_otherwise(
    years: Floats | pd.Series, counts: Floats | pd.Series, ahead: Sequence[int], yardstick: str
) -> Interval:
    """Return the sum of new years' counts by the ``last value`` or a ``straight line`` on the counts."""
    require_choice(yardstick, ("last value", "straight line"), "yardstick")
    require_points(len(years), 3, "years")
    y, origin = np.asarray(counts, dtype=float), float(np.mean(years))
    if yardstick == "last value":
        return Interval(float(y[-1] * len(ahead)), np.nan, np.nan, np.nan, "", yardstick)
    line = sm.OLS(y, sm.add_constant(np.asarray(years, dtype=float) - origin)).fit()
    test = line.t_test([len(ahead), float(np.sum(ahead)) - origin * len(ahead)])
    error = float(np.sqrt(test.sd[0, 0] ** 2 + line.scale * len(ahead)))
    half, total = float(stats.t.ppf(0.5 + LEVEL / 2, line.df_resid)) * error, float(test.effect[0])
    return Interval(total, total - half, total + half, LEVEL, "prediction", yardstick, error)


def missing(
    source: Source,
    *,
    sums: Sequence[Years],
    counted: str = "",
    family: str = "quasi-poisson",
    yardstick: str = "",
    **terms: Any,
) -> Fit:
    """Continue a count trend beyond its years and compare it with what was counted.

    Results for each later year and each sum: ``expected_…`` and ``missing_…`` (persons, prediction
    intervals); then ``change_A_B``, ``line_Y`` and the coefficients. ``counted`` is the table
    of the counts, if not that of the line; another ``yardstick``, see ``expect_otherwise``.
    """
    whole = replace(source, years=(0, None))
    if counted:
        whole = replace(whole, table=counted, where="")
    seen, full, outcome = whole.totals().set_index("year")[source.outcome], source.totals(), source.outcome
    kept = source.spare(full)
    trend = trends.fit_count_trend(kept, outcome, family=family, gaps=source.has_gaps, **terms)
    rows = []
    for first, last in [*((year, year) for year in seen.index if year >= sums[0][0]), *sums]:
        ahead = [year for year in seen.index if first <= year <= (last or np.inf)]
        name, came = name_period(first, last), float(seen[ahead].sum())
        words = "" if first == last else f"since {first}" if last is None else f"{first}–{last}"
        if yardstick:
            expected, link = expect_otherwise(kept["year"], kept[outcome], ahead, yardstick), None
        else:
            expected = expect_sum(trend, ahead)
            relative = expected.std_error / expected.value
            link = (np.log(expected.value), relative, lambda v, came=came: float(np.exp(v) - came))
        lost = expected._replace(
            value=expected.value - came, low=expected.low - came, high=expected.high - came
        )
        for kind, found, scale in (("expected", expected, None), ("missing", lost, link)):
            label = words and f"{kind}, {words}"
            rows.append(
                describe(f"{kind}_{name}", found, "persons", term="projection", words=label, linear=scale)
            )
    rows += trends.estimate_slopes(trend, int(full["year"].min()), int(full["year"].max()))
    rows.append(trends.estimate_level(trend, "persons a year", trends.exponential))
    method = trends.LEAST_SQUARES + "; prediction interval of a sum on the log scale"
    return trends.make_fit(trend, rows, kept, "log", full["year"], method=method)


def _is_share(known: pd.DataFrame) -> bool:
    return "trials" in known


def _transform(known: pd.DataFrame) -> Floats:
    """Return the values on the log scale, or of shares on the logit scale."""
    values = known["value"].to_numpy(dtype=float)
    if _is_share(known):
        if np.any((values <= 0) | (values >= 1)):
            raise ValueError("value: found a share of 0 or 1, expected shares in between")
        return special.logit(values)
    if np.any(values <= 0):
        raise ValueError("value: found zero, expected counts above zero for a forecast on the log scale")
    return np.log(values)


def _tabulate(known: pd.DataFrame, centre: Floats, error: Floats, df: Floats | float) -> pd.DataFrame:
    """Return ``horizon``, ``forecast`` and the limits ``low_80`` to ``high_95``."""
    back = special.expit if _is_share(known) else np.exp
    columns = {"horizon": np.arange(1, centre.size + 1), "forecast": back(centre)}
    for level in LEVELS:
        half = stats.t.ppf(0.5 + level / 2, df) * error
        columns |= {
            f"low_{100 * level:.0f}": back(centre - half),
            f"high_{100 * level:.0f}": back(centre + half),
        }
    return pd.DataFrame(columns)


def forecast_last_value(known: pd.DataFrame, horizons: int) -> pd.DataFrame:
    """Carry the last value forward; spread from the year-on-year changes seen so far."""
    z = _transform(known)
    changes = np.diff(z)[np.diff(known["year"]) == 1]
    h = np.arange(1, horizons + 1)
    spread = np.sqrt(np.mean(changes**2)) * np.sqrt(h)
    return _tabulate(known, np.full(h.size, z[-1]), spread, changes.size)


def forecast_mean_of_three(known: pd.DataFrame, horizons: int) -> pd.DataFrame:
    """Carry the mean of the last three years forward; spread from this rule's own past errors."""
    z = _transform(known)
    means = np.array([z[i - 2 : i + 1].mean() for i in range(2, z.size)])
    past = [z[2 + h :] - means[:-h] for h in range(1, horizons + 1)]
    error = np.array([np.sqrt(np.mean(errors**2)) for errors in past])
    df = np.array([errors.size for errors in past], dtype=float)
    return _tabulate(known, np.full(horizons, means[-1]), error, df)


def forecast_drift(known: pd.DataFrame, horizons: int) -> pd.DataFrame:
    """Move the last value on by the mean change so far: a random walk with drift."""
    z = _transform(known)
    changes = np.diff(z)
    h = np.arange(1, horizons + 1)
    error = changes.std(ddof=1) * np.sqrt(h * (1 + h / changes.size))
    return _tabulate(known, z[-1] + h * changes.mean(), error, changes.size - 1)


def forecast_line(
    known: pd.DataFrame,
    horizons: int,
    break_year: int | None = None,
    steps: Sequence[Years] = (),
    later: int = 2,
) -> pd.DataFrame:
    """Continue the chapter's line; a break is used only once ``later`` more years are on record."""
    origin = int(known["year"].max())
    dates = [first for first, _ in steps if first + later <= origin]
    ends = [*(date - 1 for date in dates[1:]), None]
    terms: dict[str, Any] = {"steps": tuple(zip(dates, ends, strict=False))}
    terms["break_year"] = break_year if break_year and break_year + later <= origin else None
    trials = None
    if _is_share(known):
        trend = trends.fit_share_trend(known, "events", "trials", **terms)
        trials = np.full(horizons, float(known["trials"].iloc[-1]))
    else:
        trend = trends.fit_count_trend(known, "value", **terms)
    ahead = np.arange(1, horizons + 1)
    lines = {f"{100 * level:.0f}": trend.predict(origin + ahead, level, trials) for level in LEVELS}
    columns = {"horizon": ahead, "forecast": lines["95"]["mean"]}
    for name, line in lines.items():
        columns |= {f"low_{name}": line["prediction_low"], f"high_{name}": line["prediction_high"]}
    return pd.DataFrame(columns)


LAST_VALUE = "last value"
NAIVE: Mapping[str, Method] = {
    LAST_VALUE: forecast_last_value,
    "mean of last three": forecast_mean_of_three,
    "drift": forecast_drift,
}


def restate(
    table: pd.DataFrame,
    vintages: pd.DataFrame,
    column: str,
    *,
    before: str = "",
    keep: Literal["first", "last"] = "last",
) -> pd.DataFrame:
    """Return a yearly table by sex with the figures of an earlier release."""
    dated = vintages[
        vintages["role"].isin(["current", "earlier", "press"]) & (vintages["vintage"] != "undated")
    ]
    if before:
        dated = dated[dated["vintage"] < before]
    dated = dated.sort_values("vintage", kind="stable").drop_duplicates(["year", "sex"], keep=keep)
    released = dated.set_index(["year", "sex"])[column]
    keys = pd.MultiIndex.from_frame(table[["year", "sex"]])
    figures = released.reindex(keys).to_numpy(dtype=float, na_value=np.nan)
    return table.assign(**{column: np.where(np.isnan(figures), table[column], figures)})


def find_first_release(vintages: pd.DataFrame, year: int) -> str:
    """Return the day on which a year's figure was first released, or nothing if none is on record."""
    dated = vintages[(vintages["year"] == year) & vintages["role"].isin(["current", "earlier", "press"])]
    return str(dated.loc[dated["vintage"] != "undated", "vintage"].min()) if len(dated) else ""


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


def outlook(
    source: Source,
    *,
    vintages: str,
    events: str = "",
    break_year: int | None = None,
    steps: Sequence[Years] = (),
    later: int = 2,
    release: Literal["first", "last", ""] = "",
) -> Fit:
    """Project a yearly series three years ahead and score every method by rolling origin.

    ``events`` makes it a share; ``release="first"`` takes each figure as first released; ``without``
    leaves the changes into and out of a year out of the last value's spread. Results for each method M:
    ``ahead_M_hH`` and ``last_year_M`` (what it said a year ago), each also with ``_80``;
    ``error_M_hH``, ``ratio_M_hH``, ``score_M_hH``, ``hits_80_M_hH``, ``hits_95_M_hH``;
    ``last_year_observed``. Tables: ``backtest``, ``scores``, ``eras``, ``projections``, ``last_year``.
    """
    line = partial(forecast_line, break_year=break_year, steps=steps, later=later)
    methods: dict[str, Method] = {**NAIVE, "line with known breaks": line}
    scale, unit = (100.0, "%") if events else (1.0, "persons")
    table, released, outcome = source.read(source.table), source.read(vintages), source.outcome

    def take_series(stated: pd.DataFrame) -> pd.DataFrame:
        """Return ``year``, ``value`` and, for a share, ``events`` and ``trials``."""
        series = replace(source, read=lambda _: stated).totals(events)
        if not events:
            return series.assign(value=series[outcome].astype(float))
        return series.assign(value=series["events"] / series[outcome], trials=series[outcome])

    whole = take_series(restate(table, released, outcome, keep=release) if release else table)
    newest, now = int(whole["year"].max()), float(whole["value"].iloc[-1])
    used = source.spare(whole)
    if source.without:
        if int(source.without) == newest:
            raise ValueError(
                "without: found the newest year, expected one that is not itself carried forward"
            )
        ahead = forecast_last_value(used, 1).assign(method=LAST_VALUE)
        rows = _describe_forecasts(_rescale(ahead, scale), "ahead", unit)
        return Fit(len(used), rows, used, "", "", "")
    tested = backtest(used, methods)
    era = pd.cut(tested["year"], [0, *(last for _, last in ERAS.values())], labels=list(ERAS)).astype(str)
    ahead = pd.concat([method(used, 3).assign(method=name) for name, method in methods.items()])
    first = find_first_release(released, newest)
    then = take_series(restate(table, released, outcome, before=first))
    known = then[then["year"] < newest].reset_index(drop=True)
    said = pd.concat([method(known, 1).assign(method=name) for name, method in methods.items()])
    tables = {
        "backtest": tested,
        "scores": score_backtest(tested),
        "eras": score_backtest(tested.assign(era=era), "era"),
        "projections": ahead.assign(year=newest + ahead["horizon"]).reset_index(drop=True),
        "last_year": score_forecasts(said.assign(origin=newest - 1, year=newest), {newest: now}),
    }
    tables = {name: _rescale(part, scale) for name, part in tables.items()}
    rows = _describe_forecasts(tables["projections"], "ahead", unit)
    rows += _describe_forecasts(tables["last_year"], "last_year", unit)
    rows.append(Estimate("last_year_observed", scale * now, unit=unit, n=1, term="counted"))
    rows += _describe_scores(tables["scores"], "percentage points" if events else unit)
    squares = np.diff(_transform(used)) ** 2
    residuals = np.diff(_transform(used)) / np.sqrt(squares.mean())
    values = scale * used["value"].to_numpy()
    at = used["year"].to_numpy(dtype=float)[1:]
    panels = diagnose(at, residuals, squares / squares.sum(), values[:-1], values[1:])
    family, link = ("quasi-binomial", "logit") if events else ("quasi-poisson", "log")
    method = "rolling origin, at least eight years to train, horizons 1-3, refitted at each origin"
    return Fit(len(used), rows, used, family, link, method, tables=tables, diagnostics=panels)


def _slug(method: str) -> str:
    return "line" if method.startswith("line") else method.replace(" ", "_")


def _describe_forecasts(frame: pd.DataFrame, prefix: str, unit: str) -> list[Estimate]:
    rows = []
    for row in frame.to_dict("records"):
        method, h = row["method"], row["horizon"]
        name = f"{prefix}_{_slug(method)}" + (f"_h{h}" if prefix == "ahead" else "")
        words = f"last value, horizon {h}" if prefix == "ahead" and method == LAST_VALUE else ""
        for key, level, ending, label in (("80", 0.8, "_80", ""), ("95", 0.95, "", words)):
            found = Interval(row["forecast"], row[f"low_{key}"], row[f"high_{key}"], level, "prediction", "")
            rows.append(describe(name + ending, found, unit, term=method, words=label))
    return rows


def _describe_scores(scores: pd.DataFrame, unit: str) -> list[Estimate]:
    columns = {
        "error": ("mean_absolute_error", unit),
        "ratio": ("ratio_to_last_value", "times the last value's error"),
        "score": ("score_95", unit),
        "hits_80": ("hits_80", "intervals"),
        "hits_95": ("hits_95", "intervals"),
    }
    rows = []
    for row in scores.to_dict("records"):
        name, more = (
            f"{_slug(row['method'])}_h{row['horizon']}",
            {"n": row["forecasts"], "term": row["method"]},
        )
        rows += [
            Estimate(f"{k}_{name}", float(row[c]), unit=what, **more) for k, (c, what) in columns.items()
        ]
    return rows


def _rescale(frame: pd.DataFrame, scale: float) -> pd.DataFrame:
    """Return a table in the unit of the book; factors, hits and ratios have none."""
    starts = ("forecast", "observed", "error", "mean_", "median_", "low_", "high_", "score_")
    columns = [c for c in frame.columns if c.startswith(starts) and c != "forecasts"]
    return frame.assign(**{c: scale * frame[c].astype(float) for c in columns})
