import pandas as pd
import pytest

from analysis import prose


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: prose.count(34537), "34,537"),
        (lambda: prose.count(-3), "−3"),
        (lambda: prose.decimal(-3.25, 1), "−3.3"),
        (lambda: prose.decimal(64.25, 1), "64.3"),
        (lambda: prose.decimal(-0.04, 1), "0.0"),
        (lambda: prose.percent(72.4), "72%"),
        (lambda: prose.points(-3.14), "3.1 percentage points"),
        (lambda: prose.points(1, 0), "1 percentage point"),
        (lambda: prose.times(2.44), "2.4 times"),
        (lambda: prose.interval(61.2, 72.4, unit="%"), "61% to 72%"),
        (lambda: prose.interval(-4, 2), "−4 to 2"),
        (lambda: prose.won(8_000_000), "8 million won"),
        (lambda: prose.won(1_500_000_000), "1.5 billion won"),
        (lambda: prose.won(6500), "6,500 won"),
        (lambda: prose.dollars(7199.6), "$7,200"),
        (lambda: prose.day(pd.Timestamp("2026-02-04")), "4 February 2026"),
        (lambda: prose.month("2024-09-30"), "September 2024"),
        (lambda: prose.words(3), "three"),
        (lambda: prose.words(31), "31"),
        (lambda: prose.ordinal(3), "third"),
        (lambda: prose.plural(1, "person", "people"), "one person"),
        (lambda: prose.plural(31, "person", "people"), "31 people"),
        (lambda: prose.listing(["a"]), "a"),
        (lambda: prose.listing(["a", "b", "c"]), "a, b and c"),
        (lambda: prose.fraction(74.8), "about three in four"),
        (lambda: prose.fraction(72), "more than seven in ten"),
        (lambda: prose.formula("a + b (year - 2016), 2012-2019"), "a + b (year − 2016), 2012–2019"),
        (lambda: prose.formula("[2014 <= year <= 2021]; Var = phi E"), "[2014 ≤ year ≤ 2021]; Var = φ E"),
        (lambda: prose.formula("Var u = tau^2; Var e_i = 1/x_i"), "Var u = τ²; Var eᵢ = 1/xᵢ"),
        (lambda: prose.formula("z(T-1); rate x years"), "z(T−1); rate × years"),
        (lambda: prose.name("northeast_china"), "northeast China"),
        (lambda: prose.name("united_kingdom"), "United Kingdom"),
        (lambda: prose.name("unhcr"), "UNHCR"),
        (lambda: prose.name("part_years"), "part years"),
        (lambda: prose.choose(2, 1), "rose"),
        (lambda: prose.choose(1, 2), "fell"),
        (lambda: prose.choose(1, 1), "did not change"),
    ],
)
def test_numbers_become_the_words_a_sentence_prints(call, text):
    assert call() == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), pd.NA])
def test_a_missing_number_never_reaches_a_sentence(value):
    with pytest.raises((prose.ProseError, TypeError)):
        prose.count(value)


def test_telling_a_bare_number_is_refused_by_name():
    with pytest.raises(TypeError, match="peak_year is int"):
        prose.tell(peak_year=2009)


def test_telling_an_empty_fact_is_refused():
    with pytest.raises(prose.ProseError, match="peak_year"):
        prose.tell(peak_year=" ")


def test_a_claim_that_does_not_hold_stops_the_page():
    prose.require(True, "women outnumber men")
    with pytest.raises(prose.ProseError, match="women outnumber men"):
        prose.require(False, "women outnumber men")


def test_a_share_outside_its_range_is_refused():
    with pytest.raises(prose.ProseError, match="0 to 100"):
        prose.fraction(101)


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
    assert prose.break_dates(dates, 2012) == (told, against)
