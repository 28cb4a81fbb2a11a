"""Dates printed as a year or a month stand for their first or last day."""

import pandas as pd

from data.checks import first_days, last_days, name_precision

PRINTED = pd.Series(["2019", "2019-07", "2019-07-15", "2020-02", None])


def test_a_start_is_the_first_day_it_can_mean():
    found = first_days(PRINTED).dt.strftime("%Y-%m-%d").tolist()
    assert found[:4] == ["2019-01-01", "2019-07-01", "2019-07-15", "2020-02-01"]


def test_an_end_is_the_last_day_it_can_mean():
    found = last_days(PRINTED).dt.strftime("%Y-%m-%d").tolist()
    assert found[:4] == ["2019-12-31", "2019-07-31", "2019-07-15", "2020-02-29"]


def test_a_missing_date_stays_missing():
    assert pd.isna(first_days(PRINTED).iloc[4])
    assert pd.isna(last_days(PRINTED).iloc[4])


def test_a_day_that_does_not_exist_is_missing():
    assert first_days(pd.Series(["2019-02-30", "2019-13"])).isna().all()


def test_precision_is_named():
    assert name_precision(PRINTED).tolist() == ["year", "month", "day", "month", "unknown"]
