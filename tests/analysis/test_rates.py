"""Intervals for shares and rates against published or textbook values."""

import numpy as np
import pytest
from scipy import stats

from analysis import rates


def test_wilson_of_zero_is_not_a_point():
    found = rates.estimate_share(0, 20)
    z = stats.norm.ppf(0.975)
    assert (found.value, found.low) == (0, 0)
    assert found.high == pytest.approx(z**2 / (20 + z**2))


def test_wilson_against_newcombe_1998_example():
    # Newcombe (1998), Statistics in Medicine 17:857, table I: 81 of 263, method 3
    found = rates.estimate_share(81, 263)
    assert (found.low, found.high) == pytest.approx((0.2553, 0.3662), abs=5e-5)


def test_clopper_pearson_against_newcombe_1998_example():
    found = rates.estimate_share(15, 148, method="clopper-pearson")
    assert (found.low, found.high) == pytest.approx((0.0578, 0.1617), abs=5e-5)
    assert found.kind == "exact"


def test_difference_against_newcombe_1998_example():
    # Newcombe (1998), Statistics in Medicine 17:873, table II: 56/70 - 48/80, method 10
    found = rates.estimate_share_difference(56, 70, 48, 80)
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_no_event_has_the_known_upper_bound():
    found = rates.estimate_rate(0, 4)
    assert found.low == 0
    assert found.high == pytest.approx(-np.log(0.025) / 4)


def test_rate_limits_are_chi_square_quantiles():
    found = rates.estimate_rate(7, 2)
    expected = stats.chi2.ppf(0.025, 14) / 4, stats.chi2.ppf(0.975, 16) / 4
    assert (found.low, found.high) == pytest.approx(expected)


def test_rate_ratio_limits_invert_the_exact_test():
    found = rates.estimate_rate_ratio(11, 10.0, 4, 12.0)
    share = found.low * 10 / (found.low * 10 + 12)
    assert stats.binom.sf(10, 15, share) == pytest.approx(0.025, abs=1e-6)
    assert found.value == pytest.approx(11 / 10 / (4 / 12))


def test_rate_ratio_with_an_empty_second_period_has_no_upper_limit():
    found = rates.estimate_rate_ratio(5, 8, 0, 5)
    assert found.value == np.inf
    assert found.high == np.inf
    assert found.low > 0


def test_comparison_of_equal_rates_is_no_surprise():
    assert rates.compare_rates(10, 5, 10, 5) == pytest.approx(1)


def test_odds_ratio_is_woolfs():
    found = rates.estimate_odds_ratio(10, 50, 5, 60)
    half = stats.norm.ppf(0.975) * np.sqrt(1 / 10 + 1 / 40 + 1 / 5 + 1 / 55)
    odds = 10 * 55 / (40 * 5)
    assert (found.value, found.low, found.high) == pytest.approx(
        (odds, odds * np.exp(-half), odds * np.exp(half))
    )


def test_design_effect_widens_a_ratio_of_shares():
    plain, wide = (rates.estimate_share_ratio(0.2, 1000, 0.07, 17000, design_effect=d) for d in (1, 2))
    assert plain.value == wide.value == pytest.approx(0.2 / 0.07)
    assert wide.std_error == pytest.approx(plain.std_error * np.sqrt(2))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rates.estimate_share(3, 0), "^n: found 0, expected at least one"),
        (lambda: rates.estimate_share(5, 3), "^cases: found 5, expected between 0 and n = 3"),
        (lambda: rates.estimate_share(np.nan, 3), "^cases: found nan"),
        (lambda: rates.estimate_share(1, 3, method="normal"), "^method: found 'normal'"),
        (lambda: rates.estimate_rate(-1, 3), "^count: found -1"),
        (lambda: rates.estimate_rate(1.5, 3), "^count: found 1.5"),
        (lambda: rates.estimate_rate(1, 0), "^exposure: found 0"),
        (lambda: rates.estimate_rate_ratio(0, 1, 0, 1), "^count: found no event"),
        (lambda: rates.estimate_odds_ratio(0, 5, 2, 5), "^cases: found an empty cell"),
        (lambda: rates.estimate_share_ratio(1.0, 5, 0.5, 5), "^share: found 1.0"),
    ],
)
def test_bad_calls_name_what_was_expected(call, message):
    with pytest.raises(ValueError, match=message):
        call()
