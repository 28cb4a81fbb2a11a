"""Trends, each one call of statsmodels: counts as log lines, shares as logistic, survey figures as lines."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy import stats

from analysis.models import base
from analysis.models.base import Estimate, Fit, Floats, bracket, take_numbers, take_years
from analysis.models.rates import LEVEL

LEAST_SQUARES = "iteratively reweighted least squares, Pearson scale, Student's t"
LIKELIHOOD = "maximum likelihood, normal quantile"
PER_TERM = 4
"""Points that a model needs for each of its coefficients."""


@dataclass(frozen=True)
class Trend:
    """A fitted trend: a line in the year, a step at a year, or the mean."""

    years: Floats
    family: str
    step: int | None = None
    slope: bool = True
    result: Any = None

    @property
    def centre(self) -> int:
        """The year counted as zero."""
        return int(self.years[self.years.size // 2])

    def design(self, years: Sequence[float] | Floats) -> pd.DataFrame:
        """Return what the formula is made of: the year counted from the centre, and the step."""
        t = np.asarray(years, dtype=float)
        return pd.DataFrame({"t": t - self.centre, "after": (t >= (self.step or np.inf)).astype(float)})

    @property
    def observed(self) -> Floats:
        """The figures the line was fitted to."""
        return np.asarray(self.result.model.endog)

    @property
    def dispersion(self) -> float:
        """Pearson chi-square over the degrees of freedom."""
        return float(self.result.pearson_chi2 / self.result.df_resid)

    @property
    def residuals(self) -> Floats:
        """Pearson residuals, standardised by the dispersion."""
        return np.asarray(self.result.resid_pearson) / np.sqrt(self.dispersion)

    def combine(self, contrast: str | Floats) -> tuple[float, float]:
        """Return a term, or a sum of terms, and its standard error, on the link scale."""
        test = self.result.t_test(contrast)
        return float(test.effect[0]), float(test.sd[0, 0])

    def quantile(self, level: float = LEVEL) -> float:
        """Return the quantile for a two-sided interval: Student's t, or normal for a plain Poisson fit."""
        return float(stats.t.ppf(0.5 + level / 2, self.result.df_resid if self.result.use_t else np.inf))

    def predict(self, years: Sequence[float] | Floats, level: float = LEVEL) -> pd.DataFrame:
        """Return ``year``, ``mean`` and the limits of both intervals; a share's where trials are known."""
        years, model = np.asarray(years, dtype=float), self.result.model
        ahead = self.result.get_prediction(self.design(years), which="linear")
        eta, t, link = ahead.predicted, self.quantile(level), model.family.link
        mean = link.inverse(eta)
        known = pd.Series(model.var_weights, index=self.years).reindex(years).to_numpy()
        trials = known if self.family == "quasi-binomial" else 1.0
        noise = self.result.scale * model.family.variance(mean) / trials * link.deriv(mean) ** 2
        columns: dict[str, Any] = {"year": years.astype(int), "mean": mean}
        for kind, error in (("confidence", ahead.se), ("prediction", np.sqrt(ahead.se**2 + noise))):
            columns[f"{kind}_low"] = link.inverse(eta - t * error)
            columns[f"{kind}_high"] = link.inverse(eta + t * error)
        return pd.DataFrame(columns)

    def estimate(
        self, quantity: str, contrast: str, unit: str, back: base.Convert = float, words: str = ""
    ) -> Estimate:
        """Return a term or a sum of terms as a result in natural units."""
        value, error = self.combine(contrast)
        term = {"t": "year", "Intercept": "constant", "after": f"step_{self.step}"}.get(contrast, contrast)
        more: dict[str, Any] = {"std_error": error if back is float else np.nan, "n": self.years.size}
        more |= {"back": back, "term": term, "words": words}
        return bracket(quantity, value, self.quantile() * error, unit, **more)

    def estimate_change(self, name: str = "", words: str = "") -> Estimate:
        """Return the change per year of a log line, in percent."""
        first, last = int(self.years[0]), int(self.years[-1])
        name, words = name or f"change_{first}_{last}", words or f"change, {first}–{last}"
        return self.estimate(name, "t", "% per year", to_percent, words)

    def make_fit(self, rows: list[Estimate], table: pd.DataFrame, link: str, **more: Any) -> Fit:
        """Return what a model of this one trend returns."""
        shown: dict[str, Any] = {"method": LEAST_SQUARES, "dispersion": self.dispersion, "trends": (self,)}
        shown |= {"df_resid": float(self.result.df_resid)} | more
        return Fit(self.years.size, rows, table, self.family, link, **shown)


