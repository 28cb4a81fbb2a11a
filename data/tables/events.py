"""Dated events, whose dates can be a year or a month."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from data.checks import Problem, first_days, last_days, name_precision, report

RAW_TABLES = ("events",)
STAGES = r"\b(?:promulgated|in(?:to)? force|passed|signed|runs out)\b"


def check(raw: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Yield dates that are not in the calendar, and laws that do not say what happened on their day."""
    events = raw["events"]
    yield from report(events[first_days(events["date"]).isna()], "data/raw/events.csv", "date", "a date")
    laws = events[events["kind"].isin(["law", "decree"])]
    unclear = laws[~laws["event"].str.contains(STAGES)]
    yield from report(
        unclear, "data/raw/events.csv", "event", "promulgated, in force, passed, signed or runs out"
    )


def clean(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return ``events``, with the first and last day a date can mean."""
    dates = raw["events"]["date"]
    days = {"first_day": first_days(dates), "last_day": last_days(dates)}
    return {"events": raw["events"].assign(**days, precision=name_precision(dates))}
