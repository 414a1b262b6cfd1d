"""] opens all composites in place, [ closes them; an unfolded level is read, not changed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.architectures.gallery import find
from explorer.blocks.registry import registry
from explorer.graph.edits import SetField
from explorer.graph.workspace import Workspace
from explorer.style.theme import theme
from explorer.ui.canvas.canvas import CanvasView


@pytest.fixture
def alexnet(qtbot: QtBot) -> CanvasView:
    theme().change(mode="light", scale=1.0, contrast=False, reduced_motion=True)
    view = CanvasView(Workspace(registry(), find("alexnet").build(None)))
    qtbot.addWidget(view)
    view.resize(1200, 700)
    view.show()
    view.setFocus()
    return view


def test_keys_unfold_and_fold(alexnet: CanvasView) -> None:
    context = alexnet.context
    before = list(context.views.nodes)
    QTest.keyClick(alexnet, Qt.Key.Key_BracketRight)
    assert "stage1.conv1" in context.views.nodes
    assert "stage1" in context.views.frames
    assert "Unfold" not in before
    context.select(["stage1.conv1"])
    assert context.addresses() == ("stage1.conv1",)
    QTest.keyClick(alexnet, Qt.Key.Key_BracketRight)  # there is nothing deeper
    assert context.shown.depth == 1
    QTest.keyClick(alexnet, Qt.Key.Key_BracketLeft)
    assert list(context.views.nodes) == before
    assert not context.selection


def test_nothing_is_changed_on_an_unfolded_level_and_it_says_why(alexnet: CanvasView, qtbot: QtBot) -> None:
    context = alexnet.context
    QTest.keyClick(alexnet, Qt.Key.Key_BracketRight)
    design = context.workspace.document.copy()
    context.select(["stage1.conv1"])
    for key in (Qt.Key.Key_Delete, Qt.Key.Key_M, Qt.Key.Key_H, Qt.Key.Key_L):
        QTest.keyClick(alexnet, key)
    for key in (Qt.Key.Key_D, Qt.Key.Key_G, Qt.Key.Key_X):
        QTest.keyClick(alexnet, key, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(
        alexnet, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    assert context.workspace.document.same_as(design)
    with qtbot.waitSignal(context.said) as said:
        assert not context.may_edit()
    assert "folds it" in said.args[0]


def test_edits_made_elsewhere_are_followed_and_addresses_are_found(alexnet: CanvasView) -> None:
    context = alexnet.context
    QTest.keyClick(alexnet, Qt.Key.Key_BracketRight)
    group = context.workspace.document.root["stage1"].group or ""
    context.workspace.apply(SetField("conv1", "filters", 32, group), "Set filters")
    assert "32" in context.views.nodes["stage1.conv1"].summary
    assert alexnet.show_address("stage2.conv1")
    assert context.selection.only == "stage2.conv1"
    assert context.shown.depth == 1
    assert context.show_level(("stage1",))
    assert context.shown.depth == 0
    assert "conv1" in context.views.nodes
    assert alexnet.show_address("stage2.conv1")  # folded: the level itself
    assert context.path == ("stage2",)


def test_what_is_too_much_is_said_and_stays_as_it_is(qtbot: QtBot) -> None:
    view = CanvasView(Workspace(registry(), find("preact_resnet1001_cifar10").build(None)))
    qtbot.addWidget(view)
    heard: list[str] = []
    view.context.said.connect(heard.append)
    view.context.unfold(1)
    assert view.context.shown.depth == 1
    view.context.unfold(2)
    assert view.context.shown.depth == 1
    assert "More than 600 blocks" in " ".join(heard)
    assert view.context.level.unfolded == 1
