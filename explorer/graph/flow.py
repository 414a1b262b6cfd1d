"""The result of `resolve`: what is known at every address, frozen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import msgspec

from explorer.bounds import LAYERS
from explorer.graph.catalogue import INPUT, OUTPUT, ConfiguredBlock, ReceptiveField
from explorer.graph.model import Graph, NodeId
from explorer.graph.receptive_field import combine, seen_from
from explorer.graph.report import NO_REPORT, Report
from explorer.graph.report import Problem as Problem  # what a flow is asked for
from explorer.graph.story import Chapter
from explorer.graph.tensor import Tensor


class NodeFlow(msgspec.Struct, frozen=True):
    """What is known of one node. Unknown tensors are None.

    Attributes:
        block: the configured block, None when its id or fields are wrong (and for groups).
        inputs, outputs: tensors by port name.
        parameters, macs, macs_attention, activation_bytes: of the node with all it contains, for
            one sample, 4 bytes a value.
        trainable: parameters that training changes (0 when the node is frozen).
        own_window: what an output value of a layer sees of what arrives, per axis; None: its own place.
        inner: the flow inside a composite or group.
        state: `ok`, `problem` (at fault itself) or `waits` (for another node).

    """

    block: ConfiguredBlock | None
    inputs: dict[str, Tensor | None]
    outputs: dict[str, Tensor | None]
    parameters: int = 0
    trainable: int = 0
    macs: int = 0
    macs_attention: int = 0
    activation_bytes: int = 0
    own_window: ReceptiveField | None = None
    inner: Flow | None = None
    state: str = "ok"

    @property
    def is_leaf(self) -> bool:
        """Whether nothing stands inside."""
        return self.inner is None

    @property
    def window(self) -> ReceptiveField | None:
        """What one output value sees of what arrives, with all that stands inside."""
        if self.inner is None:
            return self.own_window
        inside = self.inner.window
        return self.block.receptive_field_around(inside) if self.block is not None else inside

    @property
    def arriving(self) -> tuple[Tensor | None, ...]:
        """What arrives, in the order in which the block's rules take it; None where nothing is wired."""
        if self.block is None or self.block.variadic:
            return tuple(self.inputs.values())
        return tuple(self.inputs.get(port.name) for port in self.block.inputs)


def same(one: NodeFlow | None, other: NodeFlow | None) -> bool:
    """Whether the same is known of two nodes; an inside worked out anew counts as another."""
    if one is other or one is None or other is None:
        return one is other
    return (
        one.block == other.block
        and one.inputs == other.inputs
        and one.outputs == other.outputs
        and one.inner is other.inner
        and (one.state, one.parameters, one.trainable) == (other.state, other.parameters, other.trainable)
        and (one.macs, one.macs_attention) == (other.macs, other.macs_attention)
        and (one.activation_bytes, one.own_window) == (other.activation_bytes, other.own_window)
    )


