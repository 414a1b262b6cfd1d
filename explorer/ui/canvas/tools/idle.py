"""Idle: nothing is going on; a press decides which gesture begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from explorer.ui.canvas import commands, hits
from explorer.ui.canvas.adding import PortRef
from explorer.ui.canvas.hits import Target
from explorer.ui.canvas.pointer import Button, Pointer
from explorer.ui.canvas.selection import Selection
from explorer.ui.canvas.tools.connect import Connect
from explorer.ui.canvas.tools.cut import Cut
from explorer.ui.canvas.tools.marquee import Marquee
from explorer.ui.canvas.tools.pan import Pan
from explorer.ui.canvas.tools.pressed import Pressed
from explorer.ui.canvas.tools.tool import Tool

if TYPE_CHECKING:
    from explorer.ui.canvas.canvas import CanvasView


class Idle(Tool):
    """Marks what the pointer is over and starts the other gestures."""

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__(canvas)

    def move(self, pointer: Pointer) -> None:
        """Mark what the pointer is over."""
        target = hits.find(self.scene, pointer.scene, self.canvas.zoom)
        self.scene.hover(target)
        shapes = {"port": Qt.CursorShape.CrossCursor, "frame": Qt.CursorShape.SizeAllCursor}
        self.canvas.viewport().setCursor(shapes.get(target.kind, Qt.CursorShape.ArrowCursor))

    def press(self, pointer: Pointer) -> None:
        """Begin the gesture that fits button, keys and place."""
        if pointer.button == Button.MiddleButton or self.canvas.held == "space":
            self.canvas.start(Pan(self.canvas, pointer))
        elif pointer.button == Button.RightButton:
            cuts = pointer.ctrl
            self.canvas.start(self._cut(pointer) if cuts else Pan(self.canvas, pointer, menu=True))
        elif pointer.button == Button.LeftButton and self.canvas.held == "y":
            self.canvas.start(self._cut(pointer))
        elif pointer.button == Button.LeftButton:
            self._left(pointer, hits.find(self.scene, pointer.scene, self.canvas.zoom))

    def _cut(self, pointer: Pointer) -> Tool:
        return Cut(self.canvas, pointer) if self.context.may_edit() else Pan(self.canvas, pointer)

    def _left(self, pointer: Pointer, target: Target) -> None:
        if target.kind == "port":
            self._port(pointer, target)
        elif target.kind in ("node", "note", "frame"):
            self.canvas.start(Pressed(self.canvas, pointer, target))
        elif target.kind == "wire" and target.edge is not None:
            if pointer.shift or pointer.ctrl:
                wires = self.context.selection.wires ^ {target.edge}
                self.context.select(Selection(self.context.selection.ids, wires))
            else:
                self.context.select_wire(target.edge)
        else:
            self.canvas.start(Marquee(self.canvas, pointer))

    def _port(self, pointer: Pointer, target: Target) -> None:
        if not self.context.may_edit():
            return
        if pointer.alt:
            commands.disconnect_port(self.context, target.id, target.port, is_output=target.is_output)
            return
        arriving = [] if target.is_output else self.context.graph.into(target.id)
        taken = next((edge for edge in arriving if edge.into == target.port), None)
        port = PortRef(target.id, target.port, target.is_output)
        self.canvas.start(Connect(self.canvas, pointer, port, taken))
