"""What newcomers to the South were given, and what it was worth; nothing here is a model."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.models.samples import deflate

BASE_YEAR = 2020
PROTECTED = {
    "up_to_5_years": "Up to 5 years",
    "5_to_10_years": "5 to 10",
    "10_to_15_years": "10 to 15",
    "over_15_years": "Over 15",
}
"""Spans of years under police protection, shortest first, in words."""


def weigh(amounts: pd.DataFrame, prices: pd.DataFrame, *, amount: str) -> pd.DataFrame:
    """Return amounts of won with what they were worth."""
    table = deflate(amounts, prices, amount, "cpi_2020", BASE_YEAR)
    by_year = prices.set_index("year")
    won = table[amount].astype(float)
    return table.rename(columns={"amount_real_krw": "real_krw"}).assign(
        wage_months=won / table["year"].map(by_year["minimum_wage_krw_per_month"]),
        amount_usd=won / table["year"].map(by_year["krw_per_usd"]),
    )  # fmt: skip


def value_yearly(payments: pd.DataFrame, housing: pd.DataFrame, prices: pd.DataFrame) -> pd.DataFrame:
    """Return the cash and the housing deposit of a person alone, year by year, and their worth."""
    alone = payments.loc[(payments["household_size"] == "1") & payments["amount_krw"].notna()]
    cash = weigh(alone[["year", "amount_krw", "source_id"]], prices, amount="amount_krw")
    table = cash.rename(
        columns={
            "amount_krw": "cash_krw",
            "real_krw": "cash_real_krw",
            "wage_months": "cash_months",
            "amount_usd": "cash_usd",
        }
    ).sort_values("year", ignore_index=True)
    table["housing_krw"] = [find_deposit(housing, year) for year in table["year"]]
    table["package_krw"] = table["cash_krw"] + table["housing_krw"]
    one_won = table["cash_real_krw"] / table["cash_krw"]
    one_month = table["cash_krw"] / table["cash_months"]
    table["housing_months"] = table["housing_krw"] / one_month
    table["package_real_krw"] = table["package_krw"] * one_won
    table["package_months"] = table["package_krw"] / one_month
    table["housing_share_pct"] = 100 * table["housing_krw"] / table["package_krw"]
    table["stretch"] = (table["year"].diff() != 1).cumsum()
    return table


def find_deposit(housing: pd.DataFrame, year: int) -> float:
    """Return the rental deposit paid for a person alone on 1 July of a year, in won; NaN if unknown."""
    day = pd.Timestamp(year, 7, 1)
    valid = housing.loc[
        (housing["household_size"] == "1")
        & (housing["known_from"] <= day)
        & (housing["known_to"].isna() | (housing["known_to"] >= day)),
        "amount_krw",
    ]
    return float(valid.iloc[0]) if len(valid) else np.nan


def value_ranges(payments: pd.DataFrame, prices: pd.DataFrame) -> pd.DataFrame:
    """Return the allowances by class, lowest and highest, with their worth."""
    ranges = payments.loc[payments["amount_low_krw"].notna()].reset_index(drop=True)
    low, high = (weigh(ranges, prices, amount=f"amount_{end}_krw")["real_krw"] for end in ("low", "high"))
    return pd.DataFrame(
        {
            "year": ranges["year"],
            "policy_period": ranges["policy_period"],
            "low_krw": ranges["amount_low_krw"],
            "high_krw": ranges["amount_high_krw"],
            "low_real_krw": low,
            "high_real_krw": high,
            "source_id": ranges["source_id"],
        }
    )


def list_spans(payments: pd.DataFrame) -> pd.DataFrame:
    """Return the spans of days for which a cash payment is known, as fractions of years."""
    rows = payments.loc[(payments["what_it_is"] != "package") & payments["household_size"].isin(["1", "any"])]
    table = pd.DataFrame(
        {
            "start": place_in_years(rows["known_from"]),
            "end": place_in_years(rows["known_to"]),
            "legal_start": place_in_years(rows["legal_from"]),
            "legal_end": place_in_years(rows["legal_to"]),
        }
    )
    kept = ["amount_krw", "amount_low_krw", "amount_high_krw", "policy_period", "source_id"]
    return table.join(rows[kept]).sort_values("start", ignore_index=True)


def place_in_years(days: pd.Series) -> pd.Series:
    """Return days as years with fractions: 1 July 2019 is 2019.5 or so."""
    return days.dt.year + (days.dt.day_of_year - 1) / 365.25


def compare_intake(figures: pd.DataFrame, entrants: pd.DataFrame) -> pd.DataFrame:
    """Return how many arrivals a year's budget assumed and how many people came."""
    assumed = figures.loc[figures["measure"] == "arrivals_assumed"]
    table = pd.DataFrame(
        {
            "year": assumed["period_start"].dt.year,
            "assumed_persons": assumed["value"],
            "source_id": assumed["source_id"],
        }
    )
    return table.merge(entrants[["year", "entrants_persons"]], on="year").sort_values(
        "year", ignore_index=True
    )


