import pandas as pd
import pytest

from analysis import arrivals

ENTRANTS = pd.DataFrame(
    {
        "year": [2002, 2002, 2003, 2003],
        "sex": ["female", "male"] * 2,
        "entrants_persons": [632, 510, 811, 474],
        "source_id": "s",
    }
)
BINS = pd.DataFrame(
    {
        "role": ["current", "current", "press"],
        "sex": ["female", "male", "female"],
        "entrants_persons": [116, 831, 999],
    }
)


def test_a_year_is_the_sum_of_the_sexes_with_the_share_of_women():
    years = arrivals.total_by_year(ENTRANTS)
    assert years["entrants_persons"].tolist() == [1142, 1285]
    assert years["share_female_pct"].iloc[0] == pytest.approx(55.34, abs=0.01)


def test_everybody_is_the_years_and_the_current_bins_alone():
    total = arrivals.sum_all_entrants(ENTRANTS, BINS)
    assert total.to_dict() == {"female": 1559, "male": 1815, "all": 3374}


def test_recent_women_weigh_years_by_their_people():
    assert arrivals.count_recent_women(ENTRANTS, 2) == pytest.approx(100 * 1443 / 2427)


def make_vintages():
    return pd.DataFrame(
        {
            "year": [2009] * 4 + [2010],
            "sex": "all",
            "vintage": ["2010-01-06", "2012-01-11", "2024-09-30", "undated", "2024-09-30"],
            "role": ["press", "earlier", "current", "article", "current"],
            "entrants_persons": [2952, 2927, 2914, 1, 2402],
        }
    )


def test_revisions_count_dated_releases_and_leave_the_article_out():
    rows = arrivals.summarise_revisions(make_vintages())
    assert rows["year"].tolist() == [2009]
    assert rows["releases"].iloc[0] == 3
    assert rows["spread_persons"].iloc[0] == 38
    assert rows["change_pct"].iloc[0] == pytest.approx(-1.287, abs=0.001)


def test_the_newest_profile_by_sex_is_taken_without_its_sum():
    profiles = pd.DataFrame(
        {
            "dimension": "province",
            "population_basis": "entrants_to_date",
            "category": ["a", "all", "a", "a"],
            "sex": ["female", "female", "all", "female"],
            "persons": [5, 9, 7, 3],
            "as_of_date": pd.to_datetime(["2024-09-30", "2024-09-30", "2025-01-01", "2020-09-30"]),
        }
    )
    rows = arrivals.pick_profile(profiles, "province")
    assert rows["persons"].tolist() == [5]
    with pytest.raises(ValueError, match="no age by sex"):
        arrivals.pick_profile(profiles, "age")
