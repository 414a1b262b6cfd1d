"""What every gesture is: it gets the pointer until it ends; Esc cancels it."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from explorer.ui.canvas.pointer import Pointer
from explorer.ui.canvas.tools.stage import Stage


class Tool:
    """A gesture in progress. It ends itself with `self.stage.finish()`.

    Attributes a subclass sets:
        id: what it is called. cursor: the pointer's form meanwhile.
        scrolls: whether the canvas moves along at its edges.
    """

    id: ClassVar[str]
    cursor: ClassVar[Qt.CursorShape] = Qt.CursorShape.ArrowCursor
    scrolls: ClassVar[bool] = False

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.context, self.scene = stage.context, stage.scene_

    def press(self, pointer: Pointer) -> None:
        """Take a further press."""

    def move(self, pointer: Pointer) -> None:
        """Follow the pointer."""

    def release(self, pointer: Pointer) -> None:
        """End, because the button is up."""
        self.stage.finish()

    def cancel(self) -> None:
        """Leave everything as it was before."""

    def paint(self, painter: QPainter) -> None:
        """Draw what belongs to the gesture over the canvas, in canvas units."""

    def bounds(self) -> QRectF:
        """Return what `paint` covers, in canvas units."""
        return QRectF()
