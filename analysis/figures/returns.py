"""Figures of chapter 6: who went back, who thought of it, and who cannot be found."""

from __future__ import annotations

import pandas as pd

from analysis.charts import forms, style
from analysis.charts.style import PALETTE, Drawing

_PARTS = {
    "gone_abroad": ("abroad", PALETTE["blue"]),
    "not_located": ("not located", PALETTE["brick"]),
    "others": ("other", PALETTE["grey"]),
}


def draw_returns(returns: pd.DataFrame, revised: pd.DataFrame, source: str) -> Drawing:
    """Draw confirmed returns a year, zeroes written out, and what a revised year first showed."""
    figure, axes = style.start(3.5)
    axes.bar(returns["year"], returns["returns_persons"], color=PALETTE["plum"], width=0.7)
    for row in returns[returns["returns_persons"] > 0].to_dict("records"):
        style.label_point(
            axes, row["year"], row["returns_persons"], f"{row['returns_persons']}", dx=0, dy=3, ha="center",
            va="bottom", weight="bold",
        )  # fmt: skip
    implied = returns[returns["is_implied"]]
    axes.plot(
        implied["year"], [0] * len(implied), linestyle="none", marker="o", markersize=7,
        color=PALETTE["plum"], markerfacecolor="none", clip_on=False, zorder=4,
    )  # fmt: skip
    for year in implied["year"]:
        style.label_point(axes, year, 0, "0", dx=0, dy=6, ha="center", va="bottom", weight="bold")
    top = float(returns["returns_persons"].max())
    for row in revised.to_dict("records"):
        year, first = row["year"], row["first_persons"]
        axes.hlines(first, year - 0.35, year + 0.35, color="white", linewidth=2, zorder=3)
        # Above the columns its words pass over, with a thread down to the year's own column.
        beside = returns.loc[returns["year"].between(year, year + 4), "returns_persons"]
        height = float(beside.max()) + 1.2
        axes.vlines(year, row["last_persons"] + 0.75, height - 0.2, color=PALETTE["grey"], linewidth=1)
        style.label_point(
            axes, year, height, f"first release: {first}", colour=PALETTE["grey"], dx=-6,
            va="bottom",
        )  # fmt: skip
    style.mark_event(axes, 2019.5, "border closed", height=1.0)
    style.name_unit(axes, "Confirmed returns a year")
    axes.set_yticks(range(0, int(top) + 2, 2))
    axes.set_ylim(0, top * 1.15)
    style.whole_years(axes, returns["year"], step=3)
    return style.finish(figure, "confirmed returns a year", source, returns)


def draw_wishes(wishes: pd.DataFrame, source: str) -> Drawing:
    """Draw what surveys found on the wish to go back, one row a question, with intervals."""
    figure, axes = style.start(1.2 + 0.38 * len(wishes))
    forms.draw_dots(
        axes, wishes, label="label", value="share_computed_pct", low="ci_low", high="ci_high", group="kind",
        colours={"wish": PALETTE["plum"], "never": PALETTE["teal"]}, markers={"wish": "o", "never": "s"},
    )  # fmt: skip
    axes.axhline((wishes["kind"] == "wish").sum() - 0.5, color=style.FAINT, linewidth=1)
    style.percents(axes, axis="x")
    axes.set_xlim(0, 100)
    axes.set_xticks([0, 50, 100])
    axes.set_xlabel("Share of those asked")
    return style.finish(figure, "wish to return, by question", source, wishes)


