from __future__ import annotations

import pandas as pd
from data.descriptor import DATA, find_resource, read_descriptor

from data.schema import read_table
from data.tables.prevalence import tidy, validate

ROW = {
    "study_id": "a_2000",
    "study_label": "A 2000",
    "cohort_id": "a",
    "published_year": 2000,
    "survey_year_start": 1999,
    "survey_year_end": 1999,
    "wave": 1,
    "country": "South Korea",
    "setting": "community",
    "population": "north_korean_origin",
    "people": "Adults",
    "age_band": "adults",
    "sampling": "convenience",
    "sex": "all",
    "condition": "depression",
    "instrument": "PHQ-9",
    "instrument_kind": "symptom_scale",
    "recall": "current",
    "cutoff": "10 or above",
    "n": 300,
    "n_status": "base",
    "cases": None,
    "prevalence_pct": 60.3,
    "decimals": 1,
    "bound": "exact",
    "ci_low_pct": None,
    "ci_high_pct": None,
    "role": "primary",
    "role_why": "One row",
    "compares_with": None,
    "doi": None,
    "source_id": "s",
    "certainty": "study",
    "note": None,
}
WHOLE = ["published_year", "survey_year_start", "survey_year_end", "n", "cases", "decimals"]
REAL = ["prevalence_pct", "ci_low_pct", "ci_high_pct"]


def make_raw(*rows: dict) -> dict[str, pd.DataFrame]:
    frame = pd.DataFrame([ROW | r for r in rows or [{}]])
    frame.index = pd.RangeIndex(2, len(frame) + 2, name="line")
    frame = frame.astype({c: "Int64" for c in WHOLE} | {c: "float64" for c in REAL})
    return {"prevalence": frame.astype({c: "str" for c in frame if frame[c].dtype == object})}


GRADES = (
    {"cutoff": "moderate grade", "prevalence_pct": 32.0, "cases": 96, "role": "sum_to_primary"},
    {"cutoff": "severe grade", "prevalence_pct": 28.3, "role": "sum_to_primary", "certainty": "secondary"},
    {"cutoff": "mild grade", "prevalence_pct": 19.0, "role": "grade_only"},
)
SOUTH = {
    "population": "general_population",
    "cohort_id": "b",
    "role": "comparison",
    "compares_with": "a_2000",
}


def list_faults(*rows: dict) -> list[tuple[int, str]]:
    return [(f.line, f.column) for f in validate(make_raw(*rows))]


def test_sound_rows_have_no_fault():
    assert list_faults({}, SOUTH, {"condition": "ptsd"}) == []


def test_a_share_that_its_people_cannot_give_is_a_fault():
    assert list_faults({"n": 294, "prevalence_pct": 22.3}) == [(2, "prevalence_pct")]


def test_a_row_without_share_and_count_is_a_fault():
    assert list_faults({"prevalence_pct": None, "decimals": None}) == [(2, "prevalence_pct")]


def test_an_interval_that_misses_the_share_is_a_fault():
    assert list_faults({"ci_low_pct": 61.0, "ci_high_pct": 65.0}) == [(2, "ci_low_pct")]


def test_half_an_interval_is_a_fault():
    assert list_faults({"ci_low_pct": 50.0}) == [(2, "ci_high_pct")]


def test_a_survey_without_its_last_year_is_a_fault():
    assert list_faults({"survey_year_end": None}) == [(2, "survey_year_end")]


def test_a_study_of_two_cohorts_is_a_fault():
    assert list_faults({}, {"condition": "ptsd", "cohort_id": "b"}) == [(3, "cohort_id")]


def test_two_primary_rows_of_one_cohort_and_condition_are_a_fault():
    assert list_faults({}, {"study_id": "b_2001", "cutoff": "5 or above"}) == [(3, "role")]


def test_a_primary_row_beside_grades_to_add_is_a_fault():
    assert (3, "role") in list_faults({}, *GRADES)


def test_a_primary_row_of_one_sex_is_a_fault():
    assert list_faults({"sex": "female"}) == [(2, "role")]


def test_a_single_grade_cannot_be_added():
    assert list_faults(GRADES[0]) == [(2, "role")]


def test_grades_of_other_people_cannot_be_added():
    assert (2, "role") in list_faults(GRADES[0], GRADES[1] | {"n": 299, "prevalence_pct": 28.4})


def test_grades_that_exceed_the_people_asked_are_a_fault():
    assert (2, "prevalence_pct") in list_faults(*GRADES[:2], GRADES[2] | {"prevalence_pct": 49.0})


def test_a_share_outside_those_of_the_sexes_is_a_fault():
    split = {"n": None, "n_status": "not_printed", "role": "by_sex"}
    rows = (
        {},
        split | {"sex": "male", "prevalence_pct": 26.0},
        split | {"sex": "female", "prevalence_pct": 5.4},
    )
    assert list_faults(*rows) == [(2, "prevalence_pct")]


def test_a_comparison_without_its_study_is_a_fault():
    assert list_faults({}, SOUTH | {"compares_with": "z_1999"}) == [(3, "compares_with")]


def test_a_comparison_of_a_condition_the_study_lacks_is_a_fault():
    assert list_faults({}, SOUTH | {"condition": "ptsd"}) == [(3, "compares_with")]


def test_south_koreans_cannot_stand_as_a_primary_row():
    assert (3, "role") in list_faults({}, SOUTH | {"role": "primary"})


def test_grades_are_added_to_one_primary_row():
    made = tidy(make_raw(*GRADES))["prevalence"]
    (total,) = made[made["is_primary"]].to_dict("records")
    assert (total["cases"], round(total["prevalence_pct"], 1)) == (181, 60.3)
    assert total["cutoff"] == "moderate or severe grade"
    assert total["certainty"] == "secondary"
    assert len(made) == 4


def test_rows_without_grades_gain_no_row():
    assert len(tidy(make_raw({}, SOUTH))["prevalence"]) == 2


def test_a_comparison_is_never_primary():
    made = tidy(make_raw({}, SOUTH))["prevalence"]
    assert made.loc[made["is_primary"], "population"].tolist() == ["north_korean_origin"]


def test_tidying_leaves_its_input_alone():
    raw = make_raw(*GRADES)
    before = raw["prevalence"].copy(deep=True)
    tidy(raw)
    pd.testing.assert_frame_equal(raw["prevalence"], before)


def test_the_real_table_has_one_primary_row_a_cohort_and_condition():
    frame, faults = read_table(find_resource(read_descriptor(), "raw", "prevalence"), DATA)
    assert not faults
    made = tidy({"prevalence": frame})["prevalence"]
    primary = made[made["is_primary"]]
    assert not primary.duplicated(["cohort_id", "condition"]).any()
    counts = primary["condition"].value_counts()
    assert (counts["ptsd"], counts["depression"], counts["anxiety"]) == (11, 10, 5)


def test_periods_asked_about_are_never_pooled():
    frame, _ = read_table(find_resource(read_descriptor(), "raw", "prevalence"), DATA)
    made = tidy({"prevalence": frame})["prevalence"]
    pooled = made[made["is_pooled"]]
    assert set(pooled["recall"]) == {"current", "not_stated"}
    assert pooled["is_primary"].all()
    counts = pooled["condition"].value_counts()
    assert (counts["ptsd"], counts["depression"], counts["anxiety"]) == (10, 8, 5)
