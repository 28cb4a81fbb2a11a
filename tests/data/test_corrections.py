"""Known errors of sources are corrected by entries of a table, which are reported when out of date."""

from __future__ import annotations

import pandas as pd
import pytest

from data.checks import Problem
from data.corrections import FILE, apply_corrections, parse_filter, select_rows

FIELDS = {"day": "date", "sex": "string", "persons": "integer", "share": "number", "rounded": "boolean"}
DESCRIPTOR = {
    "resources": [
        {
            "path": "raw/visitors.csv",
            "layer": "raw",
            "schema": {"fields": [{"name": name, "type": kind} for name, kind in FIELDS.items()]},
        }
    ]
}


@pytest.fixture
def visitors() -> pd.DataFrame:
    """Return three rows as read from lines 2 to 4."""
    frame = pd.DataFrame(
        {
            "day": pd.to_datetime(["2001-01-01", "2002-01-01", None]),
            "sex": ["all", "all", "male"],
            "persons": pd.array([30, None, 4], dtype="Int64"),
            "share": [66.7, 70.0, float("nan")],
            "rounded": pd.array([True, None, False], dtype="boolean"),
        }
    )
    return frame.set_index(pd.Index([2, 3, 4], name="line"))


def correct(frame: pd.DataFrame, **cells: object) -> tuple[pd.DataFrame, list[Problem]]:
    """Apply one entry, on line 2, that replaces the 30 by 31 unless it is given otherwise."""
    entry = {"table": "visitors", "where": "day=2001-01-01", "column": "persons", "action": "replace"}
    entries = pd.DataFrame([entry | {"printed": "30", "corrected": "31"} | cells], index=[2])
    tables, problems = apply_corrections({"visitors": frame}, entries, DESCRIPTOR)
    return tables["visitors"], problems


def test_an_entry_replaces_the_cell_it_names_and_no_other(visitors: pd.DataFrame) -> None:
    before = visitors.copy()
    corrected, problems = correct(visitors)
    assert problems == []
    assert corrected["persons"].tolist()[0] == 31
    assert corrected.drop(columns="persons").equals(visitors.drop(columns="persons"))
    assert visitors.equals(before)


def test_an_entry_can_drop_a_row_and_the_others_keep_their_lines(visitors: pd.DataFrame) -> None:
    corrected, problems = correct(visitors, action="drop", corrected=None)
    assert problems == []
    assert list(corrected.index) == [3, 4]


@pytest.mark.parametrize(
    ("where", "column", "printed", "corrected", "result"),
    [
        ("persons=30", "day", "2001-01-01", "2001-02-01", pd.Timestamp("2001-02-01")),
        ("persons=30", "share", "66.7", "66.8", 66.8),
        ("persons=30", "sex", "all", "female", "female"),
        ("persons=30", "rounded", "true", "false", False),
        ("rounded=true", "persons", "30", "31", 31),
        ("share=66.7;sex=all", "persons", "30", "31", 31),
    ],
)
def test_a_value_keeps_the_type_of_its_column(
    visitors: pd.DataFrame, where: str, column: str, printed: str, corrected: str, result: object
) -> None:
    frame, problems = correct(visitors, where=where, column=column, printed=printed, corrected=corrected)
    assert problems == []
    assert frame.loc[2, column] == result
    assert frame[column].dtype == visitors[column].dtype


def test_an_empty_value_selects_empty_cells(visitors: pd.DataFrame) -> None:
    assert select_rows(visitors, "persons=;day=2002-01-01").tolist() == [False, True, False]


def test_a_filter_is_read_in_its_order() -> None:
    assert list(parse_filter("b=1; a = 2 ;;")) == ["b", "a"]


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"table": "guests"}, "table"),
        ({"column": "people"}, "column"),
        ({"where": "week=1"}, "where"),
        ({"where": "2001"}, "where"),
        ({"where": "sex=all"}, "where"),
        ({"where": "sex=none"}, "where"),
        ({"printed": "29"}, "printed"),
        ({"corrected": "many"}, "corrected"),
        ({"corrected": None}, "corrected"),
    ],
)
def test_an_entry_that_does_not_fit_is_reported_and_changes_nothing(
    visitors: pd.DataFrame, cells: dict[str, object], column: str
) -> None:
    frame, (problem,) = correct(visitors, **cells)
    assert (problem.file, problem.line, problem.column) == (FILE, 2, column)
    assert frame.equals(visitors)
