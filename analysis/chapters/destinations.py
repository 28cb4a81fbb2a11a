"""Summaries of where people went other than the South; nothing here is a model."""

from __future__ import annotations

import pandas as pd

# Shortest first: a word of the measure, whether it counts a stock or a flow.
_MEASURES = {
    "arrivals_or_arrests": ("arrivals or arrests", "flow"),
    "asylum_applications": ("asylum applications", "flow"),
    "asylum_cases_decided": ("asylum cases decided", "flow"),
    "asylum_granted": ("asylum granted", "flow"),
    "asylum_granted_cumulative": ("asylum granted, running total", "flow"),
    "asylum_pending": ("asylum claims pending", "stock"),
    "asylum_refused": ("asylum refused", "flow"),
    "asylum_seekers": ("asylum-seekers", "stock"),
    "asylum_withdrawn": ("asylum claims withdrawn", "flow"),
    "children_of_north_korean_women": ("children of North Korean women", "estimate"),
    "citizenship_acquired": ("citizenship acquired", "flow"),
    "cumulative_crossers": ("people who ever crossed", "estimate"),
    "north_koreans_living": ("North Koreans living there", "stock"),
    "north_koreans_present": ("North Koreans present", "estimate"),
    "permanent_residents": ("permanent residents", "stock"),
    "refugees": ("refugees", "stock"),
    "refugees_present": ("refugees present", "stock"),
    "under_protection_abroad": ("people under protection", "stock"),
}
_COUNTRIES = {
    "Russian Federation": "Russia",
    "United States of America": "United States",
    "World": "World without South Korea, added up",
    "europe": "Europe (states that report citizenship)",
    "south_korean_missions": "South Korean missions abroad",
}
_ROLES = {
    "current": "",
    "disputed": "readings disagree",
    "article": "as the encyclopedia has it",
    "other_reading": "another reading",
}
_RANK = {"current": 0, "disputed": 1, "article": 2, "other_reading": 3}
_BOUNDS = {
    "exact": "",
    "about": "about ",
    "more_than": "more than ",
    "fewer_than": "fewer than ",
    "at_least": "at least ",
    "up_to": "up to ",
}
_SHORT = {
    "Robinson, Johns Hopkins": "Robinson",
    "US Committee for Refugees": "US committee",
    "US State Department": "US State Dept",
    "UNHCR working paper, range in circulation": "UNHCR paper",
    "UN High Commissioner for Refugees": "UN commissioner",
    "Refugees International": "aid group, Jilin",
    "Good Friends (NGO)": "Good Friends",
    "Korean and Chinese governments and UNHCR": "governments",
    "Chinese government": "China",
    "Press range": "press",
    "UNHCR working figure": "UNHCR",
    "International Crisis Group authors": "Crisis Group",
    "USCRI": "USCRI, border",
    "Liaoning Academy of Social Sciences": "Liaoning academy",
    "North Korea experts in China": "experts in China",
    "Johns Hopkins and KINU": "Hopkins, KINU",
}
# Jumps of a stock by hundreds of persons with no matching decisions: country, first year after it.
UNEXPLAINED = (
    ("Canada", 2016),
    ("Canada", 2022),
    ("United Kingdom", 2017),
    ("United Kingdom", 2018),
)


def name_country(code: str) -> str:
    """Return a country's name as pages show it, from a code or a name of the UNHCR tables."""
    return _COUNTRIES.get(code, code.replace("_", " ").title() if code.islower() else code)


def write_span(low: float | None, point: float | None, high: float | None) -> str:
    """Return an estimate as printed: ``10,000``, ``30,000 to 50,000``, ``up to 5,000``, ``over 500``."""
    has_low, has_point, has_high = (not pd.isna(v) for v in (low, point, high))
    if has_point:
        extent = f" ({low:,.0f} to {high:,.0f})" if has_low and has_high else ""
        return f"{point:,.0f}{extent}"
    if has_low and has_high:
        return f"{low:,.0f} to {high:,.0f}"
    if has_high:
        return f"up to {high:,.0f}"
    if has_low:
        return f"{low:,.0f} or more"
    raise ValueError("an estimate with neither low, point nor high; expected at least one")


