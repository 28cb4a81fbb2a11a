import math
import re

import pandas as pd
import pytest
from data.subjects import SUBJECTS

from data import claims
from data.claims import (
    ARTICLE,
    CAVEAT,
    CONTRADICTED,
    HOLDS,
    MISLABELLED,
    NOT_CHECKED,
    SUPERSEDED,
    Answer,
    Reading,
    covers,
    find_half_unit,
    find_rows,
    judge,
    read_evidence,
    touches,
)
from data.pipeline import make_clean, read_raw

CLAIM = {
    "claim_id": "made_up",
    "value_low": 100.0,
    "value_high": 100.0,
    "half_unit": 5.0,
    "unit": "person",
    "approximate": False,
    "sex": "all",
    "period_start": pd.Timestamp(2016, 1, 1),
    "period_end": pd.Timestamp(2016, 12, 31),
    "check": "figure",
    "evidence": None,
    "base": None,
    "other_evidence": None,
    "other_is": None,
    "paired_with": None,
    "has_caveat": False,
}


def make_claim(**changes):
    value = changes.pop("value", None)
    both = {} if value is None else {"value_low": float(value), "value_high": float(value)}
    return CLAIM | both | changes


def make_figures(*values, item="made", **columns):
    frame = pd.DataFrame(
        [
            {"item": item, "value_low": math.nan, "value": float(v), "value_high": math.nan}
            | {"source_id": f"s{i}"}
            for i, v in enumerate(values)
        ]
    )
    return {"audit_figures": frame.assign(**columns)}


def at(low, high=None, **rest):
    return Reading(low, low if high is None else high, "s", **rest)


# The rule.


@pytest.mark.parametrize(("found", "fits"), [(94.9, False), (95, True), (105, True), (105.1, False)])
def test_a_number_stands_for_half_a_unit_of_its_last_digit(found, fits):
    assert covers(make_claim(), at(found)) is fits


@pytest.mark.parametrize(
    ("printed", "approximate", "half"),
    [
        (15675, False, 0.5),
        (8708, True, 0.5),
        (24180, False, 5),
        (30000, False, 500),
        (90000, True, 5000),
        (100, True, 50),
        (100, False, 5),
        (50, False, 0.5),
        (50, True, 5),
        (4, False, 0.5),
        (0, False, 0.5),
        (2.5, True, 0.05),
    ],
)
def test_one_rule_says_how_far_a_figure_may_stand_from_the_number(printed, approximate, half):
    assert find_half_unit(printed, approximate) == pytest.approx(half)


def test_a_reason_outside_the_article_adds_to_the_precision():
    assert covers(make_claim(), at(108, slack=3))
    assert not covers(make_claim(), at(109, slack=3))


def test_a_count_printed_in_full_stands_for_itself_alone():
    claim = make_claim(half_unit=0.0)
    assert covers(claim, at(100))
    assert not covers(claim, at(101))


@pytest.mark.parametrize(("found", "fits"), [(99, False), (110, True), (111, False)])
def test_more_than_ends_where_its_precision_ends(found, fits):
    assert covers(make_claim(value_high=math.nan), at(found)) is fits


def test_more_than_is_open_above_if_no_precision_is_given():
    assert covers(make_claim(value_high=math.nan, half_unit=math.nan), at(1_000_000))


@pytest.mark.parametrize(("found", "fits"), [(100, True), (101, False)])
def test_fewer_than_is_open_below(found, fits):
    assert covers(make_claim(value_low=math.nan, half_unit=math.nan), at(found)) is fits


def test_a_printed_range_must_hold_the_whole_range_found():
    claim = make_claim(value_low=80.0, value_high=90.0, half_unit=0.5)
    assert covers(claim, at(81, 89))
    assert not covers(claim, at(70, 89))


def test_a_number_between_the_bounds_found_is_touched_and_not_covered():
    claim = make_claim(half_unit=0.0)
    assert touches(claim, at(50, 150))
    assert not covers(claim, at(50, 150))
    assert not touches(claim, at(101, 150))


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (Answer(current=(at(100),)), HOLDS),
        (Answer(current=(at(100), at(200))), CAVEAT),
        (Answer(current=(at(200), at(100))), CAVEAT),
        (Answer(current=(at(50, 150),)), CAVEAT),
        (Answer(current=(at(50), at(150))), CONTRADICTED),
        (Answer(current=(at(200),), earlier=(at(100),), other=(at(100),)), SUPERSEDED),
        (Answer(current=(at(200),), earlier=(at(300),), other=(at(100),)), MISLABELLED),
        (Answer(other=(at(100),)), MISLABELLED),
        (Answer(current=(at(200),), earlier=(at(300),)), CONTRADICTED),
        (Answer(other=(at(300),)), NOT_CHECKED),
        (Answer(), NOT_CHECKED),
    ],
)
def test_each_verdict_has_its_case(answer, verdict):
    assert judge(make_claim(), answer) == verdict


