"""Chapter 7: what is known by place: estimates, admissions, asylum, UNHCR's stocks, forced returns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd
import seaborn as sns

from analysis import text
from analysis.charts import style
from analysis.charts.style import PALETTE, Drawing

COUNTRIES = {"Russian Federation": "Russia", "United States of America": "United States"}
KINDS = {
    "counted": ("Counted by one authority", PALETTE["teal"], "o"),
    "registered": ("Registered, in part", PALETTE["blue"], "s"),
    "estimated": ("Estimated", PALETTE["ochre"], "D"),
    "none": ("No figure found that can be checked", PALETTE["grey"], "o"),
}
SENT_BACK = {
    "annual_count": ("Yearly counts, parts of the border region", PALETTE["teal"], "o"),
    "event": ("Single operations that were reported", PALETTE["brick"], "s"),
    "running_total": ("Running totals of reported cases", PALETTE["plum"], "D"),
    "detained": ("Held, and not known to be sent back", PALETTE["grey"], "^"),
}
WHOLE_CHINA = ("china", "china_and_others")
WINDOW = 10  # years of positive decisions that UNHCR's stock of a country adds up
STOCK_SHARES = {
    "United Kingdom": PALETTE["blue"],
    "Canada": PALETTE["brick"],
    "all other countries": PALETTE["grey"],
}


class Place(NamedTuple):
    """What is known of one place: a row of the overview."""

    kind: str
    place: str
    counts: str
    low: float = float("nan")
    high: float = float("nan")
    source_id: str | None = None


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
    """Return the period of a figure: ``2016``, ``2020 to 2025``, ``May 2017``; a stock has no start."""
    if pd.isna(start) or (start.year == end.year and (start.month, end.month) == (1, 12)):
        return f"{end.year}"
    if start.year < end.year:
        return f"{start.year} to {end.year}"
    return f"{end:%B %Y}" if start.month == end.month else f"{start:%B} to {end:%B %Y}"


def select_stocks(unhcr: pd.DataFrame) -> pd.DataFrame:
    """Return the year-end stocks of refugees and asylum-seekers, both sexes and all ages together."""
    is_total = (unhcr["sex"] == "all") & (unhcr["age_group"] == "all")
    rows = unhcr[unhcr["measure"].isin(["refugees", "asylum_seekers"]) & is_total]
    return rows.sort_values(["measure", "country", "year"], ignore_index=True)


def split_stock(stocks: pd.DataFrame) -> pd.DataFrame:
    """Return refugees by year from 2000 on: the two countries that explain the fall, and all others."""
    rows = stocks[(stocks["measure"] == "refugees") & (stocks["year"] >= 2000)]
    wide = rows.pivot(index="year", columns="country", values="value").fillna(0)
    split = wide[["United Kingdom", "Canada"]].assign(world=wide["World"])
    split["all other countries"] = split["world"] - split["United Kingdom"] - split["Canada"]
    return split.reset_index().rename_axis(columns=None)


def sum_ten_years(unhcr: pd.DataFrame, countries: Sequence[str]) -> pd.DataFrame:
    """Return by country and year the stock of refugees and ``decided``: ten years' positive decisions."""
    rows = unhcr[(unhcr["sex"] == "all") & (unhcr["age_group"] == "all") & unhcr["country"].isin(countries)]
    wide = rows.pivot_table(index=["country", "year"], columns="measure", values="value", aggfunc="sum")
    years = range(int(rows["year"].min()), int(rows["year"].max()) + 1)
    wide = wide.reindex(pd.MultiIndex.from_product([countries, years], names=["country", "year"]))
    granted = wide.reindex(columns=["recognised", "other_protection"]).fillna(0).sum(axis=1)
    decided = granted.groupby("country", sort=False).rolling(WINDOW, min_periods=1).sum().droplevel(0)
    table = pd.DataFrame({"stock": wide.get("refugees"), "decided": decided}).reset_index()
    return table[table["year"] >= 2004].reset_index(drop=True)


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
        is_whole=rows["geography"].isin(WHOLE_CHINA),
        read_in=(rows["role"] == "article").map({True: "the encyclopedia only", False: ""}),
    )


