"""Each part of the Sphinx extension, on the smallest page that shows it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from docutils import nodes
from docutils.utils import new_document
from myst_nb.sphinx_ import HideCodeCellNode

from analysis.charts import style
from book._ext import accessibility, assets, figures, folding, pages

CSS = figures.STYLESHEET.read_text(encoding="utf-8")
LIGHT, DARK = (part.split("}")[0] for part in CSS.split('html[data-theme="dark"] {'))
DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
 width="360pt" height="180pt" viewBox="0 0 360 180">
<defs><style type="text/css">*{stroke-linejoin: round}</style></defs>
<g id="figure_1"><path id="unused" d="M 0 0
L 9 9
" style="fill: none"/>
<g id="line"><defs><path id="m1" d="M 0 0" style="stroke: #0f766e"/></defs>
<g><use xlink:href="#m1" x="1" style="fill: #0f766e"/>
<use xlink:href="#m1" x="2" style="fill: #0f766e"/></g></g>
<g clip-path="url(#c1)"><path d="M 1 1" style="stroke: #000000; fill: #ffffff"/></g>
<text style="font-size: 12px; font-family: 'DejaVu Sans'" transform="rotate(0 1 1)">a &lt; b</text></g>
<defs><clipPath id="c1"><rect width="9" height="9"/></clipPath></defs></svg>"""
COLOURS = figures.read_colours(CSS)


def shown(**changes):
    return figures.inline(DRAWING, **{"name": "fig-x", "alt": 'Rising "line"', "colours": COLOURS} | changes)


def test_figure_has_a_role_and_a_label():
    assert shown().startswith('<svg class="plot" role="img" aria-label="Rising &quot;line&quot;"')


def test_figure_takes_the_colours_of_the_page():
    assert "var(--fig-teal)" in shown()
    assert "stroke:currentColor;fill:var(--page)" in shown()
    assert not re.search(r"#[0-9a-f]{6}", shown())


def test_figure_of_an_unknown_colour_is_refused():
    with pytest.raises(figures.FigureError, match="#123456"):
        figures.inline(DRAWING.replace("#0f766e", "#123456"), name="fig-x", alt="A line", colours=COLOURS)


def test_two_figures_share_no_identifier_and_keep_their_references():
    ids = set(re.findall(r' id="([^"]+)"', shown()))
    assert ids == {"fig-x-m1", "fig-x-c1"}
    assert set(re.findall(r'(?:href="|url\()#([^")]+)', shown())) == ids


def test_figure_loses_what_is_invisible_and_keeps_its_words():
    assert "style>" not in shown()
    assert "unused" not in shown()
    assert "rotate" not in shown()
    assert "font-family" not in shown()
    assert ">a &lt; b</text>" in shown()


def test_markers_of_a_line_share_one_style():
    assert '<g style="fill:var(--fig-teal)"><use href="#fig-x-m1" x="1" />' in shown()


def test_every_colour_of_the_palette_has_a_light_and_a_dark_value():
    light = dict(re.findall(r"--fig-([a-z]+): (#\w+)", LIGHT))
    assert light == {**style.PALETTE, "faint": style.FAINT}
    assert dict(re.findall(r"--fig-([a-z]+): (#\w+)", DARK)).keys() == light.keys()