def test_a_claim_marked_as_needing_a_qualification_never_simply_holds():
    assert judge(make_claim(has_caveat=True), Answer(current=(at(100),))) == CAVEAT


# Looking figures up.


def test_the_article_is_no_evidence_for_itself():
    clean = make_figures(1, 2)
    clean["audit_figures"].loc[0, "source_id"] = ARTICLE
    assert find_rows(clean, "audit_figures", "item=made")["value"].tolist() == [2]


def test_a_condition_may_name_alternatives():
    clean = make_figures(1, 2, 3)
    clean["audit_figures"]["item"] = ["a", "b", "c"]
    assert find_rows(clean, "audit_figures", "item=a|c")["value"].tolist() == [1, 3]


@pytest.mark.parametrize(
    ("how", "readings"),
    [("", [(1, 1), (2, 4)]), ("sum ", [(3, 5)]), ("low ", [(1, 1), (2, 2)]), ("high ", [(1, 1), (4, 4)])],
)
def test_evidence_is_read_row_by_row_or_added_up_or_at_one_end(how, readings):
    clean = make_figures(1, math.nan)
    clean["audit_figures"].loc[1, ["value_low", "value_high"]] = [2, 4]
    _, _, found = read_evidence(clean, f"{how}audit_figures: item=made")
    assert [(r.low, r.high) for r in found] == readings


def test_separate_figures_are_never_joined_into_a_range():
    with pytest.raises(LookupError, match="is no pointer"):
        read_evidence(make_figures(1, 4), "span audit_figures: item=made")


def test_evidence_that_finds_nothing_is_an_error_and_no_verdict():
    with pytest.raises(LookupError, match="finds no row"):
        read_evidence(make_figures(1), "audit_figures: item=absent")


def test_evidence_in_another_form_is_an_error():
    with pytest.raises(LookupError, match="is no pointer"):
        read_evidence(make_figures(1), "audit_figures, item made")


def test_a_printed_lower_bound_is_open_above():
    clean = make_figures(math.nan, value_low=8000.0)
    (reading,) = read_evidence(clean, "audit_figures: item=made")[2]
    assert (reading.low, reading.high) == (8000, math.inf)


def test_a_figure_printed_as_more_than_is_open_above():
    clean = {"destinations": pd.DataFrame({"value": [100], "bound": ["more_than"], "source_id": "s"})}
    (reading,) = read_evidence(clean, "destinations: source_id=s")[2]
    assert (reading.low, reading.high) == (100, math.inf)


def test_a_rounded_stock_is_read_as_the_range_it_was_rounded_from():
    clean = {
        "residents": pd.DataFrame(
            {"residents_persons": [30000], "rounded_to_persons": [1000], "source_id": "s"}
        )
    }
    (reading,) = read_evidence(clean, "residents: source_id=s")[2]
    assert (reading.low, reading.high) == (29500, 30500)


def test_a_small_cell_is_read_as_one_to_five():
    row = {"value": [5], "value_low": [1], "cells_1_to_5": [1], "source_id": "s"}
    (reading,) = read_evidence({"unhcr": pd.DataFrame(row)}, "unhcr: source_id=s")[2]
    assert (reading.low, reading.high) == (1, 5)


# The checks.


def test_figure_offers_the_other_quantity_under_its_name():
    clean = make_figures(1, 2)
    clean["audit_figures"]["item"] = ["a", "b"]
    claim = make_claim(
        evidence="audit_figures: item=a", other_evidence="audit_figures: item=b", other_is="another thing"
    )
    answer = claims.figure(claim, clean)
    assert [r.low for r in answer.current] == [1]
    assert [(r.low, r.what) for r in answer.other] == [(2, "another thing")]


def test_nothing_found_finds_nothing():
    assert claims.nothing_found(make_claim(), {}) == Answer()


def make_parts():
    clean = make_figures(20, 80, 10)
    clean["audit_figures"]["item"] = ["part", "whole", "outside"]
    return clean


def test_share_is_a_percentage_of_the_base():
    claim = make_claim(evidence="audit_figures: item=part", base="audit_figures: item=whole")
    assert claims.share(claim, make_parts()).current[0].low == 25


