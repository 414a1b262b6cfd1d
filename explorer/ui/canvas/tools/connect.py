"""Connect: a wire is dragged from either end."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from explorer.figures.canvas import routes
from explorer.figures.canvas.made import Made
from explorer.figures.canvas.painting import wires
from explorer.figures.canvas.painting.look import PortKey
from explorer.graph import rules
from explorer.graph.edits import Batch, Disconnect
from explorer.graph.edits import Connect as ConnectEdit
from explorer.graph.model import Edge, NodeId
from explorer.graph.rules import Answer
from explorer.ui.canvas import commands, hits
from explorer.ui.canvas.adding import PortRef
from explorer.ui.canvas.hits import Target
from explorer.ui.canvas.pointer import Pointer
from explorer.ui.canvas.tools.stage import Stage
from explorer.ui.canvas.tools.tool import Tool


class Connect(Tool):
    """From an output to an input or the other way round; from a wired input the wire comes off first.

    Ports that may take the wire grow, the others fade; over a wrong one the reason stands at the
    pointer. On the empty canvas the wire asks for a new block; one that came off just goes.
    """

    id = "connect"
    cursor = Qt.CursorShape.CrossCursor
    scrolls = True

    def __init__(self, stage: Stage, start: Pointer, port: PortRef, taken: Edge | None = None) -> None:
        super().__init__(stage)
        self._taken = taken
        self.port = PortRef(taken.src, taken.out) if taken else port
        if taken is not None:
            self.context.workspace.history.begin()
            self.context.fix_places()
            self.context.workspace.apply(Disconnect(taken, self.context.scope))
        self._end = start.scene
        self._answer: Answer | None = None
        self.scene.wiring(self._fits())

    def _fits(self) -> Mapping[NodeId, Mapping[PortKey, bool]]:
        """Which ports may take the wire: all but those behind which a circle would close."""
        graph, wants_input = self.context.graph, self.port.is_output
        step = graph.predecessors if wants_input else graph.successors
        blocked, nodes = _reached(self.port.id, step), self.context.views.nodes

        def ports(node_id: NodeId) -> Mapping[PortKey, bool]:
            may, view = node_id not in blocked, nodes[node_id]
            found = {(p.name, False): may and wants_input for p in view.inputs}
            found.update({(p.name, True): may and not wants_input for p in view.outputs})
            if node_id == self.port.id:
                found[self.port.port, self.port.is_output] = True
            return found

        return Made(nodes, ports)

    def move(self, pointer: Pointer) -> None:
        """Lead the loose end; over a port or node say whether it fits."""
        wanted = not self.port.is_output
        target = hits.find(self.scene, pointer.scene, self.stage.zoom, outputs=wanted)
        self._end = pointer.scene
        self._answer = self._ask(target)
        if self._answer and self._answer.yes and target.kind == "port":
            side = self.scene.placed.outputs if target.is_output else self.scene.placed.inputs
            self._end = side[target.id].get(target.port, pointer.scene)
        reason = self._answer.reason if self._answer and not self._answer.yes else ""
        self.stage.say_beside(reason, pointer.view)
        self.stage.refresh_overlay()

    def _ask(self, target: Target) -> Answer | None:
        """May the wire end here? None over the empty canvas and over its own start."""
        if target.kind not in ("port", "node"):
            return None
        if target.id == self.port.id and (target.kind == "node" or target.port == self.port.port):
            return None
        document, catalogue = self.context.workspace.document, self.context.workspace.catalogue
        scope = self.context.scope
        if target.kind == "port" and target.is_output == self.port.is_output:
            what = "an output to an input" if self.port.is_output else "an input to an output"
            return Answer(False, f"Wires go from {what}.")
        if self.port.is_output:
            into = target.port if target.kind == "port" else None
            return rules.can_connect(
                document, catalogue, self.port.id, self.port.port, target.id, into, scope
            )
        outputs = self.context.views.nodes[target.id].outputs
        out = target.port if target.kind == "port" else (outputs[0].name if outputs else "")
        return rules.can_connect(document, catalogue, target.id, out, self.port.id, self.port.port, scope)

    def release(self, pointer: Pointer) -> None:
        """Draw the wire, or ask for a block to put at its end."""
        self.move(pointer)
        answer, empty = self._answer, self._answer is None
        self._tidy_up()
        self.stage.finish()
        if answer is not None and answer.yes and answer.edge is not None:
            self._draw(answer.edge, answer)
        elif answer is not None:
            self.context.said.emit(answer.reason)
            self._give_back()
        elif self._taken is not None:
            self.context.workspace.history.commit("Remove a wire")
        elif empty and hits.find(self.scene, pointer.scene, self.stage.zoom).kind in (
            "empty",
            "frame",
            "wire",
        ):
            self.stage.ask_for_block(pointer.scene, self.port)

    def _draw(self, edge: Edge, answer: Answer) -> None:
        scope, title = self.context.scope, f"Wire {edge.src} to {edge.dst}"
        edit = Batch((*commands.replaced(answer.replaces, scope), ConnectEdit(edge, scope)))
        if self._taken is None:
            self.context.apply(edit, title)
        elif edge == self._taken:
            self._give_back()
        else:
            self.context.workspace.apply(edit)
            self.context.workspace.history.commit(title)
        self.stage.show_problem_at(edge.dst)

    def _give_back(self) -> None:
        if self._taken is not None:
            self.context.workspace.history.cancel()

    def cancel(self) -> None:
        """Put the wire back that came off."""
        self._tidy_up()
        self._give_back()

    def _tidy_up(self) -> None:
        self.scene.wiring(None)
        self.stage.say_beside("", QPointF())

    def _ends(self) -> tuple[QPointF, QPointF]:
        placed = self.scene.placed
        side = placed.outputs if self.port.is_output else placed.inputs
        start = side.get(self.port.id, {}).get(self.port.port, self._end)
        return (start, self._end) if self.port.is_output else (self._end, start)

    def paint(self, painter: QPainter) -> None:
        """Draw the loose wire."""
        fits = None if self._answer is None else self._answer.yes
        wires.loose(painter, routes.loose(*self._ends()), fits=fits)

    def bounds(self) -> QRectF:
        """Return what the loose wire covers."""
        return routes.loose(*self._ends()).controlPointRect().adjusted(-4, -4, 4, 4)


def _reached(start: NodeId, step: Callable[[NodeId], list[NodeId]]) -> set[NodeId]:
    """The node and all that can be reached from it."""
    seen, ahead = {start}, [start]
    while ahead:
        for after in step(ahead.pop()):
            if after not in seen:
                seen.add(after)
                ahead.append(after)
    return seen
