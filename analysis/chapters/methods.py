"""Methods: published results computed again from the published figures they rest on."""

from __future__ import annotations

import pandas as pd

from analysis.models.rates import Interval, estimate_share
from analysis.shares import estimate_odds_ratio
from data import load


def recompute_published() -> pd.DataFrame:
    """Return published results beside the same results computed again, with ``why`` they differ.

    Columns: ``what``, ``unit``, ``printed`` and ``again`` with their limits, ``why``, ``source_id``.
    """
    prevalence, results, ratios = load("prevalence"), load("survey_results"), load("relative_risks")
    rows = [
        _recompute_interval(row) for _, row in prevalence[prevalence["study_id"] == "cha_2018"].iterrows()
    ]
    rows.append(_recompute_employment(results))
    rows += [_recompute_odds(prevalence, ratios, o) for o in ("suicidal_ideation", "suicide_attempt")]
    return pd.DataFrame(rows)


def _describe(again: Interval, scale: float = 1) -> dict[str, float]:
    return {"again": scale * again.value, "again_low": scale * again.low, "again_high": scale * again.high}


def _recompute_interval(row: pd.Series) -> dict[str, object]:
    """Return a weighted study's printed interval beside Wilson's from its share and n."""
    again = estimate_share(row["prevalence_pct"] * row["n"] / 100, row["n"])
    widening = (row["ci_high_pct"] - row["ci_low_pct"]) / (100 * (again.high - again.low))
    return {
        "what": f"Cha 2018, {row['condition'].replace('_', ' ')}: 95 % interval",
        "unit": "%",
        "printed": row["prevalence_pct"],
        "printed_low": row["ci_low_pct"],
        "printed_high": row["ci_high_pct"],
        **_describe(again, 100),
        "why": "The study weights people by how they were recruited; its interval is that of a simple "
        f"random sample widened by a design effect of about {widening**2:.1f}.",
        "source_id": row["source_id"],
    }


def _recompute_employment(results: pd.DataFrame) -> dict[str, object]:
    """Return the employment rate of 2015 beside participation times one minus unemployment."""
    rows = results[
        (results["survey"] == "khf")
        & (results["year"] == 2015)
        & (results["population"] == "north_korean_origin")
        & (results["sex"] == "all")
        & results["subgroup"].isna()
    ].set_index("indicator")
    value = rows["value"].astype(float)
    employed = 1 - value["unemployment_rate"] / 100
    return {
        "what": "Foundation survey 2015: employment rate",
        "unit": "%",
        "printed": value["employment_rate"],
        "again": value["labour_force_participation_rate"] * employed,
        "why": "Employment is participation times one minus the unemployment rate; the printed figure is "
        "participation minus that rate. A participation of "
        f"{value['employment_rate'] / employed:.1f} would fit it as well.",
        "source_id": rows.loc["employment_rate", "source_id"],
    }


def _recompute_odds(prevalence: pd.DataFrame, ratios: pd.DataFrame, outcome: str) -> dict[str, object]:
    """Return a school survey's adjusted odds ratio beside the plain one from its shares."""
    printed = ratios[(ratios["study_id"] == "kyrbs_2011_2019") & (ratios["outcome"] == outcome)].iloc[0]
    study = prevalence[(prevalence["study_id"] == "kyrbs_2011_2019") & (prevalence["condition"] == outcome)]
    n = study.set_index("population")["n"].astype(float)
    cases = study.set_index("population")["prevalence_pct"].astype(float) * n / 100
    ours, theirs = "north_korean_origin", "general_population"
    return {
        "what": f"School survey 2011-2019, {outcome.replace('_', ' ')}: odds ratio",
        "unit": "times the odds",
        "printed": printed["value"],
        **_describe(estimate_odds_ratio(cases[ours], n[ours], cases[theirs], n[theirs])),
        "why": "The printed ratio is adjusted for other differences between the two groups; the plain one "
        "comes from shares printed in whole per cent.",
        "source_id": printed["source_id"],
    }
