import pandas as pd
import pytest

from analysis.chapters import livelihoods, shared
from analysis.models import fit
from data import load
from tests.factory import make_table

SOURCE = "surveys to 2025"
RESULTS, ERAS = load("survey_results"), shared.list_eras(load("survey_rounds"))
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
    assert row == {"year": 2022, "female": 200.0, "male": 300.0, "all": 225.0}


def test_compare_sexes_takes_the_whole_from_another_indicator():
    row = livelihoods.compare_sexes(WAGES, SAME_SEX, RATIO).squeeze()
    assert row["all"] == 81.7


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
    assert (row["measure"], row["first_year"], row["last_year"]) == ("work", 2010, 2018)
    # 2011 to 2012 to 2015 is one design; 2010 to 2011 and 2015 to 2018 lead into the next.
    assert (row["within"], row["between"], row["total"]) == (10.0, 5.0, 15.0)


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


def test_split_changes_with_a_repeated_year_raises():
    with pytest.raises(ValueError, match="2010"):
        livelihoods.split_changes({"work": LEVELS.assign(year=[2010, 2010, 2011, 2018, 2012])})


def count_lines(drawing):
    return drawing.svg.count('id="line2d')


def test_survey_was_redesigned_in_2013_2014_and_2017():
    assert ERAS["first"].tolist() == [2011, 2013, 2014, 2017]
    assert ERAS["last"].tolist()[:3] == [2012, 2013, 2016]


def draw_gap():
    model = fit("employment_gap")
    own = shared.pick_levels(RESULTS, "employment_rate").query("population == @NORTH")
    gaps = model.data.merge(own[["year", "era"]], on="year")
    levels = {name: model.get(f"level_{name}_2017").value for name in ("before", "since")}
    return livelihoods.draw_gap(gaps, levels, ERAS, SOURCE), levels


def test_gap_is_a_step_of_about_six_points():
    drawing, levels = draw_gap()
    assert levels["since"] - levels["before"] == pytest.approx(5.65, abs=0.05)
    assert "2.5 points in 2025" in drawing.title
    assert "9.0 in 2011" in drawing.title


def test_each_sex_is_ahead_and_both_together_behind():
    gaps = livelihoods.compare_sexes(RESULTS, "employment_rate_gap_same_sex", "employment_rate_gap")
    assert gaps.iloc[-1][["female", "male", "all"]].tolist() == [1.1, 2.0, -2.5]
    assert "2.5 behind" in livelihoods.draw_composition(gaps, SOURCE).title


def test_pay_peaked_in_2021():
    wages = shared.compare_populations(RESULTS, "mean_monthly_wage")
    wages = wages.assign(value=100 * wages[NORTH] / wages[GENERAL])
    assert wages["value"].iloc[[0, -1]].tolist() == pytest.approx([65.4, 81.6], abs=0.05)
    title = livelihoods.draw_wages(wages, ERAS, SOURCE).title
    assert "83% of the general average by 2021" in title
    whole = livelihoods.draw_wages(wages.assign(era="one"), ERAS, SOURCE)
    assert count_lines(whole) != count_lines(livelihoods.draw_wages(wages, ERAS, SOURCE))


def test_most_pupils_were_born_in_third_countries():
    pupils = livelihoods.count_pupils(load("education"))
    parts = pupils[["third_country", "north_korea", "south_korea"]].sum(axis=1)
    assert (parts == pupils["all"]).all()
    row = pupils.set_index("year").loc[2022]
    assert 100 * row["third_country"] / row["all"] == pytest.approx(69.2, abs=0.05)
    assert livelihoods.draw_pupils(pupils, SOURCE).title.startswith("69%")


def test_count_pupils_refuses_parts_that_do_not_add_up():
    education = load("education")
    part = (education["birthplace"] == "north_korea") & (education["year"] == 2022)
    with pytest.raises(ValueError, match="birthplaces"):
        livelihoods.count_pupils(education.assign(value=education["value"].where(~part, 1.0)))


def test_pair_ends_takes_first_and_last():
    row = livelihoods.pair_ends({"In work": (LEVELS, "pct")}).squeeze()
    assert (row["first_year"], row["first"], row["last_year"], row["last"]) == (2010, 40.0, 2018, 55.0)


def test_draw_help_is_broken_at_the_reform():
    rows = shared.pick_levels(RESULTS, "livelihood_benefit", "register")
    drawing = livelihoods.draw_help(rows, SOURCE)
    assert "63.5% in 2007 to 22.7% in 2023" in drawing.title
    assert count_lines(drawing) != count_lines(livelihoods.draw_help(rows.assign(era="one"), SOURCE))
