"""How common disorders and symptoms were found to be: one row a study, condition, cut-off and time.

Many reports rest on the same people, ask them with other instruments, or grade them. ``role`` says
what each row is to its cohort, and ``is_primary`` marks the one row that stands for a cohort and a
condition, so that nobody is counted twice. ``is_pooled`` marks those that may enter one mean: a
whole life, a past year and the present are never pooled.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from data.checks import Problem, check_shares, list_rows, rebuild_shares

RAW: tuple[str, ...] = ("prevalence",)

FILE = "data/raw/prevalence.csv"
#: The shares of a screening instrument that are printed by grade and added to its usual cut-off.
SUMMED = "sum_to_primary"
#: Recall periods that may enter one mean; a study that names none is taken to ask about the present.
PRESENT = ("current", "not_stated")
#: What columns must agree for grades to be added.
_SAME = ["study_id", "cohort_id", "population", "wave", "sex", "condition", "instrument", "n"]


def validate(raw: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Yield what is wrong with the printed shares, their counts, intervals, roles and comparisons."""
    frame = raw["prevalence"]
    yield from check_shares(frame, FILE, "prevalence_pct")
    yield from _check_values(frame)
    yield from _check_sexes(frame)
    yield from _check_roles(frame)
    yield from _check_comparisons(frame)


def _check_values(frame: pd.DataFrame) -> Iterator[Problem]:
    for here, row in list_rows(frame):
        if pd.isna(row["prevalence_pct"]) and pd.isna(row["cases"]):
            yield Problem(FILE, here, "prevalence_pct", "an empty cell", "a share or a count of cases")
        start, end = row["survey_year_start"], row["survey_year_end"]
        if pd.isna(start) != pd.isna(end):
            yield Problem(FILE, here, "survey_year_end", str(end), "both years or neither")
        low, high = row["ci_low_pct"], row["ci_high_pct"]
        if pd.isna(low) != pd.isna(high):
            yield Problem(FILE, here, "ci_high_pct", str(high), "both ends of the interval or none")
        elif pd.notna(low) and not low <= row["prevalence_pct"] <= high:
            found, share = f"{low:g} to {high:g}", f"{row['prevalence_pct']:g}"
            yield Problem(FILE, here, "ci_low_pct", found, f"an interval that holds the printed {share}")
    for study, rows in frame.groupby(["study_id", "population"]):
        cohorts = rows["cohort_id"].unique()
        if len(cohorts) > 1:
            here = int(rows.index[rows["cohort_id"].ne(cohorts[0])][0])
            expected = f"{cohorts[0]!r}, the cohort of {study[0]} on line {rows.index[0]}"
            yield Problem(FILE, here, "cohort_id", repr(cohorts[1]), expected)


def _check_sexes(frame: pd.DataFrame) -> Iterator[Problem]:
    """Hold the share of both sexes to be a mean of theirs, so that it cannot lie outside them."""
    keys = ["study_id", "population", "wave", "condition", "cutoff"]
    for _, rows in frame.groupby(keys):
        by_sex = rows.set_index("sex")
        if not {"male", "female", "all"} <= set(by_sex.index):
            continue
        shares = by_sex["prevalence_pct"]
        # Each share is rounded by at most half a unit of its last digit.
        slack = (0.5 * 10.0 ** -by_sex["decimals"].astype(float)).max() * 2
        low, high = sorted([shares["male"], shares["female"]])
        if not low - slack <= shares["all"] <= high + slack:
            here = int(rows.index[rows["sex"].eq("all")][0])
            expected = f"between the shares of the sexes, {low:g} and {high:g}"
            yield Problem(FILE, here, "prevalence_pct", f"{shares['all']:g}", expected)


