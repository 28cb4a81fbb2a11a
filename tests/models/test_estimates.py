"""The file of estimates: its form, its digits, and what counts as the same."""

import math

import pandas as pd
import pytest

from analysis.models import COLUMNS
from analysis.models import __main__ as estimates


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1 + 0.2, "0.3"),
        (1234567.891234567, "1234567.89123"),
        (-0.0, "0"),
        (math.nan, ""),
        (math.inf, "inf"),
    ],
)
def test_numbers_have_twelve_significant_digits(value, text):
    assert estimates.format_number(value) == text


def make_text(**changes):
    row = dict.fromkeys(COLUMNS, "x") | dict.fromkeys(estimates.NUMBERS, 0.5) | {"n": 3} | changes
    return estimates.format_estimates(pd.DataFrame([row], columns=list(COLUMNS)))


def test_the_file_has_the_columns_of_the_design_in_order():
    assert make_text() == (
        "chapter,model_id,quantity,unit,data_table,filter,formula,family,link,method,n,term,estimate,"
        "std_error,interval_kind,level,ci_low,ci_high,dispersion,df_resid\n"
        "x,x,x,x,x,x,x,x,x,x,3,x,0.5,0.5,x,0.5,0.5,0.5,0.5,0.5\n"
    )


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"estimate": 0.5 + 1e-12}, True),
        ({"estimate": 0.5 + 1e-7}, False),
        ({"ci_low": math.nan}, False),
        ({"unit": "%"}, False),
        ({"n": 4}, False),
    ],
)
def test_only_the_last_digits_may_differ_between_processors(change, same):
    assert estimates.agree(make_text(), make_text(**change)) is same


def test_a_missing_result_is_a_difference():
    assert not estimates.agree(make_text().splitlines()[0] + "\n", make_text())


def test_the_stored_file_agrees_with_a_fresh_run():
    fresh = estimates.format_estimates(estimates.build_estimates())
    assert estimates.agree(estimates.FILE.read_text(encoding="utf-8"), fresh)
