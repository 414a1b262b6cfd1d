"""From along and across the flow to the page: left to right, or top down."""

from __future__ import annotations

from typing import Literal, NamedTuple

from explorer.figures.networks import measure
from explorer.figures.networks.item import Label
from explorer.figures.networks.layout import Layout
from explorer.figures.networks.shapes import Box, Figure, Ink, Point, Shape, Text, around

Direction = Literal["right", "down"]
PAGE = (1280.0, 720.0)
"""A slide; figures may be larger, then they are shown smaller."""
MARGIN = 24.0
LINE = 16.0
"""From one line of words at a wire to the next."""


class Words(NamedTuple):
    """What is written at a wire: short lines of one size."""

    lines: tuple[str, ...]
    size: float


class Turn(NamedTuple):
    """How a layout is put on the page."""

    direction: Direction

    @property
    def page(self) -> Point:
        """Size of the page, along and across the flow."""
        return PAGE if self.direction == "right" else (PAGE[1], PAGE[0])

    def point(self, at: Point) -> Point:
        """A point of the layout on the page."""
        return at if self.direction == "right" else (at[1], at[0])

    def box(self, at: Point, main: float, cross: float) -> Box:
        """An item of the layout on the page."""
        return Box(*at, main, cross) if self.direction == "right" else Box(at[1], at[0], cross, main)

    def words(self, at: Point, said: Words, *, upright: bool = False) -> list[Text]:
        """Words at a wire: above one that runs right, right of one that runs down."""
        x, y = self.point(at)
        along = (self.direction == "right") is not upright
        rows = len(said.lines)
        return [
            Text(
                (x + 7, y - 7 - LINE * (rows - 1 - n)) if along else (x + 8, y + said.size + 2 + LINE * n),
                line,
                said.size,
                measure.length(line, said.size, 500),
                500,
                Ink("text2"),
                halo=True,
            )
            for n, line in enumerate(said.lines)
        ]

    def room(self, said: Words) -> Label:
        """Room that words take at a wire."""
        wide = max((measure.length(line, said.size, 500) for line in said.lines), default=0.0)
        high = LINE * len(said.lines)
        return Label(wide + 14, high) if self.direction == "right" else Label(high + 8, wide)

    def figure(self, title: str, layout: Layout, shapes: list[Shape], bodies: dict[str, Box]) -> Figure:
        """All that was drawn, moved so that a margin stays round it."""
        wires = {pair: tuple(map(self.point, points)) for pair, points in layout.wires.items()}
        texts = [shape.box for shape in shapes if isinstance(shape, Text)]
        corners = [Box(x, y, 0, 0) for points in wires.values() for x, y in points]
        whole = around([*bodies.values(), *texts, *corners])
        dx, dy = MARGIN - whole.x, MARGIN - whole.y
        return Figure(
            title,
            whole.width + 2 * MARGIN,
            whole.height + 2 * MARGIN,
            tuple(shape.moved(dx, dy) for shape in shapes),
            {key: body.moved(dx, dy) for key, body in bodies.items()},
            {pair: tuple((x + dx, y + dy) for x, y in points) for pair, points in wires.items()},
        )
