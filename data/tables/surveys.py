"""Surveys of people from North Korea in South Korea: their rounds, and every share or mean published.

``raw/survey_rounds.csv`` has one row per round (who was asked, when, how many answered);
``raw/survey_results.csv`` one row per published figure. A figure published twice has two rows, one of
them ``used``. Besides levels the sources publish three kinds of difference, kept as what they are:
``…_gap`` (less the general population), ``…_ratio`` (in percent of it), ``…_change`` (since
``base_year``); ``…_sex_gap`` is men less women, ``…_same_sex`` compares within a sex.

A figure that contradicts another one, or its own base, is kept with an ``exception``:

``rates_disagree``
    The three labour rates of the round break employment = participation x (1 - unemployment).
``gap_disagrees``
    The published difference is not that of the published levels. Never ``used``.
``counts_differ``
    The published counts give another share (it may be weighted).
``no_count_fits``
    No whole number of people among those asked gives the share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from data.checks import Problem, check_agreement, check_at_most, check_sum, count_decimals, report, sum_groups

RAW_TABLES = ("survey_rounds", "survey_results")
ROUNDS, RESULTS = (f"data/raw/{name}.csv" for name in RAW_TABLES)

KEY = ["survey", "round", "indicator", "item", "recall", "population", "sex", "subgroup"]


class Era(NamedTuple):
    """Years of one survey that may be joined by a line, and the design they share."""

    survey: str
    first: int
    last: int
    design: str


# Rows of one survey and indicator may be joined only within an era. Surveys that are not listed
# had one round, or no change of sample, age limit or question that we know of.
ERAS: tuple[Era, ...] = (
    Era("khf", 2011, 2012, "aimed at everyone; adults (19 and over in 2012); own satisfaction scale"),
    Era("khf", 2013, 2013, "sample of 2,355 aged 20 and over; another satisfaction scale"),
    Era("khf", 2014, 2016, "aged 15 and over; everyone aimed at in 2014 and 2016, a sample in 2015"),
    Era("khf", 2017, 9999, "state-approved sample survey of 2,500 to 3,000 people aged 15 and over"),
    Era("nkdb", 2005, 2006, "three small rounds half a year apart"),
    Era("nkdb", 2008, 2008, "own sample of 361"),
    Era("nkdb", 2010, 2016, "interviews with about 400 aged 15 and over"),
    Era("nkdb", 2017, 9999, "mostly by telephone; about two thirds a panel"),
    Era("register", 2004, 2014, "one livelihood benefit"),
    Era("register", 2015, 9999, "the benefit was split in July 2015"),
)

# Questions about a part of the sample, whose base is known only where it is published. The base of
# every other figure is the round; that of unemployment is the labour force.
PART_OF_SAMPLE = (
    "mean_monthly_wage",
    "mean_monthly_earnings_36_hours",
    "monthly_wage_band",
    "employment_status",
    "weekly_hours",
    "mean_tenure",
    "tenure",
    "income_satisfaction",
    "real_estate_assets",
    "mean_real_estate_assets",
    "mean_household_income",
    "discrimination_reason",
    "satisfaction_reason",
    "dissatisfaction_reason",
    "suicidal_impulse_reason",
    "reason_to_return",
    "mean_amount_a_transfer",
    "mean_transfers",
    "total_sent_by_sample",
)
# Questions with one answer per person, by the answers that exclude each other.
ONE_ANSWER = {
    "life_satisfaction": ("satisfied", "neutral", "dissatisfied", "no_answer"),
    "employment_status": ("regular", "temporary", "day_labour", "self_employed", "employer"),
    "self_rated_class_north": ("upper", "middle", "lower"),
    "self_rated_class_south": ("upper", "middle", "lower_middle", "lower"),
    "self_rated_health": ("good", "poor"),
    "living_standard_in_north": ("upper", "middle", "lower"),
    "thought_of_returning": ("never", "sometimes", "fairly_often", "very_often"),
    "where_to_live_after_unification": ("north", "south", "decide_later"),
    "country_wanted_to_live_in": ("north_korea", "south_korea", "united_states"),
    "suicidal_impulse_reason": (
        "illness_or_disability",
        "economic_hardship",
        "family_discord",
        "loneliness",
        "relationship_problem",
        "work_problems",
    ),
    "tenure": ("under_4_months", "3_years_or_more"),
    "discrimination": ("", "no"),
}
# Answers that are the sum of others.
SUMS = (
    ("life_satisfaction", "satisfied", ("very_satisfied", "mostly_satisfied")),
    ("thought_of_returning", "any", ("sometimes", "fairly_often", "very_often")),
)
PARTICIPATION = "labour_force_participation_rate"
EMPLOYMENT = "employment_rate"
UNEMPLOYMENT = "unemployment_rate"
DIFFERENCES = ("_gap", "_ratio", "_change", "_same_sex")  # endings of indicators


def find_era(survey: str, year: int) -> str | None:
    """Return the code of the era of a survey's year; None if the survey has eras and none is that year's."""
    eras = [era for era in ERAS if era.survey == survey]
    codes = [f"{survey}_{era.first}" for era in eras if era.first <= year <= era.last]
    return codes[0] if codes else None if eras else survey


def _list_eras(frame: pd.DataFrame) -> list[str | None]:
    return list(map(find_era, frame["survey"], frame["year"]))


def find_half_unit(value: float, unit: str) -> float:
    """Return half of the last digit of a figure: how far rounding can move it.

    A share that ends in .0 counts as published without a decimal, which makes a check wider and
    never narrower. Money is published to a thousand won.
    """
    return 500.0 if unit in ("krw", "krw_a_month") else 0.5 * 10.0 ** -count_decimals(value)


def resolve_n(results: pd.DataFrame, rounds: pd.DataFrame) -> pd.DataFrame:
    """Return ``n``, how many people each figure is a share or mean of, and ``n_kind``, how that is known."""
    place = ["survey", "round"]
    indicator, sex, published = results["indicator"], results["sex"], results["n"]
    own = results["population"].eq("north_korean_origin") & results["subgroup"].fillna("").eq("")
    counts = rounds.set_index(place)[["n_answered", "n_drawn", "n_male", "n_female"]].astype("float64")
    size = results[place].join(counts, on=place).where(own & results["kind"].eq("survey"))
    answered = size["n_answered"].where(sex == "all", size["n_male"].where(sex == "male", size["n_female"]))
    # A published number that is not that of the whole round belongs to the question.
    is_round = published.eq(size["n_answered"]) | published.eq(size["n_drawn"])
    is_item = published.notna() & ~(is_round.fillna(False) & sex.eq("all"))

    has_base = answered.notna() & ~indicator.isin(PART_OF_SAMPLE) & ~indicator.str.endswith(DIFFERENCES)
    # A year with two samples of one survey gives a figure no size of its own.
    samples = rounds.groupby(["survey", "year"]).size().rename("samples")
    one_sample = results[["survey", "year"]].join(samples, on=["survey", "year"])["samples"].eq(1)
    is_clear = published.notna() | one_sample | results["round"].str.contains("-")
    shares = results[own & results["used"] & sex.eq("all") & indicator.eq(PARTICIPATION)]
    active = results[place].join(shares.drop_duplicates(place).set_index(place)["value"], on=place)["value"]
    is_active = indicator.eq(UNEMPLOYMENT) & sex.eq("all")
    n = answered.where(
        is_clear & ~indicator.eq(UNEMPLOYMENT), (answered * active / 100).round().where(is_active)
    )
    n = published.astype("float64").where(is_item, n.where(has_base))
    kind = (
        pd.Series("round", index=results.index, dtype="str").mask(is_active, "computed").mask(is_item, "item")
    )
    return pd.DataFrame({"n": n.astype("Int64"), "n_kind": kind.where(n.notna())})


def check(raw: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Yield figures that contradict each other or their base, and exceptions that no longer hold."""
    rounds, results = raw["survey_rounds"], raw["survey_results"]
    rows = results.fillna(dict.fromkeys(KEY, ""))
    rows["level"] = rows["value"].fillna((100 * rows["cases"] / rows["n"]).astype("float64"))
    rows["half_unit"] = list(map(find_half_unit, rows["level"], rows["unit"]))
    rows["base"] = resolve_n(results, rounds)["n"].astype("float64")
    used = rows[rows["used"]]
    yield from _check_years(rounds, ROUNDS)
    yield from _check_years(rows, RESULTS)
    yield from _check_rounds(rounds)
    yield from _check_rows(rows, rounds)
    yield from _check_used(rows)
    yield from _check_labour_rates(used)
    yield from _check_sexes(used)
    yield from _check_answers(used)
    yield from _check_differences(rows, used)
    yield from _check_counts(rows)


