"""The shared, cleaned data of the book: ``from data import load``."""

from data.faults import DataError, Fault
from data.loading import load

__all__ = ["DataError", "Fault", "load"]
