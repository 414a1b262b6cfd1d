"""From an open level to what is drawn: views are made when they are asked for and kept while they hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from explorer import words
from explorer.figures.canvas import geometry
from explorer.figures.canvas.kinds import Kinds, is_bar
from explorer.figures.canvas.level_view import (
    EVERYTHING,
    Difference,
    Form,
    FrameView,
    LevelView,
    NodeView,
    NoteView,
    Room,
    WireView,
)
from explorer.figures.canvas.made import Made
from explorer.figures.canvas.read_node import Live, NodeReader, is_open
from explorer.figures.canvas.read_wires import WireReader
from explorer.graph.journal import Changes
from explorer.graph.level import Level
from explorer.graph.model import Edge, Frame, Graph, Node, NodeId, Note, Position
from explorer.graph.workspace import Workspace

NOWHERE: Position = (0.0, 0.0)
"""Where nodes stand that have no place yet; two or more cannot have been put there."""


def build(
    workspace: Workspace,
    level: Level,
    live: Live | None = None,
    places: Mapping[NodeId, Position] | None = None,
) -> LevelView:
    """Return everything that is drawn on a level, as it is now.

    Args:
        workspace: the open design. level: the level shown.
        live: what is known from running it.
        places: positions that take the place of those in the document.

    """
    reader = LevelReader(workspace)
    reader.follow(level, live or Live(), places or {})
    return reader.views


class LevelReader:
    """Keeps the views of one level true: only what an edit may have changed is made anew, when it is seen.

    Attributes:
        views: of the level as it is now. unplaced: nodes that have no place yet, if there are several.

    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._kinds = Kinds(workspace.catalogue)
        self._level: Level | None = None
        self._mark = -1
        self._total = 0

    @property
    def unplaced(self) -> set[NodeId]:
        """Nodes without a place in the document; none while there is only one."""
        return self._nowhere if len(self._nowhere) > 1 else set()

    def follow(self, level: Level, live: Live, places: Mapping[NodeId, Position]) -> Difference:
        """Bring the views up to date; returns what may look otherwise than before."""
        before = self._level
        same = before is not None and before.graph is level.graph
        changes = level.graph.changes_since(self._mark) if same else None
        changed = self._changed(before, level) if before is not None else None
        self._mark = level.graph.mark()
        if before is None or changes is None or changed is None or before.prefix != level.prefix:
            self._begin(level, live, places)
            return EVERYTHING
        self._level, self._reader.level = level, level
        moved = self._move(changes, places) | self._join(changes.wired | changes.nodes)
        stale = changed | changes.nodes | changes.shown | changes.wired | moved
        stale |= self._share_with(changes.nodes)
        skips = set[Edge]()
        if level.flow is not None and (changed or changes):
            skips = self._wires.follow(level.flow, changes.wired | self._gone(changes))
        stale |= {edge.dst for edge in skips}
        wires = changes.wires | {edge for skip in skips for edge in self._beside(skip)} | self._read_dots()
        if live != self._reader.live:
            self._reader.live = live
            stale |= set(self._nodes.made)
        frames = self._read_frames(stale)
        notes = self._read_notes()
        self._nodes.drop(stale & self._nodes.made)
        self._shown_wires.drop([e for e in self._shown_wires.made if e.src in stale or e.dst in stale])
        self._shown_wires.drop(wires)
        self._publish()
        return Difference(stale, wires, frames, notes, moved)

    def _share_with(self, nodes: Iterable[NodeId]) -> set[NodeId]:
        """Take in whose weights nodes run with now; returns whose they ran with before or do now."""
        graph, owners = self._reader.level.graph, set[NodeId]()
        for node_id in nodes:
            before, now = self._owners.pop(node_id, ""), graph[node_id].shares if node_id in graph else ""
            if now:
                self._owners[node_id] = now
            if before != now:
                owners |= {before, now}
        return {owner for owner in owners if owner in graph}

    def preview(self, node: Node) -> NodeView:
        """Return how a node would look that is not on the level yet, and without wires."""
        return self._reader.alone(node, node.pos)

    def _changed(self, before: Level, level: Level) -> set[NodeId] | None:
        """Nodes of which something else is known; None when the flows cannot be compared."""
        if level.flow is None or before.scope != level.scope:
            return None
        return level.flow.changed_since(before.flow)

    def _begin(self, level: Level, live: Live, places: Mapping[NodeId, Position]) -> None:
        graph = level.graph
        self._level = level
        self._wires = WireReader(graph, level.flow, self._kinds)
        self._reader = NodeReader(self._workspace, level, self._kinds, live, self._wires)
        self._nodes: Made[NodeId, NodeView] = Made(graph, self._node)
        self._shown_wires: Made[Edge, WireView] = Made(_Wires(graph), self._wires.wire)
        self._places: dict[NodeId, Position] = {node.id: node.pos for node in graph.nodes}
        self._blocks = {node.id: node.block for node in graph.nodes}
        self._joined: dict[NodeId, int] = {}
        self._owners = {node.id: node.shares for node in graph.nodes if node.shares}
        self._nowhere = {node_id for node_id, pos in self._places.items() if pos == NOWHERE}
        self._instead = places
        self._join(node.id for node in graph.of_block("concat"))
        self._frame_records: dict[str, Frame] = {}
        self._note_records: dict[str, Note] = {}
        self._dots = dict(graph.dots)
        self._frames: dict[str, FrameView] = {}
        self._notes: dict[str, NoteView] = {}
        self._read_frames(set())
        self._read_notes()
        self._publish()

    def _publish(self) -> None:
        if self._workspace.is_worked_out:
            self._total = self._workspace.flow.parameters
        self.views = LevelView(
            self._nodes,
            self._shown_wires,
            self._frames,
            self._notes,
            _Rooms(self._places, self._room),
            self._faulty(),
            self._wires.over,
            self._dots,
            self._reader.level.graph.register.place,
            self._total,
        )

    def _faulty(self) -> frozenset[NodeId]:
        flow = self._reader.level.flow
        if flow is None or not flow.faults:
            return frozenset()
        heads = {fault.address.partition(".")[0]: fault for fault in reversed(flow.faults)}
        return frozenset(n for n, fault in heads.items() if not is_open(n, fault) and n in flow.nodes)

    def _node(self, node_id: NodeId) -> NodeView:
        graph = self._reader.level.graph
        return self._reader.view(graph[node_id], self._pos(node_id))

    def _pos(self, node_id: NodeId) -> Position:
        return self._instead.get(node_id) or self._places[node_id]

    def _room(self, node_id: NodeId) -> Room:
        kind = self._kinds.roughly(self._blocks[node_id])
        x, y = self._pos(node_id)
        rows = self._joined.get(node_id, 0)
        form: Form = "bar" if rows else kind.form
        return Room(x, y, *geometry.room(form, has_weights=kind.has_weights, rows=rows), kind.family)

    def _rows(self, node_id: NodeId) -> int:
        """The rows of a node that is drawn as a bar, 0 for any other."""
        graph = self._reader.level.graph
        if self._blocks.get(node_id) != "concat" or node_id not in graph:
            return 0
        count = len(graph.into(node_id))
        return count if is_bar("concat", count) else 0

    def _join(self, nodes: Iterable[NodeId]) -> set[NodeId]:
        """Note the rows of bars; returns the nodes that have another number of them."""
        other = {node_id for node_id in nodes if self._rows(node_id) != self._joined.get(node_id, 0)}
        self._joined |= {node_id: self._rows(node_id) for node_id in other}
        return other

    def _move(self, changes: Changes, places: Mapping[NodeId, Position]) -> set[NodeId]:
        """Note where nodes stand now; returns those that have come, gone, moved or changed their block."""
        graph, moved = self._reader.level.graph, set()
        for node_id in changes.nodes | changes.shown:
            if node_id not in graph:
                self._places.pop(node_id, None)
                self._blocks.pop(node_id, None)
                self._nowhere.discard(node_id)
                moved.add(node_id)
                continue
            node = graph[node_id]
            if (self._places.get(node_id), self._blocks.get(node_id)) != (node.pos, node.block):
                self._places[node_id], self._blocks[node_id] = node.pos, node.block
                (self._nowhere.add if node.pos == NOWHERE else self._nowhere.discard)(node_id)
                moved.add(node_id)
        if places is not self._instead:
            before, self._instead = self._instead, places
            keys = before.keys() | places.keys()
            moved |= {key for key in keys if before.get(key) != places.get(key)}
        return moved

    def _gone(self, changes: Changes) -> set[NodeId]:
        graph = self._reader.level.graph
        return {node_id for node_id in changes.nodes if node_id not in graph}

    def _beside(self, edge: Edge) -> list[Edge]:
        """The wires of an output port; one carries the shape for all, and all make room for a skip."""
        graph = self._reader.level.graph
        return (
            [other for other in graph.out_of(edge.src) if other.out == edge.out] if edge.src in graph else []
        )

    def _read_frames(self, stale: set[NodeId]) -> set[str]:
        graph, flow = self._reader.level.graph, self._reader.level.flow
        before, self._frame_records = self._frame_records, dict(graph.frames)
        other = {key for key, frame in graph.frames.items() if frame is not before.get(key)}
        other |= {key for key, frame in graph.frames.items() if not stale.isdisjoint(frame.nodes)}
        views = {key: view for key, view in self._frames.items() if key in graph.frames}
        for key in other:
            frame = graph.frames[key]
            nodes = flow.nodes if flow else {}
            count = sum(nodes[n].parameters for n in frame.nodes if n in nodes)
            remark = f"{words.count(count)} parameters" if count else ""
            views[key] = FrameView(key, frame.title, frame.nodes, remark)
        self._frames = {key: views[key] for key in graph.frames}  # of two round a node, the later one counts
        return other | (before.keys() - graph.frames.keys())

    def _read_notes(self) -> set[str]:
        notes = self._reader.level.graph.notes
        before, self._note_records = self._note_records, dict(notes)
        other = {key for key, note in notes.items() if note is not before.get(key)}
        self._notes = {
            key: NoteView(key, note.text, note.pos) if key in other else self._notes[key]
            for key, note in notes.items()
        }
        return other | (before.keys() - notes.keys())

    def _read_dots(self) -> set[Edge]:
        """The wires that are led through other dots than before."""
        before, self._dots = self._dots, dict(self._reader.level.graph.dots)
        edges = before.keys() | self._dots.keys()
        return {edge for edge in edges if before.get(edge) != self._dots.get(edge)}


class _Rooms(Mapping[NodeId, Room]):
    """Where nodes stand, by their blocks."""

    def __init__(self, keys: Mapping[NodeId, object], make: Callable[[NodeId], Room]) -> None:
        self._keys, self._make = keys, make

    def __getitem__(self, node_id: NodeId) -> Room:
        return self._make(node_id)

    def __iter__(self) -> Iterator[NodeId]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


class _Wires:
    """The wires of a graph as keys."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def __contains__(self, edge: object) -> bool:
        return isinstance(edge, Edge) and self._graph.has_edge(edge)

    def __iter__(self) -> Iterator[Edge]:
        return iter(self._graph.edges)

    def __len__(self) -> int:
        return len(self._graph.edges)
