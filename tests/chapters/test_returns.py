from functools import partial

import pandas as pd
import pytest

from analysis.chapters import returns
from analysis.models import fit
from data import load
from tests.factory import make_table

make_table = partial(make_table, layer="clean")
SOURCE = "made up, 2025"
RELEASES = make_table(
    "returns_vintages",
    {"vintage_date": "2020-07-29", "year": 2014, "returns_persons": 3},
    {"vintage_date": "2015-09-11", "year": 2014, "returns_persons": 1},
    {"vintage_date": "2015-09-30", "year": 2014, "returns_persons": 1},
    {"vintage_date": "2022-09-27", "year": 2014, "returns_persons": 3},
    {"vintage_date": "2015-09-11", "year": 2001, "returns_persons": 1},
    {"vintage_date": "2015-09-11", "year": 2012, "returns_persons": 7},
    {"vintage_date": "2022-09-27", "year": 2012, "returns_persons": 7},
)
RESIDENTS = make_table(
    "residents",
    {"as_of_date": "2012-06-30", "residents_persons": 22_000},
    {"as_of_date": "2015-11-30", "residents_persons": 26_000},
    {"as_of_date": "2016-01-01", "residents_persons": 30_000, "rounded_to_persons": 1000},
    {"as_of_date": "2016-01-01", "residents_persons": 7_000, "region": "seoul"},
    {"as_of_date": "2016-01-01", "residents_persons": 20_000, "sex": "female"},
    {"as_of_date": "2024-06-30", "residents_persons": 31_000},
    region="all",
    sex="all",
)
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
ENTRANTS = pd.DataFrame({"year": [2018, 2019, 2020, 2021], "entrants_persons": [100, 100, 10, 10]})
STOCKS = make_table(
    "whereabouts",
    {"as_of_date": "2021-12-31", "category": "residence_unknown", "persons": 100},
    {"as_of_date": "2021-12-31", "category": "gone_abroad", "persons": 80},
    {"as_of_date": "2021-12-31", "category": "not_located", "persons": 5},
    {"as_of_date": "2021-12-31", "category": "at_other_address", "persons": 10},
    {"as_of_date": "2022-12-31", "category": "gone_abroad", "persons": 60},
    {"as_of_date": "2022-12-31", "category": "not_located", "persons": 6},
    duration="all",
    printed_as="stock",
)


def make_returns(counts, until=None):
    rows = [{"year": year, "returns_persons": persons} for year, persons in counts.items()]
    rows[-1]["covers_until"] = until
    return make_table("returns", *rows)


def list_wishes(*rows):
    frame = pd.DataFrame(rows, columns=["year", "indicator", "item", "share_computed_pct"])
    share = frame["share_computed_pct"]
    return returns.list_wishes(frame.assign(ci_low=share - 2, ci_high=share + 2))


def decompose(persons):
    total = {"role": "stocks_summed", "period_start": "2021-01-01", "period_end": "2022-12-31"}
    return returns.decompose_press_total(STOCKS, make_table("emigration", total, persons=persons))


WISHES = list_wishes(
    (2020, "thought_of_returning", "never", 82.0),
    (2017, "thought_of_returning", "never", 72.0),
    (2017, "thought_of_returning", "sometimes", 15.0),
    (2017, "thought_of_returning", "any", 23.0),
    (2006, "thinks_of_returning_if_unpunished", None, 55.0),
)


def test_a_revised_year_is_dated_by_the_release_that_first_has_the_last_count():
    (row,) = returns.find_revised(RELEASES).to_dict("records")
    assert (row["year"], row["first_persons"], row["last_persons"]) == (2014, 1, 3)
    assert row["changed_date"] == pd.Timestamp("2020-07-29")


def test_releases_are_in_order_of_time_from_the_first_year_of_the_series():
    table = returns.tabulate_releases(RELEASES)
    assert list(table.columns) == ["year", "Sep 2015", "Jul 2020", "Sep 2022"]
    assert table["year"].tolist() == [2012, 2014]
    assert table["Jul 2020"].isna().tolist() == [True, False]


