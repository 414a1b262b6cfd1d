"""The first steps: shows the card, ticks what is done, and gives the network the rest of the room."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from explorer import words
from explorer.protocol.records import Sample
from explorer.style.colours import Array
from explorer.style.theme import theme
from explorer.ui.designs.files import DESIGNS, FilePresenter
from explorer.ui.probing.samples import ask_file
from explorer.ui.probing.samples_presenter import drawn_as
from explorer.ui.shell import ask
from explorer.ui.shell.keeping import Keeping
from explorer.ui.shell.open_designs import OpenDesigns
from explorer.ui.welcome.card import WelcomeCard
from explorer.ui.welcome.recent_files import recent
from explorer.ui.welcome.record import DIGITS, PHOTOGRAPHS, STEPS, Recent, Starter
from explorer.ui.welcome.step_networks import StepNetworks

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
        self._networks = StepNetworks(self, designs, files)
        self._networks.sampled.connect(self._on_sample)
        self._networks.looked.connect(self._on_tab)
        self._networks.turned.connect(self._on_turned)
        self._networks.left.connect(self._on_left)
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
        bench = self._networks.show(PHOTOGRAPHS)
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
        self._keeping.keep(welcomed=True)
        self._designs.bench.canvas.setFocus()

    def _put_away(self, card: WelcomeCard) -> None:
        self.card = None
        card.hide()
        card.deleteLater()
        self._networks.give_back()

    def _fill_recent(self) -> None:
        if self.card is not None:
            paths = self._keeping.kept.recent
            self.card.set_recent(recent(paths, time.time()), "Recent" if paths else "Or begin with")

    def _make_room(self) -> None:
        """The network in front is shown above the card, never under it."""
        if self.card is not None:
            self._networks.make_room(self._over.height() - self.card.y() + theme().px(ABOVE))
            self.card.raise_()

    # what is done

    def _press(self, number: int) -> None:
        if self.card is None:
            return
        if number == 1:
            if path := ask_file(self._over):
                self._networks.show(PHOTOGRAPHS).desk.session.choose(Sample(path=path))
        elif number == 2:
            self.card.pad.clear()
            self.card.pad.setFocus()
        else:
            bench = self._networks.show(PHOTOGRAPHS)
            bench.canvas.show_address(PHOTOGRAPHS.look)
            bench.dock.show_tab("features")

    def _draw(self, picture: Array) -> None:
        """A stroke in the square: the network of digits answers."""
        if self._networks.bench(DIGITS) is None and not picture.any():
            return  # the empty square was emptied
        bench = self._networks.show(DIGITS)
        self._make_room()
        tensor = next(iter(bench.desk.workspace.flow.inputs.values()), None)
        if tensor is not None:
            bench.desk.session.choose(Sample(values=drawn_as(picture, tensor.shape)))

    def _on_sample(self) -> None:
        """A digit was drawn, here or in the panel of inputs."""
        bench = self._networks.bench(DIGITS)
        values = bench.desk.session.sample.values if bench is not None else None
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

    def _on_turned(self, is_own: bool) -> None:
        """Another design is in front: the card was about its own."""
        if is_own:
            self._make_room()
        else:
            self.close()

    def _on_left(self, starter: Starter) -> None:
        """The network that the card is about was closed."""
        if starter is PHOTOGRAPHS and self.card is not None:
            self._put_away(self.card)

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
