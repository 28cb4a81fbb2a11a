"""How far the headline moves when a choice changes: one row a choice, the size of the change in it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import stats

from analysis.results import Estimate
from analysis.trends import Autocorrelation


def tabulate_sensitivity(primary: Estimate, others: Sequence[tuple[str, Estimate]]) -> pd.DataFrame:
    """Return the sensitivity table of one headline."""
    rows = [("nothing: the model of this page", primary), *others]
    return pd.DataFrame(
        {
            "changed": [words for words, _ in rows],
            "estimate": [e.value for _, e in rows],
            "ci_low": [e.ci_low for _, e in rows],
            "ci_high": [e.ci_high for _, e in rows],
            "difference": [e.value - primary.value for _, e in rows],
            "unit": [e.unit for _, e in rows],
            "interval_kind": [e.interval_kind for _, e in rows],
            "n": [e.n for _, e in rows],
        }
    )


def pick_extremes(primary: Estimate, without: dict[str, Estimate]) -> list[tuple[str, Estimate]]:
    """Return the two single units whose absence moves the headline furthest down and furthest up.

    Of units that move it equally far the first is named; equal is what agrees to nine digits, for the
    last ones depend on the processor.
    """
    if not without:
        return []
    picked = []
    for pick, word in ((min, "lowest"), (max, "highest")):
        extreme = pick(estimate.value for estimate in without.values())
        name = next(n for n, e in without.items() if math.isclose(e.value, extreme, rel_tol=1e-9))
        picked.append((f"without {name} ({word})", without[name]))
    return picked


def widen(
    value: float,
    std_error: float,
    link_to_unit: Callable[[float], float],
    estimate: Estimate,
    autocorrelation: Autocorrelation,
) -> tuple[str, Estimate]:
    """Return the headline with its interval widened for autocorrelation."""
    half = (
        float(stats.t.ppf(0.5 + estimate.level / 2, autocorrelation.df))
        * std_error
        * autocorrelation.widening
    )
    limits = sorted((link_to_unit(value - half), link_to_unit(value + half)))
    words = f"interval widened for autocorrelation (r = {autocorrelation.corrected:.2f})".replace("-", "−")
    kind = "confidence" if estimate.interval_kind == "exact" else estimate.interval_kind
    widened = replace(estimate, ci_low=limits[0], ci_high=limits[1], std_error=np.nan, interval_kind=kind)
    return words, widened
