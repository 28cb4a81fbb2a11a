"""Summaries of mental health, its course, care and satisfaction; nothing here is a model."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis import text
from analysis.models.rates import estimate_share

INSTRUMENTS = {
    "clinical_interview": "Interview",
    "symptom_scale": "Scale",
    "single_item": "Other means",
    "not_stated": "Other means",
}
PLACES = {
    "in_hiding": "China",
    "protective_facility": "China",
    "community": "community",
    "school": "school",
    "hanawon": "support centre",
    "hana_center": "support centre",
}
RECALLS = {
    "current": "now",
    "past_year": "past year",
    "lifetime": "whole life",
    "not_stated": "not stated",
}
OUTCOMES = {
    "any_mental_illness": "any mental illness",
    "ptsd": "PTSD",
    "major_depressive_disorder": "major depression",
    "anxiety_or_panic_disorder": "anxiety or panic",
    "bipolar_disorder": "bipolar disorder",
    "alcohol_use_disorder": "alcohol use disorder",
    "depression": "depressive mood",
    "suicidal_ideation": "suicidal thoughts",
    "suicide_plan": "suicide plan",
    "suicide_attempt": "suicide attempt",
}
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
FEW = 100


def arrange_studies(studies: pd.DataFrame) -> pd.DataFrame:
    """Return pooled studies as a figure shows them: by kind of instrument, then by share."""
    printed = studies["ci_low_pct"].notna()
    rows = studies.assign(
        asked_by=[INSTRUMENTS[kind] for kind in studies["instrument_kind"]],
        place=[PLACES[setting] for setting in studies["setting"]],
        recall_words=[RECALLS[recall] for recall in studies["recall"]],
        surveyed=[_write_years(r.survey_year_start, r.survey_year_end) for r in studies.itertuples()],
        label=studies["study_label"] + studies["is_pooled"].map({True: "", False: " *"}),
        is_printed_interval=printed,
        low_pct=studies["ci_low_pct"].where(printed, studies["ci_low"]).astype(float),
        high_pct=studies["ci_high_pct"].where(printed, studies["ci_high"]).astype(float),
    )
    order = list(dict.fromkeys(INSTRUMENTS.values()))
    rows["rank"] = rows["asked_by"].map({words: i for i, words in enumerate(order)})
    return rows.sort_values(["rank", "share_pct"], kind="stable").drop(columns="rank").reset_index(drop=True)


def _write_years(start: Any, end: Any) -> str:
    """Return a span of years in words; a year that is not known is said to be so."""
    if pd.isna(start):
        return "not stated"
    return f"{start:.0f}" if pd.isna(end) or end == start else f"{start:.0f}–{end:.0f}"


def describe_pools(estimates: pd.DataFrame, words: dict[str, str]) -> pd.DataFrame:
    """Return pooled models side by side."""
    columns = ["estimate", "ci_low", "ci_high"]
    rows = []
    for model, name in words.items():
        found = estimates[estimates["model_id"] == model].set_index("quantity")
        mean, low, high = found.loc["mean", columns].astype(float)
        _, new_low, new_high = found.loc["new_study", columns].astype(float)
        rows.append(
            (name, int(found["n"].iloc[0]), mean, low, high, new_low, new_high, found["estimate"]["i2"])
        )
    names = "condition studies mean_pct mean_low mean_high new_low new_high i2_pct"
    return _write_limits(pd.DataFrame(rows, columns=names.split()))


def _write_limits(pools: pd.DataFrame) -> pd.DataFrame:
    """Return pools with both intervals also in words: ``confidence`` and ``prediction``."""
    pairs = {"confidence": ("mean_low", "mean_high"), "prediction": ("new_low", "new_high")}
    words = {
        name: [text.interval(a, b) for a, b in zip(pools[low], pools[high], strict=True)]
        for name, (low, high) in pairs.items()
    }
    return pools.assign(**words)


GROUPS = {
    "clinical_interview": "interview",
    "symptom_scale": "scale",
    "South Korea": "in the South",
    "adults": "adults",
    "youth": "young people",
}


def describe_groups(subgroups: pd.DataFrame) -> pd.DataFrame:
    """Return groups of studies that were pooled, in the columns of ``describe_pools``."""
    rows = subgroups.dropna(subset=["share_pct"]).set_index("group")
    heads = {
        "studies": "studies",
        "share_pct": "mean_pct",
        "confidence_low": "mean_low",
        "confidence_high": "mean_high",
        "prediction_low": "new_low",
        "prediction_high": "new_high",
    }
    found = rows[list(heads)].rename(columns=heads)
    found.insert(0, "condition", [GROUPS[group] for group in found.index])
    return _write_limits(found)


def word_estimate(
    key: str, value: Any, low: Any, high: Any, *, places: int = 0, unit: str = "%"
) -> dict[str, str]:
    """Return an estimate and its interval as facts for sentences: ``key`` and ``key_interval``."""
    return {
        key: text.decimal(value, places) + unit,
        f"{key}_interval": text.interval(low, high, places, unit),
    }


def word_pool(key: str, pool: pd.Series) -> dict[str, str]:
    """Return a row of ``describe_pools`` as facts for sentences."""
    return {
        f"{key}_studies": text.number_word(pool["studies"]),
        **word_estimate(f"{key}_mean", pool["mean_pct"], pool["mean_low"], pool["mean_high"]),
        f"{key}_new": text.interval(pool["new_low"], pool["new_high"], unit="%"),
    }


def select_hazards(ratios: pd.DataFrame) -> pd.DataFrame:
    """Return the hazard ratios from insurance claims, largest first."""
    rows = ratios[ratios["measure"].eq("hazard_ratio_adjusted")].copy()
    rows["who"] = rows["people"].eq("All ages").map({True: "all ages", False: "children"})
    rows["label"] = [OUTCOMES[outcome] for outcome in rows["outcome"]]
    rows.loc[rows["who"] == "children", "label"] = "any, aged 1–18"
    rows["years"] = [_write_years(r.data_year_start, r.data_year_end) for r in rows.itertuples()]
    return rows.sort_values(["who", "value"], ascending=[True, False], kind="stable").reset_index(drop=True)


def compare_schools(prevalence: pd.DataFrame, ratios: pd.DataFrame) -> pd.DataFrame:
    """Return the school survey's shares of both populations with the printed odds ratios."""
    rows = prevalence[prevalence["study_id"] == "kyrbs_2011_2019"]
    wide = rows.pivot(index="condition", columns="population", values="prevalence_pct")
    odds = ratios[ratios["measure"] == "odds_ratio_adjusted"].pivot_table(
        index="outcome", columns="study_id", values="value"
    )
    order = ["depression", "suicidal_ideation", "suicide_plan", "suicide_attempt"]
    return pd.DataFrame(
        {
            "outcome_words": [OUTCOMES[condition] for condition in order],
            "north_pct": wide.loc[order, "north_korean_origin"].to_numpy(),
            "south_pct": wide.loc[order, "general_population"].to_numpy(),
            "odds_all_years": odds["kyrbs_2011_2019"].reindex(order).to_numpy(),
            "odds_matched": odds["rim_2020"].reindex(order).to_numpy(),
            "source_id": rows["source_id"].iloc[0],
        }
    )


