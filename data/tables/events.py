"""Dated events, and the sources of all tables: the two tables whose dates can be a year or a month."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from data.checks import Problem, first_days, last_days, name_precision, report

RAW_TABLES = ("events", "sources")


def check(raw: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Yield dates that are not in the calendar."""
    for name, column in (("events", "date"), ("sources", "published")):
        frame = raw[name]
        wrong = frame[frame[column].notna() & first_days(frame[column]).isna()]
        yield from report(wrong, f"data/raw/{name}.csv", column, "a day of the calendar")


def clean(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return ``events``, with the first and last day a date can mean, and ``sources`` as it is."""
    events = raw["events"]
    days = {"first_day": first_days(events["date"]), "last_day": last_days(events["date"])}
    return {
        "events": events.assign(**days, precision=name_precision(events["date"])),
        "sources": raw["sources"],
    }
