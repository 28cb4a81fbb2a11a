"""Chapter 2: women and men among entrants, by year, origin, age and work."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from analysis import text
from analysis.chapters.shared import pick_profile, total_by_year
from analysis.charts import forms, style
from analysis.charts.style import PALETTE, SEX_COLOURS, Drawing
from analysis.models.rates import estimate_share

# Words for codes of the table explanations: reasons at home first, then abroad.
EXPLANATIONS = {
    "market_work": "Women trade in markets, and trade leads to China",
    "tied_to_workplace": "Men are bound to a workplace or organisation, women less",
    "military_service": "Men serve in the military for years",
    "less_watched": "Women are held in lower esteem, so less closely watched",
    "living_in_hiding": "Women find work and cover in China more easily",
    "demand_for_brides": "Demand in China for wives, and a sex trade",
}
# Short words for groups of the table profiles, for axes and tables.
AGES = {
    "age_0_9": "0–9",
    "age_10_19": "10–19",
    "age_20_29": "20–29",
    "age_30_39": "30–39",
    "age_40_49": "40–49",
    "age_50_59": "50–59",
    "age_60_plus": "60 and over",
}
WORK = {
    "unemployed_or_dependent": "no paid work",
    "worker": "worker",
    "service": "service",
    "military": "military",
    "professional": "professional",
    "management": "management",
    "arts_and_sports": "arts, sports",
    "not_applicable_children": "child",
}

_SLOPE = "Fits, as others do: the share is highest beside China and lowest in the capital"

# What a survey asked, by its measure.
ASKED = {"trafficked": "was trafficked", "forced_marriage_or_trafficking": "trafficked or forced to marry"}

LEVEL = 0.95
TWO_TO_ONE = 200 / 3
WOMEN = SEX_COLOURS["female"]
OPEN_START = 1991  # the period without a beginning is drawn dotted from here
COUNTS = ["female", "male", "n", "share_pct", "ci_low", "ci_high"]


def _add_shares(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with n, and the share of women with its Wilson limits in percent."""
    frame = frame.assign(n=frame["female"] + frame["male"])
    found = [
        estimate_share(women, n, level=LEVEL) for women, n in zip(frame["female"], frame["n"], strict=True)
    ]
    return frame.assign(
        share_pct=[100 * f.value for f in found],
        ci_low=[100 * f.low for f in found],
        ci_high=[100 * f.high for f in found],
    )


def share_by_year(entrants: pd.DataFrame) -> pd.DataFrame:
    """Return counts and the share of women per year, with women_per_man and source_id."""
    years = _add_shares(total_by_year(entrants))
    years["women_per_man"] = years["female"] / years["male"].where(years["male"] > 0)
    return years[["year", *COUNTS, "women_per_man", "source_id"]]


def share_in_bins(bins: pd.DataFrame) -> pd.DataFrame:
    """Return counts and the share of women in the periods before the yearly series."""
    current = bins[(bins["role"] == "current") & (bins["sex"] != "all")]
    wide = current.pivot(index="period_end", columns="sex", values="entrants_persons").astype(int)
    spans = wide.join(current.groupby("period_end")[["period_start", "source_id"]].first()).reset_index()
    spans = spans.assign(
        first_year=spans["period_start"].dt.year.astype("Int64"), last_year=spans["period_end"].dt.year
    )
    return _add_shares(spans)[["first_year", "last_year", *COUNTS, "source_id"]]


def share_by_group(profiles: pd.DataFrame, dimension: str) -> pd.DataFrame:
    """Return counts and the share of women per group of the newest profile by sex, lowest share first."""
    rows = pick_profile(profiles, dimension)
    wide = rows[rows["sex"] != "all"].pivot(index="category", columns="sex", values="persons").astype(int)
    groups = wide.rename_axis(index="group").reset_index().assign(source_id=rows["source_id"].iloc[0])
    return _add_shares(groups)[["group", *COUNTS, "source_id"]].sort_values("share_pct", ignore_index=True)


def name_groups(shares: pd.DataFrame, labels: Mapping[str, str], by: str) -> pd.DataFrame:
    """Return the groups of a model in the order of their labels, in words and with the number of men."""
    rows = shares.set_index("group").loc[[g for g in labels if g in set(shares["group"])]]
    missing = set(shares["group"]) - set(labels)
    if missing:
        raise KeyError(f"{by}: expected words for each group, got none for {', '.join(sorted(missing))}")
    return rows.reset_index().assign(
        words=[labels[group] for group in rows.index], men=list(rows["n"] - rows["events"]), by=by
    )


