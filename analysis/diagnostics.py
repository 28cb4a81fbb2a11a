"""The four diagnostics of a fit, as one tidy table a figure can draw."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis.inputs import Floats
from analysis.trends import Trend

LAGS = 4


def diagnose(trend: Trend, scale: float, estimate_without: Callable[[int], float | None]) -> pd.DataFrame:
    """Return residuals in time, their autocorrelation, influence of years, and fitted against seen.

    Parameters
    ----------
    trend : Trend
        The fit.
    scale : float
        Factor from the fitted scale to the units printed (100 for a share).
    estimate_without : callable
        Returns the headline estimate refitted without a year, or nothing where that year cannot
        be spared.

    Returns
    -------
    pandas.DataFrame
        ``panel``, ``x``, ``y``, one row a point. Panels: ``residuals`` (Pearson residual by year, in
        standard deviations), ``autocorrelation`` (correlation of residuals by lag, empty where
        years are missing), ``influence`` (headline estimate without each year), ``leverage``
        (share of its own fitted value that a year decides), ``fitted`` (observed by fitted).
    """
    rows = [("residuals", x, y) for x, y in zip(trend.years, trend.pearson, strict=True)]
    if np.all(np.diff(trend.years) == 1):
        rows += [("autocorrelation", lag, correlate(trend.pearson, lag)) for lag in range(1, LAGS + 1)]
    for year in trend.years.astype(int):
        value = estimate_without(int(year))
        if value is not None:
            rows.append(("influence", year, value))
    rows += [("leverage", x, y) for x, y in zip(trend.years, trend.leverage, strict=True)]
    rows += [("fitted", x, y) for x, y in zip(trend.fitted * scale, trend.observed * scale, strict=True)]
    frame = pd.DataFrame(rows, columns=["panel", "x", "y"])
    return frame.astype({"x": float, "y": float})


def correlate(residuals: Floats, lag: int) -> float:
    """Return the autocorrelation of residuals at one lag."""
    return float(residuals[lag:] @ residuals[:-lag] / (residuals @ residuals))
