"""Shares and surveys side by side, rare events, and payments in real terms and in hours of work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.models import rates, trends
from analysis.models.inputs import Source, Years, take_numbers, take_years
from analysis.models.results import Estimate, Fit, describe, name_period, state

SMALL = 5
"""Cases below which a share has exact limits."""


def count_cases(rows: pd.DataFrame, share: str) -> pd.DataFrame:
    """Return rows with ``n`` and ``cases_used`` as numbers, cases rebuilt from the share if not printed."""
    n = take_numbers(rows, "n", minimum=1)
    value = rows[share].astype("Float64") * n / 100
    printed = rows["cases"].astype("Float64") if "cases" in rows else value * pd.NA
    if (printed.isna() & value.isna()).any():
        raise ValueError(f"{share}: found a row with neither cases nor a share, expected one of them")
    rebuilt = printed.isna()
    if "cases_source" in rows:
        rebuilt = rebuilt | (rows["cases_source"] == "rebuilt")
    cases = printed.fillna(value).astype(float)
    return rows.assign(cases_used=cases, n=n, is_rebuilt=rebuilt.astype(bool))


def name_row(cells: Iterable[Any]) -> str:
    """Return a name made of some cells: lower case, underscores."""
    words = "_".join(str(cell) for cell in cells if pd.notna(cell) and str(cell))
    return "".join(c if c.isalnum() else "_" for c in words.lower()).strip("_")


def shares(
    source: Source,
    *,
    name: Sequence[str],
    only: Sequence[str] = (),
    method: str = "",
    design_effect: float = 1.0,
) -> Fit:
    """Return one proportion per row that prints n, with Wilson's or, below five cases, exact limits.

    ``name`` lists the columns that name a row, ``only`` the values kept of the first of them that has
    any. Results: ``share_NAME`` (%). Table: ``shares``.
    """
    rows, outcome = source.rows(), source.outcome
    rows = rows[rows["n"].notna() & rows[outcome].notna()]
    if only:
        rows = rows[rows[[*name]].isin(only).any(axis=1)]
    used = count_cases(rows.reset_index(drop=True), outcome)
    results = []
    for _, row in used.iterrows():
        limits = method or ("clopper-pearson" if row["cases_used"] < SMALL else "wilson")
        found = rates.estimate_share(
            row["cases_used"] / design_effect, row["n"] / design_effect, method=limits
        )
        quantity = "share_" + name_row(row[[*name]])
        results.append(describe(quantity, found, "%", scale=100, term="one proportion", n=int(row["n"])))
    names = [e.quantity for e in results]
    if len(set(names)) < len(names):
        raise ValueError(f"name: found {max(names, key=names.count)} twice, expected one row per name")
    used[["share_computed_pct", "ci_low", "ci_high"]] = [(e.value, e.ci_low, e.ci_high) for e in results]
    limits = "Wilson; Clopper-Pearson below five cases" if (used["cases_used"] < SMALL).any() else "Wilson"
    return Fit(len(used), results, used, "binomial", "identity", limits, tables={"shares": used})


def groups(source: Source) -> Fit:
    """Return the share of women in each group of a full count by sex, with Wilson's limits.

    Results: ``share_G`` (%). Table: ``shares``.
    """
    rows = source.rows()
    rows = rows[(rows["sex"] != "all") & (rows["category"] != "all")]
    counts = rows.pivot_table(index="category", columns="sex", values=source.outcome, aggfunc="sum")
    counts = counts[["female", "male"]].fillna(0).astype(float)
    used = (
        pd.DataFrame({"events": counts["female"], "n": counts.sum(axis=1)}).rename_axis("group").reset_index()
    )
    results = [
        describe(
            f"share_{name_row([group])}",
            rates.estimate_share(events, n),
            "%",
            scale=100,
            term="one proportion",
            n=int(n),
        )
        for group, events, n in used.itertuples(index=False)
    ]
    used[["share_pct", "ci_low", "ci_high"]] = [(e.value, e.ci_low, e.ci_high) for e in results]
    return Fit(int(used["n"].sum()), results, used, "binomial", "identity", "Wilson", tables={"shares": used})


def share_ratios(source: Source, *, other: str, other_n: int, design_effect: float = 1.0) -> Fit:
    """Return yearly ratios of a survey's share to South Korea's, shown side by side and not fitted.

    ``other`` filters the South Korean rows, ``other_n`` is asked where a year does not print n.
    Results: ``ratio_Y`` (times), ``points_Y`` (percentage points, Newcombe). Table: ``ratios``.
    """
    ours, theirs = (source.rows(where).set_index("year") for where in (None, other))
    rows, records = [], []
    for year in sorted(set(ours.index) & set(theirs.index)):
        p, q = float(ours.loc[year, "value"]) / 100, float(theirs.loc[year, "value"]) / 100
        n, m = ours.loc[year, "n"], theirs.loc[year, "n"]
        m = int(other_n if pd.isna(m) else m)
        times, points = "times the South Korean share", "percentage points"
        if pd.isna(n):
            ratio = Estimate(f"ratio_{year}", p / q, unit=times, n=2, method="as published")
            gap = Estimate(f"points_{year}", 100 * (p - q), unit=points, n=2, method="as published")
        else:
            found = rates.estimate_share_ratio(p, n, q, m, design_effect=design_effect)
            ratio = describe(f"ratio_{year}", found, times, term="log ratio", n=int(n + m))
            found = rates.estimate_share_difference(p * n, n, q * m, m)
            gap = describe(f"points_{year}", found, points, scale=100, term="difference", n=int(n + m))
        rows += [ratio, gap]
        records.append((year, 100 * p, 100 * q, n, m, ratio.value, ratio.ci_low, ratio.ci_high))
    firm = [e for e in rows if e.quantity.startswith("ratio_")]
    for name, pick in (("lowest", min), ("highest", max)):
        rows.append(
            replace(pick(firm, key=lambda e: e.value), quantity=f"{name}_ratio", words=f"{name} of the years")
        )
    columns = ["year", "share_pct", "south_korea_pct", "n", "n_south_korea", "ratio", "ci_low", "ci_high"]
    used = pd.DataFrame(records, columns=columns)
    method = "delta method on the log ratio; Newcombe for the difference"
    return Fit(len(used), rows, used, "binomial", "log", method, tables={"ratios": used})


def share_pairs(
    source: Source, *, first: str, second: str, only: Sequence[str], design_effect: float = 1.0
) -> Fit:
    """Return what a second survey found less what the first did: same people, question and year.

    Pairs without both n are left out; a design effect divides both. Results:
    ``difference_INDICATOR_Y`` (percentage points, Newcombe). Table: ``pairs``.
    """
    rows = source.rows()
    rows = rows[rows["indicator"].isin(only) & rows["subgroup"].isna() & rows["item"].isna()]
    keys = ["year", "indicator", "unit"]
    parts = [rows[rows["survey"] == s][[*keys, "value", "n", "source_id"]] for s in (first, second)]
    parts = [
        part.rename(columns={"value": name, "n": f"{name}_n", "source_id": f"source_{name}"})
        for part, name in zip(parts, ("first", "second"), strict=True)
    ]
    pairs = parts[0].merge(parts[1], on=keys).dropna(subset=["first_n", "second_n"])
    pairs = pairs.sort_values(["indicator", "year"]).reset_index(drop=True)
    results = []
    for pair in pairs.to_dict("records"):
        n, m = float(pair["first_n"]) / design_effect, float(pair["second_n"]) / design_effect
        found = rates.estimate_share_difference(pair["second"] / 100 * m, m, pair["first"] / 100 * n, n)
        name, people = f"difference_{pair['indicator']}_{pair['year']}", pair["first_n"] + pair["second_n"]
        unit = "percentage points"
        results.append(describe(name, found, unit, scale=100, term="difference", n=int(people)))
    pairs["difference"] = pairs["second"] - pairs["first"]
    pairs[["ci_low", "ci_high"]] = [(e.ci_low, e.ci_high) for e in results]
    return Fit(len(pairs), results, pairs, "binomial", "identity", "Newcombe", tables={"pairs": pairs})


def rare_events(
    source: Source, *, periods: Sequence[Years], unit: str, covers: str = "", quasi: bool = True
) -> Fit:
    """Fit a log line to a few events a year, years of zero included, with exact rates beside it.

    ``covers`` is the column with the last day of a part-year. Results: ``change`` (% a year), ``rate_Y``
    and ``rate_A_B`` of periods fixed beforehand (events a year, Garwood).
    """
    rows = source.rows()
    used = source.within(
        pd.DataFrame(
            {
                "year": take_numbers(rows, "year").astype(int),
                "events": take_numbers(rows, source.outcome, minimum=0),
                "exposure": rows[covers].dt.month.fillna(12).astype(float) / 12 if covers else 1.0,
            }
        ).sort_values("year")
    )
    trend = trends.fit_counts(used, "events", exposure="exposure", quasi=quasi)
    results = [trends.estimate_change(trend, "change")]
    newest = int(used["year"].max())
    for first, last in [*((year, year) for year in used["year"]), *periods]:
        inside = used[used["year"].between(first, last or newest)]
        words = "" if first == last else f"rate, {first}–{last}" if last else f"rate since {first}"
        found = rates.estimate_rate(*inside[["events", "exposure"]].sum())
        more: dict[str, Any] = {"term": "period" if words else "year", "n": len(inside), "words": words}
        results.append(describe(f"rate_{name_period(first, last)}", found, unit, **more))
    method = trends.LEAST_SQUARES if quasi else trends.LIKELIHOOD
    return trends.make_fit(trend, results, used, "log", method=method)


def returns_rate(source: Source, *, window: int = 4, **options: Any) -> Fit:
    """Return the log line and the rates of returns, also set against newcomers and all who came.

    Results beyond those of ``rare_events``: ``change_newcomers`` (% a year, for equal numbers of people
    who entered in the last ``window`` years) and ``per_1000`` (of people who ever entered, no interval:
    what is unseen is not chance).
    """
    fit = rare_events(source, **options)
    entered = source.read("entrants").groupby("year")["entrants_persons"].sum().astype(float)
    newcomers = entered.rolling(window).sum().reindex(fit.table["year"]).to_numpy() * fit.table["exposure"]
    against = trends.fit_counts(
        fit.table.assign(newcomers=newcomers), "events", exposure="newcomers", quasi=False
    )
    words = "change for equal numbers of newcomers"
    change = trends.estimate_change(against, "change_newcomers", words)
    bins = Source(source.read, "entrants_bins").rows("role=current;sex=all")["entrants_persons"]
    people = int(entered[entered.index <= fit.table["year"].max()].sum() + bins.sum())
    share = state(
        "per_1000",
        1000 * fit.table["events"].sum() / people,
        "returns for 1,000 people who ever entered",
        n=people,
    )
    return replace(fit, rows=[fit.rows[0], change, *fit.rows[1:], share])


def pick_residents(residents: pd.DataFrame, start: int, end: int) -> pd.Series:
    """Return the national count of residents nearest to the middle of a period."""
    national = residents[
        (residents["region"] == "all")
        & (residents["sex"] == "all")
        & residents["rounded_to_persons"].isna()
        & residents["as_of_date"].dt.year.between(start, end)
    ]
    if national.empty:
        raise ValueError(f"residents: no national count from {start} to {end}, expected one")
    middle = pd.Timestamp(year=(start + end + 1) // 2, month=1 if (end - start) % 2 else 7, day=1)
    return national.loc[(national["as_of_date"] - middle).abs().idxmin()]


def payment_value(source: Source, *, base_year: int) -> Fit:
    """Return each year's payment in the prices of one year and in hours of the minimum wage of 1 July.

    Results, without interval: ``nominal_Y`` (won), ``real_Y`` (won of the base year), ``hours_Y``.
    """
    amounts, outcome = source.within(source.rows()), source.outcome
    prices, wages = source.read("prices"), source.read("minimum_wage")
    july = pd.to_datetime(amounts["year"].astype(str) + "-07-01")
    wage = [
        wages.loc[
            wages["is_reference"] & (wages["effective_from"] <= day) & (wages["effective_to"] >= day),
            "hourly_krw",
        ]
        for day in july
    ]
    hourly = pd.Series([float(w.iloc[0]) if len(w) else np.nan for w in wage])
    used = deflate(amounts, prices.dropna(subset="cpi_2020"), outcome, "cpi_2020", base_year)
    used = used.assign(wage_hours=used[outcome] / hourly).dropna(subset="wage_hours")
    rows = []
    for year, nominal, real, hours in used[["year", outcome, "amount_real_krw", "wage_hours"]].itertuples(
        index=False
    ):
        rows += [
            state(f"nominal_{year}", nominal, "won", term="as published", n=1, method="as published"),
            state(f"real_{year}", real, f"won of {base_year}", term="real", n=1),
            state(f"hours_{year}", hours, "hours of the minimum wage", term="hours", n=1),
        ]
    return Fit(len(used), rows, used.reset_index(drop=True), "none", "none", "arithmetic")


def deflate(
    amounts: pd.DataFrame, prices: pd.DataFrame, amount: str, index: str, base_year: int
) -> pd.DataFrame:
    """Return yearly amounts with ``amount_real_krw``, in the prices of one year, by a yearly index."""
    levels = pd.Series(take_numbers(prices, index), index=take_years(prices, gaps=True).astype(int))
    if (levels <= 0).any():
        raise ValueError(f"{index}: found {levels.min():g}, expected more than zero in each year")
    absent = {base_year, *amounts["year"]} - set(levels.index)
    if absent:
        raise ValueError(f"{index}: no value for {sorted(absent)[0]}, expected one for each year")
    factor = levels[base_year] / levels[amounts["year"]].to_numpy()
    return amounts.assign(amount_real_krw=take_numbers(amounts, amount, minimum=0) * factor)
