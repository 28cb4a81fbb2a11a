"""Chapter 10: every claim of the encyclopedia article against the tables of this book.

A claim is a number that the article prints. Its ``check`` names a function of this module that finds
figures of the claimed quantity (``current``), of its earlier releases (``earlier``) and of other
quantities the number may stand for (``other``). One rule, ``find_verdict``, turns a claim and these
figures into a verdict. Rows that cite the article itself are never evidence.

``python -m analysis.chapters.article_audit`` writes the clean tables of the audit.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import combinations
from typing import Any, NamedTuple

import pandas as pd

from analysis import text
from analysis.charts import forms, style
from analysis.charts.style import INK, PALETTE, Drawing
from data import DataError, Problem, load
from data.checks import format_cell, report
from data.corrections import parse_filter
from data.pipeline import correct, find_outdated, format_clean, read_raw, write_clean
from data.schema import expand_descriptor, labels

ARTICLE = "wikipedia_article"
VERDICTS = HOLDS, CAVEAT, SUPERSEDED, MISLABELLED, CONTRADICTED, NOT_CHECKED = (
    "holds",
    "holds with a caveat",
    "superseded",
    "mislabelled",
    "contradicted",
    "cannot be checked",
)
WRONG = (SUPERSEDED, MISLABELLED, CONTRADICTED)  # the number, or what it is called, should change
# Columns that hold a figure and its bounds; of several in a table the first counts.
POINTS = ["value", "amount", "amount_krw", "point", "krw_per_usd", "n_answered", "prevalence_pct"]
POINTS += ["entrants_persons", "residents_persons", "returns_persons", "share_pct", "persons"]
LOWS = ["value_low", "amount_low", "amount_low_krw", "low", "low_pct"]
HIGHS = ["value_high", "amount_high", "amount_high_krw", "high", "high_pct"]
MONTHS = {"month": 1.0, "months": 1.0, "week": 12 * 7 / 365.25, "weeks": 12 * 7 / 365.25}
RATE_SPREAD = 0.05  # how far a day's exchange rate may be from the average of its year
# Claims of one quantity (same), or of a part and its whole, under other names or dates.
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
RELATIONS = {"same": "one quantity", "part": "a part and its whole"}
# Parts of the article as the chart shows them, with their sections; the arrivals table is a part of its own.
PARTS = {
    "Arrivals table": (),
    "Arrivals, other": ("lead", "demographics", "statistics", "paths_of_migration", "south_korea"),
    "Money, settling": ("settlement_process", "reward", "resettlement", "discrimination"),
    "Mind, adjustment": ("mental_health", "adjustment", "social_tensions"),
    "China": ("china",),
    "United States": ("united_states", "human_rights_act"),
    "Other countries": ("canada", "europe", "japan", "laos", "philippines", "russia", "vietnam"),
    "Returns": ("return",),
}

Claim = dict[Any, Any]


class Tables(dict[str, pd.DataFrame]):
    """Clean tables and those derived from them, loaded or made when they are first read."""

    def __missing__(self, name: str) -> pd.DataFrame:
        self[name] = DERIVED[name](self) if name in DERIVED else load(name)
        return self[name]


class Evidence(NamedTuple):
    """A figure between two bounds, its source and, if it is not the claimed quantity, what it counts."""

    low: float
    high: float
    source_id: str
    what: str = ""
    slack: float = 0.0

    def scale(self, factor: float) -> Evidence:
        """Return the figure in another unit."""
        return self._replace(low=factor * self.low, high=factor * self.high)

    def percent_of(self, base: Evidence) -> Evidence:
        """Return the figure as a percentage of another."""
        return self._replace(low=100 * self.low / base.high, high=100 * self.high / base.low)


class Finding(NamedTuple):
    """Where the claimed quantity was found, and the figures that a claim is compared with."""

    table: str = ""
    filter: str = ""
    current: tuple[Evidence, ...] = ()
    earlier: tuple[Evidence, ...] = ()
    other: tuple[Evidence, ...] = ()


def find_half_unit(value: float, approximate: bool) -> float:
    """Return half a unit of the last digit of a printed number that is not a zero.

    A number without "about" or the like is read no coarser than its second digit: 30,000 is a number
    of thousands, about 30,000 of ten thousands.
    """
    whole, _, decimals = f"{value:.10f}".rstrip("0").partition(".")
    if decimals:
        return 0.5 * 10.0 ** -len(decimals)
    zeros = len(whole) - len(whole.rstrip("0")) if value else 0
    return 0.5 * 10.0 ** (zeros if approximate else max(0, min(zeros, len(whole) - 2)))


def bound_claim(claim: Claim) -> tuple[float, float]:
    """Return the least and the greatest figure that a claim may stand for."""
    low, high, half = claim["value_low"], claim["value_high"], claim["half_unit"]
    if pd.isna(high):  # "more than"
        return low - 1e-9, math.inf if pd.isna(half) else low + 2 * half + 1e-9
    if pd.isna(low):  # "fewer than"
        return -math.inf, high + 1e-9
    return low - half - 1e-9, high + half + 1e-9


def contains(claim: Claim, evidence: Evidence) -> bool:
    """Return whether a figure, with all its bounds, lies within what a claim prints."""
    least, most = bound_claim(claim)
    return bool(evidence.low >= least - evidence.slack and evidence.high <= most + evidence.slack)


def overlaps(claim: Claim, evidence: Evidence) -> bool:
    """Return whether what a claim prints lies, at least in part, within the bounds of a figure."""
    least, most = bound_claim(claim)
    return bool(evidence.high >= least - evidence.slack and evidence.low <= most + evidence.slack)


def find_verdict(claim: Claim, finding: Finding) -> str:
    """Return the verdict on a claim.

    ``holds``: every figure of the quantity lies within the claim. ``holds with a caveat``: one does, but
    others do not; or only bounds are known and the claim lies between them; or the claim is marked as
    needing a qualification. ``superseded``: only an earlier figure does. ``mislabelled``: only another
    quantity does. ``contradicted``: none does. ``cannot be checked``: there is no figure of the
    quantity and the number is nothing else.
    """
    if any(overlaps(claim, evidence) for evidence in finding.current):
        whole = all(contains(claim, evidence) for evidence in finding.current)
        return HOLDS if whole and not claim["has_caveat"] else CAVEAT
    if any(contains(claim, evidence) for evidence in finding.earlier):
        return SUPERSEDED
    if any(contains(claim, evidence) for evidence in finding.other):
        return MISLABELLED
    return CONTRADICTED if finding.current else NOT_CHECKED


def find_rows(clean: Tables, table: str, conditions: str) -> pd.DataFrame:
    """Return the rows of a clean table that meet ``column=value|value;…``, the article's own left out."""
    rows = clean[table]
    for column, values in parse_filter(conditions).items():
        rows = rows[rows[column].map(format_cell).isin(values.split("|"))]
    return rows[rows[_name_source(table)] != ARTICLE]