def _check_years(frame: pd.DataFrame, file: str) -> Iterator[Problem]:
    other = frame[frame["round"].str[:4] != frame["year"].astype(str)]
    yield from report(other, file, "round", lambda row: f"a round of {row['year']}")
    yield from report(
        frame[[era is None for era in _list_eras(frame)]], file, "year", "a year of an era in ERAS"
    )


def _check_rounds(rounds: pd.DataFrame) -> Iterator[Problem]:
    for first, second in (("n_male", "n_female"), ("n_panel", "n_new")):
        made = rounds[first] + rounds[second]
        wrong = rounds[made.notna() & made.ne(rounds["n_answered"])]
        yield from report(wrong, ROUNDS, first, lambda row: f"parts of {row['n_answered']}, the answers")
    yield from check_at_most(rounds, ROUNDS, "n_answered", rounds["n_drawn"], "all who were drawn")
    response = rounds["response_rate_pct"]
    rate = 100 * rounds["n_answered"] / rounds["n_drawn"]
    # One person (2018 has 90.85 % of 3,000, which is no whole number) and the rounding.
    slack = 100 / rounds["n_drawn"] + [find_half_unit(value, "pct") for value in response]
    wrong = rounds.assign(rate=rate)[((rate - response).abs() > slack).fillna(False)]
    yield from report(wrong, ROUNDS, "response_rate_pct", lambda row: f"{row['rate']:.2f}, from its counts")
    weighted, people = rounds["weighted_to_persons"], rounds["population_persons"]
    wrong = rounds[weighted.notna() & ~weighted.eq(people).fillna(False)]
    yield from report(wrong, ROUNDS, "weighted_to_persons", lambda row: f"{row['population_persons']}")


