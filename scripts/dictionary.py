"""The page ``data_dictionary``: every table of the data package, from its descriptor alone."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import display
from data.schema import DATA, find_resource, list_tables, read_descriptor

ROOT = DATA.parent
PAGE = ROOT / "book" / "data_dictionary.md"
ZIP = "leaving-north-korea-data.zip"
MEANINGS = {
    "stock": "stock: people at a date",
    "flow": "flow: events in a span of time",
    "share": "share of a group",
    "amount": "amount in money",
    "index": "index or rate",
    "estimate": "estimate by somebody outside",
    "mixed": "mixed: the columns say which",
    "none": "no measure",
}

_HEAD = """# Data dictionary

:::{{div}} answer
**In short.** {clean} tidy tables and {raw} tables of figures as their sources printed them, {rows} rows in
all, from {sources} documents. All of them: <a href="../_static/{zip}" download>{zip}</a>.
:::

This page is made from `data/datapackage.json`, a [Frictionless](https://specs.frictionlessdata.io/) Data
Package, the one description that the checks enforce. Each table can be opened in a spreadsheet. A **clean**
table holds one observation a row and is made by code; a **raw** table holds what the source printed. Every
row names its document by `source_id`; the documents are listed in the table *sources*. `certainty` says how
the figure was read: *official* in the producer's own publication, *study* in a study's abstract or text,
*secondary* in the press or a later work, *estimate* where somebody estimated.

The arrangement is ours and licensed under [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/); facts
are not claimed and sources keep their terms. Credit is due to the World Bank (CC BY 4.0), the UNHCR Refugee
Data Finder (CC BY 4.0; changes made: selection, totals and flags for small cells), the US Federal Reserve,
Statistics Korea and the Ministry of Unification, whose figures these tables carry.
"""


def describe_allowed(field: dict[str, Any]) -> str:
    """Return what a column may hold, in words: its codes or its limits, and whether it may be empty."""
    limits = field.get("constraints", {})
    words = []
    if "enum" in limits:
        words.append(", ".join(map(str, limits["enum"])))
    if "minimum" in limits or "maximum" in limits:
        low, high = limits.get("minimum"), limits.get("maximum")
        words.append(
            f"{low} to {high}"
            if None not in (low, high)
            else f"{low} or more"
            if high is None
            else f"{high} or less"
        )
    if not limits.get("required"):
        words.append("may be empty")
    return "; ".join(words)


def count_rows(path: Path) -> int:
    """Return the number of data rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as lines:
        return sum(1 for _ in csv.reader(lines)) - 1


def describe_table(layer: str, name: str, descriptor: dict[str, Any], folder: Path = DATA) -> str:
    """Return the section of one table as MyST Markdown."""
    resource = find_resource(descriptor, layer, name)
    fields = pd.DataFrame(
        [
            {
                "name": f["name"],
                "type": f["type"],
                "unit": f.get("unit", ""),
                "meaning": f["description"],
                "allowed": describe_allowed(f),
            }
            for f in resource["schema"]["fields"]
        ]
    )
    anchor = name_anchor(layer, name)
    if layer == "clean":
        columns = display.show(
            fields,
            {"name": "Column", "type": "Type", "unit": "Unit", "meaning": "Meaning", "allowed": "Allowed"},
            name=f"tbl-{anchor.removeprefix('dict-')}",
            caption=f"Columns of {layer}/{name}.csv",
            folded=f"{len(fields)} columns",
        ).html
    else:
        # The raw columns carry the same names and meanings; a second full table would double the page.
        columns = "Columns: " + ", ".join(f"`{column}`" for column in fields["name"]) + "."
    kind = MEANINGS.get(resource.get("stockOrFlow", ""), "")
    facts = [f"{count_rows(folder / resource['path']):,} rows", kind, f"edition: {resource['edition']}"]
    if layer == "clean":
        facts.append("made from " + ", ".join(f"`raw/{raw}`" for raw in resource["derivedFrom"]))
    return "\n".join(
        [
            f"({anchor})=",
            f"### {resource['title']}: `{name}`" if layer == "clean" else f"### `raw/{name}`",
            "",
            f"{resource['description']} {{download}}`{name}.csv <../data/{resource['path']}>`",
            "",
            f"*{'; '.join(filter(None, facts))}.*",
            "",
            columns,
            "",
        ]
    )


def list_all(descriptor: dict[str, Any], folder: Path = DATA) -> str:
    """Return one searchable table of all tables, each leading to its section."""
    frame = pd.DataFrame(
        [
            {
                "name": f"{layer}/{name}",
                "section": f"#{name_anchor(layer, name)}",
                "what": resource["title"],
                "rows": count_rows(folder / resource["path"]),
                "kind": MEANINGS.get(resource.get("stockOrFlow", ""), ""),
                "edition": resource["edition"],
                "columns": ", ".join(field["name"] for field in resource["schema"]["fields"]),
            }
            for layer in ("clean", "raw")
            for name in list_tables(descriptor, layer)
            for resource in [find_resource(descriptor, layer, name)]
        ]
    )
    shown: dict[str, Any] = {"name": "Table", "what": "What it holds", "rows": ("Rows", "{:,}".format)}
    shown |= {"kind": "Stock or flow", "edition": "Edition", "columns": "Columns"}
    caption = "Every table of the data package; its name leads to its columns and its file"
    links = {"name": "section"}
    return display.show(frame, shown, name="tbl-tables", caption=caption, searchable=True, links=links).html


def name_anchor(layer: str, name: str) -> str:
    """Return the anchor of a table's section."""
    return f"dict-{layer}-{name}".replace("_", "-")


def make_dictionary(folder: Path = DATA) -> str:
    """Return the whole page as MyST Markdown."""
    descriptor = read_descriptor(folder)
    clean, raw = list_tables(descriptor, "clean"), list_tables(descriptor, "raw")
    rows = sum(count_rows(folder / r["path"]) for r in descriptor["resources"])
    head = _HEAD.format(
        clean=len(clean),
        raw=len(raw),
        rows=f"{rows:,}",
        sources=count_rows(folder / "raw" / "sources.csv"),
        zip=ZIP,
    )
    parts = [head]
    if descriptor["resources"]:
        parts += ["## All tables", "", list_all(descriptor, folder), ""]
    parts += ["## Tables to use", ""]
    parts += [describe_table("clean", name, descriptor, folder) for name in clean]
    parts += ["## As printed", "", "The clean tables above are made from these.", ""]
    parts += [describe_table("raw", name, descriptor, folder) for name in raw]
    return "\n".join(parts)
