"""``python -m tests.slow.budgets`` prints every budget of the book: how it was measured, value, limit.

Times are whole processes on a clone of the last commit; a limit on a time is a ratio to what was measured in
the same run, so that it means the same on any machine. Seconds are for an idle one with two cores. What
needs Chromium is measured by ``tests/pages``.
"""

from __future__ import annotations

import ast
import gzip
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bs4 import BeautifulSoup
from jupyter_client.manager import start_new_kernel

ROOT = Path(__file__).resolve().parents[2]
Row = tuple[str, str, float, float]
"""What, how it is measured, value, limit."""


def list_files(*patterns: str, without: str = "") -> list[Path]:
    """Return files that git knows."""
    listed = subprocess.run(
        ["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [
        ROOT / n
        for n in listed.stdout.splitlines()
        if (ROOT / n).is_file() and not (without and n.startswith(without))
    ]


def count_lines(files: list[Path]) -> int:
    """Return the lines of files."""
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files)


def count_docstring_lines(files: list[Path]) -> int:
    """Return the lines of the docstrings of modules, classes and functions."""
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    lines = 0
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, documented) and ast.get_docstring(node) is not None:
                first = node.body[0]
                lines += (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def measure_size() -> Iterator[Row]:
    """Yield lines of product and tests, and the share of docstrings."""
    kinds = ("*.py", "*.js", "*.css", "book/_templates/*")
    yield (
        "lines outside tests",
        "git ls-files: Python, JS, CSS, templates",
        count_lines(list_files(*kinds, without="tests/")),
        15_800,
    )
    yield "lines of tests", "git ls-files tests/**.py", count_lines(list_files("tests/*.py")), 10_500
    python = list_files("*.py", without="tests/")
    yield (
        "docstrings, % of Python",
        "ast, outside tests",
        100 * count_docstring_lines(python) / count_lines(python),
        15,
    )


def trace_chart() -> Iterator[Row]:
    """Yield the files that one chart passes through: the entrants of chapter 1."""
    files = ["data/raw/entrants.csv", "data/schema.py", "data/tables/entrants.py", "data/clean/entrants.csv"]
    files += ["analysis/chapters/demographics.py", "analysis/charts/style.py", "book/01_demographics.ipynb"]
    files += ["book/_ext/figures.py"]
    missing = [name for name in files if not (ROOT / name).is_file()]
    yield (
        "files from raw row to page",
        f"entrants, chapter 1{'; missing: ' if missing else ''}{' '.join(missing)}",
        len(files),
        8,
    )


def run(words: list[str], folder: Path) -> tuple[float, float]:
    """Return the seconds and the CPU seconds a command takes; raise RuntimeError if it fails."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(words, cwd=folder, env=kept, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stdout[-1500:]}{done.stderr[-1500:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - start, used


def time_bare_kernels(book: Path) -> float:
    """Return the seconds of one kernel after another that runs a notebook's imports and is ended at once."""
    start = time.perf_counter()
    for path in sorted(book.glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        imports = next("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
        manager, client = start_new_kernel(extra_arguments=["--log-level=ERROR"], cwd=str(book))
        client.execute_interactive(imports, output_hook=lambda message: None)
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return time.perf_counter() - start


def measure_builds(folder: Path) -> Iterator[Row]:
    """Yield the times of builds and tests in a clone, and whether two clones differ."""
    clone, other = folder / "one", folder / "another clone"
    for root in (clone, other):
        run(["git", "clone", "-q", str(ROOT), str(root)], ROOT)
        (root / ".venv").symlink_to(ROOT / ".venv")
        for stamp in (".venv/.book", ".venv/.test"):
            (root / stamp).touch()
    bare = time_bare_kernels(clone / "book")
    full, _ = run(["make", "book"], clone)
    yield "full build / bare kernels", f"make book {full:.1f} s, kernels {bare:.1f} s", full / bare, 0.55
    page = clone / "book" / "05_mental_health.ipynb"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace(" the ", " the very ", 1), encoding="utf-8")
    edited, _ = run(["make", "book"], clone)
    yield "one sentence / full build", f"make book {edited:.1f} s", edited / full, 0.20
    page.write_text(text, encoding="utf-8")
    run(["make", "book"], clone)
    yield "nothing changed, CPU s", "make book again", run(["make", "book"], clone)[1], 1
    hidden = "tests/pages" if os.environ.get("CI") else ""
    yield (
        "make test, s",
        f"make test, built{' ' + hidden if hidden else ''}",
        run(["make", "test"], clone)[0],
        150,
    )
    run(["make", "book"], other)
    trees = [
        {p.relative_to(r): p.read_bytes() for p in (r / "_build/html").rglob("*") if p.is_file()}
        for r in (clone, other)
    ]
    differ = [name for name in trees[0].keys() | trees[1].keys() if trees[0].get(name) != trees[1].get(name)]
    yield "files that differ", "_build/html of two clones in two folders", len(differ), 0


def measure_pages(html: Path) -> Iterator[Row]:
    """Yield the weight of cold pages and the number of their elements."""
    for name, limit in (("chapter", 340_000), ("explorer", 1_000_000)):
        pages = [html / "book" / "explorer.html"]
        if name == "chapter":
            pages = [*(html / "book").glob("0?_*.html"), html / "book" / "index.html"]
        yield (
            f"cold {name} page, bytes",
            "page with its scripts and styles, gzip",
            max(map(weigh, pages)),
            limit,
        )
    chapters = list((html / "book").glob("[01]?_*.html"))
    soups = [BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser") for page in chapters]
    yield (
        "elements of a chapter page",
        "the most of any chapter",
        max(len(s.find_all(True)) for s in soups),
        4_000,
    )


def weigh(page: Path) -> int:
    """Return the compressed bytes of a page and the scripts and style sheets that it loads."""
    html = page.read_text(encoding="utf-8")
    loaded = re.findall(r"<(?:script|link)[^>]*?(?:src|href)=\"([^\"?#:]+\.(?:js|css|svg))", html)
    files = {(page.parent / name).resolve() for name in loaded} | {page}
    return sum(len(gzip.compress(path.read_bytes(), 6)) for path in files if path.is_file())


def main() -> int:
    """Print the table and return 1 if a limit is exceeded."""
    exceeded = 0
    with tempfile.TemporaryDirectory() as folder:
        steps = [
            measure_size(),
            trace_chart(),
            measure_builds(Path(folder)),
            measure_pages(ROOT / "_build" / "html"),
        ]
        for row in (row for step in steps for row in step):
            what, how, value, limit = row
            exceeded += value > limit
            print(f"{what:28} {value:>12,.2f} {'>' if value > limit else '≤'} {limit:<12,} {how}", flush=True)
    print("Axe, console, requests, alt texts, links, layout shift, W3C: tests/pages, with Chromium.")
    return 1 if exceeded else 0


if __name__ == "__main__":
    sys.exit(main())
