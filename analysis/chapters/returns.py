"""Summaries of who went back, who thought of it and who cannot be found; nothing here is a model."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from analysis import rates

BORDER_CLOSED = 2020
"""First year with the border closed; parts the two periods that are compared."""

RESIDENTS_BASE = 1000
"""Residents a rate is given for."""

QUESTIONS: dict[tuple[str, str], tuple[str, str]] = {
    ("thinks_of_returning_if_unpunished", ""): (
        "would, if unpunished",
        "thinks of going if not punished",
    ),
    ("would_return_if_legal", ""): ("would, if legal", "would return if it were legal"),
    ("thought_of_returning", "any"): ("has thought of it", "has at some time thought of returning"),
    ("thought_of_returning", "never"): ("never thought of it", "has never thought of returning"),
    ("wants_to_return", ""): ("wants to", "wants to return, as reported"),
    ("happier_in_north_or_wants_to_return", ""): (
        "happier or wants to",
        "happier in the North, or wants to return (youth panel)",
    ),
    ("country_to_move_to", "north_korea"): (
        "would move there",
        "names the North as country to move to",
    ),
}
"""What each survey asked about going to the North: short for a figure, and whole."""

GRADES = ("sometimes", "fairly_often", "very_often")
"""Answers whose sum is the answer ``any``."""


def find_revised(vintages: pd.DataFrame) -> pd.DataFrame:
    """Return the years whose count of returns differs between the first release and the last."""
    ordered = vintages.sort_values(["year", "vintage_date"], kind="stable")
    ends = ordered.groupby("year").agg(
        first_date=("vintage_date", "first"),
        first_persons=("returns_persons", "first"),
        last_persons=("returns_persons", "last"),
    )
    settled = ordered[ordered["returns_persons"] == ordered["year"].map(ends["last_persons"])]
    ends["changed_date"] = settled.groupby("year")["vintage_date"].first()
    return ends[ends["first_persons"] != ends["last_persons"]].reset_index()


def tabulate_releases(vintages: pd.DataFrame, first_year: int = 2012) -> pd.DataFrame:
    """Return the count of every year, one column a release."""
    shown = vintages[vintages["year"] >= first_year]
    shown = shown.assign(month=shown["vintage_date"].dt.to_period("M"))
    spread = shown.groupby(["year", "month"])["returns_persons"].nunique()
    if (spread > 1).any():
        year, month = spread[spread > 1].index[0]
        raise ValueError(f"returns_vintages: two counts for {year} in {month}; expected one a month")
    wide = shown.pivot_table(index="year", columns="month", values="returns_persons", aggfunc="first")
    wide.columns = pd.PeriodIndex(wide.columns).strftime("%b %Y")
    return wide.reset_index()


def pick_residents(residents: pd.DataFrame, start: int, end: int) -> pd.Series:
    """Return the national count of residents nearest to the middle of a period."""
    national = residents[
        (residents["region"] == "all")
        & (residents["sex"] == "all")
        & residents["rounded_to_persons"].isna()
        & residents["as_of_date"].dt.year.between(start, end)
    ]
    if national.empty:
        raise ValueError(f"residents: no national count from {start} to {end}")
    middle = pd.Timestamp(year=(start + end + 1) // 2, month=1 if (end - start) % 2 else 7, day=1)
    return national.loc[(national["as_of_date"] - middle).abs().idxmin()]


def list_rates(estimates: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rates of single years and of the periods compared."""
    columns = ["rate", "ci_low", "ci_high"]
    rows = estimates.rename(columns={"estimate": "rate"})
    single = rows["quantity"].str.extract(r"^rate_(?P<year>\d{4})$").dropna()
    yearly = single.astype(int).join(rows[columns])
    spans = rows["quantity"].str.extract(r"^rate_(?:since_)?(?P<start>\d{4})(?:_(?P<end>\d{4}))?$")
    spans = spans[spans["start"].notna() & ~spans.index.isin(single.index)]
    spans = spans.fillna({"end": str(yearly["year"].max())}).astype(int)
    return yearly.reset_index(drop=True), spans.join(rows[columns]).reset_index(drop=True)


def relate_to_residents(periods: pd.DataFrame, residents: pd.DataFrame) -> pd.DataFrame:
    """Return the rate of each period for ``RESIDENTS_BASE`` residents, counted near the middle of it."""
    spans = zip(periods["start"], periods["end"], strict=True)
    bases = pd.DataFrame([pick_residents(residents, start, end) for start, end in spans])
    bases = bases[["as_of_date", "residents_persons", "source_id"]].reset_index(drop=True)
    found = pd.concat([periods.reset_index(drop=True), bases], axis=1)
    for ours, theirs in (("per_base", "rate"), ("per_base_low", "ci_low"), ("per_base_high", "ci_high")):
        found[ours] = RESIDENTS_BASE * found[theirs] / found["residents_persons"]
    return found


