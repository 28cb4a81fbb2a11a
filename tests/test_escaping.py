"""Nothing that stands in a cell becomes markup, wherever a table puts it."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbformat import v4
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from analysis import display
from analysis.charts import style
from book._ext import figures
from scripts import dictionary

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
TAGS = {"div", "table", "caption", "thead", "tbody", "tr", "th", "td", "span", "a", "details", "summary"}
ATTRIBUTES = {"class", "role", "tabindex", "aria-labelledby", "aria-label", "id", "scope", "href"}


class Page(HTMLParser):
    """What a browser makes of a piece of HTML: tags, names of attributes, text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.comments: list[str] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_cell_a_heading_a_caption_and_a_link_show_as_they_are_written(text: str) -> None:
    frame = pd.DataFrame({"name": [text, "b"], "number": [1.0, None], "url": [text, "https://example.org"]})
    columns = {"name": text, "number": (text, lambda value: text)}
    made = display.show(frame, columns, name="tbl-x", caption=text, folded=text, links={"name": "url"})
    page = Page(made.html)
    assert page.tags <= TAGS
    assert page.attributes <= ATTRIBUTES
    assert not page.comments
    assert "".join(page.words).count(text) == 6


@pytest.mark.parametrize("text", HOSTILE)
def test_a_source_shows_as_it_is_written(text: str) -> None:
    row = {"source_id": "a", "publisher": text, "title": text, "url": text, "published": text}
    page = Page(display.cite_sources(pd.DataFrame([row]), pd.DataFrame([row]), name="src-x").html)
    assert page.tags <= TAGS | {"ul", "li"}
    assert page.attributes <= ATTRIBUTES
    assert "".join(page.words).count(text) == 3


@pytest.mark.parametrize("text", HOSTILE)
def test_a_conflict_shows_as_it_is_written(text: str) -> None:
    words = dict.fromkeys(["topic", "item", "value_a", "value_b", "used", "why"], text)
    conflicts = pd.DataFrame([words | {"source_a": "a", "source_b": "a"}])
    sources = pd.DataFrame([{"source_id": "a", "publisher": text, "url": text}])
    for topics in ([], [text]):
        page = Page(display.show_conflicts(conflicts, sources, topics, name="tbl-x").html)
        assert page.tags <= TAGS
        assert page.attributes <= ATTRIBUTES
        assert "".join(page.words).count(text) >= 7


@pytest.mark.parametrize("text", HOSTILE)
def test_the_dictionary_shows_a_column_as_it_is_described(text: str, tmp_path: Path) -> None:
    field = {
        "name": text,
        "type": "string",
        "unit": text,
        "description": text,
        "constraints": {"enum": [text]},
    }
    words = {"title": "Words", "description": "Words.", "edition": "first", "derivedFrom": []}
    resource = words | {"path": "clean/words.csv", "layer": "clean", "schema": {"fields": [field]}}
    (tmp_path / "clean").mkdir()
    (tmp_path / "clean" / "words.csv").write_text("a\nb\n", encoding="utf-8")
    page = Page(dictionary.describe_table("clean", "words", {"resources": [resource]}, tmp_path))
    assert page.tags <= TAGS
    assert page.attributes <= ATTRIBUTES
    assert "".join(page.words).count(text) == 4


@pytest.mark.parametrize("text", HOSTILE[:-1])  # between dollar signs a label is a formula
def test_a_label_in_a_figure_shows_as_it_is_written(text: str) -> None:
    figure, axes = style.start()
    axes.set_xlabel(text)
    drawn = style.finish(figure, text, "a page, 2025", pd.DataFrame({"persons": [1]}))
    css = figures.STYLESHEET.read_text(encoding="utf-8")
    page = Page(figures.inline(drawn.svg, name="fig-x", alt=text, colours=figures.read_colours(css)))
    assert page.tags <= {"svg", "g", "path", "use", "text", "defs", "clippath", "rect", "tspan"}
    assert not page.comments
    assert text in "".join(page.words)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a page whose notebook hands hostile words to its sentences and captions."""
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
    # Sphinx registers roles for the whole process; a build after this one would be warned of each.
    with docutils_namespace():
        Sphinx(folder, folder, folder / "html", folder / "trees", "html", options, status=None).build()
    return (folder / "html" / "index.html").read_text(encoding="utf-8").split("<body", 1)[1]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_fact_in_a_sentence_or_a_caption_shows_as_it_is_written(page: str, text: str) -> None:
    read = Page("<body" + page)
    assert "".join(read.words).count(f"[{text}]") == 2
    assert not {"onerror", "onload", "onfocus", "autofocus"} & read.attributes
    assert not read.comments
