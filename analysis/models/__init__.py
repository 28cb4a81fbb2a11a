"""The models of the book, in one call: ``model = fit("arrivals_trend")``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from functools import cache, cached_property
from typing import Any

import numpy as np
import pandas as pd

from analysis.models.base import Estimate, Fit, Reader, Source
from analysis.models.registry import MODELS, Specification
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


class Model:
    """A fitted model with all a chapter says about it."""

    def __init__(self, specification: Specification, read: Reader = load) -> None:
        self.specification = specification
        self._read = read
        self._fit = self._refit()
        self.n, self.family, self.dispersion = self._fit.n, self._fit.family, self._fit.dispersion
        self.formula, self.formula_words = specification.formula, specification.words
        self.models_tried = 1 + len(specification.variants)

    def _refit(self, **changes: Any) -> Fit:
        """Return the fit with some options changed."""
        options = {**self.specification.options, **changes}
        options.pop("quantity", None)
        names = {field.name for field in fields(Source)} & set(options)
        source = Source(self._read, **{name: options.pop(name) for name in names})
        return self.specification.function(source, **options)

    @property
    def data(self) -> pd.DataFrame:
        """The rows the model was fitted to."""
        return self._fit.table.copy()

    @property
    def estimates(self) -> pd.DataFrame:
        """All results, one per row, with the columns of ``book/estimates.csv``."""
        spec, fit = self.specification, self._fit
        shared = {name: getattr(spec, name) for name in ("chapter", "model_id", "formula")}
        shared |= {name: getattr(fit, name) for name in ("family", "link", "dispersion", "df_resid")}
        shared |= {"data_table": spec.options["table"], "filter": spec.options["where"]}
        rows = [
            {**shared, **vars(e), "estimate": e.value, "n": e.n or fit.n, "method": e.method or fit.method}
            for e in fit.rows
        ]
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def table(self, name: str) -> pd.DataFrame:
        """Return a further table, such as ``shares``; the function that fits the model lists them."""
        if name not in self._fit.tables:
            known = ", ".join(self._fit.tables) or "none"
            raise ValueError(f"table: found {name!r}, expected one of {known}")
        return self._fit.tables[name].copy()

    def get(self, quantity: str = "") -> Estimate:
        """Return one result by its name in the column ``quantity``; without a name, the headline."""
        wanted = quantity or self.specification.headline
        if found := self._fit.find(wanted):
            return replace(found, n=found.n or self.n)
        known = ", ".join(row.quantity for row in self._fit.rows)
        raise ValueError(f"quantity: found {wanted!r}, expected one of {known}")

    def line(self, years: Iterable[int] | None = None, level: float = 0.95) -> pd.DataFrame:
        """Return the fitted line, in the years of the data or others, with both kinds of interval.

        Columns: ``year``, ``stretch`` (years of one line), ``observed``, ``mean`` and the limits.
        """
        if not self._fit.trends:
            raise ValueError(f"{self.specification.model_id}: no line, expected a model of a trend")
        parts: list[pd.DataFrame] = []
        for trend in self._fit.trends:
            part = trend.predict(trend.years if years is None else np.array(list(years)), level)
            observed = pd.Series(trend.observed, index=trend.years)
            part.insert(1, "observed", observed.reindex(part["year"]).to_numpy())
            part[part.columns[1:]] = self._fit.back(part[part.columns[1:]].to_numpy())
            part.insert(1, "stretch", len(parts) + (part["year"] >= (trend.step or np.inf)).astype(int))
            parts.append(part)
        return pd.concat(parts, ignore_index=True)

    def diagnostics(self) -> pd.DataFrame:
        """Return ``panel``, ``x``, ``y``: residuals by year, and observed against fitted values."""
        line = self.line()
        residuals = np.concatenate([trend.residuals for trend in self._fit.trends])
        panels = {"residuals": (line["year"], residuals), "fitted": (line["mean"], line["observed"])}
        parts = [pd.DataFrame({"panel": name, "x": x, "y": y}) for name, (x, y) in panels.items()]
        return pd.concat(parts, ignore_index=True).astype({"x": float, "y": float})

    def coefficients(self) -> pd.DataFrame:
        """Return the terms of the model in natural units: ``term`` (in words) and as in ``estimates``."""
        table = self.estimates.assign(term=[row.words for row in self._fit.rows])
        return table[table["term"] != ""].reset_index(drop=True)

    def break_dates(self) -> pd.DataFrame:
        """Return how the model fits with its break at other dates; see ``counts.search_break``."""
        return self.table("break_dates")

    def sensitivity(self, quantity: str = "") -> pd.DataFrame:
        """Return how far the headline, or another result, moves when a choice changes: one row per choice."""
        spec = self.specification
        name = quantity or spec.headline
        primary = self.get(name)
        rows = [("nothing: the model of this page", primary)]
        for (words, changes), fitted in zip(spec.variants.items(), self._varied, strict=True):
            wanted = changes.get("quantity", name) if name == spec.headline else name
            if found := fitted.find(wanted):
                rows.append((words, replace(found, n=found.n or fitted.n)))
        table = pd.DataFrame(
            {"changed": words, "estimate": e.value, "difference": e.value - primary.value, **vars(e)}
            for words, e in rows
        )
        return table[["changed", "estimate", "ci_low", "ci_high", "difference", "unit", "interval_kind", "n"]]

    @cached_property
    def _varied(self) -> list[Fit]:
        """The fits of the variants, made once."""
        return [self._refit(**changes) for changes in self.specification.variants.values()]


@cache
def list_specifications() -> tuple[Specification, ...]:
    """Return the entries of all models and of the sets of published shares, in the order of the chapters."""
    from analysis.shares import SETS  # made of modules of this package

    return tuple(sorted((*MODELS, *SETS), key=lambda s: s.chapter))


def summarise(estimates: pd.DataFrame) -> pd.DataFrame:
    """Return each model's headline result, how many were fitted for its question, and its ``kind``."""
    listed = list_specifications()
    rows = estimates.set_index(["model_id", "quantity"], drop=False)
    found = rows.loc[[(s.model_id, s.headline) for s in listed]].reset_index(drop=True)
    return found.assign(tried=[1 + len(s.variants) for s in listed], kind=[s.kind for s in listed])


def find_specification(model_id: str) -> Specification:
    """Return the entry of a model by its id."""
    known = {s.model_id: s for s in list_specifications()}
    if model_id not in known:
        raise ValueError(f"model_id: found {model_id!r}, expected one of {', '.join(known)}")
    return known[model_id]


@cache
def fit(model_id: str) -> Model:
    """Return a model of the book by its ``model_id``, fitted to the clean tables."""
    return Model(find_specification(model_id))
