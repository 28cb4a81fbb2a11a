"""People from North Korea in countries other than South Korea, and those sent back by force.

Units differ from row to row (persons, principal applicants, cases, percent) and small cells are
rounded by their sources, so figures are added up only where one document has both the parts and the
total: fiscal years make every running total of admissions to the United States, the years of
Eurostat make its sums, and the countries of a year make the total of Europe.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from data.checks import (
    Problem,
    Span,
    check_ascending,
    check_both_or_neither,
    check_consecutive,
    check_duplicate_figures,
    check_sum,
    find_cover,
    report,
    sum_groups,
)

RAW_TABLES = (
    "us_admissions",
    "unhcr",
    "destinations",
    "population_estimates",
    "forced_repatriation",
    "home_office",
    "direct_crossings",
)
US, UNHCR, OTHERS, ESTIMATES, FORCED, HOME_OFFICE, CROSSINGS = (f"data/raw/{name}.csv" for name in RAW_TABLES)

LARGEST = 10  # countries of asylum kept per year and measure; the others are in the world total
STOCKS = ("refugees", "asylum_seekers")
OTHER_FLOWS = ("resettlement", "naturalisation")
OUTCOMES = ["asylum_granted", "asylum_refused", "asylum_withdrawn"]


def check(raw: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Yield figures that contradict a published total, and bounds that are not in order."""
    us, unhcr, others, estimates, forced, home_office, _ = (raw[name] for name in RAW_TABLES)
    yield from _check_home_office(home_office, others)
    yield from _check_asylum_units(others)
    yield from _check_fiscal_years(us)
    yield from _check_running_totals(us)
    yield from _check_resettlement(us, unhcr)
    yield from _check_unhcr(unhcr)
    yield from _check_second_outlets(others)
    yield from _check_spans(others)
    yield from _check_countries(others)
    yield from _check_decisions(others)
    yield from _check_bounds(estimates, ESTIMATES, ["low", "point", "high"])
    yield from check_both_or_neither(estimates, ESTIMATES, "year_start", "year_end")
    yield from _check_bounds(forced, FORCED, ["value_low", "value", "value_high"])
    yield from _check_forced(forced)


def _take_fiscal_years(us: pd.DataFrame) -> pd.DataFrame:
    """Return the fiscal years in use, complete or not, sorted by year."""
    used = us["year_basis"].eq("fiscal_year") & us["role"].isin(["current", "part_year"])
    years = us[used & us["measure"].eq("refugee_admissions")]
    complete = years.loc[years["role"] == "current", "year"]
    part = years["role"].eq("part_year") & years["year"].isin(complete)
    return years[~part].sort_values("year", kind="stable")


def _check_home_office(home_office: pd.DataFrame, others: pd.DataFrame) -> Iterator[Problem]:
    """Check that sexes make the years they cover, and years the published sums of principal applicants."""
    yearly = home_office[home_office["sex"].eq("all") & home_office["period_start"].notna()]
    for period, rows in home_office[home_office["sex"] != "all"].groupby(["period_start", "period_end"]):
        covered = yearly["period_start"].ge(period[0]) & yearly["period_end"].le(period[1])
        persons = yearly[covered & yearly["measure"].eq("applications") & yearly["unit"].eq("persons")]
        if rows["value"].sum() != persons["value"].sum():
            expected = f"men and women that make {persons['value'].sum()}"
            yield from report(rows.tail(1), HOME_OFFICE, "value", expected)
    names = {
        "applications": "asylum_applications",
        "refused": "asylum_refused",
        "withdrawn": "asylum_withdrawn",
    }
    sums = others[others["unit"].eq("principal_applicants") & others["destination"].eq("united_kingdom")]
    for measure, name in names.items():
        counts = yearly[yearly["measure"].eq(measure) & yearly["unit"].eq("principal_applicants")]
        for line, row in sums[sums["measure"].eq(name) & sums["source_id"].eq("newsflash_2018")].iterrows():
            inside = counts["period_start"].ge(row["period_start"]) & counts["period_end"].le(
                row["period_end"]
            )
            if (made := counts.loc[inside, "value"].sum()) != row["value"]:
                yield Problem(
                    OTHERS, int(str(line)), "value", f"{row['value']:g}", f"{made}, by the Home Office"
                )


