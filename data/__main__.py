"""``python -m data`` makes the clean tables; ``python -m data check`` only checks the raw ones."""

from __future__ import annotations

import argparse
import sys

from data.checks import DataError
from data.pipeline import build, find_outdated, make_files
from data.schema import DATA, expand_descriptor


def main() -> int:
    """Run one of the two commands and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m data", description=__doc__)
    parser.add_argument("command", choices=["build", "check"], nargs="?", default="build")
    command = parser.parse_args().command
    try:
        if command == "build":
            print("Changed: " + (", ".join(build(DATA)) or "nothing") + ".")
            return 0
        files, problems = make_files(expand_descriptor(DATA), DATA)
        if problems:
            raise DataError(problems)
    except DataError as error:
        print(error, "Nothing was written." if command == "build" else "", sep="\n", file=sys.stderr)
        return 1
    outdated = ", ".join(find_outdated(files, DATA))
    print("The data are valid." + (f" make data will rewrite {outdated}." if outdated else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main())
