"""``python -m scripts.run MODULE …``: run a module as make does; what breaks is told in one line.

The whole traceback stands in ``_build/traceback.txt``.
"""

from __future__ import annotations

import runpy
import sys
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OURS = ("analysis", "book", "data", "scripts", "tests")


def describe(error: BaseException, root: Path = ROOT) -> str:
    """Return one line that says what broke and where in this repository."""
    if isinstance(error, ModuleNotFoundError) and str(error.name).split(".")[0] not in OURS:
        return (
            f"{error.name} is not installed in .venv: if git shows no change in requirements.lock, "
            "run make clean, then this again"
        )
    words = " ".join(str(error).split())[:300]
    frames = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError):
        frames.append((error.filename or "", error.lineno))
        words = error.msg
    places = [(Path(file), line) for file, line in frames if Path(file).is_relative_to(root)]
    ours = [
        f"{file.relative_to(root).as_posix()}:{line}: "
        for file, line in places
        if file.relative_to(root).parts[0] in OURS and file != Path(__file__)
    ]
    return f"{ours[-1] if ours else ''}{type(error).__name__}: {words}"


def main(module: str, *arguments: str, root: Path = ROOT) -> int:
    """Run a module as the main program."""
    sys.argv = [module, *arguments]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    except Exception as error:
        print(describe(error, root), file=sys.stderr)
        log = root / "_build" / "traceback.txt"
        log.parent.mkdir(exist_ok=True)
        log.write_text(traceback.format_exc(), encoding="utf-8")
        print("All of it: _build/traceback.txt", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
