"""Remarks in the problems panel: below what is at fault, with cures, dismissed for the design."""

from __future__ import annotations

import pytest
from look_desk import make_desk
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from explorer.graph.edits import SetField
from explorer.remarks.finding import DISMISSED
from explorer.style.theme import theme
from explorer.ui.problems.panel import ProblemsPanel
from explorer.ui.problems.presenter import ProblemsPresenter
from explorer.ui.problems.remarking import SLICE_SECONDS


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
    desk.workspace.apply(SetField("conv1", "padding", 4))
    qtbot.waitUntil(lambda: any(row.line.is_remark and row.button.isVisible() for row in panel.rows))
    return panel, presenter, desk


def lines(panel):
    return [row.line for row in panel.rows if row.isVisibleTo(panel)]


def test_a_remark_is_counted_apart_and_stands_below_problems(shown, qtbot):
    panel, presenter, desk = shown
    assert presenter.count == 0
    assert panel.head.text() == "1 remark"
    assert lines(panel)[0].sentence.startswith("Pads 4 for a window of 5")
    desk.workspace.apply(SetField("fc2", "features", 0))
    qtbot.waitUntil(lambda: len(lines(panel)) > 2 and lines(panel)[-1].is_remark)
    assert not lines(panel)[0].is_remark
    assert panel.head.text().endswith(", 1 remark")


def test_a_cure_is_carried_out(shown, qtbot):
    panel, _, desk = shown
    assert panel.rows[0].button.text() == "Set padding to 2×2"
    qtbot.mouseClick(panel.rows[0].button, Qt.MouseButton.LeftButton)
    assert desk.workspace.document.root["conv1"].fields["padding"] == (2, 2)
    qtbot.waitUntil(lambda: not lines(panel))


def test_dismissed_for_this_design_undone_and_brought_back(shown, qtbot):
    panel, _, desk = shown
    qtbot.mouseClick(panel.rows[0].dismiss, Qt.MouseButton.LeftButton)
    assert not lines(panel)
    assert desk.workspace.document.settings[DISMISSED] == ("much_padding conv1",)
    assert panel.back.text() == "Show 1 dismissed remark again"
    qtbot.mouseClick(panel.back, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(lines(panel)))
    QTest.keyClick(panel.rows[0], Qt.Key.Key_Delete)
    assert not lines(panel)
    desk.workspace.history.undo()
    qtbot.waitUntil(lambda: bool(lines(panel)))


def test_an_edit_pays_for_a_timer_only(shown):
    _, presenter, desk = shown
    before = presenter.remarks.remarks
    desk.workspace.apply(SetField("conv1", "padding", 3))
    assert presenter.remarks.remarks is before  # they are worked out later, in slices
    assert presenter.remarks._quiet.isActive()
    assert SLICE_SECONDS <= 0.005
