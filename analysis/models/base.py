"""What a model is given and what it returns: rows of a clean table; results in the units the book prints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.models.rates import LEVEL, Interval
from data.corrections import select_rows

if TYPE_CHECKING:
    from analysis.models.trends import Trend

Floats = np.ndarray
Reader = Callable[[str], pd.DataFrame]
Years = tuple[int, int | None]
"""First and last year of a span; no last year: to the newest one."""
Convert = Callable[[Any], Any]
"""From the scale on which a model is linear to the unit of the book."""


def take_numbers(frame: pd.DataFrame, column: str, *, minimum: float | None = None) -> Floats:
    """Return one column of a frame as floating-point numbers."""
    if column not in frame.columns:
        raise ValueError(f"{column}: no such column, expected one of {', '.join(map(str, frame.columns))}")
    try:
        numbers = frame[column].to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError):
        raise ValueError(f"{column}: found text, expected numbers") from None
    if missing := int(np.sum(~np.isfinite(numbers))):
        raise ValueError(f"{column}: found {missing} missing or infinite values, expected numbers only")
    if minimum is not None and numbers.size and numbers.min() < minimum:
        raise ValueError(f"{column}: found {numbers.min():g}, expected at least {minimum:g}")
    return numbers


def take_years(frame: pd.DataFrame, *, gaps: bool = False) -> Floats:
    """Return the years of a yearly table, one row per year and in order."""
    years = take_numbers(frame, "year")
    steps = np.diff(years)
    if np.any(steps <= 0):
        at = years[1:][steps <= 0][0]
        raise ValueError(f"year: found {at:.0f} twice or out of order, expected one row per year in order")
    if not gaps and np.any(steps != 1):
        absent = sorted(set(range(int(years[0]), int(years[-1]) + 1)) - set(years.astype(int)))
        raise ValueError(f"year: {', '.join(map(str, absent))} missing, expected every year in between")
    return years


def require_points(count: int, needed: int, column: str) -> None:
    """Raise if there are fewer points than a model needs."""
    if count < needed:
        raise ValueError(f"{column}: found {count} points, expected at least {needed} for this model")


@dataclass(frozen=True)
class Source:
    """What a model is fitted to: rows and years of a clean table, and the column of the outcome."""

    read: Reader
    table: str
    outcome: str = "value"
    where: str = ""
    years: Years = (0, None)

    def rows(self, where: str | None = None) -> pd.DataFrame:
        """Return the rows that the filter, or another one, keeps."""
        frame, where = self.read(self.table), self.where if where is None else where
        try:
            rows = frame.loc[select_rows(frame, where)]
        except KeyError as error:
            raise ValueError(f"{self.table}: {error.args[0]}") from None
        if rows.empty:
            raise ValueError(f"{self.table}: no row for {where!r}, expected some")
        return rows.reset_index(drop=True)

    def within(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of a table in the years used."""
        first, last = self.years
        kept = table[table["year"].between(first, last or np.inf)]
        if kept.empty:
            raise ValueError(f"year: no row from {first} to {last}, expected some")
        return kept.reset_index(drop=True)

    def totals(self, events: str = "") -> pd.DataFrame:
        """Return ``year``, the outcome summed by year and, with a filter of ``events``, the sum of those."""
        rows = self.rows()
        if "sex" in rows.columns and {"male", "female", "all"} <= set(rows["sex"]):
            rows = rows.loc[rows["sex"] != "all"]  # men and women are there: do not count them twice
        take_numbers(rows, "year")
        take_numbers(rows, self.outcome, minimum=0)
        columns = {self.outcome: rows[self.outcome]}
        if events:
            columns["events"] = rows[self.outcome].where(select_rows(rows, events), 0)
        return self.within(pd.DataFrame(columns).groupby(rows["year"].astype(int)).sum().reset_index())


@dataclass(frozen=True)
class Estimate:
    """One result of a model; ``words`` name it if it is a term of the model in natural units."""

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


def describe(quantity: str, found: Interval, unit: str, *, scale: float = 1.0, **more: Any) -> Estimate:
    """Return an interval as a result, in another unit if asked."""
    value, low, high, error = (scale * v for v in (found.value, found.low, found.high, found.std_error))
    more |= {"std_error": error, "method": found.method}
    return Estimate(quantity, value, low, high, unit, found.kind, found.level, **more)


def bracket(
    quantity: str, centre: float, half: float, unit: str, *, back: Convert = float, **more: Any
) -> Estimate:
    """Return a result whose interval is symmetric on the scale of its model, in natural units."""
    value, low, high = (float(back(v)) for v in (centre, centre - half, centre + half))
    shown: dict[str, Any] = {"interval_kind": "confidence", "level": LEVEL} | more
    return Estimate(quantity, value, low, high, unit, **shown)


def state(quantity: str, value: float, unit: str, *, method: str = "arithmetic", **more: Any) -> Estimate:
    """Return a figure that is counted or computed and has no interval."""
    return Estimate(quantity, float(value), unit=unit, method=method, **more)


@dataclass(frozen=True)
class Fit:
    """A fitted model: its results, the rows it was fitted to, and what its pages draw.

    ``back`` leads from the mean of a trend to the unit of its chart.
    """

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
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    def find(self, quantity: str) -> Estimate | None:
        """Return one result by its name, or nothing."""
        return next((row for row in self.rows if row.quantity == quantity), None)


def name_period(first: int, last: int | None) -> str:
    """Return the years of a period as they stand in a name; an open end keeps its name next year."""
    return f"since_{first}" if last is None else str(first) if first == last else f"{first}_{last}"
