"""What the inputs of a layer are made of: which layer each run of channels or features comes from.

It is read off shapes: concatenations put parts one behind the other, flattening turns every channel into as
many features as it has places, and norms, activations and pools leave channels in their order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import NamedTuple

import torch
from torch import Tensor

from explorer.blocks.block import Block
from explorer.engine.weights.overlap import Inputs
from explorer.graph.catalogue import INPUT
from explorer.graph.flow import Flow, NodeFlow
from explorer.graph.model import NodeId
from explorer.graph.ports import natural
from explorer.graph.sharing import owner_of
from explorer.graph.tensor import Tensor as Shape

IN_ORDER = frozenset(["act", "norm", "pool"])
"""Families of blocks that work on each channel, where they give as many as they get."""
DEEPEST = 150
"""Blocks that are looked through; what lies further back is taken as one part."""


class Part(NamedTuple):
    """A run of features: `channels` of what `source` gives, each with as many values as `places` has."""

    source: str
    channels: int
    places: tuple[int, ...] = ()

    @property
    def size(self) -> int:
        """Number of features."""
        return self.channels * prod(self.places)


class _Level(NamedTuple):
    """A level on the way down: its flow, the node that was opened, and the address of its module."""

    flow: Flow
    node: NodeId
    address: str


def arriving(flow: Flow, address: str) -> tuple[Part, ...]:
    """Parts of what enters a layer at its first input, in order; empty where nothing is known of it."""
    levels: list[_Level] = []
    *outer, last = address.split(".")
    below = ""
    for name in outer:
        levels.append(_Level(flow, name, f"{below}{name}."))
        below = levels[-1].address
        inner = flow.nodes[name].inner if name in flow.nodes else None
        if inner is None:
            return ()
        flow = inner
    node = flow.nodes.get(last)
    port = next(iter(node.inputs), None) if node is not None else None
    return _into(levels, flow, last, port) if port is not None else ()


def _into(
    levels: Sequence[_Level], flow: Flow, node_id: NodeId, port: str, depth: int = 0
) -> tuple[Part, ...]:
    edge = next((edge for edge in flow.graph.into(node_id) if edge.into == port), None)
    return _out(levels, flow, edge.src, edge.out, depth + 1) if edge is not None else ()


def _out(levels: Sequence[_Level], flow: Flow, node_id: NodeId, port: str, depth: int) -> tuple[Part, ...]:
    """Parts of an output: those of what it passes on, or itself."""
    node, written = flow.nodes[node_id], flow.graph[node_id]
    made = node.outputs.get(port)
    if made is None:
        return ()
    if written.block == INPUT and levels:
        above = levels[-1]
        return _into(levels[:-1], above.flow, above.node, node_id, depth)
    address = f"{levels[-1].address if levels else ''}{owner_of(written)}"
    itself = (Part(address, _width(made)),)
    if depth > DEEPEST:
        return itself
    if node.inner is not None and not written.muted and port in node.inner.nodes:
        inside = [*levels, _Level(flow, node_id, f"{address}.")]
        return _into(inside, node.inner, port, "x", depth) or itself
    given = {name: tensor for name, tensor in node.inputs.items() if tensor is not None}
    if len(given) == 1:
        ((name, tensor),) = given.items()
        if written.muted or (_keeps_order(node) and _width(tensor) == _width(made)):
            return _into(levels, flow, node_id, name, depth) or itself
        if _flattens(node, tensor, made):
            parts = _into(levels, flow, node_id, name, depth)
            return tuple(Part(p.source, p.channels, (*p.places, *tensor.shape[1:])) for p in parts) or itself
    elif given and _joins(node, list(given.values()), made):
        found = [_into(levels, flow, node_id, name, depth) for name in sorted(given, key=natural)]
        return tuple(part for parts in found for part in parts) if all(found) else itself
    return itself


def _axis(tensor: Shape) -> int:
    return 0 if tensor.axes[:1] == ("C",) else len(tensor.shape) - 1


def _width(tensor: Shape) -> int:
    return tensor.shape[_axis(tensor)] if tensor.shape else 1


def _keeps_order(node: NodeFlow) -> bool:
    return isinstance(node.block, Block) and node.block.family in IN_ORDER


def _has_weights(node: NodeFlow) -> bool:
    block = node.block
    if block is None:
        return True
    given = node.inputs.values() if block.variadic else (node.inputs.get(port.name) for port in block.inputs)
    return block.parameters_for(tuple(given)) > 0


def _flattens(node: NodeFlow, given: Shape, made: Shape) -> bool:
    return len(made.shape) == 1 and given.size == made.size and _axis(given) == 0 and not _has_weights(node)


def _joins(node: NodeFlow, given: Sequence[Shape], made: Shape) -> bool:
    """Whether all inputs stand one behind the other along the axis of features."""
    axis = _axis(made)
    others = {
        (*t.shape[:axis], *t.shape[axis + 1 :]) for t in (*given, made) if len(t.shape) == len(made.shape)
    }
    alike = len(others) == 1 and all(len(t.shape) == len(made.shape) for t in given)
    return alike and sum(t.shape[axis] for t in given) == made.shape[axis] and not _has_weights(node)


def matching(old: Sequence[Part], new: Sequence[Part], origin: Mapping[str, str]) -> Inputs | None:
    """Which features of a new input are which of an old one.

    Args:
        old, new: parts of both. origin: old addresses by new ones.

    Returns:
        None where no part comes from the same layer.

    """
    starts: dict[str, list[tuple[int, Part]]] = {}
    total = 0
    for part in old:
        starts.setdefault(part.source, []).append((total, part))
        total += part.size
    here: list[Tensor] = []
    there: list[Tensor] = []
    place = 0
    for part in new:
        known = starts.get(origin.get(part.source, ""), [])
        if known and len(known[0][1].places) == len(part.places):
            start, before = known.pop(0)
            both = [min(sizes) for sizes in zip(_sizes(part), _sizes(before), strict=True)]
            here.append(_numbers(place, _sizes(part), both))
            there.append(_numbers(start, _sizes(before), both))
        place += part.size
    return Inputs((torch.cat(here), torch.cat(there)), total, place) if here else None


def _sizes(part: Part) -> tuple[int, ...]:
    return (part.channels, *part.places)


def _numbers(start: int, sizes: tuple[int, ...], kept: Sequence[int]) -> Tensor:
    """Numbers of the first `kept` along every axis, in a block of these sizes that begins at `start`."""
    block = torch.arange(start, start + prod(sizes)).reshape(sizes)
    return block[tuple(slice(n) for n in kept)].flatten()
