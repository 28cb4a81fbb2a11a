"""The explorer in a browser: it shows the clean tables, follows every control, and refuses bad links.

What it works out is tested without a browser in explorer.test.js, what it offers in test_measures.py.
"""

from __future__ import annotations

import csv
import functools
import io
import re
import xml.etree.ElementTree as ET
from urllib.parse import parse_qsl, urlencode

import pandas as pd
import pytest
from playwright.sync_api import expect

from book._ext import explorer, measures
from data import load
from tests.pages.conftest import ROOT
from tests.pages.visits import (
    AUDITED,
    EXPLORER_BYTES,
    OVERFLOW,
    SMALLEST_TYPE,
    audit,
    open_page,
    press_until,
    watch,
)

PAGE = "book/explorer.html"
DESCRIPTOR = explorer.read_descriptor(ROOT)
CLEAN = {r["name"]: r for r in DESCRIPTOR["resources"] if r["layer"] == "clean"}
CATALOGUE, _ = measures.make_catalogue(DESCRIPTOR, ROOT / "data", {})
MEASURES = {m["id"]: (table, m) for table in CATALOGUE["tables"] for m in table["measures"]}
FIRST = [table["measures"][0]["id"] for table in CATALOGUE["tables"]]
ENTRANTS, RETURNS = "entrants.entrants_persons", "returns.returns_persons"

# Runs in the page: shows a choice and waits until it is drawn or refused.
GO = """async hash => {
  const id = name => document.getElementById(`explore-${name}`);
  const before = id("chart").view;
  id("fault").textContent = "";
  location.hash = hash;
  const end = Date.now() + 8000;
  const isDone = () => id("fault").textContent ||
    id("chart").view !== before && id("chart").querySelector("svg");
  while (!isDone() && Date.now() < end) await new Promise(done => setTimeout(done, 5));
  return { hash: location.hash, fault: id("fault").textContent, form: id("form-of").value,
    shown: id("chart").view.data("shown") };
}"""
TABLE = (
    "[...document.querySelectorAll('#explore-table tbody tr')].map(r => [...r.cells].map(c => c.textContent))"
)


def visit_explorer(page, place, **choice):
    page.goto(f"{place}/{PAGE}#{urlencode(choice)}" if choice else f"{place}/{PAGE}")
    page.wait_for_selector("#explore-chart svg")


def words(page):
    return page.locator("#explore-words")


def shown(page):
    return page.evaluate("document.getElementById('explore-chart').view.data('shown')")


@functools.cache
def read_rows(name):
    roles = measures.read_roles(CLEAN[name])
    return pd.DataFrame(
        measures.drop_sensitive(measures.read_rows(ROOT / "data" / CLEAN[name]["path"]), roles)
    )


def select_rows(choice):
    """Return the rows of the clean table that the choice in an address selects, and their measure."""
    table, measure = MEASURES[choice["m"]]
    rows, columns = read_rows(table["name"]), table["columns"]
    wanted = {columns["measure"]: measure["code"], columns["unit"]: measure["unitCode"] or None}
    wanted |= {name[2:]: code for name, code in choice.items() if name.startswith("d.")}
    for column, code in wanted.items():
        if column and code is not None:
            rows = rows[rows[column] != "all" if code == "*" else rows[column] == code]
    numbers = [c for c in (measure["column"], measure["low"], measure["high"]) if c]
    return rows[(rows[numbers] != "").any(axis=1)], measure


def check_values(seen):
    """Assert that the drawn values are those of the table: all of them over time, else some of each group."""
    assert not seen["fault"], seen
    rows, measure = select_rows(dict(parse_qsl(seen["hash"][1:], keep_blank_values=True)))
    expected = sorted(float(v) for v in rows[measure["column"]] if v)
    drawn = sorted(r["value"] for r in seen["shown"] if r["value"] is not None)
    if seen["form"] == "group":
        assert len({r["group"] for r in seen["shown"]}) == len(seen["shown"]) > 0, seen["hash"]
        assert set(drawn) <= set(expected), seen["hash"]
    else:
        assert drawn == expected, seen["hash"]
        assert len(seen["shown"]) == len(rows), seen["hash"]


@pytest.mark.parametrize(
    "chosen",
    [
        pytest.param(FIRST, id="one of each table"),
        pytest.param(list(MEASURES), id="all", marks=pytest.mark.slow),
    ],
)
def test_chart_shows_the_figures_of_the_clean_table(browser, address, chosen):
    with open_page(browser, "desktop light") as page, watch(page):
        visit_explorer(page, address, m=RETURNS)
        for name in chosen:
            if name != RETURNS:
                check_values(page.evaluate(GO, urlencode({"m": name})))


