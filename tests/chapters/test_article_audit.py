import math
import re
from functools import partial

import pandas as pd
import pytest

from analysis.chapters import article_audit as audit
from analysis.chapters.article_audit import (
    ARTICLE,
    CAVEAT,
    CONTRADICTED,
    HOLDS,
    MISLABELLED,
    NOT_CHECKED,
    SUPERSEDED,
    WRONG,
    Evidence,
    Finding,
    Tables,
)
from data import load
from data.pipeline import correct, read_raw
from data.schema import expand_descriptor, labels
from tests.factory import make_table

make_clean = partial(make_table, layer="clean", source_id="s")
CLAIM = make_table(
    "article_claims",
    {"value_low": 100.0, "value_high": 100.0, "half_unit": 5.0, "unit": "person", "sex": "all"},
    period_start="2016-01-01",
    period_end="2016-12-31",
).iloc[0]


def make_claim(value=None, **changes):
    both = {} if value is None else {"value_low": float(value), "value_high": float(value)}
    dates = {k: pd.Timestamp(v) for k, v in changes.items() if k.startswith("period_")}
    return {**CLAIM, **both, **changes, **dates}


def at(low, high=None, **rest):
    return Evidence(low, low if high is None else high, "s", **rest)


def make_figures(**values):
    """Tables with one figure per item."""
    rows = [{"item": item, "value": float(value)} for item, value in values.items()]
    return Tables(audit_figures=make_clean("audit_figures", *rows))


def spans(evidence):
    return [(e.low, e.high) for e in evidence]


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
def test_half_a_unit_is_that_of_the_last_digit_that_is_not_zero(printed, approximate, half):
    assert audit.find_half_unit(printed, approximate) == pytest.approx(half)


NONE = math.nan


@pytest.mark.parametrize(
    ("claim", "found", "contained", "overlapping"),
    [
        ((100, 100, 5), at(94.9), False, False),
        ((100, 100, 5), at(95), True, True),
        ((100, 100, 5), at(105), True, True),
        ((100, 100, 5), at(105.1), False, False),
        ((100, 100, 5), at(108, slack=3), True, True),
        ((100, 100, 5), at(109, slack=3), False, False),
        ((100, 100, 0), at(101), False, False),
        ((100, 100, 0), at(50, 150), False, True),
        ((100, NONE, 5), at(99), False, False),
        ((100, NONE, 5), at(110), True, True),
        ((100, NONE, 5), at(111), False, False),
        ((100, NONE, NONE), at(1_000_000), True, True),
        ((NONE, 100, NONE), at(100), True, True),
        ((NONE, 100, NONE), at(101), False, False),
        ((80, 90, 0.5), at(81, 89), True, True),
        ((80, 90, 0.5), at(70, 89), False, True),
    ],
)
def test_a_claim_contains_or_overlaps_a_figure(claim, found, contained, overlapping):
    low, high, half = claim
    made = make_claim(value_low=low, value_high=high, half_unit=half)
    assert audit.contains(made, found) is contained
    assert audit.overlaps(made, found) is overlapping


@pytest.mark.parametrize(
    ("finding", "verdict"),
    [
        (Finding(current=(at(100),)), HOLDS),
        (Finding(current=(at(100), at(200))), CAVEAT),
        (Finding(current=(at(200), at(100))), CAVEAT),
        (Finding(current=(at(50, 150),)), CAVEAT),
        (Finding(current=(at(50), at(150))), CONTRADICTED),
        (Finding(current=(at(200),), earlier=(at(100),), other=(at(100),)), SUPERSEDED),
        (Finding(current=(at(200),), earlier=(at(300),), other=(at(100),)), MISLABELLED),
        (Finding(other=(at(100),)), MISLABELLED),
        (Finding(current=(at(200),), earlier=(at(300),)), CONTRADICTED),
        (Finding(other=(at(300),)), NOT_CHECKED),
        (Finding(), NOT_CHECKED),
    ],
)
def test_each_verdict_has_its_case(finding, verdict):
    assert audit.find_verdict(make_claim(), finding) == verdict


