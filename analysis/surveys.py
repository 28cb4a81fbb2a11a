"""Comparisons of survey answers: with the general population, and between surveys of one year."""

from __future__ import annotations

import pandas as pd

from analysis import rates


def pick_levels(results: pd.DataFrame, indicator: str, survey: str = "khf") -> pd.DataFrame:
    """Return one indicator of one survey for everybody, both populations, one row a year.

    Parameters
    ----------
    results : pandas.DataFrame
        The clean table ``survey_results``.
    indicator, survey : str
        Codes of that table.

    Returns
    -------
    pandas.DataFrame
        ``year, population, value, n, era, source_id``, both sexes and no sub-group, sorted.

    Raises
    ------
    ValueError
        If the survey has no such indicator.
    """
    chosen = results[
        (results["indicator"] == indicator)
        & (results["survey"] == survey)
        & (results["sex"] == "all")
        & results["subgroup"].isna()
        & results["item"].isna()
    ]
    if chosen.empty:
        raise ValueError(f"survey_results: no {indicator} in survey {survey}; expected an indicator it asks")
    columns = ["year", "population", "value", "n", "era", "source_id"]
    return chosen[columns].sort_values(["population", "year"]).reset_index(drop=True)


def compare_populations(results: pd.DataFrame, indicator: str, survey: str = "khf") -> pd.DataFrame:
    """Return both populations side by side in the years that have both, with the gap between them.

    Returns
    -------
    pandas.DataFrame
        ``year, era, north_korean_origin, general_population, gap`` (first less second), in the unit
        of the indicator.
    """
    levels = pick_levels(results, indicator, survey)
    wide = levels.pivot_table(index=["year", "era"], columns="population", values="value").dropna()
    wide["gap"] = wide["north_korean_origin"] - wide["general_population"]
    return wide.reset_index().rename_axis(columns=None)


def pair_surveys(results: pd.DataFrame, first: str = "khf", second: str = "nkdb") -> pd.DataFrame:
    """Return what two surveys of the same people said in the same year.

    Parameters
    ----------
    results : pandas.DataFrame
        The clean table ``survey_results``.
    first, second : str
        Codes of the surveys.

    Returns
    -------
    pandas.DataFrame
        One row an indicator and year that both asked, both sexes, no sub-group: ``year, indicator,
        unit, first, second, first_n, second_n, source_first, source_second, difference`` (second
        less first).
    """
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
    """Return the frame with Wilson limits of a share in percent, where the number asked is known.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a share.
    share, n : str
        Columns: percent, and people who answered.

    Returns
    -------
    pandas.DataFrame
        With ``low`` and ``high`` (percent), missing where ``n`` is.
    """
    limits = []
    for value, asked in zip(frame[share], frame[n], strict=True):
        if pd.isna(asked):
            limits.append((float("nan"), float("nan")))
            continue
        interval = rates.estimate_share(round(value * asked / 100), int(asked))
        limits.append((100 * interval.low, 100 * interval.high))
    return frame.assign(low=[a for a, _ in limits], high=[b for _, b in limits])
