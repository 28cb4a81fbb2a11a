"""Random-effects pooling: known answers, limits, and refusals."""

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats

from analysis import meta

STUDIES = pd.DataFrame(
    {
        "study": list("abcdefghijk"),
        "cases": [95, 59, 26, 22, 87, 70, 36, 43, 71, 6, 4],
        "n": [170, 200, 500, 146, 383, 300, 294, 639, 177, 65, 30],
        "year": [1999, 2001, 2007, 2008, 2014, 2017, 2016, 2018, 2015, 2005, 2004],
        "setting": ["a"] * 7 + ["b"] * 4,
    }
)


def test_paule_mandel_solves_its_equation():
    pool = meta.pool_shares(STUDIES, "cases", "n")
    weights = 1 / (pool.variances + pool.tau2)
    assert weights @ (pool.logits - pool.mean) ** 2 == pytest.approx(10)


def test_reml_is_at_the_top_of_its_likelihood():
    y, v = meta.make_logits(STUDIES, "cases", "n")

    def likelihood(tau2):
        w = 1 / (v + tau2)
        mean = w @ y / w.sum()
        return 0.5 * (np.log(w).sum() - np.log(w.sum()) - w @ (y - mean) ** 2)

    tau2 = meta.pool_shares(STUDIES, "cases", "n", estimator="reml").tau2
    assert likelihood(tau2) > max(likelihood(tau2 * 1.001), likelihood(tau2 * 0.999))


def test_dersimonian_laird_is_the_textbook_formula_and_never_negative():
    y, v = meta.make_logits(STUDIES, "cases", "n")
    w = 1 / v
    q = w @ (y - w @ y / w.sum()) ** 2
    pool = meta.pool_shares(STUDIES, "cases", "n", estimator="dersimonian-laird")
    assert pool.tau2 == pytest.approx((q - 10) / (w.sum() - (w**2).sum() / w.sum()))
    alike = pd.DataFrame({"cases": [20, 20, 20], "n": [100, 100, 100]})
    for estimator in meta.ESTIMATORS:
        assert meta.pool_shares(alike, "cases", "n", estimator=estimator).tau2 == 0


def test_equal_studies_pool_to_their_common_share():
    same = pd.DataFrame({"cases": [30, 60, 15], "n": [100, 200, 50]})
    assert meta.pool_shares(same, "cases", "n").share == pytest.approx(0.3)


def test_knapp_hartung_interval_uses_t_with_k_minus_one():
    pool = meta.pool_shares(STUDIES, "cases", "n")
    half = stats.t.ppf(0.975, 10) * pool.std_error
    assert pool.confidence() == pytest.approx(
        (special.expit(pool.mean - half), special.expit(pool.mean + half))
    )


def test_prediction_interval_holds_the_confidence_interval():
    pool = meta.pool_shares(STUDIES, "cases", "n")
    (low, high), (new_low, new_high) = pool.confidence(), pool.prediction()
    assert new_low < low < pool.share < high < new_high


def test_leaving_one_out_gives_a_row_a_study():
    table = meta.leave_one_out(STUDIES, "cases", "n", "study")
    assert list(table["left_out"]) == list(STUDIES["study"])
    alone = meta.pool_shares(STUDIES.drop(0), "cases", "n")
    assert table["share"].iloc[0] == pytest.approx(alone.share)


def test_small_subgroups_are_counted_and_not_pooled():
    frame = STUDIES.assign(setting=["a"] * 9 + ["b"] * 2)
    table = meta.pool_subgroups(frame, "cases", "n", "setting").set_index("group")
    assert table.loc["b", "studies"] == 2
    assert np.isnan(table.loc["b", "share"])
    assert 0 < table.loc["a", "share"] < 1


def test_regression_needs_ten_cohorts():
    with pytest.raises(ValueError, match=r"^year: found 9 points, expected at least 10"):
        meta.regress_shares(STUDIES.head(9), "cases", "n", "year")


def test_regression_finds_a_planted_slope():
    rng = np.random.default_rng(5)
    x = np.arange(40.0)
    share = special.expit(-2 + 0.05 * x + 0.1 * rng.standard_normal(40))
    frame = pd.DataFrame({"cases": rng.binomial(500, share), "n": 500, "x": x})
    found = meta.regress_shares(frame, "cases", "n", "x")
    assert found.low < 0.05 < found.high
    assert found.p_value < 0.001


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n": 0, "cases": 0}, "^n: found zero"),
        ({"cases": 0}, "^cases: found a study with no case"),
        ({"cases": [np.nan] + [5] * 10}, "^cases: found 1 missing"),
    ],
)
def test_bad_studies_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        meta.pool_shares(STUDIES.assign(**change), "cases", "n")


def test_bad_calls_name_the_column():
    with pytest.raises(ValueError, match=r"^people: no such column"):
        meta.pool_shares(STUDIES, "cases", "people")
    with pytest.raises(ValueError, match=r"^cases: found 2 points, expected at least 3"):
        meta.pool_shares(STUDIES.head(2), "cases", "n")
    with pytest.raises(ValueError, match=r"^estimator: found 'ml'"):
        meta.pool_shares(STUDIES, "cases", "n", estimator="ml")
    with pytest.raises(ValueError, match=r"^place: no such column"):
        meta.pool_subgroups(STUDIES, "cases", "n", "place")
    with pytest.raises(ValueError, match=r"^x: found one value"):
        meta.regress_shares(STUDIES.assign(x=1), "cases", "n", "x")
