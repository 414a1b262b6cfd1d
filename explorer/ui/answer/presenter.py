"""The answer panel: all outputs for the input in use."""

from __future__ import annotations

from explorer.protocol import events, requests
from explorer.ui.answer.panel import NOTHING, AnswerPanel, Said
from explorer.ui.desk import Desk
from explorer.ui.probing.presenter import LookPresenter
from explorer.ui.shell.parts import Parts


class AnswerPresenter(LookPresenter):
    """Asks for the outputs; what is selected does not matter, unless it is an output itself."""

    def __init__(self, panel: AnswerPanel, desk: Desk) -> None:
        super().__init__(panel, desk)
        self._panel = panel

    def request(self) -> requests.Request:
        """Return all outputs."""
        return requests.Answers(sample=self.desk.session.sample)

    def nothing(self) -> str:
        """Return the words for a design that says nothing yet."""
        return NOTHING

    def take(self, event: events.Event) -> None:
        """Show what was said."""
        if not isinstance(event, events.AnswerSet):
            return
        self.samples.show_input(event.input)
        self._panel.show_said(Said(event.input, event.outputs, event.truth))

    def _on_selected(self, address: str) -> None:
        if not self._panel.is_empty() and address in self.desk.workspace.flow.outputs:
            self._panel.choose(address)


def open_panel(parts: Parts) -> AnswerPresenter:
    """Make the panel for the dock."""
    return AnswerPresenter(AnswerPanel(), parts.desk)
