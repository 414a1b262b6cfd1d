"""Copied nodes, and the edits that paste them; the groups that they use come with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec

from explorer.graph import edits as e
from explorer.graph.document import Document
from explorer.graph.dots import Dots, rows_of, setting, shifted
from explorer.graph.marks import Exposed, Frame, Note, Origin
from explorer.graph.model import (
    GROUP_PREFIX,
    ROOT,
    Edge,
    FieldValue,
    Graph,
    Node,
    NodeId,
    Position,
)
from explorer.graph.names import Names
from explorer.graph.sharing import why_not_share


@dataclass(frozen=True)
class CopiedGroup:
    """A group as it was when nodes that use it were copied."""

    name: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    frames: tuple[Frame, ...] = ()
    notes: tuple[Note, ...] = ()
    dots: tuple[Dots, ...] = ()
    exposed: tuple[Exposed, ...] = ()
    origin: Origin | None = None


@dataclass(frozen=True)
class Clipping:
    """Copied nodes with the wires among them and the dots of those, the wires that came in from outside, and
    the groups they use.

    Groups that others are made of come first.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    feeds: tuple[Edge, ...]
    groups: tuple[CopiedGroup, ...] = ()
    dots: tuple[Dots, ...] = ()


def copy(document: Document, ids: Iterable[NodeId], scope: str = ROOT) -> Clipping:
    """Take a copy of some nodes of a level that can be edited."""
    return copy_of(document.graph(scope), document.groups, ids)


def copy_of(graph: Graph, groups: Mapping[str, Graph], ids: Iterable[NodeId]) -> Clipping:
    """Take a copy of some nodes of any graph, also of a block's inside."""
    chosen = set(ids)
    nodes = tuple(graph[node_id] for node_id in graph.register.sorted(n for n in chosen if n in graph))
    arriving = [edge for node in nodes for edge in graph.into(node.id)]
    inside = tuple(edge for edge in arriving if edge.src in chosen)
    feeds = tuple(edge for edge in arriving if edge.src not in chosen)
    return Clipping(nodes, inside, feeds, _groups(groups, nodes), rows_of(graph, inside))


def _groups(groups: Mapping[str, Graph], nodes: Iterable[Node]) -> tuple[CopiedGroup, ...]:
    """The groups that nodes use, and those inside them before them."""
    found: dict[str, CopiedGroup] = {}

    def visit(names: Iterable[str]) -> None:
        for name in names:
            if name in found or name not in groups:
                continue
            graph = groups[name]
            visit(graph.register.groups)
            found[name] = CopiedGroup(
                name,
                tuple(graph.nodes),
                tuple(graph.edges),
                tuple(graph.frames.values()),
                tuple(graph.notes.values()),
                rows_of(graph),
                graph.exposed,
                graph.origin,
            )

    for node in nodes:
        visit(node.groups)
    return tuple(found.values())


def paste(
    document: Document,
    clipping: Clipping,
    offset: Position = (24, 24),
    scope: str = ROOT,
    *,
    keep_inputs: bool = False,
) -> tuple[e.Batch, tuple[NodeId, ...]]:
    """Add a copy under fresh names, moved by `offset`; returns the edits and the new names.

    A group that the document has, alike, is used; one that it lacks is defined, under a fresh name where
    another group has taken its own.
    """
    graph = document.graph(scope)
    names: dict[NodeId, NodeId] = {}
    free = Names(graph)
    edits, groups = defined(document, clipping.groups)
    for node in clipping.nodes:
        name = names[node.id] = free.unique(node.id)
        pos = (node.pos[0] + offset[0], node.pos[1] + offset[1])
        pasted = msgspec.structs.replace(renamed(node, groups), id=name, pos=pos, shares="")
        edits.append(e.AddNode(pasted, scope))
    edits += _linked_again(graph, clipping.nodes, names, scope)
    edits += [
        e.Connect(Edge(names[edge.src], edge.out, names[edge.dst], edge.into), scope)
        for edge in clipping.edges
    ]
    for row in clipping.dots:
        edge = msgspec.structs.replace(row.edge, src=names[row.edge.src], dst=names[row.edge.dst])
        edits.append(e.SetDots(edge, shifted(row.at, offset), scope))
    if keep_inputs:
        edits += [
            e.Connect(Edge(edge.src, edge.out, names[edge.dst], edge.into), scope)
            for edge in clipping.feeds
            if edge.src in graph
        ]
    return e.Batch(tuple(edits)), tuple(names.values())


def defined(document: Document, groups: Iterable[CopiedGroup]) -> tuple[list[e.Edit], Mapping[str, str]]:
    """The edits that define what the document lacks, and the name of every group there."""
    edits: list[e.Edit] = []
    names: dict[str, str] = {}
    free = Names(document.groups)
    for group in groups:
        nodes = tuple(renamed(node, names) for node in group.nodes)
        there = document.groups.get(group.name)
        if there is not None and _alike(there, nodes, group):
            names[group.name] = group.name
            continue
        name = names[group.name] = free.unique(group.name)
        edits.append(e.DefineGroup(name, nodes, group.edges))
        edits += [e.SetFrame(frame.id, frame, name) for frame in group.frames]
        edits += [e.SetNote(note.id, note, name) for note in group.notes]
        edits += setting(group.dots, name)
        edits += [e.SetExposed(row.name, row, name) for row in group.exposed]
        edits += [e.SetOrigin(group.origin, name)] if group.origin is not None else []
    return edits, names


def _alike(graph: Graph, nodes: Iterable[Node], copied: CopiedGroup) -> bool:
    """Whether a group runs the same; where its nodes lie does not count, nor where it came from."""

    def running(node: Node) -> Node:
        return msgspec.structs.replace(node, pos=(0.0, 0.0), title="", collapsed=False)

    if graph.exposed != copied.exposed:
        return False
    return set(graph.edges) == set(copied.edges) and {node.id: running(node) for node in graph.nodes} == {
        node.id: running(node) for node in nodes
    }


def renamed(node: Node, groups: Mapping[str, str]) -> Node:
    """The node with its groups under the names that they have here."""
    if all(groups.get(name, name) == name for name in node.groups):
        return node

    def here(value: FieldValue) -> FieldValue:
        if not isinstance(value, str) or not value.startswith(GROUP_PREFIX):
            return value
        name = value[len(GROUP_PREFIX) :]
        return GROUP_PREFIX + groups.get(name, name)

    block = str(here(node.block))
    return msgspec.structs.replace(
        node, block=block, fields={key: here(value) for key, value in node.fields.items()}
    )


def _linked_again(
    graph: Graph, nodes: Iterable[Node], names: Mapping[NodeId, NodeId], scope: str
) -> list[e.Edit]:
    """Let copies share with each other as the nodes they were copied from did.

    A copy whose owner was not copied shares with that owner where it still is, alike; where it is not, the
    first such copy owns the weights.
    """
    owners = {node.id: names[node.id] for node in nodes if not node.shares}
    edits: list[e.Edit] = []
    for node in nodes:
        if not node.shares:
            continue
        if node.shares not in owners:
            stays = (
                why_not_share(graph, msgspec.structs.replace(node, id=names[node.id]), node.shares) is None
            )
            owners[node.shares] = node.shares if stays else names[node.id]
        if owners[node.shares] != names[node.id]:
            edits.append(e.SetShares(names[node.id], owners[node.shares], scope))
    return edits
