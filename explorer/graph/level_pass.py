"""The flow of a level from nothing: every node is visited once, and everything added up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from explorer.bounds import LAYERS
from explorer.graph.catalogue import EACH_STEP, INPUT, OUTPUT
from explorer.graph.flow import Flow, NodeFlow, repeated
from explorer.graph.model import Graph, NodeId
from explorer.graph.report import NO_REPORT, Problem, Report
from explorer.graph.running_order import running_order
from explorer.graph.sharing import counted_once
from explorer.graph.steps import LOOP_PARTS, steps_of, without_loop
from explorer.graph.tensor import Tensor
from explorer.graph.visit import Visitor

if TYPE_CHECKING:
    from explorer.graph.builder import WorkedOut
    from explorer.graph.visit import Knowledge

ENDS = (INPUT, OUTPUT)


class Sums(NamedTuple):
    """What the nodes of a level add up to."""

    parameters: int = 0
    trainable: int = 0
    macs: int = 0
    macs_attention: int = 0
    activation_bytes: int = 0
    leaves: int = 0

    def changed(self, gone: Sequence[NodeFlow], come: Sequence[NodeFlow]) -> Sums:
        """Return the sums with some nodes taken out and others added."""
        less, more = Sums.of(gone), Sums.of(come)
        return Sums(*(a - b + c for a, b, c in zip(self, less, more, strict=True)))

    @staticmethod
    def of(nodes: Sequence[NodeFlow]) -> Sums:
        """Add nodes up."""
        return Sums(
            sum([node.parameters for node in nodes]),
            sum([node.trainable for node in nodes]),
            sum([node.macs for node in nodes]),
            sum([node.macs_attention for node in nodes]),
            sum([node.activation_bytes for node in nodes]),
            sum([node.inner.leaves if node.inner else 1 for node in nodes]),
        )


def level_pass(
    known: Knowledge,
    graph: Graph,
    given: Mapping[str, Tensor | None] | None,
    worked_out: Mapping[NodeId, WorkedOut] | None = None,
) -> Flow:
    """Work out a level.

    Args:
        known: what is asked about blocks and groups.
        graph: the level.
        given: what arrives at its inputs; None at the top, whose inputs say it themselves.
        worked_out: what a builder has found out already; it has written nodes in running order.

    """
    visitor = Visitor(known, graph, given, worked_out)
    order: list[NodeId] = []
    while len(visitor.nodes) < len(graph):  # once, and once more behind every circle
        ready, circles = (list(graph), []) if worked_out else running_order(graph, visitor.nodes)
        for node_id in ready:
            visitor.visit(graph[node_id])
        for circle in circles:
            _report_circle(visitor, circle)
        order += ready
    nodes, others = visitor.nodes, list[Problem]()
    if graph.register.owners:
        changed, others = counted_once(graph, nodes, graph.owners)
        nodes = {**nodes, **changed}
    is_fine = not (visitor.faults or visitor.waiting or others)
    report = NO_REPORT if is_fine else Report(visitor.faults, visitor.waiting, tuple(others))
    sums = Sums.of([node for node_id, node in nodes.items() if graph[node_id].block not in ENDS])
    return assembled(graph, nodes, tuple(order), sums, report, is_top=given is None)


def assembled(
    graph: Graph,
    nodes: dict[NodeId, NodeFlow],
    order: tuple[NodeId, ...],
    sums: Sums,
    report: Report,
    *,
    is_top: bool,
) -> Flow:
    """Put a flow together from its nodes, which stand in running order; a draft may lack the last ones."""
    ends = {kind: [n for n in graph.register.sorted(graph.register.of_block(kind))] for kind in ENDS}
    if is_top and nodes and not ends[OUTPUT]:
        words = "The design has no output: add an Output and wire the last layer to it."
        report = replace(report, others=(*report.others, Problem("", "no_output", words)))
    if is_top and sums.leaves > LAYERS:
        words = f"The design unfolds into {sums.leaves:,} layers; {LAYERS:,} are the limit. Use fewer groups."
        report = replace(report, others=(*report.others, Problem("", "too_many_layers", words)))
    flow = Flow(
        graph,
        nodes,
        {name: nodes[name].outputs.get("y") for name in ends[INPUT] if name in nodes},
        {name: nodes[name].inputs.get("x") for name in ends[OUTPUT] if name in nodes},
        report,
        sums.parameters,
        sums.trainable,
        sums.macs,
        sums.macs_attention,
        sums.activation_bytes,
        sums.leaves,
        order,
    )
    if any(graph.register.of_block(part) for part in LOOP_PARTS):
        return _stepped(flow)
    return flow


def _stepped(flow: Flow) -> Flow:
    """Count what runs at every step that often; report steps that do not go together."""
    graph = flow.graph
    steps = steps_of(graph, flow.order) if graph.register.of_block(EACH_STEP) else None
    parts = [node for node in map(graph.__getitem__, flow.order) if node.block in LOOP_PARTS]
    found = steps.faults(flow.nodes) if steps else without_loop(parts)
    others = [Problem(name, "steps", words) for name, words in found]
    flow = replace(flow, report=replace(flow.report, others=(*flow.report.others, *others)))
    return repeated(flow, dict.fromkeys(steps.body, steps.count(flow.nodes))) if steps else flow


def _report_circle(visitor: Visitor, circle: Sequence[NodeId]) -> None:
    path = " → ".join([*circle[:8], *(["…"] if len(circle) > 8 else []), circle[0]])
    for node_id in circle:
        visitor.fail(node_id, "cycle", f"The wires run in a circle: {path}. Remove one of them.")
