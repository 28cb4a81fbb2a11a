"""A small data package, written by hand, that the tests of the machinery break on purpose."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
from hypothesis import settings
from hypothesis.configuration import set_hypothesis_home_dir

from data import pipeline
from data.checks import Problem, check_sum
from data.schema import DATA, expand_descriptor, find_resource

# The same examples in every run, and no time limit for one of them, since machines are busy.
set_hypothesis_home_dir(DATA.parent / "_build" / "hypothesis")
settings.register_profile("book", derandomize=True, database=None, deadline=None, max_examples=50)
settings.load_profile("book")

VISITORS = """\
year,sex,visitors_persons,share_pct,counted_on,is_rounded,source_id,note
2001,all,30,,2002-01-15,false,bulletin,
2001,female,20,66.7,2002-01-15,false,bulletin,
2001,male,10,33.3,2002-01-15,false,bulletin,
2002,all,50,,,,bulletin,first release
2002,female,35,70,,,bulletin,
2002,male,15,30,,,bulletin,
2003,all,9,,,true,bulletin,"rounded, says the page"
2003,female,5,,,true,bulletin,
2003,male,4,,,true,bulletin,
"""
SOURCES = """\
source_id,publisher,producer,title,url,published
bulletin,Statistics Office,Statistics Office,Yearly bulletin,https://example.org/bulletin,2004
"""
CORRECTIONS = """\
table,where,column,action,printed,corrected
visitors,year=2003;sex=male,visitors_persons,replace,4,5
visitors,year=2003;sex=all,visitors_persons,replace,9,10
"""


def describe_texts(table: str) -> str:
    """Return the YAML of a table whose columns are all text."""
    names = table.split("\n")[0].split(",")
    return "\n".join(f"    - {{name: {name}, type: string, description: ''}}" for name in names)


DESCRIPTOR = f"""\
resources:
  - path: raw/corrections.csv
    orderedBy: [table]
    primaryKey: [table, where, column]
    fields:
{describe_texts(CORRECTIONS)}
  - path: raw/sources.csv
    orderedBy: [source_id]
    primaryKey: [source_id]
    fields:
{describe_texts(SOURCES)}
  - path: raw/visitors.csv
    orderedBy: [year, sex]
    primaryKey: [year, sex]
    foreignKeys: {{source_id: [raw-sources, source_id]}}
    fields:
    - {{name: year, type: year, description: x, required: true}}
    - {{name: sex, type: string, description: x, required: true, enum: [all, female, male]}}
    - {{name: visitors_persons, type: integer, description: x, required: true, minimum: 0}}
    - {{name: share_pct, type: number, description: x, minimum: 0, maximum: 100}}
    - {{name: counted_on, type: date, description: x}}
    - {{name: is_rounded, type: boolean, description: x}}
    - {{name: source_id, type: string, description: x, required: true}}
    - {{name: note, type: string, description: x}}
  - path: clean/visitors.csv
    derivedFrom: [visitors]
    orderedBy: [year, sex]
    primaryKey: [year, sex]
    fields:
    - {{name: year, like: raw-visitors}}
    - {{name: sex, like: raw-visitors, labels: {{female: women, male: men}}}}
    - {{name: visitors_persons, like: raw-visitors, maximum: 1000}}
    - {{name: source_id, like: raw-visitors}}
"""


def make_module() -> ModuleType:
    """Return a table module: men and women add up to all."""
    module = ModuleType("visitors")
    module.RAW_TABLES = ("visitors",)
    module.check = lambda raw: check_sum(
        raw["visitors"], "data/raw/visitors.csv", ["year"], by="sex", column="visitors_persons"
    )
    module.clean = lambda raw: {
        "visitors": raw["visitors"].query("sex != 'all'")[["year", "sex", "visitors_persons", "source_id"]]
    }
    return module


class Package:
    """A data folder whose files a test changes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, path: str, content: str | bytes) -> None:
        """Write a file of the package."""
        content = content.encode("utf-8") if isinstance(content, str) else content
        (self.folder / path).write_bytes(content)

    def replace(self, old: str, new: str, path: str = "raw/visitors.csv") -> None:
        """Change the only place where ``old`` is in a file."""
        text = (self.folder / path).read_text(encoding="utf-8")
        assert text.count(old) == 1
        self.write(path, text.replace(old, new))

    def append(self, rows: str, path: str = "raw/visitors.csv") -> None:
        """Append rows to a table."""
        self.write(path, (self.folder / path).read_bytes() + rows.encode("utf-8"))

    def read(self) -> dict[str, bytes]:
        """Return every file of the package."""
        return {str(file): file.read_bytes() for file in self.folder.rglob("*") if file.is_file()}

    def resource(self, layer: str = "raw") -> dict:
        """Return the schema of the table of visitors."""
        return find_resource(expand_descriptor(self.folder), layer, "visitors")

    def check(self) -> list[Problem]:
        """Return the problems of the package."""
        return pipeline.check(self.folder)

    def places(self) -> list[tuple[str, int, str]]:
        """Return file, line and column of each problem."""
        return [
            (problem.file.removeprefix("data/"), problem.line, problem.column) for problem in self.check()
        ]

    def build(self) -> list[str]:
        """Make the clean tables."""
        return pipeline.build(self.folder)

    def load_clean(self) -> pd.DataFrame:
        """Return the clean table as it is in the file."""
        return pd.read_csv(self.folder / "clean/visitors.csv")


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Package:
    """Return the small package, valid and built."""
    monkeypatch.setattr(pipeline, "find_modules", lambda: [make_module()])
    for layer in ("raw", "clean"):
        (tmp_path / layer).mkdir()
    made = Package(tmp_path)
    made.write("datapackage.yaml", DESCRIPTOR)
    made.write("raw/visitors.csv", VISITORS)
    made.write("raw/sources.csv", SOURCES)
    made.write("raw/corrections.csv", CORRECTIONS)
    made.build()
    return made
