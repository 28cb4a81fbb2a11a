"""From a specification and its clean table to a fit and its results in natural units.

One function an engine; each takes a specification and a reader of tables and returns a ``Fit``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from analysis.engines.amounts import payment_value
from analysis.engines.common import Fit, Reader
from analysis.engines.counts import rare_events
from analysis.engines.lines import count_trend, gap_trend, missing, share_trend
from analysis.engines.outlook import outlook
from analysis.engines.samples import groups, pool, share_pairs, share_ratios, shares
from analysis.specifications import Specification

ENGINES: Mapping[str, Callable[[Specification, Reader], Fit]] = {
    "count_trend": count_trend,
    "gap_trend": gap_trend,
    "groups": groups,
    "missing": missing,
    "outlook": outlook,
    "payment_value": payment_value,
    "pool": pool,
    "rare_events": rare_events,
    "share_pairs": share_pairs,
    "share_ratios": share_ratios,
    "share_trend": share_trend,
    "shares": shares,
}

__all__ = ["ENGINES", "Fit", "Reader"]
