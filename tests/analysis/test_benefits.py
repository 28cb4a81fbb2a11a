"""What a payment was worth, and what the figures of chapter 3 draw from it."""

import pandas as pd
import pytest

from analysis import benefits
from analysis.figures import benefits as drawn

PRICES = pd.DataFrame(
    {
        "year": [1977, 2004, 2005, 2020],
        "cpi_2020": [10.0, 50.0, 80.0, 100.0],
        "minimum_wage_krw_per_month": [None, 500_000.0, 800_000.0, 1_000_000.0],
        "krw_per_usd": [None, 1000.0, 1250.0, 1200.0],
    }
)
DAYS = {
    "known_from": "2004-01-01",
    "known_to": "2004-12-31",
    "legal_from": "1999-01-01",
    "legal_to": "2004-12-31",
}
PAID = {
    "year": 2004,
    "policy_period": "p",
    "household_size": "1",
    "what_it_is": "basic_payment",
    "amount_low_krw": None,
    "amount_krw": 20e6,
    "amount_high_krw": None,
    "source_id": "s",
}
FIGURE = {
    "period_start": "2004-01-01",
    "period_end": "2004-12-31",
    "programme": "hanawon",
    "measure": "graduates",
    "part": "all",
    "stage": "executed",
    "value": 7.0,
    "unit": "persons",
    "note": None,
    "source_id": "s",
}


def make_payments(*rows):
    frame = pd.DataFrame([PAID | DAYS | row for row in rows])
    for column in ("amount_low_krw", "amount_krw", "amount_high_krw"):
        frame[column] = frame[column].astype(float)
    return to_days(frame, *DAYS)


def make_figures(*rows):
    return to_days(pd.DataFrame([FIGURE | row for row in rows]), "period_start", "period_end")


def make_housing(*rows):
    base = {"household_size": "1", "known_from": "2001-01-01", "known_to": "2004-12-31", "amount_krw": 10e6}
    return to_days(pd.DataFrame([base | row for row in rows]), "known_from", "known_to")


def to_days(frame, *columns):
    return frame.assign(**{column: pd.to_datetime(frame[column]) for column in columns})


def test_an_amount_is_weighed_by_prices_wages_and_the_dollar_of_its_year():
    row = benefits.weigh(pd.DataFrame({"year": [2004], "won": [20e6]}), PRICES, amount="won").iloc[0]
    assert (row["real_krw"], row["wage_months"], row["amount_usd"]) == (40e6, 40.0, 20_000.0)


def test_before_there_was_a_minimum_wage_an_amount_has_no_months():
    row = benefits.weigh(pd.DataFrame({"year": [1977], "won": [1e6]}), PRICES, amount="won").iloc[0]
    assert row["real_krw"] == 10e6
    assert pd.isna(row["wage_months"])
    assert pd.isna(row["amount_usd"])


def test_a_year_without_a_price_index_is_refused():
    with pytest.raises(ValueError, match="1978"):
        benefits.weigh(pd.DataFrame({"year": [1978], "won": [1e6]}), PRICES, amount="won")


def test_weighing_leaves_its_input_as_it_was():
    amounts = pd.DataFrame({"year": [2004], "won": [20e6]})
    benefits.weigh(amounts, PRICES, amount="won")
    assert list(amounts.columns) == ["year", "won"]


def test_cash_and_deposit_make_the_package():
    row = benefits.value_yearly(make_payments({}), make_housing({}), PRICES).iloc[0]
    assert (row["cash_krw"], row["housing_krw"], row["package_krw"]) == (20e6, 10e6, 30e6)
    assert (row["cash_months"], row["housing_months"], row["package_months"]) == (40.0, 20.0, 60.0)
    assert row["package_real_krw"] == 60e6
    assert row["housing_share_pct"] == pytest.approx(100 / 3)


def test_larger_households_and_ranges_are_no_payment_of_a_person_alone():
    others = [{"household_size": "2"}, {"household_size": "any", "amount_krw": None, "amount_low_krw": 1.0}]
    table = benefits.value_yearly(make_payments({}, *others), make_housing({}), PRICES)
    assert len(table) == 1


def test_without_a_known_deposit_there_is_cash_and_no_package():
    row = benefits.value_yearly(make_payments({"year": 2005}), make_housing({}), PRICES).iloc[0]
    assert row["cash_krw"] == 20e6
    assert pd.isna(row["package_krw"])


def test_a_gap_in_the_years_begins_a_new_stretch():
    years = [{"year": year} for year in (2020, 2004, 2005)]
    table = benefits.value_yearly(make_payments(*years), make_housing({}), PRICES)
    assert table["year"].tolist() == [2004, 2005, 2020]
    assert table["stretch"].tolist() == [1, 1, 2]


