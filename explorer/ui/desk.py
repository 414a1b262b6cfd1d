"""A session on the thread of the window: its news as Qt signals, its timers as Qt timers."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance

from explorer.client.ending import Ending
from explorer.client.restarts import Restarts, Verdict
from explorer.graph.workspace import Workspace
from explorer.session.link import Link
from explorer.session.session import Session

SETTLE_MS = 120
"""Quiet time after an edit before the engine is told: dragging a field does not compile every value."""


Array = np.ndarray[Any, np.dtype[Any]]


class SignallingLink(Link, Protocol):
    """A link whose events come as Qt signals, such as `Bridge`."""

    heard: SignalInstance
    gone: SignalInstance

    @property
    def ending(self) -> Ending | None:
        """How the engine ended the last time, where that is known."""


class Desk(QObject):
    """What presenters listen to; they act through `session` and `workspace`. No decisions here.

    Signals:
        changed: the document changed (many a time during a gesture).
        selected: the address that the panels are about, `""` for none.
        gathered: other nodes are selected together.
        sampled: another input is looked at. pictured: the values of that input are known.
        loaded: the engine runs another form of the design. weights_changed: their story goes on.
        went_on: an event of a run. engine_changed: the engine came or went. lost: it died, in words.
        said: a line for the user.
    """

    changed = Signal()
    selected = Signal(str)
    gathered = Signal()
    sampled = Signal()
    pictured = Signal(object)
    loaded = Signal()
    weights_changed = Signal()
    went_on = Signal(object)
    engine_changed = Signal()
    lost = Signal(str)
    said = Signal(str)

    def __init__(
        self, workspace: Workspace, bridge: SignallingLink, id: str = "", parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.bridge = bridge
        self._restarts = Restarts()
        self.picture: Array | None = None
        self.several: tuple[str, ...] = ()
        self.pictured.connect(self._keep_picture)
        self.session = Session(workspace, bridge, id=id)
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self.session.follow)
        session = self.session
        session.changed.listen(self._on_change)
        session.selected.listen(self.selected.emit)
        session.sampled.listen(self.sampled.emit)
        session.loaded.listen(self.loaded.emit)
        session.weights.changed.listen(self.weights_changed.emit)
        session.went_on.listen(self.went_on.emit)
        session.engine_changed.listen(self.engine_changed.emit)
        session.lost.listen(self.lost.emit)
        session.said.listen(self.said.emit)
        bridge.heard.connect(session.hear)
        bridge.gone.connect(self._on_gone)
        self._is_awake = False

    def _keep_picture(self, values: Array) -> None:
        self.picture = values

    @property
    def workspace(self) -> Workspace:
        """The open design."""
        return self.session.workspace

    @property
    def address(self) -> str:
        """What the panels are about."""
        return self.session.address

    def select(self, address: str) -> None:
        """Make the panels be about an address."""
        self.session.select(address)

    def gather(self, addresses: tuple[str, ...]) -> None:
        """Note which nodes are selected together; fewer than two are none."""
        several = addresses if len(addresses) > 1 else ()
        if several != self.several:
            self.several = several
            self.gathered.emit()

    # the engine's life

    @property
    def is_awake(self) -> bool:
        """Whether an engine runs for this design, or is being started."""
        return self._is_awake

    def wake(self) -> None:
        """Start the engine, unless it runs."""
        if not self._is_awake:
            self._is_awake = True
            self.bridge.start()

    def sleep(self) -> None:
        """End the engine; what was live is kept and comes back when the design is looked at again."""
        self._is_awake = False
        self.session.asleep()

    def restart(self) -> None:
        """End the engine and start another one."""
        self._restarts.forget()
        self.sleep()
        self.wake()

    def _on_gone(self, words: str) -> None:
        if not self._is_awake:
            return
        ending = self.bridge.ending
        verdict = self._restarts.after(ending) if ending is not None else Verdict(0.0, words)
        self._is_awake = verdict.wait is not None
        self.session.engine_gone(verdict.words)
        if verdict.wait is not None:
            QTimer.singleShot(round(verdict.wait * 1000), self, self._start_again)

    def _start_again(self) -> None:
        if self._is_awake:
            self.bridge.start()

    def _on_change(self) -> None:
        self.changed.emit()
        self._settle.start()

    def close(self) -> None:
        """Stop listening and end the engine."""
        self._settle.stop()
        self.session.close()
