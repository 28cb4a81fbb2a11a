"""Every page in every view: no outside request, no error, no accessibility finding, within its budget."""

from __future__ import annotations

import pytest

from tests.pages.visits import AUDITED, Visit, visit


@pytest.fixture(scope="module", params=[pytest.param(p.values, marks=p.marks, id=p.id) for p in AUDITED])
def visits(request, browser, address, pages) -> list[Visit]:
    view, contrast = request.param
    return [visit(browser, address, name, view, contrast=contrast) for name in pages]


@pytest.mark.parametrize("found", ["outside", "errors", "findings", "figures"])
def test_visit_finds_nothing(visits, found):
    assert {v.page: getattr(v, found) for v in visits if getattr(v, found)} == {}


def test_page_keeps_its_budget(visits):
    assert {v.page: v.size for v in visits if v.size > v.budget} == {}


def test_page_does_not_scroll_sideways(visits):
    assert {v.page: v.overflow for v in visits if v.overflow > 0} == {}


def test_page_has_one_search_box(visits):
    bare = {"404.html", "index.html"}
    assert {v.page: v.search_boxes for v in visits if v.page not in bare and v.search_boxes != 1} == {}
