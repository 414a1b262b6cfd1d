"""Normalisation: minus a mean, divided by a spread, times a learned factor, plus a learned number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor, nn

from explorer import words
from explorer.engine.arithmetic.linear import one
from explorer.engine.arithmetic.rule import Place, Worked, rule
from explorer.engine.modules.normalisation import ChannelNorm, ChannelRms, LocalResponseWithin, Standardize
from explorer.protocol.arithmetic import Share


@rule(nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)
def batch(module: nn.Module, arriving: Sequence[Tensor], place: Place) -> Worked:
    """Mean and variance of the channel, as they were gathered while it was trained."""
    assert isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d | nn.BatchNorm3d)
    c = place[0]
    x = float(arriving[0][place])
    if module.running_mean is None or module.running_var is None:
        own = arriving[0][c]
        mean, variance = float(own.mean()), float(own.var(correction=0))
    else:
        mean, variance = float(module.running_mean[c].double()), float(module.running_var[c].double())
    what = f"mean and variance of channel {c}, kept from training"
    return _normalised(x, mean, variance + module.eps, *_learned(module, c), what)


@rule(nn.LayerNorm)
def layer(module: nn.Module, arriving: Sequence[Tensor], place: Place) -> Worked:
    """Mean and variance of the numbers of one place."""
    assert isinstance(module, nn.LayerNorm)
    lead = len(place) - len(module.normalized_shape)
    own = arriving[0][place[:lead]]
    factor, shift = _learned(module, place[lead:])
    what = f"mean and variance of the {own.numel():,} numbers of this place"
    return _normalised(
        float(arriving[0][place]),
        float(own.mean()),
        float(own.var(correction=0)) + module.eps,
        factor,
        shift,
        what,
    )


@rule(ChannelNorm)
def channels(module: nn.Module, arriving: Sequence[Tensor], place: Place) -> Worked:
    """Mean and variance over the channels of one place."""
    module = cast(ChannelNorm, module)
    own = arriving[0].movedim(0, -1)[place[1:]]
    what = f"mean and variance of the {own.numel():,} channels at this place"
    return _normalised(
        float(arriving[0][place]),
        float(own.mean()),
        float(own.var(correction=0)) + module.eps,
        *_learned(module, place[0]),
        what,
    )


@rule(nn.GroupNorm)
def group(module: nn.Module, arriving: Sequence[Tensor], place: Place) -> Worked:
    """Mean and variance over all places of the channel's group."""
    assert isinstance(module, nn.GroupNorm)
    size = module.num_channels // module.num_groups
    first = place[0] // size * size
    own = arriving[0][first : first + size]
    what = f"mean and variance of channels {first} to {first + size - 1}"
    return _normalised(
        float(arriving[0][place]),
        float(own.mean()),
        float(own.var(correction=0)) + module.eps,
        *_learned(module, place[0]),
        what,
    )


@rule(nn.InstanceNorm1d, nn.InstanceNorm2d, nn.InstanceNorm3d)
def instance(module: nn.Module, arriving: Sequence[Tensor], place: Place) -> Worked:
    """Mean and variance of the channel in this sample."""
    assert isinstance(module, nn.InstanceNorm1d | nn.InstanceNorm2d | nn.InstanceNorm3d)
    own = arriving[0][place[0]]
    what = f"mean and variance of channel {place[0]} of this sample"
    mean, variance = float(own.mean()), float(own.var(correction=0))
    if module.running_mean is not None and module.running_var is not None:
        mean, variance = (float(t[place[0]].double()) for t in (module.running_mean, module.running_var))
    return _normalised(
        float(arriving[0][place]), mean, variance + module.eps, *_learned(module, place[0]), what
    )


@rule(Standardize)
def standardised(module: nn.Module, arriving: Sequence[Tensor], place: Place) -> Worked:
    """Fixed numbers for each channel."""
    module = cast(Standardize, module)
    mean, std = (float(t[place[0]].double()) for t in (module.mean, module.std))
    return _normalised(
        float(arriving[0][place]), mean, std**2, None, None, f"fixed numbers of channel {place[0]}"
    )


