"""Tables for tests have the columns, the types and the lines of the real ones."""

import pandas as pd
import pytest

from tests.factory import make_table


def test_a_table_has_the_types_of_the_schema_and_the_lines_of_a_file():
    frame = make_table("residents", {"residents_persons": 3}, {"as_of_date": "2024-06-30"}, region="all")
    assert list(frame.index) == [2, 3]
    assert frame["region"].tolist() == ["all", "all"]
    assert (frame["residents_persons"].dtype, frame["as_of_date"].dtype) == ("Int64", "datetime64[us]")
    assert frame.loc[3, "as_of_date"] == pd.Timestamp(2024, 6, 30)
    assert frame["note"].isna().all()


def test_a_required_cell_has_a_listed_value():
    assert make_table("residents", {})["certainty"].tolist() == ["official"]


def test_an_unknown_column_is_refused():
    with pytest.raises(KeyError, match="persons"):
        make_table("residents", {"persons": 3})
