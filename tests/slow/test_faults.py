"""The stored table of planted faults says what the checks see today; a check that sleeps is noticed."""

from __future__ import annotations

from unittest import mock

import pandas as pd
import pytest

from data.checks import Problem
from data.schema import DATA, find_resource, list_tables, read_descriptor
from data.tables import education
from tests.slow import faults

RAW = list_tables(read_descriptor(), "raw")


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return pd.read_csv(faults.TABLE)


def test_the_stored_table_has_no_fault_that_nothing_sees(table: pd.DataFrame) -> None:
    assert faults.find_unseen(table) == []
    assert list(table.columns) == faults.COLUMNS


def test_every_raw_table_and_every_kind_is_in_the_stored_table(table: pd.DataFrame) -> None:
    assert list(table["table"].unique()) == RAW
    assert set(table["kind"]) == set(faults.RUNS)
    everywhere = {"off by one", "digits swapped", "times 1,000", "row missing", "row twice", "cells shifted"}
    everywhere |= {"formula in a text cell", "HTML in a text cell", *faults.BYTES}
    assert (table[table["kind"].isin(everywhere)].groupby("kind").size() == len(RAW)).all()


@pytest.mark.parametrize("kind", list(faults.RUNS))
def test_a_planted_fault_is_the_same_each_time_and_touches_little(kind: str) -> None:
    resource = find_resource(read_descriptor(), "raw", "residents")
    content = (DATA / resource["path"]).read_bytes()
    made = faults.plant_fault(content, resource, kind, 0)
    assert made == faults.plant_fault(content, resource, kind, 0)
    assert made != content
    if made is not None and kind not in faults.BYTES:
        assert len(set(made.split(b"\n")) - set(content.split(b"\n"))) <= 2


def test_a_fault_that_passes_is_told() -> None:
    row = {"table": "a", "kind": "sign", "is_form": False, "planted": 6}
    rows = [
        row | {"seen_by_content": 6, "seen_by_hash_only": 0},
        row | {"seen_by_content": 4, "seen_by_hash_only": 2},
        row | {"seen_by_content": 4, "seen_by_hash_only": 1},
        row | {"is_form": True, "seen_by_content": 4, "seen_by_hash_only": 2},
    ]
    said = [faults.find_unseen(pd.DataFrame([made])) for made in rows]
    assert said == [[], [], ["a, sign: 1 of 6 seen by nothing"], ["a, sign: 2 of 6 not seen by content"]]


@pytest.mark.drill
@pytest.mark.parametrize("name", ["emigration", "entrants", "sources"])
def test_the_stored_table_is_what_the_checks_see(table: pd.DataFrame, name: str) -> None:
    made = pd.DataFrame(faults.judge_table(name), columns=faults.COLUMNS)
    stored = table[table["table"] == name].reset_index(drop=True)
    pd.testing.assert_frame_equal(made, stored)


@pytest.mark.drill
def test_a_check_of_totals_that_sleeps_is_noticed() -> None:
    seen = {}
    for check in (education.check, sleep):
        with (
            mock.patch.object(education, "check", check),
            mock.patch.dict(faults.RUNS, {"off by one": 6}, clear=True),
        ):
            faults.remember.cache_clear()
            (seen[check.__name__],) = faults.judge_table("education")
    faults.remember.cache_clear()
    assert seen["sleep"]["seen_by_content"] < seen["check"]["seen_by_content"]


def sleep(raw: dict[str, pd.DataFrame]) -> list[Problem]:
    """Return no fault whatever is wrong."""
    return []
