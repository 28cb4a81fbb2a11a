"""Dates that a source prints only as a year or a month."""

from __future__ import annotations

import pandas as pd


def first_days(texts: pd.Series) -> pd.Series:
    """Return the first day each date can mean."""
    full = texts.astype("object").map(lambda t: t + "-01-01"[len(t) - 4 :] if isinstance(t, str) else None)
    return pd.to_datetime(full, format="%Y-%m-%d", errors="coerce").astype("datetime64[us]")


def last_days(texts: pd.Series) -> pd.Series:
    """Return the last day each date can mean; as :func:`first_days`, seen from the other end."""
    first, length = (
        first_days(texts),
        texts.astype("object").map(lambda t: len(t) if isinstance(t, str) else 0),
    )
    ends = first.mask(length == 4, first + pd.offsets.YearEnd(0))
    return ends.mask(length == 7, first + pd.offsets.MonthEnd(0)).astype("datetime64[us]")


def name_precision(texts: pd.Series) -> pd.Series:
    """Return how precisely each date is printed: ``day``, ``month``, ``year`` or ``unknown``."""
    words = {4: "year", 7: "month", 10: "day"}
    return (
        texts.astype("object").map(lambda t: words[len(t)] if isinstance(t, str) else "unknown").astype("str")
    )
