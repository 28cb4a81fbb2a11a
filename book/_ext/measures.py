"""What the explorer offers, read from the descriptor of the tables alone.

A clean table that holds a number with a unit and a time or a group is offered by itself: which column
is which follows from types, units, keys and the names this package gives columns (``value_low``,
``period_start``, ``n``). Where it cannot, ``datapackage.yaml`` says it.
"""

from __future__ import annotations

import csv
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

NUMERIC = ("integer", "number")
CARE = re.compile("suicid|death|died")  # codes whose figures are not offered as charts
MONEY = re.compile(r"\b(KRW|USD)\b")
COUNTED = re.compile("persons|cases|events|visits|principal applicants")
# Columns that tell how a figure is to be read, and what they hold when there is nothing to tell.
REMARKS = ("bound", "basis", "method", "exception", "is_computed", "is_implied", "is_chained", "note")
NOTHING_TO_SAY = {"", "false", "exact", "printed", "reported", "counts"}
TIES = (("_start", "_end"), ("_from", "_to"))  # how the two ends of a span are named
NAMES = {
    "all": "all",
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
    "percentage_points": "percentage points",
    "person": "persons",
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
    """A table cannot be offered; the message names it and what is expected."""


@dataclass
class Roles:
    """Which column of a table is what; a missing one is empty."""

    start: str = ""
    end: str = ""
    bounds: dict[str, tuple[str, str]] = field(default_factory=dict)  # of each value: low and high
    measure: str = ""
    unit: str = ""
    kind: str = ""
    era: str = ""
    dimensions: list[str] = field(default_factory=list)


def put_in_words(code: str, labels: Mapping[str, str] | None = None) -> str:
    """Return the words for a code: those given, else the code with spaces and its names in capitals."""
    if labels and code in labels:
        return labels[code]
    if code in NAMES:
        return NAMES[code]
    if re.search(r"[A-Z ]", code) or ("_" not in code and not code.islower()):
        return code
    code = re.sub(r"(?<=\d)_(?=\d)", " to ", code)
    return " ".join(PROPER.get(word, word) for word in code.split("_"))


def put_unit_in_words(unit: str) -> str:
    """Return the words for a unit; two columns of one unit give the same."""
    words = UNITS.get(unit, re.sub("^(krw|usd)", lambda m: m[0].upper(), unit)).replace("_", " ")
    return re.sub(r"(?<=KRW|USD) a (?=month|year)", " per ", words)


def read_roles(resource: Resource) -> Roles:
    """Return which column of a clean table is what."""
    fields: list[Field] = resource["schema"]["fields"]
    key = resource["schema"]["primaryKey"]
    said: dict[str, list[str]] = {}
    for f in fields:
        if "role" in f:
            said.setdefault(f["role"], []).append(f["name"])
    unknown = said.keys() - {"measure", "base", "detail", "dimension", "group"}
    if unknown:
        raise ExplorerError(
            f"{resource['name']}: role {unknown.pop()!r}; expected measure, base, detail, dimension or group"
        )
    names = [f["name"] for f in fields]
    roles = Roles(
        measure=next(
            iter(said.get("measure", []) or [n for n in names if n in ("measure", "indicator")]), ""
        ),
        unit="unit" if "unit" in names else "",
        kind="stock_or_flow" if "stock_or_flow" in names else "",
        era="era" if "era" in names else "",
    )
    roles.start, roles.end = _find_time(fields, key)
    numbers = [
        f["name"]
        for f in fields
        if f["type"] in NUMERIC
        and f.get("unit", "position") != "position"
        and f["name"] not in ("n", "cases", *said.get("base", []), *said.get("detail", []))
        and "enum" not in f.get("constraints", {})
    ]
    ends = [n for n in numbers if {"low", "high"} & set(n.split("_"))]
    values = [n for n in numbers if n not in ends]
    for value in values:
        # An end of an interval is named as its value is, or the table has one value alone.
        own = [
            e
            for e in ends
            if len(values) == 1 or set(e.split("_")) - {"low", "high", "ci"} <= set(value.split("_"))
        ]
        low, high = (next((e for e in own if side in e.split("_")), "") for side in ("low", "high"))
        roles.bounds[value] = (low, high)
    taken = {roles.start, roles.end, roles.measure, roles.unit, roles.kind, roles.era, "source_id"}
    taken |= {*values, *ends, *said.get("detail", []), *said.get("base", [])}
    roles.dimensions = [
        f["name"]
        for f in fields
        if f["name"] not in taken
        and (
            f.get("role") in ("dimension", "group")
            or f["name"] == "role"
            or (f["name"] in key and f["type"] not in ("date", "year"))
        )
    ]
    return roles


def _find_time(fields: list[Field], key: list[str]) -> tuple[str, str]:
    """Return the columns of the first and the last day; the first is empty where one column says when."""
    times = [
        f
        for f in fields
        if f["type"] in ("date", "year") and f.get("role") not in ("detail", "dimension", "group")
    ]
    names = [f["name"] for f in times]
    required = [f for f in times if f.get("constraints", {}).get("required")]
    for f in required:
        if f["type"] == "year" and f["name"] == "year":
            return "", "year"
    pairs = [
        (name, name.removesuffix(a) + b)
        for name in names
        for a, b in TIES
        if name.endswith(a) and name.removesuffix(a) + b in names
    ]
    pairs.sort(key=lambda pair: not set(pair) & set(key))
    if pairs:
        return pairs[0]
    return "", next((f["name"] for f in [*required, *times] if f["name"] in key or f["type"] == "year"), "")


@dataclass
class When:
    """Where a figure stands in time: decimal years for drawing, words for reading."""

    start: float | None
    end: float | None
    words: str


def place_in_time(first: str, last: str) -> When:
    """Return where a figure stands that is of a year, a day or a span.

    A year and a span of whole years stand at whole numbers, as in the figures of the chapters; days
    stand where they fall.
    """
    if not first and not last:
        return When(None, None, "no date")
    if not last:
        return When(None, _count_years(first), f"from {_name_day(first)}")
    whole = (last.endswith("-12-31") and first.endswith("-01-01")) or (first.isdigit() and last.isdigit())
    if whole:
        a, b = first[:4], last[:4]
        return When(None, int(a), a) if a == b else When(int(a), int(b), f"{a} to {b}")
    if not first or first == last:
        return When(None, _count_years(last), _name_day(last))
    return When(_count_years(first), _count_years(last), f"{_name_day(first)} to {_name_day(last)}")


def _count_years(day: str) -> float:
    if day.isdigit():
        return int(day)
    d = date.fromisoformat(day)
    passed = (d - date(d.year, 1, 1)).days
    return round(d.year + passed / (366 if isleap(d.year) else 365), 3)


def _name_day(day: str) -> str:
    return day if day.isdigit() else f"{date.fromisoformat(day):%d %B %Y}".lstrip("0")


def read_rows(path: Path) -> list[Row]:
    """Return the rows of a table as text."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def drop_cared_for(rows: Iterable[Row], roles: Roles) -> list[Row]:
    """Return the rows without those on suicide and deaths, which are no matter for trying out."""
    coded = [c for c in (roles.measure, *roles.dimensions) if c]
    return [row for row in rows if not any(CARE.search(row[c]) for c in coded)]


def explain_omission(resource: Resource, roles: Roles) -> str:
    """Return why a clean table is not offered; empty if it is."""
    if "notExplored" in resource:
        return resource["notExplored"]
    if resource["stockOrFlow"] == "none" or not roles.bounds:
        return "words, not measured figures"
    if not roles.end and not roles.dimensions:
        return "neither a time nor a group"
    return ""


def list_measures(resource: Resource, rows: list[Row], roles: Roles) -> list[dict[str, Any]]:
    """Return what a table measures, the measure with the most figures first."""
    fields = {f["name"]: f for f in resource["schema"]["fields"]}
    coding = fields.get(roles.measure, {})
    measures = []
    for column, (low, high) in roles.bounds.items():
        units = fields[column]["unit"]
        several = roles.unit if units.startswith("see ") else ""
        filled = [row for row in rows if any(row[c] for c in (column, low, high) if c)]
        counts = Counter((row.get(roles.measure, ""), row.get(several, "")) for row in filled)
        codes = Counter(code for code, _ in counts)
        for (code, unit), _ in counts.most_common():
            words = put_unit_in_words(unit or units)
            name = put_in_words(code, coding.get("labels")) if roles.measure else resource["title"]
            if len(roles.bounds) > 1:
                name += f": {_shorten(fields[column]['description'])}"
            if codes[code] > 1:
                name += f" ({words})"
            kinds = (
                {row[roles.kind] for row in filled if row.get(roles.measure, "") == code}
                if roles.kind
                else set()
            )
            kind = coding.get("stockOrFlow", {}).get(code) or (
                kinds.pop() if len(kinds) == 1 else resource["stockOrFlow"]
            )
            if words in ("percent", "percentage points"):
                kind = "share"
            elif MONEY.search(words):
                kind = "amount"
            elif kind == "mixed" and not COUNTED.match(words):
                kind = "level"
            if kind == "mixed":
                raise ExplorerError(
                    f"{resource['name']}: {code or column} in {words}; expected stockOrFlow of the code, "
                    f"in the field {roles.measure or column}"
                )
            parts = [resource["name"], column, code, unit if codes[code] > 1 else ""]
            measures.append(
                {
                    "id": ".".join(part for part in parts if part),
                    "name": name[:1].upper() + name[1:],
                    "column": column,
                    "code": code,
                    "unitCode": unit,
                    "unit": words,
                    "kind": kind,
                    "low": low,
                    "high": high,
                    "interval": describe_interval(fields.get(low), fields.get(high)),
                }
            )
    return measures


def describe_interval(low: Field | None, high: Field | None) -> str:
    """Return what lies between the ends of an interval; empty if a table has none."""
    if low and not high:
        return f"down to {low['description'][:1].lower()}{low['description'][1:]}"
    if not low and not high:
        return ""
    printed = re.search(r"the printed .*interval", (low or high or {})["description"])
    return printed[0] if printed else "from the lowest to the highest value printed"


def _shorten(description: str) -> str:
    words = re.split(r"[;,(:]", description)[0].strip()
    return words[:1].lower() + words[1:]


def make_table(
    resource: Resource, rows: list[Row], roles: Roles, sources: Mapping[str, Row]
) -> dict[str, Any]:
    """Return the data of a table as its script carries them."""
    fields = {f["name"]: f for f in resource["schema"]["fields"]}
    cited = [name for name in fields if name.startswith("source_id")]
    coded = [c for c in (roles.measure, roles.unit, roles.era, *roles.dimensions) if c]
    numbers = [c for c in (*(c for v, ends in roles.bounds.items() for c in (v, *ends)), "n") if c in fields]
    columns = [*coded, *numbers, *cited, "certainty", "remark", "start", "end", "when"]
    shown, used = [], set()
    for row in rows:
        when = place_in_time(row.get(roles.start, ""), row.get(roles.end, ""))
        if (
            "-" in row.get(roles.end, "")
            and resource["stockOrFlow"] == "flow"
            and not row.get(roles.start, "x")
        ):
            when.words = f"up to {when.words}"
        used |= {row[c] for c in cited if row[c]}
        shown.append(
            [
                *(row[c] for c in coded),
                *(_read_number(row[c]) for c in numbers),
                *(row[c] for c in cited),
                row.get("certainty", ""),
                _remark(row, fields),
                when.start,
                when.end,
                when.words,
            ]
        )
    labels = {
        c: {row[c]: put_in_words(row[c], fields[c].get("labels")) for row in rows} for c in roles.dimensions
    }
    return {
        "columns": columns,
        "rows": shown,
        "labels": labels,
        "dimensions": [
            [c, fields[c].get("title") or put_in_words(c).capitalize(), fields[c].get("role") == "group"]
            for c in roles.dimensions
        ],
        "sources": {
            s: [sources[s]["title"], sources[s]["publisher"], sources[s]["url"]] for s in sorted(used)
        },
    }


def _read_number(text: str) -> float | int | None:
    if not text:
        return None
    return int(text) if re.fullmatch(r"-?\d+", text) else float(text)


def _remark(row: Row, fields: Mapping[str, Field]) -> str:
    said = []
    for column in REMARKS:
        if column in fields and row[column] not in NOTHING_TO_SAY:
            flag = fields[column]["type"] == "boolean"
            said.append(
                put_in_words(
                    column.removeprefix("is_") if flag else row[column], fields[column].get("labels")
                )
            )
    return "; ".join(said)


def make_catalogue(
    descriptor: dict[str, Any], folder: Path, titles: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Return everything the explorer offers, and the data of each table."""
    resources = [r for r in descriptor["resources"] if r["layer"] == "clean"]
    documents = next(r for r in resources if r["name"] == "sources")
    sources = {row["source_id"]: row for row in read_rows(folder / documents["path"])}
    tables, data, omitted = [], {}, []
    for resource in resources:
        roles = read_roles(resource)
        why = explain_omission(resource, roles)
        if why:
            omitted.append({"name": resource["name"], "title": resource["title"], "why": why})
            continue
        rows = drop_cared_for(read_rows(folder / resource["path"]), roles)
        data[resource["name"]] = make_table(resource, rows, roles, sources)
        tables.append(
            {
                "name": resource["name"],
                "title": resource["title"],
                "chapter": resource.get("chapter", ""),
                "edition": resource["edition"],
                "licence": "; ".join(one["title"] for one in resource.get("licenses", [])),
                "note": resource.get("contentNote", ""),
                "columns": {c: getattr(roles, c) for c in ("measure", "unit", "era")},
                "events": resource.get("events", []),
                "measures": list_measures(resource, rows, roles),
            }
        )
    offered = [(measure, table["title"]) for table in tables for measure in table["measures"]]
    names = Counter(measure["name"] for measure, _ in offered)
    for measure, title in offered:
        if names[measure["name"]] > 1:  # a name is a choice in a list, and must tell which it is
            measure["name"] += f" · {title}"
    events = [
        {"at": int(row["first_day"][:4]), "day": _count_years(row["first_day"]), "date": row["date"],
         "place": row["place"], "kind": row["kind"], "event": row["event"]}
        for r in resources if r["name"] == "events" for row in read_rows(folder / r["path"])
    ]  # fmt: skip
    used = {table["chapter"] for table in tables}
    chapters = [[name, title] for name, title in titles.items() if name in used]
    if used - titles.keys():
        chapters.append(["", "Other tables"])
        for table in tables:
            table["chapter"] = table["chapter"] if table["chapter"] in titles else ""
    catalogue = {
        "chapters": chapters,
        "tables": tables,
        "omitted": omitted,
        "events": events,
        "charts": make_charts(),
    }
    return catalogue, data
