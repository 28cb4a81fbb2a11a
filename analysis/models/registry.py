"""The models of the book, one entry per model, in the order of the chapters.

An entry names the function that fits the model, the headline, the model in words and symbols, its options
(table, column, filter, …) and the changed choices of its sensitivity table, at most five; one with a
``quantity`` shows that result instead of the headline.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from analysis.models.base import Fit
from analysis.models.counts import (
    by_sex,
    missing,
    phases,
    rare_events,
    returns_rate,
    usual_change,
    women_share,
)
from analysis.models.forecasts import outlook
from analysis.models.surveys import pool, survey_trend


@dataclass(frozen=True)
class Specification:
    """One model; ``kind`` is ``model``, ``interval`` (published shares) or ``arithmetic``."""

    chapter: str
    model_id: str
    function: Callable[..., Fit]
    headline: str
    words: str
    formula: str
    options: Mapping[str, Any]
    variants: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    kind: str = "model"


def rows(table: str, outcome: str, where: str = "", **options: Any) -> dict[str, Any]:
    """Return the options of a model: the rows and the column it is fitted to, and more."""
    return {"table": table, "outcome": outcome, "where": where, **options}


ENTRANTS = rows("entrants", "entrants_persons")
PHASE = {**ENTRANTS, "years": (2012, 2019)}
KHF = "survey=khf;sex=all;subgroup=;indicator="
GAP = rows("survey_results", "value", KHF + "employment_rate", kind="difference", years=(2011, None))
SATISFIED = rows("survey_results", "value", KHF + "life_satisfaction;item=satisfied", years=(2017, None))
RETURNS = rows("returns", "returns_persons", years=(2012, None), unit="returns per year", quasi=False)
FISCAL = rows("us_admissions", "persons", "year_basis=fiscal_year;measure=refugee_admissions")
STUDIES = "population=north_korean_origin;is_pooled=true;condition="
APART = "population=north_korean_origin;is_primary=true;is_pooled=false;condition="
FIVE_YEARS = ((2006, 2010), (2011, 2015), (2016, 2020), (2021, None))

MODELS: tuple[Specification, ...] = (
    Specification(
        "01_demographics",
        "arrivals_trend",
        phases,
        "change_2012_2019",
        "The arrivals of each phase follow a log line of their own, with a scatter of their own; the two "
        "lines are compared in the first year of the second phase.",
        "log E(entrants) = a + b (year - centre), fitted to 2002-2011 and to 2012-2019 apart; Var = phi E",
        ENTRANTS,
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
    Specification(
        "04_livelihoods",
        "employment_gap",
        survey_trend,
        "step_2017",
        "The employment rate of people of northern origin minus that of South Koreans: one level before the "
        "survey of 2017 took a new sample, and another since.",
        "gap = a + b [year >= 2017] + error, from 2011",
        {**GAP, "step": 2017, "printed_gap": KHF + "employment_rate_gap"},
    ),
    *(
        Specification(
            "05_mental_health",
            f"{condition}_pooled",
            pool,
            "new_study",
            "The log-odds of studies scatter around a mean. One row per cohort, and only present symptoms.",
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
        "life_satisfaction",
        survey_trend,
        "change",
        "The share satisfied with life in South Korea follows a straight line, within one survey design.",
        "share = a + b (year - 2022) + error, from 2017",
        SATISFIED,
    ),
    Specification(
        "06_returns",
        "returns_rate",
        returns_rate,
        "change",
        "The confirmed returns per year follow a log line, years of zero and the part-year included; "
        "again for equal numbers of people who entered in the last four years.",
        "log E(returns) = a + b (year - 2019) + log(years covered); Var = E; again + log(recent entrants)",
        {**RETURNS, "covers": "covers_until", "periods": ((2012, 2017), (2018, 2019), (2020, None))},
        {
            "only years fully counted (to 2024)": {"years": (2012, 2024)},
            "from 2014, after the two fullest years": {"years": (2014, None)},
            "scatter estimated instead of Poisson": {"quasi": True},
            "for equal numbers of newcomers of two years": {"quantity": "change_newcomers", "window": 2},
        },
    ),
    Specification(
        "07_destinations",
        "us_admissions",
        rare_events,
        "change",
        "The admissions of a fiscal year follow a log line, years of zero included.",
        "log E(admissions) = a + b (fiscal year - centre); Var = phi E",
        {**FISCAL, "years": (2006, None), "unit": "admissions per year", "periods": FIVE_YEARS},
        {
            "from fiscal 2009": {"years": (2009, None)},
            "to fiscal 2019, before the pandemic": {"years": (2006, 2019), "periods": ()},
        },
    ),
    Specification(
        "09_outlook",
        "outlook_entrants",
        outlook,
        "ahead_last_value_h1",
        "Arrivals three years ahead by four rules, each scored by the forecasts it would have made before.",
        "z = log(count); last value: z(T); mean: mean of z(T-2) to z(T); drift: z(T) + h mean(dz); "
        "line: log E = a + b year through T-7 to T; Var = phi E",
        {**ENTRANTS, "years": (2002, None)},
        {
            "mean of the last three": {"quantity": "ahead_mean_of_last_three_h1"},
            "random walk with drift": {"quantity": "ahead_drift_h1"},
            "log line through the last eight years": {"quantity": "ahead_line_h1"},
            "last value, series from 2012": {"years": (2012, None)},
            "last value, without the changes into and out of 2020": {"without": 2020},
        },
    ),
)
