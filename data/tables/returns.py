"""People who went back to North Korea of their own will, and people who moved on elsewhere.

A confirmed return is one the Ministry of Unification counts, from North Korean media or after an
inquiry: a minimum. Later releases raised earlier years, so every release is kept. The yearly series
starts in 2012. One return of 2000 or 2001 is known as well; the years between are unknown, not zero.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from data.checks import (
    Problem,
    check_at_most,
    check_consecutive,
    check_sum,
    count_decimals,
    find_counts,
    report,
    sum_groups,
)

RAW_TABLES = ("returns", "returns_totals", "returnee_profile", "emigration")
YEARS, TOTALS, PROFILE, EMIGRATION = (f"data/raw/{name}.csv" for name in RAW_TABLES)

FIRST_YEAR = 2012  # of the unbroken yearly series
CROSSED = "crossed_to_the_north"


def check(raw: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Yield figures that contradict a published total, and years left out."""
    years, totals, profile, emigration = (raw[name] for name in RAW_TABLES)
    counts = totals[totals["measure"] == "confirmed_returns"]
    yield from _check_series(years)
    yield from _check_releases(years, counts[counts["role"] != "other_count"])
    yield from _check_current_total(years, counts)
    crossings = totals[totals["measure"].isin([CROSSED, f"{CROSSED}_still_there", f"{CROSSED}_came_back"])]
    yield from check_sum(crossings, TOTALS, ["as_of_date"], "measure", "persons", whole=CROSSED)
    yield from _check_profile(profile, counts)
    yield from _check_emigration(emigration)


def _take_latest(years: pd.DataFrame) -> pd.DataFrame:
    """Return, for each year of the series, the row published last; sorted by year."""
    series = years[years["year"] >= FIRST_YEAR].sort_values(["year", "vintage_date"], kind="stable")
    return series.drop_duplicates("year", keep="last")


def _check_series(years: pd.DataFrame) -> Iterator[Problem]:
    yield from check_consecutive(_take_latest(years), YEARS, "year", FIRST_YEAR)
    inferred = years[years["basis"].ne("printed") & years["returns_persons"].ne(0)]
    yield from report(inferred, YEARS, "returns_persons", lambda row: f"0, since the basis is {row['basis']}")
    early = years[years["year"] > years["vintage_date"].dt.year]
    yield from report(early, YEARS, "year", lambda row: f"no year after the release of {row['vintage_date']}")


def _check_releases(years: pd.DataFrame, counts: pd.DataFrame) -> Iterator[Problem]:
    """Check that the years in a document make the totals in it exactly."""
    # A release that prints only zeros repeats the previous total.
    is_said = years["basis"].eq("said_in_words").groupby(years["source_id"]).transform("all")
    years = years[~is_said]
    counts = counts[counts["source_id"].isin(years["source_id"])]
    pairs = counts.reset_index().merge(years[["source_id", "year", "returns_persons"]], on="source_id")
    inside = pairs["year"].between(pairs["since_year"].fillna(0), pairs["until_year"].fillna(9999))
    made = pairs[inside].groupby("line")["returns_persons"].sum().reindex(counts.index)
    # Two years printed together ("part") count towards the total; they may have no years of their own.
    is_part = counts["role"] == "part"
    parts = counts[is_part].groupby("source_id")["persons"].sum()
    made = made.where(is_part, made.fillna(0) + counts["source_id"].map(parts).fillna(0))
    # A total without a first year also counts the years before 2012, which have no rows of their own.
    is_open = counts["since_year"].isna() & made.le(counts["persons"])
    wrong = counts.assign(made=made)[made.notna() & made.ne(counts["persons"]) & ~is_open]
    yield from report(wrong, TOTALS, "persons", lambda row: f"{row['made']:.0f}, the sum of its years")


