"""Straighten: wires between the selected blocks run level, in one step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.graph.model import Edge, NodeId
from explorer.ui.canvas import bending

if TYPE_CHECKING:
    from explorer.ui.canvas.canvas import CanvasView


def straighten(canvas: CanvasView) -> bool:
    """Move selected blocks up or down until the wire that feeds each of them from the selection is level.

    A block with several such wires follows the one that needs the smallest step; the first block of
    every chain stays where it is.
    """
    context, placed = canvas.context, canvas.scene_.placed
    chosen = set(context.selected_nodes())
    order = context.level.flow.order if context.level.flow else tuple(context.graph)
    shift: dict[NodeId, float] = {}

    def step(edge: Edge) -> float | None:
        start = placed.outputs[edge.src].get(edge.out)
        end = placed.inputs[edge.dst].get(edge.into)
        return None if start is None or end is None else start.y() + shift[edge.src] - end.y()

    for node_id in (n for n in order if n in chosen):
        feeds = [edge for edge in context.graph.into(node_id) if edge.src in shift]
        steps = [found for edge in feeds if (found := step(edge)) is not None]
        shift[node_id] = min(steps, key=abs, default=0.0)
    rooms = context.views.rooms
    moved = {n: (rooms[n].x, rooms[n].y + dy) for n, dy in shift.items() if abs(dy) > 0.01}
    if not moved:
        context.said.emit("The wires between these blocks are straight.")
        return False
    return context.apply(bending.moving(context, moved), "Straighten")
