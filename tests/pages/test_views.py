"""Every page, in every view, asks for nothing from outside, says no error, and shuts nobody out."""

from __future__ import annotations

import csv

import pytest

from tests.pages.measure import FACTS, count
from tests.pages.visits import VIEWS, Visit, visit

# One view in make test, where contrast is judged by test_extension (every colour) and test_use (a chapter
# in both schemes); all four views, with the contrast of every letter, in make slow.
SHOWN = [
    pytest.param((VIEWS[0], False), id=f"{VIEWS[0]}, quickly"),
    *(pytest.param((view, True), marks=pytest.mark.slow, id=view) for view in VIEWS),
]


@pytest.fixture(scope="module", params=SHOWN)
def visits(request, browser, address, pages) -> list[Visit]:
    view, contrast = request.param
    return [visit(browser, address, name, view, contrast=contrast) for name in pages]


def test_nothing_is_fetched_from_outside(visits):
    assert {v.page: v.outside for v in visits if v.outside} == {}


def test_no_error_is_said(visits):
    assert {v.page: v.errors for v in visits if v.errors} == {}


def test_accessibility_engine_finds_nothing(visits):
    assert {v.page: v.findings for v in visits if v.findings} == {}


def test_no_page_weighs_more_than_its_budget(visits):
    assert {v.page: v.size for v in visits if v.size > v.budget} == {}


def test_no_page_scrolls_sideways(visits):
    assert {v.page: v.overflow for v in visits if v.overflow > 0} == {}


def test_labels_of_figures_are_legible(visits):
    assert {v.page: v.figures for v in visits if v.figures} == {}


def test_committed_facts_are_those_of_the_pages(visits):
    """Counts are equal and sizes within a twentieth, or each word would ask for a new measurement."""
    with FACTS.open(encoding="utf-8", newline="") as lines:
        stored = {row["page"]: row for row in csv.DictReader(lines) if row["view"] == visits[0].view}
    seen = {v.page: count(v) for v in visits if v.page.startswith("book/")}
    again = "write it anew: python -m tests.pages.measure"
    assert seen.keys() == stored.keys(), again
    for page, counts in seen.items():
        size = counts.pop("size_bytes")
        assert counts == {name: int(stored[page][name]) for name in counts}, f"{page}: {again}"
        assert size == pytest.approx(int(stored[page]["size_bytes"]), rel=0.05), f"{page}: {again}"


def test_each_page_has_one_search_box(visits):
    bare = {"404.html", "index.html"}
    assert {v.page: v.search_boxes for v in visits if v.page not in bare and v.search_boxes != 1} == {}
