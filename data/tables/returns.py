"""People who went back to the North of their own will, and people who moved on elsewhere.

A confirmed return is one the Ministry of Unification counts, from North Korean media or after an
inquiry: a floor, and later releases raised earlier years, so every release is kept. The yearly
series starts in 2012. One return of 2000 or 2001 is known beside it; the years between are not
zero but unknown. What proves the table: the years of each release make the total it prints.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from data.checks import Problem, each_row, find_counts

RAW: tuple[str, ...] = ("returns", "returns_totals", "returnee_profile", "emigration")

FIRST_YEAR = 2012
"""First year of the unbroken yearly series; an earlier case is known, earlier years are not."""

YEARS = "data/raw/returns.csv"
TOTALS = "data/raw/returns_totals.csv"
PROFILE = "data/raw/returnee_profile.csv"
EMIGRATION = "data/raw/emigration.csv"
_CROSSED = "crossed_to_the_north"


def validate(raw: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Yield what a published total speaks against."""
    years, totals = raw["returns"], raw["returns_totals"]
    yield from _check_series(years)
    yield from _check_releases(years, totals)
    yield from _check_current_total(years, totals)
    yield from _check_crossings(totals)
    yield from _check_profile(raw["returnee_profile"], totals)
    yield from _check_emigration(raw["emigration"])


def _check_series(years: pd.DataFrame) -> Iterator[Problem]:
    latest = _pick_latest(years)
    expected = FIRST_YEAR
    for line, row in each_row(latest):
        if row["year"] != expected:
            wanted = f"{expected}, the year after the one before it; no year is left out, not even a zero"
            yield Problem(YEARS, line, "year", str(row["year"]), wanted)
        expected = row["year"] + 1
    for line, row in each_row(years):
        if row["basis"] != "printed" and row["returns_persons"] != 0:
            found = str(row["returns_persons"])
            yield Problem(YEARS, line, "returns_persons", found, f"0, since the basis is {row['basis']}")
        if row["year"] > row["vintage_date"].year:
            found = str(row["year"])
            wanted = f"{row['vintage_date'].year} or earlier, when it was published"
            yield Problem(YEARS, line, "year", found, wanted)


def _check_releases(years: pd.DataFrame, totals: pd.DataFrame) -> Iterator[Problem]:
    """Compare the years a document prints with the totals it prints, without any tolerance."""
    counts = totals[totals["measure"].eq("confirmed_returns")]
    for source, printed in years.groupby("source_id"):
        # A release that only says that nobody followed leaves its total to the releases before it.
        if printed["basis"].eq("said_in_words").all():
            continue
        own = counts[counts["source_id"].eq(source) & counts["role"].ne("other_count")]
        parts = own[own["role"].eq("part")]
        for line, total in each_row(own):
            since = -1 if pd.isna(total["since_year"]) else total["since_year"]
            until = 9999 if pd.isna(total["until_year"]) else total["until_year"]
            inside = printed[printed["year"].between(since, until)]
            found = int(inside["returns_persons"].sum())
            if total["role"] != "part":
                found += int(parts["persons"].sum())
            # Two years printed together have no years of their own in the same document.
            elif inside.empty:
                continue
            if found != total["persons"]:
                where = f"lines {printed.index[0]} to {printed.index[-1]} of {YEARS}"
                yield Problem(
                    TOTALS, line, "persons", str(total["persons"]), f"{found}, what the years on {where} make"
                )


def _check_current_total(years: pd.DataFrame, totals: pd.DataFrame) -> Iterator[Problem]:
    latest = _pick_latest(years)
    counts = totals[totals["measure"].eq("confirmed_returns")]
    current = counts[counts["role"].eq("current")]
    if len(current) != 1:
        line = int(counts.index[0]) if len(counts) else 1
        yield Problem(TOTALS, line, "role", f"{len(current)} current totals", "exactly one")
        return
    line, total = next(each_row(current))
    made = int(latest.loc[latest["year"].ge(total["since_year"]), "returns_persons"].sum())
    if made != total["persons"]:
        last = int(latest.index[-1])
        wanted = f"years that make the {total['persons']} on line {line} of {TOTALS}"
        yield Problem(YEARS, last, "returns_persons", f"{made} in all", wanted)
    same = counts[
        counts["role"].isin(["earlier", "current"])
        & counts["since_year"].eq(total["since_year"])
        & counts["until_year"].isna()
    ].sort_values("as_of_date", kind="stable")
    for here, row in each_row(same[same["persons"].diff() < 0]):
        found = str(row["persons"])
        yield Problem(TOTALS, here, "persons", found, "no less than the running total before it")


