"""Every call that fits refuses every kind of bad table with one line: column, found, expected."""

import numpy as np
import pandas as pd
import pytest

from analysis import meta, projections, trends

YEARS = np.arange(2002, 2022)
RNG = np.random.default_rng(7)
TABLE = pd.DataFrame(
    {
        "year": YEARS,
        "persons": RNG.poisson(300, YEARS.size).astype(float),
        "people": 500.0,
        "gap": RNG.standard_normal(YEARS.size),
        "place": RNG.standard_normal(YEARS.size),
    }
)
NAIVE = {
    "last value": lambda known, horizons, levels: projections.forecast_last_value(
        known["year"].to_numpy(float), known["persons"].to_numpy(float), horizons, levels
    )
}
CALLS = {
    "count trend": ("persons", lambda f, c: trends.fit_count_trend(f, c)),
    "share trend": ("persons", lambda f, c: trends.fit_share_trend(f, c, "people")),
    "gap trend": ("gap", lambda f, c: trends.fit_gap_trend(f, c, gaps=False)),
    "pooled studies": ("persons", lambda f, c: meta.pool_shares(f, c, "people")),
    "regressed studies": ("persons", lambda f, c: meta.regress_shares(f, c, "people", "place")),
    "backtest": ("persons", lambda f, c: projections.backtest(f, c, NAIVE)),
}
YEARLY = ("count trend", "share trend", "gap trend", "backtest")
WITH_TRIALS = ("share trend", "pooled studies", "regressed studies")


def refuse(name, frame, column, found):
    with pytest.raises(ValueError, match="expected") as error:
        CALLS[name][1](frame, CALLS[name][0])
    message = str(error.value)
    assert message.startswith(f"{column}: "), message
    assert found in message
    assert "\n" not in message


@pytest.mark.parametrize("name", CALLS)
def test_a_good_call_is_not_refused(name):
    outcome, call = CALLS[name]
    call(TABLE, outcome)


@pytest.mark.parametrize("name", CALLS)
def test_an_unknown_column(name):
    outcome = CALLS[name][0]
    refuse(name, TABLE.drop(columns=outcome), outcome, "no such column")


@pytest.mark.parametrize("name", CALLS)
def test_too_few_points(name):
    column = "place" if name == "regressed studies" else CALLS[name][0]
    refuse(name, TABLE.head(2), column, "found 2 points")


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_value_that_is_no_number(name, value):
    outcome = CALLS[name][0]
    refuse(
        name,
        TABLE.assign(**{outcome: TABLE[outcome].where(TABLE["year"] != 2010, value)}),
        outcome,
        "found 1",
    )


@pytest.mark.parametrize("name", YEARLY)
def test_a_year_that_is_missing(name):
    refuse(name, TABLE[TABLE["year"] != 2010], "year", "2010 missing")


@pytest.mark.parametrize("name", WITH_TRIALS)
def test_zero_trials(name):
    refuse(name, TABLE.assign(people=0.0, persons=0.0), "people", "found zero")


@pytest.mark.parametrize("name", [n for n in CALLS if n != "gap trend"])
def test_counts_that_are_all_zero(name):
    refuse(name, TABLE.assign(persons=0.0), "values" if name == "backtest" else "persons", "found")


def test_a_stretch_after_a_break_that_is_all_zero():
    frame = TABLE.assign(persons=TABLE["persons"].where(TABLE["year"] < 2012, 0.0))
    with pytest.raises(ValueError, match=r"^persons: found only zeroes from 2012, expected"):
        trends.fit_count_trend(frame, "persons", breaks=(2012,))