@pytest.mark.slow
@pytest.mark.parametrize("first", FIRST)
def test_every_group_can_be_chosen(browser, address, first):
    other = FIRST[0] if first == RETURNS else RETURNS
    with open_page(browser, "desktop light") as page, watch(page):
        visit_explorer(page, address, m=other)
        page.evaluate(GO, urlencode({"m": first}))
        listed = "list => list.map(s => [s.id.slice(10), [...s.options].map(o => o.value)])"
        rows, _ = select_rows({"m": first})
        for name, codes in page.locator("#explore-choices select").evaluate_all(listed):
            assert set(codes) - {"*", "+"} == set(rows[name])
            for code in set(rows[name]):
                page.evaluate(GO, f"m={other}")
                check_values(page.evaluate(GO, urlencode({"m": first, f"d.{name}": code})))


# Controls: how each is used, and what the address holds afterwards.
CONTROLS = [
    ("#explore-d-sex", "female", "d.sex", {}),
    ("#explore-from", "2010", "from", {}),
    ("#explore-to", "2020", "to", {}),
    ("#explore-as", "share.sex", "as", {}),
    ("#explore-base", "2010", "base", {"as": "index"}),
    ("#explore-form-of", "group", "form", {}),
    ("#explore-with", "us_admissions.persons.refugee_admissions", "with", {}),
    ("#explore-w-region", "busan", "w.region", {"with": "residents.residents_persons"}),
]
HANDS = [("over the network", "keyboard"), ("from a folder", "mouse")]


@pytest.mark.parametrize(("place", "hand"), HANDS, indirect=["place"])
def test_choice_follows_each_control(browser, place, hand):
    with open_page(browser, "desktop light") as page, watch(page):
        visit_explorer(page, place, m=RETURNS)
        for control, value, key, before in CONTROLS:
            page.evaluate(GO, f"m={RETURNS}&form=time")
            page.evaluate(GO, urlencode({"m": ENTRANTS, **before}))
            said, drawn = words(page).inner_text(), shown(page)
            box = page.locator(control)
            if hand == "mouse":
                box.select_option(value)
            else:
                page.locator("#explore-measure").focus()
                press_until(page, "Tab", control)
                options = box.locator("option").evaluate_all("list => list.map(o => o.value)")
                steps = options.index(value) - options.index(box.input_value())
                for _ in range(abs(steps)):
                    page.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")
                expect(box).to_be_focused()
            in_address = "([key, value]) => new URLSearchParams(location.hash.slice(1)).get(key) === value"
            page.wait_for_function(in_address, arg=[key, value])
            expect(box).to_have_value(value)
            expect(words(page)).not_to_have_text(said)
            assert shown(page) != drawn


@pytest.mark.parametrize(("place", "hand"), HANDS, indirect=["place"])
def test_measure_is_found_and_chosen(browser, place, hand):
    with open_page(browser, "desktop light") as page, watch(page):
        visit_explorer(page, place)
        page.locator("#explore-find").fill("united states admitted")
        if hand == "mouse":
            page.locator("#explore-measure option").first.click()
        else:
            page.keyboard.press("Enter")
        best = load("us_admissions").query("measure == 'refugee_admissions'")["persons"].max()
        expect(words(page)).to_contain_text(f"peak {best}")
        expect(page.locator("#explore-found")).to_contain_text(f"of {len(MEASURES)}")
        if hand == "keyboard":
            press_until(page, "Tab", "#explore-measure")
            page.keyboard.press("ArrowDown")
            expect(words(page)).not_to_contain_text(f"peak {best}")


@pytest.mark.parametrize(("place", "hand"), HANDS, indirect=["place"])
def test_events_are_marked_or_not(browser, place, hand):
    with open_page(browser, "desktop light") as page, watch(page):
        visit_explorer(page, place)
        expect(page.locator("#explore-marks li")).not_to_have_count(0)
        if hand == "mouse":
            page.locator("#explore-events").click()
        else:
            press_until(page, "Tab", "#explore-events")
            page.keyboard.press("Space")
        expect(page.locator("#explore-marks li")).to_have_count(0)
        assert page.evaluate("document.getElementById('explore-chart').view.data('events')") == []


CHOSEN = [
    ("#explore-d-country", "Germany"),
    ("#explore-with", "unhcr.value.asylum_seekers"),
    ("#explore-w-country", "Germany"),
    ("#explore-from", "2010"),
    ("#explore-as", "index"),
]


