"""Trends of yearly counts, shares and gaps, with level and slope breaks at dated events.

A mean line is written in years centred on its first break, so that the level term of a break is
the jump in that year against the line before it. Counts are log-linear with an overdispersed
Poisson variance, shares are logistic with trials as weights, gaps are straight lines. Few points
and spare variance call for quantiles of Student's t throughout.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy import optimize, special, stats
from statsmodels.genmod import families
from statsmodels.genmod.generalized_linear_model import GLM

from analysis.inputs import Floats, require_choice, require_level, require_points, take_numbers, take_years

COUNT_FAMILIES = ("quasi-poisson", "poisson", "negative-binomial")
SHARE_FAMILIES = ("quasi-binomial", "binomial", "unweighted", "beta-binomial")
Step = tuple[int, int | None]


@dataclass(frozen=True)
class Mean:
    """The terms of a mean line."""

    centre: int
    breaks: tuple[int, ...] = ()
    steps: tuple[Step, ...] = ()
    slope: bool = True

    @property
    def terms(self) -> tuple[str, ...]:
        """The names of the terms, in the order of the columns of ``matrix``."""
        names = ["constant"] + (["year"] if self.slope else [])
        for year in self.breaks:
            names += [f"level_{year}"] + ([f"slope_{year}"] if self.slope else [])
        return (*names, *(f"step_{name_span(step)}" for step in self.steps))

    def matrix(self, years: Floats) -> Floats:
        """Return the design matrix: one row a year, one column a term."""
        years = np.asarray(years, dtype=float)
        columns = [np.ones_like(years)] + ([years - self.centre] if self.slope else [])
        for year in self.breaks:
            after = (years >= year).astype(float)
            columns += [after] + ([after * (years - year)] if self.slope else [])
        for first, last in self.steps:
            columns.append(((years >= first) & (years <= (last or np.inf))).astype(float))
        return np.column_stack(columns)

    def split(self, first: int, last: int) -> list[tuple[int, int, dict[str, float]]]:
        """Return the stretches with one slope: first year, last year, weights of its slope terms.

        The last stretch ends where the first step begins.
        """
        ends = [b for b in self.breaks if b <= last]
        stop = min([last, *(s - 1 for s, _ in self.steps if s > max([first, *ends]))])
        stretches, weights = [], {"year": 1.0}
        for begin, end in zip([first, *ends], [*(b - 1 for b in ends), stop], strict=True):
            if begin != first:
                weights = weights | {f"slope_{begin}": 1.0}
            stretches.append((begin, end, weights))
        return stretches


def name_span(step: Step) -> str:
    """Return the years of a step as they stand in a name: ``2020_2022`` or ``2023``."""
    return str(step[0]) if step[1] is None else f"{step[0]}_{step[1]}"


@dataclass(frozen=True)
class Autocorrelation:
    """How far neighbouring years go together once the mean line is taken away."""

    lag1: float
    p_value: float
    corrected: float
    widening: float
    df: float


@dataclass(frozen=True)
class Trend:
    """A fitted trend; made by the ``fit_…_trend`` functions."""

    mean: Mean
    family: str
    link: str
    method: str
    years: Floats
    observed: Floats
    trials: Floats
    exposure: Floats
    params: Floats
    covariance: Floats
    fitted: Floats
    pearson: Floats
    leverage: Floats
    dispersion: float
    df_resid: float
    extra: dict[str, float] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """The number of points."""
        return int(self.years.size)

    @property
    def std_errors(self) -> Floats:
        """Standard errors of the coefficients."""
        return np.sqrt(np.diag(self.covariance))

    def combine(self, weights: dict[str, float]) -> tuple[float, float]:
        """Return a weighted sum of coefficients and its standard error."""
        unknown = [t for t in weights if t not in self.mean.terms]
        if unknown:
            raise ValueError(f"term: found {unknown[0]!r}, expected one of {', '.join(self.mean.terms)}")
        vector = np.array([weights.get(term, 0.0) for term in self.mean.terms])
        return float(vector @ self.params), float(np.sqrt(vector @ self.covariance @ vector))

    def quantile(self, level: float = 0.95) -> float:
        """Return the quantile of Student's t that goes with the residual degrees of freedom."""
        require_level(level)
        return float(stats.t.ppf(0.5 + level / 2, self.df_resid))

    def predict(self, years: Floats, level: float = 0.95, trials: Floats | None = None) -> pd.DataFrame:
        """Return the line and its two kinds of interval."""
        years = np.asarray(years, dtype=float)
        X = self.mean.matrix(years)
        eta = X @ self.params
        variance = np.einsum("ij,jk,ik->i", X, self.covariance, X)
        spread = self._spread(years, eta, trials)
        t = self.quantile(level)
        back = INVERSE[self.link]
        return pd.DataFrame(
            {
                "year": years.astype(int),
                "mean": back(eta),
                "confidence_low": back(eta - t * np.sqrt(variance)),
                "confidence_high": back(eta + t * np.sqrt(variance)),
                "prediction_low": back(eta - t * np.sqrt(variance + spread)),
                "prediction_high": back(eta + t * np.sqrt(variance + spread)),
            }
        )

    def _spread(self, years: Floats, eta: Floats, trials: Floats | None) -> Floats:
        """Variance of one new figure around its mean, carried to the link scale."""
        if self.link == "identity":
            return np.full_like(eta, self.dispersion)
        if self.link == "log":
            mean = np.exp(eta)
            extra = self.extra.get("alpha", 0.0)
            return (1.0 if extra else self.dispersion) / mean + extra
        share = special.expit(eta)
        if self.family == "unweighted":
            return self.dispersion / (share * (1 - share))
        if trials is None:
            known = dict(zip(self.years, self.trials, strict=True))
            trials = np.array([known.get(year, np.nan) for year in years])
        variance = share * (1 - share) * np.asarray(trials, dtype=float)
        return self.dispersion / variance

    @property
    def autocorrelation(self) -> Autocorrelation | None:
        """Autocorrelation of neighbouring years, or nothing where years are missing."""
        if np.any(np.diff(self.years) != 1) or self.n < 6:
            return None
        return measure_autocorrelation(self.pearson, self.df_resid)


