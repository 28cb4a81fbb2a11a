"""Figures of chapter 3: what newcomers to the South were given, and what it was worth."""

from __future__ import annotations

import pandas as pd
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter

from analysis.charts import forms, style
from analysis.charts.style import PALETTE, Drawing

MILLION = 1e6
SPANS = {
    "10_to_15_years": "10 to 15",
    "over_15_years": "over 15",
    "5_to_10_years": "5 to 10",
    "up_to_5_years": "up to 5",
}
SPAN_COLOURS = style.colour_series(SPANS)


def draw_payments(spans: pd.DataFrame, planned: pd.DataFrame, source: str) -> Drawing:
    """Draw what the law paid in cash while it did, on a logarithmic scale."""
    figure, axes = style.start(3.7)
    by_class = spans[spans["amount_low_krw"].notna()]
    for row in by_class.to_dict("records"):
        low, high = row["amount_low_krw"] / MILLION, row["amount_high_krw"] / MILLION
        axes.add_patch(
            Rectangle(
                (row["legal_start"], low), row["legal_end"] - row["legal_start"], high - low,
                facecolor=PALETTE["plum"], alpha=0.16, linewidth=0,
            )
        )  # fmt: skip
        middle = (row["start"] + row["end"]) / 2
        axes.vlines(middle, low, high, color=PALETTE["plum"], linewidth=3.2)
    single = spans[spans["amount_krw"].notna()]
    single = single.assign(amount=single["amount_krw"] / MILLION)
    forms.draw_periods(axes, single, start="start", end="end", value="amount")
    axes.plot(
        planned["effective_from"].dt.year, planned["amount"] / MILLION, linestyle="none", marker="D",
        markerfacecolor="none", color=PALETTE["blue"], markersize=7,
    )  # fmt: skip
    if len(planned):
        last = planned.iloc[-1]
        style.label_point(
            axes, last["effective_from"].year, last["amount"] / MILLION, "proposed", colour=PALETTE["blue"],
            dx=4, dy=8, ha="right", va="bottom",
        )  # fmt: skip
    style.label_point(
        axes, by_class["legal_start"].min() if len(by_class) else 1962, 12, "by class,\nlowest to\nhighest",
        colour=PALETTE["plum"], dx=2, weight="bold",
    )  # fmt: skip
    style.label_point(
        axes, 1993, 2.9, "one person,\ncash", colour=PALETTE["blue"], dx=0, weight="bold"
    )  # fmt: skip
    axes.set_yscale("log")
    axes.set_ylim(0.8, 160)
    axes.set_yticks([1, 3, 10, 30, 100])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
    axes.minorticks_off()
    axes.set_xlim(1960, None)
    style.name_unit(axes, "Million won of the day (log scale)")
    axes.set_xticks([1960, 1970, 1980, 1990, 2000, 2010, 2020])
    return style.finish(
        figure,
        "cash paid by law since 1962",
        source,
        {"in force": spans, "proposed": planned[["effective_from", "amount"]]},
    )


def draw_worth(worth: pd.DataFrame, source: str) -> Drawing:
    """Draw the cash of a person alone in won and in months of minimum wage, one above the other."""
    figure, (upper, lower) = style.start(5.4, rows=2, sharex=True)
    names = {"cash_real_krw": "won of 2020", "cash_krw": "won of the day"}
    long = worth.melt(["year", "stretch"], list(names), "kind", "won")
    long["won"] /= MILLION
    peak = worth.sort_values("cash_real_krw").iloc[-1]
    forms.draw_lines(
        upper, long, x="year", y="won", group="kind", labels=names | {"cash_krw": ""}, era="stretch",
        colours={"cash_real_krw": PALETTE["blue"], "cash_krw": PALETTE["ochre"]},
        label_at={"cash_real_krw": (peak["year"], 8)},
    )  # fmt: skip
    # The lines fall steeply after 2004; to the right of the fall there is room.
    cut = worth[worth["year"] == 2004].iloc[0]
    style.label_point(
        upper, cut["year"], cut["cash_krw"] / MILLION, names["cash_krw"], colour=PALETTE["ochre"], dx=18,
        weight="bold",
    )  # fmt: skip
    style.name_unit(upper, "Cash for one person, million won")
    upper.set_ylim(0, 55)
    months = worth.assign(kind="months")
    forms.draw_lines(
        lower, months, x="year", y="cash_months", group="kind", labels={"months": ""}, era="stretch",
        colours={"months": PALETTE["teal"]},
    )  # fmt: skip
    first, last = worth.iloc[0], worth.iloc[-1]
    top = worth.sort_values("cash_months").iloc[-1]
    for row, places in ((first, 0), (top, 0), (last, 1)):
        style.label_point(
            lower, row["year"], row["cash_months"], f"{row['cash_months']:.{places}f}",
            colour=PALETTE["teal"], dx=0, dy=6, ha="center", va="bottom", weight="bold",
        )  # fmt: skip
    style.name_unit(lower, "Months of minimum wage")
    lower.set_ylim(0, 85)
    style.whole_years(lower, [1995, worth["year"].max()], step=5)
    return style.finish(figure, "what the cash was worth", source, worth[["year", *names, "cash_months"]])


