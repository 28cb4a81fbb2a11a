"""``python -m tests.slow.tamper``: falsify every notebook in every way we can think of; each must be seen.

Every notebook is executed once. Each falsified copy is then compared with that execution by the very
function that ``make book`` uses, and what it lets pass is judged by the lint of pages, as in ``make test``.
"""

from __future__ import annotations

import copy
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_output, new_raw_cell

from scripts.notebooks import execute_all, find_difference, list_notebooks, read_notebook
from scripts.page_lint import find_newest_year, judge_notebook, judge_page, read_exceptions

SEED = 20251231
PLACES = 4  # at most so many in a notebook for each kind
GLUE = "application/papermill.record/text/plain"
SVG = "image/svg+xml"
TAGS = ("nbval-skip", "nbval-ignore-output", "nbval-raises-exception", "raises-exception", "skip-execution")
COMMENTS = ("# NBVAL_SKIP", "# NBVAL_IGNORE_OUTPUT", "#nbval_raises_exception", "# PYTEST_VALIDATE_SKIP")

Change = Callable[[], None]


def list_code(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the code cells."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _change_digit(holder: NotebookNode, key: str, within: str, rng: random.Random) -> Change | None:
    """Return what changes one digit in a text, inside one match of a pattern."""
    text = holder.get(key, "")
    digits = [
        match.start() + d.start() for match in re.finditer(within, text) for d in re.finditer(r"\d", match[0])
    ]
    if not digits:
        return None

    def change() -> None:
        at = rng.choice(digits)
        holder[key] = text[:at] + str((int(text[at]) + rng.randint(1, 9)) % 10) + text[at + 1 :]

    return change


def _change_outputs(key: str, within: str) -> Callable[[NotebookNode, random.Random], Iterator[Change]]:
    def find(notebook: NotebookNode, rng: random.Random) -> Iterator[Change]:
        for cell in list_code(notebook):
            for output in cell.outputs:
                if change := _change_digit(output.get("data", NotebookNode()), key, within, rng):
                    yield change

    return find


def _rename_glue(notebook: NotebookNode, rng: random.Random) -> Iterator[Change]:
    for cell in list_code(notebook):
        for output in cell.outputs:
            if "scrapbook" in output.get("metadata", {}):
                yield lambda glued=output.metadata.scrapbook: glued.update(name=glued.name + "_other")


def _lose_figure(notebook: NotebookNode, rng: random.Random) -> Iterator[Change]:
    for cell in list_code(notebook):
        for output in cell.outputs:
            if SVG in output.get("data", {}):
                yield lambda shown=output.data: shown.pop(SVG)


def _lose_output(notebook: NotebookNode, rng: random.Random) -> Iterator[Change]:
    for cell in list_code(notebook):
        if cell.outputs:
            yield lambda outputs=cell.outputs: outputs.pop(rng.randrange(len(outputs)))


def _lose_outputs(notebook: NotebookNode, rng: random.Random) -> Iterator[Change]:
    for cell in list_code(notebook):
        if cell.outputs:
            yield cell.outputs.clear


def _repeat_output(notebook: NotebookNode, rng: random.Random) -> Iterator[Change]:
    for cell in list_code(notebook):
        if cell.outputs:
            yield lambda outputs=cell.outputs: outputs.append(copy.deepcopy(rng.choice(outputs)))


def _add_output(output: NotebookNode) -> Callable[[NotebookNode, random.Random], Iterator[Change]]:
    def find(notebook: NotebookNode, rng: random.Random) -> Iterator[Change]:
        for cell in list_code(notebook):
            yield lambda outputs=cell.outputs: outputs.insert(0, copy.deepcopy(output))

    return find


def _add_tag(notebook: NotebookNode, rng: random.Random) -> Iterator[Change]:
    for cell in list_code(notebook):
        tags = cell.metadata.get("tags", [])
        yield lambda cell=cell, tags=tags: cell.metadata.update(tags=[*tags, rng.choice(TAGS)])


def _add_comment(notebook: NotebookNode, rng: random.Random) -> Iterator[Change]:
    for cell in list_code(notebook):
        yield lambda cell=cell: cell.update(source=f"{rng.choice(COMMENTS)}\n{cell.source}")


def _never_run(notebook: NotebookNode, rng: random.Random) -> Iterator[Change]:
    for cell in list_code(notebook):
        yield lambda cell=cell: cell.update(execution_count=None, outputs=[])


def _never_run_at_all(notebook: NotebookNode, rng: random.Random) -> Iterator[Change]:
    def change() -> None:
        for cell in list_code(notebook):
            cell.update(execution_count=None, outputs=[])

    yield change


def _make_raw(notebook: NotebookNode, rng: random.Random) -> Iterator[Change]:
    for place, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and cell is not list_code(notebook)[-1]:
            yield lambda place=place, cell=cell: notebook.cells.__setitem__(
                place, new_raw_cell(cell.source, id=cell.id)
            )


def _swap(notebook: NotebookNode, rng: random.Random) -> Iterator[Change]:
    places = [place for place, cell in enumerate(notebook.cells) if cell.cell_type == "code"]

    def change(a: int, b: int) -> None:
        notebook.cells[a], notebook.cells[b] = notebook.cells[b], notebook.cells[a]

    for a, b in pairwise(places):
        yield lambda a=a, b=b: change(a, b)


def _type_number(notebook: NotebookNode, rng: random.Random) -> Iterator[Change]:
    role = re.compile(r"\{glue:text\}`\w+`")
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and role.search(cell.source):
            yield lambda cell=cell: cell.update(
                source=role.sub(f"{rng.randint(1001, 1899):,}", cell.source, count=1)
            )


def _lose_alt(notebook: NotebookNode, rng: random.Random) -> Iterator[Change]:
    for cell in list_code(notebook):
        if "image" in cell.metadata.get("mystnb", {}):
            yield lambda mystnb=cell.metadata.mystnb: mystnb.image.update(alt="")


def _other_kernel(notebook: NotebookNode, rng: random.Random) -> Iterator[Change]:
    yield lambda: notebook.metadata.kernelspec.update(name="other")


KINDS: dict[str, Callable[[NotebookNode, random.Random], Iterator[Change]]] = {
    "a stored number": _change_outputs("text/plain", r"(?s).+"),
    "a glued value": _change_outputs(GLUE, r"(?s).+"),
    "a glued name": _rename_glue,
    "a table cell": _change_outputs("text/html", r"<td\b[^>]*>[^<]*"),
    "a figure's path": _change_outputs(SVG, r"\bd=\"[^\"]*"),
    "a figure's label or size": _change_outputs(SVG, r">[^<>]+<|\b(?:width|viewBox|x|y)=\"[^\"]*"),
    "a figure taken out": _lose_figure,
    "an output deleted": _lose_output,
    "all outputs of a cell deleted": _lose_outputs,
    "an output shown twice": _repeat_output,
    "a warning as output": _add_output(new_output("stream", name="stderr", text="careful\n")),
    "an error as output": _add_output(new_output("error", ename="KeyError", evalue="'year'")),
    "a cell tagged to be skipped": _add_tag,
    "a cell marked to be skipped in a comment": _add_comment,
    "a cell never run": _never_run,
    "a notebook never run": _never_run_at_all,
    "a cell made raw text": _make_raw,
    "two cells in each other's place": _swap,
    "a typed number in a sentence": _type_number,
    "a figure without alt text": _lose_alt,
    "another kernel": _other_kernel,
}


class Falsified(NamedTuple):
    """A notebook with one thing in it that is not true."""

    kind: str
    name: str
    notebook: NotebookNode


def falsify(name: str, stored: NotebookNode) -> Iterator[Falsified]:
    """Yield falsified copies of a notebook, of each kind at most ``PLACES``, the same ones each time."""
    for kind, find in KINDS.items():
        rng = random.Random(f"{SEED} {name} {kind}")
        count = sum(1 for _ in find(copy.deepcopy(stored), rng))
        for place in sorted(rng.sample(range(count), min(PLACES, count))):
            other = copy.deepcopy(stored)
            list(find(other, rng))[place]()
            yield Falsified(kind, name, other)


class Judge:
    """What ``make test`` says of a notebook: the comparison with its execution, then the lint."""

    def __init__(self, executed: dict[str, NotebookNode]) -> None:
        self.executed = executed
        self.year, self.exceptions = find_newest_year(), read_exceptions()

    def judge(self, name: str, notebook: NotebookNode) -> str:
        """Return who sees that something is wrong, or nothing."""
        executed = self.executed[name]
        # Other code has to be executed itself; only the lint can judge it from here.
        same = [(c.cell_type, c.source) for c in list_code(notebook)] == [
            (c.cell_type, c.source) for c in list_code(executed)
        ]
        if same and find_difference(notebook, executed) is not None:
            return "comparison"
        if judge_notebook(notebook):
            return "lint"
        with tempfile.TemporaryDirectory() as folder:
            page = Path(folder) / name
            nbformat.write(notebook, page)
            return "lint" if judge_page(page, self.year, self.exceptions)[0] else ""


def drill(notebooks: dict[str, NotebookNode], judge: Callable[[str, NotebookNode], str]) -> list[str]:
    """Falsify every notebook, print the score by kind, and return one line for each that passed unseen.

    Parameters
    ----------
    notebooks : dict of str to NotebookNode
        As committed, by file name.
    judge : callable
        Names who sees that a notebook is false; empty if nobody does.
    """
    seen: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    missed = [
        f"{name}: judged false as it stands" for name, stored in notebooks.items() if judge(name, stored)
    ]
    for name, stored in notebooks.items():
        for false in falsify(name, stored):
            by = judge(name, false.notebook)
            seen[false.kind][by] += 1
            if not by:
                missed.append(f"{name}: {false.kind}")
    for kind, by in seen.items():
        who = ", ".join(f"{count} by the {name}" for name, count in sorted(by.items()) if name)
        print(f"{by.total() - by['']:4} of {by.total():4} caught: {kind} ({who or 'by nobody'})")
    total, lost = sum(by.total() for by in seen.values()), sum(by[""] for by in seen.values())
    print(f"{total - lost} of {total} caught in {len(notebooks)} notebooks.")
    return missed


def main() -> int:
    """Run the drill over the whole book."""
    executed = {path.name: notebook for path, notebook in execute_all(list_notebooks()).items()}
    stored = {path.name: read_notebook(path) for path in list_notebooks()}
    missed = drill(stored, Judge(executed).judge)
    print(*missed, sep="\n", end="\n" if missed else "")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