def _name_source(table: str) -> str:
    return "source_id_krw_per_usd" if table == "prices" else "source_id"


def parse_pointer(pointer: str) -> tuple[str, str, str]:
    """Return the three parts of a pointer to rows: ``[sum|low|high] table: conditions``."""
    match = re.fullmatch(r"(?:(sum|low|high) )?([a-z_]+): (.+)", str(pointer))
    if match is None:
        raise LookupError(f"{pointer!r} is not a pointer; expected table: column=value;…")
    return match[1] or "", match[2], match[3]


def read_evidence(clean: Tables, pointer: str) -> Finding:
    """Return the figures that a pointer names as ``current``: row by row, added up, or at one end."""
    how, table, conditions = parse_pointer(pointer)
    found = tuple(_read_rows(find_rows(clean, table, conditions), table))
    if not found:
        raise LookupError(f"{pointer!r} finds no row of {table} with a value")
    if how == "sum":
        found = (_add_up(found),)
    elif how:
        found = tuple(e._replace(low=getattr(e, how), high=getattr(e, how)) for e in found)
    return Finding(table, conditions, found)


def _add_up(evidence: tuple[Evidence, ...]) -> Evidence:
    return Evidence(sum(e.low for e in evidence), sum(e.high for e in evidence), evidence[0].source_id)


def _read_rows(rows: pd.DataFrame, table: str) -> Iterator[Evidence]:
    names = [next((n for n in columns if n in rows), "") for columns in (LOWS, POINTS, HIGHS)]
    for row in rows.to_dict("records"):
        low, point, high = (math.nan if pd.isna(row.get(n)) else float(row[n]) for n in names)
        if row.get("cells_1_to_5"):  # small cells are hidden: value_low counts each as one
            high = point
        elif row.get("bound") == "more_than":
            low, high = point, math.inf
        elif not math.isnan(point):
            rounded = row.get("rounded_to_persons")
            spread = 0.0 if rounded is None or pd.isna(rounded) else rounded / 2
            low, high = point - spread, point + spread
        elif math.isnan(low) and math.isnan(high):
            continue
        bottom, top = 0.0 if math.isnan(low) else low, math.inf if math.isnan(high) else high
        yield Evidence(bottom, top, row[_name_source(table)])


def look_up(claim: Claim, clean: Tables) -> Finding:
    """Look up ``evidence``, the claimed quantity, and ``other_evidence``, what else the number may be."""
    other = _read_other(claim, clean)
    if pd.isna(claim["evidence"]):
        return Finding(other=other)
    return read_evidence(clean, claim["evidence"])._replace(other=other)


def _read_other(claim: Claim, clean: Tables) -> tuple[Evidence, ...]:
    if pd.isna(claim["other_evidence"]):
        return ()
    found = read_evidence(clean, claim["other_evidence"])
    return tuple(evidence._replace(what=claim["other_is"]) for evidence in found.current)


def no_longer(claim: Claim, clean: Tables) -> Finding:
    """Look up what the rule was before it was abolished."""
    found = look_up(claim, clean)
    return found._replace(
        current=(), earlier=tuple(e._replace(what="the rule before") for e in found.current)
    )


def in_months(claim: Claim, clean: Tables) -> Finding:
    """Look up a length of time and convert it to months."""
    found = look_up(claim, clean)
    months = MONTHS[find_rows(clean, found.table, found.filter)["unit"].iloc[0]]
    return found._replace(current=tuple(evidence.scale(months) for evidence in found.current))


def share(claim: Claim, clean: Tables) -> Finding:
    """Compute one figure as a percentage of another, the ``base``."""
    found, base = look_up(claim, clean), read_evidence(clean, claim["base"]).current[0]
    return found._replace(current=(found.current[0].percent_of(base),))


