"""A chapter asks for a model in one call and gets everything it may say about it."""

import numpy as np
import pandas as pd
import pytest

from analysis.models import Model, find_specification, pick_extremes
from analysis.models.results import Estimate

YEARS = np.arange(2002, 2026)
METHODS = {"last value", "mean of last three", "drift", "line with known breaks"}


def make_entrants(seed=1):
    """A made series: up to 2011, a drop and a decline from 2012, very few in 2020-2022."""
    rng = np.random.default_rng(seed)
    line = 7.5 + 0.08 * (YEARS - 2012) + (YEARS >= 2012) * (-0.7 - 0.13 * (YEARS - 2012))
    line = line - 2 * ((YEARS >= 2020) & (YEARS <= 2022)) - 1.2 * (YEARS >= 2023)
    total = rng.poisson(np.exp(line + 0.08 * rng.standard_normal(YEARS.size)))
    women = rng.binomial(total, 1 / (1 + np.exp(-(1.2 + 0.05 * (YEARS - 2012)))))
    parts = [
        pd.DataFrame({"year": YEARS, "sex": sex, "entrants_persons": count})
        for sex, count in (("female", women), ("male", total - women))
    ]
    return pd.concat(parts, ignore_index=True)


ENTRANTS = make_entrants()
TOTAL = ENTRANTS.groupby("year")["entrants_persons"].sum()
RELEASED = pd.concat(
    [
        ENTRANTS.assign(vintage=[f"{year + 1}-01-20" for year in ENTRANTS["year"]], role="press"),
        ENTRANTS.assign(vintage="undated", role="current"),
        ENTRANTS[ENTRANTS["year"] <= 2019].assign(vintage="2020-09-30", role="earlier"),
    ],
    ignore_index=True,
)


def make_model(model_id, entrants=ENTRANTS):
    tables = {"entrants": entrants, "entrants_vintages": RELEASED}
    return Model(find_specification(model_id), lambda name: tables[name].copy())


@pytest.fixture(scope="module")
def arrivals():
    return make_model("arrivals_trend")


@pytest.fixture(scope="module")
def women():
    return make_model("share_women")


@pytest.fixture(scope="module")
def missing():
    return make_model("missing_arrivals")


@pytest.fixture(scope="module")
def outlook():
    return make_model("outlook_entrants")


@pytest.mark.parametrize(
    ("quantity", "planted"),
    [("change_2002_2011", 0.08), ("change_2012_2019", -0.05), ("jump_2012", -0.7), ("step_2020_2022", -2)],
)
def test_planted_numbers_lie_in_their_intervals(arrivals, quantity, planted):
    found = arrivals.get(quantity)
    assert found.ci_low < 100 * np.expm1(planted) < found.ci_high


def test_headline_is_what_get_returns_without_a_name(arrivals):
    found = arrivals.get()
    assert found == arrivals.get("jump_2012")
    assert found.unit == "% against the earlier line"
    assert (found.level, found.interval_kind, found.n) == (0.95, "confidence", 24)


def test_plain_change_is_stated_without_an_interval(arrivals):
    found = arrivals.get("plain_change_2012")
    assert found.value == pytest.approx(100 * (TOTAL[2012] / TOTAL[2011] - 1))
    assert found.interval_kind == ""
    assert np.isnan(found.ci_low)


def test_line_keeps_the_two_intervals_apart_and_breaks_where_the_model_does(arrivals):
    line = arrivals.line()
    spans = line.groupby("stretch")["year"].agg(["min", "max"]).to_numpy().tolist()
    assert spans == [[2002, 2011], [2012, 2019], [2020, 2022], [2023, 2025]]
    assert (line["prediction_low"] < line["confidence_low"]).all()
    assert arrivals.line([2025, 2026])["observed"].isna().tolist() == [False, True]


def test_share_lines_are_in_percent(women):
    assert women.line()[["mean", "observed"]].stack().between(50, 100).all()


def test_missing_is_expected_less_counted(missing):
    expected, lost = missing.get("expected_2020_2022"), missing.get("missing_2020_2022")
    counted = TOTAL.loc[2020:2022].sum()
    assert (lost.value, lost.ci_low) == pytest.approx((expected.value - counted, expected.ci_low - counted))
    assert lost.interval_kind == "prediction"


def test_missing_by_other_yardsticks_and_widened(missing):
    table = missing.sensitivity().set_index("changed")
    carried = table.loc["the last value, 2019, carried forward"]
    assert carried["estimate"] == pytest.approx(3 * TOTAL[2019] - TOTAL.loc[2020:2022].sum())
    assert np.isnan(carried["ci_low"])
    assert "widened" in table.index[-1]


