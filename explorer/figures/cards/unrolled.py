"""A recurrent layer unrolled: a column for each step, a row for each gate."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from explorer.protocol.pictures import Unrolled
from explorer.style import colours
from explorer.style.theme import theme

ROW, GAP = 26, 5


def height_for(picture: Unrolled) -> float:
    """The input, every gate, and the numbers of the steps."""
    return float(theme().px(ROW + GAP) * (len(picture.gates) + 1) + theme().px(18))


def paint(painter: QPainter, area: QRectF, picture: Unrolled) -> None:
    """Draw the columns with arrows from each step to the next."""
    px, shown = theme().px, theme().colours
    rows = [*reversed(picture.gates.items()), ("x", picture.inputs)]
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(theme().font("caption"))
    metrics = QFontMetricsF(painter.font())
    margin = max(metrics.horizontalAdvance(_name(name)) for name, _ in rows) + px(8)
    steps = len(picture.inputs)
    pitch = min(px(72), (area.width() - margin - px(8)) / steps)
    left = area.left() + margin + max(0.0, (area.width() - margin - pitch * steps) / 2)
    gap = min(px(14), pitch * 0.34)
    for step in range(steps):
        _box(
            painter,
            QRectF(
                left + step * pitch - px(2), area.top(), pitch - gap + px(4), px(ROW + GAP) * (len(rows) - 1)
            ),
        )
    for number, (name, values) in enumerate(rows):
        top = area.top() + number * px(ROW + GAP) + px(GAP) / 2
        painter.setPen(shown.text2)
        painter.drawText(QRectF(left - margin - px(2), top, margin - px(6), px(ROW)), _LABEL, _name(name))
        low, high, scale = _scale(name, values)
        for step in range(steps):
            place = QRectF(left + step * pitch, top, pitch - gap, px(ROW))
            colours.paint(painter, place, colours.image(values[step][None], scale, low, high))
            if number == 0 and step + 1 < steps:
                _arrow(painter, QPointF(place.right() + px(1), place.center().y()), gap - px(2))
    painter.setPen(shown.text3)
    for step in range(steps):
        foot = QRectF(left + step * pitch, area.top() + px(ROW + GAP) * len(rows), pitch - gap, px(16))
        painter.drawText(
            foot, Qt.AlignmentFlag.AlignCenter, f"t {step + 1}" if pitch > px(30) else str(step + 1)
        )
    painter.restore()


_LABEL = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


def _name(name: str) -> str:
    return name.replace("_", " ")


def _scale(name: str, values: np.ndarray) -> tuple[float | None, float | None, str]:
    """Gates between 0 and 1 share one scale; states are signed."""
    if name != "x" and float(values.min()) >= 0 and float(values.max()) <= 1:
        return 0.0, 1.0, colours.map_for("attention")
    return None, None, colours.map_for("signed")


def _box(painter: QPainter, place: QRectF) -> None:
    painter.setPen(QPen(theme().colours.line, 1))
    painter.setBrush(theme().colours.sunken)
    painter.drawRoundedRect(place, theme().radius("control"), theme().radius("control"))


def _arrow(painter: QPainter, at: QPointF, length: float) -> None:
    painter.setPen(QPen(theme().colours.text2, theme().px(1.2)))
    end, head = at + QPointF(length, 0), min(theme().px(3), length / 2)
    painter.drawLine(at, end)
    painter.drawLine(end, end + QPointF(-head, -head))
    painter.drawLine(end, end + QPointF(-head, head))
