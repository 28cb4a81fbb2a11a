"""Summaries of women and men among entrants: shares by year, group and span; nothing here is a model."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis import text
from analysis.arrivals import pick_profile, total_by_year
from analysis.models.rates import estimate_share

EXPLANATIONS = {
    "market_work": "Women trade in markets, and trade leads to China",
    "tied_to_workplace": "Men are bound to a workplace or organisation, women less",
    "military_service": "Men serve in the military for years",
    "less_watched": "Women are held in lower esteem, so less closely watched",
    "living_in_hiding": "Women find work and cover in China more easily",
    "demand_for_brides": "Demand in China for wives, and a sex trade",
}
"""The explanations of the table ``explanations``, in words, home first and then abroad."""

PROVINCES = {
    "north_hamgyong": "North Hamgyong",
    "ryanggang": "Ryanggang",
    "south_hamgyong": "South Hamgyong",
    "jagang": "Jagang",
    "kangwon": "Kangwon",
    "north_hwanghae": "North Hwanghae",
    "south_pyongan": "South Pyongan",
    "north_pyongan": "North Pyongan",
    "nampo": "Nampo",
    "south_hwanghae": "South Hwanghae",
    "pyongyang": "Pyongyang",
}
AGES = {
    "age_0_9": "0–9",
    "age_10_19": "10–19",
    "age_20_29": "20–29",
    "age_30_39": "30–39",
    "age_40_49": "40–49",
    "age_50_59": "50–59",
    "age_60_plus": "60 and over",
}
WORK = {
    "service": "service",
    "unemployed_or_dependent": "no paid work",
    "arts_and_sports": "arts, sports",
    "worker": "worker",
    "professional": "professional",
    "not_applicable_children": "child",
    "management": "management",
    "military": "military",
}
SCHOOLING = {
    "preschool": "below school age",
    "kindergarten": "kindergarten",
    "primary": "primary",
    "secondary": "secondary",
    "junior_college": "junior college",
    "university_or_above": "university or above",
    "none": "none",
    "other_or_unknown": "other or not known",
}
"""Words for the groups of the table ``profiles``."""

LEVEL = 0.95


def _add_shares(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with the share of women and its Wilson limits, in percent."""
    found = [
        estimate_share(women, n, level=LEVEL) for women, n in zip(frame["female"], frame["n"], strict=True)
    ]
    return frame.assign(
        share_pct=[100 * f.value for f in found],
        ci_low=[100 * f.low for f in found],
        ci_high=[100 * f.high for f in found],
    )


def share_by_year(entrants: pd.DataFrame) -> pd.DataFrame:
    """Return the share of women among the entrants of each year, with a Wilson interval."""
    years = total_by_year(entrants).rename(columns={"entrants_persons": "n"})
    years["women_per_man"] = years["female"] / years["male"].where(years["male"] > 0)
    columns = ["year", "female", "male", "n", "share_pct", "ci_low", "ci_high", "women_per_man", "source_id"]
    return _add_shares(years)[columns]


def share_in_bins(bins: pd.DataFrame) -> pd.DataFrame:
    """Return the share of women in the spans before the yearly series."""
    current = bins[(bins["role"] == "current") & (bins["sex"] != "all")]
    wide = current.pivot(index="period_end", columns="sex", values="entrants_persons").sort_index()
    starts = current.groupby("period_end")["period_start"].first()
    spans = pd.DataFrame(
        {
            "first_year": starts.dt.year.astype("Int64"),
            "last_year": pd.DatetimeIndex(wide.index).year,
            "female": wide["female"],
            "male": wide["male"],
            "n": wide["female"] + wide["male"],
            "source_id": current.groupby("period_end")["source_id"].first(),
        }
    ).reset_index(drop=True)
    columns = [
        "first_year",
        "last_year",
        "female",
        "male",
        "n",
        "share_pct",
        "ci_low",
        "ci_high",
        "source_id",
    ]
    return _add_shares(spans)[columns]


def find_first_year(years: pd.DataFrame, women_per_man: float) -> int:
    """Return the first year in which there were at least so many women for each man."""
    reached = years.loc[years["women_per_man"] >= women_per_man, "year"]
    if reached.empty:
        raise ValueError(f"women_per_man: found no year with {women_per_man:g}, expected one")
    return int(reached.min())


def word_ratio(women: int, men: int) -> str:
    """Return two numbers of people as a ratio in words, the larger side first: ``7.9 women for each man``."""
    if not women or not men:
        return "women alone" if women else "men alone"
    if women < men:
        return f"{text.decimal(men / women)} men for each woman"
    return f"{text.decimal(women / men)} women for each man"


