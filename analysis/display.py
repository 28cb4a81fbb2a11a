"""Tables as pages show them: with a caption, scoped headers and aligned numbers, and escaped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from analysis import text

if TYPE_CHECKING:
    from analysis.models import Model

Format = Callable[[Any], str]


class Table:
    """A table for a page; shown as HTML, compared and printed as text."""

    def __init__(self, html: str, text: str) -> None:
        self.html = html
        self.text = text

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.html


def show(
    frame: pd.DataFrame,
    columns: Mapping[str, str | tuple[str, Format]],
    *,
    name: str,
    caption: str,
    searchable: bool = False,
    folded: str = "",
    links: Mapping[str, str] | None = None,
) -> Table:
    """Return a table of the given columns of a frame; a missing value is shown as "not published".

    Parameters
    ----------
    columns : mapping of str to str or (str, callable)
        Column name to its heading, or to heading and formatter. A column with a formatter is aligned
        as numbers, one without as text. The first column is the heading of its row.
    name : str
        Anchor on the page, ``tbl-…``.
    caption : str
        What, where, when, unit.
    searchable : bool
        Whether the page may add a filter and sortable headings (long tables).
    folded : str
        If given, the table is in a closed block with these words on it.
    links : mapping of str to str, optional
        Column shown to the column with the address that its cells link to.

    Raises
    ------
    KeyError
        If the frame lacks a column.
    ValueError
        If there are no rows, or the name does not begin with ``tbl-``.
    """
    if not name.startswith("tbl-"):
        raise ValueError(f"name: expected one that begins with tbl-, got {name!r}")
    if frame.empty:
        raise ValueError(f"{name}: expected at least one row, got none")
    if missing := [c for c in columns if c not in frame.columns]:
        raise KeyError(f"{name}: expected columns of the frame, got {', '.join(missing)}")
    specs = [(spec, None) if isinstance(spec, str) else spec for spec in columns.values()]
    heads, forms = [head for head, _ in specs], [form for _, form in specs]
    cells = [[_format_cell(v, form) for v in frame[c]] for c, form in zip(columns, forms, strict=True)]
    marked = [
        [_mark_up(cell, url) for cell, url in zip(column, _find_urls(frame, links, c), strict=True)]
        for c, column in zip(columns, cells, strict=True)
    ]
    kinds = [' class="num"' if form else "" for form in forms]
    html = _make_html(heads, zip(*marked, strict=True), kinds, name, caption, searchable)
    if folded:
        html = f'<details class="data-table"><summary>{escape(folded)}</summary>{html}</details>'
    return Table(html, _make_text(heads, cells, caption))


def _format_cell(value: Any, form: Format | None) -> str:
    if pd.isna(value) or value == "":
        return ""
    return form(value) if form else str(value)


def _find_urls(frame: pd.DataFrame, links: Mapping[str, str] | None, column: str) -> list[str | None]:
    return list(frame[links[column]]) if links and column in links else [None] * len(frame)


def _mark_up(cell: str, url: str | None) -> str:
    if not cell:
        return '<span aria-label="not published">–</span>'
    return f'<a href="{escape(url)}">{escape(cell)}</a>' if url else escape(cell)


def _make_html(
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    kinds: Sequence[str],
    name: str,
    caption: str,
    searchable: bool,
) -> str:
    columns = "".join(f'<th scope="col"{k}>{escape(h)}</th>' for h, k in zip(heads, kinds, strict=True))
    lines = [
        f'<div class="table-wrap" role="region" tabindex="0" aria-labelledby="{name}-caption">',
        f'<table class="numbers{" searchable" if searchable else ""}" id="{name}">',
        f'<caption id="{name}-caption">{escape(caption)}</caption>',
        f"<thead><tr>{columns}</tr></thead>",
        "<tbody>",
    ]
    for first, *others in rows:
        cells = "".join(f"<td{kind}>{cell}</td>" for cell, kind in zip(others, kinds[1:], strict=True))
        lines.append(f'<tr><th scope="row"{kinds[0]}>{first}</th>{cells}</tr>')
    return "\n".join([*lines, "</tbody>", "</table>", "</div>"])


def _make_text(heads: Sequence[str], columns: Sequence[Sequence[str]], caption: str) -> str:
    filled = [[head, *(c or "–" for c in cells)] for head, cells in zip(heads, columns, strict=True)]
    padded = [[cell.ljust(max(map(len, cells))) for cell in cells] for cells in filled]
    return "\n".join([caption, *("  ".join(row).rstrip() for row in zip(*padded, strict=True))])


def show_terms(model: Model, *, name: str) -> Table:
    """Return the terms of a fitted model in natural units, with n and dispersion in the caption."""
    terms = model.coefficients()
    names = {"gaussian": "residual variance", "normal": "Cochran's Q over its degrees of freedom"}
    spread = names.get(model.family, "dispersion")
    parts = [f"n = {text.count(model.n)}"]
    if pd.notna(df := terms["df_resid"].iloc[0]):
        parts.append(f"{text.count(df)} degrees of freedom left")
    if pd.notna(model.dispersion):
        parts.append(f"{spread} {write_number(model.dispersion)}")
    level = text.percent(100 * terms["level"].max())
    return show(
        terms,
        {
            "term": "Term",
            "estimate": ("Estimate", write_number),
            "ci_low": ("from", write_number),
            "ci_high": ("to", write_number),
            "unit": "Unit",
            "interval_kind": "Interval",
        },
        name=name,
        caption=f"The model in natural units, with intervals of {level}; {', '.join(parts)}",
    )


def write_number(value: float) -> str:
    """Return a number with about three digits: none after the point from 100, two below 10."""
    size = abs(value)
    if size >= 100:
        return text.count(value)
    return text.decimal(value, 1 if size >= 10 else 2 if size >= 0.1 or size == 0 else 3)


def cite_sources(frame: pd.DataFrame, sources: pd.DataFrame, *, name: str) -> Table:
    """Return the sources of a frame as a folded list of links."""
    wanted = sorted(set(frame["source_id"].dropna()))
    known = sources.set_index("source_id")
    if missing := [s for s in wanted if s not in known.index]:
        raise KeyError(f"sources: expected a row for {', '.join(missing)}, got none")
    rows = known.loc[wanted].sort_values(["publisher", "published", "title"], na_position="first")
    items, lines = [], []
    for row in rows.to_dict("records"):
        dated = "" if pd.isna(row["published"]) else f", {row['published']}"
        publisher, title, url = row["publisher"], row["title"], row["url"]
        link = f'<a href="{escape(url)}">{escape(title)}</a>'
        items.append(f"<li>{escape(publisher)}: {link}{escape(dated)}</li>")
        lines.append(f"{publisher}: {title}{dated} {url}")
    label = f"Sources of these figures ({text.count(len(rows))})"
    html = (
        f'<details class="sources" id="{escape(name)}"><summary>{label}</summary>'
        f"<ul>{''.join(items)}</ul></details>"
    )
    return Table(html, "\n".join([label, *lines]))


def list_conflicts(
    conflicts: pd.DataFrame, sources: pd.DataFrame, topics: Iterable[str] = ()
) -> pd.DataFrame:
    """Return disagreements between sources, all or of some topics, with publisher and address of both."""
    wanted = list(topics)
    if unknown := sorted(set(wanted) - set(conflicts["topic"])):
        known = ", ".join(sorted(set(conflicts["topic"])))
        raise ValueError(f"topics: expected some of {known}, got {', '.join(unknown)}")
    chosen = conflicts[conflicts["topic"].isin(wanted)] if wanted else conflicts
    for side in ("a", "b"):
        documents = sources[["source_id", "publisher", "url"]].rename(
            columns={"source_id": f"source_{side}", "publisher": f"publisher_{side}", "url": f"url_{side}"}
        )
        chosen = chosen.merge(documents, on=f"source_{side}", how="left", validate="many_to_one")
    return chosen


class Card(NamedTuple):
    """A number or a claim with what belongs to it, under a heading of its own."""

    key: str
    heading: str
    lines: dict[str, str]  # label to sentence
    source_ids: tuple[str, ...]


def show_cards(cards: Iterable[Card], sources: pd.DataFrame) -> Table:
    """Return cards as headings of the third level, each with its labelled lines and links to its sources."""
    known, parts, lines = sources.set_index("source_id"), [], []
    for card in cards:
        rows = known.loc[list(dict.fromkeys(card.source_ids))]
        dated = [
            (row["publisher"], "" if pd.isna(row["published"]) else f", {row['published']}", row["url"])
            for row in rows.to_dict("records")
        ]
        links = " · ".join(
            f'<a href="{escape(url)}">{escape(who)}</a>{escape(when)}' for who, when, url in dated
        )
        told = "".join(f"<p><strong>{escape(k)}:</strong> {escape(v)}</p>" for k, v in card.lines.items())
        cited = f'<p class="source"><strong>Source:</strong> {links}</p>'
        parts.append(f'<h3 id="{escape(card.key)}">{escape(card.heading)}</h3>{told}{cited}')
        lines += [card.heading, *(f"  {label}: {words}" for label, words in card.lines.items())]
        lines.append("  Source: " + " · ".join(who + when for who, when, _ in dated))
    return Table(f'<div class="cards">{"".join(parts)}</div>', "\n".join(lines))
