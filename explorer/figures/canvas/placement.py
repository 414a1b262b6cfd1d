"""Where everything on a level stands: rectangles, ports and ways, kept up to date piece by piece."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QPointF, QRectF

from explorer.figures.canvas import geometry, routes
from explorer.figures.canvas.area_index import GridIndex
from explorer.figures.canvas.level_view import EMPTY, LevelView, NodeView
from explorer.figures.canvas.painting import ground, text
from explorer.figures.canvas.routes import Route
from explorer.graph.model import Edge, NodeId, Position

MANY = 400
LABEL = 20.0


class Placed:
    """Geometry of one level view. `show` and `shift` return what has changed."""

    def __init__(self) -> None:
        self.views = EMPTY
        self.boxes: dict[NodeId, QRectF] = {}
        self.inputs: dict[NodeId, dict[str, QPointF]] = {}
        self.outputs: dict[NodeId, dict[str, QPointF]] = {}
        self.routes: dict[Edge, Route] = {}
        self.frames: dict[str, QRectF] = {}
        self.notes: dict[str, QRectF] = {}
        self._shifts: Mapping[str, Position] = {}
        self._wires_of: dict[NodeId, set[Edge]] = {}
        self._frame_of: dict[NodeId, str] = {}
        self._index = GridIndex()
        self._skip_ports: set[tuple[NodeId, str]] = set()
        self._lanes: dict[Edge, QRectF] = {}
        self._disturbed: list[QRectF] = []

    def show(self, views: LevelView) -> tuple[set[NodeId], set[Edge], set[str]]:
        """Take other views; returns the nodes, wires and frames that look different or are new."""
        old, self.views = self.views, views
        for gone in old.nodes.keys() - views.nodes.keys():
            self._disturbed.append(self.boxes[gone])
            del self.boxes[gone], self.inputs[gone], self.outputs[gone]
            self._index.drop(gone)
        for lost in old.wires.keys() - views.wires.keys():
            self._forget_wire(old, lost)
        nodes = {key for key, view in views.nodes.items() if view is not old.nodes.get(key)}
        nodes |= {key for key in views.nodes if key not in self.boxes}
        wires = {key for key, wire in views.wires.items() if wire is not old.wires.get(key)}
        ports = {(e.src, e.out) for e, wire in views.wires.items() if wire.skip}
        other_ports, self._skip_ports = ports ^ self._skip_ports, ports
        for edge in wires:
            if edge in old.wires:
                self._forget_wire(old, edge)
            for node_id in (edge.src, edge.dst, *views.wires[edge].over):
                self._wires_of.setdefault(node_id, set()).add(edge)
        moved = {key for key in nodes if self._place(views.nodes[key])}
        reframed = views.frames != old.frames
        if reframed:
            self._frame_of = {n: key for key, frame in views.frames.items() for n in frame.nodes}
        frames = set(views.frames) if reframed else set()
        self.notes = {
            key: geometry.note_rect(len(ground.wrap(note.text)), note.pos)
            for key, note in views.notes.items()
        }
        frames |= self._frame_boxes(moved | (old.nodes.keys() ^ views.nodes.keys()), all_of=reframed)
        framed = {n for frame in old.frames.values() for n in frame.nodes} if reframed else set()
        wires |= self._affected(moved | framed, frames)
        wires |= {e for e in self._affected((n for n, _ in other_ports), ()) if (e.src, e.out) in other_ports}
        fresh = {key for key, wire in views.wires.items() if wire is not old.wires.get(key)}
        return nodes, fresh | self._lead(wires), frames

    def shift(self, shifts: Mapping[str, Position]) -> tuple[set[NodeId], set[Edge], set[str]]:
        """Show some nodes and notes moved by (dx, dy), without any edit; `{}` puts them back."""
        keys = set(shifts) | set(self._shifts)
        self._shifts = shifts
        moved = {key for key in keys if key in self.views.nodes and self._place(self.views.nodes[key])}
        for key in keys & self.views.notes.keys():
            note = self.views.notes[key]
            dx, dy = shifts.get(key, (0.0, 0.0))
            lines = len(ground.wrap(note.text))
            self.notes[key] = geometry.note_rect(lines, (note.pos[0] + dx, note.pos[1] + dy))
        frames = self._frame_boxes(moved)
        wires = self._affected(moved, frames)
        return moved, self._lead(wires), frames

    def bounds(self) -> QRectF:
        """Return the rectangle round everything."""
        everything = [*self.boxes.values(), *self.frames.values(), *self.notes.values()]
        if not everything:
            return QRectF()
        left, top = min(b.left() for b in everything), min(b.top() for b in everything)
        right, bottom = max(b.right() for b in everything), max(b.bottom() for b in everything)
        return QRectF(left, top, right - left, bottom - top)

    def _forget_wire(self, old: LevelView, edge: Edge) -> None:
        self.routes.pop(edge, None)
        self._lanes.pop(edge, None)
        for node_id in (edge.src, edge.dst, *old.wires[edge].over):
            self._wires_of.get(node_id, set()).discard(edge)

    def _place(self, view: NodeView) -> bool:
        """Work out a node's rectangle and ports; returns whether a wire has to follow."""
        dx, dy = self._shifts.get(view.id, (0.0, 0.0))
        box = geometry.rect(view, text.width, (view.pos[0] + dx, view.pos[1] + dy))
        inputs = geometry.port_points(view, box, outputs=False)
        outputs = geometry.port_points(view, box, outputs=True)
        same = (
            self.boxes.get(view.id) == box
            and self.inputs.get(view.id) == inputs
            and self.outputs.get(view.id) == outputs
        )
        if not same:
            self._disturbed += [box, self.boxes.get(view.id, box)]
        self.boxes[view.id], self.inputs[view.id], self.outputs[view.id] = box, inputs, outputs
        self._index.put(view.id, box)
        return not same

    def _frame_boxes(self, moved: Iterable[NodeId], *, all_of: bool = False) -> set[str]:
        keys = {self._frame_of[n] for n in moved if n in self._frame_of}
        if all_of:
            keys = set(self.views.frames)
            self.frames = {}
        changed = set()
        for key in keys & self.views.frames.keys():
            nodes = [n for n in self.views.frames[key].nodes if n in self.boxes]
            around = geometry.frame_rect(
                geometry.with_label(self.views.nodes[n], self.boxes[n]) for n in nodes
            )
            if self.frames.get(key) != around:
                self.frames[key] = around
                changed.add(key)
        return changed

    def _affected(self, moved: Iterable[NodeId], frames: Iterable[str]) -> set[Edge]:
        nodes = set(moved)
        for key in frames:
            if key in self.views.frames:
                nodes.update(self.views.frames[key].nodes)
        found = {edge for n in nodes for edge in self._wires_of.get(n, ()) if edge in self.views.wires}
        return found | self._crowded()

    def _crowded(self) -> set[Edge]:
        """Wires whose strip between two rows something has entered or left."""
        moved, self._disturbed = self._disturbed, []
        if len(moved) > MANY:
            return set(self._lanes)
        return {e for e, lane in self._lanes.items() if any(lane.intersects(box) for box in moved)}

    def _lead(self, wires: Iterable[Edge]) -> set[Edge]:
        """Lead wires anew; returns those that take another way now."""
        changed = set()
        for edge in wires:
            before, found = self.routes.get(edge), self._route(edge)
            if before is None or (before.points, before.label) != (found.points, found.label):
                self.routes[edge] = found
                changed.add(edge)
        return changed

    def _route(self, edge: Edge) -> Route:
        a_box, b_box = self.boxes[edge.src], self.boxes[edge.dst]
        a, b = self.outputs[edge.src].get(edge.out), self.inputs[edge.dst].get(edge.into)
        if a is None or b is None:  # a port that the block no longer has
            a = a if a is not None else QPointF(a_box.right(), a_box.center().y())
            b = b if b is not None else QPointF(b_box.left(), b_box.center().y())
        wire = self.views.wires[edge]
        above = any(port.top for port in self.views.nodes[edge.dst].inputs if port.name == edge.into)
        if wire.skip and b.x() > a.x() + 2 * routes.RADIUS:
            passed = [self.boxes[n].top() for n in wire.over if n in self.boxes]
            ceiling = min([*passed, b_box.top(), a.y() - 8])
            from_above = above and self.views.nodes[edge.dst].form == "merge"
            return routes.skip(a, b, ceiling, len(wire.over), from_above=from_above)
        a_box, b_box = self._keep_clear(edge.src, edge.dst), self._keep_clear(edge.dst, edge.src)
        self._lanes.pop(edge, None)
        if b.x() - a.x() >= routes.SHORTEST:
            beside = not wire.skip and (edge.src, edge.out) in self._skip_ports
            return routes.route(a, b, beside_skip=beside)
        self._lanes[edge] = a_box.united(b_box).adjusted(0, -LABEL, 0, LABEL)
        return routes.turning(a, b, a_box, b_box, self._lane(a_box, b_box))

    def _lane(self, a_box: QRectF, b_box: QRectF) -> float | None:
        """The height of the free strip between two rows, as near to their middle as can be."""
        upper, lower = (a_box, b_box) if a_box.top() <= b_box.top() else (b_box, a_box)
        if lower.top() < upper.bottom():
            return None
        area = QRectF(upper.united(lower))
        between = QRectF(
            area.left(), upper.center().y(), area.width(), lower.center().y() - upper.center().y()
        )
        boxes = [self._clear_of(key) for key in self._index.near(between)]
        boxes += [box for box in self.frames.values() if box in (a_box, b_box)]
        taken = sorted((box.top(), box.bottom()) for box in boxes if box.intersects(between))
        edge, best = upper.center().y(), (0.0, 0.0)
        for top, bottom in [*taken, (lower.center().y(), 0.0)]:
            best = max(best, (top - edge, (top + edge) / 2))
            edge = max(edge, bottom)
        return best[1] if best[0] > 4 else None

    def _clear_of(self, key: NodeId) -> QRectF:
        return geometry.with_label(self.views.nodes[key], self.boxes[key])

    def _keep_clear(self, node_id: NodeId, other: NodeId) -> QRectF:
        """The frame of a node when the wire leaves it, else the node with the name beneath."""
        frame = self._frame_of.get(node_id)
        if frame is not None and frame != self._frame_of.get(other) and frame in self.frames:
            return self.frames[frame]
        return geometry.with_label(self.views.nodes[node_id], self.boxes[node_id])
