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
CELL_LABELS = {"source": "Code", "content": "Code", "output": "Output", "outputs": "Output"}
# A head cell with nothing in it announces an empty heading for its column.
EMPTY_HEAD = re.compile(r"<th\b[^>]*>\s*(?:<p>\s*</p>\s*)?</th>")
# Cells without a space between them read as one word where only the text is taken, as the search does.
CELL_END = re.compile(r"(</t[dh]>)(?=<t[dh]\b)")

# Text between two tags, with the tag before it; and words of Korean script, with what joins them.
TEXT = re.compile(r"(<[^>]*>)([^<]+)")
KOREAN = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]+(?:[ ·][\u3130-\u318f\uac00-\ud7af]+)*")


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


def mark_korean(html: str) -> str:
    """Return markup in which every run of Korean script says its language, for voices and fonts."""

    def mark(match: re.Match[str]) -> str:
        tag, text = match.groups()
        return tag + (text if 'lang="ko"' in tag else KOREAN.sub(r'<span lang="ko">\g<0></span>', text))

    return TEXT.sub(mark, html)


def demote_empty_heads(html: str) -> str:
    """Return markup with plain cells for empty head cells."""
    return EMPTY_HEAD.sub("<td></td>", html)


def part_cells(html: str) -> str:
    """Return markup with a space between cells that touch."""
    return CELL_END.sub(r"\1 ", html)


def mend_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Mend what the text and the contents of a page hold."""
    for part in ("body", "toc"):
        if part in context:
            context[part] = part_cells(mark_korean(demote_empty_heads(context[part])))


def setup(app: Sphinx) -> None:
    """Replace the writers and watch every page."""
    app.add_node(HideCodeCellNode, override=True, html=(visit_folded_cell, depart_folded_cell))
    app.add_node(nodes.citation, override=True, html=(visit_citation, depart_citation))
    app.connect("html-page-context", mend_page)
