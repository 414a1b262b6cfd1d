"""The problems panel: faults first, each with the best repair."""

from __future__ import annotations

import pytest
from look_desk import make_desk
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from explorer.graph.operations import dissolve
from explorer.style.theme import theme
from explorer.ui.problems.panel import MOST, ProblemsPanel
from explorer.ui.problems.presenter import ProblemsPresenter
from explorer.ui.problems.row import ProblemLine


@pytest.fixture
def shown(qtbot):
    theme().change(mode="light", scale=1.0)
    desk, _ = make_desk("lenet5_modern", input=(1, 28, 28))
    panel = ProblemsPanel()
    presenter = ProblemsPresenter(panel, desk)
    qtbot.addWidget(panel)
    panel.resize(916, 268)
    panel.show()
    qtbot.waitExposed(panel)
    return panel, presenter, desk


def visible(panel):
    return [row for row in panel.rows if row.isVisibleTo(panel)]


def break_it(desk, qtbot, panel):
    desk.workspace.apply(dissolve(desk.workspace.document, ["flatten"]))
    qtbot.waitUntil(lambda: bool(visible(panel)) and panel.rows[0].button.isVisible())


def test_no_problems_is_said_in_words(shown):
    panel, presenter, _ = shown
    assert presenter.count == 0
    assert "No problems" in panel._empty.text()
    assert panel.head.text() == ""


def test_fault_first_with_repair_then_what_waits(shown, qtbot):
    panel, presenter, desk = shown
    break_it(desk, qtbot, panel)
    assert presenter.count == 1
    rows = visible(panel)
    assert [row.line.address for row in rows] == ["fc1", "relu3", "fc2", "relu4", "fc3", "output"]
    assert rows[0].line.sentence == "Needs one axis, but pool2 sends C 16 × H 5 × W 5."
    assert rows[2].line.sentence == "Waits for fc1. Its own fields are fine (→ 84)."
    assert [row.line.waits for row in rows] == [False, *[True] * 5]
    assert panel.head.text() == "1 to repair, 5 nodes wait for it"
    assert rows[0].button.text() == "Insert Flatten"
    assert rows[0].more.text() == "2 more"


def test_click_selects(shown, qtbot):
    panel, _presenter, desk = shown
    break_it(desk, qtbot, panel)
    with qtbot.waitSignal(desk.selected):
        qtbot.mouseClick(visible(panel)[2], Qt.MouseButton.LeftButton)
    assert desk.address == "fc2"
    assert [row.is_selected for row in visible(panel)].index(True) == 2


def test_button_and_menu_repair_in_one_step(shown, qtbot):
    panel, _, desk = shown
    break_it(desk, qtbot, panel)
    qtbot.mouseClick(panel.rows[0].button, Qt.MouseButton.LeftButton)
    assert not desk.workspace.flow.problems
    assert not visible(panel)
    desk.workspace.history.undo()
    qtbot.waitUntil(lambda: panel.rows[0].button.isVisible())
    menu = panel.rows[0].menu()
    assert len(menu.actions()) == 2
    menu.actions()[0].trigger()
    assert not desk.workspace.flow.problems
    assert desk.workspace.history.undo_title == "Insert global average pool"


def test_keyboard(shown, qtbot):
    panel, _, desk = shown
    break_it(desk, qtbot, panel)
    panel.activateWindow()
    panel.rows[0].setFocus()
    QTest.keyClick(panel.rows[0], Qt.Key.Key_Down)
    QTest.keyClick(panel.rows[1], Qt.Key.Key_Space)
    assert desk.address == "relu3"
    QTest.keyClick(panel.rows[0], Qt.Key.Key_Return)
    assert not desk.workspace.flow.problems


def test_thousands_are_counted_not_drawn(shown):
    panel, _, _ = shown
    panel.show_lines([ProblemLine(n, f"node{n}", "Waits.", waits=n > 0) for n in range(3000)])
    assert len(visible(panel)) == MOST
    assert panel.head.text() == "1 to repair, 2,999 nodes wait for it"
    assert "2,880 more" in panel._more.text()
