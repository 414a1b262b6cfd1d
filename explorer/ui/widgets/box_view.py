"""A picture with boxes, and the masks of what lies in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics, QImage, QPainter, QPaintEvent, QPen

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
        """Draw the picture, then masks and boxes, and the words of boxes over all of them."""
        super().paintEvent(event)
        painter, rect = QPainter(self), self.picture_rect()
        painter.setFont(theme().font("caption", 600))
        alone = self._chosen is not None
        for number in reversed(range(len(self._found))):
            named = self._is_named(number)
            painter.setOpacity(1.0 if named else 0.15 if alone else 0.5)
            self._draw(painter, rect, self._found[number], with_words=named)
        painter.setOpacity(1.0)
        for number, plate in self.plates().items():
            found = self._found[number]
            painter.fillRect(plate, theme().class_colour(found.kind))
            painter.setPen(theme().colours.panel)
            painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, found.words)

    def _is_named(self, number: int) -> bool:
        return number == self._chosen if self._chosen is not None else number < NAMED

    def plates(self) -> dict[int, QRectF]:
        """Where the words of boxes stand: above the box, else inside or below, where no other words are."""
        px, metrics = theme().px, QFontMetrics(theme().font("caption", 600))
        rect = self.picture_rect()
        made: dict[int, QRectF] = {}
        for number, found in enumerate(self._found):
            if not self._is_named(number) or not found.words:
                continue
            box = self._placed(rect, found)
            width, height = metrics.horizontalAdvance(found.words) + px(8), metrics.height() + px(2)
            left = max(0.0, min(box.left(), self.width() - width))
            tops = [box.top() - height, box.top(), box.bottom() - height, box.bottom()]
            free = [
                plate
                for plate in (QRectF(left, top, width, height) for top in tops)
                if plate.top() >= 0 and plate.bottom() <= self.height()
            ] or [QRectF(left, max(0.0, box.top()), width, height)]
            made[number] = next(
                (plate for plate in free if not any(plate.intersects(other) for other in made.values())),
                free[0],
            )
        return made

    def _placed(self, rect: QRectF, found: Found) -> QRectF:
        left, top, right, bottom = found.box
        across, down = rect.width() / self._size[1], rect.height() / self._size[0]
        return QRectF(left * across, top * down, (right - left) * across, (bottom - top) * down)

    def _draw(self, painter: QPainter, rect: QRectF, found: Found, *, with_words: bool) -> None:
        box, colour = self._placed(rect, found), theme().class_colour(found.kind)
        if found.mask is not None:
            painter.save()
            painter.setOpacity(painter.opacity() * MASK)
            painter.drawImage(rect, _tinted(found.mask, colour.rgb()))
            painter.restore()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, theme().px(2) if with_words else 1))
        painter.drawRect(box)


def _tinted(mask: Array, colour: int) -> QImage:
    """A mask (h, w) of 0 and 1 in one colour, clear where it is 0."""
    pixels = np.where(mask > 0, np.uint32(colour | 0xFF000000), np.uint32(0)).astype(np.uint32)
    height, width = pixels.shape
    return QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_ARGB32).copy()
