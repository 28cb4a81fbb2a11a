"""Timeline: all dated events, and the twelve without which the figures are easily misread."""

from __future__ import annotations

import pandas as pd

# Date and kind of each event, words that single it out, and what changes in the figures.
MAIN = [
    ("1997-07-14", "law", "come into force", "Payments before and after follow different laws."),
    ("2005-01-01", "payment", "cut", "The payment falls sharply. Incentives replace part of it."),
    ("2006-05-05", "arrival", "refugees", "Counts of refugees in the United States begin."),
    ("2011-12-17", "leadership", "Kim", "Arrivals fall sharply between 2011 and 2012."),
    ("2014", "survey", "age floor", "The foundation's survey also asks younger people."),
    (
        "2015-07",
        "welfare",
        "median income",
        "Shares of people on livelihood benefit are not strictly alike before and after.",
    ),
    ("2017", "survey", "draws a sample", "The foundation's survey asks a sample from here on."),
    ("2020-01", "border", "closed", "Arrivals almost stop."),
    ("2023-08-27", "border", "allowed home", "The border opens in steps. Arrivals rise a little."),
    ("2024", "school", "School statistics", "Pupils born in South Korea are included."),
    ("2025-12-30", "naming", "북향민", "The ministry's tables use another word for the same people."),
    ("2026-02-04", "revision", "corrects", "The newest yearly figure changes after its first release."),
]


def mark_main(events: pd.DataFrame) -> pd.DataFrame:
    """Return all events with ``changes``, what changes in the figures, empty for all but the main events."""
    changes = pd.Series("", index=events.index)
    for date, kind, words, change in MAIN:
        rows = events[(events["date"] == date) & (events["kind"] == kind)]
        rows = rows[rows["event"].str.contains(words, regex=False)]
        if len(rows) != 1:
            raise ValueError(f"events: expected one {kind} of {date} with {words!r}, got {len(rows)}")
        changes[rows.index] = change
    return events.assign(changes=changes, is_main=changes.ne("").map({True: "yes", False: "no"}))
