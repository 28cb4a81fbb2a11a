"""The next-year drill: made-up releases in copies of the repository, and what the pages say then.

A copy is given the release that CONTRIBUTING.md walks through, or one of the same form with other
counts; it is checked, refreshed and rendered as that page says, and what its pages say is judged.

``python -m tests.slow.next_year FOLDER`` writes, for each scenario, every sentence that changed,
as it was and as it is, for somebody to read; it ends with an error if something is found.
"""

from __future__ import annotations

import csv
import difflib
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from bs4 import BeautifulSoup

from scripts.notebooks import ROOT

Counts = dict[str, int]
Texts = dict[str, list[str]]

RELEASES: dict[str, Callable[[int, int], tuple[int, int]] | None] = {
    "as in CONTRIBUTING.md": None,
    "a sharp rise": lambda women, men: (15 * women, 15 * men),
    "a sharp fall": lambda women, men: (women // 7, men // 7),
    "a reversal of the sexes": lambda women, men: (men, women),
}
"""Women and men of the new year, given those of the newest; none: as the guide prints them.

The rise tops every year before, the fall lies below the years of the closed border.
"""

OTHERS = "other sources too"
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
"""Rows of other tables: the newest that match, moved by a year (the columns named) and changed.

A value with a plus is added to the old one; a row that was current and is followed by another becomes an
earlier one. The values turn round what was so: above the general population, fewer satisfied.
"""

_ROWS = re.compile(r"cat >> (data/raw/\w+\.csv) << 'ROWS'\n(.*?)^\s*ROWS$", re.DOTALL | re.MULTILINE)


class DrillError(Exception):
    """A step of the guide cannot be followed, or failed in the copy; the message says which and why."""


def copy_repository(folder: Path) -> Path:
    """Return a copy of the repository without its history, environment and products."""
    leave = shutil.ignore_patterns(".git", ".venv", "_build", "__pycache__", "*.pyc")
    return Path(shutil.copytree(ROOT, folder, ignore=leave))


def read_example(guide: str) -> dict[str, list[str]]:
    """Return the rows that CONTRIBUTING.md has a maintainer add, by table, as typed there."""
    release = guide.partition("\n### A new release\n")[2].partition("\n### ")[0]
    found = {table: [line.strip() for line in rows.splitlines()] for table, rows in _ROWS.findall(release)}
    wanted = {f"data/raw/{name}.csv" for name in ("sources", "entrants", "entrants_cumulative")}
    if not wanted <= found.keys():
        raise DrillError(
            f"CONTRIBUTING.md adds rows to {sorted(found)}; expected {sorted(wanted)} among them"
        )
    return found


def read_counts(table: Path, key: str) -> tuple[str, Counts]:
    """Return the newest value of ``key`` in a raw table and the counts in use then, by sex."""
    with table.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["role"] == "current"]
    newest = max(row[key] for row in rows)
    return newest, {row["sex"]: int(row["entrants_persons"]) for row in rows if row[key] == newest}


def change_counts(header: list[str], rows: list[str], counts: Counts) -> list[str]:
    """Return rows of the guide with other counts in them, by sex."""
    sex, persons = header.index("sex"), header.index("entrants_persons")
    changed = []
    for cells in csv.reader(rows):
        cells[persons] = str(counts[cells[sex]])
        changed.append(",".join(cells))
    return changed


