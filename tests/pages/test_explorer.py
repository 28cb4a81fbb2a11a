"""The explorer in a browser: it shows what the tables hold, follows every control, and refuses bad links."""

from __future__ import annotations

import csv
import functools
import io
import json
import re
import shutil
import xml.etree.ElementTree as ET
from urllib.parse import parse_qsl, urlencode

import pandas as pd
import pytest
from playwright.sync_api import expect

from book._ext import explorer, measures
from data import load
from data.schema import DATA, read_descriptor
from tests.pages.test_use import press_until, watch
from tests.pages.visits import EXPLORER_BYTES, OVERFLOW, SMALLEST_TYPE, VIEWS, audit, open_page, serve

PAGE = "book/explorer.html"
DESCRIPTOR = read_descriptor()
FIELDS = {
    r["name"]: {f["name"]: f for f in r["schema"]["fields"]}
    for r in DESCRIPTOR["resources"]
    if r["layer"] == "clean"
}
CATALOGUE, _ = measures.make_catalogue(DESCRIPTOR, DATA, {})
MEASURES = {m["id"]: (table, m) for table in CATALOGUE["tables"] for m in table["measures"]}
FIRST = [table["measures"][0]["id"] for table in CATALOGUE["tables"]]
# As in test_views: one view without contrast in make test, all four with it in make drills.
AUDITED = [
    pytest.param(VIEWS[0], False, id=f"{VIEWS[0]}, quickly"),
    *(pytest.param(view, True, marks=pytest.mark.drill, id=view) for view in VIEWS),
]

# Runs in the page: goes to a choice, waits until it is drawn or refused, tells what is seen.
GO = """async hash => {
  const id = name => document.getElementById(`explore-${name}`);
  const before = id("chart").view, words = id("fault").textContent;
  id("fault").textContent = "";
  location.hash = hash;
  const end = Date.now() + 8000;
  const drawn = () => id("fault").textContent ||
    id("chart").view !== before && id("chart").querySelector("svg");
  while (!drawn() && Date.now() < end) await new Promise(done => setTimeout(done, 5));
  return { hash: location.hash, fault: id("fault").textContent, words: id("words").textContent,
    shown: id("chart").view.data("shown"), form: id("form-of").value };
}"""
TABLE = (
    "[...document.querySelectorAll('#explore-table tbody tr')].map(r => [...r.cells].map(c => c.textContent))"
)


@pytest.fixture(scope="module", params=["over the network", "from a folder"])
def place(request, address, html):
    return address if request.param == "over the network" else html.as_uri()


def ready(page):
    page.wait_for_selector("#explore-chart svg")
    return page


def visit_explorer(page, place, **choice):
    page.goto(f"{place}/{PAGE}#{urlencode(choice)}" if choice else f"{place}/{PAGE}")
    return ready(page)


def words(page):
    return page.locator("#explore-words").inner_text()


def shown(page):
    return page.evaluate("document.getElementById('explore-chart').view.data('shown')")


@functools.cache
def whole(name):
    return load(name)


def take(choice):
    """Return the rows of the clean table that a choice in an address asks for."""
    table, measure = MEASURES[choice["m"]]
    rows = whole(table["name"])
    columns = table["columns"]
    conditions = {columns["measure"]: measure["code"], columns["unit"]: measure["unitCode"]}
    conditions |= {name[2:]: code for name, code in choice.items() if name.startswith("d.")}
    for column, code in conditions.items():
        if not column or (column == columns["unit"] and not code):
            continue
        texts = rows[column].map(
            lambda v: "" if pd.isna(v) else str(v).lower() if isinstance(v, bool) else str(v)
        )
        if FIELDS[table["name"]][column]["type"] == "date":
            texts = texts.str[:10]
        rows = rows[texts != "all" if code == "*" else texts == code]
    for column in (columns["measure"], *(name[2:] for name in choice if name.startswith("d."))):
        if column:  # what is left out with care
            rows = rows[~rows[column].astype(str).str.contains("suicid|died")]
    ends = [c for c in (measure["column"], measure["low"], measure["high"]) if c]
    return rows[rows[ends].notna().any(axis=1)], measure


