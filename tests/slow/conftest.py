"""A copy of the repository that a test may break."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import textwrap
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


class Copy:
    """The files of this repository in another folder, committed there, with the same environment."""

    def __init__(self, root: Path) -> None:
        self.root = root
        listed = self.git("ls-files", "-z", "--cached", "--others", "--exclude-standard", folder=ROOT)
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, root / name)  # with its time, or make would set up again
        self.git("init", "-q")
        (root / ".git" / "info" / "exclude").write_text(".venv\n", encoding="utf-8")
        (root / ".venv").symlink_to(ROOT / ".venv")
        self.commit()

    def git(self, *words: str, folder: Path | None = None) -> str:
        """Return what git prints."""
        who = ("-c", "user.name=A test", "-c", "user.email=test@example.org")
        command = ["git", *who, *words]
        return subprocess.run(
            command, cwd=folder or self.root, check=True, capture_output=True, text=True
        ).stdout

    def commit(self) -> None:
        """Commit everything."""
        self.git("add", "--all")
        self.git("commit", "-qm", "As it is")

    def read(self, names: Iterable[str] = ()) -> dict[str, bytes]:
        """Return files by name: the named ones, else all that git knows."""
        wanted = names or self.git("ls-files", "-z").split("\0")
        return {name: (self.root / name).read_bytes() for name in wanted if (self.root / name).is_file()}

    def run(self, *words: str, check: bool = False, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run a command as from a shell, with other environment variables if given."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
        done = subprocess.run(words, cwd=self.root, env=kept | settings, capture_output=True, text=True)
        assert not check or done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return done

    def change(self, name: str, old: str, new: str) -> None:
        """Replace the first occurrence of a text in a file."""
        text = (self.root / name).read_text(encoding="utf-8")
        assert old in text
        (self.root / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def read_example(heading: str) -> list[str]:
    """Return the commands of a worked example of ``CONTRIBUTING.md``; a diff becomes one that applies it."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (part,) = re.findall(rf"(?ms)^### {re.escape(heading)}\n(.*?)(?=^##|\Z)", text)
    blocks = re.findall(r"(?ms)^ *```(sh|diff)\n(.*?)^ *```$", part)
    apply = "git apply << 'DIFF'\n{}DIFF\n"
    return [apply.format(text) if kind == "diff" else textwrap.dedent(text) for kind, text in blocks]


@pytest.fixture
def repository(tmp_path: Path) -> Copy:
    """Return a copy for one test; its path has a space and Hangul."""
    root = tmp_path / "책 book"
    root.mkdir()
    return Copy(root)
