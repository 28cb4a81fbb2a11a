"""Every model of the book, fitted to the record as it stands and to one more year of it."""

import math
import re

import pandas as pd
import pytest

from analysis.estimates import build_estimates
from analysis.models import Model, fit, summarise
from analysis.rates import estimate_share_difference
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
    "outlook_entrants",
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


@pytest.mark.parametrize("model_id", [m for m in HEADLINES if m != "payment_value"])
def test_a_headline_has_its_diagnostics_and_terms(model_id):
    frame = fit(model_id).diagnostics()
    assert {"residuals", "leverage", "fitted"} <= set(frame["panel"])
    assert frame.loc[frame["panel"] == "leverage", "y"].between(0, 1).all()
    terms = fit(model_id).coefficients()
    assert len(terms) >= 2
    assert terms["unit"].ne("log points").all()


def test_every_model_has_a_headline_in_the_list():
    listed = summarise(build_estimates())
    assert listed["model_id"].tolist() == IDS
    assert (listed["tried"] >= 1).all()


def test_what_is_not_about_the_present_is_shown_and_not_pooled():
    for model_id in ("ptsd_pooled", "depression_pooled", "anxiety_pooled"):
        studies = fit(model_id).table("studies")
        pooled = studies.loc[studies["is_pooled"]]
        assert len(pooled) == fit(model_id).n
        assert set(pooled["recall"]) <= {"current", "not_stated"}
        assert not set(studies.loc[~studies["is_pooled"], "recall"]) & {"current", "not_stated"}


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


def test_two_surveys_of_a_year_are_compared_by_newcombe():
    pairs = fit("survey_pairs").table("pairs").set_index(["indicator", "year"])
    row = pairs.loc[("employment_rate", 2011)]
    found = estimate_share_difference(0.411 * 394, 394, 0.497 * 8299, 8299)
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((100 * found.low, 100 * found.high))
    assert row["difference"] == pytest.approx(-8.6)
    assert pairs[["first_n", "second_n"]].notna().all().all()


def test_quasi_poisson_limits_of_a_small_ratio_widen_with_the_dispersion():
    table = fit("returns_rate").sensitivity().set_index("changed")
    quasi = table.loc["quasi-Poisson instead of exact"]
    assert quasi["estimate"] == pytest.approx(table["estimate"].iloc[0])
    assert quasi["interval_kind"] == "confidence"
    assert table["interval_kind"].iloc[-1] == "confidence"
