"""What was spent, on how many, and how long the course at Hanawon was."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from data.checks import Problem, each_row, first_days, last_days, name_precision

RAW = ("programme_figures",)
FILE = "data/raw/programme_figures.csv"
KIND = ["programme", "measure", "part", "stage", "unit"]
# Measures that may be added over time.
FLOWS = ("spending", "persons_paid", "graduates", "accounts_opened")
BANDS = ("under_10_million_krw", "10_to_50_million_krw", "50_to_100_million_krw")
TOP_BAND = "from_100_million_krw"
YEARS_PROTECTED = ("up_to_5_years", "5_to_10_years", "10_to_15_years", "over_15_years")
# Readings of one fact that the clean table leaves out, and why.
SECOND_READINGS = {
    (
        "2022",
        "arrivals_assumed",
        "edaily_2022b",
    ): "750 against 770; the report of that year's own budget is used",
}
_DAY = pd.Timedelta(days=1)


def validate(raw: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Yield what is wrong with the figures."""
    frame = raw["programme_figures"]
    start, end = first_days(frame["period_start"]), last_days(frame["period_end"])
    for line, row in each_row(frame.loc[frame["period_start"].notna() & start.isna()]):
        yield Problem(FILE, line, "period_start", repr(row["period_start"]), "a day that exists")
    for line, row in each_row(frame.loc[(frame["period_end"].notna() & end.isna()) | (end < start)]):
        yield Problem(
            FILE,
            line,
            "period_end",
            repr(row["period_end"]),
            "a day that exists, not before period_start",
        )
    for line, row in each_row(frame.loc[(frame["unit"] == "pct") & (frame["value"] > 100)]):
        yield Problem(FILE, line, "value", f"{row['value']:g}", "100 or less")
    dated = frame.assign(start=start, end=end)
    yield from _check_totals(dated)
    yield from _check_graduates(dated)
    yield from _check_means(dated)
    yield from _check_bands(dated)
    yield from _check_accounts(dated)
    yield from _check_protected(dated)


def _find_parts(rows: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp, total: int) -> list[int] | None:
    """Return lines whose periods follow one another from ``start`` to ``end``, if there are such."""
    if start == end + _DAY:
        return []
    here = rows.loc[(rows["start"] == start) & (rows["end"] <= end) & (rows.index != total)]
    for line, row in each_row(here.sort_values("end", ascending=False)):
        rest = _find_parts(rows, row["end"] + _DAY, end, total)
        if rest is not None:
            return [line, *rest]
    return None


def _check_totals(frame: pd.DataFrame) -> Iterator[Problem]:
    """See that a total is the sum of the shorter periods that fill it."""
    flows = frame.loc[frame["measure"].isin(FLOWS) & frame["end"].notna()]
    for _, rows in flows.groupby(KIND):
        for line, row in each_row(rows):
            parts = _find_parts(rows, row["start"], row["end"], line)
            if parts and row["value"] != rows.loc[parts, "value"].sum():
                expected = (
                    f"{rows.loc[parts, 'value'].sum():,.0f}, the sum of lines {', '.join(map(str, parts))}"
                )
                yield Problem(FILE, line, "value", f"{row['value']:,.0f}", expected)
            inside = rows.loc[(rows["start"] == row["start"]) & (rows["end"] < row["end"])]
            # A year-to-date count cannot pass that of the whole year; other scopes may differ, so
            # only readings of one source are compared.
            above = inside.loc[(inside["source_id"] == row["source_id"]) & (inside["value"] > row["value"])]
            for other, part in each_row(above):
                expected = f"at most {row['value']:,.0f}, the count of the longer period"
                yield Problem(FILE, other, "value", f"{part['value']:,.0f}", expected)


def _check_graduates(frame: pd.DataFrame) -> Iterator[Problem]:
    """Graduates since the opening are at least those of the whole years within."""
    rows = frame.loc[(frame["programme"] == "hanawon") & (frame["measure"] == "graduates")]
    for line, row in each_row(rows.loc[rows["period_start"].str.len() == 10]):
        whole_years = rows.loc[
            (rows["period_start"].str.len() == 4) & (rows["end"] <= row["end"]), "value"
        ].sum()
        if row["value"] < whole_years:
            yield Problem(
                FILE, line, "value", f"{row['value']:,.0f}", f"{whole_years:,.0f} or more, the years before"
            )


