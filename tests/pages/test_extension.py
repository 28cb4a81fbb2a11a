"""What the build adds to Sphinx does what it says, on the smallest page that shows it."""

from __future__ import annotations

import json
import re

import pytest
from docutils import nodes
from docutils.utils import new_document
from myst_nb.sphinx_ import HideCodeCellNode

from analysis.charts import style
from book._ext import accessibility, assets, figures, folding, pages, stylesheet

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


def test_figure_says_what_it_is():
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


def test_figure_loses_what_nobody_sees_and_keeps_its_words():
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
def test_colours_stand_out_from_the_page_as_far_as_the_comments_say(sheet):
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


def purged(css, html):
    names = stylesheet.Names()
    names.read(html)
    return stylesheet.purge(css, names)


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        ("p{color:red}", True),
        ("nav{color:red}", False),
        (".on{color:red}", True),
        (".off{color:red}", False),
        (".on .off{color:red}", False),
        ("p:not(.off){color:red}", True),
        (":is(.off,.on){color:red}", True),
        (":is(.off,nav){color:red}", False),
        ("#here{color:red}", True),
        ("#gone{color:red}", False),
        ("[data-x]{color:red}", True),
        ("[data-y]{color:red}", False),
        ("@media print{.on{color:red}}", True),
        ("@media print{.off{color:red}}", False),
        ("@font-face{font-family:x;src:url(x.woff2)}", False),
    ],
)
def test_rule_is_kept_if_a_page_can_use_it(rule, kept):
    assert bool(purged(rule, '<p class="on it" id="here" data-x="1">').strip()) is kept


def test_only_the_selectors_that_match_are_kept():
    assert purged("nav,p,.off{color:red!important}", "<p>") == "p{color:red!important}\n"


def test_variables_go_when_nothing_reads_them_directly_or_through_others():
    css = ":root{--a:1;--b:var(--c);--c:2;--d:var(--e);--e:3}p{margin:var(--b)}"
    kept = ":root{--a:1;--b:var(--c);--c:2}\np{margin:var(--b)}\n"
    assert purged(css, '<p style="color:var(--a)">') == kept


def test_values_with_semicolons_stay_whole():
    assert "url(data:image/png;base64,AA==)" in purged("p{background:url(data:image/png;base64,AA==)}", "<p>")


def test_korean_says_its_language_once():
    assert accessibility.mark_korean("<p>the 탈북민 and 북한 이탈 주민</p>") == (
        '<p>the <span lang="ko">탈북민</span> and <span lang="ko">북한 이탈 주민</span></p>'
    )
    marked = '<p title="탈북민"><span lang="ko">탈북민</span></p>'
    assert accessibility.mark_korean(marked) == marked


MODULE = "var a={fn:{dataTable:1}};export{b as DateTime,a$1 as jQuery,c as default};\n/*! MIT */"


def test_library_becomes_a_script_that_a_page_from_disk_may_load():
    script = assets.make_classic(MODULE, "Licence")
    assert script.startswith("/*\nLicence\n*/")
    assert "window.DataTable=a$1.fn.dataTable;" in script
    assert "export" not in script
    assert script.rstrip().endswith("})();")


@pytest.mark.parametrize(
    "module",
    [
        "var a=1",
        "export{a as default}",
        MODULE + MODULE,
        'import{x}from"y";' + MODULE,
        MODULE + "import.meta.url",
    ],
)
def test_library_of_another_shape_stops_the_build(module):
    with pytest.raises(ValueError, match="another kind of module"):
        assets.make_classic(module, "Licence")


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


def test_code_keeps_the_elements_that_carry_a_colour():
    code = '<pre><span></span><span class="n">x</span><span class="s2">a</span><span class="p">)</span></pre>'
    context = {"body": code}
    assets.slim_code(None, "page", "page.html", context, None)
    assert context["body"] == '<pre>x<span class="s2">a</span>)</pre>'


def test_empty_head_cell_becomes_a_plain_one():
    assert accessibility.demote_empty_heads('<th class="head"></th><th>x</th>') == "<td></td><th>x</th>"


def test_cells_that_touch_are_words_apart():
    assert accessibility.part_cells("<tr><th>a</th><td>b</td></tr>") == "<tr><th>a</th> <td>b</td></tr>"


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
    ("body", "said"),
    [
        (
            '<p>A.</p><div class="answer docutils"><p><strong>In short.</strong> It fell.</p></div>',
            "It fell.",
        ),
        ("<h1>Title</h1><p>Known &amp; counted<sup>1</sup>.</p>", "Known & counted."),
        ("<h1>Title</h1>", ""),
    ],
)
def test_page_is_described_by_its_answer_else_its_first_words(body, said):
    assert pages.describe(body) == said


def test_long_description_ends_with_a_sentence_if_one_is_long_enough():
    first = f"{'Several words ' * 10}here."
    assert pages.describe(f"<p>{first} {'more words ' * 40}</p>") == first


def test_long_description_ends_with_a_word():
    said = pages.describe(f"<p>{'several words ' * 40}</p>")
    assert len(said) <= pages.DESCRIPTION_LETTERS + 2
    assert said.endswith(("several …", "words …"))
