"""After any edits, what the canvas keeps equals what is made from nothing: views, ways and items."""

from __future__ import annotations

from collections.abc import Callable

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtWidgets import QApplication
from random_edits import edit_of, loop, skipping, start

from explorer.blocks.registry import registry
from explorer.figures.canvas import read_level
from explorer.figures.canvas.overview import Overview
from explorer.figures.canvas.placement import Placed
from explorer.figures.canvas.tiles import TileStore
from explorer.graph.document import Document
from explorer.graph.edits import EditProblem
from explorer.graph.workspace import Workspace
from explorer.ui.canvas.context import Context
from explorer.ui.canvas.scene import CanvasScene

AREAS = (QRectF(0, 0, 900, 500), QRectF(-200, -100, 400, 300), QRectF(300, 100, 300, 200))
GROUND = ("boxes", "inputs", "outputs", "frames", "notes")


def _meet(bounds: QRectF, area: QRectF | None) -> bool:
    """Whether a wire lies in an area; a straight one has no height of its own."""
    return area is None or area.intersects(bounds.adjusted(-0.5, -0.5, 0.5, 0.5))


class KeptViewsMachine(RuleBasedStateMachine):
    """A design that is edited, in a scene with items for everything and in one with a window."""

    @initialize(build=st.sampled_from([skipping, skipping, skipping, start, loop]), draft=st.booleans())
    def open(self, build: Callable[[], Document], draft: bool) -> None:
        self.application = QApplication.instance() or QApplication([])
        self.workspace = Workspace(registry(), build())
        self.context = Context(self.workspace)
        self.whole, self.window = CanvasScene(TileStore()), CanvasScene(TileStore())
        self.window.look(AREAS[0])
        self.overview = Overview(self.window.placed)
        self._show()
        self.context.changed.connect(self._show)
        if draft:
            self.context.shown.in_sight = self.window.in_sight
        self.sight = AREAS[0]

    def _show(self) -> None:
        views, difference = self.context.views, self.context.difference
        self.whole.show(views, "", difference)
        self.window.show(views, "", difference)

    @rule(data=st.data(), count=st.integers(1, 3))
    def edit(self, data: st.DataObject, count: int) -> None:
        for _ in range(count):
            try:
                self.workspace.apply(data.draw(edit_of(self.workspace.document)))
            except EditProblem:
                continue

    @rule(steps=st.integers(1, 3))
    def undo(self, steps: int) -> None:
        for _ in range(steps):
            self.workspace.history.undo()

    @rule()
    def redo(self) -> None:
        self.workspace.history.redo()

    @rule(data=st.data())
    def enter_or_leave(self, data: st.DataObject) -> None:
        if self.context.path:
            self.context.show_level(self.context.path[:-1])
        else:
            uses = [n for n, node in self.workspace.flow.nodes.items() if node.inner is not None]
            if uses:
                self.context.show_level((data.draw(st.sampled_from(uses)),))

    @rule(area=st.sampled_from(AREAS))
    def look(self, area: QRectF) -> None:
        self.sight = area
        self.window.look(area)

    @rule(data=st.data(), dx=st.sampled_from([-150.0, 8.0, 300.0]))
    def drag(self, data: st.DataObject, dx: float) -> None:
        ids = [*self.context.views.nodes, *self.context.views.notes]
        keys = data.draw(st.lists(st.sampled_from(ids), max_size=3)) if ids else []
        for scene in (self.whole, self.window):
            scene.preview(dict.fromkeys(keys, (dx, 40.0)))
            scene.far_picture()
            scene.preview({})

    @rule()
    def look_from_afar(self) -> None:
        self.window.far_picture()  # from now on it is kept

    @invariant()
    def is_as_from_nothing(self) -> None:
        while not self.workspace.settle(1.0):
            pass
        self.context.refresh()
        views = read_level.build(self.workspace, self.context.level, places=self.context._found)
        assert self.context.views == views
        assert {edge: views.over(edge) for edge in views.wires} == {
            edge: self.context.views.over(edge) for edge in views.wires
        }
        fresh = Placed()
        fresh.show(views)
        for placed in (self.whole.placed, self.window.placed):
            for name in GROUND:
                assert getattr(placed, name) == getattr(fresh, name), name
            assert {edge: route.points for edge, route in placed.routes.items()} == {
                edge: route.points for edge, route in fresh.routes.items()
            }
            assert placed.bounds() == fresh.bounds()
            for area in AREAS:
                here, there = placed.near(area), fresh.near(area)
                assert here.nodes == there.nodes
                assert set(here.wires) == set(there.wires)
                seen = {edge for edge, route in fresh.routes.items() if _meet(route.bounds, area)}
                assert seen <= set(here.wires)
                assert set(here.frames) == set(there.frames)
        self._check_items(views)
        self._check_far(fresh)

    def _check_items(self, views: read_level.LevelView) -> None:
        whole, window = CanvasScene(TileStore()), CanvasScene(TileStore())
        window.look(self.sight)
        for kept, fresh in ((self.whole, whole), (self.window, window)):
            fresh.show(views)
            for kind in ("nodes", "wires", "frames", "notes"):
                mine, theirs = getattr(kept.made, kind), getattr(fresh.made, kind)
                assert mine.keys() == theirs.keys(), kind
                for key, item in theirs.items():
                    assert mine[key].boundingRect() == item.boundingRect(), key
                    assert mine[key].zValue() == item.zValue(), key
        everything = self.whole.made
        for key, item in everything.nodes.items():  # whoever may be seen has an item
            if item.boundingRect().intersects(self.sight):
                assert key in self.window.made.nodes, key
        for edge, wire in everything.wires.items():
            if wire.boundingRect().intersects(self.sight):
                assert edge in self.window.made.wires, edge

    def _check_far(self, fresh: Placed) -> None:
        kept, made = self.window.far_picture(), Overview(fresh).picture()
        assert {family: sorted(_corners(boxes)) for family, boxes in kept.rectangles.items()} == {
            family: sorted(_corners(boxes)) for family, boxes in made.rectangles.items()
        }
        assert sorted(_ends(kept.lines)) == sorted(_ends(made.lines))
        assert sorted(_corners(kept.problems)) == sorted(_corners(made.problems))

    def teardown(self) -> None:
        if hasattr(self, "context"):
            self.context.close()


def _corners(boxes: list[QRectF]) -> list[tuple[float, float, float, float]]:
    return [box.getRect() for box in boxes]


def _ends(lines: list[QLineF]) -> list[tuple[float, float, float, float]]:
    return [(line.x1(), line.y1(), line.x2(), line.y2()) for line in lines]


KeptViewsMachine.TestCase.settings = settings(max_examples=20, stateful_step_count=20, deadline=None)
TestKeptViewsMachine = pytest.mark.usefixtures("qapp")(KeptViewsMachine.TestCase)
