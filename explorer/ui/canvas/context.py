"""What commands and gestures work on: the open level, its selection, and the way to change it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from PySide6.QtCore import QObject, QTimer, Signal

from explorer.figures.canvas import automatic_places
from explorer.figures.canvas.level_view import EMPTY, EVERYTHING, Difference, LevelView, NodeView
from explorer.figures.canvas.read_level import LevelReader
from explorer.figures.canvas.read_node import Live
from explorer.figures.canvas.tiles import TileStore
from explorer.graph.edits import Edit, EditProblem, Move
from explorer.graph.layout.spacing import Size
from explorer.graph.level import Path
from explorer.graph.model import Edge, Graph, Node, NodeId, Position
from explorer.graph.report import Problem
from explorer.graph.workspace import Workspace
from explorer.ui.canvas.closed import closed_words
from explorer.ui.canvas.selection import Selection
from explorer.ui.canvas.shown_level import ShownLevel

REST_MS, WORK_SECONDS = 15, 0.004
"""How often, and for how long, what an edit has changed out of sight is worked out."""


class Context(QObject):
    """Ties a workspace to what the canvas shows of it; holds view state, decides nothing.

    Attributes:
        views: everything on the level, made when it is asked for.
        difference: what may look otherwise since `changed` was sent before.
        wire_from: the node at which a wire was begun by key.
        shown: which level is looked at, and how much of it.
        in_focus: nodes that do not fade; none for all.

    Signals:
        changed: the views are other ones. selected: the selection is another one.
        level_changed: another level is shown. said: a sentence for the user.
        focused: other nodes are in focus.
        asked: a command wants something that is no part of the canvas, by a word: `replace`, `heat`.

    """

    changed = Signal()
    selected = Signal()
    level_changed = Signal(object)
    said = Signal(str)
    asked = Signal(str)
    focused = Signal()

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.path: Path = ()
        self.live = Live()
        self.tiles = TileStore()
        self.selection = Selection()
        self.in_focus: frozenset[NodeId] = frozenset()
        self.views: LevelView = EMPTY
        self.difference = EVERYTHING
        self.room: Size | None = (1100.0, 700.0)
        self._places = automatic_places.Places()
        self._found: Mapping[str, Position] = automatic_places.NO_PLACES
        self._reader = LevelReader(workspace)
        self._document = workspace.document
        self.wire_from = ""
        self.shown = ShownLevel(workspace, self.said.emit)
        self._rest = QTimer(self, interval=REST_MS)
        self._rest.timeout.connect(self._settle)
        self._unlisten = workspace.listen(self.refresh, at_once=True)
        self.level = workspace.level()
        self.refresh()

    def close(self) -> None:
        """Stop listening to the workspace."""
        self._rest.stop()
        self._unlisten()

    # reading

    @property
    def graph(self) -> Graph:
        """The graph of the level shown."""
        return self.level.graph

    @property
    def scope(self) -> str:
        """Where edits go; only asked for while the level can be edited."""
        return self.level.scope or ""

    def address(self, node_id: str) -> str:
        """Return the address of a node on this level."""
        return self.level.prefix + node_id

    def addresses(self) -> tuple[str, ...]:
        """Return the addresses of the selected nodes."""
        prefix, nodes = self.level.prefix, self.views.order
        return tuple([prefix + key for key in self.selection.ids if key in nodes])

    def selected_nodes(self) -> tuple[str, ...]:
        """Return the ids of the selected nodes, those of selected frames included."""
        if not self.views.frames:
            return tuple([key for key in self.selection.ids if key in self.views.order])
        found: dict[str, None] = {}
        for key in self.selection.ids:
            if key in self.views.frames:
                found.update(dict.fromkeys(self.views.frames[key].nodes))
            elif key in self.views.nodes:
                found[key] = None
        return tuple(found)

    def problem_at(self, node_id: str) -> Problem | None:
        """Return what is wrong with a node itself, if anything is."""
        problem = self.level.flow.report.problem_at(node_id) if self.level.flow else None
        return problem if problem is not None and problem.waits_for is None else None

    def preview(self, node: Node) -> NodeView:
        """Return how a node would look that is not on the level yet."""
        return self._reader.preview(node)

    # showing

    def refresh(self) -> None:
        """Follow the workspace."""
        before = self._document, self.path
        if self.workspace.document is not self._document:
            self.path, self.shown.depth = (), 0
        unfolded, self.level = self.level.unfolded, self.shown.at(self.path)
        if self.workspace.document is not self._document or unfolded != self.level.unfolded:
            self._document = self.workspace.document
            self.selection, self._found = Selection(), automatic_places.NO_PLACES
            self.in_focus = frozenset()
            self._places, self._reader = automatic_places.Places(), LevelReader(self.workspace)
        self.path = self.level.path
        if not self.workspace.is_worked_out:
            self._rest.start()
        self.difference = self._follow()
        self.views = self._reader.views
        selection = self.selection.within(self.views)
        self.changed.emit()
        if before != (self._document, self.path):
            self.level_changed.emit(self.path)
        if selection is not self.selection:
            self.select(selection)

    def _settle(self) -> None:
        """Work on what an edit has changed out of sight, a little at a time."""
        if self.workspace.settle(WORK_SECONDS):
            self._rest.stop()
            self.refresh()

    def unfold(self, depth: int) -> None:
        """Show the level with its composites open, so many within one another; 0 closes them all."""
        if depth != self.shown.depth:
            self.shown.depth = depth
            self.refresh()
            self.level_changed.emit(self.path)

    def _follow(self) -> Difference:
        """Bring the views up to date; nodes without a place get one."""
        reader = self._reader
        difference = reader.follow(self.level, self.live, self._found)
        graph, unplaced = self.level.graph, reader.unplaced
        found = self._places.of(graph, reader.views, unplaced, self.room, self.path)
        if found is self._found:
            return difference
        self._found = found
        return difference | reader.follow(self.level, self.live, found)

    def show_level(self, path: Sequence[str]) -> bool:
        """Show another level; says why when it cannot be shown."""
        try:
            self.workspace.level(tuple(path))
        except EditProblem as problem:
            self.said.emit(str(problem))
            return False
        self.path, self.selection, self.in_focus = tuple(path), Selection(), frozenset()
        self.shown.depth = 0
        self.refresh()
        self.level_changed.emit(self.path)
        self.selected.emit()
        return True

    def set_live(self, live: Live) -> None:
        """Show other findings of the engine."""
        if live != self.live:
            self.live = live
            self.refresh()

    def set_room(self, room: Size | None) -> None:
        """Break levels that have no places yet for another (width, height) of the window."""
        if room != self.room:
            self.room = room
            self.refresh()

    # selecting

    def select(self, selection: Selection | Iterable[str]) -> None:
        """Select ids, or take a whole selection over."""
        new = selection if isinstance(selection, Selection) else Selection(tuple(dict.fromkeys(selection)))
        if new != self.selection:
            self.selection = new
            self.selected.emit()

    def select_wire(self, edge: Edge) -> None:
        """Select one wire."""
        self.select(Selection(wires=frozenset([edge])))

    # changing

    def may_edit(self) -> bool:
        """Return whether the level can be edited; if not, say so."""
        if not self.level.is_editable:
            self.said.emit(closed_words(self.level))
        return self.level.is_editable

    def apply(self, edit: Edit, title: str) -> bool:
        """Apply an edit as one step; a refusal is said and changes nothing."""
        if not self.may_edit():
            return False
        try:
            with self.gesture(title):
                self.workspace.apply(edit, title)
        except EditProblem as problem:
            self.said.emit(str(problem))
            return False
        return True

    @contextmanager
    def gesture(self, title: str) -> Iterator[None]:
        """Make all edits inside one step; places that were only worked out are written first."""
        with self.workspace.gesture(title):
            self.fix_places()
            yield

    def fix_places(self) -> None:
        """Write worked-out positions into the document, as part of the open gesture."""
        if self._found and self.level.is_editable:
            self.workspace.apply(Move(dict(self._found), self.scope))
