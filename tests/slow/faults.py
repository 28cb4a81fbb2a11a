"""Fault injection: one error at a time is put into a copy of each raw table; do the checks find it?

``python -m tests.slow.faults`` does so from a fixed seed (minutes), prints how many were found by kind and
by table, writes ``book/faults.csv``, and fails if an error of form passes the checks of content, if any
error passes the checksums too, or if the stored table said something else.
"""

from __future__ import annotations

import csv
import io
import re
import sys
import zlib
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from analysis.chapters import article_audit
from data import pipeline
from data.checks import DataError
from data.schema import (
    DATA,
    Resource,
    check_foreign_keys,
    compute_hash,
    find_resource,
    find_spans,
    list_tables,
    read_descriptor,
    read_table,
    sort_rows,
)

TABLE = DATA.parent / "book" / "faults.csv"
SEED = 20260204
COLUMNS = ["table", "kind", "is_form", "planted", "seen_by_content", "seen_by_hash_only"]
NUMERIC = ("integer", "number", "year")
FORMULAS = ('=HYPERLINK("https://example.org")', "+1+1", "-2+3", "@SUM(1)", "＝1+1")
MARKUP = ("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<!--", "&#60;b>", "</td>")


@dataclass
class Sheet:
    """A raw table as lines of cells; the first is the header."""

    rows: list[list[str]]
    resource: Resource

    def columns(self, wanted: Callable[[dict[str, Any]], bool]) -> list[int]:
        """Return the positions of the columns whose field is wanted."""
        return [i for i, field in enumerate(self.resource["schema"]["fields"]) if wanted(field)]

    def cells(self, columns: list[int], fits: Callable[[str], bool] = bool) -> list[tuple[int, int]]:
        """Return row and column of the cells that fit, in the order of the file."""
        return [(r, c) for r in range(1, len(self.rows)) for c in columns if fits(self.rows[r][c])]


Plant = Callable[[Sheet, np.random.Generator], bool]
"""Changes a sheet; false if the table has no place for such an error."""


def choose(rng: np.random.Generator, places: list[Any]) -> Any:
    """Return one of the places, or None if there is none."""
    return places[rng.integers(len(places))] if places else None


def change_number(pattern: str, make: Callable[[str, np.random.Generator], str]) -> Plant:
    """Replace a number that fits a pattern: in a column of numbers, or else within a text."""

    def plant(sheet: Sheet, rng: np.random.Generator) -> bool:
        numbers = sheet.columns(lambda f: f["type"] in NUMERIC)
        texts = sheet.columns(lambda f: f["type"] == "string" and "enum" not in f.get("constraints", {}))
        for columns in (numbers, texts):
            place = choose(rng, sheet.cells(columns, lambda cell: re.search(pattern, cell) is not None))
            if place:
                row, column = place
                cell = sheet.rows[row][column]
                match = choose(rng, list(re.finditer(pattern, cell)))
                sheet.rows[row][column] = cell[: match.start()] + make(match[0], rng) + cell[match.end() :]
                return True
        return False

    return plant


def write_text(words: tuple[str, ...], whole: bool) -> Plant:
    """Write words into a cell of free text, in place of its text or after it."""

    def plant(sheet: Sheet, rng: np.random.Generator) -> bool:
        free = sheet.columns(lambda f: f["type"] == "string" and "enum" not in f.get("constraints", {}))
        row, column = choose(rng, sheet.cells(free, lambda cell: True))
        sheet.rows[row][column] = ("" if whole else sheet.rows[row][column]) + choose(rng, list(words))
        return True

    return plant


def change_cell(name: str, make: Callable[[str, np.random.Generator], str]) -> Plant:
    """Replace a filled cell of a column whose name fits a pattern."""

    def plant(sheet: Sheet, rng: np.random.Generator) -> bool:
        columns = sheet.columns(lambda f: re.fullmatch(name, f["name"]) is not None)
        if place := choose(rng, sheet.cells(columns)):
            sheet.rows[place[0]][place[1]] = make(sheet.rows[place[0]][place[1]], rng)
        return place is not None

    return plant


def swap_digits(text: str, rng: np.random.Generator) -> str:
    """Return a number with two neighbouring, different digits swapped."""
    pairs = [i for i in range(len(text) - 1) if text[i : i + 2].isdigit() and text[i] != text[i + 1]]
    i = choose(rng, pairs)
    return text[:i] + text[i + 1] + text[i] + text[i + 2 :]


def repeat_row(sheet: Sheet, rng: np.random.Generator) -> bool:
    """Insert a row a second time."""
    row = int(rng.integers(1, len(sheet.rows)))
    sheet.rows.insert(row, list(sheet.rows[row]))
    return True


def drop_row(sheet: Sheet, rng: np.random.Generator) -> bool:
    """Remove a row."""
    del sheet.rows[int(rng.integers(1, len(sheet.rows)))]
    return True


