"""One changed cell of the five tables is reported where it stands."""

import pandas as pd
import pytest

from data.schema import DATA, find_resource, read_descriptor, read_table
from data.tables import wellbeing


@pytest.fixture
def raw():
    """Return the tables as they are; each test changes a copy."""
    descriptor = read_descriptor()
    resources = {name: find_resource(descriptor, "raw", name) for name in wellbeing.RAW_TABLES}
    return {name: read_table(resource, DATA) for name, resource in resources.items()}


def find_line(frame, cells):
    (line,) = frame.index[(frame[list(cells)] == pd.Series(cells)).all(axis=1)]
    return int(line)


PTSD = {"study_id": "lee_r_2022", "outcome": "ptsd"}
VISITS = {"department": "psychiatry", "year_end": 2012, "measure": "clinic_visits"}
ANY_PLACE = {"study_id": "mogef_2012", "measure": "coerced_sex_work", "place": "any"}


def test_the_tables_as_they_are_have_no_problem(raw):
    assert list(wellbeing.check(raw)) == []


@pytest.mark.parametrize(
    ("table", "cells", "column", "value", "reported"),
    [
        ("relative_risks", PTSD, "ci_high", 4.5, "ci_high"),
        ("relative_risks", PTSD, "value", 4.19, "value"),
        ("relative_risks", PTSD, "ci_low", None, "ci_high"),
        ("relative_risks", {"study_id": "lee_r_2025"}, "n_comparison", None, "n_comparison"),
        ("trauma", {"study_id": "park_j_2019", "exposure": "any_trauma"}, "cases", 51, "cases"),
        ("trauma", {"study_id": "gbv_180"}, "n_status", "unclear", "n_status"),
        ("trafficking", {"study_id": "aid_worker_2010"}, "low_pct", None, "share_pct"),
        ("trafficking", ANY_PLACE, "cases", 36, "cases"),
        ("family", {"measure": "spouse_origin", "category": "china"}, "value", 870.1, "value"),
        ("family", {"measure": "child_lives_with", "category": "shelter"}, "value", 15.0, "value"),
        ("care", VISITS, "visits", 4962, "visits"),
        ("care", VISITS, "visits", None, "visits"),
        ("care", {"measure": "symptoms_low_and_stable"}, "share_pct", 67.7, "share_pct"),
    ],
)
def test_a_changed_cell_is_reported(raw, table, cells, column, value, reported):
    line = find_line(raw[table], cells)
    raw[table].loc[line, column] = value
    problems = {(p.file, p.line, p.column) for p in wellbeing.check(raw)}
    assert (f"data/raw/{table}.csv", line, reported) in problems


def test_services_of_each_kind_are_not_fewer_than_any_service(raw):
    raw["care"].loc[find_line(raw["care"], {"measure": "used_specialist_service"}), "share_pct"] = 6.0
    line = find_line(raw["care"], {"measure": "used_any_service"})
    assert [(p.line, p.column) for p in wellbeing.check(raw)] == [(line, "share_pct")]


def test_events_by_decade_do_not_exceed_those_on_file(raw):
    frame = raw["trafficking"]
    events = frame.index[frame["base"].eq("archive_events") & frame["period_kind"].eq("events")]
    frame.loc[events[0], "cases"] = 100_000
    assert (events[-1], "cases") in [(p.line, p.column) for p in wellbeing.check(raw)]


def test_only_shares_of_people_asked_are_compared(raw):
    made = wellbeing.clean(raw)["trafficking"]
    shown = made[made["is_survey_share"]]
    assert set(shown["base"]) == {"people_asked"}
    assert shown["n"].notna().all()
    assert not shown["method"].isin(["archive", "ngo_estimate"]).any()


def test_no_count_is_rebuilt_where_the_base_does_not_fit(raw):
    made = wellbeing.clean(raw)["trauma"]
    unclear = made[made["n_status"] == "unclear"]
    assert len(unclear) == 5
    assert unclear["cases"].isna().all()
    assert not unclear["n_fits"].any()
