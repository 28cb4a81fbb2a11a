"""The look of every chart: size, type, six colours, and the parts charts are made of."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import matplotlib.style
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text
from matplotlib.textpath import text_to_path
from matplotlib.ticker import FuncFormatter, MaxNLocator

STYLE_SHEET = Path(__file__).with_name("book.mplstyle")

# Contrast with white; book/_static/book.css has the counterparts for the dark page.
PALETTE: dict[str, str] = {
    "teal": "#0f766e",  # 5.5 : 1
    "ochre": "#a15c00",  # 5.3 : 1
    "blue": "#1d5fa8",  # 6.5 : 1
    "plum": "#8a3b82",  # 7.0 : 1
    "brick": "#b4412d",  # 5.6 : 1
    "grey": "#474e5d",  # 8.3 : 1
}
INK = "#000000"
FAINT = "#c9ced6"  # for lines that only guide the eye

SEX_COLOURS = {"female": PALETTE["teal"], "male": PALETTE["ochre"], "all": PALETTE["grey"]}
SEX_MARKERS = {"female": "o", "male": "s", "all": "D"}
SEX_LABELS = {"female": "women", "male": "men", "all": "both"}
# The subject is blue with an unbroken line; what it is compared with is grey, lighter and with squares.
POPULATION_COLOURS = {"north_korean_origin": PALETTE["blue"], "general_population": PALETTE["grey"]}
POPULATION_MARKERS = {"north_korean_origin": "o", "general_population": "s"}
POPULATION_WIDTHS = {"north_korean_origin": 2.4, "general_population": 1.2}
# The Korea Hana Foundation has the colour of the subject, for its surveys lead; the institute is set apart.
SURVEY_COLOURS = {"khf": PALETTE["blue"], "nkdb": PALETTE["plum"]}
SURVEY_MARKERS = {"khf": "o", "nkdb": "^"}
# Colour is never the only difference: series take a marker and a dash in the order of the palette.
MARKERS = ["o", "s", "D", "^", "v", "P"]
DASHES: list[Any] = ["-", (0, (5, 2)), (0, (1, 1.5)), (0, (5, 2, 1, 2)), (0, (3, 1)), (0, (8, 2))]
DOTTED = (0, (2, 2))

# Columns of ``model.line()`` that the chart of a fitted trend shows.
FITTED = ["year", "observed", "mean", "confidence_low", "confidence_high"]

WIDTH = 5.0  # inches
TYPE_PT = 12.0  # as in the style sheet
TITLE_PT = 14.0
LINE_SPACING = 1.22


class Drawing:
    """A finished chart, as a notebook shows it."""

    def __init__(self, svg: str, subject: str, data: str, title: str = "") -> None:
        self.svg = svg
        self.subject = subject
        self.data = data
        self.title = title

    def __repr__(self) -> str:
        return f"Figure: {self.subject}"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"image/svg+xml": self.svg, "text/csv": self.data, "text/plain": repr(self)}


def start(
    height: float = 3.4, *, rows: int = 1, columns: int = 1, sharex: bool = False, sharey: bool = False
) -> tuple[Figure, Any]:
    """Return a new figure in the book's style, ``height`` inches high, and its axes or array of axes."""
    # The style is global state of matplotlib: set completely each time, so that no chart depends on another.
    matplotlib.rcdefaults()
    matplotlib.style.use(STYLE_SHEET)
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    return figure, figure.subplots(rows, columns, sharex=sharex, sharey=sharey)


def finish(
    figure: Figure,
    subject: str,
    source: str,
    data: pd.DataFrame | Mapping[str, pd.DataFrame],
    *,
    title: str = "",
    subtitle: str = "",
    alt: str = "",
) -> Drawing:
    """Add title, subtitle and source, draw, and return the finished chart.

    Parameters
    ----------
    subject : str
        What the chart shows, in a few words; stored with the picture.
    source : str
        Who published the figures, and to which year; printed below the axes.
    data : pandas.DataFrame or mapping of str to pandas.DataFrame
        What is drawn; several frames are written below each other, named in the column ``part``.
    title : str
        The finding with its number, made from the data; above the axes, bold, wrapped to the width.
    subtitle : str
        What is counted, who, where, when and in which unit; below the title.
    alt : str
        The main values in a sentence, for those who cannot see the chart; follows the title in its label.

    Raises
    ------
    ValueError
        If an axis has no unit, the source no year, the data no row, or words do not fit.
    """
    if not re.search(r"\b\d{4}\b", source):
        raise ValueError(f"{subject}: source: expected who published the figures and a year, got {source!r}")
    for axes in figure.axes:
        if not (subtitle or axes.get_ylabel() or axes.get_xlabel() or axes.get_title(loc="left")):
            raise ValueError(f"{subject}: expected a unit on each axis (name_unit or a label), got none")
    figure.supxlabel(_wrap(f"Source: {source}", figure, TYPE_PT), x=0.01, ha="left", color=PALETTE["grey"])
    _add_header(figure, title, subtitle)
    out = io.StringIO()
    # The canvas draws once; savefig would draw twice, first to learn the size of what it draws.
    undated = {"Date": None, "Creator": None, "Type": None, "Format": None}
    FigureCanvasSVG(figure).print_svg(out, metadata=undated)
    _check_words_fit(figure, subject)
    svg = _make_stable(out.getvalue())
    if label := " ".join(f"{part.rstrip('.')}." for part in (title, subtitle, alt) if part):
        svg = svg.replace("<svg ", f'<svg role="img" aria-label={quoteattr(label)} ', 1)
    return Drawing(svg, subject, _format_data(subject, data), title)


