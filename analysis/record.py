"""What the record says of itself: conflicts between sources, gaps and dated events."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from analysis import prose, tables


def list_conflicts(
    conflicts: pd.DataFrame, sources: pd.DataFrame, topics: Iterable[str] = ()
) -> pd.DataFrame:
    """Return disagreements between sources with the names and addresses of both documents."""
    wanted = list(topics)
    unknown = sorted(set(wanted) - set(conflicts["topic"]))
    if unknown:
        known = ", ".join(sorted(set(conflicts["topic"])))
        raise ValueError(f"no conflict on {', '.join(unknown)}; topics are {known}")
    chosen = conflicts[conflicts["topic"].isin(wanted)] if wanted else conflicts
    book = sources[["source_id", "publisher", "url"]]
    for side in ("a", "b"):
        names = {"source_id": f"source_{side}", "publisher": f"publisher_{side}", "url": f"url_{side}"}
        chosen = chosen.merge(
            book.rename(columns=names), on=f"source_{side}", how="left", validate="many_to_one"
        )
    return chosen


def show_conflicts(
    conflicts: pd.DataFrame, sources: pd.DataFrame, topics: Iterable[str] = (), *, name: str
) -> tables.Table:
    """Return the disagreements on some topics as a table: folded on a chapter, open with all topics."""
    wanted = list(topics)
    rows = list_conflicts(conflicts, sources, wanted)
    rows = rows.assign(about=rows["topic"].map(prose.name))
    columns: dict[str, str | tuple[str, tables.Format]] = {
        "item": "What",
        "value_a": "One reading",
        "publisher_a": "Source",
        "value_b": "Another",
        "publisher_b": "Its source",
        "used": "Used here",
        "why": "Why",
    }
    return tables.show(
        rows,
        columns if wanted else {"item": "What", "about": "About", **columns},
        name=name,
        caption="Where sources disagree: both readings, the one the book uses, and why",
        folded=f"Where sources disagree ({prose.count(len(rows))})" if wanted else "",
        searchable=not wanted,
        links={"publisher_a": "url_a", "publisher_b": "url_b"},
    )
