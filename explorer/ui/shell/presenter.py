"""Top bar and status bar: name, totals, history, zoom, device, engine."""

from __future__ import annotations

from PySide6.QtCore import QObject

from explorer.protocol import events
from explorer.ui.canvas.canvas import CanvasView
from explorer.ui.designs.files import FilePresenter
from explorer.ui.desk import Desk
from explorer.ui.shell.window import Window
from explorer.ui.widgets.toast import Toast


class FramePresenter(QObject):
    """Keeps the window's bars true."""

    def __init__(self, window: Window, canvas: CanvasView, desk: Desk, files: FilePresenter) -> None:
        super().__init__(window)
        self._window, self._canvas, self._desk, self._files = window, canvas, desk, files
        self.toast = Toast(canvas)
        desk.changed.connect(self.refresh)
        desk.opened.connect(self.refresh)
        desk.news.connect(self._on_news)
        desk.lost.connect(self._on_lost)
        desk.said.connect(self.say)
        files.changed.connect(self.refresh)
        canvas.zoomChanged.connect(window.status_bar.set_zoom)
        canvas.selectionChanged.connect(lambda found: window.status_bar.set_selected(len(found)))
        canvas.levelChanged.connect(window.top_bar.set_path)
        window.top_bar.crumb.connect(self._climb)
        window.top_bar.set_path(())
        window.top_bar.set_device("…")
        self.refresh()

    def say(self, words: str) -> None:
        """Show a line over the canvas."""
        self.toast.say(words)

    def refresh(self) -> None:
        """Bring name, history and totals up to date."""
        workspace, window = self._desk.workspace, self._window
        flow = workspace.flow
        window.top_bar.set_name(workspace.document.name, self._files.shown_name, workspace.history.is_clean)
        window.top_bar.set_history(workspace.history.undo_title, workspace.history.redo_title)
        window.status_bar.set_totals(
            len(flow.faults), len(workspace.document.root), flow.parameters, flow.macs, flow.activation_bytes
        )
        window.status_bar.set_saved(self._files.saved_text)
        window.setWindowTitle(f"{workspace.document.name} – Architecture Explorer")

    def _climb(self, depth: int) -> None:
        self._canvas.show_level(self._canvas.context.path[:depth])

    def _on_news(self, event: events.Event) -> None:
        if isinstance(event, events.Ready):
            self._window.top_bar.set_device(event.devices[0].split(":")[0].upper())
        elif isinstance(event, events.Failed) and event.request in ("Load", "LoadWeights", "SaveWeights"):
            self.say(event.message)

    def _on_lost(self, words: str) -> None:
        self._window.top_bar.set_device("restarting")
        self.toast.say(f"{words} It is being started again.", seconds=12)
        self._desk.bridge.start()
