"""Gestures, by real events: each is one undo step, Esc takes it back."""

from __future__ import annotations

import pytest
from pointer import ALT, CTRL, MIDDLE, RIGHT, SHIFT, Hand
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from explorer.graph.model import Edge
from explorer.graph.workspace import Workspace
from explorer.ui.canvas.canvas import CanvasView


@pytest.fixture
def ws(canvas: CanvasView) -> Workspace:
    return canvas.context.workspace


def wires(ws: Workspace) -> set[tuple[str, str]]:
    return {(e.src, e.dst) for e in ws.document.root.edges}


def empty_place(canvas: CanvasView) -> QPointF:
    bounds = canvas.scene_.placed.bounds()
    return QPointF(bounds.center().x(), bounds.bottom() + 60)


class TestConnect:
    def test_a_wire_is_drawn_from_output_to_input(
        self, ws: Workspace, hand: Hand, canvas: CanvasView
    ) -> None:
        hand.drag(hand.input("fc1"), empty_place(canvas))
        assert ("flatten", "fc1") not in wires(ws)
        hand.drag(hand.output("flatten"), hand.input("fc1"))
        assert ("flatten", "fc1") in wires(ws)
        assert ws.history.undo_title == "Wire flatten to fc1"

    def test_a_wire_may_start_at_the_input(self, ws: Workspace, hand: Hand, canvas: CanvasView) -> None:
        hand.drag(hand.input("fc1"), empty_place(canvas))
        hand.drag(hand.input("fc1"), hand.output("pool1"))
        assert ("pool1", "fc1") in wires(ws)

    def test_dropping_on_a_card_takes_its_input(self, ws: Workspace, hand: Hand) -> None:
        hand.drag(hand.output("relu1"), hand.title("fc1"))
        assert ("relu1", "fc1") in wires(ws)

    def test_a_second_wire_replaces_the_first(self, ws: Workspace, hand: Hand) -> None:
        hand.drag(hand.output("pool1"), hand.input("fc1"))
        assert ("pool1", "fc1") in wires(ws)
        assert ("flatten", "fc1") not in wires(ws)
        ws.history.undo()
        assert ("flatten", "fc1") in wires(ws)

    def test_a_circle_is_refused_in_words(
        self, ws: Workspace, hand: Hand, canvas: CanvasView, qtbot: QtBot
    ) -> None:
        before = wires(ws)
        hand.press(hand.output("fc1")).move(hand.title("conv1"))
        assert canvas.overlays.hint.isVisible()
        assert "circle" in canvas.overlays.hint.words
        with qtbot.waitSignal(canvas.said) as said:
            hand.release(hand.title("conv1"))
        assert "circle" in said.args[0]
        assert wires(ws) == before
        assert not canvas.overlays.hint.isVisible()
        assert not ws.history.is_open

    def test_two_outputs_do_not_meet(self, ws: Workspace, hand: Hand, canvas: CanvasView) -> None:
        hand.press(hand.output("conv1")).move(hand.output("pool1"))
        assert canvas.overlays.hint.words == "Wires go from an output to an input."
        hand.release(hand.output("pool1"))

    def test_ports_that_fit_are_marked_while_dragging(self, hand: Hand, canvas: CanvasView) -> None:
        hand.press(hand.output("relu1")).move(empty_place(canvas))
        fits = canvas.scene_._wiring
        assert fits is not None
        assert fits["fc1"]["x", False]
        assert not fits["conv1"]["x", False]
        hand.key(Qt.Key.Key_Escape)
        assert canvas.scene_._wiring is None

    def test_a_wire_that_ends_nowhere_asks_for_a_block(
        self, hand: Hand, canvas: CanvasView, qtbot: QtBot
    ) -> None:
        with qtbot.waitSignal(canvas.addRequested) as asked:
            hand.drag(hand.output("conv1"), empty_place(canvas))
        point, source = asked.args
        assert source == ("conv1", "y", True)
        assert (point - empty_place(canvas)).manhattanLength() < 3

    def test_an_end_that_is_dragged_off_goes(self, ws: Workspace, hand: Hand, canvas: CanvasView) -> None:
        hand.drag(hand.input("fc1"), empty_place(canvas))
        assert ("flatten", "fc1") not in wires(ws)
        ws.history.undo()
        assert ("flatten", "fc1") in wires(ws)
        assert ws.history.undo_title is None

    def test_esc_puts_the_end_back(self, ws: Workspace, hand: Hand, canvas: CanvasView) -> None:
        revision_of = ws.document.copy()
        hand.press(hand.input("fc1")).move(empty_place(canvas))
        assert ("flatten", "fc1") not in wires(ws)
        hand.key(Qt.Key.Key_Escape)
        hand.release(empty_place(canvas))
        assert ws.document.same_as(revision_of)
        assert ws.history.undo_title is None

    def test_alt_click_takes_all_wires_off_a_port(self, ws: Workspace, hand: Hand) -> None:
        hand.click(hand.output("conv1"), keys=ALT)
        assert ("conv1", "relu1") not in wires(ws)