def list_explanations(explanations: pd.DataFrame) -> pd.DataFrame:
    """Return each explanation offered for the share of women, with those who offered it and their number."""
    rows = []
    for code, group in explanations.groupby("explanation"):
        voices = []
        for name, said in group.groupby("offered_by"):
            years = [str(y) for y in sorted(said["offered_year"].dropna().unique())] or ["undated"]
            voices.append(f"{name} ({', '.join(years)})")
        rows.append((EXPLANATIONS[str(code)], "; ".join(voices), len(voices)))
    frame = pd.DataFrame(rows, columns=["words", "offered_by", "voices"])
    return frame.sort_values(["voices", "words"], ascending=[False, True], ignore_index=True)


def compare_explanations(explanations: pd.DataFrame, shares: Mapping[str, float]) -> pd.DataFrame:
    """Return each explanation with what the counts say about it.

    ``shares`` are the shares of women (%) among ``worker``, ``military``, ``north_hamgyong``,
    ``pyongyang`` and ``child``. A finding that the shares contradict raises an error.
    """
    findings = {
        "tied_to_workplace": (
            shares["worker"] > 50,
            "Fits badly: most of those who had a workplace are women",
        ),
        "military_service": (shares["military"] < 50, "Fits: most who came from the military are men"),
        "market_work": (shares["north_hamgyong"] > shares["pyongyang"], _SLOPE),
        "living_in_hiding": (shares["north_hamgyong"] > shares["pyongyang"], _SLOPE),
        "demand_for_brides": (shares["north_hamgyong"] > shares["pyongyang"], _SLOPE),
        "less_watched": (True, "The counts cannot say"),
    }
    for code, (holds, words) in findings.items():
        text.assert_claim(holds, f"{code}: {words}")
    listed = list_explanations(explanations)
    codes = {words: code for code, words in EXPLANATIONS.items()}
    return listed.assign(counts_say=[findings[codes[words]][1] for words in listed["words"]])


def arrange_surveys(shares: pd.DataFrame) -> pd.DataFrame:
    """Return the surveys that asked about trafficking, each sample once, lowest share first.

    Where a survey publishes women separately, only they are kept.
    """
    women = set(shares.loc[shares["sex"] == "female", "study_id"])
    kept = shares[(shares["sex"] != "all") | ~shares["study_id"].isin(women)]
    kept = kept.sort_values("share_computed_pct", ignore_index=True)
    where = kept["country"].map({"South Korea": "South Korea", "China": "China"}).fillna("several")
    when = kept["year_end"].astype("string").fillna("undated")
    limits = zip(kept["ci_low"], kept["ci_high"], strict=True)
    return kept.assign(
        label=kept["measure"].map(ASKED) + "\n" + where + ", " + when + ", n = " + kept["n"].map(text.count),
        chosen=kept["sampling"].str.replace("_", " "),
        interval=[text.interval(low, high, places=1) for low, high in limits],
        is_exact=kept["n_status"] != "unclear",
    )


def list_statements(trafficking: pd.DataFrame) -> pd.DataFrame:
    """Return year, definition, printed and source_id of figures stated without a number of people."""
    said = trafficking[
        (trafficking["method"] == "ngo_estimate")
        & trafficking["n"].isna()
        & (trafficking["base"] == "not_stated")
    ].sort_values("year_end", ignore_index=True)
    printed = [_print_share(*row) for row in said[["share_pct", "low_pct", "high_pct"]].to_numpy(float)]
    return pd.DataFrame(
        {
            "year": said["year_end"],
            "definition": said["definition"],
            "printed": printed,
            "source_id": said["source_id"],
        }
    )


def _print_share(share: float, low: float, high: float) -> str:
    if pd.notna(share):
        return text.percent(share)
    return text.interval(low, high, unit="%") if pd.notna(high) else f"more than {text.percent(low)}"


