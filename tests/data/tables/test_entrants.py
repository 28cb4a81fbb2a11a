"""The entrants tables are bound by totals that the ministry announced, and a change is named by line."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from data.checks import Problem
from data.tables import entrants

N = "entrants_persons"
Raw = dict[str, pd.DataFrame]

MEN = {2002: 30, 2003: 20, 2004: 10}
WOMEN = {2002: 70, 2003: 60, 2004: 40}
BIN_1998 = {"male": 8, "female": 2}
BIN_2001 = {"male": 5, "female": 5}


def add_both(by_sex: dict[str, int]) -> dict[str, int]:
    """Return men, women and everybody."""
    return by_sex | {"all": sum(by_sex.values())}


def make_frame(rows: list[dict[str, object]], dates: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return rows as read from line 2 on."""
    frame = pd.DataFrame(rows, index=pd.RangeIndex(2, len(rows) + 2, name="line"))
    for column in dates:
        frame[column] = pd.to_datetime(frame[column])
    return frame.assign(certainty="official", note="")


def list_years(role: str, vintage: str, source: str) -> list[dict[str, object]]:
    """Return the rows of one release of the yearly table."""
    return [
        {"year": year, "sex": sex, "vintage": vintage, "role": role, N: n, "source_id": source}
        for year in MEN
        for sex, n in sorted(add_both({"male": MEN[year], "female": WOMEN[year]}).items())
    ]


def list_parts(start: str, end: str, role: str, source: str, **by_sex: int) -> list[dict[str, object]]:
    """Return the rows of one span shorter than a year."""
    return [
        {"period_start": start, "period_end": end, "sex": sex, "role": role, N: n, "source_id": source}
        for sex, n in sorted(add_both(by_sex).items())
    ]


def list_totals(date: str, role: str, source: str, **by_sex: int) -> list[dict[str, object]]:
    """Return the rows of one running total."""
    rows = add_both(by_sex).items()
    return [
        {"as_of_date": date, "sex": sex, "role": role, N: n, "source_id": source} for sex, n in sorted(rows)
    ]


@pytest.fixture
def raw() -> Raw:
    """Return small tables that fit together: 13 men and 7 women by 2001, then three years."""
    bins = [
        {"period_start": start, "period_end": end, "sex": sex, "vintage": "2005", "role": "current", N: n}
        for start, end, by_sex in ((None, "1998-12-31", BIN_1998), ("1999-01-01", "2001-12-31", BIN_2001))
        for sex, n in sorted(add_both(by_sex).items())
    ]
    parts = [
        *list_parts("2004-01-01", "2004-03-31", "current", "agency", male=1, female=9),
        *list_parts("2004-01-01", "2004-03-31", "second_outlet", "paper", male=1, female=9),
        *list_parts("2004-04-01", "2004-06-30", "current", "agency", male=2, female=11),
        *list_parts("2004-07-01", "2004-09-30", "current", "agency", male=3, female=10),
        *list_parts("2004-01-01", "2004-09-30", "current", "ministry", male=6, female=30),
    ]
    totals = [
        *list_totals("2002-12-31", "current", "ministry", male=43, female=77),
        *list_totals("2003-12-31", "current", "ministry", male=63, female=137),
        *list_totals("2004-09-30", "current", "ministry", male=69, female=167),
        *list_totals("2004-12-31", "current", "ministry", male=73, female=177),
        *list_totals("2004-12-31", "other_figure", "paper", male=74, female=178),
    ]
    return {
        "entrants": make_frame(
            list_years("earlier", "2004", "old_table") + list_years("current", "2005", "ministry")
        ),
        "entrants_bins": make_frame(bins, ("period_start", "period_end")).assign(source_id="ministry"),
        "entrants_part_years": make_frame(parts, ("period_start", "period_end")),
        "entrants_cumulative": make_frame(totals, ("as_of_date",)),
    }


def change(raw: Raw, name: str, where: Callable[[pd.DataFrame], pd.Series], by: int) -> tuple[Raw, int]:
    """Return tables with one count changed, and the line it stands on."""
    frame = raw[name].copy()
    (line,) = frame.index[where(frame)]
    frame.loc[line, N] += by
    return raw | {name: frame}, int(line)


def without(raw: Raw, name: str, where: Callable[[pd.DataFrame], pd.Series]) -> Raw:
    frame = raw[name]
    assert where(frame).any()
    return raw | {name: frame[~where(frame)]}


def places(faults: list[Problem]) -> list[tuple[str, int]]:
    return [(fault.file.removeprefix("data/raw/").removesuffix(".csv"), fault.line) for fault in faults]


