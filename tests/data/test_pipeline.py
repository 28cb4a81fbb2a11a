"""From raw to clean: all or nothing, the same bytes each time, one problem for one mistake."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pandas as pd
import pytest

from data import __main__ as command
from data import pipeline
from data.checks import DataError, Problem
from data.schema import expand_descriptor, read_descriptor
from tests.data.conftest import Package
from tests.factory import list_places, make_table

CORRECTIONS = "raw/corrections.csv"
NEW = "2004,all,3,,,,bulletin,\n2004,female,2,,,,bulletin,\n2004,male,1,,,,bulletin,\n"
EARLY = '2000,all,3,,,,bulletin,"by hand, in pencil"\n2000,female,2,,,,bulletin,\n2000,male,1,,,,bulletin,\n'


def test_a_valid_package_has_no_problem_and_checking_changes_no_file(package: Package) -> None:
    before = package.read()
    assert package.check() == []
    assert package.read() == before


def test_building_again_gives_the_same_bytes(package: Package) -> None:
    before = package.read()
    assert package.build() == []
    (package.folder / "clean/visitors.csv").unlink()
    assert package.build() == ["clean/visitors.csv"]
    assert package.read() == before


def test_a_clean_table_has_corrected_values_in_the_order_of_the_schema(package: Package) -> None:
    clean = package.load_clean()
    assert list(clean) == ["year", "sex", "visitors_persons", "source_id"]
    assert clean["visitors_persons"].tolist()[-2:] == [5, 5]


MISTAKES = [
    ("a wrong total", ("2002,male,15,", "2002,male,16,"), ("raw/visitors.csv", 5, "visitors_persons")),
    ("a source with a space", ("bulletin,Stat", " bulletin,Stat"), ("raw/sources.csv", 2, "source_id")),
    ("an outdated correction", ("2003,male,4,", "2003,male,5,"), ("raw/corrections.csv", 2, "printed")),
    (
        "a source that no row cites",
        ("2004\n", "2004\nleaflet,A,A,B,C,D\n"),
        ("raw/sources.csv", 3, "source_id"),
    ),
]


@pytest.mark.parametrize(("change", "place"), [m[1:] for m in MISTAKES], ids=[m[0] for m in MISTAKES])
def test_one_mistake_gives_one_problem_and_nothing_is_written(
    package: Package, change: tuple[str, str], place: tuple[str, int, str]
) -> None:
    package.replace(*change, "raw/visitors.csv" if "male" in change[0] else "raw/sources.csv")
    before = package.read()
    assert package.places() == [place]
    with pytest.raises(DataError):
        package.build()
    assert package.read() == before


def test_a_row_from_a_copy_is_not_official() -> None:
    sources = make_table("sources", {"source_id": "own"}, {"source_id": "copy", "producer": "y"})
    rows = make_table("returns", {"source_id": "own"}, {"source_id": "copy"}, certainty="official")
    problems = pipeline.check_official({"sources": sources, "returns": rows})
    assert list_places(problems) == [("returns", 3, "certainty")]


def test_a_clean_value_outside_the_schema_is_reported(package: Package) -> None:
    package.append("2004,all,3002,,,,bulletin,\n2004,female,1001,,,,bulletin,\n2004,male,2001,,,,bulletin,\n")
    assert {place[::2] for place in package.places()} == {("clean/visitors.csv", "visitors_persons")}


@pytest.mark.parametrize("rows", [NEW, EARLY], ids=["new year", "earlier year"])
def test_appended_rows_pass_the_check_and_a_build_sorts_them(package: Package, rows: str) -> None:
    head, old = (package.folder / "raw/visitors.csv").read_text(encoding="utf-8").split("\n", 1)
    package.append(rows)
    assert package.check() == []
    assert "clean/visitors.csv" in package.build()
    ordered = old + rows if rows == NEW else rows + old
    assert (package.folder / "raw/visitors.csv").read_text(encoding="utf-8") == f"{head}\n{ordered}"


def test_problems_of_appended_rows_are_reported_at_their_line(package: Package) -> None:
    package.append(EARLY.replace("all,3", "all,9"))
    assert package.places() == [("raw/visitors.csv", 11, "visitors_persons")]


def test_the_hashes_follow_each_build(package: Package) -> None:
    before = read_descriptor(package.folder)
    package.replace("first release", "last release")
    package.build()
    after = read_descriptor(package.folder)
    changed = [r["path"] for r, old in zip(after["resources"], before["resources"], strict=True) if r != old]
    assert changed == ["raw/visitors.csv"]


def test_a_file_left_by_an_interrupted_build_is_overwritten(package: Package) -> None:
    package.write("clean/.visitors.csv.tmp", "year,s")
    (package.folder / "clean/visitors.csv").unlink()
    package.build()
    assert not list(package.folder.glob("*/.*"))


def test_a_described_table_needs_a_module(package: Package) -> None:
    text = (package.folder / "datapackage.yaml").read_text(encoding="utf-8")
    lonely = text[text.index("  - path: clean") :].replace("clean/visitors", "clean/lonely")
    package.write("datapackage.yaml", text + lonely)
    assert package.places() == [("clean/lonely.csv", 1, "file")]
    package.write(
        "datapackage.yaml", text + lonely.replace("derivedFrom", "madeBy: analysis\n    derivedFrom")
    )
    assert package.check() == []


def test_a_later_step_writes_its_own_tables_and_their_hashes(package: Package) -> None:
    text = (package.folder / "datapackage.yaml").read_text(encoding="utf-8")
    later = text[text.index("  - path: clean") :].replace("clean/visitors", "clean/guests")
    package.write(
        "datapackage.yaml", text + later.replace("derivedFrom", "madeBy: analysis\n    derivedFrom")
    )
    package.build()
    assert "hash" not in read_descriptor(package.folder)["resources"][-1]
    guests = pd.DataFrame(
        {"year": [2001], "sex": ["male"], "visitors_persons": [1], "source_id": ["bulletin"]}
    )
    assert pipeline.write_clean({"guests": guests}, package.folder) == ["clean/guests.csv"]
    assert "hash" in read_descriptor(package.folder)["resources"][-1]
    with pytest.raises(DataError, match="visitors_persons"):
        pipeline.write_clean({"guests": guests.assign(visitors_persons=-1)}, package.folder)
    package.build()
    assert "hash" not in read_descriptor(package.folder)["resources"][-1]


def test_a_module_with_a_problem_makes_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = Problem("data/raw/a.csv", 2, "n", "1", "2")
    bad = SimpleNamespace(RAW_TABLES=("a",), check=lambda raw: iter([problem]), clean=lambda raw: {"a": 1})
    good = SimpleNamespace(RAW_TABLES=("b",), check=lambda raw: [], clean=lambda raw: {"b": 1})
    waits = SimpleNamespace(RAW_TABLES=("unread",), check=lambda raw: [problem], clean=lambda raw: {})
    monkeypatch.setattr(pipeline, "find_modules", lambda: [bad, good, waits])
    assert pipeline.make_clean({"a": 0, "b": 0}) == ({"b": 1}, [problem])


def test_a_correction_may_not_turn_a_span_round(package: Package) -> None:
    for path in (CORRECTIONS, "raw/visitors.csv", "datapackage.yaml"):
        text = (package.folder / path).read_text(encoding="utf-8")
        package.write(path, text.replace("visitors_persons", "low").replace("share_pct", "high"))
    package.replace("year=2003;sex=male,low,replace,4,5", "year=2001;sex=male,low,replace,10,34", CORRECTIONS)
    descriptor = expand_descriptor(package.folder)
    _, problems = pipeline.correct(pipeline.read_raw(descriptor, package.folder)[0], descriptor)
    assert [(problem.line, problem.column) for problem in problems] == [(4, "high")]


def test_the_commands_say_what_changed_and_what_will_change(package: Package, monkeypatch, capsys) -> None:
    monkeypatch.setattr(command, "DATA", package.folder)
    package.append(NEW)
    for arguments in (["data", "check"], ["data"], ["data", "check"]):
        monkeypatch.setattr(sys, "argv", arguments)
        assert command.main() == 0
    before, change, after = capsys.readouterr().out.splitlines()
    assert "clean/visitors.csv" in before
    assert "clean/visitors.csv" in change
    assert "visitors" not in after


def test_a_command_fails_with_the_line_and_without_a_traceback(tmp_path, monkeypatch, capsys) -> None:
    problem = Problem("data/raw/visitors.csv", 7, "sex", "'men'", "one of all, female, male")
    for name in ("build", "make_files"):
        monkeypatch.setattr(command, name, lambda *_: (_ for _ in ()).throw(DataError([problem])))
    for arguments, last in (["check"], ""), ([], "Nothing was written."):
        monkeypatch.setattr(sys, "argv", ["data", *arguments])
        assert command.main() == 1
        assert capsys.readouterr().err.strip() == f"{problem}\n{last}".strip()
