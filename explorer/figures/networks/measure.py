"""Widths of text in the bundled font, as it is painted into figures."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtGui import QFont, QFontMetricsF

from explorer.style import fonts

PRECISE = 16
"""Text is measured this many times as large: whole pixels are too coarse for a drawing that is scaled."""


@lru_cache(maxsize=64)
def font(size: float, weight: int) -> QFont:
    """Return the font of a figure; numbers keep their natural widths, they stand in no column."""
    made = fonts.make(size, weight)
    for tag in made.featureTags():
        made.unsetFeature(tag)
    return made


@lru_cache(maxsize=4096)
def length(words: str, size: float, weight: int = 400) -> float:
    """Width of a line of text in units."""
    return QFontMetricsF(font(size * PRECISE, weight)).horizontalAdvance(words) / PRECISE
