"""Chapter 9: what is said of the forecasts follows from the model."""

import pandas as pd
import pytest

from analysis.chapters import outlook
from analysis.models import fit


@pytest.fixture(scope="module")
def facts():
    return outlook.summarise(fit("outlook_entrants"), 2025)


def test_the_forecast_repeats_the_last_figure_with_its_range(facts):
    assert (facts["first_year"], facts["forecast"]) == (2026, pytest.approx(223))
    assert (facts["low"], facts["high"]) == pytest.approx((76.66, 648.73), abs=0.01)


def test_past_ranges_held_twelve_of_sixteen_times(facts):
    assert (facts["hits"], facts["forecasts"]) == (12, 16)


def test_two_of_nine_forecasts_held_in_the_closed_years(facts):
    assert (facts["closed_hits"], facts["closed_all"]) == (2, 9)


def test_the_title_of_the_errors_states_what_is_drawn():
    scores = pd.DataFrame(
        {
            "method": list(outlook.METHOD_LABELS) * 3,
            "horizon": [1] * 4 + [2] * 4 + [3] * 4,
            "forecasts": 9,
            "mean_absolute_error": range(100, 1300, 100),
        }
    )
    drawing = outlook.draw_errors(scores, "Ministry of Unification, to 2025")
    assert "100" in drawing.title
    assert "400" in drawing.title
