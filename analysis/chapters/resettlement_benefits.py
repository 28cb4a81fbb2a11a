"""Chapter 3: what newcomers to South Korea were paid, and what it was worth."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter

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


def list_spans(payments: pd.DataFrame) -> pd.DataFrame:
    """Return the periods for which a cash payment is known or was law, as fractions of years."""
    rows = payments[(payments["what_it_is"] != "package") & payments["household_size"].isin(["1", "any"])]
    days = {"start": "known_from", "end": "known_to", "legal_start": "legal_from", "legal_end": "legal_to"}
    table = pd.DataFrame({name: to_years(rows[column]) for name, column in days.items()})
    kept = ["amount_krw", "amount_low_krw", "amount_high_krw", "policy_period", "source_id"]
    return table.join(rows[kept]).sort_values("start", ignore_index=True)


def to_years(days: pd.Series) -> pd.Series:
    """Return days as years with fractions: 1 July 2019 is about 2019.5."""
    return days.dt.year + (days.dt.day_of_year - 1) / 365.25


def compare_intake(figures: pd.DataFrame, entrants: pd.DataFrame) -> pd.DataFrame:
    """Return year, assumed_persons (in the budget), source_id and entrants_persons (counted)."""
    assumed = figures[figures["measure"] == "arrivals_assumed"]
    table = assumed.assign(year=assumed["period_start"].dt.year, assumed_persons=assumed["value"])
    table = table[["year", "assumed_persons", "source_id"]].merge(entrants[["year", "entrants_persons"]])
    return table.sort_values("year", ignore_index=True)


def pick_yearly(figures: pd.DataFrame, programme: str, measure: str) -> pd.DataFrame:
    """Return year, value and source_id of a programme's figure for each whole calendar year executed."""
    start, end = figures["period_start"], figures["period_end"]
    rows = figures.assign(year=start.dt.year)[
        (figures["programme"] == programme)
        & (figures["measure"] == measure)
        & (figures["stage"] == "executed")
        & (figures["part"] == "all")
        & (start.dt.is_year_start & end.dt.is_year_end & (start.dt.year == end.dt.year))
    ]
    if rows["year"].duplicated().any():
        again = rows.loc[rows["year"].duplicated(), "year"].iloc[0]
        raise ValueError(f"{programme} {measure}: expected one row per year, got two for {again}")
    return rows[["year", "value", "source_id"]].sort_values("year", ignore_index=True)


def read_band(part: str) -> float:
    """Return the limit in won that a band of amounts is named for: ``under_10_million_krw``, 10 million."""
    found = re.fullmatch(r"(?:under|from)_(\d+)_million_krw", part)
    if not found:
        raise ValueError(f"part: expected under_N_million_krw or from_N_million_krw, got {part!r}")
    return float(found[1]) * MILLION


def find_largest_match(amounts: pd.DataFrame) -> float:
    """Return the most the state adds to a savings account, in won: each month of the longest term."""
    rows = amounts[(amounts["programme"] == "savings_account") & amounts["is_in_force"]]
    rule = rows.set_index("component")["amount"]
    return float(rule["own_saving"] * 12 * rule["longest_term"] * rule["government_match"])


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
    rows = figures[figures["measure"].isin(["course_length", "course_hours"])]
    for unit in ("weeks", "hours"):
        rows = rows.assign(**{unit: rows["value"].where(rows["unit"] == unit)})
    keys = ["period_start", "source_id", "note"]
    table = rows.groupby(keys, dropna=False, as_index=False)[["weeks", "hours"]].first()
    return table.sort_values(keys, ignore_index=True)


def list_reward_ceilings(amounts: pd.DataFrame) -> pd.DataFrame:
    """Return the most that could be paid for information under each law, in grams of gold or in won."""
    rows = amounts[
        (amounts["programme"] == "reward")
        & amounts["component"].isin(["information", "any_item_by_minister"])
    ]
    ceiling = rows["amount"].fillna(rows["amount_high"])
    table = rows[["effective_from", "component", "status", "source_id"]].assign(
        ceiling_grams_of_gold=ceiling.where(rows["unit"] == "gram_gold"),
        ceiling_krw=ceiling.where(rows["unit"] == "KRW"),
    )
    return table.sort_values(["effective_from", "ceiling_krw"], ignore_index=True)


