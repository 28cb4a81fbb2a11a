"""Expected sums, naive forecasts and backtests on made series."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.models import counts, forecasts, trends
from analysis.models.base import Source

YEARS = np.arange(2002, 2020)
RNG = np.random.default_rng(1)
FRAME = pd.DataFrame({"year": YEARS})
FRAME["value"] = np.round(np.exp(7 - 0.05 * (YEARS - 2010) + 0.1 * RNG.standard_normal(YEARS.size)))
TREND = trends.fit_counts(FRAME, "value")


def make_known(values):
    return pd.DataFrame({"year": 2000 + np.arange(len(values)), "value": values})


def test_sum_of_one_year_is_that_years_prediction():
    line = TREND.predict([2021])[["mean", "prediction_low", "prediction_high"]]
    assert counts.expect_sum(TREND, [2021])[:3] == pytest.approx(line.iloc[0].tolist())


def test_interval_of_a_sum_lies_between_quadrature_and_adding():
    years = [2020, 2021, 2022]
    single = np.array([counts.expect_sum(TREND, [y]).std_error for y in years])
    together = counts.expect_sum(TREND, years).std_error
    assert np.sqrt((single**2).sum()) < together < single.sum()


@pytest.mark.parametrize(
    ("name", "expected"), [("last value", 2 * 5.0), ("mean", 2 * 3.0), ("straight line", 6 + 7.0)]
)
def test_yardsticks_carry_on_what_they_are_named_for(name, expected):
    years, values = np.arange(5), np.arange(1.0, 6.0)
    assert counts.YARDSTICKS[name](years, values, [5, 6]) == pytest.approx(expected)


def test_the_usual_change_is_the_textbook_prediction_interval():
    table = pd.DataFrame({"year": np.arange(2002, 2008), "n": [100.0, 110, 90, 200, 210, 190], "sex": "all"})
    fit = counts.usual_change(Source(lambda _: table, "made", "n"), at=2005, less=(2004, 10))
    changes = np.log(table["n"]).diff()[[1, 2, 4, 5]]
    half = stats.t.ppf(0.975, 3) * changes.std() * np.sqrt(1 + 1 / 4)
    found = fit.find("usual_change")
    assert found.ci_high == pytest.approx(100 * np.expm1(changes.mean() + half))
    assert fit.find("jump_2005").value == pytest.approx(100 * np.expm1(np.log(200 / 90) - changes.mean()))
    assert fit.find("plain_change_2005_less_airlift").value == pytest.approx(100 * (200 / 80 - 1))


def test_a_planted_break_is_found_and_its_neighbours_fit_worse():
    years = np.arange(2000, 2020)
    line = np.exp(7 + 0.05 * (years - 2010) - (years >= 2010))
    table = counts.search_break(pd.DataFrame({"year": years, "n": np.round(line)}), "n").set_index("date")
    assert table["excess"].idxmin() == 2010
    assert table["alike"].sum() == 1
    assert table.loc[2010, "jump"] == pytest.approx(100 * np.expm1(-1), abs=0.1)


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
    assert half_widths(forecasts.forecast_last_value(known, 1), 95) == pytest.approx(
        [stats.t.ppf(0.975, 2) * 0.1]
    )


def test_mean_of_three_counts_the_errors_of_each_horizon():
    values = np.array([80.0, 90.0, 100.0, 110.0, 120.0, 115.0, 118.0])
    table = forecasts.forecast_mean_of_three(make_known(values), 2)
    assert table["forecast"].iloc[0] == pytest.approx(stats.gmean(values[-3:]))
    z = np.log(values)
    means = np.array([z[i - 2 : i + 1].mean() for i in range(2, 7)])
    errors = [z[2 + h :] - means[:-h] for h in (1, 2)]
    expected = [stats.t.ppf(0.9, e.size) * np.sqrt(np.mean(e**2)) for e in errors]
    assert half_widths(table, 80) == pytest.approx(expected)


def test_the_line_knows_only_the_last_eight_years():
    changed = FRAME.assign(value=FRAME["value"].where(FRAME["year"] > 2011, 5.0))
    one, other = (forecasts.forecast_line(frame, 3) for frame in (FRAME, changed))
    pd.testing.assert_frame_equal(one, other)
    line = trends.fit_counts(FRAME.tail(8), "value").predict([2020])
    assert one["high_95"].iloc[0] == pytest.approx(line["prediction_high"].item())


def test_backtest_uses_only_what_was_known():
    changed = FRAME.assign(value=FRAME["value"].where(FRAME["year"] <= 2015, FRAME["value"] * 5))
    one, other = (forecasts.backtest(f, forecasts.METHODS) for f in (FRAME, changed))
    columns, early = ["method", "origin", "horizon", "forecast", "low_95", "high_95"], one["origin"] <= 2015
    pd.testing.assert_frame_equal(one.loc[early, columns], other.loc[early, columns])


def test_backtest_has_the_same_targets_for_every_method():
    table = forecasts.backtest(FRAME, forecasts.METHODS)
    assert table.groupby("method").size().tolist() == [27] * 4
    assert table["origin"].min() == 2009


def test_interval_score_charges_width_and_misses():
    def method(known, horizons):
        limits = {"low_80": [8.0], "high_80": [12.0], "low_95": [0.0], "high_95": [20.0]}
        return pd.DataFrame({"horizon": [1], "forecast": [10.0], **limits})

    table = forecasts.backtest(make_known([10.0] * 8 + [11.0, 15.0]), {"fixed": method}, horizons=1)
    assert table["score_80"].tolist() == pytest.approx([4, 4 + 2 / 0.2 * 3])
    assert table["hit_80"].tolist() == [True, False]


def test_scores_are_set_beside_the_last_value():
    scores = forecasts.score_backtest(forecasts.backtest(FRAME, forecasts.METHODS))
    last = scores.query("method == 'last value'")
    assert (last["ratio_to_last_value"] == 1).all()
    assert dict(zip(last["horizon"], last["forecasts"], strict=True)) == {1: 10, 2: 9, 3: 8}
