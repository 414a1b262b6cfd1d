"""Wrapping and unwrapping what is selected, on a real canvas."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pointer import CTRL, Hand
from PySide6.QtCore import Qt

from explorer.graph.builder import Builder
from explorer.graph.tensor import Tensor, sequence
from explorer.ui.canvas import wrapping
from explorer.ui.canvas.canvas import CanvasView


def film(build: Builder) -> None:
    """Two layers that want pictures behind an input of films."""
    x = build.input("input", Tensor((4, 1, 8, 8), ("T", "C", "H", "W")))
    x = build.add("time_distributed", x, name="conv1", inner="conv2d(filters=3, kernel=3)")
    x = build.add("relu", x, name="relu1")
    build.output("output", x)


def rows(build: Builder) -> None:
    x = build.input("input", sequence(6, 4))
    y, last = build.add_all("lstm", x, name="lstm1", hidden=5)
    build.output("output", y)
    build.output("state", last)


def wires(canvas: CanvasView) -> set[tuple[str, str, str, str]]:
    return {(e.src, e.out, e.dst, e.into) for e in canvas.context.workspace.document.root.edges}


def test_a_recurrent_layer_is_wrapped_with_its_wires_and_one_undo_takes_it_off(
    open_canvas: Callable[..., CanvasView],
) -> None:
    canvas = open_canvas(rows)
    before, document = wires(canvas), canvas.context.workspace.document
    canvas.context.select(["lstm1"])
    assert wrapping.wrap(canvas.context, "bidirectional")
    assert document.root["lstm1"].block == "bidirectional"
    assert document.root["lstm1"].fields == {"inner": "lstm(hidden=5)"}
    assert wires(canvas) == before
    flow = canvas.context.workspace.flow
    assert not flow.problems
    assert flow.outputs["output"] == sequence(6, 10)
    Hand(canvas).key(Qt.Key.Key_Z, CTRL)
    assert document.root["lstm1"].block == "lstm"
    canvas.context.select(["lstm1"])
    assert wrapping.wrap(canvas.context, "bidirectional")
    assert wrapping.unwrap(canvas.context)
    assert document.root["lstm1"].fields == {"hidden": 5}
    assert wires(canvas) == before


@pytest.mark.parametrize("wrapper", ["weight_norm", "time_distributed"])
def test_weights_follow_into_a_wrapper_and_out_of_it(
    wrapper: str, open_canvas: Callable[..., CanvasView]
) -> None:
    def layer(build: Builder) -> None:
        x = build.input("input", sequence(6, 4))
        build.output("output", build.add("linear", x, name="fc1", features=5))

    canvas = open_canvas(layer)
    document = canvas.context.workspace.document
    place = {"weight_norm": "fc1.layer", "time_distributed": "fc1.step"}[wrapper]
    canvas.context.select(["fc1"])
    assert wrapping.wrap(canvas.context, wrapper)
    assert document.moved == ((("fc1", place),),)
    assert wrapping.unwrap(canvas.context)
    assert document.moved == (((place, "fc1"),),)
    Hand(canvas).key(Qt.Key.Key_Z, CTRL)
    assert document.moved == ((("fc1", place),),)


def test_several_blocks_become_a_group_that_is_wrapped(open_canvas: Callable[..., CanvasView]) -> None:
    canvas = open_canvas(film)
    document = canvas.context.workspace.document
    canvas.context.select(["conv1"])
    assert wrapping.unwrap(canvas.context)
    assert canvas.context.workspace.flow.problems  # a film does not fit a picture's convolution
    canvas.context.select(["conv1", "relu1"])
    assert wrapping.wrap(canvas.context, "time_distributed")
    (use,) = [node for node in document.root.nodes if node.block == "time_distributed"]
    assert str(use.fields["inner"]).startswith("group:")
    flow = canvas.context.workspace.flow
    assert not flow.problems
    assert flow.outputs["output"] == Tensor((4, 3, 6, 6), ("T", "C", "H", "W"))
    canvas.context.select([use.id])
    assert wrapping.unwrap(canvas.context)
    assert document.root[use.id].group is not None


@pytest.mark.parametrize(("block", "words"), [("relu1", "no weight matrix"), ("input", "no weight matrix")])
def test_what_cannot_be_wrapped_is_said(canvas: CanvasView, block: str, words: str) -> None:
    heard: list[str] = []
    canvas.context.said.connect(heard.append)
    before = canvas.context.workspace.document.copy()
    canvas.context.select([block])
    assert not wrapping.wrap(canvas.context, "weight_norm")
    assert words in heard[-1]
    assert canvas.context.workspace.document.same_as(before)
    canvas.context.select([])
    assert not wrapping.wrap(canvas.context, "weight_norm")
    assert not wrapping.unwrap(canvas.context)


def test_weights_of_a_layer_are_normalised_in_place(canvas: CanvasView) -> None:
    canvas.context.select(["conv1"])
    parameters = canvas.context.workspace.flow.parameters
    assert wrapping.wrap(canvas.context, "weight_norm")
    assert not canvas.context.workspace.flow.problems
    assert canvas.context.workspace.flow.parameters == parameters + 6
