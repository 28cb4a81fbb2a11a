import pandas as pd
import pytest

from analysis import wellbeing
from analysis.figures import mental_health
from data import load


def make_study(label, kind="symptom_scale", setting="community", share=20.0, recall="current", printed=None):
    low, high = printed or (None, None)
    return {
        "study_label": label,
        "instrument_kind": kind,
        "setting": setting,
        "recall": recall,
        "is_pooled": recall == "current",
        "survey_year_start": 2016,
        "survey_year_end": 2016,
        "share_pct": share,
        "ci_low": share - 5,
        "ci_high": share + 5,
        "ci_low_pct": low,
        "ci_high_pct": high,
    }


def arrange(*studies):
    return wellbeing.arrange_studies(pd.DataFrame(studies))


def test_studies_stand_by_instrument_and_then_by_share():
    rows = arrange(
        make_study("C", "not_stated", share=1.0),
        make_study("B", share=60.0),
        make_study("A", share=10.0),
        make_study("D", "clinical_interview", share=90.0),
    )
    assert list(rows["study_label"]) == ["D", "A", "B", "C"]


def test_a_single_question_and_an_unnamed_test_stand_together():
    rows = arrange(make_study("A", "single_item"), make_study("B", "not_stated"))
    assert rows["asked_by"].nunique() == 1


def test_an_interval_that_a_study_printed_replaces_the_computed_one():
    rows = arrange(make_study("A", printed=(18.6, 27.4)), make_study("B", share=30.0))
    assert rows[["low_pct", "high_pct"]].to_numpy().tolist() == [[18.6, 27.4], [25.0, 35.0]]
    assert list(rows["is_printed_interval"]) == [True, False]


def test_whole_life_is_starred():
    rows = arrange(make_study("A", recall="lifetime", share=1.0), make_study("B"))
    assert list(rows["label"]) == ["A *", "B"]


def test_a_setting_without_words_is_refused():
    with pytest.raises(KeyError, match="mission"):
        arrange(make_study("A", setting="mission"))


def test_a_span_of_years_is_written_and_an_unknown_one_is_said_to_be():
    study = make_study("A") | {"survey_year_start": 2014, "survey_year_end": 2015}
    unknown = make_study("B", share=30.0) | {"survey_year_start": None, "survey_year_end": None}
    assert list(arrange(study, unknown)["surveyed"]) == ["2014–2015", "not stated"]


def make_estimates(model, mean, new):
    rows = [("mean", mean, mean - 5, mean + 5), ("new_study", mean, *new), ("i2", 97.0, None, None)]
    frame = pd.DataFrame(rows, columns=["quantity", "estimate", "ci_low", "ci_high"])
    return frame.assign(model_id=model, n=11)


def test_pools_keep_the_two_intervals_apart_and_the_order_asked_for():
    estimates = pd.concat([make_estimates("a", 20.0, (2.0, 78.0)), make_estimates("b", 40.0, (12.0, 84.0))])
    pools = wellbeing.describe_pools(estimates, {"b": "second", "a": "first"})
    assert list(pools["condition"]) == ["second", "first"]
    row = pools.iloc[1]
    assert (row["mean_low"], row["mean_high"]) == (15.0, 25.0)
    assert (row["new_low"], row["new_high"], row["studies"]) == (2.0, 78.0, 11)
    assert (row["confidence"], row["prediction"]) == ("15 to 25", "2 to 78")


def make_group(name, share):
    row = {"group": name, "studies": 3, "share_pct": share, "confidence_low": 1.0, "confidence_high": 9.0}
    return row | {"prediction_low": 0.0, "prediction_high": 99.0}


def test_groups_too_small_to_pool_are_left_out():
    groups = wellbeing.describe_groups(pd.DataFrame([make_group("adults", 5.0), make_group("youth", None)]))
    assert list(groups["condition"]) == ["adults"]
    assert list(groups["prediction"]) == ["0 to 99"]


def test_a_group_without_words_is_refused():
    with pytest.raises(KeyError, match="mixed"):
        wellbeing.describe_groups(pd.DataFrame([make_group("mixed", 5.0)]))


def test_facts_of_a_pool_name_both_intervals():
    facts = wellbeing.word_pool("x", make_pool())
    assert facts == {
        "x_studies": "three",
        "x_mean": "40%",
        "x_mean_interval": "30% to 50%",
        "x_new": "3% to 97%",
    }


