from functools import partial

import pandas as pd
import pytest

from analysis.chapters import mental_health
from analysis.chapters.mental_health import NORTH
from analysis.chapters.mental_health import SOUTH as SOUTH_KOREA
from analysis.models import fit
from data import load
from tests.factory import make_table

make_results = partial(
    make_table,
    "survey_results",
    layer="clean",
    year=2022,
    survey="khf",
    indicator="suicidal_impulse",
    recall="past_year",
    era="khf_2022",
    population="north_korean_origin",
    sex="all",
    unit="pct",
    value=10.0,
    n=1000,
)
SOUTH = {"survey": "kostat_social", "population": "general_population", "value": 5.0, "n": None}


def arrange(*studies, **shared):
    defaults = {"instrument_kind": "symptom_scale", "setting": "community", "recall": "current"}
    shares = [study.pop("share_pct", 20.0) for study in studies]
    rows = make_table("prevalence", *studies, layer="clean", **(defaults | shared))
    rows = rows.assign(is_pooled=rows["recall"].eq("current"), share_pct=shares)
    rows = rows.assign(ci_low=rows["share_pct"] - 5, ci_high=rows["share_pct"] + 5)
    return mental_health.arrange_studies(rows)


def test_studies_are_sorted_by_instrument_and_then_by_share():
    rows = arrange(
        {"study_label": "D", "instrument_kind": "not_stated", "share_pct": 1.0},
        {"study_label": "E", "instrument_kind": "single_item", "share_pct": 2.0},
        {"study_label": "C", "share_pct": 60.0},
        {"study_label": "B", "share_pct": 10.0},
        {"study_label": "A", "instrument_kind": "clinical_interview", "share_pct": 90.0},
    )
    assert list(rows["study_label"]) == ["A", "B", "C", "E", "D"]
    assert rows["asked_by"].nunique() == 4


def test_an_interval_that_a_study_printed_replaces_the_computed_one():
    rows = arrange({"ci_low_pct": 18.6, "ci_high_pct": 27.4}, {"share_pct": 30.0})
    assert rows[["low_pct", "high_pct"]].to_numpy().tolist() == [[18.6, 27.4], [25.0, 35.0]]
    assert list(rows["is_printed_interval"]) == [True, False]


def test_a_study_of_the_whole_life_is_starred():
    rows = arrange({"study_label": "A", "recall": "lifetime", "share_pct": 1.0}, {"study_label": "B"})
    assert list(rows["star"]) == [" *", ""]


def test_years_of_a_survey_are_a_span_or_not_stated():
    rows = arrange({"survey_year_start": 2014, "survey_year_end": 2015}, {"share_pct": 30.0})
    assert list(rows["surveyed"]) == ["2014–2015", "not stated"]


def test_hazards_leave_out_odds_and_list_children_last():
    ratios = make_table(
        "relative_risks",
        {"people": "Aged 1 to 18 in 2007-2010", "outcome": "any_mental_illness", "value": 9.0},
        {"people": "All ages", "outcome": "any_mental_illness", "value": 2.0},
        {"people": "All ages", "outcome": "ptsd", "value": 5.0},
        {"people": "School students", "measure": "odds_ratio_adjusted"},
        layer="clean",
        measure="hazard_ratio_adjusted",
    )
    rows = mental_health.select_hazards(ratios)
    assert list(rows["value"]) == [5.0, 2.0, 9.0]
    assert list(rows["label"]) == ["PTSD", "any mental illness", "any, aged 1–18"]


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({}, 1),
        ({"n": 99}, 0),
        ({"n": None}, 0),
        ({"n_status": "unclear"}, 0),
        ({"population": "general_population"}, 0),
        ({"sampling": "purposive"}, 0),
        ({"sampling": "purposive", "exposure": "sexual_violence"}, 1),
        ({"sampling": "purposive", "exposure": "sexual_violence", "place": "china"}, 0),
        ({"exposure": "torture_after_arrest"}, 0),
    ],
)
def test_exposures_need_a_hundred_people_not_chosen_for_the_event(changes, kept):
    trauma = make_table(
        "trauma",
        changes,
        {},
        layer="clean",
        exposure="family_separation",
        population="north_korean_origin",
        n_status="base",
        n=300,
        sampling="convenience",
        place="any",
        sex="all",
        country="South Korea",
    )
    assert len(mental_health.list_exposures(trauma)) == kept + 1


