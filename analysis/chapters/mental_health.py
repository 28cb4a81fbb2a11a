"""Chapter 5: mental health by instrument and setting, against South Korea, its course and care."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from analysis import text
from analysis.charts import forms, style
from analysis.charts.style import INK, PALETTE, Drawing
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
SUBGROUPS = {
    "clinical_interview": "interview",
    "symptom_scale": "scale",
    "South Korea": "in the South",
    "adults": "adults",
    "youth": "young people",
}
LARGE_SURVEY = 100  # people asked
PLACES = {  # where people were asked: colour and marker
    "China": (PALETTE["brick"], "^"),
    "community": (PALETTE["teal"], "o"),
    "school": (PALETTE["ochre"], "s"),
    "support centre": (PALETTE["blue"], "D"),
}
GROUPS = {"north": ("from the\nNorth", PALETTE["teal"]), "south": ("South\nKoreans", PALETTE["grey"])}
# Between these years the foundation's survey changed its sample, its age floor or its scale.
REDESIGNS = (2012.5, 2013.5, 2016.5, 2021.5)
ROW = 0.262  # inches a line of 12 pt type needs


def arrange_studies(studies: pd.DataFrame) -> pd.DataFrame:
    """Return pooled studies in the order of the chart: by kind of instrument, then by share."""
    kinds, settings, recalls = (labels("prevalence", c) for c in ("instrument_kind", "setting", "recall"))
    printed = studies["ci_low_pct"].notna()
    rows = studies.assign(
        asked_by=[kinds[kind] for kind in studies["instrument_kind"]],
        place=[settings[setting] for setting in studies["setting"]],
        recall_words=[recalls[recall] for recall in studies["recall"]],
        surveyed=[_format_years(r.survey_year_start, r.survey_year_end) for r in studies.itertuples()],
        label=studies["study_label"] + studies["is_pooled"].map({True: "", False: " *"}),
        is_printed_interval=printed,
        low_pct=studies["ci_low_pct"].where(printed, studies["ci_low"]).astype(float),
        high_pct=studies["ci_high_pct"].where(printed, studies["ci_high"]).astype(float),
    )
    order = list(kinds.values())
    rows = rows.sort_values("share_pct", kind="stable")
    return rows.sort_values("asked_by", key=lambda s: s.map(order.index), kind="stable", ignore_index=True)


def _format_years(start: Any, end: Any) -> str:
    if pd.isna(start):
        return "not stated"
    return f"{start:.0f}" if pd.isna(end) or end == start else f"{start:.0f}–{end:.0f}"


def describe_pools(estimates: pd.DataFrame, conditions: dict[str, str]) -> pd.DataFrame:
    """Return pooled models side by side, named by condition: mean and new study with limits, I²."""
    rows = []
    for model, condition in conditions.items():
        found = estimates[estimates["model_id"] == model].set_index("quantity")
        mean, new, i2 = (found.loc[quantity].to_dict() for quantity in ("mean", "new_study", "i2"))
        rows.append(
            {
                "condition": condition,
                "studies": int(mean["n"]),
                "mean_pct": mean["estimate"],
                "mean_low": mean["ci_low"],
                "mean_high": mean["ci_high"],
                "new_low": new["ci_low"],
                "new_high": new["ci_high"],
                "i2_pct": i2["estimate"],
            }
        )
    return _word_limits(pd.DataFrame(rows))


def describe_groups(subgroups: pd.DataFrame) -> pd.DataFrame:
    """Return groups of studies that were pooled, in the columns of ``describe_pools`` without I²."""
    rows = subgroups.dropna(subset=["share_pct"]).rename(
        columns={
            "share_pct": "mean_pct",
            "confidence_low": "mean_low",
            "confidence_high": "mean_high",
            "prediction_low": "new_low",
            "prediction_high": "new_high",
        }
    )
    return _word_limits(
        rows.assign(condition=[SUBGROUPS[group] for group in rows["group"]]).set_index("group")
    )


def _word_limits(pools: pd.DataFrame) -> pd.DataFrame:
    """Add both intervals in words: ``confidence`` and ``prediction``."""
    return pools.assign(
        confidence=list(map(text.interval, pools["mean_low"], pools["mean_high"])),
        prediction=list(map(text.interval, pools["new_low"], pools["new_high"])),
    )


def word_estimate(
    key: str, value: Any, low: Any, high: Any, *, places: int = 0, unit: str = "%"
) -> dict[str, str]:
    """Return an estimate and its interval for sentences: ``key`` and ``key_interval``."""
    return {
        key: text.decimal(value, places) + unit,
        f"{key}_interval": text.interval(low, high, places, unit),
    }


def word_pool(key: str, pool: pd.Series) -> dict[str, str]:
    """Return a row of ``describe_pools`` for sentences."""
    return {
        f"{key}_studies": text.number_word(pool["studies"]),
        **word_estimate(f"{key}_mean", pool["mean_pct"], pool["mean_low"], pool["mean_high"]),
        f"{key}_new": text.interval(pool["new_low"], pool["new_high"], unit="%"),
    }


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


def compare_schools(prevalence: pd.DataFrame, ratios: pd.DataFrame) -> pd.DataFrame:
    """Return the school survey's shares of both populations with the odds ratios of two papers."""
    words = labels("prevalence", "condition")
    outcomes = ["depression", "suicidal_ideation", "suicide_plan", "suicide_attempt"]
    rows = prevalence[prevalence["study_id"] == "kyrbs_2011_2019"]
    shares = rows.pivot(index="condition", columns="population", values="prevalence_pct").loc[outcomes]
    odds = ratios[ratios["measure"] == "odds_ratio_adjusted"].pivot_table(
        index="outcome", columns="study_id", values="value"
    )
    return pd.DataFrame(
        {
            "outcome_words": [words[outcome] for outcome in outcomes],
            "north_pct": shares["north_korean_origin"],
            "south_pct": shares["general_population"],
            "odds_all_years": odds["kyrbs_2011_2019"],
            "odds_matched": odds["rim_2020"],
            "source_id": rows["source_id"].iloc[0],
        },
        index=outcomes,
    ).reset_index(drop=True)


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
    place = rows["country"].replace({"South Korea": "the South"})
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


