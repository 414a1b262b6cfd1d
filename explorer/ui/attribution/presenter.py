"""The attribution panel: what the answer depends on, by a method and for a target."""

from __future__ import annotations

from explorer.graph.flow import Flow
from explorer.meaning import targets
from explorer.meaning.outputs import Context, context_of, main_output, meaning_of
from explorer.meaning.places import last_with_places
from explorer.protocol import events, requests
from explorer.protocol.records import Answer, Target
from explorer.ui.attribution.maps import Importance
from explorer.ui.attribution.panel import NOTHING, AttributionPanel
from explorer.ui.desk import Desk
from explorer.ui.probing.presenter import LookPresenter, best, class_name
from explorer.ui.shell.parts import Parts

MOST_CLASSES = 50


class AttributionPresenter(LookPresenter):
    """Asks for the chosen method; Grad-CAM looks at the selected layer, or at the last one with places."""

    def __init__(self, panel: AttributionPanel, desk: Desk) -> None:
        super().__init__(panel, desk)
        self._panel = panel
        panel.asked.connect(self._on_asked)

    def request(self) -> requests.Request:
        """Return the chosen method for the chosen target."""
        try:
            target = self._panel.target()
        except targets.TargetProblem:  # the panel says what is wrong with it
            target = None
        flow = self.desk.workspace.flow
        explained = (target or targets.usual(flow)).at or main_output(flow)
        layer = last_with_places(flow, self.desk.address, explained)
        reason = None if layer else "No layer in front of the target has features at places."
        self._panel.set_method_enabled("grad_cam", reason)
        if reason and self._panel.method() == "grad_cam":
            self._panel.set_method("saliency")
        method = self._panel.method()
        address = layer if method == "grad_cam" and layer == self.desk.address else ""
        return requests.Attribution(
            method=method, sample=self.desk.session.sample, target=target, address=address
        )

    def nothing(self) -> str:
        """Return the words for no input."""
        return NOTHING

    def take(self, event: events.Event) -> None:
        """Show the map."""
        if not isinstance(event, events.AttributionMap):
            return
        self.samples.show_input(event.input)
        workspace = self.desk.workspace
        context = context_of(workspace.document.settings, self.desk.session.sample.dataset)
        self._panel.set_targets(offered(workspace.flow, event.answer, context))
        self._panel.show_importance(
            Importance(
                event.method,
                event.input,
                event.values,
                event.words,
                best(event.answer),
                event.delta,
                event.address,
            )
        )

    def _on_selected(self, address: str) -> None:
        if self._panel.method() == "grad_cam":
            self.ask()

    def _on_asked(self, method: str, target: object) -> None:
        self.ask()


def offered(flow: Flow, answer: Answer, context: Context) -> list[tuple[Target, str]]:
    """Return the targets to choose from: the units of the main output, other outputs, and the sum.

    Of very many classes, those that are most likely.
    """
    found = [(Target(unit=index), name) for index, name in classes_of(answer)]
    main = main_output(flow)
    tensor = flow.outputs.get(main)
    if not found and tensor is not None and tensor.dtype == "float" and tensor.shape:
        meaning = meaning_of(flow, main, context)
        units = min(tensor.shape[meaning.axis], MOST_CLASSES)
        names = context.classes if len(context.classes) == tensor.shape[meaning.axis] else ()
        found = [(target, targets.words(target, meaning, names)) for target in map(_unit, range(units))]
    for name, other in flow.outputs.items():
        if name != main and other is not None and other.dtype == "float":
            found.append((Target(at=name), f"output {name}"))
    if tensor is not None and tensor.size > 1:
        found.append((Target(total=True), "sum of all values"))
    return found


def _unit(number: int) -> Target:
    return Target(unit=number)


def classes_of(answer: Answer) -> list[tuple[int, str]]:
    """Return the units of an answer to choose from; of very many, those that are strongest."""
    if len(answer.scores) <= MOST_CLASSES:
        return [(index, class_name(answer, index)) for index in range(len(answer.scores))]
    order = (-answer.scores).argsort(kind="stable")[:MOST_CLASSES]
    return [(int(index), class_name(answer, int(index))) for index in order]


def open_panel(parts: Parts) -> AttributionPresenter:
    """Make the panel for the dock."""
    return AttributionPresenter(AttributionPanel(), parts.desk)