def append_others(root: Path) -> None:
    """Append another year of what other sources print, each table from a document of its own."""
    raw = root / "data" / "raw"
    for name in dict.fromkeys(move[0] for move in MOVES):
        with (raw / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
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
        with (raw / f"{name}.csv").open("w", encoding="utf-8", newline="") as lines:
            writer = csv.DictWriter(lines, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows([*rows, *added])
        with (raw / "sources.csv").open("a", encoding="utf-8") as lines:
            lines.write(f"made_up_{name},Nobody,{name},https://example.org/{name},2027-02-01,en,made up\n")


def append_release(root: Path, name: str) -> int:
    """Append a release to a copy, row by row as CONTRIBUTING.md does, and return its year.

    Parameters
    ----------
    root : Path
        A copy of the repository.
    name : str
        One of ``RELEASES``, or ``OTHERS``: the guide's own and another year of other sources.

    Raises
    ------
    DrillError
        If the guide's example is not about the year after the newest.
    """
    raw = root / "data" / "raw"
    example = read_example((root / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    year, newest = read_counts(raw / "entrants.csv", "year")
    _, total = read_counts(raw / "entrants_cumulative.csv", "as_of_date")
    if {row.split(",")[0] for row in example["data/raw/entrants.csv"]} != {str(int(year) + 1)}:
        raise DrillError(
            f"the example of CONTRIBUTING.md is not about {int(year) + 1}, the year after the newest"
        )
    if name == OTHERS:
        append_others(root)
    elif draw := RELEASES[name]:
        women, men = draw(newest["female"], newest["male"])
        counts = {"all": women + men, "female": women, "male": men}
        for table, new in (
            ("entrants", counts),
            ("entrants_cumulative", {sex: total[sex] + n for sex, n in counts.items()}),
        ):
            header = (raw / f"{table}.csv").read_text(encoding="utf-8").partition("\n")[0].split(",")
            example[f"data/raw/{table}.csv"] = change_counts(header, example[f"data/raw/{table}.csv"], new)
    for table, rows in example.items():
        with (root / table).open("a", encoding="utf-8", newline="") as lines:
            lines.writelines(f"{row}\n" for row in rows)
    return int(year) + 1


def run_step(root: Path, *module: str) -> str:
    """Run what a command of the Makefile runs, in a copy, and return what it printed."""
    done = subprocess.run([sys.executable, "-m", *module], cwd=root, capture_output=True, text=True)
    if done.returncode:
        raise DrillError(f"python -m {' '.join(module)}: {done.stdout}{done.stderr}")
    return done.stdout


def publish(root: Path) -> Texts:
    """Refresh a copy and build its pages as the guide says, and return what they say.

    Raises
    ------
    DrillError
        If the data are at fault, a notebook raises, a claim about years gone by no longer holds, or a
        page cannot be built.
    """
    for step in (["data", "build"], ["data", "check"], ["scripts.notebooks"], ["scripts.book"]):
        run_step(root, *step)
    return read_texts(root / "_build" / "html")


def read_texts(html: Path) -> Texts:
    """Return what each page of a built book says: sentences, captions, alternative texts, words in figures.

    Code, lists of sources and the cells of tables are left out, but for the box of the first page.
    """
    pages = sorted(page for page in (html / "book").glob("*.html") if page.stem != "data_dictionary")
    return {page.stem: list(_read_page(page)) for page in pages}


def _read_page(page: Path) -> Iterator[str]:
    body = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").select_one("article")
    if body is None:
        raise DrillError(f"{page.name} has no article")
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
    """Return what is wrong with the form of a sentence, or with a word of direction beside its numbers.

    Parameters
    ----------
    text : str
        What a page says, facts filled in.

    Returns
    -------
    list of str
        One line a slip: doubled words, empty facts, a wrong article, a count that does not fit its
        noun, a fall of minus something, a rise to a lower number.
    """
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
    """Return what a page said of the newest year as the newest, and still says after a newer one came.

    Parameters
    ----------
    before, after : iterable of str
        What the page said and says.
    newest : int
        The newest year before.

    Returns
    -------
    list of str
        Texts that call that year the newest, or that did not move although they end a span with it
        and name the ministry's yearly count.
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


def pair_changes(before: list[str], after: list[str]) -> Iterator[tuple[str, str]]:
    """Yield what a page says after and did not say before, each beside what stood in its place."""
    for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            old = before[a:b] + [""] * (d - c)
            yield from zip(old, after[c:d], strict=False)


def judge(before: Texts, after: Texts, newest: int) -> list[str]:
    """Return every slip and every stale text of the pages after a release, one line each."""
    faults = []
    for page, texts in after.items():
        faults += [f"{page}: {slip} in: {text[:300]}" for text in texts for slip in find_slips(text)]
        faults += [
            f"{page}: {newest} stands as the newest: {t[:300]}"
            for t in find_stale(before[page], texts, newest)
        ]
    return faults


def rehearse(name: str, folder: Path) -> tuple[Texts, int]:
    """Publish a made-up release in a copy under ``folder``; return what the pages say and the year."""
    root = copy_repository(folder / name.replace(" ", "_"))
    year = append_release(root, name)
    return publish(root), year


def main() -> int:
    """Rehearse every release, write what changed and say what is wrong."""
    target, faults = Path(sys.argv[1]), []
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        before = publish(copy_repository(Path(folder) / "now"))
        for name in (*RELEASES, OTHERS):
            after, year = rehearse(name, Path(folder))
            faults += [f"{name}: {fault}" for fault in judge(before, after, year - 1)]
            pages = [
                f"## {page}\n\n"
                + "\n".join(f"- {old}\n+ {new}\n" for old, new in pair_changes(before[page], texts))
                for page, texts in after.items()
                if texts != before[page]
            ]
            (target / f"{name.replace(' ', '_')}.md").write_text("\n".join(pages), encoding="utf-8")
    print(*faults, sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
