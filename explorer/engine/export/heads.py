"""The one layer whose width is the number of classes: its argument becomes the model's."""

from __future__ import annotations

from dataclasses import replace

from explorer.engine.export.forms import Hole
from explorer.engine.export.parts import Leaf, Whole

WIDE = ("Linear", "Conv1d", "Conv2d", "Conv3d")
"""Layers whose second argument is the number of channels or features that leave."""
KEEP = (
    "Softmax", "LogSoftmax", "Sigmoid", "Dropout", "Dropout2d", "Identity", "ReLU", "Resize", "GlobalPool",
    "AdaptiveAvgPool2d", "AvgPool1d", "AvgPool2d", "AvgPool3d", "MaxPool2d", "Tanh",
)  # fmt: skip
"""Layers behind a head that leave the number of channels as it is."""


def marked(model: Whole) -> Whole:
    """The model with a `Hole` in its only head; as it is where there are several or none."""
    if len(model.returns) != 1 or model.made[0] is None:
        return model
    tensor = model.made[0]
    axis = tensor.axes.index("C") if "C" in tensor.axes else len(tensor.axes) - 1
    path = _head(model, model.returns[0])
    if path is None or not tensor.shape:
        return model
    return _with_hole(model, path, tensor.shape[axis])


def _head(whole: Whole, variable: str) -> list[str] | None:
    """Names on the way to the layer that makes a variable's channels."""
    if whole.carries:
        return None
    statement = next((s for s in whole.statements if variable in s.outs), None)
    uses = [s for s in whole.statements if statement is not None and s.child == statement.child]
    if statement is None or len(uses) != 1 or statement.phase:
        return None
    child = dict(whole.children)[statement.child]
    if isinstance(child, Whole):
        inner = _head(child, child.returns[statement.outs.index(variable)])
        if inner is not None:
            return [statement.child, *inner]
        through = _through(child, child.returns[statement.outs.index(variable)])
        return _head(whole, statement.ins[child.inputs.index(through)]) if through else None
    name = child.target.partition(":")[2]
    if child.target.startswith("torch.nn:") and name in WIDE:
        return [statement.child]
    return _head(whole, statement.ins[0]) if name in KEEP else None


def _through(whole: Whole, variable: str) -> str | None:
    """The input of a whole from which a variable comes through layers that keep the channels."""
    while variable not in whole.inputs:
        statement = next((s for s in whole.statements if variable in s.outs), None)
        child = dict(whole.children).get(statement.child) if statement is not None else None
        if statement is None or not isinstance(child, Leaf) or child.target.partition(":")[2] not in KEEP:
            return None
        variable = statement.ins[0]
    return variable


def _with_hole(whole: Whole, path: list[str], classes: int) -> Whole:
    children = []
    for name, child in whole.children:
        if name == path[0] and isinstance(child, Whole):
            child = _with_hole(child, path[1:], classes)
        elif name == path[0] and isinstance(child, Leaf) and child.args[1] == classes:
            child = replace(child, args=(child.args[0], Hole(classes), *child.args[2:]))
        children.append((name, child))
    return replace(whole, children=tuple(children))