def list_repatriations(repatriation: pd.DataFrame) -> pd.DataFrame:
    """Return figures on people sent back by force, each with its kind, by kind and date.

    Shares, deportations of every nationality and readings that others supersede are left out.
    """
    rows = repatriation[
        repatriation["kind"].isin(list(SENT_BACK))
        & (repatriation["unit"] == "persons")
        & repatriation["people"].isin(["all", "workers", "women"])
        & (repatriation["role"] == "current")
    ]
    order = rows["kind"].map(list(SENT_BACK).index)
    keys = ["order", "period_end", "period_start"]
    rows = rows.assign(order=order).sort_values(keys, ascending=[True, True, False], ignore_index=True)
    people = rows["people"].map({"all": "", "workers": ", workers", "women": ", women"})
    where = rows["place"].map(name_country)
    when = pd.Series(map(_format_period, rows["period_start"], rows["period_end"]), dtype="str")
    low = rows[["value", "value_low", "value_high"]].astype(float).bfill(axis=1)["value"]
    return pd.DataFrame(
        {
            "kind": rows["kind"],
            "kind_words": rows["kind"].map({kind: words for kind, (words, _, _) in SENT_BACK.items()}),
            "country": where,
            "label": when + where.where(where != "China", "").radd(", ").where(where != "China", "") + people,
            "low": low,
            "high": rows["value_high"].astype(float).fillna(low),
            "written": list(map(format_span, rows["value_low"], rows["value"], rows["value_high"])),
            "source_id": rows["source_id"],
        }
    )


def join_us_years(admissions: pd.DataFrame) -> pd.DataFrame:
    """Return admissions to the United States by fiscal and by calendar year, with the running total."""
    fiscal = admissions[admissions["year_basis"] == "fiscal_year"].set_index("year").sort_index()
    gaps = sorted(set(range(fiscal.index.min(), fiscal.index.max() + 1)) - set(fiscal.index))
    if gaps:
        raise ValueError(f"us_admissions: no fiscal year {gaps[0]}; expected every year of the series")
    calendar = admissions[
        (admissions["year_basis"] == "calendar_year") & (admissions["measure"] == "refugee_admissions")
    ].set_index("year")["persons"]
    joined = pd.DataFrame({"fiscal": fiscal["persons"], "running": fiscal["persons"].cumsum()})
    joined["calendar"] = calendar.reindex(joined.index)
    joined["source_id"] = fiscal["source_id"]
    return joined.reset_index()


def list_applications(home_office: pd.DataFrame) -> pd.DataFrame:
    """Return asylum applications in the United Kingdom by year: persons and principal applicants."""
    rows = home_office[(home_office["measure"] == "applications") & (home_office["sex"] == "all")]
    wide = rows.assign(year=rows["period_end"].dt.year).pivot(index="year", columns="unit", values="value")
    return wide[["persons", "principal_applicants"]].reset_index().rename_axis(columns=None)


