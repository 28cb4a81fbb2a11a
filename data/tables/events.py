"""Dated events, whose dates can be a year or a month."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from data.checks import Problem, first_days, last_days, name_precision, report

RAW_TABLES = ("events",)


def check(raw: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Yield dates that are not in the calendar."""
    events = raw["events"]
    yield from report(events[first_days(events["date"]).isna()], "data/raw/events.csv", "date", "a date")


def clean(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return ``events``, with the first and last day a date can mean."""
    dates = raw["events"]["date"]
    days = {"first_day": first_days(dates), "last_day": last_days(dates)}
    return {"events": raw["events"].assign(**days, precision=name_precision(dates))}
