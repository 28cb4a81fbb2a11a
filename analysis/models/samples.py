"""Models without a line: shares and surveys side by side, groups compared, rare events, real amounts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.models import rates, trends
from analysis.models.inputs import Source, take_numbers, take_years
from analysis.models.results import Estimate, Fit, describe

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


def groups(source: Source, *, reference: str) -> Fit:
    """Return the share of women in each group of a full count by sex, and how groups differ.

    Results: ``share_G`` (%, Wilson), ``odds_G`` (odds ratio to the reference, Woolf), ``chi_square``
    (degrees of freedom in ``df_resid``) and ``cramers_v``. Table: ``shares``.
    """
    rows = source.rows()
    rows = rows[(rows["sex"] != "all") & (rows["category"] != "all")]
    counts = rows.pivot_table(index="category", columns="sex", values=source.outcome, aggfunc="sum")
    counts = counts[["female", "male"]].fillna(0).astype(float)
    if reference not in counts.index:
        known = ", ".join(map(str, counts.index))
        raise ValueError(f"category: found no {reference!r}, expected one of {known}")
    used = pd.DataFrame({"events": counts["female"], "n": counts.sum(axis=1)})
    base, odds, results = used.loc[reference], [], []
    for group, events, n in used.itertuples():
        name, share = name_row([group]), rates.estimate_share(events, n)
        results.append(describe(f"share_{name}", share, "%", scale=100, term="one proportion", n=int(n)))
        if group != reference:
            ratio, unit = rates.estimate_odds_ratio(events, n, *base), "times the odds of the reference"
            odds.append(describe(f"odds_{name}", ratio, unit, term="two by two", n=int(n + base["n"])))
    used = used.rename_axis("group").reset_index()
    used[["share_pct", "ci_low", "ci_high"]] = [(e.value, e.ci_low, e.ci_high) for e in results]
    square, total = stats.chi2_contingency(counts.to_numpy(), correction=False), int(used["n"].sum())
    statistic = float(square.statistic)
    term = "independence"
    results += [
        *odds,
        Estimate("chi_square", statistic, unit="chi-square", term=term, n=total),
        Estimate("cramers_v", float(np.sqrt(statistic / total)), unit="0 to 1", term=term, n=total),
    ]
    method = "Wilson; Woolf; Pearson's chi-square"
    return Fit(
        total,
        results,
        used,
        "binomial",
        "identity",
        method,
        df_resid=float(square.dof),
        tables={"shares": used},
    )


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


def rare_events(source: Source, *, since: int, unit: str, covers: str = "", family: str = "exact") -> Fit:
    """Return exact rates by year and in two periods, zeroes included, and the ratio of the periods.

    The second period begins in ``since``; ``covers`` is the column with the last day of a part-year.
    Results: ``rate_Y``, ``rate_A_B``, ``rate_since_A`` and ``rate_all`` (events a year, Garwood) and
    ``ratio_since_A_to_C_D`` (exact, or ``quasi-poisson``). The trend is one constant rate per period.
    """
    rows, first = source.rows(), source.years[0]
    full = pd.DataFrame(
        {
            "year": take_numbers(rows, "year").astype(int),
            "events": take_numbers(rows, source.outcome, minimum=0),
            "exposure": rows[covers].dt.month.fillna(12).astype(float) / 12 if covers else 1.0,
        }
    )
    full = source.within(full.sort_values("year"))
    used = source.spare(full)
    trend = trends.fit_count_trend(
        used, "events", exposure="exposure", steps=((since, None),), slope=False, centre=first, gaps=True
    )
    results = []
    for year, events, exposure in zip(used["year"], used["events"], used["exposure"], strict=True):
        found = rates.estimate_rate(events, exposure)
        results.append(describe(f"rate_{year}", found, unit, term="year", n=1))
    early, late = f"{first}_{since - 1}", f"since_{since}"
    period = used["year"].lt(since).map({True: early, False: late})
    sums = used.groupby(period)[["events", "exposure"]].sum()
    for name, words in ((early, f"rate, {first}–{since - 1}"), (late, f"rate since {since}")):
        found, n = rates.estimate_rate(*sums.loc[name]), int((period == name).sum())
        results.append(describe(f"rate_{name}", found, unit, term="period", n=n, words=words))
    whole = rates.estimate_rate(*sums.sum())
    results.append(describe("rate_all", whole, unit, term="period", n=len(used)))
    ratio = describe(
        f"ratio_{late}_to_{early}",
        rates.estimate_rate_ratio(*sums.loc[late], *sums.loc[early]),
        "times the earlier rate",
        term="period",
        words=f"rate since {since} over that of {first}–{since - 1}",
    )
    quasi = trend.estimate("", f"step_{since}", "", lambda v: float(np.exp(v)))
    if family == "quasi-poisson":
        ratio = replace(ratio, ci_low=quasi.ci_low, ci_high=quasi.ci_high, interval_kind="confidence")
    results.append(replace(ratio, linear=quasi.linear))
    method = "exact: Garwood for a rate, conditional binomial for a ratio"
    units = tuple(str(year) for year in full["year"])
    df = float(trend.result.df_resid)
    return Fit(
        len(used), results, used, "poisson", "identity", method, trend.dispersion, df, trend, units=units
    )


def returns_rate(source: Source, *, windows: Sequence[int] = (2, 3, 4, 5), **options: Any) -> Fit:
    """Return the rates of returns, also set against everybody who came, newcomers and residents.

    Results beyond those of ``rare_events``: ``per_1000`` (people who ever entered, exact),
    ``ratio_newcomers_W`` (the ratio for equal numbers of people who entered in the last W years) and
    ``per_residents_A`` (a year, for 1,000 residents counted nearest to the middle of a period).
    """
    fit = rare_events(source, **options)
    used, since = fit.table, options["since"]
    newest, period = int(used["year"].max()), used["year"] >= since
    read, first = source.read, source.years[0]
    entered = read("entrants").groupby("year")["entrants_persons"].sum()
    bins = Source(read, "entrants_bins").rows("role=current;sex=all")["entrants_persons"]
    people = int(entered[entered.index <= newest].sum() + bins.sum())
    share = rates.estimate_share(float(used["events"].sum()), people, method="clopper-pearson")
    unit = "returns for 1,000 people who ever entered"
    rows = [describe("per_1000", share, unit, scale=1000, term="one proportion", n=people)]
    for window in windows:
        recent = entered.rolling(window).sum().reindex(used["year"]).to_numpy() * used["exposure"]
        sums = (
            pd.DataFrame({"events": used["events"], "recent": recent})[recent.notna()].groupby(period).sum()
        )
        found, unit = rates.estimate_rate_ratio(*sums.loc[True], *sums.loc[False]), "times the earlier rate"
        rows.append(
            describe(f"ratio_newcomers_{window}", found, f"{unit} for each recent entrant", term="period")
        )
    for name, start, end in ((f"{first}_{since - 1}", first, since - 1), (f"since_{since}", since, newest)):
        inside = used.loc[used["year"].between(start, end), ["events", "exposure"]]
        scale, unit = (
            1000 / pick_residents(read("residents"), start, end)["residents_persons"],
            "returns a year for 1,000 residents",
        )
        found = rates.estimate_rate(*inside.sum())
        rows.append(describe(f"per_residents_{name}", found, unit, scale=scale, term="period"))
    return replace(fit, rows=fit.rows + rows)


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


def payment_value(source: Source, *, base_year: int, hours: int = 0) -> Fit:
    """Return each year's payment in the prices of one year and in months of the minimum wage of 1 July.

    ``hours`` is the basis of the monthly wage in years that had two. Results, without interval:
    ``nominal_Y`` (won), ``real_Y`` (won of the base year), ``months_Y``.
    """
    amounts, outcome = source.within(source.rows()), source.outcome
    prices, wages = source.read("prices"), source.read("minimum_wage")
    chosen = wages["is_reference"]
    if hours:
        other = wages["hours_basis"] == hours
        chosen = other | chosen & ~wages["effective_from"].isin(wages.loc[other, "effective_from"])
    july = pd.to_datetime(amounts["year"].astype(str) + "-07-01")
    wage = [
        wages.loc[chosen & (wages["effective_from"] <= day) & (wages["effective_to"] >= day), "monthly_krw"]
        for day in july
    ]
    monthly = pd.Series([float(w.iloc[0]) if len(w) else np.nan for w in wage])
    used = deflate(amounts, prices.dropna(subset="cpi_2020"), outcome, "cpi_2020", base_year)
    used = used.assign(wage_months=used[outcome] / monthly).dropna(subset="wage_months")
    rows = []
    for row in used[["year", outcome, "amount_real_krw", "wage_months"]].astype(float).to_numpy():
        year = int(row[0])
        rows += [
            Estimate(f"nominal_{year}", row[1], unit="won", term="as published", n=1),
            Estimate(f"real_{year}", row[2], unit=f"won of {base_year}", term="real", n=1),
            Estimate(f"months_{year}", row[3], unit="months of minimum wage", term="months", n=1),
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
