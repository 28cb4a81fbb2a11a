"""Why people say they left, by who asked them and how.

``raw/motives.csv`` holds one row a printed share or count: the ministry's classification of an
interview, a questionnaire at the reception centre, surveys of residents years later and interviews
in China are different measurements and are never joined.

Groups of fewer than five people are left out, at the source's expense: two printed shares.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from data.checks import Problem, count_decimals, find_counts
from data.tables.surveys import find_half_unit

RAW: tuple[str, ...] = ("motives",)

FILE = "data/raw/motives.csv"

#: Fewer people than this in a cell on motive could point at somebody.
SMALLEST_CELL = 5

QUESTION = ["period_start", "period_end", "method", "population", "source_id"]


def validate(raw: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Yield what is wrong with the content of the table of motives."""
    motives = raw["motives"]
    for line, row in motives.iterrows():
        yield from _check_row(int(str(line)), row)
    # The ministry's shares of one year stand in two reports: the question is the same, so the
    # source does not part them.
    for _, group in motives.groupby([c for c in QUESTION if c != "source_id"], dropna=False):
        shares = group[group["value"].notna()]
        total = shares["value"].sum()
        slack = sum(find_half_unit(v, "pct") for v in shares["value"])
        line = int(str(group.index[-1]))
        if not group["several_answers"].fillna(False).any() and total > 100 + slack:
            yield Problem(
                FILE, line, "value", f"shares that sum to {total:g}", "100 or less where one answer counts"
            )
        if len(set(group["several_answers"].astype("string").fillna(""))) > 1:
            yield Problem(FILE, line, "several_answers", "two values", "one value a question")


def _check_row(line: int, row: pd.Series) -> Iterator[Problem]:
    value, n, cases = row["value"], row["n"], row["cases"]
    if pd.isna(value) and pd.isna(cases) and pd.isna(row["value_high"]):
        yield Problem(FILE, line, "value", "an empty cell", "a share, a count or a bound")
    people = cases if pd.notna(cases) else (value * n / 100 if pd.notna(value) and pd.notna(n) else None)
    if people is not None and people < SMALLEST_CELL - 0.5:
        yield Problem(
            FILE,
            line,
            "cases" if pd.notna(cases) else "value",
            f"{people:g} people",
            f"{SMALLEST_CELL} or more, or no row",
        )
    if pd.isna(value) or pd.isna(n):
        return
    half = find_half_unit(value, "pct")
    if pd.notna(cases):
        share = 100 * cases / n
        if abs(share - value) > half + 1e-9:
            yield Problem(FILE, line, "value", f"{value:g}", f"{share:.2f}, which is {cases} of {n}")
    elif not find_counts(value, n, count_decimals(value)):
        yield Problem(FILE, line, "value", f"{value:g}", f"a share that some number of {n} people gives")


def tidy(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the clean table of motives."""
    motives = raw["motives"].copy()
    counts_only = motives["value"].isna() & motives["cases"].notna()
    total = motives.groupby(QUESTION, dropna=False)["cases"].transform("sum")
    motives.loc[counts_only & motives["n"].isna(), "n"] = total
    counted = motives["cases"].notna() & motives["n"].notna()
    motives["basis"] = "printed"
    motives.loc[counted, "basis"] = "counts"
    motives.loc[motives["value"].isna() & ~counted, "basis"] = "bound"
    computed = (100 * motives["cases"] / motives["n"]).astype("float64").round(4)
    motives["share_pct"] = motives["value"].where(~counted, computed)
    motives = motives.rename(columns={"value_high": "share_high_pct"})
    return {"motives": motives.drop(columns=["value", "value_low", "note"]).reset_index(drop=True)}
