"""The card on which things float over the window: a line, rounded corners, an offset copy below."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from explorer.style.theme import theme


def paint_floating(widget: QWidget, radius: str, line: QColor) -> None:
    """Draw the card over the whole widget, with its shadow two pixels below; call it in `paintEvent`.

    Args:
        widget: what is painted. radius: a corner of the theme, `card` or `popover`. line: of the outline.

    """
    colours, corner = theme().colours, theme().radius(radius)
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    card = widget.rect().adjusted(0, 0, -1, -3).toRectF().translated(0.5, 0.5)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.shadow)
    painter.drawRoundedRect(card.translated(0, 2), corner, corner)
    painter.setPen(line)
    painter.setBrush(colours.panel)
    painter.drawRoundedRect(card, corner, corner)
