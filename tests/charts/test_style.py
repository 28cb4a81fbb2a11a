import itertools
import re

import matplotlib.colors
import numpy as np
import pandas as pd
import pytest

from analysis.charts import forms, style
from scripts.notebooks import BOOK

CSS = (BOOK / "_static" / "book.css").read_text(encoding="utf-8")


DATA = pd.DataFrame({"year": [2025], "persons": [1]})


def draw_small():
    figure, axes = style.start(3.0)
    frame = pd.DataFrame({"year": [2002, 2003], "sex": ["female"] * 2, "persons": [10.123456, 20]})
    forms.draw_lines(
        axes, frame, x="year", y="persons", group="sex", labels={"female": "women"}, colours=style.SEX_COLOURS
    )
    style.name_unit(axes, "Entrants a year")
    return style.finish(figure, "a small line", "Ministry of Unification, to 2003", frame)


def test_the_same_figure_has_the_same_bytes():
    assert draw_small().svg == draw_small().svg


def test_a_figure_carries_no_date_no_prolog_and_no_long_fractions():
    svg = draw_small().svg
    assert svg.startswith("<svg")
    assert "<metadata" not in svg
    assert "dc:date" not in svg
    assert not [n for n in svg.split('"') if n.replace(".", "").isdigit() and len(n.partition(".")[2]) > 2]


def test_points_of_one_mean_keep_their_place_whatever_the_last_digit():
    years, means = [2001.0, 2002, 2003, 2004], np.array([5.0, 5, 5, 9])
    drawn = set()
    for nudge in ([0, 1, 2, 0], [2, 1, 0, 0]):
        frame = pd.DataFrame(
            {"panel": ["residuals"] * 4 + ["fitted"] * 4, "x": [*years, *means + 1e-15 * np.array(nudge)]}
        ).assign(y=[1.0, 2, 3, 4] * 2)
        drawn.add(forms.draw_diagnostics(frame, subject="x", source="Ministry, 2025").svg)
    assert len(drawn) == 1


def test_text_stays_text_and_the_source_is_said():
    svg = draw_small().svg
    assert "Source: Ministry of Unification, to 2003" in svg
    assert ">women<" in svg


def test_a_figure_without_a_unit_is_refused():
    figure, _ = style.start()
    with pytest.raises(ValueError, match="names no unit"):
        style.finish(figure, "x", "Ministry, 2025", DATA)


@pytest.mark.parametrize("source", [" ", "Ministry of Unification"])
def test_a_figure_without_a_dated_source_is_refused(source):
    figure, axes = style.start()
    style.name_unit(axes, "Persons")
    with pytest.raises(ValueError, match="to which year"):
        style.finish(figure, "x", source, DATA)


def test_a_figure_carries_what_it_shows_without_the_noise_of_a_processor():
    drawn = draw_small()
    assert drawn.data == "year,sex,persons\n2002,female,10.123456\n2003,female,20\n"
    assert drawn._repr_mimebundle_()["text/csv"] == drawn.data
    figure, axes = style.start()
    style.name_unit(axes, "Persons")
    parts = {"before": pd.DataFrame({"y": [-1e-17]}), "after": pd.DataFrame({"y": [1 / 3]})}
    assert style.finish(figure, "x", "2025", parts).data == "part,y\nbefore,0\nafter,0.333333\n"


def test_data_never_hold_an_exponent():
    figure, axes = style.start()
    axes.set_ylabel("y, persons")
    frame = pd.DataFrame({"y": [1e-5, 2.5e12, 0.1234567, 29100266.473778]})
    drawn = style.finish(figure, "x", "2025", frame)
    assert drawn.data == "y\n0.00001\n2500000000000\n0.123457\n29100266.47\n"


def test_a_figure_without_data_is_refused():
    figure, axes = style.start()
    style.name_unit(axes, "Persons")
    with pytest.raises(ValueError, match="no data"):
        style.finish(figure, "x", "2025", DATA.iloc[:0])


def test_words_that_do_not_fit_are_refused():
    figure, axes = style.start()
    axes.set_xlabel("Share of the people asked who gave this answer to the question")
    with pytest.raises(ValueError, match="runs out of the picture"):
        style.finish(figure, "x", "Ministry, 2025", DATA)


def test_identifiers_do_not_depend_on_the_last_digit_of_a_coordinate():
    drawn = []
    for wide in (5.0, 5.0 + 1e-12):
        figure, axes = style.start()
        axes.plot([1, 2], [1, 2], marker="o")
        style.name_unit(axes, "Persons")
        figure.set_figwidth(wide)
        drawn.append(style.finish(figure, "x", "Ministry, 2025", DATA).svg)
    assert drawn[0] == drawn[1]


def test_more_series_than_a_reader_can_tell_apart_are_refused():
    with pytest.raises(ValueError, match="at most 6"):
        style.colour_series("abcdefg")


def test_type_is_large_enough_on_a_telephone():
    # A page 390 px wide leaves 342 px for the figure.
    assert style.TYPE_PT * 342 / (72 * style.WIDTH) >= 11


def _linear(colour):
    rgb = np.array(matplotlib.colors.to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def _luminance(colour):
    return float(_linear(colour) @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("name", style.PALETTE)
def test_each_colour_can_be_read_as_text_on_white(name):
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


# What the page shows instead in the dark; tests/pages holds the two lists together.
IN_THE_DARK = CSS.partition('html[data-theme="dark"]')[2].partition("}")[0]
DARK = {
    name: colour
    for name, colour in re.findall(r"--fig-([a-z]+): (#\w{6})", IN_THE_DARK)
    if name in style.PALETTE
}


@pytest.mark.parametrize("kind", DEFICIENCIES)
@pytest.mark.parametrize("palette", [style.PALETTE, DARK], ids=["light", "dark"])
def test_colours_are_told_apart_with_every_common_colour_vision_deficiency(palette, kind):
    seen = {
        name: _lab(np.clip(np.array(DEFICIENCIES[kind]) @ _linear(colour), 0, 1))
        for name, colour in palette.items()
    }
    # A difference of about 2 is just noticeable; two colours of 10 are told apart side by side.
    apart = {(a, b): np.linalg.norm(seen[a] - seen[b]) for a, b in itertools.combinations(palette, 2)}
    assert {pair: distance for pair, distance in apart.items() if distance < 10} == {}
    # The two sexes, the pair of most figures, are plain at a glance.
    assert np.linalg.norm(seen["teal"] - seen["ochre"]) >= 15


def test_series_differ_in_marker_and_dash_as_well_as_in_colour():
    assert len(set(style.MARKERS)) == len(style.MARKERS) >= len(style.PALETTE)
    for a, b in itertools.combinations(style.DASHES[: len(style.PALETTE)], 2):
        assert a != b
