"""The audit of the encyclopedia article the book starts from: every claim against the tables.

A claim says what the article prints, and how precisely: its value or range, half a unit of the last
digit printed, and whether the text says "about". ``check`` names a function of this module that
reads the clean tables and returns an :class:`Answer`: what the claimed quantity is (``current``),
what it was in earlier releases (``earlier``), and other quantities the number may stand for
(``other``). One rule, :func:`judge`, turns a claim and an answer into a verdict.

The article is never evidence for itself: rows that cite it are left out wherever a check looks.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import pandas as pd

from data.checks import DataError, Problem
from data.corrections import parse_filter, select_rows

RAW = ("article_sections", "article_numbers", "article_claims", "article_corrections", "audit_figures")
NEEDS = (
    "basic_payment",
    "destinations",
    "entrants",
    "entrants_bins",
    "entrants_cumulative",
    "entrants_part_years",
    "entrants_vintages",
    "housing_subsidy",
    "policy_amounts",
    "population_estimates",
    "prevalence",
    "prices",
    "profiles",
    "programme_figures",
    "residents",
    "returns",
    "survey_results",
    "survey_rounds",
    "trafficking",
    "trauma",
    "unhcr",
    "us_admissions",
    "whereabouts",
)
"""Clean tables the checks read."""

ARTICLE = "wikipedia_article"
HOLDS = "holds"
CAVEAT = "holds with a caveat"
SUPERSEDED = "superseded"
MISLABELLED = "mislabelled"
CONTRADICTED = "contradicted"
NOT_CHECKED = "cannot be checked"
VERDICTS = (HOLDS, CAVEAT, SUPERSEDED, MISLABELLED, CONTRADICTED, NOT_CHECKED)

Claim = dict[str, Any]
Clean = dict[str, pd.DataFrame]

# Low end, point and high end of a figure, by table; most tables have a point alone.
_VALUES = {
    "audit_figures": ("value_low", "value", "value_high"),
    "basic_payment": ("amount_low_krw", "amount_krw", "amount_high_krw"),
    "destinations": (None, "value", None),
    "entrants_bins": (None, "entrants_persons", None),
    "entrants_cumulative": (None, "entrants_persons", None),
    "housing_subsidy": (None, "amount_krw", None),
    "policy_amounts": ("amount_low", "amount", "amount_high"),
    "population_estimates": ("low", "point", "high"),
    "prevalence": (None, "prevalence_pct", None),
    "prices": (None, "krw_per_usd", None),
    "profiles": (None, "share_pct", None),
    "programme_figures": (None, "value", None),
    "residents": (None, "residents_persons", None),
    "returns": (None, "returns_persons", None),
    "survey_results": ("value_low", "value", "value_high"),
    "survey_rounds": (None, "n_answered", None),
    "trafficking": ("low_pct", "share_pct", "high_pct"),
    "trauma": (None, "share_pct", None),
    "unhcr": (None, "value", None),
    "us_admissions": (None, "persons", None),
    "whereabouts": (None, "persons", None),
}
_EVIDENCE = re.compile(r"(?:(sum|low|high) )?([a-z_]+): (.+)")
_TINY = 1e-9
_MONTHS_PER = {"month": 1.0, "months": 1.0, "week": 12 * 7 / 365.25, "weeks": 12 * 7 / 365.25}
RATE_SPREAD = 0.05
"""How far a day's exchange rate may stand from the average of its year before a pair is doubted."""

RELATED = (
    ("china_hiding_2009", "demographics_in_china", "same"),
    ("china_refugee_status_low", "demographics_in_china", "part"),
    ("demographics_adults_2013", "demographics_in_china", "same"),
    ("demographics_peak_year", "lead_peak_of_leaving", "same"),
    ("mental_health_survey_base", "statistics_all_2012", "part"),
    ("resettlement_course_months", "reward_training_weeks", "same"),
    ("resettlement_living_2019", "statistics_all_to_2023", "part"),
    ("return_estimate_2012", "return_recorded", "part"),
    ("south_korea_since_the_war", "demographics_registered_2017", "same"),
    ("south_korea_since_the_war", "statistics_all_to_2023", "same"),
    ("united_states_2004_2011", "united_states_by_2014", "part"),
    ("united_states_asylum_2004_2011", "united_states_table_2011", "same"),
)
"""Claims of one quantity (``same``), or of a part and its whole, under other names or dates."""


@dataclass(frozen=True)
class Reading:
    """One figure with the document it was read in and, if needed, what it counts."""

    low: float
    high: float
    source_id: str
    what: str = ""
    slack: float = 0.0


@dataclass(frozen=True)
class Answer:
    """What the tables say to a claim."""

    table: str = ""
    filter: str = ""
    current: tuple[Reading, ...] = ()
    earlier: tuple[Reading, ...] = ()
    other: tuple[Reading, ...] = ()


