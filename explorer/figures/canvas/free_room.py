"""Where on a level there is room for something new, and who makes way for what needs more."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import product

from explorer.figures.canvas import geometry
from explorer.figures.canvas.area_index import Area
from explorer.figures.canvas.level_view import LevelView
from explorer.figures.canvas.painting import text
from explorer.graph.model import NodeId, Position

GAP = 24.0
"""What stays free between nodes."""
REACH = 1_200.0
"""A free place is looked for so far away."""
MOST = 60
"""And only so many nodes near the wish are looked at for an edge to stand beside."""
ACROSS = 1.25
"""Beside its wish something stands rather lower than farther right or left, and least of all above."""
ABOVE = 1.1


def areas(shown: LevelView, near: Area | None = None, but: Collection[NodeId] = ()) -> dict[NodeId, Area]:
    """Return what nodes take up with their labels: all, or those that may lie within reach of an area."""
    found = {}
    for node_id, room in shown.rooms.items():
        if node_id in but:
            continue
        if near is not None and not _may_reach(near, room.x, room.y):
            continue
        view = shown.nodes[node_id]
        wide = geometry.width(view, text.width)
        tall = max(geometry.place_height(view), geometry.height(view)) + room.label
        found[node_id] = Area(room.x, room.y, room.x + wide, room.y + tall)
    return found


def _may_reach(near: Area, x: float, y: float) -> bool:
    far = REACH + geometry.WIDEST
    return near.left - far <= x <= near.right + far and near.top - far <= y <= near.bottom + far


def around(boxes: Iterable[Area]) -> Area | None:
    """Return the area round some; None of none."""
    whole: Area | None = None
    for box in boxes:
        whole = box if whole is None else whole.with_(box)
    return whole


def free_offset(box: Area, taken: Iterable[Area], *, rather_above: bool = False) -> Position:
    """Return by how much something must be moved to stand free, near where it is; (0, 0) where nothing is.

    Args:
        box: what it would take up. taken: what others take up.
        rather_above: whether it goes up rather than down.

    """
    others = sorted(taken, key=lambda area: _distance(area, box))[:MOST]
    wide = Area(box.left - GAP, box.top - GAP, box.right + GAP, box.bottom + GAP)
    if not any(_overlap(wide, area, 0.0, 0.0) for area in others):
        return 0.0, 0.0
    across = {0.0, *(a.right - wide.left for a in others), *(a.left - wide.right for a in others)}
    down = {0.0, *(a.bottom - wide.top for a in others), *(a.top - wide.bottom for a in others)}
    sign = -1.0 if rather_above else 1.0

    def cost(offset: Position) -> float:
        dx, dy = offset
        return abs(dx) * ACROSS + abs(dy) * (1.0 if dy * sign > 0 else ABOVE)

    offsets = ((dx, dy) for dx, dy in product(across, down) if abs(dx) <= REACH and abs(dy) <= REACH)
    for dx, dy in sorted(offsets, key=lambda offset: (cost(offset), offset)):
        if not any(_overlap(wide, area, dx, dy) for area in others):
            return dx, dy
    below = max(area.bottom for area in others)
    return 0.0, below - wide.top


def making_way(taken: Mapping[NodeId, Area], hole: Area, size: tuple[float, float]) -> dict[NodeId, Position]:
    """Return by how much others move when a hole grows from its corner to a size (width, height).

    What lies below moves down, what lies at its right moves right; nothing changes its neighbours.
    """
    wider = max(0.0, size[0] - (hole.right - hole.left))
    taller = max(0.0, size[1] - (hole.bottom - hole.top))
    shifts: dict[NodeId, Position] = {}
    for node_id, area in taken.items():
        if area.top >= hole.bottom - 1:
            if taller:
                shifts[node_id] = 0.0, taller
        elif area.left >= hole.right - 1 and area.bottom > hole.top - GAP and wider:
            shifts[node_id] = wider, 0.0
    return shifts


def _distance(one: Area, other: Area) -> float:
    dx = max(0.0, one.left - other.right, other.left - one.right)
    dy = max(0.0, one.top - other.bottom, other.top - one.bottom)
    return dx + dy


def _overlap(box: Area, area: Area, dx: float, dy: float) -> bool:
    return (
        box.left + dx < area.right - 0.5
        and area.left < box.right + dx - 0.5
        and box.top + dy < area.bottom - 0.5
        and area.top < box.bottom + dy - 0.5
    )
