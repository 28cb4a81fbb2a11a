"""Printed shares, the counts behind them, and whether the two can belong together.

A share printed to one decimal of 294 people must be one of 295 fractions. If it is none of them,
the base is another one or the share is weighted: no count can then be rebuilt from it. Tables of
surveys say in ``n_status`` what their ``n`` is:

``base``
    the people asked, of whom the share is a part;
``weighted``
    the people asked, but the share is weighted and need not be a fraction of them;
``unclear``
    a number printed beside a share that no whole number of people gives;
``not_printed``
    none.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd

from data.faults import Fault


def list_rows(frame: pd.DataFrame) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield each row of a raw table with its line in the file, as a dictionary of typed cells."""
    for line, row in zip(frame.index, frame.to_dict("records"), strict=True):
        yield int(line), {str(name): value for name, value in row.items()}


def find_counts(share_pct: float, n: int, decimals: int) -> range:
    """Return every whole number of people that is printed as this share of ``n``."""
    # A printed share stands for anything within half a unit of its last digit; 1e-9 is float noise.
    half = 0.5 * 10.0**-decimals
    low = math.ceil(n * (share_pct - half) / 100 - 1e-9)
    high = math.floor(n * (share_pct + half) / 100 + 1e-9)
    return range(max(low, 0), min(high, n) + 1)


def rebuild_shares(frame: pd.DataFrame, share: str) -> pd.DataFrame:
    """Return the counts and shares of a table, each completed from the other where that is certain."""
    rows = [_complete(row, share) for _, row in list_rows(frame)]
    made = pd.DataFrame(
        rows, index=frame.index, columns=["cases", "cases_source", share, "share_source", "n_fits"]
    )
    return made.astype(
        {
            "cases": "Int64",
            "cases_source": "str",
            share: "float64",
            "share_source": "str",
            "n_fits": "boolean",
        }
    )


def _complete(row: dict[str, Any], share: str) -> list[Any]:
    """Return one row's count, its origin, share, its origin, and whether they fit."""
    cases, value, n = row["cases"], row[share], row["n"]
    origins = ["unknown" if pd.isna(v) else "printed" for v in (cases, value)]
    fits: Any = pd.NA
    if pd.notna(n) and row["n_status"] != "weighted":
        if pd.notna(value):
            counts = find_counts(value, n, row["decimals"])
            fits = len(counts) > 0
            if pd.isna(cases) and len(counts) == 1:
                cases, origins[0] = counts[0], "rebuilt"
        elif pd.notna(cases):
            value, origins[1] = 100 * cases / n, "computed"
    return [cases, origins[0], value, origins[1], fits]


def check_shares(frame: pd.DataFrame, file: str, share: str) -> Iterator[Fault]:
    """Yield a fault for each share, count and number asked that cannot stand in one row."""
    for here, row in list_rows(frame):
        if pd.isna(row["n"]) != (row["n_status"] == "not_printed"):
            yield Fault(file, here, "n_status", repr(row["n_status"]), "not_printed exactly where n is empty")
            continue
        if pd.isna(row[share]) != pd.isna(row["decimals"]):
            yield Fault(file, here, "decimals", _show(row["decimals"]), f"digits after the point of {share}")
            continue
        if pd.notna(row[share]) and round(row[share], int(row["decimals"])) != row[share]:
            yield Fault(file, here, "decimals", _show(row["decimals"]), f"all digits printed in {share}")
            continue
        if pd.isna(row["n"]):
            continue
        if pd.notna(row["cases"]) and row["cases"] > row["n"]:
            yield Fault(file, here, "cases", _show(row["cases"]), f"at most the {row['n']} people asked")
            continue
        if pd.isna(row[share]) or row["n_status"] == "weighted":
            continue
        counts = find_counts(row[share], row["n"], row["decimals"])
        printed = f"{row[share]:.{row['decimals']}f} % of {row['n']}"
        if row["n_status"] == "unclear":
            if counts:
                yield Fault(file, here, "n_status", "'unclear'", f"base, since {counts[0]} is {printed}")
            elif pd.notna(row["cases"]):
                yield Fault(file, here, "cases", _show(row["cases"]), "no count where the base is unclear")
        elif not counts:
            expected = f"a share that some whole number of {row['n']} gives, or n_status unclear"
            yield Fault(file, here, share, f"{row[share]:.{row['decimals']}f}", expected)
        elif pd.notna(row["cases"]) and row["cases"] not in counts:
            span = str(counts[0]) if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
            yield Fault(file, here, "cases", _show(row["cases"]), f"{span}, since {printed} is printed")


def _show(value: Any) -> str:
    return "an empty cell" if pd.isna(value) else str(value)
