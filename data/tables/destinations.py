"""People from North Korea in countries other than the South, and those sent back by force.

Units differ from row to row (persons, principal applicants, cases, per cent) and small cells are
rounded by their sources, so nothing is added up except where one document prints both the parts
and the total. What proves the tables: fiscal years make every running total of admissions to the
United States, the years of Eurostat make its sums, and the country lists make the year.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pandas as pd

from data.checks import Problem, each_row, group_rows

RAW: tuple[str, ...] = (
    "us_admissions",
    "unhcr",
    "destinations",
    "population_estimates",
    "forced_repatriation",
)

US = "data/raw/us_admissions.csv"
UNHCR = "data/raw/unhcr.csv"
OTHERS = "data/raw/destinations.csv"
ESTIMATES = "data/raw/population_estimates.csv"
FORCED = "data/raw/forced_repatriation.csv"

LARGEST = 10
"""How many countries of asylum a year and measure keeps; the others are in the world total."""

_DAY = pd.Timedelta(days=1)
_STOCKS = ("refugees", "asylum_seekers")
_OTHER_FLOWS = ("resettlement", "naturalisation")


def validate(raw: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Yield what a published total, or the order of low and high, speaks against."""
    us, unhcr, others = raw["us_admissions"], raw["unhcr"], raw["destinations"]
    yield from _check_fiscal_years(us)
    yield from _check_running_totals(us)
    yield from _check_unhcr(unhcr)
    yield from _check_resettlement(us, unhcr)
    yield from _check_second_outlets(others)
    yield from _check_spans(others)
    yield from _check_country_lists(others)
    yield from _check_decisions(others)
    yield from _check_estimates(raw["population_estimates"])
    yield from _check_forced(raw["forced_repatriation"])


def _list_fiscal_years(us: pd.DataFrame) -> pd.DataFrame:
    """Return the fiscal years in use, complete or not, sorted by year."""
    chosen = us["year_basis"].eq("fiscal_year") & us["role"].isin(["current", "part_year"])
    return us[chosen & us["measure"].eq("refugee_admissions")].sort_values("year", kind="stable")


def _check_fiscal_years(us: pd.DataFrame) -> Iterator[Problem]:
    used = _list_fiscal_years(us)
    expected = int(used["year"].iloc[0])
    for line, row in each_row(used):
        if row["year"] != expected:
            wanted = f"{expected}: one row in use for each year, none left out"
            yield Problem(US, line, "year", str(row["year"]), wanted)
        expected = int(row["year"]) + 1
    fiscal = us[us["year_basis"].eq("fiscal_year")]
    for line, row in each_row(fiscal):
        start, end = pd.Timestamp(row["year"] - 1, 10, 1), pd.Timestamp(row["year"], 9, 30)
        if row["period_start"] != start or (row["role"] != "part_year" and row["period_end"] != end):
            wanted = f"{start:%Y-%m-%d} to {end:%Y-%m-%d}, fiscal year {row['year']}"
            yield Problem(US, line, "period_start", f"{row['period_start']:%Y-%m-%d}", wanted)
    right = used[used["role"].eq("current")].drop_duplicates("year").set_index("year")["persons"]
    for line, row in each_row(fiscal):
        if row["year"] not in right.index:
            continue
        is_same = row["persons"] == right[row["year"]]
        if row["role"] == "second_outlet" and not is_same:
            wanted = f"{right[row['year']]}, or the role other_figure"
            yield Problem(US, line, "persons", str(row["persons"]), wanted)
        if row["role"] == "other_figure" and is_same:
            yield Problem(US, line, "role", "'other_figure'", "second_outlet, since the figure is the same")


