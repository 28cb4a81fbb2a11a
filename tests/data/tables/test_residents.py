"""Regions make the country, parts make their total, and stocks are not summed as flows."""

from __future__ import annotations

import pandas as pd
import pytest

from data.tables import residents

Raw = dict[str, pd.DataFrame]
REGIONS = [f"region_{number:02}" for number in range(residents.REGIONS)]


def make_row(date: str, region: str, sex: str, persons: int | None, **more: object) -> dict[str, object]:
    """Return one row of the table of residents."""
    return {
        "as_of_date": date,
        "region": region,
        "sex": sex,
        "residents_persons": persons,
        "rounded_to_persons": None,
        "share_pct": float("nan"),
        "share_of": None,
        "source_id": "ministry",
        "certainty": "secondary",
        "note": "",
    } | more


def make_lost(date: str, category: str, persons: int, **more: object) -> dict[str, object]:
    """Return one row of the table of whereabouts."""
    return {
        "as_of_date": date,
        "date_precision": "month",
        "category": category,
        "duration": "all",
        "printed_as": "stock",
        "persons": persons,
        "source_id": "paper",
        "certainty": "secondary",
        "note": "",
    } | more


@pytest.fixture
def rows() -> list[dict[str, object]]:
    """Return the complete lists of four dates, with a printed total for two of them."""
    made = []
    for date, sexes in residents.COMPLETE.items():
        for sex in sexes:
            each = 20 if sex == "all" else 10
            made += [make_row(date, region, sex, each) for region in REGIONS]
            if date in ("2005-05-31", "2024-06-30"):
                made.append(make_row(date, "all", sex, each * residents.REGIONS))
    return made


@pytest.fixture
def lost() -> list[dict[str, object]]:
    """Return a total with its parts, durations, and stocks that were printed as departures."""
    flow = {"printed_as": "departures_in_year", "source_id": "report"}
    return [
        make_lost("2021-12-31", "gone_abroad", 733),
        make_lost("2021-12-31", "gone_abroad", 733, **flow),
        make_lost("2021-12-31", "residence_unknown", 869),
        make_lost("2022-12-31", "gone_abroad", 1433, **flow),
        make_lost("2023-08-31", "not_located", 10, duration="under_1_year"),
        make_lost("2023-08-31", "not_located", 60, duration="10_years_or_more"),
        make_lost("2023-08-31", "not_located", 70),
    ]


def make_raw(rows: list[dict[str, object]], lost: list[dict[str, object]]) -> Raw:
    """Return the tables as read from line 2 on, with a running total of entrants."""
    living = pd.DataFrame(rows, index=pd.RangeIndex(2, len(rows) + 2, name="line"))
    for column in ("residents_persons", "rounded_to_persons"):
        living[column] = living[column].astype("Int64")
    gone = pd.DataFrame(lost, index=pd.RangeIndex(2, len(lost) + 2, name="line"))
    entered = pd.DataFrame({"as_of_date": ["2024-06-30"], "sex": "all", "role": "current"})
    entered["entrants_persons"] = 400
    for frame in (living, gone, entered):
        frame["as_of_date"] = pd.to_datetime(frame["as_of_date"])
    return {"residents": living, "whereabouts": gone, "entrants_cumulative": entered}


def test_tables_that_fit_have_no_fault(rows: list[dict[str, object]], lost: list[dict[str, object]]) -> None:
    assert residents.validate(make_raw(rows, lost)) == []


def test_regions_must_make_the_printed_total(
    rows: list[dict[str, object]], lost: list[dict[str, object]]
) -> None:
    total = next(row for row in rows if row["region"] == "all" and row["as_of_date"] == "2005-05-31")
    total["residents_persons"] += 1
    (fault,) = residents.validate(make_raw(rows, lost))
    assert (fault.line, fault.got) == (rows.index(total) + 2, "321")
    assert fault.expected.startswith("320, which the 16 regions make")


def test_men_and_women_must_make_each_region(
    rows: list[dict[str, object]], lost: list[dict[str, object]]
) -> None:
    woman = next(row for row in rows if row["sex"] == "female" and row["as_of_date"] == "2024-09-30")
    woman["residents_persons"] += 1
    (fault,) = residents.validate(make_raw(rows, lost))
    assert fault.expected.startswith("21, which 10 men")


