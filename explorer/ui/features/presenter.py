"""The features panel: all maps of the selected layer."""

from __future__ import annotations

from explorer.meaning.places import receptive_field_at
from explorer.protocol import events, requests
from explorer.ui.desk import Desk
from explorer.ui.features import maps as features_maps
from explorer.ui.features.maps import FeatureMaps
from explorer.ui.features.panel import NOTHING, FeaturesPanel
from explorer.ui.probing.presenter import LookPresenter
from explorer.ui.probing.receptive_field import box_of, cell_of_token, words_for
from explorer.ui.shell.parts import Parts


class FeaturesPresenter(LookPresenter):
    """Asks for the maps of what is selected, and draws the box of the value that is looked at."""

    def __init__(self, panel: FeaturesPanel, desk: Desk) -> None:
        super().__init__(panel, desk)
        self._panel = panel
        self._maps: FeatureMaps | None = None
        panel.pointed.connect(self._draw_box)

    def request(self) -> requests.Request | None:
        """Return the maps of the selected layer."""
        address = self.desk.address
        return requests.Features(address=address, sample=self.desk.session.sample) if address else None

    def nothing(self) -> str:
        """Return the words for no layer."""
        return NOTHING

    def take(self, event: events.Event) -> None:
        """Show the maps."""
        if not isinstance(event, events.FeatureSet):
            return
        self._maps = features_maps.read(event.address, event.values, event.channels, event.axes)
        self.samples.show_input(event.input)
        self._panel.show_maps(self._maps)

    def _draw_box(self, cell: tuple[int, int] | None) -> None:
        pane, maps = self._panel.samples, self._maps
        flow = self.desk.workspace.flow
        tensor = next(iter(flow.inputs.values()), None)
        if cell is None or maps is None or tensor is None or len(tensor.shape) != 3:
            pane.set_box(None)
            return
        try:
            field = receptive_field_at(flow, maps.address)
        except KeyError:
            pane.set_box(None)
            return
        picture, size = tensor.shape[1:], maps.values.shape[-2:]
        if maps.form == "sequence" and not field.whole:
            found = cell_of_token(field, cell[0], maps.channels, picture)
            if found is None:
                pane.set_box(None)
                return
            cell, size = found
        if maps.form == "vector" and not field.whole:
            pane.set_box(None)
            return
        pane.set_box(
            box_of(field, cell, size, picture),
            words_for(field),
        )


def open_panel(parts: Parts) -> FeaturesPresenter:
    """Make the panel for the dock."""
    return FeaturesPresenter(FeaturesPanel(), parts.desk)
