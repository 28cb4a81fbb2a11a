"""How common disorders and symptoms were found to be: one row per study, condition, cut-off and time.

Many reports are about the same people, ask them with other instruments, or grade them. ``role`` says
what each row is to its cohort, and ``is_primary`` marks the one row that is used for a cohort and a
condition, so that nobody is counted twice. ``is_pooled`` marks those that may enter one mean: a
whole life, a past year and the present are never pooled.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from data.checks import (
    Problem,
    check_agreement,
    check_ascending,
    check_both_or_neither,
    check_shares,
    rebuild_shares,
    report,
    sum_groups,
)

RAW_TABLES = ("prevalence",)
FILE = "data/raw/prevalence.csv"

SHARE = "prevalence_pct"
# The role of grades of a screening instrument that make its usual cut-off together.
SUMMED = "sum_to_primary"
# Recall periods that may enter one mean; a study that names none is taken to ask about the present.
PRESENT = ("current", "not_stated")
COHORT = ["cohort_id", "condition"]
# Columns that must agree for grades to be added.
SAME_PEOPLE = ["study_id", "cohort_id", "population", "wave", "sex", "condition", "instrument", "n"]


def check(raw: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Yield problems of shares, their counts, intervals, roles and comparisons."""
    frame = raw["prevalence"]
    yield from check_shares(frame, FILE, SHARE)
    empty = frame[frame[SHARE].isna() & frame["cases"].isna()]
    yield from report(empty, FILE, SHARE, "a share or a count of cases")
    yield from check_both_or_neither(frame, FILE, "survey_year_start", "survey_year_end")
    yield from check_both_or_neither(frame, FILE, "ci_low_pct", "ci_high_pct")
    yield from check_ascending(frame, FILE, ["ci_low_pct", SHARE, "ci_high_pct"])
    yield from check_agreement(frame, FILE, ["study_id", "population"], "cohort_id")
    yield from _check_sexes(frame)
    yield from _check_roles(frame)
    yield from _check_comparisons(frame)


def _check_sexes(frame: pd.DataFrame) -> Iterator[Problem]:
    """Check that the share of both sexes, a mean of theirs, is between them."""
    keys = ["study_id", "population", "wave", "condition", "cutoff"]
    sexes = frame[frame["sex"] != "all"].groupby(keys)
    limits = sexes.agg(
        low=(SHARE, "min"), high=(SHARE, "max"), sexes=(SHARE, "count"), digits=("decimals", "min")
    )
    both = frame[frame["sex"] == "all"].join(limits[limits["sexes"] == 2], on=keys, how="inner")
    # Each share is rounded by at most half a unit of its last digit.
    slack = 10.0 ** -both[["decimals", "digits"]].astype("float64").min(axis=1)
    outside = (both[SHARE] < both["low"] - slack) | (both[SHARE] > both["high"] + slack)
    yield from report(
        both[outside], FILE, SHARE, lambda row: f"{row['low']:g} to {row['high']:g}, as the sexes"
    )


def _check_roles(frame: pd.DataFrame) -> Iterator[Problem]:
    primary, parts = frame[frame["role"] == "primary"], frame[frame["role"] == SUMMED]
    chosen = pd.concat([primary, parts.drop_duplicates(COHORT)])
    twice = chosen[chosen.duplicated(COHORT)]
    yield from report(twice, FILE, "role", "one primary row per cohort and condition")
    yield from report(
        primary[primary["sex"] != "all"], FILE, "role", "primary_by_sex, or a row for both sexes"
    )
    for _, grades in parts.groupby(COHORT):
        if len(grades) == 1 or len(grades[SAME_PEOPLE].drop_duplicates()) > 1:
            yield from report(grades[:1], FILE, "role", "two or more grades of the same people")
    graded = frame[frame["role"].isin([SUMMED, "grade_only"]) & frame["n"].notna()]
    graded = graded.assign(cases=rebuild_shares(graded, SHARE)["cases"])
    unknown = graded[graded["role"].eq(SUMMED) & graded["cases"].isna()]
    yield from report(unknown, FILE, "cases", "a count, published or certain, that can be added")
    sums = sum_groups(graded, COHORT, "cases")
    too_many = sums[sums["sum"] > sums["n"]]
    yield from report(
        too_many, FILE, SHARE, lambda row: f"grades that make at most the {row['n']} people asked"
    )


def _check_comparisons(frame: pd.DataFrame) -> Iterator[Problem]:
    is_general = frame["population"] == "general_population"
    wrong = frame[is_general != frame["role"].eq("comparison")]
    yield from report(wrong, FILE, "role", "comparison for the general population, and for nobody else")
    own = pd.MultiIndex.from_frame(frame.loc[~is_general, ["study_id", "condition"]])
    asked = pd.MultiIndex.from_frame(frame[["compares_with", "condition"]]).isin(own)
    unknown = frame[is_general & frame["role"].eq("comparison") & ~asked]
    yield from report(unknown, FILE, "compares_with", "a study that reports this condition")
    needless = frame[~is_general & frame["compares_with"].notna()]
    yield from report(needless, FILE, "compares_with", "an empty cell outside comparison rows")


def clean(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return ``prevalence``: every reported share, with the count behind it where that is certain."""
    frame = raw["prevalence"]
    rows = frame.drop(columns=["decimals", "cases", SHARE]).join(rebuild_shares(frame, SHARE))
    rows = pd.concat([rows, _sum_grades(rows)], ignore_index=True)
    rows["is_primary"] = rows["role"] == "primary"
    rows["is_pooled"] = rows["is_primary"] & rows["recall"].isin(PRESENT)
    return {"prevalence": rows}


def _sum_grades(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one primary row for each set of grades that make an instrument's usual cut-off."""
    sums = []
    for _, parts in rows[rows["role"] == SUMMED].groupby(SAME_PEOPLE):
        # The sum is as certain as the least certain of its parts.
        last = parts.sort_values("certainty", key=lambda c: c.eq("secondary"), kind="stable").iloc[-1]
        cases = parts["cases"].sum()
        grades = sorted(name.removesuffix(" grade") for name in parts["cutoff"])
        made = {
            "cases": cases,
            SHARE: 100 * cases / last["n"],
            "cutoff": f"{' or '.join(grades)} grade",
            "cases_source": "rebuilt",
            "share_source": "computed",
            "role": "primary",
            "role_why": "Sum of the grades at or above the usual cut-off",
            "note": "Computed from the rows with role sum_to_primary",
        }
        sums.append(last.to_dict() | made)
    return pd.DataFrame(sums, columns=rows.columns).astype(rows.dtypes)
