"""Checks of what a model is given: one error that names the column, what was found and what was expected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.corrections import parse_filter, select_rows

Floats = np.ndarray
Reader = Callable[[str], pd.DataFrame]
Years = tuple[int, int | None]
"""First and last year of a span; no last year: to the newest one."""


def take_numbers(frame: pd.DataFrame, column: str, *, minimum: float | None = None) -> Floats:
    """Return one column of a frame as floating-point numbers."""
    if column not in frame.columns:
        raise ValueError(f"{column}: no such column, expected one of {', '.join(map(str, frame.columns))}")
    try:
        numbers = frame[column].to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError):
        raise ValueError(f"{column}: found text, expected numbers") from None
    missing = int(np.sum(~np.isfinite(numbers)))
    if missing:
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


@dataclass(frozen=True)
class Source:
    """What a model is fitted to: rows and years of a clean table, and the column of the outcome."""

    read: Reader
    table: str
    outcome: str = "value"
    where: str = ""
    years: Years = (0, None)

    def chosen(self, column: str) -> str:
        """Return the value that the filter asks for in a column."""
        return parse_filter(self.where)[column]

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


def require_points(count: int, needed: int, column: str) -> None:
    """Raise if there are fewer points than a model needs."""
    if count < needed:
        raise ValueError(f"{column}: found {count} points, expected at least {needed} for this model")
