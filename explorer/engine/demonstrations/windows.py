"""Windows that slide: convolutions and poolings on a picture; and plain weight matrices."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch

from explorer.engine import reduce
from explorer.engine.demonstrations.panels import first_map, heat, picture_of
from explorer.engine.demonstrations.subject import Subject
from explorer.graph.catalogue import ReceptiveField
from explorer.graph.tensor import Tensor
from explorer.protocol.pictures import Panel, Panels

MOST_CELLS = 24


def window(subject: Subject) -> Panels | None:
    """Input with the window of one output value, kernel where there is one, output with that value."""
    x, y = subject.x, subject.y
    receptive_field = (
        subject.node.block.receptive_field_for(_tensors(subject)) if subject.node.block else None
    )
    if subject.block.family not in ("conv", "pool") or subject.block.is_composite or x.dim() != y.dim():
        return None
    if (
        not isinstance(receptive_field, ReceptiveField)
        or receptive_field.whole
        or not receptive_field.windows
        or x.dim() not in (3, 4, 5)
    ):
        return None
    before, after = picture_of(x, subject.axes(_first(subject.node.inputs))), first_map(y)
    cell = (after.shape[0] // 2, after.shape[1] // 2)
    seen = _box(receptive_field, cell, after.shape, before.shape[-2:])
    marked = np.array([[cell[1], cell[0], cell[1] + 1, cell[0] + 1]], np.float32)
    panels = [
        Panel(title="input", values=before, scale="photo" if _is_picture(subject) else "signed", boxes=seen)
    ]
    kernel = _kernel(subject)
    if kernel is not None:
        panels.append(Panel(title="kernel", values=kernel, sign="*"))
    scale = "photo" if kernel is None and _is_picture(subject) else "signed"
    shown = picture_of(y, subject.axes(subject.block.outputs[0])) if scale == "photo" else after
    panels.append(
        Panel(
            title=_counted("output", y),
            values=shown,
            scale=scale,
            boxes=marked,
            sign="=" if kernel is not None else "→",
        )
    )
    wide = "×".join(map(str, receptive_field.windows))
    return Panels(panels=tuple(panels), note=f"One value of the output sees a window of {wide}.")


def weights(subject: Subject) -> Panels | None:
    """Stored weights and used weights of a layer whose weights are computed."""
    layer = getattr(subject.module, "layer", None)
    held = getattr(layer, "parametrizations", None)
    if held is None:
        return None
    used = layer.weight.detach().flatten(1)  # type: ignore[union-attr]
    stored = held.weight.original1 if hasattr(held.weight, "original1") else held.weight.original
    return Panels(
        panels=(
            Panel(title="stored weights", values=heat(stored.detach().flatten(1), MOST_CELLS, 64)),
            Panel(title="used weights", values=heat(used, MOST_CELLS, 64)),
        ),
        note="One row for each filter.",
    )


def matrix(subject: Subject) -> Panels | None:
    """Input, weight matrix and output of a layer that reads one vector."""
    weight = getattr(subject.module, "weight", None)
    if not isinstance(weight, torch.Tensor) or weight.dim() != 2 or subject.x.dim() not in (2, 3):
        return None
    x, y = subject.x, subject.y
    if not x.is_floating_point():
        table = Panel(title="table", values=heat(weight.detach(), MOST_CELLS, 64))
        ids = Panel(title="ids", values=heat(x.float().reshape(-1, 1), MOST_CELLS, 1), scale="unit")
        return Panels(panels=(ids, table, Panel(title="output", values=heat(y[0], MOST_CELLS, 64))))
    return Panels(
        panels=(
            Panel(title="weights", values=heat(weight.detach(), 48, 64)),
            Panel(title="input", values=heat(x[0].T if x.dim() == 3 else x.T, 64, 16), sign="·"),
            Panel(title="output", values=heat(y[0].T if y.dim() == 3 else y.T, 48, 16), sign="="),
        )
    )


def _tensors(subject: Subject) -> tuple[Tensor | None, ...]:
    inputs = subject.node.inputs
    if subject.block.variadic:
        return tuple(inputs.values())
    return tuple(inputs.get(port.name) for port in subject.block.inputs)


def _first(ports: Mapping[str, object]) -> str:
    return next(iter(ports), "x")


def _is_picture(subject: Subject) -> bool:
    return subject.x.dim() >= 4 and float(first_map(subject.x).min()) >= 0


def _kernel(subject: Subject) -> np.ndarray | None:
    """The first filter's weights: the mean over its inputs where it has many, lines as a row."""
    weight = getattr(subject.module, "weight", None)
    if not isinstance(weight, torch.Tensor) or weight.dim() < 3:
        return None
    first = weight.detach()[0]
    first = first.reshape(-1, *first.shape[-2:]) if first.dim() > 2 else first.reshape(1, *first.shape)
    strongest = first.flatten(1).abs().sum(1).argmax()
    return reduce.to_numpy(first[strongest])


def _box(
    receptive_field: ReceptiveField, cell: tuple[int, int], cells: tuple[int, ...], size: tuple[int, ...]
) -> np.ndarray:
    """The window of one output cell in the input; a signal is a picture of channels × time."""
    windows, steps = receptive_field.windows[-2:], receptive_field.steps[-2:]
    if len(windows) == 1:
        windows, steps = (size[0], *windows), (1.0, *steps)
    ends: list[float] = []
    for place, count, pixels, wide, step in zip(cell, cells, size, windows, steps, strict=True):
        if wide >= pixels:
            ends += [0, pixels]
            continue
        low = (pixels - ((count - 1) * step + wide)) / 2 + place * step
        ends += [max(0.0, low), min(float(pixels), low + wide)]
    top, bottom, left, right = ends
    return np.array([[left, top, right, bottom]], np.float32)


def _counted(word: str, y: torch.Tensor) -> str:
    return f"{word}, 1 of {y.shape[1]}" if y.dim() == 4 and y.shape[1] not in (1, 3) else word
