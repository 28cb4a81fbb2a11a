"""Shares fit their counts, intervals, sexes and roles; grades are added to one primary row."""

import pytest

from data import load
from data.tables import prevalence
from tests.factory import make_table

SHARE = "prevalence_pct"
CELLS = {
    "study_id": "a_2000",
    "cohort_id": "a",
    "survey_year_start": 1999,
    "survey_year_end": 1999,
    "population": "north_korean_origin",
    "sex": "all",
    "condition": "depression",
    "instrument": "PHQ-9",
    "recall": "current",
    "cutoff": "10 or above",
    "n": 300,
    "n_status": "base",
    SHARE: 60.3,
    "decimals": 1,
    "role": "primary",
    "certainty": "study",
}
GRADES = (
    {"cutoff": "moderate grade", SHARE: 32.0, "cases": 96, "role": "sum_to_primary"},
    {"cutoff": "severe grade", SHARE: 28.3, "role": "sum_to_primary", "certainty": "secondary"},
    {"cutoff": "mild grade", SHARE: 19.0, "role": "grade_only"},
)
GENERAL = {
    "population": "general_population",
    "cohort_id": "b",
    "role": "comparison",
    "compares_with": "a_2000",
}
PTSD = {"condition": "ptsd"}
BY_SEX = {"n": None, "n_status": "not_printed", "role": "by_sex"}
SEXES = [BY_SEX | {"sex": "male", SHARE: 26.0}, BY_SEX | {"sex": "female", SHARE: 5.4}]
FEW = {"n": 299, SHARE: 28.4}


def make_raw(*rows: dict) -> dict:
    return {"prevalence": make_table("prevalence", *rows, **CELLS)}


UNCOUNTED = [grade | {"n": 3000, "cases": None} for grade in GRADES[:2]]


@pytest.mark.parametrize(
    ("rows", "problems"),
    [
        pytest.param([{}, GENERAL, PTSD], [], id="sound"),
        pytest.param([{"n": 294, SHARE: 22.3}], [(2, SHARE)], id="share of no whole number"),
        pytest.param([{SHARE: None, "decimals": None}], [(2, SHARE)], id="no share and no count"),
        pytest.param(
            [{"ci_low_pct": 61.0, "ci_high_pct": 65.0}], [(2, SHARE)], id="interval above the share"
        ),
        pytest.param([{"ci_low_pct": 51.0, "ci_high_pct": 55.0}], [(2, "ci_high_pct")], id="interval below"),
        pytest.param([{"ci_low_pct": 50.0}], [(2, "ci_high_pct")], id="half an interval"),
        pytest.param([{"survey_year_end": None}], [(2, "survey_year_end")], id="a survey without an end"),
        pytest.param([{}, PTSD | {"cohort_id": "b"}], [(3, "cohort_id")], id="a study of two cohorts"),
        pytest.param([{}, {"study_id": "b_2001"}], [(3, "role")], id="two primary rows"),
        pytest.param([{}, *GRADES], [(3, "role")], id="a primary row and grades to add"),
        pytest.param([{"sex": "female"}], [(2, "role")], id="a primary row of one sex"),
        pytest.param([GRADES[0]], [(2, "role")], id="one grade alone"),
        pytest.param([GRADES[0], GRADES[1] | FEW], [(2, "role")], id="grades of other people"),
        pytest.param(UNCOUNTED, [(2, "cases"), (3, "cases")], id="grades without certain counts"),
        pytest.param([*GRADES[:2], GRADES[2] | {SHARE: 49.0}], [(4, SHARE)], id="grades of too many people"),
        pytest.param([{}, *SEXES], [(2, SHARE)], id="share outside those of the sexes"),
        pytest.param([{}, GENERAL | {"compares_with": "z"}], [(3, "compares_with")], id="unknown study"),
        pytest.param([{}, GENERAL | PTSD], [(3, "compares_with")], id="a condition the study lacks"),
        pytest.param([{"compares_with": "a_2000"}], [(2, "compares_with")], id="a needless comparison"),
        pytest.param([{}, GENERAL | {"role": "by_sex"}], [(3, "role")], id="role of others"),
    ],
)
def test_rows_fit_each_other(rows, problems):
    assert [(p.line, p.column) for p in prevalence.check(make_raw(*rows))] == problems


def test_grades_are_added_to_one_primary_row():
    made = prevalence.clean(make_raw(*GRADES))["prevalence"]
    (total,) = made[made["is_primary"]].to_dict("records")
    assert (total["cases"], round(total[SHARE], 1)) == (181, 60.3)
    assert total["cutoff"] == "moderate or severe grade"
    assert total["certainty"] == "secondary"
    assert len(made) == 4


def test_a_comparison_is_never_primary():
    made = prevalence.clean(make_raw({}, GENERAL))["prevalence"]
    assert made.loc[made["is_primary"], "population"].tolist() == ["north_korean_origin"]


@pytest.mark.parametrize(
    ("column", "counts"),
    [
        ("is_primary", {"ptsd": 11, "depression": 10, "anxiety": 5}),
        ("is_pooled", {"ptsd": 10, "depression": 8, "anxiety": 5}),
    ],
)
def test_each_cohort_is_counted_once_per_condition(column, counts):
    table = load("prevalence")
    chosen = table[table[column]]
    assert not chosen.duplicated(["cohort_id", "condition"]).any()
    assert {name: (chosen["condition"] == name).sum() for name in counts} == counts


def test_only_the_present_is_pooled():
    table = load("prevalence")
    assert set(table.loc[table["is_pooled"], "recall"]) == {"current", "not_stated"}
    assert table.loc[table["is_pooled"], "is_primary"].all()
