"""The few forms of chart the book uses; a chapter's module fills them with its own data and words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter

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
    """Draw one line a group with markers and a direct label, broken between eras."""
    for i, (name, words) in enumerate(labels.items()):
        series = frame[frame[group] == name].sort_values(x)
        parts = [part for _, part in series.groupby(era, sort=False)] if era else [series]
        for part in parts:
            sns.lineplot(
                data=part,
                x=x,
                y=y,
                ax=axes,
                color=colours[name],
                marker=style.MARKERS[i],
                linestyle=style.DASHES[i],
                markeredgewidth=0,
                errorbar=None,
                legend=False,
            )
        if label_at and name in label_at:
            at, dy = label_at[name]
            spot = series[series[x] == at].iloc[0]
            style.label_point(
                axes,
                spot[x],
                spot[y],
                words,
                colour=colours[name],
                dx=0,
                dy=dy,
                ha="center",
                va="bottom" if dy > 0 else "top",
                weight="bold",
            )
        else:
            last = series.iloc[-1]
            style.label_point(axes, last[x], last[y], words, colour=colours[name], weight="bold")
    axes.set_xlabel("")
    axes.set_ylabel("")


def label_rows(axes: Axes, labels: Sequence[str]) -> None:
    """Label rows from top to bottom and keep only the upright grid lines."""
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)


def clear_axes(axes: Axes) -> None:
    """Hide grid, ticks and lines of an axis whose bars carry their own numbers."""
    axes.grid(visible=False)
    axes.set_xticks([])
    axes.tick_params(axis="y", length=0)
    axes.spines[["left", "bottom"]].set_visible(False)


def mark_redesigns(axes: Axes, rounds: pd.DataFrame, *, height: float = 1.0) -> None:
    """Draw a dotted line halfway between rounds of a survey that follow each other in another design."""
    for before, after in pairwise(rounds.sort_values("year").to_dict("records")):
        if before["era"] != after["era"]:
            axes.axvline(
                (before["year"] + after["year"]) / 2,
                ymax=height,
                color=style.PALETTE["grey"],
                linewidth=1,
                linestyle=(0, (2, 2)),
            )


def draw_bars(
    axes: Axes,
    frame: pd.DataFrame,
    *,
    label: str,
    value: str,
    form: Callable[[float], str],
    colour: str = style.PALETTE["teal"],
    colours: Sequence[str] | None = None,
) -> None:
    """Draw horizontal bars from top to bottom in the frame's order, each with its value at its end."""
    places = list(range(len(frame)))
    axes.barh(places, frame[value], color=list(colours) if colours else colour, height=0.66)
    axes.set_yticks(places, list(frame[label]))
    axes.invert_yaxis()
    for place, amount in zip(places, frame[value], strict=True):
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
    colours: Mapping[str, str] | None = None,
    markers: Mapping[str, str] | None = None,
    reference: float | None = None,
    dodge: float = 0,
) -> None:
    """Draw one dot a row from top to bottom, with its interval, rows labelled on the axis."""
    rows = list(dict.fromkeys(frame[label]))
    at = frame[label].map({name: i for i, name in enumerate(rows)})
    if reference is not None:
        axes.axvline(reference, color=style.PALETTE["grey"], linewidth=1, zorder=1)
    names = list(dict.fromkeys(frame[group])) if group else [""]
    for i, name in enumerate(names):
        chosen = frame[group] == name if group else pd.Series(True, index=frame.index)
        colour = (colours or {}).get(name, style.PALETTE["teal"])
        shift = dodge * (i - (len(names) - 1) / 2)
        if low and high:
            spans = frame[chosen].dropna(subset=[low, high])
            axes.hlines(
                at[spans.index] + shift, spans[low], spans[high], color=colour, linewidth=1.8, zorder=2
            )
        axes.plot(
            frame.loc[chosen, value],
            at[chosen] + shift,
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
    x: str,
    y: str,
    low: str = "ci_low",
    high: str = "ci_high",
    mean: str = "mean",
    colour: str = style.PALETTE["blue"],
    dashed: bool = False,
) -> None:
    """Draw published points, a fitted line and one band; the caption names the band's kind."""
    style.draw_band(axes, line[x], line[low], line[high], colour)
    axes.plot(line[x], line[mean], color=colour, linestyle=(0, (4, 2)) if dashed else "-", zorder=2)
    if len(observed):
        sns.scatterplot(data=observed, x=x, y=y, ax=axes, color=style.INK, s=34, linewidth=0, zorder=3)
    axes.set_xlabel("")
    axes.set_ylabel("")


