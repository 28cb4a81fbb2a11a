"""Models, figures, tables and prose of the book: ``from analysis import fit``."""

from analysis.models import fit

__all__ = ["fit"]
