"""What a model hands over: one result a row, in the units a reader is told."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.rates import Interval


@dataclass(frozen=True)
class Estimate:
    """One result of a model, in the units a reader is told."""

    quantity: str
    value: float
    ci_low: float = np.nan
    ci_high: float = np.nan
    unit: str = ""
    interval_kind: str = ""
    level: float = np.nan
    std_error: float = np.nan
    term: str = ""
    n: int = 0
    method: str = ""


def describe_interval(
    quantity: str,
    interval: Interval,
    *,
    unit: str,
    scale: float = 1.0,
    term: str = "",
    n: int = 0,
    keep_error: bool = True,
) -> Estimate:
    """Return an interval as a result."""
    return Estimate(
        quantity=quantity,
        value=interval.value * scale,
        ci_low=interval.low * scale,
        ci_high=interval.high * scale,
        unit=unit,
        interval_kind=interval.kind,
        level=interval.level,
        std_error=interval.std_error * scale if keep_error else np.nan,
        term=term,
        n=n,
        method=interval.method,
    )
