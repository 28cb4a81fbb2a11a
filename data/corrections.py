"""Apply known errors of sources, which are entries of a table and never silent edits.

``raw/corrections.csv`` names a row by its cells (``where``: ``column=value;column=value``), the cell, what
the source printed and what the book uses instead. An entry whose printed value is no longer there is
reported: the source was corrected, or the raw table edited.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from data.checks import Problem, format_cell, format_value
from data.schema import find_resource, parse_cell

FILE = "data/raw/corrections.csv"


def parse_filter(text: str) -> dict[str, str]:
    """Return the conditions of a ``column=value;column=value`` filter, in its order."""
    conditions = {}
    for part in filter(None, text.split(";")):
        column, sign, value = part.partition("=")
        if not sign:
            raise ValueError(f"expected column=value, got {part!r}")
        conditions[column.strip()] = value.strip()
    return conditions


def select_rows(frame: pd.DataFrame, text: str) -> pd.Series:
    """Return which rows of a frame meet a ``column=value;…`` filter; an empty value is an empty cell."""
    chosen = pd.Series(True, index=frame.index)
    for column, value in parse_filter(text).items():
        if column not in frame.columns:
            raise KeyError(f"filter {text!r} names {column!r}; columns are {', '.join(frame.columns)}")
        chosen &= pd.Series([format_cell(cell) == value for cell in frame[column]], frame.index, bool)
    return chosen


def apply_corrections(
    raw: dict[str, pd.DataFrame], corrections: pd.DataFrame, descriptor: dict[str, Any]
) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    """Return the raw tables with every correction applied; the input is not changed."""
    tables, problems = dict(raw), []
    for line, entry in corrections.iterrows():
        try:
            tables[entry["table"]] = _apply_entry(tables, entry, descriptor)
        except _Mismatch as error:
            problems.append(Problem(FILE, int(str(line)), *error.args))
    return tables, problems


class _Mismatch(Exception):
    """An entry that does not fit its table: column, what was found and what was expected."""


def _apply_entry(
    tables: dict[str, pd.DataFrame], entry: pd.Series, descriptor: dict[str, Any]
) -> pd.DataFrame:
    name, column = entry["table"], entry["column"]
    if name not in tables:
        raise _Mismatch("table", repr(name), "a raw table")
    frame = tables[name]
    if column not in frame.columns:
        raise _Mismatch("column", repr(column), f"a column of {name}")
    try:
        rows = select_rows(frame, entry["where"])
    except (KeyError, ValueError) as error:
        raise _Mismatch("where", str(error).strip('"'), f"conditions on columns of {name}") from None
    if rows.sum() != 1:
        raise _Mismatch("where", f"{rows.sum()} rows of {name}", "exactly one row")
    printed = format_cell(frame.loc[rows, column].iloc[0])
    if printed != entry["printed"]:
        expected = f"{entry['printed']!r}, as first printed; if the source corrected it, remove this entry"
        raise _Mismatch("printed", repr(printed), expected)
    if entry["action"] == "drop":
        return frame.loc[~rows]
    fields = find_resource(descriptor, "raw", name)["schema"]["fields"]
    field = next(field for field in fields if field["name"] == column)
    value, expected = parse_cell(format_cell(entry["corrected"]), field)
    if expected or value is None:
        raise _Mismatch("corrected", format_value(entry["corrected"]), expected or "a value")
    corrected = frame.copy()
    corrected.loc[rows, column] = pd.Timestamp(value) if field["type"] == "date" else value
    return corrected
