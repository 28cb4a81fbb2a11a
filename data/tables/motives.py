"""Why people say they left, by who asked them and how.

``raw/motives.csv`` has one row per published share or count. The ministry's classification of an
interview, a questionnaire at the reception centre, surveys of residents years later and interviews
in China are different measurements and are never joined. Groups of fewer than five people are left
out, as two published shares are.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from data.checks import (
    SMALLEST_CELL,
    Problem,
    check_agreement,
    check_close,
    count_decimals,
    find_counts,
    report,
)
from data.tables.surveys import find_half_unit

RAW_TABLES = ("motives",)
FILE = "data/raw/motives.csv"
# The ministry's shares of one year are in two reports, so the source is not part of the question.
QUESTION = ["period_start", "period_end", "method", "population"]


def check(raw: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Report shares that contradict their counts or each other, and cells that are too small."""
    motives = raw["motives"]
    value, n, cases = motives["value"], motives["n"].astype("float64"), motives["cases"].astype("float64")
    empty = motives[value.isna() & cases.isna() & motives["value_high"].isna()]
    yield from report(empty, FILE, "value", "a share, a count or a bound")
    small = cases < SMALLEST_CELL - 0.5
    yield from report(motives[small], FILE, "cases", f"{SMALLEST_CELL} people or more, or no row")
    small = cases.isna() & (value * n / 100 < SMALLEST_CELL - 0.5)
    yield from report(motives[small], FILE, "value", f"{SMALLEST_CELL} people or more, or no row")

    half = value.map(lambda share: find_half_unit(share, "pct"), na_action="ignore")
    yield from check_close(motives, FILE, "value", 100 * cases / n, "the cases over n", half + 1e-9)
    uncounted = motives[value.notna() & n.notna() & cases.isna()]
    cells = zip(uncounted["value"], uncounted["n"], strict=True)
    none = uncounted[[not find_counts(share, asked, count_decimals(share)) for share, asked in cells]]
    yield from report(none, FILE, "value", lambda row: f"a share that some number of {row['n']} people gives")

    several = motives["several_answers"].astype("object").fillna("")
    yield from check_agreement(motives.assign(several_answers=several), FILE, QUESTION, "several_answers")
    single = motives[value.notna() & (several != True)]  # noqa: E712
    for _, rows in single.groupby(QUESTION, dropna=False):
        if rows["value"].sum() > 100 + half[rows.index].sum():
            wanted = f"shares that add up to 100 or less, not {rows['value'].sum():g}"
            yield from report(rows[-1:], FILE, "value", wanted)


def clean(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return one row per question and motive, with the share in per cent and its basis.

    Counts published without a total are shares of their sum.
    """
    motives = raw["motives"].copy()
    value, cases = motives["value"], motives["cases"]
    total = motives.groupby([*QUESTION, "source_id"], dropna=False)["cases"].transform("sum")
    motives["n"] = motives["n"].fillna(total.where(value.isna() & cases.notna()))
    counted = cases.notna() & motives["n"].notna()
    motives["basis"] = "printed"
    motives.loc[value.isna(), "basis"] = "bound"
    motives.loc[counted, "basis"] = "counts"
    computed = (100 * cases / motives["n"]).astype("float64").round(4)
    motives["share_pct"] = value.mask(counted, computed)
    motives = motives.rename(columns={"value_high": "share_high_pct"})
    return {"motives": motives.drop(columns=["value", "value_low", "note"]).reset_index(drop=True)}
