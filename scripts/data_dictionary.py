"""The page ``data_dictionary``: every table of the data package, from its descriptor alone.

``python -m scripts.data_dictionary`` writes it; with ``--check`` it fails if the page is out of date.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import display
from data.schema import DATA, find_resource, list_tables, read_descriptor

PAGE = DATA.parent / "book" / "data_dictionary.md"
ZIP = "leaving-north-korea-data.zip"
MEANINGS = {
    "stock": "stock: people at a date",
    "flow": "flow: events in a span of time",
    "share": "share of a group",
    "amount": "amount in money",
    "index": "index or rate",
    "estimate": "estimate by an outside author",
    "mixed": "mixed: the columns say which",
    "none": "no measure",
}
_HEAD = """# Data dictionary

:::{{div}} answer
{clean} tables to use and {raw} tables of figures as published, {rows} rows in all from {sources} sources,
each table with its columns and a download.
:::

All tables at once: <a href="../_static/{zip}" download>{zip}</a>. Each one opens in a spreadsheet.

A **clean** table has one observation per row and is made by code. A **raw** table has the figures as their
source published them. Every row names its source in the column `source_id`, and the table *sources* lists
all sources. The column `certainty` says how a figure was read: *official* in the producer's own
publication, *study* in a study's abstract or text, *secondary* in press reports, later works or copies,
*estimate* where an author estimated. See [Methods](methods.ipynb) for how many rows have each grade.

The page is made from `data/datapackage.json`, a [Frictionless](https://specs.frictionlessdata.io/) Data
Package. The checks of the data use the same description.

The arrangement is ours and licensed under [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/). We do
not claim the facts, and sources keep their terms. Credit is due to the World Bank (CC BY 4.0), the UNHCR
Refugee Data Finder (CC BY 4.0, changed by selection, totals and marks for small numbers), the US Federal
Reserve, the Ministry of Data and Statistics and the Ministry of Unification, whose figures these tables
contain.
"""


def describe_allowed(field: dict[str, Any]) -> str:
    """Return what a column may contain: its codes or its limits, and whether it may be empty."""
    limits = field.get("constraints", {})
    low, high = limits.get("minimum"), limits.get("maximum")
    words = [", ".join(map(str, limits.get("enum", [])))]
    if low is not None:
        words.append(f"{low} or more" if high is None else f"{low} to {high}")
    elif high is not None:
        words.append(f"{high} or less")
    return "; ".join(filter(None, [*words, "" if limits.get("required") else "may be empty"]))


def count_rows(resource: dict[str, Any], folder: Path = DATA) -> int:
    """Return the number of rows of a table."""
    return len(pd.read_csv(folder / resource["path"], dtype=str, usecols=[0], keep_default_na=False))


def name_anchor(layer: str, name: str) -> str:
    """Return the anchor of a table's section."""
    return f"dict-{layer}-{name}".replace("_", "-")


def describe_table(layer: str, name: str, descriptor: dict[str, Any], folder: Path = DATA) -> str:
    """Return the section of one table as MyST Markdown."""
    resource = find_resource(descriptor, layer, name)
    fields = pd.DataFrame(resource["schema"]["fields"]).assign(
        unit=lambda table: table["unit"].fillna("") if "unit" in table else "",
        allowed=[describe_allowed(field) for field in resource["schema"]["fields"]],
    )
    anchor = name_anchor(layer, name)
    facts = [f"{count_rows(resource, folder):,} rows", MEANINGS.get(resource.get("stockOrFlow", ""), "")]
    facts.append(f"edition: {resource['edition']}")
    if layer == "clean":
        heading = f"### {resource['title']}: `{name}`"
        facts.append("made from " + ", ".join(f"`raw/{raw}`" for raw in resource["derivedFrom"]))
        shown = {
            "name": "Column",
            "type": "Type",
            "unit": "Unit",
            "description": "Meaning",
            "allowed": "Allowed",
        }
        caption = f"Columns of {layer}/{name}.csv"
        table = f"tbl-{anchor.removeprefix('dict-')}"
        folded = f"{len(fields)} columns"
        columns = display.show(fields, shown, name=table, caption=caption, folded=folded).html
    else:
        # The clean table explains the columns; a second full table would double the page.
        heading = f"### `raw/{name}`"
        columns = "Columns: " + ", ".join(f"`{column}`" for column in fields["name"]) + "."
    about = f"{resource['description']} {{download}}`{name}.csv <../data/{resource['path']}>`"
    return "\n\n".join(
        [f"({anchor})=\n{heading}", about, f"*{'; '.join(filter(None, facts))}.*", columns, ""]
    )


def list_all(descriptor: dict[str, Any], folder: Path = DATA) -> str:
    """Return one searchable table of all tables, each leading to its section."""
    frame = pd.DataFrame(
        {
            "name": f"{layer}/{name}",
            "section": f"#{name_anchor(layer, name)}",
            "what": resource["title"],
            "rows": count_rows(resource, folder),
            "kind": MEANINGS.get(resource.get("stockOrFlow", ""), ""),
            "edition": resource["edition"],
            "columns": ", ".join(field["name"] for field in resource["schema"]["fields"]),
        }
        for layer in ("clean", "raw")
        for name in list_tables(descriptor, layer)
        for resource in [find_resource(descriptor, layer, name)]
    )
    shown: dict[str, Any] = {"name": "Table", "what": "What it contains", "rows": ("Rows", "{:,}".format)}
    shown |= {"kind": "Stock or flow", "edition": "Edition", "columns": "Columns"}
    caption = "Every table of the data package; its name leads to its columns and its file"
    links = {"name": "section"}
    return display.show(frame, shown, name="tbl-tables", caption=caption, searchable=True, links=links).html


def make_dictionary(folder: Path = DATA) -> str:
    """Return the whole page as MyST Markdown."""
    descriptor = read_descriptor(folder)
    rows = sum(count_rows(resource, folder) for resource in descriptor["resources"])
    sources = count_rows(find_resource(descriptor, "raw", "sources"), folder)
    names = {layer: list_tables(descriptor, layer) for layer in ("clean", "raw")}
    counts = {layer: len(tables) for layer, tables in names.items()}
    parts = [_HEAD.format(**counts, rows=f"{rows:,}", sources=sources, zip=ZIP)]
    parts += ["## All tables", "", list_all(descriptor, folder), "", "## Tables to use", ""]
    parts += [describe_table("clean", name, descriptor, folder) for name in names["clean"]]
    parts += ["## As published", "", "The clean tables above are made from these.", ""]
    parts += [describe_table("raw", name, descriptor, folder) for name in names["raw"]]
    return "\n".join(parts)


def main() -> int:
    """Write the page, or check it."""
    page = make_dictionary()
    if sys.argv[1:] != ["--check"]:
        PAGE.write_text(page, encoding="utf-8", newline="\n")
    elif not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != page:
        print("book/data_dictionary.md: not what the tables give now; run make refresh", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
