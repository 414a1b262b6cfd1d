"""The first steps: shows the card, ticks what is done, and gives the network the rest of the room."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from explorer import resources, words
from explorer.protocol.records import Sample
from explorer.style.theme import theme
from explorer.ui.canvas import navigation
from explorer.ui.designs.files import DESIGNS, FilePresenter
from explorer.ui.probing.samples import ask_file
from explorer.ui.probing.samples_presenter import drawn_as
from explorer.ui.shell import ask
from explorer.ui.shell.bench import Bench
from explorer.ui.shell.keeping import Keeping
from explorer.ui.shell.open_designs import OpenDesigns
from explorer.ui.welcome.card import WelcomeCard
from explorer.ui.welcome.recent_files import recent
from explorer.ui.welcome.record import DIGITS, PHOTOGRAPHS, STEPS, Recent, Starter

ABOVE = 16
"""Between the network and the card."""


class WelcomePresenter(QObject):
    """Makes the card when it is wanted; until then it costs nothing."""

    def __init__(
        self,
        over: QWidget,
        designs: OpenDesigns,
        files: FilePresenter,
        keeping: Keeping,
        run: Callable[[str], object],
    ) -> None:
        super().__init__(over)
        self._over, self._designs, self._files, self._keeping, self._run = over, designs, files, keeping, run
        self._benches: dict[Starter, Bench] = {}
        self._was_folded: dict[Bench, bool] = {}
        self._opening = False
        self._done: frozenset[int] = frozenset()
        self.card: WelcomeCard | None = None

    @property
    def is_open(self) -> bool:
        """Whether the card is there."""
        return self.card is not None

    def greet(self) -> None:
        """At a start: come if this is the first one, or if that is wished."""
        if self._keeping.kept.welcome or not self._keeping.kept.welcomed:
            self.open()

    def open(self) -> None:
        """Open the network and show the card."""
        if self.card is not None:
            return
        bench = self._show(PHOTOGRAPHS)
        self._done = frozenset([1])
        card = self.card = WelcomeCard(self._over)
        card.every.setChecked(self._keeping.kept.welcome)
        values = {
            "title": PHOTOGRAPHS.title,
            "digits": DIGITS.title,
            "look": PHOTOGRAPHS.look,
            "parameters": words.count(bench.desk.workspace.flow.parameters),
        }
        card.set_words([s.about.format(**values) for s in STEPS], [s.button.format(**values) for s in STEPS])
        for signal, slot in (
            (card.pressed, self._press),
            (card.drawn, self._draw),
            (card.closed, self.close),
            (card.taken, self._open_recent),
            (card.fileAsked, self._files.open),
            (card.asked, self._go_on),
            (card.placed, self._make_room),
        ):
            signal.connect(slot)
        card.always.connect(lambda on: self._keeping.keep(welcome=on))
        self._designs.switched.connect(self._on_switch)
        self._designs.closed.connect(self._on_close)
        card.set_done(self._done)
        card.show()
        card.place()
        self._make_room()
        QTimer.singleShot(0, self, self._fill_recent)

    def close(self) -> None:
        """Go for this time; the room is the networks' again."""
        if self.card is None:
            return
        self._put_away(self.card)
        for bench in tuple(self._was_folded):
            self._give_back(bench)
        self._benches.clear()
        self._keeping.keep(welcomed=True)
        self._designs.bench.canvas.setFocus()

    def _put_away(self, card: WelcomeCard) -> None:
        self.card = None
        card.hide()
        card.deleteLater()
        self._designs.switched.disconnect(self._on_switch)
        self._designs.closed.disconnect(self._on_close)

    def _show(self, starter: Starter) -> Bench:
        """Bring the network of a step to the front; it is opened where it is not there yet."""
        path = str(resources.path("designs", starter.file))
        bench = self._benches.get(starter) or self._opened_by(path)
        self._opening = True
        try:
            if bench is None:
                self._files.open_starter(path)
                bench = self._designs.bench
            else:
                self._designs.show(bench)
        finally:
            self._opening = False
        self._benches[starter] = bench
        if bench not in self._was_folded:
            self._take(bench)
            self._make_room()
        return bench

    def _opened_by(self, path: str) -> Bench | None:
        return next((bench for bench in self._designs.benches if bench.opened_by == path), None)

    def _take(self, bench: Bench) -> None:
        """The dock of a network goes while the card is there."""
        self._was_folded[bench] = bench.dock.is_folded
        bench.dock.set_folded(True)
        bench.desk.sampled.connect(self._on_sample)
        bench.dock.shown.connect(self._on_tab)

    def _give_back(self, bench: Bench) -> None:
        was_folded = self._was_folded.pop(bench)
        bench.desk.sampled.disconnect(self._on_sample)
        bench.dock.shown.disconnect(self._on_tab)
        self._leave_room(bench)
        if bench.dock.is_folded and not was_folded:
            bench.dock.set_folded(False)

    def _fill_recent(self) -> None:
        if self.card is not None:
            paths = self._keeping.kept.recent
            self.card.set_recent(recent(paths, time.time()), "Recent" if paths else "Or begin with")

    # room

    def _make_room(self) -> None:
        """The network in front is shown above the card, never under it."""
        bench = self._designs.bench
        if self.card is None or bench not in self._was_folded:
            return
        bench.canvas.overlays.reserved = self._over.height() - self.card.y() + theme().px(ABOVE)
        bench.canvas.overlays.set_quiet(True)
        self.card.raise_()
        navigation.fit_all(bench.canvas, fly=False)

    @staticmethod
    def _leave_room(bench: Bench) -> None:
        bench.canvas.overlays.reserved = 0
        bench.canvas.overlays.set_quiet(False)
        navigation.fit_all(bench.canvas)

    # what is done

    def _press(self, number: int) -> None:
        if self.card is None:
            return
        if number == 1:
            if path := ask_file(self._over):
                self._show(PHOTOGRAPHS).desk.session.choose(Sample(path=path))
        elif number == 2:
            self.card.pad.clear()
            self.card.pad.setFocus()
        else:
            bench = self._show(PHOTOGRAPHS)
            bench.canvas.show_address(PHOTOGRAPHS.look)
            bench.dock.show_tab("features")

    def _draw(self, picture: object) -> None:
        """A stroke in the square: the network of digits answers."""
        if self.card is None:
            return
        bench = self._show(DIGITS)
        tensor = next(iter(bench.desk.workspace.flow.inputs.values()), None)
        if tensor is not None:
            values = drawn_as(picture, tensor.shape)  # type: ignore[arg-type]
            bench.desk.session.choose(Sample(values=values))

    def _on_sample(self) -> None:
        """A digit was drawn, here or in the panel of inputs."""
        bench = self._benches.get(DIGITS)
        if bench in self._was_folded and bench is not None:
            values = bench.desk.session.sample.values
            if values is not None and float(values.max(initial=0.0)) > 0:
                self._tick(2)

    def _on_tab(self, tab: str) -> None:
        if tab == "features":
            self._tick(3)

    def _tick(self, number: int) -> None:
        if self.card is not None and number not in self._done:
            self._done |= {number}
            self.card.set_done(self._done)
            self._make_room()

    def _on_switch(self, bench: Bench) -> None:
        """Another design is in front: the card was about its own."""
        if self._opening:
            return
        if bench in self._was_folded:
            self._make_room()
        else:
            self.close()

    def _on_close(self, bench: Bench) -> None:
        """One of its designs is gone, and maybe the window with it: there is no room to give back."""
        if self.card is None or bench not in self._was_folded:
            return
        del self._was_folded[bench]
        self._benches = {starter: other for starter, other in self._benches.items() if other is not bench}
        if PHOTOGRAPHS not in self._benches:
            self._put_away(self.card)
            for other in tuple(self._was_folded):
                self._give_back(other)
            self._benches.clear()

    # going on

    def _open_recent(self, chosen: Recent) -> None:
        if not chosen.is_there:
            self._find(chosen)
        elif self._keeping.kept.recent:
            self._files.open_path(chosen.path)
        else:
            self._files.open_starter(chosen.path)

    def _find(self, lost: Recent) -> None:
        found = ask.open_file(self._over, f"Find {lost.name}", DESIGNS)
        if found and self._files.open_path(found):
            others = tuple(path for path in self._keeping.kept.recent if path != lost.path)
            self._keeping.keep(recent=others)

    def _go_on(self, where: str) -> None:
        self.close()
        self._run({"gallery": "file.gallery", "new": "file.new"}[where])
