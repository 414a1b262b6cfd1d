"""The scale of a colour map: smallest value, ramp, largest value."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.style import colours
from explorer.style.theme import theme


class ColourScale(QWidget):
    """A ramp 100 × 7 with a word at each end."""

    def __init__(self, name: str = "viridis", ramp: int = 100) -> None:
        super().__init__()
        self._ramp = ramp
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_scale(name, "0", "1")

    def set_scale(self, name: str, low: str, high: str) -> None:
        """Show another map or other ends."""
        self._map, self._low, self._high = name, low, high
        self.setAccessibleName(f"Scale from {low} to {high}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return ramp and words in one line."""
        metrics = self.fontMetrics()
        words = metrics.horizontalAdvance(self._low) + metrics.horizontalAdvance(self._high)
        return QSize(theme().px(self._ramp + 14) + words, theme().px(18))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw words and ramp."""
        import numpy as np

        px = theme().px
        painter = QPainter(self)
        painter.setFont(theme().font("caption"))
        painter.setPen(theme().colours.text2)
        area = QRectF(self.rect())
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._low)
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._high)
        metrics = painter.fontMetrics()
        left = metrics.horizontalAdvance(self._low) + px(6)
        right = self.width() - metrics.horizontalAdvance(self._high) - px(6)
        ramp = colours.image(np.linspace(0, 1, 256, dtype=np.float32)[None, :], self._map, 0, 1)
        painter.drawImage(QRectF(left, (self.height() - px(7)) / 2, right - left, px(7)), ramp)
