"""School and university students of North Korean origin, and who leaves school."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from data.checks import Problem, report

RAW_TABLES = ("education",)
FILE = "data/raw/education.csv"

SCHOOL_LEVELS = ["primary", "lower_secondary", "upper_secondary"]
ALL_LEVELS = "primary_to_upper_secondary"
# How many birthplaces make the total of a population.
BIRTHPLACES = {"north_korean_origin": 2, "north_korean_background": 3}
# Second figures of one fact, left out of the clean table.
SECOND_FIGURES = {
    (2006, "students", "donga_2011e"),  # 474 against 475; the agency's own report is used
    (2007, "dropout_rate", "donga_en_2014"),  # 7.1 where others give 10.8; no year of survey
}


def check(raw: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Yield counts that miss the sum of their parts, and rates that their counts contradict."""
    frame = raw["education"]
    unit = frame["indicator"].eq("dropout_rate").map({True: "pct", False: "persons"})
    yield from report(frame[frame["unit"] != unit], FILE, "unit", "pct for a rate, persons for a count")
    parts_of_people = frame["unit"].eq("persons") & frame["value"].mod(1).ne(0)
    yield from report(frame[parts_of_people], FILE, "value", "a whole number of persons")
    yield from report(frame[frame["unit"].eq("pct") & frame["value"].gt(100)], FILE, "value", "100 or less")
    students = frame[frame["indicator"] == "students"]
    yield from _check_levels(students[students["birthplace"] == "all"])
    yield from _check_birthplaces(students)
    yield from _check_dropout_rates(frame)


def _pivot(frame: pd.DataFrame, index: list[str], columns: str, needed: list[str]) -> pd.DataFrame:
    """Return the first value of each group and label, one column per label."""
    first = frame.drop_duplicates([*index, columns])
    return first.pivot(index=index, columns=columns, values="value").reindex(columns=needed)


def _check_levels(students: pd.DataFrame) -> Iterator[Problem]:
    keys = ["year", "year_basis", "population"]
    levels = _pivot(students, keys, "level", [*SCHOOL_LEVELS, "other_schools"])
    school = levels[SCHOOL_LEVELS].sum(axis=1, skipna=False)
    sums = {ALL_LEVELS: school, "all_schools": school + levels["other_schools"].fillna(0)}
    for level, expected in sums.items():
        totals = students[students["level"] == level].join(expected.rename("sum"), on=keys)
        wrong = totals["sum"].notna() & totals["sum"].ne(totals["value"])
        yield from report(totals[wrong], FILE, "value", lambda row: f"{row['sum']:g}, the sum of the levels")


def _check_birthplaces(students: pd.DataFrame) -> Iterator[Problem]:
    """Check that birthplaces make their total if all are published, and do not exceed it if not."""
    keys = ["year", "year_basis", "population", "level"]
    born = students[students["birthplace"] != "all"].groupby(keys)["value"].agg(sum="sum", parts="size")
    totals = students[students["birthplace"] == "all"].join(born, on=keys)
    is_complete = totals["parts"] == totals["population"].map(BIRTHPLACES)
    wrong = (totals["sum"] > totals["value"]) | (is_complete & totals["sum"].ne(totals["value"]))
    yield from report(totals[wrong], FILE, "value", lambda row: f"{row['sum']:g}, the sum of the birthplaces")


def _check_dropout_rates(frame: pd.DataFrame) -> Iterator[Problem]:
    """Check that a total rate is between those of the levels, and that of the counts if there are any."""
    keys = ["year", "population"]
    rates = frame[frame["indicator"].eq("dropout_rate") & frame["year_basis"].eq("survey_year")]
    levels = _pivot(rates, keys, "level", SCHOOL_LEVELS)
    limits = levels.dropna().agg(["min", "max"], axis=1)
    totals = rates[rates["level"] == ALL_LEVELS].join(limits, on=keys)
    outside = (totals["value"] < totals["min"]) | (totals["value"] > totals["max"])
    yield from report(
        totals[outside], FILE, "value", lambda row: f"{row['min']:g} to {row['max']:g}, the rates by level"
    )
    counted = frame[frame["level"].eq(ALL_LEVELS) & frame["birthplace"].eq("all")]
    counts = _pivot(counted, keys, "indicator", ["dropouts", "dropout_base"])
    # The survey covers the school year before, so without a base of its own it is the April before.
    april = counted[counted["indicator"].eq("students") & counted["year_basis"].eq("april_count")]
    april = april.assign(year=april["year"] + 1).drop_duplicates(keys).set_index(keys)
    base = counts["dropout_base"].fillna(april["value"])
    totals = totals.join((100 * counts["dropouts"] / base).rename("rate"), on=keys)
    # A rate is rounded to a tenth.
    wrong = (totals["rate"] - totals["value"]).abs() > 0.05
    yield from report(totals[wrong], FILE, "value", lambda row: f"{row['rate']:.2f}, the rate of the counts")


def clean(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return ``education``: one row per year, indicator, level, population and birthplace."""
    frame = raw["education"]
    figures = zip(frame["year"], frame["indicator"], frame["source_id"], strict=True)
    return {"education": frame.loc[[figure not in SECOND_FIGURES for figure in figures]]}