def draw_share(years: pd.DataFrame, spans: pd.DataFrame, source: str) -> Drawing:
    """Draw the share of women by year with its interval, and the periods before as bars."""
    figure, axes = style.start(3.9)
    for height, words in ((50, "half"), (TWO_TO_ONE, "two to one")):
        axes.axhline(height, color=PALETTE["grey"], linewidth=1, linestyle=style.DOTTED, zorder=1)
        style.label_point(axes, OPEN_START, height, words, colour=PALETTE["grey"], dx=0, dy=3, va="bottom")
    for span in spans.to_dict("records"):
        is_open = pd.isna(span["first_year"])
        ends = [OPEN_START if is_open else span["first_year"] - 0.5, span["last_year"] + 0.5]
        style.draw_band(axes, ends, [span["ci_low"]] * 2, [span["ci_high"]] * 2, WOMEN)
        dash = (0, (1, 1.5)) if is_open else "-"
        axes.hlines(span["share_pct"], *ends, color=WOMEN, linewidth=3, linestyle=dash, zorder=2)
    first = spans.iloc[0]
    words = f"everyone up to {first['last_year']:.0f}"
    style.label_point(axes, OPEN_START, first["ci_high"], words, colour=WOMEN, dx=0, dy=4, va="bottom")
    style.draw_intervals(axes, years, at="year", low="ci_low", high="ci_high", colour=WOMEN, horizontal=False)
    for part in (years[years["year"] < 2020], years[years["year"] > 2022]):
        sns.lineplot(part, x="year", y="share_pct", ax=axes, color=WOMEN, errorbar=None, zorder=2)
    sns.scatterplot(years, x="year", y="share_pct", ax=axes, color=WOMEN, s=36, zorder=3)
    style.mark_event(axes, 2019.5, "border closed", height=0.2, ha="right")
    axes.set(xlabel="", ylabel="")
    style.percents(axes)
    axes.set_ylim(0, 100)
    axes.set_xlim(OPEN_START - 0.5, float(years["year"].max()) + 0.7)
    latest = years.iloc[-1]
    axes.set_xticks([*range(1995, int(latest["year"]), 5), int(latest["year"])])
    style.label_above(
        axes, latest["year"], latest["ci_high"], text.percent(latest["share_pct"]), colour=WOMEN
    )
    return style.finish(
        figure,
        "the share of women among arrivals",
        source,
        {"years": years, "spans": spans},
        title=f"{text.percent(latest['share_pct'])} of arrivals in {latest['year']:.0f} were women, "
        f"up to {first['last_year']:.0f} {text.percent(first['share_pct'])}",
        subtitle="Share of women among arrivals in South Korea; bars show ranges for chance alone (95%)",
        alt=f"Since 2002 from {years['share_pct'].min():.0f}% to {years['share_pct'].max():.0f}%",
    )


def draw_counts(years: pd.DataFrame, source: str) -> Drawing:
    """Draw the numbers of women and men who entered, as two lines."""
    figure, axes = style.start(3.4)
    long = years.melt("year", ["female", "male"], var_name="sex", value_name="persons")
    peak = int(years.sort_values("female")["year"].iloc[-1])
    forms.draw_lines(
        axes,
        long,
        x="year",
        y="persons",
        group="sex",
        labels={sex: style.SEX_LABELS[sex] for sex in ("female", "male")},
        colours=SEX_COLOURS,
        label_at={"female": (peak, 8), "male": (peak, 8)},
    )
    style.mark_event(axes, 2011.5, "change of\nleader", height=1.0)
    style.mark_event(axes, 2019.5, "border\nclosed", height=1.0)
    style.thousands(axes)
    style.whole_years(axes, years["year"], step=5)
    axes.set_ylim(0, float(years["female"].max()) * 1.25)
    data = years[["year", "female", "male"]]
    counts = years.set_index("year")
    falls = 100 * (
        1 - counts.loc[2019, ["female", "male"]].astype(float) / counts.loc[2012, ["female", "male"]]
    )
    return style.finish(
        figure,
        "women and men who arrived, by year",
        source,
        data,
        title=f"2012–2019: arrivals of men fell {falls['male']:.0f}%, of women {falls['female']:.0f}%",
        subtitle="Arrivals in South Korea per year, persons",
        alt=f"Women peak at {text.count(years['female'].max())}, men at {text.count(years['male'].max())}",
    )