def _add_header(figure: Figure, title: str, subtitle: str) -> None:
    """Write title and subtitle above the plot; the figure grows by their height."""
    parts = [
        (_wrap(words, figure, size, weight), size, weight, colour)
        for words, size, weight, colour in (
            (title, TITLE_PT, "bold", INK),
            (subtitle, TYPE_PT, "normal", PALETTE["grey"]),
        )
        if words
    ]
    heights = [(words.count("\n") + 1) * size * LINE_SPACING + 5 for words, size, _, _ in parts]
    header = sum(heights) / 72
    width, plot = figure.get_size_inches()
    figure.set_size_inches(width, plot + header)
    figure.set_layout_engine("constrained", rect=(0, 0, 1, plot / (plot + header)))
    top = 1.0
    for (words, size, weight, colour), height in zip(parts, heights, strict=True):
        figure.text(
            0.01, top, words, size=size, weight=weight, color=colour, va="top", linespacing=LINE_SPACING
        )
        top -= height / 72 / (plot + header)


def measure(words: str, size: float = TYPE_PT, weight: str = "normal") -> float:
    """Return the width of a line of text in points."""
    font = FontProperties(family="DejaVu Sans", size=size, weight=weight)
    return float(text_to_path.get_text_width_height_descent(words, font, ismath=False)[0])


def _wrap(words: str, figure: Figure, size: float, weight: str = "normal") -> str:
    """Return words in as few lines as the figure's width allows, the lines about equally long."""
    widths = {word: measure(f"{word} ", size, weight) for word in words.split()}
    limit = 0.97 * 72 * figure.get_figwidth()

    def fill(limit: float) -> list[str]:
        lines, used = [""], 0.0
        for word in words.split():
            if used and used + widths[word] > limit:
                lines, used = [*lines, ""], 0.0
            lines[-1] += f"{word} "
            used += widths[word]
        return lines

    lines = fill(limit)
    while len(tighter := fill(limit := limit - size)) == len(lines) and limit > max(widths.values()):
        lines = tighter
    return "\n".join(line.rstrip() for line in lines)


def _format_data(subject: str, data: pd.DataFrame | Mapping[str, pd.DataFrame]) -> str:
    if not isinstance(data, pd.DataFrame):
        data = pd.concat(dict(data), names=["part"]).reset_index("part")
    if data.empty:
        raise ValueError(f"{subject}: data: expected at least one row, got none")
    # Six decimals are finer than any chart here, and equal on every processor; zero has no sign.
    floats = data.select_dtypes("float").columns
    plain = data.assign(**{str(name): data[name].round(6) + 0.0 for name in floats})
    return plain.to_csv(index=False, float_format=_format_float, lineterminator="\n")


def _format_float(value: object) -> str:
    text = f"{value:.10g}"  # but never 1e-05, which no table would set as a number
    return text if "e" not in text else f"{value:.6f}".rstrip("0").rstrip(".")


def _check_words_fit(figure: Figure, subject: str) -> None:
    # The layout makes room for numbers on axes, but not for titles, labels and notes.
    ticks = {
        label
        for axes in figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        for label in axis.get_ticklabels(which="both")
    }
    for text in figure.findobj(Text):
        box = text.get_window_extent()
        if text.get_text() and text not in ticks and (box.x0 < -1 or box.x1 > figure.bbox.x1 + 1):
            raise ValueError(f"{subject}: expected words that fit the width, got {text.get_text()!r}")


