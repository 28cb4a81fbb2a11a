"""Chapter 6: who went back, who thought of it, and who cannot be found."""

from __future__ import annotations

from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from analysis import text
from analysis.charts import forms, style
from analysis.charts.style import PALETTE, Drawing

QUESTIONS = {  # by indicator and item: in short for a chart, and whole
    ("thinks_of_returning_if_unpunished", ""): ("would, if unpunished", "thinks of going if not punished"),
    ("would_return_if_legal", ""): ("would, if legal", "would return if it were legal"),
    ("thought_of_returning", "any"): ("has thought of it", "has at some time thought of returning"),
    ("thought_of_returning", "never"): ("never thought of it", "has never thought of returning"),
    ("wants_to_return", ""): ("wants to", "wants to return, as reported"),
    ("happier_in_north_or_wants_to_return", ""): (
        "happier or wants to",
        "happier in the North, or wants to return (youth panel)",
    ),
    ("country_to_move_to", "north_korea"): ("would move there", "names the North as country to move to"),
}
GRADES = ("sometimes", "fairly_often", "very_often")  # their sum is the answer "any"
PARTS = {  # of the people whose residence is unknown
    "gone_abroad": ("abroad", PALETTE["blue"]),
    "not_located": ("not located", PALETTE["brick"]),
    "others": ("other", PALETTE["grey"]),
}


def find_revised(vintages: pd.DataFrame) -> pd.DataFrame:
    """Return the years whose count of returns differs between the first release and the last."""
    ordered = vintages.sort_values(["year", "vintage_date"], kind="stable")
    ends = ordered.groupby("year").agg(
        first_date=("vintage_date", "first"),
        first_persons=("returns_persons", "first"),
        last_persons=("returns_persons", "last"),
    )
    settled = ordered[ordered["returns_persons"] == ordered["year"].map(ends["last_persons"])]
    ends["changed_date"] = settled.groupby("year")["vintage_date"].first()
    return ends[ends["first_persons"] != ends["last_persons"]].reset_index()


def tabulate_releases(vintages: pd.DataFrame, first_year: int = 2012) -> pd.DataFrame:
    """Return the count of every year, one column per release."""
    shown = vintages[vintages["year"] >= first_year]
    shown = shown.assign(month=shown["vintage_date"].dt.to_period("M"))
    spread = shown.groupby(["year", "month"])["returns_persons"].nunique()
    if (spread > 1).any():
        year, month = spread[spread > 1].index[0]
        raise ValueError(f"returns_vintages: two counts for {year} in {month}; expected one per month")
    wide = shown.pivot_table(index="year", columns="month", values="returns_persons", aggfunc="first")
    wide.columns = pd.PeriodIndex(wide.columns).strftime("%b %Y")
    return wide.reset_index()


def list_wishes(shares: pd.DataFrame) -> pd.DataFrame:
    """Return the survey answers about going to the North, in the order to show them."""
    frame = shares[~shares["item"].isin(GRADES)]
    keys = zip(frame["indicator"], frame["item"].fillna(""), strict=True)
    words = [QUESTIONS[key] for key in keys]
    frame = frame.assign(
        kind=frame["item"].eq("never").map({True: "never", False: "wish"}),
        label=[f"{year}: {short}" for year, (short, _) in zip(frame["year"], words, strict=True)],
        question=[whole for _, whole in words],
    )
    wishes = frame[frame["kind"] == "wish"].sort_values("share_computed_pct", ascending=False, kind="stable")
    never = frame[frame["kind"] == "never"].sort_values("year", kind="stable")
    return pd.concat([wishes, never], ignore_index=True)


def summarise_whereabouts(whereabouts: pd.DataFrame) -> pd.DataFrame:
    """Return the stock of people without a known residence, split, at each date that splits it."""
    stocks = whereabouts[(whereabouts["duration"] == "all") & (whereabouts["printed_as"] == "stock")]
    wide = stocks.pivot(index="as_of_date", columns="category", values="persons")
    wide = wide[["residence_unknown", "gone_abroad", "not_located"]].dropna().astype(int)
    wide["others"] = wide["residence_unknown"] - wide["gone_abroad"] - wide["not_located"]
    wide["share_abroad_pct"] = 100 * wide["gone_abroad"] / wide["residence_unknown"]
    return wide.reset_index().rename_axis(columns=None)


def list_not_located(whereabouts: pd.DataFrame) -> pd.DataFrame:
    """Return the stock of people nobody could place, by date: ``as_of_date``, ``persons``, ``source_id``."""
    found = whereabouts[(whereabouts["category"] == "not_located") & (whereabouts["duration"] == "all")]
    return found.sort_values("as_of_date")[["as_of_date", "persons", "source_id"]].reset_index(drop=True)