def shift_cells(sheet: Sheet, rng: np.random.Generator) -> bool:
    """Move the cells of a row to the right, from a filled one on; the last is lost."""
    row = choose(rng, sheet.rows[1:])
    column = choose(rng, [c for c in range(len(row) - 1) if row[c]])
    row[column:] = ["", *row[column:-1]]
    return True


def move_row(sheet: Sheet, rng: np.random.Generator) -> bool:
    """Swap two neighbouring rows."""
    if len(sheet.rows) < 3:
        return False
    row = int(rng.integers(1, len(sheet.rows) - 1))
    sheet.rows[row], sheet.rows[row + 1] = sheet.rows[row + 1], sheet.rows[row]
    return True


def reverse_span(sheet: Sheet, rng: np.random.Generator) -> bool:
    """Let a span of time or of values end before it begins."""
    places = []
    for names in find_spans(sheet.rows[0]):
        c, d = (sheet.rows[0].index(name) for name in names)
        filled = [r for r in range(1, len(sheet.rows)) if sheet.rows[r][c] and sheet.rows[r][d]]
        places += [(sheet.rows[r], c, d) for r in filled if sheet.rows[r][c] != sheet.rows[r][d]]
    if not places:
        return False
    row, c, d = choose(rng, places)
    row[c], row[d] = row[d], row[c]
    return True


def add_comma(sheet: Sheet, rng: np.random.Generator) -> bool:
    """End a line with one comma too many."""
    choose(rng, sheet.rows).append("")
    return True


# Errors of form: the checks of content must find every one.
FORM: dict[str, Plant] = {
    "row twice": repeat_row,
    "cells shifted": shift_cells,
    "unknown sex label": change_cell("sex", lambda cell, rng: choose(rng, ["F", "Male", "women"])),
    "unknown source": change_cell("source_(id|a|b)", lambda cell, rng: f"{cell}_1871"),
    "rows out of order": move_row,
    "span reversed": reverse_span,
    "trailing comma": add_comma,
    "formula in a text cell": write_text(FORMULAS, whole=True),
    "HTML in a text cell": write_text(MARKUP, whole=False),
}
# Errors of value: each could be true; only a total, another row or the checksum contradicts it.
VALUES: dict[str, Plant] = {
    "off by one": change_number(r"\d+(\.\d+)?", lambda n, rng: str(Decimal(n) + choose(rng, [-1, 1]))),
    "digits swapped": change_number(r"(?=\d*(\d)(?!\1)\d)\d+", swap_digits),
    "sign": change_number(r"(?<![\d.-])(?=[0-9.]*[1-9])\d+(\.\d+)?", lambda n, rng: f"-{n}"),
    "times 1,000": change_number(
        r"(?=[0-9.]*[1-9])\d+(\.\d+)?", lambda n, rng: f"{(Decimal(n) * 1000).normalize():f}"
    ),
    "another sex": change_cell(
        "sex", lambda cell, rng: choose(rng, sorted({"male", "female", "all"} - {cell}))
    ),
    "row missing": drop_row,
}
# Errors of form in the bytes of the file.
BYTES: dict[str, Callable[[bytes], bytes]] = {
    "byte order mark": lambda content: b"\xef\xbb\xbf" + content,
    "Latin-1": lambda content: re.sub(rb"[a-z](?=[^a-z]*$)", b"\xe9", content, count=1),
    "CRLF": lambda content: content.replace(b"\n", b"\r\n"),
    "empty file": lambda content: b"",
}
RUNS = {**dict.fromkeys(VALUES, 4), **dict.fromkeys(FORM, 1), **dict.fromkeys(BYTES, 1)}
"""How often each kind is put into each table that has a place for it."""


def plant_error(content: bytes, resource: Resource, kind: str, run: int) -> bytes | None:
    """Return a raw table with one error, the same for the same seed; None if it has no place for it."""
    if kind in BYTES:
        return BYTES[kind](content)
    rng = np.random.default_rng([SEED, zlib.crc32(f"{resource['path']} {kind}".encode()), run])
    lines = content.decode("utf-8").split("\n")[:-1]
    sheet = Sheet([next(csv.reader([line])) for line in lines], resource)
    before = [list(row) for row in sheet.rows]
    if not (FORM | VALUES)[kind](sheet, rng):
        return None
    # An unchanged row keeps its bytes, so that nothing but the error differs.
    kept = {tuple(row): line for row, line in zip(before, lines, strict=True)}
    made = [kept.get(tuple(row)) or format_row(row) for row in sheet.rows]
    return ("\n".join(made) + "\n").encode("utf-8")


