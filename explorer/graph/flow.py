"""The result of `resolve`: what is known at every address, frozen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import msgspec

from explorer.graph.catalogue import INPUT, OUTPUT, ConfiguredBlock, ReceptiveField
from explorer.graph.model import Graph, NodeId
from explorer.graph.tensor import Tensor

NOTHING = ReceptiveField()


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that keeps a design from running.

    Attributes:
        address: where, e.g. `stage2.block3.conv1`.
        code: stable word for programs: `shape`, `unconnected`, `cycle`, `field`, `waits`, …
        message: a sentence for people.
        port: input port concerned, if one is.
        source: address of the node that sends the tensor, if one does.
        got: the tensor that arrives. wants: what would fit, in words.
        waits_for: set when the node itself is not at fault.

    """

    address: str
    code: str
    message: str
    port: str | None = None
    source: str | None = None
    got: Tensor | None = None
    wants: str = ""
    waits_for: str | None = None


class NodeFlow(msgspec.Struct, frozen=True):
    """What is known of one node. Unknown tensors are None.

    Attributes:
        block: the configured block, None when its id or fields are wrong (and for groups).
        inputs, outputs: tensors by port name.
        parameters, macs, macs_attention, activation_bytes: of the node with all it contains, for
            one sample, 4 bytes a value.
        trainable: parameters that training changes (0 when the node is frozen).
        reach: what one output value sees of the network's input, per sliding axis.
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
    receptive_field: ReceptiveField = NOTHING
    inner: Flow | None = None
    state: str = "ok"

    @property
    def is_leaf(self) -> bool:
        """Whether nothing stands inside."""
        return self.inner is None


@dataclass(frozen=True, slots=True)
class Flow:
    """What is known of one level.

    Attributes:
        graph: the level's nodes and wires.
        nodes: by id, in an order in which they can run.
        inputs, outputs: tensors at the level's input and output nodes.
        problems: all of them, with addresses relative to this level.
        leaves: number of layers below, without inputs and outputs.

    """

    graph: Graph
    nodes: dict[NodeId, NodeFlow]
    inputs: dict[str, Tensor | None]
    outputs: dict[str, Tensor | None]
    problems: tuple[Problem, ...] = ()
    parameters: int = 0
    trainable: int = 0
    macs: int = 0
    macs_attention: int = 0
    activation_bytes: int = 0
    leaves: int = 0
    order: tuple[NodeId, ...] = field(default=())

    @property
    def faults(self) -> tuple[Problem, ...]:
        """Problems to repair; the others only wait for these."""
        return tuple(p for p in self.problems if p.waits_for is None)

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
        """Yield every (address, node): leaves only, or with `depth` composites down to that level."""
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
