from functools import partial

import pandas as pd
import pytest

from analysis.chapters import resettlement_benefits as benefits
from data import load
from tests.factory import make_table

make_table = partial(make_table, layer="clean")
PRICES = make_table(
    "prices",
    {"year": 1977, "cpi_2020": 10.0},
    {"year": 2004, "cpi_2020": 50.0, "minimum_wage_krw_per_month": 500_000.0, "krw_per_usd": 1000.0},
    {"year": 2005, "cpi_2020": 80.0, "minimum_wage_krw_per_month": 800_000.0, "krw_per_usd": 1250.0},
    {"year": 2020, "cpi_2020": 100.0, "minimum_wage_krw_per_month": 1_000_000.0, "krw_per_usd": 1200.0},
)
make_yearly = partial(make_table, "basic_payment_by_year", what_it_is="basic_payment")
make_figures = partial(make_table, "programme_figures")
GRADUATES = {
    "programme": "hanawon",
    "measure": "graduates",
    "part": "all",
    "period_start": "2004-01-01",
    "period_end": "2004-12-31",
    "value": 7.0,
}
BY_CLASS = {"household_size": "any", "amount_low_krw": 1e6, "amount_high_krw": 5e6}


def make_housing(*rows):
    base = {"known_from": "2001-01-01", "known_to": "2004-12-31", "amount_krw": 10e6}
    return make_table("housing_subsidy", *[base | row for row in rows])


def value_yearly(*rows, **deposit):
    one = {"year": 2004, "household_size": "1", "amount_krw": 20e6}
    return benefits.value_yearly(make_yearly(*[one | row for row in rows]), make_housing(deposit), PRICES)


def test_to_real_terms_uses_the_prices_wage_and_dollar_of_the_year():
    amounts = pd.DataFrame({"year": [2004], "won": [20e6]})
    row = benefits.to_real_terms(amounts, PRICES, amount="won").iloc[0]
    assert (row["real_krw"], row["wage_months"], row["amount_usd"]) == (40e6, 40.0, 20_000.0)
    assert list(amounts.columns) == ["year", "won"]


def test_to_real_terms_has_no_months_before_the_minimum_wage():
    row = benefits.to_real_terms(pd.DataFrame({"year": [1977], "won": [1e6]}), PRICES, amount="won").iloc[0]
    assert row["real_krw"] == 10e6
    assert row[["wage_months", "amount_usd"]].isna().all()


def test_to_real_terms_without_a_price_index_raises():
    with pytest.raises(ValueError, match="1978"):
        benefits.to_real_terms(pd.DataFrame({"year": [1978], "won": [1e6]}), PRICES, amount="won")


def test_value_yearly_adds_the_deposit_to_the_cash():
    row = value_yearly({}).iloc[0]
    assert (row["cash_krw"], row["housing_krw"], row["package_krw"]) == (20e6, 10e6, 30e6)
    assert (row["cash_months"], row["housing_months"], row["package_months"]) == (40.0, 20.0, 60.0)
    assert (row["cash_usd"], row["package_real_krw"]) == (20_000.0, 60e6)
    assert row["housing_share_pct"] == pytest.approx(100 / 3)


def test_value_yearly_is_of_one_person_and_one_amount():
    assert len(value_yearly({}, {"household_size": "2"}, BY_CLASS | {"amount_krw": None})) == 1


def test_value_yearly_without_a_known_deposit_has_no_package():
    row = value_yearly({"year": 2005}).iloc[0]
    assert row["cash_krw"] == 20e6
    assert pd.isna(row["package_krw"])


def test_value_yearly_starts_a_segment_after_a_gap():
    table = value_yearly({"year": 2020}, {"year": 2004}, {"year": 2005})
    assert table["year"].tolist() == [2004, 2005, 2020]
    assert table["segment"].tolist() == [1, 1, 2]


def test_find_deposit_is_that_of_july_and_an_open_end_goes_on():
    later = {"known_from": "2005-07-02", "known_to": None, "amount_krw": 16e6}
    housing = make_housing({"known_to": "2005-07-01"}, later)
    assert [benefits.find_deposit(housing, year) for year in (2005, 2006)] == [10e6, 16e6]


