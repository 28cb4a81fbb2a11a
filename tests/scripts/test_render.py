"""Rendering shows stored outputs, and a warning is an error; plain jupyter-book works too."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from scripts.execute import ROOT, format_notebook, normalise
from scripts.render import render


def write_page(root, text):
    shown = new_output("stream", text="seven\n")
    cells = [new_markdown_cell(text), new_code_cell("raise SystemExit", execution_count=1, outputs=[shown])]
    page = format_notebook(normalise(new_notebook(cells=cells)))
    (root / "book" / "index.ipynb").write_text(page, encoding="utf-8")


def render_and_move(root):
    """Return whether the book was rendered; move the pages as make does."""
    done = render(root)
    if done:
        shutil.rmtree(root / "_build" / "html", ignore_errors=True)
        (root / "_build" / "new").rename(root / "_build" / "html")
    return done


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "책 book"
    (root / "book").mkdir(parents=True)
    (root / "_config.yml").write_text("title: A book\nonly_build_toc_files: true\n")
    (root / "_toc.yml").write_text("format: jb-book\nroot: book/index\nchapters:\n- file: book/old\n")
    (root / "book" / "old.md").write_text("# Old\n")
    return root


def test_pages_show_stored_outputs_and_a_warning_fails_until_it_is_fixed(root, capsys):
    page = root / "_build" / "html" / "book" / "index.html"
    write_page(root, "# Title\n\nSee {ref}`nowhere`.")
    for _ in range(2):
        assert not render_and_move(root)
        assert "nowhere" in capsys.readouterr().err
        assert not page.exists()
    write_page(root, "# Title\n\nAll is well.")
    assert render_and_move(root)
    assert "seven" in page.read_text(encoding="utf-8")
    write_page(root, "# Another title\n\nAll is better.")
    assert render_and_move(root)
    assert "All is better." in page.read_text(encoding="utf-8")
    assert not list(root.glob("_build/html/.buildinfo"))


def test_plain_jupyter_book_builds_a_short_book(tmp_path):
    """As typed: it executes the notebook and pastes its numbers into sentences."""
    for name in ("_config.yml", "analysis", "data"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "book").mkdir()
    for path in (ROOT / "book").glob("*"):
        if path.name != "timeline.ipynb" and (path.suffix != ".ipynb"):
            (tmp_path / "book" / path.name).symlink_to(path)
    notebook = nbformat.read(ROOT / "book" / "timeline.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.update(outputs=[], execution_count=None)
    nbformat.write(notebook, tmp_path / "book" / "timeline.ipynb")
    (tmp_path / "_toc.yml").write_text(
        "format: jb-book\nroot: book/timeline\nchapters:\n- file: book/further_reading\n"
    )
    words = [str(Path(sys.executable).parent / "jupyter-book"), "build", "."]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    html = (tmp_path / "_build" / "html" / "book" / "timeline.html").read_text(encoding="utf-8")
    assert html.count("<tr") > 20
