"""The scene: items for what is near, one picture for what is far, updated by differences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from math import ceil, floor
from typing import Any, TypeVar

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsScene

from explorer.figures.canvas.level_view import LevelView
from explorer.figures.canvas.painting import ground, node, wires
from explorer.figures.canvas.painting.far import FarPicture
from explorer.figures.canvas.painting.look import Detail, Look, PortKey
from explorer.figures.canvas.placement import Placed
from explorer.figures.canvas.tiles import TileStore
from explorer.graph.model import Edge, NodeId, Position
from explorer.ui.canvas.hits import Target
from explorer.ui.canvas.items import FrameItem, NodeItem, NoteItem, WireItem

K = TypeVar("K")
ROOM, STEP = 60.0, 1000.0


class CanvasScene(QGraphicsScene):
    """Draws one level. It knows views and view state, never the document."""

    def __init__(self, tiles: TileStore) -> None:
        super().__init__()
        self.placed = Placed()
        self.detail: Detail = "near"
        self.zoom = 1.0
        self.prefix = ""
        self._tiles = tiles
        self._answer: tuple[tuple[str, float], ...] = ()
        self._nodes: dict[str, NodeItem] = {}
        self._wires: dict[Edge, WireItem] = {}
        self._frames: dict[str, FrameItem] = {}
        self._notes: dict[str, NoteItem] = {}
        self._selected: frozenset[str] = frozenset()
        self._selected_wires: frozenset[Edge] = frozenset()
        self._focused = ""
        self._hover = Target()
        self._wiring: Mapping[NodeId, Mapping[PortKey, bool]] | None = None
        self._lit_wire: Edge | None = None
        self._far: FarPicture | None = None

    # what is shown

    @property
    def shown(self) -> LevelView:
        """What is drawn now."""
        return self.placed.views

    def show(self, views: LevelView, prefix: str = "") -> None:
        """Draw other views: only items whose view has changed are touched."""
        old, self.prefix = self.placed.views, prefix
        changed = self.placed.show(views)
        self._drop(self._nodes, old.nodes.keys() - views.nodes.keys())
        self._drop(self._wires, old.wires.keys() - views.wires.keys())
        self._drop(self._frames, old.frames.keys() - views.frames.keys())
        self._drop(self._notes, old.notes.keys() - views.notes.keys())
        self._settle(*changed, notes=views.notes if views.notes != old.notes else ())
        self.setSceneRect(_roomy(self.placed.bounds()))

    def preview(self, shifts: Mapping[str, Position]) -> None:
        """Draw some nodes moved by (dx, dy) while a gesture lasts."""
        notes = [key for key in self.placed.notes if key in self._notes]
        self._settle(*self.placed.shift(shifts), notes=notes)

    def _drop(self, items: dict[K, Any], keys: Iterable[K]) -> None:
        for key in keys:
            self.removeItem(items.pop(key))

    def _settle(
        self, nodes: Iterable[str], wires_: Iterable[Edge], frames: Iterable[str], notes: Iterable[str]
    ) -> None:
        """Give the items of what changed their place, making those that are missing."""
        for key in nodes:
            item = self._nodes.get(key)
            if item is None:
                item = self._nodes[key] = NodeItem(self, key)
                self.addItem(item)
            item.set_bounds(node.bounds(self.shown.nodes[key], self.placed.boxes[key]))
        for edge in wires_:
            wire = self._wires.get(edge)
            if wire is None:
                wire = self._wires[edge] = WireItem(self, edge)
                self.addItem(wire)
            wire.set_bounds(self._wire_bounds(edge))
        for key in frames:
            frame = self._frames.get(key)
            if frame is None:
                frame = self._frames[key] = FrameItem(self, key)
                self.addItem(frame)
            frame.set_bounds(self.placed.frames[key].adjusted(-3, -3, 3, 3))
        for key in notes:
            note = self._notes.get(key)
            if note is None:
                note = self._notes[key] = NoteItem(self, key)
                self.addItem(note)
            note.set_bounds(self.placed.notes[key].adjusted(-3, -3, 3, 3))
        self._far = None

    def _wire_bounds(self, edge: Edge) -> QRectF:
        route, wire = self.placed.routes[edge], self.shown.wires[edge]
        around = route.bounds.adjusted(-15, -15, 15, 15)
        return around.united(wires.label_bounds(wire, route))

    # view state

    def select(self, ids: frozenset[str], edges: frozenset[Edge], focused: str = "") -> None:
        """Mark what is selected, and the node that has the keyboard."""
        changed = (ids ^ self._selected) | {focused, self._focused}
        wires_ = edges ^ self._selected_wires
        self._selected, self._selected_wires, self._focused = ids, edges, focused
        self._touch(changed, wires_)

    def hover(self, target: Target) -> None:
        """Mark what the pointer is over."""
        if target == self._hover:
            return
        old, self._hover = self._hover, target
        self._touch({old.id, target.id}, {e for e in (old.edge, target.edge) if e})

    def wiring(self, fits: Mapping[NodeId, Mapping[PortKey, bool]] | None) -> None:
        """Show which ports may take the wire that is dragged; None when none is."""
        self._wiring = fits
        self._touch(self._nodes, ())

    def light(self, edge: Edge | None) -> None:
        """Mark the wire into which something would be dropped."""
        if edge != self._lit_wire:
            old, self._lit_wire = self._lit_wire, edge
            self._touch((), {e for e in (old, edge) if e})

    def set_detail(self, detail: Detail, zoom: float) -> None:
        """Take the level of detail of a zoom."""
        self.zoom = zoom
        if detail != self.detail:
            self.detail = detail
            self.update()

    def set_answer(self, answer: tuple[tuple[str, float], ...]) -> None:
        """Show the best classes on the outputs."""
        self._answer = answer
        self._touch((key for key, view in self.shown.nodes.items() if view.form == "output"), ())

    def refresh_pictures(self, addresses: Iterable[str] | None = None) -> None:
        """Draw the nodes at these addresses again (None: all), because their pictures changed."""
        if addresses is None:
            self.update()
            return
        start = len(self.prefix)
        self._touch((a[start:] for a in addresses if a.startswith(self.prefix)), ())

    def _touch(self, ids: Iterable[str], edges: Iterable[Edge]) -> None:
        for key in ids:
            item = self._nodes.get(key) or self._frames.get(key) or self._notes.get(key)
            if item is not None:
                item.update()
        for edge in edges:
            if edge in self._wires:
                self._wires[edge].update()

    # painting, called by the items

    def draw_node(self, painter: QPainter, key: str) -> None:
        """Draw a node."""
        view = self.shown.nodes[key]
        pictures = self._tiles.input if view.form == "input" else self._tiles.pixmaps(self.prefix + key)
        look = Look(
            self.detail,
            self.zoom,
            self._hover.id == key,
            key in self._selected,
            key == self._focused,
            None if self._wiring is None else self._wiring.get(key, {}),
            pictures,
            self._answer,
        )
        placed = self.placed
        node.paint(painter, view, placed.boxes[key], look, placed.inputs[key], placed.outputs[key])

    def draw_wire(self, painter: QPainter, edge: Edge) -> None:
        """Draw a wire."""
        chosen = edge in self._selected_wires or edge == self._lit_wire
        wires.paint(
            painter,
            self.shown.wires[edge],
            self.placed.routes[edge],
            self.detail,
            hovered=self._hover.edge == edge,
            selected=chosen,
        )

    def draw_frame(self, painter: QPainter, key: str) -> None:
        """Draw a frame."""
        ground.frame(
            painter,
            self.shown.frames[key],
            self.placed.frames[key],
            self.detail,
            hovered=self._hover.id == key,
            selected=key in self._selected,
        )

    def draw_note(self, painter: QPainter, key: str) -> None:
        """Draw a note."""
        ground.note(painter, self.shown.notes[key], self.placed.notes[key], selected=key in self._selected)

    # the far level

    def far_picture(self) -> FarPicture:
        """Return the level as rectangles and lines."""
        if self._far is None:
            views, boxes = self.shown, self.placed.boxes
            self._far = FarPicture(
                ((view.family, boxes[key]) for key, view in views.nodes.items()),
                [QLineF(p, q) for edge in views.wires for p, q in _pairs(self.placed.routes[edge].points)],
                [boxes[key] for key, view in views.nodes.items() if view.state == "problem"],
            )
        return self._far

    def draw_far(self, painter: QPainter, zoom: float) -> None:
        """Draw the far level."""
        frames = [(self.shown.frames[key].title, box) for key, box in self.placed.frames.items()]
        chosen = [self.placed.boxes[key] for key in self._selected if key in self.placed.boxes]
        self.far_picture().paint(painter, zoom, frames, chosen)


def _roomy(area: QRectF) -> QRectF:
    """Round an area up, so that the scene's index is not made anew for every move at its edge."""
    left, top = (floor((n - ROOM) / STEP) * STEP for n in (area.left(), area.top()))
    right, bottom = (ceil((n + ROOM) / STEP) * STEP for n in (area.right(), area.bottom()))
    return QRectF(left, top, right - left, bottom - top)


def _pairs(points: tuple[Any, ...]) -> pairwise[tuple[Any, Any]]:
    return pairwise(points)