def test_a_part_lies_between_its_listed_members_and_the_whole_less_the_rest():
    claim = make_claim(
        evidence="audit_figures: item=part",
        base="audit_figures: item=whole",
        other_evidence="audit_figures: item=outside",
    )
    (reading,) = claims.between_parts(claim, make_parts()).current
    assert (reading.low, reading.high) == (20, 70)


def test_share_of_residents_gives_both_bases():
    clean = {
        "survey_results": pd.DataFrame(
            {
                "indicator": ["x"],
                "value_low": math.nan,
                "value": 20.0,
                "value_high": math.nan,
                "n": 1000,
                "source_id": "s",
            }
        ),
        "residents": pd.DataFrame({"residents_persons": [800], "source_id": "s"}),
    }
    claim = make_claim(evidence="survey_results: indicator=x", base="residents: source_id=s")
    assert [r.low for r in claims.share_of_residents(claim, clean).current] == [20, 25]


def test_weeks_are_turned_into_months():
    clean = {"programme_figures": pd.DataFrame({"value": [12], "unit": ["weeks"], "source_id": "s"})}
    answer = claims.in_months(make_claim(evidence="programme_figures: source_id=s"), clean)
    assert answer.current[0].low == pytest.approx(2.76, abs=0.005)


def test_what_was_abolished_is_an_earlier_figure():
    answer = claims.no_longer(make_claim(evidence="audit_figures: item=made"), make_figures(100))
    assert (answer.current, [r.low for r in answer.earlier]) == ((), [100])


def make_profiles():
    rows = [("2012-04-30", "a", 10.0), ("2012-04-30", "b", 20.0), ("2014-01-01", "a", 99.0)]
    rows += [("2020-09-30", "a", 12.0), ("2020-09-30", "b", 24.0)]
    frame = pd.DataFrame(rows, columns=["as_of_date", "category", "share_pct"])
    return {"profiles": frame.assign(as_of_date=pd.to_datetime(frame["as_of_date"]), source_id="s")}


def test_between_dates_takes_the_nearest_tables_that_have_every_category():
    claim = make_claim(evidence="profiles: category=a|b", period_end=pd.Timestamp(2014, 2, 28))
    (reading,) = claims.between_dates(claim, make_profiles()).current
    assert (reading.low, reading.high) == (30, 36)


def make_pair(**changes):
    return {"article_claims": pd.DataFrame([make_claim(claim_id="pair", **changes)])}


def test_a_pair_that_is_no_claim_is_an_error():
    with pytest.raises(LookupError, match="which is no claim"):
        claims.won_in_dollars(make_claim(paired_with="absent"), make_prices() | make_pair())


def make_prices():
    return {"prices": pd.DataFrame({"year": [2016], "krw_per_usd": [1000.0], "source_id_krw_per_usd": "fx"})}


def test_won_in_dollars_allows_the_day_five_percent_around_the_average_of_the_year():
    clean = make_prices() | make_pair(value=1_000_000, unit="KRW")
    (reading,) = claims.won_in_dollars(make_claim(paired_with="pair"), clean).current
    assert (reading.low, reading.high, reading.slack) == (1000, 1000, 50)


def test_won_in_dollars_takes_the_year_of_the_rate_from_the_base_if_the_claim_has_none():
    claim = make_claim(paired_with="pair", period_start=pd.NaT, base="prices: year=2016")
    answer = claims.won_in_dollars(claim, make_prices() | make_pair(value=500_000, unit="KRW"))
    assert (answer.filter, answer.current[0].low) == ("year=2016", 500)


def test_won_in_dollars_converts_an_amount_of_the_tables_and_what_else_it_may_be():
    clean = make_prices() | make_figures(2_000_000, 4_000_000)
    clean["audit_figures"]["item"] = ["law", "draft"]
    claim = make_claim(
        evidence="audit_figures: item=law", other_evidence="audit_figures: item=draft", other_is="the draft"
    )
    answer = claims.won_in_dollars(claim, clean)
    assert answer.current[0].low == 2000
    assert answer.other[0].low == 4000


def test_start_and_end_year_take_the_first_and_last_day_in_force():
    rules = {"effective_from": ["1962-04-16", "1970"], "effective_to": [None, "1978-12"], "programme": "p"}
    clean = {"policy_amounts": pd.DataFrame(rules).assign(source_id="s")}
    claim = make_claim(evidence="policy_amounts: programme=p")
    assert claims.start_year(claim, clean).current[0].low == 1962
    assert claims.end_year(claim, clean).current[0].low == 1978


