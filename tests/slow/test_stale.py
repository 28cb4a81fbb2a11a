"""A stale number is impossible: one raw figure, one module, one cell is changed in the real book."""

from __future__ import annotations

import re

import pytest

from scripts import notebooks
from scripts.notebooks import ROOT, list_notebooks, read_notebook, verify
from tests.slow.copies import copy_book, replace, run

NAMES = [path.name for path in list_notebooks()]
CELL = (
    "05_mental_health.ipynb",
    "from analysis.figures import mental_health",
    "from analysis.figures import mental_health ",
)


@pytest.fixture
def root(tmp_path):
    return copy_book(tmp_path / "book")


def test_exactly_what_depends_on_a_change_is_executed_again(root, monkeypatch):
    """All of it if it lies outside the notebooks; of a cell, its notebook alone; of text, nothing."""
    monkeypatch.setattr(notebooks, "execute_all", lambda paths: {path: read_notebook(path) for path in paths})
    page, cell, changed_cell = CELL
    assert verify(root) == NAMES
    for file, old, new, due in (
        ("README.md", "e", "e ", []),
        (f"book/{page}", "**In short.**", "**In brief.**", []),
        (f"book/{page}", cell, changed_cell, [page]),
        ("data/raw/entrants.csv", "20", "21", NAMES),
        ("data/clean/entrants.csv", "20", "21", NAMES),
        ("data/datapackage.json", "20", "21", NAMES),
        ("analysis/figures/forms.py", "def ", "def  ", NAMES),
        ("data/loading.py", "def ", "def  ", NAMES),
        ("book/_paths.py", "import", "import ", NAMES),
        ("book/coverage.csv", "1", "2", NAMES),
        ("requirements.lock", "1", "2", NAMES),
    ):
        replace(root / file, old, new)
        assert verify(root) == due, file
        assert verify(root) == []


@pytest.mark.drill
def test_a_raw_figure_that_was_not_passed_on_stops_the_build(root):
    replace(root / "data" / "raw" / "care.csv", ",83.3,", ",73.3,")
    done = run(root, "scripts.book")
    assert done.returncode == 1
    assert re.match(r"data/\S+:\d+: .*run make refresh\n$", done.stderr), done.stderr
    assert not (root / "_build" / "html").exists()


@pytest.mark.drill
def test_pages_that_show_an_old_figure_are_named_and_none_is_built(root):
    replace(root / "data" / "raw" / "care.csv", ",88.8,", ",87.8,")  # glued as course_recovered
    done = run(root, "data", "build")
    assert done.returncode == 0, done.stderr
    done = run(root, "scripts.book")
    assert done.returncode == 1
    named = set(re.findall(r"book/(\S+\.ipynb), cell \d+: the stored output is not", done.stderr))
    assert "05_mental_health.ipynb" in named
    assert named < set(NAMES)
    assert "make refresh" in done.stderr
    assert not (root / "_build" / "html").exists()


@pytest.mark.drill
def test_a_module_and_a_cell_that_say_something_else_stop_the_build(root):
    replace(root / "analysis" / "text.py", 'f"{round(number):,}"', 'f"{round(number) + 1:,}"')
    done = run(root, "scripts.book")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) > len(NAMES) / 2
    (root / "analysis" / "text.py").write_bytes((ROOT / "analysis" / "text.py").read_bytes())
    replace(root / "book" / "timeline.ipynb", "text.count(", "text.decimal(")
    done = run(root, "scripts.book")
    assert done.returncode == 1
    assert set(re.findall(r"book/(\S+\.ipynb)", done.stderr)) == {"timeline.ipynb"}
    assert not (root / "_build" / "html").exists()
