"""What breaks under make is told in one line that says where."""

from __future__ import annotations

import subprocess
import sys

import pytest

from scripts.notebooks import ROOT
from scripts.run import describe


def break_with(source: str, root, module: str = "analysis/broken.py") -> str:
    file = root / module
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(source)
    with pytest.raises((Exception, SystemExit)) as caught:
        exec(compile(source, str(file), "exec"), {})
    return describe(caught.value, root)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("x = 1\nraise KeyError('year')", "analysis/broken.py:2: KeyError: 'year'"),
        ("raise ValueError('one\\n   two')", "analysis/broken.py:1: ValueError: one two"),
        ("import numpy\nnumpy.zeros(-1)", "analysis/broken.py:2: ValueError: negative dimensions"),
        ("import data.nothing_here", "analysis/broken.py:1: ModuleNotFoundError: No module named"),
        ("x = 1\nif", "analysis/broken.py:2: SyntaxError: invalid syntax"),
        ("import no_such_package.part", "no_such_package is not installed in .venv: if git shows"),
    ],
)
def test_error_is_one_line_with_the_last_place_of_ours(tmp_path, source, said):
    line = break_with(source, tmp_path)
    assert line.startswith(said)
    assert "\n" not in line


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scripts.run", *words], cwd=ROOT, capture_output=True, text=True
    )


def test_module_runs_as_a_program_with_its_own_status_and_arguments():
    done = run("data", "neither")
    assert done.returncode == 2
    assert "invalid choice: 'neither'" in done.stderr
    assert "Traceback" not in done.stderr


def test_broken_module_ends_with_one_and_keeps_the_traceback():
    done = run("scripts.no_such_module")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "All of it: _build/traceback.txt"
    assert "Traceback" not in done.stderr
    assert (ROOT / "_build" / "traceback.txt").read_text(encoding="utf-8").startswith("Traceback")
