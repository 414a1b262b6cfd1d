"""The records of a design and the graph that holds them.

Everything refers to everything else by value: a node by its id, a wire by its four names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from typing import TypeAlias

import msgspec
import networkx as nx

NodeId: TypeAlias = str
FieldValue: TypeAlias = bool | int | float | str | tuple[int | float | str, ...] | None
Position: TypeAlias = tuple[float, float]

ROOT = ""
"""Scope of the top level; every other scope is the name of a group."""
GROUP_PREFIX = "group:"
_versions = count(1)


class Node(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One block on the canvas.

    Attributes:
        id: unique in its graph; a Python identifier, because it becomes a torch module name.
        block: id in the catalogue, or `group:NAME` for a use of the user's group NAME.
        fields: only what differs from the block's defaults.
        pos: top left corner on the canvas, in canvas units.
        title: free text shown instead of the id when not empty.
        muted: passed through instead of run. frozen: its weights are not trained.
        collapsed: drawn as tile and name only.
        shares: id of the node of the same level whose weights it runs with, or empty.

    """

    id: NodeId
    block: str
    fields: dict[str, FieldValue] = {}
    pos: Position = (0.0, 0.0)
    title: str = ""
    muted: bool = False
    frozen: bool = False
    collapsed: bool = False
    shares: NodeId = ""

    @property
    def group(self) -> str | None:
        """Name of the user group this node is a use of, or None."""
        return self.block[len(GROUP_PREFIX) :] if self.block.startswith(GROUP_PREFIX) else None

    @property
    def groups(self) -> tuple[str, ...]:
        """Names of all groups it uses: as its block, or wrapped by it."""
        return groups_in(self.block, self.fields)


def groups_in(block: str, fields: Mapping[str, object]) -> tuple[str, ...]:
    """Names of the groups that a block of this id with these fields uses.

    A wrapper names the group that it wraps in a field, written as a block would be: `group:NAME`.
    """
    texts = [block, *(value for value in fields.values() if isinstance(value, str))]
    return tuple(text[len(GROUP_PREFIX) :] for text in texts if text.startswith(GROUP_PREFIX))


class Edge(msgspec.Struct, frozen=True, order=True, forbid_unknown_fields=True):
    """A wire from port `out` of node `src` to port `into` of node `dst`."""

    src: NodeId
    out: str
    dst: NodeId
    into: str