def share_of_residents(claim: Claim, clean: Tables) -> Finding:
    """Give a register's share both ways: of all who entered, as printed, and of those living there."""
    found, living = look_up(claim, clean), read_evidence(clean, claim["base"]).current[0]
    people = find_rows(clean, found.table, found.filter)["n"].iloc[0] * found.current[0].low / 100
    of_living = Evidence(people, people, living.source_id).percent_of(living)
    return found._replace(current=(found.current[0], of_living))


def between_parts(claim: Claim, clean: Tables) -> Finding:
    """Bound a part: at least the members listed, at most the whole less what is known to be outside."""
    names = ("evidence", "base", "other_evidence")
    found, whole, outside = (read_evidence(clean, claim[name]) for name in names)
    most = whole.current[0].high - outside.current[0].low
    return found._replace(current=(found.current[0]._replace(high=most),))


def between_dates(claim: Claim, clean: Tables) -> Finding:
    """Bracket a share by the nearest tables before and after the claim's date."""
    _, table, conditions = parse_pointer(claim["evidence"])
    rows = find_rows(clean, table, conditions).dropna(subset=["share_pct"])
    wanted = len(parse_filter(conditions)["category"].split("|"))
    dated = rows.groupby("as_of_date").agg(n=("category", "nunique"), pct=("share_pct", "sum"))
    whole, date = dated.loc[dated["n"] == wanted, "pct"], claim["period_end"]
    near = pd.concat([whole[whole.index <= date].tail(1), whole[whole.index > date].head(1)])
    source = rows.loc[rows["as_of_date"] == near.index[0], "source_id"].iloc[0]
    place = f"{conditions};as_of_date={'|'.join(f'{date:%Y-%m-%d}' for date in near.index)}"
    return Finding(table, place, (Evidence(float(near.min()), float(near.max()), source),))


def won_in_dollars(claim: Claim, clean: Tables) -> Finding:
    """Convert won to dollars at the average rate of the claim's year, or of the year in ``base``."""
    has_base = pd.notna(claim["base"])
    rates = read_evidence(clean, claim["base"] if has_base else f"prices: year={claim['period_start'].year}")
    rate = rates.current[0]

    def convert(won: Evidence) -> Evidence:
        return won.scale(1 / rate.low)._replace(slack=RATE_SPREAD * won.high / rate.low)

    found = look_up(claim, clean)
    if pd.notna(claim["paired_with"]):
        pair = clean["article_claims"].set_index("claim_id").loc[claim["paired_with"]]
        amount = Evidence(pair["value_low"], pair["value_high"], rate.source_id)
        found = rates._replace(current=(amount,), other=found.other)
    return found._replace(current=tuple(map(convert, found.current)), other=tuple(map(convert, found.other)))


def find_year(claim: Claim, clean: Tables, *, by: str, last: bool) -> Finding:
    """Find the year of the first or the last row by a column: a day in force, or an estimate."""
    _, table, conditions = parse_pointer(claim["evidence"])
    rows = find_rows(clean, table, conditions).dropna(subset=[by])
    row = rows.sort_values(by, kind="stable").iloc[-1 if last else 0]
    if by == "point":
        by, conditions = "year_start", f"{conditions};year_start={row['year_start']}"
    year = float(str(row[by])[:4])
    return Finding(table, conditions, (Evidence(year, year, row["source_id"]),))


