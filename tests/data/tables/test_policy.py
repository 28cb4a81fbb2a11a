"""Amounts follow from the law's own arithmetic, and a plan is never taken for a payment."""

import pandas as pd
import pytest

from data.tables.policy import check, clean, expand_by_year
from tests.factory import list_places, make_table

COMMON = {
    "programme": "basic_payment",
    "component": "basic_payment",
    "policy_period": "p",
    "household_size": "1",
    "measure": "amount",
    "unit": "KRW",
    "status": "in_force",
}
WAGES = (("1994-01-01", "1994-08-31", 1085), ("1994-09-01", "1995-08-31", 1170))


def date(period, start, end, amount, **cells):
    """Return a row that is in force from one date to another."""
    dates = {"policy_period": period, "effective_from": start, "effective_to": end}
    return dates | {"amount": amount} | cells


TWENTY = date("a", "1994-08-29", "1995-07-13", 20, unit="times_monthly_minimum_wage", measure="multiple")
QUOTED = date("a", "1994-08-29", "1995-07-13", 4_904_200, as_of="1994-08")
OLD, NEW = date("old", "2013-01-01", "2019-07", 7e6), date("new", "2019-07", "2022-12-31", 8e6)
SHORT, PLAN = (
    OLD | {"effective_to": "2018-12-31"},
    date("p", "2019-01-01", "2019-06-30", 9e6, status="planned"),
)
FIRST_PART = OLD | {"component": "basic_payment_initial_part", "amount": 4e6}
SECOND_PART = OLD | {"component": "basic_payment_instalment_part", "amount": 3e6}
FIRST_STEP = {"component": "step_per_extra_member_initial_part", "household_size": "any", "amount": 1e6}
SECOND_STEP = {"component": "step_per_extra_member_instalment_part", "household_size": "any", "amount": 3e6}
STEPS = [OLD | FIRST_STEP, OLD | SECOND_STEP]
HOUSING = {"programme": "housing_subsidy", "component": "housing_subsidy"}
FLAT_BEFORE = date("a", "2007-01-01", "2017-12-31", 13e6, **HOUSING)
FLAT = date("b", "2018-01-01", None, 16e6, **HOUSING)
RISE = FLAT | {"household_size": "any", "measure": "rise", "amount": 3e6}
RANGE = {"programme": "package", "component": "minimum_and_maximum_package", "measure": "range"}
PACKAGE = date("p", "2020", "2020", None, amount_low=24e6, amount_high=46.7e6, **RANGE)
PACKAGE_RISE = date("p", "2005", "2020", None, amount_low=3.5e6, amount_high=10.3e6, **RANGE) | {
    "measure": "rise"
}
JOB = {"programme": "employment_incentive", "component": "employment_incentive"}
JOB_YEARS = [JOB | {"condition": f"year {n} in the same workplace", "amount": n * 1e6} for n in (1, 2, 3)]
JOB_TOTAL = JOB | {"condition": "three years in the same workplace", "measure": "total", "amount": 6e6}
TRAINING = {"programme": "training_incentive", "component": "training_incentive"}
COURSE = TRAINING | {"condition": "500 hours", "amount": 1.2e6}
COURSE_STEP = TRAINING | {"condition": "each further 120 hours", "measure": "step", "amount": 2e5}
LONGEST = TRAINING | {"condition": "1,220 hours", "measure": "ceiling", "amount": 2.4e6}


def make_raw(*rows):
    """Return the amounts beside a minimum wage of 1,085 and then 1,170 won per hour."""
    wages = []
    for start, end, hourly in WAGES:
        dates = {"period_start": start, "period_end": end, "statistic": "all_industries"}
        wages += [
            dates | {"series": "minimum_wage_hourly", "basis": "per_hour", "value": float(hourly)},
            dates | {"series": "minimum_wage_monthly", "basis": "226_hours", "value": hourly * 226.0},
        ]
    return {
        "policy_amounts": make_table("policy_amounts", *rows, **COMMON),
        "economic_series": make_table("economic_series", *wages),
    }


def resize(row, **amounts):
    """Return a row for households of several sizes: ``resize(row, of_2=12e6)``."""
    sizes = [(size.removeprefix("of_").replace("_", "-"), amount) for size, amount in amounts.items()]
    return [row | {"household_size": size, "amount": amount} for size, amount in sizes]


