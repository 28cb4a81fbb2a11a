"""Entrants add up to the totals that the ministry announced, and one error gives one message."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from data.tables.entrants import check, clean
from tests.factory import edit, list_places, make_table

N = "entrants_persons"
Raw = dict[str, pd.DataFrame]
MEN, WOMEN = {2002: 30, 2003: 20, 2004: 10}, {2002: 70, 2003: 60, 2004: 40}


def by_sex(men: int, women: int, **cells: Any) -> list[dict[str, Any]]:
    """Return rows for both sexes, women and men, in this order."""
    counts = {"all": men + women, "female": women, "male": men}
    return [cells | {"sex": sex, N: n} for sex, n in counts.items()]


def list_parts(start: str, end: str, men: int, women: int, role: str, source: str) -> list[dict[str, Any]]:
    return by_sex(men, women, period_start=start, period_end=end, role=role, source_id=source)


def list_totals(date: str, men: int, women: int, role: str, source: str) -> list[dict[str, Any]]:
    return by_sex(men, women, as_of_date=date, role=role, source_id=source)


@pytest.fixture
def raw() -> Raw:
    """Return small tables that fit together: 13 men and 7 women by 2001, then three years."""
    years, bins = [], []
    for role, source in (("earlier", "old"), ("current", "new")):
        cells = {"role": role, "source_id": source, "vintage": source}
        for year in MEN:
            years += by_sex(MEN[year], WOMEN[year], year=year, **cells)
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
    return {
        "entrants": make_table("entrants", *years),
        "entrants_bins": make_table("entrants_bins", *bins),
        "entrants_part_years": make_table("entrants_part_years", *parts),
        "entrants_cumulative": make_table("entrants_cumulative", *totals),
    }


def test_tables_that_fit_have_no_problem(raw: Raw) -> None:
    assert list(check(raw)) == []


@pytest.mark.parametrize("by", [1, -7])
@pytest.mark.parametrize("sex", ["male", "female", "all"])
@pytest.mark.parametrize(("year", "line"), [(2002, 11), (2003, 14), (2004, 17)])
def test_one_wrong_figure_gives_one_message_at_its_total(
    raw: Raw, year: int, line: int, sex: str, by: int
) -> None:
    where = {"year": year, "sex": sex, "role": "current"}
    right = {"male": MEN[year], "female": WOMEN[year], "all": MEN[year] + WOMEN[year]}[sex]
    changed = edit(raw, "entrants", where, {N: right + by})
    assert list_places(check(changed)) == [("entrants", line, N)]


Q2, Q3 = {"period_start": "2004-04-01"}, {"period_start": "2004-07-01"}
CASES = {
    "a year moved from women to men": (
        "entrants",
        {"year": 2003, "role": "current"},
        {N: [80, 58, 22]},
        [("entrants_cumulative", 6, N), ("entrants_cumulative", 7, N)],
    ),
    "a running total": (
        "entrants_cumulative",
        {"as_of_date": "2003-12-31", "sex": "male"},
        {N: 68},
        [("entrants_cumulative", 5, N)],
    ),
    "a total within a year": (
        "entrants_cumulative",
        {"as_of_date": "2003-12-31"},
        {"as_of_date": pd.Timestamp(2003, 6, 30), N: [206, 140, 66]},
        [("entrants_cumulative", line, N) for line in (5, 6, 7)],
    ),
    "a falling total": (
        "entrants_cumulative",
        {"as_of_date": "2002-12-31"},
        {"role": "earlier", N: [500, 400, 100]},
        [("entrants_cumulative", line, N) for line in (5, 6, 7)],
    ),
    "a sex of an older release": (
        "entrants",
        {"year": 2003, "sex": "male", "role": "earlier"},
        {N: 21},
        [("entrants", 5, N)],
    ),
    "an older release against its own total": (
        "entrants",
        {"year": 2003, "role": "earlier"},
        {N: [80, 58, 22]},
        [("entrants_cumulative", 15, N), ("entrants_cumulative", 16, N)],
    ),
    "no row for a year": (
        "entrants",
        {"year": 2003, "role": "current"},
        None,
        [("entrants", 17, "year")],
    ),
    "no row for the first year": ("entrants", {"year": 2002}, None, [("entrants", 14, "year")]),
    "no row for the last year": ("entrants", {"year": 2004}, None, [("entrants", 16, "year")]),
    "no row for women": (
        "entrants",
        {"year": 2003, "sex": "female", "role": "current"},
        None,
        [("entrants", 14, "year")],
    ),
    "a current year before the first": (
        "entrants",
        {"year": 2002, "role": "earlier"},
        {"year": 2001, "role": "current"},
        [("entrants", line, "year") for line in (2, 3, 4)],
    ),
    "two current rows": (
        "entrants",
        {"year": 2003, "sex": "male", "role": "earlier"},
        {"role": "current"},
        [("entrants", 16, "role")],
    ),
    "no current bin for men": (
        "entrants_bins",
        {"period_end": "1998-12-31", "sex": "male", "role": "current"},
        None,
        [("entrants_bins", 9, "role")],
    ),
    "quarters that miss the nine months": (
        "entrants_part_years",
        Q2,
        {N: [14, 12, 2]},
        [("entrants_part_years", 14, N), ("entrants_part_years", 15, N)],
    ),
    "parts above their year": (
        "entrants_part_years",
        Q3,
        {N: [53, 50, 3]},
        [("entrants_part_years", line, N) for line in (11, 12, 14, 15)],
    ),
    "a second outlet that differs": (
        "entrants_part_years",
        {"role": "second_outlet"},
        {N: [11, 10, 1]},
        [("entrants_part_years", 5, N), ("entrants_part_years", 6, N)],
    ),
    "another figure that is the same": (
        "entrants_cumulative",
        {"role": "other_figure"},
        {N: [250, 177, 73]},
        [("entrants_cumulative", line, N) for line in (17, 18, 19)],
    ),
    "no figure in use": (
        "entrants_part_years",
        Q2 | {"sex": "all"},
        {"role": "other_figure"},
        [("entrants_part_years", 8, "role")],
    ),
    "two figures in use": (
        "entrants_part_years",
        {"role": "second_outlet", "sex": "all"},
        {"role": "earlier"},
        [("entrants_part_years", 5, "role")],
    ),
}


@pytest.mark.parametrize(("table", "where", "cells", "places"), CASES.values(), ids=CASES)
def test_a_contradiction_is_reported_at_its_line(
    raw: Raw,
    table: str,
    where: dict[str, Any],
    cells: dict[str, Any] | None,
    places: list[tuple[str, int, str]],
) -> None:
    assert list_places(check(edit(raw, table, where, cells))) == places


def test_years_of_one_source_add_up_to_its_bin(raw: Raw) -> None:
    rows = [{"year": year, N: 3} for year in (1999, 2000, 2001)]
    years = make_table("entrants", *rows, sex="all", role="earlier", vintage="x", source_id="yearbook")
    more = raw | {"entrants": pd.concat([raw["entrants"], years])}
    assert list_places(check(more)) == [("entrants_bins", 5, N), ("entrants_bins", 11, N)]


def test_a_new_year_needs_only_its_rows(raw: Raw) -> None:
    cells = {"year": 2005, "role": "current", "source_id": "new", "vintage": "new"}
    years = pd.concat([raw["entrants"], make_table("entrants", *by_sex(3, 6, **cells))])
    assert list(check(raw | {"entrants": years})) == []
    assert clean(raw | {"entrants": years})["entrants"]["year"].max() == 2005


def test_the_series_has_both_sexes_of_the_current_release(raw: Raw) -> None:
    series = clean(raw)["entrants"]
    assert list(series.columns) == ["year", "sex", N, "source_id", "certainty"]
    assert len(series) == 6
    assert set(series["source_id"]) == {"new"}
    assert set(series["sex"]) == {"male", "female"}


def test_every_release_is_kept(raw: Raw) -> None:
    assert len(clean(raw)["entrants_vintages"]) == len(raw["entrants"])


def test_an_unpublished_quarter_is_computed_and_marked(raw: Raw) -> None:
    parts = clean(raw)["entrants_part_years"]
    quarters = parts[parts["kind"] == "quarter"]
    computed = quarters[quarters["method"] == "computed"].set_index("sex")
    assert computed[N].to_dict() == {"male": 4, "female": 10, "all": 14}
    assert set(computed["period_end"]) == {pd.Timestamp(2004, 12, 31)}
    assert quarters.loc[quarters["sex"] == "all", N].sum() == 50


def test_one_figure_of_each_fact_is_in_the_clean_tables(raw: Raw) -> None:
    tables = clean(raw)
    assert not tables["entrants_part_years"].duplicated(["period_start", "period_end", "sex"]).any()
    assert not tables["entrants_cumulative"].duplicated(["as_of_date", "sex"]).any()
