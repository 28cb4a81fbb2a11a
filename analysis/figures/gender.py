"""Figures of chapter 2: women and men among entrants, by year, origin, age and work."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from analysis.charts import forms, style
from analysis.charts.style import INK, PALETTE, SEX_COLOURS, Drawing

TWO_TO_ONE = 200 / 3
WOMEN = SEX_COLOURS["female"]
# The span without a beginning is drawn back to here, dotted.
OPEN_START = 1991


def draw_share(years: pd.DataFrame, spans: pd.DataFrame, source: str) -> Drawing:
    """Draw the share of women by year with its interval, and the spans before the yearly series as bars."""
    figure, axes = style.start(3.9)
    for height, words in ((50, "half"), (TWO_TO_ONE, "two to one")):
        axes.axhline(height, color=PALETTE["grey"], linewidth=1, linestyle=(0, (2, 2)), zorder=1)
        style.label_point(axes, OPEN_START, height, words, colour=PALETTE["grey"], dx=0, dy=3, va="bottom")
    for span in spans.to_dict("records"):
        is_open = pd.isna(span["first_year"])
        ends = [OPEN_START if is_open else span["first_year"] - 0.5, span["last_year"] + 0.5]
        style.draw_band(axes, ends, [span["ci_low"]] * 2, [span["ci_high"]] * 2, WOMEN)
        dash = (0, (1, 1.5)) if is_open else "-"
        axes.hlines(span["share_pct"], *ends, color=WOMEN, linewidth=3, linestyle=dash, zorder=2)
    first = spans.iloc[0]
    style.label_point(
        axes, OPEN_START, first["ci_high"], f"everybody up to {first['last_year']}", colour=WOMEN, dx=0,
        dy=4, va="bottom",
    )  # fmt: skip
    style.draw_intervals(axes, years, at="year", low="ci_low", high="ci_high", colour=WOMEN, horizontal=False)
    axes.plot(years["year"], years["share_pct"], color=WOMEN, linewidth=1, zorder=2)
    axes.plot(years["year"], years["share_pct"], color=WOMEN, linestyle="none", marker="o", zorder=3)
    style.mark_event(axes, 2019.5, "border closed", height=0.2, ha="right")
    style.name_unit(axes, "Women among entrants")
    style.percents(axes)
    axes.set_ylim(0, 100)
    axes.set_xlim(OPEN_START - 0.5, float(years["year"].max()) + 0.7)
    axes.set_xticks(list(range(1995, int(years["year"].max()) + 1, 5)))
    return style.finish(figure, "the share of women among entrants", source, {"years": years, "spans": spans})


def draw_counts(years: pd.DataFrame, source: str) -> Drawing:
    """Draw women and men who entered, as two lines."""
    figure, axes = style.start(3.4)
    long = years.melt("year", ["female", "male"], var_name="sex", value_name="persons")
    at = int(years.sort_values("female")["year"].iloc[-1])
    forms.draw_lines(
        axes, long, x="year", y="persons", group="sex",
        labels={sex: style.SEX_LABELS[sex] for sex in ("female", "male")}, colours=SEX_COLOURS,
        label_at={sex: (at, 8) for sex in ("female", "male")},
    )  # fmt: skip
    style.mark_event(axes, 2011.5, "change of\nleader", height=1.0)
    style.mark_event(axes, 2019.5, "border\nclosed", height=1.0)
    style.name_unit(axes, "Entrants a year")
    style.thousands(axes)
    style.whole_years(axes, years["year"], step=5)
    axes.set_ylim(0, float(years["female"].max()) * 1.25)
    return style.finish(
        figure, "women and men who entered, by year", source, years[["year", "female", "male"]]
    )


def _draw_groups(axes: Axes, groups: pd.DataFrame, labels: Mapping[str, str], unit: str) -> None:
    """Fill one panel: a dot with its interval for each group, its mark saying which sex is the majority."""
    shown = groups.assign(
        label=style.relabel(groups["group"], labels),
        majority=[
            "female" if low > 50 else "male" if high < 50 else "all"
            for low, high in zip(groups["ci_low"], groups["ci_high"], strict=True)
        ],
    )
    forms.draw_dots(
        axes, shown, label="label", value="share_pct", low="ci_low", high="ci_high", group="majority",
        colours=SEX_COLOURS, markers=style.SEX_MARKERS, reference=50,
    )  # fmt: skip
    style.percents(axes, axis="x")
    axes.set_xlim(0, 100)
    axes.set_ylim(len(shown) - 0.5, -1.4)
    for sex, words, side in (("female", "more women", 1), ("male", "more men", -1)):
        style.label_point(
            axes, 50, -0.9, words, colour=SEX_COLOURS[sex], dx=6 * side, ha="left" if side > 0 else "right",
            weight="bold",
        )  # fmt: skip
    style.name_unit(axes, unit)


def draw_provinces(provinces: pd.DataFrame, labels: Mapping[str, str], source: str) -> Drawing:
    """Draw the share of women by province of origin, highest first."""
    figure, axes = style.start(1.6 + 0.3 * len(provinces))
    ordered = provinces.sort_values("share_pct", ascending=False)
    _draw_groups(axes, ordered, labels, "Women among entrants")
    return style.finish(figure, "the share of women by province of origin", source, ordered)


def draw_ages_and_work(
    ages: pd.DataFrame, age_labels: Mapping[str, str], work: pd.DataFrame, work_labels: Mapping[str, str],
    source: str,
) -> Drawing:  # fmt: skip
    """Draw the share of women by age at entry and by work in the North, in two panels."""
    figure, panels = style.start(2.5 + 0.29 * (len(ages) + len(work)), rows=2)
    _draw_groups(panels[0], ages.sort_values("group"), age_labels, "Women, by age at entry")
    _draw_groups(
        panels[1], work.sort_values("share_pct", ascending=False), work_labels, "Women, by work in the North"
    )
    return style.finish(figure, "the share of women by age and by work", source, {"age": ages, "work": work})


def draw_surveys(surveys: pd.DataFrame, source: str) -> Drawing:
    """Draw the surveys that asked about trafficking side by side, unjoined."""
    figure, axes = style.start(1.4 + 0.36 * len(surveys))
    shown = surveys.assign(kind=["exact" if exact else "approximate" for exact in surveys["is_exact"]])
    forms.draw_dots(
        axes, shown, label="label", value="share_computed_pct", low="ci_low", high="ci_high", group="kind",
        colours={"exact": PALETTE["plum"], "approximate": PALETTE["grey"]},
        markers={"exact": "o", "approximate": "D"},
    )  # fmt: skip
    style.percents(axes, axis="x")
    axes.set_xlim(0, 100)
    style.name_unit(axes, "Share of those asked")
    return style.finish(figure, "surveys that asked about trafficking", source, surveys)


def draw_trend(years: pd.DataFrame, lines: Mapping[str, pd.DataFrame], source: str) -> Drawing:
    """Draw the share of women by year and the lines fitted to two phases."""
    figure, axes = style.start(3.7)
    style.draw_intervals(axes, years, at="year", low="ci_low", high="ci_high", colour=INK, horizontal=False)
    colours = [PALETTE["blue"], PALETTE["grey"]]
    for i, line in enumerate(lines.values()):
        forms.draw_fit(
            axes, years if i == 0 else years.iloc[:0], line, x="year", y="share_pct",
            low="confidence_low", high="confidence_high", colour=colours[i],
            dashed=i > 0,
        )  # fmt: skip
    for i, (words, line) in enumerate(lines.items()):
        middle = line.iloc[len(line) // 2]
        style.label_point(
            axes, middle["year"], middle["confidence_low"], words, dx=0, dy=-18, ha="center", va="top",
            colour=colours[i], weight="bold",
        )  # fmt: skip
    style.name_unit(axes, "Women among entrants")
    style.percents(axes)
    axes.set_ylim(20, 100)
    style.whole_years(axes, years["year"], step=5)
    fitted = ["year", "mean", "confidence_low", "confidence_high"]
    return style.finish(
        figure,
        "the share of women and the lines fitted to it",
        source,
        {"observed": years[["year", "share_pct", "ci_low", "ci_high"]]}
        | {words: line[fitted] for words, line in lines.items()},
    )