def gather_places(
    arrived: int,
    arrived_source: str,
    us: pd.DataFrame,
    applications: pd.DataFrame,
    places: pd.DataFrame,
    china: pd.DataFrame,
) -> pd.DataFrame:
    """Return one row per place for the overview: what is known of it, how, and from which source."""
    last = us.iloc[-1]
    whole = china[china["geography"] == "china"]
    newest = whole[whole["year_end"] == whole["year_end"].max()]
    canada = places[places["measure"] == "asylum_granted_cumulative"].sort_values("value")
    citizens = _pick_newest(places, "germany", "citizenship_acquired", longest=True)
    thailand = _pick_newest(
        places[(places["period_end"] - places["period_start"]).dt.days > 360],
        "thailand",
        "arrivals_or_arrests",
    )
    japan = _pick_newest(places, "japan", "north_koreans_living")
    years = f"{citizens['period_start'].year}–{citizens['period_end'].year}"
    asked = f"{applications['year'].min()}–{applications['year'].max()}"
    rows = [
        Place("counted", "South Korea", "have arrived", arrived, arrived, arrived_source),
        Place(
            "counted",
            "United States",
            f"refugees admitted, {us['year'].min()}–{last['year']}",
            last["running"],
            last["running"],
            last["source_id"],
        ),
        Place(
            "registered",
            "United Kingdom",
            f"asked for asylum, {asked}",
            applications["persons"].sum(),
            applications["persons"].sum(),
            "home_office_2024",
        ),
        Place(
            "registered",
            "Thailand",
            f"arrivals or arrests in {thailand['period_end'].year}",
            thailand["value"],
            thailand["value"],
            thailand["source_id"],
        ),
        Place(
            "registered",
            "Canada",
            f"granted asylum, {canada['period_start'].iloc[0].year}–{canada['period_end'].iloc[0].year}",
            canada["value"].iloc[0],
            canada["value"].iloc[-1],
            canada["source_id"].iloc[0],
        ),
        Place(
            "registered",
            "Germany",
            f"became citizens, {years}",
            citizens["value"],
            citizens["value"],
            citizens["source_id"],
        ),
        Place(
            "estimated",
            "China",
            f"living there in {newest['year_end'].iloc[0]}",
            newest["left"].min(),
            newest["right"].max(),
            newest["source_id"].iloc[-1],
        ),
        Place(
            "estimated",
            "Japan",
            f"living there in {japan['period_end'].year}",
            japan["value"],
            japan["value"],
            japan["source_id"],
        ),
        Place("none", "Russia", "estimates without date or author"),
        Place("none", "Mongolia", "known as a route, never counted"),
    ]
    table = pd.DataFrame(rows)
    written = [
        "" if pd.isna(low) else format_span(*((low, None, high) if low < high else (None, low, None)))
        for low, high in zip(table["low"], table["high"], strict=True)
    ]
    return table.assign(label=table["place"] + ": " + table["counts"], written=written)


def _pick_newest(places: pd.DataFrame, country: str, measure: str, *, longest: bool = False) -> pd.Series:
    """Return the newest current figure of a country and measure, of the longest or shortest period."""
    rows = places[
        (places["destination"] == country) & (places["measure"] == measure) & (places["role"] == "current")
    ]
    return rows.sort_values(["period_end", "period_start"], ascending=[True, not longest]).iloc[-1]


def draw_groups(
    rows: pd.DataFrame,
    groups: dict[str, tuple[str, str, str]],
    limits: tuple[float, float],
    subject: str,
    source: str,
    title: str,
    subtitle: str,
    *,
    beside: bool = False,
) -> Drawing:
    """Draw one figure per row on a logarithmic axis, under the heading of its group.

    The label of a row is above its figure or, if the labels are short, ``beside`` it on the left.
    """
    step, heads = (0.62, rows["kind"].nunique()) if beside else (1.0, rows["kind"].nunique())
    figure, axes = style.start(0.6 + 0.42 * step * len(rows) + 0.45 * heads)
    axes.set_xscale("log")
    axes.set_xlim(*limits)
    shift = -max(map(style.measure, rows["label"])) - 8 if beside else 0
    place = 0.0
    for kind, (words, colour, marker) in groups.items():
        part = rows[rows["kind"] == kind]
        if part.empty:
            continue
        style.label_point(axes, limits[0], place, words, colour=colour, dx=shift, weight="bold")
        place += 0.25 if beside else 0.05
        for row in part.to_dict("records"):
            place += step
            at = place if beside else place + 0.2
            style.label_point(axes, limits[0], place - (0 if beside else 0.28), row["label"], dx=shift)
            if row["written"]:
                ends = [row["low"], row["high"]]
                axes.hlines(at, limits[0], row["low"], color=style.FAINT, linewidth=1, zorder=1)
                axes.hlines(at, *ends, color=colour, linewidth=3, zorder=2)
                axes.plot(ends, [at, at], linestyle="none", marker=marker, color=colour, zorder=3)
                style.label_beside(axes, row["high"], at, row["written"], colour=colour)
        place += 1.0
    axes.set_ylim(place - 0.5, -0.5)
    ticks = [
        t
        for t in (10, 100, 1_000, 10_000, 100_000, 1_000_000)
        if limits[0] <= t <= limits[1] / (10 if beside else 1)
    ]
    axes.set_xticks(ticks, [f"{t:,}" for t in ticks])
    axes.minorticks_off()
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    values = rows["label"] + ": " + rows["written"].replace("", "no figure")
    alt = f"Dot chart on a logarithmic axis, grouped. {'; '.join(values)}"
    drawn = rows[["kind", "label", "low", "high"]]
    return style.finish(figure, subject, source, drawn, title=title, subtitle=subtitle, alt=alt)


