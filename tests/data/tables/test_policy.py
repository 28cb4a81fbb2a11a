"""Amounts follow from the law's own arithmetic, and a plan is never taken for a payment."""

import pandas as pd
import pytest

from data.tables.policy import expand_by_year, tidy, validate

ROW = {
    "programme": "basic_payment",
    "policy_period": "p",
    "effective_from": None,
    "effective_to": None,
    "as_of": None,
    "household_size": "1",
    "component": "basic_payment",
    "condition": None,
    "region": "all",
    "measure": "amount",
    "amount_low": None,
    "amount": None,
    "amount_high": None,
    "unit": "KRW",
    "status": "in_force",
    "payment_form": "cash",
    "source_id": "s",
    "certainty": "official",
    "note": None,
}
TIMES = {"unit": "times_monthly_minimum_wage", "measure": "multiple"}
HOUSING = {"programme": "housing_subsidy", "component": "housing_subsidy"}
PACKAGE = {
    "programme": "package",
    "component": "minimum_and_maximum_package",
    "measure": "range",
    "effective_from": "2020",
    "effective_to": "2020",
    "amount_low": 24e6,
    "amount_high": 46.7e6,
}
WAGES = (("1994-01-01", "1994-08-31", 1085), ("1994-09-01", "1995-08-31", 1170))


def make_raw(*rows):
    frame = pd.DataFrame([ROW | row for row in rows])
    numbers = ["amount_low", "amount", "amount_high"]
    frame[numbers] = frame[numbers].astype(float)
    texts = [c for c in frame.columns if c not in numbers]
    frame[texts] = frame[texts].astype("str")
    frame.index = pd.Index(range(2, len(frame) + 2), name="line")
    wages = []
    for start, end, hourly in WAGES:
        common = {"period_start": start, "period_end": end, "statistic": "all_industries", "source_id": "w"}
        hour = {"series": "minimum_wage_hourly", "basis": "per_hour", "value": float(hourly)}
        month = {"series": "minimum_wage_monthly", "basis": "226_hours", "value": hourly * 226.0}
        wages += [common | hour, common | month]
    economic = pd.DataFrame(wages).assign(certainty="official", unit="u", note=None)
    economic[["period_start", "period_end"]] = economic[["period_start", "period_end"]].apply(pd.to_datetime)
    economic.index = pd.Index(range(2, len(economic) + 2), name="line")
    return {"policy_amounts": frame, "economic_series": economic}


def find_faults(*rows):
    return [(f.line, f.column, f.expected) for f in validate(make_raw(*rows))]


TWENTY = TIMES | {
    "policy_period": "act",
    "effective_from": "1994-08-29",
    "effective_to": "1995-07-13",
    "amount": 20,
}
PRINTED = {
    "policy_period": "act",
    "effective_from": "1994-08-29",
    "effective_to": "1995-07-13",
    "as_of": "1994-08",
    "amount": 4_904_200,
}


def test_an_amount_that_is_the_printed_multiple_has_no_fault():
    assert find_faults(TWENTY, PRINTED) == []


def test_an_amount_one_won_off_its_multiple_is_told():
    faults = find_faults(TWENTY, PRINTED | {"amount": 4_904_201})
    assert faults == [(3, "amount", "4,904,200, 20 times the monthly minimum wage of 245,210")]


def test_a_multiple_gives_one_row_a_minimum_wage():
    table = tidy(make_raw(TWENTY, PRINTED))["basic_payment"].set_index("known_from")
    assert table["amount_krw"].tolist() == [20 * 245_210, 20 * 264_420]
    assert table["is_computed"].tolist() == [False, True]
    assert table["known_to"].dt.strftime("%Y-%m-%d").tolist() == ["1994-08-31", "1995-07-13"]
    assert table["multiple_of_minimum_wage"].tolist() == [20, 20]


OLD = {"policy_period": "old", "effective_from": "2013-01-01", "effective_to": "2019-07", "amount": 7e6}
NEW = {"policy_period": "new", "effective_from": "2019-07", "effective_to": "2022-12-31", "amount": 8e6}


