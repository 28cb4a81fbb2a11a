"""A small data package, written by hand, that the tests of the machinery break on purpose."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pandas as pd

from data import pipeline
from data.checks import Problem

FIELDS = {
    "year": {"name": "year", "type": "year", "constraints": {"required": True}},
    "sex": {
        "name": "sex",
        "type": "string",
        "constraints": {"required": True, "enum": ["all", "female", "male"]},
    },
    "visitors": {
        "name": "visitors_persons",
        "type": "integer",
        "constraints": {"required": True, "minimum": 0},
    },
    "share": {"name": "share_pct", "type": "number", "constraints": {"minimum": 0, "maximum": 100}},
    "counted": {"name": "counted_on", "type": "date"},
    "rounded": {"name": "is_rounded", "type": "boolean"},
    "source": {"name": "source_id", "type": "string", "constraints": {"required": True}},
    "note": {"name": "note", "type": "string"},
}
SOURCE_KEY = [{"fields": ["source_id"], "reference": {"resource": "raw-sources", "fields": ["source_id"]}}]

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
source_id,publisher,title,url,published,language,licence
bulletin,Statistics Office,Yearly bulletin,https://example.org/bulletin,2004,en,not stated
"""
CORRECTIONS = """\
table,where,column,action,printed,corrected,reason,status,source_id
visitors,year=2003;sex=male,visitors_persons,replace,4,5,The total is ten,provider not told,bulletin
visitors,year=2003;sex=all,visitors_persons,replace,9,10,Both sexes make ten,provider not told,bulletin
"""


def describe(layer: str, name: str, fields: list[dict], key: list[str], **more: object) -> dict:
    """Return one resource of a descriptor."""
    schema = {"fields": fields, "primaryKey": key, "missingValues": [""]}
    if "source_id" in [f["name"] for f in fields] and name != "sources":
        schema["foreignKeys"] = SOURCE_KEY
    path = f"{layer}/{name}.csv"
    title = ("raw-" if layer == "raw" else "") + name
    return {"name": title, "path": path, "layer": layer, "orderedBy": key, "schema": schema, **more}


def make_descriptor() -> dict:
    """Return the descriptor of the small package."""
    plain = [{"name": n, "type": "string"} for n in SOURCES.split("\n")[0].split(",")]
    entry = [{"name": n, "type": "string"} for n in CORRECTIONS.split("\n")[0].split(",")]
    series = [FIELDS[n] for n in ("year", "sex", "visitors", "source")]
    return {
        "resources": [
            describe("raw", "corrections", entry, ["table", "where", "column"], orderedBy=["table"]),
            describe("raw", "sources", plain, ["source_id"]),
            describe("raw", "visitors", list(FIELDS.values()), ["year", "sex"]),
            describe("clean", "visitors", series, ["year", "sex"], derivedFrom=["visitors"]),
        ]
    }


def make_subject() -> ModuleType:
    """Return a subject module: men and women make all, and no year is missing."""
    subject = ModuleType("visitors")

    def validate(raw: dict[str, pd.DataFrame]) -> list[Problem]:
        frame, file, faults = raw["visitors"], "data/raw/visitors.csv", []
        for year, rows in frame.groupby("year"):
            parts = rows.loc[rows["sex"] != "all", "visitors_persons"].sum()
            whole = rows[rows["sex"] == "all"]
            if len(whole) and whole["visitors_persons"].iloc[0] != parts:
                found = str(whole["visitors_persons"].iloc[0])
                faults.append(
                    Problem(file, int(whole.index[0]), "visitors_persons", found, f"{parts} in {year}")
                )
        years = sorted(set(frame["year"]))
        for year in range(years[0], years[-1]):
            if year not in years:
                line = int(frame.index[frame["year"] > year][0])
                faults.append(Problem(file, line, "year", f"no row for {year}", "every year"))
        return faults

    def tidy(raw: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
        frame = raw["visitors"]
        return {
            "visitors": frame.loc[frame["sex"] != "all", ["year", "sex", "visitors_persons", "source_id"]]
        }

    subject.RAW, subject.validate, subject.tidy = ("visitors",), validate, tidy
    return subject


class Package:
    """A data folder whose files a test changes, and what the machinery then says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, path: str, content: str | bytes) -> None:
        """Put a file into the package."""
        content = content.encode("utf-8") if isinstance(content, str) else content
        (self.folder / path).write_bytes(content)

    def replace(self, old: str, new: str, path: str = "raw/visitors.csv") -> None:
        """Change the only place where ``old`` stands in a file."""
        text = (self.folder / path).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        self.write(path, text.replace(old, new))

    def read_clean(self) -> dict[str, bytes]:
        """Return every file of ``clean/`` and the descriptor."""
        files = [*sorted((self.folder / "clean").glob("*")), self.folder / "datapackage.json"]
        return {file.name: file.read_bytes() for file in files}

    def check(self) -> list[str]:
        """Return the lines that ``make check`` would print."""
        return [str(fault) for fault in pipeline.check(self.folder)]

    def build(self) -> list[str]:
        """Make the clean tables and return the names of those that changed."""
        return pipeline.build(self.folder)
