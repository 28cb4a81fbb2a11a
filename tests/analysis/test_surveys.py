import pandas as pd
import pytest

from analysis import surveys, text
from data import load

ROWS = [
    ("khf", 2011, "employment_rate", "north_korean_origin", 49.7, 8299, "a"),
    ("khf", 2011, "employment_rate", "general_population", 58.7, None, "a"),
    ("khf", 2012, "employment_rate", "north_korean_origin", 50.0, 9493, "a"),
    ("nkdb", 2011, "employment_rate", "north_korean_origin", 41.1, 394, "b"),
]
RESULTS = pd.DataFrame(
    ROWS, columns=["survey", "year", "indicator", "population", "value", "n", "era"]
).assign(sex="all", subgroup=None, item=None, recall="current", unit="pct", source_id="s")


def test_only_years_with_both_populations_are_compared():
    rows = surveys.compare_populations(RESULTS, "employment_rate")
    assert rows["year"].tolist() == [2011]
    assert rows["gap"].iloc[0] == pytest.approx(-9.0)


def test_two_surveys_of_one_year_stand_side_by_side():
    pairs = surveys.pair_surveys(RESULTS)
    assert len(pairs) == 1
    assert pairs["difference"].iloc[0] == pytest.approx(-8.6)


def test_one_sex_or_a_subgroup_never_stands_for_everybody():
    women = RESULTS.assign(sex="female")
    with pytest.raises(ValueError, match="no employment_rate in survey khf"):
        surveys.pick_levels(women, "employment_rate")


def test_an_interval_needs_the_number_asked():
    rows = surveys.add_intervals(RESULTS, "value", "n")
    assert rows["low"].isna().tolist() == [False, True, False, False]
    known = rows.dropna(subset=["low"])
    assert (known["low"] < known["value"]).all()
    assert (known["value"] < known["high"]).all()


def test_an_answer_and_a_period_asked_about_are_picked_by_name():
    asked = RESULTS.assign(item=["regular", "regular", None, None], recall=["ever", "ever", "ever", "year"])
    regular = surveys.pick_levels(asked, "employment_rate", item="regular")
    assert regular["value"].tolist() == [58.7, 49.7]
    assert surveys.pick_levels(asked, "employment_rate", recall="ever")["value"].tolist() == [50.0]
    with pytest.raises(ValueError, match="no employment_rate in survey khf"):
        surveys.pick_levels(asked, "employment_rate", recall="year")


WAGES = pd.DataFrame(
    [
        (2022, "wage", "female", "north_korean_origin", 200.0),
        (2022, "wage", "male", "north_korean_origin", 300.0),
        (2022, "wage", "all", "north_korean_origin", 225.0),
        (2022, "wage", "all", "general_population", 280.0),
        (2023, "wage", "all", "north_korean_origin", 230.0),
        (2023, "wage_ratio_same_sex", "female", "north_korean_origin", 89.5),
        (2023, "wage_ratio_same_sex", "male", "north_korean_origin", 95.2),
        (2023, "wage_ratio", "all", "north_korean_origin", 81.7),
    ],
    columns=["year", "indicator", "sex", "population", "value"],
).assign(survey="khf", subgroup=None, item=None)


def test_sexes_stand_beside_the_whole_in_years_that_have_them():
    row = surveys.compare_sexes(WAGES, "wage").squeeze()
    assert row.to_dict() == {
        "year": 2022,
        "female": 200.0,
        "male": 300.0,
        "all": 225.0,
        "general_population": 280.0,
    }


def test_a_comparison_within_a_sex_stands_beside_that_of_the_whole():
    row = surveys.compare_sexes(WAGES, "wage_ratio_same_sex", "wage_ratio").squeeze()
    assert row["all"] == 81.7
    assert pd.isna(row["general_population"])


def test_a_measure_never_printed_by_sex_is_refused():
    with pytest.raises(ValueError, match="no wage_ratio by sex in survey khf"):
        surveys.compare_sexes(WAGES, "wage_ratio")


