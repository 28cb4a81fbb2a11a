"""No text from the data becomes markup, wherever a page shows it."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup, Comment
from nbformat import v4
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from analysis import display
from analysis.charts import style
from book._ext import figures
from scripts import data_dictionary as dictionary

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' autofocus onfocus='alert(1)",
    "</td></tr></table><h1>gone</h1>",
    "<!-- gone",
    "&lt;b&gt; & &amp;",
    "$x$ `code` **bold** [link](javascript:alert(1)) {{ glue }}",
]
TAGS = {
    "div",
    "table",
    "caption",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "span",
    "a",
    "details",
    "summary",
    "ul",
    "li",
}
ATTRIBUTES = {"class", "role", "tabindex", "aria-labelledby", "aria-label", "id", "scope", "href"}


class Page:
    """What a browser makes of a piece of HTML: tags, names of attributes, text, comments."""

    def __init__(self, html: str) -> None:
        soup = BeautifulSoup(html, "html.parser")
        self.tags = {element.name for element in soup.find_all()}
        self.attributes = {name for element in soup.find_all() for name in element.attrs}
        self.comments = soup.find_all(string=lambda words: isinstance(words, Comment))
        self.text = soup.get_text()


def show_table(text: str, _: Path) -> str:
    frame = pd.DataFrame({"name": [text, "b"], "number": [1.0, None], "url": [text, "https://example.org"]})
    columns = {"name": text, "number": (text, lambda value: text)}
    return display.show(frame, columns, name="tbl-x", caption=text, folded=text, links={"name": "url"}).html


def show_source(text: str, _: Path) -> str:
    rows = pd.DataFrame([dict.fromkeys(["source_id", "publisher", "title", "url", "published"], text)])
    return display.cite_sources(rows, rows, name="src-x").html


def show_dictionary(text: str, folder: Path) -> str:
    words = {"type": "string", "unit": text, "description": text, "constraints": {"enum": [text]}}
    table = {"title": "Words", "description": "Words.", "edition": "first", "derivedFrom": []}
    resource = table | {
        "path": "clean/words.csv",
        "layer": "clean",
        "schema": {"fields": [words | {"name": text}]},
    }
    (folder / "clean").mkdir()
    (folder / "clean" / "words.csv").write_text("a\nb\n", encoding="utf-8")
    return dictionary.describe_table("clean", "words", {"resources": [resource]}, folder)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(("show", "times"), [(show_table, 6), (show_source, 3), (show_dictionary, 4)])
def test_text_is_shown_as_it_is_written(show, times: int, text: str, tmp_path: Path) -> None:
    page = Page(show(text, tmp_path))
    assert page.tags <= TAGS
    assert page.attributes <= ATTRIBUTES
    assert not page.comments
    assert page.text.count(text) == times


@pytest.mark.parametrize("text", HOSTILE[:-1])  # between dollar signs a label is a formula
def test_label_of_a_chart_is_shown_as_it_is_written(text: str) -> None:
    figure, axes = style.start()
    axes.set_xlabel(text)
    drawn = style.finish(figure, text, "a page, 2025", pd.DataFrame({"persons": [1]}))
    css = figures.STYLESHEET.read_text(encoding="utf-8")
    page = Page(figures.inline(drawn.svg, name="fig-x", alt=text, colours=figures.read_colours(css)))
    assert page.tags <= {"svg", "g", "path", "use", "text", "defs", "clippath", "rect", "tspan"}
    assert not page.comments
    assert text in page.text


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a page whose notebook glues hostile words into its sentences and captions."""
    folder = tmp_path_factory.mktemp("page")
    roles = [f"[{{glue:text}}`fact{i}`]" for i in range(len(HOSTILE))]
    facts = [
        v4.new_output(
            "display_data",
            {"application/papermill.record/text/plain": repr(text)},
            metadata={"scrapbook": {"mime_prefix": "application/papermill.record/", "name": f"fact{i}"}},
        )
        for i, text in enumerate(HOSTILE)
    ]
    picture = v4.new_output("display_data", {"image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg'/>"})
    caption = {"mystnb": {"figure": {"caption": " ".join(roles), "name": "fig-x"}}}
    cells = [
        v4.new_markdown_cell("# Page\n\n" + " ".join(roles)),
        v4.new_code_cell("facts", outputs=facts, execution_count=1),
        v4.new_code_cell("picture", outputs=[picture], execution_count=2, metadata=caption),
    ]
    nbformat.write(v4.new_notebook(cells=cells), folder / "index.ipynb")
    options = {"extensions": ["myst_nb"], "nb_execution_mode": "off", "smartquotes": False}
    (folder / "conf.py").write_text("", encoding="utf-8")
    # Sphinx registers roles for the whole process; a later build would warn of each.
    with docutils_namespace():
        Sphinx(folder, folder, folder / "html", folder / "trees", "html", options, status=None).build()
    return (folder / "html" / "index.html").read_text(encoding="utf-8").split("<body", 1)[1]


@pytest.mark.parametrize("text", HOSTILE)
def test_fact_in_a_sentence_or_a_caption_is_shown_as_it_is_written(page: str, text: str) -> None:
    read = Page("<body" + page)
    assert read.text.count(f"[{text}]") == 2
    assert not {"onerror", "onload", "onfocus", "autofocus"} & read.attributes
    assert not read.comments
