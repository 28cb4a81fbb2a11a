"""Folded parts of a page: code, one fold per run of cells, and the section of checks."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

FOLDED = "How we worked it out"
SUMMARY = "Model, formula, diagnostics and other choices"


def is_folded(part: nodes.Node) -> bool:
    """Return whether a part of a cell is its code, folded by MyST-NB."""
    return isinstance(part, HideCodeCellNode) and "above-input" in part["classes"]


def is_folded_whole(cell: nodes.Node) -> bool:
    """Return whether a cell shows nothing outside its folded code."""
    return isinstance(cell, nodes.container) and len(cell) == 1 and is_folded(cell[0])


class JoinCode(SphinxPostTransform):
    """Move cells that show nothing into the fold of the next cell: one fold to open, not seven."""

    default_priority = 200  # MyST-NB folds the cells at 199
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Move the code of each such cell to the fold of the cell after it."""
        for cell in list(self.document.findall(is_folded_whole)):
            after = cell.next_node(descend=False, siblings=True)
            if isinstance(after, nodes.container) and after.children and is_folded(after[0]):
                after[0].insert(0, cell[0].children)
                cell.parent.remove(cell)


class FoldChecks(SphinxPostTransform):
    """Put the section of checks into ``<details>``; a directive cannot hold cells."""

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


def setup(app: Sphinx) -> None:
    """Register the transforms."""
    app.add_post_transform(JoinCode)
    app.add_post_transform(FoldChecks)
