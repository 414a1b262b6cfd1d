"""The records of a design and the graph that holds them.

Everything refers to everything else by value: a node by its id, a wire by its four names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import msgspec

from explorer.graph.as_networkx import as_networkx
from explorer.graph.journal import Changes, Journal
from explorer.graph.likeness import runs_alike
from explorer.graph.marks import Exposed, Origin
from explorer.graph.marks import Frame as Frame  # they are records of a level as nodes are
from explorer.graph.marks import Note as Note
from explorer.graph.register import Register
from explorer.graph.ways import reaches

if TYPE_CHECKING:
    import networkx as nx

NodeId: TypeAlias = str
FieldValue: TypeAlias = bool | int | float | str | tuple[int | float | str, ...] | None
Position: TypeAlias = tuple[float, float]

ROOT = ""
"""Scope of the top level; every other scope is the name of a group."""
GROUP_PREFIX = "group:"
_versions = count(1)
V = TypeVar("V")


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
    found = [block] if block.startswith(GROUP_PREFIX) else []
    for value in fields.values():
        if isinstance(value, str) and value.startswith(GROUP_PREFIX):
            found.append(value)
    return tuple([text[len(GROUP_PREFIX) :] for text in found]) if found else ()


class Edge(msgspec.Struct, frozen=True, order=True, forbid_unknown_fields=True):
    """A wire from port `out` of node `src` to port `into` of node `dst`."""

    src: NodeId
    out: str
    dst: NodeId
    into: str


class Graph:
    """Nodes and wires of one level.

    Only `Document` and `Builder` call the methods that write. Every write draws a new `version` that
    no other graph has or will have, so that results can be cached against it; who has asked for a `mark`
    is told by `changes_since` what was written after it.

    Attributes:
        version: of everything. runs_version: of what changes what runs. wired_version: of the set of nodes
            and wires.
        register: looks nodes up by place, block, group and weights.
        dots: points that wires are led through, for the picture only.
        exposed: fields that the uses of a group may set. origin: where a group was taken from.

    """

    def __init__(self, nodes: Iterable[Node] = (), edges: Iterable[Edge] = ()) -> None:
        self._nodes: dict[NodeId, Node] = {}
        # by one end, then by the other: both tables hold the same sets of parallel wires
        self._out: dict[NodeId, dict[NodeId, dict[Edge, None]]] = {}
        self._into: dict[NodeId, dict[NodeId, dict[Edge, None]]] = {}
        self.register = Register()
        self._journal: Journal | None = None
        self.frames: dict[str, Frame] = {}
        self.notes: dict[str, Note] = {}
        self.dots: dict[Edge, tuple[Position, ...]] = {}
        self.exposed: tuple[Exposed, ...] = ()
        self.origin: Origin | None = None
        self.version = self.runs_version = self.wired_version = next(_versions)
        for node in nodes:
            self.put(node)
        for edge in edges:
            self.connect(edge)

    # reading

    def __contains__(self, node_id: object) -> bool:
        return node_id in self._nodes

    def __len__(self) -> int:
        return len(self._nodes)

    def __iter__(self) -> Iterator[NodeId]:
        return iter(self._sorted())

    def __getitem__(self, node_id: NodeId) -> Node:
        return self._nodes[node_id]

    @property
    def nodes(self) -> list[Node]:
        """All nodes, in the order in which they were added."""
        return list(self._sorted().values())

    def _sorted(self) -> dict[NodeId, Node]:
        """The nodes, once more in order when one has come back to its place."""
        register = self.register
        if not register.is_sorted:
            order = register.sorted(self._nodes)
            self._nodes = {node_id: self._nodes[node_id] for node_id in order}
            self._out = {node_id: self._out[node_id] for node_id in order}
            register.is_sorted = True
        return self._nodes

    @property
    def edges(self) -> list[Edge]:
        """All wires, grouped by source in the order of the nodes."""
        self._sorted()
        return [edge for targets in self._out.values() for parallel in targets.values() for edge in parallel]

    @property
    def networkx(self) -> nx.MultiDiGraph:
        """The level as a networkx graph for its algorithms (see `as_networkx`)."""
        return as_networkx(self.nodes, self.edges)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Graph):
            return NotImplemented
        return (
            self._nodes == other._nodes
            and set(self.edges) == set(other.edges)
            and (self.frames, self.notes, self.dots) == (other.frames, other.notes, other.dots)
            and (self.exposed, self.origin) == (other.exposed, other.origin)
        )

    __hash__ = None  # type: ignore[assignment]  # mutable

    def has_edge(self, edge: Edge) -> bool:
        """Whether exactly this wire exists."""
        return edge in self._out.get(edge.src, {}).get(edge.dst, ())

    def into(self, node_id: NodeId) -> list[Edge]:
        """Wires that end at a node."""
        return [edge for parallel in self._into[node_id].values() for edge in parallel]

    def out_of(self, node_id: NodeId) -> list[Edge]:
        """Wires that start at a node."""
        return [edge for parallel in self._out[node_id].values() for edge in parallel]

    def predecessors(self, node_id: NodeId) -> list[NodeId]:
        """Nodes with a wire to this one, each once."""
        return list(self._into[node_id])

    def successors(self, node_id: NodeId) -> list[NodeId]:
        """Nodes this one has a wire to, each once."""
        return list(self._out[node_id])

    def in_degree(self, node_id: NodeId) -> int:
        """How many nodes have a wire to this one."""
        return len(self._into[node_id])

    def out_degree(self, node_id: NodeId) -> int:
        """How many nodes this one has a wire to."""
        return len(self._out[node_id])

    def reaches(self, start: NodeId, goal: NodeId) -> bool:
        """Whether following wires forward from `start` arrives at `goal`."""
        return reaches(start, goal, self.successors, self.predecessors)

    def of_block(self, block: str) -> list[Node]:
        """Nodes of one block, in order."""
        return [self._nodes[node_id] for node_id in self.register.sorted(self.register.of_block(block))]

    @property
    def owners(self) -> list[NodeId]:
        """Nodes whose weights other nodes share, in order."""
        return self.register.sorted(self.register.owners)

    def sharing(self, owner: NodeId) -> frozenset[NodeId]:
        """The nodes that share the weights of `owner`; empty for most."""
        return frozenset(self.register.sharing(owner))

    def mark(self) -> int:
        """Return the present version; what is written from now on can be asked for."""
        if self._journal is None:
            self._journal = Journal(self.version)
        return self.version

    def changes_since(self, mark: int, *, running: bool = False) -> Changes | None:
        """Return what was written after a mark; None when that is too long ago to be remembered.

        With `running`, what is only shown in another way is left out, and so remembered for longer.
        """
        if self._journal is None:
            return None
        return self._journal.runs_since(mark) if running else self._journal.since(mark)

    def copy(self) -> Graph:
        """An independent copy; the records are shared, they never change."""
        twin = Graph()
        twin._nodes, twin.register = dict(self._nodes), self.register.copy()
        twin._out = {
            src: {dst: dict(parallel) for dst, parallel in targets.items()}
            for src, targets in self._out.items()
        }
        twin._into = {
            dst: {src: twin._out[src][dst] for src in sources} for dst, sources in self._into.items()
        }
        twin.frames, twin.notes, twin.dots = dict(self.frames), dict(self.notes), dict(self.dots)
        twin.exposed, twin.origin = self.exposed, self.origin
        return twin

    # writing

    def put(self, node: Node, place: int | None = None) -> None:
        """Add a node, the last one or with a number from before; or replace the record of the same id."""
        node_id = node.id
        old = self._nodes.get(node_id)
        self._nodes[node_id] = node
        self.version = next(_versions)
        if old is None:
            self._out[node_id], self._into[node_id] = {}, {}
            self.register.add(node, place)
        elif runs_alike(old, node):
            if self._journal is not None:
                self._journal.showed(self.version, node_id)
            return
        else:
            self.register.replace(old, node)
        self.runs_version = self.version
        if old is None:
            self.wired_version = self.version
        if self._journal is not None:
            self._journal.ran(self.version, node_id)

    def drop(self, node_id: NodeId) -> None:
        """Remove a node together with its wires."""
        for edge in (*self.into(node_id), *self.out_of(node_id)):
            if self.has_edge(edge):  # a wire to itself is listed twice
                self.disconnect(edge)
        self.register.drop(self._nodes.pop(node_id))
        del self._out[node_id], self._into[node_id]
        self._wrote(node_id)

    def connect(self, edge: Edge) -> None:
        """Add a wire; both nodes exist."""
        parallel = self._out[edge.src].get(edge.dst)
        if parallel is None:
            parallel = self._out[edge.src][edge.dst] = self._into[edge.dst][edge.src] = {}
        parallel[edge] = None
        self._wrote(edge)

    def disconnect(self, edge: Edge) -> None:
        """Remove a wire, its dots with it."""
        self.dots.pop(edge, None)
        parallel = self._out[edge.src][edge.dst]
        del parallel[edge]
        if not parallel:
            del self._out[edge.src][edge.dst], self._into[edge.dst][edge.src]
        self._wrote(edge)

    def rename(self, old: NodeId, new: NodeId) -> None:
        """Give a node another id, in place in every wire and frame; the order of nodes and wires is kept."""
        wires = {edge: _renamed(edge, old, new) for edge in (*self.into(old), *self.out_of(old))}
        for edge in wires:
            parallel = self._out[edge.src][edge.dst]
            renewed = {wires.get(other, other): None for other in parallel}
            self._out[edge.src][edge.dst] = self._into[edge.dst][edge.src] = renewed
        sources, targets = self.predecessors(old), self.successors(old)
        self._out.update({before: _rekeyed(self._out[before], old, new) for before in sources})
        self._into.update({after: _rekeyed(self._into[after], old, new) for after in targets})
        self._out, self._into = _rekeyed(self._out, old, new), _rekeyed(self._into, old, new)
        self._nodes = _rekeyed(self._nodes, old, new)
        self._rename_records(old, new)
        for key, frame in self.frames.items():
            if old in frame.nodes:
                nodes = tuple(new if n == old else n for n in frame.nodes)
                self.frames[key] = msgspec.structs.replace(frame, nodes=nodes)
        self.dots = {wires.get(edge, edge): at for edge, at in self.dots.items()}
        self.exposed = tuple(row.renamed(old, new) for row in self.exposed)
        for was, now in wires.items():
            self._wrote(was)
            self._wrote(now)

    def _rename_records(self, old: NodeId, new: NodeId) -> None:
        sharers = self.sharing(old)
        self.register.rename(self._nodes[new], new)
        self._nodes[new] = msgspec.structs.replace(self._nodes[new], id=new)
        for sharer in sharers:
            self.put(msgspec.structs.replace(self._nodes[sharer], shares=new))
        self._wrote(old)
        self._wrote(new)

    def _wrote(self, key: NodeId | Edge) -> None:
        self.version = self.runs_version = self.wired_version = next(_versions)
        if self._journal is not None:
            self._journal.ran(self.version, key)


def _renamed(edge: Edge, old: NodeId, new: NodeId) -> Edge:
    ends = (new if end == old else end for end in (edge.src, edge.dst))
    return Edge(next(ends), edge.out, next(ends), edge.into)


def _rekeyed(table: dict[NodeId, V], old: NodeId, new: NodeId) -> dict[NodeId, V]:
    """The table with one key exchanged, in its place."""
    return {(new if key == old else key): value for key, value in table.items()}
