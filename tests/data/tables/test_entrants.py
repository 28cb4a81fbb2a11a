"""Entrants add up to the totals that the ministry announced, and one error gives one message."""

import pandas as pd
import pytest

from data.tables.entrants import check, clean
from tests.factory import edit, list_places, make_table

N = "entrants_persons"
MEN, WOMEN = {2002: 30, 2003: 20, 2004: 10}, {2002: 70, 2003: 60, 2004: 40}


def by_sex(men, women, **cells):
    """Return rows for both sexes, women and men, in this order."""
    counts = {"all": men + women, "female": women, "male": men}
    return [cells | {"sex": sex, N: n} for sex, n in counts.items()]


def list_parts(start, end, men, women, role, source):
    return by_sex(men, women, period_start=start, period_end=end, role=role, source_id=source)


def list_totals(date, men, women, role, source):
    return by_sex(men, women, as_of_date=date, role=role, source_id=source)


@pytest.fixture
def raw():
    """Return small tables that fit together: 13 men and 7 women by 2001, then three years."""
    years, bins = [], []
    for role, source in (("earlier", "old"), ("current", "new")):
        cells = {"role": role, "source_id": source, "vintage": source}
        years += [row for year in MEN for row in by_sex(MEN[year], WOMEN[year], year=year, **cells)]
        bins += by_sex(8, 2, period_end="1998-12-31", **cells)
        bins += by_sex(5, 5, period_start="1999-01-01", period_end="2001-12-31", **cells)
    parts = [
        *list_parts("2004-01-01", "2004-03-31", 1, 9, "current", "agency"),
        *list_parts("2004-01-01", "2004-03-31", 1, 9, "second_outlet", "paper"),
        *list_parts("2004-04-01", "2004-06-30", 2, 11, "current", "agency"),
        *list_parts("2004-07-01", "2004-09-30", 3, 10, "current", "agency"),
        *list_parts("2004-01-01", "2004-09-30", 6, 30, "current", "new"),
    ]
    totals = [
        *list_totals("2002-12-31", 43, 77, "current", "new"),
        *list_totals("2003-12-31", 63, 137, "current", "new"),
        *list_totals("2004-09-30", 69, 167, "current", "new"),
        *list_totals("2004-12-31", 73, 177, "current", "new"),
        *list_totals("2004-12-31", 73, 177, "second_outlet", "old"),
        *list_totals("2004-12-31", 74, 178, "other_figure", "paper"),
    ]
    rows = {
        "entrants": years,
        "entrants_bins": bins,
        "entrants_part_years": parts,
        "entrants_cumulative": totals,
    }
    return {name: make_table(name, *rows[name]) for name in rows}


def test_tables_that_fit_have_no_problem(raw):
    assert list(check(raw)) == []


@pytest.mark.parametrize("by", [1, -7])
@pytest.mark.parametrize("sex", ["male", "female", "all"])
@pytest.mark.parametrize(("year", "line"), [(2002, 11), (2003, 14), (2004, 17)])
def test_one_wrong_figure_gives_one_message_at_its_total(raw, year, line, sex, by):
    right = {"male": MEN[year], "female": WOMEN[year], "all": MEN[year] + WOMEN[year]}[sex]
    where = {"year": year, "sex": sex, "role": "current"}
    changed = edit(raw, "entrants", where, {N: right + by})
    assert list_places(check(changed)) == [("entrants", line, N)]


