"""What begins which gesture: button, keys, and what lies under the pointer. The first row that fits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from explorer.ui.canvas import commands
from explorer.ui.canvas.adding import PortRef
from explorer.ui.canvas.hits import Target
from explorer.ui.canvas.pointer import Button, Pointer
from explorer.ui.canvas.selection import DotRef, Selection
from explorer.ui.canvas.tools.connect import Connect
from explorer.ui.canvas.tools.cut import Cut
from explorer.ui.canvas.tools.marquee import Marquee
from explorer.ui.canvas.tools.move_dots import MoveDots
from explorer.ui.canvas.tools.move_wires import MoveWires
from explorer.ui.canvas.tools.pan import Pan
from explorer.ui.canvas.tools.pressed import Pressed
from explorer.ui.canvas.tools.stage import Stage
from explorer.ui.canvas.tools.tool import Tool


@dataclass(frozen=True)
class Press:
    """A button has gone down.

    Attributes:
        pointer: where, with which button and modifiers. on: what lies there. held: a key that is held down.
        may_edit: asks whether this level can be edited, and tells the user when not.

    """

    pointer: Pointer
    on: Target
    held: str
    may_edit: Callable[[], bool]

    @property
    def is_left(self) -> bool:
        """Whether it was the left button."""
        return self.pointer.button == Button.LeftButton

    @property
    def is_right(self) -> bool:
        """Whether it was the right button."""
        return self.pointer.button == Button.RightButton


@dataclass(frozen=True)
class Beginning:
    """A row: `begin` returns the gesture, or None where the press was all."""

    id: str
    fits: Callable[[Press], bool]
    begin: Callable[[Stage, Press], Tool | None]


def _pan(stage: Stage, press: Press) -> Tool:
    return Pan(stage, press.pointer)


def _pan_or_menu(stage: Stage, press: Press) -> Tool:
    return Pan(stage, press.pointer, menu=True)


def _cut(stage: Stage, press: Press) -> Tool:
    return Cut(stage, press.pointer) if press.may_edit() else Pan(stage, press.pointer)


def _connect(stage: Stage, press: Press) -> Tool | None:
    if not press.may_edit():
        return None
    on = press.on
    arriving = [] if on.is_output else stage.context.graph.into(on.id)
    taken = next((edge for edge in arriving if edge.into == on.port), None)
    return Connect(stage, press.pointer, PortRef(on.id, on.port, on.is_output), taken)


def _move_wires(stage: Stage, press: Press) -> Tool | None:
    on, graph = press.on, stage.context.graph
    edges = [edge for edge in graph.out_of(on.id) if edge.out == on.port] if on.is_output else []
    edges += [] if on.is_output else [edge for edge in graph.into(on.id) if edge.into == on.port]
    if not edges:
        return _connect(stage, press)
    if not press.may_edit():
        return None
    return MoveWires(stage, press.pointer, PortRef(on.id, on.port, on.is_output), edges)


def _disconnect(stage: Stage, press: Press) -> None:
    if press.may_edit():
        commands.disconnect_port(stage.context, press.on.id, press.on.port, is_output=press.on.is_output)


def _press(stage: Stage, press: Press) -> Tool:
    return Pressed(stage, press.pointer, press.on)


def _select_wire(stage: Stage, press: Press) -> None:
    edge = press.on.edge
    assert edge is not None
    if press.pointer.shift or press.pointer.ctrl:
        before = stage.context.selection
        stage.context.select(Selection(before.ids, before.wires ^ {edge}))
    else:
        stage.context.select_wire(edge)


def _move_dots(stage: Stage, press: Press) -> Tool:
    assert press.on.edge is not None
    return MoveDots(stage, press.pointer, DotRef(press.on.edge, press.on.number))


def _marquee(stage: Stage, press: Press) -> Tool:
    return Marquee(stage, press.pointer)


BEGINNINGS: tuple[Beginning, ...] = (
    Beginning("pan", lambda at: at.pointer.button == Button.MiddleButton or at.held == "space", _pan),
    Beginning("cut", lambda at: at.is_right and at.pointer.ctrl, _cut),
    Beginning("pan-or-menu", lambda at: at.is_right, _pan_or_menu),
    Beginning("cut-by-key", lambda at: at.is_left and at.held == "y", _cut),
    Beginning("disconnect", lambda at: at.is_left and at.on.kind == "port" and at.pointer.alt, _disconnect),
    Beginning("move-wires", lambda at: at.is_left and at.on.kind == "port" and at.pointer.ctrl, _move_wires),
    Beginning("connect", lambda at: at.is_left and at.on.kind == "port", _connect),
    Beginning("press", lambda at: at.is_left and at.on.kind in ("node", "note", "frame"), _press),
    Beginning("dot", lambda at: at.is_left and at.on.kind == "dot" and at.on.edge is not None, _move_dots),
    Beginning(
        "wire", lambda at: at.is_left and at.on.kind == "wire" and at.on.edge is not None, _select_wire
    ),
    Beginning("marquee", lambda at: at.is_left, _marquee),
)
"""Every way a gesture begins, the special before the general."""


def beginning(press: Press) -> Beginning | None:
    """Return the row that a press begins."""
    return next((row for row in BEGINNINGS if row.fits(press)), None)