def _check_running_totals(us: pd.DataFrame) -> Iterator[Problem]:
    """Hold every running total against the years that had ended, and the one that was running.

    Counts without rounding: at the end of a fiscal year the two agree exactly; within a year the
    total lies between the years ended and those with the running year.
    """
    used = _list_fiscal_years(us)
    is_total = us["measure"].eq("refugee_admissions_cumulative")
    # The table of the article prints the running total to 2022 under another label.
    is_label = us["measure"].eq("article_table_granted_asylum") & us["period_end"].dt.year.eq(2022)
    for line, total in each_row(us[is_total | is_label]):
        day = total["period_end"]
        ended = int(used.loc[used["period_end"] <= day, "persons"].sum())
        most = int(used.loc[used["period_start"] <= day, "persons"].sum())
        if not ended <= total["persons"] <= most:
            span = str(ended) if ended == most else f"{ended} to {most}"
            wanted = f"{span}, what the fiscal years to {day:%Y-%m-%d} make"
            yield Problem(US, line, "persons", str(total["persons"]), wanted)


def _check_unhcr(unhcr: pd.DataFrame) -> Iterator[Problem]:
    for line, row in each_row(unhcr):
        if row["value"] < 5:
            wanted = "5 or more: UNHCR shows no smaller number"
            yield Problem(UNHCR, line, "value", str(row["value"]), wanted)
        if bool(row["may_be_1_to_5"]) != (row["value"] == 5):
            wanted = "true exactly where 5 is printed"
            yield Problem(UNHCR, line, "may_be_1_to_5", str(row["may_be_1_to_5"]).lower(), wanted)
        is_procedure = row["measure"] not in (*_STOCKS, *_OTHER_FLOWS)
        if pd.isna(row["authority"]) == is_procedure:
            wanted = "who decides, for applications and decisions alone"
            yield Problem(UNHCR, line, "authority", str(row["authority"]), wanted)
    names = unhcr.drop_duplicates(["country", "country_iso3"])
    for line, row in each_row(names[names.duplicated("country_iso3") | names.duplicated("country")]):
        yield Problem(UNHCR, line, "country", repr(row["country"]), "one name a code and one code a name")
    whole = unhcr[unhcr["sex"].eq("all")]
    groups = unhcr[unhcr["sex"].ne("all")]
    for (year, measure, code), rows in group_rows(groups, ["year", "measure", "country_iso3"]):
        total = whole.loc[
            whole["year"].eq(year) & whole["measure"].eq(measure) & whole["country_iso3"].eq(code), "value"
        ].sum()
        if rows["value"].sum() > total:
            found = f"{rows['value'].sum()} in all groups"
            yield Problem(
                UNHCR, int(rows.index[-1]), "value", found, f"at most {total}, everybody in {code} {year}"
            )
    # From 1998 on every year has refugees somewhere; 1997 is missing in the database itself.
    years = sorted(set(whole.loc[whole["measure"].eq("refugees") & whole["year"].ge(1998), "year"]))
    for before, after in itertools.pairwise(years):
        if after != before + 1:
            line = int(whole.index[whole["measure"].eq("refugees") & whole["year"].eq(after)][0])
            yield Problem(UNHCR, line, "year", str(after), f"{before + 1}: a year of refugees is missing")


def _check_resettlement(us: pd.DataFrame, unhcr: pd.DataFrame) -> Iterator[Problem]:
    """Hold the arrivals that UNHCR counts in the United States against its own table."""
    own = unhcr[unhcr["measure"].eq("resettlement") & unhcr["country_iso3"].eq("USA")]
    by_year = own.set_index("year")["value"]
    for line, row in each_row(us[us["measure"].eq("resettlement_arrivals_unhcr")]):
        if by_year.get(row["year"]) != row["persons"]:
            wanted = f"{by_year.get(row['year'], 'no row')}, as in {UNHCR}"
            yield Problem(US, line, "persons", str(row["persons"]), wanted)


def _check_second_outlets(others: pd.DataFrame) -> Iterator[Problem]:
    keys = ["destination", "measure", "period_start", "period_end", "unit"]
    first = others[others["role"].ne("second_outlet")]
    for line, row in each_row(others[others["role"].eq("second_outlet")]):
        same = first[(first[keys] == row[keys]).all(axis=1)]
        if row["value"] not in set(same["value"]):
            wanted = "a figure that another row of the same period has, or another role"
            yield Problem(OTHERS, line, "value", f"{row['value']:g}", wanted)


