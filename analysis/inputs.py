"""Checks shared by every model: one clear error that names the column and what was expected."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

Floats = np.ndarray


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
        raise ValueError(
            f"{column}: found {missing} missing or infinite values, expected a number in each row"
        )
    if minimum is not None and numbers.size and numbers.min() < minimum:
        raise ValueError(f"{column}: found {numbers.min():g}, expected at least {minimum:g}")
    return numbers


def take_years(frame: pd.DataFrame, column: str = "year", *, gaps: bool = False) -> Floats:
    """Return the years of a yearly table, one row a year and in order."""
    years = take_numbers(frame, column)
    steps = np.diff(years)
    if np.any(steps <= 0):
        at = years[1:][steps <= 0][0]
        raise ValueError(f"{column}: found {at:.0f} twice or out of order, expected one row a year in order")
    if not gaps and np.any(steps != 1):
        absent = sorted(set(range(int(years[0]), int(years[-1]) + 1)) - set(years.astype(int)))
        raise ValueError(f"{column}: {', '.join(map(str, absent))} missing, expected every year in between")
    return years


def require_points(count: int, needed: int, column: str) -> None:
    """Raise if there are fewer points than a model needs."""
    if count < needed:
        raise ValueError(f"{column}: found {count} points, expected at least {needed} for this model")


def require_choice(value: str, choices: Sequence[str], name: str) -> None:
    """Raise if an argument is none of the accepted words."""
    if value not in choices:
        raise ValueError(f"{name}: found {value!r}, expected one of {', '.join(choices)}")


def require_level(level: float) -> None:
    """Raise unless a confidence level lies strictly between one half and one."""
    if not 0.5 < level < 1:
        raise ValueError(f"level: found {level}, expected a share such as 0.95")
