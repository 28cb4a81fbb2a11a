"""Trends of yearly counts, shares and survey figures: a line, or a level before and after one date.

Counts are log-linear with an overdispersed Poisson variance, shares are logistic with trials as
weights, survey figures are straight lines. A line never crosses a break: phases are fitted apart,
each with its own dispersion. Intervals use Student's t.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy import special, stats

from analysis.models import rates
from analysis.models.inputs import (
    Floats,
    Source,
    Years,
    require_level,
    require_points,
    take_numbers,
    take_years,
)
from analysis.models.results import LEVEL, Convert, Estimate, Fit, describe, name_period, state

LEAST_SQUARES = "iteratively reweighted least squares, Pearson scale, Student's t"
LIKELIHOOD = "maximum likelihood, normal quantile"
BREAKS = (2012, 2020)
"""First years of a new phase of arrivals: rule in the North changed at the end of 2011; the border closed."""
PHASES: tuple[Years, Years] = ((2002, 2011), (2012, 2019))
Pair = tuple[float, float]


@dataclass(frozen=True)
class Trend:
    """A fitted trend: the mean, a line in the year, or a step at a year."""

    years: Floats
    centre: int
    step: int | None
    result: Any
    family: str

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

    def combine(self, contrast: str | Floats) -> Pair:
        """Return a term, or a sum of terms, and its standard error, on the link scale."""
        test = self.result.t_test(contrast)
        return float(test.effect[0]), float(test.sd[0, 0])

    def quantile(self, level: float = LEVEL) -> float:
        """Return the quantile for a two-sided interval: Student's t, or normal for a plain Poisson fit."""
        require_level(level)
        return float(stats.t.ppf(0.5 + level / 2, self.result.df_resid if self.result.use_t else np.inf))

    def predict(self, years: Sequence[float] | Floats, level: float = LEVEL) -> pd.DataFrame:
        """Return ``year``, ``mean`` and the limits of its confidence and prediction intervals.

        A share has a prediction interval only in years whose trials are known.
        """
        years, model = np.asarray(years, dtype=float), self.result.model
        ahead = self.result.get_prediction(self.design(years), which="linear")
        eta, t, link = ahead.predicted, self.quantile(level), model.family.link
        mean = link.inverse(eta)
        trials = pd.Series(model.var_weights, index=self.years).reindex(years).to_numpy()
        noise = (
            self.result.scale
            * model.family.variance(mean)
            / (trials if self.family == "quasi-binomial" else 1.0)
        )
        columns: dict[str, Any] = {"year": years.astype(int), "mean": mean}
        spread = np.sqrt(ahead.se**2 + noise * link.deriv(mean) ** 2)
        for kind, half in (("confidence", t * ahead.se), ("prediction", t * spread)):
            columns |= {f"{kind}_low": link.inverse(eta - half), f"{kind}_high": link.inverse(eta + half)}
        return pd.DataFrame(columns)

    def estimate(
        self,
        quantity: str,
        contrast: str | Floats,
        unit: str,
        back: Convert = float,
        words: str = "",
        term: str = "",
    ) -> Estimate:
        """Return a term or a sum of terms as a result in natural units."""
        value, error = self.combine(contrast)
        half, is_linear = self.quantile() * error, back(1.0) - back(0.0) == back(2.0) - back(1.0)
        limits = (float(back(v)) for v in (value, value - half, value + half))
        named = term or {"t": "year", "Intercept": "constant", "after": f"step_{self.step}"}.get(
            str(contrast), ""
        )
        scaled = error * (back(1.0) - back(0.0)) if is_linear else np.nan
        return Estimate(
            quantity,
            *limits,
            unit,
            "confidence",
            LEVEL,
            scaled,
            named or str(contrast),
            words=words,
            n=self.years.size,
        )


def fit_counts(
    frame: pd.DataFrame, outcome: str, *, exposure: str = "", quasi: bool = True, **terms: Any
) -> Trend:
    """Return the log-linear trend of yearly counts, years of zero included; ``terms`` as in ``_fit``.

    Without ``quasi`` the variance is that of chance alone, for counts of a few events a year.
    """
    years, counts = take_years(frame), take_numbers(frame, outcome, minimum=0)
    over = take_numbers(frame, exposure, minimum=0) if exposure else np.ones_like(counts)
    if np.any(over == 0):
        raise ValueError(f"{exposure}: found zero, expected an exposure above zero in each row")
    if counts.size and counts.sum() == 0:
        raise ValueError(f"{outcome}: found only zeroes, expected at least one event (use an exact bound)")
    name = "quasi-poisson" if quasi else "poisson"
    return _fit(years, counts, sm.families.Poisson(), outcome, name, exposure=over, **terms)


