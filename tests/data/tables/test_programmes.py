"""Totals over time, means and bands agree with what is printed beside them."""

import pandas as pd

from data.tables.programmes import tidy, validate

ROW = {
    "period_start": "1998",
    "period_end": "1998",
    "programme": "settlement_payments",
    "measure": "spending",
    "part": "all",
    "stage": "executed",
    "value": 100.0,
    "unit": "KRW",
    "source_id": "s",
    "certainty": "secondary",
    "note": None,
}
SPAN = {"period_start": "1998-01", "period_end": "2000-06"}
YEARS = (
    {"value": 1.0},
    {"period_start": "1999", "period_end": "1999", "value": 2.0},
    {"period_start": "2000-01", "period_end": "2000-06", "value": 3.0},
)
PAID = {"programme": "reward", "measure": "persons_paid", "unit": "persons"}
COUNTS = {"under_10_million_krw": 333.0, "10_to_50_million_krw": 74.0, "50_to_100_million_krw": 18.0}
BANDS = [PAID | {"part": part, "value": persons} for part, persons in COUNTS.items()]


PROTECTED = {"programme": "police_protection", "measure": "persons_protected", "unit": "persons"}
BY_YEARS = {"up_to_5_years": 10.0, "5_to_10_years": 20.0, "10_to_15_years": 30.0, "over_15_years": 40.0}
PEOPLE = [PROTECTED | {"part": part, "value": persons} for part, persons in BY_YEARS.items()]


def make_raw(*rows):
    frame = pd.DataFrame([ROW | row for row in rows])
    texts = [c for c in frame.columns if c != "value"]
    frame[texts] = frame[texts].astype("str")
    frame.index = pd.Index(range(2, len(frame) + 2), name="line")
    return {"programme_figures": frame}


def find_faults(*rows):
    return [(f.line, f.expected) for f in validate(make_raw(*rows))]


def test_years_that_make_the_printed_total_have_no_fault():
    assert find_faults(SPAN | {"value": 6.0}, *YEARS) == []


def test_years_that_miss_the_printed_total_are_told():
    assert find_faults(SPAN | {"value": 7.0}, *YEARS) == [(2, "6, the sum of lines 3, 4, 5")]


def test_years_with_a_gap_bind_no_total():
    assert find_faults(SPAN | {"value": 7.0}, YEARS[0], YEARS[2]) == []


def test_a_budget_is_no_part_of_what_was_spent():
    assert find_faults(SPAN | {"value": 7.0}, YEARS[0], YEARS[1] | {"stage": "budget"}, YEARS[2]) == []


def test_a_part_of_a_year_above_the_year_is_told():
    half = {"period_start": "1998-01", "period_end": "1998-06", "value": 101.0}
    assert find_faults({}, half) == [(3, "at most 100, the count of the longer period")]


def test_graduates_since_the_opening_cover_the_years_before():
    hana = {"programme": "hanawon", "measure": "graduates", "unit": "persons"}
    since = hana | {"period_start": "1999-07-08", "period_end": "2007-08-23", "value": 90.0}
    year = hana | {"period_start": "2006", "period_end": "2006"}
    assert find_faults(since, year) == [(2, "100 or more, the years before")]


def test_a_mean_may_be_cut_in_its_last_digit_but_no_more():
    paid = [PAID | {"value": 51.0}, PAID | {"measure": "spending", "unit": "KRW", "value": 1_085_000_000.0}]
    mean = PAID | {"measure": "spending_per_person", "unit": "KRW_per_person"}
    assert find_faults(*paid, mean | {"value": 21_200_000.0}) == []
    assert find_faults(*paid, mean | {"value": 20_900_000.0}) == [
        (4, "about 21,274,510, spending by persons")
    ]


def test_the_top_band_is_what_the_printed_ones_leave():
    table = tidy(make_raw(PAID | {"value": 451.0}, *BANDS))["programme_figures"].set_index("part")
    assert table.loc["from_100_million_krw", "value"] == 26
    assert table.loc["from_100_million_krw", "is_computed"]


def test_a_top_band_of_fewer_than_five_is_refused():
    assert find_faults(PAID | {"value": 429.0}, *BANDS) == [(2, "430 or more, with all bands printed")]


def test_accounts_that_ended_were_opened():
    account = {"programme": "savings_account", "unit": "persons"}
    counts = {"opened": 100.0, "matured": 80.0, "closed_early": 30.0}
    rows = [account | {"measure": f"accounts_{what}", "value": value} for what, value in counts.items()]
    assert find_faults(*rows) == [(2, "110 or more, those that ended")]


def test_people_under_protection_by_years_make_all_of_them():
    assert find_faults(PROTECTED | {"value": 100.0}, *PEOPLE) == []
    found = find_faults(PROTECTED | {"value": 101.0}, *PEOPLE)
    assert found == [(2, "100, the sum by years under protection")]


def test_people_under_protection_need_every_span_of_years():
    assert find_faults(PROTECTED | {"value": 60.0}, *PEOPLE[:3]) == [
        (2, "all, up_to_5_years, 5_to_10_years, 10_to_15_years, over_15_years")
    ]


def test_a_share_above_a_hundred_is_told():
    assert find_faults({"measure": "share_of_budget_spent", "unit": "pct", "value": 104.0}) == [
        (2, "100 or less")
    ]


def test_an_end_before_its_start_is_told():
    assert find_faults({"period_end": "1997"}) == [(2, "a day that exists, not before period_start")]


def test_dates_become_days_and_say_how_precise_they_were():
    row = tidy(make_raw(SPAN))["programme_figures"].iloc[0]
    assert (str(row["period_start"].date()), str(row["period_end"].date())) == ("1998-01-01", "2000-06-30")
    assert row["start_printed_to"] == "month"


def test_a_second_reading_is_left_out_of_the_clean_table():
    assumed = {"period_start": "2022", "period_end": "2022", "measure": "arrivals_assumed", "unit": "persons"}
    rows = [
        assumed | {"value": 750.0, "source_id": "edaily_2022b"},
        assumed | {"value": 770.0, "source_id": "hk_2021b"},
    ]
    assert tidy(make_raw(*rows))["programme_figures"]["value"].tolist() == [770.0]


def test_the_input_is_not_changed():
    raw = make_raw(SPAN | {"value": 6.0}, *YEARS)
    before = raw["programme_figures"].copy()
    list(validate(raw))
    tidy(raw)
    pd.testing.assert_frame_equal(raw["programme_figures"], before)
