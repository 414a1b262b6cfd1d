"""The mark of a category: a form and a colour that no other has, so that colour is never alone."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from explorer.architectures.gallery import gallery
from explorer.style.theme import theme

COLOURS = 7
FORMS: tuple[tuple[tuple[float, float], ...], ...] = (
    (),  # a disc
    ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    ((0.0, -1.15), (1.1, 0.85), (-1.1, 0.85)),
    ((0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)),
    ((0.0, 1.15), (1.1, -0.85), (-1.1, -0.85)),
)
"""Corners for a radius of one, of about the same area."""


@cache
def _places() -> dict[str, int]:
    return {name: place for place, name in enumerate(sorted({e.category for e in gallery().values()}))}


def colour_of(category: str) -> QColor:
    """The colour of a category."""
    return theme().class_colour(_places().get(category, 0) % COLOURS)


def form_of(category: str) -> int:
    """The number of its form."""
    return _places().get(category, 0) % len(FORMS)


def paint_mark(
    painter: QPainter,
    category: str,
    at: QPointF,
    radius: float,
    *,
    share: float = 1.0,
    ring: QPen | None = None,
) -> None:
    """Draw the mark of a category, `share` as strong as usual."""
    colour = QColor(colour_of(category))
    colour.setAlphaF(share)
    painter.setPen(ring if ring is not None else Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    corners = FORMS[form_of(category)]
    if corners:
        painter.drawPolygon(QPolygonF([at + QPointF(x, y) * radius for x, y in corners]))
    else:
        painter.drawEllipse(at, radius, radius)