def compare(seen):
    """Say that the drawn values are those of the table: all of them over time, else each group's latest."""
    rows, measure = take(dict(parse_qsl(seen["hash"][1:], keep_blank_values=True)))
    expected = sorted(float(v) for v in rows[measure["column"]].dropna())
    drawn = sorted(float(r["value"]) for r in seen["shown"] if r["value"] is not None)
    if seen["form"] == "group":
        assert len({r["group"] for r in seen["shown"]}) == len(seen["shown"]), seen["hash"]
        assert seen["shown"], seen["hash"]
        left = list(expected)
        for value in drawn:
            left.remove(value)
    else:
        assert drawn == expected, seen["hash"]
        assert len(seen["shown"]) == len(rows), seen["hash"]
        low, high = (
            rows[c].astype(float) if c else rows[measure["column"]] * float("nan")
            for c in ("low", "high")
            for c in [measure[c]]
        )
        # An end that is not printed: up from a lower bound to the figure, down from an upper one to it.
        value = rows[measure["column"]].astype(float)
        ends = pd.DataFrame(
            {
                "low": low.where(low.notna() | high.isna(), value.fillna(0)),
                "high": high.where(high.notna() | low.isna(), value.fillna(low)),
            }
        )
        for end in ends:
            assert sorted(r[end] for r in seen["shown"] if r[end] is not None) == sorted(
                ends[end].dropna()
            ), seen["hash"]


@pytest.mark.parametrize(
    "chosen",
    [
        pytest.param(FIRST, id="one of each table"),
        pytest.param(list(MEASURES), id="all", marks=pytest.mark.drill),
    ],
)
def test_charts_show_the_figures_of_the_clean_tables(browser, address, chosen):
    with open_page(browser, "desktop light") as page, watch(page):
        visit_explorer(page, address, m="returns.returns_persons")
        for name in chosen:
            if name == "returns.returns_persons":
                continue
            seen = page.evaluate(GO, urlencode({"m": name}))
            assert not seen["fault"], (name, seen["fault"])
            compare(seen)


@pytest.mark.drill
@pytest.mark.parametrize("first", FIRST)
def test_every_group_can_be_reached(browser, address, first):
    table, _ = MEASURES[first]
    rows, _ = take({"m": first})
    with open_page(browser, "desktop light") as page, watch(page):
        visit_explorer(
            page, address, m="returns.returns_persons" if first != "returns.returns_persons" else FIRST[0]
        )
        page.evaluate(GO, urlencode({"m": first}))
        listed = "list => list.map(s => [s.id.slice(10), [...s.options].map(o => o.value)])"
        names = page.locator("#explore-choices select").evaluate_all(listed)
        for name, codes in names:
            reachable = set(codes) - {"*", "+"}
            texts = {
                "" if pd.isna(v) else str(v).lower() if isinstance(v, bool) else str(v) for v in rows[name]
            }
            assert reachable == {t[:10] if FIELDS[table["name"]][name]["type"] == "date" else t for t in texts
                                 if not re.search("suicid|died", t)}  # fmt: skip
            for code in reachable:
                page.evaluate(
                    GO, "m=returns.returns_persons" if table["name"] != "returns" else f"m={FIRST[0]}"
                )
                seen = page.evaluate(GO, urlencode({"m": first, f"d.{name}": code}))
                assert not seen["fault"], seen
                compare(seen)


