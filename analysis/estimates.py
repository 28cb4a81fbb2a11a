"""``python -m analysis.estimates`` writes ``book/estimates.csv``; ``--check`` says if it is stale.

Every model result a chapter prints stands there, one a row. Numbers carry twelve significant
digits, so that the file is the same on every machine.
"""

from __future__ import annotations

import argparse
import csv
import io
import math
import sys
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from analysis.models import COLUMNS, fit
from analysis.specifications import SPECIFICATIONS
from data.schema import replace_file

FILE = Path(__file__).resolve().parent.parent / "book" / "estimates.csv"
DIGITS = 12
TOLERANCE = 1e-9
NUMBERS = ("estimate", "std_error", "level", "ci_low", "ci_high", "dispersion", "df_resid")


def build_estimates(model_ids: Iterable[str] | None = None) -> pd.DataFrame:
    """Return the results of all models, in the order of the registry."""
    wanted = [s.model_id for s in SPECIFICATIONS] if model_ids is None else list(model_ids)
    table = pd.concat([fit(model_id).estimates for model_id in wanted], ignore_index=True)
    repeated = table.duplicated(["model_id", "quantity"])
    if repeated.any():
        found = table.loc[repeated, ["model_id", "quantity"]].iloc[0]
        raise ValueError(f"quantity: found {found['quantity']} twice in {found['model_id']}, expected once")
    return table[list(COLUMNS)]


def format_number(value: float) -> str:
    """Return a number with twelve significant digits, empty for none, ``inf`` for no upper limit."""
    if math.isnan(value):
        return ""
    return "0" if value == 0 else f"{value:.{DIGITS}g}"


def format_estimates(table: pd.DataFrame) -> str:
    """Return the table as the text of its file: UTF-8, LF, numbers as ``format_number`` has them."""
    text = table.assign(**{name: table[name].map(format_number) for name in NUMBERS})
    text["n"] = table["n"].astype(int)
    buffer = io.StringIO()
    text.to_csv(buffer, index=False, lineterminator="\n")
    return buffer.getvalue()


def find_stale(file: Path = FILE) -> str:
    """Return one line that says how the stored file differs from a fresh run; empty if it does not.

    Words are compared as they stand, numbers to nine digits: another processor may round the last
    of the twelve differently.
    """
    remedy = "run make refresh"
    name = f"{file.parent.name}/{file.name}"
    if not file.is_file():
        return f"{name}: there is no such file; {remedy}"
    stored = list(csv.DictReader(io.StringIO(file.read_bytes().decode("utf-8"))))
    fresh = list(csv.DictReader(io.StringIO(format_estimates(build_estimates()))))
    for line, (old, new) in enumerate(zip(stored, fresh, strict=False), start=2):
        for column in COLUMNS:
            if not is_same(old.get(column), new[column], column in NUMBERS):
                where = f"{new['model_id']} {new['quantity']}: {column}"
                return f"{name}:{line}: {where}: found {old.get(column)}, expected {new[column]}; {remedy}"
    if len(stored) != len(fresh):
        return f"{name}: found {len(stored)} results, expected {len(fresh)}; {remedy}"
    return ""


def is_same(old: str | None, new: str, is_number: bool) -> bool:
    """Return whether a stored cell still says what a fresh run says."""
    if old == new or not (is_number and old and new):
        return old == new
    return math.isclose(float(old), float(new), rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def main() -> int:
    """Write the file, or check it, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m analysis.estimates", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the file is stale")
    parser.add_argument("target", nargs="?", type=Path, help="write there what the file should hold")
    asked = parser.parse_args()
    if asked.target:
        stale = find_stale()
        text = format_estimates(build_estimates()) if stale else FILE.read_text(encoding="utf-8")
        asked.target.write_text(text, encoding="utf-8", newline="\n")
        return 0
    if asked.check:
        stale = find_stale()
        print(stale or "book/estimates.csv agrees with a fresh run of every model.")
        return 1 if stale else 0
    changed = bool(find_stale())
    if changed:
        replace_file(FILE, format_estimates(build_estimates()).encode("utf-8"))
    print(f"book/estimates.csv: {'written' if changed else 'unchanged'}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
