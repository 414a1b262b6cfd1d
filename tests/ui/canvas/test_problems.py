"""A wire that does not fit is drawn, explained and repaired."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from pointer import CTRL, Hand
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from explorer.graph.builder import Builder
from explorer.graph.edits import Connect, SetField
from explorer.graph.model import Edge
from explorer.graph.tensor import image
from explorer.style.theme import theme
from explorer.ui.canvas.canvas import CanvasView
from explorer.ui.canvas.lens import parse_axes


@pytest.fixture
def canvas(open_canvas: Callable[[Callable[[Builder], None]], CanvasView]) -> CanvasView:
    def build(b: Builder) -> None:
        x = b.input("input", image(1, 28, 28))
        x = b.add("conv2d", x, name="conv1", filters=6, kernel=5)
        b.add("flatten", x, name="flatten")
        y = b.add("linear", b.add("flatten", x, name="flatten2"), name="fc1", features=120)
        b.output("output", y)

    view = open_canvas(build)
    view.context.select(["flatten", "flatten2"])
    Hand(view).key(Qt.Key.Key_Delete)
    return view


def wires(canvas: CanvasView) -> set[tuple[str, str]]:
    return {(e.src, e.dst) for e in canvas.context.graph.edges}


def test_the_problem_is_explained_right_after_the_wire_was_drawn(
    canvas: CanvasView, hand: Hand, qtbot: QtBot
) -> None:
    before = canvas.context.workspace.document.copy()
    with qtbot.waitSignal(canvas.problemShown) as shown:
        hand.drag(hand.output("conv1"), hand.input("fc1"))
    assert shown.args == ["fc1"]
    wire = canvas.context.views.wires[Edge("conv1", "y", "fc1", "x")]
    assert wire.kind == "problem"
    assert canvas.problems.lens.isVisible()
    assert canvas.problems.card.isVisible()
    assert canvas.problems.found[0].title == "Insert Flatten"

    hand.key(Qt.Key.Key_Return)
    assert ("conv1", "fc1") not in wires(canvas)
    assert not canvas.context.level.flow.faults
    assert not canvas.problems.is_shown

    hand.key(Qt.Key.Key_Z, CTRL)
    assert ("conv1", "fc1") in wires(canvas)
    hand.key(Qt.Key.Key_Z, CTRL)
    assert canvas.context.workspace.document.same_as(before)


def break_it(canvas: CanvasView) -> None:
    canvas.context.workspace.apply(Connect(Edge("conv1", "y", "fc1", "x")))


def test_selecting_node_or_wire_explains_and_esc_closes(canvas: CanvasView, hand: Hand) -> None:
    break_it(canvas)
    canvas.context.select(["fc1"])
    assert canvas.problems.is_shown
    hand.key(Qt.Key.Key_Escape)
    assert not canvas.problems.is_shown
    assert canvas.context.selection.ids == ("fc1",)
    canvas.context.select_wire(Edge("conv1", "y", "fc1", "x"))
    assert canvas.problems.is_shown
    canvas.context.select(["conv1"])
    assert not canvas.problems.is_shown


@pytest.mark.parametrize("scale", [1.0, 1.75])
def test_lens_and_card_leave_both_nodes_uncovered(canvas: CanvasView, scale: float) -> None:
    theme().change(scale=scale)
    canvas.resize(1600, 1000)
    break_it(canvas)
    canvas.context.select(["fc1"])
    for node in ("conv1", "fc1"):
        box = canvas.scene_.placed.boxes[node]
        corner = canvas.camera.to_view(box.topLeft()).toPoint()
        area = corner, canvas.camera.to_view(box.bottomRight()).toPoint()
        rect = type(canvas.problems.card.geometry())(*area)
        assert not canvas.problems.card.geometry().intersects(rect)
        body = canvas.problems.lens.geometry()
        body.setHeight(canvas.problems.lens.body_height())
        assert not body.intersects(rect)
    theme().change(scale=1.0)


def test_a_click_takes_another_repair(canvas: CanvasView, qtbot: QtBot) -> None:
    break_it(canvas)
    canvas.context.select(["fc1"])
    card = canvas.problems.card
    titles = [r.title for r in canvas.problems.found]
    assert len(titles) == 3
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton, pos=card._row_rect(1).center().toPoint())
    assert not canvas.context.level.flow.faults
    assert canvas.context.workspace.history.undo_title == titles[1]


def test_new_blocks_stand_between_the_two(canvas: CanvasView) -> None:
    break_it(canvas)
    canvas.context.select(["fc1"])
    canvas.problems.repair(2)
    boxes = canvas.scene_.placed.boxes
    order = sorted(boxes, key=lambda n: boxes[n].left())
    assert order.index("conv1") < order.index("fc1")
    for a, b in pairwise(order):
        assert boxes[a].right() < boxes[b].left()


def test_it_goes_when_the_design_is_repaired_elsewhere(canvas: CanvasView) -> None:
    canvas.context.workspace.apply(SetField("conv1", "kernel", 99))
    canvas.context.select(["conv1"])
    assert canvas.problems.is_shown
    canvas.context.workspace.apply(SetField("conv1", "kernel", 5))
    assert not canvas.problems.is_shown


def test_it_stays_at_its_wire_when_the_view_moves(canvas: CanvasView) -> None:
    break_it(canvas)
    canvas.context.select(["fc1"])
    before = canvas.problems.card.pos()
    canvas.camera.scroll(0, -40)
    assert canvas.problems.card.pos().y() == before.y() + 40
    assert canvas.overlays.bar.geometry().bottom() <= canvas.viewport().height()


def test_a_block_without_a_wire_is_no_alarm(canvas: CanvasView, hand: Hand) -> None:
    hand.drop("conv2d", canvas.scene_.placed.bounds().bottomLeft() + QPointF(80, 90))
    assert not canvas.problems.is_shown


@pytest.mark.parametrize(
    ("wants", "got", "axes"),
    [
        ("D", ("C", "H", "W"), [("D", "")]),
        ("T × D", ("D",), [("T", ""), ("D", "")]),
        ("6×14×14", ("C", "H", "W"), [("C", "6"), ("H", "14"), ("W", "14")]),
        ("float", ("T",), []),
        ("", (), []),
    ],
)
def test_wishes_are_read(wants: str, got: tuple[str, ...], axes: list[tuple[str, str]]) -> None:
    assert parse_axes(wants, got) == axes
