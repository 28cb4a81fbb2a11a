"""The one schema of all tables: ``datapackage.json``, a Frictionless Data Package.

A resource of the ``raw`` layer is a table of figures as their sources printed them; one of the
``clean`` layer is made from raw tables by a module of this package. Beside the standard's own
properties a resource carries ``layer`` (``raw`` or ``clean``), ``orderedBy`` (columns its rows are
sorted by), ``derivedFrom`` (clean only: the raw tables it is made from), ``stockOrFlow`` and
``edition``; a field carries ``unit``.

What the explorer (``book/_ext/measures.py``) cannot tell from names, types, units and keys is said by
these, all optional. Of a clean resource: ``chapter``, the page that tells of it; ``events``, the kinds or
places of ``events`` to mark on its charts; ``contentNote``, shown before its figures; ``notExplored``, why
it is not offered. Of a field: ``title``; ``labels``, words for its codes; ``stockOrFlow``, which of its
codes is what, in a table of both; and ``role``: ``measure`` (its codes are different quantities), ``group``
(its groups stand side by side), ``dimension`` (to be chosen, though not in the key), ``detail`` (in the key,
but nothing to choose), ``base`` (a number that other numbers are set against).
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from data.checks import DataError, Problem

DATA = Path(__file__).resolve().parent
UNFINISHED = ".*.new"
"""What a file is named while it is written; a run that was killed can leave one, and git ignores it."""

Resource = dict[str, Any]


def read_descriptor(folder: Path = DATA) -> dict[str, Any]:
    """Return the data package descriptor found in a data folder."""
    file = "data/datapackage.json"
    try:
        return json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError([Problem(file, 1, "file", "no file", "the schema of all tables")]) from None
    except json.JSONDecodeError as error:
        raise DataError([Problem(file, error.lineno, "json", error.msg, "JSON")]) from None
    except UnicodeDecodeError as error:
        raise DataError(
            [Problem(file, 1, "encoding", f"byte 0x{error.object[error.start]:02x}", "UTF-8")]
        ) from None


def write_descriptor(descriptor: dict[str, Any], folder: Path = DATA) -> None:
    """Write the descriptor in its one canonical form, replacing the file in a single step."""
    text = json.dumps(descriptor, indent=2, ensure_ascii=False) + "\n"
    replace_file(folder / "datapackage.json", text.encode("utf-8"))


def replace_file(path: Path, content: bytes) -> None:
    """Put ``content`` at ``path`` so that a reader sees the old file or the new one, never half."""
    new = path.with_name(UNFINISHED.replace("*", path.name))
    new.write_bytes(content)
    new.replace(path)


def find_resource(descriptor: dict[str, Any], layer: str, name: str) -> Resource:
    """Return one table's entry."""
    tables = {r["path"]: r for r in descriptor["resources"] if r["layer"] == layer}
    path = f"{layer}/{name}.csv"
    if path not in tables:
        known = ", ".join(sorted(Path(p).stem for p in tables))
        raise KeyError(f"no {layer} table {name!r} in datapackage.json; there are: {known}")
    return tables[path]


def list_tables(descriptor: dict[str, Any], layer: str) -> list[str]:
    """Return the names of a layer's tables in the order of the descriptor."""
    return [Path(r["path"]).stem for r in descriptor["resources"] if r["layer"] == layer]


def compute_hash(content: bytes) -> str:
    """Return a file's hash in the descriptor's notation."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def shorten_hash(text: str) -> str:
    """Return the first digits of a hash as faults show them."""
    return text.removeprefix("sha256:")[:12] or "none"
