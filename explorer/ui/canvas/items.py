"""Items of the near and middle levels: each holds an id and asks the scene for the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from explorer.graph.model import Edge

if TYPE_CHECKING:
    from explorer.ui.canvas.scene import CanvasScene

K = TypeVar("K")
BETWEEN = 1e-7
"""Depth between two things of a kind: those that were added later lie on top."""


class _Item(QGraphicsItem, Generic[K]):
    """A rectangle of the scene with a key; positions are absolute, the item itself stays at 0, 0.

    Attributes:
        seen: what is painted; another object as soon as something else has to be.

    """

    depth = 0.0

    def __init__(self, scene: CanvasScene, key: K) -> None:
        super().__init__()
        self.drawn_by, self.key = scene, key
        self.seen: object = None
        self._bounds, self._place = QRectF(), 0
        self.setZValue(self.depth)
        self.setAcceptedMouseButtons(self.acceptedMouseButtons().__class__(0))

    def lie(self, place: int) -> None:
        """Lie on top of all of its kind that have a smaller number."""
        if place != self._place:
            self._place = place
            self.setZValue(self.depth + place * BETWEEN)

    def boundingRect(self) -> QRectF:
        """Return all that is painted."""
        return self._bounds

    def set_bounds(self, bounds: QRectF) -> None:
        """Take another place."""
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds
        self.update()


class NodeItem(_Item[str]):
    """A node."""

    depth = 3.0

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw the node."""
        self.drawn_by.draw_node(painter, self.key)


class WireItem(_Item[Edge]):
    """A wire."""

    depth = 2.0

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw the wire."""
        self.drawn_by.draw_wire(painter, self.key)


class FrameItem(_Item[str]):
    """A frame."""

    depth = 0.0

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw the frame."""
        self.drawn_by.draw_frame(painter, self.key)


class NoteItem(_Item[str]):
    """A note."""

    depth = 1.0

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw the note."""
        self.drawn_by.draw_note(painter, self.key)
