"""Rings with an i: on the canvas at nodes that a remark is about, and in the inspector."""

from __future__ import annotations

import pytest
from look_desk import make_desk
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from explorer.graph.edits import SetField
from explorer.remarks.remark import Remark
from explorer.style.theme import theme
from explorer.ui.canvas.canvas import CanvasView
from explorer.ui.inspector.panel import InspectorPanel
from explorer.ui.inspector.presenter import InspectorPresenter
from explorer.ui.problems.marks import RemarkMarks, remarks_of_level
from explorer.ui.problems.remarking import RemarkBook


@pytest.fixture
def seen(qtbot):
    """A canvas with a remark about conv1, the marks on it, the book, and the desk."""
    theme().change(mode="light", scale=1.0)
    desk, _ = make_desk("lenet5_modern", input=(1, 28, 28))
    book = RemarkBook(desk)
    canvas = CanvasView(desk.workspace)
    qtbot.addWidget(canvas)
    canvas.resize(1200, 700)
    canvas.show()
    qtbot.waitExposed(canvas)
    marks = RemarkMarks(canvas, lambda: book.remarks)
    desk.workspace.apply(SetField("conv1", "padding", 4))
    qtbot.waitUntil(lambda: bool(book.remarks))
    canvas.camera.look_at(1.0, canvas.scene_.placed.boxes["conv1"].center(), fly=False)
    return canvas, marks, book, desk


def test_one_ring_for_each_node_of_the_level() -> None:
    first = Remark("stage.conv", "much_padding", "conv pads", others=("stage.conv2", "end"))
    second = Remark("end", "does_nothing", "end changes nothing")
    assert remarks_of_level([first, second], "") == {"stage": first, "end": first}
    assert remarks_of_level([first, second], "stage.") == {"conv": first, "conv2": first}


def test_the_ring_stands_at_the_lower_right_corner_and_is_painted(seen) -> None:
    canvas, marks, book, _ = seen
    assert set(marks.shown()) == {"conv1"}
    area, box = marks.area("conv1"), canvas.scene_.placed.boxes["conv1"]
    assert area.contains(box.bottomRight() + QPointF(-4, 0))
    assert area.width() == 16
    here = canvas.camera.to_view(area.center()).toPoint()

    def look() -> list[int]:
        image = canvas.viewport().grab().toImage()
        return [image.pixel(here.x() + x, here.y() + y) for x in range(-7, 8) for y in range(-7, 8)]

    with_ring = look()
    book.remarks = []
    assert with_ring != look()
    assert not marks.shown()


def test_a_click_on_the_ring_asks_for_the_remark_and_moves_nothing(seen, qtbot) -> None:
    canvas, marks, _, _ = seen
    here = canvas.camera.to_view(marks.area("conv1").center()).toPoint()
    with qtbot.waitSignal(marks.picked) as asked:
        QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=here)
    assert asked.args == ["conv1"]
    beside = canvas.camera.to_view(canvas.scene_.placed.boxes["conv1"].topLeft() + QPointF(20, 8)).toPoint()
    with qtbot.assertNotEmitted(marks.picked):
        QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=beside)
    assert "conv1" in canvas.context.selected_nodes()


def test_the_ring_says_its_remark_where_the_mouse_rests(seen) -> None:
    canvas, marks, _, _ = seen
    here = canvas.camera.to_view(marks.area("conv1").center()).toPoint()
    event = QHelpEvent(QEvent.Type.ToolTip, here, canvas.viewport().mapToGlobal(here))
    QApplication.sendEvent(canvas.viewport(), event)
    assert QToolTip.text().startswith("Remark: Pads 4 for a window of 5")
    QToolTip.hideText()


def test_far_away_there_is_no_ring(seen) -> None:
    canvas, marks, _, _ = seen
    canvas.camera.look_at(0.1, canvas.scene_.placed.boxes["conv1"].center(), fly=False)
    assert canvas.scene_.detail == "far"
    assert not marks.shown()


def test_the_inspector_says_the_remark_calmly_and_cures_it(seen, qtbot) -> None:
    _, _, book, desk = seen
    panel = InspectorPanel()
    qtbot.addWidget(panel)
    InspectorPresenter(panel, desk, remarks=book)
    desk.select("conv1")
    panel.show()
    box = panel.node_page.problem
    qtbot.waitUntil(lambda: box.note is not None and bool(box.note.repair))
    assert box.note.is_remark
    assert box.note.title == "Padding larger than half the window"
    assert box.note.sentence.startswith("Pads 4 for a window of 5")
    assert box.property("ground") == "sunken"
    assert not dict(panel.details.closed).get("weights")
    qtbot.mouseClick(box.button, Qt.MouseButton.LeftButton)
    assert desk.workspace.document.root["conv1"].fields["padding"] == (2, 2)
    qtbot.waitUntil(lambda: box.isHidden())
