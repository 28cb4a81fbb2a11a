"""The words of every page: sentence length, wording of the style guide, headings, labels and link texts.

One page: ``python -m pytest tests/notebooks/test_words.py -k 01``.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest

from scripts.lint import read_code, read_markdown

BOOK = Path(__file__).resolve().parents[2] / "book"
GENERATED = "data_dictionary.md"  # only its head is prose
PAGES = [p for p in sorted([*BOOK.glob("*.ipynb"), *BOOK.glob("*.md")]) if p.name != GENERATED]
CHAPTERS = [page for page in PAGES if page.name[:2].isdigit()]
FOLDED = ("How we worked it out", "For analysts")  # sections that are closed blocks
MAX_WORDS, MAX_WORDS_IN_FOLDS, MAX_MEAN, MAX_PAGE = 35, 45, 22, 2300

BANNED = {  # what no reader sees in open text or captions: a pattern, and the reason or the better words
    r"\b(?:[Nn]o|[Ss]ome|[Ee]very)body(?:’s|'s)?\b|\b[Ww]hoever\b": "no one, people, everyone, those who",
    r"\bstands? (?:in|apart|beside|at)\b|\bstood (?:in|apart|beside|at)\b": "is in, is beside, was",
    r"\bholds? (?:zero|one|no|none|lives|more|for)\b": "say what the range includes or the figure shows",
    r"\b(?:leans?|hangs?) on\b|\bbears? (?:it )?out\b": "depends on, supports",
    r"\b(?:lies?|lay) (?:at|below|above|between|apart|close|beside)\b": "is, was",
    r"(?<![Tt]here )\b(?:is|are|was|were) no (?!longer|more|less|fewer|one\b|better|worse)\w+": "is not a …",
    r"\bin general\b": "the general population of South Korea, all workers",
    r"\b[Tt]he South\b(?!(?:ern)? ?(?:Korea|Hamgyong|Hwanghae|Pyongan))": "South Korea",
    r"\b(?:from|in|to|left|leave|leaving) the North\b(?! (?:Korea|Hamgyong|Hwanghae|Pyongan))": "North Korea",
    r"\bof (?:northern|North Korean) origin\b": "people from North Korea",
    r"\b(?:one|each) (?:row|dot|bar|line|point|column|square) an? (?!time)\w+": "one row per …",
    r"\b(?:arrivals?|returns?|entrants|admissions|people|persons|points?|cent|won|%) an? "
    r"(?:year|month|day)\b": "per year, per month",
    r"\b[Pp]rint(?:s|ed)?\b": "report, publish",
    r"\b[Tt]he (?:published )?record (?:has|holds|is|itself|says)\b": "We found …",
    r"\btold apart\b|\bgiven its share\b|\bsources part\b": "cannot separate, cannot tell whether, disagree",
    r"\bthe matter of\b|\btakes the matter up\b|\breads them closely\b|\bhas them all\b": "See *Page title*.",
    r"\bTo tell (?:somebody|someone)\b": "Main points",
    r"finished year is not finished|[Bb]oth sexes ahead|[Hh]olding is not being true|no journey"
    r"|like with like|[Ss]mall, then|carry no story|model loses|[Aa] floor\b": "no aphorisms",
    r"(?:[Tt]he n|N)umbers (?:behind|of) this|Data behind this": "Table: the data in this chart",
    r"<summary>\s*(?:Code|Toggle)|^Code$": "code has one switch per page",
}
MODEL_WORDS = (  # belong to the closed block of a chapter
    r"\b(?:dispersion|pointwise|widened|pooled|horizons?|leverage|autocorrelation|residuals?|quasi-\w+"
    r"|(?:confidence|prediction) intervals?|(?:odds|hazard) ratios?)\b"
)
SKELETON = ("Question", "Data", "Picture", "Model", "How we checked", "Findings", "One picture",
            "What this does not say", "Sources and downloads")  # fmt: skip

_GLUE = re.compile(r"\{glue:text\}`(\w+)`")
_ENDS = re.compile(
    r"(?<![A-Z]\.)(?<!\bNo\.)(?<!\bvs\.)(?<!\be\.g\.)(?<=[.!?…])[)”\"*]*\s+(?=[(“\"*]*[A-Z0-9$¤−])"
)
_QUOTATION = re.compile(r"“[^”]*”|\"[^\"]*\"")
_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([\w./-]+)\.(?:ipynb|md)\)")
_DOC = re.compile(r"\{doc\}`([^<`]+?) <(?:/?book/)?(\w+)>`")


class Text(NamedTuple):
    """A page as a reader meets it: Markdown with glued values, in sight or in closed blocks, and captions."""

    open: str
    folded: str
    captions: list[str]
    literals: list[str]


def read_cells(path: Path) -> list[nbformat.NotebookNode]:
    if path.suffix == ".md":
        return [nbformat.v4.new_markdown_cell(path.read_text(encoding="utf-8"))]
    return nbformat.read(path, as_version=4).cells


def find_facts(cells: list[nbformat.NotebookNode]) -> dict[str, str]:
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return {
        name: str(next(iter(output["data"].values()))).strip("'\"")
        for output in outputs
        if (name := output.get("metadata", {}).get("scrapbook", {}).get("name"))
    }


def read_paragraphs(cell: nbformat.NotebookNode) -> str:
    """Return the paragraphs that a code cell shows as HTML, outside tables, as Markdown."""
    shown = [str(o.get("data", {}).get("text/html", "")) for o in cell.get("outputs", [])]
    found = [p for part in shown for p in re.findall(r"<p\b[^>]*>(.*?)</p>", part, re.DOTALL)]
    return "\n\n".join(html.unescape(re.sub(r"<[^>]+>", "", paragraph)) for paragraph in found)


def read_page(path: Path) -> Text:
    cells = read_cells(path)
    facts = find_facts(cells)

    def fill(text: str) -> str:
        return _GLUE.sub(lambda match: facts.get(match[1], "¤"), text)

    seen: dict[bool, list[str]] = {False: [], True: []}
    captions, folded, in_section = [], False, False
    for cell in cells:
        text = fill(cell.source) if cell.cell_type == "markdown" else read_paragraphs(cell)
        for line in text.splitlines():
            if heading := re.match(r"## (.+)", line):
                in_section = heading[1].strip() in FOLDED
            folded = (folded or "<details" in line) and "</details>" not in line
            seen[folded or in_section].append(line)
        seen[folded or in_section].append("")
        mystnb = cell.metadata.get("mystnb", {})
        captions += [mystnb.get("figure", {}).get("caption", ""), mystnb.get("image", {}).get("alt", "")]
    literals = read_code(cell.source for cell in cells if cell.cell_type == "code")
    return Text(*("\n".join(seen[f]) for f in (False, True)), [fill(c) for c in captions if c], literals)


def list_prose(markdown: str) -> list[str]:
    """Return the paragraphs and list items of Markdown, without headings, tables and quotations."""
    kept = [line for line in markdown.splitlines() if not re.match(r"\s*(?:\||#|\(.*\)=$)", line)]
    return [_QUOTATION.sub("“…”", piece) for piece in read_markdown("\n".join(kept))]


def split_sentences(pieces: list[str]) -> Iterator[tuple[str, int]]:
    for piece in pieces:
        for sentence in _ENDS.split(" ".join(piece.split())):
            if words := [word for word in sentence.split() if re.search(r"\w|¤", word)]:
                yield sentence, len(words)


def find_title(name: str) -> str:
    for suffix in (".ipynb", ".md"):
        if (path := BOOK / f"{name}{suffix}").is_file():
            text = "\n".join(cell.source for cell in read_cells(path))
            return re.search(r"^# (.+)$", text, re.MULTILINE)[1].strip()
    return ""


def find_banned(text: str, patterns: dict[str, str] = BANNED) -> list[str]:
    return [
        f"{match[0]!r} → {reason}: …{text[max(0, match.start() - 40) : match.end() + 30]}…"
        for pattern, reason in patterns.items()
        for match in re.finditer(pattern, text)
    ]


def name_page(path: Path) -> str:
    return path.stem


every_page = pytest.mark.parametrize("path", PAGES, ids=name_page)
every_chapter = pytest.mark.parametrize("path", CHAPTERS, ids=name_page)


@every_page
def test_sentences_are_short(path):
    page = read_page(path)
    seen = list(split_sentences([*list_prose(page.open), *page.captions]))
    long = [f"{n} words: {sentence}" for sentence, n in seen if n > MAX_WORDS]
    long += [
        f"{n} words, folded: {s}"
        for s, n in split_sentences(list_prose(page.folded))
        if n > MAX_WORDS_IN_FOLDS
    ]
    assert not long, "\n".join(long)
    whole = [n for _, n in seen if n > 3]
    assert not whole or sum(whole) / len(whole) <= MAX_MEAN


@every_page
def test_running_text_has_no_semicolon(path):
    page = read_page(path)
    found = [piece for piece in [*list_prose(page.open), *page.captions] if ";" in piece]
    assert not found, "\n".join(found)


@every_page
def test_wording_follows_the_style_guide(path):
    page = read_page(path)
    pieces = [*list_prose(page.open), *re.findall(r"^#+ (.+)$", page.open, re.MULTILINE)]
    pieces += [*page.captions, *(_QUOTATION.sub("“…”", literal) for literal in page.literals)]
    found = [line for piece in pieces for line in find_banned(piece)]
    assert not found, "\n".join(found)


@every_chapter
def test_words_of_statistics_stay_in_the_closed_block(path):
    page = read_page(path)
    reason = {MODEL_WORDS: "say it in plain words, or move it to the closed block"}
    found = [
        line for piece in [*list_prose(page.open), *page.captions] for line in find_banned(piece, reason)
    ]
    assert not found, "\n".join(found)


@every_page
def test_headings_say_something(path):
    found = set(re.findall(r"^#{2,} (.+?)\s*$", read_page(path).open, re.MULTILINE)) & set(SKELETON)
    assert not found


@every_page
def test_no_line_exists_only_to_introduce_code(path):
    cells = read_cells(path)
    lonely = [
        cell.source
        for cell, after in pairwise(cells)
        if cell.cell_type == "markdown" and after.cell_type == "code"
        and re.fullmatch(r"[A-Z][^\n#|\[{:]{0,79}\.", cell.source.strip())
    ]  # fmt: skip
    assert not lonely, "\n".join(lonely)


@every_page
def test_links_are_called_what_the_page_is_called(path):
    text = "\n".join(cell.source for cell in read_cells(path) if cell.cell_type == "markdown")
    links = [*_LINK.findall(text), *_DOC.findall(text)]
    wrong = [
        f"[{words}] leads to {name!r}, whose title is {find_title(name)!r}"
        for words, name in links
        if "/" not in name and words.strip("*_ ") != find_title(name)
    ]
    assert not wrong, "\n".join(wrong)


@every_chapter
def test_a_chapter_is_short(path):
    page = read_page(path)
    words = sum(n for _, n in split_sentences([*list_prose(page.open), *page.captions]))
    assert words <= MAX_PAGE, f"{words} words outside closed blocks and tables; at most {MAX_PAGE}"


@pytest.mark.parametrize(
    "words",
    [
        "Nobody knows.", "It stands in the table.", "The interval holds zero.", "It is no yearly rate.",
        "against 7.6% in general", "people in the South", "They came from the North.", "One row a study",
        "5 points a year", "as printed there", "A finished year is not finished.",
    ],
)  # fmt: skip
def test_each_pattern_is_found(words):
    assert find_banned(words[0].lower() + words[1:])


@pytest.mark.parametrize(
    "words",
    [
        "There is no count of them.", "It is no longer so.", "South Hamgyong and the North Korean border",
        "one row per study", "no one knows", "She holds a job.",
    ],
)  # fmt: skip
def test_plain_words_pass(words):
    assert not find_banned(words)


def test_sentences_are_split_at_their_ends():
    text = ["It is 3.5 points (see No. 4). In 2025, 223 people came! *Ministry of Unification.* Yes."]
    assert [n for _, n in split_sentences(text)] == [7, 5, 3, 1]
