import pandas as pd
import pytest

from analysis import display

SOURCES = pd.DataFrame(
    {
        "source_id": ["a", "b"],
        "publisher": ["Ministry", "Daily"],
        "url": ["https://example.org/a", "https://example.org/b"],
    }
)
CONFLICTS = pd.DataFrame(
    {
        "topic": ["entrants", "returns"],
        "item": ["2016 by sex", "Returns in 2014"],
        "value_a": ["302", "1"],
        "source_a": ["a", "b"],
        "value_b": ["299", "3"],
        "source_b": ["b", "a"],
        "used": ["302", "3"],
        "why": ["sums", "later release"],
    }
)


def test_each_conflict_carries_both_documents():
    rows = display.list_conflicts(CONFLICTS, SOURCES)
    assert rows["publisher_a"].tolist() == ["Ministry", "Daily"]
    assert rows["url_b"].tolist() == ["https://example.org/b", "https://example.org/a"]


def test_a_chapter_shows_its_topics_folded_and_linked():
    table = display.show_conflicts(CONFLICTS, SOURCES, ["returns"], name="tbl-x").html
    assert "Where sources disagree (1)" in table
    assert '<a href="https://example.org/b">Daily</a>' in table
    assert "2016 by sex" not in table


def test_all_topics_together_can_be_searched():
    assert 'class="numbers searchable"' in display.show_conflicts(CONFLICTS, SOURCES, name="tbl-x").html


def test_a_topic_without_conflict_is_named():
    with pytest.raises(ValueError, match="no conflict on china; topics are entrants, returns"):
        display.list_conflicts(CONFLICTS, SOURCES, ["china"])
