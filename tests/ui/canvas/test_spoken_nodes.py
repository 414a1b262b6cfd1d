"""What screen readers hear of the canvas, and how the camera follows the window."""

from __future__ import annotations

import pytest
from conftest import lenet
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QAccessible

from explorer.graph.edits import SetField
from explorer.ui.canvas import navigation
from explorer.ui.widgets.spoken import announce

NAME, ABOUT = QAccessible.Text.Name, QAccessible.Text.Description


@pytest.fixture
def canvas(open_canvas):
    announce()
    view = open_canvas(lenet)
    view.setFocus()
    return view


def heard(canvas):
    interface = QAccessible.queryAccessibleInterface(canvas)
    children = [interface.child(place) for place in range(interface.childCount())]
    return {child.text(NAME).split(",")[0]: child for child in children}


def test_nodes_are_heard_with_block_shape_and_what_they_feed(canvas):
    items = heard(canvas)
    assert list(items) == [view.title for view in canvas.context.views.nodes.values()]
    assert items["conv1"].text(NAME) == "conv1, Conv 2d, 6×28×28, feeds relu1"
    assert items["pool1"].text(NAME) == "pool1, Max pool, 6×14×14, feeds flatten"
    assert "takes from conv1" in items["relu1"].text(ABOUT)
    assert "156 parameters" in items["conv1"].text(ABOUT)


def test_selection_focus_and_place_are_those_of_the_canvas(canvas):
    canvas.context.select(["pool1"])
    items = heard(canvas)
    assert items["pool1"].state().selected
    assert not items["conv1"].state().selected
    interface = QAccessible.queryAccessibleInterface(canvas)
    if canvas.hasFocus():
        assert interface.focusChild().text(NAME).startswith("pool1,")
    area = items["pool1"].rect()
    box = canvas.scene_.placed.boxes["pool1"]
    middle = canvas.viewport().mapToGlobal(canvas.camera.to_view(box.center()).toPoint())
    assert area.contains(middle)
    assert interface.childAt(middle.x(), middle.y()).text(NAME).startswith("pool1,")
    canvas.camera.scroll(100, 0)
    assert heard(canvas)["pool1"].rect().x() == area.x() - 100


def test_what_is_heard_follows_edits(canvas):
    items = heard(canvas)
    assert "6×28×28" in items["conv1"].text(NAME)
    canvas.context.workspace.apply(SetField("conv1", "filters", 9))
    assert "9×28×28" in items["conv1"].text(NAME)
    canvas.context.workspace.apply(SetField("conv1", "kernel", 99))
    assert "has a problem" in items["conv1"].text(NAME)
    assert "99" in items["conv1"].text(ABOUT)


def test_the_whole_stays_in_sight_until_somebody_moves_it(canvas):
    navigation.fit_all(canvas)
    for width, height in ((700, 500), (1500, 900), (900, 420)):
        canvas.resize(width, height)
        assert canvas.camera.visible().contains(canvas.scene_.placed.bounds())
        assert canvas.camera.is_fitted
    zoom = canvas.zoom
    canvas.camera.scroll(5, 0)
    assert not canvas.camera.is_fitted
    canvas.resize(600, 400)
    assert canvas.zoom == zoom


@pytest.mark.parametrize(
    "move",
    [
        lambda camera: camera.zoom_by(1.25),
        lambda camera: camera.look_at(0.5, QPointF()),
        lambda camera: camera.fit(QRectF(0, 0, 50, 50), 1.2),
        lambda camera: camera.scroll(0, 9),
    ],
)
def test_any_move_by_hand_ends_it(canvas, move):
    navigation.fit_all(canvas)
    move(canvas.camera)
    assert not canvas.camera.is_fitted


def test_outside_of_the_view_is_said(canvas):
    canvas.camera.look_at(1.0, QPointF(20_000, 0), fly=False)
    assert all(item.state().offscreen for item in heard(canvas).values())