def _is_year(frame: pd.DataFrame) -> pd.Series:
    start, end = frame["period_start"], frame["period_end"]
    return start.dt.is_year_start & end.dt.is_year_end & start.dt.year.eq(end.dt.year)


def _check_spans(others: pd.DataFrame) -> Iterator[Problem]:
    """Add up the single years of one document and hold them against the longer period it prints."""
    keys = ["destination", "measure", "unit"]
    years = others[_is_year(others)]
    spans = others[
        others["period_start"].notna() & (others["period_end"] - others["period_start"]).dt.days.gt(366)
    ]
    for line, span in each_row(spans):
        inside = years[
            (years[keys] == span[keys]).all(axis=1)
            & years["period_start"].ge(span["period_start"])
            & years["period_end"].le(span["period_end"])
        ]
        own = inside[inside["source_id"].eq(span["source_id"])]
        wanted_years = span["period_end"].year - span["period_start"].year + 1
        if len(own) == wanted_years:
            made, rounding = own["value"].sum(), own["rounded_to"].fillna(0).sum() / 2
            # Each rounded year can be half a step off; counts without rounding agree exactly.
            if abs(made - span["value"]) > rounding:
                wanted = f"{made:g}, what its years make"
                yield Problem(OTHERS, line, "value", f"{span['value']:g}", wanted)
        elif span["role"] == "current":
            made = inside.loc[inside["role"].eq("current"), "value"].sum()
            slack = inside["rounded_to"].fillna(0).sum() / 2
            if made > span["value"] + slack:
                wanted = f"at least {made:g}, what the years in it make"
                yield Problem(OTHERS, line, "value", f"{span['value']:g}", wanted)
    for _, rows in spans[spans["role"].eq("current")].groupby([*keys, "period_start"]):
        ordered = rows.sort_values("period_end", kind="stable")
        for line, row in each_row(ordered.iloc[1:]):
            before = ordered[ordered["period_end"] < row["period_end"]].iloc[-1]
            step = years[
                (years[keys] == row[keys]).all(axis=1)
                & years["period_start"].eq(before["period_end"] + _DAY)
                & years["period_end"].eq(row["period_end"])
                & years["role"].eq("current")
            ]
            if len(step) and before["value"] + step["value"].iloc[0] != row["value"]:
                made = before["value"] + step["value"].iloc[0]
                wanted = (
                    f"{made:g}: {before['value']:g} to the year before and {step['value'].iloc[0]:g} more"
                )
                yield Problem(OTHERS, line, "value", f"{row['value']:g}", wanted)


def _check_country_lists(others: pd.DataFrame) -> Iterator[Problem]:
    """Citizenships of a year: the countries make the total of Europe, the list being complete."""
    acquired = others[
        others["measure"].eq("citizenship_acquired") & others["role"].eq("current") & _is_year(others)
    ]
    for (end,), rows in group_rows(acquired, ["period_end"]):
        whole, parts = rows[rows["destination"].eq("europe")], rows[rows["destination"].ne("europe")]
        if parts.empty:
            continue
        if whole.empty or parts["value"].sum() != whole["value"].iloc[0]:
            found = f"{parts['value'].sum():g} in all countries"
            total = "a total" if whole.empty else f"{whole['value'].iloc[0]:g}, the total"
            yield Problem(OTHERS, int(parts.index[-1]), "value", found, f"{total} of Europe in {end.year}")
    years = sorted(acquired.loc[acquired["destination"].eq("europe"), "period_end"].dt.year)
    for before, after in itertools.pairwise(years):
        if after != before + 1:
            line = int(acquired.index[acquired["period_end"].dt.year.eq(after)][0])
            yield Problem(
                OTHERS, line, "period_end", str(after), f"{before + 1}: a year of Europe is missing"
            )


