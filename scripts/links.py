"""``make links``: ask every outside address that a page links to whether it still answers.

The addresses of the sources stand in ``data/raw/sources.csv``; many refuse machines, so they are asked here
only where a page links to them in its text.
"""

from __future__ import annotations

import sys

from scripts.book import run_sphinx
from scripts.notebooks import ROOT


def main() -> int:
    """Return 1 if an address did not answer; ``_build/links/output.txt`` lists those."""
    failed = run_sphinx(ROOT, ROOT / "_build" / "links", "linkcheck")
    print("What did not answer, and what has moved, stands in _build/links/output.txt")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
