"""Reading a table strictly, and writing it in one canonical form.

Every cell is judged against ``datapackage.json`` before pandas sees it, because a lenient reader
turns a shifted column, a thousands comma or a second decimal point into a plausible number.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable
from datetime import date
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pandas as pd

from data.checks import Problem
from data.descriptor import DATA, Resource

# Digits are written out, since \d takes those of every script; fifteen of them stay exact as floats.
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,14})")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]+)?")
_YEAR = re.compile(r"[12][0-9]{3}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# A spreadsheet runs a cell that begins with one of these as a formula; some take the wide ones as well.
_FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠]")
# Words in the names of columns that hold the two ends of a span.
_SPANS = {"start": "end", "low": "high", "from": "until", "min": "max"}
_MARKUP = re.compile(r"<[a-zA-Z/!?]|&#|javascript:", re.IGNORECASE)


def _to_date(text: str) -> date:
    if not _DATE.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def _matching(pattern: re.Pattern[str], make: Callable[[str], Any]) -> Callable[[str], Any]:
    def parse(text: str) -> Any:
        if not pattern.fullmatch(text):
            raise ValueError(text)
        return make(text)

    return parse


_TYPES: dict[str, tuple[Callable[[str], Any], str]] = {
    "integer": (_matching(_INTEGER, int), "a whole number in plain digits"),
    "number": (_matching(_NUMBER, float), "a number in plain digits with at most one point"),
    "year": (_matching(_YEAR, int), "a year of four digits"),
    "date": (_to_date, "a date as YYYY-MM-DD"),
    "boolean": ({"true": True, "false": False}.__getitem__, "true or false"),
    "string": (str, "text"),
}


def name_file(resource: Resource) -> str:
    """Return a table's path as faults print it."""
    return f"data/{resource['path']}"


def read_table(
    resource: Resource, folder: Path = DATA, content: bytes | None = None
) -> tuple[pd.DataFrame, list[Problem]]:
    """Read one table and judge every cell of it against its schema."""
    file = name_file(resource)
    fields = resource["schema"]["fields"]
    empty = pd.DataFrame(columns=[f["name"] for f in fields])
    try:
        content = (folder / resource["path"]).read_bytes() if content is None else content
    except FileNotFoundError:
        return empty, [Problem(file, 1, "file", "no file", "the table that datapackage.json describes")]
    text, faults = _decode(content, file)
    if faults:
        return empty, faults
    rows = list(csv.reader(io.StringIO(text), strict=False))
    header = [f["name"] for f in fields]
    if rows[0] != header:
        return empty, [_compare_headers(file, rows[0], header)]
    if len(rows) == 1:
        return empty, [Problem(file, 1, "file", "a header and no rows", "at least one row")]
    columns: dict[str, list[Any]] = {name: [] for name in header}
    lines: list[int] = []
    for line, row in enumerate(rows[1:], start=2):
        if len(row) != len(header):
            faults.append(Problem(file, line, "row", f"{len(row)} cells", f"{len(header)} cells"))
            continue
        lines.append(line)
        for field, cell in zip(fields, row, strict=True):
            value, wrong = _parse_cell(cell, field)
            columns[field["name"]].append(value)
            if wrong:
                faults.append(Problem(file, line, field["name"], _show(cell), wrong))
    if faults:
        return empty, faults
    frame = type_frame(columns, fields, lines)
    faults += _check_keys(frame, columns, resource, lines)
    faults += check_spans(frame, file)
    return frame, faults


def _decode(content: bytes, file: str) -> tuple[str, list[Problem]]:
    if not content.strip():
        return "", [Problem(file, 1, "file", "an empty file", "a header and rows")]
    if content.startswith(b"\xef\xbb\xbf"):
        return "", [Problem(file, 1, "encoding", "a byte order mark", "UTF-8 without one")]
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return "", [Problem(file, line, "encoding", f"byte 0x{content[error.start]:02x}", "UTF-8")]
    if "\r" in text:
        line = text[: text.index("\r")].count("\n") + 1
        return "", [Problem(file, line, "encoding", "a carriage return", "lines that end in LF alone")]
    if not text.endswith("\n"):
        return "", [Problem(file, text.count("\n") + 1, "file", "no line end", "a last line that ends in LF")]
    # A quoted cell that spans lines would put every later line number out.
    for line, row in enumerate(text.split("\n")[:-1], start=1):
        if not row:
            return "", [Problem(file, line, "row", "an empty line", "a row")]
        if row.count('"') % 2:
            return "", [Problem(file, line, "row", "an unclosed quotation mark", "quotation marks in pairs")]
    return text, []


