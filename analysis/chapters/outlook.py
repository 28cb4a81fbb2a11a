"""Figures of chapter 9: the next three years, and how such forecasts have done before."""

from __future__ import annotations

import pandas as pd

from analysis.charts import forms, style
from analysis.charts.style import PALETTE, Drawing


def draw_projection(observed: pd.DataFrame, projected: pd.DataFrame, unit: str, source: str) -> Drawing:
    """Draw the last years and one method's next three, dashed, with the wider of its bands."""
    figure, axes = style.start(3.4)
    last = observed.iloc[-1]
    start = {
        "year": last["year"],
        **dict.fromkeys(["forecast", "low_80", "high_80", "low_95", "high_95"], last["value"]),
    }
    line = pd.concat([pd.DataFrame([start]), projected], ignore_index=True)
    style.draw_band(axes, line["year"], line["low_95"], line["high_95"], PALETTE["blue"])
    style.draw_band(axes, line["year"], line["low_80"], line["high_80"], PALETTE["blue"])
    axes.plot(line["year"], line["forecast"], color=PALETTE["blue"], linestyle=(0, (4, 2)))
    axes.plot(observed["year"], observed["value"], color=style.INK, marker="o")
    style.name_unit(axes, unit)
    style.thousands(axes)
    style.whole_years(axes, [*observed["year"].astype(int), *projected["year"].astype(int)], step=2)
    axes.set_ylim(0, None)
    return style.finish(
        figure,
        f"{unit.lower()}: the next three years",
        source,
        {"observed": observed[["year", "value"]], "projected": projected},
    )


def draw_scores(scores: pd.DataFrame, source: str) -> Drawing:
    """Draw each method's error as a multiple of the last value's, one row a method and horizon."""
    rivals = scores[scores["method"] != "last value"]
    names = {1: "one year", 2: "two years", 3: "three years"}
    rows = rivals.assign(label=rivals["method"].str.capitalize(), ahead=rivals["horizon"].map(names))
    figure, axes = style.start(1.2 + 0.9 * rows["label"].nunique())
    colours = style.colour_series(names.values())
    markers = dict(zip(names.values(), style.MARKERS, strict=False))
    forms.draw_dots(
        axes, rows, label="label", value="ratio_to_last_value", group="ahead", colours=colours,
        markers=markers, reference=1, dodge=0.28,
    )  # fmt: skip
    axes.set_xlim(0, None)
    middle = axes.get_xlim()[1] / 2
    for i, row in enumerate(rows[rows["label"] == rows["label"].iloc[0]].itertuples()):
        at = row.ratio_to_last_value
        style.label_point(
            axes, at, 0.28 * (i - 1), row.ahead, colour=colours[row.ahead], dx=8 if at <= middle else -8,
            ha="left" if at <= middle else "right", weight="bold",
        )  # fmt: skip
    axes.set_xlabel("Error, times the last value’s")
    return style.finish(figure, "errors of forecasts against the last value", source, rivals)
