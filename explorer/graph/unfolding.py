"""A level with its composites opened in place, for reading: one graph whose ids are addresses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import msgspec

from explorer.graph.catalogue import INPUT, OUTPUT
from explorer.graph.flow import Flow, NodeFlow
from explorer.graph.level import Level
from explorer.graph.model import Edge, Frame, Graph, Node, NodeId

MOST = 600
"""Blocks on one level; more of them nobody reads, and a stage can be opened by itself."""

End = tuple[NodeId, str]
"""A node and its output port."""


class TooMuch(ValueError):
    """More blocks than are shown at once; the message says how many."""


def deepest(level: Level) -> int:
    """Return how many times the composites of a level can be opened."""
    return _depth(level.flow) if level.flow is not None else 0


def _depth(flow: Flow) -> int:
    return max((1 + _depth(node.inner) for node in flow.nodes.values() if node.inner is not None), default=0)


def unfolded(level: Level, depth: int) -> Level:
    """Return a level whose composites stand open, so many of them within one another.

    What has a fault inside stays closed, and so does what no shape reaches. Inputs and outputs of what is
    open are left out: wires go through. Nothing can be edited on it.

    Raises:
        TooMuch: there would be more than `MOST` blocks.

    """
    if level.flow is None or depth < 1:
        return level
    made = _Unfolding()
    made.take(level.graph, level.flow, "", depth)
    made.connect()
    graph = Graph(made.nodes, made.edges)
    for frame in (*level.graph.frames.values(), *made.frames):
        inside = tuple(n for node_id in frame.nodes for n in made.inside(node_id))
        graph.frames[frame.id] = msgspec.structs.replace(frame, nodes=inside)
    graph.notes.update(level.graph.notes)
    flow = replace(level.flow, graph=graph, nodes=made.flows, order=tuple(made.flows), chapter=None)
    return replace(level, graph=graph, flow=flow, scope=None, unfolded=depth)


@dataclass
class _Unfolding:
    """What has been collected: nodes in running order, wires, frames round what was opened innermost."""

    nodes: list[Node] = field(default_factory=list)
    flows: dict[NodeId, NodeFlow] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    _wires: list[tuple[End, NodeId, str]] = field(default_factory=list)
    _feeds: dict[End, End] = field(default_factory=dict)  # by what leads on: an inner input, an opened output
    _opened: dict[NodeId, list[NodeId]] = field(default_factory=dict)

    def take(self, graph: Graph, flow: Flow, prefix: str, depth: int) -> None:
        """Collect a level; ids get the prefix."""
        order = [*flow.order, *(n for n in graph if n not in flow.ranks)]
        opens = {n for n in order if depth and self._is_open(flow, n)}
        for node_id in order:
            node, address = graph[node_id], prefix + node_id
            if prefix and node.block in (INPUT, OUTPUT):
                continue
            if prefix:
                self._opened[prefix[:-1]].append(address)
            inner = flow.nodes[node_id].inner if node_id in opens else None
            if inner is None:
                self._put(node, flow.nodes[node_id], address, prefix)
            else:
                self._opened[address] = []
                self.take(inner.graph, inner, address + ".", depth - 1)
                self._frame(node, address, inner, depth)
        for edge in graph.edges:
            self._wire(graph, edge, prefix, opens)

    @staticmethod
    def _is_open(flow: Flow, node_id: NodeId) -> bool:
        node = flow.nodes.get(node_id)
        return node is not None and node.inner is not None and flow.report.fault_at(node_id) is None

    def _put(self, node: Node, flow: NodeFlow, address: str, prefix: str) -> None:
        if len(self.nodes) == MOST:
            raise TooMuch(f"More than {MOST} blocks would be shown. Open one of the blocks instead.")
        pos = (0.0, 0.0)
        self.nodes.append(
            msgspec.structs.replace(
                node,
                id=address,
                title=node.title or node.id,
                pos=pos,
                shares=prefix + node.shares if node.shares else "",
            )
        )
        self.flows[address] = flow

    def _frame(self, node: Node, address: str, inner: Flow, depth: int) -> None:
        """An outline round what was opened, unless there are outlines within it."""
        if depth > 1 and any(self._is_open(inner, name) for name in inner.nodes):
            return
        words = [*address.split(".")[:-1], node.title or node.id]
        self.frames.append(Frame(address, " › ".join(words), tuple(self._opened[address])))

    def _wire(self, graph: Graph, edge: Edge, prefix: str, opens: set[NodeId]) -> None:
        source: End = (prefix + edge.src, edge.out)
        if prefix and graph[edge.src].block == INPUT:
            source = (prefix + edge.src, "")
        if edge.dst in opens:  # on to the input inside
            self._feeds[f"{prefix}{edge.dst}.{edge.into}", ""] = source
        elif prefix and graph[edge.dst].block == OUTPUT:  # on to what the opened one feeds
            self._feeds[prefix[:-1], edge.dst] = source
        else:
            self._wires.append((source, prefix + edge.dst, edge.into))

    def connect(self) -> None:
        """Lead every wire through what is open to where it begins."""
        for source, target, port in self._wires:
            seen = {source}
            while source in self._feeds and (ahead := self._feeds[source]) not in seen:
                source = ahead
                seen.add(source)
            if source[0] in self.flows:
                self.edges.append(Edge(*source, target, port))

    def inside(self, node_id: NodeId) -> Iterator[NodeId]:
        """The nodes that stand for one: itself, or all within it."""
        if node_id not in self._opened:
            yield node_id
            return
        for inner in self._opened[node_id]:
            yield from self.inside(inner)
