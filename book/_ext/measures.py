"""What the explorer offers: the clean tables whose fields have a ``role`` in the descriptor.

Roles: ``start`` and ``end`` (the first and last day of a figure, or ``end`` alone for a year or a day),
``measure`` (its codes are different quantities), ``unit``, ``era`` (a survey's design), ``value`` (``low``
and ``high`` name the ends of its interval, ``interval`` says what that is), ``dimension`` (one of its groups
is chosen) and ``group`` (its groups are first shown side by side).
"""

from __future__ import annotations

import csv
import json
import re
from calendar import isleap
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from .charts import make_charts

Field = dict[str, Any]
Resource = dict[str, Any]
Row = dict[str, str]

SENSITIVE = re.compile("suicid|death|died")  # codes whose figures are not offered as charts
MONEY = re.compile(r"\b(KRW|USD)\b")
COUNTED = re.compile("persons|cases|events|visits|principal applicants")
INTERVAL = "from the lowest to the highest value printed"
# Columns that say how a figure was made, and the values that need no remark.
REMARKS = ("bound", "basis", "method", "exception", "is_computed", "is_implied", "is_chained", "note")
NO_REMARK = {"", "false", "exact", "printed", "reported", "counts"}
LABELS = {
    "female": "women",
    "male": "men",
    "north_korean_origin": "people from North Korea",
    "general_population": "general population of South Korea",
    "": "not divided",
    "true": "yes",
    "false": "no",
}
UNITS = {
    "pct": "percent",
    "gram_gold": "grams of gold",
    "times_monthly_minimum_wage": "times the monthly minimum wage",
    "won_per_won": "won added for each won saved",
}
PROPER_NOUNS = """
North Korean Koreans Korea South China Japan Russia Russian Canada Thailand Laos Mongolia Vietnam Seoul United
States Kingdom Europe Austria Belgium Cyprus Czechia Estonia France Germany Italy Malta Netherlands Poland
Spain Sweden Hanawon KRW USD UNHCR PTSD Jilin Liaoning Incheon Gyeonggi Busan Daegu Daejeon Gangwon
Gwangju Jeju Sejong Ulsan Chungcheong Gyeongsang Jeolla Hamgyong Pyongan Hwanghae Pyongyang Ryanggang
Jagang Chagang Kangwon Nampo Kaesong KHF NKDB NHRCK
"""
PROPER = {word.lower(): word for word in PROPER_NOUNS.split()}


class ExplorerError(ValueError):
    """The descriptor does not say what a column is; the message names the table."""


@dataclass
class Roles:
    """The columns of a table by role; a missing one is empty."""

    start: str = ""
    end: str = ""
    measure: str = ""
    unit: str = ""
    era: str = ""
    values: dict[str, tuple[str, str]] = field(default_factory=dict)  # with their low and high ends
    dimensions: list[str] = field(default_factory=list)


def read_roles(resource: Resource) -> Roles:
    """Return the columns of a clean table by role."""
    roles = Roles()
    for f in resource["schema"]["fields"]:
        name, role = f["name"], f.get("role", "")
        if role == "value":
            roles.values[name] = (f.get("low", ""), f.get("high", ""))
        elif role in ("dimension", "group"):
            roles.dimensions.append(name)
        elif role in ("start", "end", "measure", "unit", "era"):
            setattr(roles, role, name)
        elif role:
            raise ExplorerError(f"{resource['name']}: {name}: expected a role of {__name__}, got {role!r}")
    return roles


def explain_omission(resource: Resource) -> str:
    """Return why a clean table is not offered; empty if it is."""
    has_value = bool(read_roles(resource).values)
    return resource.get("notExplored", "" if has_value else "words, not measured figures")


def put_in_words(code: str, labels: Mapping[str, str] | None = None) -> str:
    """Return the label of a code, or else the code with spaces and with its names in capitals."""
    label = {**LABELS, **(labels or {})}.get(code)
    if label is not None:
        return label
    if re.search(r"[A-Z ]", code) or ("_" not in code and not code.islower()):
        return code
    code = re.sub(r"(?<=\d)_(?=\d)", " to ", code)
    return " ".join(PROPER.get(word, word) for word in code.split("_"))