COHORT = make_table(
    "prevalence",
    {"study_id": "hong_2006", "wave": 2, "survey_year_start": 2004, "n": 150, "cases": 6},
    {"study_id": "hong_2005", "wave": 1, "survey_year_start": 2001, "n": 200, "cases": 60},
    {"study_id": "hong_2006", "wave": 1, "survey_year_start": 2001, "n": 150, "cases": 45},
    layer="clean",
    condition="ptsd",
)


def test_a_cohort_is_in_order_of_time_with_intervals():
    rows = mental_health.follow_cohort(COHORT)
    assert list(rows["year"]) == [2001, 2004]
    assert list(rows["share_pct"]) == [30.0, 4.0]
    assert rows["share_pct"].between(rows["ci_low"], rows["ci_high"], inclusive="neither").all()


def test_people_not_seen_again_are_counted_by_difference():
    assert mental_health.bound_follow_up(COHORT) == {
        "lost_cases": 15,
        "if_unchanged_pct": 100 * (6 + 15) / 200,
    }


def compare_denominators(*extra):
    south = {"population": "general_population"}
    long = {"measure": "rate", "period_start": "2006-01-01", "period_end": "2020-12-31", "value": 27.0}
    short = {"measure": "rate", "period_start": "2011-01-01", "period_end": "2011-12-31", "value": 30.0}
    count = {"measure": "deaths", "period_start": None, "period_end": "2012-10-24", "value": 20.0}
    deaths = make_table(
        "deaths",
        {"value": 12.0},
        south | {"period_start": "2022-01-01", "value": 4.0},
        long,
        long | south,
        short | south,
        count | {"denominator": 20_000, "denominator_unit": "entrants"},
        *extra,
        layer="clean",
        period_start="2013-01-01",
        period_end="2022-12-31",
        population="north_korean_origin",
        cause="suicide",
        sex="all",
        measure="share_of_deaths",
    )
    return mental_health.compare_denominators(deaths)


def test_three_denominators_give_three_ratios():
    table = compare_denominators()
    assert list(table["figure"]) == [12.0, 27.0, 100.0]
    assert list(table["ratio"].round(2)) == [3.0, 1.0, 3.33]
    assert list(table["is_like_with_like"]) == [True, True, False]
    assert list(table["period"]) == ["2013–2022", "2006–2020", "to 2012"]


@pytest.mark.parametrize(
    ("population", "column", "expected"),
    [("north_korean_origin", "figure", 12.0), ("general_population", "south", 4.0)],
)
def test_a_share_of_deaths_covers_years_and_is_compared_with_none_later(population, column, expected):
    later = {"period_start": "2023-01-01", "period_end": "2023-12-31", "value": 99.0}
    assert compare_denominators(later | {"population": population})[column].iloc[0] == expected


def test_an_interview_study_is_compared_with_the_general_population():
    rows = mental_health.compare_interviews(load("prevalence"), "lee_2020")
    assert "ptsd" in rows.index
    assert list(rows.columns) == ["north_korean_origin", "general_population"]


def test_any_service_is_no_less_than_each_kind():
    rows = mental_health.select_services(load("care"))
    assert rows["label"].iloc[0] == "any service"
    assert rows["share_pct"].iloc[0] >= rows["share_pct"].max()


def test_registers_are_counted_over_about_ten_years():
    counts = mental_health.count_registers(load("deaths"))
    assert counts["value"].is_monotonic_increasing
    assert (counts["period_end"] - counts["period_start"]).dt.days.gt(3280).all()


def test_every_hazard_ratio_is_written_beside_its_dot():
    hazards = mental_health.select_hazards(load("relative_risks"))
    svg = mental_health.draw_hazards(hazards, "claims, 2025").svg
    assert all(f">{value:.1f}<" in svg for value in hazards["value"])


def test_a_place_without_a_name_is_its_country_and_an_unknown_survey_year_that_of_publication():
    rows = arrange(
        {"setting": "in_hiding", "survey_year_start": 1999, "share_pct": 1.0},
        {"country": "Japan", "published_year": 2004},
    )
    assert list(rows["row_label"]) == ["China, in hiding, 1999", "Japan, by 2004"]


