"""The two charts of the explorer, in the grammar of Vega-Lite."""

from __future__ import annotations

from typing import Any

SERIES = {"field": "series", "type": "nominal", "sort": None}
LEGEND = {"orient": "top", "direction": "vertical", "title": None, "symbolSize": 80, "symbolOpacity": 1}
COLOUR = {**SERIES, "legend": LEGEND}
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


def layer(data: str, mark: dict[str, Any], encoding: dict[str, Any], where: str = "") -> dict[str, Any]:
    """Return one layer of a chart; ``where`` says which rows it draws."""
    transform = {"transform": [{"filter": where}]} if where else {}
    return {"data": {"name": data}, "mark": mark, **transform, "encoding": encoding}


def make_charts() -> dict[str, Any]:
    """Return the two charts: ``time`` and ``group``.

    Their data are named ``shown``, ``events`` and ``breaks``; the page fills in those, the titles and the
    colours. ``segment`` says which points are joined.
    """
    years = {"format": "d", "grid": False, "labelOverlap": True, "labelSeparation": 12}
    end = {"field": "end", "type": "quantitative", "title": None}
    looks = {"color": COLOUR, "shape": COLOUR}
    is_span = "datum.start !== null && datum.end - datum.start > 1.1"
    over_time = {
        **FRAME,
        "height": 320,
        "encoding": {"x": {**end, "axis": years, "scale": {"zero": False, "nice": False, "padding": 12}}},
        "layer": [
            layer("events", {"type": "rule", "strokeDash": [2, 3]}, {"x": AT}),
            layer(
                "events",
                {"type": "text", "align": "left", "dx": 4, "dy": 6},
                {"x": AT, "y": {"value": 0}, "text": {"field": "letter"}},
            ),
            layer("breaks", {"type": "rule", "strokeDash": [8, 4]}, {"x": AT}),
            layer("shown", BAR, {"y": LOW, "y2": HIGH, "color": COLOUR}, "datum.low !== null"),
            layer(
                "shown",
                {"type": "rule", "strokeWidth": 2},
                {"x": {**AT, "field": "start"}, "x2": {"field": "end"}, "y": VALUE, "color": COLOUR},
                is_span,
            ),
            layer(
                "shown",
                {"type": "line", "strokeWidth": 2},
                {"y": VALUE, "color": COLOUR, "detail": {"field": "segment"}},
            ),
            layer("shown", {**POINT, "size": 48}, {"y": VALUE, **looks, "tooltip": TOOLTIP}),
        ],
    }
    labels = {"labelLimit": 0, "labelExpr": "split(datum.label, '\\n')", "grid": True, "ticks": False}
    by_group = {
        **FRAME,
        "encoding": {"y": {"field": "group", "type": "nominal", "sort": None, "title": None, "axis": labels}},
        "layer": [
            layer("shown", BAR, {"x": LOW, "x2": HIGH, "color": COLOUR}, "datum.low !== null"),
            layer("shown", {**POINT, "size": 70}, {"x": VALUE, **looks, "tooltip": TOOLTIP}),
        ],
    }
    return {"time": over_time, "group": by_group}
