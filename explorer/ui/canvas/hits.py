"""What lies under the pointer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import hypot
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QPointF, QRectF

from explorer.figures.canvas import geometry, routes
from explorer.graph.model import Edge, NodeId
from explorer.style import tokens
from explorer.ui.canvas.selection import DotRef

if TYPE_CHECKING:
    from explorer.ui.canvas.scene import CanvasScene

TargetKind = Literal["empty", "port", "node", "wire", "dot", "frame", "note"]
WIRE_REACH = float(tokens.raw()["wire"]["hitWidth"]) / 2
PORT_REACH = geometry.PORT_TARGET / 2
DOT_REACH = 10.0
"""Pixels: a dot is 20 wide for the pointer."""
SEARCH = 18.0
FARTHEST = 27.0
"""Canvas units: a port is 24 pixels wide down to the zoom at which ports are drawn."""
SMALL = 48.0
"""Canvas units: a node that is no wider has its inputs and outputs under one finger."""
INSIDE = 0.22
"""Share of a node's side within which a press takes the port instead of the node."""


@dataclass(frozen=True, slots=True)
class Target:
    """What was hit: a port also has the id of its node, a dot its wire and its number on it."""

    kind: TargetKind = "empty"
    id: str = ""
    port: str = ""
    is_output: bool = False
    edge: Edge | None = None
    number: int = -1


def find(scene: CanvasScene, point: QPointF, zoom: float = 1.0, *, outputs: bool | None = None) -> Target:
    """Return what lies under a point: ports before nodes, nodes before dots and wires, frames last.

    With `outputs` outputs (or inputs) go before the other ports, as for the loose end of a wire; of a small
    node, whose ports lie close together, the node is hit instead of a port of the other kind.
    """
    near = scene.detail != "far"
    reach = SEARCH / min(1.0, max(zoom, 0.3))
    around = QRectF(point.x() - reach, point.y() - reach, 2 * reach, 2 * reach)
    found = scene.placed.near(around)
    if near and (port := find_port(scene, found.nodes, point, min(FARTHEST, PORT_REACH / zoom), outputs)):
        return port
    for key in found.nodes:
        if scene.placed.spot(key).with_label.contains(point):
            return Target("node", key)
    for key in found.notes:
        if scene.placed.notes[key].contains(point):
            return Target("note", key)
    if near and (dot := find_dot(scene, point, DOT_REACH / max(zoom, 0.3))):
        return Target("dot", edge=dot.edge, number=dot.number)
    if near and (edge := find_wire(scene, point)):
        return Target("wire", edge=edge)
    for key in found.frames:
        if _on_frame(scene.placed.frames[key], point, near):
            return Target("frame", key)
    return Target()


def find_port(
    scene: CanvasScene, keys: Iterable[NodeId], point: QPointF, reach: float, outputs: bool | None = None
) -> Target | None:
    """Return the nearest port of some nodes within reach; within a small node its middle is the node's own.

    With `outputs` a port of the other kind counts only where there is none of this kind, see `find`.
    """
    found: list[tuple[bool, float, Target]] = []  # of the wrong kind, how far away, what
    for key in keys:
        spot = scene.placed.spot(key)
        small = min(spot.box.width(), spot.box.height())
        limit = min(reach, INSIDE * small) if spot.box.contains(point) else reach
        for is_output, points in ((False, spot.inputs), (True, spot.outputs)):
            for name, at in points.items():
                away = hypot(at.x() - point.x(), at.y() - point.y())
                if away > limit:
                    continue
                wrong = outputs is not None and is_output != outputs
                if wrong and small <= SMALL:
                    found.append((False, away, Target("node", key)))
                else:
                    found.append((wrong, away, Target("port", key, name, is_output)))
    return min(found, key=lambda hit: hit[:2])[2] if found else None


def find_dot(scene: CanvasScene, point: QPointF, reach: float) -> DotRef | None:
    """Return the nearest dot within reach."""
    around = QRectF(point.x() - reach, point.y() - reach, 2 * reach, 2 * reach)
    found: list[tuple[float, DotRef]] = []
    for edge in scene.placed.near(around).wires if scene.shown.dots else ():
        for number, (x, y) in enumerate(scene.placed.dots(edge)):
            away = hypot(x - point.x(), y - point.y())
            if away <= reach:
                found.append((away, DotRef(edge, number)))
    return min(found)[1] if found else None


def find_wire(scene: CanvasScene, point: QPointF, reach: float = WIRE_REACH) -> Edge | None:
    """Return the nearest wire within reach."""
    around = QRectF(point.x() - reach, point.y() - reach, 2 * reach, 2 * reach)
    best, nearest = None, reach
    for edge in scene.placed.near(around).wires:
        route = scene.placed.way(edge).route
        if route.bounds.adjusted(-reach, -reach, reach, reach).contains(point):
            away = routes.distance(route.path, point)
            if away <= nearest:
                best, nearest = edge, away
    return best


def _on_frame(box: QRectF, point: QPointF, near: bool) -> bool:
    """Frames are taken by their title or line; what lies inside belongs to the canvas."""
    if not box.contains(point):
        return False
    title = QRectF(box.left(), box.top(), box.width(), geometry.FRAME_TITLE)
    return title.contains(point) or (near and not box.adjusted(5, 5, -5, -5).contains(point))
