"""What the explorer offers follows from the descriptor, with nothing said twice and nothing careless."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from book._ext import explorer, measures
from data.schema import DATA, read_descriptor

DESCRIPTOR = read_descriptor()
CLEAN = {r["name"]: r for r in DESCRIPTOR["resources"] if r["layer"] == "clean"}
CATALOGUE, TABLES = measures.make_catalogue(DESCRIPTOR, DATA, {"01_demographics": "1. Who came"})
OFFERED = {table["name"]: table for table in CATALOGUE["tables"]}


def field(name, kind="string", **more):
    return {"name": name, "type": kind, "description": name, "constraints": {"required": True}, **more}


def resource(*fields, key, **more):
    made = {
        "name": "made",
        "title": "Made up",
        "stockOrFlow": "flow",
        "edition": "one",
        "path": "clean/made.csv",
    }
    return made | {"layer": "clean", "schema": {"fields": list(fields), "primaryKey": key}} | more


YEARLY = resource(field("year", "year"), field("sex"), field("made_persons", "integer", unit="persons"),
                  field("source_id"), key=["year", "sex"])  # fmt: skip


def test_yearly_table_is_understood_without_a_word():
    roles = measures.read_roles(YEARLY)
    assert (roles.start, roles.end, roles.dimensions) == ("", "year", ["sex"])
    assert roles.bounds == {"made_persons": ("", "")}


@pytest.mark.parametrize(
    ("names", "value", "bounds"),
    [
        (["value_low", "value", "value_high"], "value", ("value_low", "value_high")),
        (
            ["amount_low_krw", "amount_krw", "amount_high_krw", "other"],
            "amount_krw",
            ("amount_low_krw", "amount_high_krw"),
        ),
        (["amount_low_krw", "amount_krw", "times"], "times", ("", "")),
        (["prevalence_pct", "ci_low_pct", "ci_high_pct"], "prevalence_pct", ("ci_low_pct", "ci_high_pct")),
        (["low", "point", "high"], "point", ("low", "high")),
        (["share_pct", "share_high_pct"], "share_pct", ("", "share_high_pct")),
    ],
)
def test_ends_of_an_interval_are_found_by_their_names(names, value, bounds):
    fields = [field("year", "year"), *(field(n, "number", unit="x") for n in names)]
    assert measures.read_roles(resource(*fields, key=["year"])).bounds[value] == bounds


@pytest.mark.parametrize(
    "beside",
    [
        field("n", "integer", unit="persons"),
        field("cases", "integer", unit="persons"),
        field("place_in_list", "integer", unit="position"),
        field("without_unit", "integer"),
        field("whole", "integer", unit="persons", role="base"),
    ],
    ids=lambda f: f["name"],
)
def test_number_that_measures_nothing_itself_is_no_measure(beside):
    roles = measures.read_roles(resource(*YEARLY["schema"]["fields"], beside, key=["year", "sex"]))
    assert list(roles.bounds) == ["made_persons"]


@pytest.mark.parametrize(
    ("names", "key", "found"),
    [
        (["period_start", "period_end"], ["period_end"], ("period_start", "period_end")),
        (["known_from", "known_to", "legal_from", "legal_to"], ["known_from"], ("known_from", "known_to")),
        (["period_start", "as_of_date"], ["as_of_date"], ("", "as_of_date")),
    ],
)
def test_time_is_a_day_or_the_span_that_the_key_names(names, key, found):
    roles = measures.read_roles(resource(*(field(n, "date") for n in names), key=key))
    assert (roles.start, roles.end) == found


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
    assert measures.place_in_time(first, last) == measures.When(start, end, words)


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
    assert measures.put_in_words(code, {code: "as said"}) == "as said"


def test_two_spellings_of_a_unit_can_be_compared():
    assert measures.put_unit_in_words("krw_a_month") == measures.put_unit_in_words("KRW per month")
    assert measures.put_unit_in_words("pct") == measures.put_unit_in_words("percent")


def mixed(**more):
    fields = [
        field("year", "year"),
        field("measure", **more),
        field("value", "number", unit="see unit"),
        field("unit"),
    ]
    return resource(*fields, key=["year", "measure"], stockOrFlow="mixed")


ROWS = [
    {"year": "2001", "measure": m, "value": "7", "unit": u}
    for m, u in [("here", "persons"), ("here", "persons"), ("rate", "pct"), ("pay", "KRW"), ("here", "cases")]
]


def test_each_code_and_unit_is_a_measure_and_says_its_kind():
    table = mixed(stockOrFlow={"here": "stock"})
    found = measures.list_measures(table, ROWS, measures.read_roles(table))
    assert [(m["id"], m["kind"]) for m in found] == [
        ("made.value.here.persons", "stock"),
        ("made.value.rate", "share"),
        ("made.value.pay", "amount"),
        ("made.value.here.cases", "stock"),
    ]
    assert found[0]["name"] == "Here (persons)"


def test_measure_that_could_be_stock_or_flow_is_refused_with_its_name():
    with pytest.raises(measures.ExplorerError, match="made: here in persons"):
        measures.list_measures(mixed(), ROWS, measures.read_roles(mixed()))


def test_unknown_role_is_refused():
    with pytest.raises(measures.ExplorerError, match="role 'rol'"):
        measures.read_roles(resource(field("year", "year", role="rol"), key=["year"]))


def test_figures_on_suicide_and_deaths_are_left_out():
    rows = [{"measure": code} for code in ("stay", "suicidal_impulse", "returned_or_died")]
    assert measures.drop_cared_for(rows, measures.Roles(measure="measure")) == rows[:1]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, ""),
        ({"notExplored": "too few"}, "too few"),
        ({"stockOrFlow": "none"}, "words, not measured figures"),
    ],
)
def test_table_that_is_left_out_has_a_reason(change, said):
    table = YEARLY | change
    assert measures.explain_omission(table, measures.read_roles(table)) == said


def test_every_clean_table_is_offered_or_left_out_with_a_reason():
    omitted = {one["name"]: one["why"] for one in CATALOGUE["omitted"]}
    assert OFFERED.keys() | omitted.keys() == CLEAN.keys()
    assert not OFFERED.keys() & omitted.keys()
    assert all(omitted.values())
    assert "deaths" in omitted


def test_every_figure_of_an_offered_table_is_in_its_script():
    for name, table in TABLES.items():
        roles = measures.read_roles(CLEAN[name])
        rows = measures.drop_cared_for(measures.read_rows(DATA / CLEAN[name]["path"]), roles)
        for column in roles.bounds:
            at = table["columns"].index(column)
            assert [row[at] for row in table["rows"]] == [
                float(r[column]) if r[column] else None for r in rows
            ]


def test_nothing_that_is_written_speaks_of_suicide():
    for name, table in TABLES.items():
        coded = json.dumps([table["rows"], OFFERED[name]["measures"]])
        assert "suicid" not in coded.lower(), name


@pytest.mark.parametrize(
    ("table", "column"), [("profiles", "persons"), ("returnee_profile", "persons"), ("motives", "share_pct")]
)
def test_no_small_cell_of_a_profile_is_offered(table, column):
    at = TABLES[table]["columns"].index(column)
    values = [row[at] for row in TABLES[table]["rows"] if row[at] is not None]
    assert values
    if column == "persons":
        assert min(values) >= 5
    assert "cases" not in TABLES[table]["columns"]


def test_every_measure_has_a_name_a_unit_a_kind_and_an_identifier_of_its_own():
    found = [m for table in CATALOGUE["tables"] for m in table["measures"]]
    assert len({m["id"] for m in found}) == len(found)
    assert len({m["name"] for m in found}) == len(found)
    kinds = {"stock", "flow", "share", "amount", "index", "estimate", "level"}
    for m in found:
        assert m["name"][0].isupper() or m["name"][0].isdigit(), m["name"]
        assert "_" not in m["name"] + m["unit"], m
        assert m["kind"] in kinds, m


def test_measures_of_one_name_say_their_table():
    descriptor = copy.deepcopy(DESCRIPTOR)
    for name, column, code in [
        ("returns_totals", "measure", "confirmed_returns"),
        ("education", "indicator", "students"),
    ]:
        fields = next(r for r in descriptor["resources"] if r["name"] == name)["schema"]["fields"]
        next(f for f in fields if f["name"] == column)["labels"][code] = "two alike"
    catalogue, _ = measures.make_catalogue(descriptor, DATA, {})
    names = {m["name"] for t in catalogue["tables"] for m in t["measures"] if "alike" in m["name"]}
    assert names == {"Two alike · Returns to the North: totals", "Two alike · Students and dropout"}


def test_every_source_of_a_row_is_there_with_an_address():
    for table in TABLES.values():
        at = table["columns"].index("source_id")
        for row in table["rows"]:
            assert table["sources"][row[at]][2].startswith("http")


def test_table_under_terms_of_its_own_says_them():
    assert "CC BY 4.0" in OFFERED["unhcr"]["licence"]
    assert OFFERED["entrants"]["licence"] == ""


def test_table_without_a_chapter_is_offered_among_others():
    descriptor = copy.deepcopy(DESCRIPTOR)
    del next(r for r in descriptor["resources"] if r["name"] == "returns")["chapter"]
    titles = {t["chapter"]: t["chapter"] for t in CATALOGUE["tables"] if t["chapter"]}
    catalogue, _ = measures.make_catalogue(descriptor, DATA, titles)
    assert catalogue["chapters"][-1] == ["", "Other tables"]
    assert next(t for t in catalogue["tables"] if t["name"] == "returns")["chapter"] == ""


def test_script_cannot_end_early_nor_hold_letters_of_another_script(tmp_path: Path):
    explorer.write_script(tmp_path / "a.js", "table a", {"x": "</script><b> 탈북민"})
    text = (tmp_path / "a.js").read_text(encoding="utf-8")
    assert "<" not in text
    assert text.isascii()
    assert json.loads(text.partition("=")[2].partition("]=")[2].rstrip(";\n")) == {"x": "</script><b> 탈북민"}
