"""Corrections of the markup of MyST-NB, docutils and pandas for assistive technology."""

from __future__ import annotations

import re
from html import escape
from typing import Any

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

# The summary of a folded cell, by the last word of MyST-NB's prompt.
CELL_LABELS = {"source": "Code", "content": "Code", "output": "Output", "outputs": "Output"}
# An empty head cell is announced as an empty heading of its column.
EMPTY_HEAD = re.compile(r"<th\b[^>]*>\s*(?:<p>\s*</p>\s*)?</th>")
# Without a space between cells the search reads their texts as one word.
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
    """Return markup with ``lang`` on every run of Korean script, for voices and fonts."""

    def mark(match: re.Match[str]) -> str:
        tag, text = match.groups()
        return tag + (text if 'lang="ko"' in tag else KOREAN.sub(r'<span lang="ko">\g<0></span>', text))

    return TEXT.sub(mark, html)


def correct_markup(html: str) -> str:
    """Return markup with Korean marked, plain cells for empty head cells, and a space between cells."""
    return CELL_END.sub(r"\1 ", mark_korean(EMPTY_HEAD.sub("<td></td>", html)))


def correct_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Correct the text and the contents of a page."""
    context.update({part: correct_markup(context[part]) for part in ("body", "toc") if part in context})


def setup(app: Sphinx) -> None:
    """Replace the writers of two nodes and correct every page."""
    app.add_node(HideCodeCellNode, override=True, html=(visit_folded_cell, depart_folded_cell))
    app.add_node(nodes.citation, override=True, html=(visit_citation, depart_citation))
    app.connect("html-page-context", correct_page)
