"""New nodes: where they go, what they are wired to, and who makes room for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec
from PySide6.QtCore import QPointF

from explorer.figures.canvas import free_room, geometry
from explorer.figures.canvas.area_index import Area
from explorer.figures.canvas.painting import text
from explorer.graph import operations, rules
from explorer.graph.catalogue import INPUT, OUTPUT, BadField, UnknownBlock
from explorer.graph.edits import AddNode, Batch, Connect, Edit, EditProblem
from explorer.graph.model import Edge, FieldValue, Node, NodeId, Position
from explorer.graph.names import fresh, unique
from explorer.ui.canvas import bending, commands, own_blocks
from explorer.ui.canvas.context import Context

GAP = 44.0
ROW = 100.0


class PortRef(NamedTuple):
    """A port of a node on the level shown."""

    id: NodeId
    port: str
    is_output: bool = True


def add_block(
    context: Context,
    block: str,
    centre: QPointF | None = None,
    *,
    source: PortRef | None = None,
    onto: Edge | None = None,
    alone: bool = False,
    branch: bool = False,
    fields: Mapping[str, FieldValue] | None = None,
    also: Sequence[NodeId] = (),
) -> NodeId | None:
    """Add a block in one step and select it.

    Args:
        context: where to.
        block: its id in the catalogue, or the word for an own block.
        centre: where its middle goes; None puts it behind the selected node.
        source: a port to wire it to (a wire was dropped on the empty canvas).
        onto: a wire to put it into.
        alone: do not wire it to the selected node.
        branch: wire it to the selected node even if that feeds another one.
        fields: values that differ from the usual ones.
        also: nodes that feed it as well, in this order.

    Returns:
        the new node's id, None when it was refused.

    """
    if not context.may_edit():
        return None
    try:
        new = own_blocks.wanted(context, block)
    except (UnknownBlock, BadField) as problem:
        context.said.emit(str(problem))
        return None
    # there is mostly one input and one output: they need no number
    first = unique if block in (INPUT, OUTPUT) else fresh
    name = first(new.stem, context.graph)
    before = context.selection.only
    with commands.quietly(context), context.gesture(f"Add {name}"):
        at = centre or _behind(context, before)
        for edit in new.edits:
            context.workspace.apply(edit)
        node = Node(name, new.block, dict(fields or {}))
        place = _place(context, node, at, free=onto is None)
        context.workspace.apply(AddNode(msgspec.structs.replace(node, pos=place), context.scope))
        if onto is not None:
            put_into_wire(context, onto, name)
        elif source is not None:
            _wire_to(context, source, name)
        elif not alone and before is not None and _may_feed(context, before, branch=branch):
            _wire_to(context, PortRef(before, ""), name)
        for feeding in also:
            _wire_to(context, PortRef(feeding, ""), name)
        context.select([name])
        return name
    return None


def _may_feed(context: Context, node_id: str, *, branch: bool) -> bool:
    return node_id in context.graph and (branch or not context.graph.out_of(node_id))


def _place(context: Context, node: Node, centre: QPointF, *, free: bool) -> Position:
    """Where a node stands whose middle shall be at a point: there, or as near as there is room."""
    view = context.preview(node)
    x, y = geometry.pos_of(view, text.width, centre)
    if free:
        size = geometry.width(view, text.width), geometry.place_height(view)
        box = Area(x, y, x + size[0], y + size[1])
        dx, dy = free_room.free_offset(box, free_room.areas(context.views, box).values())
        x, y = x + dx, y + dy
    return geometry.snapped(x), geometry.snapped(y)


def _behind(context: Context, node_id: str | None) -> QPointF:
    if node_id is None or node_id not in context.views.nodes:
        return QPointF(200, 200)
    box = geometry.rect(context.views.nodes[node_id], text.width)
    return QPointF(box.right() + 2 * GAP + 40, box.center().y())


def _wire_to(context: Context, ref: PortRef, name: NodeId) -> None:
    """Wire a new node to a port; does nothing where that cannot be."""
    document, catalogue, scope = context.workspace.document, context.workspace.catalogue, context.scope
    first, second = (ref.id, name) if ref.is_output else (name, ref.id)
    out = ref.port if ref.is_output else ""
    if not out:
        outputs = rules.ports_of(document, catalogue, context.graph[first], scope).outputs
        out = outputs[0] if outputs else ""
    into = None if ref.is_output else ref.port
    answer = rules.can_connect(document, catalogue, first, out, second, into, scope)
    if answer.yes and answer.edge is not None:
        edits: tuple[Edit, ...] = (*commands.replaced(answer.replaces, scope), Connect(answer.edge, scope))
        context.workspace.apply(Batch(edits))


def put_into_wire(context: Context, wire: Edge, name: NodeId) -> None:
    """Put a node that is on the level into a wire, and make room for it; part of an open gesture."""
    document, catalogue, scope = context.workspace.document, context.workspace.catalogue, context.scope
    node = context.graph[name]
    ports = rules.ports_of(document, catalogue, node, scope)
    if not ports.inputs or not ports.outputs:
        lacks = "input" if not ports.inputs else "output"
        raise EditProblem(f"{name} has no {lacks}, so it cannot go into a wire.")
    edit = operations.insert_on_wire(document, wire, node, ports.inputs[0], ports.outputs[0], scope)
    context.workspace.apply(edit)
    make_room(context, wire, [name])


def _move_free(context: Context, moves: dict[str, Position], *, rather_above: bool) -> None:
    """Shift new nodes together to where none of them covers another node: a skip passes over some."""
    nodes = context.views.nodes
    boxes = []
    for name, (x, y) in moves.items():
        wide, tall = geometry.width(nodes[name], text.width), geometry.place_height(nodes[name])
        boxes.append(Area(x, y, x + wide, y + tall))
    whole = free_room.around(boxes)
    if whole is None:
        return
    taken = free_room.areas(context.views, whole, but=moves).values()
    dx, dy = free_room.free_offset(whole, taken, rather_above=rather_above)
    for name, (x, y) in moves.items():
        moves[name] = (round(x + dx), round(y + dy))


def make_room(context: Context, wire: Edge, names: Sequence[NodeId]) -> None:
    """Put new nodes between the two that a wire joined, and push the row to the right if need be."""
    nodes = context.views.nodes
    a, b = (geometry.rect(nodes[n], text.width) for n in (wire.src, wire.dst))
    wide = [geometry.width(nodes[n], text.width) for n in names]
    same_row = b.left() > a.left() and abs(a.center().y() - b.center().y()) < ROW
    needed = sum(wide) + GAP * (len(names) + 1)
    room = b.left() - a.right() if same_row else needed
    gap = GAP if room <= needed else (room - sum(wide)) / (len(names) + 1)
    moves: dict[str, Position] = {}
    x, y = a.right() + gap, (a.center().y() + b.center().y()) / 2 if same_row else a.center().y()
    for name, size in zip(names, wide, strict=True):
        moves[name] = (round(x), round(y - geometry.place_height(nodes[name]) / 2))
        x += size + gap
    if not same_row or room > needed:
        _move_free(context, moves, rather_above=same_row)
    push = needed - room
    if same_row and push > 0:
        for key, (x, y, *_) in context.views.rooms.items():
            if key in names or x < b.left() - 1 or abs(y - b.center().y()) > ROW + geometry.ENDS_HEIGHT:
                continue
            if abs(geometry.rect(nodes[key], text.width).center().y() - b.center().y()) < ROW:
                moves[key] = (x + round(push), y)
    context.workspace.apply(bending.moving(context, moves))
