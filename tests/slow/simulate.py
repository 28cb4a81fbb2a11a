"""How often our intervals hold the truth, and whether estimates find it, on series of the book's sizes.

``python -m tests.slow.simulate`` draws the series from fixed seeds (minutes), writes
``book/coverage.csv`` and fails if a setting falls short by more than chance and is not among the
shortfalls we publish.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import special, stats

from analysis.models import forecasts, pooling, rates, trends

TABLE = Path(__file__).resolve().parent.parent.parent / "book" / "coverage.csv"
SEED = 20260204
RUNS = 2000
COLUMNS = [
    "family", "setting", "n", "quantity", "nominal_pct", "runs", "held_pct", "error_pct", "reading",
    "truth", "mean_estimate", "spread",
]  # fmt: skip
KNOWN_SHORTFALLS = {
    "neighbours correlated": 30.0,  # the plain interval; the widened one stands beside it
    "alpha 0.04": 6.0,  # maximum likelihood finds too little scatter with six terms in 24 years
    "beta-binomial": 4.0,  # nor enough with two terms in eight years; a rival model, never the headline
    "projection from a line": 2.0,  # the log scale leans on a scatter known from eight years
}
"""Words in a family or setting, and the points by which it may fall short: published, not a fault."""

ARRIVAL_YEARS = np.arange(2002, 2026)
CLOSURE = ((2020, 2022), (2023, None))
NO_BREAK = "no break planted"
BREAK_TEST_CORRELATED = "no break planted, neighbours correlated 0.6"
TOTALS = np.array([1500, 1510, 1400, 1280, 1420, 1130, 1140, 1050], dtype=float)
Hit = tuple[bool, float, float]
"""Whether the interval held, the estimate, the truth (neither where a new figure is foretold)."""
Hits = dict[str, Hit]
NOTHING = float("nan")
Draw = Callable[[np.random.Generator], Hits]


def draw_counts(
    rng: np.random.Generator, mean: np.ndarray, dispersion: float, correlation: float = 0.0
) -> np.ndarray:
    """Return counts with variance dispersion x mean, neighbours correlated if asked.

    Independent counts are gamma-Poisson; correlated ones come from a normal copula.
    """
    size = mean / (dispersion - 1)
    if not correlation:
        return rng.poisson(rng.gamma(size, dispersion - 1)).astype(float)
    z = np.empty(mean.size)
    z[0] = rng.standard_normal()
    for i in range(1, mean.size):
        z[i] = correlation * z[i - 1] + np.sqrt(1 - correlation**2) * rng.standard_normal()
    return stats.nbinom.ppf(stats.norm.cdf(z), size, 1 / dispersion)


def draw_shares(
    rng: np.random.Generator, share: np.ndarray, trials: np.ndarray, dispersion: float
) -> np.ndarray:
    """Return events with variance dispersion times the binomial one (beta-binomial by year)."""
    precision = (trials - dispersion) / (dispersion - 1)
    return rng.binomial(trials.astype(int), rng.beta(share * precision, (1 - share) * precision)).astype(
        float
    )


def holds(value: float, error: float, truth: float, quantile: float) -> Hit:
    """Return whether an interval holds the truth, with both."""
    return bool(abs(value - truth) <= quantile * error), value, truth


def foretells(low: float, high: float, seen: float) -> Hit:
    """Return whether an interval holds a new figure, of which there is no true value to recover."""
    return bool(low <= seen <= high), NOTHING, NOTHING


def encloses(found: rates.Interval, truth: float) -> Hit:
    """Return whether a result's limits hold the truth, with both."""
    return bool(found.low <= truth <= found.high), found.value, truth


