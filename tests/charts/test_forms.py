import pandas as pd
import pytest

from analysis.charts import forms, style

LINES = pd.DataFrame({"x": [1, 2, 3], "y": [4.0, 5, 6], "who": "a", "era": ["one", "one", "two"]})


@pytest.mark.parametrize(("era", "lines"), [(None, [[1, 2, 3]]), ("era", [[1, 2], [3]])])
def test_draw_lines_joins_points_of_one_era(era, lines):
    _, axes = style.start()
    forms.draw_lines(
        axes, LINES, x="x", y="y", group="who", labels={"a": "A"}, colours={"a": style.INK}, era=era
    )
    assert [list(line.get_xdata()) for line in axes.lines] == lines


@pytest.mark.parametrize(
    ("label_at", "place"), [(None, (3, 6)), ({"a": (2, 8)}, (2, 5)), ({"a": (1, -8)}, (1, 4))]
)
def test_draw_lines_puts_the_label_at_the_end_or_where_asked(label_at, place):
    _, axes = style.start()
    forms.draw_lines(
        axes, LINES, x="x", y="y", group="who", labels={"a": "A"}, colours={"a": style.INK}, label_at=label_at
    )
    assert [(text.get_text(), text.xy) for text in axes.texts] == [("A", place)]


def test_draw_dots_puts_rows_of_one_label_on_one_line_and_skips_missing_intervals():
    rows = pd.DataFrame(
        {"label": ["a", "b", "a"], "value": [1.0, 2, 3], "low": [0.5, None, 2], "high": [1.5, None, 4]}
    ).assign(kind=["x", "x", "y"])
    _, axes = style.start()
    forms.draw_dots(axes, rows, label="label", value="value", low="low", high="high", group="kind")
    assert [list(line.get_ydata()) for line in axes.lines] == [[0, 1], [0]]
    assert [len(spans.get_segments()) for spans in axes.collections] == [1, 1]
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["a", "b"]


def test_draw_bars_writes_each_value_at_its_end():
    _, axes = style.start()
    frame = pd.DataFrame({"label": ["a", "b"], "value": [10.0, 20.0]})
    forms.draw_bars(axes, frame, label="label", value="value", form="{:.0f}%".format)
    assert [(text.get_text(), text.xy) for text in axes.texts] == [("10%", (10, 0)), ("20%", (20, 1))]


def test_draw_segments_breaks_the_line_and_shows_points_once():
    line = pd.DataFrame({"year": [2002, 2003, 2004, 2005], "stretch": [0, 0, 1, 1], "observed": [5, 6, 2, 1]})
    line = line.assign(mean=line["observed"], confidence_low=0, confidence_high=9)
    _, axes = style.start()
    forms.draw_segments(axes, line)
    assert [list(segment.get_xdata()) for segment in axes.lines] == [[2002, 2003], [2004, 2005]]
    points = [len(c.get_offsets()) for c in axes.collections if c.get_offsets().any()]
    assert points == [4]


DIAGNOSTICS = pd.DataFrame({"panel": ["residuals"] * 4 + ["fitted"] * 4, "y": [1.0, 2, 3, 4] * 2})
