"""A copy of the repository that a drill may break."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import textwrap
from collections.abc import Iterable
from pathlib import Path

import pytest

from scripts.notebooks import ROOT


class Copy:
    """The tracked files of this repository in another folder, committed there, with the same environment."""

    def __init__(self, root: Path) -> None:
        self.root = root
        names = self._list("git", "ls-files", "-z", folder=ROOT).split("\0")
        for name in filter(None, names):
            if (ROOT / name).exists():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, root / name)  # with its time, or make would set up again
        self._list("git", "init", "-q", folder=root)
        (root / ".git" / "info" / "exclude").write_text(".venv\n", encoding="utf-8")
        (root / ".venv").symlink_to(ROOT / ".venv")
        self.commit("As it is")

    @staticmethod
    def _list(*words: str, folder: Path) -> str:
        return subprocess.run(words, cwd=folder, check=True, capture_output=True, text=True).stdout

    def commit(self, subject: str) -> None:
        """Commit everything."""
        self._list("git", "add", "--all", folder=self.root)
        who = ("-c", "user.name=A drill", "-c", "user.email=drill@example.org")
        self._list("git", *who, "commit", "-qm", subject, folder=self.root)

    def status(self) -> str:
        """Return what git sees as changed or new."""
        return self._list("git", "status", "--porcelain", folder=self.root)

    def read(self, names: Iterable[str] = ()) -> dict[str, bytes]:
        """Return files by name: the named ones, else all that git knows."""
        wanted = names or self._list("git", "ls-files", "-z", folder=self.root).split("\0")
        return {n: (self.root / n).read_bytes() for n in wanted if (self.root / n).is_file()}

    def run(self, *words: str, **more: object) -> subprocess.CompletedProcess[str]:
        """Run a command at the top of the copy, as from a shell: make within make says more."""
        environment = {n: v for n, v in os.environ.items() if n not in ("MAKELEVEL", "MAKEFLAGS", "MFLAGS")}
        return subprocess.run(words, cwd=self.root, env=environment, capture_output=True, text=True, **more)

    def change(self, name: str, old: str, new: str) -> None:
        """Replace the first place where a text stands in a file."""
        text = (self.root / name).read_text(encoding="utf-8")
        assert old in text
        (self.root / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def read_example(heading: str) -> list[str]:
    """Return the commands of a worked example of ``CONTRIBUTING.md``, one string a block."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (part,) = re.findall(rf"(?ms)^### {re.escape(heading)}\n(.*?)(?=^##|\Z)", text)
    blocks = re.findall(r"(?ms)^( *)```sh\n(.*?)^ *```$", part)
    return [textwrap.dedent(block) for _, block in blocks]


@pytest.fixture
def repository(tmp_path: Path) -> Copy:
    """Return a copy for one drill; its path has a space and Hangul."""
    root = tmp_path / "책 book"
    root.mkdir()
    return Copy(root)


@pytest.fixture
def short(repository):
    """Return a copy with three pages, which show all there is to see."""
    for page in (repository.root / "book").glob("*.ipynb"):
        if page.stem not in ("index", "methods", "timeline"):
            page.unlink()
    repository.commit("A short book")
    return repository
