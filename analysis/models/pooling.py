"""Pooling prevalence studies: random effects on the logit scale, one row per cohort.

The mean is that of *studies*, not of people; the interval to print beside it is the prediction
interval, in which the share of a new study of this kind would lie.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import optimize, special, stats

from analysis.models import rates
from analysis.models.inputs import Floats, Source, require_choice, require_points, take_numbers
from analysis.models.results import LEVEL, Estimate, Fit, diagnose
from analysis.models.samples import count_cases

ESTIMATORS = ("paule-mandel", "reml", "dersimonian-laird")
MINIMUM, MINIMUM_FOR_REGRESSION = 3, 10


@dataclass(frozen=True)
class Pool:
    """Studies pooled on the logit scale: least squares, weighted by both variances."""

    logits: Floats
    variances: Floats
    tau2: float
    result: Any
    """Fit of the mean and, in a regression, of a slope; its errors are Knapp and Hartung's."""

    @property
    def mean(self) -> float:
        """The mean logit."""
        return float(self.result.params[0])

    @property
    def q(self) -> float:
        """Cochran's Q: the scatter around the mean that knows only sampling."""
        w = 1 / self.variances
        return float(w @ (self.logits - w @ self.logits / w.sum()) ** 2)

    def limits(self, kind: str = "confidence", level: float = LEVEL) -> tuple[float, float]:
        """Return where the mean logit lies, or with ``prediction`` that of a new study."""
        error, df = float(self.result.bse[0]), self.result.df_resid if self.result.use_t else np.inf
        if kind == "prediction":
            error, df = np.sqrt(self.tau2 + error**2), df if np.isfinite(df) else self.logits.size - 2
        half = float(stats.t.ppf(0.5 + level / 2, df) * error)
        return self.mean - half, self.mean + half

    def describe(self) -> dict[str, float]:
        """Return the pooled share and its limits in percent, and the variance between studies."""
        (low, high), (new_low, new_high) = self.limits(), self.limits("prediction")
        logits = {
            "share_pct": self.mean,
            "confidence_low": low,
            "confidence_high": high,
            "prediction_low": new_low,
            "prediction_high": new_high,
        }
        return {name: float(100 * special.expit(v)) for name, v in logits.items()} | {"tau2": self.tau2}


def pool_shares(
    frame: pd.DataFrame,
    cases: str = "cases_used",
    n: str = "n",
    *,
    covariate: str = "",
    estimator: str = "paule-mandel",
    test: str = "knapp-hartung",
) -> Pool:
    """Return the random-effects mean of studies, and with a covariate how the logit goes with it."""
    require_choice(estimator, ESTIMATORS, "estimator")
    require_choice(test, ("knapp-hartung", "wald"), "test")
    x, out_of = take_numbers(frame, cases, minimum=0), take_numbers(frame, n, minimum=0)
    if np.any(out_of == 0):
        raise ValueError(f"{n}: found zero, expected at least one person asked in each study")
    if np.any((x <= 0) | (x >= out_of)):
        raise ValueError(f"{cases}: found a study with no case or only cases, expected some of each")
    require_points(x.size, MINIMUM, cases)
    y, v, X = np.log(x / (out_of - x)), 1 / x + 1 / (out_of - x), np.ones((x.size, 1))
    if covariate:
        require_points(x.size, MINIMUM_FOR_REGRESSION, covariate)
        z = take_numbers(frame, covariate)
        if np.ptp(z) == 0:
            raise ValueError(f"{covariate}: found one value in all studies, expected at least two")
        X = np.column_stack([X, z - z.mean()])
    tau2 = estimate_tau2(y, v, X, estimator)
    model = sm.WLS(y, X, weights=1 / (v + tau2))
    return Pool(y, v, tau2, model.fit() if test == "knapp-hartung" else model.fit(cov_type="fixed scale"))


def estimate_tau2(y: Floats, v: Floats, X: Floats, estimator: str) -> float:
    """Return the variance between studies, never below zero."""

    def excess(tau2: float) -> float:
        """Return a function that falls to zero at the estimate."""
        w = 1 / (v + tau2)
        e = y - X @ np.linalg.solve(X.T @ (w[:, None] * X), X.T @ (w * y))
        if estimator != "reml":
            return float(w @ e**2 - (y.size - X.shape[1]))  # the generalised Q less its expectation
        trace = np.trace(np.linalg.solve(X.T @ (w[:, None] * X), X.T @ (w[:, None] ** 2 * X)))
        return float(w**2 @ e**2 - w.sum() + trace)  # twice the slope of the restricted likelihood

    if excess(0.0) <= 0:
        return 0.0
    if estimator == "dersimonian-laird":
        w = 1 / v
        trace = np.trace(np.linalg.solve(X.T @ (w[:, None] * X), X.T @ (w[:, None] ** 2 * X)))
        return float(excess(0.0) / (w.sum() - trace))
    top = 10.0
    while excess(top) > 0:
        top *= 10
    return float(optimize.brentq(excess, 0.0, top, xtol=1e-14, rtol=1e-14))


def take_studies(source: Source, add: str, keep: tuple[str, str] | None) -> pd.DataFrame:
    """Return the studies to pool: those of the filter with an n, less what is left out."""
    rows = source.rows()
    if add:
        rows = pd.concat([rows, source.rows(add)], ignore_index=True)
    rows = rows[rows["n"].notna()]
    if keep:
        rows = rows[rows[keep[0]] == keep[1]]
    repeated = rows["cohort_id"].duplicated()
    if repeated.any():
        found = rows.loc[repeated, "cohort_id"].iloc[0]
        raise ValueError(f"cohort_id: found {found} twice, expected one row per cohort")
    used = count_cases(rows.reset_index(drop=True), source.outcome)
    return used[used["study_label"] != source.without].reset_index(drop=True)


