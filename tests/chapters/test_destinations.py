"""Summaries and figures of where people went other than the South."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis import destinations
from analysis.figures import destinations as figures


def make_place(**changes) -> dict:
    base = {
        "destination": "canada",
        "measure": "asylum_granted",
        "period_start": pd.Timestamp("2010-01-01"),
        "period_end": pd.Timestamp("2010-12-31"),
        "value": 42.0,
        "unit": "persons",
        "bound": "exact",
        "role": "current",
        "source_id": "a",
    }
    return base | changes


def make_places(*changes: dict) -> pd.DataFrame:
    return pd.DataFrame([make_place(**change) for change in changes])


def make_estimates(*changes: dict) -> pd.DataFrame:
    base = {
        "country": "china",
        "measure": "north_koreans_present",
        "year_end": 2009,
        "estimator": "Somebody",
        "low": None,
        "point": 10_000,
        "high": None,
        "role": "current",
        "source_id": "a",
    }
    frame = pd.DataFrame([base | change for change in changes])
    return frame.astype({"low": "Int64", "point": "Int64", "high": "Int64"})


def make_stocks(*rows: tuple[str, int, int, int]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "measure": "refugees",
                "sex": "all",
                "age_group": "all",
                "country": country,
                "year": year,
                "value": value,
                "value_low": value - 4 * small,
                "cells_1_to_5": small,
                "is_world_total": country == "World",
                "source_id": "a",
            }
            for country, year, value, small in rows
        ]
    )


def make_admissions(fiscal: dict[int, int], totals: dict[str, int] | None = None) -> pd.DataFrame:
    rows = [
        {
            "year_basis": "fiscal_year",
            "year": year,
            "period_end": pd.Timestamp(year, 9, 30),
            "measure": "refugee_admissions",
            "persons": persons,
            "source_id": "a",
        }
        for year, persons in fiscal.items()
    ]
    rows += [
        {
            "year_basis": "calendar_year",
            "year": 2006,
            "period_end": pd.Timestamp(2006, 12, 31),
            "measure": measure,
            "persons": 11,
            "source_id": "a",
        }
        for measure in ("refugee_admissions", "resettlement_arrivals_unhcr")
    ]
    rows += [
        {
            "year_basis": "running_total",
            "year": None,
            "period_end": pd.Timestamp(day),
            "measure": "refugee_admissions_cumulative",
            "persons": persons,
            "source_id": "b",
        }
        for day, persons in (totals or {}).items()
    ]
    return pd.DataFrame(rows).astype({"year": "Int64"})


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
    assert destinations.write_span(*span) == written


def test_an_estimate_without_a_number_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        destinations.write_span(None, float("nan"), None)


def test_the_newest_figure_of_a_measure_is_taken_and_its_bound_kept():
    places = make_places({}, {"period_end": pd.Timestamp("2011-12-31"), "value": 110.0, "bound": "more_than"})
    row = destinations.latest_destinations(places).iloc[0]
    assert (row["number"], row["when"]) == ("more than 110", "2010 to 2011")


def test_a_current_reading_comes_before_the_article_and_a_disputed_one():
    places = make_places(
        {"role": "article", "value": 1.0}, {"role": "disputed", "value": 9.0}, {"value": 7.0}
    )
    rows = destinations.latest_destinations(places)
    assert list(rows["number"]) == ["7"]


def test_another_reading_and_a_rate_never_stand_in_the_table():
    places = make_places({}, {"destination": "europe", "role": "other_reading"}, {"unit": "percent"})
    assert list(destinations.latest_destinations(places)["country"]) == ["Canada"]


def test_fewer_than_five_people_are_shown_as_a_range():
    assert destinations.latest_destinations(make_places({"value": 2.0}))["number"].iloc[0] == "1 to 4"


def test_principal_applicants_are_named_and_never_called_persons():
    places = make_places({"unit": "principal_applicants"})
    assert destinations.latest_destinations(places)["counts"].iloc[0] == (
        "asylum granted (principal applicants)"
    )


def test_a_part_of_a_year_is_named_by_its_months():
    places = make_places({"period_end": pd.Timestamp("2010-06-30")})
    assert destinations.latest_destinations(places)["when"].iloc[0] == "January to June 2010"


def test_a_hidden_cell_is_a_range_and_an_old_one_is_marked():
    rows = destinations.latest_unhcr(
        make_stocks(("Ukraine", 2008, 5, 1), ("Germany", 2025, 86, 0))
    ).set_index("country")
    assert list(rows.loc["Ukraine", ["number", "remark"]]) == ["1 to 5", "no cell since"]
    assert list(rows.loc["Germany", ["number", "remark"]]) == ["86", ""]


def test_sex_and_age_cells_are_no_part_of_the_stocks():
    frame = make_stocks(("Canada", 2025, 90, 0), ("Canada", 2025, 36, 0))
    frame.loc[1, "sex"] = "female"
    assert list(destinations.pick_stocks(frame)["value"]) == [90]


def test_current_estimates_of_the_newest_year_all_stand_and_none_is_averaged():
    estimates = make_estimates(
        {"year_end": 2012, "point": 10_000},
        {"year_end": 2012, "point": None, "low": 10_000, "high": 20_000},
        {"year_end": 2013, "point": 8_708, "role": "article"},
        {"year_end": 2002, "point": 65_000},
    )
    assert list(destinations.latest_estimates(estimates)["number"]) == ["10,000", "10,000 to 20,000"]


def test_an_estimate_without_a_named_author_says_so():
    estimates = make_estimates({"estimator": "Not named"})
    assert list(destinations.latest_estimates(estimates)["counts"]) == [
        "North Koreans present, author not named"
    ]


def test_a_point_estimate_is_drawn_without_length_and_a_range_without_a_dot():
    listed = destinations.list_estimates(
        make_estimates({}, {"year_end": 2004, "point": None, "low": 200_000, "high": 300_000}),
        "china",
        "north_koreans_present",
    )
    assert list(listed["left"]) == [200_000, 10_000]
    assert list(listed["right"]) == [300_000, 10_000]
    assert list(listed["dot"].isna()) == [True, False]


def test_an_estimator_without_a_short_name_keeps_its_own():
    listed = pd.DataFrame({"year_end": [2006, 2030], "estimator": ["Press range", "New institute"]})
    assert destinations.label_estimates(listed) == ["2006 press", "2030 New institute"]


def make_sent(**changes) -> dict:
    base = {
        "period_start": pd.Timestamp("2023-10-09"),
        "period_end": pd.Timestamp("2023-10-09"),
        "kind": "event",
        "place": "china",
        "region": "liaoning",
        "people": "all",
        "value_low": 500.0,
        "value": float("nan"),
        "value_high": float("nan"),
        "unit": "persons",
        "role": "current",
        "source_id": "a",
    }
    return base | changes


def test_people_sent_back_are_placed_no_closer_than_a_country():
    rows = destinations.list_repatriations(pd.DataFrame([make_sent()]))
    assert "liaoning" not in rows.to_string().lower()
    assert list(rows.loc[0, ["country", "remark"]]) == ["China", "part of the country"]


def test_deportations_of_every_nationality_and_shares_are_left_out():
    frame = pd.DataFrame(
        [make_sent(people="all_foreigners"), make_sent(unit="percent"), make_sent(kind="estimate")]
    )
    assert list(destinations.list_repatriations(frame)["what"]) == ["estimate"]


def test_fiscal_and_calendar_years_stand_side_by_side_with_the_running_total():
    joined = destinations.join_us_years(make_admissions({2006: 9, 2007: 22}))
    assert list(joined["running"]) == [9, 31]
    assert joined["calendar"].iloc[0] == 11
    assert pd.isna(joined["calendar"].iloc[1])


def test_a_missing_fiscal_year_stops_the_running_total():
    with pytest.raises(ValueError, match="no fiscal year 2007"):
        destinations.join_us_years(make_admissions({2006: 9, 2008: 37}))


def test_only_totals_at_the_end_of_a_fiscal_year_are_compared():
    frame = make_admissions({2006: 9, 2007: 22}, {"2007-09-30": 31, "2007-06-30": 20})
    checked = destinations.check_running_total(frame)
    assert checked[["published", "summed"]].to_numpy().tolist() == [[31, 31]]


def test_eras_begin_at_the_unexplained_jump_and_keep_the_value_before_it():
    stocks = make_stocks(("Canada", 2015, 126, 0), ("Canada", 2016, 485, 0), ("Canada", 2017, 484, 0))
    eras = destinations.mark_breaks(stocks, ("Canada",))
    assert list(eras["era"]) == [0, 1, 1]
    assert list(eras["before"].dropna()) == [126.0]


def test_a_jump_of_one_country_does_not_cut_another():
    stocks = make_stocks(("Germany", 2015, 101, 0), ("Germany", 2016, 95, 0))
    eras = destinations.mark_breaks(stocks, ("Germany",))
    assert set(eras["era"]) == {0}
    assert eras["before"].isna().all()


def test_the_figure_of_estimates_has_a_row_for_each_and_says_where_one_was_read():
    listed = destinations.list_estimates(
        make_estimates({}, {"year_end": 2013, "role": "article"}), "china", "north_koreans_present"
    )
    labels = destinations.label_estimates(listed)
    svg = figures.draw_estimates(listed, labels, "persons", "a source, 2025").svg
    for words in [*labels, "encyclopedia only", "Thousands of persons"]:
        assert words in svg


def test_the_figure_of_admissions_names_the_mean_of_each_period():
    years = pd.DataFrame(
        {"year": [2017, 2018], "value": [12, 5], "ci_low": [6.2, 1.6], "ci_high": [21, 11.7]}
    )
    line = pd.DataFrame({"year": [2017, 2018], "stretch": [0, 1], "mean": [17.7, 2.0]})
    svg = figures.draw_admissions(years, line, "a source, 2025").svg
    assert "mean 17.7" in svg
    assert "mean 2.0" in svg


def test_the_figure_of_jumps_marks_the_jump_and_no_other_year():
    stocks = make_stocks(
        ("Canada", 2015, 126, 0),
        ("Canada", 2016, 485, 0),
        ("Germany", 2015, 101, 0),
        ("Germany", 2016, 95, 0),
    )
    svg = figures.draw_jumps(destinations.mark_breaks(stocks, ("Canada", "Germany")), "a source, 2025").svg
    assert svg.count("2016?") >= 1
    assert "2015?" not in svg


def test_the_figure_of_the_world_leaves_countries_out():
    stocks = make_stocks(("World", 2015, 1094, 0), ("World", 2016, 1419, 0), ("Canada", 2016, 90_000, 0))
    assert "refugees" in (svg := figures.draw_world(stocks, "a source, 2025").svg)
    assert "90,000" not in svg
