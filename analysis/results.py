"""What a model hands over: one result a row, in the units a reader is told."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.rates import Interval


@dataclass(frozen=True)
class Estimate:
    """One result of a model, in the units a reader is told.

    Parameters
    ----------
    quantity : str
        Its name, unique in the model.
    value, ci_low, ci_high : float
        The estimate and its limits; limits are not a number where there is no interval.
    unit : str
        Natural unit: ``% a year``, ``percentage points``, ``persons``.
    interval_kind : str
        ``confidence``, ``prediction``, ``exact`` or empty.
    level : float
        Level of the interval.
    std_error : float
        On the scale of the estimate; not a number where limits were made on another scale.
    term : str
        Terms of the model it comes from.
    n : int
        Points, cohorts or people it rests on.
    method : str
        How it was made, where that differs from the model's.
    """

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
    """Return an interval as a result.

    Parameters
    ----------
    quantity, unit, term, n
        As in ``Estimate``.
    interval : Interval
        What was computed.
    scale : float
        Factor from the computed scale to the unit (100 from a share to percent).
    keep_error : bool
        Whether the standard error is on the scale of the value.
    """
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
