"""Lint the pages of the book: no typed number, every cell executed, every figure described.

``python -m scripts.lint book/*.ipynb`` prints one line per problem. A number is typed if it is in the
Markdown of a page, or if it is a literal in a code cell that the cell prints, puts in a caption or hands to
``analysis.text``.
"""

from __future__ import annotations

import ast
import csv
import inspect
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
from bs4 import BeautifulSoup
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser
from nbformat import NotebookNode

from analysis import text as analysis_text
from data import load
from scripts.execute import METADATA, ROOT, format_notebook, normalise

EXCEPTIONS = ROOT / "tests" / "notebooks" / "prose_exceptions.csv"
GENERATED = "data_dictionary.md"  # written by scripts/data_dictionary.py
MAX_LINES = 20
MIN_ALT = 40

FIRST_YEAR = 1945

_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"

# Digits that belong to a name, a reference or a date and are no quantity.
_NAMES = re.compile(
    "|".join(
        (
            r"https?://\S+",
            r"[\w./-]*[A-Za-z_][\w./-]*\.(?:ipynb|csv|md|json|bib|lock|py|yml|toml)\b",
            r"\b\d\d_[a-z][a-z_]*",  # 01_demographics
            r"\b(?:Act|Law|Decree|Ordinance|Resolution) No\. ?\d+",
            r"\b(?:Articles?|Paragraphs?|Sections?|Chapters?|Annex|Tables?|Figures?) \d+(?:\(\d+\))?",
            r"\bCC BY(?:-SA)? \d\.\d",
            r"\bPython \d\.\d+",
            r"\b(?!KRW|USD|EUR|JPY|CNY)[A-Z][A-Za-z]*(?:-[A-Z]+)*-\d+\b",  # PHQ-9, the F-4 visa
            rf"\b\d{{1,2}} {_MONTH}\b",
            rf"\b{_MONTH} \d{{1,2}}\b(?!\d)",
            r"\bthird (?:countr(?:y|ies)|part(?:y|ies))\b",
        )
    )
)
_YEAR = re.compile(
    r"(?<![\w.,$₩€£¥])(?P<a>(?:19|20)\d\d)(?:s|[–/-](?P<b>(?:19|20)?\d\d))?"
    r"(?![\w/]|[.,:]\d|\s?(?:%|percent|per cent|won|dollars|times)\b|\s?%)"
)
_SMALL = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
    "seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
)
_NUMBER = re.compile(
    r"[^\s(\[]*[\d½⅓⅔¼¾⅕⅛][^\s)\]]*"
    rf"|\b(?:{_SMALL})(?:-\w+)?\b"
    rf"|\b(?:{_SMALL}|hundred|thousand|many)fold\b"
    r"|\b(?:dozen|hundred|thousand|million|billion|trillion|quarter|third|fourth|half)s?\b"
    r"|\b(?:tens|halves|fifths|sixths|sevenths|eighths|ninths|tenths)\b"
    r"|\b(?:a|one)[ -](?:fifth|sixth|seventh|eighth|ninth|tenth)\b"
    r"|\b(?:twice|thrice|halv(?:ed|ing)|(?:doubl|tripl|trebl|quadrupl)(?:es?|ed|ing))\b",
    re.IGNORECASE,
)

# Directives whose content is shown as it stands, and those whose argument is a file, label or key.
_VERBATIM = {"code", "code-block", "literalinclude", "include", "bibliography", "toctree", "mermaid"}
_ARGUMENT_IS_NAME = {"figure", "image", "glue", "glue:figure", "glue:text", "csv-table", "eval"}
_SHOWN_OPTIONS = {"alt", "caption", "title", "header"}
# Roles that print the text before ``<target>``, and the other roles, which print a name or a key.
_SHOWN_ROLES = {"abbr", "sub", "sup", "math", "strong", "emphasis", "kbd", "download", "ref", "doc", "term"}


