"""Trends recover what was put in, agree with textbook formulas, and refuse what they cannot fit."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis import trends

YEARS = np.arange(2002, 2022)


def make_counts(slope=0.1, level=0.0, noise=0.0, seed=1):
    line = 6 + slope * (YEARS - 2012) + level * (YEARS >= 2012)
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {"year": YEARS, "persons": np.round(np.exp(line + noise * rng.standard_normal(YEARS.size)))}
    )


def make_shares(seed=2):
    rng = np.random.default_rng(seed)
    trials = rng.integers(50, 3000, YEARS.size)
    share = 1 / (1 + np.exp(-(1 + 0.05 * (YEARS - 2012) + 0.1 * rng.standard_normal(YEARS.size))))
    return pd.DataFrame({"year": YEARS, "women": rng.binomial(trials, share), "people": trials})


def test_count_trend_recovers_slope_and_jump():
    trend = trends.fit_count_trend(make_counts(level=-0.5, noise=0.001), "persons", breaks=(2012,))
    assert dict(zip(trend.mean.terms, trend.params, strict=True)) == pytest.approx(
        {"constant": 6, "year": 0.1, "level_2012": -0.5, "slope_2012": 0}, abs=0.005
    )


def test_level_term_is_the_jump_in_the_year_of_the_break():
    trend = trends.fit_count_trend(make_counts(level=-0.5, noise=0.1), "persons", breaks=(2012,))
    at = trend.predict(np.array([2012]))["mean"].item()
    before = np.exp(trend.combine({"constant": 1})[0])
    assert np.log(at / before) == pytest.approx(trend.combine({"level_2012": 1})[0])


def test_centring_does_not_change_the_line():
    frame = make_counts(noise=0.2)
    one, other = (trends.fit_count_trend(frame, "persons", centre=c) for c in (2002, 2015))
    pd.testing.assert_frame_equal(one.predict(YEARS), other.predict(YEARS))


def test_quasi_poisson_scales_poisson_errors_by_the_dispersion():
    frame = make_counts(noise=0.2)
    plain, quasi = (trends.fit_count_trend(frame, "persons", family=f) for f in ("poisson", "quasi-poisson"))
    assert quasi.std_errors == pytest.approx(plain.std_errors * np.sqrt(quasi.dispersion))
    assert quasi.dispersion > 1.5


def test_dispersion_is_pearson_over_degrees_of_freedom():
    trend = trends.fit_count_trend(make_counts(noise=0.2), "persons")
    pearson = np.sum((trend.observed - trend.fitted) ** 2 / trend.fitted)
    assert trend.dispersion == pytest.approx(pearson / 18)
    assert np.sum(trend.pearson**2) == pytest.approx(18)


def test_leverages_add_up_to_the_number_of_terms():
    trend = trends.fit_count_trend(make_counts(noise=0.2), "persons", breaks=(2012,))
    assert trend.leverage.sum() == pytest.approx(4)
    share = trends.fit_share_trend(make_shares(), "women", "people")
    assert share.leverage.sum() == pytest.approx(2)


def test_exposure_of_a_part_year_is_used():
    frame = make_counts(noise=0.05).assign(part=1.0)
    frame.loc[19, ["persons", "part"]] = [frame.loc[19, "persons"] // 2, 0.5]
    trend = trends.fit_count_trend(frame, "persons", exposure="part")
    assert trend.combine({"year": 1})[0] == pytest.approx(0.1, abs=0.01)


def test_negative_binomial_maximises_its_likelihood():
    frame = make_counts(noise=0.3)
    trend = trends.fit_count_trend(frame, "persons", family="negative-binomial")

    def likelihood(alpha):
        p = 1 / (1 + alpha * trend.fitted)
        return stats.nbinom.logpmf(trend.observed, 1 / alpha, p).sum()

    alpha = trend.extra["alpha"]
    assert likelihood(alpha) > max(likelihood(alpha * 1.01), likelihood(alpha / 1.01))


def test_negative_binomial_without_spare_variance_is_refused():
    with pytest.raises(ValueError, match=r"^persons: no more scatter than chance"):
        trends.fit_count_trend(make_counts(), "persons", family="negative-binomial")


def test_share_trend_uses_trials_as_weights():
    frame = make_shares()
    trend = trends.fit_share_trend(frame, "women", "people")
    pearson = (frame["women"] / frame["people"] - trend.fitted) ** 2 * frame["people"]
    assert trend.dispersion == pytest.approx(
        float((pearson / (trend.fitted * (1 - trend.fitted))).sum() / 18)
    )
    assert trend.fitted @ frame["people"] == pytest.approx(frame["women"].sum())


def test_unweighted_and_beta_binomial_lie_near_the_weighted_slope():
    slopes = [
        trends.fit_share_trend(make_shares(), "women", "people", family=family).combine({"year": 1})[0]
        for family in ("quasi-binomial", "unweighted", "beta-binomial")
    ]
    assert slopes == pytest.approx([0.05] * 3, abs=0.02)


def test_beta_binomial_of_plain_binomial_years_agrees_with_the_binomial():
    rng = np.random.default_rng(8)
    frame = pd.DataFrame({"year": YEARS, "people": 400, "women": rng.binomial(400, 0.6, YEARS.size)})
    frame["women"] += np.where(YEARS % 2, 25, -25)
    one = trends.fit_share_trend(frame, "women", "people", family="beta-binomial")
    other = trends.fit_share_trend(frame, "women", "people")
    assert one.params == pytest.approx(other.params, abs=0.01)
    assert one.std_errors == pytest.approx(other.std_errors, rel=0.15)


def test_gap_trend_is_least_squares():
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"year": YEARS, "gap": 3 - 0.4 * (YEARS - 2012) + rng.standard_normal(YEARS.size)})
    trend = trends.fit_gap_trend(frame, "gap")
    textbook = stats.linregress(frame["year"], frame["gap"])
    assert trend.combine({"year": 1}) == pytest.approx((textbook.slope, textbook.stderr))


def test_gap_trend_keeps_a_redesign_apart_from_the_slope():
    gap = 3 - 0.4 * (YEARS - 2012) + 5.0 * (YEARS >= 2014) + 0.01 * (-1.0) ** YEARS
    frame = pd.DataFrame({"year": YEARS, "gap": gap})
    trend = trends.fit_gap_trend(frame, "gap", steps=((2014, None),))
    assert trend.combine({"year": 1})[0] == pytest.approx(-0.4, abs=0.01)
    assert trend.combine({"step_2014": 1})[0] == pytest.approx(5, abs=0.05)


def test_prediction_interval_is_wider_than_the_confidence_interval():
    for trend in (
        trends.fit_count_trend(make_counts(noise=0.2), "persons"),
        trends.fit_share_trend(make_shares(), "women", "people"),
    ):
        line = trend.predict(YEARS)
        assert (line["prediction_low"] < line["confidence_low"]).all()
        assert (line["prediction_high"] > line["confidence_high"]).all()
        assert ((line["confidence_low"] < line["mean"]) & (line["mean"] < line["confidence_high"])).all()


def test_gap_prediction_interval_is_the_textbook_one():
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"year": YEARS, "gap": rng.standard_normal(YEARS.size)})
    trend = trends.fit_gap_trend(frame, "gap", centre=2012)
    line = trend.predict(np.array([2025]))
    x = np.array([1, 13])
    half = stats.t.ppf(0.975, 18) * np.sqrt(x @ trend.covariance @ x + trend.dispersion)
    assert line["prediction_high"].item() - line["mean"].item() == pytest.approx(half)


def test_share_of_a_coming_year_has_no_prediction_interval_without_trials():
    trend = trends.fit_share_trend(make_shares(), "women", "people")
    assert trend.predict(np.array([2025]))["prediction_low"].isna().all()
    assert trend.predict(np.array([2025]), trials=np.array([200.0]))["prediction_low"].notna().all()


def test_autocorrelation_is_corrected_for_few_points():
    wave = np.sin(np.arange(18) / 3)
    found = trends.measure_autocorrelation(wave, 16)
    assert found.lag1 == pytest.approx(wave[1:] @ wave[:-1] / (wave @ wave))
    assert found.corrected == pytest.approx(min((found.lag1 + 2 / 18) / (1 - 4 / 18), 0.9))
    assert found.widening == pytest.approx(np.sqrt((1 + found.corrected) / (1 - found.corrected)))
    assert found.df < 16


def test_negative_autocorrelation_does_not_narrow_an_interval():
    found = trends.measure_autocorrelation((-1.0) ** np.arange(12), 10)
    assert (found.corrected, found.widening, found.df) == (0, 1, 10)


def test_no_autocorrelation_across_missing_years():
    trend = trends.fit_count_trend(make_counts(noise=0.2).drop(5), "persons", gaps=True)
    assert trend.autocorrelation is None


def test_nested_models_are_compared_by_deviance_over_the_larger_dispersion():
    frame = make_counts(level=-0.5, noise=0.1)
    small, large = (trends.fit_count_trend(frame, "persons", breaks=b, centre=2012) for b in ((), (2012,)))
    statistic, between, df, p_value = trends.compare_nested(small, large)
    drop = small.extra["deviance"] - large.extra["deviance"]
    assert (between, df) == (2, 16)
    assert statistic == pytest.approx(drop / 2 / large.dispersion)
    assert p_value < 0.001
    with pytest.raises(ValueError, match=r"^models: "):
        trends.compare_nested(large, small)


def test_stretches_end_where_a_step_begins():
    mean = trends.Mean(2012, (2012,), ((2020, 2022), (2023, None)))
    assert [(a, b) for a, b, _ in mean.split(2002, 2025)] == [(2002, 2011), (2012, 2019)]
    assert mean.terms[-2:] == ("step_2020_2022", "step_2023")


def test_inputs_are_not_changed():
    frame = make_counts(noise=0.2)
    before = frame.copy()
    trends.fit_count_trend(frame, "persons", breaks=(2012,))
    pd.testing.assert_frame_equal(frame, before)


BAD_COUNTS = {
    "unknown column": (make_counts(), "people", {}, "^people: no such column"),
    "too few points": (make_counts().head(2), "persons", {}, "^persons: found 2 points, expected at least 3"),
    "too few for breaks": (make_counts().head(5), "persons", {"breaks": (2004,)}, "^persons: found 5 points"),
    "all zero": (make_counts().assign(persons=0), "persons", {}, "^persons: found only zeroes"),
    "a step of zeroes": (
        make_counts().assign(persons=lambda f: f["persons"].where(f["year"] < 2019, 0)),
        "persons",
        {"steps": ((2019, None),)},
        "^persons: found only zeroes from 2019",
    ),
    "year missing": (make_counts().drop(3), "persons", {}, "^year: 2005 missing"),
    "not a number": (
        make_counts().assign(persons=lambda f: f["persons"].where(f["year"] > 2003)),
        "persons",
        {},
        "^persons: found 2 missing",
    ),
    "break outside": (
        make_counts(),
        "persons",
        {"breaks": (2030,)},
        "^persons: the years 2002-2021 cannot tell",
    ),
    "unknown family": (make_counts(), "persons", {"family": "normal"}, "^family: found 'normal'"),
    "zero exposure": (make_counts().assign(part=0), "persons", {"exposure": "part"}, "^part: found zero"),
}


@pytest.mark.parametrize("case", BAD_COUNTS)
def test_bad_count_calls_name_the_column(case):
    frame, outcome, options, message = BAD_COUNTS[case]
    with pytest.raises(ValueError, match=message):
        trends.fit_count_trend(frame, outcome, **options)


BAD_SHARES = {
    "zero trials": ({"people": 0, "women": 0}, "^people: found zero in 2002"),
    "more events than trials": ({"women": 9999}, "^women: found more than people in 2002"),
    "nobody": ({"women": 0}, "^women: found none or all of people"),
    "everybody": ({"women": make_shares()["people"]}, "^women: found none or all of people"),
}


@pytest.mark.parametrize("case", BAD_SHARES)
def test_bad_share_calls_name_the_column(case):
    values, message = BAD_SHARES[case]
    with pytest.raises(ValueError, match=message):
        trends.fit_share_trend(make_shares().assign(**values), "women", "people")


def test_a_fit_that_fails_raises():
    frame = make_shares()
    frame["women"] = frame["people"].where(frame["year"] >= 2012, 0)
    with pytest.raises(RuntimeError, match=r"^women: the fit did not converge"):
        trends.fit_share_trend(frame, "women", "people")


def test_a_perfect_line_has_no_interval():
    frame = pd.DataFrame({"year": YEARS, "gap": 2.0 * np.zeros(YEARS.size)})
    with pytest.raises(ValueError, match=r"^gap: the line passes through every point"):
        trends.fit_gap_trend(frame, "gap")


def test_an_unknown_term_is_named():
    trend = trends.fit_count_trend(make_counts(noise=0.1), "persons")
    with pytest.raises(ValueError, match=r"^term: found 'level_2012', expected one of constant, year$"):
        trend.combine({"level_2012": 1})
