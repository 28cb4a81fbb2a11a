"""One look for every figure: size, type, six colours, and the parts figures are made of.

Figures are drawn small and with large type, because a telephone shows them 342 px wide: at five
inches that leaves 12 pt type at 11.4 px. Labels are measured in DejaVu Sans, a wide face, so that
the narrower faces of most systems fit where it fits.
"""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, MaxNLocator

# Contrast with white / with the dark page (#121418) of the dark counterparts: see book/_ext.
PALETTE: dict[str, str] = {
    "teal": "#0f766e",  # 5.5 : 1 on white
    "ochre": "#a15c00",  # 5.3 : 1
    "blue": "#1d5fa8",  # 6.5 : 1
    "plum": "#8a3b82",  # 7.0 : 1
    "brick": "#b4412d",  # 5.6 : 1
    "grey": "#474e5d",  # 8.3 : 1
}
INK = "#000000"
# Lines that help the eye and carry nothing themselves.
FAINT = "#c9ced6"

SEX_COLOURS = {"female": PALETTE["teal"], "male": PALETTE["ochre"], "all": PALETTE["grey"]}
SEX_MARKERS = {"female": "o", "male": "s", "all": "D"}
SEX_LABELS = {"female": "women", "male": "men", "all": "both"}
# Colour is never alone: series take a marker and a dash from here in the order of the palette.
MARKERS = ["o", "s", "D", "^", "v", "P"]
DASHES: list[Any] = ["-", (0, (5, 2)), (0, (1, 1.5)), (0, (5, 2, 1, 2)), (0, (3, 1)), (0, (8, 2))]

#: What the figure of a fitted trend draws, of the columns of ``model.line()``.
FITTED = ["year", "observed", "mean", "confidence_low", "confidence_high"]

WIDTH = 5.0
TYPE_PT = 12.0

_RC: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": TYPE_PT,
    "axes.titlesize": TYPE_PT,
    "axes.labelsize": TYPE_PT,
    "xtick.labelsize": TYPE_PT,
    "ytick.labelsize": TYPE_PT,
    "legend.fontsize": TYPE_PT,
    "text.color": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.edgecolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.7,
    "lines.linewidth": 2.0,
    "lines.markersize": 5.5,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    # Text stays text and the bytes repeat, so that a figure is compared like any other output.
    "svg.fonttype": "none",
    "svg.hashsalt": "leaving-north-korea-in-numbers",
    "path.simplify": False,
}


class Drawing:
    """A finished figure, as a notebook shows it."""

    def __init__(self, svg: str, subject: str, data: str) -> None:
        self.svg = svg
        self.subject = subject
        self.data = data

    def __repr__(self) -> str:
        return f"Figure: {self.subject}"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"image/svg+xml": self.svg, "text/csv": self.data, "text/plain": repr(self)}


def start(
    height: float = 3.4, *, rows: int = 1, columns: int = 1, sharex: bool = False, sharey: bool = False
) -> tuple[Figure, Any]:
    """Return a new figure in the book's style, five inches wide, and its axes.

    Parameters
    ----------
    height : float
        Inches.
    rows, columns : int
        Panels; with more than one an array of axes is returned.
    sharex, sharey : bool
        Whether panels share an axis.

    Returns
    -------
    tuple
        ``(figure, axes)`` as :meth:`matplotlib.figure.Figure.subplots` gives them.
    """
    # The style is global state of matplotlib: set it whole each time, so that no figure depends
    # on the one before it.
    matplotlib.rcdefaults()
    sns.set_theme(style="ticks", rc=_RC)
    # seaborn puts its own font first in set_theme; ours must win.
    matplotlib.rcParams.update(_RC)
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    axes = figure.subplots(rows, columns, sharex=sharex, sharey=sharey)
    return figure, axes


def finish(
    figure: Figure, subject: str, source: str, data: pd.DataFrame | Mapping[str, pd.DataFrame]
) -> Drawing:
    """Add the source line, draw, and return the finished figure.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        As :func:`start` gave it, drawn on.
    subject : str
        What it shows, in a few words; stored with the picture.
    source : str
        Who published the figures and to which date; stands below the axes.
    data : pandas.DataFrame or mapping of str to pandas.DataFrame
        What was drawn; several frames are written below each other, named in the column ``part``.

    Raises
    ------
    ValueError
        If an axis has no label that names its unit, the source names no year, there are no data, or
        words run out of the picture.
    """
    if not re.search(r"\b\d{4}\b", source):
        raise ValueError(
            f"{subject}: source {source!r}; expected who published the figures, and to which year"
        )
    for axes in figure.axes:
        if not (axes.get_ylabel() or axes.get_xlabel() or axes.get_title(loc="left")):
            raise ValueError(f"{subject}: an axis names no unit; use name_unit or set a label")
    figure.supxlabel(
        "\n".join(textwrap.wrap(f"Source: {source}", 52)),
        x=0.01,
        ha="left",
        fontsize=TYPE_PT,
        color=PALETTE["grey"],
    )
    out = io.StringIO()
    # The canvas draws once; savefig would draw twice, first to learn the size of what it draws.
    FigureCanvasSVG(figure).print_svg(
        out, metadata={"Date": None, "Creator": None, "Type": None, "Format": None}
    )
    _check_words(figure, subject)
    return Drawing(_slim(out.getvalue()), subject, _write(subject, data))


