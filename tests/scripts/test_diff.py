"""``make diff`` names what moved: cells of tables, estimates, facts, figures, tables and text of pages."""

from __future__ import annotations

import json
import subprocess

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from scripts.notebooks import normalise

from analysis import display
from scripts.diff import DiffError, describe


def git(root, *words):
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *words],
        cwd=root, check=True, capture_output=True,
    )  # fmt: skip


def write_data(root, rows):
    (root / "data" / "clean" / "entrants.csv").write_text("year,sex,persons\n" + "".join(rows))


def write_estimates(root, estimate):
    lines = f"model_id,quantity,estimate,unit\ntrend,change,{estimate},% a year\ntrend,level,2,%\n"
    (root / "book" / "estimates.csv").write_text(lines)


def write_page(root, fact="34", figure="<svg>1</svg>", rows=((2024, 9), (2025, 8)), text="Prose."):
    import pandas as pd

    frame = pd.DataFrame(rows, columns=["year", "persons"])
    table = display.show(
        frame, {"year": "Year", "persons": ("Persons", str)}, name="tbl-entrants", caption="Entrants"
    )
    record = {"scrapbook": {"name": "arrivals", "mime_prefix": "application/papermill.record/"}}
    shown = [
        new_output("display_data", {"application/papermill.record/text/plain": repr(fact)}, metadata=record),
        new_output("display_data", {"text/plain": f"arrivals: {fact}"}),
    ]
    picture = new_output("execute_result", {"image/svg+xml": figure, "text/plain": "Figure"})
    listed = new_output("execute_result", {"text/html": table.html, "text/plain": table.text})
    cells = [
        new_markdown_cell(text),
        new_code_cell("text.glue_all()", outputs=shown),
        new_code_cell(
            "draw()", outputs=[picture], metadata={"mystnb": {"figure": {"name": "fig-a", "caption": ""}}}
        ),
        new_code_cell("show()", outputs=[listed]),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    nbformat.write(normalise(new_notebook(cells=cells)), root / "book" / "01_first.ipynb")


@pytest.fixture
def root(tmp_path):
    for folder in ("data/clean", "book"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "data" / "datapackage.json").write_text(
        json.dumps(
            {
                "resources": [
                    {
                        "layer": "clean",
                        "path": "clean/entrants.csv",
                        "schema": {"primaryKey": ["year", "sex"]},
                    }
                ]
            }
        )
    )
    write_data(tmp_path, ["2024,male,9\n", "2025,male,8\n"])
    write_estimates(tmp_path, "1.23456789012")
    write_page(tmp_path)
    (tmp_path / "book" / "words.md").write_text("# Words\n")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first release")
    return tmp_path


def test_nothing_moved(root):
    said = describe("HEAD", root)
    assert said[0].endswith("first release")
    assert said[1:] == ["Nothing moved."]


def test_cells_of_a_table_are_named_by_their_key(root):
    write_data(root, ["2023,male,1\n", "2025,male,7\n"])
    assert describe("HEAD", root)[1:-1] == [
        "data/clean/entrants.csv",
        "  year=2024, sex=male: gone (persons=9)",
        "  year=2025, sex=male: persons 8 → 7",
        "  year=2023, sex=male: new (persons=1)",
    ]


def test_estimates_are_named_by_model_and_quantity(root):
    write_estimates(root, "1.33456789012")
    assert describe("HEAD", root)[1:-1] == [
        "book/estimates.csv",
        "  model_id=trend, quantity=change: estimate 1.23457 → 1.33457",
    ]


def test_a_difference_in_the_last_digits_is_shown_in_full(root):
    write_estimates(root, "1.23456789013")
    assert "estimate 1.23456789012 → 1.23456789013" in describe("HEAD", root)[2]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"fact": "35"}, ["  arrivals: 34 → 35"]),
        ({"figure": "<svg>2</svg>"}, ["  figure fig-a"]),
        ({"rows": ((2024, 9), (2025, 7))}, ["  table tbl-entrants, Year=2025: Persons 8 → 7"]),
        ({"text": "Other prose."}, ["  text"]),
    ],
)
def test_each_part_of_a_page_is_told_apart(root, change, said):
    write_page(root, **change)
    assert describe("HEAD", root)[1:-1] == ["book/01_first.ipynb", *said]


def test_an_older_commit_new_and_removed_files_and_the_sum(root):
    write_page(root, fact="35")
    git(root, "commit", "-qam", "second")
    write_page(root, fact="36")
    (root / "book" / "words.md").unlink()
    (root / "book" / "more.md").write_text("# More\n")
    said = describe("HEAD~1", root)
    assert "  arrivals: 34 → 36" in said
    assert said[said.index("book/words.md") + 1] == "  gone"
    assert said[said.index("book/more.md") + 1] == "  new"
    assert said[-1] == "Lines above: 0 in 0 files, 3 in 3 pages."


def test_a_new_table_file_and_a_new_page_are_said_in_a_line(root):
    (root / "data" / "clean" / "other.csv").write_text("a\n1\n")
    assert describe("HEAD", root)[1:-1] == ["data/clean/other.csv", "  new"]


def test_no_such_commit_is_one_line(root):
    with pytest.raises(DiffError, match=r"^no commit nowhere"):
        describe("nowhere", root)
