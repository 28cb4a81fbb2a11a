"""``make bench``: measure whole processes in a fresh clone and write ``book/build_facts.csv``.

The last commit is measured, not the work tree. Ratios are judged, each taken between two
measurements of one round; seconds say how fast this machine was and judge nothing. As control serve
bare kernels, one after another, that run the import cell of each notebook and nothing else.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import yaml
from jupyter_client.manager import start_new_kernel

from scripts.notebooks import ROOT, list_notebooks, read_notebook, refresh, write_file

TABLE = ROOT / "book" / "build_facts.csv"
COLUMNS = ["name", "what", "value", "unit", "control", "budget"]
ROUNDS = 3
# name: what is measured, by what it is divided, and how large the ratio may be.
RATIOS = {
    "build_ratio": ("full_build", "bare_kernels", 0.75),
    "edit_ratio": ("edited_build", "full_build", 0.25),
    "double_ratio": ("doubled_build", "full_build", 2.1),
}
WORDS = {
    "setup_and_build": "make book in a fresh clone, the environment set up from the machine's package cache",
    "bare_kernels": "As many bare kernels as notebooks, importing the same libraries one after another",
    "full_build": "Every check, every notebook executed, every page rendered",
    "edited_build": "The same after one page's text was edited",
    "doubled_build": "A full build of the book with a copy of every notebook",
    "build_ratio": "Full build against bare kernels",
    "edit_ratio": "Build after an edit against a full build",
    "double_ratio": "Doubled book against the book",
    "built_folder": "The built folder",
    "heaviest_chapter": "The largest file of a chapter, its figures in it",
    "notebooks": "Notebooks",
    "rounds": "Rounds; seconds and ratios are medians over them",
    "processors": "Processors",
    "load_at_start": "Processes that ran or waited to run when the measurement began",
}
PACKAGES = [
    "jupyter-book", "sphinx", "myst-nb", "nbclient", "ipykernel", "pandas", "numpy", "scipy", "statsmodels",
    "matplotlib", "seaborn",
]  # fmt: skip


class BenchError(Exception):
    """Something that is measured failed; the message says what."""


def run(command: list[str], folder: Path) -> None:
    """Run a command in a folder."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchError(f"{' '.join(command[-3:])[:80]} failed:\n{done.stderr[-2000:]}")


def time_command(command: list[str], folder: Path) -> float:
    """Return the seconds a whole process takes."""
    start = time.perf_counter()
    run(command, folder)
    return time.perf_counter() - start


def time_bare_kernels(book: Path) -> float:
    """Return the seconds of one kernel after another that runs a notebook's imports and is ended at once.

    By the rule of the house all imports stand in the first code cell.
    """
    start = time.perf_counter()
    for path in list_notebooks(book):
        imports = next(cell.source for cell in read_notebook(path).cells if cell.cell_type == "code")
        manager, client = start_new_kernel(extra_arguments=["--log-level=ERROR"], cwd=str(book))
        reply = client.execute_interactive(imports, output_hook=lambda message: None)
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        if reply["content"]["status"] != "ok":
            raise BenchError(f"book/{path.name}: a bare kernel failed: {reply['content']['evalue']}")
    return time.perf_counter() - start


def edit_text(root: Path) -> None:
    """Add a word to the text of the first chapter."""
    path = list_notebooks(root / "book")[0]
    notebook = json.loads(path.read_text(encoding="utf-8"))
    next(c for c in notebook["cells"] if c["cell_type"] == "markdown")["source"].append("\n\nOnce more.")
    path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def double(root: Path) -> None:
    """Put a copy of every notebook into the book, its figures and anchors under names of their own."""
    contents = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    for path in list_notebooks(root / "book"):
        text = re.sub(r'("name": "fig-[^"]+)', r"\1-copy", path.read_text(encoding="utf-8"))
        copy = path.with_stem(f"{path.stem}_copy")
        copy.write_text(re.sub(r'("\([\w-]+)(\)=\\n)', r"\1-copy\2", text), encoding="utf-8")
        contents["chapters"].append({"file": f"book/{copy.stem}"})
    (root / "_toc.yml").write_text(yaml.safe_dump(contents), encoding="utf-8")


