"""Keys that change what the mouse does while they are down: Space pans, Y cuts; a short Space is a tap."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QCursor, QKeyEvent

if TYPE_CHECKING:
    from explorer.ui.canvas.canvas import CanvasView

TAP_SECONDS, TAP_PIXELS = 0.35, 4


class HeldKeys:
    """Sets `held` of the canvas; tells it when Space was tapped."""

    def __init__(self, canvas: CanvasView) -> None:
        self._canvas = canvas
        self._since = 0.0
        self._from = QCursor.pos()
        self._was_used = False

    def press(self, event: QKeyEvent) -> bool:
        """Take Space or Y; returns whether it was one."""
        is_space = event.key() == Qt.Key.Key_Space and not event.modifiers()
        if not is_space and (event.key() != Qt.Key.Key_Y or event.modifiers()):
            return False
        if not event.isAutoRepeat():
            self._canvas.held = "space" if is_space else "y"
            self._since, self._from, self._was_used = time.monotonic(), QCursor.pos(), False
            if is_space:
                self._canvas.show_cursor(Qt.CursorShape.OpenHandCursor)
        return True

    def use(self) -> None:
        """The mouse was pressed: if a key is held, it was not for a tap."""
        self._was_used = True

    def release(self, event: QKeyEvent) -> bool:
        """Let go of Space or Y; returns whether it was one."""
        if event.key() not in (Qt.Key.Key_Space, Qt.Key.Key_Y):
            return False
        if event.isAutoRepeat():
            return True
        was_space = self._canvas.held == "space" and event.key() == Qt.Key.Key_Space
        self.forget()
        is_near = (QCursor.pos() - self._from).manhattanLength() < TAP_PIXELS
        if was_space and is_near and not self._was_used and time.monotonic() - self._since < TAP_SECONDS:
            self._canvas.tapped.emit()
        return True

    def forget(self) -> None:
        """Nothing is held any more."""
        self._canvas.held = ""
        self._canvas.show_cursor(self._canvas.tool.cursor)