def find_numbers(text: str, newest_year: int) -> list[str]:
    """Return the numbers typed in a piece of prose."""

    def drop_year(match: re.Match[str]) -> str:
        ends = [match["a"]] + ([match["a"][: 4 - len(match["b"])] + match["b"]] if match["b"] else [])
        return "¤" if all(FIRST_YEAR <= int(end) < newest_year for end in ends) else match[0]

    return [m[0].strip(".,;:") for m in _NUMBER.finditer(_YEAR.sub(drop_year, _NAMES.sub("¤", text)))]


@cache
def _parser() -> MarkdownIt:
    extensions = {"attrs_block", "attrs_inline", "colon_fence", "deflist"}  # as in _config.yml
    return create_md_parser(MdParserConfig(enable_extensions=extensions), RendererHTML)


def _read_html(html: str) -> str:
    soup = BeautifulSoup(html, "html.parser")
    spoken = [
        tag[key] for tag in soup.find_all(True) for key in ("alt", "title", "aria-label") if tag.get(key)
    ]
    return " ".join(map(str, [*soup.stripped_strings, *spoken]))


def _read_inline(tokens: Iterable[Token]) -> str:
    parts, silent = [], False
    for token in tokens:
        if token.type == "link_open":
            # An address shown as itself, or a telephone line that can be dialled.
            silent = token.info == "auto" or str(token.attrs.get("href", "")).startswith("tel:")
        elif token.type == "link_close":
            silent = False
        elif silent:
            continue
        elif token.type == "image":
            parts.append(_read_inline(token.children or []))
        elif token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif token.type == "html_inline":
            parts.append(_read_html(token.content))
        elif token.type == "myst_role":
            shown = re.sub(r"\s*<[^<>]*>$", "", token.content)
            named = token.meta["name"] in ("ref", "doc", "term", "download") and shown == token.content
            parts.append(shown if token.meta["name"] in _SHOWN_ROLES and not named else "¤")
        else:
            parts.append(token.content)
    return "".join(parts)


def _read_directive(token: Token) -> Iterator[str]:
    name, argument = re.fullmatch(r"\{([^}]*)\}\s*(.*)", token.info.strip(), re.DOTALL).groups()  # type: ignore[union-attr]
    if name in _VERBATIM:
        return
    if name == "raw":
        yield _read_html(token.content)
        return
    if name not in _ARGUMENT_IS_NAME:
        yield from read_markdown(argument)
    body = token.content.split("\n")
    while body and (option := re.fullmatch(r":([\w-]+):\s*(.*)", body[0].strip())):
        if option[1] in _SHOWN_OPTIONS:
            yield option[2]
        body.pop(0)
    yield from read_markdown("\n".join(body))


def read_markdown(text: str) -> list[str]:
    """Return what a reader sees of MyST Markdown, one piece per paragraph, heading, cell or caption.

    Link targets, labels, citation keys, glue keys, HTML attributes and plain code blocks are left
    out; what a glue or citation role prints is replaced by ``¤``.
    """
    pieces = []
    for token in _parser().parse(text):
        if token.type == "inline":
            pieces.append(_read_inline(token.children or []))
        elif token.type == "html_block":
            pieces.append(_read_html(token.content))
        elif token.type in ("fence", "colon_fence") and token.info.strip().startswith("{"):
            pieces += _read_directive(token)
    return [piece for piece in pieces if piece.strip()]


# Functions that put what they are given on the page.
_PRINTERS = {"print", "display", "Markdown", "HTML", "glue"}
# Functions of analysis.text that take words or years; the others take quantities.
_WORDS = {"glue_all", "year", "listing", "direction"}
# Parameters that say how to print and not what.
_FORMATS = {"places", "key", "display"}


# Where the parts of an expression are that can become part of its value.
_PARTS: dict[type, tuple[str, ...]] = {
    **dict.fromkeys((ast.Dict, ast.JoinedStr, ast.BoolOp), ("values",)),
    **dict.fromkeys((ast.List, ast.Tuple, ast.Set), ("elts",)),
    **dict.fromkeys((ast.ListComp, ast.GeneratorExp, ast.SetComp), ("elt",)),
    **dict.fromkeys((ast.FormattedValue, ast.Subscript, ast.Attribute, ast.Starred), ("value",)),
    **{ast.NamedExpr: ("value",), ast.UnaryOp: ("operand",), ast.IfExp: ("body", "orelse")},
}


