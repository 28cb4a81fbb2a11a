"""Raw to clean: all or nothing, the same bytes each time, and every change is seen by somebody."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import data
from data import pipeline
from data.checks import DataError, Problem
from tests.data.package import Package

RAW = "data/raw/visitors.csv"
CLEAN = "data/clean/visitors.csv"


def test_a_sound_package_has_no_faults(package: Package) -> None:
    assert package.check() == []


def test_checking_changes_no_file(package: Package) -> None:
    before = package.read_clean()
    package.check()
    assert package.read_clean() == before


def test_building_twice_gives_the_same_bytes(package: Package) -> None:
    first = package.read_clean()
    assert package.build() == []
    assert package.read_clean() == first
    for file in (package.folder / "clean").iterdir():
        file.unlink()
    assert package.build() == ["visitors"]
    assert package.read_clean() == first


def test_a_clean_table_has_corrected_values_in_the_order_of_the_schema(package: Package) -> None:
    rows = package.read_clean()["visitors.csv"].decode().split("\n")
    assert rows[0] == "year,sex,visitors_persons,source_id"
    assert rows[-3:] == ["2003,female,5,bulletin", "2003,male,5,bulletin", ""]


def test_sexes_that_do_not_add_up_are_told_by_line(package: Package) -> None:
    package.replace("2002,male,15,", "2002,male,16,")
    assert package.check() == [f"{RAW}:5: visitors_persons: found 50, expected 51 in 2002"]


def test_a_missing_year_is_told_by_the_line_where_it_should_stand(package: Package) -> None:
    text = (package.folder / "raw/visitors.csv").read_text()
    package.write("raw/visitors.csv", "".join(t for t in text.splitlines(True) if not t.startswith("2002")))
    assert package.check() == [f"{RAW}:5: year: found no row for 2002, expected every year"]


def test_nothing_is_built_while_anything_is_wrong(package: Package) -> None:
    before = package.read_clean()
    package.replace("2002,male,15,", "2002,male,16,")
    with pytest.raises(DataError, match="expected 51 in 2002"):
        package.build()
    assert package.read_clean() == before


def test_a_change_that_no_total_binds_is_seen_by_the_hash_which_says_so(package: Package) -> None:
    package.replace("first release", "last release")
    (line,) = package.check()
    assert line.startswith(f"{RAW}:1: sha256: found ")
    assert "only the hash sees this change" in line


def test_a_fault_of_content_is_not_repeated_by_the_hash(package: Package) -> None:
    package.replace("2002,male,15,", "2002,male,16,")
    assert not any("sha256" in line for line in package.check())


def test_a_new_year_at_the_end_is_taken_by_a_build(package: Package) -> None:
    text = (package.folder / "raw/visitors.csv").read_text()
    new = "2004,all,3,,,,bulletin,\n2004,female,2,,,,bulletin,\n2004,male,1,,,,bulletin,\n"
    package.write("raw/visitors.csv", text + new)
    assert package.build() == ["visitors"]
    assert package.check() == []
    assert package.read_clean()["visitors.csv"].endswith(b"2004,female,2,bulletin\n2004,male,1,bulletin\n")


def test_appended_rows_find_their_place_and_none_is_altered(package: Package) -> None:
    text = (package.folder / "raw/visitors.csv").read_text()
    early = (
        '2000,all,3,,,,bulletin,"by hand, in pencil"\n2000,female,2,,,,bulletin,\n2000,male,1,,,,bulletin,\n'
    )
    package.write("raw/visitors.csv", text + early)
    assert [line.split(", expected")[0] for line in package.check()] == [
        f"{RAW}:11: year+sex: found (2000, all)"
    ]
    assert package.build() == ["visitors"]
    head, rest = text.split("\n", 1)
    assert (package.folder / "raw/visitors.csv").read_text() == f"{head}\n{early}{rest}"
    assert package.check() == []


def test_rows_stay_where_they_are_while_anything_is_wrong(package: Package) -> None:
    text = (package.folder / "raw/visitors.csv").read_text()
    package.write("raw/visitors.csv", text + "2000,all,9,,,,bulletin,\n2000,male,1,,,,bulletin,\n")
    before = (package.folder / "raw/visitors.csv").read_bytes()
    with pytest.raises(DataError) as error:
        package.build()
    assert (package.folder / "raw/visitors.csv").read_bytes() == before
    assert str(error.value).startswith(f"{RAW}:11: ")


def test_a_clean_table_edited_by_hand_is_told_by_line(package: Package) -> None:
    package.replace("2002,male,15,", "2002,male,51,", "clean/visitors.csv")
    (line,) = package.check()
    assert line == (
        f"{CLEAN}:5: row: found '2002,male,51,bulletin', "
        "expected '2002,male,15,bulletin', which the raw tables give; run make data"
    )


def test_a_clean_table_cut_short_is_told(package: Package) -> None:
    package.replace("2003,male,5,bulletin\n", "", "clean/visitors.csv")
    (line,) = package.check()
    assert line.startswith(f"{CLEAN}:7: row: found '', expected '2003,male,5,bulletin'")


def test_a_missing_clean_table_is_told(package: Package) -> None:
    (package.folder / "clean/visitors.csv").unlink()
    assert package.check() == [f"{CLEAN}:1: file: found no file, expected the table that make data writes"]


@pytest.mark.parametrize("layer", ["raw", "clean"])
def test_a_file_nobody_described_is_told(package: Package, layer: str) -> None:
    package.write(f"{layer}/extra.csv", "a\n1\n")
    expected = "found a file, expected only tables that datapackage.json describes"
    assert package.check() == [f"data/{layer}/extra.csv:1: file: {expected}"]


def test_what_a_killed_build_left_half_written_is_no_table_and_is_written_over(package: Package) -> None:
    package.write("clean/.visitors.csv.new", "year,s")
    package.write("raw/.sources.csv.new", "")
    assert all(line.endswith("none that a killed run left; run make data") for line in package.check())
    package.replace("first release", "last release")
    (package.folder / "clean/visitors.csv").unlink()
    assert package.build() == ["visitors"]
    assert not (package.folder / "clean/.visitors.csv.new").exists()


def test_a_raw_table_under_another_ending_is_told(package: Package) -> None:
    package.write("raw/visitors.txt", "a\n1\n")
    assert [line.split(":")[0] for line in package.check()] == ["data/raw/visitors.txt"]


def test_what_a_killed_build_left_is_told_and_the_next_build_clears_it(package: Package) -> None:
    package.write("clean/.visitors.csv.new", "year,se")
    expected = "expected none that a killed run left; run make data"
    assert package.check() == [f"data/clean/.visitors.csv.new:1: file: found a file, {expected}"]
    assert package.build() == []
    assert package.check() == []


def test_a_described_table_that_no_module_makes_is_told(package: Package) -> None:
    descriptor = json.loads((package.folder / "datapackage.json").read_text())
    lonely = dict(descriptor["resources"][-1], path="clean/lonely.csv", name="lonely")
    descriptor["resources"].append(lonely)
    package.write("datapackage.json", json.dumps(descriptor))
    with pytest.raises(DataError, match="found no module that makes it"):
        package.build()


def test_a_subject_that_misses_a_row_of_the_clean_tables_tells_it_as_a_fault() -> None:
    fault = Problem("data/raw/claims.csv", 2, "evidence", "no row", "a row")

    def tidy(raw: dict, clean: dict) -> dict:
        raise DataError([fault])

    subject = SimpleNamespace(RAW=(), NEEDS=(), validate=lambda raw: [], tidy=lambda raw: {"a": 1})
    judge = SimpleNamespace(RAW=(), NEEDS=("a",), validate=lambda raw: [], tidy=tidy)
    assert pipeline.make_clean({}, (subject, judge)) == ({"a": 1}, [fault])


def test_a_broken_descriptor_gives_one_line(package: Package) -> None:
    package.write("datapackage.json", '{\n  "resources": [}\n')
    with pytest.raises(
        DataError, match=r"^data/datapackage.json:2: json: found Expecting value, expected JSON$"
    ):
        package.check()


def test_a_table_at_fault_does_not_hold_up_the_corrections_of_others(package: Package) -> None:
    package.replace("bulletin,Statistics", " bulletin,Statistics", "raw/sources.csv")
    assert {line.split(":")[0] for line in package.check()} == {"data/raw/sources.csv"}


def test_a_correction_that_lets_a_span_end_before_it_begins_is_told(package: Package) -> None:
    for path in ("raw/corrections.csv", "raw/visitors.csv", "datapackage.json"):
        text = (package.folder / path).read_text(encoding="utf-8")
        package.write(path, text.replace("visitors_persons", "low").replace("share_pct", "high"))
    assert pipeline.read_raw(package.folder)[1] == []
    package.replace(
        "year=2003;sex=male,low,replace,4,5", "year=2001;sex=male,low,replace,10,34", "raw/corrections.csv"
    )
    told = [str(fault) for fault in pipeline.read_raw(package.folder)[1]]
    assert told == ["data/raw/visitors.csv:4: high: found 33.3, expected 34 of low or more"]


def test_a_table_cannot_be_loaded_once_its_raw_table_changed(package: Package) -> None:
    assert len(data.load("visitors", package.folder)) == 6
    moved = Package(Path(shutil.copytree(package.folder, package.folder / "copy")))
    moved.replace("first release", "last release")
    with pytest.raises(DataError, match="run make data"):
        data.load("visitors", moved.folder)


def test_a_table_that_does_not_exist_is_refused_with_the_names_there_are(package: Package) -> None:
    with pytest.raises(KeyError, match="there are: visitors"):
        data.load("guests", package.folder)


def test_a_loaded_table_is_a_copy(package: Package) -> None:
    frame = data.load("visitors", package.folder)
    frame["visitors_persons"] = 0
    assert data.load("visitors", package.folder)["visitors_persons"].sum() == 90


SUBJECT = """
from types import SimpleNamespace

