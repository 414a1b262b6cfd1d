"""Reroute dots by hand: set, dragged, selected, taken out; the network stays as it is."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointer import CTRL, SHIFT, Hand
from PySide6.QtCore import QPointF, QRectF, Qt

from explorer.figures.canvas import reroute
from explorer.graph.edits import SetDots
from explorer.graph.model import Edge
from explorer.graph.workspace import Workspace
from explorer.ui.canvas import bending, clipboard, commands, navigation, placing, tidying
from explorer.ui.canvas.canvas import CanvasView
from explorer.ui.canvas.selection import DotRef, Selection

WIRE = Edge("conv1", "y", "relu1", "x")
DOT = DotRef(WIRE, 0)


@pytest.fixture
def ws(canvas: CanvasView) -> Workspace:
    return canvas.context.workspace


@pytest.fixture
def dotted(canvas: CanvasView, hand: Hand) -> QPointF:
    """Where the dot is that was set on the wire from conv1 to relu1, and dragged away."""
    start = hand.wire("conv1", "relu1")
    hand.double_click(start)
    goal = dot_at(canvas) + QPointF(8, 160)
    hand.drag(dot_at(canvas), goal)
    return dot_at(canvas)


def dot_at(canvas: CanvasView, number: int = 0) -> QPointF:
    return QPointF(*canvas.context.graph.dots[WIRE][number])


def test_a_double_click_sets_a_dot_on_the_grid(canvas: CanvasView, hand: Hand, ws: Workspace) -> None:
    flow = ws.flow
    hand.double_click(hand.wire("conv1", "relu1"))
    (at,) = ws.document.root.dots[WIRE]
    assert at[0] % 8 == 0 == at[1] % 8
    assert canvas.context.selection.dots == {DOT}
    assert ws.history.undo_title == "Set a reroute dot"
    assert ws.flow is flow or ws.flow.parameters == flow.parameters
    ws.history.undo()
    assert not ws.document.root.dots


def test_the_wire_runs_through_it(canvas: CanvasView, dotted: QPointF) -> None:
    route = canvas.scene_.placed.routes[WIRE]
    assert route.path.contains(dotted) or any(
        QRectF(p, q).normalized().adjusted(-1, -1, 1, 1).contains(dotted) for p, q in pairwise(route.points)
    )
    assert dotted.y() > canvas.scene_.placed.boxes["conv1"].bottom()


def test_a_drag_is_one_step_and_esc_takes_it_back(canvas: CanvasView, hand: Hand, ws: Workspace) -> None:
    hand.double_click(hand.wire("conv1", "relu1"))
    before = ws.document.root.dots[WIRE]
    hand.drag(dot_at(canvas), dot_at(canvas) + QPointF(40, 80))
    assert ws.history.undo_title == "Move 1 dot"
    assert ws.document.root.dots[WIRE] == ((before[0][0] + 40, before[0][1] + 80),)
    ws.history.undo()
    assert ws.document.root.dots[WIRE] == before
    steps = ws.history.undo_title
    hand.press(dot_at(canvas)).move(dot_at(canvas) + QPointF(0, 60))
    assert canvas.scene_.placed.dots(WIRE) != before
    hand.key(Qt.Key.Key_Escape)
    assert canvas.scene_.placed.dots(WIRE) == before
    assert ws.history.undo_title == steps


def test_del_takes_the_dot_out_and_leaves_the_wire(
    canvas: CanvasView, hand: Hand, ws: Workspace, dotted: QPointF
) -> None:
    hand.click(dotted)
    hand.key(Qt.Key.Key_Delete)
    assert not ws.document.root.dots
    assert ws.document.root.has_edge(WIRE)
    ws.history.undo()
    assert dot_at(canvas) == dotted


def test_a_double_click_on_the_dot_takes_it_out(hand: Hand, ws: Workspace, dotted: QPointF) -> None:
    hand.double_click(dotted)
    assert not ws.document.root.dots
    assert ws.document.root.has_edge(WIRE)


def test_several_are_chosen_and_moved_together(canvas: CanvasView, hand: Hand, dotted: QPointF) -> None:
    more = ((dotted.x(), dotted.y()), (dotted.x() + 80, dotted.y()))
    canvas.context.apply(SetDots(WIRE, more), "Dots")
    first, other = dot_at(canvas), dot_at(canvas, 1)
    hand.click(first)
    hand.click(other, keys=SHIFT)
    assert canvas.context.selection.dots == {DOT, DotRef(WIRE, 1)}
    hand.drag(first, first + QPointF(16, 24))
    assert (dot_at(canvas), dot_at(canvas, 1)) == (first + QPointF(16, 24), other + QPointF(16, 24))
    hand.click(dot_at(canvas), keys=CTRL)
    assert canvas.context.selection.dots == {DotRef(WIRE, 1)}


def test_it_goes_along_when_both_ends_are_moved(canvas: CanvasView, hand: Hand, dotted: QPointF) -> None:
    canvas.context.select(["conv1", "relu1"])
    start = hand.title("conv1")
    before = canvas.scene_.placed.boxes["conv1"].topLeft()
    hand.press(start).move(start + QPointF(40, 80))
    by = canvas.scene_.placed.boxes["conv1"].topLeft() - before
    assert canvas.scene_.placed.dots(WIRE) == ((dotted.x() + by.x(), dotted.y() + by.y()),)
    hand.release(start + QPointF(40, 80))
    assert dot_at(canvas) == dotted + by
    canvas.context.select(["relu1"])
    start = hand.middle("relu1")
    hand.drag(start, start + QPointF(0, 80))
    assert dot_at(canvas) == dotted + by, "one end alone leaves it"


def test_aligning_takes_it_along(canvas: CanvasView, dotted: QPointF) -> None:
    canvas.context.select(["conv1", "relu1", "output"])
    by = canvas.scene_.placed.boxes["conv1"].top()
    placing.align(canvas.context, "top")
    moved = canvas.scene_.placed.boxes["conv1"].top() - by
    alike = canvas.scene_.placed.boxes["relu1"].top()
    assert dot_at(canvas).x() == dotted.x()
    assert alike == canvas.scene_.placed.boxes["conv1"].top()
    assert dot_at(canvas).y() in (dotted.y(), dotted.y() + moved)


def test_tidy_takes_out_dots_of_what_it_lays_out(canvas: CanvasView, ws: Workspace, dotted: QPointF) -> None:
    canvas.context.select(["pool1", "flatten"])
    tidying.tidy(canvas.context)
    assert dot_at(canvas) == dotted, "they lie elsewhere"
    tidying.tidy_all(canvas.context)
    assert not ws.document.root.dots
    ws.history.undo()
    assert dot_at(canvas) == dotted


def test_a_copy_has_its_own(canvas: CanvasView, ws: Workspace, dotted: QPointF) -> None:
    canvas.context.select(["conv1", "relu1"])
    clipboard.copy(canvas.context)
    clipboard.paste(canvas.context)
    assert len(ws.document.root.dots) == 2
    canvas.context.select(["conv1", "relu1"])
    clipboard.duplicate(canvas.context)
    assert len(ws.document.root.dots) == 3


def test_commands_set_one_and_take_them_out(canvas: CanvasView, ws: Workspace) -> None:
    canvas.context.select_wire(WIRE)
    canvas.pointed = None
    assert bending.add_to_selected(canvas) == DOT
    assert bending.concerned(canvas.context) == [WIRE]
    canvas.context.select(["conv1"])
    assert bending.concerned(canvas.context) == []
    canvas.context.select(["conv1", "relu1"])
    assert bending.clear(canvas.context)
    assert ws.history.undo_title == "Take 1 dot out"
    assert not ws.document.root.dots


def test_removing_a_node_and_a_dot_of_its_wire_is_one_step(
    canvas: CanvasView, ws: Workspace, dotted: QPointF
) -> None:
    canvas.context.select(Selection(("relu1",), dots=frozenset([DOT])))
    assert commands.remove(canvas.context)
    assert "relu1" not in ws.document.root
    ws.history.undo()
    assert dot_at(canvas) == dotted


def test_what_can_only_be_read_takes_none(canvas: CanvasView, hand: Hand, ws: Workspace) -> None:
    canvas.context.select(["conv1", "relu1"])
    commands.group(canvas.context)
    canvas.context.unfold(1)
    navigation.fit_all(canvas, fly=False)
    hand.double_click(hand.wire("group1.conv1", "group1.relu1"))
    assert not any(ws.document.graph(scope).dots for scope in ("", "group1"))


points = st.tuples(st.integers(-300, 900), st.integers(-300, 600)).map(lambda at: QPointF(*at))


@given(b=points, dots=st.lists(points, min_size=1, max_size=5), from_above=st.booleans())
def test_any_way_through_dots_is_level_or_upright_and_passes_all(b, dots, from_above) -> None:
    a = QPointF(0, 0)
    corners = reroute.through(a, b, dots, from_above=from_above)
    assert (corners[0], corners[-1]) == (a, b)
    for p, q in pairwise(corners):
        assert abs(p.x() - q.x()) < reroute.SAME or abs(p.y() - q.y()) < reroute.SAME
    rest = iter(corners)
    assert all(any(corner == dot for corner in rest) or _on(corners, dot) for dot in dots)


def _on(corners: list[QPointF], dot: QPointF) -> bool:
    return any(
        QRectF(p, q).normalized().adjusted(-0.5, -0.5, 0.5, 0.5).contains(dot) for p, q in pairwise(corners)
    )


def test_a_wire_led_far_away_is_in_sight_when_all_is(canvas: CanvasView, ws: Workspace) -> None:
    canvas.context.apply(SetDots(WIRE, ((200.0, -2_000.0),)), "Dots")
    assert canvas.scene_.sceneRect().contains(QPointF(200, -2_000))
    navigation.fit_all(canvas, fly=False)
    assert canvas.camera.visible().contains(QPointF(200, -2_000))
