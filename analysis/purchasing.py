"""What a legal amount was worth: in the prices of another year, and in months of minimum wage.

Plain arithmetic on published amounts and indices. A legal amount has no interval.
"""

from __future__ import annotations

import pandas as pd

from analysis.inputs import take_numbers, take_years


def deflate(
    amounts: pd.DataFrame, prices: pd.DataFrame, *, amount: str, index: str, base_year: int
) -> pd.DataFrame:
    """Return amounts in the prices of one year."""
    table = _lookup(prices, index)
    if base_year not in table.index:
        raise ValueError(f"{index}: no value for the base year {base_year}, expected one of {_span(table)}")
    result = _attach(amounts, table, "price_index")
    result["amount_real_krw"] = (
        take_numbers(result, amount, minimum=0) * table[base_year] / result["price_index"]
    )
    return result


def count_minimum_wages(
    amounts: pd.DataFrame, wages: pd.DataFrame, *, amount: str, wage: str
) -> pd.DataFrame:
    """Return how many months of minimum wage each amount equals."""
    result = _attach(amounts, _lookup(wages, wage), "monthly_wage_krw")
    result["wage_months"] = take_numbers(result, amount, minimum=0) / result["monthly_wage_krw"]
    return result


def _lookup(frame: pd.DataFrame, column: str) -> pd.Series:
    years = take_years(frame, "year", gaps=True).astype(int)
    values = take_numbers(frame, column)
    if (values <= 0).any():
        raise ValueError(f"{column}: found {values.min():g}, expected more than zero in each year")
    return pd.Series(values, index=years)


def _attach(amounts: pd.DataFrame, table: pd.Series, name: str) -> pd.DataFrame:
    years = take_numbers(amounts, "year").astype(int)
    absent = sorted(set(years) - set(table.index))
    if absent:
        raise ValueError(
            f"{name}: no value for {', '.join(map(str, absent))}, expected one of {_span(table)}"
        )
    return amounts.assign(**{name: table.loc[years].to_numpy()})


def _span(table: pd.Series) -> str:
    return f"{table.index.min()} to {table.index.max()}"
