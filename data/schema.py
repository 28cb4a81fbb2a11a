"""Read the descriptor of all tables, and read, check and write tables by it.

``datapackage.yaml`` is written by hand and says at its top what each property means. ``make data`` expands
it to ``datapackage.json``, a Frictionless Data Package with sizes and hashes, which everything else reads.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from data.checks import DataError, Problem, format_cell, format_value

DATA = Path(__file__).resolve().parent

Resource = dict[str, Any]
Field = dict[str, Any]

CONSTRAINTS = ("required", "minimum", "maximum", "enum", "pattern")
EXPLORER = ("role", "low", "high", "interval", "stockOrFlow", "labels", "shortLabels")
FIELD = ("name", "type", "title", "description", "unit", "constraints", *EXPLORER)
RESOURCE = {"profile": "tabular-data-resource", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8"}

# How a cell of each type is written and read, and what a message expects. Digits are written out, since \d
# takes those of every script; fifteen of them stay exact as floats.
_TYPES: dict[str, tuple[str, Callable[[str], Any], str]] = {
    "integer": (r"-?(0|[1-9][0-9]{0,14})", int, "a whole number in plain digits"),
    "number": (
        r"-?(0|[1-9][0-9]{0,14})(\.[0-9]+)?",
        float,
        "a number in plain digits with at most one point",
    ),
    "year": (r"[12][0-9]{3}", int, "a year of four digits"),
    "date": (r"[0-9]{4}-[0-9]{2}-[0-9]{2}", date.fromisoformat, "a date as YYYY-MM-DD"),
    "boolean": (r"true|false", "true".__eq__, "true or false"),
    "string": (r"(?s).*", str, "text"),
}
# A spreadsheet runs a cell that begins with one of these as a formula; some take the wide ones as well.
_FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠]")
_MARKUP = re.compile(r"<[a-zA-Z/!?]|&#|javascript:", re.IGNORECASE)
# What keeps the lines of a file from being its rows, with column, found and expected.
_NOT_ROWS = (
    (re.compile(r"\A\s*\Z"), "file", "an empty file", "a header and rows"),
    (re.compile(r"\A\ufeff"), "encoding", "a byte order mark", "UTF-8 without one"),
    (re.compile(r"\r"), "encoding", "a carriage return", "lines that end in LF alone"),
    (re.compile(r"^\n", re.MULTILINE), "row", "an empty line", "a row"),
    (re.compile(r"[^\n]\Z"), "file", "no line end", "a last line that ends in LF"),
)
# Words in the names of columns that hold the two ends of a span.
_SPANS = {"start": "end", "low": "high", "from": "until", "min": "max"}


def read_descriptor(folder: Path = DATA) -> dict[str, Any]:
    """Return the descriptor that ``make data`` wrote."""
    return json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))


def expand_descriptor(folder: Path = DATA) -> dict[str, Any]:
    """Return the descriptor that ``datapackage.yaml`` gives, without sizes and hashes."""
    file = "data/datapackage.yaml"
    try:
        package = yaml.load((folder / "datapackage.yaml").read_bytes(), yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise DataError([Problem(file, line, "yaml", str(error.problem), "YAML")]) from None
    tables: dict[str, dict[str, Field]] = {}
    resources = []
    for table in package["resources"]:
        layer, name = table["path"].removesuffix(".csv").split("/")
        name = f"raw-{name}" if layer == "raw" else name
        tables[name] = {}
        for given in table.pop("fields"):
            like = tables.get(given.pop("like", ""), {}).get(given["name"], {})
            field = tables[name][given["name"]] = like | given
            if not {"name", "type", "description"} <= field.keys() <= {*FIELD, *CONSTRAINTS}:
                column = f"{table['path']}: {field['name']}"
                expected = "name, type and description, or like, and known properties"
                raise DataError([Problem(file, 1, column, ", ".join(field), expected)])
        fields = [_nest_constraints(field) for field in tables[name].values()]
        schema = {"fields": fields, "primaryKey": table.pop("primaryKey")}
        if "foreignKeys" in table:
            schema["foreignKeys"] = [
                {"fields": [column], "reference": {"resource": target, "fields": [key]}}
                for column, (target, key) in table.pop("foreignKeys").items()
            ]
        schema["missingValues"] = [""]
        resources.append({"name": name, "layer": layer} | RESOURCE | table | {"schema": schema})
    return package | {"resources": resources}


def _nest_constraints(field: Field) -> Field:
    limits = {name: field[name] for name in CONSTRAINTS if name in field}
    nested = field | ({"constraints": limits} if limits else {})
    return {name: nested[name] for name in FIELD if name in nested}


def find_resource(descriptor: dict[str, Any], layer: str, name: str) -> Resource:
    """Return one table's entry in the descriptor."""
    tables = {r["path"]: r for r in descriptor["resources"] if r["layer"] == layer}
    if f"{layer}/{name}.csv" not in tables:
        raise KeyError(f"no {layer} table {name!r}; there are: {', '.join(list_tables(descriptor, layer))}")
    return tables[f"{layer}/{name}.csv"]


