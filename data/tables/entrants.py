"""People from North Korea who entered South Korea: by year, in parts of years, and in all.

The ministry's yearly table starts with two bins (everybody up to 1998; 1999 to 2001) and goes by
year and sex from 2002. It is revised for years afterwards, so every release read is kept, and the
one in use is ``current``. What proves it: men and women make the printed total of every release,
and bins and years add up, sex by sex, to each running total the ministry announced.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from data.checks import SEXES, Problem, check_readings, check_sexes, group_rows

RAW = ("entrants", "entrants_bins", "entrants_part_years", "entrants_cumulative")
FIRST_YEAR = 2002
"""First year the ministry prints as a single year with both sexes."""

YEARS = "data/raw/entrants.csv"
BINS = "data/raw/entrants_bins.csv"
PARTS = "data/raw/entrants_part_years.csv"
CUMULATIVE = "data/raw/entrants_cumulative.csv"
N = "entrants_persons"
_DAY = pd.Timedelta(days=1)


@dataclass(frozen=True)
class _Piece:
    """A span of time, how many entered in it, and where that is printed."""

    start: pd.Timestamp
    end: pd.Timestamp
    persons: int
    file: str
    line: int


def validate(raw: dict[str, pd.DataFrame]) -> list[Problem]:
    """Return everything in the entrants tables that a published total speaks against."""
    years, bins, parts, cumulative = (raw[name] for name in RAW)
    faults = _check_current_rows(years) + _check_current_bins(bins)
    if faults:
        return faults
    faults = _check_running_totals(years, bins, parts, cumulative)
    # A release whose wrong row the running totals have named is not named again by its total.
    told = {f.line for f in faults if f.file == YEARS}
    release = pd.Series(
        list(zip(years["year"], years["vintage"], years["source_id"], strict=True)), years.index
    )
    known = set(release[release.index.isin(told)])
    faults += check_sexes(years[~release.isin(known)], YEARS, ["year", "vintage", "source_id"], N)
    faults += check_sexes(bins, BINS, ["period_start", "period_end", "vintage", "source_id"], N)
    faults += check_sexes(parts, PARTS, ["period_start", "period_end", "source_id"], N)
    faults += check_sexes(cumulative, CUMULATIVE, ["as_of_date", "source_id"], N)
    faults += check_readings(parts, PARTS, ["period_start", "period_end", "sex"], N)
    faults += check_readings(cumulative, CUMULATIVE, ["as_of_date", "sex"], N)
    faults += _check_growth(cumulative)
    if not faults:
        faults += _check_earlier_tables(years, bins, cumulative)
        faults += _check_bins_by_year(years, bins, parts)
        faults += _check_parts(years, parts)
    return faults


def _check_current_rows(years: pd.DataFrame) -> list[Problem]:
    current = years[years["role"] == "current"]
    if current.empty:
        return [Problem(YEARS, 2, "role", "no current row", f"one a year and sex from {FIRST_YEAR}")]
    faults, last = [], int(current["year"].max())
    whole = f"one current row a sex (male, female, all) for every year from {FIRST_YEAR} to {last}"
    for line, year in zip(current.index, current["year"], strict=True):
        if year < FIRST_YEAR:
            expected = f"no current year before {FIRST_YEAR}"
            faults.append(Problem(YEARS, int(line), "role", f"current for {year}", expected))
    for year in range(FIRST_YEAR, last + 1):
        rows = current[current["year"] == year]
        if rows.empty:
            line = int(current.index[current["year"] > year][0])
            found = f"no current row for {year} before {current['year'][line]}"
            faults.append(Problem(YEARS, line, "year", found, whole))
            continue
        for sex in SEXES:
            of_sex = rows.index[rows["sex"] == sex]
            if len(of_sex) == 0:
                found = f"no current row for {year}, {sex}"
                faults.append(Problem(YEARS, int(rows.index[0]), "sex", found, whole))
            for line in of_sex[1:]:
                found = f"current again for {year}, {sex} (first on line {of_sex[0]})"
                faults.append(Problem(YEARS, int(line), "role", found, whole))
    return faults


def _check_current_bins(bins: pd.DataFrame) -> list[Problem]:
    faults = []
    current = bins[bins["role"] == "current"]
    for end in ("1998-12-31", "2001-12-31"):
        for sex in SEXES:
            rows = current[(current["period_end"] == end) & (current["sex"] == sex)]
            if len(rows) != 1:
                line = int(rows.index[1] if len(rows) else bins.index[0])
                found = f"{len(rows)} current rows for the span to {end}, {sex}"
                faults.append(
                    Problem(BINS, line, "role", found, "exactly one a sex for the spans to 1998 and 2001")
                )
    return faults


def _as_pieces(frame: pd.DataFrame, file: str) -> list[_Piece]:
    if "year" in frame:
        starts = [pd.Timestamp(int(y), 1, 1) for y in frame["year"]]
        ends = [pd.Timestamp(int(y), 12, 31) for y in frame["year"]]
    else:
        starts = [pd.Timestamp.min if pd.isna(s) else s for s in frame["period_start"]]
        ends = list(frame["period_end"])
    return [
        _Piece(start, end, int(n), file, int(line))
        for start, end, n, line in zip(starts, ends, frame[N], frame.index, strict=True)
    ]


def _find_chains(
    pieces: list[_Piece], start: pd.Timestamp, end: pd.Timestamp, *, whole: bool = True
) -> Iterator[list[_Piece]]:
    """Yield every way to fill a span without gap or overlap; not with itself unless ``whole``."""
    for piece in pieces:
        if piece.start != start or piece.end > end or (not whole and piece.end == end):
            continue
        if piece.end == end:
            yield [piece]
            continue
        for rest in _find_chains(pieces, piece.end + _DAY, end):
            yield [piece, *rest]


@dataclass(frozen=True)
class _Bound:
    """A running total as announced, and the rows that must make it."""

    line: int
    date: pd.Timestamp
    printed: int
    settled: list[_Piece]
    rest: list[_Piece]

    @property
    def miss(self) -> int:
        """By how many persons the rows exceed what was announced."""
        return sum(p.persons for p in self.settled + self.rest) - self.printed


def _check_running_totals(
    years: pd.DataFrame, bins: pd.DataFrame, parts: pd.DataFrame, cumulative: pd.DataFrame
) -> list[Problem]:
    """Bins and current years, with parts of the last year, must make the running totals announced."""
    faults: list[Problem] = []
    current = years[years["role"] == "current"]
    in_use = cumulative[cumulative["role"] == "current"]
    gaps = _find_sex_gaps(current, "year")
    announced_gaps = _find_sex_gaps(in_use, "as_of_date")
    for sex in SEXES:
        sign = -1 if sex == "all" else 1
        pieces = _as_pieces(bins[(bins["role"] == "current") & (bins["sex"] == sex)], BINS)
        pieces += _as_pieces(current[current["sex"] == sex], YEARS)
        small = _as_pieces(parts[(parts["role"] == "current") & (parts["sex"] == sex)], PARTS)
        bounds = []
        for line, date, printed in _list_totals(in_use[in_use["sex"] == sex]):
            bound = _bind(line, date, printed, pieces, small)
            if isinstance(bound, Problem):
                faults.append(bound)
            elif bound:
                bounds.append(bound)
        known, since = 0, pd.Timestamp.min
        for bound, following in zip(bounds, [*bounds[1:], None], strict=True):
            miss = bound.miss - known
            if miss:
                passes = following is not None and following.miss == known
                own = passes or (announced_gaps.get(bound.date) == -sign * miss and not gaps)
                suspects = [p for p in bound.settled if p.end > since]
                place = None if own else _locate(suspects, miss, gaps, sign, years[years["sex"] == sex])
                faults.append(_tell(bound, place, miss, sex))
                known = known if own else bound.miss
            since = bound.date
    return faults


def _list_totals(rows: pd.DataFrame) -> Iterator[tuple[int, pd.Timestamp, int]]:
    for line, date, printed in zip(rows.index, rows["as_of_date"], rows[N], strict=True):
        yield int(line), date, int(printed)


def _bind(
    line: int, date: pd.Timestamp, printed: int, pieces: list[_Piece], small: list[_Piece]
) -> _Bound | Problem | None:
    """Return what must make a running total; none if no printed part of the year reaches its date."""
    settled = [p for p in pieces if p.end <= date]
    if not settled:
        return None
    before, last = sum(p.persons for p in settled), max(p.end for p in pieces)
    if settled[-1].end == date:
        return _Bound(line, date, printed, settled, [])
    if date.year > last.year and (date.month, date.day) == (12, 31):
        expected = f"rows that lead to the {printed} announced for {date:%Y-%m-%d}"
        return Problem(
            YEARS, pieces[-1].line, "year", f"no current row for {date.year} after {last.year}", expected
        )
    chains = list(_find_chains(small, pd.Timestamp(date.year, 1, 1), date))
    if chains:
        # The fewest parts; others that fill the same time are compared with them elsewhere.
        return _Bound(line, date, printed, settled, min(chains, key=len))
    after = before + sum(p.persons for p in pieces if p.start <= date < p.end)
    if date < last and not before <= printed <= after:
        expected = f"{before} to {after}, the running totals of the year ends around {date:%Y-%m-%d}"
        return Problem(CUMULATIVE, line, N, str(printed), expected)
    return None


def _tell(bound: _Bound, place: _Piece | None, miss: int, sex: str) -> Problem:
    words = {"male": "men", "female": "women", "all": "everybody"}[sex]
    why = f"for {words} who had entered by {bound.date:%Y-%m-%d}"
    if place is not None:
        expected = f"{place.persons - miss}, so that the rows make the {bound.printed} announced {why}"
        return Problem(place.file, place.line, N, str(place.persons), expected)
    extra = ", ".join(str(p.line) for p in bound.rest)
    made = "the rows in use" + (f", with those on lines {extra} of {PARTS}," if extra else "")
    return Problem(
        CUMULATIVE, bound.line, N, str(bound.printed), f"{bound.printed + miss}, which {made} make {why}"
    )


def _find_sex_gaps(rows: pd.DataFrame, key: str) -> dict[object, int]:
    """Return by how much men and women exceed the printed total, where they do not make it."""
    table = rows.pivot_table(index=key, columns="sex", values=N)
    gap = table["male"] + table["female"] - table["all"]
    return {where: int(n) for where, n in gap[gap.fillna(0) != 0].items()}


def _locate(
    suspects: list[_Piece], miss: int, gaps: dict[object, int], sign: int, of_sex: pd.DataFrame
) -> _Piece | None:
    """Return the one row that explains a missed running total, if one can be told.

    It is the only row since the last total that fitted; or the one whose sexes are apart by the
    same number; or the one that the ministry's older table prints just that much lower.
    """
    if len(suspects) == 1:
        return suspects[0]
    apart = [p for p in suspects if p.file == YEARS and gaps.get(p.end.year) == sign * miss]
    if len(apart) == 1:
        return apart[0]
    older = of_sex[of_sex["role"] == "earlier"].groupby("year")[N].last()
    moved = [p for p in suspects if p.file == YEARS and older.get(p.end.year) == p.persons - miss]
    return moved[0] if len(moved) == 1 else None


def _check_growth(cumulative: pd.DataFrame) -> list[Problem]:
    faults = []
    used = cumulative[cumulative["role"].isin(["current", "earlier"])]
    for _, rows in used.groupby("sex"):
        pairs = pairwise(zip(rows.index, rows["as_of_date"], rows[N], strict=True))
        for (_, _, before), (line, date, after) in pairs:
            if after < before:
                found = f"{after} at {date:%Y-%m-%d}"
                faults.append(
                    Problem(CUMULATIVE, int(line), N, found, f"{before} or more: a running total never falls")
                )
    return faults


def _check_earlier_tables(years: pd.DataFrame, bins: pd.DataFrame, cumulative: pd.DataFrame) -> list[Problem]:
    """Compare each older ministry table with the running total printed with it."""
    faults = []
    for (source, sex), rows in group_rows(years[years["role"] == "earlier"], ["source_id", "sex"]):
        end = pd.Timestamp(int(rows["year"].max()), 12, 31)
        same = (
            (cumulative["source_id"] == source)
            & (cumulative["sex"] == sex)
            & (cumulative["as_of_date"] == end)
        )
        spans = bins[(bins["source_id"] == source) & (bins["sex"] == sex)]
        for line, printed in cumulative.loc[same, N].items():
            total = int(rows[N].sum() + spans[N].sum())
            if total != printed:
                expected = f"{total}, which the table of {source} makes for {sex} to {end:%Y-%m-%d}"
                faults.append(Problem(CUMULATIVE, int(line), N, str(printed), expected))
    return faults


def _check_bins_by_year(years: pd.DataFrame, bins: pd.DataFrame, parts: pd.DataFrame) -> list[Problem]:
    """Where one source prints every year of a span, they must make it."""
    faults = []
    spans = bins[bins["period_start"].notna()]
    first = int(spans["period_start"].min().year)
    last = int(spans["period_end"].max().year)
    near = pd.concat([years[years["year"].between(first, last)], parts[parts["period_end"].dt.year <= last]])
    for (source, sex), _ in group_rows(near, ["source_id", "sex"]):
        pieces = _as_pieces(years[(years["source_id"] == source) & (years["sex"] == sex)], YEARS)
        pieces += _as_pieces(parts[(parts["source_id"] == source) & (parts["sex"] == sex)], PARTS)
        for span in _as_pieces(spans[spans["sex"] == sex], BINS):
            for chain in _find_chains(pieces, span.start, span.end):
                total = sum(p.persons for p in chain)
                if total != span.persons:
                    expected = (
                        f"{total}, which the rows of {source} from line {chain[0].line} of {YEARS} on make"
                    )
                    faults.append(Problem(BINS, span.line, N, str(span.persons), expected))
    return faults


def _check_parts(years: pd.DataFrame, parts: pd.DataFrame) -> list[Problem]:
    """Months make quarters, quarters make years, and no part exceeds its year."""
    faults = []
    for sex in SEXES:
        current = _as_pieces(years[(years["role"] == "current") & (years["sex"] == sex)], YEARS)
        year_of = {p.end.year: p for p in current}
        small = _as_pieces(parts[(parts["role"] == "current") & (parts["sex"] == sex)], PARTS)
        for piece in small:
            year = year_of.get(piece.end.year)
            if year and piece.persons > year.persons:
                expected = f"{year.persons} or less, the {sex} entrants of {piece.end.year}"
                faults.append(Problem(PARTS, piece.line, N, str(piece.persons), expected))
        for span in small + current:
            for chain in _find_chains(small, span.start, span.end, whole=False):
                total = sum(p.persons for p in chain)
                if total != span.persons:
                    # The span's own figure is bound by running totals; so a part of it is wrong.
                    lines = ", ".join(str(p.line) for p in chain)
                    name = f"{span.start:%Y-%m-%d} to {span.end:%Y-%m-%d}, {sex}"
                    expected = f"lines {lines} to make {span.persons}, printed for {name}"
                    faults.append(Problem(PARTS, chain[-1].line, N, f"parts that make {total}", expected))
    return faults


def tidy(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the clean tables of entrants; the input is left as it was."""
    years, bins, parts, cumulative = (raw[name] for name in RAW)
    series = years[(years["role"] == "current") & (years["sex"] != "all")]
    used = cumulative[cumulative["role"].isin(["current", "earlier"])]
    return {
        "entrants": series[["year", "sex", N, "source_id", "certainty"]],
        "entrants_vintages": years.drop(columns="note"),
        "entrants_bins": bins.drop(columns="note"),
        "entrants_part_years": _tidy_parts(years, parts),
        "entrants_cumulative": used.drop(columns="note"),
    }


