"""Table modules share the raw tables, so none may change them."""

import pandas as pd

from data.pipeline import make_clean, read_raw
from data.schema import expand_descriptor


def test_the_raw_tables_are_not_changed():
    raw, _ = read_raw(expand_descriptor())
    before = {name: frame.copy() for name, frame in raw.items()}
    make_clean(raw)
    for name, frame in raw.items():
        pd.testing.assert_frame_equal(frame, before[name])
