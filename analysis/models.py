"""One call for a chapter: ``model = fit("arrivals_trend")``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache, cached_property

import numpy as np
import pandas as pd

from analysis.diagnostics import diagnose
from analysis.engines import ENGINES, Fit
from analysis.results import Estimate
from analysis.sensitivity import pick_extremes, tabulate_sensitivity, widen
from analysis.specifications import SPECIFICATIONS, Specification, Variant
from analysis.trends import Autocorrelation
from data import load

COLUMNS = {
    "chapter": "page whose question the model answers",
    "model_id": "name of the model; one name, one formula",
    "quantity": "what was estimated, unique in the model; years stand in the name",
    "unit": "natural unit of the estimate and its limits",
    "data_table": "clean table the model is fitted to",
    "filter": "rows of that table, as column=value;…; empty for all",
    "formula": "the model in symbols",
    "family": "distribution, and so the variance; none for plain arithmetic",
    "link": "scale on which the mean is linear",
    "method": "how it was fitted, and whose interval it is",
    "n": "points, studies or people the estimate rests on",
    "term": "terms of the model the estimate is made of",
    "estimate": "the estimate, in its unit",
    "std_error": "on the scale of the estimate; empty where the limits were made on another scale",
    "interval_kind": "confidence (of a mean), prediction (of a new figure), exact, or empty for none",
    "level": "level of the interval, two-sided",
    "ci_low": "lower limit, in the unit",
    "ci_high": "upper limit, in the unit; inf where there is none",
    "dispersion": "Pearson chi-square over degrees of freedom (for pooled studies Cochran's Q)",
    "df_resid": "degrees of freedom left",
}
"""Columns of ``book/estimates.csv``, and what each holds."""
Reader = Callable[[str], pd.DataFrame]


class Model:
    """A fitted model with all a chapter says about it."""

    def __init__(self, specification: Specification, read: Reader = load) -> None:
        self.specification = specification
        self._read = read
        self._fit = run(specification, read)

    @property
    def n(self) -> int:
        """Points, cohorts or people the model rests on."""
        return self._fit.n

    @property
    def formula_words(self) -> str:
        """The model in words."""
        return self.specification.formula_words

    @property
    def formula(self) -> str:
        """The model in symbols, as plain text."""
        return self.specification.formula

    @property
    def dispersion(self) -> float:
        """Pearson chi-square over residual degrees of freedom; not a number where there is none."""
        return self._fit.dispersion

    @property
    def autocorrelation(self) -> Autocorrelation | None:
        """Autocorrelation of the residuals; nothing where years are missing or there are no years."""
        return self._fit.trend.autocorrelation if self._fit.trend else None

    @property
    def data(self) -> pd.DataFrame:
        """The rows the model was fitted to."""
        return self._fit.table.copy()

    @property
    def models_tried(self) -> int:
        """How many models were fitted for this question, this one and those dropped included."""
        return 1 + len(self.specification.variants) + len(self.specification.dropped)

    @property
    def estimates(self) -> pd.DataFrame:
        """All results, one a row, as in ``book/estimates.csv``."""
        spec = self.specification
        rows = [
            {
                "chapter": spec.chapter,
                "model_id": spec.model_id,
                "quantity": e.quantity,
                "unit": e.unit,
                "data_table": spec.data_table,
                "filter": spec.filter,
                "formula": spec.formula,
                "family": spec.family,
                "link": spec.link,
                "method": e.method or self._fit.method or spec.method,
                "n": e.n or self._fit.n,
                "term": e.term,
                "estimate": e.value,
                "std_error": e.std_error,
                "interval_kind": e.interval_kind,
                "level": e.level,
                "ci_low": e.ci_low,
                "ci_high": e.ci_high,
                "dispersion": self._fit.dispersion,
                "df_resid": self._fit.df_resid,
            }
            for e in self._fit.rows
        ]
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def table(self, name: str) -> pd.DataFrame:
        """Return a further tidy table of the model.

        Parameters
        ----------
        name : str
            ``studies``, ``leave_one_out``, ``subgroups`` (pooled studies); ``shares``; ``ratios``;
            ``pairs``; ``backtest``, ``scores``, ``eras``, ``projections``, ``last_year`` (outlook).

        Raises
        ------
        ValueError
            If the model has no such table; the message lists those it has.
        """
        if name not in self._fit.tables:
            known = ", ".join(self._fit.tables) or "none"
            raise ValueError(f"table: found {name!r}, expected one of {known}")
        return self._fit.tables[name].copy()

    def get(self, quantity: str = "") -> Estimate:
        """Return one result; without a name, the headline.

        Parameters
        ----------
        quantity : str
            Its name, as in the column ``quantity``.

        Raises
        ------
        ValueError
            If the model has no such quantity; the message lists those it has.
        """
        return pick(self._fit, quantity or self.specification.headline)

    def line(self, years: Iterable[int] | None = None, level: float = 0.95) -> pd.DataFrame:
        """Return the fitted line with its confidence and its prediction interval, kept apart by name.

        Parameters
        ----------
        years : iterable of int, optional
            Years wanted, by default those of the data; later years continue the line.
        level : float
            Level of both intervals.

        Returns
        -------
        pandas.DataFrame
            ``year``, ``stretch`` (years that share one line: draw them as one), ``observed`` (empty
            beyond the data), ``mean``, ``confidence_low``, ``confidence_high``, ``prediction_low``,
            ``prediction_high``, in the units of the chapter.

        Raises
        ------
        ValueError
            If the model has no line.
        """
        trend, scale = self._fit.trend, self._fit.scale
        if trend is None:
            raise ValueError(f"{self.specification.model_id}: no line, expected a model of a trend")
        wanted = trend.years if years is None else np.array(list(years), dtype=float)
        result = trend.predict(wanted, level)
        result[result.columns[1:]] *= scale
        if self._fit.unlog:
            result[result.columns[1:]] = 100 * np.exp(result[result.columns[1:]])
        seen = dict(zip(trend.years, self._fit.observed, strict=True))
        result.insert(1, "observed", [seen.get(year, np.nan) for year in wanted])
        edges = sorted([*trend.mean.breaks, *(s for s, _ in trend.mean.steps), *(
            e + 1 for _, e in trend.mean.steps if e is not None)])  # fmt: skip
        result.insert(1, "stretch", np.searchsorted(edges, wanted, side="right"))
        return result

    def diagnostics(self) -> pd.DataFrame:
        """Return the four diagnostics as ``panel``, ``x``, ``y``; see ``analysis.diagnostics``."""
        trend, scale = self._fit.trend, self._fit.scale
        if self._fit.diagnostics is not None:
            return self._fit.diagnostics.copy()
        if trend is None:
            raise ValueError(f"{self.specification.model_id}: no residuals, expected a model that has some")
        return diagnose(
            trend.years, trend.pearson, trend.leverage, scale * trend.fitted, scale * trend.observed
        )

    def coefficients(self) -> pd.DataFrame:
        """Return the terms of the model in natural units: ``term`` (in words) and as in ``estimates``.

        Single years, plain changes and link-scale coefficients are left out.
        """
        table = self.estimates
        words = [describe_quantity(name) for name in table["quantity"]]
        return table.assign(term=words).loc[[bool(w) for w in words]].reset_index(drop=True)

    def break_dates(self, span: int = 3) -> pd.DataFrame:
        """Return the model refitted with its break moved by up to ``span`` years."""
        spec = self.specification
        if not spec.breaks:
            raise ValueError(f"{spec.model_id}: no break, expected a model with one")
        rows = []
        for date in range(spec.breaks[0] - span, spec.breaks[0] + span + 1):
            try:
                moved = run(replace(spec, breaks=(date,), variants=()), self._read)
            except ValueError:
                continue  # too few years on one side
            jump = pick(moved, f"jump_{date}")
            assert moved.trend is not None
            deviance = moved.trend.extra["deviance"]
            rows.append((date, jump.value, jump.ci_low, jump.ci_high, deviance, moved.dispersion))
        columns = ["date", "jump", "ci_low", "ci_high", "deviance", "dispersion"]
        table = pd.DataFrame(rows, columns=columns)
        best = table.iloc[table["deviance"].argmin()]
        excess = (table["deviance"] - best["deviance"]) / best["dispersion"]
        return table.drop(columns="dispersion").assign(excess=excess)

    def sensitivity(self, quantity: str = "") -> pd.DataFrame:
        """Return the sensitivity table of the headline; see ``analysis.sensitivity``.

        Parameters
        ----------
        quantity : str
            Another quantity than the headline; variants that lack it are left out.
        """
        spec = self.specification
        name = quantity or spec.headline
        primary = self.get(name)
        others = []
        for variant, fitted in zip(spec.variants, self._varied, strict=True):
            wanted = (variant.quantity or name) if name == spec.headline else name
            if any(e.quantity == wanted for e in fitted.rows):
                others.append((variant.words, pick(fitted, wanted)))
        others += pick_extremes(primary, self._leave_out(name))
        found = self.autocorrelation
        if found and name in self._fit.linked:
            value, error, convert = self._fit.linked[name]
            others.append(widen(value, error, convert, primary, found))
        return tabulate_sensitivity(primary, others)

    @cached_property
    def _varied(self) -> list[Fit]:
        """The fits of the variants, in their order, made once for all who ask."""
        return [run(vary(self.specification, variant), self._read) for variant in self.specification.variants]

    @cached_property
    def _without(self) -> dict[str, Fit]:
        """The fits without each single year (or study) that can be spared, made once for all who ask."""
        found = {}
        for name in self._fit.units:
            try:
                found[name] = run(replace(self.specification, without=name), self._read)
            except (ValueError, RuntimeError):
                continue  # this year carries a term of its own and cannot be spared
        return found

    def _leave_out(self, quantity: str = "") -> dict[str, Estimate]:
        """Return the headline, or another result, of each of these fits that has it."""
        wanted = quantity or self.specification.headline
        fits = {n: f for n, f in self._without.items() if any(e.quantity == wanted for e in f.rows)}
        return {name: pick(fitted, wanted) for name, fitted in fits.items()}


WORDS = (
    (r"change", "change"),
    (r"change_(\d+)_(\d+)", "change, {0}–{1}"),
    (r"odds_(\d+)_(\d+)", "odds, {0}–{1}"),
    (r"jump_(\d+)", "level from {0}"),
    (r"step_(\d+)", "level from {0}"),
    (r"step_(\d+)_(\d+)", "level of {0}–{1}"),
    (r"line_(\d+)", "first line, at {0}"),
    (r"level", "mean before the step"),
    (r"(missing|expected)_(\d+)_(\d+)", "{0}, {1}–{2}"),
    (r"(missing|expected)_since_(\d+)", "{0}, since {1}"),
    (r"rate_(\d+)_(\d+)", "rate, {0}–{1}"),
    (r"rate_since_(\d+)", "rate since {0}"),
    (r"ratio_since_(\d+)_to_(\d+)_(\d+)", "rate since {0} over that of {1}–{2}"),
    (r"mean", "mean of studies"),
    (r"new_study", "a new study"),
    (r"tau2", "variance between studies"),
    (r"i2", "variation beyond chance"),
    (r"odds_clinical_interview", "odds, interviews against others"),
    (r"ahead_last_value_h(\d)", "last value, horizon {0}"),
)
"""Patterns of the quantities that are terms of a model, and how they read."""


def describe_quantity(name: str) -> str:
    """Return a quantity that is a term of a model in words, nothing for any other."""
    for pattern, words in WORDS:
        found = re.fullmatch(pattern, name)
        if found:
            return words.format(*found.groups())
    return ""


def pick(fitted: Fit, quantity: str) -> Estimate:
    """Return one result of a fit by its name."""
    for estimate in fitted.rows:
        if estimate.quantity == quantity:
            return replace(estimate, n=estimate.n or fitted.n)
    raise ValueError(
        f"quantity: found {quantity!r}, expected one of {', '.join(e.quantity for e in fitted.rows)}"
    )


def vary(specification: Specification, variant: Variant) -> Specification:
    """Return a specification with a variant's choices; its options are added to those there are."""
    changes = dict(variant.changes)
    if "options" in changes:
        changes["options"] = {**specification.options, **changes["options"]}
    return replace(specification, **changes)