def test_an_estimate_without_unit_keeps_its_decimals():
    facts = wellbeing.word_estimate("x", 2.12, 2.04, 2.21, places=2, unit="")
    assert facts == {"x": "2.12", "x_interval": "2.04 to 2.21"}


def test_hazards_leave_out_odds_and_keep_children_apart():
    ratios = pd.DataFrame(
        {
            "measure": ["hazard_ratio_adjusted"] * 3 + ["odds_ratio_adjusted"],
            "people": ["All ages", "All ages", "Aged 1 to 18 in 2007-2010", "School students"],
            "outcome": ["any_mental_illness", "ptsd", "any_mental_illness", "suicide_attempt"],
            "value": [2.0, 5.0, 9.0, 4.0],
            "data_year_start": [2007, 2007, 2005, 2011],
            "data_year_end": [2019, 2019, 2021, 2019],
        }
    )
    rows = wellbeing.select_hazards(ratios)
    assert list(rows["value"]) == [5.0, 2.0, 9.0]
    assert list(rows["who"]) == ["all ages", "all ages", "children"]
    assert rows["label"].is_unique


def make_exposure(**changes):
    row = {
        "exposure": "family_separation",
        "population": "north_korean_origin",
        "n_status": "base",
        "n": 300,
        "sampling": "convenience",
        "place": "any",
        "year_start": 2017,
        "year_end": 2017,
        "sex": "all",
        "country": "South Korea",
        "share_pct": 50.0,
    }
    return row | changes


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({}, 1),
        ({"n": 99}, 0),
        ({"n_status": "unclear"}, 0),
        ({"population": "general_population"}, 0),
        ({"sampling": "purposive"}, 0),
        ({"sampling": "purposive", "exposure": "sexual_violence"}, 1),
        ({"sampling": "purposive", "exposure": "sexual_violence", "place": "china"}, 0),
        ({"exposure": "torture_after_arrest"}, 0),
    ],
)
def test_exposures_need_a_hundred_people_not_picked_for_the_event(changes, kept):
    trauma = pd.DataFrame([make_exposure(**changes), make_exposure(share_pct=1.0)])
    trauma["n"] = trauma["n"].astype("Int64")
    assert len(wellbeing.list_exposures(trauma)) == kept + 1


def make_wave(study, wave, n, cases, condition="ptsd"):
    return {
        "study_id": study,
        "wave": wave,
        "survey_year_start": 1998 + 3 * wave,
        "condition": condition,
        "n": n,
        "cases": cases,
        "source_id": "a",
    }


COHORT = pd.DataFrame(
    [
        make_wave("hong_2006", 2, 150, 6),
        make_wave("hong_2005", 1, 200, 60),
        make_wave("hong_2006", 1, 150, 45),
    ]
)


def test_a_cohort_is_in_order_of_time_with_its_intervals():
    rows = wellbeing.follow_cohort(COHORT)
    assert list(rows["year"]) == [2001, 2004]
    assert list(rows["share_pct"]) == [30.0, 4.0]
    assert (rows["ci_low"] < rows["share_pct"]).all()
    assert (rows["ci_high"] > rows["share_pct"]).all()


def test_people_not_seen_again_are_counted_by_difference():
    lost = wellbeing.bound_follow_up(COHORT)
    assert (lost["lost"], lost["lost_cases"], lost["lost_pct"]) == (50, 15, 30.0)
    assert lost["if_unchanged_pct"] == 100 * (6 + 15) / 200


def test_visits_of_part_of_a_year_say_so():
    care = pd.DataFrame(
        {
            "measure": ["clinic_visits"] * 3 + ["trainees_in_psychiatric_care"],
            "year_start": [2009, 2010, 2012, 2009],
            "months_covered": [12, 8, None, 12],
            "department": ["psychiatry"] * 4,
            "visits": [100, 70, 999, None],
        }
    )
    entrants = pd.DataFrame(
        {"year": [2009, 2009, 2010], "sex": ["female", "male", "female"], "entrants_persons": [7, 3, 5]}
    )
    rows = wellbeing.tabulate_clinic(care, entrants)
    assert list(rows["period"]) == ["2009", "2010 (to August)"]
    assert list(rows["psychiatry"]) == [100, 70]
    assert list(rows["entrants_persons"]) == [10, 5]


