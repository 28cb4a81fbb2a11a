"""Use of the pages by keyboard, on a phone, from a folder, without scripts and on paper."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.pages.visits import OVERFLOW, VIEWS, audit, open_page, press_until, watch


def test_first_key_focuses_the_skip_link(browser, place, chapter):
    with open_page(browser, "desktop light") as page:
        page.goto(f"{place}/{chapter}")
        page.keyboard.press("Tab")
        link = page.locator(".skip-link")
        expect(link).to_be_focused()
        expect(link).to_be_in_viewport()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()


def test_focus_is_visible_and_follows_the_page(browser, address, chapter):
    with open_page(browser, "desktop light") as page:
        page.goto(f"{address}/{chapter}")
        order = []
        for _ in range(40):
            page.keyboard.press("Tab")
            place, outline, shown = page.evaluate(
                """() => {
                const e = document.activeElement, s = getComputedStyle(e), b = e.getBoundingClientRect();
                return [[...document.querySelectorAll("*")].indexOf(e),
                        s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2,
                        b.bottom > 0 && b.top < innerHeight && b.width > 0] }"""
            )
            element = page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
            assert outline, element
            assert shown, element
            order.append(place)
        assert order == sorted(order)


def test_colours_change_by_keyboard_and_are_kept(browser, place, texts, chapter):
    other = next(name for name in texts if name != chapter)
    with open_page(browser, "desktop light") as page, watch(page):
        page.goto(f"{place}/{chapter}")
        before = page.evaluate("getComputedStyle(document.querySelector('svg.plot')).color")
        press_until(page, "Tab", "button.theme")
        page.keyboard.press("Space")
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        expect(page.locator("button.theme")).to_have_attribute("aria-pressed", "true")
        expect(page.locator("button.theme")).to_be_focused()
        assert page.evaluate("getComputedStyle(document.querySelector('svg.plot')).color") != before
        page.goto(f"{place}/{other}")
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")


@pytest.mark.parametrize(("button", "panel"), [("Chapters", "#chapters"), ("On this page", "#on-this-page")])
def test_panels_open_on_a_phone_and_give_the_focus_back(browser, place, chapter, button, panel):
    with open_page(browser, "phone light") as page, watch(page):
        page.goto(f"{place}/{chapter}")
        opener = page.get_by_role("button", name=button, exact=True)
        expect(page.locator(panel)).to_be_hidden()
        opener.focus()
        page.keyboard.press("Enter")
        expect(page.locator(panel)).to_be_visible()
        page.keyboard.press("Tab")
        assert page.evaluate("panel => document.querySelector(panel).contains(document.activeElement)", panel)
        page.keyboard.press("Escape")
        expect(page.locator(panel)).to_be_hidden()
        expect(opener).to_be_focused()


def test_link_in_a_panel_leads_to_its_heading(browser, place, chapter):
    with open_page(browser, "phone light") as page, watch(page):
        page.goto(f"{place}/{chapter}")
        page.get_by_role("button", name="On this page", exact=True).click()
        link = page.locator("#on-this-page a").last
        target = link.get_attribute("href")
        link.click()
        expect(page.locator("#on-this-page")).to_be_hidden()
        expect(page.locator(target)).to_be_in_viewport()


SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    ("button", "view"),
    [
        ("Chapters", "phone light"),
        ("On this page", "phone dark"),
        ("This page", "phone light"),
        # A wide screen has the chapters and what is on the page beside the text.
        *(pytest.param("This page", view, marks=SLOW) for view in VIEWS if view != "phone light"),
        pytest.param("Chapters", "phone dark", marks=SLOW),
        pytest.param("On this page", "phone light", marks=SLOW),
    ],
)
def test_engine_finds_nothing_with_a_panel_open(browser, address, chapter, button, view):
    with open_page(browser, view) as page:
        page.goto(f"{address}/{chapter}")
        page.get_by_role("button", name=button, exact=True).click()
        assert audit(page) == []


def find_word(texts, name):
    """Return a word of a page that no other page has."""

    def words(page):
        return set(re.findall(r"\b[a-z]{7,}\b", page.select_one("article").get_text(" ").lower()))

    others = set().union(*(words(page) for other, page in texts.items() if other != name))
    return max(words(texts[name]) - others, key=lambda word: (len(word), word))


@pytest.mark.parametrize(
    "view",
    ["desktop light", "phone dark", *(pytest.param(v, marks=SLOW) for v in ("desktop dark", "phone light"))],
)
def test_search_finds_a_word_of_a_page(browser, place, texts, chapter, view):
    searched = next((n for n, p in texts.items() if p.select_one("table.searchable")), chapter)
    with open_page(browser, view) as page, watch(page):
        page.goto(f"{place}/{chapter}")
        page.keyboard.press("Control+k")
        expect(page.locator("#find")).to_be_focused()
        page.keyboard.type(find_word(texts, searched))
        page.keyboard.press("Enter")
        expect(page.locator(f"#search-results a[href^='{searched}']").first).to_be_visible()
        expect(page.locator(".search-summary")).to_have_text(re.compile(r"\d+$"))
        if not place.startswith("file:"):
            assert audit(page) == []
        page.locator(f"#search-results a[href^='{searched}']").first.click()
        expect(page.locator("span.highlighted").first).to_be_attached()


def test_search_without_a_result_has_a_message_of_the_book(browser, address):
    with open_page(browser, "desktop light") as page, watch(page):
        page.goto(f"{address}/search.html?q=qqqq")
        expect(page.locator(".search-summary")).to_contain_text("No page")


LIBRARY = "datatables.js"
TABLE = """<!DOCTYPE html><html lang="en"><head><title>Table</title></head><body><main><h1>Table</h1>
<div class="table-wrap"><table class="numbers searchable"><caption>Numbers</caption>
<thead><tr><th scope="col">Name</th><th scope="col" class="num">Number</th></tr></thead><tbody>{}</tbody>
</table></div></main><script src="_static/tables.js"></script></body></html>"""


def find_long_tables(texts):
    return [name for name, page in texts.items() if page.select_one("table.searchable")]


@pytest.fixture
def numbers(html, tmp_path):
    """A page with one table: large, negative, small and missing numbers."""
    rows = [("b", "1,047"), ("C", "–"), ("a", "−2.5"), ("é", "12"), ("z", "−10")]
    cells = "".join(f'<tr><th scope="row">{n}</th><td class="num"><b>{v}</b></td></tr>' for n, v in rows)
    (tmp_path / "page.html").write_text(TABLE.format(cells), encoding="utf-8")
    (tmp_path / "_static").mkdir()
    for name in ("tables.js", LIBRARY):
        (tmp_path / "_static" / name).write_bytes((html / "_static" / name).read_bytes())
    return (tmp_path / "page.html").as_uri()


def test_numbers_are_sorted_by_size_and_missing_ones_come_last(browser, numbers):
    with open_page(browser, "desktop light") as page, watch(page):
        page.goto(numbers)
        head, names = page.locator("thead th").nth(1), page.locator("tbody th")
        for order, wanted in [
            ("ascending", ["z", "a", "é", "b", "C"]),
            ("descending", ["b", "é", "a", "z", "C"]),
        ]:
            head.get_by_role("button").click()
            expect(head).to_have_attribute("aria-sort", order)
            expect(names).to_have_text(wanted)
        page.locator("thead th button").first.click()
        expect(names).to_have_text(["a", "b", "C", "é", "z"])
        expect(head).not_to_have_attribute("aria-sort", "descending")


def test_rows_are_filtered_by_words_and_numbers_but_not_by_markup(browser, numbers):
    with open_page(browser, "desktop light") as page, watch(page):
        page.goto(numbers)
        expect(page.locator(".filter output")).to_have_text("5 rows")
        field = page.get_by_label("Filter the rows")
        for words, shown in [
            ("1,047", "1 of 5 rows"),
            ("b 1", "1 of 5 rows"),
            ("td", "0 of 5 rows"),
            ("", "5 rows"),
        ]:
            field.fill(words)
            expect(page.locator(".filter output")).to_have_text(shown)


@pytest.mark.parametrize("view", [VIEWS[0], *(pytest.param(view, marks=SLOW) for view in VIEWS[1:])])
def test_long_tables_are_used_by_keyboard_and_accessible(browser, address, texts, view):
    parts = [".table-wrap:has(.searchable)", ".filter"]
    for name in find_long_tables(texts):
        with open_page(browser, view) as page, watch(page):
            requests = []
            page.on("request", lambda request, requests=requests: requests.append(request.url))
            page.goto(f"{address}/{name}")
            table, field = page.locator("table.searchable").first, page.locator(".filter input").first
            counter, rows = page.locator(".filter output").first, table.locator("tbody tr")
            count = rows.count()
            expect(counter).to_have_text(f"{count} rows")
            assert not [url for url in requests if LIBRARY in url]  # the library is loaded on use
            button = table.locator("button.sort").first
            for order in ("ascending", "descending"):
                button.focus()
                page.keyboard.press("Enter")
                expect(table.locator("thead th").first).to_have_attribute("aria-sort", order)
                expect(button).to_be_focused()
            assert len([url for url in requests if LIBRARY in url]) == 1
            field.focus()
            page.keyboard.type(rows.first.locator("th").inner_text())
            expect(counter).to_contain_text(f"of {count} rows")
            assert 0 < rows.count() < count
            if view.startswith("phone"):
                expect(table).to_have_class(re.compile("stack"))
            assert page.evaluate(OVERFLOW) <= 0
            assert audit(page, within=parts) == []
            page.keyboard.press("Control+a")
            page.keyboard.type("no row has these words")
            expect(table.locator("tbody")).to_have_text("No row has these words.")
            assert audit(page, within=parts) == []


def test_long_table_on_a_phone_shows_its_first_rows_until_the_button_is_pressed(browser, address, texts):
    name = max(find_long_tables(texts), key=lambda name: len(texts[name].select("table.searchable tbody tr")))
    with open_page(browser, "phone light") as page, watch(page):
        page.goto(f"{address}/{name}")
        table = page.locator("table.searchable").first
        rows, buttons = table.locator("tbody tr"), page.locator(".more")
        count = buttons.count()
        expect(rows.nth(11)).to_be_visible()
        expect(rows.nth(12)).to_be_hidden()
        page.emulate_media(media="print")
        expect(rows.last).to_be_visible()
        page.emulate_media(media="screen")
        buttons.first.focus()
        page.keyboard.press("Enter")
        expect(rows.last).to_be_visible()
        expect(rows.nth(12)).to_be_focused()
        expect(buttons).to_have_count(count - 1)
        # The search leads to a row that would be hidden.
        page.goto(f"{address}/{name}?highlight={rows.last.locator('th').inner_text().split()[0].lower()}")
        expect(rows.last).to_be_visible()
    with open_page(browser, "desktop light") as page:
        page.goto(f"{address}/{name}")
        expect(page.locator("table.searchable").first.locator("tbody tr").last).to_be_visible()
        expect(page.locator(".more").first).to_be_hidden()


def test_pages_read_without_scripts(browser, place, texts, chapter):
    with open_page(browser, "phone dark", java_script_enabled=False) as page:
        page.goto(f"{place}/{chapter}")
        expect(page.locator("h1")).to_be_visible()
        expect(page.locator("svg.plot").first).to_be_visible()
        page.get_by_role("button", name="Chapters", exact=True).click()
        expect(page.locator("#chapters a").first).to_be_visible()


def test_paper_shows_the_text_and_the_folded_tables_in_ink(browser, address, chapter):
    with open_page(browser, "desktop dark") as page:
        page.emulate_media(media="print")
        page.goto(f"{address}/{chapter}")
        expect(page.locator("header.bar")).to_be_hidden()
        expect(page.locator("#chapters")).to_be_hidden()
        ink = page.evaluate("getComputedStyle(document.body).color.match(/\\d+/g).map(Number)")
        assert max(ink) < 80
        for table in page.locator("details.data-table:not(.figure-data) table").all():
            assert table.evaluate("table => table.checkVisibility()")


def test_nothing_moves_with_reduced_motion(browser, address, chapter):
    with open_page(browser, "desktop light", reduced_motion="reduce") as page:
        page.goto(f"{address}/{chapter}")
        page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
        assert page.evaluate("document.getAnimations().length") == 0
        durations = "[...document.querySelectorAll('*')].map(e => getComputedStyle(e).transitionDuration)"
        assert set(page.evaluate(durations)) == {"0s"}


def test_index_redirects_to_the_book(browser, place):
    with open_page(browser, "desktop light") as page:
        page.goto(f"{place}/index.html")
        page.wait_for_url(re.compile(r"/book/"))
        expect(page.locator("h1")).to_be_visible()