def _check_rows(rows: pd.DataFrame, rounds: pd.DataFrame) -> Iterator[Problem]:
    yield from report(rows[rows["level"].isna()], RESULTS, "value", "a value, or cases and n")
    yield from check_agreement(rows, RESULTS, ["indicator"], "unit")
    shares = rows[rows["unit"] == "pct"]
    outside = shares[(shares["value"] < 0) | (shares["value"] > 100)]
    yield from report(outside, RESULTS, "value", "a share from 0 to 100")
    yield from check_at_most(rows, RESULTS, "cases", rows["n"], "the people asked")
    is_change = rows["indicator"].str.endswith("_change")
    wrong = rows[(is_change != rows["base_year"].notna()) | (rows["base_year"] >= rows["year"]).fillna(False)]
    yield from report(wrong, RESULTS, "base_year", "an earlier year for a change, and for nothing else")
    largest = (
        rounds.groupby(["survey", "year"])[["n_answered", "n_drawn"]].max().max(axis=1).rename("largest")
    )
    own = rows[rows["population"] == "north_korean_origin"].join(largest, on=["survey", "year"])
    yield from check_at_most(own, RESULTS, "n", own["largest"], "the size of the round")
    # A sample drawn is no base: without the number of answers a figure of the whole round has none.
    answers = rounds.groupby(["survey", "year"])["n_answered"].max().rename("answers")
    whole = own[~own["indicator"].isin(PART_OF_SAMPLE) & own["subgroup"].eq("")]
    whole = whole.join(answers, on=["survey", "year"])
    drawn = (
        whole["n"].notna() & whole["n"].eq(whole["largest"]) & ~whole["n"].eq(whole["answers"]).fillna(False)
    )
    yield from report(whole[drawn], RESULTS, "n", "the people who answered, or an empty cell")


