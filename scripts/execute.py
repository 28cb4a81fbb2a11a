"""Execute the notebooks and compare their outputs with the stored ones, or replace them.

``python -m scripts.execute check`` fails if a stored output is not what its code gives now, and executes
only notebooks whose code, outputs or inputs changed since they last passed. ``refresh`` executes all of
them and then writes their outputs. Kernels are forked from one process that has imported the libraries,
which takes longer than most notebooks do.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import hashlib
import json
import multiprocessing
import os
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.provisioning import LocalProvisioner
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parent.parent
BOOK = ROOT / "book"
CACHE = ROOT / "_build" / "checked" / "notebooks.json"
REMEDY = "if the change is meant, run make refresh"
TIMEOUT = 120  # seconds a cell may take, as in _config.yml
# A module of the book is not among them: if it fails to import, its notebook should say so.
LIBRARIES = ["ipykernel.kernelapp", "ipykernel.debugger", "IPython.core.completerlib", "nbclient"]
LIBRARIES += ["IPython.extensions.storemagic", "myst_nb", "seaborn", "statsmodels.formula.api"]
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python", "pygments_lexer": "ipython3"},
}


def exit_with_parent() -> None:
    """End this process when the one that asked for it ends, however that ends."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def run_kernel(arguments: list[str], folder: str) -> None:
    """Become a Jupyter kernel."""
    from ipykernel.kernelapp import IPKernelApp

    gc.freeze()  # a collection would copy the memory that is shared with the server
    os.chdir(folder)
    sys.path.insert(0, folder)
    threading.Thread(target=exit_with_parent, daemon=True).start()
    # With the number of a parent the kernel prints no banner.
    IPKernelApp.launch_instance(argv=arguments, parent_handle=os.getppid())


class ForkedKernel(LocalProvisioner):
    """A kernel forked from multiprocessing's fork server."""

    process: Any = None

    async def launch_kernel(self, cmd: list[str], **options: Any) -> KernelConnectionInfo:
        """Fork the kernel; ``cmd`` is the command line of an ordinary one."""
        arguments = cmd[cmd.index("ipykernel_launcher") + 1 :]
        context = multiprocessing.get_context("forkserver")
        self.process = context.Process(target=run_kernel, args=(arguments, options["cwd"]), daemon=True)
        self.process.start()
        self.pid = self.process.pid
        return self.connection_info

    async def poll(self) -> int | None:
        """Return the exit code, or None while the kernel runs."""
        return self.process.exitcode if self.process else 0

    async def wait(self) -> int | None:
        """Wait for the kernel to end."""
        while (code := await self.poll()) is None:
            await asyncio.sleep(0.01)
        self.process = None
        return code

    async def send_signal(self, signum: int) -> None:
        """Signal this process alone: its group is that of the whole build."""
        if self.process and self.process.is_alive():
            os.kill(self.process.pid, signum)


def clean_environment() -> None:
    """Remove the settings that could change an output."""
    prefixes = ("PYTHON", "IPYTHON", "JUPYTER", "MPL", "LC_", "LANG", "TZ")
    for name in [name for name in os.environ if name.startswith(prefixes)]:
        del os.environ[name]
    os.environ.update(LANG="C.UTF-8", TZ="UTC", PYDEVD_DISABLE_FILE_VALIDATION="1")


def normalise(notebook: NotebookNode) -> NotebookNode:
    """Keep only the metadata that the book uses, and give every cell an identifier."""
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for number, cell in enumerate(notebook.cells, 1):
        kept = {key: cell.metadata[key] for key in ("mystnb", "tags") if key in cell.metadata}
        cell.metadata = nbformat.from_dict(kept)
        cell.setdefault("id", f"cell-{number:02}")
    return notebook


def format_notebook(notebook: NotebookNode) -> str:
    """Return the text of a notebook as it is committed."""
    return nbformat.writes(notebook).rstrip("\n") + "\n"


def write_file(path: Path, text: str) -> None:
    """Write a file in one step: an interrupted run leaves the old one or the new one."""
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_text(text, encoding="utf-8", newline="\n")
    temporary.replace(path)


def find_failure(notebook: NotebookNode) -> str:
    """Return which cell of an executed notebook failed or wrote to stderr, and what it said."""
    for number, cell in enumerate(notebook.cells, 1):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                return f", cell {number}: {output.ename}: {output.evalue}"
            if output.get("name") == "stderr":
                return f", cell {number}: wrote to stderr: {output.text}"
    return ""


async def execute(path: Path, slots: asyncio.Semaphore, socket: str) -> NotebookNode | str:
    """Return a notebook with fresh outputs, or one line that says what failed."""
    notebook = normalise(nbformat.read(path, as_version=4))
    client = NotebookClient(
        notebook,
        timeout=TIMEOUT,
        resources={"metadata": {"path": str(path.parent)}},
        record_timing=False,
        coalesce_streams=True,
        shutdown_kernel="immediate",
        extra_arguments=["--log-level=ERROR"],
    )
    client.km = manager = client.create_kernel_manager()
    # Sockets, because two kernels that start at once could pick the same TCP port.
    manager.transport, manager.ip = "ipc", socket
    # The kernel is this very interpreter, whatever kernels are installed for the user.
    manager.kernel_spec_manager = KernelSpecManager(kernel_dirs=[])
    manager.provisioner = ForkedKernel(
        kernel_id=manager.kernel_id, kernel_spec=manager.kernel_spec, parent=manager
    )
    stopped = ""
    async with slots:
        try:
            await client.async_execute()
        except (CellExecutionError, CellTimeoutError, RuntimeError) as error:
            stopped = f": {error}"
    if failure := find_failure(notebook) or stopped:
        return show_path(path) + " ".join(failure.split())[:300]
    return normalise(notebook)  # the kernel describes its language in more words


