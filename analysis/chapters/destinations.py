"""Chapter 7: other countries, estimates for China, admissions to the United States, UNHCR's stocks."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from analysis.charts import forms, style
from analysis.charts.style import PALETTE, Drawing

# What a measure counts, and whether that is a stock or a flow.
MEASURES = {
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
COUNTRIES = {
    "Russian Federation": "Russia",
    "United States of America": "United States",
    "World": "World without South Korea, added up",
    "europe": "Europe (states that report citizenship)",
    "south_korean_missions": "South Korean missions abroad",
}
# From the reading to prefer to the last; what a table remarks on it, and how a chart shows it.
ROLES = {
    "current": "",
    "disputed": "readings disagree",
    "article": "as the encyclopedia has it",
    "other_reading": "another reading",
}
ROLE_LOOKS = {
    "current": ("own source", PALETTE["teal"], "o"),
    "disputed": ("readings disagree", PALETTE["ochre"], "s"),
    "article": ("encyclopedia only", PALETTE["brick"], "D"),
}
STOCKS = {"refugees": PALETTE["blue"], "asylum_seekers": PALETTE["ochre"]}
REPATRIATIONS = {
    "annual_count": "count for a year",
    "period_total": "count for a period",
    "running_total": "running total of events",
    "recorded_events": "events told by people who left again",
    "event": "one operation",
    "detained": "people held, not yet sent back",
    "estimate": "estimate",
}
ESTIMATORS = {
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
PANELS = {
    "United Kingdom": "United Kingdom (refugees at year’s end)",
    "Canada": "Canada",
    "Germany": "Germany",
}


def name_country(code: str) -> str:
    """Return a country's name as pages show it, from a code or a name of the UNHCR tables."""
    return COUNTRIES.get(code, code.replace("_", " ").title() if code.islower() else code)


def format_span(low: float | None, point: float | None, high: float | None) -> str:
    """Return an estimate as published: ``10,000``, ``30,000 to 50,000``, ``up to 5,000``, ``500 or more``."""
    has_low, has_point, has_high = (not pd.isna(v) for v in (low, point, high))
    if has_point:
        return f"{point:,.0f}" + (f" ({low:,.0f} to {high:,.0f})" if has_low and has_high else "")
    if has_low and has_high:
        return f"{low:,.0f} to {high:,.0f}"
    if has_high:
        return f"up to {high:,.0f}"
    if has_low:
        return f"{low:,.0f} or more"
    raise ValueError("an estimate with neither low, point nor high; expected at least one")


def _format_period(start: pd.Timestamp, end: pd.Timestamp) -> str:
    """Return the period of a figure: ``2016``, ``2007 to 2016``, ``January to June 2017``, ``May 2017``.

    A stock has no start; its period is the year of its day.
    """
    if pd.isna(start) or (start.year == end.year and (start.month, end.month) == (1, 12)):
        return f"{end.year}"
    if start.year < end.year:
        return f"{start.year} to {end.year}"
    return f"{end:%B %Y}" if start.month == end.month else f"{start:%B} to {end:%B %Y}"


def list_newest_figures(destinations: pd.DataFrame) -> pd.DataFrame:
    """Return the newest published figure of each destination and measure, shares left out.

    Of several readings with one end the preferred role is taken. Where two current readings end on
    one day, the shorter period is taken.
    """
    rows = destinations[(destinations["unit"] != "percent") & (destinations["role"] != "other_reading")]
    rows = rows.assign(
        rank=rows["role"].map(list(ROLES).index),
        length=(rows["period_end"] - rows["period_start"]).dt.days.fillna(0),
    ).sort_values(["period_end", "rank", "length"], ascending=[False, True, True], kind="stable")
    rows = rows.drop_duplicates(["destination", "measure"])
    units = rows["unit"].map({"principal_applicants": " (principal applicants)"}).fillna("")
    return pd.DataFrame(
        {
            "country": rows["destination"].map(name_country),
            "counts": rows["measure"].map(lambda m: MEASURES[m][0]) + units,
            "kind": rows["measure"].map(lambda m: MEASURES[m][1]),
            "when": list(map(_format_period, rows["period_start"], rows["period_end"])),
            "number": list(map(_format_count, rows["value"], rows["bound"])),
            "remark": rows["role"].map(ROLES),
            "source_id": rows["source_id"],
        }
    ).reset_index(drop=True)


def _format_count(value: float, bound: str) -> str:
    if bound != "exact":
        return f"{bound.replace('_', ' ')} {value:,.0f}"
    return "1 to 4" if 0 < value < 5 else f"{value:,.0f}"


