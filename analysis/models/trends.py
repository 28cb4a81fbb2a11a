"""Trends of yearly counts, shares and survey figures, with breaks and steps at dated events.

Counts are log-linear with an overdispersed Poisson variance, shares are logistic with trials as
weights, survey figures are straight lines. The year is centred on the break, so that the level term
is the jump in that year against the line before it. Intervals use Student's t.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy import optimize, special, stats
from statsmodels.discrete.discrete_model import NegativeBinomial
from statsmodels.genmod import families
from statsmodels.genmod.generalized_linear_model import GLM, GLMResults, GLMResultsWrapper

from analysis.models.inputs import (
    Floats,
    Source,
    Years,
    require_choice,
    require_level,
    require_points,
    take_numbers,
    take_years,
)
from analysis.models.results import LEVEL, Convert, Estimate, Fit

LEAST_SQUARES = "iteratively reweighted least squares, Pearson scale, Student's t"


@dataclass(frozen=True)
class Line:
    """The terms of a mean: a line, one break of its level and slope, and steps over spans of years."""

    centre: int
    break_year: int | None = None
    steps: tuple[Years, ...] = ()
    slope: bool = True

    def design(self, years: Sequence[float] | Floats) -> pd.DataFrame:
        """Return the design matrix, one row per year and one column per term."""
        t = np.asarray(years, dtype=float)
        columns = {"constant": np.ones_like(t)} | ({"year": t - self.centre} if self.slope else {})
        if self.break_year:
            after = (t >= self.break_year).astype(float)
            columns[f"level_{self.break_year}"] = after
            columns[f"slope_{self.break_year}"] = after * (t - self.break_year)
        for first, last in self.steps:
            columns[name_step(first, last)] = ((t >= first) & (t <= (last or np.inf))).astype(float)
        return pd.DataFrame(columns)

    def stretches(self, first: int, last: int) -> list[tuple[int, int, str]]:
        """Return each stretch with a slope of its own before the steps: first year, last year, slope."""
        is_broken = self.break_year is not None and self.break_year <= last
        begin = self.break_year if is_broken and self.break_year else first
        end = min([last, *(start - 1 for start, _ in self.steps if start > begin)])
        if not is_broken:
            return [(first, end, "year")]
        return [(first, begin - 1, "year"), (begin, end, f"year + slope_{begin}")]


def name_step(first: int, last: int | None) -> str:
    """Return the name of a step: ``step_2020_2022`` or, without an end, ``step_2023``."""
    return f"step_{first}" if last is None else f"step_{first}_{last}"


@dataclass(frozen=True)
class Autocorrelation:
    """How far the residuals of neighbouring years go together."""

    lag1: float
    p_value: float
    corrected: float
    widening: float
    df: float


@dataclass(frozen=True)
class Trend:
    """A fitted trend."""

    line: Line
    years: Floats
    result: GLMResults
    family: str

    @property
    def observed(self) -> Floats:
        """The figures the line was fitted to."""
        return np.asarray(self.result.model.endog)

    @cached_property
    def dispersion(self) -> float:
        """Pearson chi-square over the degrees of freedom."""
        return float(self.result.pearson_chi2 / self.result.df_resid)

    @property
    def residuals(self) -> Floats:
        """Pearson residuals, standardised by the dispersion."""
        return np.asarray(self.result.resid_pearson) / np.sqrt(self.dispersion)

    @property
    def leverage(self) -> Floats:
        """Diagonal of the hat matrix."""
        return np.asarray(self.result.get_hat_matrix_diag(observed=False))

    def combine(self, contrast: str) -> tuple[float, float]:
        """Return a sum of terms, such as ``year + slope_2012``, and its standard error."""
        test = self.result.t_test(contrast)
        return float(test.effect[0]), float(test.sd[0, 0])

    def quantile(self, level: float = LEVEL) -> float:
        """Return the quantile of Student's t for a two-sided interval."""
        require_level(level)
        return float(stats.t.ppf(0.5 + level / 2, self.result.df_resid))

    def variance(self, mean: Floats, trials: Floats | float = 1.0) -> Floats:
        """Return the variance of one new figure around its mean."""
        scale = 1.0 if self.family == "negative-binomial" else self.dispersion
        return scale * self.result.model.family.variance(mean) / trials

    def predict(
        self, years: Sequence[float] | Floats, level: float = LEVEL, trials: Floats | None = None
    ) -> pd.DataFrame:
        """Return ``year``, ``mean`` and the limits of its confidence and prediction intervals.

        The prediction of a share needs the trials of a year; those of the data are known.
        """
        years = np.asarray(years, dtype=float)
        link = self.result.model.family.link
        ahead = self.result.get_prediction(self.line.design(years), which="linear")
        eta, t = ahead.predicted, self.quantile(level)
        if trials is None:
            trials = pd.Series(self.result.model.var_weights, index=self.years).reindex(years).to_numpy()
            if self.family in (*COUNTS, "gaussian", "unweighted"):
                trials = np.ones_like(years)
        mean = link.inverse(eta)
        spread = np.sqrt(ahead.se**2 + self.variance(mean, trials) * link.deriv(mean) ** 2)
        limits = {"confidence": t * ahead.se, "prediction": t * spread}
        columns = {"year": years.astype(int), "mean": mean}
        for kind, half in limits.items():
            columns |= {f"{kind}_low": link.inverse(eta - half), f"{kind}_high": link.inverse(eta + half)}
        return pd.DataFrame(columns)

    @property
    def autocorrelation(self) -> Autocorrelation | None:
        """Autocorrelation of neighbouring years, or nothing where years are missing."""
        if np.any(np.diff(self.years) != 1) or self.years.size < 6:
            return None
        return measure_autocorrelation(self.residuals, float(self.result.df_resid))

    def estimate(
        self, quantity: str, contrast: str, unit: str, back: Convert = float, words: str = ""
    ) -> Estimate:
        """Return a sum of terms as a result in natural units."""
        return self.convert(quantity, *self.combine(contrast), unit, back, contrast, words)

    def convert(
        self, quantity: str, value: float, error: float, unit: str, back: Convert, term: str, words: str = ""
    ) -> Estimate:
        """Return a value on the scale of the model, with its standard error, in natural units."""
        half = self.quantile() * error
        is_linear = back(1.0) - back(0.0) == back(2.0) - back(1.0)
        return Estimate(
            quantity,
            float(back(value)),
            float(back(value - half)),
            float(back(value + half)),
            unit,
            "confidence",
            LEVEL,
            error * (back(1.0) - back(0.0)) if is_linear else np.nan,
            term,
            words=words,
            linear=(value, error, back),
        )

    def coefficients(self) -> list[Estimate]:
        """Return the coefficients on the link scale."""
        unit = {"Log": "log points", "Logit": "log odds", "Identity": "outcome units"}
        name = unit[type(self.result.model.family.link).__name__]
        found = zip(map(str, self.line.design(self.years)), self.result.params, self.result.bse, strict=True)
        return [self.convert(f"coefficient_{t}", value, error, name, float, t) for t, value, error in found]


