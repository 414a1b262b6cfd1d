"""Remarks on the open design, looked for in small pieces once edits have settled."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer, Signal

from explorer.graph.edits import SetSetting
from explorer.remarks.finding import DISMISSED, aim_of, dismiss, dismissed, search, shown
from explorer.remarks.look import Aim
from explorer.remarks.remark import Found, Remark
from explorer.ui.desk import Desk

QUIET_MS = 300
"""Time without an edit after which the search begins."""
SLICE_SECONDS = 0.003
PAUSE_MS = 8


def aim_at(desk: Desk) -> Aim:
    """What the open design is for: the data, loss and batch of its next run, and whether it has learned."""
    settings = desk.session.settings
    return aim_of(
        desk.workspace.document,
        loss=settings.loss if desk.workspace.document.settings.get("dataset") else "",
        batch=settings.batch,
        has_weights=desk.session.weights.origin.is_trained,
    )


class RemarkBook(QObject):
    """Keeps the remarks that were found last; an edit costs no more than the start of a timer.

    Signals:
        changed: other remarks than before are known.

    """

    changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self.remarks: list[Remark] = []
        self._search: tuple[int, Found, list[Remark]] | None = None
        self._quiet = QTimer(self, singleShot=True, interval=QUIET_MS)
        self._quiet.timeout.connect(self._begin)
        self._next = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._next.timeout.connect(self._go_on)
        desk.changed.connect(self.look_again)
        desk.weights_changed.connect(self.look_again)
        self.look_again()

    def look_again(self) -> None:
        """Look for remarks anew once nothing has happened for a while."""
        self._quiet.start()

    @property
    def hidden(self) -> int:
        """How many remarks were dismissed on this design."""
        return len(dismissed(self._desk.workspace.document))

    def at(self, address: str) -> Remark | None:
        """The first remark about a node."""
        return next((one for one in self.remarks if address in (one.address, *one.others)), None)

    def dismiss(self, remark: Remark) -> None:
        """Show a remark no longer on this design; one undo step."""
        workspace = self._desk.workspace
        workspace.apply(dismiss(workspace.document, remark), "Dismiss a remark")
        self._show([one for one in self.remarks if one != remark])

    def bring_back(self) -> None:
        """Show all remarks of this design again; one undo step."""
        self._desk.workspace.apply(SetSetting(DISMISSED, None), "Show dismissed remarks")

    def _begin(self) -> None:
        workspace = self._desk.workspace
        if workspace.history.is_open or not workspace.is_worked_out:
            self._quiet.start()
            return
        found = search(workspace.document, workspace.flow, aim_at(self._desk))
        self._search = workspace.revision, found, []
        self._go_on()

    def _go_on(self) -> None:
        if self._search is None:
            return
        revision, search_, found = self._search
        if revision != self._desk.workspace.revision:
            self._search = None  # the edit has started the timer
            return
        end = time.perf_counter() + SLICE_SECONDS
        for remark in search_:
            if remark is not None:
                found.append(remark)
            if time.perf_counter() > end:
                self._next.start()
                return
        self._search = None
        self._show(shown(self._desk.workspace.document, found))

    def _show(self, remarks: list[Remark]) -> None:
        if remarks != self.remarks:
            self.remarks = remarks
            self.changed.emit()
