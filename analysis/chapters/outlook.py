"""Chapter 9: the next three years, and how such forecasts have done before."""

from __future__ import annotations

import pandas as pd

from analysis.charts import forms, style
from analysis.charts.style import PALETTE, Drawing


def draw_projection(observed: pd.DataFrame, projected: pd.DataFrame, unit: str, source: str) -> Drawing:
    """Draw the last years and one method's next three, dashed, with both of its bands."""
    figure, axes = style.start(3.4)
    columns = ["forecast", "low_80", "high_80", "low_95", "high_95"]
    last = observed.tail(1)
    last = last[["year"]].assign(**dict.fromkeys(columns, last["value"]))
    line = pd.concat([last, projected], ignore_index=True)
    style.draw_band(axes, line["year"], line["low_95"], line["high_95"], PALETTE["blue"])
    style.draw_band(axes, line["year"], line["low_80"], line["high_80"], PALETTE["blue"])
    axes.plot(line["year"], line["forecast"], color=PALETTE["blue"], linestyle=(0, (4, 2)))
    axes.plot(observed["year"], observed["value"], color=style.INK, marker="o")
    style.name_unit(axes, unit)
    style.thousands(axes)
    style.whole_years(axes, [*observed["year"].astype(int), *projected["year"].astype(int)], step=2)
    axes.set_ylim(0, None)
    drawn = {"observed": observed[["year", "value"]], "projected": projected}
    return style.finish(figure, f"{unit.lower()}: the next three years", source, drawn)


def draw_scores(scores: pd.DataFrame, source: str) -> Drawing:
    """Draw each method's error as a multiple of the last value's, one row per method and horizon."""
    horizons = {1: "one year", 2: "two years", 3: "three years"}
    rivals = scores[scores["method"] != "last value"]
    rows = rivals.assign(label=rivals["method"].str.capitalize(), ahead=rivals["horizon"].map(horizons))
    figure, axes = style.start(1.2 + 0.9 * rows["label"].nunique())
    colours = style.colour_series(horizons.values())
    forms.draw_dots(
        axes,
        rows,
        label="label",
        value="ratio_to_last_value",
        group="ahead",
        colours=colours,
        markers=dict(zip(colours, style.MARKERS, strict=False)),
        reference=1,
        dodge=0.28,
    )
    axes.set_xlim(0, None)
    middle = axes.get_xlim()[1] / 2
    for i, row in enumerate(rows[rows["label"] == rows["label"].iloc[0]].itertuples()):
        x = row.ratio_to_last_value
        dx, side = (8, "left") if x <= middle else (-8, "right")
        colour = colours[row.ahead]
        style.label_point(axes, x, 0.28 * (i - 1), row.ahead, colour=colour, dx=dx, ha=side, weight="bold")
    axes.set_xlabel("Error, times the last value’s")
    return style.finish(figure, "errors of forecasts against the last value", source, rivals)
