import pandas as pd
import pytest

from analysis import text


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: text.count(34537), "34,537"),
        (lambda: text.count(-3), "−3"),
        (lambda: text.decimal(-3.25, 1), "−3.3"),
        (lambda: text.decimal(64.25, 1), "64.3"),
        (lambda: text.decimal(-0.04, 1), "0.0"),
        (lambda: text.percent(72.4), "72%"),
        (lambda: text.points(-3.14), "3.1 percentage points"),
        (lambda: text.points(1, 0), "1 percentage point"),
        (lambda: text.times(2.44), "2.4 times"),
        (lambda: text.interval(61.2, 72.4, unit="%"), "61% to 72%"),
        (lambda: text.interval(-4, 2), "−4 to 2"),
        (lambda: text.won(8_000_000), "8 million won"),
        (lambda: text.won(1_500_000_000), "1.5 billion won"),
        (lambda: text.won(6500), "6,500 won"),
        (lambda: text.dollars(7199.6), "$7,200"),
        (lambda: text.day(pd.Timestamp("2026-02-04")), "4 February 2026"),
        (lambda: text.month("2024-09-30"), "September 2024"),
        (lambda: text.number_word(3), "three"),
        (lambda: text.number_word(31), "31"),
        (lambda: text.ordinal(3), "third"),
        (lambda: text.plural(1, "person", "people"), "one person"),
        (lambda: text.plural(31, "person", "people"), "31 people"),
        (lambda: text.listing(["a"]), "a"),
        (lambda: text.listing(["a", "b", "c"]), "a, b and c"),
        (lambda: text.fraction(74.8), "about three in four"),
        (lambda: text.fraction(72), "more than seven in ten"),
        (lambda: text.formula("a + b (year - 2016), 2012-2019"), "a + b (year − 2016), 2012–2019"),
        (lambda: text.formula("[2014 <= year <= 2021]; Var = phi E"), "[2014 ≤ year ≤ 2021]; Var = φ E"),
        (lambda: text.formula("Var u = tau^2; Var e_i = 1/x_i"), "Var u = τ²; Var eᵢ = 1/xᵢ"),
        (lambda: text.formula("z(T-1); rate x years"), "z(T−1); rate × years"),
        (lambda: text.label("northeast_china"), "northeast China"),
        (lambda: text.label("united_kingdom"), "United Kingdom"),
        (lambda: text.label("unhcr"), "UNHCR"),
        (lambda: text.label("part_years"), "part years"),
        (lambda: text.direction(2, 1), "rose"),
        (lambda: text.direction(1, 2), "fell"),
        (lambda: text.direction(1, 1), "did not change"),
    ],
)
def test_numbers_become_the_words_a_sentence_prints(call, text):
    assert call() == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), pd.NA])
def test_a_missing_number_never_reaches_a_sentence(value):
    with pytest.raises((text.ProseError, TypeError)):
        text.count(value)


def test_telling_a_bare_number_is_refused_by_name():
    with pytest.raises(TypeError, match="peak_year is int"):
        text.glue_all(peak_year=2009)


def test_telling_an_empty_fact_is_refused():
    with pytest.raises(text.ProseError, match="peak_year"):
        text.glue_all(peak_year=" ")


def test_a_claim_that_does_not_hold_stops_the_page():
    text.assert_claim(True, "women outnumber men")
    with pytest.raises(text.ProseError, match="women outnumber men"):
        text.assert_claim(False, "women outnumber men")


def test_a_share_outside_its_range_is_refused():
    with pytest.raises(text.ProseError, match="0 to 100"):
        text.fraction(101)


@pytest.mark.parametrize(
    ("excess", "told", "against"),
    [
        (
            [0.0, 0.3, 6.2],
            "Nor do they date it. A line that breaks in 2011 fits as well, with steps from −54% to −30%",
            "2013",
        ),
        (
            [0.0, 3.0, 6.2],
            "Nor do they date it. A line that breaks in 2011 fits better than one in 2012, "
            "with a step of −30%",
            "2013",
        ),
        ([5.0, 0.0, 6.2], "Of the dates tried, 2012 fits best", "2011 and 2013"),
        ([2.0, 0.0, 3.0], "Of the dates tried, 2012 fits best", "none of these dates"),
    ],
)
def test_dates_that_fit_as_well_are_told(excess, told, against):
    dates = pd.DataFrame({"date": [2011, 2012, 2013], "jump": [-30.0, -54.0, -20.0], "excess": excess})
    assert text.break_dates(dates, 2012) == (told, against)
