"""Chapter 5: mental health by instrument, against the general population, its course and care."""

from __future__ import annotations

from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from analysis import text
from analysis.charts import forms, style
from analysis.charts.style import PALETTE, Drawing
from analysis.models.rates import estimate_share
from data.schema import labels

# What a survey must have asked about to be listed, and which services of several are drawn.
EXPOSURES = {
    "food_and_water_shortage": "lack of food and water",
    "illness_without_care": "ill without access to care",
    "severe_hunger_or_illness": "severe hunger or illness",
    "forced_self_criticism": "forced public self-criticism",
    "witnessed_public_execution": "saw a public execution",
    "family_separation": "unwanted separation from family",
    "forced_repatriation": "sent back from China by force",
    "witnessed_violence": "saw violence at school or work",
    "direct_violence": "suffered violence at school or work",
    "camp_or_prison": "held in a camp or prison",
    "gender_based_violence": "sexual violence, trafficking or forced sex work",
    "sexual_violence": "sexual violence",
}
SERVICES = {
    "used_any_service": "any service",
    "used_specialist_service": "specialist",
    "used_other_service": "other service",
    "used_general_medical_service": "general doctor",
}
LARGE_SURVEY = 100  # people asked
INSTRUMENTS = {
    "clinical_interview": "Interview",
    "symptom_scale": "Questionnaire",
    "single_item": "One question",
    "not_stated": "Not stated how",
}
INSTRUMENT_LOOKS = {  # colour and marker
    "Interview": (PALETTE["teal"], "o"),
    "Questionnaire": (PALETTE["ochre"], "s"),
    "One question": (PALETTE["plum"], "^"),
    "Not stated how": (PALETTE["grey"], "D"),
}
METHODS = [  # what each kind of study does, counts and leaves open
    (
        "Interview",
        "A trained person asks in person and decides",
        "People who meet the criteria of a diagnosis",
        "Few people can be asked, and many decline",
    ),
    (
        "Questionnaire",
        "People tick answers, and the answers are added up",
        "People above a cut-off, with or without a diagnosis",
        "Another cut-off gives another share",
    ),
    (
        "Insurance record",
        "A doctor treats someone and files a claim",
        "People treated for the first time",
        "Those who never see a doctor are missing",
    ),
]
PLACES = {
    "in_hiding": "China, in hiding",
    "protective_facility": "China, shelter",
    "hanawon": "Hanawon",
    "hana_center": "Hana centres",
    "school": "Schools",
}
NORTH, SOUTH = "north_korean_origin", "general_population"
WHO = {NORTH: "from North Korea", SOUTH: "general population"}
ROW = 0.262  # inches a line of 12 pt type needs


def arrange_studies(studies: pd.DataFrame) -> pd.DataFrame:
    """Return pooled studies in the order of the chart: by kind of instrument, then by share."""
    recalls, printed = labels("prevalence", "recall"), studies["ci_low_pct"].notna()
    surveyed = [_format_years(r.survey_year_start, r.survey_year_end) for r in studies.itertuples()]
    years = [
        f"by {published:.0f}" if year == "not stated" and pd.notna(published) else year
        for year, published in zip(surveyed, studies["published_year"], strict=True)
    ]
    rows = studies.assign(
        asked_by=[INSTRUMENTS[kind] for kind in studies["instrument_kind"]],
        place=[PLACES.get(row["setting"], row["country"]) for row in studies.to_dict("records")],
        recall_words=[recalls[recall] for recall in studies["recall"]],
        surveyed=surveyed,
        star=studies["is_pooled"].map({True: "", False: " *"}),
        is_printed_interval=printed,
        low_pct=studies["ci_low_pct"].where(printed, studies["ci_low"]).astype(float),
        high_pct=studies["ci_high_pct"].where(printed, studies["ci_high"]).astype(float),
    )
    rows["row_label"] = rows["place"] + ", " + pd.Series(years, rows.index) + rows["star"]
    rows = rows.sort_values("share_pct", kind="stable")
    order = list(INSTRUMENTS.values())
    return rows.sort_values("asked_by", key=lambda s: s.map(order.index), kind="stable", ignore_index=True)


