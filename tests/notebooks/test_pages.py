"""Every notebook and page of the book, judged as committed."""

from __future__ import annotations

import re

import nbformat
import pytest
import yaml

from data import load
from scripts.notebooks import BOOK, ROOT, list_notebooks
from scripts.page_lint import find_newest_year, judge_page, read_exceptions
from scripts.prose_lint import find_numbers

PAGES = [*list_notebooks(), *sorted(BOOK.glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page_is_executed_comparable_described_and_types_no_number(page):
    findings, _ = judge_page(page, find_newest_year(), read_exceptions())
    assert not findings, "\n".join(findings)


def test_exceptions_are_few_reasoned_and_all_needed():
    exceptions, year = read_exceptions(), find_newest_year()
    needed = set().union(*(judge_page(page, year, exceptions)[1] for page in PAGES), set())
    assert len(exceptions) <= 20
    assert all(len(e.reason) > 10 and find_numbers(e.text, year) for e in exceptions)
    assert set(exceptions) == needed


def test_contents_list_every_page_once():
    listed = []

    def collect(part):
        if isinstance(part, dict):
            listed.extend(v for k, v in part.items() if k in ("root", "file"))
            part = part.values()
        if not isinstance(part, str):
            for inner in part or []:
                collect(inner) if isinstance(inner, dict | list) else None

    collect(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8")))
    assert sorted(listed) == sorted(f"book/{page.stem}" for page in PAGES)


def test_every_disagreement_stands_beside_the_figures_of_some_chapter():
    shown = set()
    for page in BOOK.glob("[01]*.ipynb"):
        for cell in nbformat.read(page, as_version=4).cells:
            for topics in re.findall(r"show_conflicts\([^\[\]]*\[([^\]]*)\]", cell.source):
                shown |= set(re.findall(r'"(\w+)"', topics))
    # The deaths by suicide of a single year are a handful: they stand in the download alone.
    assert shown == set(load("conflicts")["topic"]) - {"yearly_deaths"}