def decompose_press_total(whereabouts: pd.DataFrame, emigration: pd.DataFrame) -> pd.DataFrame:
    """Return the yearly numbers that a printed total added up, and how the sum grows."""
    printed = emigration[emigration["role"] == "stocks_summed"].iloc[0]
    abroad = whereabouts[
        (whereabouts["category"] == "gone_abroad")
        & (whereabouts["duration"] == "all")
        & whereabouts["as_of_date"].between(printed["period_start"], printed["period_end"])
    ].sort_values("as_of_date")
    added = abroad["persons"].cumsum()
    if added.iloc[-1] != printed["persons"]:
        raise ValueError(f"people abroad add up to {added.iloc[-1]}; expected {printed['persons']}")
    steps = abroad.assign(before=added - abroad["persons"], added_up=added)
    columns = ["as_of_date", "printed_as", "persons", "before", "added_up", "source_id"]
    return steps[columns].reset_index(drop=True)


def draw_returns(returns: pd.DataFrame, revised: pd.DataFrame, source: str) -> Drawing:
    """Draw confirmed returns per year, zeros written out, and what a revised year first showed."""
    figure, axes = style.start(3.5)
    sns.barplot(
        returns, x="year", y="returns_persons", ax=axes, color=PALETTE["plum"], width=0.7,
        native_scale=True, errorbar=None, saturation=1,
    )  # fmt: skip
    for row in returns[returns["returns_persons"] > 0].to_dict("records"):
        _label_above(axes, row["year"], row["returns_persons"], f"{row['returns_persons']}", dy=3)
    implied = returns[returns["is_implied"]]
    axes.plot(
        implied["year"],
        [0] * len(implied),
        linestyle="none",
        marker="o",
        markersize=7,
        color=PALETTE["plum"],
        markerfacecolor="none",
        clip_on=False,
        zorder=4,
    )
    for year in implied["year"]:
        _label_above(axes, year, 0, "0")
    for row in revised.to_dict("records"):
        axes.hlines(
            row["first_persons"], row["year"] - 0.35, row["year"] + 0.35, color="white", linewidth=2, zorder=3
        )
        # Above the columns its words pass over, with a thread down to the year's own column.
        beside = returns.loc[returns["year"].between(row["year"], row["year"] + 4), "returns_persons"]
        height = float(beside.max()) + 1.2
        axes.vlines(row["year"], row["last_persons"] + 0.75, height - 0.2, color=PALETTE["grey"], linewidth=1)
        words = f"first release: {row['first_persons']}"
        style.label_point(axes, row["year"], height, words, colour=PALETTE["grey"], dx=-6, va="bottom")
    style.mark_event(axes, 2019.5, "border closed", height=1.0)
    axes.set(xlabel="", ylabel="")
    top = float(returns["returns_persons"].max())
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(visible=False)
    axes.set_ylim(0, top * 1.15)
    style.whole_years(axes, returns["year"], step=5)
    total, recent = int(returns["returns_persons"].sum()), returns[returns["year"] >= 2020]
    last = returns["covers_until"].dropna()
    until = f"{last.iloc[-1]:%B %Y}" if len(last) else f"{returns['year'].max()}"
    return style.finish(
        figure,
        "confirmed returns per year",
        source,
        returns,
        title=f"{total} confirmed returns since {returns['year'].min()}, "
        f"{text.number_word(recent['returns_persons'].sum())} of them since 2020",
        subtitle=f"People who went back to North Korea, per year, to {until}; rings are zeros",
        alt=f"The most in one year is {int(top)}",
    )


def _label_above(axes: Axes, x: Any, y: Any, words: str, *, dy: float = 6, colour: str = style.INK) -> None:
    style.label_point(axes, x, y, words, colour=colour, dx=0, dy=dy, ha="center", va="bottom", weight="bold")


def draw_wishes(wishes: pd.DataFrame, source: str) -> Drawing:
    """Draw what surveys found on the wish to go back, one row per question, with intervals."""
    figure, axes = style.start(1.2 + 0.38 * len(wishes))
    forms.draw_dots(
        axes,
        wishes,
        label="label",
        value="share_computed_pct",
        low="ci_low",
        high="ci_high",
        group="kind",
        colours={"wish": PALETTE["plum"], "never": PALETTE["teal"]},
        markers={"wish": "o", "never": "s"},
    )
    axes.axhline((wishes["kind"] == "wish").sum() - 0.5, color=style.FAINT, linewidth=1)
    style.percents(axes, axis="x")
    axes.set(xlim=(0, 100), xticks=[0, 50, 100], xlabel="")
    for place, row in enumerate(wishes.to_dict("records")):
        style.label_point(axes, row["ci_high"], place, f"{row['share_computed_pct']:.0f}%", weight="bold")
    wide = wishes.loc[wishes["kind"] == "wish", "share_computed_pct"]
    return style.finish(
        figure,
        "wish to return, by question",
        source,
        wishes,
        title=f"From {wide.min():.0f}% to {wide.max():.0f}%: the answer depends on the question",
        subtitle="Share of those asked who wish it or thought of it (circles) or never did (squares), "
        "with 95% ranges for chance",
    )


