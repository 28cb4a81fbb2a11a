from io import StringIO

import pandas as pd
import pytest

from analysis.chapters import demographics
from tests.factory import make_table

SOURCE = "Ministry, 2025"
YEARS = pd.DataFrame({"year": [2008, 2009, 2010, 2011], "entrants_persons": [2803, 2914, 2402, 2706]})


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


@pytest.mark.parametrize(
    ("excess", "words", "worse"),
    [
        ([0.0, 0.3, 6.2], "breaks in 2011 fits as well, with steps from −54% to −30%", "2013"),
        ([0.0, 3.0, 6.2], "breaks in 2011 fits better than one in 2012, with a step of −30%", "2013"),
        ([5.0, 0.0, 6.2], "Of the dates tried, 2012 fits best", "2011 and 2013"),
        ([2.0, 0.0, 3.0], "Of the dates tried, 2012 fits best", "none of these dates"),
    ],
)
def test_word_break_dates_compares_with_the_fixed_date(excess, words, worse):
    dates = pd.DataFrame({"date": [2011, 2012, 2013], "jump": [-30.0, -54.0, -20.0], "excess": excess})
    found = demographics.word_break_dates(dates, 2012)
    assert found[0].endswith(words)
    assert found[1] == worse


def test_draw_revisions_shows_revised_years_only():
    revisions = pd.DataFrame(
        {
            "year": [2009, 2010],
            "first_persons": [2952, 2402],
            "lowest_persons": [2914, 2402],
            "highest_persons": [2952, 2402],
            "current_persons": [2914, 2402],
            "spread_persons": [38, 0],
        }
    )
    drawing = demographics.draw_revisions(revisions, SOURCE)
    assert pd.read_csv(StringIO(drawing.data))["year"].tolist() == [2009]
    assert ">2010<" not in drawing.svg


def make_provinces():
    return pd.DataFrame({"category": list(demographics.PROVINCE_TILES), "share_pct": [60.0] + [4.0] * 10})


def test_draw_provinces_without_a_province_raises():
    with pytest.raises(KeyError, match="north_hwanghae"):
        demographics.draw_provinces(make_provinces().iloc[:-1], SOURCE)