class _Literals:
    """The literals of a notebook's code cells that reach a page."""

    def __init__(self, sources: Iterable[str]) -> None:
        self.nodes = [node for source in sources for node in ast.walk(ast.parse(source))]
        self.names: dict[str, str] = {}  # functions of analysis.text by the name they are imported as
        self.modules: set[str] = set()
        self.values: dict[str, list[ast.expr]] = {}  # what is assigned to a name in any cell
        for node in self.nodes:
            if isinstance(node, ast.ImportFrom) and node.module == "analysis.text":
                self.names |= {a.asname or a.name: a.name for a in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module == "analysis":
                self.modules |= {a.asname or a.name for a in node.names if a.name == "text"}
            elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.NamedExpr):
                for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                    self._bind(target, node.value)
            elif isinstance(node, ast.For | ast.comprehension):
                self._bind(node.target, node.iter)

    def _bind(self, target: ast.expr, value: ast.expr | None) -> None:
        for node in ast.walk(target):
            if isinstance(node, ast.Name) and value:
                self.values.setdefault(node.id, []).append(value)

    def _name(self, call: ast.Call) -> str:
        """Return the name of the text or printing function that is called, or nothing."""
        match call.func:
            case ast.Name(id=name):
                return self.names.get(name, name if name in _PRINTERS else "")
            case ast.Attribute(value=ast.Name(id=module), attr=name) if module in self.modules:
                return name
        return ""

    def _selects(self, node: ast.AST) -> bool:
        """Return whether strings in a node choose rows or name a claim, and are not printed."""
        if isinstance(node, ast.Call):
            method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            return method in ("query", "eval") or self._name(node) == "assert_claim"
        return isinstance(node, ast.Subscript)

    def read(self) -> Iterator[str]:
        """Yield each piece of text that a literal puts on the page."""
        for node in self.nodes:
            if isinstance(node, ast.Call) and (name := self._name(node)):
                yield from self._read_call(node, name, set())
        selectors: set[int] = set()
        for node in filter(self._selects, self.nodes):
            selectors |= {id(n) for n in ast.walk(node.slice if isinstance(node, ast.Subscript) else node)}
        for node in self.nodes:
            # A string with a space is a caption, a heading or a note, whatever function it is given to.
            match node:
                case ast.Constant(value=str(text)) if " " in text.strip() and id(node) not in selectors:
                    yield from read_markdown(text)

    def _read_call(self, call: ast.Call, name: str, seen: set[str]) -> Iterator[str]:
        if name == "assert_claim":
            return
        function = getattr(analysis_text, name, None)
        known = list(inspect.signature(function).parameters) if callable(function) else []
        given = [(known[n] if n < len(known) else "", argument) for n, argument in enumerate(call.args)]
        if name == "glue":
            given = given[1:]
        given += [(keyword.arg or "", keyword.value) for keyword in call.keywords]
        for parameter, argument in given:
            if parameter not in _FORMATS:
                yield from self._read_value(argument, name not in _WORDS | _PRINTERS, seen)

    def _read_value(self, node: ast.expr | None, quantity: bool, seen: set[str]) -> Iterator[str]:
        """Yield every literal that can become part of an expression's value."""
        follow: list[ast.expr | None] = []
        match node:
            case ast.Constant(value=str(text)):
                yield from read_markdown(text)
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                yield f"{number:,}" if quantity else f"{number}"
            case ast.BinOp(left=left, right=right):
                sides = [left, right]
                if not all(isinstance(side, ast.Constant) for side in sides):  # 100 * share is computed
                    sides = [s for s in sides if not (isinstance(s, ast.Constant) and s.value in (0, 1, 100))]
                follow += sides
            case ast.Call() if name := self._name(node):
                yield from self._read_call(node, name, seen)
            case ast.Call(func=ast.Attribute(value=value, attr=method)):
                follow.append(value)
                if method in ("format", "join", "replace"):
                    follow += [*node.args, *(k.value for k in node.keywords)]
            case ast.Call(func=ast.Name(id="str" | "int" | "float" | "round" | "abs")):
                follow += node.args[:1]
            case ast.Name(id=name) if name not in seen:
                seen.add(name)
                follow += self.values.get(name, [])
            case _:
                for field in _PARTS.get(type(node), ()):
                    value = getattr(node, field)
                    follow += value if isinstance(value, list) else [value]
        for part in follow:
            yield from self._read_value(part, quantity, seen)