def test_a_claim_that_needs_a_qualification_holds_with_a_caveat():
    assert audit.find_verdict(make_claim(has_caveat=True), Finding(current=(at(100),))) == CAVEAT


def test_rows_may_be_alternatives_and_never_cite_the_article():
    clean = make_figures(a=1, b=2, c=3)
    clean["audit_figures"].loc[2, "source_id"] = ARTICLE
    assert audit.find_rows(clean, "audit_figures", "item=a|c")["value"].tolist() == [3]


@pytest.mark.parametrize(
    ("how", "figures"),
    [("", [(1, 1), (2, 4)]), ("sum ", [(3, 5)]), ("low ", [(1, 1), (2, 2)]), ("high ", [(1, 1), (4, 4)])],
)
def test_evidence_is_read_row_by_row_or_added_up_or_at_one_end(how, figures):
    rows = ({"value": 1.0}, {"value_low": 2.0, "value_high": 4.0})
    clean = Tables(audit_figures=make_clean("audit_figures", *rows, item="made"))
    assert spans(audit.read_evidence(clean, f"{how}audit_figures: item=made").current) == figures


@pytest.mark.parametrize(
    ("pointer", "message"),
    [
        ("span audit_figures: item=a", "is not a pointer"),
        ("audit_figures, item a", "is not a pointer"),
        ("audit_figures: item=absent", "finds no row"),
        ("audit_figures: no_column=a", "no_column"),
    ],
)
def test_evidence_that_finds_nothing_is_an_error(pointer, message):
    with pytest.raises(LookupError, match=message):
        audit.read_evidence(make_figures(a=1), pointer)


@pytest.mark.parametrize(
    ("table", "cells", "figure"),
    [
        ("audit_figures", {"value_low": 8000.0}, (8000, math.inf)),
        ("destinations", {"value": 100.0, "bound": "more_than"}, (100, math.inf)),
        ("residents", {"residents_persons": 30000, "rounded_to_persons": 1000}, (29500, 30500)),
        ("unhcr", {"value": 5, "value_low": 1, "cells_1_to_5": 1}, (1, 5)),
    ],
)
def test_a_bound_a_rounded_and_a_hidden_figure_are_ranges(table, cells, figure):
    clean = Tables({table: make_clean(table, cells)})
    assert spans(audit.read_evidence(clean, f"{table}: source_id=s").current) == [figure]


def test_another_quantity_is_found_under_its_name():
    pointers = {"evidence": "audit_figures: item=a", "other_evidence": "audit_figures: item=b"}
    found = audit.look_up(make_claim(**pointers, other_is="another thing"), make_figures(a=1, b=2))
    assert spans(found.current) == [(1, 1)]
    assert [(e.low, e.what) for e in found.other] == [(2, "another thing")]
    assert audit.look_up(make_claim(), Tables()) == Finding()


PARTS = {"evidence": "audit_figures: item=part", "base": "audit_figures: item=whole"}
COURSE = {"evidence": "programme_figures: measure=course_length"}
LAW = {"evidence": "policy_amounts: programme=reward"}


