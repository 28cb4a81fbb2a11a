"""Every model of the book, fitted to the record as it stands and to one more year of it."""

import re

import numpy as np
import pandas as pd
import pytest

from analysis.models import Model, fit, list_specifications, summarise
from analysis.models.__main__ import FILE
from data import load

SPECIFICATIONS = list_specifications()
IDS = [s.model_id for s in SPECIFICATIONS]
TRENDS = [s.model_id for s in SPECIFICATIONS if fit(s.model_id)._fit.trends]


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
    ahead = table["quantity"].str.startswith(
        ("expected", "missing", "ahead", "last_year", "new_study", "usual")
    )
    assert set(table.loc[ahead, "interval_kind"]) <= {"prediction", ""}, (
        "a projection is no confidence interval"
    )


@pytest.mark.parametrize("specification", SPECIFICATIONS, ids=IDS)
def test_an_entry_is_complete(specification):
    for words in (specification.chapter, specification.words, specification.formula):
        assert words.strip() == words != ""
    banned = ("because", "led to", "effect on", "impact", "caused the", "due to")
    assert not [word for word in banned if word in specification.words.lower()]
    assert len(specification.variants) <= 5


def test_about_twelve_are_models_and_each_has_a_headline_in_the_list():
    listed = summarise(pd.read_csv(FILE))
    assert sorted(listed["model_id"]) == sorted(set(IDS))
    assert listed["kind"].value_counts().to_dict() == {"model": 12, "interval": 7, "arithmetic": 1}


def test_headline_is_what_get_returns_without_a_name():
    assert fit("missing_arrivals").get() == fit("missing_arrivals").get("missing_since_2020")
    with pytest.raises(ValueError, match=r"^quantity: found 'jump'"):
        fit("arrivals_trend").get("jump")
    with pytest.raises(ValueError, match=r"^table: found 'x', expected one of lines"):
        fit("arrivals_by_sex").table("x")


@pytest.mark.parametrize("model_id", TRENDS)
def test_a_line_keeps_the_two_intervals_apart_and_has_what_was_counted(model_id):
    line = fit(model_id).line()
    assert (line["prediction_low"] < line["confidence_low"]).all()
    assert line["year"].tolist() == [int(y) for t in fit(model_id)._fit.trends for y in t.years]
    assert fit(model_id).diagnostics().groupby("panel").size().to_dict() == {
        "fitted": len(line),
        "residuals": len(line),
    }


def test_lines_break_where_the_model_does():
    spans = fit("arrivals_trend").line().groupby("stretch")["year"].agg(["min", "max"]).to_numpy().tolist()
    assert spans == [[2002, 2011], [2012, 2019]]
    assert fit("employment_gap").line().groupby("stretch")["year"].min().tolist() == [2011, 2018]
    assert fit("missing_arrivals").line([2019, 2020])["observed"].isna().tolist() == [False, True]


@pytest.mark.parametrize("model_id", ["ptsd_pooled", "outlook_entrants"])
def test_a_model_without_a_line_says_so(model_id):
    with pytest.raises(ValueError, match=rf"^{model_id}: no line"):
        fit(model_id).line()


def test_share_lines_are_in_percent():
    assert fit("share_women").line()[["mean", "observed"]].stack().between(50, 100).all()


def test_missing_is_expected_less_counted():
    model = fit("missing_arrivals")
    expected, lost = model.get("expected_2020_2022"), model.get("missing_2020_2022")
    counted = load("entrants").query("2020 <= year <= 2022")["entrants_persons"].sum()
    assert (lost.value, lost.ci_low) == pytest.approx((expected.value - counted, expected.ci_low - counted))


@pytest.mark.parametrize(
    "model_id", ["missing_arrivals", "returns_rate", "outlook_entrants", "suicidal_impulse_ratio"]
)
def test_sensitivity_starts_with_the_primary_and_gives_differences(model_id):
    table = fit(model_id).sensitivity()
    assert table["estimate"].iloc[0] == fit(model_id).get().value
    assert table["difference"].to_numpy() == pytest.approx(table["estimate"] - table["estimate"].iloc[0])
    assert 2 <= len(table) <= fit(model_id).models_tried <= 6


def test_sensitivity_can_be_asked_of_another_quantity():
    table = fit("missing_arrivals").sensitivity("missing_2020_2022")
    assert table["estimate"].iloc[0] == fit("missing_arrivals").get("missing_2020_2022").value
    assert len(table) == 4


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
