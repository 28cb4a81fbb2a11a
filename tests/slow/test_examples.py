"""The worked examples of CONTRIBUTING.md, followed to the letter in a short book, one after the other."""

from __future__ import annotations

import pytest

from tests.slow.conftest import read_example

pytestmark = pytest.mark.drill

EXAMPLES = ("A new source", "A new table", "A new model", "A new figure", "A new chapter")


def test_every_worked_example_works_as_it_stands(short):
    rows, source, years, check, refresh, *_ = read_example("A new release")
    for block in (rows, source, years):
        assert short.run("sh", "-ec", block).returncode == 0
    found = short.run("sh", "-ec", check).stdout.splitlines()
    assert len(found) == 3
    assert all("sha256" in line or "as make data puts them" in line for line in found)
    done = short.run("sh", "-ec", refresh)
    assert "book/index.ipynb" in done.stdout, done.stderr
    for heading in EXAMPLES:
        for block in read_example(heading):
            done = short.run("sh", "-ec", block)
            assert done.returncode == 0, f"{heading}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    page = (short.root / "book" / "11_calls.ipynb").read_text(encoding="utf-8")
    assert "calls_newest: 61" in page
