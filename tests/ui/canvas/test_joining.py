"""Wires by keyboard: between what is selected, or from here to where one has walked."""

from __future__ import annotations

from pointer import Hand
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.ui.canvas.canvas import CanvasView


def wires(canvas: CanvasView) -> set[tuple[str, str]]:
    return {(edge.src, edge.dst) for edge in canvas.context.graph.edges}


def test_two_selected_blocks_are_wired_as_they_run(canvas: CanvasView) -> None:
    hand = Hand(canvas)
    hand.drop("add", canvas.camera.visible().center() + (canvas.camera.visible().bottomRight() / 4))
    join = canvas.context.selection.only
    assert join is not None
    for source in ("relu1", "conv1"):
        canvas.context.select([join, source])
        hand.key(Qt.Key.Key_J)
    assert {("relu1", join), ("conv1", join)} <= wires(canvas)
    assert canvas.context.workspace.history.undo_title == f"Wire conv1 to {join}"


def test_a_wire_goes_from_here_to_where_one_has_walked(canvas: CanvasView, qtbot: QtBot) -> None:
    hand = Hand(canvas)
    before = wires(canvas)
    canvas.context.select(["conv1"])
    with qtbot.waitSignal(canvas.context.said) as said:
        hand.key(Qt.Key.Key_J)
    assert "begins at conv1" in said.args[0]
    assert wires(canvas) == before
    hand.key(Qt.Key.Key_Right).key(Qt.Key.Key_Right)
    assert canvas.context.selection.only == "pool1"
    hand.key(Qt.Key.Key_J)
    assert ("conv1", "pool1") in wires(canvas)
    assert ("relu1", "pool1") not in wires(canvas)  # its one input has taken the new wire
    hand.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert wires(canvas) == before


def test_what_cannot_be_wired_is_said_and_changes_nothing(canvas: CanvasView, qtbot: QtBot) -> None:
    hand = Hand(canvas)
    before = canvas.context.workspace.document.copy()
    canvas.context.select(["output"])
    hand.key(Qt.Key.Key_J)
    canvas.context.select(["conv1"])
    with qtbot.waitSignal(canvas.context.said) as said:
        hand.key(Qt.Key.Key_J)
    assert said.args[0]
    assert canvas.context.workspace.document.same_as(before)
    canvas.context.select(())
    with qtbot.waitSignal(canvas.context.said) as said:
        hand.key(Qt.Key.Key_J)
    assert "Select the block" in said.args[0]
