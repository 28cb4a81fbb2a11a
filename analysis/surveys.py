"""Comparisons of survey answers: between populations, sexes, surveys of one year, and designs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pandas as pd

from analysis import text
from analysis.models import rates

_percent = partial(text.percent, places=1)


def pick_levels(
    results: pd.DataFrame, indicator: str, survey: str = "khf", *, item: str = "", recall: str = ""
) -> pd.DataFrame:
    """Return one indicator of one survey for everybody, both populations, one row a year."""
    chosen = results[
        (results["indicator"] == indicator)
        & (results["survey"] == survey)
        & (results["sex"] == "all")
        & results["subgroup"].isna()
        & (results["item"] == item if item else results["item"].isna())
    ]
    if recall:
        chosen = chosen[chosen["recall"] == recall]
    if chosen.empty:
        raise ValueError(f"survey_results: no {indicator} in survey {survey}; expected an indicator it asks")
    columns = ["year", "population", "value", "n", "era", "source_id"]
    return chosen[columns].sort_values(["population", "year"]).reset_index(drop=True)


def compare_populations(
    results: pd.DataFrame, indicator: str, survey: str = "khf", *, item: str = ""
) -> pd.DataFrame:
    """Return both populations side by side in the years that have both, with the gap between them."""
    levels = pick_levels(results, indicator, survey, item=item)
    wide = levels.pivot_table(index=["year", "era"], columns="population", values="value").dropna()
    wide["gap"] = wide["north_korean_origin"] - wide["general_population"]
    return wide.reset_index().rename_axis(columns=None)


def pair_surveys(results: pd.DataFrame, first: str = "khf", second: str = "nkdb") -> pd.DataFrame:
    """Return what two surveys of the same people said in the same year."""
    whole = results[
        (results["population"] == "north_korean_origin")
        & (results["sex"] == "all")
        & results["subgroup"].isna()
        & results["item"].isna()
    ]
    keys, columns = ["year", "indicator", "unit"], ["value", "n", "source_id"]
    pairs = whole[whole["survey"] == first][keys + columns].merge(
        whole[whole["survey"] == second][keys + columns], on=keys, suffixes=("_a", "_b")
    )
    pairs = pairs.rename(
        columns={
            "value_a": "first",
            "value_b": "second",
            "n_a": "first_n",
            "n_b": "second_n",
            "source_id_a": "source_first",
            "source_id_b": "source_second",
        }
    )
    pairs["difference"] = pairs["second"] - pairs["first"]
    return pairs.sort_values(["indicator", "year"]).reset_index(drop=True)


def add_intervals(frame: pd.DataFrame, share: str, n: str) -> pd.DataFrame:
    """Return the frame with Wilson limits of a share in percent, where the number asked is known."""
    limits = []
    for value, asked in zip(frame[share], frame[n], strict=True):
        if pd.isna(asked):
            limits.append((float("nan"), float("nan")))
            continue
        interval = rates.estimate_share(round(value * asked / 100), int(asked))
        limits.append((100 * interval.low, 100 * interval.high))
    return frame.assign(low=[a for a, _ in limits], high=[b for _, b in limits])


def compare_sexes(
    results: pd.DataFrame, indicator: str, whole: str = "", survey: str = "khf"
) -> pd.DataFrame:
    """Return women, men and both side by side in the years in which a survey prints both sexes."""
    rows = results[(results["survey"] == survey) & results["subgroup"].isna() & results["item"].isna()]
    own = rows[(rows["population"] == "north_korean_origin") & (rows["indicator"] == indicator)]
    sexes = own[own["sex"].isin(["female", "male"])]
    if sexes.empty:
        raise ValueError(
            f"survey_results: no {indicator} by sex in survey {survey}; expected one printed by sex"
        )
    wide = sexes.pivot_table(index="year", columns="sex", values="value").dropna()
    both = rows[(rows["sex"] == "all") & (rows["indicator"] == (whole or indicator))]
    for population, column in (("north_korean_origin", "all"), ("general_population", "general_population")):
        wide[column] = both[both["population"] == population].set_index("year")["value"]
    return wide.reset_index().rename_axis(columns=None)


def infer_share_female(means: pd.DataFrame) -> pd.Series:
    """Return the share of women, in percent, with which the means of women and men make that of all."""
    for row in means.to_dict("records"):
        low, high = sorted((row["female"], row["male"]))
        if not low <= row["all"] <= high:
            raise ValueError(f"{row['year']}: {row['all']:g} for all; expected between {low:g} and {high:g}")
    return 100 * (means["male"] - means["all"]) / (means["male"] - means["female"])


def split_changes(series: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Split the change of each measure into what lies within a design and what lies between two.

    Within a design only life and chance move a figure; between the last round of one design and the
    first of the next the design moves it as well, and years pass.
    """
    rows = []
    for measure, levels in series.items():
        ordered = levels.sort_values("year")
        again = ordered["year"][ordered["year"].duplicated()]
        if not again.empty:
            raise ValueError(f"{measure}: {again.iloc[0]} stands twice; expected one row a year")
        steps = ordered[["year", "value"]].diff().iloc[1:]
        is_within = (ordered["era"] == ordered["era"].shift()).iloc[1:]
        rows.append(
            {
                "measure": measure,
                "first_year": ordered["year"].iloc[0],
                "last_year": ordered["year"].iloc[-1],
                "designs": ordered["era"].nunique(),
                "total": steps["value"].sum(),
                "within": steps.loc[is_within, "value"].sum(),
                "within_years": int(steps.loc[is_within, "year"].sum()),
                "between": steps.loc[~is_within, "value"].sum(),
                "between_years": int(steps.loc[~is_within, "year"].sum()),
            }
        )
    return pd.DataFrame(rows)


def word_ends(key: str, rows: pd.DataFrame, form: Callable[[Any], str] = _percent) -> dict[str, str]:
    """Return the first and the last value of a series with their years, and the word for the change."""
    first, last = rows.iloc[0], rows.iloc[-1]
    return {
        f"{key}_first": form(first["value"]),
        f"{key}_first_year": text.year(first["year"]),
        f"{key}_last": form(last["value"]),
        f"{key}_last_year": text.year(last["year"]),
        f"{key}_word": text.direction(last["value"], first["value"], same="stayed"),
    }


def word_populations(key: str, row: pd.Series, form: Callable[[Any], str] = _percent) -> dict[str, str]:
    """Return a row of :func:`compare_populations` in words: ``…_year``, ``…_own`` and ``…_south``."""
    return {
        f"{key}_year": text.year(row["year"]),
        f"{key}_own": form(row["north_korean_origin"]),
        f"{key}_south": form(row["general_population"]),
    }


def word_sexes(key: str, row: pd.Series, form: Callable[[Any], str] = _percent) -> dict[str, str]:
    """Return a row of :func:`compare_sexes` in words: ``…_year``, ``…_women``, ``…_men`` and ``…_all``."""
    return {
        f"{key}_year": text.year(row["year"]),
        f"{key}_women": form(row["female"]),
        f"{key}_men": form(row["male"]),
        f"{key}_all": form(row["all"]),
    }