SERIES = ["year", "sex", "visitors_persons", "source_id"]
SUBJECTS = (
    SimpleNamespace(
        RAW=("visitors",),
        validate=lambda raw: [],
        tidy=lambda raw: {"visitors": raw["visitors"].query("sex != 'all'")[SERIES]},
    ),
)
"""


@pytest.fixture
def project(package: Package) -> Package:
    """Return the small package beside a copy of the machinery, so that its commands can be run."""
    copy = Package(Path(shutil.copytree(package.folder, package.folder / "project" / "data")))
    for name in (
        "__init__",
        "__main__",
        "corrections",
        "descriptor",
        "faults",
        "loading",
        "pipeline",
        "tables",
    ):
        shutil.copy(Path(pipeline.__file__).with_name(f"{name}.py"), copy.folder)
    copy.write("subjects.py", SUBJECT)
    return copy


def run(project: Package, command: str) -> tuple[int, str, str]:
    """Return exit status, output and errors of ``python -m data``."""
    done = subprocess.run(
        [sys.executable, "-m", "data", command],
        cwd=project.folder.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_the_commands_succeed_on_sound_data(project: Package) -> None:
    assert run(project, "check")[0] == 0
    assert run(project, "build") == (0, "Changed: nothing.\n", "")


def test_the_commands_fail_with_the_line_and_without_a_traceback(project: Package) -> None:
    project.replace("2002,male,15,", "2002,male,about 15,")
    line = f"{RAW}:7: visitors_persons: found 'about 15', expected a whole number in plain digits\n"
    before = project.read_clean()
    assert run(project, "check") == (1, line, "")
    assert run(project, "build") == (1, "", line + "Nothing was written.\n")
    assert project.read_clean() == before


def test_a_broken_descriptor_ends_the_command_with_one_line(project: Package) -> None:
    project.write("datapackage.json", "{")
    status, _, errors = run(project, "check")
    assert status == 1
    assert errors.startswith("data/datapackage.json:1: json: found ")
    assert errors.count("\n") == 1