def _format_years(start: Any, end: Any) -> str:
    if pd.isna(start):
        return "not stated"
    return f"{start:.0f}" if pd.isna(end) or end == start else f"{start:.0f}–{end:.0f}"


def describe_methods(studies: pd.DataFrame, hazards: pd.DataFrame) -> pd.DataFrame:
    """Return what each kind of study does, counts, leaves open and found on PTSD."""
    table = pd.DataFrame(METHODS, columns=["method", "how", "counts", "limit"])
    shares = studies[studies["is_pooled"]].groupby("asked_by")["share_pct"].agg(["min", "max", "size"])
    ptsd = hazards.set_index("outcome").loc["ptsd", "value"]
    ranges = {
        method: text.interval(low, high, unit="%")
        for method, low, high in zip(shares.index, shares["min"], shares["max"], strict=True)
    }
    found = [
        ranges[method] if method in ranges else f"{text.times(ptsd)} as often" for method in table["method"]
    ]
    return table.assign(found=found)


def select_hazards(ratios: pd.DataFrame) -> pd.DataFrame:
    """Return the hazard ratios from insurance claims: all ages, then children, largest first."""
    rows = ratios[ratios["measure"].eq("hazard_ratio_adjusted")]
    is_child = rows["people"].ne("All ages")
    rows = rows.assign(
        who=is_child.map({True: "children", False: "all ages"}),
        label=rows["outcome"].map(labels("relative_risks", "outcome")).mask(is_child, "any, aged 1–18"),
        years=[_format_years(r.data_year_start, r.data_year_end) for r in rows.itertuples()],
    )
    return rows.sort_values(["who", "value"], ascending=[True, False], kind="stable", ignore_index=True)


def compare_interviews(prevalence: pd.DataFrame, study: str) -> pd.DataFrame:
    """Return one study's shares by condition beside those of the general population it prints."""
    rows = prevalence[prevalence["study_id"] == study]
    wide = rows.pivot(index="condition", columns="population", values="prevalence_pct")
    return wide[["north_korean_origin", "general_population"]].dropna()


def list_exposures(trauma: pd.DataFrame) -> pd.DataFrame:
    """Return what people had lived through, one row per survey and kind of event, largest share first.

    Included are surveys of at least ``LARGE_SURVEY`` people of North Korean origin whose share fits
    the number asked and who were not chosen for the event; for sexual violence also those chosen.
    """
    is_chosen = trauma["sampling"].eq("purposive")
    is_anywhere = trauma["exposure"].eq("sexual_violence") & trauma["place"].eq("any")
    rows = trauma[
        trauma["exposure"].isin(list(EXPOSURES))
        & trauma["population"].eq("north_korean_origin")
        & trauma["n_status"].eq("base")
        & trauma["n"].ge(LARGE_SURVEY).fillna(False)
        & (~is_chosen | is_anywhere)
    ]
    people = rows["sex"].map({"female": "women", "male": "men", "all": "people"})
    place = rows["country"]
    years = pd.Series([_format_years(r.year_start, r.year_end) for r in rows.itertuples()], rows.index)
    rows = rows.assign(
        exposure_words=rows["exposure"].map(EXPOSURES),
        asked=people + " in " + place + ", " + years.replace("not stated", "year not stated"),
    )
    return rows.sort_values("share_pct", ascending=False, kind="stable", ignore_index=True)


def follow_cohort(prevalence: pd.DataFrame, study: str = "hong_2006") -> pd.DataFrame:
    """Return each wave of a cohort: ``year``, ``condition``, ``share_pct`` with limits, ``source_id``."""
    rows = prevalence[prevalence["study_id"] == study].sort_values(["wave", "condition"], ignore_index=True)
    rows = rows.assign(year=rows["survey_year_start"].astype(int), share_pct=100 * rows["cases"] / rows["n"])
    columns = ["year", "condition", "cases", "n", "share_pct", "ci_low", "ci_high", "source_id"]
    return _add_limits(rows)[columns].astype({"share_pct": float, "ci_low": float, "ci_high": float})


