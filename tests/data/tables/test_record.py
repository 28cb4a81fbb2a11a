"""Conflicts, gaps, events and sources."""

import pandas as pd
import pytest

from data.tables import record


@pytest.fixture
def raw():
    conflicts = pd.DataFrame(
        [("returns", "Total", "28", "a", "31", "b", "31", "Later release")],
        columns=["topic", "item", "value_a", "source_a", "value_b", "source_b", "used", "why"],
        index=[2],
    )
    gaps = pd.DataFrame(
        [("returns", "Sex", "Press", "Not found")],
        columns=["topic", "looked_for", "where_looked", "result"],
        index=[2],
    )
    events = pd.DataFrame(
        [
            ("1994", "North Korea", "economy", "Famine begins", "a"),
            ("2020-02", "North Korea", "border", "Border closed", "a"),
            ("2004-07-27", "Vietnam", "arrival", "Airlift", "b"),
        ],
        columns=["date", "place", "kind", "event", "source_id"],
        index=[2, 3, 4],
    )
    sources = pd.DataFrame(
        [("a", "2004-07-28"), ("b", None)], columns=["source_id", "published"], index=[2, 3]
    )
    return {"conflicts": conflicts, "gaps": gaps, "events": events, "sources": sources}


def _faults(raw):
    return [(f.file, f.line, f.column) for f in record.validate(raw)]


def test_a_sound_record_has_no_fault(raw):
    assert _faults(raw) == []


def test_a_conflict_has_two_values(raw):
    raw["conflicts"].loc[2, "value_b"] = "28"
    assert _faults(raw) == [("data/raw/conflicts.csv", 2, "value_b")]


@pytest.mark.parametrize("text", ["2004-02-30", "2004-13", "2021-00-10"])
def test_an_event_has_a_day_that_exists(raw, text):
    raw["events"].loc[4, "date"] = text
    assert _faults(raw) == [("data/raw/events.csv", 4, "date")]


def test_a_source_has_a_day_that_exists(raw):
    raw["sources"].loc[2, "published"] = "2023-02-29"
    assert _faults(raw) == [("data/raw/sources.csv", 2, "published")]


def test_an_event_tells_the_days_its_date_can_mean(raw):
    made = record.tidy(raw)["events"]
    assert [f"{d:%Y-%m-%d}" for d in made["first_day"]] == ["1994-01-01", "2020-02-01", "2004-07-27"]
    assert [f"{d:%Y-%m-%d}" for d in made["last_day"]] == ["1994-12-31", "2020-02-29", "2004-07-27"]
    assert list(made["precision"]) == ["year", "month", "day"]


def test_the_other_tables_stand_as_they_are(raw):
    made = record.tidy(raw)
    for name in ("conflicts", "gaps", "sources"):
        pd.testing.assert_frame_equal(made[name], raw[name])
        assert made[name] is not raw[name]


def test_the_raw_tables_are_left_as_they_were(raw):
    before = raw["events"].copy()
    record.tidy(raw)
    pd.testing.assert_frame_equal(raw["events"], before)