def find_half_unit(value: float, approximate: bool) -> float:
    """Return how far a figure may stand from the number that is printed for it.

    Half a unit of the last digit that is not a nought. A number without "about" or the like is read
    no coarser than its second digit: 30,000 is a number of thousands, about 30,000 of ten thousands.
    """
    digits = f"{value:.10f}".rstrip("0").rstrip(".")
    whole, _, decimals = digits.partition(".")
    if decimals:
        return 0.5 * 10.0 ** -len(decimals)
    noughts = len(whole) - len(whole.rstrip("0")) if value else 0
    return 0.5 * 10.0 ** (noughts if approximate else max(0, min(noughts, len(whole) - 2)))


def bound_claim(claim: Claim) -> tuple[float, float]:
    """Return the least and the greatest figure that a claim may stand for."""
    low, high = claim["value_low"], claim["value_high"]
    half: float = math.nan if pd.isna(claim["half_unit"]) else float(claim["half_unit"])
    if pd.isna(high):
        return low - _TINY, math.inf if math.isnan(half) else low + 2 * half + _TINY
    if pd.isna(low):
        return -math.inf, high + _TINY
    return low - half - _TINY, high + half + _TINY


def covers(claim: Claim, reading: Reading) -> bool:
    """Return whether a figure, with all its bounds, lies within what a claim prints."""
    least, most = bound_claim(claim)
    return bool(reading.low >= least - reading.slack and reading.high <= most + reading.slack)


def touches(claim: Claim, reading: Reading) -> bool:
    """Return whether what a claim prints lies, at least in part, within the bounds of a figure."""
    least, most = bound_claim(claim)
    return bool(reading.high >= least - reading.slack and reading.low <= most + reading.slack)


def judge(claim: Claim, answer: Answer) -> str:
    """Return the verdict on a claim.

    ``holds``: every figure found for the quantity lies within the claim. ``holds with a caveat``:
    one does, but others do not; or only bounds are known and the claim lies between them; or the
    claim is marked as needing a qualification. ``superseded``: only an earlier figure does.
    ``mislabelled``: only another quantity does. ``contradicted``: none does. ``cannot be checked``:
    there is no figure of the quantity and the number is nothing else.
    """
    if any(touches(claim, reading) for reading in answer.current):
        whole = all(covers(claim, reading) for reading in answer.current)
        return HOLDS if whole and not claim["has_caveat"] else CAVEAT
    if any(covers(claim, reading) for reading in answer.earlier):
        return SUPERSEDED
    if any(covers(claim, reading) for reading in answer.other):
        return MISLABELLED
    return CONTRADICTED if answer.current else NOT_CHECKED


def find_rows(clean: Clean, table: str, conditions: str) -> pd.DataFrame:
    """Return the rows of a clean table that meet ``column=value;…``, the article's own left out."""
    rows = clean[table]
    for column, values in parse_filter(conditions).items():
        chosen = pd.Series(False, index=rows.index)
        for value in values.split("|"):
            chosen |= select_rows(rows, f"{column}={value}")
        rows = rows[chosen]
    source = "source_id_krw_per_usd" if table == "prices" else "source_id"
    return rows[rows[source] != ARTICLE]


def read_evidence(clean: Clean, text: str) -> tuple[str, str, tuple[Reading, ...]]:
    """Return the readings that an evidence pointer names."""
    match = _EVIDENCE.fullmatch(text)
    if match is None:
        raise LookupError(f"evidence {text!r} is no pointer; expected table: column=value;…")
    how, table, conditions = match.groups()
    rows = find_rows(clean, table, conditions)
    readings = list(_read_rows(rows, table))
    if not readings:
        raise LookupError(f"evidence {text!r} finds no row of {table} with a value")
    if how == "sum":
        total = Reading(sum(r.low for r in readings), sum(r.high for r in readings), readings[0].source_id)
        readings = [total]
    elif how == "low":
        readings = [replace(r, high=r.low) for r in readings]
    elif how == "high":
        readings = [replace(r, low=r.high) for r in readings]
    return table, conditions, tuple(readings)


def _read_rows(rows: pd.DataFrame, table: str) -> Iterator[Reading]:
    low_name, name, high_name = _VALUES[table]
    source = "source_id_krw_per_usd" if table == "prices" else "source_id"
    for row in rows.to_dict("records"):
        point = row[name]
        low = row[low_name] if low_name else None
        high = row[high_name] if high_name else None
        if all(v is None or pd.isna(v) for v in (low, point, high)):
            continue
        if row.get("cells_1_to_5"):
            yield Reading(float(row["value_low"]), float(point), row[source])
            continue
        if row.get("bound") == "more_than":
            yield Reading(float(point), math.inf, row[source])
            continue
        if not pd.isna(point):
            half = row.get("rounded_to_persons")
            spread = 0.0 if half is None or pd.isna(half) else float(half) / 2
            yield Reading(float(point) - spread, float(point) + spread, row[source])
            continue
        bottom = 0.0 if low is None or pd.isna(low) else float(low)
        top = math.inf if high is None or pd.isna(high) else float(high)
        yield Reading(bottom, top, row[source])


