"""Who lives in South Korea, where, and whose whereabouts are unknown. All of them stocks.

Residents are fewer than entrants, of whom some have died or left again. The people whose
registered address fails are counted on a day; a press report of 2025 added five such stocks up as
if they were departures, which counts the same people several times.
"""

from __future__ import annotations

import pandas as pd

from data.checks import Problem, check_sexes, group_rows, show_key

RAW = ("residents", "whereabouts", "entrants_cumulative")

RESIDENTS = "data/raw/residents.csv"
WHEREABOUTS = "data/raw/whereabouts.csv"
N = "residents_persons"

REGIONS = 16
"""Provinces and cities of a complete list; Sejong is counted with South Chungcheong."""

COMPLETE = {
    "2005-05-31": ("all",),
    "2008-05-31": ("all",),
    "2024-06-30": ("all", "female", "male"),
    "2024-09-30": ("all", "female", "male"),
}
"""Dates whose source prints every region, and for which sexes."""

ADDED_UP = 2166
"""What the press made of five stocks of people abroad, 2021 to August 2025."""


def validate(raw: dict[str, pd.DataFrame]) -> list[Problem]:
    """Return everything about residents and whereabouts that a printed total speaks against."""
    residents, whereabouts, cumulative = (raw[name] for name in RAW)
    return [
        *check_sexes(residents, RESIDENTS, ["as_of_date", "region", "source_id"], N),
        *_check_cells(residents),
        *_check_regions(residents, cumulative),
        *_check_shares(residents),
        *_check_readings(residents, RESIDENTS, ["as_of_date", "region", "sex"], N),
        *_check_readings(whereabouts, WHEREABOUTS, ["as_of_date", "category", "duration"], "persons"),
        *_check_parts(whereabouts),
    ]


def _check_cells(residents: pd.DataFrame) -> list[Problem]:
    faults = []
    for line, row in residents.iterrows():
        if pd.isna(row[N]) and pd.isna(row["share_pct"]):
            faults.append(
                Problem(RESIDENTS, int(str(line)), N, "neither persons nor a share", "one of the two")
            )
        if pd.isna(row["share_pct"]) != pd.isna(row["share_of"]):
            found = "a share of nothing" if pd.isna(row["share_of"]) else "no share"
            faults.append(
                Problem(RESIDENTS, int(str(line)), "share_of", found, "a value where there is a share, only")
            )
    return faults


def _sum_regions(residents: pd.DataFrame) -> pd.DataFrame:
    """Return the sum of each complete list of regions, one row a date, source and sex."""
    regions = residents[~residents["region"].isin(["all", "capital_area"]) & residents[N].notna()]
    keys = ["as_of_date", "source_id", "sex"]
    sums = regions.groupby(keys).agg(
        **{N: (N, "sum"), "regions": (N, "size"), "certainty": ("certainty", "first")}
    )
    return sums[sums["regions"] == REGIONS].drop(columns="regions").reset_index()


def _check_regions(residents: pd.DataFrame, cumulative: pd.DataFrame) -> list[Problem]:
    """Regions make the printed total, a total has all its regions, and nobody lives here who never came."""
    faults = []
    sums = {
        (r.as_of_date, r.source_id, r.sex): int(getattr(r, N)) for r in _sum_regions(residents).itertuples()
    }
    listed = residents[~residents["region"].isin(["all", "capital_area"]) & residents[N].notna()]
    for date, sexes in COMPLETE.items():
        for sex in sexes:
            rows = listed[(listed["as_of_date"] == date) & (listed["sex"] == sex)]
            if len(rows) != REGIONS:
                line = int(rows.index[0]) if len(rows) else 2
                found = f"{len(rows)} regions for {date}, {sex}"
                faults.append(
                    Problem(RESIDENTS, line, "region", found, f"{REGIONS} regions, which the source prints")
                )
    used = cumulative[cumulative["role"].isin(["current", "earlier"]) & (cumulative["sex"] == "all")]
    entered = dict(zip(used["as_of_date"], used["entrants_persons"], strict=True))
    for at, row in residents[(residents["region"] == "all") & residents[N].notna()].iterrows():
        key, printed = (row["as_of_date"], row["source_id"], row["sex"]), int(row[N])
        if key in sums and sums[key] != printed:
            expected = f"{sums[key]}, which the {REGIONS} regions make for {show_key(key)}"
            faults.append(Problem(RESIDENTS, int(str(at)), N, str(printed), expected))
    for at, row in residents[(residents["sex"] == "all") & residents[N].notna()].iterrows():
        most = entered.get(row["as_of_date"])
        if most is not None and row[N] > most:
            expected = f"{most} or less, everybody who had entered by then"
            faults.append(Problem(RESIDENTS, int(str(at)), N, str(row[N]), expected))
    return faults