def _check_used(rows: pd.DataFrame) -> Iterator[Problem]:
    """Check that one row of each figure is used, unless the levels contradict all of them."""
    contradicted = rows["exception"] == "gap_disagrees"
    in_use = rows[contradicted & rows["used"]]
    yield from report(in_use, RESULTS, "used", "false for a difference that its levels contradict")
    groups = rows.assign(accepted=~contradicted).groupby(KEY)
    number, accepted = groups["used"].transform("sum"), groups["accepted"].transform("any")
    wrong = (number > 1) | ((number == 0) & accepted)
    yield from report(rows[wrong & ~rows.duplicated(KEY, keep="last")], RESULTS, "used", "one row in use")


def _check_exception(
    rows: pd.DataFrame, name: str, fails: pd.Series, column: str, expected: Callable[[pd.Series], str]
) -> Iterator[Problem]:
    """Report rows that fail without the exception for it, and rows with the exception that do not fail."""
    is_marked = rows["exception"] == name
    yield from report(rows[fails & ~is_marked], RESULTS, column, expected)
    yield from report(rows[is_marked & ~fails], RESULTS, "exception", "an empty cell; the figure fits")


def _check_labour_rates(used: pd.DataFrame) -> Iterator[Problem]:
    """Check that employment is participation times one less unemployment."""
    keys = ["survey", "round", "population", "sex", "subgroup"]
    labour = used[used["indicator"].isin([PARTICIPATION, EMPLOYMENT, UNEMPLOYMENT])]
    first = labour.drop_duplicates([*keys, "indicator"])
    rates = first.pivot(index=keys, columns="indicator", values="level") / 100
    rates = rates.reindex(columns=[PARTICIPATION, EMPLOYMENT, UNEMPLOYMENT])
    working = 1 - rates[UNEMPLOYMENT]
    implied = rates[PARTICIPATION] * working
    # Each rate is rounded to a tenth and can be off by 0.05: the product by that times either factor.
    slack = 0.0005 * (working + rates[PARTICIPATION] + 1) + 1e-11
    fails = (rates[EMPLOYMENT] - implied).abs() > slack
    rows = labour.join(pd.DataFrame({"implied": 100 * implied, "fails": fails}), on=keys)
    yield from _check_exception(
        rows,
        "rates_disagree",
        rows["fails"],
        "indicator",
        lambda row: f"employment of {row['implied']:.1f}, or exception rates_disagree",
    )


def _check_sexes(used: pd.DataFrame) -> Iterator[Problem]:
    """Check that a figure of both sexes is between theirs, and their mean if the bases are published."""
    keys = [name for name in KEY if name != "sex"]
    rows = used[used["value"].notna()].drop_duplicates(KEY)
    both, men, women = (rows[rows["sex"] == sex] for sex in ("all", "male", "female"))
    cells = ["value", "n", "half_unit"]
    rows = both.join(men.set_index(keys)[cells].add_suffix("_men"), on=keys)
    rows = rows.join(women.set_index(keys)[cells].add_suffix("_women"), on=keys)
    # The three are published alike, to the finest digit among them; the total and the sex nearest to
    # it may each be off by half of it.
    slack = 2 * rows[["half_unit", "half_unit_men", "half_unit_women"]].min(axis=1) + 1e-9
    sexes = rows[["value_men", "value_women"]]
    low, high = sexes.min(axis=1, skipna=False), sexes.max(axis=1, skipna=False)
    outside = (rows["value"] < low - slack) | (rows["value"] > high + slack)
    yield from report(rows[outside], RESULTS, "value", "a value between those of the sexes")
    rows["mean"] = (rows["value_men"] * rows["n_men"] + rows["value_women"] * rows["n_women"]) / rows["n"]
    is_complete = rows["n_men"] + rows["n_women"] == rows["n"]
    off = is_complete.fillna(False) & ((rows["mean"] - rows["value"]).abs() > slack).fillna(False)
    yield from report(
        rows[off & ~outside], RESULTS, "value", lambda row: f"{row['mean']:.2f}, the mean of the sexes"
    )


