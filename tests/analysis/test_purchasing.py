"""Real values and minimum-wage months are plain arithmetic."""

import pandas as pd
import pytest

from analysis import purchasing

AMOUNTS = pd.DataFrame({"year": [2004, 2005], "amount_krw": [28_000_000, 10_000_000]})
PRICES = pd.DataFrame({"year": [2004, 2005, 2020], "index": [70.0, 72.0, 100.0]})
WAGES = pd.DataFrame({"year": [2004, 2005], "wage": [567_260, 641_840]})


def test_real_value_is_amount_times_ratio_of_indices():
    table = purchasing.deflate(AMOUNTS, PRICES, amount="amount_krw", index="index", base_year=2020)
    assert table["amount_real_krw"].tolist() == pytest.approx([40_000_000, 10_000_000 * 100 / 72])


def test_months_of_minimum_wage():
    table = purchasing.count_minimum_wages(AMOUNTS, WAGES, amount="amount_krw", wage="wage")
    assert table["wage_months"].tolist() == pytest.approx([28_000_000 / 567_260, 10_000_000 / 641_840])


def test_inputs_are_not_changed():
    before = AMOUNTS.copy()
    purchasing.deflate(AMOUNTS, PRICES, amount="amount_krw", index="index", base_year=2020)
    pd.testing.assert_frame_equal(AMOUNTS, before)


@pytest.mark.parametrize(
    ("prices", "base", "message"),
    [
        (PRICES.drop(1), 2020, "^price_index: no value for 2005, expected one of 2004 to 2020"),
        (PRICES, 2021, "^index: no value for the base year 2021"),
        (PRICES.assign(index=0.0), 2020, "^index: found 0, expected more than zero"),
        (PRICES.drop(columns="index"), 2020, "^index: no such column"),
    ],
)
def test_bad_prices_are_refused(prices, base, message):
    with pytest.raises(ValueError, match=message):
        purchasing.deflate(AMOUNTS, prices, amount="amount_krw", index="index", base_year=base)
