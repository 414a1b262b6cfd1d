"""Wrappers round what is selected: run it backwards too, at every step, or with normalised weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from explorer.blocks import inner
from explorer.blocks.registry import registry
from explorer.graph import operations
from explorer.graph.catalogue import BadField, UnknownBlock
from explorer.graph.model import GROUP_PREFIX, FieldValue, Node
from explorer.graph.rules import ports_of
from explorer.graph.sharing import owner_of
from explorer.ui.canvas import commands
from explorer.ui.canvas.context import Context

WRAPPERS = {
    "bidirectional": "Run in both directions",
    "time_distributed": "Apply to every step",
    "weight_norm": "Normalise the weights",
    "weight_standardization": "Standardise the weights",
    "spectral_norm": "Bound the weights (spectral norm)",
}
"""Blocks with a field `inner`, and what is said in menus."""


def wrap(context: Context, wrapper: str) -> bool:
    """Put a wrapper round the selected block; several selected blocks become a group first."""
    if not context.may_edit():
        return False
    chosen = context.selected_nodes()
    if len(chosen) > 1 and (use := commands.group(context)) is not None:
        chosen = (use,)
    if len(chosen) != 1:
        context.said.emit("Select the block or the blocks to wrap.")
        return False
    node = context.graph[chosen[0]]
    group = node.group
    text = f"{GROUP_PREFIX}{group}" if group is not None else inner.write(node.block, node.fields)
    try:
        made = registry().configure(wrapper, {"inner": text})
    except (BadField, UnknownBlock) as refusal:
        context.said.emit(str(refusal)[:1].upper() + str(refusal)[1:])
        return False
    before = ports_of(context.workspace.document, registry(), node)
    ports = _paired(before.inputs, ("x",)), _paired(before.outputs, made.outputs)
    here = owner_of(node)
    moves = [(here, f"{here}.{made.wrapped}")]
    return _turn(context, node, wrapper, {"inner": text}, ports, moves, f"Wrap {node.id}")


def unwrap(context: Context) -> bool:
    """Take the wrapper off the selected block."""
    chosen = context.selection.only
    if chosen is None or chosen not in context.graph or context.graph[chosen].block not in WRAPPERS:
        context.said.emit("Select one wrapped block.")
        return False
    if not context.may_edit():
        return False
    node = context.graph[chosen]
    made = registry().configure(node.block, node.fields)
    text = str(made.values["inner"])
    group = inner.group_of(text)
    block, fields = (text, {}) if group is not None else inner.read(text)
    bare = Node(node.id, block, fields)
    after = ports_of(context.workspace.document, registry(), bare)
    ports = _paired(("x",), after.inputs), _paired(made.outputs, after.outputs)
    here = owner_of(node)
    moves = [(f"{here}.{made.wrapped}", here)]
    return _turn(context, node, block, fields, ports, moves, f"Unwrap {node.id}")


def _turn(
    context: Context,
    node: Node,
    block: str,
    fields: Mapping[str, FieldValue],
    ports: tuple[Mapping[str, str], Mapping[str, str]],
    moves: Sequence[tuple[str, str]],
    words: str,
) -> bool:
    with commands.quietly(context), context.gesture(words):
        edit = operations.turn_into(
            context.workspace.document, node.id, block, fields, ports, context.scope, moves
        )
        context.workspace.apply(edit)
        context.select([node.id])
        return True
    return False


def _paired(old: tuple[str, ...], new: tuple[str, ...]) -> dict[str, str]:
    return dict(zip(old, new, strict=False))
