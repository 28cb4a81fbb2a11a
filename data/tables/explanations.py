"""Why most entrants are women, as officials, aid groups and scholars explain it.

``raw/explanations.csv`` has one row per document and explanation. These are opinions, some better
supported than others; none is a measurement, and the book reports them as what was said.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from data.checks import Problem, check_agreement

RAW_TABLES = ("explanations",)
FILE = "data/raw/explanations.csv"


def check(raw: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Report rows that give one document two speakers or two dates."""
    explanations = raw["explanations"].astype("object").fillna("")
    for column in ("offered_year", "offered_by", "speaker"):
        yield from check_agreement(explanations, FILE, ["source_id"], column)


def clean(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the table as it is."""
    return {"explanations": raw["explanations"].copy()}
