from functools import partial

import pandas as pd
import pytest

from analysis.chapters import destinations
from tests.factory import make_table

SOURCE = "a source, 2025"
make_places = partial(
    make_table,
    "destinations",
    layer="clean",
    destination="canada",
    measure="asylum_granted",
    period_start="2010-01-01",
    period_end="2010-12-31",
    value=42.0,
    unit="persons",
    bound="exact",
    role="current",
)
make_estimates = partial(
    make_table,
    "population_estimates",
    layer="clean",
    country="china",
    measure="north_koreans_present",
    year_end=2009,
    estimator="Someone",
    role="current",
)
make_repatriations = partial(
    make_table,
    "forced_repatriation",
    layer="clean",
    period_start="2023-10-09",
    period_end="2023-10-09",
    kind="event",
    place="china",
    region="liaoning",
    people="all",
    value_low=500.0,
    unit="persons",
    role="current",
)


def make_stocks(*rows):
    cells = [
        {
            "country": country,
            "year": year,
            "value": value,
            "value_low": value - 4 * small,
            "cells_1_to_5": small,
            "is_world_total": country == "World",
        }
        for country, year, value, small in rows
    ]
    return make_table("unhcr", *cells, layer="clean", measure="refugees", sex="all", age_group="all")


def make_admissions(fiscal, totals=()):
    years = [
        {"year_basis": "fiscal_year", "year": year, "period_end": f"{year}-09-30", "persons": persons}
        for year, persons in fiscal.items()
    ]
    calendar = {"year_basis": "calendar_year", "year": 2006, "period_end": "2006-12-31", "persons": 11}
    sums = [{"year_basis": "running_total", "period_end": day, "persons": n} for day, n in totals]
    return pd.concat(
        [
            make_table("us_admissions", *years, calendar, layer="clean", measure="refugee_admissions"),
            make_table("us_admissions", calendar, layer="clean", measure="resettlement_arrivals_unhcr"),
            make_table("us_admissions", *sums, layer="clean", measure="refugee_admissions_cumulative"),
        ]
    )


def list_in_china(*rows):
    return destinations.list_estimates(make_estimates(*rows), "china", "north_koreans_present")


@pytest.mark.parametrize(
    ("span", "written"),
    [
        ((None, 75_000, None), "75,000"),
        ((35_000, 75_000, 125_000), "75,000 (35,000 to 125,000)"),
        ((30_000, None, 50_000), "30,000 to 50,000"),
        ((None, None, 5_000), "up to 5,000"),
        ((500, None, None), "500 or more"),
    ],
)
def test_an_estimate_is_written_as_its_author_gave_it(span, written):
    assert destinations.format_span(*span) == written


def test_an_estimate_without_a_number_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        destinations.format_span(None, float("nan"), None)


@pytest.mark.parametrize(
    ("changes", "column", "expected"),
    [
        ({"value": 110.0, "bound": "more_than"}, "number", "more than 110"),
        ({"value": 2.0}, "number", "1 to 4"),
        ({"unit": "principal_applicants"}, "counts", "asylum granted (principal applicants)"),
        ({"period_end": "2011-12-31"}, "when", "2010 to 2011"),
        ({"period_end": "2010-06-30"}, "when", "January to June 2010"),
        ({"period_start": "2010-06-01", "period_end": "2010-06-30"}, "when", "June 2010"),
        ({"period_start": None}, "when", "2010"),
        ({"role": "disputed"}, "remark", "readings disagree"),
        ({"destination": "europe"}, "country", "Europe (states that report citizenship)"),
    ],
)
def test_a_figure_is_written_with_its_bound_unit_and_period(changes, column, expected):
    assert destinations.list_newest_figures(make_places(changes))[column].tolist() == [expected]


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([{"period_end": "2011-12-31", "value": 110.0}], ["110"]),
        ([{"role": "article", "value": 1.0}, {"role": "disputed", "value": 9.0}], ["42"]),
        ([{"period_start": "2010-07-01", "value": 20.0}], ["20"]),
        ([{"destination": "europe", "role": "other_reading"}], ["42"]),
        ([{"destination": "europe", "unit": "percent"}], ["42"]),
    ],
    ids=["newest", "current", "shorter", "other reading", "percent"],
)
def test_one_figure_of_each_measure_is_listed(others, expected):
    rows = destinations.list_newest_figures(make_places(*others, {}))
    assert rows["number"].tolist() == expected


def test_a_hidden_cell_is_a_range_and_an_old_one_has_a_remark():
    rows = destinations.list_newest_stocks(make_stocks(("Ukraine", 2008, 5, 1), ("Germany", 2025, 86, 0)))
    rows = rows.set_index("country")
    assert rows.loc["Ukraine", ["number", "remark"]].tolist() == ["1 to 5", "no cell since"]
    assert rows.loc["Germany", ["number", "remark"]].tolist() == ["86", ""]


def test_sex_and_age_cells_are_not_part_of_the_stocks():
    frame = make_stocks(("Canada", 2025, 90, 0), ("Canada", 2025, 36, 0)).assign(sex=["all", "female"])
    assert destinations.select_stocks(frame)["value"].tolist() == [90]


