"""The one door to the clean tables."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

from data.checks import DataError, Problem
from data.descriptor import DATA, compute_hash, find_resource, read_descriptor, shorten_hash
from data.schema import name_file, read_table


@cache
def _load(name: str, folder: Path) -> pd.DataFrame:
    descriptor = read_descriptor(folder)
    resource = find_resource(descriptor, "clean", name)
    stale = []
    for table in [find_resource(descriptor, "raw", raw) for raw in resource["derivedFrom"]] + [resource]:
        path = folder / table["path"]
        found = compute_hash(path.read_bytes()) if path.is_file() else ""
        recorded = table.get("hash", "")
        if found != recorded:
            expected = f"{shorten_hash(recorded)}; run make data"
            stale.append(Problem(name_file(table), 1, "sha256", shorten_hash(found), expected))
    if stale:
        raise DataError(stale)
    frame, faults = read_table(resource, folder)
    if faults:
        raise DataError(faults)
    return frame.reset_index(drop=True)


def load(name: str, folder: Path = DATA) -> pd.DataFrame:
    """Return one clean table, typed as ``datapackage.json`` says.

    Parameters
    ----------
    name : str
        The table, for example ``"entrants"``.
    folder : Path
        The data folder.

    Returns
    -------
    pandas.DataFrame
        A copy, one observation a row, sorted as the descriptor says, with a plain row number as
        index.

    Raises
    ------
    KeyError
        If there is no such table; the message lists those there are.
    DataError
        If the table, or a raw table it is made from, changed since ``make data``.

    Examples
    --------
    >>> entrants = load("entrants")
    >>> list(entrants.columns)[:3]
    ['year', 'sex', 'entrants_persons']
    """
    return _load(name, folder).copy()
