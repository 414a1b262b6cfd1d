"""An open design: document, history and flow kept together, and the levels one can look at."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeAlias

from explorer.graph.catalogue import Catalogue
from explorer.graph.document import Document
from explorer.graph.edits import (
    Batch,
    Edit,
    EditProblem,
    Move,
    SetDots,
    SetFlag,
    SetFrame,
    SetName,
    SetNote,
    SetOrigin,
    SetSetting,
    SetTitle,
)
from explorer.graph.flow import Flow
from explorer.graph.history import History
from explorer.graph.kept_flow import KeptFlow
from explorer.graph.level import Level
from explorer.graph.model import ROOT, NodeId
from explorer.graph.repairs.trial import Trial
from explorer.graph.resolve import Resolver

Sight: TypeAlias = Callable[[], Collection[NodeId]]
"""Says which nodes are looked at."""


_COSMETIC = (Move, SetTitle, SetFrame, SetNote, SetDots, SetName, SetOrigin, SetSetting)


def changes_network(edit: Edit) -> bool:
    """Whether an edit can change shapes, cost or what runs; others only change how the design is shown."""
    if isinstance(edit, Batch):
        return any(changes_network(part) for part in edit.edits)
    return not isinstance(edit, _COSMETIC) and not (isinstance(edit, SetFlag) and edit.flag == "collapsed")


class Workspace:
    """Applies edits with undo, keeps the flow up to date and tells listeners once.

    Inside a gesture listeners are told after every edit (the canvas follows the mouse), outside
    after every step. Who listens `at_once` may look at a part of the design in a draft of the flow; where an
    edit changes very much, the others are told when `settle` has worked the rest out.
    """

    def __init__(self, catalogue: Catalogue, document: Document | None = None) -> None:
        self.catalogue = catalogue
        self.resolver = Resolver(catalogue)
        self._listeners: list[Callable[[], None]] = []
        self._first_listeners: list[Callable[[], None]] = []
        self._is_untold = False
        self._trial: Trial | None = None
        self._revision = 0
        self._unlisten: Callable[[], None] = lambda: None
        self.open(document or Document())

    def open(self, document: Document) -> None:
        """Show another document; its history starts empty."""
        self._unlisten()
        self.document = document
        self.history = History(document)
        self._kept = KeptFlow(self.resolver, document)
        if self._trial is not None:
            self._trial.close()
        self._trial = None
        self._unlisten = document.listen(self._on_edit)
        self._revision += 1
        self._tell()

    def look_again(self) -> None:
        """Work everything out anew: the catalogue has other blocks than before."""
        self.resolver = Resolver(self.catalogue)
        self._kept = KeptFlow(self.resolver, self.document)
        if self._trial is not None:
            self._trial.close()
        self._trial = None
        self._revision += 1
        self._tell()

    def listen(self, listener: Callable[[], None], *, at_once: bool = False) -> Callable[[], None]:
        """Call `listener` after changes; returns the function that ends this.

        With `at_once` it is called before what the change makes of the flow has been worked out.
        """
        listeners = self._first_listeners if at_once else self._listeners
        listeners.append(listener)
        return lambda: listeners.remove(listener)

    def _on_edit(self, edit: Edit) -> None:
        if changes_network(edit):
            self._revision += 1
        self._tell()

    def _tell(self) -> None:
        self._is_untold = True
        for listener in tuple(self._first_listeners):
            listener()
        self._tell_others()

    def _tell_others(self) -> None:
        if self._is_untold and self._kept.is_settled:
            self._is_untold = False
            for listener in tuple(self._listeners):
                listener()

    @property
    def is_settled(self) -> bool:
        """Whether all listeners know of all changes."""
        return not self._is_untold

    @property
    def is_worked_out(self) -> bool:
        """Whether the flow is known as a whole; asking for it costs time otherwise."""
        return self._kept.is_settled

    def settle(self, seconds: float) -> bool:
        """Work for some time on what an edit has changed out of sight; returns whether all know of it."""
        self._kept.go_on(seconds)
        self._tell_others()
        return self.is_settled

    @property
    def revision(self) -> int:
        """Grows whenever the network may be another one, also when another document is opened.

        Moving, framing, naming and the like leave it as it is, and with it the flow.
        """
        return self._revision

    @property
    def flow(self) -> Flow:
        """The flow of the design as it is now: the same object until something runs otherwise."""
        return self._kept.flow()

    @property
    def trial(self) -> Trial:
        """Where edits can be tried; made when it is first asked for."""
        if self._trial is None:
            self._trial = Trial(self.document, self.resolver)
        return self._trial

    def apply(self, edit: Edit, title: str = "Edit", merge_key: str | None = None) -> None:
        """Apply an edit as one step (or as part of the open gesture); raises `EditProblem`."""
        self.history.apply(edit, title, merge_key)

    @contextmanager
    def gesture(self, title: str) -> Iterator[None]:
        """Make all edits inside one undo step; an exception rolls them back."""
        with self.history.gesture(title):
            yield

    def level(self, path: Sequence[NodeId] = (), sight: Sight | None = None) -> Level:
        """Return the level inside the node at `path`.

        Args:
            path: ids from the top down; empty for the top level itself.
            sight: says which nodes of the top level are looked at: only for them, and for what was edited,
                its flow is sure to be true; None: for all.

        Raises:
            EditProblem: there is no such node, or nothing inside it.

        """
        flow = self.flow if sight is None or path else self._kept.draft(sight)
        level = Level((), self.document.root, flow, ROOT)
        for node_id in path:
            if node_id not in level.graph:
                raise EditProblem(f"There is no node “{node_id}” here any more.")
            node = level.graph[node_id]
            inner = level.flow.nodes[node_id].inner if level.flow and node_id in level.flow.nodes else None
            here = (*level.path, node_id)
            if node.group is not None and node.group in self.document.groups:
                scope = node.group if level.is_editable else None
                level = Level(here, self.document.graph(node.group), inner, scope)
            elif inner is not None:
                level = Level(here, inner.graph, inner, None)
            else:
                raise EditProblem(f"{node_id} has nothing inside it.")
        return level
