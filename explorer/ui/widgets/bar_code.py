"""A vector as a bar code."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer import words
from explorer.style import colours
from explorer.style.colours import Array
from explorer.style.theme import follow, theme


class BarCode(QWidget):
    """One stripe per value, 20 high."""

    hovered = Signal(int, float)

    def __init__(self, name: str, height: int = 20) -> None:
        super().__init__()
        self._height = height
        self._values: Array | None = None
        self._map = "viridis"
        self._image = QImage()
        self.setMouseTracking(True)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        follow(self._restyle)

    def set_values(self, values: Array | None, name: str = "viridis") -> None:
        """Show a vector."""
        self._values = None if values is None else values.reshape(-1)
        self._map = name
        self._restyle()

    def _restyle(self) -> None:
        """Draw the stripes in the colours of the theme."""
        self._image = QImage() if self._values is None else colours.image(self._values[None, :], self._map)
        self.update()

    def sizeHint(self) -> QSize:
        """Return a strip."""
        return QSize(theme().px(120), theme().px(self._height))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the stripes."""
        painter = QPainter(self)
        if self._image.isNull():
            painter.fillRect(self.rect(), theme().colours.sunken)
        else:
            colours.paint(painter, QRectF(self.rect()), self._image)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Report the value under the mouse."""
        if self._values is None:
            return
        index = min(
            int(event.position().x() / max(1, self.width()) * len(self._values)), len(self._values) - 1
        )
        value = float(self._values[max(index, 0)])
        self.setToolTip(f"{index}: {words.number(value)}")
        self.hovered.emit(index, value)
