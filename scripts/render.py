"""``python -m scripts.render`` renders the stored notebooks into ``_build/new``; a warning is an error.

It executes nothing: ``make book`` compares the stored outputs with a fresh run at the same time, and then
moves the pages to ``_build/html``. Pages that did not change since the last build are taken from there.
"""

from __future__ import annotations

import gc
import shutil
import sys
from pathlib import Path

from jupyter_book.sphinx import build_sphinx

ROOT = Path(__file__).resolve().parent.parent


def render(root: Path = ROOT) -> bool:
    """Render the book and return whether that gave no warning; warnings go to stderr."""
    work = root / "_build"
    html, target, doctrees, kept = (work / name for name in ("html", "new", "doctrees.new", "doctrees"))
    for folder in (target, doctrees):
        shutil.rmtree(folder, ignore_errors=True)
    # Sphinx warns of a page only when it reads it, so what it has read is kept only without a warning.
    if kept.exists() and html.exists():
        kept.rename(doctrees)
        shutil.copytree(html, target)
    failed = build_sphinx(
        root,
        target,
        noconfig=True,
        path_config=root / "_config.yml",
        doctreedir=doctrees,
        confoverrides={
            "external_toc_path": (root / "_toc.yml").as_posix(),
            "latex_individualpages": False,
            "nb_execution_mode": "off",
        },
        quiet=True,
        keep_going=True,
        warningiserror=True,
    )
    if failed:
        return False
    (target / ".buildinfo").unlink(missing_ok=True)  # it differs from folder to folder
    doctrees.rename(kept)
    return True


if __name__ == "__main__":
    gc.disable()  # parsed pages keep millions of objects alive; collecting takes time and frees nothing
    sys.exit(0 if render() else 1)
