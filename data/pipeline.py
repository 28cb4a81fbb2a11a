"""From raw to clean: read, correct, check, clean, write. ``make check`` and ``make data``.

Each module of ``data/tables`` names the raw tables it reads (``RAW_TABLES``), checks them against published
totals (``check``) and shapes them (``clean``). Nothing is written unless every check passes.
"""

from __future__ import annotations

import json
import re
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import unquote, urlsplit

import pandas as pd

from data.checks import DataError, Problem, format_value
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
    """Return the modules of ``data/tables``, those that need clean tables of others last."""
    files = sorted((DATA / "tables").glob("[!_]*.py"))
    modules = [import_module(f"data.tables.{file.stem}") for file in files]
    return sorted(modules, key=lambda module: hasattr(module, "DEPENDS_ON") or hasattr(module, "NEEDS"))


def check(folder: Path = DATA) -> list[Problem]:
    """Return the problems of the raw tables and of the clean tables they give; change nothing."""
    return make_files(expand_descriptor(folder), folder)[1]


def build(folder: Path = DATA) -> list[str]:
    """Sort appended rows, rebuild the clean tables and the descriptor, and return the files that changed.

    Write nothing if a check fails.
    """
    descriptor = expand_descriptor(folder)
    files, problems = make_files(descriptor, folder)
    if problems:
        raise DataError(problems)
    changed = find_outdated(files, folder)
    if not changed and (folder / "datapackage.json").is_file():
        # Tables of a later step stay valid as long as nothing that they are made from changed.
        recorded = {r["path"]: r for r in read_descriptor(folder)["resources"]}
        for resource in descriptor["resources"]:
            known = recorded.get(resource["path"], {})
            resource |= {key: known[key] for key in ("bytes", "hash") if key in known}
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
    package = {"datapackage.json": text.encode("utf-8")}
    for path in find_outdated(package, folder):
        replace_file(folder / path, package[path])
    return changed


def find_outdated(files: Files, folder: Path = DATA) -> list[str]:
    """Return the paths of the files whose content is not this."""
    paths = [path for path in files if (folder / path).is_file()]
    return sorted(files.keys() - {path for path in paths if (folder / path).read_bytes() == files[path]})


def make_files(descriptor: dict[str, Any], folder: Path = DATA) -> tuple[Files, list[Problem]]:
    """Return every table as ``make data`` writes it, by path, and all problems."""
    raw, problems = read_raw(descriptor, folder)
    if not problems:
        problems += check_sources(raw)
    lines = {name: frame.index for name, frame in raw.items()}
    raw, wrong = correct(raw, descriptor)
    clean, more = make_clean(raw)
    problems += wrong + more
    if problems:
        return {}, sorted(set(problems))
    files = {}
    for name, order in lines.items():
        path = f"raw/{name}.csv"
        head, *rows = (folder / path).read_bytes().splitlines(keepends=True)
        files[path] = b"".join([head, *(rows[line - 2] for line in order)])
    made, problems = format_clean(clean, descriptor)
    expected = {
        r["path"] for r in descriptor["resources"] if r["layer"] == "clean" and r.get("madeBy") != "analysis"
    }
    for path in sorted(expected - made.keys()):
        problems.append(Problem(f"data/{path}", 1, "file", "no module that makes it", "one in data/tables"))
    return files | made, problems


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


def make_clean(raw: Tables, modules: list[ModuleType] | None = None) -> tuple[Tables, list[Problem]]:
    """Check and clean the tables of every module whose raw and clean inputs are valid."""
    clean: Tables = {}
    problems: list[Problem] = []
    for module in find_modules() if modules is None else modules:
        names = getattr(module, "RAW_TABLES", None) or module.RAW
        needs = getattr(module, "DEPENDS_ON", None) or getattr(module, "NEEDS", ())
        if not set(names) <= raw.keys() or not set(needs) <= clean.keys():
            continue
        tables = {name: raw[name] for name in names}
        inputs = [tables, {name: clean[name] for name in needs}] if needs else [tables]
        wrong = list((getattr(module, "check", None) or module.validate)(tables))
        problems += wrong
        try:
            clean |= (getattr(module, "clean", None) or module.tidy)(*inputs) if not wrong else {}
        except DataError as error:
            problems += error.problems
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


def check_sources(raw: Tables) -> list[Problem]:
    """Return a problem for each source that no row cites and each document that is listed twice."""
    file, problems = "data/raw/sources.csv", []
    cited: set[str] = set()
    for name, frame in raw.items():
        for column in frame.columns if name != "sources" else []:
            if column == "source_id" or column.startswith("source_"):
                cited |= set(frame[column].dropna())
    seen: dict[Any, str] = {}
    named = ["source_id", "url", "publisher", "title", "published"]
    for line, name, url, *title in raw["sources"][named].itertuples(name=None):
        address, words = normalise_url(url), tuple(str(cell).casefold() for cell in title)
        if name not in cited:
            problems.append(Problem(file, line, "source_id", repr(name), "a source that some row cites"))
        if address in seen:
            problems.append(Problem(file, line, "url", repr(url), f"an address not used by {seen[address]}"))
        elif words in seen:
            expected = f"another title, publisher or date than {seen[words]}"
            problems.append(Problem(file, line, "title", format_value(title[1]), expected))
        seen = {address: name, words: name} | seen
    return problems


def normalise_url(url: str) -> str:
    """Return an address without the parts in which two addresses of one document differ.

    These are scheme, port, ``www`` and ``m``, case, percent signs, the last slash, the order of a query
    and its campaign marks, and a fragment, unless it names a page of a site that runs in the browser.
    """
    parts = urlsplit(url)
    host = re.sub(r"^(www|m)\.|:(80|443)$", "", parts.netloc.casefold())
    query = sorted(pair for pair in parts.query.split("&") if pair and not pair.startswith("utm_"))
    page = parts.fragment if parts.fragment.startswith(("!", "/")) else ""
    return unquote(" ".join([host, parts.path.rstrip("/"), *query, page])).casefold()