def test_shares_ratios_sums_and_indices_are_those_of_the_table(browser, address):
    table = whole("entrants").pivot(index="year", columns="sex", values="entrants_persons")
    expected = {
        "share.sex": 100 * table["female"] / (table["female"] + table["male"]),
        "ratio.sex": table["female"] / table["male"],
    }
    with open_page(browser, "desktop light") as page, watch(page):
        visit_explorer(page, address)
        for view, values in expected.items():
            seen = page.evaluate(GO, urlencode({"m": "entrants.entrants_persons", "as": view}))
            assert {r["end"]: r["value"] for r in seen["shown"]} == pytest.approx(values.to_dict())
        seen = page.evaluate(GO, "m=entrants.entrants_persons&d.sex=%2B")
        assert {r["end"]: r["value"] for r in seen["shown"]} == table.sum(axis=1).to_dict()
        seen = page.evaluate(GO, "m=entrants.entrants_persons&d.sex=male&as=index&base=2009")
        assert {r["end"]: r["value"] for r in seen["shown"]} == pytest.approx(
            (100 * table["male"] / table["male"][2009]).to_dict()
        )
        assert "index, 2009 = 100" in seen["words"]


def test_share_of_a_group_is_that_of_all(browser, address):
    rows = (
        whole("residents")
        .query("sex == 'all'")
        .set_index(["as_of_date", "region"])["residents_persons"]
        .dropna()
    )
    seoul, everywhere = rows.xs("seoul", level="region"), rows.xs("all", level="region")
    with open_page(browser, "desktop light") as page, watch(page):
        visit_explorer(page, address)
        seen = page.evaluate(GO, "m=residents.residents_persons&d.region=seoul&d.sex=all&as=share.region")
        assert [r["value"] for r in seen["shown"]] == pytest.approx(list((100 * seoul / everywhere).dropna()))


def test_index_does_not_reach_across_a_redesign(browser, address):
    rows = take(
        {
            "m": "survey_results.value.employment_rate",
            "d.survey": "khf",
            "d.population": "north_korean_origin",
        }
    )[0]
    with open_page(browser, "desktop light") as page, watch(page):
        visit_explorer(page, address)
        seen = page.evaluate(
            GO,
            "m=survey_results.value.employment_rate&d.survey=khf&d.population=north_korean_origin&as=index&base=2023",
        )
    assert {r["end"] for r in seen["shown"]} == set(
        rows[rows["era"] == rows.set_index("year")["era"][2023]]["year"]
    )


def test_no_line_crosses_a_break_or_a_missing_year(browser, address):
    eras = whole("survey_results").groupby(["survey", "year"])["era"].first()
    with open_page(browser, "desktop light") as page, watch(page):
        visit_explorer(page, address)
        seen = page.evaluate(
            GO, "m=survey_results.value.employment_rate&d.survey=khf&d.population=north_korean_origin"
        )
        of = {}
        for r in seen["shown"]:
            of.setdefault(r["segment"], set()).add(eras["khf", r["end"]])
        assert all(len(found) == 1 for found in of.values())
        assert len(of) == len(set().union(*of.values())) > 3
        drawn = page.evaluate("document.getElementById('explore-chart').view.data('breaks')")
        assert len(drawn) == len(of) - 1
        assert "Nothing is joined across" in page.locator("#explore-marks").inner_text()
        seen = page.evaluate(GO, "m=us_admissions.persons.refugee_admissions&d.year_basis=calendar_year")
        years = {}
        for r in seen["shown"]:
            years.setdefault(r["segment"], []).append(r["end"])
        assert len(years) > 1
        for found in years.values():
            assert found == list(range(found[0], found[-1] + 1))


def test_years_of_the_axis_are_whole_and_named_once(browser, address):
    ticks = """() => [...document.querySelectorAll("#explore-chart .role-axis-label text")]
      .map(text => text.textContent).filter(text => /^(19|20)\\d\\d$/.test(text))"""
    with open_page(browser, "desktop light") as page, watch(page):
        visit_explorer(page, address)
        for span in ("from=2023", "from=2002", "from=2025"):
            page.evaluate(GO, f"m=entrants.entrants_persons&form=time&{span}")
            found = page.evaluate(ticks)
            assert found
            assert found == sorted(set(found))