def _check_decisions(others: pd.DataFrame) -> Iterator[Problem]:
    current = others[others["role"].eq("current") & others["period_start"].notna()]
    for _, rows in current.groupby(["destination", "period_start", "period_end", "source_id"]):
        by_measure = rows.drop_duplicates("measure").set_index("measure")["value"]
        outcomes = [m for m in ("asylum_granted", "asylum_refused", "asylum_withdrawn") if m in by_measure]
        if "asylum_applications" in by_measure and len(outcomes) == 3:
            made = by_measure[outcomes].sum()
            if made > by_measure["asylum_applications"]:
                line = int(rows.index[rows["measure"].eq("asylum_applications")][0])
                found = f"{by_measure['asylum_applications']:g}"
                yield Problem(
                    OTHERS, line, "value", found, f"at least {made:g}, the outcomes of the same period"
                )
        if {"acceptance_rate", "asylum_granted", "asylum_cases_decided"} <= set(by_measure.index):
            share = 100 * by_measure["asylum_granted"] / by_measure["asylum_cases_decided"]
            # The rate is printed as a whole number: half a unit either way.
            if abs(share - by_measure["acceptance_rate"]) > 0.5:
                line = int(rows.index[rows["measure"].eq("acceptance_rate")][0])
                found = f"{by_measure['acceptance_rate']:g}"
                yield Problem(OTHERS, line, "value", found, f"{share:.0f}, granted of decided")
    for line, row in each_row(others[others["unit"].eq("percent")]):
        if row["value"] > 100:
            yield Problem(OTHERS, line, "value", f"{row['value']:g}", "100 per cent or less")


def _check_limits(frame: pd.DataFrame, file: str, columns: tuple[str, str, str]) -> Iterator[Problem]:
    """Low, middle and high stand in that order, and at least one of them is printed."""
    for line, row in each_row(frame):
        printed = [(c, row[c]) for c in columns if pd.notna(row[c])]
        if not printed:
            yield Problem(file, line, columns[1], "three empty cells", "a low, a middle or a high value")
        for (small, low), (large, high) in itertools.pairwise(printed):
            if low > high:
                yield Problem(file, line, large, f"{high:g}", f"{low:g} or more, which is its {small}")


def _check_estimates(estimates: pd.DataFrame) -> Iterator[Problem]:
    yield from _check_limits(estimates, ESTIMATES, ("low", "point", "high"))
    for line, row in each_row(estimates):
        if pd.isna(row["year_start"]) != pd.isna(row["year_end"]):
            yield Problem(ESTIMATES, line, "year_end", "an empty cell", "both years, or neither")


def _check_forced(forced: pd.DataFrame) -> Iterator[Problem]:
    yield from _check_limits(forced, FORCED, ("value_low", "value", "value_high"))
    for line, row in each_row(forced[forced["unit"].eq("percent")]):
        for column in ("value_low", "value", "value_high"):
            if row[column] > 100:
                yield Problem(FORCED, line, column, f"{row[column]:g}", "100 per cent or less")
    counts = forced[forced["kind"].eq("annual_count") & forced["role"].eq("current")]
    for _, rows in counts.groupby(["period_start", "region", "source_id"]):
        whole, parts = rows[rows["people"].eq("all")], rows[rows["people"].ne("all")]
        if len(whole) == 1 and len(parts) > 1 and parts["value"].sum() != whole["value"].iloc[0]:
            found, made = f"{whole['value'].iloc[0]:g}", f"{parts['value'].sum():g}"
            yield Problem(FORCED, int(whole.index[0]), "value", found, f"{made}, what its parts make")
    running = forced[forced["kind"].eq("running_total")]
    for (end,), rows in group_rows(running, ["period_end"]):
        ordered = rows.sort_values("period_start", kind="stable")
        for (line, long), (_, short) in zip(each_row(ordered), list(each_row(ordered))[1:], strict=False):
            if long["value_low"] < short["value_low"]:
                wanted = f"at least {short['value_low']:g}, the total of a shorter time to {end:%Y-%m-%d}"
                yield Problem(FORCED, line, "value_low", f"{long['value_low']:g}", wanted)


