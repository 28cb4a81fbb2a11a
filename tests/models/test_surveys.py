"""Pooled studies against formulas of their own, and survey figures put side by side."""

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, special, stats

from analysis.models import fit, surveys
from analysis.models.base import Source

STUDIES = pd.DataFrame(
    {
        "study_label": [f"study {i}" for i in range(11)],
        "cases_used": [18, 30, 61, 25, 60, 80, 31, 40, 22, 70, 15.0],
        "n": [170, 65, 200, 383, 146, 177, 639, 300, 30, 500, 108.0],
    }
)
ALIKE = STUDIES.assign(cases_used=STUDIES["n"] * 0.2)


def test_the_variance_between_studies_is_paule_and_mandels():
    pool = surveys.pool_shares(STUDIES)

    def excess(tau2):
        w = 1 / (pool.variances + tau2)
        return w @ (pool.logits - w @ pool.logits / w.sum()) ** 2 - 10

    assert pool.tau2 == pytest.approx(optimize.brentq(excess, 0, 20, xtol=1e-14), abs=1e-7)


def test_the_error_is_knapp_and_hartungs():
    pool = surveys.pool_shares(STUDIES)
    w = 1 / (pool.variances + pool.tau2)
    error = np.sqrt(np.sum(w * (pool.logits - pool.mean) ** 2) / 10 / w.sum())
    assert pool.half() == pytest.approx(stats.t.ppf(0.975, 10) * error)
    assert pool.half("prediction") == pytest.approx(stats.t.ppf(0.975, 10) * np.sqrt(pool.tau2 + error**2))


def test_equal_studies_pool_to_their_common_share():
    pool = surveys.pool_shares(ALIKE)
    assert pool.tau2 == 0
    assert pool.describe()["share_pct"] == pytest.approx(20)


def test_a_variance_is_found_for_every_set_with_one_study_left_out():
    for model_id in ("ptsd_pooled", "depression_pooled"):
        table = fit(model_id).table("leave_one_out")
        assert (table["tau2"] > 0).all()
        assert len(table) == fit(model_id).n
        alone = surveys.pool_shares(fit(model_id).data.drop(0))
        assert table["share_pct"].iloc[0] == pytest.approx(100 * special.expit(alone.mean))


@pytest.mark.parametrize("model_id", ["ptsd_pooled", "depression_pooled"])
def test_what_is_not_about_the_present_is_shown_and_not_pooled(model_id):
    studies = fit(model_id).table("studies")
    present = studies["recall"].isin(["current", "not_stated"])
    assert (studies["is_pooled"] == present).all()
    assert studies["is_pooled"].sum() == fit(model_id).n
    assert fit(model_id).get("lowest").value == pytest.approx(studies.loc[present, "share_pct"].min())


def test_two_rows_of_one_cohort_are_refused():
    table = STUDIES.assign(prevalence_pct=20.0, cohort_id=["a", "a", *"bcdefghij"])
    with pytest.raises(ValueError, match=r"^cohort_id: found a twice"):
        surveys.take_studies(Source(lambda _: table, "made", "prevalence_pct"))


def test_a_printed_gap_stands_in_where_a_figure_is_missing():
    columns = ["year", "indicator", "population", "value"]
    table = pd.DataFrame(
        [(2018, "rate", "north_korean_origin", 60.0), (2018, "rate", "general_population", 61.0),
         (2020, "rate", "north_korean_origin", 54.0), (2018, "gap", "north_korean_origin", -9.0),
         (2020, "gap", "north_korean_origin", -6.0)], columns=columns,
    )  # fmt: skip
    paired = surveys.pair_by_year(
        Source(lambda _: table, "made", where="indicator=rate"), "difference", "indicator=gap"
    )
    assert paired.set_index("year")["value"].to_dict() == {2018: -1.0, 2020: -6.0}
    doubled = Source(lambda _: pd.concat([table, table.head(1)]), "made", where="indicator=rate")
    with pytest.raises(ValueError, match=r"^value: found two figures for 2018"):
        surveys.pair_by_year(doubled, "level", "")
