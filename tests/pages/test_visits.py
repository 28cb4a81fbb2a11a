"""Each error that a visit looks for is found when it is there."""

from __future__ import annotations

import pytest

from tests.pages.visits import REFERENCE_BYTES, VIEWS, Visit, serve, visit

GOOD = """<!DOCTYPE html><html lang="en"><head><title>Page</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width"></head>
<body><main><h1>Page</h1>{}</main></body></html>"""
PLOT = """<svg class="plot" role="img" aria-label="A chart" viewBox="0 0 360 200"
width="342" height="190">{}</svg>"""
SEARCH = '<input type="search" name="q">'
WIDE = '<div style="width:600px">wide</div>'


@pytest.fixture
def look(browser, tmp_path):
    def look(body, view="phone light"):
        (tmp_path / "page.html").write_text(GOOD.format(body), encoding="utf-8")
        with serve(tmp_path) as address:
            return visit(browser, address, "page.html", view)

    return look


def test_good_page_has_no_finding(look):
    seen = look(PLOT.format('<text y="20" style="font-size:12px">people</text>'))
    assert (seen.outside, seen.errors, seen.findings, seen.figures, seen.overflow) == ([], [], [], [], 0)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("outside", '<img alt="" src="http://127.0.0.2:9/x.png">'),
        ("errors", "<script>nothing()</script>"),
        ("errors", "<script>console.error('no')</script>"),
        ("errors", '<img alt="" src="gone.png">'),
        ("findings", '<p style="color:#bbb">pale</p>'),
        ("findings", "<button></button>"),
        ("findings", '<details><summary>more</summary><p style="color:#bbb">pale</p></details>'),
        ("findings", '<input type="search">'),
        ("findings", '<a href="#a" style="font-size:8px">a</a><a href="#b" style="font-size:8px">b</a>'),
        ("findings", "<details><summary style='line-height:9px'>a</summary>text</details>" * 2),
        ("figures", PLOT.format('<text y="20" style="font-size:9px">small</text>')),
        ("figures", PLOT.format('<text x="330" y="20" style="font-size:12px">runs out</text>')),
        (
            "figures",
            PLOT.format('<g font-size="12"><text y="20">one over</text><text x="9" y="22">other</text></g>'),
        ),
        ("overflow", WIDE),
        ("overflow", f"<details><summary>more</summary>{WIDE}</details>"),
    ],
)
def test_error_is_found(look, kind, body):
    assert getattr(look(body), kind)


def test_weight_is_measured(look):
    seen = look("<p>" + "word " * (REFERENCE_BYTES // 5) + "</p>")
    assert seen.size > seen.budget


def test_second_search_box_is_counted(look):
    assert look(SEARCH * 2).search_boxes == 2


def test_chapter_has_a_smaller_budget_than_an_appendix():
    chapter, appendix = Visit("book/01_demographics.html", VIEWS[0]), Visit("book/conflicts.html", VIEWS[0])
    assert chapter.budget < appendix.budget
