"""Surveys of North Koreans in the South: their rounds, and every share or mean they printed.

``raw/survey_rounds.csv`` holds one row a round (who was asked, when, how many answered);
``raw/survey_results.csv`` one row a printed figure. A figure printed twice has two rows, one of
them ``used``. Beside levels the sources print three kinds of difference, kept as what they are:
``…_gap`` (less the general population), ``…_ratio`` (in per cent of it), ``…_change`` (since
``base_year``); ``…_sex_gap`` is men less women, ``…_same_sex`` compares within a sex.

A figure that contradicts another one, or its own base, is kept and says so in ``exception``:

``rates_disagree``
    The three labour rates of the round break employment = participation x (1 - unemployment).
``gap_disagrees``
    The printed difference is not that of the printed levels. Never ``used``.
``counts_differ``
    The printed counts give another share (it may be weighted).
``no_count_fits``
    No whole number of people among those asked gives the share.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from math import ceil, floor
from typing import Any, NamedTuple

import pandas as pd

from data.checks import Problem

RAW: tuple[str, ...] = ("survey_rounds", "survey_results")

ROUNDS_FILE = "data/raw/survey_rounds.csv"
RESULTS_FILE = "data/raw/survey_results.csv"

#: One row of a table: its cells by column, and its ``line``.
Row = dict[str, Any]

KEY = ["survey", "round", "indicator", "item", "recall", "population", "sex", "subgroup"]


class Era(NamedTuple):
    """Years of one survey that may be joined by a line, and why they begin where they do."""

    survey: str
    first: int
    last: int
    why: str


#: Rows of one survey and indicator may be joined only within an era. Surveys that are not listed
#: had one round, or no change of sample, age floor or question that we know of.
ERAS: tuple[Era, ...] = (
    Era("khf", 2010, 2010, "sample of 1,200 aged 20 to 60 who came since 2000"),
    Era("khf", 2011, 2012, "aimed at everyone; adults (19 and over in 2012); own satisfaction scale"),
    Era("khf", 2013, 2013, "sample of 2,355 aged 20 and over; another satisfaction scale"),
    Era("khf", 2014, 2016, "aged 15 and over; everyone aimed at in 2014 and 2016, a sample in 2015"),
    Era("khf", 2017, 2021, "samples of about 3,000 aged 15 and over"),
    Era("khf", 2022, 9999, "state statistic: 2,500 answers weighted to the population"),
    Era("nkdb", 2005, 2006, "three small rounds half a year apart"),
    Era("nkdb", 2008, 2008, "own sample of 361"),
    Era("nkdb", 2010, 2016, "interviews with about 400 aged 15 and over"),
    Era("nkdb", 2017, 9999, "mostly by telephone; about two thirds a panel"),
    Era("register", 2004, 2014, "one livelihood benefit"),
    Era("register", 2015, 9999, "the benefit was split in July 2015"),
)

#: Figures about a part of the sample; their base is known only where it is printed. The base of
#: every other figure is the round, but for unemployment, whose base is those in the labour force.
PART_OF_SAMPLE = frozenset(
    {
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
    }
)

#: Questions with one answer a person, by the answers that exclude each other.
ONE_ANSWER: dict[str, frozenset[str]] = {
    "life_satisfaction": frozenset({"satisfied", "neutral", "dissatisfied", "no_answer"}),
    "employment_status": frozenset({"regular", "temporary", "day_labour", "self_employed", "employer"}),
    "self_rated_class_north": frozenset({"upper", "middle", "lower"}),
    "self_rated_class_south": frozenset({"upper", "middle", "lower_middle", "lower"}),
    "self_rated_health": frozenset({"good", "poor"}),
    "living_standard_in_north": frozenset({"upper", "middle", "lower"}),
    "thought_of_returning": frozenset({"never", "sometimes", "fairly_often", "very_often"}),
    "where_to_live_after_unification": frozenset({"north", "south", "decide_later"}),
    "country_wanted_to_live_in": frozenset({"north_korea", "south_korea", "united_states"}),
    "suicidal_impulse_reason": frozenset(
        {
            "illness_or_disability",
            "economic_hardship",
            "family_discord",
            "loneliness",
            "relationship_problem",
            "work_problems",
        }
    ),
    "tenure": frozenset({"under_4_months", "3_years_or_more"}),
    "discrimination": frozenset({"", "no"}),
}

#: Answers that are the sum of others.
SUMS: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("life_satisfaction", "satisfied", frozenset({"very_satisfied", "mostly_satisfied"})),
    ("thought_of_returning", "any", frozenset({"sometimes", "fairly_often", "very_often"})),
)

PARTICIPATION, EMPLOYMENT, UNEMPLOYMENT = (
    "labour_force_participation_rate",
    "employment_rate",
    "unemployment_rate",
)

#: How the names of printed differences end.
DIFFERENCES = ("_gap", "_ratio", "_change", "_same_sex")


def name_era(survey: str, year: int) -> str:
    """Return the code of the era a survey's year lies in."""
    eras = [e for e in ERAS if e.survey == survey]
    for era in eras:
        if era.first <= year <= era.last:
            return f"{survey}_{era.first}"
    if eras:
        raise ValueError(f"{survey} has no era for {year}; add one to ERAS in data/surveys.py")
    return survey


