"""A figure as a plain list of shapes; 1280 units are the width of a slide, colours are roles."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, Self

Point = tuple[float, float]


class Box(NamedTuple):
    """An upright rectangle."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.height

    def meets(self, other: Box, room: float = 0.0) -> bool:
        """Whether the two overlap, or come closer than `room`."""
        return (
            self.x < other.right + room
            and other.x < self.right + room
            and self.y < other.bottom + room
            and other.y < self.bottom + room
        )

    def moved(self, dx: float, dy: float) -> Box:
        """The same box elsewhere."""
        return Box(self.x + dx, self.y + dy, self.width, self.height)


def around(boxes: list[Box]) -> Box:
    """The smallest box that holds all of these; empty without any."""
    if not boxes:
        return Box(0, 0, 0, 0)
    left, top = min(b.x for b in boxes), min(b.y for b in boxes)
    return Box(left, top, max(b.right for b in boxes) - left, max(b.bottom for b in boxes) - top)


class Ink(NamedTuple):
    """A colour by its role in the theme.

    Attributes:
        role: a colour of the palette (`text`, `accent`, …), or `family:conv` and the like.
        share: how much of it is mixed into the ground of the figure, 0 to 1.

    """

    role: str
    share: float = 1.0


@dataclass(frozen=True)
class Card:
    """A rectangle with round corners."""

    box: Box
    fill: Ink
    line: Ink | None = None
    radius: float = 0.0
    width: float = 1.0

    def moved(self, dx: float, dy: float) -> Self:
        """The same shape elsewhere."""
        return replace(self, box=self.box.moved(dx, dy))


@dataclass(frozen=True)
class Polygon:
    """A closed shape of straight edges."""

    points: tuple[Point, ...]
    fill: Ink
    line: Ink | None = None
    width: float = 1.0

    def moved(self, dx: float, dy: float) -> Self:
        """The same shape elsewhere."""
        return replace(self, points=tuple((x + dx, y + dy) for x, y in self.points))


@dataclass(frozen=True)
class Line:
    """A polyline with round corners, and an arrow head at its end if it has one."""

    points: tuple[Point, ...]
    ink: Ink
    width: float = 2.0
    radius: float = 10.0
    arrow: bool = False

    def moved(self, dx: float, dy: float) -> Self:
        """The same shape elsewhere."""
        return replace(self, points=tuple((x + dx, y + dy) for x, y in self.points))


@dataclass(frozen=True)
class Disc:
    """A circle."""

    centre: Point
    radius: float
    fill: Ink
    line: Ink | None = None
    width: float = 1.5

    def moved(self, dx: float, dy: float) -> Self:
        """The same shape elsewhere."""
        return replace(self, centre=(self.centre[0] + dx, self.centre[1] + dy))


@dataclass(frozen=True)
class Text:
    """A line of text.

    Attributes:
        at: on its base line. length: its measured width. anchor: which part of it stands there.
        halo: whether the ground shows behind it, so that it can be read on a line.

    """

    at: Point
    words: str
    size: float
    length: float
    weight: int = 400
    ink: Ink = Ink("text")  # noqa: RUF009  # immutable
    anchor: Literal["start", "middle", "end"] = "start"
    halo: bool = False

    @property
    def box(self) -> Box:
        """Where it stands, from the height of capitals to the depth of a `g`."""
        left = self.at[0] - self.length * {"start": 0.0, "middle": 0.5, "end": 1.0}[self.anchor]
        return Box(left, self.at[1] - 0.76 * self.size, self.length, 1.0 * self.size)

    @property
    def room(self) -> Box:
        """The box with a little air, for the ground behind it."""
        x, y, width, height = self.box
        return Box(x - 2, y - 1, width + 4, height + 2)

    def moved(self, dx: float, dy: float) -> Self:
        """The same shape elsewhere."""
        return replace(self, at=(self.at[0] + dx, self.at[1] + dy))


@dataclass(frozen=True)
class Icon:
    """An icon of the program."""

    name: str
    box: Box
    ink: Ink

    def moved(self, dx: float, dy: float) -> Self:
        """The same shape elsewhere."""
        return replace(self, box=self.box.moved(dx, dy))


Shape = Card | Polygon | Line | Disc | Text | Icon


@dataclass(frozen=True)
class Figure:
    """All shapes of a picture, from back to front, on a ground of its own.

    Attributes:
        width, height: in units. bodies: where each box or volume stands, by key, with its labels.
        wires: the polylines of the links, by (source, target), as they are drawn.

    """

    title: str
    width: float
    height: float
    shapes: tuple[Shape, ...]
    bodies: dict[str, Box]
    wires: dict[tuple[str, str], tuple[Point, ...]]
