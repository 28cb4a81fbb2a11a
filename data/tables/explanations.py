"""Why most entrants are women, as officials, aid groups and scholars explain it.

``raw/explanations.csv`` holds one row a document and explanation. These are opinions, some better
grounded than others; none is a measurement, and the book reports them as what somebody said.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from data.checks import Problem, each_row

RAW: tuple[str, ...] = ("explanations",)

FILE = "data/raw/explanations.csv"


def validate(raw: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Yield rows that give one document two voices or two dates."""
    first: dict[str, pd.Series] = {}
    for line, row in each_row(raw["explanations"]):
        known = first.setdefault(row["source_id"], row)
        for column in ("offered_year", "offered_by", "speaker"):
            if str(row[column]) != str(known[column]):
                wanted = f"{known[column]!r}, as in the other rows of {row['source_id']}"
                yield Problem(FILE, line, column, repr(row[column]), wanted)


def tidy(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the table as it stands."""
    return {"explanations": raw["explanations"].copy()}
