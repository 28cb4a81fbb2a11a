"""Who the entrants are: age, work, schooling and province of origin, by sex where printed.

The ministry's profile tables count everybody who has left the protection facilities, a little
fewer than all entrants; each row says which base is meant. What proves them: the groups of the
complete tables make the base printed with them, and men and women make every printed total.
"""

from __future__ import annotations

import pandas as pd

from data.checks import Problem, check_sexes, group_rows, show_key

RAW = ("profiles", "entrants", "entrants_bins", "entrants_cumulative")

FILE = "data/raw/profiles.csv"
TABLE = ["as_of_date", "period_start", "population_basis", "dimension"]

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
"""Tables whose source prints every group, by date and dimension, and for which sexes."""


def validate(raw: dict[str, pd.DataFrame]) -> list[Problem]:
    """Return everything in the profiles that a printed base or total speaks against."""
    profiles = raw["profiles"]
    faults = check_sexes(profiles, FILE, [*TABLE, "category", "source_id"], "persons")
    for line, row in profiles.iterrows():
        here = int(str(line))
        if pd.isna(row["persons"]) and pd.isna(row["share_pct"]):
            faults.append(Problem(FILE, here, "persons", "neither persons nor a share", "one of the two"))
        if pd.isna(row["share_pct"]) != pd.isna(row["share_of"]):
            faults.append(
                Problem(FILE, here, "share_of", str(row["share_of"]), "a value where there is a share, only")
            )
    told = {f.line for f in faults}
    faults += [f for f in _check_groups(profiles) if f.line not in told]
    faults += _check_same_base(profiles)
    faults += _check_bases(raw)
    faults += _check_shares(raw)
    faults += _check_readings(profiles)
    return faults


