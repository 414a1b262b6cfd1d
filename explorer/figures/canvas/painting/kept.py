"""A drawing kept as pixels, for as long as it and the view stay as they are."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPixmap

from explorer.style.theme import theme


class KeptDrawing:
    """Draws what is new at once, and makes pixels of it the second time: a moving camera costs no more."""

    def __init__(self) -> None:
        self._look: tuple[object, ...] = ()
        self._pixels: QPixmap | None = None

    def draw(self, painter: QPainter, drawing: object, paint: Callable[[QPainter], None]) -> None:
        """Draw by `paint`, or what it drew before.

        Args:
            painter: of the view. drawing: what is drawn; another object as soon as it looks otherwise.
            paint: draws it, in canvas units.

        """
        device, transform = painter.device(), painter.worldTransform()
        ratio = device.devicePixelRatioF()
        size = round(device.width() * ratio), round(device.height() * ratio)
        look = (drawing, transform, size, ratio, theme().colours)
        if look != self._look:
            self._look, self._pixels = look, None
            paint(painter)
            return
        if self._pixels is None:
            self._pixels = QPixmap(*size)
            self._pixels.setDevicePixelRatio(ratio)
            self._pixels.fill(Qt.GlobalColor.transparent)
            inner = QPainter(self._pixels)
            inner.setWorldTransform(transform)
            paint(inner)
            inner.end()
        painter.save()
        painter.resetTransform()
        painter.drawPixmap(QPointF(), self._pixels)
        painter.restore()
