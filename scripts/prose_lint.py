"""Find numbers that were typed where a reader sees them, instead of computed and pasted.

Two doors lead to a page: the Markdown of a notebook or page, and strings or numbers in code cells
that a cell prints, puts in a caption or hands to ``analysis.text``. :func:`read_markdown` and
:func:`read_code` return what a reader sees, :func:`find_numbers` what in it was typed.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterable, Iterator
from functools import cache
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

from analysis import text as analysis_text

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


class _Html(HTMLParser):
    """The text of HTML, and the attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.pieces += [value for key, value in attrs if key in ("alt", "title", "aria-label") and value]


def _read_html(html: str) -> str:
    parser = _Html()
    parser.feed(html)
    return " ".join(parser.pieces)


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
    """Return what a reader sees of MyST Markdown, one piece a paragraph, heading, cell or caption.

    Link targets, labels, citation keys, glue keys, HTML attributes and plain code blocks are left
    out; what a glue or citation role prints stands as ``¤``.
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


class _Code:
    """The literals of a notebook's code cells that reach a page."""

    #: Functions that put what they are given on the page.
    PRINTERS = frozenset({"print", "display", "Markdown", "HTML", "glue"})
    #: Functions of analysis.text that take words or years; the others take quantities.
    WORDS = frozenset({"glue_all", "year", "listing", "direction"})
    #: Parameters that say how to print and not what.
    FORMS = frozenset({"places", "key", "display"})

    def __init__(self, sources: Iterable[str]) -> None:
        self.trees = [ast.parse(source) for source in sources]
        self.names: dict[str, str] = {}
        self.modules: set[str] = set()
        self.values: dict[str, list[ast.expr]] = {}
        for node in self._walk():
            if isinstance(node, ast.ImportFrom) and node.module == "analysis.text":
                self.names |= {a.asname or a.name: a.name for a in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module == "analysis":
                self.modules |= {a.asname or a.name for a in node.names if a.name == "text"}
            elif isinstance(node, ast.Assign):
                for target in node.targets:
                    self._bind(target, node.value)
            elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr) and node.value:
                self._bind(node.target, node.value)
            elif isinstance(node, ast.For | ast.comprehension):
                self._bind(node.target, node.iter)

    def _walk(self) -> Iterator[ast.AST]:
        for tree in self.trees:
            yield from ast.walk(tree)

    def _bind(self, target: ast.expr, value: ast.expr) -> None:
        for node in ast.walk(target):
            if isinstance(node, ast.Name):
                self.values.setdefault(node.id, []).append(value)

    def _name(self, call: ast.Call) -> str:
        """Return the name of the prose or printing function that is called, or nothing."""
        function = call.func
        if isinstance(function, ast.Name):
            return self.names.get(function.id, function.id if function.id in self.PRINTERS else "")
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
            return function.attr if function.value.id in self.modules else ""
        return ""

    def read(self) -> Iterator[str]:
        for node in self._walk():
            if isinstance(node, ast.Call) and (name := self._name(node)):
                yield from self._read_call(node, name, set())
        selectors = {
            id(part)
            for node in self._walk()
            if isinstance(node, ast.Subscript) or (isinstance(node, ast.Call) and self._selects(node))
            for part in ast.walk(node.slice if isinstance(node, ast.Subscript) else node)
        }
        for node in self._walk():
            # A string with a space is a caption, a heading or a note, whoever is given it.
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and " " in node.value.strip()
                and id(node) not in selectors
            ):
                yield from read_markdown(node.value)

    def _selects(self, call: ast.Call) -> bool:
        named = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        return named in ("query", "eval") or self._name(call) == "assert_claim"

    def _read_call(self, call: ast.Call, name: str, seen: set[str]) -> Iterator[str]:
        if name == "assert_claim":  # a condition and the claim it guards; neither is printed
            return
        quantity = name not in self.WORDS and name not in self.PRINTERS
        function = getattr(analysis_text, name, None)
        known = list(inspect.signature(function).parameters) if callable(function) else []
        for place, argument in enumerate(call.args):
            if not (place < len(known) and known[place] in self.FORMS) and not (
                name == "glue" and place == 0
            ):
                yield from self._read_value(argument, quantity, seen)
        for keyword in call.keywords:
            if keyword.arg not in self.FORMS:
                yield from self._read_value(keyword.value, quantity, seen)

    def _read_value(self, node: ast.expr | None, quantity: bool, seen: set[str]) -> Iterator[str]:
        """Yield every literal that an expression can hand on."""
        follow: list[ast.expr | None] = []
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str):
                yield from read_markdown(node.value)
            elif isinstance(node.value, int | float) and not isinstance(node.value, bool):
                yield f"{node.value:,}" if quantity else f"{node.value}"
        elif isinstance(node, ast.BinOp):
            sides = [node.left, node.right]
            computed = any(not isinstance(side, ast.Constant) for side in sides)
            scales = [s for s in sides if isinstance(s, ast.Constant) and s.value in (0, 1, 100)]
            follow += [side for side in sides if not (computed and side in scales)]
        elif isinstance(node, ast.Call):
            if name := self._name(node):
                yield from self._read_call(node, name, seen)
            elif isinstance(node.func, ast.Attribute):
                follow.append(node.func.value)
                if node.func.attr in ("format", "join", "replace"):
                    follow += [*node.args, *(k.value for k in node.keywords)]
            elif isinstance(node.func, ast.Name) and node.func.id in ("str", "int", "float", "round", "abs"):
                follow += node.args[:1]
        elif isinstance(node, ast.Name) and node.id not in seen:
            seen.add(node.id)
            follow += self.values.get(node.id, [])
        elif isinstance(node, ast.IfExp):
            follow += [node.body, node.orelse]
        elif isinstance(node, ast.Dict | ast.JoinedStr | ast.BoolOp):
            follow += node.values
        elif isinstance(node, ast.List | ast.Tuple | ast.Set):
            follow += node.elts
        elif isinstance(node, ast.UnaryOp):
            follow.append(node.operand)
        elif isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp):
            follow.append(node.elt)
        elif isinstance(
            node, ast.FormattedValue | ast.Subscript | ast.Attribute | ast.Starred | ast.NamedExpr
        ):
            follow.append(node.value)
        for part in follow:
            yield from self._read_value(part, quantity, seen)


def read_code(sources: Iterable[str]) -> list[str]:
    """Return the literals in code cells that reach a reader, each once."""
    return list(dict.fromkeys(_Code(sources).read()))