def _period(start: pd.Timestamp, end: pd.Timestamp) -> str:
    """Return what a figure covers: ``2016``, ``2007 to 2016``, ``January to June 2017``, ``May 2017``.

    Of a stock, which has no start, it is the year of its day.
    """
    if pd.isna(start):
        return f"{end.year}"
    if start.year == end.year:
        if (start.month, end.month) == (1, 12):
            return f"{end.year}"
        last = f"{end:%B %Y}"
        return last if start.month == end.month else f"{start:%B} to {last}"
    return f"{start.year} to {end.year}"


def latest_destinations(destinations: pd.DataFrame) -> pd.DataFrame:
    """Return the newest published figure of each destination and measure.

    Of several readings with one end the current one is taken, then a disputed one, then the one of
    the encyclopedia article. Where two current readings end on one day, the shorter period is taken.
    Shares are left out.
    """
    rows = destinations[(destinations["unit"] != "percent") & (destinations["role"] != "other_reading")]
    rows = rows.assign(
        rank=rows["role"].map(_RANK),
        length=(rows["period_end"] - rows["period_start"]).dt.days.fillna(0),
    ).sort_values(["period_end", "rank", "length"], ascending=[False, True, True], kind="stable")
    newest = rows.drop_duplicates(["destination", "measure"])
    counts = newest["measure"].map(lambda m: _MEASURES[m][0])
    units = newest["unit"].map({"persons": "", "principal_applicants": " (principal applicants)"}).fillna("")
    return pd.DataFrame(
        {
            "country": newest["destination"].map(name_country),
            "counts": counts + units,
            "kind": newest["measure"].map(lambda m: _MEASURES[m][1]),
            "when": [
                _period(a, b) for a, b in zip(newest["period_start"], newest["period_end"], strict=True)
            ],
            "number": [_write_count(v, b) for v, b in zip(newest["value"], newest["bound"], strict=True)],
            "remark": newest["role"].map(_ROLES),
            "source_id": newest["source_id"],
        }
    ).reset_index(drop=True)


def _write_count(value: float, bound: str) -> str:
    if bound == "exact" and 0 < value < 5:
        return "1 to 4"
    return f"{_BOUNDS[bound]}{value:,.0f}"


def pick_stocks(unhcr: pd.DataFrame) -> pd.DataFrame:
    """Return the year-end stocks of refugees and asylum-seekers, both sexes and all ages together."""
    chosen = (
        unhcr["measure"].isin(["refugees", "asylum_seekers"])
        & (unhcr["sex"] == "all")
        & (unhcr["age_group"] == "all")
    )
    return unhcr[chosen].sort_values(["measure", "country", "year"]).reset_index(drop=True)


def latest_unhcr(stocks: pd.DataFrame) -> pd.DataFrame:
    """Return the newest stock of each country in the form of :func:`latest_destinations`."""
    newest = stocks.sort_values("year").drop_duplicates(["country", "measure"], keep="last")
    hidden = newest["cells_1_to_5"] > 0
    number = [
        f"{low:,} to {value:,}" if unsure else f"{value:,}"
        for low, value, unsure in zip(newest["value_low"], newest["value"], hidden, strict=True)
    ]
    return pd.DataFrame(
        {
            "country": newest["country"].map(name_country),
            "counts": newest["measure"].map(lambda m: _MEASURES[m][0]) + " (UNHCR, end of year)",
            "kind": "stock",
            "when": newest["year"].astype(str),
            "number": number,
            "remark": ["no cell since" if y < newest["year"].max() else "" for y in newest["year"]],
            "source_id": newest["source_id"],
        }
    ).reset_index(drop=True)