def execute_all(paths: Iterable[Path]) -> dict[Path, NotebookNode | str]:
    """Execute notebooks side by side; the message of a failure is in the place of its notebook."""

    async def run(paths: list[Path], sockets: str) -> list[NotebookNode | str]:
        # Kernels also wait for messages, so one more than there are processors keeps those busy.
        slots = asyncio.Semaphore((os.cpu_count() or 1) + 1)
        return await asyncio.gather(*(execute(p, slots, f"{sockets}/{n}") for n, p in enumerate(paths)))

    multiprocessing.set_forkserver_preload(LIBRARIES)
    wanted = list(paths)
    with TemporaryDirectory() as sockets:
        return dict(zip(wanted, asyncio.run(run(wanted, sockets)), strict=True))


def show_path(path: Path) -> str:
    """Return a path as messages show it."""
    return f"{path.parent.name}/{path.name}"


def find_difference(stored: NotebookNode, executed: NotebookNode) -> int | None:
    """Return the number of the first cell whose outputs differ, or None."""
    for number, (old, new) in enumerate(zip(stored.cells, executed.cells, strict=True), 1):
        if any(old.get(key) != new.get(key) for key in ("outputs", "execution_count")):
            return number
    return None


def hash_inputs() -> str:
    """Return one checksum of every file, apart from the notebooks, that an output can depend on."""
    files = [path for folder in ("data", "analysis") for path in (ROOT / folder).rglob("*")]
    files += [path for path in BOOK.glob("*") if path.suffix not in (".ipynb", ".md")]
    files += [ROOT / name for name in ("requirements.lock", "CITATION.cff", "_config.yml")]
    files.append(Path(__file__))
    total = hashlib.sha256(sys.version.encode())
    for path in sorted(path for path in files if path.is_file() and path.suffix != ".pyc"):
        content = path.read_bytes()
        total.update(f"\0{path.relative_to(ROOT).as_posix()}\0{len(content)}\0".encode() + content)
    return total.hexdigest()


def hash_notebook(path: Path, inputs: str) -> str:
    """Return one checksum of a notebook's code cells, their outputs and all they can depend on."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = [[c["source"], c["outputs"], c["execution_count"]] for c in cells if c["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError) as error:
        raise SystemExit(f"{show_path(path)}: expected a notebook of format 4, got {error!r}") from None
    return hashlib.sha256((inputs + json.dumps(code, sort_keys=True)).encode()).hexdigest()


def find_preview(texts: dict[Path, str]) -> dict[Path, str]:
    """Return the picture of the README, the first figure of the index on white paper, by its file."""
    cells = json.loads(texts.get(BOOK / "index.ipynb", '{"cells": []}'))["cells"]
    for output in (output for cell in cells for output in cell.get("outputs", [])):
        if svg := "".join(output.get("data", {}).get("image/svg+xml", "")):
            paper = '><rect width="100%" height="100%" fill="#ffffff"/>'
            return {BOOK / "_static" / "preview.svg": svg.replace(">", paper, 1)}
    return {}


def check(paths: list[Path], passed: dict[str, str], inputs: str) -> list[str]:
    """Execute the notebooks that did not pass as they are now; return one line per problem."""
    digests = {path: hash_notebook(path, inputs) for path in paths}
    stale = [path for path in paths if passed.get(path.name) != digests[path]]
    problems = []
    for path, result in execute_all(stale).items() if stale else ():
        if isinstance(result, str):
            problems.append(result)
        elif cell := find_difference(nbformat.read(path, as_version=4), result):
            where = f"{show_path(path)}, cell {cell}"
            problems.append(f"{where}: the stored output is not what the code gives now; {REMEDY}")
        else:
            passed[path.name] = digests[path]
    return problems


def refresh(paths: list[Path], passed: dict[str, str], inputs: str) -> list[str]:
    """Execute all notebooks and write those that changed, or none if any failed; return the failures."""
    texts, failures = {}, []
    for path, result in execute_all(paths).items():
        if isinstance(result, str):
            failures.append(result)
        else:
            texts[path] = format_notebook(result)
    if failures:
        return [*failures, "No notebook was changed."]
    texts |= find_preview(texts)
    for path, text in texts.items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            write_file(path, text)
            print(f"{show_path(path)} changed")
    passed.update((path.name, hash_notebook(path, inputs)) for path in paths)
    return []


def main() -> int:
    """Check or refresh the notebooks of the book."""
    parser = argparse.ArgumentParser(prog="python -m scripts.execute", description=__doc__)
    parser.add_argument("command", choices=["check", "refresh"])
    parser.add_argument("notebooks", nargs="*", type=Path, help="all of the book if none is named")
    arguments = parser.parse_args()
    paths = [path.resolve() for path in arguments.notebooks] or sorted(BOOK.glob("*.ipynb"))
    clean_environment()
    passed = json.loads(CACHE.read_text(encoding="utf-8")) if CACHE.is_file() else {}
    work = check if arguments.command == "check" else refresh
    problems = work(paths, passed, hash_inputs())
    CACHE.parent.mkdir(parents=True, exist_ok=True)
    write_file(CACHE, json.dumps(passed, indent=1) + "\n")
    if problems:
        print(*problems, sep="\n", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
