"""How wires look: line style from the kind of tensor, width from its channels, where shapes are written."""

from __future__ import annotations

from collections.abc import Mapping
from math import log2

from explorer.graph.flow import Flow, Problem
from explorer.graph.model import Edge, Graph, NodeId
from explorer.graph.tensor import Tensor
from explorer.ui import words
from explorer.ui.canvas.node_view import Form, Kind, WireView
from explorer.ui.canvas.skips import skips

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


class WireMaker:
    """Makes the views of all wires of a level."""

    def __init__(
        self,
        graph: Graph,
        flow: Flow | None,
        faults: Mapping[NodeId, Problem],
        forms: Mapping[NodeId, Form],
    ) -> None:
        self._graph, self._flow, self._faults, self._forms = graph, flow, faults, forms
        self.skips = skips(graph, flow.order) if flow else {}
        self._first = self._first_wires()

    def _first_wires(self) -> set[Edge]:
        """One wire of each output port, no skip where there is a choice: it carries the shape."""
        first: dict[tuple[NodeId, str], Edge] = {}
        for edge in self._graph.edges:
            port = (edge.src, edge.out)
            if port not in first or (first[port] in self.skips and edge not in self.skips):
                first[port] = edge
        return set(first.values())

    def tensor(self, edge: Edge) -> Tensor | None:
        """Return what a wire carries."""
        node = self._flow.nodes.get(edge.src) if self._flow else None
        return node.outputs.get(edge.out) if node else None

    def wire(self, edge: Edge) -> WireView:
        """Return the view of one wire."""
        tensor = self.tensor(edge)
        over = self.skips.get(edge, ())
        return WireView(
            edge=edge,
            kind="problem" if self._is_at_fault(edge) else kind_of(tensor),
            width=width_of(tensor),
            label=self._label(edge, tensor),
            shape=tensor.text if tensor else "",
            size=bytes_of(tensor) if tensor else "",
            skip=bool(over),
            over=over,
        )

    def _is_at_fault(self, edge: Edge) -> bool:
        fault = self._faults.get(edge.dst)
        if fault is None or fault.code in ("unconnected", "field", "unknown_block", "muted"):
            return False
        if fault.code == "cycle":
            return edge.src in self._faults and self._faults[edge.src].code == "cycle"
        return fault.port in (None, edge.into)

    def _label(self, edge: Edge, tensor: Tensor | None) -> str:
        if tensor is None or edge not in self._first:
            return ""
        if self._forms[edge.src] in ("glyph", "merge") and self._flow:
            before = self._flow.nodes[edge.src].inputs.values()
            if any(arrives == tensor for arrives in before):
                return ""
        return tensor.text
