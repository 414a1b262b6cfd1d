"""Visits of nodes that have been visited before: most differ at most in what arrives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from explorer.graph.catalogue import ConfiguredBlock
from explorer.graph.flow import NodeFlow, same
from explorer.graph.model import Edge, Graph, Node, NodeId
from explorer.graph.tensor import Tensor
from explorer.graph.visit import Knowledge, Visitor, in_port_order

_Plan: TypeAlias = tuple[ConfiguredBlock, Mapping[str, Edge]]
"""A node that is wired as it has to be: its block, and the wires by port."""


class KeptVisitor(Visitor):
    """Remembers how nodes are wired, and what was known of them when something else arrived."""

    def __init__(self, known: Knowledge, graph: Graph, given: Mapping[str, Tensor | None] | None) -> None:
        super().__init__(known, graph, given)
        self._plans: dict[NodeId, _Plan] = {}
        self._earlier: dict[NodeId, NodeFlow] = {}

    def visit(self, node: Node) -> None:
        """Note what is known of a node now, whatever was known before."""
        self._plans.pop(node.id, None)
        self._earlier.pop(node.id, None)
        super().visit(node)

    def forget(self, node_id: NodeId) -> None:
        """A node is gone."""
        super().forget(node_id)
        self._plans.pop(node_id, None)
        self._earlier.pop(node_id, None)

    def _wired(self, node: Node, block: ConfiguredBlock, sources: Mapping[str, Edge]) -> None:
        self._plans[node.id] = block, sources

    def visit_again(self, node_id: NodeId) -> tuple[bool, bool]:
        """Visit a node; returns whether something else is known of it, and whether it gives otherwise."""
        before = self.nodes.get(node_id), self.faults.get(node_id), self.waiting.get(node_id)
        self.visit(self._graph[node_id])
        now = self.nodes[node_id]
        if before[0] is None:
            return True, True
        if same(before[0], now):
            self.nodes[node_id] = now = before[0]
        is_other = before != (now, self.faults.get(node_id), self.waiting.get(node_id))
        passes_on = before[0].outputs != now.outputs or before[2] != self.waiting.get(node_id)
        return is_other, passes_on

    def pass_by(self, node_id: NodeId) -> tuple[bool, bool]:
        """Like `visit_again`, for a node of which only what arrives may be another."""
        plan, nodes = self._plans.get(node_id), self.nodes
        if plan is None:
            return self.visit_again(node_id)
        block, sources = plan
        arriving: dict[str, Tensor | None] = {}
        cause: NodeId | None = None
        for port, edge in sources.items():
            outputs = nodes[edge.src].outputs
            if edge.out not in outputs:
                return self.visit_again(node_id)
            tensor = arriving[port] = outputs[edge.out]
            if tensor is None and cause is None:
                cause = self.waiting.get(edge.src, edge.src)
        before, waited = nodes[node_id], self.waiting.get(node_id)
        if before.inputs == arriving and waited == cause:
            return False, False
        self.faults.pop(node_id, None)
        if cause is not None:
            self.waiting[node_id] = cause
            now = NodeFlow(block, arriving, dict.fromkeys(block.outputs), state="waits")
        else:
            self.waiting.pop(node_id, None)
            earlier = self._earlier.get(node_id)
            if earlier is not None and earlier.inputs == arriving:
                now = earlier
            else:
                known = self._known.block(block, in_port_order(block, arriving))
                now = self._placed(self._graph[node_id], block, known, arriving, sources, block.outputs)
        if before.state == "ok":
            self._earlier[node_id] = before
        nodes[node_id] = now
        return True, waited != cause or before.outputs != now.outputs
