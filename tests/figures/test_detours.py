"""Ways round everything: level or upright, clear of all nodes, and no way where there is none."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF

from explorer.figures.canvas.detour import MOST, detour, is_blocked

AREA = QRectF(-200, -200, 1600, 1200)
START = QRectF(0, 300, 80, 60)
END = QRectF(900, 500, 80, 60)
A, B = QPointF(80, 330), QPointF(900, 530)
ABOVE_B = QPointF(940, 500)

places = st.tuples(st.integers(100, 800), st.integers(-100, 900))
boxes = st.lists(
    places.map(lambda at: QRectF(at[0] // 20 * 20, at[1] // 20 * 20, 60, 40)), min_size=0, max_size=25
)


def length(corners: tuple[QPointF, ...]) -> float:
    return sum(abs(p.x() - q.x()) + abs(p.y() - q.y()) for p, q in pairwise(corners))


@settings(max_examples=60, deadline=None)
@given(boxes=boxes, from_above=st.booleans())
def test_a_way_that_is_found_is_clear(boxes: list[QRectF], from_above: bool) -> None:
    goal = ABOVE_B if from_above else B
    corners = detour(A, goal, [*boxes, START, END], AREA, from_above=from_above)
    assert corners is not None  # the margin of the area is free
    assert (corners[0], corners[-1]) == (A, goal)
    for p, q in pairwise(corners):
        assert p.x() == q.x() or p.y() == q.y()
    assert not is_blocked(corners, boxes)
    first, last = corners[:2], corners[-2:]
    assert first[1].x() > first[0].x(), "it leaves to the right"
    assert (
        (last[0].x() == last[1].x() and last[0].y() < last[1].y())
        if from_above
        else (last[0].y() == last[1].y() and last[0].x() < last[1].x())
    )


def test_with_nothing_in_the_way_it_is_as_short_as_can_be() -> None:
    corners = detour(A, B, [START, END], AREA)
    assert corners is not None
    assert len(corners) == 4
    assert length(corners) == pytest.approx((B.x() - A.x()) + (B.y() - A.y()))


def test_it_goes_back_round_its_own_node() -> None:
    corners = detour(B + QPointF(80, 0), A - QPointF(80, 0), [START, END], AREA)
    assert corners is not None
    assert not is_blocked(corners[1:-1], [START, END])


def test_no_way_leads_into_a_closed_yard() -> None:
    wall = [QRectF(820, 400, 20, 300), QRectF(820, 400, 300, 20), QRectF(820, 680, 300, 20)]
    wall.append(QRectF(1100, 400, 20, 300))
    assert detour(A, B, [START, END, *wall], AREA) is None


def test_among_very_many_nodes_none_is_looked_for() -> None:
    many = [QRectF(x * 100, 2000, 50, 50) for x in range(MOST + 1)]
    assert detour(A, B, many, AREA) is None
