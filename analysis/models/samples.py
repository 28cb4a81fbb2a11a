"""Shares and surveys side by side, figures of one survey in time, a few events, and payments in real terms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.models import rates
from analysis.models.inputs import Source, Years, take_numbers, take_years
from analysis.models.results import Fit, describe, name_period, state
from analysis.models.trends import LEAST_SQUARES, LIKELIHOOD, fit_counts, fit_levels, measure_aicc

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
    return rows.assign(cases_used=printed.fillna(value).astype(float), n=n, is_rebuilt=rebuilt.astype(bool))


def name_row(cells: Iterable[Any]) -> str:
    """Return a name made of some cells: lower case, underscores."""
    words = "_".join(str(cell) for cell in cells if pd.notna(cell) and str(cell))
    return "".join(c if c.isalnum() else "_" for c in words.lower()).strip("_")


def shares(
    source: Source, *, name: Sequence[str], only: Sequence[str] = (), method: str = "", design_effect: float = 1.0
) -> Fit:
    """Return one proportion per row that prints n, with Wilson's or, below five cases, exact limits.

    ``name`` lists the columns that name a row, ``only`` the values kept of the first of them that has
    any. Results: ``share_NAME`` (%). Table: ``shares``.
    """
    rows = source.rows()
    rows = rows[rows["n"].notna() & rows[source.outcome].notna()]
    if only:
        rows = rows[rows[[*name]].isin(only).any(axis=1)]
    used, results = count_cases(rows.reset_index(drop=True), source.outcome), []
    for _, row in used.iterrows():
        limits = method or ("clopper-pearson" if row["cases_used"] < SMALL else "wilson")
        cases, n = row["cases_used"] / design_effect, row["n"] / design_effect
        found = rates.estimate_share(cases, n, method=limits)
        named, people = "share_" + name_row(row[[*name]]), int(row["n"])
        results.append(describe(named, found, "%", scale=100, term="one proportion", n=people))
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
    used, results = pd.DataFrame({"events": counts["female"], "n": counts.sum(axis=1)}), []
    for group, events, n in used.itertuples():
        more: dict[str, Any] = {"scale": 100, "term": "one proportion", "n": int(n)}
        results.append(describe(f"share_{name_row([group])}", rates.estimate_share(events, n), "%", **more))
    used = used.rename_axis("group").reset_index()
    used[["share_pct", "ci_low", "ci_high"]] = [(e.value, e.ci_low, e.ci_high) for e in results]
    people = int(used["n"].sum())
    return Fit(people, results, used, "binomial", "identity", "Wilson", tables={"shares": used})


def share_ratios(source: Source, *, other: str, other_n: int, design_effect: float = 1.0) -> Fit:
    """Return yearly ratios of a survey's share to South Korea's, shown side by side and not fitted.

    ``other`` filters the South Korean rows, ``other_n`` is asked where a year does not print n.
    Results: ``ratio_Y`` (times), ``points_Y`` (percentage points, Newcombe), ``lowest_ratio`` and
    ``highest_ratio``. Table: ``ratios``.
    """
    ours, theirs = (source.rows(where).set_index("year") for where in (None, other))
    ratios, gaps, records = [], [], []
    for year in sorted(set(ours.index) & set(theirs.index)):
        p, q = float(ours.loc[year, "value"]) / 100, float(theirs.loc[year, "value"]) / 100
        n, m = ours.loc[year, "n"], theirs.loc[year, "n"]
        m = int(other_n if pd.isna(m) else m)
        times, points = "times the South Korean share", "percentage points"
        if pd.isna(n):
            ratio = state(f"ratio_{year}", p / q, times, n=2, method="as published")
            gap = state(f"points_{year}", 100 * (p - q), points, n=2, method="as published")
        else:
            found = rates.estimate_share_ratio(p, n, q, m, design_effect=design_effect)
            ratio = describe(f"ratio_{year}", found, times, term="log ratio", n=int(n + m))
            found = rates.estimate_share_difference(p * n, n, q * m, m)
            gap = describe(f"points_{year}", found, points, scale=100, term="difference", n=int(n + m))
        ratios.append(ratio)
        gaps.append(gap)
        records.append((year, 100 * p, 100 * q, n, m, ratio.value, ratio.ci_low, ratio.ci_high))
    ends = zip(("lowest", "highest"), (min, max), strict=True)
    rows = [replace(pick(ratios, key=lambda e: e.value), quantity=f"{name}_ratio") for name, pick in ends]
    columns = ["year", "share_pct", "south_korea_pct", "n", "n_south_korea", "ratio", "ci_low", "ci_high"]
    used = pd.DataFrame(records, columns=columns)
    method = "delta method on the log ratio; Newcombe for the difference"
    return Fit(len(used), ratios + gaps + rows, used, "binomial", "log", method, tables={"ratios": used})


def share_pairs(
    source: Source, *, first: str, second: str, only: Sequence[str], design_effect: float = 1.0
) -> Fit:
    """Return what a second survey found less what the first did: same people, question and year.

    Pairs without both n are left out; a design effect divides both. Results:
    ``difference_INDICATOR_Y`` (percentage points, Newcombe). Table: ``pairs``.
    """
    rows, keys = source.rows(), ["year", "indicator", "unit"]
    rows = rows[rows["indicator"].isin(only) & rows["subgroup"].isna() & rows["item"].isna()]
    parts = []
    for survey, name in ((first, "first"), (second, "second")):
        part = rows.loc[rows["survey"] == survey, [*keys, "value", "n", "source_id"]]
        parts.append(part.rename(columns={"value": name, "n": f"{name}_n", "source_id": f"source_{name}"}))
    pairs = parts[0].merge(parts[1], on=keys).dropna(subset=["first_n", "second_n"])
    pairs = pairs.sort_values(["indicator", "year"]).reset_index(drop=True)
    results = []
    for pair in pairs.to_dict("records"):
        n, m = float(pair["first_n"]) / design_effect, float(pair["second_n"]) / design_effect
        found = rates.estimate_share_difference(pair["second"] / 100 * m, m, pair["first"] / 100 * n, n)
        name, people = f"difference_{pair['indicator']}_{pair['year']}", pair["first_n"] + pair["second_n"]
        more: dict[str, Any] = {"scale": 100, "term": "difference", "n": int(people)}
        results.append(describe(name, found, "percentage points", **more))
    pairs["difference"] = pairs["second"] - pairs["first"]
    pairs[["ci_low", "ci_high"]] = [(e.ci_low, e.ci_high) for e in results]
    return Fit(len(pairs), results, pairs, "binomial", "identity", "Newcombe", tables={"pairs": pairs})


def survey_trend(source: Source, *, kind: str, printed_gap: str = "", step: int | None = None) -> Fit:
    """Fit a figure of one survey: a line within one design, or a level before and after a redesign.

    ``kind`` is ``difference`` (the population's figure minus South Korea's, in points; a printed gap
    stands in where one of the two was not printed) or ``level``. A step must be at a documented
    redesign and must pay for itself: its AICc must lie below that of the mean alone. A line may not
    cross a redesign. Results: ``change`` (a year) or ``step_Y``, ``level_before_Y``, ``level_since_Y``;
    ``latest`` (as published).
    """
    used, survey = source.within(pair_by_year(source, kind, printed_gap)), source.chosen("survey")
    redesigns = find_redesigns(source.read("survey_rounds"), survey)
    first, last = int(used["year"].min()), int(used["year"].max())
    if step is not None and step not in redesigns:
        raise ValueError(f"step: found {step}, expected a documented redesign of {survey}: {redesigns}")
    crossed = [at for at in redesigns if first < at <= last]
    if step is None and crossed:
        raise ValueError(f"years: found {first}-{last}, expected none across the redesign of {crossed[0]}")
    trend, point = fit_levels(used, "value", step=step), "percentage points"
    level = point if kind == "difference" else "%"
    if step is None:
        rows = [trend.estimate("change", "t", f"{point} a year", words=f"change, {first}–{last}")]
    else:
        if measure_aicc(trend) >= measure_aicc(fit_levels(used, "value", slope=False)):
            raise ValueError(f"step: found no better fit with one at {step}, expected an AICc below the mean's")
        rows = [
            trend.estimate(f"step_{step}", "after", point, words=f"step at {step}"),
            trend.estimate(f"level_before_{step}", "Intercept", level, words=f"level before {step}"),
            trend.estimate(f"level_since_{step}", "Intercept + after", level, words=f"level since {step}"),
        ]
    rows.append(state("latest", used["value"].iloc[-1], level, n=1, method="as published"))
    return trend.make_fit(rows, used, "identity", method="ordinary least squares, Student's t")


DOCUMENTED = {"khf": [2013, 2014, 2017]}


def find_redesigns(rounds: pd.DataFrame, survey: str) -> list[int]:
    """Return the first years of each design of a survey after its first, as documented."""
    if survey in DOCUMENTED:
        return DOCUMENTED[survey]
    firsts = rounds[rounds["survey"] == survey].groupby("era")["year"].min()
    return sorted(int(year) for year in firsts)[1:]


def pair_by_year(source: Source, kind: str, printed_gap: str) -> pd.DataFrame:
    """Return the yearly figure of a survey beside South Korea's, with their gap as ``value``."""
    rows, outcome = source.rows(), source.outcome
    take_numbers(rows, outcome)
    repeated = rows.duplicated(["year", "population"])
    if repeated.any():
        raise ValueError(f"{outcome}: found two figures for {rows.loc[repeated, 'year'].iloc[0]}")
    wide = rows.pivot_table(index="year", columns="population", values=outcome).astype(float)
    wide = wide.reindex(columns=["north_korean_origin", "general_population"])
    ours, theirs = wide["north_korean_origin"], wide["general_population"]
    result = wide.assign(value=ours - theirs if kind == "difference" else ours, basis="both printed")
    if printed_gap:
        gap = source.rows(printed_gap).set_index("year")[outcome].astype(float)
        result = result.reindex(result.index.union(gap.index))
        absent = result["value"].isna() & result.index.isin(gap.index)
        result.loc[absent, "value"] = gap.reindex(result.index[absent])
        result.loc[absent, "basis"] = "printed gap"
    return result[result["value"].notna()].rename_axis("year").reset_index()