def draw_whereabouts(stocks: pd.DataFrame, missing: pd.DataFrame, source: str) -> Drawing:
    """Draw people without a known residence at each date, and below them those not located."""
    figure, (bars, line) = style.start(6.2, rows=2)
    _draw_stocks(bars, stocks)
    line.plot(missing["as_of_date"], missing["persons"], color=PALETTE["brick"], marker="o")
    last, before_it = missing.iloc[-1], missing.iloc[-2]
    most = missing.nlargest(1, "persons").iloc[0]
    _label_above(line, most["as_of_date"], most["persons"], f"{most['persons']}")
    falls = last["persons"] < before_it["persons"]
    style.label_point(
        line,
        last["as_of_date"],
        last["persons"],
        f"{last['persons']}",
        dx=0,
        dy=-7 if falls else 6,
        ha="center",
        va="top" if falls else "bottom",
        weight="bold",
    )
    style.name_unit(line, "Of them not located")
    line.set_ylim(0, float(missing["persons"].max()) * 1.25)
    drawn = {"all": stocks, "not located": missing}
    newest = stocks.iloc[-1]
    return style.finish(
        figure,
        "people whose residence is unknown",
        source,
        drawn,
        title=f"{newest['gone_abroad']} of {newest['residence_unknown']} without a known address are abroad",
        subtitle=f"People whose address in South Korea is unknown, to {newest['as_of_date']:%B %Y}",
    )


def _draw_stocks(axes: Axes, stocks: pd.DataFrame) -> None:
    """Draw the stock of each date as a divided bar, its parts named above the first."""
    places = list(range(len(stocks)))
    before = pd.Series(0, index=stocks.index)
    for part, (_, colour) in PARTS.items():
        axes.barh(places, stocks[part], left=before, color=colour, height=0.62, edgecolor="white")
        before = before + stocks[part]
    for place, persons in zip(places, stocks["residence_unknown"], strict=True):
        style.label_point(axes, persons, place, f"{persons}", weight="bold")
    first = stocks.iloc[0]
    known = first["gone_abroad"] + first["not_located"]
    heads = {"gone_abroad": (0, 0, "left"), "not_located": (known, 0, "right"), "others": (known, 6, "left")}
    for part, (x, dx, side) in heads.items():
        words, colour = PARTS[part]
        style.label_point(
            axes, x, -0.36, words, colour=colour, dx=dx, dy=2, ha=side, va="bottom", weight="bold"
        )
    forms.clear_axes(axes)
    axes.set_yticks(places, [f"{date:%b %Y}" for date in stocks["as_of_date"]])
    axes.set_ylim(len(stocks) - 0.5, -1.1)
    axes.set_xlim(0, float(stocks["residence_unknown"].max()) * 1.14)


def draw_sum(steps: pd.DataFrame, stocks: pd.DataFrame, source: str) -> Drawing:
    """Draw how yearly stocks were added up, beside the stock they belong to."""
    last, total = stocks.iloc[-1], int(steps["added_up"].iloc[-1])
    date = f"{last['as_of_date']:%b %Y}"
    rows = [
        (f"{s['as_of_date']:%b %Y}", s["before"], s["persons"], PALETTE["blue"])
        for s in steps.to_dict("records")
    ]
    rows += [
        ("added up", 0, total, PALETTE["brick"]),
        (f"{date}, abroad", 0, int(last["gone_abroad"]), PALETTE["blue"]),
        (f"{date}, unknown", 0, int(last["residence_unknown"]), PALETTE["grey"]),
    ]
    figure, axes = style.start(4.3)
    for place, (_, left, width, colour) in enumerate(rows):
        axes.barh(place, width, left=left, color=colour, height=0.66)
        style.label_point(axes, left + width, place, f"{width:,}", dx=4, weight="bold")
    axes.axhline(len(steps) + 0.5, color=style.FAINT, linewidth=1)
    axes.set_yticks(range(len(rows)), [row[0] for row in rows])
    axes.invert_yaxis()
    axes.set_xlim(0, total * 1.17)
    forms.clear_axes(axes)
    drawn = {"added up": steps, "newest stock": stocks.tail(1)}
    return style.finish(
        figure,
        "yearly stocks added up",
        source,
        drawn,
        title=f"How {last['gone_abroad']:,} people became {total:,}",
        subtitle=f"People recorded as abroad: {len(steps)} yearly numbers added up, and the newest one",
    )
