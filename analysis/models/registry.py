"""Every model of the book: one entry per model, in the order of the chapters.

An entry names the function that fits the model, its options, the formula, and the variants of its
sensitivity table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from analysis.models.forecasts import missing, outlook
from analysis.models.inputs import Years
from analysis.models.pooling import pool
from analysis.models.results import Fit
from analysis.models.samples import (
    groups,
    payment_value,
    rare_events,
    returns_rate,
    share_pairs,
    share_ratios,
    shares,
)
from analysis.models.trends import count_trend, gap_trend, share_trend


@dataclass(frozen=True)
class Variant:
    """One changed choice, for the sensitivity table."""

    words: str
    changes: Mapping[str, Any]
    quantity: str = ""


@dataclass(frozen=True)
class Specification:
    """One model."""

    chapter: str
    model_id: str
    function: Callable[..., Fit]
    headline: str
    words: str
    formula: str
    options: Mapping[str, Any]
    variants: tuple[Variant, ...] = ()
    dropped: int = 0
    """Models fitted for the same question and shown nowhere."""


def rows(table: str, outcome: str, where: str = "", **options: Any) -> dict[str, Any]:
    """Return the options of a model: the rows and the column it is fitted to, and more."""
    return {"table": table, "outcome": outcome, "where": where, **options}


def vary(words: str, quantity: str = "", **changes: Any) -> Variant:
    """Return a variant; another ``quantity`` takes the place of the headline."""
    return Variant(words, changes, quantity)


ENTRANTS = {"table": "entrants", "outcome": "entrants_persons"}
WOMEN = {**ENTRANTS, "events": "sex=female"}
RELEASE_2020 = {"table": "entrants_vintages", "where": "vintage=2020-09-30"}
CLOSURE: tuple[Years, ...] = ((2020, 2022), (2023, None))
"""The border closed in January 2020 and reopened in the course of 2023."""
PHASES: dict[str, Any] = {"years": (2002, None), "break_year": 2012, "steps": CLOSURE}
PHASES_FORMULA = (
    "a + b (year - 2012) + [year >= 2012] (c + d (year - 2012)) + e [2020 <= year <= 2022] + f [year >= 2023]"
)
NEGATIVE_BINOMIAL = vary("negative binomial instead of quasi-Poisson", family="negative-binomial")

DEMOGRAPHICS = (
    Specification(
        "01_demographics",
        "arrivals_trend",
        count_trend,
        "jump_2012",
        "Log-linear trend of entrants per year with a new level and slope from 2012 and two later steps.",
        f"log E(entrants) = {PHASES_FORMULA}; Var = phi E",
        {**ENTRANTS, **PHASES},
        (
            NEGATIVE_BINOMIAL,
            vary("only 2002-2019", years=(2002, 2019), steps=()),
            vary("2020-2022 left out", skip=(2020, 2021, 2022), steps=((2023, None),)),
            vary("series from 2004", years=(2004, None)),
            vary("series from 2006", years=(2006, None)),
            vary("break a year earlier (2011)", "jump_2011", break_year=2011),
            vary("break at the first year of decline (2010)", "jump_2010", break_year=2010),
            vary("break at the peak (2009)", "jump_2009", break_year=2009),
            vary("break a year later (2013)", "jump_2013", break_year=2013),
            vary("figures as released in September 2020", **RELEASE_2020, years=(2002, 2019), steps=()),
        ),
        dropped=2,
    ),
    Specification(
        "01_demographics",
        "arrivals_trend_nb",
        count_trend,
        "jump_2012",
        "As arrivals_trend, with a variance that grows with the square of the mean.",
        f"log E(entrants) = {PHASES_FORMULA}; Var = E + alpha E^2",
        {**ENTRANTS, **PHASES, "family": "negative-binomial"},
    ),
    Specification(
        "01_demographics",
        "missing_arrivals",
        missing,
        "missing_2020_2022",
        "The log-linear trend of 2012-2019, continued, less the entrants counted since 2020.",
        "log E(entrants) = a + b (year - 2016), year 2012-2019; missing = sum E - sum observed, "
        "year >= 2020; Var = phi E",
        {**ENTRANTS, "years": (2012, 2019), "sums": ((2020, 2022), (2020, None))},
        (
            vary("line through 2013-2019", years=(2013, 2019)),
            vary("line through 2012-2018", years=(2012, 2018)),
            vary("line through 2010-2019", years=(2010, 2019)),
            vary("flat mean of 2012-2019", slope=False),
            vary("flat mean of 2017-2019", years=(2017, 2019), slope=False),
            vary("the last value, 2019, carried forward", yardstick="last value"),
            vary("straight line on the counts", yardstick="straight line"),
            NEGATIVE_BINOMIAL,
            vary("figures as released in September 2020", **RELEASE_2020, counted="entrants"),
        ),
    ),
)


def _vary_break(words: str, year: int) -> Variant:
    return vary(words, f"change_{year}_2019", **{**PHASES, "break_year": year})


UNWEIGHTED = vary("all years alike (unweighted)", family="unweighted")
BETA_BINOMIAL = vary("beta-binomial", family="beta-binomial")


def _women(model_id: str, headline: str, words: str, formula: str, **more: Any) -> Specification:
    """Return a trend in the share of women among entrants."""
    options = {**WOMEN, **more.pop("options")}
    words = f"Logistic trend of the share of women among entrants, {words}."
    return Specification(
        "02_gender", model_id, share_trend, headline, words, formula, options=options, **more
    )


def _women_by(dimension: str, words: str, reference: str) -> Specification:
    """Return the comparison of the share of women between groups of entrants."""
    return Specification(
        "02_gender",
        f"women_by_{dimension}",
        groups,
        f"share_{reference}",
        f"Share of women among all entrants up to September 2024, {words}, and odds ratios.",
        "p = women / entrants in a group; odds ratio = odds of a group / odds of the reference group",
        rows("profiles", "persons", f"as_of_date=2024-09-30;dimension={dimension}", reference=reference),
    )


GENDER = (
    _women(
        "share_women",
        "change_2012_2019",
        "2012-2019",
        "logit E(women / entrants) = a + b (year - 2016), 2012-2019; Var = phi E (1 - E) / entrants",
        options={"years": (2012, 2019)},
        dropped=3,
        variants=(
            UNWEIGHTED,
            BETA_BINOMIAL,
            vary("one model of all years, breaks at 2012, 2020 and 2023", **PHASES),
            _vary_break("the same with the break in 2010", 2010),
            _vary_break("the same with the break in 2009", 2009),
            vary("from 2010", "change_2010_2019", years=(2010, 2019)),
            vary("from 2013", "change_2013_2019", years=(2013, 2019)),
            vary("to 2018", "change_2012_2018", years=(2012, 2018)),
            vary("figures as released in September 2020", **RELEASE_2020),
        ),
    ),
    _women(
        "share_women_betabinomial",
        "change_2012_2019",
        "2012-2019, with shares that scatter from year to year",
        "women ~ beta-binomial(entrants, p, precision); logit p = a + b (year - 2016), 2012-2019",
        options={"years": (2012, 2019), "family": "beta-binomial"},
    ),
    _women(
        "share_women_early",
        "change_2002_2011",
        "2002-2011",
        "logit E(women / entrants) = a + b (year - 2007), 2002-2011; Var = phi E (1 - E) / entrants",
        options={"years": (2002, 2011)},
    ),
    _women(
        "share_women_all",
        "step_2020_2022",
        "all years, with a new level and slope from 2012 and two later steps",
        f"logit E(women / entrants) = {PHASES_FORMULA}; Var = phi E (1 - E) / entrants",
        options=PHASES,
        variants=(
            UNWEIGHTED,
            BETA_BINOMIAL,
            vary("break in 2009", break_year=2009),
            vary("break in 2010", break_year=2010),
        ),
    ),
    Specification(
        "02_gender",
        "trafficking_shares",
        shares,
        "share_nhrck_2017_trafficked_female",
        "One proportion per survey: people who said so out of people asked.",
        "p = cases / n; Wilson score interval",
        rows(
            "trafficking",
            "share_pct",
            "is_survey_share=true",
            name=("study_id", "measure", "sex"),
            only=("trafficked", "forced_marriage_or_trafficking"),
        ),
    ),
    _women_by("province", "by province of origin", "north_hamgyong"),
    _women_by("age_at_entry", "by age at entry", "age_20_29"),
    _women_by("occupation", "by occupation in the North", "worker"),
)

BENEFITS = (
    Specification(
        "03_resettlement_benefits",
        "payment_value",
        payment_value,
        "months_2005",
        "Basic payment for one person in prices of one year and in months of the minimum wage.",
        "real = amount x CPI(base) / CPI(year); months = amount / monthly minimum wage(year)",
        rows("basic_payment_by_year", "amount_krw", "household_size=1", years=(1993, None), base_year=2020),
        (vary("226 instead of 209 hours in 2007-2010", hours=226),),
    ),
    Specification(
        "03_resettlement_benefits",
        "arrivals_payment_cut",
        count_trend,
        "jump_2005",
        "Interrupted series: log-linear trend of entrants with a new level and slope from 2005.",
        "log E(entrants) = a + b (year - 2005) + [year >= 2005] (c + d (year - 2005)), "
        "2002-2011; Var = phi E",
        {**ENTRANTS, "years": (2002, 2011), "break_year": 2005},
        (
            vary("after the cut only to 2008", years=(2002, 2008)),
            vary("after the cut to 2009, the peak", years=(2002, 2009)),
            vary("2004 without the 468 flown in together", less=(2004, 468)),
            NEGATIVE_BINOMIAL,
            vary("a jump but one slope", "step_2005", break_year=None, steps=((2005, None),)),
            vary("break a year later (2006)", "jump_2006", break_year=2006),
            vary("break two years later (2007)", "jump_2007", break_year=2007),
            vary(
                "figures as released in January 2012", table="entrants_vintages", where="vintage=2012-01-11"
            ),
        ),
    ),
)

OWN = "population=north_korean_origin;sex=all"
KHF = "survey=khf;sex=all;subgroup=;indicator="


def _survey_line(
    model_id: str,
    indicator: str,
    kind: str,
    words: str,
    formula: str,
    first: int,
    *variants: Variant,
    steps: tuple[Years, ...] = ((2022, None),),
    chapter: str = "04_livelihoods",
    **options: Any,
) -> Specification:
    """Return the straight line of a figure of the foundation's survey, with steps at redesigns."""
    options |= {"table": "survey_results", "outcome": "value", "where": KHF + indicator}
    options |= {"kind": kind, "years": (first, None), "steps": steps}
    return Specification(chapter, model_id, gap_trend, "change", words, formula, options, variants)


