"""Intervals for shares, small counts and their comparisons."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from statsmodels.stats.rates import confint_poisson

LEVEL = 0.95
METHODS = {"wilson": "wilson", "clopper-pearson": "beta"}


class Interval(NamedTuple):
    """A value and where it may lie; the standard error only where it is on the scale of the value."""

    value: float
    low: float
    high: float
    level: float
    kind: str
    method: str
    std_error: float = np.nan


def estimate_share(cases: float, n: float, *, method: str = "wilson", level: float = LEVEL) -> Interval:
    """Return a share of people asked, between 0 and 1, by Wilson's or Clopper and Pearson's limits."""
    check_share(cases, n)
    share = float(cases / n)
    low, high = map(float, proportion_confint(cases, n, alpha=1 - level, method=METHODS[method]))
    if method == "wilson":
        return Interval(
            share, low, high, level, "confidence", method, float(np.sqrt(share * (1 - share) / n))
        )
    return Interval(share, low, high, level, "exact", method)


def estimate_share_difference(cases: float, n: float, other_cases: float, other_n: float) -> Interval:
    """Return the first share minus the second, with Newcombe's limits."""
    check_share(cases, n)
    check_share(other_cases, other_n)
    low, high = confint_proportions_2indep(cases, n, other_cases, other_n, method="newcomb", alpha=1 - LEVEL)
    p, q = cases / n, other_cases / other_n
    error = float(np.sqrt(p * (1 - p) / n + q * (1 - q) / other_n))
    return Interval(float(p - q), float(low), float(high), LEVEL, "confidence", "newcombe", error)


def estimate_rate(count: float, exposure: float = 1.0) -> Interval:
    """Return events per unit of exposure, with Garwood's exact limits."""
    if not exposure > 0:
        raise ValueError(f"exposure: found {exposure}, expected more than zero")
    if not count >= 0 or count != int(count):
        raise ValueError(f"count: found {count}, expected a whole number of events, zero or more")
    low, high = confint_poisson(count, exposure, method="exact-c", alpha=1 - LEVEL)
    low = 0.0 if count == 0 else float(low)
    return Interval(float(count / exposure), low, float(high), LEVEL, "exact", "garwood")


def check_share(cases: float, n: float) -> None:
    """Raise unless a number of cases can be a share of the people asked."""
    if not n > 0:
        raise ValueError(f"n: found {n}, expected at least one person asked")
    if not 0 <= cases <= n:
        raise ValueError(f"cases: found {cases}, expected between 0 and n = {n}")
