"""What is small is hit all the same: merges are selected by their middle, ports are 24 pixels wide."""

from __future__ import annotations

from collections.abc import Callable
from math import hypot

import pytest
from pointer import Hand
from PySide6.QtCore import QPointF

from explorer.graph.builder import Builder
from explorer.graph.tensor import image
from explorer.ui.canvas import hits
from explorer.ui.canvas.canvas import CanvasView

Open = Callable[[Callable[[Builder], None]], CanvasView]


def residual(build: Builder) -> None:
    x = build.input("input", image(8, 32, 32))
    y = build.add("conv2d", x, name="conv1", filters=8, kernel=3, padding=1)
    y = build.add("relu", y, name="relu1")
    z = build.add("add", x, y, name="add1")
    z = build.add("conv2d", z, name="conv2", filters=8, kernel=3, padding=1)
    build.output("output", z)


@pytest.mark.parametrize("zoom", [0.5, 0.56, 0.8, 1.0, 2.0])
@pytest.mark.parametrize("node", ["add1", "relu1"])
def test_a_small_node_is_selected_and_moved_by_its_middle(open_canvas: Open, zoom: float, node: str) -> None:
    canvas = open_canvas(residual)
    hand = Hand(canvas)
    canvas.camera.look_at(zoom, hand.middle(node), fly=False)
    middle = hand.middle(node)
    points = [QPointF(dx, dy) / zoom for dx in (-2, 0, 2) for dy in (-2, 0, 2)]
    for off in points:
        assert hits.find(canvas.scene_, middle + off, canvas.zoom).kind == "node", (off, zoom)
    hand.drag(middle, middle + QPointF(0, 160))
    assert canvas.context.selection.only == node
    assert hand.middle(node).y() > middle.y() + 100
    assert len(canvas.context.graph.edges) == 6


@pytest.mark.parametrize("zoom", [0.5, 0.7, 1.0, 1.5])
def test_a_port_is_24_pixels_wide_on_the_screen(open_canvas: Open, zoom: float) -> None:
    canvas = open_canvas(residual)
    hand = Hand(canvas)
    canvas.camera.look_at(zoom, hand.output("conv1"), fly=False)
    at = hand.output("conv1")
    for dx, dy in ((11.5, 0.0), (0.0, 11.5), (0.0, -11.5)):
        found = hits.find(canvas.scene_, at + QPointF(dx, dy) / zoom, canvas.zoom)
        assert (found.kind, found.id, found.is_output) == ("port", "conv1", True), (zoom, dx, dy)


@pytest.mark.parametrize("zoom", [0.56, 1.0])
def test_a_wire_let_go_on_a_merge_ends_at_a_free_input(open_canvas: Open, zoom: float) -> None:
    canvas = open_canvas(residual)
    hand = Hand(canvas)
    canvas.camera.look_at(zoom, hand.middle("add1"), fly=False)
    for off in (QPointF(), QPointF(6, 0), QPointF(-6, 0), hand.output("add1") - hand.middle("add1")):
        before = len(canvas.context.graph.edges)
        start = hand.output("input")
        hand.drag(start, hand.middle("add1") + off)
        added = set(canvas.context.graph.edges)
        assert len(added) == before + 1, (off, canvas.overlays.hint.words)
        assert hypot(off.x(), off.y()) < 20
        canvas.context.workspace.history.undo()
