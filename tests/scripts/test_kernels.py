"""A forked kernel is as fresh as a new one, its end is noticed, and it does not outlive the build."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from scripts import kernels, notebooks
from scripts.kernels import LIBRARIES, ForkedKernel, call, make_environment, run_module, warm
from scripts.notebooks import ROOT, NotebookError, execute_all, read_notebook


def write(folder, *sources):
    path = folder / "book" / "01_first.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=[new_code_cell(source) for source in sources]), path)
    return path


def show(folder, *sources):
    (executed,) = execute_all([write(folder, *sources)]).values()
    return executed.cells[-1].outputs[0].text.strip()


def test_kernel_holds_the_libraries_and_no_module_of_the_repository(tmp_path):
    said = show(
        tmp_path,
        "import sys\nours = sorted({n.partition('.')[0] for n in sys.modules}"
        " & {'analysis', 'data', 'scripts', 'tests'})\nprint(ours, 'statsmodels.api' in sys.modules)",
    )
    assert said == "[] True"


def test_a_repository_below_the_folder_of_python_is_no_library(monkeypatch):
    for name, value in (("prefix", "/usr/src/book/.venv"), ("base_prefix", "/usr")):
        monkeypatch.setattr(sys, name, value)
    monkeypatch.setattr(kernels, "ROOT", "/usr/src/book")
    libraries = [
        "/usr/lib/python3.11/os.py",
        "/usr/src/book/.venv/lib/pandas/__init__.py",
        "/usr/src/bookshelf",
    ]
    others = ["/usr/src/book", "/usr/src/book/scripts/kernels.py", "/usrlocal/x.py", "/elsewhere/y.py", ""]
    assert [place for place in libraries + others if kernels._is_library(place)] == libraries


def test_kernel_imports_the_modules_of_its_own_repository(tmp_path):
    for name, value in (("one", 1), ("two", 2)):
        (tmp_path / name / "book").mkdir(parents=True)
        (tmp_path / name / "data.py").write_text(f"VALUE = {value}\n")
        paths = (ROOT / "book" / "_paths.py").read_bytes()
        (tmp_path / name / "book" / "_paths.py").write_bytes(paths)
        assert show(tmp_path / name, "import _paths", "import data\nprint(data.VALUE)") == str(value)


def test_nothing_that_a_kernel_did_is_seen_by_the_next(tmp_path):
    assert show(tmp_path, "import os, pandas\npandas.mark = os.environ['MARK'] = 'x'", "print(1)") == "1"
    assert show(tmp_path, "import os, pandas\nprint(hasattr(pandas, 'mark'), 'MARK' in os.environ)") == (
        "False False"
    )


def test_kernel_has_the_environment_of_the_moment(tmp_path, monkeypatch):
    monkeypatch.setenv("MARK", "first")
    assert show(tmp_path, "import os\nprint(os.environ['MARK'])") == "first"
    monkeypatch.setenv("MARK", "second")
    assert show(tmp_path, "import os\nprint(os.environ['MARK'])") == "second"


@pytest.mark.parametrize("end", ["os._exit(3)", "os.kill(os.getpid(), 9)"])
def test_kernel_that_ends_fails_its_notebook(tmp_path, end):
    path = write(tmp_path, "1", f"import os\n{end}")
    with pytest.raises(NotebookError, match=r"^book/01_first.ipynb: .*died"):
        execute_all([path])


def test_kernel_that_does_not_answer_is_told_in_one_line(tmp_path, monkeypatch):
    class Silent(ForkedKernel):
        async def launch_kernel(self, cmd, **kwargs):
            self.process = warm(kwargs["env"]).Process(target=time.sleep, args=(60,), daemon=True)
            self.process.start()
            return self.connection_info

    monkeypatch.setattr(notebooks, "ForkedKernel", Silent)
    monkeypatch.setattr(notebooks.NotebookClient, "startup_timeout", 1)
    with pytest.raises(NotebookError) as error:
        execute_all([write(tmp_path, "1")])
    assert str(error.value) == "book/01_first.ipynb: Kernel didn't respond in 1 seconds"


@pytest.mark.parametrize("signum", [signal.SIGKILL, signal.SIGINT])
def test_no_kernel_outlives_a_build_that_is_stopped(tmp_path, signum):
    told = tmp_path / "pid"
    path = write(tmp_path, f"import os, pathlib\npathlib.Path({str(told)!r}).write_text(str(os.getpid()))\n1")
    write(tmp_path, *[c.source for c in read_notebook(path).cells], "while True: pass")
    code = f"""if True:
        from pathlib import Path
        from scripts.kernels import make_worker, submit
        from scripts.notebooks import verify
        with make_worker() as worker:
            submit(worker, verify, Path({str(tmp_path)!r})).result()
    """
    for name in ("requirements.lock", "scripts/notebooks.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    job = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, start_new_session=True, stderr=subprocess.DEVNULL
    )
    limit = time.monotonic() + 60
    while not (told.is_file() and told.read_text()) and time.monotonic() < limit:
        time.sleep(0.05)
    kernel = Path("/proc") / told.read_text()
    assert kernel.exists()
    (os.kill if signum == signal.SIGKILL else os.killpg)(job.pid, signum)
    while kernel.exists() and time.monotonic() < limit:
        time.sleep(0.05)
    assert not kernel.exists()
    job.wait(timeout=30)


def test_module_runs_in_its_own_repository_and_what_it_raises_is_raised(tmp_path):
    (tmp_path / "one.py").write_text("import pathlib, sys\npathlib.Path(sys.argv[1]).write_text(__name__)\n")
    (tmp_path / "two.py").write_text("raise ValueError('no fit')\n")
    (tmp_path / "three.py").write_text("raise SystemExit(3)\n")

    def run(module):
        call(run_module, module, ["told"], make_environment(), tmp_path)

    run("one")
    assert (tmp_path / "told").read_text() == "__main__"
    with pytest.raises(ValueError, match="no fit"):
        run("two")
    with pytest.raises(RuntimeError, match="status 3"):
        run("three")


def test_the_modules_of_the_book_import_no_library_that_the_server_lacks():
    """Or every kernel would import it anew."""
    code = f"""if True:
        import importlib, pkgutil, sys
        for name in {LIBRARIES!r}:
            importlib.import_module(name)
        known = set(sys.modules)
        import analysis, data
        for package in (analysis, data):
            for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
                if not module.name.endswith("__main__"):
                    importlib.import_module(module.name)
        old, new = ({{n.partition(".")[0] for n in names}} for names in (known, set(sys.modules) - known))
        print(*new - old)
    """
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == {"analysis", "data", "myst_nb"}
