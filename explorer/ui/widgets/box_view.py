"""A picture with boxes, and the masks of what lies in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen

from explorer.style.colours import Array
from explorer.style.theme import theme
from explorer.ui.widgets.map_view import MapView

MASK = 0.5
"""Opacity of a mask over the picture."""
NAMED = 6
"""Boxes that carry their words; more would hide the picture."""


class Found(NamedTuple):
    """A box (x1, y1, x2, y2 in pixels of the picture) with the number of its class and its words."""

    box: tuple[float, float, float, float]
    kind: int
    words: str
    mask: Array | None = None


class BoxView(MapView):
    """Draws boxes over a picture, those found first on top; one of them can be brought out."""

    def __init__(self, name: str, side: int = 240) -> None:
        super().__init__(name, side)
        self._found: tuple[Found, ...] = ()
        self._size = (1, 1)
        self._chosen: int | None = None

    def set_found(self, found: Sequence[Found], size: tuple[int, int]) -> None:
        """Show boxes; `size` is height and width of the picture in which they are counted."""
        self._found, self._size, self._chosen = tuple(found), size, None
        self.update()

    def choose(self, index: int | None) -> None:
        """Bring one box out and fade the others; None shows all alike."""
        self._chosen = index
        self.update()

    def found_at(self, row: float, column: float) -> int | None:
        """Return the smallest box round a place of the picture, in its pixels."""
        inside = [
            ((b[2] - b[0]) * (b[3] - b[1]), number)
            for number, (b, *_) in enumerate(self._found)
            if b[0] <= column <= b[2] and b[1] <= row <= b[3]
        ]
        return min(inside)[1] if inside else None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture, then masks, boxes and their words."""
        super().paintEvent(event)
        painter, rect = QPainter(self), self.picture_rect()
        painter.setFont(theme().font("caption", 600))
        alone = self._chosen is not None
        for number in reversed(range(len(self._found))):
            is_chosen = number == self._chosen
            painter.setOpacity(1.0 if is_chosen or (not alone and number < NAMED) else 0.15 if alone else 0.5)
            with_words = is_chosen or (not alone and number < NAMED)
            self._draw(painter, rect, self._found[number], with_words=with_words)

    def _draw(self, painter: QPainter, rect: QRectF, found: Found, *, with_words: bool) -> None:
        (left, top, right, bottom), colour = found.box, theme().class_colour(found.kind)
        across, down = rect.width() / self._size[1], rect.height() / self._size[0]
        box = QRectF(left * across, top * down, (right - left) * across, (bottom - top) * down)
        if found.mask is not None:
            painter.save()
            painter.setOpacity(painter.opacity() * MASK)
            painter.drawImage(rect, _tinted(found.mask, colour.rgb()))
            painter.restore()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, theme().px(2) if with_words else 1))
        painter.drawRect(box)
        if with_words and found.words:
            self._label(painter, box, found.words, colour)

    def _label(self, painter: QPainter, box: QRectF, words: str, colour: QColor) -> None:
        px, metrics = theme().px, painter.fontMetrics()
        width, height = metrics.horizontalAdvance(words) + px(8), metrics.height() + px(2)
        top = box.top() - height if box.top() >= height else box.top()
        left = max(0.0, min(box.left(), self.width() - width))
        plate = QRectF(left, top, width, height)
        painter.fillRect(plate, colour)
        painter.setPen(theme().colours.panel)
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, words)


def _tinted(mask: Array, colour: int) -> QImage:
    """A mask (h, w) of 0 and 1 in one colour, clear where it is 0."""
    pixels = np.where(mask > 0, np.uint32(colour | 0xFF000000), np.uint32(0)).astype(np.uint32)
    height, width = pixels.shape
    return QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_ARGB32).copy()
