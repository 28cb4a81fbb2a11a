from functools import partial
from io import StringIO

import pandas as pd
import pytest

from analysis import text
from analysis.chapters import livelihoods, shared
from data import load
from tests.factory import make_table

SOURCE = "surveys to 2025"
NORTH, GENERAL = "north_korean_origin", "general_population"
RATIO, SAME_SEX = "mean_monthly_wage_ratio", "mean_monthly_wage_ratio_same_sex"
WAGES = make_table(
    "survey_results",
    {"year": 2022, "sex": "female", "value": 200.0},
    {"year": 2022, "sex": "male", "value": 300.0},
    {"year": 2022, "sex": "all", "value": 225.0},
    {"year": 2022, "sex": "all", "value": 280.0, "population": GENERAL},
    {"year": 2023, "sex": "all", "value": 230.0},
    {"year": 2023, "sex": "female", "value": 89.5, "indicator": SAME_SEX},
    {"year": 2023, "sex": "male", "value": 95.2, "indicator": SAME_SEX},
    {"year": 2023, "sex": "all", "value": 81.7, "indicator": RATIO},
    layer="clean",
    survey="khf",
    indicator="mean_monthly_wage",
    population=NORTH,
)
LEVELS = pd.DataFrame(
    {
        "year": [2015, 2010, 2011, 2018, 2012],
        "era": ["b", "a", "b", "c", "b"],
        "value": [60.0, 40.0, 50.0, 55.0, 52.0],
    }
)


def test_compare_sexes_adds_the_whole_in_years_with_both_sexes():
    (row,) = livelihoods.compare_sexes(WAGES, "mean_monthly_wage").to_dict("records")
    assert row == {"year": 2022, "female": 200.0, "male": 300.0, "all": 225.0, GENERAL: 280.0}


def test_compare_sexes_takes_the_whole_from_another_indicator():
    row = livelihoods.compare_sexes(WAGES, SAME_SEX, RATIO).squeeze()
    assert row["all"] == 81.7
    assert pd.isna(row[GENERAL])


def test_compare_sexes_without_sexes_raises():
    with pytest.raises(ValueError, match=RATIO):
        livelihoods.compare_sexes(WAGES, RATIO)


def test_infer_share_female_from_three_means():
    means = livelihoods.compare_sexes(WAGES, "mean_monthly_wage")
    assert livelihoods.infer_share_female(means).tolist() == [75.0]


def test_infer_share_female_raises_if_the_whole_is_outside_its_parts():
    with pytest.raises(ValueError, match="2023"):
        livelihoods.infer_share_female(livelihoods.compare_sexes(WAGES, SAME_SEX, RATIO))


def test_split_changes_at_the_redesigns():
    row = livelihoods.split_changes({"work": LEVELS}).squeeze()
    assert (row["measure"], row["first_year"], row["last_year"], row["designs"]) == ("work", 2010, 2018, 3)
    # 2011 to 2012 to 2015 is one design; 2010 to 2011 and 2015 to 2018 lead into the next.
    assert (row["within"], row["within_years"]) == (10.0, 4)
    assert (row["between"], row["between_years"]) == (5.0, 4)
    assert row["total"] == 15.0


@pytest.mark.parametrize(
    ("indicator", "item"),
    [("unemployment_rate", ""), ("discrimination", ""), ("life_satisfaction", "satisfied")],
)
def test_split_changes_of_published_series_add_up(indicator, item):
    rows = shared.pick_levels(load("survey_results"), indicator, item=item)
    rows = rows[rows["population"] == NORTH].sort_values("year")
    split = livelihoods.split_changes({indicator: rows}).squeeze()
    assert split["total"] == pytest.approx(rows["value"].iloc[-1] - rows["value"].iloc[0])
    assert split["within"] + split["between"] == pytest.approx(split["total"])
    assert split["within_years"] + split["between_years"] == split["last_year"] - split["first_year"]


