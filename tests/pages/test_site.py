"""The published folder: one PDF and one archive of the whole book, and links to both."""

from __future__ import annotations

import re
import zipfile

import pytest

from scripts import site
from tests.pages import markup

PAGE = """<!DOCTYPE html><html lang="en"><head><title>{title}</title><link rel="icon" href="data:,"></head>
<body><a class="brand" href="index.html">The book</a><nav id="chapters"><a href="{me}">Home</a>{nav}</nav>
<main><article class="body"><section id="top"><h1>{title}<a class="headerlink" href="#top">#</a></h1>{body}
</section></article></main>
<footer class="colophon"><p>Contributors, 2026</p><!-- whole book --></footer></body>"""
CHART = '<svg class="plot"><clipPath id="c"></clipPath><g clip-path="url(#c)"></g></svg>'
LINKS = (
    '<a href="01_one.html#top">one</a> <a href="../_downloads/x.csv">CSV</a> <a href="https://e.org/">out</a>'
)
BODIES = {
    "index": f'<p>{LINKS}</p><details class="code-cell"><p>code</p></details>',
    "01_one": f'<p id="here"><a href="#here">self</a> <a href="index.html">home</a></p>{CHART}'
    "<details>folded</details>",
}


@pytest.fixture
def folder(tmp_path):
    html = tmp_path / "html"
    (html / "book").mkdir(parents=True)
    for name, text in BODIES.items():
        page = PAGE.format(title=name, body=text, me="#", nav='<a href="01_one.html">One</a>')
        (html / "book" / f"{name}.html").write_text(page, encoding="utf-8")
    return html


def test_long_page_has_every_page_in_order_and_nothing_for_screens_only(folder):
    paper = site.assemble(folder)
    assert re.findall(r'<section class="chapter" id="([^"]+)"', paper) == ["index", "01_one"]
    assert "code" not in paper
    assert "headerlink" not in paper
    assert '<details open="">' in paper


def test_every_link_of_the_long_page_leads_somewhere_in_it(folder):
    (folder / "paper.html").write_text(site.assemble(folder), encoding="utf-8")
    (folder / "_static").mkdir()
    (folder / "_static" / "book.css").touch()
    pages = {"paper.html": markup.read_pages(folder)["paper.html"]}
    assert list(markup.find_broken_links(folder, pages)) == []
    assert list(markup.find_shared_ids(folder, pages)) == []
    assert 'href="#01_one--top"' in str(pages["paper.html"])
    assert 'clip-path="url(#01_one--c)"' in str(pages["paper.html"])


def test_long_name_in_a_table_may_be_broken_on_paper_and_nowhere_else(folder):
    page = folder / "book" / "01_one.html"
    text = page.read_text(encoding="utf-8")
    table = "<p>long_name</p><table><tr><td>long_name &lt; 1</td></tr></table></section>"
    page.write_text(text.replace("</section>", table, 1), encoding="utf-8")
    assert "<p>long_name</p>" in site.assemble(folder)
    assert "<td>long_<wbr/>name &lt; 1</td>" in site.assemble(folder)


def test_wide_table_is_set_smaller_and_anything_else_that_is_wide_is_refused(browser, folder, tmp_path):
    wide = {
        "fits": '<table><tr><td><div style="width: 900px">x</div></td></tr></table>',
        "is refused": '<div style="width: 900px">x</div>',
    }
    for said, body in wide.items():
        page = folder / "book" / "01_one.html"
        head, title, rest = page.read_text(encoding="utf-8").partition("</h1>")
        page.write_text(f"{head}{title}{body}{rest}", encoding="utf-8")
        if said == "fits":
            site.print_book(browser, folder, tmp_path / "a.pdf")
        else:
            with pytest.raises(RuntimeError, match="pixels wide on paper; expected at most"):
                site.print_book(browser, folder, tmp_path / "a.pdf")


def test_archive_repeats_and_holds_every_page(folder, tmp_path):
    for name in ("a.zip", "b.zip"):
        site.write_zip(folder, tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert f"{site.NAME}/book/index.html" in archive.namelist()


def test_every_page_offers_both_files(folder):
    for end in ("pdf", "zip"):
        (folder / f"{site.NAME}.{end}").write_bytes(b"x" * 2_400_000)
    site.add_download_links(folder)
    for page in ("index", "01_one"):
        text = (folder / "book" / f"{page}.html").read_text(encoding="utf-8")
        assert f'href="../{site.NAME}.pdf">PDF (2.4 MB)' in text
        assert f'href="../{site.NAME}.zip"' in text


def test_preview_is_drawn_for_a_page_with_an_address_and_never_of_suicide(browser, folder):
    (folder / "_images").mkdir()
    for name, caption in [("index", "Arrivals"), ("01_one", "Died by suicide")]:
        page = folder / "book" / f"{name}.html"
        canonical = f'<link rel="canonical" href="https://e.org/b/book/{name}.html"><meta property="og:title"'
        figure = f'<figure><svg class="plot" aria-label="A chart"></svg>{caption}</figure></section>'
        text = page.read_text(encoding="utf-8").replace("<title>", f"{canonical}><title>")
        page.write_text(text.replace("</section>", figure), encoding="utf-8")
    site.draw_previews(browser, folder)
    assert [path.name for path in (folder / "_images").iterdir()] == ["preview-index.png"]
    assert 'content="https://e.org/b/_images/preview-index.png"' in (folder / "book/index.html").read_text()
    assert "og:image" not in (folder / "book/01_one.html").read_text()


@pytest.mark.slow
def test_pdf_of_the_book_repeats_and_is_tagged_outlined_and_drawn(browser, html, tmp_path):
    copy = tmp_path / "html"
    site.shutil.copytree(html, copy)
    for name in ("a.pdf", "b.pdf"):
        site.print_book(browser, copy, tmp_path / name)
    pdf = (tmp_path / "a.pdf").read_bytes()
    assert pdf == (tmp_path / "b.pdf").read_bytes()
    for sign in (b"/Marked true", b"/Outlines", b"/Lang (en)", b"/StructTreeRoot"):
        assert sign in pdf, sign
    assert b"/Subtype /Image" not in pdf
    assert not (copy / "paper.html").exists()