def _make_stable(svg: str) -> str:
    """Return the SVG without what differs between runs and processors, and without needless digits."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->\n?", "", svg, flags=re.DOTALL)
    # Two decimals of a point are finer than any screen; identifiers have no decimal point.
    svg = re.sub(r"-?\d+\.\d{3,}", lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), svg)
    svg = re.sub(r"(?<![\w.])-0(?![\w.])", "0", svg)
    # matplotlib hashes full-precision coordinates into identifiers, and their last digit depends on the
    # processor; identifiers numbered in order of appearance do not.
    names: dict[str, str] = {}
    svg = re.sub(
        r"(?<=[\"#])[mp][0-9a-f]{10}\b", lambda m: names.setdefault(m[0], f"{m[0][0]}{len(names)}"), svg
    )
    return re.sub(r"\n\s*\n+", "\n", re.sub(r"[ \t]+\n", "\n", re.sub(r"\n +", "\n", svg))).strip() + "\n"


def name_unit(axes: Axes, text: str) -> None:
    """Write the vertical axis's unit level above the axis, so that no one has to turn their head."""
    axes.set_title(text, pad=8)


def _get_axis(axes: Axes, axis: str) -> Axis:
    return axes.yaxis if axis == "y" else axes.xaxis


def thousands(axes: Axes, *, axis: str = "y") -> None:
    """Format an axis of counts with thousands separators and whole-number ticks."""
    _get_axis(axes, axis).set_major_formatter(FuncFormatter(lambda v, _: f"{v:,.0f}"))
    _get_axis(axes, axis).set_major_locator(MaxNLocator(nbins=5, integer=True, steps=[1, 2, 5, 10]))


def percents(axes: Axes, *, axis: str = "y") -> None:
    """Format an axis of percentages with a percent sign on each tick."""
    _get_axis(axes, axis).set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}%"))


def whole_years(axes: Axes, years: Iterable[int], *, step: int | None = None) -> None:
    """Put the ticks of a time axis on multiples of ``step`` years and on the last year."""
    first, last = min(years), max(years)
    step = step or next(size for size in (1, 2, 5, 10, 20) if (last - first) / size <= 6)
    round_years = range(-(-first // step) * step, last, step)
    axes.set_xticks([*(year for year in round_years if last - year > step / 2), last])
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
    """Write a label beside a point, offset in typographic points so that scales do not move it."""
    axes.annotate(
        text,
        (x, y),
        xytext=(dx, dy),
        textcoords="offset points",
        color=colour,
        ha=ha,
        va=va,
        fontweight=weight,
        annotation_clip=False,
    )


def label_above(axes: Axes, x: Any, y: Any, text: str, *, colour: str = INK, gap: float = 6) -> None:
    """Write a bold label centred above a point."""
    label_point(axes, x, y, text, colour=colour, dx=0, dy=gap, ha="center", va="bottom", weight="bold")


def label_beside(
    axes: Axes, x: Any, y: Any, text: str, *, colour: str = INK, gap: float = 8, left: bool = False
) -> None:
    """Write a bold label to the right of a point, or to its left."""
    dx, ha = (-gap, "right") if left else (gap, "left")
    label_point(axes, x, y, text, colour=colour, dx=dx, ha=ha, weight="bold")


def mark_event(axes: Axes, x: float, text: str, *, height: float = 1.0, ha: str = "left") -> None:
    """Mark a dated event with a thin line and a label at the given height of the axes (0 to 1)."""
    axes.axvline(x, color=PALETTE["grey"], linewidth=1, linestyle=DOTTED, zorder=1)
    label_note(axes, x, height, text, ha=ha)


def label_note(axes: Axes, x: float, height: float, text: str, *, ha: str = "left") -> None:
    """Write a muted note beside a year at the given height of the axes (0 to 1)."""
    axes.annotate(
        text,
        (x, height),
        xycoords=("data", "axes fraction"),
        xytext=(4 if ha == "left" else -4, 0),
        textcoords="offset points",
        ha=ha,
        va="top",
        color=PALETTE["grey"],
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
    """Draw one interval per row as a thin bar, horizontal or upright."""
    draw = axes.hlines if horizontal else axes.vlines
    draw(frame[at], frame[low], frame[high], color=colour, linewidth=1.6, zorder=2)


def colour_series(names: Iterable[str]) -> dict[str, str]:
    """Return a colour of the palette for each of at most six series, in order."""
    names = list(names)
    if len(names) > len(PALETTE):
        raise ValueError(f"expected at most {len(PALETTE)} series, got {len(names)}: {', '.join(names)}")
    return dict(zip(names, PALETTE.values(), strict=False))
