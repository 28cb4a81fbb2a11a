"""Tables as pages show them: a caption, scoped headers, aligned numbers, nothing unescaped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

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
    """Return a table of the given columns of a frame, one row a row.

    Parameters
    ----------
    frame : pandas.DataFrame
        What to show, in the order to show it.
    columns : mapping of str to str or (str, callable)
        Column name to its heading, or to heading and formatter. A column with a formatter is set
        as numbers, one without as text. The first column heads its row.
    name : str
        Anchor on the page, ``tbl-…``.
    caption : str
        What, where, when, unit.
    searchable : bool
        Whether the page may add a filter and sortable headings (long tables).
    folded : str
        If given, the table stands in a closed block with these words on it.
    links : mapping of str to str, optional
        Column shown to the column that holds the address its cells lead to.

    Returns
    -------
    Table
        Missing values are shown as an en dash with the words "not published".

    Raises
    ------
    KeyError
        If the frame lacks a column.
    ValueError
        If there are no rows, or the name does not begin with ``tbl-``.
    """
    if not name.startswith("tbl-"):
        raise ValueError(f"table name {name!r}; expected one that begins with tbl-")
    if frame.empty:
        raise ValueError(f"{name}: no rows to show")
    missing = [c for c in columns if c not in frame.columns]
    if missing:
        raise KeyError(
            f"{name}: no column {', '.join(missing)}; there are {', '.join(map(str, frame.columns))}"
        )
    heads = {c: (spec, None) if isinstance(spec, str) else spec for c, spec in columns.items()}
    body = [
        [_cell(value, form) for value, (_, form) in zip(row, heads.values(), strict=True)]
        for row in frame[list(columns)].itertuples(index=False, name=None)
    ]
    numeric = [form is not None for _, form in heads.values()]
    targets = [list(frame[links[c]]) if links and c in links else [None] * len(frame) for c in columns]
    html = _html([label for label, _ in heads.values()], body, numeric, targets, name, caption, searchable)
    if folded:
        html = f'<details class="data-table"><summary>{escape(folded)}</summary>{html}</details>'
    return Table(html, _text([label for label, _ in heads.values()], body, caption))


def show_terms(model: Model, *, name: str) -> Table:
    """Return the terms of a model in natural units, with n and dispersion in the caption.

    Parameters
    ----------
    model : Model
        A fitted model.
    name : str
        Anchor on the page, ``tbl-…``.
    """
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
    """Return a number with about three figures: none after the point from 100, two below 10."""
    size = abs(value)
    if size >= 100:
        return text.count(value)
    return text.decimal(value, 1 if size >= 10 else 2 if size >= 0.1 or size == 0 else 3)


def _cell(value: Any, form: Format | None) -> str:
    if value is None or (not isinstance(value, str) and pd.isna(value)) or value == "":
        return ""
    return form(value) if form else str(value)


def _html(
    heads: Sequence[str],
    body: Sequence[Sequence[str]],
    numeric: Sequence[bool],
    targets: Sequence[Sequence[str | None]],
    name: str,
    caption: str,
    searchable: bool,
) -> str:
    classes = "numbers searchable" if searchable else "numbers"
    kinds = [' class="num"' if n else "" for n in numeric]
    lines = [
        f'<div class="table-wrap" role="region" tabindex="0" aria-labelledby="{name}-caption">',
        f'<table class="{classes}" id="{name}">',
        f'<caption id="{name}-caption">{escape(caption)}</caption>',
        "<thead><tr>"
        + "".join(f'<th scope="col"{k}>{escape(h)}</th>' for h, k in zip(heads, kinds, strict=True))
        + "</tr></thead>",
        "<tbody>",
    ]
    for row, to in zip(body, zip(*targets, strict=True), strict=True):
        shown = [_shown(cell, url) for cell, url in zip(row, to, strict=True)]
        cells = [f'<th scope="row"{kinds[0]}>{shown[0]}</th>']
        cells += [f"<td{k}>{c}</td>" for c, k in zip(shown[1:], kinds[1:], strict=True)]
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return "\n".join([*lines, "</tbody>", "</table>", "</div>"])


def _shown(cell: str, url: str | None = None) -> str:
    if not cell:
        return '<span aria-label="not published">–</span>'
    return f'<a href="{escape(url, quote=True)}">{escape(cell)}</a>' if url else escape(cell)


def _text(heads: Sequence[str], body: Sequence[Sequence[str]], caption: str) -> str:
    rows = [list(heads), *([c or "–" for c in row] for row in body)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(heads))]
    lines = ["  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([caption, *lines])


def cite_sources(frame: pd.DataFrame, sources: pd.DataFrame, *, name: str) -> Table:
    """Return the documents behind a frame as a list of links, folded."""
    wanted = sorted(set(frame["source_id"].dropna()))
    known = sources.set_index("source_id")
    missing = [s for s in wanted if s not in known.index]
    if missing:
        raise KeyError(f"no source {', '.join(missing)} in the table sources")
    rows = known.loc[wanted].sort_values(["publisher", "published", "title"], na_position="first")
    items, lines = [], []
    for source in rows.to_dict("records"):
        dated = "" if pd.isna(source["published"]) else f", {source['published']}"
        items.append(
            f'<li>{escape(source["publisher"])}: <a href="{escape(source["url"], quote=True)}">'
            f"{escape(source['title'])}</a>{escape(dated)}</li>"
        )
        lines.append(f"{source['publisher']}: {source['title']}{dated} {source['url']}")
    label = f"Sources of these figures ({text.count(len(rows))})"
    html = (
        f'<details class="sources" id="{escape(name, quote=True)}"><summary>{label}</summary>'
        f"<ul>{''.join(items)}</ul></details>"
    )
    return Table(html, "\n".join([label, *lines]))


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
) -> Table:
    """Return the disagreements on some topics as a table: folded on a chapter, open with all topics."""
    wanted = list(topics)
    rows = list_conflicts(conflicts, sources, wanted)
    rows = rows.assign(about=rows["topic"].map(text.label))
    columns: dict[str, str | tuple[str, Format]] = {
        "item": "What",
        "value_a": "One reading",
        "publisher_a": "Source",
        "value_b": "Another",
        "publisher_b": "Its source",
        "used": "Used here",
        "why": "Why",
    }
    return show(
        rows,
        columns if wanted else {"item": "What", "about": "About", **columns},
        name=name,
        caption="Where sources disagree: both readings, the one the book uses, and why",
        folded=f"Where sources disagree ({text.count(len(rows))})" if wanted else "",
        searchable=not wanted,
        links={"publisher_a": "url_a", "publisher_b": "url_b"},
    )