@rule(nn.RMSNorm)
def root_mean_square(module: nn.Module, arriving: Sequence[Tensor], place: Place) -> Worked:
    """Only the size is taken out, not the mean."""
    assert isinstance(module, nn.RMSNorm)
    lead = len(place) - len(module.normalized_shape)
    eps = module.eps if module.eps is not None else torch.finfo(torch.float32).eps
    factor, _ = _learned(module, place[lead:])
    own = arriving[0][place[:lead]]
    return _normalised(
        float(arriving[0][place]),
        0.0,
        float(own.square().mean()) + eps,
        factor,
        None,
        "the mean of the squares",
    )


@rule(ChannelRms)
def channel_root(module: nn.Module, arriving: Sequence[Tensor], place: Place) -> Worked:
    """The size of the channels at one place."""
    module = cast(ChannelRms, module)
    own = arriving[0].movedim(0, -1)[place[1:]]
    factor = None if module.weight is None else float(module.weight[place[0]].double())
    square = float(own.square().mean()) + module.eps
    return _normalised(float(arriving[0][place]), 0.0, square, factor, None, "the mean of the squares")


@rule(nn.LocalResponseNorm)
def local_response(module: nn.Module, arriving: Sequence[Tensor], place: Place) -> Worked:
    """Divided by what the channels beside it say at the same place."""
    assert isinstance(module, nn.LocalResponseNorm)
    c, size = place[0], module.size
    column = arriving[0].movedim(0, -1)[place[1:]]
    first, last = max(0, c - size // 2), min(len(column), c + (size - 1) // 2 + 1)
    beside = column[first:last]
    mean = float(beside.square().sum()) / size
    divisor = (module.k + module.alpha * mean) ** module.beta
    x = float(column[c])
    n = words.number
    text = f"One value, divided by the strength of channels {first} to {last - 1} at the same place."
    formula = f"{n(x)} ÷ ({n(module.k)} + {n(module.alpha)} · {n(mean)})^{n(module.beta)} = {n(x / divisor)}"
    share = Share("what arrives", x, one(x))
    return Worked("function", text, x / divisor, [share], formula=formula, scale=abs(x))


@rule(LocalResponseWithin)
def local_response_within(module: nn.Module, arriving: Sequence[Tensor], place: Place) -> Worked:
    """Divided by what stands around it in the same map."""
    layer = cast(LocalResponseWithin, module)
    c, row, column = place
    before, after = layer.size // 2, (layer.size - 1) // 2
    plane = arriving[0][c]
    around = plane[max(0, row - before) : row + after + 1, max(0, column - before) : column + after + 1]
    total = float(around.square().sum())
    x = float(plane[row, column])
    value = x / (layer.k + layer.alpha * total) ** layer.beta
    n = words.number
    text = f"One value, divided by the strength of the {layer.size}×{layer.size} values around it in its map."
    formula = f"{n(x)} ÷ ({n(layer.k)} + {n(layer.alpha)} · {n(total)})^{n(layer.beta)} = {n(value)}"
    return Worked("function", text, value, [Share("what arrives", x, one(x))], formula=formula, scale=abs(x))


def _learned(module: nn.Module, at: int | Place) -> tuple[float | None, float | None]:
    """γ and β, where it has them."""
    found = [getattr(module, name, None) for name in ("weight", "bias")]
    factor, shift = (None if tensor is None else float(tensor[at].double()) for tensor in found)
    return factor, shift


def _normalised(
    x: float, mean: float, square: float, factor: float | None, shift: float | None, what: str
) -> Worked:
    n = words.number
    value = (x - mean) / square**0.5
    away = f"{n(x)} {'−' if mean > 0 else '+'} {n(abs(mean))}"
    formula = f"({away}) ÷ {n(square**0.5)}" if mean else f"{n(x)} ÷ {n(square**0.5)}"
    scale = (abs(x) + abs(mean)) / square**0.5
    if factor is not None:
        value, scale, formula = value * factor, scale * abs(factor), f"{formula} · {n(factor)}"
    if shift is not None:
        value, scale = value + shift, scale + abs(shift)
        formula += f" {'−' if shift < 0 else '+'} {n(abs(shift))}"
    text = f"One value: {what}, then what was learned: · γ + β."
    if factor is None:
        text = f"One value: {what}."
    share = Share("what arrives", x, one(x))
    return Worked("function", text, value, [share], None, f"{formula} = {n(value)}", scale=scale)
