"""Chapter 10: the ledger of the article, counted and laid out, and two of its figures worked through."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from analysis import text

VERDICTS = (
    "holds",
    "holds with a caveat",
    "superseded",
    "mislabelled",
    "contradicted",
    "cannot be checked",
)
WRONG = ("superseded", "mislabelled", "contradicted")
"""Verdicts that ask for a change of the number or of what it is called."""

TABLE = r"statistics_(?:male|female|all)_"
"""Claims that are cells of the article's arrivals table."""

PARTS = {
    "Arrivals table": (),
    "Arrivals, other": ("lead", "demographics", "statistics", "paths_of_migration", "south_korea"),
    "Money, settling": ("settlement_process", "reward", "resettlement", "discrimination"),
    "Mind, adjustment": ("mental_health", "adjustment", "social_tensions"),
    "China": ("china",),
    "United States": ("united_states", "human_rights_act"),
    "Other countries": ("canada", "europe", "japan", "laos", "philippines", "russia", "vietnam"),
    "Returns": ("return",),
}
"""Parts of the article as the figure shows them, and the sections in each."""

REASONS = {
    "bare_year": "a year and nothing else",
    "not_a_count": "a word for order, a part of speech, or a count of something other than people",
    "single_person": "about one identifiable person",
    "identifiable_group": "about a family, or a case of fewer than five people",
    "day_of_month": "a day of a month",
    "name": "part of a name or a heading",
    "price_of_people": "a price of people, which this book does not keep",
}


RELATIONS = {"same": "one quantity", "part": "a part and its whole"}


def pick(ledger: pd.DataFrame, claim_id: str) -> pd.Series:
    """Return one claim of the ledger."""
    found = ledger[ledger["claim_id"] == claim_id]
    if found.empty:
        raise KeyError(f"no claim {claim_id!r} in the ledger")
    return found.iloc[0]


def count_verdicts(ledger: pd.DataFrame) -> pd.Series:
    """Return the number of claims by verdict, in the order of :data:`VERDICTS`, zeroes kept."""
    return ledger["verdict"].value_counts().reindex(list(VERDICTS), fill_value=0)


def name_part(claim_id: str, section: str) -> str:
    """Return the part of the article a claim belongs to, a key of :data:`PARTS`."""
    if section == "statistics" and pd.Series([claim_id]).str.match(TABLE).iloc[0]:
        return "Arrivals table"
    for part, sections in PARTS.items():
        if section in sections:
            return part
    raise KeyError(f"section {section!r} is in no part of the article")


def count_by_part(ledger: pd.DataFrame) -> pd.DataFrame:
    """Return claims by part and verdict."""
    parts = [name_part(c, s) for c, s in zip(ledger["claim_id"], ledger["section"], strict=True)]
    table = pd.crosstab(pd.Series(parts, name="part"), ledger["verdict"].reset_index(drop=True))
    table = table.reindex(index=[p for p in PARTS if p in table.index], columns=list(VERDICTS), fill_value=0)
    return table.assign(claims=table.sum(axis=1)).rename_axis(columns=None).reset_index()


def list_exclusions(numbers: pd.DataFrame) -> pd.DataFrame:
    """Return why printed numbers make no claim: ``reason`` in words and ``numbers``, most first."""
    counts = numbers["excluded_because"].dropna().value_counts()
    rows = [(REASONS[str(code)], int(n)) for code, n in counts.items()]
    return pd.DataFrame(rows, columns=["reason", "numbers"])


def rebuild_total_column(
    ledger: pd.DataFrame, entrants: pd.DataFrame, bins: pd.DataFrame, last_year: int = 2023
) -> pd.DataFrame:
    """Return what the Total column of the article's arrivals table prints, and what it should be."""
    rows = []
    spans = bins[bins["role"] == "current"]
    for sex, who in (("male", "Men"), ("female", "Women"), ("all", "Everybody")):
        total = pick(ledger, f"statistics_{sex}_to_{last_year}")
        own = ledger["claim_id"].str.match(rf"statistics_{sex}_(?:to_)?\d{{4}}$")
        cells = ledger[own & (ledger["claim_id"] != total["claim_id"])]["value_low"].sum()
        years = entrants[(entrants["year"] <= last_year) & ((entrants["sex"] == sex) | (sex == "all"))]
        whole = years["entrants_persons"].sum() + spans.loc[spans["sex"] == sex, "entrants_persons"].sum()
        rows.append((who, total["value_low"], cells, whole, total["other_is"]))
    return pd.DataFrame(rows, columns=["who", "printed", "cells", "to_year_end", "printed_is"])


