"""Figures of chapter 4: work, pay, discrimination, school, money sent home and help received."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from analysis.chapters.measurement import SURVEYS
from analysis.charts import forms, style
from analysis.charts.style import PALETTE, Drawing

OF = {"north_korean_origin": "", "general_population": ", general population"}
"""Which population a column of a figure's data tells of; people from the North go without saying."""


def _draw_series(axes: Axes, rows: pd.DataFrame, colour: str, marker: str, line: str = "-") -> None:
    """Draw one series, joined within an era only, with upright intervals where there are any."""
    shown = rows.sort_values("year")
    for _, part in shown.groupby("era", sort=False):
        axes.plot(part["year"], part["value"], color=colour, marker=marker, linestyle=line)
    if "low" in shown.columns:
        known = shown.dropna(subset=["low", "high"])
        style.draw_intervals(axes, known, at="year", low="low", high="high", colour=colour, horizontal=False)


def draw_eras(rows: pd.DataFrame, unit: str, subject: str, source: str, *, colour: str = "blue") -> Drawing:
    """Draw one series of shares whose line is broken where the survey changed."""
    figure, axes = style.start(3.2)
    shown = rows.sort_values("year")
    _draw_series(axes, shown, PALETTE[colour], "o")
    forms.mark_redesigns(axes, shown)
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
    """Draw the share of school students who left school, the widened definition apart."""
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


def draw_work(kinds: pd.DataFrame, tenure: pd.DataFrame, source: str) -> Drawing:
    """Draw the kind of work above the time in the present job, broken at the redesigns."""
    figure, (top, bottom) = style.start(6.0, rows=2, sharex=True)
    rounds = pd.concat([kinds, tenure])[["year", "era"]].drop_duplicates()
    looks = {"regular": ("regular work", "blue", "o"), "day_labour": ("day labour", "brick", "D")}
    for item, (words, colour, marker) in looks.items():
        _draw_both(top, kinds[kinds["item"] == item], words, PALETTE[colour], marker, at=kinds["year"].max())
    _draw_both(bottom, tenure, "from the North", PALETTE["teal"], "o")
    for axes, rows in ((top, kinds), (bottom, tenure)):
        spanned = rounds[rounds["year"].between(rows["year"].min(), rows["year"].max())]
        forms.mark_redesigns(axes, spanned, height=0.75)
        axes.set_ylim(0, 1.2 * float(rows["value"].max()))
    style.name_unit(top, "Share of those at work")
    style.percents(top)
    style.name_unit(bottom, "Months in the present job")
    style.whole_years(bottom, rounds["year"].astype(int), step=3)
    names = {"regular": "regular work, %", "day_labour": "day labour, %", "tenure": "months in the job"}
    both = pd.concat([kinds, tenure.assign(item="tenure")])
    drawn = _widen(both, both["item"].map(names) + both["population"].map(OF))
    return style.finish(figure, "kind of work and time in the job", source, drawn)


def _draw_both(
    axes: Axes, rows: pd.DataFrame, words: str, colour: str, marker: str, at: float | None = None
) -> None:
    """Draw people from the North as a line and the general population as grey points, both labelled.

    The labels stand beside the last points, or level with them in the year ``at``.
    """
    looks = {
        "north_korean_origin": (words, colour, marker, "-"),
        "general_population": ("in general", PALETTE["grey"], "s", "none"),
    }
    for population, (label, shade, sign, line) in looks.items():
        part = rows[rows["population"] == population].sort_values("year")
        _draw_series(axes, part, shade, sign, line)
        last = part.iloc[-1]
        style.label_point(axes, at or last["year"], last["value"], label, colour=shade, dx=8, weight="bold")


def _widen(rows: pd.DataFrame, columns: pd.Series, value: str = "value") -> pd.DataFrame:
    """Return the rows with one line a year and one column for each of the given names, in their order."""
    wide = rows.assign(column=columns).pivot(index="year", columns="column", values=value)
    return wide[list(dict.fromkeys(columns))].reset_index()


def draw_surveys(rows: pd.DataFrame, general: pd.DataFrame, unit: str, source: str) -> Drawing:
    """Draw one rate by two surveys of the same people, with the general population."""
    figure, axes = style.start(4.0)
    first, second = (rows[rows["survey"] == survey].sort_values("year") for survey in ("khf", "nkdb"))
    for part, place in ((first, "first"), (second, "second")):
        _draw_series(axes, part, *SURVEYS[place][1:])
    _draw_series(axes, general, PALETTE["grey"], "D")
    forms.mark_redesigns(axes, first, height=0.8)
    ends = [(first.iloc[-1], *SURVEYS["first"][:2]), (general.iloc[-1], "in general", PALETTE["grey"])]
    # The words of the higher line stand above it, those of the lower below.
    ends.sort(key=lambda end: float(end[0]["value"]))
    for (last, words, colour), side in zip(ends, ("top", "bottom"), strict=True):
        style.label_point(axes, last["year"], last["value"], words, colour=colour, va=side, weight="bold")
    words, colour, _ = SURVEYS["second"]
    peak = second.sort_values("value").iloc[-1]
    style.label_point(
        axes, peak["year"], peak["value"], words, colour=colour, dx=-6, dy=8, va="bottom", weight="bold"
    )
    style.name_unit(axes, unit)
    style.percents(axes)
    style.whole_years(axes, rows["year"].astype(int), step=5)
    axes.set_ylim(0, 1.3 * float(rows["value"].max()))
    return style.finish(
        figure,
        f"{unit.lower()} by two surveys",
        source,
        pd.concat([rows, general.assign(survey="khf")])[
            ["year", "survey", "population", "value", "low", "high"]
        ],
    )


def draw_sent(rows: pd.DataFrame, source: str) -> Drawing:
    """Draw who had sent money to the North, ever and within the year, as two series."""
    figure, axes = style.start(3.6)
    looks = {"ever": ("ever", "blue", "o"), "survey_year": ("within\nthe year", "plum", "s")}
    for recall, (words, colour, marker) in looks.items():
        part = rows[rows["recall"] == recall].sort_values("year")
        _draw_series(axes, part, PALETTE[colour], marker)
        last = part.iloc[-1]
        style.label_point(
            axes, last["year"], last["value"], words, colour=PALETTE[colour], dx=8, weight="bold"
        )
    forms.mark_redesigns(axes, rows)
    style.name_unit(axes, "Sent money to the North")
    style.percents(axes)
    style.whole_years(axes, rows["year"].astype(int))
    axes.set_ylim(0, 1.15 * float(rows["value"].max()))
    ends = rows.melt(["year", "recall"], ["value", "low", "high"], "end", "value_pct")
    names = {"value": ", %", "low": ", from", "high": ", to"}
    columns = ends["recall"].map({"ever": "ever", "survey_year": "within the year"}) + ends["end"].map(names)
    drawn = _widen(ends, columns, "value_pct")
    return style.finish(figure, "money sent to the North", source, drawn)


def draw_help(rows: pd.DataFrame, source: str) -> Drawing:
    """Draw who drew the livelihood benefit, by the register, broken at the reform."""
    figure, axes = style.start(3.4)
    _draw_both(axes, rows, "from the North", PALETTE["teal"], "o")
    style.mark_event(axes, 2014.5, "reform of 2015")
    style.name_unit(axes, "Draw the livelihood benefit")
    style.percents(axes)
    style.whole_years(axes, rows["year"].astype(int))
    axes.set_ylim(0, None)
    drawn = _widen(rows, "livelihood benefit, %" + rows["population"].map(OF))
    return style.finish(figure, "livelihood benefit", source, drawn)
