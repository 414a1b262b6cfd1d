"""The edit history: titles in order, a click goes to that state, what was taken back can be done again."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from explorer.graph.edits import SetField
from explorer.ui.history.panel import BEGINNING


@pytest.fixture
def app(make_app):
    app = make_app("lenet5_modern")
    for filters in (8, 10, 12):
        app.desk.workspace.apply(SetField("conv1", "filters", filters), f"Set filters to {filters}")
    return app


def titles(app):
    listed = app.history.page.list
    return [listed.item(row).text() for row in range(listed.count())]


def click(app, row):
    listed = app.history.page.list
    area = listed.visualItemRect(listed.item(row))
    QTest.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=area.center())


def filters(app):
    return app.desk.workspace.document.root["conv1"].fields["filters"]


def test_all_steps_are_listed_and_the_present_one_is_marked(app):
    app.actions.run("edit.history")
    assert app.history.is_open
    assert titles(app) == [BEGINNING, "Set filters to 8", "Set filters to 10", "Set filters to 12"]
    listed = app.history.page.list
    assert listed.currentRow() == 3
    assert [listed.item(row).font().weight() >= 600 for row in range(4)] == [False, False, False, True]


def test_a_click_goes_there_and_back(app):
    app.actions.run("edit.history")
    click(app, 1)
    assert filters(app) == 8
    assert app.desk.workspace.history.undo_title == "Set filters to 8"
    assert app.desk.workspace.history.redo_title == "Set filters to 10"
    assert app.history.is_open
    assert app.history.page.note.text() == "2 steps taken back"
    click(app, 0)
    assert filters(app) == 6
    click(app, 3)
    assert filters(app) == 12
    assert app.history.page.note.text() == "The newest state"


def test_enter_takes_the_row_with_the_keyboard(app):
    app.actions.run("edit.history")
    QTest.keyClick(app.history.page.list, Qt.Key.Key_Up)
    QTest.keyClick(app.history.page.list, Qt.Key.Key_Return)
    assert filters(app) == 10


def test_an_edit_meanwhile_is_listed_and_ends_what_was_taken_back(app, qtbot):
    app.actions.run("edit.history")
    click(app, 1)
    app.desk.workspace.apply(SetField("conv1", "filters", 20), "Set filters to 20")
    qtbot.waitUntil(lambda: titles(app) == [BEGINNING, "Set filters to 8", "Set filters to 20"])


def test_right_click_on_undo_opens_it(app):
    app.window.top_bar.undo.customContextMenuRequested.emit(QPoint(2, 2))
    assert app.history.is_open
    QTest.keyClick(app.history._popover, Qt.Key.Key_Escape)
    assert not app.history.is_open
