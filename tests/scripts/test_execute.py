"""Notebooks are compared strictly, executed only if stale, and written together or not at all."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from scripts.execute import ROOT, find_difference, find_preview, format_notebook, normalise

STALE = "the stored output is not what the code gives now"


def write(path, *sources):
    cells = [new_markdown_cell("# Title"), *map(new_code_cell, sources)]
    path.write_text(format_notebook(normalise(new_notebook(cells=cells))), encoding="utf-8")


def run(root, command="check", **settings):
    """Return the status, what was said, and which notebooks were executed."""
    before = {path: path.stat().st_mtime_ns for path in root.glob("ran_*")}
    words = [sys.executable, "-m", "scripts.execute", command]
    done = subprocess.run(words, cwd=root, env=os.environ | settings, capture_output=True, text=True)
    ran = [p.name for p in sorted(root.glob("ran_*")) if p.stat().st_mtime_ns != before.get(p)]
    return done.returncode, done.stderr.strip(), ran


def change(path: Path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A repository of two refreshed notebooks that note their execution; its path has a space and Hangul."""
    root = tmp_path_factory.mktemp("template") / "책 book"
    for folder in ("book/_static", "data/raw", "analysis", "scripts"):
        (root / folder).mkdir(parents=True)
    for name in ("scripts/execute.py", "book/_paths.py"):
        shutil.copy(ROOT / name, root / name)
    for library in ('"seaborn", ', '"statsmodels.formula.api"'):  # which no test needs
        change(root / "scripts" / "execute.py", library, "")
    (root / "requirements.lock").write_text("")
    (root / "data" / "__init__.py").write_text("VALUE = 7\n")
    (root / "data" / "raw" / "a.csv").write_text("a\n")
    (root / "analysis" / "__init__.py").write_text("def scale(x):\n    return 3 * x\n")
    note = "import _paths\nopen('../ran_{}', 'w').close()"
    write(root / "book" / "01_first.ipynb", note.format(1), "from data import VALUE\nprint(VALUE)")
    write(root / "book" / "02_second.ipynb", note.format(2), "from analysis import scale\nprint(scale(2))")
    assert run(root, "refresh")[0] == 0
    return root


@pytest.fixture
def root(template, tmp_path):
    return shutil.copytree(template, tmp_path / "책 book")


def test_refresh_stores_outputs_and_what_it_wrote_is_not_executed_again(root):
    stored = nbformat.read(root / "book" / "01_first.ipynb", as_version=4)
    assert stored.cells[2].outputs[0].text == "7\n"
    assert [cell.execution_count for cell in stored.cells[1:]] == [1, 2]
    assert run(root) == (0, "", [])


@pytest.mark.parametrize(
    ("file", "old", "new", "executed"),
    [
        ("book/01_first.ipynb", "# Title", "# Other", []),
        ("book/01_first.ipynb", "print(VALUE)", "print(VALUE )", ["ran_1"]),
        ("analysis/__init__.py", "3 * x", "x * 3", ["ran_1", "ran_2"]),
        ("data/__init__.py", "7", "7 ", ["ran_1", "ran_2"]),
        ("book/_paths.py", "import sys", "import sys  ", ["ran_1", "ran_2"]),
        ("requirements.lock", "", "a==1", ["ran_1", "ran_2"]),
    ],
)
def test_only_what_depends_on_a_change_is_executed(root, file, old, new, executed):
    change(root / file, old, new)
    assert run(root) == (0, "", executed)


def test_removed_input_executes_all(root):
    (root / "data" / "raw" / "a.csv").unlink()
    assert run(root)[2] == ["ran_1", "ran_2"]