REDESIGNS: tuple[Years, ...] = ((2014, 2021), (2022, None))
GAP_FORMULA = "gap = a + b (year - 2020) + c [2014 <= year <= 2021] + d [year >= 2022] + error"
FROM_2010 = vary("with the smaller sample of 2010", years=(2010, None))
FROM_2014 = vary("only 2014 and later", years=(2014, None), steps=((2022, None),))
FROM_2018 = vary("only 2018 and later, no step", years=(2018, None), steps=())

LIVELIHOODS = (
    _survey_line(
        "employment_gap",
        "employment_rate",
        "difference",
        "The employment rate of people of northern origin minus that of South Koreans follows a straight "
        "line in time, with a step where the survey took in adolescents (2014) and one where it was "
        "weighted (2022).",
        GAP_FORMULA,
        2011,
        vary("no steps", steps=()),
        FROM_2014,
        FROM_2018,
        vary("without 2020, a rounded gap", skip=(2020,)),
        FROM_2010,
        steps=REDESIGNS,
        printed_gap=KHF + "employment_rate_gap",
    ),
    _survey_line(
        "unemployment_gap",
        "unemployment_rate",
        "difference",
        "As employment_gap, for the unemployment rate.",
        GAP_FORMULA,
        2011,
        vary("no steps", steps=()),
        FROM_2014,
        FROM_2010,
        steps=REDESIGNS,
    ),
    _survey_line(
        "wage_gap",
        "mean_monthly_wage",
        "log_ratio",
        "Straight line of the logarithm of the ratio of mean monthly wages, with a step from 2022.",
        "log(wage / South Korean wage) = a + b (year - 2020) + c [year >= 2022] + error, from 2014",
        2014,
        vary("no step", steps=()),
        vary("with 2012, adults only, as if alike", years=(2012, None)),
        FROM_2018,
    ),
    _survey_line(
        "discrimination_trend",
        "discrimination;item=",
        "level",
        "Straight line of the share who report discrimination, with a step from 2022.",
        "share = a + b (year - 2020) + c [year >= 2022] + error, from 2017",
        2017,
        vary("no step", steps=()),
        vary("with 2014, a full count", years=(2014, None)),
    ),
)

