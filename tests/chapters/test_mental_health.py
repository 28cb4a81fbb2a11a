from functools import partial

import pandas as pd
import pytest

from analysis.chapters import mental_health
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


def make_pool(studies=3):
    names = ["mean_pct", "mean_low", "mean_high", "new_low", "new_high"]
    return pd.Series({"studies": studies} | dict(zip(names, [40.0, 30.0, 50.0, 3.0, 97.0], strict=True)))


def test_studies_are_sorted_by_instrument_and_then_by_share():
    rows = arrange(
        {"study_label": "D", "instrument_kind": "not_stated", "share_pct": 1.0},
        {"study_label": "E", "instrument_kind": "single_item", "share_pct": 2.0},
        {"study_label": "C", "share_pct": 60.0},
        {"study_label": "B", "share_pct": 10.0},
        {"study_label": "A", "instrument_kind": "clinical_interview", "share_pct": 90.0},
    )
    assert list(rows["study_label"]) == ["A", "B", "C", "D", "E"]
    assert rows["asked_by"].nunique() == 3


def test_an_interval_that_a_study_printed_replaces_the_computed_one():
    rows = arrange({"ci_low_pct": 18.6, "ci_high_pct": 27.4}, {"share_pct": 30.0})
    assert rows[["low_pct", "high_pct"]].to_numpy().tolist() == [[18.6, 27.4], [25.0, 35.0]]
    assert list(rows["is_printed_interval"]) == [True, False]


def test_a_study_of_the_whole_life_is_starred():
    rows = arrange({"study_label": "A", "recall": "lifetime", "share_pct": 1.0}, {"study_label": "B"})
    assert list(rows["label"]) == ["A *", "B"]


def test_a_setting_without_a_label_is_refused():
    with pytest.raises(KeyError, match="mission"):
        arrange({"setting": "mission"})


def test_years_of_a_survey_are_a_span_or_not_stated():
    rows = arrange({"survey_year_start": 2014, "survey_year_end": 2015}, {"share_pct": 30.0})
    assert list(rows["surveyed"]) == ["2014–2015", "not stated"]


def test_pools_have_both_intervals_in_the_order_asked_for():
    rows = [
        (model, quantity, mean, low, high)
        for model, mean, new in (("a", 20.0, (2.0, 78.0)), ("b", 40.0, (12.0, 84.0)))
        for quantity, low, high in (
            ("mean", mean - 5, mean + 5),
            ("new_study", *new),
            ("i2", None, None),
        )
    ]
    estimates = pd.DataFrame(rows, columns=["model_id", "quantity", "estimate", "ci_low", "ci_high"])
    pools = mental_health.describe_pools(estimates.assign(n=11), {"b": "second", "a": "first"})
    assert list(pools["condition"]) == ["second", "first"]
    assert list(pools["confidence"]) == ["35 to 45", "15 to 25"]
    assert list(pools["prediction"]) == ["12 to 84", "2 to 78"]
    assert set(pools["studies"]) == {11}


@pytest.mark.parametrize(("group", "share"), [("youth", None), ("mixed", 5.0)])
def test_groups_are_left_out_if_not_pooled_and_refused_without_a_label(group, share):
    limits = dict.fromkeys(["confidence_low", "prediction_low"], 0.0)
    limits |= dict.fromkeys(["confidence_high", "prediction_high"], 99.0)
    rows = pd.DataFrame([{"group": "adults", "share_pct": 5.0}, {"group": group, "share_pct": share}])
    rows = rows.assign(studies=3, **limits)
    if share:
        with pytest.raises(KeyError, match=group):
            mental_health.describe_groups(rows)
    else:
        assert list(mental_health.describe_groups(rows)["prediction"]) == ["0 to 99"]


def test_a_pool_is_worded_with_both_intervals():
    assert mental_health.word_pool("x", make_pool()) == {
        "x_studies": "three",
        "x_mean": "40%",
        "x_mean_interval": "30% to 50%",
        "x_new": "3% to 97%",
    }


def test_an_estimate_without_unit_keeps_its_decimals():
    facts = mental_health.word_estimate("x", 2.12, 2.04, 2.21, places=2, unit="")
    assert facts == {"x": "2.12", "x_interval": "2.04 to 2.21"}


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