def draw_payments(spans: pd.DataFrame, planned: pd.DataFrame, source: str) -> Drawing:
    """Draw what the law paid in cash, and when, on a logarithmic scale."""
    figure, axes = style.start(3.7)
    blue, plum = PALETTE["blue"], PALETTE["plum"]
    by_class = spans[spans["amount_low_krw"].notna()]
    for row in by_class.to_dict("records"):
        low, high = row["amount_low_krw"] / MILLION, row["amount_high_krw"] / MILLION
        corner, width = (row["legal_start"], low), row["legal_end"] - row["legal_start"]
        axes.add_patch(Rectangle(corner, width, high - low, facecolor=plum, alpha=0.16, linewidth=0))
        axes.vlines((row["start"] + row["end"]) / 2, low, high, color=plum, linewidth=3.2)
    single = spans[spans["amount_krw"].notna()].sort_values("start")
    amounts = single["amount_krw"] / MILLION
    axes.hlines(amounts, single["start"], single["end"], color=blue, linewidth=3.2, zorder=2)
    # Dotted from the end of one payment to the start of the next.
    for step in zip(single["end"], single["start"][1:], amounts, amounts[1:], strict=False):
        axes.plot(step[:2], step[2:], color=blue, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1)
    if len(planned):
        years, proposed = planned["effective_from"].dt.year, planned["amount"] / MILLION
        hollow = {"marker": "D", "markerfacecolor": "none", "markersize": 7}
        axes.plot(years, proposed, linestyle="none", color=blue, **hollow)
        x, y = years.iloc[-1], proposed.iloc[-1]
        style.label_point(axes, x, y, "proposed", colour=blue, dx=4, dy=8, ha="right", va="bottom")
    first = by_class["legal_start"].min() if len(by_class) else 1962
    words = "by class,\nlowest to\nhighest"
    style.label_point(axes, first, 12, words, colour=plum, dx=2, weight="bold")
    style.label_point(axes, 1993, 2.9, "one person,\ncash", colour=blue, dx=0, weight="bold")
    axes.set_yscale("log")
    axes.set_ylim(0.8, 160)
    axes.set_yticks([1, 3, 10, 30, 100])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
    axes.minorticks_off()
    axes.set_xlim(1960, None)
    axes.set_xticks(range(1960, 2021, 10))
    style.name_unit(axes, "Million won of the day (log scale)")
    data = {"in force": spans, "proposed": planned[["effective_from", "amount"]]}
    return style.finish(figure, "cash paid by law since 1962", source, data)


def draw_worth(worth: pd.DataFrame, source: str) -> Drawing:
    """Draw the cash of a person alone in won and in months of minimum wage, one above the other."""
    figure, (upper, lower) = style.start(5.4, rows=2, sharex=True)
    names = {"cash_real_krw": "won of 2020", "cash_krw": "won of the day"}
    colours = {"cash_real_krw": PALETTE["blue"], "cash_krw": PALETTE["ochre"], "months": PALETTE["teal"]}
    peak = worth.sort_values("cash_real_krw").iloc[-1]
    long = worth.melt(["year", "segment"], list(names), "kind", "won")
    long["won"] /= MILLION
    forms.draw_lines(
        upper,
        long,
        x="year",
        y="won",
        group="kind",
        labels=names | {"cash_krw": ""},
        era="segment",
        colours=colours,
        label_at={"cash_real_krw": (peak["year"], 8)},
    )
    # The lines fall steeply after 2004; there is room to the right of the fall.
    before_cut = worth.set_index("year")["cash_krw"][2004] / MILLION
    style.label_beside(upper, 2004, before_cut, names["cash_krw"], colour=colours["cash_krw"], gap=18)
    style.name_unit(upper, "Cash for one person, million won")
    upper.set_ylim(0, 55)
    forms.draw_lines(
        lower,
        worth.assign(kind="months"),
        x="year",
        y="cash_months",
        group="kind",
        labels={"months": ""},
        era="segment",
        colours=colours,
    )
    most = worth.sort_values("cash_months").iloc[-1]
    for row, places in ((worth.iloc[0], 0), (most, 0), (worth.iloc[-1], 1)):
        months = row["cash_months"]
        style.label_above(lower, row["year"], months, f"{months:.{places}f}", colour=colours["months"])
    style.name_unit(lower, "Months of minimum wage")
    lower.set_ylim(0, 85)
    style.whole_years(lower, [1995, worth["year"].max()], step=5)
    return style.finish(figure, "what the cash was worth", source, worth[["year", *names, "cash_months"]])