def _read_other(claim: Claim, clean: Clean) -> tuple[Reading, ...]:
    if not _has(claim, "other_evidence"):
        return ()
    readings = read_evidence(clean, claim["other_evidence"])[2]
    return tuple(replace(r, what=claim["other_is"]) for r in readings)


def _has(claim: Claim, column: str) -> bool:
    return isinstance(claim[column], str) and bool(claim[column])


def figure(claim: Claim, clean: Clean) -> Answer:
    """Look the quantity up: ``evidence`` is what is claimed, ``other_evidence`` what else it may be."""
    if not _has(claim, "evidence"):
        return Answer(other=_read_other(claim, clean))
    table, conditions, readings = read_evidence(clean, claim["evidence"])
    return Answer(table, conditions, readings, other=_read_other(claim, clean))


def no_longer(claim: Claim, clean: Clean) -> Answer:
    """Look up what was so before, of something that has been abolished since."""
    table, conditions, readings = read_evidence(clean, claim["evidence"])
    return Answer(table, conditions, earlier=tuple(replace(r, what="the rule before") for r in readings))


def in_months(claim: Claim, clean: Clean) -> Answer:
    """Look a length of time up and turn it into months."""
    answer = figure(claim, clean)
    rows = find_rows(clean, answer.table, answer.filter)
    months = _MONTHS_PER[rows["unit"].iloc[0]]
    scaled = tuple(replace(r, low=r.low * months, high=r.high * months) for r in answer.current)
    return replace(answer, current=scaled)


def nothing_found(claim: Claim, clean: Clean) -> Answer:
    """Say that no document with the quantity was found; ``why`` tells what was looked for."""
    return Answer()


def share(claim: Claim, clean: Clean) -> Answer:
    """Compute one figure as a percentage of another, the ``base``."""
    table, conditions, (top, *_) = read_evidence(clean, claim["evidence"])
    base = read_evidence(clean, claim["base"])[2][0]
    reading = Reading(100 * top.low / base.high, 100 * top.high / base.low, top.source_id)
    return Answer(table, conditions, (reading,), other=_read_other(claim, clean))


def share_of_residents(claim: Claim, clean: Clean) -> Answer:
    """Give a register's share both ways: of all who entered, as printed, and of those living there."""
    table, conditions, (printed, *_) = read_evidence(clean, claim["evidence"])
    people = find_rows(clean, table, conditions)["n"].iloc[0] * printed.low / 100
    living = read_evidence(clean, claim["base"])[2][0]
    of_living = Reading(100 * people / living.high, 100 * people / living.low, living.source_id)
    return Answer(table, conditions, (printed, of_living))


def between_parts(claim: Claim, clean: Clean) -> Answer:
    """Bound a part: at least the members listed, at most the whole less what is known to lie outside."""
    table, conditions, (listed, *_) = read_evidence(clean, claim["evidence"])
    whole = read_evidence(clean, claim["base"])[2][0]
    outside = read_evidence(clean, claim["other_evidence"])[2][0]
    return Answer(table, conditions, (Reading(listed.low, whole.high - outside.low, listed.source_id),))


def between_dates(claim: Claim, clean: Clean) -> Answer:
    """Bracket a share by the nearest tables before and after the claim's date."""
    match = _EVIDENCE.fullmatch(claim["evidence"])
    if match is None:
        raise LookupError(f"evidence {claim['evidence']!r} is no pointer")
    _, table, conditions = match.groups()
    rows = find_rows(clean, table, conditions)
    rows = rows[rows["share_pct"].notna()]
    wanted = len(parse_filter(conditions)["category"].split("|"))
    dated = rows.groupby("as_of_date").agg(n=("category", "nunique"), pct=("share_pct", "sum"))
    whole = dated[dated["n"] == wanted]["pct"]
    date = claim["period_end"]
    near = pd.concat([whole[whole.index <= date].tail(1), whole[whole.index > date].head(1)])
    if near.empty:
        raise LookupError(f"evidence {claim['evidence']!r} finds no table on either side of {date:%Y-%m-%d}")
    source = rows[rows["as_of_date"] == near.index[0]]["source_id"].iloc[0]
    place = f"{conditions};as_of_date={'|'.join(f'{d:%Y-%m-%d}' for d in near.index)}"
    return Answer(table, place, (Reading(float(near.min()), float(near.max()), source),))


def _read_pair(claim: Claim, clean: Clean) -> Claim:
    rows = clean["article_claims"]
    found = rows[rows["claim_id"] == claim["paired_with"]].to_dict("records")
    if not found:
        raise LookupError(
            f"claim {claim['claim_id']} is paired with {claim['paired_with']!r}, which is no claim"
        )
    return {str(k): v for k, v in found[0].items()}


