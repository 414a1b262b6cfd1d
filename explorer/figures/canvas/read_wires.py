"""How wires look: line style from the kind of tensor, width from its channels, where shapes are written."""

from __future__ import annotations

from collections.abc import Iterable
from math import log2

from explorer import words
from explorer.figures.canvas.kinds import Kinds
from explorer.figures.canvas.level_view import Kind, WireView
from explorer.figures.canvas.skips import Skips
from explorer.graph.flow import Flow
from explorer.graph.model import Edge, Graph, NodeId
from explorer.graph.report import Problem
from explorer.graph.tensor import Tensor

VALUE_BYTES = {"float": 4, "int": 8, "bool": 1}
THINNEST, THICKEST = 1.5, 6.0


def kind_of(tensor: Tensor | None) -> Kind:
    """Return the line style of a tensor."""
    if tensor is None:
        return "unknown"
    if tensor.dtype != "float":
        return "integer"
    if "C" in tensor.axes and len(tensor.shape) > 1:
        return "picture"
    return "sequence" if len(tensor.shape) > 1 else "vector"


def channels(tensor: Tensor) -> int:
    """Return the size that the width of a wire stands for."""
    if "C" in tensor.axes:
        return tensor.axis("C")
    return tensor.shape[-1] if tensor.shape else 1


def width_of(tensor: Tensor | None) -> float:
    """Return the width of a wire: it grows with the logarithm of the channels."""
    if tensor is None:
        return THINNEST
    return min(max(THINNEST + 0.375 * log2(max(1, channels(tensor))), THINNEST), THICKEST)


def bytes_of(tensor: Tensor) -> str:
    """Return what one sample takes in memory, for people."""
    amount = tensor.size * VALUE_BYTES[tensor.dtype]
    for unit in ("B", "KiB", "MiB"):
        if amount < 1024:
            return f"{amount:.0f}{words.NBSP}{unit}"
        amount //= 1024
    return f"{amount}{words.NBSP}GiB"


class WireReader:
    """Makes the views of the wires of a level, one at a time."""

    def __init__(self, graph: Graph, flow: Flow | None, kinds: Kinds) -> None:
        self._graph, self._kinds = graph, kinds
        self.flow = flow
        self._skips = Skips(graph, flow.ranks if flow else {})
        self._ports: dict[tuple[NodeId, str], tuple[Edge | None, bool]] = {}

    def follow(self, flow: Flow, touched: set[NodeId]) -> set[Edge]:
        """Take another flow; returns the wires that may be skips now, or no longer are.

        Args:
            flow: the flow now.
            touched: nodes at which a wire has come or gone, and nodes that are gone.

        """
        self.flow = flow
        found = self._skips.follow(flow.ranks, touched)
        sources = touched | {edge.src for edge in found}
        self._ports = {port: known for port, known in self._ports.items() if port[0] not in sources}
        return found

    def is_skip(self, edge: Edge) -> bool:
        """Return whether a wire passes by nodes."""
        return bool(self._skips.over(edge))

    def over(self, edge: Edge) -> tuple[NodeId, ...]:
        """Return the nodes that a wire passes by."""
        return self._skips.over(edge) if self._skips.is_possible(edge) else ()

    def tensor(self, edge: Edge) -> Tensor | None:
        """Return what a wire carries."""
        node = self.flow.nodes.get(edge.src) if self.flow else None
        return node.outputs.get(edge.out) if node else None

    def wire(self, edge: Edge) -> WireView:
        """Return the view of a wire."""
        tensor, over = self.tensor(edge), self._skips.over(edge)
        first, beside = self._port(edge.src, edge.out)
        has_label = edge == first and tensor is not None and self._is_news(edge, tensor)
        return WireView(
            edge=edge,
            kind="problem" if self._is_at_fault(edge) else kind_of(tensor),
            width=width_of(tensor),
            label=tensor.text if tensor and has_label else "",
            shape=tensor.text if tensor else "",
            size=bytes_of(tensor) if tensor else "",
            skip=bool(over),
            over=over,
            beside=beside and not over,
            dots=self._graph.dots.get(edge, ()),
        )

    def _is_at_fault(self, edge: Edge) -> bool:
        fault = self._fault(edge.dst)
        if fault is None or fault.code in ("unconnected", "field", "unknown_block", "muted"):
            return False
        if fault.code == "cycle":
            before = self._fault(edge.src)
            return before is not None and before.code == "cycle"
        return fault.port in (None, edge.into)

    def _fault(self, node_id: NodeId) -> Problem | None:
        return self.flow.report.fault_at(node_id) if self.flow else None

    def _is_news(self, edge: Edge, tensor: Tensor) -> bool:
        """Whether the shape is worth writing: behind small nodes only when they change it."""
        if self._kinds.roughly(self._graph[edge.src].block).form in ("glyph", "merge") and self.flow:
            return tensor not in self.flow.nodes[edge.src].inputs.values()
        return True

    def _port(self, node_id: NodeId, out: str) -> tuple[Edge | None, bool]:
        """The wire of an output port that carries the shape, and whether a skip leaves there."""
        port = node_id, out
        if port not in self._ports:
            self._ports[port] = self._first(edge for edge in self._graph.out_of(node_id) if edge.out == out)
        return self._ports[port]

    def _first(self, edges: Iterable[Edge]) -> tuple[Edge | None, bool]:
        """The first wire, no skip where there is a choice."""
        wires = list(edges)
        ordinary = next((edge for edge in wires if not self._skips.over(edge)), None)
        skipping = any(self._skips.over(edge) for edge in wires)
        return ordinary or next(iter(wires), None), skipping
