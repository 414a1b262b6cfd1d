"""What is drawn: levels of detail by pixel, differences by comparison with a fresh scene."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import numpy as np
import pytest
from pointer import CTRL, Hand
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.figures.canvas.tiles import Thumbnails, TileStore, sample_pixmap
from explorer.graph import operations
from explorer.graph.builder import Builder
from explorer.graph.document import Document
from explorer.graph.edits import (
    AddNode,
    Connect,
    Disconnect,
    EditProblem,
    Move,
    Rename,
    SetField,
    SetFlag,
    SetFrame,
    SetNote,
)
from explorer.graph.model import Edge, Frame, Node, Note
from explorer.graph.names import fresh
from explorer.graph.tensor import image
from explorer.graph.workspace import Workspace
from explorer.style.theme import theme
from explorer.ui.canvas import navigation
from explorer.ui.canvas.camera import detail_at
from explorer.ui.canvas.canvas import CanvasView
from explorer.ui.canvas.context import Context
from explorer.ui.canvas.scene import CanvasScene

Open = Callable[[Callable[[Builder], None]], CanvasView]


def grab(view: CanvasView) -> QImage:
    QApplication.processEvents()
    return view.viewport().grab().toImage()


def near(a: QColor, b: QColor) -> bool:
    return max(abs(a.red() - b.red()), abs(a.green() - b.green()), abs(a.blue() - b.blue())) < 12


class TestDetail:
    def test_levels_change_with_hysteresis(self) -> None:
        assert detail_at(0.76, "middle") == "near"
        assert detail_at(0.73, "near") == "near"
        assert detail_at(0.71, "near") == "middle"
        assert detail_at(0.46, "far") == "far"
        assert detail_at(0.49, "far") == "middle"
        assert detail_at(0.44, "middle") == "far"

    def test_far_is_family_colour(self, canvas: CanvasView, hand: Hand) -> None:
        canvas.camera.look_at(0.3, canvas.camera.centre)
        assert canvas.scene() is not canvas.scene_
        picture = grab(canvas)
        for node, family in (("conv1", "conv"), ("fc1", "linear"), ("pool1", "pool")):
            at = canvas.camera.to_view(canvas.scene_.placed.boxes[node].topLeft()).toPoint()
            assert near(picture.pixelColor(at), theme().family_colour(family)), node
        canvas.camera.look_at(1.0, canvas.camera.centre)
        assert canvas.scene() is canvas.scene_

    def test_what_is_deleted_at_far_zoom_is_gone_when_one_comes_near(
        self, canvas: CanvasView, hand: Hand
    ) -> None:
        """Items from before are left as they were; they once met a node that was no more."""
        canvas.camera.look_at(0.3, canvas.camera.centre)
        canvas.context.select(["fc1"])
        hand.key(Qt.Key.Key_Delete)
        assert "fc1" not in canvas.scene_.shown.nodes
        canvas.camera.look_at(1.0, canvas.camera.centre)
        assert "fc1" not in canvas.scene_.made.nodes
        assert "conv1" in canvas.scene_.made.nodes

    def test_a_node_can_be_selected_and_moved_at_far_zoom(self, canvas: CanvasView, hand: Hand) -> None:
        canvas.camera.look_at(0.3, canvas.camera.centre)
        before = hand.middle("fc1")
        hand.drag(before, before + QPointF(160, 160))
        assert canvas.context.selection.ids == ("fc1",)
        assert (hand.middle("fc1") - before - QPointF(160, 160)).manhattanLength() < 12

    def test_near_shows_the_ring_of_the_selection(self, canvas: CanvasView, hand: Hand) -> None:
        canvas.context.select(["fc1"])
        box = canvas.scene_.placed.boxes["fc1"]
        at = canvas.camera.to_view(QPointF(box.center().x(), box.top() - 1.5)).toPoint()
        assert near(grab(canvas).pixelColor(at), theme().colours.accent)

    def test_pictures_are_drawn_in_nearest_neighbour(self, canvas: CanvasView) -> None:
        canvas.pictures.show_tiles({"fc1": Thumbnails(bars=np.array([0.0, 1.0]), low=0, high=1)})
        box = canvas.scene_.placed.boxes["fc1"]
        picture = grab(canvas)
        y = box.top() + 66
        low = picture.pixelColor(canvas.camera.to_view(QPointF(box.center().x() - 8, y)).toPoint())
        high = picture.pixelColor(canvas.camera.to_view(QPointF(box.center().x() + 8, y)).toPoint())
        assert near(low, QColor(68, 1, 84))
        assert near(high, QColor(253, 231, 37))

    def test_dark_and_contrast_repaint(self, canvas: CanvasView) -> None:
        light = grab(canvas).pixelColor(5, 5)
        theme().change(mode="dark", contrast=True)
        assert not near(light, grab(canvas).pixelColor(5, 5))
        theme().change(mode="light", contrast=False)


class TestViews:
    def test_titles_shapes_and_footers(self, canvas: CanvasView) -> None:
        nodes, wires = canvas.context.views.nodes, canvas.context.views.wires
        assert nodes["conv1"].summary == "5×5 · 6 · pad 2"
        assert nodes["conv1"].footer == "156"
        assert nodes["fc1"].summary == "1176 → 10"
        assert [n for n, v in nodes.items() if v.form == "glyph"] == ["relu1", "flatten"]
        labels = {(e.src, e.dst): w.label for e, w in wires.items()}
        assert labels["conv1", "relu1"] == "6×28×28"
        assert labels["relu1", "pool1"] == ""
        assert wires[Edge("flatten", "y", "fc1", "x")].kind == "vector"
        assert wires[Edge("conv1", "y", "relu1", "x")].width == pytest.approx(1.5 + 0.375 * np.log2(6))

    def test_totals_make_the_remark(self, canvas: CanvasView) -> None:
        maps = [np.zeros((28, 28))] * 4
        canvas.pictures.show_tiles({"conv1": Thumbnails(maps, total=6)})
        assert canvas.context.views.nodes["conv1"].remark == "4 of 6 maps"

    def test_stale_and_running(self, canvas: CanvasView) -> None:
        canvas.pictures.show_stale(300)
        assert canvas.context.views.nodes["conv1"].summary == "from step 300"
        canvas.pictures.show_running({"conv1": 0.5})
        assert canvas.context.views.nodes["conv1"].running == 0.5
        canvas.pictures.show_stale(None)
        assert canvas.context.views.nodes["conv1"].summary == "5×5 · 6 · pad 2"

    def test_a_lonely_block_is_open_not_at_fault(self, canvas: CanvasView, hand: Hand) -> None:
        hand.drop("conv2d", canvas.scene_.placed.bounds().bottomLeft() + QPointF(80, 90))
        assert canvas.context.views.nodes["conv2"].state == "open"

    def test_skips_are_found_and_drawn_above(self, open_canvas: Open) -> None:
        def build(b: Builder) -> None:
            x = b.input("input", image(8, 16, 16))
            y = b.add("conv2d", x, name="conv1", filters=8, kernel=3, padding=1)
            b.output("output", b.add("add", y, x, name="add1"))

        canvas = open_canvas(build)
        edge = next(e for e in canvas.context.graph.edges if (e.src, e.dst) == ("input", "add1"))
        assert canvas.context.views.wires[edge].skip
        top = canvas.scene_.placed.boxes["conv1"].top()
        assert canvas.scene_.placed.routes[edge].bounds.top() < top - 16
        levels = {canvas.scene_.placed.boxes[n].center().y() for n in ("input", "conv1", "add1", "output")}
        assert len(levels) == 1

    def test_two_wires_into_a_join_and_one_to_spare(self, open_canvas: Open, qtbot: QtBot) -> None:
        def build(b: Builder) -> None:
            x = b.input("input", image(8, 16, 16))
            y = b.add("conv2d", x, name="conv1", filters=8, kernel=3, padding=1)
            z = b.add("conv2d", x, name="conv2", filters=8, kernel=3, padding=1)
            b.output("output", b.add("add", y, z, name="add1"))

        canvas = open_canvas(build)
        hand = Hand(canvas)
        hand.drag(hand.output("input"), hand.middle("add1"))
        assert len(canvas.context.graph.into("add1")) == 3


class TestInput:
    @pytest.mark.parametrize(
        "shape", [(28, 28), (1, 28, 28), (3, 8, 8), (8, 8, 3), (16,), (1, 1), (4, 5, 6, 7)]
    )
    def test_samples_of_any_form(self, qapp: QApplication, shape: tuple[int, ...]) -> None:
        assert not sample_pixmap(np.random.default_rng(0).random(shape)).isNull()


def random_edit(rng: random.Random, ws: Workspace) -> None:
    """Apply some edit; a refusal is fine."""
    graph = ws.document.root
    ids = list(graph)
    some = rng.choice(ids) if ids else ""
    kind = rng.randrange(10)
    if kind < 3 or not ids:
        block = rng.choice(["conv2d", "relu", "linear", "add", "max_pool", "concat", "flatten", "residual"])
        name = fresh(block, graph)
        ws.apply(AddNode(Node(name, block, pos=(rng.randrange(900) + 1.0, rng.randrange(600) + 1.0))))
    elif kind < 5 and len(ids) > 1:
        other = rng.choice(ids)
        ws.apply(Connect(Edge(some, "y", other, rng.choice(["x", "x1", "x2"]))))
    elif kind == 5 and graph.edges:
        ws.apply(Disconnect(rng.choice(graph.edges)))
    elif kind == 6:
        ws.apply(Move({some: (float(rng.randrange(900)), float(rng.randrange(600)))}))
    elif kind == 7:
        ws.apply(
            rng.choice(
                [SetFlag(some, "muted", True), SetFlag(some, "collapsed", True), SetField(some, "filters", 3)]
            )
        )
    elif kind == 8:
        ws.apply(
            rng.choice(
                [
                    SetFrame("f1", Frame("f1", "frame", (some,))),
                    SetNote("n1", Note("n1", "some words", (1.0, 2.0))),
                    Rename(some, fresh("renamed", graph)),
                ]
            )
        )
    else:
        ws.apply(operations.remove(ws.document, [some]))


@pytest.mark.parametrize("seed", range(6))
def test_the_scene_after_edits_equals_a_fresh_one(qapp: QApplication, blocks, seed: int) -> None:
    rng = random.Random(seed)
    ws = Workspace(blocks, Document())
    context, scene = Context(ws), CanvasScene(TileStore())
    context.changed.connect(lambda: scene.show(context.views, difference=context.difference))
    scene.show(context.views)
    for _ in range(60):
        try:
            random_edit(rng, ws)
        except EditProblem:
            continue
        if rng.random() < 0.2:
            ws.history.undo()
    other = Context(ws)
    fresh_scene = CanvasScene(TileStore())
    fresh_scene.show(other.views)
    assert context.views == other.views
    for name in ("boxes", "inputs", "outputs", "frames", "notes"):
        assert getattr(scene.placed, name) == getattr(fresh_scene.placed, name), name
    assert scene.placed.routes.keys() == fresh_scene.placed.routes.keys()
    for edge, route in fresh_scene.placed.routes.items():
        assert scene.placed.routes[edge].points == route.points, edge
    for kind in ("nodes", "wires", "frames", "notes"):
        mine, theirs = getattr(scene.made, kind), getattr(fresh_scene.made, kind)
        assert mine.keys() == theirs.keys()
        for key in mine:
            assert mine[key].boundingRect() == theirs[key].boundingRect(), (kind, key)


def test_one_edit_touches_only_its_own_items(canvas: CanvasView) -> None:
    before = {key: view for key, view in canvas.context.views.nodes.items()}
    canvas.context.workspace.apply(SetFlag("fc1", "frozen", True))
    after = canvas.context.views.nodes
    assert {key for key in after if after[key] is not before[key]} == {"fc1"}


def chain(count: int) -> Callable[[Builder], None]:
    def build(b: Builder) -> None:
        x = b.input("input", image(4, 16, 16))
        for number in range(count // 2):
            x = b.add("conv2d", x, name=f"conv{number}", filters=4, kernel=3, padding=1)
            x = b.add("relu", x, name=f"relu{number}")
        b.output("output", x)

    return build


def test_a_thousand_nodes_open_readably(open_canvas: Open) -> None:
    start = time.perf_counter()
    canvas = open_canvas(chain(1000))
    grab(canvas)
    assert time.perf_counter() - start < 8  # about 1 s alone; generous, because tests run beside others
    assert len(canvas.context.views.nodes) == 1002
    assert canvas.zoom >= 0.75
    assert canvas.camera.visible().contains(canvas.scene_.placed.boxes["input"])
    navigation.fit_all(canvas)
    assert canvas.scene_.detail == "far"
    grab(canvas)


def test_an_empty_canvas_says_what_to_do(open_canvas: Open) -> None:
    canvas = open_canvas(lambda b: None)
    assert not canvas.overlays.minimap.isVisible()
    picture = grab(canvas)
    hand = Hand(canvas)
    hand.drop("conv2d", QPointF(100, 100))
    assert "conv1" in canvas.context.graph
    assert picture != grab(canvas)


def test_another_document_is_shown(canvas: CanvasView) -> None:
    canvas.context.workspace.open(Document("other"))
    assert not canvas.context.views.nodes
    assert not canvas.scene_.made.nodes


def test_the_minimap_moves_the_view(canvas: CanvasView, qtbot: QtBot) -> None:
    canvas.camera.look_at(3.0, QPointF(0, 0))
    small = canvas.overlays.minimap
    qtbot.mouseClick(small, Qt.MouseButton.LeftButton, pos=small.rect().center())
    middle = canvas.scene_.placed.bounds().center()
    assert (canvas.camera.centre - middle).manhattanLength() < 16  # a pixel there is 7 units here


def test_keys_for_zoom(canvas: CanvasView, hand: Hand) -> None:
    before = canvas.zoom
    hand.key(Qt.Key.Key_Equal, CTRL)
    assert canvas.zoom == pytest.approx(before * 1.25)
    hand.key(Qt.Key.Key_Home)
    canvas.context.select(["fc1"])
    hand.key(Qt.Key.Key_F)
    assert canvas.zoom == pytest.approx(1.2)
    assert canvas.camera.visible().contains(canvas.scene_.placed.boxes["fc1"])
