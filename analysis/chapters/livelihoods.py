"""Chapter 4: work, pay, discrimination, school, money sent home and help received."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from analysis import text
from analysis.charts import forms, style
from analysis.charts.style import PALETTE, Drawing

NORTH, GENERAL = "north_korean_origin", "general_population"
DESIGNS = "The numbers at the top are the designs of the survey"
BIRTHPLACES = {  # words and colour, from the left
    "third_country": ("third countries", PALETTE["plum"]),
    "north_korea": ("North Korea", PALETTE["blue"]),
    "south_korea": ("South Korea", PALETTE["grey"]),
}


def compare_sexes(
    results: pd.DataFrame, indicator: str, whole: str = "", survey: str = "khf"
) -> pd.DataFrame:
    """Return year, female, male and all in the years in which a survey published both sexes.

    ``whole`` is the indicator of the last column, where it has another name.
    """
    rows = results[
        (results["survey"] == survey)
        & results["subgroup"].isna()
        & results["item"].isna()
        & (results["population"] == NORTH)
    ]
    sexes = rows[(rows["indicator"] == indicator) & rows["sex"].isin(["female", "male"])]
    if sexes.empty:
        raise ValueError(f"survey_results: expected an indicator that {survey} has by sex, got {indicator}")
    wide = sexes.pivot_table(index="year", columns="sex", values="value").dropna()
    both = rows[(rows["sex"] == "all") & (rows["indicator"] == (whole or indicator))]
    wide["all"] = both.set_index("year")["value"]
    return wide.reset_index().rename_axis(columns=None)


def infer_share_female(means: pd.DataFrame) -> pd.Series:
    """Return the share of women, in percent, with which the means of women and men give the mean of all."""
    for row in means.to_dict("records"):
        low, high = sorted((row["female"], row["male"]))
        if not low <= row["all"] <= high:
            raise ValueError(f"{row['year']}: all: expected {low:g} to {high:g}, got {row['all']:g}")
    return 100 * (means["male"] - means["all"]) / (means["male"] - means["female"])


def split_changes(series: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return how much each measure changed within one design of its survey and between two designs.

    Between the last round of one design and the first of the next, the design and the years both
    contribute. Columns: measure, first_year, last_year, total, within and between.
    """
    rows = []
    for measure, levels in series.items():
        ordered = levels.sort_values("year")
        again = ordered["year"][ordered["year"].duplicated()]
        if not again.empty:
            raise ValueError(f"{measure}: expected one row per year, got two for {again.iloc[0]}")
        steps = ordered["value"].diff().iloc[1:]
        is_within = (ordered["era"] == ordered["era"].shift()).iloc[1:]
        rows.append(
            {
                "measure": measure,
                "first_year": ordered["year"].iloc[0],
                "last_year": ordered["year"].iloc[-1],
                "total": steps.sum(),
                "within": steps[is_within].sum(),
                "between": steps[~is_within].sum(),
            }
        )
    return pd.DataFrame(rows)


def word_populations(key: str, row: pd.Series) -> dict[str, str]:
    """Return a row of :func:`shared.compare_populations` in words: ``…_year``, ``…_own`` and ``…_south``."""
    columns = {"own": NORTH, "south": GENERAL}
    words = {f"{key}_{name}": text.percent(row[column], 1) for name, column in columns.items()}
    return {f"{key}_year": text.year(row["year"]), **words}


def pair_ends(series: Mapping[str, tuple[pd.DataFrame, str]]) -> pd.DataFrame:
    """Return the first and the last value of each measure and their years; the unit is pct or months."""
    rows = []
    for measure, (levels, unit) in series.items():
        first, last = levels.sort_values("year").iloc[[0, -1]].to_dict("records")
        rows.append(
            {
                "measure": measure,
                "unit": unit,
                "first_year": first["year"],
                "first": first["value"],
                "last_year": last["year"],
                "last": last["value"],
            }
        )
    return pd.DataFrame(rows)


