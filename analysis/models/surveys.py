"""Figures of surveys: one survey in time, and prevalence studies side by side.

Studies differ in kind: the range comes first, then the prediction interval, in which a new study of
this kind would lie. The mean is that of *studies*, not of people.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import special, stats
from statsmodels.stats.meta_analysis import combine_effects

from analysis.models import base, rates
from analysis.models.base import Fit, Floats, Source, bracket, state, take_numbers
from analysis.models.rates import LEVEL
from analysis.models.trends import fit_levels, measure_aicc
from data.corrections import parse_filter

STEP_TERMS = {"step": "after", "level_before": "Intercept", "level_since": "Intercept + after"}


def survey_trend(source: Source, *, kind: str = "level", printed_gap: str = "", step: int = 0) -> Fit:
    """Fit a figure of one survey: a line within one design, or a level before and after a redesign.

    ``kind`` is ``difference`` (the population's figure minus South Korea's, in points; a printed gap
    stands in where one of the two was not printed) or ``level``. A step must be at a documented redesign
    and its AICc below that of the mean alone; a line may not cross a redesign. Results: ``change`` (per
    year) or ``step_Y``, ``level_before_Y``, ``level_since_Y``; ``latest`` (as published).
    """
    used, survey = (
        source.within(pair_by_year(source, kind, printed_gap)),
        parse_filter(source.where)["survey"],
    )
    redesigns = find_redesigns(source.read("survey_rounds"), survey)
    if step and step not in redesigns:
        raise ValueError(f"step: found {step}, expected a documented redesign of {survey}: {redesigns}")
    first, last, point = int(used["year"].min()), int(used["year"].max()), "percentage points"
    crossed = [at for at in redesigns if first < at <= last]
    if crossed and not step:
        raise ValueError(f"years: found {first}-{last}, expected none across the redesign of {crossed[0]}")
    trend = fit_levels(used, "value", step=step or None)
    if step and measure_aicc(trend) >= measure_aicc(fit_levels(used, "value", slope=False)):
        raise ValueError(f"step: found no better fit at {step}, expected an AICc below the mean's")
    rows = []
    for name, term in STEP_TERMS.items() if step else ():
        words = f"{name.replace('_', ' ')} {step}"
        rows.append(trend.estimate(f"{name}_{step}", term, point, words=words))
    if not step:
        rows = [trend.estimate("change", "t", f"{point} per year", words=f"change, {first}–{last}")]
    unit = point if kind == "difference" else "%"
    rows.append(state("latest", used["value"].iloc[-1], unit, n=1, method="as published"))
    return trend.make_fit(rows, used, "identity", method="ordinary least squares, Student's t")


def find_redesigns(rounds: pd.DataFrame, survey: str) -> list[int]:
    """Return the first year of each design of a survey but its first, from the table of its rounds."""
    firsts = rounds[rounds["survey"] == survey].groupby("era")["year"].min()
    return sorted(map(int, firsts))[1:]


def pair_by_year(source: Source, kind: str, printed_gap: str) -> pd.DataFrame:
    """Return the yearly figure of a survey beside South Korea's, with their gap as ``value``."""
    rows, outcome = source.rows(), source.outcome
    take_numbers(rows, outcome)
    repeated = rows.duplicated(["year", "population"])
    if repeated.any():
        raise ValueError(f"{outcome}: found two figures for {rows.loc[repeated, 'year'].iloc[0]}")
    wide = rows.pivot_table(index="year", columns="population", values=outcome).astype(float)
    wide = wide.reindex(columns=["north_korean_origin", "general_population"])
    ours, theirs = wide["north_korean_origin"], wide["general_population"]
    value = ours - theirs if kind == "difference" else ours
    if printed_gap:
        value = value.combine_first(source.rows(printed_gap).set_index("year")[outcome].astype(float))
    table = pd.DataFrame({"north_korean_origin": ours, "general_population": theirs, "value": value})
    return table.dropna(subset="value").rename_axis("year").reset_index()


MINIMUM = 5
TOLERANCES = (1e-8, 1e-7, 1e-5)
"""Tried in turn: with too small a tolerance statsmodels may return a variance of zero without a word."""


def to_share(logit: float) -> float:
    """Return a logit as a share in percent."""
    return float(100 * special.expit(logit))


@dataclass(frozen=True)
class Pool:
    """Studies pooled on the logit scale: Paule and Mandel's variance, Knapp and Hartung's error."""

    logits: Floats
    variances: Floats
    tau2: float
    mean: float
    error: float
    q: float

    def half(self, kind: str = "confidence") -> float:
        """Return half the interval of the mean logit, or with ``prediction`` of a new study's."""
        error = np.hypot(np.sqrt(self.tau2), self.error) if kind == "prediction" else self.error
        return float(stats.t.ppf(0.5 + LEVEL / 2, self.logits.size - 1) * error)

    def describe(self) -> dict[str, float]:
        """Return the pooled share and its limits in percent, and the variance between studies."""
        found = {"share_pct": to_share(self.mean)}
        for kind in ("confidence", "prediction"):
            found[f"{kind}_low"] = to_share(self.mean - self.half(kind))
            found[f"{kind}_high"] = to_share(self.mean + self.half(kind))
        return found | {"tau2": self.tau2}