def fit_shares(frame: pd.DataFrame, events: str, trials: str, **terms: Any) -> Trend:
    """Return the logistic trend of a yearly share, weighted by trials; ``terms`` as in ``_fit``."""
    years = take_years(frame)
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
    # One column and weights: two columns with the Pearson scale give errors that are far too small.
    return _fit(
        years, hits / out_of, sm.families.Binomial(), events, "quasi-binomial", var_weights=out_of, **terms
    )


def fit_levels(frame: pd.DataFrame, outcome: str, **terms: Any) -> Trend:
    """Return the straight line, or the levels, of a yearly survey figure; ``terms`` as in ``_fit``."""
    return _fit(
        take_years(frame, gaps=True),
        take_numbers(frame, outcome),
        sm.families.Gaussian(),
        outcome,
        "gaussian",
        **terms,
    )


def _fit(
    years: Floats,
    response: Floats,
    kind: Any,
    column: str,
    family: str,
    *,
    slope: bool = True,
    step: int | None = None,
    centre: int = 0,
    **arguments: Any,
) -> Trend:
    """Fit a line, a step at a year, or with neither the mean; refuse what the points cannot carry."""
    trend = Trend(years, centre or int(years[years.size // 2]), step, None, family)
    terms = ["after"] * (step is not None) + ["t"] * (slope and step is None)
    require_points(years.size, 4 * (1 + len(terms)), column)
    design = trend.design(years).assign(y=response)
    if step is not None and not 0 < design["after"].sum() < years.size:
        raise ValueError(f"{column}: found no year on one side of {step}, expected some on both")
    quasi = family != "poisson"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            model = smf.glm("y ~ " + (" + ".join(terms) or "1"), design, family=kind, **arguments)
            result = model.fit(
                tol=1e-10, tol_criterion="params", maxiter=200, scale="X2" if quasi else 1.0, use_t=quasi
            )
        except (Warning, np.linalg.LinAlgError) as problem:
            raise RuntimeError(f"{column}: the fit did not converge ({problem})") from problem
    if not result.converged or not np.all(np.isfinite(result.bse)):
        raise RuntimeError(f"{column}: the fit did not converge in 200 steps")
    if np.allclose(result.resid_response, 0, atol=1e-12 * (1 + np.abs(response).max())):
        raise ValueError(f"{column}: the line passes through every point, expected some scatter")
    return Trend(years, trend.centre, step, result, family)


def compare_trends(one: Trend, other: Trend, at: int) -> tuple[float, float, float]:
    """Return the second line less the first in a year, its standard error and degrees of freedom.

    The two were fitted apart, each with its own dispersion, so the degrees are Satterthwaite's.
    """
    (low, first), (high, second) = (t.combine(np.array([[1.0, at - t.centre]])) for t in (one, other))
    total = first**2 + second**2
    df = total**2 / (first**4 / one.result.df_resid + second**4 / other.result.df_resid)
    return high - low, float(np.sqrt(total)), float(df)


def measure_aicc(result: Any) -> float:
    """Return Akaike's criterion of a normal fit, corrected for few points; the variance counts as a term."""
    n, k = int(result.nobs), len(result.params) + 1
    deviance = float(np.sum(result.resid_response**2))
    return n * (np.log(2 * np.pi * deviance / n) + 1) + 2 * k + 2 * k * (k + 1) / (n - k - 1)


def to_percent(value: float) -> float:
    """Return a difference of logarithms as a percentage change."""
    return float(100 * np.expm1(value))


def require_phase(years: Years) -> None:
    """Raise if a span of years crosses a break of the arrivals."""
    first, last = years
    for at in BREAKS:
        if first < at <= (last or np.inf):
            raise ValueError(
                f"years: found {first}-{last or ''}, expected a span that does not cross the break of {at}"
            )


def make_fit(trend: Trend, rows: list[Estimate], table: pd.DataFrame, link: str, **more: Any) -> Fit:
    """Return the fit of one trend."""
    more = {"method": LEAST_SQUARES} | more
    df = float(trend.result.df_resid)
    return Fit(
        trend.years.size,
        rows,
        table,
        trend.family,
        link,
        dispersion=trend.dispersion,
        df_resid=df,
        trends=(trend,),
        **more,
    )


def estimate_change(trend: Trend, name: str = "", words: str = "") -> Estimate:
    """Return the change a year of a log line, in percent."""
    first, last = int(trend.years[0]), int(trend.years[-1])
    return trend.estimate(
        name or f"change_{first}_{last}", "t", "% a year", to_percent, words or f"change, {first}–{last}"
    )


def arrivals(source: Source, *, spans: Sequence[Years] = PHASES) -> Fit:
    """Fit the phases of the arrivals apart, one log line each, each with its own dispersion.

    Results: ``change_A_B`` (% a year), ``jump_Y`` (the later line against the earlier one in the first
    year of the later phase) and ``plain_change_Y`` (as counted). Tables: ``phases``, ``break_dates``.
    """
    outcome, full = source.outcome, source.totals()
    for span in spans:
        require_phase(span)
    fitted = [fit_counts(full[full["year"].between(*span)], outcome) for span in spans]
    changes, at = [estimate_change(t) for t in fitted], spans[1][0]
    value, error, df = compare_trends(*fitted, at)
    half = stats.t.ppf(0.5 + LEVEL / 2, df) * error
    low, high = to_percent(value - half), to_percent(value + half)
    count = full.set_index("year")[outcome]
    rows = [
        *changes,
        Estimate(
            f"jump_{at}",
            *(to_percent(value), low, high, "% against the earlier line", "confidence", LEVEL),
            term="difference of two lines",
            method="difference of two fits, Student's t with Satterthwaite's degrees of freedom",
            words=f"the later line against the earlier, in {at}",
        ),
        state(f"plain_change_{at}", 100 * (count[at] / count[at - 1] - 1), "% on the year before", n=2),
    ]
    phases = [
        (*span, t.years.size, t.dispersion, e.value, e.ci_low, e.ci_high)
        for span, t, e in zip(spans, fitted, changes, strict=True)
    ]
    columns = ["first", "last", "n", "dispersion", "change", "ci_low", "ci_high"]
    used = full[full["year"].between(spans[0][0], spans[1][1])].reset_index(drop=True)
    tables = {"phases": pd.DataFrame(phases, columns=columns), "break_dates": search_break(used, outcome)}
    return Fit(
        len(used), rows, used, "quasi-poisson", "log", LEAST_SQUARES, trends=tuple(fitted), tables=tables
    )


def search_break(frame: pd.DataFrame, outcome: str, *, least: int = 4) -> pd.DataFrame:
    """Return two log lines that part at each date with enough years on both sides, and how they fit.

    ``excess`` is the deviance above the best date's, in dispersions; dates below 1 fit ``alike``. No
    interval: a date found by its fit has none.
    """
    years, rows = frame["year"].to_numpy(), []
    for date in years[least : years.size - least + 1]:
        parts = [smf.glm(f"{outcome} ~ t", d.assign(t=d["year"] - date), family=sm.families.Poisson()).fit()
                 for d in (frame[years < date], frame[years >= date])]  # fmt: skip
        jump = to_percent(parts[1].params["Intercept"] - parts[0].params["Intercept"])
        chi2, df = (sum(getattr(p, name) for p in parts) for name in ("pearson_chi2", "df_resid"))
        rows.append((int(date), jump, sum(p.deviance for p in parts), chi2 / df))
    table = pd.DataFrame(rows, columns=["date", "jump", "deviance", "dispersion"])
    best = table.iloc[table["deviance"].argmin()]
    excess = (table["deviance"] - best["deviance"]) / best["dispersion"]
    return table.drop(columns="dispersion").assign(excess=excess, alike=excess < 1)


def women_share(source: Source, *, events: str, compare: tuple[int, Years]) -> Fit:
    """Fit a logistic line to the share of women within one phase, and compare two spans of years.

    ``compare`` names a year and a later span. Results: ``change_A_B`` (points between the fitted shares
    of the first and last year), ``share_Y``, ``share_A_B`` (%, Wilson) and ``difference_A_B`` (points
    between the two, Newcombe).
    """
    require_phase(source.years)
    full, everything = source.totals(events), Source(source.read, source.table, source.outcome, source.where)
    trend = fit_shares(full, "events", source.outcome)
    first, last = int(trend.years[0]), int(trend.years[-1])
    x, y = np.column_stack([[1.0, 1.0], [first - trend.centre, last - trend.centre]])
    p, q = special.expit(x @ trend.result.params), special.expit(y @ trend.result.params)
    gradient = np.asarray(q * (1 - q) * y - p * (1 - p) * x)
    error = float(np.sqrt(gradient @ np.asarray(trend.result.cov_params()) @ gradient))
    half, points = trend.quantile() * error, "percentage points"
    limits = (100 * (q - p), 100 * (q - p - half), 100 * (q - p + half))
    words = f"change of the fitted share, {first}–{last}"
    change = Estimate(
        f"change_{first}_{last}",
        *map(float, limits),
        points,
        "confidence",
        LEVEL,
        100 * error,
        "year",
        method="delta method",
        words=words,
    )
    year, (begin, end) = compare
    years = everything.totals(events).set_index("year")[["events", source.outcome]].astype(float)
    (a, n), (b, m) = years.loc[year], years.loc[begin:end].sum()
    named = name_period(begin, end)
    found = rates.estimate_share_difference(b, m, a, n)
    rows = [
        change,
        describe(
            f"share_{year}", rates.estimate_share(a, n), "%", scale=100, term="one proportion", n=int(n)
        ),
        describe(
            f"share_{named}", rates.estimate_share(b, m), "%", scale=100, term="one proportion", n=int(m)
        ),
        describe(
            f"difference_{named}",
            found,
            points,
            scale=100,
            term="difference",
            n=int(n + m),
            words=f"share of {begin}–{end} less that of {year}",
        ),
    ]
    return make_fit(trend, rows, full, "logit", back=lambda v: 100 * v)


def arrivals_by_sex(source: Source, *, kept: tuple[int, int]) -> Fit:
    """Fit a log line to the arrivals of women and one to those of men, within one phase.

    Results: ``change_SEX_A_B`` (% a year) and ``kept_SEX_Y`` (arrivals of the second year of ``kept``
    in percent of the first). Table: ``lines`` (with ``sex``).
    """
    require_phase(source.years)
    first, last = source.years
    wide = source.rows().pivot_table(index="year", columns="sex", values=source.outcome, aggfunc="sum")
    used = source.within(
        wide[["female", "male"]].rename(columns={"female": "women", "male": "men"}).reset_index()
    )
    fitted = {sex: fit_counts(used, sex) for sex in ("women", "men")}
    rows = [
        estimate_change(t, f"change_{sex}_{first}_{last}", f"{sex}, change, {first}–{last}")
        for sex, t in fitted.items()
    ]
    early, late = kept
    for sex, code in (("women", "female"), ("men", "male")):
        share = 100 * wide.loc[late, code] / wide.loc[early, code]
        rows.append(state(f"kept_{sex}_{late}", share, f"% of {early}", n=2, term="counted"))
    lines = [t.predict(t.years).assign(sex=sex, observed=t.observed) for sex, t in fitted.items()]
    tables = {"lines": pd.concat(lines, ignore_index=True)}
    return Fit(
        len(used),
        rows,
        used,
        "quasi-poisson",
        "log",
        LEAST_SQUARES,
        trends=tuple(fitted.values()),
        tables=tables,
    )


def usual_change(source: Source, *, at: int, less: tuple[int, float], dropped: bool = False) -> Fit:
    """Set the change into one year against the changes into the other years.

    ``less`` is a year and the people who came in it by a one-off event; ``dropped`` leaves them out.
    Results: ``plain_change_Y`` (%, as counted; also without them), ``usual_change`` (%, the mean of the
    other years' changes, with the interval for one year) and ``jump_Y`` (% against the usual change).
    """
    full, outcome = source.totals(), source.outcome
    take_years(full)
    whole = full.set_index("year")[outcome].astype(float)
    reduced = whole.copy()
    reduced[less[0]] -= less[1]
    counts = reduced if dropped else whole
    change = np.log(counts).diff().iloc[1:]
    others = change.drop(at)
    require_points(others.size, 4, outcome)
    line = smf.ols("y ~ 1", others.rename("y").to_frame()).fit()
    mean = float(line.params.iloc[0])
    half = float(stats.t.ppf(0.5 + LEVEL / 2, line.df_resid) * np.sqrt(line.scale * (1 + 1 / others.size)))

    def tell(quantity: str, value: float, unit: str, words: str) -> Estimate:
        limits = (to_percent(v) for v in (value, value - half, value + half))
        return Estimate(
            quantity, *limits, unit, "prediction", LEVEL, term="constant", n=others.size, words=words
        )

    rows = [
        tell(f"jump_{at}", change[at] - mean, "% against the usual change", f"{at} against the usual change"),
        tell("usual_change", mean, "% a year", "usual change, and the interval for one year"),
    ]
    for name, series in ((f"plain_change_{at}", whole), (f"plain_change_{at}_less_airlift", reduced)):
        rows.append(state(name, 100 * (series[at] / series[at - 1] - 1), "% on the year before", n=2))
    used = counts.rename("value").reset_index().assign(
        change_pct=100 * counts.pct_change().to_numpy(), is_usual=counts.index.isin(others.index)
    )  # fmt: skip
    df = float(line.df_resid)
    return Fit(
        others.size,
        rows,
        used,
        "gaussian",
        "log",
        "mean of the changes of the logarithm, Student's t",
        float(line.scale),
        df,
    )


def survey_trend(source: Source, *, kind: str, printed_gap: str = "", step: int | None = None) -> Fit:
    """Fit a figure of one survey: a line within one design, or a level before and after a redesign.

    ``kind`` is ``difference`` (the population's figure minus South Korea's, in points; a printed gap
    stands in where one of the two was not printed) or ``level``. A step must be at a documented
    redesign and must pay for itself: its AICc must lie below that of the mean alone. A line may not
    cross a redesign. Results: ``change`` (a year) or ``step_Y``, ``level_before_Y``, ``level_since_Y``;
    ``latest`` (as published).
    """
    used = source.within(pair_by_year(source, kind, printed_gap))
    survey = source.chosen("survey")
    redesigns = find_redesigns(source.read("survey_rounds"), survey)
    first, last = int(used["year"].min()), int(used["year"].max())
    if step is not None and step not in redesigns:
        raise ValueError(f"step: found {step}, expected a documented redesign of {survey}: {redesigns}")
    if step is None and (crossed := [at for at in redesigns if first < at <= last]):
        raise ValueError(f"years: found {first}-{last}, expected a span without the redesign of {crossed[0]}")
    trend, point = fit_levels(used, "value", step=step), "percentage points"
    level = point if kind == "difference" else "%"
    if step is None:
        rows = [trend.estimate("change", "t", f"{point} a year", float, f"change, {first}–{last}")]
    else:
        mean = fit_levels(used, "value", slope=False)
        if measure_aicc(trend.result) >= measure_aicc(mean.result):
            raise ValueError(
                f"step: found no better fit with a step at {step}, expected an AICc below the mean's"
            )
        rows = [
            trend.estimate(f"step_{step}", "after", point, float, f"step at {step}"),
            trend.estimate(f"level_before_{step}", "Intercept", level, float, f"level before {step}"),
            trend.estimate(f"level_since_{step}", "Intercept + after", level, float, f"level since {step}"),
        ]
        rows += _list_slopes(used, step, f"{point} a year")
    rows.append(state("latest", used["value"].iloc[-1], level, n=1, method="as published"))
    return make_fit(trend, rows, used, "identity", method="ordinary least squares, Student's t")


def _list_slopes(used: pd.DataFrame, step: int, unit: str) -> list[Estimate]:
    """Return the change a year on each side of a step; no interval where the points do not carry it."""
    rows = []
    for name, part in (("before", used[used["year"] < step]), ("since", used[used["year"] >= step])):
        try:
            trend = fit_levels(part, "value")
        except ValueError:
            continue
        rows.append(
            trend.estimate(f"change_{name}_{step}", "t", unit, float, f"change a year, {name} {step}")
        )
    return rows


DOCUMENTED = {"khf": [2013, 2014, 2017]}


def find_redesigns(rounds: pd.DataFrame, survey: str) -> list[int]:
    """Return the first years of each design of a survey after its first, as documented."""
    if survey in DOCUMENTED:
        return DOCUMENTED[survey]
    firsts = rounds[rounds["survey"] == survey].groupby("era")["year"].min()
    return sorted(int(year) for year in firsts)[1:]


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
    result = wide.assign(value=ours - theirs if kind == "difference" else ours, basis="both printed")
    if printed_gap:
        gap = source.rows(printed_gap).set_index("year")[outcome].astype(float)
        result = result.reindex(result.index.union(gap.index))
        absent = result["value"].isna() & result.index.isin(gap.index)
        result.loc[absent, "value"] = gap.reindex(result.index[absent])
        result.loc[absent, "basis"] = "printed gap"
    return result[result["value"].notna()].rename_axis("year").reset_index()
