"""Markup that assistive technology reads rightly, where the tools beneath write it otherwise.

Each part names the fault it cures; ``tests/pages`` shows that none is left.
"""

from __future__ import annotations

import re
from html import escape
from typing import Any

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

# What stands on a folded cell, by the last word of the prompt that MyST-NB made for it.
CELL_LABELS = {
    "source": "Code",
    "content": "Code and what it prints",
    "output": "What the code prints",
    "outputs": "What the code prints",
}
# A head cell with nothing in it announces an empty heading for its column.
EMPTY_HEAD = re.compile(r"<th\b[^>]*>\s*(?:<p>\s*</p>\s*)?</th>")


def visit_folded_cell(translator: HTML5Translator, node: HideCodeCellNode) -> None:
    """Open a folded cell. MyST-NB labels each one "Toggle hidden content", whatever it shows."""
    label = CELL_LABELS.get(node["prompt_show"].split()[-1], node["prompt_show"])
    classes = " ".join(["code-cell", *node["classes"]])
    translator.body.append(f'<details class="{classes}">\n<summary>{escape(label)}</summary>\n')


def depart_folded_cell(translator: HTML5Translator, node: HideCodeCellNode) -> None:
    """Close a folded cell."""
    translator.body.append("</details>\n")


def visit_citation(translator: HTML5Translator, node: nodes.citation) -> None:
    """Open an entry of the bibliography, which docutils makes a list without list items."""
    if not isinstance(node.previous_sibling(), nodes.citation):
        translator.body.append('<ul class="citation-list">\n')
    translator.body.append(translator.starttag(node, "li", classes=["citation"]))


def depart_citation(translator: HTML5Translator, node: nodes.citation) -> None:
    """Close an entry, and the list after the last one."""
    translator.body.append("</li>\n")
    if not isinstance(node.next_node(descend=False, siblings=True), nodes.citation):
        translator.body.append("</ul>\n")


def demote_empty_heads(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Make plain cells of empty head cells."""
    if "body" in context:
        context["body"] = EMPTY_HEAD.sub("<td></td>", context["body"])


def setup(app: Sphinx) -> None:
    """Replace the writers and watch every page."""
    app.add_node(HideCodeCellNode, override=True, html=(visit_folded_cell, depart_folded_cell))
    app.add_node(nodes.citation, override=True, html=(visit_citation, depart_citation))
    app.connect("html-page-context", demote_empty_heads)