@pytest.mark.parametrize(
    ("check", "claim", "figures"),
    [
        ("share", PARTS, [(25, 25)]),
        ("between_parts", PARTS | {"other_evidence": "audit_figures: item=outside"}, [(20, 70)]),
        ("share_of_residents", {"evidence": "survey_results: n=1000", "base": "residents: sex=all"},
         [(20, 20), (25, 25)]),
        ("in_months", COURSE, [(pytest.approx(2.76, abs=0.005),) * 2]),
        ("start_year", LAW, [(1962, 1962)]),
        ("end_year", LAW, [(1978, 1978)]),
        ("peak_year_of_estimates", {"evidence": "population_estimates: estimator=R"}, [(1998, 1998)]),
        ("between_dates", {"evidence": "profiles: category=a|b", "period_end": "2014-02-28"}, [(30, 36)]),
        ("won_in_dollars", {"evidence": "audit_figures: item=won"}, [(2000, 2000)]),
        ("won_in_dollars", {"paired_with": "pair"}, [(1000, 1000)]),
        ("won_in_dollars", {"paired_with": "pair", "period_start": None, "base": "prices: year=2013"},
         [(2000, 2000)]),
        ("admissions_by", {"period_end": "2007-12-31"}, [(9, 31)]),
        ("granted_asylum", {"period_end": "2003-12-31"}, [(1, 5), (2, 10)]),
        ("granted_asylum", {"period_end": "2007-12-31", "evidence": "audit_figures: item=part"},
         [(20, 20), (2, 10)]),
        ("granted_asylum", {"period_end": "2008-12-31"}, [(7, 7), (9, 17)]),
    ],
)  # fmt: skip
def test_a_check_finds_the_quantity(check, claim, figures):
    shares = [("2012-04-30", "a", 10.0), ("2012-04-30", "b", 20.0), ("2014-01-01", "a", 99.0)]
    shares += [("2020-09-30", "a", 12.0), ("2020-09-30", "b", 24.0)]
    profiles = pd.DataFrame(shares, columns=["as_of_date", "category", "share_pct"]).assign(source_id="s")
    admitted = ({"year": 2006, "persons": 9}, {"year": 2007, "persons": 22}, {"year": 2008, "persons": 37})
    asylum = ((2002, 5, 1, 1), (2003, 5, 1, 1), (2008, 7, 7, 0))
    names = ["year", "value", "value_low", "cells_1_to_5"]
    estimates = ({"year_start": y, "point": n} for y, n in ((1998, 75), (2002, 65), (2009, None)))
    clean = make_figures(part=20, whole=80, outside=10, won=2_000_000) | {
        "survey_results": make_clean("survey_results", {"value": 20.0, "n": 1000}),
        "residents": make_clean("residents", {"residents_persons": 800, "sex": "all"}),
        "programme_figures": make_clean("programme_figures", {"value": 12.0}, measure="course_length").assign(
            unit="weeks"
        ),
        "policy_amounts": make_clean("policy_amounts", {}, {}, programme="reward").assign(
            effective_from=["1962-04-16", "1970"], effective_to=[None, "1978-12"]
        ),
        "population_estimates": make_clean("population_estimates", *estimates, estimator="R"),
        "profiles": profiles.assign(as_of_date=pd.to_datetime(profiles["as_of_date"])),
        "prices": pd.DataFrame(
            {"year": [2013, 2016], "krw_per_usd": [500.0, 1000.0], "source_id_krw_per_usd": "s"}
        ),
        "article_claims": pd.DataFrame([make_claim(1_000_000, claim_id="pair")]),
        "us_admissions": make_clean(
            "us_admissions", *admitted, year_basis="fiscal_year", measure="refugee_admissions"
        ),
        "unhcr": make_clean("unhcr", *(dict(zip(names, row, strict=True)) for row in asylum)).assign(
            country="United States of America", measure="recognised"
        ),
    }
    found = audit.CHECKS[check](make_claim(**claim), Tables(clean))
    assert spans(found.current) == figures
    assert check != "won_in_dollars" or found.current[0].slack == 0.05 * found.current[0].low


def test_a_rule_that_was_abolished_is_an_earlier_figure():
    found = audit.no_longer(make_claim(evidence="audit_figures: item=a"), make_figures(a=100))
    assert (found.current, spans(found.earlier)) == ((), [(100, 100)])


