"""What the South paid to those who came: settlement money, housing, incentives, rewards.

``raw/policy_amounts.csv`` holds amounts, ceilings and multiples as printed, with the dates as
precise as printed and a status, so that a plan or a draft is never taken for a payment. Where the
law set a multiple of the monthly minimum wage, the amount in won is worked out here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from data.checks import Problem, each_row, first_days, last_days, name_precision
from data.tables.prices import find_minimum_wage, take_reference_wages

RAW = ("policy_amounts", "economic_series")
FILE = "data/raw/policy_amounts.csv"
TIMES = "times_monthly_minimum_wage"
# Components that are the cash paid to a household, by what they are called in the clean table.
CASH = {
    "settlement_allowance": "allowance",
    "settlement_money": "settlement_money",
    "basic_payment": "basic_payment",
}
PARTS = ("basic_payment_initial_part", "basic_payment_instalment_part")
STEPS = ("step_per_extra_member_initial_part", "step_per_extra_member_instalment_part")
SIZES = {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5, "6": 6, "7+": 7}
_COLUMNS = (
    "known_from",
    "known_to",
    "policy_period",
    "legal_from",
    "legal_to",
    "start_printed_to",
    "household_size",
    "what_it_is",
    "amount_low_krw",
    "amount_krw",
    "amount_high_krw",
    "multiple_of_minimum_wage",
    "is_computed",
    "source_id",
    "certainty",
    "note",
)
_DAY = pd.Timedelta(days=1)


def _in_force(frame: pd.DataFrame, programme: str) -> pd.DataFrame:
    return frame.loc[(frame["programme"] == programme) & (frame["status"] == "in_force")]


def _resolve_dates(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with ``from`` and ``to`` as days.

    A date printed as a year or a month stands for its first day as a start and its last day as an
    end. If one payment ends and another of the same programme starts in the same month (July 2019:
    the source says the middle of July), the new one starts on the 15th.
    """
    ends = frame.loc[frame["effective_to"].str.len() == 7, ["programme", "effective_to"]]
    starts = frame.loc[frame["effective_from"].str.len() == 7, ["programme", "effective_from"]]
    shared = set(ends.itertuples(index=False, name=None)) & set(starts.itertuples(index=False, name=None))
    out = frame.assign(
        **{"from": first_days(frame["effective_from"]), "to": last_days(frame["effective_to"])}
    )
    for programme, month in shared:
        middle = pd.Timestamp(f"{month}-15")
        here = out["programme"] == programme
        out["from"] = out["from"].mask(here & (out["effective_from"] == month), middle)
        out["to"] = out["to"].mask(here & (out["effective_to"] == month), middle - _DAY)
    return out


