"""School and university students of North Korean origin, and who leaves school."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from data.checks import Problem, each_row

RAW = ("education",)
FILE = "data/raw/education.csv"
GROUP = ["year", "year_basis", "indicator", "population"]
# The populations' birthplaces; only all of them together make a total.
BIRTHPLACES = {
    "north_korean_origin": {"north_korea", "third_country"},
    "north_korean_background": {"north_korea", "third_country", "south_korea"},
}
SCHOOL = ("primary", "lower_secondary", "upper_secondary")
# Readings of one fact that the clean table leaves out, and why.
SECOND_READINGS = {
    (2006, "students", "donga_2011e"): "474 against 475; the agency's own report is used",
    (
        2007,
        "dropout_rate",
        "donga_en_2014",
    ): "7.1 under a label that elsewhere carries 10.8; no year of survey",
}


def validate(raw: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Yield what is wrong with counts and rates."""
    frame = raw["education"]
    unit = frame["indicator"].map(lambda i: "pct" if i == "dropout_rate" else "persons")
    for line, row in each_row(frame.loc[frame["unit"] != unit]):
        yield Problem(FILE, line, "unit", row["unit"], f"{unit[line]} for {row['indicator']}")
    for line, row in each_row(frame.loc[(frame["unit"] == "persons") & (frame["value"] % 1 != 0)]):
        yield Problem(FILE, line, "value", f"{row['value']:g}", "a whole number of persons")
    for line, row in each_row(frame.loc[(frame["unit"] == "pct") & (frame["value"] > 100)]):
        yield Problem(FILE, line, "value", f"{row['value']:g}", "100 or less")
    yield from _check_levels(frame)
    yield from _check_birthplaces(frame)
    yield from _check_dropout(frame)


def _check_levels(frame: pd.DataFrame) -> Iterator[Problem]:
    """School levels add up to the printed total; where schools of other kinds count, they are added."""
    students = frame.loc[(frame["indicator"] == "students") & (frame["birthplace"] == "all")]
    for _, group in students.groupby(GROUP):
        levels = group.drop_duplicates("level").set_index("level")["value"]
        if not set(SCHOOL) <= set(levels.index):
            continue
        total = levels[list(SCHOOL)].sum()
        name, expected = "primary_to_upper_secondary", total
        if "all_schools" in levels.index:
            name, expected = "all_schools", total + levels.get("other_schools", 0)
        if name in levels.index and levels[name] != expected:
            line = group.index[group["level"] == name][0]
            yield Problem(
                FILE,
                int(line),
                "value",
                f"{levels[name]:,.0f}",
                f"{expected:,.0f}, the sum of the school levels",
            )


def _check_birthplaces(frame: pd.DataFrame) -> Iterator[Problem]:
    students = frame.loc[frame["indicator"] == "students"]
    for (*_, population, _level), group in students.groupby([*GROUP, "level"]):
        places = group.drop_duplicates("birthplace").set_index("birthplace")["value"]
        wanted = BIRTHPLACES.get(str(population), set())
        parts = places.drop("all", errors="ignore")
        if "all" not in places.index or not len(parts):
            continue
        line = int(group.index[group["birthplace"] == "all"][0])
        if wanted == set(parts.index) and parts.sum() != places["all"]:
            yield Problem(
                FILE,
                line,
                "value",
                f"{places['all']:,.0f}",
                f"{parts.sum():,.0f}, the sum of the birthplaces",
            )
        elif parts.sum() > places["all"]:
            yield Problem(
                FILE,
                line,
                "value",
                f"{places['all']:,.0f}",
                f"{parts.sum():,.0f} or more, as the birthplaces count",
            )


def _check_dropout(frame: pd.DataFrame) -> Iterator[Problem]:
    rates = frame.loc[(frame["indicator"] == "dropout_rate") & (frame["year_basis"] == "survey_year")]
    for (year, population), group in rates.groupby(["year", "population"]):
        total = group.loc[group["level"] == "primary_to_upper_secondary", "value"]
        if not len(total):
            continue
        line = int(total.index[0])
        levels = group.drop_duplicates("level").set_index("level")["value"]
        if (
            set(SCHOOL) <= set(levels.index)
            and not levels[list(SCHOOL)].min() <= total.iloc[0] <= levels[list(SCHOOL)].max()
        ):
            found, bounds = (
                f"{total.iloc[0]:g}",
                f"{levels[list(SCHOOL)].min():g} to {levels[list(SCHOOL)].max():g}",
            )
            yield Problem(FILE, line, "value", found, f"{bounds}, the rates of the school levels")
        counted = frame.loc[
            (frame["population"] == population)
            & (frame["level"] == "primary_to_upper_secondary")
            & (frame["birthplace"] == "all")
        ]
        left = counted.loc[(counted["indicator"] == "dropouts") & (counted["year"] == year), "value"]
        base = counted.loc[(counted["indicator"] == "dropout_base") & (counted["year"] == year), "value"]
        if not len(base):
            # The survey covers the school year before, so its base is the April before.
            april = (counted["indicator"] == "students") & (counted["year"] == int(str(year)) - 1)
            base = counted.loc[april & (counted["year_basis"] == "april_count"), "value"]
        if len(left) and len(base):
            rate = 100 * left.iloc[0] / base.iloc[0]
            # One decimal: half a tenth.
            if abs(rate - total.iloc[0]) > 0.05:
                yield Problem(
                    FILE,
                    line,
                    "value",
                    f"{total.iloc[0]:g}",
                    f"{rate:.2f}, {left.iloc[0]:.0f} of {base.iloc[0]:,.0f}",
                )


def tidy(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the clean table ``education``."""
    frame = raw["education"]
    keys = zip(frame["year"], frame["indicator"], frame["source_id"], strict=True)
    second = pd.Series([key in SECOND_READINGS for key in keys], index=frame.index)
    return {"education": frame.loc[~second]}
