"""Shared checks report a row that breaks a rule at its line, and no other."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.checks import (
    Span,
    check_agreement,
    check_at_most,
    check_shares,
    check_sum,
    find_counts,
    find_cover,
    first_days,
    format_cell,
    format_value,
    last_days,
    name_precision,
    rebuild_shares,
)

FILE = "data/raw/made.csv"


def make_frame(**columns: list) -> pd.DataFrame:
    """Return a table as read, from line 2."""
    length = len(next(iter(columns.values())))
    return pd.DataFrame(columns, index=pd.RangeIndex(2, length + 2, name="line"))


def find_places(problems) -> list[tuple[int, str]]:
    return [(problem.line, problem.column) for problem in problems]


@pytest.mark.parametrize(
    ("value", "cell", "shown"),
    [
        (None, "", "an empty cell"),
        (pd.NA, "", "an empty cell"),
        (float("nan"), "", "an empty cell"),
        ("word", "word", "'word'"),
        (2.50, "2.5", "2.5"),
        (1234567.0, "1234567", "1234567"),
        (True, "true", "true"),
        (pd.Timestamp(2001, 2, 3), "2001-02-03", "2001-02-03"),
    ],
)
def test_a_value_is_written_and_shown_in_one_way(value: object, cell: str, shown: str) -> None:
    assert (format_cell(value), format_value(value)) == (cell, shown)


@given(st.integers(1, 10**9), st.integers(0, 100), st.integers(0, 2))
def test_a_printed_share_gives_back_the_count_it_was_rounded_from(n: int, percent: int, digits: int) -> None:
    cases = n * percent // 100
    printed = (Decimal(100 * cases) / n).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    assert cases in find_counts(float(printed), n, digits)


@pytest.mark.parametrize(
    ("counts", "tolerance", "places"),
    [([30, 20, 10], 0, []), ([31, 20, 10], 0, [(2, "n")]), ([31, 20, None], 0, []), ([31, 20, 10], 1, [])],
)
def test_a_total_is_the_sum_of_its_parts(counts: list, tolerance: int, places: list) -> None:
    frame = make_frame(year=[2001] * 3, sex=["all", "female", "male"], n=counts)
    assert find_places(check_sum(frame, FILE, ["year"], "sex", "n", tolerance=tolerance)) == places


def test_rows_of_one_key_have_one_figure() -> None:
    frame = make_frame(year=[2001, 2002, 2001, 2001], n=[1, 2, 1, 3])
    assert find_places(check_agreement(frame, FILE, ["year"], "n")) == [(5, "n")]


def test_a_figure_does_not_exceed_its_limit_and_needs_none() -> None:
    frame = make_frame(n=[1, 2, 3])
    assert find_places(check_at_most(frame, FILE, "n", pd.Series([1, 1, None], frame.index), "x")) == [
        (3, "n")
    ]


def make_spans(lengths: list[int]) -> list[Span]:
    """Return spans of so many days, one after another from 2001 on."""
    spans, start = [], pd.Timestamp(2001, 1, 1)
    for line, days in enumerate(lengths, start=2):
        spans.append(Span(start, start + pd.Timedelta(days=days - 1), days, line))
        start += pd.Timedelta(days=days)
    return spans


@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=6),
    st.lists(st.integers(1, 40), max_size=4),
    st.randoms(),
)
def test_a_cover_fills_the_time_without_gap_or_overlap(lengths, others, random) -> None:
    spans, noise = make_spans(lengths), make_spans(others)
    shuffled = spans + noise
    random.shuffle(shuffled)
    cover = find_cover(shuffled, spans[0].start, spans[-1].end)
    assert cover is not None
    assert sum(span.count for span in cover) == sum(lengths)
    assert (cover[0].start, cover[-1].end) == (spans[0].start, spans[-1].end)
    assert all(b.start - a.end == pd.Timedelta(days=1) for a, b in pairwise(cover))


@given(st.lists(st.integers(1, 40), min_size=2, max_size=6), st.data())
def test_there_is_no_cover_with_a_gap(lengths, data) -> None:
    spans = make_spans(lengths)
    missing = data.draw(st.integers(0, len(spans) - 1))
    assert find_cover(spans[:missing] + spans[missing + 1 :], spans[0].start, spans[-1].end) is None


@pytest.mark.parametrize(
    ("text", "first", "last", "precision"),
    [
        ("2019", "2019-01-01", "2019-12-31", "year"),
        ("2020-02", "2020-02-01", "2020-02-29", "month"),
        ("2019-07-15", "2019-07-15", "2019-07-15", "day"),
        ("2019-02-30", None, None, "day"),
        (None, None, None, "unknown"),
    ],
)
def test_a_date_stands_for_the_days_it_can_mean(text, first, last, precision) -> None:
    texts = pd.Series([text, "2001"])
    assert format_cell(first_days(texts)[0]) == (first or "")
    assert format_cell(last_days(texts)[0]) == (last or "")
    assert name_precision(texts)[0] == precision


@pytest.mark.parametrize(
    ("share", "n", "decimals", "counts"),
    [
        (15.3, 300, 1, [46]),  # one count fits
        (22.3, 294, 1, []),  # no whole number gives this share
        (81, 170, 0, [137, 138]),
        (100, 170, 0, [170]),  # never more than the people asked
    ],
)
def test_a_share_leaves_the_counts_it_can_stand_for(share, n, decimals, counts) -> None:
    assert list(find_counts(share, n, decimals)) == counts


def make_share(**cells) -> pd.DataFrame:
    row = {"n": 300, "n_status": "base", "cases": pd.NA, "share_pct": 15.3, "decimals": 1} | cells
    kinds = {"n": "Int64", "cases": "Int64", "decimals": "Int64", "share_pct": "float64"}
    return make_frame(**{name: [value] for name, value in row.items()}).astype(kinds)


@pytest.mark.parametrize(
    ("cells", "made"),
    [
        ({}, {"cases": 46, "cases_source": "rebuilt", "n_fits": True}),
        ({"n": 170, "share_pct": 81.0, "decimals": 0}, {"cases": None, "cases_source": "unknown"}),
        ({"cases": 46}, {"cases": 46, "cases_source": "printed"}),
        (
            {"n": 30, "cases": 27, "share_pct": None, "decimals": pd.NA},
            {"share_pct": 90.0, "share_source": "computed"},
        ),
        ({"n_status": "weighted"}, {"cases": None, "n_fits": None}),
        ({"n": 294, "share_pct": 22.3, "n_status": "unclear"}, {"cases": None, "n_fits": False}),
    ],
)
def test_a_count_or_share_is_rebuilt_only_where_it_is_certain(cells, made) -> None:
    frame = make_share(**cells)
    before = frame.copy(deep=True)
    row = rebuild_shares(frame, "share_pct").iloc[0]
    assert {name: None if pd.isna(row[name]) else row[name] for name in made} == made
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize(
    ("cells", "columns"),
    [
        ({"cases": 46}, []),
        ({"cases": 47}, ["cases"]),
        ({"cases": 301}, ["cases"]),
        ({"n": 294, "share_pct": 22.3}, ["share_pct"]),
        ({"n_status": "unclear"}, ["n_status"]),
        ({"n": 294, "share_pct": 22.3, "n_status": "unclear", "cases": 65}, ["cases"]),
        ({"n": pd.NA}, ["n_status"]),
        ({"decimals": pd.NA}, ["decimals"]),
        ({"decimals": 0}, ["decimals"]),
    ],
)
def test_each_contradiction_of_share_and_count_is_reported_once(cells, columns) -> None:
    problems = list(check_shares(make_share(**cells), FILE, "share_pct"))
    assert find_places(problems) == [(2, column) for column in columns]
