"""Groups add up to the base published with them, and a share is its count over that base."""

import pandas as pd
import pytest

from data.tables.profiles import check, clean
from tests.factory import list_places, make_table

AGES = {"age_0_9": (6, 4), "age_10_19": (10, 30), "age_20_29": (20, 30), "all": (36, 64)}
SPAN = {
    "as_of_date": "2003-08-31",
    "period_start": "1998-01-01",
    "population_basis": "entrants_of_period",
    "dimension": "province",
    "category": "all",
    "sex": "all",
}
YEAR = {"as_of_date": "2023-12-31", "period_start": "2023-01-01", "population_basis": "entrants_of_period"}


@pytest.fixture
def rows():
    """Return a complete age table: 36 men and 64 women."""
    return [
        {"category": category, "sex": sex, "persons": n}
        for category, (men, women) in AGES.items()
        for sex, n in (("all", men + women), ("female", women), ("male", men))
    ]


def make_raw(*rows):
    """Return profiles of September 2020 beside the entrants tables that they must fit."""
    common = {
        "as_of_date": "2020-09-30",
        "population_basis": "entrants_to_date_out_of_protection",
        "dimension": "age_at_entry",
        "source_id": "ministry",
    }
    years = [{"sex": sex, "entrants_persons": n} for sex, n in (("all", 196), ("female", 164), ("male", 32))]
    span = {"period_start": "1998-01-01", "period_end": "2003-08-31", "entrants_persons": 100}
    total = {"as_of_date": "2020-09-30", "entrants_persons": 110}
    return {
        "profiles": make_table("profiles", *(common | row for row in rows)),
        "entrants": make_table("entrants", *years, year=2023, role="current", source_id="ministry"),
        "entrants_bins": make_table("entrants_bins", span, sex="all"),
        "entrants_cumulative": make_table("entrants_cumulative", total, sex="all", role="current"),
    }


def find_places(*rows):
    return [(line, column) for _, line, column in list_places(check(make_raw(*rows)))]


def test_a_table_that_fits_has_no_problem(rows):
    assert find_places(*rows) == []


@pytest.mark.parametrize("place", range(12))
def test_any_changed_count_of_a_complete_table_is_reported(rows, place):
    rows[place]["persons"] += 1
    found = find_places(*rows)
    assert found
    assert {column for _, column in found} == {"persons"}


def test_a_missing_group_of_a_complete_table_is_reported_at_its_base(rows):
    del rows[2]
    assert find_places(*rows) == [(12, "persons")]


def test_a_base_does_not_exceed_all_who_had_entered(rows):
    for place in (6, 8, 9, 11):
        rows[place]["persons"] += 20
    assert find_places(*rows) == [(11, "persons")]


AGAIN = {"category": "age_0_9", "sex": "all", "persons": 11, "dimension": "age_now"}
WOMEN = YEAR | {"category": "female", "sex": "all", "dimension": "sex", "share_of": "sex"}


@pytest.mark.parametrize(
    ("more", "places"),
    [
        ([SPAN | {"persons": 100}], []),
        ([SPAN | {"persons": 101}], [(14, "persons")]),
        ([{"category": "all", "sex": "all", "persons": 99, "dimension": "province"}], [(14, "persons")]),
        ([{"category": "age_60_plus", "sex": "all"}], [(14, "persons")]),
        ([{"category": "age_60_plus", "sex": "all", "persons": 1, "share_of": "sex"}], [(14, "share_of")]),
        ([AGAIN, AGAIN | {"persons": 11, "source_id": "paper"}], []),
        ([AGAIN, AGAIN | {"persons": 12, "source_id": "paper"}], [(15, "persons")]),
        ([WOMEN | {"share_pct": 83.7}], []),
        ([WOMEN | {"share_pct": 84.2}], [(14, "share_pct")]),
    ],
)
def test_a_further_row_must_fit(rows, more, places):
    assert [place for place in find_places(*rows, *more) if place[0] > 13] == places


@pytest.mark.parametrize(("share", "fits"), [(10.0, True), (10.4, False), (11.0, False), (9.96, True)])
def test_a_share_may_differ_from_its_count_by_its_rounding(rows, share, fits):
    rows[0] |= {"share_pct": share, "share_of": "sex"}
    assert find_places(*rows) == ([] if fits else [(2, "share_pct")])


def test_a_share_is_computed_where_count_and_base_are_known(rows):
    rows[0] |= {"share_pct": 10.0, "share_of": "sex"}
    other = {"category": "pyongyang", "sex": "male", "share_pct": 56.0, "share_of": "category"}
    table = clean(make_raw(*rows, other | {"dimension": "province"}))["profiles"]
    table = table.set_index(["category", "sex"])[["share_pct", "base_persons", "share_of", "share_method"]]
    assert table.loc[("age_0_9", "male")].tolist() == [16.6667, 36, "sex", "computed"]
    printed = table.loc[("pyongyang", "male")]
    assert printed.drop("base_persons").tolist() == [56.0, "category", "printed"]
    assert pd.isna(printed["base_persons"])


def test_a_table_without_a_base_has_that_of_its_population(rows):
    province = {"category": "north_hamgyong", "sex": "all", "persons": 58, "dimension": "province"}
    table = clean(make_raw(*rows, province))["profiles"].set_index("category")
    assert table.loc["north_hamgyong", ["base_persons", "share_pct"]].tolist() == [100, 58]