INVERSE = {"log": np.exp, "logit": special.expit, "identity": lambda value: value}


def measure_autocorrelation(residuals: Floats, df_resid: float) -> Autocorrelation:
    """Return the lag-one autocorrelation of residuals and what it does to an interval."""
    require_points(residuals.size, 6, "residuals")
    n = residuals.size
    lag1 = float(residuals[1:] @ residuals[:-1] / (residuals @ residuals))
    corrected = float(np.clip((lag1 + 2 / n) / (1 - 4 / n), 0.0, 0.9))
    effective = max(n * (1 - corrected) / (1 + corrected), 4.0)
    p_value = float(2 * stats.norm.sf(abs(lag1 + 2 / n) * np.sqrt(n)))
    return Autocorrelation(
        lag1=lag1,
        p_value=p_value,
        corrected=corrected,
        widening=float(np.sqrt((1 + corrected) / (1 - corrected))),
        df=float(min(effective - 2, df_resid)),
    )


def fit_count_trend(
    frame: pd.DataFrame,
    outcome: str,
    *,
    year: str = "year",
    exposure: str | None = None,
    breaks: tuple[int, ...] = (),
    steps: tuple[Step, ...] = (),
    slope: bool = True,
    centre: int | None = None,
    family: str = "quasi-poisson",
    gaps: bool = False,
) -> Trend:
    """Return the log-linear trend of yearly counts."""
    require_choice(family, COUNT_FAMILIES, "family")
    years = take_years(frame, year, gaps=gaps)
    counts = take_numbers(frame, outcome, minimum=0)
    over = np.ones_like(counts) if exposure is None else take_numbers(frame, exposure, minimum=0)
    if np.any(over == 0):
        raise ValueError(f"{exposure}: found zero, expected an exposure above zero in each row")
    if counts.size and counts.sum() == 0:
        raise ValueError(f"{outcome}: found only zeroes, expected at least one event (use an exact bound)")
    mean = _make_mean(years, breaks, steps, slope, centre, outcome)
    _refuse_empty_stretches(mean, years, counts, outcome)
    X, offset = mean.matrix(years), np.log(over)
    extra: dict[str, float] = {}
    if family == "negative-binomial":
        extra["alpha"] = _profile_alpha(counts, X, offset, outcome)
        kind = families.NegativeBinomial(alpha=extra["alpha"])
    else:
        kind = families.Poisson()
    result = _fit_glm(counts, X, kind, outcome, offset=offset, quasi=family == "quasi-poisson")
    extra["deviance"] = float(result.deviance)
    return Trend(
        mean=mean,
        family=family,
        link="log",
        method="profile likelihood"
        if family == "negative-binomial"
        else "iteratively reweighted least squares",
        years=years,
        observed=counts,
        trials=np.full_like(counts, np.nan),
        exposure=over,
        **_take_result(result, X, outcome),
        extra=extra,
    )