# Rows, and the line and column reported.
CASES = [
    ([TWENTY, QUOTED], None),
    ([TWENTY, QUOTED | {"amount": 4_904_201}], (3, "amount")),
    ([OLD, NEW], None),
    ([OLD, NEW | {"effective_from": "2019-06-01"}], (3, "effective_from")),  # overlap
    ([SHORT, NEW], (3, "effective_from")),  # gap
    ([SHORT, PLAN, NEW], None),
    ([OLD | {"effective_to": None}, NEW], (2, "effective_to")),
    ([OLD, FIRST_PART, SECOND_PART], None),
    ([OLD, FIRST_PART, SECOND_PART | {"amount": 3.5e6}], (2, "amount")),
    ([OLD, *resize(OLD, of_2=12e6, of_3=16e6), *STEPS], None),
    ([OLD, *resize(OLD, of_2=12e6, of_3=17e6), *STEPS], (4, "amount")),
    (resize(FLAT, of_1=13e6, of_2_4=12e6), (3, "amount")),  # less for a larger household
    ([FLAT_BEFORE, FLAT, RISE], None),
    ([FLAT_BEFORE, FLAT | {"amount": 15e6}, RISE], (3, "amount")),
    ([NEW, FLAT, PACKAGE], None),
    ([NEW, FLAT, PACKAGE | {"amount_low": 25e6}], (4, "amount_low")),
    ([*JOB_YEARS, JOB_TOTAL], None),
    ([*JOB_YEARS, JOB_TOTAL | {"amount": 7e6}], (5, "amount")),
    ([COURSE, COURSE_STEP, LONGEST], None),
    ([COURSE, COURSE_STEP, LONGEST | {"amount": 2.5e6}], (4, "amount")),
    ([{"amount": None}], (2, "amount")),
    ([{"amount": 1, "amount_low": 1, "amount_high": 2}], (2, "amount")),
    ([{"amount_low": 1}], (2, "amount")),
    ([OLD | {"effective_to": "2012"}], (2, "effective_to")),
    ([NEW | {"effective_from": "2019-02-30"}], (2, "effective_from")),
    ([OLD | {"as_of": "2012"}], (2, "as_of")),
]


@pytest.mark.parametrize(("rows", "place"), CASES)
def test_amounts_follow_from_each_other(rows, place):
    assert list_places(check(make_raw(*rows))) == ([("policy_amounts", *place)] if place else [])


def clean_payments(*rows):
    return clean(make_raw(*rows))["basic_payment"]


def test_a_multiple_gives_one_row_per_minimum_wage():
    table = clean_payments(TWENTY, QUOTED | {"source_id": "law"})
    assert table["amount_krw"].tolist() == [20 * 245_210, 20 * 264_420]
    assert table["is_computed"].tolist() == [False, True]
    assert table["source_id"].tolist() == ["law", "x"]
    assert table["known_from"].tolist() == [pd.Timestamp(1994, 8, 29), pd.Timestamp(1994, 9, 1)]
    assert table["known_to"].tolist() == [pd.Timestamp(1994, 8, 31), pd.Timestamp(1995, 7, 13)]
    assert table["multiple_of_minimum_wage"].tolist() == [20, 20]


def test_a_month_shared_by_two_payments_is_split_in_its_middle():
    table = clean_payments(OLD, NEW)
    assert table["known_to"].tolist() == [pd.Timestamp(2019, 7, 14), pd.Timestamp(2022, 12, 31)]
    assert table["known_from"].tolist() == [pd.Timestamp(2013, 1, 1), pd.Timestamp(2019, 7, 15)]


@pytest.mark.parametrize("status", ["planned", "draft", "budgeted"])
def test_an_amount_that_was_not_in_force_is_no_payment(status):
    tables = clean(make_raw(OLD, NEW | {"status": status}))
    assert tables["basic_payment"]["policy_period"].tolist() == ["old"]
    assert tables["policy_amounts"]["is_in_force"].tolist() == [True, False]


@pytest.mark.parametrize(
    ("rows", "size", "amount"),
    [
        ([*resize(FIRST_PART, of_2=4e6), *resize(SECOND_PART, of_2=7e6)], "2", 11e6),
        ([*resize(OLD, of_2=12e6, of_3=16e6, of_4=20e6), *STEPS], "5", 24e6),
    ],
)
def test_a_missing_size_is_computed_from_parts_or_steps(rows, size, amount):
    table = clean_payments(OLD, *rows).set_index("household_size")
    assert table.loc[size, ["amount_krw", "is_computed", "certainty"]].tolist() == [amount, True, "estimate"]
    assert not table.loc["1", "is_computed"]


def test_a_package_known_through_its_rise_is_computed():
    table = clean_payments(PACKAGE, PACKAGE_RISE).set_index("known_from")
    row = table.loc[pd.Timestamp(2005, 1, 1)]
    assert row[["amount_low_krw", "amount_high_krw", "is_computed"]].tolist() == [20.5e6, 36.4e6, True]
    assert row["known_to"] == row["legal_to"] == pd.Timestamp(2005, 12, 31)


def test_an_amount_quoted_for_a_year_is_known_for_that_year_only():
    dates = {"effective_from": "1999", "effective_to": "2004-12-31", "as_of": "2002"}
    row = clean_payments(OLD | dates).iloc[0]
    assert (row["known_from"].year, row["known_to"].year, row["legal_to"].year) == (2002, 2002, 2004)


def test_a_year_takes_the_payment_of_july():
    by_year = expand_by_year(clean_payments(OLD, NEW), last_year=2022).set_index("year")["amount_krw"]
    assert by_year.loc[[2018, 2019, 2020]].tolist() == [7e6, 7e6, 8e6]
    assert by_year.index.max() == 2022


def test_an_open_payment_goes_on_to_the_last_year():
    payments = clean_payments(NEW | {"effective_from": "2020", "effective_to": None})
    assert expand_by_year(payments, last_year=2024)["year"].tolist() == [2020, 2021, 2022, 2023, 2024]


def test_a_deposit_is_cleaned_without_the_columns_of_payments():
    table = clean(make_raw(OLD, *resize(FLAT, of_1=13e6, of_2_4=17e6)))["housing_subsidy"]
    assert table["amount_krw"].tolist() == [13e6, 17e6]
    assert "is_computed" not in table