def count_pupils(education: pd.DataFrame) -> pd.DataFrame:
    """Return pupils by birthplace, one row per year whose birthplaces add up to all.

    Columns: year, population, all, third_country, north_korea, south_korea (persons) and source_id.
    Where only one of the two birthplaces was published, the other is the rest.
    """
    rows = education[(education["indicator"] == "students") & (education["year_basis"] == "april_count")]
    rows = rows[rows["level"].isin(["primary_to_upper_secondary", "all_schools"])]
    keys = ["year", "population", "level"]
    wide = rows.pivot_table(index=keys, columns="birthplace", values="value").dropna(subset="third_country")
    rest = wide["all"] - wide["third_country"] - wide["south_korea"].fillna(0)
    wide["north_korea"] = wide["north_korea"].fillna(rest)
    if (wide["north_korea"] != rest).any():
        raise ValueError("education: expected birthplaces that add up to all pupils")
    wide["source_id"] = rows[rows["birthplace"] == "third_country"].set_index(keys)["source_id"]
    return wide.reset_index().rename_axis(columns=None)


def draw_gap(gaps: pd.DataFrame, levels: Mapping[str, float], eras: pd.DataFrame, source: str) -> Drawing:
    """Draw the gap in employment by year with its level before and since the redesign of 2017."""
    figure, axes = style.start(3.3)
    gaps = gaps.sort_values("year")
    forms.shade_eras(axes, eras, [*gaps["year"]])
    axes.axhline(0, color=PALETTE["grey"], linewidth=1.2, zorder=1)
    right = gaps["year"].max() + 0.5
    style.label_point(
        axes, right, 0, "general population", colour=PALETTE["grey"], dx=0, dy=2, ha="right", va="bottom"
    )
    spans = {"before": (2010.5, 2016.5), "since": (2016.5, right)}
    for name, (start, end) in spans.items():
        axes.hlines(levels[name], start, end, color=PALETTE["blue"], linewidth=1, linestyle=style.DOTTED)
    _plot_eras(axes, gaps, PALETTE["blue"], "o")
    first, last = gaps.iloc[0], gaps.iloc[-1]
    for row in (first, last):
        words = text.decimal(row["value"])
        style.label_point(
            axes, row["year"], row["value"], words, colour=PALETTE["blue"], dx=2, dy=8, ha="center",
            va="bottom", weight="bold",
        )  # fmt: skip
    for year, name, dy, va in ((2014.9, "before", -4, "top"), (2021.4, "since", 4, "bottom")):
        words = f"level {text.decimal(levels[name])}"
        style.label_point(
            axes, year, levels[name], words, colour=PALETTE["grey"], dx=0, dy=dy, ha="center", va=va
        )
    axes.set_ylim(-11, 3)
    axes.set_xlim(2010.2, right + 0.3)
    axes.set_yticks(range(-10, 1, 2))
    axes.set(xlabel="", ylabel="")
    style.whole_years(axes, gaps["year"], step=5)
    word = text.direction(
        abs(last["value"]), abs(first["value"]), up="wider", down="narrower", same="as wide"
    )
    return style.finish(
        figure,
        "gap in employment",
        source,
        gaps[["year", "era", "north_korean_origin", "general_population", "value"]],
        title=f"The employment gap is {word}: {text.decimal(abs(last['value']))} points in {last['year']}, "
        f"{text.decimal(abs(first['value']))} in {first['year']}",
        subtitle="Employment rate of people from North Korea minus that of the general population of South "
        f"Korea, percentage points. {DESIGNS}.",
        alt=f"Line chart in pieces. The gap is about {text.decimal(levels['before'])} points until 2014 and "
        f"about {text.decimal(levels['since'])} from 2018 on, with the widest gap since then in 2020.",
    )