def test_a_region_left_out_of_a_complete_list_is_told(
    rows: list[dict[str, object]], lost: list[dict[str, object]]
) -> None:
    short = [row for row in rows if (row["as_of_date"], row["region"]) != ("2008-05-31", "region_03")]
    (fault,) = residents.validate(make_raw(short, lost))
    assert (fault.column, fault.got) == ("region", "15 regions for 2008-05-31, all")


def test_nobody_lives_here_who_never_came(
    rows: list[dict[str, object]], lost: list[dict[str, object]]
) -> None:
    raw = make_raw(rows, lost)
    raw["entrants_cumulative"]["entrants_persons"] = 300
    (fault,) = residents.validate(raw)
    assert (fault.got, fault.expected) == ("320", "300 or less, everybody who had entered by then")


def test_shares_of_one_list_cannot_exceed_the_whole(
    rows: list[dict[str, object]], lost: list[dict[str, object]]
) -> None:
    shares = [
        make_row("2014-06-30", region, "all", None, share_pct=share, share_of="sex", source_id="paper")
        for region, share in (("region_00", 60.0), ("region_01", 41.0))
    ]
    (fault,) = residents.validate(make_raw([*rows, *shares], lost))
    assert fault.got.startswith("shares that make 101")


def test_parts_cannot_exceed_their_total(
    rows: list[dict[str, object]], lost: list[dict[str, object]]
) -> None:
    lost[2]["persons"] = 700
    (fault,) = residents.validate(make_raw(rows, lost))
    assert (fault.line, fault.got) == (4, "700")


def test_durations_must_make_the_people_not_located(
    rows: list[dict[str, object]], lost: list[dict[str, object]]
) -> None:
    lost[4]["persons"] = 11
    (fault,) = residents.validate(make_raw(rows, lost))
    assert fault.expected == "71, which the durations make on 2023-08-31"


def test_the_stocks_printed_as_departures_make_the_sum_the_press_printed(
    rows: list[dict[str, object]], lost: list[dict[str, object]]
) -> None:
    lost[3]["persons"] = 1432
    (fault,) = residents.validate(make_raw(rows, lost))
    assert fault.got == "2165 in the 2 rows printed as departures"


def test_two_readings_of_one_stock_must_agree(
    rows: list[dict[str, object]], lost: list[dict[str, object]]
) -> None:
    faults = residents.validate(make_raw(rows, [*lost, make_lost("2023-08-31", "not_located", 71)]))
    assert [(fault.line, fault.expected) for fault in faults] == [
        (9, "70 as on line 8 for 2023-08-31, not_located, all")
    ]


def test_a_total_nobody_printed_is_computed_and_says_so(
    rows: list[dict[str, object]], lost: list[dict[str, object]]
) -> None:
    clean = residents.tidy(make_raw(rows, lost))["residents"]
    totals = clean[(clean["region"] == "all") & (clean["sex"] == "all")].set_index("as_of_date")
    assert totals.loc["2008-05-31", "residents_persons"] == 320
    assert totals.loc["2008-05-31", "method"] == "computed"
    assert totals.loc["2005-05-31", "method"] == "reported"


def test_a_count_comes_before_a_rounded_one_of_the_same_day(
    rows: list[dict[str, object]], lost: list[dict[str, object]]
) -> None:
    about = make_row("2005-05-31", "all", "all", 300, rounded_to_persons=100, source_id="a_paper")
    clean = residents.tidy(make_raw([about, *rows], lost))["residents"]
    total = clean[(clean["as_of_date"] == "2005-05-31") & (clean["region"] == "all")]
    assert total["residents_persons"].tolist() == [320]


def test_a_figure_printed_both_ways_is_kept_as_the_stock(
    rows: list[dict[str, object]], lost: list[dict[str, object]]
) -> None:
    clean = residents.tidy(make_raw(rows, lost))["whereabouts"]
    abroad = clean[clean["category"] == "gone_abroad"].set_index("as_of_date")["printed_as"]
    assert abroad.loc["2021-12-31"] == "stock"
    assert abroad.loc["2022-12-31"] == "departures_in_year"


def test_the_tables_given_are_not_changed(
    rows: list[dict[str, object]], lost: list[dict[str, object]]
) -> None:
    raw = make_raw(rows, lost)
    before = {name: frame.copy() for name, frame in raw.items()}
    residents.validate(raw)
    residents.tidy(raw)
    assert all(raw[name].equals(before[name]) for name in raw)
