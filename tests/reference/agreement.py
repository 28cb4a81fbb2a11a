"""How far R's fits lie from ours: run R, compare, and write the table of the methods page.

``python -m tests.reference`` reruns ``models.R`` (where R with metafor is installed),
writes ``estimates_r.csv`` and ``book/agreement.csv``, and fails on a difference that is too large.
"""

from __future__ import annotations

import hashlib
import io
import math
import os
import re
import shutil
import subprocess
from pathlib import Path

import pandas as pd

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SCRIPT = HERE / "models.R"
REFERENCE = HERE / "estimates_r.csv"
STATE = HERE / "data.sha256"
ESTIMATES = ROOT / "book" / "estimates.csv"
TABLE = ROOT / "book" / "agreement.csv"

TOLERANCE = 1e-6
LOOSER: dict[str, tuple[float, str]] = {}
"""Models compared to a wider tolerance, and why: none."""

KEYS = ["model_id", "quantity"]
NUMBERS = ["estimate", "std_error", "ci_low", "ci_high", "dispersion", "df_resid"]


def find_r() -> str | None:
    """Return the path of Rscript, if R and the packages are there."""
    program = shutil.which("Rscript")
    if program is None:
        return None
    test = [program, "-e", "stopifnot(requireNamespace('metafor'))"]
    return program if subprocess.run(test, capture_output=True, check=False).returncode == 0 else None


def run_r(program: str) -> str:
    """Return what the R script prints, run from the top folder."""
    result = subprocess.run([program, str(SCRIPT)], cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode:
        raise RuntimeError(f"models.R failed:\n{result.stderr[-2000:]}")
    return result.stdout


def hash_data() -> str:
    """Return one hash of the clean tables that the R script reads."""
    digest = hashlib.sha256()
    for name in sorted(set(re.findall(r'\bread\("(\w+)"\)', SCRIPT.read_text(encoding="utf-8")))):
        digest.update(name.encode() + (ROOT / "data" / "clean" / f"{name}.csv").read_bytes())
    return digest.hexdigest()


def compare(ours: pd.DataFrame, theirs: pd.DataFrame) -> pd.DataFrame:
    """Return each result's differences over the size of R's number; 0 where both are empty or infinite."""
    both = ours.merge(theirs, on=KEYS, how="outer", suffixes=("", "_r"), indicator="side")
    alone = both.loc[both["side"] != "both"]
    if len(alone):
        first = alone.iloc[0]
        where = "ours" if first["side"] == "left_only" else "R's"
        raise ValueError(
            f"{len(alone)} results on one side only, first {where} {first['model_id']} {first['quantity']}"
        )
    result = both[KEYS].copy()
    for name in NUMBERS:
        a, b = both[name].astype(float), both[f"{name}_r"].astype(float)
        unmatched = a.isna() != b.isna()
        if unmatched.any():
            first = both.loc[unmatched].iloc[0]
            raise ValueError(f"{name}: a number on one side only at {first['model_id']} {first['quantity']}")
        size = b.abs().clip(lower=1e-9)
        result[name] = ((a - b).abs() / size).where((a != b) & a.notna(), 0.0)
    return result


def summarise(ours: pd.DataFrame, differences: pd.DataFrame) -> pd.DataFrame:
    """Return the table of the methods page: the worst difference per model, rounded up to a power of ten."""
    worst = differences.groupby("model_id", sort=False)[NUMBERS].max()
    chapters = ours.groupby("model_id", sort=False).agg(
        chapter=("chapter", "first"), results=("quantity", "size")
    )
    table = chapters.join(worst).reset_index()
    tolerance = [LOOSER.get(m, (TOLERANCE, ""))[0] for m in table["model_id"]]
    return pd.DataFrame(
        {
            "chapter": table["chapter"],
            "model_id": table["model_id"],
            "results": table["results"],
            "worst_estimate": table["estimate"].map(round_up),
            "worst_std_error": table["std_error"].map(round_up),
            "worst_limit": table[["ci_low", "ci_high"]].max(axis=1).map(round_up),
            "worst_dispersion": table["dispersion"].map(round_up),
            "tolerance": [f"{t:.0e}" for t in tolerance],
            "why": [LOOSER.get(m, (0, ""))[1] for m in table["model_id"]],
        }
    )


def round_up(difference: float) -> str:
    """Return the power of ten at or above a difference, from 1e-10 up: ``1e-08``."""
    return f"1e{max(-10, math.ceil(math.log10(difference))):03d}" if difference > 1e-10 else "1e-10"


def find_faults(differences: pd.DataFrame) -> list[str]:
    """Return one line for each number that differs by more than its model's tolerance."""
    faults = []
    for _, row in differences.iterrows():
        limit = LOOSER.get(row["model_id"], (TOLERANCE, ""))[0]
        faults += [
            f"{row['model_id']} {row['quantity']} {name}: "
            f"differs from R by {row[name]:.1e}, expected at most {limit:.0e}"
            for name in NUMBERS
            if row[name] > limit
        ]
    return faults


def store(text: str) -> None:
    """Keep R's output, unless the stored one says the same to nine digits (processors differ)."""
    if REFERENCE.is_file():
        old, new = pd.read_csv(REFERENCE), pd.read_csv(io.StringIO(text))
        if old[KEYS].equals(new[KEYS]) and compare(old, new)[NUMBERS].max().max() < 1e-9:
            return
    REFERENCE.write_text(text, encoding="utf-8")


def main() -> int:
    """Rerun R, write the reference and the table, and return 1 if something differs too much."""
    program = find_r()
    if program is None:
        print("R with metafor is not installed: the stored reference is compared as it stands.")
        if os.environ.get("CI"):
            return 1
    else:
        store(run_r(program))
        STATE.write_text(hash_data() + "\n", encoding="utf-8")
    ours = pd.read_csv(ESTIMATES)
    differences = compare(ours, pd.read_csv(REFERENCE))
    table = summarise(ours, differences)
    TABLE.write_text(table.to_csv(index=False, lineterminator="\n"), encoding="utf-8")
    faults = find_faults(differences)
    print(*faults, sep="\n", end="\n" if faults else "")
    worst = differences.loc[~differences["model_id"].isin(LOOSER), NUMBERS].max().max()
    print(f"{len(ours)} results of {len(table)} models; worst relative difference {worst:.1e}.")
    return 1 if faults else 0
