"""What goes wrong is told in one line, ends in an error, and leaves the work tree whole."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time

import pytest

from tests.slow.conftest import Copy, read_example

pytestmark = pytest.mark.drill


def fail(repository: Copy, target: str) -> str:
    """Run a target that has to fail without changing a file, and return what it says."""
    before = repository.status()
    done = repository.run("make", target)
    assert done.returncode != 0, done.stdout
    assert "Traceback" not in done.stderr
    assert repository.status() == before
    said = [line for line in done.stderr.splitlines() if not line.startswith(("make:", "WARNING: Location"))]
    assert said, "nothing was said"
    return "\n".join(said)


def test_deleted_clean_table_is_named_and_made_again(repository):
    (repository.root / "data/clean/entrants.csv").unlink()
    said = fail(repository, "book")
    assert said.startswith("data/clean/entrants.csv:1: file: found no file")
    assert "make refresh" in said
    assert "\n" not in said
    assert repository.run("make", "data").returncode == 0
    assert repository.status() == ""


def test_data_module_that_raises_is_named_by_line(repository):
    file = "data/prices.py"
    repository.change(file, "import pandas as pd\n", "import pandas as pd\n\nraise RuntimeError('broken')\n")
    repository.commit("Break it")
    for target in ("check", "data", "book"):
        said = fail(repository, target).splitlines()
        assert re.fullmatch(rf"{file}:\d+: RuntimeError: broken", said[0])
        assert said[1:] == ["All of it: _build/traceback.txt"]


def test_judging_function_that_raises_is_named_by_line(repository):
    repository.change(
        "data/prices.py", "def validate(", "def validate(raw):\n    raw['nothing']\n\n\ndef other("
    )
    repository.commit("Break it")
    assert re.match(r"data/prices.py:\d+: KeyError: 'nothing'\n", fail(repository, "data"))


def test_module_of_the_analysis_that_raises_is_named_by_line(repository):
    repository.change("analysis/tables.py", "import pandas as pd\n", "import pandas as pd\n\n1 / 0\n")
    repository.commit("Break it")
    for target in ("book", "refresh"):
        assert fail(repository, target).startswith("analysis/tables.py:")


def test_model_that_raises_is_told_before_anything_is_written(repository):
    repository.change("analysis/models/__main__.py", '"""Return', 'raise ValueError("no fit")\n    """Return')
    repository.commit("Break it")
    said = fail(repository, "refresh").splitlines()
    assert said == ["analysis/estimates: ValueError: no fit", "No page and no estimate was changed."]


def test_cell_that_raises_is_named_and_nothing_is_written(short):
    short.change("book/timeline.ipynb", "events = load(", '1 / 0\\n",\n    "events = load(')
    short.commit("Break it")
    # The pages are rendered meanwhile, and those that are gone are missed in the contents.
    for target, line in (("book", -1), ("refresh", 0)):
        said = fail(short, target).splitlines()
        assert said[line] == "book/timeline.ipynb, cell 3: ZeroDivisionError: division by zero"


@pytest.fixture
def own(repository):
    """Return a copy whose environment is its own."""
    (repository.root / ".venv").unlink()
    return repository


def test_lock_with_a_wrong_hash_or_cut_short_stops_and_the_old_one_heals(own):
    lock = own.root / "requirements.lock"
    whole = lock.read_text(encoding="utf-8")
    start = whole.index("seaborn==")
    one = whole[start : start + 260]
    for broken in (
        whole.replace(one, re.sub("sha256:.{6}", "sha256:000000", one)),
        whole[: start + 60],
        whole[:start],
        "",
    ):
        lock.write_text(broken, encoding="utf-8")
        assert "requirements.lock could not be installed. Is it whole" in fail(own, "check")
    lock.write_text(whole, encoding="utf-8")
    assert own.run("make", "check").returncode == 0
    assert own.status() == ""


def test_package_gone_from_the_environment_is_named(own):
    assert own.run("make", "check").returncode == 0
    for gone, target in (("nbclient", "refresh"), ("pandas", "check")):
        own.run(".venv/bin/uv", "pip", "uninstall", "--python", ".venv/bin/python", gone)
        assert fail(own, target).startswith(f"{gone} is not installed in .venv: if git shows no change")
    own.run("make", "clean")
    assert own.run("make", "check").returncode == 0


def test_refresh_killed_at_any_moment_leaves_whole_files_and_another_one_heals(short):
    root = short.root
    old = short.read()
    for rows in read_example("A new release")[:3]:
        short.run("sh", "-c", rows)
    given = short.read()

    def is_new(name: str) -> bool:
        return short.read([name]) != {name: given[name]}

    moments = {
        "as it starts": lambda: True,
        "with the clean tables written": lambda: is_new("data/clean/entrants.csv"),
        "with the estimates made": (root / "_build" / "estimates.csv").exists,
        "while pages are executed": (root / "_build" / "stage" / "book" / "index.ipynb").exists,
        "while files are replaced": lambda: is_new("book/estimates.csv"),
    }
    left = {}
    for moment, reached in moments.items():
        job = subprocess.Popen(
            ["make", "refresh"], cwd=root, start_new_session=True, stdout=subprocess.DEVNULL
        )
        while not reached() and job.poll() is None:
            time.sleep(0.002)
        assert job.poll() is None, f"it ended before it could be killed {moment}"
        os.killpg(job.pid, signal.SIGKILL)
        job.wait()
        assert "??" not in short.status(), moment
        left[moment] = short.read()
    assert short.run("make", "refresh").returncode == 0
    final = short.read()
    assert "??" not in short.status()
    assert final["book/estimates.csv"] != old["book/estimates.csv"]
    for moment, files in left.items():
        for name, content in files.items():
            assert content in (old[name], given[name], final[name]), f"{name}, killed {moment}"
    pages = [name for name in old if name.startswith("book/")]
    for moment in list(moments)[:-1]:
        assert all(left[moment][name] == old[name] for name in pages), moment
