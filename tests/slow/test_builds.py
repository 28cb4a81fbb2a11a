"""The book is the same to the byte wherever, by whom and on whatever processor it is built."""

from __future__ import annotations

import shutil
import subprocess

import nbformat
import pytest

from scripts.execute import find_difference
from tests.slow.conftest import Copy

pytestmark = pytest.mark.slow
SEOUL = {"LC_ALL": "ko_KR.UTF-8", "TZ": "Asia/Seoul", "PYTHONHASHSEED": "1"}
# With a charset of one byte a file that is opened without its encoding is read wrongly.
WEST = {"LC_ALL": "de_DE.ISO-8859-1", "TZ": "America/St_Johns", "PYTHONHASHSEED": "2", "PYTHONUTF8": "0"}


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """Two copies to build in, and their settings: another locale, time zone, home and hash seed."""
    folder = tmp_path_factory.mktemp("places")
    if shutil.which("localedef"):
        for name, charset in (("ko_KR", "UTF-8"), ("de_DE", "ISO-8859-1")):
            command = ["localedef", "-c", "-i", name, "-f", charset, folder / f"{name}.{charset}"]
            subprocess.run(command, capture_output=True, check=False)
    made = []
    for name, settings in (("책 한 권", SEOUL), ("the other book", WEST)):
        home = folder / f"home of {name}"
        home.mkdir()
        (folder / name).mkdir()
        copy, settings = Copy(folder / name), settings | {"LOCPATH": str(folder), "HOME": str(home)}
        # The fonts are listed first, or a notebook would say on stderr that it does so.
        copy.run(".venv/bin/python", "-m", "matplotlib.font_manager", **settings)
        made.append((copy, settings))
    return made


def test_two_builds_in_different_places_are_byte_identical(places):
    built = []
    for copy, settings in places:
        copy.run("make", "book", check=True, **settings)
        html = copy.root / "_build" / "html"
        built.append({p.relative_to(html): p.read_bytes() for p in html.rglob("*") if p.is_file()})
    assert len(built[0]) > 30
    assert [name for name in {**built[0], **built[1]} if built[0].get(name) != built[1].get(name)] == []


@pytest.mark.parametrize(("number", "folder"), [(0, "book/"), (1, "book/06_returns.ipynb")])
def test_strict_validation_passes_in_different_places(places, number, folder):
    copy, settings = places[number]
    options = ["--nbval", "--nbval-current-env", "-q", "-n", "2", "--dist", "loadfile"]
    done = copy.run(".venv/bin/python", "-m", "pytest", *options, folder, check=True, **settings)
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout


def test_another_processor_gives_the_same(repository):
    """Vector instructions are forbidden to numpy, OpenBLAS and the C library; one thread."""
    from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

    old = {
        "NPY_DISABLE_CPU_FEATURES": " ".join(name for name in __cpu_dispatch__ if __cpu_features__[name]),
        "OPENBLAS_CORETYPE": "Nehalem",
        "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4,-AVX512F,-AVX2_Usable,-FMA_Usable",
        "OMP_NUM_THREADS": "1",
    }
    repository.run("make", "book", check=True, **old)


@pytest.mark.parametrize("name", ["index", "06_returns", "methods"])
def test_jupyter_execute_gives_what_is_stored(repository, name):
    path = repository.root / "book" / f"{name}.ipynb"
    stored = nbformat.read(path, as_version=4)
    repository.run(".venv/bin/jupyter", "execute", "--inplace", str(path), check=True)
    assert find_difference(stored, nbformat.read(path, as_version=4)) is None