def draw_then_now(ends: pd.DataFrame, source: str) -> Drawing:
    """Draw the first and the last value of each measure as two dots joined by a line."""
    heights = ends.groupby("unit", sort=False).size()
    figure, _ = style.start(1.2 + 0.62 * len(ends))
    figure.clear()
    panels = figure.subplots(len(heights), 1, height_ratios=[*heights])
    for axes, (unit, part) in zip(panels, ends.groupby("unit", sort=False), strict=True):
        places = range(len(part))
        axes.hlines(places, part["first"], part["last"], color=style.FAINT, linewidth=3, zorder=1)
        form = text.percent if unit == "pct" else text.count
        for side, other, face in (("first", "last", "white"), ("last", "first", PALETTE["blue"])):
            axes.plot(
                part[side], places, linestyle="none", marker="o", markersize=8, markeredgewidth=1.6,
                color=PALETTE["blue"], markerfacecolor=face, clip_on=False,
            )  # fmt: skip
            for place, row in zip(places, part.to_dict("records"), strict=True):
                right = row[side] > row[other]
                style.label_point(
                    axes, row[side], place, form(row[side]), colour=PALETTE["blue"], dx=8 if right else -8,
                    ha="left" if right else "right", weight="bold" if side == "last" else "normal",
                )  # fmt: skip
        labels = [
            f"{row['measure']}\n{row['first_year']} and {row['last_year']}" for row in part.to_dict("records")
        ]
        forms.label_rows(axes, labels)
        axes.set_xlim(*((-10, 100) if unit == "pct" else (-6, 60)))
        axes.set_xticks(range(0, 101, 20) if unit == "pct" else range(0, 61, 20))
        if unit == "pct":
            style.percents(axes, axis="x")
        else:
            axes.set_xlabel("Months")
    found = ends.set_index("measure")
    pay, benefit = found.loc["Pay"], found.loc["Livelihood benefit"]
    words = [text.percent(row[side]) for row in (pay, benefit) for side in ("first", "last")]
    pay_word, benefit_word = (
        text.direction(row["last"], row["first"], up="up", down="down", same="still")
        for row in (pay, benefit)
    )
    return style.finish(
        figure,
        "then and now",
        source,
        ends,
        title=f"Pay {pay_word} from {words[0]} to {words[1]} of the average, "
        f"livelihood benefit {benefit_word} from {words[2]} to {words[3]}",
        subtitle="People from North Korea in South Korea: first year found (ring) and newest (dot). "
        "Surveys changed in between.",
        alt="Rows with a ring and a dot joined by a line: "
        + "; ".join(
            f"{r.measure} {r.first:g} in {r.first_year}, {r.last:g} in {r.last_year}"
            for r in ends.itertuples()
        ),
    )


def draw_composition(gaps: pd.DataFrame, source: str) -> Drawing:
    """Draw the gap to the same sex of women and men, and the gap of both together."""
    figure, axes = style.start(2.3)
    row = gaps.iloc[-1]
    shown = pd.DataFrame(
        {
            "who": ["women", "men", "both together"],
            "sex": ["female", "male", "all"],
            "points": row[["female", "male", "all"]].astype(float).to_numpy(),
        }
    )  # fmt: skip
    sns.barplot(
        shown, x="points", y="who", hue="sex", palette=style.SEX_COLOURS, legend=False, ax=axes, width=0.6,
        saturation=1, errorbar=None,
    )  # fmt: skip
    for place, points in enumerate(shown["points"]):
        dx, side = (5, "left") if points > 0 else (-5, "right")
        words = f"{'+' if points > 0 else ''}{text.decimal(points)}"
        style.label_point(axes, points, place, words, dx=dx, ha=side, weight="bold")
    axes.axvline(0, color=PALETTE["grey"], linewidth=1.2)
    axes.set(xlabel="", ylabel="", xlim=(-4, 4))
    forms.clear_axes(axes)
    women, men, both = shown["points"]
    return style.finish(
        figure,
        "gap in employment by sex",
        source,
        shown.drop(columns="sex"),
        title=f"Women and men are {text.decimal(women)} and {text.decimal(men)} points ahead of their own "
        f"sex, both together {text.decimal(abs(both))} behind",
        subtitle="Employment rate of people from North Korea minus that of women, men and everyone in the "
        f"general population, percentage points, {row['year']:.0f}",
        alt="Bar chart with a bar to the right for women and for men and a bar to the left for both together",
    )


