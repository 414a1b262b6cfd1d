"""Polylines with round corners and arrow heads, as curves that every painter knows."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

from explorer.figures.networks.shapes import Line, Point

HEAD, HALF = 9.0, 4.5
"""Length and half width of an arrow head."""


class Step(NamedTuple):
    """To the next point: `move`, straight `line`, or a `bend` round a corner (control point first)."""

    kind: Literal["move", "line", "bend"]
    points: tuple[Point, ...]


def steps(line: Line) -> list[Step]:
    """The course of a line; it ends at the root of its arrow head."""
    points = _distinct(line.points)
    if line.arrow and len(points) > 1:
        points[-1] = towards(points[-1], points[-2], HEAD - 1)
    made = [Step("move", (points[0],))]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(line.radius, math.dist(before, corner) / 2, math.dist(corner, after) / 2)
        made.append(Step("line", (towards(corner, before, radius),)))
        made.append(Step("bend", (corner, towards(corner, after, radius))))
    if len(points) > 1:
        made.append(Step("line", (points[-1],)))
    return made


def head(line: Line) -> tuple[Point, ...]:
    """The three corners of the arrow head; empty without one."""
    points = _distinct(line.points)
    if not line.arrow or len(points) < 2:
        return ()
    tip, root = points[-1], towards(points[-1], points[-2], HEAD)
    dx, dy = (tip[0] - root[0]) / HEAD, (tip[1] - root[1]) / HEAD
    return tip, (root[0] - HALF * dy, root[1] + HALF * dx), (root[0] + HALF * dy, root[1] - HALF * dx)


def towards(start: Point, goal: Point, distance: float) -> Point:
    """The point at a distance from `start` on the way to `goal`."""
    whole = math.dist(start, goal) or 1.0
    share = distance / whole
    return start[0] + (goal[0] - start[0]) * share, start[1] + (goal[1] - start[1]) * share


def _distinct(points: tuple[Point, ...]) -> list[Point]:
    kept: list[Point] = []
    for point in points:
        if not kept or math.dist(kept[-1], point) > 0.01:
            kept.append(point)
    return kept
