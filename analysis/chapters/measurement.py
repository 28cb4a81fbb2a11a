"""Chapter 8: why surveys of the same people disagree."""

from __future__ import annotations

import pandas as pd
import seaborn as sns
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from analysis import text
from analysis.charts import forms, style
from analysis.charts.style import PALETTE, Drawing

RATES = {
    "employment_rate": "employed",
    "labour_force_participation_rate": "in the labour force",
    "unemployment_rate": "unemployed",
}
SURVEYS = {"khf": "Korea Hana Foundation", "nkdb": "NKDB"}


def compare_pairs(pairs: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs of rates in the order of RATES, with the limits of those whose n are both known."""
    both = pairs[pairs["indicator"].isin(list(RATES))]
    both = both.merge(known[["indicator", "year", "ci_low", "ci_high"]], on=["indicator", "year"], how="left")
    order = {name: place for place, name in enumerate(RATES)}
    both = both.assign(place=both["indicator"].map(order), rate=both["indicator"].map(RATES))
    return both.sort_values(["place", "year"], ignore_index=True)


def list_answers(rounds: pd.DataFrame) -> pd.DataFrame:
    """Return the largest round per survey and year: people, and whether they answered or were drawn only."""
    own = rounds[rounds["survey"].isin(list(SURVEYS))].copy()
    own["people"] = own["n_answered"].fillna(own["n_drawn"]).astype(int)
    own["known"] = own["n_answered"].notna().map({True: "answered", False: "drawn only"})
    own = own.sort_values("people").groupby(["survey", "year"], as_index=False).last()
    return own.sort_values(["survey", "year"], ignore_index=True)


def label_rounds(rounds: pd.DataFrame) -> pd.DataFrame:
    """Return the rounds of the surveys with their names and codes in words, what is not stated left empty."""
    names = {"khf_predecessor": "Predecessor", **SURVEYS}
    own = rounds[rounds["survey"].isin(list(names))]
    words = {name: own[name].replace("not_stated", None).str.replace("_", " ") for name in ("design", "mode")}
    return own.assign(name=own["survey"].map(names), **words).sort_values(["survey", "year"])


def draw_differences(both: pd.DataFrame, source: str) -> Drawing:
    """Draw what NKDB found less what the foundation found, in three groups, with the range of chance."""
    heights = both.groupby("rate", sort=False).size()
    figure, panels = style.start(1.3 + 0.36 * len(both), rows=len(heights), sharex=True)
    figure.clear()
    panels = figure.subplots(len(heights), 1, sharex=True, height_ratios=[*heights])
    for axes, (rate, part) in zip(panels, both.groupby("rate", sort=False), strict=True):
        axes.axvline(0, color=PALETTE["grey"], linewidth=1.2, zorder=1)
        places = pd.Series(range(len(part)), index=part.index)
        known = part["ci_low"].notna()
        axes.hlines(
            places[known], part["ci_low"][known], part["ci_high"][known], color=PALETTE["plum"], linewidth=1.8
        )
        for is_known, face in ((True, PALETTE["plum"]), (False, "white")):
            chosen = known == is_known
            axes.plot(
                part["difference"][chosen], places[chosen], linestyle="none", marker="^", markersize=8,
                color=PALETTE["plum"], markerfacecolor=face, markeredgewidth=1.6, zorder=3,
            )  # fmt: skip
        for row, place in zip(part.to_dict("records"), places, strict=True):
            right = row["difference"] > 0
            bound = row["ci_high"] if right else row["ci_low"]
            edge = row["difference"] if pd.isna(row["ci_low"]) else bound
            words = f"{'+' if right else ''}{text.decimal(row['difference'])}"
            style.label_point(
                axes, edge, place, words, dx=8 if right else -8, ha="left" if right else "right"
            )
        forms.label_rows(axes, [f"{year}" for year in part["year"]])
        axes.set_title(rate, loc="left", fontweight="bold", color=PALETTE["grey"])
        axes.set_xlim(-20, 20)
        axes.tick_params(axis="x", labelbottom=axes is panels[-1])
    panels[-1].set_xlabel("NKDB lower  ←  points  →  NKDB higher")
    widest = both.iloc[int(both["difference"].abs().argmax())]
    return style.finish(
        figure,
        "differences between two surveys",
        source,
        both[["indicator", "year", "first", "second", "difference", "ci_low", "ci_high"]],
        title=f"For {widest['year']} the surveys are {text.decimal(abs(widest['difference']))} points apart "
        f"on the share {widest['rate']}",
        subtitle="Rate found by NKDB minus rate found by the Korea Hana Foundation, people from North Korea "
        "in South Korea, percentage points. Bars: where chance alone could put it. "
        "Hollow: number of answers not known.",
        alt="Dot chart in groups with one row per year around a line at zero. Points lie on both sides: "
        + "; ".join(f"{r.rate} {r.year} {text.decimal(r.difference)}" for r in both.itertuples()),
    )


def draw_example(asked: pd.DataFrame, source: str) -> Drawing:
    """Draw the shares of one worked example with the range of chance, one row per survey."""
    figure, axes = style.start(1.3 + 0.6 * len(asked))
    forms.draw_dots(
        axes, asked, label="label", value="value", low="low", high="high", group="survey",
        colours={"nhrck": PALETTE["brick"], "khf": PALETTE["blue"]}, markers={"nhrck": "D", "khf": "o"},
    )  # fmt: skip
    for place, row in enumerate(asked.itertuples()):
        style.label_point(axes, row.high, place, text.percent(row.value, 1), dx=8, weight="bold")
    axes.set_xlim(0, 60)
    style.percents(axes, axis="x")
    first, second = asked.iloc[0], asked.iloc[1]
    return style.finish(
        figure,
        "discrimination in two surveys",
        source,
        asked[["survey", "year", "recall", "value", "low", "high", "n"]],
        title=f"{text.percent(first['value'], 1)} had ever met discrimination, "
        f"{text.percent(second['value'], 1)} in the past year",
        subtitle="Share of people from North Korea asked in South Korea. "
        "Bars: where chance alone could put it.",
        alt="Dot chart with a row per survey. The share who had ever met discrimination lies far to the "
        "right of the share for the past year, and the bars do not meet",
    )


def draw_answers(answers: pd.DataFrame, eras: pd.DataFrame, source: str) -> Drawing:
    """Draw how many people each round of two surveys heard, on a scale of equal ratios."""
    figure, axes = style.start(3.5)
    forms.shade_eras(axes, eras, [*answers[answers["survey"] == "khf"]["year"]])
    heard = answers[answers["known"] == "answered"]
    sns.scatterplot(
        heard, x="year", y="people", hue="survey", style="survey", palette=style.SURVEY_COLOURS,
        markers=style.SURVEY_MARKERS, s=55, linewidth=0, legend=False, ax=axes,
    )  # fmt: skip
    drawn = answers[answers["known"] != "answered"]
    axes.plot(
        drawn["year"], drawn["people"], linestyle="none", marker="o", markersize=7, markerfacecolor="white",
        markeredgewidth=1.6, color=style.SURVEY_COLOURS["khf"],
    )  # fmt: skip
    most = answers.iloc[int(answers["people"].argmax())]
    last = heard[heard["survey"] == "khf"].iloc[-1]
    for row, dx, dy, ha in ((most, -8, 0, "right"), (last, 0, -14, "center")):
        words = text.count(row["people"])
        style.label_point(
            axes, row["year"], row["people"], words, colour=style.SURVEY_COLOURS["khf"], dx=dx, dy=dy, ha=ha,
            weight="bold",
        )  # fmt: skip
    style.label_point(
        axes,
        2025.5,
        4600,
        SURVEYS["khf"],
        colour=style.SURVEY_COLOURS["khf"],
        dx=0,
        ha="right",
        weight="bold",
    )
    style.label_point(
        axes,
        2012.2,
        290,
        SURVEYS["nkdb"],
        colour=style.SURVEY_COLOURS["nkdb"],
        dx=0,
        ha="left",
        weight="bold",
    )
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(FixedLocator([250, 500, 1000, 2000, 4000, 8000, 16000]))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,.0f}"))
    axes.set(xlabel="", ylabel="", ylim=(180, 26000), xlim=(2004.3, answers["year"].max() + 0.8))
    style.whole_years(axes, answers["year"], step=5)
    usual = heard[heard["survey"] == "nkdb"]["people"].median()
    return style.finish(
        figure,
        "people who answered each survey",
        source,
        answers[["survey", "year", "people", "known"]],
        title=f"The foundation heard {text.count(most['people'])} people in {most['year']} and "
        f"{text.count(last['people'])} in {last['year']}, NKDB about {text.count(round(usual, -2))}",
        subtitle="People who answered each round; rings: only the number drawn is known. Each step up the "
        "axis doubles the number. The numbers at the top are the designs of the foundation's survey.",
        alt="Dot chart over the years on a doubling scale. Circles for the foundation lie high and fall "
        "after 2016; triangles for NKDB lie near 400 throughout",
    )