def put_unit_in_words(unit: str) -> str:
    """Return the words for a unit; two columns in the same unit give the same words."""
    words = UNITS.get(unit, re.sub("^(krw|usd)", lambda m: m[0].upper(), unit)).replace("_", " ")
    return re.sub(r"(?<=KRW|USD) a (?=month|year)", " per ", words)


def place_in_time(first: str, last: str) -> tuple[float | None, float | None, str]:
    """Return start and end in decimal years, and in words, of a year, a day or a span.

    Years and spans of whole years are whole numbers, as in the charts of the chapters.
    """
    if not last:
        return (
            None,
            _to_decimal_year(first) if first else None,
            f"from {_to_words(first)}" if first else "no date",
        )
    if (last.endswith("-12-31") and first.endswith("-01-01")) or (first.isdigit() and last.isdigit()):
        a, b = first[:4], last[:4]
        return (None, int(a), a) if a == b else (int(a), int(b), f"{a} to {b}")
    if not first or first == last:
        return None, _to_decimal_year(last), _to_words(last)
    words = f"{_to_words(first)} to {_to_words(last)}"
    return _to_decimal_year(first), _to_decimal_year(last), words


def _to_decimal_year(day: str) -> float:
    if day.isdigit():
        return int(day)
    d = date.fromisoformat(day)
    return round(d.year + (d.timetuple().tm_yday - 1) / (366 if isleap(d.year) else 365), 3)


def _to_words(day: str) -> str:
    return day if day.isdigit() else f"{date.fromisoformat(day):%d %B %Y}".lstrip("0")


