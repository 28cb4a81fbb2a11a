"""``python -m data`` makes the clean tables; ``python -m data check`` only checks the raw ones.

``python -m data check --current`` also fails if the clean tables are not what the raw ones give.
"""

from __future__ import annotations

import argparse
import sys

from data.checks import DataError
from data.pipeline import build, find_outdated, make_files
from data.schema import DATA, expand_descriptor, read_descriptor


def main() -> int:
    """Run one of the two commands and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m data", description=__doc__)
    parser.add_argument("command", choices=["build", "check"], nargs="?", default="build")
    parser.add_argument("--current", action="store_true", help="fail if make data would change a file")
    arguments = parser.parse_args()
    command = arguments.command
    try:
        if command == "build":
            print("Changed: " + (", ".join(build(DATA)) or "nothing") + ".")
            return 0
        descriptor = expand_descriptor(DATA)
        files, problems = make_files(descriptor, DATA)
        if problems:
            raise DataError(problems)
    except DataError as error:
        print(error, "Nothing was written." if command == "build" else "", sep="\n", file=sys.stderr)
        return 1
    outdated = find_outdated(files, DATA)
    recorded = read_descriptor(DATA)
    for resource in recorded["resources"]:
        resource.pop("bytes", None), resource.pop("hash", None)
    if recorded != descriptor:
        outdated.append("datapackage.json")
    if outdated and arguments.current:
        names = ", ".join(f"data/{path}" for path in outdated)
        print(f"{names}: not what the raw tables give now; run make refresh", file=sys.stderr)
        return 1
    print("The data are valid." + (f" make data will rewrite {', '.join(outdated)}." if outdated else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main())
