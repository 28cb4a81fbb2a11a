"""From raw to clean: read, correct, validate, tidy, write. ``make check`` and ``make data``.

Each subject module says which raw tables it reads (``RAW``), proves them against published totals
(``validate``) and shapes them (``tidy``). This module runs them all and touches ``clean/`` only
when nothing is wrong anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import zip_longest
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any
from urllib.parse import unquote, urlsplit

import pandas as pd

from data.checks import DataError, Problem
from data.corrections import apply_corrections
from data.descriptor import (
    DATA,
    UNFINISHED,
    compute_hash,
    find_resource,
    list_tables,
    read_descriptor,
    replace_file,
    shorten_hash,
    write_descriptor,
)
from data.schema import (
    check_foreign_keys,
    check_spans,
    format_table,
    name_file,
    order_lines,
    read_table,
)
from data.subjects import SUBJECTS

_HASH_ONLY = (
    "; only the hash sees this change: no rule or published total speaks against it;"
    " if it is meant, run make data"
)


def read_raw(
    folder: Path = DATA,
    descriptor: dict[str, Any] | None = None,
    ordered: Mapping[str, bytes] = MappingProxyType({}),
) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    """Read every raw table, judge its form and its references, and apply the corrections."""
    descriptor = descriptor or read_descriptor(folder)
    raw, faults = {}, []
    faults += _find_strays(folder, "raw", descriptor)
    for name in list_tables(descriptor, "raw"):
        resource = find_resource(descriptor, "raw", name)
        frame, wrong = read_table(resource, folder, ordered.get(resource["path"]))
        faults += wrong
        if not wrong:
            raw[name] = frame
    by_resource = {find_resource(descriptor, "raw", name)["name"]: frame for name, frame in raw.items()}
    for name, frame in raw.items():
        resource = find_resource(descriptor, "raw", name)
        targets = {k["reference"]["resource"] for k in resource["schema"].get("foreignKeys", [])}
        if targets <= by_resource.keys():
            faults += check_foreign_keys(resource, by_resource, frame)
    if "corrections" in raw:
        # An entry for a table whose form is at fault waits; one for no table at all is a fault.
        waiting = raw["corrections"]["table"].isin(set(list_tables(descriptor, "raw")) - raw.keys())
        corrected, wrong = apply_corrections(raw, raw["corrections"][~waiting])
        for name, frame in corrected.items():
            if frame is not raw[name]:
                wrong += check_spans(frame, f"data/raw/{name}.csv")
        raw, faults = corrected, faults + wrong
    return raw, faults


def _find_strays(folder: Path, layer: str, descriptor: dict[str, Any]) -> list[Problem]:
    known = {r["path"] for r in descriptor["resources"]}
    return [
        Problem(
            f"data/{layer}/{path.name}", 1, "file", "a file", "only tables that datapackage.json describes"
        )
        for path in sorted((folder / layer).glob("*"))
        if f"{layer}/{path.name}" not in known and not path.match(UNFINISHED)
    ]


def _find_unfinished(folder: Path) -> list[Problem]:
    """Return what a killed build left half written: no table, and cleared by the next build."""
    return [
        Problem(
            f"data/{path.relative_to(folder).as_posix()}",
            1,
            "file",
            "a file",
            "none that a killed run left; run make data",
        )
        for path in sorted(folder.glob(f"*/{UNFINISHED}"))
    ]


def check_sources(raw: dict[str, pd.DataFrame]) -> list[Problem]:
    """Return a fault for each source that no row cites and each document that stands there twice."""
    file, faults = "data/raw/sources.csv", []
    cited: set[str] = set()
    for name, frame in raw.items():
        if name != "sources":
            for column in frame.columns:
                if column == "source_id" or column.startswith("source_"):
                    cited |= set(frame[column].dropna().unique())
    sources = raw["sources"]
    first: dict[Any, str] = {}
    named = ["source_id", "url", "publisher", "title", "published"]
    for line, name, url, *title in sources[named].itertuples(name=None):
        if name not in cited:
            faults.append(Problem(file, int(line), "source_id", repr(name), "a source that some row cites"))
        address, words = _name_document(url), tuple(str(cell).casefold() for cell in title)
        if address in first:
            faults.append(
                Problem(file, int(line), "url", repr(url), f"an address not used by {first[address]}")
            )
        elif words in first:
            found, expected = (
                repr(title[1]),
                f"a title that publisher and date do not share with {first[words]}",
            )
            faults.append(Problem(file, int(line), "title", found, expected))
        first.setdefault(address, name)
        first.setdefault(words, name)
    return faults


def _name_document(url: str) -> str:
    """Return an address without what does not tell documents apart.

    That is scheme, port, ``www`` and ``m``, case, percent signs, the last slash, the order of a query and
    its marks of campaigns, and a fragment, unless it names a page of a site that runs in the browser.
    """
    parts = urlsplit(url)
    host = re.sub(r"^(www|m)\.|:(80|443)$", "", parts.netloc.casefold())
    query = sorted(pair for pair in parts.query.split("&") if pair and not pair.startswith("utm_"))
    page = parts.fragment if parts.fragment.startswith(("!", "/")) else ""
    return unquote(" ".join([host, parts.path.rstrip("/"), *query, page])).casefold()


def make_clean(
    raw: dict[str, pd.DataFrame], subjects: tuple[ModuleType, ...] = SUBJECTS
) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    """Validate and tidy every subject whose raw tables are sound.

    A subject that compares clean tables names them in ``NEEDS``; its ``tidy`` is then given those
    that the subjects before it made, and raises :class:`DataError` where they do not fit.
    """
    clean: dict[str, pd.DataFrame] = {}
    faults: list[Problem] = []
    for subject in subjects:
        needs = getattr(subject, "NEEDS", ())
        if not set(subject.RAW) <= raw.keys() or not set(needs) <= clean.keys():
            continue
        tables = {name: raw[name] for name in subject.RAW}
        wrong = list(subject.validate(tables))
        faults += wrong
        if not wrong:
            made = {name: clean[name] for name in needs}
            try:
                clean |= subject.tidy(tables, made) if needs else subject.tidy(tables)
            except DataError as error:
                faults += error.problems
    return clean, faults


def _render(
    folder: Path, ordered: Mapping[str, bytes] = MappingProxyType({})
) -> tuple[dict[str, bytes], dict[str, Any], list[Problem]]:
    """Return every clean table as bytes, the descriptor with its hashes, and all faults of content."""
    descriptor = read_descriptor(folder)
    raw, faults = read_raw(folder, descriptor, ordered)
    if "sources" in raw and len(raw) == len(list_tables(descriptor, "raw")):
        faults += check_sources(raw)
    clean, wrong = make_clean(raw)
    faults += wrong
    rendered = {}
    for name, frame in clean.items():
        try:
            rendered[name] = format_table(frame, find_resource(descriptor, "clean", name))
        except KeyError:
            found, expected = "a table that a module makes", "an entry in datapackage.json"
            faults.append(Problem(f"data/clean/{name}.csv", 1, "file", found, expected))
    for resource in descriptor["resources"]:
        name = Path(resource["path"]).stem
        if resource["layer"] == "clean":
            if name not in rendered:
                if not faults:
                    found, expected = "no module that makes it", "a table made by a module"
                    faults.append(Problem(name_file(resource), 1, "file", found, expected))
                continue
            content = rendered[name]
        else:
            path = folder / resource["path"]
            content = ordered.get(resource["path"], path.read_bytes() if path.is_file() else b"")
        resource["bytes"], resource["hash"] = len(content), compute_hash(content)
    return rendered, descriptor, faults


def check(folder: Path = DATA, *, hashes: bool = True) -> list[Problem]:
    """Judge the data as it stands, changing nothing."""
    rendered, now, faults = _render(folder)
    if not hashes:
        return sorted(set(faults))
    recorded = {r["path"]: r.get("hash", "") for r in read_descriptor(folder)["resources"]}
    faulty = {f.file for f in faults}
    # While raw tables are at fault, what they give is no measure of the clean ones.
    measure = {} if faults else rendered
    for resource in now["resources"]:
        file = name_file(resource)
        if resource["layer"] == "raw":
            found, expected = resource["hash"], recorded[resource["path"]]
            if found != expected and file not in faulty:
                faults.append(
                    Problem(file, 1, "sha256", shorten_hash(found), shorten_hash(expected) + _HASH_ONLY)
                )
            continue
        path = folder / resource["path"]
        content = path.read_bytes() if path.is_file() else None
        name = Path(resource["path"]).stem
        if content is None:
            faults.append(Problem(file, 1, "file", "no file", "the table that make data writes"))
        elif name in measure and content != measure[name]:
            faults.append(_compare_lines(file, content, measure[name]))
        elif compute_hash(content) != recorded[resource["path"]]:
            expected = f"{shorten_hash(recorded[resource['path']])}; run make data"
            faults.append(Problem(file, 1, "sha256", shorten_hash(compute_hash(content)), expected))
    faults += _find_strays(folder, "clean", now) + _find_unfinished(folder)
    return sorted(set(faults))


def _compare_lines(file: str, content: bytes, expected: bytes) -> Problem:
    """Return a fault on the first line of a clean table that is not what the raw tables give."""
    pairs = zip_longest(content.split(b"\n"), expected.split(b"\n"))
    line, (has, should) = next((i, pair) for i, pair in enumerate(pairs, start=1) if pair[0] != pair[1])
    words = [
        "no line" if cells is None else repr(cells.decode("utf-8", "replace")) for cells in (has, should)
    ]
    return Problem(file, line, "row", words[0], f"{words[1]}, which the raw tables give; run make data")


def build(folder: Path = DATA) -> list[str]:
    """Rebuild the clean tables and hashes; sort appended rows. Write nothing if a check fails."""
    ordered = _order_raw(folder)
    rendered, descriptor, faults = _render(folder, ordered)
    if faults:
        # Told by the lines as they stand in the files.
        raise DataError(_render(folder)[2] if ordered else faults)
    for left in folder.glob(f"*/{UNFINISHED}"):  # by a build that was killed
        left.unlink()
    for file, content in ordered.items():
        replace_file(folder / file, content)
    changed = []
    for name, content in sorted(rendered.items()):
        path = folder / "clean" / f"{name}.csv"
        if not path.is_file() or path.read_bytes() != content:
            replace_file(path, content)
            changed.append(name)
    # Last, so that a build killed before this line is told by the hashes.
    if descriptor != read_descriptor(folder):
        write_descriptor(descriptor, folder)
    return changed


def _order_raw(folder: Path) -> dict[str, bytes]:
    """Return, by path, every raw table whose lines are not in their order, with them in order."""
    ordered = {}
    for resource in read_descriptor(folder)["resources"]:
        path = folder / resource["path"]
        if resource["layer"] == "raw" and path.is_file():
            content = path.read_bytes()
            if (lines := order_lines(resource, content)) != content:
                ordered[resource["path"]] = lines
    return ordered