def test_three_means_imply_the_weight_of_a_sex():
    implied = surveys.infer_share_female(surveys.compare_sexes(WAGES, "wage"))
    assert implied.tolist() == [75.0]


def test_a_whole_outside_its_parts_is_refused():
    wide = surveys.compare_sexes(WAGES, "wage_ratio_same_sex", "wage_ratio")
    with pytest.raises(ValueError, match=r"2023: 81\.7 for all; expected between 89\.5 and 95\.2"):
        surveys.infer_share_female(wide)


LEVELS = pd.DataFrame(
    {
        "year": [2015, 2010, 2011, 2018, 2012],
        "era": ["b", "a", "b", "c", "b"],
        "value": [60.0, 40.0, 50.0, 55.0, 52.0],
    }
)


def test_a_change_is_split_at_the_redesigns():
    row = surveys.split_changes({"work": LEVELS}).squeeze()
    assert row["measure"] == "work"
    assert (row["first_year"], row["last_year"], row["designs"]) == (2010, 2018, 3)
    # 2011 to 2012 to 2015 is one design; 2010 to 2011 and 2015 to 2018 are jumps into the next.
    assert (row["within"], row["within_years"]) == (10.0, 4)
    assert (row["between"], row["between_years"]) == (5.0, 4)
    assert row["total"] == 15.0


def test_the_parts_of_published_changes_make_the_whole():
    results = load("survey_results")
    series = {
        "unemployment_rate": surveys.pick_levels(results, "unemployment_rate"),
        "discrimination": surveys.pick_levels(results, "discrimination"),
        "life_satisfaction": surveys.pick_levels(results, "life_satisfaction", item="satisfied"),
    }
    series = {name: rows[rows["population"] == "north_korean_origin"] for name, rows in series.items()}
    split = surveys.split_changes(series).set_index("measure")
    for name, rows in series.items():
        ends = rows.sort_values("year")["value"]
        assert split.loc[name, "total"] == pytest.approx(ends.iloc[-1] - ends.iloc[0])
    assert (split["within"] + split["between"]).tolist() == pytest.approx(split["total"].tolist())
    years = split["last_year"] - split["first_year"]
    assert (split["within_years"] + split["between_years"]).tolist() == years.tolist()


def test_two_values_of_one_year_have_no_change():
    twice = LEVELS.assign(year=[2010, 2010, 2011, 2018, 2012])
    with pytest.raises(ValueError, match="work: 2010 stands twice; expected one row a year"):
        surveys.split_changes({"work": twice})


def test_the_ends_of_a_series_are_put_in_words():
    rows = pd.DataFrame({"year": [2014, 2020, 2025], "value": [19.0, 31.6, 40.1]})
    assert surveys.word_ends("stay", rows, text.count) == {
        "stay_first": "19",
        "stay_first_year": "2014",
        "stay_last": "40",
        "stay_last_year": "2025",
        "stay_word": "rose",
    }
    assert surveys.word_ends("stay", rows.iloc[::-1])["stay_word"] == "fell"


def test_rows_of_a_comparison_are_put_in_words():
    row = surveys.compare_populations(RESULTS, "employment_rate").iloc[0]
    assert surveys.word_populations("work", row) == {
        "work_year": "2011",
        "work_own": "49.7%",
        "work_south": "58.7%",
    }
    sexes = surveys.compare_sexes(WAGES, "wage").iloc[0]
    assert surveys.word_sexes("pay", sexes, text.count) == {
        "pay_year": "2022",
        "pay_women": "200",
        "pay_men": "300",
        "pay_all": "225",
    }


def test_the_tables_are_not_changed():
    before, levels = RESULTS.copy(), LEVELS.copy()
    surveys.add_intervals(RESULTS, "value", "n")
    surveys.pair_surveys(RESULTS)
    surveys.split_changes({"work": LEVELS})
    pd.testing.assert_frame_equal(RESULTS, before)
    pd.testing.assert_frame_equal(LEVELS, levels)
