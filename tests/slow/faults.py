"""What ``data.pipeline.check`` sees of faults that are planted in every raw table.

``python -m tests.slow.faults`` plants them from a fixed seed, one at a time in a copy of the data
folder (minutes), prints what was seen by table and by kind, writes ``book/faults.csv`` and fails if
a fault of form passes the checks of content, if any fault passes the hashes too, or if the table
that stood there said something else.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
import sys
import tempfile
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest import mock

import numpy as np
import pandas as pd

from data import pipeline
from data.checks import Problem
from data.corrections import apply_corrections
from data.pipeline import find_modules
from data.schema import (
    DATA,
    Resource,
    check_foreign_keys,
    find_resource,
    find_spans,
    format_table,
    list_tables,
    read_descriptor,
    read_table,
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
"""Changes a sheet; false if the table has no place for such a fault."""


def pick(rng: np.random.Generator, places: list[Any]) -> Any:
    """Return one of the places, or None if there is none."""
    return places[rng.integers(len(places))] if places else None


def find_number(sheet: Sheet, rng: np.random.Generator, fits: str) -> tuple[int, int, re.Match[str]] | None:
    """Return a cell with a number that fits a pattern: of a column of numbers, or else within a text."""
    columns = sheet.columns(lambda f: f["type"] in NUMERIC)
    texts = sheet.columns(lambda f: f["type"] == "string" and not {"enum"} & f.get("constraints", {}).keys())
    for chosen in (columns, texts):
        place = pick(rng, sheet.cells(chosen, lambda cell: re.search(fits, cell) is not None))
        if place:
            return *place, pick(rng, list(re.finditer(fits, sheet.rows[place[0]][place[1]])))
    return None


def change_number(fits: str, make: Callable[[str, np.random.Generator], str]) -> Plant:
    """Return a plant that puts another number in the place of one."""

    def plant(sheet: Sheet, rng: np.random.Generator) -> bool:
        found = find_number(sheet, rng, fits)
        if found is None:
            return False
        row, column, match = found
        cell = sheet.rows[row][column]
        sheet.rows[row][column] = cell[: match.start()] + make(match[0], rng) + cell[match.end() :]
        return True

    return plant


def put_in(kind: str, words: tuple[str, ...], whole: bool) -> Plant:
    """Return a plant that writes words into a cell of free text, over what stood there or after it."""

    def plant(sheet: Sheet, rng: np.random.Generator) -> bool:
        free = sheet.columns(lambda f: f["type"] == "string" and not f.get("constraints", {}).keys() & {kind})
        row, column = pick(rng, sheet.cells(free, lambda cell: True))
        sheet.rows[row][column] = ("" if whole else sheet.rows[row][column]) + pick(rng, list(words))
        return True

    return plant


def swap_digits(text: str, rng: np.random.Generator) -> str:
    """Return a number with two digits that stand side by side and differ in each other's place."""
    pairs = [i for i in range(len(text) - 1) if text[i : i + 2].isdigit() and text[i] != text[i + 1]]
    i = pick(rng, pairs)
    return text[:i] + text[i + 1] + text[i] + text[i + 2 :]


def repeat_row(sheet: Sheet, rng: np.random.Generator) -> bool:
    """Put a row in a second time."""
    row = int(rng.integers(1, len(sheet.rows)))
    sheet.rows.insert(row, list(sheet.rows[row]))
    return True


def drop_row(sheet: Sheet, rng: np.random.Generator) -> bool:
    """Take a row out."""
    del sheet.rows[int(rng.integers(1, len(sheet.rows)))]
    return True


def shift_cells(sheet: Sheet, rng: np.random.Generator) -> bool:
    """Move the cells of a row one to the right from a filled one on; what was in the last falls off."""
    row = pick(rng, sheet.rows[1:])
    column = pick(rng, [c for c in range(len(row) - 1) if row[c]])
    row[column:] = ["", *row[column:-1]]
    return True


def move_row(sheet: Sheet, rng: np.random.Generator) -> bool:
    """Put a row before the one that it should follow."""
    if len(sheet.rows) < 3:
        return False
    row = int(rng.integers(1, len(sheet.rows) - 1))
    sheet.rows[row], sheet.rows[row + 1] = sheet.rows[row + 1], sheet.rows[row]
    return True


def reverse_span(sheet: Sheet, rng: np.random.Generator) -> bool:
    """Let a span of time or of values end before it begins."""
    places = []
    for first, last in find_spans(sheet.rows[0]):
        c, d = sheet.rows[0].index(first), sheet.rows[0].index(last)
        places += [
            (r, c, d) for r, row in enumerate(sheet.rows) if r and row[c] and row[d] and row[c] != row[d]
        ]
    if not places:
        return False
    row, c, d = pick(rng, places)
    sheet.rows[row][c], sheet.rows[row][d] = sheet.rows[row][d], sheet.rows[row][c]
    return True


