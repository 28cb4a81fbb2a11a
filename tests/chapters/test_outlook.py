import pandas as pd

from analysis.chapters import outlook


def test_a_projection_starts_from_the_last_year_observed():
    observed = pd.DataFrame({"year": [2023, 2024], "value": [196.0, 236.0]})
    projected = pd.DataFrame({"year": [2025], "forecast": [230.0]}).assign(
        low_80=150.0, high_80=300.0, low_95=100.0, high_95=400.0
    )
    drawn = outlook.draw_projection(observed, projected, "Entrants a year", "made up, 2025")
    assert drawn.subject == "entrants a year: the next three years"
    assert drawn.data.splitlines()[1:] == [
        "observed,2023,196,,,,,",
        "observed,2024,236,,,,,",
        "projected,2025,,230,150,300,100,400",
    ]


def test_the_last_value_is_the_line_the_others_are_compared_with():
    rows = [
        (method, horizon, ratio)
        for method, ratio in (("last value", 1.0), ("mean", 2.0), ("line", 1.5))
        for horizon in (1, 2, 3)
    ]
    scores = pd.DataFrame(rows, columns=["method", "horizon", "ratio_to_last_value"])
    drawn = outlook.draw_scores(scores, "made up, 2025")
    assert ">Mean<" in drawn.svg
    assert ">three years<" in drawn.svg
    assert "last value" not in drawn.data
