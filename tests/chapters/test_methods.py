import pytest

from analysis.chapters.methods import recompute_published


@pytest.fixture(scope="module")
def table():
    return recompute_published().set_index("what")


def test_at_least_two_results_are_computed_again_and_each_difference_has_a_reason(table):
    assert len(table) >= 2
    assert table["why"].str.len().gt(20).all()
    assert table["source_id"].notna().all()


def test_a_weighted_study_prints_wider_intervals_than_its_n_alone_gives(table):
    for name in ("ptsd", "depression", "anxiety"):
        row = table.loc[f"Cha 2018, {name}: 95 % interval"]
        ratio = (row["printed_high"] - row["printed_low"]) / (row["again_high"] - row["again_low"])
        assert 1 < ratio**2 < 1.5
        assert row["again_low"] == pytest.approx(row["printed_low"], abs=1)
        assert row["again_high"] == pytest.approx(row["printed_high"], abs=1)


def test_printed_employment_of_2015_is_participation_minus_unemployment(table):
    row = table.loc["Foundation survey 2015: employment rate"]
    assert row["printed"] == pytest.approx(59.4 - 4.8)
    assert row["again"] == pytest.approx(59.4 * (1 - 0.048))
