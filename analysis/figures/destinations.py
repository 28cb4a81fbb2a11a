"""Figures of chapter 7: estimates for China, admissions to the United States, stocks of UNHCR."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from analysis.charts import style
from analysis.charts.style import PALETTE, Drawing

_ROLES = {
    "current": ("own source", PALETTE["teal"], "o"),
    "disputed": ("readings disagree", PALETTE["ochre"], "s"),
    "article": ("encyclopedia only", PALETTE["brick"], "D"),
}
_COUNTRIES = {
    "United Kingdom": "United Kingdom (refugees at year’s end)",
    "Canada": "Canada",
    "Germany": "Germany",
}


def draw_estimates(estimates: pd.DataFrame, labels: list[str], quantity: str, source: str) -> Drawing:
    """Draw estimates, one row each, as the range and the point their authors gave."""
    figure, axes = style.start(1.15 + 0.34 * len(estimates))
    axes.set_xscale("log")
    axes.set_xlim(estimates["left"].min() * 0.75, estimates["right"].max() * 1.35)
    for place, row in enumerate(estimates.to_dict("records")):
        _, colour, marker = _ROLES[row["role"]]
        if row["left"] < row["right"]:
            axes.hlines(place, row["left"], row["right"], color=colour, linewidth=3, zorder=2)
        at = row["dot"] if not pd.isna(row["dot"]) else row["right"]
        if not pd.isna(row["dot"]) or row["left"] == row["right"]:
            # A bound alone is drawn as an arrow's head, not as a point estimate.
            only_high = pd.isna(row["dot"]) and pd.isna(row["low"])
            axes.plot(at, place, marker="<" if only_high else marker, color=colour, markersize=7.5, zorder=3)
    if estimates["role"].nunique() > 1:
        for role in _ROLES:
            _name_role(axes, estimates, role)
    ticks = [5_000, 10_000, 20_000, 50_000, 100_000, 300_000]
    if estimates["right"].max() < 100_000:
        ticks.append(30_000)
    ticks = [t for t in ticks if axes.get_xlim()[0] <= t <= axes.get_xlim()[1]]
    axes.set_xticks(ticks, [f"{t // 1000}" for t in ticks])
    axes.minorticks_off()
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(f"Thousands of {quantity}")
    return style.finish(
        figure,
        f"estimates of {quantity} in China, by estimator",
        source,
        estimates[["role", "low", "dot", "left", "right"]].assign(label=labels),
    )


def _name_role(axes: Axes, estimates: pd.DataFrame, role: str) -> None:
    """Name a kind of evidence once, beside its first row, on the side that has room on the log scale."""
    places = [place for place, found in enumerate(estimates["role"]) if found == role]
    if not places:
        return
    row = estimates.iloc[places[0]]
    low, high = axes.get_xlim()
    left = row["left"] / low > high / row["right"]
    words, colour, _ = _ROLES[role]
    style.label_point(
        axes, row["left"] if left else row["right"], places[0], words, colour=colour, dx=-8 if left else 8,
        ha="right" if left else "left", weight="bold",
    )  # fmt: skip


def draw_admissions(rates: pd.DataFrame, line: pd.DataFrame, source: str) -> Drawing:
    """Draw admissions to the United States by fiscal year, with exact intervals and two means."""
    figure, axes = style.start(3.6)
    axes.vlines(
        rates["year"], rates["ci_low"], rates["ci_high"], color=PALETTE["grey"], linewidth=1.6, zorder=1
    )
    axes.plot(rates["year"], rates["value"], "o", color=style.INK, markersize=6, zorder=3, clip_on=False)
    for _, stretch in line.groupby("stretch"):
        ends = [stretch["year"].min() - 0.4, stretch["year"].max() + 0.4]
        axes.hlines(stretch["mean"].iloc[0], *ends, color=PALETTE["blue"], linewidth=2.4, zorder=2)
        style.label_point(
            axes, ends[1], stretch["mean"].iloc[0], f"mean {stretch['mean'].iloc[0]:.1f}",
            colour=PALETTE["blue"], dx=0, dy=36 if stretch["stretch"].iloc[0] else 4,
            ha="right" if stretch["stretch"].iloc[0] else "left", va="bottom", weight="bold",
        )  # fmt: skip
    style.name_unit(axes, "Refugees admitted a fiscal year")
    style.whole_years(axes, rates["year"], step=4)
    axes.set_ylim(0, None)
    return style.finish(
        figure,
        "refugee admissions to the United States by fiscal year",
        source,
        {"years": rates, "means": line},
    )


def draw_world(stocks: pd.DataFrame, source: str) -> Drawing:
    """Draw the two stocks of UNHCR added up over all countries."""
    figure, axes = style.start(3.5)
    world = stocks[stocks["is_world_total"]]
    labels = {"refugees": "refugees", "asylum_seekers": "asylum-seekers"}
    colours = {"refugees": PALETTE["blue"], "asylum_seekers": PALETTE["ochre"]}
    for i, (measure, words) in enumerate(labels.items()):
        rows = world[world["measure"] == measure]
        axes.plot(
            rows["year"], rows["value"], color=colours[measure], label=words, marker=style.MARKERS[i],
            linestyle=style.DASHES[i], markersize=5,
        )  # fmt: skip
    # The lines cross and run close, so that a label beside a line would stand on the other one.
    axes.legend(
        loc="upper left", frameon=False, borderpad=0.1, handlelength=1.6, labelcolor="linecolor",
        prop={"size": style.TYPE_PT, "weight": "bold"},
    )  # fmt: skip
    style.name_unit(axes, "Persons at the end of the year")
    style.thousands(axes)
    style.whole_years(axes, world["year"], step=6)
    axes.set_ylim(0, float(world["value"].max()) * 1.25)
    return style.finish(
        figure,
        "refugees and asylum-seekers from North Korea in the world",
        source,
        world[world["measure"].isin(labels)]
        .pivot(index="year", columns="measure", values="value")
        .reset_index()
        .reindex(columns=["year", *labels]),
    )


def draw_jumps(eras: pd.DataFrame, source: str) -> Drawing:
    """Draw refugees in three countries, their lines cut where a jump has no explanation."""
    figure, panels = style.start(6.2, rows=len(_COUNTRIES), sharex=True, sharey=True)
    for axes, (name, words) in zip(panels, _COUNTRIES.items(), strict=True):
        rows = eras[eras["country"] == name]
        for _, era in rows.groupby("era"):
            axes.plot(era["year"], era["value"], color=PALETTE["blue"], marker="o", markersize=4.5)
        small = rows[rows["cells_1_to_5"] > 0]
        axes.plot(
            small["year"], small["value"], linestyle="none", marker="o", markersize=6, zorder=4,
            markerfacecolor="white", markeredgecolor=PALETTE["blue"], markeredgewidth=1.2,
        )  # fmt: skip
        for jump in rows.dropna(subset=["before"]).to_dict("records"):
            axes.plot(
                [jump["year"] - 1, jump["year"]], [jump["before"], jump["value"]],
                color=PALETTE["brick"], linestyle=(0, (1, 1.5)), linewidth=1.8,
            )  # fmt: skip
            up = jump["value"] > jump["before"]
            style.label_point(
                axes, jump["year"], max(jump["value"], jump["before"]), f"{jump['year']}?",
                colour=PALETTE["brick"], dx=-8 if up else 4, dy=2, ha="right" if up else "left",
            )  # fmt: skip
        axes.set_title(words, loc="left", fontsize=style.TYPE_PT)
        axes.set_ylim(0, float(eras["value"].max()) * 1.2)
    style.whole_years(panels[-1], eras["year"], step=6)
    return style.finish(
        figure, "refugees from North Korea in three countries", source, eras[eras["country"].isin(_COUNTRIES)]
    )
