"""Fits the inspected layer to the samples of the chosen data set."""

from __future__ import annotations

from PySide6.QtCore import QObject

from explorer import words
from explorer.protocol import events, requests
from explorer.training.datasets import DATASETS
from explorer.ui.desk import Desk
from explorer.ui.inspector.fit_box import FitBox

SAMPLES = 256


class FittingPresenter(QObject):
    """One fit at a time; it goes on while other nodes are looked at."""

    def __init__(self, box: FitBox, desk: Desk) -> None:
        super().__init__(box)
        self._box, self._desk = box, desk
        self._address, self._fits = "", False
        self._running = ""
        self._reached = (0, 0)
        self._said: dict[str, str] = {}
        self._fit = desk.session.watch(
            None, self._on_answer, "once", on_failed=self._on_failed, on_progress=self._on_progress
        )
        box.wanted.connect(self.start)
        box.given_up.connect(self.give_up)
        desk.loaded.connect(self._on_loaded)
        desk.sampled.connect(self._refresh)
        desk.lost.connect(self._on_lost)

    def show(self, address: str, fits: bool) -> None:
        """Be about this node."""
        self._address, self._fits = address, fits
        self._box.setVisible(fits)
        self._refresh()

    def _refresh(self) -> None:
        if not self._fits:
            return
        if self._running == self._address:
            self._show_running()
        else:
            self._show_idle()

    def _show_running(self) -> None:
        done, total = self._reached
        steps = f"Step {words.count(done)} of {words.count(total)}"
        said = steps if total else "Collecting what arrives here …"
        self._box.show_running(said, done, total)

    def _show_idle(self) -> None:
        data = DATASETS.get(self._desk.session.sample.dataset)
        if data is None:
            self._box.show_idle("Not trained but fitted. Choose a data set in the samples first.", False)
        elif self._running:
            self._box.show_idle(f"Not trained but fitted. Wait: {self._running} is being fitted.", False)
        else:
            count = words.count(min(SAMPLES, data.examples))
            idle = f"Not trained but fitted: it looks at {count} samples of {data.title}."
            self._box.show_idle(self._said.get(self._address, idle), self._desk.session.is_live)

    def start(self) -> None:
        """Ask the engine to fit the node."""
        request = requests.Fit(
            address=self._address, dataset=self._desk.session.sample.dataset, count=SAMPLES
        )
        self._running, self._reached = self._address, (0, 0)
        self._fit.ask(request)
        self._refresh()

    def give_up(self) -> None:
        """Cancel; the layer stays as it was."""
        if self._running:
            self._fit.stop()

    def _on_loaded(self) -> None:
        self._said.clear()  # what was said held for the design before
        self._refresh()

    def _on_progress(self, event: events.Event) -> None:
        if isinstance(event, events.FitProgress):
            self._reached = (event.done, event.total)
            self._refresh()

    def _on_answer(self, event: events.Event) -> None:
        if isinstance(event, events.Fitted):
            self._desk.session.watches.weights_changed()
            self._end(f"Fitted to {words.count(event.samples)} samples. Fit again after changes before it.")

    def _on_failed(self, event: events.Event) -> None:
        if isinstance(event, events.Failed):
            self._end(event.message)
        elif isinstance(event, events.Cancelled):
            self._end("Cancelled; the layer is as it was.")

    def _on_lost(self, _words: str) -> None:
        if self._running:
            self._end("The engine stopped; fit again.")

    def _end(self, said: str) -> None:
        self._said[self._running] = said
        self._running = ""
        self._refresh()
