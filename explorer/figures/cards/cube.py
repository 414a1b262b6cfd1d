"""The cube of a normalisation: samples in depth, channels across, places downwards.

Coloured is what is normalised together with the value at the front corner.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from explorer.protocol.pictures import Cube
from explorer.style.theme import theme

TALL = 132


def height_for(width: float) -> float:
    """One height for all cubes."""
    return float(theme().px(TALL))


def paint(painter: QPainter, area: QRectF, picture: Cube) -> None:
    """Draw the three faces that can be seen."""
    samples, channels, places = picture.mask.shape
    px, shown = theme().px, theme().colours
    deep = px(13)
    cell_high = min(px(12), (area.height() - px(24) - samples * deep * 0.6) / places)
    cell_wide = min(px(16), (area.width() - px(84) - samples * deep) / channels)
    wide, high = channels * cell_wide, places * cell_high
    # the words at both sides need room: more at the right
    left = area.center().x() - (wide + samples * deep + px(44)) / 2 + px(10)
    top = area.top() + samples * deep * 0.6 + px(2)
    into = QPointF(deep, -deep * 0.6)
    corner, across, down = QPointF(left, top), QPointF(cell_wide, 0), QPointF(0, cell_high)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for n in reversed(range(samples)):
        for c in range(channels):
            _cell(painter, corner + across * c + into * n, across, into, bool(picture.mask[n, c, 0]), 1)
        for p in range(places):
            at = corner + across * channels + down * p + into * n
            _cell(painter, at, into, down, bool(picture.mask[n, channels - 1, p]), 2)
    for c in range(channels):
        for p in range(places):
            _cell(painter, corner + across * c + down * p, across, down, bool(picture.mask[0, c, p]), 0)
    looked_at = corner + across * picture.at[1] + down * picture.at[2]
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(shown.text, px(2)))
    painter.drawRect(QRectF(looked_at, looked_at + across + down))
    painter.setFont(theme().font("caption"))
    painter.setPen(shown.text2)
    bottom = QRectF(left, top + high + px(3), wide, px(16))
    painter.drawText(bottom, Qt.AlignmentFlag.AlignCenter, "channels")
    painter.drawText(QPointF(left + wide + samples * deep + px(5), top - samples * deep * 0.3), "samples")
    painter.save()
    painter.translate(left - px(8), top + high / 2)
    painter.rotate(-90)
    painter.drawText(QRectF(-px(40), -px(14), px(80), px(14)), Qt.AlignmentFlag.AlignCenter, "places")
    painter.restore()
    painter.restore()


def _cell(painter: QPainter, at: QPointF, one: QPointF, other: QPointF, together: bool, face: int) -> None:
    """A cell of a face; the top face is lighter and the side darker than the front."""
    shown = theme().colours
    colour = QColor(shown.accent if together else shown.sunken)
    shade = (100, 115, 88)[face]
    painter.setBrush(colour.lighter(shade) if shade >= 100 else colour.darker(round(10_000 / shade)))
    painter.setPen(QPen(shown.line, 1))
    painter.drawPolygon(QPolygonF([at, at + one, at + one + other, at + other]))
