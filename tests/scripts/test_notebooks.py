"""Execution, proof and refresh, on a copy of the repository's shape with two tiny notebooks."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from scripts import notebooks
from scripts.notebooks import (
    ROOT,
    NotebookError,
    check_estimates,
    execute_all,
    find_difference,
    format_notebook,
    list_notebooks,
    normalise,
    read_notebook,
    refresh,
    verify,
)

FIRST = ["import _paths\nfrom data import VALUE", "print(VALUE)"]
SECOND = ["import _paths\nfrom analysis import scale", "print(scale(2))"]


def write(path, sources):
    cells = [new_markdown_cell("# Title"), *map(new_code_cell, sources)]
    nbformat.write(new_notebook(cells=cells), path)


def read_files(root):
    return {p.name: p.read_bytes() for p in sorted((root / "book").rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A repository whose two notebooks are refreshed; its path has a space and Hangul."""
    root = tmp_path_factory.mktemp("template") / "책 book"
    for folder in ("book", "data", "analysis"):
        (root / folder).mkdir(parents=True)
    (root / "requirements.lock").write_text("")
    (root / "data" / "__init__.py").write_text("VALUE = 7\n")
    (root / "data" / "raw").mkdir()
    (root / "data" / "raw" / "sources.csv").write_text("source_id\na\n")
    (root / "data" / "datapackage.json").write_text('{"resources": []}')
    (root / "analysis" / "estimates.py").write_text(
        "import pathlib, sys\npathlib.Path(sys.argv[1]).write_text('chapter\\n')\n"
    )
    (root / "analysis" / "__init__.py").write_text("def scale(x):\n    return 3 * x\n")
    (root / "book" / "_paths.py").write_bytes((ROOT / "book" / "_paths.py").read_bytes())
    write(root / "book" / "01_first.ipynb", FIRST)
    write(root / "book" / "02_second.ipynb", SECOND)
    refresh(root)
    return root


@pytest.fixture
def root(template, tmp_path):
    """A copy of it for one test."""
    return shutil.copytree(template, tmp_path / "책 book")


def test_refresh_stores_outputs_and_nothing_of_the_machine(root):
    stored = read_notebook(root / "book" / "01_first.ipynb")
    assert stored.cells[2].outputs[0].text == "7\n"
    assert [c.execution_count for c in stored.cells[1:]] == [1, 2]
    text = (root / "book" / "01_first.ipynb").read_text(encoding="utf-8")
    assert text == format_notebook(stored)
    assert str(root) not in text


def test_refresh_is_repeatable_and_its_result_needs_no_second_execution(root):
    before = read_files(root)
    assert verify(root) == []
    assert refresh(root) == []
    assert read_files(root) == before


def test_unexecuted_or_tampered_output_is_named_and_stays_named(root):
    path = root / "book" / "02_second.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace('"6\\n"', '"8\\n"'), encoding="utf-8")
    for _ in range(2):
        with pytest.raises(NotebookError) as error:
            verify(root)
        assert str(error.value).startswith("book/02_second.ipynb, cell 3:")
        assert "make refresh" in str(error.value)
        assert "\n" not in str(error.value)


def test_only_what_depends_on_a_change_is_executed_again(root):
    both = ["01_first.ipynb", "02_second.ipynb"]
    path = root / "book" / "01_first.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("# Title", "# Other"), encoding="utf-8")
    assert verify(root) == []
    path.write_text(
        path.read_text(encoding="utf-8").replace("print(VALUE)", "print(VALUE )"), encoding="utf-8"
    )
    assert verify(root) == both[:1]
    (root / "analysis" / "__init__.py").write_text("def scale(x):\n    return x * 3\n")
    assert verify(root) == both
    (root / "data" / "raw.csv").write_text("a\n1\n")
    assert verify(root) == both
    assert verify(root) == []


def test_changed_figure_in_the_data_is_seen_in_the_stored_output(root):
    (root / "data" / "__init__.py").write_text("VALUE = 70\n")
    with pytest.raises(NotebookError, match=r"01_first.ipynb, cell 3"):
        verify(root)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"cells": [{"cell_type": "code", "source": ""}]}'])
def test_file_that_is_no_notebook_is_named(root, text):
    (root / "book" / "02_second.ipynb").write_text(text)
    with pytest.raises(NotebookError, match=r"^book/02_second.ipynb: found .*, expected a notebook"):
        verify(root)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("import sys\nprint('careful', file=sys.stderr)", "wrote to stderr: careful"),
    ],
)
def test_bad_cell_fails_in_one_line_and_leaves_every_file(root, source, said):
    write(root / "book" / "02_second.ipynb", [*SECOND, source])
    (root / "data" / "__init__.py").write_text("VALUE = 70\n")
    before = read_files(root)
    with pytest.raises(NotebookError) as error:
        refresh(root)
    assert str(error.value) == f"book/02_second.ipynb, cell 4: {said}"
    assert read_files(root) == before