def draw_overview(places: pd.DataFrame, source: str) -> Drawing:
    """Draw what is known by place, and how."""
    china = str(places.set_index("place").loc["China", "written"])
    south = str(places.set_index("place").loc["South Korea", "written"])
    return draw_groups(
        places,
        KINDS,
        (50, 300_000),
        "people from North Korea by place, and how the figure is known",
        source,
        f"South Korea has counted {south} arrivals; for China there are only estimates, last {china}",
        "People from North Korea by place and by how they are known. The figures count different things "
        "and cannot be added. Each step on the axis is ten times the one before",
    )


def draw_sent_back(rows: pd.DataFrame, source: str) -> Drawing:
    """Draw figures on forced returns by kind."""
    total = rows[rows["kind"] == "running_total"].nlargest(1, "low").iloc[0]
    since, to = total["label"].split(" to ")
    return draw_groups(
        rows,
        SENT_BACK,
        (5, 500_000),
        "people sent back to North Korea by force, by kind of figure",
        source,
        f"Human Rights Watch learned of {total['low']:,.0f} or more people sent back from {since} to {to}",
        "People sent back to North Korea by force, from China unless another country is named. Kinds overlap "
        "and cannot be added. Each step on the axis is ten times the one before",
        beside=True,
    )


def draw_china(estimates: pd.DataFrame, source: str) -> Drawing:
    """Draw estimates for China by year on a logarithmic axis: ranges as bars, points as dots."""
    figure, axes = style.start(3.9)
    axes.set_yscale("log")
    sizes = estimates.groupby("year_end")["estimator"].transform("size")
    at = estimates["year_end"] + 0.24 * (estimates.groupby("year_end").cumcount() - (sizes - 1) / 2)
    rows = estimates.assign(at=at)
    for is_whole, colour, marker in ((True, PALETTE["blue"], "o"), (False, PALETTE["ochre"], "s")):
        part = rows[rows["is_whole"] == is_whole]
        axes.vlines(part["at"], part["left"], part["right"], color=colour, linewidth=3, alpha=0.75)
        for row in part.to_dict("records"):
            y = row["dot"] if pd.notna(row["dot"]) else row["right"] if row["left"] == row["right"] else None
            if y is not None:
                sign = marker if pd.notna(row["dot"]) else "v"  # an upper bound alone points down
                fill = "white" if row["read_in"] else colour
                axes.plot(row["at"], y, sign, color=colour, markerfacecolor=fill, markersize=6)
    same_year = rows[rows["year_end"] == 2004]
    low = same_year.iloc[int(same_year["left"].argmin())]
    highest = same_year.iloc[int(same_year["right"].argmax())]
    style.label_point(axes, highest["at"], highest["right"], "aid group", dx=8, dy=4)
    style.label_point(
        axes, low["at"], low["left"], "governments\nand UNHCR", dx=0, dy=-9, ha="center", va="top"
    )
    first = {w: rows[rows["is_whole"] == w].iloc[0] for w in (True, False)}
    style.label_point(
        axes,
        first[False]["at"],
        first[False]["left"],
        "north-east\nor a part",
        colour=PALETTE["ochre"],
        dx=-6,
        dy=-6,
        va="top",
        weight="bold",
    )
    whole = rows[rows["is_whole"]]
    state = whole[whole["year_end"] == whole["year_end"].max()].nlargest(1, "right").iloc[0]
    style.label_point(
        axes,
        state["at"],
        state["right"],
        "all of China",
        colour=PALETTE["blue"],
        dx=12,
        dy=4,
        ha="right",
        va="bottom",
        weight="bold",
    )
    ticks = [5_000, 10_000, 30_000, 100_000, 300_000]
    axes.set_ylim(4_500, 420_000)
    axes.set_yticks(ticks, [f"{t:,}" for t in ticks])
    axes.minorticks_off()
    style.whole_years(axes, [1997, int(rows["year_end"].max())], step=5)
    axes.set_xlim(1996.8, rows["year_end"].max() + 0.9)
    text_low, text_high = (text.count(v) for v in (low["left"], highest["right"]))
    alt = (
        f"Range chart of {len(rows)} estimates by year, from {rows['year_end'].min()} to "
        f"{rows['year_end'].max()}, on a logarithmic axis. Estimates of 2002 to 2006 spread most; "
        f"the last for all of China are {text.count(rows[rows['is_whole']].iloc[-1]['left'])} and more."
    )
    return style.finish(
        figure,
        "estimates of people from North Korea in China",
        source,
        rows[["year_end", "estimator", "geography", "left", "dot", "right"]],
        title=f"For one year, 2004, estimates for China ran from {text_low} to {text_high}",
        subtitle="People from North Korea in China by year of the estimate. Bars: the range given. "
        "Dots: one number given (white: read in the encyclopedia only). Triangle: an upper limit",
        alt=alt,
    )