def draw_package(worth: pd.DataFrame, source: str) -> Drawing:
    """Draw cash and housing deposit stacked, in months of minimum wage."""
    figure, axes = style.start(3.6)
    shown = worth[worth["package_months"].notna()]
    top = float(shown["package_months"].max())
    bottom = 0 * shown["package_months"]
    parts: dict[str, tuple[str, dict[str, Any]]] = {
        "cash_months": ("cash", {"color": PALETTE["blue"], "alpha": 1.0, "linewidth": 0}),
        "housing_months": ("housing deposit", {"color": PALETTE["ochre"], "alpha": 0.55, "linewidth": 0}),
    }
    for column, (_, look) in parts.items():
        axes.bar(shown["year"], shown[column], bottom=bottom, width=0.76, **look)
        bottom = bottom + shown[column]
    # Labels are in the order of the stack, in the room beside the tall columns.
    for height, (words, look) in zip((0.55 * top, 0.72 * top), parts.values(), strict=True):
        axes.add_patch(Rectangle((2008, height - 2.6), 0.9, 5.2, **look))
        style.label_beside(axes, 2008.9, height, words, colour=look["color"], gap=5)
    year, months = shown.iloc[-1][["year", "package_months"]]
    style.label_above(axes, year, months, f"{months:.1f}", gap=4)
    style.name_unit(axes, "Months of minimum wage")
    axes.set_ylim(0, top * 1.08)
    style.whole_years(axes, [2000, shown["year"].max()], step=5)
    data = shown[["year", *parts, "package_months"]]
    return style.finish(figure, "cash and housing deposit", source, data)


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
    style.name_unit(axes, "People, by years under protection")
    style.thousands(axes)
    axes.set_ylim(0, float(protected["persons"].max()) * 1.18)
    axes.set_xlim(first - 0.7, last + 0.5)
    years = range(int(first), int(last) + 1)
    axes.set_xticks(years, [str(year - 1) for year in years])  # the last day of the year before
    return style.finish(figure, "people under police protection", source, protected)


def draw_intake(intake: pd.DataFrame, source: str) -> Drawing:
    """Draw the arrivals a budget assumed and those counted, one row per year."""
    figure, axes = style.start(1.5 + 0.34 * len(intake))
    looks = {
        "assumed_persons": ("assumed", PALETTE["ochre"], "s"),
        "entrants_persons": ("came", PALETTE["blue"], "o"),
    }
    long = intake.melt("year", list(looks), "kind", "persons").sort_values(["year", "kind"])
    forms.draw_dots(
        axes,
        long.assign(label=long["year"].astype(str)),
        label="label",
        value="persons",
        group="kind",
        colours={kind: colour for kind, (_, colour, _) in looks.items()},
        markers={kind: marker for kind, (_, _, marker) in looks.items()},
    )
    assumed, came = intake["assumed_persons"], intake["entrants_persons"]
    axes.hlines(range(len(intake)), assumed, came, color=style.FAINT, linewidth=2, zorder=1)
    first = intake.iloc[0][list(looks)]
    for kind, (words, colour, _) in looks.items():
        is_lower = first[kind] < first.max()
        style.label_beside(axes, first[kind], 0, words, colour=colour, left=is_lower)
    axes.set_xlim(0, float(long["persons"].max()) * 1.22)
    style.thousands(axes, axis="x")
    axes.set_xlabel("People")
    return style.finish(figure, "arrivals assumed in budgets and counted", source, intake)


def draw_cut(line: pd.DataFrame, airlift: float, source: str) -> Drawing:
    """Draw entrants around the payment cut of 2005 with the fitted lines before and after it."""
    figure, axes = style.start(3.6)
    forms.draw_segments(axes, line)
    counted = float(line.loc[line["year"] == 2004, "observed"].iloc[0])
    without = counted - airlift
    axes.plot(2004, without, marker="o", markerfacecolor="none", color=style.INK, markersize=6.5)
    axes.vlines(2004, without, counted, color=style.INK, linewidth=1, linestyle=(0, (1, 1.5)))
    style.label_point(axes, 2004, without, "without\nthe airlift", dx=8, dy=-16, ha="right", va="top")
    style.mark_event(axes, 2004.5, "payment cut", height=1.0)
    style.name_unit(axes, "Entrants a year")
    style.thousands(axes)
    style.whole_years(axes, line["year"], step=2)
    axes.set_ylim(0, None)
    data = line[style.FITTED].assign(airlift_persons=line["year"].eq(2004) * airlift)
    return style.finish(figure, "entrants a year around the cut of 2005", source, data)
