"""Tables and words that several chapters use: entrants per year, profiles, answers to surveys."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd

from analysis import text
from analysis.models import rates

percent = partial(text.percent, places=1)


def total_by_year(entrants: pd.DataFrame) -> pd.DataFrame:
    """Return year, female, male, entrants_persons, share_female_pct and source_id, one row per year."""
    wide = entrants.pivot(index="year", columns="sex", values="entrants_persons")[["female", "male"]]
    wide["entrants_persons"] = wide["female"] + wide["male"]
    wide["share_female_pct"] = 100 * wide["female"] / wide["entrants_persons"]
    wide["source_id"] = entrants.groupby("year")["source_id"].first()
    return wide.reset_index().rename_axis(columns=None)


def sum_all_entrants(entrants: pd.DataFrame, bins: pd.DataFrame) -> pd.Series:
    """Return everyone who ever entered, by sex and together: the yearly series and the bins before it."""
    rows = pd.concat([entrants, bins[bins["role"] == "current"]])
    total = rows[rows["sex"] != "all"].groupby("sex")["entrants_persons"].sum().astype(int)
    return pd.concat([total, pd.Series({"all": total.sum()})])


def pick_profile(profiles: pd.DataFrame, dimension: str) -> pd.DataFrame:
    """Return the newest complete profile by sex of all entrants along one dimension."""
    full = profiles[
        (profiles["dimension"] == dimension)
        & profiles["population_basis"].str.startswith("entrants_to_date")
        & (profiles["category"] != "all")
        & profiles["persons"].notna()
    ]
    by_sex = full[full["sex"] == "female"]
    if by_sex.empty:
        raise ValueError(f"profiles: expected {dimension} with women and men, got none")
    return full[full["as_of_date"] == by_sex["as_of_date"].max()].reset_index(drop=True)


def _select_whole(results: pd.DataFrame) -> pd.DataFrame:
    return results[(results["sex"] == "all") & results["subgroup"].isna()]


def pick_levels(
    results: pd.DataFrame, indicator: str, survey: str = "khf", *, item: str = "", recall: str = ""
) -> pd.DataFrame:
    """Return one indicator of one survey, both sexes together, one row per population and year."""
    whole = _select_whole(results)
    chosen = whole[
        (whole["indicator"] == indicator)
        & (whole["survey"] == survey)
        & (whole["item"] == item if item else whole["item"].isna())
        & (whole["recall"] == recall if recall else True)
    ]
    if chosen.empty:
        raise ValueError(f"survey_results: expected an indicator that {survey} asks, got {indicator}")
    columns = ["year", "population", "value", "n", "era", "source_id"]
    return chosen[columns].sort_values(["population", "year"], ignore_index=True)


def compare_populations(
    results: pd.DataFrame, indicator: str, survey: str = "khf", *, item: str = ""
) -> pd.DataFrame:
    """Return both populations side by side in the years that have both, with the gap between them."""
    levels = pick_levels(results, indicator, survey, item=item)
    wide = levels.pivot_table(index=["year", "era"], columns="population", values="value").dropna()
    wide["gap"] = wide["north_korean_origin"] - wide["general_population"]
    return wide.reset_index().rename_axis(columns=None)


def pair_surveys(results: pd.DataFrame, first: str = "khf", second: str = "nkdb") -> pd.DataFrame:
    """Return what two surveys of the same people found in the same year, one row per indicator and year."""
    whole = _select_whole(results)
    whole = whole[(whole["population"] == "north_korean_origin") & whole["item"].isna()]
    keys = ["year", "indicator", "unit"]
    sides = [
        whole[whole["survey"] == survey][[*keys, "value", "n", "source_id"]].rename(
            columns={"value": side, "n": f"{side}_n", "source_id": f"source_{side}"}
        )
        for survey, side in ((first, "first"), (second, "second"))
    ]
    pairs = sides[0].merge(sides[1], on=keys)
    pairs["difference"] = pairs["second"] - pairs["first"]
    return pairs.sort_values(["indicator", "year"], ignore_index=True)


def list_eras(rounds: pd.DataFrame, survey: str = "khf") -> pd.DataFrame:
    """Return the designs of a survey in order: number, first (year of the first round) and last.

    Between two designs one year ends and the next begins; the newest design has no last year.
    """
    own = rounds[rounds["survey"] == survey]
    firsts = own.groupby("era")["year"].min().sort_values()
    return pd.DataFrame(
        {
            "number": range(1, len(firsts) + 1),
            "first": firsts.to_numpy(),
            "last": firsts.shift(-1).to_numpy() - 1,
        }
    )


def add_intervals(frame: pd.DataFrame, share: str, n: str) -> pd.DataFrame:
    """Return the frame with Wilson limits of a share in percent, where the number asked is known."""
    limits = []
    for value, asked in zip(frame[share], frame[n], strict=True):
        if pd.isna(asked):
            limits.append((float("nan"), float("nan")))
            continue
        interval = rates.estimate_share(round(value * asked / 100), int(asked))
        limits.append((100 * interval.low, 100 * interval.high))
    return frame.assign(low=[low for low, _ in limits], high=[high for _, high in limits])


def word_ends(key: str, rows: pd.DataFrame, form: Callable[[Any], str] = percent) -> dict[str, str]:
    """Return the first and the last value of a series with their years, and the word for the change."""
    first, last = rows.iloc[0], rows.iloc[-1]
    return {
        f"{key}_first": form(first["value"]),
        f"{key}_first_year": text.year(first["year"]),
        f"{key}_last": form(last["value"]),
        f"{key}_last_year": text.year(last["year"]),
        f"{key}_word": text.direction(last["value"], first["value"], same="stayed"),
    }
