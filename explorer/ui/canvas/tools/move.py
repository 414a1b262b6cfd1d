"""Move: selected nodes follow the pointer, in steps of the snap grid."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from explorer import words
from explorer.figures.canvas import geometry
from explorer.graph.model import Edge, Position
from explorer.ui.canvas import adding, bending, commands, hits
from explorer.ui.canvas.pointer import Pointer
from explorer.ui.canvas.tools.shake import Shake
from explorer.ui.canvas.tools.stage import Stage
from explorer.ui.canvas.tools.tool import Tool


class Move(Tool):
    """Nothing is written until the button is up; then it is one step.

    One block without wires that is dropped on a wire goes into it, unless Alt is held. With `detach`
    (Alt and drag) the nodes are taken out of the flow first; a shake does the same on the way.
    """

    id = "move"
    cursor = Qt.CursorShape.SizeAllCursor
    scrolls = True

    def __init__(self, stage: Stage, start: Pointer, grip: str, *, detach: bool = False) -> None:
        super().__init__(stage)
        self._start = start
        notes = [key for key in self.context.selection.ids if key in self.context.views.notes]
        self._keys = [*self.context.selected_nodes(), *notes]
        self._from = {key: self._pos(key) for key in self._keys}
        self._grip = grip if grip in self._from else next(iter(self._from), "")
        self._by: Position = (0.0, 0.0)
        self._into: Edge | None = None
        self._shake = Shake(start.view.x())
        self._detached = self._shaken = False
        if detach:
            self._detach()

    def _detach(self) -> None:
        """Take the nodes out of the flow."""
        if self._detached or not self.context.selected_nodes():
            return
        self._detached = True
        self.context.workspace.history.begin()
        self.context.fix_places()
        commands.detach(self.context, self.context.selected_nodes())

    def _pos(self, key: str) -> Position:
        room = self.context.views.rooms.get(key)
        return (room.x, room.y) if room is not None else self.context.views.notes[key].pos

    def move(self, pointer: Pointer) -> None:
        """Show the nodes at the place they would get."""
        if not self._grip:
            return
        if self._shake.feel(pointer.view.x()):
            self._detach()
            self._shaken = self._detached
        wish: QPointF = pointer.scene - self._start.scene
        x, y = self._from[self._grip]
        self._by = geometry.snapped(x + wish.x()) - x, geometry.snapped(y + wish.y()) - y
        self.scene.preview({key: self._by for key in self._keys})
        self._into = None if pointer.alt else self._wire_under(pointer.scene)
        self.scene.light(self._into)

    def _wire_under(self, point: QPointF) -> Edge | None:
        """The wire into which a single block without wires would go."""
        if len(self._keys) != 1 or self._grip not in self.context.graph:
            return None
        graph = self.context.graph
        if graph.into(self._grip) or graph.out_of(self._grip):
            return None
        return hits.find_wire(self.scene, point, 12)

    def release(self, pointer: Pointer) -> None:
        """Write the new places."""
        self.stage.finish()
        if self._by == (0.0, 0.0) and self._into is None and not self._shaken:
            self.cancel()
            return
        dx, dy = self._by
        moved = {key: (x + dx, y + dy) for key, (x, y) in self._from.items()}
        title = f"Move {words.plural(len(moved), 'block')}"
        with commands.quietly(self.context), self.context.gesture(title):
            self.context.workspace.apply(bending.moving(self.context, moved), title)
            if self._into is not None:
                adding.put_into_wire(self.context, self._into, self._grip)
        if self._detached:
            self.context.workspace.history.commit("Take out of the flow")
        self._put_back()

    def cancel(self) -> None:
        """Put everything back to where the document has it."""
        if self._detached:
            self.context.workspace.history.cancel()
        self._put_back()

    def _put_back(self) -> None:
        self.scene.light(None)
        self.scene.preview({})
