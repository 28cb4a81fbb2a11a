"""A table is read strictly and written in one form; every bad input is reported at its line."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import load
from data.checks import DataError, Problem, format_cell
from data.schema import expand_descriptor, format_table, labels, read_table, type_frame
from tests.data.conftest import VISITORS, Package

HEADER = VISITORS.split("\n")[0].encode()
LATIN = VISITORS.replace("first release", "prèmiere").encode("latin-1")
MALE = "2002,male,15,"
NOTE = "first release"
DAY = "2001,all,30,,2002-01-15"

CELLS = [
    ("renamed column", "sex,visitors_persons,", "sex,persons,", 1, "header"),
    ("column too few", ",source_id,note", ",source_id", 1, "header"),
    ("trailing comma in the header", ",source_id,note", ",source_id,note,", 1, "header"),
    ("trailing comma in a row", "2002,male,15,30,,,bulletin,", "2002,male,15,30,,,bulletin,,", 7, "row"),
    ("thousands comma", MALE, "2002,male,1,500,", 7, "row"),
    ("not a number", MALE, "2002,male,about 15,", 7, "visitors_persons"),
    ("count with a point", MALE, "2002,male,15.0,", 7, "visitors_persons"),
    ("number with a space", MALE, "2002,male, 15,", 7, "visitors_persons"),
    ("digits of another script", MALE, "2002,male,1\u0665,", 7, "visitors_persons"),
    ("too large for an exact float", MALE, f"2002,male,{10**20},", 7, "visitors_persons"),
    ("leading zero", MALE, "2002,male,015,", 7, "visitors_persons"),
    ("negative count", MALE, "2002,male,-15,", 7, "visitors_persons"),
    ("empty count", MALE, "2002,male,,", 7, "visitors_persons"),
    ("share over 100", "2002,male,15,30,", "2002,male,15,130,", 7, "share_pct"),
    ("two decimal points", "2002,male,15,30,", "2002,male,15,3.0.0,", 7, "share_pct"),
    ("scientific form", "2002,male,15,30,", "2002,male,15,3e1,", 7, "share_pct"),
    ("NaN", "2002,male,15,30,", "2002,male,15,NaN,", 7, "share_pct"),
    ("date in another order", DAY, "2001,all,30,,15/01/2002", 2, "counted_on"),
    ("day that does not exist", DAY, "2001,all,30,,2002-02-30", 2, "counted_on"),
    ("boolean in capitals", "2003,male,4,,,true", "2003,male,4,,,TRUE", 10, "is_rounded"),
    ("year of two digits", "2002,male,", "02,male,", 7, "year"),
    ("unlisted code", "2002,male,", "2002,men,", 7, "sex"),
    ("formula", NOTE, "=1+1", 5, "note"),
    ("formula after an at sign", NOTE, "@SUM(A1)", 5, "note"),
    ("formula in wide signs", NOTE, "＝1+1", 5, "note"),
    ("HTML", NOTE, "<b>first</b>", 5, "note"),
    ("script address", NOTE, "see javascript:alert(1)", 5, "note"),
    ("space at the end", NOTE, "first release ", 5, "note"),
    ("hard space", NOTE, "first\xa0release", 5, "note"),
    ("invisible character", NOTE, "first\u200brelease", 5, "note"),
    ("empty line", "2002,female,", "\n2002,female,", 6, "row"),
    ("open quotation mark", NOTE, '"first release', 5, "row"),
    ("carriage return", "first release\n", "first release\r\n", 5, "encoding"),
    (
        "last line without an end",
        "2003,male,4,,,true,bulletin,\n",
        "2003,male,4,,,true,bulletin,",
        10,
        "file",
    ),
    ("repeated key", "2002,male,15,30", "2002,female,15,30", 7, "year+sex"),
    ("unknown source", "2002,male,15,30,,,bulletin", "2002,male,15,30,,,leaflet", 7, "source_id"),
]
FILES = [
    ("empty", b"", 1, "file"),
    ("blank", b"\n", 1, "file"),
    ("header only", HEADER + b"\n", 1, "file"),
    ("byte order mark", b"\xef\xbb\xbf" + VISITORS.encode(), 1, "encoding"),
    ("Latin-1", LATIN, 5, "encoding"),
    ("UTF-16", VISITORS.encode("utf-16"), 1, "encoding"),
    ("CRLF", VISITORS.replace("\n", "\r\n").encode(), 1, "encoding"),
    ("semicolons", VISITORS.replace(",", ";").encode(), 1, "header"),
]


def try_to_read(resource: dict, content: bytes) -> tuple[pd.DataFrame | None, list[Problem]]:
    """Return a table, or the problems for which it is refused."""
    try:
        return read_table(resource, content=content), []
    except DataError as error:
        return None, error.problems


@pytest.mark.parametrize(("old", "new", "line", "column"), [c[1:] for c in CELLS], ids=[c[0] for c in CELLS])
def test_one_bad_cell_gives_one_problem_at_its_place(
    package: Package, old: str, new: str, line: int, column: str
) -> None:
    package.replace(old, new)
    assert package.places() == [("raw/visitors.csv", line, column)]


@pytest.mark.parametrize(("content", "line", "column"), [f[1:] for f in FILES], ids=[f[0] for f in FILES])
def test_a_file_in_another_form_gives_one_problem(
    package: Package, content: bytes, line: int, column: str
) -> None:
    package.write("raw/visitors.csv", content)
    assert package.places() == [("raw/visitors.csv", line, column)]


def test_a_missing_file_gives_one_problem(package: Package) -> None:
    (package.folder / "raw/visitors.csv").unlink()
    assert package.places() == [("raw/visitors.csv", 1, "file")]


def test_all_bad_cells_of_a_file_are_reported_at_once(package: Package) -> None:
    package.replace("2001,male,10,", "2001,male,ten,")
    package.replace("2002,male,15,", "2002,men,15,")
    assert [line for _, line, _ in package.places()] == [4, 7]


def test_a_problem_says_where_and_what_was_expected(package: Package) -> None:
    package.replace("2002,male,15,", "2002,male,about 15,")
    expected = "expected a whole number in plain digits, got 'about 15'"
    assert str(package.check()[0]) == f"data/raw/visitors.csv:7: visitors_persons: {expected}"


SPANS = [
    (("period_start", "period_end"), "2002-02-01,2002-01-31", ["period_end"]),
    (("period_start", "period_end"), "2002-01-31,2002-01-31", []),
    (("period_start", "period_end"), "2002-02-01,", []),
    (("value_low", "value_high"), "10,9", ["value_high"]),
    (("ci_low_pct", "ci_high_pct"), "9,10", []),
    (("min_age", "max_age"), "60,19", ["max_age"]),
    (("arrivals_from", "arrivals_until"), "2002-02,2002-01-31", ["arrivals_until"]),
    (("arrivals_from", "arrivals_until"), "2002-02,2002", []),
    (("lowest", "highest"), "9,1", []),
]


@pytest.mark.parametrize(("fields", "row", "columns"), SPANS)
def test_a_span_ends_after_it_begins(fields: tuple[str, str], row: str, columns: list[str]) -> None:
    kind = {"period": "date", "arrivals": "string"}.get(fields[0].split("_")[0], "integer")
    schema = {"primaryKey": [fields[0]], "fields": [{"name": name, "type": kind} for name in fields]}
    resource = {"path": "raw/spans.csv", "schema": schema}
    content = f"{','.join(fields)}\n{row}\n".encode()
    assert [problem.column for problem in try_to_read(resource, content)[1]] == columns


def test_cells_are_typed_and_rows_indexed_by_line(package: Package) -> None:
    frame = read_table(package.resource(), package.folder)
    assert list(frame.index) == list(range(2, 11))
    assert str(frame["visitors_persons"].dtype) == "int64"
    assert str(frame["counted_on"].dtype) == "datetime64[us]"
    assert frame.loc[8, "note"] == "rounded, says the page"
    assert frame.loc[8:10, "share_pct"].isna().all()
    assert frame.loc[5:7, "is_rounded"].isna().all()


def test_a_table_is_written_in_order(package: Package) -> None:
    frame = read_table(package.resource(), package.folder)
    assert format_table(frame.sample(frac=1, random_state=1), package.resource()) == VISITORS.encode()


def test_a_number_is_written_without_exponent_or_noise(package: Package) -> None:
    frame = read_table(package.resource(), package.folder)
    frame["share_pct"] = [0.1 + 0.2, 0.00001, 1e2, *[1 / 3] * 6]
    cells = [line.split(",")[3] for line in format_table(frame, package.resource()).decode().split("\n")[1:5]]
    assert cells == ["0.3", "0.00001", "100", "0.333333333333"]


def test_a_column_too_many_or_half_a_person_cannot_be_written(package: Package) -> None:
    frame = read_table(package.resource(), package.folder)
    with pytest.raises(ValueError, match="note"):
        format_table(frame, package.resource("clean"))
    with pytest.raises(ValueError, match="visitors_persons"):
        format_table(frame.assign(visitors_persons=0.5), package.resource())


FIELDS = [
    {"name": "day", "type": "date"},
    {"name": "count", "type": "integer"},
    {"name": "share", "type": "number"},
    {"name": "known", "type": "boolean"},
    {"name": "word", "type": "string"},
]
HEADER_MADE = [field["name"] for field in FIELDS]
TABLE = {"path": "raw/made.csv", "orderedBy": ["day"], "schema": {"primaryKey": ["day"], "fields": FIELDS}}
ROWS = st.lists(
    st.tuples(
        st.dates(),
        st.none() | st.integers(-(10**14), 10**14),
        st.none() | st.decimals(-(10**6), 10**6, places=4).map(float),
        st.none() | st.booleans(),
        st.none() | st.text('ab,"가', min_size=1),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda row: row[0],
)


@given(ROWS)
def test_what_is_written_is_read_again(rows: list[tuple]) -> None:
    columns = {
        field["name"]: list(cells) for field, cells in zip(FIELDS, zip(*rows, strict=True), strict=True)
    }
    frame = type_frame(columns, FIELDS, list(range(2, len(rows) + 2)))
    content = format_table(frame, TABLE)
    again = read_table(TABLE, content=content)
    ordered = frame.sort_values("day", kind="stable", ignore_index=True)
    assert again.reset_index(drop=True).equals(ordered)
    assert format_table(again, TABLE) == content


@given(st.text())
def test_any_text_in_a_cell_is_refused_at_its_line_or_read_unchanged(text: str) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([HEADER_MADE, ["2000-01-01", 1, 2, "true", text]])
    frame, problems = try_to_read(TABLE, out.getvalue().encode())
    if frame is None:
        assert {problem.line for problem in problems} == {2}
    else:
        assert format_cell(frame.loc[2, "word"]) == text


@given(st.binary() | st.text().map(str.encode))
def test_any_rows_are_read_or_refused_at_a_line_of_the_file(rows: bytes) -> None:
    content = ",".join(HEADER_MADE).encode() + b"\n" + rows
    _, problems = try_to_read(TABLE, content)
    assert all(1 <= problem.line <= content.count(b"\n") + 1 for problem in problems)


BAD_YAML = [
    ("resources: [}\n", "yaml"),
    ("resources:\n  - path: raw/a.csv\n    primaryKey: [a]\n    fields:\n    - {name: a, type: year}\n", "a"),
    (
        "resources:\n  - path: raw/a.csv\n    primaryKey: [a]\n    fields:\n"
        "    - {name: a, type: year, description: '', requird: true}\n",
        "a",
    ),
]


@pytest.mark.parametrize(("text", "column"), BAD_YAML)
def test_a_broken_descriptor_gives_one_problem(package: Package, text: str, column: str) -> None:
    package.write("datapackage.yaml", text)
    with pytest.raises(DataError) as error:
        package.check()
    (problem,) = error.value.problems
    assert problem.file == "data/datapackage.yaml"
    assert problem.column.endswith(column)


def test_a_field_takes_the_properties_of_another_and_can_add_to_them(package: Package) -> None:
    tables = expand_descriptor(package.folder)["resources"]
    field = tables[-1]["schema"]["fields"][2]
    assert field["type"] == "integer"
    assert field["constraints"] == {"required": True, "minimum": 0, "maximum": 1000}


def test_labels_are_the_words_for_codes() -> None:
    assert labels("whereabouts", "category")["returned_to_north"] == "returned to the North"


@pytest.mark.parametrize("path", ["raw/visitors.csv", "clean/visitors.csv"])
def test_a_table_cannot_be_loaded_after_it_or_its_raw_table_changed(package: Package, path: str) -> None:
    package.replace("2002,male,15,", "2002,male,51,", path)
    with pytest.raises(DataError, match=f"{path}.*run make data"):
        load("visitors", package.folder)


def test_an_unknown_table_is_refused_with_the_names_there_are(package: Package) -> None:
    with pytest.raises(KeyError, match="there are: visitors"):
        load("guests", package.folder)


def test_a_loaded_table_is_a_copy(package: Package) -> None:
    frame = load("visitors", package.folder)
    frame["visitors_persons"] = 0
    assert load("visitors", package.folder)["visitors_persons"].sum() == 90
