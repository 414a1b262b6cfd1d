"""Idle: nothing is going on; a press decides which gesture begins."""

from __future__ import annotations

from PySide6.QtCore import Qt

from explorer.ui.canvas import hits
from explorer.ui.canvas.pointer import Pointer
from explorer.ui.canvas.tools.beginnings import Press, beginning
from explorer.ui.canvas.tools.tool import Tool

SHAPES = {"port": Qt.CursorShape.CrossCursor, "frame": Qt.CursorShape.SizeAllCursor}


class Idle(Tool):
    """Marks what the pointer is over and starts the other gestures."""

    id = "idle"

    def move(self, pointer: Pointer) -> None:
        """Mark what the pointer is over."""
        target = hits.find(self.scene, pointer.scene, self.stage.zoom)
        self.scene.hover(target)
        self.stage.show_cursor(SHAPES.get(target.kind, Qt.CursorShape.ArrowCursor))

    def press(self, pointer: Pointer) -> None:
        """Begin the gesture that fits button, keys and place."""
        target = hits.find(self.scene, pointer.scene, self.stage.zoom)
        press = Press(pointer, target, self.stage.held, self.context.may_edit)
        row = beginning(press)
        tool = row.begin(self.stage, press) if row is not None else None
        if tool is not None:
            self.stage.start(tool)