def read_rows(path: Path) -> list[Row]:
    """Return the rows of a table as text."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def drop_sensitive(rows: Iterable[Row], roles: Roles) -> list[Row]:
    """Return the rows without those on suicide and deaths, which are shown only in their context."""
    coded = [c for c in (roles.measure, *roles.dimensions) if c]
    return [row for row in rows if not any(SENSITIVE.search(row[c]) for c in coded)]


def list_measures(resource: Resource, rows: list[Row], roles: Roles) -> list[dict[str, Any]]:
    """Return the quantities of a table, each with its unit and kind, the one with the most figures first."""
    table, fields = resource["name"], {f["name"]: f for f in resource["schema"]["fields"]}
    coding = fields.get(roles.measure, {})
    measures = []
    for column, (low, high) in roles.values.items():
        own_unit = fields[column]["unit"]
        unit_column = roles.unit if own_unit.startswith("see ") else ""
        filled = [row for row in rows if any(row[c] for c in (column, low, high) if c)]
        counts = Counter((row.get(roles.measure, ""), row.get(unit_column, "")) for row in filled)
        codes = Counter(code for code, _ in counts)
        for (code, unit), _ in counts.most_common():
            words = put_unit_in_words(unit or own_unit)
            kind = find_kind(words, coding.get("stockOrFlow", {}).get(code, resource["stockOrFlow"]))
            if kind == "mixed":
                got = f"none for {code or column} in {words}"
                raise ExplorerError(f"{table}: {roles.measure or column}: expected stockOrFlow, got {got}")
            name = put_in_words(code, coding.get("labels")) if roles.measure else resource["title"]
            name += f": {fields[column]['title']}" if len(roles.values) > 1 else ""
            name += f" ({words})" if codes[code] > 1 else ""
            identifier = [table, column, code, unit if codes[code] > 1 else ""]
            measures.append(
                {
                    "id": ".".join(part for part in identifier if part),
                    "name": name[:1].upper() + name[1:],
                    "column": column,
                    "code": code,
                    "unitCode": unit,
                    "unit": words,
                    "kind": kind,
                    "low": low,
                    "high": high,
                    "interval": fields[column].get("interval", INTERVAL) if low or high else "",
                }
            )
    return measures


def find_kind(unit: str, kind: str) -> str:
    """Return share or amount by the unit, level for a mixed one that counts nothing, else the stated kind."""
    if unit in ("percent", "percentage points"):
        return "share"
    if MONEY.search(unit):
        return "amount"
    return "level" if kind == "mixed" and not COUNTED.match(unit) else kind


def make_table(
    resource: Resource, rows: list[Row], roles: Roles, sources: Mapping[str, Row]
) -> dict[str, Any]:
    """Return the rows of a table with labels, dimensions and sources, as its script holds them."""
    fields = {f["name"]: f for f in resource["schema"]["fields"]}
    cited = [name for name in fields if name.startswith("source_id")]
    coded = [c for c in (roles.measure, roles.unit, roles.era, *roles.dimensions) if c]
    numbers = [c for c in (*(c for v, ends in roles.values.items() for c in (v, *ends)), "n") if c in fields]
    shown = []
    for row in rows:
        start, end, when = place_in_time(row.get(roles.start, ""), row.get(roles.end, ""))
        is_flow = resource["stockOrFlow"] == "flow"
        if is_flow and "-" in row.get(roles.end, "") and not row.get(roles.start, "x"):
            when = f"up to {when}"
        shown.append(
            [
                *(row[c] for c in coded),
                *(json.loads(row[c] or "null") for c in numbers),
                *(row[c] for c in cited),
                *(row.get("certainty", ""), _list_remarks(row, fields), start, end, when),
            ]
        )
    used = sorted({row[c] for row in rows for c in cited} - {""})
    return {
        "columns": [*coded, *numbers, *cited, "certainty", "remark", "start", "end", "when"],
        "rows": shown,
        "labels": {
            c: {row[c]: put_in_words(row[c], fields[c].get("labels")) for row in rows}
            for c in roles.dimensions
        },
        "dimensions": [
            [c, fields[c].get("title") or put_in_words(c).capitalize(), fields[c]["role"] == "group"]
            for c in roles.dimensions
        ],
        "sources": {s: [sources[s][c] for c in ("title", "publisher", "url")] for s in used},
    }


def _list_remarks(row: Row, fields: Mapping[str, Field]) -> str:
    return "; ".join(
        put_in_words(c.removeprefix("is_") if row[c] == "true" else row[c], fields[c].get("labels"))
        for c in REMARKS
        if c in fields and row[c] not in NO_REMARK
    )


def make_catalogue(
    descriptor: dict[str, Any], folder: Path, titles: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Return everything the explorer offers, and the data of each table."""
    clean = {r["name"]: r for r in descriptor["resources"] if r["layer"] == "clean"}
    sources = {row["source_id"]: row for row in read_rows(folder / clean["sources"]["path"])}
    tables, data = [], {}
    for name, resource in clean.items():
        if explain_omission(resource):
            continue
        roles = read_roles(resource)
        rows = drop_sensitive(read_rows(folder / resource["path"]), roles)
        data[name] = make_table(resource, rows, roles, sources)
        chapter = resource.get("chapter", "")
        tables.append(
            {
                "name": name,
                "title": resource["title"],
                "chapter": chapter if chapter in titles else "",
                "edition": resource["edition"],
                "licence": "; ".join(one["title"] for one in resource.get("licenses", [])),
                "note": resource.get("contentNote", ""),
                "columns": {"measure": roles.measure, "unit": roles.unit, "era": roles.era},
                "events": resource.get("events", []),
                "measures": list_measures(resource, rows, roles),
            }
        )
    names = Counter(measure["name"] for table in tables for measure in table["measures"])
    for table in tables:
        for measure in table["measures"]:
            if names[measure["name"]] > 1:  # in the list of choices each must be recognisable
                measure["name"] += f" · {table['title']}"
    events = [
        {"at": int(row["first_day"][:4]), "day": _to_decimal_year(row["first_day"])}
        | {column: row[column] for column in ("date", "place", "kind", "event")}
        for row in read_rows(folder / clean["events"]["path"])
    ]
    used = {table["chapter"] for table in tables}
    chapters = [[c, title] for c, title in [*titles.items(), ("", "Other tables")] if c in used]
    return {"chapters": chapters, "tables": tables, "events": events, "charts": make_charts()}, data