def make_result(**changes):
    row = {
        "year": 2022,
        "survey": "khf",
        "indicator": "suicidal_impulse",
        "recall": "past_year",
        "item": None,
        "era": "khf_2022",
        "population": "north_korean_origin",
        "sex": "all",
        "subgroup": None,
        "unit": "pct",
        "value": 10.0,
        "n": 1000,
        "basis": "printed",
        "source_id": "a",
    }
    return row | changes


def pick_impulse(*rows):
    frame = pd.DataFrame(rows)
    frame["n"] = frame["n"].astype("Int64")
    return wellbeing.select_impulse(frame)


SOUTH = make_result(survey="kostat_social", population="general_population", value=5.0, n=None)


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
    rows = pick_impulse(make_result(), SOUTH, make_result(year=2024, value=99.0, **changes))
    assert list(rows["value"]) == [10.0, 5.0]


def test_no_number_asked_means_no_interval():
    rows = pick_impulse(make_result(), SOUTH).set_index("group")
    assert rows.loc["north", "ci_low"] < 10 < rows.loc["north", "ci_high"]
    assert pd.isna(rows.loc["south", "ci_low"])


def make_deaths(**changes):
    row = {
        "period_start": "2013-01-01",
        "period_end": "2022-12-31",
        "population": "north_korean_origin",
        "cause": "suicide",
        "sex": "all",
        "measure": "share_of_deaths",
        "value": 12.0,
        "denominator": None,
        "denominator_unit": None,
        "source_id": "a",
    }
    return row | changes


def compare(*extra):
    rows = [
        make_deaths(),
        make_deaths(population="general_population", period_start="2022-01-01", value=4.0),
        make_deaths(measure="rate", period_start="2006-01-01", period_end="2020-12-31", value=27.0),
        make_deaths(
            measure="rate", period_start="2006-01-01", period_end="2020-12-31", value=27.0,
            population="general_population",
        ),
        make_deaths(
            measure="rate", period_start="2011-01-01", period_end="2011-12-31", value=30.0,
            population="general_population",
        ),
        make_deaths(
            measure="deaths", period_start=None, period_end="2012-10-24", value=20.0, denominator=20_000,
            denominator_unit="entrants",
        ),
        *extra,
    ]  # fmt: skip
    frame = pd.DataFrame(rows)
    frame["period_start"], frame["period_end"] = (
        pd.to_datetime(frame["period_start"]),
        pd.to_datetime(frame["period_end"]),
    )
    return wellbeing.compare_denominators(frame)


def test_three_denominators_give_three_answers():
    table = compare()
    assert list(table["figure"]) == [12.0, 27.0, 100.0]
    assert list(table["ratio"].round(2)) == [3.0, 1.0, 3.33]
    assert list(table["is_like_with_like"]) == [True, True, False]


def test_a_single_year_never_stands_for_the_share_of_deaths():
    later = make_deaths(period_start="2023-01-01", period_end="2023-12-31", value=99.0)
    assert compare(later)["figure"].iloc[0] == 12.0


def test_the_southern_share_is_no_later_than_the_northern_one():
    later = make_deaths(
        population="general_population", period_start="2023-01-01", period_end="2023-12-31", value=99.0
    )
    assert compare(later)["south"].iloc[0] == 4.0


def test_the_school_survey_sets_both_papers_side_by_side():
    rows = wellbeing.compare_schools(load("prevalence"), load("relative_risks"))
    attempt = rows.set_index("outcome_words").loc["suicide attempt"]
    assert attempt["odds_matched"] > attempt["odds_all_years"] > 1
    assert (rows["north_pct"] > rows["south_pct"]).all()


def test_a_study_stands_beside_the_south_koreans_it_prints():
    rows = wellbeing.compare_interviews(load("prevalence"), "lee_2020")
    assert "ptsd" in rows.index
    assert list(rows.columns) == ["north_korean_origin", "general_population"]


def test_any_service_is_no_less_than_each_kind():
    rows = wellbeing.select_services(load("care"))
    assert rows["label"].iloc[0] == "any service"
    assert rows["share_pct"].iloc[0] >= rows["share_pct"].max()