def make_entrants():
    years = pd.DataFrame(
        [(2015, "male", 20), (2015, "female", 80), (2016, "male", 30), (2016, "female", 70)],
        columns=["year", "sex", "entrants_persons"],
    ).assign(source_id="ministry")
    old = [(2016, "all", 101, "press"), (2016, "female", 75, "press"), (2016, "all", 999, "copy")]
    vintages = pd.DataFrame(old, columns=["year", "sex", "entrants_persons", "role"])
    bins = [("1998-12-31", "male", 3), ("1998-12-31", "female", 2), ("1998-12-31", "all", 5)]
    spans = pd.DataFrame(bins, columns=["period_end", "sex", "entrants_persons"])
    quarters = [(f"2016-{m:02}-01", f"2016-{m + 2:02}-28", "all", 25) for m in (1, 4, 7, 10)]
    parts = pd.DataFrame(quarters, columns=["period_start", "period_end", "sex", "entrants_persons"])
    days = ["period_start", "period_end"]
    parts[days] = parts[days].apply(pd.to_datetime)
    told = pd.DataFrame({"as_of_date": [pd.Timestamp(2016, 8, 31)], "sex": "all", "entrants_persons": 170})
    return {
        "entrants": years,
        "entrants_vintages": vintages.assign(vintage="2017-01-03", source_id="paper"),
        "entrants_bins": spans.assign(
            period_end=pd.to_datetime(spans["period_end"]), role="current", source_id="ministry"
        ),
        "entrants_part_years": parts.assign(kind="quarter", source_id="ministry"),
        "entrants_cumulative": told.assign(source_id="paper"),
    }


def test_entrants_of_year_are_the_sum_of_the_sexes_and_copies_are_no_earlier_release():
    answer = claims.entrants_of_year(make_claim(), make_entrants())
    assert [r.low for r in answer.current] == [100]
    assert [r.low for r in answer.earlier] == [101]
    assert answer.other == ()


def test_for_one_sex_men_and_women_together_are_another_quantity():
    answer = claims.entrants_of_year(make_claim(sex="female"), make_entrants())
    assert [r.low for r in answer.current] == [70]
    assert {(r.low, r.what) for r in answer.other} == {
        (100, "men and women together"),
        (101, "men and women together"),
    }


def test_entrants_of_a_span_are_the_ministry_s_bin():
    claim = make_claim(sex="female", period_end=pd.Timestamp(1998, 12, 31))
    assert claims.entrants_of_span(claim, make_entrants()).current[0].low == 2


def test_running_totals_on_other_days_are_other_quantities():
    answer = claims.entrants_to_date(make_claim(), make_entrants())
    assert [r.low for r in answer.current] == [205]
    assert (155, "everybody who had entered by 28 June 2016") in {(r.low, r.what) for r in answer.other}


def test_a_total_without_a_date_is_the_latest_and_may_have_been_an_earlier_one():
    answer = claims.entrants_ever(make_claim(), make_entrants())
    assert answer.current[0].low == 205
    assert 170 in {r.low for r in answer.earlier}


def test_a_total_of_a_year_lies_between_the_ends_of_the_years():
    (reading,) = claims.entrants_within(make_claim(), make_entrants()).current
    assert (reading.low, reading.high) == (105, 205)


def test_women_share_of_a_year_and_of_the_release_before():
    answer = claims.women_share_of_year(make_claim(), make_entrants())
    assert answer.current[0].low == 70
    assert [r.low for r in answer.earlier] == [pytest.approx(74.257, abs=0.001)]


def test_women_share_of_all_who_entered_is_the_latest_or_that_of_the_period():
    clean = make_entrants()
    latest = claims.women_share_ever(make_claim(period_end=pd.NaT), clean)
    assert latest.current[0].low == pytest.approx(100 * 152 / 205)
    assert [r.low for r in latest.earlier] == [pytest.approx(100 * 82 / 105)]
    dated = make_claim(period_start=pd.Timestamp(2015, 1, 1), period_end=pd.Timestamp(2015, 12, 31))
    assert claims.women_share_ever(dated, clean).current[0].high == pytest.approx(100 * 82 / 105)


def test_the_highest_share_is_of_all_years_and_the_earlier_one_up_to_the_claim():
    clean = make_entrants()
    clean["entrants"].loc[3, "entrants_persons"] = 970
    claim = make_claim(period_end=pd.Timestamp(2015, 12, 31))
    answer = claims.highest_women_share(claim, clean)
    assert answer.current[0].low == 97
    assert [(r.low, r.what) for r in answer.earlier] == [(80, "the highest share up to 2015")]


def test_the_peak_year_is_the_one_with_most_entrants():
    clean = make_entrants()
    clean["entrants"].loc[0, "entrants_persons"] = 21
    assert claims.peak_year_of_entrants(make_claim(), clean).current[0].low == 2015