def current(year: int, sex: str) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda f: (f["year"] == year) & (f["sex"] == sex) & (f["role"] == "current")


def test_tables_that_fit_have_no_fault(raw: Raw) -> None:
    assert entrants.validate(raw) == []


@pytest.mark.parametrize("by", [1, -7])
@pytest.mark.parametrize("sex", ["male", "female", "all"])
@pytest.mark.parametrize("year", [2002, 2003, 2004])
def test_any_changed_current_figure_is_named_by_its_own_line(raw: Raw, year: int, sex: str, by: int) -> None:
    changed, line = change(raw, "entrants", current(year, sex), by)
    faults = entrants.validate(changed)
    assert places(faults) == [("entrants", line)]
    right = raw["entrants"].loc[line, N]
    assert faults[0].column == N
    assert faults[0].got == str(right + by)
    assert faults[0].expected.startswith(f"{right}, so that the rows make the ")


def test_people_moved_from_women_to_men_are_found_though_the_year_adds_up(raw: Raw) -> None:
    changed, men = change(raw, "entrants", current(2003, "male"), 2)
    changed, women = change(changed, "entrants", current(2003, "female"), -2)
    assert sorted(places(entrants.validate(changed))) == [("entrants", women), ("entrants", men)]


def test_among_several_years_the_older_table_tells_which_changed(raw: Raw) -> None:
    sparse = without(raw, "entrants_cumulative", lambda f: f["as_of_date"] < "2004-12-31")
    changed, men = change(sparse, "entrants", current(2003, "male"), 2)
    changed, women = change(changed, "entrants", current(2003, "female"), -2)
    assert sorted(places(entrants.validate(changed))) == [("entrants", women), ("entrants", men)]


def test_a_wrong_running_total_is_named_where_it_stands(raw: Raw) -> None:
    at = lambda f: (f["as_of_date"] == "2003-12-31") & (f["sex"] == "male")  # noqa: E731
    changed, line = change(raw, "entrants_cumulative", at, 5)
    assert ("entrants_cumulative", line) in places(entrants.validate(changed))
    assert {name for name, _ in places(entrants.validate(changed))} == {"entrants_cumulative"}


def test_an_older_release_must_add_up_too(raw: Raw) -> None:
    changed, _ = change(
        raw, "entrants", lambda f: (f["year"] == 2003) & (f["sex"] == "male") & (f["role"] == "earlier"), 1
    )
    (fault,) = entrants.validate(changed)
    assert fault.column == N
    assert fault.expected.startswith("81, which 21 men")


def test_a_missing_year_is_told_with_the_years_expected(raw: Raw) -> None:
    gone = without(raw, "entrants", lambda f: (f["year"] == 2003) & (f["role"] == "current"))
    (fault,) = entrants.validate(gone)
    assert (fault.column, fault.got) == ("year", "no current row for 2003 before 2004")
    assert fault.expected == "one current row a sex (male, female, all) for every year from 2002 to 2004"
    assert raw["entrants"].loc[fault.line, "year"] == 2004


def test_a_missing_first_year_is_told(raw: Raw) -> None:
    gone = without(raw, "entrants", lambda f: f["year"] == 2002)
    (fault,) = entrants.validate(gone)
    assert fault.got == "no current row for 2002 before 2003"


def test_a_missing_last_year_is_told_by_the_running_total_that_needs_it(raw: Raw) -> None:
    gone = without(raw, "entrants", lambda f: f["year"] == 2004)
    faults = entrants.validate(gone)
    assert {fault.got for fault in faults} == {"no current row for 2004 after 2003"}


@pytest.mark.parametrize("sex", ["male", "female", "all"])
def test_a_missing_sex_is_told(raw: Raw, sex: str) -> None:
    (fault,) = entrants.validate(without(raw, "entrants", current(2003, sex)))
    assert (fault.column, fault.got) == ("sex", f"no current row for 2003, {sex}")


def test_two_current_rows_of_one_fact_are_told(raw: Raw) -> None:
    frame = raw["entrants"].copy()
    (line,) = frame.index[(frame["year"] == 2003) & (frame["sex"] == "male") & (frame["role"] == "earlier")]
    frame.loc[line, "role"] = "current"
    (fault,) = entrants.validate(raw | {"entrants": frame})
    assert fault.column == "role"
    assert fault.got.startswith("current again for 2003, male")


def test_a_missing_bin_is_told(raw: Raw) -> None:
    gone = without(raw, "entrants_bins", lambda f: (f["period_end"] == "1998-12-31") & (f["sex"] == "male"))
    assert entrants.validate(gone)[0].got == "0 current rows for the span to 1998-12-31, male"