def _compare_headers(file: str, found: list[str], expected: list[str]) -> Problem:
    """Return a fault that names the first column that differs."""
    pairs = zip_longest(found, expected)
    number, (has, should) = next((i, pair) for i, pair in enumerate(pairs, start=1) if pair[0] != pair[1])
    shown = "no such column" if has is None else _show(has)
    wanted = f"no column after {expected[-1]!r}" if should is None else repr(should)
    return Problem(
        file, 1, "header", f"{shown} as column {number}", f"{wanted} (columns: {', '.join(expected)})"
    )


def _show(cell: str) -> str:
    short = cell if len(cell) <= 80 else cell[:77] + "..."
    return repr(short) if cell else "an empty cell"


def _parse_cell(cell: str, field: dict[str, Any]) -> tuple[Any, str]:
    """Return the value of a cell and, if it is wrong, what was expected instead."""
    limits = field.get("constraints", {})
    if cell == "":
        return None, "a value" if limits.get("required") else ""
    parse, words = _TYPES[field["type"]]
    try:
        value = parse(cell)
    except (ValueError, KeyError):
        return None, words
    if field["type"] == "string":
        if cell != cell.strip() or "\xa0" in cell:
            return value, "text without spaces at its ends or hard spaces"
        if not cell.isprintable():
            return value, "text without control characters or invisible signs"
        if _FORMULA.match(cell) or _MARKUP.search(cell):
            return value, "plain text, no formula and no markup"
    if "enum" in limits and value not in limits["enum"]:
        return value, "one of " + ", ".join(map(str, limits["enum"]))
    if "pattern" in limits and not re.fullmatch(limits["pattern"], cell):
        return value, f"text that matches {limits['pattern']}"
    if "minimum" in limits and value < _limit(limits["minimum"], field, parse):
        return value, f"{limits['minimum']} or more"
    if "maximum" in limits and value > _limit(limits["maximum"], field, parse):
        return value, f"{limits['maximum']} or less"
    return value, ""


def _limit(limit: Any, field: dict[str, Any], parse: Callable[[str], Any]) -> Any:
    return parse(str(limit)) if field["type"] == "date" else limit


def type_frame(
    columns: dict[str, list[Any]], fields: list[dict[str, Any]], lines: list[int] | None = None
) -> pd.DataFrame:
    """Return a frame whose columns have the types of the fields."""
    index = pd.Index(lines, name="line") if lines is not None else None
    frame = pd.DataFrame(index=index)
    for field in fields:
        values, kind = columns[field["name"]], field["type"]
        required = field.get("constraints", {}).get("required", False)
        dtype: Any = {
            "integer": "int64" if required else "Int64",
            "year": "int64" if required else "Int64",
            "number": "float64",
            "boolean": "bool" if required else "boolean",
            "string": "str",
            "date": "datetime64[us]",
        }[kind]
        frame[field["name"]] = pd.Series(values, dtype=dtype, index=index)
    return frame


def _check_keys(
    frame: pd.DataFrame, columns: dict[str, list[Any]], resource: Resource, lines: list[int]
) -> list[Problem]:
    file, faults = name_file(resource), []
    key = resource["schema"].get("primaryKey", [])
    if key:
        seen: dict[tuple[Any, ...], int] = {}
        for line, values in zip(lines, zip(*(columns[c] for c in key), strict=True), strict=True):
            if values in seen:
                found = ", ".join("" if v is None else str(v) for v in values)
                faults.append(
                    Problem(
                        file,
                        line,
                        "+".join(key),
                        f"({found}) again",
                        f"a key not used on line {seen[values]}",
                    )
                )
            seen.setdefault(values, line)
    order = resource.get("orderedBy", [])
    if order:
        keys = [_rank(row) for row in zip(*(columns[c] for c in order), strict=True)]
        for before, after, line in zip(keys, keys[1:], lines[1:], strict=False):
            if after < before:
                found = ", ".join("" if v is None else str(v) for _, v in after)
                expected = "rows in ascending order of these columns, as make data puts them"
                faults.append(Problem(file, line, "+".join(order), f"({found})", expected))
    return faults