def validate(raw: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Yield what is wrong with the amounts."""
    frame = raw["policy_amounts"]
    yield from _check_rows(frame)
    yield from _check_multiples(frame, take_reference_wages(raw["economic_series"]))
    yield from _check_parts(frame)
    for programme in ("basic_payment", "housing_subsidy"):
        yield from _check_periods(frame, programme)
    yield from _check_household_order(frame)
    yield from _check_package(frame)
    yield from _check_housing_rise(frame)
    yield from _check_incentives(frame)


def _check_rows(frame: pd.DataFrame) -> Iterator[Problem]:
    single, low, high = (frame[c].notna() for c in ("amount", "amount_low", "amount_high"))
    for line, _ in each_row(frame.loc[~(single & ~low & ~high) & ~(~single & low & high)]):
        yield Problem(
            FILE,
            line,
            "amount",
            "an amount and a range, or neither",
            "an amount, or amount_low and amount_high",
        )
    start, end = first_days(frame["effective_from"]), last_days(frame["effective_to"])
    for line, row in each_row(frame.loc[frame["effective_from"].notna() & start.isna()]):
        yield Problem(FILE, line, "effective_from", repr(row["effective_from"]), "a day that exists")
    for line, row in each_row(frame.loc[(frame["effective_to"].notna() & end.isna()) | (end < start)]):
        yield Problem(
            FILE,
            line,
            "effective_to",
            repr(row["effective_to"]),
            "a day that exists, not before effective_from",
        )
    as_of = first_days(frame["as_of"])
    outside = (as_of + pd.offsets.YearEnd(0) < start) | (as_of > end)
    for line, row in each_row(frame.loc[outside]):
        yield Problem(
            FILE,
            line,
            "as_of",
            repr(row["as_of"]),
            "a date between effective_from and effective_to",
        )


def _check_multiples(frame: pd.DataFrame, wages: pd.DataFrame) -> Iterator[Problem]:
    """Amounts printed beside a multiple of the minimum wage are that multiple, to the won."""
    key = ["programme", "policy_period", "component", "household_size"]
    rows = frame.loc[frame["status"] == "in_force"]
    multiples = rows.loc[rows["unit"] == TIMES].drop_duplicates(key).set_index(key)["amount"]
    for line, row in each_row(rows.loc[(rows["unit"] == "KRW") & rows["as_of"].notna()]):
        times = multiples.get(tuple(row[key]))
        wage = find_minimum_wage(wages, first_days(pd.Series([row["as_of"]])).iloc[0])
        if times is not None and wage is not None and row["amount"] != times * wage:
            expected = f"{times * wage:,.0f}, {times:g} times the monthly minimum wage of {wage:,.0f}"
            yield Problem(FILE, line, "amount", f"{row['amount']:,.0f}", expected)


def _amounts_by_size(rows: pd.DataFrame, component: str) -> pd.Series:
    return (
        rows.loc[(rows["component"] == component) & (rows["unit"] == "KRW")]
        .groupby("household_size")["amount"]
        .last()
    )


def _check_parts(frame: pd.DataFrame) -> Iterator[Problem]:
    """First part and instalments make the payment; each further person adds the printed step."""
    for _, rows in _in_force(frame, "basic_payment").groupby("policy_period"):
        first, rest = (_amounts_by_size(rows, part) for part in PARTS)
        steps = [rows.loc[rows["component"] == step, "amount"] for step in STEPS]
        step = sum(s.iloc[0] for s in steps) if all(len(s) for s in steps) else None
        total = rows.loc[(rows["component"] == "basic_payment") & (rows["unit"] == "KRW")]
        base = total.loc[total["household_size"] == "2", "amount"]
        for line, row in each_row(total):
            size = row["household_size"]
            if size in first.index and size in rest.index and row["amount"] != first[size] + rest[size]:
                expected = f"{first[size] + rest[size]:,.0f}, the sum of its two parts"
                yield Problem(FILE, line, "amount", f"{row['amount']:,.0f}", expected)
            if step is not None and len(base) and SIZES.get(size, 0) > 2:
                expected_amount = base.iloc[0] + (SIZES[size] - 2) * step
                if row["amount"] != expected_amount:
                    expected = f"{expected_amount:,.0f}, {step:,.0f} more for each person beyond two"
                    yield Problem(FILE, line, "amount", f"{row['amount']:,.0f}", expected)


def _check_periods(frame: pd.DataFrame, programme: str) -> Iterator[Problem]:
    """Legal periods of the one-person payment follow one another; a gap is covered by a plan."""
    rows = _resolve_dates(frame.loc[frame["programme"] == programme])
    rows = rows.loc[rows["household_size"].isin(["1", "any"]) & rows["from"].notna()]
    rows = rows.loc[
        rows["component"].isin([*CASH, "housing_subsidy"])
        & rows["measure"].isin(["amount", "range", "multiple"])
    ]
    paid = rows.loc[rows["status"] == "in_force"].sort_values(["from", "to"])
    planned = rows.loc[rows["status"] != "in_force"]
    before: Any = None
    for line, row in each_row(paid):
        if before is not None and (row["from"], row["policy_period"]) != (
            before["from"],
            before["policy_period"],
        ):
            if pd.isna(before["to"]):
                yield Problem(
                    FILE,
                    int(str(before.name)),
                    "effective_to",
                    "an open end",
                    f"the day before {row['effective_from']}, when the next payment starts",
                )
            elif row["from"] <= before["to"]:
                yield Problem(
                    FILE,
                    line,
                    "effective_from",
                    row["effective_from"],
                    f"a day after {before['effective_to']}, the end of {before['policy_period']}",
                )
            elif row["from"] > before["to"] + _DAY:
                plan = planned["from"].le(before["to"] + _DAY) & planned["to"].ge(row["from"] - _DAY)
                if not plan.any():
                    yield Problem(
                        FILE,
                        line,
                        "effective_from",
                        row["effective_from"],
                        f"the day after {before['effective_to']}, or a planned row that covers the gap",
                    )
        before = row


def _check_household_order(frame: pd.DataFrame) -> Iterator[Problem]:
    """See that a larger household is not paid less."""
    rows = frame.loc[
        (frame["status"] == "in_force")
        & frame["programme"].isin(["basic_payment", "housing_subsidy", "package"])
        & (frame["unit"] == "KRW")
        & (frame["household_size"] != "any")
    ]
    for _, group in rows.groupby(
        ["programme", "policy_period", "component", "as_of", "measure"], dropna=False
    ):
        before = None
        for line, row in each_row(group.sort_values("household_size")):
            if before is not None and row["amount"] < before:
                yield Problem(
                    FILE,
                    line,
                    "amount",
                    f"{row['amount']:,.0f}",
                    f"at least {before:,.0f}, what a smaller household gets",
                )
            before = row["amount"]


def _check_package(frame: pd.DataFrame) -> Iterator[Problem]:
    """See that the minimum package is basic payment plus housing, where both are known.

    In 2020 these are 8 and 16 million won. The comparison is exact: all are whole million won.
    """
    rows = _resolve_dates(frame.loc[frame["status"] == "in_force"])
    for line, row in each_row(rows.loc[(rows["programme"] == "package") & (rows["measure"] == "range")]):
        here = (
            (rows["from"] <= row["from"])
            & ((rows["to"] >= row["from"]) | rows["to"].isna())
            & (rows["household_size"] == "1")
        )
        parts = [
            rows.loc[
                here & (rows["component"] == c) & (rows["unit"] == "KRW") & rows["as_of"].isna(), "amount"
            ]
            for c in ("basic_payment", "housing_subsidy")
        ]
        if all(len(p) == 1 for p in parts) and row["amount_low"] != parts[0].iloc[0] + parts[1].iloc[0]:
            yield Problem(
                FILE,
                line,
                "amount_low",
                f"{row['amount_low']:,.0f}",
                f"{parts[0].iloc[0] + parts[1].iloc[0]:,.0f}, basic payment and housing subsidy of that year",
            )


def _check_housing_rise(frame: pd.DataFrame) -> Iterator[Problem]:
    """See that a rise printed for all sizes separates two neighbouring housing periods."""
    rows = _resolve_dates(_in_force(frame, "housing_subsidy"))
    amounts = rows.loc[(rows["component"] == "housing_subsidy") & (rows["measure"] == "amount")]
    for _, rise in each_row(rows.loc[rows["measure"] == "rise"]):
        before = amounts.loc[amounts["to"] == rise["from"] - _DAY].set_index("household_size")["amount"]
        for line, row in each_row(amounts.loc[amounts["from"] == rise["from"]]):
            size = row["household_size"]
            if size in before.index and row["amount"] != before[size] + rise["amount"]:
                expected = f"{before[size] + rise['amount']:,.0f}, {rise['amount']:,.0f} more than before"
                yield Problem(FILE, line, "amount", f"{row['amount']:,.0f}", expected)


def _check_incentives(frame: pd.DataFrame) -> Iterator[Problem]:
    """Three years of an employment incentive make its total; training pays by the printed step."""
    jobs = _in_force(frame, "employment_incentive")
    for _, rows in jobs.groupby("policy_period"):
        total = rows.loc[rows["measure"] == "total", "amount"]
        years = rows.loc[(rows["measure"] == "amount") & rows["condition"].str.startswith("year"), "amount"]
        for line, row in each_row(rows.loc[total.index]):
            value = row["amount"]
            if value != years.sum():
                yield Problem(
                    FILE, line, "amount", f"{value:,.0f}", f"{years.sum():,.0f}, the sum of the three years"
                )
    training = _in_force(frame, "training_incentive")
    training = training.loc[training["component"] == "training_incentive"]
    step = training.loc[training["measure"] == "step", "amount"]
    start = training.loc[(training["measure"] == "amount") & (training["condition"] == "500 hours"), "amount"]
    if len(step) and len(start):
        for line, row in each_row(training.loc[training["measure"] != "step"]):
            hours = int(row["condition"].split()[0].replace(",", ""))
            # 500 hours, then each further 120: 620, 740 … 1,220.
            expected = start.iloc[0] + (hours - 500) // 120 * step.iloc[0]
            if row["amount"] != expected:
                yield Problem(
                    FILE,
                    line,
                    "amount",
                    f"{row['amount']:,.0f}",
                    f"{expected:,.0f} at {hours:,} hours by the printed steps",
                )


def tidy(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the clean tables of amounts, payments and housing deposits."""
    frame = raw["policy_amounts"]
    dated = _resolve_dates(frame)
    amounts = dated.assign(
        effective_from=dated["from"],
        effective_to=dated["to"],
        start_printed_to=name_precision(frame["effective_from"]),
        is_in_force=dated["status"] == "in_force",
    ).drop(columns=["from", "to"])
    payments = tidy_basic_payment(frame, raw["economic_series"])
    return {
        "policy_amounts": amounts,
        "basic_payment": payments,
        "basic_payment_by_year": expand_by_year(payments, last_year=amounts["effective_from"].dt.year.max()),
        "housing_subsidy": tidy_housing_subsidy(frame),
    }


def _known_span(row: pd.Series) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the days a printed amount is known for: its legal period, or the year it is quoted for."""
    if not isinstance(row["as_of"], str):
        return row["from"], row["to"]
    as_of = pd.Series([row["as_of"]])
    first, last = first_days(as_of).iloc[0], last_days(as_of).iloc[0]
    return max(first, row["from"]), last if pd.isna(row["to"]) else min(last, row["to"])


def _make_row(row: pd.Series, span: tuple[Any, Any], **changes: Any) -> dict[str, Any]:
    return {
        "known_from": span[0],
        "known_to": span[1],
        "policy_period": row["policy_period"],
        "legal_from": row["from"],
        "legal_to": row["to"],
        "start_printed_to": name_precision(pd.Series([row["effective_from"]])).iloc[0],
        "household_size": row["household_size"],
        "what_it_is": CASH.get(row["component"], "package"),
        "amount_low_krw": row["amount_low"],
        "amount_krw": row["amount"],
        "amount_high_krw": row["amount_high"],
        "multiple_of_minimum_wage": float("nan"),
        "is_computed": False,
        "source_id": row["source_id"],
        "certainty": row["certainty"],
        "note": row["note"],
    } | changes


def _make_sum(row: pd.Series, amount: float, note: str) -> dict[str, Any]:
    computed = {"amount_krw": amount, "is_computed": True, "certainty": "estimate", "note": note}
    return _make_row(row, _known_span(row), **computed)


def tidy_basic_payment(frame: pd.DataFrame, economic: pd.DataFrame) -> pd.DataFrame:
    """Return what a household was paid in cash, and packages of cash and deposit beside it."""
    wages = take_reference_wages(economic)
    rows: list[dict[str, Any]] = []
    dated = _resolve_dates(frame.loc[frame["status"] == "in_force"])
    cash = dated.loc[(dated["programme"] == "basic_payment") & dated["component"].isin(CASH)]
    key = ["policy_period", "component", "household_size"]
    multiples = cash.loc[cash["unit"] == TIMES]
    with_multiple = set(multiples[key].itertuples(index=False, name=None))
    printed = cash.loc[cash["unit"] == "KRW"]
    for _, row in each_row(printed):
        if tuple(row[key]) not in with_multiple:
            rows.append(_make_row(row, _known_span(row)))
    for _, row in each_row(multiples):
        same = printed.loc[(printed[key] == row[key]).all(axis=1)]
        amounts = {
            find_minimum_wage(wages, first_days(pd.Series([p["as_of"]])).iloc[0]): p
            for _, p in each_row(same)
        }
        within = wages.loc[(wages["effective_from"] <= row["to"]) & (wages["effective_to"] >= row["from"])]
        for _, wage in each_row(within):
            span = (max(wage["effective_from"], row["from"]), min(wage["effective_to"], row["to"]))
            known = amounts.get(wage["monthly_krw"])
            source = row if known is None else known
            rows.append(
                _make_row(
                    source,
                    span,
                    amount_krw=row["amount"] * wage["monthly_krw"],
                    multiple_of_minimum_wage=row["amount"],
                    is_computed=known is None,
                )
            )
    rows += _add_parts_and_steps(dated.loc[dated["programme"] == "basic_payment"])
    rows += _add_packages(dated.loc[dated["programme"] == "package"])
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def expand_by_year(payments: pd.DataFrame, last_year: int) -> pd.DataFrame:
    """Return the cash payment of each year, one row a year and household size."""
    rows = []
    for _, row in each_row(payments.loc[payments["what_it_is"] != "package"]):
        end = row["known_to"] if pd.notna(row["known_to"]) else pd.Timestamp(last_year, 12, 31)
        for year in range(row["known_from"].year, end.year + 1):
            if row["known_from"] <= pd.Timestamp(year, 7, 1) <= end:
                rows.append({"year": year} | row.to_dict())
    dates = {"known_from", "known_to", "legal_from", "legal_to", "start_printed_to"}
    return pd.DataFrame(rows, columns=["year", *(c for c in _COLUMNS if c not in dates)])


def _add_parts_and_steps(basic: pd.DataFrame) -> list[dict[str, Any]]:
    """Return payments that are printed only as two parts, or as a step from a smaller household."""
    rows = []
    for _, period in basic.groupby("policy_period"):
        total = period.loc[(period["component"] == "basic_payment") & (period["unit"] == "KRW")]
        first, rest = (period.loc[period["component"] == part].set_index("household_size") for part in PARTS)
        known = dict(zip(total["household_size"], total["amount"], strict=True))
        for size in first.index.intersection(rest.index):
            if size not in known:
                row = first.loc[size].copy()
                row["household_size"], row["component"] = size, "basic_payment"
                amount = float(first["amount"][size]) + float(rest["amount"][size])
                rows.append(_make_sum(row, amount, "Sum of its two printed parts"))
                known[size] = amount
        steps = [period.loc[period["component"] == step] for step in STEPS]
        if all(len(step) for step in steps):
            sizes = [s for s in SIZES if s not in known and str(SIZES[s] - 1) in known]
            for size in sizes:
                row = steps[0].iloc[0].copy()
                row["household_size"], row["component"] = size, "basic_payment"
                amount = known[str(SIZES[size] - 1)] + sum(step["amount"].iloc[0] for step in steps)
                rows.append(_make_sum(row, amount, "Smaller household and the printed step"))
                known[size] = amount
    return rows


def _add_packages(package: pd.DataFrame) -> list[dict[str, Any]]:
    """Return packages in won; one known only through the rise after it is computed."""
    rows = []
    won = package.loc[package["unit"] == "KRW"]
    ranges = won.loc[won["measure"] == "range"]
    for _, row in each_row(won.loc[won["measure"].isin(["amount", "range"])]):
        rows.append(_make_row(row, _known_span(row)))
    for _, rise in each_row(won.loc[won["measure"] == "rise"]):
        later = ranges.loc[ranges["to"] == rise["to"]]
        if len(later) == 1:
            year = rise["from"], rise["from"] + pd.offsets.YearEnd(0)
            low, high = (later[c].iloc[0] - rise[c] for c in ("amount_low", "amount_high"))
            rows.append(
                _make_row(
                    rise,
                    year,
                    legal_to=year[1],
                    amount_low_krw=low,
                    amount_high_krw=high,
                    is_computed=True,
                    certainty="estimate",
                    note="Later package less the printed rise",
                )
            )
    return rows


def tidy_housing_subsidy(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rental deposit paid for a household, one row a span and household size."""
    dated = _resolve_dates(frame.loc[frame["status"] == "in_force"])
    chosen = (
        (dated["component"] == "housing_subsidy") & (dated["measure"] == "amount") & (dated["unit"] == "KRW")
    )
    rows = [_make_row(row, _known_span(row)) for _, row in each_row(dated.loc[chosen])]
    payment_only = {
        "what_it_is",
        "amount_low_krw",
        "amount_high_krw",
        "multiple_of_minimum_wage",
        "is_computed",
    }
    return pd.DataFrame(rows, columns=[c for c in _COLUMNS if c not in payment_only])
