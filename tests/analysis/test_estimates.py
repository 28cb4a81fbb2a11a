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
    stale = estimates.find_stale(file)
    assert stale.startswith("book/estimates.csv:2: stale at x x (2 lines stored, 2 fresh)")
    assert "make refresh" in stale
    assert "\n" not in stale


def test_the_stored_file_agrees_with_a_fresh_run():
    assert estimates.find_stale() == ""
