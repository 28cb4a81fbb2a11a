"""Numbers and words for sentences.

No number or word from the data is typed in a sentence. A cell formats it here and passes it to
:func:`glue_all`; the text names it with the ``glue:text`` role. Words that state a direction come from
:func:`direction`, or are protected by :func:`assert_claim`, which stops the build when the data no longer
support them.
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
# Typed signs and those of a formula; a hyphen between years is a span, any other one a minus.
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
    """A sentence states what the data do not support."""


class GluedValues:
    """The facts that a cell glued, one per line, for the person who runs it."""

    def __init__(self, facts: dict[str, str]) -> None:
        self.facts = facts

    def __repr__(self) -> str:
        return "\n".join(f"{key}: {text}" for key, text in self.facts.items())


def glue_all(**facts: str) -> None:
    """Glue formatted facts for the sentences of this page and list them under the cell.

    Parameters
    ----------
    **facts : str
        Each by the key that the sentence uses, made by the functions of this module.

    Raises
    ------
    TypeError
        If a fact is not a string: a bare number would be shown with its machine type.
    ProseError
        If a fact is empty or contains ``nan``.
    """
    for key, text in facts.items():
        if not isinstance(text, str):
            raise TypeError(f"{key}: expected a string made by analysis.text, got {type(text).__name__}")
        if not text.strip() or "nan" in text.lower().split():
            raise ProseError(f"{key}: expected words or a number, got {text!r}")
        glue(key, text, display=False)
    display(GluedValues(facts))


def assert_claim(condition: Any, claim: str) -> None:
    """Raise :class:`ProseError` with the claim unless the condition shows that the data support it."""
    if not bool(condition):
        raise ProseError(f"the data no longer say: {claim}")


def _finite(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ProseError(f"expected a finite number, got {value!r}")
    return number


def count(value: Any) -> str:
    """Return a count with thousands separators: ``34,314``."""
    number = _finite(value)
    return f"{round(number):,}".replace("-", "−")


def decimal(value: Any, places: int = 1) -> str:
    """Return a number with fixed decimals and a true minus sign: ``−3.2``."""
    # Round half up, as the explorer does in JavaScript: 64.25 is 64.3.
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
    """Return an amount of won: ``8 million won``, ``6,500 won``."""
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
    """Return a typed formula with its proper signs: ``a − b (year − 2016)``, ``φ``, ``τ²``."""
    for pattern, sign in _SIGNS:
        text = re.sub(pattern, sign, text)
    return text


def label(code: str) -> str:
    """Return a code of the tables in words, places with capitals: ``northeast China``."""
    words = _PLACES.sub(lambda place: place[0].title(), code.replace("_", " "))
    return words.replace("unhcr", "UNHCR")


def listing(items: Iterable[str]) -> str:
    """Return words as a list: ``a, b and c``."""
    parts = list(items)
    if not parts:
        raise ProseError("expected at least one item, got an empty list")
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def direction(
    new: Any, old: Any, *, up: str = "rose", down: str = "fell", same: str = "did not change"
) -> str:
    """Return the word for a change from ``old`` to ``new``."""
    after, before = _finite(new), _finite(old)
    return up if after > before else down if after < before else same