def restore(root: Path) -> None:
    """Undo every change to the files of a clone; what is ignored stays."""
    run(["git", "checkout", "-q", "."], root)
    run(["git", "clean", "-fdq"], root)


def measure_round(root: Path, python: str) -> dict[str, float]:
    """Return the seconds of one round, the control first."""
    build = [python, "-m", "scripts.book"]
    seconds = {"bare_kernels": time_bare_kernels(root / "book")}
    shutil.rmtree(root / "_build")
    seconds["full_build"] = time_command(build, root)
    edit_text(root)
    seconds["edited_build"] = time_command(build, root)
    restore(root)
    double(root)
    shutil.rmtree(root / "_build")
    seconds["doubled_build"] = time_command(build, root)
    restore(root)
    return seconds


def summarise(rounds: Sequence[Mapping[str, float]]) -> dict[str, str]:
    """Return the median of each measurement in seconds, and of each ratio within a round."""
    values = {name: f"{statistics.median(r[name] for r in rounds):.1f}" for name in rounds[0]}
    for name, (part, control, _) in RATIOS.items():
        values[name] = f"{statistics.median(r[part] / r[control] for r in rounds):.2f}"
    return values


def measure_files(html: Path) -> dict[str, str]:
    """Return the bytes of the built folder and of the largest chapter in it."""
    sizes = {path: path.stat().st_size for path in html.rglob("*") if path.is_file()}
    chapters = [size for path, size in sizes.items() if path.match("book/[0-9][0-9]_*.html")]
    return {"built_folder": str(sum(sizes.values())), "heaviest_chapter": str(max(chapters))}


def measure(rounds: int) -> dict[str, str]:
    """Return the facts by name, measured on a clone of the last commit."""
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "book"
        run(["git", "clone", "-q", str(ROOT), str(clone)], ROOT)
        base = getattr(sys, "_base_executable", sys.executable)
        first = time_command(["make", "book", f"PYTHON={base}"], clone)
        files = measure_files(clone / "_build" / "html")
        python = str(clone / ".venv" / "bin" / "python")
        notebooks = len(list_notebooks(clone / "book"))
        measured = []
        for number in range(1, rounds + 1):
            measured.append(measure_round(clone, python))
            print(f"round {number}: " + ", ".join(f"{name} {s:.1f} s" for name, s in measured[-1].items()))
    return {
        "setup_and_build": f"{first:.1f}",
        **summarise(measured),
        **files,
        "notebooks": str(notebooks),
        "rounds": str(rounds),
        "processors": str(os.cpu_count()),
        "load_at_start": f"{load:.1f}",
        "python": ".".join(map(str, sys.version_info[:3])),
        **{name: version(name) for name in PACKAGES},
    }


def format_facts(values: Mapping[str, str]) -> str:
    """Return the text of the table, one row a fact."""
    units = {"built_folder": "bytes", "heaviest_chapter": "bytes", "load_at_start": "processes"}
    units |= dict.fromkeys(["notebooks", "rounds", "processors"], "count") | dict.fromkeys(RATIOS, "ratio")
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for name, value in values.items():
        _, control, budget = RATIOS.get(name, ("", "", ""))
        unit = units.get(name, "seconds" if name in WORDS else "version")
        table.writerow([name, WORDS.get(name, name), value, unit, control, budget])
    return text.getvalue()


def find_missed(values: Mapping[str, str]) -> list[str]:
    """Return one line for each ratio above its budget."""
    return [
        f"{name}: {values[name]} times {control}; at most {budget}"
        for name, (_, control, budget) in RATIOS.items()
        if float(values[name]) > budget
    ]


def main() -> int:
    """Measure, write the table, and bring the page that shows it up to date."""
    parser = argparse.ArgumentParser(prog="python -m scripts.bench")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"how often; {ROUNDS} unless said")
    try:
        values = measure(parser.parse_args().rounds)
    except BenchError as error:
        print(error, file=sys.stderr)
        return 1
    write_file(TABLE, format_facts(values))
    print("Changed: " + ", ".join([str(TABLE.relative_to(ROOT)), *refresh()]) + ".")
    missed = find_missed(values)
    print(*missed, sep="\n", end="\n" if missed else "", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