def won_in_dollars(claim: Claim, clean: Clean) -> Answer:
    """Turn an amount of won into dollars at the average rate of the claim's year, give or take 5 %.

    ``base`` names the year of the rate if the claim has none.
    """
    by = claim["base"] if _has(claim, "base") else f"prices: year={claim['period_start'].year}"
    table, conditions, (rate, *_) = read_evidence(clean, by)

    def convert(won: Reading) -> Reading:
        low, high = won.low / rate.low, won.high / rate.high
        return replace(won, low=low, high=high, slack=RATE_SPREAD * high)

    other = tuple(map(convert, _read_other(claim, clean)))
    if _has(claim, "paired_with"):
        pair = _read_pair(claim, clean)
        amount = Reading(pair["value_low"], pair["value_high"], rate.source_id)
        return Answer(table, conditions, (convert(amount),), other=other)
    table, conditions, readings = read_evidence(clean, claim["evidence"])
    return Answer(table, conditions, tuple(map(convert, readings)), other=other)


def start_year(claim: Claim, clean: Clean) -> Answer:
    """Return the year in which a rule came into force."""
    return _read_year(claim, clean, "effective_from", first=True)


def end_year(claim: Claim, clean: Clean) -> Answer:
    """Return the last year in which a rule was in force."""
    return _read_year(claim, clean, "effective_to", first=False)


def _read_year(claim: Claim, clean: Clean, column: str, *, first: bool) -> Answer:
    table, _, conditions = claim["evidence"].partition(": ")
    rows = find_rows(clean, table, conditions)
    days = rows[rows[column].notna()].assign(day=lambda f: f[column].astype(str)).sort_values("day")
    if days.empty:
        raise LookupError(f"evidence {claim['evidence']!r} finds no row with {column}")
    row = days.iloc[0 if first else -1]
    year = float(row["day"][:4])
    return Answer(table, conditions, (Reading(year, year, row["source_id"]),))


def entrants_of_year(claim: Claim, clean: Clean) -> Answer:
    """Return how many entered the South in the claim's year, with every earlier release.

    For one sex, men and women together are offered as what the number may stand for instead.
    """
    year, sex = claim["period_start"].year, claim["sex"]
    answer = Answer("entrants", f"year={year}" + ("" if sex == "all" else f";sex={sex}"))
    other = _read_other(claim, clean)
    if sex != "all":
        together = (*_entered(clean, year, "all"), *_published(clean, year, "all"))
        other = tuple(replace(r, what="men and women together") for r in together)
    return replace(
        answer, current=_entered(clean, year, sex), earlier=_published(clean, year, sex), other=other
    )


def _entered(clean: Clean, year: int, sex: str) -> tuple[Reading, ...]:
    rows = clean["entrants"]
    rows = rows[(rows["year"] == year) & ((rows["sex"] == sex) | (sex == "all"))]
    if rows.empty:
        return ()
    count = float(rows["entrants_persons"].sum())
    return (Reading(count, count, rows["source_id"].iloc[0]),)


def _published(clean: Clean, year: int, sex: str) -> tuple[Reading, ...]:
    rows = clean["entrants_vintages"]
    rows = rows[(rows["year"] == year) & (rows["sex"] == sex) & rows["role"].isin(["earlier", "press"])]
    return tuple(
        Reading(float(n), float(n), source, f"the number as published in {vintage[:4]}")
        for n, source, vintage in zip(
            rows["entrants_persons"], rows["source_id"], rows["vintage"], strict=True
        )
    )


def entrants_of_span(claim: Claim, clean: Clean) -> Answer:
    """Return how many entered in one of the ministry's first two spans, which end in 1998 and 2001."""
    conditions = f"period_end={claim['period_end']:%Y-%m-%d};role=current;sex={claim['sex']}"
    table, place, readings = read_evidence(clean, f"entrants_bins: {conditions}")
    return Answer(table, place, readings)


def _running_totals(clean: Clean, sex: str) -> pd.DataFrame:
    """Return everybody who had entered by each date known: announced, or added up from the table."""
    spans = clean["entrants_bins"]
    before = float(spans.loc[(spans["role"] == "current") & (spans["sex"] == sex), "entrants_persons"].sum())
    years = clean["entrants"]
    by_year = years[(years["sex"] == sex) | (sex == "all")].groupby("year", as_index=False)
    ends = by_year.agg(persons=("entrants_persons", "sum"), source_id=("source_id", "first"))
    ends["persons"] = before + ends["persons"].astype("float64").cumsum()
    ends["date"] = pd.to_datetime(ends["year"].astype(str) + "-12-31")

    parts = clean["entrants_part_years"]
    quarters = parts[(parts["kind"] == "quarter") & (parts["sex"] == sex)].sort_values("period_end")
    year = quarters["period_end"].dt.year.rename("year")
    quarters = quarters[year.map(year.value_counts()) == 4]
    in_year = quarters["entrants_persons"].astype("float64").groupby(year).cumsum()
    start = year.map(dict(zip(ends["year"] + 1, ends["persons"], strict=True)))
    sums = quarters.assign(persons=in_year + start, date=quarters["period_end"])

    told = clean["entrants_cumulative"]
    told = told[(told["sex"] == sex) & (told["source_id"] != ARTICLE)]
    told = told.assign(persons=told["entrants_persons"].astype("float64"), date=told["as_of_date"])
    columns = ["date", "persons", "source_id"]
    frame = pd.concat([told[columns], ends[columns], sums[columns]])
    frame = frame[frame["persons"].notna()]
    return frame.sort_values("date", kind="stable").reset_index(drop=True)