def _check_asylum_units(others: pd.DataFrame) -> Iterator[Problem]:
    """Check that claims for asylum say whether families are counted."""
    asylum = others[others["measure"].str.startswith("asylum_")]
    wrong = asylum[~asylum["unit"].isin(["persons", "principal_applicants"])]
    yield from report(wrong, OTHERS, "unit", "persons or principal_applicants")


def _check_fiscal_years(us: pd.DataFrame) -> Iterator[Problem]:
    used = _take_fiscal_years(us)
    yield from check_consecutive(used, US, "year")
    fiscal = us[us["year_basis"] == "fiscal_year"]
    starts = pd.to_datetime((fiscal["year"] - 1).astype(str) + "-10-01")
    yield from report(
        fiscal[fiscal["period_start"] != starts], US, "period_start", "1 October of the year before"
    )
    whole = fiscal[fiscal["role"] != "part_year"]
    ends = pd.to_datetime(whole["year"].astype(str) + "-09-30")
    yield from report(whole[whole["period_end"] != ends], US, "period_end", "30 September of the year")
    complete = used.loc[used["role"] == "current", "year"]
    yield from check_duplicate_figures(fiscal[fiscal["year"].isin(complete)], US, ["year"], "persons")


def _check_running_totals(us: pd.DataFrame) -> Iterator[Problem]:
    """Check that a running total is between those of the years ended and the years begun."""
    used = _take_fiscal_years(us)
    # The table of the article has the running total to 2022 under another label.
    is_label = us["measure"].eq("article_table_granted_asylum") & us["period_end"].dt.year.eq(2022)
    totals = us[us["measure"].eq("refugee_admissions_cumulative") | is_label]
    totals = totals.assign(
        low=[used.loc[used["period_end"] <= day, "persons"].sum() for day in totals["period_end"]],
        high=[used.loc[used["period_start"] <= day, "persons"].sum() for day in totals["period_end"]],
    )
    wrong = totals[~totals["persons"].between(totals["low"], totals["high"])]
    yield from report(
        wrong, US, "persons", lambda row: f"{row['low']} to {row['high']}, from its fiscal years"
    )


def _check_resettlement(us: pd.DataFrame, unhcr: pd.DataFrame) -> Iterator[Problem]:
    """Check that arrivals that UNHCR counts in the United States are those in its own table."""
    own = unhcr[unhcr["measure"].eq("resettlement") & unhcr["country_iso3"].eq("USA")]
    arrivals = us[us["measure"] == "resettlement_arrivals_unhcr"]
    expected = arrivals["year"].map(own.drop_duplicates("year").set_index("year")["value"])
    wrong = arrivals.assign(expected=expected)[expected.isna() | expected.ne(arrivals["persons"])]
    yield from report(wrong, US, "persons", lambda row: f"{row['expected']}, as in {UNHCR}")


def _check_unhcr(unhcr: pd.DataFrame) -> Iterator[Problem]:
    yield from report(unhcr[unhcr["value"] < 5], UNHCR, "value", "5 or more: UNHCR shows no smaller number")
    wrong = unhcr[unhcr["may_be_1_to_5"].astype(bool) != unhcr["value"].eq(5)]
    yield from report(wrong, UNHCR, "may_be_1_to_5", "true where the value is 5, and nowhere else")
    is_procedure = ~unhcr["measure"].isin([*STOCKS, *OTHER_FLOWS])
    wrong = unhcr[unhcr["authority"].isna() == is_procedure]
    yield from report(wrong, UNHCR, "authority", "who decides, for applications and decisions alone")
    names = unhcr.drop_duplicates(["country", "country_iso3"])
    wrong = names[names.duplicated("country_iso3") | names.duplicated("country")]
    yield from report(wrong, UNHCR, "country", "one name per code and one code per name")
    keys = ["year", "measure", "country_iso3"]
    whole, groups = unhcr[unhcr["sex"] == "all"], unhcr[unhcr["sex"] != "all"]
    totals = whole.groupby(keys)["value"].sum().rename("total")
    sums = sum_groups(groups, keys, "value").join(totals, on=keys).fillna({"total": 0})
    too_many = sums[sums["sum"] > sums["total"]]
    yield from report(too_many, UNHCR, "value", lambda row: f"groups that make {row['total']:.0f} at most")
    # From 1998 on every year has refugees somewhere; 1997 is missing in the database itself.
    refugees = whole[whole["measure"].eq("refugees") & whole["year"].ge(1998)]
    yield from check_consecutive(refugees.drop_duplicates("year").sort_values("year"), UNHCR, "year")


