"""What goes wrong is reported by file and line, ends in an error, and leaves the work tree as it was."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time

import pytest

from tests.slow.conftest import read_example

pytestmark = pytest.mark.slow


def test_a_raw_figure_that_was_not_passed_on_stops_the_build(repository):
    repository.change("data/raw/care.csv", ",88.8,", ",87.8,")
    done = repository.run("make", "book")
    assert done.returncode != 0
    assert re.search(r"care\.csv.*make refresh", done.stdout + done.stderr)
    assert not (repository.root / "_build" / "html").exists()


def test_pages_that_show_an_old_figure_are_named_and_none_is_published(repository):
    repository.change("data/raw/care.csv", ",88.8,", ",87.8,")  # glued as course_recovered
    repository.run("make", "data", check=True)
    done = repository.run("make", "book")
    assert done.returncode != 0
    assert re.search(r"book/05_mental_health\.ipynb, cell \d+: .*make refresh", done.stdout + done.stderr)
    assert not (repository.root / "_build" / "html").exists()


def test_cell_that_fails_is_named_and_no_notebook_is_written(repository):
    repository.change("book/timeline.ipynb", "events = load(", '1 / 0\\n",\n    "events = load(')
    repository.commit()
    for target in ("book", "refresh"):
        done = repository.run("make", target)
        assert done.returncode != 0
        assert "book/timeline.ipynb, cell 3: ZeroDivisionError: division by zero" in done.stdout + done.stderr
        assert repository.git("status", "--porcelain") == ""


def test_lock_with_a_wrong_hash_stops_and_the_right_one_is_installed(repository):
    (repository.root / ".venv").unlink()
    lock = repository.root / "requirements.lock"
    whole = lock.read_text(encoding="utf-8")
    start = whole.index("seaborn==")
    wrong = whole[:start] + re.sub("sha256:.{6}", "sha256:000000", whole[start:])
    for broken in (wrong, whole[: start + 60], ""):
        lock.write_text(broken, encoding="utf-8")
        done = repository.run("make", "check")
        assert done.returncode != 0
        assert "requirements.lock could not be installed. Is it complete" in done.stdout + done.stderr
    lock.write_text(whole, encoding="utf-8")
    repository.run("make", "check", check=True)


@pytest.mark.parametrize(
    "file", ["data/clean/entrants.csv", "book/estimates.csv", "book/01_demographics.ipynb"]
)
def test_refresh_killed_at_any_moment_leaves_whole_files_and_another_one_finishes(repository, file):
    root, old = repository.root, repository.read()
    for rows in read_example("A new release")[:3]:
        repository.run("sh", "-ec", rows, check=True)
    given = repository.read()
    job = subprocess.Popen(["make", "refresh"], cwd=root, start_new_session=True, stdout=subprocess.DEVNULL)
    while repository.read([file]) == {file: given[file]} and job.poll() is None:
        time.sleep(0.002)
    assert job.poll() is None, "it ended before it could be killed"
    os.killpg(job.pid, signal.SIGKILL)
    job.wait()
    left = repository.read()
    repository.run("make", "refresh", check=True)
    final = repository.read()
    for name, content in left.items():
        assert content in (old.get(name), given.get(name), final[name]), name
