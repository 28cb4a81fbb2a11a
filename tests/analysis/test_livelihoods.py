from io import StringIO

import pandas as pd
import pytest

from analysis import surveys
from analysis.charts import forms
from analysis.figures import livelihoods, style
from data import load

SOURCE = "surveys to 2025"


def pick_kinds(results):
    return pd.concat(
        surveys.pick_levels(results, "employment_status", item=kind).assign(item=kind)
        for kind in ("regular", "day_labour")
    )


def pick_sent(results):
    sent = pd.concat(
        surveys.pick_levels(results, "sent_money_north", "nkdb", recall=recall).assign(recall=recall)
        for recall in ("ever", "survey_year")
    )
    return surveys.add_intervals(sent, "value", "n")


def count_lines(drawing):
    return drawing.svg.count('id="line2d')


def test_a_dotted_line_stands_between_designs_only():
    rounds = pd.DataFrame({"year": [2017, 2011, 2012, 2014], "era": ["c", "a", "a", "b"]})
    _, axes = style.start()
    forms.mark_redesigns(axes, rounds, height=0.8)
    assert [line.get_xdata()[0] for line in axes.lines] == [2013.0, 2015.5]
    assert [line.get_ydata()[1] for line in axes.lines] == [0.8, 0.8]


def test_no_line_joins_two_designs():
    rows = pd.DataFrame({"year": [2011, 2012, 2013], "value": [1.0, 2.0, 3.0], "era": ["a", "a", "b"]})
    broken = livelihoods.draw_eras(rows, "Share", "x", SOURCE)
    joined = livelihoods.draw_eras(rows.assign(era="a"), "Share", "x", SOURCE)
    # One stroke more, and one dotted line.
    assert count_lines(broken) > count_lines(joined)


def test_work_is_drawn_with_the_general_population_beside_it():
    results = load("survey_results")
    drawing = livelihoods.draw_work(pick_kinds(results), surveys.pick_levels(results, "mean_tenure"), SOURCE)
    assert drawing.svg.count(">in general<") == 3
    rows = pd.read_csv(StringIO(drawing.data)).set_index("year")
    assert list(rows.columns) == [
        "regular work, %, general population",
        "regular work, %",
        "day labour, %, general population",
        "day labour, %",
        "months in the job, general population",
        "months in the job",
    ]
    assert rows.loc[2014, ["day labour, %", "months in the job, general population"]].tolist() == [20.4, 67]


def test_ever_and_within_the_year_are_two_series():
    rows = pd.read_csv(StringIO(livelihoods.draw_sent(pick_sent(load("survey_results")), SOURCE).data))
    assert rows["year"].is_unique
    row = rows.set_index("year").loc[2020]
    assert (row["ever, %"], row["within the year, %"]) == (65.7, 26.6)
    assert row["ever, from"] < 65.7 < row["ever, to"]


@pytest.mark.parametrize(
    ("own", "order"), [(5.4, ["in general", "foundation"]), (2.2, ["foundation", "in general"])]
)
def test_the_words_of_the_higher_line_stand_above_it(own, order):
    rows = pd.DataFrame(
        {
            "year": [2024, 2025, 2024],
            "survey": ["khf", "khf", "nkdb"],
            "population": "north_korean_origin",
            "value": [6.0, own, 9.0],
            "low": [5.0, None, None],
            "high": [7.0, None, None],
            "era": "a",
        }
    )
    general = pd.DataFrame({"year": [2025], "population": "general_population", "value": [2.8], "era": "a"})
    svg = livelihoods.draw_surveys(rows, general, "Unemployed", SOURCE).svg
    assert sorted(order, key=svg.index) == order


def test_help_is_broken_at_the_reform():
    rows = surveys.pick_levels(load("survey_results"), "livelihood_benefit", "register")
    drawing = livelihoods.draw_help(rows, SOURCE)
    joined = livelihoods.draw_help(rows.assign(era="one"), SOURCE)
    assert "reform of 2015" in drawing.svg
    assert count_lines(drawing) != count_lines(joined)