def _tidy_parts(years: pd.DataFrame, parts: pd.DataFrame) -> pd.DataFrame:
    used = parts[parts["role"].isin(["current", "earlier"])].drop(columns="note").assign(method="reported")
    both = pd.concat([used, pd.DataFrame(_compute_quarters(years, used))], ignore_index=True)
    kinds = [
        _name_span(start, end) for start, end in zip(both["period_start"], both["period_end"], strict=True)
    ]
    return both.assign(kind=kinds)


def _compute_quarters(years: pd.DataFrame, used: pd.DataFrame) -> list[dict[str, object]]:
    """Return the quarters nobody printed that a longer printed span and its other parts leave."""
    computed: list[dict[str, object]] = []
    for sex in SEXES:
        yearly = years[(years["role"] == "current") & (years["sex"] == sex)]
        printed = used[(used["role"] == "current") & (used["sex"] == sex)]
        spans = _as_pieces(yearly, YEARS) + _as_pieces(printed, PARTS)
        small = _as_pieces(printed, PARTS)
        have = {(p.start, p.end) for p in small}
        for year in sorted({p.start.year for p in small}):
            for month in (1, 4, 7, 10):
                start = pd.Timestamp(year, month, 1)
                end = start + pd.offsets.QuarterEnd()
                if (start, end) in have:
                    continue
                rest = _find_rest(spans, small, start, end)
                if rest is None:
                    continue
                whole, persons = rest
                origin = years if whole.file == YEARS else used
                computed.append(
                    {
                        "period_start": start,
                        "period_end": end,
                        "sex": sex,
                        "role": "current",
                        N: persons,
                        "source_id": origin.loc[whole.line, "source_id"],
                        "certainty": origin.loc[whole.line, "certainty"],
                        "method": "computed",
                    }
                )
    return computed


def _find_rest(
    spans: Iterable[_Piece], small: list[_Piece], start: pd.Timestamp, end: pd.Timestamp
) -> tuple[_Piece, int] | None:
    for span in spans:
        if span.start > start or span.end < end or span.start.year != start.year:
            continue
        before = [] if span.start == start else next(_find_chains(small, span.start, start - _DAY), None)
        after = [] if span.end == end else next(_find_chains(small, end + _DAY, span.end), None)
        if before is not None and after is not None and before + after:
            return span, span.persons - sum(p.persons for p in before + after)
    return None


def _name_span(start: pd.Timestamp, end: pd.Timestamp) -> str:
    months = (end.month - start.month + 1) if start.day == 1 and end.is_month_end else 0
    if months == 3 and start.month in (1, 4, 7, 10):
        return "quarter"
    if months == 6 and start.month in (1, 7):
        return "half_year"
    return "month" if months == 1 else "other"
