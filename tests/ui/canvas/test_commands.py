"""Keys, by real key events; each change is one undo step."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pointer import CTRL, SHIFT, Hand
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.graph.builder import Builder
from explorer.graph.tensor import image
from explorer.graph.workspace import Workspace
from explorer.ui.canvas import adding, clipboard, commands, keys
from explorer.ui.canvas.actions import ACTIONS
from explorer.ui.canvas.canvas import CanvasView

Key = Qt.Key


@pytest.fixture
def ws(canvas: CanvasView) -> Workspace:
    return canvas.context.workspace


def wires(ws: Workspace) -> set[tuple[str, str]]:
    return {(e.src, e.dst) for e in ws.document.root.edges}


def test_del_removes_and_one_undo_brings_all_back(ws: Workspace, hand: Hand, canvas: CanvasView) -> None:
    before = ws.document.copy()
    canvas.context.select(["conv1", "relu1"])
    hand.key(Key.Key_Delete)
    assert not {"conv1", "relu1"} & set(ws.document.root)
    assert not canvas.context.selection
    hand.key(Key.Key_Z, CTRL)
    assert ws.document.same_as(before)
    assert ws.history.undo_title is None


def test_ctrl_del_joins_the_ends(ws: Workspace, hand: Hand, canvas: CanvasView) -> None:
    canvas.context.select(["relu1"])
    hand.key(Key.Key_Delete, CTRL)
    assert ("conv1", "pool1") in wires(ws)


def test_removing_a_frame_keeps_its_nodes(ws: Workspace, hand: Hand, canvas: CanvasView) -> None:
    canvas.context.select(list(ws.document.root.frames))
    hand.key(Key.Key_Delete)
    assert not ws.document.root.frames
    assert "conv1" in ws.document.root


class TestClipboard:
    def test_paste_gives_fresh_names_and_keeps_inner_wires(
        self, ws: Workspace, hand: Hand, canvas: CanvasView
    ) -> None:
        canvas.context.select(["conv1", "relu1"])
        hand.key(Key.Key_C, CTRL).key(Key.Key_V, CTRL)
        assert {"conv2", "relu2"} <= set(ws.document.root)
        assert ("conv2", "relu2") in wires(ws)
        assert ("input", "conv2") not in wires(ws)
        assert set(canvas.context.selection.ids) == {"conv2", "relu2"}
        hand.key(Key.Key_Z, CTRL)
        assert "conv2" not in ws.document.root

    def test_ctrl_shift_v_keeps_the_inputs(self, ws: Workspace, hand: Hand, canvas: CanvasView) -> None:
        canvas.context.select(["conv1"])
        hand.key(Key.Key_C, CTRL).key(Key.Key_V, CTRL | SHIFT)
        assert ("input", "conv2") in wires(ws)

    def test_pasting_twice_does_not_stack(self, hand: Hand, canvas: CanvasView) -> None:
        canvas.context.select(["conv1"])
        hand.key(Key.Key_C, CTRL).key(Key.Key_V, CTRL).key(Key.Key_V, CTRL)
        nodes = canvas.context.views.nodes
        assert nodes["conv2"].pos != nodes["conv3"].pos

    @pytest.mark.parametrize(("key", "modifiers"), [(Key.Key_D, CTRL), (Key.Key_D, SHIFT)])
    def test_duplicate(self, ws: Workspace, hand: Hand, canvas: CanvasView, key: Key, modifiers) -> None:
        canvas.context.select(["conv1"])
        hand.key(key, modifiers)
        assert ws.document.root["conv2"].fields == ws.document.root["conv1"].fields

    def test_cut_and_paste(self, ws: Workspace, hand: Hand, canvas: CanvasView) -> None:
        canvas.context.select(["relu1"])
        hand.key(Key.Key_X, CTRL)
        assert "relu1" not in ws.document.root
        hand.key(Key.Key_V, CTRL)
        assert "relu1" in ws.document.root

    def test_nothing_to_paste_is_said(self, hand: Hand, canvas: CanvasView, qtbot: QtBot) -> None:
        QApplication.clipboard().setText("hello")
        with qtbot.waitSignal(canvas.said) as said:
            hand.key(Key.Key_V, CTRL)
        assert "copy blocks first" in said.args[0]

    def test_foreign_bytes_are_refused(self, canvas: CanvasView, qtbot: QtBot) -> None:
        data = QMimeData()
        data.setData(clipboard.MIME, b'{"nodes": 3}')
        QApplication.clipboard().setMimeData(data)
        with qtbot.waitSignal(canvas.said):
            assert clipboard.paste(canvas.context) == ()


def test_m_mutes_and_h_collapses(ws: Workspace, hand: Hand, canvas: CanvasView) -> None:
    canvas.context.select(["conv1"])
    hand.key(Key.Key_M)
    assert canvas.context.views.nodes["conv1"].muted
    hand.key(Key.Key_M).key(Key.Key_H)
    assert not ws.document.root["conv1"].muted
    assert canvas.scene_.placed.boxes["conv1"].height() == 28


def test_collapsing_keeps_wires_level(hand: Hand, canvas: CanvasView) -> None:
    before = hand.output("conv1").y()
    canvas.context.select(["conv1"])
    hand.key(Key.Key_H)
    assert hand.output("conv1").y() == before


class TestLevels:
    def test_group_enter_leave_ungroup(
        self, ws: Workspace, hand: Hand, canvas: CanvasView, qtbot: QtBot
    ) -> None:
        before = wires(ws)
        canvas.context.select(["conv1", "relu1", "pool1"])
        hand.key(Key.Key_G, CTRL)
        assert canvas.context.selection.ids == ("group1",)
        with qtbot.waitSignals([canvas.levelChanged, canvas.openRequested]):
            hand.key(Key.Key_Return)
        assert canvas.context.path == ("group1",)
        assert {"conv1", "relu1", "pool1"} <= set(canvas.context.views.nodes)
        canvas.context.select(["relu1"])
        hand.key(Key.Key_Delete)
        assert "relu1" not in ws.document.groups["group1"]
        hand.key(Key.Key_Z, CTRL).key(Key.Key_U)
        assert canvas.context.path == ()
        assert canvas.context.selection.ids == ("group1",)
        hand.key(Key.Key_G, CTRL | SHIFT)
        assert wires(ws) == before
        assert not ws.document.groups

    def test_inputs_cannot_be_grouped(self, hand: Hand, canvas: CanvasView, qtbot: QtBot) -> None:
        canvas.context.select(["input", "conv1"])
        with qtbot.waitSignal(canvas.said) as said:
            hand.key(Key.Key_G, CTRL)
        assert "cannot go into a group" in said.args[0]

    def test_undoing_a_group_from_inside_leaves_the_level(
        self, ws: Workspace, hand: Hand, canvas: CanvasView
    ) -> None:
        canvas.context.select(["conv1", "relu1"])
        hand.key(Key.Key_G, CTRL).key(Key.Key_Return)
        ws.history.undo()
        assert canvas.context.path == ()


class TestComposite:
    @pytest.fixture
    def canvas(self, open_canvas: Callable[[Callable[[Builder], None]], CanvasView]) -> CanvasView:
        def build(b: Builder) -> None:
            x = b.input("input", image(8, 16, 16))
            x = b.add("residual", x, name="block1")
            b.output("output", b.add("relu", x, name="relu1"))

        return open_canvas(build)

    def test_double_click_opens_it_and_esc_leaves(self, hand: Hand, canvas: CanvasView) -> None:
        hand.double_click(hand.title("block1"))
        assert canvas.context.path == ("block1",)
        assert len({v.pos for v in canvas.context.views.nodes.values()}) > 3
        canvas.context.select([])
        hand.key(Key.Key_Escape)
        assert canvas.context.path == ()

    def test_its_inside_cannot_be_edited(self, hand: Hand, canvas: CanvasView, qtbot: QtBot) -> None:
        canvas.show_level(["block1"])
        node = next(n for n, v in canvas.context.views.nodes.items() if v.form == "card")
        place = hand.title(node)
        with qtbot.waitSignal(canvas.said) as said:
            hand.drag(place, place + QPointF(90, 90))
        assert said.args == ["This is the inside of a block. Ctrl+Shift+G unpacks it."]
        for key in (Key.Key_Delete, Key.Key_M, Key.Key_C):
            canvas.context.select([node])
            with qtbot.waitSignal(canvas.said):
                hand.key(key)
        assert canvas.context.workspace.history.undo_title is None

    def test_ctrl_shift_g_unpacks_it_from_inside(self, hand: Hand, canvas: CanvasView) -> None:
        ws = canvas.context.workspace
        parameters = ws.flow.parameters
        canvas.show_level(["block1"])
        hand.key(Key.Key_G, CTRL | SHIFT)
        assert canvas.context.path == ()
        assert "block1" not in ws.document.root
        assert ws.flow.parameters == parameters
        assert not ws.flow.faults
        places = [n.pos for n in ws.document.root.nodes]
        assert len(set(places)) == len(places)
        ws.history.undo()
        assert "block1" in ws.document.root


class TestRename:
    def type_name(self, hand: Hand, canvas: CanvasView, name: str, end: Key = Key.Key_Return) -> None:
        hand.key(Key.Key_F2)
        field = canvas.overlays.rename
        assert field.isVisible()
        field.setText(name)
        Hand.key(_Field(field), end)

    def test_a_word_becomes_the_id(self, ws: Workspace, hand: Hand, canvas: CanvasView) -> None:
        canvas.context.select(["conv1"])
        self.type_name(hand, canvas, "edges")
        assert "edges" in ws.document.root
        assert canvas.context.selection.ids == ("edges",)
        assert ("input", "edges") in wires(ws)

    def test_free_words_become_the_title(self, ws: Workspace, hand: Hand, canvas: CanvasView) -> None:
        canvas.context.select(["conv1"])
        self.type_name(hand, canvas, "finds edges")
        assert ws.document.root["conv1"].title == "finds edges"

    def test_esc_changes_nothing(self, ws: Workspace, hand: Hand, canvas: CanvasView) -> None:
        canvas.context.select(["conv1"])
        self.type_name(hand, canvas, "edges", Key.Key_Escape)
        assert "conv1" in ws.document.root
        assert canvas.hasFocus()

    def test_a_taken_name_is_refused(self, hand: Hand, canvas: CanvasView, qtbot: QtBot) -> None:
        canvas.context.select(["conv1"])
        with qtbot.waitSignal(canvas.said) as said:
            self.type_name(hand, canvas, "fc1")
        assert "already" in said.args[0]


class _Field:
    """Lets `Hand.key` type into another widget."""

    def __init__(self, view: object) -> None:
        self.view = view


def test_frame_and_note(ws: Workspace, hand: Hand, canvas: CanvasView) -> None:
    canvas.context.select(["fc1", "flatten"])
    hand.key(Key.Key_C)
    canvas.overlays.rename.setText("classifier")
    Hand.key(_Field(canvas.overlays.rename), Key.Key_Return)
    titles = {f.title for f in ws.document.root.frames.values()}
    assert titles == {"features", "classifier"}
    canvas.setFocus()
    hand.key(Key.Key_C, SHIFT)
    canvas.overlays.rename.setText("try more filters")
    Hand.key(_Field(canvas.overlays.rename), Key.Key_Return)
    assert [n.text for n in ws.document.root.notes.values()] == ["try more filters"]


class TestWalking:
    def test_arrows_follow_wires(self, hand: Hand, canvas: CanvasView) -> None:
        canvas.context.select([])
        hand.key(Key.Key_Right)
        assert canvas.context.selection.ids == ("input",)
        hand.key(Key.Key_Right).key(Key.Key_Right)
        assert canvas.context.selection.ids == ("relu1",)
        hand.key(Key.Key_Left)
        assert canvas.context.selection.ids == ("conv1",)

    def test_shift_extends(self, hand: Hand, canvas: CanvasView) -> None:
        canvas.context.select(["conv1"])
        hand.key(Key.Key_Right, SHIFT)
        assert canvas.context.selection.ids == ("conv1", "relu1")


def test_tidy_selection_keeps_the_corner_and_all_lays_out(
    ws: Workspace, hand: Hand, canvas: CanvasView
) -> None:
    start = hand.title("relu1")
    hand.drag(start, start + QPointF(40, 200))
    canvas.context.select(["conv1", "relu1", "pool1"])
    corner = canvas.context.views.nodes["conv1"].pos
    hand.key(Key.Key_L)
    nodes = canvas.context.views.nodes
    assert nodes["conv1"].pos == corner
    assert hand.output("conv1").y() == pytest.approx(hand.input("relu1").y(), abs=1)
    hand.key(Key.Key_L, SHIFT)
    assert ws.history.undo_title == "Tidy"


@pytest.mark.parametrize(
    ("key", "modifiers"), [(Key.Key_Tab, Qt.KeyboardModifier.NoModifier), (Key.Key_A, SHIFT)]
)
def test_adding_by_name_is_asked_for(
    hand: Hand, canvas: CanvasView, qtbot: QtBot, key: Key, modifiers
) -> None:
    with qtbot.waitSignal(canvas.addRequested) as asked:
        hand.key(key, modifiers)
    assert asked.args[1] is None


def test_double_click_on_the_empty_canvas_asks_too(hand: Hand, canvas: CanvasView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(canvas.addRequested):
        hand.double_click(canvas.scene_.placed.bounds().bottomLeft() + QPointF(10, 60))


def test_a_block_added_at_the_end_of_a_dragged_wire_is_wired(ws: Workspace, canvas: CanvasView) -> None:
    source = adding.PortRef("pool1", "y", True)
    name = adding.add_block(canvas.context, "batch_norm", QPointF(300, 500), source=source)
    assert ("pool1", name) in wires(ws)
    ws.history.undo()
    assert name not in ws.document.root


def test_every_key_can_be_written(qapp: QApplication) -> None:
    written = [key for action in ACTIONS for key in action.keys]
    assert len(keys.ALL) == len(written), "a key stands in the table twice, or cannot be written"


def test_commands_do_nothing_without_a_selection(canvas: CanvasView) -> None:
    canvas.context.select([])
    for run in (commands.remove, commands.dissolve, commands.mute, commands.collapse, commands.enter):
        assert not run(canvas.context)
    assert canvas.context.workspace.history.undo_title is None


def test_sharing_weights_marks_both_and_is_one_step(ws: Workspace, hand: Hand, canvas: CanvasView) -> None:
    conv = ws.document.root["conv1"]
    canvas.context.select(["conv1"])
    hand.key(Key.Key_C, CTRL).key(Key.Key_V, CTRL)
    (copied,) = canvas.context.selected_nodes()
    before = ws.document.copy()
    canvas.context.select(["conv1", copied])
    assert commands.share(canvas.context)
    views = canvas.context.views.nodes
    assert (views["conv1"].linked, views[copied].linked) == (True, True)
    assert ws.document.root[copied].shares == conv.id
    hand.key(Key.Key_Z, CTRL)
    assert ws.document.same_as(before)
    said: list[str] = []
    canvas.context.said.connect(said.append)
    canvas.context.select(["conv1", "relu1"])
    commands.share(canvas.context)
    commands.unshare(canvas.context)
    assert "different blocks" in said[0]
    assert "None of the selected" in said[1]
    assert ws.document.same_as(before)
