"""Every function that fits refuses bad input with one line: column, found, expected."""

import numpy as np
import pandas as pd
import pytest

from analysis import shares
from analysis.models import Model, find_specification, fit, forecasts, rates, surveys, trends

YEARS = np.arange(2002, 2022)
RNG = np.random.default_rng(7)
TABLE = pd.DataFrame(
    {
        "year": YEARS,
        "persons": RNG.poisson(300, YEARS.size).astype(float),
        "people": 500.0,
        "gap": RNG.standard_normal(YEARS.size),
        "part": 1.0,
    }
)
PRICES = pd.DataFrame({"year": [2004, 2005, 2020], "index": [70.0, 72.0, 100.0]})


def count(frame=TABLE, **options):
    return trends.fit_counts(frame, "persons", **options)


def share(frame=TABLE):
    return trends.fit_shares(frame, "persons", "people")


def gap(frame=TABLE, **options):
    return trends.fit_levels(frame, "gap", **options)


def pool(frame=TABLE):
    return surveys.pool_shares(frame, "persons", "people")


def backtest(frame=TABLE):
    return forecasts.backtest(frame.rename(columns={"persons": "value"}), forecasts.METHODS)


def deflate(prices=PRICES, base_year=2020):
    amounts = pd.DataFrame({"year": [2004, 2005], "won": [28_000_000, 10_000_000]})
    return shares.deflate(amounts, prices, "won", "index", base_year)


def put(column, value, at=slice(None)):
    frame = TABLE.copy()
    frame[column] = frame[column].astype(object) if isinstance(value, str) else frame[column]
    frame.loc[at, column] = value
    return frame


def model(**options):
    specification = find_specification("missing_arrivals")
    frame = TABLE.rename(columns={"persons": "entrants_persons"})
    changed = type(specification)(**{**vars(specification), "options": {**specification.options, **options}})
    return Model(changed, lambda _: frame)


@pytest.mark.parametrize("call", [count, share, gap, pool, backtest, deflate])
def test_good_input_is_accepted(call):
    call()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: count(TABLE.drop(columns="persons")), "persons: no such column"),
        (lambda: share(TABLE.drop(columns="people")), "people: no such column"),
        (lambda: gap(TABLE.drop(columns="gap")), "gap: no such column"),
        (lambda: pool(TABLE.drop(columns="people")), "people: no such column"),
        (lambda: backtest(TABLE.drop(columns="persons")), "value: no such column"),
        (lambda: count(TABLE.head(7)), "persons: found 7 points, expected at least 8"),
        (lambda: share(TABLE.head(7)), "persons: found 7 points, expected at least 8"),
        (lambda: gap(TABLE.head(7)), "gap: found 7 points, expected at least 8"),
        (lambda: gap(TABLE.head(3), slope=False), "gap: found 3 points, expected at least 4"),
        (lambda: gap(step=2030), "gap: found no year on one side of 2030"),
        (lambda: pool(TABLE.head(4)), "persons: found 4 points, expected at least 5"),
        (lambda: backtest(TABLE.head(8)), "value: found 8 points, expected at least 9"),
        (lambda: count(put("persons", "many", 3)), "persons: found text"),
        (lambda: count(put("persons", np.nan, 3)), "persons: found 1 missing"),
        (lambda: share(put("people", np.inf, 3)), "people: found 1 missing"),
        (lambda: gap(put("gap", np.nan, [3, 4])), "gap: found 2 missing"),
        (lambda: pool(put("persons", np.nan, 3)), "persons: found 1 missing"),
        (lambda: backtest(put("persons", np.nan, 3)), "value: found 1 missing"),
        (lambda: count(put("persons", -1, 3)), "persons: found -1, expected at least 0"),
        (lambda: count(TABLE.drop(3)), "year: 2005 missing, expected every year"),
        (lambda: share(TABLE.drop(3)), "year: 2005 missing"),
        (lambda: backtest(TABLE.drop(3)), "year: 2005 missing"),
        (lambda: count(put("year", 2002, 1)), "year: found 2002 twice or out of order"),
        (lambda: count(put("persons", 0)), "persons: found only zeroes"),
        (lambda: count(put("part", 0, 3), exposure="part"), "part: found zero"),
        (lambda: share(put("people", 0, 0)), "people: found 0, expected at least 1"),
        (lambda: share(put("persons", 501, 0)), "persons: found more than people in 2002"),
        (lambda: pool(put("people", 0, 3)), "persons: found a study with no case or only cases"),
        (lambda: pool(put("persons", 500, 3)), "persons: found a study with no case or only cases"),
        (lambda: backtest(put("persons", 0, 3)), "value: found zero"),
        (lambda: rates.estimate_share(3, 0), "n: found 0, expected at least one"),
        (lambda: rates.estimate_share(5, 3), "cases: found 5, expected between 0 and n = 3"),
        (lambda: rates.estimate_share(np.nan, 3), "cases: found nan"),
        (lambda: rates.estimate_rate(-1, 3), "count: found -1"),
        (lambda: rates.estimate_rate(1.5, 3), "count: found 1.5"),
        (lambda: rates.estimate_rate(1, 0), "exposure: found 0"),
        (lambda: shares.estimate_share_ratio(1.0, 5, 0.5, 5), "share: found 1.0"),
        (lambda: deflate(PRICES.drop(1)), "index: no value for 2005"),
        (lambda: deflate(base_year=2021), "index: no value for 2021"),
        (lambda: deflate(PRICES.assign(index=0.0)), "index: found 0, expected at least"),
        (lambda: deflate(PRICES.drop(columns="index")), "index: no such column"),
        (lambda: model(where="people=5"), "entrants: no row for 'people=5'"),
        (lambda: model(where="age=5"), "entrants: filter 'age=5' names 'age'"),
        (lambda: model(outcome="things"), "things: no such column"),
        (lambda: model(years=(2030, 2040)), "year: no row from 2030"),
        (lambda: fit("arrivals"), "model_id: found 'arrivals', expected one of arrivals_trend"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=r"^[^\n]*$") as error:
        call()
    assert str(error.value).startswith(message)
