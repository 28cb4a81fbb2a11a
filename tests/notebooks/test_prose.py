"""The prose of the chapters: its order, its length, and a link to the glossary where a term is first used."""

from __future__ import annotations

import re

import nbformat
import pytest

from book._ext.folding import FOLDED
from scripts.execute import BOOK
from scripts.lint import read_markdown

CHAPTERS = sorted(BOOK.glob("[01]?_*.ipynb"))
WORDS_A_MINUTE = 230
MINUTES = 10
GLOSSARY = {
    "entrant": r"entrants?",
    "resident": r"residents?",
    "refugee": r"refugees?",
    "asylum-seeker": r"asylum-seekers?",
    "admission": r"admissions?",
    "return": r"returns",
    "hanawon": r"Hanawon",
    "protection": r"protection decisions?",
    "stock": r"stocks?",
    "flow": r"flows?",
    "prediction": r"prediction intervals?",
    "confidence": r"confidence intervals?",
    "dispersion": r"dispersion",
}
# What is no running text: links elsewhere, roles, code, headings, targets and the fences of boxes.
_NO_TEXT = re.compile(
    r"\[[^\]]*\]\((?!#term-)[^)]*\)|\{[\w:-]+\}`[^`]*`|`[^`]*`|^#.*$|^\(.*\)=$|^:::.*$", re.MULTILINE
)


def list_texts(path):
    return [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"]


def count_words(path):
    """Return how many words of a chapter are in sight: sentences and captions, no tables and no code.

    The section "How we checked" is a closed block and not in sight.
    """
    parts, closed = [], False
    for cell in nbformat.read(path, as_version=4).cells:
        text = cell.source if cell.cell_type == "markdown" else ""
        if heading := re.search(r"^## (.+)", text, re.MULTILINE):
            closed = heading[1] == FOLDED
        if not closed:
            parts += [text, cell.metadata.get("mystnb", {}).get("figure", {}).get("caption", "")]
    return sum(len(text.split()) for part in parts for text in read_markdown(part))


def find_unlinked(text):
    """Return the terms of the glossary whose first use in a text does not lead there."""
    text = _NO_TEXT.sub(" ", text)
    found = []
    for term, words in GLOSSARY.items():
        first = re.search(rf"(?<!#term-)\b(?:{words})\b", text, re.IGNORECASE)
        if first and not text[first.end() :].startswith(f"](#term-{term})"):
            found.append(f"{term}: {text[max(0, first.start() - 40) : first.end() + 20]!r}")
    return found


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_keeps_the_order(path):
    headings = re.findall(r"^## (.+)$", "\n\n".join(list_texts(path)), re.MULTILINE)
    assert headings[0] == "Main points"
    last = ["Where sources disagree", FOLDED, "Data and citation"]
    assert [heading for heading in headings if heading in last] == last
    assert headings[-1] == "Data and citation"


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_begins_with_its_answer_and_points_with_sources(path):
    first = "\n\n".join(list_texts(path)[:2])
    assert ":::{div} answer" in first
    points = first.partition("## Main points")[2].partition("\n## ")[0].splitlines()
    points = [line for line in points if line.startswith("- ")]
    assert 3 <= len(points) <= 4
    assert all(re.fullmatch(r"- .*\*\*.+\*\*.* \*[^*]+\*", line) for line in points), points


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_sentence_follows_every_figure(path):
    waiting = None
    for number, cell in enumerate(nbformat.read(path, as_version=4).cells, 1):
        if cell.cell_type == "markdown" and re.search(r"^(?![#(:]).+", cell.source, re.MULTILINE):
            waiting = None
        elif "figure" in cell.metadata.get("mystnb", {}):
            assert not waiting, f"no sentence between the figures of cells {waiting} and {number}"
            waiting = number
    assert not waiting


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_is_read_in_ten_minutes(path):
    assert 300 < count_words(path) <= WORDS_A_MINUTE * MINUTES


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_term_leads_to_the_glossary_where_it_first_stands(path):
    assert not find_unlinked("\n\n".join(list_texts(path)))


def test_a_term_without_its_link_is_seen():
    assert find_unlinked("# Entrants\n\nThe [entrants](#term-entrant) of a year; entrants again.") == []
    assert find_unlinked("Of the [refugees](07_destinations.ipynb) some are entrants.")[0].startswith(
        "entrant"
    )
    assert find_unlinked("A flow, and the [flow](#term-flow) again.")[0].startswith("flow")
