"""The curve of an activation and, thinner, its slope."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from explorer.protocol.pictures import Curve
from explorer.style.theme import theme

TALL = 132
LOW, HIGH = -1.5, 3.0
"""Values that are shown; what lies beyond leaves the picture."""


def height_for(width: float) -> float:
    """One height for all curves, so that they can be compared."""
    return float(theme().px(TALL))


def paint(painter: QPainter, area: QRectF, picture: Curve) -> None:
    """Draw axes, slope and curve."""
    wide = min(area.width(), theme().px(TALL) * 1.9)
    place = QRectF(0, 0, wide, area.height()).adjusted(2, 2, -2, -2)
    place.moveCenter(area.center())
    shown = theme().colours
    low, high = _range(picture)

    def at(x: float, y: float) -> QPointF:
        across = (x - float(picture.x[0])) / float(picture.x[-1] - picture.x[0])
        return QPointF(
            place.left() + across * place.width(), place.bottom() - (y - low) / (high - low) * place.height()
        )

    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(shown.line, 1))
    for level in range(int(np.ceil(low)), int(np.floor(high)) + 1):
        painter.drawLine(at(float(picture.x[0]), level), at(float(picture.x[-1]), level))
    painter.setPen(QPen(shown.text3, 1))
    painter.drawLine(at(float(picture.x[0]), 0), at(float(picture.x[-1]), 0))
    painter.drawLine(at(0, low), at(0, high))
    painter.setFont(theme().font("caption"))
    painter.setPen(shown.text2)
    for value in (1, -1):
        if low <= value <= high:
            painter.drawText(at(0, value) + QPointF(4, 4), str(value).replace("-", "−"))
    _legend(painter, place)
    painter.setClipRect(place)
    _draw(painter, picture.x, picture.slope, at, QPen(shown.text3, theme().px(1.2), Qt.PenStyle.DashLine))
    _draw(painter, picture.x, picture.y, at, QPen(shown.accent, theme().px(2.2)))
    painter.restore()


def _range(picture: Curve) -> tuple[float, float]:
    values = np.concatenate([picture.y, picture.slope])
    return min(-0.4, max(LOW, float(values.min()) - 0.2)), max(1.3, min(HIGH, float(values.max()) + 0.2))


def _legend(painter: QPainter, place: QRectF) -> None:
    shown, px = theme().colours, theme().px
    top = place.top() + px(9)
    for number, (word, pen) in enumerate(
        (("f", QPen(shown.accent, px(2.2))), ("slope", QPen(shown.text3, px(1.2), Qt.PenStyle.DashLine)))
    ):
        y = top + number * px(14)
        painter.setPen(pen)
        painter.drawLine(QPointF(place.left() + px(4), y), QPointF(place.left() + px(20), y))
        painter.setPen(shown.text2)
        painter.drawText(QPointF(place.left() + px(25), y + px(4)), word)


def _draw(
    painter: QPainter, x: np.ndarray, y: np.ndarray, at: Callable[[float, float], QPointF], pen: QPen
) -> None:
    """Join the points; a jump is left open."""
    painter.setPen(pen)
    jumps = np.flatnonzero(np.abs(np.diff(y)) > 0.4) + 1
    for xs, ys in zip(np.split(x, jumps), np.split(y, jumps), strict=True):
        painter.drawPolyline(QPolygonF([at(float(a), float(b)) for a, b in zip(xs, ys, strict=True)]))
