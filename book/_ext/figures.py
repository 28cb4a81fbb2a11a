"""Figures of the notebooks, written into the page in its colours, with picture and data to download.

A stored output stays the SVG that ``analysis.charts`` drew. On the page its colours become the custom
properties ``--fig-…`` of ``book.css``; a colour that is not listed there stops the build. Where no table
follows a figure, its data are shown as one.
"""

from __future__ import annotations

import csv
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.osutil import relative_uri

STYLESHEET = Path(__file__).parent.parent / "_static" / "book.css"
OUTPUTS = "jupyter_execute"  # where MyST-NB writes the pictures of notebooks
SHORTEST_ALT = 30  # letters; a shorter one cannot name the kind of chart and its axes
WIDTH = 440  # pixels, at most: type of 12 points is then 14.7 pixels high
SUMMARY = "Numbers of this figure"

_HEX = re.compile(r"#[0-9a-fA-F]{6}\b")
_REFERENCE = re.compile(r"(?:url\()?#([\w.-]+)\)?")
_NUMBER = re.compile(r"(?:-?\d+(?:\.\d+)?)?")  # or nothing
_YEAR = re.compile(r"(?:(?:19|20)\d\d)?")  # or nothing
_log = logging.getLogger(__name__)


class FigureError(ValueError):
    """A figure has a colour that the style sheet does not list."""


def read_colours(css: str) -> dict[str, str]:
    """Return the custom property for each colour of a figure."""
    colours = {"#000000": "currentColor", "#ffffff": "var(--page)"}
    for name, value in re.findall(r"(--fig-[a-z]+):\s*(#[0-9a-f]{6})", css):
        if f"var({name})" not in colours.values():
            colours[value] = f"var({name})"
    return colours


def inline(svg: str, *, name: str, alt: str, colours: Mapping[str, str]) -> str:
    """Return an SVG of matplotlib as markup for a page."""
    root = ET.fromstring(svg)
    for parent in list(root.iter()):
        for child in list(parent):
            if _local(child.tag) in ("style", "metadata"):
                parent.remove(child)
    wanted = {
        match[1]
        for element in root.iter()
        for key, value in element.attrib.items()
        if _local(key) in ("href", "clip-path") and (match := _REFERENCE.fullmatch(value))
    }
    for element in root.iter():
        element.tag = _local(element.tag)
        attributes = {_local(key): value for key, value in element.attrib.items()}
        cleaned = {key: _clean(key, value, name, wanted, colours) for key, value in attributes.items()}
        element.attrib = {key: value for key, value in cleaned.items() if value}
        if element.tag != "text":
            element.text = (element.text or "").strip()
        element.tail = (element.tail or "").strip()
    _flatten(root)
    box = [float(part) for part in root.attrib["viewBox"].split()]
    root.attrib = {
        "class": "plot",
        "role": "img",
        "aria-label": " ".join(filter(None, (root.attrib.get("aria-label"), alt))),
        "viewBox": root.attrib["viewBox"],
        "width": str(WIDTH),
        "height": f"{WIDTH * box[3] / box[2]:.0f}",
    }
    return ET.tostring(root, encoding="unicode")


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _clean(key: str, value: str, name: str, wanted: set[str], colours: Mapping[str, str]) -> str:
    if key == "id":
        return f"{name}-{value}" if value in wanted else ""
    if key in ("href", "clip-path"):
        return value.replace("#", f"#{name}-")
    if key == "d":
        return " ".join(value.split())
    if key == "transform" and value.startswith("rotate(0 "):
        return ""
    if key == "style":
        parts = [part.strip() for part in value.split(";")]
        kept = [part.replace(": ", ":") for part in parts if part and not part.startswith("font-family")]
        style = ";".join(kept)
        if unknown := {colour.lower() for colour in _HEX.findall(style)} - colours.keys():
            raise FigureError(f"expected a colour of {STYLESHEET.name}, got {unknown.pop()}")
        return _HEX.sub(lambda match: colours[match[0].lower()], style)
    return value


def _flatten(parent: ET.Element) -> None:
    """Drop groups without attributes and invisible shapes; let markers of a line share a style."""
    children: list[ET.Element] = []
    for child in parent:
        _flatten(child)
        if child.tag == "g" and not child.attrib:
            children.extend(child)
        elif not (child.tag == "path" and child.attrib.get("style") == "fill:none"):
            children.append(child)
    parent[:] = children
    styles = {child.attrib.get("style", "") for child in children}
    if parent.tag == "g" and "style" not in parent.attrib and len(styles) == 1 and styles != {""}:
        parent.attrib["style"] = styles.pop()
        for child in children:
            del child.attrib["style"]


def read_data(notebook: str) -> dict[str, tuple[str, str]]:
    """Return the subject of each figure of a notebook and its data as CSV, by the figure's anchor."""
    data = {}
    for cell in json.loads(notebook)["cells"]:
        name = cell["metadata"].get("mystnb", {}).get("figure", {}).get("name", "")
        for output in cell.get("outputs", []):
            shown = output.get("data", {})
            if name and "text/csv" in shown:
                subject = "".join(shown["text/plain"]).removeprefix("Figure: ")
                data[nodes.make_id(name)] = (subject, "".join(shown["text/csv"]))
    return data


