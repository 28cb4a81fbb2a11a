"""Each rule of the prose lint, on prose planted to break it and on prose that must pass."""

from __future__ import annotations

import pytest

from scripts.lint import find_numbers, read_code, read_markdown

IMPORTS = "from analysis import text\nfrom analysis.text import count, decimal, glue_all, year"


def find(markdown: str) -> list[str]:
    return [number for piece in read_markdown(markdown) for number in find_numbers(piece, 2025)]


def find_in_code(*sources: str) -> list[str]:
    return [n for piece in read_code([IMPORTS, *sources]) for n in find_numbers(piece, 2025)]


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ("About 34,000 people.", ["34,000"]),
        ("A share of 72% and 3.5 points.", ["72%", "3.5"]),
        ("The newest year is 2025.", ["2025"]),
        ("Until 2026 nothing is known.", ["2026"]),
        ("From 2019 to 2025, or 2019–2025, or 2019–25.", ["2025", "2019–2025", "2019–25"]),
        ("Before 1944.", ["1944"]),
        ("A price of $2012, or 2012 won, or 2012%.", ["$2012", "2012", "2012%"]),
        ("There were 2,012 of them, 2012.5 on average.", ["2,012", "2012.5"]),
        ("Roughly three in four.", ["three", "four"]),
        ("Twenty-five women and a dozen men.", ["Twenty-five", "dozen"]),
        ("Half a million, two-thirds, a fifth.", ["Half", "million", "two-thirds", "a fifth"]),
        ("It doubled, then fell by a quarter, twice, tenfold.", ["doubled", "quarter", "twice", "tenfold"]),
        ("A third of them.", ["third"]),
        ("More than ½ and ٣.", ["½", "٣"]),
        ("KRW-500 is no name.", ["KRW-500"]),
        ("# A heading with 12 words", ["12"]),
        ("| a |\n|---|\n| 31 |", ["31"]),
        ("- item with 7", ["7"]),
        ("[link text 8](https://example.org/)", ["8"]),
        ("![alt text 9](figure.svg)", ["9"]),
        ("Code `n=30` counts.", ["n=30"]),
        ("<b>41</b>\n", ["41"]),
        ('<img src="a.svg" alt="rose by 42">', ["42"]),
        ("{abbr}`word (17 letters)`", ["17"]),
        ("{download}`the 14 rows <table.csv>`", ["14"]),
        ("```{note} Title 19\nBody 20\n```", ["19", "20"]),
        (":::{admonition} Title\n:class: wide-3\nBody 21\n:::", ["21"]),
        ("```{figure} a7.svg\n:name: fig-8\n:alt: Chart of 9\n\nCaption 10\n```", ["9", "10"]),
        ("Text.[^a]\n\n[^a]: A note of 22.", ["22"]),
        ("Term\n: Meaning 23", ["23"]),
        ("&#52;&#50;", ["42"]),
    ],
)
def test_typed_number_is_found(planted, found):
    assert find(planted) == found


@pytest.mark.parametrize(
    "allowed",
    [
        "In 2012, from 1950–53 to 2020–22 and 1998–2024, the 1990s, mid-2012 (2003, 2004).",
        "On 27 November 2013 and July 10, 1997.",
        "{glue:text}`key_2025` people, as {cite:p}`kim2025` found.",
        "[the table](https://example.org/2025/31) and <https://example.org/44>",
        "[109](tel:109) is a support line.",
        "(label-33)=\n## Heading",
        "{ref}`the section <part-7>`, {ref}`part-7`, {doc}`01_demographics`, {numref}`fig-5`",
        "See `01_demographics.ipynb`, data/clean/table2.csv and Section 3, Table 4.",
        "Act No. 5259, Article 9(2), CC BY-SA 4.0, Python 3.11.",
        "PHQ-9, COVID-19 and the F-4 visa.",
        "They crossed third countries; the first and the second.",
        '<span data-count="31" class="x2">word</span>',
        "```python\nx = 29\n```",
        "{.wide-3}\nText",
        "% a comment with 40",
        "1. item\n2. item",
    ],
)
def test_what_may_be_typed_passes(allowed):
    assert find(allowed) == []


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ("glue_all(a=count(34000))", ["34,000"]),
        ("glue_all(a=count(2012))", ["2,012"]),
        ('glue_all(a="three")', ["three"]),
        ('glue_all(a=f"{x} of 19")', ["19"]),
        ('glue_all(a="about " + "12")', ["12"]),
        ("glue_all(a=text.percent(72, places=2))", ["72"]),
        ("glue_all(a=count(x + 250))", ["250"]),
        ("glue_all(a=year(2025))", ["2025"]),
        ("n = 34000\ntell(a=count(n))", ["34,000"]),
        ("n = [5, 6]\ntell(a=count(n[0]))", ["5", "6"]),
        ("for n in (17,):\n    glue_all(a=count(n))", ["17"]),
        ("print(33)", ["33"]),
        ("glue_all(a=str(33))", ["33"]),
        ('glue_all(a="{} of 18".format(x))', ["18"]),
        ('show(frame, caption="The 55 cases")', ["55"]),
        ('words = "some 44 words"', ["44"]),
    ],
)
def test_literal_that_reaches_a_page_is_found(planted, found):
    assert find_in_code(planted) == found


@pytest.mark.parametrize(
    "allowed",
    [
        "glue_all(a=decimal(100 * x, 1), b=decimal(x, places=2), c=year(2012))",
        'glue_all(a=count(frame.query("age > 33").loc[2025, "x"]))',
        'glue_all(a=f"{x:.2f} people")',
        "model = fit(frame, breaks=[2012, 2020], degree=3)\ntell(a=decimal(model.slope))",
        "recent = frame[frame.age > 65]\ntell(a=count(len(recent)))",
        'text.assert_claim(x > 0.7, "more than 70% are women")',
        'color = "#1f77b4"',
    ],
)
def test_literal_that_selects_or_formats_passes(allowed):
    assert find_in_code(allowed) == []


def test_number_through_a_name_of_another_cell_is_found():
    assert find_in_code("n = 34000", "glue_all(a=count(n))") == ["34,000"]
