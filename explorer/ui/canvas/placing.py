"""Aligning nodes and spreading them evenly: where they would stand, and the one edit that moves them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias, get_args

from PySide6.QtCore import QLineF, QRectF

from explorer import words
from explorer.figures.canvas import geometry
from explorer.figures.canvas.painting import text
from explorer.graph.model import NodeId, Position
from explorer.ui.canvas import bending
from explorer.ui.canvas.context import Context

Side: TypeAlias = Literal["left", "centre", "right", "top", "middle", "bottom"]
Across: TypeAlias = Literal["across", "down"]
SIDES: tuple[tuple[Side, str, tuple[str, ...]], ...] = (
    ("left", "Align left edges", ("Alt+Left",)),
    ("centre", "Align centres", ()),
    ("right", "Align right edges", ("Alt+Right",)),
    ("top", "Align upper edges", ("Alt+Up",)),
    ("middle", "Align middles", ()),
    ("bottom", "Align lower edges", ("Alt+Down",)),
)
WAYS: tuple[tuple[Across, str, tuple[str, ...]], ...] = (
    ("across", "Spread evenly across", ("Alt+Shift+Left", "Alt+Shift+Right")),
    ("down", "Spread evenly down", ("Alt+Shift+Up", "Alt+Shift+Down")),
)
GAP = 24.0
"""Room between nodes that would lie on each other."""
MOST_NEIGHBOURS = 400
"""Nodes of a level up to which those that are not selected make room."""


def align(context: Context, side: Side) -> bool:
    """Bring one side of the selected nodes into line with the one that was selected last."""
    boxes = boxes_of(context)
    count = words.plural(len(boxes), "block")
    return _move(context, boxes, aligned(boxes, side), f"Align {count}", down=side in SIDEWAYS)


def distribute(context: Context, way: Across) -> bool:
    """Make the gaps between the selected nodes equal; the outer two stay."""
    boxes = boxes_of(context)
    count = words.plural(len(boxes), "block")
    return _move(context, boxes, distributed(boxes, way), f"Spread {count} evenly", down=way == "down")


SIDEWAYS: tuple[Side, ...] = ("left", "centre", "right")
"""Sides that move nodes to the left and right, so that they may come to lie on each other in a column."""


def boxes_of(context: Context) -> dict[NodeId, QRectF]:
    """Return where the selected nodes are drawn, the one selected last at the end."""
    nodes = context.views.nodes
    return {n: geometry.rect(nodes[n], text.width) for n in context.selected_nodes() if n in nodes}


def aligned(boxes: Mapping[NodeId, QRectF], side: Side) -> dict[NodeId, QRectF]:
    """Return the boxes with one side in line with the last, apart from each other along that line."""
    if len(boxes) < 2:
        return dict(boxes)
    last, anchor = list(boxes.items())[-1]
    moved = {}
    for name, box in boxes.items():
        moved[name] = QRectF(box)
        dx, dy = _offset(anchor, box, side)
        moved[name].translate(dx, dy)
    return _apart(moved, last, down=side in SIDEWAYS)


def _offset(anchor: QRectF, box: QRectF, side: Side) -> Position:
    if side == "left":
        return anchor.left() - box.left(), 0.0
    if side == "right":
        return anchor.right() - box.right(), 0.0
    if side == "centre":
        return anchor.center().x() - box.center().x(), 0.0
    if side == "top":
        return 0.0, anchor.top() - box.top()
    if side == "bottom":
        return 0.0, anchor.bottom() - box.bottom()
    return 0.0, anchor.center().y() - box.center().y()


def guide(boxes: Mapping[NodeId, QRectF], side: Side) -> QLineF:
    """Return the line on which aligned boxes stand, a little longer than they."""
    whole = QRectF()
    for box in boxes.values():
        whole = whole.united(box)
    anchor = list(boxes.values())[-1]
    if side in SIDEWAYS:
        x = {"left": anchor.left(), "right": anchor.right()}.get(side, anchor.center().x())
        return QLineF(x, whole.top() - GAP, x, whole.bottom() + GAP)
    y = {"top": anchor.top(), "bottom": anchor.bottom()}.get(side, anchor.center().y())
    return QLineF(whole.left() - GAP, y, whole.right() + GAP, y)


def distributed(boxes: Mapping[NodeId, QRectF], way: Across) -> dict[NodeId, QRectF]:
    """Return the boxes with equal gaps; where there is no room between the outer two, the last gives way."""
    down = way == "down"
    order = sorted(boxes, key=lambda name: (_start(boxes[name], down), name))
    if len(order) < 3:
        return dict(boxes)
    taken = sum(_size(boxes[name], down) for name in order)
    first, last = boxes[order[0]], boxes[order[-1]]
    span = _start(last, down) + _size(last, down) - _start(first, down)
    gap = max(GAP, (span - taken) / (len(order) - 1))
    at, moved = _start(first, down), {}
    for name in order:
        moved[name] = _put(boxes[name], at, down)
        at += _size(boxes[name], down) + gap
    return {name: moved[name] for name in boxes}


def _apart(boxes: dict[NodeId, QRectF], anchor: NodeId, *, down: bool) -> dict[NodeId, QRectF]:
    """Move boxes that lie on each other apart along a line, away from one that stays."""
    order = sorted(boxes, key=lambda name: (_start(boxes[name], down), name != anchor, name))
    place = order.index(anchor)
    for before, name in zip(order[place:], order[place + 1 :], strict=False):
        end = _start(boxes[before], down) + _size(boxes[before], down)
        if _start(boxes[name], down) < end:
            boxes[name] = _put(boxes[name], end + GAP, down)
    for after, name in zip(order[place::-1], order[:place][::-1], strict=False):
        most = _start(boxes[after], down) - _size(boxes[name], down)
        if _start(boxes[name], down) > most:
            boxes[name] = _put(boxes[name], most - GAP, down)
    return boxes


def room_made(
    moved: Mapping[NodeId, QRectF], others: Mapping[NodeId, QRectF], *, down: bool
) -> dict[NodeId, QRectF]:
    """Return where other nodes go that moved ones have come to lie on: on along the line, and so on."""
    standing, pushed = list(moved.values()), {}
    for name in sorted(others, key=lambda name: (_start(others[name], down), name)):
        box = QRectF(others[name])
        while (hit := next((other for other in standing if box.intersects(other)), None)) is not None:
            box = _put(box, _start(hit, down) + _size(hit, down) + GAP, down)
        if box != others[name]:
            pushed[name] = box
            standing.append(box)
    return pushed


def _touches(box: QRectF, others: Iterable[QRectF]) -> bool:
    return any(box.intersects(other) for other in others)


def _move(
    context: Context,
    boxes: Mapping[NodeId, QRectF],
    moved: Mapping[NodeId, QRectF],
    title: str,
    *,
    down: bool,
) -> bool:
    """Move nodes from boxes to boxes, in one step; neighbours make room."""
    changed = {n: moved[n].topLeft() - box.topLeft() for n, box in boxes.items() if moved[n] != box}
    if not changed:
        context.said.emit("They stand so already.")
        return False
    nodes = context.views.nodes
    if len(nodes) <= MOST_NEIGHBOURS:
        others = {n: geometry.rect(nodes[n], text.width) for n in nodes if n not in boxes}
        clear = {n: box for n, box in others.items() if not _touches(box, boxes.values())}
        for name, box in room_made(moved, clear, down=down).items():
            changed[name] = box.topLeft() - others[name].topLeft()
    places: dict[str, Position] = {}
    for name, by in changed.items():
        x, y = nodes[name].pos
        places[name] = (round(x + by.x(), 2), round(y + by.y(), 2))
    return context.apply(bending.moving(context, places), title)


def _start(box: QRectF, down: bool) -> float:
    return box.top() if down else box.left()


def _size(box: QRectF, down: bool) -> float:
    return box.height() if down else box.width()


def _put(box: QRectF, start: float, down: bool) -> QRectF:
    moved = QRectF(box)
    if down:
        moved.moveTop(start)
    else:
        moved.moveLeft(start)
    return moved


assert {side for side, *_ in SIDES} == set(get_args(Side))
