"""Trends recover what was put in and agree with textbook formulas."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.models import trends

YEARS = np.arange(2002, 2022)


def make_counts(noise=0.2, seed=1):
    rng = np.random.default_rng(seed)
    line = 6 + 0.1 * (YEARS - 2012) + noise * rng.standard_normal(YEARS.size)
    return pd.DataFrame({"year": YEARS, "persons": np.round(np.exp(line))})


def make_shares(seed=2):
    rng = np.random.default_rng(seed)
    trials = rng.integers(50, 3000, YEARS.size)
    share = 1 / (1 + np.exp(-(1 + 0.05 * (YEARS - 2012) + 0.1 * rng.standard_normal(YEARS.size))))
    return pd.DataFrame({"year": YEARS, "women": rng.binomial(trials, share), "people": trials})


def make_levels(seed=3):
    rng = np.random.default_rng(seed)
    return pd.DataFrame({"year": YEARS, "gap": 3 - 0.4 * (YEARS - 2012) + rng.standard_normal(YEARS.size)})


COUNTS, SHARES, LEVELS = make_counts(), make_shares(), make_levels()
TREND = trends.fit_counts(COUNTS, "persons")


def test_count_trend_recovers_the_slope():
    trend = trends.fit_counts(make_counts(noise=0.001), "persons")
    assert trend.combine("t")[0] == pytest.approx(0.1, abs=0.001)
    assert trend.combine("Intercept")[0] == pytest.approx(6, abs=0.005)


def test_dispersion_is_pearson_over_degrees_of_freedom():
    mean = TREND.result.mu
    assert TREND.dispersion == pytest.approx(np.sum((TREND.observed - mean) ** 2 / mean) / 18)
    assert np.sum(TREND.residuals**2) == pytest.approx(18)


def test_without_quasi_the_error_is_that_of_chance_alone():
    plain = trends.fit_counts(COUNTS, "persons", quasi=False)
    assert plain.combine("t")[1] == pytest.approx(TREND.combine("t")[1] / np.sqrt(TREND.dispersion))
    assert plain.quantile() == pytest.approx(stats.norm.ppf(0.975))


def test_exposure_of_a_part_year_is_used():
    frame = make_counts(noise=0.05).assign(part=1.0)
    frame.loc[19, ["persons", "part"]] = [frame.loc[19, "persons"] // 2, 0.5]
    trend = trends.fit_counts(frame, "persons", exposure="part")
    assert trend.combine("t")[0] == pytest.approx(0.1, abs=0.01)


def test_share_trend_uses_trials_as_weights():
    trend = trends.fit_shares(SHARES, "women", "people")
    mean, people = trend.result.mu, SHARES["people"]
    pearson = (SHARES["women"] / people - mean) ** 2 * people / (mean * (1 - mean))
    assert trend.dispersion == pytest.approx(pearson.sum() / 18)
    assert mean @ people == pytest.approx(SHARES["women"].sum())


def test_a_line_of_levels_is_least_squares():
    textbook = stats.linregress(LEVELS["year"], LEVELS["gap"])
    assert trends.fit_levels(LEVELS, "gap").combine("t") == pytest.approx((textbook.slope, textbook.stderr))


def test_a_step_is_the_difference_of_two_means():
    trend = trends.fit_levels(LEVELS, "gap", step=2012)
    before, since = (LEVELS.loc[side, "gap"] for side in (LEVELS["year"] < 2012, LEVELS["year"] >= 2012))
    textbook = stats.ttest_ind(since, before)
    found = trend.estimate("step", "after", "points")
    assert found.value == pytest.approx(since.mean() - before.mean())
    assert (found.ci_low, found.ci_high) == pytest.approx(tuple(textbook.confidence_interval()))


def test_two_lines_are_compared_with_satterthwaites_degrees_of_freedom():
    one, two = (trends.fit_counts(part, "persons") for part in (COUNTS.head(10), COUNTS.tail(10)))
    value, error, df = trends.compare_trends(one, two, 2012)
    low, high = (np.log(t.predict([2012])["mean"].item()) for t in (one, two))
    assert value == pytest.approx(high - low)
    assert 8 <= df <= 16
    assert error > max(one.combine("Intercept")[1], two.combine("Intercept")[1]) / 2


def test_aicc_is_that_of_least_squares():
    trend = trends.fit_levels(LEVELS, "gap")
    n, k = 20, 3
    likelihood = stats.norm.logpdf(
        LEVELS["gap"] - trend.result.mu, scale=np.sqrt(np.mean(trend.result.resid_response**2))
    )
    assert trends.measure_aicc(trend) == pytest.approx(
        -2 * likelihood.sum() + 2 * k + 2 * k * (k + 1) / (n - k - 1)
    )


@pytest.mark.parametrize(
    "trend", [TREND, trends.fit_shares(SHARES, "women", "people"), trends.fit_levels(LEVELS, "gap")]
)
def test_prediction_interval_holds_the_confidence_interval(trend):
    line = trend.predict(YEARS)
    order = ["prediction_low", "confidence_low", "mean", "confidence_high", "prediction_high"]
    assert (line[order].diff(axis=1).iloc[:, 1:] > 0).all(axis=None)


def test_share_of_a_coming_year_has_no_prediction_interval():
    assert trends.fit_shares(SHARES, "women", "people").predict([2025])["prediction_low"].isna().all()


def test_a_fit_that_fails_or_has_no_scatter_raises():
    with pytest.raises((RuntimeError, ValueError), match=r"^gap: the (fit did not|line passes)"):
        trends.fit_levels(LEVELS.assign(gap=2.0), "gap")
    frame = SHARES.assign(women=SHARES["people"].where(SHARES["year"] >= 2012, 0))
    with pytest.raises(RuntimeError, match=r"^women: the fit did not converge"):
        trends.fit_shares(frame, "women", "people")
