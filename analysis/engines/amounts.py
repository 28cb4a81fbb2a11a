"""Engine of legal amounts: what they were worth. Arithmetic, so no interval."""

from __future__ import annotations

import pandas as pd

from analysis.engines.common import Fit, Reader, take_rows
from analysis.inputs import take_numbers
from analysis.purchasing import count_minimum_wages, deflate
from analysis.results import Estimate
from analysis.specifications import Specification


def payment_value(specification: Specification, read: Reader) -> Fit:
    """Return each year's basic payment in today's prices and in months of minimum wage.

    ``options``: ``base_year`` (0 for the last year with prices), ``hours`` (basis of the monthly
    minimum wage in years that had two).

    Results for each year with a known amount: ``nominal_Y`` (won), ``real_Y`` (won of the base
    year), ``months_Y`` (months of minimum wage on 1 July).
    """
    options = specification.options
    amounts = take_rows(specification, read)
    amounts = amounts.loc[amounts["year"].between(specification.window[0], specification.window[1] or 9999)]
    take_numbers(amounts, specification.outcome, minimum=0)
    prices = read("prices")
    prices = prices.loc[prices["cpi_2020"].notna(), ["year", "cpi_2020"]]
    base = options.get("base_year") or int(prices["year"].max())
    table = deflate(amounts, prices, amount=specification.outcome, index="cpi_2020", base_year=base)
    wages = yearly_wage(read, options.get("hours", 0))
    table = count_minimum_wages(
        table.loc[table["year"].isin(set(wages["year"]))],
        wages,
        amount=specification.outcome,
        wage="monthly_krw",
    ).reset_index(drop=True)
    rows = []
    columns = [
        table[name].astype(float) for name in (specification.outcome, "amount_real_krw", "wage_months")
    ]
    for year, nominal, real, months in zip(table["year"], *columns, strict=True):
        rows += [
            Estimate(f"nominal_{year}", nominal, unit="won", term="as published", n=1),
            Estimate(f"real_{year}", real, unit=f"won of {base}", term="real", n=1),
            Estimate(f"months_{year}", months, unit="months of minimum wage", term="months", n=1),
        ]
    return Fit(n=len(table), rows=rows, table=table)


def yearly_wage(read: Reader, hours: int) -> pd.DataFrame:
    """Return one monthly minimum wage a year: the one in force on 1 July."""
    wages = read("minimum_wage")
    keep = (
        wages["is_reference"]
        if not hours
        else (wages["hours_basis"] == hours)
        | (
            ~wages["effective_from"].isin(wages.loc[wages["hours_basis"] == hours, "effective_from"])
            & wages["is_reference"]
        )
    )
    wages = wages.loc[keep]
    years = range(int(wages["effective_from"].dt.year.min()), int(wages["effective_to"].dt.year.max()) + 1)
    found = []
    for year in years:
        day = pd.Timestamp(year, 7, 1)
        valid = wages.loc[(wages["effective_from"] <= day) & (wages["effective_to"] >= day)]
        if len(valid):
            found.append((year, float(valid["monthly_krw"].iloc[0])))
    return pd.DataFrame(found, columns=["year", "monthly_krw"])
