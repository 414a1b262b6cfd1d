"""One node of a level: from what arrives to what is known of it, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, Protocol

from explorer.bounds import FAULTS_LIFTED
from explorer.graph.catalogue import (
    INPUT,
    BadField,
    Catalogue,
    ConfiguredBlock,
    Port,
    ReceptiveField,
    ShapeError,
    UnknownBlock,
)
from explorer.graph.exposing import Values, refusal
from explorer.graph.flow import Flow, NodeFlow
from explorer.graph.model import Edge, Graph, Node, NodeId
from explorer.graph.ports import group_ports, natural
from explorer.graph.report import Problem
from explorer.graph.tensor import Tensor

if TYPE_CHECKING:
    from explorer.graph.builder import WorkedOut


class MemoEntry(NamedTuple):
    """Everything about a block on given inputs that does not depend on its place."""

    outputs: tuple[Tensor | None, ...]
    parameters: int = 0
    trainable: int = 0
    macs: int = 0
    macs_attention: int = 0
    activation_bytes: int = 0
    own_window: ReceptiveField | None = None
    inner: Flow | None = None
    shape_error: ShapeError | None = None


class Knowledge(Protocol):
    """What is asked about blocks and groups on given inputs."""

    @property
    def catalogue(self) -> Catalogue:
        """Where blocks are looked up."""

    @property
    def groups(self) -> Mapping[str, Graph]:
        """The groups that can be used."""

    def block(self, block: ConfiguredBlock, inputs: tuple[Tensor | None, ...]) -> MemoEntry:
        """Look up or work out one block."""

    def group(self, name: str, inputs: Mapping[str, Tensor | None], values: Values) -> MemoEntry:
        """Look up or work out one use of a group, with values for fields that it exposes."""


class Visitor:
    """Visits the nodes of one level, each after those that feed it.

    Attributes:
        nodes: what is known so far. faults: what is wrong with nodes.
        waiting: nodes that wait, and the one at fault they wait for.

    """

    def __init__(
        self,
        known: Knowledge,
        graph: Graph,
        given: Mapping[str, Tensor | None] | None,
        worked_out: Mapping[NodeId, WorkedOut] | None = None,
    ) -> None:
        self._known, self._graph, self._given = known, graph, given
        self._worked_out = worked_out or {}
        self.nodes: dict[NodeId, NodeFlow] = {}
        self.faults: dict[NodeId, tuple[Problem, ...]] = {}
        self.waiting: dict[NodeId, NodeId] = {}

    def visit(self, node: Node) -> None:
        """Note what is known of a node now."""
        if self.faults:
            self.faults.pop(node.id, None)
        if self.waiting:
            self.waiting.pop(node.id, None)
        self.nodes[node.id] = self._visit(node)

    def forget(self, node_id: NodeId) -> None:
        """A node is gone."""
        for table in (self.nodes, self.faults, self.waiting):
            table.pop(node_id, None)

    def fail(self, node_id: NodeId, code: str, message: str) -> None:
        """Note that a node cannot be worked out at all."""
        outputs: dict[str, Tensor | None] = {edge.out: None for edge in self._graph.out_of(node_id)}
        self.nodes[node_id] = NodeFlow(None, {}, outputs, state="problem")
        self._report(Problem(node_id, code, message))

    def _visit(self, node: Node) -> NodeFlow:
        if node.group is not None:
            return self._visit_group(node, node.group)
        worked_out = self._worked_out.get(node.id)
        if worked_out is not None:
            return self._visit_again(node, worked_out)
        try:
            block = self._known.catalogue.configure(node.block, node.fields)
        except UnknownBlock as problem:
            return self._broken(node, "unknown_block", str(problem))
        except BadField as problem:
            return self._broken(node, "field", f"{node.id}: {problem}")
        if node.block == INPUT and self._given is not None:
            tensor = self._given.get(node.id)
            return NodeFlow(block, {}, {"y": tensor}, state="ok" if tensor else "waits")
        arriving, sources = self._arriving(node, block.inputs, block.variadic)
        if arriving is None:
            return NodeFlow(block, dict.fromkeys(sources), dict.fromkeys(block.outputs), state="problem")
        waits = self._missing(node, block.inputs, block.variadic, arriving, sources)
        if waits != "problem":
            self._wired(node, block, sources)
        if waits is not None:
            return NodeFlow(block, arriving, dict.fromkeys(block.outputs), state=waits)
        known = self._known.block(block, in_port_order(block, arriving))
        return self._placed(node, block, known, arriving, sources, block.outputs)

    def _visit_again(self, node: Node, built: WorkedOut) -> NodeFlow:
        """Take over what the builder needed to go on; it wires no tensor that is unknown or does not fit."""
        block, arriving = built.block, built.arriving
        if waits := self._missing(node, block.inputs, block.variadic, arriving, {}):
            return NodeFlow(block, arriving, dict.fromkeys(block.outputs), state=waits)
        return self._placed(node, block, built.known, arriving, {}, block.outputs)

    def _visit_group(self, node: Node, name: str) -> NodeFlow:
        if name not in self._known.groups:
            return self._broken(
                node, "unknown_block", f"{node.id} uses the group “{name}”, which is not in this design."
            )
        if reason := refusal(name, self._known.groups[name], node.fields):
            return self._broken(node, "field", f"{node.id} {reason}")
        names, outputs = group_ports(self._known.groups[name])
        ports = tuple(Port(port) for port in names)
        arriving, sources = self._arriving(node, ports, False)
        known = self._known.group(name, {n: (arriving or {}).get(n) for n in names}, node.fields)
        waits = None if arriving is None else self._missing(node, ports, False, arriving, sources)
        faulty = known.inner is not None and self._lift(node, known.inner)
        if arriving is None or waits or faulty:
            inputs = dict.fromkeys(sources) if arriving is None else arriving
            state = waits or "problem"
            return NodeFlow(None, inputs, dict.fromkeys(outputs), inner=known.inner, state=state)
        return self._placed(node, None, known, arriving, sources, outputs)

    def _lift(self, node: Node, inner: Flow) -> bool:
        """Report the faults inside a group under their full addresses; returns whether it has any."""
        for fault in inner.faults[:FAULTS_LIFTED]:
            source = f"{node.id}.{fault.source}" if fault.source else None
            self._report(replace(fault, address=f"{node.id}.{fault.address}", source=source), at=node.id)
        if (more := len(inner.faults) - FAULTS_LIFTED) > 0:
            words = f"{node.id} has {more:,} more problems inside. Repair the first ones, or open it."
            self._report(Problem(node.id, "more", words))
        return bool(inner.faults)

    def _wired(self, node: Node, block: ConfiguredBlock, sources: Mapping[str, Edge]) -> None:
        """Take note of a node that is wired as it has to be."""

    def _placed(
        self,
        node: Node,
        block: ConfiguredBlock | None,
        known: MemoEntry,
        arriving: dict[str, Tensor | None],
        sources: Mapping[str, Edge],
        outputs: Sequence[str],
    ) -> NodeFlow:
        if known.shape_error is not None:
            self._report_shape_error(node, known.shape_error, arriving, sources)
            unknown = dict.fromkeys(outputs)
            return NodeFlow(block, arriving, unknown, inner=known.inner, state="problem")
        if node.muted:
            return self._muted(node, block, known, arriving, outputs)
        return NodeFlow(
            block,
            arriving,
            dict(zip(outputs, known.outputs, strict=True)),
            known.parameters,
            0 if node.frozen else known.trainable,
            known.macs,
            known.macs_attention,
            known.activation_bytes,
            known.own_window,
            known.inner,
        )

    def _muted(
        self,
        node: Node,
        block: ConfiguredBlock | None,
        known: MemoEntry,
        arriving: dict[str, Tensor | None],
        outputs: Sequence[str],
    ) -> NodeFlow:
        first = next(iter(arriving.values()), None)
        if first is None or any(tensor != first for tensor in known.outputs):
            change = ", ".join(t.text for t in known.outputs if t)
            got = first.text if first else "nothing"
            message = f"{node.id} cannot be passed through: it turns {got} into {change}."
            self._report(Problem(node.id, "muted", message))
            return NodeFlow(block, arriving, dict.fromkeys(outputs), state="problem")
        return NodeFlow(block, arriving, dict.fromkeys(outputs, first))

    # inputs of one node

    def _arriving(
        self, node: Node, ports: Sequence[Port], variadic: bool
    ) -> tuple[dict[str, Tensor | None] | None, dict[str, Edge]]:
        """Tensors by port and the wires that bring them; None when the wiring itself is wrong."""
        edges = self._graph.into(node.id)
        if len(edges) == 1 and len(ports) == 1 and not variadic and edges[0].into == ports[0].name:
            edge = edges[0]  # as most layers have it
            source = self.nodes.get(edge.src)
            if source is not None and edge.out in source.outputs:
                return {edge.into: source.outputs[edge.out]}, {edge.into: edge}
        rank = {port.name: number for number, port in enumerate(ports)}
        if len(edges) > 1:
            edges.sort(
                key=lambda edge: (0 if variadic else rank.get(edge.into, len(rank)), natural(edge.into))
            )
        sources: dict[str, Edge] = {}
        arriving: dict[str, Tensor | None] = {}
        legal = True
        for edge in edges:
            known = natural(edge.into)[0] == "x" and edge.into != "x" if variadic else edge.into in rank
            if not known or edge.into in sources:
                self._refuse(node, edge, known, "x1, x2, …" if variadic else ", ".join(rank), sources)
                legal = False
                continue
            sources[edge.into] = edge
            source = self.nodes.get(edge.src)
            if source is not None and edge.out not in source.outputs:
                has = ", ".join(source.outputs) or "none"
                words = f"{edge.src} has no output “{edge.out}”; it has {has}."
                self._report(Problem(node.id, "port", words, edge.into))
                legal = False
                continue
            arriving[edge.into] = source.outputs[edge.out] if source else None
        return (arriving if legal else None), sources

    def _refuse(self, node: Node, edge: Edge, known: bool, has: str, sources: Mapping[str, Edge]) -> None:
        """Report a wire that cannot end where it does."""
        if known:
            one, other = sorted((sources[edge.into].src, edge.src))
            words = f"Two wires end at {node.id}.{edge.into}, from {one} and from {other}. Remove one."
            self._report(Problem(node.id, "two_wires", words, edge.into))
        else:
            words = f"{node.id} has no input “{edge.into}”; it has {has or 'none'}. Remove that wire."
            self._report(Problem(node.id, "port", words))

    def _missing(
        self,
        node: Node,
        ports: Sequence[Port],
        variadic: bool,
        arriving: Mapping[str, Tensor | None],
        sources: Mapping[str, Edge],
    ) -> str | None:
        """Report empty inputs and unknown arrivals; returns the node's state, None when all is there."""
        if variadic:
            if len(arriving) < 2:
                how = "one wire" if arriving else "no wires"
                words = f"{node.id} joins two or more tensors, but has {how}."
                self._report(Problem(node.id, "unconnected", words))
                return "problem"
        elif empty := [p for p in ports if p.name not in arriving and not p.optional]:
            for port in empty:
                where = f" “{port.name}”" if len(ports) > 1 else ""
                words = f"{node.id} has nothing at its input{where}. Drag a wire to it."
                self._report(Problem(node.id, "unconnected", words, port.name))
            return "problem"
        for port_name, tensor in arriving.items():
            if tensor is None:
                source = sources[port_name].src
                self.waiting[node.id] = self.waiting.get(source, source)
                return "waits"
        return None

    # problems

    def _report(self, problem: Problem, at: NodeId | None = None) -> None:
        node_id = at or problem.address
        self.faults[node_id] = (*self.faults.get(node_id, ()), problem)

    def _broken(self, node: Node, code: str, message: str) -> NodeFlow:
        self._report(Problem(node.id, code, message))
        outputs: dict[str, Tensor | None] = {edge.out: None for edge in self._graph.out_of(node.id)}
        return NodeFlow(None, {}, outputs or {"y": None}, state="problem")

    def _report_shape_error(
        self,
        node: Node,
        shape_error: ShapeError,
        arriving: Mapping[str, Tensor | None],
        sources: Mapping[str, Edge],
    ) -> None:
        port = shape_error.port if shape_error.port in sources else next(iter(sources), None)
        source = sources[port].src if port else None
        message = shape_error.message.replace("{source}", source or "its input")
        self._report(
            Problem(
                node.id,
                shape_error.code,
                f"{node.id} {message}",
                port,
                source,
                arriving.get(port) if port else None,
                shape_error.wants,
            )
        )


def in_port_order(block: ConfiguredBlock, arriving: Mapping[str, Tensor | None]) -> tuple[Tensor | None, ...]:
    """Return what arrives at a block, as it is asked for."""
    if block.variadic:
        return tuple(arriving.values())
    return tuple([arriving.get(port.name) for port in block.inputs])
