"""Sources of all tables: every document is listed once, with a publication date that is in the calendar."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

import pandas as pd

from data.checks import Problem, first_days, format_value, report

RAW_TABLES = ("sources",)
FILE = "data/raw/sources.csv"


def check(raw: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Yield dates that are not in the calendar and documents that are listed twice."""
    sources = raw["sources"]
    wrong = sources[sources["published"].notna() & first_days(sources["published"]).isna()]
    yield from report(wrong, FILE, "published", "a day of the calendar")
    seen: dict[Any, str] = {}
    columns = ["source_id", "url", "publisher", "title", "published"]
    for line, name, url, *title in sources[columns].itertuples(name=None):
        address, words = normalise_url(url), tuple(str(cell).casefold() for cell in title)
        if address in seen:
            yield Problem(FILE, line, "url", repr(url), f"an address not used by {seen[address]}")
        elif words in seen:
            expected = f"another title, publisher or date than {seen[words]}"
            yield Problem(FILE, line, "title", format_value(title[1]), expected)
        seen = {address: name, words: name} | seen


def clean(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return ``sources`` as it is."""
    return {"sources": raw["sources"]}


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
