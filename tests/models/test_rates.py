"""Intervals for shares and rates against published or textbook values."""

import numpy as np
import pytest
from scipy import stats

from analysis import shares
from analysis.models import fit, rates


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


def test_design_effect_widens_a_ratio_of_shares():
    plain, wide = (shares.estimate_share_ratio(0.2, 1000, 0.07, 17000, design_effect=d) for d in (1, 2))
    assert plain.value == wide.value == pytest.approx(0.2 / 0.07)
    assert np.log(wide.high / wide.value) == pytest.approx(np.log(plain.high / plain.value) * np.sqrt(2))


def test_two_surveys_of_a_year_are_compared_by_newcombe():
    pairs = fit("survey_pairs").table("pairs").set_index(["indicator", "year"])
    row = pairs.loc[("employment_rate", 2011)]
    found = rates.estimate_share_difference(0.411 * 394, 394, 0.497 * 8299, 8299)
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((100 * found.low, 100 * found.high))
    assert row["difference"] == pytest.approx(-8.6)


def test_a_payment_is_deflated_and_divided_by_the_wage_of_july():
    value = fit("payment_value")
    assert value.get("hours_2004").value == pytest.approx(value.get("nominal_2004").value / 2510)
