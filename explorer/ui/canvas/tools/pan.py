"""Pan: the canvas follows the pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

from explorer.ui.canvas import navigation
from explorer.ui.canvas.pointer import Pointer
from explorer.ui.canvas.tools.tool import Tool

if TYPE_CHECKING:
    from explorer.ui.canvas.canvas import CanvasView


class Pan(Tool):
    """Middle button, Space and drag, or right button and drag; a right click without drag is the menu."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(self, canvas: CanvasView, start: Pointer, *, menu: bool = False) -> None:
        super().__init__(canvas)
        self._start, self._last, self._menu = start, start.view, menu

    def move(self, pointer: Pointer) -> None:
        """Scroll by what the pointer has moved."""
        if self._menu and not pointer.far_from(self._start):
            return
        self._menu = False
        step: QPointF = pointer.view - self._last
        self._last = pointer.view
        self.canvas.camera.scroll(-step.x(), -step.y())

    def release(self, pointer: Pointer) -> None:
        """Stop; a click asks for the menu."""
        self.canvas.finish()
        if self._menu:
            navigation.ask_menu(self.canvas, pointer)