def _as_readings(rows: pd.DataFrame, words: str, column: str = "persons") -> tuple[Reading, ...]:
    return tuple(
        Reading(float(n), float(n), source, f"{words} {day.day} {day:%B %Y}")
        for day, n, source in zip(rows["date"], rows[column], rows["source_id"], strict=True)
    )


def entrants_to_date(claim: Claim, clean: Clean) -> Answer:
    """Return everybody who had entered by the claim's last day; other days are other quantities."""
    totals = _running_totals(clean, claim["sex"])
    there = totals["date"] == claim["period_end"]
    words = "everybody who had entered by"
    current = _as_readings(totals[there], "")
    conditions = f"year to {claim['period_end'].year}" if claim["sex"] == "all" else f"sex={claim['sex']}"
    return Answer("entrants", conditions, current, other=_as_readings(totals[~there], words))


def entrants_ever(claim: Claim, clean: Clean) -> Answer:
    """Return the latest running total for a claim without a date; earlier ones may have been meant."""
    totals = _running_totals(clean, claim["sex"])
    words = "everybody who had entered by"
    place = f"as_of_date={totals['date'].iloc[-1]:%Y-%m-%d};sex={claim['sex']}"
    last, before = totals.tail(1), totals.head(-1)
    return Answer("entrants_cumulative", place, _as_readings(last, ""), earlier=_as_readings(before, words))


def entrants_within(claim: Claim, clean: Clean) -> Answer:
    """Return between which running totals the claim's period lies."""
    totals = _running_totals(clean, claim["sex"])
    inside = totals[totals["date"].between(claim["period_start"] - pd.Timedelta(days=1), claim["period_end"])]
    low, high = float(inside["persons"].min()), float(inside["persons"].max())
    years = f"{claim['period_start'].year - 1} and {claim['period_end'].year}"
    source = inside["source_id"].iloc[-1]
    return Answer("entrants_cumulative", f"between the ends of {years}", (Reading(low, high, source),))


def _women_shares(clean: Clean) -> pd.DataFrame:
    women, everybody = (_running_totals(clean, sex) for sex in ("female", "all"))
    both = women.merge(everybody[["date", "persons"]], on="date", suffixes=("", "_all"))
    return both.assign(share=100 * both["persons"] / both["persons_all"]).drop_duplicates("date")


def women_share_of_year(claim: Claim, clean: Clean) -> Answer:
    """Return the share of women among those who entered in the claim's year, and in earlier releases."""
    year = claim["period_start"].year
    earlier = []
    old = clean["entrants_vintages"]
    old = old[(old["year"] == year) & old["role"].isin(["earlier", "press"])]
    for (vintage, source), rows in old.groupby(["vintage", "source_id"], sort=False):
        by_sex = rows.set_index("sex")["entrants_persons"]
        if {"female", "all"} <= set(by_sex.index):
            pct = 100 * float(by_sex["female"]) / float(by_sex["all"])
            earlier.append(Reading(pct, pct, str(source), f"the share as published in {str(vintage)[:4]}"))
    return Answer("entrants", f"year={year}", (_women_in(clean, year),), earlier=tuple(earlier))


def _women_in(clean: Clean, year: int) -> Reading:
    (women,), (everybody,) = _entered(clean, year, "female"), _entered(clean, year, "all")
    pct = 100 * women.low / everybody.low
    return Reading(pct, pct, women.source_id)


def highest_women_share(claim: Claim, clean: Clean) -> Answer:
    """Return the highest yearly share of women so far, and the highest up to the claim's year."""
    shares = [(year, _women_in(clean, year)) for year, _ in _list_years(clean)]
    top_year, top = max(shares, key=lambda pair: pair[1].low)
    last = claim["period_end"].year
    then = max((r for y, r in shares if y <= last), key=lambda r: r.low)
    earlier = replace(then, what=f"the highest share up to {last}")
    return Answer("entrants", f"year={top_year}", (top,), earlier=(earlier,))


def women_share_ever(claim: Claim, clean: Clean) -> Answer:
    """Return the share of women among all who entered; without a date, earlier shares may be meant."""
    shares = _women_shares(clean)
    words = "the share among all who had entered by"
    if not pd.isna(claim["period_end"]):
        inside = shares[shares["date"].between(claim["period_start"], claim["period_end"])]
        low, high = float(inside["share"].min()), float(inside["share"].max())
        place = f"dates in {claim['period_end'].year}"
        return Answer("entrants_cumulative", place, (Reading(low, high, inside["source_id"].iloc[-1]),))
    place = f"as_of_date={shares['date'].iloc[-1]:%Y-%m-%d}"
    current = _as_readings(shares.tail(1), "", "share")
    return Answer(
        "entrants_cumulative", place, current, earlier=_as_readings(shares.head(-1), words, "share")
    )


