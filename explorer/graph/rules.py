"""May this wire be drawn? A wrong shape is no reason against it: it is drawn and explained."""

from __future__ import annotations

from typing import NamedTuple

from explorer.graph.catalogue import BadField, Catalogue, UnknownBlock
from explorer.graph.document import Document
from explorer.graph.model import ROOT, Edge, Node, NodeId
from explorer.graph.ports import free_port, group_ports, natural


class Answer(NamedTuple):
    """Yes (with the wire that has to go first, if the input is taken), or no with the reason."""

    yes: bool
    reason: str = ""
    replaces: Edge | None = None
    edge: Edge | None = None


class NodePorts(NamedTuple):
    """Port names of a node; a variadic node takes any number of inputs `x1`, `x2`, …"""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    variadic: bool = False


def ports_of(document: Document, catalogue: Catalogue, node: Node, scope: str = ROOT) -> NodePorts:
    """Return the ports a node has; for an unknown block, those its wires use."""
    if node.group is not None and node.group in document.groups:
        return NodePorts(*group_ports(document.groups[node.group]))
    try:
        block = catalogue.configure(node.block, node.fields)
    except (UnknownBlock, BadField):
        try:
            block = catalogue.configure(node.block, {})
        except (UnknownBlock, BadField):
            graph = document.graph(scope)
            into = tuple(edge.into for edge in graph.into(node.id))
            return NodePorts(into, tuple({edge.out: None for edge in graph.out_of(node.id)}))
    if block.variadic:
        edges = document.graph(scope).into(node.id)
        return NodePorts(
            (*sorted((e.into for e in edges), key=natural), free_port(edges)), block.outputs, True
        )
    return NodePorts(tuple(port.name for port in block.inputs), block.outputs)


def can_connect(
    document: Document,
    catalogue: Catalogue,
    src: NodeId,
    out: str,
    dst: NodeId,
    into: str | None = None,
    scope: str = ROOT,
) -> Answer:
    """Say whether a wire from `src.out` to `dst.into` may be drawn.

    1. Both nodes exist on this level.
    2. A node is not wired to itself.
    3. The source has that output, the target that input.
    4. The wire does not close a circle.
    5. An input takes one wire: a second one replaces the first. Blocks that join any number of
       tensors give the new wire a fresh input instead.

    With `into=None` the first free input is taken, else the first.
    """
    graph = document.graph(scope)
    for node_id in (src, dst):
        if node_id not in graph:
            return Answer(False, f"There is no node “{node_id}” here.")
    if src == dst:
        return Answer(False, f"{src} cannot feed itself.")
    sources = ports_of(document, catalogue, graph[src], scope)
    targets = ports_of(document, catalogue, graph[dst], scope)
    if out not in sources.outputs:
        return Answer(False, f"{src} has no output “{out}”." if sources.outputs else f"{src} has no output.")
    if not targets.inputs:
        return Answer(False, f"{dst} takes no input.")
    taken = {edge.into: edge for edge in graph.into(dst)}
    if into is None:
        into = next((name for name in targets.inputs if name not in taken), targets.inputs[0])
    if into not in targets.inputs:
        return Answer(False, f"{dst} has no input “{into}”.")
    if graph.reaches(dst, src):
        return Answer(False, f"That would run in a circle: {dst} already leads to {src}.")
    if targets.variadic and into in taken:
        into = free_port(list(taken.values()))
    edge = Edge(src, out, dst, into)
    if graph.has_edge(edge):
        return Answer(False, f"{src} is already wired to {dst}.")
    return Answer(True, "", taken.get(into), edge)