def draw_admissions(us: pd.DataFrame, source: str) -> Drawing:
    """Draw admissions to the United States by fiscal year as columns with their values."""
    figure, axes = style.start(3.1)
    sns.barplot(
        us,
        x="year",
        y="fiscal",
        native_scale=True,
        color=PALETTE["teal"],
        saturation=1,
        ax=axes,
        errorbar=None,
    )
    for row in us.itertuples():
        style.label_above(axes, row.year, row.fiscal, f"{row.fiscal}", gap=2)
    axes.set(xlabel="", ylabel="")
    style.whole_years(axes, us["year"], step=5)
    style.thousands(axes)
    last, best = us.iloc[-1], us.iloc[int(us["fiscal"].argmax())]
    late = us[us["year"] >= last["year"] - 4]["fiscal"].sum()
    values = ", ".join(f"{y}: {n}" for y, n in zip(us["year"], us["fiscal"], strict=True))
    return style.finish(
        figure,
        "refugee admissions to the United States by fiscal year",
        source,
        us[["year", "fiscal"]],
        title=f"The United States admitted {last['running']} refugees from North Korea, {best['fiscal']} in "
        f"the best year and {text.number_word(late)} in the last five",
        subtitle="Refugees admitted per fiscal year (October to September), persons",
        alt=f"Column chart by fiscal year. {values}",
    )


def draw_applications(applications: pd.DataFrame, source: str) -> Drawing:
    """Draw asylum applications in the United Kingdom by year: persons, and principal applicants inside."""
    rows = applications[applications["year"].between(2003, 2018)]  # later years have cells under five
    figure, axes = style.start(3.1)
    for unit, colour, width in (
        ("persons", PALETTE["blue"], 0.84),
        ("principal_applicants", PALETTE["ochre"], 0.42),
    ):
        sns.barplot(
            rows,
            x="year",
            y=unit,
            native_scale=True,
            color=colour,
            saturation=1,
            width=width,
            ax=axes,
            errorbar=None,
        )
    peak = rows.iloc[int(rows["persons"].argmax())]
    persons, principal = text.count(peak["persons"]), text.count(peak["principal_applicants"])
    style.label_beside(
        axes, peak["year"], peak["persons"], f"{persons} people", colour=PALETTE["blue"], gap=14
    )
    label = f"{principal} principal applicants"
    style.label_beside(axes, peak["year"] + 1, peak["principal_applicants"], label, colour=PALETTE["ochre"])
    axes.set(xlabel="", ylabel="")
    style.whole_years(axes, rows["year"], step=5)
    style.thousands(axes)
    long = rows[rows["year"] <= 2015]
    people, heads = (text.count(long[c].sum()) for c in ("persons", "principal_applicants"))
    values = ", ".join(f"{y}: {n:.0f} and {k:.0f}" for y, n, k in rows.itertuples(index=False))
    return style.finish(
        figure,
        "asylum applications in the United Kingdom",
        source,
        rows,
        title=f"{people} people asked for asylum in the United Kingdom in 2003–2015, in {heads} applications",
        subtitle="Asylum applications per year by citizens of North Korea: everyone, and "
        "principal applicants only",
        alt=f"Column chart by year, people and principal applicants. {values}",
    )