def compare_interviews(prevalence: pd.DataFrame, study: str) -> pd.DataFrame:
    """Return one study's shares beside those of South Koreans it prints."""
    rows = prevalence[prevalence["study_id"] == study]
    wide = rows.pivot(index="condition", columns="population", values="prevalence_pct")
    return wide[["north_korean_origin", "general_population"]].dropna()


def list_exposures(trauma: pd.DataFrame) -> pd.DataFrame:
    """Return what people had lived through, one row a survey and kind of event.

    Kept are surveys of at least a hundred people of North Korean origin whose share fits the number
    asked and whose people were not picked for the event, and for sexual violence every such survey
    that asked about any place.
    """
    known = trauma["exposure"].isin(list(EXPOSURES))
    picked = trauma["sampling"].eq("purposive")
    anywhere = trauma["exposure"].eq("sexual_violence") & trauma["place"].eq("any")
    rows = trauma[
        known
        & trauma["population"].eq("north_korean_origin")
        & trauma["n_status"].eq("base")
        & trauma["n"].ge(FEW).fillna(False)
        & (~picked | anywhere)
    ].copy()
    rows["exposure_words"] = rows["exposure"].map(EXPOSURES)
    years = pd.Series([_write_years(r.year_start, r.year_end) for r in rows.itertuples()], rows.index)
    people = rows["sex"].map({"female": "women", "male": "men", "all": "people"})
    place = rows["country"].replace({"South Korea": "the South"})
    rows["asked"] = people + " in " + place + ", " + years.replace("not stated", "year not stated")
    return rows.sort_values("share_pct", ascending=False, kind="stable").reset_index(drop=True)


