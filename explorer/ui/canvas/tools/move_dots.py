"""Move dots: the button is down on a reroute dot; a little further it is dragged, else it was a click."""

from __future__ import annotations

from PySide6.QtCore import Qt

from explorer import words
from explorer.figures.canvas import geometry
from explorer.graph.edits import Batch, SetDots
from explorer.graph.model import Edge, Position
from explorer.ui.canvas.pointer import Pointer
from explorer.ui.canvas.selection import DotRef, Selection
from explorer.ui.canvas.tools.stage import Stage
from explorer.ui.canvas.tools.tool import Tool


class MoveDots(Tool):
    """All selected dots follow the pointer in steps of the snap grid; it is written when the button is up."""

    id = "move-dots"
    cursor = Qt.CursorShape.SizeAllCursor
    scrolls = True

    def __init__(self, stage: Stage, start: Pointer, dot: DotRef) -> None:
        super().__init__(stage)
        self._start, self._grip = start, dot
        self._before = before = self.context.selection
        if start.shift or start.ctrl:
            dots = before.dots | {dot} if start.shift else before.dots ^ {dot}
            self.context.select(Selection(before.ids, before.wires, dots=dots))
        elif dot not in before.dots:
            self.context.select(Selection(dots=frozenset([dot])))
        self._instead: dict[Edge, tuple[Position, ...]] = {}

    def move(self, pointer: Pointer) -> None:
        """Lead the wires through the places that the dots would get."""
        if not self._instead and (not pointer.far_from(self._start) or self._start.ctrl):
            return
        if not self.context.may_edit():
            self.stage.finish()
            return
        wish = pointer.scene - self._start.scene
        graph, chosen = self.context.graph, self.context.selection.dots | {self._grip}
        x, y = graph.dots[self._grip.edge][self._grip.number]
        dx, dy = geometry.snapped(x + wish.x()) - x, geometry.snapped(y + wish.y()) - y
        self._instead = {
            edge: tuple(
                (x + dx, y + dy) if DotRef(edge, number) in chosen else (x, y)
                for number, (x, y) in enumerate(graph.dots[edge])
            )
            for edge in {dot.edge for dot in chosen}
        }
        self.scene.preview({}, self._instead)

    def release(self, pointer: Pointer) -> None:
        """Write the new places; after a click the dot alone is selected."""
        self.stage.finish()
        graph, scope = self.context.graph, self.context.scope
        moved = {edge: at for edge, at in self._instead.items() if graph.dots.get(edge) != at}
        if moved:
            edits = tuple(SetDots(edge, at, scope) for edge, at in sorted(moved.items()))
            count = sum(dot.edge in moved for dot in self.context.selection.dots | {self._grip})
            self.context.apply(Batch(edits), f"Move {words.plural(count, 'dot')}")
        elif not self._instead and not (pointer.shift or pointer.ctrl):
            self.context.select(Selection(dots=frozenset([self._grip])))
        self.scene.preview({})

    def cancel(self) -> None:
        """Lead the wires as before, and select again what was selected."""
        self.scene.preview({})
        self.context.select(self._before)
