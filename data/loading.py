"""The one door to the clean tables."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pandas as pd

from data.descriptor import DATA, compute_hash, find_resource, read_descriptor
from data.faults import DataError, Fault
from data.tables import name_file, read_table


@lru_cache(maxsize=None)
def _load(name: str, folder: Path) -> pd.DataFrame:
    descriptor = read_descriptor(folder)
    resource = find_resource(descriptor, "clean", name)
    stale = []
    for table in [find_resource(descriptor, "raw", raw) for raw in resource["derivedFrom"]] + [resource]:
        path = folder / table["path"]
        found = compute_hash(path.read_bytes()) if path.is_file() else "no file"
        if found != table["hash"]:
            stale.append(Fault(name_file(table), 1, "sha256", found[7:19] or found, f"{table['hash'][7:19]}; run make data"))
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