def test_diagnostics_have_a_point_per_year(arrivals):
    panels = arrivals.diagnostics().groupby("panel")["y"]
    assert panels.size().to_dict() == {"autocorrelation": 4, "fitted": 24, "leverage": 24, "residuals": 24}
    assert panels.sum()["leverage"] == pytest.approx(6)


def test_sensitivity_starts_with_the_primary_and_gives_differences(arrivals):
    table = arrivals.sensitivity()
    assert table["estimate"].iloc[0] == arrivals.get().value
    assert table["difference"].to_numpy() == pytest.approx(table["estimate"] - table["estimate"].iloc[0])
    words = " ".join(table["changed"])
    for part in ("negative binomial", "break a year earlier", "without 20", "widened for autocorrelation"):
        assert part in words


def test_sensitivity_can_be_asked_of_another_quantity(arrivals):
    table = arrivals.sensitivity("step_2020_2022")
    assert table["estimate"].iloc[0] == arrivals.get("step_2020_2022").value
    assert len(table) > 4


@pytest.mark.parametrize("signs", [(1, -1, 1), (-1, 1, -1)])
def test_of_years_that_count_alike_the_first_is_named_whatever_the_last_digit(signs):
    values = [value + sign * 1e-14 for value, sign in zip((7.0, 2.0, 7.0), signs, strict=True)]
    without = {year: Estimate("change", v) for year, v in zip(("2021", "2022", "2023"), values, strict=True)}
    words = [words for words, _ in pick_extremes(without)]
    assert words == ["without 2022 (lowest)", "without 2021 (highest)"]


def test_models_tried_counts_the_model_its_variants_and_those_dropped(arrivals):
    assert arrivals.models_tried == 1 + len(arrivals.specification.variants) + 2


def test_break_dates_are_set_against_the_best(arrivals, missing):
    table = arrivals.break_dates().set_index("date")
    assert table.index.tolist() == list(range(2009, 2016))
    assert table["excess"].min() == 0 == table.loc[2012, "excess"]
    assert table.loc[2012, "jump"] == pytest.approx(arrivals.get("jump_2012").value)
    with pytest.raises(ValueError, match=r"^missing_arrivals: no break"):
        missing.break_dates()


def test_terms_are_in_words_and_natural_units(arrivals):
    terms = arrivals.coefficients().set_index("term")["unit"].to_dict()
    assert terms == {
        "change, 2002–2011": "% a year",
        "change, 2012–2019": "% a year",
        "level from 2012": "% against the earlier line",
        "level of 2020–2022": "% against the line",
        "level from 2023": "% against the line",
        "first line, at 2012": "persons a year",
    }


def test_outlook_scores_every_method_on_the_same_targets(outlook):
    scores = outlook.table("scores")
    assert set(scores.groupby("horizon")["forecasts"].nunique()) == {1}
    assert set(scores["method"]) == METHODS == set(outlook.table("last_year")["method"])


@pytest.mark.parametrize("method", ["last_value", "mean_of_last_three", "drift", "line"])
def test_the_narrow_projection_lies_in_the_wide_one(outlook, method):
    narrow, wide = outlook.get(f"ahead_{method}_h1_80"), outlook.get(f"ahead_{method}_h1")
    assert wide.ci_low < narrow.ci_low < narrow.value < narrow.ci_high < wide.ci_high


def test_last_years_projection_uses_nothing_of_last_year(outlook):
    changed = ENTRANTS.copy()
    changed.loc[changed["year"] == 2025, "entrants_persons"] += 500
    other = make_model("outlook_entrants", changed)
    assert outlook.get("last_year_drift").value == other.get("last_year_drift").value
    assert outlook.get("last_year_observed").value != other.get("last_year_observed").value


def test_last_years_projection_takes_the_figures_as_they_stood():
    revised = ENTRANTS.copy()
    revised.loc[revised["year"] == 2024, "entrants_persons"] *= 2
    model = make_model("outlook_entrants", revised)
    assert model.get("last_year_last_value").value == pytest.approx(TOTAL[2024])


def test_the_part_of_each_change_in_the_spread_adds_up_to_one(outlook):
    panels = outlook.diagnostics().groupby("panel")["y"]
    assert panels.sum()["leverage"] == pytest.approx(1)
    assert panels.size()["residuals"] == len(YEARS) - 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m: m.get("growth"), r"^quantity: found 'growth', expected one of change_2002_2011"),
        (lambda m: m.table("studies"), r"^table: found 'studies', expected one of none$"),
    ],
)
def test_what_a_model_lacks_is_refused(arrivals, call, message):
    with pytest.raises(ValueError, match=message):
        call(arrivals)
