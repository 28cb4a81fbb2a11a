"""The book stays true when a year is added, and the checks of its sentences find what is wrong."""

from __future__ import annotations

import pytest

from tests.slow import next_year
from tests.slow.conftest import Copy, read_example


@pytest.fixture(scope="module")
def now(tmp_path_factory):
    """What the pages say today."""
    copy = Copy(tmp_path_factory.mktemp("now"))
    copy.run("make", "book", check=True)
    return next_year.read_texts(copy.root / "_build" / "html")


@pytest.mark.slow
@pytest.mark.parametrize("name", next_year.RELEASES)
def test_pages_are_right_after_a_release(name, now, repository):
    year = next_year.append_release(repository.root / "data" / "raw", read_example("A new release"), name)
    for target in ("check", "refresh", "book"):
        repository.run("make", target, check=True)
    after = next_year.read_texts(repository.root / "_build" / "html")
    problems = next_year.find_problems(now, after, year - 1)
    assert not problems, "\n".join(problems)
    assert sum(str(year) in text for texts in after.values() for text in texts) > 20


@pytest.mark.parametrize(
    ("text", "slip"),
    [
        ("In in 2026 they came.", "a word twice"),
        ("They were  , and stayed.", "an empty fact"),
        ("The interval ( ) is wide.", "an empty fact"),
        ("The mean is nan people.", "a value of the machine"),
        ("It was a 8% rise.", "a before a vowel"),
        ("It was a interval.", "a before a vowel"),
        ("It was an 7% rise.", "an before a consonant"),
        ("The one models fitted differ.", "one of many"),
        ("In three survey the share was lower.", "many of one"),
        ("The counts scatter. six models were fitted.", "a small letter at the start"),
        ("A study could lie between 12% to 84%.", "between one and to another"),
        ("Arrivals fell by −5% a year.", "a rise or a fall with a sign"),
        ("The share rose from 89% to 11%.", "a direction that its numbers contradict"),
        ("It fell from 63 to 1,200 people.", "a direction that its numbers contradict"),
        ("It stood at 223, more than in 2024 (236).", "a comparison that its numbers contradict"),
    ],
)
def test_a_slip_is_seen(text, slip):
    assert any(found.startswith(slip) for found in next_year.find_slips(text))


@pytest.mark.parametrize(
    "text",
    [
        "In 2026 it stood at 223, fewer than in 2024 (236), after an 8% fall and a 7% one.",
        "They said that that had had its day; a university, a European, a one-year course, an hour.",
        "One year, the same people. None of the 31 returns, 0.9 a year, fell from 7 to 0.",
        "A two-year gap and 12 models; changed by −5% a year (interval −7% to −3%).",
    ],
)
def test_a_sound_sentence_passes(text):
    assert next_year.find_slips(text) == []


def test_the_old_year_may_not_stay_the_newest():
    before = ["Entrants from 2002 to 2025.", "The survey ran from 2011 to 2025.", "In 2025, 223 entered."]
    before += ["Of all entrants 72% are women. UNHCR counted 263 refugees at the end of 2025."]
    after = [*before, "It is the newest year, 2025.", "Entrants from 2002 to 2026, more than to 2025."]
    assert next_year.find_stale(before, after, 2025) == [before[0], after[4]]