def test_a_month_shared_by_two_payments_is_split_in_its_middle():
    table = tidy(make_raw(OLD, NEW))["basic_payment"]
    assert table["known_to"].dt.strftime("%Y-%m-%d").tolist() == ["2019-07-14", "2022-12-31"]
    assert table["known_from"].dt.strftime("%Y-%m-%d").tolist() == ["2013-01-01", "2019-07-15"]
    assert find_faults(OLD, NEW) == []


def test_overlapping_periods_are_told():
    faults = find_faults(OLD, NEW | {"effective_from": "2019-06-01"})
    assert faults == [(3, "effective_from", "a day after 2019-07, the end of old")]


def test_a_gap_that_no_plan_covers_is_told():
    faults = find_faults(OLD | {"effective_to": "2018-12-31"}, NEW)
    assert faults == [(3, "effective_from", "the day after 2018-12-31, or a planned row that covers the gap")]


def test_a_gap_that_a_plan_covers_is_stated_and_no_fault():
    plan = {"effective_from": "2019-01-01", "effective_to": "2019-06-30", "status": "planned", "amount": 9e6}
    assert find_faults(OLD | {"effective_to": "2018-12-31"}, plan, NEW) == []


def test_an_open_end_before_another_payment_is_told():
    faults = find_faults(OLD | {"effective_to": None}, NEW)
    assert faults[0][:2] == (2, "effective_to")


@pytest.mark.parametrize("status", ["planned", "draft", "budgeted"])
def test_what_was_not_in_force_is_no_payment(status):
    clean = tidy(make_raw(OLD, NEW | {"status": status}))
    assert clean["basic_payment"]["policy_period"].tolist() == ["old"]
    assert clean["policy_amounts"]["is_in_force"].tolist() == [True, False]


def test_two_parts_that_miss_their_total_are_told():
    first = OLD | {"component": "basic_payment_initial_part", "amount": 4e6}
    rest = OLD | {"component": "basic_payment_instalment_part", "amount": 3.5e6}
    assert find_faults(OLD, first, rest) == [(2, "amount", "7,500,000, the sum of its two parts")]


def test_a_payment_printed_as_two_parts_is_added_up():
    first = OLD | {"component": "basic_payment_initial_part", "household_size": "2", "amount": 4e6}
    rest = OLD | {"component": "basic_payment_instalment_part", "household_size": "2", "amount": 7e6}
    table = tidy(make_raw(OLD, first, rest))["basic_payment"].set_index("household_size")
    assert table.loc["2", "amount_krw"] == 11e6
    assert table.loc["2", "is_computed"]


STEPS = (
    OLD | {"component": "step_per_extra_member_initial_part", "household_size": "any", "amount": 1e6},
    OLD | {"component": "step_per_extra_member_instalment_part", "household_size": "any", "amount": 3e6},
)


def test_a_household_between_printed_ones_follows_the_printed_step():
    four = [
        OLD | {"household_size": size, "amount": won} for size, won in (("2", 12e6), ("3", 16e6), ("4", 20e6))
    ]
    table = tidy(make_raw(OLD, *four, *STEPS))["basic_payment"].set_index("household_size")
    assert table.loc["5", "amount_krw"] == 24e6


def test_a_household_off_the_printed_step_is_told():
    rows = [OLD | {"household_size": size, "amount": won} for size, won in (("2", 12e6), ("3", 17e6))]
    assert find_faults(OLD, *rows, *STEPS) == [
        (4, "amount", "16,000,000, 4,000,000 more for each person beyond two")
    ]


def test_a_larger_household_paid_less_is_told():
    rows = [
        HOUSING | OLD | HOUSING | {"household_size": s, "amount": won}
        for s, won in (("1", 13e6), ("2-4", 12e6))
    ]
    assert find_faults(*rows) == [(3, "amount", "at least 13,000,000, what a smaller household gets")]


