"""``make site``: the pages with one PDF and one archive of the whole book, and the links to both.

The PDF is printed by Chromium from one long page that is put together from the articles of the built
book, so that paper and screen say the same.
"""

from __future__ import annotations

import re
import shutil
import sys
import zipfile
from html import escape
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent

NAME = "leaving-north-korea-in-numbers"
MARK = "<!-- whole book -->"  # in book/_templates/layout.html
NOT_ON_PAPER = "script, .headerlink, #searchbox, .code-cell, .picture, .filter, .figure-data, #all-tables"
REFERENCES = ("href", "for", "aria-labelledby", "aria-describedby", "aria-controls", "clip-path")
PAPER_STYLE = """
.title-page, .chapter:not(:last-child) { break-after: page; }
h1 { padding-top: 1mm; } /* at the very top of a sheet Chromium names it twice in the outline */
.title-page { padding-top: 55mm; }
.title { font-size: 30pt; line-height: 1.15; font-weight: 600; }
.title-page nav { margin-top: 20mm; }
.title-page ul { list-style: none; padding: 0; }
.title-page li { margin-bottom: 1mm; }
.title-page a { text-decoration: none; }
"""
PREVIEW_STYLE = """
body { display: grid; grid-template: auto 1fr / 24rem 1fr; height: 630px; padding: 3.5rem; gap: 1rem 2.5rem; }
p { margin: 0; color: var(--accent); font: 600 1.4rem/1.3 var(--sans); }
h1 { margin: 0; font-size: 3.4rem; text-wrap: wrap; }
.plot { grid-area: 1 / 2 / 3 / 3; align-self: center; width: 100%; max-height: 520px; }
"""
# Pixels between the margins of a sheet (book.css). Were one table wider, Chromium would print the whole
# book smaller to make it fit; so such a table alone is set smaller.
SHEET = 604
FIT_TABLES = """for (const table of document.querySelectorAll("table")) {
  const width = table.getBoundingClientRect().width, room = table.parentElement.clientWidth;
  if (width > room) table.style.zoom = Math.floor(98 * room / width) / 100;
}"""
FOOTER = '<p style="width:100%;font:8pt sans-serif;text-align:center"><span class="pageNumber"></span></p>'


def _read(page: Path) -> BeautifulSoup:
    return BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")


def _find(within: Tag, selector: str) -> Tag:
    found = within.select_one(selector)
    if found is None:
        raise LookupError(f"no {selector} on a page; book/_templates/layout.html has it")
    return found


def list_pages(html: Path) -> list[Path]:
    """Return the pages of the book in the order of its contents, the first page first."""
    home = next(path for path in sorted(html.glob("*/index.html")))
    links = [str(link["href"]) for link in _read(home).select("#chapters a[href]")]
    return [home, *((home.parent / link).resolve() for link in links if not link.startswith(("#", "index.")))]


def assemble(html: Path) -> str:
    """Return the whole book as one page for paper."""
    pages = list_pages(html)
    names = {page.name: page.stem for page in pages}
    home = _read(pages[0])
    title, colophon = _find(home, ".brand").get_text(), _find(home, ".colophon p").get_text()
    chapters, contents = [], []
    for page in pages:
        article = _find(_read(page), "article.body")
        for element in article.select(NOT_ON_PAPER):
            element.decompose()
        for details in article.select("details"):
            details["open"] = ""
        for text in article.find_all(string=re.compile(r"\w_\w")):
            if text.find_parent(["td", "th"]):  # a long name may be broken at its joints
                text.replace_with(BeautifulSoup(escape(text).replace("_", "_<wbr>"), "html.parser"))
        heading = " ".join(_find(article, "h1").get_text().split())
        _rewrite_links(article, page, html, names)
        inside = article.decode_contents()
        chapters.append(f'<section class="chapter" id="{page.stem}">{inside}</section>')
        contents.append(f'<li><a href="#{page.stem}">{heading}</a></li>')
    return f"""<!DOCTYPE html>
<html lang="en" data-theme="light"><head><meta charset="utf-8"><title>{title}</title>
<link rel="stylesheet" href="_static/book.css"><style>{PAPER_STYLE}</style></head>
<body><main><div class="title-page"><p class="title">{title}</p><p>{colophon}</p>
<nav aria-label="Contents"><ul>{"".join(contents)}</ul></nav></div>
{"".join(chapters)}</main></body></html>"""


