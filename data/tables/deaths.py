"""Deaths, deaths by suicide and unclaimed deaths, as far as published totals go.

Three registers count by their own rules (the ministry's reports, a match with the resident
registry, unclaimed bodies), so their years are not one series. Yearly totals stand as printed; a
count under five by sex, age or cause is merged with its neighbour or left out.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from data.checks import Problem, list_rows

RAW: tuple[str, ...] = ("deaths",)

FILE = "data/raw/deaths.csv"
#: Smallest count that may stand in a cell by sex, age or cause.
SMALLEST_CELL = 5
_GROUPS = ["sex", "age_group", "cause"]
_KEY = ["series", "period_start", "period_end", "population", *_GROUPS, "measure"]


def validate(raw: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Yield what is wrong with periods, small cells, parts and totals."""
    frame = raw["deaths"]
    yield from _check_rows(frame)
    yield from _check_shares(frame)
    counts = frame[frame["measure"].eq("deaths")]
    for column in ("sex", "age_group"):
        yield from _check_parts(counts, column)
    yield from _check_causes(frame)
    yield from _check_spans(counts)


def _check_rows(frame: pd.DataFrame) -> Iterator[Problem]:
    units = {"deaths": "persons", "share_of_deaths": "percent", "rate": "per_100000"}
    for here, row in list_rows(frame):
        if row["unit"] != units[row["measure"]]:
            yield Problem(FILE, here, "unit", repr(row["unit"]), repr(units[row["measure"]]))
        if pd.isna(row["value"]) == (pd.isna(row["value_low"]) or pd.isna(row["value_high"])):
            yield Problem(FILE, here, "value", str(row["value"]), "a value, or a low and a high end")
        if pd.isna(row["denominator"]) != pd.isna(row["denominator_unit"]):
            found = str(row["denominator_unit"])
            yield Problem(FILE, here, "denominator_unit", found, "what the denominator counts")
        if row["measure"] == "deaths" and row["value"] != row["value"] // 1:
            yield Problem(FILE, here, "value", f"{row['value']:g}", "a whole number of people")
        is_cell = any(row[c] != "all" for c in _GROUPS)
        if row["measure"] == "deaths" and is_cell and row["value"] < SMALLEST_CELL:
            expected = f"{SMALLEST_CELL} or more; merge a smaller cell or leave it out"
            yield Problem(FILE, here, "value", f"{row['value']:g}", expected)


def _check_shares(frame: pd.DataFrame) -> Iterator[Problem]:
    """Compare each share with the count and denominator that the same document prints."""
    keys = [*_KEY[:-1], "source_id"]
    counts = frame[frame["measure"].eq("deaths") & frame["denominator_unit"].eq("deaths")]
    shares = frame[frame["measure"].eq("share_of_deaths")]
    pairs = shares.reset_index().merge(counts, on=keys, suffixes=("", "_count"))
    for row in pairs.to_dict("records"):
        share = 100 * row["value_count"] / row["denominator_count"]
        # Shares are printed to one decimal: half a unit of it, and float noise.
        if abs(share - row["value"]) > 0.05 + 1e-9:
            found, parts = f"{row['value']:g}", f"{row['value_count']:g} of {row['denominator_count']:g}"
            yield Problem(FILE, int(row["line"]), "value", found, f"{share:.1f}, since {parts} are printed")


def _check_parts(counts: pd.DataFrame, column: str) -> Iterator[Problem]:
    """Sexes and ages add up to the total of their period exactly: they are counts."""
    whole = counts[counts[column].eq("all")]
    other = [c for c in _KEY if c != column]
    for key, parts in counts[counts[column].ne("all")].groupby(other, dropna=False):
        is_total = pd.Series(True, index=whole.index)
        for name, value in zip(other, key, strict=True):
            is_total &= whole[name].isin([value])
        totals = whole[is_total]
        if column == "sex" and len(parts) == 1:
            if len(totals) and parts["value"].iloc[0] > totals["value"].max():
                here, found = int(parts.index[0]), f"{parts['value'].iloc[0]:g}"
                expected = f"at most the {totals['value'].max():g} of both sexes"
                yield Problem(FILE, here, "value", found, expected)
            continue
        if len(totals) and parts["value"].sum() not in set(totals["value"]):
            here, found = int(parts.index[-1]), f"{parts['value'].sum():g} in all"
            expected = f"{totals['value'].iloc[0]:g}, the total on line {totals.index[0]}"
            yield Problem(FILE, here, "value", found, expected)