def test_changed_output_is_named_until_it_is_refreshed(root):
    change(root / "book" / "02_second.ipynb", '"6\\n"', '"8\\n"')
    for _ in range(2):
        status, said, executed = run(root)
        assert (status, executed) == (1, ["ran_2"])
        assert said == f"book/02_second.ipynb, cell 3: {STALE}; if the change is meant, run make refresh"
    change(root / "data" / "__init__.py", "7", "70")
    assert [line.split(":")[0] for line in run(root)[1].splitlines()] == [
        "book/01_first.ipynb, cell 3",
        "book/02_second.ipynb, cell 3",
    ]
    assert run(root, "refresh")[0] == 0
    assert run(root)[0] == 0


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("1 / 0", "book/02_second.ipynb, cell 2: ZeroDivisionError: division by zero"),
        (
            "import sys\nprint('careful', file=sys.stderr)",
            "book/02_second.ipynb, cell 2: wrote to stderr: careful",
        ),
        ("import os\nos._exit(3)", "book/02_second.ipynb: Kernel died"),
    ],
)
def test_failing_cell_is_one_line_and_refresh_writes_no_notebook(root, source, said):
    write(root / "book" / "02_second.ipynb", source)
    change(root / "data" / "__init__.py", "7", "70")
    before = {path: path.read_bytes() for path in root.glob("book/*") if path.is_file()}
    status, message, _ = run(root, "refresh")
    assert status == 1
    assert message.splitlines()[0].startswith(said)
    assert message.splitlines()[1:] == ["No notebook was changed."]
    assert {path: path.read_bytes() for path in root.glob("book/*") if path.is_file()} == before


@pytest.mark.parametrize("text", ["", "[]", '{"cells": [{"cell_type": "code", "source": ""}]}'])
def test_file_that_is_no_notebook_is_named(root, text):
    (root / "book" / "02_second.ipynb").write_text(text)
    assert run(root)[1].startswith("book/02_second.ipynb: expected a notebook")


def test_kernel_has_plain_settings_and_nothing_of_another_kernel(root):
    leave = "import json\njson.mark = 1"
    show = "import json, os, time\nprint(os.getenv('LANG'), time.tzname[0], hasattr(json, 'mark'))"
    write(root / "book" / "01_first.ipynb", leave)
    write(root / "book" / "02_second.ipynb", show)
    assert run(root, "refresh", LANG="ko_KR.EUC-KR", TZ="Asia/Seoul")[0] == 0
    cells = nbformat.read(root / "book" / "02_second.ipynb", as_version=4).cells
    assert cells[1].outputs[0].text == "C.UTF-8 UTC False\n"


def test_no_kernel_outlives_a_run_that_is_killed(root):
    write(
        root / "book" / "01_first.ipynb",
        "import os\nprint(os.getpid(), file=open('../pid', 'w'), flush=True)\nwhile True: pass",
    )
    job = subprocess.Popen([sys.executable, "-m", "scripts.execute", "refresh"], cwd=root)
    limit = time.monotonic() + 60
    while not ((root / "pid").is_file() and (root / "pid").read_text()) and time.monotonic() < limit:
        time.sleep(0.05)
    kernel = Path("/proc") / (root / "pid").read_text().strip()
    job.send_signal(signal.SIGKILL)
    job.wait()
    while kernel.exists() and time.monotonic() < limit:
        time.sleep(0.05)
    assert not kernel.exists()


SVG = {"image/svg+xml": "<svg>1</svg>"}


@pytest.mark.parametrize(
    ("data", "metadata", "count"),
    [
        ({"image/svg+xml": "<svg>2</svg>"}, {}, 1),
        (SVG, {"scrapbook": {"name": "other"}}, 1),
        (SVG | {"text/plain": "x"}, {}, 1),
        (SVG, {}, 2),
        (None, {}, 1),
    ],
)
def test_difference_in_figure_glue_text_count_or_a_lost_output_is_found(data, metadata, count):
    def make(data, metadata, count):
        outputs = [new_output("display_data", data, metadata=metadata)] if data else []
        return new_notebook(cells=[new_code_cell("x", outputs=outputs, execution_count=count)])

    stored = make(SVG, {}, 1)
    assert find_difference(stored, stored) is None
    assert find_difference(stored, make(data, metadata, count)) == 1


def test_committed_form_keeps_what_the_book_uses_and_drops_the_rest():
    cell = new_code_cell("x", metadata={"mystnb": {"a": 1}, "execution": {"t": "2"}, "tags": ["hide-input"]})
    plain = normalise(new_notebook(cells=[cell], metadata={"author": "an editor"}))
    assert plain.cells[0].metadata == {"mystnb": {"a": 1}, "tags": ["hide-input"]}
    assert "author" not in plain.metadata


def test_picture_of_the_readme_is_the_first_figure_of_the_index():
    index = ROOT / "book" / "index.ipynb"
    ((path, picture),) = find_preview({index: index.read_text(encoding="utf-8")}).items()
    assert path.read_text(encoding="utf-8") == picture
    assert find_preview({index: json.dumps({"cells": []})}) == {}
