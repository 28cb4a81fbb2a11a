import pandas as pd

from analysis.chapters import measurement

PAIRS = pd.DataFrame(
    {"label": ["unemployed, 2012", "employed, 2012"], "first": [10.0, 50.0], "second": [20.0, 40.0]}
)


def test_each_question_has_a_row_with_its_label():
    rows = pd.DataFrame(
        {"label": ["would", "would not"], "estimate": [55.0, 7.0], "ci_low": 5.0, "ci_high": 60.0}
    )
    svg = measurement.draw_questions(rows, "made up, 2025").svg
    assert svg.index(">would not<") < svg.index(">would<")


def test_the_two_surveys_are_named_once():
    svg = measurement.draw_pairs(PAIRS, "made up, 2025").svg
    assert [svg.count(f">{words}<") for words, *_ in measurement.SURVEYS.values()] == [1, 1]


def test_a_line_breaks_where_the_survey_was_redesigned():
    levels = pd.DataFrame({"year": [2010, 2011, 2012], "value": [40.0, 50.0, 51.0], "era": ["a", "b", "b"]})
    levels = pd.concat(
        [
            levels.assign(population="north_korean_origin"),
            levels.assign(population="general_population", value=60.0),
        ]
    )
    drawn = [measurement.draw_redesign(f, "Rate", "2025") for f in (levels.assign(era="one"), levels)]
    joined, broken = (d.svg.count('id="line2d') for d in drawn)
    assert broken > joined
