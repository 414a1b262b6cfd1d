"""A solid drawn with its dimensions at its edges, for flow to the right or downwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from explorer.figures.networks.item import Item
from explorer.figures.networks.measure import length
from explorer.figures.networks.orientation import Direction
from explorer.figures.networks.shapes import Box, Ink, Line, Point, Polygon, Shape, Text, around
from explorer.figures.networks.solids import SLANT, Solid

NUMBER = 13.0
ROWS_SEEN = 14
"""Lines that a sheet shows at most, one for each step."""
FRONT, TOP, SIDE = 0.5, 0.3, 0.7
"""How much of the family's colour each face has."""
PORT = 0.35
"""Where on its side face, from the front, a wire from above or below arrives: beside the number there."""
FLAT = 0.5
"""Depth below which there is only a front."""


@dataclass(frozen=True)
class Body:
    """A solid as shapes with the front's corner at the origin, and what the layout has to know of it."""

    item: Item
    shapes: tuple[Shape, ...]
    corner: Point


class _View(NamedTuple):
    """A solid as it is seen: its front from the origin, the rest behind it to the right and above."""

    wide: float
    high: float
    ox: float
    oy: float

    @property
    def box(self) -> Box:
        return Box(0, -self.oy, self.wide + self.ox, self.high + self.oy)

    def back(self, x: float) -> float:
        """How far the outline stands above the front at a place along it."""
        return self.oy * min(1.0, x / self.ox) if self.ox > FLAT else 0.0


def body(solid: Solid, family: str, count: int, direction: Direction) -> Body:
    """Draw a solid in its family's colour; `count` says how often it is repeated."""
    view = _seen(solid, direction)
    right = direction == "right"
    texts = list((_numbers_right if right else _numbers_down)(solid, view, count))
    whole = around([view.box, *(text.box for text in texts)])
    shapes: list[Shape] = [*_faces(view, family), *_steps(solid, view, family, right), *texts]
    item = _item_right(view, whole) if right else _item_down(view, whole)
    return Body(item, tuple(shapes), (whole.x, whole.y))


def _seen(solid: Solid, direction: Direction) -> _View:
    """Flow to the right shows channels from left to right and rows upright; flow down lays the maps flat."""
    if direction == "right":
        slant = SLANT * solid.deep
        return _View(solid.along, solid.high, slant, min(slant, 0.9 * solid.high))
    if solid.sizes.form == "block":
        slant = SLANT * solid.high
        return _View(solid.deep, solid.along, slant, slant)
    slant = SLANT * solid.deep
    return _View(solid.high, solid.along, slant, slant)


def _item_right(view: _View, whole: Box) -> Item:
    port = view.wide + PORT * view.ox if view.ox > FLAT else view.wide / 2
    return Item(
        whole.width,
        whole.height,
        view.high / 2 - whole.y,
        before=-whole.x,
        behind=whole.right - view.wide - view.ox,
        top=-view.back(port) - whole.y,
        bottom=whole.bottom - view.high + PORT * view.oy,
        port=port - whole.x,
    )


def _item_down(view: _View, whole: Box) -> Item:
    middle = view.wide / 2
    return Item(
        whole.height,
        whole.width,
        middle - whole.x,
        before=-whole.y - view.back(middle),
        behind=whole.bottom - view.high,
        top=-whole.x,
        bottom=whole.right - view.wide,
    )


def _faces(view: _View, family: str) -> Iterator[Polygon]:
    wide, high, ox, oy = view
    line = Ink(f"family:{family}")

    def face(share: float, *points: Point) -> Polygon:
        return Polygon(points, Ink(f"family:{family}", share), line, 1.0)

    yield face(FRONT, (0, 0), (wide, 0), (wide, high), (0, high))
    if ox > FLAT:
        yield face(TOP, (0, 0), (ox, -oy), (wide + ox, -oy), (wide, 0))
        yield face(SIDE, (wide, 0), (wide + ox, -oy), (wide + ox, high - oy), (wide, high))


def _steps(solid: Solid, view: _View, family: str, right: bool) -> Iterator[Line]:
    """Lines between the steps of a sequence."""
    rows = min(ROWS_SEEN, solid.sizes.height) if solid.sizes.form == "sheet" else 0
    for number in range(1, rows):
        x, y = view.wide * number / rows, view.high * number / rows
        ends = ((0.0, y), (view.wide, y)) if right else ((x, 0.0), (x, view.high))
        yield Line(ends, Ink(f"family:{family}", 0.9), 0.8, 0)


def _text(
    words: str, x: float, y: float, anchor: Literal["start", "middle", "end"], weight: int = 400
) -> Text:
    ink = Ink("text" if weight > 400 else "text2")
    return Text((x, y), words, NUMBER, length(words, NUMBER, weight), weight, ink, anchor)


def _depth(solid: Solid) -> str:
    """Channels, after what else there is of each."""
    read = solid.sizes
    return f"{read.more}×{read.channels}" if read.more else str(read.channels)


def _both_edges(solid: Solid, view: _View) -> bool:
    """Whether the edge into the page has its number too: equal edges of small maps need one."""
    return solid.sizes.width != solid.sizes.height or view.oy > NUMBER


def _numbers_right(solid: Solid, view: _View, count: int) -> Iterator[Text]:
    """Channels below the front, rows at its left under the wire, columns at the edge into the page."""
    wide, high, ox, oy = view
    read, depth = solid.sizes, _depth(solid)
    # beside a low solid the number of its rows stands at the same height
    low = high / 2 < NUMBER + 8 and length(depth, NUMBER, 600) > wide
    yield _text(depth, 0 if low else wide / 2, high + NUMBER + 2, "start" if low else "middle", 600)
    if count > 1:
        yield _text(f"×{count}", wide + ox + 4, min(NUMBER * 0.8 - oy, high / 2 - 7), "start", 600)
    if read.form != "bar":
        yield _text(str(read.height), -4, high / 2 + NUMBER + 4, "end")
    if read.form == "block" and _both_edges(solid, view):
        yield _text(str(read.width), wide + ox / 2 + 3, high - oy / 2 + NUMBER * 0.8, "start")


def _numbers_down(solid: Solid, view: _View, count: int) -> Iterator[Text]:
    """Channels at the right, columns below the front left of the wire, rows at the edge into the page."""
    wide, high, ox, oy = view
    read, times = solid.sizes, f" ×{count}" if count > 1 else ""
    yield _text(_depth(solid) + times, wide + ox + 6, (high - oy) / 2 + NUMBER * 0.35, "start", 600)
    if read.form == "bar":
        return
    under = str(read.width if read.form == "block" else read.height)
    yield _text(under, min(0.0, wide / 2 - 6 - length(under, NUMBER)), high + NUMBER + 1, "start")
    if read.form == "block" and _both_edges(solid, view):
        yield _text(str(read.height), ox / 2 - 4, -oy / 2 - 1, "end")
