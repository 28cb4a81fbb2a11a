"""Models of yearly counts: arrivals by phase and sex, people missing since the closure, rare events."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy import special, stats

from analysis.models import base, rates, trends
from analysis.models.base import Fit, Source, Years, bracket, describe, state
from analysis.models.rates import LEVEL, Interval
from analysis.models.trends import LEAST_SQUARES, PER_TERM, Trend, fit_counts, fit_shares, to_percent

BREAKS = (2012, 2020)
"""First years of a phase: rule in the North changed at the end of 2011; the border closed."""
Span = tuple[int, int]


def require_phase(years: Years) -> None:
    """Raise if a span of years crosses a break."""
    first, last = years
    for at in BREAKS:
        if first < at <= (last or np.inf):
            raise ValueError(f"years: found {first}-{last or ''}, expected none across the break of {at}")


def phases(source: Source, *, early: Span = (2002, 2011), late: Span = (2012, 2019)) -> Fit:
    """Fit two phases of the arrivals apart, one log line each, each with its own dispersion.

    Results: ``change_A_B`` (% per year), ``jump_Y`` (the later line against the earlier one in the first
    year of the later phase) and ``plain_change_Y`` (as counted). Tables: ``phases``, ``break_dates``.
    """
    outcome, full, at = source.outcome, source.totals(), late[0]
    for span in (early, late):
        require_phase(span)
    one, two = (fit_counts(full[full["year"].between(*span)], outcome) for span in (early, late))
    value, error, df = trends.compare_trends(one, two, at)
    half, count = float(stats.t.ppf(0.5 + LEVEL / 2, df)) * error, full.set_index("year")[outcome]
    method = "difference of two fits, Student's t with Satterthwaite's degrees of freedom"
    words = f"the later line against the earlier, in {at}"
    more: dict[str, Any] = {"back": to_percent, "term": "two lines", "method": method, "words": words}
    rows = [
        *(trend.estimate_change() for trend in (one, two)),
        bracket(f"jump_{at}", value, half, "% against the earlier line", **more),
        state(f"plain_change_{at}", 100 * (count[at] / count[at - 1] - 1), "% on the year before", n=2),
    ]
    listed = [
        (*span, trend.years.size, trend.dispersion, row.value, row.ci_low, row.ci_high)
        for span, trend, row in zip((early, late), (one, two), rows, strict=False)
    ]
    table = pd.DataFrame(listed, columns=["first", "last", "n", "dispersion", "change", "ci_low", "ci_high"])
    used = full[full["year"].between(early[0], late[1])].reset_index(drop=True)
    tables = {"phases": table, "break_dates": search_break(used, outcome)}
    return Fit(len(used), rows, used, "quasi-poisson", "log", LEAST_SQUARES, trends=(one, two), tables=tables)


def search_break(frame: pd.DataFrame, outcome: str, *, least: int = 4) -> pd.DataFrame:
    """Return two log lines that part at each date with enough years on both sides, and how they fit.

    ``excess`` is the deviance above the best date's, in dispersions; dates below 1 fit ``alike``. No
    interval: a date found by its fit has none.
    """
    years, rows = frame["year"].to_numpy(), []
    for date in years[least : years.size - least + 1]:
        pair = [d.assign(t=d["year"] - date) for d in (frame[years < date], frame[years >= date])]
        early, late = (smf.glm(f"{outcome} ~ t", d, family=sm.families.Poisson()).fit() for d in pair)
        dispersion = (early.pearson_chi2 + late.pearson_chi2) / (early.df_resid + late.df_resid)
        jump = to_percent(late.params["Intercept"] - early.params["Intercept"])
        rows.append((int(date), jump, early.deviance + late.deviance, dispersion))
    table = pd.DataFrame(rows, columns=["date", "jump", "deviance", "dispersion"])
    best = table.iloc[table["deviance"].argmin()]
    excess = (table["deviance"] - best["deviance"]) / best["dispersion"]
    return table.drop(columns="dispersion").assign(excess=excess, alike=excess < 1)


def women_share(source: Source, *, events: str, compare: tuple[int, Span]) -> Fit:
    """Fit a logistic line to the share of women within one phase, and compare a later span with a year.

    Results: ``change_A_B`` (points between the fitted shares of the first and last year), ``share_Y``,
    ``share_A_B`` (%, Wilson) and ``difference_A_B`` (points between the two, Newcombe).
    """
    require_phase(source.years)
    used = source.totals(events)
    trend = fit_shares(used, "events", source.outcome)
    first, last = int(trend.years[0]), int(trend.years[-1])
    x, y = ([1.0, year - trend.centre] for year in (first, last))
    p, q = special.expit(np.array([x, y]) @ trend.result.params)
    gradient = q * (1 - q) * np.array(y) - p * (1 - p) * np.array(x)
    error = 100 * float(np.sqrt(gradient @ np.asarray(trend.result.cov_params()) @ gradient))
    change: dict[str, Any] = {"std_error": error, "term": "year", "words": f"change, {first}–{last}"}
    unit, (year, (begin, end)) = "percentage points", compare
    counts = replace(source, years=(0, None)).totals(events).set_index("year").astype(float)
    (n, a), (m, b) = (map(float, rows.sum()) for rows in (counts.loc[year:year], counts.loc[begin:end]))
    gap: dict[str, Any] = {"n": int(n + m), "words": f"share of {begin}–{end} less that of {year}"}
    fall = rates.estimate_share_difference(b, m, a, n)
    rows = [
        bracket(f"change_{first}_{last}", 100 * (q - p), trend.quantile() * error, unit, **change),
        describe(f"share_{year}", rates.estimate_share(a, n), "%", scale=100, n=int(n)),
        describe(f"share_{begin}_{end}", rates.estimate_share(b, m), "%", scale=100, n=int(m)),
        describe(f"difference_{begin}_{end}", fall, unit, scale=100, **gap),
    ]
    return trend.make_fit(rows, used, "logit", back=lambda v: 100 * v)


def by_sex(source: Source, *, kept: Span) -> Fit:
    """Fit a log line to the arrivals of women and one to those of men, within one phase.

    Results: ``change_SEX_A_B`` (% per year) and ``kept_SEX_Y`` (arrivals of the second year of ``kept``
    in percent of the first). Table: ``lines`` (with ``sex``).
    """
    require_phase(source.years)
    (first, last), (early, late) = source.years, kept
    wide = source.rows().pivot_table(index="year", columns="sex", values=source.outcome, aggfunc="sum")
    wide = pd.DataFrame({"women": wide["female"], "men": wide["male"]})
    used = source.within(wide.reset_index())
    fitted = {sex: fit_counts(used, sex) for sex in ("women", "men")}
    rows, lines = [], []
    for sex, trend in fitted.items():
        rows.append(trend.estimate_change(f"change_{sex}_{first}_{last}", f"{sex}, change, {first}–{last}"))
        lines.append(trend.predict(trend.years).assign(sex=sex, observed=trend.observed))
    for sex in fitted:
        share = 100 * wide[sex] / wide[sex][early]
        rows.append(state(f"kept_{sex}_{late}", share[late], f"% of {early}", n=2, term="counted"))
    tables = {"lines": pd.concat(lines, ignore_index=True)}
    more: dict[str, Any] = {"trends": tuple(fitted.values()), "tables": tables}
    return Fit(len(used), rows, used, "quasi-poisson", "log", LEAST_SQUARES, **more)


def usual_change(source: Source, *, at: int, less: tuple[int, float], dropped: bool = False) -> Fit:
    """Set the change into one year against the changes into the other years.

    ``less`` is a year and the people who came in it by a one-off event; ``dropped`` leaves them out.
    Results: ``jump_Y`` (% against the usual change), ``usual_change`` (%, the mean of the other years'
    changes, with the interval for one year), ``plain_change_Y`` (%, as counted; also without them).
    """
    full = source.totals()
    base.take_years(full)
    whole = full.set_index("year")[source.outcome].astype(float)
    reduced = whole - less[1] * (whole.index == less[0])
    counts = reduced if dropped else whole
    change = counts.map(np.log).diff().iloc[1:]
    others = change.drop(at)
    n, mean, spread = others.size, float(others.mean()), float(others.std())
    base.require_points(n, PER_TERM, source.outcome)
    half = float(stats.t.ppf(0.5 + LEVEL / 2, n - 1) * spread * np.sqrt(1 + 1 / n))
    more: dict[str, Any] = {"back": to_percent, "interval_kind": "prediction", "n": n, "term": "constant"}
    words, unit = f"{at} against the usual change", "% against the usual change"
    rows = [
        bracket(f"jump_{at}", change[at] - mean, half, unit, words=words, **more),
        bracket("usual_change", mean, half, "% per year", words="usual change, for one year", **more),
    ]
    for name, series in ((f"plain_change_{at}", whole), (f"plain_change_{at}_less_airlift", reduced)):
        rows.append(state(name, 100 * (series[at] / series[at - 1] - 1), "% on the year before", n=2))
    used = counts.rename("value").reset_index()
    used = used.assign(change_pct=100 * used["value"].pct_change(), is_usual=used["year"].isin(others.index))
    return Fit(n, rows, used, "gaussian", "log", "mean of log changes, Student's t", spread**2, float(n - 1))


def expect_sum(trend: Trend, years: Sequence[int]) -> Interval:
    """Return the sum of new years' counts if the line had gone on, with its prediction interval.

    No library has it: the errors of the line are shared by all years, those of single counts are not.
    """
    X = np.column_stack([np.ones(len(years)), np.asarray(years, dtype=float) - trend.centre])
    mu = np.exp(X @ np.asarray(trend.result.params))
    total, gradient = float(mu.sum()), X.T @ mu
    variance = gradient @ np.asarray(trend.result.cov_params()) @ gradient + trend.result.scale * total
    error = float(np.sqrt(variance))
    factor = float(np.exp(trend.quantile() * error / total))
    return Interval(total, total / factor, total * factor, LEVEL, "prediction", "log scale", error)


YARDSTICKS: Mapping[str, Callable[..., float]] = {
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
        name, came = base.name_period(first, last), float(seen[ahead].sum())
        words = "" if first == last else f"since {first}" if last is None else f"{first}–{last}"
        expected = expect_sum(trend, ahead)
        if yardstick:
            total = float(YARDSTICKS[yardstick](trend.years, trend.observed, ahead))
            expected = Interval(total, np.nan, np.nan, np.nan, "", yardstick)
        lost = expected._replace(value=expected[0] - came, low=expected[1] - came, high=expected[2] - came)
        for kind, found in (("expected", expected), ("missing", lost)):
            label = words and f"{kind}, {words}"
            rows.append(describe(f"{kind}_{name}", found, "persons", term="projection", words=label))
    rows.append(trend.estimate_change())
    return trend.make_fit(rows, used, "log", method=f"{LEAST_SQUARES}; prediction of a sum on the log scale")


def rare_events(
    source: Source, *, unit: str, periods: Sequence[Years] = (), covers: str = "", quasi: bool = True
) -> Fit:
    """Fit a log line to a few events per year, years of zero included, with exact rates beside it.

    ``covers`` is the column with the last day of a part-year. Results: ``change`` (% per year), ``rate_Y``
    and ``rate_A_B`` of periods fixed beforehand (events per year, Garwood).
    """
    rows = source.rows()
    columns = {
        "year": base.take_numbers(rows, "year").astype(int),
        "events": base.take_numbers(rows, source.outcome, minimum=0),
        "exposure": rows[covers].dt.month.fillna(12).astype(float) / 12 if covers else 1.0,
    }
    used = source.within(pd.DataFrame(columns).sort_values("year"))
    trend = fit_counts(used, "events", exposure="exposure", quasi=quasi)
    results = [trend.estimate_change("change")]
    for first, last in [*((year, year) for year in used["year"]), *periods]:
        inside = used[used["year"].between(first, last or np.inf)]
        words = "" if first == last else f"rate, {first}–{last}" if last else f"rate since {first}"
        found = rates.estimate_rate(*inside[["events", "exposure"]].sum())
        more: dict[str, Any] = {"term": "period" if words else "year", "n": len(inside), "words": words}
        results.append(describe(f"rate_{base.name_period(first, last)}", found, unit, **more))
    return trend.make_fit(results, used, "log", method=LEAST_SQUARES if quasi else trends.LIKELIHOOD)


def returns_rate(source: Source, *, window: int = 4, **options: Any) -> Fit:
    """Return the log line and the rates of returns, also set against newcomers and all who came.

    Results beyond those of ``rare_events``: ``change_newcomers`` (% per year, for equal numbers of people
    who entered in the last ``window`` years) and ``per_1000`` (of people who ever entered; no interval,
    for what is unseen is not chance).
    """
    fit = rare_events(source, **options)
    used, entered = fit.table, source.read("entrants").groupby("year")["entrants_persons"].sum().astype(float)
    recent = entered.rolling(window).sum().reindex(used["year"]).to_numpy() * used["exposure"]
    against = fit_counts(used.assign(recent=recent), "events", exposure="recent", quasi=False)
    change = against.estimate_change("change_newcomers", "change for equal numbers of newcomers")
    bins = Source(source.read, "entrants_bins").rows("role=current;sex=all")["entrants_persons"]
    people = int(entered[entered.index <= used["year"].max()].sum() + bins.sum())
    unit = "returns for 1,000 people who ever entered"
    share = state("per_1000", 1000 * used["events"].sum() / people, unit, n=people)
    return replace(fit, rows=[fit.rows[0], change, *fit.rows[1:], share])
