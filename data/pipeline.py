"""From raw to clean: read, correct, check, clean, write. ``make check`` and ``make data``.

Each module of ``data/tables`` names the raw tables it reads (``RAW_TABLES``), checks them against published
totals (``check``) and shapes them (``clean``). Nothing is written unless every check passes.
"""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd

from data.checks import DataError, Problem, report
from data.corrections import apply_corrections
from data.schema import (
    DATA,
    check_foreign_keys,
    check_spans,
    compute_hash,
    expand_descriptor,
    find_resource,
    format_table,
    list_tables,
    read_descriptor,
    read_table,
    replace_file,
    sort_rows,
)

Tables = dict[str, pd.DataFrame]
Files = dict[str, bytes]


def find_modules() -> list[ModuleType]:
    """Return the modules of ``data/tables``."""
    files = sorted((DATA / "tables").glob("[!_]*.py"))
    return [import_module(f"data.tables.{file.stem}") for file in files]


def check(folder: Path = DATA) -> list[Problem]:
    """Return the problems of the raw tables and of the clean tables they give; change nothing."""
    return make_files(expand_descriptor(folder), folder)[1]


def build(folder: Path = DATA) -> list[str]:
    """Sort appended rows, rebuild clean tables and descriptor, and return what changed, or change nothing.

    Tables of a later step have no hash, and cannot be loaded, until that step has written them.
    """
    descriptor = expand_descriptor(folder)
    files, problems = make_files(descriptor, folder)
    if problems:
        raise DataError(problems)
    return write_files(files, descriptor, folder)


def write_clean(tables: Tables, folder: Path = DATA) -> list[str]:
    """Check, format and write clean tables that another package makes; return the files that changed."""
    descriptor = read_descriptor(folder)
    files, problems = format_clean(tables, descriptor)
    if problems:
        raise DataError(problems)
    return write_files(files, descriptor, folder)


def write_files(files: Files, descriptor: dict[str, Any], folder: Path) -> list[str]:
    """Write the tables that changed, then the descriptor with their sizes and hashes."""
    changed = find_outdated(files, folder)
    for path in changed:
        replace_file(folder / path, files[path])
    for resource in descriptor["resources"]:
        if (content := files.get(resource["path"])) is not None:
            resource |= {"bytes": len(content), "hash": compute_hash(content)}
    # Written last: after an interrupted build the hashes do not match.
    text = json.dumps(descriptor, indent=2, ensure_ascii=False) + "\n"
    replace_file(folder / "datapackage.json", text.encode("utf-8"))
    return changed


def find_outdated(files: Files, folder: Path = DATA) -> list[str]:
    """Return the paths of the files that are missing or have another content."""
    current = {path: (folder / path).read_bytes() for path in files if (folder / path).is_file()}
    return sorted(path for path in files if current.get(path) != files[path])


def make_files(descriptor: dict[str, Any], folder: Path = DATA) -> tuple[Files, list[Problem]]:
    """Return every table as ``make data`` writes it, by path, and all problems."""
    raw, problems = read_raw(descriptor, folder)
    if not problems:
        problems += check_sources(raw) + check_official(raw)
    corrected, wrong = correct(raw, descriptor)
    clean, more = make_clean(corrected)
    problems += wrong + more
    if problems:
        return {}, sorted(set(problems))
    files, problems = format_clean(clean, descriptor)
    for resource in descriptor["resources"]:
        path = resource["path"]
        if resource["layer"] == "raw":
            head, *rows = (folder / path).read_bytes().splitlines(keepends=True)
            files[path] = b"".join([head, *(rows[line - 2] for line in raw[Path(path).stem].index)])
        elif path not in files and resource.get("madeBy") != "analysis":
            problems.append(
                Problem(f"data/{path}", 1, "file", "no module that makes it", "one in data/tables")
            )
    return files, problems


def read_raw(descriptor: dict[str, Any], folder: Path = DATA) -> tuple[Tables, list[Problem]]:
    """Read and sort every raw table that has no problem of form or reference."""
    raw, problems = {}, []
    for name in list_tables(descriptor, "raw"):
        resource = find_resource(descriptor, "raw", name)
        try:
            raw[name] = sort_rows(read_table(resource, folder), resource)
        except DataError as error:
            problems += error.problems
    named = {f"raw-{name}": frame for name, frame in raw.items()}
    for name, frame in list(raw.items()):
        resource = find_resource(descriptor, "raw", name)
        targets = {key["reference"]["resource"] for key in resource["schema"].get("foreignKeys", [])}
        wrong = check_foreign_keys(resource, named, frame) if targets <= named.keys() else []
        problems += wrong
        if wrong:
            del raw[name]
    return raw, problems


def correct(raw: Tables, descriptor: dict[str, Any]) -> tuple[Tables, list[Problem]]:
    """Apply the corrections; an entry for a table that has a problem waits."""
    if "corrections" not in raw:
        return raw, []
    waiting = raw["corrections"]["table"].isin(set(list_tables(descriptor, "raw")) - raw.keys())
    corrected, problems = apply_corrections(raw, raw["corrections"][~waiting], descriptor)
    for name, frame in corrected.items():
        if frame is not raw[name]:
            problems += check_spans(frame, f"data/raw/{name}.csv")
    return corrected, problems


def make_clean(raw: Tables) -> tuple[Tables, list[Problem]]:
    """Check and clean the tables of every module whose raw tables are valid."""
    clean: Tables = {}
    problems: list[Problem] = []
    for module in find_modules():
        if set(module.RAW_TABLES) <= raw.keys():
            tables = {name: raw[name] for name in module.RAW_TABLES}
            wrong = list(module.check(tables))
            problems += wrong
            clean |= module.clean(tables) if not wrong else {}
    return clean, problems


def format_clean(tables: Tables, descriptor: dict[str, Any]) -> tuple[Files, list[Problem]]:
    """Return clean tables as CSV, by path, and where they break their schema."""
    files: Files = {}
    problems = []
    known = list_tables(descriptor, "clean")
    for name, frame in tables.items():
        if name not in known:
            expected = "an entry in datapackage.yaml"
            problems.append(Problem(f"data/clean/{name}.csv", 1, "file", "none", expected))
            continue
        resource = find_resource(descriptor, "clean", name)
        files[resource["path"]] = format_table(frame, resource)
        try:
            read_table(resource, content=files[resource["path"]])
        except DataError as error:
            problems += error.problems
    return files, problems


def check_official(raw: Tables) -> list[Problem]:
    """Return a problem for each official row whose document repeats the figures of somebody else."""
    sources = raw["sources"].set_index("source_id")
    copies = sources.index[sources["publisher"] != sources["producer"]]
    problems: list[Problem] = []
    for name, frame in raw.items():
        if "certainty" in frame and "source_id" in frame:
            wrong = frame[frame["certainty"].eq("official") & frame["source_id"].isin(copies)]
            problems += report(
                wrong, f"data/raw/{name}.csv", "certainty", "secondary; the document is a copy"
            )
    return problems


def check_sources(raw: Tables) -> list[Problem]:
    """Return a problem for each source that no row cites."""
    cited: set[str] = set()
    for name, frame in raw.items():
        for column in frame.columns if name != "sources" else []:
            if column == "source_id" or column.startswith("source_"):
                cited |= set(frame[column].dropna())
    unused = raw["sources"][~raw["sources"]["source_id"].isin(cited)]
    return list(report(unused, "data/raw/sources.csv", "source_id", "a source that some row cites"))