def _add_limits(shares: pd.DataFrame, share: str = "share_pct") -> pd.DataFrame:
    """Add Wilson's limits of a share in percent where the number asked is known."""
    found = [
        None if pd.isna(n) else estimate_share(pct * n / 100, n)
        for pct, n in zip(shares[share], shares["n"], strict=True)
    ]
    return shares.assign(
        ci_low=pd.array([100 * f.low if f else None for f in found], dtype="Float64"),
        ci_high=pd.array([100 * f.high if f else None for f in found], dtype="Float64"),
    )


def bound_follow_up(prevalence: pd.DataFrame) -> dict[str, float]:
    """Return how many with PTSD in 2001 were not seen again, and the later share had they all kept it."""
    rows = prevalence[prevalence["condition"] == "ptsd"].sort_values("wave").groupby("study_id")
    first = rows.get_group("hong_2005").iloc[0]
    seen, again = rows.get_group("hong_2006").iloc[[0, -1]].to_dict("records")
    lost = int(first["cases"] - seen["cases"])
    return {"lost_cases": lost, "if_unchanged_pct": 100 * (again["cases"] + lost) / first["n"]}


def select_services(care: pd.DataFrame) -> pd.DataFrame:
    """Return the share of residents who had used each kind of service for mental health."""
    rows = care[care["measure"].isin(list(SERVICES))].set_index("measure").loc[list(SERVICES)].reset_index()
    return rows.assign(label=rows["measure"].map(SERVICES))


def select_satisfaction(results: pd.DataFrame) -> pd.DataFrame:
    """Return the share satisfied with life, one row per round of the foundation's survey."""
    rows = results[results["item"].eq("satisfied") & results["population"].eq(NORTH)]
    rows = _select_whole(rows, "khf", "life_satisfaction").sort_values("year", ignore_index=True)
    return rows[["year", "era", "value", "n", "basis", "source_id"]]


def select_both(results: pd.DataFrame, indicator: str) -> pd.DataFrame:
    """Return an indicator of the foundation's survey and of South Korea's Social Survey.

    A suicidal impulse counts only if it was asked about the past year.
    """
    rows = results[results["unit"].eq("pct")]
    if indicator == "suicidal_impulse":
        rows = rows[rows["recall"] == "past_year"]
    parts = [
        _select_whole(rows[rows["population"].eq(population)], survey, indicator)
        for population, survey in ((NORTH, "khf"), (SOUTH, "kostat_social"))
    ]
    rows = pd.concat(parts).sort_values(["population", "year"], kind="stable", ignore_index=True)
    return rows[["year", "population", "era", "value", "n", "basis", "source_id"]]


def _select_whole(results: pd.DataFrame, survey: str, indicator: str) -> pd.DataFrame:
    """Return an indicator of a survey for everyone asked, not split by sex or group."""
    return results[
        results["survey"].eq(survey)
        & results["indicator"].eq(indicator)
        & results["sex"].eq("all")
        & results["subgroup"].isna()
    ]


def measure_gap(shares: pd.DataFrame) -> pd.DataFrame:
    """Return both populations in the years in which both were asked, with difference and ratio."""
    wide = shares.pivot(index="year", columns="population", values="value").dropna()
    wide = wide.assign(gap=wide[NORTH] - wide[SOUTH], ratio=wide[NORTH] / wide[SOUTH])
    return wide.reset_index().rename_axis(columns=None)


def standardise_by_sex(results: pd.DataFrame, year: int, share_women: float) -> float:
    """Return the general population's suicidal impulse in percent if this share of it were women."""
    rows = results[
        results["survey"].eq("kostat_social")
        & results["indicator"].eq("suicidal_impulse")
        & results["year"].eq(year)
        & results["subgroup"].isna()
    ].set_index("sex")["value"]
    return float(share_women * rows["female"] + (1 - share_women) * rows["male"])


