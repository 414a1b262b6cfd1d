"""The table of gestures, row by row, in the whole window: by real events, in a menu and in the palette."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from look_desk import FakeBridge, run
from pointer import ALT, CTRL, MIDDLE, NONE, RIGHT, SHIFT, Hand
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from explorer.graph.model import Edge
from explorer.graph.workspace import Workspace
from explorer.protocol import events, requests
from explorer.session.run_control import RunState
from explorer.style.theme import theme
from explorer.ui.app import App
from explorer.ui.canvas.canvas import CanvasView
from explorer.ui.canvas.tools import shake
from explorer.ui.menus.structure import FOUND_BY_SEARCH, Menu, arranged

Key = Qt.Key


@pytest.fixture
def app(make_app: Callable[..., App]) -> App:
    return make_app("lenet5_modern", (1, 28, 28))


@pytest.fixture
def canvas(app: App) -> CanvasView:
    return app.canvas


@pytest.fixture
def ws(app: App) -> Workspace:
    return app.desk.workspace


@pytest.fixture
def hand(app: App) -> Hand:
    return Hand(app.canvas)


def wires(ws: Workspace) -> set[tuple[str, str]]:
    return {(e.src, e.dst) for e in ws.document.root.edges}


def ground(canvas: CanvasView) -> QPointF:
    """A point in sight where nothing lies."""
    placed, seen = canvas.scene_.placed, canvas.camera.visible()
    taken = [box.adjusted(-40, -40, 40, 40) for box in placed.frames.values()]
    for down in range(30, int(seen.height()) - 30, 10):
        for right in range(60, int(seen.width()) - 60, 20):
            point = QPointF(seen.left() + right, seen.top() + down)
            if not any(box.contains(point) for box in taken):
                return point
    raise AssertionError("no ground in sight")


def turn(canvas: CanvasView, x: int, y: int, keys: Qt.KeyboardModifier = NONE) -> None:
    port = canvas.viewport()
    at = QPointF(port.rect().center())
    event = QWheelEvent(
        at,
        port.mapToGlobal(at),
        QPoint(),
        QPoint(x, y),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(port, event)


# every command: in a menu, in the palette


def test_every_row_stands_in_one_menu_and_in_the_palette(app: App) -> None:
    def ids(menu: Menu) -> list[str]:
        return [i for e in menu.entries for i in (ids(e) if isinstance(e, Menu) else [e] if e != "-" else [])]

    shown = [name for menu in arranged(app.actions.rows.values()) for name in ids(menu)]
    wanted = [row.id for row in app.actions.rows.values() if row.section not in FOUND_BY_SEARCH]
    assert sorted(shown) == sorted(wanted)
    assert all(row.title for row in app.actions.rows.values())
    titles = [row.title for row in app.actions.rows.values()]
    assert len(titles) == len(set(titles)), "two rows have one name"


@pytest.mark.parametrize("menu", ["File", "Edit", "Block", "Select", "View", "Run", "Help"])
def test_menus_have_lines_and_consistent_capitals(app: App, menu: str) -> None:
    (part,) = [m for m in arranged(app.actions.rows.values()) if m.title == menu]
    assert "-" in part.entries
    assert part.entries[0] != "-" != part.entries[-1]
    for name in part.entries:
        if isinstance(name, str) and name != "-":
            assert app.actions.rows[name].title[0].isupper()
    if menu == "File":
        assert part.entries[-1] == "file.quit"


# the table


@pytest.mark.parametrize("how", ["Tab", "Shift+A", "double click"])
def test_add_by_search(
    app: App, hand: Hand, canvas: CanvasView, ws: Workspace, qtbot: QtBot, how: str
) -> None:
    if how == "double click":
        hand.double_click(ground(canvas))
    else:
        hand.key(Key.Key_Tab if how == "Tab" else Key.Key_A, SHIFT if how == "Shift+A" else NONE)
    field = app._blocks._list.field
    assert field.hasFocus()
    qtbot.keyClicks(field, "dropout")
    QTest.keyClick(field, Key.Key_Return)
    assert "dropout1" in ws.document.root
    assert canvas.hasFocus()


def test_tab_inside_the_add_list_goes_to_the_next_entry(app: App, hand: Hand, qtbot: QtBot) -> None:
    hand.key(Key.Key_Tab)
    found = app._blocks._list
    qtbot.keyClicks(found.field, "pool")
    QTest.keyClick(found.field, Key.Key_Tab)
    assert found.field.hasFocus()
    assert found._lines.current == 1
    QTest.keyClick(found.field, Key.Key_Tab, SHIFT)
    assert found._lines.current == 0
    QTest.keyClick(found.field, Key.Key_Escape)  # empties the line
    QTest.keyClick(found.field, Key.Key_Escape)
    assert not found.isVisible()
    assert app.canvas.hasFocus()


def test_drag_a_wire_to_the_ground_adds_there(
    app: App, hand: Hand, canvas: CanvasView, ws: Workspace, qtbot: QtBot
) -> None:
    hand.drag(hand.output("conv1"), ground(canvas))
    field = app._blocks._list.field
    qtbot.keyClicks(field, "batch norm")
    QTest.keyClick(field, Key.Key_Return)
    (new,) = [n for n in ws.document.root if ("conv1", n) in wires(ws) and n != "relu1"]
    assert ws.document.root[new].block.startswith("batch_norm")


@pytest.mark.parametrize("how", ["middle", "space", "right", "shift wheel", "horizontal wheel"])
def test_pan(hand: Hand, canvas: CanvasView, how: str) -> None:
    start, zoom = canvas.camera.centre, canvas.zoom
    if how == "shift wheel":
        turn(canvas, 0, -120, SHIFT)
    elif how == "horizontal wheel":  # buttons 6 and 7 of an X server
        turn(canvas, -120, 0)
    else:
        if how == "space":
            hand.hold(Key.Key_Space)
        local = canvas.camera.to_view(start)
        hand.press(start, {"middle": MIDDLE, "right": RIGHT}.get(how, Qt.MouseButton.LeftButton))
        hand.move(canvas.camera.to_scene(local - QPointF(60, 0)))
        hand.release(canvas.camera.to_scene(local - QPointF(60, 0)))
        if how == "space":
            hand.let_go(Key.Key_Space)
    assert canvas.camera.centre.x() - start.x() == pytest.approx(60 / zoom, abs=2)
    assert canvas.camera.centre.y() == pytest.approx(start.y(), abs=1)
    assert canvas.zoom == zoom


@pytest.mark.parametrize("how", ["wheel", "Ctrl+=", "Ctrl++"])
def test_zoom(hand: Hand, canvas: CanvasView, how: str) -> None:
    zoom, scale = canvas.zoom, theme().scale
    if how == "wheel":
        turn(canvas, 0, 120)
    elif how == "Ctrl+=":
        hand.key(Key.Key_Equal, CTRL)
    else:
        hand.key(Key.Key_Plus, CTRL)  # with Shift, too: tests/ui/test_real_keyboard.py
    assert canvas.zoom > zoom
    assert theme().scale == scale
    hand.key(Key.Key_Minus, CTRL)
    hand.key(Key.Key_0, CTRL)
    assert canvas.zoom == 1.0


def test_larger_text_has_keys_of_its_own(hand: Hand, canvas: CanvasView) -> None:
    zoom = canvas.zoom
    hand.key(Key.Key_Equal, ALT)
    assert theme().scale == 1.25
    hand.key(Key.Key_Minus, ALT)
    assert theme().scale == 1.0
    assert canvas.zoom == zoom


@pytest.mark.parametrize("key", [Key.Key_Home, Key.Key_A])
def test_fit_all(hand: Hand, canvas: CanvasView, key: Key) -> None:
    canvas.camera.zoom_by(3)
    hand.key(key)
    assert canvas.camera.visible().contains(canvas.scene_.placed.bounds())


@pytest.mark.parametrize("key", [Key.Key_F, Key.Key_Period])
def test_fit_selection(hand: Hand, canvas: CanvasView, key: Key) -> None:
    canvas.context.select(["fc3"])
    hand.key(key)
    assert canvas.camera.visible().contains(canvas.scene_.placed.boxes["fc3"])


def test_box_select(hand: Hand, canvas: CanvasView) -> None:
    box = canvas.scene_.placed.boxes["conv1"]
    around = (box.bottomLeft() + QPointF(-4, 4), box.topRight() + QPointF(4, -4))
    hand.drag(*around)
    assert canvas.context.selection.ids == ("conv1",)
    other = canvas.scene_.placed.boxes["fc1"]
    around = (other.bottomLeft() + QPointF(-4, 4), other.topRight() + QPointF(4, -4))
    hand.drag(*around, keys=SHIFT)
    assert set(canvas.context.selection.ids) == {"conv1", "fc1"}
    hand.drag(*around, keys=CTRL)
    assert canvas.context.selection.ids == ("conv1",)


def test_insert_on_wire(hand: Hand, ws: Workspace) -> None:
    hand.drop("batch_norm", hand.wire("conv1", "relu1"))
    assert ("conv1", "relu1") not in wires(ws)
    hand.drop("batch_norm", hand.wire("conv2", "relu2"), ALT)
    assert ("conv2", "relu2") in wires(ws)


def test_auto_connect_to_selected(hand: Hand, canvas: CanvasView, ws: Workspace) -> None:
    canvas.context.select(["output"])
    hand.key(Key.Key_Delete)
    canvas.context.select(["fc3"])
    hand.drop("relu", ground(canvas))
    assert any(src == "fc3" for src, _ in wires(ws))


@pytest.mark.parametrize("how", ["ctrl right drag", "y drag", "alt click", "drag the end off"])
def test_cut_wires(hand: Hand, canvas: CanvasView, ws: Workspace, how: str) -> None:
    at = hand.wire("conv1", "relu1")
    top, bottom = at - QPointF(0, 25), at + QPointF(0, 25)
    if how == "y drag":
        hand.hold(Key.Key_Y).drag(top, bottom).let_go(Key.Key_Y)
    elif how == "ctrl right drag":
        hand.drag(top, bottom, button=RIGHT, keys=CTRL)
    elif how == "alt click":
        hand.click(hand.output("conv1"), keys=ALT)
    else:
        hand.drag(hand.input("relu1"), ground(canvas))
    assert ("conv1", "relu1") not in wires(ws)
    hand.key(Key.Key_Z, CTRL)
    assert ("conv1", "relu1") in wires(ws)


def test_move_a_wires_end(hand: Hand, ws: Workspace) -> None:
    hand.drag(hand.input("relu1"), hand.input("relu2"))
    assert ("conv1", "relu2") in wires(ws)
    assert ("conv1", "relu1") not in wires(ws)


class TestCtrlDragMovesAllWiresOfAPort:
    @pytest.fixture
    def fanned(self, hand: Hand, ws: Workspace) -> Workspace:
        hand.drag(hand.output("relu1"), hand.title("relu2"))
        assert {("relu1", "pool1"), ("relu1", "relu2")} <= wires(ws)
        return ws

    def test_to_another_output(self, hand: Hand, fanned: Workspace) -> None:
        hand.drag(hand.output("relu1"), hand.output("conv1"), keys=CTRL)
        assert {("conv1", "pool1"), ("conv1", "relu2"), ("conv1", "relu1")} <= wires(fanned)
        assert not fanned.document.root.out_of("relu1")
        assert fanned.history.undo_title == "Move 2 wires to conv1"
        hand.key(Key.Key_Z, CTRL)
        assert {("relu1", "pool1"), ("relu1", "relu2")} <= wires(fanned)

    def test_to_the_ground_takes_them_off_and_esc_puts_them_back(
        self, hand: Hand, fanned: Workspace, canvas: CanvasView
    ) -> None:
        before = fanned.document.copy()
        hand.press(hand.output("relu1"), keys=CTRL).move(ground(canvas))
        hand.key(Key.Key_Escape).release(ground(canvas))
        assert fanned.document.same_as(before)
        hand.drag(hand.output("relu1"), ground(canvas), keys=CTRL)
        assert not fanned.document.root.out_of("relu1")
        assert fanned.history.undo_title == "Take 2 wires off"

    def test_a_circle_is_refused_in_words(
        self, hand: Hand, fanned: Workspace, qtbot: QtBot, canvas: CanvasView
    ) -> None:
        before = fanned.document.copy()
        with qtbot.waitSignal(canvas.said) as said:
            hand.drag(hand.output("relu1"), hand.output("fc1"), keys=CTRL)
        assert "circle" in said.args[0]
        assert fanned.document.same_as(before)

    def test_from_an_input_its_one_wire(self, hand: Hand, ws: Workspace) -> None:
        hand.drag(hand.input("relu1"), hand.input("relu2"), keys=CTRL)
        assert ("conv1", "relu2") in wires(ws)
        assert not ws.document.root.into("relu1")


def test_detach_by_alt_drag(hand: Hand, canvas: CanvasView, ws: Workspace) -> None:
    hand.drag(hand.title("fc2"), hand.title("fc2") + QPointF(0, 90), keys=ALT)
    assert not ws.document.root.into("fc2")
    assert ("relu3", "relu4") in wires(ws)


def test_detach_by_shaking(hand: Hand, canvas: CanvasView, ws: Workspace) -> None:
    start = hand.title("fc2")
    local = canvas.camera.to_view(start)
    hand.press(start)
    for shift in (40, -40, 40, -40, 40, -40):
        hand.move(canvas.camera.to_scene(local + QPointF(shift, 60)))
    hand.release(canvas.camera.to_scene(local + QPointF(-40, 60)))
    assert not ws.document.root.into("fc2")
    assert ("relu3", "relu4") in wires(ws)
    assert ws.history.undo_title == "Take out of the flow"
    hand.key(Key.Key_Z, CTRL)
    assert ("relu3", "fc2") in wires(ws)
    assert ws.history.undo_title is None


@pytest.mark.parametrize(
    ("places", "step", "shakes"),
    [
        ([0, 30, 0, 30, 0, 30], 0.1, True),
        ([0, 30, 0, 30, 0, 30], 0.5, False),  # a hand that thinks
        ([0, 9, 0, 9, 0, 9, 0, 9], 0.1, False),  # a hand that trembles
        ([0, 100, 200, 300, 400, 500], 0.1, False),
    ],
)
def test_what_is_a_shake(places: list[float], step: float, shakes: bool) -> None:
    now = iter(range(100))
    felt = shake.Shake(0.0, lambda: next(now) * step)
    assert any([felt.feel(at) for at in places]) is shakes


def test_delete_and_dissolve(hand: Hand, canvas: CanvasView, ws: Workspace) -> None:
    canvas.context.select(["relu1"])
    hand.key(Key.Key_Delete, CTRL)
    assert ("conv1", "pool1") in wires(ws)
    canvas.context.select(["conv1"])
    hand.key(Key.Key_Delete)
    assert "conv1" not in ws.document.root


def test_mute(app: App, hand: Hand, canvas: CanvasView, ws: Workspace, qtbot: QtBot) -> None:
    canvas.context.select(["relu1"])
    hand.key(Key.Key_M)
    assert ws.document.root["relu1"].muted
    canvas.context.select(["conv1"])
    with qtbot.waitSignal(app.actions.refused) as said:
        hand.key(Key.Key_M)
    assert said.args[0] == "Mute: turns 1×28×28 into 6×28×28, so nothing can pass through"
    assert not ws.document.root["conv1"].muted


def test_duplicate_and_paste(hand: Hand, canvas: CanvasView, ws: Workspace) -> None:
    canvas.context.select(["conv1"])
    hand.key(Key.Key_D, CTRL).key(Key.Key_Z, CTRL)
    canvas.context.select(["conv1"])
    hand.key(Key.Key_D, SHIFT)
    (new,) = canvas.context.selection.ids
    assert not ws.document.root.into(new)
    canvas.context.select(["conv1"])
    hand.key(Key.Key_C, CTRL).key(Key.Key_V, CTRL | SHIFT)
    (other,) = canvas.context.selection.ids
    assert ("input", other) in wires(ws)


def test_paste_at_the_pointer(hand: Hand, canvas: CanvasView) -> None:
    canvas.context.select(["fc1"])
    hand.key(Key.Key_C, CTRL).hover(ground(canvas)).key(Key.Key_V, CTRL)
    (new,) = canvas.context.selection.ids
    middle = canvas.scene_.placed.boxes[new].center()
    assert (middle - ground(canvas)).manhattanLength() < 90  # the middle of the positions, on the grid


def test_group_enter_leave_ungroup(hand: Hand, canvas: CanvasView, ws: Workspace) -> None:
    canvas.context.select(["conv1", "relu1"])
    hand.key(Key.Key_G, CTRL)
    (use,) = canvas.context.selection.ids
    hand.key(Key.Key_Return)
    assert canvas.context.path == (use,)
    hand.key(Key.Key_U)
    assert canvas.context.path == ()
    hand.double_click(hand.middle(use))
    assert canvas.context.path == (use,)
    hand.key(Key.Key_Escape)
    assert canvas.context.path == ()
    hand.key(Key.Key_G, CTRL | SHIFT)
    assert use not in ws.document.root


def test_frame_and_note(hand: Hand, canvas: CanvasView, ws: Workspace) -> None:
    canvas.context.select(["fc2", "relu4"])
    hand.key(Key.Key_C)
    assert any(set(f.nodes) == {"fc2", "relu4"} for f in ws.document.root.frames.values())
    QTest.keyClick(canvas.overlays.rename, Key.Key_Escape)
    hand.key(Key.Key_C, SHIFT)
    assert canvas.overlays.rename.isVisible()
    assert ws.document.root.notes


def test_collapse(hand: Hand, canvas: CanvasView, ws: Workspace) -> None:
    canvas.context.select(["conv1"])
    hand.key(Key.Key_H)
    assert ws.document.root["conv1"].collapsed


def test_tidy(hand: Hand, canvas: CanvasView, ws: Workspace) -> None:
    canvas.context.select(["conv1", "relu1"])
    hand.key(Key.Key_L)
    assert ws.history.undo_title == "Tidy the selection"
    hand.key(Key.Key_L, SHIFT)
    assert ws.history.undo_title == "Tidy"


def test_straighten(hand: Hand, canvas: CanvasView, ws: Workspace) -> None:
    start = hand.title("conv1")
    hand.drag(start, start + QPointF(0, 56))
    canvas.context.select(["conv1", "relu1", "pool1"])
    hand.key(Key.Key_Q)
    placed = canvas.scene_.placed
    for src, dst in (("conv1", "relu1"), ("relu1", "pool1")):
        assert placed.outputs[src]["y"].y() == pytest.approx(placed.inputs[dst]["x"].y(), abs=0.1)
    assert ws.history.undo_title == "Straighten"
    hand.key(Key.Key_Q)
    assert ws.history.undo_title == "Straighten"  # nothing is left to do: no second step
    hand.key(Key.Key_Z, CTRL)
    assert ws.history.undo_title == "Move 1 block"


@pytest.mark.parametrize("how", ["Ctrl+F", "/"])
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("fc2", ["fc2"]),
        ("max pool", ["pool1", "pool2"]),
        ("params>10000", ["fc1", "fc2"]),
        ("16x10x10 conv", ["conv2"]),
        ("6×14×14", ["pool1", "conv2"]),
    ],
)
def test_find(app: App, hand: Hand, qtbot: QtBot, how: str, text: str, found: list[str]) -> None:
    hand.key(Key.Key_F, CTRL) if how == "Ctrl+F" else hand.key(Key.Key_Slash)
    field = app.finder.list.field
    assert field.hasFocus()
    field.setText(text) if "×" in text else qtbot.keyClicks(field, text)
    assert [entry.id for entry, _ in app.finder.list._found] == found
    QTest.keyClick(field, Key.Key_Return)
    assert app.canvas.context.selection.ids == (found[0],)
    assert app.canvas.hasFocus()


def test_probe_here(app: App, hand: Hand) -> None:
    hand.click(hand.title("conv2"), keys=CTRL | SHIFT)
    assert app.desk.address == "conv2"


@pytest.mark.parametrize("how", ["F2", "double click on the name", "double click on the name of a glyph"])
def test_rename(hand: Hand, canvas: CanvasView, ws: Workspace, how: str, qtbot: QtBot) -> None:
    node = "relu1" if "glyph" in how else "conv2"
    if how == "F2":
        canvas.context.select([node])
        hand.key(Key.Key_F2)
    elif "glyph" in how:
        hand.double_click(canvas.scene_.placed.spot(node).with_label.center() + QPointF(0, 22))
    else:
        hand.double_click(hand.title(node) + QPointF(30, 4))
    field = canvas.overlays.rename
    assert field.hasFocus()
    qtbot.keyClicks(field, "wide")
    QTest.keyClick(field, Key.Key_Return)  # ends the name; it does not open the block
    assert "wide" in ws.document.root
    assert canvas.context.path == ()


def live(app: App) -> FakeBridge:
    link = app.desk.bridge
    run(app.desk, link)
    assert app.bench.runner.why_not() is None
    return link


def started(link: FakeBridge) -> None:
    event = events.RunStarted(
        run="a", dataset="mnist5k", device="cpu", steps_per_epoch=10, epochs=4, step=0, epoch=0
    )
    link.answer(requests.Train, event)


def test_run_and_stop(app: App, hand: Hand) -> None:
    link = live(app)
    hand.key(Key.Key_Return, CTRL)
    assert app.desk.session.training.state is RunState.STARTING
    started(link)
    hand.key(Key.Key_Space)  # a tap: one step, the run is held for it
    assert link.count(requests.Step) == 1
    app.canvas.context.select(["conv1"])
    hand.key(Key.Key_Escape)  # first it deselects
    assert link.count(requests.Stop) == 0
    hand.key(Key.Key_Escape)
    assert link.count(requests.Stop) == 1


def test_space_that_pans_is_no_tap(app: App, hand: Hand, canvas: CanvasView) -> None:
    link = live(app)
    hand.hold(Key.Key_Space)
    hand.drag(ground(canvas), ground(canvas) + QPointF(40, 0))
    hand.let_go(Key.Key_Space)
    assert link.count(requests.Train) == 0


@pytest.mark.parametrize("how", ["button", "key"])
def test_starting_can_be_stopped(app: App, hand: Hand, qtbot: QtBot, how: str) -> None:
    link = live(app)
    hand.key(Key.Key_Return, CTRL)
    assert app.desk.session.training.state is RunState.STARTING
    stop = app.window.top_bar.stop
    qtbot.waitUntil(stop.isEnabled)
    qtbot.mouseClick(stop, Qt.MouseButton.LeftButton) if how == "button" else hand.key(Key.Key_Period, CTRL)
    assert link.last(requests.Cancel).target == link.last(requests.Train).job


@pytest.mark.parametrize("how", [Key.Key_Question, Key.Key_F1])
def test_key_sheet(app: App, hand: Hand, how: Key) -> None:
    hand.key(how)
    assert app.keys.sheet is not None
    assert app.keys.sheet.isVisible()
    assert not app.keys.sheet.isModal()


def test_walk_along_wires_and_the_camera_follows(hand: Hand, canvas: CanvasView) -> None:
    canvas.camera.look_at(2.5, canvas.scene_.placed.boxes["conv1"].center(), fly=False)
    canvas.context.select(["conv1"])
    for goal in ("relu1", "pool1", "conv2"):
        hand.key(Key.Key_Right)
        assert canvas.context.selection.ids == (goal,)
        assert canvas.camera.visible().contains(canvas.scene_.placed.boxes[goal])
    hand.key(Key.Key_Left, SHIFT)
    assert set(canvas.context.selection.ids) == {"conv2", "pool1"}


@pytest.mark.parametrize("what", ["box", "block"])
def test_the_canvas_scrolls_at_its_edge(hand: Hand, canvas: CanvasView, qtbot: QtBot, what: str) -> None:
    before = canvas.camera.centre
    hand.press(hand.title("conv1") if what == "block" else ground(canvas))
    edge = QPointF(canvas.viewport().width() - 3, canvas.viewport().height() / 2)
    hand.move(canvas.camera.to_scene(edge))
    qtbot.waitUntil(lambda: canvas.camera.centre.x() > before.x() + 60, timeout=3_000)
    if what == "block":
        assert canvas.scene_.placed.boxes["conv1"].right() > canvas.camera.visible().right() - 300
    hand.key(Key.Key_Escape)
    stopped = canvas.camera.centre
    qtbot.wait(60)
    assert canvas.camera.centre == stopped
    hand.release(canvas.camera.to_scene(edge))


# focus


def test_esc_in_the_palettes_search_returns_to_the_canvas(app: App, qtbot: QtBot) -> None:
    search = app.palette.search
    search.setFocus()
    qtbot.keyClicks(search, "conv")
    QTest.keyClick(search, Key.Key_Escape)
    assert search.text() == ""
    assert search.hasFocus()
    QTest.keyClick(search, Key.Key_Escape)
    assert app.canvas.hasFocus()


def test_focus_comes_back_after_the_command_palette_and_a_new_design(
    app: App, hand: Hand, qtbot: QtBot
) -> None:
    def other() -> QWidget:
        widget = app.palette.list
        widget.setFocus()
        assert widget.hasFocus()
        return widget

    for end in ("escape", "command"):
        other()
        QTest.keyClick(app.palette.list, Key.Key_K, CTRL)
        field = app.anything.list.field
        qtbot.keyClicks(field, "fit all")
        if end == "escape":
            QTest.keyClick(field, Key.Key_Escape)
            QTest.keyClick(field, Key.Key_Escape)
        else:
            QTest.keyClick(field, Key.Key_Return)
        assert app.canvas.hasFocus(), end
    QTest.keyClick(other(), Key.Key_N, CTRL)
    assert len(app.designs.benches) == 2
    assert app.canvas.hasFocus()


def test_the_palette_finds_a_starter_by_its_words_in_any_order(app: App, qtbot: QtBot) -> None:
    app.actions.run("app.search")
    qtbot.keyClicks(app.anything.list.field, "small vit")
    QTest.keyClick(app.anything.list.field, Key.Key_Return)
    assert app.bench.name == "ViT, small"


def test_focus_does_not_wander_when_a_run_starts(app: App, qtbot: QtBot) -> None:
    link = live(app)
    train = app.window.top_bar.train
    qtbot.waitUntil(train.isEnabled)
    train.setFocus()
    QTest.keyClick(train, Key.Key_Space)
    qtbot.waitUntil(lambda: not train.isEnabled())
    assert app.canvas.hasFocus()
    started(link)
    qtbot.waitUntil(train.isEnabled)
    assert app.canvas.hasFocus()


# gestures are not disturbed


@pytest.mark.parametrize(
    ("key", "keys"),
    [(Key.Key_Backspace, NONE), (Key.Key_Z, CTRL), (Key.Key_N, CTRL), (Key.Key_L, SHIFT), (Key.Key_V, CTRL)],
)
def test_keys_do_nothing_while_the_mouse_does_something(
    app: App, hand: Hand, canvas: CanvasView, ws: Workspace, key: Key, keys: Qt.KeyboardModifier
) -> None:
    canvas.context.select(["conv1"])
    hand.key(Key.Key_C, CTRL)
    before, revision = ws.document.copy(), ws.revision
    box = canvas.scene_.placed.boxes["fc1"]
    hand.press(box.bottomLeft() + QPointF(-4, 4), keys=SHIFT).move(box.topRight() + QPointF(4, -4))
    chosen = canvas.context.selection
    hand.key(key, keys)
    assert (ws.revision, len(app.designs.benches)) == (revision, 1)
    assert canvas.context.selection == chosen
    hand.release(box.topRight() + QPointF(4, -4))
    assert ws.document.same_as(before)
    assert set(canvas.context.selection.ids) == {"conv1", "fc1"}


# the clipboard


def test_blocks_travel_as_text(
    app: App, hand: Hand, canvas: CanvasView, ws: Workspace, tmp_path: object
) -> None:
    canvas.context.select(["conv1", "relu1"])
    hand.key(Key.Key_C, CTRL)
    text = QApplication.clipboard().text()
    file = tmp_path / "mail.arch.json"  # type: ignore[operator]
    file.write_text(text)
    assert app.files.open_path(str(file))
    assert set(app.desk.workspace.document.root) == {"conv1", "relu1"}
    QApplication.clipboard().setText(text)  # as another program would
    app.actions.run("file.new")
    hand.view = app.canvas
    hand.key(Key.Key_V, CTRL)
    root = app.desk.workspace.document.root
    assert list(root.edges) == [Edge("conv1", "y", "relu1", "x")]
    assert root["conv1"].fields["filters"] == 6


@pytest.mark.parametrize(
    "text", ["", "hello", '{"format": "architecture-explorer", "version": 99}', "[" * 5000]
)
def test_other_text_is_refused_in_words(
    hand: Hand, canvas: CanvasView, ws: Workspace, qtbot: QtBot, text: str
) -> None:
    QApplication.clipboard().setText(text)
    revision = ws.revision
    with qtbot.waitSignal(canvas.said) as said:
        hand.key(Key.Key_V, CTRL)
    assert said.args[0]
    assert ws.revision == revision


def test_ends_are_copied_or_their_absence_is_told(
    hand: Hand, canvas: CanvasView, ws: Workspace, qtbot: QtBot
) -> None:
    canvas.context.select(["input", "conv1"])
    with qtbot.waitSignal(canvas.said) as said:
        hand.key(Key.Key_D, CTRL)
    assert said.args[0].startswith("input left out")
    canvas.context.select(["input", "conv1"])
    count = len(ws.document.root.of_block("input"))
    hand.key(Key.Key_C, CTRL).key(Key.Key_V, CTRL)
    assert len(ws.document.root.of_block("input")) == count + 1


# names


@pytest.mark.parametrize("how", ["command", "double click"])
def test_a_design_can_be_renamed(app: App, ws: Workspace, qtbot: QtBot, how: str) -> None:
    bar = app.window.top_bar
    qtbot.waitUntil(lambda: bar._name.isVisible())
    if how == "command":
        app.actions.run("file.rename")
    else:
        QTest.mouseDClick(bar, Qt.MouseButton.LeftButton, pos=bar._name.geometry().center())
    field = app.naming.field
    assert field.hasFocus()
    qtbot.keyClicks(field, "My net")
    QTest.keyClick(field, Key.Key_Return)
    assert ws.document.name == "My net"
    qtbot.waitUntil(lambda: "My net" in app.window.windowTitle())
    assert app.canvas.hasFocus()
    assert ws.history.undo_title == "Name the design"


def test_a_tab_can_be_renamed(app: App, qtbot: QtBot) -> None:
    app.files.open_gallery("mlp_spirals")
    tabs = app.window.top_bar.tabs
    qtbot.waitUntil(lambda: tabs.count() == 2 and tabs.isVisible())
    QTest.mouseDClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(0).center())
    assert app.designs.number == 0
    qtbot.keyClicks(app.naming.field, "First")
    QTest.keyClick(app.naming.field, Key.Key_Return)
    assert app.designs.benches[0].name == "First"
    qtbot.waitUntil(lambda: tabs.tabText(0) == "First")