def arrivals(dispersion: float, family: str = "quasi-poisson", first: int = 2002) -> Draw:
    """Breaks at 2012, 2020 and 2023, slopes and levels as in the arrivals model."""
    years = ARRIVAL_YEARS[first <= ARRIVAL_YEARS].astype(float)
    truth = {
        "year": 0.09,
        "level_2012": -0.77,
        "slope_2012": -0.145,
        "step_2020_2022": -2.0,
        "step_2023": -1.2,
    }
    mean = trends.Line(2012, 2012, CLOSURE)
    mu = np.exp(mean.design(years).to_numpy() @ np.array([8.1, *truth.values()]))

    def draw(rng: np.random.Generator) -> Hits:
        frame = pd.DataFrame({"year": years, "count": draw_counts(rng, mu, dispersion)})
        trend = trends.fit_count_trend(frame, "count", break_year=2012, steps=CLOSURE, family=family)
        t = trend.quantile()
        second = trend.combine("year + slope_2012")
        return {
            "slope to 2011": holds(*trend.combine("year"), truth["year"], t),
            "slope from 2012": holds(*second, truth["year"] + truth["slope_2012"], t),
            "jump in 2012": holds(*trend.combine("level_2012"), truth["level_2012"], t),
            "closure 2020-2022": holds(*trend.combine("step_2020_2022"), truth["step_2020_2022"], t),
        }

    return draw


def squared_variance() -> Draw:
    """Negative binomial counts, fitted by the negative binomial."""
    years = ARRIVAL_YEARS.astype(float)
    mean = trends.Line(2012, 2012, CLOSURE)
    beta = np.array([8.1, 0.09, -0.77, -0.145, -2.0, -1.2])
    mu = np.exp(mean.design(years).to_numpy() @ beta)

    def draw(rng: np.random.Generator) -> Hits:
        counts = rng.poisson(mu * rng.gamma(1 / 0.04, 0.04, mu.size)).astype(float)
        frame = pd.DataFrame({"year": years, "count": counts})
        trend = trends.fit_count_trend(
            frame, "count", break_year=2012, steps=CLOSURE, family="negative-binomial"
        )
        second = trend.combine("year + slope_2012")
        return {
            "slope from 2012": holds(*second, -0.055, trend.quantile()),
            "jump in 2012": holds(*trend.combine("level_2012"), -0.77, trend.quantile()),
        }

    return draw


def payment_cut() -> Draw:
    """Ten years, three of them before the cut."""
    years = np.arange(2002, 2012, dtype=float)
    mean = trends.Line(2005, 2005)
    mu = np.exp(mean.design(years).to_numpy() @ np.array([7.7, 0.2, -0.3, -0.12]))

    def draw(rng: np.random.Generator) -> Hits:
        frame = pd.DataFrame({"year": years, "count": draw_counts(rng, mu, 60.0)})
        trend = trends.fit_count_trend(frame, "count", break_year=2005)
        return {"jump in 2005": holds(*trend.combine("level_2005"), -0.3, trend.quantile())}

    return draw


