"""Move wires: all that end at a port are led to another port of its kind."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from explorer import words
from explorer.figures.canvas import routes
from explorer.figures.canvas.painting import wires
from explorer.graph import rules
from explorer.graph.edits import Batch, Connect, Disconnect, Edit
from explorer.graph.model import Edge
from explorer.ui.canvas import commands, hits
from explorer.ui.canvas.adding import PortRef
from explorer.ui.canvas.hits import Target
from explorer.ui.canvas.pointer import Pointer
from explorer.ui.canvas.tools.stage import Stage
from explorer.ui.canvas.tools.tool import Tool


class MoveWires(Tool):
    """Ctrl and drag from a port. On the empty canvas the wires go; Esc puts them back."""

    id = "move-wires"
    cursor = Qt.CursorShape.CrossCursor
    scrolls = True

    def __init__(self, stage: Stage, start: Pointer, port: PortRef, edges: Sequence[Edge]) -> None:
        super().__init__(stage)
        self._port, self._edges, self._end = port, tuple(edges), start.scene
        self._target: PortRef | None = None
        self._reason = ""
        self._found: list[tuple[Edge, Edge | None]] = []
        context = self.context
        context.workspace.history.begin()
        context.fix_places()
        context.workspace.apply(Batch(tuple(Disconnect(edge, context.scope) for edge in self._edges)))

    def move(self, pointer: Pointer) -> None:
        """Lead the loose ends; over a port say whether all of them fit."""
        self._end = pointer.scene
        self._target = self._over(hits.find(self.scene, pointer.scene, self.stage.zoom))
        self._reason, self._found = "", []
        if self._target is not None:
            self._ask(self._target)
        self.stage.say_beside(self._reason, pointer.view)
        self.stage.refresh_overlay()

    def _over(self, target: Target) -> PortRef | None:
        """The port that is meant: a card stands for its first one."""
        is_output = self._port.is_output
        if target.kind == "port":
            return PortRef(target.id, target.port, target.is_output)
        if target.kind != "node":
            return None
        view = self.context.views.nodes[target.id]
        ports = view.outputs if is_output else view.inputs
        return PortRef(target.id, ports[0].name if ports else "", is_output)

    def _ask(self, to: PortRef) -> None:
        if to.is_output != self._port.is_output:
            side = "output" if self._port.is_output else "input"
            self._reason = f"These wires go to another {side}."
            return
        workspace, scope = self.context.workspace, self.context.scope
        for edge in self._edges:
            src, out = (to.id, to.port) if to.is_output else (edge.src, edge.out)
            dst, into = (edge.dst, edge.into) if to.is_output else (to.id, to.port)
            answer = rules.can_connect(workspace.document, workspace.catalogue, src, out, dst, into, scope)
            if not answer.yes or answer.edge is None:
                self._reason, self._found = answer.reason, []
                return
            wanted = msgspec.structs.replace(answer.edge, into=into) if to.is_output else answer.edge
            self._found.append((wanted, answer.replaces))

    def release(self, pointer: Pointer) -> None:
        """Wire them anew, let them go, or put them back where they cannot be."""
        self.move(pointer)
        self._tidy_up()
        self.stage.finish()
        history, count = self.context.workspace.history, words.plural(len(self._edges), "wire")
        if self._reason or self._target == self._port:
            history.cancel()
            if self._reason:
                self.context.said.emit(self._reason)
        elif self._target is None:
            history.commit(f"Take {count} off")
        else:
            scope = self.context.scope
            edits: list[Edit] = [e for _, old in self._found for e in commands.replaced(old, scope)]
            edits += [Connect(edge, scope) for edge, _ in self._found]
            self.context.workspace.apply(Batch(tuple(edits)))
            history.commit(f"Move {count} to {self._target.id}")

    def cancel(self) -> None:
        """Put the wires back."""
        self._tidy_up()
        self.context.workspace.history.cancel()

    def _tidy_up(self) -> None:
        self.stage.say_beside("", QPointF())

    def _paths(self) -> list[tuple[QPointF, QPointF]]:
        placed, found = self.scene.placed, []
        for edge in self._edges:
            if self._port.is_output:
                found.append((self._end, placed.inputs[edge.dst].get(edge.into, self._end)))
            else:
                found.append((placed.outputs[edge.src].get(edge.out, self._end), self._end))
        return found

    def paint(self, painter: QPainter) -> None:
        """Draw the loose wires."""
        fits = None if self._target is None else not self._reason
        for start, end in self._paths():
            wires.loose(painter, routes.loose(start, end), fits=fits)

    def bounds(self) -> QRectF:
        """Return what the loose wires cover."""
        area = QRectF()
        for start, end in self._paths():
            area = area.united(routes.loose(start, end).controlPointRect().adjusted(-4, -4, 4, 4))
        return area