def test_two_counts_of_one_month_are_refused():
    rows = RELEASES.assign(returns_persons=range(len(RELEASES)))
    with pytest.raises(ValueError, match="two counts for 2014 in 2015-09"):
        returns.tabulate_releases(rows)


def test_wishes_are_sorted_by_share_and_the_repeated_question_by_year():
    assert WISHES[["label", "kind"]].to_numpy().tolist() == [
        ["2006: would, if unpunished", "wish"],
        ["2017: has thought of it", "wish"],
        ["2017: never thought of it", "never"],
        ["2020: never thought of it", "never"],
    ]


def test_a_question_without_words_is_refused():
    with pytest.raises(KeyError, match="dreams_of_home"):
        list_wishes((2030, "dreams_of_home", None, 50.0))


def test_the_rest_of_a_stock_is_neither_abroad_nor_not_located():
    (row,) = returns.summarise_whereabouts(STOCKS).to_dict("records")
    assert (row["gone_abroad"], row["not_located"], row["others"]) == (80, 5, 15)
    assert row["share_abroad_pct"] == 80


def test_a_number_printed_as_departures_is_not_part_of_a_stock():
    rows = STOCKS.assign(printed_as=["departures_in_year" if n == 80 else "stock" for n in STOCKS["persons"]])
    assert returns.summarise_whereabouts(rows).empty


def test_people_not_located_are_listed_in_order_of_time_without_their_parts():
    rows = pd.concat([STOCKS[::-1], STOCKS.tail(1).assign(duration="under_1_year", persons=2)])
    assert returns.list_not_located(rows)["persons"].tolist() == [5, 6]


def test_a_press_total_is_decomposed_into_the_stocks_it_added():
    steps = decompose(140)
    assert steps[["before", "persons", "added_up"]].to_numpy().tolist() == [[0, 80, 80], [80, 60, 140]]


def test_stocks_that_do_not_add_up_to_the_press_total_are_refused():
    with pytest.raises(ValueError, match="add up to 140; expected 150"):
        decompose(150)


def test_the_published_press_total_adds_up_five_stocks():
    steps = returns.decompose_press_total(load("whereabouts"), load("emigration"))
    assert len(steps) == 5
    assert steps["added_up"].iloc[-1] > 4 * steps["persons"].iloc[-1]


@pytest.mark.parametrize(("is_implied", "zeros"), [(True, 1), (False, 0)])
def test_an_implied_zero_is_written_above_the_axis(is_implied, zeros):
    rows = make_returns({2019: 2, 2020: 0}).assign(is_implied=[False, is_implied])
    svg = returns.draw_returns(rows, returns.find_revised(RELEASES[:0]), SOURCE).svg
    assert svg.count(">0<") == zeros


def test_a_revised_year_shows_its_first_release():
    rows = make_returns({2014: 3, 2015: 0}).assign(is_implied=[False, True])
    assert "first release: 1" in returns.draw_returns(rows, returns.find_revised(RELEASES), SOURCE).svg


DRAWINGS = {
    "whereabouts": lambda: returns.draw_whereabouts(
        returns.summarise_whereabouts(STOCKS), returns.list_not_located(STOCKS), SOURCE
    ),
    "sum": lambda: returns.draw_sum(decompose(140), returns.summarise_whereabouts(STOCKS), SOURCE),
    "wishes": lambda: returns.draw_wishes(WISHES, SOURCE),
}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("whereabouts", [">100<", ">6<"]),
        ("sum", [">140<", "Dec 2021, unknown"]),
        ("wishes", [returns.PALETTE["plum"], returns.PALETTE["teal"]]),
    ],
)
def test_a_chart_shows_its_numbers_or_its_colours(name, expected):
    svg = DRAWINGS[name]().svg
    assert [words for words in expected if words not in svg] == []


def test_the_log_line_with_zeroes_says_how_fast_returns_fell():
    change, newcomers = (fit("returns_rate").get(name) for name in ("change", "change_newcomers"))
    assert (change.value, change.ci_low, change.ci_high) == pytest.approx((-25.4, -34.2, -15.6), abs=0.1)
    assert (newcomers.value, newcomers.ci_high) == pytest.approx((-13.4, -1.2), abs=0.1)
