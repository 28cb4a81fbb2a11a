"""Glossary: the examples in its entries, and a poll on what to call people from North Korea."""

from __future__ import annotations

import pandas as pd

from analysis import text
from analysis.chapters import shared
from analysis.models.rates import estimate_share
from data import load

NAMES = {
    "hanamin": "hanamin (하나민)",
    "tongilmin": "tongilmin (통일민)",
    "bukhyangmin": "bukhyangmin (북향민)",
    "bugijumin": "bugijumin (북이주민)",
    "other": "other",
}


def tabulate_names(results: pd.DataFrame) -> pd.DataFrame:
    """Return the preferred names in the poll of 2024, one column per population, in percent."""
    rows = results[(results["survey"] == "kinu") & (results["indicator"] == "preferred_name")]
    wide = rows.pivot(index="item", columns="population", values="value").loc[list(NAMES)]
    return wide.assign(name=wide.index.map(NAMES)).reset_index(drop=True).rename_axis(columns=None)


def word_names(events: pd.DataFrame, results: pd.DataFrame) -> dict[str, str]:
    """Return the dates of names and the poll, and the examples of the entries."""
    poll = results[results["survey"] == "kinu"]
    wants = poll[poll["indicator"] == "wants_another_name"]["value"].iloc[0]
    text.assert_claim(
        wants > 50 > tabulate_names(results)["north_korean_origin"].max(), "no name has a majority"
    )

    def find_day(kind: str, words: str) -> pd.Timestamp:
        found = events[(events["kind"] == kind) & events["event"].str.contains(words, regex=False)]
        return pd.Timestamp(found["first_day"].item())

    return {
        "name_saeteomin": text.month(find_day("naming", "introduces 새터민")),
        "name_dropped": text.day(find_day("naming", "stops using 새터민")),
        "name_bukhyangmin": text.day(find_day("naming", "북향민")),
        "centre_date": text.month(find_day("reception", "renamed protection centre")),
        "foundation_date": text.month(find_day("naming", "Korea Hana Foundation")),
        "poll_year": text.year(poll["year"].iloc[0]),
        "poll_wants": text.percent(wants),
        **_word_counts(),
        **_word_surveys(results),
    }


def _word_counts() -> dict[str, str]:
    entrants, vintages = load("entrants"), load("entrants_vintages")
    years = shared.total_by_year(entrants).set_index("year")
    newest, peak = years.index.max(), years.index[int(years["entrants_persons"].argmax())]
    first = vintages[(vintages["year"] == peak) & (vintages["sex"] == "all")].sort_values("vintage").iloc[0]
    residents = load("residents").query("region == 'all' and sex == 'all'").iloc[-1]
    shares = years.loc[[2012, 2019], "share_female_pct"].round()
    return {
        "arrivals_newest": text.count(years.loc[newest, "entrants_persons"]),
        "arrivals_year": text.year(newest),
        "arrivals_all": text.count(shared.sum_all_entrants(entrants, load("entrants_bins"))["all"]),
        "residents_date": text.month(residents["as_of_date"]),
        "release_year": text.year(peak),
        "release_first": text.count(first["entrants_persons"]),
        "release_now": text.count(years.loc[peak, "entrants_persons"]),
        "point_first": text.percent(shares[2012]),
        "point_last": text.percent(shares[2019]),
        "point_difference": text.points(shares[2019] - shares[2012], 0),
    }


def _word_surveys(results: pd.DataFrame) -> dict[str, str]:
    rounds = load("survey_rounds").query("survey == 'khf'").dropna(subset=["n_drawn", "n_answered"]).iloc[-1]
    wish = results[results["indicator"] == "thinks_of_returning_if_unpunished"].iloc[0]
    asked = estimate_share(round(wish["value"] * wish["n"] / 100), int(wish["n"]))
    study = load("prevalence").query("study_id == 'lee_2020' and condition == 'any_disorder'")
    ours, theirs = study.set_index("population")["prevalence_pct"].loc[
        ["north_korean_origin", "general_population"]
    ]
    risk = (
        load("relative_risks").query("study_id == 'lee_r_2022' and outcome == 'any_mental_illness'").iloc[0]
    )
    return {
        "sample_year": text.year(rounds["year"]),
        "sample_drawn": text.count(rounds["n_drawn"]),
        "sample_answered": text.count(rounds["n_answered"]),
        "wish_share": text.percent(wish["value"]),
        "wish_n": text.count(wish["n"]),
        "wish_range": text.interval(100 * asked.low, 100 * asked.high, unit="%"),
        "odds_ours": text.percent(ours),
        "odds_theirs": text.percent(theirs),
        "odds_shares": text.times(ours / theirs),
        "odds_ratio": text.decimal((ours / (100 - ours)) / (theirs / (100 - theirs))),
        "hazard": text.times(risk["value"]),
    }
