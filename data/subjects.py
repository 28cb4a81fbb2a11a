"""The subject modules, in the order their tables are made."""

from __future__ import annotations

from types import ModuleType

from data import claims
from data.tables import (
    conflicts,
    deaths,
    destinations,
    education,
    entrants,
    events,
    explanations,
    motives,
    policy,
    prevalence,
    prices,
    profiles,
    programmes,
    residents,
    returns,
    surveys,
    wellbeing,
)

SUBJECTS: tuple[ModuleType, ...] = (
    entrants,
    profiles,
    residents,
    prevalence,
    wellbeing,
    deaths,
    surveys,
    motives,
    explanations,
    prices,
    policy,
    programmes,
    education,
    returns,
    destinations,
    conflicts,
    events,
    claims,
)
