"""How to cite: the citation as text and BibTeX, the date of the newest figure, and whom to write to."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from analysis import text
from analysis.display import Table

ROOT = Path(__file__).resolve().parents[2]


def read_book(root: Path = ROOT) -> dict[str, str]:
    """Return title, author, version, year, url and repository of the book, from its own files."""
    cff = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    config: dict[str, Any] = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    return {
        "title": cff["title"],
        "author": f"The contributors of {cff['title']}",
        "version": str(cff["version"]),
        "year": str(config["copyright"]),
        "url": config.get("html", {}).get("baseurl") or "",
        "repository": config.get("repository", {}).get("url") or "",
    }


def word_dates(entrants: pd.DataFrame, sources: pd.DataFrame) -> dict[str, str]:
    """Return the newest year of the arrivals and the day its figure was released."""
    newest = entrants.sort_values("year").iloc[-1]
    released = sources.set_index("source_id").loc[newest["source_id"], "published"]
    return {"cite_newest": text.year(newest["year"]), "cite_released": text.day(released)}


def _show(html: str, plain: str) -> Table:
    return Table(f'<div class="citation-text">{html}</div>', plain)


def show_citation(book: dict[str, str]) -> Table:
    """Return the citation as one line."""
    ending = f" {book['url']}" if book["url"] else ""
    head, tail = f"{book['author']} ({book['year']}): ", f". Version {book['version']}.{ending}"
    html = f"<p>{escape(head)}<cite>{escape(book['title'])}</cite>{escape(tail)}</p>"
    return _show(html, f"{head}{book['title']}{tail}")


def show_bibtex(book: dict[str, str]) -> Table:
    """Return the entry for reference managers."""
    fields = {
        "title": book["title"],
        "author": f"{{{book['author']}}}",
        "year": book["year"],
        "version": book["version"],
        "url": book["url"],
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    entry = "\n".join(["@misc{leaving_north_korea_in_numbers,", *lines, "}"])
    return _show(f'<pre tabindex="0"><code>{escape(entry)}</code></pre>', entry)


def show_contact(book: dict[str, str]) -> Table:
    """Return where to report a correction, if the book was published at an address."""
    if not book["repository"] and not book["url"]:
        plain = "This copy was not published at an address of its own, so it names no contact."
        return _show(f"<p>{plain}</p>", plain)
    address = f"{book['repository'].rstrip('/')}/issues" if book["repository"] else book["url"]
    plain = "Report it at "
    return _show(f'<p>{plain}<a href="{escape(address)}">{escape(address)}</a></p>', plain + address)
