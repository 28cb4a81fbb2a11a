"""What was spent, on how many people, and how long the course at Hanawon was."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from data.checks import (
    SMALLEST_CELL,
    Problem,
    Span,
    check_at_most,
    check_close,
    check_covers,
    check_dates,
    check_sum,
    each_row,
    first_days,
    last_days,
    name_precision,
    report,
)

RAW_TABLES = ("programme_figures",)
FILE = "data/raw/programme_figures.csv"
KIND = ["programme", "measure", "part", "stage", "unit"]
FLOWS = ("spending", "persons_paid", "graduates", "accounts_opened")  # may be added over time
BANDS = ["under_10_million_krw", "10_to_50_million_krw", "50_to_100_million_krw"]
TOP_BAND = "from_100_million_krw"
YEARS_PROTECTED = {"up_to_5_years", "5_to_10_years", "10_to_15_years", "over_15_years"}
# Second figures for one fact, by start, measure and source, that the clean table leaves out.
LEFT_OUT = {
    # 750 against 770; the report of that year's own budget is used.
    ("2022", "arrivals_assumed", "edaily_2022b"),
}


def check(raw: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Report figures that contradict a published total, mean or part."""
    frame = raw["programme_figures"]
    yield from check_dates(frame, FILE, "period_start", "period_end")
    yield from report(frame[(frame["unit"] == "pct") & (frame["value"] > 100)], FILE, "value", "100 or less")
    dated = frame.assign(start=first_days(frame["period_start"]), end=last_days(frame["period_end"]))
    yield from _check_flows(dated[dated["measure"].isin(FLOWS) & dated["end"].notna()])
    yield from _check_graduates(dated)
    yield from _check_means(frame)
    yield from _check_bands(frame)
    yield from _check_accounts(frame)
    yield from _check_protected(frame)


def _check_flows(flows: pd.DataFrame) -> Iterator[Problem]:
    """Check that shorter periods add up to a longer one, and a year to date does not exceed its year."""
    for _, rows in flows.groupby(KIND):
        spans = [
            Span(*cells) for cells in zip(rows["start"], rows["end"], rows["value"], rows.index, strict=True)
        ]
        yield from check_covers(FILE, "value", spans, spans)
    # Sources differ in what they count, so only figures of one source are compared.
    longest_first = flows.sort_values("end", ascending=False)
    limit = longest_first.groupby([*KIND, "start", "source_id"])["value"].cummin().sort_index()
    yield from check_at_most(flows, FILE, "value", limit, "the count of the longer period")


def _check_graduates(frame: pd.DataFrame) -> Iterator[Problem]:
    """Check that graduates since the opening are at least those of the whole years within."""
    rows = frame[(frame["programme"] == "hanawon") & (frame["measure"] == "graduates")]
    years = rows[rows["period_start"].str.len() == 4]
    for line, row in each_row(rows[rows["period_start"].str.len() == 10]):
        total = years.loc[years["end"] <= row["end"], "value"].sum()
        if row["value"] < total:
            wanted = f"{total:,.0f}, the sum of the years before, or more"
            yield Problem(FILE, line, "value", f"{row['value']:,.0f}", wanted)


def _group_values(
    frame: pd.DataFrame, keys: list[str], column: str
) -> Iterator[tuple[pd.DataFrame, pd.Series]]:
    """Yield the rows that share some keys, and their values by another column."""
    for _, rows in frame.groupby(keys, dropna=False):
        yield rows, rows.drop_duplicates(column).set_index(column)["value"]


def _check_means(frame: pd.DataFrame) -> Iterator[Problem]:
    """Check that spending per person is spending over persons."""
    keys = ["period_start", "period_end", "programme", "part", "stage", "source_id"]
    for rows, values in _group_values(frame, keys, "measure"):
        if {"spending", "persons_paid", "spending_per_person"} <= set(values.index):
            mean = values["spending"] / values["persons_paid"]
            means = rows[rows["measure"] == "spending_per_person"][:1]
            # Some are cut rather than rounded: a whole unit of the last digit that is not zero.
            digits = f"{values['spending_per_person']:.0f}"
            unit = 10 ** (len(digits) - len(digits.rstrip("0")))
            yield from check_close(means, FILE, "value", mean, "spending over persons", unit)


def _check_bands(frame: pd.DataFrame) -> Iterator[Problem]:
    """Check that the published bands leave five people or more for the top band."""
    paid = frame[frame["measure"] == "persons_paid"]
    for rows, values in _group_values(paid, ["period_start", "period_end", "programme", "stage"], "part"):
        bands = values.reindex(BANDS).dropna()
        if len(bands) and "all" in values:
            least = bands.sum() + SMALLEST_CELL
            if len(bands) < len(BANDS) or values["all"] < least:
                wanted = f"{least:,.0f} or more, and a row for each band up to 100 million won"
                yield from report(rows[rows["part"] == "all"][:1], FILE, "value", wanted)


def _check_accounts(frame: pd.DataFrame) -> Iterator[Problem]:
    """Check that savings accounts that ended do not exceed those opened."""
    accounts = frame[frame["programme"] == "savings_account"]
    for rows, values in _group_values(accounts, ["period_start", "period_end"], "measure"):
        ended = values.get("accounts_matured", 0) + values.get("accounts_closed_early", 0)
        opened = rows[(rows["measure"] == "accounts_opened") & (rows["value"] < ended)]
        yield from report(opened[:1], FILE, "value", f"{ended:,.0f}, the accounts that ended, or more")


def _check_protected(frame: pd.DataFrame) -> Iterator[Problem]:
    """Check that people under police protection, by years under it, add up to all of them."""
    protected = frame[frame["measure"] == "persons_protected"]
    yield from check_sum(protected, FILE, ["period_end"], "part", "value", parts=len(YEARS_PROTECTED))
    for _, rows in protected.groupby("period_end"):
        if missing := {"all", *YEARS_PROTECTED} - set(rows["part"]):
            yield from report(rows[:1], FILE, "part", f"also rows for {', '.join(sorted(missing))}")


def clean(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the figures with dates as days, and the reward band that the others leave."""
    frame = raw["programme_figures"]
    facts = zip(frame["period_start"], frame["measure"], frame["source_id"], strict=True)
    kept = frame[[fact not in LEFT_OUT for fact in facts]].assign(is_computed=False)
    rewards = kept[(kept["programme"] == "reward") & (kept["measure"] == "persons_paid")]
    computed = []
    for rows, values in _group_values(rewards, ["period_start", "period_end"], "part"):
        if set(BANDS) <= set(values.index):
            rest, note = values["all"] - values[BANDS].sum(), "Total less the printed bands"
            top = rows[rows["part"] == "all"]
            computed.append(top.assign(part=TOP_BAND, value=rest, is_computed=True, note=note))
    out = pd.concat([kept, *computed])
    return {
        "programme_figures": out.assign(
            period_start=first_days(out["period_start"]),
            period_end=last_days(out["period_end"]),
            start_printed_to=name_precision(out["period_start"]),
        )
    }