def test_series_without_a_figure_in_these_years_is_named(browser, address):
    asked = {"m": "survey_results.value.employment_rate", "d.population": "north_korean_origin"}
    rates = take(asked | {"d.sex": "all"})[0].groupby("year")["survey"].agg(set)
    year = max(rates.index[rates == {"khf"}])
    with open_page(browser, "desktop light") as page, watch(page):
        visit_explorer(page, address)
        seen = page.evaluate(GO, f"{urlencode(asked)}&from={year}&to={year}")
        rate = take(dict(parse_qsl(seen["hash"][1:])))[0].query(f"year == {year}")["value"].item()
        assert f"Korea Hana Foundation: {rate:g} ({year})." in seen["words"]
        assert "No figure in these years: NKDB" in seen["words"]


def test_spans_of_several_years_are_not_joined(browser, address):
    change = """() => {
      const rows = explorer["table entrants_bins"].rows.filter(r => r.role === "current" && r.sex === "all");
      Object.assign(rows[0], { start: 1999, end: 2001, when: "1999 to 2001" });
      Object.assign(rows[1], { start: null, end: 2002, when: "2002" });
      document.getElementById("explore-as").dispatchEvent(new Event("change"));
    }"""
    with open_page(browser, "desktop light") as page, watch(page):
        visit_explorer(page, address, m="entrants_bins.entrants_persons")
        page.evaluate(change)
        expect(page.locator("#explore-words")).to_contain_text("(2002)")
        segments = [r["segment"] for r in shown(page)]
        assert len(set(segments)) == len(segments) == 2


# Controls: how each is worked, and what the address says afterwards.
ENTRANTS = "entrants.entrants_persons"
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
        visit_explorer(page, place, m="returns.returns_persons")
        for control, value, key, before in CONTROLS:
            page.evaluate(GO, "m=returns.returns_persons&form=time")
            page.evaluate(GO, urlencode({"m": ENTRANTS, **before}))
            said, drawn = words(page), shown(page)
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
            said_by_address = (
                "([key, value]) => new URLSearchParams(location.hash.slice(1)).get(key) === value"
            )
            page.wait_for_function(said_by_address, arg=[key, value])
            expect(box).to_have_value(value)
            expect(page.locator("#explore-words")).not_to_have_text(said)
            assert shown(page) != drawn


@pytest.mark.parametrize(("place", "hand"), HANDS, indirect=["place"])
def test_measure_is_found_and_chosen(browser, place, hand):
    with open_page(browser, "desktop light") as page, watch(page):
        visit_explorer(page, place)
        if hand == "mouse":
            page.locator("#explore-find").fill("united states admitted")
            listed = page.locator("#explore-measure")
            listed.get_by_text("Refugees admitted to the United States", exact=True).click()
        else:
            press_until(page, "Tab", "#explore-find")
            page.keyboard.type("united states admitted")
            page.keyboard.press("Enter")
        expect(page.locator("#explore-words")).to_contain_text("peak 38 (2008)")
        expect(page.locator("#explore-found")).to_contain_text("of")
        if hand == "keyboard":
            press_until(page, "Tab", "#explore-measure")
            page.keyboard.press("ArrowDown")
            expect(page.locator("#explore-words")).not_to_contain_text("peak 38 (2008)")


@pytest.mark.parametrize(("place", "hand"), HANDS, indirect=["place"])
def test_events_are_marked_or_not(browser, place, hand):
    with open_page(browser, "desktop light") as page, watch(page):
        visit_explorer(page, place)
        expect(page.locator("#explore-marks")).to_contain_text("Border closed")
        if hand == "mouse":
            page.locator("#explore-events").click()
        else:
            press_until(page, "Tab", "#explore-events")
            page.keyboard.press("Space")
        expect(page.locator("#explore-marks")).not_to_contain_text("Border closed")
        assert page.evaluate("document.getElementById('explore-chart').view.data('events')") == []


