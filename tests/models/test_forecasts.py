"""Expected sums, naive forecasts and backtests on made series."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from analysis.models import forecasts, trends

YEARS = np.arange(2002, 2020)
RNG = np.random.default_rng(1)
FRAME = pd.DataFrame({"year": YEARS})
FRAME["value"] = np.round(np.exp(7 - 0.05 * (YEARS - 2010) + 0.1 * RNG.standard_normal(YEARS.size)))
TREND = trends.fit_count_trend(FRAME, "value")


def make_known(values, **columns):
    return pd.DataFrame({"year": 2000 + np.arange(len(values)), "value": values, **columns})


def test_sum_of_one_year_is_that_years_prediction():
    line = TREND.predict([2021])[["mean", "prediction_low", "prediction_high"]]
    assert forecasts.expect_sum(TREND, [2021])[:3] == pytest.approx(line.iloc[0].tolist())


def test_interval_of_a_sum_lies_between_quadrature_and_adding():
    years = [2020, 2021, 2022]
    single = np.array([forecasts.expect_sum(TREND, [y]).std_error for y in years])
    together = forecasts.expect_sum(TREND, years).std_error
    assert np.sqrt((single**2).sum()) < together < single.sum()


def test_shares_are_not_added_up():
    frame = FRAME.assign(women=lambda f: np.round(f["value"] * 0.6 + 5 * np.sin(f["year"])))
    trend = trends.fit_share_trend(frame, "women", "value")
    with pytest.raises(ValueError, match=r"^trend: found a quasi-binomial fit"):
        forecasts.expect_sum(trend, [2020])


def test_a_straight_yardstick_has_the_textbook_prediction_interval():
    frame = FRAME.head(8)
    fitted = sm.OLS(frame["value"], sm.add_constant(frame["year"] - 2005)).fit()
    found = forecasts.expect_otherwise(frame["year"], frame["value"], [2011], "straight line")
    line = fitted.get_prediction(np.array([[1.0, 6.0]])).summary_frame(0.05)
    assert found[:3] == pytest.approx(line[["mean", "obs_ci_lower", "obs_ci_upper"]].iloc[0].tolist())


def test_the_last_value_as_yardstick_has_no_interval():
    found = forecasts.expect_otherwise(FRAME["year"], FRAME["value"], [2020, 2021], "last value")
    assert (found.value, found.kind) == (2 * FRAME["value"].iloc[-1], "")
    assert np.isnan(found.low)


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


@pytest.mark.parametrize(
    ("options", "persons"), [({"before": "2026-01-20"}, [35, 32, 26]), ({"keep": "first"}, [35, 30, 26])]
)
def test_a_series_is_restated_as_it_stood(options, persons):
    assert forecasts.restate(IN_USE, RELEASES, "persons", **options)["persons"].tolist() == persons


def test_the_first_release_of_a_year_is_found():
    assert forecasts.find_first_release(RELEASES, 2023) == "2024-01-18"
    assert forecasts.find_first_release(RELEASES, 1999) == ""


def half_widths(table, level):
    return np.log(table[f"high_{level}"] / table["forecast"]).to_numpy()


def test_last_value_is_carried_forward_and_spreads_with_the_root_of_the_horizon():
    values = np.array([100.0, 120.0, 90.0, 110.0])
    table = forecasts.forecast_last_value(make_known(values), 3)
    s = np.sqrt(np.mean(np.diff(np.log(values)) ** 2))
    assert table["forecast"].tolist() == pytest.approx([110] * 3)
    assert half_widths(table, 95) == pytest.approx(stats.t.ppf(0.975, 3) * s * np.sqrt([1, 2, 3]))


def test_the_last_value_leaves_out_changes_across_a_missing_year():
    known = make_known(np.exp([1.0, 1.1, 3.0, 3.1])).assign(year=[2001, 2002, 2004, 2005])
    table = forecasts.forecast_last_value(known, 1)
    assert half_widths(table, 95) == pytest.approx([stats.t.ppf(0.975, 2) * 0.1])


def test_mean_of_three_counts_the_errors_of_each_horizon():
    values = np.array([80.0, 90.0, 100.0, 110.0, 120.0, 115.0, 118.0])
    table = forecasts.forecast_mean_of_three(make_known(values), 2)
    assert table["forecast"].iloc[0] == pytest.approx(stats.gmean(values[-3:]))
    z = np.log(values)
    means = np.array([z[i - 2 : i + 1].mean() for i in range(2, 7)])
    errors = [z[2 + h :] - means[:-h] for h in (1, 2)]
    expected = [stats.t.ppf(0.9, e.size) * np.sqrt(np.mean(e**2)) for e in errors]
    assert half_widths(table, 80) == pytest.approx(expected)


@pytest.mark.parametrize("method", forecasts.NAIVE)
def test_forecasts_of_shares_stay_shares(method):
    known = make_known([0.6, 0.7, 0.95, 0.5, 0.8, 0.9], trials=100.0)
    limits = forecasts.NAIVE[method](known, 3).drop(columns="horizon")
    assert ((limits > 0) & (limits < 1)).all(axis=None)


@pytest.mark.parametrize(("newest", "knows"), [(2013, False), (2014, True)])
def test_a_break_is_used_only_once_two_later_years_are_known(newest, knows):
    known = FRAME[FRAME["year"] <= newest]
    one, other = (forecasts.forecast_line(known, 1, at) for at in (2012, None))
    assert (not one.equals(other)) == knows


def test_backtest_uses_only_what_was_known():
    changed = FRAME.assign(value=FRAME["value"].where(FRAME["year"] <= 2015, FRAME["value"] * 5))
    one, other = (forecasts.backtest(f, forecasts.NAIVE) for f in (FRAME, changed))
    columns, early = ["method", "origin", "horizon", "forecast", "low_95", "high_95"], one["origin"] <= 2015
    pd.testing.assert_frame_equal(one.loc[early, columns], other.loc[early, columns])


def test_backtest_has_the_same_targets_for_every_method():
    table = forecasts.backtest(FRAME, forecasts.NAIVE)
    assert table.groupby("method").size().tolist() == [27] * 3
    assert table["origin"].min() == 2009


def test_interval_score_charges_width_and_misses():
    def method(known, horizons):
        limits = {"low_80": [8.0], "high_80": [12.0], "low_95": [0.0], "high_95": [20.0]}
        return pd.DataFrame({"horizon": [1], "forecast": [10.0], **limits})

    table = forecasts.backtest(make_known([10.0] * 8 + [11.0, 15.0]), {"fixed": method}, horizons=1)
    assert table["score_80"].tolist() == pytest.approx([4, 4 + 2 / 0.2 * 3])
    assert table["hit_80"].tolist() == [True, False]


def test_scores_are_set_beside_the_last_value():
    tested = forecasts.backtest(FRAME, forecasts.NAIVE)
    last = forecasts.score_backtest(tested).query("method == 'last value'")
    assert (last["ratio_to_last_value"] == 1).all()
    assert dict(zip(last["horizon"], last["forecasts"], strict=True)) == {1: 10, 2: 9, 3: 8}
    with pytest.raises(ValueError, match=r"^method: found methods scored on different targets"):
        forecasts.score_backtest(tested.drop(0))
