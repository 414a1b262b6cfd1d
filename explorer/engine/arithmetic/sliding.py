"""Convolutions: a window of every input map, times the filter's weights for it, added up."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer import words
from explorer.engine.arithmetic.rule import Box, Place, Worked, rule
from explorer.protocol.arithmetic import Share

Index = list[list[int]]


@rule(nn.Conv1d, nn.Conv2d, nn.Conv3d)
def convolution(module: nn.Module, arriving: Sequence[Tensor], place: Place) -> Worked:
    """Multiply each value in the window with the weight that lies on it."""
    assert isinstance(module, nn.Conv1d | nn.Conv2d | nn.Conv3d)
    (x,) = arriving
    before = list(module._reversed_padding_repeated_twice[-2::-2])
    margins = module._reversed_padding_repeated_twice
    mode = "constant" if module.padding_mode == "zeros" else module.padding_mode
    padded = F.pad(x[None], margins, mode=mode)[0]
    out, at = place[0], place[1:]
    first = [p * s for p, s in zip(at, module.stride, strict=True)]
    index = [
        [start + k * step for k in range(size)]
        for start, size, step in zip(first, module.kernel_size, module.dilation, strict=True)
    ]
    group = out // (module.out_channels // module.groups)
    width = module.in_channels // module.groups
    channels = range(group * width, (group + 1) * width)
    taken = _taken(padded[channels.start : channels.stop], index)
    corner = [row[0] - b for row, b in zip(index, before, strict=True)]
    extent = [row[-1] - row[0] + 1 for row in index]
    return _summed(channels, taken, module.weight[out].double(), _bias(module, out), box_of(corner, extent))


@rule(nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
def transposed(module: nn.Module, arriving: Sequence[Tensor], place: Place) -> Worked:
    """Collect every input value whose filter reaches the place."""
    assert isinstance(module, nn.ConvTranspose1d | nn.ConvTranspose2d | nn.ConvTranspose3d)
    (x,) = arriving
    out, at = place[0], place[1:]
    pairs: list[list[tuple[int, int]]] = []
    for n, p, k, s, margin, d in zip(
        x.shape[1:], at, module.kernel_size, module.stride, module.padding, module.dilation, strict=True
    ):
        reached = [(divmod(p + int(margin) - u * d, s), u) for u in range(k)]
        pairs.append([(i, u) for (i, rest), u in reached if rest == 0 and 0 <= i < n][::-1])
    per = module.out_channels // module.groups
    group, width = out // per, module.in_channels // module.groups
    channels = range(group * width, (group + 1) * width)
    taken = _taken(x[channels.start : channels.stop], [[i for i, _ in row] for row in pairs])
    weights = _taken(
        module.weight[channels.start : channels.stop, out % per].double(),
        [[u for _, u in row] for row in pairs],
    )
    empty = any(not row for row in pairs)
    corner = [row[0][0] for row in pairs] if not empty else [0] * len(pairs)
    extent = [row[-1][0] - row[0][0] + 1 for row in pairs] if not empty else [0] * len(pairs)
    return _summed(channels, taken, weights, _bias(module, out), None if empty else box_of(corner, extent))


def _taken(x: Tensor, index: Index) -> Tensor:
    """The values of (C, …) at a grid of places: (C, k, …)."""
    for axis, row in enumerate(index, 1):
        x = x.index_select(axis, torch.tensor(row, dtype=torch.long, device=x.device))
    return x


def _bias(module: nn.Module, out: int) -> float | None:
    bias = getattr(module, "bias", None)
    return None if bias is None else float(bias[out].double())


def flat(values: Tensor) -> Tensor:
    """A window as rows and columns: a sequence is one row, frames stand side by side."""
    if values.dim() == 0 or not values.numel():
        return values.reshape(1, -1)
    if values.dim() == 1:
        return values[None]
    return values if values.dim() == 2 else torch.cat(list(values), dim=-1)


def box_of(corner: Sequence[int], extent: Sequence[int]) -> Box | None:
    """The box of a window in a map; None in three dimensions."""
    if len(corner) == 1:
        return Box(0, corner[0], 1, extent[0])
    return Box(corner[0], corner[1], extent[0], extent[1]) if len(corner) == 2 else None


def _summed(
    channels: Sequence[int], taken: Tensor, weights: Tensor, bias: float | None, box: Box | None
) -> Worked:
    products = taken * weights
    shares = [
        Share(
            f"map {channel}",
            float(products[n].sum()),
            flat(taken[n]).float().cpu().numpy(),
            flat(weights[n]).float().cpu().numpy(),
        )
        for n, channel in enumerate(channels)
    ]
    value = float(products.sum()) + (bias or 0.0)
    size = "×".join(str(n) for n in taken.shape[1:])
    maps = words.plural(len(channels), "map")
    text = f"One value = {words.plural(products.numel(), 'product')}, added up"
    text += f": the filter reads {size} on {'all ' if len(channels) > 1 else ''}{maps}"
    text += ", and the bias is added." if bias is not None else "."
    scale = float(products.abs().sum()) + abs(bias or 0.0)
    return Worked("sum", text, value, shares, bias, box=box, scale=scale)