CHOSEN = [
    ("#explore-d-country", "Germany"),
    ("#explore-with", "unhcr.value.asylum_seekers"),
    ("#explore-w-country", "Germany"),
    ("#explore-from", "2010"),
    ("#explore-as", "index"),
]


def test_link_restores_what_was_chosen(browser, place):
    with (
        open_page(browser, "desktop light", permissions=["clipboard-read", "clipboard-write"]) as page,
        watch(page),
    ):
        visit_explorer(page, place, m="unhcr.value.refugees")
        for control, value in CHOSEN:
            page.locator(control).select_option(value)
            expect(page.locator(control)).to_have_value(value)
            page.wait_for_function("value => decodeURIComponent(location.hash).includes(value)", arg=value)
        press_until(page, "Tab", "#explore-copy")
        page.keyboard.press("Enter")
        expect(page.locator("#explore-done")).to_have_text("The link is copied.")
        link = page.evaluate("navigator.clipboard.readText()")
        before = page.evaluate(TABLE), words(page), shown(page)
    state = "[...document.querySelectorAll('#explore select')].map(s => [s.id, s.value])"
    with open_page(browser, "phone dark") as other, watch(other):
        other.goto(link)
        ready(other)
        assert (other.evaluate(TABLE), words(other), shown(other)) == before
        assert ["explore-w-country", "Germany"] in other.evaluate(state)
        assert ["explore-from", "2010"] in other.evaluate(state)


HOSTILE = [
    "m=<script>window.hacked=1</script>",
    "m=nothing.at.all",
    "m=__proto__",
    "m=deaths.value.deaths",
    "m=survey_results.value.suicidal_impulse",
    "d.sex=female",
    f"m={ENTRANTS}&d.sex=<img src=x onerror=window.hacked=1>",
    f"m={ENTRANTS}&d.constructor=1",
    f"m={ENTRANTS}&d.sex=%2B%2B",
    f"m={ENTRANTS}&from=1800&to=9999",
    f"m={ENTRANTS}&from=2020&to=2010",
    f"m={ENTRANTS}&from=1e9",
    f"m={ENTRANTS}&as=index&base=1700",
    f"m={ENTRANTS}&as=toString",
    f"m={ENTRANTS}&form=pie",
    f"m={ENTRANTS}&with=wages.wage_krw_per_month",
    f"m={ENTRANTS}&with=javascript:alert(1)",
    f"m={ENTRANTS}&m={ENTRANTS}",
    f"m={ENTRANTS}&next=https://example.org/",
    f"m={ENTRANTS}&d.sex=" + "x" * 20000,
    "%E0%A4%A=1",
]


@pytest.mark.parametrize("place", ["from a folder"], indirect=True)
def test_bad_link_shows_one_message_and_nothing_else(browser, place):
    with open_page(browser, "desktop light") as page, watch(page):
        page.on("dialog", lambda dialog: pytest.fail(dialog.message))
        for link in HOSTILE:
            page.goto("about:blank")
            page.goto(f"{place}/{PAGE}#{link}")
            fault = page.locator("#explore-fault")
            expect(fault).to_contain_text("This link cannot be shown", timeout=10_000)
            expect(page.locator("#explore")).to_be_hidden()
            assert len(fault.inner_text()) < 200, link[:80]
            assert "hacked" not in fault.inner_text()
            assert page.evaluate("window.hacked") is None
        page.locator("#explore-fault a").click()
        ready(page)
        expect(page.locator("#explore-fault")).to_be_hidden()
        expect(page.locator("#explore-words")).to_contain_text("Entrants")


def test_bad_link_after_a_good_one_takes_the_chart_away(browser, address):
    with open_page(browser, "desktop light") as page, watch(page):
        visit_explorer(page, address)
        page.evaluate("location.hash = 'm=nothing'")
        expect(page.locator("#explore-fault")).to_be_visible()
        expect(page.locator("#explore")).to_be_hidden()


