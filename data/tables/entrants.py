"""People from North Korea who entered South Korea: per year, in parts of years, and in total.

The ministry's yearly table starts with two bins (everyone up to 1998; 1999 to 2001) and goes by
year and sex from 2002. It is revised for years afterwards, so every release read is kept and the
one in use is ``current``. Men and women must add up to the total of every release, and bins and
years to each running total that the ministry announced.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from data.checks import (
    Problem,
    Span,
    check_at_most,
    check_covers,
    check_duplicate_figures,
    check_sum,
    find_cover,
    report,
)

RAW_TABLES = ("entrants", "entrants_bins", "entrants_part_years", "entrants_cumulative")
SEXES = ("male", "female", "all")
YEARS, BINS, PARTS, TOTALS = (f"data/raw/{name}.csv" for name in RAW_TABLES)
COUNT = "entrants_persons"
FIRST_YEAR = 2002  # the first that the ministry prints as a single year with both sexes
BIN_ENDS = pd.to_datetime(["1998-12-31", "2001-12-31"])
START = pd.Timestamp("1900-01-01")  # of the first bin, which has no printed start
DAY = pd.Timedelta(days=1)


def check(raw: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Report figures that contradict a published total, from the first check that finds any."""
    tables = [raw[name] for name in RAW_TABLES]
    # One wrong figure breaks several totals; the later checks would only repeat it.
    for find_problems in (_check_complete, _check_rows, _check_running_totals, _check_releases, _check_parts):
        problems = list(find_problems(*tables))
        yield from problems
        if problems:
            return


def _check_complete(
    years: pd.DataFrame, bins: pd.DataFrame, parts: pd.DataFrame, totals: pd.DataFrame
) -> Iterator[Problem]:
    """Check that each year, to the last with a running total, and each bin have one current row per sex."""
    current = years[years["role"] == "current"]
    yield from report(current[current["year"] < FIRST_YEAR], YEARS, "year", f"{FIRST_YEAR} or later")
    again = current.duplicated(["year", "sex"])
    yield from report(current[again], YEARS, "role", "one current row per year and sex")
    dates = totals.loc[totals["role"] == "current", "as_of_date"]
    ended = dates[dates.dt.is_year_end].dt.year
    for year in range(FIRST_YEAR, int(max(current["year"].max(), ended.max())) + 1):
        if missing := set(SEXES) - set(current.loc[current["year"] == year, "sex"]):
            later = current.index[current["year"] >= year]
            line = int(later[0] if len(later) else years.index[-1])
            yield Problem(
                YEARS, line, "year", f"no current row for {year}, {', '.join(sorted(missing))}", "one per sex"
            )
    for end in BIN_ENDS:
        rows = bins[(bins["role"] == "current") & (bins["period_end"] == end)]
        if sorted(rows["sex"]) != sorted(SEXES):
            line = int((rows if len(rows) else bins).index[-1])
            yield Problem(BINS, line, "role", f"{len(rows)} current rows to {end:%Y-%m-%d}", "one per sex")


def _check_newest(years: pd.DataFrame) -> Iterator[Problem]:
    """Check that no later release of a year has another figure than the current one."""
    dated = years[~years["role"].isin(["article"]) & years["vintage"].str.match(r"\d{4}")]
    current = dated[dated["role"] == "current"].set_index(["year", "sex"])[["vintage", COUNT]]
    rows = dated.join(current.add_suffix("_current"), on=["year", "sex"])
    later = rows[rows["vintage"].gt(rows["vintage_current"]) & rows[COUNT].ne(rows[f"{COUNT}_current"])]
    yield from report(later, YEARS, "role", "current, since it is the newest release of the year")