def draw_stretches(axes: Axes, line: pd.DataFrame) -> None:
    """Draw the published points, and one fitted line with its band for each stretch of a broken trend."""
    observed = line
    for _, stretch in line.groupby("stretch"):
        draw_fit(
            axes, observed, stretch, x="year", y="observed", low="confidence_low", high="confidence_high"
        )
        observed = line.iloc[:0]


def draw_periods(
    axes: Axes, frame: pd.DataFrame, *, start: str, end: str, value: str, colour: str = style.PALETTE["blue"]
) -> None:
    """Draw one horizontal bar a period at the height of its value: what a law paid, while it did."""
    axes.hlines(frame[value], frame[start], frame[end], color=colour, linewidth=3.2, zorder=2)
    ordered = frame.sort_values(start)
    for before, after in zip(ordered.itertuples(), ordered.iloc[1:].itertuples(), strict=False):
        axes.plot(
            [getattr(before, end), getattr(after, start)],
            [getattr(before, value), getattr(after, value)],
            color=colour,
            linewidth=0.8,
            linestyle=(0, (1, 2)),
            zorder=1,
        )


def draw_tiles(
    axes: Axes,
    frame: pd.DataFrame,
    *,
    column: str,
    row: str,
    label: str,
    value: str,
    form: Callable[[float], str],
    colour: str = style.PALETTE["teal"],
) -> None:
    """Draw places as equal squares roughly where they lie, shaded by value, each with its number."""
    top = float(frame[value].max())
    for place in frame.to_dict("records"):
        # Text must stay readable on the shade in both modes, so the shade stops at a third.
        shade = 0.05 + 0.28 * float(place[value]) / top
        axes.add_patch(
            Rectangle(
                (place[column] - 0.47, place[row] - 0.47),
                0.94,
                0.94,
                facecolor=to_rgba(colour, shade),
                edgecolor=colour,
                linewidth=1,
            )
        )
        axes.text(place[column], place[row] - 0.14, place[label], ha="center", va="center")
        axes.text(
            place[column], place[row] + 0.22, form(place[value]), ha="center", va="center", weight="bold"
        )
    axes.set_xlim(frame[column].min() - 0.6, frame[column].max() + 0.6)
    axes.set_ylim(frame[row].max() + 0.6, frame[row].min() - 0.6)
    axes.set_aspect("equal")
    axes.grid(visible=False)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)


def draw_diagnostics(frame: pd.DataFrame, *, subject: str, source: str) -> style.Drawing:
    """Draw the four diagnostics of a fit in two by two panels.

    They are: residuals in time, their autocorrelation, the leverage of single years, and observed
    against fitted values.
    """
    figure, axes = style.start(6.0, rows=2, columns=2)
    titles = {
        "residuals": "Residual by year",
        "autocorrelation": "Correlation by lag",
        "leverage": "Leverage by year",
        "fitted": "Observed by fitted",
    }
    for panel, (name, title) in zip(axes.flat, titles.items(), strict=True):
        points = frame[frame["panel"] == name]
        if points.empty:  # no lags where years are missing or hold several points
            panel.text(0.5, 0.5, "no unbroken\nyears", ha="center", va="center", transform=panel.transAxes)
            panel.set(title="", xticks=[], yticks=[])
            panel.set_title(title, loc="left")
            panel.grid(visible=False)
            continue
        if name == "fitted":
            panel.axline((float(points["x"].mean()), float(points["x"].mean())), slope=1, color=style.FAINT)
        else:
            panel.axhline(0, color=style.FAINT)
            panel.vlines(points["x"], 0, points["y"], color=style.PALETTE["blue"], linewidth=1.4)
        panel.plot(points["x"], points["y"], linestyle="none", marker="o", color=style.PALETTE["blue"])
        panel.set_title(title, loc="left")
        panel.grid(visible=False)
        panel.locator_params(axis="both", nbins=4)
        if name == "fitted":
            for axis in (panel.xaxis, panel.yaxis):
                axis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,g}".replace("-", "−")))
        if name in ("residuals", "leverage"):
            panel.locator_params(axis="x", nbins=3, integer=True)  # years stay whole and apart
    across = frame["panel"].map(
        {"residuals": "year", "leverage": "year", "autocorrelation": "lag", "fitted": "fitted"}
    )
    places = {name: frame["x"].where(across == name) for name in ("year", "lag", "fitted")}
    data = pd.DataFrame({"panel": frame["panel"], **places, "value": frame["y"]})
    return style.finish(figure, subject, source, data)
