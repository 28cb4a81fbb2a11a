"""The head of every page, the index redirect and the 404 page."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

DESCRIPTION_LETTERS = 200
SEARCHED = "North Korean defectors in numbers: "  # the word people search for, which the pages avoid


def describe(html: str) -> str:
    """Return the description of a page: its answer, else its first paragraph, cut at a sentence or word."""
    answer = re.search(r'<div class="[^"]*\banswer\b[^"]*">.*?</div>', html, re.DOTALL)
    paragraph = re.search(r"<p>(.*?)</p>", answer[0] if answer else html, re.DOTALL)
    if not paragraph:
        return ""
    # References to notes and sources mean nothing away from the page.
    text = re.sub(r"<(sup|a class=\"footnote)[^>]*>.*?</\w+>", "", paragraph[1], flags=re.DOTALL)
    text = " ".join(unescape(re.sub(r"<[^>]+>", "", text)).split()).removeprefix("In short. ")
    if len(text) <= DESCRIPTION_LETTERS:
        return text
    end = text.rfind(". ", 0, DESCRIPTION_LETTERS) + 1
    if end > DESCRIPTION_LETTERS / 3:
        return text[:end]
    return text[: text.rfind(" ", 0, DESCRIPTION_LETTERS)].rstrip(",;:") + " …"


def fill_head(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Give the template a page's description, and the addresses of its notebook if those are configured."""
    description = describe(context.get("body", ""))
    english = app.config.language == "en" and description and "defector" not in description
    context["description"] = SEARCHED + description if english else description
    path = Path(app.env.doc2path(pagename, base=False)) if doctree else Path()
    context["notebook"] = path.suffix == ".ipynb"
    context["repository"] = app.config.html_theme_options.get("repository_url", "").rstrip("/")
    _, github, name = context["repository"].partition("github.com/")
    if context["notebook"] and github:
        context["launch"] = f"https://mybinder.org/v2/gh/{name}/HEAD?urlpath=lab/tree/{path.as_posix()}"


def collect_pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield the page at the root, which redirects to the book, and the 404 page."""
    home = app.builder.get_target_uri(app.config.root_doc)
    if app.config.root_doc != "index":
        yield "index", {"title": app.config.html_title, "home": home, "leads_on": True}, "bare.html"
    base = app.config.html_baseurl
    yield (
        "404",
        {"title": "Page not found", "home": f"{base.rstrip('/')}/{home}" if base else home},
        "bare.html",
    )


def choose_pages_to_write(app: Sphinx, env: BuildEnvironment) -> set[str]:
    """Write all pages again if anything changed that they show of each other: titles, labels, sources."""
    # Reading stays serial, for jupyter-book's numbering needs it.
    app.parallel = 2 * (os.cpu_count() or 1)
    std, cite = env.domaindata["std"], env.domaindata.get("cite", {})
    titles = [(page, title.astext()) for page, title in env.titles.items()]
    parts = titles, std["labels"].items(), std["anonlabels"].items(), cite.get("citation_refs", [])
    shared = "\n".join(sorted(repr(item) for part in parts for item in part))
    known, env.shared_by_pages = getattr(env, "shared_by_pages", ""), shared  # type: ignore[attr-defined]
    return set() if shared == known else set(env.found_docs)


def setup(app: Sphinx) -> None:
    """Connect the steps."""
    app.connect("env-updated", choose_pages_to_write)
    app.connect("html-page-context", fill_head)
    app.connect("html-collect-pages", collect_pages)
