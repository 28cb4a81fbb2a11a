"""Random-effects pooling: known answers."""

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats
from statsmodels.stats.meta_analysis import combine_effects

from analysis.models import pooling

STUDIES = pd.DataFrame(
    {
        "study_label": list("abcdefghijk"),
        "cases_used": [95, 59, 26, 22, 87, 70, 36, 43, 71, 6, 4],
        "n": [170, 200, 500, 146, 383, 300, 294, 639, 177, 65, 30],
        "year": [1999, 2001, 2007, 2008, 2014, 2017, 2016, 2018, 2015, 2005, 2004],
        "setting": ["a"] * 9 + ["b"] * 2,
    }
)
ALIKE = pd.DataFrame({"cases_used": [20, 20, 20], "n": [100, 100, 100]})


def test_paule_mandel_and_knapp_hartung_agree_with_statsmodels():
    pool = pooling.pool_shares(STUDIES)
    found = combine_effects(
        pool.logits, pool.variances, method_re="iterated", use_t=True, atol=1e-8, maxiter=200
    )
    assert pool.tau2 == pytest.approx(found.tau2, rel=1e-6)
    assert pool.mean == pytest.approx(found.mean_effect_re)
    assert pool.limits() == pytest.approx(tuple(found.conf_int()[3]), rel=1e-6)


def test_reml_is_at_the_top_of_its_likelihood():
    pool = pooling.pool_shares(STUDIES, estimator="reml")

    def likelihood(tau2):
        w = 1 / (pool.variances + tau2)
        mean = w @ pool.logits / w.sum()
        return 0.5 * (np.log(w).sum() - np.log(w.sum()) - w @ (pool.logits - mean) ** 2)

    assert likelihood(pool.tau2) > max(likelihood(pool.tau2 * 1.001), likelihood(pool.tau2 * 0.999))


def test_dersimonian_laird_is_the_textbook_formula():
    pool = pooling.pool_shares(STUDIES, estimator="dersimonian-laird")
    w = 1 / pool.variances
    assert pool.tau2 == pytest.approx((pool.q - 10) / (w.sum() - (w**2).sum() / w.sum()))


@pytest.mark.parametrize("estimator", pooling.ESTIMATORS)
def test_equal_studies_pool_to_their_common_share(estimator):
    pool = pooling.pool_shares(ALIKE, estimator=estimator)
    assert pool.tau2 == 0
    assert pool.describe()["share_pct"] == pytest.approx(20)


def test_prediction_interval_adds_the_variance_between_studies():
    pool = pooling.pool_shares(STUDIES)
    error = (pool.limits()[1] - pool.mean) / stats.t.ppf(0.975, 10)
    half = stats.t.ppf(0.975, 10) * np.sqrt(pool.tau2 + error**2)
    assert pool.limits("prediction") == pytest.approx((pool.mean - half, pool.mean + half))


def test_leaving_one_out_gives_a_row_per_study():
    table = pooling.leave_one_out(STUDIES, {})
    assert list(table["left_out"]) == list(STUDIES["study_label"])
    alone = pooling.pool_shares(STUDIES.drop(0)).mean
    assert table["share_pct"].iloc[0] == pytest.approx(100 * special.expit(alone))


def test_small_subgroups_are_counted_and_not_pooled():
    table = pooling.pool_subgroups(STUDIES, ["setting"], {}).set_index("group")
    assert table["studies"].to_dict() == {"a": 9, "b": 2}
    assert table["share_pct"].notna().to_dict() == {"a": True, "b": False}


def test_regression_finds_a_planted_slope():
    rng = np.random.default_rng(5)
    x = np.arange(40.0)
    share = special.expit(-2 + 0.05 * x + 0.1 * rng.standard_normal(40))
    frame = pd.DataFrame({"cases_used": rng.binomial(500, share), "n": 500, "x": x})
    low, high = pooling.pool_shares(frame, covariate="x", estimator="reml").result.conf_int()[1]
    assert low < 0.05 < high
    assert low > 0
