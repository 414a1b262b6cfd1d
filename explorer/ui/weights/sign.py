"""The sign of a state of weights: ring, disc with a tick, half disc, dashed ring, pencil."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QWidget

from explorer.session.origin import Origin
from explorer.style.theme import follow, theme

Sign = Literal["ring", "tick", "half", "dashed", "pencil"]


def sign_of(origin: Origin) -> Sign:
    """Return the sign of weights by their story."""
    if origin.partly_new:
        return "half"
    return {"seed": "ring", "edited": "pencil"}.get(origin.source, "tick")  # type: ignore[return-value]


def paint_sign(painter: QPainter, sign: Sign, area: QRectF, colour: QColor, ground: QColor) -> None:
    """Draw a sign into a square."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(colour, max(1.4, area.width() / 9))
    disc = area.adjusted(pen.widthF() / 2, pen.widthF() / 2, -pen.widthF() / 2, -pen.widthF() / 2)
    if sign == "dashed":
        pen.setDashPattern([2.0, 1.6])
    painter.setPen(pen)
    painter.setBrush(colour if sign == "tick" else Qt.BrushStyle.NoBrush)
    if sign == "pencil":
        painter.drawLine(disc.bottomLeft(), disc.topRight())
        painter.drawLine(disc.bottomLeft(), disc.bottomLeft() + QPointF(disc.width() * 0.35, 0))
    else:
        painter.drawEllipse(disc)
    if sign == "half":
        path = QPainterPath(disc.center())
        path.arcTo(disc, 90, 180)
        painter.fillPath(path, colour)
    elif sign == "tick":
        painter.setPen(QPen(ground, pen.widthF()))
        middle, unit = disc.center(), disc.width() / 10
        tick = [QPointF(-2.4, 0.2) * unit, QPointF(-0.6, 2.0) * unit, QPointF(2.6, -2.0) * unit]
        painter.drawPolyline([middle + point for point in tick])
    painter.restore()


class SignLabel(QWidget):
    """A sign as a widget of its own."""

    def __init__(self, sign: Sign = "ring", size: int = 14) -> None:
        super().__init__()
        self._sign, self._size = sign, size
        follow(self._restyle)

    def _restyle(self) -> None:
        side = theme().px(self._size)
        self.setFixedSize(side, side)
        self.update()

    def set_sign(self, sign: Sign) -> None:
        """Show another sign."""
        self._sign = sign
        self.update()

    def paintEvent(self, event: object) -> None:
        """Draw the sign."""
        colours = theme().colours
        paint_sign(QPainter(self), self._sign, QRectF(self.rect()), colours.text, colours.panel)
