"""What the book says of each question, to the tolerance of its sentences."""

import numpy as np
import pytest

from analysis.models import fit

FINDINGS = [  # model, result, estimate, limits, tolerance
    ("arrivals_trend", "change_2002_2011", 9.7, 4.8, 14.8, 0.1),
    ("arrivals_trend", "change_2012_2019", -5.1, -7.3, -2.9, 0.1),
    ("arrivals_trend", "jump_2012", -54.2, -64.6, -40.7, 0.1),
    ("arrivals_trend", "plain_change_2012", -44.5, None, None, 0.1),
    ("missing_arrivals", "missing_since_2020", 4375, 3445, 5497, 1),
    ("missing_arrivals", "missing_2020_2022", 2547, 2079, 3105, 1),
    ("missing_arrivals", "missing_since_2023", 1827, 1303, 2491, 1),
    ("share_women", "change_2012_2019", 9.9, 4.4, 15.4, 0.1),
    ("share_women", "difference_2021_2022", -38.4, -46.9, -29.4, 0.1),
    ("arrivals_by_sex", "change_men_2012_2019", -11.3, -15.7, -6.7, 0.1),
    ("arrivals_by_sex", "change_women_2012_2019", -3.4, -5.6, -1.2, 0.1),
    ("arrivals_by_sex", "kept_women_2021", 2.7, None, None, 0.1),
    ("arrivals_by_sex", "kept_men_2021", 19.8, None, None, 0.1),
    ("arrivals_payment_cut", "plain_change_2005", -27.1, None, None, 0.1),
    ("arrivals_payment_cut", "plain_change_2005_less_airlift", -3.2, None, None, 0.1),
    ("arrivals_payment_cut", "jump_2005", -37.1, -60.9, 1.4, 0.1),
    ("payment_value", "hours_2004", 11_155, None, None, 1),
    ("payment_value", "hours_2024", 1_014, None, None, 1),
    ("employment_gap", "step_2017", 5.65, 3.64, 7.66, 0.01),
    ("employment_gap", "level_before_2017", -8.85, -10.46, -7.24, 0.01),
    ("life_satisfaction", "change", 1.06, 0.84, 1.29, 0.01),
    ("ptsd_pooled", "new_study", 23.2, 2.0, 81.5, 0.1),
    ("ptsd_pooled", "lowest", 5.2, None, None, 0.1),
    ("ptsd_pooled", "highest", 56.0, None, None, 0.1),
    ("depression_pooled", "new_study", 50.0, 13.7, 86.3, 0.1),
    ("suicidal_impulse_ratio", "lowest_ratio", 2.09, 1.85, 2.36, 0.01),
    ("suicidal_impulse_ratio", "highest_ratio", 3.07, 2.79, 3.39, 0.01),
    ("returns_rate", "change", -25.4, -34.2, -15.6, 0.1),
    ("returns_rate", "change_newcomers", -13.4, -24.1, -1.2, 0.1),
    ("returns_rate", "rate_2012_2017", 4.67, 3.10, 6.74, 0.01),
    ("returns_rate", "rate_2018_2019", 0.50, 0.01, 2.79, 0.01),
    ("returns_rate", "rate_since_2020", 0.35, 0.04, 1.27, 0.01),
    ("returns_rate", "per_1000", 0.90, None, None, 0.01),
    ("us_admissions", "change", -12.5, -17.6, -7.0, 0.1),
    ("outlook_entrants", "ahead_last_value_h1", 223, 77, 649, 1),
    ("outlook_entrants", "hits_95_last_value_h1", 12, None, None, 0),
]


@pytest.mark.parametrize(("model_id", "quantity", "value", "low", "high", "within"), FINDINGS)
def test_a_finding_stands(model_id, quantity, value, low, high, within):
    found = fit(model_id).get(quantity)
    assert found.value == pytest.approx(value, abs=within)
    if low is None:
        assert np.isnan(found.ci_low)
    else:
        assert (found.ci_low, found.ci_high) == pytest.approx((low, high), abs=within)


def test_the_phases_scatter_thirteenfold_apart():
    spread = fit("arrivals_trend").table("phases")["dispersion"]
    assert spread.tolist() == pytest.approx([65.2, 4.9], abs=0.1)


def test_the_data_leave_even_the_sign_of_the_step_open():
    dates = fit("arrivals_trend").break_dates()
    alike = dates[dates["alike"]]
    assert (alike["jump"].min(), alike["jump"].max()) == pytest.approx((-54.2, 5.6), abs=0.1)
    assert not dates["alike"].iloc[0], "the search ends at a date that fits clearly worse"
    assert not dates["alike"].iloc[-1]


def test_other_baselines_are_more_and_fewer_than_the_line():
    table = fit("missing_arrivals").sensitivity().set_index("changed")["estimate"]
    assert (table.min(), table.max()) == pytest.approx((3930, 6799), abs=1)


def test_the_interval_of_the_outlook_held_twelve_of_sixteen_times():
    held = fit("outlook_entrants").get("hits_95_last_value_h1")
    assert (held.value, held.n) == (12, 16)


def test_leaving_out_the_changes_of_2020_halves_the_spread_of_the_outlook():
    table = fit("outlook_entrants").sensitivity().set_index("changed")
    calm = table.loc["last value, without the changes into and out of 2020"]
    assert (calm["ci_low"], calm["ci_high"]) == pytest.approx((115, 434), abs=1)