def tabulate_clinic(care: pd.DataFrame, entrants: pd.DataFrame) -> pd.DataFrame:
    """Return visits to the reception centre's clinic by year and department, beside the entrants."""
    rows = care[care["measure"].eq("clinic_visits") & care["months_covered"].notna()]
    wide = rows.pivot(index="year_start", columns="department", values="visits").rename_axis(columns=None)
    wide["months"] = rows.groupby("year_start")["months_covered"].first()
    wide["entrants_persons"] = entrants.groupby("year")["entrants_persons"].sum()
    wide = wide.reset_index(names="year")
    wide["period"] = wide["year"].astype(str) + wide["months"].eq(12).map({True: "", False: " (to August)"})
    return wide


def select_impulse(results: pd.DataFrame) -> pd.DataFrame:
    """Return the share with an impulse in the past year in both populations, with its limits."""
    return _add_limits(_select_both(results[results["recall"] == "past_year"], "suicidal_impulse"), "value")


def select_stress(results: pd.DataFrame) -> pd.DataFrame:
    """Return the share under stress in both populations; columns as ``select_impulse``, no limits."""
    return _select_both(results, "stress")


def select_satisfaction(results: pd.DataFrame) -> pd.DataFrame:
    """Return the share satisfied with life, one row per round of the foundation's survey."""
    rows = results[results["item"].eq("satisfied") & results["population"].eq("north_korean_origin")]
    rows = _select_whole(rows, "khf", "life_satisfaction").sort_values("year", ignore_index=True)
    return rows[["year", "era", "value", "n", "basis", "source_id"]].assign(group="north")


def _select_both(results: pd.DataFrame, indicator: str) -> pd.DataFrame:
    """Return one indicator of the foundation's survey and of South Korea's Social Survey."""
    rows = results[results["unit"].eq("pct")]
    north = _select_whole(rows[rows["population"].eq("north_korean_origin")], "khf", indicator)
    south = _select_whole(rows[rows["population"].eq("general_population")], "kostat_social", indicator)
    rows = pd.concat([north.assign(group="north"), south.assign(group="south")])
    rows = rows.sort_values(["group", "year"], kind="stable", ignore_index=True)
    return rows[["year", "group", "era", "value", "n", "basis", "source_id"]]


def _select_whole(results: pd.DataFrame, survey: str, indicator: str) -> pd.DataFrame:
    """Return an indicator of a survey for everyone asked, not split by sex or group."""
    return results[
        results["survey"].eq(survey)
        & results["indicator"].eq(indicator)
        & results["sex"].eq("all")
        & results["subgroup"].isna()
    ]


