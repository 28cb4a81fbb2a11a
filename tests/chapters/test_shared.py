from functools import partial

import pandas as pd
import pytest

from analysis import text
from analysis.chapters import shared
from tests.factory import make_table

ENTRANTS = make_table(
    "entrants",
    {"year": 2002, "sex": "female", "entrants_persons": 632},
    {"year": 2002, "sex": "male", "entrants_persons": 510},
    {"year": 2003, "sex": "female", "entrants_persons": 811},
    {"year": 2003, "sex": "male", "entrants_persons": 474},
    layer="clean",
)
make_results = partial(
    make_table, "survey_results", layer="clean", indicator="employment_rate", sex="all", unit="pct", era="a"
)
NORTH, GENERAL = "north_korean_origin", "general_population"
RESULTS = make_results(
    {"survey": "khf", "year": 2011, "population": NORTH, "value": 49.7, "n": 8299},
    {"survey": "khf", "year": 2011, "population": GENERAL, "value": 58.7},
    {"survey": "khf", "year": 2012, "population": NORTH, "value": 50.0, "n": 9493},
    {"survey": "nkdb", "year": 2011, "population": NORTH, "value": 41.1, "n": 394},
)


def test_total_by_year_adds_the_sexes():
    years = shared.total_by_year(ENTRANTS)
    assert years["entrants_persons"].tolist() == [1142, 1285]
    assert years["share_female_pct"].iloc[0] == pytest.approx(55.34, abs=0.01)


def test_sum_all_entrants_takes_the_years_and_the_current_bins():
    bins = make_table(
        "entrants_bins",
        {"sex": "female", "entrants_persons": 116},
        {"sex": "male", "entrants_persons": 831},
        {"sex": "all", "entrants_persons": 947},
        {"sex": "female", "entrants_persons": 999, "role": "press"},
        layer="clean",
    )
    total = shared.sum_all_entrants(ENTRANTS, bins)
    assert total.to_dict() == {"female": 1559, "male": 1815, "all": 3374}


PROFILES = make_table(
    "profiles",
    {"category": "pyongyang", "sex": "female", "persons": 5},
    {"category": "all", "sex": "female", "persons": 9},
    {"category": "pyongyang", "sex": "all", "persons": 7, "as_of_date": "2025-01-01"},
    {"category": "pyongyang", "sex": "female", "persons": 3, "as_of_date": "2020-09-30"},
    layer="clean",
    as_of_date="2024-09-30",
    dimension="province",
    population_basis="entrants_to_date",
)


def test_pick_profile_takes_the_newest_by_sex_without_its_sum():
    assert shared.pick_profile(PROFILES, "province")["persons"].tolist() == [5]


def test_pick_profile_without_sexes_raises():
    with pytest.raises(ValueError, match="age_now"):
        shared.pick_profile(PROFILES, "age_now")


def test_compare_populations_keeps_years_with_both():
    rows = shared.compare_populations(RESULTS, "employment_rate")
    assert rows["year"].tolist() == [2011]
    assert rows["gap"].iloc[0] == pytest.approx(-9.0)


def test_pair_surveys_joins_one_year_and_indicator():
    (pair,) = shared.pair_surveys(RESULTS).to_dict("records")
    assert (pair["first"], pair["second"], pair["first_n"], pair["second_n"]) == (49.7, 41.1, 8299, 394)
    assert pair["difference"] == pytest.approx(-8.6)


@pytest.mark.parametrize(
    "other", [{"sex": "female"}, {"subgroup": "under_3_years_in_south"}, {"item": "regular"}]
)
def test_pick_levels_never_takes_a_part_for_the_whole(other):
    with pytest.raises(ValueError, match="khf"):
        shared.pick_levels(RESULTS.assign(**other), "employment_rate")


@pytest.mark.parametrize(
    ("options", "values"),
    [({"item": "regular"}, [58.7, 49.7]), ({"recall": "ever"}, [50.0])],
)
def test_pick_levels_selects_an_answer_or_a_period(options, values):
    asked = RESULTS.assign(
        item=["regular", "regular", None, None], recall=["ever", "ever", "ever", "current"]
    )
    assert shared.pick_levels(asked, "employment_rate", **options)["value"].tolist() == values


def test_add_intervals_needs_the_number_asked():
    rows = shared.add_intervals(RESULTS, "value", "n")
    assert rows["low"].isna().tolist() == [False, True, False, False]
    known = rows.dropna(subset=["low"])
    assert ((known["low"] < known["value"]) & (known["value"] < known["high"])).all()


def test_word_ends_names_both_ends_and_the_change():
    rows = pd.DataFrame({"year": [2014, 2020, 2025], "value": [19.0, 31.6, 40.1]})
    assert shared.word_ends("stay", rows, text.count) == {
        "stay_first": "19",
        "stay_first_year": "2014",
        "stay_last": "40",
        "stay_last_year": "2025",
        "stay_word": "rose",
    }
    assert shared.word_ends("stay", rows.iloc[::-1])["stay_word"] == "fell"


def test_functions_do_not_change_their_input():
    before = RESULTS.copy()
    shared.add_intervals(RESULTS, "value", "n")
    shared.pair_surveys(RESULTS)
    pd.testing.assert_frame_equal(RESULTS, before)