@dataclass(frozen=True)
class Flow:
    """What is known of one level.

    Attributes:
        graph: the level's nodes and wires.
        nodes: by id, in an order in which they can run.
        inputs, outputs: tensors at the level's input and output nodes.
        report: what is wrong, by node; mostly asked for as `faults` and `problems`.
        leaves: number of layers below, without inputs and outputs.
        chapter: which of the flows of an edited level this is.

    """

    graph: Graph
    nodes: dict[NodeId, NodeFlow]
    inputs: dict[str, Tensor | None]
    outputs: dict[str, Tensor | None]
    report: Report = NO_REPORT
    parameters: int = 0
    trainable: int = 0
    macs: int = 0
    macs_attention: int = 0
    activation_bytes: int = 0
    leaves: int = 0
    order: tuple[NodeId, ...] = field(default=())
    chapter: Chapter | None = field(default=None, compare=False, repr=False)

    @cached_property
    def ranks(self) -> Mapping[NodeId, int]:
        """How many nodes run before each; nodes in circles are missing."""
        return dict(zip(self.order, range(len(self.order)), strict=True))

    def adopt(self, ranks: Mapping[NodeId, int], earlier: Flow | None, first: int) -> None:
        """Take over what is put together when asked for, and holds still.

        Args:
            ranks: as in the attribute.
            earlier: a flow of the same level.
            first: a place in the running order before which nothing is other than it was then.

        """
        self.__dict__["ranks"] = ranks
        if earlier is not None:
            known, before = earlier.__dict__.get("_known", ({}, 0))
            fields = earlier.__dict__.get("_fields")
            self.__dict__["_known"] = (known, min(before, first)) if fields is None else (fields, first)

    @cached_property
    def faults(self) -> tuple[Problem, ...]:
        """Problems to repair; the others only wait for these."""
        return () if self.report is NO_REPORT else self.report.faults_in_order(self._positions())

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """All problems, with addresses relative to this level."""
        return () if self.report is NO_REPORT else self.report.problems_in_order(self._positions())

    def _positions(self) -> Mapping[NodeId, int]:
        if len(self.order) == len(self.nodes):
            return self.ranks
        return dict(zip(self.nodes, range(len(self.nodes)), strict=True))

    @cached_property
    def _fields(self) -> dict[NodeId, ReceptiveField]:
        known, first = self.__dict__.get("_known", ({}, 0))
        return {n: seen for n, seen in known.items() if self.ranks.get(n, first) < first}

    @cached_property
    def window(self) -> ReceptiveField | None:
        """What one value that leaves this level sees of what enters it; worked out when it is asked for."""
        return combine([self.receptive_field(name) for name in self.outputs])

    def receptive_field(self, node_id: NodeId) -> ReceptiveField:
        """What one value of a node sees of the inputs of this level; worked out when it is asked for."""
        return seen_from(node_id, self._window, self.graph.predecessors, self._fields)

    def _window(self, node_id: NodeId) -> tuple[bool, ReceptiveField | None]:
        node = self.nodes[node_id]
        return node.state == "ok", node.window

    def changed_since(self, earlier: Flow | None) -> set[NodeId] | None:
        """Nodes of which something else is known than in an earlier flow of the same level; gone ones too.

        None when the two have nothing to do with each other, or that was too long ago.
        """
        if earlier is self:
            return set()
        if earlier is None or self.chapter is None or earlier.chapter is None:
            return None
        return self.chapter.changed_since(earlier.chapter)

    def at(self, address: str) -> NodeFlow:
        """Return what is known at an address; raises `KeyError` naming the part that is missing."""
        head, _, rest = address.partition(".")
        node = self.nodes[head]
        if not rest:
            return node
        if node.inner is None:
            raise KeyError(f"{head} has nothing inside it")
        return node.inner.at(rest)

    def walk(self, prefix: str = "", depth: int | None = None) -> Iterator[tuple[str, NodeFlow]]:
        """Yield every (address, node): leaves only, or with `depth` composites down to that level.

        Where more unfolds than a design may have, nothing is unfolded.
        """
        if self.leaves > LAYERS:
            depth = 1
        for name, node in self.nodes.items():
            if node.block is not None and node.block.id in (INPUT, OUTPUT):
                continue
            address = prefix + name
            if node.inner is None or depth == 1:
                yield address, node
            else:
                if depth is not None:
                    yield address, node
                yield from node.inner.walk(address + ".", None if depth is None else depth - 1)


def repeated(flow: Flow, counts: Mapping[NodeId, int]) -> Flow:
    """Return the flow with the costs of some nodes counted several times; weights count once."""
    if not counts:
        return flow
    nodes = {name: _times(node, counts.get(name, 1)) for name, node in flow.nodes.items()}
    parts = nodes.values()
    return replace(
        flow,
        nodes=nodes,
        macs=sum(node.macs for node in parts),
        macs_attention=sum(node.macs_attention for node in parts),
        activation_bytes=sum(node.activation_bytes for node in parts),
    )


def weightless(node: NodeFlow) -> NodeFlow:
    """Return the node with no parameters of its own: the weights it runs with are counted elsewhere."""
    inner = node.inner
    if inner is not None:
        nodes = {name: weightless(part) for name, part in inner.nodes.items()}
        inner = replace(inner, nodes=nodes, parameters=0, trainable=0)
    return msgspec.structs.replace(node, parameters=0, trainable=0, inner=inner)


def _times(node: NodeFlow, count: int) -> NodeFlow:
    if count == 1:
        return node
    inner = node.inner and repeated(node.inner, dict.fromkeys(node.inner.nodes, count))
    return msgspec.structs.replace(
        node,
        macs=node.macs * count,
        macs_attention=node.macs_attention * count,
        activation_bytes=node.activation_bytes * count,
        inner=inner,
    )