def test_every_failing_notebook_is_named(root):
    for path in list_notebooks(root / "book"):
        write(path, ["1 / 0"])
    with pytest.raises(NotebookError) as error:
        execute_all(list_notebooks(root / "book"))
    assert len(str(error.value).splitlines()) == 2


def test_killed_refresh_leaves_every_file(root):
    started = root / "started"
    write(root / "book" / "02_second.ipynb", [f"open({str(started)!r}, 'w')\nwhile True:\n    pass"])
    (root / "data" / "__init__.py").write_text("VALUE = 70\n")
    estimates = root / "analysis" / "estimates.py"
    estimates.write_text(estimates.read_text().replace("chapter", "chapter,other"))
    before = read_files(root)
    code = "import sys, pathlib; from scripts import notebooks as n; "
    job = subprocess.Popen([sys.executable, "-c", code + f"n.refresh(pathlib.Path({str(root)!r}))"], cwd=ROOT)
    limit = time.monotonic() + 60
    while not started.exists() and time.monotonic() < limit:
        time.sleep(0.05)
    assert started.exists()
    time.sleep(0.5)  # so that the other notebook is done and could have been written
    os.kill(job.pid, signal.SIGKILL)
    job.wait()
    assert read_files(root) == before


def test_page_is_refreshed_with_the_estimates_of_the_same_refresh(root):
    write(root / "book" / "01_first.ipynb", ["import _paths", "print(open('estimates.csv').read())"])
    estimates = root / "analysis" / "estimates.py"
    estimates.write_text(estimates.read_text().replace("chapter", "chapter,other"))
    assert {"book/01_first.ipynb", "book/estimates.csv"} <= set(refresh(root))
    assert read_notebook(root / "book" / "01_first.ipynb").cells[2].outputs[0].text == "chapter,other\n\n"
    assert verify(root) == []


def test_estimates_that_the_models_no_longer_give_stop_the_build(root, monkeypatch):
    table = root / "book" / "estimates.csv"
    made = []

    def make(root):
        made.append(root)
        return "chapter,estimate\n01,7\n"

    monkeypatch.setattr(notebooks, "make_estimates", make)
    with pytest.raises(NotebookError, match="make refresh"):
        check_estimates(root)
    table.write_text("chapter,estimate\n01,8\n")
    with pytest.raises(NotebookError, match="make refresh"):
        check_estimates(root)
    table.write_text("chapter,estimate\n01,7\n")
    check_estimates(root)
    check_estimates(root)
    assert len(made) == 3


def test_kernel_ignores_the_callers_settings(root, monkeypatch):
    for name, value in {"PYTHONPATH": "nowhere", "LANG": "ko_KR.EUC-KR", "TZ": "Asia/Seoul"}.items():
        monkeypatch.setenv(name, value)
    write(
        root / "book" / "01_first.ipynb",
        ["import os, sys, time\nprint(os.getenv('PYTHONPATH'), time.tzname[0])\nprint(sys.executable)"],
    )
    (executed,) = execute_all([root / "book" / "01_first.ipynb"]).values()
    assert executed.cells[1].outputs[0].text == f"None UTC\n{sys.executable}\n"


def test_difference_sees_text_figure_glue_count_and_a_lost_output():
    def shown(data, metadata=None):
        return nbformat.v4.new_output("display_data", data, metadata=metadata or {})

    def make(output, run=1):
        outputs = [output] if output else []
        return new_notebook(cells=[new_code_cell("x", outputs=outputs, execution_count=run)])

    stored = make(shown({"image/svg+xml": "<svg>1</svg>"}))
    assert find_difference(stored, stored) is None
    for other in (
        make(shown({"image/svg+xml": "<svg>2</svg>"})),
        make(shown({"image/svg+xml": "<svg>1</svg>"}, {"scrapbook": {"name": "other"}})),
        make(shown({"image/svg+xml": "<svg>1</svg>", "text/plain": "x"})),
        make(shown({"image/svg+xml": "<svg>1</svg>"}), run=2),
        make(None),
    ):
        assert find_difference(stored, other) == 1


def test_plain_form_keeps_what_the_book_uses_and_drops_the_rest():
    cell = new_code_cell("x", metadata={"mystnb": {"a": 1}, "execution": {"t": "2"}, "tags": ["hide-input"]})
    source = new_notebook(cells=[cell], metadata={"author": "somebody"})
    plain = normalise(source)
    assert plain.cells[0].metadata == {"mystnb": {"a": 1}, "tags": ["hide-input"]}
    assert plain.cells[0].id == cell.id
    assert "author" not in plain.metadata
    assert "execution" in source.cells[0].metadata
    del cell["id"]
    assert normalise(source).cells[0].id == "cell-01"
