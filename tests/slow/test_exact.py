"""The book comes out the same to the byte wherever, by whom and on whatever processor it is made."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from scripts.notebooks import find_difference, list_notebooks, read_notebook
from tests.slow.copies import copy_book, read_tree, run

pytestmark = pytest.mark.drill
NOBODY = 65534


def make_home(folder):
    """Make a home in which the fonts are listed, as make does, or a notebook would say that it does so."""
    home = folder / "home"
    home.mkdir()
    run(folder, "matplotlib.font_manager", HOME=str(home))
    return str(home)


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """Two worlds to run in: another locale, time zone, home, hash seed; paths with a space and Hangul."""
    locales = tmp_path_factory.mktemp("locales")
    for name, charset in (("ko_KR", "UTF-8"), ("de_DE", "ISO-8859-1")):
        made = (
            shutil.which("localedef")
            and not subprocess.run(
                ["localedef", "-c", "-i", name, "-f", charset, locales / f"{name}.{charset}"],
                capture_output=True,
            ).returncode
        )
        if not made:
            print(f"NO LOCALE {name}.{charset} COULD BE MADE: the run falls back to the plain one")
    seoul = {"LC_ALL": "ko_KR.UTF-8", "TZ": "Asia/Seoul", "PYTHONHASHSEED": "1"}
    # With a charset of one byte a file opened without its encoding is read wrongly.
    west = {"LC_ALL": "de_DE.ISO-8859-1", "TZ": "America/St_Johns", "PYTHONHASHSEED": "2", "PYTHONUTF8": "0"}
    worlds = []
    for name, settings in (("책 한 권", seoul), ("the other book", west)):
        folder = tmp_path_factory.mktemp("world")
        worlds.append(
            (copy_book(folder / name), {**settings, "LOCPATH": str(locales), "HOME": make_home(folder)})
        )
    return worlds


def test_two_builds_in_different_places_are_byte_identical(places):
    built = []
    for root, world in places:
        done = run(root, "scripts.book", **world)
        assert done.returncode == 0, done.stderr
        built.append(read_tree(root / "_build" / "html"))
    assert len(built[0]) > 30
    assert [name for name in {**built[0], **built[1]} if built[0].get(name) != built[1].get(name)] == []


@pytest.mark.parametrize("number", [0, 1], ids=["root", "book"])
def test_strict_validation_passes_in_different_places(places, number):
    root, world = places[number]
    folder, target = ((".", "book/"), ("book", "."))[number]
    options = ["--nbval", "--nbval-current-env", "-q", "-n", "2", "--dist", "loadfile"]
    done = run(root, "pytest", *options, target, folder=folder, **world)
    assert done.returncode == 0, done.stdout[-3000:]
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout


@pytest.fixture
def open_folder():
    """A folder that nobody owns; pytest shuts its own to others, and again whenever another one starts."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def test_an_ordinary_user_builds_the_book(open_folder):
    if os.getuid() != 0:
        assert getpass.getuser()
        return  # whoever runs this is one
    root, home = copy_book(open_folder / "book"), make_home(open_folder)
    for path in (open_folder, *open_folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    # A Python below the home of root is one that nobody may read: then nobody is let read, and only read.
    for read in ((), ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")):
        # env fails if it may not read the interpreter; setpriv would take another one of that name.
        become = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *read, "env")
        if not subprocess.run([*become, sys.executable, "-c", ""], capture_output=True).returncode:
            break
    else:
        pytest.skip("NO ORDINARY USER BUILT THE BOOK: this Python lies where none may read it")
    done = run(root, "scripts.book", prefix=become, HOME=home, USER="nobody")
    assert done.returncode == 0, done.stderr
    assert (root / "_build" / "html" / "book" / "index.html").stat().st_uid == NOBODY


def test_another_processor_prints_the_same(tmp_path):
    """Vector instructions are forbidden to numpy, OpenBLAS and the C library; one thread."""
    from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

    root = copy_book(tmp_path / "book")
    old = {
        "NPY_DISABLE_CPU_FEATURES": " ".join(name for name in __cpu_dispatch__ if __cpu_features__[name]),
        "OPENBLAS_CORETYPE": "Nehalem",
        "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4,-AVX512F,-AVX2_Usable,-FMA_Usable",
        "OMP_NUM_THREADS": "1",
    }
    done = run(root, "scripts.book", **old)
    assert done.returncode == 0, done.stderr


def test_every_runner_works_and_shows_what_is_stored(tmp_path):
    root = copy_book(tmp_path / "book")
    stored = {path: read_notebook(path) for path in list_notebooks(root / "book")}
    done = run(root, "jupyter", "book", "build", ".")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert (root / "_build" / "html" / "book" / "index.html").is_file()
    some = [path for path in stored if path.stem in ("index", "06_returns", "methods")]
    assert len(some) == 3
    for path in some:
        done = run(root, "jupyter", "execute", "--inplace", f"book/{path.name}")
        assert done.returncode == 0, done.stderr
        assert find_difference(stored[path], read_notebook(path)) is None
