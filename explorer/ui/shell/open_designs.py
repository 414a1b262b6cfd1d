"""The designs that are open: each with a bench of its own; one is in front."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from explorer.blocks.registry import registry
from explorer.graph.document import Document
from explorer.graph.workspace import Workspace
from explorer.session.folder import SessionFolder
from explorer.ui.bridge import Bridge
from explorer.ui.desk import SignallingLink
from explorer.ui.shell.bench import Bench

MOST_ENGINES = 3
"""Engine processes that stay alive; the idle ones longest out of sight are put to sleep."""

MakeLink = Callable[[SessionFolder], SignallingLink]


class OpenDesigns(QObject):
    """Adds, closes, orders and switches designs; asks nobody, whoever calls has asked.

    Signals:
        added: a bench. closed: a bench that is gone. switched: the bench that is in front now.
        listed: the tabs changed.
    """

    added = Signal(object)
    closed = Signal(object)
    switched = Signal(object)
    listed = Signal()

    def __init__(self, parent: QObject | None = None, engine_command: Sequence[str] | None = None) -> None:
        super().__init__(parent)
        self.make_link: MakeLink = lambda folder: Bridge(engine_command, str(folder.weights))
        self.benches: list[Bench] = []
        self._front: Bench | None = None
        self._recent: list[Bench] = []
        self._has_engines = False

    @property
    def bench(self) -> Bench:
        """The one in front; an empty design is opened when there is none."""
        return self._front if self._front is not None else self.add(Document())

    @property
    def before(self) -> Bench | None:
        """The one that was in front before."""
        return next((bench for bench in self._recent if bench is not self._front), None)

    @property
    def number(self) -> int:
        """Place of the one in front among the tabs."""
        return self.benches.index(self.bench)

    def start_engines(self) -> None:
        """From now on every design has an engine."""
        self._has_engines = True
        for bench in self.benches:
            bench.desk.wake()

    def add(
        self, document: Document, *, workspace: Workspace | None = None, folder: SessionFolder | None = None
    ) -> Bench:
        """Open a design in a tab of its own, in front; an untouched design gives its place."""
        replaced = self._front if self._front is not None and self._front.is_untouched else None
        folder = folder or SessionFolder()
        folder.hold()
        bench = Bench(workspace or Workspace(registry(), document), self.make_link(folder), folder, self)
        place = self.benches.index(self._front) + 1 if self._front in self.benches else len(self.benches)
        self.benches.insert(place, bench)
        self.added.emit(bench)
        self.show(bench)
        if replaced is not None:
            self.close(replaced)
        return bench

    def show(self, bench: Bench) -> None:
        """Bring a design to the front."""
        if bench is self._front:
            return
        if self._front is not None:
            self._front.leave_sight()
        self._front = bench
        self._recent = [bench, *(other for other in self._recent if other is not bench)]
        if self._has_engines:
            bench.desk.wake()
        self._put_to_sleep()
        self.switched.emit(bench)
        self.listed.emit()
        bench.come_in_sight()

    def _put_to_sleep(self) -> None:
        awake = [bench for bench in self._recent if bench.desk.is_awake]
        for bench in awake[MOST_ENGINES:]:
            if not bench.desk.session.training.is_going_on:
                bench.desk.sleep()

    def close(self, bench: Bench) -> None:
        """Close a design; the one beside it comes to the front, an empty one when it was the last."""
        number = self.benches.index(bench)
        if bench is self._front:
            others = [other for other in self.benches if other is not bench]
            if others:
                self.show(others[min(number, len(others) - 1)])
            else:
                self._front = None
                self.add(Document())  # the window always shows a design
        self.benches.remove(bench)
        self._recent = [other for other in self._recent if other is not bench]
        self.closed.emit(bench)
        bench.close()
        self.listed.emit()

    def move(self, old: int, new: int) -> None:
        """Give a tab another place."""
        self.benches.insert(new, self.benches.pop(old))
        self.listed.emit()

    def go(self, step: int) -> None:
        """Show the next design, or the one before."""
        self.show(self.benches[(self.number + step) % len(self.benches)])

    def close_all(self) -> None:
        """The window closes: end every engine."""
        for bench in tuple(self.benches):
            self.benches.remove(bench)
            self.closed.emit(bench)
            bench.close()
        self._front, self._recent = None, []