def _rewrite_links(article: Tag, page: Path, html: Path, names: dict[str, str]) -> None:
    """Give an article's identifiers and links the form they have in the long page."""
    for element in article.find_all(True):
        if element.get("id"):
            element["id"] = f"{page.stem}--{element['id']}"
        for key in REFERENCES:
            value = element.get(key)
            if not value or re.match(r"[a-z]+:", str(value)):
                continue
            path, _, anchor = str(value).partition("#")
            if key == "clip-path":
                element[key] = f"url(#{page.stem}--{anchor.rstrip(')')})"
            elif key != "href":
                element[key] = " ".join(f"{page.stem}--{part}" for part in str(value).split())
            elif not path or Path(path).name in names:
                place = names.get(Path(path).name, page.stem)
                element[key] = f"#{place}--{anchor}" if anchor else f"#{place}"
            else:  # a file of the book, which is not part of the paper
                del element[key]
        if element.name == "img" and not str(element["src"]).startswith("data:"):
            file = (page.parent / str(element["src"])).resolve()
            element["src"] = file.relative_to(html.resolve()).as_posix()


def print_book(browser: Browser, html: Path, target: Path) -> None:
    """Print the whole book as a tagged PDF with an outline, whose bytes repeat."""
    paper = html / "paper.html"
    paper.write_text(assemble(html), encoding="utf-8")
    try:
        page = browser.new_page(color_scheme="light", viewport={"width": SHEET, "height": 900})
        page.emulate_media(media="print")
        page.goto(paper.resolve().as_uri())
        page.evaluate(FIT_TABLES)
        width = page.evaluate("document.scrollingElement.scrollWidth")
        if width > SHEET:
            raise RuntimeError(f"the pages are {width} pixels wide on paper; expected at most {SHEET}")
        pdf = page.pdf(
            format="A4",
            tagged=True,
            outline=True,
            print_background=True,
            display_header_footer=True,
            header_template="<p></p>",
            footer_template=FOOTER,
        )
        page.close()
    finally:
        paper.unlink()
    # The only bytes that differ from one printing to the next.
    target.write_bytes(re.sub(rb"(/(?:Creation|Mod)Date \(D:)\d{14}", rb"\g<1>20000101000000", pdf))


def draw_previews(browser: Browser, site: Path) -> None:
    """Give every page that has an address and a figure the picture that is shown with a link to it.

    No picture about suicide is used.
    """
    sheet = browser.new_page(viewport={"width": 1200, "height": 630}, color_scheme="light")
    for page in list_pages(site):
        soup = _read(page)
        address = soup.select_one('link[rel="canonical"]')
        figures = [f for f in soup.select("figure:has(svg.plot)") if not re.search("suicid", str(f), re.I)]
        if address is None or not figures:
            continue
        plot, name = _find(figures[0], "svg.plot"), f"preview-{page.stem}.png"
        paper = site / "preview.html"
        paper.write_text(
            '<!DOCTYPE html><html data-theme="light"><link rel="stylesheet" href="_static/book.css">'
            f"<style>{PREVIEW_STYLE}</style><p>{_find(soup, '.brand').get_text()}</p>"
            f"<h1>{next(_find(soup, 'h1').stripped_strings)}</h1>{plot}",
            encoding="utf-8",
        )
        sheet.goto(paper.resolve().as_uri())
        sheet.screenshot(path=site / "_images" / name)
        paper.unlink()
        base = str(address["href"]).removesuffix(page.relative_to(site).as_posix())
        text = page.read_text(encoding="utf-8")
        tags = (
            f'<meta property="og:image" content="{base}_images/{name}">\n'
            f'<meta property="og:image:alt" content="{escape(str(plot["aria-label"]), quote=True)}">\n'
            '<meta name="twitter:card" content="summary_large_image">\n'
        )
        mark = '<meta property="og:title"'
        page.write_text(text.replace(mark, tags + mark, 1), encoding="utf-8", newline="\n")
    sheet.close()


def write_zip(html: Path, target: Path) -> None:
    """Write the built pages as one archive, to be read from a folder, whose bytes repeat."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(path for path in html.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(f"{NAME}/{path.relative_to(html).as_posix()}")
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes())


def add_download_links(site: Path) -> None:
    """Put the links to the PDF and to the archive at the foot of every page."""
    sizes = {end: (site / f"{NAME}.{end}").stat().st_size / 1e6 for end in ("pdf", "zip")}
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        up = "../" * (len(page.relative_to(site).parts) - 1)
        links = (
            f'<p>The whole book: <a href="{up}{NAME}.pdf">PDF ({sizes["pdf"]:.1f} MB)</a>, '
            f'<a href="{up}{NAME}.zip">pages to read offline ({sizes["zip"]:.1f} MB)</a></p>'
        )
        page.write_text(text.replace(MARK, links), encoding="utf-8", newline="\n")


def make_site(html: Path, site: Path) -> None:
    """Make the folder that is published from the built pages."""
    shutil.rmtree(site, ignore_errors=True)
    shutil.copytree(html, site)
    write_zip(html, site / f"{NAME}.zip")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        print_book(browser, site, site / f"{NAME}.pdf")
        draw_previews(browser, site)
        browser.close()
    add_download_links(site)


if __name__ == "__main__":
    if not shutil.which("chromium"):
        sys.exit("make site prints with chromium, which is not installed")
    make_site(ROOT / "_build" / "html", ROOT / "_build" / "site")
    print("The site is _build/site")
