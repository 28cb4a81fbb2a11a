"""Events and sources have dates of the calendar."""

import pytest

from data.tables import events
from tests.factory import make_table


def make_raw(date: str, published: str) -> dict:
    return {
        "events": make_table("events", {"date": date}),
        "sources": make_table("sources", {"published": published}),
    }


@pytest.mark.parametrize(
    ("date", "published", "problems"),
    [
        ("2004-07-27", "2004-07-28", []),
        ("1994", None, []),
        ("2004-02-30", "2004", [("data/raw/events.csv", 2, "date")]),
        ("2004-13", "2004", [("data/raw/events.csv", 2, "date")]),
        ("2021-00-10", "2004", [("data/raw/events.csv", 2, "date")]),
        ("2020-02", "2023-02-29", [("data/raw/sources.csv", 2, "published")]),
    ],
)
def test_dates_are_in_the_calendar(date, published, problems):
    found = events.check(make_raw(date, published))
    assert [(p.file, p.line, p.column) for p in found] == problems


@pytest.mark.parametrize(
    ("date", "first", "last", "precision"),
    [
        ("1994", "1994-01-01", "1994-12-31", "year"),
        ("2020-02", "2020-02-01", "2020-02-29", "month"),
        ("2004-07-27", "2004-07-27", "2004-07-27", "day"),
    ],
)
def test_an_event_has_the_days_its_date_can_mean(date, first, last, precision):
    event = events.clean(make_raw(date, "2004"))["events"].iloc[0]
    assert (f"{event['first_day']:%Y-%m-%d}", f"{event['last_day']:%Y-%m-%d}") == (first, last)
    assert event["precision"] == precision
