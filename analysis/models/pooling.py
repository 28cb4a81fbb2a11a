"""Prevalence studies side by side: their range, and random effects on the logit scale.

Studies differ in kind, so the range comes first, then the prediction interval, in which the share of
a new study of this kind would lie. The mean is that of *studies*, not of people.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special, stats
from statsmodels.stats.meta_analysis import combine_effects

from analysis.models import rates
from analysis.models.inputs import Floats, Source, require_points, take_numbers
from analysis.models.results import LEVEL, Estimate, Fit, state
from analysis.models.samples import count_cases

MINIMUM = 5
TOLERANCES = (1e-8, 1e-7, 1e-5)
"""Tried in turn: with too small a tolerance statsmodels may return a variance of zero without a word."""


@dataclass(frozen=True)
class Pool:
    """Studies pooled on the logit scale: Paule and Mandel's variance, Knapp and Hartung's error."""

    logits: Floats
    variances: Floats
    tau2: float
    mean: float
    error: float
    q: float

    def limits(self, kind: str = "confidence", level: float = LEVEL) -> tuple[float, float]:
        """Return where the mean logit lies, or with ``prediction`` that of a new study."""
        error = np.sqrt(self.tau2 + self.error**2) if kind == "prediction" else self.error
        half = float(stats.t.ppf(0.5 + level / 2, self.logits.size - 1) * error)
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


def pool_shares(frame: pd.DataFrame, cases: str = "cases_used", n: str = "n") -> Pool:
    """Return the random-effects mean of studies."""
    x, out_of = take_numbers(frame, cases, minimum=0), take_numbers(frame, n, minimum=0)
    if np.any(out_of == 0):
        raise ValueError(f"{n}: found zero, expected at least one person asked in each study")
    if np.any((x <= 0) | (x >= out_of)):
        raise ValueError(f"{cases}: found a study with no case or only cases, expected some of each")
    require_points(x.size, MINIMUM, cases)
    y, v = np.log(x / (out_of - x)), 1 / x + 1 / (out_of - x)
    for atol in TOLERANCES:
        found = combine_effects(y, v, method_re="iterated", use_t=True, atol=atol, maxiter=200)
        is_spread = found.q > x.size - 1  # more scatter than the samples alone explain
        if found.tau2 > 0 or not is_spread:
            break
    else:
        raise RuntimeError(f"{cases}: the variance between studies did not converge")
    tau2 = float(found.tau2) if is_spread else 0.0
    w = 1 / (v + tau2)
    mean = float(w @ y / w.sum())
    error = float(np.sqrt(w @ (y - mean) ** 2 / (x.size - 1) / w.sum()))
    return Pool(y, v, tau2, mean, error, float(found.q))


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
    return count_cases(rows.reset_index(drop=True), source.outcome)


def pool(source: Source, *, apart: str = "", add: str = "", keep: tuple[str, str] | None = None) -> Fit:
    """Show prevalence studies side by side and pool them, one row per cohort.

    ``apart`` filters rows that are shown and not pooled, ``add`` rows pooled as well; ``keep`` is a
    column and its value. Results: ``lowest``, ``highest`` (% in single studies), ``new_study`` (% in
    the average study, with the prediction interval), ``mean`` (the same with the confidence interval),
    ``logit_mean``, ``tau2``, ``i2``. Tables: ``studies``, ``leave_one_out``.
    """
    used = take_studies(source, add, keep)
    pooled = pool_shares(used)
    k, found, term = len(used), pooled.describe(), "mean of studies"
    share, low, high, new_low, new_high, tau2 = found.values()
    confidence, between = ("confidence", LEVEL), "between studies"
    shares = 100 * used["cases_used"] / used["n"]
    rows = [
        state(
            "lowest",
            shares.min(),
            "%",
            method="as published",
            n=1,
            term="single studies",
            words="lowest study",
        ),
        state(
            "highest",
            shares.max(),
            "%",
            method="as published",
            n=1,
            term="single studies",
            words="highest study",
        ),
        Estimate(
            "new_study", share, new_low, new_high, "%", "prediction", LEVEL, term=term, words="a new study"
        ),
        Estimate("mean", share, low, high, "%", *confidence, term=term, words=term),
        Estimate("logit_mean", pooled.mean, *pooled.limits(), "log odds", *confidence, pooled.error, term),
        Estimate("tau2", tau2, unit="log odds squared", term=between, words="variance between studies"),
        Estimate(
            "i2",
            100 * max(0.0, (pooled.q - (k - 1)) / pooled.q),
            unit="% of variation, from Q",
            term=between,
            words="variation beyond chance",
        ),
    ]
    weights = 1 / (pooled.variances + tau2)
    residual = (pooled.logits - pooled.mean) * np.sqrt(weights)
    studies = used.assign(weight_pct=100 * weights / weights.sum(), residual=residual, is_pooled=True)
    if apart:
        others = count_cases(source.rows(apart), source.outcome)
        studies = pd.concat([studies, others.assign(is_pooled=False)], ignore_index=True)
    limits = [rates.estimate_share(x, n) for x, n in zip(studies["cases_used"], studies["n"], strict=True)]
    studies[["share_pct", "ci_low", "ci_high"]] = 100 * np.array([found[:3] for found in limits])
    tables = {"studies": studies}
    if k > MINIMUM:
        tables["leave_one_out"] = leave_one_out(used)
    method = "Paule-Mandel, Knapp-Hartung"
    return Fit(k, rows, used, "normal", "logit", method, pooled.q / (k - 1), float(k - 1), tables=tables)


def leave_one_out(used: pd.DataFrame) -> pd.DataFrame:
    """Return the pooled share without each study in turn."""
    rows = [
        {"left_out": label} | pool_shares(used.drop(at)).describe()
        for at, label in used["study_label"].items()
    ]
    return pd.DataFrame(rows)
