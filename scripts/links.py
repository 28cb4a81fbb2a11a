"""``make links``: ask every outside address that a built page links to whether it still answers.

The addresses of all the sources stand in ``data/raw/sources.csv``; only those that a page links to are
asked, be it in its text or in a table. Each host is asked one thing at a time.
"""

from __future__ import annotations

import string
import sys
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from urllib.parse import quote
from urllib.request import Request, urlopen

from bs4 import BeautifulSoup

from scripts.notebooks import ROOT, write_file

HOSTS_AT_ONCE = 16
SECONDS = 20
# Many a newspaper refuses what does not look like a browser.
HEADERS = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


def find_addresses(html: Path) -> dict[str, list[str]]:
    """Return the outside addresses of the built pages, each with the pages that link to it."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(html.rglob("*.html")):
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        links = page.select('a[href^="http:"], a[href^="https:"]')
        for address in sorted({str(link["href"]).partition("#")[0] for link in links}):
            found[address].append(path.relative_to(html).as_posix())
    return dict(found)


def ask(address: str) -> str:
    """Return what is to be said of an address: nothing if it answers, else why not or where it leads."""
    try:
        request = Request(quote(address, safe=string.punctuation), headers=HEADERS)
        with urlopen(request, timeout=SECONDS) as answer:
            return "" if answer.url == request.full_url else f"moved: {answer.url}"
    except (OSError, HTTPException, ValueError) as error:
        return f"broken: {' '.join(str(error).split()) or type(error).__name__}"


def main(root: Path = ROOT) -> int:
    """Return 1 if an address did not answer; ``_build/links.txt`` lists those, and what has moved."""
    addresses = find_addresses(root / "_build" / "html")
    if not addresses:
        raise FileNotFoundError("no page in _build/html links to an outside address; run make book")
    hosts: dict[str, list[str]] = defaultdict(list)
    for address in addresses:
        hosts[address.split("/")[2]].append(address)
    with ThreadPoolExecutor(HOSTS_AT_ONCE) as pool:
        answers = pool.map(lambda asked: [(address, ask(address)) for address in asked], hosts.values())
        said = sorted((what, address) for host in answers for address, what in host if what)
    lines = [f"{address} ({', '.join(addresses[address])}): {what}\n" for what, address in said]
    write_file(root / "_build" / "links.txt", "".join(lines))
    silent = sum(what.startswith("broken") for what, _ in said)
    print(
        f"Asked {len(addresses)} addresses: {silent} did not answer, {len(said) - silent} have moved; "
        "_build/links.txt lists them"
    )
    return int(silent > 0)


if __name__ == "__main__":
    sys.exit(main())
