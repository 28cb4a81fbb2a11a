"""``make diff`` names what changed: cells of tables, estimates, glued values, figures, tables and text."""

from __future__ import annotations

import json
import subprocess

import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from analysis import display
from scripts.diff import describe
from scripts.execute import format_notebook, normalise


def git(root, *words):
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    subprocess.run(["git", *who, *words], cwd=root, check=True, capture_output=True)


def write_page(root, fact="34", figure="<svg>1</svg>", persons=8, text="Prose."):
    frame = pd.DataFrame({"year": [2024, 2025], "persons": [9, persons]})
    columns = {"year": "Year", "persons": ("Persons", str)}
    table = display.show(frame, columns, name="tbl-entrants", caption="Entrants")
    record = {"scrapbook": {"name": "arrivals", "mime_prefix": "application/papermill.record/"}}
    glued = new_output(
        "display_data", {"application/papermill.record/text/plain": repr(fact)}, metadata=record
    )
    picture = new_output("execute_result", {"image/svg+xml": figure, "text/plain": "Figure"})
    shown = new_output("execute_result", {"text/html": table.html, "text/plain": table.text})
    named = {"mystnb": {"figure": {"name": "fig-a", "caption": ""}}}
    cells = [new_markdown_cell(text), new_code_cell("a", outputs=[glued])]
    cells += [new_code_cell("b", outputs=[picture], metadata=named), new_code_cell("c", outputs=[shown])]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    page = format_notebook(normalise(new_notebook(cells=cells)))
    (root / "book" / "01_first.ipynb").write_text(page, encoding="utf-8")


@pytest.fixture
def root(tmp_path):
    for folder in ("data/clean", "book"):
        (tmp_path / folder).mkdir(parents=True)
    table = {"path": "clean/entrants.csv", "schema": {"primaryKey": ["year", "sex"]}}
    (tmp_path / "data" / "datapackage.json").write_text(json.dumps({"resources": [table]}))
    (tmp_path / "data" / "clean" / "entrants.csv").write_text("year,sex,persons\n2024,male,9\n2025,male,8\n")
    (tmp_path / "book" / "estimates.csv").write_text("model_id,quantity,estimate\ntrend,change,1.25\n")
    write_page(tmp_path)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first release")
    return tmp_path


def test_nothing_changed(root):
    (head,) = describe("HEAD", root)
    assert head.endswith("first release")


def test_rows_and_cells_of_tables_are_named_by_their_key(root):
    (root / "data" / "clean" / "entrants.csv").write_text("year,sex,persons\n2023,male,1\n2025,male,7\n")
    (root / "book" / "estimates.csv").write_text("model_id,quantity,estimate\ntrend,change,1.5\n")
    assert list(describe("HEAD", root))[1:] == [
        "book/estimates.csv",
        "  model_id=trend, quantity=change: estimate 1.25 → 1.5",
        "data/clean/entrants.csv",
        "  year=2024, sex=male: gone (persons=9)",
        "  year=2025, sex=male: persons 8 → 7",
        "  year=2023, sex=male: new (persons=1)",
    ]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"fact": "35"}, "  glued: arrivals 34 → 35"),
        ({"figure": "<svg>2</svg>" * 20}, "  figure: fig-a changed"),
        ({"persons": 7}, "  table tbl-entrants, Year=2025: Persons 8 → 7"),
        ({"text": "Other prose."}, "  page: text changed"),
    ],
)
def test_each_part_of_a_page_is_named(root, change, line):
    write_page(root, **change)
    assert list(describe("HEAD", root))[1:] == ["book/01_first.ipynb", line]


def test_new_and_removed_files_and_an_older_commit(root):
    git(root, "commit", "-qm", "second", "--allow-empty")
    (root / "book" / "01_first.ipynb").unlink()
    (root / "book" / "more.md").write_text("# More\n")
    assert list(describe("HEAD~1", root))[1:] == ["book/01_first.ipynb: gone", "book/more.md: new"]


def test_no_such_commit_is_an_error(root):
    with pytest.raises(ValueError, match="nowhere"):
        list(describe("nowhere", root))