NOW, BEFORE = {"year": 2003, "role": "current"}, {"year": 2003, "role": "earlier"}
BY_SEX, TOTAL_2003 = {N: [80, 58, 22]}, {"as_of_date": "2003-12-31"}
HALF = {"as_of_date": pd.Timestamp(2003, 6, 30), N: [206, 140, 66]}
Q2, Q3 = {"period_start": "2004-04-01"}, {"period_start": "2004-07-01"}
OUTLET = {"role": "second_outlet"}
# A table, its rows and their new cells (dropped if None); then the table, column and lines reported.
CASES = [
    ("entrants", NOW, BY_SEX, ("entrants_cumulative", N, 6, 7)),
    ("entrants", BEFORE, BY_SEX, ("entrants_cumulative", N, 15, 16)),
    ("entrants", BEFORE | {"sex": "male"}, {N: 21}, ("entrants", N, 5)),
    ("entrants", BEFORE | {"sex": "male"}, {"role": "current"}, ("entrants", "role", 16)),
    ("entrants", BEFORE, {"year": 2001, "role": "current"}, ("entrants", "year", 5, 6, 7)),
    ("entrants", NOW, None, ("entrants", "year", 17)),
    ("entrants", {"year": 2002}, None, ("entrants", "year", 14)),
    ("entrants", {"year": 2004}, None, ("entrants", "year", 16)),
    ("entrants", NOW | {"sex": "female"}, None, ("entrants", "year", 14)),
    ("entrants_bins", {"period_end": "1998-12-31", "sex": "male"}, None, ("entrants_bins", "role", 9)),
    ("entrants_cumulative", TOTAL_2003 | {"sex": "male"}, {N: 68}, ("entrants_cumulative", N, 5)),
    ("entrants_cumulative", TOTAL_2003, HALF, ("entrants_cumulative", N, 5, 6, 7)),
    (
        "entrants_cumulative",
        {"as_of_date": "2002-12-31"},
        {"role": "earlier", N: [500, 400, 100]},
        ("entrants_cumulative", N, 5, 6, 7),
    ),
    (
        "entrants_cumulative",
        {"role": "other_figure"},
        {N: [250, 177, 73]},
        ("entrants_cumulative", N, 17, 18, 19),
    ),
    ("entrants_part_years", Q2, {N: [14, 12, 2]}, ("entrants_part_years", N, 14, 15)),
    ("entrants_part_years", Q3, {N: [53, 50, 3]}, ("entrants_part_years", N, 11, 12, 14, 15)),
    ("entrants_part_years", OUTLET, {N: [11, 10, 1]}, ("entrants_part_years", N, 5, 6)),
    ("entrants_part_years", Q2, {"role": "other_figure"}, ("entrants_part_years", "role", 8, 9, 10)),
    ("entrants_part_years", OUTLET, {"role": "earlier"}, ("entrants_part_years", "role", 5, 6, 7)),
]


@pytest.mark.parametrize(("table", "where", "cells", "reported"), CASES)
def test_a_contradiction_is_reported_at_its_line(raw, table, where, cells, reported):
    name, column, *lines = reported
    assert list_places(check(edit(raw, table, where, cells))) == [(name, line, column) for line in lines]


def test_years_of_one_source_add_up_to_its_bin(raw):
    rows = [{"year": year, N: 3} for year in (1999, 2000, 2001)]
    years = make_table("entrants", *rows, sex="all", role="earlier", vintage="x", source_id="yearbook")
    more = raw | {"entrants": pd.concat([raw["entrants"], years])}
    assert list_places(check(more)) == [("entrants_bins", 5, N), ("entrants_bins", 11, N)]


def test_a_new_year_needs_only_its_rows(raw):
    new = by_sex(3, 6, year=2005, role="current", source_id="new", vintage="new")
    longer = raw | {"entrants": pd.concat([raw["entrants"], make_table("entrants", *new)])}
    assert list(check(longer)) == []
    assert clean(longer)["entrants"]["year"].max() == 2005


def test_the_series_has_both_sexes_of_the_current_release(raw):
    series = clean(raw)["entrants"]
    assert list(series.columns) == ["year", "sex", N, "source_id", "certainty"]
    assert len(series) == 6
    assert set(series["source_id"]) == {"new"}
    assert set(series["sex"]) == {"male", "female"}


def test_every_release_is_kept(raw):
    assert len(clean(raw)["entrants_vintages"]) == len(raw["entrants"])


def test_an_unpublished_quarter_is_computed_and_marked(raw):
    parts = clean(raw)["entrants_part_years"]
    quarters = parts[parts["kind"] == "quarter"]
    computed = quarters[quarters["method"] == "computed"].set_index("sex")
    assert computed[N].to_dict() == {"male": 4, "female": 10, "all": 14}
    assert set(computed["period_end"]) == {pd.Timestamp(2004, 12, 31)}
    assert quarters.loc[quarters["sex"] == "all", N].sum() == 50


def test_one_figure_of_each_fact_is_in_the_clean_tables(raw):
    tables = clean(raw)
    assert not tables["entrants_part_years"].duplicated(["period_start", "period_end", "sex"]).any()
    assert not tables["entrants_cumulative"].duplicated(["as_of_date", "sex"]).any()
