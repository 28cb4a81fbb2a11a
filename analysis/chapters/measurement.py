"""Chapter 8: why surveys of the same people disagree."""

from __future__ import annotations

import pandas as pd

from analysis.charts import forms, style
from analysis.charts.style import PALETTE, Drawing

SURVEYS = {
    "first": ("foundation", PALETTE["blue"], "o"),
    "second": ("private institute", PALETTE["ochre"], "s"),
}
POPULATIONS = {
    "general_population": ("general\npopulation", PALETTE["grey"]),
    "north_korean_origin": ("from the\nNorth", PALETTE["blue"]),
}


def draw_questions(rows: pd.DataFrame, source: str) -> Drawing:
    """Draw one share per question with its interval, from the lowest to the highest."""
    figure, axes = style.start(1.3 + 0.5 * len(rows))
    forms.draw_dots(
        axes,
        rows.sort_values("estimate"),
        label="label",
        value="estimate",
        low="ci_low",
        high="ci_high",
        colours={"": PALETTE["plum"]},
    )
    style.percents(axes, axis="x")
    axes.set(xlim=(0, None), xlabel="Share of those asked")
    drawn = rows[["label", "estimate", "ci_low", "ci_high"]]
    return style.finish(figure, "wish to return, by question", source, drawn)


def draw_pairs(pairs: pd.DataFrame, source: str) -> Drawing:
    """Draw what two surveys of one year said, one row per indicator and year."""
    figure, axes = style.start(1.3 + 0.34 * len(pairs))
    places = range(len(pairs))
    axes.hlines(places, pairs["first"], pairs["second"], color=style.FAINT, linewidth=2, zorder=1)
    # The surveys are named once, in the row with the widest gap that leaves room on the left.
    both = pairs[["first", "second"]]
    low, high = both.min(axis=1), both.max(axis=1)
    at = pairs.index.get_loc((high - low).where(low > high.max() / 2).idxmax())
    for column, (words, colour, marker) in SURVEYS.items():
        axes.plot(pairs[column], places, linestyle="none", color=colour, marker=marker, markersize=7)
        x = pairs[column].iloc[at]
        dx, side = (8, "left") if x == high.iloc[at] else (-8, "right")
        style.label_point(axes, x, at, words, colour=colour, dx=dx, ha=side, weight="bold")
    forms.label_rows(axes, list(pairs["label"]))
    style.percents(axes, axis="x")
    axes.set(xlim=(0, None), xlabel="Rate")
    return style.finish(figure, "one year, two surveys", source, pairs)


def draw_redesign(levels: pd.DataFrame, unit: str, source: str) -> Drawing:
    """Draw one indicator of one survey, its line broken where the survey was redesigned."""
    figure, axes = style.start(3.6)
    colours = {population: colour for population, (_, colour) in POPULATIONS.items()}
    forms.draw_lines(
        axes,
        levels,
        x="year",
        y="value",
        group="population",
        labels=dict.fromkeys(POPULATIONS, ""),
        colours=colours,
        era="era",
    )
    # Beyond the last year no redesign crosses the words; those of the higher line are above it.
    ends = levels.sort_values("year").groupby("population").last()
    for population, (words, colour) in POPULATIONS.items():
        year, value = ends.loc[population, ["year", "value"]]
        side = "bottom" if value == ends["value"].max() else "top"
        style.label_point(axes, year, value, words, colour=colour, va=side, weight="bold")
    forms.mark_redesigns(axes, levels[levels["population"] == "north_korean_origin"])
    style.name_unit(axes, unit)
    style.percents(axes)
    style.whole_years(axes, levels["year"].astype(int), step=5)
    low, high = axes.get_ylim()
    axes.set_ylim(low - 2, high + 2)
    drawn = levels[["year", "population", "value", "era"]]
    return style.finish(figure, f"{unit.lower()} through the redesigns", source, drawn)
