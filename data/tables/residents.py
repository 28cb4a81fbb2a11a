"""Who lives in South Korea, where, and whose whereabouts are unknown. All figures are stocks.

Residents are fewer than entrants, some of whom have died or left again. The people without a valid
address are counted on one day; a press report of 2025 added up five such stocks as if they were
departures, which counts the same people several times.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from data.checks import (
    Problem,
    check_agreement,
    check_at_most,
    check_both_or_neither,
    check_sum,
    report,
    sum_groups,
)

RAW_TABLES = ("residents", "whereabouts", "entrants_cumulative")
RESIDENTS, WHEREABOUTS = (f"data/raw/{name}.csv" for name in RAW_TABLES[:2])
COUNT = "residents_persons"
REGIONS = 16  # provinces and cities of a complete list; Sejong is counted with South Chungcheong
PRESS_TOTAL_2025 = 2166  # the sum of five stocks of people abroad, 2021 to August 2025
# Dates whose source prints every region, and for which sexes.
COMPLETE = {
    "2005-05-31": ("all",),
    "2008-05-31": ("all",),
    "2024-06-30": ("all", "female", "male"),
    "2024-09-30": ("all", "female", "male"),
}


def check(raw: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Report figures that contradict a published total or each other."""
    residents, whereabouts, totals = (raw[name] for name in RAW_TABLES)
    yield from _check_counts(residents, totals)
    yield from _check_shares(residents)
    yield from _check_whereabouts(whereabouts)


def _check_counts(residents: pd.DataFrame, totals: pd.DataFrame) -> Iterator[Problem]:
    """Check that sexes and regions add up, lists are complete, and residents do not exceed entrants."""
    yield from check_sum(residents, RESIDENTS, ["as_of_date", "region", "source_id"], "sex", COUNT)
    listed = residents[residents["region"] != "capital_area"]
    keys = ["as_of_date", "source_id", "sex"]
    yield from check_sum(listed, RESIDENTS, keys, "region", COUNT, parts=REGIONS)
    exact = residents[residents["rounded_to_persons"].isna()]
    yield from check_agreement(exact, RESIDENTS, ["as_of_date", "region", "sex"], COUNT)

    regions = _select_regions(residents)
    for date, sexes in COMPLETE.items():
        for sex in sexes:
            rows = regions[(regions["as_of_date"] == date) & (regions["sex"] == sex)]
            if len(rows) != REGIONS:
                line = int((rows if len(rows) else residents).index[0])
                yield Problem(
                    RESIDENTS, line, "region", f"{len(rows)} regions", f"{REGIONS} on {date}, {sex}"
                )

    used = totals[totals["role"].isin(["current", "earlier"]) & (totals["sex"] == "all")]
    entered = used.drop_duplicates("as_of_date").set_index("as_of_date")["entrants_persons"]
    everyone = residents[residents["sex"] == "all"]
    limit = everyone["as_of_date"].map(entered)
    yield from check_at_most(everyone, RESIDENTS, COUNT, limit, "all who had entered by then")


def _select_regions(residents: pd.DataFrame) -> pd.DataFrame:
    return residents[~residents["region"].isin(["all", "capital_area"]) & residents[COUNT].notna()]


def _check_shares(residents: pd.DataFrame) -> Iterator[Problem]:
    """Check that shares say what they are a share of, and those of one list or one region add up."""
    share = residents["share_pct"]
    yield from report(
        residents[residents[COUNT].isna() & share.isna()], RESIDENTS, COUNT, "persons or a share"
    )
    yield from check_both_or_neither(residents, RESIDENTS, "share_pct", "share_of")
    shares = residents[share.notna() & (residents["region"] != "capital_area")]
    lists = sum_groups(shares[shares["share_of"] == "sex"], ["as_of_date", "source_id", "sex"], "share_pct")
    above = lists[lists["sum"] > 100 + 0.05 * lists["parts"]]  # each share is rounded to a tenth
    wanted = lambda row: f"shares that add up to 100 or less, not {row['sum']:g}"  # noqa: E731
    yield from report(above, RESIDENTS, "share_pct", wanted)
    of_region = shares[(shares["share_of"] == "region") & (shares["sex"] != "all")]
    pairs = sum_groups(of_region, ["as_of_date", "source_id", "region"], "share_pct")
    wrong = pairs[(pairs["parts"] == 2) & ((pairs["sum"] - 100).abs() > 0.1 + 1e-9)]
    wanted = lambda row: f"men and women that add up to 100, not {row['sum']:g}"  # noqa: E731
    yield from report(wrong, RESIDENTS, "share_pct", wanted)


def _check_whereabouts(whereabouts: pd.DataFrame) -> Iterator[Problem]:
    """Check that durations and categories fit their totals, and departures the total in the press."""
    keys = ["as_of_date", "category", "duration"]
    yield from check_agreement(whereabouts, WHEREABOUTS, keys, "persons")
    once = whereabouts.drop_duplicates(keys)
    missing = once[once["category"] == "not_located"]
    yield from check_sum(missing, WHEREABOUTS, ["as_of_date"], "duration", "persons", parts=None)
    overall = once[once["duration"] == "all"]
    unknown = overall["category"] == "residence_unknown"
    parts = overall[~unknown].groupby("as_of_date")["persons"].sum().rename("parts")
    totals = overall[unknown].join(parts, on="as_of_date")
    short = totals[totals["persons"] < totals["parts"]]
    yield from report(
        short, WHEREABOUTS, "persons", lambda row: f"{row['parts']}, the sum of its parts, or more"
    )
    flows = whereabouts[whereabouts["printed_as"] == "departures_in_year"]
    if len(flows) and flows["persons"].sum() != PRESS_TOTAL_2025:
        wanted = f"rows that add up to {PRESS_TOTAL_2025}, the total in the press"
        yield from report(flows[-1:], WHEREABOUTS, "persons", wanted)


def clean(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return one row per date, region and sex, and one per date, category and duration.

    An unpublished total is the sum of a complete list. An exact count comes before a rounded one of
    the same day, and a stock before the same figure printed as departures.
    """
    residents, whereabouts = (raw[name].drop(columns="note") for name in RAW_TABLES[:2])
    lists = _select_regions(residents).groupby(["as_of_date", "source_id", "sex"], as_index=False)
    sums = lists.agg(**{COUNT: (COUNT, "sum"), "n": (COUNT, "size"), "certainty": ("certainty", "first")})
    sums = sums[sums["n"] == REGIONS].drop(columns="n").assign(region="all", method="computed")
    rows = pd.concat([residents.assign(method="reported"), sums], ignore_index=True)
    rows["is_computed"], rows["is_rounded"] = rows["method"] == "computed", rows["rounded_to_persons"].notna()
    rows = rows.sort_values(["is_computed", "is_rounded", "source_id"], kind="stable")
    rows = rows.drop_duplicates(["as_of_date", "region", "sex"]).drop(columns=["is_computed", "is_rounded"])
    stocks = whereabouts.assign(is_flow=whereabouts["printed_as"] != "stock")
    stocks = stocks.sort_values(["is_flow", "source_id"], kind="stable").drop(columns="is_flow")
    return {
        "residents": rows,
        "whereabouts": stocks.drop_duplicates(["as_of_date", "category", "duration"]),
    }
