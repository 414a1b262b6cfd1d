"""Why a command of the canvas cannot be used on what is selected, in words that stand below its row."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from explorer.graph.edits import EditProblem
from explorer.graph.flow import NodeFlow
from explorer.graph.repeats import MOST, pieces
from explorer.graph.unfolding import deepest
from explorer.ui.canvas import bending
from explorer.ui.canvas.closed import closed_words
from explorer.ui.canvas.wrapping import WRAPPERS

if TYPE_CHECKING:
    from explorer.ui.canvas.canvas import CanvasView
    from explorer.ui.canvas.context import Context

Why: TypeAlias = "Callable[[CanvasView], str | None]"


def _flow(context: Context, node_id: str | None) -> NodeFlow | None:
    flow = context.level.flow
    return flow.nodes.get(node_id) if flow is not None and node_id is not None else None


def a_block(canvas: CanvasView) -> str | None:
    """Something must be selected that is a block, or a frame with blocks."""
    context = canvas.context
    views = context.views
    there = any(key in views.nodes or key in views.frames for key in context.selection.ids)
    return None if there else "select a block first"


def anything(canvas: CanvasView) -> str | None:
    """Something must be selected, be it a wire."""
    return None if canvas.context.selection else "select something first"


def repeats(canvas: CanvasView) -> str | None:
    """What is selected must fall into equal pieces that follow one another."""
    context = canvas.context
    nodes = context.selected_nodes()
    if len(nodes) < 2 or len(nodes) > MOST:
        return "select equal blocks that follow one another"
    try:
        pieces(context.graph, nodes)
    except EditProblem:
        return "these are no equal blocks that follow one another"
    return None


def one_wire(canvas: CanvasView) -> str | None:
    """One wire must be selected."""
    chosen = canvas.context.selection
    return None if len(chosen.wires) == 1 and not (chosen.ids or chosen.dots) else "select one wire first"


def has_dots(canvas: CanvasView) -> str | None:
    """A wire with dots must be selected, one of its dots, or both its ends."""
    return None if bending.concerned(canvas.context) else "no wire that is selected has a dot"


def something_to_undo(canvas: CanvasView) -> str | None:
    """There must be a step to take back."""
    return None if canvas.context.workspace.history.undo_title else "nothing to undo"


def something_to_redo(canvas: CanvasView) -> str | None:
    """There must be a step that was taken back."""
    return None if canvas.context.workspace.history.redo_title else "nothing to redo"


def passes_through(canvas: CanvasView) -> str | None:
    """A muted block hands on what arrives: that must have the shape that its followers expect."""
    context = canvas.context
    if (why := a_block(canvas)) is not None:
        return why
    only = context.selection.only
    node = _flow(context, only)
    if node is None or only is None or only not in context.graph or context.graph[only].muted:
        return None
    arriving, leaving = list(node.arriving), list(node.outputs.values())
    if not arriving or not leaving:
        return f"{only} has no {'input' if not arriving else 'output'}, so nothing can pass through"
    first, last = arriving[0], leaving[0]
    if first is not None and last is not None and first.shape != last.shape:
        return f"turns {first.text} into {last.text}, so nothing can pass through"
    return None


def has_weights(canvas: CanvasView) -> str | None:
    """Only weights can be fixed."""
    context = canvas.context
    if (why := a_block(canvas)) is not None:
        return why
    node = _flow(context, context.selection.only)
    return f"{context.selection.only} has no weights" if node is not None and not node.parameters else None


def alike(canvas: CanvasView) -> str | None:
    """Two layers of one block can share weights."""
    context = canvas.context
    ids = [key for key in context.selection.ids if key in context.graph][:3]
    if len(ids) < 2:
        return "select two layers that shall share their weights"
    one, other = (context.graph[key].block for key in ids[:2])
    return None if one == other else f"{ids[0]} and {ids[1]} are different blocks"


def shares(canvas: CanvasView) -> str | None:
    """There must be something that is shared."""
    context = canvas.context
    if (why := a_block(canvas)) is not None:
        return why
    only = context.selection.only
    if only is None or only not in context.graph:
        return None
    graph = context.graph
    return None if graph[only].shares or graph.sharing(only) else f"{only} shares its weights with nobody"


def one_with_an_inside(canvas: CanvasView) -> str | None:
    """A group or a composite can be unpacked; inside one, that one."""
    context = canvas.context
    if context.level.unfolded:
        return closed_words(context.level)
    only = context.selection.only
    if context.path and (not context.selection or not context.level.is_editable):
        return None
    if only is None or only not in context.graph:
        return "select one group or composite first"
    node = _flow(context, only)
    if context.graph[only].group is None and (node is None or node.inner is None):
        return f"{only} is one layer, not a group"
    return None


def can_be_opened(canvas: CanvasView) -> str | None:
    """A composite or a group can be opened; while a problem is shown, Enter takes its first repair."""
    if canvas.problems.is_shown:
        return None
    context = canvas.context
    only = context.selection.only
    if only is None or only not in context.graph:
        return "select one block first"
    return one_with_an_inside(canvas) if not context.path else _inner(context, only)


def _inner(context: Context, node_id: str) -> str | None:
    node = _flow(context, node_id)
    return None if node is not None and node.inner is not None else f"{node_id} is one layer, not a group"


def can_be_unfolded(canvas: CanvasView) -> str | None:
    """There must be something that is not open yet."""
    context = canvas.context
    level = context.workspace.level(context.path)
    if level.flow is None:
        return "no shape arrives here"
    deep = deepest(level)
    if not deep:
        return "nothing here has an inside"
    return None if context.shown.depth < deep else "everything is unfolded"


def is_unfolded(canvas: CanvasView) -> str | None:
    """There must be something to fold."""
    return None if canvas.context.shown.depth else "nothing is unfolded"


def below_the_top(canvas: CanvasView) -> str | None:
    """The top level has none above it."""
    return None if canvas.context.path else "this is the top level"


def wrapped(canvas: CanvasView) -> str | None:
    """There must be a wrapper."""
    context = canvas.context
    only = context.selection.only
    if only is None or only not in context.graph:
        return "select one wrapped block first"
    return None if context.graph[only].block in WRAPPERS else f"{only} has no wrapper"


def has_wires(canvas: CanvasView) -> str | None:
    """There must be wires to take off."""
    context = canvas.context
    if context.selection.wires:
        return None
    if (why := a_block(canvas)) is not None:
        return why
    graph = context.graph
    found = any(graph.into(key) or graph.out_of(key) for key in context.selected_nodes())
    return None if found else "no wire ends there"


def two_blocks(canvas: CanvasView) -> str | None:
    """One block alone is straight."""
    return None if len(canvas.context.selected_nodes()) > 1 else "select two blocks or more first"


def three_blocks(canvas: CanvasView) -> str | None:
    """Between two blocks there is only one gap."""
    return None if len(canvas.context.selected_nodes()) > 2 else "select three blocks or more first"