def follow_cohort(prevalence: pd.DataFrame, study: str = "hong_2006") -> pd.DataFrame:
    """Return a cohort asked more than once, with an interval for each share."""
    rows = prevalence[prevalence["study_id"] == study].sort_values(["wave", "condition"])
    found = [estimate_share(float(c), float(n)) for c, n in zip(rows["cases"], rows["n"], strict=True)]
    return pd.DataFrame(
        {
            "year": rows["survey_year_start"].astype(int).to_numpy(),
            "condition": rows["condition"].to_numpy(),
            "cases": rows["cases"].astype(int).to_numpy(),
            "n": rows["n"].astype(int).to_numpy(),
            "share_pct": [100 * f.value for f in found],
            "ci_low": [100 * f.low for f in found],
            "ci_high": [100 * f.high for f in found],
            "source_id": rows["source_id"].to_numpy(),
        }
    )


def bound_follow_up(prevalence: pd.DataFrame) -> dict[str, float]:
    """Return who of the cohort of 2001 was not seen again, and what their absence may hide."""
    rows = prevalence[prevalence["condition"] == "ptsd"].sort_values("wave").groupby("study_id")
    first = rows.get_group("hong_2005").iloc[0]
    seen, again = rows.get_group("hong_2006").iloc[0], rows.get_group("hong_2006").iloc[-1]
    lost, lost_cases = int(first["n"] - seen["n"]), int(first["cases"] - seen["cases"])
    return {
        "lost": lost,
        "lost_cases": lost_cases,
        "lost_pct": 100 * lost_cases / lost,
        "if_unchanged_pct": 100 * (int(again["cases"]) + lost_cases) / int(first["n"]),
    }


def select_services(care: pd.DataFrame) -> pd.DataFrame:
    """Return the share of residents who had used each kind of service for mental health."""
    words = {
        "used_any_service": "any service",
        "used_specialist_service": "specialist",
        "used_other_service": "other service",
        "used_general_medical_service": "general doctor",
    }
    rows = care[care["measure"].isin(list(words))].set_index("measure").loc[list(words)].reset_index()
    return rows.assign(label=rows["measure"].map(words))


def tabulate_clinic(care: pd.DataFrame, entrants: pd.DataFrame) -> pd.DataFrame:
    """Return visits to the reception centre's clinic by year and department, beside the entrants."""
    rows = care[care["measure"].eq("clinic_visits") & care["months_covered"].notna()]
    wide = rows.pivot(index="year_start", columns="department", values="visits").rename_axis(columns=None)
    wide["months"] = rows.groupby("year_start")["months_covered"].first()
    wide["entrants_persons"] = entrants.groupby("year")["entrants_persons"].sum()
    wide = wide.reset_index(names="year")
    whole = wide["months"].eq(12)
    wide["period"] = wide["year"].astype(str) + whole.map({True: "", False: " (to August)"})
    return wide


def select_impulse(results: pd.DataFrame) -> pd.DataFrame:
    """Return the share with an impulse in the past year in both populations."""
    rows = _pick_both(results[results["recall"] == "past_year"], "suicidal_impulse")
    spans = [
        (None, None) if pd.isna(n) else _limit(value, float(n))
        for value, n in zip(rows["value"], rows["n"], strict=True)
    ]
    low, high = zip(*spans, strict=True)
    return rows.assign(ci_low=pd.array(low, dtype="Float64"), ci_high=pd.array(high, dtype="Float64"))


def _limit(share_pct: float, n: float) -> tuple[float, float]:
    found = estimate_share(share_pct * n / 100, n)
    return 100 * found.low, 100 * found.high


