"""Each mistake that the review feared, made on purpose: a test sees it."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.genmod.generalized_linear_model import GLM

from analysis.models import Model, find_specification, fit, list_specifications, surveys, trends
from data import load


def refit(model_id, read=load, **options):
    """The model with other options or other tables."""
    specification = find_specification(model_id)
    changed = {**vars(specification), "options": {**specification.options, **options}}
    return Model(type(specification)(**changed), read)


def without(table, keep):
    """A reader that leaves rows of one table out."""
    return lambda name: load(name).loc[keep] if name == table else load(name)


@pytest.mark.parametrize(("model_id", "table", "count"), [
    ("returns_rate", "returns", "returns_persons"), ("us_admissions", "us_admissions", "persons"),
])  # fmt: skip
def test_a_dropped_zero_is_refused(model_id, table, count):
    rows = load(table)
    with pytest.raises(ValueError, match=r"^year: .* missing, expected every year"):
        refit(model_id, without(table, rows[count] > 0))


def test_the_zeroes_are_in_the_fit():
    assert (fit("returns_rate").data["events"] == 0).sum() == 5
    assert (fit("us_admissions").data["events"] == 0).sum() == 3


def test_a_part_year_counts_for_its_months():
    assert fit("returns_rate").data["exposure"].iloc[-1] == pytest.approx(8 / 12)


def test_two_columns_with_the_pearson_scale_would_be_far_too_narrow():
    model = fit("share_women")
    frame = model.data
    women, n = frame["events"].astype(float), frame["entrants_persons"].astype(float)
    t = frame["year"] - 2016.0
    wrong = GLM(np.column_stack([women, n - women]), sm.add_constant(t), family=sm.families.Binomial()).fit(
        scale="X2"
    )
    error = trends.fit_shares(frame, "events", "entrants_persons").combine("t")[1]
    plain = GLM(np.column_stack([women, n - women]), sm.add_constant(t), family=sm.families.Binomial()).fit()
    assert error == pytest.approx(plain.bse.iloc[1] * np.sqrt(model.dispersion))
    assert wrong.bse.iloc[1] < error / 5


@pytest.mark.parametrize("years", [(2010, 2019), (2002, 2019), (2012, 2021), (2012, None)])
def test_a_baseline_across_a_break_is_refused(years):
    with pytest.raises(ValueError, match=r"^years: .* expected none across the break of 20(12|20)"):
        refit("missing_arrivals", years=years)


@pytest.mark.parametrize("model_id", ["share_women", "arrivals_by_sex"])
def test_no_line_of_women_and_men_crosses_a_break(model_id):
    with pytest.raises(ValueError, match=r"^years: .* expected none across the break of 2012"):
        refit(model_id, years=(2010, 2019))
    with pytest.raises(ValueError, match=r"^years: .* expected none across the break of 2012"):
        refit("arrivals_trend", early=(2002, 2013), late=(2014, 2019))


@pytest.mark.parametrize("step", [2016, 2018, 2022])
def test_an_undocumented_redesign_is_refused(step):
    with pytest.raises(ValueError, match=rf"^step: found {step}, expected a documented redesign of khf"):
        refit("employment_gap", step=step)


def test_a_line_across_a_redesign_is_refused():
    with pytest.raises(ValueError, match=r"^years: .* expected none across the redesign of 2017"):
        refit("life_satisfaction", years=(2014, None))


def test_the_calendar_of_redesigns_is_that_of_the_rounds():
    assert surveys.find_redesigns(load("survey_rounds"), "khf") == [2013, 2014, 2017]


def test_a_step_that_does_not_pay_for_itself_is_refused():
    def flat(name):
        table = load(name)
        if name != "survey_results":
            return table
        noise = 60 + (table["year"] % 3) * (table["population"] == "north_korean_origin").astype(float)
        return table.assign(value=table["value"].where(~table["indicator"].eq("employment_rate"), noise))

    with pytest.raises(ValueError, match=r"^step: found no better fit at 2017"):
        refit("employment_gap", flat, printed_gap="")


@pytest.mark.parametrize(("points", "step"), [(7, None), (7, 2013)])
def test_fewer_than_four_points_for_each_coefficient_are_refused(points, step):
    years = np.arange(2010, 2010 + points)
    frame = pd.DataFrame({"year": years, "value": [1.0, 3, 2, 5, 4, 7, 6][:points]})
    with pytest.raises(ValueError, match=rf"^value: found {points} points, expected at least 8"):
        trends.fit_levels(frame, "value", step=step)


@pytest.mark.parametrize(
    "model_id", [s.model_id for s in list_specifications() if fit(s.model_id)._fit.trends]
)
def test_every_printed_trend_has_four_points_for_each_coefficient(model_id):
    for trend in fit(model_id)._fit.trends:
        assert trend.years.size >= trends.PER_TERM * len(trend.result.params)


def test_one_dispersion_for_both_phases_would_print_other_limits():
    frame = fit("arrivals_trend").data
    after, t = (frame["year"] >= 2012).astype(float), frame["year"] - 2012.0
    X = np.column_stack([np.ones(len(frame)), t, after, after * t])
    pooled = GLM(frame["entrants_persons"], X, family=sm.families.Poisson()).fit(scale="X2", use_t=True)
    early, late = (t.combine("t")[1] for t in fit("arrivals_trend")._fit.trends)
    late_pooled = np.sqrt(np.array([0, 1, 0, 1]) @ pooled.cov_params() @ np.array([0, 1, 0, 1]))
    assert pooled.bse.iloc[1] < 0.85 * early
    assert late_pooled > 2 * late