def line_of(n: int, dispersion: float, correlation: float) -> Draw:
    """A line through n years, plain interval and the one widened for autocorrelation."""
    years = np.arange(n, dtype=float)
    mu = np.exp(7 - 0.05 * (years - n // 2))

    def draw(rng: np.random.Generator) -> Hits:
        frame = pd.DataFrame({"year": years, "count": draw_counts(rng, mu, dispersion, correlation)})
        trend = trends.fit_count_trend(frame, "count")
        value, error = trend.combine("year")
        found = trend.autocorrelation
        wide = stats.t.ppf(0.975, found.df) * found.widening
        return {
            "slope": holds(value, error, -0.05, trend.quantile()),
            "slope, widened interval": holds(value, error, -0.05, wide),
        }

    return draw


def projection(family: str = "quasi-poisson") -> Draw:
    """Eight years make the line; three and six new years are added up."""
    years = np.arange(2012, 2026, dtype=float)
    mu = np.exp(7.14 - 0.053 * (years - 2016))

    def draw(rng: np.random.Generator) -> Hits:
        counts = draw_counts(rng, mu, 5.0)
        frame = pd.DataFrame({"year": years[:8], "count": counts[:8]})
        trend = trends.fit_count_trend(frame, "count", family=family)
        hits = {}
        for name, size in (("one new year", 1), ("sum of three new years", 3), ("sum of six new years", 6)):
            found = forecasts.expect_sum(trend, list(range(2020, 2020 + size)))
            hits[name] = foretells(found.low, found.high, counts[8 : 8 + size].sum())
        return hits

    return draw


def women(family: str, n: int) -> Draw:
    """A share with the numbers of entrants of 2012-2019, or of all years with breaks."""
    if n == 8:
        years, trials, at, steps, beta = np.arange(2012, 2020.0), TOTALS, None, (), np.array([1.5, 0.087])
    else:
        years, at, steps = ARRIVAL_YEARS.astype(float), 2012, CLOSURE
        early = np.array([1140, 1290, 1900, 1380, 2030, 2550, 2800, 2910, 2400, 2710], dtype=float)
        trials = np.concatenate([early, TOTALS, [230, 63, 67, 196, 236, 223]])
        beta = np.array([1.34, 0.074, -0.27, 0.009, -1.41, -0.14])
    centre = 2016 if n == 8 else 2012
    share = special.expit(trends.Line(centre, at, steps).design(years).to_numpy() @ beta)

    def draw(rng: np.random.Generator) -> Hits:
        frame = pd.DataFrame({"year": years, "women": draw_shares(rng, share, trials, 3.5), "all": trials})
        trend = trends.fit_share_trend(
            frame, "women", "all", break_year=at, steps=steps, centre=centre, family=family
        )
        t = trend.quantile()
        if n == 8:
            return {"slope": holds(*trend.combine("year"), beta[1], t)}
        second = trend.combine("year + slope_2012")
        return {
            "slope from 2012": holds(*second, beta[1] + beta[3], t),
            "closure 2020-2022": holds(*trend.combine("step_2020_2022"), beta[4], t),
        }

    return draw


def two_means() -> Draw:
    """Eighteen years of a few events, a mean of 17.7 and another of 2.0 from 2018."""
    years = np.arange(2006, 2024, dtype=float)
    mu = np.where(years < 2018, 17.7, 2.0)
    truth = float(np.log(2.0 / 17.7))

    def draw(rng: np.random.Generator) -> Hits:
        frame = pd.DataFrame({"year": years, "count": draw_counts(rng, mu, 3.5)})
        trend = trends.fit_count_trend(frame, "count", steps=((2018, None),), slope=False)
        return {"step": holds(*trend.combine("step_2018"), truth, trend.quantile())}

    return draw


def gap(years: np.ndarray, steps: tuple[tuple[int, int | None], ...]) -> Draw:
    """Surveys with years missing and a step for each redesign."""
    beta = np.array([-5.0, 0.4, *([2.0] * (len(steps) - 1)), 1.0])
    line = trends.Line(2020, None, steps).design(years).to_numpy() @ beta

    def draw(rng: np.random.Generator) -> Hits:
        frame = pd.DataFrame({"year": years, "gap": line + 1.9 * rng.standard_normal(years.size)})
        trend = trends.fit_gap_trend(frame, "gap", steps=steps, centre=2020)
        return {
            "slope": holds(*trend.combine("year"), 0.4, trend.quantile()),
            "step at a redesign": holds(*trend.combine("step_2022"), 1.0, trend.quantile()),
        }

    return draw


def found_break(jump: float, correlation: float = 0.0) -> Draw:
    """Whether the F test reports a break at a date fixed beforehand (18 years)."""
    years = np.arange(2002, 2020, dtype=float)
    mu = np.exp(7.6 + 0.02 * (years - 2012) + jump * (years >= 2012))

    def draw(rng: np.random.Generator) -> Hits:
        frame = pd.DataFrame({"year": years, "count": draw_counts(rng, mu, 20.0, correlation)})
        small = trends.fit_count_trend(frame, "count", centre=2012)
        large = trends.fit_count_trend(frame, "count", break_year=2012)
        between = small.result.df_resid - large.result.df_resid
        statistic = (small.result.deviance - large.result.deviance) / between / large.dispersion
        p_value = stats.f.sf(statistic, between, large.result.df_resid)
        return {"break reported": (bool(p_value < 0.05), NOTHING, NOTHING)}

    return draw


def pooled(sizes: np.ndarray, tau2: float, mean: float) -> Draw:
    """Studies of the sizes pooled around a mean, the next study included."""
    k = sizes.size

    def draw(rng: np.random.Generator) -> Hits:
        logits = mean + np.sqrt(tau2) * rng.standard_normal(k + 1)
        cases = np.clip(rng.binomial(sizes.astype(int), special.expit(logits[:k])), 1, sizes - 1).astype(
            float
        )
        pool = pooling.pool_shares(pd.DataFrame({"cases": cases, "n": sizes}), "cases", "n")
        low, high = pool.limits()
        new_low, new_high = pool.limits("prediction")
        q_low, q_high = _tau2_interval(pool)
        return {
            "mean of studies": (bool(low <= mean <= high), pool.mean, mean),
            "a new study": foretells(new_low, new_high, logits[k]),
            "variance between studies": (bool(q_low <= tau2 <= q_high), pool.tau2, tau2),
        }

    return draw


def _tau2_interval(pool: pooling.Pool) -> tuple[float, float]:
    """Return the Q-profile interval of the variance between studies."""

    def profile(tau2: float) -> float:
        w = 1 / (pool.variances + tau2)
        mean = w @ pool.logits / w.sum()
        return float(w @ (pool.logits - mean) ** 2)

    limits = []
    for share in (0.975, 0.025):
        target = stats.chi2.ppf(share, pool.logits.size - 1)
        low, high = 0.0, 200.0
        if profile(0.0) < target:
            limits.append(0.0)
            continue
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if profile(middle) > target else (low, middle)
        limits.append(high)
    return limits[0], limits[1]


def small_counts() -> Draw:
    """Returns of the sizes confirmed: a rate, and a later period over an earlier one."""

    def draw(rng: np.random.Generator) -> Hits:
        early, late, year = rng.poisson(3.6 * 8), rng.poisson(0.36 * 5.67), rng.poisson(0.5)
        rate = rates.estimate_rate(int(year))
        hits = {"rate, mean 0.5 a year": encloses(rate, 0.5)}
        if early + late:
            ratio = rates.estimate_rate_ratio(int(late), 5.67, int(early), 8.0)
            hits["ratio of two periods"] = encloses(ratio, 0.1)
        return hits

    return draw


def proportions() -> Draw:
    """Surveys of the sizes read: one share, a difference, and the ratio to South Korea."""

    def draw(rng: np.random.Generator) -> Hits:
        a, b, rare = rng.binomial(415, 0.23), rng.binomial(2500, 0.12), rng.binomial(210, 0.02)
        c = rng.binomial(36000, 0.057)
        one = rates.estimate_share(a, 415)
        exact = rates.estimate_share(rare, 210, method="clopper-pearson")
        gap = rates.estimate_share_difference(b, 2500, c, 36000)
        ratio = rates.estimate_share_ratio(b / 2500, 2500, c / 36000, 36000)
        return {
            "share 23 % of 415, Wilson": encloses(one, 0.23),
            "share 2 % of 210, Clopper-Pearson": encloses(exact, 0.02),
            "difference of two shares, Newcombe": encloses(gap, 0.063),
            "ratio of two shares, delta method": encloses(ratio, 0.12 / 0.057),
        }

    return draw


def random_walk(name: str, drift: float) -> Draw:
    """Naive forecasts of a random walk of logarithms, fifteen years known."""

    def draw(rng: np.random.Generator) -> Hits:
        z = 7 + np.cumsum(drift + 0.25 * rng.standard_normal(18))
        table = forecasts.NAIVE[name](pd.DataFrame({"year": np.arange(15), "value": np.exp(z[:15])}), 3)
        truth = np.exp(z[15:])
        return {
            f"{level} %, {h} year{'s' if h > 1 else ''} ahead": foretells(
                table[f"low_{level}"].iloc[h - 1], table[f"high_{level}"].iloc[h - 1], truth[h - 1]
            )
            for level in (80, 95)
            for h in (1, 3)
        }

    return draw


def list_settings() -> Iterator[tuple[str, str, int, Draw, int]]:
    """Yield family, setting, n, what to draw, and how many runs."""
    yield "quasi-Poisson", "breaks at 2012, 2020, 2023; dispersion 38", 24, arrivals(38.0), RUNS
    yield "quasi-Poisson", "breaks at 2012, 2020, 2023; dispersion 5", 24, arrivals(5.0), RUNS
    yield "quasi-Poisson", "three years before a break; dispersion 60", 10, payment_cut(), RUNS
    yield "quasi-Poisson", "one line; dispersion 5", 8, line_of(8, 5.0, 0.0), RUNS
    yield "quasi-Poisson", "one line; dispersion 20", 18, line_of(18, 20.0, 0.0), RUNS
    yield "quasi-Poisson", "one line, neighbours correlated 0.3", 18, line_of(18, 20.0, 0.3), RUNS
    yield "quasi-Poisson", "one line, neighbours correlated 0.6", 18, line_of(18, 20.0, 0.6), RUNS
    yield "quasi-Poisson", "one line, neighbours correlated 0.6", 8, line_of(8, 5.0, 0.6), RUNS
    yield "quasi-Poisson", "projection from a line; dispersion 5", 8, projection(), RUNS
    yield "quasi-Poisson", "two means of few events; dispersion 3.5", 18, two_means(), RUNS
    yield "negative binomial", "breaks at 2012, 2020, 2023; alpha 0.04", 24, squared_variance(), 500
    yield (
        "quasi-binomial",
        "one line, entrants of 2012-2019; dispersion 3.5",
        8,
        women("quasi-binomial", 8),
        RUNS,
    )
    yield "quasi-binomial", "breaks, all years; dispersion 3.5", 24, women("quasi-binomial", 24), RUNS
    yield (
        "unweighted logit",
        "one line, entrants of 2012-2019; dispersion 3.5",
        8,
        women("unweighted", 8),
        RUNS,
    )
    yield (
        "beta-binomial",
        "one line, entrants of 2012-2019; dispersion 3.5",
        8,
        women("beta-binomial", 8),
        500,
    )
    long = np.array([2011, 2012, 2013, 2014, 2018, 2019, 2020, 2022, 2023, 2024, 2025], dtype=float)
    short = np.array([2014, 2018, 2019, 2021, 2022, 2023, 2025], dtype=float)
    redesigns = ((2014, 2021), (2022, None))
    yield "normal", "steps at redesigns, years missing", 11, gap(long, redesigns), RUNS
    yield "normal", "one redesign, years missing", 7, gap(short, redesigns[1:]), RUNS
    ten = np.array([170, 30, 200, 65, 500, 146, 177, 383, 639, 300], dtype=float)
    eight = np.array([56, 170, 30, 108, 144, 131, 383, 300], dtype=float)
    five = np.array([56, 170, 108, 383, 300], dtype=float)
    yield "random effects", "variance between studies 1.3", 10, pooled(ten, 1.3, -1.2), RUNS
    yield "random effects", "variance between studies 0.5", 8, pooled(eight, 0.5, 0.0), RUNS
    yield "random effects", "variance between studies 1.4", 5, pooled(five, 1.4, 0.3), RUNS
    yield "exact Poisson", "counts of the sizes confirmed", 14, small_counts(), 2 * RUNS
    yield "binomial", "samples of the sizes read", 1, proportions(), 2 * RUNS
    yield "random walk", "last value, no drift", 15, random_walk("last value", 0.0), RUNS
    yield "random walk", "drift", 15, random_walk("drift", -0.05), RUNS
    yield "break test", NO_BREAK, 18, found_break(0.0), RUNS
    yield "break test", BREAK_TEST_CORRELATED, 18, found_break(0.0, 0.6), RUNS
    yield "break test", "a jump of -30 % planted", 18, found_break(np.log(0.7)), RUNS


def run_setting(name: str, draw: Draw, runs: int) -> dict[str, list[Hit]]:
    """Return for each quantity what each run that could be fitted found.

    The seed follows from the setting's name, so that a new setting leaves the others as they were.
    """
    rng = np.random.default_rng([SEED, zlib.crc32(name.encode())])
    found: dict[str, list[Hit]] = {}
    for _ in range(runs):
        try:
            hits = draw(rng)
        except (RuntimeError, ValueError):
            continue  # the model refuses this series: no more scatter than chance, or no maximum
        for name, hit in hits.items():
            found.setdefault(name, []).append(hit)
    return found


def name_nominal(family: str, setting: str, quantity: str) -> float:
    """Return the share of runs promised, in per cent; none for how often a planted break is found."""
    if family == "break test":
        return 5.0 if setting.startswith(NO_BREAK) else float("nan")
    return 80.0 if quantity.startswith("80 %") else 95.0


def read_coverage(family: str, held: float, nominal: float, error: float) -> str:
    """Return what a coverage means in a few words."""
    if np.isnan(nominal):
        return "planted breaks found"
    if family == "break test":
        return "no more often than promised" if held <= nominal + 2 * error else "too often"
    if abs(held - nominal) <= 2 * error:
        return "as promised"
    return "cautious" if held > nominal else f"short by {nominal - held:.1f} points"


def simulate() -> pd.DataFrame:
    """Return the coverage table: one row a setting and quantity.

    ``truth``, ``mean_estimate`` and ``spread`` (standard deviation of the estimates over the runs)
    are on the scale of the model; empty where a new figure is foretold.
    """
    rows = []
    for family, setting, n, draw, runs in list_settings():
        for quantity, hits in run_setting(f"{family}, {setting}", draw, runs).items():
            held = 100 * float(np.mean([hit for hit, _, _ in hits]))
            estimates = np.array([estimate for _, estimate, _ in hits])
            estimates = estimates[np.isfinite(estimates)]
            nominal = name_nominal(family, setting, quantity)
            rate = (held if np.isnan(nominal) else nominal) / 100
            error = 100 * float(np.sqrt(rate * (1 - rate) / len(hits)))
            recovered = ["", "", ""]
            if estimates.size:
                recovered = [f"{hits[0][2]:.3g}", f"{estimates.mean():.3g}", f"{estimates.std():.2g}"]
            row = (
                family,
                setting,
                n,
                quantity,
                "" if np.isnan(nominal) else f"{nominal:.0f}",
                len(hits),
                f"{held:.1f}",
                f"{error:.1f}",
                read_coverage(family, held, nominal, error),
                *recovered,
            )
            rows.append(dict(zip(COLUMNS, row, strict=True)))
    return pd.DataFrame(rows, columns=COLUMNS)


def find_faults(table: pd.DataFrame) -> list[str]:
    """Return one line for each setting that falls short, or misses the truth, by more than chance.

    A coverage may fall short by three Monte Carlo errors; the mean of the estimates may lie a
    quarter of their spread from the truth.
    """
    faults = []
    for row in table.to_dict("records"):
        held, error = float(row["held_pct"]), float(row["error_pct"])
        nominal = name_nominal(row["family"], row["setting"], row["quantity"])
        name = f"{row['family']}, {row['setting']}, {row['quantity']}"
        spare = max([points for words, points in KNOWN_SHORTFALLS.items() if words in name], default=0)
        if row["truth"] and not pd.isna(row["truth"]):
            truth, mean = float(row["truth"]), float(row["mean_estimate"])
            if abs(mean - truth) > max(float(row["spread"]) / 4, 0.01 * abs(truth)):
                faults.append(f"{name}: found {mean} on average, expected {truth}")
        if np.isnan(nominal):
            if held < 75:
                faults.append(f"{name}: found in {held} %, expected at least 75 %")
        elif row["family"] == "break test":
            if held > nominal + spare + 3 * error:
                faults.append(f"{name}: reported in {held} %, expected {nominal:.0f} %")
        elif held < nominal - spare - 3 * error:
            faults.append(f"{name}: held in {held} %, expected {nominal:.0f} %")
    return faults


def main() -> int:
    """Simulate, write the table and return 1 if a setting falls short and is not published as such."""
    table = simulate()
    TABLE.write_text(table.to_csv(index=False, lineterminator="\n"), encoding="utf-8")
    faults = find_faults(table)
    print(*faults, sep="\n", end="\n" if faults else "")
    print(f"{len(table)} coverages; {len(faults)} fall short without a word on it in the table.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