def select_stocks(unhcr: pd.DataFrame) -> pd.DataFrame:
    """Return the year-end stocks of refugees and asylum-seekers, both sexes and all ages together."""
    is_total = (unhcr["sex"] == "all") & (unhcr["age_group"] == "all")
    rows = unhcr[unhcr["measure"].isin(list(STOCKS)) & is_total]
    return rows.sort_values(["measure", "country", "year"]).reset_index(drop=True)


def list_newest_stocks(stocks: pd.DataFrame) -> pd.DataFrame:
    """Return the newest stock of each country in the columns of ``list_newest_figures``."""
    newest = stocks.sort_values("year").drop_duplicates(["country", "measure"], keep="last")
    number = [
        f"{low:,} to {value:,}" if hidden else f"{value:,}"
        for low, value, hidden in zip(
            newest["value_low"], newest["value"], newest["cells_1_to_5"] > 0, strict=True
        )
    ]
    return pd.DataFrame(
        {
            "country": newest["country"].map(name_country),
            "counts": newest["measure"].map(lambda m: MEASURES[m][0]) + " (UNHCR, end of year)",
            "kind": "stock",
            "when": newest["year"].astype(str),
            "number": number,
            "remark": ["no cell since" if y < newest["year"].max() else "" for y in newest["year"]],
            "source_id": newest["source_id"],
        }
    ).reset_index(drop=True)


def list_newest_estimates(estimates: pd.DataFrame) -> pd.DataFrame:
    """Return the newest estimates of each country and measure in the columns of ``list_newest_figures``.

    A current estimate is preferred to all others; every estimate of the newest year is listed.
    """
    keys = ["country", "measure"]
    rows = estimates[estimates["year_end"].notna()]
    rows = rows.assign(is_current=rows["role"] == "current")
    rows = rows[rows["is_current"] == rows.groupby(keys)["is_current"].transform("max")]
    newest = rows[rows["year_end"] == rows.groupby(keys)["year_end"].transform("max")]
    authors = (", by " + newest["estimator"]).replace(", by Not named", ", author not named")
    return pd.DataFrame(
        {
            "country": newest["country"].map(name_country),
            "counts": newest["measure"].map(lambda m: MEASURES[m][0]) + authors,
            "kind": "estimate",
            "when": newest["year_end"].astype(str),
            "number": list(map(format_span, newest["low"], newest["point"], newest["high"])),
            "remark": newest["role"].map(ROLES),
            "source_id": newest["source_id"],
        }
    ).reset_index(drop=True)


def list_newest_entries(admissions: pd.DataFrame, cumulative: pd.DataFrame) -> pd.DataFrame:
    """Return the newest admissions to the United States and entrants to South Korea, as table rows."""
    years = join_us_years(admissions)
    last, first = years.iloc[-1], years.iloc[0]
    entered = cumulative[(cumulative["sex"] == "all") & (cumulative["role"] == "current")]
    south = entered.sort_values("as_of_date").iloc[-1]
    span = f"fiscal years {first['year']} to {last['year']}"
    rows = [
        ("South Korea", "entrants to date", f"to {south['as_of_date'].year}", south["entrants_persons"]),
        ("United States", "refugee admissions", f"fiscal year {last['year']}", last["fiscal"]),
        ("United States", "refugee admissions to date", span, last["running"]),
    ]
    table = pd.DataFrame(rows, columns=["country", "counts", "when", "number"])
    return table.assign(
        number=table["number"].map("{:,}".format),
        kind="flow",
        remark="",
        source_id=[south["source_id"], last["source_id"], last["source_id"]],
    )


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
            list_newest_entries(admissions, cumulative),
            list_newest_figures(destinations),
            list_newest_stocks(stocks),
            list_newest_estimates(estimates),
        ]
    )
    named = rows.merge(sources[["source_id", "publisher", "url"]], on="source_id", validate="many_to_one")
    return named.sort_values(["country", "counts"], kind="stable").reset_index(drop=True)


def list_estimates(estimates: pd.DataFrame, country: str, measure: str) -> pd.DataFrame:
    """Return a country's dated estimates of one quantity, oldest first, ready to draw."""
    is_wanted = (estimates["country"] == country) & (estimates["measure"] == measure)
    rows = estimates[is_wanted & estimates["year_end"].notna()]
    rows = rows.sort_values(["year_end", "estimator"], kind="stable", ignore_index=True)
    spans = rows[["low", "point", "high"]].astype(float)
    return rows.assign(
        written=list(map(format_span, spans["low"], spans["point"], spans["high"])),
        left=spans.bfill(axis=1)["low"],
        right=spans.ffill(axis=1)["high"],
        dot=spans["point"],
    )


