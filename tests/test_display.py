import pandas as pd
import pytest

from analysis import display, text
from analysis.models import fit
from tests.factory import make_table

FRAME = pd.DataFrame({"country": ["Norway", "Japan"], "persons": [1234.0, None]})
COLUMNS = {"country": "Country", "persons": ("Persons", text.count)}
SOURCES = make_table(
    "sources",
    {"source_id": "b", "publisher": "Ministry", "title": "Release & annex", "published": "2024",
     "url": "https://example.org/?a=1&b=2"},
    {"source_id": "a", "publisher": "Agency", "title": "Report", "url": "https://example.org/r"},
    layer="clean",
)  # fmt: skip
CONFLICTS = make_table(
    "conflicts",
    {"topic": "entrants", "item": "2016 by sex", "source_a": "a", "source_b": "b"},
    {"topic": "returns", "item": "Returns in 2014", "source_a": "b", "source_b": "a"},
    layer="clean",
)


def show(frame=FRAME, columns=COLUMNS, name="tbl-countries", **options):
    return display.show(frame, columns, name=name, caption="Persons by country", **options)


def test_show_has_a_caption_and_scoped_headers():
    html = show().html
    assert '<caption id="tbl-countries-caption">Persons by country</caption>' in html
    assert html.count('<th scope="col"') == 2
    assert html.count('<th scope="row"') == 2


def test_show_aligns_numbers():
    assert '<td class="num">1,234</td>' in show().html


def test_show_says_that_a_value_is_missing():
    table = show()
    assert '<span aria-label="not published">–</span>' in table.html
    assert "Japan    –" in table.text


def test_show_folds_and_searches():
    table = show(folded="Data", searchable=True)
    assert table.html.startswith('<details class="data-table"><summary>Data</summary>')
    assert 'class="numbers searchable"' in table.html


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"name": "countries"}, ValueError, "countries"),
        ({"columns": {"people": "People"}}, KeyError, "people"),
        ({"frame": FRAME.iloc[:0]}, ValueError, "tbl-countries"),
    ],
)
def test_show_refuses_a_bad_call(changes, error, words):
    with pytest.raises(error, match=words):
        show(**changes)


def test_cite_sources_lists_each_once_by_publisher_with_its_link():
    rows = pd.DataFrame({"source_id": ["b", "a", "b", None]})
    html = display.cite_sources(rows, SOURCES, name="src-x").html
    assert html.index("Agency") < html.index("Ministry")
    assert 'href="https://example.org/?a=1&amp;b=2">Release &amp; annex</a>, 2024' in html
    assert html.count("<li>") == 2


def test_cite_sources_with_an_unknown_source_raises():
    with pytest.raises(KeyError, match="z"):
        display.cite_sources(pd.DataFrame({"source_id": ["z"]}), SOURCES, name="src-x")


def test_list_conflicts_has_both_documents():
    rows = display.list_conflicts(CONFLICTS, SOURCES)
    assert rows["publisher_a"].tolist() == ["Agency", "Ministry"]
    assert rows["publisher_b"].tolist() == ["Ministry", "Agency"]
    assert rows["url_b"].tolist() == ["https://example.org/?a=1&b=2", "https://example.org/r"]


def test_list_conflicts_with_an_unknown_topic_raises():
    with pytest.raises(ValueError, match="china"):
        display.list_conflicts(CONFLICTS, SOURCES, ["china"])


def test_show_terms_gives_natural_units_with_n_and_dispersion():
    model = fit("missing_arrivals")
    table = display.show_terms(model, name="tbl-terms")
    assert f"n = {model.n}, 6 degrees of freedom left, dispersion 4.9" in table.text
    assert "change, 2012–2019" in table.text
    assert "log points" not in table.text
    assert "residual variance" in display.show_terms(fit("employment_gap"), name="tbl-terms").text


@pytest.mark.parametrize(("value", "words"), [(1234.5, "1,234"), (-53.89, "−53.9"), (0.0974, "0.097")])
def test_write_number_keeps_about_three_digits(value, words):
    assert display.write_number(value) == words
