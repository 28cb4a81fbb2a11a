"""Chapter 9: the next three years, and how such forecasts have done before."""

from __future__ import annotations

from typing import Any

import pandas as pd
import seaborn as sns

from analysis import text
from analysis.charts import forms, style
from analysis.charts.style import PALETTE, Drawing
from analysis.models import Model

CLOSED = (2020, 2022)  # years forecast that fell in the closure of the border
METHOD_COLOURS = {
    "last value": PALETTE["blue"],
    "drift": PALETTE["teal"],
    "mean of last three": PALETTE["ochre"],
    "line": PALETTE["grey"],
}
METHOD_LABELS = {
    "last value": "Last figure",
    "drift": "Plus mean change",
    "mean of last three": "Mean of last three",
    "line": "Trend line",
}


def summarise(model: Model, newest: int) -> dict[str, Any]:
    """Return the figures of the chapter's sentences: next year's forecast, past errors and hits."""
    ahead, scores, backtest = (model.table(name) for name in ("projections", "scores", "backtest"))
    first = ahead[(ahead["method"] == "last value") & (ahead["horizon"] == 1)].iloc[0]
    next_year = scores[scores["horizon"] == 1].set_index("method")
    last, line = next_year.loc["last value"], next_year.loc["line"]
    closed = _select_closed(backtest)
    return {
        "first_year": int(first["year"]),
        "forecast": first["forecast"],
        "low": first["low_95"],
        "high": first["high_95"],
        "hits": last["hits_95"],
        "forecasts": last["forecasts"],
        "last_error": last["mean_absolute_error"],
        "line_error": line["mean_absolute_error"],
        "line_ratio": line["ratio_to_last_value"],
        "best_method": next_year["mean_absolute_error"].idxmin(),
        "closed_hits": int(closed["hit_95"].sum()),
        "closed_all": len(closed),
        "last_year_forecast": model.get("last_year_last_value").value,
        "last_year_observed": model.get("last_year_observed").value,
    }


def _select_closed(backtest: pd.DataFrame) -> pd.DataFrame:
    """Return the forecasts for the closed years by repeating the last figure."""
    return backtest[backtest["method"].eq("last value") & backtest["year"].between(*CLOSED)]


def draw_projection(observed: pd.DataFrame, ahead: pd.DataFrame, source: str) -> Drawing:
    """Draw the last years and the last figure repeated, dashed, with both of its ranges."""
    projected = ahead[ahead["method"] == "last value"]
    first = projected.iloc[0]
    figure, axes = style.start(2.9)
    last = observed[["year", "entrants_persons"]].tail(1)
    columns = ["forecast", "low_80", "high_80", "low_95", "high_95"]
    start = last[["year"]].assign(**dict.fromkeys(columns, last["entrants_persons"]))
    line = pd.concat([start, projected], ignore_index=True)
    style.draw_band(axes, line["year"], line["low_95"], line["high_95"], PALETTE["blue"])
    style.draw_band(axes, line["year"], line["low_80"], line["high_80"], PALETTE["blue"])
    axes.plot(line["year"], line["forecast"], color=PALETTE["blue"], linestyle=(0, (4, 2)))
    sns.lineplot(
        observed, x="year", y="entrants_persons", ax=axes, color=style.INK, marker="o", errorbar=None
    )
    axes.axvline(float(last["year"].iloc[0]) + 0.5, color=style.FAINT, linewidth=1)
    wide = line.iloc[-2]
    style.label_point(
        axes, wide["year"] - 0.3, 1.1 * wide["high_95"], "95% range", colour=PALETTE["blue"], dx=0, ha="right"
    )
    axes.set_xlabel("")
    axes.set_ylabel("")
    style.thousands(axes)
    style.whole_years(axes, [*observed["year"].astype(int), *projected["year"].astype(int)], step=5)
    axes.set_ylim(0, None)
    low, high = text.count(first["low_95"]), text.count(first["high_95"])
    return style.finish(
        figure,
        "arrivals: the next three years",
        source,
        {"observed": observed[["year", "entrants_persons"]], "projected": projected},
        title=f"{first['year']:.0f}: about {text.count(first['forecast'])} arrivals, range {low} to {high}",
        subtitle="Arrivals in South Korea per year, persons; the darker band is the 80% range",
        alt=f"The last count is {text.count(last['entrants_persons'].iloc[0])}",
    )


def draw_errors(scores: pd.DataFrame, source: str) -> Drawing:
    """Draw the mean error of each method by how far ahead it looked."""
    rows = scores.assign(label=scores["method"].map(METHOD_LABELS))
    labels = {METHOD_LABELS[method]: colour for method, colour in METHOD_COLOURS.items()}
    figure, axes = style.start(3.0)
    sns.barplot(
        rows, x="horizon", y="mean_absolute_error", hue="label", hue_order=list(labels),
        palette=list(labels.values()), ax=axes, errorbar=None, saturation=1,
    )  # fmt: skip
    for bars in axes.containers:
        axes.bar_label(bars, fmt=lambda v: f"{v:,.0f}", padding=2, fontsize=9)  # type: ignore[arg-type]
    axes.set_xticks(range(3), ["1 year ahead", "2 years ahead", "3 years ahead"])
    axes.set_xlabel("")
    axes.set_ylabel("")
    style.thousands(axes)
    axes.legend(title=None, loc="lower left", bbox_to_anchor=(-0.1, 1), ncols=2, frameon=False, fontsize=10)
    axes.set_ylim(0, None)
    next_year = scores[scores["horizon"] == 1].set_index("method")["mean_absolute_error"]
    return style.finish(
        figure,
        "errors of past forecasts",
        source,
        rows[["label", "horizon", "forecasts", "mean_absolute_error"]],
        title=f"One year ahead, the last figure missed by {next_year['last value']:,.0f} people on average, "
        f"the trend line by {next_year['line']:,.0f}",
        subtitle="Mean error of past forecasts of arrivals per year, persons",
    )


def draw_closed_years(backtest: pd.DataFrame, observed: pd.DataFrame, source: str) -> Drawing:
    """Draw each forecast for the closed years with its range, and the figure that came."""
    rows = _select_closed(backtest).sort_values(["year", "origin"])
    rows = rows.assign(label=[f"{r.year:.0f}, made from {r.origin:.0f}" for r in rows.itertuples()])
    figure, axes = style.start(0.6 + 0.3 * len(rows))
    for place, row in enumerate(rows.itertuples()):
        axes.plot([row.low_95, row.high_95], [place, place], color=PALETTE["blue"], linewidth=1.5)
        axes.plot(row.forecast, place, color=PALETTE["blue"], marker="o")
        axes.plot(row.observed, place, color=style.INK, marker="D")
    top = rows.iloc[0]
    style.label_above(axes, top["forecast"], 0, "forecast", colour=PALETTE["blue"])
    style.label_above(axes, top["observed"], 0, "came")
    forms.label_rows(axes, list(rows["label"]))
    style.thousands(axes, axis="x")
    axes.set_xlim(0, None)
    axes.set_xlabel("")
    hits, number = int(rows["hit_95"].sum()), len(rows)
    words = f"{text.number_word(hits).capitalize()} of {text.number_word(number)}"
    return style.finish(
        figure,
        "forecasts for the closed years",
        source,
        rows[["year", "origin", "forecast", "low_95", "high_95", "observed"]],
        title=f"{words} ranges for {CLOSED[0]}–{CLOSED[1]} included the figure that came",
        subtitle="Arrivals per year, persons: forecast by repeating the last figure, with its 95% range",
    )
