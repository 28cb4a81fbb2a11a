"""How often our intervals contain the truth, on made-up series of the book's sizes.

``python -m tests.slow.simulate`` draws the series from fixed seeds (minutes), writes ``book/coverage.csv``
and fails if a coverage is too low by more than chance and is not among the shortfalls that we publish.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import special, stats

from analysis import shares
from analysis.models import counts, forecasts, rates, surveys, trends
from analysis.models.base import Source

TABLE = Path(__file__).resolve().parents[2] / "book" / "coverage.csv"
SEED = 20260204
COLUMNS = ["family", "setting", "n", "quantity", "nominal_pct", "runs", "held_pct", "error_pct", "reading"]
COLUMNS += ["truth", "mean_estimate", "spread"]
# Words in a family or setting, and the points by which its coverage may be too low: published.
KNOWN_SHORTFALLS = {"neighbours correlated": 30.0, "log line": 2.0, "one dispersion for both": 15.0}
NO_BREAK = "no break planted"
FALSE_ALARMS = {"break test": 5.0, "rule of steps": 10.0}
Generator = np.random.Generator


class Hit(NamedTuple):
    """Whether an interval contained the truth; estimate and truth, unless a new figure is predicted."""

    held: bool
    estimate: float = float("nan")
    truth: float = float("nan")


Draw = Callable[[Generator], dict[str, Hit]]


def draw_counts(rng: Generator, mean: np.ndarray, dispersion: float, correlation: float = 0.0) -> np.ndarray:
    """Return counts with variance dispersion times mean, neighbours correlated by a normal copula."""
    z = rng.standard_normal(mean.size)
    for i in range(1, mean.size):
        z[i] = correlation * z[i - 1] + np.sqrt(1 - correlation**2) * z[i]
    return stats.nbinom.ppf(stats.norm.cdf(z), mean / (dispersion - 1), 1 / dispersion)


def covers(trend: trends.Trend, term: str, truth: float) -> Hit:
    """Return whether the interval of a term contains its true value."""
    value, error = trend.combine(term)
    return Hit(abs(value - truth) <= trend.quantile() * error, value, truth)


def encloses(found: rates.Interval, truth: float) -> Hit:
    """Return whether an interval contains the truth."""
    return Hit(found.low <= truth <= found.high, found.value, truth)


def log_line(n: int, dispersion: float, correlation: float = 0.0) -> Draw:
    """Draw a log line of yearly counts; predict the year after it and the sum of three."""
    years = np.arange(n + 3, dtype=float)
    mean = np.exp(7 - 0.05 * (years - n // 2))

    def draw(rng: Generator) -> dict[str, Hit]:
        seen = draw_counts(rng, mean, dispersion, correlation)
        trend = trends.fit_counts(pd.DataFrame({"year": years[:n], "count": seen[:n]}), "count")
        hits = {"slope": covers(trend, "t", -0.05)}
        for name, size in (("one new year", 1), ("sum of three new years", 3)):
            found = counts.expect_sum(trend, range(n, n + size))
            hits[name] = Hit(found.low <= seen[n : n + size].sum() <= found.high)
        return hits

    return draw


def two_phases(jump: float, scatter: tuple[float, float] = (65.0, 5.0), correlation: float = 0.0) -> Draw:
    """Draw the arrivals of 2002-2011 and 2012-2019, each phase with a line and a scatter of its own."""
    years = np.arange(2002, 2020, dtype=float)
    early = years < 2012
    mean = np.exp(np.where(early, 7.3 + 0.09 * (years - 2006), 7.84 + jump - 0.055 * (years - 2012)))

    def draw(rng: Generator) -> dict[str, Hit]:
        parts = [(years[early], mean[early], scatter[0]), (years[~early], mean[~early], scatter[1])]
        frames = [
            pd.DataFrame({"year": t, "n": draw_counts(rng, m, phi, correlation)}) for t, m, phi in parts
        ]
        one, other = (trends.fit_counts(frame, "n") for frame in frames)
        value, error, df = trends.compare_trends(one, other, 2012)
        half = stats.t.ppf(0.975, df) * error
        if not jump:
            return {"break reported": Hit(abs(value) > half)}
        hits = {"slope to 2011": covers(one, "t", 0.09), "slope from 2012": covers(other, "t", -0.055)}
        return hits | {"jump in 2012": Hit(abs(value - jump) <= half, value, jump)}

    return draw


def shared_dispersion() -> Draw:
    """Draw the same phases, fitted with the mistake that the book avoids: one dispersion for both."""
    t = np.arange(2002, 2020, dtype=float) - 2012
    after = (t >= 0).astype(float)
    X = np.column_stack([np.ones_like(t), t, after, after * t])
    mean = np.exp(X @ [7.84, 0.09, -0.95, -0.145])

    def draw(rng: Generator) -> dict[str, Hit]:
        seen = np.concatenate([draw_counts(rng, mean[:10], 65.0), draw_counts(rng, mean[10:], 5.0)])
        fit = sm.GLM(seen, X, family=sm.families.Poisson()).fit(scale="X2", use_t=True)
        half = stats.t.ppf(0.975, 14) * fit.bse[1]
        return {"slope to 2011": Hit(abs(fit.params[1] - 0.09) <= half, fit.params[1], 0.09)}

    return draw


def women() -> Draw:
    """Draw the share of women among the arrivals of 2012-2019, and its fall to the few of the closure."""
    years = np.arange(2012, 2020.0)
    trials = np.array([1500, 1510, 1400, 1280, 1420, 1130, 1140, 1050])
    share, precision = special.expit(1.5 + 0.087 * (years - 2016)), (trials - 3.5) / 2.5

    def draw(rng: Generator) -> dict[str, Hit]:
        events = rng.binomial(trials, rng.beta(share * precision, (1 - share) * precision))
        frame = pd.DataFrame({"year": years, "women": events, "all": trials})
        fall = rates.estimate_share_difference(rng.binomial(130, 0.42), 130, rng.binomial(1047, 0.81), 1047)
        slope = covers(trends.fit_shares(frame, "women", "all"), "t", 0.087)
        return {"slope": slope, "fall of the share": encloses(fall, -0.39)}

    return draw


def rare_events(dispersion: float, slope: float, level: float, last: float) -> Draw:
    """Draw a few events a year with years of zero, the last year a part of one."""
    years = np.arange(2007, 2025 if dispersion > 1 else 2021, dtype=float)
    part = np.append(np.ones(years.size - 1), last)
    mean = np.exp(level + slope * (years - years[years.size // 2])) * part

    def draw(rng: Generator) -> dict[str, Hit]:
        seen = draw_counts(rng, mean, dispersion) if dispersion > 1 else rng.poisson(mean).astype(float)
        frame = pd.DataFrame({"year": years, "count": seen, "part": part})
        trend = trends.fit_counts(frame, "count", exposure="part", quasi=dispersion > 1)
        hits = {"slope": covers(trend, "t", slope)}
        if dispersion == 1:
            rate = rates.estimate_rate(float(seen[:6].sum()), 6.0)
            hits["rate of six years"] = encloses(rate, float(mean[:6].mean()))
        return hits

    return draw


def one_change() -> Draw:
    """Draw the change into one year, beside the changes into eight others."""

    def draw(rng: Generator) -> dict[str, Hit]:
        z = np.cumsum([7.0, *(0.12 + 0.2 * rng.standard_normal(9))])
        table = pd.DataFrame({"year": np.arange(2002, 2012), "count": np.exp(z), "sex": "all"})
        fit = counts.usual_change(Source(lambda _: table, "made", "count"), at=2005, less=(2004, 0.0))
        found = next(row for row in fit.rows if row.quantity == "usual_change")
        return {"change into one year": Hit(found.ci_low <= 100 * np.expm1(z[3] - z[2]) <= found.ci_high)}

    return draw


SAME_DESIGN = [2017, 2018, 2019, 2021, 2022, 2023, 2024, 2025]
STEP_YEARS = [2011, 2012, 2013, 2014, 2018, 2019, 2020, 2022, 2023, 2024, 2025]


def survey(years: list[int], step: float = 0.0, slope: float = 0.0, scatter: float = 1.0) -> Draw:
    """Draw the years of a survey: two levels that part in 2017, a line within one design, or no change."""
    t = np.array(years, dtype=float)
    mean = 60 + step * (t >= 2017) + slope * (t - 2017)

    def draw(rng: Generator) -> dict[str, Hit]:
        frame = pd.DataFrame({"year": t, "gap": mean + scatter * rng.standard_normal(t.size)})
        if slope:
            return {"slope": covers(trends.fit_levels(frame, "gap"), "t", slope)}
        trend, level = (
            trends.fit_levels(frame, "gap", step=2017),
            trends.fit_levels(frame, "gap", slope=False),
        )
        if step:
            return {"step at a redesign": covers(trend, "after", step)}
        return {"step that pays for itself": Hit(trends.measure_aicc(trend) < trends.measure_aicc(level))}

    return draw


def pooled(sizes: list[int], tau2: float, mean: float) -> Draw:
    """Draw studies of these sizes around a mean, and the next study."""

    def draw(rng: Generator) -> dict[str, Hit]:
        logits = mean + np.sqrt(tau2) * rng.standard_normal(len(sizes) + 1)
        cases = np.clip(rng.binomial(sizes, special.expit(logits[:-1])), 1, np.array(sizes) - 1)
        pool = surveys.pool_shares(pd.DataFrame({"cases": cases, "n": sizes}), "cases", "n")
        held = abs(pool.mean - mean) <= pool.half()
        return {
            "mean of studies": Hit(held, pool.mean, mean),
            "a new study": Hit(abs(pool.mean - logits[-1]) <= pool.half("prediction")),
        }

    return draw


def shares_and_rates() -> Draw:
    """Draw surveys and yearly returns of the sizes in the tables."""

    def draw(rng: Generator) -> dict[str, Hit]:
        a, b, c, rare = rng.binomial([415, 2500, 36000, 210], [0.23, 0.12, 0.057, 0.02])
        hits = {
            "rate, mean 0.5 a year": encloses(rates.estimate_rate(int(rng.poisson(0.5))), 0.5),
            "share 23 % of 415": encloses(rates.estimate_share(a, 415), 0.23),
            "share 2 % of 210": encloses(rates.estimate_share(rare, 210, method="clopper-pearson"), 0.02),
        }
        difference = rates.estimate_share_difference(b, 2500, c, 36000)
        ratio = shares.estimate_share_ratio(b / 2500, 2500, c / 36000, 36000)
        hits["difference of two shares"] = encloses(difference, 0.063)
        return hits | {"ratio of two shares": encloses(ratio, 0.12 / 0.057)}

    return draw


def random_walk(method: forecasts.Method, drift: float) -> Draw:
    """Draw a random walk of logarithms of which fifteen years are known."""
    years = np.arange(2001, 2016)

    def draw(rng: Generator) -> dict[str, Hit]:
        values = np.exp(7 + np.cumsum(drift + 0.25 * rng.standard_normal(18)))
        table = method(pd.DataFrame({"year": years, "value": values[:15]}), 3)
        hits = {}
        for level in (80, 95):
            for h in (1, 3):
                low, high = table[[f"low_{level}", f"high_{level}"]].iloc[h - 1]
                hits[f"{level} %, {h} year{'s' * (h > 1)} ahead"] = Hit(low <= values[14 + h] <= high)
        return hits

    return draw


TEN, EIGHT = [170, 30, 200, 65, 500, 146, 177, 383, 639, 300], [56, 170, 30, 108, 144, 131, 383, 300]
# Family, setting, points, what is drawn, and how often.
SETTINGS: list[tuple[str, str, int, Draw, int]] = [
    ("quasi-Poisson", "log line; dispersion 5", 8, log_line(8, 5.0), 1000),
    ("quasi-Poisson", "log line; dispersion 60", 10, log_line(10, 60.0), 1000),
    ("quasi-Poisson", "log line, neighbours correlated 0.3", 8, log_line(8, 5.0, 0.3), 1000),
    ("quasi-Poisson", "log line, neighbours correlated 0.6", 8, log_line(8, 5.0, 0.6), 1000),
    ("quasi-Poisson", "two phases apart; dispersions 65 and 5", 18, two_phases(-0.95), 1000),
    ("quasi-Poisson", "two phases apart; dispersions 20 and 20", 18, two_phases(-0.95, (20.0, 20.0)), 1000),
    ("quasi-Poisson", "one dispersion for both; dispersions 65 and 5", 18, shared_dispersion(), 1000),
    ("quasi-Poisson", "few events a year; dispersion 4", 18, rare_events(4.0, -0.13, 2.3, 1.0), 1000),
    ("Poisson", "few events a year, the last a part-year", 14, rare_events(1.0, -0.29, -0.3, 8 / 12), 1000),
    ("quasi-binomial", "line of 2012-2019; dispersion 3.5", 8, women(), 1000),
    ("normal", "change of one year beside eight others", 8, one_change(), 1000),
    ("normal", "step at a redesign, years missing", 11, survey(STEP_YEARS, step=5.65, scatter=1.4), 1000),
    (
        "normal",
        "line of one survey design, a year missing",
        8,
        survey(SAME_DESIGN, slope=1.06, scatter=0.7),
        1000,
    ),
    ("random effects", "variance 1.3", 10, pooled(TEN, 1.3, -1.2), 1000),
    ("random effects", "variance 0.5", 8, pooled(EIGHT, 0.5, 0.0), 1000),
    ("exact and score", "counts and samples of the sizes read", 1, shares_and_rates(), 4000),
    ("random walk", "last value, no drift", 15, random_walk(forecasts.forecast_last_value, 0.0), 2000),
    ("random walk", "drift", 15, random_walk(forecasts.forecast_drift, -0.05), 2000),
    ("break test", NO_BREAK, 18, two_phases(0.0), 1000),
    ("break test", f"{NO_BREAK}, neighbours correlated 0.6", 18, two_phases(0.0, correlation=0.6), 1000),
    ("rule of steps", NO_BREAK, 11, survey(STEP_YEARS), 1000),
]


def run_setting(number: int, runs: int | None = None) -> list[dict[str, object]]:
    """Return one row of the coverage table per quantity of a setting.

    The seed follows from the setting's name, so that a new setting leaves the others as they were. ``truth``,
    ``mean_estimate`` and ``spread`` (standard deviation over the runs) are on the scale of the model.
    """
    family, setting, n, draw, times = SETTINGS[number]
    rng = np.random.default_rng([SEED, zlib.crc32(f"{family}, {setting}".encode())])
    found: dict[str, list[Hit]] = {}
    for _ in range(runs or times):
        try:
            hits = draw(rng)
        except (RuntimeError, ValueError):
            continue  # the model refuses this series: no scatter, or no convergence
        for quantity, hit in hits.items():
            found.setdefault(quantity, []).append(hit)
    rows = []
    for quantity, hits in found.items():
        held, nominal = 100 * float(np.mean([hit.held for hit in hits])), find_nominal(family, quantity)
        error = float(np.sqrt(nominal * (100 - nominal) / len(hits)))
        estimates, recovered = np.array([hit.estimate for hit in hits]), ["", "", ""]
        if np.isfinite(estimates).all():
            recovered = [f"{hits[0].truth:.3g}", f"{estimates.mean():.3g}", f"{estimates.std():.2g}"]
        reading = describe_coverage(family, held, nominal, error)
        cells = (
            family,
            setting,
            n,
            quantity,
            f"{nominal:.0f}",
            len(hits),
            f"{held:.1f}",
            f"{error:.1f}",
            reading,
        )
        rows.append(dict(zip(COLUMNS, [*cells, *recovered], strict=True)))
    return rows


def find_nominal(family: str, quantity: str) -> float:
    """Return the share of runs promised, in percent: of intervals that hold, or of breaks that are none."""
    return FALSE_ALARMS[family] if family in FALSE_ALARMS else 80.0 if quantity.startswith("80 %") else 95.0


def describe_coverage(family: str, held: float, nominal: float, error: float) -> str:
    """Return what a coverage means in a few words."""
    if family in FALSE_ALARMS:
        return "no more often than promised" if held <= nominal + 2 * error else "too often"
    if abs(held - nominal) <= 2 * error:
        return "as promised"
    return "cautious" if held > nominal else f"short by {nominal - held:.1f} points"


def find_problems(table: pd.DataFrame) -> list[str]:
    """Return one line for each coverage that is too low, or estimate off the truth, by more than chance.

    A coverage may be too low by three Monte Carlo errors; the mean estimate may be a quarter of its spread
    from the truth.
    """
    problems = []
    for row in table.to_dict("records"):
        name = f"{row['family']}, {row['setting']}, {row['quantity']}"
        held, error, nominal = (float(row[column]) for column in ("held_pct", "error_pct", "nominal_pct"))
        spare = max([points for words, points in KNOWN_SHORTFALLS.items() if words in name], default=0)
        short = held - nominal if row["family"] in FALSE_ALARMS else nominal - held
        if short > spare + 3 * error:
            problems.append(f"{name}: {held} %, expected {nominal:.0f} %")
        if row["truth"] and not pd.isna(row["truth"]):
            truth, mean = float(row["truth"]), float(row["mean_estimate"])
            if abs(mean - truth) > max(float(row["spread"]) / 4, 0.01 * abs(truth)):
                problems.append(f"{name}: {mean} on average, expected {truth}")
    return problems


def main() -> int:
    """Simulate, write the table and return 1 if it has a problem."""
    with ProcessPoolExecutor() as pool:
        rows = [row for made in pool.map(run_setting, range(len(SETTINGS))) for row in made]
    table = pd.DataFrame(rows, columns=COLUMNS)
    TABLE.write_text(table.to_csv(index=False, lineterminator="\n"), encoding="utf-8")
    problems = find_problems(table)
    print(*problems, f"{len(table)} coverages, {len(problems)} problems.", sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