def test_quarters_must_make_the_longer_span_printed(raw: Raw) -> None:
    parts = raw["entrants_part_years"].copy()
    second = (parts["period_start"] == "2004-04-01") & parts["sex"].isin(["male", "all"])
    parts.loc[second, N] += 1
    faults = entrants.validate(raw | {"entrants_part_years": parts})
    assert {fault.got for fault in faults} == {"parts that make 7", "parts that make 37"}


def test_a_part_cannot_exceed_its_year(raw: Raw) -> None:
    only = raw["entrants_part_years"].iloc[:3].copy()
    only[N] = [99, 90, 9]
    totals = without(raw, "entrants_cumulative", lambda f: f["as_of_date"] == "2004-09-30")
    faults = entrants.validate(totals | {"entrants_part_years": only})
    assert {fault.expected for fault in faults} == {
        "50 or less, the all entrants of 2004",
        "40 or less, the female entrants of 2004",
    }


def test_a_second_outlet_must_print_the_same(raw: Raw) -> None:
    parts = raw["entrants_part_years"].copy()
    outlet = (parts["role"] == "second_outlet") & parts["sex"].isin(["male", "all"])
    parts.loc[outlet, N] += 1
    faults = entrants.validate(raw | {"entrants_part_years": parts})
    assert all("the role says the same figure" in fault.expected for fault in faults)
    assert places(faults) == [("entrants_part_years", int(line)) for line in parts.index[outlet]]


def test_a_figure_called_other_must_differ(raw: Raw) -> None:
    totals = raw["entrants_cumulative"].copy()
    other = totals["role"] == "other_figure"
    totals.loc[other, N] = [250, 177, 73]
    faults = entrants.validate(raw | {"entrants_cumulative": totals})
    assert len(faults) == 3
    assert all("or the role second_outlet" in fault.expected for fault in faults)


def test_a_running_total_never_falls(raw: Raw) -> None:
    totals = raw["entrants_cumulative"].copy()
    first = totals["as_of_date"] == "2002-12-31"
    totals.loc[first, "role"] = "earlier"
    totals.loc[first, N] = [500, 400, 100]
    faults = entrants.validate(raw | {"entrants_cumulative": totals})
    assert {fault.expected.split(":")[1] for fault in faults} == {" a running total never falls"}


def test_the_next_year_needs_nothing_but_its_rows(raw: Raw) -> None:
    new = [
        {"year": 2005, "sex": sex, "vintage": "2006", "role": "current", N: n, "source_id": "ministry"}
        for sex, n in (("all", 9), ("female", 6), ("male", 3))
    ]
    longer = pd.concat([raw["entrants"], make_frame(new).set_axis(range(20, 23))])
    assert entrants.validate(raw | {"entrants": longer}) == []
    clean = entrants.tidy(raw | {"entrants": longer})["entrants"]
    assert clean["year"].max() == 2005


def test_the_series_has_men_and_women_of_the_current_release_only(raw: Raw) -> None:
    series = entrants.tidy(raw)["entrants"]
    assert list(series.columns) == ["year", "sex", N, "source_id", "certainty"]
    assert len(series) == 6
    assert set(series["source_id"]) == {"ministry"}
    assert set(series["sex"]) == {"male", "female"}


def test_every_release_is_kept_beside_the_series(raw: Raw) -> None:
    assert len(entrants.tidy(raw)["entrants_vintages"]) == len(raw["entrants"])


def test_a_quarter_nobody_printed_is_computed_and_says_so(raw: Raw) -> None:
    parts = entrants.tidy(raw)["entrants_part_years"]
    quarters = parts[parts["kind"] == "quarter"]
    computed = quarters[quarters["method"] == "computed"].set_index("sex")
    assert computed[N].to_dict() == {"male": 4, "female": 10, "all": 14}
    assert set(computed["period_end"].dt.strftime("%Y-%m-%d")) == {"2004-12-31"}
    assert quarters[quarters["sex"] == "all"][N].sum() == 50


def test_one_reading_of_each_fact_reaches_the_clean_tables(raw: Raw) -> None:
    clean = entrants.tidy(raw)
    assert not clean["entrants_part_years"].duplicated(["period_start", "period_end", "sex"]).any()
    assert not clean["entrants_cumulative"].duplicated(["as_of_date", "sex"]).any()


def test_the_tables_given_are_not_changed(raw: Raw) -> None:
    before = {name: frame.copy() for name, frame in raw.items()}
    entrants.validate(raw)
    entrants.tidy(raw)
    assert all(raw[name].equals(before[name]) for name in raw)
