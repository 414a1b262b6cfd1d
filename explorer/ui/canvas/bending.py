"""Reroute dots by hand: set on a wire, taken off, and carried along when the wire's ends are moved."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF

from explorer import words
from explorer.figures.canvas import geometry, reroute, routes
from explorer.graph import dots
from explorer.graph.edits import Batch, Edit, Move, SetDots
from explorer.graph.model import Edge, Position
from explorer.ui.canvas.context import Context
from explorer.ui.canvas.hits import WIRE_REACH
from explorer.ui.canvas.selection import DotRef, Selection

if TYPE_CHECKING:
    from explorer.ui.canvas.canvas import CanvasView


def add(canvas: CanvasView, edge: Edge, at: QPointF) -> DotRef | None:
    """Lead a wire through a point of the grid, and select the dot there."""
    context, placed = canvas.context, canvas.scene_.placed
    start, end = placed.outputs[edge.src].get(edge.out), placed.inputs[edge.dst].get(edge.into)
    if start is None or end is None:
        context.said.emit("This wire ends at a port that is gone; it can have no dot.")
        return None
    before = [QPointF(x, y) for x, y in placed.dots(edge)]
    number = reroute.place_of(at, start, end, before)
    point = geometry.snapped(at.x()), geometry.snapped(at.y())
    had = context.graph.dots.get(edge, ())
    edit = SetDots(edge, (*had[:number], point, *had[number:]), context.scope)
    if not context.apply(edit, "Set a reroute dot"):
        return None
    dot = DotRef(edge, number)
    context.select(Selection(dots=frozenset([dot])))
    return dot


def add_to_selected(canvas: CanvasView) -> DotRef | None:
    """Set a dot on the selected wire: under the pointer if that is on it, else in its middle."""
    edge = next(iter(canvas.context.selection.wires), None)
    if edge is None:
        return None
    path = canvas.scene_.placed.routes[edge].path
    if canvas.pointed is not None:
        point = canvas.camera.to_scene(canvas.pointed)
        if routes.distance(path, point) <= WIRE_REACH:
            return add(canvas, edge, point)
    return add(canvas, edge, path.pointAtPercent(0.5))


def without(context: Context, chosen: Iterable[DotRef]) -> list[Edit]:
    """The edits that take dots out."""
    gone: dict[Edge, set[int]] = {}
    for dot in chosen:
        gone.setdefault(dot.edge, set()).add(dot.number)
    return [
        SetDots(
            edge,
            tuple(at for number, at in enumerate(context.graph.dots.get(edge, ())) if number not in numbers),
            context.scope,
        )
        for edge, numbers in sorted(gone.items())
    ]


def remove(context: Context, dot: DotRef) -> bool:
    """Take one dot out."""
    return context.apply(Batch(tuple(without(context, [dot]))), "Take a reroute dot out")


def concerned(context: Context) -> list[Edge]:
    """The wires with dots that are selected, or one of whose dots is, or both of whose ends are."""
    chosen, nodes = context.selection, set(context.selected_nodes())
    named = chosen.wires | {dot.edge for dot in chosen.dots}
    return [edge for edge in sorted(context.graph.dots) if edge in named or {edge.src, edge.dst} <= nodes]


def clear(context: Context) -> bool:
    """Let the wires that are selected take their own ways again."""
    edges = concerned(context)
    count = sum(len(context.graph.dots[edge]) for edge in edges)
    edits = tuple(SetDots(edge, (), context.scope) for edge in edges)
    return bool(edits) and context.apply(Batch(edits), f"Take {words.plural(count, 'dot')} out")


def moving(context: Context, places: Mapping[str, Position]) -> Edit:
    """The edit that moves nodes and notes, and the dots of wires of which both ends move alike."""
    move, graph = Move(dict(places), context.scope), context.graph
    if not graph.dots:
        return move
    rooms = context.views.rooms
    by = {
        key: (round(x - rooms[key].x, 2), round(y - rooms[key].y, 2))
        for key, (x, y) in places.items()
        if key in rooms
    }
    return Batch((move, *dots.carried(graph, by, context.scope)))


def laid_out(context: Context, places: Mapping[str, Position]) -> Edit:
    """The edit that gives nodes a layout; dots between them were set for other places, and go."""
    inside: Collection[str] = places.keys()
    old = [edge for edge in sorted(context.graph.dots) if edge.src in inside and edge.dst in inside]
    move = Move(dict(places), context.scope)
    return Batch((move, *(SetDots(edge, (), context.scope) for edge in old))) if old else move
