"""The next-year drill: made-up releases in a copy of the repository, and what every page says then.

``python -m tests.drills.next_year FOLDER`` writes, for each scenario, the sentences that changed, as
they were and as they are, for somebody to read; it exits with an error if a check finds a fault.
"""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pandas as pd
from bs4 import BeautifulSoup

from scripts.notebooks import ROOT

SOURCE = "zz_made_up"
RELEASES: dict[str, Callable[[int, int], tuple[int, int]]] = {
    "plausible": lambda women, men: (women + 12, men + 4),
    "rise": lambda women, men: (15 * women, 15 * men),
    "fall": lambda women, men: (women // 7, men // 7),
    "reversal": lambda women, men: (men, women),
}
"""Women and men of the new year, given those of the newest; the fall lies below the closed years."""

PIECES = "h1, h2, h3, p, li, dd, dt, caption, figcaption"
Texts = dict[str, list[str]]


class DrillError(Exception):
    """A step of the release failed in the copy; the message is what the step printed."""


def copy_repository(folder: Path) -> Path:
    """Return a copy of the repository without its history, environment and products."""
    leave = shutil.ignore_patterns(".git", ".venv", "_build", "__pycache__", "*.pyc")
    return Path(shutil.copytree(ROOT, folder, ignore=leave))


def append_rows(table: Path, rows: Iterable[dict[str, object]]) -> None:
    """Append rows to a raw table, cells not named left empty; as somebody with an editor would."""
    with table.open(encoding="utf-8", newline="") as lines:
        header = next(csv.reader(lines))
    with table.open("a", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, header, lineterminator="\n")
        writer.writerows(rows)


def append_release(root: Path, name: str) -> int:
    """Append the ministry's release of the next year, as CONTRIBUTING.md says; return the year.

    Parameters
    ----------
    root : Path
        A copy of the repository.
    name : str
        One of ``RELEASES``.
    """
    raw = root / "data" / "raw"
    entrants = pd.read_csv(raw / "entrants.csv").query("role == 'current'")
    total = pd.read_csv(raw / "entrants_cumulative.csv").query("role == 'current'")
    year = int(entrants["year"].max()) + 1
    newest = entrants[entrants["year"] == year - 1].set_index("sex")["entrants_persons"]
    known = total[total["as_of_date"] == total["as_of_date"].max()].set_index("sex")["entrants_persons"]
    women, men = RELEASES[name](int(newest["female"]), int(newest["male"]))
    counts = {"all": women + men, "female": women, "male": men}
    day = f"{year + 1}-01-20"
    read = {"role": "current", "source_id": SOURCE, "certainty": "secondary", "note": "Made up by a drill"}
    append_rows(
        raw / "sources.csv",
        [
            {
                "source_id": SOURCE,
                "publisher": "Nobody",
                "title": f"{year} entrants {women + men}",
                "url": "https://example.org/entrants",
                "published": day,
                "language": "en",
                "licence": "made up",
            }
        ],
    )
    append_rows(
        raw / "entrants.csv",
        [{"year": year, "sex": s, "vintage": day, "entrants_persons": n, **read} for s, n in counts.items()],
    )
    append_rows(
        raw / "entrants_cumulative.csv",
        [
            {"as_of_date": f"{year}-12-31", "sex": s, "entrants_persons": int(known[s]) + n, **read}
            for s, n in counts.items()
        ],
    )
    return year


def run_step(root: Path, *module: str) -> str:
    """Run a command of the Makefile in a copy and return what it printed."""
    done = subprocess.run([sys.executable, "-m", *module], cwd=root, capture_output=True, text=True)
    if done.returncode:
        raise DrillError(f"python -m {' '.join(module)}\n{done.stdout}{done.stderr}")
    return done.stdout


def publish(root: Path) -> Texts:
    """Refresh a copy, build its pages as ``make book`` does and return what they say.

    Raises
    ------
    DrillError
        If the data are at fault, a notebook raises, or a page cannot be built.
    """
    for step in (["data", "build"], ["data", "check"], ["scripts.notebooks"], ["scripts.book"]):
        run_step(root, *step)
    return read_texts(root / "_build" / "html")


def read_texts(html: Path) -> Texts:
    """Return what each page of a built book says: sentences, captions, alternative texts, words in figures.

    Code, lists of sources and the cells of tables are left out, but for the box of the first page.
    """
    return {page.stem: list(_read_page(page)) for page in sorted((html / "book").glob("*.html"))}


def _read_page(page: Path) -> Iterator[str]:
    body = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").select_one("article")
    for away in body.select(".code-cell, .headerlink, script, [id^=src-], :not(.how-many) > table > tbody"):
        away.decompose()
    for piece in body.select(f"{PIECES}, .how-many td, svg[role=img]"):
        if piece.name == "svg":
            yield str(piece["aria-label"])
            yield " | ".join(piece.stripped_strings)
        elif not piece.find(["p", "ul", "ol", "dl"]):
            yield " ".join(piece.get_text().split())


_NOUN = r"(?:years|people|women|men|persons|surveys|studies|points|models|returns|budgets|cells|rises|months)"
_NOUNS = r"(?:year|person|woman|man|survey|study|model|budget|cell|month|country|estimate)"
_FIGURE = r"(?:about |nearly |some )?\$?(−?\d[\d,]*(?:\.\d+)?)%?"
_UP = "rose|climbed|grew|went up|increased|lengthened|risen"
_DOWN = "fell|dropped|slipped|sank|shrank|went down|decreased|fallen"
_ALLOWED_TWICE = {"that", "had"}

#: What no sentence may hold: a name for the fault, and its pattern.
_SLIPS = {
    "an empty fact": re.compile(r"¤|\(\s*\)|\s[,.;:)]|\(\s|,,|\.\.(?!\.)| {2}"),
    "a value of the machine": re.compile(r"\b(?:nan|NaN|NaT|None|True|False|inf|np\.\w+)\b"),
    "a before a vowel": re.compile(r"\ba (?=(?:[aio]|e(?!u)|u(?!ni|se|su|ti|n\b))[a-z]+|8|11\b|18\b)\w+"),
    "an before a consonant": re.compile(r"\ban (?:[b-df-gj-np-tv-z]|[0-79](?!1\b|8\b))\w*"),
    "one of many": re.compile(rf"(?<![\w.,–-])(?:one|One|1) {_NOUN}\b"),
    "many of one": re.compile(
        rf"(?<![\w.,–-])(?:[Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]ix|[Ss]even|[Ee]ight|[Nn]ine|[Tt]en|[2-9]|[1-9]\d+)"
        rf" {_NOUNS}\b(?!-)"
    ),
    "none of them": re.compile(r"(?<!\w)(?:0|No) (?:people|women|men|persons) (?:were|are|arrived)\b"),
    "a rise or a fall with a sign": re.compile(rf"\b(?:{_UP}|{_DOWN}|fall of|rise of)(?: by| of)? [−-]\d"),
}
_FROM_TO = re.compile(rf"\b({_UP}|{_DOWN})\b[^.;()0-9]{{0,40}}\bfrom {_FIGURE} to {_FIGURE}")
_THAN = re.compile(rf"{_FIGURE}, (more|fewer|less|higher|lower) than in [^.;()]*\({_FIGURE}")


def _number(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-").rstrip("."))


def find_slips(text: str) -> list[str]:
    """Return what is wrong with the form of a sentence, or with a word of direction beside two numbers.

    Parameters
    ----------
    text : str
        What a page says, facts filled in.

    Returns
    -------
    list of str
        One line a slip: doubled words, empty facts, a wrong article, a number that does not fit its
        noun, a fall of minus something, a rise to a lower number.
    """
    found = [f"{name}: {match[0]!r}" for name, slip in _SLIPS.items() for match in slip.finditer(text)]
    for match in re.finditer(r"\b([A-Za-z]+) \1\b", text):
        if match[1] not in _ALLOWED_TWICE:
            found.append(f"a word twice: {match[0]!r}")
    for match in _FROM_TO.finditer(text):
        if (_number(match[3]) > _number(match[2])) != bool(re.fullmatch(_UP, match[1])):
            found.append(f"a direction that the numbers contradict: {match[0]!r}")
    for match in _THAN.finditer(text):
        if (_number(match[1]) > _number(match[3])) != (match[2] in ("more", "higher")):
            found.append(f"a comparison that the numbers contradict: {match[0]!r}")
    return found


def find_changes(before: Texts, after: Texts) -> Texts:
    """Return, for each page, what it says after and did not say before."""
    return {
        page: [text for text in texts if text not in set(before.get(page, []))]
        for page, texts in after.items()
    }
