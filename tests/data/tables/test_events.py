"""Events have dates of the calendar."""

import pytest

from data.tables import events
from tests.factory import make_table


def make_raw(date: str) -> dict:
    return {"events": make_table("events", {"date": date})}


@pytest.mark.parametrize(
    ("date", "is_valid"),
    [("2004-07-27", True), ("1994", True), ("2004-02-30", False), ("2004-13", False), ("2021-00-10", False)],
)
def test_dates_are_in_the_calendar(date, is_valid):
    found = [(problem.line, problem.column) for problem in events.check(make_raw(date))]
    assert found == ([] if is_valid else [(2, "date")])


@pytest.mark.parametrize(
    ("event", "problems"),
    [("Settlement Act in force", []), ("Settlement Act", [(2, "event")])],
)
def test_a_law_says_what_happened_on_its_day(event, problems):
    raw = {"events": make_table("events", {"date": "1997-07-14", "kind": "law", "event": event})}
    assert [(problem.line, problem.column) for problem in events.check(raw)] == problems


@pytest.mark.parametrize(
    ("date", "first", "last", "precision"),
    [
        ("1994", "1994-01-01", "1994-12-31", "year"),
        ("2020-02", "2020-02-01", "2020-02-29", "month"),
        ("2004-07-27", "2004-07-27", "2004-07-27", "day"),
    ],
)
def test_an_event_has_the_days_its_date_can_mean(date, first, last, precision):
    event = events.clean(make_raw(date))["events"].iloc[0]
    assert (f"{event['first_day']:%Y-%m-%d}", f"{event['last_day']:%Y-%m-%d}") == (first, last)
    assert event["precision"] == precision
