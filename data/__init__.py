"""The shared, cleaned data of the book: ``from data import load``."""

from data.checks import DataError, Problem
from data.schema import load

__all__ = ["DataError", "Problem", "load"]
