"""Pooling prevalence studies: random effects on the logit scale, one row a cohort.

The mean is that of *studies*, not of people, and the interval to quote beside it is the prediction
interval: where a new study of this kind could lie.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize, special, stats

from analysis.inputs import Floats, require_choice, require_level, require_points, take_numbers

ESTIMATORS = ("paule-mandel", "reml", "dersimonian-laird")
MINIMUM = 3
MINIMUM_FOR_REGRESSION = 10


@dataclass(frozen=True)
class Pool:
    """Studies pooled on the logit scale; made by ``pool_shares``."""

    k: int
    mean: float
    std_error: float
    tau2: float
    q: float
    i2: float
    df: float
    estimator: str
    test: str
    logits: Floats
    variances: Floats
    weights: Floats

    @property
    def share(self) -> float:
        """The mean carried back to a share between 0 and 1."""
        return float(special.expit(self.mean))

    def confidence(self, level: float = 0.95) -> tuple[float, float]:
        """Return where the mean of studies lies, as shares."""
        return self._limits(self.std_error, self.df, level)

    def prediction(self, level: float = 0.95) -> tuple[float, float]:
        """Return where the true share of a new study lies: Student's t with k - 1 (Wald: k - 2)."""
        df = self.df if np.isfinite(self.df) else self.k - 2.0
        return self._limits(float(np.sqrt(self.tau2 + self.std_error**2)), df, level)

    def _limits(self, error: float, df: float, level: float) -> tuple[float, float]:
        require_level(level)
        half = float(stats.t.ppf(0.5 + level / 2, df)) * error
        return float(special.expit(self.mean - half)), float(special.expit(self.mean + half))


def pool_shares(
    frame: pd.DataFrame,
    cases: str,
    n: str,
    *,
    estimator: str = "paule-mandel",
    test: str = "knapp-hartung",
) -> Pool:
    """Return the random-effects mean of prevalence studies."""
    require_choice(estimator, ESTIMATORS, "estimator")
    require_choice(test, ("knapp-hartung", "wald"), "test")
    y, v = make_logits(frame, cases, n)
    require_points(y.size, MINIMUM, cases)
    tau2 = _estimate_tau2(y, v, np.ones((y.size, 1)), estimator)
    w = 1 / (v + tau2)
    mean = float(w @ y / w.sum())
    k = y.size
    fixed = 1 / v
    q = float(fixed @ (y - fixed @ y / fixed.sum()) ** 2)
    wald = float(np.sqrt(1 / w.sum()))
    knapp = float(np.sqrt(w @ (y - mean) ** 2 / ((k - 1) * w.sum())))
    return Pool(
        k=k,
        mean=mean,
        std_error=knapp if test == "knapp-hartung" else wald,
        tau2=tau2,
        q=q,
        i2=max(0.0, (q - (k - 1)) / q) if q > 0 else 0.0,
        df=float(k - 1) if test == "knapp-hartung" else np.inf,
        estimator=estimator,
        test=test,
        logits=y,
        variances=v,
        weights=w / w.sum(),
    )


def make_logits(frame: pd.DataFrame, cases: str, n: str) -> tuple[Floats, Floats]:
    """Return each study's logit and its sampling variance 1/x + 1/(n - x)."""
    x, out_of = take_numbers(frame, cases, minimum=0), take_numbers(frame, n, minimum=0)
    if np.any(out_of == 0):
        raise ValueError(f"{n}: found zero, expected at least one person asked in each study")
    if np.any((x <= 0) | (x >= out_of)):
        raise ValueError(f"{cases}: found a study with no case or only cases, expected some of each")
    return np.log(x / (out_of - x)), 1 / x + 1 / (out_of - x)


