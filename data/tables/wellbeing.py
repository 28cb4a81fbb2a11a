"""Ratios of risk, kinds of trauma, trafficking, family ties and care, as studies printed them.

Five tables of unlike samples. Each row says what was asked of whom, so that a share is never read
without its definition; counts are rebuilt only where the printed share leaves a single one.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt

import pandas as pd

from data.checks import Problem, check_shares, list_rows, rebuild_shares

RAW: tuple[str, ...] = ("relative_risks", "trauma", "trafficking", "family", "care")

#: Measures whose answers are the whole of their base, with the number of answers.
_WHOLES = (("left_north_korea_with", 2), ("child_lives_with", 4))


def _name(table: str) -> str:
    return f"data/raw/{table}.csv"


def validate(raw: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Yield what is wrong with intervals, shares, counts, bounds and sums."""
    yield from _check_ratios(raw["relative_risks"])
    for table in ("trauma", "trafficking", "care"):
        yield from check_shares(raw[table], _name(table), "share_pct")
    yield from _check_trafficking(raw["trafficking"])
    yield from _check_family(raw["family"])
    yield from _check_care(raw["care"])


def _check_ratios(frame: pd.DataFrame) -> Iterator[Problem]:
    file = _name("relative_risks")
    for here, row in list_rows(frame):
        value, low, high = row["value"], row["ci_low"], row["ci_high"]
        if pd.isna(low) != pd.isna(high):
            yield Problem(file, here, "ci_high", str(high), "both ends of the interval or none")
            continue
        is_between = row["contrast"] == "north_korean_origin_v_general_population"
        if is_between != pd.notna(row["n_comparison"]):
            found = str(row["n_comparison"])
            yield Problem(
                file, here, "n_comparison", found, "a number exactly where South Koreans are compared with"
            )
        if pd.isna(low):
            continue
        if not low <= value <= high:
            found = f"{low:g} to {high:g}"
            yield Problem(file, here, "ci_low", found, f"an interval that holds the printed {value:g}")
            continue
        # The interval of a ratio is even on the log scale: its middle is the root of the product
        # of its ends. Each of the three is rounded by up to half a unit of the last digit.
        half = 0.5 * 10.0 ** -row["decimals"]
        least, most = sqrt((low - half) * (high - half)) - half, sqrt((low + half) * (high + half)) + half
        if not least - 1e-9 <= value <= most + 1e-9:
            expected = f"{least:.2f} to {most:.2f}, the middle of the printed interval on the log scale"
            yield Problem(file, here, "value", f"{value:g}", expected)


def _check_trafficking(frame: pd.DataFrame) -> Iterator[Problem]:
    file = _name("trafficking")
    for here, row in list_rows(frame):
        if all(pd.isna(row[c]) for c in ("share_pct", "low_pct", "high_pct", "cases")):
            yield Problem(file, here, "share_pct", "an empty cell", "a share, a bound or a count")
    for _, rows in frame.groupby(["study_id", "measure", "base", "sex"]):
        anywhere, places = rows[rows["place"].eq("any")], rows[rows["place"].ne("any")]
        if anywhere.empty or places.empty or anywhere["cases"].isna().any():
            continue
        here, total = int(anywhere.index[0]), anywhere["cases"].iloc[0]
        # A woman can have been harmed in two places: the parts may exceed the whole, no part may.
        if places["cases"].max() > total or places["cases"].sum() < total:
            found = f"{total}"
            expected = f"{places['cases'].max()} to {places['cases'].sum()}, as the places allow"
            yield Problem(file, here, "cases", found, expected)
    events = frame[frame["base"].eq("archive_events")]
    by_decade, whole = events[events["period_kind"].eq("events")], events[events["period_kind"].eq("records")]
    if by_decade["cases"].sum() > whole["cases"].max():
        found, expected = f"{by_decade['cases'].sum()} in all", f"at most the {whole['cases'].max()} on file"
        yield Problem(file, int(by_decade.index[-1]), "cases", found, expected)