def test_the_peak_of_estimates_is_the_year_of_the_highest_point():
    estimates = pd.DataFrame({"estimator": "R", "year_start": [1998, 2002, 2009], "point": [75, 65, pd.NA]})
    clean = {"population_estimates": estimates.assign(source_id="s")}
    claim = make_claim(evidence="population_estimates: estimator=R")
    assert claims.peak_year_of_estimates(claim, clean).current[0].low == 1998


def test_fewest_entrants_after_a_year():
    clean = make_entrants()
    claim = make_claim(period_end=pd.Timestamp(2015, 12, 31))
    assert claims.fewest_entrants_after(claim, clean).current[0].low == 100


def test_admissions_lie_between_the_fiscal_years_before_and_with_the_last():
    us = pd.DataFrame({"year": [2006, 2007, 2008], "persons": [9, 22, 37]})
    us = us.assign(year_basis="fiscal_year", measure="refugee_admissions", source_id="s")
    claim = make_claim(period_end=pd.Timestamp(2007, 12, 31))
    (reading,) = claims.admissions_by(claim, {"us_admissions": us}).current
    assert (reading.low, reading.high) == (9, 31)


def make_asylum():
    cells = pd.DataFrame({"year": [2002, 2003, 2008], "value": [5, 5, 7], "value_low": [1, 1, 7]})
    cells = cells.assign(cells_1_to_5=[1, 1, 0], country="United States of America", measure="recognised")
    us = pd.DataFrame({"year": [2006, 2007], "persons": [9, 22]})
    us = us.assign(year_basis="fiscal_year", measure="refugee_admissions")
    return {"unhcr": cells.assign(source_id="s"), "us_admissions": us.assign(source_id="s")}


@pytest.mark.parametrize(
    ("year", "current", "admitted"),
    [(2003, [(1, 5), (2, 10)], 0), (2007, [(2, 10)], 31), (2008, [(7, 7), (9, 17)], 31)],
)
def test_asylum_is_read_as_of_the_year_and_of_all_years_and_refugees_are_another_quantity(
    year, current, admitted
):
    answer = claims.granted_asylum(make_claim(period_end=pd.Timestamp(year, 12, 31)), make_asylum())
    assert [(r.low, r.high) for r in answer.current] == current
    assert [r.low for r in answer.other] == [admitted]
    assert f"fiscal {year}" in answer.other[0].what


def test_an_estimate_of_all_asylum_comes_first():
    claim = make_claim(period_end=pd.Timestamp(2007, 12, 31), evidence="audit_figures: item=made")
    answer = claims.granted_asylum(claim, make_asylum() | make_figures(25))
    assert [r.low for r in answer.current] == [25, 2]


def test_one_quantity_printed_twice_is_compared():
    same = {"quantity": "q", "place": "p"}
    frame = pd.DataFrame(
        [
            make_claim(claim_id="a", value=100, **same),
            make_claim(claim_id="b", value=104, **same),
            make_claim(claim_id="c", value=120, **same),
            make_claim(claim_id="d", value=500, sex="male", **same),
        ]
    )
    found = claims.compare_claims(frame)
    assert found[["claim_a", "claim_b", "agree"]].values.tolist() == [
        ["a", "b", True],
        ["a", "c", False],
        ["b", "c", False],
    ]


def test_a_part_may_not_be_larger_than_its_whole_and_lengths_are_compared_in_months(monkeypatch):
    related = (("part", "whole", "part"), ("whole", "part", "part"), ("weeks", "months", "same"))
    monkeypatch.setattr(claims, "RELATED", related)
    frame = pd.DataFrame(
        [
            make_claim(claim_id="part", value=100, half_unit=50.0, quantity="q", place="p"),
            make_claim(claim_id="whole", value=30, half_unit=0.0, quantity="r", place="p"),
            make_claim(claim_id="weeks", value=12, half_unit=0.5, unit="week", quantity="s", place="p"),
            make_claim(claim_id="months", value=3, half_unit=0.5, unit="month", quantity="t", place="p"),
        ]
    )
    agree = claims.compare_claims(frame).set_index(["claim_a", "claim_b"])["agree"].to_dict()
    assert agree == {("part", "whole"): False, ("whole", "part"): True, ("weeks", "months"): True}


# The ledger as it stands.


@pytest.fixture(scope="module")
def real():
    raw, faults = read_raw()
    assert not faults
    clean, faults = make_clean(raw, tuple(s for s in SUBJECTS if s is not claims))
    assert not faults
    return {name: raw[name] for name in claims.RAW}, {name: clean[name] for name in claims.NEEDS}