STUDIES = "population=north_korean_origin;is_pooled=true;condition="
APART = "population=north_korean_origin;is_primary=true;is_pooled=false;condition="
SELECTED = "population=north_korean_origin;role=selected_sample;condition="
INTERVIEWS = ("instrument_kind", "clinical_interview")
SCALES = vary("only symptom scales", keep=("instrument_kind", "symptom_scale"))


def _pooled(condition: str, *variants: Variant, **options: Any) -> Specification:
    """Return the pooled prevalence of one condition."""
    return Specification(
        "05_mental_health",
        f"{condition}_pooled",
        pool,
        "mean",
        "Random-effects mean of the log-odds of studies, one row per cohort; present symptoms only.",
        "logit p_i = mu + u_i + e_i; Var u = tau^2; Var e_i = 1/x_i + 1/(n_i - x_i)",
        {"table": "prevalence", "outcome": "prevalence_pct", "where": STUDIES + condition, **options},
        (
            vary("restricted likelihood instead of Paule-Mandel", estimator="reml"),
            vary("DerSimonian-Laird", estimator="dersimonian-laird"),
            vary("Wald interval instead of Knapp-Hartung", test="wald"),
            vary("only studies in South Korea", keep=("country", "South Korea")),
            vary("only adults", keep=("age_band", "adults")),
            vary("only studies that say they ask about the present", keep=("recall", "current")),
            *variants,
        ),
    )


