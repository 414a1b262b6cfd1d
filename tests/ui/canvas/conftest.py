"""A small design on a canvas, with a hand that works on it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from pointer import Hand
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.blocks.registry import Registry, registry
from explorer.graph.builder import Builder
from explorer.graph.document import Document
from explorer.graph.operations import adopt
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import image
from explorer.graph.workspace import Workspace
from explorer.style.theme import theme
from explorer.ui.canvas.canvas import CanvasView

Build = Callable[[Builder], None]


@pytest.fixture
def blocks() -> Registry:
    return registry()


def lenet(build: Builder) -> None:
    """The beginning of LeNet-5, wired, in two frames."""
    x = build.input("input", image(1, 28, 28))
    x = build.add("conv2d", x, name="conv1", filters=6, kernel=5, padding=2)
    x = build.add("relu", x, name="relu1")
    x = build.add("max_pool", x, name="pool1")
    x = build.add("flatten", x, name="flatten")
    x = build.add("linear", x, name="fc1", features=10)
    build.output("output", x)
    build.frame("features", "conv1", "relu1", "pool1")


def workspace_of(blocks: Registry, build: Build) -> Workspace:
    builder = Builder(blocks, Resolver(blocks))
    build(builder)
    document = Document("test")
    document.apply(adopt(builder.graph, "test"))
    return Workspace(blocks, document)


@pytest.fixture
def open_canvas(qtbot: QtBot, blocks: Registry) -> Iterator[Callable[[Build], CanvasView]]:
    theme().change(mode="light", scale=1.0, contrast=False, reduced_motion=True)

    def make(build: Build) -> CanvasView:
        view = CanvasView(workspace_of(blocks, build))
        qtbot.addWidget(view)
        view.resize(1200, 700)
        view.show()
        qtbot.waitExposed(view)
        view.setFocus()
        QApplication.processEvents()
        return view

    yield make
    QApplication.clipboard().clear()


@pytest.fixture
def canvas(open_canvas: Callable[[Build], CanvasView]) -> CanvasView:
    return open_canvas(lenet)


@pytest.fixture
def hand(canvas: CanvasView) -> Hand:
    return Hand(canvas)
