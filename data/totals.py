"""Do the parts add up? Proofs that several subject modules share.

A total that its source printed beside the parts is the best proof that a table was read right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from data.faults import Fault

SEXES = ("male", "female", "all")


def show_key(values: Iterable[Any]) -> str:
    """Return the cells that name a row as one short text; dates without a time, nothing for a gap."""
    shown = [
        v.strftime("%Y-%m-%d") if isinstance(v, pd.Timestamp) else str(v) for v in values if not pd.isna(v)
    ]
    return ", ".join(shown)


def group_rows(frame: pd.DataFrame, keys: list[str]) -> Iterator[tuple[tuple[Any, ...], pd.DataFrame]]:
    """Yield the rows that share the cells of some columns; empty cells are a value of their own."""
    for key, rows in frame.groupby(keys, sort=False, dropna=False):
        yield (key if isinstance(key, tuple) else (key,)), rows


def _group_cells(
    frame: pd.DataFrame, keys: list[str], columns: list[str]
) -> dict[tuple[Any, ...], list[tuple[Any, ...]]]:
    """Return the line and some cells of the rows of each key; quicker than a frame a group."""
    groups: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
    keyed = zip(*(frame[c].astype("object").where(frame[c].notna(), None) for c in keys), strict=True)
    cells = zip(frame.index, *(frame[c] for c in columns), strict=True)
    for key, row in zip(keyed, cells, strict=True):
        groups.setdefault(key, []).append(row)
    return groups


def check_sexes(frame: pd.DataFrame, file: str, keys: list[str], column: str) -> list[Fault]:
    """Return a fault for each printed total of both sexes that men and women do not add up to."""
    faults = []
    for key, rows in _group_cells(frame[frame[column].notna()], keys, ["sex", column]).items():
        by_sex = {sex: (line, int(n)) for line, sex, n in rows}
        if set(by_sex) != set(SEXES):
            continue
        (line_m, men), (line_f, women), (line, total) = (by_sex[sex] for sex in SEXES)
        if men + women != total:
            expected = (
                f"{men + women}, which {men} men (line {line_m}) and {women} women (line {line_f}) "
                f"make for {show_key(key)}"
            )
            faults.append(Fault(file, int(line), column, str(total), expected))
    return faults


def check_readings(frame: pd.DataFrame, file: str, keys: list[str], column: str) -> list[Fault]:
    """Return a fault for each reading whose role does not fit the figures beside it.

    Of the rows of one fact exactly one is used (``current`` or ``earlier``); a ``second_outlet``
    repeats its figure and an ``other_figure`` does not.
    """
    faults = []
    for key, rows in _group_cells(frame, keys, ["role", column]).items():
        used = [(int(line), int(value)) for line, role, value in rows if role in ("current", "earlier")]
        name = show_key(key)
        if len(used) != 1:
            line = used[1][0] if used else int(rows[0][0])
            expected = f"exactly one row that is current or earlier for {name}"
            faults.append(Fault(file, line, "role", f"{len(used)} such rows", expected))
            continue
        where, right = used[0]
        for line, role, value in rows:
            if role == "second_outlet" and value != right:
                expected = f"{right} as on line {where}, since the role says the same figure for {name}"
                faults.append(Fault(file, int(line), column, str(value), expected))
            if role == "other_figure" and value == right:
                expected = f"another figure than {right} on line {where}, or the role second_outlet"
                faults.append(Fault(file, int(line), column, str(value), expected))
    return faults
