"""Repeat: equal pieces that follow one another become one block ×N; what differs is set in each."""

from __future__ import annotations

from explorer.blocks.registry import registry
from explorer.figures.canvas.read_level import NOWHERE
from explorer.graph import operations, repeats
from explorer.graph.catalogue import BadField, UnknownBlock
from explorer.graph.edits import Move
from explorer.graph.model import FieldValue
from explorer.graph.names import fresh
from explorer.ui.canvas import commands
from explorer.ui.canvas.context import Context


def repeat(context: Context) -> str | None:
    """Make one block of the selected repeats; returns the node that stands for all of them."""
    if not context.may_edit():
        return None
    document, scope = context.workspace.document, context.scope
    with commands.quietly(context), context.gesture("Repeat"):
        found = repeats.pieces(context.graph, context.selected_nodes())
        context.fix_places()
        uses = tuple(piece[0] for piece in found)
        first = context.views.rooms[uses[0]]
        if len(found[0]) > 1:
            edit, uses = repeats.as_uses(document, found, _default, scope, fresh("block", document.groups))
            context.workspace.apply(edit)
        name = fresh("repeat", {*document.groups, *context.graph})
        edit, use = operations.group(document, uses, scope, name)
        context.workspace.apply(edit)
        group = document.graph(scope)[use].group
        assert group is not None  # it was just made
        # in the place of the first piece, on the line of its first block
        down = (first.tall - context.views.rooms[use].tall) / 2
        context.workspace.apply(Move({use: (first.x, first.y + down)}, scope))
        # they stood in rows among others; with no place they are laid out when the block is opened
        context.workspace.apply(Move(dict.fromkeys(document.groups[group], NOWHERE), group))
        context.select([use])
        context.said.emit(f"{len(found)} repeats as one block. Open it to change a single one.")
        return use
    return None


def _default(block: str, field: str) -> FieldValue:
    try:
        value: FieldValue = registry().configure(block, {}).values.get(field)
    except (BadField, UnknownBlock):
        return None
    return value