def peak_year_of_entrants(claim: Claim, clean: Clean) -> Answer:
    """Return the year in which most people entered the South."""
    year, (most,) = max(_list_years(clean), key=lambda pair: pair[1][0].low)
    return Answer("entrants", f"year={year}", (Reading(year, year, most.source_id),))


def _list_years(clean: Clean) -> list[tuple[int, tuple[Reading, ...]]]:
    years = sorted(int(y) for y in clean["entrants"]["year"].unique())
    return [(year, _entered(clean, year, "all")) for year in years]


def peak_year_of_estimates(claim: Claim, clean: Clean) -> Answer:
    """Return the year of the highest point among one estimator's figures."""
    table, _, conditions = claim["evidence"].partition(": ")
    rows = find_rows(clean, table, conditions)
    top = rows.sort_values("point", ascending=False, na_position="last").to_dict("records")[0]
    year = int(top["year_start"])
    return Answer(table, f"{conditions};year_start={year}", (Reading(year, year, top["source_id"]),))


def fewest_entrants_after(claim: Claim, clean: Clean) -> Answer:
    """Return the smallest yearly number of entrants after the claim's year."""
    later = [pair for pair in _list_years(clean) if pair[0] > claim["period_end"].year]
    year, (least,) = min(later, key=lambda pair: pair[1][0].low)
    return Answer("entrants", f"year={year}", (least,))


def admissions_by(claim: Claim, clean: Clean) -> Answer:
    """Return United States refugee admissions from 2006 to within the claim's last fiscal year."""
    rows = find_rows(clean, "us_admissions", "year_basis=fiscal_year;measure=refugee_admissions")
    last = claim["period_end"].year
    low = float(rows.loc[rows["year"] < last, "persons"].sum())
    high = float(rows.loc[rows["year"] <= last, "persons"].sum())
    place = f"year_basis=fiscal_year;measure=refugee_admissions, to {last}"
    return Answer("us_admissions", place, (Reading(low, high, rows["source_id"].iloc[0]),))


def granted_asylum(claim: Claim, clean: Clean) -> Answer:
    """Return asylum granted in the United States up to a year, and refugees admitted by then.

    The heading allows two readings of asylum, of the year alone and of all years so far; ``evidence``
    may add an estimate of the latter. Refugees are another quantity.
    """
    year = claim["period_end"].year
    place = "country=United States of America;measure=recognised"
    rows = find_rows(clean, "unhcr", place)
    by_year = {y: list(_read_rows(rows[rows["year"] == y], "unhcr")) for y in sorted(rows["year"].unique())}
    so_far = [r for y, readings in by_year.items() if y <= year for r in readings]
    total = Reading(sum(r.low for r in so_far), sum(r.high for r in so_far), rows["source_id"].iloc[0])
    current = (*by_year.get(year, []), total)
    if _has(claim, "evidence"):
        current = (*read_evidence(clean, claim["evidence"])[2], *current)
    admitted = find_rows(clean, "us_admissions", "year_basis=fiscal_year;measure=refugee_admissions")
    persons = float(admitted.loc[admitted["year"] <= year, "persons"].sum())
    words = f"refugees admitted up to fiscal {year}, all years together"
    other = Reading(persons, persons, admitted["source_id"].iloc[-1], words)
    return Answer("unhcr", f"{place}, to {year}", current, other=(other,))


CHECKS: dict[str, Callable[[Claim, Clean], Answer]] = {
    check.__name__: check
    for check in (
        admissions_by,
        between_dates,
        between_parts,
        end_year,
        entrants_ever,
        entrants_of_span,
        entrants_of_year,
        entrants_to_date,
        entrants_within,
        fewest_entrants_after,
        figure,
        granted_asylum,
        highest_women_share,
        in_months,
        no_longer,
        nothing_found,
        peak_year_of_entrants,
        peak_year_of_estimates,
        share,
        share_of_residents,
        start_year,
        women_share_ever,
        women_share_of_year,
        won_in_dollars,
    )
}
"""The functions that ``check`` may name."""


def compare_claims(claims: pd.DataFrame) -> pd.DataFrame:
    """Return pairs of claims that the article prints of one quantity, or of a part and its whole."""
    by_id = {str(row["claim_id"]): row for row in claims.to_dict("records")}
    pairs: dict[tuple[str, str], str] = {}
    keys = ["quantity", "unit", "sex", "place", "period_start", "period_end"]
    for _, rows in claims.groupby(keys, dropna=False, sort=True):
        pairs |= dict.fromkeys(combinations(sorted(rows["claim_id"]), 2), "same")
    pairs |= {(a, b): relation for a, b, relation in RELATED if a in by_id and b in by_id}
    compared = [
        (a, b, relation, _agree(_in_months(by_id[a]), _in_months(by_id[b]), relation))
        for (a, b), relation in pairs.items()
    ]
    return pd.DataFrame(compared, columns=["claim_a", "claim_b", "relation", "agree"])