def _draw_groups(axes: Axes, groups: pd.DataFrame, labels: Mapping[str, str]) -> None:
    """Fill one panel with a dot and an interval per group; the marker shows which sex is the majority."""
    majority = pd.Series("all", index=groups.index)
    majority[groups["ci_low"] > 50] = "female"
    majority[groups["ci_high"] < 50] = "male"
    forms.draw_dots(
        axes,
        groups.assign(label=[labels[group] for group in groups["group"]], majority=majority),
        label="label",
        value="share_pct",
        low="ci_low",
        high="ci_high",
        group="majority",
        colours=SEX_COLOURS,
        markers=style.SEX_MARKERS,
        reference=50,
    )
    style.percents(axes, axis="x")
    axes.set_xlim(0, 100)
    axes.set_ylim(len(groups) - 0.5, -1.4)
    style.label_beside(axes, 50, -0.9, "more women", colour=SEX_COLOURS["female"], gap=6)
    style.label_beside(axes, 50, -0.9, "more men", colour=SEX_COLOURS["male"], gap=6, left=True)
    axes.set_xlabel("")
    for place, row in enumerate(groups.to_dict("records")):
        style.label_point(axes, row["ci_high"], place, f"{row['share_pct']:.0f}%")


def draw_provinces(provinces: pd.DataFrame, source: str) -> Drawing:
    """Draw the share of women by province of origin, highest first."""
    figure, axes = style.start(1.6 + 0.3 * len(provinces))
    ordered = provinces.sort_values("share_pct", ascending=False)
    labels = {group: text.label(group) for group in ordered["group"]}
    _draw_groups(axes, ordered, labels)
    high, low = ordered.iloc[0], ordered.iloc[-1]
    return style.finish(
        figure,
        "the share of women by province of origin",
        source,
        ordered,
        title=f"{text.percent(high['share_pct'])} of those from {text.label(high['group'])} are women, "
        f"{text.percent(low['share_pct'])} of those from {text.label(low['group'])}",
        subtitle="Share of women among all arrivals by province of origin; bars show ranges for chance (95%)",
    )


def draw_ages(ages: pd.DataFrame, source: str) -> Drawing:
    """Draw the share of women by age at arrival."""
    figure, axes = style.start(1.6 + 0.3 * len(ages))
    ordered = ages.sort_values("group")
    _draw_groups(axes, ordered, AGES)
    shares = ordered.set_index("group")["share_pct"]
    return style.finish(
        figure,
        "the share of women by age at arrival",
        source,
        ordered,
        title=f"Girls are {text.percent(shares['age_0_9'])} of young children, women "
        f"{text.percent(shares['age_30_39'])} of those in their thirties",
        subtitle="Share of women among all arrivals by age at arrival; bars show ranges for chance (95%)",
    )


def draw_work(work: pd.DataFrame, source: str) -> Drawing:
    """Draw the share of women by work in North Korea."""
    figure, axes = style.start(1.6 + 0.3 * len(work))
    ordered = work.sort_values("share_pct", ascending=False)
    _draw_groups(axes, ordered, WORK)
    shares = ordered.set_index("group")["share_pct"]
    return style.finish(
        figure,
        "the share of women by work in North Korea",
        source,
        ordered,
        title=f"Most workers are women ({text.percent(shares['worker'])}), most soldiers and managers men",
        subtitle="Share of women among all arrivals by work before leaving; bars: ranges for chance (95%)",
    )


def draw_surveys(surveys: pd.DataFrame, source: str) -> Drawing:
    """Draw the surveys that asked about trafficking, one row each, not joined."""
    figure, axes = style.start(1.4 + 0.5 * len(surveys))
    forms.draw_dots(
        axes,
        surveys,
        label="label",
        value="share_computed_pct",
        low="ci_low",
        high="ci_high",
        group="is_exact",
        colours={True: PALETTE["plum"], False: PALETTE["grey"]},
        markers={True: "o", False: "D"},
    )
    style.percents(axes, axis="x")
    axes.set_xlim(0, 100)
    axes.set_xlabel("")
    for place, row in enumerate(surveys.to_dict("records")):
        style.label_point(axes, row["ci_high"], place, f"{row['share_computed_pct']:.0f}%", weight="bold")
    low, high = surveys["share_computed_pct"].min(), surveys["share_computed_pct"].max()
    return style.finish(
        figure,
        "surveys that asked about trafficking",
        source,
        surveys,
        title=f"Trafficking: from {low:.0f}% to {high:.0f}%, depending on who was asked and what counted",
        subtitle="Share of those asked; bars show ranges for chance alone (95%); diamonds: base unclear",
    )
