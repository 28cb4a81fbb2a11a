"""Each thing a visit looks for is found when it is there."""

from __future__ import annotations

import pytest

from tests.pages.visits import REFERENCE_BYTES, VIEWS, Visit, serve, visit

GOOD = """<!DOCTYPE html><html lang="en"><head><title>Page</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width"></head>
<body><main><h1>Page</h1>{body}</main></body></html>"""
PLOT = """<svg class="plot" role="img" aria-label="A chart" viewBox="0 0 360 200"
width="342" height="190">{}</svg>"""


@pytest.fixture
def look(browser, tmp_path):
    def look(body, view="phone light"):
        (tmp_path / "page.html").write_text(GOOD.format(body=body), encoding="utf-8")
        with serve(tmp_path) as address:
            return visit(browser, address, "page.html", view)

    return look


def test_sound_page_is_found_sound(look):
    seen = look(PLOT.format('<text y="20" style="font-size:12px">people</text>'))
    assert (seen.outside, seen.errors, seen.findings, seen.figures, seen.overflow) == ([], [], [], [], 0)


def test_request_to_another_place(look):
    assert look('<img alt="" src="http://127.0.0.2:9/x.png">').outside == ["http://127.0.0.2:9/x.png"]


@pytest.mark.parametrize(
    "body",
    ["<script>nothing()</script>", "<script>console.error('no')</script>", '<img alt="" src="gone.png">'],
)
def test_error(look, body):
    assert look(body).errors


@pytest.mark.parametrize(
    "body",
    [
        '<p style="color:#bbb">pale</p>',
        "<button></button>",
        '<details><summary>more</summary><p style="color:#bbb">pale</p></details>',
        '<input type="search">',
        '<a href="#a" style="font-size:8px">a</a><a href="#b" style="font-size:8px">b</a>',
        "<details><summary style='line-height:9px'>a</summary>text</details>" * 2,
    ],
    ids=["pale text", "nameless button", "pale text folded", "nameless field", "targets", "folded targets"],
)
def test_accessibility_finding(look, body):
    assert look(body).findings


def test_weight(look):
    seen = look("<p>" + "word " * (REFERENCE_BYTES // 5) + "</p>")
    assert seen.size > seen.budget


def test_chapter_may_weigh_less_than_an_appendix():
    chapter, appendix = Visit("book/01_demographics.html", VIEWS[0]), Visit("book/conflicts.html", VIEWS[0])
    assert chapter.budget < appendix.budget


def test_sideways_scroll(look):
    assert look('<div style="width:600px">wide</div>').overflow > 0


def test_sideways_scroll_in_a_folded_part(look):
    assert look('<details><summary>more</summary><div style="width:600px">wide</div></details>').overflow > 0


@pytest.mark.parametrize(
    "labels",
    [
        '<text y="20" style="font-size:9px">small</text>',
        '<text x="330" y="20" style="font-size:12px">runs out of it</text>',
        '<g style="font-size:12px"><text y="20">one over</text><text x="9" y="22">the other</text></g>',
    ],
    ids=["small", "cut", "covered"],
)
def test_illegible_label(look, labels):
    assert look(PLOT.format(labels)).figures


def test_second_search_box(look):
    assert look('<input type="search" name="q">' * 2).search_boxes == 2
