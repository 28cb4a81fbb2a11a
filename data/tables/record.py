"""The record about the figures: conflicts, gaps, dated events and sources.

Where two documents disagree both values stand in ``conflicts``, with the one the book uses; what
was looked for and not found stands in ``gaps``. ``events`` annotates figures.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from data.checks import Problem, each_row, first_days, last_days, name_precision

RAW: tuple[str, ...] = ("conflicts", "gaps", "events")

CONFLICTS = "data/raw/conflicts.csv"
EVENTS = "data/raw/events.csv"


def validate(raw: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Yield conflicts that are none, and dates that no calendar has."""
    for line, row in each_row(raw["conflicts"]):
        if row["value_a"] == row["value_b"]:
            wanted = f"another value than {row['value_a']!r}, or no conflict"
            yield Problem(CONFLICTS, line, "value_b", repr(row["value_b"]), wanted)
    for file, name, column in ((EVENTS, "events", "date"),):
        texts = raw[name][column]
        for here, text in texts[texts.notna() & first_days(texts).isna()].items():
            yield Problem(file, int(str(here)), column, repr(text), "a day of the calendar")


def tidy(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the four tables of the record."""
    events = raw["events"]
    dates = events["date"]
    return {
        "conflicts": raw["conflicts"].copy(),
        "gaps": raw["gaps"].copy(),
        "events": events.assign(
            first_day=first_days(dates), last_day=last_days(dates), precision=name_precision(dates)
        ),
    }
