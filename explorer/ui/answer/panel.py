"""The answer panel: what the network says of an input, in the form in which people read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.protocol.records import Output
from explorer.ui.answer.stage import AnswerStage
from explorer.ui.probing.panel import LookPanel
from explorer.ui.widgets.choice import Choice

NOTHING = "Choose an input to see what the network answers."


@dataclass(frozen=True, eq=False)
class Said:
    """All outputs for one input; `truth` is the class of the sample, where it has one."""

    input: np.ndarray[Any, np.dtype[Any]]
    outputs: tuple[Output, ...]
    truth: str = ""


class AnswerPanel(LookPanel):
    """Shows what was `Said`, one output at a time."""

    def __init__(self) -> None:
        self._which = Choice("Output", [("", "—")], "Output: ")
        self.stage = AnswerStage()
        super().__init__("Answer", (self._which,), self.stage, NOTHING)
        self._said: Said | None = None
        self._which.chosen.connect(self._turn)
        self._which.hide()

    def show_said(self, said: Said) -> None:
        """Show the outputs; the one that was chosen stays, if it is still there."""
        names = [output.name for output in said.outputs]
        before = self._which.value()
        self._said = said
        self._which.set_options([(name, name) for name in names])
        self._which.set_value(before if before in names else names[0])
        self._which.setVisible(len(names) > 1)
        self._turn(self._which.value())
        self.show_body()

    def chosen(self) -> str:
        """Return the name of the output in sight."""
        return str(self._which.value())

    def choose(self, name: str) -> None:
        """Turn to an output."""
        self._which.set_value(name)
        self._turn(name)

    def _turn(self, name: object) -> None:
        if self._said is None:
            return
        output = next((one for one in self._said.outputs if one.name == name), self._said.outputs[0])
        self.stage.show_output(output, self._said.input, self._said.truth)
