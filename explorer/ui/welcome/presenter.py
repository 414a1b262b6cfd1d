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
from explorer.ui.welcome.record import STARTERS, STEPS, Recent

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
        self._starter = STARTERS[0]
        self._path = str(resources.path("designs", self._starter.file))
        self._bench: Bench | None = None
        self._was_folded = False
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
        self._bench = self._bench_of_starter()
        self._was_folded = self._bench.dock.is_folded
        self._bench.dock.set_folded(True)
        self._done = frozenset([1])
        card = self.card = WelcomeCard(self._over)
        card.every.setChecked(self._keeping.kept.welcome)
        values = {
            "title": self._starter.title,
            "look": self._starter.look,
            "parameters": words.count(self._bench.desk.workspace.flow.parameters),
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
        self._bench.desk.sampled.connect(self._on_sample)
        self._bench.dock.shown.connect(self._on_tab)
        self._designs.switched.connect(self._on_switch)
        self._designs.closed.connect(self._on_close)
        card.set_done(self._done)
        card.show()
        card.place()
        self._make_room()
        QTimer.singleShot(0, self, self._fill_recent)

    def close(self) -> None:
        """Go for this time; the room is the network's again."""
        if self.card is None or self._bench is None:
            return
        card, bench, self.card, self._bench = self.card, self._bench, None, None
        self._put_away(card)
        if bench in self._designs.benches:
            bench.desk.sampled.disconnect(self._on_sample)
            bench.dock.shown.disconnect(self._on_tab)
            self._leave_room(bench)
            if bench.dock.is_folded and not self._was_folded:
                bench.dock.set_folded(False)
        self._keeping.keep(welcomed=True)
        self._designs.bench.canvas.setFocus()

    def _put_away(self, card: WelcomeCard) -> None:
        card.hide()
        card.deleteLater()
        self._designs.switched.disconnect(self._on_switch)
        self._designs.closed.disconnect(self._on_close)

    def _bench_of_starter(self) -> Bench:
        for bench in self._designs.benches:
            if bench.opened_by == self._path:
                self._designs.show(bench)
                return bench
        self._files.open_starter(self._path)
        return self._designs.bench

    def _fill_recent(self) -> None:
        if self.card is not None:
            paths = self._keeping.kept.recent
            self.card.set_recent(recent(paths, time.time()), "Recent" if paths else "Or begin with")

    # room

    def _make_room(self) -> None:
        """The network is shown above the card, never under it."""
        if self.card is None or self._bench is None:
            return
        canvas = self._bench.canvas
        canvas.overlays.reserved = self._over.height() - self.card.y() + theme().px(ABOVE)
        canvas.overlays.set_quiet(True)
        self.card.raise_()
        navigation.fit_all(canvas, fly=False)

    @staticmethod
    def _leave_room(bench: Bench) -> None:
        bench.canvas.overlays.reserved = 0
        bench.canvas.overlays.set_quiet(False)
        navigation.fit_all(bench.canvas)

    # what is done

    def _press(self, number: int) -> None:
        if self._bench is None or self.card is None:
            return
        if number == 1:
            if path := ask_file(self._over):
                self._bench.desk.session.choose(Sample(path=path))
        elif number == 2:
            self.card.pad.clear()
            self.card.pad.setFocus()
        else:
            self._bench.canvas.show_address(self._starter.look)
            self._bench.dock.show_tab("features")

    def _draw(self, picture: object) -> None:
        if self._bench is None:
            return
        tensor = next(iter(self._bench.desk.workspace.flow.inputs.values()), None)
        if tensor is not None:
            values = drawn_as(picture, tensor.shape)  # type: ignore[arg-type]
            self._bench.desk.session.choose(Sample(values=values))

    def _on_sample(self) -> None:
        """A digit was drawn, here or in the panel of inputs."""
        if self._bench is not None:
            values = self._bench.desk.session.sample.values
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
        """Another design is in front: the card was about this one."""
        if bench is not self._bench:
            self.close()

    def _on_close(self, bench: Bench) -> None:
        """Its design is gone, and maybe the window with it: there is no room to give back."""
        if bench is self._bench and self.card is not None:
            card, self.card, self._bench = self.card, None, None
            self._put_away(card)

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