def test_place_on_the_page_is_no_choice(browser, address):
    with open_page(browser, "desktop light") as page, watch(page):
        visit_explorer(page, address)
        page.evaluate("location.hash = 'every-table'")
        expect(page.locator("#every-table")).to_be_in_viewport()
        expect(page.locator("#explore-fault")).to_be_hidden()


def test_script_writes_no_markup_from_text():
    own = (explorer.TEMPLATE.parent.parent / "_static" / "explorer.js").read_text(encoding="utf-8")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|fetch\(|import\(", own
    )


def download(page, button):
    with page.expect_download() as found:
        page.locator(button).click()
    return found.value.path().read_bytes()


def test_what_is_shown_can_be_taken_along(browser, place):
    with open_page(browser, "desktop light") as page, watch(page):
        visit_explorer(page, place, m=ENTRANTS)
        rows = list(csv.DictReader(io.StringIO(download(page, "#explore-csv").decode())))
        expected = whole("entrants")
        assert sorted((r["when"], float(r["value"])) for r in rows) == sorted(
            (str(y), float(v)) for y, v in zip(expected["year"], expected["entrants_persons"], strict=True)
        )
        assert {r["unit"] for r in rows} == {"persons"}
        assert all(r["address"].startswith("http") and r["source"] for r in rows)
        root = ET.fromstring(download(page, "#explore-svg"))
        assert "Entrants by year and sex" in "".join(root.itertext())
        assert "Source: " in "".join(root.itertext())
        assert download(page, "#explore-png").startswith(b"\x89PNG\r\n")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", 'a,"b"\n=c'])
def test_no_cell_of_the_csv_is_a_formula(browser, address, text):
    with open_page(browser, "desktop light") as page:
        visit_explorer(page, address, m="survey_results.value.employment_rate_gap")
        page.evaluate(
            """text => { for (const row of explorer["table survey_results"].rows) row.remark = text }""", text
        )
        page.evaluate("document.getElementById('explore-as').dispatchEvent(new Event('change'))")
        page.wait_for_function(
            "text => document.querySelector('#explore-table').textContent.includes(text.trim())", arg=text
        )
        rows = list(csv.DictReader(io.StringIO(download(page, "#explore-csv").decode(), newline="")))
        live = text[0] in "=+-@\t"
        assert {r["remark"] for r in rows} == {f"'{text}" if live else text}
        assert any(float(r["value"]) < 0 for r in rows), "negative numbers stay numbers"


def test_sentence_table_and_origin_follow_the_choice(browser, place):
    with open_page(browser, "desktop light") as page, watch(page):
        visit_explorer(page, place, m="returns.returns_persons")
        rows = whole("returns")
        assert page.locator("#explore-words").get_attribute("aria-live") == "polite"
        assert "persons, a flow" in words(page)
        best = rows.loc[rows["returns_persons"].idxmax()]
        assert f"peak {best['returns_persons']} ({best['year']})" in words(page)
        table = page.evaluate(TABLE)
        assert [(row[0], row[1]) for row in table] == [
            (str(r.year), str(r.returns_persons)) for r in rows.itertuples()
        ]
        heads = page.locator("#explore-table thead th")
        assert {h.get_attribute("scope") for h in heads.all()} == {"col"}
        assert "returns" in page.locator("#explore-table caption").inner_text()
        origin = page.locator("#explore-origin")
        sources = whole("sources").set_index("source_id")
        for source in rows["source_id"].unique():
            link = origin.get_by_role("link", name=sources["title"][source], exact=True, include_hidden=True)
            assert link.first.get_attribute("href") == sources["url"][source]
        expect(origin).to_contain_text("secondary")
        expect(origin).to_contain_text("Edition: latest release for each year")
        label = page.locator("#explore-chart").get_attribute("aria-label")
        assert "Confirmed returns" in label


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


def test_page_without_scripts_leads_to_every_table(browser, place):
    with open_page(browser, "phone dark", java_script_enabled=False) as page:
        page.goto(f"{place}/{PAGE}")
        expect(page.locator("#explore")).to_be_hidden()
        expect(page.locator("#explore-without")).to_be_visible()
        links = page.locator("article a[download]").evaluate_all(
            "list => list.map(a => a.getAttribute('href'))"
        )
        assert {link.rpartition("/")[2] for link in links} >= {f"{name}.csv" for name in FIELDS}
        entries = page.locator("article a[href*='#dict-clean-']")
        assert entries.count() == len(FIELDS)


VIEWED = [
    {"m": "profiles.share_pct.occupation"},
    {"m": "trauma.share_pct"},
    {"m": "unhcr.value.refugees", "with": "unhcr.value.asylum_seekers"},
    {"m": ENTRANTS},
    {"m": "nothing"},
]


@pytest.mark.parametrize(("view", "contrast"), AUDITED)
def test_engine_finds_nothing_whatever_is_chosen(browser, address, view, contrast):
    with open_page(browser, view) as page, watch(page):
        visit_explorer(page, address, m="returns.returns_persons")
        for choice in VIEWED:
            page.evaluate(GO, urlencode(choice))
            for is_open in (True, False):
                page.evaluate(
                    "is => document.querySelectorAll('details').forEach(d => { d.open = is })", is_open
                )
                assert audit(page, contrast=contrast) == [], choice
                assert page.evaluate(OVERFLOW) <= 0, choice


def test_chart_is_legible_on_a_phone(browser, address):
    look = """() => {
      const box = document.getElementById("explore-chart").getBoundingClientRect();
      return [...document.querySelectorAll("#explore-chart svg text")]
        .filter(text => text.textContent.trim() && getComputedStyle(text).opacity !== "0")
        .map(text => ({ words: text.textContent, size: parseFloat(getComputedStyle(text).fontSize),
          left: text.getBoundingClientRect().left - box.left,
          right: box.right - text.getBoundingClientRect().right }))
    }"""
    names = [
        "survey_results.value.unemployment_rate",
        "profiles.share_pct.province",
        "basic_payment.amount_krw",
    ]
    with open_page(browser, "phone light") as page, watch(page):
        visit_explorer(page, address)
        for name in names:
            page.evaluate(GO, urlencode({"m": name}))
            for text in page.evaluate(look):
                assert text["size"] >= SMALLEST_TYPE, text
                assert min(text["left"], text["right"]) >= -1, text


def test_page_keeps_its_budget_and_fetches_a_table_only_when_asked(browser, address):
    with open_page(browser, "desktop light") as page, watch(page):
        asked = []
        page.on("requestfinished", lambda request: asked.append(request))
        visit_explorer(page, address)
        sizes = {r.url.removeprefix(address): len(r.response().body()) for r in asked}
        data = {url for url in sizes if re.search(r"/explorer/(?!vega|catalogue)\w+\.js$", url)}
        assert data == {"/_static/explorer/entrants.js"}
        total = sum(size for url, size in sizes.items() if url not in data)
        print(f"the explorer weighs {total:,} bytes and {sum(sizes[url] for url in data):,} of data")
        assert total <= EXPLORER_BYTES


def test_other_pages_load_nothing_of_it(pages):
    for name, page in pages.items():
        if name != PAGE:
            assert not page.select('script[src*="explorer"], link[href*="explorer.css"], #explore'), name


def test_licence_of_the_library_lies_beside_it(html):
    text = (html / "_static" / "explorer" / "LICENSE.txt").read_text(encoding="utf-8")
    assert "University of Washington Interactive Data Lab" in text


def test_new_table_appears_without_a_new_script(browser, html, tmp_path):
    """A made-up table, described in a copy of the package, is offered, drawn and told."""
    (tmp_path / "data").mkdir()
    shutil.copytree(DATA / "clean", tmp_path / "data" / "clean")
    lines = [
        f"{year},{grain},{year - 1990 + more},khf_pr_2023,official"
        for year in range(2001, 2006)
        for grain, more in [("rice", 0), ("maize", 5)]
    ]
    head = "year,grain,harvest_tonnes,source_id,certainty"
    (tmp_path / "data" / "clean" / "harvest.csv").write_text("\n".join([head, *lines, ""]))
    required = {"constraints": {"required": True}}
    fields = [
        {"name": "year", "type": "year", "description": "Year", **required},
        {"name": "grain", "type": "string", "description": "Grain", **required},
        {"name": "harvest_tonnes", "type": "integer", "unit": "tonnes", "description": "Harvest"},
        {"name": "source_id", "type": "string", "description": "Document"},
        {"name": "certainty", "type": "string", "description": "Certainty"},
    ]
    made = {
        "name": "harvest",
        "path": "clean/harvest.csv",
        "layer": "clean",
        "title": "Harvests <b>by grain</b>",
        "stockOrFlow": "flow",
        "edition": "one",
        "schema": {"fields": fields, "primaryKey": ["year", "grain"]},
    }
    descriptor = json.loads(json.dumps(DESCRIPTOR))
    descriptor["resources"].append(made)
    catalogue, tables = measures.make_catalogue(descriptor, tmp_path / "data", {})
    copy = tmp_path / "html"
    shutil.copytree(html, copy, ignore=shutil.ignore_patterns("*.zip", "_images", "_downloads", "_sources"))
    explorer.write_script(copy / "_static" / "explorer" / "catalogue.js", "catalogue", catalogue)
    explorer.write_script(copy / "_static" / "explorer" / "harvest.js", "table harvest", tables["harvest"])
    with serve(copy) as address, open_page(browser, "desktop light") as page, watch(page):
        visit_explorer(page, address)
        page.locator("#explore-find").fill("harvests")
        expect(page.locator("#explore-found")).to_contain_text("1 of")
        page.keyboard.press("Enter")
        expect(page.locator("#explore-words")).to_contain_text("Harvests <b>by grain</b>. In tonnes, a flow")
        expect(page.locator("#explore-words")).to_contain_text(
            "Maize: from 16 (2001) to 20 (2005), peak 20 (2005)"
        )
        assert len(shown(page)) == 10
        assert len({r["segment"] for r in shown(page)}) == 2


def test_newcomer_finds_the_three_answers(browser, place):
    """When women first were twice as many; how far two surveys lie apart; the best year of admissions."""
    table = whole("entrants").pivot(index="year", columns="sex", values="entrants_persons")
    year = int(table.index[table["female"] >= 2 * table["male"]][0])
    rates = take(
        {
            "m": "survey_results.value.employment_rate",
            "d.population": "north_korean_origin",
            "d.sex": "all",
            "d.subgroup": "",
        }
    )[0]
    khf, nkdb = (
        rates[(rates["survey"] == s) & (rates["year"] == 2023)]["value"].item() for s in ("khf", "nkdb")
    )
    admitted = take({"m": "us_admissions.persons.refugee_admissions", "d.year_basis": "calendar_year"})[0]
    best = admitted.loc[admitted["persons"].idxmax()]
    with open_page(browser, "desktop light") as page, watch(page):
        visit_explorer(page, place)
        expect(page.locator("#explore-words")).to_contain_text(
            f"Women were at least twice as many as men for the first time in {year}."
        )
        page.locator("#explore-as").select_option("ratio.sex")
        expect(page.locator("#explore-words")).to_contain_text(f"twice as many as men, or more, in {year}.")
        page.locator("#explore-find").fill("employment rate")
        page.keyboard.press("Enter")
        expect(page.locator("#explore-words")).to_contain_text("Employment rate")
        expect(page.locator("#explore-words")).to_contain_text(
            f"In 2023, the latest date of both, they are {abs(khf - nkdb):.1f} percentage point"
        )
        page.locator("#explore-find").fill("admitted united states")
        page.keyboard.press("Enter")
        expect(page.locator("#explore-words")).to_contain_text(f"peak {best['persons']} ({best['year']})")