def _in_months(claim: dict[Any, Any]) -> Claim:
    months = _MONTHS_PER.get(claim["unit"], 1.0)
    values = {k: claim[k] * months for k in ("value_low", "value_high", "half_unit")}
    return {**{str(k): v for k, v in claim.items()}, **values}


def _agree(one: Claim, other: Claim, relation: str) -> bool:
    if relation == "part":
        return bool(bound_claim(one)[0] <= bound_claim(other)[1])
    return covers(one, _read_printed(other)) or covers(other, _read_printed(one))


def _read_printed(claim: Claim) -> Reading:
    """Return the number that a claim prints, open where it is."""
    least, most = bound_claim(claim)
    low, high = claim["value_low"], claim["value_high"]
    return Reading(least if pd.isna(low) else low, most if pd.isna(high) else high, ARTICLE)


def validate(raw: dict[str, pd.DataFrame]) -> list[Problem]:
    """Return numbers without a claim or a reason, counts that do not hold, and claims nobody prints."""
    numbers, claims = raw["article_numbers"], raw["article_claims"]
    return [
        *_check_numbers(numbers, set(claims["claim_id"])),
        *_check_counts(numbers, raw["article_sections"]),
        *_check_claims(claims, set(numbers["claim_id"].dropna())),
        *_check_pointers(raw["article_corrections"], set(claims["claim_id"])),
        *_check_related(set(claims["claim_id"])),
    ]


def _check_numbers(numbers: pd.DataFrame, known: set[str]) -> Iterator[Problem]:
    file = "data/raw/article_numbers.csv"
    for line, row in numbers.iterrows():
        here = int(str(line))
        has_claim, has_reason = pd.notna(row["claim_id"]), pd.notna(row["excluded_because"])
        if has_claim == has_reason:
            found = "both" if has_claim else "neither"
            yield Problem(file, here, "claim_id", found, "a claim or a reason for having none")
        elif has_claim and row["claim_id"] not in known:
            yield Problem(file, here, "claim_id", repr(row["claim_id"]), "a claim of article_claims.csv")


def _check_counts(numbers: pd.DataFrame, sections: pd.DataFrame) -> Iterator[Problem]:
    counted = numbers.groupby("section")["ordinal"]
    sizes, highest = counted.size(), counted.max()
    for line, row in sections.iterrows():
        name, wanted = row["section"], int(row["numbers_counted"])
        found = int(sizes.get(name, 0))
        if found != wanted:
            expected = f"{found}, the rows of article_numbers.csv with section {name}"
            yield Problem(
                "data/raw/article_sections.csv", int(str(line)), "numbers_counted", str(wanted), expected
            )
        elif found and int(highest[name]) != found:
            first = int(str(numbers.index[numbers["section"] == name][0]))
            expected = f"1 to {found} without a gap in section {name}"
            yield Problem(
                "data/raw/article_numbers.csv", first, "ordinal", f"up to {highest[name]}", expected
            )
    for name in sorted(set(sizes.index) - set(sections["section"])):
        first = int(str(numbers.index[numbers["section"] == name][0]))
        yield Problem(
            "data/raw/article_numbers.csv", first, "section", repr(name), "a section of article_sections.csv"
        )


def _check_claims(claims: pd.DataFrame, printed: set[str]) -> Iterator[Problem]:
    file = "data/raw/article_claims.csv"
    for line, row in claims.iterrows():
        here = int(str(line))
        low, high = row["value_low"], row["value_high"]
        if row["claim_id"] not in printed:
            yield Problem(
                file, here, "claim_id", repr(row["claim_id"]), "a claim that some printed number makes"
            )
        if pd.isna(low) and pd.isna(high):
            yield Problem(file, here, "value_low", "no value", "a value, a range or one end of it")
        rule = {find_half_unit(v, row["approximate"]) for v in (low, high) if pd.notna(v)}
        if not row["approximate"]:
            rule.add(0.0)  # a count in full, or a year, stands for itself alone
        if pd.notna(row["half_unit"]) and row["half_unit"] not in rule:
            expected = "half a unit of the last digit printed, " + " or ".join(f"{h:g}" for h in sorted(rule))
            yield Problem(file, here, "half_unit", f"{row['half_unit']:g}", expected)
        if row["check"] not in CHECKS:
            yield Problem(file, here, "check", repr(row["check"]), "a function of data/claims.py")
        if pd.notna(row["other_evidence"]) and pd.isna(row["other_is"]) and row["check"] != "between_parts":
            yield Problem(file, here, "other_is", "nothing", "what other_evidence counts, in words")


def _check_pointers(corrections: pd.DataFrame, known: set[str]) -> Iterator[Problem]:
    for line, claim_id in corrections["claim_id"].items():
        if claim_id not in known:
            file, expected = "data/raw/article_corrections.csv", "a claim of article_claims.csv"
            yield Problem(file, int(str(line)), "claim_id", repr(claim_id), expected)