def tabulate(subject: str, data: str, name: str) -> str:
    """Return the data of a figure as a folded table."""
    head, *rows = csv.reader(data.splitlines())
    columns = [list(column) for column in zip(*rows, strict=True)]
    kinds = [' class="num"' if all(map(_NUMBER.fullmatch, column)) else "" for column in columns]
    heads = zip(head, kinds, strict=True)
    lines = [
        f'<details class="data-table figure-data"><summary>{SUMMARY}</summary>',
        f'<div class="table-wrap" role="region" tabindex="0" aria-labelledby="tbl-{name}-caption">',
        f'<table class="numbers" id="tbl-{name}">',
        f'<caption id="tbl-{name}-caption">Drawn above: {escape(subject)}</caption><thead><tr>',
        *(f'<th scope="col"{kind}>{escape(column.replace("_", " "))}</th>' for column, kind in heads),
        "</tr></thead><tbody>",
    ]
    columns = [column if all(map(_YEAR.fullmatch, column)) else [*map(_show, column)] for column in columns]
    for first, *rest in zip(*columns, strict=True):
        cells = "".join(f"<td{kind}>{escape(cell)}</td>" for cell, kind in zip(rest, kinds[1:], strict=True))
        lines.append(f'<tr><th scope="row"{kinds[0]}>{escape(first)}</th>{cells}</tr>')
    return "".join([*lines, "</tbody></table></div></details>"])


def _show(cell: str) -> str:
    if not cell or not _NUMBER.fullmatch(cell):
        return cell
    number = float(cell)
    places = max(0, 4 - len(f"{abs(number):.0f}")) if "." in cell else 0
    return f"{number:,.{places}f}".replace("-", "−")


class InlineFigures(SphinxPostTransform):
    """Write the SVG outputs of the notebooks into the page, and beside it as files to download."""

    default_priority = 300
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Replace every picture of a notebook."""
        colours = read_colours(STYLESHEET.read_text(encoding="utf-8"))
        folder = Path(self.app.outdir) / self.app.builder.imagedir
        source = Path(self.env.doc2path(self.env.docname))
        data = read_data(source.read_text(encoding="utf-8")) if source.suffix == ".ipynb" else {}
        images = list(self.document.findall(nodes.image))
        pictures = [i for i in images if i["uri"].endswith(".svg") and OUTPUTS in Path(i["uri"]).parts]
        tabulated = self._find_tabulated(pictures)
        for number, image in enumerate(pictures, start=1):
            figure = image.parent
            ids = figure.get("ids") or [f"{self.env.docname.rpartition('/')[2]}-figure-{number}"]
            alt = image.get("alt", "")
            if len(alt) < SHORTEST_ALT:
                message = "%s: alt: expected kind of chart, axes and shape, got %r"
                _log.warning(message, ids[0], alt, location=image)
            svg = (Path(self.app.srcdir) / image["uri"]).read_text(encoding="utf-8")
            try:
                markup = inline(svg, name=ids[0], alt=alt, colours=colours)
            except FigureError as error:
                _log.warning("%s: %s", ids[0], error, location=image)
                continue
            # Sphinx copies pictures by content: of two pages with the same one only one would keep its name.
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{ids[0]}.svg").write_text(svg, encoding="utf-8", newline="\n")
            image.replace_self(nodes.raw("", markup, format="html"))
            links = {"Picture (SVG)": f"{ids[0]}.svg"}
            if ids[0] in data:
                subject, numbers = data[ids[0]]
                (folder / f"{ids[0]}.csv").write_text(numbers, encoding="utf-8", newline="\n")
                links["Data (CSV)"] = f"{ids[0]}.csv"
                if image not in tabulated:
                    table = nodes.raw("", tabulate(subject, numbers, ids[0]), format="html")
                    figure.parent.insert(figure.parent.index(figure) + 1, table)
            for caption in figure.findall(nodes.caption):
                caption += [self._link(words, file) for words, file in links.items()]

    def _find_tabulated(self, pictures: list[nodes.image]) -> list[nodes.image]:
        """Return the pictures that a folded table follows before the next picture."""
        found: list[nodes.image] = []
        last: list[nodes.image] = []
        for node in self.document.findall(lambda n: isinstance(n, nodes.image | nodes.raw)):
            if node in pictures:
                last = [node]
            elif 'class="data-table"' in node.astext():
                found += last
        return found

    def _link(self, words: str, file: str) -> nodes.raw:
        page = self.app.builder.get_target_uri(self.env.docname)
        address = escape(relative_uri(page, f"{self.app.builder.imagedir}/{file}"), quote=True)
        link = f' <a class="picture" href="{address}" download>{words}</a>'
        return nodes.raw("", link, format="html")


def setup(app: Sphinx) -> None:
    """Register the transform."""
    app.add_post_transform(InlineFigures)