def compare_denominators(deaths: pd.DataFrame) -> pd.DataFrame:
    """Return deaths by suicide divided by three denominators, over periods of several years."""
    rows = deaths[deaths["cause"].eq("suicide") & deaths["sex"].eq("all") & deaths["value"].notna()]
    rows = rows.sort_values("period_end", kind="stable")
    north = rows[rows["population"] == "north_korean_origin"]
    south = rows[rows["population"] == "general_population"].groupby("measure")
    shares, rates = south.get_group("share_of_deaths"), south.get_group("rate")
    share = _find_longest(north[north["measure"] == "share_of_deaths"])
    rate = _find_longest(north[north["measure"] == "rate"])
    entered = north[north["denominator_unit"] == "entrants"].iloc[0]
    per_entrant = 100_000 * entered["value"] / entered["denominator"]
    compared = [
        (
            "all deaths, %",
            share,
            share["value"],
            shares[shares["period_end"] <= share["period_end"]].iloc[-1],
        ),
        (
            "residents, per 100,000 and year",
            rate,
            rate["value"],
            rates[rates["period_start"] == rate["period_start"]].iloc[0],
        ),
        (
            "all who ever arrived, to date, per 100,000",
            entered,
            per_entrant,
            rates[rates["period_end"] <= entered["period_end"]].iloc[-1],
        ),
    ]
    table = pd.DataFrame(
        {
            "divided_by": words,
            "period": _format_period(row),
            "figure": float(figure),
            "south": float(other["value"]),
            "south_period": _format_period(other),
            "is_like_with_like": row is not entered,
            "source_id": row["source_id"],
        }
        for words, row, figure, other in compared
    )
    return table.assign(ratio=table["figure"] / table["south"])


def _find_longest(rows: pd.DataFrame) -> pd.Series:
    """Return the row with a stated start that covers the longest time."""
    days = rows["period_end"] - rows["period_start"]
    return rows[days == days.max()].iloc[0]


def _format_period(row: pd.Series) -> str:
    start, end = row["period_start"], row["period_end"]
    return f"to {end.year}" if pd.isna(start) else _format_years(start.year, end.year)


def count_registers(deaths: pd.DataFrame) -> pd.DataFrame:
    """Return counts of deaths over about ten years by two registers."""
    rows = deaths[
        deaths["population"].eq("north_korean_origin")
        & deaths["measure"].eq("deaths")
        & deaths["sex"].eq("all")
        & (deaths["period_end"] - deaths["period_start"]).dt.days.gt(9 * 365)
    ].set_index(["register", "cause"])
    wanted = {
        "ministry": ("ministry_count", "suicide"),
        "ministry_unknown": ("ministry_count", "unknown"),
        "registry": ("resident_registry", "suicide"),
    }
    return rows.loc[list(wanted.values())].reset_index().set_axis(list(wanted))


def draw_hazards(hazards: pd.DataFrame, source: str) -> Drawing:
    """Draw hazard ratios against the general population with their published intervals on a log scale."""
    figure, axes = style.start(0.7 + 0.34 * len(hazards))
    looks = {"all ages": (PALETTE["blue"], "o"), "children": (PALETTE["ochre"], "D")}
    axes.axvline(1, color=PALETTE["grey"], linewidth=1)
    sns.scatterplot(
        hazards, x="value", y=hazards.index, hue="who", style="who", s=70, legend=False, ax=axes, zorder=3,
        palette={who: colour for who, (colour, _) in looks.items()},
        markers={who: marker for who, (_, marker) in looks.items()},
    )  # fmt: skip
    for at, row in enumerate(hazards.to_dict("records")):
        axes.hlines(at, row["ci_low"], row["ci_high"], color=looks[row["who"]][0], linewidth=1.8)
        style.label_point(axes, row["ci_high"], at, f"{row['value']:.1f}", dx=6)
    forms.label_rows(axes, list(hazards["label"]))
    axes.axhline(hazards["who"].eq("all ages").sum() - 0.5, color=style.FAINT, linewidth=1)
    axes.set(xscale="log", xlim=(0.9, 9), xlabel="", ylabel="")
    axes.xaxis.set_major_locator(FixedLocator([1, 2, 4, 8]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: "equal" if v == 1 else f"{v:g} times"))
    found = hazards[hazards["who"] == "all ages"].set_index("outcome")["value"]
    return style.finish(
        figure,
        "first records of mental illness",
        source,
        hazards[["label", "who", "years", "value", "ci_low", "ci_high"]],
        title=f"Mental illness is newly recorded {found['any_mental_illness']:.1f} times as often, "
        f"PTSD {found['ptsd']:.1f} times",
        subtitle="People from North Korea against the general population of South Korea, insurance records "
        f"of {hazards['years'].iloc[0]}; bars: 95% ranges",
        alt=", ".join(f"{row.label} {row.value:.1f}" for row in hazards.itertuples()),
    )


