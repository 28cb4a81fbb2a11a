"""Chapter 1: who came to South Korea, when, from where and why, and where they live."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from analysis import text
from analysis.chapters.shared import total_by_year
from analysis.charts import forms, style
from analysis.charts.style import PALETTE, Drawing

AGES = {
    "age_0_9": "0–9",
    "age_10_19": "10–19",
    "age_20_29": "20–29",
    "age_30_39": "30–39",
    "age_40_49": "40–49",
    "age_50_59": "50–59",
    "age_60_plus": "60+",
}
# Who asked, in the order of the chart, and what a row of theirs is called.
ASKED = {
    "survey_in_china": "China",
    "ministry_interview": "Ministry",
    "ministry_briefing": "Ministry",
    "reception_questionnaire": "Hanawon",
    "survey_in_seoul": "Seoul",
    "resident_survey": "Residents",
}
CAPITAL_AREA = ["seoul", "gyeonggi", "incheon"]
PER_YEAR = "People from North Korea admitted to the protection centre in South Korea, per calendar year"


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


def compare_regions(residents: pd.DataFrame) -> pd.DataFrame:
    """Return region, year, residents_persons and share_pct at the first and the newest complete list."""
    rows = residents[(residents["sex"] == "all") & ~residents["region"].isin(["all", "capital_area"])]
    # Sejong was founded in 2012; the lists since then count it with South Chungcheong.
    rows = rows.replace({"region": {"south_chungcheong": "south_chungcheong_and_sejong"}})
    complete = rows.groupby("as_of_date")["residents_persons"].transform("count") == rows["region"].nunique()
    rows = rows[complete & rows["as_of_date"].isin(rows.loc[complete, "as_of_date"].agg(["min", "max"]))]
    total = rows.groupby("as_of_date")["residents_persons"].transform("sum")
    rows = rows.assign(year=rows["as_of_date"].dt.year, share_pct=100 * rows["residents_persons"] / total)
    order = rows[rows["year"] == rows["year"].max()].set_index("region")["share_pct"]
    rows = rows.assign(
        order=rows["region"].map(order), label=rows["region"].str.replace("_", " ").str.title()
    )
    rows["label"] = rows["label"].replace("South Chungcheong And Sejong", "South Chungcheong")
    columns = ["region", "label", "year", "residents_persons", "share_pct", "source_id"]
    return rows.sort_values(["order", "year"], ascending=[False, True])[columns].reset_index(drop=True)


def split_arrivals(
    residents: pd.DataFrame, deaths: pd.DataFrame, emigration: pd.DataFrame, totals: pd.DataFrame
) -> pd.DataFrame:
    """Return what became of all who had arrived, at the dates with an exact count of residents.

    Columns: as_of_date, living, died, emigrated, not_split and arrived, persons; the parts of the
    difference are missing where no source has them.
    """
    rows = residents[(residents["region"] == "all") & (residents["sex"] == "all")]
    living = rows[rows["rounded_to_persons"].isna()].set_index("as_of_date")["residents_persons"]
    dead = deaths[(deaths["cause"] == "all") & (deaths["denominator_unit"] == "entrants")]
    died = dead.set_index("period_end")["value"]
    left = emigration[
        (emigration["measure"] == "registered_emigrants") & (emigration["destination"] == "all")
    ]
    counted = totals[(totals["sex"] == "all") & totals["role"].isin(["current", "earlier"])]
    table = pd.DataFrame({"living": living, "died": died})
    table["emigrated"] = left.set_index("period_end")["persons"].reindex(table.index)
    parts = table.loc[table["died"].notna(), ["living", "died", "emigrated"]].sum(axis=1)
    entered = counted.drop_duplicates("as_of_date").set_index("as_of_date")["entrants_persons"]
    table["arrived"] = parts.combine_first(entered).reindex(table.index)
    table["not_split"] = (table["arrived"] - table["living"]).where(table["died"].isna())
    table = table.dropna(subset=["arrived"])
    newest = table.index == table.index.max()
    return (
        table[table["died"].notna() | newest]
        .rename_axis("as_of_date")
        .reset_index()
        .astype({"living": float, "emigrated": float})
    )


def measure_proportions(
    total: pd.Series,
    split: pd.DataFrame,
    regions: pd.DataFrame,
    provinces: pd.DataFrame,
    ages: pd.DataFrame,
    work: pd.DataFrame,
) -> dict[str, float]:
    """Return what is true of how many in a hundred people who arrived, the most frequent first."""
    now = split.iloc[-1]
    newest = regions[(regions["year"] == regions["year"].max()) & regions["region"].isin(CAPITAL_AREA)]
    by_age = ages[ages["sex"] == "all"].set_index("category")["share_pct"]
    by_work = work[work["sex"] == "all"].set_index("category")["share_pct"]
    shares = {
        "still live in South Korea": 100 * now["living"] / now["arrived"],
        "came from two border provinces": provinces["share_pct"].nlargest(2).sum(),
        "are women": 100 * total["female"] / total["all"],
        "live in or near Seoul": 100 * newest["residents_persons"].sum() / now["arrived"],
        "were aged 20 to 39 on arrival": by_age[["age_20_29", "age_30_39"]].sum(),
        "had no paid work before": by_work["unemployed_or_dependent"],
    }
    return dict(sorted(shares.items(), key=lambda item: -item[1]))


def list_motives(motives: pd.DataFrame) -> pd.DataFrame:
    """Return the shares that named hardship, one row per measurement, grouped by who asked."""
    rows = motives[motives["motive"].isin(["hardship", "economic_conditions"])]
    rows = rows[rows["method"].isin(list(ASKED)) & rows["period_start"].notna()]
    rows = rows[rows["certainty"] != "estimate"]
    asked = rows["n"].map(lambda n: "" if pd.isna(n) else f" ({n:,})")
    rows = rows.assign(
        label=rows["method"].map(ASKED) + " " + rows["period_end"].dt.year.astype(str) + asked,
        order=rows["method"].map(list(ASKED).index),
    )
    return rows.sort_values(["order", "period_end"], ignore_index=True)


def find_search_date(gaps: pd.DataFrame, year: int) -> str:
    """Return up to which day a figure for the year was looked for without result."""
    rows = gaps[(gaps["topic"] == "entrants") & gaps["looked_for"].str.endswith(f" {year}")]
    return str(rows["where_looked"].str.extract(r"to (\d+ \w+ \d{4})$")[0].iloc[0])


def name_dates_alike(dates: pd.DataFrame) -> str:
    """Return the break dates that fit about as well as the best one, as a list."""
    return text.listing(map(text.year, dates.loc[dates["alike"], "date"]))


def _draw_columns(axes: Axes, years: pd.DataFrame) -> dict[int, int]:
    sns.barplot(
        years,
        x="year",
        y="entrants_persons",
        native_scale=True,
        width=0.76,
        color=PALETTE["blue"],
        saturation=1,
        ax=axes,
        errorbar=None,
    )
    axes.patches[-1].set_alpha(0.5)  # provisional
    counts = dict(zip(years["year"].astype(int), years["entrants_persons"].astype(int), strict=True))
    axes.set(xlabel="", ylabel="", ylim=(0, max(counts.values()) * 1.16))
    _set_scales(axes, counts)
    return counts


def draw_peak(years: pd.DataFrame, source: str) -> Drawing:
    """Draw arrivals per year as columns, the highest and the newest with their numbers."""
    figure, axes = style.start(3.2)
    counts = _draw_columns(axes, years)
    peak, last = max(counts, key=counts.__getitem__), max(counts)
    for year in (peak, last):
        style.label_above(axes, year, counts[year], f"{counts[year]:,}", gap=4)
    return style.finish(
        figure,
        "arrivals per year",
        source,
        years[["year", "entrants_persons"]],
        title=f"Arrivals peaked at {counts[peak]:,} in {peak}; {counts[last]:,} people came in {last}",
        subtitle=f"People from North Korea who arrived in South Korea, per year; {last} provisional",
        alt=_describe_years(counts),
    )


def draw_falls(years: pd.DataFrame, source: str) -> Drawing:
    """Draw arrivals per year as columns, with the falls of 2012 and 2020 marked."""
    figure, axes = style.start(3.5)
    counts = _draw_columns(axes, years)
    falls = {year: text.percent(100 * (1 - counts[year] / counts[year - 1])) for year in (2012, 2020)}
    for year, cause in ((2012, "change of\nleader,\n"), (2020, "border\nclosed,\n")):
        style.mark_event(axes, year - 0.5, f"{cause}−{falls[year]}", height=1.02)
    for year in (max(counts, key=counts.__getitem__), max(counts)):
        style.label_above(axes, year, counts[year], f"{counts[year]:,}", gap=3)
    return style.finish(
        figure,
        "arrivals per year and their falls",
        source,
        years[["year", "entrants_persons"]],
        title=f"Arrivals fell by {falls[2012]} in 2012 and by {falls[2020]} in 2020",
        subtitle=f"{PER_YEAR}, {min(counts)}–{max(counts)}; the newest year is provisional",
        alt=_describe_years(counts),
    )


def _describe_years(counts: dict[int, int]) -> str:
    extremes = [pick(counts, key=counts.__getitem__) for pick in (min, max)]
    chosen = [min(counts), *extremes, 2011, 2012, 2019, max(counts)]
    return "; ".join(f"{year}: {counts[year]:,}" for year in sorted(set(chosen)))


def draw_expected(line: pd.DataFrame, years: pd.DataFrame, missing: float, source: str) -> Drawing:
    """Draw counted arrivals, the trend of the years before the border closed, and the shortfall."""
    figure, axes = style.start(3.4)
    shown = years[years["year"] >= line["year"].min()]
    names: dict[str, Any] = {"y": "entrants_persons", "low": "prediction_low", "high": "prediction_high"}
    forms.draw_fit(axes, shown.iloc[:0], line[line["year"] <= 2019], **names)
    forms.draw_fit(axes, shown, line[line["year"] >= 2019], **names, dashed=True)
    closed = shown[shown["year"] >= 2020].merge(line, on="year")
    axes.vlines(
        closed["year"], closed["entrants_persons"], closed["mean"], color=PALETTE["brick"], linewidth=5
    )
    last = int(closed["year"].max())
    axes.text(
        2021.5, 560, f"{missing:,.0f}\nfewer", color=PALETTE["brick"], weight="bold", backgroundcolor="w"
    )
    axes.texts[-1].set(ha="center", va="center", bbox={"facecolor": "#ffffff", "edgecolor": "none", "pad": 1})
    style.label_above(axes, last, line["prediction_high"].iloc[-1], "expected", colour=PALETTE["blue"])
    axes.texts[-1].set_ha("right")
    style.label_point(axes, 2013, 1300, "counted", dx=0, ha="center", va="top", weight="bold")
    style.mark_event(axes, 2019.5, "border closed", height=1.02)
    _set_scales(axes, shown["year"])
    axes.set_ylim(0, None)
    drawn = line[["year", "mean", "prediction_low", "prediction_high"]]
    counted = shown[["year", "entrants_persons"]].merge(drawn, on="year", how="left")
    return style.finish(
        figure,
        "arrivals counted and expected",
        source,
        counted,
        title=f"{missing:,.0f} fewer people arrived in 2020–{last} than the earlier trend would give",
        subtitle="Arrivals per year, counted and expected from the trend of 2012–2019. Pale band: where "
        "single years would fall 95 times in 100 if the trend had gone on",
        alt="; ".join(
            f"{row['year']}: {row['entrants_persons']:,} counted, {row['mean']:,.0f} expected"
            for row in closed[["year", "entrants_persons", "mean"]].to_dict("records")
        ),
    )


def draw_trend(line: pd.DataFrame, source: str) -> Drawing:
    """Draw the two phases of arrivals: observed years, a fitted line each, and confidence bands."""
    figure, axes = style.start(3.3)
    forms.draw_segments(axes, line)
    style.mark_event(axes, 2011.5, "change of\nleader", height=1.02)
    _set_scales(axes, line["year"])
    axes.set_ylim(0, None)
    rise, fall = (
        part["mean"].iloc[1] / part["mean"].iloc[0] - 1 for _, part in line.groupby("stretch", sort=True)
    )
    return style.finish(
        figure,
        "arrivals per year and a line for each phase",
        source,
        line[style.FITTED],
        title=f"About {100 * rise:.0f}% more per year to 2011, {-100 * fall:.0f}% fewer per year from 2012",
        subtitle="Arrivals per year (dots), a log line per phase, and its 95% confidence band",
        alt=f"The lines change by {100 * rise:.1f}% and by {100 * fall:.1f}% per year",
    )


def draw_revisions(revisions: pd.DataFrame, source: str) -> Drawing:
    """Draw, for each year, the range of figures published for it around the current one."""
    moved = revisions[revisions["spread_persons"] > 0]
    figure, axes = style.start(1.0 + 0.27 * len(moved))
    ends = ["first_persons", "lowest_persons", "highest_persons"]
    rows = moved[ends].sub(moved["current_persons"], axis=0)
    places = range(len(moved))
    axes.hlines(places, rows["lowest_persons"], rows["highest_persons"], color=PALETTE["grey"], linewidth=6)
    axes.collections[-1].set_alpha(0.35)
    axes.plot(rows["first_persons"], places, "o", color=PALETTE["brick"], markersize=7, clip_on=False)
    axes.axvline(0, color=PALETTE["grey"], linewidth=1, zorder=1)
    forms.label_rows(axes, [str(year) for year in moved["year"]])
    top = int((rows["first_persons"]).to_numpy().argmax())
    style.label_beside(axes, rows["first_persons"].iloc[top], top, "first", colour=PALETTE["brick"])
    axes.set_xlabel("Persons above or below the figure now in use")
    axes.spines["bottom"].set_visible(False)
    largest = revisions["change_pct"].abs().max()
    return style.finish(
        figure,
        "how figures for a year were revised",
        source,
        moved,
        title=f"{len(moved)} of {len(revisions)} yearly figures were revised, by {largest:.1f}% at most",
        subtitle="First figure published for a year (dot) and all figures published for it (bar), less the "
        "one now in use; years never revised are left out",
        alt="; ".join(
            f"{row['year']}: {row['first_persons']:,} to {row['current_persons']:,}"
            for row in moved.to_dict("records")
        ),
    )


def draw_provinces(provinces: pd.DataFrame, source: str) -> Drawing:
    """Draw the share of each province as a bar, the two with most people in full colour."""
    figure, axes = style.start(3.7)
    rows = provinces.sort_values("share_pct", ascending=False, ignore_index=True)
    rows = rows.assign(label=rows["category"].map(text.label))
    forms.draw_bars(axes, rows, label="label", value="share_pct", form=_write_share, highlighted=2)
    two = rows["share_pct"][:2].sum()
    return style.finish(
        figure,
        "people who arrived, by province of origin",
        source,
        rows[["category", "share_pct"]],
        title=f"{two:.0f}% came from {rows['label'][0]} and {rows['label'][1]}, on the Chinese border",
        subtitle="Province of origin of people who have arrived in South Korea, share of all, "
        f"to {text.month(rows['as_of_date'][0])}",
        alt="; ".join(f"{row['label']}: {_write_share(row['share_pct'])}" for row in rows.to_dict("records")),
    )


def _write_share(share: float) -> str:
    return text.percent(share, places=0 if share >= 9.5 else 1)


def draw_ages(ages: pd.DataFrame, source: str) -> Drawing:
    """Draw how many women and men arrived at each age."""
    figure, axes = style.start(3.2)
    rows = ages[ages["sex"] != "all"].assign(label=lambda frame: frame["category"].map(AGES))
    sns.barplot(
        rows,
        x="label",
        y="persons",
        hue="sex",
        order=list(AGES.values()),
        hue_order=["female", "male"],
        palette=style.SEX_COLOURS,
        saturation=1,
        errorbar=None,
        legend=False,
        ax=axes,
    )
    axes.set(xlabel="Age on arrival", ylabel="")
    style.thousands(axes)
    counts = rows.pivot(index="label", columns="sex", values="persons").loc[list(AGES.values())]
    for sex, height in (("female", 0.94), ("male", 0.82)):
        words = f"{counts[sex].sum():,} {style.SEX_LABELS[sex]}"
        style.label_note(axes, len(AGES) - 0.6, height, words, ha="right")
        axes.texts[-1].set(color=style.SEX_COLOURS[sex], weight="bold")
    young = counts.loc[["20–29", "30–39"]].to_numpy().sum() / counts.to_numpy().sum()
    return style.finish(
        figure,
        "people who arrived, by age and sex",
        source,
        rows[["label", "sex", "persons"]],
        title=f"{100 * young:.0f}% were in their twenties or thirties when they arrived",
        subtitle="People who have arrived in South Korea, by age on arrival, "
        f"to {text.month(ages['as_of_date'].iloc[0])}",
        alt="; ".join(f"{age}: {row.female:,} women, {row.male:,} men" for age, row in counts.iterrows()),
    )


def draw_work(rows: pd.DataFrame, labels: Mapping[str, str], source: str) -> Drawing:
    """Draw the work that women and men did before leaving, joined pairs of shares, widest gap first."""
    figure, axes = style.start(0.7 + 0.36 * len(labels))
    wide = rows.pivot(index="category", columns="sex", values="share_pct").loc[list(labels)]
    gap = (wide["female"] - wide["male"]).abs().where(~wide.index.str.startswith("not_applicable"), -1)
    wide = wide.loc[gap.sort_values(ascending=False, kind="stable").index]
    places = range(len(wide))
    axes.hlines(places, wide["female"], wide["male"], color=style.FAINT, linewidth=3, zorder=1)
    for sex in ("female", "male"):
        axes.plot(
            wide[sex],
            places,
            style.SEX_MARKERS[sex],
            color=style.SEX_COLOURS[sex],
            markersize=8,
            clip_on=False,
        )
        higher = wide[["female", "male"]].max(axis=1)
        for place, (value, most) in enumerate(zip(wide[sex], higher, strict=True)):
            words = f"{value:.0f}%" + (f" {style.SEX_LABELS[sex]}" if place == 0 else "")
            style.label_beside(axes, value, place, words, colour=style.SEX_COLOURS[sex], left=value < most)
    forms.label_rows(axes, [labels[name] for name in wide.index])
    forms.clear_axes(axes)
    axes.set_xlim(-9, float(wide[["female", "male"]].to_numpy().max()) * 1.22)
    none, worker = wide["all"]["unemployed_or_dependent"], wide["all"]["worker"]
    drawn = rows[rows["sex"] != "all"].assign(label=lambda frame: frame["category"].map(labels))
    return style.finish(
        figure,
        "work before leaving, by sex",
        source,
        drawn[["label", "sex", "share_pct"]],
        title=f"{none:.0f}% had no paid work before they left, and {worker:.0f}% were workers",
        subtitle="Work in North Korea before leaving, share of all women and of all men who have arrived, "
        f"to {text.month(rows['as_of_date'].iloc[0])}",
        alt="; ".join(
            f"{labels[str(name)]}: women {row.female:.0f}%, men {row.male:.0f}%"
            for name, row in wide.iterrows()
        ),
    )


def draw_regions(regions: pd.DataFrame, source: str) -> Drawing:
    """Draw the share of residents in each region, newest against oldest."""
    wide = regions.pivot(index="region", columns="year", values="share_pct").loc[regions["region"].unique()]
    first, last = wide.columns
    labels = regions.drop_duplicates("region").set_index("region")["label"]
    figure, axes = style.start(0.7 + 0.31 * len(wide))
    places = range(len(wide))
    axes.hlines(places, wide[first], wide[last], color=style.FAINT, linewidth=3, zorder=1)
    for year, marker, colour, size in ((first, "D", "grey", 5), (last, "o", "blue", 8)):
        sns.scatterplot(
            x=wide[year],
            y=list(places),
            marker=marker,
            color=PALETTE[colour],
            s=size**2,
            linewidth=0,
            ax=axes,
            zorder=3,
        )
        for place in (0, 1):
            value, is_lower = wide[year].iloc[place], wide[year].iloc[place] == wide.iloc[place].min()
            style.label_beside(axes, value, place, f"{value:.0f}%", colour=PALETTE[colour], left=is_lower)
        height = 0.5 if year == last else 0.42
        style.label_note(
            axes, float(wide.to_numpy().max()), height, f"{'●' if year == last else '◆'} {year}", ha="right"
        )
        axes.texts[-1].set(color=PALETTE[colour], weight="bold")
    forms.label_rows(axes, list(labels[wide.index]))
    style.percents(axes, axis="x")
    axes.set(xlim=(0, None), xlabel="", ylabel="")
    near = wide.loc[CAPITAL_AREA].sum()
    return style.finish(
        figure,
        "residents by region of South Korea",
        source,
        regions[["label", "year", "residents_persons", "share_pct"]],
        title=f"{near[last]:.0f}% live in Seoul, Gyeonggi or Incheon, but Seoul’s share fell from "
        f"{wide[first]['seoul']:.0f}% to {wide[last]['seoul']:.0f}%",
        subtitle=f"People from North Korea living in South Korea, share in each region, {first} and {last}",
        alt="; ".join(
            f"{label}: {old:.1f}% and {new:.1f}%"
            for label, old, new in zip(labels[wide.index], wide[first], wide[last], strict=True)
        ),
    )


def draw_split(split: pd.DataFrame, source: str) -> Drawing:
    """Draw how many of those who had arrived live in South Korea, died, left, or are in no split."""
    parts = {
        "living": ("live in South Korea", PALETTE["blue"]),
        "died": ("died", PALETTE["grey"]),
        "emigrated": ("emigrated", PALETTE["ochre"]),
        "not_split": ("died, emigrated or went back: not split", style.FAINT),
    }
    figure, axes = style.start(2.4)
    for place, row in enumerate(split.to_dict("records")):
        left = 0.0
        for name, (_, colour) in parts.items():
            count = row[name]
            if pd.isna(count):
                continue
            share = 100 * count / row["arrived"]
            axes.barh(place, share, left=left, color=colour, height=0.6)
            if name == "living":
                axes.text(2, place, f"{count:,.0f} live in South Korea", color="#ffffff", va="center")
            left += share
        gone = row["arrived"] - row["living"]
        words = (
            f"{gone:,.0f} not split"
            if pd.notna(row["not_split"])
            else f"{row['died']:.0f} died, {row['emigrated']:.0f} left"
        )
        axes.text(100, place - 0.36, words, ha="right", va="bottom")
    forms.label_rows(axes, [text.month(date).replace(" ", "\n") for date in split["as_of_date"]])
    axes.set_ylim(len(split) - 0.6, -0.9)
    forms.clear_axes(axes)
    last = split.iloc[-1]
    gone = last["arrived"] - last["living"]
    return style.finish(
        figure,
        "what became of all who had arrived",
        source,
        split,
        title=f"{gone:,.0f} of those who arrived no longer live in South Korea",
        subtitle="All people who had arrived by each date: those living in South Korea, and the rest",
        alt="; ".join(
            f"{text.month(row['as_of_date'])}: {row['living']:,.0f} of {row['arrived']:,.0f} "
            "live in South Korea"
            for row in split.to_dict("records")
        ),
    )


def draw_hundred(shares: Mapping[str, float], source: str) -> Drawing:
    """Draw what is true of how many in a hundred people who arrived, one bar per statement."""
    rows = pd.DataFrame({"label": list(shares), "value": list(shares.values())})
    figure, axes = style.start(0.4 + 0.42 * len(rows))
    forms.draw_bars(axes, rows, label="label", value="value", form=lambda share: f"{share:.0f}")
    axes.set_xlim(0, 112)
    first, second = rows.iloc[0], rows.iloc[1]
    return style.finish(
        figure,
        "people who arrived, in a hundred",
        source,
        rows,
        title=f"Of 100 people who arrived, {first['value']:.0f} {first['label']} and {second['value']:.0f} "
        f"{second['label']}",
        subtitle="How many in 100 of all people who have arrived in South Korea; dates are in the text",
        alt="; ".join(f"{row['label']}: {row['value']:.0f}" for row in rows.to_dict("records")),
    )


def draw_motives(motives: pd.DataFrame, source: str) -> Drawing:
    """Draw the share that named hardship, one row per measurement, grouped by who asked."""
    figure, axes = style.start(0.8 + 0.34 * len(motives))
    sns.scatterplot(
        motives,
        x="share_pct",
        y=list(range(len(motives))),
        hue="method",
        hue_order=list(ASKED),
        palette=list(PALETTE.values()),
        style="method",
        style_order=list(ASKED),
        markers=style.MARKERS,
        s=64,
        linewidth=0,
        legend=False,
        ax=axes,
    )
    for place, share in enumerate(motives["share_pct"]):
        style.label_beside(axes, share, place, f"{share:.0f}%", left=share > 90)
    forms.label_rows(axes, list(motives["label"]))
    for place in motives.index[motives["method"] != motives["method"].shift()][1:]:
        axes.axhline(place - 0.5, color=style.FAINT, linewidth=1)
    style.percents(axes, axis="x")
    axes.set(xlim=(0, 100), xlabel="", ylabel="")
    high, low = motives["share_pct"].max(), motives["share_pct"].min()
    years = motives["period_end"].dt.year
    return style.finish(
        figure,
        "hardship as the reason for leaving, by who asked",
        source,
        motives[["label", "share_pct"]],
        title=f"Hardship is named by {high:.0f}%, or by {low:.0f}%, depending on who asks",
        subtitle="Share that named hardship or economic conditions as a reason for leaving, by who or "
        f"where, and when, {years.min()}–{years.max()} (in brackets: people asked)",
        alt="; ".join(f"{row['label']}: {row['share_pct']:.0f}%" for row in motives.to_dict("records")),
    )


def _set_scales(axes: Axes, years: Iterable[int]) -> None:
    style.thousands(axes)
    style.whole_years(axes, years, step=5)
