"""``python -m analysis.models`` writes ``book/estimates.csv``: every model result, one per row.

Numbers carry twelve significant digits. A stored file that agrees to nine is kept, for processors
differ in the last digits.
"""

from __future__ import annotations

import argparse
import io
import math
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.models import COLUMNS, fit, list_specifications

FILE = Path(__file__).resolve().parents[2] / "book" / "estimates.csv"
NUMBERS = ["estimate", "std_error", "level", "ci_low", "ci_high", "dispersion", "df_resid"]


def build_estimates(model_ids: Iterable[str] = ()) -> pd.DataFrame:
    """Return the results of all models, or of some, in the order of the registry."""
    wanted = list(model_ids) or [s.model_id for s in list_specifications()]
    table = pd.concat([fit(model_id).estimates for model_id in wanted], ignore_index=True)
    for repeated in table[table.duplicated(["model_id", "quantity"])].to_dict("records"):
        raise ValueError(
            f"quantity: found {repeated['quantity']} twice in {repeated['model_id']}, expected once"
        )
    return table[list(COLUMNS)]


def format_number(value: float) -> str:
    """Return a number with twelve significant digits, empty for none, ``inf`` for no upper limit."""
    return "" if math.isnan(value) else "0" if value == 0 else f"{value:.12g}"


def format_estimates(table: pd.DataFrame) -> str:
    """Return the table as the text of its file."""
    text = table.assign(**{name: table[name].map(format_number) for name in NUMBERS})
    return text.to_csv(index=False, lineterminator="\n")


def agree(stored: str, fresh: str) -> bool:
    """Return whether two files say the same: words exactly, numbers to nine digits."""
    old, new = (pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False) for text in (stored, fresh))
    if not old.drop(columns=NUMBERS, errors="ignore").equals(new.drop(columns=NUMBERS)):
        return False
    a, b = (table[NUMBERS].replace("", "nan").astype(float) for table in (old, new))
    return np.allclose(a, b, rtol=1e-9, atol=1e-9, equal_nan=True)


def main() -> int:
    """Write the file, or only say with ``--check`` whether the models still give it."""
    parser = argparse.ArgumentParser(prog="python -m analysis.models", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 if the file is out of date"
    )
    parser.add_argument("target", nargs="?", type=Path, default=FILE, help="file to write")
    asked = parser.parse_args()
    text = format_estimates(build_estimates())
    stored = FILE.read_text(encoding="utf-8") if FILE.is_file() else ",".join(COLUMNS)
    is_fresh = agree(stored, text)
    if not asked.check:
        asked.target.write_text(stored if is_fresh else text, encoding="utf-8", newline="\n")
    elif not is_fresh:
        print("book/estimates.csv is not what the models give now; run make refresh")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
