"""Build small tables that have the columns and types of the schema."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from data.checks import Problem
from data.schema import find_resource, read_descriptor, type_frame

# What a required cell holds where a row gives nothing; a column with listed values holds the first.
DEFAULTS = {"integer": 1, "number": 1.0, "year": 2000, "boolean": False, "string": "x", "date": "2000-01-01"}


def make_table(name: str, *rows: dict[str, Any], layer: str = "raw", **cells: Any) -> pd.DataFrame:
    """Return a table with these rows, typed by the schema and indexed by their line in the file.

    ``cells`` are in every row that does not give its own. All other cells are empty, or a default where
    it is required: ``make_table("residents", {"sex": "male"}, {"sex": "female"}, region="all")``.
    """
    fields = _read_fields(layer, name)
    names = [field["name"] for field in fields]
    if unknown := {column for row in (*rows, cells) for column in row} - set(names):
        raise KeyError(f"{layer} table {name!r} has no {sorted(unknown)}; its columns are {names}")
    empty = {field["name"]: _default(field) for field in fields} | cells
    columns = {column: [(empty | row)[column] for row in rows] for column in names}
    return type_frame(columns, fields, list(range(2, len(rows) + 2)))


@cache
def _read_fields(layer: str, name: str) -> list[dict[str, Any]]:
    return find_resource(read_descriptor(), layer, name)["schema"]["fields"]


def _default(field: dict[str, Any]) -> Any:
    limits = field.get("constraints", {})
    if not limits.get("required"):
        return None
    return limits.get("enum", [DEFAULTS[field["type"]]])[0]


def edit(
    raw: dict[str, pd.DataFrame], name: str, where: dict[str, Any], cells: dict[str, Any] | None
) -> dict[str, pd.DataFrame]:
    """Return tables in which the rows with some cells have others, or are dropped if None."""
    frame = raw[name].copy()
    lines = frame.index[pd.concat([frame[c] == v for c, v in where.items()], axis=1).all(axis=1)]
    if lines.empty:
        raise KeyError(f"no row of {name!r} with {where!r}")
    for column, value in (cells or {}).items():
        frame.loc[lines, column] = value
    return raw | {name: frame.drop(lines) if cells is None else frame}


def list_places(problems: Iterable[Problem]) -> list[tuple[str, int, str]]:
    """Return the table, line and column of each problem, in order."""
    return sorted((Path(p.file).stem, p.line, p.column) for p in problems)
