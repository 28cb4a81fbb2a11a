"""Chapter 4: work, pay, discrimination, school, money sent home and help received."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from analysis import text
from analysis.chapters.measurement import SURVEYS
from analysis.chapters.shared import percent
from analysis.charts import forms, style
from analysis.charts.style import PALETTE, Drawing

# How a column of a chart's data names its population; people from North Korea need no name.
POPULATION_SUFFIX = {"north_korean_origin": "", "general_population": ", general population"}


def compare_sexes(
    results: pd.DataFrame, indicator: str, whole: str = "", survey: str = "khf"
) -> pd.DataFrame:
    """Return year, female, male, all and general_population in the years a survey published both sexes.

    ``whole`` is the indicator of the last two columns, where it has another name.
    """
    rows = results[(results["survey"] == survey) & results["subgroup"].isna() & results["item"].isna()]
    own = rows[(rows["population"] == "north_korean_origin") & (rows["indicator"] == indicator)]
    sexes = own[own["sex"].isin(["female", "male"])]
    if sexes.empty:
        raise ValueError(f"survey_results: expected an indicator that {survey} has by sex, got {indicator}")
    wide = sexes.pivot_table(index="year", columns="sex", values="value").dropna()
    both = rows[(rows["sex"] == "all") & (rows["indicator"] == (whole or indicator))]
    for population, column in (("north_korean_origin", "all"), ("general_population", "general_population")):
        wide[column] = both[both["population"] == population].set_index("year")["value"]
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
    contribute. Columns: measure, first_year, last_year, designs, total, within, within_years, between
    and between_years.
    """
    rows = []
    for measure, levels in series.items():
        ordered = levels.sort_values("year")
        again = ordered["year"][ordered["year"].duplicated()]
        if not again.empty:
            raise ValueError(f"{measure}: expected one row per year, got two for {again.iloc[0]}")
        steps = ordered[["year", "value"]].diff().iloc[1:]
        is_within = (ordered["era"] == ordered["era"].shift()).iloc[1:]
        rows.append(
            {
                "measure": measure,
                "first_year": ordered["year"].iloc[0],
                "last_year": ordered["year"].iloc[-1],
                "designs": ordered["era"].nunique(),
                "total": steps["value"].sum(),
                "within": steps.loc[is_within, "value"].sum(),
                "within_years": int(steps.loc[is_within, "year"].sum()),
                "between": steps.loc[~is_within, "value"].sum(),
                "between_years": int(steps.loc[~is_within, "year"].sum()),
            }
        )
    return pd.DataFrame(rows)


def word_populations(key: str, row: pd.Series, form: Callable[[Any], str] = percent) -> dict[str, str]:
    """Return a row of :func:`shared.compare_populations` in words: ``…_year``, ``…_own`` and ``…_south``."""
    columns = {"own": "north_korean_origin", "south": "general_population"}
    words = {f"{key}_{name}": form(row[column]) for name, column in columns.items()}
    return {f"{key}_year": text.year(row["year"]), **words}


def word_sexes(key: str, row: pd.Series, form: Callable[[Any], str] = percent) -> dict[str, str]:
    """Return a row of :func:`compare_sexes` in words: ``…_year``, ``…_women``, ``…_men`` and ``…_all``."""
    columns = {"women": "female", "men": "male", "all": "all"}
    words = {f"{key}_{name}": form(row[column]) for name, column in columns.items()}
    return {f"{key}_year": text.year(row["year"]), **words}


def draw_eras(rows: pd.DataFrame, unit: str, subject: str, source: str, *, colour: str = "blue") -> Drawing:
    """Draw one series of shares whose line is broken where the survey changed."""
    figure, axes = style.start(3.2)
    last = _draw_series(axes, rows, PALETTE[colour], "o")
    forms.mark_redesigns(axes, rows)
    share = f"{last['value']:.0f}%"
    style.label_beside(axes, last["year"], last["value"], share, colour=PALETTE[colour], gap=6)
    _label_shares(axes, unit, rows)
    axes.set_ylim(0, 1.12 * float(rows["value"].max()))
    return style.finish(figure, subject, source, rows.sort_values("year"))


def draw_schools(rows: pd.DataFrame, source: str) -> Drawing:
    """Draw the share of students who left school, with the wider definition as separate points."""
    figure, axes = style.start(3.2)
    looks = {
        "north_korean_origin": (PALETTE["blue"], "o", "-"),
        "north_korean_background": (PALETTE["blue"], "D", "none"),
        "general_population": (PALETTE["grey"], "s", "none"),
    }
    # Beside the third point, where the line has fallen; above the last; beside the first.
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
        words, place, offset = labels[name]
        x, y = own.iloc[place][["year", "value"]]
        style.label_point(axes, x, y, words, colour=colour, weight="bold", **offset)
    _label_shares(axes, "Left school within the year", rows)
    axes.set_ylim(0, None)
    data = rows[["year", "population", "value"]]
    return style.finish(figure, "school students who left school", source, data)


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
    data = _widen(both, both["item"].map(names) + both["population"].map(POPULATION_SUFFIX))
    return style.finish(figure, "kind of work and time in the job", source, data)


