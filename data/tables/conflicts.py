"""Conflicts between sources, with the value the book uses, and gaps: what was looked for and not found."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from data.checks import Problem, report

RAW_TABLES = ("conflicts", "gaps")


def check(raw: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Yield conflicts whose two values are the same."""
    frame = raw["conflicts"]
    same = frame[frame["value_a"] == frame["value_b"]]
    yield from report(same, "data/raw/conflicts.csv", "value_b", "a value other than value_a")


def clean(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return ``conflicts`` and ``gaps`` as they are."""
    return {name: raw[name] for name in RAW_TABLES}
