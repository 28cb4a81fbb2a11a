"""What the pages say after a made-up release: rows for a copy of the book, and checks of its sentences."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from bs4 import BeautifulSoup

Counts = dict[str, int]
Texts = dict[str, list[str]]

OTHERS = "other sources too"
# Women and men of the new year, given those of the newest; None: as CONTRIBUTING.md has them. The rise is
# above every year before, the fall below the years of the closed border.
RELEASES: dict[str, Callable[[int, int], tuple[int, int]] | None] = {
    "as in CONTRIBUTING.md": None,
    "a sharp rise": lambda women, men: (15 * women, 15 * men),
    "a sharp fall": lambda women, men: (women // 7, men // 7),
    "a reversal of the sexes": lambda women, men: (men, women),
    OTHERS: None,
}
_ASKED = {"sex": "all", "subgroup": ""}
MOVES: tuple[tuple[str, str, dict[str, str], dict[str, str]], ...] = (
    ("survey_rounds", "year round arrivals_until field_start field_end", {"survey": "khf"}, {}),
    *(
        (
            "survey_results",
            "year round",
            _ASKED | {"survey": survey, "indicator": indicator, "population": population},
            {"value": value},
        )
        for survey, indicator, population, value in (
            ("khf", "employment_rate", "north_korean_origin", "64.6"),
            ("khf", "employment_rate_gap", "north_korean_origin", "0.8"),
            ("khf", "unemployment_rate", "north_korean_origin", "2.2"),
            ("khf", "unemployment_rate_gap", "north_korean_origin", "-0.6"),
            ("khf", "mean_monthly_wage", "north_korean_origin", "3005000"),
            ("khf", "mean_monthly_wage", "general_population", "3302000"),
            ("khf", "discrimination", "north_korean_origin", "27.4"),
            ("khf", "life_satisfaction", "north_korean_origin", "48.9"),
            ("khf", "stress", "north_korean_origin", "30.1"),
            ("kostat_social", "stress", "general_population", "38.4"),
            ("khf", "suicidal_impulse", "north_korean_origin", "4.1"),
            ("kostat_social", "suicidal_impulse", "general_population", "4.8"),
        )
    ),
    (
        "education",
        "year",
        {"indicator": "dropout_rate", "population": "north_korean_background"},
        {"value": "11.9"},
    ),
    ("unhcr", "year", {"measure": "refugees", "sex": "all"}, {}),
    ("unhcr", "year", {"measure": "asylum_seekers", "sex": "all"}, {}),
    ("residents", "as_of_date", {"region": "all", "sex": "all"}, {}),
    ("returns", "vintage_date year covers_until", {}, {"returns_persons": "+2", "basis": "printed"}),
    ("returns_totals", "as_of_date", {"measure": "confirmed_returns", "role": "current"}, {"persons": "+2"}),
    ("whereabouts", "as_of_date", {"duration": "all", "printed_as": "stock"}, {}),
    (
        "programme_figures",
        "period_start period_end",
        {"programme": "settlement_support", "measure": "arrivals_assumed"},
        {"value": "120"},
    ),
)
# Rows of other tables: the newest that match, moved by a year (the columns named) and changed. A value with
# a plus is added to the old one; a row that was current becomes an earlier one. The values reverse what was
# so: above the general population, fewer satisfied.
_ROWS = re.compile(r"cat >> data/raw/(\w+)\.csv << 'ROWS'\n(.*?)^\s*ROWS$", re.DOTALL | re.MULTILINE)


def read_table(file: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def write_table(file: Path, rows: list[dict[str, str]]) -> None:
    """Write rows as a CSV file."""
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def append_release(raw: Path, blocks: list[str], name: str) -> int:
    """Append the rows of the guide's example, with the counts of a release, and return its year."""
    tables = {
        table: read_table(raw / f"{table}.csv") for table in ("entrants", "entrants_cumulative", "sources")
    }
    newest = max(row["year"] for row in tables["entrants"])
    current = [r for r in tables["entrants"] if (r["year"], r["role"]) == (newest, "current")]
    count = {row["sex"]: int(row["entrants_persons"]) for row in current}
    draw, changed = RELEASES[name], 0
    for table, text in _ROWS.findall("\n".join(blocks)):
        rows = tables[table]
        for cells in csv.reader(line.strip() for line in text.splitlines()):
            row = dict(zip(rows[0], cells, strict=True))
            if draw and "entrants_persons" in row:
                women, men = draw(count["female"], count["male"])
                new = {"female": women, "male": men, "all": women + men}[row["sex"]]
                before = [r for r in rows if r["sex"] == row["sex"] and r["role"] == "current"]
                total = max(int(r["entrants_persons"]) for r in before) if table != "entrants" else 0
                row["entrants_persons"] = str(total + new)
            changed += table == "entrants" and row["year"] == str(int(newest) + 1)
            rows.append(row)
    assert changed == 3, f"the example of CONTRIBUTING.md is not about {int(newest) + 1}"
    if name == OTHERS:
        append_others(raw, tables)
    for table, rows in tables.items():
        write_table(raw / f"{table}.csv", rows)
    return int(newest) + 1


