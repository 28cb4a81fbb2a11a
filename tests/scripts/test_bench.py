"""The measurements are what their names say, and the committed table keeps its budgets."""

from __future__ import annotations

import csv
import subprocess
import sys

import nbformat
import pytest
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from scripts import bench
from scripts.notebooks import list_notebooks, normalise, read_notebook


@pytest.fixture
def root(tmp_path):
    """A repository with two notebooks; the first has a figure."""
    (tmp_path / "book").mkdir()
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: book/index\nchapters:\n- file: book/01_a\n")
    figure = {"mystnb": {"figure": {"name": "fig-a", "caption": "A"}}}
    cells = [
        new_markdown_cell("(top)=\n# A\n\nSee {ref}`fig-a`."),
        new_code_cell("import json", metadata=figure),
    ]
    for name, content in (("01_a", cells), ("index", [new_markdown_cell("# Home"), new_code_cell("1")])):
        nbformat.write(normalise(new_notebook(cells=content)), tmp_path / "book" / f"{name}.ipynb")
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *identity, *words], cwd=tmp_path, check=True, capture_output=True)
    return tmp_path


def test_ratios_are_taken_within_a_round():
    rounds = [
        {"bare_kernels": b, "full_build": f, "edited_build": 1.0, "doubled_build": 2 * f}
        for b, f in ((10.0, 5.0), (100.0, 60.0), (20.0, 14.0))
    ]
    values = bench.summarise(rounds)
    assert values["bare_kernels"] == "20.0"
    assert values["build_ratio"] == "0.60"  # of 0.5, 0.6 and 0.7; the medians would give 0.70
    assert values["double_ratio"] == "2.00"


def test_a_missed_budget_is_named():
    kept = {"build_ratio": "0.75", "edit_ratio": "0.25", "double_ratio": "2.10"}
    assert bench.find_missed(kept) == []
    assert bench.find_missed({**kept, "build_ratio": "0.76"}) == [
        "build_ratio: 0.76 times bare_kernels; at most 0.75"
    ]


def test_bare_kernels_import_and_a_failing_import_is_said(root):
    assert bench.time_bare_kernels(root / "book") > 0
    cells = [new_code_cell("import no_such_module")]
    nbformat.write(normalise(new_notebook(cells=cells)), root / "book" / "02_b.ipynb")
    with pytest.raises(bench.BenchError, match=r"02_b.ipynb.*no_such_module"):
        bench.time_bare_kernels(root / "book")


def test_edit_changes_text_alone_and_is_undone(root):
    path = root / "book" / "01_a.ipynb"
    before = path.read_bytes()
    cells = read_notebook(path).cells
    bench.edit_text(root)
    after = read_notebook(path).cells
    assert after[0].source == cells[0].source + "\n\nOnce more."
    assert after[1] == cells[1]
    bench.restore(root)
    assert path.read_bytes() == before


def test_doubled_book_has_every_notebook_twice_and_no_name_twice(root):
    bench.double(root)
    assert [path.stem for path in list_notebooks(root / "book")] == [
        "01_a",
        "01_a_copy",
        "index",
        "index_copy",
    ]
    copy = (root / "book" / "01_a_copy.ipynb").read_text(encoding="utf-8")
    assert '"name": "fig-a-copy"' in copy
    assert "(top-copy)=" in copy
    assert "(top)=" not in copy
    listed = [entry["file"] for entry in yaml.safe_load((root / "_toc.yml").read_text())["chapters"]]
    assert sorted(listed) == ["book/01_a", "book/01_a_copy", "book/index_copy"]
    bench.restore(root)
    assert len(list_notebooks(root / "book")) == 2


def test_failure_of_what_is_measured_is_said(tmp_path):
    with pytest.raises(bench.BenchError, match="no_such_thing"):
        bench.time_command([sys.executable, "-m", "no_such_thing"], tmp_path)


def test_bytes_are_those_of_the_folder_and_its_largest_chapter(tmp_path):
    (tmp_path / "book").mkdir()
    for name, size in (("book/01_a.html", 5), ("book/02_b.html", 7), ("book/index.html", 90), ("x.css", 1)):
        (tmp_path / name).write_bytes(b"x" * size)
    assert bench.measure_files(tmp_path) == {"built_folder": "103", "heaviest_chapter": "7"}


def test_each_fact_has_words_and_a_unit_and_a_ratio_its_budget():
    values = {**dict.fromkeys(bench.WORDS, "1"), "pandas": "3.1.1"}
    rows = {row["name"]: row for row in csv.DictReader(bench.format_facts(values).splitlines())}
    assert all(row["what"] and row["unit"] for row in rows.values())
    assert {name for name, row in rows.items() if row["budget"]} == set(bench.RATIOS)
    assert rows["full_build"]["unit"] == "seconds"
    assert rows["pandas"]["unit"] == "version"


def read_committed():
    with bench.TABLE.open(encoding="utf-8", newline="") as lines:
        rows = {row["name"]: row for row in csv.DictReader(lines)}
    return {name: row["value"] for name, row in rows.items()}


def test_committed_table_is_whole():
    values = read_committed()
    assert set(values) == {*bench.WORDS, "python", *bench.PACKAGES}
    assert bench.TABLE.read_text(encoding="utf-8") == bench.format_facts(values)


def test_committed_table_keeps_its_budgets():
    assert bench.find_missed(read_committed()) == []