def latest_estimates(estimates: pd.DataFrame) -> pd.DataFrame:
    """Return the newest estimates of each country and measure in the form of the table of countries."""
    dated = estimates[estimates["year_end"].notna()]
    parts = []
    for _, group in dated.groupby(["country", "measure"]):
        current = group[group["role"] == "current"]
        pool = current if len(current) else group
        parts.append(pool[pool["year_end"] == pool["year_end"].max()])
    newest = pd.concat(parts)
    return pd.DataFrame(
        {
            "country": newest["country"].map(name_country),
            "counts": newest["measure"].map(lambda m: _MEASURES[m][0])
            + (", by " + newest["estimator"]).replace(", by Not named", ", author not named"),
            "kind": "estimate",
            "when": newest["year_end"].astype(str),
            "number": [
                write_span(a, b, c)
                for a, b, c in newest[["low", "point", "high"]].astype(float).itertuples(index=False)
            ],
            "remark": newest["role"].map(_ROLES),
            "source_id": newest["source_id"],
        }
    ).reset_index(drop=True)


def latest_entries(admissions: pd.DataFrame, cumulative: pd.DataFrame) -> pd.DataFrame:
    """Return the newest admissions to the United States and entrants to the South, as table rows."""
    us = join_us_years(admissions)
    last, first = us.iloc[-1], us.iloc[0]
    entered = cumulative[(cumulative["sex"] == "all") & (cumulative["role"] == "current")]
    south = entered.sort_values("as_of_date").iloc[-1]
    rows = [
        ("South Korea", "entrants to date", "flow", f"to {south['as_of_date'].year}",
         f"{south['entrants_persons']:,}", south["source_id"]),
        ("United States", "refugee admissions", "flow", f"fiscal year {last['year']}",
         f"{last['fiscal']}", last["source_id"]),
        ("United States", "refugee admissions to date", "flow",
         f"fiscal years {first['year']} to {last['year']}", f"{last['running']}", last["source_id"]),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["country", "counts", "kind", "when", "number", "source_id"])
    return table.assign(remark="")


def gather_countries(
    destinations: pd.DataFrame,
    stocks: pd.DataFrame,
    estimates: pd.DataFrame,
    admissions: pd.DataFrame,
    cumulative: pd.DataFrame,
    sources: pd.DataFrame,
) -> pd.DataFrame:
    """Return the newest figure of every country and kind of count, sorted by country."""
    rows = pd.concat(
        [
            latest_entries(admissions, cumulative),
            latest_destinations(destinations),
            latest_unhcr(stocks),
            latest_estimates(estimates),
        ]
    )
    named = rows.merge(sources[["source_id", "publisher", "url"]], on="source_id", validate="many_to_one")
    return named.sort_values(["country", "counts"], kind="stable").reset_index(drop=True)


def list_estimates(estimates: pd.DataFrame, country: str, measure: str) -> pd.DataFrame:
    """Return a country's dated estimates of one quantity, oldest first, ready to draw."""
    rows = estimates[
        (estimates["country"] == country) & (estimates["measure"] == measure) & estimates["year_end"].notna()
    ].sort_values(["year_end", "estimator"], kind="stable")
    spans = rows[["low", "point", "high"]].astype(float)
    return rows.assign(
        written=[write_span(*span) for span in spans.itertuples(index=False)],
        left=spans["low"].fillna(spans["point"]).fillna(spans["high"]),
        right=spans["high"].fillna(spans["point"]).fillna(spans["low"]),
        dot=spans["point"],
    ).reset_index(drop=True)


def label_estimates(listed: pd.DataFrame) -> list[str]:
    """Return short row labels for estimates: the year and who made it."""
    return [
        f"{year} {_SHORT.get(name, name)}"
        for year, name in zip(listed["year_end"], listed["estimator"], strict=True)
    ]


