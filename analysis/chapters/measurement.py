"""Figures of chapter 8: why surveys of the same people disagree."""

from __future__ import annotations

import pandas as pd

from analysis.charts import forms, style
from analysis.charts.style import PALETTE, Drawing

SURVEYS = {
    "first": ("foundation", PALETTE["blue"], "o"),
    "second": ("private institute", PALETTE["ochre"], "s"),
}


def draw_questions(rows: pd.DataFrame, source: str) -> Drawing:
    """Draw one share a question with its interval, from the lowest to the highest."""
    figure, axes = style.start(1.3 + 0.5 * len(rows))
    forms.draw_dots(
        axes, rows.sort_values("estimate"), label="label", value="estimate", low="ci_low", high="ci_high",
        colours={"": PALETTE["plum"]},
    )  # fmt: skip
    style.percents(axes, axis="x")
    axes.set_xlim(0, None)
    axes.set_xlabel("Share of those asked")
    return style.finish(
        figure, "wish to return, by question", source, rows[["label", "estimate", "ci_low", "ci_high"]]
    )


def draw_pairs(pairs: pd.DataFrame, source: str) -> Drawing:
    """Draw what two surveys of one year said, one row an indicator and year."""
    figure, axes = style.start(1.3 + 0.34 * len(pairs))
    places = range(len(pairs))
    axes.hlines(places, pairs["first"], pairs["second"], color=style.FAINT, linewidth=2, zorder=1)
    both = pairs[["first", "second"]]
    has_room = both.min(axis=1) > both.max().max() / 2
    at = pairs.index.get_loc((both.max(axis=1) - both.min(axis=1)).where(has_room).idxmax())
    for column, (words, colour, marker) in SURVEYS.items():
        axes.plot(pairs[column], places, linestyle="none", color=colour, marker=marker, markersize=7)
        right = both.iloc[at][column] == both.iloc[at].max()
        style.label_point(
            axes, both.iloc[at][column], at, words, colour=colour, dx=8 if right else -8,
            ha="left" if right else "right", weight="bold",
        )  # fmt: skip
    axes.set_yticks(list(places), list(pairs["label"]))
    axes.set_ylim(len(pairs) - 0.5, -0.5)
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    style.percents(axes, axis="x")
    axes.set_xlim(0, None)
    axes.set_xlabel("Rate")
    return style.finish(figure, "one year, two surveys", source, pairs)


def draw_redesign(levels: pd.DataFrame, unit: str, source: str) -> Drawing:
    """Draw one indicator of one survey, its line broken where the survey was redesigned."""
    figure, axes = style.start(3.6)
    labels = {"general_population": "general\npopulation", "north_korean_origin": "from the\nNorth"}
    colours = {"general_population": PALETTE["grey"], "north_korean_origin": PALETTE["blue"]}
    forms.draw_lines(
        axes, levels, x="year", y="value", group="population", labels=dict.fromkeys(labels, ""),
        colours=colours, era="era",
    )  # fmt: skip
    # Beyond the last year no redesign crosses the words; those of the higher line stand above it.
    ends = levels.sort_values("year").groupby("population").last()
    for name, words in labels.items():
        is_higher = ends["value"].idxmax() == name
        style.label_point(
            axes, ends.loc[name, "year"], ends.loc[name, "value"], words, colour=colours[name],
            va="bottom" if is_higher else "top", weight="bold",
        )  # fmt: skip
    forms.mark_redesigns(axes, levels[levels["population"] == "north_korean_origin"])
    style.name_unit(axes, unit)
    style.percents(axes)
    style.whole_years(axes, levels["year"].astype(int), step=5)
    low, high = axes.get_ylim()
    axes.set_ylim(low - 2, high + 2)
    return style.finish(
        figure,
        f"{unit.lower()} through the redesigns",
        source,
        levels[["year", "population", "value", "era"]],
    )
