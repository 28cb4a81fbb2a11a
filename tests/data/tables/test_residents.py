"""Regions add up to the country, parts to their total, and stocks are not summed as flows."""

import pandas as pd
import pytest

from data.tables.residents import COMPLETE, PRESS_TOTAL_2025, REGIONS, check, clean
from tests.factory import edit, list_places, make_table

N = "residents_persons"
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
def raw():
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


def test_tables_that_fit_have_no_problem(raw):
    assert list(check(raw)) == []


TOTAL = {"as_of_date": "2024-06-30", "region": "all", "sex": "all"}
WOMEN = {"as_of_date": "2024-09-30", "region": NAMES[0], "sex": "female"}
ABROAD = {"as_of_date": "2021-12-31", "printed_as": "stock", "category": "gone_abroad"}
# A table, its rows and their new cells (dropped if None); then the line and column reported.
CASES = [
    ("residents", {"as_of_date": "2005-05-31", "region": "all"}, {N: 321}, ("residents", 18, N)),
    ("residents", WOMEN, {N: 11}, ("residents", 86, N)),
    ("residents", {"as_of_date": "2008-05-31", "region": NAMES[3]}, None, ("residents", 19, "region")),
    ("residents", TOTAL, {N: None}, ("residents", 51, N)),
    ("residents", TOTAL, {"share_pct": 100.0}, ("residents", 51, "share_of")),
    ("entrants_cumulative", {"sex": "all"}, {"entrants_persons": 300}, ("residents", 51, N)),
    ("whereabouts", {"category": "residence_unknown"}, {"persons": 700}, ("whereabouts", 4, "persons")),
    ("whereabouts", {"duration": "under_1_year"}, {"persons": 11}, ("whereabouts", 8, "persons")),
    ("whereabouts", {"as_of_date": "2022-12-31"}, {"persons": 1432}, ("whereabouts", 5, "persons")),
    ("whereabouts", ABROAD, {"persons": 734}, ("whereabouts", 3, "persons")),
]


@pytest.mark.parametrize(("table", "where", "cells", "place"), CASES)
def test_a_contradiction_is_reported_once_at_its_line(raw, table, where, cells, place):
    assert list_places(check(edit(raw, table, where, cells))) == [place]


def add_residents(raw, *rows, **cells):
    return raw | {"residents": pd.concat([raw["residents"], make_table("residents", *rows, **cells)])}


@pytest.mark.parametrize(
    ("of", "column", "names", "shares", "fits"),
    [
        ("sex", "region", NAMES[:2], (60.0, 40.0), True),
        ("sex", "region", NAMES[:2], (60.0, 41.0), False),
        ("region", "sex", ["female", "male"], (60.0, 40.1), True),
        ("region", "sex", ["female", "male"], (60.0, 39.0), False),
        ("region", "sex", ["female", "male"], (60.0, 41.0), False),
    ],
)
def test_shares_of_one_list_or_region_add_up(raw, of, column, names, shares, fits):
    common = {"as_of_date": "2014-06-30", "share_of": of, "region": NAMES[0], "sex": "all"}
    rows = [common | {column: name, "share_pct": share} for name, share in zip(names, shares, strict=True)]
    places = list_places(check(add_residents(raw, *rows)))
    assert places == ([] if fits else [("residents", 3, "share_pct")])


def test_an_unpublished_total_is_computed_and_marked(raw):
    totals = clean(raw)["residents"].query("region == 'all' and sex == 'all'").set_index("as_of_date")
    assert totals.loc["2008-05-31", [N, "method"]].tolist() == [320, "computed"]
    assert totals.loc["2005-05-31", [N, "method"]].tolist() == [320, "reported"]


def test_an_exact_count_comes_before_a_rounded_one_of_the_same_day(raw):
    about = {"as_of_date": "2005-05-31", "region": "all", "sex": "all", N: 300, "rounded_to_persons": 100}
    tables = clean(add_residents(raw, about, source_id="a_paper"))["residents"]
    total = tables[(tables["as_of_date"] == "2005-05-31") & (tables["region"] == "all")]
    assert total[N].tolist() == [320]


def test_a_stock_comes_before_the_same_figure_printed_as_departures(raw):
    table = clean(raw)["whereabouts"]
    abroad = table[table["category"] == "gone_abroad"].set_index("as_of_date")["printed_as"]
    assert abroad.loc["2021-12-31"] == "stock"
    assert abroad.loc["2022-12-31"] == "departures_in_year"