def pick_yearly(figures: pd.DataFrame, programme: str, measure: str) -> pd.DataFrame:
    """Return a figure of a programme for each whole calendar year it was carried out in."""
    rows = figures.loc[
        (figures["programme"] == programme)
        & (figures["measure"] == measure)
        & (figures["stage"] == "executed")
        & (figures["part"] == "all")
    ]
    start, end = rows["period_start"], rows["period_end"]
    whole = (
        (start.dt.day_of_year == 1)
        & (end.dt.month == 12)
        & (end.dt.day == 31)
        & (start.dt.year == end.dt.year)
    )
    table = rows.loc[whole, ["value", "source_id"]]
    table.insert(0, "year", start[whole].dt.year)
    if table["year"].duplicated().any():
        twice = table.loc[table["year"].duplicated(), "year"].iloc[0]
        raise ValueError(f"{programme} {measure}: found {twice} more than once, expected one row a year")
    return table.sort_values("year", ignore_index=True)


def read_band(part: str) -> float:
    """Return the limit in won that a band of amounts is named for: ``under_10_million_krw``, 10 million."""
    words = part.split("_")
    if words[0] not in ("under", "from") or words[-2:] != ["million", "krw"]:
        raise ValueError(f"part: found {part!r}, expected under_N_million_krw or from_N_million_krw")
    return float(words[1]) * 1e6


def find_largest_match(amounts: pd.DataFrame) -> float:
    """Return the most the state adds to a savings account, in won: each month of the longest term."""
    rows = amounts.loc[(amounts["programme"] == "savings_account") & amounts["is_in_force"]]
    rule = rows.set_index("component")["amount"]
    return float(rule["own_saving"] * 12 * rule["longest_term"] * rule["government_match"])


def count_protected(figures: pd.DataFrame) -> pd.DataFrame:
    """Return the people under police protection by how long, with the share of all of them."""
    rows = figures.loc[figures["measure"] == "persons_protected"]
    totals = rows.loc[rows["part"] == "all"].set_index("period_end")["value"]
    spans = rows.loc[rows["part"].isin(PROTECTED)]
    table = pd.DataFrame(
        {
            "as_of_date": spans["period_end"],
            "at": place_in_years(spans["period_end"] + pd.Timedelta(days=1)),
            "span": pd.Categorical(spans["part"], list(PROTECTED), ordered=True),
            "persons": spans["value"].astype(int),
            "share_pct": 100 * spans["value"] / spans["period_end"].map(totals),
            "source_id": spans["source_id"],
        }
    ).sort_values(["as_of_date", "span"], ignore_index=True)
    return table.assign(span=table["span"].astype(str))


def list_courses(figures: pd.DataFrame) -> pd.DataFrame:
    """Return how long the course at Hanawon was, one row a dated change or undated reading."""
    rows = figures.loc[figures["measure"].isin(["course_length", "course_hours"])]
    table = pd.DataFrame(
        {
            "period_start": rows["period_start"],
            "weeks": rows["value"].where(rows["unit"] == "weeks"),
            "hours": rows["value"].where(rows["unit"] == "hours"),
            "note": rows["note"],
            "source_id": rows["source_id"],
        }
    )
    keys = ["period_start", "source_id", "note"]
    return table.groupby(keys, dropna=False, as_index=False).first().sort_values(keys, ignore_index=True)


def list_reward_ceilings(amounts: pd.DataFrame) -> pd.DataFrame:
    """Return the most that could be paid for information, law by law, in gold or in won."""
    rows = amounts.loc[
        (amounts["programme"] == "reward")
        & amounts["component"].isin(["information", "any_item_by_minister"])
    ]
    ceiling = rows["amount"].fillna(rows["amount_high"])
    table = pd.DataFrame(
        {
            "effective_from": rows["effective_from"],
            "component": rows["component"],
            "ceiling_grams_of_gold": ceiling.where(rows["unit"] == "gram_gold"),
            "ceiling_krw": ceiling.where(rows["unit"] == "KRW"),
            "status": rows["status"],
            "source_id": rows["source_id"],
        }
    )
    return table.sort_values(["effective_from", "ceiling_krw"], ignore_index=True)
