"""Every notebook and page of the book, as committed."""

from __future__ import annotations

import re

import pytest

from scripts.execute import BOOK, ROOT
from scripts.lint import check_page, find_newest_year, find_numbers, read_exceptions

PAGES = sorted([*BOOK.glob("*.ipynb"), *BOOK.glob("*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page_is_executed_comparable_described_and_types_no_number(page):
    findings, _ = check_page(page, find_newest_year(), read_exceptions())
    assert not findings, "\n".join(findings)


def test_exceptions_are_few_reasoned_and_all_needed():
    exceptions, year = read_exceptions(), find_newest_year()
    needed = set().union(*(check_page(page, year, exceptions)[1] for page in PAGES), set())
    assert len(exceptions) <= 20
    assert all(len(e.reason) > 10 and find_numbers(e.text, year) for e in exceptions)
    assert set(exceptions) == needed


def test_contents_list_every_page_once():
    contents = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    listed = re.findall(r"(?m)^\s*-? ?(?:root|file): (\S+)$", contents)
    assert sorted(listed) == sorted(f"book/{page.stem}" for page in PAGES)