def fit_counts(frame: pd.DataFrame, outcome: str, *, exposure: str = "", quasi: bool = True) -> Trend:
    """Return the log-linear trend of yearly counts, years of zero included.

    Without ``quasi`` the variance is that of chance alone, for counts of a few events per year.
    """
    years, counts = take_years(frame), take_numbers(frame, outcome, minimum=0)
    over = take_numbers(frame, exposure, minimum=0) if exposure else np.ones_like(counts)
    if np.any(over == 0):
        raise ValueError(f"{exposure}: found zero, expected an exposure above zero in each row")
    if counts.size and counts.sum() == 0:
        raise ValueError(f"{outcome}: found only zeroes, expected at least one event (use an exact bound)")
    trend = Trend(years, "quasi-poisson" if quasi else "poisson")
    return _fit(trend, counts, sm.families.Poisson(), outcome, exposure=over)


def fit_shares(frame: pd.DataFrame, events: str, trials: str) -> Trend:
    """Return the logistic trend of a yearly share, weighted by trials."""
    years = take_years(frame)
    hits, out_of = take_numbers(frame, events, minimum=0), take_numbers(frame, trials, minimum=1)
    if np.any(hits > out_of):
        at = f"{years[hits > out_of][0]:.0f}"
        raise ValueError(f"{events}: found more than {trials} in {at}, expected at most as many")
    # One column and weights: two columns with the Pearson scale give errors that are far too small.
    trend = Trend(years, "quasi-binomial")
    return _fit(trend, hits / out_of, sm.families.Binomial(), events, var_weights=out_of)


def fit_levels(frame: pd.DataFrame, outcome: str, *, step: int | None = None, slope: bool = True) -> Trend:
    """Return the straight line of a yearly survey figure, its levels before and since a step, or its mean."""
    trend = Trend(take_years(frame, gaps=True), "gaussian", step, slope=slope and step is None)
    return _fit(trend, take_numbers(frame, outcome), sm.families.Gaussian(), outcome)


def _fit(trend: Trend, response: Floats, kind: Any, column: str, **arguments: Any) -> Trend:
    """Return the trend with its fit; refuse what the points cannot carry, and what did not converge."""
    terms = ["after"] if trend.step is not None else ["t"] * trend.slope
    base.require_points(trend.years.size, PER_TERM * (1 + len(terms)), column)
    design = trend.design(trend.years).assign(y=response)
    if trend.step is not None and not 0 < design["after"].sum() < trend.years.size:
        raise ValueError(f"{column}: found no year on one side of {trend.step}, expected some on both")
    quasi = trend.family != "poisson"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            model = smf.glm(f"y ~ {' + '.join(terms) or 1}", design, family=kind, **arguments)
            options: dict[str, Any] = {"tol": 1e-10, "tol_criterion": "params", "maxiter": 200}
            result = model.fit(**options, scale="X2" if quasi else 1.0, use_t=quasi)
        except (Warning, np.linalg.LinAlgError) as problem:
            raise RuntimeError(f"{column}: the fit did not converge ({problem})") from problem
    if not result.converged or not np.all(np.isfinite(result.bse)):
        raise RuntimeError(f"{column}: the fit did not converge in 200 steps")
    if np.allclose(result.resid_response, 0, atol=1e-12 * (1 + np.abs(response).max())):
        raise ValueError(f"{column}: the line passes through every point, expected some scatter")
    return replace(trend, result=result)


def compare_trends(one: Trend, other: Trend, at: int) -> tuple[float, float, float]:
    """Return the second line less the first in a year, its standard error and degrees of freedom.

    The two were fitted apart, each with its own dispersion, so the degrees are Satterthwaite's.
    """
    (low, first), (high, second) = (t.combine(np.array([[1.0, at - t.centre]])) for t in (one, other))
    total = first**2 + second**2
    df = total**2 / (first**4 / one.result.df_resid + second**4 / other.result.df_resid)
    return high - low, float(np.sqrt(total)), float(df)


def measure_aicc(trend: Trend) -> float:
    """Return Akaike's criterion of a normal fit, corrected for few points; the variance counts as a term."""
    n, k = trend.years.size, len(trend.result.params) + 1
    squares = float(np.sum(trend.result.resid_response**2))
    return float(n * (np.log(2 * np.pi * squares / n) + 1) + 2 * k + 2 * k * (k + 1) / (n - k - 1))


def to_percent(value: float) -> float:
    """Return a difference of logarithms as a percentage change."""
    return float(100 * np.expm1(value))
