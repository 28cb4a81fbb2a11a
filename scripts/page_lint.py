"""Judge the notebooks and Markdown pages of the book as they are committed.

``python -m scripts.page_lint book/*.ipynb`` prints one line a finding; the tests expect none.
"""

from __future__ import annotations

import ast
import csv
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from nbformat import NotebookNode

from data import load
from scripts.dictionary import PAGE as DICTIONARY
from scripts.notebooks import METADATA, ROOT, format_notebook, read_notebook
from scripts.prose_lint import find_numbers, read_code, read_markdown

EXCEPTIONS = ROOT / "tests" / "notebooks" / "prose_exceptions.csv"
MAX_LINES = 20
MIN_ALT = 40

_VALIDATION_TAGS = re.compile(r"nbval|pytest.validate|raises.exception|skip.execution", re.I)
_VALIDATION_COMMENT = re.compile(r"#\s*(?:NBVAL|PYTEST_VALIDATE)", re.IGNORECASE)
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}")
_PATH = re.compile(r"(?<![\w:/<.~])/[\w.-]+/[\w.-]+|\b[A-Z]:\\\w")
_LOOKS_LIKE_PATH = re.compile(r"\.(?:svg|png|jpe?g|gif|webp)\b|_images|[\w-]+/[\w-]+/", re.IGNORECASE)


class Exempt(NamedTuple):
    """A number that may stand typed: where, in which words, and why."""

    file: str
    text: str
    reason: str


def read_exceptions(path: Path = EXCEPTIONS) -> list[Exempt]:
    """Return the listed exceptions; ``*`` as file means every page."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [Exempt(row["file"], row["text"], row["reason"]) for row in csv.DictReader(lines)]


def find_newest_year() -> int:
    """Return the newest year of the entrants, the one that prose may not name."""
    return int(load("entrants")["year"].max())


def _judge_code(number: int, source: str, first: bool) -> Iterator[str]:
    here = f"cell {number}"
    try:
        tree = ast.parse(source)
    except SyntaxError:
        yield f"{here}: not plain Python (a magic command?)"
        return
    if (lines := len(source.splitlines())) > MAX_LINES:
        yield f"{here}: {lines} lines; at most {MAX_LINES}"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            yield f"{here}, line {node.lineno}: a definition; logic stands in data/ or analysis/"
        elif isinstance(node, ast.Import | ast.ImportFrom) and not first:
            yield f"{here}, line {node.lineno}: an import; imports stand in the first code cell"
    if first and not (tree.body and ast.unparse(tree.body[0]) == "import _paths"):
        yield f"{here}: the first code cell begins with import _paths"
    if _VALIDATION_COMMENT.search(source):
        yield f"{here}: a comment that changes how its output is compared"


def _must_show(source: str, first: bool) -> bool:
    """Return whether a cell does more than import, assign and assert, so that it has to show something."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return True
    quiet: list[type[ast.stmt]] = [
        ast.Import,
        ast.ImportFrom,
        ast.Assign,
        ast.AnnAssign,
        ast.AugAssign,
        ast.Assert,
    ]
    if first:
        quiet.append(ast.Expr)  # sets up, such as a drawing style
    return not all(isinstance(node, tuple(quiet)) for node in body)


def _judge_figure(number: int, cell: NotebookNode) -> Iterator[str]:
    here, mystnb = f"cell {number}", cell.metadata.get("mystnb", {})
    alt = str(mystnb.get("image", {}).get("alt", "")).strip()
    caption = str(mystnb.get("figure", {}).get("caption", "")).strip()
    if not caption or not mystnb.get("figure", {}).get("name"):
        yield f"{here}: a figure without mystnb.figure.caption and mystnb.figure.name"
    if len(alt) < MIN_ALT:
        yield f"{here}: an image whose mystnb.image.alt has {len(alt)} characters; at least {MIN_ALT}"
    elif _LOOKS_LIKE_PATH.search(alt):
        yield f"{here}: an image whose alt text looks like a file"
    elif alt.casefold() == caption.casefold():
        yield f"{here}: an image whose alt text repeats its caption"


