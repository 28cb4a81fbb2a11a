"""Figures of chapter 1: who entered the South, when, from where and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.charts import forms, style
from analysis.charts.style import PALETTE, Drawing

PROVINCE_TILES = pd.DataFrame(
    [
        ("north_hamgyong", "N Ham.", 3, 0),
        ("ryanggang", "Ryangg.", 2, 0),
        ("jagang", "Jagang", 1, 0),
        ("north_pyongan", "N Pyong.", 0, 1),
        ("south_pyongan", "S Pyong.", 1, 1),
        ("south_hamgyong", "S Ham.", 2, 1),
        ("nampo", "Nampo", 0, 2),
        ("pyongyang", "Pyongy.", 1, 2),
        ("kangwon", "Kangw.", 2, 2),
        ("south_hwanghae", "S Hwang.", 0, 3),
        ("north_hwanghae", "N Hwang.", 1, 3),
    ],
    columns=["category", "short", "column", "row"],
)


def draw_entrants(years: pd.DataFrame, source: str) -> Drawing:
    """Draw entrants a year as columns, with the peak, the drop and the closed border marked."""
    figure, axes = style.start(3.5)
    axes.bar(years["year"], years["entrants_persons"], color=PALETTE["blue"], width=0.72)
    at = years["entrants_persons"].argmax()
    peak = years.iloc[at]
    marked = years.iloc[sorted({int(at), len(years) - 1})]
    for row in marked.to_dict("records"):
        style.label_point(
            axes, row["year"], row["entrants_persons"], f"{row['entrants_persons']:,}", dx=0, dy=4,
            ha="center", va="bottom", weight="bold",
        )  # fmt: skip
    style.mark_event(axes, 2011.5, "change of\nleader", height=1.02)
    style.mark_event(axes, 2019.5, "border\nclosed", height=1.02)
    style.name_unit(axes, "Entrants a year")
    style.thousands(axes)
    style.whole_years(axes, years["year"], step=5)
    axes.set_ylim(0, float(peak["entrants_persons"]) * 1.16)
    return style.finish(figure, "entrants a year", source, years[["year", "entrants_persons"]])


def draw_expected(line: pd.DataFrame, years: pd.DataFrame, source: str) -> Drawing:
    """Draw counted entrants against the line of the years before the border closed."""
    figure, axes = style.start(3.5)
    shown = years[years["year"] >= line["year"].min()]
    names: dict[str, Any] = {
        "x": "year",
        "y": "entrants_persons",
        "low": "prediction_low",
        "high": "prediction_high",
    }
    forms.draw_fit(axes, shown.iloc[:0], line[line["year"] <= 2019], **names)
    forms.draw_fit(axes, shown, line[line["year"] >= 2019], **names, dashed=True)
    end = line.iloc[-1]
    style.label_point(
        axes, end["year"], end["prediction_high"], "expected", colour=PALETTE["blue"], dx=0, dy=6,
        ha="right", va="bottom", weight="bold",
    )  # fmt: skip
    last = shown.iloc[-1]
    style.label_point(
        axes, last["year"], last["entrants_persons"], "counted", dx=0, dy=8, ha="right", va="bottom",
        weight="bold",
    )  # fmt: skip
    style.mark_event(axes, 2019.5, "border closed", height=1.0)
    style.name_unit(axes, "Entrants a year")
    style.thousands(axes)
    style.whole_years(axes, shown["year"], step=3)
    axes.set_ylim(0, None)
    drawn = line[["year", "mean", "prediction_low", "prediction_high"]]
    counted = shown[["year", "entrants_persons"]]
    return style.finish(
        figure, "entrants counted and expected", source, counted.merge(drawn, on="year", how="left")
    )


def draw_trend(line: pd.DataFrame, source: str) -> Drawing:
    """Draw the headline model: observed years, fitted stretches and their confidence bands."""
    figure, axes = style.start(3.5)
    forms.draw_stretches(axes, line)
    style.name_unit(axes, "Entrants a year")
    style.thousands(axes)
    style.whole_years(axes, line["year"], step=5)
    axes.set_ylim(0, None)
    return style.finish(figure, "entrants a year and the fitted trend", source, line[style.FITTED])


def draw_revisions(revisions: pd.DataFrame, source: str) -> Drawing:
    """Draw, for each year, the span of figures published for it around the one in use."""
    moved = revisions[revisions["spread_persons"] > 0]
    figure, axes = style.start(0.9 + 0.27 * len(moved))
    rows = moved.assign(
        label=moved["year"].astype(str),
        first=moved["first_persons"] - moved["current_persons"],
        low=moved["lowest_persons"] - moved["current_persons"],
        high=moved["highest_persons"] - moved["current_persons"],
    )
    forms.draw_dots(
        axes, rows, label="label", value="first", low="low", high="high", reference=0,
        colours={"": PALETTE["brick"]},
    )  # fmt: skip
    axes.set_xlabel("Persons above or below the figure now in use")
    axes.spines["bottom"].set_visible(False)
    return style.finish(figure, "how figures for a year were revised", source, moved)


def draw_provinces(provinces: pd.DataFrame, source: str) -> Drawing:
    """Draw the share of all entrants that came from each province, as squares where it lies."""
    figure, axes = style.start(4.9)
    tiles = PROVINCE_TILES.merge(provinces, on="category", validate="one_to_one")
    forms.draw_tiles(
        axes, tiles, column="column", row="row", label="short", value="share_pct",
        form=lambda v: f"{v:.0f}%" if v >= 9.5 else f"{v:.1f}%",
    )  # fmt: skip
    axes.set_title("Share of all entrants", loc="left", fontsize=style.TYPE_PT)
    return style.finish(
        figure, "entrants by province of origin", source, provinces[["category", "share_pct"]]
    )


def draw_profile(rows: pd.DataFrame, labels: Mapping[str, str], source: str) -> Drawing:
    """Draw one profile, women and men side by side, as dots on a scale of shares."""
    figure, axes = style.start(1.3 + 0.36 * len(labels))
    shown = pd.concat([rows[rows["category"] == name] for name in labels])
    shown = shown.assign(label=style.relabel(shown["category"], labels))
    forms.draw_dots(
        axes, shown, label="label", value="share_pct", group="sex", colours=style.SEX_COLOURS,
        markers=style.SEX_MARKERS,
    )  # fmt: skip
    style.percents(axes, axis="x")
    axes.set_xlim(0, None)
    # The labels stand on the row where the two sexes lie furthest apart, so that they do not meet.
    gap = shown.pivot(index="label", columns="sex", values="share_pct")
    at = str((gap["female"] - gap["male"]).abs().idxmax())
    place = list(dict.fromkeys(shown["label"])).index(at)
    for sex in ("female", "male"):
        further = gap.loc[at, sex] == gap.loc[at].max()
        style.label_point(
            axes, gap.loc[at, sex], place, style.SEX_LABELS[sex], colour=style.SEX_COLOURS[sex],
            dx=8 if further else -8, ha="left" if further else "right", weight="bold",
        )  # fmt: skip
    axes.set_xlabel("Share of all women or men who entered")
    return style.finish(figure, "a profile of entrants by sex", source, shown[["label", "sex", "share_pct"]])


def draw_motives(motives: pd.DataFrame, source: str) -> Drawing:
    """Draw the share that named hardship, one row a measurement."""
    figure, axes = style.start(1.2 + 0.34 * len(motives))
    forms.draw_dots(axes, motives, label="label", value="share_pct", colours={"": PALETTE["plum"]})
    style.percents(axes, axis="x")
    axes.set_xlim(0, 100)
    axes.set_xlabel("Share that named hardship")
    return style.finish(
        figure, "hardship as the reason for leaving, by who asked", source, motives[["label", "share_pct"]]
    )
