"""School levels and birthplaces add up, and rates follow from their counts."""

import pandas as pd

from data.tables.education import tidy, validate

ROW = {
    "year": 2014,
    "year_basis": "april_count",
    "indicator": "students",
    "level": "primary_to_upper_secondary",
    "population": "north_korean_origin",
    "birthplace": "all",
    "value": 2183.0,
    "unit": "persons",
    "source_id": "s",
    "certainty": "secondary",
    "note": None,
}
RATE = {"year_basis": "survey_year", "indicator": "dropout_rate", "unit": "pct"}
LEVELS = [
    {"level": "primary", "value": 1128.0},
    {"level": "lower_secondary", "value": 684.0},
    {"level": "upper_secondary", "value": 371.0},
]


def make_raw(*rows):
    frame = pd.DataFrame([ROW | row for row in rows])
    frame.index = pd.Index(range(2, len(frame) + 2), name="line")
    return {"education": frame}


def find_faults(*rows):
    return [(f.line, f.expected) for f in validate(make_raw(*rows))]


def test_levels_that_make_their_total_have_no_fault():
    assert find_faults({}, *LEVELS) == []


def test_levels_that_miss_their_total_are_told():
    assert find_faults({"value": 2184.0}, *LEVELS) == [(2, "2,183, the sum of the school levels")]


def test_other_schools_belong_to_the_total_of_all_schools():
    other = {"level": "other_schools", "value": 10.0}
    assert find_faults({"level": "all_schools", "value": 2193.0}, *LEVELS, other) == []
    assert find_faults({"level": "all_schools"}, *LEVELS, other) == [
        (2, "2,193, the sum of the school levels")
    ]


def test_all_birthplaces_make_the_total():
    places = [{"birthplace": "north_korea", "value": 1204.0}, {"birthplace": "third_country", "value": 979.0}]
    assert find_faults({}, *places) == []
    assert find_faults({"value": 2200.0}, *places) == [(2, "2,183, the sum of the birthplaces")]


def test_some_birthplaces_are_at_most_the_total():
    assert find_faults({}, {"birthplace": "third_country", "value": 979.0}) == []
    assert find_faults({}, {"birthplace": "third_country", "value": 9790.0})


def test_the_wider_population_needs_three_birthplaces():
    wide = {"population": "north_korean_background"}
    two = [
        wide | {"birthplace": b, "value": v} for b, v in (("north_korea", 200.0), ("third_country", 900.0))
    ]
    assert find_faults(wide, *two) == []
    assert find_faults(wide, *two, wide | {"birthplace": "south_korea", "value": 1000.0})


def test_a_rate_follows_from_its_counts():
    left = {"year_basis": "survey_year", "indicator": "dropouts", "value": 27.0}
    base = {"year_basis": "survey_year", "indicator": "dropout_base", "value": 2261.0}
    assert find_faults(RATE | {"value": 1.2}, left, base) == []
    assert find_faults(RATE | {"value": 1.3}, left, base) == [(2, "1.19, 27 of 2,261")]


def test_without_a_base_the_students_of_the_april_before_are_it():
    left = {"year_basis": "survey_year", "indicator": "dropouts", "value": 51.0}
    before = {"year": 2013, "value": 2022.0}
    assert find_faults(RATE | {"value": 2.5}, left, before) == []
    assert find_faults(RATE | {"value": 2.8}, left, before) == [(2, "2.52, 51 of 2,022")]


def test_a_total_rate_lies_between_those_of_the_levels():
    shares = {"primary": 0.6, "lower_secondary": 3.1, "upper_secondary": 7.5}
    rates = [RATE | {"level": level, "value": value} for level, value in shares.items()]
    assert find_faults(RATE | {"value": 2.5}, *rates) == []
    assert find_faults(RATE | {"value": 9.5}, *rates) == [(2, "0.6 to 7.5, the rates of the school levels")]


def test_a_unit_that_does_not_belong_to_its_indicator_is_told():
    assert find_faults({"unit": "pct"})[0] == (2, "persons for students")


def test_a_fraction_of_a_person_is_told():
    assert find_faults({"value": 2183.5}) == [(2, "a whole number of persons")]


def test_a_second_reading_is_left_out_of_the_clean_table():
    readings = {"donga_2011e": 474.0, "oana_2011e": 475.0}
    rows = [{"year": 2006, "value": value, "source_id": source} for source, value in readings.items()]
    assert tidy(make_raw(*rows))["education"]["value"].tolist() == [475.0]


def test_the_input_is_not_changed():
    raw = make_raw({}, *LEVELS)
    before = raw["education"].copy()
    list(validate(raw))
    tidy(raw)
    pd.testing.assert_frame_equal(raw["education"], before)