def pool(
    source: Source,
    *,
    apart: str = "",
    covariate: tuple[str, str] | None = None,
    subgroups: Sequence[str] = ("instrument_kind", "country", "age_band"),
    add: str = "",
    keep: tuple[str, str] | None = None,
    **settings: str,
) -> Fit:
    """Pool prevalence studies: random effects on the logit, one row per cohort.

    ``apart`` filters rows that are shown and not pooled, ``add`` rows pooled as well; ``keep`` is a
    column and its value. Results: ``mean`` (% in the average study, confidence interval),
    ``new_study`` (the same with the prediction interval), ``logit_mean``, ``tau2``, ``i2``,
    ``odds_VALUE`` of the covariate. Tables: ``studies``, ``leave_one_out``, ``subgroups``.
    """
    used = take_studies(source, add, keep)
    pooled = pool_shares(used, **settings)
    k, found, term = len(used), pooled.describe(), "mean of studies"
    share, low, high, new_low, new_high, tau2 = found.values()
    error, i2 = float(pooled.result.bse[0]), max(0.0, (pooled.q - (k - 1)) / pooled.q)
    confidence = ("confidence", LEVEL)
    between = "between studies"
    rows = [
        Estimate("mean", share, low, high, "%", *confidence, term=term, words=term),
        Estimate(
            "new_study", share, new_low, new_high, "%", "prediction", LEVEL, term=term, words="a new study"
        ),
        Estimate("logit_mean", pooled.mean, *pooled.limits(), "log odds", *confidence, error, term),
        Estimate("tau2", tau2, unit="log odds squared", term=between, words="variance between studies"),
        Estimate(
            "i2", 100 * i2, unit="% of variation, from Q", term=between, words="variation beyond chance"
        ),
    ]
    if covariate and k >= MINIMUM_FOR_REGRESSION:
        rows.append(compare_studies(used, *covariate))
    weights = pooled.result.model.weights
    residual = (pooled.logits - pooled.mean) * np.sqrt(weights)
    studies = used.assign(weight_pct=100 * weights / weights.sum(), residual=residual, is_pooled=True)
    if apart:
        others = count_cases(source.rows(apart), source.outcome)
        studies = pd.concat([studies, others.assign(is_pooled=False)], ignore_index=True)
    limits = [rates.estimate_share(x, n) for x, n in zip(studies["cases_used"], studies["n"], strict=True)]
    studies[["share_pct", "ci_low", "ci_high"]] = 100 * np.array([found[:3] for found in limits])
    tables = {"studies": studies}
    if not source.without and k > MINIMUM:
        tables["leave_one_out"] = leave_one_out(used, settings)
        tables["subgroups"] = pool_subgroups(used, subgroups, settings)
    years = used["survey_year_start"].astype("Float64").fillna(used["published_year"].astype("Float64"))
    shrunk = pooled.mean + tau2 / (tau2 + pooled.variances) * (pooled.logits - pooled.mean)
    expit, leverage = special.expit, weights / weights.sum()
    panels = diagnose(
        years.to_numpy(float, na_value=np.nan),
        residual,
        leverage,
        100 * expit(shrunk),
        100 * expit(pooled.logits),
    )
    units = () if source.without else tuple(used["study_label"])
    return Fit(
        k,
        rows,
        used,
        "normal",
        "logit",
        "Paule-Mandel, Knapp-Hartung",
        pooled.q / (k - 1),
        float(k - 1),
        units=units,
        tables=tables,
        diagnostics=panels,
    )


def compare_studies(used: pd.DataFrame, column: str, value: str) -> Estimate:
    """Return the odds in studies with one value over those of the others, by meta-regression."""
    frame = used.assign(covariate=(used[column] == value).astype(float))
    result = pool_shares(frame, covariate="covariate", estimator="reml").result
    slope, (low, high) = np.exp(result.params[1]), np.exp(result.conf_int()[1])
    unit, words = "times the odds of the other studies", "odds, interviews against others"
    return Estimate(
        f"odds_{value}",
        float(slope),
        float(low),
        float(high),
        unit,
        "confidence",
        LEVEL,
        term=value,
        method="restricted likelihood, Knapp-Hartung",
        words=words,
    )


def leave_one_out(used: pd.DataFrame, settings: Mapping[str, str]) -> pd.DataFrame:
    """Return the pooled share without each study in turn."""
    rows = [
        {"left_out": label} | pool_shares(used.drop(at), **settings).describe()
        for at, label in used["study_label"].items()
    ]
    return pd.DataFrame(rows)


def pool_subgroups(used: pd.DataFrame, by: Sequence[str], settings: Mapping[str, str]) -> pd.DataFrame:
    """Return subgroups side by side; a group of fewer than three studies is counted, not pooled."""
    rows = []
    for column in by:
        for group, part in used.groupby(column, sort=True):
            found = pool_shares(part, **settings).describe() if len(part) >= MINIMUM else {}
            rows.append({"group": group, "studies": len(part), **found, "by": column})
    columns = ["group", "studies", "share_pct", "confidence_low", "confidence_high"]
    return pd.DataFrame(rows).reindex(columns=[*columns, "prediction_low", "prediction_high", "tau2", "by"])