def draw_recovery(cohort: pd.DataFrame, source: str) -> Drawing:
    """Draw full and partial PTSD in a followed cohort at its first and its last survey."""
    looks = {"ptsd": ("full PTSD", PALETTE["blue"]), "ptsd_partial": ("partial PTSD", PALETTE["plum"])}
    figure, axes = style.start(2.9)
    rows = cohort.assign(at=cohort["year"] + cohort["condition"].map({"ptsd": -0.03, "ptsd_partial": 0.03}))
    sns.lineplot(
        rows, x="at", y="share_pct", hue="condition", style="condition", markers=["o", "s"], dashes=False,
        palette={condition: colour for condition, (_, colour) in looks.items()},
        legend=False, ax=axes, errorbar=None,
    )  # fmt: skip
    for condition, (words, colour) in looks.items():
        part = rows[rows["condition"] == condition]
        axes.vlines(part["at"], part["ci_low"], part["ci_high"], color=colour, linewidth=1.6)
        first, last = (row["share_pct"] for row in (part.iloc[0], part.iloc[-1]))
        is_full = condition == "ptsd"
        style.label_beside(
            axes, part["at"].iloc[0], first, f"{words} {first:.0f}%", colour=colour, left=is_full
        )
        dy = -8 if is_full else 8
        style.label_point(
            axes, part["at"].iloc[-1], last, f"{last:.0f}%", colour=colour, dx=10, dy=dy, weight="bold"
        )
    years = sorted(cohort["year"].unique())
    axes.set(xticks=years, xlim=(years[0] - 1.6, years[-1] + 0.6), ylim=(0, 45), xlabel="", ylabel="")
    axes.set_yticks([0, 20, 40])
    style.percents(axes)
    full = cohort[cohort["condition"] == "ptsd"]["share_pct"]
    return style.finish(
        figure,
        "PTSD in a followed cohort",
        source,
        cohort[["year", "condition", "cases", "n", "share_pct", "ci_low", "ci_high"]],
        title=f"In one group followed for {text.number_word(years[-1] - years[0])} years, PTSD fell from "
        f"{full.iloc[0]:.0f}% to {full.iloc[-1]:.0f}%",
        subtitle=f"The same {cohort['n'].iloc[0]} people who arrived in {years[0]}, share with PTSD by "
        "interview; bars: 95% ranges",
    )


