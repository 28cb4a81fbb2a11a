"""The section "How we checked" of a chapter is a closed block: cells cannot stand inside a directive."""

from __future__ import annotations

from typing import Any

from docutils import nodes
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


def setup(app: Sphinx) -> None:
    """Register the transform."""
    app.add_post_transform(FoldChecks)