def _last_unit(value: float) -> int:
    """Return the unit of the last digit that is not zero, as a measure of how far a figure is rounded."""
    unit = 1
    while value and value % (unit * 10) == 0:
        unit *= 10
    return unit


def _check_means(frame: pd.DataFrame) -> Iterator[Problem]:
    key = ["period_start", "period_end", "programme", "part", "stage", "source_id"]
    for _, rows in frame.groupby(key, dropna=False):
        values = rows.drop_duplicates("measure").set_index("measure")["value"]
        if {"spending", "persons_paid", "spending_per_person"} <= set(values.index):
            mean = values["spending"] / values["persons_paid"]
            # Some are cut rather than rounded: a whole unit of the last digit printed.
            if abs(mean - values["spending_per_person"]) > _last_unit(values["spending_per_person"]):
                line = int(rows.index[rows["measure"] == "spending_per_person"][0])
                yield Problem(
                    FILE,
                    line,
                    "value",
                    f"{values['spending_per_person']:,.0f}",
                    f"about {mean:,.0f}, spending by persons",
                )


def _check_bands(frame: pd.DataFrame) -> Iterator[Problem]:
    paid = frame.loc[frame["measure"] == "persons_paid"]
    for _, rows in paid.groupby(["period_start", "period_end", "programme", "stage"], dropna=False):
        values = rows.drop_duplicates("part").set_index("part")["value"]
        bands = values.reindex(list(BANDS)).dropna()
        if len(bands) and "all" in values.index:
            rest = values["all"] - bands.sum()
            # What is left is the band above; it is shown only if it holds five persons or more.
            if len(bands) < len(BANDS) or rest < 5:
                line = int(rows.index[rows["part"] == "all"][0])
                yield Problem(
                    FILE,
                    line,
                    "value",
                    f"{values['all']:,.0f}",
                    f"{bands.sum() + 5:,.0f} or more, with all bands printed",
                )


def _check_accounts(frame: pd.DataFrame) -> Iterator[Problem]:
    rows = frame.loc[frame["programme"] == "savings_account"]
    for _, group in rows.groupby(["period_start", "period_end"]):
        values = group.drop_duplicates("measure").set_index("measure")["value"]
        ended = values.get("accounts_matured", 0) + values.get("accounts_closed_early", 0)
        if "accounts_opened" in values.index and ended > values["accounts_opened"]:
            line = int(group.index[group["measure"] == "accounts_opened"][0])
            yield Problem(
                FILE,
                line,
                "value",
                f"{values['accounts_opened']:,.0f}",
                f"{ended:,.0f} or more, those that ended",
            )


def _check_protected(frame: pd.DataFrame) -> Iterator[Problem]:
    """See that people under police protection, by years, make all of them: counts, so to the person."""
    for _, rows in frame.loc[frame["measure"] == "persons_protected"].groupby("period_end"):
        values = rows.drop_duplicates("part").set_index("part")["value"]
        if not {"all", *YEARS_PROTECTED} <= set(values.index):
            expected = ", ".join(["all", *YEARS_PROTECTED])
            yield Problem(FILE, int(rows.index[0]), "part", ", ".join(rows["part"]), expected)
        elif values["all"] != values[list(YEARS_PROTECTED)].sum():
            yield Problem(
                FILE,
                int(rows.index[rows["part"] == "all"][0]),
                "value",
                f"{values['all']:,.0f}",
                f"{values[list(YEARS_PROTECTED)].sum():,.0f}, the sum by years under protection",
            )


def tidy(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the clean table ``programme_figures``."""
    frame = raw["programme_figures"]
    keys = zip(frame["period_start"], frame["measure"], frame["source_id"], strict=True)
    second = pd.Series([key in SECOND_READINGS for key in keys], index=frame.index)
    kept = frame.loc[~second].assign(is_computed=False)
    paid = kept.loc[(kept["programme"] == "reward") & (kept["measure"] == "persons_paid")]
    computed = []
    for _, rows in paid.groupby(["period_start", "period_end"]):
        values = rows.set_index("part")["value"]
        if set(BANDS) <= set(values.index):
            rest = rows.loc[rows["part"] == "all"].assign(
                part=TOP_BAND, is_computed=True, note="Total less the printed bands"
            )
            computed.append(rest.assign(value=values["all"] - values[list(BANDS)].sum()))
    out = pd.concat([kept, *computed])
    return {
        "programme_figures": out.assign(
            period_start=first_days(out["period_start"]),
            period_end=last_days(out["period_end"]),
            start_printed_to=name_precision(out["period_start"]),
        )
    }
