"""A bar that shows a share of one."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer import words
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


class ShareBar(QWidget):
    """A share bar 3 high."""

    def __init__(self, name: str, share: float = 0.0, family: str | None = None) -> None:
        super().__init__()
        self._name, self._family = name, family
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_share(share)

    def set_share(self, share: float) -> None:
        """Show another share of one."""
        self._share = min(max(share, 0.0), 1.0)
        self.setAccessibleName(f"{self._name}: {words.percent(self._share)}")
        self.update()

    def sizeHint(self) -> QSize:
        """Return a bar 3 high."""
        return QSize(theme().px(80), theme().px(3))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bar in accent or in the family's colour."""
        colour = theme().family_colour(self._family) if self._family else theme().colours.accent
        paint_share(QPainter(self), QRectF(self.rect()), self._share, colour)
