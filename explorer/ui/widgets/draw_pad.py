"""A square to draw a digit on, given out as the digit sets store it."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.style.theme import theme

Array = np.ndarray[Any, np.dtype[Any]]

_INK = 280  # the side strokes are drawn at, 10 × 28


def centred(ink: Array, side: int = 28, box: int = 20) -> Array:
    """Return ink as MNIST has it: longest side ``box``, centre of mass in the middle of ``side``."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    result = np.zeros((side, side), dtype=np.float32)
    if rows.size == 0:
        return result
    crop = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = box / max(crop.shape)
    height, width = (max(1, round(length * scale)) for length in crop.shape)
    small = _shrink(crop, height, width)
    total = float(small.sum()) or 1.0
    centre_y = float((small.sum(axis=1) * np.arange(height)).sum()) / total
    centre_x = float((small.sum(axis=0) * np.arange(width)).sum()) / total
    middle = (side - 1) / 2
    top = min(max(round(middle - centre_y), 0), side - height)
    left = min(max(round(middle - centre_x), 0), side - width)
    result[top : top + height, left : left + width] = small
    return result


def _shrink(picture: Array, height: int, width: int) -> Array:
    """Return the mean over the area each new pixel covers."""
    down = _weights(picture.shape[0], height)
    across = _weights(picture.shape[1], width)
    shrunk: Array = (down @ picture.astype(np.float32) @ across.T).astype(np.float32)
    return shrunk


def _weights(old: int, new: int) -> Array:
    edges = np.linspace(0, old, new + 1)
    cells = np.arange(old)
    overlap = np.minimum(edges[1:, None], cells + 1) - np.maximum(edges[:-1, None], cells)
    weights: Array = np.clip(overlap, 0, None) / (old / new)
    return weights


class DrawPad(QWidget):
    """White ink on black; emits 28 × 28 float32 in 0…1 after each stroke and while one is drawn."""

    drawn = Signal(object)

    def __init__(self, name: str = "Draw a digit", side: int = 112) -> None:
        super().__init__()
        self._side = side
        self._ink = QImage(_INK, _INK, QImage.Format.Format_Grayscale8)
        self._ink.fill(0)
        self._last: QPointF | None = None
        self.setAccessibleName(name)
        self.setToolTip("Draw with the mouse. Delete empties the square.")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def picture(self) -> Array:
        """Return what is drawn, centred, 28 × 28 float32."""
        stride = self._ink.bytesPerLine()
        raw = np.frombuffer(bytes(self._ink.constBits()), dtype=np.uint8).reshape(_INK, stride)
        return centred(raw[:, :_INK].astype(np.float32) / 255.0)

    def clear(self) -> None:
        """Empty the square."""
        self._ink.fill(0)
        self.update()
        self.drawn.emit(self.picture())

    def sizeHint(self) -> QSize:
        """Return a square."""
        return QSize(theme().px(self._side), theme().px(self._side))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ink."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(self.rect()), self._ink)
        painter.setPen(theme().colours.focus if self.hasFocus() else theme().colours.line_strong)
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke with a dot."""
        self._last = event.position()
        self._stroke(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Continue the stroke."""
        if self._last is not None:
            self._stroke(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the stroke."""
        self._last = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Empty the square with Delete or Backspace."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.clear()
        else:
            super().keyPressEvent(event)

    def _stroke(self, to: QPointF) -> None:
        assert self._last is not None
        scale = _INK / max(1, self.width())
        painter = QPainter(self._ink)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(Qt.GlobalColor.white, 24, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(self._last * scale, to * scale + QPointF(0.01, 0))
        painter.end()
        self._last = to
        self.update()
        self.drawn.emit(self.picture())