def _write(subject: str, data: pd.DataFrame | Mapping[str, pd.DataFrame]) -> str:
    if not isinstance(data, pd.DataFrame):
        data = pd.concat(dict(data), names=["part"]).reset_index("part")
    if data.empty:
        raise ValueError(f"{subject}: no data; expected a row for each thing drawn")
    # Six decimals are finer than any figure here, and the same on every processor; zero has no sign.
    floats = data.select_dtypes("float").columns
    plain = data.assign(**{str(name): data[name].round(6) + 0.0 for name in floats})
    return plain.to_csv(index=False, float_format=_write_float, lineterminator="\n")


def _write_float(value: object) -> str:
    text = f"{value:.10g}"  # but never 1e-05, which no table would set as a number
    return text if "e" not in text else f"{value:.6f}".rstrip("0").rstrip(".")


def _check_words(figure: Figure, subject: str) -> None:
    """Raise if a title, label or note does not fit; the layout makes room for numbers on axes only."""
    on_axes = {
        t for a in figure.axes for axis in (a.xaxis, a.yaxis) for t in axis.get_ticklabels(which="both")
    }
    for text in figure.findobj(Text):
        box = text.get_window_extent()
        if text.get_text() and text not in on_axes and (box.x0 < -1 or box.x1 > figure.bbox.x1 + 1):
            raise ValueError(f"{subject}: {text.get_text()!r} runs out of the picture; expected fewer words")


def _slim(svg: str) -> str:
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->\n?", "", svg, flags=re.DOTALL)
    # Two decimals of a point are finer than any screen; identifiers hold no decimal point.
    svg = re.sub(r"-?\d+\.\d{3,}", lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), svg)
    svg = re.sub(r"(?<![\w.])-0(?![\w.])", "0", svg)
    # matplotlib hashes full-precision coordinates into identifiers, and the last digit of a coordinate
    # depends on the processor; numbered in order of appearance they do not.
    names: dict[str, str] = {}
    svg = re.sub(
        r"(?<=[\"#])[mp][0-9a-f]{10}\b", lambda m: names.setdefault(m[0], f"{m[0][0]}{len(names)}"), svg
    )
    return re.sub(r"\n\s*\n+", "\n", re.sub(r"[ \t]+\n", "\n", re.sub(r"\n +", "\n", svg))).strip() + "\n"


def name_unit(axes: Axes, text: str) -> None:
    """Write the vertical axis's unit level above the axis, where it needs no turned head."""
    axes.set_title(text, loc="left", fontsize=TYPE_PT, pad=8)


def thousands(axes: Axes, *, axis: str = "y") -> None:
    """Give an axis of counts thousands separators and whole-number ticks."""
    line = axes.yaxis if axis == "y" else axes.xaxis
    line.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,.0f}"))
    line.set_major_locator(MaxNLocator(nbins=6, integer=True))


def percents(axes: Axes, *, axis: str = "y") -> None:
    """Give an axis of percentages a percent sign on each tick."""
    line = axes.yaxis if axis == "y" else axes.xaxis
    line.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}%"))


def whole_years(axes: Axes, years: Iterable[int], *, step: int | None = None) -> None:
    """Put ticks of a time axis on whole years, few enough for a telephone."""
    first, last = min(years), max(years)
    step = step or max(1, -(-(last - first) // 5))
    axes.set_xticks(list(range(first, last + 1, step)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:.0f}"))


def label_point(
    axes: Axes,
    x: Any,
    y: Any,
    text: str,
    *,
    colour: str = INK,
    dx: float = 6,
    dy: float = 0,
    ha: str = "left",
    va: str = "center",
    weight: str = "normal",
) -> None:
    """Write a direct label beside a point, offset in points so that scales do not move it."""
    axes.annotate(
        text,
        (x, y),
        xytext=(dx, dy),
        textcoords="offset points",
        color=colour,
        ha=ha,
        va=va,
        fontsize=TYPE_PT,
        fontweight=weight,
        annotation_clip=False,
    )


def mark_event(axes: Axes, x: float, text: str, *, height: float = 1.0, ha: str = "left") -> None:
    """Mark a dated event with a thin line and a label at the given height of the axes (0 to 1)."""
    axes.axvline(x, color=PALETTE["grey"], linewidth=1, linestyle=(0, (2, 2)), zorder=1)
    axes.annotate(
        text,
        (x, height),
        xycoords=("data", "axes fraction"),
        xytext=(4 if ha == "left" else -4, 0),
        textcoords="offset points",
        ha=ha,
        va="top",
        color=PALETTE["grey"],
        fontsize=TYPE_PT,
    )


def draw_band(
    axes: Axes,
    x: Sequence[Any] | pd.Series,
    low: Sequence[Any] | pd.Series,
    high: Sequence[Any] | pd.Series,
    colour: str,
) -> None:
    """Shade an interval; the caption says of which kind it is."""
    axes.fill_between(np.asarray(x), np.asarray(low), np.asarray(high), color=colour, alpha=0.18, linewidth=0)


def draw_intervals(
    axes: Axes, frame: pd.DataFrame, *, at: str, low: str, high: str, colour: str, horizontal: bool = True
) -> None:
    """Draw an interval a row as a thin bar, horizontal or upright."""
    draw = axes.hlines if horizontal else axes.vlines
    draw(frame[at], frame[low], frame[high], color=colour, linewidth=1.6, zorder=2)


def colour_series(names: Iterable[str]) -> dict[str, str]:
    """Give each of at most six series a colour of the palette, in order."""
    names = list(names)
    if len(names) > len(PALETTE):
        raise ValueError(f"{len(names)} series; expected at most {len(PALETTE)}: {', '.join(names)}")
    return dict(zip(names, PALETTE.values(), strict=False))


def relabel(values: Iterable[str], labels: Mapping[str, str]) -> list[str]:
    """Return the words for codes."""
    return [labels[v] for v in values]