def draw_world(split: pd.DataFrame, source: str) -> Drawing:
    """Draw UNHCR's stock of refugees by year, stacked by country."""
    figure, axes = style.start(3.4)
    order = list(STOCK_SHARES)
    long = split.melt("year", order, "country", "refugees")
    sns.histplot(
        long,
        x="year",
        weights="refugees",
        hue="country",
        hue_order=order,
        multiple="stack",
        discrete=True,
        palette=STOCK_SHARES,
        alpha=1,
        shrink=0.84,
        legend=False,
        ax=axes,
    )
    peak, last = split.iloc[int(split["world"].argmax())], split.iloc[-1]
    style.label_above(axes, peak["year"], peak["world"], text.count(peak["world"]), gap=3)
    style.label_above(axes, last["year"], last["world"], text.count(last["world"]), gap=3)
    for name, height in zip(order, (0.98, 0.88, 0.78), strict=True):
        axes.text(
            0.02, height, name, color=STOCK_SHARES[name], transform=axes.transAxes, weight="bold", va="top"
        )
    axes.set(xlabel="", ylabel="")
    axes.set_ylim(0, float(split["world"].max()) * 1.15)
    style.whole_years(axes, split["year"], step=5)
    style.thousands(axes)
    fall = peak["world"] - last["world"]
    two = sum(peak[c] - last[c] for c in order[:2])
    return style.finish(
        figure,
        "refugees from North Korea in the world by country",
        source,
        split,
        title=f"The United Kingdom and Canada make {text.percent(100 * two / fall)} of the fall in "
        f"UNHCR’s refugees since {peak['year']:.0f}",
        subtitle="Refugees from North Korea at the end of each year outside South Korea, persons",
        alt=f"Stacked columns by year. The total is {text.count(peak['world'])} at the end of "
        f"{peak['year']:.0f} and {text.count(last['world'])} at the end of {last['year']:.0f}",
    )


def draw_ten_years(sums: pd.DataFrame, source: str) -> Drawing:
    """Draw the stock of refugees of two countries over the sum of ten years' positive decisions."""
    names = list(dict.fromkeys(sums["country"]))
    figure, panels = style.start(4.6, rows=len(names), sharex=True, sharey=True)
    for axes, country in zip(panels, names, strict=True):
        rows = sums[sums["country"] == country]
        sns.lineplot(rows, x="year", y="decided", color=PALETTE["grey"], errorbar=None, ax=axes)
        sns.scatterplot(rows, x="year", y="stock", color=PALETTE["blue"], s=34, linewidth=0, ax=axes)
        axes.set_title(country, loc="left", weight="bold")
        axes.set(xlabel="", ylabel="")
        axes.set_ylim(0, 720)
        style.thousands(axes)
    style.label_note(panels[0], 2008.4, 0.72, "line: ten years’\ndecisions")
    label = "dots: refugees"
    style.label_point(panels[0], 2018, 300, label, colour=PALETTE["blue"], weight="bold")
    style.label_point(panels[1], 2015.5, 620, "new method", dx=6)
    panels[1].axvline(2015.5, color=PALETTE["grey"], linewidth=1, linestyle=style.DOTTED, zorder=1)
    style.whole_years(panels[-1], sums["year"], step=5)
    uk = sums[sums["country"] == "United Kingdom"].set_index("year")["stock"]
    canada = sums[sums["country"] == "Canada"].set_index("year")["stock"]
    return style.finish(
        figure,
        "stock of refugees and ten years' positive decisions",
        source,
        sums,
        title=f"The United Kingdom fell from {uk[2016]:.0f} to {uk[2018]:.0f} refugees in two years "
        "because old decisions dropped out",
        subtitle="Refugees from North Korea at the end of each year, and positive decisions of that "
        "year and the nine before it, persons",
        alt="Two panels of dots with a line. In the United Kingdom the dots follow the line throughout. "
        f"In Canada they are far below it until 2015 ({canada[2015]:.0f}), jump to it in 2016 "
        f"({canada[2016]:.0f}) and follow it down to {canada[2022]:.0f} in 2022",
    )