def draw_wages(wages: pd.DataFrame, eras: pd.DataFrame, source: str) -> Drawing:
    """Draw the mean wage as a share of the general average, in pieces."""
    figure, axes = style.start(3.0)
    wages = wages.sort_values("year")
    forms.shade_eras(axes, eras, [*wages["year"]])
    sns.lineplot(
        wages, x="year", y="value", units="era", estimator=None, color=PALETTE["blue"], marker="o",
        markeredgewidth=0, ax=axes,
    )  # fmt: skip
    top, last, first = wages.iloc[int(wages["value"].argmax())], wages.iloc[-1], wages.iloc[0]
    for row in (first, top, last):
        style.label_above(axes, row["year"], row["value"], text.percent(row["value"]), colour=PALETTE["blue"])
    axes.axhline(100, color=PALETTE["grey"], linewidth=1.2)
    style.label_point(axes, 2010.6, 100, "general average", colour=PALETTE["grey"], dx=0, dy=-3, va="top")
    _label_shares(axes, wages, step=5)
    axes.set(ylim=(50, 108), xlim=(2010.4, wages["year"].max() + 0.9))
    since = text.direction(last["value"], top["value"], up="and on", down="then slipped", same="and stayed")
    return style.finish(
        figure,
        "mean wage as a share of the general average",
        source,
        wages[["year", "era", "north_korean_origin", "general_population", "value"]],
        title=f"Pay rose to {text.percent(top['value'])} of the general average by {top['year']}, {since} to "
        f"{text.percent(last['value'])}",
        subtitle="Mean monthly wage of employees from North Korea, as a share of the mean for the general "
        f"population of South Korea. The axis starts at half. {DESIGNS}.",
        alt=f"Line chart in pieces that rises from {text.percent(first['value'])} in {first['year']} and is "
        f"nearly level after {top['year']}",
    )


def draw_kinds(kinds: pd.DataFrame, eras: pd.DataFrame, source: str) -> Drawing:
    """Draw regular work and day labour as shares of those at work, with the general population."""
    figure, axes = style.start(3.3)
    forms.shade_eras(axes, eras, [*kinds["year"]])
    looks = {"regular": ("regular work", "blue", "o"), "day_labour": ("day labour", "ochre", "D")}
    own = kinds[kinds["population"] == NORTH].reset_index(drop=True)
    own["part"] = own["item"] + own["era"]
    sns.lineplot(
        own, x="year", y="value", hue="item", style="item", units="part", estimator=None, dashes=False,
        palette={item: PALETTE[colour] for item, (_, colour, _) in looks.items()},
        markers={item: marker for item, (*_, marker) in looks.items()}, markeredgewidth=0,
        legend=False, ax=axes,
    )  # fmt: skip
    for item, (words, colour, _) in looks.items():
        part = own[own["item"] == item].sort_values("year")
        others = kinds[(kinds["population"] == GENERAL) & (kinds["item"] == item)]
        axes.plot(
            others["year"], others["value"], linestyle="none", marker="s", markersize=6, color=PALETTE["grey"]
        )
        last = part.iloc[-1]
        label = f"{words}\n{text.percent(last['value'])}"
        style.label_beside(axes, last["year"], last["value"], label, colour=PALETTE[colour])
        if item == "day_labour":
            x, y = others.sort_values("year").iloc[-1][["year", "value"]]
            style.label_point(axes, x, y, "general population", colour=PALETTE["grey"], dx=8)
    _label_shares(axes, kinds, step=2)
    axes.set(ylim=(0, 80), xlim=(2010.5, kinds["year"].max() + 2.6))
    regular = own[own["item"] == "regular"].sort_values("year")
    first, last = regular.iloc[0], regular.iloc[-1]
    word = text.direction(last["value"], first["value"])
    return style.finish(
        figure,
        "kind of work",
        source,
        kinds[["year", "era", "item", "population", "value"]],
        title=f"Regular work {word} from {text.percent(first['value'])} of those at work in {first['year']} "
        f"to {text.percent(last['value'])} in {last['year']}",
        subtitle="Share of people from North Korea at work in South Korea. Grey squares: general population. "
        f"{DESIGNS}.",
        alt="Two lines in pieces: regular work high and rising, day labour lower and falling until 2014",
    )