def _check_answers(used: pd.DataFrame) -> Iterator[Problem]:
    """Check that answers make 100 at most if they exclude each other, and make their totals."""
    keys = [name for name in KEY if name != "item"]
    shares = used[(used["unit"] == "pct") & used["value"].notna()]
    answers = zip(shares["indicator"], shares["item"], strict=True)
    parts = shares.loc[[item in ONE_ANSWER.get(indicator, ()) for indicator, item in answers]]
    # Each answer is rounded on its own.
    slack = parts.groupby(keys)["half_unit"].transform("sum") + 1e-9
    sums = sum_groups(parts.assign(slack=slack), keys, "value")
    too_much = sums["parts"].gt(1) & (sums["sum"] > 100 + sums["slack"])
    is_short = sums["indicator"].eq("discrimination") & (sums["sum"] < 100 - sums["slack"])
    wrong = sums[too_much | (sums["parts"].gt(1) & is_short)]
    yield from report(wrong, RESULTS, "value", lambda row: f"answers that make 100, not {row['sum']:g}")
    for indicator, whole, items in SUMS:
        rows = shares[shares["indicator"].eq(indicator) & shares["item"].isin([whole, *items])]
        # Each part and the total are rounded to a tenth.
        rounding = 0.05 * (len(items) + 1) + 1e-9
        yield from check_sum(rows, RESULTS, keys, "item", "value", whole, len(items), rounding)


