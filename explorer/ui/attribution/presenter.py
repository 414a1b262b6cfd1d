"""The attribution panel: what the answer depends on, by a method and for a class."""

from __future__ import annotations

from explorer.graph.catalogue import INPUT
from explorer.graph.flow import Flow, NodeFlow
from explorer.protocol import events, requests
from explorer.protocol.records import Answer
from explorer.ui.attribution.maps import Importance
from explorer.ui.attribution.panel import NOTHING, AttributionPanel
from explorer.ui.desk import Desk
from explorer.ui.probing.presenter import LookPresenter, best, class_name
from explorer.ui.shell.parts import Parts

MOST_CLASSES = 50


class AttributionPresenter(LookPresenter):
    """Asks for the chosen method; Grad-CAM looks at the selected layer, or at the last one with maps."""

    def __init__(self, panel: AttributionPanel, desk: Desk) -> None:
        super().__init__(panel, desk)
        self._panel = panel
        self._layer = ""
        panel.asked.connect(self._on_asked)

    def request(self) -> requests.Request:
        """Return the chosen method for the chosen class."""
        self._layer = layer_with_maps(self.desk.workspace.flow, self.desk.address)
        reason = None if self._layer else "No layer of this design gives maps C × H × W."
        self._panel.set_method_enabled("grad_cam", reason)
        if reason and self._panel.method() == "grad_cam":
            self._panel.set_method("saliency")
        method = self._panel.method()
        address = self._layer if method == "grad_cam" else ""
        return requests.Attribution(
            method=method, sample=self.desk.session.sample, target=self._panel.target(), address=address
        )

    def nothing(self) -> str:
        """Return the words for no input."""
        return NOTHING

    def take(self, event: events.Event) -> None:
        """Show the map."""
        if not isinstance(event, events.AttributionMap):
            return
        self.samples.show_input(event.input)
        self._panel.set_classes(classes_of(event.answer))
        self._panel.show_importance(
            Importance(
                event.method,
                event.input,
                event.values,
                class_name(event.answer, event.target),
                best(event.answer),
                event.delta,
                self._layer if event.method == "grad_cam" else "",
            )
        )

    def _on_selected(self, address: str) -> None:
        if self._panel.method() == "grad_cam":
            self.ask()

    def _on_asked(self, method: str, target: object) -> None:
        self.ask()


def classes_of(answer: Answer) -> list[tuple[int, str]]:
    """Return the classes to choose from; of very many, those that are most likely."""
    if len(answer.scores) <= MOST_CLASSES:
        return [(index, class_name(answer, index)) for index in range(len(answer.scores))]
    order = (-answer.scores).argsort(kind="stable")[:MOST_CLASSES]
    return [(int(index), class_name(answer, int(index))) for index in order]


def layer_with_maps(flow: Flow, address: str) -> str:
    """Return the address, if its layer gives maps C × H × W, otherwise that of the last layer that does."""
    try:
        if address and _gives_maps(flow.at(address)):
            return address
    except KeyError:
        pass
    last = ""
    for name, node in flow.walk():
        if _gives_maps(node):
            last = name
    return last


def _gives_maps(node: NodeFlow) -> bool:
    first = next(iter(node.outputs.values()), None)
    is_input = node.block is not None and node.block.id == INPUT
    return not is_input and first is not None and first.axes == ("C", "H", "W") and max(first.shape[1:]) > 1


def open_panel(parts: Parts) -> AttributionPresenter:
    """Make the panel for the dock."""
    return AttributionPresenter(AttributionPanel(), parts.desk)
