"""Projections, naive forecasts and backtests on made series."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from analysis import projections, trends

YEARS = np.arange(2002, 2020)


def make_frame(noise=0.1, seed=1):
    rng = np.random.default_rng(seed)
    persons = np.round(np.exp(7 - 0.05 * (YEARS - 2010) + noise * rng.standard_normal(YEARS.size)))
    return pd.DataFrame({"year": YEARS, "persons": persons})


def test_sum_of_one_year_is_that_years_prediction():
    trend = trends.fit_count_trend(make_frame(), "persons")
    one = projections.expect_sum(trend, [2021])
    line = trend.predict(np.array([2021]))
    assert (one.value, one.low, one.high) == pytest.approx(
        (line["mean"].item(), line["prediction_low"].item(), line["prediction_high"].item())
    )


def test_interval_of_a_sum_lies_between_quadrature_and_adding():
    trend = trends.fit_count_trend(make_frame(), "persons")
    years = [2020, 2021, 2022]
    single = np.array([projections.expect_sum(trend, [y]).std_error for y in years])
    together = projections.expect_sum(trend, years).std_error
    assert np.sqrt((single**2).sum()) < together < single.sum()


def test_missing_is_expected_less_observed():
    trend = trends.fit_count_trend(make_frame(), "persons")
    expected = projections.expect_sum(trend, [2020, 2021])
    lost = projections.count_missing(expected, [2020, 2021], [100, 50])
    assert (lost.value, lost.low, lost.high) == pytest.approx(
        (expected.value - 150, expected.low - 150, expected.high - 150)
    )
    assert lost.kind == "prediction"


def test_missing_needs_a_count_a_year():
    trend = trends.fit_count_trend(make_frame(), "persons")
    with pytest.raises(ValueError, match=r"^observed: found 1 values, expected 2"):
        projections.count_missing(projections.expect_sum(trend, [2020, 2021]), [2020, 2021], [100])


def test_a_straight_yardstick_has_the_textbook_prediction_interval():
    frame = make_frame().head(8)
    fitted = sm.OLS(frame["persons"], sm.add_constant(frame["year"] - 2005)).fit()
    one = projections.expect_otherwise(frame["year"], frame["persons"], [2011], "straight line")
    line = fitted.get_prediction(np.array([[1.0, 6.0]])).summary_frame(0.05)
    assert (one.value, one.low, one.high) == pytest.approx(
        (line["mean"].item(), line["obs_ci_lower"].item(), line["obs_ci_upper"].item())
    )


def test_the_last_value_as_yardstick_has_no_interval():
    frame = make_frame().head(8)
    found = projections.expect_otherwise(frame["year"], frame["persons"], [2010, 2011], "last value")
    assert found.value == 2 * frame["persons"].iloc[-1]
    assert np.isnan(found.low)
    assert found.kind == ""
    with pytest.raises(ValueError, match=r"^yardstick: found 'mean'"):
        projections.expect_otherwise(frame["year"], frame["persons"], [2010], "mean")


RELEASES = pd.DataFrame(
    [
        (2023, "male", "2024-01-18", "press", 30),
        (2023, "male", "2025-02-04", "current", 32),
        (2023, "male", "2026-01-20", "press", 33),
        (2023, "male", "2020", "article", 99),
        (2023, "male", "undated", "current", 99),
        (2024, "male", "2026-01-20", "current", 26),
    ],
    columns=["year", "sex", "vintage", "role", "persons"],
)
IN_USE = pd.DataFrame({"year": [2022, 2023, 2024], "sex": "male", "persons": [35, 34, 26]})


def test_a_series_is_restated_as_it_stood():
    then = projections.restate(IN_USE, RELEASES, "persons", before="2026-01-20")
    assert then["persons"].tolist() == [35, 32, 26]
    assert projections.restate(IN_USE, RELEASES, "persons", keep="first")["persons"].tolist() == [35, 30, 26]
    assert IN_USE["persons"].tolist() == [35, 34, 26]


def test_the_first_release_of_a_year_is_found():
    assert projections.find_first_release(RELEASES, 2023) == "2024-01-18"
    assert projections.find_first_release(RELEASES, 1999) == ""


def test_the_last_value_leaves_out_changes_across_a_missing_year():
    years, values = np.array([2001.0, 2002, 2004, 2005]), np.exp(np.array([1.0, 1.1, 3.0, 3.1]))
    table = projections.forecast_last_value(years, values, 1, (0.95,))
    half = np.log(table["high_95"].item() / table["forecast"].item())
    assert half == pytest.approx(stats.t.ppf(0.975, 2) * 0.1)


def test_shares_are_not_added_up():
    frame = make_frame().assign(women=lambda f: np.round(f["persons"] * 0.6 + 5 * np.sin(f["year"])))
    trend = trends.fit_share_trend(frame, "women", "persons")
    with pytest.raises(ValueError, match=r"^trend: found a quasi-binomial fit"):
        projections.expect_sum(trend, [2020])


def test_last_value_is_carried_forward_and_spreads_with_the_root_of_the_horizon():
    values = np.array([100.0, 120.0, 90.0, 110.0])
    table = projections.forecast_last_value(YEARS[:4], values, 3, (0.95,))
    assert list(table["forecast"]) == pytest.approx([110] * 3)
    widths = np.log(table["high_95"] / table["forecast"])
    assert widths.iloc[2] / widths.iloc[0] == pytest.approx(np.sqrt(3))
    s = np.sqrt(np.mean(np.diff(np.log(values)) ** 2))
    assert widths.iloc[0] == pytest.approx(stats.t.ppf(0.975, 3) * s)


def test_drift_moves_by_the_mean_change():
    values = 100 * 1.1 ** np.arange(5) * np.array([1, 1.01, 1, 0.99, 1])
    table = projections.forecast_drift(YEARS[:5], values, 2, (0.8,))
    assert table["forecast"].iloc[1] / values[-1] == pytest.approx((values[-1] / values[0]) ** (2 / 4))


def test_mean_of_three_is_geometric_on_the_log_scale():
    values = np.array([80.0, 90.0, 100.0, 110.0, 120.0, 115.0, 118.0])
    table = projections.forecast_mean_of_three(YEARS[:7], values, 2, (0.8,))
    assert table["forecast"].iloc[0] == pytest.approx(stats.gmean(values[-3:]))


def test_mean_of_three_counts_the_errors_of_each_horizon():
    values = np.array([80.0, 90.0, 100.0, 110.0, 120.0, 115.0, 118.0])
    table = projections.forecast_mean_of_three(YEARS[:7], values, 2, (0.8,))
    z = np.log(values)
    means = np.array([z[i - 2 : i + 1].mean() for i in range(2, 7)])
    for h in (1, 2):
        errors = z[2 + h :] - means[:-h]
        half = stats.t.ppf(0.9, errors.size) * np.sqrt(np.mean(errors**2))
        assert np.log(table["high_80"] / table["forecast"]).iloc[h - 1] == pytest.approx(half)


def test_forecasts_of_shares_stay_shares():
    values = np.array([0.6, 0.7, 0.95, 0.5, 0.8, 0.9])
    for method in projections.NAIVE.values():
        table = method(YEARS[:6], values, 3, (0.95,), trials=np.full(6, 100.0))
        assert ((table.drop(columns="horizon") > 0) & (table.drop(columns="horizon") < 1)).all(axis=None)


def test_a_break_is_known_only_two_years_later():
    assert projections.know_breaks((2012, 2020), 2013) == ()
    assert projections.know_breaks((2012, 2020), 2014) == (2012,)
    assert projections.know_breaks((2012, 2020), 2022) == (2012, 2020)


def naive_methods():
    return {
        name: lambda known, h, levels, f=f: f(
            known["year"].to_numpy(), known["persons"].to_numpy(), h, levels
        )
        for name, f in projections.NAIVE.items()
    }


def test_backtest_uses_only_what_was_known():
    frame = make_frame()
    changed = frame.copy()
    changed.loc[changed["year"] > 2015, "persons"] *= 5
    one, other = (projections.backtest(f, "persons", naive_methods()) for f in (frame, changed))
    columns = ["method", "origin", "horizon", "forecast", "low_95", "high_95"]
    early = one["origin"] <= 2015
    pd.testing.assert_frame_equal(one.loc[early, columns], other.loc[early, columns])


def test_backtest_has_the_same_targets_for_every_method():
    table = projections.backtest(make_frame(), "persons", naive_methods())
    assert len(set(table.groupby("method").size())) == 1
    assert table["origin"].min() == 2009
    assert len(table) == 3 * (10 + 9 + 8)


def test_interval_score_charges_width_and_misses():
    def method(known, horizons, levels):
        return pd.DataFrame({"horizon": [1], "forecast": [10.0], "low_80": [8.0], "high_80": [12.0]})

    frame = pd.DataFrame({"year": np.arange(2000, 2010), "persons": [10.0] * 8 + [11.0, 15.0]})
    table = projections.backtest(frame, "persons", {"fixed": method}, horizons=1, levels=(0.8,))
    assert list(table["score_80"]) == pytest.approx([4, 4 + 2 / 0.2 * 3])
    assert list(table["hit_80"]) == [True, False]


def test_scores_are_set_beside_the_last_value():
    table = projections.score_backtest(projections.backtest(make_frame(), "persons", naive_methods()))
    last = table.loc[table["method"] == "last value"]
    assert (last["ratio_to_last_value"] == 1).all()
    assert (last["forecasts"].tolist(), last["horizon"].tolist()) == ([10, 9, 8], [1, 2, 3])
    overall = projections.score_backtest(
        projections.backtest(make_frame(), "persons", naive_methods()), ("method",)
    )
    assert overall["forecasts"].tolist() == [27] * 3


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (make_frame().head(8), "^persons: found 8 points, expected at least 9"),
        (make_frame().drop(4), "^year: 2006 missing"),
        (make_frame().drop(columns="persons"), "^persons: no such column"),
    ],
)
def test_bad_backtests_are_refused(frame, message):
    with pytest.raises(ValueError, match=message):
        projections.backtest(frame, "persons", naive_methods())


def test_zero_has_no_logarithm():
    with pytest.raises(ValueError, match=r"^values: found zero"):
        projections.forecast_drift(YEARS[:3], np.array([1.0, 0.0, 2.0]), 1, (0.8,))
