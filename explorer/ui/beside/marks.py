"""Marks of a difference on a canvas: the same is faint, what differs has a badge, what lacks a ghost."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from explorer.figures.canvas.painting import text
from explorer.graph.difference import Kind
from explorer.style.theme import theme
from explorer.ui.canvas.canvas import CanvasView

FAINT, ROOM = 0.5, 90.0
SIZE = 16.0
LEAST = 0.75
"""Zoom below which badges stop growing smaller."""


@dataclass(frozen=True)
class Ghost:
    """A node that only the other design has: its name, which design, and where it would stand."""

    name: str
    words: str
    box: QRectF


@dataclass(frozen=True)
class Marks:
    """What is marked on one of two canvases: kinds by node id, ghosts, and kinds that are not shown."""

    kinds: Mapping[str, Kind] = field(default_factory=dict)
    ghosts: tuple[Ghost, ...] = ()
    hidden: Collection[str] = ()
    chosen: str = ""
    is_faint: bool = True


def colour_of(kind: Kind) -> QColor:
    """Green added, brown removed, violet for what is another."""
    colours = theme().colours
    if kind == "added":
        return colours.good
    return theme().run_colour(1) if kind == "removed" else theme().run_colour(3)


def is_hollow(kind: Kind) -> bool:
    """Whether the mark is of a consequence rather than a cause."""
    return kind == "shapes"


class MarksPainter:
    """Paints marks over a canvas; give it to the canvas as one of its foregrounds."""

    def __init__(self, canvas: CanvasView, marks: Callable[[], Marks]) -> None:
        self._canvas, self._marks = canvas, marks

    def paint(self, painter: QPainter, exposed: QRectF) -> None:
        """Paint what lies in an area of the scene."""
        marks = self._marks()
        placed = self._canvas.scene_.placed
        shown = {
            key: kind for key, kind in marks.kinds.items() if key in placed.boxes and kind not in marks.hidden
        }
        if marks.is_faint:
            self._fade(painter, exposed, [placed.boxes[key] for key in shown])
        for ghost in marks.ghosts:
            if ghost.box.intersects(exposed):
                self._ghost(painter, ghost)
        for key, kind in shown.items():
            self._mark(painter, placed.boxes[key], kind, chosen=key == marks.chosen)

    def _fade(self, painter: QPainter, exposed: QRectF, clear: list[QRectF]) -> None:
        """Lay the ground half over all that is the same."""
        ground = QColor(theme().colours.canvas)
        ground.setAlphaF(FAINT)
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.OddEvenFill)
        path.addRect(exposed)
        for box in clear:
            path.addRoundedRect(box.adjusted(-1, -1, 1, 1), 8, 8)
        painter.fillPath(path, ground)

    def _mark(self, painter: QPainter, box: QRectF, kind: Kind, *, chosen: bool) -> None:
        colour, colours = colour_of(kind), theme().colours
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 1 if is_hollow(kind) else 2))
        painter.drawRoundedRect(box, 7, 7)
        if chosen:
            painter.setPen(QPen(colours.accent, 3))
            painter.drawRoundedRect(box.adjusted(-5, -5, 5, 5), 11, 11)
        size = SIZE * max(1.0, LEAST / self._canvas.zoom)  # as large on screen, however far away
        badge = QRectF(box.right() - size / 2, box.top() - size / 2, size, size)
        paint_badge(painter, badge, kind)

    def _ghost(self, painter: QPainter, ghost: Ghost) -> None:
        colours = theme().colours
        pen = QPen(colours.line_strong, 1.2)
        pen.setDashPattern([4, 3])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(ghost.box, 7, 7)
        middle = ghost.box.center()
        # a tile has no room for words: they stand below it, as a tile's name does
        y = middle.y() if ghost.box.width() >= ROOM else ghost.box.bottom() + 20
        text.draw(painter, ghost.name, middle.x(), y - 8, "label", 400, colours.text2, align=0.5)
        text.draw(painter, ghost.words, middle.x(), y + 9, "caption", 400, colours.text3, align=0.5)


def paint_badge(painter: QPainter, area: QRectF, kind: Kind) -> None:
    """Draw the badge of a kind: + added, − removed, ≠ another (hollow where it only follows)."""
    colour, colours = colour_of(kind), theme().colours
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colours.canvas, 2))
    painter.setBrush(colours.canvas)
    painter.drawEllipse(area.adjusted(-1, -1, 1, 1))
    ink = colour if is_hollow(kind) else colours.panel
    painter.setPen(QPen(colour, 1.4))
    painter.setBrush(colours.panel if is_hollow(kind) else colour)
    painter.drawEllipse(area)
    painter.setPen(QPen(ink, area.width() / 10))
    middle, arm = area.center(), area.width() * 0.26
    across = QPointF(arm, 0)
    if kind in ("added", "removed"):
        painter.drawLine(middle - across, middle + across)
        if kind == "added":
            painter.drawLine(middle - QPointF(0, arm), middle + QPointF(0, arm))
    else:
        for shift in (-0.09, 0.09):
            offset = QPointF(0, area.height() * shift)
            painter.drawLine(middle - across + offset, middle + across + offset)
        slant = QPointF(arm * 0.6, -arm)
        painter.drawLine(middle - slant, middle + slant)
    painter.restore()