def make_entrants():
    by_sex = ((2015, "male", 20), (2015, "female", 80), (2016, "male", 30), (2016, "female", 70))
    names = ["year", "sex", "entrants_persons"]
    old = ((2016, "all", 101, "press"), (2016, "female", 75, "press"), (2016, "all", 999, "copy"))
    quarters = (
        {"period_start": f"2016-{m:02}-01", "period_end": f"2016-{m + 2:02}-28"} for m in (1, 4, 7, 10)
    )
    bins = ({"sex": sex, "entrants_persons": n} for sex, n in (("male", 3), ("female", 2), ("all", 5)))
    return Tables(
        entrants=make_clean("entrants", *(dict(zip(names, row, strict=True)) for row in by_sex)),
        entrants_vintages=make_clean(
            "entrants_vintages",
            *(dict(zip([*names, "role"], row, strict=True)) for row in old),
            vintage="2017-01-03",
        ),
        entrants_bins=make_clean("entrants_bins", *bins, period_end="1998-12-31", role="current"),
        entrants_part_years=make_clean(
            "entrants_part_years", *quarters, kind="quarter", sex="all", entrants_persons=25
        ),
        entrants_cumulative=make_clean(
            "entrants_cumulative", {"as_of_date": "2016-08-31"}, sex="all", entrants_persons=170
        ),
    )


UNDATED = {"period_start": None, "period_end": None}
IN_2015 = {"period_start": "2015-01-01", "period_end": "2015-12-31"}
PERCENT = {"unit": "percent", "sex": "female"}


@pytest.mark.parametrize(
    ("check", "claim", "current", "earlier", "other"),
    [
        ("entrants_of_year", {}, 100, {101}, set()),
        ("entrants_of_year", {"sex": "female"}, 70, {75}, {100, 101}),
        ("women_share_of_year", PERCENT, 70, {74.257}, set()),
        ("highest_women_share", IN_2015, 80, {80}, set()),
        ("peak_year_of_entrants", {}, 2015, set(), set()),
        ("fewest_entrants_after", IN_2015, 100, set(), set()),
        ("entrants_to_date", IN_2015, 105, set(), {130, 155, 170, 180, 205}),
        ("entrants_ever", UNDATED, 205, {105, 130, 155, 170, 180, 205}, set()),
        ("women_share_ever", PERCENT | UNDATED, 74.146, {78.095}, set()),
        ("women_share_ever", PERCENT | IN_2015, 78.095, set(), set()),
    ],
)
def test_entrants_are_found_with_earlier_releases_and_other_quantities(check, claim, current, earlier, other):
    found = audit.CHECKS[check](make_claim(**claim), make_entrants())
    assert [e.low for e in found.current] == pytest.approx([current], abs=1e-3)
    assert {round(e.low, 3) for e in found.earlier} == earlier
    assert {round(e.low, 3) for e in found.other} == other


def test_a_total_of_another_day_is_named_by_its_day():
    other = audit.entrants_to_date(make_claim(), make_entrants()).other
    assert (155, "everybody who had entered by 28 June 2016") in {(e.low, e.what) for e in other}


def test_claims_of_one_quantity_are_compared_and_a_part_with_its_whole(monkeypatch):
    related = (("part", "whole", "part"), ("whole", "part", "part"), ("weeks", "months", "same"))
    monkeypatch.setattr(audit, "RELATED", related)
    rows = [
        make_claim(100, claim_id="a", quantity="q"),
        make_claim(104, claim_id="b", quantity="q"),
        make_claim(120, claim_id="c", quantity="q"),
        make_claim(500, claim_id="d", quantity="q", sex="male"),
        make_claim(100, claim_id="part", quantity="r", half_unit=50.0),
        make_claim(30, claim_id="whole", quantity="s", half_unit=0.0),
        make_claim(12, claim_id="weeks", quantity="t", half_unit=0.5, unit="week"),
        make_claim(3, claim_id="months", quantity="u", half_unit=0.5, unit="month"),
    ]
    found = audit.compare_claims(pd.DataFrame(rows)).set_index(["claim_a", "claim_b"])["agree"].to_dict()
    assert found == {
        **{("a", "b"): True, ("a", "c"): False, ("b", "c"): False},
        **{("part", "whole"): False, ("whole", "part"): True, ("weeks", "months"): True},
    }


# The ledger of the article.


@pytest.fixture(scope="module")
def raw():
    descriptor = expand_descriptor()
    return correct(read_raw(descriptor)[0], descriptor)[0]


@pytest.fixture(scope="module")
def ledger():
    return load("article_claims").set_index("claim_id")


