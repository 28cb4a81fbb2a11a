"""The two charts of the explorer as Vega-Lite specifications."""

from __future__ import annotations

from typing import Any

LEGEND = {"orient": "top", "direction": "vertical", "title": None, "symbolSize": 80, "symbolOpacity": 1}
SERIES = {"field": "series", "type": "nominal", "sort": None, "legend": LEGEND}
COLOUR = {"color": SERIES}
LOOK = {"color": SERIES, "shape": SERIES}
VALUE = {"field": "value", "type": "quantitative", "title": None}
LOW, HIGH = {**VALUE, "field": "low"}, {"field": "high"}
AT = {"field": "x", "type": "quantitative"}
TOOLTIP = [
    {"field": "series", "title": "Series"},
    {"field": "when", "title": "When"},
    {"field": "told", "title": "Figure"},
]
BAR = {"type": "rule", "strokeWidth": 5, "strokeCap": "round", "opacity": 0.28}
POINT = {"type": "point", "filled": True, "opacity": 1}
FRAME = {
    "width": "container",
    "autosize": {"type": "fit-x", "contains": "padding"},
    "title": {"text": "", "subtitle": "", "anchor": "start", "frame": "bounds"},
}
YEARS = {"format": "d", "grid": False, "labelOverlap": True, "labelSeparation": 12}
END = {"field": "end", "type": "quantitative", "title": None}
LABELS = {"labelLimit": 0, "labelExpr": "split(datum.label, '\\n')", "grid": True, "ticks": False}
GROUP = {"field": "group", "type": "nominal", "sort": None, "title": None, "axis": LABELS}


def layer(data: str, mark: dict[str, Any], encoding: dict[str, Any], where: str = "") -> dict[str, Any]:
    """Return one layer of a chart; ``where`` filters the rows it draws."""
    transform = {"transform": [{"filter": where}]} if where else {}
    return {"data": {"name": data}, "mark": mark, **transform, "encoding": encoding}


def make_charts() -> dict[str, Any]:
    """Return the charts ``time`` and ``group``.

    ``explorer.js`` fills in their data (``shown``, ``events``, ``breaks``), titles and colours. Points of one
    ``segment`` are joined.
    """
    letters = {"type": "text", "align": "left", "dx": 4, "dy": 6}
    span = "datum.start !== null && datum.end - datum.start > 1.1"
    from_start_to_end = {"x": {**AT, "field": "start"}, "x2": {"field": "end"}, "y": VALUE, **COLOUR}
    over_time = [
        layer("events", {"type": "rule", "strokeDash": [2, 3]}, {"x": AT}),
        layer("events", letters, {"x": AT, "y": {"value": 0}, "text": {"field": "letter"}}),
        layer("breaks", {"type": "rule", "strokeDash": [8, 4]}, {"x": AT}),
        layer("shown", BAR, {"y": LOW, "y2": HIGH, **COLOUR}, "datum.low !== null"),
        layer("shown", {"type": "rule", "strokeWidth": 2}, from_start_to_end, span),
        layer(
            "shown",
            {"type": "line", "strokeWidth": 2},
            {"y": VALUE, **COLOUR, "detail": {"field": "segment"}},
        ),
        layer("shown", {**POINT, "size": 48}, {"y": VALUE, **LOOK, "tooltip": TOOLTIP}),
    ]
    by_group = [
        layer("shown", BAR, {"x": LOW, "x2": HIGH, **COLOUR}, "datum.low !== null"),
        layer("shown", {**POINT, "size": 70}, {"x": VALUE, **LOOK, "tooltip": TOOLTIP}),
    ]
    years = {**END, "axis": YEARS, "scale": {"zero": False, "nice": False, "padding": 12}}
    return {
        "time": {**FRAME, "height": 320, "encoding": {"x": years}, "layer": over_time},
        "group": {**FRAME, "encoding": {"y": GROUP}, "layer": by_group},
    }