def _check_crossings(totals: pd.DataFrame) -> Iterator[Problem]:
    for _, rows in totals[totals["measure"].str.startswith(_CROSSED)].groupby("as_of_date"):
        by_measure = rows.set_index("measure")["persons"]
        parts = [f"{_CROSSED}_still_there", f"{_CROSSED}_came_back"]
        if {_CROSSED, *parts} <= set(by_measure.index):
            made = int(by_measure[parts].sum())
            if made != by_measure[_CROSSED]:
                line = int(rows.index[rows["measure"].eq(_CROSSED)][0])
                wanted = f"{made}, those still there and those who came back"
                yield Problem(TOTALS, line, "persons", str(by_measure[_CROSSED]), wanted)


def _check_profile(profile: pd.DataFrame, totals: pd.DataFrame) -> Iterator[Problem]:
    counts = totals[totals["measure"].eq("confirmed_returns")]
    for line, row in each_row(profile):
        bases = set(counts.loc[counts["as_of_date"].eq(row["as_of_date"]), "persons"])
        if bases and row["n_persons"] not in bases:
            wanted = f"{min(bases)}, the total published the same day"
            yield Problem(PROFILE, line, "n_persons", str(row["n_persons"]), wanted)
        if pd.isna(row["persons"]) and pd.isna(row["share_pct"]):
            yield Problem(PROFILE, line, "persons", "an empty cell", "a count or a share")
        if pd.notna(row["persons"]) and row["persons"] > row["n_persons"]:
            found = str(row["persons"])
            yield Problem(PROFILE, line, "persons", found, f"at most {row['n_persons']}, all who returned")
        if pd.notna(row["share_pct"]):
            decimals = len(f"{row['share_pct']:g}".partition(".")[2])
            possible = find_counts(row["share_pct"], row["n_persons"], decimals)
            if (pd.notna(row["persons"]) and row["persons"] not in possible) or not possible:
                wanted = f"a share that whole people of {row['n_persons']} make"
                yield Problem(PROFILE, line, "share_pct", f"{row['share_pct']:g}", wanted)
    groups = profile[profile["persons"].notna() & ~profile["category"].str.endswith("_as_printed")]
    for _, rows in groups.groupby(["as_of_date", "dimension"]):
        if rows["persons"].sum() > rows["n_persons"].iloc[0]:
            line, found = int(rows.index[-1]), f"{rows['persons'].sum()} in all groups"
            yield Problem(PROFILE, line, "persons", found, f"at most {rows['n_persons'].iloc[0]}")


def _check_emigration(emigration: pd.DataFrame) -> Iterator[Problem]:
    for _, rows in emigration.groupby(["measure", "period_end", "source_id"]):
        total, parts = rows[rows["destination"].eq("all")], rows[rows["destination"].ne("all")]
        if total.empty or parts.empty:
            continue
        line, printed = int(total.index[0]), int(total["persons"].iloc[0])
        made = int(parts["persons"].sum())
        # With a row for other destinations the list is complete; without one it can fall short.
        is_complete = parts["destination"].eq("other").any()
        if made > printed or (is_complete and made != printed):
            wanted = f"{'' if is_complete else 'at least '}{made}, what its destinations make"
            yield Problem(EMIGRATION, line, "persons", str(printed), wanted)


def _pick_latest(years: pd.DataFrame) -> pd.DataFrame:
    """Return, for each year of the series, the row published last; sorted by year."""
    series = years[years["year"].ge(FIRST_YEAR)].sort_values(["year", "vintage_date"], kind="stable")
    return series.drop_duplicates("year", keep="last")


def tidy(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables of returns and of onward movement."""
    latest = _pick_latest(raw["returns"])
    is_last = latest["year"].eq(latest["year"].max())
    returns = latest.assign(
        is_implied=latest["basis"].ne("printed"), covers_until=latest["covers_until"].where(is_last)
    )
    vintages = raw["returns"].assign(is_implied=raw["returns"]["basis"].ne("printed"))
    totals, profile = raw["returns_totals"], raw["returnee_profile"]
    emigration = raw["emigration"]
    return {
        "returns": _take(
            returns,
            [
                "year",
                "returns_persons",
                "is_implied",
                "covers_until",
                "vintage_date",
                "source_id",
                "certainty",
            ],
        ),
        "returns_vintages": _take(
            vintages,
            [
                "vintage_date",
                "date_precision",
                "year",
                "returns_persons",
                "is_implied",
                "source_id",
                "certainty",
            ],
        ),
        "returns_totals": totals[totals["role"].ne("misreported")].drop(columns="note"),
        "returnee_profile": profile[~profile["category"].str.endswith("_as_printed")].drop(columns="note"),
        "emigration": emigration.drop(columns="note"),
    }


def _take(frame: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    return frame[list(columns)].copy()
