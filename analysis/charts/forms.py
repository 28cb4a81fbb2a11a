"""Forms of chart that several chapters use; each chapter fills them with its own data and words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from analysis.charts import style


def draw_lines(
    axes: Axes,
    frame: pd.DataFrame,
    *,
    x: str,
    y: str,
    group: str,
    labels: Mapping[str, str],
    colours: Mapping[str, str],
    label_at: Mapping[str, tuple[float, float]] | None = None,
    era: str | None = None,
) -> None:
    """Draw one labelled line with markers per group, broken between eras.

    A label is written after the last point, or at the ``(x, dy)`` of its group in ``label_at``.
    """
    for i, (name, words) in enumerate(labels.items()):
        colour = colours[name]
        series = frame[frame[group] == name].sort_values(x)
        parts = [part for _, part in series.groupby(era, sort=False)] if era else [series]
        for part in parts:
            axes.plot(
                part[x],
                part[y],
                color=colour,
                marker=style.MARKERS[i],
                linestyle=style.DASHES[i],
                markeredgewidth=0,
            )
        if label_at and name in label_at:
            at, dy = label_at[name]
            height = series.loc[series[x] == at, y].iloc[0]
            va = "bottom" if dy > 0 else "top"
            style.label_point(
                axes, at, height, words, colour=colour, dx=0, dy=dy, ha="center", va=va, weight="bold"
            )
        else:
            last = series.iloc[-1]
            style.label_beside(axes, last[x], last[y], words, colour=colour, gap=6)


def shade_eras(axes: Axes, eras: pd.DataFrame, years: Sequence[int]) -> None:
    """Shade every second design of a survey and write its number above; the subtitle says what they are.

    ``eras`` has number, first and last, as :func:`analysis.chapters.shared.list_eras` returns them.
    """
    for row in eras.to_dict("records"):
        low = max(row["first"], min(years)) - 0.5
        high = (max(years) if pd.isna(row["last"]) else min(row["last"], max(years))) + 0.5
        if low >= high:
            continue
        if row["number"] % 2 == 0:
            axes.axvspan(low, high, color=style.FAINT, alpha=0.4, linewidth=0, zorder=0)
        axes.annotate(
            f"{row['number']}",
            ((low + high) / 2, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, -3),
            textcoords="offset points",
            ha="center",
            va="top",
            color=style.PALETTE["grey"],
        )


def label_rows(axes: Axes, labels: Sequence[str]) -> None:
    """Put one label per row on the vertical axis, the first at the top, and grid lines on the other."""
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)


def clear_axes(axes: Axes) -> None:
    """Hide grid, ticks and lines of axes whose bars have numbers beside them."""
    axes.grid(visible=False)
    axes.set_xticks([])
    axes.tick_params(axis="y", length=0)
    axes.spines[["left", "bottom"]].set_visible(False)


def draw_bars(
    axes: Axes,
    frame: pd.DataFrame,
    *,
    label: str,
    value: str,
    form: Callable[[float], str],
    highlighted: int = 0,
) -> None:
    """Draw horizontal bars from top to bottom in the frame's order, each with its value at its end.

    With ``highlighted`` the bars after the first so many are pale.
    """
    sns.barplot(
        frame,
        x=value,
        y=label,
        orient="y",
        color=style.PALETTE["blue"],
        saturation=1,
        width=0.66,
        ax=axes,
        errorbar=None,
    )
    axes.set(xlabel="", ylabel="")
    for bar in axes.patches[highlighted:] if highlighted else []:
        bar.set_alpha(0.4)
    for place, amount in enumerate(frame[value]):
        style.label_point(axes, amount, place, form(amount), dx=4)
    clear_axes(axes)
    axes.set_xlim(0, float(frame[value].max()) * 1.2)


def draw_dots(
    axes: Axes,
    frame: pd.DataFrame,
    *,
    label: str,
    value: str,
    low: str | None = None,
    high: str | None = None,
    group: str | None = None,
    colours: Mapping[Any, str] | None = None,
    markers: Mapping[Any, str] | None = None,
    reference: float | None = None,
    dodge: float = 0,
) -> None:
    """Draw one dot with its interval per row of the frame; rows with one label share a line.

    Without ``group`` the colour is that of the empty name.
    """
    rows = list(dict.fromkeys(frame[label]))
    at = frame[label].map({name: i for i, name in enumerate(rows)})
    if reference is not None:
        axes.axvline(reference, color=style.PALETTE["grey"], linewidth=1, zorder=1)
    groups: dict[Any, pd.DataFrame] = dict(list(frame.groupby(group, sort=False))) if group else {"": frame}
    for i, (name, part) in enumerate(groups.items()):
        colour = (colours or {}).get(name, style.PALETTE["teal"])
        places = at[part.index] + dodge * (i - (len(groups) - 1) / 2)
        if low and high:
            known = part.dropna(subset=[low, high])
            axes.hlines(places[known.index], known[low], known[high], color=colour, linewidth=1.8, zorder=2)
        axes.plot(
            part[value],
            places,
            linestyle="none",
            color=colour,
            zorder=3,
            clip_on=False,
            markersize=7,
            marker=(markers or {}).get(name, "o"),
        )
    label_rows(axes, rows)


def draw_fit(
    axes: Axes,
    observed: pd.DataFrame,
    line: pd.DataFrame,
    *,
    y: str,
    low: str = "confidence_low",
    high: str = "confidence_high",
    colour: str = style.PALETTE["blue"],
    dashed: bool = False,
) -> None:
    """Draw published points, a fitted line and one band by year; the caption names the band's kind."""
    style.draw_band(axes, line["year"], line[low], line[high], colour)
    axes.plot(line["year"], line["mean"], color=colour, linestyle=(0, (4, 2)) if dashed else "-", zorder=2)
    if len(observed):
        axes.scatter(observed["year"], observed[y], color=style.INK, s=34, linewidth=0, zorder=3)


def draw_segments(axes: Axes, line: pd.DataFrame) -> None:
    """Draw the published points, and a fitted line with its band per segment of a broken trend."""
    for i, (_, segment) in enumerate(line.groupby("stretch")):
        draw_fit(axes, line if i == 0 else line.iloc[:0], segment, y="observed")