def share_by_group(profiles: pd.DataFrame, dimension: str) -> pd.DataFrame:
    """Return the share of women in each group of the newest profile by sex."""
    rows = pick_profile(profiles, dimension)
    wide = rows[rows["sex"] != "all"].pivot(index="category", columns="sex", values="persons")
    groups = pd.DataFrame(
        {
            "group": wide.index,
            "female": wide["female"].to_numpy(),
            "male": wide["male"].to_numpy(),
            "n": (wide["female"] + wide["male"]).to_numpy(),
            "source_id": rows["source_id"].iloc[0],
        }
    )
    columns = ["group", "female", "male", "n", "share_pct", "ci_low", "ci_high", "source_id"]
    return _add_shares(groups).sort_values("share_pct")[columns].reset_index(drop=True)


def name_groups(shares: pd.DataFrame, labels: Mapping[str, str], by: str) -> pd.DataFrame:
    """Return the groups of a model in the order of their labels, in words and with men counted."""
    order = {group: place for place, group in enumerate(labels)}
    ordered = shares.sort_values("group", key=lambda column: column.map(order))
    words = [labels[group] for group in ordered["group"]]
    return ordered.assign(words=words, men=ordered["n"] - ordered["events"], by=by).reset_index(drop=True)


def sum_refugees_by_sex(unhcr: pd.DataFrame) -> pd.Series:
    """Return refugees outside South Korea by sex, over the cells printed for women and for men alike.

    UNHCR leaves out cells of five and fewer, so a country can show one sex alone; such a cell would
    tilt the share and is left out here too.
    """
    stock = unhcr[unhcr["measure"] == "refugees"]
    by_sex = stock[stock["sex"] != "all"]
    year = by_sex["year"].max()
    cells = by_sex[by_sex["year"] == year].pivot(
        index=["country", "age_group"], columns="sex", values="value"
    )
    cells = cells.dropna()
    world = stock[(stock["year"] == year) & stock["is_world_total"] & (stock["sex"] == "all")]
    return pd.Series(
        {
            "year": int(year),
            "female": int(cells["female"].sum()),
            "male": int(cells["male"].sum()),
            "countries": int(cells.index.get_level_values("country").nunique()),
            "all": int(world["value"].iloc[0]),
        }
    )


def list_explanations(explanations: pd.DataFrame) -> pd.DataFrame:
    """Return each explanation offered for the share of women, with those who offered it."""
    rows = []
    for code, group in explanations.groupby("explanation"):
        voices = []
        for name, said in group.groupby("offered_by"):
            years = [str(y) for y in sorted(said["offered_year"].dropna().unique())] or ["undated"]
            voices.append(f"{name} ({', '.join(years)})")
        rows.append((EXPLANATIONS[str(code)], "; ".join(voices), len(voices)))
    frame = pd.DataFrame(rows, columns=["words", "offered_by", "voices"])
    return frame.sort_values(["voices", "words"], ascending=[False, True]).reset_index(drop=True)


def arrange_surveys(shares: pd.DataFrame) -> pd.DataFrame:
    """Return the surveys that asked about trafficking, each people once, lowest share first.

    Where a survey prints women apart from everybody, women alone are kept.
    """
    women = set(shares.loc[shares["sex"] == "female", "study_id"])
    kept = shares[(shares["sex"] != "all") | ~shares["study_id"].isin(women)]
    kept = kept.sort_values("share_computed_pct").reset_index(drop=True)
    when = ["undated" if pd.isna(y) else str(int(y)) for y in kept["year_end"]]
    who = ["women" if s == "female" else "people" for s in kept["sex"]]
    where = kept["country"].map({"South Korea": "South", "China": "China"}).fillna("several")
    label = [
        f"{text.count(n)} {w}, {place}, {y}"
        for n, w, place, y in zip(kept["n"], who, where, when, strict=True)
    ]
    return kept.assign(
        label=label,
        chosen=kept["sampling"].str.replace("_", " "),
        interval=[
            text.interval(low, high, places=1)
            for low, high in zip(kept["ci_low"], kept["ci_high"], strict=True)
        ],
        is_exact=kept["n_status"] != "unclear",
    )


def list_statements(trafficking: pd.DataFrame) -> pd.DataFrame:
    """Return the figures on trafficking that were said without the number of people behind them."""
    said = trafficking[
        (trafficking["method"] == "ngo_estimate")
        & trafficking["n"].isna()
        & (trafficking["base"] == "not_stated")
    ]
    said = said.sort_values("year_end").reset_index(drop=True)
    printed = []
    for share, low, high in zip(said["share_pct"], said["low_pct"], said["high_pct"], strict=True):
        if pd.notna(share):
            printed.append(text.percent(share))
        elif pd.notna(high):
            printed.append(text.interval(low, high, unit="%"))
        else:
            printed.append(f"more than {text.percent(low)}")
    return pd.DataFrame(
        {
            "year": said["year_end"],
            "definition": said["definition"],
            "printed": printed,
            "source_id": said["source_id"],
        }
    )