def read_code(sources: Iterable[str]) -> list[str]:
    """Return the literals in code cells that reach a reader, each once."""
    return list(dict.fromkeys(_Literals(sources).read()))


_VALIDATION_TAGS = re.compile(r"nbval|pytest.validate|raises.exception|skip.execution", re.I)
_VALIDATION_COMMENT = re.compile(r"#\s*(?:NBVAL|PYTEST_VALIDATE)", re.IGNORECASE)
_ADDRESS_OR_PATH = re.compile(r"\b0x[0-9a-fA-F]{6,}|(?<![\w:/<.~])/[\w.-]+/[\w.-]+|\b[A-Z]:\\\w")
_LOOKS_LIKE_PATH = re.compile(r"\.(?:svg|png|jpe?g|gif|webp)\b|_images|[\w-]+/[\w-]+/", re.IGNORECASE)
_QUIET = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Assert)


class Exempt(NamedTuple):
    """A number that may be typed: in which file (``*``: any), in which words, and why."""

    file: str
    text: str
    reason: str


def read_exceptions(path: Path = EXCEPTIONS) -> list[Exempt]:
    """Return the listed exceptions."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [Exempt(row["file"], row["text"], row["reason"]) for row in csv.DictReader(lines)]


def find_newest_year() -> int:
    """Return the newest year of the entrants, which prose may not name."""
    return int(load("entrants")["year"].max())


def check_code(source: str, first: bool, has_output: bool) -> Iterator[str]:
    """Yield the problems of a code cell's source."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        yield "not plain Python (a magic command?)"
        return
    if (lines := len(source.splitlines())) > MAX_LINES:
        yield f"{lines} lines; at most {MAX_LINES}"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            yield f"line {node.lineno}: a definition; move it to analysis/"
        elif isinstance(node, ast.Import | ast.ImportFrom) and not first:
            yield f"line {node.lineno}: an import; imports are in the first code cell"
    if first and not (tree.body and ast.unparse(tree.body[0]) == "import _paths"):
        yield "the first code cell begins with import _paths"
    if _VALIDATION_COMMENT.search(source):
        yield "a comment that changes how its output is compared"
    quiet = (*_QUIET, ast.Expr) if first else _QUIET  # the first cell may set a style
    if not has_output and not all(isinstance(node, quiet) for node in tree.body):
        yield "no output, so there is nothing to compare"


def check_figure(metadata: Any) -> Iterator[str]:
    """Yield what is missing from the metadata of a cell that shows an image."""
    alt = str(metadata.get("image", {}).get("alt", "")).strip()
    figure = metadata.get("figure", {})
    caption = str(figure.get("caption", "")).strip()
    if not caption or not figure.get("name"):
        yield "a figure without mystnb.figure.caption and mystnb.figure.name"
    if len(alt) < MIN_ALT:
        yield f"an image whose mystnb.image.alt has {len(alt)} characters; at least {MIN_ALT}"
    elif _LOOKS_LIKE_PATH.search(alt):
        yield "an image whose alt text looks like a file"
    elif alt.casefold() == caption.casefold():
        yield "an image whose alt text repeats its caption"


