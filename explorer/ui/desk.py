"""What all presenters share: the open design, the engine's side of it, and what is selected."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from explorer.client.live import Live, Wish
from explorer.graph.design_text import DesignText
from explorer.graph.document import Document
from explorer.graph.workspace import Workspace
from explorer.protocol import events
from explorer.protocol.records import Sample
from explorer.resources import weights_file
from explorer.ui.bridge import Bridge

SETTLE_MS = 120
"""Quiet time after an edit before the engine is told: dragging a field does not compile every value."""


class Desk(QObject):
    """State and news, no decisions: presenters listen here and act through `workspace` and `live`.

    Signals:
        changed: the document changed (many a time during a gesture).
        opened: another document is shown.
        selected: the address that the panels are about, `""` for none.
        news: an engine event that is still wanted.
        lost: the engine died; in words.
        said: a line for the user.
    """

    changed = Signal()
    opened = Signal()
    selected = Signal(str)
    news = Signal(object)
    lost = Signal(str)
    said = Signal(str)

    def __init__(self, workspace: Workspace, bridge: Bridge) -> None:
        super().__init__()
        self.workspace, self.bridge = workspace, bridge
        self.live = Live(bridge.send)
        self.address = ""
        self._text = DesignText()
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self.tell_engine)
        self._unlisten = workspace.listen(self._on_change)
        bridge.heard.connect(self._on_event)
        bridge.gone.connect(self._on_gone)

    def open(self, document: Document) -> None:
        """Show a document; its data set gives the first sample, its weights are read when it runs."""
        index = document.settings.get("sample", 0)
        self.live.sample = Sample(
            dataset=str(document.settings.get("dataset", "")), index=index if isinstance(index, int) else 0
        )
        self.live.another_design(self.workspace.revision + 1)
        self.workspace.open(document)
        self.select("")
        self.opened.emit()
        self.tell_engine(weights=weights_file(document.settings.get("weights")))

    def select(self, address: str) -> None:
        """Make the panels be about an address."""
        if address != self.address:
            self.address = address
            self.selected.emit(address)

    def look(self, wish: Wish) -> None:
        """Ask the engine for what a view shows."""
        self.live.look(wish)

    def tell_engine(self, weights: str = "") -> None:
        """Send the present design to the engine, when it runs."""
        workspace = self.workspace
        runs = not workspace.flow.faults and len(workspace.document.root) > 0
        self.live.show(self._text.of(workspace.document), workspace.revision, runs=runs, weights=weights)

    def _on_change(self) -> None:
        self.changed.emit()
        self._settle.start()

    def _on_event(self, event: events.Event) -> None:
        if self.live.handle(event):
            self.news.emit(event)

    def _on_gone(self, words: str) -> None:
        self.live.gone()
        self.lost.emit(words)

    def close(self) -> None:
        """Stop listening and end the engine."""
        self._settle.stop()
        self._unlisten()
        self.bridge.close()