def find_half_unit(value: float, unit: str) -> float:
    """Return half of the last digit a figure was printed with: how far rounding can move it.

    A share that ends in .0 counts as printed without a decimal, which makes a test wider and
    never narrower. Money is printed to a thousand won.
    """
    if unit in ("krw", "krw_a_month"):
        return 500.0
    text = f"{abs(value):.6f}".rstrip("0").rstrip(".")
    decimals = len(text.partition(".")[2])
    return 0.5 * 10.0**-decimals


def has_count(share: float, n: float, half_unit: float) -> bool:
    """Return whether some whole number of ``n`` people rounds to a share in per cent."""
    low, high = n * (share - half_unit) / 100, n * (share + half_unit) / 100
    return ceil(low - 1e-9) <= floor(high + 1e-9)


def resolve_n(results: pd.DataFrame, rounds: pd.DataFrame) -> pd.DataFrame:
    """Return how many people each figure is a share or mean of, and how that is known."""
    sizes = {(r["survey"], r["round"]): r for r in _list_rows(rounds)}
    samples = Counter(zip(rounds["survey"], rounds["year"], strict=True))
    rows = _list_rows(results)
    asked = [r["population"] == "north_korean_origin" and pd.isna(r["subgroup"]) for r in rows]
    active_share = {
        (r["survey"], r["round"]): r["value"]
        for r, own in zip(rows, asked, strict=True)
        if own and r["used"] and r["sex"] == "all" and r["indicator"] == PARTICIPATION
    }
    found = []
    for row, own in zip(rows, asked, strict=True):
        place = (row["survey"], row["round"])
        entry = sizes.get(place) if own and row["kind"] == "survey" else None
        # A year with two samples of one survey gives a figure no size of its own.
        is_clear = samples[row["survey"], row["year"]] == 1 or "-" in row["round"]
        found.append(_find_n(row, entry, active_share.get(place), is_clear=is_clear))
    return pd.DataFrame(
        {
            "n": pd.array([n for n, _ in found], dtype="Int64"),
            "n_kind": pd.array([kind for _, kind in found], dtype="str"),
        },
        index=results.index,
    )


def _find_n(
    row: Row, entry: Row | None, active_share: float | None, *, is_clear: bool
) -> tuple[int | None, str | None]:
    """Return the base of one figure and its kind; ``entry`` is its round, if it is about all of it."""
    indicator, printed = row["indicator"], not pd.isna(row["n"])
    answered: int | None = None
    whole: set[int] = set()
    if entry is not None:
        whole = {int(v) for v in (entry["n_answered"], entry["n_drawn"]) if pd.notna(v)}
        column = {"all": "n_answered", "male": "n_male", "female": "n_female"}[row["sex"]]
        answered = None if pd.isna(entry[column]) else int(entry[column])
    if printed and (int(row["n"]) not in whole or row["sex"] != "all"):
        return int(row["n"]), "item"
    if answered is None or indicator in PART_OF_SAMPLE or indicator.endswith(DIFFERENCES):
        return None, None
    if indicator == UNEMPLOYMENT:
        if row["sex"] != "all" or active_share is None:
            return None, None
        return round(answered * active_share / 100), "computed"
    return (answered, "round") if printed or is_clear else (None, None)