def label_sex(known: bool) -> Plant:
    """Return a plant that writes another label of sex: a known one, or one that no table has."""

    def plant(sheet: Sheet, rng: np.random.Generator) -> bool:
        place = pick(rng, sheet.cells(sheet.columns(lambda f: f["name"] == "sex")))
        if place is None:
            return False
        row, column = place
        labels = {"male", "female", "all"} - {sheet.rows[row][column]} if known else {"women", "F", "Male"}
        sheet.rows[row][column] = pick(rng, sorted(labels))
        return True

    return plant


def cite_nobody(sheet: Sheet, rng: np.random.Generator) -> bool:
    """Cite a document that is not in the table of sources, or give one there another name."""
    place = pick(
        rng, sheet.cells(sheet.columns(lambda f: re.match("source_(id|a|b)$", f["name"]) is not None))
    )
    if place is None:
        return False
    sheet.rows[place[0]][place[1]] += "_1871"
    return True


def add_comma(sheet: Sheet, rng: np.random.Generator) -> bool:
    """End a line with one comma too many."""
    pick(rng, sheet.rows).append("")
    return True


FORM: dict[str, Plant] = {
    "row twice": repeat_row,
    "cells shifted": shift_cells,
    "unknown sex label": label_sex(known=False),
    "unknown source": cite_nobody,
    "rows out of order": move_row,
    "span reversed": reverse_span,
    "trailing comma": add_comma,
    "formula in a text cell": put_in("enum", FORMULAS, whole=True),
    "HTML in a text cell": put_in("enum", MARKUP, whole=False),
}
"""Faults of form: the checks of content must see every one."""

VALUES: dict[str, Plant] = {
    "off by one": change_number(r"\d+(\.\d+)?", lambda n, rng: str(Decimal(n) + pick(rng, [-1, 1]))),
    "digits swapped": change_number(r"(?=\d*(\d)(?!\1)\d)\d+", swap_digits),
    "sign": change_number(r"(?<![\d.-])(?=[0-9.]*[1-9])\d+(\.\d+)?", lambda n, rng: f"-{n}"),
    "times 1,000": change_number(
        r"(?=[0-9.]*[1-9])\d+(\.\d+)?", lambda n, rng: f"{(Decimal(n) * 1000).normalize():f}"
    ),
    "another sex": label_sex(known=True),
    "row missing": drop_row,
}
"""Faults of value: each could be true, and only a total, a neighbour or the hash speaks against it."""

BYTES: dict[str, Callable[[bytes], bytes]] = {
    "byte order mark": lambda content: b"\xef\xbb\xbf" + content,
    "Latin-1": lambda content: re.sub(rb"[a-z](?=[^a-z]*$)", b"\xe9", content, count=1),
    "CRLF": lambda content: content.replace(b"\n", b"\r\n"),
    "empty file": lambda content: b"",
}
"""Faults of form in the bytes of the file."""

RUNS = {**dict.fromkeys(VALUES, 4), **dict.fromkeys(FORM, 1), **dict.fromkeys(BYTES, 1)}
"""How often each kind is planted in each table that has a place for it."""


def plant_fault(content: bytes, resource: Resource, kind: str, run: int) -> bytes | None:
    """Return a raw table with one fault in it, the same for the same seed; None if it has no place.

    Parameters
    ----------
    content : bytes
        The sound file.
    resource : dict
        Its entry in the descriptor.
    kind : str
        A key of ``FORM``, ``VALUES`` or ``BYTES``.
    run : int
        Tells apart the faults of one kind in one table.
    """
    if kind in BYTES:
        return BYTES[kind](content)
    rng = np.random.default_rng([SEED, zlib.crc32(f"{resource['path']} {kind}".encode()), run])
    lines = content.decode("utf-8").split("\n")[:-1]
    sheet = Sheet([next(csv.reader([line])) for line in lines], resource)
    before = [list(row) for row in sheet.rows]
    if not (FORM | VALUES)[kind](sheet, rng):
        return None
    # A row left alone keeps its bytes, so that nothing but the fault differs.
    kept = {tuple(row): line for row, line in zip(before, lines, strict=True)}
    made = [kept.get(tuple(row)) or write_row(row) for row in sheet.rows]
    return ("\n".join(made) + "\n").encode("utf-8")


