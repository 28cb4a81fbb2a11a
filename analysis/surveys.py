"""Answers of two surveys side by side."""

from analysis.chapters.shared import pair_surveys

__all__ = ["pair_surveys"]