def list_repatriations(repatriation: pd.DataFrame) -> pd.DataFrame:
    """Return counts, events and estimates of people sent back by force, each with its kind in words."""
    words = {
        "annual_count": "count for a year",
        "period_total": "count for a period",
        "running_total": "running total of events",
        "recorded_events": "events told by people who left again",
        "event": "one operation",
        "detained": "people held, not yet sent back",
        "estimate": "estimate",
    }
    people = {"all": "", "workers": "workers abroad", "women": "women"}
    units = {
        "persons": "",
        "events": " events",
        "persons_per_week": " a week",
        "persons_per_year": " a year",
    }
    rows = repatriation[
        repatriation["kind"].isin(list(words))
        & repatriation["unit"].isin(list(units))
        & repatriation["people"].isin(list(people))
    ]
    rows = rows.assign(order=rows["kind"].map({k: i for i, k in enumerate(words)}))
    rows = rows.sort_values(["order", "period_end"], kind="stable")
    spans = rows[["value_low", "value", "value_high"]]
    notes = [
        ", ".join(
            part
            for part in (
                people[who],
                # A region is named no closer than as a part of its country.
                "part of the country" if region else "",
                _ROLES[role],
            )
            if part
        )
        for who, region, role in zip(rows["people"], rows["region"].notna(), rows["role"], strict=True)
    ]
    return pd.DataFrame(
        {
            "what": rows["kind"].map(words),
            "when": [_period(a, b) for a, b in zip(rows["period_start"], rows["period_end"], strict=True)],
            "country": rows["place"].map({"several": "Several"}).fillna(rows["place"].map(name_country)),
            "number": [
                write_span(*span) + units[unit]
                for span, unit in zip(spans.itertuples(index=False), rows["unit"], strict=True)
            ],
            "remark": notes,
            "source_id": rows["source_id"],
        }
    ).reset_index(drop=True)


def join_us_years(admissions: pd.DataFrame) -> pd.DataFrame:
    """Return admissions to the United States by fiscal and by calendar year, with the running total."""
    fiscal = admissions[admissions["year_basis"] == "fiscal_year"].set_index("year").sort_index()
    gaps = sorted(set(range(fiscal.index.min(), fiscal.index.max() + 1)) - set(fiscal.index))
    if gaps:
        raise ValueError(f"us_admissions: no fiscal year {gaps[0]}; expected every year of the series")
    calendar = admissions[admissions["year_basis"] == "calendar_year"].pivot(
        index="year", columns="measure", values="persons"
    )
    joined = pd.DataFrame({"fiscal": fiscal["persons"], "running": fiscal["persons"].cumsum()})
    joined["calendar"] = calendar["refugee_admissions"].reindex(joined.index)
    joined["unhcr"] = calendar["resettlement_arrivals_unhcr"].reindex(joined.index)
    joined["source_id"] = fiscal["source_id"]
    return joined.reset_index()


def check_running_total(admissions: pd.DataFrame) -> pd.DataFrame:
    """Return each published running total at the end of a fiscal year beside the sum of the years."""
    totals = admissions[
        (admissions["measure"] == "refugee_admissions_cumulative")
        & (admissions["period_end"].dt.month == 9)
        & (admissions["period_end"].dt.day == 30)
    ]
    summed = join_us_years(admissions).set_index("year")["running"]
    years = totals["period_end"].dt.year
    return pd.DataFrame(
        {
            "year": years,
            "published": totals["persons"],
            "summed": years.map(summed),
            "source_id": totals["source_id"],
        }
    ).reset_index(drop=True)


def mark_breaks(
    stocks: pd.DataFrame, countries: tuple[str, ...], breaks: tuple[tuple[str, int], ...] = UNEXPLAINED
) -> pd.DataFrame:
    """Return the refugee stocks of some countries cut into eras at their unexplained jumps."""
    rows = stocks[(stocks["measure"] == "refugees") & stocks["country"].isin(countries)].copy()
    rows["era"] = [
        sum(place == country and first <= year for place, first in breaks)
        for country, year in zip(rows["country"], rows["year"], strict=True)
    ]
    earlier = rows.set_index(["country", "year"])["value"]
    rows["before"] = [
        float(earlier.get((country, year - 1), float("nan"))) if (country, year) in breaks else float("nan")
        for country, year in zip(rows["country"], rows["year"], strict=True)
    ]
    return rows.reset_index(drop=True)
