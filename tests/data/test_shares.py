from __future__ import annotations

import pandas as pd
import pytest

from data.checks import check_shares, find_counts, rebuild_shares

FILE = "data/raw/made.csv"


def make_frame(**cells) -> pd.DataFrame:
    row = {"n": 300, "n_status": "base", "cases": pd.NA, "share_pct": 15.3, "decimals": 1} | cells
    frame = pd.DataFrame([row], index=pd.Index([2], name="line"))
    kinds = {"n": "Int64", "cases": "Int64", "decimals": "Int64", "share_pct": "float64"}
    return frame.astype(kinds)


def test_a_share_to_one_decimal_leaves_one_count_of_300():
    assert list(find_counts(15.3, 300, 1)) == [46]


def test_a_share_that_no_whole_number_gives_leaves_none():
    assert len(find_counts(22.3, 294, 1)) == 0


def test_a_whole_per_cent_of_many_people_leaves_several_counts():
    assert list(find_counts(81, 170, 0)) == [137, 138]


def test_counts_never_exceed_the_people_asked():
    assert list(find_counts(100, 170, 0)) == [170]


def test_a_count_is_rebuilt_where_one_alone_fits():
    made = rebuild_shares(make_frame(), "share_pct").iloc[0]
    assert (made["cases"], made["cases_source"], made["n_fits"]) == (46, "rebuilt", True)


def test_a_count_stays_unknown_where_several_fit():
    made = rebuild_shares(make_frame(n=170, share_pct=81.0, decimals=0), "share_pct").iloc[0]
    assert pd.isna(made["cases"])
    assert made["cases_source"] == "unknown"


def test_a_printed_count_is_kept():
    made = rebuild_shares(make_frame(cases=46), "share_pct").iloc[0]
    assert (made["cases"], made["cases_source"]) == (46, "printed")


def test_a_share_is_computed_where_only_the_count_is_printed():
    frame = make_frame(n=30, cases=27, share_pct=None, decimals=pd.NA)
    made = rebuild_shares(frame, "share_pct").iloc[0]
    assert (made["share_pct"], made["share_source"]) == (90.0, "computed")


def test_a_weighted_share_gives_no_count_and_no_verdict():
    made = rebuild_shares(make_frame(n_status="weighted"), "share_pct").iloc[0]
    assert pd.isna(made["cases"])
    assert pd.isna(made["n_fits"])


def test_an_unclear_base_does_not_fit_and_gives_no_count():
    made = rebuild_shares(make_frame(n=294, share_pct=22.3, n_status="unclear"), "share_pct").iloc[0]
    assert not made["n_fits"]
    assert pd.isna(made["cases"])


def test_rebuilding_leaves_its_input_alone():
    frame = make_frame()
    before = frame.copy(deep=True)
    rebuild_shares(frame, "share_pct")
    pd.testing.assert_frame_equal(frame, before)


def test_a_sound_row_has_no_fault():
    assert not list(check_shares(make_frame(cases=46), FILE, "share_pct"))


@pytest.mark.parametrize(
    ("cells", "column", "expected"),
    [
        ({"cases": 47}, "cases", "46"),
        ({"cases": 301}, "cases", "at most the 300"),
        ({"n": 294, "share_pct": 22.3}, "share_pct", "unclear"),
        ({"n_status": "unclear"}, "n_status", "46 is 15.3 % of 300"),
        ({"n": 294, "share_pct": 22.3, "n_status": "unclear", "cases": 65}, "cases", "no count"),
        ({"n": pd.NA}, "n_status", "not_printed"),
        ({"decimals": pd.NA}, "decimals", "digits after the point"),
        ({"decimals": 0}, "decimals", "all digits"),
    ],
)
def test_each_contradiction_is_named_with_its_column(cells, column, expected):
    (fault,) = check_shares(make_frame(**cells), FILE, "share_pct")
    assert (fault.file, fault.line, fault.column) == (FILE, 2, column)
    assert expected in fault.expected
