"""What every engine shares: the rows of a table, the fit handed over, results in natural units."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.inputs import Floats, take_numbers
from analysis.results import Estimate
from analysis.specifications import Specification
from analysis.trends import Trend
from data.corrections import select_rows

Reader = Callable[[str], pd.DataFrame]
Convert = Callable[[float], float]
LEVEL = 0.95
NO_NUMBER = float("nan")


@dataclass(frozen=True)
class Fit:
    """What an engine hands over."""

    n: int
    rows: list[Estimate]
    table: pd.DataFrame
    dispersion: float = NO_NUMBER
    df_resid: float = NO_NUMBER
    trend: Trend | None = None
    observed: Floats = field(default_factory=lambda: np.array([]))
    scale: float = 1.0
    unlog: bool = False
    units: tuple[str, ...] = ()
    linked: Mapping[str, tuple[float, float, Convert]] = field(default_factory=dict)
    method: str = ""
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    diagnostics: pd.DataFrame | None = None


def to_percent(value: float) -> float:
    """Return a difference of logarithms as a percentage change."""
    return float(100 * np.expm1(value))


def name_period(first: int, last: int | None) -> str:
    """Return the years of a period as they stand in a name; an open end keeps its name next year."""
    if last is None:
        return f"since_{first}"
    return str(first) if first == last else f"{first}_{last}"


def take_rows(specification: Specification, read: Reader) -> pd.DataFrame:
    """Return the rows of the clean table that a specification's filter keeps."""
    frame = read(specification.data_table)
    try:
        rows = frame.loc[select_rows(frame, specification.filter)]
    except KeyError as error:
        raise ValueError(f"{specification.data_table}: {error.args[0]}") from None
    if rows.empty:
        raise ValueError(f"{specification.data_table}: no row for {specification.filter!r}, expected some")
    return rows.reset_index(drop=True)


def total_by_year(specification: Specification, read: Reader) -> pd.DataFrame:
    """Return the outcome summed by year over the rows and years of a specification."""
    rows = take_rows(specification, read)
    if "sex" in rows.columns and {"male", "female", "all"} <= set(rows["sex"]):
        rows = rows.loc[rows["sex"] != "all"]  # men and women are there: do not count them twice
    year = specification.options.get("year", "year")
    take_numbers(rows, year)
    take_numbers(rows, specification.outcome, minimum=0)
    columns = {specification.outcome: rows[specification.outcome]}
    if "events" in specification.options:
        columns["events"] = rows[specification.outcome].where(
            select_rows(rows, specification.options["events"]), 0
        )
    if "exposure" in specification.options:
        columns["exposure"] = rows[specification.options["exposure"]]
    result = pd.DataFrame(columns).groupby(rows[year].astype(int).rename("year")).sum().reset_index()
    for at, number in specification.options.get("less", {}).items():
        result.loc[result["year"] == at, specification.outcome] -= number
    first, last = specification.window
    result = result.loc[(result["year"] >= first) & (result["year"] <= (last or np.inf))].reset_index(
        drop=True
    )
    result = result.loc[~result["year"].isin(specification.options.get("skip", ()))].reset_index(drop=True)
    if result.empty:
        raise ValueError(f"year: no row from {first} to {last}, expected some")
    return result


def spare_year(table: pd.DataFrame, specification: Specification) -> pd.DataFrame:
    """Return the table without the year a specification leaves out."""
    if not specification.without:
        return table
    return table.loc[table["year"] != int(specification.without)].reset_index(drop=True)


def coefficients(trend: Trend) -> list[Estimate]:
    """Return the coefficients on the link scale, one result a term."""
    unit = {"log": "log points", "logit": "log odds", "identity": "outcome units"}[trend.link]
    t = trend.quantile(LEVEL)
    return [
        Estimate(
            quantity=f"coefficient_{term}",
            value=float(value),
            ci_low=float(value - t * error),
            ci_high=float(value + t * error),
            unit=unit,
            interval_kind="confidence",
            level=LEVEL,
            std_error=float(error),
            term=term,
        )
        for term, value, error in zip(trend.mean.terms, trend.params, trend.std_errors, strict=True)
    ]


def describe_family(trend: Trend) -> list[Estimate]:
    """Return the parameter of a family beyond its mean: how far years scatter more than chance."""
    units = {
        "alpha": "variance beyond the mean, over the mean squared",
        "precision": "prior trials of a year's share",
    }
    return [
        Estimate(name, trend.extra[name], unit=unit, term="dispersion")
        for name, unit in units.items()
        if name in trend.extra
    ]


class Results:
    """Results in natural units, made from sums of coefficients of one trend."""

    def __init__(self, trend: Trend) -> None:
        self.trend = trend
        self.rows: list[Estimate] = []
        self.linked: dict[str, tuple[float, float, Convert]] = {}

    def add(self, quantity: str, weights: dict[str, float], unit: str, convert: Convert) -> None:
        """Add a sum of coefficients carried to a natural unit."""
        value, error = self.trend.combine(weights)
        self.add_value(quantity, value, error, unit, convert, " + ".join(weights))

    def add_level(self, unit: str, convert: Convert) -> None:
        """Add the line in the year counted as zero (``line_Y``), or the mean before all steps (``level``)."""
        mean = self.trend.mean
        self.add(f"line_{mean.centre}" if mean.slope else "level", {"constant": 1.0}, unit, convert)

    def add_value(
        self, quantity: str, value: float, error: float, unit: str, convert: Convert, term: str
    ) -> None:
        """Add a link-scale value with its standard error, carried to a natural unit."""
        half = self.trend.quantile(LEVEL) * error
        low, high = sorted((convert(value - half), convert(value + half)))
        same_scale = convert(1.0) - convert(0.0) == convert(2.0) - convert(1.0)
        self.rows.append(
            Estimate(
                quantity=quantity,
                value=float(convert(value)),
                ci_low=float(low),
                ci_high=float(high),
                unit=unit,
                interval_kind="confidence",
                level=LEVEL,
                std_error=float(error * (convert(1.0) - convert(0.0))) if same_scale else NO_NUMBER,
                term=term,
            )
        )
        self.linked[quantity] = (value, error, convert)
