"""From a document to its flow: shapes, costs and problems at every address, without torch.

Pure and memoised: a block with the same fields and input tensors is worked out once, so the 333
equal units of a deep residual network cost one unit and 332 look-ups.
"""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from heapq import heappop, heappush
from types import MappingProxyType
from typing import NamedTuple

from explorer.graph.builder import Builder
from explorer.graph.catalogue import (
    INPUT,
    OUTPUT,
    BadField,
    Catalogue,
    ConfiguredBlock,
    Port,
    ReceptiveField,
    ShapeError,
    UnknownBlock,
)
from explorer.graph.document import Document
from explorer.graph.flow import NOTHING, Flow, NodeFlow, Problem, repeated
from explorer.graph.model import Edge, Graph, Node, NodeId
from explorer.graph.ports import group_ports, natural, port_names
from explorer.graph.receptive_field import combine, through
from explorer.graph.sharing import counted_once
from explorer.graph.steps import LOOP_PARTS, steps_of, without_loop
from explorer.graph.tensor import Tensor

BYTES = 4
"""Bytes of one activation value (float32)."""
MEMO_LIMIT = 200_000
NO_GROUPS: Mapping[str, Graph] = MappingProxyType({})


class MemoEntry(NamedTuple):
    """Memo entry: everything about a block on given inputs that does not depend on its place."""

    outputs: tuple[Tensor | None, ...]
    parameters: int = 0
    trainable: int = 0
    macs: int = 0
    macs_attention: int = 0
    activation_bytes: int = 0
    receptive_field: ReceptiveField | None = None
    inner: Flow | None = None
    shape_error: ShapeError | None = None


class Resolver:
    """Works out flows against one catalogue and keeps what it has worked out."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._memo: dict[object, MemoEntry] = {}

    def resolve(self, document: Document) -> Flow:
        """Work out the whole document; a wrong design does not raise, its flow holds the problems."""
        if len(self._memo) > MEMO_LIMIT:
            self._memo.clear()
        with _collection_paused():
            return _Level(self, document.root, document.groups, None).flow()

    def block(
        self,
        block: ConfiguredBlock,
        inputs: tuple[Tensor | None, ...],
        groups: Mapping[str, Graph] = NO_GROUPS,
    ) -> MemoEntry:
        """Look up or work out one block on given inputs; a wrapper may use the document's groups."""
        key: object = (block, inputs)
        if block.used_groups:
            key = (block, inputs, _versions(groups))
        entry = self._memo.get(key)
        if entry is None:
            entry = self._memo[key] = self._work_out(block, inputs, groups)
        return entry

    def group(self, name: str, inputs: Mapping[str, Tensor | None], groups: Mapping[str, Graph]) -> MemoEntry:
        """Look up or work out one use of a user group."""
        key = (name, tuple(inputs.items()), _versions(groups))
        entry = self._memo.get(key)
        if entry is None:
            flow = _Level(self, groups[name], groups, inputs).flow()
            entry = self._memo[key] = _summed(flow, group_ports(groups[name])[1], None)
        return entry

    def _work_out(
        self, block: ConfiguredBlock, inputs: tuple[Tensor | None, ...], groups: Mapping[str, Graph]
    ) -> MemoEntry:
        if block.is_composite:
            return self._expand(block, inputs, groups if block.used_groups else NO_GROUPS)
        try:
            outputs = block.outputs_for(inputs)
            bad = [t for t in outputs if min(t.shape, default=1) < 1]
            if bad:
                raise ShapeError(f"would leave nothing: its output would be {bad[0].spelled}.", code="empty")
        except ShapeError as shape_error:
            return MemoEntry((), shape_error=shape_error)
        macs, attention = block.macs_for(inputs)
        parameters = block.parameters_for(inputs)
        size = sum(t.size for t in outputs) * BYTES
        receptive_field = block.receptive_field_for(inputs)
        return MemoEntry(outputs, parameters, parameters, macs, attention, size, receptive_field)

    def _expand(
        self, block: ConfiguredBlock, inputs: tuple[Tensor | None, ...], groups: Mapping[str, Graph]
    ) -> MemoEntry:
        builder = Builder(self.catalogue, self, groups)
        names = port_names(block, len(inputs))
        wires = [
            None if tensor is None else builder.input(name, tensor)
            for name, tensor in zip(names, inputs, strict=True)
        ]
        shape_error: ShapeError | None = None
        try:
            ends = block.expand_into(builder, wires)
            for name, wire in zip(block.outputs, ends, strict=True):
                builder.output(name, wire)
        except ShapeError as problem:
            shape_error = problem
        except BadField as problem:
            shape_error = ShapeError(f"does not fit inside: {problem}", code="field")
        given = {n: t for n, t in zip(names, inputs, strict=True) if t is not None}
        flow = _Level(self, builder.graph, groups, given, builder.worked_out).flow()
        if not flow.faults and shape_error is None:
            flow = repeated(flow, block.repeats_for(inputs))
        if flow.faults:
            first = flow.faults[0]
            shape_error = ShapeError(f"does not fit inside: {first.message}", code=first.code)
        known = _summed(flow, block.outputs, shape_error)
        return known._replace(receptive_field=block.receptive_field_around(known.receptive_field))


