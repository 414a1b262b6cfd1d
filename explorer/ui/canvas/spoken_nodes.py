"""What a screen reader hears of the canvas: every node with its block, its shape, and what it feeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect
from PySide6.QtGui import QAccessible

from explorer.blocks.block import Block
from explorer.graph.model import NodeId
from explorer.ui.widgets.spoken import SpokenItem

if TYPE_CHECKING:
    from explorer.ui.canvas.canvas import CanvasView

MOST = 2_000
"""Nodes of a level that are read; nobody listens to more."""


def spoken_nodes(canvas: CanvasView) -> list[SpokenItem]:
    """The nodes of the level in their order, “conv2, Conv 2d, 64×28×28, feeds pool2”; wires are in words."""
    context, chosen = canvas.context, canvas.context.selection
    items = []
    for node_id in list(context.views.nodes)[:MOST]:
        box = canvas.scene_.placed.boxes.get(node_id)
        if box is None:
            continue
        items.append(
            SpokenItem(
                _name(canvas, node_id),
                _area(canvas, node_id),
                _about(canvas, node_id),
                selected=node_id in chosen.ids,
                focused=canvas.hasFocus() and node_id == (chosen.focused or chosen.only),
                role=QAccessible.Role.ListItem,
            )
        )
    return items


def _area(canvas: CanvasView, node_id: NodeId) -> QRect:
    box = canvas.scene_.placed.boxes[node_id]
    corners = canvas.viewportTransform().mapRect(box).toAlignedRect()
    return corners.translated(canvas.viewport().pos())


def _name(canvas: CanvasView, node_id: NodeId) -> str:
    context = canvas.context
    view, flow = context.views.nodes[node_id], context.level.flow
    node = flow.nodes.get(node_id) if flow is not None else None
    parts = [view.title]
    if node is not None:
        if isinstance(node.block, Block) and node.block.title.lower() != view.title.lower():
            parts.append(node.block.title)
        parts += [tensor.text for tensor in node.outputs.values() if tensor is not None]
    if context.problem_at(node_id) is not None:
        parts.append("has a problem")
    feeds = _titles(canvas, context.graph.successors(node_id))
    if feeds:
        parts.append(f"feeds {feeds}")
    return ", ".join(parts)


def _about(canvas: CanvasView, node_id: NodeId) -> str:
    context = canvas.context
    view, problem = context.views.nodes[node_id], context.problem_at(node_id)
    sources = _titles(canvas, context.graph.predecessors(node_id))
    state = [words for words, on in (("muted", view.muted), ("weights fixed", view.frozen)) if on]
    parts = [
        problem.message if problem is not None else "",
        view.summary,
        f"{view.footer} parameters" if view.weight else "",
        f"takes from {sources}" if sources else "",
        *state,
    ]
    return "; ".join(part for part in parts if part)


def _titles(canvas: CanvasView, ids: object) -> str:
    views = canvas.context.views.nodes
    names = [views[i].title for i in dict.fromkeys(ids) if i in views]  # type: ignore[call-overload]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