def format_row(row: list[str]) -> str:
    """Return one line of CSV without its end."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(row)
    return out.getvalue()


@cache
def read_valid() -> tuple[dict[str, Any], pipeline.Tables, pipeline.Tables, pipeline.Tables]:
    """Return the descriptor, the raw tables as published, the corrected ones and the clean ones."""
    descriptor = read_descriptor()
    raw, problems = pipeline.read_raw(descriptor)
    corrected, more = pipeline.correct(raw, descriptor)
    clean, others = pipeline.make_clean(corrected)
    if problems + more + others:
        raise DataError(problems + more + others)
    return descriptor, raw, corrected, clean


def is_found(name: str, content: bytes) -> bool:
    """Return whether a check of content finds a problem if a raw table has this content.

    As ``data.pipeline.make_files``, but only what the table can change is checked again.
    """
    descriptor, raw, corrected, clean = read_valid()
    resource = find_resource(descriptor, "raw", name)
    try:
        frame = read_table(resource, content=content)
    except DataError:
        return True
    ordered = sort_rows(frame, resource)
    if list(ordered.index) != list(frame.index):
        return True  # make data would rewrite the file
    raw = raw | {name: ordered}
    named = {f"raw-{table}": frame for table, frame in raw.items()}
    for other in list_tables(descriptor, "raw"):
        target = find_resource(descriptor, "raw", other)
        keys = target["schema"].get("foreignKeys", [])
        refers = other == name or any(key["reference"]["resource"] == f"raw-{name}" for key in keys)
        if refers and check_foreign_keys(target, named, raw[other]):
            return True
    # A correction changes its own table only.
    given = raw if name == "corrections" else {table: raw[table] for table in (name, "corrections")}
    changed, problems = pipeline.correct(given, descriptor)
    now = corrected | changed
    if problems or pipeline.check_sources(raw):
        return True
    if name.startswith("article_") and [*article_audit.check(now)]:
        return True
    touched = {table for table, frame in changed.items() if not frame.equals(corrected[table])}
    made: pipeline.Tables = dict(clean)
    for module in pipeline.find_modules():
        needs = getattr(module, "DEPENDS_ON", ())
        if not touched & {*module.RAW_TABLES, *needs}:
            continue
        tables = {table: now[table] for table in module.RAW_TABLES}
        if list(module.check(tables)):
            return True
        try:
            result = module.clean(*[tables, {table: made[table] for table in needs}][: 2 if needs else 1])
        except DataError:
            return True
        result = {table: frame for table, frame in result.items() if not frame.equals(clean[table])}
        touched |= result.keys()
        made |= result
    return bool(pipeline.format_clean({t: f for t, f in made.items() if f is not clean[t]}, descriptor)[1])


def inject_errors(name: str, kinds: dict[str, int] = RUNS) -> list[dict[str, Any]]:
    """Return, for each kind of error, how many were put into one raw table and what found them."""
    resource = find_resource(read_descriptor(), "raw", name)
    content = (DATA / resource["path"]).read_bytes()
    if is_found(name, content):
        raise ValueError(f"{name} is not valid before any error is put into it")
    rows = []
    for kind, runs in kinds.items():
        made = [
            text for run in range(runs) if (text := plant_error(content, resource, kind, run)) is not None
        ]
        unseen = [text for text in made if not is_found(name, text)]
        by_hash = sum(compute_hash(text) != resource["hash"] for text in unseen)
        counts = (len(made), len(made) - len(unseen), by_hash)
        if made:
            rows.append(dict(zip(COLUMNS, (name, kind, kind not in VALUES, *counts), strict=True)))
    return rows


def find_unseen(table: pd.DataFrame) -> list[str]:
    """Return one line for each table and kind in which an error passed what should find it."""
    problems = []
    for row in table.to_dict("records"):
        name, unseen = f"{row['table']}, {row['kind']}", row["planted"] - row["seen_by_content"]
        if row["is_form"] and unseen:
            problems.append(f"{name}: {unseen} of {row['planted']} not found by content")
        if unseen > row["seen_by_hash_only"]:
            problems.append(
                f"{name}: {unseen - row['seen_by_hash_only']} of {row['planted']} found by nothing"
            )
    return problems


def main() -> int:
    """Put every error into every table, print the report, write the table."""
    before = TABLE.read_text(encoding="utf-8") if TABLE.is_file() else ""
    read_valid()
    with ProcessPoolExecutor() as pool:
        rows = [
            row for made in pool.map(inject_errors, list_tables(read_descriptor(), "raw")) for row in made
        ]
    table = pd.DataFrame(rows, columns=COLUMNS)
    text = table.to_csv(index=False, lineterminator="\n")
    TABLE.write_text(text, encoding="utf-8")
    for column in ("kind", "table"):
        print(table.groupby(column, sort=False)[COLUMNS[3:]].sum().to_string(), end="\n\n")
    problems = find_unseen(table)
    if text != before:
        problems.append("book/faults.csv was out of date and is written again; next: make refresh")
    print(*problems, sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