def measure_gap(shares: pd.DataFrame) -> pd.DataFrame:
    """Return both populations in the years in which both were asked, with the difference."""
    wide = shares.pivot(index="year", columns="group", values="value").dropna()
    return wide.assign(gap=wide["north"] - wide["south"]).reset_index().rename_axis(columns=None)


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
            "residents, a year for 100,000",
            rate,
            rate["value"],
            rates[rates["period_start"] == rate["period_start"]].iloc[0],
        ),
        (
            "all who ever entered, to date for 100,000",
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


def draw_studies(
    groups: Mapping[str, tuple[pd.DataFrame, pd.Series]], unit: str, source: str, *, subject: str
) -> Drawing:
    """Draw one row per study under headings, with the mean of studies and the span for a new one."""
    names: list[str] = []
    headings: list[int] = []
    parts, pools = [], []
    for name, (studies, pool) in groups.items():
        for asked_by, part in studies.groupby("asked_by", sort=False):
            headings.append(len(names))
            names.append(f"{name}, {str(asked_by).lower()}" if name else str(asked_by))
            parts.append(part.assign(row=range(len(names), len(names) + len(part))))
            names += list(part["label"])
        headings.append(len(names))
        pools.append((len(names), pool))
        names += [f"Mean of {pool['studies']:.0f} studies", "a new study"]
    figure, axes = style.start(0.95 + ROW * len(names))
    rows = pd.concat(parts)
    for place in PLACES:
        if (rows["place"] == place).any():
            _draw_place(axes, rows[rows["place"] == place], place)
    for at, pool in pools:
        axes.hlines(at + 1, pool["new_low"], pool["new_high"], color=PALETTE["grey"], linewidth=2)
        axes.plot([pool["new_low"], pool["new_high"]], [at + 1] * 2, "|", color=PALETTE["grey"], markersize=9)
        axes.hlines(at, pool["mean_low"], pool["mean_high"], color=INK, linewidth=3)
        axes.plot(pool["mean_pct"], at, marker="D", color=INK, markersize=8)
    forms.label_rows(axes, names)
    for at in headings:
        axes.get_yticklabels()[at].set_fontweight("bold")
    axes.set(ylim=(len(names) - 0.4, -0.8), xlim=(0, 100), xticks=[0, 25, 50, 75, 100])
    style.percents(axes, axis="x")
    axes.set_xlabel(unit, loc="right")
    columns = ["label", "asked_by", "place", "share_pct", "low_pct", "high_pct"]
    drawn = {name or subject: studies[columns] for name, (studies, _) in groups.items()}
    drawn["means"] = pd.DataFrame([pool for _, pool in pools])
    return style.finish(figure, subject, source, drawn)


def _draw_place(axes: Axes, studies: pd.DataFrame, place: str) -> None:
    """Draw the studies of one place and name it beside the first, on the side that has room."""
    colour, marker = PLACES[place]
    axes.hlines(studies["row"], studies["low_pct"], studies["high_pct"], color=colour, linewidth=1.8)
    axes.plot(
        studies["share_pct"], studies["row"], linestyle="none", marker=marker, markersize=7, color=colour
    )
    first = studies.iloc[0]
    x, dx, side = first["high_pct"], 6, "left"
    if first["low_pct"] > 100 - first["high_pct"]:
        x, dx, side = first["low_pct"], -6, "right"
    style.label_point(axes, x, first["row"], place, colour=colour, dx=dx, ha=side, weight="bold")


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
    axes.set(xscale="log", xlim=(0.9, 9.5))
    axes.xaxis.set_major_locator(FixedLocator([1, 2, 4, 8]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
    axes.set_xlabel("times South Koreans’ hazard", loc="right")
    return style.finish(figure, "hazard ratios from insurance claims", source, hazards)


def draw_impulse(shares: pd.DataFrame, source: str) -> Drawing:
    """Draw the share with an impulse in the past year in both populations, with the redesigns."""
    figure, axes = style.start(3.6)
    known = shares.dropna(subset=["ci_low"]).astype({"ci_low": float, "ci_high": float})
    for group, (_, colour) in GROUPS.items():
        part = known[known["group"] == group]
        style.draw_intervals(
            axes, part, at="year", low="ci_low", high="ci_high", colour=colour, horizontal=False
        )
    _draw_groups(axes, shares, {"north": (2014, 15), "south": (2010, 10)})
    for year in REDESIGNS[-2:]:
        style.mark_event(axes, year, "survey\nredesigned", height=1.0)
    style.name_unit(axes, "% of people asked")
    style.whole_years(axes, shares["year"], step=4)
    axes.set(xlim=(shares["year"].min() - 1.2, shares["year"].max() + 1.2), ylim=(0, 29))
    return style.finish(figure, "impulse in the past year in two populations", source, shares)


def _draw_groups(axes: Axes, shares: pd.DataFrame, label_at: Mapping[str, tuple[float, float]]) -> None:
    """Draw one line per population, broken between designs of the survey."""
    groups = {group: GROUPS[group] for group in GROUPS if (shares["group"] == group).any()}
    forms.draw_lines(
        axes,
        shares,
        x="year",
        y="value",
        group="group",
        labels={group: words for group, (words, _) in groups.items()},
        colours={group: colour for group, (_, colour) in groups.items()},
        label_at=label_at,
        era="era",
    )


def draw_recovery(cohort: pd.DataFrame, services: pd.DataFrame, source: str) -> Drawing:
    """Draw PTSD in a followed cohort above the use of services by residents."""
    figure, (top, bottom) = style.start(5.6, rows=2)
    looks = {
        "ptsd": ("full PTSD", PALETTE["teal"], -0.04, -12, "right"),
        "ptsd_partial": ("partial PTSD", PALETTE["ochre"], 0.04, 12, "left"),
    }
    for i, (condition, (words, colour, shift, offset, side)) in enumerate(looks.items()):
        part = cohort[cohort["condition"] == condition]
        at = part["year"] + shift
        top.plot(at, part["share_pct"], color=colour, marker=style.MARKERS[i], linestyle=style.DASHES[i])
        top.vlines(at, part["ci_low"], part["ci_high"], color=colour, linewidth=1.6)
        x, y = cohort["year"].mean(), part["share_pct"].mean()
        style.label_point(top, x, y, words, colour=colour, dx=offset, dy=offset, ha=side, weight="bold")
    years = sorted(cohort["year"].unique())
    top.set(xticks=years, xlim=(years[0] - 0.5, years[-1] + 0.5), ylim=(0, 45))
    style.name_unit(top, "PTSD in the same people, %")
    forms.draw_bars(bottom, services, label="label", value="share_pct", form=lambda v: f"{v:.0f}%")
    style.name_unit(bottom, "Had used for mental health, %")
    drawn = {
        "cohort": cohort[["year", "condition", "share_pct", "ci_low", "ci_high"]],
        "services": services[["label", "share_pct"]],
    }
    return style.finish(figure, "recovery in a followed cohort and use of services", source, drawn)


def draw_satisfaction(satisfied: pd.DataFrame, stress: pd.DataFrame, source: str) -> Drawing:
    """Draw satisfaction with life above stress in two populations, broken at the redesigns."""
    figure, (top, bottom) = style.start(5.8, rows=2, sharex=True)
    _draw_groups(top, satisfied, {"north": (2019, -12)})
    _draw_groups(bottom, stress, {"north": (2018, 10), "south": (2012, 10)})
    style.name_unit(top, "Satisfied with life, %")
    style.name_unit(bottom, "Under stress in daily life, %")
    for panel, breaks in ((top, REDESIGNS), (bottom, REDESIGNS[-1:])):
        for year in breaks:
            panel.axvline(year, color=PALETTE["grey"], linewidth=1, linestyle=(0, (2, 2)), zorder=1)
        panel.set_ylim(30, 92)
    bottom.set_xlim(2010.2, max(satisfied["year"].max(), stress["year"].max()) + 0.8)
    style.whole_years(bottom, [*satisfied["year"], *stress["year"]], step=4)
    drawn = {"satisfied with life": satisfied, "under stress": stress}
    return style.finish(figure, "satisfaction with life and stress", source, drawn)


def draw_without(without: pd.DataFrame, pool: pd.Series, source: str) -> Drawing:
    """Draw the mean of studies refitted without each study in turn."""
    columns = ["confidence_low", "confidence_high", "prediction_low", "prediction_high"]
    rows = without.sort_values("share_pct", kind="stable", ignore_index=True)
    rows = rows[["left_out", "share_pct", *columns]]
    figure, axes = style.start(1.3 + ROW * len(rows))
    axes.axvline(pool["mean_pct"], color=PALETTE["grey"], linewidth=1, linestyle=(0, (2, 2)))
    for kind, colour, width in (("prediction", PALETTE["grey"], 1.2), ("confidence", PALETTE["blue"], 3)):
        axes.hlines(rows.index, rows[f"{kind}_low"], rows[f"{kind}_high"], color=colour, linewidth=width)
    axes.plot(
        rows["share_pct"], rows.index, linestyle="none", marker="o", markersize=7, color=PALETTE["blue"]
    )
    forms.label_rows(axes, list(rows["left_out"]))
    axes.set(ylim=(len(rows) - 0.4, -0.6), xlim=(0, 100), xticks=[0, 25, 50, 75, 100])
    style.percents(axes, axis="x")
    axes.set_xlabel("mean without that study, %", loc="right")
    return style.finish(figure, "the mean without each study", source, rows)
