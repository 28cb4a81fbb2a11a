"""Nothing that stands in a cell becomes markup, wherever a table puts it."""

from __future__ import annotations

from html.parser import HTMLParser

import pandas as pd
import pytest

from analysis import tables

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
    made = tables.show(frame, columns, name="tbl-x", caption=text, folded=text, links={"name": "url"})
    page = Page(made.html)
    assert page.tags <= TAGS
    assert page.attributes <= ATTRIBUTES
    assert not page.comments
    assert "".join(page.words).count(text) == 6


@pytest.mark.parametrize("text", HOSTILE)
def test_a_source_shows_as_it_is_written(text: str) -> None:
    row = {"source_id": "a", "publisher": text, "title": text, "url": text, "published": text}
    page = Page(tables.cite_sources(pd.DataFrame([row]), pd.DataFrame([row]), name="src-x").html)
    assert page.tags <= TAGS | {"ul", "li"}
    assert page.attributes <= ATTRIBUTES
    assert "".join(page.words).count(text) == 3