MENTAL_HEALTH = (
    _pooled(
        "ptsd",
        vary("only clinical interviews", keep=INTERVIEWS),
        SCALES,
        vary("with selected samples", add=SELECTED + "ptsd"),
        vary("with the study that asked about the whole life", add=APART + "ptsd"),
        covariate=INTERVIEWS,
        apart=APART + "ptsd",
    ),
    _pooled(
        "depression",
        SCALES,
        vary("with selected samples", add=SELECTED + "depression"),
        vary("with those that asked about a past year or the whole life", add=APART + "depression"),
        apart=APART + "depression",
    ),
    _pooled("anxiety"),
    Specification(
        "05_mental_health",
        "suicidal_impulse_ratio",
        share_ratios,
        "ratio_2022",
        "Share who reported an impulse in the past year over the share of South Koreans who did.",
        "log(p / q); Var = (1 - p) / (p n) + (1 - q) / (q m)",
        rows(
            "survey_results",
            "value",
            KHF + "suicidal_impulse;population=north_korean_origin",
            other_n=36000,
            other="survey=kostat_social;indicator=suicidal_impulse;population=general_population;sex=all",
        ),
        (vary("design effect 2", design_effect=2.0), vary("South Korean n of 17,664", other_n=17664)),
    ),
    _survey_line(
        "life_satisfaction",
        "life_satisfaction;item=satisfied",
        "level",
        "Straight line of the share satisfied with life in the South, with a step from 2017 and from 2022.",
        "share = a + b (year - 2020) + c [2017 <= year <= 2021] + d [year >= 2022] + error",
        2014,
        vary("no steps", steps=()),
        vary("only 2017 and later", years=(2017, None), steps=((2022, None),)),
        vary("only full counts and samples to 2021", years=(2014, 2021), steps=((2017, None),)),
        steps=((2017, 2021), (2022, None)),
        chapter="05_mental_health",
    ),
    Specification(
        "05_mental_health",
        "published_intervals",
        shares,
        "share_ptsd",
        "The three shares of one study, with intervals recomputed from its share and n.",
        "p = share / 100; Wilson score interval with the printed n",
        rows("prevalence", "prevalence_pct", "study_id=cha_2018", name=("condition",)),
    ),
)

RETURNS = (
    Specification(
        "06_returns",
        "returns_rate",
        returns_rate,
        "ratio_since_2020_to_2012_2019",
        "Poisson rates of confirmed returns before and since the border closed, years of zero included.",
        "returns ~ Poisson(rate x years); ratio of two rates given the sum of the two counts",
        rows(
            "returns",
            "returns_persons",
            years=(2012, None),
            since=2020,
            covers="covers_until",
            unit="returns a year",
        ),
        (
            vary("quasi-Poisson instead of exact", family="quasi-poisson"),
            vary("periods parted at 2018", "ratio_since_2018_to_2012_2017", since=2018),
            vary("only years fully counted (to 2024)", years=(2012, 2024)),
            vary(
                "from 2014, after the two fullest years", "ratio_since_2020_to_2014_2019", years=(2014, None)
            ),
        ),
    ),
    Specification(
        "06_returns",
        "wish_to_return",
        shares,
        "share_thought_of_returning_any_2017",
        "One proportion a survey and question: people who said so out of people asked.",
        "p = cases / n; Wilson score interval",
        rows(
            "survey_results",
            "value",
            OWN,
            name=("indicator", "item", "year"),
            only=(
                "would_return_if_legal",
                "thinks_of_returning_if_unpunished",
                "country_to_move_to",
                "wants_to_return",
                "thought_of_returning",
                "happier_in_north_or_wants_to_return",
            ),
        ),
        (
            vary("Clopper-Pearson instead of Wilson", method="clopper-pearson"),
            vary("design effect 2", design_effect=2.0),
        ),
    ),
)