def draw_surveys(rows: pd.DataFrame, general: pd.DataFrame, unit: str, source: str) -> Drawing:
    """Draw one rate by two surveys of the same people, with the general population."""
    figure, axes = style.start(4.0)
    first, second = (rows[rows["survey"] == survey].sort_values("year") for survey in ("khf", "nkdb"))
    (words, colour, marker), other = SURVEYS["first"], SURVEYS["second"]
    last = _draw_series(axes, first, colour, marker)
    _draw_series(axes, second, *other[1:])
    last_general = _draw_series(axes, general, PALETTE["grey"], "D")
    forms.mark_redesigns(axes, first, height=0.8)
    ends = [(last, words, colour), (last_general, "in general", PALETTE["grey"])]
    # The words of the higher line are above it, those of the lower one below.
    ends.sort(key=lambda end: end[0]["value"])
    for (end, name, shade), side in zip(ends, ("top", "bottom"), strict=True):
        style.label_point(axes, end["year"], end["value"], name, colour=shade, va=side, weight="bold")
    words, colour, _ = other
    x, y = second.sort_values("value").iloc[-1][["year", "value"]]
    style.label_point(axes, x, y, words, colour=colour, dx=-6, dy=8, va="bottom", weight="bold")
    _label_shares(axes, unit, rows, step=5)
    axes.set_ylim(0, 1.3 * float(rows["value"].max()))
    columns = ["year", "survey", "population", "value", "low", "high"]
    data = pd.concat([rows, general.assign(survey="khf")])[columns]
    return style.finish(figure, f"{unit.lower()} by two surveys", source, data)


def draw_sent(rows: pd.DataFrame, source: str) -> Drawing:
    """Draw who had sent money to North Korea, ever and within the year, as two series."""
    figure, axes = style.start(3.6)
    looks = {"ever": ("ever", "blue", "o"), "survey_year": ("within\nthe year", "plum", "s")}
    for recall, (words, colour, marker) in looks.items():
        last = _draw_series(axes, rows[rows["recall"] == recall], PALETTE[colour], marker)
        style.label_beside(axes, last["year"], last["value"], words, colour=PALETTE[colour])
    forms.mark_redesigns(axes, rows)
    _label_shares(axes, "Sent money to the North", rows)
    axes.set_ylim(0, 1.15 * float(rows["value"].max()))
    ends = rows.melt(["year", "recall"], ["value", "low", "high"], "end", "percent")
    recalls = ends["recall"].map({"ever": "ever", "survey_year": "within the year"})
    data = _widen(
        ends, recalls + ends["end"].map({"value": ", %", "low": ", from", "high": ", to"}), "percent"
    )
    return style.finish(figure, "money sent to the North", source, data)


def draw_help(rows: pd.DataFrame, source: str) -> Drawing:
    """Draw who received the livelihood benefit, by the register, broken at the reform."""
    figure, axes = style.start(3.4)
    _draw_both(axes, rows, "from the North", PALETTE["teal"], "o")
    style.mark_event(axes, 2014.5, "reform of 2015")
    _label_shares(axes, "Draw the livelihood benefit", rows)
    axes.set_ylim(0, None)
    data = _widen(rows, "livelihood benefit, %" + rows["population"].map(POPULATION_SUFFIX))
    return style.finish(figure, "livelihood benefit", source, data)


def _draw_series(axes: Axes, rows: pd.DataFrame, colour: str, marker: str, line: str = "-") -> pd.Series:
    """Draw one series, joined within an era only, with its intervals if any; return its last row."""
    shown = rows.sort_values("year")
    for _, part in shown.groupby("era", sort=False):
        axes.plot(part["year"], part["value"], color=colour, marker=marker, linestyle=line)
    if "low" in shown.columns:
        known = shown.dropna(subset=["low", "high"])
        style.draw_intervals(axes, known, at="year", low="low", high="high", colour=colour, horizontal=False)
    return shown.iloc[-1]


def _draw_both(
    axes: Axes, rows: pd.DataFrame, words: str, colour: str, marker: str, at: float | None = None
) -> None:
    """Draw people from North Korea as a line and the general population as grey points, both labelled.

    The labels are beside the last points, or level with them in the year ``at``.
    """
    looks = {
        "north_korean_origin": (words, colour, marker, "-"),
        "general_population": ("in general", PALETTE["grey"], "s", "none"),
    }
    for population, (label, *look) in looks.items():
        last = _draw_series(axes, rows[rows["population"] == population], *look)
        style.label_beside(axes, at or last["year"], last["value"], label, colour=look[0])


def _label_shares(axes: Axes, unit: str, rows: pd.DataFrame, *, step: int | None = None) -> None:
    style.name_unit(axes, unit)
    style.percents(axes)
    style.whole_years(axes, rows["year"].astype(int), step=step)


def _widen(rows: pd.DataFrame, columns: pd.Series, value: str = "value") -> pd.DataFrame:
    """Return one row per year and one column per name in ``columns``, in the order of the names."""
    wide = rows.assign(column=columns).pivot(index="year", columns="column", values=value)
    return wide[list(dict.fromkeys(columns))].reset_index()