def test_link_restores_what_was_chosen(browser, place):
    may_copy = ["clipboard-read", "clipboard-write"]
    with open_page(browser, "desktop light", permissions=may_copy) as page, watch(page):
        visit_explorer(page, place, m="unhcr.value.refugees")
        for control, value in CHOSEN:
            page.locator(control).select_option(value)
            expect(page.locator(control)).to_have_value(value)
            page.wait_for_function("value => decodeURIComponent(location.hash).includes(value)", arg=value)
        press_until(page, "Tab", "#explore-copy")
        page.keyboard.press("Enter")
        expect(page.locator("#explore-done")).not_to_be_empty()
        link = page.evaluate("navigator.clipboard.readText()")
        before = page.evaluate(TABLE), words(page).inner_text(), shown(page)
    state = "[...document.querySelectorAll('#explore select')].map(s => [s.id, s.value])"
    with open_page(browser, "phone dark") as other, watch(other):
        other.goto(link)
        other.wait_for_selector("#explore-chart svg")
        assert (other.evaluate(TABLE), words(other).inner_text(), shown(other)) == before
        assert {("explore-w-country", "Germany"), ("explore-from", "2010")} <= set(
            map(tuple, other.evaluate(state))
        )


HOSTILE = [
    "m=<script>window.hacked=1</script>",
    "m=__proto__",
    "m=deaths.value.deaths",
    "m=survey_results.value.suicidal_impulse",
    f"m={ENTRANTS}&d.sex=<img src=x onerror=window.hacked=1>",
    f"m={ENTRANTS}&d.sex=" + "x" * 20000,
    f"m={ENTRANTS}&with=javascript:alert(1)",
    "%E0%A4%A=1",
]


def test_bad_link_shows_one_message_and_nothing_else(browser, html):
    with open_page(browser, "desktop light") as page, watch(page):
        page.on("dialog", lambda dialog: pytest.fail(dialog.message))
        visit_explorer(page, html.as_uri())
        for link in HOSTILE:
            page.evaluate("link => { location.hash = link }", link)
            problem = page.locator("#explore-fault")
            expect(problem).to_be_visible()
            expect(page.locator("#explore")).to_be_hidden()
            assert len(problem.inner_text()) < 200, link[:80]
            assert page.evaluate("window.hacked") is None
            problem.locator("a").click()
            expect(page.locator("#explore")).to_be_visible()
            expect(problem).to_be_hidden()


def test_bad_link_is_refused_on_arrival(browser, html):
    with open_page(browser, "desktop light") as page, watch(page):
        page.goto(f"{html.as_uri()}/{PAGE}#m=nothing")
        expect(page.locator("#explore-fault")).to_be_visible()
        expect(page.locator("#explore")).to_be_hidden()


def test_place_on_the_page_is_no_choice(browser, address):
    with open_page(browser, "desktop light") as page, watch(page):
        visit_explorer(page, address)
        page.evaluate("location.hash = 'every-table'")
        expect(page.locator("#every-table")).to_be_in_viewport()
        expect(page.locator("#explore-fault")).to_be_hidden()


