"""Returns to the North: releases make their totals, zeroes stay in, the latest release counts."""

import pandas as pd
import pytest

from data.tables import returns


def _frame(rows, columns, kinds):
    frame = pd.DataFrame(rows, columns=columns, index=pd.RangeIndex(2, 2 + len(rows), name="line"))
    return frame.astype(kinds)


@pytest.fixture
def raw():
    years = _frame(
        [
            ("2015-09-11", "day", 2001, 1, "printed", None, "old", "secondary", None),
            ("2015-09-11", "day", 2012, 7, "printed", None, "old", "secondary", None),
            ("2015-09-11", "day", 2013, 1, "printed", None, "old", "secondary", None),
            ("2016-09-30", "day", 2012, 7, "printed", None, "new", "secondary", None),
            ("2016-09-30", "day", 2013, 3, "printed", None, "new", "secondary", None),
            ("2016-09-30", "day", 2014, 0, "implied_by_total", None, "new", "secondary", None),
            ("2016-09-30", "day", 2015, 2, "printed", None, "new", "secondary", None),
            ("2017-05-01", "day", 2016, 0, "said_in_words", "2016-12-01", "later", "secondary", None),
        ],
        [
            "vintage_date",
            "date_precision",
            "year",
            "returns_persons",
            "basis",
            "covers_until",
            "source_id",
            "certainty",
            "note",
        ],
        {"vintage_date": "datetime64[us]", "covers_until": "datetime64[us]"},
    )
    totals = _frame(
        [
            ("2015-09-11", "confirmed_returns", None, None, 9, "exact", "earlier", "old"),
            ("2016-09-30", "confirmed_returns", 2012, None, 12, "exact", "earlier", "new"),
            ("2017-05-01", "confirmed_returns", 2012, None, 12, "exact", "current", "later"),
            ("2017-05-02", "confirmed_returns", 2015, 2017, 12, "exact", "misreported", "press"),
            ("2017-05-03", "crossed_to_the_north", 2010, None, 20, "exact", "current", "press"),
            ("2017-05-03", "crossed_to_the_north_still_there", 2010, None, 12, "exact", "current", "press"),
            ("2017-05-03", "crossed_to_the_north_came_back", 2010, None, 8, "exact", "current", "press"),
        ],
        ["as_of_date", "measure", "since_year", "until_year", "persons", "bound", "role", "source_id"],
        {"as_of_date": "datetime64[us]", "since_year": "Int64", "until_year": "Int64"},
    ).assign(date_precision="day", certainty="secondary", note=None)
    profile = _frame(
        [
            ("2016-09-30", "length_of_stay", "1_to_under_2_years", 6, 50.0, 12),
            ("2016-09-30", "length_of_stay", "2_to_under_3_years", 5, None, 12),
            ("2016-09-30", "length_of_stay", "under_3_years_as_printed", 12, None, 12),
        ],
        ["as_of_date", "dimension", "category", "persons", "share_pct", "n_persons"],
        {"as_of_date": "datetime64[us]", "persons": "Int64", "share_pct": "float64"},
    ).assign(source_id="new", certainty="secondary", note=None)
    emigration = _frame(
        [
            (None, "2001-04-30", "registered_emigrants", "all", 33),
            (None, "2001-04-30", "registered_emigrants", "japan", 26),
            (None, "2001-04-30", "registered_emigrants", "other", 7),
        ],
        ["period_start", "period_end", "measure", "destination", "persons"],
        {"period_start": "datetime64[us]", "period_end": "datetime64[us]"},
    ).assign(date_precision="month", role="current", source_id="old", certainty="secondary", note=None)
    return {
        "returns": years,
        "returns_totals": totals,
        "returnee_profile": profile,
        "emigration": emigration,
    }


def _faults(raw):
    return [(f.file.rpartition("/")[2], f.line, f.column) for f in returns.validate(raw)]


def _change(raw, table, line, column, value):
    frame = raw[table].copy()
    frame.loc[line, column] = value
    return {**raw, table: frame}


def test_tables_that_add_up_have_no_fault(raw):
    assert _faults(raw) == []


def test_the_years_of_a_release_must_make_its_own_total(raw):
    assert ("returns_totals.csv", 2, "persons") in _faults(_change(raw, "returns", 2, "returns_persons", 2))


def test_a_total_starts_with_its_first_year(raw):
    raw = _change(raw, "returns_totals", 3, "since_year", 2013)
    assert ("returns_totals.csv", 3, "persons") in _faults(raw)


