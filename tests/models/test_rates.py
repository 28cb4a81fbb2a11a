"""Intervals for shares and rates against published or textbook values."""

import numpy as np
import pytest
from scipy import stats

from analysis.models import rates


@pytest.mark.parametrize(
    ("found", "low", "high"),
    [
        # Newcombe (1998), Statistics in Medicine 17: 857, table I, and 873, table II
        (rates.estimate_share(81, 263), 0.2553, 0.3662),
        (rates.estimate_share(15, 148, method="clopper-pearson"), 0.0578, 0.1617),
        (rates.estimate_share_difference(56, 70, 48, 80), 0.0524, 0.3339),
    ],
)
def test_published_examples(found, low, high):
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_wilson_of_zero_is_not_a_point():
    found, z = rates.estimate_share(0, 20), stats.norm.ppf(0.975)
    assert (found.value, found.low) == (0, 0)
    assert found.high == pytest.approx(z**2 / (20 + z**2))


def test_no_event_has_the_known_upper_bound():
    found = rates.estimate_rate(0, 4)
    assert (found.low, found.high) == (0, pytest.approx(-np.log(0.025) / 4))


def test_rate_ratio_limits_invert_the_exact_test():
    found = rates.estimate_rate_ratio(11, 10.0, 4, 12.0)
    share = found.low * 10 / (found.low * 10 + 12)
    assert stats.binom.sf(10, 15, share) == pytest.approx(0.025, abs=1e-6)
    assert found.value == pytest.approx(11 / 10 / (4 / 12))


def test_rate_ratio_with_an_empty_second_period_has_no_upper_limit():
    found = rates.estimate_rate_ratio(5, 8, 0, 5)
    assert (found.value, found.high) == (np.inf, np.inf)
    assert found.low > 0


def test_design_effect_widens_a_ratio_of_shares():
    plain, wide = (rates.estimate_share_ratio(0.2, 1000, 0.07, 17000, design_effect=d) for d in (1, 2))
    assert plain.value == wide.value == pytest.approx(0.2 / 0.07)
    assert np.log(wide.high / wide.value) == pytest.approx(np.log(plain.high / plain.value) * np.sqrt(2))
