"""Figure of chapter 10: verdicts on the article's claims, part by part."""

from __future__ import annotations

import pandas as pd

from analysis.audit import VERDICTS
from analysis.charts import style
from analysis.charts.style import INK, PALETTE, Drawing

COLOURS = dict(
    zip(VERDICTS, (PALETTE[c] for c in ("teal", "blue", "ochre", "plum", "brick", "grey")), strict=True)
)
# A segment narrower than this share of the bar has no room for its number.
ROOM = 5.5


def draw_verdicts(parts: pd.DataFrame, source: str) -> Drawing:
    """Draw one bar a part of the article, divided by verdict, with the number of claims in each piece."""
    figure, axes = style.start(5.6)
    places = list(range(len(parts)))
    left = pd.Series(0.0, index=parts.index)
    for verdict in VERDICTS:
        width = 100 * parts[verdict] / parts["claims"]
        axes.barh(
            places, width, left=left, color=COLOURS[verdict], height=0.7, label=verdict,
            edgecolor="white", linewidth=1,
        )  # fmt: skip
        for place, start, size, count in zip(places, left, width, parts[verdict], strict=True):
            if size >= ROOM:
                style.label_point(
                    axes,
                    start + size / 2,
                    place,
                    f"{count}",
                    colour="white",
                    dx=0,
                    ha="center",
                    weight="bold",
                )
        left = left + width
    for place, count in zip(places, parts["claims"], strict=True):
        style.label_point(axes, 100, place, f"{count}", colour=INK, dx=5)
    axes.set_yticks(places, list(parts["part"]))
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False)
    axes.set_xlim(0, 108)
    axes.set_xticks([])
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    style.name_unit(axes, "Claims by verdict; all claims at the end")
    figure.legend(
        loc="outside upper left", ncols=2, frameon=False, handlelength=1, columnspacing=1.2, borderaxespad=0
    )
    return style.finish(figure, "verdicts on the claims of the article", source, parts)
