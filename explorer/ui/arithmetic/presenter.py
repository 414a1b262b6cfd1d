"""Asks how a value of the selected layer comes about; a click in its output asks for another."""

from __future__ import annotations

from explorer.meaning.places import receptive_field_at
from explorer.protocol import events, requests
from explorer.ui.arithmetic.panel import NOTHING, ArithmeticPanel
from explorer.ui.desk import Desk
from explorer.ui.probing.presenter import LookPresenter
from explorer.ui.probing.receptive_field import box_of, words_for
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
            self._draw_box(event)

    def _draw_box(self, event: events.ArithmeticSet) -> None:
        """Outline in the picture what the value sees of it."""
        flow = self.desk.workspace.flow
        tensor = next(iter(flow.inputs.values()), None)
        if len(event.shape) != 3 or tensor is None or len(tensor.shape) != 3:
            self._panel.samples.set_box(None)
            return
        field = receptive_field_at(flow, event.address)
        box = box_of(field, event.cell, event.output.shape, tensor.shape[1:])
        self._panel.samples.set_box(box, words_for(field))

    def _go(self, place: tuple[int, ...]) -> None:
        self._place = place
        self.ask()


def open_panel(parts: Parts) -> ArithmeticPresenter:
    """Make the panel for the dock."""
    return ArithmeticPresenter(ArithmeticPanel(), parts.desk)