def _find_ends(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the keys of the two levels that each difference is between."""
    names = rows["indicator"].str.extract(r"^(?P<level>.+?)_(?P<kind>sex_gap|gap|ratio|change)$")
    first = rows[KEY].assign(indicator=names["level"])
    second, kind = first.copy(), names["kind"]
    first.loc[kind == "sex_gap", "sex"], second.loc[kind == "sex_gap", "sex"] = "male", "female"
    second.loc[kind.isin(["gap", "ratio"]), "population"] = "general_population"
    second["round"] = second["round"].mask(kind == "change", rows["base_year"].astype(str))
    return first, second


def _check_differences(rows: pd.DataFrame, used: pd.DataFrame) -> Iterator[Problem]:
    levels = used.drop_duplicates(KEY).set_index(KEY)[["level", "half_unit", "unit"]]
    rows = rows[rows["used"] | rows["exception"].eq("gap_disagrees")]
    rows = rows[rows["indicator"].str.contains("_(?:gap|ratio|change)$")]
    one, two = (end.join(levels, on=KEY) for end in _find_ends(rows))
    # A level that ends in .0 beside one with a decimal was published to a tenth as well.
    finest = pd.concat([one["half_unit"], two["half_unit"]], axis=1).min(axis=1)
    half_one, half_two = (end["half_unit"].mask(one["unit"] == "pct", finest) for end in (one, two))
    difference, slack = one["level"] - two["level"], half_one + half_two
    is_ratio = rows["indicator"].str.endswith("_ratio")
    ratio = 100 * one["level"] / two["level"]
    difference = difference.mask(is_ratio, ratio)
    slack = slack.mask(is_ratio, ratio * (half_one / one["level"] + half_two / two["level"]))
    fails = (difference - rows["value"]).abs() > rows["half_unit"] + slack + 1e-9
    yield from _check_exception(
        rows.assign(difference=difference),
        "gap_disagrees",
        fails,
        "value",
        lambda row: f"{row['difference']:.1f} from the levels, or exception gap_disagrees",
    )


def _check_counts(rows: pd.DataFrame) -> Iterator[Problem]:
    """Check that a share is that of its counts, or that some whole number of people gives it."""
    rows = rows[rows["unit"].eq("pct") & rows["value"].notna()]
    share, half = (100 * rows["cases"] / rows["n"]).astype("float64"), rows["half_unit"]
    differs = (share - rows["value"]).abs() > half + 1e-9
    yield from _check_exception(
        rows.assign(share=share),
        "counts_differ",
        differs,
        "value",
        lambda row: f"{row['share']:.2f}, which is {row['cases']} of {row['n']}, or exception counts_differ",
    )
    least = np.ceil(rows["base"] * (rows["value"] - half) / 100 - 1e-9)
    most = np.floor(rows["base"] * (rows["value"] + half) / 100 + 1e-9)
    yield from _check_exception(
        rows,
        "no_count_fits",
        share.isna() & (least > most),
        "value",
        lambda row: f"a share of {row['base']:.0f} people, or exception no_count_fits",
    )


def clean(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return ``survey_rounds`` with their era, and ``survey_results`` in use with base, era and ``basis``.

    Levels that follow from a published change or gap are added.
    """
    rounds, results = raw["survey_rounds"], raw["survey_results"]
    used = results[results["used"]].fillna(dict.fromkeys(KEY, "")).reset_index(drop=True)
    counted, is_one_in = used["value"].isna(), used["unit"].eq("one_in")
    computed = (100 * used["cases"] / used["n"]).astype("float64").round(4)
    used["basis"] = pd.Series("printed", index=used.index, dtype="str").mask(counted, "counts")
    used["value"] = used["value"].mask(counted, computed).mask(is_one_in, (100 / used["value"]).round(4))
    used["unit"] = used["unit"].mask(is_one_in, "pct")

    changes = used[used["indicator"].str.endswith("_change")]
    used = _add_levels(used, changes, "printed_change")
    gaps = used[used["indicator"].str.contains("(?<!_sex)_gap$")]
    # A gap in whole points says less than a level in tenths.
    is_coarse = gaps["unit"].eq("percentage_points") & gaps["value"].mod(1).eq(0)
    used = _add_levels(used, gaps[~is_coarse], "printed_gap")
    used[["n", "n_kind"]] = resolve_n(used, rounds)
    return {
        "survey_rounds": rounds.assign(era=pd.Series(_list_eras(rounds), index=rounds.index)).drop(
            columns="note"
        ),
        "survey_results": used.assign(era=pd.Series(_list_eras(used), index=used.index)).drop(
            columns=["used", "base_year", "note"]
        ),
    }


def _add_levels(used: pd.DataFrame, differences: pd.DataFrame, basis: str) -> pd.DataFrame:
    """Add levels that no source has: the level at one end of a difference less the difference."""
    levels = used.drop_duplicates(KEY).set_index(KEY)
    first, second = _find_ends(differences)
    is_known, has_other = (pd.MultiIndex.from_frame(end).isin(levels.index) for end in (first, second))
    first, second, differences = (frame[is_known & ~has_other] for frame in (first, second, differences))
    made = first.join(levels, on=KEY).assign(**second)
    empty = pd.Series(pd.NA, index=made.index, dtype="object")
    made = made.assign(
        year=differences["base_year"].fillna(made["year"]),
        value=(made["value"] - differences["value"]).round(6),
        n=empty,
        cases=empty,
        basis=basis,
        exception=None,
        source_id=differences["source_id"],
        certainty="estimate",
    )
    return pd.concat([used, made[used.columns].astype(used.dtypes)], ignore_index=True)