def _check_causes(frame: pd.DataFrame) -> Iterator[Problem]:
    own = frame[frame["cause"].ne("all") & frame["population"].eq("north_korean_origin")]
    keys = ["series", "period_start", "period_end", "sex", "age_group"]
    counts = own[own["measure"].eq("deaths") & own["denominator_unit"].eq("deaths")]
    for _, parts in counts.groupby([*keys, "source_id", "denominator"], dropna=False):
        total = parts["denominator"].iloc[0]
        # A lone cause need not be all of them; four and more were printed as the whole.
        if len(parts) > 3 and parts["value"].sum() != total:
            here, found = int(parts.index[-1]), f"{parts['value'].sum():g} in all causes"
            yield Problem(FILE, here, "value", found, f"{total:g}, the deaths of the period")
    shares = own[own["series"].eq("unclaimed_deaths") & own["measure"].eq("share_of_deaths")]
    for _, parts in shares.groupby([*keys, "source_id"], dropna=False):
        # Three causes rounded to one decimal each can miss 100 by 0.15.
        if abs(parts["value"].sum() - 100) > 0.15 + 1e-9:
            here, found = int(parts.index[-1]), f"{parts['value'].sum():g} in all causes"
            yield Problem(FILE, here, "value", found, "100 per cent")


def _check_spans(counts: pd.DataFrame) -> Iterator[Problem]:
    """Years inside a longer period cannot exceed it; where they fill it, they add up to it."""
    keys = ["series", "population", *_GROUPS]
    for _, rows in counts.groupby(keys):
        cumulative = rows[rows["period_start"].isna()].sort_values("period_end")
        for line, value in cumulative["value"][cumulative["value"].diff() < 0].items():
            yield Problem(
                FILE, int(str(line)), "value", f"{value:g}", "no less than the running total before it"
            )
        dated = rows[rows["period_start"].notna()]
        length = (dated["period_end"] - dated["period_start"]).dt.days
        for line, span in dated[length > 366].iterrows():
            inside = dated[
                (length <= 366)
                & dated["period_start"].ge(span["period_start"])
                & dated["period_end"].le(span["period_end"])
                & dated["vintage_year"].le(span["vintage_year"])
            ]
            inside = inside.sort_values("vintage_year", kind="stable")
            inside = _drop_nested(inside.drop_duplicates(["period_start", "period_end"], keep="last"))
            if inside.empty:
                continue
            found, total = inside["value"].sum(), span["value"]
            days = (inside["period_end"] - inside["period_start"]).dt.days.add(1).sum()
            is_full = days == (span["period_end"] - span["period_start"]).days + 1
            if found > total or (is_full and found != total):
                expected = f"{'' if is_full else 'at least '}{found:g}, what its years add up to"
                yield Problem(FILE, int(str(line)), "value", f"{total:g}", expected)


def _drop_nested(rows: pd.DataFrame) -> pd.DataFrame:
    """Leave out a part of a year that stands beside the whole year."""
    starts, ends = rows["period_start"], rows["period_end"]
    nested = [
        bool((starts.le(s) & ends.ge(e) & (starts.ne(s) | ends.ne(e))).any())
        for s, e in zip(starts, ends, strict=True)
    ]
    return rows[[not n for n in nested]]


def tidy(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return ``deaths``: one row a period, population, group and measure, in its last vintage."""
    frame = raw["deaths"].sort_values("vintage_year", kind="stable")
    return {"deaths": frame.drop_duplicates(_KEY, keep="last").sort_index()}