def _check_second_outlets(others: pd.DataFrame) -> Iterator[Problem]:
    keys = ["destination", "measure", "period_start", "period_end", "unit", "value"]
    figures = pd.MultiIndex.from_frame(others[keys])
    is_second = others["role"] == "second_outlet"
    wrong = others[is_second & ~figures.isin(figures[~is_second])]
    yield from report(wrong, OTHERS, "value", "a figure that another row of the same period has")


def _is_year(rows: pd.DataFrame) -> pd.Series:
    start, end = rows["period_start"], rows["period_end"]
    return start.dt.is_year_start & end.dt.is_year_end & start.dt.year.eq(end.dt.year)


def _check_spans(others: pd.DataFrame) -> Iterator[Problem]:
    """Check that periods that cover a longer one make it, and that years inside it do not exceed it."""
    keys = ["destination", "measure", "unit"]
    dated = others[others["period_start"].notna()]
    for line, span in dated[(dated["period_end"] - dated["period_start"]).dt.days > 366].iterrows():
        start, end = span["period_start"], span["period_end"]
        inside = dated[
            (dated[keys] == span[keys]).all(axis=1)
            & (dated["period_start"] >= start)
            & (dated["period_end"] <= end)
            & (dated["period_start"].ne(start) | dated["period_end"].ne(end))
        ]
        # One document is compared with itself; figures in use with each other.
        parts = _cover(inside[inside["source_id"] == span["source_id"]], start, end)
        current = inside[inside["role"] == "current"]
        if parts.empty and span["role"] == "current":
            parts = _cover(current, start, end)
        is_full = not parts.empty
        if not is_full:
            parts = current[_is_year(current) & (span["role"] == "current")]
        difference = parts["value"].sum() - span["value"]
        # Each rounded part can be half a step off; counts without rounding agree exactly.
        if (abs(difference) if is_full else difference) > parts["rounded_to"].sum() / 2:
            expected = f"{parts['value'].sum():g}{'' if is_full else ' or more'}, the sum of its parts"
            yield Problem(OTHERS, int(str(line)), "value", f"{span['value']:g}", expected)