def _check_roles(frame: pd.DataFrame) -> Iterator[Problem]:
    for (cohort, condition), rows in frame.groupby(["cohort_id", "condition"]):
        primary, parts = rows[rows["role"].eq("primary")], rows[rows["role"].eq(SUMMED)]
        if len(primary) > 1 or (len(primary) and len(parts)):
            here = int((primary.index[1:].tolist() + parts.index.tolist())[0])
            expected = f"one primary row for {condition} in {cohort}; line {primary.index[0]} is it"
            yield Problem(FILE, here, "role", repr(frame["role"].loc[here]), expected)
        for line in primary.index[primary["sex"].ne("all")]:
            expected = "primary_by_sex, or a row for both sexes"
            yield Problem(FILE, int(line), "role", "'primary'", expected)
        if len(parts) == 1 or (len(parts) and len(parts[_SAME].drop_duplicates()) > 1):
            expected = f"two or more grades of the same people for {condition} in {cohort}"
            yield Problem(FILE, int(parts.index[0]), "role", repr(SUMMED), expected)
        graded = rows[rows["role"].isin([SUMMED, "grade_only"]) & rows["n"].notna()]
        if graded.empty:
            continue
        counts = rebuild_shares(graded, "prevalence_pct")["cases"]
        if len(parts) and counts[parts.index.intersection(counts.index)].isna().any():
            expected = "grades whose cases are printed or certain, so that they can be added"
            yield Problem(FILE, int(parts.index[0]), "cases", "an empty cell", expected)
        if counts.sum() > graded["n"].min():
            expected = f"grades that add up to at most the {graded['n'].min()} people asked"
            yield Problem(FILE, int(graded.index[0]), "prevalence_pct", f"{counts.sum()} in all", expected)


def _check_comparisons(frame: pd.DataFrame) -> Iterator[Problem]:
    own = frame[frame["population"].eq("north_korean_origin")]
    asked = set(zip(own["study_id"], own["condition"], strict=True))
    for here, row in list_rows(frame):
        is_comparison = row["population"] == "general_population"
        if is_comparison != (row["role"] == "comparison"):
            yield Problem(FILE, here, "role", repr(row["role"]), f"a role of {row['population']}")
        elif is_comparison and (row["compares_with"], row["condition"]) not in asked:
            found = f"{row['compares_with']}, {row['condition']}"
            yield Problem(FILE, here, "compares_with", found, "a study that reports this condition")
        elif not is_comparison and pd.notna(row["compares_with"]):
            expected = "an empty cell outside comparison rows"
            yield Problem(FILE, here, "compares_with", repr(row["compares_with"]), expected)


def tidy(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return ``prevalence``: every reported share, with the count behind it where that is certain."""
    frame = raw["prevalence"]
    made = rebuild_shares(frame, "prevalence_pct")
    clean = frame.drop(columns=["decimals", "cases", "prevalence_pct"]).join(made)
    clean = pd.concat([clean, _sum_grades(clean)], ignore_index=True)
    clean["is_primary"] = clean["role"].eq("primary")
    clean["is_pooled"] = clean["is_primary"] & clean["recall"].isin(PRESENT)
    return {"prevalence": clean}


def _sum_grades(clean: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each set of grades that adds up to an instrument's usual cut-off."""
    rows = []
    for _, parts in clean[clean["role"].eq(SUMMED)].groupby(_SAME):
        # The least certain of the parts speaks for the sum.
        row = parts.sort_values("certainty", key=lambda c: c.eq("secondary"), kind="stable").iloc[-1].copy()
        row["cases"] = parts["cases"].sum()
        row["prevalence_pct"] = 100 * row["cases"] / row["n"]
        row["cutoff"] = " or ".join(sorted(g.removesuffix(" grade") for g in parts["cutoff"])) + " grade"
        row["cases_source"], row["share_source"] = "rebuilt", "computed"
        row["role"], row["role_why"] = "primary", "Sum of the grades at or above the usual cut-off"
        row["note"] = "Computed from the rows with role sum_to_primary"
        rows.append(row)
    return pd.DataFrame(rows, columns=clean.columns).astype(clean.dtypes) if rows else clean.iloc[:0]
