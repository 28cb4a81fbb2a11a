"""The whole package as another tool sees it, and the rules of its descriptor that no standard knows."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import frictionless
import pytest
from data.descriptor import DATA, find_resource, read_descriptor

RESOURCES = read_descriptor()["resources"]
NAMES = [r["name"] for r in RESOURCES]
# What a table measures; none where it measures nothing: documents, notes, the article's own words.
MEASURES = {"stock", "flow", "share", "amount", "index", "estimate", "mixed", "none"}


def validate(file: Path) -> list[str]:
    """Return what the frictionless tool finds wrong, one line an error."""
    report = frictionless.Package(str(file)).validate()
    errors = [f"package: {error.type}: {error.message}" for error in report.errors]
    for task in report.tasks:
        errors += [f"{task.place}: {error.type}: {error.message}" for error in task.errors]
        errors += [f"{task.place}: {warning}" for warning in task.warnings]
    return errors


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be looked up elsewhere."""

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise OSError("the data are judged offline")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Return a package of two tables, one of which points at the other."""
    descriptor = read_descriptor()
    chosen = [find_resource(descriptor, "raw", name) for name in ("returns", "sources")]
    (tmp_path / "raw").mkdir()
    for resource in chosen:
        shutil.copy(DATA / resource["path"], tmp_path / "raw")
    save(tmp_path, descriptor | {"resources": chosen})
    return tmp_path


def save(folder: Path, descriptor: dict[str, Any]) -> None:
    (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")


def test_another_tool_finds_nothing_wrong_with_any_table() -> None:
    errors = validate(DATA / "datapackage.json")
    assert not errors, "\n".join(errors)


def test_another_tool_finds_nothing_wrong_with_two_tables_alone(small: Path) -> None:
    assert validate(small / "datapackage.json") == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("2015-09-11,day,2012,", "2015-09-1l,day,2012,", "type-error"),
        (",printed,", ",rumoured,", "constraint-error"),
        ("returns_persons", "persons", "incorrect-label"),
        ("source_id,certainty,note\n", "source_id,certainty,note,more\n", "extra-label"),
        ("kukmin_ilbo_2015", "nobody_2099", "foreign-key"),
        (",7,printed,", ",8,printed,", "hash-count"),
    ],
)
def test_another_tool_sees_a_table_at_fault(small: Path, old: str, new: str, expected: str) -> None:
    file = small / "raw" / "returns.csv"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    errors = validate(small / "datapackage.json")
    assert any(expected in error for error in errors), "\n".join(errors)


@pytest.mark.parametrize("name", [r["path"] for r in RESOURCES])
def test_a_table_says_what_it_is(name: str) -> None:
    resource = next(r for r in RESOURCES if r["path"] == name)
    layer, stem = Path(name).parent.name, Path(name).stem
    assert re.fullmatch("[a-z][a-z0-9_]*", stem)
    assert resource["name"] == {"raw": "raw-", "clean": ""}[layer] + stem
    assert resource["layer"] == layer
    assert all(resource[word].strip() for word in ("title", "description", "edition"))
    assert resource["stockOrFlow"] in MEASURES
    assert (resource["profile"], resource["format"], resource["mediatype"], resource["encoding"]) == (
        "tabular-data-resource",
        "csv",
        "text/csv",
        "utf-8",
    )
    columns = {f["name"] for f in resource["schema"]["fields"]}
    assert set(resource["schema"]["primaryKey"]) <= columns
    assert set(resource["orderedBy"]) <= columns


@pytest.mark.parametrize("name", [r["path"] for r in RESOURCES if r["layer"] == "clean"])
def test_what_the_explorer_is_told_is_there(name: str) -> None:
    resource = next(r for r in RESOURCES if r["path"] == name)
    if "chapter" in resource:
        assert (DATA.parent / "book" / f"{resource['chapter']}.ipynb").is_file()
    events = read_rows(DATA / "clean" / "events.csv")
    assert set(resource.get("events", [])) <= {row[c] for row in events for c in ("kind", "place")}
    rows = read_rows(DATA / name)
    for field in resource["schema"]["fields"]:
        codes = {row[field["name"]] for row in rows}
        allowed = codes | set(field.get("constraints", {}).get("enum", []))
        assert {*field.get("labels", {}), *field.get("stockOrFlow", {})} <= allowed, field["name"]
        assert set(field.get("stockOrFlow", {}).values()) <= MEASURES, field["name"]


@pytest.mark.parametrize("name", [r["path"] for r in RESOURCES])
def test_each_column_says_what_it_holds(name: str) -> None:
    resource = next(r for r in RESOURCES if r["path"] == name)
    fields = {f["name"]: f for f in resource["schema"]["fields"]}
    pointing = {k["fields"][0]: k["reference"] for k in resource["schema"].get("foreignKeys", [])}
    rows = read_rows(DATA / name)
    for column, field in fields.items():
        assert field["description"].strip(), column
        limits = field.get("constraints", {})
        if field["type"] in ("integer", "number"):
            unit = field["unit"]
            assert not unit.startswith("see ") or unit.removeprefix("see ") in fields, f"{column}: {unit}"
        # A column of code words says which there are, what they look like, or where they stand.
        filled = [row[column] for row in rows if row[column]]
        if (
            field["type"] == "string"
            and filled
            and all(re.fullmatch("[a-z][a-z0-9_]*", cell) for cell in filled)
        ):
            assert column in pointing or {"enum", "pattern"} & limits.keys(), f"{column}: any word may stand"
        if re.match("source_(id|a|b)", column) and resource["path"] != f"{resource['layer']}/sources.csv":
            assert pointing[column] == {"resource": "raw-sources", "fields": ["source_id"]}, column


def read_rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_a_clean_table_says_which_raw_tables_it_is_made_from() -> None:
    raw = {Path(r["path"]).stem for r in RESOURCES if r["layer"] == "raw"}
    used = set()
    for resource in RESOURCES:
        if resource["layer"] == "clean":
            assert set(resource["derivedFrom"]) <= raw, resource["path"]
            used |= set(resource["derivedFrom"])
    assert raw - used <= {"corrections"}


def test_the_package_says_when_it_was_made_and_on_what_terms() -> None:
    package = read_descriptor()
    assert datetime.fromisoformat(package["created"]).tzinfo is not None
    assert re.fullmatch(r"\d{4}-\d{2}", package["collected"])
    (licence,) = package["licenses"]
    assert licence["name"] == "CC-BY-4.0"
    assert licence["path"].startswith("https://creativecommons.org/licenses/by/4.0")


# A spreadsheet runs a cell that begins with one of these; a number may begin with a minus sign.
FORMULA = re.compile(r"[=+@\t\r＝＋－＠]|-(?![0-9.]+(e-?[0-9]+)?$)")
MARKUP = re.compile(r"<[a-zA-Z/!?]|&#|javascript:|\$\$|\{\{", re.IGNORECASE)
BOOK = DATA.parent / "book"
OFFERED = sorted(path for folder in (DATA / "raw", DATA / "clean", BOOK) for path in folder.glob("*.csv"))


@pytest.mark.parametrize("file", OFFERED, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_no_cell_of_a_table_to_download_is_a_live_formula_or_markup(file: Path) -> None:
    with file.open(encoding="utf-8", newline="") as lines:
        for line, row in enumerate(csv.reader(lines), start=1):
            for cell in row:
                assert not FORMULA.match(cell), f"line {line}: {cell}"
                assert not MARKUP.search(cell), f"line {line}: {cell}"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "@SUM(1)", "-1+2", "-a", "\t1", "\r1", "＝1"])
def test_a_formula_is_told_from_a_number(cell: str) -> None:
    assert FORMULA.match(cell)
    assert not any(FORMULA.match(number) for number in ("-1", "-0.5", "-1.5e-05", "1+1", ""))


def test_no_other_table_can_be_downloaded() -> None:
    pages = [*BOOK.glob("*.ipynb"), *BOOK.glob("*.md")]
    named = {match for page in pages for match in re.findall(r"<([\w./-]+\.csv)>`", page.read_text("utf-8"))}
    assert len(named) > len(OFFERED) / 2
    assert {(BOOK / name).resolve() for name in named} <= {file.resolve() for file in OFFERED}


def test_no_word_of_the_descriptor_is_markup() -> None:
    words: list[Any] = [read_descriptor()]
    while words:
        word = words.pop()
        if isinstance(word, dict | list):
            words += word.values() if isinstance(word, dict) else word
        elif isinstance(word, str):
            assert not MARKUP.search(word), word


def test_the_tables_remade_from_nothing_have_the_same_bytes_on_any_machine(tmp_path: Path) -> None:
    copy = tmp_path / "data"
    shutil.copytree(DATA, copy, ignore=shutil.ignore_patterns("clean", "__pycache__"))
    (copy / "clean").mkdir()
    odd = {"PYTHONHASHSEED": "7", "TZ": "Asia/Seoul", "LC_ALL": "C", "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-m", "data", "build"],
        cwd=tmp_path,
        env=odd,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for file in ["datapackage.json", *(r["path"] for r in RESOURCES)]:
        assert (copy / file).read_bytes() == (DATA / file).read_bytes(), file
