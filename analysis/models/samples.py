"""Figures of one survey in time, and a few events a year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.models import base, rates
from analysis.models.base import Fit, Source, Years, describe, state, take_numbers
from analysis.models.trends import LEAST_SQUARES, LIKELIHOOD, fit_counts, fit_levels, measure_aicc


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
            raise ValueError(
                f"step: found no better fit with one at {step}, expected an AICc below the mean's"
            )
        rows = [
            trend.estimate(f"step_{step}", "after", point, words=f"step at {step}"),
            trend.estimate(f"level_before_{step}", "Intercept", level, words=f"level before {step}"),
            trend.estimate(f"level_since_{step}", "Intercept + after", level, words=f"level since {step}"),
        ]
    rows.append(state("latest", used["value"].iloc[-1], level, n=1, method="as published"))
    return trend.make_fit(rows, used, "identity", method="ordinary least squares, Student's t")


def find_redesigns(rounds: pd.DataFrame, survey: str) -> list[int]:
    """Return the first year of each design of a survey but its first, from the table of its rounds."""
    firsts = rounds[rounds["survey"] == survey].groupby("era")["year"].min()
    return sorted(map(int, firsts))[1:]


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
        found, term = (
            rates.estimate_rate(*inside[["events", "exposure"]].sum()),
            "period" if words else "year",
        )
        name = f"rate_{base.name_period(first, last)}"
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
    recent = used.assign(
        recent=entered.rolling(window).sum().reindex(used["year"]).to_numpy() * used["exposure"]
    )
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
