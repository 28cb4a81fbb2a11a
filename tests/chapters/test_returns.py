import pandas as pd
import pytest

from analysis import returns
from analysis.figures import returns as figures
from data import load


def make_vintages(*rows):
    frame = pd.DataFrame(rows, columns=["vintage_date", "year", "returns_persons"])
    return frame.assign(vintage_date=pd.to_datetime(frame["vintage_date"]))


RELEASES = make_vintages(
    ("2020-07-29", 2014, 3),
    ("2015-09-11", 2014, 1),
    ("2015-09-30", 2014, 1),
    ("2022-09-27", 2014, 3),
    ("2015-09-11", 2001, 1),
    ("2015-09-11", 2012, 7),
    ("2022-09-27", 2012, 7),
)


def test_a_year_is_revised_when_its_first_and_last_release_differ():
    (row,) = returns.find_revised(RELEASES).to_dict("records")
    assert (row["year"], row["first_persons"], row["last_persons"]) == (2014, 1, 3)


def test_a_revision_is_dated_by_the_release_that_first_has_the_last_count():
    assert returns.find_revised(RELEASES)["changed_date"].tolist() == [pd.Timestamp("2020-07-29")]


def test_releases_stand_in_order_of_time_and_leave_unprinted_years_empty():
    table = returns.tabulate_releases(RELEASES)
    assert list(table.columns) == ["year", "Sep 2015", "Jul 2020", "Sep 2022"]
    assert table["Jul 2020"].isna().tolist() == [True, False]


def test_a_case_before_the_series_is_no_row_of_the_releases():
    assert returns.tabulate_releases(RELEASES)["year"].tolist() == [2012, 2014]


def test_two_counts_of_one_month_are_refused():
    rows = make_vintages(("2015-09-11", 2014, 1), ("2015-09-30", 2014, 2))
    with pytest.raises(ValueError, match="two counts for 2014 in 2015-09"):
        returns.tabulate_releases(rows)


def make_residents(*rows):
    frame = pd.DataFrame(
        rows, columns=["as_of_date", "residents_persons", "rounded_to_persons", "region", "sex"]
    )
    return frame.assign(as_of_date=pd.to_datetime(frame["as_of_date"]), source_id="a")


HOME = make_residents(
    ("2012-06-30", 22_000, None, "all", "all"),
    ("2015-11-30", 26_000, None, "all", "all"),
    ("2016-01-01", 30_000, 1000, "all", "all"),
    ("2016-01-01", 7_000, None, "seoul", "all"),
    ("2016-01-01", 20_000, None, "all", "female"),
    ("2024-06-30", 31_000, None, "all", "all"),
)


def test_residents_are_those_counted_nearest_the_middle_of_the_period():
    assert returns.pick_residents(HOME, 2012, 2019)["residents_persons"] == 26_000


def test_a_period_without_a_national_count_is_refused():
    with pytest.raises(ValueError, match="no national count from 2017 to 2019"):
        returns.pick_residents(HOME, 2017, 2019)


ESTIMATES = pd.DataFrame(
    [
        ("rate_2012", 7.0),
        ("rate_2020", 1.0),
        ("rate_2012_2019", 3.6),
        ("rate_since_2020", 0.4),
        ("rate_all", 2.3),
        ("ratio_since_2020_to_2012_2019", 0.1),
        ("per_1000", 0.9),
    ],
    columns=["quantity", "estimate"],
).assign(ci_low=0.0, ci_high=10.0)


def test_years_and_periods_are_told_apart_by_name():
    yearly, periods = returns.list_rates(ESTIMATES)
    assert yearly["year"].tolist() == [2012, 2020]
    assert periods[["start", "end", "rate"]].to_numpy().tolist() == [[2012, 2019, 3.6], [2020, 2020, 0.4]]


def test_a_rate_is_related_to_the_residents_of_its_own_period():
    _, periods = returns.list_rates(ESTIMATES)
    related = returns.relate_to_residents(periods.assign(end=[2019, 2025]), HOME)
    assert related["residents_persons"].tolist() == [26_000, 31_000]
    assert related["per_base"].tolist() == pytest.approx([3600 / 26_000, 400 / 31_000])
    assert related["per_base_high"].iloc[0] == pytest.approx(10_000 / 26_000)


def make_returns(counts, until=None):
    frame = pd.DataFrame(counts.items(), columns=["year", "returns_persons"])
    return frame.assign(covers_until=pd.to_datetime([None] * (len(frame) - 1) + [until]))


def test_a_part_year_counts_by_its_months():
    covered = returns.measure_years(make_returns({2024: 0, 2025: 0}, "2025-08-31"))
    assert covered.tolist() == pytest.approx([1, 8 / 12])


ENTERED = pd.DataFrame(
    [
        (year, sex, persons)
        for year, persons in ((2018, 50), (2019, 50), (2020, 5), (2021, 5))
        for sex in "fm"
    ],
    columns=["year", "sex", "entrants_persons"],
)


def test_recent_entrants_are_both_sexes_of_the_year_and_of_those_before_it():
    row = returns.compare_by_newcomers(make_returns({2019: 4, 2020: 1, 2021: 0}), ENTERED, [2]).iloc[0]
    assert (row["before"], row["since"]) == (200, 110 + 20)
    assert row["ratio"] == pytest.approx((1 / 130) / (4 / 200))
    assert row["ci_low"] < row["ratio"] < row["ci_high"]


def test_a_part_year_brings_a_part_of_its_recent_entrants():
    counts = make_returns({2019: 4, 2020: 1, 2021: 0}, "2021-06-30")
    assert returns.compare_by_newcomers(counts, ENTERED, [2]).iloc[0]["since"] == 110 + 10


