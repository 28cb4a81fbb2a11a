from io import StringIO

import pandas as pd
import pytest

from analysis.chapters import demographics
from analysis.models import fit
from data import load
from tests.factory import make_table

SOURCE = "Ministry, 2025"


def test_count_recent_women_weighs_years_by_their_people():
    entrants = make_table(
        "entrants",
        {"year": 2002, "sex": "female", "entrants_persons": 632},
        {"year": 2002, "sex": "male", "entrants_persons": 510},
        {"year": 2003, "sex": "female", "entrants_persons": 811},
        {"year": 2003, "sex": "male", "entrants_persons": 474},
        layer="clean",
    )
    assert demographics.count_recent_women(entrants, 2) == pytest.approx(100 * 1443 / 2427)


def test_summarise_revisions_counts_dated_releases_and_leaves_the_article_out():
    vintages = make_table(
        "entrants_vintages",
        {"vintage": "2024-09-30", "role": "current", "entrants_persons": 2914},
        {"vintage": "2010-01-06", "role": "press", "entrants_persons": 2952},
        {"vintage": "2012-01-11", "role": "earlier", "entrants_persons": 2927},
        {"vintage": "undated", "role": "article", "entrants_persons": 1},
        {"vintage": "2024-09-30", "role": "current", "entrants_persons": 2402, "year": 2010},
        layer="clean",
        year=2009,
        sex="all",
    )
    (row,) = demographics.summarise_revisions(vintages).to_dict("records")
    assert (row["year"], row["releases"], row["values"], row["spread_persons"]) == (2009, 3, 3, 38)
    assert (row["first_persons"], row["current_persons"]) == (2952, 2914)
    assert row["change_pct"] == pytest.approx(-1.287, abs=0.001)


def test_draw_revisions_shows_revised_years_only():
    revisions = pd.DataFrame(
        {
            "year": [2009, 2010],
            "first_persons": [2952, 2402],
            "lowest_persons": [2914, 2402],
            "highest_persons": [2952, 2402],
            "current_persons": [2914, 2402],
            "spread_persons": [38, 0],
            "change_pct": [-1.3, 0.0],
        }
    )
    drawing = demographics.draw_revisions(revisions, SOURCE)
    assert pd.read_csv(StringIO(drawing.data))["year"].tolist() == [2009]
    assert ">2010<" not in drawing.svg


def test_compare_regions_takes_complete_lists_and_counts_sejong_with_its_province():
    rows = [("2005-05-31", "seoul", 60), ("2005-05-31", "south_chungcheong", 40), ("2012-04-30", "seoul", 9)]
    rows += [("2024-09-30", "seoul", 30), ("2024-09-30", "south_chungcheong_and_sejong", 90)]
    residents = make_table(
        "residents",
        *({"as_of_date": date, "region": region, "residents_persons": n} for date, region, n in rows),
        layer="clean",
        sex="all",
    )
    regions = demographics.compare_regions(residents)
    assert regions["region"].tolist() == ["south_chungcheong_and_sejong"] * 2 + ["seoul"] * 2
    assert regions["share_pct"].tolist() == [40, 75, 60, 25]


@pytest.fixture(scope="module")
def split():
    tables = map(load, ("residents", "deaths", "emigration", "entrants_cumulative"))
    return demographics.split_arrivals(*tables).set_index("as_of_date")


def test_split_arrivals_adds_up_where_a_source_has_the_parts(split):
    known = split[split["died"].notna()]
    assert known["arrived"].tolist() == [1091, 1990]
    assert known["died"].tolist() == [182, 197]
    assert (known["living"] + known["died"] + known["emigrated"] == known["arrived"]).all()


def test_split_arrivals_leaves_the_newest_difference_whole(split):
    assert split["not_split"].iloc[-1] == split["arrived"].iloc[-1] - split["living"].iloc[-1] > 0
    assert split["not_split"].iloc[:-1].isna().all()


def test_list_motives_keeps_measurements_of_known_date_and_source():
    motives = make_table(
        "motives",
        {"method": "survey_in_china", "n": 1346, "period_end": "2005-09-30"},
        {"method": "resident_survey", "period_end": "2011-12-31"},
        {"method": "survey_in_china", "certainty": "estimate", "period_end": "2006-09-30"},
        {"method": "survey_in_china", "motive": "freedom", "period_end": "2005-09-30"},
        layer="clean",
        motive="hardship",
        certainty="secondary",
        period_start="2004-08-01",
        share_pct=50.0,
    )
    assert demographics.list_motives(motives)["label"].tolist() == ["China 2005 (1,346)", "Residents 2011"]


def test_titles_state_the_numbers_drawn():
    years = pd.DataFrame({"year": range(2002, 2023), "entrants_persons": [100] * 10 + [50] * 8 + [5, 4, 3]})
    assert demographics.draw_falls(years, SOURCE).title == "Arrivals fell by 50% in 2012 and by 90% in 2020"
    provinces = pd.DataFrame({"category": ["jagang", "nampo", "kangwon"], "share_pct": [20.0, 50.0, 30.0]})
    drawing = demographics.draw_provinces(provinces.assign(as_of_date="2024-09-30"), SOURCE)
    assert drawing.title.startswith("80% came from Nampo and Kangwon")


def test_first_figure_of_2012_counts_as_revised():
    revisions = demographics.summarise_revisions(load("entrants_vintages")).set_index("year")
    assert (revisions["spread_persons"] > 0).sum() == 16
    assert revisions.loc[2012, "first_persons"] == 1508


def test_models_of_arrivals():
    trend, missing = fit("arrivals_trend"), fit("missing_arrivals")
    assert trend.get("plain_change_2012").value == pytest.approx(-44.5, abs=0.1)
    assert trend.get("change_2012_2019").value == pytest.approx(-5.1, abs=0.1)
    alike = trend.break_dates().query("alike")["jump"]
    assert alike.min() < 0 < alike.max()
    assert missing.get("missing_since_2020").value == pytest.approx(4375, abs=2)
    assert missing.get("missing_since_2023").value == pytest.approx(1827, abs=2)
    others = missing.sensitivity("missing_since_2020")["estimate"]
    assert (others.min(), others.max()) == (pytest.approx(3930, abs=2), pytest.approx(6799, abs=2))