def draw_discrimination(rows: pd.DataFrame, eras: pd.DataFrame, source: str) -> Drawing:
    """Draw the share who report discrimination, with the range of chance where it is known."""
    figure, axes = style.start(3.0)
    rows = rows.sort_values("year")
    forms.shade_eras(axes, eras, [*rows["year"]])
    _plot_eras(axes, rows, PALETTE["blue"], "o")
    same = rows[rows["era"] == rows["era"].iloc[-1]]
    first, last = same.iloc[0], same.iloc[-1]
    style.label_above(
        axes, first["year"], first["high"], text.percent(first["value"], 1), colour=PALETTE["blue"]
    )
    style.label_beside(
        axes, last["year"], last["value"], text.percent(last["value"], 1), colour=PALETTE["blue"]
    )
    _label_shares(axes, rows, step=2)
    axes.set(ylim=(0, 32), xlim=(2013.5, rows["year"].max() + 1.6))
    word = text.direction(last["value"], first["value"], up="more than", down="fewer than", same="as many as")
    return style.finish(
        figure,
        "discrimination reported",
        source,
        rows[["year", "era", "value", "low", "high"]],
        title=f"{text.percent(last['value'], 1)} reported discrimination in {last['year']}, {word} the "
        f"{text.percent(first['value'], 1)} of {first['year']}",
        subtitle="Share of people from North Korea in South Korea who report it for the past year. Bars: "
        f"where chance alone could put it; no bar, no number of answers. {DESIGNS}.",
        alt="Line chart that falls from a fifth and more to the lowest share in the newest year, with a "
        "small rise in 2022",
    )


def draw_surveys(rates: pd.DataFrame, eras: Mapping[str, pd.DataFrame], source: str) -> Drawing:
    """Draw unemployment by the foundation above and by the institute below, each with its comparison."""
    figure, panels = style.start(5.2, rows=2, sharex=True, sharey=True)
    names = {"khf": "Korea Hana Foundation", "nkdb": "NKDB, a private institute"}
    own = rates[rates["population"] == NORTH]
    for axes, (survey, name) in zip(panels, names.items(), strict=True):
        forms.shade_eras(axes, eras[survey], [*own[own["survey"] == survey]["year"]])
        shown = rates[rates["survey"] == survey]
        general = shown[shown["population"] == GENERAL]
        axes.plot(
            general["year"],
            general["value"],
            linestyle="none",
            marker="s",
            markersize=6,
            color=PALETTE["grey"],
        )
        colour = style.SURVEY_COLOURS[survey]
        _plot_eras(axes, shown[shown["population"] == NORTH], colour, style.SURVEY_MARKERS[survey])
        axes.set_title(name, color=colour, fontweight="bold", loc="left")
        style.percents(axes)
        axes.set(xlabel="", ylabel="", ylim=(0, 30))
    others = rates[(rates["population"] == GENERAL) & (rates["survey"] == "nkdb")].set_index("year")["value"]
    style.label_point(panels[1], 2012, others[2012], "general population", colour=PALETTE["grey"])
    style.whole_years(panels[1], own["year"], step=5)
    wide = own.pivot_table(index="year", columns="survey", values="value").dropna()
    year = wide.index[int((wide["nkdb"] - wide["khf"]).abs().argmax())]
    for axes, survey in zip(panels, names, strict=True):
        words = text.percent(wide.loc[year, survey], 1)
        style.label_beside(
            axes,
            year,
            wide.loc[year, survey],
            words,
            colour=style.SURVEY_COLOURS[survey],
            left=survey == "khf",
        )
    first, second = (text.percent(wide.loc[year, s], 1) for s in names)
    return style.finish(
        figure,
        "unemployment by two surveys",
        source,
        rates[["year", "survey", "era", "population", "value", "low", "high"]],
        title=f"For {year} the institute found {second} unemployed, the foundation {first}",
        subtitle="Share of the labour force, people from North Korea in South Korea. Bars: where chance "
        f"alone could put it. {DESIGNS}.",
        alt="Two line charts, one above the other. The foundation's line stays between about 4% and 12%; the "
        "institute's starts near 27% in 2005, and is close to the foundation's in 2023",
    )