def test_all_current_estimates_of_the_newest_year_are_listed():
    estimates = make_estimates(
        {"year_end": 2012, "point": 10_000},
        {"year_end": 2012, "low": 10_000, "high": 20_000},
        {"year_end": 2013, "point": 8_708, "role": "article"},
        {"year_end": 2002, "point": 65_000},
    )
    rows = destinations.list_newest_estimates(estimates)
    assert rows["number"].tolist() == ["10,000", "10,000 to 20,000"]


def test_an_estimate_without_a_named_author_says_so():
    rows = destinations.list_newest_estimates(make_estimates({"estimator": "Not named", "point": 1}))
    assert rows["counts"].tolist() == ["North Koreans present, author not named"]


def test_a_point_estimate_has_no_length_and_a_range_has_no_dot():
    listed = list_in_china({"point": 10_000}, {"year_end": 2004, "low": 200_000, "high": 300_000})
    assert listed[["left", "right"]].to_numpy().tolist() == [[200_000, 300_000], [10_000, 10_000]]
    assert listed["dot"].isna().tolist() == [True, False]


def test_an_estimator_without_a_short_name_keeps_its_own():
    listed = pd.DataFrame({"year_end": [2006, 2030], "estimator": ["Press range", "New institute"]})
    assert destinations.label_estimates(listed) == ["2006 press", "2030 New institute"]


def test_people_sent_back_are_placed_no_closer_than_a_country():
    rows = destinations.list_repatriations(make_repatriations({}))
    assert "liaoning" not in rows.to_string().lower()
    assert rows[["country", "number", "remark"]].to_numpy().tolist() == [
        ["China", "500 or more", "part of the country"]
    ]


@pytest.mark.parametrize("changes", [{"people": "all_foreigners"}, {"unit": "percent"}])
def test_deportations_of_every_nationality_and_shares_are_left_out(changes):
    rows = destinations.list_repatriations(make_repatriations(changes, {"kind": "estimate"}))
    assert rows["what"].tolist() == ["estimate"]


def test_fiscal_and_calendar_years_are_side_by_side_with_the_running_total():
    joined = destinations.join_us_years(make_admissions({2006: 9, 2007: 22}))
    assert joined["running"].tolist() == [9, 31]
    assert joined["calendar"].iloc[0] == joined["unhcr"].iloc[0] == 11
    assert pd.isna(joined["calendar"].iloc[1])


def test_a_missing_fiscal_year_is_refused():
    with pytest.raises(ValueError, match="no fiscal year 2007"):
        destinations.join_us_years(make_admissions({2006: 9, 2008: 37}))


def test_only_totals_at_the_end_of_a_fiscal_year_are_compared():
    frame = make_admissions({2006: 9, 2007: 22}, [("2007-09-30", 31), ("2007-06-30", 20)])
    checked = destinations.check_running_total(frame)
    assert checked[["published", "summed"]].to_numpy().tolist() == [[31, 31]]


@pytest.mark.parametrize(
    ("country", "eras", "before"), [("Canada", [0, 1, 1], [126]), ("Germany", [0, 0, 0], [])]
)
def test_eras_begin_at_the_unexplained_jumps_of_a_country(country, eras, before):
    stocks = make_stocks((country, 2015, 126, 0), (country, 2016, 485, 0), (country, 2017, 484, 0))
    marked = destinations.mark_breaks(stocks, (country,))
    assert marked["era"].tolist() == eras
    assert marked["before"].dropna().tolist() == before


def test_the_chart_of_estimates_labels_each_row_and_the_kinds_of_evidence():
    listed = list_in_china({"point": 10_000}, {"year_end": 2013, "high": 8_708, "role": "article"})
    labels = destinations.label_estimates(listed)
    svg = destinations.draw_estimates(listed, labels, "persons", SOURCE).svg
    for words in [*labels, "own source", "encyclopedia only", "Thousands of persons"]:
        assert words in svg


def test_the_chart_of_admissions_writes_the_mean_of_each_period():
    years = pd.DataFrame(
        {"year": [2017, 2018], "value": [12, 5], "ci_low": [6.2, 1.6], "ci_high": [21, 11.7]}
    )
    line = pd.DataFrame({"year": [2017, 2018], "stretch": [0, 1], "mean": [17.7, 2.0]})
    svg = destinations.draw_admissions(years, line, SOURCE).svg
    assert "mean 17.7" in svg
    assert "mean 2.0" in svg


def test_the_chart_of_jumps_marks_the_jump_and_no_other_year():
    stocks = make_stocks(
        *(("Canada", 2015, 126, 0), ("Canada", 2016, 485, 0)),
        *(("Germany", 2015, 101, 0), ("Germany", 2016, 95, 0)),
    )
    eras = destinations.mark_breaks(stocks, ("Canada", "Germany"))
    svg = destinations.draw_jumps(eras, SOURCE).svg
    assert "2016?" in svg
    assert "2015?" not in svg


def test_the_chart_of_the_world_leaves_countries_out():
    stocks = make_stocks(("World", 2015, 1094, 0), ("World", 2016, 1419, 0), ("Canada", 2016, 90_000, 0))
    seekers = stocks.assign(measure="asylum_seekers")
    drawn = destinations.draw_world(pd.concat([stocks, seekers]), SOURCE)
    assert drawn.data == "year,refugees,asylum_seekers\n2015,1094,1094\n2016,1419,1419\n"
