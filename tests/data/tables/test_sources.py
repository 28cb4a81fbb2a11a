"""A document is listed once, however its address is written."""

from __future__ import annotations

import pytest

from data.tables import sources
from tests.factory import make_table

SAME = [
    ("https://example.org/a", "http://example.org/a"),
    ("https://example.org/a", "https://www.example.org/a"),
    ("https://example.org/a", "https://m.example.org/a/"),
    ("https://example.org/a", "https://Example.org/A"),
    ("https://example.org/a", "https://example.org:443/a"),
    ("https://example.org/a", "https://example.org/a#table-2"),
    ("https://example.org/a", "https://example.org/a?"),
    ("https://example.org/a?no=1&page=2", "https://example.org/a?page=2&no=1"),
    ("https://example.org/a?no=1", "https://example.org/a?no=1&utm_source=x"),
    ("https://example.org/탈북", "https://example.org/%ED%83%88%EB%B6%81"),
    ("https://example.org/%ed%83%88", "https://example.org/%ED%83%88"),
]
DIFFERENT = [
    ("https://example.org/a?no=1", "https://example.org/a?no=2"),
    ("https://example.org/a", "https://news.example.org/a"),
    ("https://example.org/#!/one", "https://example.org/#!/two"),
    ("https://example.org/a%23b", "https://example.org/a%23c"),
]


def list_twice(first: str, second: str, title: str = "Another") -> list[str]:
    """Return the columns in which two listed documents are found to be one."""
    rows = [{"title": "Bulletin", "url": first}, {"title": title, "url": second}]
    raw = {"sources": make_table("sources", *rows, publisher="Office", published="2004")}
    assert sources.clean(raw)["sources"].equals(raw["sources"])
    return [problem.column for problem in sources.check(raw)]


@pytest.mark.parametrize(("first", "second"), SAME)
def test_one_document_has_one_source_id_however_its_address_is_written(first: str, second: str) -> None:
    assert list_twice(first, second) == ["url"]


@pytest.mark.parametrize(("first", "second"), DIFFERENT)
def test_different_addresses_are_different_documents(first: str, second: str) -> None:
    assert list_twice(first, second) == []


def test_one_document_at_two_addresses_is_found_by_publisher_title_and_date() -> None:
    assert list_twice("https://example.org/a", "https://example.net/b", "bulletin") == ["title"]


def test_a_publication_date_is_in_the_calendar() -> None:
    raw = {"sources": make_table("sources", {"published": "2004-02-30"})}
    assert [(problem.line, problem.column) for problem in sources.check(raw)] == [(2, "published")]
