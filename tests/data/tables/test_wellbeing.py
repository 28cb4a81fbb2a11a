from __future__ import annotations

import pandas as pd
import pytest

from data.schema import DATA, find_resource, read_descriptor, read_table
from data.tables.wellbeing import RAW, tidy, validate


@pytest.fixture
def raw() -> dict[str, pd.DataFrame]:
    """The tables as they stand; each test spoils a copy."""
    descriptor = read_descriptor()
    frames = {}
    for name in RAW:
        frames[name] = read_table(find_resource(descriptor, "raw", name), DATA)
    return frames


def find_line(frame: pd.DataFrame, **cells) -> int:
    chosen = pd.Series(True, index=frame.index)
    for column, value in cells.items():
        chosen &= frame[column].eq(value).fillna(False).astype(bool)
    (line,) = frame.index[chosen]
    return int(line)


def spoil(raw: dict[str, pd.DataFrame], table: str, column: str, value, **cells) -> set[tuple[str, int, str]]:
    """Return the faults after one cell is changed, without the line that was changed being assumed."""
    line = find_line(raw[table], **cells)
    raw[table].loc[line, column] = value
    return {(f.file.split("/")[-1], f.line - line, f.column) for f in validate(raw)}


def test_the_tables_as_they_stand_have_no_fault(raw):
    assert list(validate(raw)) == []


def test_an_interval_that_misses_its_ratio_is_a_fault(raw):
    got = spoil(raw, "relative_risks", "ci_high", 4.5, study_id="lee_r_2022", outcome="ptsd")
    assert got == {("relative_risks.csv", 0, "ci_low")}


def test_a_ratio_off_the_middle_of_its_interval_is_a_fault(raw):
    got = spoil(raw, "relative_risks", "value", 4.19, study_id="lee_r_2022", outcome="ptsd")
    assert got == {("relative_risks.csv", 0, "value")}


def test_half_an_interval_is_a_fault(raw):
    got = spoil(raw, "relative_risks", "ci_low", None, study_id="lee_r_2022", outcome="ptsd")
    assert got == {("relative_risks.csv", 0, "ci_high")}


def test_a_comparison_with_nobody_is_a_fault(raw):
    got = spoil(raw, "relative_risks", "n_comparison", pd.NA, study_id="lee_r_2025")
    assert got == {("relative_risks.csv", 0, "n_comparison")}


def test_a_count_that_its_share_denies_is_a_fault(raw):
    got = spoil(raw, "trauma", "cases", 51, study_id="park_j_2019", exposure="any_trauma")
    assert got == {("trauma.csv", 0, "cases")}


def test_a_base_called_unclear_that_fits_is_a_fault(raw):
    cells = {"study_id": "gbv_180"}
    got = spoil(raw, "trauma", "n_status", "unclear", **cells)
    assert got == {("trauma.csv", 0, "n_status")}


def test_a_trafficking_row_without_a_figure_is_a_fault(raw):
    got = spoil(raw, "trafficking", "low_pct", None, study_id="aid_worker_2010")
    assert got == {("trafficking.csv", 0, "share_pct")}


def test_places_that_cannot_make_the_whole_are_a_fault(raw):
    cells = {"study_id": "mogef_2012", "measure": "coerced_sex_work", "place": "any"}
    line = find_line(raw["trafficking"], **cells)
    raw["trafficking"].loc[line, "share_pct"] = None
    raw["trafficking"]["decimals"] = raw["trafficking"]["decimals"].where(raw["trafficking"].index != line)
    got = spoil(raw, "trafficking", "cases", 36, **cells)
    assert got == {("trafficking.csv", 0, "cases")}


def test_children_who_live_nowhere_are_a_fault(raw):
    got = spoil(raw, "family", "value", 35.0, measure="child_lives_with", category="relatives")
    assert ("family.csv", "value") in {(f, c) for f, _, c in got}


def test_a_family_share_over_a_hundred_is_a_fault(raw):
    got = spoil(raw, "family", "value", 870.1, measure="spouse_origin", category="china")
    assert ("family.csv", 0, "value") in got


def test_visits_by_year_cannot_exceed_ten_years(raw):
    cells = {"department": "psychiatry", "year_end": 2012, "measure": "clinic_visits"}
    assert spoil(raw, "care", "visits", 4962, **cells) == {("care.csv", 0, "visits")}


def test_care_of_one_kind_cannot_fall_short_of_any(raw):
    got = spoil(raw, "care", "share_pct", 6.0, measure="used_specialist_service")
    assert ("care.csv", "share_pct") in {(f, c) for f, _, c in got}


def test_classes_of_a_trajectory_are_everybody(raw):
    got = spoil(raw, "care", "share_pct", 67.7, measure="symptoms_low_and_stable")
    assert ("care.csv", "share_pct") in {(f, c) for f, _, c in got}


def test_tidying_leaves_its_input_alone(raw):
    before = {name: frame.copy(deep=True) for name, frame in raw.items()}
    tidy(raw)
    for name, frame in raw.items():
        pd.testing.assert_frame_equal(frame, before[name])


def test_only_shares_of_people_asked_stand_side_by_side(raw):
    made = tidy(raw)["trafficking"]
    shown = made[made["is_survey_share"]]
    assert set(shown["base"]) == {"people_asked"}
    assert shown["n"].notna().all()
    assert not shown["method"].isin(["archive", "ngo_estimate"]).any()


def test_no_count_is_rebuilt_where_the_base_does_not_fit(raw):
    made = tidy(raw)["trauma"]
    unclear = made[made["n_status"].eq("unclear")]
    assert len(unclear) == 5
    assert unclear["cases"].isna().all()
    assert not unclear["n_fits"].any()
