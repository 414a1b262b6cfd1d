"""What lies under the pointer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QPointF, QRectF

from explorer.figures.canvas import geometry, routes
from explorer.graph.model import Edge
from explorer.style import tokens
from explorer.ui.canvas.items import FrameItem, NodeItem, NoteItem, WireItem

if TYPE_CHECKING:
    from explorer.ui.canvas.scene import CanvasScene

TargetKind = Literal["empty", "port", "node", "wire", "frame", "note"]
WIRE_REACH = float(tokens.raw()["wire"]["hitWidth"]) / 2
PORT_REACH = geometry.PORT_TARGET / 2
SEARCH = 18.0


@dataclass(frozen=True, slots=True)
class Target:
    """What was hit: a port also has the id of its node."""

    kind: TargetKind = "empty"
    id: str = ""
    port: str = ""
    is_output: bool = False
    edge: Edge | None = None


def find(scene: CanvasScene, point: QPointF, zoom: float = 1.0) -> Target:
    """Return what lies under a point: ports before nodes, nodes before wires, frames last."""
    near = scene.detail != "far"
    reach = SEARCH / min(1.0, max(zoom, 0.3))
    around = QRectF(point.x() - reach, point.y() - reach, 2 * reach, 2 * reach)
    found = scene.items(around)
    if near and (port := find_port(scene, found, point, min(16.0, PORT_REACH / min(1.0, zoom)))):
        return port
    for item in found:
        if isinstance(item, NodeItem) and _on_node(scene, item.key, point):
            return Target("node", item.key)
    for item in found:
        if isinstance(item, NoteItem) and scene.placed.notes[item.key].contains(point):
            return Target("note", item.key)
    if near and (edge := find_wire(scene, point)):
        return Target("wire", edge=edge)
    for item in found:
        if isinstance(item, FrameItem) and _on_frame(scene.placed.frames[item.key], point, near):
            return Target("frame", item.key)
    return Target()


def find_port(scene: CanvasScene, found: Sequence[object], point: QPointF, reach: float) -> Target | None:
    """Return the nearest port within reach."""
    best, nearest = None, reach
    for item in found:
        if not isinstance(item, NodeItem):
            continue
        for is_output, points in ((False, scene.placed.inputs), (True, scene.placed.outputs)):
            for name, at in points[item.key].items():
                away = hypot(at.x() - point.x(), at.y() - point.y())
                if away <= nearest:
                    best, nearest = Target("port", item.key, name, is_output), away
    return best


def find_wire(scene: CanvasScene, point: QPointF, reach: float = WIRE_REACH) -> Edge | None:
    """Return the nearest wire within reach."""
    around = QRectF(point.x() - reach, point.y() - reach, 2 * reach, 2 * reach)
    best, nearest = None, reach
    for item in scene.items(around):
        if isinstance(item, WireItem):
            away = routes.distance(scene.placed.routes[item.key].path, point)
            if away <= nearest:
                best, nearest = item.key, away
    return best


def _on_node(scene: CanvasScene, key: str, point: QPointF) -> bool:
    box = scene.placed.boxes[key]
    view = scene.shown.nodes[key]
    return geometry.with_label(view, box).contains(point)


def _on_frame(box: QRectF, point: QPointF, near: bool) -> bool:
    """Frames are taken by their title or line; what lies inside belongs to the canvas."""
    if not box.contains(point):
        return False
    title = QRectF(box.left(), box.top(), box.width(), geometry.FRAME_TITLE)
    return title.contains(point) or (near and not box.adjusted(5, 5, -5, -5).contains(point))
