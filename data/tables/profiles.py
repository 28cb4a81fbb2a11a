"""Who the entrants are: age, work, schooling and province of origin, by sex where published.

The ministry's profile tables count everyone who has left the protection facilities, a few less than
all entrants; each row names its base. The groups of a complete table must add up to the base
published with them, and a share must be its count over that base.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pandas as pd

from data.checks import (
    Problem,
    check_agreement,
    check_at_most,
    check_both_or_neither,
    check_close,
    check_sum,
    report,
)

RAW_TABLES = ("profiles", "entrants", "entrants_bins", "entrants_cumulative")
FILE = "data/raw/profiles.csv"
TABLE = ["as_of_date", "period_start", "population_basis", "dimension"]
COUNT = "entrants_persons"
# Tables whose source publishes every group, by date and dimension, and for which sexes.
COMPLETE = {
    ("2000-07-31", "age_when_reported"): ("all",),
    ("2000-07-31", "occupation"): ("all",),
    ("2003-08-31", "age_at_entry"): ("all",),
    ("2008-05-31", "occupation"): ("all",),
    ("2012-04-30", "age_at_entry"): ("all",),
    ("2020-09-30", "age_at_entry"): ("all", "female", "male"),
    ("2020-09-30", "occupation"): ("all", "female", "male"),
    ("2020-09-30", "education"): ("male",),
    ("2022-12-31", "age_at_entry"): ("all",),
    ("2022-12-31", "occupation"): ("all",),
    ("2022-12-31", "education"): ("all",),
    ("2024-09-30", "age_at_entry"): ("all", "female", "male"),
    ("2024-09-30", "occupation"): ("all", "female", "male"),
    ("2024-09-30", "education"): ("all", "female", "male"),
}


def check(raw: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Report counts and shares that contradict a published base or total."""
    profiles, years, bins, totals = (raw[name] for name in RAW_TABLES)
    empty = profiles[profiles["persons"].isna() & profiles["share_pct"].isna()]
    yield from report(empty, FILE, "persons", "persons or a share")
    yield from check_both_or_neither(profiles, FILE, "share_pct", "share_of")
    yield from check_sum(profiles, FILE, [*TABLE, "category", "source_id"], "sex", "persons")
    yield from check_agreement(profiles, FILE, [*TABLE, "category", "sex"], "persons")
    yield from _check_groups(profiles)
    yield from _check_bases(profiles, bins, totals)
    yield from _check_shares(profiles, years)


def _is_complete(profiles: pd.DataFrame) -> pd.Series:
    keys = zip(profiles["as_of_date"].dt.strftime("%Y-%m-%d"), profiles["dimension"], strict=True)
    sexes = [COMPLETE.get(key, ()) for key in keys]
    return pd.Series(
        [sex in known for sex, known in zip(profiles["sex"], sexes, strict=True)], profiles.index
    )


def _spread(
    profiles: pd.DataFrame, values: pd.Series, keys: list[str], how: Literal["first", "sum"]
) -> pd.Series:
    """Return, for each row, the first value or the sum of the rows that share its keys."""
    groups = values.astype("float64").groupby([profiles[key] for key in keys], dropna=False)
    return groups.transform(how)


def _check_groups(profiles: pd.DataFrame) -> Iterator[Problem]:
    """Check that the groups of a complete table add up to its base, and no group exceeds it."""
    keys, is_base = [*TABLE, "sex"], profiles["category"] == "all"
    bases = _spread(profiles, profiles["persons"].where(is_base), keys, "first")
    sums = _spread(profiles, profiles["persons"].mask(is_base), keys, "sum")
    rows = profiles[is_base & _is_complete(profiles)]
    yield from check_close(rows, FILE, "persons", sums, "the sum of its groups")
    yield from check_at_most(profiles, FILE, "persons", bases, "the base of the table")


