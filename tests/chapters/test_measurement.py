import pytest

from analysis.chapters import measurement, shared
from analysis.models import fit
from data import load

RESULTS, ROUNDS = load("survey_results"), load("survey_rounds")
BOTH = measurement.compare_pairs(shared.pair_surveys(RESULTS), fit("survey_pairs").table("pairs"))


def test_pairs_have_limits_only_where_both_numbers_are_known():
    known = BOTH[BOTH["ci_low"].notna()]
    assert (known[["first_n", "second_n"]].notna().all(axis=1)).all()
    assert set(known["year"]) == {2011}
    row = known.set_index("indicator").loc["employment_rate"]
    assert row["difference"] == pytest.approx(-8.6, abs=0.05)
    assert [row["ci_low"], row["ci_high"]] == pytest.approx([-13.5, -3.6], abs=0.1)


def test_title_of_the_differences_gives_the_largest():
    title = measurement.draw_differences(BOTH, "made up, 2025").title
    assert "2012" in title
    assert "12.4" in title


def test_a_sample_drawn_is_not_a_sample_that_answered():
    answers = measurement.list_answers(ROUNDS).set_index(["survey", "year"])
    assert answers.loc[("khf", 2022), ["people", "known"]].tolist() == [2198, "answered"]
    assert answers.loc[("khf", 2023), ["people", "known"]].tolist() == [2500, "drawn only"]
    assert answers.loc[("khf", 2014), "people"] == 12777  # the main round, not the smaller social one


def test_example_names_both_shares():
    said = RESULTS.query("indicator == 'discrimination' and year in (2016, 2017) and item != item")
    asked = shared.add_intervals(said, "value", "n").assign(label=["a", "b"])
    title = measurement.draw_example(asked, "made up, 2025").title
    assert "45.4%" in title
    assert "23.1%" in title
