"""The rendered pages pass every check of their files, and each check finds its error."""

from __future__ import annotations

import pytest

from tests.pages import markup

GOOD = """<!DOCTYPE html><html lang="en"><head><title>{title}</title><link rel="icon" href="data:,">
<meta name="description" content="About."></head>
<body><main><article><h1 id="top">{title}</h1><h2 id="part">Part</h2>{body}</article></main></body></html>"""
LINK = '<a href="data.{}" download>file</a>'
ALT = "Line chart of people a year from 2002 to 2025; rises to 2009, then falls."
FIGURE = f"""<figure id="fig-a"><svg class="plot" role="img" aria-label="{ALT}"></svg>
<figcaption>Arrivals {LINK.format("svg")} {LINK.format("csv")}</figcaption></figure>"""
TABLE = '<details class="data-table"><table class="numbers" id="tbl-a"></table></details>'
# Errors to put on a page, by the one check that must find them.
ERRORS = {
    "find_broken_links": [
        '<a href="gone.html">x</a>',
        '<a href="#gone">x</a>',
        '<a href="other.html#gone">x</a>',
        '<script src="gone.js"></script>',
    ],
    "find_outside_files": [
        '<script src="https://cdn.example/x.js"></script>',
        '<link rel="stylesheet" href="//fonts.example/x.css">',
    ],
    "find_shared_ids": ['<p id="part">x</p>'],
    "find_bad_alt": [
        '<svg role="img"></svg>',
        '<img src="data:," alt="chart">',
        '<img src="data:," alt="_images/5f2a7c41b0d3e6a89f10c2d4.svg">',
        f'<figure><img src="data:," alt="{ALT}"><figcaption>Fig. 1 {ALT}</figcaption></figure>',
    ],
    "find_figures_without_data": [
        FIGURE.replace(LINK.format("csv"), "") + TABLE,
        FIGURE.replace(LINK.format("svg"), "") + TABLE,
        FIGURE,
        TABLE + FIGURE,
        FIGURE + FIGURE.replace("fig-a", "fig-b") + TABLE,
    ],
    "find_unanchored": [
        f"{FIGURE}{TABLE}".replace(' id="fig-a"', ""),
        '<table class="numbers"></table>',
        '<div class="findings"><ol><li>Found</li></ol></div>',
    ],
    "find_bad_headings": ["<h1>Again</h1>", "<h4>Too deep</h4>"],
    "find_unmarked_korean": ["<p>탈북민</p>", '<p lang="en">탈북민</p>'],
    "find_heavy_figures": [
        f'<svg class="plot" role="img" aria-label="{ALT}"><path d="{"M0 0" * 40_000}"></path></svg>'
    ],
}


@pytest.mark.parametrize("check", markup.CHECKS, ids=lambda check: check.__name__)
def test_built_pages_pass(check, html, pages):
    assert list(check(html, pages)) == []


def write_book(folder, body):
    (folder / "page.html").write_text(GOOD.format(title="Page", body=body), encoding="utf-8")
    for end in ("svg", "csv"):
        (folder / f"data.{end}").touch()
    (folder / "other.html").write_text(GOOD.format(title="Other", body=""), encoding="utf-8")
    return markup.read_pages(folder)


def test_good_page_passes_every_check(tmp_path):
    good = f"""<a href="other.html#part">x</a> <span lang="ko">탈북민</span>
    <a href="https://example.org/">elsewhere</a>
    {FIGURE}{TABLE}<div class="findings"><ol><li><b id="finding-a">Found</b></li></ol></div>"""
    pages = write_book(tmp_path, good)
    assert [found for check in markup.CHECKS for found in check(tmp_path, pages)] == []


@pytest.mark.parametrize(
    ("check", "error"), [(check, error) for check, errors in ERRORS.items() for error in errors]
)
def test_error_is_found_by_its_check_alone(check, error, tmp_path):
    pages = write_book(tmp_path, error)
    found = {c.__name__ for c in markup.CHECKS if list(c(tmp_path, pages))}
    assert check in found
    assert found <= {check, "find_broken_links" if "gone" in error else check}


@pytest.mark.parametrize(
    "head", ['<html lang="en"><head><title>Page</title></head>', "<html><head></head>"], ids=["icon", "all"]
)
def test_bad_head_is_found(head, tmp_path):
    (tmp_path / "page.html").write_text(f"<!DOCTYPE html>{head}<body><h1>x</h1></body></html>")
    assert list(markup.find_bad_heads(tmp_path, markup.read_pages(tmp_path)))


def test_two_pages_with_one_title_are_found(tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.html").write_text(GOOD.format(title="Same", body=""))
    assert len(list(markup.find_bad_heads(tmp_path, markup.read_pages(tmp_path)))) == 2


def test_every_check_is_shown_to_fail():
    shown = {*ERRORS, "find_bad_heads"}
    assert shown == {check.__name__ for check in markup.CHECKS}
