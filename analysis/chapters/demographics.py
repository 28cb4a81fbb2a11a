"""Chapter 1: who came to South Korea, when, from where and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle

from analysis import text
from analysis.chapters.shared import total_by_year
from analysis.charts import forms, style
from analysis.charts.style import PALETTE, Drawing

# Short name, column and row of each province on a map of squares.
PROVINCE_TILES = {
    "north_hamgyong": ("N Ham.", 3, 0),
    "ryanggang": ("Ryangg.", 2, 0),
    "jagang": ("Jagang", 1, 0),
    "north_pyongan": ("N Pyong.", 0, 1),
    "south_pyongan": ("S Pyong.", 1, 1),
    "south_hamgyong": ("S Ham.", 2, 1),
    "nampo": ("Nampo", 0, 2),
    "pyongyang": ("Pyongy.", 1, 2),
    "kangwon": ("Kangw.", 2, 2),
    "south_hwanghae": ("S Hwang.", 0, 3),
    "north_hwanghae": ("N Hwang.", 1, 3),
}


def count_recent_women(entrants: pd.DataFrame, years: int = 3) -> float:
    """Return the share of women, in percent, among the entrants of the last years together."""
    recent = total_by_year(entrants).tail(years)
    return float(100 * recent["female"].sum() / recent["entrants_persons"].sum())


def summarise_revisions(vintages: pd.DataFrame) -> pd.DataFrame:
    """Return how the figure for each year changed between releases.

    Columns: year, releases, values (different ones), first_persons, lowest_persons, highest_persons,
    current_persons, change_pct (from the first to the current) and spread_persons.
    """
    dated = vintages[
        (vintages["sex"] == "all")
        & vintages["role"].isin(["current", "earlier", "press"])
        & (vintages["vintage"] != "undated")
        & (vintages["year"] >= 2002)
    ].sort_values(["year", "vintage"], kind="stable")
    table = dated.groupby("year")["entrants_persons"].agg(
        releases="size", values="nunique", first_persons="first", lowest_persons="min", highest_persons="max"
    )
    table["current_persons"] = dated[dated["role"] == "current"].groupby("year")["entrants_persons"].first()
    table["change_pct"] = 100 * (table["current_persons"] / table["first_persons"] - 1)
    table["spread_persons"] = table["highest_persons"] - table["lowest_persons"]
    return table[table["releases"] > 1].reset_index()


def word_break_dates(dates: pd.DataFrame, fixed: int) -> tuple[str, str]:
    """Return in words which break dates fit as well as the fixed one, and which do not."""
    alike = dates[dates["excess"] < 1]
    others = alike[alike["date"] != fixed]
    worse = [text.year(date) for date in dates.loc[dates["excess"] > 4, "date"]]
    if others.empty:
        words = f"Of the dates tried, {fixed} fits best"
    else:
        how = "as well" if fixed in set(alike["date"]) else f"better than one in {fixed}"
        low, high = alike["jump"].min(), alike["jump"].max()
        step = f"with steps from {text.interval(low, high, unit='%')}"
        if len(alike) == 1:
            step = f"with a step of {text.percent(low)}"
        years = " or ".join(map(text.year, others["date"]))
        words = f"Nor do they date it. A line that breaks in {years} fits {how}, {step}"
    return words, text.listing(worse) if worse else "none of these dates"


def draw_entrants(years: pd.DataFrame, source: str) -> Drawing:
    """Draw entrants per year as columns, with the peak, the drop and the closed border marked."""
    figure, axes = style.start(3.5)
    counts = years.set_index("year")["entrants_persons"]
    axes.bar(counts.index, counts, color=PALETTE["blue"], width=0.72)
    for year in sorted({counts.idxmax(), counts.index[-1]}):
        style.label_above(axes, year, counts[year], f"{counts[year]:,}", gap=4)
    style.mark_event(axes, 2011.5, "change of\nleader", height=1.02)
    style.mark_event(axes, 2019.5, "border\nclosed", height=1.02)
    _label_entrants(axes, counts.index, step=5)
    axes.set_ylim(0, float(counts.max()) * 1.16)
    return style.finish(figure, "entrants a year", source, years[["year", "entrants_persons"]])


def draw_expected(line: pd.DataFrame, years: pd.DataFrame, source: str) -> Drawing:
    """Draw counted entrants and the trend of the years before the border closed."""
    figure, axes = style.start(3.5)
    shown = years[years["year"] >= line["year"].min()]
    names: dict[str, Any] = {"y": "entrants_persons", "low": "prediction_low", "high": "prediction_high"}
    forms.draw_fit(axes, shown.iloc[:0], line[line["year"] <= 2019], **names)
    forms.draw_fit(axes, shown, line[line["year"] >= 2019], **names, dashed=True)
    end, last = line.iloc[-1], shown.iloc[-1]
    for x, y, words, colour, gap in (
        (end["year"], end["prediction_high"], "expected", PALETTE["blue"], 6),
        (last["year"], last["entrants_persons"], "counted", style.INK, 8),
    ):
        style.label_point(
            axes, x, y, words, colour=colour, dx=0, dy=gap, ha="right", va="bottom", weight="bold"
        )
    style.mark_event(axes, 2019.5, "border closed", height=1.0)
    _label_entrants(axes, shown["year"], step=3)
    axes.set_ylim(0, None)
    drawn = line[["year", "mean", "prediction_low", "prediction_high"]]
    counted = shown[["year", "entrants_persons"]].merge(drawn, on="year", how="left")
    return style.finish(figure, "entrants counted and expected", source, counted)


def draw_trend(line: pd.DataFrame, source: str) -> Drawing:
    """Draw the headline model: observed years, fitted segments and their confidence bands."""
    figure, axes = style.start(3.5)
    forms.draw_segments(axes, line)
    _label_entrants(axes, line["year"], step=5)
    axes.set_ylim(0, None)
    return style.finish(figure, "entrants a year and the fitted trend", source, line[style.FITTED])


def draw_revisions(revisions: pd.DataFrame, source: str) -> Drawing:
    """Draw, for each year, the range of figures published for it around the current one."""
    moved = revisions[revisions["spread_persons"] > 0]
    figure, axes = style.start(0.9 + 0.27 * len(moved))
    ends = ["first_persons", "lowest_persons", "highest_persons"]
    rows = moved[ends].sub(moved["current_persons"], axis=0).assign(label=moved["year"].astype(str))
    forms.draw_dots(
        axes,
        rows,
        label="label",
        value="first_persons",
        low="lowest_persons",
        high="highest_persons",
        reference=0,
        colours={"": PALETTE["brick"]},
    )
    axes.set_xlabel("Persons above or below the figure now in use")
    axes.spines["bottom"].set_visible(False)
    return style.finish(figure, "how figures for a year were revised", source, moved)


def draw_provinces(provinces: pd.DataFrame, source: str) -> Drawing:
    """Draw provinces as squares roughly where they are, shaded by their share of all entrants."""
    figure, axes = style.start(4.9)
    shares = provinces.set_index("category")["share_pct"]
    for place, (name, x, y) in PROVINCE_TILES.items():
        # Text must stay readable in light and dark mode, so the shade stops at a third.
        shade = 0.05 + 0.28 * shares[place] / shares.max()
        teal = PALETTE["teal"]
        square = Rectangle(
            (x - 0.47, y - 0.47), 0.94, 0.94, facecolor=to_rgba(teal, shade), edgecolor=teal, linewidth=1
        )
        axes.add_patch(square)
        share = f"{shares[place]:.0f}%" if shares[place] >= 9.5 else f"{shares[place]:.1f}%"
        axes.text(x, y - 0.14, name, ha="center", va="center")
        axes.text(x, y + 0.22, share, ha="center", va="center", weight="bold")
    axes.set(xlim=(-0.6, 3.6), ylim=(3.6, -0.6), xticks=[], yticks=[], aspect="equal")
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.set_title("Share of all entrants")
    data = provinces[["category", "share_pct"]]
    return style.finish(figure, "entrants by province of origin", source, data)


def draw_profile(rows: pd.DataFrame, labels: Mapping[str, str], source: str) -> Drawing:
    """Draw one profile, women and men side by side, as dots on a scale of shares."""
    figure, axes = style.start(1.3 + 0.36 * len(labels))
    shown = pd.concat([rows[rows["category"] == name].assign(label=label) for name, label in labels.items()])
    forms.draw_dots(
        axes,
        shown,
        label="label",
        value="share_pct",
        group="sex",
        colours=style.SEX_COLOURS,
        markers=style.SEX_MARKERS,
    )
    style.percents(axes, axis="x")
    axes.set_xlim(0, None)
    # The labels are on the row where the sexes differ most, so that they do not overlap.
    wide = shown.pivot(index="label", columns="sex", values="share_pct")
    row = str((wide["female"] - wide["male"]).abs().idxmax())
    place = list(labels.values()).index(row)
    for sex in ("female", "male"):
        value = wide.loc[row, sex]
        is_lower = bool(value < wide.loc[row].max())
        style.label_beside(
            axes, value, place, style.SEX_LABELS[sex], colour=style.SEX_COLOURS[sex], left=is_lower
        )
    axes.set_xlabel("Share of all women or men who entered")
    return style.finish(figure, "a profile of entrants by sex", source, shown[["label", "sex", "share_pct"]])


def draw_motives(motives: pd.DataFrame, source: str) -> Drawing:
    """Draw the share that named hardship, one row per measurement."""
    figure, axes = style.start(1.2 + 0.34 * len(motives))
    forms.draw_dots(axes, motives, label="label", value="share_pct", colours={"": PALETTE["plum"]})
    style.percents(axes, axis="x")
    axes.set_xlim(0, 100)
    axes.set_xlabel("Share that named hardship")
    data = motives[["label", "share_pct"]]
    return style.finish(figure, "hardship as the reason for leaving, by who asked", source, data)


def _label_entrants(axes: Axes, years: Iterable[int], *, step: int) -> None:
    style.name_unit(axes, "Entrants a year")
    style.thousands(axes)
    style.whole_years(axes, years, step=step)
