"""Summaries of who entered the South, for the index and the chapters; nothing here is a model."""

from __future__ import annotations

import pandas as pd


def total_by_year(entrants: pd.DataFrame) -> pd.DataFrame:
    """Return entrants a year, by sex and together, with the share of women."""
    wide = entrants.pivot(index="year", columns="sex", values="entrants_persons")
    wide["entrants_persons"] = wide["female"] + wide["male"]
    wide["share_female_pct"] = 100 * wide["female"] / wide["entrants_persons"]
    wide["source_id"] = entrants.groupby("year")["source_id"].first()
    columns = ["year", "female", "male", "entrants_persons", "share_female_pct", "source_id"]
    return wide.reset_index().rename_axis(columns=None)[columns]


def sum_all_entrants(entrants: pd.DataFrame, bins: pd.DataFrame) -> pd.Series:
    """Return everybody who ever entered, by sex: the yearly series and the two bins before it."""
    early = bins[bins["role"] == "current"].groupby("sex")["entrants_persons"].sum()
    late = entrants.groupby("sex")["entrants_persons"].sum()
    total = {sex: int(early[sex] + late[sex]) for sex in ("female", "male")}
    return pd.Series(total | {"all": sum(total.values())}, name="entrants_persons")


def count_recent_women(entrants: pd.DataFrame, years: int = 3) -> float:
    """Return the share of women, in percent, among the entrants of the last years together."""
    recent = total_by_year(entrants).tail(years)
    return float(100 * recent["female"].sum() / recent["entrants_persons"].sum())


def summarise_revisions(vintages: pd.DataFrame) -> pd.DataFrame:
    """Return how the figure for each year moved between releases."""
    dated = vintages[
        (vintages["sex"] == "all")
        & vintages["role"].isin(["current", "earlier", "press"])
        & (vintages["vintage"] != "undated")
        & (vintages["year"] >= 2002)
    ].sort_values(["year", "vintage"], kind="stable")
    rows = []
    for year, group in dated.groupby("year"):
        values = group["entrants_persons"]
        current = int(values[group["role"] == "current"].iloc[0])
        rows.append(
            {
                "year": int(str(year)),
                "releases": len(group),
                "values": values.nunique(),
                "first_persons": int(values.iloc[0]),
                "lowest_persons": int(values.min()),
                "highest_persons": int(values.max()),
                "current_persons": current,
                "change_pct": 100 * (current / int(values.iloc[0]) - 1),
                "spread_persons": int(values.max() - values.min()),
            }
        )
    return pd.DataFrame([row for row in rows if row["releases"] > 1])


def pick_profile(profiles: pd.DataFrame, dimension: str) -> pd.DataFrame:
    """Return the newest complete profile of all entrants along one dimension."""
    full = profiles[
        (profiles["dimension"] == dimension)
        & profiles["population_basis"].str.startswith("entrants_to_date")
        & (profiles["category"] != "all")
        & profiles["persons"].notna()
    ]
    by_sex = full[full["sex"] == "female"]
    if by_sex.empty:
        raise ValueError(f"profiles: no {dimension} by sex; expected a cut-off with women and men")
    return full[full["as_of_date"] == by_sex["as_of_date"].max()].reset_index(drop=True)
