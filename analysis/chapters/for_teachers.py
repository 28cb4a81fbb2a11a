"""For teachers: the tables of three exercises, and their answers."""

from __future__ import annotations

import pandas as pd

from analysis import text
from analysis.chapters import returns, shared
from data import load

# The made-up example, in percent: in work by sex, and women in the two groups.
TOY_WOMEN, TOY_MEN, TOY_SHARES = 50, 70, (50, 75)
RATE_BASE = 1000  # residents per rate of returns
SEXES = {"female": "Women", "male": "Men"}


def list_steps() -> pd.DataFrame:
    """Return the yearly numbers of people abroad that a press report added up, with words for both kinds."""
    steps = returns.decompose_press_total(load("whereabouts"), load("emigration"))
    kinds = {"stock": "abroad on that day", "departures_in_year": "left in that year"}
    return steps.assign(
        date=[text.month(day) for day in steps["as_of_date"]], kind=steps["printed_as"].map(kinds)
    )


def word_steps(steps: pd.DataFrame) -> dict[str, str]:
    """Return the facts of the first exercise."""
    between, last = steps.iloc[1:-1], steps.iloc[-1]
    text.assert_claim(
        between["persons"].sum() > between["arrivals"].sum(), "more would have left than arrived"
    )
    return {
        "sum_total": text.count(steps["persons"].sum()),
        "sum_rows": text.number_word(len(steps)),
        "sum_between": text.count(between["persons"].sum()),
        "sum_arrived": text.count(between["arrivals"].sum()),
        "sum_last": text.count(last["persons"]),
        "sum_last_date": last["date"],
    }


def compare_work() -> pd.DataFrame:
    """Return who, year, gap (percentage points) and source_id: women, men and both against the same sex."""
    rows = load("survey_results").query("survey == 'khf' and population == 'north_korean_origin'")
    same = rows[rows["indicator"] == "employment_rate_gap_same_sex"].sort_values(["year", "sex"])
    same = same[same["year"] == same["year"].max()]
    both = rows[(rows["indicator"] == "employment_rate_gap") & (rows["year"] == same["year"].iloc[0])]
    table = pd.concat([same, both[both["sex"] == "all"]]).rename(columns={"value": "gap"})
    return table.assign(who=table["sex"].map(SEXES).fillna("Both together"))[
        ["who", "year", "gap", "source_id"]
    ]


def word_work(work: pd.DataFrame) -> dict[str, str]:
    """Return the facts of the second exercise, with the made-up example worked out."""
    gap = work.set_index("who")["gap"]
    text.assert_claim(
        gap[list(SEXES.values())].min() > 0 > gap["Both together"], "each sex ahead, both behind"
    )
    mixed = [(TOY_WOMEN * share + TOY_MEN * (100 - share)) / 100 for share in TOY_SHARES]
    return {
        "work_year": text.year(work["year"].iloc[0]),
        "work_women": text.points(gap["Women"]),
        "work_men": text.points(gap["Men"]),
        "work_all": text.points(gap["Both together"]),
        "toy_women": text.percent(TOY_WOMEN),
        "toy_men": text.percent(TOY_MEN),
        "toy_share_low": text.percent(TOY_SHARES[0]),
        "toy_share_high": text.percent(TOY_SHARES[1]),
        "toy_low": text.percent(mixed[0]),
        "toy_high": text.percent(mixed[1]),
    }


def compare_years(first: int, last: int) -> pd.DataFrame:
    """Return the arrivals of two years by sex."""
    years = shared.total_by_year(load("entrants"))
    return years[years["year"].isin([first, last])].reset_index(drop=True)


def word_years(pair: pd.DataFrame) -> dict[str, str]:
    """Return the facts of the third exercise: shares, changes, and the rate of confirmed returns."""
    first, last = pair.iloc[0], pair.iloc[-1]
    text.assert_claim(last["share_female_pct"] > first["share_female_pct"], "the share of women rose")
    text.assert_claim(last["female"] < first["female"], "the number of women fell")
    changes = {sex: 100 * (last[sex] / first[sex] - 1) for sex in SEXES}
    text.assert_claim(changes["male"] < changes["female"], "the number of men fell more")
    back, residents = load("returns"), load("residents").query("region == 'all' and sex == 'all'").iloc[-1]
    years = back["covers_until"].dt.month.fillna(12).sum() / 12
    yearly = back["returns_persons"].sum() / years
    return {
        "pair_share_first": text.percent(first["share_female_pct"]),
        "pair_share_last": text.percent(last["share_female_pct"]),
        "pair_share_word": text.direction(last["share_female_pct"], first["share_female_pct"]),
        "pair_women_word": text.direction(last["female"], first["female"]),
        "pair_women_change": text.percent(abs(changes["female"])),
        "pair_men_word": text.direction(last["male"], first["male"]),
        "pair_men_change": text.percent(abs(changes["male"])),
        "back_first": text.year(back["year"].min()),
        "back_count": text.count(back["returns_persons"].sum()),
        "back_residents": text.count(round(residents["residents_persons"], -3)),
        "back_date": text.month(residents["as_of_date"]),
        "back_yearly": text.decimal(yearly),
        "back_years": text.decimal(years, 0),
        "back_base": text.count(RATE_BASE),
        "back_rate": text.decimal(RATE_BASE * yearly / residents["residents_persons"], 2),
    }
