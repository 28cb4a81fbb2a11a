"""Execute the notebooks side by side, keep them in one plain form, compare what they show.

``python -m scripts.notebooks`` is what ``make refresh`` calls: it executes every notebook and makes
the estimates, and only then replaces the files, all of them or none.
"""

from __future__ import annotations

import asyncio
import atexit
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from data.schema import replace_file
from scripts.dictionary import make_dictionary
from scripts.kernels import ForkedKernel, call, make_environment, run_module

ROOT = Path(__file__).resolve().parent.parent
BOOK = ROOT / "book"
TIMEOUT = 120  # seconds a cell may take, as in _config.yml
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python", "pygments_lexer": "ipython3"},
}


class NotebookError(Exception):
    """Notebooks failed, or show something other than what is stored; one line each."""


def list_notebooks(book: Path = BOOK) -> list[Path]:
    """Return the notebooks of the book, sorted by name."""
    return sorted(book.glob("*.ipynb"))


def read_notebook(path: Path) -> NotebookNode:
    """Return a notebook as it is stored."""
    return nbformat.read(path, as_version=4)


def normalise(notebook: NotebookNode) -> NotebookNode:
    """Return a copy in the one form that is committed."""
    plain = nbformat.from_dict(json.loads(json.dumps(notebook)))
    plain.metadata = nbformat.from_dict(METADATA)
    plain.nbformat, plain.nbformat_minor = 4, 5
    for number, cell in enumerate(plain.cells, 1):
        cell.metadata = nbformat.from_dict(
            {k: cell.metadata[k] for k in ("mystnb", "tags") if k in cell.metadata}
        )
        cell.setdefault("id", f"cell-{number:02}")
    return plain


def format_notebook(notebook: NotebookNode) -> str:
    """Return the text of a notebook file, in its one form."""
    return nbformat.writes(normalise(notebook)).rstrip("\n") + "\n"


async def _execute(path: Path, turn: asyncio.Semaphore, socket: str) -> NotebookNode:
    notebook = normalise(read_notebook(path))
    client = NotebookClient(
        notebook,
        timeout=TIMEOUT,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        record_timing=False,
        coalesce_streams=True,
        shutdown_kernel="immediate",
    )
    client.extra_arguments = ["--log-level=ERROR"]
    client.km = client.create_kernel_manager()
    # By files, not by ports: two kernels that start at once could choose the same port.
    client.km.transport, client.km.ip = "ipc", socket
    # No folder of kernels is searched: the kernel is the one of this very interpreter.
    client.km.kernel_spec_manager = KernelSpecManager(kernel_dirs=[])
    client.km.provisioner = ForkedKernel(
        kernel_id=client.km.kernel_id, kernel_spec=client.km.kernel_spec, parent=client.km
    )
    async with turn:
        try:
            await client.async_execute(env=make_environment())
        except CellExecutionError as error:
            reason = f"{error.ename}: {error.evalue}"
        except (CellTimeoutError, DeadKernelError) as error:
            reason = str(error)
        except RuntimeError as error:  # the kernel did not start; nbclient would clean up a second time
            atexit.unregister(client._cleanup_kernel)
            reason = str(error)
        else:
            reason = ""
    for number, cell in enumerate(notebook.cells, 1):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                reason = f"{output.ename}: {output.evalue}"
            elif output.get("name") == "stderr":
                reason = f"wrote to stderr: {output.text}"
            else:
                continue
            raise NotebookError(f"book/{path.name}, cell {number}: {' '.join(reason.split())[:300]}")
    if reason:
        raise NotebookError(f"book/{path.name}: {' '.join(reason.split())[:300]}")
    return notebook


