"""The networks that the first steps are done with: opened when a step wants them, given back afterwards."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from explorer import resources
from explorer.ui.canvas import navigation
from explorer.ui.designs.files import FilePresenter
from explorer.ui.shell.bench import Bench
from explorer.ui.shell.open_designs import OpenDesigns
from explorer.ui.welcome.record import Starter


class StepNetworks(QObject):
    """Each in a tab of its own, with its dock folded while the card is there.

    Signals:
        sampled: an input was chosen for one of them. looked: a tab of the dock of one was opened.
        turned: another design is in front; whether it is one of them.
        left: a starter whose design was closed.
    """

    sampled = Signal()
    looked = Signal(str)
    turned = Signal(bool)
    left = Signal(object)

    def __init__(self, parent: QObject, designs: OpenDesigns, files: FilePresenter) -> None:
        super().__init__(parent)
        self._designs, self._files = designs, files
        self._benches: dict[Starter, Bench] = {}
        self._was_folded: dict[Starter, bool] = {}
        self._opening = False

    def bench(self, starter: Starter) -> Bench | None:
        """The design of a step, None where it is not open yet."""
        return self._benches.get(starter)

    def show(self, starter: Starter) -> Bench:
        """Bring the network of a step to the front; it is opened where it is not there yet."""
        if not self._benches:
            self._designs.switched.connect(self._on_switch)
            self._designs.closed.connect(self._on_close)
        bench = self._benches.get(starter)
        self._opening = True
        try:
            if bench is None:
                bench = self._take(starter)
            self._designs.show(bench)
        finally:
            self._opening = False
        return bench

    def _take(self, starter: Starter) -> Bench:
        path = str(resources.path("designs", starter.file))
        bench = next((bench for bench in self._designs.benches if bench.opened_by == path), None)
        if bench is None:
            self._files.open_starter(path)
            bench = self._designs.bench
        self._benches[starter] = bench
        self._was_folded[starter] = bench.dock.is_folded
        bench.dock.set_folded(True)
        bench.desk.sampled.connect(self.sampled)
        bench.dock.shown.connect(self.looked)
        return bench

    def make_room(self, height: int) -> None:
        """Show the one in front above the lowest `height` pixels, which something covers."""
        canvas = self._designs.bench.canvas
        if self._designs.bench in self._benches.values():
            canvas.overlays.reserved = height
            canvas.overlays.set_quiet(True)
            navigation.fit_all(canvas, fly=False)

    def give_back(self) -> None:
        """The room is theirs again."""
        if self._benches:
            self._designs.switched.disconnect(self._on_switch)
            self._designs.closed.disconnect(self._on_close)
        for starter, bench in tuple(self._benches.items()):
            self._forget(starter)
            bench.desk.sampled.disconnect(self.sampled)
            bench.dock.shown.disconnect(self.looked)
            bench.canvas.overlays.reserved = 0
            bench.canvas.overlays.set_quiet(False)
            navigation.fit_all(bench.canvas)

    def _forget(self, starter: Starter) -> None:
        bench, was_folded = self._benches.pop(starter), self._was_folded.pop(starter)
        if bench in self._designs.benches and bench.dock.is_folded and not was_folded:
            bench.dock.set_folded(False)

    def _on_switch(self, bench: Bench) -> None:
        if not self._opening:
            self.turned.emit(bench in self._benches.values())

    def _on_close(self, bench: Bench) -> None:
        """It is gone, and maybe the window with it: there is no room to give back."""
        for starter in [starter for starter, own in self._benches.items() if own is bench]:
            self._forget(starter)
            self.left.emit(starter)