@pytest.mark.parametrize("name", ["explorer.js", "explorer_logic.js"])
def test_script_makes_no_markup_from_text(name):
    script = (ROOT / "book" / "_static" / name).read_text(encoding="utf-8")
    unsafe = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|fetch\(|import\("
    assert not re.search(unsafe, script)


def download(page, button):
    with page.expect_download() as found:
        page.locator(button).click()
    return found.value.path().read_bytes()


def test_figures_and_chart_can_be_downloaded(browser, place):
    with open_page(browser, "desktop light") as page, watch(page):
        visit_explorer(page, place, m=ENTRANTS)
        rows = list(csv.DictReader(io.StringIO(download(page, "#explore-csv").decode())))
        expected = load("entrants")
        assert sorted((r["when"], float(r["value"])) for r in rows) == sorted(
            (str(y), float(v)) for y, v in zip(expected["year"], expected["entrants_persons"], strict=True)
        )
        assert all(r["address"].startswith("http") and r["source"] and r["unit"] == "persons" for r in rows)
        assert "Source: " in "".join(ET.fromstring(download(page, "#explore-svg")).itertext())
        assert download(page, "#explore-png").startswith(b"\x89PNG\r\n")


def test_sentence_table_and_sources_follow_the_choice(browser, place):
    with open_page(browser, "desktop light") as page, watch(page):
        visit_explorer(page, place, m=RETURNS)
        rows = load("returns")
        assert words(page).get_attribute("aria-live") == "polite"
        best = rows.loc[rows["returns_persons"].idxmax()]
        expect(words(page)).to_contain_text(f"peak {best['returns_persons']} ({best['year']})")
        assert [(row[0], row[1]) for row in page.evaluate(TABLE)] == [
            (str(r.year), str(r.returns_persons)) for r in rows.itertuples()
        ]
        heads = page.locator("#explore-table thead th")
        assert {h.get_attribute("scope") for h in heads.all()} == {"col"}
        urls = load("sources").set_index("source_id")["url"]
        links = page.locator("#explore-origin li a").evaluate_all(
            "list => list.map(a => a.getAttribute('href'))"
        )
        assert set(links) == set(urls[rows["source_id"]])
        expect(page.locator("#explore-origin")).to_contain_text(CLEAN["returns"]["edition"])
        assert CLEAN["returns"]["title"].split()[0] in page.locator("#explore-chart").get_attribute(
            "aria-label"
        )


def test_chart_follows_the_colours_of_the_page(browser, place):
    drawn = """() => document.getElementById("explore-chart").innerHTML.includes(
      getComputedStyle(document.documentElement).getPropertyValue("--fig-teal").trim())"""
    with open_page(browser, "desktop light") as page, watch(page):
        visit_explorer(page, place)
        before = page.locator("#explore-chart").inner_html()
        assert page.evaluate(drawn)
        page.locator("button.theme").click()
        page.wait_for_function(drawn)
        assert page.locator("#explore-chart").inner_html() != before


def test_page_without_scripts_links_to_every_table(browser, place):
    with open_page(browser, "phone dark", java_script_enabled=False) as page:
        page.goto(f"{place}/{PAGE}")
        expect(page.locator("#explore")).to_be_hidden()
        expect(page.locator("#explore-without")).to_be_visible()
        links = page.locator("article a[download]").evaluate_all(
            "list => list.map(a => a.getAttribute('href'))"
        )
        assert {link.rpartition("/")[2] for link in links} >= {f"{name}.csv" for name in CLEAN}
        assert page.locator("article a[href*='#dict-clean-']").count() == len(CLEAN)


VIEWED = [
    {"m": "profiles.share_pct.occupation"},
    {"m": "trauma.share_pct"},
    {"m": "unhcr.value.refugees", "with": "unhcr.value.asylum_seekers"},
    {"m": ENTRANTS},
    {"m": "nothing"},
]


@pytest.mark.parametrize(("view", "contrast"), AUDITED)
def test_accessibility_engine_finds_nothing_whatever_is_chosen(browser, address, view, contrast):
    with open_page(browser, view) as page, watch(page):
        visit_explorer(page, address, m=RETURNS)
        for choice in VIEWED:
            page.evaluate(GO, urlencode(choice))
            for state in ("true", "false"):
                page.evaluate(f"document.querySelectorAll('details').forEach(d => {{ d.open = {state} }})")
                assert audit(page, contrast=contrast) == [], choice
                assert page.evaluate(OVERFLOW) <= 0, choice


@pytest.mark.parametrize(
    "name",
    ["survey_results.value.unemployment_rate", "profiles.share_pct.province", "basic_payment.amount_krw"],
)
def test_chart_is_legible_on_a_phone(browser, address, name):
    look = """() => {
      const box = document.getElementById("explore-chart").getBoundingClientRect();
      return [...document.querySelectorAll("#explore-chart svg text")]
        .filter(text => text.textContent.trim() && getComputedStyle(text).opacity !== "0")
        .map(text => [text.textContent, parseFloat(getComputedStyle(text).fontSize),
          text.getBoundingClientRect().left - box.left, box.right - text.getBoundingClientRect().right])
    }"""
    with open_page(browser, "phone light") as page, watch(page):
        visit_explorer(page, address, m=name)
        for text, size, left, right in page.evaluate(look):
            assert size >= SMALLEST_TYPE, text
            assert min(left, right) >= -1, text


def test_page_keeps_its_budget_and_loads_a_table_only_when_needed(browser, address):
    with open_page(browser, "desktop light") as page, watch(page):
        requests = []
        page.on("requestfinished", lambda request: requests.append(request))
        visit_explorer(page, address)
        sizes = {r.url.removeprefix(address): len(r.response().body()) for r in requests}
        data = {url for url in sizes if re.search(r"/explorer/(?!vega|catalogue)\w+\.js$", url)}
        assert data == {"/_static/explorer/entrants.js"}
        assert sum(size for url, size in sizes.items() if url not in data) <= EXPLORER_BYTES


def test_other_pages_load_nothing_of_the_explorer(pages):
    for name, page in pages.items():
        if name != PAGE:
            assert not page.select('script[src*="explorer"], link[href*="explorer.css"], #explore'), name


def test_licence_of_the_library_is_beside_it(html):
    text = (html / "_static" / "explorer" / "LICENSE.txt").read_text(encoding="utf-8")
    assert "University of Washington Interactive Data Lab" in text