def fit_share_trend(
    frame: pd.DataFrame,
    events: str,
    trials: str,
    *,
    year: str = "year",
    breaks: tuple[int, ...] = (),
    steps: tuple[Step, ...] = (),
    slope: bool = True,
    centre: int | None = None,
    family: str = "quasi-binomial",
    gaps: bool = False,
) -> Trend:
    """Return the logistic trend of a yearly share."""
    require_choice(family, SHARE_FAMILIES, "family")
    years = take_years(frame, year, gaps=gaps)
    hits, out_of = take_numbers(frame, events, minimum=0), take_numbers(frame, trials, minimum=0)
    if np.any(out_of == 0):
        raise ValueError(
            f"{trials}: found zero in {years[out_of == 0][0]:.0f}, expected at least one trial a year"
        )
    if np.any(hits > out_of):
        raise ValueError(
            f"{events}: found more than {trials} in {years[hits > out_of][0]:.0f}, expected no more"
        )
    if hits.size and hits.sum() in (0, out_of.sum()):
        raise ValueError(
            f"{events}: found none or all of {trials} in every year, expected a share in between"
        )
    mean = _make_mean(years, breaks, steps, slope, centre, events)
    X, share = mean.matrix(years), hits / out_of
    if family == "beta-binomial":
        return _fit_beta_binomial(mean, years, hits, out_of, events)
    weights = np.ones_like(out_of) if family == "unweighted" else out_of
    quasi = family in ("quasi-binomial", "unweighted")
    with np.errstate(all="ignore"):
        result = _fit_glm(share, X, families.Binomial(), events, var_weights=weights, quasi=quasi)
    return Trend(
        mean=mean,
        family=family,
        link="logit",
        method="iteratively reweighted least squares",
        years=years,
        observed=share,
        trials=out_of,
        exposure=np.ones_like(share),
        **_take_result(result, X, events),
        extra={"deviance": float(result.deviance)},
    )