def test_the_raw_tables_of_the_audit_have_no_problem(raw):
    assert list(audit.check(raw)) == []


@pytest.mark.parametrize(
    ("table", "where", "column", "value", "reported"),
    [
        ("article_numbers", "claim_id.notna()", "claim_id", None, {"claim_id"}),
        ("article_numbers", "claim_id.notna()", "excluded_because", "name", {"claim_id"}),
        ("article_numbers", "ordinal == 2", "ordinal", 99, {"ordinal"}),
        ("article_sections", "section == 'japan'", "numbers_counted", 3, {"numbers_counted"}),
        ("article_claims", "claim_id == 'adjustment_food'", "claim_id", "unprinted", {"claim_id"}),
        ("article_claims", "claim_id == 'return_recorded'", "claim_id", "x", {"claim_id"}),
        ("article_claims", "claim_id == 'adjustment_food'", "value_low", None, set()),
        ("article_claims", "value_high.isna()", "value_low", None, {"value_low"}),
        ("article_claims", "approximate and value_low == 90000", "half_unit", 500.0, {"half_unit"}),
        ("article_claims", "other_is.notna()", "other_is", None, {"other_is"}),
    ],
)
def test_a_gap_in_the_ledger_is_reported_at_its_line(raw, table, where, column, value, reported):
    changed = raw[table].copy()
    line = changed.query(where).index[0]
    changed.loc[line, column] = value
    problems = list(audit.check(raw | {table: changed}))
    assert {p.column for p in problems} == reported
    assert not reported or (f"data/raw/{table}.csv", line) in {(p.file, p.line) for p in problems}


def test_a_number_left_out_is_reported_by_the_count_of_its_section(raw):
    problems = audit.check(raw | {"article_numbers": raw["article_numbers"].iloc[1:]})
    assert {"numbers_counted", "ordinal"} <= {problem.column for problem in problems}


def test_every_check_and_every_reason_that_the_schema_names_exists():
    fields = {
        (r["name"], f["name"]): f for r in expand_descriptor()["resources"] for f in r["schema"]["fields"]
    }
    assert set(fields["raw-article_claims", "check"]["constraints"]["enum"]) == set(audit.CHECKS)
    reasons = fields["raw-article_numbers", "excluded_because"]["constraints"]["enum"]
    assert set(reasons) == set(labels("article_numbers", "excluded_because"))


def test_every_figure_has_a_table_rows_and_a_source_other_than_the_article(ledger):
    found = ledger[ledger["computed"].notna()]
    assert found[["table", "filter", "source_id"]].notna().all(axis=None)
    assert (found["source_id"] != ARTICLE).all()


def test_every_wrong_claim_has_a_proposal_with_figures_and_a_source(ledger):
    corrections = load("article_corrections").set_index("claim_id")
    assert set(ledger.index[ledger["verdict"].isin(WRONG)]) <= set(corrections.index)
    assert corrections["source_id"].notna().all()
    proposals = corrections["proposal"]
    assert not proposals.str.contains(r"[{}]|no figure|no date").any()
    assert re.search(r"by \d{1,2} [A-Z][a-z]+ \d{4} women", proposals["statistics_women_since_1998"])
    assert re.search(r"% \(20\d\d\)\.$", proposals["statistics_women_2018_high"])


@pytest.mark.parametrize(("sex", "month"), [("male", "June"), ("female", "June"), ("all", "September")])
def test_the_two_vintages_of_the_total_column_are_recognised(ledger, sex, month):
    claim = ledger.loc[f"statistics_{sex}_to_2023"]
    assert claim["verdict"] == MISLABELLED
    assert month in claim["other_is"]