def list_tables(descriptor: dict[str, Any], layer: str) -> list[str]:
    """Return the names of a layer's tables in the order of the descriptor."""
    return [Path(r["path"]).stem for r in descriptor["resources"] if r["layer"] == layer]


def display_path(resource: Resource) -> str:
    """Return a table's path as messages show it."""
    return f"data/{resource['path']}"


def compute_hash(content: bytes) -> str:
    """Return a file's hash as the descriptor states it."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, never half."""
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_bytes(content)
    temporary.replace(path)


def read_table(resource: Resource, folder: Path = DATA, content: bytes | None = None) -> pd.DataFrame:
    """Read one table, indexed by line; raise DataError with all cells that do not fit the schema.

    They are checked before pandas sees them, because a lenient reader turns a shifted column, a thousands
    comma or a second decimal point into a plausible number.
    """
    file = display_path(resource)
    fields = resource["schema"]["fields"]
    header = [field["name"] for field in fields]
    if content is None:
        if not (folder / resource["path"]).is_file():
            raise DataError([Problem(file, 1, "file", "no file", "the table of datapackage.yaml")])
        content = (folder / resource["path"]).read_bytes()
    found, *rows = csv.reader(io.StringIO(_decode(content, file)))
    if found != header:
        got, wanted = next(pair for pair in zip_longest(found, header) if pair[0] != pair[1])
        expected = f"{wanted or 'no more columns'} (columns: {', '.join(header)})"
        raise DataError([Problem(file, 1, "header", repr(got or "no column"), expected)])
    if not rows:
        raise DataError([Problem(file, 1, "file", "a header and no rows", "at least one row")])
    problems = []
    columns: dict[str, list[Any]] = {name: [] for name in header}
    for line, row in enumerate(rows, start=2):
        if len(row) != len(header):
            problems.append(Problem(file, line, "row", f"{len(row)} cells", f"{len(header)} cells"))
            continue
        for field, cell in zip(fields, row, strict=True):
            value, expected = parse_cell(cell, field)
            columns[field["name"]].append(value)
            if expected:
                problems.append(Problem(file, line, field["name"], format_value(cell or None), expected))
    if not problems:
        frame = type_frame(columns, fields, list(range(2, len(rows) + 2)))
        problems = _check_key(frame, resource) + check_spans(frame, file)
    if problems:
        raise DataError(problems)
    return frame


def _decode(content: bytes, file: str) -> str:
    """Return the text of a file; raise DataError if its lines are not its rows."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        found = f"byte 0x{content[error.start]:02x}"
        raise DataError([Problem(file, line, "encoding", found, "UTF-8")]) from None
    for pattern, column, got, expected in _NOT_ROWS:
        if match := pattern.search(text):
            line = text[: match.start()].count("\n") + 1
            raise DataError([Problem(file, line, column, got, expected)])
    for line, row in enumerate(text.split("\n"), start=1):
        if row.count('"') % 2:
            raise DataError([Problem(file, line, "row", "an unclosed quotation mark", "marks in pairs")])
    return text


def parse_cell(cell: str, field: Field) -> tuple[Any, str]:
    """Return the value of a cell and, if it is wrong, what was expected instead."""
    limits = field.get("constraints", {})
    if cell == "":
        return None, "a value" if limits.get("required") else ""
    pattern, parse, words = _TYPES[field["type"]]
    if not re.fullmatch(pattern, cell):
        return None, words
    try:
        value = parse(cell)
    except ValueError:  # a day that does not exist
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
    if "minimum" in limits and value < parse(str(limits["minimum"])):
        return value, f"{limits['minimum']} or more"
    if "maximum" in limits and value > parse(str(limits["maximum"])):
        return value, f"{limits['maximum']} or less"
    return value, ""


def type_frame(columns: dict[str, list[Any]], fields: list[Field], lines: list[int]) -> pd.DataFrame:
    """Return a frame whose columns have the types of the fields, indexed by line."""
    index = pd.Index(lines, name="line")
    frame = pd.DataFrame(index=index)
    for field in fields:
        required = field.get("constraints", {}).get("required", False)
        dtype: Any = {
            "integer": "int64" if required else "Int64",
            "year": "int64" if required else "Int64",
            "number": "float64",
            "boolean": "bool" if required else "boolean",
            "string": "str",
            "date": "datetime64[us]",
        }[field["type"]]
        frame[field["name"]] = pd.Series(columns[field["name"]], dtype=dtype, index=index)
    return frame


def _check_key(frame: pd.DataFrame, resource: Resource) -> list[Problem]:
    file, key = display_path(resource), resource["schema"]["primaryKey"]
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for line, *values in frame[key].itertuples(name=None):
        found = ", ".join(map(format_cell, values))
        if seen.setdefault(found, line) != line:
            problems.append(
                Problem(file, line, "+".join(key), found, f"a key not used on line {seen[found]}")
            )
    return problems


def find_spans(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return the pairs of columns that by their names begin and end a span."""
    columns, pairs = list(names), []
    for name in columns:
        for first, last in _SPANS.items():
            other = re.sub(rf"(?<![a-z]){first}(?![a-z])", last, name)
            if other != name and other in columns:
                pairs.append((name, other))
    return pairs


