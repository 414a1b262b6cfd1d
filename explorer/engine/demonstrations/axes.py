"""The cube of a normalisation: which values share a mean with the one that is looked at."""

from __future__ import annotations

import numpy as np
import torch

from explorer.blocks.block import Block
from explorer.blocks.registry import registry
from explorer.engine.demonstrations.subject import Subject, alone
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import Tensor
from explorer.protocol.pictures import Cube

SAMPLES, PLACES = 3, 4
MOST_CHANNELS = 16
WIDE = 8


def normalisation(subject: Subject) -> Cube | None:
    """Differentiate one output value in training mode: it depends on what it is normalised with.

    The module is new and works on maps of 4×4, so that the cube stays small; fields and channels are
    those of the block.
    """
    block = subject.block
    if block.category != "1.1.6" or "inner" in block.values or not block.outputs or subject.y.dim() < 2:
        return None
    if len(block.inputs) > 1:  # a condition says nothing about which values go together
        return None
    tensor = next(t for t in subject.node.inputs.values() if t is not None)
    small = _wider(block, _small(tensor))
    module = alone(block, (small,), torch.device("cpu")).module
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.fill_(1)  # factors that begin at 0 would hide what they belong to
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        torch.manual_seed(0)
        x = torch.randn(SAMPLES, *small.shape, requires_grad=True)
        module.train()
        y = module(x)
        last_first = small.axes[-1:] in (("D",), ("C",)) and len(small.axes) > 1
        if last_first:
            y = y.movedim(-1, 1)
        flat = y.reshape(SAMPLES, y.shape[1], -1)
        at = (0, flat.shape[1] - 1, 0)  # at a corner of the cube, where three of its faces meet
        flat[at].backward()
    assert x.grad is not None
    grad = x.grad.movedim(-1, 1) if last_first else x.grad
    mask = grad.reshape(SAMPLES, grad.shape[1], -1).ne(0).numpy().astype(np.uint8)
    step = -(-mask.shape[1] // MOST_CHANNELS)
    thinned = mask[:, at[1] % step :: step]  # the channel that is looked at stays the last
    return Cube(mask=thinned, at=(at[0], thinned.shape[1] - 1, at[2]), note=_words(mask, at))


def _wider(block: Block, small: Tensor) -> Tensor:
    """Eight channels where there are fewer, so that there is something to see."""
    if small.axes[:1] != ("C",) or small.shape[0] >= WIDE:
        return small
    wider = Tensor((WIDE, *small.shape[1:]), small.axes)
    return small if Resolver(registry()).block(block, (wider,)).shape_error else wider


def _small(tensor: Tensor) -> Tensor:
    channels_first = tensor.axes[:1] == ("C",)
    if len(tensor.axes) < 2:
        return tensor
    sizes = [PLACES] * (len(tensor.axes) - 1)
    if tensor.axes == ("T", "D") or not channels_first:
        return Tensor((*sizes, tensor.shape[-1]), tensor.axes)
    return Tensor((tensor.shape[0], *sizes), tensor.axes)


def _words(mask: np.ndarray, at: tuple[int, int, int]) -> str:
    """Say in words what is normalised together."""
    samples = "all samples" if mask.any((1, 2)).all() else "one sample"
    count = int(mask.any((0, 2)).sum())
    channels = "all channels" if count == mask.shape[1] > 1 else f"{count} of {mask.shape[1]} channels"
    reached = int(mask[at[0]].any(0).sum())
    places = "every place" if reached == mask.shape[2] else f"{reached} of {mask.shape[2]} places"
    return f"{samples} · {channels} · {places}"