def append_others(raw: Path, tables: dict[str, list[dict[str, str]]]) -> None:
    """Append another year of what other sources publish, each table from a document of its own."""
    for name in dict.fromkeys(move[0] for move in MOVES):
        rows = tables.setdefault(name, read_table(raw / f"{name}.csv"))
        added = []
        for _, columns, match, change in (move for move in MOVES if move[0] == name):
            time, *_ = columns.split()
            found = [row for row in rows if all(row[key] == value for key, value in match.items())]
            newest = [row for row in found if row[time] == max(row[time] for row in found)]
            for row in newest[-1:] if name == "returns" else newest:
                moved = row | {"source_id": f"made_up_{name}"}
                for column in filter(row.get, columns.split()):
                    moved[column] = str(int(row[column][:4]) + 1) + row[column][4:]
                for column, value in change.items():
                    moved[column] = str(int(row[column]) + int(value)) if value[0] == "+" else value
                if match.get("role") == "current":
                    row["role"] = "earlier"
                added.append(moved)
        rows += added
        source = dict.fromkeys(tables["sources"][0], "") | {"source_id": f"made_up_{name}", "title": name}
        source |= {"publisher": "Nobody", "producer": "Nobody", "url": f"https://example.org/{name}"}
        known = {"published": "2027-02-01", "language": "en", "licence": "made up"}
        tables["sources"].append({column: (source | known)[column] for column in tables["sources"][0]})


def read_texts(html: Path) -> Texts:
    """Return what each page says: sentences, captions, alternative texts, words in figures.

    Code, lists of sources and the cells of tables are left out, but for the box of the first page.
    """
    pages = sorted(page for page in (html / "book").glob("*.html") if page.stem != "data_dictionary")
    return {page.stem: list(_read_page(page)) for page in pages}


def _read_page(page: Path) -> Iterator[str]:
    body = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").select_one("article")
    assert body, f"{page.name} has no article"
    for part in body.select(".code-cell, .headerlink, .picture, script, [id^=src-], tbody"):
        if part.name != "tbody" or not part.find_parent(class_="how-many"):
            part.decompose()
    for part in body.select("h1, h2, h3, p, li, dd, dt, caption, figcaption, .how-many td, svg[role=img]"):
        if part.name == "svg":
            yield str(part["aria-label"])
            yield " | ".join(part.stripped_strings)
        elif not part.find(["p", "ul", "ol", "dl"]):
            yield " ".join(part.get_text().split())


