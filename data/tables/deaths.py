"""Deaths, deaths by suicide and unclaimed deaths, as far as totals are published.

Three registers count by their own rules (the ministry's reports, a match with the resident
registry, unclaimed bodies), so their years are not one series. Yearly totals are kept as published;
a count under five by sex, age or cause is merged with its neighbour or left out.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from data.checks import (
    SMALLEST_CELL,
    Problem,
    check_at_most,
    check_both_or_neither,
    check_sum,
    report,
    sum_groups,
)

RAW_TABLES = ("deaths",)
FILE = "data/raw/deaths.csv"

UNITS = {"deaths": "persons", "share_of_deaths": "percent", "rate": "per_100000"}
GROUPS = ["sex", "age_group", "cause"]
PERIOD = ["series", "period_start", "period_end", "population"]
KEY = [*PERIOD, *GROUPS, "measure"]


def check(raw: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Yield problems of units and small cells, and figures that contradict a published total."""
    frame = raw["deaths"]
    counts = frame[frame["measure"] == "deaths"]
    yield from _check_cells(frame, counts)
    yield from _check_shares(frame, counts)
    yield from _check_parts(counts)
    yield from _check_causes(frame)
    yield from _check_spans(counts)


def _check_cells(frame: pd.DataFrame, counts: pd.DataFrame) -> Iterator[Problem]:
    units = frame["measure"].map(UNITS)
    yield from report(frame[frame["unit"] != units], FILE, "unit", lambda row: UNITS[row["measure"]])
    no_range = frame[["value_low", "value_high"]].isna().any(axis=1)
    yield from report(frame[frame["value"].isna() == no_range], FILE, "value", "a value, or a low and a high")
    yield from check_both_or_neither(frame, FILE, "denominator", "denominator_unit")
    yield from report(counts[counts["value"] % 1 != 0], FILE, "value", "a whole number of people")
    cells = counts[(counts[GROUPS] != "all").any(axis=1)]
    too_small = cells[cells["value"] < SMALLEST_CELL]
    yield from report(too_small, FILE, "value", f"{SMALLEST_CELL} or more; merge the cell or leave it out")


def _check_shares(frame: pd.DataFrame, counts: pd.DataFrame) -> Iterator[Problem]:
    """Check that a share is that of the count and denominator in the same document."""
    keys = [*PERIOD, *GROUPS, "source_id"]
    of_deaths = counts[counts["denominator_unit"] == "deaths"].set_index(keys)
    computed = (100 * of_deaths["value"] / of_deaths["denominator"]).rename("computed")
    shares = frame[frame["measure"] == "share_of_deaths"].join(computed, on=keys)
    # Shares are rounded to one decimal; 1e-9 is float noise.
    wrong = shares[(shares["computed"] - shares["value"]).abs() > 0.05 + 1e-9]
    yield from report(wrong, FILE, "value", lambda row: f"{row['computed']:.1f}, the share of the counts")


def _check_parts(counts: pd.DataFrame) -> Iterator[Problem]:
    """Check that sexes and ages make the total of their period."""
    for column, number in (("sex", 2), ("age_group", None)):
        keys = [name for name in [*KEY, "vintage_year"] if name != column]
        yield from check_sum(counts, FILE, keys, column, "value", parts=number)
        parts, totals = counts[counts[column] != "all"], counts[counts[column] == "all"]
        total = totals.groupby(keys, dropna=False)["value"].max().rename("total")
        yield from check_at_most(
            parts, FILE, "value", parts.join(total, on=keys)["total"], "the total of the period"
        )


def _check_causes(frame: pd.DataFrame) -> Iterator[Problem]:
    own = frame[frame["cause"].ne("all") & frame["population"].eq("north_korean_origin")]
    keys = [*PERIOD, "sex", "age_group", "source_id"]
    counts = own[own["measure"].eq("deaths") & own["denominator_unit"].eq("deaths")]
    causes = sum_groups(counts, [*keys, "denominator"], "value")
    # One to three causes need not be all of them; longer lists are complete.
    wrong = causes[(causes["parts"] > 3) & (causes["sum"] != causes["denominator"])]
    yield from report(wrong, FILE, "value", lambda row: f"causes that make {row['denominator']} deaths")
    shares = own[own["series"].eq("unclaimed_deaths") & own["measure"].eq("share_of_deaths")]
    causes = sum_groups(shares, keys, "value")
    # Three shares rounded to one decimal can miss 100 by 0.15.
    wrong = causes[(causes["sum"] - 100).abs() > 0.15 + 1e-9]
    yield from report(wrong, FILE, "value", "causes that make 100 percent")


def _check_spans(counts: pd.DataFrame) -> Iterator[Problem]:
    """Check that years inside a longer period do not exceed it, and make it where they cover it."""
    keys = ["series", "population", *GROUPS]
    running = counts[counts["period_start"].isna()].sort_values("period_end")
    falling = running[running.groupby(keys)["value"].diff() < 0]
    yield from report(falling, FILE, "value", "no less than the running total before it")
    dated = counts.assign(days=(counts["period_end"] - counts["period_start"]).dt.days + 1)
    years = dated[dated["days"] <= 366]
    for line, span in dated[dated["days"] > 366].iterrows():
        inside = years[
            (years[keys] == span[keys]).all(axis=1)
            & years["period_start"].ge(span["period_start"])
            & years["period_end"].le(span["period_end"])
            & years["vintage_year"].le(span["vintage_year"])
        ]
        # The newest vintage of each year, and no part of a year that is there as a whole.
        inside = inside.sort_values(
            ["period_start", "period_end", "vintage_year"], ascending=[True, False, False]
        )
        inside = inside[~(inside["period_end"] <= inside["period_end"].cummax().shift())]
        made, is_full = inside["value"].sum(), inside["days"].sum() == span["days"]
        if made > span["value"] or (is_full and made != span["value"]):
            expected = f"{'' if is_full else 'at least '}{made:g}, the sum of its years"
            yield Problem(FILE, int(str(line)), "value", f"{span['value']:g}", expected)


def clean(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return ``deaths``: one row per period, population, group and measure, in its last vintage."""
    frame = raw["deaths"].sort_values("vintage_year", kind="stable")
    return {"deaths": frame.drop_duplicates(KEY, keep="last").sort_index()}
