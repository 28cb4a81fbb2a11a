"""The rendered book and the browser that opens it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.pages.markup import read_pages
from tests.pages.visits import serve

ROOT = Path(__file__).resolve().parents[2]
# Another folder can be tested: BOOK_HTML=… pytest tests/pages
HTML = Path(os.environ.get("BOOK_HTML", ROOT / "_build" / "html"))

expect.set_options(timeout=20_000)  # for a busy machine


@pytest.fixture(scope="session")
def html():
    if not (HTML / "index.html").is_file():
        pytest.fail(f"no pages in {HTML.name}; run make book")
    return HTML


@pytest.fixture(scope="session")
def pages(html):
    return read_pages(html)


@pytest.fixture(scope="session")
def texts(pages):
    """The pages with a text, by path: not the redirect, the 404 page and the search."""
    return {n: page for n, page in pages.items() if page.select_one("article h1") and n != "search.html"}


@pytest.fixture(scope="session")
def chapter(texts):
    """A page with a figure, and with most of what a page can have."""
    return max((n for n, p in texts.items() if p.select_one("svg.plot")), key=lambda n: len(str(texts[n])))


@pytest.fixture(scope="session")
def address(html):
    with serve(html) as address:
        yield address


@pytest.fixture(scope="session", params=["over the network", "from a folder"])
def place(request, address, html):
    return address if request.param == "over the network" else html.as_uri()


@pytest.fixture(scope="session")
def browser():
    program = shutil.which("chromium")
    if not program:
        stop = pytest.fail if os.environ.get("CI") else pytest.skip
        stop("NO BROWSER TEST WAS RUN: there is no chromium here; install it to test the pages")
    with sync_playwright() as playwright:
        # As root, and in most containers, Chromium has no sandbox to run in; it opens only these pages.
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()