def _check_shares(residents: pd.DataFrame) -> list[Problem]:
    """Shares of one list make at most the whole, and men and women make all of a region."""
    faults = []
    shares = residents[residents["share_pct"].notna() & (residents["region"] != "capital_area")]
    for key, rows in group_rows(shares[shares["share_of"] == "sex"], ["as_of_date", "source_id", "sex"]):
        # Each share may be rounded up by half a tenth.
        total, most = float(rows["share_pct"].sum()), 100 + 0.05 * len(rows)
        if total > most:
            found = f"shares that make {total:g} for {show_key(key)}"
            faults.append(Problem(RESIDENTS, int(rows.index[-1]), "share_pct", found, f"{most:g} or less"))
    for key, rows in group_rows(
        shares[shares["share_of"] == "region"], ["as_of_date", "source_id", "region"]
    ):
        total = float(rows["share_pct"].sum())
        if set(rows["sex"]) == {"male", "female"} and abs(total - 100) > 0.1 + 1e-9:
            found = f"men and women that make {total:g} for {show_key(key)}"
            faults.append(Problem(RESIDENTS, int(rows.index[-1]), "share_pct", found, "100 within 0.1"))
    return faults


def _check_readings(frame: pd.DataFrame, file: str, keys: list[str], column: str) -> list[Problem]:
    """Two sources that print the same count agree, or one of them is rounded."""
    faults = []
    exact = frame[frame[column].notna()]
    if "rounded_to_persons" in frame:
        exact = exact[exact["rounded_to_persons"].isna()]
    for key, rows in group_rows(exact, keys):
        first = int(rows[column].iloc[0])
        for line, value in rows[column].iloc[1:].items():
            if value != first:
                expected = f"{first} as on line {rows.index[0]} for {show_key(key)}"
                faults.append(Problem(file, int(str(line)), column, str(value), expected))
    return faults


def _check_parts(whereabouts: pd.DataFrame) -> list[Problem]:
    """Parts do not exceed their total; durations make it; the stocks make the sum the press printed."""
    faults = []
    once = whereabouts.drop_duplicates(["as_of_date", "category", "duration"])
    for date, rows in once.groupby("as_of_date"):
        overall = rows[rows["duration"] == "all"]
        total = overall[overall["category"] == "residence_unknown"]
        parts = overall[overall["category"] != "residence_unknown"]
        if len(total) and parts["persons"].sum() > total["persons"].iloc[0]:
            found = f"{total['persons'].iloc[0]}"
            expected = f"{parts['persons'].sum()} or more, which its parts make on {date:%Y-%m-%d}"
            faults.append(Problem(WHEREABOUTS, int(total.index[0]), "persons", found, expected))
        lasting = rows[rows["duration"] != "all"]
        whole = parts[parts["category"] == "not_located"]
        if len(lasting) and len(whole) and lasting["persons"].sum() != whole["persons"].iloc[0]:
            expected = f"{lasting['persons'].sum()}, which the durations make on {date:%Y-%m-%d}"
            faults.append(
                Problem(WHEREABOUTS, int(whole.index[0]), "persons", str(whole["persons"].iloc[0]), expected)
            )
    flows = whereabouts[whereabouts["printed_as"] == "departures_in_year"]
    if len(flows) and flows["persons"].sum() != ADDED_UP:
        found = f"{flows['persons'].sum()} in the {len(flows)} rows printed as departures"
        expected = f"{ADDED_UP}, which the report that added them up printed"
        faults.append(Problem(WHEREABOUTS, int(flows.index[-1]), "persons", found, expected))
    return faults


def tidy(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the clean tables ``residents`` and ``whereabouts``; the input is left as it was.

    ``residents`` has one row a date, region and sex, with the total of a complete list computed
    where no total is printed. ``whereabouts`` has one row a date, category and duration; a figure
    printed both as a stock and as departures is kept as the stock.
    """
    residents, whereabouts = raw["residents"], raw["whereabouts"]
    sums = _sum_regions(residents).assign(region="all", method="computed")
    have = residents.loc[residents["region"] == "all", ["as_of_date", "sex"]].apply(tuple, axis=1)
    sums = sums[~sums[["as_of_date", "sex"]].apply(tuple, axis=1).isin(have)]
    both = pd.concat([residents.drop(columns="note").assign(method="reported"), sums], ignore_index=True)
    # A count to the person comes before a rounded one of the same day.
    both = both.assign(_rounded=both["rounded_to_persons"].notna()).sort_values(
        ["_rounded", "source_id"], kind="stable"
    )
    both = both.drop(columns="_rounded").drop_duplicates(["as_of_date", "region", "sex"])
    stocks = whereabouts.assign(_flow=whereabouts["printed_as"] != "stock")
    stocks = stocks.sort_values(["_flow", "source_id"], kind="stable").drop(columns=["_flow", "note"])
    return {
        "residents": both,
        "whereabouts": stocks.drop_duplicates(["as_of_date", "category", "duration"]),
    }
