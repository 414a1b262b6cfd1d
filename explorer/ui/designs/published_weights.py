"""Weights from a file: asked for, matched by the engine, told in words."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from explorer.client.live import RunState
from explorer.protocol import events
from explorer.ui.desk import Desk
from explorer.ui.shell import ask

KINDS = "Weights (*.safetensors *.pth *.pt *.bin)"
MOST_TOLD = 2


class WeightsPresenter(QObject):
    """Loads weights that somebody has published into the design in sight."""

    def __init__(self, window: QWidget, desk: Desk) -> None:
        super().__init__(window)
        self._window, self._desk, self._path, self._input = window, desk, "", ""
        desk.news.connect(self._on_news)

    def why_not(self) -> str | None:
        """Why no weights can be loaded now."""
        if self._desk.live.run is not RunState.IDLE:
            return "a run is going on"
        return "the design has problems" if self._desk.workspace.flow.faults else None

    def load(self) -> None:
        """Ask for a file and have it read."""
        if path := ask.open_file(self._window, "Load published weights", KINDS):
            self.take(path)

    def take(self, path: str, input: str = "") -> None:
        """Have a file read; `input` says how the inputs were scaled in training."""
        self._path, self._input = path, input
        self._desk.live.load_published(path)

    def _on_news(self, event: events.Event) -> None:
        if isinstance(event, events.WeightsLoaded) and event.path == self._path:
            trained = f" Trained with inputs of {self._input}." if self._input else ""
            self._desk.said.emit(words(event) + trained)


def words(event: events.WeightsLoaded) -> str:
    """Say what was loaded and by which names, and the first things that are not as expected."""
    loaded = f"{len(event.matched):,} tensors were loaded" + (f" by {event.how}." if event.how else ".")
    if not event.problems:
        return f"All {loaded}"
    rest = len(event.problems) - MOST_TOLD
    told = " ".join(event.problems[:MOST_TOLD])
    return f"{loaded} {told}" + (f" And {rest:,} more." if rest > 0 else "")