def rare_events(
    source: Source, *, unit: str, periods: Sequence[Years] = (), covers: str = "", quasi: bool = True
) -> Fit:
    """Fit a log line to a few events a year, years of zero included, with exact rates beside it.

    ``covers`` is the column with the last day of a part-year. Results: ``change`` (% a year), ``rate_Y``
    and ``rate_A_B`` of periods fixed beforehand (events a year, Garwood).
    """
    rows = source.rows()
    columns = {
        "year": take_numbers(rows, "year").astype(int),
        "events": take_numbers(rows, source.outcome, minimum=0),
        "exposure": rows[covers].dt.month.fillna(12).astype(float) / 12 if covers else 1.0,
    }
    used = source.within(pd.DataFrame(columns).sort_values("year"))
    trend = fit_counts(used, "events", exposure="exposure", quasi=quasi)
    results = [trend.estimate_change("change")]
    for first, last in [*((year, year) for year in used["year"]), *periods]:
        inside = used[used["year"].between(first, last or np.inf)]
        words = "" if first == last else f"rate, {first}–{last}" if last else f"rate since {first}"
        found, term = rates.estimate_rate(*inside[["events", "exposure"]].sum()), "period" if words else "year"
        name = f"rate_{name_period(first, last)}"
        results.append(describe(name, found, unit, term=term, n=len(inside), words=words))
    return trend.make_fit(results, used, "log", method=LEAST_SQUARES if quasi else LIKELIHOOD)