def label_estimates(listed: pd.DataFrame) -> list[str]:
    """Return short row labels for estimates: the year and who made it."""
    names = [ESTIMATORS.get(name, name) for name in listed["estimator"]]
    return [f"{year} {name}" for year, name in zip(listed["year_end"], names, strict=True)]


def list_repatriations(repatriation: pd.DataFrame) -> pd.DataFrame:
    """Return counts, events and estimates of people sent back by force, each with its kind in words."""
    people = {"all": "", "workers": "workers abroad", "women": "women"}
    units = {
        "persons": "",
        "events": " events",
        "persons_per_week": " a week",
        "persons_per_year": " a year",
    }
    rows = repatriation[
        repatriation["kind"].isin(list(REPATRIATIONS))
        & repatriation["unit"].isin(list(units))
        & repatriation["people"].isin(list(people))
    ]
    rows = rows.assign(order=rows["kind"].map(list(REPATRIATIONS).index))
    rows = rows.sort_values(["order", "period_end"], kind="stable", ignore_index=True)
    # A region is named no closer than as a part of its country.
    where = rows["region"].notna().map({True: "part of the country", False: ""})
    remarks = zip(rows["people"].map(people), where, rows["role"].map(ROLES), strict=True)
    numbers = pd.Series(map(format_span, rows["value_low"], rows["value"], rows["value_high"]), dtype="str")
    return pd.DataFrame(
        {
            "what": rows["kind"].map(REPATRIATIONS),
            "when": list(map(_format_period, rows["period_start"], rows["period_end"])),
            "country": rows["place"].map(name_country),
            "number": numbers + rows["unit"].map(units),
            "remark": [", ".join(filter(None, words)) for words in remarks],
            "source_id": rows["source_id"],
        }
    )


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


def mark_breaks(stocks: pd.DataFrame, countries: tuple[str, ...]) -> pd.DataFrame:
    """Return the refugee stocks of some countries cut into eras at their unexplained jumps.

    Adds ``era`` and, in the first year of an era, ``before``: the stock of the year before.
    """
    rows = stocks[(stocks["measure"] == "refugees") & stocks["country"].isin(countries)]
    rows = rows.sort_values(["country", "year"], ignore_index=True)
    places = zip(rows["country"], rows["year"], strict=True)
    is_break = pd.Series([place in UNEXPLAINED for place in places], dtype=bool)
    earlier = rows.groupby("country")["value"].shift().astype(float)
    return rows.assign(
        era=is_break.groupby(rows["country"]).cumsum().astype(int), before=earlier.where(is_break)
    )


def draw_estimates(estimates: pd.DataFrame, labels: list[str], quantity: str, source: str) -> Drawing:
    """Draw estimates, one row each, as the range and the point their authors gave."""
    figure, axes = style.start(1.15 + 0.34 * len(estimates))
    axes.set_xscale("log")
    axes.set_xlim(estimates["left"].min() * 0.75, estimates["right"].max() * 1.35)
    for place, row in enumerate(estimates.to_dict("records")):
        _, colour, marker = ROLE_LOOKS[row["role"]]
        has_dot, has_length = not pd.isna(row["dot"]), row["left"] < row["right"]
        if has_length:
            axes.hlines(place, row["left"], row["right"], color=colour, linewidth=3, zorder=2)
        if has_dot or not has_length:
            # A bound alone is drawn as an arrow's head, not as a point estimate.
            marker = "<" if not has_dot and pd.isna(row["low"]) else marker
            at = row["dot"] if has_dot else row["right"]
            axes.plot(at, place, marker=marker, color=colour, markersize=7.5, zorder=3)
    if estimates["role"].nunique() > 1:
        for role in ROLE_LOOKS:
            _label_role(axes, estimates, role)
    ticks = [5_000, 10_000, 20_000, 50_000, 100_000, 300_000]
    if estimates["right"].max() < 100_000:
        ticks.append(30_000)
    low, high = axes.get_xlim()
    ticks = [t for t in ticks if low <= t <= high]
    axes.set_xticks(ticks, [f"{t // 1000}" for t in ticks])
    axes.minorticks_off()
    forms.label_rows(axes, labels)
    axes.set_xlabel(f"Thousands of {quantity}")
    return style.finish(
        figure,
        f"estimates of {quantity} in China, by estimator",
        source,
        estimates[["role", "low", "dot", "left", "right"]].assign(label=labels),
    )


def _label_role(axes: Axes, estimates: pd.DataFrame, role: str) -> None:
    """Name a kind of evidence once, beside its first row, on the side that has room on the log scale."""
    rows = estimates.reset_index(drop=True)
    rows = rows[rows["role"] == role]
    if rows.empty:
        return
    row = rows.iloc[0]
    low, high = axes.get_xlim()
    x, dx, side = row["right"], 8, "left"
    if row["left"] / low > high / row["right"]:
        x, dx, side = row["left"], -8, "right"
    words, colour, _ = ROLE_LOOKS[role]
    style.label_point(axes, x, rows.index[0], words, colour=colour, dx=dx, ha=side, weight="bold")


