"""Make runs a step again exactly when something it depends on changed, and never publishes half a book."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from scripts.execute import ROOT

# Each step of the small book appends its name to a log, and fails if a file of that name exists.
STEP = """import pathlib, sys
with open("log", "a") as log:
    print("{name}", file=log)
if pathlib.Path("fail_{name}").exists():
    sys.exit("{name} failed: one line")
"""
RENDER = """new = pathlib.Path("_build/new")
new.mkdir(parents=True)
(new / "index.html").write_text(pathlib.Path("book/index.ipynb").read_text())
"""
STEPS = {
    "data": "data/__main__",
    "audit": "analysis/chapters/article_audit",
    "estimates": "analysis/models/__main__",
    "dictionary": "scripts/data_dictionary",
    "execute": "scripts/execute",
    "render": "scripts/render",
}


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    root = tmp_path_factory.mktemp("make") / "책 book"
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for name, file in STEPS.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / f"{file}.py").write_text(STEP.format(name=name) + (RENDER if name == "render" else ""))
    for name in ("data/raw/a.csv", "data/clean/a.csv", "book/_paths.py", "book/_ext/pages.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("a\n")
    for name in ("book/index.ipynb", "book/further_reading.md", "_config.yml", "_toc.yml", "CITATION.cff"):
        (root / name).write_text("text\n")
    for name in ("requirements.lock", "requirements-test.lock"):
        shutil.copy2(ROOT / name, root / name)
    (root / "Makefile").write_text(makefile)
    (root / ".venv" / "bin").mkdir(parents=True)
    (root / ".venv" / "bin" / "python").symlink_to(sys.executable)
    (root / ".venv" / ".book").touch()
    assert make(root)[0] == 0
    return root


@pytest.fixture
def root(template, tmp_path):
    return shutil.copytree(template, tmp_path / "책 book", symlinks=True)


def make(root):
    """Return the status of make book, the steps that it ran, and what it said on stderr."""
    (root / "log").write_text("")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(["make", "book"], cwd=root, env=kept, capture_output=True, text=True)
    return done.returncode, sorted((root / "log").read_text().split()), done.stderr


def test_nothing_runs_if_nothing_changed_even_if_files_have_new_times(root):
    for path in root.rglob("*.*"):
        if not {".venv", "_build"} & set(path.parts) and path.name != "requirements.lock":
            path.touch()
    assert make(root) == (0, [], "")


@pytest.mark.parametrize(
    ("file", "steps"),
    [
        ("book/index.ipynb", ["execute", "render"]),
        ("book/further_reading.md", ["render"]),
        ("book/_ext/pages.py", ["render"]),
        ("_toc.yml", ["render"]),
        ("CITATION.cff", ["audit", "dictionary", "estimates", "execute"]),
        ("book/_paths.py", ["audit", "dictionary", "estimates", "execute"]),
        ("data/raw/a.csv", sorted(STEPS)),
        ("data/clean/a.csv", sorted(STEPS)),
    ],
)
def test_a_change_runs_what_depends_on_it(root, file, steps):
    old = (root / file).stat()
    (root / file).write_text("b\n")
    os.utime(root / file, ns=(old.st_atime_ns, old.st_mtime_ns))  # as a restored file has its old time
    assert make(root)[:2] == (0, steps)


def test_a_removed_file_runs_what_depended_on_it(root):
    (root / "data" / "raw" / "a.csv").unlink()
    assert make(root)[1] == sorted(STEPS)


@pytest.mark.parametrize("step", STEPS)
def test_a_failing_step_says_its_line_keeps_the_old_pages_and_runs_again(root, step):
    (root / "data" / "raw" / "a.csv").write_text("b\n")
    (root / "book" / "index.ipynb").write_text("new\n")
    (root / f"fail_{step}").touch()
    for _ in range(2):
        status, ran, said = make(root)
        assert status != 0
        assert step in ran
        assert f"{step} failed: one line\n" in said
        assert (root / "_build" / "html" / "index.html").read_text() == "text\n"
    (root / f"fail_{step}").unlink()
    assert make(root)[0] == 0
    assert (root / "_build" / "html" / "index.html").read_text() == "new\n"


def test_removed_pages_are_rendered_again(root):
    shutil.rmtree(root / "_build" / "html")
    assert make(root)[:2] == (0, ["render"])
    assert (root / "_build" / "html" / "index.html").is_file()
