"""Chapter 3: what newcomers to South Korea were paid, and what it was worth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import seaborn as sns

from analysis import text
from analysis.charts import forms, style
from analysis.charts.style import PALETTE, Drawing

BASE_YEAR = 2020
MILLION = 1e6
# Time under police protection, shortest first, in words.
PROTECTED = {
    "up_to_5_years": "Up to 5 years",
    "5_to_10_years": "5 to 10",
    "10_to_15_years": "10 to 15",
    "over_15_years": "Over 15",
}


def to_real_terms(amounts: pd.DataFrame, prices: pd.DataFrame, *, amount: str) -> pd.DataFrame:
    """Return the amounts with their worth: real_krw (won of 2020), wage_months and amount_usd.

    Months are of the minimum wage; months and dollars are missing where the year has no wage or rate.
    """
    by_year = prices.set_index("year")
    index = amounts["year"].map(by_year["cpi_2020"])
    if index.isna().any():
        raise ValueError(f"cpi_2020: expected a price index for {amounts['year'][index.isna()].iloc[0]}")
    won = amounts[amount].astype(float)
    return amounts.assign(
        real_krw=won * by_year["cpi_2020"][BASE_YEAR] / index,
        wage_months=won / amounts["year"].map(by_year["minimum_wage_krw_per_month"]),
        amount_usd=won / amounts["year"].map(by_year["krw_per_usd"]),
    )


def value_yearly(payments: pd.DataFrame, housing: pd.DataFrame, prices: pd.DataFrame) -> pd.DataFrame:
    """Return what one person alone was paid per year, and its worth.

    Columns: year, source_id; for cash, housing (the deposit) and package (both): ``…_krw``,
    ``…_real_krw``, ``…_months`` and ``…_usd``; housing_share_pct; segment (of consecutive years).
    """
    alone = payments[(payments["household_size"] == "1") & payments["amount_krw"].notna()]
    table = alone[["year", "amount_krw", "source_id"]].sort_values("year", ignore_index=True)
    table = table.rename(columns={"amount_krw": "cash_krw"})
    table["housing_krw"] = [find_deposit(housing, year) for year in table["year"]]
    table["package_krw"] = table["cash_krw"] + table["housing_krw"]
    for part in ("cash", "housing", "package"):
        worth = to_real_terms(table, prices, amount=f"{part}_krw")
        table[f"{part}_real_krw"] = worth["real_krw"]
        table[f"{part}_months"] = worth["wage_months"]
        table[f"{part}_usd"] = worth["amount_usd"]
    table["housing_share_pct"] = 100 * table["housing_krw"] / table["package_krw"]
    table["segment"] = (table["year"].diff() != 1).cumsum()
    return table


def find_deposit(housing: pd.DataFrame, year: int) -> float:
    """Return the rental deposit paid for a person alone on 1 July of a year, in won; NaN if unknown."""
    day = pd.Timestamp(year, 7, 1)
    valid = housing.loc[
        (housing["household_size"] == "1")
        & (housing["known_from"] <= day)
        & (housing["known_to"].isna() | (housing["known_to"] >= day)),
        "amount_krw",
    ]
    return float(valid.iloc[0]) if len(valid) else np.nan


def value_ranges(payments: pd.DataFrame, prices: pd.DataFrame) -> pd.DataFrame:
    """Return year, low_krw, high_krw, low_real_krw and high_real_krw of the allowances by class."""
    ranges = payments[payments["amount_low_krw"].notna()].reset_index(drop=True)
    table = pd.DataFrame({"year": ranges["year"]})
    for end in ("low", "high"):
        table[f"{end}_krw"] = ranges[f"amount_{end}_krw"]
        table[f"{end}_real_krw"] = to_real_terms(table, prices, amount=f"{end}_krw")["real_krw"]
    return table


def to_years(days: pd.Series) -> pd.Series:
    """Return days as years with fractions: 1 July 2019 is about 2019.5."""
    return days.dt.year + (days.dt.day_of_year - 1) / 365.25


def compare_intake(figures: pd.DataFrame, entrants: pd.DataFrame) -> pd.DataFrame:
    """Return year, assumed_persons (in the budget), source_id and entrants_persons (counted)."""
    assumed = figures[figures["measure"] == "arrivals_assumed"]
    table = assumed.assign(year=assumed["period_start"].dt.year, assumed_persons=assumed["value"])
    table = table[["year", "assumed_persons", "source_id"]].merge(entrants[["year", "entrants_persons"]])
    return table.sort_values("year", ignore_index=True)


def count_protected(figures: pd.DataFrame) -> pd.DataFrame:
    """Return the people under police protection by how long, shortest first, with their share of all.

    Columns: as_of_date, at (years with fractions), span, persons, share_pct, source_id.
    """
    rows = figures[figures["measure"] == "persons_protected"]
    totals = rows[rows["part"] == "all"].set_index("period_end")["value"]
    spans = rows[rows["part"].isin(PROTECTED)]
    spans = spans.sort_values("part", key=lambda parts: parts.map(list(PROTECTED).index))
    spans = spans.sort_values("period_end", kind="stable", ignore_index=True)
    return pd.DataFrame(
        {
            "as_of_date": spans["period_end"],
            "at": to_years(spans["period_end"] + pd.Timedelta(days=1)),
            "span": spans["part"],
            "persons": spans["value"].astype(int),
            "share_pct": 100 * spans["value"] / spans["period_end"].map(totals),
            "source_id": spans["source_id"],
        }
    )


def list_courses(figures: pd.DataFrame) -> pd.DataFrame:
    """Return the length of the course at Hanawon in weeks and hours, one row per change or reading."""
    is_course = figures["measure"].isin(["course_length", "course_hours"])
    rows = figures[is_course & figures["programme"].eq("hanawon")]
    for unit in ("weeks", "hours"):
        rows = rows.assign(**{unit: rows["value"].where(rows["unit"] == unit)})
    keys = ["period_start", "source_id", "note"]
    table = rows.groupby(keys, dropna=False, as_index=False)[["weeks", "hours"]].first()
    return table.sort_values(keys, ignore_index=True)


def list_way(figures: pd.DataFrame, arrivals: pd.Series, residents: float) -> pd.DataFrame:
    """Return the stages from North Korea to a home in South Korea: stage, number and what it counts.

    ``arrivals`` is the newest row of the yearly table; stages that no one counts have the number ``""``.
    """
    limit = figures.query("programme == 'inquiry' and measure == 'length_limit'").sort_values("period_start")
    refused = figures.query("measure == 'persons_refused' and part == 'all' and period_start.notna()").iloc[
        -1
    ]
    years = f"{refused['period_start']:%Y}–{refused['period_end']:%Y}"
    weeks = list_courses(figures).query("period_start.notna() and weeks.notna()").iloc[-1]["weeks"]
    days = figures.query("programme == 'hana_centres' and measure == 'course_length'").iloc[-1]["value"]
    police = figures.query("programme == 'police_protection' and measure == 'length_limit'").iloc[-1]["value"]
    rows = [
        ("Leaving North Korea", "", "not counted"),
        ("Other countries, most often China", "", "not counted; estimates only"),
        (
            "Arrival, protection centre",
            text.count(arrivals["entrants_persons"]),
            f"arrivals in {arrivals['year']:.0f}; inquiry of up to {limit.iloc[-1]['value']:.0f} days",
        ),
        ("Protection decision", text.count(refused["value"]), f"refused in {years}"),
        ("Hanawon", f"{weeks:.0f} weeks", "course; women and men at two sites"),
        ("A rented home, Hana centre", f"{days:.0f} days", "first course at the Hana centre"),
        ("Five years of protection", f"{police:.0f} years", "by the police, can be prolonged"),
        ("Living in South Korea", f"about {text.count(residents)}", "at the end of 2025"),
    ]
    return pd.DataFrame(rows, columns=["stage", "number", "what"])


def draw_way(way: pd.DataFrame, source: str) -> Drawing:
    """Draw the stages from North Korea to a home in South Korea, one below the other."""
    figure, axes = style.start(0.4 + 0.56 * len(way))
    for place, row in enumerate(way.to_dict("records")):
        colour = PALETTE["blue"] if row["number"] else PALETTE["grey"]
        axes.plot(
            0,
            place,
            marker="o",
            color=colour,
            markersize=9,
            markerfacecolor=colour if row["number"] else "none",
        )
        if place:
            axes.plot([0, 0], [place - 0.78, place - 0.22], color=style.FAINT, linewidth=2)
        axes.annotate(row["stage"], (0.05, place - 0.17), va="center", fontweight="bold")
        words = f"{row['number']} {row['what']}" if row["number"] else row["what"]
        axes.annotate(words, (0.05, place + 0.24), va="center", color=colour)
    axes.set_xlim(-0.03, 1)
    axes.set_ylim(len(way) - 0.4, -0.6)
    axes.set_axis_off()
    counted = int(way["number"].ne("").sum())
    return style.finish(
        figure,
        "the way from North Korea to a home in South Korea",
        source,
        way,
        title=f"{text.number_word(counted).capitalize()} of {text.number_word(len(way))} stages "
        "on the way have a number",
        subtitle="The way from North Korea to a home in South Korea",
    )


def draw_payments(worth: pd.DataFrame, source: str) -> Drawing:
    """Draw the cash for one person in won of 2020, one column per year with a known amount."""
    figure, axes = style.start(3.0)
    rows = worth.assign(million=worth["cash_real_krw"] / MILLION)
    sns.barplot(
        rows, x="year", y="million", ax=axes, color=PALETTE["blue"], width=0.75, native_scale=True,
        errorbar=None, saturation=1,
    )  # fmt: skip
    style.mark_event(axes, 2004.5, "cut of 2005", height=1.0)
    last = rows.iloc[-1]
    style.label_above(axes, last["year"], last["million"], f"{last['million']:.1f}", gap=3)
    axes.set(xlabel="", ylabel="")
    style.whole_years(axes, rows["year"], step=5)
    before, after = (rows.set_index("year")["cash_krw"][year] for year in (2004, 2005))
    return style.finish(
        figure,
        "cash for one person in won of 2020",
        source,
        rows[["year", "cash_krw", "cash_real_krw"]],
        title=f"In 2005 the cash was cut to {100 * after / before:.0f}% of what it was, and stayed low",
        subtitle="Basic payment for a person alone, million won in prices of 2020; gaps: amount not known",
        alt=f"Highest: {rows['million'].max():.0f} million; newest: {last['million']:.1f} million",
    )


def draw_package(worth: pd.DataFrame, source: str) -> Drawing:
    """Draw cash and housing deposit stacked, in million won of 2020."""
    shown = worth[worth["package_krw"].notna()]
    parts = {"cash": PALETTE["blue"], "housing deposit": PALETTE["ochre"]}
    long = shown.assign(**{
        "cash": shown["cash_real_krw"] / MILLION, "housing deposit": shown["housing_real_krw"] / MILLION
    }).melt("year", list(parts), "part", "million")  # fmt: skip
    figure, axes = style.start(3.0)
    sns.histplot(
        long, x="year", weights="million", hue="part", hue_order=list(reversed(parts)), multiple="stack",
        discrete=True, palette=parts, alpha=1, shrink=0.75, linewidth=0, legend=False, ax=axes,
    )  # fmt: skip
    top = float(shown["package_real_krw"].max()) / MILLION
    for height, (words, colour) in zip((0.62 * top, 0.76 * top), parts.items(), strict=True):
        style.label_point(axes, 2009, height, words, colour=colour, dx=0, weight="bold")
    axes.set(xlabel="", ylabel="")
    style.whole_years(axes, [2000, int(shown["year"].max())], step=5)
    last = shown.iloc[-1]
    return style.finish(
        figure,
        "cash and housing deposit",
        source,
        shown[["year", "cash_real_krw", "housing_real_krw", "package_real_krw"]],
        title=f"The housing deposit is now {last['housing_share_pct']:.0f}% of the package",
        subtitle="Cash and deposit for a person alone, million won in prices of 2020",
        alt=f"Newest year: {last['package_real_krw'] / MILLION:.0f} million won together",
    )


def draw_protected(protected: pd.DataFrame, source: str) -> Drawing:
    """Draw how many people have been under police protection for how long."""
    figure, axes = style.start(3.5)
    order = ["10_to_15_years", "over_15_years", "5_to_10_years", "up_to_5_years"]
    labels = {span: PROTECTED[span].lower().removesuffix(" years") for span in order}
    first, last = protected["at"].min(), protected["at"].max()
    forms.draw_lines(
        axes,
        protected,
        x="at",
        y="persons",
        group="span",
        labels=labels,
        colours=style.colour_series(order),
        label_at={"5_to_10_years": (first, 8), "over_15_years": (last, 8)},
    )
    style.thousands(axes)
    axes.set_ylim(0, float(protected["persons"].max()) * 1.18)
    axes.set_xlim(first - 0.7, last + 0.5)
    years = range(int(first), int(last) + 1)
    axes.set_xticks(years, [str(year - 1) for year in years])  # the last day of the year before
    newest = protected[protected["at"] == last].set_index("span")
    return style.finish(
        figure,
        "people under police protection",
        source,
        protected,
        title=f"{newest.loc['over_15_years', 'share_pct']:.0f}% of those under police protection "
        "have been so for over 15 years",
        subtitle=f"People by years under police protection, persons, to {newest['as_of_date'].iloc[0]:%B %Y}",
        alt=f"Over 15 years: {newest.loc['over_15_years', 'persons']:,}",
    )


def draw_intake(intake: pd.DataFrame, source: str) -> Drawing:
    """Draw the arrivals a budget assumed and those counted, per year."""
    colours = {"assumed": PALETTE["ochre"], "came": PALETTE["blue"]}
    long = intake.rename(columns={"assumed_persons": "assumed", "entrants_persons": "came"})
    long = long.melt("year", list(colours), "kind", "persons")
    figure, axes = style.start(2.8)
    sns.barplot(
        long, x="year", y="persons", hue="kind", palette=colours, ax=axes, errorbar=None, saturation=1
    )
    for bars in axes.containers:
        axes.bar_label(bars, fmt="{:,.0f}", padding=2, fontsize=10)  # type: ignore[arg-type]
    axes.set(xlabel="", ylabel="")
    axes.legend(title=None, loc="lower left", bbox_to_anchor=(-0.1, 1), ncols=2, frameon=False, fontsize=11)
    style.thousands(axes)
    assumed, came = intake["assumed_persons"].sum(), intake["entrants_persons"].sum()
    return style.finish(
        figure,
        "arrivals assumed in budgets and counted",
        source,
        intake,
        title=f"Five years of budgets assumed {assumed:,.0f} arrivals; {came:,.0f} came".replace(
            "Five", text.number_word(len(intake)).capitalize()
        ),
        subtitle="Arrivals assumed in the ministry's budget and arrivals counted, persons per year",
    )
