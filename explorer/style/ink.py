"""The ink that is read best on a colour."""

from __future__ import annotations

from PySide6.QtGui import QColor

EVEN = 0.179
"""Luminance of a ground on which black and white stand out equally (contrast 4.6 : 1)."""


def ink_on(ground: QColor) -> QColor:
    """Return black or white, whichever is read better on a colour (by relative luminance)."""
    red, green, blue = (_linear(part) for part in (ground.redF(), ground.greenF(), ground.blueF()))
    return QColor("black" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > EVEN else "white")


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
