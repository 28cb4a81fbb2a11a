"""The file of estimates: its form, its digits, and how it says that it is stale."""

import math

import pandas as pd
import pytest

from analysis import estimates
from analysis.models import COLUMNS


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1 + 0.2, "0.3"),
        (1234567.891234567, "1234567.89123"),
        (-0.0, "0"),
        (math.nan, ""),
        (math.inf, "inf"),
        (2.0, "2"),
    ],
)
def test_numbers_have_twelve_significant_digits(value, text):
    assert estimates.format_number(value) == text


def make_table():
    row = dict.fromkeys(COLUMNS, "x") | dict.fromkeys(estimates.NUMBERS, 0.5) | {"n": 3}
    return pd.DataFrame([row], columns=list(COLUMNS))


def test_the_file_has_the_columns_of_the_design_in_order():
    header, row, rest = estimates.format_estimates(make_table()).split("\n")
    assert header == (
        "chapter,model_id,quantity,unit,data_table,filter,formula,family,link,method,n,term,estimate,"
        "std_error,interval_kind,level,ci_low,ci_high,dispersion,df_resid"
    )
    assert row.endswith("3,x,0.5,0.5,x,0.5,0.5,0.5,0.5,0.5")
    assert rest == ""


def test_a_stale_file_is_said_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr(estimates, "build_estimates", make_table)
    file = tmp_path / "book" / "estimates.csv"
    assert estimates.find_stale(file) == "book/estimates.csv: there is no such file; run make refresh"
    file.parent.mkdir()
    text = estimates.format_estimates(make_table())
    file.write_text(text, encoding="utf-8")
    assert estimates.find_stale(file) == ""
    file.write_text(text.replace("0.5", "0.6", 1), encoding="utf-8")
    expected = "book/estimates.csv:2: x x: estimate: found 0.6, expected 0.5; run make refresh"
    assert estimates.find_stale(file) == expected
    file.write_text(text.splitlines()[0] + "\n", encoding="utf-8")
    assert estimates.find_stale(file) == "book/estimates.csv: found 0 results, expected 1; run make refresh"


def test_the_last_digit_may_differ_between_processors():
    assert estimates.is_same("0.123456789012", "0.123456789013", True)
    assert not estimates.is_same("0.12345678", "0.12345679", True)
    assert not estimates.is_same("", "0.1", True)
    assert not estimates.is_same("2002", "2003", False)


def test_the_stored_file_agrees_with_a_fresh_run():
    assert estimates.find_stale() == ""
