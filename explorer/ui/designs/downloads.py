"""Fetches published weights for the design in sight, beside everything else, and has them read."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from explorer import words
from explorer.architectures.gallery import gallery
from explorer.client.weights.cache import is_here, obtain
from explorer.client.weights.download import DownloadProblem, GivenUp
from explorer.client.weights.publishers import Published, published
from explorer.ui.designs.published_weights import WeightsPresenter
from explorer.ui.shell.bench import Bench
from explorer.ui.shell.open_designs import OpenDesigns
from explorer.ui.widgets.search_list import Entry, SearchList
from explorer.ui.widgets.toast import Toast

OFTEN = 0.1
"""Seconds between two figures of the progress."""
WITHOUT_END = 86_400.0


class DownloadPresenter(QObject):
    """One download at a time, on a thread of its own; the window is never waited for."""

    _reached = Signal(object, object)
    _ended = Signal(object)

    def __init__(
        self, window: QWidget, over: QWidget, designs: OpenDesigns, weights: WeightsPresenter
    ) -> None:
        super().__init__(window)
        self._designs, self._weights = designs, weights
        self._for: Bench | None = None
        self._choice = SearchList(window, "Published weights")
        self.toast = Toast(over, at_top=True)  # news come up below
        self._wanted: Published | None = None
        self._stop = threading.Event()
        self._choice.taken.connect(self._take)
        self._reached.connect(self._show)
        self._ended.connect(self._end)

    def why_not(self) -> str | None:
        """Why nothing can be fetched now."""
        if self._wanted is not None:
            return "a download is in progress"
        if not self._offers():
            return "for this design no published weights are known"
        return self._weights.why_not()

    def choose(self) -> None:
        """Offer what is published for the design, the newest first."""
        self._choice.open_with([_entry(weights) for weights in reversed(self._offers())])

    def start(self, weights: Published) -> None:
        """Fetch a file and have it read when it is whole, unless another design is shown then."""
        self._wanted, self._for = weights, self._designs.bench
        self._stop = threading.Event()
        self._show(0, None)
        threading.Thread(target=self._work, args=(weights, self._stop), name="download", daemon=True).start()

    def give_up(self) -> None:
        """Stop fetching; nothing is kept."""
        self._stop.set()
        if self._wanted is not None:
            self._end(GivenUp())

    def _offers(self) -> tuple[Published, ...]:
        """By the name of the design, which a file keeps."""
        name = self._designs.bench.name
        return next((found for e in gallery().values() if e.title == name and (found := published(e.id))), ())

    def _take(self, file: str) -> None:
        weights = next((offer for offer in self._offers() if offer.file == file), None)
        if weights is not None and self.why_not() is None:
            self.start(weights)

    # on the thread

    def _work(self, weights: Published, stop: threading.Event) -> None:
        told = 0.0

        def watch(done: int, total: int | None) -> bool:
            nonlocal told
            if time.monotonic() - told > OFTEN and not stop.is_set():
                told = time.monotonic()
                self._reached.emit(done, total)
            return not stop.is_set()

        with suppress(RuntimeError):  # the window has gone meanwhile
            try:
                ended: Path | Exception = obtain(weights, watch)
            except (DownloadProblem, GivenUp) as problem:
                ended = problem
            if not stop.is_set():
                self._ended.emit(ended)

    # on the thread of the window

    def _show(self, done: int, total: int | None) -> None:
        if self._wanted is None:
            return
        size = total or round(self._wanted.mebibytes * 2**20)
        so_far = f"{_mebibytes(done)} of {_mebibytes(size)} MiB" if size else f"{_mebibytes(done)} MiB"
        self.toast.say(f"{self._wanted.file}: {so_far}", "Cancel", self.give_up, WITHOUT_END)

    def _end(self, ended: Path | Exception) -> None:
        weights, self._wanted = self._wanted, None
        self.toast.hide()
        if weights is None:
            return
        if isinstance(ended, Path):
            self._read(weights, ended)
        elif isinstance(ended, GivenUp):
            self._designs.bench.desk.said.emit("The download was given up; nothing was kept.")
        else:
            hint = " A file that you have is read by “Load published weights…”."
            unreachable = isinstance(ended, DownloadProblem) and ended.unreachable
            self._designs.bench.desk.said.emit(f"{ended}{hint if unreachable else ''}")

    def _read(self, weights: Published, path: Path) -> None:
        """Read the file into the design it was fetched for, in front or behind its tab."""
        bench = self._for if self._for in self._designs.benches else None
        if bench is not None and not bench.desk.session.training.is_going_on:
            self._weights.take(str(path), weights.input, bench.desk)
        else:
            words_ = f"{weights.file} is there; it is read when you ask for it again."
            self._designs.bench.desk.said.emit(words_)


def _entry(weights: Published) -> Entry:
    size = "fetched" if is_here(weights) else f"{weights.mebibytes:.0f}{words.NBSP}MiB, {weights.host}"
    return Entry(weights.file, f"{weights.dataset}, {weights.figure}", size, more=(weights.file,))


def _mebibytes(size: int) -> str:
    return f"{size / 2**20:.1f}" if size < 10 * 2**20 else words.count(round(size / 2**20))