def _cover(rows: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    """Return rows that cover a period without gap or overlap; none if there are no such rows."""
    cells = zip(rows["period_start"], rows["period_end"], rows["value"], rows.index, strict=True)
    return rows.loc[[span.line for span in find_cover([Span(*row) for row in cells], start, end) or []]]


def _check_countries(others: pd.DataFrame) -> Iterator[Problem]:
    """Check that the countries that granted citizenship in a year make the total of Europe."""
    is_current = others["measure"].eq("citizenship_acquired") & others["role"].eq("current")
    acquired = others[is_current & _is_year(others)]
    yield from check_sum(acquired, OTHERS, ["period_end"], "destination", "value", whole="europe", parts=None)
    europe = acquired[acquired["destination"] == "europe"]
    alone = acquired[~acquired["period_end"].isin(europe["period_end"])].drop_duplicates("period_end")
    yield from report(alone, OTHERS, "period_end", "a total of Europe for the year")
    years = europe.assign(period_end=europe["period_end"].dt.year).sort_values("period_end")
    yield from check_consecutive(years, OTHERS, "period_end")


def _check_decisions(others: pd.DataFrame) -> Iterator[Problem]:
    """Check that outcomes do not exceed applications, and that an acceptance rate is granted of decided."""
    keys = ["destination", "period_start", "period_end", "source_id"]
    current = others[others["role"].eq("current") & others["period_start"].notna()]
    measures = current.drop_duplicates([*keys, "measure"]).pivot(
        index=keys, columns="measure", values="value"
    )
    measures = measures.reindex(columns=[*OUTCOMES, "asylum_cases_decided"])
    outcomes = measures[OUTCOMES].sum(axis=1, skipna=False)
    rate = 100 * measures["asylum_granted"] / measures["asylum_cases_decided"]
    rows = current.join(pd.DataFrame({"outcomes": outcomes, "rate": rate}), on=keys)
    applications = rows[rows["measure"] == "asylum_applications"]
    short = applications[applications["value"] < applications["outcomes"]]
    yield from report(short, OTHERS, "value", lambda row: f"{row['outcomes']:g} or more, the sum of outcomes")
    # The rate is rounded to a whole number.
    rates = rows[rows["measure"] == "acceptance_rate"]
    wrong = rates[(rates["rate"] - rates["value"]).abs() > 0.5]
    yield from report(wrong, OTHERS, "value", lambda row: f"{row['rate']:.0f}, granted of decided")
    too_high = others[others["unit"].eq("percent") & others["value"].gt(100)]
    yield from report(too_high, OTHERS, "value", "100 percent or less")


def _check_bounds(frame: pd.DataFrame, file: str, columns: list[str]) -> Iterator[Problem]:
    empty = frame[frame[columns].isna().all(axis=1)]
    yield from report(empty, file, columns[1], "a low, a middle or a high value")
    yield from check_ascending(frame, file, columns)


def _check_forced(forced: pd.DataFrame) -> Iterator[Problem]:
    percent = forced[forced["unit"] == "percent"]
    for column in ("value_low", "value", "value_high"):
        yield from report(percent[percent[column] > 100], FORCED, column, "100 percent or less")
    counts = forced[forced["kind"].eq("annual_count") & forced["role"].eq("current")]
    yield from check_sum(counts, FORCED, ["period_start", "region", "source_id"], "people", "value")
    running = forced[forced["kind"] == "running_total"].sort_values("period_start", ascending=False)
    short = running[running.groupby("period_end")["value_low"].diff() < 0]
    yield from report(short, FORCED, "value_low", "no less than the total of a shorter time to that day")


def clean(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables of other countries, without repeated figures."""
    us, unhcr, others, estimates, forced = (raw[name] for name in RAW_TABLES[:5])
    return {
        "us_admissions": _clean_us(us),
        "unhcr": _clean_unhcr(unhcr),
        "destinations": others[~others["role"].isin(["second_outlet", "earlier"])].drop(columns="note"),
        "population_estimates": estimates[estimates["role"] != "second_outlet"].drop(columns="note"),
        "forced_repatriation": forced[forced["role"] != "second_outlet"].drop(columns="note"),
        "home_office": raw["home_office"].drop(columns="note"),
        "direct_crossings": raw["direct_crossings"].drop(columns="note"),
    }


def _clean_us(us: pd.DataFrame) -> pd.DataFrame:
    """Return the admissions in use, and fiscal years that two calendar years of zero make certain."""
    kept = us[us["role"].isin(["current", "other_agency"])].assign(is_implied=False)
    zeros = kept[kept["year_basis"].eq("calendar_year") & kept["persons"].eq(0)]
    zeros = zeros[zeros["measure"] == "refugee_admissions"].set_index("year")
    used = _take_fiscal_years(us)
    # A year published in part is complete if the calendar year it ends in has no admission.
    partial = used[used["role"].eq("part_year") & used["year"].isin(zeros.index)]
    # A later year without a row has no admission if both its calendar years have none.
    years = [year for year in zeros.index if year > used["year"].max() and year - 1 in zeros.index]
    later = zeros.loc[years].reset_index().assign(year_basis="fiscal_year", certainty="secondary")
    implied = pd.concat([partial, later]).assign(is_implied=True)
    implied["period_start"] = pd.to_datetime((implied["year"] - 1).astype(str) + "-10-01")
    implied["period_end"] = pd.to_datetime(implied["year"].astype(str) + "-09-30")
    return pd.concat([kept, implied]).drop(columns=["role", "note"])


def _clean_unhcr(unhcr: pd.DataFrame) -> pd.DataFrame:
    """Return the largest countries of asylum, groups by sex and age, and the sum of all countries."""
    stages = (
        unhcr["decision_level"]
        .eq("temporary_asylum")
        .map({True: "temporary_asylum", False: "first_instance"})
    )
    named = unhcr.assign(
        stage=stages.mask(unhcr["authority"].isna(), "none"),
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
    whole, groups = by_country[by_country["sex"] == "all"], by_country[by_country["sex"] != "all"]
    # Cases cannot be added to persons, and the two other flows have one country per year.
    is_added = whole["unit"].eq("persons") & ~whole["measure"].isin(OTHER_FLOWS)
    world = whole[is_added].groupby(keys, as_index=False).agg(sums)
    world = world.assign(country="World", country_iso3=None, is_world_total=True)
    by_size = whole.sort_values(["value", "country"], ascending=[False, True], kind="stable")
    countries = pd.concat([by_size.groupby(keys).head(LARGEST), groups]).assign(is_world_total=False)
    full = pd.concat([world, countries], ignore_index=True)
    is_stock = full["measure"].isin(STOCKS)
    return full.assign(stock_or_flow=is_stock.map({True: "stock", False: "flow"}))
