"""How wires look: line style from the kind of tensor, width from its channels, where shapes are written."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from math import log2

from explorer import words
from explorer.figures.canvas.level_view import Form, Kind, WireView
from explorer.figures.canvas.skips import skips
from explorer.graph.flow import Flow, Problem
from explorer.graph.model import Edge, Graph, NodeId
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


class WireMemo:
    """What was worked out for the last wires of a level."""

    def __init__(self) -> None:
        self.wiring: tuple[tuple[Edge, ...], tuple[NodeId, ...]] = ((), ())
        self.skips: dict[Edge, tuple[NodeId, ...]] = {}
        self.first: set[Edge] = set()
        self.into: dict[NodeId, tuple[Edge, ...]] = {}
        self.out_of: dict[NodeId, tuple[Edge, ...]] = {}
        self.views: dict[Edge, tuple[tuple[object, ...], WireView]] = {}


class WireMaker:
    """Makes the views of all wires of a level; `into` and `out_of` list the wires of each node."""

    def __init__(
        self,
        graph: Graph,
        flow: Flow | None,
        faults: Mapping[NodeId, Problem],
        forms: Mapping[NodeId, Form],
        memo: WireMemo,
    ) -> None:
        self._flow, self._faults, self._forms, self._memo = flow, faults, forms, memo
        self.edges = graph.edges
        wiring = (tuple(self.edges), flow.order if flow else ())
        if wiring != memo.wiring:
            memo.wiring = wiring
            memo.skips = skips(graph, flow.order) if flow else {}
            memo.first = _first_wires(self.edges, memo.skips)
            memo.into = _by_node(self.edges, "dst")
            memo.out_of = _by_node(self.edges, "src")
        self.skips, self.into, self.out_of = memo.skips, memo.into, memo.out_of

    def tensor(self, edge: Edge) -> Tensor | None:
        """Return what a wire carries."""
        node = self._flow.nodes.get(edge.src) if self._flow else None
        return node.outputs.get(edge.out) if node else None

    def wire(self, edge: Edge) -> WireView:
        """Return the view of one wire."""
        tensor, over = self.tensor(edge), self.skips.get(edge, ())
        is_bad, has_label = self._is_at_fault(edge), self._has_label(edge, tensor)
        key = (tensor, over, is_bad, has_label)
        before = self._memo.views.get(edge)
        if before is not None and before[0] == key:
            return before[1]
        view = WireView(
            edge=edge,
            kind="problem" if is_bad else kind_of(tensor),
            width=width_of(tensor),
            label=tensor.text if tensor and has_label else "",
            shape=tensor.text if tensor else "",
            size=bytes_of(tensor) if tensor else "",
            skip=bool(over),
            over=over,
        )
        self._memo.views[edge] = (key, view)
        return view

    def _is_at_fault(self, edge: Edge) -> bool:
        fault = self._faults.get(edge.dst)
        if fault is None or fault.code in ("unconnected", "field", "unknown_block", "muted"):
            return False
        if fault.code == "cycle":
            return edge.src in self._faults and self._faults[edge.src].code == "cycle"
        return fault.port in (None, edge.into)

    def _has_label(self, edge: Edge, tensor: Tensor | None) -> bool:
        if tensor is None or edge not in self._memo.first:
            return False
        if self._forms[edge.src] in ("glyph", "merge") and self._flow:
            return tensor not in self._flow.nodes[edge.src].inputs.values()
        return True


def _first_wires(edges: Iterable[Edge], skipping: Container[Edge]) -> set[Edge]:
    """One wire of each output port, no skip where there is a choice: it carries the shape."""
    first: dict[tuple[NodeId, str], Edge] = {}
    for edge in edges:
        port = (edge.src, edge.out)
        if port not in first or (first[port] in skipping and edge not in skipping):
            first[port] = edge
    return set(first.values())


def _by_node(edges: Iterable[Edge], end: str) -> dict[NodeId, tuple[Edge, ...]]:
    found: dict[NodeId, list[Edge]] = {}
    for edge in edges:
        found.setdefault(getattr(edge, end), []).append(edge)
    return {node_id: tuple(some) for node_id, some in found.items()}
