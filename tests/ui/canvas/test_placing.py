"""Aligning and spreading nodes, selecting by the same, focus on a path: real keys and clicks."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointer import ALT, SHIFT, Hand
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.graph.between import between
from explorer.graph.builder import Builder
from explorer.graph.tensor import image
from explorer.graph.workspace import Workspace
from explorer.ui.canvas import alike, path_focus, placing
from explorer.ui.canvas.align_bar import AlignBar
from explorer.ui.canvas.canvas import CanvasView

Key = Qt.Key


@pytest.fixture
def ws(canvas: CanvasView) -> Workspace:
    return canvas.context.workspace


def box(canvas: CanvasView, node: str) -> QRectF:
    return canvas.scene_.placed.boxes[node]


@pytest.mark.parametrize(
    ("key", "edge"),
    [
        (Key.Key_Up, QRectF.top),
        (Key.Key_Down, QRectF.bottom),
        (Key.Key_Left, QRectF.left),
        (Key.Key_Right, QRectF.right),
    ],
)
def test_alt_and_an_arrow_bring_a_side_into_line_with_the_last(
    canvas: CanvasView, hand: Hand, ws: Workspace, key: Key, edge: Callable[[QRectF], float]
) -> None:
    canvas.context.select(["conv1", "fc1", "pool1"])
    before, stays = ws.document.copy(), box(canvas, "pool1")
    hand.key(key, ALT)
    assert box(canvas, "pool1") == stays
    assert edge(box(canvas, "conv1")) == pytest.approx(edge(stays), abs=0.01)
    assert edge(box(canvas, "fc1")) == pytest.approx(edge(stays), abs=0.01)
    hand.key(Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    hand_places = {node.id: node.pos for node in ws.document.root.nodes}
    assert ws.history.undo_title is None
    assert set(hand_places) == {node.id for node in before.root.nodes}


def test_aligned_nodes_do_not_lie_on_each_other(canvas: CanvasView, hand: Hand) -> None:
    canvas.context.select(["conv1", "pool1", "fc1"])
    hand.key(Key.Key_Left, ALT)
    boxes = [box(canvas, n) for n in ("conv1", "pool1", "fc1")]
    assert not any(a.intersects(b) for a in boxes for b in boxes if a is not b)


def test_neighbours_make_room(canvas: CanvasView, hand: Hand) -> None:
    canvas.context.select(["fc1", "conv1"])
    hand.key(Key.Key_Left, ALT)
    others = [n for n in canvas.context.graph if n not in ("fc1", "conv1")]
    moved = [box(canvas, n) for n in ("fc1", "conv1")]
    assert not [n for n in others if any(box(canvas, n).intersects(m) for m in moved)]


def test_alt_shift_and_an_arrow_make_equal_gaps(canvas: CanvasView, hand: Hand, ws: Workspace) -> None:
    canvas.context.select(["conv1", "relu1", "pool1", "fc1"])
    hand.drag(hand.title("pool1"), hand.title("pool1") + QPointF(-30, 0))
    canvas.context.select(["conv1", "relu1", "pool1", "fc1"])
    ends = box(canvas, "conv1"), box(canvas, "fc1")
    hand.key(Key.Key_Right, ALT | SHIFT)
    row = [box(canvas, n) for n in ("conv1", "relu1", "pool1", "fc1")]
    gaps = [b.left() - a.right() for a, b in pairwise(row)]
    assert max(gaps) - min(gaps) < 0.05
    assert (row[0], row[-1]) == ends


def test_too_few_are_greyed_with_the_reason(canvas: CanvasView) -> None:
    from explorer.ui.canvas.actions import ACTIONS

    by_id = {row.id: row for row in ACTIONS}
    canvas.context.select(["conv1"])
    assert by_id["align_left"].why_not(canvas) == "select two blocks or more first"
    canvas.context.select(["conv1", "fc1"])
    assert by_id["align_left"].why_not(canvas) is None
    assert by_id["distribute_down"].why_not(canvas) == "select three blocks or more first"


boxes = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=3),
    st.builds(
        lambda x, y, w, h: QRectF(x, y, w, h),
        st.integers(-400, 400),
        st.integers(-400, 400),
        st.integers(20, 200),
        st.integers(20, 120),
    ),
    min_size=2,
    max_size=8,
)


@given(boxes, st.sampled_from([side for side, *_ in placing.SIDES]))
def test_aligning_keeps_sizes_brings_into_line_and_parts(
    found: dict[str, QRectF], side: placing.Side
) -> None:
    moved = placing.aligned(found, side)
    assert list(moved) == list(found)
    anchor = list(found.values())[-1]
    assert moved[list(found)[-1]] == anchor
    for name, area in moved.items():
        assert area.size() == found[name].size()
        dx, dy = placing._offset(anchor, area, side)
        assert abs(dx) < 1e-6
        assert abs(dy) < 1e-6
    areas = list(moved.values())
    assert not any(a.intersects(b) for n, a in enumerate(areas) for b in areas[n + 1 :])


@given(boxes, st.sampled_from(["across", "down"]))
def test_spreading_makes_equal_gaps_and_moves_along_one_way_only(
    found: dict[str, QRectF], way: placing.Across
) -> None:
    moved, down = placing.distributed(found, way), way == "down"
    order = sorted(moved, key=lambda n: placing._start(moved[n], down))
    if len(order) < 3:
        assert moved == found
        return
    gaps = [
        placing._start(moved[b], down) - placing._start(moved[a], down) - placing._size(moved[a], down)
        for a, b in pairwise(order)
    ]
    assert max(gaps) - min(gaps) < 1e-6
    assert min(gaps) >= placing.GAP - 1e-6
    assert all(placing._start(moved[n], not down) == placing._start(found[n], not down) for n in found)


class TestBar:
    @pytest.fixture
    def bar(self, canvas: CanvasView) -> AlignBar:
        return AlignBar(canvas)

    def test_stands_above_two_selected_nodes_and_goes_with_them(
        self, canvas: CanvasView, bar: AlignBar
    ) -> None:
        assert bar.isHidden()
        canvas.context.select(["conv1"])
        assert bar.isHidden()
        canvas.context.select(["conv1", "pool1"])
        assert bar.isVisible()
        top = canvas.camera.to_view(box(canvas, "conv1").united(box(canvas, "pool1")).topLeft())
        assert bar.geometry().bottom() <= top.y()
        was = bar.pos()
        canvas.camera.scroll(-20, -30)
        assert bar.pos() == was + QPointF(20, 30).toPoint()
        canvas.context.select(())
        assert bar.isHidden()

    def test_hovering_shows_where_they_would_stand_and_moves_nothing(
        self, canvas: CanvasView, bar: AlignBar, ws: Workspace
    ) -> None:
        canvas.context.select(["conv1", "fc1"])
        before = ws.document.copy()
        button = bar.buttons["align_left"]
        enter = QEnterEvent(QPointF(2, 2), QPointF(2, 2), QPointF(2, 2))
        QApplication.sendEvent(button, enter)
        lefts = {ghost.left() for ghost in bar.ghosts}
        assert lefts == {box(canvas, "fc1").left()}
        canvas.grab()
        assert ws.document.same_as(before)
        QApplication.sendEvent(button, QEvent(QEvent.Type.Leave))
        assert not bar.ghosts

    def test_a_click_moves_them_there(self, canvas: CanvasView, bar: AlignBar) -> None:
        canvas.context.select(["conv1", "fc1"])
        QTest.mouseClick(bar.buttons["align_top"], Qt.MouseButton.LeftButton)
        assert box(canvas, "conv1").top() == pytest.approx(box(canvas, "fc1").top(), abs=0.01)

    def test_the_last_button_straightens_and_too_few_grey_the_spreading(
        self, canvas: CanvasView, bar: AlignBar, hand: Hand
    ) -> None:
        canvas.context.select(["conv1", "relu1"])
        assert not bar.buttons["distribute_across"].isEnabled()
        canvas.context.select(["relu1"])
        hand.drag(hand.title("relu1"), hand.title("relu1") + QPointF(0, 40))
        canvas.context.select(["conv1", "relu1"])
        QTest.mouseClick(bar.buttons["straighten"], Qt.MouseButton.LeftButton)
        assert canvas.context.workspace.history.undo_title == "Straighten"

    def test_steps_aside_while_the_mouse_is_down(self, canvas: CanvasView, bar: AlignBar, hand: Hand) -> None:
        canvas.context.select(["conv1", "fc1"])
        hand.press(hand.title("conv1"))
        assert bar.isHidden()
        hand.release(hand.title("conv1"))
        canvas.context.select(["conv1", "fc1"])
        assert bar.isVisible()


def branching(build: Builder) -> None:
    x = build.input("input", image(3, 8, 8))
    a = build.add("conv2d", x, name="a", filters=8, kernel=3, padding=1)
    b = build.add("conv2d", a, name="b", filters=8, kernel=3, padding=1)
    c = build.add("conv2d", a, name="c", filters=8, kernel=5, padding=2)
    d = build.add("relu", a, name="d")
    joined = build.add("add", b, c, name="joined")
    build.output("output", joined)
    build.output("other", d)


class TestAlike:
    @pytest.mark.parametrize(
        ("what", "come"),
        [
            ("block", {"a", "b", "c"}),
            ("family", {"a", "b", "c"}),
            ("fields", {"a", "b"}),
            ("shape", {"a", "b", "c", "d", "joined"}),
        ],
    )
    def test_selects_what_has_the_same(
        self, open_canvas: Callable[..., CanvasView], what: alike.Same, come: set[str]
    ) -> None:
        canvas = open_canvas(branching)
        canvas.context.select(["a"])
        alike.select(canvas.context, what)
        assert set(canvas.context.selected_nodes()) == come
        assert canvas.context.selected_nodes()[0] == "a"

    def test_says_when_there_is_no_other(self, canvas: CanvasView) -> None:
        said: list[str] = []
        canvas.said.connect(said.append)
        canvas.context.select(["fc1"])
        assert alike.select(canvas.context, "block") == 0
        assert said == ["No other block here has the same block."]


class TestFocus:
    def test_everything_on_a_way_stays_and_the_rest_fades_until_esc(
        self, open_canvas: Callable[..., CanvasView]
    ) -> None:
        canvas = open_canvas(branching)
        path_focus.PathFocus(canvas)
        plain = canvas.grab().toImage()
        canvas.context.select(["joined", "a"])
        hand = Hand(canvas)
        hand.key(Key.Key_P, SHIFT)
        assert canvas.context.in_focus == {"a", "b", "c", "joined"}
        canvas.context.select(())
        faded = canvas.grab().toImage()
        at = {n: canvas.camera.to_view(box(canvas, n).center()).toPoint() for n in ("b", "d")}
        around = range(-8, 9, 2)
        inks = {
            n: [
                (plain.pixelColor(p.x() + dx, p.y() + dy), faded.pixelColor(p.x() + dx, p.y() + dy))
                for dx in around
                for dy in around
            ]
            for n, p in at.items()
        }
        assert all(one == other for one, other in inks["b"])
        assert any(one != other for one, other in inks["d"])
        hand.key(Key.Key_Escape)
        assert not canvas.context.in_focus
        assert canvas.grab().toImage() == plain

    def test_no_way_is_said(self, open_canvas: Callable[..., CanvasView]) -> None:
        canvas = open_canvas(branching)
        said: list[str] = []
        canvas.said.connect(said.append)
        canvas.context.select(["b", "d"])
        assert not path_focus.focus(canvas.context)
        assert said == ["No path leads from b to d, or back."]

    def test_another_level_ends_it(self, open_canvas: Callable[..., CanvasView]) -> None:
        canvas = open_canvas(branching)
        canvas.context.select(["a", "joined"])
        path_focus.focus(canvas.context)
        canvas.context.show_level(())
        assert not canvas.context.in_focus

    def test_between_is_the_same_in_both_directions(self, ws: Workspace) -> None:
        graph = ws.document.root
        assert (
            between(graph, "conv1", "pool1")
            == between(graph, "pool1", "conv1")
            == {"conv1", "relu1", "pool1"}
        )
        assert between(graph, "conv1", "conv1") == {"conv1"}
