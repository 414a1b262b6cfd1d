"""Asks how a value of the selected layer comes about; a click in its output asks for another."""

from __future__ import annotations

from explorer.protocol import events, requests
from explorer.ui.arithmetic.panel import NOTHING, ArithmeticPanel
from explorer.ui.desk import Desk
from explorer.ui.probing.presenter import LookPresenter
from explorer.ui.shell.parts import Parts


class ArithmeticPresenter(LookPresenter):
    """Keeps the place as long as the layer is the same and has it."""

    def __init__(self, panel: ArithmeticPanel, desk: Desk) -> None:
        super().__init__(panel, desk)
        self._panel = panel
        self._address, self._place = "", tuple[int, ...]()
        self._shape: tuple[int, ...] | None = None
        panel.wanted.connect(self._go)

    def request(self) -> requests.Request | None:
        """Return the place of the selected layer that is looked at."""
        address = self.desk.address
        if not address:
            return None
        if address != self._address:
            self._address, self._place = address, ()
        return requests.Arithmetic(address=address, sample=self.desk.session.sample, place=self._fitting())

    def _fitting(self) -> tuple[int, ...]:
        """The place, unless an edit took it away."""
        flow = self.desk.workspace.flow
        try:
            first = next(iter(flow.at(self._address).outputs.values()), None)
        except KeyError:
            return ()
        sizes = first.shape if first is not None else ()
        fits = len(sizes) == len(self._place) and all(
            n < size for n, size in zip(self._place, sizes, strict=True)
        )
        return self._place if fits else ()

    def nothing(self) -> str:
        """Return the words for no layer."""
        return NOTHING

    def take(self, event: events.Event) -> None:
        """Show the value."""
        if isinstance(event, events.ArithmeticSet):
            self._place = event.place
            self._panel.show_value(event)

    def _go(self, place: tuple[int, ...]) -> None:
        self._place = place
        self.ask()


def open_panel(parts: Parts) -> ArithmeticPresenter:
    """Make the panel for the dock."""
    return ArithmeticPresenter(ArithmeticPanel(), parts.desk)
