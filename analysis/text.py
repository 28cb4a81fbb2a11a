"""Numbers and words for sentences.

Nothing that comes from data is typed in a sentence. A cell formats it here and hands it to
:func:`glue_all`; the text names it with the ``glue:text`` role. Words that claim a direction come from
:func:`direction` and its kin, or stand behind :func:`assert_claim`, which stops the build when the data no
longer bear them out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd
from IPython.display import display
from myst_nb import glue

_WORDS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_ORDINALS = [
    "zeroth",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
]
# What a keyboard writes for the signs of a formula; a hyphen between years is a span, any other a minus.
_SIGNS = [
    (r"<=", "≤"),
    (r">=", "≥"),
    (r"(?<=\b\d{4})-(?=\d{4}\b)", "–"),
    (r"(?<=[\w)] )-(?= )|(?<=\w)-(?=\d)", "−"),
    (r"(?<= )x(?= )", "×"),
    (r"\^2\b", "²"),
    (r"(?<=[a-z])_i\b", "ᵢ"),
    (r"\balpha\b", "α"),
    (r"\bmu\b", "μ"),
    (r"\bphi\b", "φ"),
    (r"\btau", "τ"),
]
_PLACES = re.compile(
    r"\b(canada|china|europe|far east|jilin|russian?|thailand|united (?:kingdom|states)"
    r"|jagang|kangwon|nampo|pyongyang|ryanggang|(?:north|south) (?:hamgyong|hwanghae|pyongan))\b"
)


class ProseError(Exception):
    """A sentence claims what the data do not say."""


class GluedValues:
    """What a cell told, one fact a line, for the person who runs it."""

    def __init__(self, facts: dict[str, str]) -> None:
        self.facts = facts

    def __repr__(self) -> str:
        return "\n".join(f"{key}: {text}" for key, text in self.facts.items())


def glue_all(**facts: str) -> None:
    """Hand formatted facts to the sentences of this page and list them under the cell.

    Parameters
    ----------
    **facts : str
        One a fact, by the key the sentence uses; made by the functions of this module.

    Raises
    ------
    TypeError
        If a fact is no string: a bare number would be printed with its machine type.
    ProseError
        If a fact is empty or holds ``nan``.
    """
    for key, text in facts.items():
        if not isinstance(text, str):
            raise TypeError(f"{key} is {type(text).__name__}; expected a string made by analysis.text")
        if not text.strip() or "nan" in text.lower().split():
            raise ProseError(f"{key} is {text!r}; expected words or a number")
        glue(key, text, display=False)
    display(GluedValues(facts))


def assert_claim(condition: Any, claim: str) -> None:
    """Stop if a claim made in the text beside this cell does not hold.

    Parameters
    ----------
    condition : bool
        Whether the data bear the claim out.
    claim : str
        The claim, as a sentence.

    Raises
    ------
    ProseError
        If the condition is false; the message is the claim.
    """
    if not bool(condition):
        raise ProseError(f"the data no longer say: {claim}")


def _finite(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ProseError(f"{value!r} is no number a sentence can print")
    return number


def count(value: Any) -> str:
    """Return a count with thousands separators: ``34,314``."""
    number = _finite(value)
    return f"{round(number):,}".replace("-", "−")


def decimal(value: Any, places: int = 1) -> str:
    """Return a number with fixed decimals and a true minus sign: ``−3.2``."""
    # As at school, a half goes up: 64.25 is 64.3, on every page.
    exact = Decimal(repr(_finite(value))).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return f"{abs(exact) if exact.is_zero() else exact:,}".replace("-", "−")


def percent(value: Any, places: int = 0) -> str:
    """Return a percentage: ``72%``."""
    return f"{decimal(value, places)}%"


def points(value: Any, places: int = 1) -> str:
    """Return a difference of two percentages: ``3.1 percentage points``, without its sign."""
    text = decimal(abs(_finite(value)), places)
    return f"{text} percentage point" + ("" if text in ("1", "1.0") else "s")


def times(value: Any, places: int = 1) -> str:
    """Return a multiple: ``2.4 times``."""
    return f"{decimal(value, places)} times"


def interval(low: Any, high: Any, places: int = 0, unit: str = "") -> str:
    """Return an interval: ``61% to 72%``."""
    return f"{decimal(low, places)}{unit} to {decimal(high, places)}{unit}"


def won(value: Any) -> str:
    """Return an amount of won as people say it: ``8 million won``, ``6,500 won``."""
    number = _finite(value)
    for size, name in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if abs(number) >= size:
            text = f"{number / size:,.2f}".rstrip("0").rstrip(".")
            return f"{text} {name} won"
    return f"{number:,.0f} won"


def dollars(value: Any) -> str:
    """Return an amount of US dollars, rounded to the dollar: ``$7,200``."""
    return f"${_finite(value):,.0f}"


def year(value: Any) -> str:
    """Return a year in four digits."""
    return f"{int(_finite(value)):04d}"


def day(value: Any) -> str:
    """Return a date: ``4 February 2026``."""
    stamp = pd.Timestamp(value)
    return f"{stamp.day} {stamp.strftime('%B %Y')}"


def month(value: Any) -> str:
    """Return a month: ``September 2024``."""
    return pd.Timestamp(value).strftime("%B %Y")


def number_word(value: Any) -> str:
    """Return a small count in words up to ten, in digits above: ``three``, ``31``."""
    number = round(_finite(value))
    return _WORDS[number] if 0 <= number < len(_WORDS) else count(number)


def formula(text: str) -> str:
    """Return a formula typed on a keyboard in the signs of print: ``a − b (year − 2016)``, ``φ``, ``τ²``."""
    for pattern, sign in _SIGNS:
        text = re.sub(pattern, sign, text)
    return text


def label(code: str) -> str:
    """Return a code of the tables in words, places with capitals: ``northeast China``."""
    words = _PLACES.sub(lambda place: place[0].title(), code.replace("_", " "))
    return words.replace("unhcr", "UNHCR")


def ordinal(value: Any) -> str:
    """Return a rank in words up to tenth: ``third``."""
    number = round(_finite(value))
    if not 0 < number < len(_ORDINALS):
        raise ProseError(f"{value!r} is no rank a sentence can print; expected 1 to {len(_ORDINALS) - 1}")
    return _ORDINALS[number]


def plural(value: Any, one: str, many: str) -> str:
    """Return a count in words with its noun: ``one person``, ``three people``, ``31 people``."""
    return f"{number_word(value)} {one if round(_finite(value)) == 1 else many}"


def listing(items: Iterable[str]) -> str:
    """Return words as a list: ``a, b and c``."""
    parts = list(items)
    if not parts:
        raise ProseError("an empty list; expected at least one item")
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def direction(
    new: Any, old: Any, *, up: str = "rose", down: str = "fell", same: str = "did not change"
) -> str:
    """Return the word for a change from ``old`` to ``new``."""
    after, before = _finite(new), _finite(old)
    return up if after > before else down if after < before else same


def fraction(share: Any) -> str:
    """Return a share, given in percent, as the plain fraction nearest to it: ``about three in four``."""
    value = _finite(share)
    if not 0 <= value <= 100:
        raise ProseError(f"a share of {value} percent; expected 0 to 100")
    wanted = value / 100
    top, bottom = min(
        ((t, b) for b in (2, 3, 4, 5, 10) for t in range(1, b)),
        key=lambda f: (abs(f[0] / f[1] - wanted), f[1]),
    )
    nearness = wanted - top / bottom
    lead = "about" if abs(nearness) <= 0.015 else "more than" if nearness > 0 else "fewer than"
    return f"{lead} {_WORDS[top]} in {_WORDS[bottom]}"


def break_dates(dates: pd.DataFrame, fixed: int) -> tuple[str, str]:
    """Return in words whether the counts tell a break's date from its neighbours."""
    alike = dates[dates["excess"] < 1]
    others = alike[alike["date"] != fixed]
    against = [year(date) for date in dates.loc[dates["excess"] > 4, "date"]]
    if others.empty:
        told = f"Of the dates tried, {fixed} fits best"
    else:
        how = "as well" if fixed in set(alike["date"]) else f"better than one in {fixed}"
        low, high = alike["jump"].min(), alike["jump"].max()
        steps = (
            f"with steps from {interval(low, high, unit='%')}"
            if len(alike) > 1
            else f"with a step of {percent(low)}"
        )
        years = " or ".join(map(year, others["date"]))
        told = f"Nor do they date it. A line that breaks in {years} fits {how}, {steps}"
    return told, listing(against) if against else "none of these dates"