def test_a_rise_printed_for_all_sizes_binds_both_periods():
    before = HOUSING | {
        "policy_period": "a",
        "effective_from": "2007-01-01",
        "effective_to": "2017-12-31",
        "amount": 13e6,
    }
    after = HOUSING | {"policy_period": "b", "effective_from": "2018-01-01", "amount": 15e6}
    rise = after | {"household_size": "any", "measure": "rise", "amount": 3e6}
    assert find_faults(before, after, rise) == [(3, "amount", "16,000,000, 3,000,000 more than before")]


def test_a_minimum_package_is_payment_plus_housing():
    package = PACKAGE | {"amount_low": 25e6}
    housing = HOUSING | {"effective_from": "2018-01-01", "amount": 16e6}
    faults = find_faults(NEW, housing, package)
    assert faults == [(4, "amount_low", "24,000,000, basic payment and housing subsidy of that year")]


def test_a_package_known_through_its_rise_is_computed():
    rise = PACKAGE | {"measure": "rise", "effective_from": "2005", "amount_low": 3.5e6, "amount_high": 10.3e6}
    table = tidy(make_raw(PACKAGE, rise))["basic_payment"].set_index("known_from")
    row = table.loc[pd.Timestamp("2005-01-01")]
    assert (row["amount_low_krw"], row["amount_high_krw"]) == (20.5e6, 36.4e6)
    assert row["is_computed"]


def test_years_of_an_employment_incentive_make_its_total():
    job = {"programme": "employment_incentive", "component": "employment_incentive"}
    years = [job | {"condition": f"year {n} in the same workplace", "amount": n * 1e6} for n in (1, 2, 3)]
    total = job | {"condition": "three years in the same workplace", "measure": "total", "amount": 7e6}
    assert find_faults(*years, total) == [(5, "amount", "6,000,000, the sum of the three years")]


def test_training_pays_by_the_printed_step():
    job = {"programme": "training_incentive", "component": "training_incentive"}
    start = job | {"condition": "500 hours", "amount": 1.2e6}
    step = job | {"condition": "each further 120 hours to 1,220", "measure": "step", "amount": 2e5}
    most = job | {"condition": "1,220 hours", "measure": "ceiling", "amount": 2.5e6}
    assert find_faults(start, step, most) == [(4, "amount", "2,400,000 at 1,220 hours by the printed steps")]


def test_a_row_needs_an_amount_or_a_range():
    assert find_faults({"amount": None})[0][:2] == (2, "amount")


def test_an_end_before_its_start_is_told():
    assert find_faults(OLD | {"effective_to": "2012"})[0][:2] == (2, "effective_to")


def test_an_amount_quoted_for_a_year_is_known_for_that_year_only():
    act = {
        "policy_period": "act",
        "effective_from": "1999",
        "effective_to": "2004-12-31",
        "as_of": "2002",
        "amount": 29e6,
    }
    row = tidy(make_raw(act))["basic_payment"].iloc[0]
    assert (row["known_from"].year, row["known_to"].year, row["legal_to"].year) == (2002, 2002, 2004)


def test_a_year_takes_what_was_in_force_in_july():
    table = expand_by_year(tidy(make_raw(OLD, NEW))["basic_payment"], last_year=2022)
    by_year = table.set_index("year")["amount_krw"]
    assert by_year.loc[[2018, 2019, 2020]].tolist() == [7e6, 7e6, 8e6]
    assert by_year.index.max() == 2022


def test_an_open_payment_is_carried_to_the_last_year():
    payments = tidy(make_raw(NEW | {"effective_from": "2020", "effective_to": None}))["basic_payment"]
    assert expand_by_year(payments, last_year=2024)["year"].tolist() == [2020, 2021, 2022, 2023, 2024]


def test_the_input_is_not_changed():
    raw = make_raw(OLD, NEW, TWENTY)
    before = raw["policy_amounts"].copy()
    list(validate(raw))
    tidy(raw)
    pd.testing.assert_frame_equal(raw["policy_amounts"], before)