def draw_help(rows: pd.DataFrame, source: str) -> Drawing:
    """Draw who received the livelihood benefit, by the register, broken at the reform."""
    figure, axes = style.start(3.1)
    for population in (GENERAL, NORTH):
        part = rows[rows["population"] == population].sort_values("year")
        colour, marker = style.POPULATION_COLOURS[population], style.POPULATION_MARKERS[population]
        _plot_eras(axes, part, colour, marker, line="-" if population == NORTH else "none")
    own = rows[rows["population"] == NORTH].sort_values("year")
    first, last = own.iloc[0], own.iloc[-1]
    style.label_beside(
        axes, first["year"], first["value"], text.percent(first["value"], 1), colour=PALETTE["blue"]
    )
    style.label_above(
        axes, last["year"], last["value"], text.percent(last["value"], 1), colour=PALETTE["blue"]
    )
    x, y = rows[rows["population"] == GENERAL].sort_values("year").iloc[-1][["year", "value"]]
    style.label_beside(axes, x, y, "general population", colour=PALETTE["grey"])
    style.mark_event(axes, 2014.5, "reform of 2015")
    _label_shares(axes, rows, step=5)
    axes.set(ylim=(0, 72), xlim=(2006.4, last["year"] + 1.2))
    word = text.direction(last["value"], first["value"])
    return style.finish(
        figure,
        "livelihood benefit",
        source,
        rows[["year", "era", "population", "value"]],
        title=f"The share on livelihood benefit {word} from {text.percent(first['value'], 1)} in "
        f"{first['year']} to {text.percent(last['value'], 1)} in {last['year']}",
        subtitle="People from North Korea living in South Korea who received it, counted in registers. The "
        "reform of 2015 split the benefit.",
        alt="Line chart that falls steeply until the reform and is nearly level after it, with two squares "
        "for the general population close to the axis",
    )


def draw_pupils(pupils: pd.DataFrame, source: str) -> Drawing:
    """Draw pupils by birthplace as bars of 100%, one per year, the wider definition last."""
    figure, axes = style.start(1.0 + 0.5 * len(pupils))
    shares = pupils.fillna({"south_korea": 0.0})
    start = pd.Series(0.0, index=shares.index)
    for place, (words, colour) in BIRTHPLACES.items():
        width = 100 * shares[place] / shares["all"]
        axes.barh(range(len(shares)), width, left=start, color=colour, height=0.66)
        for row, (left, wide) in enumerate(zip(start, width, strict=True)):
            if wide:
                axes.text(
                    left + wide / 2,
                    row,
                    text.percent(wide),
                    color="white",
                    ha="center",
                    va="center",
                    weight="bold",
                )
        row = len(shares) - 1 if place == "south_korea" else 0
        x = start.iloc[row] + width.iloc[row] / 2
        if place == "south_korea":
            style.label_point(
                axes, x, row, words, colour=colour, dx=0, dy=-16, ha="center", va="top", weight="bold"
            )
        else:
            style.label_point(
                axes, x, row, words, colour=colour, dx=0, dy=16, ha="center", va="bottom", weight="bold"
            )
        start = start + width
    wider = shares["population"] == "north_korean_background"
    labels = [
        f"{year}{', wider' if wide else ''}\n{text.count(persons)} pupils"
        for year, wide, persons in zip(shares["year"], wider, shares["all"], strict=True)
    ]
    forms.label_rows(axes, labels)
    forms.clear_axes(axes)
    axes.set(xlim=(0, 100), ylim=(len(shares) - 0.3, -0.75), xlabel=" ", ylabel="")
    narrow = shares[~wider]
    first, last = narrow.iloc[0], narrow.iloc[-1]
    found = [text.percent(100 * row["third_country"] / row["all"]) for row in (first, last)]
    return style.finish(
        figure,
        "pupils by birthplace",
        source,
        pupils.drop(columns=["source_id", "level"]),
        title=f"{found[1]} of pupils were born in third countries in {last['year']}, "
        f"{found[0]} in {first['year']}",
        subtitle="Children of people from North Korea at primary and secondary schools in South Korea, by "
        "birthplace. The wider count adds children born in South Korea and other schools.",
        alt="Stacked bars, one per year; the part born in third countries grows up to 2022, and in the wider "
        "count more than half were born in South Korea",
    )


