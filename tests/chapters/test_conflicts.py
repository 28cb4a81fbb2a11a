import pandas as pd
import pytest

from analysis.chapters import conflicts
from data import load


def test_every_disagreement_is_listed_under_a_chapter_but_those_of_single_years_of_deaths():
    shown, everything = conflicts.sort_by_chapter(load("conflicts")), load("conflicts")
    assert len(shown) == (everything["topic"] != conflicts.HIDDEN).sum()
    assert conflicts.count_by_chapter(shown)["conflicts"].sum() == len(shown)


def test_an_unknown_topic_is_an_error():
    row = pd.DataFrame([{"topic": "moon", "item": "x", "used": "a"}])
    with pytest.raises(ValueError, match="moon"):
        conflicts.sort_by_chapter(row)
