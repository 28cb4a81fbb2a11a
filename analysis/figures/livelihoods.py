"""Figures of chapter 4: work, pay, discrimination and money sent home."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pandas as pd

from analysis.figures import style
from analysis.figures.style import PALETTE, Drawing


def draw_eras(rows: pd.DataFrame, unit: str, subject: str, source: str, *, colour: str = "blue") -> Drawing:
    """Draw one series of shares whose line is broken where the survey changed.

    Parameters
    ----------
    rows : pandas.DataFrame
        ``year``, ``value`` (percent) and ``era``; with ``low`` and ``high`` intervals are drawn.
    unit, subject, source : str
        Words above the axis, plain-text form, and source line.
    colour : str
        A name of the palette.

    Returns
    -------
    Drawing
        Points, a line within each era, and upright intervals where the number asked is known.
    """
    figure, axes = style.start(3.2)
    shown = rows.sort_values("year")
    for _, part in shown.groupby("era", sort=False):
        axes.plot(part["year"], part["value"], color=PALETTE[colour], marker="o")
    if "low" in shown.columns:
        known = shown.dropna(subset=["low", "high"])
        style.draw_intervals(
            axes, known, at="year", low="low", high="high", colour=PALETTE[colour], horizontal=False
        )
    for before, after in pairwise(shown.to_dict("records")):
        if before["era"] != after["era"]:
            middle = (before["year"] + after["year"]) / 2
            axes.axvline(middle, color=PALETTE["grey"], linewidth=1, linestyle=(0, (2, 2)))
    last = shown.iloc[-1]
    style.label_point(
        axes, last["year"], last["value"], f"{last['value']:.0f}%", dx=6, dy=0, ha="left", va="center",
        weight="bold", colour=PALETTE[colour],
    )  # fmt: skip
    style.name_unit(axes, unit)
    style.percents(axes)
    style.whole_years(axes, shown["year"].astype(int))
    axes.set_ylim(0, 1.12 * float(shown["value"].max()))
    return style.finish(figure, subject, source, shown)


def draw_schools(rows: pd.DataFrame, source: str) -> Drawing:
    """Draw the share of school students who left school, the widened definition apart.

    Parameters
    ----------
    rows : pandas.DataFrame
        ``year``, ``value`` (percent) and ``population`` (``north_korean_origin``,
        ``north_korean_background``, ``general_population``).
    source : str
        For the source line.

    Returns
    -------
    Drawing
        Points joined within one definition.
    """
    figure, axes = style.start(3.2)
    looks = {
        "north_korean_origin": (PALETTE["blue"], "o", "-"),
        "north_korean_background": (PALETTE["blue"], "D", "none"),
        "general_population": (PALETTE["grey"], "s", "none"),
    }
    # Beside the third point, where the line has fallen; over the last; beside the first.
    labels: dict[str, tuple[str, int, dict[str, Any]]] = {
        "north_korean_origin": ("from the North", 2, {"dx": 8, "dy": 12}),
        "north_korean_background": (
            "wider\ndefinition",
            -1,
            {"dx": 4, "dy": 7, "ha": "right", "va": "bottom"},
        ),
        "general_population": ("all students", 0, {"dx": 8}),
    }
    for name, (colour, marker, line) in looks.items():
        own = rows[rows["population"] == name].sort_values("year")
        axes.plot(own["year"], own["value"], color=colour, marker=marker, linestyle=line)
        words, place, side = labels[name]
        spot = own.iloc[place]
        style.label_point(axes, spot["year"], spot["value"], words, colour=colour, weight="bold", **side)
    style.name_unit(axes, "Left school within the year")
    style.percents(axes)
    style.whole_years(axes, rows["year"].astype(int))
    axes.set_ylim(0, None)
    return style.finish(
        figure, "school students who left school", source, rows[["year", "population", "value"]]
    )