_MANY = r"(?:years|people|women|men|persons|surveys|studies|points|models|returns|budgets|cells|rises|months)"
_ONE = r"(?:year|person|woman|man|survey|study|model|budget|cell|month|country|estimate|return)"
_FIGURE = r"(?:about |nearly |some )?\$?(−?\d[\d,]*(?:\.\d+)?)%?"
_UP = "rose|climbed|grew|increased|risen"
_DOWN = "fell|dropped|slipped|sank|shrank|decreased|fallen"
_SLIPS = {
    "an empty fact": re.compile(r"¤|\(\s*\)|(?<!^)\s[,.;)]|\(\s|,,|(?<!\.)\.\.(?!\.)"),
    "a value of the machine": re.compile(r"\b(?:nan|NaN|NaT|True|False|inf|np\.\w+)\b|(?<=[a-z,] )None\b"),
    "a before a vowel": re.compile(
        r"\ba (?:(?:[ai]|o(?!ne|nce)|e(?!u)|u(?!ni|se|su|ti|n\b))[a-z]+|8\d*|11|18)\b"
    ),
    "an before a consonant": re.compile(r"\ban (?:[b-df-gj-np-tv-z]\w*|(?!11\b|18\b|8)\d[\d,]*)"),
    "one of many": re.compile(rf"(?<![\w.,–-])(?:[Oo]ne|1) {_MANY}\b"),
    "many of one": re.compile(
        r"(?<![\w.,–-])(?:[Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]ix|[Ss]even|[Ee]ight|[Nn]ine|[Tt]en|[2-9]|[1-9]\d+)"
        rf" {_ONE}\b(?!-)"
    ),
    "a small letter at the start": re.compile(
        r"(?:^|(?<=[.?!] ))(?!doi:|log |logit |[a-z]+ [=~] )[a-z]{2}[^|]*\.(?= |$)"
    ),
    "between one and to another": re.compile(r"\bbetween [−\d][\d,.%]* to [−\d]"),
    "a rise or a fall with a sign": re.compile(rf"\b(?:{_UP}|{_DOWN}|fall of|rise of)(?: by| of)? [−-]\d"),
}
_TWICE = re.compile(r"\b(?!that\b|had\b)([A-Za-z]+) \1\b", re.IGNORECASE)
_FROM_TO = re.compile(rf"\b({_UP}|{_DOWN})\b[^.;()0-9]{{0,40}}\bfrom {_FIGURE} to {_FIGURE}")
_THAN = re.compile(rf"{_FIGURE}, (more|fewer|less|higher|lower) than in [^.;()]*\({_FIGURE}")


def _number(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-"))


def find_slips(text: str) -> list[str]:
    """Return what is wrong with the form of a sentence, or with a word of direction beside its numbers."""
    found = [f"{name}: {match[0]!r}" for name, slip in _SLIPS.items() for match in slip.finditer(text)]
    found += [f"a word twice: {match[0]!r}" for match in _TWICE.finditer(text)]
    for match in _FROM_TO.finditer(text):
        if (_number(match[3]) > _number(match[2])) != bool(re.fullmatch(_UP, match[1])):
            found.append(f"a direction that its numbers contradict: {match[0]!r}")
    for match in _THAN.finditer(text):
        if (_number(match[1]) > _number(match[3])) != (match[2] in ("more", "higher")):
            found.append(f"a comparison that its numbers contradict: {match[0]!r}")
    return found


def find_stale(before: Iterable[str], after: Iterable[str], newest: int) -> list[str]:
    """Return texts that still call the previous year the newest.

    They say so, or they did not change although they end a span with it and name the yearly count.
    """
    known = set(before)
    called = re.compile(
        rf"\b(?:newest|latest|most recent)\b(?: year| figure| count)?,?(?: is| of| was|:)? {newest}\b"
    )
    ends = re.compile(rf"\b(?:to|until|through|end of|–) ?{newest}\b")
    counts = re.compile(r"\bentrants\b|\barriv|\bentered (?:South|the South)", re.IGNORECASE)
    return [
        text
        for text in after
        for sentence in re.split(r"(?<=[.;]) ", text)
        if called.search(sentence) or (text in known and ends.search(sentence) and counts.search(sentence))
    ]


def find_problems(before: Texts, after: Texts, newest: int) -> list[str]:
    """Return every slip and every stale text of the pages after a release, one line each."""
    problems = []
    for page, texts in after.items():
        problems += [f"{page}: {slip} in: {text[:300]}" for text in texts for slip in find_slips(text)]
        stale = find_stale(before[page], texts, newest)
        problems += [f"{page}: {newest} is called the newest: {text[:300]}" for text in stale]
    return problems
