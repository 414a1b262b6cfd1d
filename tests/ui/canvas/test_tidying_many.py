"""Tidying very many nodes: piece by piece, one step at the end, stopped by Esc, given up after an edit."""

from __future__ import annotations

import pytest
from pointer import Hand
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.graph.edits import Move, SetField
from explorer.ui.canvas import tidying
from explorer.ui.canvas.canvas import CanvasView


@pytest.fixture
def heap(canvas: CanvasView, monkeypatch: pytest.MonkeyPatch) -> CanvasView:
    """A canvas whose nodes lie on a heap and count as very many."""
    monkeypatch.setattr(tidying, "AT_ONCE", 2)
    canvas.context.apply(Move({n: (10.0, 10.0) for n in canvas.context.graph}, ""), "Heap")
    return canvas


def places(canvas: CanvasView) -> dict[str, tuple[float, float]]:
    return {node.id: node.pos for node in canvas.context.graph.nodes}


def test_it_ends_as_if_done_at_once_and_is_one_step(heap: CanvasView, qtbot: QtBot) -> None:
    before = places(heap)
    assert tidying.tidy_level(heap)
    assert heap.tool.id == "tidy"
    assert places(heap) == before
    qtbot.waitUntil(lambda: heap.is_idle)
    found = places(heap)
    assert heap.context.workspace.history.undo_title == "Tidy"
    heap.context.workspace.history.undo()
    assert places(heap) == before
    tidying.tidy_all(heap.context)
    assert places(heap) == found


def test_esc_stops_it_and_leaves_all_as_it_was(heap: CanvasView, hand: Hand, qtbot: QtBot) -> None:
    before = places(heap)
    tidying.tidy_level(heap)
    hand.key(Qt.Key.Key_Escape)
    assert heap.is_idle
    qtbot.wait(60)
    assert places(heap) == before
    assert heap.context.workspace.history.undo_title == "Heap"


def test_after_an_edit_meanwhile_nothing_is_moved(heap: CanvasView, qtbot: QtBot) -> None:
    before = places(heap)
    tidying.tidy_level(heap)
    heap.context.workspace.apply(SetField("conv1", "filters", 4), "Fields")
    with qtbot.waitSignal(heap.said) as said:
        qtbot.waitUntil(lambda: heap.is_idle)
    assert "changed meanwhile" in said.args[0]
    assert places(heap) == before