def measure_autocorrelation(residuals: Floats, df_resid: float) -> Autocorrelation:
    """Return the lag-one autocorrelation of residuals and how much it widens an interval."""
    n = residuals.size
    lag1 = float(residuals[1:] @ residuals[:-1] / (residuals @ residuals))
    corrected = float(np.clip((lag1 + 2 / n) / (1 - 4 / n), 0.0, 0.9))
    effective = max(n * (1 - corrected) / (1 + corrected), 4.0)
    p_value = float(2 * stats.norm.sf(abs(lag1 + 2 / n) * np.sqrt(n)))
    widening = float(np.sqrt((1 + corrected) / (1 - corrected)))
    return Autocorrelation(lag1, p_value, corrected, widening, float(min(effective - 2, df_resid)))


COUNTS = ("quasi-poisson", "poisson", "negative-binomial")
SHARES = ("quasi-binomial", "unweighted", "beta-binomial")


def fit_count_trend(
    frame: pd.DataFrame,
    outcome: str,
    *,
    exposure: str = "",
    family: str = "quasi-poisson",
    gaps: bool = False,
    **terms: Any,
) -> Trend:
    """Return the log-linear trend of yearly counts; ``terms`` as in ``make_line``."""
    require_choice(family, COUNTS, "family")
    years = take_years(frame, gaps=gaps)
    counts = take_numbers(frame, outcome, minimum=0)
    over = take_numbers(frame, exposure, minimum=0) if exposure else np.ones_like(counts)
    if np.any(over == 0):
        raise ValueError(f"{exposure}: found zero, expected an exposure above zero in each row")
    if counts.size and counts.sum() == 0:
        raise ValueError(f"{outcome}: found only zeroes, expected at least one event (use an exact bound)")
    line = make_line(years, outcome, **terms)
    spans = [(line.break_year, None)] if line.break_year else []
    for first, last in [*spans, *line.steps]:
        if counts[(years >= first) & (years <= (last or np.inf))].sum() == 0:
            raise ValueError(f"{outcome}: found only zeroes from {first}, expected an event in each stretch")
    X, offset = line.design(years), np.log(over)
    kind: families.Family = families.Poisson()
    if family == "negative-binomial":
        kind = families.NegativeBinomial(alpha=_estimate_alpha(counts, X, offset, outcome))
    result = _fit_glm(counts, X, kind, outcome, offset=offset, quasi=family == "quasi-poisson")
    return Trend(line, years, result, family)


