"""Groups make the base printed with them, and a printed share is its count over that base."""

from __future__ import annotations

import pandas as pd
import pytest

from data.tables import profiles

Raw = dict[str, pd.DataFrame]
AGES = {"age_0_9": (6, 4), "age_10_19": (10, 30), "age_20_29": (20, 30)}


def make_row(category: str, sex: str, persons: int | None, **more: object) -> dict[str, object]:
    """Return a row of the age table of September 2020."""
    return {
        "as_of_date": "2020-09-30",
        "period_start": None,
        "population_basis": "entrants_to_date_out_of_protection",
        "dimension": "age_at_entry",
        "category": category,
        "sex": sex,
        "persons": persons,
        "share_pct": float("nan"),
        "share_of": None,
        "source_id": "ministry",
        "certainty": "official",
        "note": "",
    } | more


def make_profiles(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Return rows as read from line 2 on."""
    frame = pd.DataFrame(rows, index=pd.RangeIndex(2, len(rows) + 2, name="line"))
    frame["persons"] = frame["persons"].astype("Int64")
    for column in ("as_of_date", "period_start"):
        frame[column] = pd.to_datetime(frame[column])
    return frame


@pytest.fixture
def rows() -> list[dict[str, object]]:
    """Return a complete age table: 36 men and 64 women."""
    made = []
    for category, (men, women) in (AGES | {"all": (36, 64)}).items():
        for sex, n in (("all", men + women), ("female", women), ("male", men)):
            made.append(make_row(category, sex, n))
    return made


def with_others(rows: list[dict[str, object]]) -> Raw:
    """Return the profiles beside the entrants tables that bind them."""
    years = pd.DataFrame(
        {"year": [2023] * 3, "sex": ["all", "female", "male"], "entrants_persons": [196, 164, 32]}
    ).assign(role="current", source_id="ministry")
    bins = pd.DataFrame(
        {
            "period_start": ["1998-01-01"],
            "period_end": ["2003-08-31"],
            "sex": ["all"],
            "entrants_persons": [100],
        }
    )
    for column in ("period_start", "period_end"):
        bins[column] = pd.to_datetime(bins[column])
    totals = pd.DataFrame({"sex": ["all"], "entrants_persons": [110], "role": ["current"]})
    totals["as_of_date"] = pd.to_datetime("2020-09-30")
    return {
        "profiles": make_profiles(rows),
        "entrants": years,
        "entrants_bins": bins,
        "entrants_cumulative": totals,
    }


def test_a_table_that_fits_has_no_fault(rows: list[dict[str, object]]) -> None:
    assert profiles.validate(with_others(rows)) == []


@pytest.mark.parametrize("place", range(12))
def test_any_changed_count_of_a_complete_table_is_told(rows: list[dict[str, object]], place: int) -> None:
    rows[place]["persons"] += 1
    faults = profiles.validate(with_others(rows))
    assert faults
    assert all(fault.column == "persons" for fault in faults)


def test_a_group_left_out_of_a_complete_table_is_told(rows: list[dict[str, object]]) -> None:
    (fault,) = profiles.validate(
        with_others([r for r in rows if r["category"] != "age_0_9" or r["sex"] != "male"])
    )
    assert (fault.line, fault.got) == (13 - 1, "36")
    assert fault.expected == "30, which its 2 groups make (age_at_entry, male, 2020-09-30)"


def test_a_base_cannot_exceed_everybody_who_had_entered(rows: list[dict[str, object]]) -> None:
    for row in rows:
        if row["category"] in ("age_20_29", "all") and row["sex"] in ("all", "male"):
            row["persons"] += 20
    (fault,) = profiles.validate(with_others(rows))
    assert fault.expected == "110 or less, everybody who had entered by then"


def test_the_base_of_a_span_is_the_entrants_of_that_span(rows: list[dict[str, object]]) -> None:
    span = {
        "as_of_date": "2003-08-31",
        "period_start": "1998-01-01",
        "population_basis": "entrants_of_period",
        "dimension": "province",
    }
    (fault,) = profiles.validate(with_others([make_row("all", "all", 101, **span), *rows]))
    assert fault.line == 2
    assert fault.expected.startswith("100, the entrants of that span")


@pytest.mark.parametrize(("share", "faults"), [(10.0, 0), (10.4, 1), (11.0, 1), (9.96, 0)])
def test_a_printed_share_may_differ_from_the_count_by_its_rounding(
    rows: list[dict[str, object]], share: float, faults: int
) -> None:
    rows[0] |= {"share_pct": share, "share_of": "sex"}
    assert len(profiles.validate(with_others(rows))) == faults


def test_the_share_of_women_of_a_year_is_bound_by_the_entrants(rows: list[dict[str, object]]) -> None:
    year = {
        "as_of_date": "2023-12-31",
        "period_start": "2023-01-01",
        "population_basis": "entrants_of_period",
        "dimension": "sex",
        "share_of": "sex",
    }
    right = make_row("female", "all", None, share_pct=83.7, **year)
    assert profiles.validate(with_others([*rows, right])) == []
    (fault,) = profiles.validate(with_others([*rows, right | {"share_pct": 84.2}]))
    assert fault.expected == "83.67 within 0.05, which 164 of 196 make"


def test_a_row_needs_a_count_or_a_share(rows: list[dict[str, object]]) -> None:
    (fault,) = profiles.validate(with_others([*rows, make_row("age_60_plus", "all", None)]))
    assert fault.got == "neither persons nor a share"


def test_two_sources_of_one_count_must_agree(rows: list[dict[str, object]]) -> None:
    again = make_row("age_0_9", "all", 11, source_id="paper", dimension="age_now")
    assert profiles.validate(with_others([*rows, again])) == []
    faults = profiles.validate(with_others([*rows, again, again | {"persons": 12, "source_id": "post"}]))
    assert [(fault.line, fault.got) for fault in faults] == [(15, "12")]


def test_shares_are_computed_where_count_and_base_are_known(rows: list[dict[str, object]]) -> None:
    rows[0] |= {"share_pct": 10.0, "share_of": "sex"}
    other = make_row("pyongyang", "male", None, dimension="province", share_pct=56.0, share_of="category")
    clean = profiles.tidy(with_others([*rows, other]))["profiles"].set_index(["category", "sex"])
    young = clean.loc[("age_0_9", "male")]
    assert (young["share_pct"], young["base_persons"], young["share_method"]) == (16.6667, 36, "computed")
    printed = clean.loc[("pyongyang", "male")]
    assert (printed["share_pct"], printed["share_of"], printed["share_method"]) == (
        56.0,
        "category",
        "printed",
    )
    assert pd.isna(printed["base_persons"])


def test_a_table_without_a_base_has_that_of_its_population(rows: list[dict[str, object]]) -> None:
    province = make_row("north_hamgyong", "all", 58, dimension="province")
    clean = profiles.tidy(with_others([*rows, province]))["profiles"].set_index("category")
    assert clean.loc["north_hamgyong", "base_persons"] == 100
    assert clean.loc["north_hamgyong", "share_pct"] == 58


def test_the_tables_given_are_not_changed(rows: list[dict[str, object]]) -> None:
    raw = with_others(rows)
    before = {name: frame.copy() for name, frame in raw.items()}
    profiles.validate(raw)
    profiles.tidy(raw)
    assert all(raw[name].equals(before[name]) for name in raw)