def check_output(output: NotebookNode, metadata: Any) -> Iterator[str]:
    """Yield the problems of one stored output."""
    if output.output_type == "error":
        yield f"an error as output: {output.ename}"
        return
    if output.get("name") == "stderr":
        yield "an output on stderr"
    shown = output.get("data", {"text/plain": output.get("text", "")})
    for kind, content in shown.items():
        if kind.startswith("image/") and kind != "image/svg+xml":
            continue
        if found := _ADDRESS_OR_PATH.search(str(content)):
            yield f"an output that contains a path or a memory address: {found[0][:40]}"
        if kind == "text/html" and re.search(r"<img(?![^>]*\balt=.[^\"'>]{20})", str(content)):
            yield "an HTML image without alt text"
    if any(kind.startswith("image/") for kind in shown):
        yield from check_figure(metadata)


def check_cell(cell: NotebookNode, run: int) -> Iterator[str]:
    """Yield the problems of a cell; a code cell is the run-th."""
    tags = " ".join(cell.metadata.get("tags", []))
    if _VALIDATION_TAGS.search(tags):
        yield f"a tag that changes how it is run or compared: {tags}"
    if extra := set(cell.metadata) - {"mystnb", "tags"}:
        yield f"metadata {', '.join(sorted(extra))}; run make refresh"
    if cell.cell_type != "code":
        return
    if cell.execution_count is None:
        yield "never run"
    elif cell.execution_count != run:
        yield f"run as {cell.execution_count}, expected {run}; run make refresh"
    yield from check_code(cell.source, run == 1, bool(cell.outputs))
    for output in cell.outputs:
        yield from check_output(output, cell.metadata.get("mystnb", {}))


def check_notebook(notebook: NotebookNode) -> list[str]:
    """Return the problems of an executed notebook, apart from its prose."""
    problems, run = [], 0
    if notebook.metadata != METADATA:
        problems.append("metadata other than the book's; run make refresh")
    for number, cell in enumerate(notebook.cells, 1):
        run += cell.cell_type == "code"
        problems += [f"cell {number}: {problem}" for problem in check_cell(cell, run)]
    return problems


def read_prose(path: Path) -> list[str]:
    """Return every piece of a notebook or Markdown page that was typed and that a reader sees."""
    if path.name == GENERATED:
        return []
    if path.suffix == ".md":
        return read_markdown(path.read_text(encoding="utf-8"))
    cells = nbformat.read(path, as_version=4).cells
    texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
    for cell in cells:
        mystnb = cell.metadata.get("mystnb", {})
        texts += [mystnb.get("figure", {}).get("caption", ""), mystnb.get("image", {}).get("alt", "")]
    pieces = [piece for text in texts for piece in read_markdown(text)]
    return pieces + read_code(cell.source for cell in cells if cell.cell_type == "code")


def check_prose(
    pieces: Iterable[str], newest_year: int, exempt: Iterable[str] = ()
) -> tuple[list[str], set[str]]:
    """Return the numbers typed in prose, and which exceptions were needed."""
    problems, needed = [], set()
    for piece in pieces:
        rest = piece
        for words in exempt:
            if words in rest and find_numbers(words, newest_year):
                needed.add(words)
                rest = rest.replace(words, "¤")
        problems += [f"typed {number!r} in: {rest[:100]}" for number in find_numbers(rest, newest_year)]
    return problems, needed


def check_page(path: Path, newest_year: int, exceptions: Iterable[Exempt]) -> tuple[list[str], set[Exempt]]:
    """Return every problem of one page, and the exceptions it needed."""
    problems = []
    if path.suffix == ".ipynb":
        notebook = nbformat.read(path, as_version=4)
        problems += check_notebook(notebook)
        if not problems and path.read_text(encoding="utf-8") != format_notebook(normalise(notebook)):
            problems.append("not in the form that make refresh writes")
    mine = {e.text: e for e in exceptions if e.file in (path.name, "*")}
    typed, needed = check_prose(read_prose(path), newest_year, mine)
    return problems + typed, {mine[words] for words in needed}


def main(names: list[str]) -> int:
    """Print the problems of the named pages."""
    year, exceptions = find_newest_year(), read_exceptions()
    problems = [f"{name}: {line}" for name in names for line in check_page(Path(name), year, exceptions)[0]]
    print(*problems, sep="\n", end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