def check_spans(frame: pd.DataFrame, file: str) -> list[Problem]:
    """Return a problem for each row in which a span ends before it begins."""
    problems = []
    for first, last in find_spans(frame.columns):
        for line, start, end in frame[[first, last]].dropna().itertuples(name=None):
            # A day and a month or year are compared by what both of them say.
            texts = isinstance(start, str) and isinstance(end, str)
            shared = min(len(start), len(end)) if texts else None
            if (start[:shared] > end[:shared]) if texts else (start > end):
                expected = f"{format_cell(start)} of {first} or more"
                problems.append(Problem(file, line, last, format_cell(end), expected))
    return problems


def check_foreign_keys(
    resource: Resource, frames: dict[str, pd.DataFrame], frame: pd.DataFrame
) -> list[Problem]:
    """Return a problem for each cell that refers to a row that does not exist."""
    file, problems = display_path(resource), []
    for foreign in resource["schema"].get("foreignKeys", []):
        (column,), target = foreign["fields"], foreign["reference"]
        (key,) = target["fields"]
        cells = frame[column].dropna()
        for line, value in cells[~cells.isin(frames[target["resource"]][key])].items():
            expected = f"a {key} of {target['resource']}"
            problems.append(Problem(file, int(str(line)), column, format_value(value), expected))
    return problems


def sort_rows(frame: pd.DataFrame, resource: Resource) -> pd.DataFrame:
    """Return a table in the order of the descriptor, empty cells first."""
    return frame.sort_values(resource["orderedBy"], kind="stable", na_position="first")


def format_table(frame: pd.DataFrame, resource: Resource) -> bytes:
    """Return a table in its one canonical form, sorted, as CSV bytes."""
    fields = resource["schema"]["fields"]
    names = [f["name"] for f in fields]
    if odd := sorted(set(frame.columns) ^ set(names)):
        raise ValueError(f"{resource['path']}: columns {odd} are in the frame or the schema, not in both")
    ordered = sort_rows(frame[names], resource)
    for field in fields:
        if field["type"] in ("integer", "year") and (ordered[field["name"]].dropna() % 1 != 0).any():
            raise ValueError(f"{resource['path']}: {field['name']} has numbers that are not whole")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(zip(*(map(format_cell, ordered[name]) for name in names), strict=True))
    return out.getvalue().encode("utf-8")


_read_once = cache(read_descriptor)


@cache
def _load(name: str, folder: Path) -> pd.DataFrame:
    descriptor = _read_once(folder)
    table = find_resource(descriptor, "clean", name)
    stale = []
    for resource in (table, *(find_resource(descriptor, "raw", raw) for raw in table["derivedFrom"])):
        path = folder / resource["path"]
        if not path.is_file() or compute_hash(path.read_bytes()) != resource.get("hash"):
            expected = "the file of the last make data; run make data"
            stale.append(Problem(display_path(resource), 1, "file", "another file", expected))
    if stale:
        raise DataError(stale)
    return read_table(table, folder).reset_index(drop=True)


def load(name: str, folder: Path = DATA) -> pd.DataFrame:
    """Return a copy of one clean table, typed and sorted as ``datapackage.yaml`` says.

    Raise KeyError, with the names there are, for an unknown table, and DataError if the table or a raw
    table it is made from changed since ``make data``.

    >>> list(load("entrants").columns)[:3]
    ['year', 'sex', 'entrants_persons']
    """
    return _load(name, folder).copy()


def labels(table: str, column: str) -> dict[str, str]:
    """Return the words for the codes of a column of a clean table, short ones where there are any."""
    fields = find_resource(_read_once(DATA), "clean", table)["schema"]["fields"]
    field = next(field for field in fields if field["name"] == column)
    return field.get("labels", {}) | field.get("shortLabels", {})
