"""Known errors of sources are corrected by entries of a table, which notice when they are out of date."""

from __future__ import annotations

import pandas as pd
import pytest

from data.checks import Problem
from data.corrections import FILE, apply_corrections, parse_filter, select_rows


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


def enter(**cells: object) -> pd.DataFrame:
    """Return one entry, on line 2, that replaces the 30 by 31 unless told otherwise."""
    entry = {"table": "visitors", "where": "day=2001-01-01", "column": "persons", "action": "replace"}
    return pd.DataFrame(
        [entry | {"printed": "30", "corrected": "31"} | cells], index=pd.Index([2], name="line")
    )


def correct(frame: pd.DataFrame, **cells: object) -> tuple[pd.DataFrame, list[Problem]]:
    tables, faults = apply_corrections({"visitors": frame}, enter(**cells))
    return tables["visitors"], faults


def test_an_entry_replaces_the_cell_it_names_and_no_other(visitors: pd.DataFrame) -> None:
    corrected, faults = correct(visitors)
    assert faults == []
    assert corrected["persons"].tolist()[0] == 31
    assert corrected.drop(columns="persons").equals(visitors.drop(columns="persons"))
    assert corrected["persons"].dtype == visitors["persons"].dtype


def test_the_tables_given_are_not_changed(visitors: pd.DataFrame) -> None:
    before, entries = visitors.copy(), enter()
    kept = entries.copy()
    apply_corrections({"visitors": visitors}, entries)
    apply_corrections({"visitors": visitors}, enter(action="drop"))
    assert visitors.equals(before)
    assert entries.equals(kept)


def test_an_entry_can_drop_a_row_and_the_others_keep_their_lines(visitors: pd.DataFrame) -> None:
    corrected, faults = correct(visitors, action="drop", corrected=None)
    assert faults == []
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
    frame, faults = correct(visitors, where=where, column=column, printed=printed, corrected=corrected)
    assert faults == []
    assert frame.loc[2, column] == result
    assert frame[column].dtype == visitors[column].dtype


def test_a_missing_cell_can_be_named_by_nothing(visitors: pd.DataFrame) -> None:
    assert select_rows(visitors, "persons=;day=2002-01-01").tolist() == [False, True, False]


def test_a_filter_is_read_in_its_order() -> None:
    assert list(parse_filter("b=1; a = 2 ;;")) == ["b", "a"]


def test_a_filter_without_an_equals_sign_is_refused() -> None:
    with pytest.raises(ValueError, match="no condition"):
        parse_filter("year")


@pytest.mark.parametrize(
    ("cells", "column", "found", "expected"),
    [
        ({"table": "guests"}, "table", "'guests'", "a raw table"),
        ({"column": "people"}, "column", "'people'", "a column of visitors"),
        ({"where": "week=1"}, "where", "filter 'week=1' names 'week'", "columns of that table"),
        ({"where": "2001"}, "where", "'2001' is no condition", "columns of that table"),
        ({"where": "sex=all"}, "where", "2 rows of visitors", "exactly one row"),
        ({"where": "sex=none"}, "where", "0 rows of visitors", "exactly one row"),
        ({"printed": "29"}, "printed", "'30'", "'29' as first printed; if the source mended it"),
        ({"corrected": "many"}, "corrected", "'many'", "what column persons of visitors holds"),
        ({"corrected": None}, "corrected", "an empty cell", "what column persons of visitors holds"),
    ],
)
def test_an_entry_that_does_not_fit_says_so_and_changes_nothing(
    visitors: pd.DataFrame, cells: dict[str, object], column: str, found: str, expected: str
) -> None:
    frame, (fault,) = correct(visitors, **cells)
    assert (fault.file, fault.line, fault.column) == (FILE, 2, column)
    assert fault.got.startswith(found)
    assert fault.expected.startswith(expected)
    assert frame.equals(visitors)
