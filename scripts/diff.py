"""``make diff``: which numbers, figures and sentences changed since a commit.

The work tree is compared with ``REV`` (the last commit if none is given): clean tables and
``book/estimates.csv`` cell by cell, notebooks by glued value, figure, table cell and text.
"""

from __future__ import annotations

import ast
import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import nbformat
from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 60  # characters of a value that is shown
Rows = dict[str, dict[str, str]]
"""Values by the name of a row and of a column."""


def run_git(root: Path, *words: str) -> str:
    """Return what git prints; raise ValueError if it fails."""
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        raise ValueError((done.stderr.strip() or "git failed").splitlines()[0])
    return done.stdout


def read_keys(root: Path) -> dict[str, list[str]]:
    """Return the columns that identify a row, by file."""
    package = json.loads((root / "data" / "datapackage.json").read_text(encoding="utf-8"))
    tables = (table for table in package["resources"] if table["path"].startswith("clean/"))
    keys = {f"data/{table['path']}": table["schema"].get("primaryKey", []) for table in tables}
    return keys | {"book/estimates.csv": ["model_id", "quantity"]}


def index_rows(records: Iterable[dict[str, str]], key: list[str], prefix: str = "") -> Rows:
    """Return rows by the columns that identify them, a repeated one with its number."""
    rows: Rows = {}
    for record in records:
        names = [column for column in key if column in record] or list(record)
        name = base = prefix + ", ".join(f"{column}={record[column]}" for column in names if record[column])
        number = 1
        while name in rows:
            number += 1
            name = f"{base}, row {number}"
        rows[name] = {column: value for column, value in record.items() if column not in names}
    return rows


def read_notebook(text: str) -> Rows:
    """Return the glued values, figures and table rows of a notebook, and its text."""
    notebook = nbformat.reads(text, as_version=4)
    typed = [(cell.cell_type, cell.source, cell.metadata.get("mystnb")) for cell in notebook.cells]
    rows: Rows = {"glued": {}, "figure": {}, "page": {"text": repr(typed)}}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if name := output.get("metadata", {}).get("scrapbook", {}).get("name"):
                rows["glued"][name] = str(ast.literal_eval(next(iter(data.values()))))
            if svg := data.get("image/svg+xml"):
                rows["figure"][cell.metadata.get("mystnb", {}).get("figure", {}).get("name", "unnamed")] = svg
            for table in BeautifulSoup(data.get("text/html", ""), "html.parser").select("table"):
                heads = [head.get_text() for head in table.select("thead th")]
                cells = [
                    [cell.get_text() for cell in row.select("th, td")] for row in table.select("tbody tr")
                ]
                records = [dict(zip(heads, row, strict=False)) for row in cells]
                rows |= index_rows(records, heads[:1], f"table {table.get('id', 'unnamed')}, ")
    return rows


def read_rows(name: str, text: str, key: list[str]) -> Rows:
    """Return the rows of a notebook or a table; any other file has its text alone."""
    if name.endswith(".ipynb"):
        return read_notebook(text)
    if name.endswith(".csv"):
        return index_rows(csv.DictReader(io.StringIO(text, newline="")), key)
    return {"page": {"text": text}}


def compare_rows(old: Rows, new: Rows) -> Iterator[str]:
    """Yield one line per value that changed, and per row that is new or gone."""
    for name in dict.fromkeys([*old, *new]):
        if name not in old or name not in new:
            cells = ", ".join(f"{k}={v}" for k, v in (old.get(name) or new.get(name) or {}).items() if v)
            yield f"{name}: {'new' if name in new else 'gone'} ({cells})"
            continue
        for column in dict.fromkeys([*old[name], *new[name]]):
            before, after = (side[name].get(column, "nothing") for side in (old, new))
            if before != after:
                short = max(len(before), len(after)) <= LONGEST
                yield f"{name}: {column} {f'{before} → {after}' if short else 'changed'}"


def describe(revision: str, root: Path = ROOT) -> Iterator[str]:
    """Yield what changed since a commit, file by file."""
    yield run_git(root, "log", "-1", "--format=Since %h, %s", f"{revision}^{{commit}}", "--").strip()
    folders, keys = ("--", "data/clean", "book"), read_keys(root)
    changed = run_git(root, "diff", "--name-only", "--no-renames", revision, *folders)
    new = run_git(root, "ls-files", "--others", "--exclude-standard", *folders)
    for name in dict.fromkeys((changed + new).splitlines()):
        known, path = bool(run_git(root, "ls-tree", revision, "--", name)), root / name
        yield name if known and path.is_file() else f"{name}: {'gone' if known else 'new'}"
        if known and path.is_file():
            texts = run_git(root, "show", f"{revision}:{name}"), path.read_text(encoding="utf-8")
            yield from (
                f"  {line}" for line in compare_rows(*(read_rows(name, t, keys.get(name, [])) for t in texts))
            )


if __name__ == "__main__":
    try:
        print(*describe(sys.argv[1] if sys.argv[1:] else "HEAD"), sep="\n")
    except ValueError as error:
        sys.exit(str(error))