def find_spans(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return the pairs of columns that by their names begin and end a span."""
    columns = list(names)
    pairs = [
        (name, re.sub(rf"(?<![a-z]){first}(?![a-z])", last, name))
        for name in columns
        for first, last in _SPANS.items()
    ]
    return [(name, other) for name, other in pairs if other != name and other in columns]


def check_spans(frame: pd.DataFrame, file: str) -> list[Problem]:
    """Return a fault for each row in which a span ends before it begins."""
    faults = []
    for first, last in find_spans(frame.columns):
        for line, start, end in frame[[first, last]].dropna().itertuples(name=None):
            # A day and a month or year are compared by what both of them say.
            texts = isinstance(start, str) and isinstance(end, str)
            shared = min(len(start), len(end)) if texts else None
            if (start[:shared] > end[:shared]) if texts else (start > end):
                faults.append(Problem(file, int(line), last, _say(end), f"{_say(start)} of {first} or more"))
    return faults


def _say(value: Any) -> str:
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)


def _rank(values: tuple[Any, ...]) -> tuple[tuple[bool, Any], ...]:
    """Return what a row is ordered by; an empty cell comes first."""
    return tuple((value is not None, value) for value in values)


def order_lines(resource: Resource, content: bytes) -> bytes:
    """Return a table with its lines in the order that the descriptor asks for, none of them altered."""
    fields = {f["name"]: f for f in resource["schema"]["fields"]}
    text, faults = _decode(content, name_file(resource))
    header, *rows = csv.reader(io.StringIO(text)) if not faults else [[]]
    if header != list(fields) or any(len(row) != len(header) for row in rows):
        return content
    places = [(header.index(name), fields[name]) for name in resource.get("orderedBy", [])]
    cells = [[_parse_cell(row[place], field) for place, field in places] for row in rows]
    if any(wrong for row in cells for _, wrong in row):
        return content
    ranks = [_rank(tuple(value for value, _ in row)) for row in cells]
    head, *lines = text.splitlines(keepends=True)
    ordered = sorted(zip(ranks, lines, strict=True), key=lambda pair: pair[0])
    return "".join([head, *(line for _, line in ordered)]).encode("utf-8")


def check_foreign_keys(
    resource: Resource, frames: dict[str, pd.DataFrame], frame: pd.DataFrame
) -> list[Problem]:
    """Return a fault for each cell that points at a row that is not there."""
    faults = []
    for foreign in resource["schema"].get("foreignKeys", []):
        column = foreign["fields"][0]
        target = frames[foreign["reference"]["resource"]]
        known = target[foreign["reference"]["fields"][0]]
        expected = f"a {foreign['reference']['fields'][0]} that stands in {foreign['reference']['resource']}"
        unknown = frame.loc[frame[column].notna() & ~frame[column].isin(known), column]
        for line, value in unknown.items():
            faults.append(Problem(name_file(resource), int(line), column, _show(str(value)), expected))
    return faults


def format_table(frame: pd.DataFrame, resource: Resource) -> bytes:
    """Return a clean table in its one canonical form, sorted, as CSV bytes."""
    fields = resource["schema"]["fields"]
    names = [f["name"] for f in fields]
    if set(frame.columns) != set(names):
        odd = sorted(set(frame.columns) ^ set(names))
        raise ValueError(f"{resource['path']}: columns {odd} stand in the frame or the schema, not in both")
    order = resource.get("orderedBy") or resource["schema"]["primaryKey"]
    sorted_frame = frame[names].sort_values(order, kind="stable", na_position="first")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    cells = [[_format_cell(v, f["type"]) for v in sorted_frame[f["name"]]] for f in fields]
    writer.writerows(zip(*cells, strict=True))
    return out.getvalue().encode("utf-8")


def _format_cell(value: Any, kind: str) -> str:
    if value is None or pd.isna(value):
        return ""
    if kind == "number":
        # Twelve significant digits: far below rounding in any source, above float noise.
        text = f"{float(value):.12g}"
        return f"{float(text):f}".rstrip("0").rstrip(".") if "e" in text else text
    if kind in ("integer", "year"):
        if float(value) != int(value):
            raise ValueError(f"{value!r} is no whole number")
        return str(int(value))
    if kind == "date":
        return pd.Timestamp(value).strftime("%Y-%m-%d")
    if kind == "boolean":
        return "true" if value else "false"
    return str(value)
