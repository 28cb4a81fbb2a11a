"""Visit pages in a browser: their requests, weight, errors, accessibility findings and labels."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route

SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
VIEWS = [f"{size} {scheme}" for size in SIZES for scheme in ("light", "dark")]
# Views with whether contrast is checked: one without in make test, all four with it in make slow.
AUDITED = [
    pytest.param(VIEWS[0], False, id=f"{VIEWS[0]}, quickly"),
    *(pytest.param(view, True, marks=pytest.mark.slow, id=view) for view in VIEWS),
]
PAGE_BYTES = 280_000
REFERENCE_BYTES = 600_000  # of an appendix, which may be one long table, and of the search with its index
EXPLORER_BYTES = 1_000_000  # of the page with its chart library; data come on top
SMALLEST_TYPE = 11  # pixels, as displayed

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}

OVERFLOW = "document.scrollingElement.scrollWidth - innerWidth"

# Runs in the page. Letters are measured as displayed; two labels may touch, not cover each other.
LOOK_AT_FIGURES = """smallest => [...document.querySelectorAll("svg.plot")].flatMap(plot => {
  const said = [], frame = plot.getBoundingClientRect();
  const scale = frame.width / plot.viewBox.baseVal.width;
  const name = plot.closest("figure")?.id || "a figure";
  const labels = [...plot.querySelectorAll("text")].map(text => ({
    words: text.textContent, box: text.getBoundingClientRect(),
    size: parseFloat(getComputedStyle(text).fontSize) * scale }));
  for (const { words, box, size } of labels) {
    if (size < smallest) said.push(`${name}: "${words}" is shown ${size.toFixed(1)} px high`);
    if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1
        || box.bottom > frame.bottom + 1) said.push(`${name}: "${words}" runs out of the picture`);
  }
  labels.forEach((a, i) => labels.slice(i + 1).forEach(b => {
    const across = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
    const down = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
    if (across > 2 && down > 0.3 * Math.min(a.box.height, b.box.height))
      said.push(`${name}: "${a.words}" and "${b.words}" cover each other`);
  }));
  return said;
})"""


class Quiet(SimpleHTTPRequestHandler):
    """Serve a folder without a log."""

    def log_message(self, *arguments: Any) -> None:
        pass


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port of this machine; yield its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def open_page(browser: Browser, view: str, **options: Any) -> Iterator[Page]:
    """Open an empty page in a view, such as ``phone dark``."""
    size, scheme = view.split()
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, has_touch=size == "phone", **options
    )
    try:
        yield context.new_page()
    finally:
        context.close()


@contextmanager
def watch(page: Page) -> Iterator[None]:
    """Fail if a page reports an error or requests anything outside the book."""
    said: list[str] = []
    page.on("console", lambda m: m.type in ("error", "warning") and said.append(m.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("requestfailed", lambda request: said.append(f"failed: {request.url}"))
    page.on("request", lambda r: re.match(r"https?://(?!127\.0\.0\.1)", r.url) and said.append(r.url))
    yield
    assert said == []


def press_until(page: Page, key: str, wanted: str, limit: int = 60) -> None:
    """Press a key until an element has the focus."""
    for _ in range(limit):
        page.keyboard.press(key)
        if page.evaluate("selector => document.activeElement.matches(selector)", wanted):
            return
    pytest.fail(f"{wanted} is not reached by {key}")


@dataclass
class Visit:
    """The requests of one page and what was found on it."""

    page: str
    view: str
    size: int = 0
    requests: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)
    overflow: int = 0
    search_boxes: int = 0

    @property
    def budget(self) -> int:
        """Bytes that the page may have: fewer for a chapter than for an appendix."""
        if self.page.endswith("explorer.html"):
            return EXPLORER_BYTES
        return PAGE_BYTES if re.search(r"\b(index|\d\d_\w+)\.html$", self.page) else REFERENCE_BYTES


def audit(
    page: Page, *, contrast: bool = True, only: Sequence[str] = (), within: Sequence[str] = ()
) -> list[str]:
    """Return what the accessibility engine finds, by all rules or ``only`` some, ``within`` some parts."""
    rules = {**RULES["rules"], "color-contrast": {"enabled": contrast}}
    options = {**RULES, "rules": rules}
    if only:
        options = {"runOnly": {"type": "rule", "values": list(only)}}
    context = {"include": [[part] for part in within]} if within else None
    violations = Axe().run(page, context=context, options=options).response["violations"]
    return [f"{v['id']} ({v['impact']}): {v['nodes'][0]['html'][:120]}" for v in violations]


def hold(route: Route) -> None:
    """Deliver a page without its redirect, so that it can be checked."""
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace('http-equiv="refresh"', 'name="held"'))


def visit(browser: Browser, address: str, name: str, view: str, *, contrast: bool = True) -> Visit:
    """Visit a page with an empty cache, scroll to its end, open what is folded, and check it.

    The contrast of colours takes nine tenths of the time of a long page.
    """
    seen = Visit(name, view)
    with open_page(browser, view) as page:
        page.on("console", lambda m: m.type in ("error", "warning") and seen.errors.append(m.text))
        page.on("pageerror", lambda error: seen.errors.append(str(error)))
        page.on("requestfailed", lambda request: seen.errors.append(f"failed: {request.url}"))
        page.on("request", lambda request: seen.requests.append(request.url))
        page.on("response", lambda r: r.status >= 400 and seen.errors.append(f"{r.status}: {r.url}"))
        finished: list[Any] = []
        page.on("requestfinished", lambda request: finished.append(request))
        page.route("**/*.html", hold)
        page.goto(f"{address}/{name}")
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        seen.outside = [u for u in seen.requests if not u.startswith((address, "data:"))]
        seen.overflow = page.evaluate(OVERFLOW)
        seen.search_boxes = page.locator("input[type=search][name=q]").count()
        page.evaluate("scrollTo(0, 0)")
        # Folded parts stand closer together than open ones; open ones show more.
        seen.findings = audit(page, only=["target-size"])
        page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
        seen.figures = page.evaluate(LOOK_AT_FIGURES, SMALLEST_TYPE if view.startswith("phone") else 0)
        seen.overflow = max(seen.overflow, page.evaluate(OVERFLOW))
        seen.findings += audit(page, contrast=contrast)
        # Each file counts once; the browser may request the icon again.
        own = {r.url: r for r in finished if r.url.startswith(address)}
        seen.size = sum(len(r.response().body()) for r in own.values())
    return seen