def returns_rate(source: Source, *, window: int = 4, **options: Any) -> Fit:
    """Return the log line and the rates of returns, also set against newcomers and all who came.

    Results beyond those of ``rare_events``: ``change_newcomers`` (% a year, for equal numbers of people
    who entered in the last ``window`` years) and ``per_1000`` (of people who ever entered; no interval,
    for what is unseen is not chance).
    """
    fit = rare_events(source, **options)
    used, entered = fit.table, source.read("entrants").groupby("year")["entrants_persons"].sum().astype(float)
    recent = used.assign(recent=entered.rolling(window).sum().reindex(used["year"]).to_numpy() * used["exposure"])
    against = fit_counts(recent, "events", exposure="recent", quasi=False)
    change = against.estimate_change("change_newcomers", "change for equal numbers of newcomers")
    bins = Source(source.read, "entrants_bins").rows("role=current;sex=all")["entrants_persons"]
    people = int(entered[entered.index <= used["year"].max()].sum() + bins.sum())
    unit = "returns for 1,000 people who ever entered"
    share = state("per_1000", 1000 * used["events"].sum() / people, unit, n=people)
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
    amounts, wages = source.within(source.rows()), source.read("minimum_wage").query("is_reference")
    prices = source.read("prices").dropna(subset="cpi_2020")
    used = deflate(amounts, prices, source.outcome, "cpi_2020", base_year)
    starts, ends = (wages[column].dt.strftime("%Y%m%d").astype(int) for column in ("effective_from", "effective_to"))
    hourly = [
        wages.loc[(starts <= day) & (ends >= day), "hourly_krw"].max() for day in used["year"] * 10_000 + 701
    ]
    used = used.assign(wage_hours=used[source.outcome] / np.array(hourly, dtype=float)).dropna(subset="wage_hours")
    units = {source.outcome: "won", "amount_real_krw": f"won of {base_year}", "wage_hours": "hours of the minimum wage"}
    rows = [
        state(f"{name}_{row['year']}", row[column], unit, term=name, n=1)
        for row in used.to_dict("records")
        for name, (column, unit) in zip(("nominal", "real", "hours"), units.items(), strict=True)
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
