"""A problem with everything a proposal needs to look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from explorer.graph.catalogue import BadField, Catalogue, ConfiguredBlock, UnknownBlock
from explorer.graph.document import Document
from explorer.graph.edits import AddNode, Batch, Connect, Disconnect, Edit
from explorer.graph.flow import Flow, NodeFlow, Problem
from explorer.graph.model import Edge, FieldValue, Node
from explorer.graph.names import fresh
from explorer.graph.tensor import SPATIAL, Tensor

Proposal = tuple[str, str, Edit]
"""Title, id of the block that is inserted (or nothing), and what carries it out."""


@dataclass(frozen=True)
class Case:
    """What is wrong, where, in which design."""

    document: Document
    catalogue: Catalogue
    flow: Flow
    problem: Problem
    node: Node
    scope: str
    wire: Edge | None

    @property
    def block(self) -> ConfiguredBlock | None:
        """The faulty node's block, None when its fields are wrong."""
        try:
            return self.catalogue.configure(self.node.block, self.node.fields)
        except (UnknownBlock, BadField):
            return None


def known_at(flow: Flow, address: str) -> NodeFlow | None:
    """What is known at an address, None when there is nothing."""
    try:
        return flow.at(address)
    except KeyError:
        return None


def fields_of(case: Case) -> dict[str, object]:
    """All field values of the faulty block; empty when they are wrong."""
    values = getattr(case.block, "values", None)
    return dict(values) if isinstance(values, dict) else {}


def arriving(case: Case) -> list[tuple[Edge, Tensor | None]]:
    """The wires into the faulty node with what they bring."""
    head, _, rest = case.problem.address.rpartition(".")
    flow: Flow | None = case.flow.at(head).inner if head else case.flow
    node = flow.nodes.get(rest) if flow else None
    if node is None:
        return []
    return [(e, node.inputs.get(e.into)) for e in case.document.graph(case.scope).into(case.node.id)]


def arriving_at(case: Case) -> Tensor | None:
    """What the first wire into the faulty block brings, also where its own fields are wrong."""
    if case.problem.got is not None:
        return case.problem.got
    head, _, _ = case.problem.address.rpartition(".")
    for edge in case.document.graph(case.scope).into(case.node.id):
        source = known_at(case.flow, f"{head}.{edge.src}" if head else edge.src)
        return source.outputs.get(edge.out) if source else None
    return None


def spatial_of(tensor: Tensor | None) -> tuple[int, ...]:
    """Sizes of the axes a window slides over: of C × H × W and H × W × D the height and width."""
    if tensor is None:
        return ()
    return tuple(n for axis, n in zip(tensor.axes, tensor.shape, strict=True) if axis in SPATIAL)


def inserted(
    case: Case, title: str, *steps: tuple[str, dict[str, FieldValue]], at: Edge | None = None
) -> Iterator[Proposal]:
    """Insert a chain of blocks into the wire at fault, or into another one."""
    wire = at or case.wire
    if wire is None:
        return
    graph = case.document.graph(case.scope)
    taken = set(graph)
    edits: list[Edit] = [Disconnect(wire, case.scope)]
    before = (wire.src, wire.out)
    x0, y0 = graph[wire.src].pos
    x1, y1 = graph[wire.dst].pos
    for number, (block, fields) in enumerate(steps, 1):
        try:
            configured = case.catalogue.configure(block, fields)
        except (UnknownBlock, BadField):
            return
        name = fresh(configured.stem, taken)
        taken.add(name)
        share = number / (len(steps) + 1)
        pos = (round(x0 + (x1 - x0) * share), round(y0 + (y1 - y0) * share))
        edits.append(AddNode(Node(name, block, fields, pos), case.scope))
        edits.append(Connect(Edge(*before, name, configured.inputs[0].name), case.scope))
        before = (name, configured.outputs[0])
    edits.append(Connect(Edge(*before, wire.dst, wire.into), case.scope))
    yield title, steps[0][0], Batch(tuple(edits))