def _check_related(known: set[str]) -> Iterator[Problem]:
    for claim_id in sorted({c for a, b, _ in RELATED for c in (a, b)} - known):
        expected = "a claim of article_claims.csv, which RELATED of data/claims.py names"
        yield Problem("data/raw/article_claims.csv", 1, "claim_id", f"no {claim_id!r}", expected)


def tidy(raw: dict[str, pd.DataFrame], clean: Clean) -> dict[str, pd.DataFrame]:
    """Judge every claim and write the proposed corrections."""
    looked_in = {**clean, "audit_figures": raw["audit_figures"], "article_claims": raw["article_claims"]}
    claims = raw["article_claims"].reset_index(drop=True)
    described, faults = [], []
    for line, row in zip(raw["article_claims"].index, claims.to_dict("records"), strict=True):
        claim = {str(k): v for k, v in row.items()}
        try:
            described.append(_describe(claim, looked_in))
        except (LookupError, ValueError, ZeroDivisionError) as error:
            said = str(error).strip('"') or type(error).__name__
            file, expected = "data/raw/article_claims.csv", "rows of the tables that answer the claim"
            faults.append(Problem(file, int(line), "evidence", said, expected))
    if faults:
        raise DataError(faults)
    judged = pd.DataFrame(described)
    judged = judged.astype({c: "str" for c in ("table", "filter", "verdict", "source_id", "other_source_id")})
    ledger = pd.concat(
        [claims.drop(columns=["evidence", "base", "other_evidence", "other_is"]), judged], axis=1
    )
    return {
        "article_sections": raw["article_sections"].copy(),
        "article_numbers": raw["article_numbers"].copy(),
        "audit_figures": raw["audit_figures"].copy(),
        "article_claims": ledger,
        "article_corrections": _propose(raw["article_corrections"], ledger),
    }


def _describe(claim: Claim, clean: Clean) -> dict[str, Any]:
    """Return what the ledger adds to a claim."""
    answer = CHECKS[claim["check"]](claim, clean)
    verdict = judge(claim, answer)
    first = answer.current[0] if answer.current else None
    deciding = _find_deciding(claim, answer, verdict)
    return {
        "table": answer.table or None,
        "filter": answer.filter or None,
        "computed": first.low if first else None,
        "computed_to": first.high if first and first.low < first.high < math.inf else None,
        "verdict": verdict,
        "source_id": first.source_id if first else None,
        "other_value": deciding.low if deciding else None,
        "other_value_to": deciding.high if deciding and deciding.low < deciding.high < math.inf else None,
        "other_is": (deciding.what or "another source on the same quantity") if deciding else None,
        "other_source_id": deciding.source_id if deciding else None,
    }


def _find_deciding(claim: Claim, answer: Answer, verdict: str) -> Reading | None:
    """Return the reading beside the first that the verdict rests on."""

    def first(readings: Iterable[Reading], fit: bool) -> Reading | None:
        return next((r for r in readings if covers(claim, r) == fit), None)

    if verdict == SUPERSEDED:
        return first(reversed(answer.earlier), True)
    if verdict == MISLABELLED:
        return first(answer.other, True)
    if verdict == CAVEAT:
        return first(answer.current[1:], not covers(claim, answer.current[0]))
    return None


def _propose(corrections: pd.DataFrame, ledger: pd.DataFrame) -> pd.DataFrame:
    """Return the corrections whose claim does not hold as printed, figures filled in.

    ``{date}`` is the day or year of the figure. A proposal without a source of its own cites the figure's.
    """
    wanted = ledger[ledger["verdict"].isin([SUPERSEDED, MISLABELLED, CONTRADICTED, CAVEAT])]
    joined = corrections.merge(wanted, on="claim_id", suffixes=("", "_of_figure"))
    texts = [
        row["proposal"].format(
            computed=_show(row["computed"]),
            computed_to=_show(row["computed_to"]),
            other=_show(row["other_value"]),
            date=_show_date(row["filter"]),
        )
        for row in joined.to_dict("records")
    ]
    joined["source_id"] = joined["source_id"].fillna(joined["source_id_of_figure"])
    columns = ["claim_id", "section", "printed_as", "verdict", "proposal", "source_id"]
    return joined.assign(proposal=pd.Series(texts, index=joined.index, dtype="str"))[columns]


def _show_date(conditions: Any) -> str:
    """Return the day or year that a filter names, as a sentence prints it."""
    found = re.search(r"as_of_date=(\d{4}-\d{2}-\d{2})|^year=(\d{4})$", str(conditions))
    if found is None:
        return "(no date)"
    if found.group(2):
        return found.group(2)
    day = pd.Timestamp(found.group(1))
    return f"{day.day} {day:%B %Y}"


def _show(value: float) -> str:
    """Return a figure as a sentence prints it; years and whole numbers without decimals."""
    if pd.isna(value):
        return "(no figure)"
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.1f}" if value < 1000 else f"{value:,.0f}"
