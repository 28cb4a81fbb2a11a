"""The worked examples of CONTRIBUTING.md, followed to the letter, one after the other."""

from __future__ import annotations

import pytest

from tests.slow.conftest import read_example

EXAMPLES = ("A new release", "A new source", "A new table", "A new model", "A new chart", "A new chapter")


@pytest.mark.slow
def test_every_worked_example_works_as_it_is(repository):
    for heading in EXAMPLES:
        blocks = read_example(heading)
        assert blocks, heading
        for block in blocks:
            if "make test" not in block:
                repository.run("sh", "-ec", block, check=True)
    page = (repository.root / "book" / "11_calls.ipynb").read_text(encoding="utf-8")
    assert "calls_newest: 61" in page