def test_the_deposit_is_that_of_july_and_an_open_end_goes_on():
    later = {"known_from": "2005-07-02", "known_to": None, "amount_krw": 16e6}
    housing = make_housing({"known_to": "2005-07-01"}, later)
    assert [benefits.find_deposit(housing, year) for year in (2005, 2006)] == [10e6, 16e6]


def test_the_deposit_of_a_family_is_not_that_of_a_person_alone():
    assert pd.isna(benefits.find_deposit(make_housing({"household_size": "2-4"}), 2004))


def test_a_range_by_class_is_weighed_at_both_ends():
    payments = make_payments(
        {
            "year": 1977,
            "household_size": "any",
            "amount_krw": None,
            "amount_low_krw": 1e6,
            "amount_high_krw": 5e6,
        }
    )
    row = benefits.value_ranges(payments, PRICES).iloc[0]
    assert (row["low_real_krw"], row["high_real_krw"]) == (10e6, 50e6)


def test_spans_are_in_years_with_fractions_and_leave_packages_out():
    rows = make_payments(
        {"known_from": "2004-07-01"},
        {"what_it_is": "package"},
        {"household_size": "3"},
        {"household_size": "any"},
    )
    spans = benefits.list_spans(rows)
    assert len(spans) == 2
    assert spans["start"].tolist() == pytest.approx([2004.0, 2004.5], abs=0.003)
    assert spans["legal_start"].tolist() == [1999.0, 1999.0]


def test_an_assumption_is_set_beside_the_count_of_its_year_and_an_uncounted_year_is_left_out():
    assumed = {"programme": "settlement_support", "measure": "arrivals_assumed", "stage": "proposal"}
    figures = make_figures(assumed | {"value": 300.0}, assumed | {"period_start": "2030-01-01"}, {})
    entrants = pd.DataFrame({"year": [2003, 2004], "entrants_persons": [5, 900]})
    table = benefits.compare_intake(figures, entrants)
    assert table[["year", "assumed_persons", "entrants_persons"]].to_numpy().tolist() == [[2004, 300, 900]]


def test_a_yearly_figure_is_of_a_whole_year_carried_out():
    part_year, budget = {"period_end": "2004-08-31"}, {"stage": "budget"}
    two_years, earlier = (
        {"period_end": "2005-12-31"},
        {"period_start": "2003-01-01", "period_end": "2003-12-31"},
    )
    figures = make_figures({}, part_year, budget, two_years, earlier | {"value": 3.0})
    table = benefits.pick_yearly(figures, "hanawon", "graduates")
    assert table[["year", "value"]].to_numpy().tolist() == [[2003, 3], [2004, 7]]


def test_a_year_that_stands_twice_is_refused():
    with pytest.raises(ValueError, match="found 2004 more than once"):
        benefits.pick_yearly(make_figures({}, {"value": 8.0}), "hanawon", "graduates")


@pytest.mark.parametrize(("part", "limit"), [("under_10_million_krw", 10e6), ("from_100_million_krw", 100e6)])
def test_a_band_tells_its_limit(part, limit):
    assert benefits.read_band(part) == limit


def test_a_band_with_two_limits_has_no_single_one():
    with pytest.raises(ValueError, match="10_to_50_million_krw"):
        benefits.read_band("10_to_50_million_krw")


def test_the_largest_match_is_the_monthly_ceiling_over_the_longest_term():
    rules = {"own_saving": 500_000.0, "longest_term": 4.0, "government_match": 1.0}
    rows = [
        {"programme": "savings_account", "component": c, "amount": a, "is_in_force": True}
        for c, a in rules.items()
    ]
    floor = {"programme": "savings_account", "component": "own_saving", "amount": 1.0, "is_in_force": False}
    assert benefits.find_largest_match(pd.DataFrame([*rows, floor])) == 24e6


def make_protected():
    counts = dict(zip([*benefits.PROTECTED, "all"], [10.0, 20.0, 30.0, 40.0, 100.0], strict=True))
    kind = {"programme": "police_protection", "measure": "persons_protected", "stage": "in_force"}
    dates = [{"period_end": "2004-12-31"}, {"period_start": "2005-08-01", "period_end": "2005-08-31"}]
    rows = [kind | date | {"part": part, "value": value} for date in dates for part, value in counts.items()]
    return benefits.count_protected(make_figures(*rows))