@pytest.fixture(scope="module")
def ledger(real):
    return claims.tidy(*real)["article_claims"].set_index("claim_id")


def test_every_number_has_a_claim_or_a_reason_and_every_section_its_count(real):
    assert claims.validate(real[0]) == []


def spoil(real, table, where, column, value):
    raw = {name: frame.copy() for name, frame in real[0].items()}
    rows = raw[table].index[where(raw[table])]
    raw[table].loc[rows[0], column] = value
    return claims.validate(raw)


@pytest.mark.parametrize(
    ("table", "where", "column", "value", "found"),
    [
        ("article_numbers", lambda f: f["claim_id"].notna(), "claim_id", None, "neither"),
        ("article_numbers", lambda f: f["claim_id"].notna(), "excluded_because", "name", "both"),
        ("article_numbers", lambda f: f["claim_id"].notna(), "claim_id", "no_such", "no_such"),
        ("article_numbers", lambda f: f["ordinal"] == 2, "section", "elsewhere", "elsewhere"),
        ("article_sections", lambda f: f["section"] == "japan", "numbers_counted", 3, "3"),
        ("article_claims", lambda f: f["value_low"].notna(), "claim_id", "unprinted", "unprinted"),
        ("article_claims", lambda f: f["check"] == "figure", "check", "guess", "guess"),
        ("article_claims", lambda f: f["approximate"] & (f["value_low"] == 90000), "half_unit", 500.0, "500"),
        (
            "article_claims",
            lambda f: f["claim_id"] == "return_recorded",
            "claim_id",
            "x",
            "no 'return_recorded'",
        ),
        ("article_claims", lambda f: f["other_is"].notna(), "other_is", None, "nothing"),
        ("article_corrections", lambda f: f["claim_id"].notna(), "claim_id", "no_such", "no_such"),
    ],
)
def test_a_gap_in_the_ledger_is_told(real, table, where, column, value, found):
    told = [f for f in spoil(real, table, where, column, value) if found in f.got]
    assert told, f"no fault names {found!r}"


def test_a_number_left_out_is_told_by_the_count_of_its_section(real):
    raw = dict(real[0])
    raw["article_numbers"] = raw["article_numbers"].iloc[1:]
    assert {f.column for f in claims.validate(raw)} & {"numbers_counted", "ordinal"}


def test_what_cannot_be_checked_says_what_was_looked_for(ledger):
    why = ledger[ledger["verdict"] == NOT_CHECKED]["why"]
    silent = [c for c, text in why.items() if not re.search(r"[Ll]ooked|read\.", text)]
    assert not silent


def test_every_claim_with_a_figure_says_where_it_stands(ledger):
    found = ledger[ledger["computed"].notna()]
    assert found[["table", "filter", "source_id"]].notna().all(axis=None)
    assert (found["source_id"] != ARTICLE).all()


def test_the_totals_of_china_and_the_returns_are_compared(real):
    agree = claims.compare_claims(real[0]["article_claims"]).set_index(["claim_a", "claim_b"])["agree"]
    assert agree["demographics_adults_2013", "demographics_in_china"]
    assert agree["china_hiding_2009", "demographics_in_china"]
    assert not agree["china_refugee_status_low", "demographics_in_china"]
    assert not agree["return_estimate_2012", "return_recorded"]


def test_a_proposal_dates_its_figure_by_the_day_or_the_year_of_the_filter(real):
    proposals = claims.tidy(*real)["article_corrections"].set_index("claim_id")["proposal"]
    assert re.search(r"by \d{1,2} [A-Z][a-z]+ \d{4} women", proposals["statistics_women_since_1998"])
    assert re.search(r"% \(20\d\d\)\.$", proposals["statistics_women_2018_high"])


def test_what_does_not_hold_comes_with_a_proposal_and_a_document(real, ledger):
    proposals = claims.tidy(*real)["article_corrections"].set_index("claim_id")
    wrong = ledger.index[ledger["verdict"].isin([SUPERSEDED, MISLABELLED, CONTRADICTED])]
    assert sorted(set(wrong) - set(proposals.index)) == []
    assert proposals["source_id"].notna().all()
    assert not proposals["proposal"].str.contains(r"[{}]|no figure|no date").any()


def test_the_two_vintages_of_the_total_column_are_recognised(ledger):
    months = {
        f"statistics_{s}_to_2023": m for s, m in (("male", "June"), ("female", "June"), ("all", "September"))
    }
    for claim_id, month in months.items():
        assert ledger.loc[claim_id, "verdict"] == MISLABELLED
        assert month in ledger.loc[claim_id, "other_is"]


