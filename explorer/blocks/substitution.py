"""Another block in the place of a node: what of its wires and fields stays, and which blocks fit there."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, cast

from explorer.blocks.block import Block, squash
from explorer.blocks.fields import Field
from explorer.blocks.registry import Registry
from explorer.graph import operations
from explorer.graph.catalogue import BadField, ShapeError, UnknownBlock
from explorer.graph.document import Document
from explorer.graph.edits import Batch, EditProblem
from explorer.graph.level import Level
from explorer.graph.model import FieldValue, Graph, Node, NodeId
from explorer.graph.ports import natural, port_names
from explorer.graph.sharing import WITHOUT_LAYER, owner_of
from explorer.graph.tensor import Tensor
from explorer.graph.workspace import Workspace

SECONDS = 0.5
"""Time for trying what a block would break further on; those that are not reached are offered untried."""


SIZES = frozenset(["size", "sizes", "padding"])
"""Kinds of fields with a number for each sliding axis."""


@dataclass(frozen=True)
class Substitute:
    """A block that may take the place of nodes.

    Attributes:
        block: its declaration. gives: shapes it would give, empty where that was not tried.
        breaks: what would not work any more, in words. keeps_shape: whether what comes out is as before.

    """

    block: type[Block]
    gives: str = ""
    breaks: str = ""
    keeps_shape: bool = False


def kept_fields(registry: Registry, node: Node, block: str) -> dict[str, FieldValue]:
    """Return the fields that another block takes over: of equal name and meaning, where they suit it."""
    after = registry[block]
    present: Mapping[str, Any] = node.fields
    before: type[Block] | None = None
    if node.block in registry:
        before = registry[node.block]
        try:
            present = registry.configure(node.block, node.fields).values
        except BadField:
            present = node.fields
    kept: dict[str, FieldValue] = {}
    for name, field in after.fields.items():
        old = before.fields.get(name) if before is not None else None
        if old is None or name not in present or not _mean_the_same(old, field):
            continue
        try:
            value = field.check(_short(present[name]) if field.kind in SIZES else present[name])
        except BadField:
            continue
        if value != field.default:
            kept[name] = _short(value) if field.kind in SIZES else value
    while kept:
        try:
            registry.configure(block, kept)
        except BadField:  # together they contradict each other
            kept.popitem()
        else:
            break
    return kept


def _short(value: FieldValue) -> FieldValue:
    """Equal sizes as one number, as designs write them."""
    return cast(FieldValue, squash(value))


def _mean_the_same(one: Field[Any], other: Field[Any]) -> bool:
    return one.label == other.label and (one.kind == other.kind or {one.kind, other.kind} <= SIZES)


def substituted(
    document: Document, registry: Registry, ids: Iterable[NodeId], block: str, scope: str
) -> Batch:
    """Return the edit that puts another block in the place of nodes; wires, names and places stay.

    Raises:
        EditProblem: a node only marks where a design begins or ends, or the block does.

    """
    graph = document.graph(scope)
    edits: list[Batch] = []
    done: set[NodeId] = set()
    for node_id in ids:
        node = graph[node_id]
        if node.block in WITHOUT_LAYER or block in WITHOUT_LAYER:
            raise EditProblem(f"{node_id} cannot be replaced: it marks a place in the design.")
        owner = owner_of(node)
        if owner in done:  # layers with the same weights are replaced together
            continue
        done.add(owner)
        fields = kept_fields(registry, node, block)
        made = registry.configure(block, fields)
        for each in (owner, *graph.sharing(owner)):
            edits.append(
                operations.turn_into(document, each, block, fields, _ports(graph, each, made), scope)
            )
    return Batch(tuple(edits))


def _ports(graph: Graph, node_id: NodeId, made: Block) -> tuple[dict[str, str], dict[str, str]]:
    """Old to new names of the inputs and outputs at which wires end."""
    into = sorted({edge.into for edge in graph.into(node_id)}, key=natural)
    out = list(dict.fromkeys(edge.out for edge in graph.out_of(node_id)))
    return _renamed(into, port_names(made, len(into))), _renamed(out, made.outputs)


def _renamed(used: Sequence[str], offered: Sequence[str]) -> dict[str, str]:
    """Ports of the same name stay; the others are taken in order."""
    names = {old: old for old in used if old in offered}
    free = [name for name in offered if name not in names]
    names.update(zip((old for old in used if old not in names), free, strict=False))
    return names


def substitutes(
    workspace: Workspace, registry: Registry, level: Level, ids: Sequence[NodeId], seconds: float = SECONDS
) -> list[Substitute]:
    """Return the blocks that take what arrives at all of some nodes, those that change no shape first.

    Args:
        workspace: the open design. registry: of blocks. level: of the nodes. ids: of the nodes.
        seconds: time for trying what each would break further on.

    """
    nodes = [level.graph[node_id] for node_id in ids]
    if not nodes or level.scope is None or any(node.block in WITHOUT_LAYER for node in nodes):
        return []
    end = time.monotonic() + seconds
    before = {(fault.address, fault.code) for fault in workspace.flow.faults}
    found = []
    for cls in registry.blocks:
        same = all(node.block == cls.id for node in nodes)
        if cls.id in WITHOUT_LAYER or same or not all(_takes(registry, level, node, cls) for node in nodes):
            continue
        if time.monotonic() > end:
            found.append(Substitute(cls))
        else:
            found += _tried(workspace, registry, level, nodes, cls, before)
    order = {cls.id: number for number, cls in enumerate(registry.blocks)}
    families = {registry[node.block].family for node in nodes if node.block in registry}
    return sorted(
        found,
        key=lambda one: (
            bool(one.breaks),
            not one.keeps_shape,
            one.block.family not in families,
            order[one.block.id],
        ),
    )


def _takes(registry: Registry, level: Level, node: Node, cls: type[Block]) -> bool:
    """Whether a block has ports for all wires of a node, and takes what arrives there."""
    graph = level.graph
    try:
        made = registry.configure(cls.id, kept_fields(registry, node, cls.id))
    except (BadField, UnknownBlock):
        return False
    into = sorted(graph.into(node.id), key=lambda edge: natural(edge.into))
    outs = {edge.out for edge in graph.out_of(node.id)}
    if len(outs) > len(made.outputs):
        return False
    if made.variadic:
        return bool(into)
    needed = sum(not port.optional for port in made.inputs)
    if (into and not needed <= len(into) <= len(made.inputs)) or not made.inputs:
        return False
    arriving = _arriving(level, node, made)
    if made.is_composite or arriving is None:
        return True
    try:
        made.outputs_for(arriving)
    except ShapeError:
        return False
    return True


def _arriving(level: Level, node: Node, made: Block) -> tuple[Tensor | None, ...] | None:
    """What arrives at the ports of the new block; None while a part of it is not known."""
    flow = level.flow.nodes.get(node.id) if level.flow else None
    if flow is None:
        return None
    names, _ = _ports(level.graph, node.id, made)
    by_port = {names[old]: flow.inputs.get(old) for old in names}
    if any(tensor is None for tensor in by_port.values()) or not by_port:
        return None
    return tuple(by_port.get(port.name) for port in made.inputs)


def _tried(
    workspace: Workspace,
    registry: Registry,
    level: Level,
    nodes: Sequence[Node],
    cls: type[Block],
    before: set[tuple[str, str]],
) -> Iterator[Substitute]:
    """Try a block in the place of the nodes; nothing when it does not work there itself."""
    ids = [node.id for node in nodes]
    edit = substituted(workspace.document, registry, ids, cls.id, level.scope or "")
    addresses = [level.prefix + node_id for node_id in ids]
    with workspace.trial.after(edit) as flow:
        if flow is None:
            return
        new = [fault for fault in flow.faults if (fault.address, fault.code) not in before]
        own = {fault.address for fault in new}
        if own & set(addresses):
            return
        outs = [tuple(flow.at(address).outputs.values()) for address in addresses]
    was = [tuple(level.flow.nodes[node_id].outputs.values()) if level.flow else () for node_id in ids]
    gives = dict.fromkeys(", ".join(tensor.text for tensor in tensors if tensor) for tensors in outs)
    same = all(
        _shape(one) == _shape(other)
        for now, then in zip(outs, was, strict=True)
        for one, other in zip_longest(now, then)
    )
    yield Substitute(cls, " and ".join(gives), new[0].message if new else "", same)


def _shape(tensor: Tensor | None) -> tuple[int, ...] | None:
    return tensor.shape if tensor is not None else None
