"""Regions add up to the country, parts to their total, and stocks are not summed as flows."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from data.tables.residents import COMPLETE, PRESS_TOTAL_2025, REGIONS, check, clean
from tests.factory import edit, list_places, make_table

N = "residents_persons"
Raw = dict[str, pd.DataFrame]
NAMES = [f"region_{number:02}" for number in range(REGIONS)]
FLOW = {"printed_as": "departures_in_year", "source_id": "report"}
LOST = [
    {"as_of_date": "2021-12-31", "category": "gone_abroad", "persons": 733},
    {"as_of_date": "2021-12-31", "category": "gone_abroad", "persons": 733, **FLOW},
    {"as_of_date": "2021-12-31", "category": "residence_unknown", "persons": 869},
    {"as_of_date": "2022-12-31", "category": "gone_abroad", "persons": PRESS_TOTAL_2025 - 733, **FLOW},
    {"as_of_date": "2023-08-31", "category": "not_located", "persons": 10, "duration": "under_1_year"},
    {"as_of_date": "2023-08-31", "category": "not_located", "persons": 60, "duration": "10_years_or_more"},
    {"as_of_date": "2023-08-31", "category": "not_located", "persons": 70},
]


@pytest.fixture
def raw() -> Raw:
    """Return the complete lists of four dates, with a published total for two of them, and whereabouts."""
    rows = []
    for date, sexes in COMPLETE.items():
        for sex in sexes:
            each = 20 if sex == "all" else 10
            rows += [{"as_of_date": date, "region": name, "sex": sex, N: each} for name in NAMES]
            if date in ("2005-05-31", "2024-06-30"):
                rows.append({"as_of_date": date, "region": "all", "sex": sex, N: each * REGIONS})
    total = {"as_of_date": "2024-06-30", "sex": "all", "role": "current", "entrants_persons": 400}
    return {
        "residents": make_table("residents", *rows, source_id="ministry"),
        "whereabouts": make_table(
            "whereabouts", *LOST, duration="all", printed_as="stock", source_id="paper"
        ),
        "entrants_cumulative": make_table("entrants_cumulative", total),
    }


def add(raw: Raw, name: str, *rows: dict[str, Any], **cells: Any) -> Raw:
    """Return tables with more rows, which begin again with line 2."""
    return raw | {name: pd.concat([raw[name], make_table(name, *rows, **cells)])}


def test_tables_that_fit_have_no_problem(raw: Raw) -> None:
    assert list(check(raw)) == []


CASES = {
    "a total of regions": (
        "residents",
        {"as_of_date": "2005-05-31", "region": "all"},
        {N: 321},
        [("residents", 18, N)],
    ),
    "a sex of a region": (
        "residents",
        {"as_of_date": "2024-09-30", "region": NAMES[0], "sex": "female"},
        {N: 11},
        [("residents", 86, N)],
    ),
    "a region that is missing": (
        "residents",
        {"as_of_date": "2008-05-31", "region": NAMES[3]},
        None,
        [("residents", 19, "region")],
    ),
    "a row without a figure": (
        "residents",
        {"as_of_date": "2024-06-30", "region": "all", "sex": "all"},
        {N: None},
        [("residents", 51, N)],
    ),
    "a share of nothing": (
        "residents",
        {"as_of_date": "2024-06-30", "region": "all", "sex": "all"},
        {"share_pct": 100.0},
        [("residents", 51, "share_of")],
    ),
    "more residents than entrants": (
        "entrants_cumulative",
        {"sex": "all"},
        {"entrants_persons": 300},
        [("residents", 51, N)],
    ),
    "parts above their total": (
        "whereabouts",
        {"category": "residence_unknown"},
        {"persons": 700},
        [("whereabouts", 4, "persons")],
    ),
    "durations that miss their total": (
        "whereabouts",
        {"duration": "under_1_year"},
        {"persons": 11},
        [("whereabouts", 8, "persons")],
    ),
    "a stock in the total of the press": (
        "whereabouts",
        {"as_of_date": "2022-12-31"},
        {"persons": 1432},
        [("whereabouts", 5, "persons")],
    ),
    "two figures for one stock": (
        "whereabouts",
        {"as_of_date": "2021-12-31", "printed_as": "stock", "category": "gone_abroad"},
        {"persons": 734},
        [("whereabouts", 3, "persons")],
    ),
}


@pytest.mark.parametrize(("table", "where", "cells", "places"), CASES.values(), ids=CASES)
def test_a_contradiction_is_reported_at_its_line(
    raw: Raw,
    table: str,
    where: dict[str, Any],
    cells: dict[str, Any] | None,
    places: list[tuple[str, int, str]],
) -> None:
    assert list_places(check(edit(raw, table, where, cells))) == places


@pytest.mark.parametrize(
    ("of", "keys", "shares", "places"),
    [
        ("sex", ("region", NAMES), (60.0, 40.0), []),
        ("sex", ("region", NAMES), (60.0, 41.0), [("residents", 3, "share_pct")]),
        ("region", ("sex", ["female", "male"]), (60.0, 40.1), []),
        ("region", ("sex", ["female", "male"]), (60.0, 39.0), [("residents", 3, "share_pct")]),
        ("region", ("sex", ["female", "male"]), (60.0, 41.0), [("residents", 3, "share_pct")]),
    ],
)
def test_shares_of_one_list_or_region_add_up(
    raw: Raw, of: str, keys: tuple[str, list[str]], shares: tuple[float, float], places: list[Any]
) -> None:
    column, names = keys
    rows = [{column: name, "share_pct": share} for name, share in zip(names, shares, strict=False)]
    common = {"as_of_date": "2014-06-30", "share_of": of, "region": NAMES[0], "sex": "all"}
    assert list_places(check(add(raw, "residents", *(common | row for row in rows)))) == places


def test_an_unpublished_total_is_computed_and_marked(raw: Raw) -> None:
    totals = clean(raw)["residents"].query("region == 'all' and sex == 'all'").set_index("as_of_date")
    assert totals.loc["2008-05-31", [N, "method"]].tolist() == [320, "computed"]
    assert totals.loc["2005-05-31", [N, "method"]].tolist() == [320, "reported"]


def test_an_exact_count_comes_before_a_rounded_one_of_the_same_day(raw: Raw) -> None:
    about = {"as_of_date": "2005-05-31", "region": "all", "sex": "all", N: 300, "rounded_to_persons": 100}
    tables = clean(add(raw, "residents", about, source_id="a_paper"))["residents"]
    total = tables[(tables["as_of_date"] == "2005-05-31") & (tables["region"] == "all")]
    assert total[N].tolist() == [320]


def test_a_stock_comes_before_the_same_figure_printed_as_departures(raw: Raw) -> None:
    table = clean(raw)["whereabouts"]
    abroad = table[table["category"] == "gone_abroad"].set_index("as_of_date")["printed_as"]
    assert abroad.loc["2021-12-31"] == "stock"
    assert abroad.loc["2022-12-31"] == "departures_in_year"
