"""Every model of the book, fitted to the record as it stands and to one more year of it."""

import math
import re

import pandas as pd
import pytest

from analysis.models import Model, fit
from analysis.specifications import SPECIFICATIONS
from data import load

IDS = [s.model_id for s in SPECIFICATIONS]
HEADLINES = [
    "arrivals_trend",
    "share_women",
    "payment_value",
    "arrivals_payment_cut",
    "employment_gap",
    "ptsd_pooled",
    "returns_rate",
    "us_admissions",
]


@pytest.mark.parametrize("model_id", IDS)
def test_every_estimate_lies_in_its_own_interval(model_id):
    for row in fit(model_id).estimates.itertuples():
        assert math.isfinite(row.estimate), row.quantity
        if row.interval_kind:
            assert row.ci_low <= row.estimate <= row.ci_high, row.quantity
            assert 0.5 < row.level < 1
        else:
            assert math.isnan(row.ci_low)
            assert math.isnan(row.ci_high)
        assert row.unit


@pytest.mark.parametrize("model_id", IDS)
def test_a_projection_is_never_called_a_confidence_interval(model_id):
    for row in fit(model_id).estimates.itertuples():
        if row.quantity.startswith(("expected", "missing", "ahead", "last_year", "new_study")):
            assert row.interval_kind in {"prediction", ""}, row.quantity


@pytest.mark.parametrize("model_id", HEADLINES)
def test_a_headline_has_a_sensitivity_table(model_id):
    table = fit(model_id).sensitivity()
    assert len(table) >= 2
    assert table["difference"].iloc[0] == 0


@pytest.mark.parametrize("model_id", [m for m in HEADLINES if m not in {"payment_value", "ptsd_pooled"}])
def test_a_headline_has_its_diagnostics(model_id):
    panels = set(fit(model_id).diagnostics()["panel"])
    assert {"residuals", "influence", "leverage", "fitted"} <= panels


def read_next_year(name):
    """The tables as they would stand with one more year of entrants."""
    table = load(name)
    if name != "entrants":
        return table
    newest = table.loc[table["year"] == table["year"].max()].assign(year=table["year"].max() + 1)
    return pd.concat([table, newest], ignore_index=True)


@pytest.mark.parametrize("model_id", [s.model_id for s in SPECIFICATIONS if s.data_table == "entrants"])
def test_next_year_changes_no_name(model_id):
    now, then = fit(model_id), Model(fit(model_id).specification, read_next_year)
    names = set(now.estimates["quantity"])
    added = set(then.estimates["quantity"]) - names
    newest = str(load("entrants")["year"].max() + 1)
    assert names <= set(then.estimates["quantity"])
    assert all(re.fullmatch(rf"(expected|missing)_{newest}", name) for name in added)
    assert then.get().quantity == now.get().quantity
