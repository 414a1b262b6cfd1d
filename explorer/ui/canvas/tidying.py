"""Tidy: nodes in layers, in one step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.figures.canvas import automatic_places
from explorer.graph.model import Graph
from explorer.ui.canvas import bending
from explorer.ui.canvas.context import Context
from explorer.ui.canvas.tools.tidy_level import TidyLevel

if TYPE_CHECKING:
    from explorer.ui.canvas.canvas import CanvasView

AT_ONCE = 800
"""More nodes than these are laid out piece by piece."""


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


def tidy_level(canvas: CanvasView) -> bool:
    """Lay out the whole level: at once, or while the window goes on where there are very many nodes."""
    context = canvas.context
    if len(context.graph) <= AT_ONCE:
        return tidy_all(context)
    if not context.may_edit():
        return False
    canvas.start(TidyLevel(canvas))
    return True


def tidy_all(context: Context) -> bool:
    """Lay out the whole level, broken to the size of the window."""
    if not len(context.graph):
        return False
    found: dict[str, tuple[float, float]] = automatic_places.lay_out(
        context.graph, context.views, context.room
    )
    return context.apply(bending.laid_out(context, found), "Tidy")
