"""What a model returns: a fit, and its results, one per row, in the units the book prints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.models.rates import LEVEL, Interval

if TYPE_CHECKING:
    from analysis.models.trends import Trend

Convert = Callable[[Any], Any]
"""From the scale on which a model is linear to the unit of the book."""


@dataclass(frozen=True)
class Estimate:
    """One result of a model."""

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
    words: str = ""
    """The result in words, if it is a term of the model in natural units."""


def describe(quantity: str, found: Interval, unit: str, *, scale: float = 1.0, **more: Any) -> Estimate:
    """Return an interval as a result, in another unit if asked."""
    value, low, high, error = (scale * v for v in (found.value, found.low, found.high, found.std_error))
    more = {"method": found.method} | more
    return Estimate(quantity, value, low, high, unit, found.kind, found.level, error, **more)


def bracket(
    quantity: str, centre: float, half: float, unit: str, back: Convert = float, *, kind: str = "confidence", **more: Any
) -> Estimate:
    """Return a result whose interval is symmetric on the scale of its model, in natural units."""
    value, low, high = (float(back(v)) for v in (centre, centre - half, centre + half))
    return Estimate(quantity, value, low, high, unit, kind, LEVEL, **more)


def state(quantity: str, value: float, unit: str, *, method: str = "arithmetic", **more: Any) -> Estimate:
    """Return a figure that is counted or computed and has no interval."""
    return Estimate(quantity, float(value), unit=unit, method=method, **more)


@dataclass(frozen=True)
class Fit:
    """A fitted model: its results, the rows it was fitted to, and what its pages draw."""

    n: int
    rows: list[Estimate]
    table: pd.DataFrame
    family: str
    link: str
    method: str
    dispersion: float = np.nan
    df_resid: float = np.nan
    trends: tuple[Trend, ...] = ()
    back: Convert = np.asarray
    """From the mean of a trend to the unit of its chart."""
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    def find(self, quantity: str) -> Estimate | None:
        """Return one result by its name, or nothing."""
        return next((row for row in self.rows if row.quantity == quantity), None)


def name_period(first: int, last: int | None) -> str:
    """Return the years of a period as they stand in a name; an open end keeps its name next year."""
    return f"since_{first}" if last is None else str(first) if first == last else f"{first}_{last}"
