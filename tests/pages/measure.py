"""Measure every page in every view: ``python -m tests.pages.measure`` writes ``book/page_facts.csv``.

One row a page and view. ``requests`` counts the files a visit asks for, the page included, ``outside`` those
to other places, ``errors`` lines of the console and failed requests, ``findings`` what the
accessibility engine objects to, ``size_bytes`` all that arrives with an empty cache, uncompressed.
These repeat and ``tests/pages/test_views.py`` compares them. ``first_paint_ms`` is the median of three
visits over a simulated slow line (1.6 megabits a second, 150 ms away); it depends on the machine.
"""

from __future__ import annotations

import csv
import io
import statistics
import sys

from playwright.sync_api import Browser, sync_playwright

from scripts.notebooks import BOOK, write_file
from tests.pages.conftest import HTML, find_chromium
from tests.pages.visits import VIEWS, Visit, open_page, serve, visit

SLOW_LINE = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 94_000}
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"


FACTS = BOOK / "page_facts.csv"
COUNTS = ["requests", "outside", "errors", "findings", "size_bytes"]


def count(seen: Visit) -> dict[str, int]:
    """Return what repeats of a visit."""
    found = [len(set(seen.requests)), len(seen.outside), len(seen.errors), len(seen.findings), seen.size]
    return dict(zip(COUNTS, found, strict=True))


def time_paint(browser: Browser, address: str, name: str, view: str) -> float:
    """Return the milliseconds until something is on the screen, with an empty cache."""
    with open_page(browser, view) as page:
        line = page.context.new_cdp_session(page)
        line.send("Network.enable")
        line.send("Network.emulateNetworkConditions", SLOW_LINE)
        page.goto(f"{address}/{name}")
        page.wait_for_function(f"({PAINT}) > 0")
        return page.evaluate(PAINT)


def main() -> int:
    """Write the table, once every page was measured."""
    program = find_chromium()
    if not program:
        print("there is no chromium here to measure with", file=sys.stderr)
        return 1
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(["page", "view", *COUNTS, "first_paint_ms"])
    pages = sorted(path.relative_to(HTML).as_posix() for path in HTML.glob("*/*.html"))
    with serve(HTML) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for name in pages:
            for view in VIEWS:
                seen = visit(browser, address, name, view)
                paint = statistics.median(time_paint(browser, address, name, view) for _ in range(3))
                out.writerow([name, view, *count(seen).values(), round(paint)])
        browser.close()
    write_file(FACTS, text.getvalue())
    return 0


if __name__ == "__main__":
    sys.exit(main())
