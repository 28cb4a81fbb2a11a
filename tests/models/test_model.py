"""A chapter asks for a model in one call and gets everything it may say about it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis import models
from analysis.engines import ENGINES
from analysis.models import COLUMNS, Model, find_specification, fit, run
from analysis.results import Estimate
from analysis.sensitivity import pick_extremes
from analysis.specifications import SPECIFICATIONS

YEARS = np.arange(2002, 2026)


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
VINTAGES = ENTRANTS.loc[ENTRANTS["year"] <= 2019].assign(vintage="2020-09-30")


RELEASED = pd.concat(
    [
        ENTRANTS.assign(vintage=[f"{year + 1}-01-20" for year in ENTRANTS["year"]], role="press"),
        ENTRANTS.assign(vintage="undated", role="current"),
        VINTAGES.assign(role="earlier"),
    ],
    ignore_index=True,
)


def read(name):
    return {"entrants": ENTRANTS, "entrants_vintages": RELEASED}[name].copy()


@pytest.fixture(scope="module")
def arrivals():
    return Model(find_specification("arrivals_trend"), read)


@pytest.fixture(scope="module")
def women():
    return Model(find_specification("share_women"), read)


def test_planted_numbers_lie_in_their_intervals(arrivals):
    for quantity, planted in {
        "change_2002_2011": 100 * np.expm1(0.08),
        "change_2012_2019": 100 * np.expm1(-0.05),
        "jump_2012": 100 * np.expm1(-0.7),
        "step_2020_2022": 100 * np.expm1(-2),
    }.items():
        found = arrivals.get(quantity)
        assert found.ci_low < planted < found.ci_high, quantity


def test_headline_is_what_get_returns_without_a_name(arrivals):
    assert arrivals.get() == arrivals.get("jump_2012")
    assert arrivals.get().unit == "% against the earlier line"
    assert (arrivals.get().level, arrivals.get().interval_kind, arrivals.get().n) == (0.95, "confidence", 24)


def test_plain_change_is_stated_without_an_interval(arrivals):
    total = ENTRANTS.groupby("year")["entrants_persons"].sum()
    found = arrivals.get("plain_change_2012")
    assert found.value == pytest.approx(100 * (total[2012] / total[2011] - 1))
    assert found.interval_kind == ""
    assert np.isnan(found.ci_low)


def test_values_are_plain_numbers(arrivals, women):
    for model in (arrivals, women):
        for quantity in model.estimates["quantity"]:
            found = model.get(quantity)
            assert {type(found.value), type(found.ci_low), type(found.ci_high)} == {float}


def test_estimates_have_the_columns_of_the_file(arrivals):
    table = arrivals.estimates
    assert tuple(table.columns) == tuple(COLUMNS)
    assert table["quantity"].is_unique
    assert set(table["interval_kind"]) <= {"confidence", "prediction", "exact", ""}


def test_line_keeps_the_two_intervals_apart_and_breaks_where_the_model_does(arrivals):
    line = arrivals.line()
    assert list(line.columns) == [
        "year",
        "stretch",
        "observed",
        "mean",
        "confidence_low",
        "confidence_high",
        "prediction_low",
        "prediction_high",
    ]
    assert line.groupby("stretch")["year"].agg(["min", "max"]).to_numpy().tolist() == [
        [2002, 2011],
        [2012, 2019],
        [2020, 2022],
        [2023, 2025],
    ]
    assert (line["prediction_low"] < line["confidence_low"]).all()


def test_line_beyond_the_data_has_nothing_observed(arrivals):
    line = arrivals.line([2025, 2026])
    assert line["observed"].isna().tolist() == [False, True]


def test_share_lines_are_in_percent(women):
    line = women.line()
    assert line["mean"].between(50, 100).all()
    assert line["observed"].between(50, 100).all()


def test_missing_is_expected_less_counted():
    model = Model(find_specification("missing_arrivals"), read)
    counted = ENTRANTS.loc[ENTRANTS["year"].between(2020, 2022), "entrants_persons"].sum()
    expected, lost = model.get("expected_2020_2022"), model.get("missing_2020_2022")
    assert lost.value == pytest.approx(expected.value - counted)
    assert lost.interval_kind == "prediction"
    assert lost.ci_low < lost.value < lost.ci_high


def test_diagnostics_have_a_point_a_year(arrivals):
    frame = arrivals.diagnostics()
    counts = frame.groupby("panel").size()
    assert counts[["residuals", "leverage", "fitted"]].tolist() == [24, 24, 24]
    assert counts["autocorrelation"] == 4
    assert frame.loc[frame["panel"] == "leverage", "y"].sum() == pytest.approx(6)


def test_sensitivity_starts_with_the_primary_and_gives_differences(arrivals):
    table = arrivals.sensitivity()
    assert table["estimate"].iloc[0] == arrivals.get().value
    assert table["difference"].iloc[0] == 0
    assert table["difference"].to_numpy() == pytest.approx(table["estimate"] - table["estimate"].iloc[0])
    words = " ".join(table["changed"])
    for part in ("negative binomial", "break a year earlier", "without 20", "widened for autocorrelation"):
        assert part in words


def test_of_years_that_count_alike_the_first_is_named_whatever_the_last_digit():
    primary, nudge = Estimate("change", 5.0), 1e-14
    for signs in ((1, -1, 1), (-1, 1, -1)):
        low, high, also_high = (
            value + sign * nudge for value, sign in zip((2.0, 7.0, 7.0), signs, strict=True)
        )
        values = {"2021": high, "2022": low, "2023": also_high}
        picked = pick_extremes(primary, {year: Estimate("change", v) for year, v in values.items()})
        assert [words for words, _ in picked] == ["without 2022 (lowest)", "without 2021 (highest)"]


def test_refits_without_a_year_are_made_once(monkeypatch):
    fitted = []
    monkeypatch.setattr(models, "run", lambda spec, read: fitted.append(spec.without) or run(spec, read))
    model = Model(find_specification("arrivals_trend"), read)
    model.diagnostics()
    model.sensitivity()
    spared = [year for year in fitted if year]
    assert len(spared) == len(set(spared)) == YEARS.size


def test_sensitivity_can_be_asked_of_another_quantity(arrivals):
    table = arrivals.sensitivity("step_2020_2022")
    assert table["estimate"].iloc[0] == arrivals.get("step_2020_2022").value
    assert len(table) > 4


def test_models_tried_counts_the_model_and_its_variants(arrivals):
    specification = find_specification("arrivals_trend")
    assert arrivals.models_tried == 1 + len(specification.variants) + len(specification.dropped)


def test_outlook_scores_every_method_on_the_same_targets():
    model = Model(find_specification("outlook_entrants"), read)
    scores = model.table("scores")
    assert set(scores.groupby("horizon")["forecasts"].nunique()) == {1}
    assert set(scores["method"]) == {"last value", "mean of last three", "drift", "line with known breaks"}
    for method in ("last_value", "mean_of_last_three", "drift", "line"):
        narrow, wide = model.get(f"ahead_{method}_h1_80"), model.get(f"ahead_{method}_h1")
        assert wide.ci_low < narrow.ci_low < narrow.value < narrow.ci_high < wide.ci_high
        assert wide.interval_kind == "prediction"


def test_last_years_projection_uses_nothing_of_last_year():
    one = Model(find_specification("outlook_entrants"), read)
    changed = ENTRANTS.copy()
    changed.loc[changed["year"] == 2025, "entrants_persons"] += 500
    other = Model(find_specification("outlook_entrants"), lambda n: changed if n == "entrants" else read(n))
    assert one.get("last_year_drift") == other.get("last_year_drift")
    assert one.get("last_year_observed") != other.get("last_year_observed")


def test_last_years_projection_takes_the_figures_as_they_stood():
    revised = ENTRANTS.copy()
    revised.loc[revised["year"] == 2024, "entrants_persons"] *= 2
    model = Model(find_specification("outlook_entrants"), lambda n: revised if n == "entrants" else read(n))
    released = ENTRANTS.loc[ENTRANTS["year"] == 2024, "entrants_persons"].sum()
    assert model.get("last_year_last_value").value == pytest.approx(released)
    table = model.table("last_year")
    assert set(table["method"]) == {"last value", "mean of last three", "drift", "line with known breaks"}
    assert table["error"].to_numpy() == pytest.approx(table["forecast"] - table["observed"])


def test_the_part_of_each_change_in_the_spread_adds_up_to_one():
    model = Model(find_specification("outlook_entrants"), read)
    frame = model.diagnostics()
    assert frame.loc[frame["panel"] == "leverage", "y"].sum() == pytest.approx(1)
    assert len(frame[frame["panel"] == "residuals"]) == len(YEARS) - 1


def test_break_dates_are_set_against_the_best(arrivals):
    table = arrivals.break_dates()
    assert table["date"].tolist() == list(range(2009, 2016))
    assert table["excess"].min() == 0
    row = table.set_index("date").loc[2012]
    assert row["jump"] == pytest.approx(arrivals.get("jump_2012").value)
    assert table.loc[table["excess"].idxmin(), "date"] == 2012
    with pytest.raises(ValueError, match=r"^missing_arrivals: no break"):
        Model(find_specification("missing_arrivals"), read).break_dates()


def test_terms_are_in_words_and_natural_units(arrivals):
    terms = arrivals.coefficients()
    assert terms["term"].tolist() == [
        "change, 2002–2011",
        "change, 2012–2019",
        "level from 2012",
        "level of 2020–2022",
        "level from 2023",
        "first line, at 2012",
    ]
    assert set(terms["unit"]) == {
        "% a year", "% against the earlier line", "% against the line", "persons a year"
    }  # fmt: skip


def test_missing_by_other_yardsticks_and_widened():
    table = Model(find_specification("missing_arrivals"), read).sensitivity()
    words = table.set_index("changed")
    carried = words.loc["the last value, 2019, carried forward"]
    by_year = ENTRANTS.groupby("year")["entrants_persons"].sum()
    assert carried["estimate"] == pytest.approx(3 * by_year[2019] - by_year.loc[2020:2022].sum())
    assert np.isnan(carried["ci_low"])
    assert "widened" in table["changed"].iloc[-1]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m: m.get("growth"), r"^quantity: found 'growth', expected one of change_2002_2011"),
        (lambda m: m.table("studies"), r"^table: found 'studies', expected one of none$"),
        (lambda m: fit("no_such_model"), r"^model_id: found 'no_such_model', expected one of arrivals_trend"),
        (lambda m: run(replace(m.specification, engine="magic"), read), r"^engine: found 'magic'"),
        (
            lambda m: run(replace(m.specification, filter="sex=both"), read),
            r"^entrants: no row for 'sex=both'",
        ),
        (lambda m: run(replace(m.specification, filter="age=5"), read), r"^entrants: .*names 'age'"),
        (lambda m: run(replace(m.specification, outcome="people"), read), r"^people: no such column"),
        (lambda m: run(replace(m.specification, window=(2030, None)), read), r"^year: no row from 2030"),
    ],
)
def test_bad_calls_say_what_was_expected(arrivals, call, message):
    with pytest.raises(ValueError, match=message):
        call(arrivals)


def test_every_specification_is_complete():
    ids = [s.model_id for s in SPECIFICATIONS]
    assert len(set(ids)) == len(ids)
    for s in SPECIFICATIONS:
        assert s.engine in ENGINES
        for text in (s.chapter, s.formula_words, s.formula, s.family, s.link, s.method, s.why):
            assert text.strip() == text != "", s.model_id
        assert s.limits, s.model_id


def test_words_about_cause_are_not_used():
    banned = ("because", "led to", "effect on", "impact", "caused the", "due to")
    for s in SPECIFICATIONS:
        for text in (s.formula_words, s.why, *s.limits):
            assert not [word for word in banned if word in text.lower()], (s.model_id, text)