ADMISSIONS = rows(
    "us_admissions", "persons", "year_basis=fiscal_year;measure=refugee_admissions", years=(2006, None)
)
DESTINATIONS = (
    Specification(
        "07_destinations",
        "us_admissions",
        count_trend,
        "step_2018",
        "Overdispersed Poisson counts of admissions with one mean to 2017 and another from 2018.",
        "log E(admissions) = a + b [fiscal year >= 2018]; Var = phi E",
        {**ADMISSIONS, "steps": ((2018, None),), "slope": False},
        (
            NEGATIVE_BINOMIAL,
            vary("plain Poisson", family="poisson"),
            vary("from fiscal 2007", years=(2007, None)),
            vary("parted a year earlier (2017)", "step_2017", steps=((2017, None),)),
            vary("parted two years later (2020)", "step_2020", steps=((2020, None),)),
            vary("with a common slope", slope=True),
        ),
    ),
    Specification(
        "07_destinations",
        "us_admissions_rate",
        rare_events,
        "ratio_since_2018_to_2006_2017",
        "Poisson rates of admissions per fiscal year and in two periods, with exact intervals.",
        "admissions ~ Poisson(rate x years)",
        {**ADMISSIONS, "since": 2018, "unit": "admissions a year"},
    ),
)

MEASUREMENT = Specification(
    "08_measurement",
    "survey_pairs",
    share_pairs,
    "difference_employment_rate_2011",
    "Difference of two shares: what NKDB found less what the foundation found, same rate and year.",
    "d = q - p; Newcombe interval from the Wilson limits of q (of m asked) and p (of n asked)",
    rows(
        "survey_results",
        "value",
        OWN,
        first="khf",
        second="nkdb",
        only=("employment_rate", "labour_force_participation_rate", "unemployment_rate"),
    ),
    (vary("design effect 2 in both", design_effect=2.0),),
)


def _outlook(model_id: str, words: str, **options: Any) -> Specification:
    """Return one outlook: a yearly series three years ahead, by four methods."""
    return Specification(
        "09_outlook",
        model_id,
        outlook,
        "ahead_last_value_h1",
        f"{words}, three years ahead: the last value; the mean of the last three; the last value moved on by "
        "the mean change; and the chapter's line with the breaks known at the time. Each is scored by the "
        "forecasts it would have made from 2009 on.",
        "z = log(count) or logit(share); last value: z(T); mean: (z(T) + z(T-1) + z(T-2)) / 3; "
        f"drift: z(T) + h mean(dz); line: {PHASES_FORMULA}, a break only once two later years exist",
        {**ENTRANTS, **PHASES, "vintages": "entrants_vintages", **options},
        (
            vary("mean of the last three", "ahead_mean_of_last_three_h1"),
            vary("random walk with drift", "ahead_drift_h1"),
            vary("the chapter's line", "ahead_line_h1"),
            vary("the line without any break", "ahead_line_h1", break_year=None, steps=()),
            vary("the line, a break used after one later year", "ahead_line_h1", later=1),
            vary("the line, a break used after three", "ahead_line_h1", later=3),
            vary("last value, series from 2006", years=(2006, None)),
            vary("last value, series from 2012", years=(2012, None), break_year=None),
            vary("last value, each figure as first released", release="first"),
            *(
                vary(f"last value, without the changes into and out of {year}", without=str(year))
                for year in (2012, 2020, 2021)
            ),
        ),
    )


OUTLOOK = (
    _outlook("outlook_entrants", "Entrants a year"),
    _outlook("outlook_share_women", "The share of women among entrants", events="sex=female"),
)

SPECIFICATIONS: tuple[Specification, ...] = (
    *DEMOGRAPHICS,
    *GENDER,
    *BENEFITS,
    *LIVELIHOODS,
    *MENTAL_HEALTH,
    *RETURNS,
    *DESTINATIONS,
    MEASUREMENT,
    *OUTLOOK,
)