def draw_studies(
    studies: pd.DataFrame, low: float, high: float, source: str, *, condition: str, subtitle: str
) -> Drawing:
    """Draw one row per study under its instrument; the band is where a new study could fall, in percent."""
    names: list[str] = []
    headings, parts = [], []
    for asked_by, part in studies.groupby("asked_by", sort=False):
        headings.append(len(names))
        names.append(str(asked_by))
        parts.append(part.assign(row=range(len(names), len(names) + len(part))))
        names += list(part["row_label"])
    rows = pd.concat(parts)
    figure, axes = style.start(0.5 + ROW * (len(names) + 2))
    axes.axvspan(low, high, color=PALETTE["blue"], alpha=0.1, linewidth=0)
    sns.scatterplot(
        rows, x="share_pct", y="row", hue="asked_by", style="asked_by", s=60, legend=False, ax=axes, zorder=3,
        palette={kind: colour for kind, (colour, _) in INSTRUMENT_LOOKS.items()},
        markers={kind: marker for kind, (_, marker) in INSTRUMENT_LOOKS.items()},
    )  # fmt: skip
    for row in rows.to_dict("records"):
        colour = INSTRUMENT_LOOKS[row["asked_by"]][0]
        axes.hlines(row["row"], row["low_pct"], row["high_pct"], color=colour, linewidth=1.8)
        style.label_point(axes, 100, row["row"], f"{row['share_pct']:.0f}% of {row['n']:.0f}", dx=4)
    forms.label_rows(axes, names)
    axes.tick_params(axis="y", pad=max(style.measure(name) for name in names) + 4)
    for at, label in enumerate(axes.get_yticklabels()):
        label.set_horizontalalignment("left")
        if at in headings:
            label.set_fontweight("bold")
            label.set_color(INSTRUMENT_LOOKS[names[at]][0])
    words = f"band: a new study, {low:.0f}–{high:.0f}%"
    style.label_point(axes, (low + high) / 2, len(names), words, colour=PALETTE["blue"], dx=0, ha="center")
    axes.set(ylim=(len(names) + 0.6, -0.6), xlim=(0, 100), xticks=[0, 50, 100], xlabel="", ylabel="")
    style.percents(axes, axis="x")
    ours = rows[rows["is_pooled"]]["share_pct"]
    return style.finish(
        figure,
        f"{condition} by study",
        source,
        rows[["row_label", "asked_by", "n", "share_pct", "low_pct", "high_pct"]],
        title=f"{condition}: studies found anything from {ours.min():.0f}% to {ours.max():.0f}%",
        subtitle=subtitle,
    )


def draw_impulse(shares: pd.DataFrame, source: str) -> Drawing:
    """Draw both populations in the years in which both were asked, joined by a line per year."""
    both = measure_gap(shares).sort_values("year", ascending=False, ignore_index=True)
    rows = both.melt(["year"], [NORTH, SOUTH], var_name="population", value_name="value")
    rows = rows.assign(at=rows["year"].map({year: at for at, year in enumerate(both["year"])}))
    figure, axes = style.start(0.8 + 0.5 * len(both))
    for at, row in enumerate(both.to_dict("records")):
        axes.hlines(at, row[SOUTH], row[NORTH], color=style.FAINT, linewidth=3, zorder=1)
        for population, left in ((SOUTH, True), (NORTH, False)):
            colour = style.POPULATION_COLOURS[population]
            value = row[population]
            style.label_beside(axes, value, at, f"{value:.1f}%", colour=colour, left=left)
    _scatter_populations(axes, rows, x="value", y="at")
    for population, words in WHO.items():
        colour = style.POPULATION_COLOURS[population]
        value = both[population].iloc[0]
        ha = "left" if population == NORTH else "center"
        style.label_point(
            axes, value, 0, words, colour=colour, dx=0, dy=10, ha=ha, va="bottom", weight="bold"
        )
    forms.label_rows(axes, list(both["year"].astype(str)))
    axes.set(ylim=(len(both) - 0.5, -0.9), xlim=(0, 27), xticks=[0, 10, 20], xlabel="", ylabel="")
    style.percents(axes, axis="x")
    low, high = (text.number_word(both["ratio"].agg(end)) for end in ("min", "max"))
    return style.finish(
        figure,
        "impulse in the past year in two populations",
        source,
        rows[["year", "population", "value"]],
        title=f"People from North Korea reported an impulse {low} to {high} times as often",
        subtitle="Suicidal impulse in the past year, share of people asked in South Korea, years in which "
        "both surveys asked",
    )


def _scatter_populations(axes: Axes, rows: pd.DataFrame, *, x: str, y: str) -> None:
    sns.scatterplot(
        rows, x=x, y=y, hue="population", style="population", s=70, legend=False, ax=axes, zorder=3,
        palette=style.POPULATION_COLOURS, markers=style.POPULATION_MARKERS,
    )  # fmt: skip