def draw_schools(rows: pd.DataFrame, source: str) -> Drawing:
    """Draw the share of pupils who left school, with the wider definition as a separate point."""
    figure, axes = style.start(3.1)
    own = rows[rows["population"] == NORTH].sort_values("year")
    sns.lineplot(
        own, x="year", y="value", color=PALETTE["blue"], marker="o", markeredgewidth=0, errorbar=None, ax=axes
    )
    wide = rows[rows["population"] == "north_korean_background"].iloc[-1]
    axes.plot(
        wide["year"],
        wide["value"],
        linestyle="none",
        marker="D",
        color=PALETTE["blue"],
        markerfacecolor="white",
    )
    style.label_above(axes, wide["year"], wide["value"], "wider count", colour=PALETTE["blue"])
    general = rows[rows["population"] == GENERAL].sort_values("year")
    axes.plot(
        general["year"], general["value"], linestyle="none", marker="s", markersize=6, color=PALETTE["grey"]
    )
    x, y = general.iloc[0][["year", "value"]]
    style.label_point(axes, x, y, "all pupils", colour=PALETTE["grey"], dx=8)
    first, last = own.iloc[0], own.iloc[-1]
    style.label_beside(
        axes, first["year"], first["value"], text.percent(first["value"], 1), colour=PALETTE["blue"]
    )
    style.label_point(
        axes, last["year"], last["value"], text.percent(last["value"], 1), colour=PALETTE["blue"], dx=0,
        dy=-6,         ha="center", va="top", weight="bold",
    )  # fmt: skip
    _label_shares(axes, rows, step=5)
    axes.set(ylim=(0, 12), xlim=(2007.4, rows["year"].max() + 1.4))
    word = text.direction(last["value"], first["value"])
    return style.finish(
        figure,
        "pupils who left school",
        source,
        rows[["year", "population", "value", "definition"]],
        title=f"The share who left school {word} from {text.percent(first['value'], 1)} in {first['year']} "
        f"to {text.percent(last['value'], 1)} in {last['year']}",
        subtitle="Primary and secondary school pupils in South Korea whose parents came from North Korea, "
        "left within a year. The wider count adds children born in South Korea.",
        alt="Line chart that falls steeply at first and is low and uneven after 2012, with a diamond for the "
        "wider count and squares for all pupils",
    )


def draw_sent(rows: pd.DataFrame, eras: pd.DataFrame, source: str) -> Drawing:
    """Draw who had sent money to North Korea, ever on the left and within the year on the right."""
    figure, panels = style.start(3.2, columns=2, sharey=True)
    looks = {"ever": "ever", "survey_year": "within the year"}
    words = {}
    for axes, (recall, name) in zip(panels, looks.items(), strict=True):
        part = rows[rows["recall"] == recall].sort_values("year")
        forms.shade_eras(axes, eras[eras["first"] >= 2010].assign(number=[1, 2]), [*part["year"]])
        _plot_eras(axes, part, style.SURVEY_COLOURS["nkdb"], style.SURVEY_MARKERS["nkdb"])
        axes.set_title(name, color=style.SURVEY_COLOURS["nkdb"], fontweight="bold", loc="left")
        style.percents(axes)
        axes.set(xlabel="", ylabel="", ylim=(0, 100))
        style.whole_years(axes, part["year"], step=5 if recall == "ever" else 1)
        last = part.iloc[-1]
        words[recall] = text.percent(last["value"], 1)
        style.label_point(
            axes, last["year"], last["value"], words[recall], colour=style.SURVEY_COLOURS["nkdb"], dx=0,
            dy=12,             ha="center", va="bottom", weight="bold",
        )  # fmt: skip
    ever = rows[rows["recall"] == "ever"]["year"].max()
    lately = rows[rows["recall"] == "survey_year"]["year"].max()
    return style.finish(
        figure,
        "money sent to North Korea",
        source,
        rows[["year", "era", "recall", "value", "low", "high"]],
        title=f"{words['ever']} had ever sent money home ({ever}), "
        f"{words['survey_year']} within the year ({lately})",
        subtitle="Share of people from North Korea asked by NKDB. Bars: where chance alone could put it. "
        f"{DESIGNS}.",
        alt="Two line charts. The share who ever sent money rises; the share within the year falls and is "
        "far lower",
    )


def _plot_eras(axes: Axes, rows: pd.DataFrame, colour: str, marker: str, line: str = "-") -> None:
    """Draw one series, joined within a design only, with its intervals if any."""
    shown = rows.sort_values("year")
    for _, part in shown.groupby("era", sort=False):
        axes.plot(part["year"], part["value"], color=colour, marker=marker, linestyle=line)
    if "low" in shown.columns:
        known = shown.dropna(subset=["low", "high"])
        style.draw_intervals(axes, known, at="year", low="low", high="high", colour=colour, horizontal=False)


def _label_shares(axes: Axes, rows: pd.DataFrame, *, step: int) -> None:
    style.percents(axes)
    style.whole_years(axes, rows["year"].astype(int), step=step)
    axes.set(xlabel="", ylabel="")