def _check_bases(profiles: pd.DataFrame, bins: pd.DataFrame, totals: pd.DataFrame) -> Iterator[Problem]:
    """Check that each base is the entrants of its span, or at most all who had entered by its date."""
    bases = profiles[(profiles["category"] == "all") & profiles["persons"].notna()]
    population = ["as_of_date", "period_start", "population_basis", "sex", "source_id"]
    yield from check_agreement(bases, FILE, population, "persons")
    of_span = bases["population_basis"] == "entrants_of_period"
    spans = bins.rename(columns={"period_end": "as_of_date"})
    entered = spans.groupby(["period_start", "as_of_date", "sex"])[COUNT].last()
    rows = bases[of_span].join(entered, on=["period_start", "as_of_date", "sex"])
    yield from check_close(rows, FILE, "persons", rows[COUNT], "the entrants of that span")
    used = totals[totals["role"].isin(["current", "earlier"])]
    limits = used.groupby(["as_of_date", "sex"])[COUNT].min()
    rows = bases[~of_span].join(limits, on=["as_of_date", "sex"])
    yield from check_at_most(rows, FILE, "persons", rows[COUNT], "all who had entered by then")


def _find_bases(profiles: pd.DataFrame) -> pd.Series:
    """Return the number of people that each row is a part of.

    It is the published base of the row's table, the sum of a complete table, or the base of another
    table of the same population.
    """
    is_base = profiles["category"] == "all"
    published = profiles["persons"].where(is_base)
    sums = _spread(profiles, profiles["persons"].mask(is_base), [*TABLE, "sex"], "sum")
    own = _spread(profiles, published, [*TABLE, "sex"], "first").fillna(sums.where(_is_complete(profiles)))
    return own.fillna(_spread(profiles, published, [*TABLE[:3], "sex"], "first"))


def _check_shares(profiles: pd.DataFrame, years: pd.DataFrame) -> Iterator[Problem]:
    """Check that a published share is its count over its base, as far as its rounding shows."""
    rows = profiles.assign(base=_find_bases(profiles))
    rows = rows[(rows["share_of"] == "sex") & rows["share_pct"].notna()]
    start, end = rows["period_start"], rows["as_of_date"]
    is_year = start.dt.is_year_start & end.dt.is_year_end & (start.dt.year == end.dt.year)
    rows["year"] = end.dt.year.where(is_year)
    current = years[years["role"] == "current"].set_index(["year", "sex"])[COUNT]
    own = years.drop_duplicates(["year", "sex", "source_id"]).set_index(["year", "sex", "source_id"])[COUNT]
    rows = rows.join(own.rename("own"), on=["year", "sex", "source_id"])
    rows = rows.join(current.rename("entrants"), on=["year", "sex"])
    rows = rows.join(current.rename("of_category"), on=["year", "category"])
    base = rows["base"].fillna(rows["own"]).fillna(rows["entrants"])
    count = rows["persons"].where(rows["dimension"] != "sex", rows["of_category"]).astype("float64")
    # Half of the last digit: a whole number may be rounded to ones, others to tenths.
    half = (rows["share_pct"] % 1 == 0).map({True: 0.5, False: 0.05})
    computed = 100 * count / base
    yield from check_close(rows, FILE, "share_pct", computed, "the count over its base", half + 1e-9)


def clean(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return one row per date, population, dimension, group and sex.

    The share is computed where count and base are known, otherwise it is as published.
    """
    profiles = raw["profiles"]
    base = _find_bases(profiles).where(profiles["share_of"].ne("category"))
    rows = profiles.drop(columns="note").assign(base=base, is_other=profiles["certainty"] != "official")
    rows = rows.sort_values(["is_other", "source_id"], kind="stable")
    rows = rows.drop_duplicates([*TABLE, "category", "sex", "share_of"]).sort_index()
    # Four decimals of a percentage are finer than one person in any base here.
    computed = (100 * rows["persons"].astype("float64") / rows["base"]).round(4)
    is_computed, is_printed = computed.notna(), rows["share_pct"].notna()
    rows["base_persons"] = rows["base"].astype("Int64")
    rows["share_method"] = pd.Series("printed", rows.index).where(is_printed).mask(is_computed, "computed")
    rows["share_of"] = rows["share_of"].mask(is_computed, "sex")
    rows["share_pct"] = computed.fillna(rows["share_pct"])
    return {"profiles": rows.drop(columns=["base", "is_other"])}
