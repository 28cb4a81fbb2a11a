"""What South Korea paid to those who came: settlement money, housing, incentives, rewards.

``raw/policy_amounts.csv`` has amounts, ceilings and multiples as published, with the dates as
precise as published and a status, so that a plan or a draft is never taken for a payment. Where the
law set a multiple of the monthly minimum wage, the amount in won is computed here.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pandas as pd

from data.checks import (
    Problem,
    check_close,
    check_dates,
    each_row,
    first_days,
    last_days,
    name_precision,
    report,
)
from data.tables.prices import find_minimum_wage, list_reference_wages

RAW_TABLES = ("policy_amounts", "economic_series")
FILE = "data/raw/policy_amounts.csv"
TIMES = "times_monthly_minimum_wage"
# Components that are the cash paid to a household, by their names in the clean table.
CASH = {
    "settlement_allowance": "allowance",
    "settlement_money": "settlement_money",
    "basic_payment": "basic_payment",
}
PARTS = ("basic_payment_initial_part", "basic_payment_instalment_part")
STEPS = ("step_per_extra_member_initial_part", "step_per_extra_member_instalment_part")
SIZES = {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5, "6": 6, "7+": 7}
PAYMENT = ["policy_period", "component", "household_size"]
DAY = pd.Timedelta(days=1)


def _add_days(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with the days that they are in force (``start``, ``end``) and quoted for.

    A date given as a year or a month is its first day as a start and its last day as an end. If one
    payment ends and another of the same programme starts in the same month (July 2019: the source
    says the middle of July), the new one starts on the 15th.
    """
    start, end = first_days(frame["effective_from"]), last_days(frame["effective_to"])
    for programme, rows in frame.groupby("programme"):
        for month in set(rows["effective_from"].dropna()) & set(rows["effective_to"].dropna()):
            if len(month) == 7:
                middle, here = pd.Timestamp(f"{month}-15"), frame["programme"] == programme
                start = start.mask(here & (frame["effective_from"] == month), middle)
                end = end.mask(here & (frame["effective_to"] == month), middle - DAY)
    quoted = {"quoted_from": first_days(frame["as_of"]), "quoted_to": last_days(frame["as_of"])}
    return frame.assign(start=start, end=end, **quoted)


def _select(dated: pd.DataFrame, programme: str, unit: str | None = None) -> pd.DataFrame:
    """Return the rows of a programme that were in force."""
    rows = dated[(dated["programme"] == programme) & (dated["status"] == "in_force")]
    return rows if unit is None else rows[rows["unit"] == unit]


