"""Conflicts: which chapter each disagreement between sources belongs to."""

from __future__ import annotations

import pandas as pd

CHAPTERS = {  # number and subject of a chapter, and the topics of its disagreements
    "1 Arrivals": ("entrants", "part_years", "profiles", "residents", "motives"),
    "2 Women and men": ("family", "trafficking"),
    "3 Payments": ("policy", "prices", "programmes", "protection", "reception"),
    "4 Work and school": ("surveys", "education"),
    "5 Health": ("prevalence", "relative_risks", "trauma", "care", "suicidality", "deaths"),
    "6 Returns": ("returns", "whereabouts"),
    "7 Other countries": (
        "canada", "china", "europe", "forced_repatriation", "thailand", "unhcr", "united_kingdom",
        "united_states",
    ),
}  # fmt: skip
PAGES = {
    "1 Arrivals": "01_demographics",
    "2 Women and men": "02_gender",
    "3 Payments": "03_resettlement_benefits",
    "4 Work and school": "04_livelihoods",
    "5 Health": "05_mental_health",
    "6 Returns": "06_returns",
    "7 Other countries": "07_destinations",
}
HIDDEN = "yearly_deaths"  # single years of deaths by suicide, each a handful of people


def sort_by_chapter(conflicts: pd.DataFrame) -> pd.DataFrame:
    """Return the disagreements that pages show, with ``chapter`` and ``page``, by chapter."""
    chapter = {topic: name for name, topics in CHAPTERS.items() for topic in topics}
    shown = conflicts[conflicts["topic"] != HIDDEN]
    shown = shown.assign(chapter=shown["topic"].map(chapter))
    if unknown := sorted(set(shown.loc[shown["chapter"].isna(), "topic"])):
        raise ValueError(f"conflicts: expected a chapter for {', '.join(unknown)}, got none")
    shown["page"] = shown["chapter"].map(PAGES) + ".html"
    return shown.sort_values(["chapter", "topic", "item"], kind="stable", ignore_index=True)


def count_by_chapter(shown: pd.DataFrame) -> pd.DataFrame:
    """Return chapter, page, conflicts and kept_both, one row per chapter."""
    kept = shown["used"].str.contains("both").rename("kept_both")
    groups = shown.assign(kept_both=kept).groupby(["chapter", "page"], as_index=False)
    return groups.agg(conflicts=("item", "size"), kept_both=("kept_both", "sum"))
