"""Totals over time, means and bands agree with what is published beside them."""

import pandas as pd
import pytest

from data.tables.programmes import check, clean
from tests.factory import list_places, make_table

COMMON = {
    "period_start": "1998",
    "period_end": "1998",
    "programme": "settlement_payments",
    "measure": "spending",
    "part": "all",
    "stage": "executed",
    "value": 100.0,
    "unit": "KRW",
}
SPAN = {"period_start": "1998-01", "period_end": "2000-06"}
YEARS = [
    {"value": 1.0},
    {"period_start": "1999", "period_end": "1999", "value": 2.0},
    {"period_start": "2000-01", "period_end": "2000-06", "value": 3.0},
]
HALF_YEAR = {"period_start": "1998-01", "period_end": "1998-06", "value": 101.0}
GRADUATES = {"programme": "hanawon", "measure": "graduates", "unit": "persons"}
SINCE_OPENING = {"period_start": "1999-07-08", "period_end": "2007-08-23"}
PAID = {"programme": "reward", "measure": "persons_paid", "unit": "persons"}
COUNTS = {"under_10_million_krw": 333.0, "10_to_50_million_krw": 74.0, "50_to_100_million_krw": 18.0}
BANDS = [PAID | {"part": part, "value": persons} for part, persons in COUNTS.items()]
MEAN = {"programme": "reward", "measure": "spending_per_person", "unit": "KRW_per_person"}
SPENT = [PAID | {"value": 51.0}, {"programme": "reward", "value": 1_085_000_000.0}]
ACCOUNT = {"programme": "savings_account", "unit": "persons"}
PROTECTED = {"programme": "police_protection", "measure": "persons_protected", "unit": "persons"}
BY_YEARS = {"up_to_5_years": 10.0, "5_to_10_years": 20.0, "10_to_15_years": 30.0, "over_15_years": 40.0}
PEOPLE = [PROTECTED | {"part": part, "value": persons} for part, persons in BY_YEARS.items()]


def make_raw(*rows):
    return {"programme_figures": make_table("programme_figures", *rows, **COMMON)}


def count_accounts(**counts):
    return [ACCOUNT | {"measure": f"accounts_{what}", "value": n} for what, n in counts.items()]


FORMER_YEAR = GRADUATES | {"period_start": "2006", "period_end": "2006"}
BUDGET = YEARS[1] | {"stage": "budget"}
# Rows, and the line and column reported.
CASES = [
    ([SPAN | {"value": 6.0}, *YEARS], []),
    ([SPAN | {"value": 7.0}, *YEARS], [(2, "value")]),
    ([SPAN | {"value": 7.0}, YEARS[0], YEARS[2]], []),  # a year is missing
    ([SPAN | {"value": 7.0}, YEARS[0], BUDGET, YEARS[2]], []),
    ([{}, {"value": 101.0, "source_id": "b"}], [(2, "value"), (3, "value")]),
    ([{}, HALF_YEAR], [(3, "value")]),  # more than the whole year
    ([{}, HALF_YEAR | {"source_id": "b"}], []),
    ([GRADUATES | SINCE_OPENING | {"value": 90.0}, FORMER_YEAR], [(2, "value")]),
    ([*SPENT, MEAN | {"value": 21_200_000.0}], []),  # cut in its last digit
    ([*SPENT, MEAN | {"value": 20_900_000.0}], [(4, "value")]),
    ([PAID | {"value": 430.0}, *BANDS], []),  # five people above the bands
    ([PAID | {"value": 429.0}, *BANDS], [(2, "value")]),
    ([PAID | {"value": 451.0}, *BANDS[1:]], [(2, "value")]),
    (count_accounts(opened=100.0, matured=80.0, closed_early=30.0), [(2, "value")]),
    ([PROTECTED | {"value": 100.0}, *PEOPLE], []),
    ([PROTECTED | {"value": 101.0}, *PEOPLE], [(2, "value")]),
    ([PROTECTED | {"value": 60.0}, *PEOPLE[:3]], [(2, "part")]),
    ([{"measure": "share_of_budget_spent", "unit": "pct", "value": 104.0}], [(2, "value")]),
    ([{"period_end": "1997"}], [(2, "period_end")]),
    ([{"period_start": "1998-02-30"}], [(2, "period_start")]),
]


@pytest.mark.parametrize(("rows", "places"), CASES)
def test_figures_fit_those_beside_them(rows, places):
    assert [place[1:] for place in list_places(check(make_raw(*rows)))] == places


def test_the_top_band_is_what_the_others_leave():
    table = clean(make_raw(PAID | {"value": 451.0}, *BANDS))["programme_figures"].set_index("part")
    assert table.loc["from_100_million_krw", ["value", "is_computed"]].tolist() == [26, True]


def test_dates_become_days_with_their_precision():
    row = clean(make_raw(SPAN))["programme_figures"].iloc[0]
    assert row["period_start"] == pd.Timestamp(1998, 1, 1)
    assert row["period_end"] == pd.Timestamp(2000, 6, 30)
    assert row["start_printed_to"] == "month"


def test_a_second_figure_is_left_out_of_the_clean_table():
    assumed = {"period_start": "2022", "period_end": "2022", "measure": "arrivals_assumed"}
    figures = {"edaily_2022b": 750.0, "hk_2021b": 770.0}
    rows = [assumed | {"source_id": source, "value": value} for source, value in figures.items()]
    assert clean(make_raw(*rows))["programme_figures"]["value"].tolist() == [770.0]