def fit_share_trend(
    frame: pd.DataFrame,
    events: str,
    trials: str,
    *,
    family: str = "quasi-binomial",
    gaps: bool = False,
    **terms: Any,
) -> Trend:
    """Return the logistic trend of a yearly share; ``terms`` as in ``make_line``."""
    require_choice(family, SHARES, "family")
    years = take_years(frame, gaps=gaps)
    hits, out_of = take_numbers(frame, events, minimum=0), take_numbers(frame, trials, minimum=0)
    for column, wrong, found in (
        (trials, out_of == 0, "zero"),
        (events, hits > out_of, f"more than {trials}"),
    ):
        if np.any(wrong):
            at = f"{years[wrong][0]:.0f}"
            raise ValueError(f"{column}: found {found} in {at}, expected events out of at least one trial")
    if hits.size and hits.sum() in (0, out_of.sum()):
        raise ValueError(f"{events}: found none or all of {trials}, expected a share in between")
    line = make_line(years, events, **terms)
    X = line.design(years)
    if family == "beta-binomial":
        return Trend(line, years, _fit_beta_binomial(X, hits, out_of, events), family)
    weights = np.ones_like(out_of) if family == "unweighted" else out_of
    with np.errstate(all="ignore"):
        result = _fit_glm(hits / out_of, X, families.Binomial(), events, var_weights=weights)
    return Trend(line, years, result, family)


def fit_gap_trend(frame: pd.DataFrame, outcome: str, *, gaps: bool = True, **terms: Any) -> Trend:
    """Return the straight line of a yearly survey figure; ``terms`` as in ``make_line``."""
    years, values = take_years(frame, gaps=gaps), take_numbers(frame, outcome)
    line = make_line(years, outcome, **terms)
    X = line.design(years)
    left = values - X @ np.linalg.lstsq(X, values, rcond=None)[0]
    if np.allclose(left, 0, atol=1e-12 * (1 + np.abs(values).max())):
        raise ValueError(f"{outcome}: the line passes through every point, expected some scatter")
    return Trend(line, years, _fit_glm(values, X, families.Gaussian(), outcome), "gaussian")


