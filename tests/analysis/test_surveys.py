import pandas as pd
import pytest

from analysis import surveys

ROWS = [
    ("khf", 2011, "employment_rate", "north_korean_origin", 49.7, 8299, "a"),
    ("khf", 2011, "employment_rate", "general_population", 58.7, None, "a"),
    ("khf", 2012, "employment_rate", "north_korean_origin", 50.0, 9493, "a"),
    ("nkdb", 2011, "employment_rate", "north_korean_origin", 41.1, 394, "b"),
]
RESULTS = pd.DataFrame(
    ROWS, columns=["survey", "year", "indicator", "population", "value", "n", "era"]
).assign(sex="all", subgroup=None, item=None, unit="pct", source_id="s")


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


def test_the_tables_are_not_changed():
    before = RESULTS.copy()
    surveys.add_intervals(RESULTS, "value", "n")
    surveys.pair_surveys(RESULTS)
    pd.testing.assert_frame_equal(RESULTS, before)
