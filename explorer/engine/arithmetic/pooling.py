"""Pooling: the largest value of a window, or the mean of its values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import torch
from torch import Tensor, nn

from explorer import words
from explorer.engine.arithmetic.rule import Box, Place, Worked, rule
from explorer.engine.arithmetic.sliding import box_of, flat
from explorer.engine.modules.pooling import GlobalPool
from explorer.protocol.arithmetic import Share


def _tuple(value: Any, axes: int) -> tuple[int, ...]:
    return (int(value),) * axes if isinstance(value, int) else tuple(int(n) for n in value)


def _window(module: Any, axes: int, sizes: Sequence[int], place: Place) -> list[tuple[int, int, int]]:
    """First, last + 1 and step of the window along each axis, margins included."""
    dilation = _tuple(getattr(module, "dilation", 1), axes)
    found = []
    for at, k, s, p, d, _ in zip(
        place[1:],
        _tuple(module.kernel_size, axes),
        _tuple(module.stride, axes),
        _tuple(module.padding, axes),
        dilation,
        sizes,
        strict=True,
    ):
        start = at * s - p
        found.append((start, start + d * (k - 1) + 1, d))
    return found


@rule(nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d)
def maximum(module: nn.Module, arriving: Sequence[Tensor], place: Place) -> Worked:
    """Take the largest value; the margin never is."""
    x = arriving[0][place[0]]
    spans = _window(module, x.dim(), x.shape, place)
    index = [
        [n for n in range(a, b, d) if 0 <= n < size] for (a, b, d), size in zip(spans, x.shape, strict=True)
    ]
    taken = _at(x, index)
    return chosen(taken, place[0], box_of([row[0] for row in index], [row[-1] - row[0] + 1 for row in index]))


def chosen(taken: Tensor, channel: int, box: Box | None) -> Worked:
    """The largest value of a window."""
    window = flat(taken)
    best = int(window.argmax())
    cell = divmod(best, window.shape[1])
    value = float(window.flatten()[best])
    share = Share(f"map {channel}", value, window.float().cpu().numpy(), None, cell)
    text = f"The largest of {words.plural(window.numel(), 'value')} of map {channel} is passed on, no other."
    return Worked("choice", text, value, [share], formula=f"max = {words.number(value)}", box=box)


@rule(nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d)
def mean(module: nn.Module, arriving: Sequence[Tensor], place: Place) -> Worked:
    """Add the values up and divide by their number; margins count as zeros, or not at all."""
    assert isinstance(module, nn.AvgPool1d | nn.AvgPool2d | nn.AvgPool3d)
    x = arriving[0][place[0]]
    spans = _window(module, x.dim(), x.shape, place)
    margins = _tuple(module.padding, x.dim())
    inside = [(max(a, 0), min(b, size)) for (a, b, _), size in zip(spans, x.shape, strict=True)]
    taken = x[tuple(slice(a, b) for a, b in inside)]
    if module.count_include_pad:
        count = 1
        for (a, b, _), size, margin in zip(spans, x.shape, margins, strict=True):
            count *= min(b, size + margin) - a
    else:
        count = taken.numel()
    divisor = getattr(module, "divisor_override", None) or count
    return averaged(taken, place[0], divisor, box_of([a for a, _ in inside], [b - a for a, b in inside]))


def averaged(taken: Tensor, channel: int, count: int, box: Box | None) -> Worked:
    """A mean of values, as a sum of products with 1/n."""
    window = flat(taken)
    total = float(window.sum())
    value = total / count
    weights = torch.full_like(window, 1 / count)
    share = Share(f"map {channel}", value, window.float().cpu().numpy(), weights.float().cpu().numpy())
    text = f"{words.plural(window.numel(), 'value')} of map {channel}, added up and divided by {count:,}."
    text = text[:1].upper() + text[1:]
    formula = f"{words.number(total)} ÷ {count:,} = {words.number(value)}"
    return Worked("mean", text, value, [share], None, formula, box, float(window.abs().sum()) / count)


@rule(nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d, nn.AdaptiveAvgPool3d)
def adaptive_mean(module: nn.Module, arriving: Sequence[Tensor], place: Place) -> Worked:
    """Average the part that belongs to the place."""
    taken, box = _part(module, arriving, place)
    return averaged(taken, place[0], taken.numel(), box)


@rule(nn.AdaptiveMaxPool1d, nn.AdaptiveMaxPool2d, nn.AdaptiveMaxPool3d)
def adaptive_maximum(module: nn.Module, arriving: Sequence[Tensor], place: Place) -> Worked:
    """Take the largest value of the part that belongs to the place."""
    taken, box = _part(module, arriving, place)
    return chosen(taken, place[0], box)


def _part(module: Any, arriving: Sequence[Tensor], place: Place) -> tuple[Tensor, Box | None]:
    x = arriving[0][place[0]]
    sizes = module.output_size if isinstance(module.output_size, tuple) else (module.output_size,) * x.dim()
    spans = []
    for at, n, size in zip(place[1:], sizes, x.shape, strict=True):
        count = size if n is None else n
        spans.append((at * size // count, -(-(at + 1) * size // count)))
    box = box_of([a for a, _ in spans], [b - a for a, b in spans])
    return x[tuple(slice(a, b) for a, b in spans)], box


@rule(GlobalPool)
def whole(module: nn.Module, arriving: Sequence[Tensor], place: Place) -> Worked:
    """Average everything along the pooled axes, or take the largest value."""
    module = cast(GlobalPool, module)
    x = arriving[0]
    pooled = [axis - 1 for axis in module.dims]
    at = iter(place)
    if module.keep:
        at = iter([n for axis, n in enumerate(place) if axis not in pooled])
    taken = x[tuple(slice(None) if axis in pooled else next(at) for axis in range(x.dim()))]
    box = box_of([0] * taken.dim(), list(taken.shape)) if 0 < taken.dim() < 3 else None
    if module.mode == "max":
        return chosen(taken, place[0], box)
    return averaged(taken, place[0], taken.numel(), box)


def _at(x: Tensor, index: Sequence[Sequence[int]]) -> Tensor:
    for axis, row in enumerate(index):
        x = x.index_select(axis, torch.tensor(row, dtype=torch.long, device=x.device))
    return x
