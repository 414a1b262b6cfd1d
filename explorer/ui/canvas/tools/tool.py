"""What every gesture is: it gets the pointer until it ends; Esc cancels it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from explorer.ui.canvas.pointer import Pointer

if TYPE_CHECKING:
    from explorer.ui.canvas.canvas import CanvasView


class Tool:
    """A gesture in progress. It ends itself with `self.canvas.finish()`."""

    cursor = Qt.CursorShape.ArrowCursor

    def __init__(self, canvas: CanvasView) -> None:
        self.canvas = canvas
        self.context, self.scene = canvas.context, canvas.scene_

    def press(self, pointer: Pointer) -> None:
        """Take a further press."""

    def move(self, pointer: Pointer) -> None:
        """Follow the pointer."""

    def release(self, pointer: Pointer) -> None:
        """End, because the button is up."""
        self.canvas.finish()

    def cancel(self) -> None:
        """Leave everything as it was before."""

    def paint(self, painter: QPainter) -> None:
        """Draw what belongs to the gesture over the canvas, in canvas units."""

    def bounds(self) -> QRectF:
        """Return what `paint` covers, in canvas units."""
        return QRectF()
