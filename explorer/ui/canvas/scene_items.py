"""The items of a scene: what is in sight has one each, and is painted anew when it is another thing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QRectF

from explorer.figures.canvas.painting import card, node, wires
from explorer.graph.model import Edge
from explorer.ui.canvas.items import FrameItem, NodeItem, NoteItem, WireItem

if TYPE_CHECKING:
    from explorer.figures.canvas.placement import Near, Spot
    from explorer.figures.canvas.ways import Way
    from explorer.ui.canvas.scene import CanvasScene

K = TypeVar("K")
V = TypeVar("V")


class SceneItems:
    """Makes, places and drops the items of a scene."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self.nodes: dict[str, NodeItem] = {}
        self.wires: dict[Edge, WireItem] = {}
        self.frames: dict[str, FrameItem] = {}
        self.notes: dict[str, NoteItem] = {}

    def clear(self) -> None:
        """Drop all items."""
        self._drop(self.nodes, tuple(self.nodes))
        self._drop(self.wires, tuple(self.wires))
        self._drop(self.frames, tuple(self.frames))
        self._drop(self.notes, tuple(self.notes))

    def settle(self, near: Near) -> None:
        """Let exactly what is near have items, and touch those of what is another thing now."""
        placed, shown = self._scene.placed, self._scene.shown
        self._keep(self.nodes, near.nodes, NodeItem, placed.spot, _node_bounds)
        self._keep(self.wires, near.wires, WireItem, placed.way, _wire_bounds)
        for key, item in self.nodes.items():
            item.lie(shown.order[key])
        for edge, wire in self.wires.items():
            wire.lie(shown.order[edge.src])
        for key in self._kept(self.frames, near.frames, FrameItem):
            self._place(self.frames[key], (shown.frames[key], QRectF(placed.frames[key])))
        for key in self._kept(self.notes, near.notes, NoteItem):
            self._place(self.notes[key], (shown.notes[key], placed.notes[key]))

    def touch(self, ids: Iterable[str], edges: Iterable[Edge]) -> None:
        """Paint some anew."""
        for key in ids:
            item = self.nodes.get(key) or self.frames.get(key) or self.notes.get(key)
            if item is not None:
                item.update()
        for edge in edges:
            if edge in self.wires:
                self.wires[edge].update()

    def share_out(self, before: int, total: int) -> None:
        """Paint the nodes anew on which another share of all parameters is read."""
        for key, item in self.nodes.items():
            view = self._scene.shown.nodes[key]
            if card.shown_share(view, before) != card.shown_share(view, total):
                item.update()

    def _keep(
        self,
        items: dict[K, Any],
        near: Iterable[K],
        new: Callable[[CanvasScene, K], Any],
        look: Callable[[K], V],
        bounds: Callable[[V], QRectF],
    ) -> None:
        for key in self._kept(items, near, new):
            seen, item = look(key), items[key]
            if item.seen is not seen:
                item.seen = seen
                item.set_bounds(bounds(seen))

    def _kept(
        self, items: dict[K, Any], near: Iterable[K], new: Callable[[CanvasScene, K], Any]
    ) -> dict[K, None]:
        """Let exactly these keys have items."""
        keys = dict.fromkeys(near)
        self._drop(items, [key for key in items if key not in keys])
        for key in keys:
            if key not in items:
                items[key] = new(self._scene, key)
                self._scene.addItem(items[key])
        return keys

    def _drop(self, items: dict[K, Any], keys: Iterable[K]) -> None:
        for key in keys:
            self._scene.removeItem(items.pop(key))

    @staticmethod
    def _place(item: FrameItem | NoteItem, seen: tuple[object, QRectF]) -> None:
        if item.seen != seen:
            item.seen = seen
            item.set_bounds(seen[1].adjusted(-3, -3, 3, 3))


def _node_bounds(spot: Spot) -> QRectF:
    return node.bounds(spot.view, spot.box)


def _wire_bounds(way: Way) -> QRectF:
    around = way.route.bounds.adjusted(-15, -15, 15, 15)
    return around.united(wires.label_bounds(way.view, way.route))
