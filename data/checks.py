"""Checks that several tables share, and the problems they report."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd


@dataclass(frozen=True, order=True)
class Problem:
    """One cell, row or file that breaks a rule, and what was expected there."""

    file: str
    line: int
    column: str
    got: str
    expected: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.column}: expected {self.expected}, got {self.got}"


class DataError(Exception):
    """The data break a rule; the message has one line per problem."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


def each_row(frame: pd.DataFrame) -> Iterator[tuple[int, Any]]:
    """Yield each row with its line in the file, in order."""
    for line, row in frame.iterrows():
        yield int(str(line)), row


def first_days(texts: pd.Series) -> pd.Series:
    """Return the first day each date can mean."""
    full = texts.astype("object").map(lambda t: t + "-01-01"[len(t) - 4 :] if isinstance(t, str) else None)
    return pd.to_datetime(full, format="%Y-%m-%d", errors="coerce").astype("datetime64[us]")


def last_days(texts: pd.Series) -> pd.Series:
    """Return the last day each date can mean; as :func:`first_days`, seen from the other end."""
    first, length = (
        first_days(texts),
        texts.astype("object").map(lambda t: len(t) if isinstance(t, str) else 0),
    )
    ends = first.mask(length == 4, first + pd.offsets.YearEnd(0))
    return ends.mask(length == 7, first + pd.offsets.MonthEnd(0)).astype("datetime64[us]")


def name_precision(texts: pd.Series) -> pd.Series:
    """Return how precisely each date is printed: ``day``, ``month``, ``year`` or ``unknown``."""
    words = {4: "year", 7: "month", 10: "day"}
    return (
        texts.astype("object").map(lambda t: words[len(t)] if isinstance(t, str) else "unknown").astype("str")
    )


def format_cell(value: Any) -> str:
    """Return a value as a CSV file holds it."""
    if isinstance(value, str):
        return value
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    if pd.api.types.is_bool(value):
        return "true" if value else "false"
    if pd.api.types.is_float(value):
        # Twelve significant digits: far below rounding in any source, above float noise.
        text = f"{value:.12g}"
        return f"{float(text):f}".rstrip("0").rstrip(".") if "e" in text else text
    return str(value)


def format_value(value: Any) -> str:
    """Return a value as a message shows it, with quotation marks round a text."""
    if isinstance(value, str):
        return repr(value if len(value) <= 80 else value[:77] + "...")
    return format_cell(value) or "an empty cell"


def report(
    rows: pd.DataFrame, file: str, column: str, expected: str | Callable[[pd.Series], str]
) -> Iterator[Problem]:
    """Yield a problem for each of the rows, which are indexed by their line in the file."""
    for line in rows.index:
        row = rows.loc[line]
        wanted = expected if isinstance(expected, str) else expected(row)
        yield Problem(file, int(line), column, format_value(row[column]), wanted)


def check_sum(
    frame: pd.DataFrame,
    file: str,
    keys: list[str],
    by: str,
    column: str,
    whole: str = "all",
    parts: int | None = 2,
    tolerance: float = 0,
) -> Iterator[Problem]:
    """Report published totals that differ from the sum of their parts.

    The total is the row whose ``by`` is ``whole``; groups with another number of ``parts`` are skipped,
    none if that is None.
    """
    known = frame[frame[column].notna()]
    sums = known[known[by] != whole].groupby(keys, dropna=False)[column].agg(total="sum", parts="size")
    totals = known[known[by] == whole].join(sums, on=keys)
    is_complete = totals["parts"] == (totals["parts"] if parts is None else parts)
    yield from report(
        totals[is_complete & ((totals[column] - totals["total"]).abs() > tolerance)],
        file,
        column,
        lambda row: f"{format_value(row['total'])}, the sum of its {row['parts']:.0f} parts",
    )


def sum_groups(frame: pd.DataFrame, keys: list[str], column: str) -> pd.DataFrame:
    """Return the last row of each group, with the ``sum`` of a column and the number of ``parts``."""
    groups = frame.groupby(keys, dropna=False)[column]
    with_sums = frame.assign(sum=groups.transform("sum"), parts=groups.transform("size"))
    return with_sums[~with_sums.duplicated(keys, keep="last")]


def check_agreement(frame: pd.DataFrame, file: str, keys: list[str], column: str) -> Iterator[Problem]:
    """Report rows whose figure is not that of the first row with the same keys."""
    known = frame[frame[column].notna()]
    first = known.groupby(keys, dropna=False)[column].transform("first")
    rows = known.assign(first=first)[known[column] != first]
    yield from report(
        rows, file, column, lambda row: f"{format_value(row['first'])}, as the first row of {', '.join(keys)}"
    )


def check_at_most(
    rows: pd.DataFrame, file: str, column: str, limit: pd.Series, what: str
) -> Iterator[Problem]:
    """Report rows whose figure exceeds a limit, which is missing where there is none."""
    yield from report(
        rows.assign(limit=limit)[rows[column] > limit],
        file,
        column,
        lambda row: f"{format_value(row['limit'])} or less, {what}",
    )


def check_both_or_neither(rows: pd.DataFrame, file: str, first: str, second: str) -> Iterator[Problem]:
    """Report rows in which one of two cells is filled and the other is empty."""
    yield from report(
        rows[rows[first].isna() != rows[second].isna()],
        file,
        second,
        lambda row: f"{'an empty cell' if pd.isna(row[first]) else 'a value'}, as in {first}",
    )