def run(specification: Specification, read: Reader = load) -> Fit:
    """Return the fit of a specification to its table."""
    if specification.engine not in ENGINES:
        raise ValueError(f"engine: found {specification.engine!r}, expected one of {', '.join(ENGINES)}")
    return ENGINES[specification.engine](specification, read)


def find_specification(model_id: str) -> Specification:
    """Return a specification of the registry by its id."""
    for specification in SPECIFICATIONS:
        if specification.model_id == model_id:
            return specification
    known = ", ".join(s.model_id for s in SPECIFICATIONS)
    raise ValueError(f"model_id: found {model_id!r}, expected one of {known}")


def summarise(estimates: pd.DataFrame) -> pd.DataFrame:
    """Return each model's headline result and how many models were fitted for its question."""
    rows = estimates.set_index(["model_id", "quantity"], drop=False)
    found = rows.loc[[(s.model_id, s.headline) for s in SPECIFICATIONS]].reset_index(drop=True)
    return found.assign(tried=[1 + len(s.variants) + len(s.dropped) for s in SPECIFICATIONS])


@cache
def fit(model_id: str) -> Model:
    """Return a model of the book, fitted to the clean tables.

    Parameters
    ----------
    model_id : str
        As in ``book/estimates.csv``.

    Returns
    -------
    Model

    Raises
    ------
    ValueError
        If there is no such model, or its table cannot carry it.
    RuntimeError
        If the fit does not converge.

    Examples
    --------
    >>> model = fit("arrivals_trend")
    >>> change = model.get("change_2012_2019")
    >>> change.value, change.ci_low, change.ci_high, change.unit  # doctest: +SKIP
    (-5.3, -9.8, -0.6, '% a year')
    """
    return Model(find_specification(model_id))
