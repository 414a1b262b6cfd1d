"""What a screen reader hears beside the canvas: search list, runs, summary, text, bars; and stillness."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget

from explorer.protocol.records import Likely
from explorer.session import preferences
from explorer.style.theme import theme
from explorer.ui.app import App
from explorer.ui.training.run_list import RunLine, RunList
from explorer.ui.widgets.class_bars import ClassBars
from explorer.ui.widgets.search_list import SearchList
from explorer.ui.widgets.spoken import Spoken, announce
from explorer.ui.writing.next_bars import NextBars

NAME, ABOUT = QAccessible.Text.Name, QAccessible.Text.Description


def items_of(widget: QWidget) -> list[str]:
    announce()
    interface = QAccessible.queryAccessibleInterface(widget)
    return [interface.child(place).text(NAME) for place in range(interface.childCount())]


def spoken(window: QWidget, named: str) -> QWidget:
    return next(
        one
        for one in window.findChildren(QWidget)
        if isinstance(one, Spoken) and one.accessibleName() == named and one.isVisible()
    )


def test_the_search_list_is_heard_with_what_each_line_would_do(make_app: Callable[..., App]):
    app = make_app("lenet5_modern", (1, 28, 28))
    app.canvas.context.select(["pool1"])
    QTest.keyClick(app.canvas, Qt.Key.Key_Tab)
    found = next(one for one in app.window.findChildren(SearchList) if one.isVisible())
    QTest.keyClicks(found.field, "conv 64 3")
    lines = spoken(app.window, "What was found")
    assert items_of(lines)[0] == "Conv 2d, filters 64, kernel 3×3  → 64×12×12"
    interface = QAccessible.queryAccessibleInterface(lines)
    assert interface.child(0).state().selected
    assert interface.focusChild().text(NAME).startswith("Conv 2d")
    QTest.keyClick(found.field, Qt.Key.Key_Down)
    assert interface.focusChild().text(NAME).startswith("Conv 1d")
    found.field.clear()
    QTest.keyClicks(found.field, "relu 3")
    assert items_of(lines)[0] == "ReLU, ReLU takes no number 3"
    assert interface.child(0).text(ABOUT) == "cannot be taken now"


def test_runs_are_heard_as_buttons_with_their_figures(qtbot):
    runs = RunList()
    qtbot.addWidget(runs)
    runs.show_lines([RunLine(2, "Run 2", "lr 0.002", "0.0051", "100.0 %"), RunLine(1, "Run 1", "lr 1")], 2)
    heard = [QAccessible.queryAccessibleInterface(row) for row in runs.rows]
    assert [one.text(NAME) for one in heard] == ["Run 2, lr 0.002, 0.0051 100.0 %", "Run 1, lr 1, "]
    assert [one.state().checked for one in heard] == [True, False]


@pytest.mark.parametrize("width", [120, 150, 184, 230])
def test_loss_and_figure_of_a_run_do_not_overprint_each_other(qtbot, width):
    runs = RunList()
    qtbot.addWidget(runs)
    runs.show_lines([RunLine(1, "Run 1", "lr 0.002", "0.00507", "100.0 %")], 1)
    runs.resize(width, 60)
    runs.show()
    row = runs.rows[0]
    painted = row.grab().toImage()
    assert not painted.isNull()
    from PySide6.QtGui import QFontMetrics, QPainter, QPixmap

    sheet = QPixmap(10, 10)
    painter = QPainter(sheet)
    painter.setFont(theme().font("caption"))
    room = width - 41
    words = row._figures(painter, room)
    wide = painter.fontMetrics().horizontalAdvance(words)
    painter.end()
    figure = QFontMetrics(theme().font("label", 600)).horizontalAdvance("100.0 %")
    assert "0.00507" in words
    assert wide + figure <= room or (words == "0.00507" and width < 150)


def test_the_summary_is_heard_cell_by_cell_and_its_treemap_layer_by_layer(make_app: Callable[..., App]):
    app = make_app("lenet5_modern", (1, 28, 28))
    app.dock.show_tab("summary")
    QApplication.processEvents()
    panel = app.dock.panel("summary").panel
    table = next(one for one in panel.findChildren(QWidget) if one.inherits("QTreeView"))
    interface = QAccessible.queryAccessibleInterface(table)
    cells = [interface.child(place).text(NAME) for place in range(interface.childCount())]
    assert "Parameters" in cells
    assert any(cell == "conv1" for cell in cells)
    assert any(cell == "156" for cell in cells)
    panel.mode.set_value("map")
    panel.mode.chosen.emit("map")
    QApplication.processEvents()
    tree = spoken(app.window, "Treemap of parameters")
    heard = items_of(tree)
    assert heard[0].startswith("fc1 · Linear: ")
    assert "of all" in heard[0]
    app.canvas.context.select(["fc2"])
    interface = QAccessible.queryAccessibleInterface(tree)
    assert [n for n in range(len(heard)) if interface.child(n).state().selected] == [1]
    tree.setFocus()
    QTest.keyClick(tree, Qt.Key.Key_Left)
    assert [n for n in range(len(heard)) if interface.child(n).state().selected] == [0]


def test_bars_are_heard_line_by_line(qtbot):
    bars, likely = ClassBars("Answer"), NextBars()
    qtbot.addWidget(bars)
    qtbot.addWidget(likely)
    bars.set_answers([("7", 0.98), ("1", 0.01)])
    assert items_of(bars) == ["7 0.980", "1 0.010"]
    likely.set_likely([Likely("the", 0.5, 0.75), Likely("a", 0.1, 0.0)])
    assert items_of(likely) == [
        "the, 0.500 of the network, drawn 0.750",
        "a, 0.100 of the network, drawn cut",
    ]


def test_everything_in_the_window_that_takes_the_keyboard_has_a_name(make_app: Callable[..., App]):
    from explorer.ui.shell.panels import PANELS

    app = make_app("lenet5_modern", (1, 28, 28))
    nameless = set()
    for panel in PANELS:
        app.dock.show_tab(panel.id)
        QApplication.processEvents()
        for widget in app.window.findChildren(QWidget):
            if type(widget) is QWidget and isinstance(widget.parent(), QAbstractScrollArea):
                continue  # what scrolls is heard, not the window it is seen through
            if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
                interface = QAccessible.queryAccessibleInterface(widget)
                if interface is None or not interface.text(NAME):
                    nameless.add(f"{panel.id}: {type(widget).__name__} in {type(widget.parent()).__name__}")
    assert not nameless


def test_reduced_motion_is_a_command_and_is_kept(make_app: Callable[..., App]):
    app = make_app("lenet5_modern", (1, 28, 28))
    theme().change(reduced_motion=False)
    assert theme().duration("camera") > 0
    app.actions.run("view.still")
    assert theme().reduced_motion
    assert theme().duration("camera") == 0
    app.keeping.write()
    assert preferences.read().still
    app.actions.run("view.still")
    app.keeping.write()
    assert not preferences.read().still
    theme().change(reduced_motion=True)
