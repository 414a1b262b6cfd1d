"""Pan: the canvas follows the pointer."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from explorer.ui.canvas.pointer import Pointer
from explorer.ui.canvas.tools.stage import Stage
from explorer.ui.canvas.tools.tool import Tool


class Pan(Tool):
    """Middle button, Space and drag, or right button and drag; a right click without drag is the menu."""

    id = "pan"
    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(self, stage: Stage, start: Pointer, *, menu: bool = False) -> None:
        super().__init__(stage)
        self._start, self._last, self._menu = start, start.view, menu

    def move(self, pointer: Pointer) -> None:
        """Scroll by what the pointer has moved."""
        if self._menu and not pointer.far_from(self._start):
            return
        self._menu = False
        step: QPointF = pointer.view - self._last
        self._last = pointer.view
        self.stage.scroll_by(-step.x(), -step.y())

    def release(self, pointer: Pointer) -> None:
        """Stop; a click asks for the menu."""
        self.stage.finish()
        if self._menu:
            self.stage.ask_menu(pointer)
