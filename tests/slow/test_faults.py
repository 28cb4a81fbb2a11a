"""The stored table of injected errors is what the checks find today; an idle check is noticed."""

from __future__ import annotations

from unittest import mock

import pandas as pd
import pytest

from data.schema import DATA, find_resource, list_tables, read_descriptor
from data.tables import education
from tests.slow import faults


@pytest.fixture(scope="module")
def table():
    return pd.read_csv(faults.TABLE)


def test_every_table_and_kind_is_stored_and_every_error_was_found(table):
    assert faults.find_unseen(table) == []
    assert list(table.columns) == faults.COLUMNS
    assert list(table["table"].unique()) == list_tables(read_descriptor(), "raw")
    assert set(table["kind"]) == set(faults.RUNS)


@pytest.mark.parametrize("kind", list(faults.RUNS))
def test_an_error_is_the_same_each_time_and_changes_little(kind):
    resource = find_resource(read_descriptor(), "raw", "residents")
    content = (DATA / resource["path"]).read_bytes()
    made = faults.plant_error(content, resource, kind, 0)
    assert made == faults.plant_error(content, resource, kind, 0)
    assert made != content
    if made is not None and kind not in faults.BYTES:
        assert len(set(made.split(b"\n")) - set(content.split(b"\n"))) <= 2


@pytest.mark.parametrize(
    ("is_form", "by_content", "by_hash", "found"),
    [(False, 6, 0, []), (False, 4, 2, []), (False, 4, 1, ["nothing"]), (True, 4, 2, ["content"])],
)
def test_an_error_that_passes_is_named(is_form, by_content, by_hash, found):
    row = dict(zip(faults.COLUMNS, ("a", "sign", is_form, 6, by_content, by_hash), strict=True))
    assert [line.split()[-1] for line in faults.find_unseen(pd.DataFrame([row]))] == found


@pytest.mark.slow
@pytest.mark.parametrize("name", ["emigration", "entrants", "sources"])
def test_the_stored_table_is_what_the_checks_find(table, name):
    made = pd.DataFrame(faults.inject_errors(name), columns=faults.COLUMNS)
    pd.testing.assert_frame_equal(made, table[table["table"] == name].reset_index(drop=True))


@pytest.mark.slow
def test_a_check_that_finds_nothing_is_noticed():
    (working,) = faults.inject_errors("education", {"off by one": 6})
    with mock.patch.object(education, "check", return_value=[]):
        (idle,) = faults.inject_errors("education", {"off by one": 6})
    assert idle["seen_by_content"] < working["seen_by_content"]
