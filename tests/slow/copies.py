"""Copies of the repository's files for drills, run by the very interpreter of the tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from scripts.notebooks import ROOT


def copy_book(root: Path) -> Path:
    """Copy every file that is, or would be, committed; nothing that was built."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, root / name)
    return root


def run(
    root: Path, *words: str, folder: str = ".", prefix: tuple[str, ...] = (), **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run ``python -m words`` in a copy, with the environment changed; return how it ended."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", **environment}
    return subprocess.run(
        [*prefix, sys.executable, "-m", *words],
        cwd=root / folder, env=environment, capture_output=True, encoding="utf-8", errors="replace",
    )  # fmt: skip


def replace(path: Path, old: str, new: str) -> None:
    """Replace one passage of a file, which must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} has no {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def read_tree(folder: Path) -> Mapping[str, bytes]:
    """Return the bytes of every file below a folder, by its path there."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