def draw_services(services: pd.DataFrame, source: str) -> Drawing:
    """Draw the share who had used each kind of service for mental health."""
    figure, axes = style.start(0.4 + 0.4 * len(services))
    sns.barplot(
        services,
        x="share_pct",
        y="label",
        ax=axes,
        color=PALETTE["blue"],
        saturation=1,
        width=0.66,
        errorbar=None,
    )
    for at, share in enumerate(services["share_pct"]):
        style.label_point(axes, share, at, f"{share:.0f}%", dx=4, weight="bold")
    forms.clear_axes(axes)
    axes.set(xlim=(0, float(services["share_pct"].max()) * 1.2), xlabel="", ylabel="")
    used, n = services["share_pct"].iloc[0], services["n"].iloc[0]
    return style.finish(
        figure,
        "use of services for mental health",
        source,
        services[["label", "n", "share_pct"]],
        title=f"{used:.0f}% had used a service for their mental health",
        subtitle=f"{n} adults from North Korea in their first years in South Korea, "
        f"{services['year_start'].iloc[0]}, share by kind of service",
    )


def draw_satisfaction(satisfied: pd.DataFrame, source: str) -> Drawing:
    """Draw the share satisfied with life by year, one line per design of the survey."""
    figure, axes = style.start(2.9)
    now = satisfied[satisfied["era"] == satisfied["era"].iloc[-1]]
    axes.axvspan(now["year"].iloc[0] - 0.5, now["year"].iloc[-1] + 0.6, color=PALETTE["blue"], alpha=0.08)
    colours = dict.fromkeys(satisfied["era"], PALETTE["grey"]) | {now["era"].iloc[0]: PALETTE["blue"]}
    sns.lineplot(
        satisfied, x="year", y="value", hue="era", palette=colours, marker="o", errorbar=None, legend=False,
        ax=axes,
    )  # fmt: skip
    first, last = now.iloc[0], now.iloc[-1]
    for row in (first, last):
        style.label_above(axes, row["year"], row["value"], f"{row['value']:.0f}%", colour=PALETTE["blue"])
    style.label_note(axes, first["year"] - 0.5, 0.1, f"one design since {first['year']}")
    style.label_note(axes, satisfied["year"].iloc[0] - 0.3, 0.1, "earlier designs")
    axes.set(ylim=(0, 100), xlabel="", ylabel="")
    axes.set_yticks([0, 50, 100])
    style.percents(axes)
    style.whole_years(axes, satisfied["year"], step=5)
    return style.finish(
        figure,
        "satisfaction with life",
        source,
        satisfied[["year", "era", "value", "n", "basis"]],
        title=f"{last['value']:.0f}% are satisfied with life in South Korea, up from "
        f"{first['value']:.0f}% in {first['year']}",
        subtitle="Residents from North Korea, share of people asked; a line joins rounds of one design",
    )


def draw_stress(stress: pd.DataFrame, source: str) -> Drawing:
    """Draw the share under stress in both populations by year."""
    figure, axes = style.start(2.9)
    for population, words in WHO.items():
        part = stress[stress["population"] == population]
        colour, width = style.POPULATION_COLOURS[population], style.POPULATION_WIDTHS[population]
        sns.lineplot(
            part, x="year", y="value", color=colour, linewidth=width, errorbar=None, ax=axes,
            marker=style.POPULATION_MARKERS[population],
        )  # fmt: skip
        last = part.iloc[-1]
        style.label_beside(axes, last["year"], last["value"], f"{last['value']:.0f}%", colour=colour)
        at = part.iloc[0] if population == SOUTH else last
        ha = "left" if population == SOUTH else "right"
        style.label_point(
            axes, at["year"], at["value"], words, colour=colour, dx=0, dy=9, ha=ha, va="bottom", weight="bold"
        )
    axes.set(ylim=(0, 90), xlabel="", ylabel="", yticks=[0, 40, 80])
    style.percents(axes)
    style.whole_years(axes, stress["year"], step=4)
    axes.set_xlim(stress["year"].min() - 0.5, stress["year"].max() + 1.6)
    gap = measure_gap(stress).iloc[-1]
    return style.finish(
        figure,
        "stress in two populations",
        source,
        stress[["year", "population", "value", "n", "basis"]],
        title=f"{gap[NORTH]:.0f}% felt stressed in {gap['year']:.0f}, against {gap[SOUTH]:.0f}% in the "
        "general population",
        subtitle="Stress in daily life in South Korea, share of people asked",
    )
