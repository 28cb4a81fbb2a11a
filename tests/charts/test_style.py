import itertools
import re
import xml.etree.ElementTree as ET

import matplotlib.colors
import numpy as np
import pandas as pd
import pytest

from analysis.charts import style
from scripts.execute import BOOK

CSS = (BOOK / "_static" / "book.css").read_text(encoding="utf-8")
DATA = pd.DataFrame({"year": [2002, 2003], "persons": [10.123456, 20]})


def draw(
    subject="a small line", source="Ministry of Unification, to 2003", data=DATA, unit="Persons", width=5.0
):
    figure, axes = style.start(3.0)
    axes.plot(DATA["year"], DATA["persons"], marker="o")
    style.name_unit(axes, unit)
    figure.set_figwidth(width)
    return style.finish(figure, subject, source, data)


def test_finish_repeats_its_bytes_whatever_the_last_digit_of_a_coordinate():
    assert draw().svg == draw().svg == draw(width=5.0 + 1e-12).svg


def test_finish_leaves_out_dates_metadata_and_long_fractions():
    svg = draw().svg
    assert svg.startswith("<svg")
    assert "<metadata" not in svg
    assert "dc:date" not in svg
    assert not [n for n in svg.split('"') if n.replace(".", "").isdigit() and len(n.partition(".")[2]) > 2]


def test_finish_keeps_text_as_text_and_adds_the_source():
    svg = draw().svg
    assert ">Persons<" in svg
    assert "Source: Ministry of Unification, to 2003" in svg


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"unit": ""}, "unit"),
        ({"source": " "}, "source"),
        ({"source": "Ministry of Unification"}, "source"),
        ({"data": DATA.iloc[:0]}, "data"),
        ({"unit": "Share of the people asked who gave this answer to the question"}, "fit"),
    ],
)
def test_finish_refuses_an_incomplete_chart(changes, message):
    with pytest.raises(ValueError, match=message):
        draw(**changes)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (DATA, "year,persons\n2002,10.123456\n2003,20\n"),
        (
            {"before": pd.DataFrame({"y": [-1e-17]}), "after": pd.DataFrame({"y": [1 / 3]})},
            "part,y\nbefore,0\nafter,0.333333\n",
        ),
        (
            pd.DataFrame({"y": [1e-5, 2.5e12, 0.1234567, 29100266.473778]}),
            "y\n0.00001\n2500000000000\n0.123457\n29100266.47\n",
        ),
    ],
    ids=["plain", "parts and tiny numbers", "no exponents"],
)
def test_finish_stores_the_data(data, text):
    drawing = draw(data=data)
    assert drawing.data == drawing._repr_mimebundle_()["text/csv"] == text


def test_finish_writes_title_and_subtitle_inside_the_picture_and_into_its_label():
    figure, axes = style.start(3.0)
    axes.plot(DATA["year"], DATA["persons"])
    title, subtitle = "Twenty people came in 2003, twice as many as in 2002 & before", "Persons, 2002 to 2003"
    drawn = style.finish(
        figure, "a line", "Ministry, 2003", DATA, title=title, subtitle=subtitle, alt="10 in 2002."
    )
    label = ET.fromstring(drawn.svg).attrib["aria-label"]
    assert label == f"{title}. {subtitle}. 10 in 2002."
    assert figure.get_figheight() > 3.0
    lines = next(t for t in figure.texts if t.get_weight() == "bold").get_text().split("\n")
    assert " ".join(lines) == title
    assert len(lines) == 2
    widths = [style.measure(line, style.TITLE_PT, "bold") for line in lines]
    assert max(widths) <= 72 * style.WIDTH
    assert min(widths) > max(widths) / 2
    tops = [t.get_window_extent().y0 for t in figure.texts if not t.get_text().startswith("Source")]
    assert axes.get_window_extent().y1 < min(tops)


@pytest.mark.parametrize(
    ("years", "step", "ticks"),
    [
        ([2002, 2025], 5, [2005, 2010, 2015, 2020, 2025]),
        ([2002, 2024], 5, [2005, 2010, 2015, 2020, 2024]),
        ([2012, 2022], 5, [2015, 2022]),
        ([2019, 2023], None, [2019, 2020, 2021, 2022, 2023]),
        ([2003, 2020], None, [2005, 2010, 2015, 2020]),
    ],
)
def test_whole_years_are_round_and_end_with_the_last(years, step, ticks):
    _, axes = style.start()
    style.whole_years(axes, years, step=step)
    assert list(axes.get_xticks()) == ticks


def test_label_beside_is_on_its_side():
    _, axes = style.start()
    style.label_beside(axes, 0, 0, "right")
    style.label_beside(axes, 0, 0, "left", left=True)
    style.label_above(axes, 0, 0, "above")
    offsets = {text.get_text(): (text.xyann, text.get_ha(), text.get_va()) for text in axes.texts}
    assert offsets == {
        "right": ((8, 0), "left", "center"),
        "left": ((-8, 0), "right", "center"),
        "above": ((0, 6), "center", "bottom"),
    }


def test_colour_series_with_too_many_raises():
    with pytest.raises(ValueError, match="at most 6"):
        style.colour_series("abcdefg")


def test_type_is_large_enough_on_a_telephone():
    figure, _ = style.start()
    assert matplotlib.rcParams["font.size"] == style.TYPE_PT
    # A page 390 px wide leaves 342 px for the chart.
    assert style.TYPE_PT * 342 / (72 * figure.get_figwidth()) >= 11


def _linear(colour):
    rgb = np.array(matplotlib.colors.to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def _luminance(colour):
    return float(_linear(colour) @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("name", style.PALETTE)
def test_colours_are_readable_as_text_on_white(name):
    assert 1.05 / (_luminance(style.PALETTE[name]) + 0.05) >= 4.5


# Machado, Oliveira & Fernandes 2009, severity 1.0.
DEFICIENCIES = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def _lab(linear):
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ linear
    f = np.cbrt(np.clip(xyz / [0.9505, 1.0, 1.089], 0.008856, None))
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


# The colours of the dark page; tests/pages compares the two lists.
IN_THE_DARK = CSS.partition('html[data-theme="dark"]')[2].partition("}")[0]
DARK = {
    name: colour
    for name, colour in re.findall(r"--fig-([a-z]+): (#\w{6})", IN_THE_DARK)
    if name in style.PALETTE
}


@pytest.mark.parametrize("kind", DEFICIENCIES)
@pytest.mark.parametrize("palette", [style.PALETTE, DARK], ids=["light", "dark"])
def test_colours_differ_with_every_common_colour_vision_deficiency(palette, kind):
    seen = {
        name: _lab(np.clip(np.array(DEFICIENCIES[kind]) @ _linear(colour), 0, 1))
        for name, colour in palette.items()
    }
    # A difference of about 2 is just noticeable; two colours 10 apart differ side by side.
    apart = {(a, b): np.linalg.norm(seen[a] - seen[b]) for a, b in itertools.combinations(palette, 2)}
    assert {pair: distance for pair, distance in apart.items() if distance < 10} == {}
    # The two sexes are the pair of most charts.
    assert np.linalg.norm(seen["teal"] - seen["ochre"]) >= 15


def test_series_differ_in_marker_and_dash():
    assert len(set(style.MARKERS)) == len(style.MARKERS) >= len(style.PALETTE)
    assert all(a != b for a, b in itertools.combinations(style.DASHES[: len(style.PALETTE)], 2))