def contrast(one, other):
    def luminance(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("sheet", [LIGHT, DARK], ids=["light", "dark"])
def test_colours_have_the_contrast_of_their_comments(sheet):
    values = dict(re.findall(r"--([a-z-]+): (#\w{6})", sheet))
    said = dict(re.findall(r"--([a-z-]+): #\w{6}; /\* ([\d.]+) \*/", sheet))
    assert {f"fig-{name}" for name in style.PALETTE} < said.keys()
    for name, number in said.items():
        measured = contrast(values[name], values["page"])
        assert measured >= 4.5, name
        assert float(number) == pytest.approx(measured, abs=0.06), name
    # Text also stands on panels.
    for name in ("ink", "muted", "link", "accent"):
        assert contrast(values[name], values["panel"]) >= 4.5, name
    assert contrast(values["ink"], values["mark"]) >= 4.5


NOTEBOOK = json.dumps(
    {
        "cells": [
            {"cell_type": "markdown", "metadata": {}, "source": "x"},
            {
                "cell_type": "code",
                "metadata": {"mystnb": {"figure": {"name": "fig_a"}}},
                "outputs": [
                    {
                        "data": {
                            "text/plain": ["Figure: a line"],
                            "text/csv": ["year,per_year\n", "2002,-1.5\n"],
                        }
                    }
                ],
            },
        ]
    }
)


def test_data_of_a_figure_are_read_by_its_anchor():
    assert figures.read_data(NOTEBOOK) == {"fig-a": ("a line", "year,per_year\n2002,-1.5\n")}


def test_data_of_a_figure_are_shown_as_a_folded_table():
    table = figures.tabulate("a <line>", "year,per_year,why\n2002,-1341.229031,a & b\n", "fig-a")
    assert table.startswith('<details class="data-table figure-data"><summary>')
    assert 'aria-labelledby="tbl-fig-a-caption"' in table
    assert "a &lt;line&gt;</caption>" in table
    assert '<th scope="col" class="num">per year</th><th scope="col">why</th>' in table
    assert '<th scope="row" class="num">2002</th><td class="num">−1,341</td><td>a &amp; b</td></tr>' in table


def prune(body, *scripts):
    files = [type("Script", (), {"filename": f"_static/{name}"}) for name in scripts]
    context = {"body": body, "script_files": files}
    assets.prune_page(None, "page", "page.html", context, None)
    return context["body"], [Path(script.filename).name for script in context["script_files"]]


def test_code_keeps_the_elements_that_have_a_colour():
    code = '<pre><span></span><span class="n">x</span><span class="s2">a</span><span class="p">)</span></pre>'
    assert prune(code)[0] == '<pre>x<span class="s2">a</span>)</pre>'


@pytest.mark.parametrize(
    ("body", "kept"),
    [("<p>", ["book.js"]), ('<table class="numbers searchable">', ["book.js", "tables.js"])],
)
def test_page_loads_only_listed_scripts_and_those_of_tables_only_with_one(body, kept):
    assert prune(body, "other.js", "book.js", "tables.js")[1] == kept


@pytest.mark.parametrize(
    ("markup", "corrected"),
    [
        ('<th class="head"></th> <th>x</th>', "<td></td> <th>x</th>"),
        ("<tr><th>a</th><td>b</td></tr>", "<tr><th>a</th> <td>b</td></tr>"),
        (
            "<p>the 탈북민 and 북한 이탈 주민</p>",
            '<p>the <span lang="ko">탈북민</span> and <span lang="ko">북한 이탈 주민</span></p>',
        ),
        ('<p title="탈북민"><span lang="ko">탈북민</span></p>',) * 2,
    ],
    ids=["empty head cell", "cells that touch", "Korean", "Korean that is marked"],
)
def test_markup_is_corrected(markup, corrected):
    assert accessibility.correct_markup(markup) == corrected


def test_unused_files_are_deleted(tmp_path):
    static = tmp_path / "_static"
    (static / "empty").mkdir(parents=True)
    for path in (static / "used.css", static / "unused.css", static / "empty" / "unused.js"):
        path.touch()
    (tmp_path / "page.html").write_text('<link href="../_static/used.css?v=1">')
    app = SimpleNamespace(outdir=tmp_path, builder=SimpleNamespace(format="html"))
    assets.delete_unused_files(app, None)
    assert [path.name for path in static.iterdir()] == ["used.css"]


def make_cell(code, *shown):
    fold = HideCodeCellNode("", nodes.literal_block(text=code), classes=["above-input"])
    return nodes.container("", fold, *(nodes.paragraph(text=text) for text in shown))


def test_run_of_folded_cells_is_one_fold_and_what_is_shown_stays_outside():
    document = new_document("page")
    document += [
        *(make_cell("a"), make_cell("b"), make_cell("c", "figure"), make_cell("d")),
        *(nodes.paragraph(text="words"), make_cell("e"), nodes.container("", nodes.paragraph(text="box"))),
    ]
    folding.JoinCode(document).run()
    folds = [fold.astext().split() for fold in document.findall(HideCodeCellNode)]
    assert folds == [["a", "b", "c"], ["d"], ["e"]]
    assert document.astext().split() == ["a", "b", "c", "figure", "d", "words", "e", "box"]


@pytest.mark.parametrize(
    ("body", "description"),
    [
        ('<p>A.</p><div class="answer"><p><strong>In short.</strong> It fell.</p></div>', "It fell."),
        ("<h1>Title</h1><p>Known &amp; counted<sup>1</sup>.</p>", "Known & counted."),
        ("<h1>Title</h1>", ""),
    ],
)
def test_page_is_described_by_its_answer_else_its_first_words(body, description):
    assert pages.describe(body) == description


def test_long_description_ends_with_a_sentence_if_one_is_long_enough():
    first = f"{'Several words ' * 10}here."
    assert pages.describe(f"<p>{first} {'more words ' * 40}</p>") == first


def test_long_description_ends_with_a_word():
    said = pages.describe(f"<p>{'several words ' * 40}</p>")
    assert len(said) <= pages.DESCRIPTION_LETTERS + 2
    assert said.endswith(("several …", "words …"))
