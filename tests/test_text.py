import pandas as pd
import pytest

from analysis import text


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (text.count(34537), "34,537"),
        (text.count(-3), "−3"),
        (text.decimal(-3.25, 1), "−3.3"),
        (text.decimal(64.25, 1), "64.3"),
        (text.decimal(-0.04, 1), "0.0"),
        (text.percent(72.4), "72%"),
        (text.points(-3.14), "3.1 percentage points"),
        (text.points(1, 0), "1 percentage point"),
        (text.times(2.44), "2.4 times"),
        (text.interval(61.2, 72.4, unit="%"), "61% to 72%"),
        (text.interval(-4, 2), "−4 to 2"),
        (text.won(8_000_000), "8 million won"),
        (text.won(1_500_000_000), "1.5 billion won"),
        (text.won(6500), "6,500 won"),
        (text.dollars(7199.6), "$7,200"),
        (text.day(pd.Timestamp("2026-02-04")), "4 February 2026"),
        (text.month("2024-09-30"), "September 2024"),
        (text.number_word(3), "three"),
        (text.number_word(31), "31"),
        (text.listing(["a"]), "a"),
        (text.listing(["a", "b", "c"]), "a, b and c"),
        (text.formula("a + b (year - 2016), 2012-2019"), "a + b (year − 2016), 2012–2019"),
        (text.formula("[2014 <= year <= 2021]; Var = phi E"), "[2014 ≤ year ≤ 2021]; Var = φ E"),
        (text.formula("Var u = tau^2; Var e_i = 1/x_i"), "Var u = τ²; Var eᵢ = 1/xᵢ"),
        (text.formula("z(T-1); rate x years"), "z(T−1); rate × years"),
        (text.label("northeast_china"), "northeast China"),
        (text.label("united_kingdom"), "United Kingdom"),
        (text.label("unhcr"), "UNHCR"),
        (text.label("part_years"), "part years"),
        (text.label("russian_far_east"), "Russian Far East"),
        (text.label("north_hamgyong"), "North Hamgyong"),
        (text.direction(2, 1), "rose"),
        (text.direction(1, 2), "fell"),
        (text.direction(1, 1), "did not change"),
    ],
)
def test_numbers_and_codes_become_words(made, words):
    assert made == words


@pytest.mark.parametrize("value", [float("nan"), float("inf"), pd.NA])
def test_count_of_a_missing_number_raises(value):
    with pytest.raises((text.ProseError, TypeError)):
        text.count(value)


@pytest.mark.parametrize(
    ("fact", "error"), [(2009, TypeError), (" ", text.ProseError), ("up to nan", text.ProseError)]
)
def test_glue_all_takes_words_only(fact, error):
    with pytest.raises(error, match="peak_year"):
        text.glue_all(peak_year=fact)


def test_assert_claim_raises_with_the_claim():
    text.assert_claim(True, "women outnumber men")
    with pytest.raises(text.ProseError, match="women outnumber men"):
        text.assert_claim(False, "women outnumber men")


def test_listing_of_nothing_raises():
    with pytest.raises(text.ProseError):
        text.listing([])
