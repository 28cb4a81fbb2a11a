"""``python -m data check`` judges the tables; ``python -m data build`` makes the clean ones."""

from __future__ import annotations

import argparse
import sys

from data.checks import DataError
from data.pipeline import build, check


def main() -> int:
    """Run one of the two commands and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m data", description=__doc__)
    parser.add_argument("command", choices=["check", "build"])
    command = parser.parse_args().command
    try:
        if command == "check":
            faults = check()
            if faults:
                print(*faults, sep="\n")
                return 1
            print("The data are sound: form, sources, totals, hashes, and clean made from raw.")
            return 0
        changed = build()
    except DataError as error:
        print(error, file=sys.stderr)
        if command == "build":
            print("Nothing was written.", file=sys.stderr)
        return 1
    print("Changed: " + (", ".join(changed) or "nothing") + ".")
    return 0


if __name__ == "__main__":
    sys.exit(main())
