"""Weights from a file: asked for, matched by the engine, told in words."""

from __future__ import annotations

from pathlib import PurePath

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from explorer.protocol import events
from explorer.session.origin import Origin
from explorer.ui.desk import Desk
from explorer.ui.shell import ask
from explorer.ui.shell.open_designs import OpenDesigns

KINDS = "Weights (*.safetensors *.pth *.pt *.bin)"
MOST_TOLD = 2


class WeightsPresenter(QObject):
    """Loads weights that somebody has published into the design in front."""

    def __init__(self, window: QWidget, designs: OpenDesigns) -> None:
        super().__init__(window)
        self._window, self._designs = window, designs

    @property
    def _desk(self) -> Desk:
        return self._designs.bench.desk

    def why_not(self) -> str | None:
        """Why no weights can be loaded now."""
        if self._desk.session.training.is_going_on:
            return "a run is in progress"
        return "the design has problems" if self._desk.workspace.flow.faults else None

    def load(self) -> None:
        """Ask for a file and have it read."""
        if path := ask.open_file(self._window, "Load published weights", KINDS):
            self.take(path)

    def take(self, path: str, input: str = "", desk: Desk | None = None) -> None:
        """Have a file read, into the design of `desk` (in front); `input` says how inputs were scaled."""
        desk = desk or self._desk
        trained = f" Trained with inputs of {input}." if input else ""

        def tell(event: events.WeightsLoaded) -> None:
            desk.said.emit(words(event) + trained)

        origin = Origin("published", PurePath(path).name)
        desk.session.weights.read(path, origin, published=True, on_read=tell)


def words(event: events.WeightsLoaded) -> str:
    """Say what was loaded and by which names, and the first things that are not as expected."""
    loaded = f"{len(event.matched):,} tensors were loaded" + (f" by {event.how}." if event.how else ".")
    if not event.problems:
        return f"All {loaded}"
    rest = len(event.problems) - MOST_TOLD
    told = " ".join(event.problems[:MOST_TOLD])
    return f"{loaded} {told}" + (f" And {rest:,} more." if rest > 0 else "")
