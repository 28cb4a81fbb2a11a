"""What is wrong with a table, said in one line a person can act on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is wrong in one place of one file.

    Parameters
    ----------
    file : str
        Path relative to the repository root, with forward slashes.
    line : int
        Line in the file; the header is line 1. A fault of the whole file is put on line 1.
    column : str
        Column name, or what is judged when it is no column (``header``, ``encoding``, ``sha256``).
    found : str
        What stands there, as printed.
    expected : str
        What should stand there, in words.
    """

    file: str
    line: int
    column: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.column}: found {self.found}, expected {self.expected}"


class DataError(Exception):
    """The data cannot be used; the message holds one line a fault.

    Parameters
    ----------
    faults : iterable of Fault
        Everything found, in any order; the message is sorted.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(set(faults))
        super().__init__("\n".join(map(str, self.faults)))
