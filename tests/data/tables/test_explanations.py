"""The table of explanations: one document has one voice and one date."""

from __future__ import annotations

import pandas as pd

from data.tables.explanations import tidy, validate


def make_raw(*rows: dict) -> dict[str, pd.DataFrame]:
    base = {
        "offered_year": 2017,
        "offered_by": "Ministry of Unification",
        "speaker": "ministry",
        "explanation": "market_work",
        "source_id": "a",
    }
    frame = pd.DataFrame([base | r for r in rows]).astype({"offered_year": "Int64"})
    frame.index = pd.RangeIndex(2, len(frame) + 2, name="line")
    return {"explanations": frame}


def test_two_explanations_of_one_speaker_have_no_fault():
    assert list(validate(make_raw({}, {"explanation": "military_service"}))) == []


def test_one_document_with_two_speakers_is_refused():
    (fault,) = validate(make_raw({}, {"offered_by": "An aid group"}))
    assert (fault.line, fault.column) == (3, "offered_by")


def test_one_document_with_two_years_is_refused():
    (fault,) = validate(make_raw({}, {"offered_year": 2018}))
    assert (fault.line, fault.column) == (3, "offered_year")


def test_two_undated_rows_of_one_document_agree():
    assert list(validate(make_raw({"offered_year": None}, {"offered_year": None}))) == []


def test_the_clean_table_is_another_object_than_the_raw_one():
    raw = make_raw({})
    clean = tidy(raw)["explanations"]
    clean.loc[2, "offered_by"] = "changed"
    assert raw["explanations"].loc[2, "offered_by"] == "Ministry of Unification"
