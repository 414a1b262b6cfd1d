"""Tidy: nodes in layers, in one step."""

from __future__ import annotations

from explorer.figures.canvas import automatic_places
from explorer.graph.model import Graph
from explorer.ui.canvas import bending
from explorer.ui.canvas.context import Context


def tidy(context: Context) -> bool:
    """Lay the selected nodes out anew, where they are; all when fewer than two are selected."""
    chosen = set(context.selected_nodes())
    if len(chosen) < 2:
        return tidy_all(context)
    graph = context.graph
    part = Graph(
        (node for node in graph.nodes if node.id in chosen),
        (edge for edge in graph.edges if edge.src in chosen and edge.dst in chosen),
    )
    found = automatic_places.lay_out(part, context.views, None)
    shown = [context.views.rooms[n][:2] for n in found]
    dx = min(x for x, _ in shown) - min(x for x, _ in found.values())
    dy = min(y for _, y in shown) - min(y for _, y in found.values())
    moved: dict[str, tuple[float, float]] = {n: (x + dx, y + dy) for n, (x, y) in found.items()}
    return context.apply(bending.laid_out(context, moved), "Tidy the selection")


def tidy_all(context: Context) -> bool:
    """Lay out the whole level, broken to the size of the window."""
    if not len(context.graph):
        return False
    found: dict[str, tuple[float, float]] = automatic_places.lay_out(
        context.graph, context.views, context.room
    )
    return context.apply(bending.laid_out(context, found), "Tidy")