class Frame(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A titled outline drawn round some nodes; it changes nothing in the network."""

    id: str
    title: str
    nodes: tuple[NodeId, ...]


class Note(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Free text on the canvas."""

    id: str
    text: str
    pos: Position = (0.0, 0.0)


class Graph:
    """Nodes and wires of one level, kept in a networkx multigraph.

    Only `Document` and `Builder` call the methods that write. Every write draws a new `version` that
    no other graph has or will have, so that results can be cached against it.
    """

    def __init__(self, nodes: Iterable[Node] = (), edges: Iterable[Edge] = ()) -> None:
        self._nx = nx.MultiDiGraph()
        self._sharing: dict[NodeId, set[NodeId]] = {}
        self.frames: dict[str, Frame] = {}
        self.notes: dict[str, Note] = {}
        self.version = next(_versions)
        for node in nodes:
            self.put(node)
        for edge in edges:
            self.connect(edge)

    # reading

    @property
    def networkx(self) -> nx.MultiDiGraph:
        """A read-only view for graph algorithms; node data hold the record under `node`."""
        return nx.freeze(self._nx.copy(as_view=True))

    def __contains__(self, node_id: object) -> bool:
        return node_id in self._nx

    def __len__(self) -> int:
        return len(self._nx)

    def __iter__(self) -> Iterator[NodeId]:
        return iter(self._nx)

    def __getitem__(self, node_id: NodeId) -> Node:
        node: Node = self._nx._node[node_id]["node"]  # the plain dict: this is the hottest line of resolve
        return node

    @property
    def nodes(self) -> list[Node]:
        """All nodes, in the order in which they were added."""
        return [data["node"] for _, data in self._nx.nodes(data=True)]

    @property
    def edges(self) -> list[Edge]:
        """All wires, grouped by source in the order of the nodes."""
        return [edge for _, _, edge in self._nx.edges(keys=True)]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Graph):
            return NotImplemented
        mine = {node.id: node for node in self.nodes}
        theirs = {node.id: node for node in other.nodes}
        return (
            mine == theirs
            and set(self.edges) == set(other.edges)
            and (self.frames, self.notes) == (other.frames, other.notes)
        )

    __hash__ = None  # type: ignore[assignment]  # mutable

    def has_edge(self, edge: Edge) -> bool:
        """Whether exactly this wire exists."""
        return bool(self._nx.has_edge(edge.src, edge.dst, key=edge))

    def into(self, node_id: NodeId) -> list[Edge]:
        """Wires that end at a node."""
        return [edge for parallel in self._nx._pred[node_id].values() for edge in parallel]

    def out_of(self, node_id: NodeId) -> list[Edge]:
        """Wires that start at a node."""
        return [edge for parallel in self._nx._succ[node_id].values() for edge in parallel]

    def predecessors(self, node_id: NodeId) -> list[NodeId]:
        """Nodes with a wire to this one, each once."""
        return list(self._nx._pred[node_id])

    def successors(self, node_id: NodeId) -> list[NodeId]:
        """Nodes this one has a wire to, each once."""
        return list(self._nx._succ[node_id])

    def reaches(self, start: NodeId, goal: NodeId) -> bool:
        """Whether following wires forward from `start` arrives at `goal`."""
        return bool(nx.has_path(self._nx, start, goal))

    def of_block(self, block: str) -> list[Node]:
        """Nodes of one block, in order."""
        return [node for node in self.nodes if node.block == block]

    @property
    def owners(self) -> list[NodeId]:
        """Nodes whose weights other nodes share."""
        return list(self._sharing)

    def sharing(self, owner: NodeId) -> frozenset[NodeId]:
        """The nodes that share the weights of `owner`; empty for most."""
        return frozenset(self._sharing.get(owner, ()))

    def copy(self) -> Graph:
        """An independent copy; the records are shared, they never change."""
        twin = Graph(self.nodes, self.edges)
        twin.frames, twin.notes = dict(self.frames), dict(self.notes)
        return twin

    # writing

    def put(self, node: Node) -> None:
        """Add a node or replace the record of the same id; wires stay."""
        if self._sharing:
            self._unlink(node.id)
        if node.shares:
            self._sharing.setdefault(node.shares, set()).add(node.id)
        self._nx.add_node(node.id, node=node)
        self.version = next(_versions)

    def _unlink(self, node_id: NodeId) -> None:
        owner = self[node_id].shares if node_id in self else ""
        if owner:
            self._sharing[owner].discard(node_id)
            if not self._sharing[owner]:
                del self._sharing[owner]

    def drop(self, node_id: NodeId) -> None:
        """Remove a node together with its wires."""
        self._unlink(node_id)
        self._nx.remove_node(node_id)
        self.version = next(_versions)

    def connect(self, edge: Edge) -> None:
        """Add a wire; both nodes exist."""
        self._nx.add_edge(edge.src, edge.dst, key=edge)
        self.version = next(_versions)

    def disconnect(self, edge: Edge) -> None:
        """Remove a wire."""
        self._nx.remove_edge(edge.src, edge.dst, key=edge)
        self.version = next(_versions)

    def rename(self, old: NodeId, new: NodeId) -> None:
        """Give a node another id, in place in every wire and frame; the order of nodes is kept."""
        mapping: Mapping[str, str] = {old: new}
        nodes = [
            msgspec.structs.replace(n, id=mapping.get(n.id, n.id), shares=mapping.get(n.shares, n.shares))
            for n in self.nodes
        ]
        edges = [
            Edge(mapping.get(e.src, e.src), e.out, mapping.get(e.dst, e.dst), e.into) for e in self.edges
        ]
        self._nx = nx.MultiDiGraph()
        for node in nodes:
            self._nx.add_node(node.id, node=node)
        for edge in edges:
            self._nx.add_edge(edge.src, edge.dst, key=edge)
        self._sharing = {
            mapping.get(owner, owner): {mapping.get(n, n) for n in sharers}
            for owner, sharers in self._sharing.items()
        }
        for key, frame in self.frames.items():
            self.frames[key] = msgspec.structs.replace(
                frame, nodes=tuple(mapping.get(n, n) for n in frame.nodes)
            )
        self.version = next(_versions)
