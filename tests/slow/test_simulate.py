"""The stored coverage table is complete and keeps what it promises; a shortfall is found."""

import pandas as pd
import pytest

from tests.slow import simulate


@pytest.fixture(scope="module")
def table():
    return pd.read_csv(simulate.TABLE, dtype=str)


def test_the_stored_table_has_every_setting_and_no_shortfall_that_is_not_published(table):
    assert simulate.find_problems(table) == []
    assert list(table.columns) == simulate.COLUMNS
    listed = [(family, setting) for family, setting, *_ in simulate.SETTINGS]
    assert listed == list(dict.fromkeys(zip(table["family"], table["setting"], strict=True)))
    assert (table["runs"].astype(int) >= 900).all()


@pytest.mark.parametrize(
    ("family", "setting", "change", "problems"),
    [
        ("normal", "", {"held_pct": "88.0"}, 1),
        ("quasi-Poisson", "log line, neighbours correlated 0.6", {"held_pct": "88.0"}, 0),
        ("break test", simulate.NO_BREAK, {"held_pct": "9.0"}, 1),
        ("quasi-binomial", "", {"mean_estimate": "0.9"}, 1),
    ],
)
def test_a_low_coverage_an_invented_break_and_a_wrong_estimate_are_found(
    table, family, setting, change, problems
):
    rows = table[(table["family"] == family) & (table["setting"].eq(setting) | (not setting))].head(1)
    assert len(simulate.find_problems(rows.assign(**change))) == problems


def test_the_same_seed_gives_the_same_numbers():
    assert simulate.run_setting(0, 3) == simulate.run_setting(0, 3)