def test_visits_of_a_part_of_a_year_are_marked():
    care = make_table(
        "care",
        {"year_start": 2009, "months_covered": 12, "visits": 100},
        {"year_start": 2010, "months_covered": 8, "visits": 70},
        {"year_start": 2012, "visits": 999},
        {"year_start": 2009, "months_covered": 12, "measure": "trainees_in_psychiatric_care"},
        layer="clean",
        measure="clinic_visits",
        department="psychiatry",
    )
    entrants = pd.DataFrame({"year": [2009, 2009, 2010], "entrants_persons": [7, 3, 5]})
    rows = mental_health.tabulate_clinic(care, entrants)
    assert list(rows["period"]) == ["2009", "2010 (to August)"]
    assert rows[["psychiatry", "entrants_persons"]].to_numpy().tolist() == [[100, 10], [70, 5]]


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
    rows = mental_health.select_impulse(make_results({}, SOUTH, {"year": 2024, "value": 99.0, **changes}))
    assert list(rows["value"]) == [10.0, 5.0]


def test_a_share_without_the_number_asked_has_no_interval():
    rows = mental_health.select_impulse(make_results({}, SOUTH)).set_index("group")
    assert rows.loc["north", "ci_low"] < 10 < rows.loc["north", "ci_high"]
    assert pd.isna(rows.loc["south", "ci_low"])


def test_a_gap_is_measured_in_the_years_that_both_were_asked():
    rows = [(2018, "north", 60.0), (2018, "south", 50.0), (2020, "south", 1.0)]
    gaps = mental_health.measure_gap(pd.DataFrame(rows, columns=["year", "group", "value"]))
    assert gaps[["year", "gap"]].to_numpy().tolist() == [[2018, 10.0]]


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


def test_the_school_survey_has_the_ratios_of_both_papers():
    rows = mental_health.compare_schools(load("prevalence"), load("relative_risks"))
    attempt = rows.set_index("outcome_words").loc["suicide attempt"]
    assert attempt["odds_matched"] > attempt["odds_all_years"] > 1
    assert (rows["north_pct"] > rows["south_pct"]).all()


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


@pytest.mark.parametrize("select", [mental_health.select_satisfaction, mental_health.select_stress])
def test_survey_shares_have_one_row_per_year_and_group(select):
    rows = select(load("survey_results"))
    assert rows["value"].between(0, 100).all()
    assert not rows.duplicated(["group", "year"]).any()


def test_a_chart_of_studies_names_each_of_them_and_the_mean_of_each_group():
    rows = arrange(
        {"study_label": "Alpha 2001", "setting": "in_hiding"},
        {"study_label": "Beta 2002", "instrument_kind": "clinical_interview"},
    )
    groups = {"Depression": (rows, make_pool()), "Anxiety": (rows, make_pool(studies=5))}
    svg = mental_health.draw_studies(groups, "% of people asked", "studies, 2025", subject="x").svg
    assert svg.count("Alpha 2001") == svg.count("Beta 2002") == 2
    for words in ("Depression, interview", "Mean of 3 studies", "Mean of 5 studies", "a new study", "China"):
        assert words in svg


def test_every_hazard_ratio_is_written_beside_its_dot():
    hazards = mental_health.select_hazards(load("relative_risks"))
    svg = mental_health.draw_hazards(hazards, "claims, 2025").svg
    assert all(f">{value:.2f}<" in svg for value in hazards["value"])


def test_lines_break_between_designs_of_a_survey():
    south = SOUTH | {"year": 2010, "n": 9000}
    rows = mental_health.select_impulse(
        make_results({"year": 2014, "era": "khf_2014"}, {}, {"year": 2024}, south)
    )
    # One stroke per design: a lone year, the pair 2022-2024, and the general population.
    joined = mental_health.draw_impulse(rows.assign(era="one"), "surveys, 2025").svg
    broken = mental_health.draw_impulse(rows, "surveys, 2025").svg
    assert broken.count('id="line2d') > joined.count('id="line2d')


def test_the_course_and_satisfaction_are_drawn_in_two_panels():
    prevalence, care, results = load("prevalence"), load("care"), load("survey_results")
    cohort, services = mental_health.follow_cohort(prevalence), mental_health.select_services(care)
    assert "partial PTSD" in mental_health.draw_recovery(cohort, services, "studies, 2025").svg
    satisfied, stress = mental_health.select_satisfaction(results), mental_health.select_stress(results)
    svg = mental_health.draw_satisfaction(satisfied, stress, "surveys, 2025").svg
    assert "Satisfied with life, %" in svg
    assert "Under stress in daily life, %" in svg


def test_the_mean_without_each_study_is_sorted_by_share():
    rows = pd.DataFrame({"left_out": ["Alpha", "Beta"], "share_pct": [20.0, 10.0]}).assign(
        confidence_low=5.0, confidence_high=30.0, prediction_low=1.0, prediction_high=80.0
    )
    svg = mental_health.draw_without(rows, make_pool(), "model of 2025").svg
    assert svg.index("Beta") < svg.index("Alpha")
