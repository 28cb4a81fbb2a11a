"""Style sheets, cut down to the rules that the pages use.

The sheets of the tools style everything those tools can write. A page that carries them whole is
several times as heavy; a selection made by hand goes stale in silence when a page first uses
something new. So each build reads its own pages and keeps what they name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import tinycss2
from tinycss2.ast import AtRule, Declaration, Node, QualifiedRule

# What scripts put on a page once it is open.
ADDED_TAGS = ("input", "label", "button", "output", "tspan", "rect", "mark")
ADDED_CLASSES = (
    "context", "copy", "few", "filter", "highlight-link", "highlighted", "more", "search", "sort", "stack",
)  # fmt: skip
ADDED_ATTRIBUTES = ("aria-sort", "aria-pressed", "data-theme", "tabindex", "hidden", "open")


@dataclass
class Names:
    """What pages are made of; ``variables`` are the custom properties that their markup reads.

    Names too many do no harm: they only keep a rule.
    """

    tags: set[str] = field(default_factory=lambda: {"html", "body", *ADDED_TAGS})
    classes: set[str] = field(default_factory=lambda: set(ADDED_CLASSES))
    ids: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=lambda: {"class", "id", *ADDED_ATTRIBUTES})
    variables: set[str] = field(default_factory=set)

    def read(self, html: str) -> None:
        """Add what a page names."""
        self.tags.update(re.findall(r"<([a-z][\w-]*)", html))
        self.attributes.update(re.findall(r"\s([a-z][\w-]*)(?=[=\s>])", html))
        self.ids.update(re.findall(r'\sid="([^"]+)"', html))
        self.variables.update(re.findall(r"var\((--[\w-]+)", html))
        for classes in re.findall(r'\sclass="([^"]+)"', html):
            self.classes.update(classes.split())


@dataclass
class Block:
    """A rule: its head, and the declarations or the rules between its braces."""

    head: str
    declarations: list[tuple[str, str]] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)

    def __str__(self) -> str:
        inner = [f"{name}:{value}" for name, value in self.declarations]
        return f"{self.head}{{{';'.join(inner)}{''.join(map(str, self.blocks))}}}"

    def is_empty(self) -> bool:
        """Whether nothing stands between the braces."""
        return not self.declarations and not self.blocks


def purge(css: str, names: Names) -> str:
    """Return a style sheet without what no page uses."""
    blocks = list(_keep(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True), names))
    read: set[str] = set()
    while (now := names.variables | set(_read_variables(blocks))) != read:
        read = now
        blocks = list(_keep_variables(blocks, read))
    return "\n".join(map(str, blocks)) + "\n"


def _keep(rules: Iterable[Node], names: Names) -> Iterator[Block]:
    for rule in rules:
        if isinstance(rule, QualifiedRule):
            heads = [tinycss2.serialize(s).strip() for s in _split(rule.prelude) if _can_match(s, names)]
            block = Block(",".join(heads), list(_declare(rule.content)))
            if heads and not block.is_empty():
                yield block
        elif isinstance(rule, AtRule) and rule.content is not None:
            head = f"@{rule.lower_at_keyword} {tinycss2.serialize(rule.prelude).strip()}"
            if rule.lower_at_keyword in ("media", "supports", "layer"):
                inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
                block = Block(head, blocks=list(_keep(inner, names)))
                if not block.is_empty():
                    yield block
            elif rule.lower_at_keyword == "page":
                yield Block(head, list(_declare(rule.content)))


def _declare(content: list[Node]) -> Iterator[tuple[str, str]]:
    for part in tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True):
        if isinstance(part, Declaration):
            yield part.name, tinycss2.serialize(part.value).strip() + "!important" * part.important


def _split(prelude: Iterable[Node]) -> list[list[Node]]:
    parts: list[list[Node]] = [[]]
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _can_match(selector: Iterable[Node], names: Names) -> bool:
    """Whether some page has every name that a selector asks for; ``:not(…)`` asks for none."""
    before = ""
    for token in selector:
        if token.type == "ident" and before == ".":
            found = token.value in names.classes
        elif token.type == "ident" and before != ":":
            found = token.lower_value in names.tags
        elif token.type == "hash":
            found = token.value in names.ids
        elif token.type == "[] block":
            found = any(t.type == "ident" and t.lower_value in names.attributes for t in token.content[:2])
        elif token.type == "function" and token.lower_name in ("is", "where", "has"):
            found = any(_can_match(part, names) for part in _split(token.arguments))
        else:
            found = True
        if not found:
            return False
        before = token.value if token.type == "literal" else ""
    return True


def _read_variables(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        for _, value in block.declarations:
            yield from re.findall(r"var\(\s*(--[\w-]+)", value)
        yield from _read_variables(block.blocks)


def _keep_variables(blocks: Iterable[Block], read: set[str]) -> Iterator[Block]:
    for block in blocks:
        kept = [(n, v) for n, v in block.declarations if not n.startswith("--") or n in read]
        block = Block(block.head, kept, list(_keep_variables(block.blocks, read)))
        if not block.is_empty():
            yield block
