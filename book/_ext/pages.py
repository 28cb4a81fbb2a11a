"""The pages' heads, and the two pages that no notebook makes: the way in and the way back."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

DESCRIPTION_LETTERS = 200


def read_site(app: Sphinx, config: Config) -> None:
    """Take the place of publication from the ``site`` block of ``_config.yml``.

    While it is empty no page links to a repository, a launch service or an address of its own.
    """
    file = Path(app.srcdir) / "_config.yml"
    known = yaml.safe_load(file.read_text(encoding="utf-8")) if file.is_file() else {}
    site = known.get("site") or {}
    address = (site.get("address") or "").rstrip("/")
    config.html_baseurl = f"{address}/" if address else ""
    config.html_context["repository"] = (site.get("repository") or "").rstrip("/")


def describe(html: str) -> str:
    """Return the sentences a page is announced by: its answer, else its first paragraph."""
    answer = re.search(r'<div class="[^"]*\banswer\b[^"]*">.*?</div>', html, re.DOTALL)
    paragraph = re.search(r"<p>(.*?)</p>", answer[0] if answer else html, re.DOTALL)
    if not paragraph:
        return ""
    # References to notes and sources say nothing away from the page.
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
    """Give the template what the head and the menu of a page say."""
    context["description"] = describe(context.get("body", ""))
    path = Path(app.env.doc2path(pagename, base=False)) if doctree else Path()
    context["notebook"] = path.suffix == ".ipynb"
    repository = context.get("repository", "")
    if context["notebook"] and "github.com/" in repository:
        name = repository.partition("github.com/")[2]
        context["launch"] = f"https://mybinder.org/v2/gh/{name}/HEAD?urlpath=lab/tree/{path.as_posix()}"


def collect_pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield the page at the root, which leads to the book, and the one for an address that is not."""
    home = app.builder.get_target_uri(app.config.root_doc)
    if app.config.root_doc != "index":
        yield "index", {"title": app.config.html_title, "home": home, "leads_on": True}, "bare.html"
    yield "404", {"title": "Page not found", "home": (app.config.html_baseurl or "") + home}, "bare.html"


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
    """Register all of it."""
    app.connect("env-updated", choose_pages_to_write)
    app.connect("config-inited", read_site, priority=10)
    app.connect("html-page-context", fill_head)
    app.connect("html-collect-pages", collect_pages)