def validate(raw: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Yield what is wrong with the content of the two survey tables."""
    rounds = _list_rows(raw["survey_rounds"])
    rows = _list_rows(raw["survey_results"])
    used = [r for r in rows if r["used"]]
    bases = list(resolve_n(raw["survey_results"], raw["survey_rounds"])["n"])
    yield from _check_rounds(rounds)
    yield from _check_rows(rows, rounds)
    yield from _check_readings(rows)
    yield from _check_labour_identity(used)
    yield from _check_sexes(used)
    yield from _check_answers(used)
    yield from _check_differences(rows, used)
    yield from _check_counts(zip(rows, bases, strict=True))


def _list_rows(frame: pd.DataFrame) -> list[Row]:
    """Return the rows of a frame with their ``line``; plain objects are read ten times as fast."""
    columns = [str(column) for column in frame.columns]
    rows = zip(frame.index, frame.itertuples(index=False, name=None), strict=True)
    return [dict(zip(columns, cells, strict=True)) | {"line": int(line)} for line, cells in rows]


def _make_key(row: Row, columns: Sequence[str] = KEY) -> dict[str, str]:
    return {c: "" if pd.isna(row[c]) else row[c] for c in columns}


def _group_rows(rows: Iterable[Row], columns: Sequence[str]) -> dict[tuple[str, ...], list[Row]]:
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(_make_key(row, columns).values()), []).append(row)
    return groups


def _index_rows(rows: Iterable[Row]) -> dict[tuple[str, ...], Row]:
    return {tuple(_make_key(row).values()): row for row in rows}


def _check_rounds(rounds: list[Row]) -> Iterator[Problem]:
    for row in rounds:
        at = (ROUNDS_FILE, row["line"])
        if not row["round"].startswith(str(row["year"])):
            yield Problem(*at, "round", repr(row["round"]), f"a round of {row['year']}")
        for first, second in (("n_male", "n_female"), ("n_panel", "n_new")):
            if pd.isna(row[first]) or pd.isna(row[second]):
                continue
            parts = int(row[first] + row[second])
            if parts != row["n_answered"]:
                yield Problem(
                    *at, first, f"{first} + {second} = {parts}", f"n_answered = {row['n_answered']}"
                )
        if pd.notna(row["n_drawn"]) and row["n_answered"] > row["n_drawn"]:
            yield Problem(
                *at, "n_answered", str(row["n_answered"]), f"no more than n_drawn = {row['n_drawn']}"
            )
        if pd.notna(row["n_drawn"]) and pd.notna(row["response_rate_pct"]):
            rate = 100 * row["n_answered"] / row["n_drawn"]
            # One person (2018 prints 90.85 % of 3,000, which is no whole number) and the rounding.
            slack = 100 / row["n_drawn"] + find_half_unit(row["response_rate_pct"], "pct")
            if abs(rate - row["response_rate_pct"]) > slack:
                yield Problem(
                    *at, "response_rate_pct", f"{row['response_rate_pct']}", f"{rate:.2f} from its counts"
                )
        weighted = row["weighted_to_persons"]
        if pd.notna(weighted) and weighted != row["population_persons"]:
            yield Problem(
                *at, "weighted_to_persons", str(weighted), f"population_persons = {row['population_persons']}"
            )


def _check_rows(rows: list[Row], rounds: list[Row]) -> Iterator[Problem]:
    largest: dict[tuple[str, int], int] = {}
    for row in rounds:
        sizes = [int(n) for n in (row["n_answered"], row["n_drawn"]) if pd.notna(n)]
        place = (row["survey"], row["year"])
        largest[place] = max(*sizes, largest.get(place, 0), 0)
    units: dict[str, str] = {}
    for row in rows:
        at = (RESULTS_FILE, row["line"])
        indicator, unit = row["indicator"], row["unit"]
        if not row["round"].startswith(str(row["year"])):
            yield Problem(*at, "round", repr(row["round"]), f"a round of {row['year']}")
        if pd.isna(row["value"]) and (pd.isna(row["cases"]) or pd.isna(row["n"])):
            yield Problem(*at, "value", "an empty cell", "a value, or cases and n")
        if units.setdefault(indicator, unit) != unit:
            yield Problem(
                *at, "unit", repr(unit), f"{units[indicator]!r} as in the other rows of {indicator}"
            )
        if unit == "pct" and not 0 <= (0 if pd.isna(row["value"]) else row["value"]) <= 100:
            yield Problem(*at, "value", f"{row['value']:g}", "a share from 0 to 100")
        if pd.notna(row["cases"]) and pd.notna(row["n"]) and row["cases"] > row["n"]:
            yield Problem(*at, "cases", str(row["cases"]), f"no more than n = {row['n']}")
        if indicator.endswith("_change") != pd.notna(row["base_year"]):
            yield Problem(
                *at, "base_year", str(row["base_year"]), "a year for a change, and for nothing else"
            )
        elif pd.notna(row["base_year"]) and row["base_year"] >= row["year"]:
            yield Problem(*at, "base_year", str(row["base_year"]), f"a year before {row['year']}")
        most = largest.get((row["survey"], row["year"]), float("inf"))
        if row["population"] == "north_korean_origin" and pd.notna(row["n"]) and row["n"] > most:
            yield Problem(*at, "n", str(row["n"]), f"no more than the {most} of the round")
        try:
            name_era(row["survey"], row["year"])
        except ValueError as error:
            yield Problem(*at, "year", str(row["year"]), str(error))


def _check_readings(rows: list[Row]) -> Iterator[Problem]:
    for key, group in _group_rows(rows, KEY).items():
        chosen = sum(row["used"] for row in group)
        contradicted = [row for row in group if row["exception"] == "gap_disagrees"]
        for row in contradicted:
            if row["used"]:
                expected = "false for a difference its levels contradict"
                yield Problem(RESULTS_FILE, row["line"], "used", "true", expected)
        if chosen > 1 or (chosen == 0 and len(contradicted) < len(group)):
            found = f"{chosen} readings of {' '.join(filter(None, key))}"
            yield Problem(RESULTS_FILE, group[-1]["line"], "used", found, "exactly one")


def _check_exception(row: Row, name: str, *, fails: bool, found: str, expected: str) -> Iterator[Problem]:
    """Hold a row's exception against a test: each failure says so, and nothing else does."""
    marked = row["exception"] == name
    column = "indicator" if name == "rates_disagree" else "value"
    if fails and not marked:
        yield Problem(RESULTS_FILE, row["line"], column, found, f"{expected} (or exception {name})")
    if marked and not fails:
        yield Problem(RESULTS_FILE, row["line"], "exception", name, "nothing; the figure fits")


def _find_level(row: Row) -> float:
    return 100 * row["cases"] / row["n"] if pd.isna(row["value"]) else row["value"]


def _check_labour_identity(used: list[Row]) -> Iterator[Problem]:
    rates = (PARTICIPATION, EMPLOYMENT, UNEMPLOYMENT)
    labour = [row for row in used if row["indicator"] in rates]
    for group in _group_rows(labour, ["survey", "round", "population", "sex", "subgroup"]).values():
        level = {row["indicator"]: _find_level(row) for row in group}
        fails, found, expected = False, "", ""
        if len(level) == len(rates):
            p, e, u = (level[name] for name in rates)
            implied = p * (1 - u / 100)
            # Every rate is printed to a tenth, so each can be off by 0.05: in the product by
            # 0.05 (1 - u) and 0.05 p, on the left side by 0.05.
            fails = abs(e - implied) > 0.05 * ((1 - u / 100) + p / 100 + 1) + 1e-9
            found = f"{e:g} beside participation {p:g} and unemployment {u:g}"
            expected = f"employment of {implied:.1f}"
        for row in group:
            yield from _check_exception(row, "rates_disagree", fails=fails, found=found, expected=expected)


def _check_sexes(used: list[Row]) -> Iterator[Problem]:
    for group in _group_rows(used, [c for c in KEY if c != "sex"]).values():
        by_sex = {row["sex"]: row for row in group if pd.notna(row["value"])}
        if len(by_sex) < 3:
            continue
        everyone, men, women = (by_sex[s] for s in ("all", "male", "female"))
        at, found = (RESULTS_FILE, everyone["line"], "value"), f"{everyone['value']:g}"
        # The three are printed alike, to the finest digit among them; the total and the sex
        # nearest to it may each be off by half of it.
        slack = 2 * min(find_half_unit(row["value"], row["unit"]) for row in group) + 1e-9
        low, high = sorted((men["value"], women["value"]))
        if not low - slack <= everyone["value"] <= high + slack:
            yield Problem(*at, found, f"a value between the sexes, {low:g} to {high:g}")
        elif all(pd.notna(row["n"]) for row in group) and men["n"] + women["n"] == everyone["n"]:
            mean = (men["value"] * men["n"] + women["value"] * women["n"]) / everyone["n"]
            if abs(mean - everyone["value"]) > slack:
                yield Problem(*at, found, f"{mean:.2f} from both sexes and their n")


def _check_answers(used: list[Row]) -> Iterator[Problem]:
    shares = [row for row in used if row["unit"] == "pct" and pd.notna(row["value"])]
    for group in _group_rows(shares, [c for c in KEY if c != "item"]).values():
        indicator, at = group[-1]["indicator"], (RESULTS_FILE, group[-1]["line"], "value")
        by_item = {_make_key(row)["item"]: row["value"] for row in group}
        parts = [value for item, value in by_item.items() if item in ONE_ANSWER.get(indicator, ())]
        if len(parts) > 1:
            # Each answer is rounded on its own.
            slack = sum(find_half_unit(value, "pct") for value in parts) + 1e-9
            if sum(parts) > 100 + slack:
                yield Problem(*at, f"answers that sum to {sum(parts):g}", "100 or less")
            if indicator == "discrimination" and sum(parts) < 100 - slack:
                yield Problem(*at, f"yes and no that sum to {sum(parts):g}", "100")
        for name, whole, of in SUMS:
            if name == indicator and {whole} | of <= by_item.keys():
                total = sum(by_item[part] for part in of)
                # Each part and the whole are printed to a tenth.
                if abs(total - by_item[whole]) > 0.05 * (len(of) + 1) + 1e-9:
                    yield Problem(*at, f"parts of {whole} that sum to {total:g}", f"{by_item[whole]:g}")


def _find_ends(row: Row) -> list[dict[str, str]]:
    """Return the keys of the two levels a printed difference lies between, or none."""
    own, name = _make_key(row), row["indicator"]
    if name.endswith("_sex_gap"):
        own["indicator"] = name.removesuffix("_sex_gap")
        return [own | {"sex": "male"}, own | {"sex": "female"}]
    if name.endswith(("_gap", "_ratio")):
        own["indicator"] = name.removesuffix("_gap").removesuffix("_ratio")
        return [own, own | {"population": "general_population"}]
    if name.endswith("_change"):
        own["indicator"] = name.removesuffix("_change")
        return [own, own | {"round": str(row["base_year"])}]
    return []


def _check_differences(rows: list[Row], used: list[Row]) -> Iterator[Problem]:
    levels = _index_rows(used)
    for row in rows:
        ends = [levels.get(tuple(end.values())) for end in _find_ends(row)]
        if not ends or not (row["used"] or row["exception"] == "gap_disagrees"):
            continue
        fails, expected = False, ""
        if ends[0] is not None and ends[1] is not None:
            first, second = _find_level(ends[0]), _find_level(ends[1])
            half = [find_half_unit(v, ends[0]["unit"]) for v in (first, second)]
            if ends[0]["unit"] == "pct":
                # A level that ends in .0 beside one with a decimal was printed to a tenth as well.
                half = [min(half)] * 2
            if row["indicator"].endswith("_ratio"):
                difference = 100 * first / second
                slack = find_half_unit(row["value"], "pct")
                slack += difference * (half[0] / first + half[1] / second)
            else:
                difference = first - second
                slack = find_half_unit(row["value"], row["unit"]) + sum(half)
            fails = abs(difference - row["value"]) > slack + 1e-9
            expected = f"{difference:.1f} from the printed levels"
        found = f"{row['value']:g}"
        yield from _check_exception(row, "gap_disagrees", fails=fails, found=found, expected=expected)


def _check_counts(rows_and_bases: Iterable[tuple[Row, int]]) -> Iterator[Problem]:
    for row, base in rows_and_bases:
        if row["unit"] != "pct" or pd.isna(row["value"]):
            continue
        half = find_half_unit(row["value"], "pct")
        differ = misfit = False
        found, expected = f"{row['value']:g}", ""
        if pd.notna(row["cases"]) and pd.notna(row["n"]):
            share = 100 * row["cases"] / row["n"]
            differ = abs(share - row["value"]) > half + 1e-9
            expected = f"{share:.2f}, which is {row['cases']} of {row['n']}"
        elif pd.notna(base):
            misfit = not has_count(row["value"], base, half)
            expected = f"a share that some number of {base} people gives"
        yield from _check_exception(row, "counts_differ", fails=differ, found=found, expected=expected)
        yield from _check_exception(row, "no_count_fits", fails=misfit, found=found, expected=expected)


def tidy(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the clean survey tables."""
    rounds, results = raw["survey_rounds"], raw["survey_results"]
    clean_rounds = rounds.drop(columns="note").reset_index(drop=True)
    clean_rounds.insert(3, "era", list(map(name_era, rounds["survey"], rounds["year"])))

    used = results[results["used"]].copy()
    used["basis"] = "printed"
    from_counts = used["value"].isna()
    used.loc[from_counts, "value"] = (100 * used["cases"] / used["n"]).astype("float64").round(4)
    used.loc[from_counts, "basis"] = "counts"
    in_n = used["unit"].eq("one_in")
    used.loc[in_n, "value"] = (100 / used["value"]).round(4)
    used.loc[in_n, "unit"] = "pct"
    used = pd.concat([used, _derive_from_changes(used)], ignore_index=True)
    used = pd.concat([used, _derive_from_gaps(used)], ignore_index=True)
    used[["n", "n_kind"]] = resolve_n(used, rounds)
    used["era"] = list(map(name_era, used["survey"], used["year"]))
    return {
        "survey_rounds": clean_rounds,
        "survey_results": used.drop(columns=["used", "base_year", "note"]).reset_index(drop=True),
    }


def _derive_from_changes(used: pd.DataFrame) -> pd.DataFrame:
    """Return levels of the year before that no source printed: the level less its change."""
    rows = _list_rows(used)
    levels = _index_rows(rows)
    derived = []
    for change in rows:
        if not change["indicator"].endswith("_change"):
            continue
        level, before = (levels.get(tuple(end.values())) for end in _find_ends(change))
        if level is not None and before is None:
            base = int(change["base_year"])
            derived.append(_derive(level, change, "printed_change") | {"year": base, "round": str(base)})
    return _as_frame(derived, used)


def _derive_from_gaps(used: pd.DataFrame) -> pd.DataFrame:
    """Return levels of the general population that no source printed: the level less its gap."""
    rows = _list_rows(used)
    levels = _index_rows(rows)
    derived = []
    for gap in rows:
        if not gap["indicator"].endswith("_gap") or gap["indicator"].endswith("_sex_gap"):
            continue
        level, general = (levels.get(tuple(end.values())) for end in _find_ends(gap))
        # A gap in whole points says less than a level in tenths.
        coarse = gap["unit"] == "percentage_points" and float(gap["value"]).is_integer()
        if level is not None and general is None and not coarse:
            derived.append(_derive(level, gap, "printed_gap") | {"population": "general_population"})
    return _as_frame(derived, used)


def _derive(level: Row, difference: Row, basis: str) -> Row:
    return level | {
        "value": round(level["value"] - difference["value"], 6),
        "n": pd.NA,
        "cases": pd.NA,
        "basis": basis,
        "exception": None,
        "source_id": difference["source_id"],
        "certainty": "estimate",
    }


def _as_frame(rows: list[Row], like: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=like.columns).astype(like.dtypes.to_dict())
