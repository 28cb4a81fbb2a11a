"""Checks of the rendered pages that need no browser."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise, zip_longest
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag

HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")
SHORTEST_ALT = 30
FIGURES_BYTES = 120_000  # a page's figures together
LOADING = ["script", "img", "iframe", "source", "link", "video", "audio", "object"]
Pages = dict[str, BeautifulSoup]


def read_pages(folder: Path) -> Pages:
    """Return every page of a built book by its path."""
    return {
        path.relative_to(folder).as_posix(): BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for path in sorted(folder.rglob("*.html"))
    }


def find_broken_links(folder: Path, pages: Pages) -> Iterator[str]:
    """Yield links to a file or an anchor of the book that is not there."""
    anchors = {name: {t["id"] for t in page.find_all(id=True)} for name, page in pages.items()}
    for name, page in pages.items():
        for tag, attribute in [("a", "href"), ("link", "href"), ("img", "src"), ("script", "src")]:
            for element in page.find_all(tag, attrs={attribute: True}):
                parts = urlsplit(element[attribute])
                if parts.scheme or parts.netloc:
                    continue
                target = (folder / name).parent / unquote(parts.path) if parts.path else folder / name
                if not target.is_file():
                    yield f"{name}: {element[attribute]} leads nowhere"
                elif parts.fragment and target.suffix == ".html":
                    other = target.resolve().relative_to(folder.resolve()).as_posix()
                    if unquote(parts.fragment) not in anchors[other]:
                        yield f"{name}: {element[attribute]} names an anchor that is not there"


def find_outside_files(folder: Path, pages: Pages) -> Iterator[str]:
    """Yield what a page would fetch from outside the book."""
    for name, page in pages.items():
        for element in page.find_all(LOADING):
            if element.name == "link" and set(element.get("rel", [])) <= {"canonical", "next", "prev"}:
                continue
            for attribute in ("src", "srcset", "href", "data"):
                if re.match(r"(https?:)?//", str(element.get(attribute, ""))):
                    yield f"{name}: {element.name} from {element[attribute]}"
    for sheet in sorted(folder.rglob("*.css")):
        for address in re.findall(r"url\(\s*['\"]?((?:https?:)?//[^)'\"]+)", sheet.read_text("utf-8")):
            yield f"{sheet.relative_to(folder).as_posix()}: {address}"


def find_shared_ids(folder: Path, pages: Pages) -> Iterator[str]:
    """Yield identifiers that two elements of a page share."""
    for name, page in pages.items():
        for identifier, times in Counter(t["id"] for t in page.find_all(id=True)).items():
            if times > 1:
                yield f"{name}: {times} elements have the id {identifier}"


def find_bad_alt(folder: Path, pages: Pages) -> Iterator[str]:
    """Yield pictures whose text is missing, a path, too short, or the caption again."""
    for name, page in pages.items():
        for picture in page.select("article img, article svg[role=img], article object"):
            alt = str(picture.get("alt" if picture.name == "img" else "aria-label", "")).strip()
            caption = picture.find_parent("figure")
            caption = caption and caption.find("figcaption")
            if len(alt) < SHORTEST_ALT:
                yield f"{name}: picture with the text {alt!r}; expected kind, axes and shape"
            elif re.search(r"[\w-]/[\w-]+\.\w{2,4}\b|\.(png|svg|jpe?g)\b", alt):
                yield f"{name}: picture with a path for text: {alt!r}"
            elif caption and alt.rstrip(".") in " ".join(caption.get_text().split()):
                yield f"{name}: picture whose text is its caption: {alt!r}"


def find_figures_without_data(folder: Path, pages: Pages) -> Iterator[str]:
    """Yield figures without their picture and data to download, or without a table before the next figure."""
    for name, page in pages.items():
        parts = page.select("article figure:has(svg.plot), article details.data-table:has(table)")
        for part, after in zip_longest(parts, parts[1:]):
            if part.name != "figure":
                continue
            offered = {Path(a["href"]).suffix for a in part.select("figcaption a[download]")}
            if missing := {".svg", ".csv"} - offered:
                yield f"{name}: {part.get('id')} offers no {' and no '.join(sorted(missing))}"
            if after is None or after.name == "figure":
                yield f"{name}: {part.get('id')} has no table of its data"


def find_unanchored(folder: Path, pages: Pages) -> Iterator[str]:
    """Yield figures, tables and findings without an anchor."""
    for name, page in pages.items():
        for part in page.select("article figure:has(svg.plot), article table.numbers, .findings li"):
            anchor = part.get("id") or (part.name == "li" and part.select_one("[id^=finding-]"))
            if not anchor:
                yield f"{name}: no anchor on {part.name} {part.get_text(' ', strip=True)[:60]!r}"


def find_bad_headings(folder: Path, pages: Pages) -> Iterator[str]:
    """Yield pages without exactly one top heading, and headings that skip a level."""
    for name, page in pages.items():
        levels = [int(h.name[1]) for h in page.find_all(["h1", "h2", "h3", "h4", "h5", "h6"])]
        if levels.count(1) != 1:
            yield f"{name}: {levels.count(1)} headings of the first level; expected 1"
        for above, below in pairwise(levels):
            if below > above + 1:
                yield f"{name}: a heading of level {below} follows one of level {above}"


def find_bad_heads(folder: Path, pages: Pages) -> Iterator[str]:
    """Yield pages without language, title of their own, description or icon."""
    # The redirect at the root shows its title for an instant only.
    kept = {name: p for name, p in pages.items() if not p.find("meta", attrs={"http-equiv": "refresh"})}
    titles = Counter(page.title.get_text() if page.title else "" for page in kept.values())
    for name, page in pages.items():
        title = page.title.get_text() if page.title else ""
        if not page.html or not page.html.get("lang"):
            yield f"{name}: no language"
        if not title.strip() or titles[title] > 1:
            yield f"{name}: title {title!r} is missing or another page's as well"
        if not page.select_one('link[rel="icon"]'):
            yield f"{name}: no icon, so browsers ask for one that is not there"
        if page.select_one("article h2") and not page.select_one('meta[name="description"][content]'):
            yield f"{name}: no description"


def find_unmarked_korean(folder: Path, pages: Pages) -> Iterator[str]:
    """Yield Korean words that a screen reader would read as English."""
    for name, page in pages.items():
        for text in page.find_all(string=HANGUL):
            marked = [e for e in text.parents if isinstance(e, Tag) and e.get("lang")]
            if text.parent.name not in ("title", "script") and (not marked or marked[0]["lang"] != "ko"):
                yield f"{name}: Korean not marked as such: {text.strip()[:40]!r}"


def find_heavy_figures(folder: Path, pages: Pages) -> Iterator[str]:
    """Yield pages whose figures have too many bytes."""
    for name, page in pages.items():
        size = sum(len(str(plot).encode()) for plot in page.select("svg.plot"))
        if size > FIGURES_BYTES:
            yield f"{name}: figures of {size:,} bytes; expected at most {FIGURES_BYTES:,}"


CHECKS: list[Callable[[Path, Pages], Iterator[str]]] = [
    find_broken_links,
    find_outside_files,
    find_shared_ids,
    find_bad_alt,
    find_figures_without_data,
    find_unanchored,
    find_bad_headings,
    find_bad_heads,
    find_unmarked_korean,
    find_heavy_figures,
]
