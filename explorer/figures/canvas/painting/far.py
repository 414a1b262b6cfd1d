"""The far level: family rectangles and thin lines, drawn in batches."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from explorer.figures.canvas.geometry import FRAME_TITLE
from explorer.figures.canvas.painting import text
from explorer.style.theme import theme

BLOCKS_BELOW = 0.12
OUTLINED = 400
"""More selected nodes than these are filled instead."""
OUTLINE = 2
"""Pixels of the outline in the colour of its family that a rectangle with a name has."""
BENEATH = 0.6
"""Of the height of a rectangle: the room that a name beneath it takes."""
LEAST_NAME = 12.0
"""Pixels of the least rectangle that has a name."""


class FarPicture:
    """Rectangles by family and lines, collected once and drawn many times."""

    def __init__(
        self,
        rectangles: dict[str, list[QRectF]],
        lines: list[QLineF],
        problems: list[QRectF],
        names: Sequence[tuple[str, QRectF]] = (),
    ) -> None:
        self.rectangles, self.lines, self.problems = rectangles, lines, problems
        self.names = names  # where there are few enough to be read
        self._crowded = [_has_below(box, names) for _, box in names]
        self._pitch = [_pitch(box, names) for _, box in names]

    def paint(
        self, painter: QPainter, zoom: float, frames: Sequence[tuple[str, QRectF]], chosen: list[QRectF]
    ) -> None:
        """Draw everything; `chosen` are the rectangles of selected nodes."""
        self.paint_ground(painter, [box for _, box in frames])
        self.paint_marks(painter, zoom, frames, chosen)

    def paint_ground(self, painter: QPainter, frames: list[QRectF]) -> None:
        """Draw what stays while others are selected: wires, nodes, the outlines of frames and of problems."""
        colours = theme().colours
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(colours.wire, 0))
        painter.drawLines(self.lines)
        for family, boxes in self.rectangles.items():
            colour = theme().family_colour(family)
            painter.setPen(_cosmetic(QPen(colour, OUTLINE)) if self.names else Qt.PenStyle.NoPen)
            painter.setBrush(colours.node if self.names else colour)
            painter.drawRects(boxes)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(_cosmetic(QPen(colours.line, 1)))
        painter.drawRects(frames)
        painter.setPen(_cosmetic(QPen(colours.error, 2)))
        painter.drawRects(self.problems)

    def paint_marks(
        self, painter: QPainter, zoom: float, frames: Sequence[tuple[str, QRectF]], chosen: list[QRectF]
    ) -> None:
        """Draw what lies on top: which nodes are selected, and the names."""
        colours = theme().colours
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if len(chosen) <= OUTLINED:
            painter.setPen(_cosmetic(QPen(colours.accent, 3)))
        else:  # so many outlines would touch each other, and take longer than a frame
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.accent)
        painter.drawRects(chosen)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        for (name, box), pitch, crowded in zip(self.names, self._pitch, self._crowded, strict=True):
            _name(painter, name, box, zoom, pitch, crowded=crowded)
        for title, box in frames:
            _title(painter, title, box, zoom, as_block=zoom < BLOCKS_BELOW)


def _cosmetic(pen: QPen) -> QPen:
    pen.setCosmetic(True)
    return pen


def _has_below(box: QRectF, names: Sequence[tuple[str, QRectF]]) -> bool:
    """Whether another rectangle stands where a name beneath this one would."""
    strip = QRectF(box.left(), box.bottom() + 1, box.width(), BENEATH * box.height())
    return any(other.intersects(strip) for _, other in names if other != box)


def _pitch(box: QRectF, names: Sequence[tuple[str, QRectF]]) -> float:
    """How far away the next one of the same row is, from middle to middle."""
    row = (other for _, other in names if other != box and abs(other.bottom() - box.bottom()) < box.height())
    return min((abs(other.center().x() - box.center().x()) for other in row), default=text.NO_LIMIT)


def _name(painter: QPainter, name: str, box: QRectF, zoom: float, pitch: float, *, crowded: bool) -> None:
    """Write a node's name into its rectangle at a constant size; one that does not fit stands beneath.

    Where something else stands there (`crowded`), it stands on the rectangle, over its outline.
    """
    unit = zoom / theme().scale
    wide, tall, line = box.width() * unit, box.height() * unit, text.metrics("caption", 600).height()
    if wide < LEAST_NAME or tall < line / 2:
        return
    painter.save()
    painter.translate(box.center())
    painter.scale(1 / unit, 1 / unit)
    needed = text.width(name, "caption", 600)
    if crowded and needed > wide - 4:
        patch = QRectF(-min(needed, 2 * wide) / 2 - 2, -line / 2, min(needed, 2 * wide) + 4, line)
        painter.fillRect(patch, theme().colours.node)
        tone = theme().colours.text
        text.draw(painter, name, patch.left() + 2, 0, "caption", 600, tone, room=patch.width() - 4)
    elif needed <= wide - 4:
        text.draw(painter, name, 0, 0, "caption", 600, theme().colours.text, align=0.5)
    else:
        below, room = tall / 2 + line / 2, min(max(44.0, 2 * wide), pitch * unit - 5)
        text.draw(
            painter, name, -min(needed, room) / 2, below, "caption", 500, theme().colours.text, room=room
        )
    painter.restore()


def _title(painter: QPainter, title: str, box: QRectF, zoom: float, *, as_block: bool) -> None:
    """Write a frame's name at a constant size; from very far the frame is a block that holds it."""
    colours = theme().colours
    painter.save()
    painter.translate(box.topLeft())
    painter.scale(1 / zoom, 1 / zoom)
    wide, tall = box.width() * zoom, box.height() * zoom
    if as_block:
        painter.fillRect(QRectF(0, 0, wide, tall), colours.hover)
        painter.setPen(colours.line_strong)
        painter.drawRect(QRectF(0, 0, wide, tall))
    if wide >= text.width(title, "caption", 500) + 8:
        y = tall / 2 if as_block else 9 if FRAME_TITLE * zoom >= 8 else -8
        text.draw(painter, title, 4, y, "caption", 500, colours.text2, room=wide - 8)
    painter.restore()
