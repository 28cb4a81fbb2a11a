"""The stored coverage table keeps what it promises; a shortfall is seen."""

import pandas as pd
import pytest

from tests.slow import simulate


@pytest.fixture(scope="module")
def table():
    return pd.read_csv(simulate.TABLE, dtype=str)


def test_the_stored_table_has_no_shortfall_that_is_not_published(table):
    assert simulate.find_faults(table) == []
    assert list(table.columns) == simulate.COLUMNS


def test_every_setting_is_in_the_stored_table(table):
    listed = {(family, setting) for family, setting, *_ in simulate.list_settings()}
    assert listed == set(zip(table["family"], table["setting"], strict=True))
    assert (table["runs"].astype(int) >= 450).all()


def test_an_interval_that_is_too_narrow_is_seen(table):
    short = table.head(1).assign(held_pct="88.0")
    assert "held in 88.0 %" in simulate.find_faults(short)[0]
    assert simulate.find_faults(short.assign(setting="one line, neighbours correlated 0.6")) == []


def test_a_break_that_is_invented_is_seen(table):
    rows = table.loc[(table["family"] == "break test") & table["setting"].str.startswith("no break")]
    assert simulate.find_faults(rows.assign(held_pct="9.0")) != []


def test_the_same_seed_gives_the_same_numbers():
    draw = next(iter(simulate.list_settings()))[3]
    assert simulate.run_setting("one", draw, 5) == simulate.run_setting("one", draw, 5)


def test_an_estimate_that_misses_the_truth_is_seen(table):
    rows = table.loc[table["quantity"] == "variance between studies"].head(1)
    assert simulate.find_faults(rows) == []
    assert "on average" in simulate.find_faults(rows.assign(mean_estimate="0.2"))[0]
