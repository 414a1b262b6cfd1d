"""Pressed: the button is down on something; a little further it becomes a move, else it was a click."""

from __future__ import annotations

from explorer.ui.canvas.hits import Target
from explorer.ui.canvas.pointer import Pointer
from explorer.ui.canvas.tools.move import Move
from explorer.ui.canvas.tools.stage import Stage
from explorer.ui.canvas.tools.tool import Tool


class Pressed(Tool):
    """Selects at once, so that the answer is there before the button is up."""

    id = "pressed"

    def __init__(self, stage: Stage, start: Pointer, target: Target) -> None:
        super().__init__(stage)
        self._start, self._target = start, target
        self._before = self.context.selection
        self._was_selected = target.id in self._before
        if start.shift:
            self.context.select(self._before.plus([target.id]))
        elif start.ctrl:
            self.context.select(self._before.toggled([target.id]))
        elif not self._was_selected:
            self.context.select([target.id])

    def move(self, pointer: Pointer) -> None:
        """Begin to move once the pointer has left its place."""
        if not pointer.far_from(self._start) or self._start.ctrl:
            return
        if not self.context.may_edit():
            self.stage.finish()
            return
        grip = self._target.id
        tool = Move(self.stage, self._start, grip, detach=self._start.alt)
        self.stage.start(tool)
        tool.move(pointer)

    def release(self, pointer: Pointer) -> None:
        """It was a click: the node alone is selected, and looked into."""
        self.stage.finish()
        plain = not (pointer.shift or pointer.ctrl)
        if plain and self._was_selected:
            self.context.select([self._target.id])
        if plain and self._target.kind == "node":
            self.stage.follow_problem()  # also when the node was selected already
            self.stage.look_into(self._target.id)

    def cancel(self) -> None:
        """Select again what was selected."""
        self.context.select(self._before)