def test_a_year_whose_recent_entrants_are_not_all_known_is_left_out():
    counts = make_returns({2018: 9, 2019: 4, 2020: 1})
    assert returns.compare_by_newcomers(counts, ENTERED, [2]).iloc[0]["before"] == 200


def make_shares(*rows):
    frame = pd.DataFrame(rows, columns=["year", "indicator", "item", "share_computed_pct"])
    return frame.assign(ci_low=frame["share_computed_pct"] - 2, ci_high=frame["share_computed_pct"] + 2)


SHARES = make_shares(
    (2020, "thought_of_returning", "never", 82.0),
    (2017, "thought_of_returning", "never", 72.0),
    (2017, "thought_of_returning", "sometimes", 15.0),
    (2017, "thought_of_returning", "any", 23.0),
    (2006, "thinks_of_returning_if_unpunished", None, 55.0),
)


def test_wishes_stand_by_share_and_the_repeated_question_apart_by_year():
    rows = returns.list_wishes(SHARES)
    assert rows["label"].tolist() == [
        "2006: would, if unpunished",
        "2017: has thought of it",
        "2017: never thought of it",
        "2020: never thought of it",
    ]
    assert rows["kind"].tolist() == ["wish", "wish", "never", "never"]


def test_a_question_without_words_is_refused():
    with pytest.raises(KeyError, match="dreams_of_home"):
        returns.list_wishes(make_shares((2030, "dreams_of_home", None, 50.0)))


def make_stocks(*rows):
    frame = pd.DataFrame(rows, columns=["as_of_date", "category", "persons"])
    frame = frame.assign(duration="all", printed_as="stock", source_id="a")
    return frame.assign(as_of_date=pd.to_datetime(frame["as_of_date"]))


STOCKS = make_stocks(
    ("2021-12-31", "residence_unknown", 100),
    ("2021-12-31", "gone_abroad", 80),
    ("2021-12-31", "not_located", 5),
    ("2021-12-31", "at_other_address", 10),
    ("2022-12-31", "gone_abroad", 60),
    ("2022-12-31", "not_located", 6),
)


def test_the_rest_of_a_stock_is_what_is_neither_abroad_nor_missing():
    (row,) = returns.summarise_whereabouts(STOCKS).to_dict("records")
    assert (row["gone_abroad"], row["not_located"], row["others"]) == (80, 5, 15)
    assert row["share_abroad_pct"] == 80


def test_a_number_printed_as_departures_is_no_part_of_a_stock():
    rows = STOCKS.assign(printed_as=["departures_in_year" if n == 80 else "stock" for n in STOCKS["persons"]])
    assert returns.summarise_whereabouts(rows).empty


def test_people_not_located_are_listed_in_order_of_time_without_their_parts():
    part = make_stocks(("2022-12-31", "not_located", 2)).assign(duration="under_1_year")
    assert returns.list_not_located(pd.concat([STOCKS[::-1], part]))["persons"].tolist() == [5, 6]


def make_sum(persons):
    return pd.DataFrame(
        [("stocks_summed", pd.Timestamp("2021-01-01"), pd.Timestamp("2022-12-31"), persons)],
        columns=["role", "period_start", "period_end", "persons"],
    )


def test_a_sum_of_stocks_is_unpicked_step_by_step():
    steps = returns.unpick_sum(STOCKS, make_sum(140))
    assert steps[["before", "persons", "added_up"]].to_numpy().tolist() == [[0, 80, 80], [80, 60, 140]]


def test_stocks_that_do_not_make_the_printed_sum_are_refused():
    with pytest.raises(ValueError, match="add up to 140; expected 150"):
        returns.unpick_sum(STOCKS, make_sum(150))


def test_the_printed_sum_of_the_record_is_five_numbers_that_never_fall_into_one():
    steps = returns.unpick_sum(load("whereabouts"), load("emigration"))
    assert len(steps) == 5
    assert steps["added_up"].iloc[-1] > 4 * steps["persons"].iloc[-1]


def test_an_implied_zero_is_written_out():
    rows, revised = make_returns({2019: 2, 2020: 0}), returns.find_revised(RELEASES[:0])
    zeroes = [
        figures.draw_returns(rows.assign(is_implied=[False, implied]), revised, "made up, 2025").svg.count(
            ">0<"
        )
        for implied in (True, False)
    ]
    assert zeroes[0] == zeroes[1] + 1


def test_a_revised_year_shows_its_first_release():
    rows = make_returns({2014: 3, 2015: 0}).assign(is_implied=[False, True])
    svg = figures.draw_returns(rows, returns.find_revised(RELEASES), "made up, 2025").svg
    assert "first release: 1" in svg


def test_a_drawing_of_stocks_writes_each_total_and_the_last_count_of_the_missing():
    svg = figures.draw_whereabouts(
        returns.summarise_whereabouts(STOCKS), returns.list_not_located(STOCKS), "made up, 2025"
    ).svg
    assert ">100<" in svg
    assert ">6<" in svg


def test_the_printed_sum_stands_beside_the_newest_stock():
    svg = figures.draw_sum(
        returns.unpick_sum(STOCKS, make_sum(140)), returns.summarise_whereabouts(STOCKS), "made up, 2025"
    ).svg
    assert ">140<" in svg
    assert "Dec 2021, unknown" in svg


def test_each_period_is_labelled_with_its_rate():
    yearly, periods = returns.list_rates(ESTIMATES)
    svg = figures.draw_rates(yearly, periods, "made up, 2025").svg
    assert "3.6 a year" in svg
    assert "0.4 a year" in svg


def test_rows_asked_in_the_same_words_have_a_colour_of_their_own():
    svg = figures.draw_wishes(returns.list_wishes(SHARES), "made up, 2025").svg
    assert figures.PALETTE["plum"] in svg
    assert figures.PALETTE["teal"] in svg