def _estimate_tau2(y: Floats, v: Floats, X: Floats, estimator: str) -> float:
    """Return the variance between studies, never below zero."""
    df = y.size - X.shape[1]

    def residual(tau2: float) -> tuple[Floats, Floats, Floats]:
        w = 1 / (v + tau2)
        information = X.T @ (w[:, None] * X)
        beta = np.linalg.solve(information, X.T @ (w * y))
        return w, y - X @ beta, information

    def excess(tau2: float) -> float:
        w, e, _ = residual(tau2)
        return float(w @ e**2 - df)

    if estimator == "dersimonian-laird":
        w, _, information = residual(0.0)
        trace = np.trace(np.linalg.solve(information, X.T @ (w[:, None] ** 2 * X)))
        return float(max(0.0, excess(0.0) / (w.sum() - trace)))
    if estimator == "paule-mandel":
        if excess(0.0) <= 0:
            return 0.0
        top = 10.0
        while excess(top) > 0:
            top *= 10
        return float(optimize.brentq(excess, 0.0, top, xtol=1e-14, rtol=1e-14))

    def slope(tau2: float) -> float:
        """Return twice the derivative of the restricted log-likelihood."""
        w, e, information = residual(tau2)
        trace = np.trace(np.linalg.solve(information, X.T @ (w[:, None] ** 2 * X)))
        return float(w**2 @ e**2 - w.sum() + trace)

    if slope(0.0) <= 0:
        return 0.0
    top = 10.0
    while slope(top) > 0:
        top *= 10
        if top > 1e8:
            raise RuntimeError("tau2: the restricted likelihood has no maximum in reach")
    return float(optimize.brentq(slope, 0.0, top, xtol=1e-14, rtol=1e-14))


def leave_one_out(frame: pd.DataFrame, cases: str, n: str, label: str, **options: str) -> pd.DataFrame:
    """Return the pooled share without each study in turn."""
    if label not in frame.columns:
        raise ValueError(f"{label}: no such column, expected one of {', '.join(frame.columns)}")
    rows = []
    for position in range(len(frame)):
        pool = pool_shares(frame.drop(frame.index[position]), cases, n, **options)
        rows.append(_describe(pool) | {"left_out": frame[label].iloc[position]})
    return pd.DataFrame(rows)[["left_out", *_describe(pool)]]


def pool_subgroups(frame: pd.DataFrame, cases: str, n: str, by: str, **options: str) -> pd.DataFrame:
    """Return subgroups side by side; a group of fewer than three studies is counted, not pooled."""
    if by not in frame.columns:
        raise ValueError(f"{by}: no such column, expected one of {', '.join(frame.columns)}")
    rows = []
    for group, part in frame.groupby(by, sort=True):
        row: dict[str, object] = {"group": group, "studies": len(part)}
        if len(part) >= MINIMUM:
            row |= _describe(pool_shares(part, cases, n, **options))
        rows.append(row)
    keys = [
        "group",
        "studies",
        "share",
        "confidence_low",
        "confidence_high",
        "prediction_low",
        "prediction_high",
    ]
    return pd.DataFrame(rows).reindex(columns=[*keys, "tau2"])


def _describe(pool: Pool) -> dict[str, float]:
    low, high = pool.confidence()
    new_low, new_high = pool.prediction()
    return {
        "share": pool.share,
        "confidence_low": low,
        "confidence_high": high,
        "prediction_low": new_low,
        "prediction_high": new_high,
        "tau2": pool.tau2,
    }


@dataclass(frozen=True)
class MetaRegression:
    """One covariate's slope on the logit scale; made by ``regress_shares``."""

    k: int
    slope: float
    std_error: float
    low: float
    high: float
    df: float
    p_value: float
    tau2: float
    level: float


def regress_shares(
    frame: pd.DataFrame, cases: str, n: str, covariate: str, *, level: float = 0.95
) -> MetaRegression:
    """Return how the logit of studies goes with one covariate (REML, Knapp-Hartung)."""
    require_level(level)
    y, v = make_logits(frame, cases, n)
    require_points(y.size, MINIMUM_FOR_REGRESSION, covariate)
    x = take_numbers(frame, covariate)
    if np.ptp(x) == 0:
        raise ValueError(f"{covariate}: found one value in all studies, expected at least two")
    X = np.column_stack([np.ones_like(x), x - x.mean()])
    tau2 = _estimate_tau2(y, v, X, "reml")
    w = 1 / (v + tau2)
    information = X.T @ (w[:, None] * X)
    beta = np.linalg.solve(information, X.T @ (w * y))
    df = float(y.size - 2)
    scale = float(w @ (y - X @ beta) ** 2 / df)
    error = float(np.sqrt(scale * np.linalg.inv(information)[1, 1]))
    half = float(stats.t.ppf(0.5 + level / 2, df)) * error
    slope = float(beta[1])
    p_value = float(2 * stats.t.sf(abs(slope) / error, df))
    return MetaRegression(y.size, slope, error, slope - half, slope + half, df, p_value, tau2, level)
