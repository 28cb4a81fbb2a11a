import pandas as pd
import pytest

from analysis import audit
from analysis.figures import audit as figures


def make_ledger(*rows):
    base = {
        "section": "japan",
        "claim": "People on a boat",
        "printed_as": "13",
        "value_low": 13.0,
        "unit": "person",
        "computed": 11.0,
        "computed_to": None,
        "verdict": "contradicted",
        "why": "Every report has eleven.",
        "source_id": "paper",
        "other_value": None,
        "other_value_to": None,
        "other_is": None,
        "other_source_id": None,
    }
    frame = pd.DataFrame([{**base, "claim_id": f"c{i}"} | row for i, row in enumerate(rows)])
    numbers = ["computed", "computed_to", "other_value", "other_value_to"]
    frame[numbers] = frame[numbers].astype(float)
    return frame


SECTIONS = pd.DataFrame(
    {"section": ["lead", "japan"], "position": [1, 2], "title": ["Introduction", "Japan"]}
)
SOURCES = pd.DataFrame(
    {"source_id": ["paper", "other"], "publisher": ["Paper", "Other"], "url": ["https://p", "https://o"]}
)


def test_verdicts_without_a_claim_count_nought():
    counts = audit.count_verdicts(make_ledger({}, {"verdict": "holds"}))
    assert counts.to_dict() == {v: int(v in ("holds", "contradicted")) for v in audit.VERDICTS}


def test_a_claim_that_is_not_there_is_an_error():
    with pytest.raises(KeyError, match="no claim 'absent'"):
        audit.pick(make_ledger({}), "absent")


def test_cells_of_the_arrivals_table_are_a_part_of_their_own():
    assert audit.name_part("statistics_male_2016", "statistics") == "Arrivals table"
    assert audit.name_part("statistics_age_0_9", "statistics") == "Arrivals, other"


def test_a_section_in_no_part_is_an_error():
    with pytest.raises(KeyError, match="in no part"):
        audit.name_part("x", "elsewhere")


def test_parts_count_their_claims_by_verdict():
    ledger = make_ledger({}, {"verdict": "holds"}, {"section": "china", "verdict": "holds"})
    parts = audit.count_by_part(ledger).set_index("part")
    assert list(parts.index) == ["China", "Other countries"]
    assert parts.loc["Other countries", ["holds", "contradicted", "claims"]].tolist() == [1, 1, 2]


def test_exclusions_are_told_in_words_most_first():
    numbers = pd.DataFrame({"excluded_because": ["name", "bare_year", "bare_year", None]})
    shown = audit.list_exclusions(numbers)
    assert shown.values.tolist() == [["a year and nothing else", 2], ["part of a name or a heading", 1]]


def make_years():
    entrants = pd.DataFrame(
        [(2016, "male", 302), (2016, "female", 1116), (2017, "male", 10), (2017, "female", 20)],
        columns=["year", "sex", "entrants_persons"],
    )
    bins = pd.DataFrame({"sex": ["male", "female", "all"], "entrants_persons": [3, 2, 5], "role": "current"})
    return entrants, bins


def test_the_total_column_is_rebuilt_from_cells_and_from_the_ministry():
    cells = [
        {"claim_id": f"statistics_{sex}_{key}", "value_low": value, "other_is": "June"}
        for sex, values in (("male", (3, 299, 9)), ("female", (2, 1119, 8)), ("all", (5, 1418, 7)))
        for key, value in zip(("to_1998", "2016", "to_2017"), values, strict=True)
    ]
    total = audit.rebuild_total_column(make_ledger(*cells), *make_years(), last_year=2017)
    assert total["printed"].tolist() == [9, 8, 7]
    assert total["cells"].tolist() == [302, 1121, 1423]
    assert total["to_year_end"].tolist() == [315, 1138, 1453]
    assert set(total["printed_is"]) == {"June"}


def test_a_split_is_tried_against_the_totals_announced_later():
    rows = [
        {"claim_id": "statistics_male_2016", "value_low": 299.0, "computed": 302.0},
        {"claim_id": "statistics_female_2016", "value_low": 1119.0, "computed": 1116.0},
    ]
    announced = pd.DataFrame(
        {
            "as_of_date": pd.to_datetime(["2017-12-31", "2017-12-31", "2017-06-30", "2015-12-31"]),
            "sex": ["male", "female", "male", "male"],
            "role": "current",
            "entrants_persons": [315, 1138, 99, 99],
        }
    )
    split = audit.try_split(make_ledger(*rows), *make_years(), announced)
    assert split[["who", "announced", "with_ministry", "with_article"]].values.tolist() == [
        ["Men", 315, 315, 312],
        ["Women", 1138, 1138, 1141],
    ]


@pytest.mark.parametrize(
    ("value", "to", "unit", "text"),
    [
        (34078, None, "person", "34,078"),
        (55.34, None, "percent", "55.3%"),
        (6655.2, 7355.4, "USD", "6,655 to 7,355 dollars"),
        (1962, None, "year", "1962"),
        (30000, 30000, "person", "30,000"),
        (None, None, "person", ""),
    ],
)
def test_a_figure_is_shown_with_its_unit(value, to, unit, text):
    assert audit.show_figure(value, to, unit) == text


def test_the_ledger_is_laid_out_in_the_order_of_the_article_with_its_documents():
    ledger = make_ledger(
        {},
        {"section": "lead", "claim": "A peak", "computed": None, "source_id": None, "verdict": "mislabelled"}
        | {"other_value": 5.0, "other_source_id": "other"},
        {"computed": None, "source_id": None, "verdict": "cannot be checked"},
    )
    shown = audit.lay_out(ledger, SECTIONS, SOURCES)
    assert shown["claim"].tolist()[0] == "Introduction: A peak"
    assert shown["found"].tolist() == ["5", "11", ""]
    assert shown["url"].fillna("").tolist() == ["https://o", "https://p", ""]


def test_pairs_of_claims_are_told_in_words():
    pairs = pd.DataFrame({"claim_a": ["c0"], "claim_b": ["c1"], "relation": ["part"]})
    shown = audit.lay_out_pairs(pairs, make_ledger({}, {"claim": "All", "printed_as": "9"}))
    assert shown.values.tolist() == [["People on a boat", "13", "All", "9", "a part and its whole"]]


def test_claims_with_one_proposal_share_a_row():
    corrections = pd.DataFrame(
        {"claim_id": ["a", "b"], "section": "japan", "printed_as": ["13", "14"], "proposal": "Write eleven."}
    ).assign(source_id="paper")
    shown = audit.lay_out_corrections(corrections, SECTIONS, SOURCES)
    assert shown.values.tolist() == [["Japan", "13; 14", "Write eleven.", "Paper", "https://p"]]


def test_the_figure_numbers_the_pieces_that_have_room():
    ledger = make_ledger(*[{}] * 3, *[{"verdict": "holds"}] * 97)
    picture = figures.draw_verdicts(audit.count_by_part(ledger), "made up, 2025")
    svg = picture.svg
    assert ">97<" in svg
    assert ">100<" in svg
    assert ">3<" not in svg
