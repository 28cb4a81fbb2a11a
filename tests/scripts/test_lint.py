"""Each rule about the form of a notebook, on one planted fault at a time."""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from scripts.execute import METADATA
from scripts.lint import Exempt, check_notebook, check_page, check_prose

ALT = "Line chart of entrants by year: a rise, a plateau and a sharp fall at the border closure."
SVG = new_output("display_data", {"image/svg+xml": "<svg/>", "text/plain": "<Figure>"})


def figure(**changes) -> dict:
    parts = {"alt": ALT, "caption": "Entrants by year.", "name": "fig-entrants"} | changes
    return {
        "mystnb": {
            "image": {"alt": parts["alt"]},
            "figure": {"caption": parts["caption"], "name": parts["name"]},
        }
    }


def notebook(*cells, metadata=METADATA):
    made = new_notebook(metadata=metadata)
    made.cells = [
        new_markdown_cell("# Title"),
        new_code_cell("import _paths\nfrom data import load", execution_count=1),
        *cells,
    ]
    return made


def code(source="show()", *, run=2, outputs=None, metadata=None):
    shown = [new_output("stream", text="text")] if outputs is None else outputs
    return new_code_cell(source, execution_count=run, outputs=shown, metadata=metadata or {})


def test_sound_notebook_has_no_finding():
    sound = notebook(code("x = 1", outputs=[]), code(run=3), code(run=4, outputs=[SVG], metadata=figure()))
    assert check_notebook(sound) == []


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (code(run=None), "never run"),
        (code(run=7), "run as 7"),
        (code(outputs=[]), "no output"),
        (code("%time show()"), "not plain Python"),
        (code("# NBVAL_SKIP\nshow()"), "a comment that changes"),
        (code("#nbval_ignore_output\nshow()"), "a comment that changes"),
        (code(metadata={"tags": ["nbval-ignore-output"]}), "a tag that changes"),
        (code(metadata={"tags": ["raises-exception"]}), "a tag that changes"),
        (code(metadata={"collapsed": True}), "metadata collapsed"),
        (code("\n".join(["x = 1"] * 20 + ["show()"])), "21 lines"),
        (code("def f():\n    return 1\nf()"), "a definition"),
        (code("class A:\n    pass\nA()"), "a definition"),
        (code("show(lambda x: x)"), "a definition"),
        (code("import os\nshow()"), "an import"),
        (code(outputs=[new_output("error", ename="KeyError", evalue="x")]), "an error as output"),
        (code(outputs=[new_output("stream", name="stderr", text="w")]), "on stderr"),
        (code(outputs=[new_output("stream", text="<Axes at 0x7f3a2b1c>")]), "a path or a memory address"),
        (code(outputs=[new_output("stream", text="read /" + "srv/someone/x.csv")]), "a path or a memory"),
        (code(outputs=[new_output("stream", text="C:\\Users\\x")]), "a path or a memory"),
        (code(outputs=[new_output("display_data", {"text/html": "<img src='x'>"})]), "HTML image without"),
        (code(outputs=[SVG]), "without mystnb.figure.caption"),
        (code(outputs=[SVG], metadata=figure(name="")), "without mystnb.figure.caption"),
        (code(outputs=[SVG], metadata=figure(alt="")), "at least 40"),
        (code(outputs=[SVG], metadata=figure(alt="A chart.")), "at least 40"),
        (code(outputs=[SVG], metadata=figure(alt="_images/" + "0a1b2c" * 8 + ".svg")), "looks like a file"),
        (code(outputs=[SVG], metadata=figure(alt=ALT, caption=ALT)), "repeats its caption"),
    ],
)
def test_planted_fault_is_found(cell, said):
    findings = check_notebook(notebook(cell))
    assert len(findings) >= 1
    assert any(said in finding for finding in findings), findings


def test_figure_may_be_of_any_image_format():
    png = new_output("display_data", {"image/png": "iVBO/w/x0", "text/plain": "<Figure>"})
    assert any("alt" in f for f in check_notebook(notebook(code(outputs=[png]))))


def test_first_code_cell_must_find_the_packages():
    wrong = notebook()
    wrong.cells[1].source = "from data import load"
    assert any("begins with import _paths" in f for f in check_notebook(wrong))


def test_foreign_metadata_is_found():
    assert check_notebook(notebook(metadata={"author": "somebody"}))[0].startswith("metadata")


def test_exception_excuses_its_words_and_is_counted_as_needed():
    findings, needed = check_prose(["A 95% interval of 3."], 2025, ["95% interval", "seven seas"])
    assert [f.split("'")[1] for f in findings] == ["3"]
    assert needed == {"95% interval"}


def test_page_joins_form_prose_captions_and_code(tmp_path):
    page = tmp_path / "chapter.ipynb"
    bad = notebook(
        new_markdown_cell("About 12."),
        code('print("13 rows")'),
        code(run=3, outputs=[SVG], metadata=figure(caption="Some 14.", alt=f"{ALT} Then 15.")),
    )
    nbformat.write(bad, page)
    findings, needed = check_page(page, 2025, [Exempt("chapter.ipynb", "13 rows", "a test")])
    typed = [f.split("'")[1] for f in findings if f.startswith("typed")]
    assert typed == ["12", "14", "15"]
    assert [e.text for e in needed] == ["13 rows"]
    (tmp_path / "page.md").write_text("Some 16.\n", encoding="utf-8")
    assert len(check_page(tmp_path / "page.md", 2025, [])[0]) == 1
