"""Releases of returns make their totals, zeros are kept, and the newest release of a year is used."""

import pandas as pd
import pytest

from data.tables import returns
from tests.factory import make_table

OLD = {"vintage_date": "2015-09-11", "basis": "printed", "source_id": "old"}
NEW = {"vintage_date": "2016-09-30", "basis": "printed", "source_id": "new"}
LATER = {"vintage_date": "2017-05-01", "basis": "said_in_words", "source_id": "later"}
CONFIRMED = {"measure": "confirmed_returns", "since_year": 2012, "role": "earlier"}
CROSSED = {"as_of_date": "2017-05-03", "since_year": 2010, "role": "current", "source_id": "press"}
STAY = {"as_of_date": "2016-09-30", "dimension": "length_of_stay", "n_persons": 12}
EMIGRANTS = {"period_end": "2001-04-30", "measure": "registered_emigrants"}


@pytest.fixture
def raw():
    return {
        "returns": make_table(
            "returns",
            OLD | {"year": 2001, "returns_persons": 1},
            OLD | {"year": 2012, "returns_persons": 7},
            OLD | {"year": 2013, "returns_persons": 1},
            NEW | {"year": 2012, "returns_persons": 7},
            NEW | {"year": 2013, "returns_persons": 3},
            NEW | {"year": 2014, "returns_persons": 0, "basis": "implied_by_total"},
            NEW | {"year": 2015, "returns_persons": 2},
            LATER | {"year": 2016, "returns_persons": 0, "covers_until": "2016-12-01"},
        ),
        "returns_totals": make_table(
            "returns_totals",
            CONFIRMED | {"as_of_date": "2015-09-11", "since_year": None, "persons": 9, "source_id": "old"},
            CONFIRMED | {"as_of_date": "2016-09-30", "persons": 12, "source_id": "new"},
            CONFIRMED | {"as_of_date": "2017-05-01", "persons": 12, "role": "current", "source_id": "later"},
            CONFIRMED | {"as_of_date": "2017-05-02", "persons": 12, "role": "misreported"},
            CROSSED | {"measure": "crossed_to_the_north", "persons": 20},
            CROSSED | {"measure": "crossed_to_the_north_still_there", "persons": 12},
            CROSSED | {"measure": "crossed_to_the_north_came_back", "persons": 8},
        ),
        "returnee_profile": make_table(
            "returnee_profile",
            STAY | {"category": "1_to_under_2_years", "persons": 6, "share_pct": 50.0},
            STAY | {"category": "2_to_under_3_years", "persons": 5},
            STAY | {"category": "under_3_years_as_printed", "persons": 12},
        ),
        "emigration": make_table(
            "emigration",
            EMIGRANTS | {"destination": "all", "persons": 33},
            EMIGRANTS | {"destination": "japan", "persons": 26},
            EMIGRANTS | {"destination": "other", "persons": 7},
        ),
    }


def find(raw):
    return [(p.file.removeprefix("data/raw/"), p.line, p.column) for p in returns.check(raw)]


def test_tables_that_add_up_have_no_problem(raw):
    assert find(raw) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("returns", 2, "returns_persons", 2), ("returns_totals.csv", 2, "persons")),
        (("returns_totals", 3, "since_year", 2013), ("returns_totals.csv", 3, "persons")),
        (("returns_totals", 4, "persons", 13), ("returns_totals.csv", 4, "persons")),
        (("returns", 7, "returns_persons", 1), ("returns.csv", 7, "returns_persons")),
        (("returns", 9, "vintage_date", pd.Timestamp("2015-12-31")), ("returns.csv", 9, "year")),
        (("returns_totals", 3, "persons", 13), ("returns_totals.csv", 4, "persons")),
        (("returns_totals", 4, "role", "earlier"), ("returns_totals.csv", 2, "role")),
        (("returns_totals", 8, "persons", 9), ("returns_totals.csv", 6, "persons")),
        (("returnee_profile", 2, "n_persons", 29), ("returnee_profile.csv", 2, "n_persons")),
        (("returnee_profile", 3, "persons", 13), ("returnee_profile.csv", 3, "persons")),
        (("returnee_profile", 3, "persons", 7), ("returnee_profile.csv", 3, "persons")),
        (("returnee_profile", 3, "persons", None), ("returnee_profile.csv", 3, "persons")),
        (("returnee_profile", 2, "share_pct", 51.0), ("returnee_profile.csv", 2, "share_pct")),
        (("emigration", 3, "persons", 25), ("emigration.csv", 2, "persons")),
        (("emigration", 3, "persons", 34), ("emigration.csv", 2, "persons")),
    ],
)
def test_a_changed_cell_is_reported(raw, change, problem):
    table, line, column, value = change
    raw[table].loc[line, column] = value
    assert problem in find(raw)


def test_a_missing_year_is_reported(raw):
    raw["returns"] = raw["returns"].drop(index=7)
    assert ("returns.csv", 8, "year") in find(raw)


@pytest.mark.parametrize(("persons", "is_wrong"), [(3, False), (4, True)])
def test_two_years_published_together_count_towards_the_total(raw, persons, is_wrong):
    raw["returns"] = raw["returns"].drop(index=[6, 7])
    pair = CONFIRMED | {"since_year": 2013, "until_year": 2014, "role": "part", "source_id": "new"}
    part = make_table("returns_totals", pair | {"persons": persons}).rename(index={2: 20})
    raw["returns_totals"] = pd.concat([raw["returns_totals"], part])
    assert (("returns_totals.csv", 3, "persons") in find(raw)) == is_wrong


def test_destinations_can_be_fewer_if_others_are_not_published(raw):
    raw["emigration"] = raw["emigration"].drop(index=4)
    assert find(raw) == []


def test_each_year_is_that_of_the_newest_release(raw):
    years = returns.clean(raw)["returns"].set_index("year")
    assert years["returns_persons"].to_dict() == {2012: 7, 2013: 3, 2014: 0, 2015: 2, 2016: 0}
    assert years.index[years["is_implied"]].tolist() == [2014, 2016]


def test_the_early_case_is_among_the_releases_only(raw):
    made = returns.clean(raw)
    assert 2001 not in set(made["returns"]["year"])
    assert 2001 in set(made["returns_vintages"]["year"])


def test_only_the_last_year_can_be_incomplete(raw):
    raw["returns"].loc[8, "covers_until"] = pd.Timestamp("2015-09-30")
    years = returns.clean(raw)["returns"].set_index("year")
    assert years.index[years["covers_until"].notna()].tolist() == [2016]


def test_misreported_figures_are_left_out(raw):
    made = returns.clean(raw)
    assert "misreported" not in set(made["returns_totals"]["role"])
    assert "under_3_years_as_printed" not in set(made["returnee_profile"]["category"])
