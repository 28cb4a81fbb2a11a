"""Every function that fits refuses bad input with one line: column, found, expected."""

import numpy as np
import pandas as pd
import pytest

from analysis.models import Model, find_specification, fit, forecasts, pooling, rates, samples, trends

YEARS = np.arange(2002, 2022)
RNG = np.random.default_rng(7)
TABLE = pd.DataFrame(
    {
        "year": YEARS,
        "persons": RNG.poisson(300, YEARS.size).astype(float),
        "people": 500.0,
        "gap": RNG.standard_normal(YEARS.size),
        "place": RNG.standard_normal(YEARS.size),
        "part": 1.0,
    }
)
PRICES = pd.DataFrame({"year": [2004, 2005, 2020], "index": [70.0, 72.0, 100.0]})


def count(frame=TABLE, **options):
    return trends.fit_count_trend(frame, "persons", **options)


def share(frame=TABLE, **options):
    return trends.fit_share_trend(frame, "persons", "people", **options)


def gap(frame=TABLE, **options):
    return trends.fit_gap_trend(frame, "gap", gaps=False, **options)


def pool(frame=TABLE, **options):
    return pooling.pool_shares(frame, "persons", "people", **options)


def backtest(frame=TABLE):
    return forecasts.backtest(frame.rename(columns={"persons": "value"}), forecasts.NAIVE)


def deflate(prices=PRICES, base_year=2020):
    amounts = pd.DataFrame({"year": [2004, 2005], "won": [28_000_000, 10_000_000]})
    return samples.deflate(amounts, prices, "won", "index", base_year)


def put(column, value, at=slice(None)):
    frame = TABLE.copy()
    frame[column] = frame[column].astype(object) if isinstance(value, str) else frame[column]
    frame.loc[at, column] = value
    return frame


def model(**options):
    specification = find_specification("arrivals_trend")
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
        (lambda: count(TABLE.head(2)), "persons: found 2 points, expected at least 3"),
        (lambda: count(TABLE.head(5), break_year=2004), "persons: found 5 points"),
        (lambda: share(TABLE.head(2)), "persons: found 2 points"),
        (lambda: gap(TABLE.head(2)), "gap: found 2 points"),
        (lambda: pool(TABLE.head(2)), "persons: found 2 points"),
        (lambda: pool(TABLE.head(9), covariate="place"), "place: found 9 points, expected at least 10"),
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
        (lambda: gap(TABLE.drop(3)), "year: 2005 missing"),
        (lambda: backtest(TABLE.drop(3)), "year: 2005 missing"),
        (lambda: count(put("year", 2002, 1)), "year: found 2002 twice or out of order"),
        (lambda: count(put("persons", 0)), "persons: found only zeroes"),
        (
            lambda: count(put("persons", 0, slice(10, None)), break_year=2012),
            "persons: found only zeroes from 2012",
        ),
        (lambda: count(put("persons", 0, 19), steps=((2021, None),)), "persons: found only zeroes from 2021"),
        (lambda: count(break_year=2030), "persons: the years 2002-2021 cannot tell"),
        (lambda: count(put("part", 0, 3), exposure="part"), "part: found zero"),
        (lambda: count(family="normal"), "family: found 'normal', expected one of quasi-poisson"),
        (
            lambda: count(put("persons", 300 + YEARS % 2), family="negative-binomial"),
            "persons: no more scatter than chance",
        ),
        (lambda: count().quantile(95), "level: found 95"),
        (lambda: share(put("people", 0, 0)), "people: found zero in 2002"),
        (lambda: share(put("persons", 501, 0)), "persons: found more than people in 2002"),
        (lambda: share(put("persons", 0)), "persons: found none or all of people"),
        (lambda: share(put("persons", 500)), "persons: found none or all of people"),
        (lambda: gap(put("gap", 2)), "gap: the line passes through every point"),
        (lambda: pool(put("people", 0, 3)), "people: found zero"),
        (lambda: pool(put("persons", 500, 3)), "persons: found a study with no case or only cases"),
        (lambda: pool(put("place", 1), covariate="place"), "place: found one value"),
        (lambda: pool(estimator="ml"), "estimator: found 'ml'"),
        (lambda: backtest(put("persons", 0, 3)), "value: found zero"),
        (lambda: forecasts.expect_otherwise(YEARS, YEARS, [2022], "mean"), "yardstick: found 'mean'"),
        (lambda: rates.estimate_share(3, 0), "n: found 0, expected at least one"),
        (lambda: rates.estimate_share(5, 3), "cases: found 5, expected between 0 and n = 3"),
        (lambda: rates.estimate_share(np.nan, 3), "cases: found nan"),
        (lambda: rates.estimate_share(1, 3, method="normal"), "method: found 'normal'"),
        (lambda: rates.estimate_share(1, 3, level=95), "level: found 95"),
        (lambda: rates.estimate_rate(-1, 3), "count: found -1"),
        (lambda: rates.estimate_rate(1.5, 3), "count: found 1.5"),
        (lambda: rates.estimate_rate(1, 0), "exposure: found 0"),
        (lambda: rates.estimate_rate_ratio(0, 1, 0, 1), "count: found no event"),
        (lambda: rates.estimate_odds_ratio(0, 5, 2, 5), "cases: found an empty cell"),
        (lambda: rates.estimate_share_ratio(1.0, 5, 0.5, 5), "share: found 1.0"),
        (lambda: deflate(PRICES.drop(1)), "index: no value for 2005"),
        (lambda: deflate(base_year=2021), "index: no value for 2021"),
        (lambda: deflate(PRICES.assign(index=0.0)), "index: found 0, expected more than zero"),
        (lambda: deflate(PRICES.drop(columns="index")), "index: no such column"),
        (lambda: model(where="people=5"), "entrants: no row for 'people=5'"),
        (lambda: model(where="age=5"), "entrants: filter 'age=5' names 'age'"),
        (lambda: model(outcome="things"), "things: no such column"),
        (lambda: model(years=(2030, None)), "year: no row from 2030"),
        (lambda: fit("arrivals"), "model_id: found 'arrivals', expected one of arrivals_trend"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=r"^[^\n]*$") as error:
        call()
    assert str(error.value).startswith(message)
