"""A conflict has two values."""

from data.tables import conflicts
from tests.factory import make_table


def test_a_conflict_of_one_value_is_reported():
    rows = {"value_a": "28", "value_b": "31"}, {"value_a": "28", "value_b": "28"}
    raw = {"conflicts": make_table("conflicts", *rows), "gaps": make_table("gaps", {})}
    assert [(p.line, p.column) for p in conflicts.check(raw)] == [(3, "value_b")]
    assert set(conflicts.clean(raw)) == {"conflicts", "gaps"}