def write_row(row: list[str]) -> str:
    """Return one line of CSV without its end."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(row)
    return out.getvalue()


class Remembered:
    """The work of the pipeline on sound tables, done once; what a fault touches is done anew.

    Parameters
    ----------
    subjects : sequence of module
        The subject modules whose work is remembered.
    """

    def __init__(self, subjects: Sequence[ModuleType]) -> None:
        self.seen: dict[Any, tuple[list[Any], Any]] = {}
        self.subjects = [
            SimpleNamespace(
                RAW=subject.RAW,
                NEEDS=getattr(subject, "NEEDS", ()),
                validate=partial(self._work, lambda raw, work=subject.validate: list(work(raw))),
                tidy=partial(self._work, subject.tidy),
            )
            for subject in subjects
        ]

    def patch(self) -> Any:
        """Return a context in which the pipeline remembers."""
        return mock.patch.multiple(
            pipeline,
            read_table=self._read,
            check_foreign_keys=self._point,
            apply_corrections=lambda raw, entries: self._recall(
                "corrections", [entries, *raw.values()], lambda: apply_corrections(raw, entries)
            ),
            make_clean=partial(pipeline.make_clean, subjects=self.subjects),
            format_table=lambda frame, resource: self._recall(
                resource["path"], [frame], lambda: format_table(frame, resource)
            ),
        )

    def _recall(self, key: Any, given: list[Any], work: Callable[[], Any]) -> Any:
        before, result = self.seen.get(key, ([], None))
        if len(before) == len(given) and all(map(is_same, before, given)):
            return result
        result = work()
        self.seen.setdefault(key, (given, result))
        return result

    def _work(self, work: Callable[..., Any], *inputs: dict[str, pd.DataFrame]) -> Any:
        given = [frame for frames in inputs for frame in frames.values()]
        return self._recall(work, given, lambda: work(*inputs))

    def _read(
        self, resource: Resource, folder: Path, content: bytes | None = None
    ) -> tuple[pd.DataFrame, list[Problem]]:
        content = (folder / resource["path"]).read_bytes() if content is None else content
        return self._recall(resource["path"], [content], lambda: read_table(resource, folder, content))

    def _point(
        self, resource: Resource, frames: dict[str, pd.DataFrame], frame: pd.DataFrame
    ) -> list[Problem]:
        keys = resource["schema"].get("foreignKeys", [])
        given = [frame, *(frames[key["reference"]["resource"]] for key in keys)]
        return self._recall(resource["name"], given, lambda: check_foreign_keys(resource, frames, frame))


def is_same(one: Any, other: Any) -> bool:
    """Return whether two files or tables hold the same; quick if they are one object."""
    if one is other:
        return True
    return one.equals(other) if isinstance(one, pd.DataFrame) else one == other


@cache
def remember() -> Remembered:
    """Return the work on the sound tables, one for this process and those it forks."""
    return Remembered(find_modules())


def judge_table(name: str) -> list[dict[str, Any]]:
    """Return, for each kind of fault, how many were planted in one raw table and what saw them."""
    resource = find_resource(read_descriptor(), "raw", name)
    rows = []
    with tempfile.TemporaryDirectory() as place, remember().patch():
        folder = Path(place) / "data"
        shutil.copytree(DATA, folder, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
        sound = pipeline.check(folder)
        if sound:
            raise ValueError(f"nothing can be planted in data at fault: {sound[0]}")
        file = folder / resource["path"]
        content = file.read_bytes()
        for kind, runs in RUNS.items():
            row = dict.fromkeys(COLUMNS, 0) | {"table": name, "kind": kind, "is_form": kind not in VALUES}
            for run in range(runs):
                made = plant_fault(content, resource, kind, run)
                if made is None:
                    continue
                file.write_bytes(made)
                row["planted"] += 1
                if pipeline.check(folder, hashes=False):
                    row["seen_by_content"] += 1
                elif pipeline.check(folder):
                    row["seen_by_hash_only"] += 1
                file.write_bytes(content)
            if row["planted"]:
                rows.append(row)
    return rows


def judge_all(names: list[str]) -> pd.DataFrame:
    """Return what was seen in some raw tables: one row a table and kind, in the order given."""
    with remember().patch():
        pipeline.check()
    with ProcessPoolExecutor(max_workers=2) as pool:
        rows = [row for made in pool.map(judge_table, names) for row in made]
    return pd.DataFrame(rows, columns=COLUMNS)


def find_unseen(table: pd.DataFrame) -> list[str]:
    """Return one line for each table and kind in which a fault passed what should see it."""
    faults = []
    for row in table.to_dict("records"):
        name = f"{row['table']}, {row['kind']}"
        unseen = row["planted"] - row["seen_by_content"]
        if row["is_form"] and unseen:
            faults.append(f"{name}: {unseen} of {row['planted']} not seen by content")
        if unseen > row["seen_by_hash_only"]:
            faults.append(f"{name}: {unseen - row['seen_by_hash_only']} of {row['planted']} seen by nothing")
    return faults


def sum_by(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return planted and seen by kind or by table, in the order of the table."""
    return table.groupby(column, sort=False)[COLUMNS[3:]].sum()


def main() -> int:
    """Plant every fault, print the report, write the table; return 1 if it is not as it should be."""
    before = TABLE.read_text(encoding="utf-8") if TABLE.is_file() else ""
    table = judge_all(list_tables(read_descriptor(), "raw"))
    made = table.to_csv(index=False, lineterminator="\n")
    TABLE.write_text(made, encoding="utf-8")
    for column in ("kind", "table"):
        print(sum_by(table, column).to_string(), end="\n\n")
    faults = find_unseen(table)
    if made != before:
        faults.append("book/faults.csv said something else and is written anew; next: make refresh")
    print(*faults, sep="\n", end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