def _judge_outputs(number: int, cell: NotebookNode) -> Iterator[str]:
    here = f"cell {number}"
    for output in cell.outputs:
        if output.output_type == "error":
            yield f"{here}: an error as output: {output.ename}"
            continue
        if output.get("name") == "stderr":
            yield f"{here}: an output on stderr"
        shown: Mapping[str, object] = output.get("data", {"text/plain": output.get("text", "")})
        for kind, content in shown.items():
            text = content if isinstance(content, str) else str(content)
            if kind.startswith("image/") and kind != "image/svg+xml":
                continue
            if found := _ADDRESS.search(text) or _PATH.search(text):
                yield f"{here}: an output that holds a path or a memory address: {found[0][:40]}"
            if kind == "text/html" and re.search(r"<img(?![^>]*\balt=.[^\"'>]{20})", text):
                yield f"{here}: an HTML image without alt text"
        if any(kind.startswith("image/") for kind in shown):
            yield from _judge_figure(number, cell)


def judge_notebook(notebook: NotebookNode) -> list[str]:
    """Return what is wrong with the form of an executed notebook, its prose aside."""
    faults: list[str] = []
    run = 0
    if notebook.metadata != METADATA:
        faults.append("metadata other than the book's; run make refresh")
    for number, cell in enumerate(notebook.cells, 1):
        tags = " ".join(cell.metadata.get("tags", []))
        if _VALIDATION_TAGS.search(tags):
            faults.append(f"cell {number}: a tag that changes how it is run or compared: {tags}")
        if extra := set(cell.metadata) - {"mystnb", "tags"}:
            faults.append(f"cell {number}: metadata {', '.join(sorted(extra))}; run make refresh")
        if cell.cell_type != "code":
            continue
        run += 1
        if cell.execution_count is None:
            faults.append(f"cell {number}: never run")
        elif cell.execution_count != run:
            faults.append(f"cell {number}: run as {cell.execution_count}, expected {run}; run make refresh")
        if not cell.outputs and _must_show(cell.source, run == 1):
            faults.append(f"cell {number}: no output, so validation compares nothing")
        faults += _judge_code(number, cell.source, run == 1)
        faults += _judge_outputs(number, cell)
    return faults


def read_prose(path: Path) -> list[str]:
    """Return every piece of a notebook or Markdown page that was typed and that a reader sees."""
    if path.name == DICTIONARY.name:
        return []  # made by code and compared with what code makes now
    if path.suffix == ".md":
        return read_markdown(path.read_text(encoding="utf-8"))
    cells = read_notebook(path).cells
    pieces = [piece for cell in cells if cell.cell_type == "markdown" for piece in read_markdown(cell.source)]
    for cell in cells:
        mystnb = cell.metadata.get("mystnb", {})
        for typed in (mystnb.get("figure", {}).get("caption", ""), mystnb.get("image", {}).get("alt", "")):
            pieces += read_markdown(typed)
    return pieces + read_code(cell.source for cell in cells if cell.cell_type == "code")


def judge_prose(
    pieces: Iterable[str], newest_year: int, exempt: Iterable[str] = ()
) -> tuple[list[str], set[str]]:
    """Return the numbers typed in prose, and which exceptions were needed."""
    findings, needed = [], set()
    for piece in pieces:
        rest = piece
        for words in exempt:
            if words in rest and find_numbers(words, newest_year):
                needed.add(words)
                rest = rest.replace(words, "¤")
        findings += [f"typed {number!r} in: {rest[:100]}" for number in find_numbers(rest, newest_year)]
    return findings, needed


def judge_page(path: Path, newest_year: int, exceptions: Iterable[Exempt]) -> tuple[list[str], set[Exempt]]:
    """Return everything wrong with one page, and the exceptions it needed."""
    faults = []
    if path.suffix == ".ipynb":
        notebook = read_notebook(path)
        faults += judge_notebook(notebook)
        if not faults and path.read_text(encoding="utf-8") != format_notebook(notebook):
            faults.append("not in the form that make refresh writes")
    mine = {e.text: e for e in exceptions if e.file in (path.name, "*")}
    typed, needed = judge_prose(read_prose(path), newest_year, mine)
    return faults + typed, {mine[words] for words in needed}


def main(names: list[str]) -> int:
    """Print what is wrong with the named pages."""
    year, exceptions = find_newest_year(), read_exceptions()
    faults = [f"{name}: {line}" for name in names for line in judge_page(Path(name), year, exceptions)[0]]
    print(*faults, sep="\n", end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