# One wrong figure in each table that a check reads, and the verdicts that change. The Total column of the
# article is a running total of September 2023, so it is recognised only while all years before are right.
TO_2023 = "statistics_all_to_2023"
WRONG_FIGURES = [
    ("audit_figures", "item=boat_2011", "value", 8, {"japan_boat_2011"}),
    ("basic_payment", "policy_period=2005_reform;household_size=1", "amount_krw", 9e6, {"reward_after_won"}),
    ("destinations", "destination=europe;measure=citizenship_acquired;period_end=2016-12-31", "value", 9,
     {"europe_citizens_share", "europe_citizens"}),
    ("entrants", "year=2009;sex=female", "entrants_persons", 2250,
     {"statistics_female_2009", "statistics_all_2009", "demographics_peak_entrants", TO_2023}),
    ("entrants", "year=2016;sex=male", "entrants_persons", 299,
     {"statistics_male_2016", "statistics_all_2016", "demographics_entrants_2016", TO_2023}),
    ("entrants", "year=2011;sex=female", "entrants_persons", 1950,
     {"statistics_female_2011", "statistics_all_2011", TO_2023}),
    ("entrants_bins", "period_end=1998-12-31;role=current;sex=male", "entrants_persons", 830,
     {"statistics_male_to_1998"}),
    ("entrants_cumulative", "as_of_date=2017-09-30;sex=all", "entrants_persons", 20000,
     {"demographics_registered_2017", "demographics_women_2017"}),
    ("entrants_part_years", "sex=all;period_end=2023-09-30;kind=quarter", "entrants_persons", 1, {TO_2023}),
    ("entrants_vintages", "year=2002;sex=female;vintage=2012-01-11", "entrants_persons", 500,
     {"statistics_women_2002_share", "demographics_women_2002_share"}),
    ("housing_subsidy", "policy_period=2018_rise;household_size=5+", "amount_krw", 1e6,
     {"reward_housing_high"}),
    ("policy_amounts", "policy_period=2017_draft;component=information", "amount", 1,
     {"reward_ceiling_2017"}),
    ("population_estimates", "geography=northeast_china;year_start=2009;measure=north_koreans_present",
     "point", 1, {"demographics_in_china"}),
    ("prevalence", "study_id=lee_2001;condition=ptsd", "prevalence_pct", 1, {"adjustment_disorder"}),
    ("prices", "year=2013", "krw_per_usd", 800, {"return_offer_usd"}),
    ("profiles", "as_of_date=2012-04-30;category=worker", "share_pct", 48, {"statistics_work_worker"}),
    ("programme_figures", "programme=hanawon;measure=course_length;period_start=2019-06-01", "value", 30,
     {"resettlement_course_months", "reward_training_weeks", "resettlement_course_weeks"}),
    ("residents", "as_of_date=2019-06-30;region=all", "residents_persons", 33500,
     {"resettlement_living_2019", "resettlement_basic_livelihood"}),
    ("returns", "year=2013", "returns_persons", 8, {"return_recorded"}),
    ("survey_results", "year=2016;survey=nhrck;indicator=discrimination", "value", 15.4,
     {"discrimination_share"}),
    ("survey_rounds", "survey=nkdb;year=2021", "n_answered", 1, {"return_sample"}),
    ("trafficking", "measure=trafficked;sex=female;year_end=2006", "share_pct", 1,
     {"china_trafficked_before_2009"}),
    ("trauma", "study_id=lee_2001;exposure=food_and_water_shortage", "share_pct", 83, {"adjustment_food"}),
    ("unhcr", "year=2007;country=Canada;measure=applications", "value", 1, {"canada_claims_2007"}),
    ("us_admissions", "year_basis=fiscal_year;year=2009", "persons", 26,
     {"human_rights_act_2010_north_korea", "united_states_table_2022"}),
    ("us_admissions", "year_basis=fiscal_year;year=2018", "persons", 6,
     {"human_rights_act_entered_2018", "united_states_table_2022"}),
    ("whereabouts", "as_of_date=2015-04-30;category=not_located", "persons", 680,
     {"return_unaccounted_2015"}),
]  # fmt: skip


class Recorder(Tables):
    """Tables that remember which of them were read."""

    def __init__(self, tables):
        super().__init__(tables)
        self.read = set()

    def __getitem__(self, name):
        self.read.add(name)
        return super().__getitem__(name)


