"""The table of motives: what is refused and how a share is made."""

from __future__ import annotations

import pandas as pd

from data.tables.motives import tidy, validate

COLUMNS = {
    "period_start": "datetime64[us]",
    "period_end": "datetime64[us]",
    "method": "str",
    "population": "str",
    "motive": "str",
    "value": "float64",
    "value_low": "float64",
    "value_high": "float64",
    "n": "Int64",
    "cases": "Int64",
    "several_answers": "boolean",
    "source_id": "str",
    "certainty": "str",
    "note": "str",
}


def make_raw(*rows: dict) -> dict[str, pd.DataFrame]:
    base = {
        "period_start": pd.Timestamp("2012-01-01"),
        "period_end": pd.Timestamp("2012-12-31"),
        "method": "ministry_interview",
        "population": "arrivals",
        "motive": "hardship",
        "source_id": "a",
        "certainty": "secondary",
    }
    frame = pd.DataFrame([base | r for r in rows], columns=list(COLUMNS)).astype(COLUMNS)
    frame.index = pd.RangeIndex(2, len(frame) + 2, name="line")
    return {"motives": frame}


def list_faults(*rows: dict) -> list[tuple[int, str]]:
    return [(f.line, f.column) for f in validate(make_raw(*rows))]


def test_a_share_that_agrees_with_its_counts_has_no_fault():
    assert list_faults({"value": 38.1, "n": 1506, "cases": 574}) == []


def test_a_share_that_its_counts_contradict_is_refused():
    assert list_faults({"value": 83.1, "n": 1506, "cases": 574}) == [(2, "value")]


def test_a_share_that_no_count_gives_is_refused():
    assert list_faults({"value": 41.79, "n": 284}) == [(2, "value")]


def test_the_same_share_of_the_right_number_is_accepted():
    assert list_faults({"value": 41.79, "n": 280}) == []


def test_a_count_of_fewer_than_five_people_is_refused():
    assert list_faults({"value": 0.2, "cases": 1}) == [(2, "cases")]


def test_a_share_that_stands_for_fewer_than_five_people_is_refused():
    assert list_faults({"value": 1.0, "n": 300}) == [(2, "value")]


def test_shares_of_one_answer_may_not_exceed_one_hundred():
    rows = {"value": 59.6}, {"value": 46.2, "motive": "freedom", "source_id": "b"}
    assert list_faults(*rows) == [(3, "value")]


def test_shares_of_several_answers_may_exceed_one_hundred():
    rows = {"value": 59.6}, {"value": 46.2, "motive": "freedom"}
    assert list_faults(*(r | {"several_answers": True} for r in rows)) == []


def test_a_row_without_share_count_or_bound_is_refused():
    assert list_faults({}) == [(2, "value")]


def test_a_question_is_either_of_one_answer_or_of_several():
    rows = (
        {"value": 50.7, "several_answers": True},
        {"value": 31.2, "motive": "freedom", "several_answers": False},
    )
    assert list_faults(*rows) == [(3, "several_answers")]


def test_the_share_is_computed_from_printed_counts():
    clean = tidy(make_raw({"value": 38.1, "n": 1506, "cases": 574}))["motives"]
    assert clean.loc[0, ["share_pct", "basis"]].tolist() == [38.1142, "counts"]


def test_counts_without_a_total_are_shares_of_their_sum():
    clean = tidy(make_raw({"cases": 150}, {"cases": 50, "motive": "freedom"}))["motives"]
    assert clean["share_pct"].tolist() == [75.0, 25.0]
    assert clean["n"].tolist() == [200, 200]


def test_a_count_without_total_keeps_its_printed_share():
    clean = tidy(make_raw({"value": 59.6, "cases": 294}))["motives"]
    assert clean.loc[0, ["share_pct", "basis"]].tolist() == [59.6, "printed"]


def test_a_bound_is_no_share():
    clean = tidy(make_raw({"value_high": 10}))["motives"]
    assert pd.isna(clean.loc[0, "share_pct"])
    assert clean.loc[0, ["share_high_pct", "basis"]].tolist() == [10, "bound"]


def test_tidying_leaves_the_raw_table_as_it_was():
    raw = make_raw({"cases": 150}, {"cases": 50, "motive": "freedom"})
    before = raw["motives"].copy()
    tidy(raw)
    pd.testing.assert_frame_equal(raw["motives"], before)