def check(raw: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Report amounts and dates that contradict the law's own arithmetic."""
    frame = raw["policy_amounts"]
    single, low, high = (frame[column].notna() for column in ("amount", "amount_low", "amount_high"))
    wrong = frame[(low != high) | (single == low)]
    yield from report(wrong, FILE, "amount", "either an amount, or amount_low and amount_high")
    yield from check_dates(frame, FILE, "effective_from", "effective_to")
    dated = _add_days(frame)
    outside = (dated["quoted_from"] + pd.offsets.YearEnd(0) < dated["start"]) | (
        dated["quoted_from"] > dated["end"]
    )
    yield from report(frame[outside], FILE, "as_of", "a date between effective_from and effective_to")
    yield from _check_multiples(dated, list_reference_wages(raw["economic_series"]))
    yield from _check_parts(_select(dated, "basic_payment", "KRW"))
    for programme in ("basic_payment", "housing_subsidy"):
        yield from _check_periods(dated[dated["programme"] == programme])
    yield from _check_household_order(dated)
    yield from _check_package(dated)
    yield from _check_housing_rise(_select(dated, "housing_subsidy"))
    yield from _check_incentives(_select(dated, "employment_incentive"), _select(dated, "training_incentive"))


def _check_multiples(dated: pd.DataFrame, wages: pd.DataFrame) -> Iterator[Problem]:
    """Check that amounts beside a multiple of the minimum wage are that multiple, to the won."""
    rows = dated[dated["status"] == "in_force"]
    key = ["programme", *PAYMENT]
    times = rows[rows["unit"] == TIMES].drop_duplicates(key).set_index(key)["amount"].rename("times")
    won = rows[(rows["unit"] == "KRW") & rows["as_of"].notna()].join(times, on=key)
    wage = pd.Series(
        [find_minimum_wage(wages, day) for day in won["quoted_from"]], won.index, dtype="float64"
    )
    yield from check_close(won, FILE, "amount", won["times"] * wage, "the multiple of the minimum wage")


def _sum_by_period(basic: pd.DataFrame, components: tuple[str, str], keys: list[str]) -> pd.Series:
    """Return the sum of two components, where both are published."""
    rows = basic[basic["component"].isin(components)]
    groups = rows.drop_duplicates([*keys, "component"]).groupby(keys)["amount"]
    return groups.sum()[groups.size() == len(components)]


def _check_parts(basic: pd.DataFrame) -> Iterator[Problem]:
    """Check that two parts add up to the payment, and each person beyond two adds the step."""
    totals = basic[basic["component"] == "basic_payment"]
    parts = _sum_by_period(basic, PARTS, ["policy_period", "household_size"]).rename("parts")
    wanted = totals.join(parts, on=["policy_period", "household_size"])["parts"]
    yield from check_close(totals, FILE, "amount", wanted, "the sum of its two parts")
    step = totals["policy_period"].map(_sum_by_period(basic, STEPS, ["policy_period"]))
    of_two = totals[totals["household_size"] == "2"].drop_duplicates("policy_period")
    base = totals["policy_period"].map(of_two.set_index("policy_period")["amount"])
    extra = totals["household_size"].map(SIZES) - 2
    wanted = (base + extra * step).where(extra > 0)
    yield from check_close(totals, FILE, "amount", wanted, "the payment for two and the printed steps")


def _check_periods(dated: pd.DataFrame) -> Iterator[Problem]:
    """Check that payments for one person follow one another, and a plan covers every gap."""
    rows = dated[dated["household_size"].isin(["1", "any"]) & dated["start"].notna()]
    rows = rows[rows["component"].isin([*CASH, "housing_subsidy"])]
    rows = rows[rows["measure"].isin(["amount", "range", "multiple"])]
    planned = rows[rows["status"] != "in_force"]
    paid = rows[rows["status"] == "in_force"].sort_values(["start", "end"])
    for (line, before), (here, row) in pairwise(each_row(paid)):
        if (row["start"], row["policy_period"]) == (before["start"], before["policy_period"]):
            continue
        next_day = before["end"] + DAY
        covers = (planned["start"] <= next_day) & (planned["end"] >= row["start"] - DAY)
        if pd.isna(before["end"]):
            wanted = f"the day before {row['effective_from']}, when the next payment starts"
            yield Problem(FILE, line, "effective_to", "an open end", wanted)
        elif row["start"] < next_day or (row["start"] > next_day and not covers.any()):
            wanted = f"the day after {before['effective_to']}, the end of {before['policy_period']}"
            yield Problem(FILE, here, "effective_from", row["effective_from"], f"{wanted}, or a plan between")


def _check_household_order(dated: pd.DataFrame) -> Iterator[Problem]:
    """Check that a larger household is not paid less."""
    rows = dated[(dated["status"] == "in_force") & (dated["unit"] == "KRW")]
    rows = rows[rows["programme"].isin(["basic_payment", "housing_subsidy", "package"])]
    rows = rows[rows["household_size"] != "any"].sort_values("household_size")
    keys = ["programme", "policy_period", "component", "as_of", "measure"]
    smaller = rows.groupby(keys, dropna=False)["amount"].shift()
    less = rows.assign(smaller=smaller)[rows["amount"] < smaller]
    wanted = lambda row: f"{row['smaller']:,.0f}, the amount for a smaller household, or more"  # noqa: E731
    yield from report(less, FILE, "amount", wanted)


def _check_package(dated: pd.DataFrame) -> Iterator[Problem]:
    """Check that the smallest package is basic payment plus housing (2020: 8 and 16 million won)."""
    rows = dated[(dated["status"] == "in_force") & (dated["household_size"] == "1") & dated["as_of"].isna()]
    parts = rows[rows["component"].isin(["basic_payment", "housing_subsidy"]) & (rows["unit"] == "KRW")]
    packages = _select(dated, "package")
    packages = packages[packages["measure"] == "range"]
    for line, start in packages["start"].items():
        here = parts[(parts["start"] <= start) & ~(parts["end"] < start)]
        if sorted(here["component"]) == ["basic_payment", "housing_subsidy"]:
            total = here["amount"].sum()
            what = "basic payment and housing subsidy of that year"
            yield from check_close(packages.loc[[line]], FILE, "amount_low", total, what)


def _check_housing_rise(housing: pd.DataFrame) -> Iterator[Problem]:
    """Check that a rise published for all sizes separates two neighbouring periods."""
    amounts = housing[(housing["component"] == "housing_subsidy") & (housing["measure"] == "amount")]
    for _, rise in each_row(housing[housing["measure"] == "rise"]):
        before = amounts[amounts["end"] == rise["start"] - DAY].drop_duplicates("household_size")
        rows = amounts[amounts["start"] == rise["start"]]
        known = rows["household_size"].map(before.set_index("household_size")["amount"])
        yield from check_close(rows, FILE, "amount", known + rise["amount"], "the amount before and the rise")


def _check_incentives(jobs: pd.DataFrame, training: pd.DataFrame) -> Iterator[Problem]:
    """Check that the years of an employment incentive add up, and training pays by its steps."""
    years = jobs[(jobs["measure"] == "amount") & jobs["condition"].str.startswith("year")]
    totals = jobs[jobs["measure"] == "total"]
    wanted = totals["policy_period"].map(years.groupby("policy_period")["amount"].sum()).fillna(0)
    yield from check_close(totals, FILE, "amount", wanted, "the sum of the years")
    rows = training[training["component"] == "training_incentive"]
    steps = rows.loc[rows["measure"] == "step", "amount"]
    first = rows.loc[(rows["measure"] == "amount") & (rows["condition"] == "500 hours"), "amount"]
    if len(steps) and len(first):
        rows = rows[rows["measure"] != "step"]
        hours = rows["condition"].str.extract(r"^([\d,]+) hours", expand=False).str.replace(",", "")
        # 500 hours, then each further 120: 620, 740 … 1,220.
        wanted = first.iloc[0] + (hours.astype("float64") - 500) // 120 * steps.iloc[0]
        yield from check_close(rows, FILE, "amount", wanted, "the amount at 500 hours and the steps")


def clean(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return all amounts, and cash payments and housing deposits per period and household size."""
    frame = raw["policy_amounts"]
    dated = _add_days(frame)
    amounts = frame.assign(
        effective_from=dated["start"],
        effective_to=dated["end"],
        start_printed_to=name_precision(frame["effective_from"]),
        is_in_force=frame["status"] == "in_force",
    )
    payments = _clean_payments(dated, list_reference_wages(raw["economic_series"]))
    housing = _select(dated, "housing_subsidy", "KRW")
    chosen = (housing["component"] == "housing_subsidy") & (housing["measure"] == "amount")
    of_payments = [
        "what_it_is",
        "amount_low_krw",
        "amount_high_krw",
        "multiple_of_minimum_wage",
        "is_computed",
    ]
    return {
        "policy_amounts": amounts,
        "basic_payment": payments,
        "basic_payment_by_year": expand_by_year(payments, int(amounts["effective_from"].dt.year.max())),
        "housing_subsidy": _describe(housing[chosen]).drop(columns=of_payments),
    }


def _describe(rows: pd.DataFrame) -> pd.DataFrame:
    """Return payments in the columns of the clean tables.

    An amount is known for the days that are in force and, if it is quoted for a date, part of that.
    """
    rows = rows.reindex(columns=[*rows.columns, *({"multiple", "is_computed"} - set(rows.columns))])
    return pd.DataFrame(
        {
            "known_from": rows[["start", "quoted_from"]].max(axis=1),
            "known_to": rows[["end", "quoted_to"]].min(axis=1),
            "policy_period": rows["policy_period"],
            "legal_from": rows["start"],
            "legal_to": rows["end"],
            "start_printed_to": name_precision(rows["effective_from"]),
            "household_size": rows["household_size"],
            "what_it_is": rows["component"].map(CASH).fillna("package"),
            "amount_low_krw": rows["amount_low"],
            "amount_krw": rows["amount"],
            "amount_high_krw": rows["amount_high"],
            "multiple_of_minimum_wage": rows["multiple"],
            "is_computed": rows["is_computed"].eq(True),
            "source_id": rows["source_id"],
            "certainty": rows["certainty"],
            "note": rows["note"],
        }
    )


def _clean_payments(dated: pd.DataFrame, wages: pd.DataFrame) -> pd.DataFrame:
    """Return what a household was paid in cash, and packages of cash and deposit beside it."""
    basic = _select(dated, "basic_payment")
    cash = basic[basic["component"].isin(CASH)]
    multiples, won = cash[cash["unit"] == TIMES], cash[cash["unit"] == "KRW"]
    has_multiple = won.set_index(PAYMENT).index.isin(multiples.set_index(PAYMENT).index)
    tables = [
        won[~has_multiple],
        _apply_multiples(multiples, won, wages),
        _add_missing_sizes(basic[basic["unit"] == "KRW"]),
        _add_packages(_select(dated, "package", "KRW")),
    ]
    return _describe(pd.concat([table for table in tables if len(table)], ignore_index=True))


def _apply_multiples(multiples: pd.DataFrame, won: pd.DataFrame, wages: pd.DataFrame) -> pd.DataFrame:
    """Return multiples in won, one row per minimum wage; an amount that is also published has its source."""
    periods = wages[["effective_from", "effective_to", "monthly_krw"]]
    periods = periods.set_axis(["quoted_from", "quoted_to", "wage"], axis=1)
    rows = multiples.drop(columns=["quoted_from", "quoted_to"]).merge(periods, how="cross")
    rows = rows[(rows["quoted_from"] <= rows["end"]) & (rows["quoted_to"] >= rows["start"])]
    rows = rows.assign(multiple=rows["amount"], amount=rows["amount"] * rows["wage"])
    texts = ["source_id", "certainty", "note"]
    published = won[[*PAYMENT, "amount", *texts]].drop_duplicates([*PAYMENT, "amount"], keep="last")
    rows = rows.merge(published, on=[*PAYMENT, "amount"], how="left", suffixes=("_of_multiple", ""))
    rows["is_computed"] = rows["source_id"].isna()
    for text in texts:
        rows[text] = rows[text].mask(rows["is_computed"], rows[f"{text}_of_multiple"])
    return rows


def _add_missing_sizes(basic: pd.DataFrame) -> pd.DataFrame:
    """Return payments that are published only as two parts, or as a step from a smaller household."""
    key = ["policy_period", "household_size"]
    computed: dict[str, Any] = {"component": "basic_payment", "is_computed": True, "certainty": "estimate"}
    totals = basic[basic["component"] == "basic_payment"]
    parts = _sum_by_period(basic, PARTS, key).rename("parts")
    sums = basic[basic["component"] == PARTS[0]].join(parts, on=key, how="inner")
    sums = sums.assign(amount=sums["parts"], note="Sum of its two printed parts", **computed)
    sums = sums[~sums.set_index(key).index.isin(totals.set_index(key).index)]
    known = pd.concat([totals, sums]).set_index(key)["amount"].to_dict()
    rows = [sums]
    for period, step in _sum_by_period(basic, STEPS, ["policy_period"]).items():
        source = basic[(basic["policy_period"] == period) & (basic["component"] == STEPS[0])]
        for size, number in SIZES.items():
            before = known.get((period, str(number - 1)))
            if before is not None and (period, size) not in known:
                note = "Smaller household and the printed step"
                rows.append(source.assign(household_size=size, amount=before + step, note=note, **computed))
    return pd.concat(rows)


def _add_packages(won: pd.DataFrame) -> pd.DataFrame:
    """Return packages in won; one that is known only through the rise after it is computed."""
    ranges = won[(won["measure"] == "range") & won["end"].notna()]
    later = ranges.drop_duplicates("end", keep=False).set_index("end")
    rises = won[(won["measure"] == "rise") & won["end"].isin(later.index)]
    rises = rises.assign(
        amount_low=rises["end"].map(later["amount_low"]) - rises["amount_low"],
        amount_high=rises["end"].map(later["amount_high"]) - rises["amount_high"],
        end=rises["start"] + pd.offsets.YearEnd(0),
        is_computed=True,
        certainty="estimate",
        note="Later package less the printed rise",
    )
    return pd.concat([won[won["measure"].isin(["amount", "range"])], rises])


def expand_by_year(payments: pd.DataFrame, last_year: int) -> pd.DataFrame:
    """Return the cash payment in force on 1 July, one row per year and household size."""
    cash = payments[payments["what_it_is"] != "package"]
    end = cash["known_to"].fillna(pd.Timestamp(last_year, 12, 31))
    years = pd.DataFrame(
        {"year": range(payments["known_from"].min().year, max(last_year, end.max().year) + 1)}
    )
    rows = cash.assign(end=end).merge(years, how="cross")
    july = pd.to_datetime(rows["year"].astype(str) + "-07-01")
    rows = rows[(rows["known_from"] <= july) & (july <= rows["end"])]
    dates = ["known_from", "known_to", "legal_from", "legal_to", "start_printed_to", "end"]
    return rows.drop(columns=dates)