def draw_admissions(rates: pd.DataFrame, line: pd.DataFrame, source: str) -> Drawing:
    """Draw admissions to the United States by fiscal year, with exact intervals and two means."""
    figure, axes = style.start(3.6)
    axes.vlines(
        rates["year"], rates["ci_low"], rates["ci_high"], color=PALETTE["grey"], linewidth=1.6, zorder=1
    )
    axes.plot(rates["year"], rates["value"], "o", color=style.INK, markersize=6, zorder=3, clip_on=False)
    for stretch, rows in line.groupby("stretch"):
        mean, start, end = rows["mean"].iloc[0], rows["year"].min() - 0.4, rows["year"].max() + 0.4
        axes.hlines(mean, start, end, color=PALETTE["blue"], linewidth=2.4, zorder=2)
        style.label_point(
            axes,
            end,
            mean,
            f"mean {mean:.1f}",
            colour=PALETTE["blue"],
            dx=0,
            dy=36 if stretch else 4,
            ha="right" if stretch else "left",
            va="bottom",
            weight="bold",
        )
    style.name_unit(axes, "Refugees admitted a fiscal year")
    style.whole_years(axes, rates["year"], step=4)
    axes.set_ylim(0, None)
    drawn = {"years": rates, "means": line}
    return style.finish(figure, "refugee admissions to the United States by fiscal year", source, drawn)


def draw_world(stocks: pd.DataFrame, source: str) -> Drawing:
    """Draw the two stocks of UNHCR added up over all countries."""
    figure, axes = style.start(3.5)
    world = stocks[stocks["is_world_total"]].pivot(index="year", columns="measure", values="value")
    for i, (measure, colour) in enumerate(STOCKS.items()):
        axes.plot(
            world[measure].dropna(),
            color=colour,
            label=MEASURES[measure][0],
            marker=style.MARKERS[i],
            linestyle=style.DASHES[i],
            markersize=5,
        )
    # The lines cross and run close, so that a label beside one line would be on the other.
    axes.legend(
        loc="upper left",
        frameon=False,
        borderpad=0.1,
        handlelength=1.6,
        labelcolor="linecolor",
        prop={"size": style.TYPE_PT, "weight": "bold"},
    )
    style.name_unit(axes, "Persons at the end of the year")
    style.thousands(axes)
    style.whole_years(axes, world.index, step=6)
    axes.set_ylim(0, float(world.max().max()) * 1.25)
    drawn = world.reindex(columns=list(STOCKS)).reset_index()
    return style.finish(figure, "refugees and asylum-seekers from North Korea in the world", source, drawn)


def draw_jumps(eras: pd.DataFrame, source: str) -> Drawing:
    """Draw refugees in three countries, their lines cut where a jump has no explanation."""
    figure, panels = style.start(6.2, rows=len(PANELS), sharex=True, sharey=True)
    for axes, (country, title) in zip(panels, PANELS.items(), strict=True):
        rows = eras[eras["country"] == country]
        for _, era in rows.groupby("era"):
            axes.plot(era["year"], era["value"], color=PALETTE["blue"], marker="o", markersize=4.5)
        small = rows[rows["cells_1_to_5"] > 0]
        axes.plot(
            small["year"],
            small["value"],
            linestyle="none",
            marker="o",
            markersize=6,
            zorder=4,
            markerfacecolor="white",
            markeredgecolor=PALETTE["blue"],
            markeredgewidth=1.2,
        )
        for jump in rows.dropna(subset=["before"]).to_dict("records"):
            _draw_jump(axes, jump["year"], jump["before"], jump["value"])
        axes.set_title(title, loc="left", fontsize=style.TYPE_PT)
        axes.set_ylim(0, float(eras["value"].max()) * 1.2)
    style.whole_years(panels[-1], eras["year"], step=6)
    drawn = eras[eras["country"].isin(list(PANELS))]
    return style.finish(figure, "refugees from North Korea in three countries", source, drawn)


def _draw_jump(axes: Axes, year: int, before: float, value: float) -> None:
    colour = PALETTE["brick"]
    axes.plot([year - 1, year], [before, value], color=colour, linestyle=(0, (1, 1.5)), linewidth=1.8)
    dx, side = (-8, "right") if value > before else (4, "left")
    style.label_point(axes, year, max(value, before), f"{year}?", colour=colour, dx=dx, dy=2, ha=side)
