"""Every table module accepts the tables of the book and leaves them as they were."""

from __future__ import annotations

from functools import cache
from types import ModuleType

import pandas as pd
import pytest

from data.pipeline import correct, find_modules, read_raw
from data.schema import expand_descriptor


@cache
def read_tables() -> dict[str, pd.DataFrame]:
    descriptor = expand_descriptor()
    return correct(read_raw(descriptor)[0], descriptor)[0]


@pytest.mark.parametrize("module", find_modules(), ids=lambda module: module.__name__)
def test_check_and_clean_leave_sound_tables_as_they_were(module: ModuleType) -> None:
    raw = {name: read_tables()[name].copy() for name in module.RAW_TABLES}
    assert list(module.check(raw)) == []
    assert all(len(table) for table in module.clean(raw).values())
    for name, frame in raw.items():
        pd.testing.assert_frame_equal(frame, read_tables()[name])