def find_verdict(claim, clean):
    return audit.find_verdict(claim, audit.CHECKS[claim["check"]](claim, clean))


@pytest.fixture(scope="module")
def judged(raw):
    """Each claim with its verdict and the tables that its check reads."""
    clean = {name: raw[name] for name in ("article_claims", "audit_figures")}
    rows = []
    for claim in raw["article_claims"].to_dict("records"):
        tables = Recorder(clean)
        rows.append((claim, find_verdict(claim, tables), tables.read))
        clean |= {name: frame for name, frame in tables.items() if name not in audit.DERIVED}
    return rows, clean


def test_every_table_that_a_check_reads_has_a_wrong_figure_below(judged):
    read = set().union(*(tables for _, _, tables in judged[0])) - {"article_claims", *audit.DERIVED}
    assert read == {table for table, *_ in WRONG_FIGURES}


@pytest.mark.parametrize(("table", "where", "column", "value", "expected"), WRONG_FIGURES)
def test_a_wrong_figure_changes_the_verdicts_that_depend_on_it_and_no_other(
    judged, table, where, column, value, expected
):
    claims, clean = judged
    changed = clean[table].astype({column: "float64"})
    changed.loc[audit.find_rows(clean, table, where).index, column] = value
    tables = Tables(clean | {table: changed})
    after = {
        c["claim_id"] for c, verdict, read in claims if table in read and find_verdict(c, tables) != verdict
    }
    assert after == expected


# The page.


def make_ledger(*rows):
    shared = {"section": "japan", "claim": "People on a boat", "printed_as": "13", "value_low": 13.0}
    shared |= {"computed": 11.0, "verdict": "contradicted", "source_id": "paper", "unit": "person"}
    cells = [{"claim_id": f"c{i}"} | row for i, row in enumerate(rows)]
    return make_table("article_claims", *cells, layer="clean", **shared)


SECTIONS = pd.DataFrame(
    {"section": ["lead", "japan"], "position": [1, 2], "title": ["Introduction", "Japan"]}
)
SOURCES = pd.DataFrame(
    {"source_id": ["paper", "other"], "publisher": ["Paper", "Other"], "url": ["https://p", "https://o"]}
)


def test_verdicts_without_a_claim_count_zero():
    counts = audit.count_verdicts(make_ledger({}, {"verdict": "holds"}))
    assert counts.to_dict() == {v: int(v in ("holds", "contradicted")) for v in audit.VERDICTS}


def test_parts_count_their_claims_by_verdict():
    cells = [{"claim_id": i, "section": "statistics"} for i in ("statistics_male_2016", "statistics_age_0_9")]
    parts = audit.count_by_part(make_ledger({}, {"verdict": "holds"}, *cells)).set_index("part")
    assert list(parts.index) == ["Arrivals table", "Arrivals, other", "Other countries"]
    assert parts.loc["Other countries", ["holds", "contradicted", "claims"]].tolist() == [1, 1, 2]


def test_a_claim_or_a_part_that_is_missing_is_an_error():
    with pytest.raises(KeyError, match="absent"):
        audit.pick_claim(make_ledger({}), "absent")
    with pytest.raises(KeyError, match="in no part"):
        audit.count_by_part(make_ledger({"section": "elsewhere"}))


def test_exclusions_are_in_words_most_first():
    shown = audit.list_exclusions(
        pd.DataFrame({"excluded_because": ["name", "bare_year", "bare_year", None]})
    )
    assert shown.values.tolist() == [["a year and nothing else", 2], ["part of a name or a heading", 1]]


YEARS = pd.DataFrame(
    [(2016, "male", 302), (2016, "female", 1116), (2017, "male", 10), (2017, "female", 20)],
    columns=["year", "sex", "entrants_persons"],
)
BINS = pd.DataFrame({"sex": ["male", "female", "all"], "entrants_persons": [3, 2, 5], "role": "current"})


