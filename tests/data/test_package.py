"""The whole package as another tool sees it, and the rules of its descriptor that no standard has."""

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

from data.schema import DATA, compute_hash, expand_descriptor, find_resource, read_descriptor

PACKAGE = read_descriptor()
RESOURCES = PACKAGE["resources"]
BOOK = DATA.parent / "book"
# What a table measures; none where it measures nothing: documents, notes, the article's own words.
MEASURES = {"stock", "flow", "share", "amount", "index", "estimate", "mixed", "none"}
# A spreadsheet runs a cell that begins with one of these; a number may begin with a minus sign.
FORMULA = re.compile(r"[=+@\t\r＝＋－＠]|-(?![0-9.]+(e-?[0-9]+)?$)")
MARKUP = re.compile(r"<[a-zA-Z/!?]|&#|javascript:|\$\$|\{\{", re.IGNORECASE)


def validate(file: Path) -> list[str]:
    """Return what frictionless finds wrong."""
    report = frictionless.Package(str(file)).validate()
    errors = [f"package: {error.type}: {error.message}" for error in report.errors]
    for task in report.tasks:
        errors += [f"{task.place}: {error.type}: {error.message}" for error in task.errors]
        errors += [f"{task.place}: {warning}" for warning in task.warnings]
    return errors


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection."""

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise OSError("the data are checked offline")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


def read_rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def list_fields() -> list[tuple[dict[str, Any], dict[str, Any], set[str]]]:
    """Return every field with its table and the cells of its column that are not empty."""
    found = []
    for resource in RESOURCES:
        rows = read_rows(DATA / resource["path"])
        for field in resource["schema"]["fields"]:
            found.append((resource, field, {row[field["name"]] for row in rows} - {""}))
    return found


def test_frictionless_accepts_every_table() -> None:
    errors = validate(DATA / "datapackage.json")
    assert not errors, "\n".join(errors)


def test_frictionless_refuses_a_broken_table(tmp_path: Path) -> None:
    table = find_resource(PACKAGE, "raw", "sources")
    (tmp_path / "raw").mkdir()
    (tmp_path / "datapackage.json").write_text(json.dumps(PACKAGE | {"resources": [table]}), encoding="utf-8")
    text = (DATA / table["path"]).read_text(encoding="utf-8")
    (tmp_path / table["path"]).write_text(text.replace("https://", "ftp://", 1), encoding="utf-8")
    errors = validate(tmp_path / "datapackage.json")
    assert {error.split(": ")[1] for error in errors} == {"constraint-error", "hash-count", "byte-count"}


def test_the_json_descriptor_is_what_the_yaml_descriptor_and_the_files_give() -> None:
    expected = expand_descriptor()
    for resource in expected["resources"]:
        content = (DATA / resource["path"]).read_bytes()
        resource |= {"bytes": len(content), "hash": compute_hash(content)}
    changed = [new["path"] for new, old in zip(expected["resources"], RESOURCES, strict=True) if new != old]
    assert not changed, "run make data"
    assert expected == PACKAGE, "run make data"


def test_every_file_is_described() -> None:
    files = {
        path.relative_to(DATA).as_posix() for layer in ("raw", "clean") for path in (DATA / layer).iterdir()
    }
    assert files == {resource["path"] for resource in RESOURCES}


def test_each_table_says_what_it_is() -> None:
    raw = {Path(r["path"]).stem for r in RESOURCES if r["layer"] == "raw"}
    for resource in RESOURCES:
        name = resource["path"]
        assert re.fullmatch("(raw|clean)/[a-z][a-z0-9_]*.csv", name)
        assert all(resource[word].strip() for word in ("title", "description", "edition")), name
        assert resource["stockOrFlow"] in MEASURES, name
        columns = {field["name"] for field in resource["schema"]["fields"]}
        assert {*resource["schema"]["primaryKey"], *resource["orderedBy"]} <= columns, name
        assert set(resource.get("derivedFrom", [])) <= raw, name
    used = {name for resource in RESOURCES for name in resource.get("derivedFrom", [])}
    assert raw - used <= {"corrections"}


def test_each_column_says_what_it_holds() -> None:
    for resource, field, cells in list_fields():
        columns = {f["name"] for f in resource["schema"]["fields"]}
        where = f"{resource['path']}, {field['name']}"
        foreign = {key["fields"][0]: key["reference"] for key in resource["schema"].get("foreignKeys", [])}
        assert field["description"].strip(), where
        if field["type"] in ("integer", "number"):
            assert not field["unit"].startswith("see ") or field["unit"].removeprefix("see ") in columns, (
                where
            )
        # A column of codes lists them, or their form, or the table that lists them.
        if (
            field["type"] == "string"
            and cells
            and all(re.fullmatch("[a-z][a-z0-9_]*", cell) for cell in cells)
        ):
            assert field["name"] in foreign or {"enum", "pattern"} & field.get("constraints", {}).keys(), (
                where
            )
        if re.match("source_(id|a|b)", field["name"]) and Path(resource["path"]).stem != "sources":
            assert foreign[field["name"]] == {"resource": "raw-sources", "fields": ["source_id"]}, where


def test_what_the_explorer_reads_exists() -> None:
    events = {row[column] for row in read_rows(DATA / "clean/events.csv") for column in ("kind", "place")}
    for resource in RESOURCES:
        if "chapter" in resource:
            assert (BOOK / f"{resource['chapter']}.ipynb").is_file()
        assert set(resource.get("events", [])) <= events, resource["path"]
    for resource, field, cells in list_fields():
        where = f"{resource['path']}, {field['name']}"
        codes = cells | set(field.get("constraints", {}).get("enum", []))
        assert {
            code for key in ("labels", "shortLabels", "stockOrFlow") for code in field.get(key, {})
        } <= codes, where
        assert set(field.get("stockOrFlow", {}).values()) <= MEASURES, where


def test_the_package_says_when_it_was_made_and_on_what_terms() -> None:
    assert datetime.fromisoformat(PACKAGE["created"]).tzinfo is not None
    assert re.fullmatch(r"\d{4}-\d{2}", PACKAGE["collected"])
    (licence,) = PACKAGE["licenses"]
    assert licence["name"] == "CC-BY-4.0"
    assert licence["path"].startswith("https://creativecommons.org/licenses/by/4.0")


def test_no_cell_of_a_table_to_download_is_a_formula_or_markup() -> None:
    offered = sorted(path for folder in (DATA / "raw", DATA / "clean", BOOK) for path in folder.glob("*.csv"))
    for file in offered:
        with file.open(encoding="utf-8", newline="") as lines:
            cells = {cell for row in csv.reader(lines) for cell in row}
        assert not [cell for cell in cells if FORMULA.match(cell) or MARKUP.search(cell)], file.name
    pages = [*BOOK.glob("*.ipynb"), *BOOK.glob("*.md")]
    named = {match for page in pages for match in re.findall(r"<([\w./-]+\.csv)>`", page.read_text("utf-8"))}
    assert len(named) > len(offered) / 2
    assert {(BOOK / name).resolve() for name in named} <= {file.resolve() for file in offered}


def test_no_text_of_the_descriptor_is_markup() -> None:
    assert not MARKUP.search((DATA / "datapackage.yaml").read_text(encoding="utf-8"))


def test_the_tables_have_the_same_bytes_on_any_machine(tmp_path: Path) -> None:
    copy = tmp_path / "data"
    shutil.copytree(DATA, copy, ignore=shutil.ignore_patterns("clean", "__pycache__"))
    (copy / "clean").mkdir()
    odd = {"PYTHONHASHSEED": "7", "TZ": "Asia/Seoul", "LC_ALL": "C", "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-m", "data"], cwd=tmp_path, env=odd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    made = [r["path"] for r in RESOURCES if r.get("madeBy") != "analysis"]
    assert [path for path in made if (copy / path).read_bytes() != (DATA / path).read_bytes()] == []
