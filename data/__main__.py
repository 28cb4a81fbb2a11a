"""``python -m data check`` judges the tables; ``python -m data build`` makes the clean ones."""

from __future__ import annotations

import argparse
import sys

from data.faults import DataError
from data.pipeline import build, check


def main() -> int:
    """Run one of the two commands and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m data", description=__doc__)
    parser.add_argument("command", choices=["check", "build"])
    command = parser.parse_args().command
    if command == "check":
        faults = check()
        print(*faults, sep="\n", end="\n" if faults else "")
        if not faults:
            print("The data are sound: form, sources, totals, hashes, and clean made from raw.")
        return 1 if faults else 0
    try:
        changed = build()
    except DataError as error:
        print(error, "Nothing was written.", sep="\n", file=sys.stderr)
        return 1
    print("Changed: " + (", ".join(changed) or "nothing") + ".")
    return 0


if __name__ == "__main__":
    sys.exit(main())