def test_the_total_column_is_rebuilt_from_cells_and_from_the_ministry():
    cells = [
        {"claim_id": f"statistics_{sex}_{key}", "value_low": value, "other_is": "June"}
        for sex, values in (("male", (3, 299, 9)), ("female", (2, 1119, 8)), ("all", (5, 1418, 7)))
        for key, value in zip(("to_1998", "2016", "to_2017"), values, strict=True)
    ]
    total = audit.rebuild_total_column(make_ledger(*cells), YEARS, BINS, last_year=2017)
    columns = ["printed", "cells", "to_year_end", "printed_is"]
    expected = [[9, 302, 315, "June"], [8, 1121, 1138, "June"], [7, 1423, 1453, "June"]]
    assert total[columns].values.tolist() == expected


def test_a_split_is_tried_with_the_totals_announced_later():
    rows = [
        {"claim_id": "statistics_male_2016", "value_low": 299.0, "computed": 302.0},
        {"claim_id": "statistics_female_2016", "value_low": 1119.0, "computed": 1116.0},
    ]
    dates = pd.to_datetime(["2017-12-31", "2017-12-31", "2017-06-30", "2015-12-31"])
    announced = pd.DataFrame(
        {"as_of_date": dates, "sex": ["male", "female", "male", "male"], "role": "current"}
    )
    announced["entrants_persons"] = [315, 1138, 99, 99]
    split = audit.try_split(make_ledger(*rows), YEARS, BINS, announced)
    assert split[["who", "announced", "with_ministry", "with_article"]].values.tolist() == [
        ["Men", 315, 315, 312],
        ["Women", 1138, 1138, 1141],
    ]


@pytest.mark.parametrize(
    ("value", "to", "unit", "words"),
    [
        (34078, None, "person", "34,078"),
        (55.34, None, "percent", "55.3%"),
        (6655.2, 7355.4, "USD", "6,655 to 7,355 dollars"),
        (1962, None, "year", "1962"),
        (30000, 30000, "person", "30,000"),
        (None, None, "person", ""),
    ],
)
def test_a_figure_is_written_with_its_unit(value, to, unit, words):
    assert audit.format_figure(value, to, unit) == words


def test_the_ledger_is_in_the_order_of_the_article_with_its_documents():
    nothing = {"computed": None, "source_id": None}
    other = {"other_value": 5.0, "other_source_id": "other", "verdict": "mislabelled"}
    ledger = make_ledger({}, {"section": "lead", "claim": "A peak"} | nothing | other, nothing)
    shown = audit.lay_out_ledger(ledger, SECTIONS, SOURCES)
    assert shown["claim"].tolist()[0] == "Introduction: A peak"
    assert shown["found"].tolist() == ["5", "11", ""]
    assert shown["url"].fillna("").tolist() == ["https://o", "https://p", ""]


def test_pairs_of_claims_are_in_words():
    pairs = pd.DataFrame({"claim_a": ["c0"], "claim_b": ["c1"], "relation": ["part"]})
    shown = audit.lay_out_pairs(pairs, make_ledger({}, {"claim": "All", "printed_as": "9"}))
    assert shown.values.tolist() == [["People on a boat", "13", "All", "9", "a part and its whole"]]


def test_claims_with_one_proposal_share_a_row():
    rows = [{"claim_id": "a", "printed_as": "13"}, {"claim_id": "b", "printed_as": "14"}]
    shared = {"section": "japan", "proposal": "Write eleven.", "source_id": "paper"}
    corrections = make_table("article_corrections", *rows, layer="clean", **shared)
    shown = audit.lay_out_corrections(corrections, SECTIONS, SOURCES)
    assert shown.values.tolist() == [["Japan", "13; 14", "Write eleven.", "Paper", "https://p"]]


def test_the_chart_numbers_the_pieces_that_have_room():
    ledger = make_ledger(*[{}] * 3, *[{"verdict": "holds"}] * 97)
    svg = audit.draw_verdicts(audit.count_by_part(ledger), "made up, 2025").svg
    assert [words in svg for words in (">97<", ">3<")] == [True, False]
