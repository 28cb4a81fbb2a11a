"""A bad call raises one error that names the column and what was expected."""

import numpy as np
import pandas as pd
import pytest

from analysis import inputs

FRAME = pd.DataFrame({"year": [2002, 2003, 2004], "persons": [5, 0, 7], "name": ["a", "b", "c"]})


def test_unknown_column_lists_those_there_are():
    with pytest.raises(ValueError, match=r"^people: no such column, expected one of year, persons, name$"):
        inputs.take_numbers(FRAME, "people")


def test_text_is_refused():
    with pytest.raises(ValueError, match=r"^name: found text, expected numbers$"):
        inputs.take_numbers(FRAME, "name")


@pytest.mark.parametrize("gap", [np.nan, np.inf])
def test_missing_and_infinite_values_are_refused(gap):
    with pytest.raises(ValueError, match=r"^persons: found 1 missing"):
        inputs.take_numbers(FRAME.assign(persons=[5.0, gap, 7.0]), "persons")


def test_missing_values_of_a_nullable_column_are_refused():
    frame = FRAME.assign(persons=pd.array([5, None, 7], dtype="Int64"))
    with pytest.raises(ValueError, match=r"^persons: found 1 missing"):
        inputs.take_numbers(frame, "persons")


def test_negative_counts_are_refused():
    with pytest.raises(ValueError, match=r"^persons: found -1, expected at least 0$"):
        inputs.take_numbers(FRAME.assign(persons=[5, -1, 7]), "persons", minimum=0)


def test_a_year_that_is_missing_is_named():
    with pytest.raises(ValueError, match=r"^year: 2003 missing, expected every year in between$"):
        inputs.take_years(FRAME.drop(1))


def test_a_missing_year_may_be_allowed():
    assert list(inputs.take_years(FRAME.drop(1), gaps=True)) == [2002, 2004]


@pytest.mark.parametrize("years", [[2002, 2002, 2003], [2003, 2002, 2004]])
def test_years_twice_or_out_of_order_are_refused(years):
    with pytest.raises(ValueError, match=r"^year: found 2002 twice or out of order"):
        inputs.take_years(FRAME.assign(year=years))


def test_an_unknown_word_lists_the_accepted_ones():
    with pytest.raises(ValueError, match=r"^family: found 'normal', expected one of a, b$"):
        inputs.require_choice("normal", ("a", "b"), "family")


@pytest.mark.parametrize("level", [0.5, 1, 95])
def test_a_level_is_a_share(level):
    with pytest.raises(ValueError, match=f"^level: found {level}"):
        inputs.require_level(level)
