"""Shows the history of the design in front below the undo button, and goes to the state that is chosen."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget

from explorer.graph.history import go_to
from explorer.ui.history.panel import HistoryPage
from explorer.ui.shell.bench import Bench
from explorer.ui.shell.open_designs import OpenDesigns
from explorer.ui.widgets.popover import Popover


class HistoryPresenter(QObject):
    """The list is made when it is first wanted; it stays open while one walks through the steps."""

    def __init__(self, window: QWidget, button: QWidget, designs: OpenDesigns) -> None:
        super().__init__(window)
        self._window, self._button, self._designs = window, button, designs
        self.page: HistoryPage | None = None
        self._popover: Popover | None = None
        # a step is in the history only after those who listen to the document were told
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._show)
        designs.added.connect(self._join)
        designs.switched.connect(lambda _bench: self._show())

    def _join(self, bench: Bench) -> None:
        bench.desk.changed.connect(self._later.start)

    @property
    def is_open(self) -> bool:
        """Whether the list is shown."""
        return self._popover is not None and self._popover.isVisible()

    def toggle(self) -> None:
        """Open the list below the undo button, or close it."""
        if self._popover is None or self.page is None:
            self.page = HistoryPage()
            self._popover = Popover(self._window, self.page)
            self.page.chosen.connect(self._go)
            self._popover.closed.connect(lambda: self._designs.bench.canvas.setFocus())
        if self._popover.isVisible():
            self._popover.close_it()
            return
        self.page.show_steps(self._designs.bench.desk.workspace.history.steps)
        self._popover.show_below(self._button)
        self.page.list.setFocus(Qt.FocusReason.PopupFocusReason)

    def _show(self) -> None:
        if self.is_open and self.page is not None:
            history = self._designs.bench.desk.workspace.history
            if not history.is_open:
                self.page.show_steps(history.steps)

    def _go(self, present: int) -> None:
        go_to(self._designs.bench.desk.workspace.history, present)
        self._show()
