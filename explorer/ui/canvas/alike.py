"""Selecting by the same: everything on the level that is like one of the selected nodes in some way."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Literal, TypeAlias

from explorer import words
from explorer.graph.model import NodeId
from explorer.ui.canvas.context import Context

Same: TypeAlias = Literal["block", "family", "fields", "shape"]
SAME: dict[Same, str] = {
    "block": "Select the same block",
    "family": "Select the same family",
    "fields": "Select the same block and fields",
    "shape": "Select the same output shape",
}


def select(context: Context, what: Same) -> int:
    """Add all nodes to the selection that are like one of it; returns how many came."""
    look = _LOOKS[what]
    chosen = context.selected_nodes()
    wanted = {key for n in chosen if (key := look(context, n)) is not None}
    found = [n for n in context.graph if look(context, n) in wanted]
    came = [n for n in found if n not in chosen]
    if not came:
        context.said.emit(f"No other block here has the same {_SAID[what]}.")
        return 0
    context.select(context.selection.plus(came))
    total = words.plural(len(context.selected_nodes()), "block")
    context.said.emit(f"{words.count(len(came))} more with the same {_SAID[what]}: {total} selected.")
    return len(came)


_SAID: dict[Same, str] = {
    "block": "block",
    "family": "family",
    "fields": "block and fields",
    "shape": "output shape",
}


def _block(context: Context, node_id: NodeId) -> Hashable:
    return context.graph[node_id].block


def _family(context: Context, node_id: NodeId) -> Hashable:
    return context.views.rooms[node_id].family


def _fields(context: Context, node_id: NodeId) -> Hashable:
    """The configured block, so that a default that is written out is the same as one that is not."""
    flow = context.level.flow.nodes.get(node_id) if context.level.flow else None
    node = context.graph[node_id]
    if flow is not None and isinstance(flow.block, Hashable):
        return flow.block
    return node.block, repr(sorted(node.fields.items(), key=lambda item: item[0]))


def _shape(context: Context, node_id: NodeId) -> Hashable:
    flow = context.level.flow.nodes.get(node_id) if context.level.flow else None
    shapes = tuple(flow.outputs.values()) if flow is not None else ()
    return shapes if shapes and None not in shapes else None


_LOOKS: dict[Same, Callable[[Context, NodeId], Hashable]] = {
    "block": _block,
    "family": _family,
    "fields": _fields,
    "shape": _shape,
}