class TestMove:
    def test_a_move_is_one_step_on_the_snap_grid(self, ws: Workspace, hand: Hand, canvas: CanvasView) -> None:
        start = hand.title("fc1")
        before = canvas.context.views.nodes["fc1"].pos
        hand.drag(start, start + QPointF(53, 41), start + QPointF(85, 61))
        x, y = canvas.context.views.nodes["fc1"].pos
        assert (x % 8, y % 8) == (0, 0)
        assert abs(x - before[0] - 85) <= 4
        ws.history.undo()
        assert canvas.context.views.nodes["fc1"].pos == before
        assert ws.history.undo_title is None

    def test_several_move_together(self, hand: Hand, canvas: CanvasView) -> None:
        canvas.context.select(["fc1", "flatten"])
        old = {n: canvas.context.views.nodes[n].pos for n in ("fc1", "flatten")}
        start = hand.title("fc1")
        hand.drag(start, start + QPointF(80, 80))
        new = {n: canvas.context.views.nodes[n].pos for n in old}
        steps = {(new[n][0] - old[n][0], new[n][1] - old[n][1]) for n in old}
        assert len(steps) == 1
        assert canvas.context.selection.ids == ("fc1", "flatten")

    def test_nothing_is_written_before_the_end(self, ws: Workspace, hand: Hand, canvas: CanvasView) -> None:
        revision = ws.revision
        start, box = hand.title("fc1"), canvas.scene_.placed.boxes["fc1"]
        hand.press(start).move(start + QPointF(100, 100))
        assert ws.revision == revision
        assert canvas.scene_.placed.boxes["fc1"] != box
        hand.key(Qt.Key.Key_Escape).release(start)
        assert canvas.scene_.placed.boxes["fc1"] == box
        assert ws.revision == revision

    def test_a_frame_takes_its_nodes_along(self, hand: Hand, canvas: CanvasView) -> None:
        key = next(iter(canvas.scene_.placed.frames))
        start = canvas.scene_.placed.frames[key].topLeft() + QPointF(60, 14)
        before = canvas.scene_.placed.boxes["conv1"].topLeft()
        hand.drag(start, start + QPointF(0, 80))
        assert canvas.scene_.placed.boxes["conv1"].top() == pytest.approx(before.y() + 80, abs=4)

    def test_alt_drag_takes_a_block_out_of_the_flow(self, ws: Workspace, hand: Hand) -> None:
        start = hand.title("fc1")
        hand.drag(start, start + QPointF(0, 120), keys=ALT)
        assert ("flatten", "output") in wires(ws)
        assert not ws.document.root.into("fc1")
        ws.history.undo()
        assert ("flatten", "fc1") in wires(ws)
        assert ws.history.undo_title is None

    def test_a_loose_block_dropped_on_a_wire_goes_into_it(
        self, ws: Workspace, hand: Hand, canvas: CanvasView
    ) -> None:
        hand.drop("dropout", empty_place(canvas))
        hand.drag(hand.middle("dropout1"), hand.wire("fc1", "output"))
        assert {("fc1", "dropout1"), ("dropout1", "output")} <= wires(ws)