def measure_years(returns: pd.DataFrame) -> pd.Series:
    """Return how much of each year the count covers, by year: 1, or its months in twelfths."""
    covered = returns["covers_until"].dt.month.fillna(12) / 12
    return pd.Series(covered.to_numpy(dtype=float), index=returns["year"], name="covered_years")


def compare_by_newcomers(
    returns: pd.DataFrame, entrants: pd.DataFrame, windows: Iterable[int] = (2, 3, 4, 5)
) -> pd.DataFrame:
    """Return the ratio of the two periods' returns for equal numbers of recent entrants."""
    yearly = entrants.groupby("year")["entrants_persons"].sum()
    counted = returns.set_index("year")["returns_persons"]
    covered = measure_years(returns)
    rows = []
    for window in windows:
        recent = yearly.rolling(window).sum().reindex(counted.index).dropna()
        weight = recent * covered[recent.index]
        events = counted[recent.index]
        late = recent.index >= BORDER_CLOSED
        found = rates.estimate_rate_ratio(
            int(events[late].sum()), weight[late].sum(), int(events[~late].sum()), weight[~late].sum()
        )
        rows.append(
            {
                "window_years": window,
                "before": weight[~late].sum(),
                "since": weight[late].sum(),
                "ratio": found.value,
                "ci_low": found.low,
                "ci_high": found.high,
            }
        )
    return pd.DataFrame(rows)


def list_wishes(shares: pd.DataFrame) -> pd.DataFrame:
    """Return the survey answers about going to the North, in the order to show them."""
    frame = shares[~shares["item"].isin(GRADES)]
    keys = zip(frame["indicator"], frame["item"].fillna(""), strict=True)
    words = [QUESTIONS[key] for key in keys]
    frame = frame.assign(
        kind=frame["item"].eq("never").map({True: "never", False: "wish"}),
        label=[f"{year}: {short}" for year, (short, _) in zip(frame["year"], words, strict=True)],
        question=[whole for _, whole in words],
    )
    wishes = frame[frame["kind"] == "wish"].sort_values("share_computed_pct", ascending=False, kind="stable")
    same = frame[frame["kind"] == "never"].sort_values("year", kind="stable")
    return pd.concat([wishes, same], ignore_index=True)


def summarise_whereabouts(whereabouts: pd.DataFrame) -> pd.DataFrame:
    """Return the stock of people without a known residence, split, at each date that splits it."""
    stocks = whereabouts[(whereabouts["duration"] == "all") & (whereabouts["printed_as"] == "stock")]
    wide = stocks.pivot(index="as_of_date", columns="category", values="persons")
    wide = wide[["residence_unknown", "gone_abroad", "not_located"]].dropna().astype(int)
    wide["others"] = wide["residence_unknown"] - wide["gone_abroad"] - wide["not_located"]
    wide["share_abroad_pct"] = 100 * wide["gone_abroad"] / wide["residence_unknown"]
    return wide.reset_index().rename_axis(columns=None)


def list_not_located(whereabouts: pd.DataFrame) -> pd.DataFrame:
    """Return the stock of people nobody could place, by date: ``as_of_date``, ``persons``, ``source_id``."""
    found = whereabouts[(whereabouts["category"] == "not_located") & (whereabouts["duration"] == "all")]
    return found.sort_values("as_of_date")[["as_of_date", "persons", "source_id"]].reset_index(drop=True)


def unpick_sum(whereabouts: pd.DataFrame, emigration: pd.DataFrame) -> pd.DataFrame:
    """Return the yearly numbers that a printed total added up, and how the sum grows."""
    printed = emigration[emigration["role"] == "stocks_summed"].iloc[0]
    abroad = whereabouts[
        (whereabouts["category"] == "gone_abroad")
        & (whereabouts["duration"] == "all")
        & whereabouts["as_of_date"].between(printed["period_start"], printed["period_end"])
    ].sort_values("as_of_date")
    added = abroad["persons"].cumsum()
    if added.iloc[-1] != printed["persons"]:
        raise ValueError(f"people abroad add up to {added.iloc[-1]}; expected {printed['persons']}")
    steps = abroad.assign(before=added - abroad["persons"], added_up=added)
    columns = ["as_of_date", "printed_as", "persons", "before", "added_up", "source_id"]
    return steps[columns].reset_index(drop=True)