def execute_all(paths: Iterable[Path]) -> dict[Path, NotebookNode]:
    """Execute notebooks side by side, each in a fresh kernel of this interpreter."""

    async def run_all(paths: list[Path]) -> list[NotebookNode | BaseException]:
        # One more than processors, for a kernel also waits: to be heard, and for its next cell.
        turn = asyncio.Semaphore(max(2, os.cpu_count() or 2) + 1)
        with TemporaryDirectory() as sockets:
            jobs = [_execute(path, turn, f"{sockets}/{number}") for number, path in enumerate(paths)]
            return await asyncio.gather(*jobs, return_exceptions=True)

    wanted = list(paths)
    # In a thread of its own, for the caller may be inside an event loop already.
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(asyncio.run, run_all(wanted)).result()
    failed = [result for result in done if isinstance(result, BaseException)]
    for failure in failed:
        if not isinstance(failure, NotebookError):
            raise failure
    if failed:
        raise NotebookError("\n".join(map(str, failed)))
    return dict(zip(wanted, done, strict=True))  # type: ignore[arg-type]


def find_difference(stored: NotebookNode, executed: NotebookNode) -> int | None:
    """Return the number of the first cell whose outputs differ, counted from 1 over all cells.

    Nothing is rounded and nothing is skipped: text, tables, figures, glued facts and the execution
    count must be equal.
    """
    for number, (old, new) in enumerate(zip(stored.cells, executed.cells, strict=True), 1):
        if old.cell_type == "code" and (old.outputs, old.execution_count) != (
            new.outputs,
            new.execution_count,
        ):
            return number
    return None


