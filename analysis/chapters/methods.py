"""Methods: published results computed again from the published figures they rest on."""

from __future__ import annotations

import pandas as pd

from analysis import text
from analysis.models.rates import Interval, estimate_share
from data import load

FILES = ("estimates", "agreement", "coverage", "faults")  # tables beside the pages
CERTAINTY = {  # from most to least certain
    "official": "read in the producer's own publication",
    "study": "read in a study's abstract or text",
    "secondary": "the producer's figure, read in press reports, later works or copies",
    "estimate": "an estimate, a limit, or the figure of an advocacy group",
}


def recompute_published() -> pd.DataFrame:
    """Return published results beside the same results computed again, with ``why`` they differ.

    Columns: ``what``, ``unit``, ``printed`` and ``again`` with their limits, ``why``, ``source_id``.
    """
    prevalence, results = load("prevalence"), load("survey_results")
    rows = [
        _recompute_interval(row) for _, row in prevalence[prevalence["study_id"] == "cha_2018"].iterrows()
    ]
    rows.append(_recompute_employment(results))
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
        "why": "Employment is participation times one minus the unemployment rate; the published figure is "
        "participation minus that rate. A participation of "
        f"{value['employment_rate'] / employed:.1f} would fit it as well.",
        "source_id": rows.loc["employment_rate", "source_id"],
    }


def count_faults(faults: pd.DataFrame) -> pd.DataFrame:
    """Return how many injected errors of each kind the checks found, and whether of form or value."""
    counts = ["planted", "seen_by_content", "seen_by_hash_only"]
    by_kind = faults.groupby(["is_form", "kind"], sort=False)[counts].sum().reset_index()
    return by_kind.assign(of=by_kind["is_form"].map({True: "form", False: "value"}))


def word_faults(faults: pd.DataFrame) -> dict[str, str]:
    """Return how many errors were injected and which share of those of value their content gave away."""
    sums = count_faults(faults).groupby("is_form")[["planted", "seen_by_content", "seen_by_hash_only"]].sum()
    form, value = sums.loc[True], sums.loc[False]
    text.assert_claim(form["seen_by_content"] == form["planted"], "content shows each error of form")
    text.assert_claim(
        value[["seen_by_content", "seen_by_hash_only"]].sum() == value["planted"], "all are found"
    )
    return {
        "faults_planted": text.count(sums["planted"].sum()),
        "faults_value": text.percent(100 * value["seen_by_content"] / value["planted"]),
    }
