"""The small data package as a fixture."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from data import pipeline
from tests.data.package import CORRECTIONS, SOURCES, VISITORS, Package, make_descriptor, make_subject


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Package:
    """Return the small package, built and sound."""
    make_clean = partial(pipeline.make_clean, subjects=(make_subject(),))
    monkeypatch.setattr(pipeline, "make_clean", make_clean)
    for layer in ("raw", "clean"):
        (tmp_path / layer).mkdir()
    made = Package(tmp_path)
    made.write("datapackage.json", json.dumps(make_descriptor()))
    made.write("raw/visitors.csv", VISITORS)
    made.write("raw/sources.csv", SOURCES)
    made.write("raw/corrections.csv", CORRECTIONS)
    made.build()
    return made
