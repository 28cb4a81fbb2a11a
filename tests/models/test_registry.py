"""Every model of the book, fitted to the record as it stands and to one more year of it."""

import re

import numpy as np
import pandas as pd
import pytest

from analysis.models import SPECIFICATIONS, Model, fit, rates, summarise
from analysis.models.__main__ import FILE
from data import load

IDS = [s.model_id for s in SPECIFICATIONS]
HEADLINES = [
    "arrivals_trend", "share_women", "arrivals_payment_cut", "employment_gap", "ptsd_pooled", "returns_rate",
    "us_admissions", "outlook_entrants",
]  # fmt: skip


@pytest.mark.parametrize("model_id", IDS)
def test_every_estimate_lies_in_its_own_interval(model_id):
    table = fit(model_id).estimates
    has_interval = table["interval_kind"] != ""
    inside = table["estimate"].between(table["ci_low"], table["ci_high"]) & table["level"].between(0.5, 1)
    assert np.isfinite(table["estimate"]).all()
    assert (table["unit"] != "").all()
    assert inside[has_interval].all()
    assert table.loc[~has_interval, ["ci_low", "ci_high"]].isna().all(axis=None)
    assert set(table["interval_kind"]) <= {"confidence", "prediction", "exact", ""}


@pytest.mark.parametrize("model_id", IDS)
def test_a_projection_is_never_called_a_confidence_interval(model_id):
    table = fit(model_id).estimates
    ahead = table["quantity"].str.startswith(("expected", "missing", "ahead", "last_year", "new_study"))
    assert set(table.loc[ahead, "interval_kind"]) <= {"prediction", ""}


@pytest.mark.parametrize("model_id", IDS)
def test_results_are_plain_numbers(model_id):
    model = fit(model_id)
    for quantity in model.estimates["quantity"]:
        found = model.get(quantity)
        assert all(isinstance(v, float) for v in (found.value, found.ci_low, found.ci_high)), quantity


@pytest.mark.parametrize("model_id", HEADLINES)
def test_a_headline_has_its_diagnostics_and_terms(model_id):
    frame = fit(model_id).diagnostics()
    assert {"residuals", "leverage", "fitted"} <= set(frame["panel"])
    assert frame.loc[frame["panel"] == "leverage", "y"].between(0, 1).all()
    terms = fit(model_id).coefficients()
    assert len(terms) >= 2
    assert terms["unit"].ne("log points").all()


@pytest.mark.parametrize("specification", SPECIFICATIONS, ids=IDS)
def test_an_entry_is_complete(specification):
    for words in (specification.chapter, specification.words, specification.formula):
        assert words.strip() == words != ""
    banned = ("because", "led to", "effect on", "impact", "caused the", "due to")
    assert not [word for word in banned if word in specification.words.lower()]


def test_every_model_has_a_headline_in_the_list():
    listed = summarise(pd.read_csv(FILE))
    assert listed["model_id"].tolist() == IDS
    assert len(set(IDS)) == len(IDS)
    assert (listed["tried"] >= 1).all()


@pytest.mark.parametrize("model_id", ["ptsd_pooled", "depression_pooled", "anxiety_pooled"])
def test_what_is_not_about_the_present_is_shown_and_not_pooled(model_id):
    studies = fit(model_id).table("studies")
    present = studies["recall"].isin(["current", "not_stated"])
    assert (studies["is_pooled"] == present).all()
    assert studies["is_pooled"].sum() == fit(model_id).n


def read_next_year(name):
    """The tables as they would stand with one more year of entrants."""
    table = load(name)
    if name != "entrants":
        return table
    newest = table.loc[table["year"] == table["year"].max()].assign(year=table["year"].max() + 1)
    return pd.concat([table, newest], ignore_index=True)


@pytest.mark.parametrize("model_id", [s.model_id for s in SPECIFICATIONS if s.options["table"] == "entrants"])
def test_next_year_changes_no_name(model_id):
    now, then = fit(model_id), Model(fit(model_id).specification, read_next_year)
    names, newest = set(now.estimates["quantity"]), load("entrants")["year"].max() + 1
    added = set(then.estimates["quantity"]) - names
    assert names <= set(then.estimates["quantity"])
    assert all(re.fullmatch(rf"(expected|missing)_{newest}", name) for name in added)


def test_two_surveys_of_a_year_are_compared_by_newcombe():
    pairs = fit("survey_pairs").table("pairs").set_index(["indicator", "year"])
    row = pairs.loc[("employment_rate", 2011)]
    found = rates.estimate_share_difference(0.411 * 394, 394, 0.497 * 8299, 8299)
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((100 * found.low, 100 * found.high))
    assert row["difference"] == pytest.approx(-8.6)


def test_quasi_poisson_limits_of_a_small_ratio_are_not_exact():
    table = fit("returns_rate").sensitivity().set_index("changed")
    quasi = table.loc["quasi-Poisson instead of exact"]
    assert quasi["estimate"] == pytest.approx(table["estimate"].iloc[0])
    assert quasi["interval_kind"] == table["interval_kind"].iloc[-1] == "confidence"


def test_a_payment_is_deflated_and_divided_by_the_wage_of_july():
    value, prices = fit("payment_value"), load("prices").set_index("year")["cpi_2020"]
    nominal = value.get("nominal_2004").value
    assert value.get("real_2004").value == pytest.approx(nominal * prices[2020] / prices[2004])
    assert value.get("months_2004").value == pytest.approx(nominal / 567_260)
