"""Actions: keys, reasons, menus and the search list come from one table."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.ui.menus.main_menu import main_menu
from explorer.ui.shell.actions.action import Action
from explorer.ui.shell.actions.table import ActionTable
from explorer.ui.widgets.search_list import Entry, SearchList


@pytest.fixture
def parts(qtbot):
    window, canvas = QWidget(), QWidget()
    QVBoxLayout(window).addWidget(canvas)
    canvas.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    qtbot.addWidget(window)
    window.resize(600, 400)
    ran: list[str] = []
    state = {"reason": None}
    table = ActionTable(
        window,
        canvas,
        [
            Action("file.open", "Open…", "File", lambda: ran.append("open"), ("Ctrl+O",), "open"),
            Action(
                "edit.mute",
                "Mute",
                "Edit",
                lambda: ran.append("mute"),
                ("M",),
                enabled=lambda: state["reason"],
                canvas_only=True,
            ),
        ],
    )
    window.show()
    qtbot.waitExposed(window)
    return window, canvas, table, ran, state


def test_shortcuts_run(parts, qtbot):
    _, canvas, _, ran, _ = parts
    canvas.setFocus()
    qtbot.keyClick(canvas, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(canvas, Qt.Key.Key_M)
    assert ran == ["open", "mute"]


def test_a_greyed_action_says_why_and_does_not_run(parts, qtbot):
    window, canvas, table, ran, state = parts
    state["reason"] = "select a block first"
    (shown,) = [
        a for sub in main_menu(table, window).actions() for a in sub.menu().actions() if "Mute" in a.text()
    ]
    assert not shown.isEnabled()
    assert shown.text() == "Mute\tselect a block first"
    assert table.run("edit.mute") == "select a block first"
    canvas.setFocus()
    with qtbot.waitSignal(table.refused) as said:
        qtbot.keyClick(canvas, Qt.Key.Key_M)
    assert said.args == ["Mute: select a block first"]
    assert ran == []


def test_an_id_stands_once(parts):
    window, canvas, *_ = parts
    twice = [Action("a", "A", "File", lambda: None)] * 2
    with pytest.raises(ValueError, match="twice"):
        ActionTable(window, canvas, twice)


def test_a_key_stands_once(parts):
    window, canvas, *_ = parts
    rows = [Action(name, name, "File", lambda: None, ("Ctrl+9",)) for name in "ab"]
    with pytest.raises(ValueError, match=r"'Ctrl\+9' is a key of 'a' and of 'b'"):
        ActionTable(window, canvas, rows)


def test_the_menu_holds_every_row(parts):
    window, _, table, *_ = parts
    menu = main_menu(table, window)
    titles = {a.text() for sub in menu.actions() if sub.menu() for a in sub.menu().actions()}
    assert titles == {"Open…\tCtrl+O", "Mute\tM"}


def test_search_list_takes_what_can_be_taken(parts, qtbot):
    window, *_ = parts
    found = SearchList(window, "Search")
    taken: list[str] = []
    found.taken.connect(taken.append)
    found.open_with(
        [Entry("a", "Train"), Entry("b", "Tidy all"), Entry("c", "Trim", reason="nothing to trim")]
    )
    qtbot.keyClicks(found.field, "tri")
    qtbot.keyClick(found.field, Qt.Key.Key_Return)
    assert taken == []  # “Trim” cannot be used now
    found.field.clear()
    qtbot.keyClicks(found.field, "tidy")
    qtbot.keyClick(found.field, Qt.Key.Key_Return)
    assert taken == ["b"]
    assert not found.isVisible()
