"""Menus of what was clicked: by right click and by key, greyed rows with their reason in sight."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.graph.edits import SetDots, SetNote
from explorer.graph.model import Note
from explorer.ui.menus.context_menu import ContextMenu
from explorer.ui.menus.main_menu import MOST_LETTERS, main_menu
from explorer.ui.menus.row import MenuRow, MenuSheet

Key = Qt.Key


DOT = (420.0, 560.0)
"""Where the wire behind relu1 is led through."""


@pytest.fixture
def app(make_app):
    made = make_app("lenet5_modern", (1, 28, 28))
    workspace = made.desk.workspace
    workspace.apply(SetNote("note1", Note("note1", "Look", (60, 400))), "Note")
    wire = next(edge for edge in workspace.document.root.edges if edge.src == "relu1")
    workspace.apply(SetDots(wire, (DOT,)), "Dots")
    QApplication.processEvents()
    return made


def right_click(canvas, point):
    """Press and release at a canvas point, without moving."""
    port, local = canvas.viewport(), canvas.camera.to_view(point)
    button, none = Qt.MouseButton.RightButton, Qt.MouseButton.NoButton
    for kind, down in ((QEvent.Type.MouseButtonPress, button), (QEvent.Type.MouseButtonRelease, none)):
        event = QMouseEvent(
            kind, local, port.mapToGlobal(local), button, down, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(port, event)


def titles(menu):
    return [line.row.title for line in menu.lines]


def row(menu, title):
    (found,) = [line.row for line in menu.lines if line.row.title == title]
    return found


def frame_of(app):
    return next(key for key, view in app.canvas.context.views.frames.items() if view.title == "features")


def place(app, what):
    placed = app.canvas.scene_.placed
    if what == "node":
        return placed.boxes["conv1"].topLeft() + QPointF(30, 12)
    if what == "wire":
        return placed.routes[next(e for e in placed.routes if e.src == "conv1")].path.pointAtPercent(0.5)
    if what == "conv2":
        return placed.boxes["conv2"].center()
    if what == "port":
        return placed.outputs["conv1"]["y"]
    if what == "frame":
        return placed.frames[frame_of(app)].topLeft() + QPointF(30, 10)
    if what == "dot":
        return QPointF(*DOT)
    if what == "note":
        return placed.notes["note1"].center()
    return placed.bounds().bottomLeft() + QPointF(-60, 40)


@pytest.mark.parametrize(
    ("what", "title", "holds"),
    [
        (
            "node",
            "conv1 · Conv 2d",
            ["Add a block after it…", "Duplicate", "Mute", "Show features", "Delete"],
        ),
        (
            "wire",
            "conv1 → relu1 · 6×28×28",
            ["Put a block into it…", "Select conv1", "Set a reroute dot", "Delete"],
        ),
        ("dot", "Reroute dot · relu1 → pool1", ["Take the reroute dots out", "Delete"]),
        ("port", "conv1, output y · 6×28×28", ["Add a block here…", "Take its wires off"]),
        ("frame", "Frame “features”", ["Rename", "Fit the selection", "Delete"]),
        ("note", "Note", ["Rename", "Delete"]),
        ("ground", "LeNet-5", ["Add a block by name…", "Note", "Paste", "Select all", "Fit all"]),
    ],
)
def test_a_right_click_opens_the_menu_of_what_lies_there(app, what, title, holds):
    app.canvas.context.select(["fc3"])
    right_click(app.canvas, place(app, what))
    menu = app.menus.menu
    assert menu.isVisible()
    assert menu.accessibleName() == title
    assert set(holds) <= set(titles(menu))
    chosen = app.canvas.context.selection
    expected = {"node": ("conv1",), "port": ("conv1",), "frame": (frame_of(app),), "note": ("note1",)}
    assert chosen.ids == expected.get(what, ())
    assert bool(chosen.wires) is (what == "wire")
    assert bool(chosen.dots) is (what == "dot")


def test_a_right_click_within_the_selection_keeps_it(app):
    app.canvas.context.select(["conv1", "relu1"])
    right_click(app.canvas, place(app, "node"))
    assert app.canvas.context.selection.ids == ("conv1", "relu1")
    assert app.menus.menu.accessibleName() == "2 blocks"


def test_a_greyed_row_says_why_below_its_title_and_is_not_taken(app):
    right_click(app.canvas, place(app, "node"))
    menu = app.menus.menu
    mute = row(menu, "Mute")
    assert mute.reason == "turns 1×28×28 into 6×28×28, so nothing can pass through"
    assert row(menu, "Ungroup or unpack").reason == "conv1 is one layer, not a group"
    (line,) = [line for line in menu.lines if line.row is mute]
    (plain,) = [line for line in menu.lines if line.row.title == "Rename"]
    assert line.height() > plain.height()  # there is room for the reason, it is no tip
    assert mute.reason in " ".join(line._below())
    assert mute.reason in line.accessibleName()
    QTest.mouseClick(line, Qt.MouseButton.LeftButton)
    assert menu.isVisible()
    assert not app.desk.workspace.document.root["conv1"].muted


def test_a_click_on_a_row_does_it(app):
    right_click(app.canvas, place(app, "node"))
    menu = app.menus.menu
    (line,) = [line for line in menu.lines if line.row.title == "Delete"]
    QTest.mouseClick(line, Qt.MouseButton.LeftButton)
    assert not menu.isVisible()
    assert "conv1" not in app.desk.workspace.document.root


@pytest.mark.parametrize(("key", "keys"), [(Key.Key_Menu, "NoModifier"), (Key.Key_F10, "ShiftModifier")])
def test_the_menu_key_opens_at_what_is_selected(app, key, keys):
    app.canvas.context.select(["conv2"])
    app.canvas.camera.scroll(*(app.canvas.camera.to_view(place(app, "conv2")) - QPointF(40, 40)).toTuple())
    QTest.keyClick(app.canvas, key, getattr(Qt.KeyboardModifier, keys))
    menu = app.menus.menu
    assert menu.isVisible()
    assert menu.accessibleName() == "conv2 · Conv 2d"
    middle = app.canvas.viewport().mapToGlobal(app.canvas.camera.to_view(place(app, "conv2")).toPoint())
    lowest = menu.screen().availableGeometry().bottom() - menu.height()
    assert (menu.x(), menu.y()) == (middle.x(), min(middle.y(), lowest))


def test_arrows_skip_nothing_letters_jump_and_esc_closes(app):
    app.canvas.context.select(["conv2"])
    QTest.keyClick(app.canvas, Key.Key_Menu)
    menu = app.menus.menu
    seen = [menu.current.title] if menu.current else []
    for _ in range(len(menu.lines) - len(seen)):
        QTest.keyClick(
            QApplication.focusWidget() if QApplication.focusWidget() in menu.lines else menu, Key.Key_Down
        )
        seen.append(menu.current.title)
    assert seen == titles(menu)
    QTest.keyClick(menu, Key.Key_Home)
    QTest.keyClicks(menu, "m")
    assert menu.current.title == "Mute"
    QTest.keyClick(menu, Key.Key_Return)
    assert menu.isVisible()  # greyed
    QTest.keyClicks(menu, "r")
    assert menu.current.title == "Replace by…"
    QTest.keyClicks(menu, "r")
    QTest.keyClick(menu, Key.Key_Return)
    assert not menu.isVisible()
    assert app.canvas.overlays.rename.isVisible()
    QTest.keyClick(app.canvas.overlays.rename, Key.Key_Escape)
    QTest.keyClick(app.canvas, Key.Key_Menu)
    QTest.keyClick(menu, Key.Key_Escape)
    assert not menu.isVisible()


def test_put_a_block_into_a_wire(app, qtbot):
    right_click(app.canvas, place(app, "wire"))
    row(app.menus.menu, "Put a block into it…").run()
    field = app._blocks._list.field
    qtbot.keyClicks(field, "batch norm")
    QTest.keyClick(field, Key.Key_Return)
    root = app.desk.workspace.document.root
    (new,) = [edge.dst for edge in root.out_of("conv1")]
    assert root[new].block.startswith("batch_norm")
    assert [edge.dst for edge in root.out_of(new)] == ["relu1"]


def test_take_the_wires_of_a_port_off(app):
    right_click(app.canvas, place(app, "port"))
    row(app.menus.menu, "Take its wires off").run()
    assert not app.desk.workspace.document.root.out_of("conv1")
    right_click(app.canvas, place(app, "port"))
    assert row(app.menus.menu, "Take its wires off").reason == "no wire ends here"


def test_inside_a_block_what_would_edit_is_greyed(app):
    app.files.open_gallery("resnet_small")
    app.canvas.show_level(("stage1_block1",))
    app.menus.menu.close()
    key = next(iter(app.canvas.context.views.nodes))
    right_click(app.canvas, app.canvas.scene_.placed.boxes[key].center())
    assert "inside of a block" in row(app.menus.menu, "Delete").reason
    assert row(app.menus.menu, "Copy").reason is None


class TestPalette:
    def ask(self, app, block="dropout"):
        listed = app.palette.list
        app.palette.search.setText(block)
        area = listed.row_rect(block)
        at = area.center()
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, listed.viewport().mapToGlobal(at))
        QApplication.sendEvent(listed.viewport(), event)
        return app.menus.menu

    def test_a_row_adds_behind_the_selected_block(self, app):
        app.canvas.context.select(["fc3"])
        menu = self.ask(app)
        assert menu.accessibleName() == "Dropout"
        row(menu, "Add behind fc3").run()
        assert "dropout1" in app.desk.workspace.document.root

    def test_a_row_goes_into_the_selected_wire(self, app):
        wire = next(e for e in app.desk.workspace.document.root.edges if e.src == "fc1")
        assert row(self.ask(app), "Put into the selected wire").reason == "select one wire first"
        app.canvas.context.select_wire(wire)
        row(self.ask(app), f"Put into {wire.src} → {wire.dst}").run()
        root = app.desk.workspace.document.root
        assert [e.dst for e in root.out_of("fc1")] == ["dropout1"]
        assert [e.dst for e in root.out_of("dropout1")] == [wire.dst]


def test_a_tab_has_a_menu(app, qtbot):
    app.files.open_gallery("mlp_spirals")
    app.files.open_gallery("vit_mnist")
    tabs = app.window.top_bar.tabs
    qtbot.waitUntil(lambda: tabs.count() == len(app.designs.benches) and tabs.isVisible())
    at = tabs.tabRect(0).center() - QPoint(10, 0)
    QApplication.sendEvent(tabs, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, tabs.mapToGlobal(at)))
    menu = app.menus.menu
    assert menu.accessibleName() == "LeNet-5"
    assert app.designs.number == 0  # what the rows do, they do to the design in front
    row(menu, "Close the others").run()
    assert [bench.name for bench in app.designs.benches] == ["LeNet-5"]


def test_the_menu_of_the_window_shows_reasons_in_place_of_keys(app):
    app.canvas.context.select(())
    menu = main_menu(app.actions, app.window)
    texts = {a.text() for sub in menu.actions() for a in sub.menu().actions()}
    assert "Duplicate\tselect a block first" in texts
    assert "New design\tCtrl+N" in texts
    assert all(len(text.partition("\t")[2]) <= MOST_LETTERS for text in texts)
    menu.deleteLater()


@pytest.mark.parametrize("corner", ["left", "right"])
def test_a_menu_stays_on_the_screen(qtbot, app, corner):
    screen = app.window.screen().availableGeometry()
    at = screen.bottomRight() if corner == "right" else screen.topLeft()
    menu = ContextMenu(app.window)
    rows = tuple(
        MenuRow(f"Row {n}", lambda: None, reason="because of this" if n % 2 else None) for n in range(12)
    )
    menu.open_at(MenuSheet("All", (rows,)), at)
    assert screen.contains(menu.geometry())
    menu.close()


def test_two_starters_of_one_name_stand_once(app):
    named = [row.title for row in app.actions.rows.values() if row.section in ("Start with", "Gallery")]
    assert "LeNet-5" in named
    assert not [title for title in named if title.startswith("LeNet-5 (")]
    assert not [title for title in named if title.startswith("Start with")]
