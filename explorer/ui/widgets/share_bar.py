"""A bar that shows a share of one."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from explorer.style.theme import theme


def paint_share(painter: QPainter, rect: QRectF, share: float, colour: QColor) -> None:
    """Draw a rounded bar on its track; a share above zero is at least 3 wide."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().colours.line_subtle)
    radius = rect.height() / 2
    painter.drawRoundedRect(rect, radius, radius)
    if share > 0:
        filled = QRectF(rect)
        filled.setWidth(min(rect.width(), max(theme().px(3), rect.width() * share)))
        painter.setBrush(colour)
        painter.drawRoundedRect(filled, radius, radius)
    painter.restore()