def hash_files(paths: Iterable[Path], root: Path = ROOT) -> str:
    """Return one hash over files of the repository, their names, and the version of Python."""
    seal = hashlib.sha256(sys.version.encode())
    for path in sorted(set(paths)):
        content = path.read_bytes()
        seal.update(f"\0{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        seal.update(content)
    return seal.hexdigest()


def list_inputs(root: Path = ROOT, packages: Iterable[str] = ("data", "analysis")) -> list[Path]:
    """Return every file, other than the notebooks themselves, that an output can depend on."""
    files = [p for folder in packages for p in (root / folder).rglob("*")]
    files += [p for p in (root / "book").glob("*") if p.suffix not in (".ipynb", ".md")]
    files += [root / "requirements.lock", *(root / "scripts" / f"{n}.py" for n in ("kernels", "notebooks"))]
    return [p for p in files if p.is_file() and p.suffix != ".pyc"]


def _hash_notebooks(root: Path, inputs: str) -> dict[Path, str]:
    """Return, by notebook, one hash over its code cells with their outputs and all they can depend on."""
    hashes = {}
    for path in list_notebooks(root / "book"):
        try:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            code = [
                [c["source"], c["outputs"], c["execution_count"]] for c in cells if c["cell_type"] == "code"
            ]
        except (ValueError, KeyError, TypeError) as error:
            said = f"{type(error).__name__}: {error}"
            raise NotebookError(f"book/{path.name}: found {said}, expected a notebook of format 4") from error
        hashes[path] = hashlib.sha256((inputs + json.dumps(code, sort_keys=True)).encode()).hexdigest()
    return hashes


def write_file(path: Path, text: str) -> None:
    """Write a text file in one step: a reader sees the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, text.encode("utf-8"))


def is_proven(proof: Path, seal: str) -> bool:
    """Return whether a step was passed before on files with this very hash."""
    return proof.is_file() and proof.read_text(encoding="utf-8") == seal


def _read_proofs(work: Path) -> dict[str, str]:
    try:
        return dict(json.loads((work / "executed.json").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _write_proofs(work: Path, proofs: Mapping[str, str]) -> None:
    write_file(work / "executed.json", json.dumps(dict(sorted(proofs.items())), indent=1) + "\n")


def find_due(root: Path = ROOT) -> dict[Path, str]:
    """Return the notebooks that were not proven as they are now, with what would prove them.

    That is their hash: a notebook is due unless it was executed before with the same code, outputs,
    data, modules, lock and Python. The proofs are kept in ``_build/executed.json``.
    """
    known, hashes = _read_proofs(root / "_build"), _hash_notebooks(root, hash_files(list_inputs(root), root))
    return {path: seal for path, seal in hashes.items() if known.get(path.name) != seal}


def verify(root: Path = ROOT) -> list[str]:
    """Prove that every notebook shows what its code gives today; execute those of :func:`find_due`."""
    due = find_due(root)
    stored = {path: read_notebook(path) for path in due}
    executed = execute_all(due)
    stale = {path.name: cell for path in due if (cell := find_difference(stored[path], executed[path]))}
    kept = {path.name for path in list_notebooks(root / "book")} - stale.keys()
    proofs = _read_proofs(root / "_build") | {path.name: seal for path, seal in due.items()}
    _write_proofs(root / "_build", {name: seal for name, seal in proofs.items() if name in kept})
    if stale:
        raise NotebookError(
            "\n".join(
                f"book/{name}, cell {cell}: the stored output is not what the code gives now; "
                "if the change is meant, run make refresh"
                for name, cell in stale.items()
            )
        )
    return [path.name for path in due]


def make_estimates(root: Path = ROOT) -> str:
    """Return the text of ``book/estimates.csv`` as the models give it today."""
    target = root / "_build" / "estimates.csv"
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        call(run_module, "analysis.models", [str(target)], make_environment(), root)
    except Exception as error:
        raise NotebookError(f"analysis/estimates: {type(error).__name__}: {error}") from error
    return target.read_text(encoding="utf-8")


def check_estimates(root: Path = ROOT) -> None:
    """Stop if ``book/estimates.csv`` is not what the models give today.

    The models run again only if the data, the modules, the lock or the table changed.
    """
    table, proof = root / "book" / "estimates.csv", root / "_build" / "estimates.sha256"
    seal = hash_files(list_inputs(root), root)
    if is_proven(proof, seal):
        return
    estimates = make_estimates(root)
    if not table.is_file() or table.read_text(encoding="utf-8") != estimates:
        raise NotebookError(
            "book/estimates.csv is not what the models give now; if the change is meant, run make refresh"
        )
    write_file(proof, seal)


def take_preview(root: Path, executed: Mapping[Path, NotebookNode]) -> dict[Path, str]:
    """Return the picture of the README: the first figure of the index, on white paper."""
    index = executed.get(root / "book" / "index.ipynb")
    shown = [o.get("data", {}) for c in index.cells for o in c.get("outputs", [])] if index else []
    svg = next((str(s["image/svg+xml"]) for s in shown if "image/svg+xml" in s), "")
    if not svg:
        return {}
    paper = svg.replace(">", '><rect width="100%" height="100%" fill="#ffffff"/>', 1)
    return {root / "book" / "_static" / "preview.svg": paper}


def _set_stage(root: Path, texts: Mapping[Path, str]) -> Path:
    """Return a copy of the book in ``_build`` with new files in it, for a page reads the estimates.

    Whatever ends an execution there, the book itself stays as it was.
    """
    stage = root / "_build" / "stage"
    shutil.rmtree(stage, ignore_errors=True)
    shutil.copytree(root / "book", stage / "book")
    for name in ("analysis", "data", "scripts", "requirements.lock"):
        if (root / name).exists():
            (stage / name).symlink_to(root / name)
    for path, text in texts.items():
        write_file(stage / path.relative_to(root), text)
    return stage


def refresh(root: Path = ROOT) -> list[str]:
    """Execute every notebook, make the estimates and the dictionary, then replace what changed."""
    texts = {root / "book" / "estimates.csv": make_estimates(root)}
    stage = _set_stage(root, texts)
    inputs = hash_files(list_inputs(stage), stage)
    executed = {root / "book" / p.name: n for p, n in execute_all(list_notebooks(stage / "book")).items()}
    texts |= {path: format_notebook(notebook) for path, notebook in executed.items()}
    texts[root / "book" / "data_dictionary.md"] = make_dictionary(root / "data")
    texts |= take_preview(root, executed)
    changed = [p for p, text in texts.items() if not p.is_file() or p.read_bytes() != text.encode()]
    for path in changed:
        write_file(path, texts[path])
    _write_proofs(root / "_build", {p.name: seal for p, seal in _hash_notebooks(root, inputs).items()})
    return [p.relative_to(root).as_posix() for p in changed]


def main() -> int:
    """Refresh the book and say what changed."""
    try:
        changed = refresh()
    except NotebookError as error:
        print(error, "No page and no estimate was changed.", sep="\n", file=sys.stderr)
        return 1
    print("Changed: " + (", ".join(changed) or "nothing") + ".")
    return 0


if __name__ == "__main__":
    sys.exit(main())
