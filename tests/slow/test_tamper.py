"""The drill that falsifies notebooks does falsify them; the real commands see samples of it."""

from __future__ import annotations

import sys

import nbformat
import pytest

from scripts.notebooks import BOOK, read_notebook, take_preview
from tests.slow.tamper import KINDS, Judge, drill, falsify


@pytest.fixture(scope="module")
def index():
    return read_notebook(BOOK / "index.ipynb")


def test_every_kind_changes_a_notebook_and_the_same_way_each_time(index):
    made = list(falsify("index.ipynb", index))
    table = falsify("timeline.ipynb", read_notebook(BOOK / "timeline.ipynb"))
    assert {false.kind for false in [*made, *table]} == set(KINDS)
    assert all(false.notebook != index for false in made)
    again = falsify("index.ipynb", index)
    assert [false.notebook for false in made] == [false.notebook for false in again]


def test_one_who_sees_nothing_catches_none_and_one_who_suspects_all_is_told(index, capsys):
    missed = drill({"index.ipynb": index}, lambda name, notebook: "")
    assert len(missed) == len(list(falsify("index.ipynb", index)))
    assert f"0 of {len(missed)} caught in 1 notebooks." in capsys.readouterr().out
    told = drill({"index.ipynb": index}, lambda name, notebook: "lint")
    assert told == ["index.ipynb: judged false as it stands"]


def test_notebook_that_is_true_passes(index):
    assert Judge({"index.ipynb": index}).judge("index.ipynb", index) == ""


def test_picture_of_the_readme_is_the_first_figure_of_the_index(index):
    ((path, picture),) = take_preview(BOOK.parent, {BOOK / "index.ipynb": index}).items()
    assert path.read_text(encoding="utf-8") == picture


@pytest.mark.drill
@pytest.mark.parametrize("kind", ["a glued value", "a figure's path", "a stored number"])
def test_make_book_and_nbval_see_it_too(short, index, kind):
    false = next(f for f in falsify("index.ipynb", index) if f.kind == kind)
    nbformat.write(false.notebook, short.root / "book" / "index.ipynb")
    done = short.run("make", "book")
    assert done.returncode != 0
    assert "book/index.ipynb, cell" in done.stderr
    nbval = ("-m", "pytest", "--nbval", "--nbval-current-env", "-q", "book/index.ipynb")
    done = short.run(sys.executable, *nbval)
    assert done.returncode == 1, done.stdout[-2000:]
    assert "1 failed" in done.stdout