@pytest.mark.parametrize(
    "changes",
    [
        {"subgroup": "seoul"},
        {"sex": "female"},
        {"recall": "since_arrival"},
        {"survey": "noko"},
        {"unit": "percentage_points"},
        {"population": "general_population"},
    ],
)
def test_only_the_whole_population_of_the_two_surveys_is_compared(changes):
    results = make_results({}, SOUTH, {"year": 2024, "value": 99.0, **changes})
    rows = mental_health.select_both(results, "suicidal_impulse")
    assert sorted(rows["value"]) == [5.0, 10.0]


def test_gap_and_ratio_are_measured_in_the_years_that_both_were_asked():
    rows = [(2018, NORTH, 60.0), (2018, SOUTH_KOREA, 50.0), (2020, SOUTH_KOREA, 1.0)]
    gaps = mental_health.measure_gap(pd.DataFrame(rows, columns=["year", "population", "value"]))
    assert gaps[["year", "gap", "ratio"]].to_numpy().tolist() == [[2018, 10.0, 1.2]]


def test_the_general_population_is_weighted_by_sex():
    men, women = SOUTH | {"sex": "male", "value": 4.0}, SOUTH | {"sex": "female", "value": 8.0}
    assert mental_health.standardise_by_sex(make_results(SOUTH, men, women), 2022, 0.75) == 7.0


def test_each_method_has_what_it_found():
    studies = arrange({"share_pct": 10.0}, {"share_pct": 50.0}, {"instrument_kind": "clinical_interview"})
    hazards = pd.DataFrame({"outcome": ["ptsd"], "value": [4.91]})
    table = mental_health.describe_methods(studies, hazards).set_index("method")["found"]
    assert list(table) == ["20% to 20%", "10% to 50%", "4.9 times as often"]


@pytest.mark.parametrize(
    ("model", "quantity", "value", "low", "high"),
    [
        ("life_satisfaction", "change", 1.06, 0.84, 1.29),
        ("ptsd_pooled", "new_study", 23.2, 2.0, 81.5),
        ("depression_pooled", "new_study", 50.0, 13.7, 86.3),
        ("suicidal_impulse_ratio", "ratio_2022", 2.09, 1.85, 2.36),
    ],
)
def test_models_of_the_chapter_have_their_values(model, quantity, value, low, high):
    found = fit(model).get(quantity)
    assert (found.value, found.ci_low, found.ci_high) == pytest.approx((value, low, high), abs=0.06)


def test_studies_run_from_five_to_fifty_six_percent_and_impulse_from_two_to_three_times():
    ptsd, impulse = fit("ptsd_pooled"), fit("suicidal_impulse_ratio")
    assert [ptsd.get(q).value for q in ("lowest", "highest")] == pytest.approx([5.2, 56.0])
    found = [impulse.get(q).value for q in ("lowest_ratio", "highest_ratio")]
    assert found == pytest.approx([2.09, 3.07], abs=0.01)


def test_medical_aid_has_both_years():
    rows = load("care").query("study_id == 'medical_aid'").set_index("year_start")
    assert rows["share_pct"].to_dict() == {2010: 12.8, 2019: 23.5}
    assert rows["cases"].to_dict() == {2010: 1625, 2019: 3696}


def test_titles_of_the_charts_have_their_numbers():
    prevalence, results = load("prevalence"), load("survey_results")
    cohort = mental_health.follow_cohort(prevalence)
    assert "27% to 4%" in mental_health.draw_recovery(cohort, "study 2006").title
    rows = arrange({"share_pct": 5.4}, {"share_pct": 30.0}, {"share_pct": 90.0, "recall": "lifetime"}, n=100)
    drawn = mental_health.draw_studies(rows, 2.0, 82.0, "2025", condition="PTSD", subtitle="share")
    assert drawn.title == "PTSD: studies found anything from 5% to 30%"
    impulse = mental_health.select_both(results, "suicidal_impulse")
    assert "two to three times" in mental_health.draw_impulse(impulse, "surveys 2025").title
    satisfied = mental_health.select_satisfaction(results)
    assert "81%" in mental_health.draw_satisfaction(satisfied, "survey 2025").title
    stress = mental_health.select_both(results, "stress")
    assert "57% felt stressed in 2024" in mental_health.draw_stress(stress, "surveys 2025").title
    services = mental_health.select_services(load("care"))
    assert "21%" in mental_health.draw_services(services, "study 2018").title