def try_split(
    ledger: pd.DataFrame,
    entrants: pd.DataFrame,
    bins: pd.DataFrame,
    announced: pd.DataFrame,
    year: int = 2016,
) -> pd.DataFrame:
    """Return which split of a year by sex leads to the running totals that were announced later."""
    rows = []
    spans = bins[bins["role"] == "current"]
    for sex, who in (("male", "Men"), ("female", "Women")):
        claim = pick(ledger, f"statistics_{sex}_{year}")
        shift = claim["value_low"] - claim["computed"]
        own = entrants[entrants["sex"] == sex].set_index("year")["entrants_persons"]
        before = spans.loc[spans["sex"] == sex, "entrants_persons"].sum()
        told = announced[(announced["sex"] == sex) & (announced["role"] == "current")]
        for date, persons in zip(told["as_of_date"], told["entrants_persons"], strict=True):
            if (date.month, date.day) == (12, 31) and date.year > year:
                total = before + own[own.index <= date.year].sum()
                rows.append((date, who, persons, total, total + shift))
    columns = ["date", "who", "announced", "with_ministry", "with_article"]
    return pd.DataFrame(rows, columns=columns).sort_values(["date", "who"], kind="stable", ignore_index=True)


def show_figure(value: Any, to: Any = None, unit: str = "person") -> str:
    """Return a figure of the ledger as a cell prints it, its unit beside it where it has one."""
    if pd.isna(value):
        return ""
    places = 1 if unit in ("percent", "times", "mile", "kilometre") else 0
    form = text.year if unit == "year" else None
    ends = [
        form(v) if form else text.decimal(v, places) for v in (value, to) if v is not None and not pd.isna(v)
    ]
    after = {"percent": "%", "USD": " dollars", "KRW": " won", "kilometre": " km", "mile": " mi"}.get(
        unit, ""
    )
    if len(ends) == 2 and ends[0] == ends[1]:
        ends = ends[:1]
    return " to ".join(ends) + after


def lay_out(ledger: pd.DataFrame, sections: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    """Return the ledger as the page shows it, in the order of the article."""
    place = sections.set_index("section")
    address = sources.set_index("source_id")["url"]
    found = [
        show_figure(row["computed"], row["computed_to"], row["unit"])
        or show_figure(row["other_value"], row["other_value_to"], row["unit"])
        for row in ledger.to_dict("records")
    ]
    document = ledger["source_id"].fillna(ledger["other_source_id"])
    frame = ledger.assign(
        found=found,
        url=document.map(address),
        position=ledger["section"].map(place["position"]),
        claim=ledger["section"].map(place["title"]) + ": " + ledger["claim"],
    )
    columns = ["claim", "printed_as", "found", "url", "verdict", "why"]
    return frame.sort_values(["position", "claim_id"], kind="stable", ignore_index=True)[columns]


def lay_out_pairs(pairs: pd.DataFrame, ledger: pd.DataFrame) -> pd.DataFrame:
    """Return pairs of claims with their words."""
    known = ledger.set_index("claim_id")
    return pd.DataFrame(
        {
            "claim_one": pairs["claim_a"].map(known["claim"]),
            "printed_one": pairs["claim_a"].map(known["printed_as"]),
            "claim_other": pairs["claim_b"].map(known["claim"]),
            "printed_other": pairs["claim_b"].map(known["printed_as"]),
            "relation": pairs["relation"].map(RELATIONS),
        }
    )


def lay_out_corrections(
    corrections: pd.DataFrame, sections: pd.DataFrame, sources: pd.DataFrame
) -> pd.DataFrame:
    """Return the proposed corrections with headings and documents, in the order of the article."""
    place, known = sections.set_index("section"), sources.set_index("source_id")
    frame = corrections.assign(
        position=corrections["section"].map(place["position"]),
        section=corrections["section"].map(place["title"]),
        document=corrections["source_id"].map(known["publisher"]),
        url=corrections["source_id"].map(known["url"]),
    )
    keys = ["position", "section", "proposal", "document", "url"]
    shared = frame.groupby(keys, sort=False)["printed_as"].agg(_join).reset_index()
    shared = shared.sort_values("position", kind="stable", ignore_index=True)
    return shared[["section", "printed_as", "proposal", "document", "url"]]


def _join(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(texts))
