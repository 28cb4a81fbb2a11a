"""``make diff``: which numbers, figures and pages moved since a commit, in words.

The work tree is compared with ``REV`` (the last commit unless said): the clean tables and the tables
of results cell by cell, the notebooks fact by fact.
"""

from __future__ import annotations

import ast
import csv
import io
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import nbformat
from bs4 import BeautifulSoup
from nbformat import NotebookNode

from scripts.notebooks import ROOT

PARTS = ("data/clean", "book")
RESULTS = ("model_id", "quantity")  # the key of book/estimates.csv
Rows = dict[tuple[str, ...], dict[str, str]]


class DiffError(Exception):
    """There is nothing to compare with; the message is one line."""


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        raise DiffError((done.stderr.strip() or "git failed").splitlines()[0])
    return done.stdout


def list_changed(revision: str, root: Path) -> list[str]:
    """Return the files of the clean tables and the book that differ from a commit, sorted."""
    changed = _git(root, "diff", "-z", "--name-only", "--no-renames", revision, "--", *PARTS)
    new = _git(root, "ls-files", "-z", "--others", "--exclude-standard", "--", *PARTS)
    return sorted({name for name in (changed + new).split("\0") if name}, key=lambda n: (n[:4] != "data", n))


def read_keys(root: Path) -> dict[str, tuple[str, ...]]:
    """Return the columns that name a row, by file."""
    text = (root / "data" / "datapackage.json").read_text(encoding="utf-8")
    keys = {
        f"data/{table['path']}": tuple(table["schema"].get("primaryKey", ()))
        for table in json.loads(text)["resources"]
        if table["layer"] == "clean"
    }
    return keys | {"book/estimates.csv": RESULTS}


def index_rows(records: Iterable[dict[str, str]], key: Iterable[str]) -> Rows:
    """Return rows by the columns that name them, a repeated name with its number."""
    rows: Rows = {}
    seen: Counter[tuple[str, ...]] = Counter()
    for record in records:
        names = [column for column in key if column in record] or list(record)
        name = tuple(f"{column}={record[column]}" for column in names if record[column])
        seen[name] += 1
        if seen[name] > 1:
            name = (*name, f"row {seen[name]}")
        rows[name] = {column: value for column, value in record.items() if column not in names}
    return rows


def compare_rows(old: Rows, new: Rows) -> Iterator[str]:
    """Yield one line a cell that moved, a row that went or came."""
    for name in [*old, *(name for name in new if name not in old)]:
        words = ", ".join(name)
        if name not in new or name not in old:
            cells = old.get(name) or new.get(name) or {}
            said = ", ".join(f"{column}={value}" for column, value in cells.items() if value)
            yield f"{words}: {'new' if name in new else 'gone'}" + (f" ({said})" if said else "")
            continue
        for column in [*old[name], *(c for c in new[name] if c not in old[name])]:
            before, after = old[name].get(column, ""), new[name].get(column, "")
            if before != after:
                yield f"{words}: {column} {' → '.join(_shorten(before, after))}"


def _shorten(before: str, after: str) -> tuple[str, str]:
    """Return two cells, long fractions to six digits where that keeps them apart."""
    try:
        short = f"{float(before):.6g}", f"{float(after):.6g}"
    except ValueError:
        return before or "nothing", after or "nothing"
    return short if max(len(before), len(after)) > 9 and short[0] != short[1] else (before, after)


def _read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def read_facts(notebook: NotebookNode) -> dict[str, str]:
    """Return what a notebook tells its sentences, by key."""
    facts = {}
    for output in _list_outputs(notebook):
        if name := output.get("metadata", {}).get("scrapbook", {}).get("name"):
            (stored,) = output.data.values()
            facts[name] = str(ast.literal_eval(stored))
    return facts


def read_figures(notebook: NotebookNode) -> dict[str, str]:
    """Return the pictures of a notebook by the name of their figure."""
    figures = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if svg := output.get("data", {}).get("image/svg+xml"):
                figures[cell.metadata.get("mystnb", {}).get("figure", {}).get("name", "unnamed")] = svg
    return figures


