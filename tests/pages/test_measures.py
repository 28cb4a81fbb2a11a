"""What the explorer offers follows from the roles in the descriptor; nothing sensitive is among it."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from book._ext import assets, explorer, measures

DATA = Path(__file__).parents[2] / "data"
DESCRIPTOR = explorer.read_descriptor(DATA.parent)
CLEAN = {r["name"]: r for r in DESCRIPTOR["resources"] if r["layer"] == "clean"}
TITLES = {f"{r['chapter']}": r["chapter"] for r in CLEAN.values() if "chapter" in r}
CATALOGUE, TABLES = measures.make_catalogue(DESCRIPTOR, DATA, TITLES)
OFFERED = {table["name"]: table for table in CATALOGUE["tables"]}


def make_field(name, role="", **more):
    return {"name": name, "type": "string", "description": name, **({"role": role} if role else {}), **more}


def make_resource(*fields, **more):
    made = {"name": "made", "title": "Made up", "path": "clean/made.csv", "layer": "clean", "edition": "one"}
    return made | {"stockOrFlow": "flow", "schema": {"fields": list(fields)}} | more


YEARLY = make_resource(
    make_field("year", "end"),
    make_field("sex", "dimension"),
    make_field("made_persons", "value", unit="persons", low="at_least"),
    make_field("at_least", unit="persons"),
    make_field("source_id"),
)


def test_columns_are_found_by_role():
    roles = measures.read_roles(YEARLY)
    assert (roles.start, roles.end, roles.dimensions) == ("", "year", ["sex"])
    assert roles.values == {"made_persons": ("at_least", "")}


def test_unknown_role_is_refused():
    with pytest.raises(measures.ExplorerError, match=r"made: year: .*'rol'"):
        measures.read_roles(make_resource(make_field("year", "rol")))


def test_roles_name_columns_that_exist():
    for resource in CLEAN.values():
        names = {f["name"] for f in resource["schema"]["fields"]}
        for low, high in measures.read_roles(resource).values.values():
            assert {low, high} - {""} <= names, resource["name"]


@pytest.mark.parametrize(
    ("first", "last", "start", "end", "words"),
    [
        ("", "2009", None, 2009, "2009"),
        ("2009-01-01", "2009-12-31", None, 2009, "2009"),
        ("1999-01-01", "2001-12-31", 1999, 2001, "1999 to 2001"),
        ("2008", "2010", 2008, 2010, "2008 to 2010"),
        ("2007-10-01", "2008-09-30", 2007.748, 2008.746, "1 October 2007 to 30 September 2008"),
        ("", "2005-05-31", None, 2005.411, "31 May 2005"),
        ("2013-01-01", "", None, 2013.0, "from 1 January 2013"),
        ("", "", None, None, "no date"),
    ],
)
def test_figure_is_placed_in_time(first, last, start, end, words):
    assert measures.place_in_time(first, last) == (start, end, words)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("employment_rate", "employment rate"),
        ("north_hamgyong", "North Hamgyong"),
        ("age_10_19", "age 10 to 19"),
        ("female", "women"),
        ("", "not divided"),
        ("China", "China"),
        ("khf", "KHF"),
    ],
)
def test_code_becomes_words(code, words):
    assert measures.put_in_words(code) == words
    assert measures.put_in_words(code, {code: "as labelled"}) == "as labelled"


@pytest.mark.parametrize(("one", "other"), [("krw_a_month", "KRW per month"), ("pct", "percent")])
def test_two_spellings_of_a_unit_can_be_compared(one, other):
    assert measures.put_unit_in_words(one) == measures.put_unit_in_words(other)


def make_mixed(**more):
    fields = [make_field("year", "end"), make_field("measure", "measure", **more)]
    fields += [make_field("value", "value", unit="see unit"), make_field("unit", "unit")]
    return make_resource(*fields, stockOrFlow="mixed")


ROWS = [
    {"year": "2001", "measure": m, "value": "7", "unit": u}
    for m, u in [("here", "persons"), ("here", "persons"), ("rate", "pct"), ("pay", "KRW"), ("here", "cases")]
]


def test_each_code_and_unit_is_a_measure_with_its_kind():
    table = make_mixed(stockOrFlow={"here": "stock"})
    found = measures.list_measures(table, ROWS, measures.read_roles(table))
    assert [(m["id"], m["kind"]) for m in found] == [
        ("made.value.here.persons", "stock"),
        ("made.value.rate", "share"),
        ("made.value.pay", "amount"),
        ("made.value.here.cases", "stock"),
    ]
    assert found[0]["name"] == "Here (persons)"


def test_measure_that_could_be_stock_or_flow_is_refused():
    with pytest.raises(measures.ExplorerError, match=r"made: measure: .*here in persons"):
        measures.list_measures(make_mixed(), ROWS, measures.read_roles(make_mixed()))


def test_interval_is_described():
    (measure,) = measures.list_measures(
        YEARLY, [{"made_persons": "2", "at_least": "1"}], measures.read_roles(YEARLY)
    )
    assert (measure["low"], measure["high"], measure["interval"]) == ("at_least", "", measures.INTERVAL)


def test_figures_on_suicide_and_deaths_are_dropped():
    rows = [{"measure": code} for code in ("stay", "suicidal_impulse", "returned_or_died")]
    assert measures.drop_sensitive(rows, measures.Roles(measure="measure")) == rows[:1]


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (YEARLY, ""),
        (YEARLY | {"notExplored": "too few"}, "too few"),
        (make_resource(make_field("text")), "words, not measured figures"),
    ],
)
def test_table_that_is_left_out_has_a_reason(table, reason):
    assert measures.explain_omission(table) == reason


def test_every_clean_table_is_offered_or_left_out_with_a_reason():
    omitted = {name for name, resource in CLEAN.items() if measures.explain_omission(resource)}
    assert OFFERED.keys() == CLEAN.keys() - omitted
    assert "deaths" in omitted
    assert all("role" not in f for name in omitted for f in CLEAN[name]["schema"]["fields"])


@pytest.mark.parametrize("name", OFFERED)
def test_offered_table_has_all_its_figures_and_sources(name):
    table, roles = TABLES[name], measures.read_roles(CLEAN[name])
    rows = measures.drop_sensitive(measures.read_rows(DATA / CLEAN[name]["path"]), roles)
    assert roles.end or roles.dimensions, "it has neither a time nor a group"
    for column in roles.values:
        at = table["columns"].index(column)
        assert [row[at] for row in table["rows"]] == [float(r[column]) if r[column] else None for r in rows]
    at = table["columns"].index("source_id")
    assert all(table["sources"][row[at]][2].startswith("http") for row in table["rows"])
    assert "suicid" not in json.dumps([table["rows"], OFFERED[name]["measures"]]).lower()


@pytest.mark.parametrize("table", ["profiles", "returnee_profile"])
def test_no_small_cell_of_a_profile_is_offered(table):
    at = TABLES[table]["columns"].index("persons")
    assert min(row[at] for row in TABLES[table]["rows"] if row[at] is not None) >= 5


def test_numbers_of_cases_are_not_offered():
    assert not any("cases" in table["columns"] for table in TABLES.values())


def test_every_measure_has_a_name_a_unit_a_kind_and_an_identifier_of_its_own():
    found = [m for table in CATALOGUE["tables"] for m in table["measures"]]
    assert len({m["id"] for m in found}) == len({m["name"] for m in found}) == len(found)
    for m in found:
        assert m["name"][0] == m["name"][0].upper(), m
        assert "_" not in m["name"] + m["unit"], m
        assert m["kind"] in {"stock", "flow", "share", "amount", "index", "estimate", "level"}, m


def test_surveys_have_eras_and_unhcr_its_licence():
    assert OFFERED["survey_results"]["columns"]["era"] == "era"
    assert "CC BY 4.0" in OFFERED["unhcr"]["licence"]
    assert OFFERED["entrants"]["licence"] == ""


@pytest.fixture
def changed():
    descriptor = copy.deepcopy(DESCRIPTOR)
    return descriptor, {r["name"]: r for r in descriptor["resources"] if r["layer"] == "clean"}


def test_measures_of_one_name_have_the_title_of_their_table(changed):
    descriptor, clean = changed
    for name, column, code in [
        ("returns_totals", "measure", "confirmed_returns"),
        ("education", "indicator", "students"),
    ]:
        field = next(f for f in clean[name]["schema"]["fields"] if f["name"] == column)
        field["labels"][code] = "two alike"
    catalogue, _ = measures.make_catalogue(descriptor, DATA, {})
    names = {m["name"] for t in catalogue["tables"] for m in t["measures"] if "alike" in m["name"]}
    assert names == {f"Two alike · {clean[name]['title']}" for name in ("returns_totals", "education")}


def test_table_without_a_chapter_is_offered_among_others(changed):
    descriptor, clean = changed
    del clean["returns"]["chapter"]
    catalogue, _ = measures.make_catalogue(descriptor, DATA, TITLES)
    assert catalogue["chapters"][-1] == ["", "Other tables"]
    assert next(t for t in catalogue["tables"] if t["name"] == "returns")["chapter"] == ""


def test_new_table_is_offered_by_its_roles(changed, tmp_path):
    descriptor, clean = changed
    for name in OFFERED:
        descriptor["resources"].remove(clean[name])
    descriptor["resources"].append(YEARLY)
    (tmp_path / "clean").mkdir()
    for name in ("sources", "events"):
        (tmp_path / clean[name]["path"]).write_bytes((DATA / clean[name]["path"]).read_bytes())
    source = measures.read_rows(DATA / clean["sources"]["path"])[0]["source_id"]
    text = f"year,sex,made_persons,at_least,source_id\n2001,female,5,,{source}\n"
    (tmp_path / YEARLY["path"]).write_text(text)
    catalogue, tables = measures.make_catalogue(descriptor, tmp_path, {})
    assert [m["id"] for t in catalogue["tables"] for m in t["measures"]] == ["made.made_persons"]
    assert tables["made"]["rows"] == [["female", 5, None, source, "", "", None, 2001, "2001"]]
    assert tables["made"]["dimensions"] == [["sex", "Sex", False]]


def test_data_script_cannot_end_early_and_is_ascii(tmp_path):
    value = {"x": "</script><b> 탈북민"}
    assets.write_script(tmp_path / "a.js", "table", value)
    text = (tmp_path / "a.js").read_text(encoding="utf-8")
    assert "<" not in text
    assert text.isascii()
    assert json.loads(text.partition("]=")[2].rstrip(";\n")) == value
