"""Every model of the book: one entry per model, in the order of the chapters.

An entry names the function that fits the model, the headline result, the model in words and as a
formula, its options (table, column, filter, years, …) and the changed choices of its sensitivity
table, at most five; a changed choice with a ``quantity`` shows that result instead of the headline.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from analysis.models.arrivals import by_sex, missing, phases, usual_change, women_share
from analysis.models.forecasts import outlook
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
    survey_trend,
)

Options = Mapping[str, Any]


@dataclass(frozen=True)
class Specification:
    """One model; ``kind`` is ``model``, ``interval`` (shares as published) or ``arithmetic``."""

    chapter: str
    model_id: str
    function: Callable[..., Fit]
    headline: str
    words: str
    formula: str
    options: Options
    variants: Mapping[str, Options] = field(default_factory=dict)
    kind: str = "model"


def rows(table: str, outcome: str, where: str = "", **options: Any) -> dict[str, Any]:
    """Return the options of a model: the rows and the column it is fitted to, and more."""
    return {"table": table, "outcome": outcome, "where": where, **options}


ENTRANTS = rows("entrants", "entrants_persons")
PHASE = {**ENTRANTS, "years": (2012, 2019)}
OWN = "population=north_korean_origin;sex=all"
KHF = "survey=khf;sex=all;subgroup=;indicator="
STUDIES = "population=north_korean_origin;is_pooled=true;condition="
APART = "population=north_korean_origin;is_primary=true;is_pooled=false;condition="

DEMOGRAPHICS = (
    Specification(
        "01_demographics",
        "arrivals_trend",
        phases,
        "change_2012_2019",
        "The arrivals of each phase follow a log line of their own, with a scatter of their own; the two "
        "lines are compared in the first year of the second phase.",
        "log E(entrants) = a + b (year - centre), fitted to 2002-2011 and to 2012-2019 apart; Var = phi E",
        ENTRANTS,
        {
            "early phase from 2003": {"quantity": "jump_2012", "spans": ((2003, 2011), (2012, 2019))},
            "early phase from 2004": {"quantity": "jump_2012", "spans": ((2004, 2011), (2012, 2019))},
        },
    ),
    Specification(
        "01_demographics",
        "missing_arrivals",
        missing,
        "missing_since_2020",
        "The log line of 2012-2019, continued, less the arrivals counted since 2020.",
        "log E(entrants) = a + b (year - 2016), year 2012-2019; missing = sum E - sum observed, "
        "year >= 2020; Var = phi E",
        {**PHASE, "sums": ((2020, 2022), (2020, None), (2023, None))},
        {
            "straight line on the counts": {"yardstick": "straight line"},
            "the last value, 2019, carried forward": {"yardstick": "last value"},
            "flat mean of 2012-2019": {"yardstick": "mean"},
        },
    ),
)

GENDER = (
    Specification(
        "02_gender",
        "share_women",
        women_share,
        "change_2012_2019",
        "The share of women among arrivals follows a logistic line within 2012-2019; the few arrivals of "
        "2021-2022 are compared with 2019.",
        "logit E(women / entrants) = a + b (year - 2016), 2012-2019; Var = phi E (1 - E) / entrants; "
        "difference = p(2021-2022) - p(2019), Newcombe",
        {**PHASE, "events": "sex=female", "compare": (2019, (2021, 2022))},
    ),
    Specification(
        "02_gender",
        "arrivals_by_sex",
        by_sex,
        "change_men_2012_2019",
        "The arrivals of women and those of men follow a log line each within 2012-2019.",
        "log E(women) = a + b (year - 2016), log E(men) = c + d (year - 2016), 2012-2019; Var = phi E",
        {**PHASE, "kept": (2019, 2021)},
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
        kind="interval",
    ),
    *(
        Specification(
            "02_gender",
            f"women_by_{dimension}",
            groups,
            f"share_{example}",
            f"Share of women among all entrants up to September 2024, by {words}.",
            "p = women / entrants in a group; Wilson score interval",
            rows("profiles", "persons", f"as_of_date=2024-09-30;dimension={dimension}"),
            kind="interval",
        )
        for dimension, words, example in (
            ("province", "province of origin", "north_hamgyong"),
            ("age_at_entry", "age at entry", "age_20_29"),
            ("occupation", "occupation in the North", "worker"),
        )
    ),
)

BENEFITS = (
    Specification(
        "03_resettlement_benefits",
        "payment_value",
        payment_value,
        "hours_2005",
        "Basic payment for one person in prices of one year and in hours of the minimum wage.",
        "real = amount x CPI(base) / CPI(year); hours = amount / hourly minimum wage(year)",
        rows("basic_payment_by_year", "amount_krw", "household_size=1", years=(1993, None), base_year=2020),
        kind="arithmetic",
    ),
    Specification(
        "03_resettlement_benefits",
        "arrivals_payment_cut",
        usual_change,
        "jump_2005",
        "The change of arrivals from 2004 to 2005 beside the changes into the other years of 2003-2011.",
        "log n(t) - log n(t - 1) = mu + error, t = 2003-2011 without 2005; jump = the change into 2005 - mu",
        {**ENTRANTS, "years": (2002, 2011), "at": 2005, "less": (2004, 468)},
        {
            "2004 without the 468 flown in together": {"dropped": True},
            "changes up to 2009, the peak": {"years": (2002, 2009)},
        },
    ),
)

EMPLOYMENT = Specification(
    "04_livelihoods",
    "employment_gap",
    survey_trend,
    "step_2017",
    "The employment rate of people of northern origin minus that of South Koreans: one level before the "
    "survey of 2017 took a new sample, and another since.",
    "gap = a + b [year >= 2017] + error, from 2011",
    rows(
        "survey_results",
        "value",
        KHF + "employment_rate",
        kind="difference",
        years=(2011, None),
        step=2017,
        printed_gap=KHF + "employment_rate_gap",
    ),
)

MENTAL_HEALTH = (
    *(
        Specification(
            "05_mental_health",
            f"{condition}_pooled",
            pool,
            "new_study",
            "The log-odds of studies scatter around a common mean. Each cohort and only present symptoms count.",
            "logit p_i = mu + u_i + e_i; Var u = tau^2; Var e_i = 1/x_i + 1/(n_i - x_i)",
            rows("prevalence", "prevalence_pct", STUDIES + condition, apart=APART + condition),
            {
                "only studies in South Korea": {"keep": ("country", "South Korea")},
                "only adults": {"keep": ("age_band", "adults")},
                "with those that asked about a past year or the whole life": {"add": APART + condition},
            },
        )
        for condition in ("ptsd", "depression")
    ),
    Specification(
        "05_mental_health",
        "suicidal_impulse_ratio",
        share_ratios,
        "ratio_2022",
        "Share who reported an impulse in the past year over the share of the general population who did.",
        "log(p / q); Var = (1 - p) / (p n) + (1 - q) / (q m)",
        rows(
            "survey_results",
            "value",
            KHF + "suicidal_impulse;population=north_korean_origin",
            other_n=36000,
            other="survey=kostat_social;indicator=suicidal_impulse;population=general_population;sex=all",
        ),
        {"design effect 2": {"design_effect": 2.0}, "South Korean n of 17,664": {"other_n": 17664}},
    ),
    Specification(
        "05_mental_health",
        "life_satisfaction",
        survey_trend,
        "change",
        "The share satisfied with life in South Korea follows a straight line, within one survey design.",
        "share = a + b (year - 2022) + error, from 2017",
        rows(
            "survey_results",
            "value",
            KHF + "life_satisfaction;item=satisfied",
            kind="level",
            years=(2017, None),
        ),
    ),
)

RETURNS = (
    Specification(
        "06_returns",
        "returns_rate",
        returns_rate,
        "change",
        "The confirmed returns of a year follow a log line, years of zero and the part-year included; "
        "again for equal numbers of people who entered in the last four years.",
        "log E(returns) = a + b (year - 2019) + log(years covered); Var = E; again + log(recent entrants)",
        rows(
            "returns",
            "returns_persons",
            years=(2012, None),
            periods=((2012, 2017), (2018, 2019), (2020, None)),
            covers="covers_until",
            unit="returns a year",
            quasi=False,
        ),
        {
            "only years fully counted (to 2024)": {"years": (2012, 2024)},
            "from 2014, after the two fullest years": {"years": (2014, None)},
            "scatter estimated instead of Poisson": {"quasi": True},
            "for equal numbers of newcomers of two years": {"quantity": "change_newcomers", "window": 2},
            "for equal numbers of newcomers of four years": {"quantity": "change_newcomers"},
        },
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
        {"Clopper-Pearson instead of Wilson": {"method": "clopper-pearson"}, "design effect 2": {"design_effect": 2.0}},
        "interval",
    ),
)

ADMISSIONS = Specification(
    "07_destinations",
    "us_admissions",
    rare_events,
    "change",
    "The admissions of a fiscal year follow a log line, years of zero included, with their own scatter.",
    "log E(admissions) = a + b (fiscal year - centre); Var = phi E",
    rows(
        "us_admissions",
        "persons",
        "year_basis=fiscal_year;measure=refugee_admissions",
        years=(2006, None),
        periods=((2006, 2010), (2011, 2015), (2016, 2020), (2021, None)),
        unit="admissions a year",
    ),
    {
        "from fiscal 2007": {"years": (2007, None)},
        "from fiscal 2009": {"years": (2009, None)},
        "to fiscal 2019, before the pandemic": {"years": (2006, 2019), "periods": ()},
    },
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
    {"design effect 2 in both": {"design_effect": 2.0}},
    "interval",
)

OUTLOOK = Specification(
    "09_outlook",
    "outlook_entrants",
    outlook,
    "ahead_last_value_h1",
    "Arrivals a year, three years ahead: the last value; the mean of the last three; the last value moved on "
    "by the mean change; and the log line through the last eight years. Each is scored by the forecasts it "
    "would have made from 2009 on.",
    "z = log(count); last value: z(T); mean: (z(T) + z(T-1) + z(T-2)) / 3; drift: z(T) + h mean(dz); "
    "line: log E = a + b year through T-7 to T; Var = phi E",
    {**ENTRANTS, "years": (2002, None)},
    {
        "mean of the last three": {"quantity": "ahead_mean_of_last_three_h1"},
        "random walk with drift": {"quantity": "ahead_drift_h1"},
        "log line through the last eight years": {"quantity": "ahead_line_h1"},
        "last value, series from 2012": {"years": (2012, None)},
        "last value, without the changes into and out of 2020": {"without": 2020},
    },
)

SPECIFICATIONS: tuple[Specification, ...] = (
    *DEMOGRAPHICS,
    *GENDER,
    *BENEFITS,
    EMPLOYMENT,
    *MENTAL_HEALTH,
    *RETURNS,
    ADMISSIONS,
    MEASUREMENT,
    OUTLOOK,
)
