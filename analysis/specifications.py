"""Every model of the book, specified before it is fitted: one entry a model, by chapter.

An entry says which rows of which clean table are used, the formula in words and symbols, why this
model, what else was tried, and what it does not say. ``analysis.models.fit`` looks entries up by
``model_id``; ``python -m analysis.estimates`` writes the results of all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from analysis.trends import Step


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
    engine: str
    data_table: str
    outcome: str
    formula_words: str
    formula: str
    family: str
    link: str
    method: str
    headline: str
    why: str
    limits: tuple[str, ...]
    filter: str = ""
    window: tuple[int, int | None] = (0, None)
    breaks: tuple[int, ...] = ()
    steps: tuple[Step, ...] = ()
    slope: bool = True
    centre: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    variants: tuple[Variant, ...] = ()
    dropped: tuple[str, ...] = ()
    without: str = ""


CLOSURE: tuple[Step, ...] = ((2020, 2022), (2023, None))
"""The border closed in January 2020 and reopened in the course of 2023: two times of their own."""

LEAST_SQUARES = "iteratively reweighted least squares, Pearson scale, Student's t"
ORDINARY = "ordinary least squares, Student's t"
PHASES = (
    "follow one straight line from 2002 to 2011 and another, with a level and a slope of its own, from 2012; "
    "the years of the closed border (2020-2022) and those since (2023 on) each lie a constant distance from "
    "the second line."
)
PHASES_FORMULA = (
    "a + b (year - 2012) + [year >= 2012] (c + d (year - 2012)) + e [2020 <= year <= 2022] + f [year >= 2023]"
)
KHF = "survey=khf;sex=all;subgroup=;indicator="
STUDIES = "population=north_korean_origin;is_pooled=true;condition="
APART = "population=north_korean_origin;is_primary=true;is_pooled=false;condition="

ARRIVALS_LIMITS = (
    "What happened at a date need not have been caused by what else happened then.",
    "One dispersion serves all years, though the years before 2012 scatter more than those after.",
    "Entrants are people who arrived in the South, not people who left the North that year.",
)

DEMOGRAPHICS = (
    Specification(
        chapter="01_demographics",
        model_id="arrivals_trend",
        engine="count_trend",
        data_table="entrants",
        outcome="entrants_persons",
        formula_words="The logarithms of expected entrants a year " + PHASES,
        formula=f"log E(entrants) = {PHASES_FORMULA}; Var = phi E",
        family="quasi-poisson",
        link="log",
        method=LEAST_SQUARES,
        headline="jump_2012",
        why=(
            "A yearly full count that changes by a percentage and scatters more than chance. The breaks are "
            "dated from outside: the change of leader in the North and the tighter border at the end "
            "of 2011, "
            "and the border closed in January 2020."
        ),
        limits=ARRIVALS_LIMITS,
        window=(2002, None),
        breaks=(2012,),
        steps=CLOSURE,
        dropped=(
            "a level and a slope of its own from 2020, with a step in 2023",
            "a line of its own for 2020-2022 and another since 2023, three years each",
        ),
        variants=(
            Variant("negative binomial instead of quasi-Poisson", {"family": "negative-binomial"}),
            Variant("only 2002-2019", {"window": (2002, 2019), "steps": ()}),
            Variant(
                "2020-2022 left out", {"options": {"skip": (2020, 2021, 2022)}, "steps": ((2023, None),)}
            ),
            Variant("series from 2004", {"window": (2004, None)}),
            Variant("series from 2006", {"window": (2006, None)}),
            Variant("break a year earlier (2011)", {"breaks": (2011,)}, "jump_2011"),
            Variant("break at the first year of decline (2010)", {"breaks": (2010,)}, "jump_2010"),
            Variant("break at the peak (2009)", {"breaks": (2009,)}, "jump_2009"),
            Variant("break a year later (2013)", {"breaks": (2013,)}, "jump_2013"),
            Variant(
                "figures as released in September 2020",
                {
                    "data_table": "entrants_vintages",
                    "filter": "vintage=2020-09-30",
                    "window": (2002, 2019),
                    "steps": (),
                },
            ),
        ),
    ),
    Specification(
        chapter="01_demographics",
        model_id="arrivals_trend_nb",
        engine="count_trend",
        data_table="entrants",
        outcome="entrants_persons",
        formula_words="As arrivals_trend, with a variance that grows with the square of the mean.",
        formula=f"log E(entrants) = {PHASES_FORMULA}; Var = E + alpha E^2",
        family="negative-binomial",
        link="log",
        method="profile likelihood, Student's t",
        headline="jump_2012",
        why="The rival family of arrivals_trend: it lets small years count for more.",
        limits=ARRIVALS_LIMITS[:1],
        window=(2002, None),
        breaks=(2012,),
        steps=CLOSURE,
    ),
    Specification(
        chapter="01_demographics",
        model_id="missing_arrivals",
        engine="missing",
        data_table="entrants",
        outcome="entrants_persons",
        formula_words=(
            "The logarithm of expected entrants follows a straight line through 2012-2019, continued "
            "over the "
            "years from 2020; missing is what the line expects less what was counted."
        ),
        formula=(
            "log E(entrants) = a + b (year - 2016), year 2012-2019; missing = sum E - sum observed, "
            "year >= 2020; Var = phi E"
        ),
        family="quasi-poisson",
        link="log",
        method=LEAST_SQUARES + "; prediction interval of a sum on the log scale",
        headline="missing_2020_2022",
        why="The eight years before the closure lie near one line; the interval is one for new counts.",
        limits=(
            "Missing against that line; nobody can say how many would have come.",
            "Each year further from 2019 leans more on the line having gone on unchanged.",
            "Eight years make the line, so other windows and a flat mean stand beside it.",
        ),
        window=(2012, 2019),
        options={"sums": ((2020, 2022), (2020, None))},
        variants=(
            Variant("line through 2013-2019", {"window": (2013, 2019)}),
            Variant("line through 2012-2018", {"window": (2012, 2018)}),
            Variant("line through 2010-2019", {"window": (2010, 2019)}),
            Variant("flat mean of 2012-2019", {"slope": False}),
            Variant("flat mean of 2017-2019", {"window": (2017, 2019), "slope": False}),
            Variant("the last value, 2019, carried forward", {"options": {"yardstick": "last value"}}),
            Variant("straight line on the counts", {"options": {"yardstick": "straight line"}}),
            Variant("negative binomial instead of quasi-Poisson", {"family": "negative-binomial"}),
            Variant(
                "figures as released in September 2020",
                {
                    "data_table": "entrants_vintages",
                    "filter": "vintage=2020-09-30",
                    "options": {"counted": ("entrants", "")},
                },
            ),
        ),
    ),
)

SHARE_LIMITS = (
    "The share moves when more women or when fewer men arrive; it does not say which.",
    "Weighted by people: a year of 2,000 entrants counts thirty times one of 65.",
    "A trend in time is no reason; motives and policies are other pages.",
)
SHARE_WORDS = "The log-odds that an entrant is a woman "

GENDER = (
    Specification(
        chapter="02_gender",
        model_id="share_women",
        engine="share_trend",
        data_table="entrants",
        outcome="entrants_persons",
        formula_words=SHARE_WORDS + "follow a straight line over 2012-2019.",
        formula="logit E(women / entrants) = a + b (year - 2016), 2012-2019; Var = phi E (1 - E) / entrants",
        family="quasi-binomial",
        link="logit",
        method=LEAST_SQUARES,
        headline="change_2012_2019",
        why=(
            "A share out of a known number of people that scatters more than chance. The phases are those of "
            "the arrivals model and were fixed by outside events; each is fitted apart, since one dispersion "
            "does not serve all."
        ),
        limits=SHARE_LIMITS,
        window=(2012, 2019),
        options={"events": "sex=female"},
        dropped=(
            "one straight line through all years",
            "breaks at 2009 and 2012 together",
            "a line of its own for 2020-2022 and another since 2023, three years each",
        ),
        variants=(
            Variant("all years alike (unweighted)", {"family": "unweighted"}),
            Variant("beta-binomial", {"family": "beta-binomial"}),
            Variant(
                "one model of all years, breaks at 2012, 2020 and 2023",
                {"window": (2002, None), "breaks": (2012,), "steps": CLOSURE},
            ),
            Variant(
                "the same with the break in 2010",
                {"window": (2002, None), "breaks": (2010,), "steps": CLOSURE},
                "change_2010_2019",
            ),
            Variant(
                "the same with the break in 2009",
                {"window": (2002, None), "breaks": (2009,), "steps": CLOSURE},
                "change_2009_2019",
            ),
            Variant("from 2010", {"window": (2010, 2019)}, "change_2010_2019"),
            Variant("from 2013", {"window": (2013, 2019)}, "change_2013_2019"),
            Variant("to 2018", {"window": (2012, 2018)}, "change_2012_2018"),
            Variant(
                "figures as released in September 2020",
                {
                    "data_table": "entrants_vintages",
                    "filter": "vintage=2020-09-30",
                },
            ),
        ),
    ),
    Specification(
        chapter="02_gender",
        model_id="share_women_betabinomial",
        engine="share_trend",
        data_table="entrants",
        outcome="entrants_persons",
        formula_words=SHARE_WORDS
        + "follow a straight line over 2012-2019, with shares that scatter from year to year.",
        formula="women ~ beta-binomial(entrants, p, precision); logit p = a + b (year - 2016), 2012-2019",
        family="beta-binomial",
        link="logit",
        method="maximum likelihood, Student's t",
        headline="change_2012_2019",
        why="The rival family of share_women: years count more nearly alike.",
        limits=SHARE_LIMITS[:1],
        window=(2012, 2019),
        options={"events": "sex=female"},
    ),
    Specification(
        chapter="02_gender",
        model_id="share_women_early",
        engine="share_trend",
        data_table="entrants",
        outcome="entrants_persons",
        formula_words=SHARE_WORDS + "follow a straight line over 2002-2011.",
        formula="logit E(women / entrants) = a + b (year - 2007), 2002-2011; Var = phi E (1 - E) / entrants",
        family="quasi-binomial",
        link="logit",
        method=LEAST_SQUARES,
        headline="change_2002_2011",
        why="The phase before 2012, fitted apart.",
        limits=("The share rose to 2008 and fell back: a straight line hides the turn.", *SHARE_LIMITS),
        window=(2002, 2011),
        options={"events": "sex=female"},
    ),
    Specification(
        chapter="02_gender",
        model_id="share_women_all",
        engine="share_trend",
        data_table="entrants",
        outcome="entrants_persons",
        formula_words=SHARE_WORDS + PHASES,
        formula=f"logit E(women / entrants) = {PHASES_FORMULA}; Var = phi E (1 - E) / entrants",
        family="quasi-binomial",
        link="logit",
        method=LEAST_SQUARES,
        headline="step_2020_2022",
        why="All years in one model: how far the closure years lie from the line before them.",
        limits=("One dispersion serves all phases, which makes every interval wide.", *SHARE_LIMITS),
        window=(2002, None),
        breaks=(2012,),
        steps=CLOSURE,
        options={"events": "sex=female"},
        variants=(
            Variant("all years alike (unweighted)", {"family": "unweighted"}),
            Variant("beta-binomial", {"family": "beta-binomial"}),
            Variant("break in 2009", {"breaks": (2009,)}),
            Variant("break in 2010", {"breaks": (2010,)}),
        ),
    ),
    Specification(
        chapter="02_gender",
        model_id="trafficking_shares",
        engine="shares",
        data_table="trafficking",
        filter="is_survey_share=true",
        outcome="share_pct",
        formula_words="One proportion a survey: people who said so out of people asked.",
        formula="p = cases / n; Wilson score interval",
        family="binomial",
        link="identity",
        method="Wilson; Clopper-Pearson below five cases",
        headline="share_nhrck_2017_trafficked_female",
        why="Definitions and samples differ too much to pool; the intervals stand side by side.",
        limits=(
            "The interval is for sampling from the people asked, who were not drawn at random.",
            "Trafficked means anything from sold to forced into marriage; see the definition in each row.",
        ),
        options={
            "name": ("study_id", "measure", "sex"),
            "only": ("measure", ("trafficked", "forced_marriage_or_trafficking")),
        },
    ),
)


def _compared(dimension: str, words: str, reference: str) -> Specification:
    """Return the specification that compares the share of women between groups of entrants."""
    return Specification(
        chapter="02_gender",
        model_id=f"women_by_{dimension}",
        engine="groups",
        data_table="profiles",
        filter=f"as_of_date=2024-09-30;dimension={dimension}",
        outcome="persons",
        formula_words=f"The share of women among all entrants up to September 2024, {words}.",
        formula="p = women / entrants in a group; odds ratio = odds of a group / odds of the reference group",
        family="binomial",
        link="identity",
        method="Wilson; Woolf; Pearson's chi-square",
        headline=f"share_{reference}",
        why="A full count at one date: shares and odds ratios, with how far chance alone could go.",
        limits=(
            "People still in protection and those whose group is not known are left out.",
            "With tens of thousands of people every difference stands out: its size matters.",
            "Groups overlap with year of arrival and with each other.",
        ),
        options={"by": "category", "events": "sex=female", "reference": reference, "drop": ("all",)},
    )


BENEFITS = (
    Specification(
        chapter="03_resettlement_benefits",
        model_id="payment_value",
        engine="payment_value",
        data_table="basic_payment_by_year",
        filter="household_size=1",
        outcome="amount_krw",
        formula_words=(
            "The basic payment for one person times the consumer price index of the base year over "
            "that of its "
            "own year; and divided by the monthly minimum wage of its own year."
        ),
        formula="real = amount x CPI(base) / CPI(year); months = amount / monthly minimum wage(year)",
        family="none",
        link="none",
        method="arithmetic",
        headline="months_2005",
        why="A legal amount and an index have no sampling error: plain arithmetic, no interval.",
        limits=(
            "Consumer prices are yearly averages; rents in cities rose differently.",
            "Payment and minimum wage are those in force on 1 July; the wage on its stated basis of hours.",
            "Amounts before 1993 were ranges tied to rank and are left out.",
        ),
        window=(1993, None),
        options={"base_year": 2020, "hours": 0},
        variants=(Variant("226 instead of 209 hours in 2007-2010", {"options": {"hours": 226}}),),
    ),
    Specification(
        chapter="03_resettlement_benefits",
        model_id="arrivals_payment_cut",
        engine="count_trend",
        data_table="entrants",
        outcome="entrants_persons",
        formula_words=(
            "The logarithm of expected entrants follows one straight line over 2002-2004, before the basic "
            "payment was cut, and another, with a level and a slope of its own, over 2005-2011."
        ),
        formula=(
            "log E(entrants) = a + b (year - 2005) + [year >= 2005] (c + d (year - 2005)), 2002-2011;"
            " Var = phi E"
        ),
        family="quasi-poisson",
        link="log",
        method=LEAST_SQUARES,
        headline="jump_2005",
        why=(
            "An interrupted series: level and slope may change at the cut of January 2005. Said as "
            "association."
        ),
        limits=(
            "Three years before the cut make the earlier line very uncertain.",
            "468 people were flown in together in July 2004: that year is lifted by one event.",
            "Other things changed in 2005 as well; before and after is not cause and effect.",
        ),
        window=(2002, 2011),
        breaks=(2005,),
        variants=(
            Variant("after the cut only to 2008", {"window": (2002, 2008)}),
            Variant("after the cut to 2009, the peak", {"window": (2002, 2009)}),
            Variant("2004 without the 468 flown in together", {"options": {"less": {2004: 468}}}),
            Variant("negative binomial instead of quasi-Poisson", {"family": "negative-binomial"}),
            Variant("a jump but one slope", {"breaks": (), "steps": ((2005, None),)}, "step_2005"),
            Variant("break a year later (2006)", {"breaks": (2006,)}, "jump_2006"),
            Variant("break two years later (2007)", {"breaks": (2007,)}, "jump_2007"),
            Variant(
                "figures as released in January 2012",
                {"data_table": "entrants_vintages", "filter": "vintage=2012-01-11"},
            ),
        ),
    ),
)

GAP_LIMITS = (
    "The redesigns of 2014 and 2022 have a step each where they fall within the years, those of 2013 and "
    "2017 have none; what is left beside the steps rests on few years.",
    "Comparators are the figures the survey itself prints, some for a month, some for a year.",
    "The two populations differ in age, sex and place; the gap is not adjusted for that.",
)
REDESIGN = (
    "A step where the survey changed: from 2014 everybody aged 15 and over instead of adults, from 2022 a "
    "weighted sample."
)

LIVELIHOODS = (
    Specification(
        chapter="04_livelihoods",
        model_id="employment_gap",
        engine="gap_trend",
        data_table="survey_results",
        filter=KHF + "employment_rate",
        outcome="value",
        formula_words=(
            "The employment rate of people of northern origin minus that of South Koreans follows a straight "
            "line in time, with a step where the survey took in adolescents (2014) and one where it was "
            "weighted (2022)."
        ),
        formula="gap = a + b (year - 2020) + c [2014 <= year <= 2021] + d [year >= 2022] + error",
        family="gaussian",
        link="identity",
        method=ORDINARY,
        headline="change",
        why="A difference of two rates of one year from one survey and its own comparator. " + REDESIGN,
        limits=GAP_LIMITS,
        window=(2011, None),
        steps=((2014, 2021), (2022, None)),
        centre=2020,
        options={"kind": "difference", "printed_gap": KHF + "employment_rate_gap"},
        variants=(
            Variant("no steps", {"steps": ()}),
            Variant("only 2014 and later", {"window": (2014, None), "steps": ((2022, None),)}),
            Variant("only 2018 and later, no step", {"window": (2018, None), "steps": ()}),
            Variant("without 2020, a rounded gap", {"options": {"skip": (2020,)}}),
            Variant("with the smaller sample of 2010", {"window": (2010, None)}),
        ),
    ),
    Specification(
        chapter="04_livelihoods",
        model_id="unemployment_gap",
        engine="gap_trend",
        data_table="survey_results",
        filter=KHF + "unemployment_rate",
        outcome="value",
        formula_words="As employment_gap, for the unemployment rate.",
        formula="gap = a + b (year - 2020) + c [2014 <= year <= 2021] + d [year >= 2022] + error",
        family="gaussian",
        link="identity",
        method=ORDINARY,
        headline="change",
        why="As employment_gap. " + REDESIGN,
        limits=GAP_LIMITS,
        window=(2011, None),
        steps=((2014, 2021), (2022, None)),
        centre=2020,
        options={"kind": "difference"},
        variants=(
            Variant("no steps", {"steps": ()}),
            Variant("only 2014 and later", {"window": (2014, None), "steps": ((2022, None),)}),
            Variant("with the smaller sample of 2010", {"window": (2010, None)}),
        ),
    ),
    Specification(
        chapter="04_livelihoods",
        model_id="wage_gap",
        engine="gap_trend",
        data_table="survey_results",
        filter=KHF + "mean_monthly_wage",
        outcome="value",
        formula_words=(
            "The logarithm of the mean monthly wage of people of northern origin over that of South Koreans "
            "follows a straight line in time, with a step from 2022, when the survey was redesigned."
        ),
        formula="log(wage / South Korean wage) = a + b (year - 2020) + c [year >= 2022] + error, from 2014",
        family="gaussian",
        link="identity",
        method=ORDINARY,
        headline="change",
        why="A ratio of two mean wages of one year, on the log scale so that it changes by a percentage.",
        limits=(
            *GAP_LIMITS,
            "The South Korean mean is that of the household survey; other series give other ratios.",
        ),
        window=(2014, None),
        steps=((2022, None),),
        centre=2020,
        options={"kind": "log_ratio"},
        variants=(
            Variant("no step", {"steps": ()}),
            Variant("with 2012, adults only, as if alike", {"window": (2012, None)}),
            Variant("only 2018 and later, no step", {"window": (2018, None), "steps": ()}),
        ),
    ),
    Specification(
        chapter="04_livelihoods",
        model_id="discrimination_trend",
        engine="gap_trend",
        data_table="survey_results",
        filter=KHF + "discrimination;item=",
        outcome="value",
        formula_words=(
            "The share who report discrimination in the past year follows a straight line from 2017, with a "
            "step from 2022, when the survey was redesigned."
        ),
        formula="share = a + b (year - 2020) + c [year >= 2022] + error, from 2017",
        family="gaussian",
        link="identity",
        method=ORDINARY,
        headline="change",
        why="One survey, one question; its own people, no comparator.",
        limits=("What people report as discrimination may change without discrimination changing.",),
        window=(2017, None),
        steps=((2022, None),),
        centre=2020,
        options={"kind": "level"},
        variants=(
            Variant("no step", {"steps": ()}),
            Variant("with 2014, a full count", {"window": (2014, None)}),
        ),
    ),
)

POOL_LIMITS = (
    "The mean is that of studies, not of people: a small study counts nearly as much as a large one.",
    "Instruments, cut-offs, settings and time since arrival differ; that is the spread shown.",
    "Studies that do not say which period they ask about are taken to ask about the present.",
    "Where a study printed no count, cases are its share times its n.",
)
POOL_OPTIONS = {
    "label": "study_label",
    "estimator": "paule-mandel",
    "test": "knapp-hartung",
    "subgroups": ("instrument_kind", "country", "age_band"),
}


def _pooled(
    condition: str, words: str, extra: Mapping[str, Any], variants: tuple[Variant, ...]
) -> Specification:
    """Return the specification that pools one condition."""
    return Specification(
        chapter="05_mental_health",
        model_id=f"{condition}_pooled",
        engine="pool",
        data_table="prevalence",
        filter=STUDIES + condition,
        outcome="prevalence_pct",
        formula_words=(
            f"The log-odds of {words} differ from study to study around one mean; each study counts by the "
            "inverse of its sampling variance plus the variance between studies. One row a cohort; studies "
            "that ask about a whole life or a past year are not pooled with those about the present."
        ),
        formula="logit p_i = mu + u_i + e_i; Var u = tau^2; Var e_i = 1/x_i + 1/(n_i - x_i)",
        family="normal",
        link="logit",
        method="Paule-Mandel, Knapp-Hartung",
        headline="mean",
        why=(
            "Studies measure different people with different instruments, so a common share cannot be"
            " assumed."
        ),
        limits=POOL_LIMITS,
        options={**POOL_OPTIONS, **extra},
        variants=(
            Variant("restricted likelihood instead of Paule-Mandel", {"options": {"estimator": "reml"}}),
            Variant("DerSimonian-Laird", {"options": {"estimator": "dersimonian-laird"}}),
            Variant("Wald interval instead of Knapp-Hartung", {"options": {"test": "wald"}}),
            Variant("only studies in South Korea", {"options": {"keep": ("country", ("South Korea",))}}),
            Variant("only adults", {"options": {"keep": ("age_band", ("adults",))}}),
            Variant(
                "only studies that say they ask about the present",
                {"options": {"keep": ("recall", ("current",))}},
            ),
            *variants,
        ),
    )


SELECTED = "population=north_korean_origin;role=selected_sample;condition="

MENTAL_HEALTH = (
    _pooled(
        "ptsd",
        "post-traumatic stress disorder",
        {
            "covariates": {"clinical_interview": ("instrument_kind", "clinical_interview")},
            "apart": APART + "ptsd",
        },
        (
            Variant(
                "only clinical interviews",
                {"options": {"keep": ("instrument_kind", ("clinical_interview",))}},
            ),
            Variant("only symptom scales", {"options": {"keep": ("instrument_kind", ("symptom_scale",))}}),
            Variant("with selected samples", {"options": {"add": (SELECTED + "ptsd",)}}),
            Variant(
                "with the study that asked about the whole life", {"options": {"add": (APART + "ptsd",)}}
            ),
        ),
    ),
    _pooled(
        "depression",
        "depression",
        {"apart": APART + "depression"},
        (
            Variant("only symptom scales", {"options": {"keep": ("instrument_kind", ("symptom_scale",))}}),
            Variant("with selected samples", {"options": {"add": (SELECTED + "depression",)}}),
            Variant(
                "with those that asked about a past year or the whole life",
                {"options": {"add": (APART + "depression",)}},
            ),
        ),
    ),
    _pooled("anxiety", "anxiety", {}, ()),
    Specification(
        chapter="05_mental_health",
        model_id="suicidal_impulse_ratio",
        engine="share_ratios",
        data_table="survey_results",
        filter=KHF + "suicidal_impulse;population=north_korean_origin",
        outcome="value",
        formula_words=(
            "The share of people of northern origin who reported an impulse in the past year over the"
            " share of "
            "South Koreans who did, year by year, shown and not fitted."
        ),
        formula="log(p / q); Var = (1 - p) / (p n) + (1 - q) / (q m)",
        family="binomial",
        link="log",
        method="delta method on the log ratio; Newcombe for the difference",
        headline="ratio_2022",
        why="Few years with the same question in both surveys.",
        limits=(
            "Two surveys with other age floors and another mix of sexes; not standardised.",
            "Where South Korea's n is not printed, 36,000 (its survey of 2022) is taken.",
            "Treated as simple random samples; a design effect of 2 stands in the sensitivity table.",
        ),
        options={
            "other": "survey=kostat_social;indicator=suicidal_impulse;population=general_population;sex=all",
            "other_n": 36000,
        },
        variants=(
            Variant("design effect 2", {"options": {"design_effect": 2.0}}),
            Variant("South Korean n of 17,664", {"options": {"other_n": 17664}}),
        ),
    ),
    Specification(
        chapter="05_mental_health",
        model_id="life_satisfaction",
        engine="gap_trend",
        data_table="survey_results",
        filter=KHF + "life_satisfaction;item=satisfied",
        outcome="value",
        formula_words=(
            "The share satisfied with life in the South follows a straight line from 2014, with a "
            "step from 2017 "
            "and from 2022, when the survey was redesigned."
        ),
        formula="share = a + b (year - 2020) + c [2017 <= year <= 2021] + d [year >= 2022] + error",
        family="gaussian",
        link="identity",
        method=ORDINARY,
        headline="change",
        why="The longest yearly series on well-being; its scale changed before 2014.",
        limits=(
            "Satisfied with life in the South is no measure of health.",
            "The steps follow changes of sample: full count and sample, then samples, then weighted samples.",
        ),
        window=(2014, None),
        steps=((2017, 2021), (2022, None)),
        centre=2020,
        options={"kind": "level"},
        variants=(
            Variant("no steps", {"steps": ()}),
            Variant("only 2017 and later", {"window": (2017, None), "steps": ((2022, None),)}),
            Variant(
                "only full counts and samples to 2021", {"window": (2014, 2021), "steps": ((2017, None),)}
            ),
        ),
    ),
    Specification(
        chapter="05_mental_health",
        model_id="published_intervals",
        engine="shares",
        data_table="prevalence",
        filter="study_id=cha_2018",
        outcome="prevalence_pct",
        formula_words="The three shares of one study with intervals recomputed from its share and n.",
        formula="p = share / 100; Wilson score interval with the printed n",
        family="binomial",
        link="identity",
        method="Wilson",
        headline="share_ptsd",
        why=(
            "A published interval recomputed: the printed ones are wider, as weighting by recruitment"
            " chains makes them."
        ),
        limits=(
            "The weights of the study are not published, so its own interval cannot be rebuilt exactly.",
        ),
        options={"name": ("condition",)},
    ),
)

RETURNS = (
    Specification(
        chapter="06_returns",
        model_id="returns_rate",
        engine="rare_events",
        data_table="returns",
        outcome="returns_persons",
        formula_words=(
            "Confirmed returns a year as events at a constant rate within each of two periods fixed "
            "beforehand, before and since the border closed; years without one are counted as zero."
        ),
        formula="returns ~ Poisson(rate x years); ratio of two rates given the sum of the two counts",
        family="poisson",
        link="identity",
        method="exact: Garwood for a rate, conditional binomial for a ratio",
        headline="ratio_since_2020_to_2012_2019",
        why="Counts from 0 to 7 a year: exact intervals, periods pooled, no year-on-year story.",
        limits=(
            "A confirmed return is one that was seen or found out: the counts are a floor.",
            "Zeroes of 2018, 2021 and since 2023 are implied by totals, and 2025 ends in August.",
            "The rates differ within a period more or less than chance: see the dispersion.",
        ),
        window=(2012, None),
        options={
            "periods": ((2012, 2019), (2020, None)),
            "covers": "covers_until",
            "unit": "returns a year",
            "base": (
                ("entrants", "", "entrants_persons"),
                ("entrants_bins", "role=current;sex=all", "entrants_persons"),
            ),
            "base_unit": "returns for 1,000 people who ever entered",
            "newcomers": (2, 3, 4, 5),
            "residents": True,
        },
        variants=(
            Variant("quasi-Poisson instead of exact", {"options": {"family": "quasi-poisson"}}),
            Variant(
                "periods parted at 2018",
                {"options": {"periods": ((2012, 2017), (2018, None))}},
                "ratio_since_2018_to_2012_2017",
            ),
            Variant("only years fully counted (to 2024)", {"window": (2012, 2024)}),
            Variant(
                "from 2014, after the two fullest years",
                {"window": (2014, None), "options": {"periods": ((2014, 2019), (2020, None))}},
                "ratio_since_2020_to_2014_2019",
            ),
        ),
    ),
    Specification(
        chapter="06_returns",
        model_id="wish_to_return",
        engine="shares",
        data_table="survey_results",
        filter="population=north_korean_origin;sex=all",
        outcome="value",
        formula_words="One proportion a survey and question: people who said so out of people asked.",
        formula="p = cases / n; Wilson score interval",
        family="binomial",
        link="identity",
        method="Wilson; Clopper-Pearson below five cases",
        headline="share_thought_of_returning_any_2017",
        why="Different questions to different people: set side by side, never joined.",
        limits=(
            "The interval is for sampling; wording moves the answer far more.",
            "Surveys that do not print how many were asked have no interval and are not here.",
        ),
        variants=(
            Variant("Clopper-Pearson instead of Wilson", {"options": {"method": "clopper-pearson"}}),
            Variant("design effect 2", {"options": {"design_effect": 2.0}}),
        ),
        options={
            "name": ("indicator", "item", "year"),
            "only": (
                "indicator",
                (
                    "would_return_if_legal",
                    "thinks_of_returning_if_unpunished",
                    "country_to_move_to",
                    "wants_to_return",
                    "thought_of_returning",
                    "happier_in_north_or_wants_to_return",
                ),
            ),
        },
    ),
)


ADMISSIONS = "year_basis=fiscal_year;measure=refugee_admissions"

DESTINATIONS = (
    Specification(
        chapter="07_destinations",
        model_id="us_admissions",
        engine="count_trend",
        data_table="us_admissions",
        filter=ADMISSIONS,
        outcome="persons",
        formula_words=(
            "Refugee admissions to the United States a fiscal year vary around one mean to 2017 and around "
            "another from 2018."
        ),
        formula="log E(admissions) = a + b [fiscal year >= 2018]; Var = phi E",
        family="quasi-poisson",
        link="log",
        method=LEAST_SQUARES,
        headline="step_2018",
        why="Counts from 0 to 37 that scatter more than chance; two means, no trend.",
        limits=(
            "Admissions, not asylum grants; a year of none may follow from the programme, not from demand.",
            "The first fiscal year began before the first admission of May 2006.",
        ),
        window=(2006, None),
        steps=((2018, None),),
        slope=False,
        variants=(
            Variant("negative binomial instead of quasi-Poisson", {"family": "negative-binomial"}),
            Variant("plain Poisson", {"family": "poisson"}),
            Variant("from fiscal 2007", {"window": (2007, None)}),
            Variant("parted a year earlier (2017)", {"steps": ((2017, None),)}, "step_2017"),
            Variant("parted two years later (2020)", {"steps": ((2020, None),)}, "step_2020"),
            Variant("with a common slope", {"slope": True}),
        ),
    ),
    Specification(
        chapter="07_destinations",
        model_id="us_admissions_rate",
        engine="rare_events",
        data_table="us_admissions",
        filter=ADMISSIONS,
        outcome="persons",
        formula_words="Admissions a fiscal year with exact intervals, by year and by period.",
        formula="admissions ~ Poisson(rate x years)",
        family="poisson",
        link="identity",
        method="exact: Garwood for a rate, conditional binomial for a ratio",
        headline="ratio_since_2018_to_2006_2017",
        why="Exact intervals for each small year; the ratio stands beside the overdispersed model.",
        limits=("Years scatter more than these intervals allow: see the dispersion.",),
        window=(2006, None),
        options={"periods": ((2006, 2017), (2018, None)), "unit": "admissions a year"},
    ),
)

MEASUREMENT = (
    Specification(
        chapter="08_measurement",
        model_id="survey_pairs",
        engine="share_pairs",
        data_table="survey_results",
        filter="population=north_korean_origin;sex=all",
        outcome="value",
        formula_words=(
            "What the institute NKDB found less what the state foundation found, the same rate in the same "
            "year, as a difference of two shares of people asked."
        ),
        formula="d = q - p; Newcombe interval from the Wilson limits of q (of m asked) and p (of n asked)",
        family="binomial",
        link="identity",
        method="Newcombe",
        headline="difference_employment_rate_2011",
        why="Two samples of the same people in one year: what is left between them is measurement.",
        limits=(
            "Both are treated as simple random samples; neither is one.",
            "The institute asks many of the same people each year, so its years are not independent.",
            "Years in which one of the two does not print how many answered have no interval.",
        ),
        options={
            "first": "khf",
            "second": "nkdb",
            "only": ("employment_rate", "labour_force_participation_rate", "unemployment_rate"),
        },
        variants=(Variant("design effect 2 in both", {"options": {"design_effect": 2.0}}),),
    ),
)


def _projected(
    model_id: str, words: str, options: Mapping[str, Any], family: str, link: str
) -> Specification:
    """Return the specification of one outlook."""
    return Specification(
        chapter="09_outlook",
        model_id=model_id,
        engine="outlook",
        data_table="entrants",
        outcome="entrants_persons",
        formula_words=(
            f"{words}, three years ahead: the last value; the mean of the last three; the last value "
            f"moved on by "
            "the mean change; and the chapter's line with the breaks known at the time. Each is "
            "scored by the "
            "forecasts it would have made from 2009 on."
        ),
        formula=(
            "z = log(count) or logit(share); last value: z(T); mean: (z(T) + z(T-1) + z(T-2)) / 3; "
            f"drift: z(T) + h mean(dz); line: {PHASES_FORMULA}, a break only once two later years exist"
        ),
        family=family,
        link=link,
        method="rolling origin, at least eight years to train, horizons 1-3, refitted at each origin",
        headline="ahead_last_value_h1",
        why="A model is worth using only if it beats the last value on years it had not seen.",
        limits=(
            "Sixteen origins decide little, and forecasts of neighbouring years overlap.",
            "The winner's own error is flattering: it was picked on the same years.",
            "Nothing here knows of a closed border before it has closed.",
        ),
        window=(2002, None),
        breaks=(2012,),
        steps=CLOSURE,
        options={"horizons": 3, "vintages": "entrants_vintages", **options},
        variants=(
            Variant("mean of the last three", {}, "ahead_mean_of_last_three_h1"),
            Variant("random walk with drift", {}, "ahead_drift_h1"),
            Variant("the chapter's line", {}, "ahead_line_h1"),
            Variant("the line without any break", {"breaks": (), "steps": ()}, "ahead_line_h1"),
            Variant(
                "the line, a break used after one later year", {"options": {"later": 1}}, "ahead_line_h1"
            ),
            Variant("the line, a break used after three", {"options": {"later": 3}}, "ahead_line_h1"),
            Variant("last value, series from 2006", {"window": (2006, None)}),
            Variant("last value, series from 2012", {"window": (2012, None), "breaks": ()}),
            Variant("last value, each figure as first released", {"options": {"release": "first"}}),
            *(
                Variant(f"last value, without the changes into and out of {year}", {"without": str(year)})
                for year in (2012, 2020, 2021)
            ),
        ),
    )


OUTLOOK = (
    _projected("outlook_entrants", "Entrants a year", {}, "quasi-poisson", "log"),
    _projected(
        "outlook_share_women",
        "The share of women among entrants",
        {"events": "sex=female"},
        "quasi-binomial",
        "logit",
    ),
)

SPECIFICATIONS: tuple[Specification, ...] = (
    *DEMOGRAPHICS,
    *GENDER,
    _compared("province", "by province of origin", "north_hamgyong"),
    _compared("age_at_entry", "by age at entry", "age_20_29"),
    _compared("occupation", "by occupation in the North", "worker"),
    *BENEFITS,
    *LIVELIHOODS,
    *MENTAL_HEALTH,
    *RETURNS,
    *DESTINATIONS,
    *MEASUREMENT,
    *OUTLOOK,
)
"""All models, in the order of the chapters."""
