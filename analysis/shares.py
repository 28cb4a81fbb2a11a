"""Published shares with their intervals, and payments in real terms: arithmetic, with no model.

``analysis.models.fit`` finds these sets by their names, as it finds the models.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.models import rates
from analysis.models.base import Fit, Source, describe, state, take_numbers, take_years
from analysis.models.registry import KHF, Specification, rows
from analysis.models.surveys import count_cases

SMALL = 5
"""Cases below which a share has exact limits."""


def name_row(cells: Iterable[Any]) -> str:
    """Return a name made of some cells: lower case, underscores."""
    words = "_".join(str(cell) for cell in cells if pd.notna(cell) and str(cell))
    return "".join(c if c.isalnum() else "_" for c in words.lower()).strip("_")


def shares(
    source: Source, *, name: Sequence[str], only: Sequence[str] = (), design_effect: float = 1.0
) -> Fit:
    """Return one proportion per row that prints n, with Wilson's or, below five cases, exact limits.

    ``name`` lists the columns that name a row, ``only`` the values kept of the first of them that has
    any. Results: ``share_NAME`` (%). Table: ``shares``.
    """
    rows = source.rows()
    rows = rows[rows["n"].notna() & rows[source.outcome].notna()]
    rows = rows[rows[[*name]].isin(only).any(axis=1)] if only else rows
    used, found = count_cases(rows.reset_index(drop=True), source.outcome), []
    for cases, n in zip(used["cases_used"], used["n"], strict=True):
        method = "clopper-pearson" if cases < SMALL else "wilson"
        found.append(rates.estimate_share(cases / design_effect, n / design_effect, method=method))
    used[["share_computed_pct", "ci_low", "ci_high"]] = 100 * np.array([share[:3] for share in found])
    names = [name_row(row) for row in used[[*name]].to_numpy()]
    return _list_shares(found, names, used, len(used), "Wilson; Clopper-Pearson below five cases")


def groups(source: Source) -> Fit:
    """Return the share of women in each group of a full count by sex, with Wilson's limits.

    Results: ``share_G`` (%). Table: ``shares``.
    """
    rows = source.rows().query("sex != 'all' and category != 'all'")
    counts = rows.pivot_table(index="category", columns="sex", values=source.outcome, aggfunc="sum")
    women, n = counts["female"].fillna(0).astype(float), counts.sum(axis=1).astype(float)
    used = pd.DataFrame({"events": women, "n": n}).rename_axis("group").reset_index()
    found = [
        rates.estimate_share(cases, people) for cases, people in zip(used["events"], used["n"], strict=True)
    ]
    used[["share_pct", "ci_low", "ci_high"]] = 100 * np.array([share[:3] for share in found])
    return _list_shares(found, [name_row([group]) for group in used["group"]], used, int(n.sum()), "Wilson")


def _list_shares(
    found: Iterable[rates.Interval], names: Iterable[str], used: pd.DataFrame, n: int, method: str
) -> Fit:
    more: dict[str, Any] = {"scale": 100, "term": "one proportion"}
    listed = zip(found, names, used["n"].astype(int), strict=True)
    results = [describe(f"share_{name}", share, "%", n=people, **more) for share, name, people in listed]
    return Fit(n, results, used, "binomial", "identity", method, tables={"shares": used})


def estimate_share_ratio(
    share: float, n: float, other_share: float, other_n: float, *, design_effect: float = 1.0
) -> rates.Interval:
    """Return the ratio of two shares, by the delta method on its logarithm."""
    for value, size in ((share, n), (other_share, other_n)):
        rates.check_share(value * size, size)
        if not 0 < value < 1:
            raise ValueError(f"share: found {value}, expected strictly between 0 and 1")
    variance = (1 - share) / (share * n) + (1 - other_share) / (other_share * other_n)
    factor = np.exp(stats.norm.ppf(0.5 + rates.LEVEL / 2) * np.sqrt(design_effect * variance))
    ratio = float(share / other_share)
    method = "delta method on the log ratio"
    return rates.Interval(
        ratio, float(ratio / factor), float(ratio * factor), rates.LEVEL, "confidence", method
    )


def share_ratios(source: Source, *, other: str, other_n: int, design_effect: float = 1.0) -> Fit:
    """Return yearly ratios of a survey's share to South Korea's, shown side by side and not fitted.

    ``other`` filters the South Korean rows, ``other_n`` is asked where a year does not print n.
    Results: ``ratio_Y`` (times), ``lowest_ratio`` and ``highest_ratio``. Table: ``ratios``.
    """
    ours, theirs = (source.rows(where).set_index("year") for where in (None, other))
    ratios, records = [], []
    for year in sorted(set(ours.index) & set(theirs.index)):
        p, q = float(ours.loc[year, "value"]) / 100, float(theirs.loc[year, "value"]) / 100
        n, m = ours.loc[year, "n"], theirs.loc[year, "n"]
        m = int(other_n if pd.isna(m) else m)
        times = "times the South Korean share"
        if pd.isna(n):
            ratio = state(f"ratio_{year}", p / q, times, n=2, method="as published")
        else:
            found = estimate_share_ratio(p, n, q, m, design_effect=design_effect)
            ratio = describe(f"ratio_{year}", found, times, term="log ratio", n=int(n + m))
        ratios.append(ratio)
        records.append((year, 100 * p, 100 * q, n, m, ratio.value, ratio.ci_low, ratio.ci_high))
    ends = zip(("lowest", "highest"), (min, max), strict=True)
    rows = [replace(pick(ratios, key=lambda e: e.value), quantity=f"{name}_ratio") for name, pick in ends]
    columns = ["year", "share_pct", "south_korea_pct", "n", "n_south_korea", "ratio", "ci_low", "ci_high"]
    used = pd.DataFrame(records, columns=columns)
    return Fit(len(used), ratios + rows, used, "binomial", "log", "delta method", tables={"ratios": used})


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


def payment_value(source: Source, *, base_year: int) -> Fit:
    """Return each year's payment in the prices of one year and in hours of the minimum wage of 1 July.

    Results, without interval: ``nominal_Y`` (won), ``real_Y`` (won of the base year), ``hours_Y``.
    """
    amounts, wages = source.within(source.rows()), source.read("minimum_wage").query("is_reference")
    prices = source.read("prices").dropna(subset="cpi_2020")
    used = deflate(amounts, prices, source.outcome, "cpi_2020", base_year)
    starts, ends = (
        wages[column].dt.strftime("%Y%m%d").astype(int) for column in ("effective_from", "effective_to")
    )
    hourly = [
        wages.loc[(starts <= day) & (ends >= day), "hourly_krw"].max() for day in used["year"] * 10_000 + 701
    ]
    used = used.assign(wage_hours=used[source.outcome] / np.array(hourly, dtype=float)).dropna(
        subset="wage_hours"
    )
    units = {
        source.outcome: "won",
        "amount_real_krw": f"won of {base_year}",
        "wage_hours": "hours of the minimum wage",
    }
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
    levels = pd.Series(
        take_numbers(prices, index, minimum=1e-9), index=take_years(prices, gaps=True).astype(int)
    )
    absent = {base_year, *amounts["year"]} - set(levels.index)
    if absent:
        raise ValueError(f"{index}: no value for {min(absent)}, expected one for each year")
    factor = levels[base_year] / levels[amounts["year"]].to_numpy()
    return amounts.assign(amount_real_krw=take_numbers(amounts, amount, minimum=0) * factor)


OWN = "population=north_korean_origin;sex=all"
SETS: tuple[Specification, ...] = (
    Specification(
        "02_gender",
        "trafficking_shares",
        shares,
        "share_nhrck_2017_trafficked_female",
        "One proportion per survey: people who said so out of people asked.",
        "p = cases / n; Wilson score interval",
        rows(
            "trafficking",
            "share_pct",
            "is_survey_share=true",
            name=("study_id", "measure", "sex"),
            only=("trafficked", "forced_marriage_or_trafficking"),
        ),
        kind="interval",
    ),
    *(
        Specification(
            "02_gender",
            f"women_by_{dimension}",
            groups,
            f"share_{example}",
            f"Share of women among all entrants up to September 2024, by {words}.",
            "p = women / entrants in a group; Wilson score interval",
            rows("profiles", "persons", f"as_of_date=2024-09-30;dimension={dimension}"),
            kind="interval",
        )
        for dimension, words, example in (
            ("province", "province of origin", "north_hamgyong"),
            ("age_at_entry", "age at entry", "age_20_29"),
            ("occupation", "occupation in the North", "worker"),
        )
    ),
    Specification(
        "03_resettlement_benefits",
        "payment_value",
        payment_value,
        "hours_2005",
        "Basic payment for one person in prices of one year and in hours of the minimum wage.",
        "real = amount x CPI(base) / CPI(year); hours = amount / hourly minimum wage(year)",
        rows("basic_payment_by_year", "amount_krw", "household_size=1", years=(1993, None), base_year=2020),
        kind="arithmetic",
    ),
    Specification(
        "05_mental_health",
        "suicidal_impulse_ratio",
        share_ratios,
        "ratio_2022",
        "Share who reported an impulse in the past year over the share of the general population who did.",
        "log(p / q); Var = (1 - p) / (p n) + (1 - q) / (q m)",
        rows(
            "survey_results",
            "value",
            KHF + "suicidal_impulse;population=north_korean_origin",
            other_n=36000,
            other="survey=kostat_social;indicator=suicidal_impulse;population=general_population;sex=all",
        ),
        {"design effect 2": {"design_effect": 2.0}, "South Korean n of 17,664": {"other_n": 17664}},
        "interval",
    ),
    Specification(
        "06_returns",
        "wish_to_return",
        shares,
        "share_thought_of_returning_any_2017",
        "One proportion a survey and question: people who said so out of people asked.",
        "p = cases / n; Wilson score interval",
        rows(
            "survey_results",
            "value",
            OWN,
            name=("indicator", "item", "year"),
            only=(
                "would_return_if_legal",
                "thinks_of_returning_if_unpunished",
                "country_to_move_to",
                "wants_to_return",
                "thought_of_returning",
                "happier_in_north_or_wants_to_return",
            ),
        ),
        {"design effect 2": {"design_effect": 2.0}},
        "interval",
    ),
    Specification(
        "08_measurement",
        "survey_pairs",
        share_pairs,
        "difference_employment_rate_2011",
        "Difference of two shares: what NKDB found less what the foundation found, same rate and year.",
        "d = q - p; Newcombe interval from the Wilson limits of q (of m asked) and p (of n asked)",
        rows(
            "survey_results",
            "value",
            OWN,
            first="khf",
            second="nkdb",
            only=("employment_rate", "labour_force_participation_rate", "unemployment_rate"),
        ),
        {"design effect 2 in both": {"design_effect": 2.0}},
        "interval",
    ),
)
