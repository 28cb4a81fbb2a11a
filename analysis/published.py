"""Published results computed again from the published figures they rest on, with what differs and why."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from analysis.models.rates import estimate_odds_ratio, estimate_share
from data import load

COLUMNS = [
    "what",
    "unit",
    "printed",
    "printed_low",
    "printed_high",
    "again",
    "again_low",
    "again_high",
    "why",
]


def recompute_published(read: Callable[[str], pd.DataFrame] = load) -> pd.DataFrame:
    """Return published results beside the same results computed again."""
    prevalence, survey, ratios = read("prevalence"), read("survey_results"), read("relative_risks")
    rows = [
        _interval_of_cha(row) for _, row in prevalence.loc[prevalence["study_id"] == "cha_2018"].iterrows()
    ]
    rows.append(_employment_of_2015(survey))
    rows += [
        _odds_of_schools(prevalence, ratios, outcome) for outcome in ("suicidal_ideation", "suicide_attempt")
    ]
    return pd.DataFrame(rows)[[*COLUMNS, "source_id"]]


def _interval_of_cha(row: pd.Series) -> dict[str, object]:
    """Return a weighted study's printed interval beside Wilson's from its share and n."""
    again = estimate_share(row["prevalence_pct"] * row["n"] / 100, row["n"])
    width = (row["ci_high_pct"] - row["ci_low_pct"]) / (100 * (again.high - again.low))
    return {
        "what": f"Cha 2018, {row['condition'].replace('_', ' ')}: 95 % interval",
        "unit": "%",
        "printed": row["prevalence_pct"],
        "printed_low": row["ci_low_pct"],
        "printed_high": row["ci_high_pct"],
        "again": 100 * again.value,
        "again_low": 100 * again.low,
        "again_high": 100 * again.high,
        "why": (
            "The study weights people by how they were recruited; its interval is that of a simple random "
            f"sample widened by a design effect of about {width**2:.1f}."
        ),
        "source_id": row["source_id"],
    }


def _employment_of_2015(survey: pd.DataFrame) -> dict[str, object]:
    """Return the employment rate of 2015 beside participation times one minus unemployment."""
    rows = survey.loc[
        (survey["survey"] == "khf")
        & (survey["year"] == 2015)
        & (survey["population"] == "north_korean_origin")
        & (survey["sex"] == "all")
        & survey["subgroup"].isna()
    ].set_index("indicator")
    value = rows["value"].astype(float)
    employed = 1 - value["unemployment_rate"] / 100
    again = value["labour_force_participation_rate"] * employed
    fitting = value["employment_rate"] / employed
    return {
        "what": "Foundation survey 2015: employment rate",
        "unit": "%",
        "printed": value["employment_rate"],
        "again": again,
        "why": (
            "Employment is participation times one minus the unemployment rate; the printed figure is "
            f"participation minus that rate. A participation of {fitting:.1f} would fit it as well."
        ),
        "source_id": rows.loc["employment_rate", "source_id"],
    }


def _odds_of_schools(prevalence: pd.DataFrame, ratios: pd.DataFrame, outcome: str) -> dict[str, object]:
    """Return a school survey's adjusted odds ratio beside the plain one from its shares."""
    printed = ratios.loc[(ratios["study_id"] == "kyrbs_2011_2019") & (ratios["outcome"] == outcome)].iloc[0]
    study = prevalence.loc[
        (prevalence["study_id"] == "kyrbs_2011_2019") & (prevalence["condition"] == outcome)
    ]
    study = study.set_index("population")
    cases = study["prevalence_pct"].astype(float) * study["n"].astype(float) / 100
    n = study["n"].astype(float)
    ours, theirs = "north_korean_origin", "general_population"
    again = estimate_odds_ratio(cases[ours], n[ours], cases[theirs], n[theirs])
    return {
        "what": f"School survey 2011-2019, {outcome.replace('_', ' ')}: odds ratio",
        "unit": "times the odds",
        "printed": printed["value"],
        "again": again.value,
        "again_low": again.low,
        "again_high": again.high,
        "why": (
            "The printed ratio is adjusted for other differences between the two groups; the plain one comes "
            "from shares printed in whole per cent."
        ),
        "source_id": printed["source_id"],
    }