def draw_whereabouts(stocks: pd.DataFrame, missing: pd.DataFrame, source: str) -> Drawing:
    """Draw people without a known residence at each date, and below the few nobody could place."""
    figure, axes = style.start(6.2, rows=2)
    bars, line = axes
    places = range(len(stocks))
    before = pd.Series(0, index=stocks.index)
    for part, (_, colour) in _PARTS.items():
        bars.barh(list(places), stocks[part], left=before, color=colour, height=0.62, edgecolor="white")
        before = before + stocks[part]
    for place, persons in zip(places, stocks["residence_unknown"], strict=True):
        style.label_point(bars, persons, place, f"{persons}", weight="bold")
    first = stocks.iloc[0]
    heads = {
        "gone_abroad": (0, 0, "left"),
        "not_located": (first["gone_abroad"] + first["not_located"], 0, "right"),
        "others": (first["gone_abroad"] + first["not_located"], 6, "left"),
    }
    for part, (x, dx, side) in heads.items():
        words, colour = _PARTS[part]
        style.label_point(
            bars, x, -0.36, words, colour=colour, dx=dx, dy=2, ha=side, va="bottom", weight="bold"
        )
    bars.set_yticks(list(places), [date.strftime("%b %Y") for date in stocks["as_of_date"]])
    bars.set_ylim(len(stocks) - 0.5, -1.1)
    bars.set_xlim(0, float(stocks["residence_unknown"].max()) * 1.14)
    bars.grid(visible=False)
    bars.set_xticks([])
    bars.tick_params(axis="y", length=0)
    for side in ("left", "bottom"):
        bars.spines[side].set_visible(False)
    style.name_unit(bars, "People whose residence is unknown (stock)")
    line.plot(missing["as_of_date"], missing["persons"], color=PALETTE["brick"], marker="o")
    last, before_it = missing.iloc[-1], missing.iloc[-2]
    falls = last["persons"] < before_it["persons"]
    for row, below in ((missing.nlargest(1, "persons").iloc[0], False), (last, falls)):
        style.label_point(
            line, row["as_of_date"], row["persons"], f"{row['persons']}", dx=0, dy=-7 if below else 6,
            ha="center", va="top" if below else "bottom", weight="bold",
        )  # fmt: skip
    style.name_unit(line, "Of them not located (stock)")
    line.set_ylim(0, float(missing["persons"].max()) * 1.25)
    return style.finish(
        figure, "people whose residence is unknown", source, {"all": stocks, "not located": missing}
    )


def draw_sum(steps: pd.DataFrame, stocks: pd.DataFrame, source: str) -> Drawing:
    """Draw how yearly stocks were added up, beside the stock they belong to."""
    last, total = stocks.iloc[-1], int(steps["added_up"].iloc[-1])
    date = last["as_of_date"].strftime("%b %Y")
    rows = [
        (day.strftime("%b %Y"), before, persons, PALETTE["blue"])
        for day, before, persons in zip(steps["as_of_date"], steps["before"], steps["persons"], strict=True)
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
    axes.grid(visible=False)
    axes.set_xticks([])
    axes.tick_params(axis="y", length=0)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    style.name_unit(axes, "People recorded as abroad")
    return style.finish(
        figure, "yearly stocks added up", source, {"added up": steps, "newest stock": stocks.tail(1)}
    )


def draw_rates(yearly: pd.DataFrame, periods: pd.DataFrame, source: str) -> Drawing:
    """Draw returns a year with exact intervals, and the pooled rate of each period."""
    figure, axes = style.start(3.6)
    for row in periods.to_dict("records"):
        start, end, rate = row["start"], row["end"], row["rate"]
        span = [start - 0.5, end + 0.5]
        style.draw_band(axes, span, [row["ci_low"]] * 2, [row["ci_high"]] * 2, PALETTE["blue"])
        axes.hlines(rate, *span, color=PALETTE["blue"], zorder=2)
        within = yearly["year"].between(start, end)
        style.label_point(
            axes, (start + end) / 2, yearly.loc[within, "ci_high"].max(), f"{rate:.1f} a year",
            colour=PALETTE["blue"], dx=0, dy=5, ha="center", va="bottom", weight="bold",
        )  # fmt: skip
    style.draw_intervals(
        axes, yearly, at="year", low="ci_low", high="ci_high", colour=PALETTE["grey"], horizontal=False
    )
    axes.plot(
        yearly["year"], yearly["rate"], linestyle="none", marker="o", markersize=7, color=style.INK, zorder=4,
        clip_on=False,
    )  # fmt: skip
    style.mark_event(axes, 2019.5, "border closed", height=1.0)
    style.name_unit(axes, "Confirmed returns a year")
    axes.set_ylim(0, float(yearly["ci_high"].max()) * 1.2)
    style.thousands(axes)
    style.whole_years(axes, yearly["year"], step=3)
    return style.finish(
        figure, "returns a year with exact intervals", source, {"years": yearly, "periods": periods}
    )
