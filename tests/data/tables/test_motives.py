"""The table of motives: which rows are refused and how a share is computed."""

import pandas as pd
import pytest

from data.tables.motives import check, clean
from tests.factory import list_places, make_table

YEAR = {
    "period_start": "2012-01-01",
    "period_end": "2012-12-31",
    "method": "ministry_interview",
    "population": "arrivals",
    "motive": "hardship",
}
FREEDOM = {"motive": "freedom"}


def make_raw(*rows):
    return {"motives": make_table("motives", *rows, **YEAR)}


@pytest.mark.parametrize(
    ("rows", "places"),
    [
        ([{"value": 38.1, "n": 1506, "cases": 574}], []),
        ([{"value": 83.1, "n": 1506, "cases": 574}], [(2, "value")]),  # its counts give another share
        ([{"value": 41.79, "n": 280}], []),
        ([{"value": 41.79, "n": 284}], [(2, "value")]),  # no number of 284 people gives it
        ([{"value": 0.2, "cases": 1}], [(2, "cases")]),  # fewer than five people
        ([{"value": 1.0, "n": 300}], [(2, "value")]),
        ([{"value": 59.6}, FREEDOM | {"value": 46.2, "source_id": "b"}], [(3, "value")]),  # above 100
        ([{"several_answers": True, "value": 59.6}, FREEDOM | {"several_answers": True, "value": 46.2}], []),
        ([{"several_answers": True, "value": 50}, {"several_answers": False, "value": 31.2}],
         [(3, "several_answers")]),
        ([{"several_answers": True, "value": 50}, {"value": 31.2}], [(3, "several_answers")]),
        ([{}], [(2, "value")]),
    ],
)  # fmt: skip
def test_shares_fit_their_counts_and_each_other(rows, places):
    assert [place[1:] for place in list_places(check(make_raw(*rows)))] == places


@pytest.mark.parametrize(
    ("rows", "shares", "basis", "n"),
    [
        ([{"value": 38.1, "n": 1506, "cases": 574}], [38.1142], "counts", [1506]),
        ([{"cases": 150}, FREEDOM | {"cases": 50}], [75.0, 25.0], "counts", [200, 200]),
        ([{"value": 59.6, "cases": 294}], [59.6], "printed", [pd.NA]),
        ([{"value_high": 10}], [None], "bound", [pd.NA]),
    ],
)
def test_a_share_is_computed_from_counts(rows, shares, basis, n):
    table = clean(make_raw(*rows))["motives"]
    assert table["share_pct"].astype("object").where(table["share_pct"].notna(), None).tolist() == shares
    assert table["n"].astype("object").tolist() == n
    assert set(table["basis"]) == {basis}


def test_a_bound_is_kept():
    assert clean(make_raw({"value_high": 10}))["motives"]["share_high_pct"].tolist() == [10]