def _check_current_total(years: pd.DataFrame, counts: pd.DataFrame) -> Iterator[Problem]:
    current = counts[counts["role"] == "current"]
    if len(current) != 1:
        line = int(counts.index[0]) if len(counts) else 1
        yield Problem(TOTALS, line, "role", f"{len(current)} current totals", "exactly one")
        return
    since, persons = current[["since_year", "persons"]].iloc[0]
    latest = _take_latest(years)
    made = latest.loc[latest["year"] >= since, "returns_persons"].sum()
    if made != persons:
        yield from report(current, TOTALS, "persons", f"{made}, the sum of the newest release of each year")
    same = counts[
        counts["role"].isin(["earlier", "current"])
        & counts["since_year"].eq(since)
        & counts["until_year"].isna()
    ].sort_values("as_of_date", kind="stable")
    falling = same[same["persons"].diff() < 0]
    yield from report(falling, TOTALS, "persons", "no less than the running total before it")


def _check_profile(profile: pd.DataFrame, counts: pd.DataFrame) -> Iterator[Problem]:
    bases = counts.groupby("as_of_date")["persons"].agg(set)
    published = profile["as_of_date"].map(bases)
    other = [
        isinstance(base, set) and n not in base
        for base, n in zip(published, profile["n_persons"], strict=True)
    ]
    yield from report(profile.loc[other], PROFILE, "n_persons", "the total published the same day")
    empty = profile[profile["persons"].isna() & profile["share_pct"].isna()]
    yield from report(empty, PROFILE, "persons", "a count or a share")
    yield from check_at_most(profile, PROFILE, "persons", profile["n_persons"], "all who returned")
    for line, row in profile[profile["share_pct"].notna()].iterrows():
        possible = find_counts(row["share_pct"], row["n_persons"], count_decimals(row["share_pct"]))
        if not possible or (pd.notna(row["persons"]) and row["persons"] not in possible):
            expected = f"a share that whole people of {row['n_persons']} make"
            yield Problem(PROFILE, int(str(line)), "share_pct", f"{row['share_pct']:g}", expected)
    groups = profile[profile["persons"].notna() & ~profile["category"].str.endswith("_as_printed")]
    sums = sum_groups(groups, ["as_of_date", "dimension"], "persons")
    too_many = sums[sums["sum"] > sums["n_persons"]]
    yield from report(
        too_many, PROFILE, "persons", lambda row: f"groups that make {row['n_persons']} at most"
    )


def _check_emigration(emigration: pd.DataFrame) -> Iterator[Problem]:
    """Check that destinations with "other" make their total, and that others do not exceed it."""
    keys = ["measure", "period_end", "source_id"]
    places = emigration.assign(is_complete=emigration["destination"] == "other")
    sums = places[places["destination"] != "all"].groupby(keys).agg(
        made=("persons", "sum"), is_complete=("is_complete", "any")
    )  # fmt: skip
    totals = emigration[emigration["destination"] == "all"].join(sums, on=keys, how="inner")
    wrong = (totals["made"] > totals["persons"]) | (
        totals["is_complete"] & totals["made"].ne(totals["persons"])
    )
    yield from report(totals[wrong], EMIGRATION, "persons", lambda row: f"{row['made']}, its destinations")


def clean(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return ``returns`` (one row per year, newest release), ``returns_vintages`` and the other tables."""
    years, totals, profile, emigration = (raw[name] for name in RAW_TABLES)
    vintages = years.assign(is_implied=years["basis"] != "printed").drop(columns=["basis", "note"])
    latest = _take_latest(vintages)
    is_last = latest["year"] == latest["year"].max()
    latest = latest.assign(covers_until=latest["covers_until"].where(is_last))
    return {
        "returns": latest.drop(columns="date_precision"),
        "returns_vintages": vintages.drop(columns="covers_until"),
        "returns_totals": totals[totals["role"] != "misreported"].drop(columns="note"),
        "returnee_profile": profile[~profile["category"].str.endswith("_as_printed")].drop(columns="note"),
        "emigration": emigration.drop(columns="note"),
    }