def test_people_under_protection_are_shares_of_all_on_that_day_shortest_first():
    table = make_protected()
    assert table["span"].tolist() == list(benefits.PROTECTED) * 2
    assert table["share_pct"].tolist() == [10.0, 20.0, 30.0, 40.0] * 2
    assert table["at"].iloc[0] == 2005.0


def test_weeks_and_hours_of_one_change_stand_in_one_row_and_undated_ones_last():
    weeks = {"measure": "course_length", "unit": "weeks", "value": 8.0, "period_end": None, "note": "n"}
    hours = weeks | {"measure": "course_hours", "unit": "hours", "value": 280.0}
    table = benefits.list_courses(make_figures(hours | {"period_start": None, "value": 392.0}, weeks, hours))
    assert table["weeks"].iloc[0] == 8
    assert table["hours"].tolist() == [280, 392]
    assert pd.isna(table["period_start"].iloc[1])


def test_a_reward_ceiling_is_in_gold_or_in_won_and_a_draft_stays_a_draft():
    base = {
        "programme": "reward",
        "component": "information",
        "amount": None,
        "amount_high": None,
        "source_id": "s",
    }
    rows = [
        base | {"effective_from": "2017-02-28", "amount": 1e9, "unit": "KRW", "status": "draft"},
        base
        | {
            "effective_from": "1994-01-01",
            "amount_high": 20_000.0,
            "unit": "gram_gold",
            "status": "in_force",
        },
        base
        | {
            "effective_from": "1994-01-01",
            "component": "tank",
            "amount": 1.0,
            "unit": "KRW",
            "status": "in_force",
        },
    ]
    frame = pd.DataFrame(rows).astype({"amount": float, "amount_high": float})
    table = benefits.list_reward_ceilings(to_days(frame, "effective_from"))
    assert table["ceiling_grams_of_gold"].iloc[0] == 20_000
    assert table["ceiling_krw"].iloc[1] == 1e9
    assert table["status"].tolist() == ["in_force", "draft"]


def make_worth():
    years = [{"year": year, "amount_krw": amount} for year, amount in ((2004, 28e6), (2005, 10e6))]
    return benefits.value_yearly(make_payments(*years), make_housing({"known_to": None}), PRICES)


def test_a_payment_by_class_is_a_box_and_a_proposal_a_hollow_mark():
    payments = make_payments({}, {"household_size": "any", "amount_krw": None, "amount_low_krw": 1e6,
        "amount_high_krw": 5e6, "known_from": "1977-01-01", "known_to": "1977-12-31",
        "legal_from": "1962-04-16", "legal_to": "1978-12-05"})  # fmt: skip
    planned = to_days(pd.DataFrame({"effective_from": ["2025-01-01"], "amount": [15e6]}), "effective_from")
    spans = benefits.list_spans(payments)
    svg = drawn.draw_payments(spans, planned, "laws, 2025").svg
    assert ">proposed<" in svg
    assert "Million won of the day" in svg
    assert ">proposed<" not in drawn.draw_payments(spans, planned.iloc[:0], "laws, 2025").svg


def test_the_worth_is_drawn_in_won_and_in_months():
    svg = drawn.draw_worth(make_worth(), "laws, 2025").svg
    for words in ("won of 2020", "won of the day", "Months of minimum wage", ">56<", ">12.5<"):
        assert words in svg


def test_the_package_shows_its_parts_and_the_last_sum():
    svg = drawn.draw_package(make_worth(), "laws, 2025").svg
    for words in (">cash<", ">housing deposit<", ">25.0<"):
        assert words in svg


def test_each_span_of_protection_has_a_line_of_its_own():
    svg = drawn.draw_protected(make_protected(), "police, 2025").svg
    for words in drawn.SPANS.values():
        assert f">{words}<" in svg


def test_the_marks_of_a_budget_are_named_once():
    intake = pd.DataFrame(
        {"year": [2002, 2021], "assumed_persons": [300.0, 1000.0], "entrants_persons": [1142, 63]}
    )
    svg = drawn.draw_intake(intake, "press, 2025").svg
    assert (svg.count(">assumed<"), svg.count(">came<")) == (1, 1)


def test_the_year_of_the_airlift_is_drawn_with_and_without_it():
    line = pd.DataFrame(
        {"year": [2003, 2004, 2005], "stretch": [0, 0, 1], "observed": [1285.0, 1898.0, 1384.0]}
    )
    line = line.assign(
        mean=line["observed"], confidence_low=line["observed"] - 9, confidence_high=line["observed"] + 9
    )
    svg = drawn.draw_cut(line, 468.0, "Ministry, 2025").svg
    assert "the airlift" in svg
    assert svg != drawn.draw_cut(line, 0.0, "Ministry, 2025").svg