def read_tables(notebook: NotebookNode) -> dict[str, Rows]:
    """Return the tables of a notebook by their identifier."""
    tables = {}
    for output in _list_outputs(notebook):
        for table in BeautifulSoup(output.get("data", {}).get("text/html", ""), "html.parser").select(
            "table"
        ):
            heads = [head.get_text() for head in table.select("thead th")]
            rows = [[cell.get_text() for cell in row.select("th, td")] for row in table.select("tbody tr")]
            records = [dict(zip(heads, row, strict=False)) for row in rows]
            tables[str(table.get("id", "unnamed"))] = index_rows(records, heads[:1])
    return tables


def _list_outputs(notebook: NotebookNode) -> Iterator[NotebookNode]:
    return (output for cell in notebook.cells for output in cell.get("outputs", []))


def _list_texts(notebook: NotebookNode) -> list[object]:
    """Return what was typed: text, code, captions and alt texts."""
    return [(cell.cell_type, cell.source, cell.metadata.get("mystnb")) for cell in notebook.cells]


def compare_notebooks(old: NotebookNode, new: NotebookNode) -> Iterator[str]:
    """Yield one line a fact, a figure, a table's cell, or the text that moved."""
    facts = read_facts(old), read_facts(new)
    for key in [*facts[0], *(key for key in facts[1] if key not in facts[0])]:
        before, after = (side.get(key, "nothing") for side in facts)
        if before != after:
            yield f"{key}: {before} → {after}"
    figures = read_figures(old), read_figures(new)
    for name in sorted({**figures[0], **figures[1]}):
        if figures[0].get(name) != figures[1].get(name):
            word = " gone" if name not in figures[1] else " new" if name not in figures[0] else ""
            yield f"figure {name}{word}"
    tables = read_tables(old), read_tables(new)
    for name in sorted({**tables[0], **tables[1]}):
        if name in tables[0] and name in tables[1]:
            yield from (f"table {name}, {line}" for line in compare_rows(tables[0][name], tables[1][name]))
        else:
            yield f"table {name} {'new' if name in tables[1] else 'gone'}"
    if _list_texts(old) != _list_texts(new):
        yield "text"


def compare_files(name: str, old: str, new: str, key: Iterable[str]) -> Iterator[str]:
    """Yield one line for each thing that moved in a notebook, a table, or another file."""
    if name.endswith(".ipynb"):
        yield from compare_notebooks(*(nbformat.reads(text, as_version=4) for text in (old, new)))
    elif name.endswith(".csv"):
        yield from compare_rows(index_rows(_read_csv(old), key), index_rows(_read_csv(new), key))
    else:
        yield "text"


def describe(revision: str, root: Path = ROOT) -> list[str]:
    """Return in words what moved since a commit, one file after another."""
    try:
        head = _git(root, "log", "-1", "--format=Since %h, %s", f"{revision}^{{commit}}", "--").strip()
    except DiffError:
        raise DiffError(f"no commit {revision} here; git log lists those there are") from None
    lines, counts, keys = [head], Counter[str](), read_keys(root)
    for name in list_changed(revision, root):
        path, known = root / name, bool(_git(root, "ls-tree", revision, "--", name))
        if known and path.is_file():
            before, after = _git(root, "show", f"{revision}:{name}"), path.read_text(encoding="utf-8")
            moved = list(compare_files(name, before, after, keys.get(name, ())))
        else:
            moved = ["gone" if known else "new"]
        if moved:
            kind = "pages" if name.endswith((".ipynb", ".md")) else "files"
            counts[kind] += 1
            counts[f"in {kind}"] += len(moved)
            lines += [name, *(f"  {line}" for line in moved)]
    sums = [f"{counts[f'in {kind}']} in {counts[kind]} {kind}" for kind in ("files", "pages")]
    return [*lines, f"Lines above: {', '.join(sums)}." if counts else "Nothing moved."]


def main(revision: str = "HEAD") -> int:
    """Print what moved since a commit."""
    try:
        print(*describe(revision), sep="\n")
    except DiffError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
