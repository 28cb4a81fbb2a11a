"""Walking through a raw table line by line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd


def each_row(frame: pd.DataFrame) -> Iterator[tuple[int, Any]]:
    """Yield each row with its line in the file, in order."""
    for line, row in frame.iterrows():
        yield int(str(line)), row