def _check_rows(
    years: pd.DataFrame, bins: pd.DataFrame, parts: pd.DataFrame, totals: pd.DataFrame
) -> Iterator[Problem]:
    """Check that men and women add up, roles fit the figures beside them, and running totals never fall."""
    yield from _check_newest(years)
    yield from check_sum(years, YEARS, ["year", "vintage", "source_id"], "sex", COUNT)
    yield from check_sum(bins, BINS, ["period_start", "period_end", "vintage", "source_id"], "sex", COUNT)
    yield from check_sum(parts, PARTS, ["period_start", "period_end", "source_id"], "sex", COUNT)
    yield from check_sum(totals, TOTALS, ["as_of_date", "source_id"], "sex", COUNT)
    yield from check_duplicate_figures(parts, PARTS, ["period_start", "period_end", "sex"], COUNT)
    yield from check_duplicate_figures(totals, TOTALS, ["as_of_date", "sex"], COUNT)
    used = totals[totals["role"].isin(["current", "earlier"])]
    falls = used.groupby("sex")[COUNT].diff() < 0
    yield from report(used[falls], TOTALS, COUNT, "the total before it or more")


def _list_spans(frame: pd.DataFrame) -> list[Span]:
    return [
        Span(START if pd.isna(start) else start, end, int(count), int(line))
        for line, start, end, count in frame[["period_start", "period_end", COUNT]].itertuples(name=None)
    ]


def _date_years(years: pd.DataFrame) -> pd.DataFrame:
    """Return yearly rows with the first and last day of each year."""
    start = pd.to_datetime(years["year"].astype(str) + "-01-01")
    return years.assign(period_start=start, period_end=start + pd.offsets.YearEnd())


def _select(frame: pd.DataFrame, sex: str) -> pd.DataFrame:
    return frame[(frame["role"] == "current") & (frame["sex"] == sex)]


def _check_running_totals(
    years: pd.DataFrame, bins: pd.DataFrame, parts: pd.DataFrame, totals: pd.DataFrame
) -> Iterator[Problem]:
    """Check that bins and years, with parts of the last year, add up to every running total announced."""
    for sex in SEXES:
        wholes = _list_spans(_select(bins, sex)) + _list_spans(_date_years(_select(years, sex)))
        pieces = _list_spans(_select(parts, sex))
        known_difference = 0  # reported once, not again at every later total
        for line, date, printed in _select(totals, sex)[["as_of_date", COUNT]].itertuples(name=None):
            settled = [span for span in wholes if span.end <= date]
            if not settled:
                continue
            low = sum(span.count for span in settled)
            high = low + sum(span.count for span in wholes if span.start <= date < span.end)
            rest = find_cover(pieces, settled[-1].end + DAY, date)
            if rest is not None:
                total = low + sum(span.count for span in rest)
                if total - printed != known_difference:
                    known_difference = total - printed
                    wanted = f"{total}, the sum of the {sex} rows to {date:%Y-%m-%d}"
                    yield Problem(TOTALS, line, COUNT, str(printed), wanted)
            elif high > low and not low <= printed <= high:
                wanted = f"{low} to {high}, the totals of the years around {date:%Y-%m-%d}"
                yield Problem(TOTALS, line, COUNT, str(printed), wanted)


def _check_releases(
    years: pd.DataFrame, bins: pd.DataFrame, parts: pd.DataFrame, totals: pd.DataFrame
) -> Iterator[Problem]:
    """Check that each older table adds up to the running total published with it."""
    for (source, sex), rows in years[years["role"] == "earlier"].groupby(["source_id", "sex"]):
        total = (
            rows[COUNT].sum() + bins.loc[(bins["source_id"] == source) & (bins["sex"] == sex), COUNT].sum()
        )
        date = pd.Timestamp(rows["year"].max(), 12, 31)
        beside = (totals["source_id"] == source) & (totals["sex"] == sex) & (totals["as_of_date"] == date)
        wrong = totals[beside & (totals[COUNT] != total)]
        yield from report(wrong, TOTALS, COUNT, f"{total}, the sum of that release")


