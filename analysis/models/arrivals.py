"""Models of the people who arrive: phases, women and men, and who is missing since the closure.

The series breaks twice, and no line crosses a break.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy import special, stats

from analysis.models import rates
from analysis.models.inputs import Source, Years, require_points, take_years
from analysis.models.rates import LEVEL, Interval
from analysis.models.results import Estimate, Fit, bracket, describe, name_period, state
from analysis.models.trends import LEAST_SQUARES, PER_TERM, Trend, compare_trends, fit_counts, fit_shares, to_percent

BREAKS = (2012, 2020)
"""First years of a phase: rule in the North changed at the end of 2011; the border closed."""
PHASES: tuple[Years, Years] = ((2002, 2011), (2012, 2019))


def require_phase(years: Years) -> None:
    """Raise if a span of years crosses a break."""
    first, last = years
    for at in BREAKS:
        if first < at <= (last or np.inf):
            raise ValueError(f"years: found {first}-{last or ''}, expected none across the break of {at}")


def phases(source: Source, *, spans: Sequence[Years] = PHASES) -> Fit:
    """Fit the phases of the arrivals apart, one log line each, each with its own dispersion.

    Results: ``change_A_B`` (% a year), ``jump_Y`` (the later line against the earlier one in the first
    year of the later phase) and ``plain_change_Y`` (as counted). Tables: ``phases``, ``break_dates``.
    """
    outcome, full = source.outcome, source.totals()
    for span in spans:
        require_phase(span)
    fitted = [fit_counts(full[full["year"].between(*span)], outcome) for span in spans]
    changes, at = [trend.estimate_change() for trend in fitted], spans[1][0]
    value, error, df = compare_trends(*fitted, at)
    half, unit = float(stats.t.ppf(0.5 + LEVEL / 2, df)) * error, "% against the earlier line"
    method = "difference of two fits, Student's t with Satterthwaite's degrees of freedom"
    words = f"the later line against the earlier, in {at}"
    jump = bracket(f"jump_{at}", value, half, unit, to_percent, term="two lines", method=method, words=words)
    count = full.set_index("year")[outcome]
    plain = state(f"plain_change_{at}", 100 * (count[at] / count[at - 1] - 1), "% on the year before", n=2)
    listed = [
        (*span, trend.years.size, trend.dispersion, change.value, change.ci_low, change.ci_high)
        for span, trend, change in zip(spans, fitted, changes, strict=True)
    ]
    table = pd.DataFrame(listed, columns=["first", "last", "n", "dispersion", "change", "ci_low", "ci_high"])
    used = full[full["year"].between(spans[0][0], spans[1][1])].reset_index(drop=True)
    more = {"trends": tuple(fitted), "tables": {"phases": table, "break_dates": search_break(used, outcome)}}
    return Fit(len(used), [*changes, jump, plain], used, "quasi-poisson", "log", LEAST_SQUARES, **more)


def search_break(frame: pd.DataFrame, outcome: str, *, least: int = 4) -> pd.DataFrame:
    """Return two log lines that part at each date with enough years on both sides, and how they fit.

    ``excess`` is the deviance above the best date's, in dispersions; dates below 1 fit ``alike``. No
    interval: a date found by its fit has none.
    """
    years, rows = frame["year"].to_numpy(), []
    for date in years[least : years.size - least + 1]:
        parts = [frame[years < date], frame[years >= date]]
        early, late = (
            smf.glm(f"{outcome} ~ t", part.assign(t=part["year"] - date), family=sm.families.Poisson()).fit()
            for part in parts
        )
        dispersion = (early.pearson_chi2 + late.pearson_chi2) / (early.df_resid + late.df_resid)
        jump = to_percent(late.params["Intercept"] - early.params["Intercept"])
        rows.append((int(date), jump, early.deviance + late.deviance, dispersion))
    table = pd.DataFrame(rows, columns=["date", "jump", "deviance", "dispersion"])
    best = table.iloc[table["deviance"].argmin()]
    excess = (table["deviance"] - best["deviance"]) / best["dispersion"]
    return table.drop(columns="dispersion").assign(excess=excess, alike=excess < 1)


def women_share(source: Source, *, events: str, compare: tuple[int, tuple[int, int]]) -> Fit:
    """Fit a logistic line to the share of women within one phase, and compare two spans of years.

    ``compare`` names a year and a later span. Results: ``change_A_B`` (points between the fitted shares
    of the first and last year), ``share_Y``, ``share_A_B`` (%, Wilson) and ``difference_A_B`` (points
    between the two, Newcombe).
    """
    require_phase(source.years)
    used, points = source.totals(events), "percentage points"
    trend = fit_shares(used, "events", source.outcome)
    first, last = int(trend.years[0]), int(trend.years[-1])
    x, y = np.array([1.0, first - trend.centre]), np.array([1.0, last - trend.centre])
    p, q = special.expit(x @ trend.result.params), special.expit(y @ trend.result.params)
    gradient = q * (1 - q) * y - p * (1 - p) * x
    error = 100 * float(np.sqrt(gradient @ np.asarray(trend.result.cov_params()) @ gradient))
    half, words = trend.quantile() * error, f"change of the fitted share, {first}–{last}"
    more = {"std_error": error, "term": "year", "method": "delta method", "words": words}
    rows = [bracket(f"change_{first}_{last}", 100 * (q - p), half, points, **more)]
    year, (begin, end) = compare
    counts = replace(source, years=(0, None)).totals(events).set_index("year").astype(float)
    (n, a), (m, b) = counts.loc[year], counts.loc[begin:end].sum()
    for name, cases, people in ((f"share_{year}", a, n), (f"share_{begin}_{end}", b, m)):
        found = rates.estimate_share(cases, people)
        rows.append(describe(name, found, "%", scale=100, term="one proportion", n=int(people)))
    found, words = rates.estimate_share_difference(b, m, a, n), f"share of {begin}–{end} less that of {year}"
    more = {"scale": 100, "term": "difference", "n": int(n + m), "words": words}
    rows.append(describe(f"difference_{begin}_{end}", found, points, **more))
    return trend.make_fit(rows, used, "logit", back=lambda v: 100 * v)


def by_sex(source: Source, *, kept: tuple[int, int]) -> Fit:
    """Fit a log line to the arrivals of women and one to those of men, within one phase.

    Results: ``change_SEX_A_B`` (% a year) and ``kept_SEX_Y`` (arrivals of the second year of ``kept``
    in percent of the first). Table: ``lines`` (with ``sex``).
    """
    require_phase(source.years)
    (first, last), (early, late) = source.years, kept
    wide = source.rows().pivot_table(index="year", columns="sex", values=source.outcome, aggfunc="sum")
    wide = wide[["female", "male"]].rename(columns={"female": "women", "male": "men"}).rename_axis(columns=None)
    used = source.within(wide.reset_index())
    fitted = {sex: fit_counts(used, sex) for sex in ("women", "men")}
    rows = [
        trend.estimate_change(f"change_{sex}_{first}_{last}", f"{sex}, change, {first}–{last}")
        for sex, trend in fitted.items()
    ]
    for sex in fitted:
        share = 100 * wide.loc[late, sex] / wide.loc[early, sex]
        rows.append(state(f"kept_{sex}_{late}", share, f"% of {early}", n=2, term="counted"))
    lines = [t.predict(t.years).assign(sex=sex, observed=t.observed) for sex, t in fitted.items()]
    more = {"trends": tuple(fitted.values()), "tables": {"lines": pd.concat(lines, ignore_index=True)}}
    return Fit(len(used), rows, used, "quasi-poisson", "log", LEAST_SQUARES, **more)


def usual_change(source: Source, *, at: int, less: tuple[int, float], dropped: bool = False) -> Fit:
    """Set the change into one year against the changes into the other years.

    ``less`` is a year and the people who came in it by a one-off event; ``dropped`` leaves them out.
    Results: ``jump_Y`` (% against the usual change), ``usual_change`` (%, the mean of the other years'
    changes, with the interval for one year), ``plain_change_Y`` (%, as counted; also without them).
    """
    full = source.totals()
    take_years(full)
    whole = full.set_index("year")[source.outcome].astype(float)
    reduced = whole - less[1] * (whole.index == less[0])
    counts = reduced if dropped else whole
    change = np.log(counts).diff().iloc[1:]
    others = change.drop(at)
    require_points(others.size, PER_TERM, source.outcome)
    line = smf.ols("y ~ 1", pd.DataFrame({"y": others})).fit()
    mean, df = float(line.params.iloc[0]), float(line.df_resid)
    half = float(stats.t.ppf(0.5 + LEVEL / 2, df) * np.sqrt(line.scale * (1 + 1 / others.size)))
    jump, usual = f"{at} against the usual change", "usual change, and the interval for one year"
    rows = [
        bracket(name, value, half, unit, to_percent, kind="prediction", term="constant", n=others.size, words=words)
        for name, value, unit, words in (
            (f"jump_{at}", change[at] - mean, "% against the usual change", jump),
            ("usual_change", mean, "% a year", usual),
        )
    ]
    for name, series in ((f"plain_change_{at}", whole), (f"plain_change_{at}_less_airlift", reduced)):
        rows.append(state(name, 100 * (series[at] / series[at - 1] - 1), "% on the year before", n=2))
    used = counts.rename("value").reset_index()
    used = used.assign(change_pct=100 * used["value"].pct_change(), is_usual=used["year"].isin(others.index))
    method = "mean of the changes of the logarithm, Student's t"
    return Fit(others.size, rows, used, "gaussian", "log", method, float(line.scale), df)


def expect_sum(trend: Trend, years: Sequence[int]) -> Interval:
    """Return the sum of new years' counts if the line had gone on, with its prediction interval.

    No library has it: the errors of the line are shared by all years, those of single counts are not.
    """
    X = np.column_stack([np.ones(len(years)), np.asarray(years, dtype=float) - trend.centre])
    mu = np.exp(X @ np.asarray(trend.result.params))
    total, gradient = float(mu.sum()), X.T @ mu
    variance = gradient @ np.asarray(trend.result.cov_params()) @ gradient + trend.result.scale * total
    error = float(np.sqrt(variance))
    low, high = (float(total * np.exp(s * trend.quantile() * error / total)) for s in (-1, 1))
    return Interval(total, low, high, LEVEL, "prediction", "log scale", error)


YARDSTICKS = {
    "straight line": lambda years, counts, ahead: np.polyval(np.polyfit(years, counts, 1), ahead).sum(),
    "last value": lambda years, counts, ahead: counts[-1] * len(ahead),
    "mean": lambda years, counts, ahead: counts.mean() * len(ahead),
}
"""Other sums of new years' counts than the log line's, without an interval."""


def missing(source: Source, *, sums: Sequence[Years], yardstick: str = "") -> Fit:
    """Continue a count trend beyond its years and compare it with what was counted.

    Results for each later year and each sum: ``expected_…`` and ``missing_…`` (persons, prediction
    intervals); then ``change_A_B``. ``yardstick`` is one of ``YARDSTICKS`` instead of the line.
    """
    require_phase(source.years)
    seen = replace(source, years=(0, None)).totals().set_index("year")[source.outcome]
    used = source.totals()
    trend, rows = fit_counts(used, source.outcome), []
    for first, last in [*((year, year) for year in seen.index if year >= sums[0][0]), *sums]:
        ahead = [year for year in seen.index if first <= year <= (last or np.inf)]
        name, came = name_period(first, last), float(seen[ahead].sum())
        words = "" if first == last else f"since {first}" if last is None else f"{first}–{last}"
        expected = expect_sum(trend, ahead)
        if yardstick:
            total = float(YARDSTICKS[yardstick](trend.years, trend.observed, ahead))
            expected = Interval(total, np.nan, np.nan, np.nan, "", yardstick)
        value, low, high = (v - came for v in expected[:3])
        for kind, found in (("expected", expected), ("missing", expected._replace(value=value, low=low, high=high))):
            label = words and f"{kind}, {words}"
            rows.append(describe(f"{kind}_{name}", found, "persons", term="projection", words=label))
    rows.append(trend.estimate_change())
    method = LEAST_SQUARES + "; prediction interval of a sum on the log scale"
    return trend.make_fit(rows, used, "log", method=method)