def tidy(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables of other countries."""
    others, forced = raw["destinations"], raw["forced_repatriation"]
    estimates = raw["population_estimates"]
    return {
        "us_admissions": _tidy_us(raw["us_admissions"]),
        "unhcr": _tidy_unhcr(raw["unhcr"]),
        "destinations": others[~others["role"].isin(["second_outlet", "earlier"])].drop(columns="note"),
        "population_estimates": estimates[estimates["role"].ne("second_outlet")].drop(columns="note"),
        "forced_repatriation": forced[forced["role"].ne("second_outlet")].drop(columns="note"),
    }


def _tidy_us(us: pd.DataFrame) -> pd.DataFrame:
    kept = us[us["role"].isin(["current", "other_agency"])].assign(is_implied=False)
    calendar = kept[kept["year_basis"].eq("calendar_year") & kept["measure"].eq("refugee_admissions")]
    without = calendar[calendar["persons"].eq(0)].set_index("year")["source_id"]
    rows = []
    used = _list_fiscal_years(us)
    known = dict(zip(used["year"], used.to_dict("records"), strict=True))
    last = int(max(*known, *without.index))
    for year in range(int(min(known)), last + 1):
        row = known.get(year)
        if row is not None and row["role"] == "current":
            continue
        span = {"period_start": pd.Timestamp(year - 1, 10, 1), "period_end": pd.Timestamp(year, 9, 30)}
        if row is not None and year in without.index:
            rows.append({**row, **span, "is_implied": True})
        elif row is None and {year - 1, year} <= set(without.index):
            made = {"year_basis": "fiscal_year", "year": year, "measure": "refugee_admissions"}
            rest = {"persons": 0, "source_id": without[year], "certainty": "secondary", "is_implied": True}
            rows.append({**made, **span, **rest})
    full = pd.concat([kept, pd.DataFrame(rows, columns=kept.columns)], ignore_index=True)
    return full.drop(columns=["role", "note"])


def _name_stages(unhcr: pd.DataFrame) -> pd.Series:
    """Return the stage of the procedure: ``first_instance``, ``temporary_asylum`` or ``none``."""
    stages = pd.Series("first_instance", index=unhcr.index, dtype="str")
    stages = stages.mask(unhcr["decision_level"].eq("temporary_asylum"), "temporary_asylum")
    return stages.mask(unhcr["authority"].isna(), "none")


def _tidy_unhcr(unhcr: pd.DataFrame) -> pd.DataFrame:
    named = unhcr.assign(
        stage=_name_stages(unhcr),
        value_low=unhcr["value"].mask(unhcr["may_be_1_to_5"], 1),
        cells_1_to_5=unhcr["may_be_1_to_5"].astype("int64"),
    )
    keys = ["year", "measure", "stage", "sex", "age_group", "unit"]
    sums = {
        "value": "sum",
        "value_low": "sum",
        "cells_1_to_5": "sum",
        "source_id": "first",
        "certainty": "first",
    }
    by_country = named.groupby([*keys, "country", "country_iso3"], as_index=False).agg(sums)
    whole = by_country[by_country["sex"].eq("all")]
    # Cases cannot be added to persons, and the two other flows have one country a year.
    is_added = whole["unit"].eq("persons") & ~whole["measure"].isin(_OTHER_FLOWS)
    world = whole[is_added].groupby(keys, as_index=False).agg(sums)
    world = world.assign(country="World", country_iso3=None, is_world_total=True)
    ordered = whole.sort_values(
        [*keys, "value", "country"], ascending=[True] * 6 + [False, True], kind="stable"
    )
    largest = ordered.groupby(keys).head(LARGEST)
    groups = by_country[by_country["sex"].ne("all")]
    countries = pd.concat([largest, groups], ignore_index=True).assign(is_world_total=False)
    full = pd.concat([world, countries], ignore_index=True)
    is_stock = full["measure"].isin(_STOCKS)
    full["stock_or_flow"] = pd.Series("flow", index=full.index, dtype="str").mask(is_stock, "stock")
    return full