def _check_family(frame: pd.DataFrame) -> Iterator[Problem]:
    file = _name("family")
    for here, row in list_rows(frame):
        if all(pd.isna(row[c]) for c in ("value", "value_low", "value_high")):
            yield Problem(file, here, "value", "an empty cell", "a value or a bound")
        if row["unit"] == "percent":
            for column in ("value", "value_low", "value_high"):
                if row[column] > 100:
                    yield Problem(file, here, column, f"{row[column]:g}", "100 per cent or less")
    shares = frame[frame["unit"].eq("percent")].copy()
    shares["cases"] = pd.Series(pd.NA, index=shares.index, dtype="Int64")
    yield from check_shares(shares, file, "value")
    parts_of = ("left_north_korea_with", "child_lives_with", "spouse_origin", "preschool_child_birthplace")
    listed = frame[frame["measure"].isin(parts_of)]
    for (measure, *_), parts in listed.groupby(["measure", "year_end", "source_id"]):
        # Each part is rounded by at most half a unit of its last digit.
        slack = len(parts) * 0.5 * 10.0 ** -float(parts["decimals"].min()) + 1e-9
        total, here = parts["value"].sum(), int(parts.index[-1])
        if total > 100 + slack:
            yield Problem(file, here, "value", f"{total:g} in all", "100 per cent or less")
        elif (measure, len(parts)) in _WHOLES and total < 100 - slack:
            expected = "100 per cent, since the parts are the whole"
            yield Problem(file, here, "value", f"{total:g} in all", expected)


def _check_care(frame: pd.DataFrame) -> Iterator[Problem]:
    file = _name("care")
    for here, row in list_rows(frame):
        if pd.isna(row["visits"]) == pd.isna(row["share_pct"]):
            yield Problem(file, here, "visits", str(row["visits"]), "visits or a share, one of the two")
    visits = frame[frame["measure"].eq("clinic_visits")]
    for department, rows in visits.groupby("department"):
        years, whole = rows[rows["year_start"].notna()], rows[rows["year_start"].isna()]
        for line, total in whole["visits"].items():
            if years["visits"].sum() > total:
                expected = f"at least {years['visits'].sum():g}, the {department} visits printed by year"
                yield Problem(file, int(str(line)), "visits", f"{total:g}", expected)
    share = frame.set_index("measure")["share_pct"]
    kinds = ["used_specialist_service", "used_general_medical_service", "used_other_service"]
    # Four shares rounded to one decimal each; one person can use two services.
    is_told = {"used_any_service", *kinds} <= set(share.index)
    if is_told and share[kinds].sum() < share["used_any_service"] - 0.2 - 1e-9:
        here = int(frame.index[frame["measure"].eq("used_any_service")][0])
        expected = f"at most the sum of the three kinds, {share[kinds].sum():g}"
        yield Problem(file, here, "share_pct", f"{share['used_any_service']:g}", expected)
    classes = frame[frame["measure"].isin(["symptoms_high_and_rising", "symptoms_low_and_stable"])]
    if len(classes) == 2 and abs(classes["share_pct"].sum() - 100) > 0.1 + 1e-9:
        here, found = int(classes.index[-1]), f"{classes['share_pct'].sum():g} in both classes"
        yield Problem(file, here, "share_pct", found, "100 per cent")


def tidy(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return ``relative_risks``, ``trauma``, ``trafficking``, ``family`` and ``care``."""
    clean = {name: raw[name].drop(columns="decimals") for name in ("relative_risks", "family")}
    for name in ("trauma", "trafficking", "care"):
        frame = raw[name]
        made = rebuild_shares(frame, "share_pct")
        clean[name] = frame.drop(columns=["decimals", "cases", "share_pct"]).join(made)
    people = clean["trafficking"]
    people["is_survey_share"] = people["base"].eq("people_asked") & people["n"].notna()
    return clean
