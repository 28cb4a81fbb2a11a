"""The four diagnostics of a fit, as one tidy table a figure can draw."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.inputs import Floats

LAGS = 4


def diagnose(
    years: Floats, residuals: Floats, leverage: Floats, fitted: Floats, observed: Floats
) -> pd.DataFrame:
    """Return residuals in time, their autocorrelation, leverage of years, and fitted against seen."""
    years = np.asarray(years, dtype=float)
    rows = [("residuals", x, y) for x, y in zip(years, residuals, strict=True)]
    if np.all(np.diff(years) == 1):
        rows += [("autocorrelation", lag, correlate(residuals, lag)) for lag in range(1, LAGS + 1)]
    rows += [("leverage", x, y) for x, y in zip(years, leverage, strict=True)]
    rows += [("fitted", x, y) for x, y in zip(fitted, observed, strict=True)]
    frame = pd.DataFrame(rows, columns=["panel", "x", "y"]).astype({"x": float, "y": float})
    return frame.dropna().reset_index(drop=True)


def correlate(residuals: Floats, lag: int) -> float:
    """Return the autocorrelation of residuals at one lag."""
    return float(residuals[lag:] @ residuals[:-lag] / (residuals @ residuals))
