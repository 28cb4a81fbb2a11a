import pandas as pd
import pytest

from analysis import display, text
from analysis.models import fit

FRAME = pd.DataFrame({"country": ["<b>Norway</b>", "Japan"], "persons": [1234.0, None]})
COLUMNS = {"country": "Country", "persons": ("Persons", text.count)}


def make(**changes):
    return display.show(
        FRAME, COLUMNS, **{"name": "tbl-countries", "caption": "Persons by country", **changes}
    )


def test_a_table_has_a_caption_scoped_headers_and_a_heading_in_each_row():
    html = make().html
    assert '<caption id="tbl-countries-caption">Persons by country</caption>' in html
    assert html.count('<th scope="col"') == 2
    assert html.count('<th scope="row"') == 2


def test_nothing_from_a_cell_reaches_the_page_unescaped():
    assert "<b>" not in make().html
    assert "&lt;b&gt;Norway" in make().html


def test_a_missing_value_is_said_and_not_left_blank():
    assert '<span aria-label="not published">–</span>' in make().html
    assert "Japan          –" in make().text


def test_numbers_are_formatted_and_marked_as_numbers():
    assert '<td class="num">1,234</td>' in make().html


def test_a_folded_table_stands_in_a_closed_block():
    assert make(folded="Data").html.startswith('<details class="data-table"><summary>Data</summary>')


def test_the_frame_is_not_changed():
    before = FRAME.copy()
    make()
    pd.testing.assert_frame_equal(FRAME, before)


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [({"name": "countries"}, ValueError, "begins with tbl-")],
)
def test_a_bad_call_says_what_was_expected(changes, error, words):
    with pytest.raises(error, match=words):
        make(**changes)


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(KeyError, match="no column people"):
        display.show(FRAME, {"people": "People"}, name="tbl-x", caption="x")


def test_an_empty_table_is_refused():
    with pytest.raises(ValueError, match="no rows"):
        display.show(FRAME.iloc[:0], COLUMNS, name="tbl-x", caption="x")


SOURCES = pd.DataFrame(
    {
        "source_id": ["b", "a"],
        "publisher": ["Ministry", "Agency"],
        "title": ["Release & annex", "Report"],
        "url": ["https://example.org/?a=1&b=2", "https://example.org/r"],
        "published": ["2024", None],
    }
)


def test_sources_are_listed_once_in_order_of_publisher_with_their_links():
    rows = pd.DataFrame({"source_id": ["b", "a", "b"]})
    html = display.cite_sources(rows, SOURCES, name="src-x").html
    assert html.index("Agency") < html.index("Ministry")
    assert 'href="https://example.org/?a=1&amp;b=2">Release &amp; annex</a>, 2024' in html
    assert html.count("<li>") == 2


def test_a_source_that_is_not_described_is_named():
    with pytest.raises(KeyError, match="no source z"):
        display.cite_sources(pd.DataFrame({"source_id": ["z"]}), SOURCES, name="src-x")


def test_terms_stand_in_natural_units_with_n_and_dispersion():
    model = fit("arrivals_trend")
    shown = display.show_terms(model, name="tbl-terms")
    assert f"n = {model.n}, 18 degrees of freedom left, dispersion 38.2" in shown.text
    assert "level from 2012" in shown.text
    assert "log points" not in shown.text
    assert "residual variance" in display.show_terms(fit("employment_gap"), name="tbl-terms").text


@pytest.mark.parametrize(("value", "text"), [(1234.5, "1,234"), (-53.89, "−53.9"), (0.0974, "0.097")])
def test_numbers_keep_about_three_figures(value, text):
    assert display.write_number(value) == text
