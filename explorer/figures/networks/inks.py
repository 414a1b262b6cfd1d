"""Roles turned into colours of a theme."""

from __future__ import annotations

from PySide6.QtGui import QColor

from explorer.figures.networks.shapes import Ink
from explorer.style.tokens import Palette

GROUND = "panel"
"""A figure stands on the ground of slides and paper."""


def colour(ink: Ink, palette: Palette) -> QColor:
    """Return the colour of an ink, mixed with the ground by its share."""
    role, _, family = ink.role.partition(":")
    full: QColor = palette.families.get(family, palette.families["io"]) if family else getattr(palette, role)
    if ink.share >= 1.0:
        return full
    ground: QColor = getattr(palette, GROUND)
    pairs = ((full.red(), ground.red()), (full.green(), ground.green()), (full.blue(), ground.blue()))
    return QColor(*(round(ink.share * one + (1 - ink.share) * other) for one, other in pairs))
