"""The table of explanations: one document has one speaker and one date."""

import pytest

from data.tables.explanations import check, clean
from tests.factory import list_places, make_table

FIRST = {"offered_year": 2017, "offered_by": "Ministry of Unification", "speaker": "ministry"}


def make_raw(*rows):
    return {"explanations": make_table("explanations", *rows, source_id="a")}


@pytest.mark.parametrize(
    ("second", "columns"),
    [
        ({"explanation": "military_service"}, []),
        ({"offered_by": "An aid group"}, ["offered_by"]),
        ({"offered_year": 2018}, ["offered_year"]),
        ({"offered_year": None}, ["offered_year"]),
        ({"speaker": "scholar", "source_id": "b"}, []),
    ],
)
def test_one_document_has_one_speaker_and_date(second, columns):
    places = list_places(check(make_raw(FIRST, FIRST | second)))
    assert places == [("explanations", 3, column) for column in columns]


def test_undated_rows_of_one_document_agree():
    assert list(check(make_raw(*[FIRST | {"offered_year": None}] * 2))) == []


def test_the_clean_table_is_a_copy():
    raw = make_raw(FIRST)
    table = clean(raw)["explanations"]
    table.loc[2, "speaker"] = "changed"
    assert raw["explanations"].loc[2, "speaker"] == "ministry"
