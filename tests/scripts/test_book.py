"""What ``make book`` refuses, and that rendering says no page is right when it is not."""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from data.checks import Problem
from scripts import book
from scripts.notebooks import normalise


def write_page(root, text):
    shown = new_output("stream", text="seven\n")
    cells = [new_markdown_cell(text), new_code_cell("raise SystemExit", execution_count=1, outputs=[shown])]
    nbformat.write(normalise(new_notebook(cells=cells)), root / "book" / "index.ipynb")


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "책 book"
    (root / "book").mkdir(parents=True)
    (root / "scripts").mkdir()
    (root / "scripts" / "notebooks.py").write_text("")
    (root / "requirements.lock").write_text("")
    (root / "_config.yml").write_text(
        "title: A book\nonly_build_toc_files: true\nlatex: {use_jupyterbook_latex: false}\n"
    )
    (root / "_toc.yml").write_text("format: jb-book\nroot: book/index\n")
    return root


def test_pages_show_stored_outputs_and_a_warning_fails_until_it_is_mended(root):
    write_page(root, "# Title\n\nSee {ref}`nowhere`.")
    for _ in range(2):
        with pytest.raises(book.BookError):
            book.render(root)
    write_page(root, "# Title\n\nAll is well.")
    book.render(root)
    page = root / "_build" / "html" / "book" / "index.html"
    assert "seven" in page.read_text(encoding="utf-8")
    write_page(root, "# Title\n\nAll is better.")
    book.render(root)
    assert "All is better." in page.read_text(encoding="utf-8")


def test_removed_page_leaves_no_file(root):
    write_page(root, "# Title")
    (root / "book" / "old.md").write_text("# Old\n")
    (root / "_toc.yml").write_text("format: jb-book\nroot: book/index\nchapters:\n- file: book/old\n")
    book.render(root)
    (root / "book" / "old.md").unlink()
    (root / "_toc.yml").write_text("format: jb-book\nroot: book/index\n")
    book.render(root)
    assert not (root / "_build" / "html" / "book" / "old.html").exists()


def test_sound_data_are_judged_once_and_again_after_any_change(root, monkeypatch):
    judged = []
    monkeypatch.setattr(book, "check", lambda folder: judged.append(folder) or [])
    for change in ("a,b\n1,2\n", "a,b\n1,2\n", "a,b\n1,3\n"):
        (root / "data").mkdir(exist_ok=True)
        (root / "data" / "raw.csv").write_text(change)
        book.check_data(root)
    assert len(judged) == 2


def test_unsound_data_stop_the_build_in_one_line(root, monkeypatch):
    faults = [Problem("data/raw/a.csv", line, "x", "1", "2") for line in (2, 3)]
    monkeypatch.setattr(book, "check", lambda folder: faults)
    with pytest.raises(book.BookError) as error:
        book.check_data(root)
    assert str(error.value).startswith("data/raw/a.csv:2: x: found 1, expected 2 (and 1 more: make check)")
    assert "make refresh" in str(error.value)
    assert "\n" not in str(error.value)