def _versions(groups: Mapping[str, Graph]) -> tuple[tuple[str, int, int], ...]:
    return tuple((name, id(graph), graph.version) for name, graph in groups.items())


def _summed(flow: Flow, outputs: Sequence[str], shape_error: ShapeError | None) -> MemoEntry:
    """The memo entry of something with a flow inside it."""
    if shape_error is None and flow.faults:
        first = flow.faults[0]
        shape_error = ShapeError(f"does not fit inside: {first.message}", code=first.code)
    ends = [flow.nodes[name].receptive_field for name in outputs if name in flow.nodes]
    return MemoEntry(
        tuple(flow.outputs.get(name) for name in outputs),
        flow.parameters,
        flow.trainable,
        flow.macs,
        flow.macs_attention,
        flow.activation_bytes,
        combine(ends),
        flow,
        shape_error,
    )


class _Level:
    """One pass over the nodes of one level."""

    def __init__(
        self,
        resolver: Resolver,
        graph: Graph,
        groups: Mapping[str, Graph],
        given: Mapping[str, Tensor | None] | None,
        worked_out: Mapping[NodeId, tuple[ConfiguredBlock, MemoEntry]] | None = None,
    ) -> None:
        self.resolver, self.graph, self.groups, self.given = resolver, graph, groups, given
        self.worked_out = worked_out or {}
        self.nodes: dict[NodeId, NodeFlow] = {}
        self.problems: list[Problem] = []
        self.causes: dict[NodeId, NodeId] = {}  # of nodes that wait: the one at fault

    def flow(self) -> Flow:
        """Visit every node in running order and add everything up."""
        order: list[NodeId] = []
        while len(self.nodes) < len(self.graph):  # once, and once more behind every circle
            ready, circles = self._running_order()
            for node_id in ready:
                self.nodes[node_id] = self._visit(self.graph[node_id])
            for circle in circles:
                self._report_cycle(circle)
            order += ready
        if self.graph.owners:
            changed, problems = counted_once(self.graph, self.nodes)
            self.nodes.update(changed)
            self.problems += problems
        return self._stepped(self._total(tuple(order)))

    def _running_order(self) -> tuple[list[NodeId], list[list[NodeId]]]:
        if self.worked_out:  # a builder writes what comes first before what needs it
            return list(self.graph), []
        return running_order(self.graph, self.nodes)

    def _stepped(self, flow: Flow) -> Flow:
        """Count what runs at every step that often; report steps that do not go together."""
        parts = [node for node in map(self.graph.__getitem__, flow.order) if node.block in LOOP_PARTS]
        if not parts:
            return flow
        steps = steps_of(self.graph, flow.order)
        for name, words in steps.faults(self.nodes) if steps else without_loop(parts):
            self._problem(self.graph[name], "steps", words)
        flow = replace(flow, problems=tuple(self.problems))
        return repeated(flow, dict.fromkeys(steps.body, steps.count(self.nodes))) if steps else flow

    def _total(self, order: tuple[NodeId, ...]) -> Flow:
        inputs: dict[str, Tensor | None] = {}
        outputs: dict[str, Tensor | None] = {}
        parameters = trainable = macs = attention = activations = leaves = 0
        for node_id, node in self.nodes.items():
            kind = self.graph[node_id].block
            if kind == INPUT:
                inputs[node_id] = node.outputs.get("y")
                continue
            if kind == OUTPUT:
                outputs[node_id] = node.inputs.get("x")
                continue
            parameters += node.parameters
            trainable += node.trainable
            macs += node.macs
            attention += node.macs_attention
            activations += node.activation_bytes
            leaves += node.inner.leaves if node.inner else 1
        if self.given is None and len(self.graph) and not outputs:
            self.problems.append(
                Problem(
                    "", "no_output", "The design has no output: add an Output and wire the last layer to it."
                )
            )
        return Flow(
            self.graph,
            self.nodes,
            inputs,
            self._in_port_order(outputs),
            tuple(self.problems),
            parameters,
            trainable,
            macs,
            attention,
            activations,
            leaves,
            order,
        )

    def _in_port_order(self, outputs: dict[str, Tensor | None]) -> dict[str, Tensor | None]:
        """The running order reaches outputs in any order; ports are in the order of the nodes."""
        if len(outputs) < 2:
            return outputs
        return {node.id: outputs[node.id] for node in self.graph.of_block(OUTPUT) if node.id in outputs}

    # one node

    def _visit(self, node: Node) -> NodeFlow:
        if node.group is not None:
            return self._visit_group(node, node.group)
        worked_out = self.worked_out.get(node.id)  # the builder needed it to go on
        if worked_out is not None:
            block = worked_out[0]
        else:
            try:
                block = self.resolver.catalogue.configure(node.block, node.fields)
            except UnknownBlock as problem:
                return self._broken(node, "unknown_block", str(problem))
            except BadField as problem:
                return self._broken(node, "field", f"{node.id}: {problem}")
        if node.block == INPUT and self.given is not None:
            tensor = self.given.get(node.id)
            return NodeFlow(block, {}, {"y": tensor}, state="ok" if tensor else "waits")
        arriving, sources = self._arriving(node, block.inputs, block.variadic)
        if arriving is None:
            return NodeFlow(block, dict.fromkeys(sources), dict.fromkeys(block.outputs), state="problem")
        waits = self._missing(node, block.inputs, block.variadic, arriving, sources)
        if waits is not None:
            return NodeFlow(block, arriving, dict.fromkeys(block.outputs), state=waits)
        if worked_out is not None:
            return self._placed(node, block, worked_out[1], arriving, sources, block.outputs)
        if block.variadic:
            inputs: tuple[Tensor | None, ...] = tuple(arriving.values())
        else:
            inputs = tuple(arriving.get(port.name) for port in block.inputs)
        known = self.resolver.block(block, inputs, self.groups)
        return self._placed(node, block, known, arriving, sources, block.outputs)

    def _visit_group(self, node: Node, name: str) -> NodeFlow:
        if name not in self.groups:
            return self._broken(
                node, "unknown_block", f"{node.id} uses the group “{name}”, which is not in this design."
            )
        names, outputs = group_ports(self.groups[name])
        ports = tuple(Port(port) for port in names)
        arriving, sources = self._arriving(node, ports, False)
        waits = "problem"
        if arriving is not None:
            waits = self._missing(node, ports, False, arriving, sources) or ""
        known = self.resolver.group(name, {n: (arriving or {}).get(n) for n in names}, self.groups)
        if known.inner is not None and known.inner.faults:
            self._lift(node, known.inner)
            waits = waits or "problem"
        if arriving is None or waits:
            inputs = dict.fromkeys(sources) if arriving is None else arriving
            return NodeFlow(None, inputs, dict.fromkeys(outputs), inner=known.inner, state=waits)
        return self._placed(node, None, known, arriving, sources, outputs)

    def _lift(self, node: Node, inner: Flow) -> None:
        """Report the faults inside a group here too, under their full addresses."""
        for problem in inner.faults:
            source = f"{node.id}.{problem.source}" if problem.source else None
            self.problems.append(replace(problem, address=f"{node.id}.{problem.address}", source=source))

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
            return self._muted(node, block, known, arriving, sources, outputs)
        before = combine([self.nodes[edge.src].receptive_field for edge in sources.values()])
        return NodeFlow(
            block,
            arriving,
            dict(zip(outputs, known.outputs, strict=True)),
            known.parameters,
            0 if node.frozen else known.trainable,
            known.macs,
            known.macs_attention,
            known.activation_bytes,
            through(before, known.receptive_field),
            known.inner,
        )

    def _muted(
        self,
        node: Node,
        block: ConfiguredBlock | None,
        known: MemoEntry,
        arriving: dict[str, Tensor | None],
        sources: Mapping[str, Edge],
        outputs: Sequence[str],
    ) -> NodeFlow:
        first = next(iter(arriving.values()), None)
        if first is None or any(tensor != first for tensor in known.outputs):
            change = ", ".join(t.text for t in known.outputs if t)
            got = first.text if first else "nothing"
            self._problem(node, "muted", f"{node.id} cannot be passed through: it turns {got} into {change}.")
            return NodeFlow(block, arriving, dict.fromkeys(outputs), state="problem")
        receptive_field = combine([self.nodes[edge.src].receptive_field for edge in sources.values()])
        return NodeFlow(
            block, arriving, dict.fromkeys(outputs, first), receptive_field=receptive_field or NOTHING
        )

    # inputs of one node

    def _arriving(
        self, node: Node, ports: Sequence[Port], variadic: bool
    ) -> tuple[dict[str, Tensor | None] | None, dict[str, Edge]]:
        """Tensors by port and the wires that bring them; None when the wiring itself is wrong."""
        edges = self.graph.into(node.id)
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
                self._problem(node, "port", words, port=edge.into)
                legal = False
                continue
            arriving[edge.into] = source.outputs[edge.out] if source else None
        return (arriving if legal else None), sources

    def _refuse(self, node: Node, edge: Edge, known: bool, has: str, sources: Mapping[str, Edge]) -> None:
        """Report a wire that cannot end where it does."""
        if known:
            other = sources[edge.into].src
            words = f"Two wires end at {node.id}.{edge.into}, from {other} and from {edge.src}. Remove one."
            self._problem(node, "two_wires", words, port=edge.into)
        else:
            words = f"{node.id} has no input “{edge.into}”; it has {has or 'none'}. Remove that wire."
            self._problem(node, "port", words)

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
                self._problem(node, "unconnected", f"{node.id} joins two or more tensors, but has {how}.")
                return "problem"
        else:
            empty = [p for p in ports if p.name not in arriving and not p.optional]
            for port in empty:
                where = f" “{port.name}”" if len(ports) > 1 else ""
                self._problem(
                    node,
                    "unconnected",
                    f"{node.id} has nothing at its input{where}. Drag a wire to it.",
                    port=port.name,
                )
            if empty:
                return "problem"
        for port_name, tensor in arriving.items():
            if tensor is None:
                source = sources[port_name].src
                cause = self.causes[node.id] = self.causes.get(source, source)
                self._problem(node, "waits", f"Waits for {cause}. Nothing to repair here.", waits_for=cause)
                return "waits"
        return None

    # problems

    def _problem(self, node: Node, code: str, message: str, **more: str | None) -> None:
        self.problems.append(
            Problem(node.id, code, message, port=more.get("port"), waits_for=more.get("waits_for"))
        )

    def _broken(self, node: Node, code: str, message: str) -> NodeFlow:
        self._problem(node, code, message)
        outputs: dict[str, Tensor | None] = {edge.out: None for edge in self.graph.out_of(node.id)}
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
        self.problems.append(
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

    def _report_cycle(self, cycle: Sequence[NodeId]) -> None:
        path = " → ".join([*cycle[:8], *(["…"] if len(cycle) > 8 else []), cycle[0]])
        message = f"The wires run in a circle: {path}. Remove one of them."
        for node_id in cycle:
            node = self.graph[node_id]
            outputs: dict[str, Tensor | None] = {e.out: None for e in self.graph.out_of(node_id)}
            self.nodes[node_id] = NodeFlow(None, {}, outputs, state="problem")
            self._problem(node, "cycle", message)


@contextmanager
def _collection_paused() -> Iterator[None]:
    """A pass makes many records that stay and none that could be freed; looking for some takes a tenth."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def running_order(graph: Graph, done: Collection[NodeId] = ()) -> tuple[list[NodeId], list[list[NodeId]]]:
    """Return the nodes that are not `done` in an order in which they can run, and circles in their way.

    Of nodes that could run, the one that was written first does: paths follow one another instead of taking
    turns, as they do in code that a person writes.
    """
    left = [node_id for node_id in graph if node_id not in done] if done else list(graph)
    place = {node_id: number for number, node_id in enumerate(left)}
    waiting = [sum(p in place for p in graph.predecessors(node_id)) for node_id in left]
    ready = [number for number, count in enumerate(waiting) if count == 0]  # sorted, so it is a heap
    order: list[NodeId] = []
    while ready:
        node_id = left[heappop(ready)]
        order.append(node_id)
        for successor in graph.successors(node_id):
            number = place.get(successor)
            if number is None:
                continue
            waiting[number] -= 1
            if waiting[number] == 0:
                heappush(ready, number)
    if len(order) == len(left):
        return order, []
    return order, _circles(graph, place.keys() - set(order))


def _circles(graph: Graph, rest: set[NodeId]) -> list[list[NodeId]]:
    """One circle for every knot of nodes that depend on each other, in the order of the nodes."""
    import networkx as nx

    view = graph.networkx.subgraph(rest)
    knots = [
        knot
        for knot in nx.strongly_connected_components(view)
        if len(knot) > 1 or any(view.has_edge(n, n) for n in knot)
    ]
    place = {node_id: number for number, node_id in enumerate(graph)}
    knots.sort(key=lambda knot: min(place[n] for n in knot))
    return [_circle(graph, knot, min(knot, key=place.__getitem__)) for knot in knots]


def _circle(graph: Graph, knot: set[NodeId], start: NodeId) -> list[NodeId]:
    """Follow wires inside a knot until a node comes up again."""
    path = [start]
    while (following := next(n for n in graph.successors(path[-1]) if n in knot)) not in path:
        path.append(following)
    return path[path.index(following) :]