def spread_sexes(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return entrants with ``female``, ``male`` and ``all`` side by side, and ``share``, women in percent."""
    wide = rows.pivot(index=[*keys, "source_id"], columns="sex", values="entrants_persons").astype(float)
    if "all" not in wide:
        wide["all"] = wide["female"] + wide["male"]
    return wide.assign(share=100 * wide["female"] / wide["all"]).reset_index()


def count_years(clean: Tables) -> pd.DataFrame:
    """Return the entrants of each year."""
    return spread_sexes(clean["entrants"], ["year"])


def list_published(clean: Tables) -> pd.DataFrame:
    """Return what earlier releases and the press printed of each year, by ``vintage``."""
    rows = clean["entrants_vintages"]
    return spread_sexes(rows[rows["role"].isin(["earlier", "press"])], ["year", "vintage"])


def count_totals(clean: Tables) -> pd.DataFrame:
    """Return all who had entered by each ``date`` known: announced, or added up from years and quarters."""
    spans, years = clean["entrants_bins"], count_years(clean)
    parts, announced = clean["entrants_part_years"], clean["entrants_cumulative"]
    by_sex = []
    for sex in ("female", "male", "all"):
        before = spans.loc[(spans["role"] == "current") & (spans["sex"] == sex), "entrants_persons"].sum()
        ends = years[["year", "source_id"]].assign(value=before + years[sex].cumsum())
        ends["date"] = pd.to_datetime(ends["year"].astype(str) + "-12-31")
        quarters = parts[(parts["kind"] == "quarter") & (parts["sex"] == sex)].sort_values("period_end")
        year = quarters["period_end"].dt.year
        in_year = quarters["entrants_persons"].astype(float).groupby(year).cumsum()
        start = year.map(dict(zip(ends["year"] + 1, ends["value"], strict=True)))
        sums = quarters.assign(date=quarters["period_end"], value=start + in_year)
        sums = sums[year.map(year.value_counts()) == 4]
        told = announced[(announced["sex"] == sex) & (announced["source_id"] != ARTICLE)]
        told = told.rename(columns={"as_of_date": "date", "entrants_persons": "value"})
        rows = pd.concat([part[["date", "value", "source_id"]] for part in (told, ends, sums)])
        rows = rows.astype({"value": float}).dropna().sort_values("date", kind="stable")
        by_sex.append(rows.assign(quantity=sex))
    women, _, everyone = by_sex
    shares = women.merge(everyone[["date", "value"]], on="date", suffixes=("", "_all"))
    shares = shares.assign(value=100 * shares["value"] / shares["value_all"], quantity="share")
    totals = pd.concat([*by_sex, shares.drop_duplicates("date")], ignore_index=True)
    return totals.assign(day=totals["date"].map(text.day))


DERIVED = {
    "entrants_by_year": count_years,
    "entrants_published": list_published,
    "entrants_to_date": count_totals,
}


def _as_evidence(rows: pd.DataFrame, column: str, what: str = "") -> tuple[Evidence, ...]:
    """Return the figures of a column; ``what`` they count may name other columns in braces."""
    return tuple(
        Evidence(row[column], row[column], row["source_id"], what.format_map(row))
        for row in rows.dropna(subset=[column]).to_dict("records")
    )


def entrants_of_year(claim: Claim, clean: Tables) -> Finding:
    """Find how many entered in the claim's year, or the share of women; for one sex both may be meant."""
    year, sex = claim["period_start"].year, claim["sex"]
    years, published = clean["entrants_by_year"], clean["entrants_published"]
    years, published = years[years["year"] == year], published[published["year"] == year]
    if claim["unit"] == "percent":
        earlier = _as_evidence(published, "share", "the share as published in {vintage:.4}")
        return Finding("entrants", f"year={year}", _as_evidence(years, "share"), earlier)
    current = _as_evidence(years, sex)
    earlier = _as_evidence(published, sex, "the number as published in {vintage:.4}")
    if sex == "all":
        return Finding("entrants", f"year={year}", current, earlier, _read_other(claim, clean))
    both = (_as_evidence(rows, "all", "men and women together") for rows in (years, published))
    return Finding("entrants", f"year={year};sex={sex}", current, earlier, sum(both, ()))


def highest_women_share(claim: Claim, clean: Tables) -> Finding:
    """Find the highest yearly share of women so far, and the highest up to the claim's year."""
    years, last = clean["entrants_by_year"], claim["period_end"].year
    top, then = (rows.nlargest(1, "share") for rows in (years, years[years["year"] <= last]))
    earlier = _as_evidence(then, "share", f"the highest share up to {last}")
    return Finding("entrants", f"year={top['year'].iloc[0]}", _as_evidence(top, "share"), earlier)


def peak_year_of_entrants(claim: Claim, clean: Tables) -> Finding:
    """Find the year in which most people entered."""
    top = clean["entrants_by_year"].nlargest(1, "all")
    return Finding("entrants", f"year={top['year'].iloc[0]}", _as_evidence(top, "year"))


def fewest_entrants_after(claim: Claim, clean: Tables) -> Finding:
    """Find the smallest yearly number of entrants after the claim's year."""
    years = clean["entrants_by_year"]
    least = years[years["year"] > claim["period_end"].year].nsmallest(1, "all")
    return Finding("entrants", f"year={least['year'].iloc[0]}", _as_evidence(least, "all"))


def _list_totals(clean: Tables, quantity: str) -> pd.DataFrame:
    totals = clean["entrants_to_date"]
    return totals[totals["quantity"] == quantity]


def entrants_to_date(claim: Claim, clean: Tables) -> Finding:
    """Find all who had entered by the claim's last day; totals of other days are other quantities."""
    totals, date = _list_totals(clean, claim["sex"]), claim["period_end"]
    is_there = totals["date"] == date
    place = f"year to {date.year}" if claim["sex"] == "all" else f"sex={claim['sex']}"
    other = _as_evidence(totals[~is_there], "value", "everybody who had entered by {day}")
    return Finding("entrants", place, _as_evidence(totals[is_there], "value"), other=other)


def entrants_ever(claim: Claim, clean: Tables) -> Finding:
    """Find all who have entered by the latest date; a claim without a date may mean an earlier one."""
    totals = _list_totals(clean, claim["sex"])
    place = f"as_of_date={totals['date'].iloc[-1]:%Y-%m-%d};sex={claim['sex']}"
    earlier = _as_evidence(totals.head(-1), "value", "everybody who had entered by {day}")
    return Finding("entrants_cumulative", place, _as_evidence(totals.tail(1), "value"), earlier)


def women_share_ever(claim: Claim, clean: Tables) -> Finding:
    """Find the share of women among all who had entered, in the claim's period or else on the latest date."""
    shares = _list_totals(clean, "share")
    if pd.isna(claim["period_end"]):
        place = f"as_of_date={shares['date'].iloc[-1]:%Y-%m-%d}"
        earlier = _as_evidence(shares.head(-1), "value", "the share among all who had entered by {day}")
        return Finding("entrants_cumulative", place, _as_evidence(shares.tail(1), "value"), earlier)
    shares = shares[shares["date"].between(claim["period_start"], claim["period_end"])]
    found = Evidence(shares["value"].min(), shares["value"].max(), shares["source_id"].iloc[-1])
    return Finding("entrants_cumulative", f"dates in {claim['period_end'].year}", (found,))


def _list_admissions(clean: Tables, last: int) -> pd.DataFrame:
    place = "year_basis=fiscal_year;measure=refugee_admissions"
    rows = find_rows(clean, "us_admissions", place)
    return rows[rows["year"] <= last]


def admissions_by(claim: Claim, clean: Tables) -> Finding:
    """Find United States refugee admissions from 2006 to within the claim's last fiscal year."""
    last = claim["period_end"].year
    low, high = (_list_admissions(clean, year) for year in (last - 1, last))
    place = f"year_basis=fiscal_year;measure=refugee_admissions, to {last}"
    total = Evidence(float(low["persons"].sum()), float(high["persons"].sum()), high["source_id"].iloc[0])
    return Finding("us_admissions", place, (total,))


def granted_asylum(claim: Claim, clean: Tables) -> Finding:
    """Find asylum granted in the United States up to a year; refugees admitted by then are another quantity.

    The heading allows two readings, of the year alone and of all years so far; ``evidence`` may add an
    estimate of the latter.
    """
    year, place = claim["period_end"].year, "country=United States of America;measure=recognised"
    rows = find_rows(clean, "unhcr", place).sort_values("year")
    so_far = _add_up(tuple(_read_rows(rows[rows["year"] <= year], "unhcr")))
    in_year = tuple(_read_rows(rows[rows["year"] == year], "unhcr"))
    admitted = _list_admissions(clean, year)["persons"].sum()
    words = f"refugees admitted up to fiscal {year}, all years together"
    source = find_rows(clean, "us_admissions", "measure=refugee_admissions")["source_id"].iloc[-1]
    other = Evidence(float(admitted), float(admitted), source, words)
    current = (*look_up(claim, clean).current, *in_year, so_far)
    return Finding("unhcr", f"{place}, to {year}", current, other=(other,))


CHECKS: dict[str, Callable[[Claim, Tables], Finding]] = {
    "admissions_by": admissions_by,
    "between_dates": between_dates,
    "between_parts": between_parts,
    "end_year": partial(find_year, by="effective_to", last=True),
    "entrants_ever": entrants_ever,
    "entrants_of_span": look_up,
    "entrants_of_year": entrants_of_year,
    "entrants_to_date": entrants_to_date,
    "fewest_entrants_after": fewest_entrants_after,
    "figure": look_up,
    "granted_asylum": granted_asylum,
    "highest_women_share": highest_women_share,
    "in_months": in_months,
    "no_longer": no_longer,
    "nothing_found": look_up,
    "peak_year_of_entrants": peak_year_of_entrants,
    "peak_year_of_estimates": partial(find_year, by="point", last=True),
    "share": share,
    "share_of_residents": share_of_residents,
    "start_year": partial(find_year, by="effective_from", last=False),
    "women_share_ever": women_share_ever,
    "women_share_of_year": entrants_of_year,
    "won_in_dollars": won_in_dollars,
}


def compare_claims(claims: pd.DataFrame) -> pd.DataFrame:
    """Return pairs of claims of one quantity, or of a part and its whole, and whether they agree."""
    pairs: dict[tuple[str, str], str] = {}
    keys = ["quantity", "unit", "sex", "place", "period_start", "period_end"]
    for _, rows in claims.groupby(keys, dropna=False, sort=True):
        pairs |= dict.fromkeys(combinations(sorted(rows["claim_id"]), 2), "same")
    months = claims["unit"].map(MONTHS).fillna(1.0)
    values = claims[["value_low", "value_high", "half_unit"]].mul(months, axis=0)
    by_id = claims.assign(**values).set_index("claim_id", drop=False).to_dict("index")
    pairs |= {(a, b): relation for a, b, relation in RELATED if a in by_id and b in by_id}
    compared = [(a, b, how, _agree(by_id[a], by_id[b], how)) for (a, b), how in pairs.items()]
    return pd.DataFrame(compared, columns=["claim_a", "claim_b", "relation", "agree"])


def _agree(one: Claim, other: Claim, relation: str) -> bool:
    if relation == "part":
        return bool(bound_claim(one)[0] <= bound_claim(other)[1])
    return contains(one, _read_printed(other)) or contains(other, _read_printed(one))


def _read_printed(claim: Claim) -> Evidence:
    """Return the number that a claim prints, open where it is."""
    (least, most), low, high = bound_claim(claim), claim["value_low"], claim["value_high"]
    return Evidence(least if pd.isna(low) else low, most if pd.isna(high) else high, ARTICLE)


def check(raw: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Yield numbers without a claim or a reason, counts that do not hold, and claims that are not printed."""
    numbers, sections, claims = (raw[f"article_{name}"] for name in ("numbers", "sections", "claims"))
    file = "data/raw/article_numbers.csv"
    unclear = numbers["claim_id"].notna() == numbers["excluded_because"].notna()
    yield from report(numbers[unclear], file, "claim_id", "a claim or a reason for having none, not both")
    place = numbers.groupby("section").cumcount() + 1
    yield from report(numbers[numbers["ordinal"] != place], file, "ordinal", "1, 2, 3, … in each section")
    file = "data/raw/article_sections.csv"
    sizes = sections["section"].map(numbers["section"].value_counts()).fillna(0)
    wrong = sections.assign(size=sizes)[sections["numbers_counted"] != sizes]
    yield from report(
        wrong, file, "numbers_counted", lambda row: f"{row['size']:.0f}, the rows of the section"
    )
    file = "data/raw/article_claims.csv"
    unprinted = ~claims["claim_id"].isin(numbers["claim_id"])
    yield from report(claims[unprinted], file, "claim_id", "a claim that some printed number makes")
    empty = claims["value_low"].isna() & claims["value_high"].isna()
    yield from report(claims[empty], file, "value_low", "a value, a range or one end of it")
    for line, row in claims.dropna(subset=["half_unit"]).iterrows():
        halves = {find_half_unit(v, row["approximate"]) for v in row[["value_low", "value_high"]].dropna()}
        halves |= set() if row["approximate"] else {0.0}  # a count in full stands for itself alone
        if row["half_unit"] not in halves:
            expected = "half a unit of the last digit printed, " + " or ".join(map(str, sorted(halves)))
            yield Problem(file, int(str(line)), "half_unit", format_cell(row["half_unit"]), expected)
    unnamed = (
        claims["other_evidence"].notna() & claims["other_is"].isna() & (claims["check"] != "between_parts")
    )
    yield from report(claims[unnamed], file, "other_is", "what other_evidence counts, in words")
    for claim_id in sorted({c for a, b, _ in RELATED for c in (a, b)} - set(claims["claim_id"])):
        yield Problem(
            file, 1, "claim_id", f"no {claim_id!r}", "every claim that RELATED of this module names"
        )


def make_tables(raw: dict[str, pd.DataFrame], clean: Tables | None = None) -> dict[str, pd.DataFrame]:
    """Return the clean tables of the audit: every claim with its verdict, and the proposed corrections."""
    clean = Tables((clean or {}) | {name: raw[name] for name in ("article_claims", "audit_figures")})
    described, problems = [], []
    for line, claim in raw["article_claims"].to_dict("index").items():
        try:
            described.append(describe_claim(claim, clean))
        except (LookupError, ValueError, ZeroDivisionError) as error:
            expected = "rows of the tables that answer the claim"
            problems.append(
                Problem("data/raw/article_claims.csv", int(str(line)), "evidence", str(error), expected)
            )
    if problems:
        raise DataError(problems)
    ledger = raw["article_claims"].drop(columns=["evidence", "base", "other_evidence", "other_is"])
    ledger = ledger.reset_index(drop=True).join(pd.DataFrame(described))
    texts = ["table", "filter", "verdict", "source_id", "other_is", "other_source_id"]
    ledger = ledger.astype(dict.fromkeys(texts, "str"))
    kept = {name: raw[name] for name in ("article_sections", "article_numbers", "audit_figures")}
    corrections = propose_corrections(raw["article_corrections"], ledger)
    return kept | {"article_claims": ledger, "article_corrections": corrections}


def describe_claim(claim: Claim, clean: Tables) -> dict[str, Any]:
    """Return what the ledger adds to a claim: where the quantity was found, its figure and the verdict."""
    finding = CHECKS[claim["check"]](claim, clean)
    verdict = find_verdict(claim, finding)
    first = finding.current[0] if finding.current else None
    other = _find_deciding(claim, finding, verdict)
    return {
        "table": finding.table or None,
        "filter": finding.filter or None,
        "computed": first.low if first else None,
        "computed_to": first.high if first and first.low < first.high < math.inf else None,
        "verdict": verdict,
        "source_id": first.source_id if first else None,
        "other_value": other.low if other else None,
        "other_value_to": other.high if other and other.low < other.high < math.inf else None,
        "other_is": (other.what or "another source on the same quantity") if other else None,
        "other_source_id": other.source_id if other else None,
    }


def _find_deciding(claim: Claim, finding: Finding, verdict: str) -> Evidence | None:
    """Return the figure beside the first that the verdict rests on."""
    if verdict == CAVEAT:  # of several that disagree with the first, the one furthest from the claim
        is_in = contains(claim, finding.current[0])
        others = [e for e in finding.current[1:] if contains(claim, e) != is_in]
        return max(others, key=lambda e: (round(abs(e.low - claim["value_low"]), 9), -e.low), default=None)
    candidates = {SUPERSEDED: finding.earlier[::-1], MISLABELLED: finding.other}.get(verdict, ())
    return next((e for e in candidates if contains(claim, e)), None)


def propose_corrections(corrections: pd.DataFrame, ledger: pd.DataFrame) -> pd.DataFrame:
    """Return the corrections whose claim does not hold as printed, figures filled in.

    ``{date}`` is the day or year of the figure. A proposal without a source of its own cites the figure's.
    """
    wanted = ledger[ledger["verdict"].isin([*WRONG, CAVEAT])]
    joined = corrections.merge(wanted, on="claim_id", suffixes=("", "_of_figure"))
    texts = [
        row["proposal"].format(
            computed=_format_figure(row["computed"]),
            computed_to=_format_figure(row["computed_to"]),
            other=_format_figure(row["other_value"]),
            date=_format_date(row["filter"]),
        )
        for row in joined.to_dict("records")
    ]
    source = joined["source_id"].fillna(joined["source_id_of_figure"])
    columns = ["claim_id", "section", "printed_as", "verdict", "proposal", "source_id"]
    return joined.assign(proposal=pd.Series(texts, joined.index, "str"), source_id=source)[columns]


def _format_date(conditions: Any) -> str:
    """Return the day or year that a filter names, as a sentence prints it."""
    found = re.search(r"as_of_date=(\d{4}-\d{2}-\d{2})|^year=(\d{4})$", str(conditions))
    if found is None:
        return "(no date)"
    return found[2] or text.day(found[1])


def _format_figure(value: float) -> str:
    if pd.isna(value):
        return "(no figure)"
    return f"{value:,.1f}" if value < 1000 and value != int(value) else f"{value:,.0f}"


def main() -> int:
    """Write the clean tables of the audit, or print what is wrong and write nothing.

    With ``--check`` write nothing and fail if they are not what the claims give now.
    """
    descriptor = expand_descriptor()
    raw, problems = read_raw(descriptor)
    raw, wrong = correct(raw, descriptor)
    try:
        if problems := [*problems, *wrong, *check(raw)]:
            raise DataError(problems)
        tables = make_tables(raw)
        if "--check" in sys.argv:
            outdated = find_outdated(format_clean(tables, descriptor)[0])
            names = ", ".join(f"data/{path}" for path in outdated)
            print(f"{names}: not what the claims give now; run make refresh" if outdated else "", end="")
            return 1 if outdated else 0
        print("Changed: " + (", ".join(write_clean(tables)) or "nothing") + ".")
    except DataError as error:
        print(error, "Nothing was written.", sep="\n", file=sys.stderr)
        return 1
    return 0


def pick_claim(ledger: pd.DataFrame, claim_id: str) -> pd.Series:
    """Return one claim of the ledger."""
    return ledger.set_index("claim_id", drop=False).loc[[claim_id]].iloc[0]


def count_verdicts(ledger: pd.DataFrame) -> pd.Series:
    """Return the number of claims by verdict, in the order of ``VERDICTS``, zeros kept."""
    return ledger["verdict"].value_counts().reindex(list(VERDICTS), fill_value=0)


def count_by_part(ledger: pd.DataFrame) -> pd.DataFrame:
    """Return claims by part of the article and verdict, with ``claims``, their sum."""
    parts = ledger["section"].map({section: part for part, sections in PARTS.items() for section in sections})
    if parts.isna().any():
        raise KeyError(f"section {ledger['section'][parts.isna()].iloc[0]!r} is in no part of the article")
    parts = parts.mask(ledger["claim_id"].str.match(r"statistics_(?:male|female|all)_"), "Arrivals table")
    table = pd.crosstab(parts.rename("part"), ledger["verdict"])
    table = table.reindex(index=[p for p in PARTS if p in table.index], columns=list(VERDICTS), fill_value=0)
    return table.assign(claims=table.sum(axis=1)).rename_axis(columns=None).reset_index()


def list_exclusions(numbers: pd.DataFrame) -> pd.DataFrame:
    """Return why printed numbers make no claim: ``reason`` in words and ``numbers``, most first."""
    counts = numbers["excluded_because"].dropna().value_counts()
    reasons = counts.index.map(labels("article_numbers", "excluded_because"))
    return pd.DataFrame({"reason": reasons, "numbers": counts.to_numpy()})


def rebuild_total_column(
    ledger: pd.DataFrame, entrants: pd.DataFrame, bins: pd.DataFrame, last_year: int = 2023
) -> pd.DataFrame:
    """Return what the Total column of the article's arrivals table prints, and what it should be."""
    rows = []
    for sex, who in (("male", "Men"), ("female", "Women"), ("all", "Everybody")):
        total = pick_claim(ledger, f"statistics_{sex}_to_{last_year}")
        own = ledger["claim_id"].str.match(rf"statistics_{sex}_(?:to_)?\d{{4}}$")
        cells = ledger[own & (ledger["claim_id"] != total["claim_id"])]["value_low"].sum()
        years = entrants[(entrants["year"] <= last_year) & ((entrants["sex"] == sex) | (sex == "all"))]
        whole = years["entrants_persons"].sum() + _count_before(bins, sex)
        rows.append((who, total["value_low"], cells, whole, total["other_is"]))
    return pd.DataFrame(rows, columns=["who", "printed", "cells", "to_year_end", "printed_is"])


def _count_before(bins: pd.DataFrame, sex: str) -> float:
    """Return who entered before the yearly series."""
    return bins.loc[(bins["role"] == "current") & (bins["sex"] == sex), "entrants_persons"].sum()


def try_split(
    ledger: pd.DataFrame,
    entrants: pd.DataFrame,
    bins: pd.DataFrame,
    announced: pd.DataFrame,
    year: int = 2016,
) -> pd.DataFrame:
    """Return which split of a year by sex leads to the running totals that were announced later."""
    dates = announced["as_of_date"].dt
    ends = announced[
        (dates.month == 12) & (dates.day == 31) & (dates.year > year) & (announced["role"] == "current")
    ]
    rows = []
    for sex, who in (("male", "Men"), ("female", "Women")):
        claim = pick_claim(ledger, f"statistics_{sex}_{year}")
        own = entrants[entrants["sex"] == sex].set_index("year")["entrants_persons"]
        totals = _count_before(bins, sex) + own.cumsum()
        for row in ends[ends["sex"] == sex].to_dict("records"):
            total = totals[row["as_of_date"].year]
            shifted = total + claim["value_low"] - claim["computed"]
            rows.append((row["as_of_date"], who, row["entrants_persons"], total, shifted))
    columns = ["date", "who", "announced", "with_ministry", "with_article"]
    return pd.DataFrame(rows, columns=columns).sort_values(["date", "who"], kind="stable", ignore_index=True)


def format_figure(value: Any, to: Any = None, unit: str = "person") -> str:
    """Return a figure of the ledger as a cell prints it, its unit beside it where it has one."""
    places = 1 if unit in ("percent", "times", "mile", "kilometre") else 0
    ends = [text.year(v) if unit == "year" else text.decimal(v, places) for v in (value, to) if pd.notna(v)]
    after = {"percent": "%", "USD": " dollars", "KRW": " won", "kilometre": " km", "mile": " mi"}
    return " to ".join(dict.fromkeys(ends)) + after.get(unit, "") if pd.notna(value) else ""


def lay_out_ledger(ledger: pd.DataFrame, sections: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    """Return the ledger as the page shows it, in the order of the article."""
    place, address = sections.set_index("section"), sources.set_index("source_id")["url"]
    found = [
        format_figure(row["computed"], row["computed_to"], row["unit"])
        or format_figure(row["other_value"], row["other_value_to"], row["unit"])
        for row in ledger.to_dict("records")
    ]
    frame = ledger.assign(
        found=found,
        url=ledger["source_id"].fillna(ledger["other_source_id"]).map(address),
        position=ledger["section"].map(place["position"]),
        claim=ledger["section"].map(place["title"]) + ": " + ledger["claim"],
    ).sort_values(["position", "claim_id"], kind="stable", ignore_index=True)
    is_cell = frame["why"] == "Cell of the yearly table."
    cells = frame[is_cell & (frame["verdict"] == HOLDS)]
    row = {"claim": f"Statistics: {len(cells)} cells of the yearly arrivals table", "verdict": HOLDS}
    row |= {"why": "Each cell is the ministry's figure.", "url": cells["url"].iloc[0]} if len(cells) else {}
    if len(cells):
        frame = pd.concat([frame.drop(cells.index), pd.DataFrame([row])], ignore_index=True)
    return frame[["claim", "printed_as", "found", "url", "verdict", "why"]]


def lay_out_pairs(pairs: pd.DataFrame, ledger: pd.DataFrame) -> pd.DataFrame:
    """Return pairs of claims with their words."""
    known = ledger.set_index("claim_id")
    return pd.DataFrame(
        {
            "claim_one": pairs["claim_a"].map(known["claim"]),
            "printed_one": pairs["claim_a"].map(known["printed_as"]),
            "claim_other": pairs["claim_b"].map(known["claim"]),
            "printed_other": pairs["claim_b"].map(known["printed_as"]),
            "relation": pairs["relation"].map(RELATIONS),
        }
    )


def lay_out_corrections(
    corrections: pd.DataFrame, sections: pd.DataFrame, sources: pd.DataFrame
) -> pd.DataFrame:
    """Return the proposed corrections with headings and documents, in the order of the article."""
    documents = sources[["source_id", "publisher", "url"]].rename(columns={"publisher": "document"})
    frame = corrections.merge(sections, on="section").merge(documents, on="source_id")
    frame = frame.drop(columns="section").rename(columns={"title": "section"})
    keys = ["position", "section", "proposal", "document", "url"]
    texts = frame.groupby(keys, sort=False)["printed_as"].agg(lambda texts: "; ".join(dict.fromkeys(texts)))
    shared = texts.reset_index().sort_values("position", kind="stable", ignore_index=True)
    return shared[["section", "printed_as", "proposal", "document", "url"]]


def draw_verdicts(parts: pd.DataFrame, source: str) -> Drawing:
    """Draw one bar per part of the article: claims that hold, that should change, and the others."""
    groups = {
        "hold": ([HOLDS], PALETTE["teal"]),
        "with a caveat": ([CAVEAT], PALETTE["blue"]),
        "should change": (list(WRONG), PALETTE["brick"]),
        "cannot be checked": ([NOT_CHECKED], style.FAINT),
    }
    drawn = pd.DataFrame({name: parts[columns].sum(axis=1) for name, (columns, _) in groups.items()})
    drawn.insert(0, "part", parts["part"])
    drawn = drawn.assign(claims=parts["claims"]).sort_values("claims", ascending=False, ignore_index=True)
    figure, axes = style.start(4.6)
    left = pd.Series(0.0, index=drawn.index)
    for name, (_, colour) in groups.items():
        axes.barh(drawn.index, drawn[name], left=left, color=colour, height=0.72, label=name, linewidth=0.8)
        ink = INK if colour == style.FAINT else "white"
        for place, x, n in zip(drawn.index, left + drawn[name] / 2, drawn[name], strict=True):
            if n >= 4:  # a narrower piece has no room for its number
                style.label_point(axes, x, place, f"{n}", colour=ink, dx=0, ha="center", weight="bold")
        left = left + drawn[name]
    axes.set_yticks(drawn.index, list(drawn["part"]))
    axes.invert_yaxis()
    forms.clear_axes(axes)
    legend = axes.legend(loc="lower right", frameon=False, handlelength=1, borderaxespad=0)
    legend.set_title("Claims that …")
    good, known = (
        int((drawn["hold"] + drawn["with a caveat"]).sum()),
        int(left.sum() - drawn.iloc[:, 4].sum()),
    )
    values = "; ".join(
        f"{row['part']}: " + ", ".join(f"{row[name]} {name}" for name in groups)
        for row in drawn.to_dict("records")
    )
    return style.finish(
        figure,
        "verdicts on the claims of the article",
        source,
        drawn,
        title=f"{good} of {known} claims that could be checked hold, {int(drawn['with a caveat'].sum())} of "
        "them with a caveat",
        subtitle="Claims with a number in the article, by part of the article and verdict (pieces of three "
        "or fewer have no number)",
        alt=f"Stacked bar chart. {values}",
    )


if __name__ == "__main__":
    sys.exit(main())
