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
    first = first_days(texts)
    length = texts.astype("object").map(lambda text: len(text) if isinstance(text, str) else 0)
    ends = first.mask(length == 4, first + pd.offsets.YearEnd(0))
    return ends.mask(length == 7, first + pd.offsets.MonthEnd(0)).astype("datetime64[us]")


def name_precision(texts: pd.Series) -> pd.Series:
    """Return how precisely each date is printed: ``day``, ``month``, ``year`` or ``unknown``."""
    words = {4: "year", 7: "month", 10: "day"}
    named = texts.astype("object").map(lambda text: words[len(text)] if isinstance(text, str) else "unknown")
    return named.astype("str")


def format_cell(value: Any) -> str:
    """Return a value as a CSV file holds it."""
    if isinstance(value, str):
        return value
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, date):
        return value.isoformat()[:10]
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


def check_close(
    rows: pd.DataFrame,
    file: str,
    column: str,
    wanted: pd.Series | float,
    what: str,
    tolerance: pd.Series | float = 0,
) -> Iterator[Problem]:
    """Report rows whose figure differs by more than a tolerance from another, which may be missing."""
    rows = rows.assign(wanted=wanted, tolerance=tolerance)
    differs = (rows[column] - rows["wanted"]).abs() > rows["tolerance"]
    yield from report(
        rows[differs.fillna(False)], file, column, lambda row: f"{round(row['wanted'], 2):,.12g}, {what}"
    )


def check_dates(frame: pd.DataFrame, file: str, start: str, end: str) -> Iterator[Problem]:
    """Report dates, given as year, month or day, that do not exist or that end before they start."""
    first, last = first_days(frame[start]), last_days(frame[end])
    yield from report(frame[frame[start].notna() & first.isna()], file, start, "a day that exists")
    wrong = (frame[end].notna() & last.isna()) | (last < first)
    yield from report(frame[wrong], file, end, f"a day that exists, not before {start}")


@dataclass(frozen=True)
class Span:
    """A count over whole days, from ``start`` to ``end`` inclusive, and its line in the file."""

    start: pd.Timestamp
    end: pd.Timestamp
    count: float
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


def check_covers(file: str, column: str, wholes: list[Span], pieces: list[Span]) -> Iterator[Problem]:
    """Report spans whose count is not the sum of other spans that fill them."""
    for whole in wholes:
        cover = find_cover([piece for piece in pieces if piece != whole], whole.start, whole.end)
        if cover and (total := sum(piece.count for piece in cover)) != whole.count:
            lines = ", ".join(str(piece.line) for piece in cover)
            wanted = f"{total:,.12g}, the sum of lines {lines}"
            yield Problem(file, whole.line, column, format_value(whole.count), wanted)


def check_duplicate_figures(
    frame: pd.DataFrame, file: str, keys: list[str], column: str
) -> Iterator[Problem]:
    """Report rows of one fact whose role does not fit the figures beside them.

    Exactly one of them is used (``current`` or ``earlier``); a ``second_outlet`` repeats its figure
    and an ``other_figure`` does not.
    """
    used = frame[frame["role"].isin(["current", "earlier"])]
    yield from report(used[used.duplicated(keys)], file, "role", "one row that is current or earlier")
    figures = used.drop_duplicates(keys).set_index(keys)[column].rename("used")
    rows = frame.join(figures, on=keys)
    alone = rows[rows["used"].isna()].drop_duplicates(keys)
    yield from report(alone, file, "role", "current or earlier in one row of this fact")
    differs = (rows["used"] - rows[column]).fillna(0) != 0
    wrong = rows[(rows["role"] == "second_outlet") & differs]
    yield from report(wrong, file, column, lambda row: f"{row['used']:.0f}, as in the row that is used")
    wrong = rows[(rows["role"] == "other_figure") & (rows[column] == rows["used"])]
    yield from report(
        wrong, file, column, "another figure than the row that is used, or the role second_outlet"
    )


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
    types = {"cases": "Int64", "cases_source": "str", share: "float64", "share_source": "str"}
    rows = [_complete(row, share) for _, row in each_row(frame)]
    made = pd.DataFrame(rows, index=frame.index, columns=[*types, "n_fits"])
    return made.astype(types | {"n_fits": "boolean"})


def _complete(row: pd.Series, share: str) -> list[Any]:
    """Return one row's count, its origin, share, its origin, and whether they fit."""
    cases, value, n = row["cases"], row[share], row["n"]
    origins = ["unknown" if pd.isna(cell) else "printed" for cell in (cases, value)]
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
    """Report shares, counts and numbers of people asked that contradict each other in one row."""
    for line, row in each_row(frame):
        column, expected = _find_contradiction(row, share)
        if column:
            yield Problem(file, line, column, format_value(row[column]), expected)


def _find_contradiction(row: pd.Series, share: str) -> tuple[str, str]:
    """Return the first column that contradicts the others, and what was expected, or empty texts."""
    value, n, cases, status, decimals = row[[share, "n", "cases", "n_status", "decimals"]]
    if pd.isna(n) != (status == "not_printed"):
        return "n_status", "not_printed exactly where n is empty"
    if pd.isna(value) != pd.isna(decimals):
        return "decimals", f"the number of decimals of {share}"
    if pd.notna(value) and round(value, decimals) != value:
        return "decimals", f"all decimals of {share}"
    if pd.notna(n) and pd.notna(cases) and cases > n:
        return "cases", f"{n} or fewer, the people asked"
    if pd.isna(n) or pd.isna(value) or status == "weighted":
        return "", ""
    counts = find_counts(value, n, decimals)
    if status == "unclear" and counts:
        return "n_status", f"base, since {counts[0]} of {n} people give this share"
    if status == "unclear" and pd.notna(cases):
        return "cases", "no count where the base is unclear"
    if status != "unclear" and not counts:
        return share, f"a share that some number of {n} people gives, or n_status unclear"
    if status != "unclear" and pd.notna(cases) and cases not in counts:
        return "cases", f"a count from {counts[0]} to {counts[-1]}, which give this share of {n} people"
    return "", ""