class TestMarquee:
    def test_it_selects_what_it_touches(self, hand: Hand, canvas: CanvasView) -> None:
        box = canvas.scene_.placed.boxes["fc1"]
        corner = QPointF(box.left() - 8, box.bottom() + 40)
        hand.drag(corner, QPointF(box.right() - 20, box.center().y()))
        assert canvas.context.selection.ids == ("fc1",)

    def test_shift_adds_and_ctrl_changes_over(self, hand: Hand, canvas: CanvasView) -> None:
        box = canvas.scene_.placed.boxes["fc1"]
        corner, inside = (
            QPointF(box.left() - 8, box.bottom() + 40),
            QPointF(box.right() - 20, box.center().y()),
        )
        canvas.context.select(["conv1"])
        hand.drag(corner, inside, keys=SHIFT)
        assert canvas.context.selection.ids == ("conv1", "fc1")
        hand.drag(corner, inside, keys=CTRL)
        assert canvas.context.selection.ids == ("conv1",)

    def test_a_click_beside_selects_nothing(self, hand: Hand, canvas: CanvasView) -> None:
        canvas.context.select(["conv1"])
        hand.click(empty_place(canvas))
        assert not canvas.context.selection

    def test_esc_brings_the_old_selection_back(self, hand: Hand, canvas: CanvasView) -> None:
        canvas.context.select(["conv1"])
        hand.press(empty_place(canvas)).move(hand.middle("fc1"))
        hand.key(Qt.Key.Key_Escape)
        assert canvas.context.selection.ids == ("conv1",)

    def test_clicks_select_and_probe(self, hand: Hand, canvas: CanvasView, qtbot: QtBot) -> None:
        with qtbot.waitSignal(canvas.probeRequested) as probed:
            hand.click(hand.title("fc1"))
        assert probed.args == ["fc1"]
        hand.click(hand.title("conv1"), keys=SHIFT)
        assert canvas.context.selection.ids == ("fc1", "conv1")
        hand.click(hand.title("fc1"), keys=CTRL)
        assert canvas.context.selection.ids == ("conv1",)


class TestPalette:
    def test_a_block_dropped_on_the_canvas_stands_at_the_pointer(
        self, ws: Workspace, hand: Hand, canvas: CanvasView
    ) -> None:
        place = empty_place(canvas)
        hand.drop("conv2d", place)
        assert "conv2" in ws.document.root
        assert (hand.middle("conv2") - place).manhattanLength() <= 12
        assert canvas.context.selection.ids == ("conv2",)
        ws.history.undo()
        assert "conv2" not in ws.document.root
        assert ws.history.undo_title is None

    def test_dropped_on_a_wire_it_goes_into_it(self, ws: Workspace, hand: Hand, canvas: CanvasView) -> None:
        hand.drop("batch_norm", hand.wire("input", "conv1"))
        new = canvas.context.selection.only
        assert {("input", new), (new, "conv1")} <= wires(ws)
        assert ("input", "conv1") not in wires(ws)
        boxes = canvas.scene_.placed.boxes
        assert boxes["input"].right() < boxes[new].left()
        assert boxes[new].right() < boxes["conv1"].left()

    def test_alt_keeps_the_wire(self, ws: Workspace, hand: Hand) -> None:
        hand.drop("batch_norm", hand.wire("input", "conv1"), ALT)
        assert ("input", "conv1") in wires(ws)

    def test_it_is_wired_to_the_selected_block_with_a_free_output(
        self, ws: Workspace, hand: Hand, canvas: CanvasView
    ) -> None:
        canvas.context.select(["fc1"])
        hand.drop("relu", empty_place(canvas))
        assert ("fc1", "relu2") not in wires(ws)
        hand.key(Qt.Key.Key_Z, CTRL)
        canvas.context.select([])
        hand.drop("relu", empty_place(canvas))
        hand.drop("linear", empty_place(canvas) + QPointF(200, 0))
        assert ("relu2", "fc2") in wires(ws)

    def test_an_unknown_block_is_refused_in_words(self, hand: Hand, canvas: CanvasView, qtbot: QtBot) -> None:
        with qtbot.waitSignal(canvas.said) as said:
            hand.drop("konv2d", empty_place(canvas))
        assert "konv2d" in said.args[0]