def draw_package(worth: pd.DataFrame, source: str) -> Drawing:
    """Draw cash and housing deposit on top of each other, in months of minimum wage."""
    figure, axes = style.start(3.6)
    shown = worth[worth["package_months"].notna()]
    parts = {"cash_months": ("cash", "blue", 1.0), "housing_months": ("housing deposit", "ochre", 0.55)}
    bottom = shown["package_months"] * 0
    for column, (_, colour, alpha) in parts.items():
        axes.bar(
            shown["year"], shown[column], bottom=bottom, width=0.76, color=PALETTE[colour], alpha=alpha,
            linewidth=0,
        )  # fmt: skip
        bottom = bottom + shown[column]
    top = float(bottom.max())
    # In the order of the stack, in the room beside the tall columns.
    for place, (words, colour, alpha) in zip((0.55, 0.72), parts.values(), strict=True):
        axes.add_patch(
            Rectangle((2008, top * place - 2.6), 0.9, 5.2, color=PALETTE[colour], alpha=alpha, linewidth=0)
        )
        style.label_point(
            axes, 2008.9, top * place, words, colour=PALETTE[colour], dx=5, weight="bold"
        )  # fmt: skip
    last = shown.iloc[-1]
    style.label_point(
        axes, last["year"], last["package_months"], f"{last['package_months']:.1f}", dx=0, dy=4, ha="center",
        va="bottom", weight="bold",
    )  # fmt: skip
    style.name_unit(axes, "Months of minimum wage")
    axes.set_ylim(0, top * 1.08)
    style.whole_years(axes, [2000, shown["year"].max()], step=5)
    return style.finish(figure, "cash and housing deposit", source, shown[["year", *parts, "package_months"]])


def draw_protected(protected: pd.DataFrame, source: str) -> Drawing:
    """Draw how many people have been under police protection for how long."""
    figure, axes = style.start(3.5)
    first = protected["at"].min()
    forms.draw_lines(
        axes, protected, x="at", y="persons", group="span", labels=SPANS, colours=SPAN_COLOURS,
        label_at={"5_to_10_years": (first, 8), "over_15_years": (protected["at"].max(), 8)},
    )  # fmt: skip
    style.name_unit(axes, "People, by years under protection")
    style.thousands(axes)
    axes.set_ylim(0, float(protected["persons"].max()) * 1.18)
    axes.set_xlim(first - 0.7, float(protected["at"].max()) + 0.5)
    years = range(int(first), int(protected["at"].max()) + 1)
    axes.set_xticks(list(years), [str(year - 1) for year in years])
    return style.finish(figure, "people under police protection", source, protected)


def draw_intake(intake: pd.DataFrame, source: str) -> Drawing:
    """Draw the arrivals a budget assumed and those that came, one row a year."""
    figure, axes = style.start(1.5 + 0.34 * len(intake))
    rows = intake.assign(label=intake["year"].astype(str))
    names = {"assumed_persons": "assumed", "entrants_persons": "came"}
    colours = {"assumed": PALETTE["ochre"], "came": PALETTE["blue"]}
    long = rows.melt(["label", "year"], list(names), "kind", "persons").sort_values(["year", "kind"])
    long = long.assign(kind=long["kind"].map(names)).reset_index(drop=True)
    forms.draw_dots(
        axes, long, label="label", value="persons", group="kind", colours=colours,
        markers={"assumed": "s", "came": "o"},
    )  # fmt: skip
    axes.hlines(
        range(len(rows)), rows["assumed_persons"], rows["entrants_persons"], color=style.FAINT, linewidth=2,
        zorder=1,
    )  # fmt: skip
    top = rows.iloc[0]
    for column, words in names.items():
        right = top[column] == max(top["assumed_persons"], top["entrants_persons"])
        style.label_point(
            axes, top[column], 0, words, colour=colours[words], dx=8 if right else -8,
            ha="left" if right else "right", weight="bold",
        )  # fmt: skip
    axes.set_xlim(0, float(long["persons"].max()) * 1.22)
    style.thousands(axes, axis="x")
    axes.set_xlabel("People")
    return style.finish(figure, "arrivals assumed in budgets and counted", source, intake)


def draw_cut(line: pd.DataFrame, airlift: float, source: str) -> Drawing:
    """Draw entrants around the cut of 2005 with the fitted lines before and after it."""
    figure, axes = style.start(3.6)
    forms.draw_stretches(axes, line)
    seen = float(line.loc[line["year"] == 2004, "observed"].iloc[0])
    axes.plot(2004, seen - airlift, marker="o", markerfacecolor="none", color=style.INK, markersize=6.5)
    axes.vlines(2004, seen - airlift, seen, color=style.INK, linewidth=1, linestyle=(0, (1, 1.5)))
    style.label_point(axes, 2004, seen - airlift, "without\nthe airlift", dx=8, dy=-16, ha="right", va="top")
    style.mark_event(axes, 2004.5, "payment cut", height=1.0)
    style.name_unit(axes, "Entrants a year")
    style.thousands(axes)
    style.whole_years(axes, line["year"], step=2)
    axes.set_ylim(0, None)
    return style.finish(
        figure,
        "entrants a year around the cut of 2005",
        source,
        line[style.FITTED].assign(airlift_persons=line["year"].eq(2004) * airlift),
    )
