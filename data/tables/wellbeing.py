"""Ratios of risk, kinds of trauma, trafficking, family ties and care, as studies report them.

Five tables of unlike samples. Each row says who was asked and what, so that a share is never read
without its definition; counts are rebuilt only where the published share allows a single one.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from data.checks import (
    Problem,
    check_ascending,
    check_both_or_neither,
    check_shares,
    rebuild_shares,
    report,
    sum_groups,
)

RAW_TABLES = ("relative_risks", "trauma", "trafficking", "family", "care")
RATIOS, TRAUMA, TRAFFICKING, FAMILY, CARE = (f"data/raw/{name}.csv" for name in RAW_TABLES)

# Measures whose answers exclude each other, with the number of answers that are the whole, if known.
EXCLUSIVE = {
    "left_north_korea_with": 2,
    "child_lives_with": 4,
    "spouse_origin": None,
    "preschool_child_birthplace": None,
}
CLASSES = ["symptoms_high_and_rising", "symptoms_low_and_stable"]
SERVICES = ["used_specialist_service", "used_general_medical_service", "used_other_service"]


def check(raw: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Yield problems of intervals, shares, counts, bounds and sums."""
    ratios, trauma, trafficking, family, care = (raw[name] for name in RAW_TABLES)
    yield from _check_ratios(ratios)
    for file, frame in ((TRAUMA, trauma), (TRAFFICKING, trafficking), (CARE, care)):
        yield from check_shares(frame, file, "share_pct")
    yield from _check_trafficking(trafficking)
    yield from _check_family(family)
    yield from _check_care(care)


def _check_ratios(frame: pd.DataFrame) -> Iterator[Problem]:
    is_compared = frame["contrast"] == "north_korean_origin_v_general_population"
    wrong = frame[is_compared != frame["n_comparison"].notna()]
    yield from report(wrong, RATIOS, "n_comparison", "a number only where two populations are compared")
    yield from check_both_or_neither(frame, RATIOS, "ci_low", "ci_high")
    yield from check_ascending(frame, RATIOS, ["ci_low", "value", "ci_high"])
    # The interval of a ratio is symmetric on the log scale: its middle is the root of the product of
    # its ends. Each of the three is rounded by up to half a unit of the last digit.
    value, low, high = (frame[column] for column in ("value", "ci_low", "ci_high"))
    half = 0.5 * 10.0 ** -frame["decimals"].astype("float64")
    least = ((low - half) * (high - half)) ** 0.5 - half - 1e-9
    most = ((low + half) * (high + half)) ** 0.5 + half + 1e-9
    off = frame[value.between(low, high) & ~value.between(least, most)]
    yield from report(off, RATIOS, "value", "the middle of its interval on the log scale")


def _check_trafficking(frame: pd.DataFrame) -> Iterator[Problem]:
    empty = frame[frame[["share_pct", "low_pct", "high_pct", "cases"]].isna().all(axis=1)]
    yield from report(empty, TRAFFICKING, "share_pct", "a share, a bound or a count")
    keys = ["study_id", "measure", "base", "sex"]
    places = frame[frame["place"] != "any"].groupby(keys)["cases"].agg(["max", "sum"])
    anywhere = frame[frame["place"] == "any"].join(places, on=keys)
    # A woman can have been harmed in two places: the places can exceed the total, no place can.
    wrong = (anywhere["cases"] < anywhere["max"]) | (anywhere["cases"] > anywhere["sum"])
    yield from report(
        anywhere[wrong],
        TRAFFICKING,
        "cases",
        lambda row: f"{row['max']} to {row['sum']}, as the places allow",
    )
    events = frame[frame["base"] == "archive_events"]
    on_file = events.loc[events["period_kind"] == "records", "cases"].max()
    by_decade = sum_groups(events[events["period_kind"] == "events"], ["base"], "cases")
    too_many = by_decade[by_decade["sum"] > on_file]
    yield from report(too_many, TRAFFICKING, "cases", f"decades that make {on_file} at most")


def _check_family(frame: pd.DataFrame) -> Iterator[Problem]:
    columns = ["value", "value_low", "value_high"]
    yield from report(frame[frame[columns].isna().all(axis=1)], FAMILY, "value", "a value or a bound")
    percent = frame[frame["unit"] == "percent"]
    for column in columns:
        yield from report(percent[percent[column] > 100], FAMILY, column, "100 percent or less")
    no_cases = pd.Series(pd.NA, index=percent.index, dtype="object")
    yield from check_shares(percent.assign(cases=no_cases), FAMILY, "value")
    listed = frame[frame["measure"].isin(EXCLUSIVE)]
    sums = sum_groups(listed, ["measure", "year_end", "source_id"], "value")
    # Each part is rounded by at most half a unit of its last digit.
    slack = sums["parts"] * 0.5 * 10.0 ** -sums["decimals"].astype("float64") + 1e-9
    is_whole = sums["parts"] == sums["measure"].map(EXCLUSIVE)
    wrong = (sums["sum"] > 100 + slack) | (is_whole & (sums["sum"] < 100 - slack))
    yield from report(sums[wrong], FAMILY, "value", lambda row: f"answers that make 100, not {row['sum']:g}")


def _check_care(frame: pd.DataFrame) -> Iterator[Problem]:
    wrong = frame[frame["visits"].isna() == frame["share_pct"].isna()]
    yield from report(wrong, CARE, "visits", "visits or a share, one of the two")
    visits = frame[frame["measure"] == "clinic_visits"]
    by_year = visits[visits["year_start"].notna()].groupby("department")["visits"].sum()
    totals = visits[visits["year_start"].isna()].join(by_year.rename("sum"), on="department")
    short = totals[totals["visits"] < totals["sum"]]
    yield from report(short, CARE, "visits", lambda row: f"{row['sum']} or more, the sum of its years")
    kinds = frame.loc[frame["measure"].isin(SERVICES), "share_pct"]
    any_service = frame[frame["measure"] == "used_any_service"]
    # Four shares rounded to one decimal each; one person can use two services.
    if len(kinds) == len(SERVICES):
        too_many = any_service[any_service["share_pct"] > kinds.sum() + 0.2 + 1e-9]
        yield from report(too_many, CARE, "share_pct", f"{kinds.sum():g} or less, the sum of the three kinds")
    classes = sum_groups(frame[frame["measure"].isin(CLASSES)], ["study_id"], "share_pct")
    wrong = classes[(classes["parts"] == len(CLASSES)) & ((classes["sum"] - 100).abs() > 0.1 + 1e-9)]
    yield from report(wrong, CARE, "share_pct", "classes that make 100 percent")


def clean(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return ``relative_risks``, ``trauma``, ``trafficking``, ``family`` and ``care``."""
    tables = {name: raw[name].drop(columns="decimals") for name in ("relative_risks", "family")}
    for name in ("trauma", "trafficking", "care"):
        frame = raw[name].drop(columns=["decimals", "cases", "share_pct"])
        tables[name] = frame.join(rebuild_shares(raw[name], "share_pct"))
    people = tables["trafficking"]
    people["is_survey_share"] = people["base"].eq("people_asked") & people["n"].notna()
    return tables
