"""Figures of chapter 5: mental health by instrument and setting, against the South, and its course."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from analysis.charts import forms, style
from analysis.charts.style import INK, PALETTE, Drawing

PLACE_COLOURS = {
    "China": PALETTE["brick"],
    "community": PALETTE["teal"],
    "school": PALETTE["ochre"],
    "support centre": PALETTE["blue"],
}
PLACE_MARKERS = {"China": "^", "community": "o", "school": "s", "support centre": "D"}
GROUP_COLOURS = {"north": PALETTE["teal"], "south": PALETTE["grey"]}
GROUP_LABELS = {"north": "from the\nNorth", "south": "South\nKoreans"}
# Between these years the foundation's survey changed its sample, its age floor or its scale.
REDESIGNS = (2012.5, 2013.5, 2016.5, 2021.5)
ROW = 0.262  # inches a line of 12 pt type needs


def draw_studies(
    groups: Mapping[str, tuple[pd.DataFrame, pd.Series]], unit: str, source: str, *, subject: str
) -> Drawing:
    """Draw one row a study under headings, with the mean of studies and the span for a new one."""
    labels: list[str] = []
    bold: list[int] = []
    spots: list[tuple[int, pd.Series]] = []
    pools: list[tuple[int, pd.Series]] = []
    for name, (studies, pool) in groups.items():
        for heading, part in studies.groupby("asked_by", sort=False):
            bold.append(len(labels))
            labels.append(f"{name}, {str(heading).lower()}" if name else str(heading))
            for _, study in part.iterrows():
                spots.append((len(labels), study))
                labels.append(study["label"])
        bold.append(len(labels))
        pools.append((len(labels), pool))
        labels += [f"Mean of {pool['studies']:.0f} studies", "a new study"]
    figure, axes = style.start(0.95 + ROW * len(labels))
    for place in PLACE_COLOURS:
        rows = [(at, study) for at, study in spots if study["place"] == place]
        if rows:
            _mark(axes, rows, place)
            _name(axes, *rows[0], place)
    for at, pool in pools:
        axes.hlines(at + 1, pool["new_low"], pool["new_high"], color=PALETTE["grey"], linewidth=2)
        axes.plot([pool["new_low"], pool["new_high"]], [at + 1] * 2, "|", color=PALETTE["grey"], markersize=9)
        axes.hlines(at, pool["mean_low"], pool["mean_high"], color=INK, linewidth=3)
        axes.plot(pool["mean_pct"], at, marker="D", color=INK, markersize=8)
    axes.set_yticks(range(len(labels)), labels)
    for at in bold:
        axes.get_yticklabels()[at].set_fontweight("bold")
    axes.set_ylim(len(labels) - 0.4, -0.8)
    axes.set_xlim(0, 100)
    axes.set_xticks([0, 25, 50, 75, 100])
    style.percents(axes, axis="x")
    _bare(axes)
    axes.set_xlabel(unit, loc="right")
    columns = ["label", "asked_by", "place", "share_pct", "low_pct", "high_pct"]
    drawn = {name or subject: studies[columns] for name, (studies, _) in groups.items()}
    drawn["means"] = pd.DataFrame([pool for _, pool in pools])
    return style.finish(figure, subject, source, drawn)


def _mark(axes: Axes, rows: list[tuple[int, pd.Series]], place: str) -> None:
    at = [row for row, _ in rows]
    colour = PLACE_COLOURS[place]
    axes.hlines(
        at, [s["low_pct"] for _, s in rows], [s["high_pct"] for _, s in rows], color=colour, linewidth=1.8
    )
    axes.plot(
        [s["share_pct"] for _, s in rows],
        at,
        linestyle="none",
        marker=PLACE_MARKERS[place],
        markersize=7,
        color=colour,
    )


def _name(axes: Axes, at: int, study: pd.Series, place: str) -> None:
    """Write where people were asked beside one study, on the side that has room."""
    left = study["low_pct"] > 100 - study["high_pct"]
    style.label_point(
        axes, study["low_pct"] if left else study["high_pct"], at, place, colour=PLACE_COLOURS[place],
        dx=-6 if left else 6, ha="right" if left else "left", weight="bold",
    )  # fmt: skip


def _bare(axes: Axes) -> None:
    """Leave only upright grid lines beside labelled rows."""
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)


def draw_hazards(hazards: pd.DataFrame, source: str) -> Drawing:
    """Draw hazard ratios against South Koreans with their printed intervals on a log scale."""
    figure, axes = style.start(1.4 + 0.34 * len(hazards))
    forms.draw_dots(
        axes,
        hazards,
        label="label",
        value="value",
        low="ci_low",
        high="ci_high",
        group="who",
        colours={"all ages": PALETTE["teal"], "children": PALETTE["ochre"]},
        markers={"all ages": "o", "children": "s"},
        reference=1,
    )
    for at, row in enumerate(hazards.itertuples()):
        style.label_point(axes, row.ci_high, at, f"{row.value:.2f}", dx=6)
    axes.set_xscale("log")
    axes.set_xlim(0.9, 9.5)
    axes.xaxis.set_major_locator(FixedLocator([1, 2, 4, 8]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
    axes.set_xlabel("times South Koreans’ hazard", loc="right")
    return style.finish(figure, "hazard ratios from insurance claims", source, hazards)


def draw_impulse(shares: pd.DataFrame, source: str) -> Drawing:
    """Draw the share with an impulse in the past year in both populations, with the redesigns."""
    figure, axes = style.start(3.6)
    known = shares.dropna(subset=["ci_low"])
    for group, colour in GROUP_COLOURS.items():
        part = known[known["group"] == group].astype({"ci_low": float, "ci_high": float})
        style.draw_intervals(
            axes, part, at="year", low="ci_low", high="ci_high", colour=colour, horizontal=False
        )
    _draw_both(axes, shares, {"north": (2014, 15), "south": (2010, 10)})
    for year in REDESIGNS[-2:]:
        style.mark_event(axes, year, "survey\nredesigned", height=1.0)
    style.name_unit(axes, "% of people asked")
    style.whole_years(axes, shares["year"], step=4)
    axes.set_xlim(float(shares["year"].min()) - 1.2, float(shares["year"].max()) + 1.2)
    axes.set_ylim(0, 29)
    return style.finish(figure, "impulse in the past year in two populations", source, shares)


def _draw_both(axes: Axes, shares: pd.DataFrame, label_at: Mapping[str, tuple[float, float]]) -> None:
    labels = {group: words for group, words in GROUP_LABELS.items() if (shares["group"] == group).any()}
    forms.draw_lines(
        axes,
        shares,
        x="year",
        y="value",
        group="group",
        labels=labels,
        colours=GROUP_COLOURS,
        label_at=label_at,
        era="era",
    )


def draw_recovery(cohort: pd.DataFrame, services: pd.DataFrame, source: str) -> Drawing:
    """Draw PTSD in a followed cohort above the use of services by residents."""
    figure, (top, bottom) = style.start(5.6, rows=2)
    looks = {
        "ptsd": ("full PTSD", PALETTE["teal"], -0.04, -12),
        "ptsd_partial": ("partial PTSD", PALETTE["ochre"], 0.04, 12),
    }
    for i, (condition, (words, colour, shift, dy)) in enumerate(looks.items()):
        part = cohort[cohort["condition"] == condition]
        at = part["year"] + shift
        top.plot(at, part["share_pct"], color=colour, marker=style.MARKERS[i], linestyle=style.DASHES[i])
        top.vlines(at, part["ci_low"], part["ci_high"], color=colour, linewidth=1.6)
        middle = part["share_pct"].mean()
        style.label_point(
            top, cohort["year"].mean(), middle, words, colour=colour, dx=dy, dy=dy,
            ha="left" if dy > 0 else "right", weight="bold",
        )  # fmt: skip
    top.set_xticks(sorted(cohort["year"].unique()))
    top.set_xlim(cohort["year"].min() - 0.5, cohort["year"].max() + 0.5)
    top.set_ylim(0, 45)
    style.name_unit(top, "PTSD in the same people, %")
    forms.draw_bars(bottom, services, label="label", value="share_pct", form=lambda v: f"{v:.0f}%")
    style.name_unit(bottom, "Had used for mental health, %")
    return style.finish(
        figure,
        "recovery in a followed cohort and use of services",
        source,
        {
            "cohort": cohort[["year", "condition", "share_pct", "ci_low", "ci_high"]],
            "services": services[["label", "share_pct"]],
        },
    )


def draw_satisfaction(satisfied: pd.DataFrame, stress: pd.DataFrame, source: str) -> Drawing:
    """Draw satisfaction with life above stress in two populations, broken at the redesigns."""
    figure, (top, bottom) = style.start(5.8, rows=2, sharex=True)
    _draw_both(top, satisfied, {"north": (2019, -12)})
    _draw_both(bottom, stress, {"north": (2018, 10), "south": (2012, 10)})
    style.name_unit(top, "Satisfied with life, %")
    style.name_unit(bottom, "Under stress in daily life, %")
    for panel, breaks in ((top, REDESIGNS), (bottom, REDESIGNS[-1:])):
        for year in breaks:
            panel.axvline(year, color=PALETTE["grey"], linewidth=1, linestyle=(0, (2, 2)), zorder=1)
        panel.set_ylim(30, 92)
    bottom.set_xlim(2010.2, max(satisfied["year"].max(), stress["year"].max()) + 0.8)
    style.whole_years(bottom, [*satisfied["year"], *stress["year"]], step=4)
    return style.finish(
        figure,
        "satisfaction with life and stress",
        source,
        {"satisfied with life": satisfied, "under stress": stress},
    )


def draw_without(without: pd.DataFrame, pool: pd.Series, source: str) -> Drawing:
    """Draw the mean of studies refitted without each study in turn."""
    rows = without.sort_values("share_pct", kind="stable").reset_index(drop=True)
    figure, axes = style.start(1.3 + ROW * len(rows))
    axes.axvline(pool["mean_pct"], color=PALETTE["grey"], linewidth=1, linestyle=(0, (2, 2)))
    axes.hlines(
        rows.index, rows["prediction_low"], rows["prediction_high"], color=PALETTE["grey"], linewidth=1.2
    )
    axes.hlines(
        rows.index, rows["confidence_low"], rows["confidence_high"], color=PALETTE["blue"], linewidth=3
    )
    axes.plot(
        rows["share_pct"], rows.index, linestyle="none", marker="o", markersize=7, color=PALETTE["blue"]
    )
    axes.set_yticks(range(len(rows)), list(rows["left_out"]))
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(0, 100)
    axes.set_xticks([0, 25, 50, 75, 100])
    style.percents(axes, axis="x")
    _bare(axes)
    axes.set_xlabel("mean without that study, %", loc="right")
    drawn = [
        "left_out",
        "share_pct",
        "confidence_low",
        "confidence_high",
        "prediction_low",
        "prediction_high",
    ]
    return style.finish(figure, "the mean without each study", source, rows[drawn])
