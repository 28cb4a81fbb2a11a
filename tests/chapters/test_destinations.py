from functools import partial

import pandas as pd
import pytest

from analysis.chapters import destinations
from analysis.models import fit
from data import load
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


def test_fiscal_and_calendar_years_are_side_by_side_with_the_running_total():
    joined = destinations.join_us_years(make_admissions({2006: 9, 2007: 22}))
    assert joined["running"].tolist() == [9, 31]
    assert joined["calendar"].iloc[0] == 11
    assert pd.isna(joined["calendar"].iloc[1])


def test_a_missing_fiscal_year_is_refused():
    with pytest.raises(ValueError, match="no fiscal year 2007"):
        destinations.join_us_years(make_admissions({2006: 9, 2008: 37}))


def test_sex_and_age_cells_are_not_part_of_the_stocks():
    frame = make_stocks(("Canada", 2025, 90, 0), ("Canada", 2025, 36, 0)).assign(sex=["all", "female"])
    assert destinations.select_stocks(frame)["value"].tolist() == [90]


def test_the_world_is_split_without_loss():
    rows = [("World", 2015, 1094, 0), ("Canada", 2015, 126, 0), ("United Kingdom", 2015, 608, 0)]
    split = destinations.split_stock(destinations.select_stocks(make_stocks(*rows)))
    assert split["all other countries"].tolist() == [360]


def test_a_point_estimate_has_no_length_and_a_range_has_no_dot():
    listed = list_in_china({"point": 10_000}, {"year_end": 2004, "low": 200_000, "high": 300_000})
    assert listed[["left", "right"]].to_numpy().tolist() == [[200_000, 300_000], [10_000, 10_000]]
    assert listed["dot"].isna().tolist() == [True, False]


def test_the_survey_of_2009_is_an_estimate_of_2008_with_its_own_source():
    listed = destinations.list_estimates(load("population_estimates"), "china", "north_koreans_present")
    row = listed.set_index("estimator").loc["USCRI"]
    assert (row["year_end"], row["dot"], row["source_id"], row["role"]) == (
        2008,
        11_000,
        "uscri_2009",
        "current",
    )


def test_people_sent_back_are_placed_no_closer_than_a_country():
    rows = destinations.list_repatriations(make_repatriations({}))
    assert "liaoning" not in rows.to_string().lower()
    assert rows[["country", "label", "written"]].to_numpy().tolist() == [
        ["China", "October 2023", "500 or more"]
    ]


@pytest.mark.parametrize(
    "changes", [{"people": "all_foreigners"}, {"unit": "events"}, {"unit": "percent"}, {"role": "article"}]
)
def test_foreigners_events_and_the_articles_figures_are_no_people_sent_back(changes):
    rows = destinations.list_repatriations(make_repatriations(changes, {"kind": "detained"}))
    assert rows["kind"].tolist() == ["detained"]


def test_the_running_total_since_2020_is_that_of_human_rights_watch():
    rows = destinations.list_repatriations(load("forced_repatriation"))
    total = rows[rows["kind"] == "running_total"].nlargest(1, "low").iloc[0]
    assert (total["low"], total["label"], total["source_id"]) == (1_076, "2020 to 2025", "hrw_20251015")


def test_principal_applicants_and_persons_settle_the_applications_of_2003_to_2015():
    rows = destinations.list_applications(load("home_office"))
    sums = rows[rows["year"].between(2003, 2015)].sum()
    assert (sums["persons"], sums["principal_applicants"]) == (1_331, 902)


def test_the_stock_of_refugees_is_close_to_ten_years_of_positive_decisions():
    sums = destinations.sum_ten_years(load("unhcr"), ["United Kingdom", "Canada"]).set_index(
        ["country", "year"]
    )
    assert sums.loc[("Canada", 2021), "decided"] == pytest.approx(255, abs=10)
    assert sums.loc[("United Kingdom", 2018), "decided"] == pytest.approx(81, abs=25)
    assert sums.loc[("Canada", 2015), "decided"] > 3 * sums.loc[("Canada", 2015), "stock"]


def test_ten_years_are_added_and_the_eleventh_is_not():
    cells = [
        {"country": "Canada", "year": year, "measure": "recognised", "value": 10.0}
        for year in range(2005, 2016)
    ]
    unhcr = make_table("unhcr", *cells, layer="clean", sex="all", age_group="all")
    sums = destinations.sum_ten_years(unhcr, ["Canada"]).set_index("year")["decided"]
    assert sums[2014] == sums[2015] == 100


def test_the_overview_has_a_figure_or_says_that_there_is_none():
    estimates, places = load("population_estimates"), load("destinations")
    china = destinations.list_estimates(estimates, "china", "north_koreans_present")
    us = destinations.join_us_years(load("us_admissions"))
    asked = destinations.list_applications(load("home_office"))
    known = destinations.gather_places(34_537, "s", us, asked, places, china).set_index("place")
    assert known.loc["China", ["low", "high"]].tolist() == [10_000, 20_000]
    assert known.loc["United States", "low"] == 224
    assert (known["written"] == "").equals(known["kind"] == "none")
    assert not known["source_id"].eq("wikipedia_article").any()


def test_admissions_fell_over_all_fiscal_years():
    change = fit("us_admissions").get("change")
    assert change.value == pytest.approx(-12.5, abs=1)
    assert change.ci_high < 0


def test_the_chart_of_applications_leaves_out_years_with_few_people():
    drawn = destinations.draw_applications(destinations.list_applications(load("home_office")), SOURCE)
    assert drawn.data.splitlines()[-1].startswith("2018,")


def test_a_place_without_a_figure_has_its_words_and_no_value():
    rows = pd.DataFrame(
        {
            "kind": ["counted", "none"],
            "label": ["Here: admitted", "There: never counted"],
            "low": [224.0, None],
            "high": [224.0, None],
            "written": ["224", ""],
        }
    )
    drawn = destinations.draw_groups(
        rows, destinations.KINDS, (50, 3_000), "places", SOURCE, "A title", "Persons"
    )
    assert "There: never counted: no figure" in drawn.svg
    assert drawn.svg.count(">224<") == 1
