"""Trends recover what was put in and agree with textbook formulas."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.models import trends

YEARS = np.arange(2002, 2022)


def make_counts(level=0.0, noise=0.2, seed=1):
    line = 6 + 0.1 * (YEARS - 2012) + level * (YEARS >= 2012)
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {"year": YEARS, "persons": np.round(np.exp(line + noise * rng.standard_normal(YEARS.size)))}
    )


def make_shares(seed=2):
    rng = np.random.default_rng(seed)
    trials = rng.integers(50, 3000, YEARS.size)
    share = 1 / (1 + np.exp(-(1 + 0.05 * (YEARS - 2012) + 0.1 * rng.standard_normal(YEARS.size))))
    return pd.DataFrame({"year": YEARS, "women": rng.binomial(trials, share), "people": trials})


def make_gaps(seed=3):
    rng = np.random.default_rng(seed)
    return pd.DataFrame({"year": YEARS, "gap": 3 - 0.4 * (YEARS - 2012) + rng.standard_normal(YEARS.size)})


def fit_shares(**options):
    return trends.fit_share_trend(make_shares(), "women", "people", **options)


def test_count_trend_recovers_slope_and_jump():
    trend = trends.fit_count_trend(make_counts(level=-0.5, noise=0.001), "persons", break_year=2012)
    expected = {"constant": 6, "year": 0.1, "level_2012": -0.5, "slope_2012": 0}
    assert dict(trend.result.params) == pytest.approx(expected, abs=0.005)


def test_level_term_is_the_jump_in_the_year_of_the_break():
    trend = trends.fit_count_trend(make_counts(level=-0.5), "persons", break_year=2012)
    at, before = trend.predict([2012])["mean"].item(), np.exp(trend.combine("constant")[0])
    assert np.log(at / before) == pytest.approx(trend.combine("level_2012")[0])


def test_dispersion_is_pearson_over_degrees_of_freedom():
    trend = trends.fit_count_trend(make_counts(), "persons")
    mean = trend.result.mu
    assert trend.dispersion == pytest.approx(np.sum((trend.observed - mean) ** 2 / mean) / 18)
    assert np.sum(trend.residuals**2) == pytest.approx(18)


def test_exposure_of_a_part_year_is_used():
    frame = make_counts(noise=0.05).assign(part=1.0)
    frame.loc[19, ["persons", "part"]] = [frame.loc[19, "persons"] // 2, 0.5]
    trend = trends.fit_count_trend(frame, "persons", exposure="part")
    assert trend.combine("year")[0] == pytest.approx(0.1, abs=0.01)


def test_negative_binomial_maximises_its_likelihood():
    trend = trends.fit_count_trend(make_counts(noise=0.3), "persons", family="negative-binomial")

    def likelihood(alpha):
        p = 1 / (1 + alpha * trend.result.mu)
        return stats.nbinom.logpmf(trend.observed, 1 / alpha, p).sum()

    alpha = trend.result.model.family.alpha
    assert likelihood(alpha) > max(likelihood(alpha * 1.01), likelihood(alpha / 1.01))


def test_share_trend_uses_trials_as_weights():
    frame, trend = make_shares(), fit_shares()
    mean = trend.result.mu
    pearson = (frame["women"] / frame["people"] - mean) ** 2 * frame["people"] / (mean * (1 - mean))
    assert trend.dispersion == pytest.approx(pearson.sum() / 18)
    assert mean @ frame["people"] == pytest.approx(frame["women"].sum())


@pytest.mark.parametrize("family", trends.SHARES)
def test_every_family_of_shares_finds_the_slope(family):
    assert fit_shares(family=family).combine("year")[0] == pytest.approx(0.05, abs=0.02)


def test_beta_binomial_of_plain_binomial_years_agrees_with_the_binomial():
    rng = np.random.default_rng(8)
    frame = pd.DataFrame({"year": YEARS, "people": 400, "women": rng.binomial(400, 0.6, YEARS.size)})
    frame["women"] += np.where(YEARS % 2, 25, -25)
    one, other = (
        trends.fit_share_trend(frame, "women", "people", family=f)
        for f in ("beta-binomial", "quasi-binomial")
    )
    assert one.result.params.tolist() == pytest.approx(other.result.params, abs=0.01)
    assert one.result.bse.tolist() == pytest.approx(other.result.bse, rel=0.15)


def test_gap_trend_is_least_squares():
    textbook = stats.linregress(make_gaps()["year"], make_gaps()["gap"])
    trend = trends.fit_gap_trend(make_gaps(), "gap")
    assert trend.combine("year") == pytest.approx((textbook.slope, textbook.stderr))


def test_gap_trend_keeps_a_redesign_apart_from_the_slope():
    gap = 3 - 0.4 * (YEARS - 2012) + 5.0 * (YEARS >= 2014) + 0.01 * (-1.0) ** YEARS
    trend = trends.fit_gap_trend(pd.DataFrame({"year": YEARS, "gap": gap}), "gap", steps=((2014, None),))
    assert trend.combine("year")[0] == pytest.approx(-0.4, abs=0.01)
    assert trend.combine("step_2014")[0] == pytest.approx(5, abs=0.05)


@pytest.mark.parametrize("trend", [trends.fit_count_trend(make_counts(), "persons"), fit_shares()])
def test_prediction_interval_holds_the_confidence_interval(trend):
    line = trend.predict(YEARS)
    order = ["prediction_low", "confidence_low", "mean", "confidence_high", "prediction_high"]
    assert (line[order].diff(axis=1).iloc[:, 1:] > 0).all(axis=None)


def test_share_of_a_coming_year_has_no_prediction_interval_without_trials():
    assert fit_shares().predict([2025])["prediction_low"].isna().all()
    assert fit_shares().predict([2025], trials=np.array([200.0]))["prediction_low"].notna().all()


def test_autocorrelation_is_corrected_for_few_points():
    wave = np.sin(np.arange(18) / 3)
    found = trends.measure_autocorrelation(wave, 16)
    assert found.lag1 == pytest.approx(wave[1:] @ wave[:-1] / (wave @ wave))
    assert found.corrected == pytest.approx(min((found.lag1 + 2 / 18) / (1 - 4 / 18), 0.9))
    found = trends.measure_autocorrelation((-1.0) ** np.arange(12), 10)
    assert (found.corrected, found.widening, found.df) == (0, 1, 10)
    assert trends.fit_count_trend(make_counts().drop(5), "persons", gaps=True).autocorrelation is None


def test_stretches_end_where_a_step_begins():
    line = trends.Line(2012, 2012, ((2020, 2022), (2023, None)))
    assert line.stretches(2002, 2025) == [(2002, 2011, "year"), (2012, 2019, "year + slope_2012")]
    assert list(line.design([2012]))[-2:] == ["step_2020_2022", "step_2023"]


def test_a_fit_that_fails_raises():
    frame = make_shares()
    frame["women"] = frame["people"].where(frame["year"] >= 2012, 0)
    with pytest.raises(RuntimeError, match=r"^women: the fit did not converge"):
        trends.fit_share_trend(frame, "women", "people")