def test_find_deposit_is_not_that_of_a_family():
    assert pd.isna(benefits.find_deposit(make_housing({"household_size": "2-4"}), 2004))


def test_value_ranges_converts_both_ends():
    (row,) = benefits.value_ranges(make_yearly(BY_CLASS | {"year": 1977}), PRICES).to_dict("records")
    assert (row["low_krw"], row["low_real_krw"], row["high_real_krw"]) == (1e6, 10e6, 50e6)


def test_compare_intake_leaves_out_years_without_a_count():
    assumed = GRADUATES | {"programme": "settlement_support", "measure": "arrivals_assumed", "value": 300.0}
    figures = make_figures(assumed, assumed | {"period_start": "2030-01-01"}, GRADUATES)
    entrants = pd.DataFrame({"year": [2003, 2004], "entrants_persons": [5, 900]})
    table = benefits.compare_intake(figures, entrants)
    assert table[["year", "assumed_persons", "entrants_persons"]].to_numpy().tolist() == [[2004, 300, 900]]


def make_protected():
    counts = dict(zip([*benefits.PROTECTED, "all"], [10.0, 20.0, 30.0, 40.0, 100.0], strict=True))
    rows = [
        {"period_end": end, "part": part, "value": value}
        for end in ("2004-12-31", "2005-08-31")
        for part, value in reversed(counts.items())
    ]
    return benefits.count_protected(make_figures(*rows, measure="persons_protected"))


def test_count_protected_gives_shares_of_the_day_shortest_first():
    table = make_protected()
    assert table["span"].tolist() == list(benefits.PROTECTED) * 2
    assert table["share_pct"].tolist() == [10.0, 20.0, 30.0, 40.0] * 2
    assert table["at"].iloc[0] == 2005.0


def test_list_courses_joins_weeks_and_hours_and_puts_undated_ones_last():
    weeks = {
        "programme": "hanawon",
        "measure": "course_length",
        "unit": "weeks",
        "value": 8.0,
        "period_start": "2004-01-01",
    }
    hours = weeks | {"measure": "course_hours", "unit": "hours", "value": 280.0}
    undated = hours | {"period_start": None, "value": 392.0}
    table = benefits.list_courses(make_figures(undated, weeks, hours))
    assert table["weeks"].iloc[0] == 8
    assert table["hours"].tolist() == [280, 392]
    assert table["period_start"].isna().tolist() == [False, True]


def test_draw_protected_labels_each_span():
    svg = benefits.draw_protected(make_protected(), "police, 2025").svg
    assert all(f">{words}<" in svg for words in ("up to 5", "5 to 10", "10 to 15", "over 15"))


def test_draw_intake_names_its_marks_once():
    intake = pd.DataFrame(
        {"year": [2002, 2021], "assumed_persons": [300.0, 1000.0], "entrants_persons": [1142, 63]}
    )
    svg = benefits.draw_intake(intake, "press, 2025").svg
    assert (svg.count(">assumed<"), svg.count(">came<")) == (1, 1)


def load_worth():
    return benefits.value_yearly(load("basic_payment_by_year"), load("housing_subsidy"), load("prices"))


def test_draw_payments_says_how_far_the_cash_was_cut():
    worth = load_worth()
    svg = benefits.draw_payments(worth, "laws, 2025").svg
    assert "36%" in svg
    assert f">{worth['cash_real_krw'].iloc[-1] / 1e6:.1f}<" in svg


def test_draw_package_says_the_share_of_the_deposit():
    worth = load_worth()
    svg = benefits.draw_package(worth, "laws, 2025").svg
    assert f"{worth['housing_share_pct'].dropna().iloc[-1]:.0f}%" in svg
    assert all(f">{words}<" in svg for words in ("cash", "housing deposit"))


def test_draw_way_counts_the_stages_with_a_number():
    rows = [("Leaving", "", "not counted"), ("Arriving", "223", "in 2025")]
    svg = benefits.draw_way(pd.DataFrame(rows, columns=["stage", "number", "what"]), "Ministry, 2025").svg
    assert "One of two" in svg
    assert ">223 in 2025<" in svg
