"""What is added finds room, what must stand where it is pushes its neighbours: nothing is covered."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointer import CTRL
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from explorer.figures.canvas.area_index import Area
from explorer.figures.canvas.free_room import free_offset, making_way
from explorer.graph.builder import Builder
from explorer.graph.edits import Move
from explorer.graph.tensor import image
from explorer.ui.canvas import clipboard, commands
from explorer.ui.canvas.adding import add_block, put_into_wire
from explorer.ui.canvas.canvas import CanvasView

Open = Callable[[Callable[[Builder], None]], CanvasView]
AREAS = st.builds(
    lambda x, y, w, h: Area(x, y, x + w, y + h),
    st.integers(-400, 400),
    st.integers(-400, 400),
    st.integers(20, 200),
    st.integers(20, 200),
)


def shifted(area: Area, by: tuple[float, float]) -> Area:
    return Area(area.left + by[0], area.top + by[1], area.right + by[0], area.bottom + by[1])


def overlap(one: Area, other: Area) -> bool:
    return (
        one.left < other.right
        and other.left < one.right
        and one.top < other.bottom
        and other.top < one.bottom
    )


def covered(canvas: CanvasView) -> list[tuple[str, str]]:
    placed = canvas.scene_.placed
    boxes = {key: placed.spot(key).box for key in placed.views.nodes}
    return [(a, b) for a, b in combinations(boxes, 2) if boxes[a].intersects(boxes[b])]


@given(AREAS, st.lists(AREAS, max_size=30))
def test_a_free_place_is_found_and_kept_if_it_is_one(box: Area, taken: list[Area]) -> None:
    offset = free_offset(box, taken)
    assert not any(overlap(shifted(box, offset), area) for area in taken)
    at = shifted(box, offset)
    assert free_offset(at, taken) == (0.0, 0.0)
    if not any(overlap(Area(box.left - 24, box.top - 24, box.right + 24, box.bottom + 24), a) for a in taken):
        assert offset == (0.0, 0.0)


@given(st.data())
def test_whoever_makes_way_covers_nobody(data: st.DataObject) -> None:
    cells = data.draw(st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=20))
    taken = {f"n{x}{y}": Area(x * 200, y * 150, x * 200 + 120, y * 150 + 90) for x, y in cells}
    chosen = data.draw(st.sampled_from(sorted(taken)))
    hole = taken.pop(chosen)
    size = data.draw(st.tuples(st.integers(50, 900), st.integers(50, 700)))
    shifts = making_way(taken, hole, size)
    now = {key: shifted(area, shifts.get(key, (0.0, 0.0))) for key, area in taken.items()}
    now[chosen] = Area(hole.left, hole.top, hole.left + size[0], hole.top + size[1])
    assert not [pair for pair in combinations(now, 2) if overlap(now[pair[0]], now[pair[1]])]


def test_blocks_added_with_the_pointer_at_rest_lie_beside_each_other(canvas: CanvasView) -> None:
    at = QPointF(600, 500)
    for block in ("relu", "conv2d", "max_pool", "linear", "add", "batch_norm"):
        add_block(canvas.context, block, at, alone=True)
    over = canvas.scene_.placed.spot("conv1").box.center()
    add_block(canvas.context, "dropout", over, alone=True)
    assert covered(canvas) == []


def test_copies_lie_beside_their_originals(canvas: CanvasView) -> None:
    canvas.context.select(["conv1", "relu1", "pool1"])
    canvas.setFocus()
    for _ in range(3):
        QTest.keyClick(canvas, Qt.Key.Key_D, CTRL)
    canvas.context.select(["fc1"])
    clipboard.copy(canvas.context)
    for _ in range(3):
        clipboard.paste(canvas.context, QPointF(300, 300))
    QGuiApplication.clipboard().clear()
    assert len(canvas.context.graph) == 7 + 9 + 3
    assert covered(canvas) == []


def test_what_is_added_by_name_to_a_block_that_feeds_another_is_a_branch(canvas: CanvasView) -> None:
    canvas.context.select(["conv1"])
    name = add_block(canvas.context, "batch_norm", branch=True)
    assert name is not None
    feeds = {(edge.src, edge.dst) for edge in canvas.context.graph.edges}
    assert {("conv1", "relu1"), ("conv1", name)} <= feeds
    assert covered(canvas) == []


def blocks_with_a_skip(build: Builder) -> None:
    x = build.input("input", image(3, 32, 32))
    x = build.add("conv2d", x, name="conv1", filters=8, kernel=3, padding=1)
    y = build.add("conv2d", x, name="conv2", filters=8, kernel=3, padding=1)
    y = build.add("relu", y, name="relu1")
    z = build.add("add", x, y, name="add1")
    build.output("output", z)


def test_what_is_put_into_a_skip_covers_nothing(open_canvas: Open) -> None:
    canvas = open_canvas(blocks_with_a_skip)
    graph = canvas.context.graph
    skip = next(edge for edge in graph.edges if edge.src == "conv1" and edge.dst == "add1")
    name = add_block(canvas.context, "conv2d", QPointF(900, 900), alone=True)
    assert name is not None
    with canvas.context.gesture("Insert"):
        put_into_wire(canvas.context, skip, name)
    assert covered(canvas) == []


@pytest.mark.parametrize("placed", [True, False], ids=["placed by the user", "placed by itself"])
def test_an_unpacked_composite_pushes_its_neighbours(open_canvas: Open, placed: bool) -> None:
    def design(build: Builder) -> None:
        x = build.input("input", image(16, 32, 32))
        x = build.add("bottleneck", x, name="block1")
        x = build.add("relu", x, name="after")
        build.output("output", x)

    canvas = open_canvas(design)
    context = canvas.context
    if placed:
        rooms = context.views.rooms
        places = {
            "input": (0.0, 0.0),
            "block1": (200.0, 20.0),
            "after": (400.0, 40.0),
            "output": (500.0, 0.0),
        }
        assert places.keys() == rooms.keys()
        context.apply(Move(places, context.scope), "Move")
    before = len(context.graph)
    context.select(["block1"])
    assert commands.ungroup(context)
    assert len(context.graph) > before + 5
    assert covered(canvas) == []
    commands.undo(context)
    assert len(context.graph) == before
    assert covered(canvas) == []


def test_a_group_within_which_nothing_has_a_place_is_unpacked_beside_nothing(
    open_canvas: Open,
) -> None:
    canvas = open_canvas(blocks_with_a_skip)
    context = canvas.context
    context.select(["conv2", "relu1"])
    group = commands.group(context)
    assert group is not None
    context.workspace.apply(
        Move({"conv2": (0.0, 0.0), "relu1": (0.0, 0.0)}, context.graph[group].group or ""), "Forget places"
    )
    context.select([group])
    assert commands.ungroup(context)
    assert covered(canvas) == []
