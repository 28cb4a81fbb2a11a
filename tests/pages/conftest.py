"""The built book and the browser that looks at it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.pages.markup import read_pages
from tests.pages.visits import serve

ROOT = Path(__file__).resolve().parents[2]
# Another folder than the book's own can be judged: BOOK_HTML=… pytest tests/pages
HTML = Path(os.environ.get("BOOK_HTML", ROOT / "_build" / "html"))

# A busy machine is no fault of a page.
expect.set_options(timeout=20_000)


def find_chromium():
    return shutil.which("chromium")


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
    """The pages somebody wrote, by path: not the way in, the way back and the search."""
    return {n: page for n, page in pages.items() if page.select_one("article h1") and n != "search.html"}


@pytest.fixture(scope="session")
def address(html):
    with serve(html) as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    program = find_chromium()
    if not program:
        say = pytest.fail if os.environ.get("CI") else pytest.skip
        say("NO BROWSER TEST WAS RUN: there is no chromium here; install it to look at the pages")
    with sync_playwright() as playwright:
        # As root, and in most containers, Chromium has no sandbox to run in; it opens only these pages.
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()