def make_line(
    years: Floats,
    column: str,
    *,
    break_year: int | None = None,
    steps: tuple[Years, ...] = (),
    slope: bool = True,
    centre: int | None = None,
) -> Line:
    """Return the mean line after checking that the points can carry it."""
    require_points(years.size, 3, column)
    line = Line(centre or break_year or int(years[years.size // 2]), break_year, tuple(steps), slope)
    X = line.design(years)
    require_points(years.size, X.shape[1] + 2, column)
    if np.linalg.matrix_rank(X) < X.shape[1]:
        raise ValueError(
            f"{column}: the years {years[0]:.0f}-{years[-1]:.0f} cannot tell {', '.join(X.columns)} apart, "
            "expected at least two years on each side of a break and one in each step"
        )
    return line


def _fit_glm(
    response: Floats, X: pd.DataFrame, family: Any, column: str, *, quasi: bool = True, **arguments: Any
) -> GLMResults:
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
    if result.pearson_chi2 == 0:
        raise ValueError(f"{column}: the line passes through every point, expected some scatter")
    return result


def _estimate_alpha(counts: Floats, X: pd.DataFrame, offset: Floats, column: str) -> float:
    """Return the alpha of the negative binomial by maximum likelihood."""
    poisson = _fit_glm(counts, X, families.Poisson(), column, offset=offset)
    if np.sum((counts - poisson.mu) ** 2 - counts) <= 0:
        raise ValueError(f"{column}: no more scatter than chance, expected spare variance for this family")
    model = NegativeBinomial(counts, X, offset=offset)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        near = model.fit(method="bfgs", maxiter=500, disp=False)
        result = model.fit(start_params=near.params, method="newton", disp=False)
    if not (result.mle_retvals["converged"] and result.params["alpha"] > 0):
        raise RuntimeError(f"{column}: the negative binomial fit did not converge")
    return float(result.params["alpha"])


def _fit_beta_binomial(X: pd.DataFrame, hits: Floats, out_of: Floats, column: str) -> GLMResults:
    """Return the maximum-likelihood beta-binomial as a logistic fit with its own weights."""
    x = np.ascontiguousarray(X)

    def lose(values: Floats) -> float:
        p = special.expit(x @ values[:-1])
        a, b = p * np.exp(values[-1]), (1 - p) * np.exp(values[-1])
        return float(-np.sum(special.betaln(hits + a, out_of - hits + b) - special.betaln(a, b)))

    def slope(values: Floats) -> Floats:
        p, precision = special.expit(x @ values[:-1]), np.exp(values[-1])
        a, b = p * precision, (1 - p) * precision
        total = special.digamma(precision) - special.digamma(out_of + precision)
        da = special.digamma(hits + a) - special.digamma(a) + total
        db = special.digamma(out_of - hits + b) - special.digamma(b) + total
        return -np.append(x.T @ ((da - db) * precision * p * (1 - p)), np.sum(da * a + db * b))

    binomial = _fit_glm(hits / out_of, X, families.Binomial(), column, var_weights=out_of)
    start = np.append(binomial.params, 3.0)
    found = optimize.minimize(lose, start, jac=slope, method="BFGS", options={"gtol": 1e-8, "maxiter": 1000})
    values = optimize.root(slope, found.x, tol=1e-12).x
    if np.max(np.abs(slope(values))) > 1e-6:
        raise RuntimeError(f"{column}: the beta-binomial fit did not converge")
    step = 1e-5
    hessian = np.array(
        [(slope(values + step * e) - slope(values - step * e)) / (2 * step) for e in np.eye(values.size)]
    )
    covariance = np.linalg.inv((hessian + hessian.T) / 2)[:-1, :-1]
    precision = float(np.exp(values[-1]))
    weights = out_of * (1 + precision) / (out_of + precision)
    model = GLM(hits / out_of, X, family=families.Binomial(), var_weights=weights)
    model.fit(scale=1.0)
    model.mu = special.expit(x @ values[:-1])
    model.precision = precision
    return GLMResultsWrapper(GLMResults(model, values[:-1], covariance, 1.0, use_t=True))


def to_percent(value: float) -> float:
    """Return a difference of logarithms as a percentage change."""
    return float(100 * np.expm1(value))


def exponential(value: float) -> float:
    """Return the exponential as a plain number."""
    return float(np.exp(value))


def _word_step(first: int, last: int | None) -> str:
    return f"level from {first}" if last is None else f"level of {first}–{last}"


def estimate_level(trend: Trend, unit: str, back: Convert) -> Estimate:
    """Return the line in the year counted as zero, or the mean before all steps."""
    centre = trend.line.centre
    if trend.line.slope:
        return trend.estimate(f"line_{centre}", "constant", unit, back, f"first line, at {centre}")
    return trend.estimate("level", "constant", unit, back, "mean before the step")


def estimate_slopes(trend: Trend, first: int, last: int) -> list[Estimate]:
    """Return the change per year on each stretch of a log line, in percent."""
    return [
        trend.estimate(f"change_{a}_{b}", slope, "% a year", to_percent, f"change, {a}–{b}")
        for a, b, slope in (trend.line.stretches(first, last) if trend.line.slope else ())
    ]


def make_fit(
    trend: Trend, rows: list[Estimate], table: pd.DataFrame, link: str, units: pd.Series, **more: Any
) -> Fit:
    """Return the fit of a trend: its results, then its coefficients."""
    more = {"method": LEAST_SQUARES} | more
    return Fit(
        n=trend.years.size,
        rows=[*rows, *trend.coefficients()],
        table=table,
        family=trend.family,
        link=link,
        dispersion=trend.dispersion,
        df_resid=float(trend.result.df_resid),
        trend=trend,
        units=tuple(str(year) for year in units),
        **more,
    )


def count_trend(
    source: Source, *, family: str = "quasi-poisson", less: tuple[int, float] = (0, 0.0), **terms: Any
) -> Fit:
    """Fit a log-linear trend of yearly counts; ``less`` takes a number off one year.

    Results: ``change_A_B`` (% a year), ``jump_Y`` (% against the earlier line in the year of the
    break), ``step_A_B`` (% against the line), ``line_Y`` or ``level`` (persons a year),
    ``plain_change_Y`` (% on the year before, as counted), ``alpha`` and the coefficients.
    """
    full, outcome = source.totals(), source.outcome
    full.loc[full["year"] == less[0], outcome] -= less[1]
    kept = source.spare(full)
    trend = fit_count_trend(kept, outcome, family=family, gaps=source.has_gaps, **terms)
    line = trend.line
    rows = estimate_slopes(trend, int(trend.years[0]), int(trend.years[-1]))
    starts = [line.break_year] if line.break_year else []
    for year in starts:
        unit, words = "% against the earlier line", f"level from {year}"
        rows.append(trend.estimate(f"jump_{year}", f"level_{year}", unit, to_percent, words))
    for step in line.steps:
        name = name_step(*step)
        rows.append(trend.estimate(name, name, "% against the line", to_percent, _word_step(*step)))
    rows.append(estimate_level(trend, "persons a year", exponential))
    counts = full.set_index("year")[outcome]
    for year in [*starts, *(first for first, _ in line.steps)]:
        if counts.get(year - 1):
            change = float(100 * (counts[year] / counts[year - 1] - 1))
            unit = "% on the year before"
            rows.append(Estimate(f"plain_change_{year}", change, unit=unit, n=2, method="arithmetic"))
    method = LEAST_SQUARES
    if family == "negative-binomial":
        method, unit = "profile likelihood, Student's t", "variance beyond the mean, over the mean squared"
        rows.append(Estimate("alpha", trend.result.model.family.alpha, unit=unit, term="dispersion"))
    return make_fit(trend, rows, kept, "log", full["year"], method=method)


def share_trend(source: Source, *, events: str, family: str = "quasi-binomial", **terms: Any) -> Fit:
    """Fit a logistic trend of a yearly share.

    Results: ``odds_A_B`` (times the odds a year), ``change_A_B`` (points between the fitted shares of
    two years), ``jump_Y`` and ``step_A_B`` (points against the line in the first year), ``line_Y``
    (%), ``precision`` and the coefficients.
    """
    full = source.totals(events)
    kept = source.spare(full)
    trend = fit_share_trend(kept, "events", source.outcome, family=family, gaps=source.has_gaps, **terms)

    def compare(quantity: str, first: int, last: int, unit: str, words: str, drop: str = "") -> Estimate:
        """Return the difference of two fitted shares by the delta method."""
        ends = trend.line.design([first, last])
        if drop:
            ends.loc[0, drop] = 0.0
        x, y = ends.to_numpy()
        p, q = special.expit(x @ trend.result.params), special.expit(y @ trend.result.params)
        gradient = q * (1 - q) * y - p * (1 - p) * x
        error = float(np.sqrt(gradient @ np.asarray(trend.result.cov_params()) @ gradient))
        return trend.convert(quantity, float(q - p), error, unit, lambda v: 100 * v, "delta method", words)

    rows = []
    for a, b, slope in trend.line.stretches(int(trend.years[0]), int(trend.years[-1])):
        words = f"odds, {a}–{b}"
        rows.append(trend.estimate(f"odds_{a}_{b}", slope, "times the odds a year", exponential, words))
        rows.append(compare(f"change_{a}_{b}", a, b, "percentage points", f"change, {a}–{b}"))
    unit, at = "percentage points against the line", trend.line.break_year
    if at:
        rows.append(compare(f"jump_{at}", at, at, unit, f"level from {at}", drop=f"level_{at}"))
    for step in trend.line.steps:
        name = name_step(*step)
        rows.append(compare(name, step[0], step[0], unit, _word_step(*step), drop=name))
    rows.append(estimate_level(trend, "%", lambda v: float(100 * special.expit(v))))
    method = LEAST_SQUARES
    if family == "beta-binomial":
        method, precision = "maximum likelihood, Student's t", trend.result.model.precision
        unit = "prior trials of a year's share"
        rows.append(Estimate("precision", precision, unit=unit, term="dispersion"))
    return make_fit(trend, rows, kept, "logit", full["year"], method=method, back=lambda v: 100 * v)


def gap_trend(source: Source, *, kind: str, printed_gap: str = "", centre: int = 2020, **terms: Any) -> Fit:
    """Fit a straight line, with a step for each redesign, to a yearly survey figure.

    ``kind`` is ``difference`` (the population's figure minus South Korea's, in points; a printed gap
    stands in where one of the two was not printed), ``log_ratio`` (one over the other) or ``level``.
    Results: ``change`` (a year), ``step_A_B``, ``line_Y``, ``latest`` (as published) and coefficients.
    """
    full = source.within(pair_by_year(source, kind, printed_gap))
    kept = source.spare(full)
    trend = fit_gap_trend(kept, "value", centre=centre, **terms)
    point, level = "percentage points", "percentage points" if kind == "difference" else "%"
    change: Convert = float
    back: Convert = float
    if kind == "log_ratio":
        point, level = "%", "% of the South Korean figure"
        change, back = to_percent, lambda v: 100 * np.exp(v)
    rows = []
    if trend.line.slope:
        rows.append(trend.estimate("change", "year", f"{point} a year", change, "change"))
    for step in trend.line.steps:
        name = name_step(*step)
        rows.append(trend.estimate(name, name, f"{point} against the line", change, _word_step(*step)))
    rows.append(estimate_level(trend, level, back))
    latest = float(back(full["value"].iloc[-1]))
    rows.append(Estimate("latest", latest, unit=level, n=1, method="as published"))
    method = "ordinary least squares, Student's t"
    back = back if kind == "log_ratio" else np.asarray
    return make_fit(trend, rows, kept, "identity", full["year"], method=method, back=back)


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
    values: dict[str, Callable[[], pd.Series]] = {
        "difference": lambda: ours - theirs,
        "log_ratio": lambda: np.log(ours) - np.log(theirs),
        "level": lambda: ours,
    }
    result = wide.assign(value=values[kind](), basis="both printed")
    if printed_gap:
        gap = source.rows(printed_gap).set_index("year")[outcome].astype(float)
        result = result.reindex(result.index.union(gap.index))
        absent = result["value"].isna() & result.index.isin(gap.index)
        result.loc[absent, "value"] = gap.reindex(result.index[absent])
        result.loc[absent, "basis"] = "printed gap"
    return result[result["value"].notna()].rename_axis("year").reset_index()