def check_ascending(rows: pd.DataFrame, file: str, columns: list[str]) -> Iterator[Problem]:
    """Report rows whose low, middle and high figure, some of which may be missing, do not ascend."""
    for number, column in enumerate(columns):
        least = rows[columns[:number]].max(axis=1)
        yield from report(
            rows.assign(least=least)[rows[column] < least],
            file,
            column,
            lambda row: f"{format_value(row['least'])} or more, the figure below it",
        )


def check_consecutive(
    rows: pd.DataFrame, file: str, column: str, first: int | None = None
) -> Iterator[Problem]:
    """Report rows, sorted by year, that do not follow the year of the row before them."""
    expected = rows[column].shift() + 1
    expected = expected if first is None else expected.fillna(first)
    gaps = rows.assign(expected=expected)[expected.notna() & rows[column].ne(expected)]
    yield from report(
        gaps, file, column, lambda row: f"{row['expected']:.0f}; a year is missing or there twice"
    )


@dataclass(frozen=True)
class Span:
    """A count over whole days, from ``start`` to ``end`` inclusive, and its line in the file."""

    start: pd.Timestamp
    end: pd.Timestamp
    count: int
    line: int


def find_cover(spans: list[Span], start: pd.Timestamp, end: pd.Timestamp) -> list[Span] | None:
    """Return spans that fill a time without gap or overlap, longest first; None if there are none."""
    if start > end:
        return []
    first = [span for span in spans if span.start == start and span.end <= end]
    for span in sorted(first, key=lambda span: span.end, reverse=True):
        rest = find_cover(spans, span.end + pd.Timedelta(days=1), end)
        if rest is not None:
            return [span, *rest]
    return None


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


def check_sexes(frame: pd.DataFrame, file: str, keys: list[str], column: str) -> list[Problem]:
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
            faults.append(Problem(file, int(line), column, str(total), expected))
    return faults


def check_readings(frame: pd.DataFrame, file: str, keys: list[str], column: str) -> list[Problem]:
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
            faults.append(Problem(file, line, "role", f"{len(used)} such rows", expected))
            continue
        where, right = used[0]
        for line, role, value in rows:
            if role == "second_outlet" and value != right:
                expected = f"{right} as on line {where}, since the role says the same figure for {name}"
                faults.append(Problem(file, int(line), column, str(value), expected))
            if role == "other_figure" and value == right:
                expected = f"another figure than {right} on line {where}, or the role second_outlet"
                faults.append(Problem(file, int(line), column, str(value), expected))
    return faults


def list_rows(frame: pd.DataFrame) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield each row of a raw table with its line in the file, as a dictionary of typed cells."""
    for line, row in zip(frame.index, frame.to_dict("records"), strict=True):
        yield int(line), {str(name): value for name, value in row.items()}


# No count of people below this on motive, death, profile or return is published: it could identify someone.
SMALLEST_CELL = 5


def count_decimals(value: float) -> int:
    """Return how many decimals a figure is published with; a last zero cannot be seen."""
    return len(f"{abs(value):.6f}".rstrip("0").rstrip(".").partition(".")[2])


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


def check_shares(frame: pd.DataFrame, file: str, share: str) -> Iterator[Problem]:
    """Yield a fault for each share, count and number asked that cannot stand in one row."""
    for here, row in list_rows(frame):
        if pd.isna(row["n"]) != (row["n_status"] == "not_printed"):
            yield Problem(
                file, here, "n_status", repr(row["n_status"]), "not_printed exactly where n is empty"
            )
            continue
        if pd.isna(row[share]) != pd.isna(row["decimals"]):
            yield Problem(
                file, here, "decimals", _show_cell(row["decimals"]), f"digits after the point of {share}"
            )
            continue
        if pd.notna(row[share]) and round(row[share], int(row["decimals"])) != row[share]:
            yield Problem(
                file, here, "decimals", _show_cell(row["decimals"]), f"all digits printed in {share}"
            )
            continue
        if pd.isna(row["n"]):
            continue
        if pd.notna(row["cases"]) and row["cases"] > row["n"]:
            yield Problem(
                file, here, "cases", _show_cell(row["cases"]), f"at most the {row['n']} people asked"
            )
            continue
        if pd.isna(row[share]) or row["n_status"] == "weighted":
            continue
        counts = find_counts(row[share], row["n"], row["decimals"])
        printed = f"{row[share]:.{row['decimals']}f} % of {row['n']}"
        if row["n_status"] == "unclear":
            if counts:
                yield Problem(file, here, "n_status", "'unclear'", f"base, since {counts[0]} is {printed}")
            elif pd.notna(row["cases"]):
                yield Problem(
                    file, here, "cases", _show_cell(row["cases"]), "no count where the base is unclear"
                )
        elif not counts:
            expected = f"a share that some whole number of {row['n']} gives, or n_status unclear"
            yield Problem(file, here, share, f"{row[share]:.{row['decimals']}f}", expected)
        elif pd.notna(row["cases"]) and row["cases"] not in counts:
            span = str(counts[0]) if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
            yield Problem(
                file, here, "cases", _show_cell(row["cases"]), f"{span}, since {printed} is printed"
            )


def _show_cell(value: Any) -> str:
    return "an empty cell" if pd.isna(value) else str(value)