def fit_gap_trend(
    frame: pd.DataFrame,
    outcome: str,
    *,
    year: str = "year",
    breaks: tuple[int, ...] = (),
    steps: tuple[Step, ...] = (),
    slope: bool = True,
    centre: int | None = None,
    gaps: bool = True,
) -> Trend:
    """Return the straight-line trend of a yearly difference, with a step for each redesign."""
    years = take_years(frame, year, gaps=gaps)
    values = take_numbers(frame, outcome)
    mean = _make_mean(years, breaks, steps, slope, centre, outcome)
    X = mean.matrix(years)
    left = values - X @ np.linalg.lstsq(X, values, rcond=None)[0]
    if np.allclose(left, 0, atol=1e-12 * (1 + np.abs(values).max())):
        raise ValueError(f"{outcome}: the line passes through every point, expected some scatter")
    result = _fit_glm(values, X, families.Gaussian(), outcome, quasi=True)
    return Trend(
        mean=mean,
        family="gaussian",
        link="identity",
        method="ordinary least squares",
        years=years,
        observed=values,
        trials=np.full_like(values, np.nan),
        exposure=np.ones_like(values),
        **_take_result(result, X, outcome),
        extra={"deviance": float(result.deviance)},
    )


def _make_mean(
    years: Floats,
    breaks: tuple[int, ...],
    steps: tuple[Step, ...],
    slope: bool,
    centre: int | None,
    column: str,
) -> Mean:
    """Return the mean line after checking that the points can carry it."""
    require_points(years.size, 3, column)
    dates = sorted(breaks)
    if centre is None:
        centre = dates[0] if dates else int(years[years.size // 2])
    mean = Mean(centre, tuple(dates), tuple(steps), slope)
    require_points(years.size, len(mean.terms) + 2, column)
    X = mean.matrix(years)
    if np.linalg.matrix_rank(X) < X.shape[1]:
        raise ValueError(
            f"{column}: the years {years[0]:.0f}-{years[-1]:.0f} cannot tell {', '.join(mean.terms)} apart, "
            "expected at least two years on each side of a break and one in each step"
        )
    return mean


def _refuse_empty_stretches(mean: Mean, years: Floats, counts: Floats, column: str) -> None:
    ends = [*(b - 1 for b in mean.breaks[1:]), None]
    for first, last in [*zip(mean.breaks, ends, strict=False), *mean.steps]:
        inside = (years >= first) & (years <= (last or np.inf))
        if counts[inside].sum() == 0:
            raise ValueError(f"{column}: found only zeroes from {first}, expected an event in each stretch")


def _fit_glm(response: Floats, X: Floats, family: Any, column: str, *, quasi: bool, **arguments: Any) -> Any:
    """Fit one generalised linear model; raise if it did not converge."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            model = GLM(response, X, family=family, **arguments)
            result = model.fit(
                tol=1e-10, tol_criterion="params", maxiter=200, scale="X2" if quasi else 1.0, use_t=True
            )
        except (Warning, np.linalg.LinAlgError) as problem:
            raise RuntimeError(f"{column}: the fit did not converge ({problem})") from problem
    if not result.converged or not np.all(np.isfinite(result.bse)):
        raise RuntimeError(f"{column}: the fit did not converge in 200 steps")
    return result


def _take_result(result: Any, X: Floats, column: str) -> dict[str, Any]:
    dispersion = float(result.pearson_chi2 / result.df_resid)
    if dispersion == 0:
        raise ValueError(f"{column}: the line passes through every point, expected some scatter")
    pearson = np.asarray(result.resid_pearson) / np.sqrt(dispersion)
    weights = np.asarray(result.model.family.weights(result.mu)) * np.asarray(result.model.iweights)
    half = X * np.sqrt(weights)[:, None]
    leverage = np.einsum("ij,jk,ik->i", half, np.linalg.inv(half.T @ half), half)
    return {
        "params": np.asarray(result.params),
        "covariance": np.asarray(result.cov_params()),
        "fitted": np.asarray(result.mu),
        "pearson": pearson,
        "leverage": leverage,
        "dispersion": dispersion,
        "df_resid": float(result.df_resid),
    }


def _profile_alpha(counts: Floats, X: Floats, offset: Floats, column: str) -> float:
    """Return the alpha of the negative binomial at which its profile likelihood is highest."""

    def score(log_theta: float) -> float:
        theta = float(np.exp(log_theta))
        family = families.NegativeBinomial(alpha=1 / theta)
        mu = np.asarray(_fit_glm(counts, X, family, column, offset=offset, quasi=False).mu)
        return float(
            np.sum(
                special.digamma(counts + theta)
                - special.digamma(theta)
                + np.log(theta / (theta + mu))
                + (mu - counts) / (theta + mu)
            )
        )

    low, high = -6.0, 10.0
    if score(high) >= 0:
        raise ValueError(f"{column}: no more scatter than chance, expected spare variance for this family")
    root = optimize.brentq(score, low, high, xtol=1e-13, rtol=1e-14)
    return float(np.exp(-root))


def _fit_beta_binomial(mean: Mean, years: Floats, hits: Floats, out_of: Floats, column: str) -> Trend:
    """Fit a beta-binomial by maximum likelihood: shares of years scatter with one precision."""
    X = mean.matrix(years)

    def lose(values: Floats) -> float:
        p = special.expit(X @ values[:-1])
        a, b = p * np.exp(values[-1]), (1 - p) * np.exp(values[-1])
        return float(-np.sum(special.betaln(hits + a, out_of - hits + b) - special.betaln(a, b)))

    def slope(values: Floats) -> Floats:
        p, precision = special.expit(X @ values[:-1]), np.exp(values[-1])
        a, b = p * precision, (1 - p) * precision
        total = special.digamma(precision) - special.digamma(out_of + precision)
        da = special.digamma(hits + a) - special.digamma(a) + total
        db = special.digamma(out_of - hits + b) - special.digamma(b) + total
        by_mean = X.T @ ((da - db) * precision * p * (1 - p))
        return -np.append(by_mean, np.sum(da * a + db * b))

    start = np.append(
        _fit_glm(hits / out_of, X, families.Binomial(), column, var_weights=out_of, quasi=True).params, 3.0
    )
    found = optimize.minimize(lose, start, jac=slope, method="BFGS", options={"gtol": 1e-8, "maxiter": 1000})
    polished = optimize.root(slope, found.x, tol=1e-12)
    if np.max(np.abs(slope(polished.x))) > 1e-6:
        raise RuntimeError(f"{column}: the beta-binomial fit did not converge")
    values = polished.x
    step = 1e-5
    hessian = np.array(
        [(slope(values + step * e) - slope(values - step * e)) / (2 * step) for e in np.eye(values.size)]
    )
    covariance = np.linalg.inv((hessian + hessian.T) / 2)
    p, precision = special.expit(X @ values[:-1]), float(np.exp(values[-1]))
    inflation = (out_of + precision) / (1 + precision)
    pearson = (hits - out_of * p) / np.sqrt(out_of * p * (1 - p) * inflation)
    df_resid = float(years.size - X.shape[1])
    half = X * np.sqrt(out_of * p * (1 - p) / inflation)[:, None]
    return Trend(
        mean=mean,
        family="beta-binomial",
        link="logit",
        method="maximum likelihood",
        years=years,
        observed=hits / out_of,
        trials=out_of,
        exposure=np.ones_like(p),
        params=values[:-1],
        covariance=covariance[:-1, :-1],
        fitted=p,
        pearson=pearson,
        leverage=np.einsum("ij,jk,ik->i", half, np.linalg.inv(half.T @ half), half),
        dispersion=float(pearson @ pearson / df_resid),
        df_resid=df_resid,
        extra={"precision": precision},
    )


def compare_nested(small: Trend, large: Trend) -> tuple[float, float, float, float]:
    """Return the F test of a smaller model inside a larger one of the same family."""
    between = small.df_resid - large.df_resid
    if between <= 0 or not np.array_equal(small.years, large.years):
        raise ValueError("models: expected two fits of the same years, the second with more terms")
    statistic = (small.extra["deviance"] - large.extra["deviance"]) / between / large.dispersion
    return statistic, between, large.df_resid, float(stats.f.sf(statistic, between, large.df_resid))
