"""The attention panel: the weights of all attention layers for the input in use."""

from __future__ import annotations

from explorer.protocol import events, requests
from explorer.ui.attention.panel import NOTHING, AttentionPanel
from explorer.ui.attention.record import AttentionMaps
from explorer.ui.desk import Desk
from explorer.ui.probing.presenter import LookPresenter, best
from explorer.ui.shell.parts import Parts


class AttentionPresenter(LookPresenter):
    """Asks for all layers at once; what is selected only chooses the layer."""

    def __init__(self, panel: AttentionPanel, desk: Desk) -> None:
        super().__init__(panel, desk)
        self._panel = panel
        self._addresses: tuple[str, ...] = ()
        desk.selected.connect(self._follow)

    def request(self) -> requests.Request:
        """Return all attention layers."""
        return requests.Attention(sample=self.desk.session.sample)

    def nothing(self) -> str:
        """Return the words for a design without attention."""
        return NOTHING

    def take(self, event: events.Event) -> None:
        """Show the weights."""
        if not isinstance(event, events.AttentionSet):
            return
        self._addresses = tuple(layer.address for layer in event.layers)
        self.samples.show_input(event.input)
        if event.layers:
            is_first = self._panel.is_empty()
            self._panel.show_maps(AttentionMaps(event.input, event.layers, best(event.answer), event.tokens))
            if is_first:
                self._follow(self.desk.address)

    def _on_selected(self, address: str) -> None:
        # the same weights, whatever is selected
        return

    def _follow(self, address: str) -> None:
        """Choose the layer that is selected, or stands inside what is selected."""
        inside = (i for i, own in enumerate(self._addresses) if f"{own}.".startswith(f"{address}."))
        layer = next(inside, None) if address else None
        if layer is not None:
            self._panel.choose_layer(layer)


def open_panel(parts: Parts) -> AttentionPresenter:
    """Make the panel for the dock."""
    return AttentionPresenter(AttentionPanel(), parts.desk)