def _list_groups(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[(rows["category"] != "all") & rows["persons"].notna()]


def _check_groups(profiles: pd.DataFrame) -> list[Problem]:
    """Complete tables make their base; no group exceeds it."""
    faults = []
    for key, rows in group_rows(profiles, [*TABLE, "sex"]):
        date, dimension, sex = f"{key[0]:%Y-%m-%d}", str(key[3]), str(key[4])
        base, groups = rows[(rows["category"] == "all") & rows["persons"].notna()], _list_groups(rows)
        if base.empty:
            continue
        line, printed = int(base.index[0]), int(base["persons"].iloc[0])
        if sex in COMPLETE.get((date, dimension), ()):
            total = int(groups["persons"].sum())
            if total != printed:
                expected = f"{total}, which its {len(groups)} groups make ({dimension}, {sex}, {date})"
                faults.append(Problem(FILE, line, "persons", str(printed), expected))
        for at, persons in groups["persons"].items():
            if persons > printed:
                expected = f"{printed} or less, the base on line {line}"
                faults.append(Problem(FILE, int(str(at)), "persons", str(persons), expected))
    return faults


def _check_bases(raw: dict[str, pd.DataFrame]) -> list[Problem]:
    """Each base fits the entrants tables: equal for a span, not above the running total to date."""
    profiles, bins, cumulative = raw["profiles"], raw["entrants_bins"], raw["entrants_cumulative"]
    used = cumulative[cumulative["role"].isin(["current", "earlier"])]
    faults = []
    for line, row in profiles[(profiles["category"] == "all") & profiles["persons"].notna()].iterrows():
        here, persons = int(str(line)), int(row["persons"])
        if row["population_basis"] == "entrants_of_period":
            same = (bins["period_start"] == row["period_start"]) & (bins["period_end"] == row["as_of_date"])
            for printed in bins.loc[same & (bins["sex"] == row["sex"]), "entrants_persons"]:
                if printed != persons:
                    expected = f"{printed}, the entrants of that span in data/raw/entrants_bins.csv"
                    faults.append(Problem(FILE, here, "persons", str(persons), expected))
        else:
            same = (used["as_of_date"] == row["as_of_date"]) & (used["sex"] == row["sex"])
            for printed in used.loc[same, "entrants_persons"]:
                if persons > printed:
                    expected = f"{printed} or less, everybody who had entered by then"
                    faults.append(Problem(FILE, here, "persons", str(persons), expected))
    return faults


def _find_bases(raw: dict[str, pd.DataFrame]) -> dict[tuple[object, ...], float]:
    """Return the base of each table and sex, and of each population and sex.

    A table's own base comes first: printed, or the sum where every group is printed. A table
    without one has the base of the other tables of its population (key with an empty dimension).
    """
    bases: dict[tuple[object, ...], float] = {}
    for key, rows in group_rows(raw["profiles"], [*TABLE, "sex"]):
        base, groups = rows.loc[rows["category"] == "all", "persons"].dropna(), _list_groups(rows)
        *population, dimension, sex = (None if pd.isna(cell) else cell for cell in key)
        if len(base):
            bases[(*population, dimension, sex)] = float(base.iloc[0])
            bases.setdefault((*population, None, sex), float(base.iloc[0]))
        elif sex in COMPLETE.get((f"{key[0]:%Y-%m-%d}", str(dimension)), ()):
            bases[(*population, dimension, sex)] = float(groups["persons"].sum())
    return bases


def _get_base(row: pd.Series, bases: dict[tuple[object, ...], float]) -> float | None:
    *population, dimension = (None if pd.isna(row[column]) else row[column] for column in TABLE)
    own = bases.get((*population, dimension, row["sex"]))
    return bases.get((*population, None, row["sex"])) if own is None else own


def _check_same_base(profiles: pd.DataFrame) -> list[Problem]:
    """Compare the bases of the tables of one population and source, which should be one."""
    faults = []
    bases = profiles[(profiles["category"] == "all") & profiles["persons"].notna()]
    for key, rows in group_rows(
        bases, ["as_of_date", "period_start", "population_basis", "sex", "source_id"]
    ):
        first = int(rows["persons"].iloc[0])
        for line, persons in rows["persons"].iloc[1:].items():
            if persons != first:
                expected = f"{first}, the base on line {rows.index[0]} for {show_key(key)}"
                faults.append(Problem(FILE, int(str(line)), "persons", str(persons), expected))
    return faults


def _check_shares(raw: dict[str, pd.DataFrame]) -> list[Problem]:
    """Compare each printed share with its count over its base, as far as its rounding tells."""
    profiles, years = raw["profiles"], raw["entrants"]
    bases, faults = _find_bases(raw), []
    for line, row in profiles[(profiles["share_of"] == "sex") & profiles["share_pct"].notna()].iterrows():
        count, base = row["persons"], _get_base(row, bases)
        start, end = row["period_start"], row["as_of_date"]
        is_year = pd.notna(start) and start == pd.Timestamp(
            end.year, 1, 1
        ) == end - pd.offsets.YearEnd() + pd.Timedelta(days=1)
        of_year = (
            years[(years["year"] == end.year) & (years["sex"] == row["sex"])] if is_year else years.iloc[:0]
        )
        if base is None and len(of_year):
            same = of_year[of_year["source_id"] == row["source_id"]]
            base = float(
                (same if len(same) else of_year[of_year["role"] == "current"])["entrants_persons"].iloc[0]
            )
        if row["dimension"] == "sex" and len(of_year):
            of_sex = years[(years["year"] == end.year) & (years["sex"] == row["category"])]
            count = of_sex.loc[of_sex["role"] == "current", "entrants_persons"].iloc[0]
        if base is None or pd.isna(count):
            continue
        share = 100 * float(count) / base
        # Half of the last digit printed: a whole number may be rounded to ones, others to tenths.
        half = 0.5 if float(row["share_pct"]).is_integer() else 0.05
        if abs(share - row["share_pct"]) > half + 1e-9:
            expected = f"{share:.2f} within {half}, which {int(count)} of {int(base)} make"
            faults.append(Problem(FILE, int(str(line)), "share_pct", f"{row['share_pct']:g}", expected))
    return faults


def _check_readings(profiles: pd.DataFrame) -> list[Problem]:
    """Two sources that print the same count agree."""
    faults = []
    for key, rows in group_rows(profiles[profiles["persons"].notna()], [*TABLE, "category", "sex"]):
        first = int(rows["persons"].iloc[0])
        for line, persons in rows["persons"].iloc[1:].items():
            if persons != first:
                expected = f"{first} as on line {rows.index[0]} for {show_key(key)}"
                faults.append(Problem(FILE, int(str(line)), "persons", str(persons), expected))
    return faults


def tidy(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the clean table ``profiles``; the input is left as it was.

    One row a date, population, dimension, group and sex. ``base_persons`` is the table's own base;
    where count and base are known the share is computed, otherwise it is as printed.
    """
    bases = _find_bases(raw)
    frame = raw["profiles"].drop(columns="note")
    official_first = frame.assign(_rank=(frame["certainty"] != "official").astype(int))
    official_first = official_first.sort_values(["_rank", "source_id"], kind="stable").drop(columns="_rank")
    frame = official_first.drop_duplicates([*TABLE, "category", "sex", "share_of"]).sort_index().copy()
    base = pd.Series(
        [_get_base(row, bases) for _, row in frame.iterrows()], index=frame.index, dtype="float64"
    )
    base = base.where(frame["share_of"].ne("category"))
    computed = 100 * frame["persons"].astype("float64") / base
    method = pd.Series("printed", index=frame.index).where(frame["share_pct"].notna(), None)
    frame["base_persons"] = base.astype("Int64")
    frame["share_method"] = method.where(computed.isna(), "computed")
    frame["share_of"] = frame["share_of"].where(computed.isna(), "sex")
    # Four decimals of a percent: finer than one person in any base here.
    frame["share_pct"] = frame["share_pct"].where(computed.isna(), computed.round(4))
    return {"profiles": frame}
