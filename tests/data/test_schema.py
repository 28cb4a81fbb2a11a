"""Every kind of bad input gives one line that says where, what was found and what was expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.checks import DataError
from data.schema import format_table, read_table
from tests.data.package import SOURCES, VISITORS, Package, make_descriptor

FILE = "data/raw/visitors.csv"
HEADER = VISITORS.split("\n")[0].encode()
LATIN = VISITORS.replace("first release", "prèmiere").encode("latin-1")
WHOLE = "a whole number in plain digits"
NUMBER = "a number in plain digits with at most one point"
PLAIN = "plain text, no formula and no markup"
DATE = "a date as YYYY-MM-DD"
FORM = [
    (
        "a wrong header",
        "sex,visitors_persons,",
        "sex,persons,",
        "1: header",
        "'persons' as column 3",
        "'visitors_persons'",
    ),
    (
        "a column too few",
        ",source_id,note",
        ",source_id",
        "1: header",
        "no such column as column 8",
        "'note'",
    ),
    (
        "a trailing comma in the header",
        ",source_id,note",
        ",source_id,note,",
        "1: header",
        "an empty cell as column 9",
        "no column after 'note'",
    ),
    (
        "a trailing comma in a row",
        "2002,male,15,30,,,bulletin,",
        "2002,male,15,30,,,bulletin,,",
        "7: row",
        "9 cells",
        "8 cells",
    ),
    ("a thousands comma", "2002,male,15,", "2002,male,1,500,", "7: row", "9 cells", "8 cells"),
    ("a non-number", "2002,male,15,", "2002,male,about 15,", "7: visitors_persons", "'about 15'", WHOLE),
    ("a number with a point", "2002,male,15,", "2002,male,15.0,", "7: visitors_persons", "'15.0'", WHOLE),
    ("a number with a space", "2002,male,15,", "2002,male, 15,", "7: visitors_persons", "' 15'", WHOLE),
    (
        "digits of another script",
        "2002,male,15,",
        "2002,male,1\u0665,",
        "7: visitors_persons",
        "'1\u0665'",
        WHOLE,
    ),
    (
        "a number beyond any count",
        "2002,male,15,",
        f"2002,male,{10**20},",
        "7: visitors_persons",
        f"'{10**20}'",
        WHOLE,
    ),
    ("a leading zero", "2002,male,15,", "2002,male,015,", "7: visitors_persons", "'015'", WHOLE),
    ("a negative count", "2002,male,15,", "2002,male,-15,", "7: visitors_persons", "'-15'", "0 or more"),
    ("an empty count", "2002,male,15,", "2002,male,,", "7: visitors_persons", "an empty cell", "a value"),
    (
        "a share over a hundred",
        "2002,male,15,30,",
        "2002,male,15,130,",
        "7: share_pct",
        "'130'",
        "100 or less",
    ),
    ("two decimal points", "2002,male,15,30,", "2002,male,15,3.0.0,", "7: share_pct", "'3.0.0'", NUMBER),
    ("a number in scientific form", "2002,male,15,30,", "2002,male,15,3e1,", "7: share_pct", "'3e1'", NUMBER),
    ("not a number, by name", "2002,male,15,30,", "2002,male,15,NaN,", "7: share_pct", "'NaN'", NUMBER),
    (
        "a date the other way round",
        "2001,all,30,,2002-01-15",
        "2001,all,30,,15/01/2002",
        "2: counted_on",
        "'15/01/2002'",
        DATE,
    ),
    (
        "a day that does not exist",
        "2001,all,30,,2002-01-15",
        "2001,all,30,,2002-02-30",
        "2: counted_on",
        "'2002-02-30'",
        DATE,
    ),
    (
        "a truth value in capitals",
        "2003,male,4,,,true",
        "2003,male,4,,,TRUE",
        "10: is_rounded",
        "'TRUE'",
        "true or false",
    ),
    ("a year of two digits", "2002,male,", "02,male,", "7: year", "'02'", "a year of four digits"),
    ("a code word nobody defined", "2002,male,", "2002,men,", "7: sex", "'men'", "one of all, female, male"),
    ("a formula", "first release", "=1+1", "5: note", "'=1+1'", PLAIN),
    ("a formula after an at sign", "first release", "@SUM(A1)", "5: note", "'@SUM(A1)'", PLAIN),
    ("a formula in wide signs", "first release", "＝1+1", "5: note", "'＝1+1'", PLAIN),
    ("HTML", "first release", "<b>first</b>", "5: note", "'<b>first</b>'", PLAIN),
    (
        "a script address",
        "first release",
        "see javascript:alert(1)",
        "5: note",
        "'see javascript:alert(1)'",
        PLAIN,
    ),
    (
        "a space at the end",
        "first release",
        "first release ",
        "5: note",
        "'first release '",
        "text without spaces at its ends or hard spaces",
    ),
    (
        "a hard space",
        "first release",
        "first\xa0release",
        "5: note",
        "'first\\xa0release'",
        "text without spaces at its ends or hard spaces",
    ),
    (
        "an invisible sign",
        "first release",
        "first\u200brelease",
        "5: note",
        "'first\\u200brelease'",
        "text without control characters or invisible signs",
    ),
    ("an empty line", "2002,female,", "\n2002,female,", "6: row", "an empty line", "a row"),
    (
        "an open quotation mark",
        "first release",
        '"first release',
        "5: row",
        "an unclosed quotation mark",
        "quotation marks in pairs",
    ),
    (
        "carriage returns",
        "first release\n",
        "first release\r\n",
        "5: encoding",
        "a carriage return",
        "lines that end in LF alone",
    ),
    (
        "no end of the last line",
        "2003,male,4,,,true,bulletin,\n",
        "2003,male,4,,,true,bulletin,",
        "10: file",
        "no line end",
        "a last line that ends in LF",
    ),
    (
        "a key used twice",
        "2002,male,15,30",
        "2002,female,15,30",
        "7: year+sex",
        "(2002, female) again",
        "a key not used on line 6",
    ),
    (
        "a year out of order",
        "2002,male,",
        "2000,male,",
        "7: year+sex",
        "(2000, male)",
        "rows in ascending order of these columns",
    ),
    (
        "a source nobody knows",
        "2002,male,15,30,,,bulletin",
        "2002,male,15,30,,,leaflet",
        "7: source_id",
        "'leaflet'",
        "a source_id that stands in raw-sources",
    ),
]


@pytest.mark.parametrize(
    ("old", "new", "place", "found", "expected"), [f[1:] for f in FORM], ids=[f[0] for f in FORM]
)
def test_one_bad_cell_gives_one_line_and_no_file_changes(
    package: Package, old: str, new: str, place: str, found: str, expected: str
) -> None:
    package.replace(old, new)
    before = package.read_clean()
    (line,) = package.check()
    assert line.startswith(f"{FILE}:{place}: found {found}, expected {expected}")
    with pytest.raises(DataError):
        package.build()
    assert package.read_clean() == before


FILES = [
    ("empty", b"", "1: file: found an empty file, expected a header and rows"),
    ("blank", b"\n", "1: file: found an empty file, expected a header and rows"),
    ("header only", HEADER + b"\n", "1: file: found a header and no rows, expected at least one row"),
    (
        "byte order mark",
        b"\xef\xbb\xbf" + VISITORS.encode(),
        "1: encoding: found a byte order mark, expected UTF-8",
    ),
    ("Latin-1", LATIN, "5: encoding: found byte 0xe8, expected UTF-8"),
    ("UTF-16", VISITORS.encode("utf-16"), "1: encoding: found byte 0xff, expected UTF-8"),
    ("CRLF", VISITORS.replace("\n", "\r\n").encode(), "1: encoding: found a carriage return, expected lines"),
    ("semicolons", VISITORS.replace(",", ";").encode(), "1: header: found 'year;sex;visitors_persons;"),
]


@pytest.mark.parametrize(("content", "line"), [f[1:] for f in FILES], ids=[f[0] for f in FILES])
def test_a_file_in_another_form_gives_one_line_and_no_file_changes(
    package: Package, content: bytes, line: str
) -> None:
    package.write("raw/visitors.csv", content)
    before = package.read_clean()
    (found,) = package.check()
    assert found.startswith(f"{FILE}:{line}")
    with pytest.raises(DataError):
        package.build()
    assert package.read_clean() == before


def test_a_missing_file_gives_one_line(package: Package) -> None:
    (package.folder / "raw/visitors.csv").unlink()
    expected = "the table that datapackage.json describes"
    assert package.check() == [f"{FILE}:1: file: found no file, expected {expected}"]


def test_every_fault_of_a_file_is_told_at_once(package: Package) -> None:
    package.replace("2001,male,10,", "2001,male,ten,")
    package.replace("2002,male,15,", "2002,men,15,")
    assert [line.split(": ")[0] for line in package.check()] == [f"{FILE}:4", f"{FILE}:7"]


def test_lines_are_counted_as_in_the_file_and_cells_are_typed(package: Package) -> None:
    frame, faults = read_table(make_descriptor()["resources"][2], package.folder)
    assert not faults
    assert list(frame.index) == list(range(2, 11))
    assert str(frame["visitors_persons"].dtype) == "int64"
    assert str(frame["counted_on"].dtype) == "datetime64[us]"
    assert frame.loc[8, "note"] == "rounded, says the page"


def test_a_missing_cell_is_missing_and_never_zero(package: Package) -> None:
    frame, _ = read_table(make_descriptor()["resources"][2], package.folder)
    assert frame.loc[8:10, "share_pct"].isna().all()
    assert frame.loc[5:7, "is_rounded"].isna().all()


def test_a_table_survives_writing_and_reading(package: Package) -> None:
    resource = make_descriptor()["resources"][2]
    frame, _ = read_table(resource, package.folder)
    shuffled = frame.sample(frac=1, random_state=1)
    assert format_table(shuffled, resource) == VISITORS.encode()


def test_a_number_is_written_without_an_exponent_or_noise(package: Package) -> None:
    resource = make_descriptor()["resources"][2]
    frame, _ = read_table(resource, package.folder)
    frame["share_pct"] = [0.1 + 0.2, 0.00001, 1e2, *[1 / 3] * 6]
    cells = [line.split(",")[3] for line in format_table(frame, resource).decode().split("\n")[1:5]]
    assert cells == ["0.3", "0.00001", "100", "0.333333333333"]


def test_a_column_too_many_cannot_be_written(package: Package) -> None:
    resource = make_descriptor()["resources"][3]
    frame, _ = read_table(make_descriptor()["resources"][2], package.folder)
    with pytest.raises(ValueError, match="note"):
        format_table(frame, resource)


def test_half_a_person_cannot_be_written(package: Package) -> None:
    resource = make_descriptor()["resources"][2]
    frame, _ = read_table(resource, package.folder)
    with pytest.raises(ValueError, match="no whole number"):
        format_table(frame.assign(visitors_persons=0.5), resource)


def test_a_source_nobody_cites_and_an_address_used_twice_are_told(package: Package) -> None:
    leaflet = "leaflet,Office,Leaflet,https://example.org/bulletin/,2004,en,not stated\n"
    package.write("raw/sources.csv", SOURCES + leaflet)
    file = "data/raw/sources.csv:3"
    assert [line.split(", expected")[0] for line in package.check()] == [
        f"{file}: source_id: found 'leaflet'",
        f"{file}: url: found 'https://example.org/bulletin/'",
    ]


def cite_twice(package: Package, first: str, second: str, title: str = "Leaflet") -> list[str]:
    """Return what is said of two sources with these addresses, both cited."""
    rows = f"bulletin,Office,Bulletin,{first},2004,en,none\nleaflet,Office,{title},{second},2004,en,none\n"
    package.write("raw/sources.csv", SOURCES.split("\n")[0] + "\n" + rows)
    package.replace("2003,male,4,,,true,bulletin", "2003,male,4,,,true,leaflet")
    return [line for line in package.check() if "sources.csv:3:" in line]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("https://example.org/a", "http://example.org/a"),
        ("https://example.org/a", "https://www.example.org/a"),
        ("https://example.org/a", "https://m.example.org/a/"),
        ("https://example.org/a", "https://Example.org/A"),
        ("https://example.org/a", "https://example.org:443/a"),
        ("https://example.org/a", "https://example.org/a#table-2"),
        ("https://example.org/a", "https://example.org/a?"),
        ("https://example.org/a?no=1&page=2", "https://example.org/a?page=2&no=1"),
        ("https://example.org/a?no=1", "https://example.org/a?no=1&utm_source=x"),
        ("https://example.org/탈북", "https://example.org/%ED%83%88%EB%B6%81"),
        ("https://example.org/%ed%83%88", "https://example.org/%ED%83%88"),
    ],
)
def test_one_document_under_two_ids_is_told_however_its_address_is_written(
    package: Package, first: str, second: str
) -> None:
    told = f"data/raw/sources.csv:3: url: found {second!r}, expected an address not used by bulletin"
    assert cite_twice(package, first, second) == [told]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("https://example.org/a?no=1", "https://example.org/a?no=2"),
        ("https://example.org/a", "https://news.example.org/a"),
        ("https://example.org/#!/one", "https://example.org/#!/two"),
        ("https://example.org/a%23b", "https://example.org/a%23c"),
    ],
)
def test_two_documents_at_addresses_much_alike_are_not_told(
    package: Package, first: str, second: str
) -> None:
    assert cite_twice(package, first, second) == []


def test_one_document_at_two_addresses_is_told_by_publisher_title_and_date(package: Package) -> None:
    (told,) = cite_twice(package, "https://example.org/a", "https://example.net/b", "bulletin")
    assert told.startswith("data/raw/sources.csv:3: title: found 'bulletin', expected a title that ")


@pytest.mark.parametrize(
    ("fields", "row", "fault"),
    [
        (("period_start", "period_end"), "2002-02-01,2002-01-31", "period_end: found 2002-01-31"),
        (("period_start", "period_end"), "2002-01-31,2002-01-31", ""),
        (("period_start", "period_end"), "2002-02-01,", ""),
        (("value_low", "value_high"), "10,9", "value_high: found 9"),
        (("ci_low_pct", "ci_high_pct"), "9,10", ""),
        (("min_age", "max_age"), "60,19", "max_age: found 19"),
        (("arrivals_from", "arrivals_until"), "2002-02,2002-01-31", "arrivals_until: found 2002-01-31"),
        (("arrivals_from", "arrivals_until"), "2002-02,2002", ""),
        (("lowest", "highest"), "9,1", ""),
    ],
)
def test_a_span_that_ends_before_it_begins_is_told(
    tmp_path: Path, fields: tuple[str, str], row: str, fault: str
) -> None:
    kind = {"period": "date", "arrivals": "string"}.get(fields[0].split("_")[0], "integer")
    (tmp_path / "spans.csv").write_text(f"{','.join(fields)}\n{row}\n", encoding="utf-8")
    resource = {"path": "spans.csv", "schema": {"fields": [{"name": n, "type": kind} for n in fields]}}
    told = [str(made) for made in read_table(resource, tmp_path)[1]]
    assert [line.split(": ", 1)[1].split(", expected")[0] for line in told] == [fault] * bool(fault)
