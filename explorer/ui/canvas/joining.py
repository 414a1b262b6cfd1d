"""Wires by keyboard: from one selected block to another, or from here to where one has walked."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from explorer.graph import rules
from explorer.graph.edits import Batch, Connect, EditProblem
from explorer.graph.model import NodeId
from explorer.ui.canvas import commands
from explorer.ui.canvas.context import Context

if TYPE_CHECKING:
    from explorer.ui.canvas.canvas import CanvasView


def join(canvas: CanvasView) -> bool:
    """Wire the selected blocks, in the order in which they run; with one, begin a wire there or end it.

    Returns:
        whether a wire was drawn.

    """
    context = canvas.context
    chosen = context.selected_nodes()
    if not context.may_edit():
        return False
    if len(chosen) > 1:
        return _wire(canvas, *_in_order(context, chosen))
    (here,) = chosen or ("",)
    start, context.wire_from = context.wire_from, ""
    if here not in context.graph:
        context.said.emit("Select the block at which the wire begins.")
        return False
    if start in context.graph and start != here:
        return _wire(canvas, start, here)
    context.wire_from = here
    context.said.emit(f"A wire begins at {here}. Go to where it ends and press the key again.")
    return False


def _in_order(context: Context, chosen: tuple[NodeId, ...]) -> tuple[NodeId, ...]:
    """Blocks as they run; those of which that is not known, as they were selected."""
    ranks = context.level.flow.ranks if context.level.flow else {}
    return tuple(sorted(chosen, key=lambda node_id: ranks.get(node_id, len(ranks))))


def _wire(canvas: CanvasView, *nodes: NodeId) -> bool:
    """Draw a wire from each node to the next; says why where that cannot be, and draws none."""
    context = canvas.context
    document, catalogue, scope = context.workspace.document, context.workspace.catalogue, context.scope
    title = " to ".join(nodes) if len(nodes) == 2 else f"{len(nodes)} blocks in a row"
    done = False
    with commands.quietly(context), context.gesture(f"Wire {title}"):
        for src, dst in pairwise(nodes):
            outputs = rules.ports_of(document, catalogue, context.graph[src], scope).outputs
            out = outputs[0] if outputs else ""
            answer = rules.can_connect(document, catalogue, src, out, dst, None, scope)
            if not answer.yes or answer.edge is None:
                raise EditProblem(answer.reason)
            context.workspace.apply(
                Batch((*commands.replaced(answer.replaces, scope), Connect(answer.edge, scope)))
            )
        done = True
    if done:
        context.said.emit(f"Wired: {title}.")
        canvas.show_problem_at(nodes[-1])
    return done
