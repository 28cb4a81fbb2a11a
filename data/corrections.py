"""Known errors of sources, applied as entries of a table and never as silent edits.

``raw/corrections.csv`` names a row by its cells (``where``: ``column=value;column=value``), the
cell, what the source printed and what the book uses instead. A row whose printed value is no
longer there speaks up: either the source was mended and the entry can go, or the raw table was
edited by hand.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from data.checks import Problem

FILE = "data/raw/corrections.csv"


def parse_filter(text: str) -> dict[str, str]:
    """Return the conditions of a ``column=value;column=value`` filter, in its order."""
    conditions = {}
    for part in filter(None, text.split(";")):
        column, sign, value = part.partition("=")
        if not sign:
            raise ValueError(f"{part!r} is no condition; expected column=value")
        conditions[column.strip()] = value.strip()
    return conditions


def select_rows(frame: pd.DataFrame, text: str) -> pd.Series:
    """Return which rows of a frame meet a ``column=value;…`` filter."""
    chosen = pd.Series(True, index=frame.index)
    for column, value in parse_filter(text).items():
        if column not in frame.columns:
            raise KeyError(f"filter {text!r} names {column!r}; columns are {', '.join(frame.columns)}")
        chosen &= _as_text(frame[column]) == value
    return chosen


def _as_text(column: pd.Series) -> pd.Series:
    if isinstance(column.dtype, pd.StringDtype):
        return column.fillna("")
    if pd.api.types.is_datetime64_any_dtype(column):
        return column.dt.strftime("%Y-%m-%d").fillna("")
    if pd.api.types.is_bool_dtype(column):
        return column.astype("object").map(lambda v: "" if pd.isna(v) else str(v).lower())
    if pd.api.types.is_float_dtype(column):
        return column.map(lambda v: "" if pd.isna(v) else f"{v:.12g}")
    return column.astype("object").map(lambda v: "" if pd.isna(v) else str(v))


def _read_boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(text)
    return text == "true"


def _parse_as(kind: Any, text: Any) -> Any:
    if pd.isna(text):
        raise ValueError(text)
    if pd.api.types.is_bool_dtype(kind):
        return _read_boolean(text)
    if pd.api.types.is_numeric_dtype(kind):
        return float(text) if pd.api.types.is_float_dtype(kind) else int(text)
    return pd.Timestamp(text) if pd.api.types.is_datetime64_any_dtype(kind) else text


def apply_corrections(
    raw: dict[str, pd.DataFrame], corrections: pd.DataFrame
) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    """Return the raw tables with every correction applied; the input is left as it was."""
    tables, faults = dict(raw), []
    for line, entry in corrections.iterrows():
        here = int(str(line))
        if entry["table"] not in tables:
            faults.append(Problem(FILE, here, "table", repr(entry["table"]), "a raw table"))
            continue
        frame = tables[entry["table"]]
        if entry["column"] not in frame.columns:
            found, expected = repr(entry["column"]), f"a column of {entry['table']}"
            faults.append(Problem(FILE, here, "column", found, expected))
            continue
        try:
            rows = select_rows(frame, entry["where"])
            printed = _as_text(frame.loc[rows, entry["column"]])
        except (KeyError, ValueError) as error:
            faults.append(Problem(FILE, here, "where", str(error).strip('"'), "columns of that table"))
            continue
        if rows.sum() != 1:
            found = f"{rows.sum()} rows of {entry['table']}"
            faults.append(Problem(FILE, here, "where", found, "exactly one row"))
            continue
        if printed.iloc[0] != entry["printed"]:
            expected = f"{entry['printed']!r} as first printed; if the source mended it, remove this entry"
            faults.append(Problem(FILE, here, "printed", repr(printed.iloc[0]), expected))
            continue
        if entry["action"] == "drop":
            tables[entry["table"]] = frame.loc[~rows]
            continue
        frame = frame.copy()
        try:
            frame.loc[rows, entry["column"]] = _parse_as(frame[entry["column"]].dtype, entry["corrected"])
        except (ValueError, TypeError):
            expected = f"what column {entry['column']} of {entry['table']} holds"
            found = "an empty cell" if pd.isna(entry["corrected"]) else repr(entry["corrected"])
            faults.append(Problem(FILE, here, "corrected", found, expected))
            continue
        tables[entry["table"]] = frame
    return tables, faults
