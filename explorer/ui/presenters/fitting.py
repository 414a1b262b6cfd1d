"""Fits the inspected layer to the samples of the chosen data set."""

from __future__ import annotations

from PySide6.QtCore import QObject

from explorer.protocol import events, requests
from explorer.ui import words
from explorer.ui.desk import Desk
from explorer.ui.panels.fit_box import FitBox
from explorer.ui.presenters import datasets

SAMPLES = 256


class FittingPresenter(QObject):
    """One fit at a time; it goes on while other nodes are looked at."""

    def __init__(self, box: FitBox, desk: Desk) -> None:
        super().__init__(box)
        self._box, self._desk = box, desk
        self._address, self._fits = "", False
        self._job, self._running = 0, ""
        self._said: dict[str, str] = {}
        box.wanted.connect(self.start)
        box.given_up.connect(self.give_up)
        desk.news.connect(self._on_news)
        desk.lost.connect(lambda _: self._end("The engine stopped; fit again."))

    def show(self, address: str, fits: bool) -> None:
        """Be about this node."""
        self._address, self._fits = address, fits
        self._box.setVisible(fits)
        if fits and self._running != address:
            self._show_idle()

    def _show_idle(self) -> None:
        data = datasets.find(self._desk.live.sample.dataset)
        if data is None:
            self._box.show_idle("Not trained but fitted. Choose a data set in the samples first.", False)
            return
        count = min(SAMPLES, data.examples)
        idle = f"Not trained but fitted: it looks at {words.count(count)} samples of {data.title}."
        ready = self._desk.live.loaded_revision == self._desk.workspace.revision and not self._running
        self._box.show_idle(self._said.get(self._address, idle), ready)

    def start(self) -> None:
        """Ask the engine to fit the node."""
        request = requests.Fit(address=self._address, dataset=self._desk.live.sample.dataset, count=SAMPLES)
        self._job = self._desk.bridge.send(request)
        if self._job:
            self._running = self._address
            self._box.show_running("Collecting what arrives here …", 0, 0)

    def give_up(self) -> None:
        """Cancel; the layer stays as it was."""
        if self._job:
            self._desk.bridge.send(requests.Cancel(target=self._job))

    def _on_news(self, event: events.Event) -> None:
        if isinstance(event, events.Loaded):
            self._said.clear()
        if not self._job or event.job != self._job:
            if isinstance(event, events.Loaded) and self._fits and not self._running:
                self._show_idle()
            return
        if isinstance(event, events.FitProgress):
            if event.address == self._address:
                self._box.show_running(f"Step {event.done} of {event.total}", event.done, event.total)
        elif isinstance(event, events.Fitted):
            self._desk.live.refresh()
            self._end(f"Fitted to {words.count(event.samples)} samples. Fit again after changes before it.")
        elif isinstance(event, events.Cancelled):
            self._end("Cancelled; the layer is as it was.")
        elif isinstance(event, events.Failed):
            self._end(event.message)

    def _end(self, said: str) -> None:
        if not self._running:
            return
        self._said[self._running] = said
        self._job, self._running = 0, ""
        if self._fits:
            self._show_idle()