def _check_parts(
    years: pd.DataFrame, bins: pd.DataFrame, parts: pd.DataFrame, totals: pd.DataFrame
) -> Iterator[Problem]:
    """Check that parts add up to years and years of one source to bins, and no part exceeds its year."""
    used = parts[parts["role"] == "current"]
    current = years[years["role"] == "current"].set_index(["year", "sex"])[COUNT].rename("limit")
    limit = used.assign(year=used["period_end"].dt.year).join(current, on=["year", "sex"])["limit"]
    yield from check_at_most(used, PARTS, COUNT, limit, "the entrants of that year")
    dated = _date_years(years)
    for sex in SEXES:
        pieces = _list_spans(_select(parts, sex))
        yield from check_covers(PARTS, COUNT, pieces, pieces)
        yield from check_covers(YEARS, COUNT, _list_spans(_select(dated, sex)), pieces)
        whole_bins = _list_spans(bins[(bins["sex"] == sex) & bins["period_start"].notna()])
        of_sex = pd.concat([dated[dated["sex"] == sex], parts[parts["sex"] == sex]])
        for _, rows in of_sex.groupby("source_id"):
            yield from check_covers(BINS, COUNT, whole_bins, _list_spans(rows))


def clean(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the series in use, every release, the bins, the parts of years and the running totals."""
    years, bins, parts, totals = (raw[name].drop(columns="note") for name in RAW_TABLES)
    series = years[(years["role"] == "current") & (years["sex"] != "all")]
    return {
        "entrants": series[["year", "sex", COUNT, "source_id", "certainty"]],
        "entrants_vintages": years,
        "entrants_bins": bins,
        "entrants_part_years": _clean_parts(years, parts),
        "entrants_cumulative": totals[totals["role"].isin(["current", "earlier"])],
    }


def _clean_parts(years: pd.DataFrame, parts: pd.DataFrame) -> pd.DataFrame:
    used = parts[parts["role"].isin(["current", "earlier"])].assign(method="reported")
    rows = pd.concat([used, *(_compute_quarters(years, used, sex) for sex in SEXES)], ignore_index=True)
    kinds = map(_name_kind, rows["period_start"], rows["period_end"])
    return rows.assign(kind=list(kinds))


def _compute_quarters(years: pd.DataFrame, used: pd.DataFrame, sex: str) -> pd.DataFrame:
    """Return unpublished quarters: a longer published span less the other parts of it."""
    printed = _select(used, sex)
    pieces = _list_spans(printed)
    wholes = pd.concat([_date_years(_select(years, sex)), printed], ignore_index=True)
    have = {(p.start, p.end) for p in pieces}
    rows = []
    for year in printed["period_start"].dt.year.unique():
        for start in pd.date_range(f"{year}-01-01", periods=4, freq="QS"):
            end = start + pd.offsets.QuarterEnd()
            if (start, end) not in have and (found := _subtract(_list_spans(wholes), pieces, start, end)):
                columns: dict[str, Any] = {
                    "period_start": start,
                    "period_end": end,
                    COUNT: found.count,
                    "method": "computed",
                }
                rows.append(wholes.loc[[found.line], used.columns].assign(**columns))
    return pd.concat(rows) if rows else used.iloc[:0]


def _subtract(wholes: list[Span], pieces: list[Span], start: pd.Timestamp, end: pd.Timestamp) -> Span | None:
    """Return what the first span within one year leaves for a part of it, with the line of that span."""
    for whole in wholes:
        if whole.start <= start and end <= whole.end and whole.start.year == start.year:
            before = find_cover(pieces, whole.start, start - DAY)
            after = find_cover(pieces, end + DAY, whole.end)
            if before is not None and after is not None:
                count = whole.count - sum(p.count for p in before + after)
                return Span(start, end, count, whole.line)
    return None


def _name_kind(start: pd.Timestamp, end: pd.Timestamp) -> str:
    months = end.month - start.month + 1 if start.is_month_start and end.is_month_end else 0
    if months == 3 and start.is_quarter_start:
        return "quarter"
    if months == 6 and start.month in (1, 7):
        return "half_year"
    return "month" if months == 1 else "other"
