"""Folded parts that no directive makes, since cells cannot stand inside one.

The section "How we checked" of a chapter is a closed block. Cells that show nothing but their fold stand
in a row, which takes one line of the page however many they are.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

FOLDED = "How we checked"
SUMMARY = "Diagnostics, sensitivity, and what else was tried"


class FoldChecks(SphinxPostTransform):
    """Put what follows the heading of a section of checks into ``<details>``."""

    default_priority = 900
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Wrap the children after the title of each such section."""
        for section in self.document.findall(nodes.section):
            title = next(iter(section.findall(nodes.title)), None)
            if title is None or title.parent is not section or title.astext() != FOLDED:
                continue
            at = section.index(title) + 1
            opening = f'<details class="checks"><summary>{SUMMARY}</summary>'
            section.insert(at, nodes.raw("", opening, format="html"))
            section.append(nodes.raw("", "</details>", format="html"))


def is_folded_away(node: nodes.Node) -> bool:
    """Return whether a cell shows nothing beside its fold."""
    return isinstance(node, nodes.container) and [*map(type, node.children)] == [HideCodeCellNode]


def row_cells(parent: nodes.Element) -> None:
    """Put each run of cells that are folded away into a container ``code-row``, one cell alone too."""
    children: list[nodes.Node] = []
    for folded, run in groupby(parent.children, is_folded_away):
        children += [nodes.container("", *run, classes=["code-row"])] if folded else run
    parent.children = []
    parent.extend(children)


class RowCells(SphinxPostTransform):
    """Set folded cells in rows, once the cells are folded."""

    default_priority = 890
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Go through the document and its sections."""
        for section in [self.document, *self.document.findall(nodes.section)]:
            row_cells(section)


def setup(app: Sphinx) -> None:
    """Register the transforms."""
    app.add_post_transform(FoldChecks)
    app.add_post_transform(RowCells)