# One wrong figure in a clean table, and the verdicts that change. The Total column of the article is
# a running total of September 2023, so it is recognised only while all years before are right.
PLANTS = [
    ("entrants", "year=2009;sex=female", "entrants_persons", 2250,
     {"statistics_female_2009", "statistics_all_2009", "demographics_peak_entrants",
      "statistics_all_to_2023"}),
    ("entrants", "year=2016;sex=male", "entrants_persons", 299,
     {"statistics_male_2016", "statistics_all_2016", "demographics_entrants_2016",
      "statistics_all_to_2023"}),
    ("entrants", "year=2011;sex=female", "entrants_persons", 1950,
     {"statistics_female_2011", "statistics_all_2011", "statistics_all_to_2023"}),
    ("returns", "year=2013", "returns_persons", 8, {"return_recorded"}),
    ("us_admissions", "year_basis=fiscal_year;year=2018", "persons", 6,
     {"human_rights_act_entered_2018", "united_states_table_2022"}),
]  # fmt: skip
MORE_PLANTS = [
    ("us_admissions", "year_basis=fiscal_year;year=2009", "persons", 26,
     {"human_rights_act_2010_north_korea", "united_states_table_2022"}),
    ("whereabouts", "as_of_date=2015-04-30;category=not_located", "persons", 680,
     {"return_unaccounted_2015"}),
    ("residents", "as_of_date=2019-06-30;region=all", "residents_persons", 33500,
     {"resettlement_living_2019", "resettlement_basic_livelihood"}),
    ("survey_results", "year=2016;survey=nhrck;indicator=discrimination", "value", 15.4,
     {"discrimination_share"}),
    ("prices", "year=2013", "krw_per_usd", 800.0, {"return_offer_usd"}),
    ("basic_payment", "policy_period=2005_reform;household_size=1", "amount_krw", 9e6, {"reward_after_won"}),
    ("trauma", "study_id=lee_2001;exposure=food_and_water_shortage", "share_pct", 83.0, {"adjustment_food"}),
    ("profiles", "as_of_date=2012-04-30;category=worker", "share_pct", 48.0, {"statistics_work_worker"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("table", "where", "column", "value", "expected"),
    PLANTS + [pytest.param(*plant, marks=pytest.mark.drill) for plant in MORE_PLANTS],
    ids=lambda x: None if isinstance(x, set) else str(x)[:40],  # a set has no order to name it by
)
def test_a_wrong_figure_flips_the_verdicts_that_depend_on_it_and_no_other(
    real, ledger, table, where, column, value, expected
):
    raw, clean = real
    spoiled = clean[table].copy()
    rows = find_rows(clean, table, where).index
    assert len(rows) == 1
    spoiled[column] = spoiled[column].astype("float64")
    spoiled.loc[rows, column] = value
    after = claims.tidy(raw, clean | {table: spoiled})["article_claims"].set_index("claim_id")
    assert set(ledger.index[ledger["verdict"] != after["verdict"]]) == expected


# The same for every table: whatever row is spoiled, only claims that name it may change, and those
# that rest on it alone must. A claim names the rows of its pointers and of the filter in the ledger;
# what the checks of entrants and of the United States read beside them is told here.
TOTALS = {"entrants_ever", "entrants_to_date", "entrants_within", "women_share_ever"}
# Here another row bears the claim out as well: years below a thousand are several.
ONE_OF_MANY = {"end_year", "fewest_entrants_after", "peak_year_of_estimates", "start_year"}
SERIES = {"fewest_entrants_after", "highest_women_share", "peak_year_of_entrants"}
BY_YEAR = {"entrants_of_year", "women_share_of_year"}


def names_unwritten(claim, table, row):
    check = claim["check"]
    if table in ("entrants", "entrants_vintages"):
        by_year = check in BY_YEAR and row["year"] == claim["period_start"].year
        return by_year or (table == "entrants" and check in TOTALS | SERIES)
    if table in ("entrants_bins", "entrants_cumulative", "entrants_part_years"):
        own = table == "entrants_bins" and row["period_end"] == claim["period_end"]
        return check in TOTALS or (check == "entrants_of_span" and own)
    if table == "prices" and check == "won_in_dollars" and pd.notna(claim["period_start"]):
        return row["year"] == claim["period_start"].year
    fiscal = table == "us_admissions" and row["year_basis"] == "fiscal_year"
    if fiscal and row["measure"] == "refugee_admissions":
        return check in ("admissions_by", "granted_asylum") and row["year"] <= claim["period_end"].year
    if table == "unhcr" and row["measure"] == "recognised" and check == "granted_asylum":
        return row["country"] == "United States of America"
    return False


def find_named(claim, clean, table, *columns):
    rows = set()
    for text in (claim[c] for c in columns):
        pointer = claims._EVIDENCE.fullmatch(text) if isinstance(text, str) else None
        if pointer and pointer.group(2) == table:
            rows |= set(find_rows(clean, table, pointer.group(3)).index)
    return rows


def rests_on(claim, clean, table, row):
    """Whether a claim's verdict has no other leg than one row."""
    one = claim["verdict"] == CAVEAT and claim["readings"] == 1 and claim["check"] != "between_dates"
    if claim["verdict"] == HOLDS or one:
        written = "=" in claim["filter"] and ", to " not in claim["filter"]
        used = (
            set(find_rows(clean, table, claim["filter"]).index)
            if claim["table"] == table and written
            else set()
        )
        if claim["check"] in ONE_OF_MANY and len(used) > 1:
            return False
        return row in used | find_named(claim, clean, table, "base")
    whole = isinstance(claim["other_evidence"], str) and not claim["other_evidence"].startswith("low ")
    others = find_named(claim, clean, table, "other_evidence")
    return claim["verdict"] == MISLABELLED and whole and row in others and len(others) == 1


def spoil_row(frame, table, row, value):
    spoiled = frame.copy()
    for column in filter(None, claims._VALUES.get(table, ("entrants_persons",))):
        spoiled[column] = spoiled[column].astype("float64")
        spoiled.loc[row, column] = value
    if "effective_from" in spoiled.columns:
        spoiled.loc[row, ["effective_from", "effective_to"]] = "1801-01-01"
    return spoiled


class Recorder(dict):
    """Tables that remember which of them were read."""

    def __init__(self, tables):
        super().__init__(tables)
        self.read = set()

    def __getitem__(self, name):
        self.read.add(name)
        return super().__getitem__(name)


@pytest.fixture(scope="module")
def described(real):
    """The claims with their pointers, verdicts, number of figures and tables read; and the tables."""
    raw, clean = real
    known = {**clean, **{name: raw[name] for name in ("audit_figures", "article_claims")}}
    rows = []
    for claim in raw["article_claims"].to_dict("records"):
        seen = Recorder(known)
        answer = claims.CHECKS[claim["check"]](claim, seen)
        judged = {"verdict": judge(claim, answer), "readings": len(answer.current), "reads": seen.read}
        rows.append(claim | {"table": answer.table, "filter": answer.filter} | judged)
    return rows, known


def list_plants(claim_rows, known, table):
    """Rows of a table that some claim names, and the claims that name each."""
    plants = {}
    for row, cells in known[table].iterrows():
        named = {
            c["claim_id"]
            for c in claim_rows
            if names_unwritten(c, table, cells)
            or row in find_named(c, known, table, "evidence", "base", "other_evidence")
        }
        if named:
            plants[row] = named
    return plants


def check_plant(described, table, row, named):
    claim_rows, known = described
    flipped = set()
    for value in (1e9, -1e9):
        planted = known | {table: spoil_row(known[table], table, row, value)}
        for claim in claim_rows:
            if table in claim["reads"]:
                after = judge(claim, claims.CHECKS[claim["check"]](claim, planted))
                flipped |= {claim["claim_id"]} if after != claim["verdict"] else set()
    must = {c["claim_id"] for c in claim_rows if c["claim_id"] in named and rests_on(c, known, table, row)}
    assert flipped <= named, f"{table} {row}: {sorted(flipped - named)} do not name it"
    assert must <= flipped, f"{table} {row}: {sorted(must - flipped)} rest on it"


PLANTED = sorted({*claims.NEEDS, "audit_figures"})


@pytest.mark.parametrize("table", PLANTED)
def test_a_row_spoiled_in_any_table_changes_only_the_claims_that_name_it(described, table):
    plants = list_plants(*described, table)
    assert plants, f"no claim reads {table}, which NEEDS names"
    row = sorted(plants)[len(plants) // 2]
    check_plant(described, table, row, plants[row])


@pytest.mark.drill
@pytest.mark.parametrize("table", PLANTED)
def test_every_row_spoiled_changes_only_the_claims_that_name_it(described, table):
    for row, named in list_plants(*described, table).items():
        check_plant(described, table, row, named)


def test_the_tables_given_are_left_as_they_were(real):
    raw, clean = real
    before = {name: frame.copy() for name, frame in (raw | clean).items()}
    claims.tidy(raw, clean)
    for name, frame in (raw | clean).items():
        pd.testing.assert_frame_equal(frame, before[name])