def test_a_gap_is_measured_in_the_years_that_both_were_asked():
    shares = pd.DataFrame(
        {"year": [2018, 2018, 2020], "group": ["north", "south", "south"], "value": [60.0, 50.0, 1.0]}
    )
    assert wellbeing.measure_gap(shares)[["year", "gap"]].to_numpy().tolist() == [[2018, 10.0]]


def test_registers_are_counted_over_about_ten_years():
    counts = wellbeing.count_registers(load("deaths"))
    assert list(counts.index) == ["ministry", "ministry_unknown", "registry"]
    assert counts["value"].is_monotonic_increasing
    assert (counts["period_end"] - counts["period_start"]).dt.days.gt(3280).all()


def test_satisfaction_is_one_row_a_year():
    rows = wellbeing.select_satisfaction(load("survey_results"))
    assert rows["year"].is_monotonic_increasing
    assert rows["year"].is_unique


def test_stress_is_compared_in_the_same_unit():
    rows = wellbeing.select_stress(load("survey_results"))
    assert rows["value"].between(0, 100).all()
    assert not rows.duplicated(["group", "year"]).any()


def make_pool(**changes):
    return pd.Series(
        {
            "studies": 3,
            "mean_pct": 40.0,
            "mean_low": 30.0,
            "mean_high": 50.0,
            "new_low": 3.0,
            "new_high": 97.0,
        }
        | changes
    )


def test_a_figure_of_studies_names_each_of_them_and_a_new_one():
    rows = arrange(
        make_study("Alpha 2001", setting="in_hiding"), make_study("Beta 2002", "clinical_interview")
    )
    svg = mental_health.draw_studies(
        {"": (rows, make_pool())}, "% of people asked", "studies, 2025", subject="x"
    ).svg
    for words in ("Alpha 2001", "Beta 2002", "Interview", "Mean of 3 studies", "a new study"):
        assert words in svg


def test_the_mean_of_each_group_of_studies_is_drawn():
    rows = arrange(make_study("Alpha 2001"))
    groups = {"Depression": (rows, make_pool()), "Anxiety": (rows, make_pool(studies=5))}
    svg = mental_health.draw_studies(groups, "% of people asked", "studies, 2025", subject="x").svg
    assert svg.count("Alpha 2001") == 2
    assert "Mean of 3 studies" in svg
    assert "Mean of 5 studies" in svg


def test_every_hazard_ratio_is_written_beside_its_dot():
    hazards = wellbeing.select_hazards(load("relative_risks"))
    svg = mental_health.draw_hazards(hazards, "claims, 2025").svg
    assert all(f">{value:.2f}<" in svg for value in hazards["value"])


def test_lines_break_between_designs_of_a_survey():
    south = SOUTH | {"year": 2010, "n": 9000}
    rows = pick_impulse(make_result(year=2014, era="khf_2014"), make_result(), make_result(year=2024), south)
    # One stroke a design: a lone year, the pair 2022-2024, and the South.
    joined = mental_health.draw_impulse(rows.assign(era="one"), "surveys, 2025").svg
    broken = mental_health.draw_impulse(rows, "surveys, 2025").svg
    assert broken.count('id="line2d') > joined.count('id="line2d')


def test_the_remaining_figures_are_drawn_from_the_published_tables():
    prevalence, care, results = load("prevalence"), load("care"), load("survey_results")
    recovery = mental_health.draw_recovery(
        wellbeing.follow_cohort(prevalence), wellbeing.select_services(care), "studies, 2025"
    )
    satisfied = mental_health.draw_satisfaction(
        wellbeing.select_satisfaction(results), wellbeing.select_stress(results), "surveys, 2025"
    )
    assert "partial PTSD" in recovery.svg
    assert "Satisfied with life, %" in satisfied.svg


def test_the_mean_without_each_study_names_the_study():
    rows = pd.DataFrame(
        {
            "left_out": ["Alpha", "Beta"],
            "share_pct": [20.0, 10.0],
            "confidence_low": [10.0, 5.0],
            "confidence_high": [30.0, 20.0],
            "prediction_low": [1.0, 1.0],
            "prediction_high": [80.0, 70.0],
        }
    )
    svg = mental_health.draw_without(rows, make_pool(), "model of 2025").svg
    assert svg.index("Beta") < svg.index("Alpha")