def test_two_years_printed_together_count_towards_the_total(raw):
    frame = raw["returns"].drop(index=[6, 7])
    pair = raw["returns_totals"].loc[[3]].assign(since_year=2013, until_year=2014, persons=3, role="part")
    pair.index = pd.Index([20], name="line")
    totals = pd.concat([raw["returns_totals"], pair])
    faults = _faults({**raw, "returns": frame, "returns_totals": totals})
    assert ("returns_totals.csv", 3, "persons") not in faults
    totals.loc[20, "persons"] = 4
    assert ("returns_totals.csv", 3, "persons") in _faults(
        {**raw, "returns": frame, "returns_totals": totals}
    )


def test_the_series_as_published_last_must_make_the_current_total(raw):
    faults = [f for f in returns.validate(_change(raw, "returns_totals", 4, "persons", 13))]
    assert any(f.file.endswith("returns.csv") and "13" in f.expected for f in faults)


def test_a_year_left_out_is_told(raw):
    found = _faults({**raw, "returns": raw["returns"].drop(index=7)})
    assert ("returns.csv", 8, "year") in found


def test_an_implied_count_is_zero(raw):
    assert ("returns.csv", 7, "returns_persons") in _faults(_change(raw, "returns", 7, "returns_persons", 1))


def test_no_release_counts_a_later_year(raw):
    assert ("returns.csv", 9, "year") in _faults(_change(raw, "returns", 9, "vintage_date", "2015-12-31"))


def test_a_running_total_never_falls(raw):
    raw = _change(raw, "returns_totals", 3, "persons", 13)
    assert ("returns_totals.csv", 4, "persons") in _faults(raw)


def test_exactly_one_total_is_current(raw):
    assert any(
        column == "role" for *_, column in _faults(_change(raw, "returns_totals", 4, "role", "earlier"))
    )


def test_those_still_there_and_those_back_make_all_crossings(raw):
    assert ("returns_totals.csv", 6, "persons") in _faults(_change(raw, "returns_totals", 8, "persons", 9))


@pytest.mark.parametrize(
    ("line", "column", "value"), [(2, "n_persons", 29), (3, "persons", 13), (2, "share_pct", 51.0)]
)
def test_the_profile_fits_the_total_of_its_day(raw, line, column, value):
    assert ("returnee_profile.csv", line, column) in _faults(
        _change(raw, "returnee_profile", line, column, value)
    )


def test_destinations_make_all_emigrants_if_the_list_is_complete(raw):
    assert ("emigration.csv", 2, "persons") in _faults(_change(raw, "emigration", 3, "persons", 25))


def test_destinations_can_fall_short_if_others_are_not_printed(raw):
    frame = raw["emigration"].drop(index=4)
    assert _faults({**raw, "emigration": frame}) == []
    frame.loc[3, "persons"] = 34
    assert ("emigration.csv", 2, "persons") in _faults({**raw, "emigration": frame})


def test_each_year_is_taken_from_the_latest_release(raw):
    made = returns.tidy(raw)["returns"].set_index("year")
    assert made["returns_persons"].to_dict() == {2012: 7, 2013: 3, 2014: 0, 2015: 2, 2016: 0}


def test_zeroes_that_nobody_printed_are_marked(raw):
    made = returns.tidy(raw)["returns"].set_index("year")
    assert made["is_implied"].to_dict() == {2012: False, 2013: False, 2014: True, 2015: False, 2016: True}


def test_the_early_case_stays_among_the_releases_only(raw):
    made = returns.tidy(raw)
    assert 2001 not in set(made["returns"]["year"])
    assert 2001 in set(made["returns_vintages"]["year"])


def test_only_the_last_year_can_be_incomplete(raw):
    raw = _change(raw, "returns", 8, "covers_until", pd.Timestamp("2015-09-30"))
    made = returns.tidy(raw)["returns"].set_index("year")["covers_until"]
    assert made.notna().to_dict() == {2012: False, 2013: False, 2014: False, 2015: False, 2016: True}


def test_a_total_of_the_wrong_period_and_a_wrong_label_are_left_out(raw):
    made = returns.tidy(raw)
    assert "misreported" not in set(made["returns_totals"]["role"])
    assert "under_3_years_as_printed" not in set(made["returnee_profile"]["category"])


def test_the_raw_tables_are_left_as_they_were(raw):
    before = {name: frame.copy() for name, frame in raw.items()}
    list(returns.validate(raw))
    returns.tidy(raw)
    for name, frame in before.items():
        pd.testing.assert_frame_equal(raw[name], frame)