def pool_shares(frame: pd.DataFrame, cases: str = "cases_used", n: str = "n") -> Pool:
    """Return the random-effects mean of studies."""
    x, out_of = take_numbers(frame, cases, minimum=0), take_numbers(frame, n, minimum=0)
    if np.any((x <= 0) | (x >= out_of)):
        raise ValueError(f"{cases}: found a study with no case or only cases, expected some of each")
    base.require_points(x.size, MINIMUM, cases)
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


def count_cases(rows: pd.DataFrame, share: str) -> pd.DataFrame:
    """Return rows with ``n`` and ``cases_used`` as numbers, cases rebuilt from the share if not printed."""
    n = take_numbers(rows, "n", minimum=1)
    value = rows[share].astype("Float64") * n / 100
    printed = rows["cases"].astype("Float64") if "cases" in rows else value * pd.NA
    if (printed.isna() & value.isna()).any():
        raise ValueError(f"{share}: found a row with neither cases nor a share, expected one of them")
    return rows.assign(cases_used=printed.fillna(value).astype(float), n=n)


def take_studies(source: Source, add: str = "", keep: tuple[str, str] | None = None) -> pd.DataFrame:
    """Return the studies to pool: those of the filter with an n, less what is left out."""
    rows = pd.concat([source.rows(where) for where in (None, *([add] if add else []))], ignore_index=True)
    rows = rows[rows["n"].notna()]
    rows = rows[rows[keep[0]] == keep[1]] if keep else rows
    repeated = rows["cohort_id"].duplicated()
    if repeated.any():
        found = rows.loc[repeated, "cohort_id"].iloc[0]
        raise ValueError(f"cohort_id: found {found} twice, expected one row per cohort")
    return count_cases(rows.reset_index(drop=True), source.outcome)


def pool(source: Source, *, apart: str = "", add: str = "", keep: tuple[str, str] | None = None) -> Fit:
    """Show prevalence studies side by side and pool them, one row per cohort.

    ``apart`` filters rows that are shown and not pooled, ``add`` rows pooled as well; ``keep`` is a column
    and its value. Results: ``lowest``, ``highest`` (% in single studies), ``new_study`` and ``mean`` (% in
    the average study, with either interval), ``logit_mean``, ``tau2``, ``i2``. Tables: ``studies``,
    ``leave_one_out``.
    """
    used = take_studies(source, add, keep)
    pooled, k, single = pool_shares(used), len(used), 100 * used["cases_used"] / used["n"]
    mean, half, wide, term = pooled.mean, pooled.half(), pooled.half("prediction"), "mean of studies"
    more: dict[str, Any] = {"back": to_share, "term": term}
    between, beyond = "variance between studies", "variation beyond chance"
    i2 = 100 * max(0.0, (pooled.q - (k - 1)) / pooled.q)
    rows = [
        state("lowest", single.min(), "%", n=1, term="single studies", words="lowest study"),
        state("highest", single.max(), "%", n=1, term="single studies", words="highest study"),
        bracket("new_study", mean, wide, "%", interval_kind="prediction", words="a new study", **more),
        bracket("mean", mean, half, "%", words=term, **more),
        bracket("logit_mean", mean, half, "log odds", std_error=pooled.error, term=term),
        state("tau2", pooled.tau2, "log odds squared", method="", term="between studies", words=between),
        state("i2", i2, "% of variation, from Q", method="", term="between studies", words=beyond),
    ]
    weights = 1 / (pooled.variances + pooled.tau2)
    residual = (pooled.logits - mean) * np.sqrt(weights)
    studies = used.assign(weight_pct=100 * weights / weights.sum(), residual=residual, is_pooled=True)
    if apart:
        others = count_cases(source.rows(apart), source.outcome)
        studies = pd.concat([studies, others.assign(is_pooled=False)], ignore_index=True)
    limits = [rates.estimate_share(x, n) for x, n in zip(studies["cases_used"], studies["n"], strict=True)]
    studies[["share_pct", "ci_low", "ci_high"]] = 100 * np.array([found[:3] for found in limits])
    tables = {"studies": studies}
    if k > MINIMUM:
        left = [
            {"left_out": used["study_label"][at]} | pool_shares(used.drop(at)).describe() for at in used.index
        ]
        tables["leave_one_out"] = pd.DataFrame(left)
    method = "Paule-Mandel, Knapp-Hartung"
    return Fit(k, rows, used, "normal", "logit", method, pooled.q / (k - 1), float(k - 1), tables=tables)
