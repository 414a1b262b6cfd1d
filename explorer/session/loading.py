"""Keeps the engine's model in step with the design, and its weights with the history."""

from __future__ import annotations

from collections.abc import Callable

from explorer.graph.edits import Edit
from explorer.graph.moves import Step, moves_of
from explorer.graph.workspace import Workspace
from explorer.protocol import events, requests
from explorer.session.lineage import Lineage
from explorer.session.link import Link

LIVE = "live"
"""Name of the kept state from which a new engine process goes on."""


class Loading:
    """Sends the design when it may run; one `Load` is on its way at a time, the newest follows.

    Every `Load` says how addresses have moved, under which name the weights that are left are kept, and
    which kept weights belong to the design that comes. So undo brings back answers, not only wires; the
    engine knows what was learned since, which undo must not lose.

    Attributes:
        revision: of the design that runs, −1 for none. seed: tells the seed of weights that are drawn anew.
        fit: whether layers that change size take over what fits. is_held: tells whether a run goes on;
            what trains stays what it was.

    """

    def __init__(self, workspace: Workspace, link: Link, design: Callable[[], bytes]) -> None:
        self._workspace, self._link, self._design = workspace, link, design
        self.revision = -1
        self.seed: Callable[[], int] = lambda: 0
        self.fit = True
        self.is_ready = False
        self.is_held: Callable[[], bool] = lambda: False
        self._job = 0
        self._sent: tuple[str, int] = ("", 0)
        self._live_name = ""
        self._wanted = ""
        self.asked_for = ""
        """Name of the kept state that the last `Load` asked for."""
        self._moved: list[Step] = []
        self._sent_moves = 0
        self._lineage = Lineage(workspace.history.state, workspace.revision)
        self.loaded_name = ""
        """Name under which the weights that run are known to the history; empty while nothing runs."""

    @property
    def is_loading(self) -> bool:
        """Whether the engine is compiling."""
        return self._job != 0

    @property
    def job(self) -> int:
        """The `Load` that is on its way, 0 for none."""
        return self._job

    def edited(self, edit: Edit) -> None:
        """An edit was applied: remember how addresses moved by it."""
        self._moved += moves_of(edit, self._workspace.document)

    def follow(self) -> None:
        """Send the design, if it may run and is not what runs already."""
        workspace = self._workspace
        if workspace.history.is_open:
            return
        name = self._lineage.arrive(workspace.history.state, workspace.revision)
        may_run = not workspace.flow.faults and len(workspace.document.root) > 0
        if not may_run or not self.is_ready or self._job or self.is_held():
            return
        if self.revision == workspace.revision:
            return
        restores = name if name != self.loaded_name else ""
        if not self.loaded_name and name == self._live_name:
            restores = LIVE
        exact = bool(self._wanted)
        restores, self._wanted = self._wanted or restores, ""
        self.asked_for = restores
        self._sent, self._sent_moves = (name, workspace.revision), len(self._moved)
        self._job = self._link.send(
            requests.Load(
                design=self._design(),
                revision=workspace.revision,
                seed=self.seed(),
                moves=tuple(self._moved),
                leave=self.loaded_name,
                restore=restores,
                exact=exact,
                fit=self.fit,
            )
        )

    def take(self, event: events.Event) -> bool:
        """Take in an answer to `Load`; returns whether the design runs now."""
        before = events.Progress | events.StateKept  # what a `Load` says before it answers
        if not self._job or event.job != self._job or isinstance(event, before):
            return False
        self._job = 0
        if not isinstance(event, events.Loaded):
            return False
        name, revision = self._sent
        del self._moved[: self._sent_moves]
        self.revision, self.loaded_name = revision, name
        return True

    def take_up(self) -> None:
        """Weights of this design were kept by an engine that is gone; the next `Load` asks for them."""
        self._live_name = self._lineage.name

    def ask_for(self, name: str) -> None:
        """The next design that is sent takes this kept state, whatever is live."""
        self._wanted = name

    def ready(self) -> None:
        """An engine is there; it holds no design yet."""
        self.is_ready = True
        self.follow()

    def lost(self) -> None:
        """The engine is gone; the next one takes the weights that were kept last."""
        self._live_name = self.loaded_name or self._live_name
        self.is_ready, self._job, self.revision, self.loaded_name = False, 0, -1, ""
        self._moved.clear()