def test_split_changes_with_a_repeated_year_raises():
    with pytest.raises(ValueError, match="2010"):
        livelihoods.split_changes({"work": LEVELS.assign(year=[2010, 2010, 2011, 2018, 2012])})


def test_rows_of_a_comparison_become_words():
    row = pd.Series({"year": 2011, NORTH: 49.7, GENERAL: 58.7})
    words = livelihoods.word_populations("work", row)
    assert words == {"work_year": "2011", "work_own": "49.7%", "work_south": "58.7%"}
    sexes = livelihoods.compare_sexes(WAGES, "mean_monthly_wage").iloc[0]
    words = livelihoods.word_sexes("pay", sexes, text.count)
    assert words == {"pay_year": "2022", "pay_women": "200", "pay_men": "300", "pay_all": "225"}


def count_lines(drawing):
    return drawing.svg.count('id="line2d')


def test_draw_eras_joins_no_two_designs():
    rows = pd.DataFrame({"year": [2011, 2012, 2013], "value": [1.0, 2.0, 3.0], "era": ["a", "a", "b"]})
    draw = partial(livelihoods.draw_eras, unit="Share", subject="x", source=SOURCE)
    # One segment more, and one dotted line.
    assert count_lines(draw(rows)) > count_lines(draw(rows.assign(era="a")))


def test_draw_work_shows_the_general_population():
    results = load("survey_results")
    kinds = pd.concat(
        shared.pick_levels(results, "employment_status", item=kind).assign(item=kind)
        for kind in ("regular", "day_labour")
    )
    drawing = livelihoods.draw_work(kinds, shared.pick_levels(results, "mean_tenure"), SOURCE)
    assert drawing.svg.count(">in general<") == 3
    rows = pd.read_csv(StringIO(drawing.data)).set_index("year")
    assert list(rows.columns) == [
        f"{measure}{population}"
        for measure in ("regular work, %", "day labour, %", "months in the job")
        for population in (", general population", "")
    ]
    assert rows.loc[2014, ["day labour, %", "months in the job, general population"]].tolist() == [20.4, 67]


def test_draw_sent_has_two_series_with_their_limits():
    results = load("survey_results")
    sent = pd.concat(
        shared.pick_levels(results, "sent_money_north", "nkdb", recall=recall).assign(recall=recall)
        for recall in ("ever", "survey_year")
    )
    drawing = livelihoods.draw_sent(shared.add_intervals(sent, "value", "n"), SOURCE)
    rows = pd.read_csv(StringIO(drawing.data)).set_index("year")
    assert rows.index.is_unique
    assert rows.loc[2020, ["ever, %", "within the year, %"]].tolist() == [65.7, 26.6]
    assert rows.loc[2020, "ever, from"] < 65.7 < rows.loc[2020, "ever, to"]


@pytest.mark.parametrize(
    ("own", "order"), [(5.4, ["in general", "foundation"]), (2.2, ["foundation", "in general"])]
)
def test_draw_surveys_labels_the_higher_line_above_it(own, order):
    rows = pd.DataFrame(
        {
            "year": [2024, 2025, 2024],
            "survey": ["khf", "khf", "nkdb"],
            "population": NORTH,
            "value": [6.0, own, 9.0],
            "low": [5.0, None, None],
            "high": [7.0, None, None],
            "era": "a",
        }
    )
    general = pd.DataFrame({"year": [2025], "population": GENERAL, "value": [2.8], "era": "a"})
    svg = livelihoods.draw_surveys(rows, general, "Unemployed", SOURCE).svg
    assert sorted(order, key=svg.index) == order


def test_draw_help_is_broken_at_the_reform():
    rows = shared.pick_levels(load("survey_results"), "livelihood_benefit", "register")
    drawing = livelihoods.draw_help(rows, SOURCE)
    assert "reform of 2015" in drawing.svg
    assert count_lines(drawing) != count_lines(livelihoods.draw_help(rows.assign(era="one"), SOURCE))
