"""``make data`` killed at any moment: each file is the old or the new one, and the checks say what to run."""

from __future__ import annotations

import csv
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import data
from data import pipeline
from data.checks import DataError
from data.schema import DATA
from tests.slow.faults import remember, write_row

pytestmark = pytest.mark.drill

# A word more in a cell of each of these makes another clean table of the same name.
EDITS = {"conflicts": "why", "events": "event", "gaps": "result"}
# A file is written beside its place and then put there: two moments each, the descriptor's the last.
MOMENTS = 2 * (len(EDITS) + 1)


def read_made(folder: Path) -> dict[str, bytes]:
    """Return what a build may write: the clean tables and the descriptor."""
    files = [*sorted((folder / "clean").iterdir()), folder / "datapackage.json"]
    return {file.name: file.read_bytes() for file in files}


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict, dict]]:
    """Return a data folder with three raw tables edited, what stands there, and what a build would make."""
    folder = tmp_path_factory.mktemp("killed") / "data"
    shutil.copytree(DATA, folder, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    with remember().patch():
        assert pipeline.check(folder) == []
        old = read_made(folder)
        for name, column in EDITS.items():
            file = folder / "raw" / f"{name}.csv"
            head, first, *rest = file.read_text(encoding="utf-8").split("\n")
            cells = next(csv.reader([first]))
            cells[head.split(",").index(column)] += " so far"
            file.write_text("\n".join([head, write_row(cells), *rest]), encoding="utf-8")
        whole = Path(shutil.copytree(folder, folder.parent / "whole"))
        assert set(pipeline.build(whole)) == set(EDITS)
        yield folder, old, read_made(whole)


def kill(work: Callable[[], Any], after: float | None = None) -> bool:
    """Do some work in a process of its own and kill it, at the latest after a time; tell whether it was."""
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    if after is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def die_at(moment: int) -> None:
    """Let this process be killed at its n-th step of writing: half way through a file, or before a rename."""
    steps = iter(range(1, MOMENTS + 1))
    write, rename = Path.write_bytes, Path.replace

    def write_half(path: Path, content: bytes) -> int:
        if next(steps) == moment:
            write(path, content[: len(content) // 2])
            os.kill(os.getpid(), signal.SIGKILL)
        return write(path, content)

    def rename_never(path: Path, target: Path) -> Path:
        if next(steps) == moment:
            os.kill(os.getpid(), signal.SIGKILL)
        return rename(path, target)

    Path.write_bytes, Path.replace = write_half, rename_never  # type: ignore[method-assign, assignment]


def judge(folder: Path, old: dict[str, bytes], new: dict[str, bytes]) -> int:
    """Hold a folder against what was and what should be; return how many files are already new."""
    made = read_made(folder)
    whole = {name: content for name, content in made.items() if not name.endswith(".new")}
    assert whole.keys() == old.keys() == new.keys()
    assert all(content in (old[name], new[name]) for name, content in whole.items())
    told = [str(fault) for fault in pipeline.check(folder)]
    if whole != new:
        assert told
        assert all("run make data" in line for line in told), "\n".join(told)
        with pytest.raises(DataError, match="run make data"):
            data.load("gaps", folder)
    pipeline.build(folder)
    assert read_made(folder) == new
    assert pipeline.check(folder) == []
    return sum(whole[name] == new[name] != old[name] for name in whole)


@pytest.mark.parametrize("moment", range(1, MOMENTS + 1))
def test_a_build_killed_while_it_writes_leaves_whole_files_and_is_told(
    edited: tuple[Path, dict, dict], tmp_path: Path, moment: int
) -> None:
    folder, old, new = edited
    copy = Path(shutil.copytree(folder, tmp_path / "data"))

    def work() -> None:
        die_at(moment)
        pipeline.build(copy)

    assert kill(work)
    # Before a file is in its place, all those that went before it are.
    assert judge(copy, old, new) == (moment - 1) // 2


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.97])
def test_a_build_killed_by_the_clock_leaves_whole_files_and_is_told(
    edited: tuple[Path, dict, dict], tmp_path: Path, share: float
) -> None:
    folder, old, new = edited
    start = time.monotonic()
    assert not kill(lambda: pipeline.build(Path(shutil.copytree(folder, tmp_path / "timed"))))
    span = time.monotonic() - start
    copy = Path(shutil.copytree(folder, tmp_path / "data"))
    kill(lambda: pipeline.build(copy), after=share * span)
    judge(copy, old, new)
