"""The book stays true when a year is added; and the drill sees it when it does not."""

from __future__ import annotations

import pytest

from tests.slow import next_year


@pytest.fixture(scope="module")
def now(tmp_path_factory):
    """What the pages say today."""
    return next_year.publish(next_year.copy_repository(tmp_path_factory.mktemp("now") / "copy"))


@pytest.mark.drill
@pytest.mark.parametrize("name", [*next_year.RELEASES, next_year.OTHERS])
def test_the_book_stays_true_when_a_year_is_added(name, now, tmp_path):
    after, year = next_year.rehearse(name, tmp_path)
    assert not (faults := next_year.judge(now, after, year - 1)), "\n".join(faults)
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


def test_the_guide_must_name_every_table():
    with pytest.raises(next_year.DrillError, match=r"entrants_cumulative\.csv"):
        next_year.read_example("cat >> data/raw/entrants.csv << 'ROWS'\n2026,all\nROWS\n")


def test_counts_go_into_the_rows_of_the_guide():
    rows = next_year.change_counts(["year", "sex", "entrants_persons"], ["2026,all,231"], {"all": 9})
    assert rows == ["2026,all,9"]
