"""Walking through the network by keyboard."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import nsmallest
from typing import Literal

from PySide6.QtCore import QPointF

from explorer.figures.canvas import geometry
from explorer.figures.canvas.painting import text
from explorer.ui.canvas.context import Context
from explorer.ui.canvas.selection import Selection

LOOKED_AT = 32
"""Nodes that are nearest by their rooms, of which the nearest is told by their outlines."""

Direction = Literal["left", "right", "up", "down"]


def walk(context: Context, direction: Direction, *, extend: bool = False) -> str | None:
    """Go along a wire (left: back, right: on) or to the nearest node above or below.

    Returns:
        the node that is selected now, None when there is no way.

    """
    here = context.selection.last
    if here is None or here not in context.graph:
        goal = _start(context)
    elif direction in ("left", "right"):
        ways = context.graph.predecessors(here) if direction == "left" else context.graph.successors(here)
        goal = _nearest(context, here, ways)
    else:
        goal = _beside(context, here, up=direction == "up")
    if goal is None:
        return None
    ids = (*(i for i in context.selection.ids if i != goal), goal) if extend else (goal,)
    context.select(Selection(ids, focused=goal))
    return goal


def _start(context: Context) -> str | None:
    """The first node in the order in which they run."""
    order = context.level.flow.order if context.level.flow else ()
    return next(iter(order), None) or next(iter(context.graph), None)


def _middle(context: Context, node_id: str) -> QPointF:
    return geometry.rect(context.views.nodes[node_id], text.width).center()


def _nearest(context: Context, here: str, ways: Iterable[str]) -> str | None:
    """The way that stays most nearly level."""
    start = _middle(context, here)

    def away(node_id: str) -> float:
        step = _middle(context, node_id) - start
        return abs(step.y()) * 2 + abs(step.x())

    return min(ways, key=away, default=None)


def _beside(context: Context, here: str, *, up: bool) -> str | None:
    start = _middle(context, here)

    def away(middle: QPointF) -> float:
        ahead = start.y() - middle.y() if up else middle.y() - start.y()
        return ahead + 2 * abs(middle.x() - start.x()) if ahead > 12 else float("inf")

    rooms = context.views.rooms.items()
    rough = {n: away(QPointF(r.x + r.wide / 2, r.y + r.tall / 2)) for n, r in rooms if n != here}
    nearest = nsmallest(LOOKED_AT, rough, key=rough.__getitem__)
    found = {node_id: away(_middle(context, node_id)) for node_id in nearest}
    best = min(found, key=found.__getitem__, default=None)
    return best if best is not None and found[best] < float("inf") else None
