"""The pages that others quote: twenty numbers, ten claims, exercises, examples, events and the citation."""

import pandas as pd
import pytest

from analysis import display
from analysis.chapters import for_teachers, glossary, how_to_cite, methods, quote_this, ten_claims, timeline
from data import load


@pytest.fixture(scope="module")
def quotes():
    return {
        card.key.removeprefix("quote-"): card for cards in quote_this.list_quotes().values() for card in cards
    }


def test_twenty_numbers_each_with_a_source_and_all_lines(quotes):
    assert len(quotes) == 20
    for card in quotes.values():
        assert card.source_ids
        assert list(card.lines) == ["Write", "Do not write", "Date", "What is counted", "Certainty"]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("all", "34,537"), ("newest", "223"), ("peak", "2,914"), ("closed", "359"), ("women", "72%"),
        ("returns", "31"), ("abroad", "327"), ("america", "224"), ("refugees", "259 to 263"),
        ("china", "10,000 to 300,000"), ("work", "61.3%"), ("illness", "2.1 times"),
        ("payment", "10 million won"),
    ],
)  # fmt: skip
def test_sentences_to_use_have_the_number(quotes, key, words):
    assert words in quotes[key].lines["Write"]


def test_no_sentence_to_use_repeats_the_one_to_avoid(quotes):
    for card in quotes.values():
        assert card.lines["Do not write"].split("”")[0].strip("“") not in card.lines["Write"]


def test_ten_claims_each_with_verdict_reason_and_better_sentence():
    claims = ten_claims.list_claims()
    assert len(claims) == 10
    assert all(list(card.lines) == ["Verdict", "Why", "Write"] and card.source_ids for card in claims)
    told = {card.key: card.lines["Write"] for card in claims}
    assert "about 30,000" in told["claim-living"]
    assert "327" in told["claim-left"]
    assert "seven" in told["claim-returns"]


def test_exercises_have_their_answers():
    steps = for_teachers.list_steps().assign(arrivals=[1, 2, 3, 4, 5])
    assert for_teachers.word_steps(steps)["sum_total"] == "2,166"
    work = for_teachers.word_work(for_teachers.compare_work())
    assert (work["toy_low"], work["toy_high"]) == ("60%", "55%")
    years = for_teachers.word_years(for_teachers.compare_years(2012, 2019))
    assert (years["pair_share_first"], years["pair_share_last"]) == ("73%", "81%")
    assert (years["pair_women_word"], years["pair_men_change"]) == ("fell", "50%")


def test_an_odds_ratio_is_larger_than_the_ratio_of_the_shares():
    words = glossary.word_names(load("events"), load("survey_results"))
    assert float(words["odds_ratio"]) == pytest.approx((62.2 / 37.8) / (25 / 75), abs=0.1)
    assert words["poll_wants"] == "59%"


def test_preferred_names_are_shares_of_all_asked():
    names = glossary.tabulate_names(load("survey_results"))
    assert names["north_korean_origin"].sum() < 100
    assert names["name"].is_unique


def test_twelve_events_are_marked_and_a_missing_one_is_an_error():
    events = load("events")
    assert (timeline.mark_main(events)["is_main"] == "yes").sum() == 12
    with pytest.raises(ValueError, match="2020-01"):
        timeline.mark_main(events[events["date"] != "2020-01"])


def test_citation_names_the_contributors_and_a_contact_only_with_an_address():
    book = how_to_cite.read_book()
    assert book["author"] == "The contributors of Leaving North Korea in Numbers"
    assert "@misc" in repr(how_to_cite.show_bibtex(book))
    assert "issues" in repr(how_to_cite.show_contact({**book, "repository": "https://example.org/a/b"}))
    assert "http" not in repr(how_to_cite.show_contact({**book, "repository": "", "url": ""}))


def test_all_errors_of_form_must_be_found_by_content():
    faults = pd.DataFrame(
        {"kind": ["a", "b"], "is_form": [True, False], "planted": [2, 4], "seen_by_content": [2, 1],
         "seen_by_hash_only": [0, 3]}
    )  # fmt: skip
    assert methods.word_faults(faults)["faults_value"] == "25%"


def test_cards_escape_what_they_show():
    sources = pd.DataFrame(
        [{"source_id": "s", "publisher": "P & Q", "published": None, "url": "https://example.org"}]
    )
    shown = display.show_cards([display.Card("k", "<b>", {"Write": "a & b"}, ("s",))], sources)
    assert '<h3 id="k">&lt;b&gt;</h3>' in shown.html
    assert "P &amp; Q" in shown.html