class TestCut:
    @pytest.mark.parametrize("how", ["ctrl right", "y"])
    def test_a_stroke_takes_wires_off_in_one_step(self, ws: Workspace, hand: Hand, how: str) -> None:
        at = hand.wire("input", "conv1")
        top, bottom = at - QPointF(0, 30), at + QPointF(0, 30)
        if how == "y":
            hand.hold(Qt.Key.Key_Y).drag(top, bottom).let_go(Qt.Key.Key_Y)
        else:
            hand.drag(top, bottom, button=RIGHT, keys=CTRL)
        assert ("input", "conv1") not in wires(ws)
        assert ws.history.undo_title == "Cut 1 wire"
        ws.history.undo()
        assert ("input", "conv1") in wires(ws)

    def test_esc_cuts_nothing(self, ws: Workspace, hand: Hand) -> None:
        at = hand.wire("input", "conv1")
        hand.press(at - QPointF(0, 30), RIGHT, CTRL).move(at + QPointF(0, 30))
        hand.key(Qt.Key.Key_Escape).release(at)
        assert ("input", "conv1") in wires(ws)


class TestPanAndZoom:
    @pytest.mark.parametrize("how", ["middle", "space", "right"])
    def test_the_canvas_follows_the_pointer(self, hand: Hand, canvas: CanvasView, how: str) -> None:
        start = canvas.camera.centre
        local = canvas.camera.to_view(start)
        if how == "space":
            hand.hold(Qt.Key.Key_Space)
        button = {"middle": MIDDLE, "right": RIGHT}.get(how, Qt.MouseButton.LeftButton)
        hand.press(start, button)
        for step in (20, 60):
            hand.move(canvas.camera.to_scene(local + QPointF(step, step)))
        hand.release(canvas.camera.to_scene(local + QPointF(60, 60)))
        assert (canvas.camera.to_view(start) - local - QPointF(60, 60)).manhattanLength() < 3

    def test_a_right_click_asks_for_the_menu(self, hand: Hand, canvas: CanvasView, qtbot: QtBot) -> None:
        with qtbot.waitSignal(canvas.menuRequested) as asked:
            hand.click(hand.title("fc1"), RIGHT)
        assert asked.args[1].id == "fc1"
        assert canvas.context.selection.ids == ("fc1",)

    @pytest.mark.parametrize("steps", [1, 3, -2, -6])
    def test_zoom_keeps_the_point_under_the_pointer(
        self, hand: Hand, canvas: CanvasView, steps: int, qtbot: QtBot
    ) -> None:
        point = hand.output("conv1")
        local = canvas.camera.to_view(point)
        with qtbot.waitSignal(canvas.zoomChanged):
            hand.wheel(point, steps)
        assert (canvas.camera.to_view(point) - local).manhattanLength() <= 1.5

    def test_zoom_has_limits(self, hand: Hand, canvas: CanvasView) -> None:
        hand.wheel(hand.middle("conv1"), 200)
        assert canvas.zoom == 4
        hand.wheel(hand.middle("conv1"), -400)
        assert canvas.zoom == pytest.approx(0.02)


def test_a_wire_can_be_selected_and_removed(ws: Workspace, hand: Hand, canvas: CanvasView) -> None:
    hand.click(hand.wire("fc1", "output"))
    assert canvas.context.selection.wires == {Edge("fc1", "y", "output", "x")}
    hand.key(Qt.Key.Key_Delete)
    assert ("fc1", "output") not in wires(ws)
