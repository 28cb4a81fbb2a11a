"""``make book``: judge the data, prove the notebooks and the estimates, render the pages.

Rendering executes nothing: the pages show the stored notebooks, and those have just been proven.
"""

from __future__ import annotations

import gc
import shutil
import sys
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

from data.pipeline import check
from scripts.dictionary import make_dictionary
from scripts.kernels import make_worker, submit
from scripts.notebooks import (
    ROOT,
    NotebookError,
    check_estimates,
    find_due,
    hash_files,
    is_proven,
    list_inputs,
    verify,
    write_file,
)


class BookError(Exception):
    """The book cannot be built; the message is one line that says what to do."""


def check_data(root: Path = ROOT) -> None:
    """Stop if raw, clean and their hashes disagree, unless nothing in ``data/`` changed since they agreed."""
    proof = root / "_build" / "data.sha256"
    seal = hash_files(list_inputs(root, ["data"]), root)
    if is_proven(proof, seal):
        return
    faults = check(root / "data")
    if faults:
        more = f" (and {len(faults) - 1} more: make check)" if len(faults) > 1 else ""
        raise BookError(f"{faults[0]}{more}; mend it or, if the change is meant, run make refresh")
    write_file(proof, seal)


def check_dictionary(root: Path = ROOT) -> None:
    """Stop if the page ``data_dictionary`` is not what the descriptor gives today."""
    page = root / "book" / "data_dictionary.md"
    if not page.is_file() or page.read_text(encoding="utf-8") != make_dictionary(root / "data"):
        raise BookError("book/data_dictionary.md is not what the tables give now; run make refresh")


def _run_sphinx(root: Path, target: Path) -> bool:
    """Render the stored notebooks into a folder, executing nothing; return whether there was any warning."""
    from jupyter_book.sphinx import build_sphinx

    return bool(
        build_sphinx(
            root,
            target,
            noconfig=True,
            path_config=root / "_config.yml",
            confoverrides={
                "external_toc_path": (root / "_toc.yml").as_posix(),
                "latex_individualpages": False,
                "nb_execution_mode": "off",
            },
            force_all=True,
            quiet=True,
            keep_going=True,
            warningiserror=True,
        )
    )


def render(root: Path = ROOT, target: str = "html") -> None:
    """Render the stored notebooks into a folder of ``_build``, with every warning an error.

    Only changed pages are read again; all are written again, since each shows the titles of the
    others. If anything but the text of a page changed, or the last rendering failed, all begins anew.
    """
    work = root / "_build"
    looks = [p for p in (root / "book").glob("_*/**/*") if p.is_file() and p.suffix != ".pyc"]
    seal = hash_files([*list_inputs(root), *looks, root / "_config.yml", root / "_toc.yml"], root)
    proof = work / "rendered.sha256"
    if not is_proven(proof, seal):
        shutil.rmtree(work / ".doctrees", ignore_errors=True)
    proof.unlink(missing_ok=True)
    shutil.rmtree(work / target, ignore_errors=True)
    failed = _run_sphinx(root, work / target)
    if failed:
        raise BookError("the pages were not built: see the lines above")
    write_file(proof, seal)


def build(root: Path = ROOT) -> list[str]:
    """Prove and render, side by side; ``_build/html`` is replaced only when all of it holds."""
    work, due = root / "_build", find_due(root)
    with make_worker() as worker:  # it starts when it is given something
        proofs: list[Future[Any]] = [submit(worker, check_estimates, root)] if due else []
        check_data(root)
        check_dictionary(root)
        if due:
            proofs.insert(0, submit(worker, verify, root))
        else:
            check_estimates(root)
        try:
            render(root, "new")
        finally:
            for proof in proofs:
                proof.result()
    shutil.rmtree(work / "html", ignore_errors=True)
    (work / "new").rename(work / "html")
    return [path.name for path in due]


def main() -> int:
    """Build the book and say where to open it."""
    gc.disable()  # it would search the trees of all pages again and again, and find nothing
    try:
        executed = build()
    except (BookError, NotebookError) as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenProcessPool:
        print("The notebooks were not executed to their end: their process was stopped.", file=sys.stderr)
        return 1
    print(f"Executed {', '.join(executed) or 'nothing: no code, data or output changed'}.")
    print(f"Open {ROOT / '_build' / 'html' / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