def select_stress(results: pd.DataFrame) -> pd.DataFrame:
    """Return the share under stress in both populations; columns as ``select_impulse``, no limits."""
    return _pick_both(results, "stress")


def measure_gap(shares: pd.DataFrame) -> pd.DataFrame:
    """Return both populations in the years that both were asked, with the difference."""
    wide = shares.pivot(index="year", columns="group", values="value").dropna()
    return wide.assign(gap=wide["north"] - wide["south"]).reset_index().rename_axis(columns=None)


def _pick_both(results: pd.DataFrame, indicator: str) -> pd.DataFrame:
    """Return one indicator of the foundation's survey and of the South's own Social Survey."""
    whole = results[
        results["indicator"].eq(indicator)
        & results["sex"].eq("all")
        & results["subgroup"].fillna("").eq("")
        & results["unit"].eq("pct")
    ]
    north = whole[whole["survey"].eq("khf") & whole["population"].eq("north_korean_origin")]
    south = whole[whole["survey"].eq("kostat_social") & whole["population"].eq("general_population")]
    rows = pd.concat([north.assign(group="north"), south.assign(group="south")])
    columns = ["year", "group", "era", "value", "n", "basis", "source_id"]
    return rows[columns].sort_values(["group", "year"], kind="stable").reset_index(drop=True)


def select_satisfaction(results: pd.DataFrame) -> pd.DataFrame:
    """Return the share satisfied with life in the South, one row a round of the foundation's survey."""
    rows = results[
        results["survey"].eq("khf")
        & results["indicator"].eq("life_satisfaction")
        & results["item"].eq("satisfied")
        & results["sex"].eq("all")
        & results["subgroup"].fillna("").eq("")
    ]
    columns = ["year", "era", "value", "n", "basis", "source_id"]
    return rows[columns].assign(group="north").sort_values("year").reset_index(drop=True)


def compare_denominators(deaths: pd.DataFrame) -> pd.DataFrame:
    """Return deaths by suicide set against three denominators, over periods of several years."""
    rows = deaths[deaths["cause"].eq("suicide") & deaths["sex"].eq("all") & deaths["value"].notna()]
    rows = rows.sort_values("period_end", kind="stable")
    north = rows[rows["population"] == "north_korean_origin"]
    south = rows[rows["population"] == "general_population"]
    share = _longest(north[north["measure"] == "share_of_deaths"])
    rate = _longest(north[north["measure"] == "rate"])
    entered = north[north["denominator_unit"] == "entrants"].iloc[0]
    shares, rates = south[south["measure"] == "share_of_deaths"], south[south["measure"] == "rate"]
    share_south = shares[shares["period_end"] <= share["period_end"]].iloc[-1]
    rate_south = rates[rates["period_start"] == rate["period_start"]].iloc[0]
    yearly = rates[rates["period_end"] <= entered["period_end"]].iloc[-1]
    cumulative = 100_000 * float(entered["value"]) / float(entered["denominator"])
    table = pd.DataFrame(
        {
            "divided_by": [
                "all deaths, %",
                "residents, a year for 100,000",
                "all who ever entered, to date for 100,000",
            ],
            "period": [_name_period(share), _name_period(rate), f"to {entered['period_end'].year}"],
            "figure": [float(share["value"]), float(rate["value"]), cumulative],
            "south": [float(share_south["value"]), float(rate_south["value"]), float(yearly["value"])],
            "south_period": [_name_period(share_south), _name_period(rate_south), _name_period(yearly)],
            "is_like_with_like": [True, True, False],
            "source_id": [share["source_id"], rate["source_id"], entered["source_id"]],
        }
    )
    return table.assign(ratio=table["figure"] / table["south"])


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
    found = rows.loc[list(wanted.values())].reset_index()
    return found.set_axis(list(wanted))


def _longest(rows: pd.DataFrame) -> pd.Series:
    """Return the row with a stated start that covers the longest time."""
    known = rows[rows["period_start"].notna()]
    days = known["period_end"] - known["period_start"]
    return known.loc[days == days.max()].iloc[0]


def _name_period(row: pd.Series) -> str:
    return _write_years(row["period_start"].year, row["period_end"].year)
